// Chooses light or dark before the first paint, so that no page flashes in the wrong theme.
(function () {
  "use strict";
  var root = document.documentElement;
  var KEY = "memo-coach-theme";

  function stored() {
    try {
      return localStorage.getItem(KEY) || "system";
    } catch (refused) {
      return "system";
    }
  }

  function apply(choice) {
    var dark = choice === "dark" || (choice === "system" && matchMedia("(prefers-color-scheme: dark)").matches);
    root.dataset.theme = dark ? "dark" : "light";
    root.dataset.themeChoice = choice;
  }

  apply(stored());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function () {
    apply(stored());
  });

  // The framework re-renders <html>; put the attribute back should it be taken away.
  new MutationObserver(function () {
    if (!root.dataset.theme) apply(stored());
  }).observe(root, { attributes: true, attributeFilter: ["data-theme"] });

  function choose(choice) {
    try {
      localStorage.setItem(KEY, choice);
    } catch (refused) {
      // Private windows may refuse storage: the choice then lasts as long as the page.
    }
    apply(choice);
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-action='theme']");
    if (button) choose(root.dataset.theme === "dark" ? "light" : "dark");
  });
  document.addEventListener("change", function (event) {
    if (event.target.matches && event.target.matches("[data-action='theme-choice']")) choose(event.target.value);
  });
})();
