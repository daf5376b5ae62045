// A plain text field without marks: what the browser's own editing costs.
(function () {
  "use strict";
  var field;
  window.candidate = {
    start: function (parent, text) {
      field = document.createElement("textarea");
      field.setAttribute("aria-label", "Memo");
      field.className = "scrolling";
      field.value = text;
      parent.append(field);
    },
    caret: function (position) {
      field.focus();
      field.setSelectionRange(position, position);
    },
    text: function () { return field.value; },
  };
})();
