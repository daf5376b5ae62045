// Opens each dialog that the framework puts on a page as a modal one: what is behind it cannot be reached then.
(function () {
  "use strict";

  var back = null; // what had the focus before

  function open(dialog) {
    if (dialog.open) return;
    back = document.activeElement;
    dialog.showModal();
    // Escape is as good as the button that keeps everything; the framework then takes the dialog away.
    dialog.addEventListener("cancel", function (event) {
      event.preventDefault();
      var keep = dialog.querySelector("[data-dialog-keep]");
      if (keep) keep.click();
    });
  }

  new MutationObserver(function (changes) {
    document.querySelectorAll("dialog[data-dialog]").forEach(open);
    var gone = changes.some(function (change) {
      return Array.prototype.some.call(change.removedNodes, function (one) {
        return one.nodeType === 1 && (one.matches("dialog[data-dialog]") || one.querySelector("dialog[data-dialog]"));
      });
    });
    // Where that button is gone, too, focus.js finds a place.
    if (gone && back && back.isConnected) back.focus();
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
