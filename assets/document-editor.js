// The editor of a configuration document: a plain text field over a painted mirror that shows the colours of YAML.
//
// The field is the browser's own: undo, Tab, find in page and screen readers work as everywhere. The mirror lies under
// it, has one element a line, and only the lines that a key press has changed are painted again. Whether a document has
// faults is the server's to say: the page lists them as links (data-document-line), and their lines are marked here.
(function () {
  "use strict";

  var KEY = /^(\s*(?:- +)*)("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#:"'\-][^#:]*?|-[^\s#:][^#:]*?)(:)(?=\s|$)/;
  var BLOCK = /(?:^|[:\-]\s+)[|>][+\-0-9]*\s*(?:#.*)?$/;

  function piece(parent, kind, text) {
    if (!text) return;
    if (!kind) return void parent.append(text);
    var span = document.createElement("span");
    span.className = "yaml-" + kind;
    span.textContent = text;
    parent.append(span);
  }

  function indent(line) { return line.length - line.trimStart().length; }

  // Of each line: whether it stands in a block of text, which is no YAML.
  function blocks(lines) {
    var within = -1;
    return lines.map(function (line) {
      if (within >= 0) {
        if (!line.trim() || indent(line) > within) return true;
        within = -1;
      }
      if (BLOCK.test(line) && line.trim()[0] !== "#") within = indent(line);
      return false;
    });
  }

  function value(parent, text) {
    var comment = /(^|\s)#.*$/.exec(text);
    var quoted = /^\s*(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(text);
    if (quoted) comment = /\s#.*$/.exec(text.slice(quoted[0].length)) && /(\s#.*)$/.exec(text);
    var end = comment ? comment.index : text.length;
    var plain = text.slice(0, end);
    var kind = /^\s*(?:[-+]?[\d.]+(?:e[-+]?\d+)?|true|false|null|~)\s*$/i.test(plain) ? "number" : /^\s*[|>[\]{}&*!]/.test(plain) ? "sign" : "text";
    piece(parent, plain.trim() ? kind : "", plain);
    piece(parent, "comment", text.slice(end));
  }

  function paint(element, line, inBlock) {
    element.textContent = "";
    if (inBlock) return piece(element, "text", line);
    if (line.trim()[0] === "#") return piece(element, "comment", line);
    var key = KEY.exec(line), rest = line;
    if (key) {
      piece(element, "sign", key[1]);
      piece(element, "key", key[2]);
      piece(element, "sign", key[3]);
      rest = line.slice(key[0].length);
    } else {
      var dash = /^\s*(?:- +)*/.exec(line)[0];
      piece(element, "sign", dash);
      rest = line.slice(dash.length);
    }
    value(element, rest);
  }

  var shown = new WeakMap(); // mirror → its lines as they are painted

  function show(field) {
    var mirror = field.parentElement.querySelector("[data-document-mirror]");
    if (!mirror) return;
    var lines = field.value.split("\n"), inBlock = blocks(lines);
    var wanted = lines.map(function (line, index) { return (inBlock[index] ? "|" : ":") + line; });
    var known = shown.get(mirror) || [], start = 0, tail = 0;
    while (start < known.length && start < wanted.length && known[start] === wanted[start]) start += 1;
    while (tail < known.length - start && tail < wanted.length - start && known[known.length - 1 - tail] === wanted[wanted.length - 1 - tail]) tail += 1;
    for (var gone = known.length - tail - start; gone > 0; gone -= 1) mirror.children[start].remove();
    var fresh = document.createDocumentFragment();
    for (var index = start; index < wanted.length - tail; index += 1) {
      var line = document.createElement("div");
      paint(line, lines[index], inBlock[index]);
      fresh.append(line);
    }
    mirror.insertBefore(fresh, mirror.children[start] || null);
    shown.set(mirror, wanted);
    mark(mirror);
  }

  function mark(mirror) {
    mirror.querySelectorAll("[data-faulty]").forEach(function (line) { line.removeAttribute("data-faulty"); });
    document.querySelectorAll("a[data-document-line]").forEach(function (link) {
      var line = mirror.children[Number(link.getAttribute("data-document-line")) - 1];
      if (line) line.setAttribute("data-faulty", "");
    });
  }

  function go(field, number) {
    var lines = field.value.split("\n"), at = lines.slice(0, number - 1).join("\n").length + (number > 1 ? 1 : 0);
    field.focus({ preventScroll: true });
    field.setSelectionRange(at, at + (lines[number - 1] || "").length);
    var line = field.parentElement.querySelector("[data-document-mirror]").children[number - 1];
    if (line) line.scrollIntoView({ block: "center" });
  }

  function field() { return document.querySelector("textarea[data-document-text]"); }

  document.addEventListener("input", function (event) {
    if (event.target.matches && event.target.matches("textarea[data-document-text]")) show(event.target);
  }, true);
  document.addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[data-document-line]");
    if (!link || !field()) return;
    event.preventDefault();
    event.stopPropagation();
    go(field(), Number(link.getAttribute("data-document-line")));
  }, true);
  // The framework makes the field anew for another text, and the list of faults after each look at it.
  function dress() {
    var named = document.querySelector("[data-document-style]");
    if (!named || document.querySelector("link[data-document-sheet]")) return;
    var sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = named.getAttribute("data-document-style");
    sheet.setAttribute("data-document-sheet", "");
    document.head.append(sheet);
  }

  var waiting = false;
  new MutationObserver(function () {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(function () {
      waiting = false;
      dress();
      var box = field();
      if (!box) return;
      var mirror = box.parentElement.querySelector("[data-document-mirror]");
      if (!shown.has(mirror)) show(box);
      else mark(mirror);
    });
  }).observe(document.documentElement, { childList: true, subtree: true, characterData: true, attributes: true, attributeFilter: ["data-document-line"] });
  dress();
  if (field()) show(field());
})();
