// The settings that the browser itself keeps or sends: the theme, and a file to import.
(function () {
  "use strict";

  var root = document.documentElement;

  function showTheme() {
    var select = document.querySelector("select[data-action='theme-choice']");
    if (select && root.dataset.themeChoice && select.value !== root.dataset.themeChoice) {
      select.value = root.dataset.themeChoice;
    }
  }
  new MutationObserver(showTheme).observe(root, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["data-theme-choice"],
  });
  showTheme();

  function tell(form, words, failed) {
    var told = form.querySelector("[data-import-told]");
    var problem = form.querySelector("[data-import-problem]");
    told.textContent = failed ? "" : words;
    problem.textContent = failed ? words : "";
    problem.hidden = !failed;
  }

  var sending = false;
  document.addEventListener(
    "submit",
    function (event) {
      var form = event.target;
      if (!form.matches || !form.matches("[data-import]")) return;
      event.preventDefault();
      event.stopPropagation();
      if (sending) return;
      var file = form.querySelector("input[type='file']").files[0];
      if (!file) return tell(form, form.dataset.none, true);
      // The server would break the connection off, and nobody would hear why.
      if (file.size > Number(form.dataset.most)) return tell(form, form.dataset.tooLarge, true);
      sending = true;
      tell(form, form.dataset.running, false);
      fetch("/import", { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } })
        .then(function (answer) {
          return answer.json().then(function (said) {
            tell(form, answer.ok ? said.message : said.detail || form.dataset.failed, !answer.ok);
            var refresh = document.querySelector("[data-import-refresh]");
            if (answer.ok && refresh) refresh.click();
          });
        })
        .catch(function () {
          tell(form, form.dataset.failed, true);
        })
        .then(function () {
          sending = false;
        });
    },
    true
  );
})();
