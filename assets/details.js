// Ties passages and remarks together: both ways, by pointer, by button and by key, in the painted memo of an earlier
// version and in the editor of the newest one (assets/review-editor.js, which is fetched where there is one).
// Nothing here asks the server; the page's framework owns the elements, this script only marks one as current.
(function () {
  "use strict";

  var current = null;

  function editor() {
    return document.querySelector("[data-review-editor]");
  }
  function tell(name, detail) {
    editor().dispatchEvent(new CustomEvent("review:" + name, { bubbles: true, detail: detail }));
  }
  function isOpen(card) {
    return card.getClientRects().length > 0 && !card.closest("details:not([open])");
  }
  function cards() {
    return Array.prototype.filter.call(document.querySelectorAll("article[data-card]"), isOpen);
  }
  function idOfCard(card) {
    return card.getAttribute("data-card");
  }
  function marks(id) {
    var name = CSS.escape(id);
    return document.querySelectorAll('mark[data-comment="' + name + '"], mark[data-also~="' + name + '"], .review-mark[data-ids~="' + name + '"]');
  }
  function card(id) {
    return document.querySelector('article[data-card="' + CSS.escape(id) + '"]');
  }
  function calm() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
  }
  // On a narrow screen the current card is a sheet over the lower half: the passage goes to the upper one.
  function isSheet() {
    return matchMedia("(max-width: 59.99rem)").matches;
  }

  // Who uses speech or a switch can turn single keys off: the help page keeps it (assets/help.js).
  function singleKeys() {
    try {
      return localStorage.getItem("memo-coach-single-keys") !== "off";
    } catch (refused) {
      return true;
    }
  }

  function paint() {
    var chosenMarks = current ? Array.from(marks(current)) : [];
    document.querySelectorAll("mark[data-current]").forEach(function (mark) {
      if (chosenMarks.indexOf(mark) < 0) mark.removeAttribute("data-current");
    });
    document.querySelectorAll("article[data-card]").forEach(function (one) {
      var id = idOfCard(one);
      if (one.hasAttribute("data-current") && id !== current) one.removeAttribute("data-current");
      var state = states[id] || "kept";
      if ((one.getAttribute("data-passage") || "kept") !== state) one.setAttribute("data-passage", state);
    });
    place();
    if (!current) return;
    // What shows the marks in the editor is the editor's own.
    chosenMarks.forEach(function (mark) {
      if (mark.tagName === "MARK") mark.setAttribute("data-current", "");
    });
    var chosen = card(current);
    if (chosen) chosen.setAttribute("data-current", "");
  }

  function place() {
    // Which are seen costs the browser a layout.
    var all = current ? cards() : [];
    var index = all.findIndex(function (one) { return idOfCard(one) === current; });
    document.querySelectorAll("[data-comment-position]").forEach(function (status) {
      var text = (status.getAttribute("data-pattern") || "{n} / {total}")
        .replace("{n}", String(index + 1))
        .replace("{total}", String(all.length));
      if (index < 0) text = "";
      // Written only when it differs, for the observer below watches this element too.
      if (status.textContent !== text) status.textContent = text;
    });
  }

  // Makes a remark the current one. `towards` names what is to come into view: the passage, the card, or both; and
  // `focus` where the focus goes: to the card, into the text, or nowhere.
  function activate(id, towards, focus) {
    current = id;
    var chosen = card(id);
    var folded = chosen && chosen.closest("details:not([open])");
    if (folded) folded.open = true;
    paint();
    var sheet = isSheet(), seen = sheet || towards !== "card";
    if (editor()) select(id, seen, focus === "text");
    var mark = marks(id)[0];
    if (mark && sheet) uncover(mark);
    else if (mark && seen && !editor()) mark.scrollIntoView({ block: "center", behavior: calm() });
    if (chosen && !sheet && towards !== "mark") chosen.scrollIntoView({ block: "nearest", behavior: calm() });
    if (chosen && (focus === "card" || (focus === "text" && !mark))) chosen.focus({ preventScroll: true });
  }

  // Above the sheet, and below what stays at the upper edge.
  function uncover(mark) {
    mark.scrollIntoView({ block: "start", behavior: calm() });
  }

  // The editor is told which passage is the current one; where it shall not scroll, the caret stays, too.
  var telling = false;
  function select(id, seen, focus) {
    telling = true;
    if (!marks(id).length) tell("select", { id: null });
    else if (seen || focus) tell("select", { id: id, focus: focus });
    telling = false;
  }

  function step(by, focus) {
    var all = cards();
    if (!all.length) return;
    var index = all.findIndex(function (one) { return idOfCard(one) === current; });
    var next = index < 0 ? (by > 0 ? 0 : all.length - 1) : (index + by + all.length) % all.length;
    activate(idOfCard(all[next]), "both", focus);
  }

  // Back from a card to its passage. On a touch screen the focus in the text would bring up the keyboard.
  function leave() {
    var id = current, passage = document.querySelector('mark[data-comment="' + CSS.escape(id) + '"] a');
    current = null;
    paint();
    if (editor() && !matchMedia("(pointer: coarse)").matches) {
      select(id, true, true);
      if (!marks(id).length) editor().querySelector("textarea").focus({ preventScroll: true });
    } else {
      if (editor()) select(null, true, false);
      passage = passage || document.querySelector('[data-comment-step="next"]');
      if (passage) passage.focus({ preventScroll: true });
    }
    current = null;
    paint();
  }

  function idOf(element, selector, name) {
    var found = element.closest && element.closest(selector);
    return found ? found.getAttribute(name) : null;
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-comment-step]");
    if (button) {
      var way = button.getAttribute("data-comment-step");
      if (way === "close") leave();
      else step(way === "next" ? 1 : -1, "card");
      return;
    }
    var marked = idOf(event.target, "mark[data-comment]", "data-comment");
    if (marked) {
      event.preventDefault(); // the number in a passage is a link to its card
      activate(marked, "card", "card");
      return;
    }
    if (event.target.closest && event.target.closest("a, button, summary, input, select, textarea")) return;
    var carded = idOf(event.target, "article[data-card]", "data-card");
    if (carded) activate(carded, "mark", "");
  });

  // What is settled goes from among the others: one goes on with the next.
  document.addEventListener("order:given", function (event) {
    var settled = event.target.closest("article[data-card]");
    if (settled && idOfCard(settled) === current && cards().length > 1 && !settled.closest("details")) step(1, "card");
  });

  // A press brings the focus before it is a click: until it has ended nothing may move from under the pointer.
  var isPressed = false, waiting = null;
  addEventListener("pointerdown", function () {
    isPressed = true;
  }, true);
  ["pointerup", "pointercancel"].forEach(function (name) {
    addEventListener(name, function () {
      var id = waiting;
      isPressed = false;
      waiting = null;
      // After the click, which may have gone on to another remark.
      if (id) setTimeout(function () { if (current === id) activate(id, "mark", ""); });
    }, true);
  });

  document.addEventListener("focusin", function (event) {
    var carded = idOf(event.target, "article[data-card]", "data-card");
    if (!carded || carded === current) return;
    if (!isPressed) return activate(carded, "mark", "");
    current = waiting = carded;
    if (!isSheet()) paint();
  });

  // Hovering shows the tie without moving the page.
  document.addEventListener("pointerover", function (event) {
    var id = idOf(event.target, "mark[data-comment]", "data-comment") || idOf(event.target, "article[data-card]", "data-card");
    document.querySelectorAll("[data-hinted]").forEach(function (one) {
      one.removeAttribute("data-hinted");
    });
    if (!id) return;
    marks(id).forEach(function (mark) {
      mark.setAttribute("data-hinted", "");
    });
    var hinted = card(id);
    if (hinted) hinted.setAttribute("data-hinted", "");
  });

  document.addEventListener("keydown", function (event) {
    if (!document.querySelector("[data-comment-step]")) return;
    if (event.ctrlKey || event.metaKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    var onCard = event.target.closest("article[data-card]");
    var way = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.altKey) {
      if (!onCard || !way) return;
      step(way, editor() ? "text" : "card");
    } else if (event.key === "Enter" && event.target === onCard && editor()) activate(idOfCard(onCard), "mark", "text");
    else if (event.key === "Escape" && current) leave();
    else if (!singleKeys()) return;
    else if (event.key === "j" || event.key === "n") step(1, "card");
    else if (event.key === "k" || event.key === "p") step(-1, "card");
    else return;
    event.preventDefault();
  });

  // ---- the editor ------------------------------------------------------------------------------------------------

  var states = {}; // of passages that are no longer as they were judged: "changed" or "gone"
  var known = null; // the editor that was told of its marks, and of which
  var told = null;

  // Its scripts and its style sheet are for this page alone. They are fetched before its text has come.
  var fetched = false;
  function fetchEditor() {
    var page = fetched ? null : document.querySelector("[data-review-scripts]");
    if (!page) return;
    fetched = true;
    var style = document.createElement("link");
    document.head.append(Object.assign(style, { rel: "stylesheet", href: page.getAttribute("data-review-style") }));
    page.getAttribute("data-review-scripts").split(" ").forEach(function (address) {
      document.head.append(Object.assign(document.createElement("script"), { src: address }));
    });
  }
  function tellMarks() {
    var box = editor();
    if (!box || box !== known || box.getAttribute("data-remarks") === told) return;
    var isFirst = told === null;
    told = box.getAttribute("data-remarks");
    states = {};
    // The marks are of the text that was judged: what the page was made with, whatever stands in the field by now.
    tell("set-marks", { marks: JSON.parse(told), text: box.querySelector("textarea").defaultValue });
    // A remark may have become the current one while the editor was still fetched.
    if (current && isFirst) select(current, true, false);
    paint();
  }
  document.addEventListener("review:ready", function (event) {
    known = event.target;
    told = null;
    Promise.resolve().then(look); // it listens once it has said that it is ready
    goOn(event.target.querySelector("textarea"));
  });

  // The next version comes in place of the last: its writer goes on where they were.
  var left = null;
  document.addEventListener("submit", function (event) {
    var field = event.target.querySelector("textarea[data-review-text]");
    if (!field) return;
    left = { memo: field.getAttribute("data-editor"), caret: field.selectionStart, top: scrollY, typing: document.activeElement === field };
  });
  function goOn(field) {
    var place = left;
    left = null;
    if (!place || place.memo !== field.getAttribute("data-editor")) return;
    field.setSelectionRange(place.caret, place.caret);
    var next = place.typing ? field : document.querySelector('button[form="' + field.form.id + '"]');
    if (next) next.focus({ preventScroll: true });
    scrollTo(0, place.top);
  }
  document.addEventListener("review:mark", function (event) {
    states[event.detail.id] = event.detail.state;
    paint();
  });
  document.addEventListener("review:enter", function (event) {
    if (telling || event.detail.id === current) return;
    // The caret came into a passage: it stays where it is, and its remark comes.
    var chosen = card((current = event.detail.id)), mark = marks(current)[0];
    var folded = chosen && chosen.closest("details:not([open])");
    if (folded) folded.open = true;
    paint();
    if (isSheet() && mark && mark.getBoundingClientRect().bottom > innerHeight / 2) uncover(mark);
    else if (chosen && !isSheet()) chosen.scrollIntoView({ block: "nearest", behavior: calm() });
  });
  document.addEventListener("review:leave", function (event) {
    if (telling || event.detail.id !== current) return;
    current = null;
    paint();
  });
  document.addEventListener("review:step", function (event) {
    event.preventDefault();
    step(event.detail.by, "text");
  });

  // ---- the conversation beside the remarks -----------------------------------------------------------------------

  function showPanel(shown) {
    var panel = document.querySelector("[data-chat-panel]");
    if (panel) panel.hidden = !shown;
    tellPanel();
  }
  function tellPanel() {
    var panel = document.querySelector("[data-chat-panel]"), expanded = String(Boolean(panel) && !panel.hidden);
    document.querySelectorAll("[aria-controls=chat-panel]").forEach(function (button) {
      if (button.getAttribute("aria-expanded") !== expanded) button.setAttribute("aria-expanded", expanded);
    });
  }
  document.addEventListener("click", function (event) {
    if (!event.target.closest) return;
    if (event.target.closest("[data-chat-open]")) showPanel(true);
    else if (event.target.closest("[data-chat-close]")) showPanel(false);
  });

  // ---- a link to a remark ----------------------------------------------------------------------------------------

  var sought = "";
  // What was chosen at the last visit is shown until the server has answered: the remark may still come.
  function isFiltered() {
    var criterion = document.getElementById("criterion");
    return Boolean(criterion && criterion.value);
  }
  function seek() {
    var hash = location.hash, box = editor();
    if (hash === sought || hash.indexOf("#remark-") !== 0 || !cards().length || (box && box !== known)) return;
    var id = decodeURIComponent(hash.slice("#remark-".length)), button = document.querySelector("[data-show-all]");
    var shows = button && button.getAttribute("data-show-all");
    if (card(id)) {
      sought = hash;
      activate(id, "both", "card");
    } else if (shows === "more") {
      // It is not among those that are shown first; the framework says "all" once the others are there.
      button.setAttribute("data-show-all", "asked");
      button.click();
    } else if (shows !== "asked" && !isFiltered()) sought = hash;
  }
  addEventListener("hashchange", function () {
    sought = "";
    seek();
  });

  // The framework may render marks and cards anew; the current one stays marked.
  function look() {
    var box = editor();
    fetchEditor();
    if (box !== known) states = {};
    tellMarks();
    seek();
    if (current && !card(current) && !marks(current).length) current = null;
    paint();
    tellPanel();
  }
  // With each key the editor writes to its own elements, and tells of what concerns the remarks by itself.
  function isOfTyping(record) {
    return record.type === "childList" && Boolean(record.target.closest(".review"));
  }
  var asked = 0;
  new MutationObserver(function (records) {
    if (records.every(isOfTyping)) return;
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(look);
  }).observe(document.documentElement, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-remarks", "open"] });
  look(); // it may come after the last change of the page
})();
