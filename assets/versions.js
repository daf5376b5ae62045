// Goes from change to change on the page of a memo's versions, by button and by key.
// Nothing here asks the server; the keys J, N, K and P can be switched off on the help page (assets/help.js).
(function () {
  "use strict";

  var current = 0; // the number of the change that was gone to last

  function singleKeys() {
    try {
      return localStorage.getItem("memo-coach-single-keys") !== "off";
    } catch (refused) {
      return true;
    }
  }

  function beginnings() {
    var seen = {};
    return Array.prototype.filter.call(document.querySelectorAll('[data-change]:not([data-change=""])'), function (one) {
      var number = one.getAttribute("data-change");
      if (seen[number] || !one.getClientRects().length) return false;
      seen[number] = true;
      return true;
    });
  }

  function calm() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  }

  function tell(index, total) {
    var status = document.querySelector("[data-change-position]");
    if (!status) return;
    status.textContent = status.getAttribute("data-pattern").replace("{n}", String(index + 1)).replace("{total}", String(total));
  }

  function step(by) {
    var all = beginnings();
    if (!all.length) return;
    var index = all.findIndex(function (one) {
      return one === document.activeElement || one.getAttribute("data-change") === String(current);
    });
    var next = index < 0 ? (by > 0 ? 0 : all.length - 1) : (index + by + all.length) % all.length;
    current = Number(all[next].getAttribute("data-change"));
    all[next].scrollIntoView({ block: "center", behavior: calm() });
    all[next].focus({ preventScroll: true });
    tell(next, all.length);
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-change-step]");
    if (button) step(button.getAttribute("data-change-step") === "next" ? 1 : -1);
  });

  document.addEventListener("keydown", function (event) {
    if (!document.querySelector("[data-change-step]")) return;
    if (!singleKeys()) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    if (event.key === "j" || event.key === "n") step(1);
    else if (event.key === "k" || event.key === "p") step(-1);
    else return;
    event.preventDefault();
  });
})();
