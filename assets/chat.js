// The field of the conversation: Enter sends, the field is emptied when the question was taken, the log stays at
// its end, and the panel beside the comments takes and gives back the focus.
//
// The page's framework owns the elements; this script owns the text in the field.
(function () {
  "use strict";

  var submitted = null; // what was sent and is not yet acknowledged
  var counted = null; // the form that was looked at last
  var acknowledged = null; // the count of its questions that the server had taken then
  var opener = null; // what opened the panel, to go back to
  var wanted = false; // the field is to have the focus as soon as it is there
  var atEnd = true;

  function form() {
    return document.querySelector("[data-chat-form]");
  }
  function field() {
    return document.querySelector("[data-chat-field]");
  }
  function log() {
    return document.querySelector("[data-chat-log]");
  }
  function isShown(element) {
    return element.getClientRects().length > 0;
  }

  // A question may have been sent, and taken, before this script was there: it is the last one that was said then.
  function isLastSaid(text) {
    var said = document.querySelectorAll('[data-chat-log] [data-message="person"] .said');
    return Boolean(text.trim()) && said.length > 0 && signs(said[said.length - 1].textContent) === signs(text);
  }
  // A list is said without its dashes.
  function signs(text) {
    return text.replace(/^\s*-\s+/gm, "").replace(/\s+/g, "");
  }

  function clearTaken() {
    var box = form(), text = field();
    if (!box || !text) {
      counted = null;
      return;
    }
    var count = box.getAttribute("data-chat-sent");
    if (box === counted && count === acknowledged) return;
    // What was typed since is the next question, and stays.
    if (count !== "0" && (submitted !== null ? text.value === submitted : isLastSaid(text.value))) text.value = "";
    if (box === counted || count !== "0") {
      submitted = null;
      atEnd = true;
    }
    counted = box;
    acknowledged = count;
  }

  function focusWanted() {
    var text = field();
    if (wanted && text && isShown(text)) {
      wanted = false;
      text.focus();
    }
  }

  function keepAtEnd() {
    var box = log();
    if (box && atEnd) box.scrollTop = box.scrollHeight;
  }

  // On a narrow screen the panel lies over the page: what it covers can be reached by no key and is not read out.
  var fenced = [];
  var closing = false;
  function fence() {
    var panel = document.querySelector("[data-chat-panel]");
    var shown = Boolean(panel) && !panel.hidden;
    if (!shown) closing = false;
    var covers = shown && !closing && matchMedia("(max-width: 59.99rem)").matches;
    if (!covers) {
      fenced.forEach(function (one) {
        one.inert = false;
      });
      fenced = [];
      return;
    }
    for (var one = panel; one && one !== document.body; one = one.parentElement) {
      Array.prototype.forEach.call(one.parentElement.children, function (beside) {
        if (beside === one || beside.inert || beside.getAttribute("role") === "status") return;
        beside.inert = true;
        fenced.push(beside);
      });
    }
  }

  // Where one goes on: at the field, but on a touch screen that would bring up the keyboard.
  function next() {
    var place = matchMedia("(pointer: coarse)").matches ? log() : field();
    if (place) place.focus({ preventScroll: true });
  }

  // What opened the panel may be shown again only once the panel is gone.
  var returning = null;
  function backToOpener() {
    wanted = false;
    returning = opener;
    opener = null;
    goBack();
  }
  function goBack() {
    if (!returning || (returning.isConnected && !isShown(returning))) return;
    if (returning.isConnected) returning.focus();
    returning = null;
  }

  document.addEventListener("submit", function (event) {
    if (event.target !== form() || !field()) return;
    clearTaken();
    submitted = field().value;
    // The button that was pressed rests while the coach answers, and cannot keep the focus.
    next();
  }, true);

  document.addEventListener("keydown", function (event) {
    var text = event.target.closest && event.target.closest("[data-chat-field]");
    if (text && event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      // On a touch screen there is no Shift to begin a new line with.
      if (matchMedia("(pointer: coarse)").matches) return;
      event.preventDefault();
      var box = form();
      if (box && box.getAttribute("data-chat-busy") !== "true" && text.value.trim()) box.requestSubmit();
      return;
    }
    var panel = event.target.closest && event.target.closest("[data-chat-panel]");
    if (panel && event.key === "Escape") {
      var close = panel.querySelector("[data-chat-close]");
      if (close) close.click();
    }
  });

  // A comment becomes the current one when something in it takes the focus, and on a phone it then moves: the
  // click would go elsewhere. The field takes the focus anyway.
  document.addEventListener("mousedown", function (event) {
    if (event.target.closest && event.target.closest("article [data-chat-open]")) event.preventDefault();
  });

  document.addEventListener("click", function (event) {
    if (!event.target.closest) return;
    var opens = event.target.closest("[data-chat-open]");
    if (opens) {
      opener = opens;
      wanted = true;
      focusWanted();
    } else if (event.target.closest("[data-chat-close]")) {
      closing = true;
      fence();
      backToOpener();
    } else if (event.target.closest(".conversation button[type=button]")) {
      next(); // these buttons go once they are pressed
    }
  });

  document.addEventListener("scroll", function (event) {
    var box = log();
    if (event.target === box) atEnd = box.scrollHeight - box.scrollTop - box.clientHeight < 40;
  }, true);

  function look() {
    clearTaken();
    fence();
    focusWanted();
    goBack();
    keepAtEnd();
  }
  // With each key the editor beside it writes to its own elements, which is no news of the conversation.
  function isOfTyping(record) {
    var element = record.target.nodeType === Node.TEXT_NODE ? record.target.parentElement : record.target;
    return record.type !== "attributes" && Boolean(element && element.closest(".review"));
  }
  var asked = 0;
  new MutationObserver(function (records) {
    if (records.every(isOfTyping)) return;
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(look);
  }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    characterData: true,
    attributes: true,
    attributeFilter: ["hidden", "data-chat-sent"],
  });
  look(); // it may come after the last change of the page
})();
