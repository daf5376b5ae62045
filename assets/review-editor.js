// The editor of the review page: a plain text field over a painted mirror, in which remarks stay with their passages.
//
// The field is the browser's own, so undo, spelling, input methods, selection handles, find in page and screen readers
// work as everywhere. The mirror lies under it, has one element a line, and shows nothing but the marks. A key press
// touches the one line that it changed. The page's framework owns the elements
//
//   <div data-review-editor data-entered="Remark {number}: {label}">
//     <div data-review-mirror inert></div> <textarea data-review-text></textarea>
//     <p data-review-live role="status"></p>
//   </div>
//
// and this script what is in the mirror and the status. It is spoken to by events on the outer element:
//   review:set-marks {marks, text}    the marks, and the text that they are of where that is not the one in the field
//   review:set-text  {text, marks, undo}  another text, which the person's undo takes back; with marks of it. With
//                    undo: false it is the first text: nothing leads back from it, and the focus stays where it is
//   review:replace   {start, end, text}
//   review:select    {id, focus}      the caret goes to a mark's passage, which is scrolled to the middle; with an id
//                    of null no mark is the current one, until the caret is in one again
// and tells what happens by others: review:ready, review:text {text, marks} once typing pauses, review:enter {id},
// review:leave {id}, review:mark {id, state: "kept" | "changed" | "gone"}, and review:step {by}, which the page may
// prevent in order to step in its own order. The element has the id of the mark at the caret in data-current. A mark
// is {id, start, end, kind, number, label}, of which there are 500 at most; positions count code points, as everywhere.
(function () {
  "use strict";

  var PAUSE = 250; // milliseconds without a key before the page is told of the text
  var REST = 500; // the caret rests so long in a passage before that is announced: not each that it only crosses
  var LONGEST = 1000000; // code units: far over what the server takes, short enough for a page
  var MOST_MARKS = 500;
  var BLOCK = 40; // lines that are laid out together
  var STEP = 4096; // code units that are compared at once
  var MOVED = 12; // code units: a shorter passage stands in many a text by chance
  var MOST_PASTS = 30; // states of the text that undo may lead back to, with the places of the marks in each
  var NEAR = 2; // screens that are scrolled over smoothly; what is farther is jumped to

  // ---- positions: code points outside, UTF-16 code units within --------------------------------------------------

  var SURROGATE = /[\ud800-\udbff][\udc00-\udfff]/;
  // Positions in one unit become those in the other, in one pass over the text.
  function converted(text, positions, toPoints) {
    if (!SURROGATE.test(text)) return positions.map(function (one) { return Math.max(0, Math.min(one, text.length)); });
    var order = positions.map(function (_, index) { return index; });
    order.sort(function (one, other) { return positions[one] - positions[other]; });
    var units = 0, points = 0, result = [];
    order.forEach(function (index) {
      while (units < text.length && (toPoints ? units : points) < positions[index]) {
        units += text.codePointAt(units) > 0xffff ? 2 : 1;
        points += 1;
      }
      result[index] = toPoints ? points : units;
    });
    return result;
  }

  // ---- one change between two texts ------------------------------------------------------------------------------

  function commonStart(one, other) {
    var most = Math.min(one.length, other.length), length = 0;
    while (length + STEP <= most && one.slice(length, length + STEP) === other.slice(length, length + STEP)) length += STEP;
    while (length < most && one.charCodeAt(length) === other.charCodeAt(length)) length += 1;
    return length;
  }
  function commonEnd(one, other, most) {
    var length = 0, a = one.length, b = other.length;
    while (length + STEP <= most && one.slice(a - length - STEP, a - length) === other.slice(b - length - STEP, b - length)) length += STEP;
    while (length < most && one.charCodeAt(a - length - 1) === other.charCodeAt(b - length - 1)) length += 1;
    return length;
  }
  // What was replaced by what. An "s" typed before or after another "s" gives the same text: `before`, where the
  // caret says that the change began, decides.
  function difference(old, now, before) {
    var start = commonStart(old, now);
    var end = commonEnd(old, now, Math.min(old.length, now.length) - start);
    var slid = Math.min(start, before);
    if (slid < start && commonEnd(old, now, Math.min(old.length, now.length) - slid) === end + start - slid) {
      end += start - slid;
      start = slid;
    }
    return { start: start, end: old.length - end, inserted: now.slice(start, now.length - end) };
  }

  // A mark after a change. What is typed at its very edges is not of it; what replaces a part of it is.
  function move(mark, change) {
    var start = change.start, end = change.end, gained = change.inserted.length, shift = gained - (end - start);
    if (end <= mark.start && start < mark.end) {
      mark.start += shift;
      mark.end += shift;
    } else if (start >= mark.start && start < mark.end && end <= mark.end) {
      mark.end += shift;
    } else if (start < mark.start && end <= mark.end) {
      mark.start = start + gained;
      mark.end += shift;
    } else if (start < mark.start) {
      mark.start = mark.end = start + gained;
    } else if (start < mark.end) {
      mark.end = start;
    }
  }
  // The place of a passage in a text that is nearest to where it was.
  function nearest(text, passage, place) {
    var after = text.indexOf(passage, place), before = text.lastIndexOf(passage, place);
    if (after < 0 || before < 0) return Math.max(after, before);
    return after - place < place - before ? after : before;
  }
  // Whether a passage that is gone stands word for word in what was put in: it was moved, and its mark goes with it.
  function moved(mark, change) {
    if (mark.start < mark.end || mark.original.length < MOVED) return false;
    var found = change.inserted.indexOf(mark.original);
    if (found < 0) return false;
    mark.start = change.start + found;
    mark.end = mark.start + mark.original.length;
    return true;
  }

  // ---- one editor ------------------------------------------------------------------------------------------------

  function Editor(root) {
    this.root = root;
    this.field = root.querySelector("textarea[data-review-text]");
    this.mirror = root.querySelector("[data-review-mirror]");
    this.text = this.field.value;
    this.marks = [];
    this.lines = []; // each {element, start, pieces: [{node, length}]}; a line has its break within it
    this.pieces = {}; // by the id of a mark: what shows it
    this.current = null;
    this.chosen = null; // a mark that was selected, until the caret leaves the place
    this.pasts = [];
    this.caret = 0; // where a selection began before the next change
    // The page's framework would write the whole text that it began with into the field anew, at each key.
    this.field.addEventListener("input", function (event) { event.stopPropagation(); });
    this.draw(0, 0, this.text);
    var given = root.getAttribute("data-marks");
    if (given) this.setMarks(JSON.parse(given), this.text);
    this.tell("ready");
  }

  Editor.prototype.tell = function (name, detail, cancelable) {
    return this.root.dispatchEvent(new CustomEvent("review:" + name, { bubbles: true, cancelable: Boolean(cancelable), detail: detail }));
  };

  // The marks with positions in code points.
  Editor.prototype.report = function () {
    var places = converted(this.text, [].concat.apply([], this.marks.map(function (mark) { return [mark.start, mark.end]; })), true);
    return this.marks.map(function (mark, index) {
      return { id: mark.id, start: places[2 * index], end: places[2 * index + 1], state: mark.state };
    });
  };

  Editor.prototype.setMarks = function (marks, basis) {
    var text = this.text;
    marks = marks.slice(0, MOST_MARKS);
    var of = typeof basis === "string" ? basis : text;
    var places = converted(of, [].concat.apply([], marks.map(function (mark) { return [mark.start, mark.end]; })), false);
    // A field has no carriage returns.
    if (of.indexOf("\r\n") >= 0) {
      places = places.map(function (place) { return place - of.slice(0, place).split("\r\n").length + 1; });
      of = of.replace(/\r\n/g, "\n");
    }
    var change = of === text ? null : difference(of, text, Infinity);
    this.marks = marks.map(function (given, index) {
      var start = places[2 * index], end = Math.max(start, places[2 * index + 1]);
      var mark = { id: String(given.id), start: start, end: end, kind: given.kind || "", number: given.number, label: given.label || "" };
      mark.original = of.slice(start, end);
      if (change) {
        move(mark, change);
        var found = state(mark, text) === "kept" || !mark.original ? -1 : nearest(text, mark.original, start);
        if (found >= 0) {
          mark.start = found;
          mark.end = found + mark.original.length;
        }
      }
      mark.state = state(mark, text);
      return mark;
    });
    this.pasts = [];
    this.draw(0, this.lines.length, text);
    this.marks.forEach(function (mark) {
      if (mark.state !== "kept") this.tell("mark", { id: mark.id, state: mark.state });
    }, this);
    this.follow();
  };
  function state(mark, text) {
    if (mark.start >= mark.end) return "gone";
    return text.slice(mark.start, mark.end) === mark.original ? "kept" : "changed";
  }

  // Draws lines anew: `count` of them from `first` give way to those of `text`.
  Editor.prototype.draw = function (first, count, text) {
    var start = first < this.lines.length ? this.lines[first].start : 0;
    var after = this.lines[first + count];
    var fresh = [], editor = this, before = this.lines[first - 1];
    text.split("\n").forEach(function (content) {
      fresh.push(editor.line(content + "\n", start));
      start += content.length + 1;
    });
    var elements = fresh.map(function (line) { return line.element; });
    if ((!before && !after) || fresh.length > 4 * BLOCK) return this.lay(this.lines.slice(0, first).concat(fresh, this.lines.slice(first + count)));
    this.lines.slice(first, first + count).forEach(function (line) { line.element.remove(); });
    if (before) before.element.after.apply(before.element, elements);
    else after.element.before.apply(after.element, elements);
    this.lines = this.lines.slice(0, first).concat(fresh, this.lines.slice(first + count));
    this.collect();
  };
  // All lines anew, some to a block: a browser that lays one out does not look at each of the others.
  Editor.prototype.lay = function (lines) {
    var all = document.createDocumentFragment(), block;
    lines.forEach(function (line, index) {
      if (index % BLOCK === 0) all.append((block = document.createElement("div")));
      block.append(line.element);
    });
    this.lines = lines;
    this.mirror.replaceChildren(all);
    this.collect();
  };
  Editor.prototype.line = function (content, start) {
    var end = start + content.length;
    var within = this.marks.filter(function (mark) { return mark.start < mark.end && mark.start < end - 1 && mark.end > start; });
    var element = document.createElement("div"), pieces = [];
    element.className = "review-line";
    element.dir = "auto"; // by its first letter, as the field does it; Firefox has no other way for a passage on two lines
    if (!within.length) {
      element.textContent = content;
      return { element: element, start: start, pieces: [{ node: element.firstChild, length: content.length }] };
    }
    var edges = { 0: true };
    within.forEach(function (mark) {
      edges[Math.max(0, mark.start - start)] = true;
      edges[Math.min(content.length - 1, mark.end - start)] = true;
    });
    var places = Object.keys(edges).map(Number).sort(function (one, other) { return one - other; });
    places.forEach(function (place, index) {
      var node = document.createTextNode(content.slice(place, index + 1 < places.length ? places[index + 1] : content.length));
      var over = within.filter(function (mark) { return mark.start <= start + place && mark.end >= start + place + node.length; });
      if (over.length) {
        var piece = document.createElement("span");
        piece.append(node);
        dress(piece, over, start + place + node.length);
        element.append(piece);
      } else element.append(node);
      pieces.push({ node: node, length: node.length });
    });
    return { element: element, start: start, pieces: pieces };
  };
  // A passage of several remarks is painted as the first, and is each one's.
  function dress(piece, over, end) {
    piece.className = "review-mark";
    piece.setAttribute("data-ids", over.map(function (mark) { return mark.id; }).join("\n"));
    piece.setAttribute("data-kind", over[0].kind);
    var numbers = over.filter(function (mark) { return mark.end === end && mark.number; });
    if (numbers.length) piece.setAttribute("data-numbers", numbers.map(function (mark) { return mark.number; }).join(" "));
  }
  Editor.prototype.collect = function () {
    var pieces = (this.pieces = {});
    Array.prototype.forEach.call(this.mirror.getElementsByClassName("review-mark"), function (piece) {
      piece.getAttribute("data-ids").split("\n").forEach(function (id) { (pieces[id] = pieces[id] || []).push(piece); });
    });
    this.marks.forEach(this.paint, this);
  };
  Editor.prototype.paint = function (mark) {
    (this.pieces[mark.id] || []).forEach(function (piece) {
      piece.toggleAttribute("data-changed", mark.state === "changed");
      piece.toggleAttribute("data-current", piece.getAttribute("data-ids").split("\n").indexOf(this.current) >= 0);
    }, this);
  };

  // ---- changes ---------------------------------------------------------------------------------------------------

  Editor.prototype.lineAt = function (position) {
    var low = 0, high = this.lines.length - 1;
    while (low < high) {
      var middle = (low + high + 1) >> 1;
      if (this.lines[middle].start <= position) low = middle;
      else high = middle - 1;
    }
    return low;
  };

  Editor.prototype.changed = function () {
    var now = this.field.value, old = this.text;
    if (now === old) return;
    var change = difference(old, now, Math.min(this.caret, this.field.selectionStart));
    this.caret = this.field.selectionStart;
    this.text = now;
    var first = this.lineAt(change.start), last = this.lineAt(change.end), shift = now.length - old.length;
    var end = last + 1 < this.lines.length ? this.lines[last + 1].start + shift : now.length + 1;
    var before = this.marks.map(function (mark) { return { start: mark.start, end: mark.end, state: mark.state }; });
    var elsewhere = this.recall(now);
    if (!elsewhere) {
      this.marks.forEach(function (mark) {
        move(mark, change);
        elsewhere = moved(mark, change) || elsewhere;
      });
    }
    this.marks.forEach(function (mark) { mark.state = state(mark, now); });
    this.remember(old, before);
    for (var index = last + 1; index < this.lines.length; index += 1) this.lines[index].start += shift;
    if (elsewhere) this.draw(0, this.lines.length, now);
    else if (!this.patch(first, last, change)) this.draw(first, last - first + 1, now.slice(this.lines[first].start, end - 1));
    this.marks.forEach(function (mark, place) {
      if (mark.state === before[place].state) return;
      this.paint(mark);
      this.tell("mark", { id: mark.id, state: mark.state });
    }, this);
    this.later();
  };
  // Undo leads back to a text that was there: each mark is then where it was in it.
  Editor.prototype.remember = function (old, before) {
    var harmed = this.marks.some(function (mark, index) {
      return mark.state !== before[index].state && (before[index].state === "kept" || mark.state === "gone");
    });
    if (harmed) this.pasts = this.pasts.concat([{ text: old, places: before }]).slice(-MOST_PASTS);
  };
  Editor.prototype.recall = function (now) {
    var past = this.pasts.filter(function (one) { return one.text === now; }).pop();
    if (!past) return false;
    this.marks.forEach(function (mark, index) {
      mark.start = past.places[index].start;
      mark.end = past.places[index].end;
    });
    return true;
  };
  // A change within one piece of one line: what nearly every key press is.
  Editor.prototype.patch = function (first, last, change) {
    if (first !== last || change.inserted.indexOf("\n") >= 0) return false;
    var line = this.lines[first], place = change.start - line.start, removed = change.end - change.start;
    for (var index = 0; index < line.pieces.length; index += 1) {
      var piece = line.pieces[index], plain = piece.node.parentNode === line.element;
      var inside = plain ? place + removed < piece.length || (place > 0 && place + removed <= piece.length)
        : place > 0 && place + removed < piece.length;
      // Between two pieces what is typed belongs to the one that is no passage.
      if (place <= piece.length && inside) {
        piece.node.replaceData(place, removed, change.inserted);
        piece.length += change.inserted.length - removed;
        return true;
      }
      if (place < piece.length) return false;
      place -= piece.length;
    }
    return false;
  };

  Editor.prototype.later = function () {
    var editor = this;
    clearTimeout(this.timer);
    this.timer = setTimeout(function () {
      editor.tell("text", { text: editor.text, marks: editor.report() });
    }, PAUSE);
  };

  // Through the browser's own command, for it alone is undone by the person's own undo.
  Editor.prototype.replace = function (start, end, text) {
    var field = this.field;
    field.focus({ preventScroll: true });
    field.setSelectionRange(start, end);
    this.caret = start;
    var done = start === end && !text ? true : document.execCommand(text ? "insertText" : "delete", false, text);
    if (!done) {
      field.setRangeText(text, start, end, "end");
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    this.changed();
  };
  Editor.prototype.setText = function (text, undo) {
    if (undo === false) {
      this.field.value = text;
      this.caret = 0;
      this.changed();
      return;
    }
    text = text.replace(/\r\n?/g, "\n").slice(0, LONGEST);
    var change = difference(this.text, text, Infinity);
    if (text !== this.text) this.replace(change.start, change.end, change.inserted);
  };

  // ---- the caret -------------------------------------------------------------------------------------------------

  // The mark that a position is in: the shortest, and rather one that it stands in than one that it ends.
  Editor.prototype.at = function (position) {
    var best = null, least = Infinity;
    this.marks.forEach(function (mark) {
      if (mark.start >= mark.end || position < mark.start || position > mark.end) return;
      var length = mark.end - mark.start + (position === mark.end ? LONGEST : 0);
      if (length < least) {
        best = mark;
        least = length;
      }
    });
    return best;
  };
  Editor.prototype.follow = function () {
    var field = this.field, caret = field.selectionStart;
    if (this.chosen && this.chosen.caret !== caret) this.chosen = null;
    if (this.chosen) this.enter(this.find(this.chosen.id));
    else this.enter(document.activeElement === field ? this.at(caret) : this.find(this.current));
  };
  Editor.prototype.enter = function (mark) {
    var id = mark ? mark.id : null, left = this.current;
    if (id === left) return;
    this.current = id;
    if (id === null) this.root.removeAttribute("data-current");
    else this.root.setAttribute("data-current", id);
    this.marks.forEach(this.paint, this);
    if (left !== null) this.tell("leave", { id: left });
    if (id !== null) this.tell("enter", { id: id });
    this.announce(mark);
  };
  Editor.prototype.find = function (id) {
    return this.marks.filter(function (mark) { return mark.id === id; })[0] || null;
  };
  Editor.prototype.announce = function (mark) {
    var root = this.root, live = root.querySelector("[data-review-live]");
    clearTimeout(this.resting);
    if (!live) return;
    this.resting = setTimeout(function () {
      var pattern = mark ? root.getAttribute("data-" + (mark.state === "changed" ? "entered-changed" : "entered")) || "{number}: {label}" : "";
      live.textContent = pattern.replace(/\{(number|label)\}/g, function (_, name) { return String(mark[name]); });
    }, REST);
  };

  Editor.prototype.select = function (id, focus) {
    var mark = this.find(String(id));
    if (!mark && id === null) {
      this.chosen = null;
      this.enter(null);
    }
    if (!mark) return;
    if (focus !== false) this.field.focus({ preventScroll: true });
    this.field.setSelectionRange(mark.start, mark.start);
    var piece = (this.pieces[mark.id] || [])[0] || this.lines[this.lineAt(mark.start)].element;
    var far = Math.abs(piece.getBoundingClientRect().top) > NEAR * innerHeight;
    var calm = far || matchMedia("(prefers-reduced-motion: reduce)").matches;
    piece.scrollIntoView({ block: "center", inline: "nearest", behavior: calm ? "auto" : "smooth" });
    this.chosen = { id: mark.id, caret: this.field.selectionStart };
    this.follow();
  };
  Editor.prototype.step = function (by) {
    if (!this.tell("step", { by: by }, true)) return;
    var caret = this.field.selectionStart, current = this.current;
    var order = this.marks.filter(function (mark) { return mark.start < mark.end; });
    order.sort(function (one, other) { return one.start - other.start || one.end - other.end; });
    if (!order.length) return;
    var index = order.findIndex(function (mark) { return mark.id === current; });
    if (index < 0) {
      var after = order.findIndex(function (mark) { return mark.start > caret; });
      index = by > 0 ? (after < 0 ? 0 : after) : ((after < 0 ? order.length : after) - 1 + order.length) % order.length;
    } else index = (index + by + order.length) % order.length;
    this.select(order[index].id);
  };

  // ---- the page --------------------------------------------------------------------------------------------------

  var editors = new Map();
  function of(target) {
    var root = target.closest && target.closest("[data-review-editor]");
    return root ? editors.get(root) : undefined;
  }
  function on(name, act, early) {
    document.addEventListener(name, function (event) {
      var editor = of(event.target);
      if (editor) act(editor, event.detail || {}, event);
    }, Boolean(early));
  }
  on("review:set-marks", function (editor, detail) { editor.setMarks(detail.marks || [], detail.text); });
  on("review:set-text", function (editor, detail) {
    editor.setText(String(detail.text), detail.undo);
    if (detail.marks) editor.setMarks(detail.marks);
  });
  on("review:replace", function (editor, detail) {
    var places = converted(editor.text, [detail.start, detail.end], false);
    editor.replace(places[0], Math.max(places[0], places[1]), String(detail.text));
  });
  on("review:select", function (editor, detail) { editor.select(detail.id, detail.focus); });
  on("beforeinput", function (editor) { editor.caret = editor.field.selectionStart; });
  on("input", function (editor) { editor.changed(); }, true);
  on("keydown", function (editor, _, event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.isComposing) return;
    if (event.target !== editor.field || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    event.preventDefault();
    editor.step(event.key === "ArrowDown" ? 1 : -1);
  });
  var asked = 0;
  document.addEventListener("selectionchange", function () {
    var editor = document.activeElement && of(document.activeElement);
    if (!editor || asked) return;
    asked = requestAnimationFrame(function () {
      asked = 0;
      if (editor.root.isConnected) editor.follow();
    });
  });

  // What is put into an element before the framework has taken the page over makes it render the page anew.
  function taken() {
    if (!("__reactRouterContext" in window)) return true;
    var name = Object.keys(document).filter(function (key) { return key.indexOf("__reactContainer") === 0; })[0];
    var root = name && document[name] && document[name].stateNode;
    var memory = root && root.current && root.current.memoizedState;
    return Boolean(root) && !(memory && memory.isDehydrated);
  }
  function watch(records) {
    editors.forEach(function (_, root) { if (!root.isConnected) editors.delete(root); });
    if (records && !records.some(function (record) { return record.addedNodes.length && !of(record.target); })) return;
    var found = document.querySelectorAll("[data-review-editor]");
    if (!found.length) return;
    if (!taken()) {
      setTimeout(watch, 60);
      return;
    }
    found.forEach(function (root) {
      if (!editors.has(root) && root.querySelector("textarea[data-review-text]")) editors.set(root, new Editor(root));
    });
  }
  new MutationObserver(watch).observe(document.documentElement, { childList: true, subtree: true });
  watch();
})();
