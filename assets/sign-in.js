// On the pages on which one signs in: goes on with the link whose token stands behind "#", and shows a password.
// All of it works without this script, by hand.
(function () {
  "use strict";

  var redeem = document.querySelector("form[data-redeem]");
  var token = decodeURIComponent(location.hash.slice(1));
  if (redeem && token) {
    redeem.elements.token.value = token;
    // Neither the history of this browser nor a bookmark keeps it.
    history.replaceState(null, "", location.pathname);
    redeem.submit();
  }

  // The same page in another language needs the link, too. theme.js has written the address before.
  var kept = document.querySelector("input[type=hidden][name=token]");
  document.addEventListener("click", function (event) {
    var link = kept && event.target.closest && event.target.closest("[data-language]");
    if (link) link.href += "#" + encodeURIComponent(kept.value);
  });

  document.querySelectorAll("[data-shows]").forEach(function (box) {
    var field = document.getElementById(box.getAttribute("data-shows"));
    box.parentElement.hidden = false;
    box.checked = false;
    box.addEventListener("change", function () {
      field.type = box.checked ? "text" : "password";
    });
    // A browser offers to keep what is typed into such a field, but not in the clear.
    field.form.addEventListener("submit", function () {
      field.type = "password";
    });
  });
})();
