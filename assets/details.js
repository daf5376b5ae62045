// Ties highlighted passages and comment cards together: both ways, by pointer, by button and by key.
// Nothing here asks the server; the page's framework owns the elements, this script only marks one as current.
(function () {
  "use strict";

  var current = null;

  function cards() {
    return Array.prototype.filter.call(document.querySelectorAll("article[data-card]"), function (card) {
      return card.getClientRects().length > 0;
    });
  }
  function marks(id) {
    var name = CSS.escape(id);
    return document.querySelectorAll('mark[data-comment="' + name + '"], mark[data-also~="' + name + '"]');
  }
  function card(id) {
    return document.querySelector('article[data-card="' + CSS.escape(id) + '"]');
  }
  function calm() {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
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
    document.querySelectorAll("article[data-current]").forEach(function (one) {
      if (one.getAttribute("data-card") !== current) one.removeAttribute("data-current");
    });
    if (!current) return;
    chosenMarks.forEach(function (mark) {
      mark.setAttribute("data-current", "");
    });
    var chosen = card(current);
    if (chosen) chosen.setAttribute("data-current", "");
    place();
  }

  function place() {
    var status = document.querySelector("[data-comment-position]");
    if (!status) return;
    var all = cards();
    var index = all.findIndex(function (one) {
      return one.getAttribute("data-card") === current;
    });
    var text = (status.getAttribute("data-pattern") || "{n} / {total}")
      .replace("{n}", String(index + 1))
      .replace("{total}", String(all.length));
    if (index < 0) text = "";
    // Written only when it differs, for the observer below watches this element too.
    if (status.textContent !== text) status.textContent = text;
  }

  // `towards` names what the reader wants to see come into view: the passage, the card, or both.
  function activate(id, towards, focus) {
    current = id;
    paint();
    var mark = marks(id)[0];
    var chosen = card(id);
    // On a narrow screen the card is a sheet over the lower half: the passage goes to the upper one.
    var sheet = matchMedia("(max-width: 59.99rem)").matches;
    if (mark && (sheet || towards !== "card")) mark.scrollIntoView({ block: sheet ? "start" : "center", behavior: calm() });
    if (chosen && !sheet && towards !== "mark") chosen.scrollIntoView({ block: "nearest", behavior: calm() });
    if (focus && chosen) chosen.focus({ preventScroll: true });
  }

  function step(by) {
    var all = cards();
    if (!all.length) return;
    var index = all.findIndex(function (one) {
      return one.getAttribute("data-card") === current;
    });
    var next = index < 0 ? (by > 0 ? 0 : all.length - 1) : (index + by + all.length) % all.length;
    activate(all[next].getAttribute("data-card"), "both", true);
  }

  // Back from a card to its passage.
  function leave() {
    var passage = document.querySelector('mark[data-comment="' + CSS.escape(current) + '"] a');
    current = null;
    paint();
    place();
    if (passage) passage.focus({ preventScroll: true });
  }

  function idOf(element, selector, name) {
    var found = element.closest && element.closest(selector);
    return found ? found.getAttribute(name) : null;
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-comment-step]");
    if (button && button.getAttribute("data-comment-step") === "close") {
      leave();
      return;
    }
    if (button) {
      step(button.getAttribute("data-comment-step") === "next" ? 1 : -1);
      return;
    }
    var marked = idOf(event.target, "mark[data-comment]", "data-comment");
    if (marked) {
      event.preventDefault(); // the number in a passage is a link to its card
      activate(marked, "card", true);
      return;
    }
    if (event.target.closest && event.target.closest("a, button, summary, input, select")) return;
    var carded = idOf(event.target, "article[data-card]", "data-card");
    if (carded) activate(carded, "mark", false);
  });

  document.addEventListener("focusin", function (event) {
    var carded = idOf(event.target, "article[data-card]", "data-card");
    if (carded && carded !== current) activate(carded, "mark", false);
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
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    if (event.key === "Escape" && current) leave();
    else if (!singleKeys()) return;
    else if (event.key === "j" || event.key === "n") step(1);
    else if (event.key === "k" || event.key === "p") step(-1);
    else return;
    event.preventDefault();
  });

  // The framework may render marks and cards anew; the current one stays marked.
  var asked = 0;
  new MutationObserver(function () {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(function () {
      if (current && !card(current) && !marks(current).length) current = null;
      paint();
    });
  }).observe(document.documentElement, { childList: true, subtree: true });
})();
