// Chooses light or dark before the first paint, so that no page flashes in the wrong theme; says the language, and
// whether somebody is signed in.
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

  // The document's language is the one of its address. The page for addresses that lead nowhere is the same
  // file for all languages.
  var known = document.querySelector("meta[name=languages]").content.split(" ");
  var code = location.pathname.split("/")[1];
  var isTranslated = known.slice(1).indexOf(code) >= 0;
  root.lang = isTranslated ? code : known[0];

  // Where this very page is in another language.
  function addressIn(language) {
    var path = isTranslated ? location.pathname.slice(code.length + 1) || "/" : location.pathname;
    return (language === known[0] ? "" : "/" + language) + path + location.search + location.hash;
  }
  // The menu of who is signed in has its place from the first paint on; assets/account.js fills it in.
  var role = document.cookie.match(/(?:^|; )(?:__Host-)?memo_coach_account=[0-9a-f]+\.([a-z]+)\./);
  function showAccount() {
    if (role) root.dataset.account = role[1];
  }
  showAccount();

  // Keeps the choice for the next visit of "/".
  function keepLanguage(language) {
    document.cookie = "language=" + language + ";path=/;max-age=31536000;samesite=lax";
  }
  function toLanguage(event) {
    var link = event.target.closest && event.target.closest("[data-language]");
    if (!link) return;
    link.href = addressIn(link.dataset.language);
    if (event.type === "click") keepLanguage(link.dataset.language);
  }
  ["pointerdown", "focusin", "click"].forEach(function (type) {
    document.addEventListener(type, toLanguage);
  });

  // The framework re-renders <html>; put the attribute back should it be taken away.
  new MutationObserver(function () {
    if (!root.dataset.theme) apply(stored());
    if (role && !root.dataset.account) showAccount();
  }).observe(root, { attributes: true, attributeFilter: ["data-theme", "data-account"] });

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
    if (!event.target.matches) return;
    if (event.target.matches("[data-action='theme-choice']")) choose(event.target.value);
    if (event.target.matches("[data-action='language-choice']")) {
      keepLanguage(event.target.value);
      location.assign(addressIn(event.target.value));
    }
  });
})();
