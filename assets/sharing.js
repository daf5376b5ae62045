// Copies a link that is to be shared. On the page that such a link opens: keeps the address, which holds the token
// behind "#", through links to places on the page, and takes selected words of the memo into the form.
(function () {
  "use strict";
  // The framework may put the page's scripts in again.
  if (window.memoCoachSharing) return;
  window.memoCoachSharing = true;

  var shared = /^\/([a-z]{2}\/)?share\/?$/;
  function isShared() {
    return shared.test(location.pathname);
  }

  function tell(button) {
    var told = button.parentElement.querySelector("[data-copy-told]");
    if (told) told.textContent = button.getAttribute("data-copied");
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-copy]");
    if (!button) return;
    var field = document.getElementById(button.getAttribute("data-copy"));
    // Where the browser refuses, as over plain HTTP, the link is selected to be copied by hand.
    field.select();
    if (navigator.clipboard)
      navigator.clipboard.writeText(field.value).then(function () { tell(button); }, function () {});
  });

  document.addEventListener(
    "click",
    function (event) {
      var link = isShared() && event.target.closest && event.target.closest('a[href^="#"]');
      if (!link) return;
      event.preventDefault();
      var place = document.getElementById(link.getAttribute("href").slice(1));
      if (!place) return;
      place.scrollIntoView({ block: "nearest" });
      place.focus({ preventScroll: true });
    },
    true
  );

  // Another link, opened in this tab, differs behind "#" alone: the framework would stay where it is.
  addEventListener("hashchange", function () {
    if (isShared()) location.reload();
  });

  // Whether the link still leads here: asked when somebody comes back to the page, and while they look at it.
  function look() {
    var button = isShared() && document.visibilityState === "visible" && document.querySelector("[data-share-look]");
    if (button) button.click();
  }
  setInterval(look, 60000);
  document.addEventListener("visibilitychange", look);

  document.addEventListener("selectionchange", function () {
    var selection = isShared() && document.getSelection();
    var field = document.querySelector("[data-selected]");
    if (!field || !selection || selection.isCollapsed) return;
    var memo = document.querySelector(".manuscript");
    if (!memo || !memo.contains(selection.anchorNode) || !memo.contains(selection.focusNode)) return;
    field.value = selection.toString().replace(/\s+/g, " ").trim().slice(0, field.maxLength);
  });
})();
