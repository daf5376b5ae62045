// Where the focus goes when what had it is gone, and what is said of a page that came without a new document.
//
// The framework replaces elements: a button that was pressed may be gone a moment later, and the browser then puts
// the focus on the body, from where a keyboard starts again at the top. An element with data-focus-home takes it
// instead, the nearest one around what is gone; else the content of the page does.
(function () {
  "use strict";

  var homes = []; // of what has the focus, the nearest first
  var held = null; // what has it
  var title = document.title;

  function remember(element) {
    held = element;
    homes = [];
    for (var one = element.parentElement; one; one = one.parentElement) {
      if (one.hasAttribute("data-focus-home")) homes.push(one);
    }
  }

  function isThere(element) {
    return element && element.isConnected && element.getClientRects().length > 0;
  }

  // Who waits for a page, or deleted what they stood on, goes on where the new content begins.
  function goHome() {
    var home = homes.find(isThere) || document.getElementById("content");
    held = null;
    if (!home) return;
    if (!home.hasAttribute("tabindex")) home.setAttribute("tabindex", "-1");
    home.focus({ preventScroll: true });
  }

  function tell(words) {
    var announcer = document.getElementById("page-announcer");
    if (announcer) announcer.textContent = words;
  }

  document.addEventListener("focusin", function (event) {
    remember(event.target);
  });

  var asked = 0;
  new MutationObserver(function () {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(function () {
      if (document.title !== title && document.title) {
        title = document.title;
        tell(title);
      }
      var nobody = document.activeElement === document.body || !document.activeElement;
      if (held && nobody && !isThere(held)) goHome();
    });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
