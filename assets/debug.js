// Times the way from this browser to the server and back, when the self-tests begin: only a browser can.
(function () {
  "use strict";

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-round-trip]");
    if (!button) return;
    var began = performance.now();
    // The server's answer to the click comes as a change of the page: the button is marked by it.
    var observer = new MutationObserver(function () {
      observer.disconnect();
      var cell = function (name) {
        return document.querySelector("[data-round-trip-" + name + "]");
      };
      var result = cell("result");
      var detail = cell("detail");
      var time = cell("time");
      if (!result || !detail || !time) return;
      result.textContent = result.getAttribute("data-ok");
      detail.textContent = detail.getAttribute("data-pattern");
      time.textContent = (performance.now() - began).toFixed(1) + " ms";
    });
    observer.observe(button, { attributes: true, attributeFilter: ["aria-disabled"] });
  });
})();
