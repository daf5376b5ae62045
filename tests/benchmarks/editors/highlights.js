// A text field over a mirror whose marks are painted by the CSS Custom Highlight API: one text node a line, forty lines
// to a block as in the editor of ours, live ranges that move with the text by themselves.
(function () {
  "use strict";
  var field, mirror, old, places, starts, lines, painted;

  function lineOf(position) {
    var low = 0, high = starts.length - 1;
    while (low < high) {
      var middle = (low + high + 1) >> 1;
      if (starts[middle] <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  }
  function range(place) {
    var first = lineOf(place.start), last = lineOf(place.end), found = new Range();
    found.setStart(lines[first].firstChild, place.start - starts[first]);
    found.setEnd(lines[last].firstChild, place.end - starts[last]);
    return found;
  }
  function lay(text) {
    starts = [];
    var start = 0, blocks = [];
    lines = text.split("\n").map(function (content, index) {
      var line = document.createElement("div");
      line.textContent = content + "\n";
      starts.push(start);
      start += content.length + 1;
      if (index % 40 === 0) blocks.push(document.createElement("div"));
      blocks[blocks.length - 1].append(line);
      return line;
    });
    mirror.replaceChildren.apply(mirror, blocks);
    painted.clear();
    places.map(range).forEach(function (each) { painted.add(each); });
  }
  function changed() {
    var now = field.value, start = 0, end = 0, most = Math.min(old.length, now.length), shift = now.length - old.length;
    while (start < most && old.charCodeAt(start) === now.charCodeAt(start)) start += 1;
    while (end < most - start && old.charCodeAt(old.length - 1 - end) === now.charCodeAt(now.length - 1 - end)) end += 1;
    var line = lineOf(start), after = old.length - end;
    places.forEach(function (place) {
      if (place.start >= after) place.start += shift;
      if (place.end >= after) place.end += shift;
    });
    if (lineOf(after) !== line || now.slice(start, now.length - end).indexOf("\n") >= 0) lay(now);
    else {
      lines[line].firstChild.replaceData(start - starts[line], after - start, now.slice(start, now.length - end));
      for (var index = line + 1; index < starts.length; index += 1) starts[index] += shift;
    }
    old = now;
  }
  window.candidate = {
    start: function (parent, text, marks) {
      var root = document.createElement("div");
      root.setAttribute("data-review-editor", "");
      mirror = document.createElement("div");
      mirror.setAttribute("data-review-mirror", "");
      mirror.className = "highlighted";
      mirror.inert = true;
      field = document.createElement("textarea");
      field.setAttribute("data-review-text", "");
      field.setAttribute("aria-label", "Memo");
      field.value = old = text;
      places = marks.map(function (mark) { return { start: mark.start, end: mark.end }; });
      painted = new Highlight();
      CSS.highlights.set("passage", painted);
      root.append(mirror, field);
      parent.append(root);
      lay(text);
      field.addEventListener("input", changed);
    },
    caret: function (position) {
      field.focus();
      field.setSelectionRange(position, position);
    },
    text: function () { return field.value; },
  };
})();
