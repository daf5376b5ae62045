// Bubbles that explain a section. Pointer and focus open them by the style sheet alone; this script lets a touch or a
// press open and close one, and Escape close it without moving pointer or focus.
(function () {
  "use strict";

  function around(element) {
    return element && element.closest ? element.closest("[data-explanation]") : null;
  }
  function each(state, work) {
    document.querySelectorAll('[data-explanation="' + state + '"]').forEach(work);
  }
  function forget(one) {
    one.setAttribute("data-explanation", "");
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest(".explain");
    var pressed = button && around(button);
    each("open", function (one) {
      if (one !== pressed && !one.contains(event.target)) forget(one);
    });
    if (!pressed) return;
    pressed.setAttribute("data-explanation", pressed.getAttribute("data-explanation") === "open" ? "closed" : "open");
  });

  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") return;
    document.querySelectorAll("[data-explanation]").forEach(function (one) {
      if (one.getAttribute("data-explanation") === "open" || one.matches(":hover, :focus-within")) {
        one.setAttribute("data-explanation", "closed");
      }
    });
  });

  // What was closed opens again when it is come back to.
  document.addEventListener("pointerout", function (event) {
    var left = around(event.target);
    if (left && !left.contains(event.relatedTarget) && left.getAttribute("data-explanation") === "closed") forget(left);
  });
  document.addEventListener("focusout", function (event) {
    var left = around(event.target);
    if (left && !left.contains(event.relatedTarget)) forget(left);
  });
})();
