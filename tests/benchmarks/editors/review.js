// The editor of the review page as it is in assets/review-editor.js.
(function () {
  "use strict";
  var field;
  window.candidate = {
    start: function (parent, text, marks) {
      var root = document.createElement("div"), mirror = document.createElement("div");
      field = document.createElement("textarea");
      root.setAttribute("data-review-editor", "");
      mirror.setAttribute("data-review-mirror", "");
      mirror.inert = true;
      field.setAttribute("data-review-text", "");
      field.setAttribute("aria-label", "Memo");
      field.value = text;
      root.setAttribute("data-marks", JSON.stringify(marks));
      root.append(mirror, field);
      parent.append(root);
    },
    caret: function (position) {
      field.focus();
      field.setSelectionRange(position, position);
    },
    text: function () { return field.value; },
  };
})();
