// The help page alone loads this: it searches what stands there, and keeps whether single keys are shortcuts.
(function () {
  "use strict";

  var SINGLE_KEYS = "memo-coach-single-keys";
  var MOST_SHOWN = 20;
  var EXCERPT = 90; // characters on either side of what was found
  var BLOCKS = ".help :is(p, li, dt, dd, pre, figcaption, summary, h2, h3)";
  var waiting = 0;

  // What is put into the page before the framework has taken it over, it would take for a fault of the page.
  function isTaken(element) {
    var ours = Object.keys(element).some(function (key) {
      return key.indexOf("__reactFiber") === 0;
    });
    var key = Object.keys(document).find(function (one) {
      return one.indexOf("__reactContainer") === 0;
    });
    var root = key && document[key] && document[key].stateNode;
    var state = root && root.current && root.current.memoizedState;
    return ours && Boolean(root) && !(state && state.isDehydrated);
  }

  // Without accents and capitals, character for character, so that places stay what they are.
  function plain(words) {
    return Array.from(words, function (sign) {
      var bare = sign.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
      return bare.length === sign.length ? bare : sign;
    }).join("");
  }

  function headingOf(block) {
    var section = block.closest("section");
    if (!section) return "";
    var rubric = block.closest("section > div > details");
    var heading = section.querySelector("h2");
    var titles = [heading, rubric && rubric.querySelector("summary")];
    var last = null;
    section.querySelectorAll("h3").forEach(function (one) {
      var before = one === block || one.compareDocumentPosition(block) & Node.DOCUMENT_POSITION_FOLLOWING;
      if (before && (!rubric || rubric.contains(one))) last = one;
    });
    titles.push(last);
    return titles.filter(function (one) { return one && one !== block; }).map(function (one) { return one.textContent; }).join(" › ");
  }

  function search(words) {
    var wanted = plain(words).split(/\s+/).filter(Boolean);
    if (!wanted.length) return [];
    return Array.prototype.filter.call(document.querySelectorAll(BLOCKS), function (block) {
      if (block.querySelector("p, li, pre")) return false; // its parts are looked at themselves
      var text = plain(block.textContent);
      return wanted.every(function (word) { return text.indexOf(word) >= 0; });
    });
  }

  function excerpt(block, words) {
    var text = block.textContent;
    var at = plain(text).indexOf(plain(words).trim().split(/\s+/)[0]);
    var start = Math.max(0, at - EXCERPT);
    var end = Math.min(text.length, at + EXCERPT);
    if (start > 0) start = text.indexOf(" ", start) + 1 || start;
    if (end < text.length) end = Math.max(text.lastIndexOf(" ", end), at + 1);
    return (start > 0 ? "… " : "") + text.slice(start, end) + (end < text.length ? " …" : "");
  }

  function go(block) {
    for (var one = block; one; one = one.parentElement) {
      if (one.tagName === "DETAILS") one.open = true;
    }
    if (!block.hasAttribute("tabindex") && block.tagName !== "SUMMARY") block.setAttribute("tabindex", "-1");
    block.focus({ preventScroll: true });
    block.scrollIntoView({ block: "center" });
  }

  function show(words) {
    var list = document.getElementById("help-results");
    var status = document.getElementById("help-found");
    if (!list) return;
    if (!isTaken(list)) {
      waiting = setTimeout(show, 60, words);
      return;
    }
    var found = search(words);
    list.replaceChildren();
    found.slice(0, MOST_SHOWN).forEach(function (block) {
      var item = document.createElement("li");
      var link = document.createElement("a");
      var shown = document.createElement("span");
      link.href = "#" + ((block.closest("section") || {}).querySelector("h2").id);
      link.textContent = headingOf(block) || block.textContent;
      link.addEventListener("click", function (event) {
        event.preventDefault();
        go(block);
      });
      shown.textContent = excerpt(block, words);
      item.append(link, shown);
      list.append(item);
    });
    var pattern = !found.length ? "none" : found.length === 1 ? "one" : found.length > MOST_SHOWN ? "first" : "many";
    status.textContent = !words.trim()
      ? ""
      : status.getAttribute("data-" + pattern).replace("{words}", words.trim()).replace("{count}", String(found.length)).replace("{shown}", String(MOST_SHOWN));
  }

  // Told of when the typing pauses, once.
  document.addEventListener("input", function (event) {
    if (event.target.id !== "help-search") return;
    clearTimeout(waiting);
    waiting = setTimeout(show, 250, event.target.value);
  });

  document.addEventListener("change", function (event) {
    if (!event.target.hasAttribute("data-single-keys")) return;
    try {
      localStorage.setItem(SINGLE_KEYS, event.target.checked ? "on" : "off");
    } catch (refused) {
      event.target.checked = true; // a browser that keeps nothing cannot remember it
    }
  });

  // The page may be come back to without a new document: the box shows again what was chosen.
  function recall() {
    var box = document.querySelector("[data-single-keys]:not([data-recalled])");
    if (!box) return;
    if (!isTaken(box)) {
      setTimeout(recall, 60);
      return;
    }
    box.setAttribute("data-recalled", "");
    try {
      box.checked = localStorage.getItem(SINGLE_KEYS) !== "off";
    } catch (refused) {
      box.checked = true;
    }
  }
  recall();
  new MutationObserver(recall).observe(document.documentElement, { childList: true, subtree: true });
})();
