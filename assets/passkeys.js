// On the pages on which one signs in: asks this device for a passkey, and sends its answer with the form.
// Where there are no passkeys the forms stay hidden; all other ways work without this script.
(function () {
  "use strict";

  if (!window.PublicKeyCredential || !navigator.credentials) return;

  function bytes(text) {
    var plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, function (letter) {
      return letter.charCodeAt(0);
    });
  }

  function text(buffer) {
    var plain = String.fromCharCode.apply(null, new Uint8Array(buffer));
    return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  function asked(options) {
    options.challenge = bytes(options.challenge);
    if (options.user) options.user.id = bytes(options.user.id);
    ["allowCredentials", "excludeCredentials"].forEach(function (name) {
      (options[name] || []).forEach(function (each) {
        each.id = bytes(each.id);
      });
    });
    return { publicKey: options };
  }

  function answer(credential) {
    var response = {};
    ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"].forEach(function (name) {
      if (credential.response[name]) response[name] = text(credential.response[name]);
    });
    return JSON.stringify({
      id: credential.id,
      rawId: text(credential.rawId),
      type: credential.type,
      clientExtensionResults: {},
      response: response,
    });
  }

  document.querySelectorAll("form[data-passkey]").forEach(function (form) {
    var told = form.querySelector("[data-passkey-told]");
    form.hidden = false;
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      told.textContent = "";
      fetch(form.dataset.passkey, { method: "POST", headers: { Accept: "application/json" } })
        .then(function (reply) {
          return reply.json().then(function (read) {
            if (!reply.ok) throw { told: read.detail };
            return read;
          });
        })
        .then(function (options) {
          // What makes a passkey names the person, what asks for one does not.
          return navigator.credentials[options.user ? "create" : "get"](asked(options));
        })
        .then(function (credential) {
          form.elements.passkey.value = answer(credential);
          form.submit();
        })
        .catch(function (error) {
          told.textContent = error.told || told.dataset.failed;
        });
    });
  });
})();
