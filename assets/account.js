// For whom this page was opened. What a browser keeps for one person is never another's: it is kept under their mark,
// and sent with it, so that the server refuses it where somebody else has signed in since. Says that a session has
// ended, and leads to where one signs in and back. The mark and the name stand in a cookie that says nothing else;
// who may do what is the server's to know. Where nobody signs in there is no such cookie, and this does nothing.
(function () {
  "use strict";

  var root = document.documentElement;

  function signedIn() {
    var found = null;
    document.cookie.split("; ").forEach(function (pair) {
      var parts = pair.match(/^(__Host-)?memo_coach_account=([0-9a-f]+)\.([a-z]+)\.(.*)$/);
      if (parts && (!found || parts[1])) found = { mark: parts[2], role: parts[3], name: decoded(parts[4]) };
    });
    return found;
  }
  function decoded(name) {
    try {
      return decodeURIComponent(name);
    } catch (malformed) {
      return "";
    }
  }

  var me = signedIn();

  // As fetch, on behalf of whom the page was opened for.
  function ask(address, options) {
    var given = Object.assign({ credentials: "same-origin" }, options);
    if (me) given.headers = Object.assign({ "Memo-Account": me.mark }, given.headers);
    return fetch(address, given).then(function (response) {
      if (response.status === 401) ended();
      else if (response.ok) goesOn();
      return response;
    });
  }
  window.memoCoachAccount = { fetch: ask, kept: function (name) { return me ? name + "-" + me.mark + ":" : name + ":"; } };

  // ---- the end of a session --------------------------------------------------------------------------------

  function notice() {
    return document.querySelector("[data-signed-out]");
  }
  function ended() {
    var now = signedIn();
    // Somebody else has signed in: this page, and what is kept for its person, is not for their eyes.
    if (me && now && now.mark !== me.mark) return location.reload();
    var shown = notice();
    if (!shown) return undefined;
    shown.querySelector("a").href = loginAddress();
    root.setAttribute("data-ended", "");
    shown.hidden = false;
    return undefined;
  }
  function loginAddress() {
    var code = root.lang;
    var prefix = location.pathname.indexOf("/" + code + "/") === 0 || location.pathname === "/" + code ? "/" + code : "";
    return prefix + "/login?next=" + encodeURIComponent(location.pathname + location.search);
  }
  function goesOn() {
    var shown = notice();
    root.removeAttribute("data-ended");
    if (shown) shown.hidden = true;
  }

  // The framework says that its connection is gone; whether that is the session's end it does not know.
  var told = false;
  function look() {
    var isGone = Boolean(document.querySelector(".connection:not([data-signed-out])"));
    if (isGone && !told) ask("/session").catch(function () {});
    told = isGone;
    name();
  }

  // A page that comes back as it was left, or a tab that was behind another, may be somebody else's by now.
  function still() {
    var now = signedIn();
    if (me && (!now || now.mark !== me.mark)) location.reload();
  }
  addEventListener("pageshow", function (event) { if (event.persisted) still(); });
  document.addEventListener("visibilitychange", function () { if (document.visibilityState === "visible") still(); });

  // ---- the menu --------------------------------------------------------------------------------------------

  // Text in an element before the framework has taken it over makes it render the page anew.
  function isTaken(element) {
    return Object.keys(element).some(function (key) { return key.indexOf("__reactFiber") === 0; }) && isWholeTaken();
  }
  function isWholeTaken() {
    var key = Object.keys(document).filter(function (each) { return each.indexOf("__reactContainer") === 0; })[0];
    var container = key && document[key] && document[key].stateNode;
    var state = container && container.current && container.current.memoizedState;
    return Boolean(container) && !(state && state.isDehydrated);
  }
  function name() {
    var place = me && document.querySelector("[data-account-name]");
    if (!place || place.textContent === me.name) return;
    if (isTaken(place)) place.textContent = me.name;
    else setTimeout(name, 60);
  }

  function signOut() {
    var form = document.createElement("form");
    form.method = "post";
    form.action = "/sign-out";
    var field = document.createElement("input");
    field.type = "hidden";
    field.name = "language";
    field.value = root.lang;
    form.append(field);
    document.body.append(form);
    form.submit();
  }
  // Who only reads what was shared goes on to another page by way of the server, which may ask them to sign in first.
  document.addEventListener(
    "click",
    function (event) {
      var link = !me && /^\/([a-z]{2}\/)?share\/?$/.test(location.pathname) && event.target.closest && event.target.closest("a[href^='/']:not([data-language])");
      if (!link || link.target || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      event.stopPropagation();
      location.assign(link.href);
    },
    true
  );
  document.addEventListener("click", function (event) {
    var target = event.target;
    if (!target.closest) return;
    if (target.closest("[data-action='sign-out']")) return signOut();
    document.querySelectorAll("details.account[open]").forEach(function (menu) {
      if (!menu.contains(target) || target.closest("a")) menu.open = false;
    });
    return undefined;
  });
  document.addEventListener("keydown", function (event) {
    var menu = event.key === "Escape" && document.querySelector("details.account[open]");
    if (!menu) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });

  if (!me) return;
  var asked = 0;
  new MutationObserver(function () {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(look);
  }).observe(root, { childList: true, subtree: true });
  look();
})();
