// The memo editor: counts, autosave and recovery, none of which waits for the server at a key press.
//
// Every key is mirrored in this browser with the frame that shows it; the mirror goes as soon as the server has the
// same text. So a closed tab, a dead server or a lost network costs nothing. The page's framework owns the elements;
// this script owns the text in the field and what stands in the elements marked data-editor-….
(function () {
  "use strict";

  // account.js, before this one, knows for whom the page was opened: what another wrote is neither shown nor sent.
  var ask = window.memoCoachAccount.fetch;
  var MIRROR = window.memoCoachAccount.kept("memo-coach-unsaved"); // one entry for each open tab, so that tabs never overwrite each other's
  var TAB = Date.now().toString(36) + Math.random().toString(36).slice(2);
  var PAUSE = 400; // milliseconds without a key before a save
  var LONGEST_WAIT = 2000; // and at least one save in this time while typing goes on
  var LONG = 20000; // code units
  var RETRIES = [1000, 2000, 4000, 8000, 15000];
  var LONGEST_RETRY = 60000; // whatever the server says: somebody may be waiting for the word "saved"
  var WORDS_PER_MINUTE = 238; // silent reading of non-fiction: Brysbaert 2019
  // The server counts the same: memo_coach/coaching/memo/words.py.
  var WORD = /[\p{L}\p{N}]+(?:(?:['’\-]|_+|\.(?!(?<=\p{Ll}\.)\p{Lu}\p{Ll})|(?<=\d),(?=\d))[\p{L}\p{N}]+)*|%/gu;
  // What somebody was to fill in: "[insert date]", "<name>", "XX %", "TBD". The coach's detector "blanks" knows the same.
  var FILL =
    "(?:insert|enter|add|fill|complete|specify|state|describe|choose|select|type|provide|write|attach|replace|your|to be|tb[acd]|xx+|\\?\\?+|todo|placeholder|blank|" +
    "(?:(?:company|client|project|team|department|recipient|sender|manager|author|full|first|last|start|end|due|effective) )?(?:name|title|date|amount|number|month|year|location|city|price|percentage|figure|address)|" +
    "insert[ae]r?|indi(?:que|car)|añad(?:a|ir)|agreg(?:ue|ar)|complet[ae]r?|rellen[ae]r?|especifi(?:que|car)|escrib(?:a|ir)|describ(?:a|ir)|pon(?:ga|er)|adjunt[ae]r?|introdu(?:zca|cir)|su|tu|" +
    "por (?:definir|determinar|confirmar|completar|concretar)|a (?:confirmar|definir)|nombre|apellidos?|cargo|título|fecha|importe|monto|cantidad|número|mes|año|lugar|ciudad|precio|porcentaje|cifra)(?!\\p{L})";
  var BLANK = null;
  function blank() {
    BLANK = BLANK || new RegExp(
      "\\[[ *_]{0,3}" + FILL + "[^\\[\\]\\n]{0,300}\\](?![(\\[:])|<" + FILL + "[^<>\\n/=@]{0,40}>|\\{\\{[^{}\\n]{1,60}\\}\\}|" +
        "(?<![\\p{L}\\p{N}._-]|siglos? )(?:X{2,6}(?:[.,/-]X{2,4})*|20(?:XX|YY)|TB[ACD])(?![\\p{L}\\p{N}-]| century)",
      "giu"
    );
    return BLANK;
  }
  var FRAME_LIMIT = 900000; // bytes of text that one event may carry
  var KEEPALIVE_LIMIT = 60000; // browsers refuse keepalive bodies over 64 KiB

  var draft = null; // what this tab knows of the saved draft: memo_id, revision
  var savedText = null; // the text that the server has acknowledged
  var timer = 0;
  var firstChange = 0;
  var failures = 0;
  var saving = null;
  var touched = false; // the writer has typed in this field

  function field() {
    return document.querySelector("textarea[data-editor]");
  }
  // Whether it has another text than the page was made with: none where one begins, a version's where one revises.
  function isChanged(box) {
    return box.value !== box.defaultValue;
  }
  var lastRubric = ""; // for the last save of a page whose elements are gone already
  function rubric() {
    var chosen = document.querySelector("[data-editor-rubric]");
    if (chosen) lastRubric = chosen.value;
    return lastRubric;
  }
  function part(name) {
    return document.querySelector("[data-editor-" + name + "]");
  }
  function message(name, values) {
    var source = document.querySelector("[data-editor-messages]");
    var text = (source && source.getAttribute("data-" + name.replace(/_/g, "-"))) || "";
    return text.replace(/\{(\w+)\}/g, function (_, key) {
      return values[key];
    });
  }

  // Text written into an element before the framework has taken the page over makes it render the page anew. It
  // touches elements before it is done with them, so both are asked for: this element's turn, and the whole page's.
  function hydrated(element) {
    var mine = Object.keys(element).some(function (key) {
      return key.indexOf("__reactFiber") === 0;
    });
    return mine && taken();
  }
  function taken() {
    var name = Object.keys(document).filter(function (key) {
      return key.indexOf("__reactContainer") === 0;
    })[0];
    var root = name && document[name] && document[name].stateNode;
    var state = root && root.current && root.current.memoizedState;
    return Boolean(root) && !(state && state.isDehydrated);
  }
  var latest = {}; // what each element is to say; an earlier sentence that still waits never comes after a later one
  function write(name, text) {
    latest[name] = text;
    show(name);
  }
  function show(name) {
    var element = part(name);
    if (!element) return;
    if (!hydrated(element)) {
      setTimeout(show, 60, name);
      return;
    }
    if (element.textContent !== latest[name]) element.textContent = latest[name];
  }

  // A long text is counted when typing pauses: that takes longer than a key press may.
  var counting = 0;
  function countSoon(length) {
    clearTimeout(counting);
    if (length < LONG) count();
    else counting = setTimeout(count, PAUSE);
  }
  function count() {
    var box = field();
    if (!box) return;
    var text = box.value;
    var words = (text.match(WORD) || []).length;
    var minutes = Math.max(1, Math.round(words / WORDS_PER_MINUTE));
    write("words", message(words === 1 ? "word" : "words", { count: written(words) }));
    write("reading", words ? message("reading", { count: written(minutes) }) : "");
    // A formatter, and building the pattern, hold a slow phone up for a twentieth of a second each: only where
    // somebody is told.
    if (part("characters")) {
      var characters = Array.from(text).length;
      write("characters", message(characters === 1 ? "character" : "characters", { count: written(characters) }));
    }
    if (!part("blanks")) return;
    var blanks = (text.match(blank()) || []).length;
    write("blanks", blanks ? message(blanks === 1 ? "blank" : "blanks", { count: written(blanks) }) : "");
  }

  // The browser's first formatter holds a slow phone up for a tenth of a second. The pages' languages write a number
  // of less than four digits as it is, so that none is made while a page is opened.
  var format = null;
  function written(number) {
    if (number < 1000) return String(number);
    // As the server writes them: Spanish would group from five digits on.
    format = format || new Intl.NumberFormat(document.documentElement.lang || "en", { useGrouping: "always" });
    return format.format(number);
  }

  // What comes at each pause in typing would be read out thirty times in a paragraph; what is wrong is read out.
  var QUIET = { saving: true, saved: true };
  function state(name) {
    var element = part("saved");
    if (!element) return;
    element.setAttribute("aria-live", QUIET[name] ? "off" : "polite");
    element.setAttribute("data-state", name);
  }

  function say(name, values) {
    state(name);
    write("saved", message(name, values || {}));
  }

  function mirror(text) {
    try {
      if (text === null) localStorage.removeItem(MIRROR + TAB);
      else localStorage.setItem(MIRROR + TAB, JSON.stringify({ text: text, draft: draft, rubric: rubric(), at: Date.now() }));
    } catch (refused) {
      // Storage full or refused: the server's copy, a moment later, is then the only one.
    }
  }
  // Once the frame that shows the key is handed over: a long text takes a millisecond to be written down. A page
  // that goes before that mirrors it as it goes.
  var mirroring = 0;
  function mirrorSoon() {
    if (!mirroring) mirroring = requestAnimationFrame(function () { setTimeout(mirrorNow, 0, null); });
    if (document.visibilityState === "hidden") mirrorNow(null); // it has no frames
  }
  function mirrorNow(of) {
    if (!mirroring) return;
    cancelAnimationFrame(mirroring);
    mirroring = 0;
    var box = of || field();
    if (box && box.value !== savedText) mirror(box.value);
  }
  function kept(key) {
    try {
      var entry = JSON.parse(localStorage.getItem(key) || "null");
      return entry && typeof entry.text === "string" ? entry : null;
    } catch (unreadable) {
      return null;
    }
  }

  // A tab holds a lock as long as it lives. An entry whose lock is free was left behind by a tab that died.
  if (navigator.locks) navigator.locks.request(MIRROR + TAB, function () { return new Promise(function () {}); });
  function orphaned(key) {
    if (key === MIRROR + TAB) return Promise.resolve(true);
    if (!navigator.locks) return Promise.resolve(true);
    return navigator.locks.request(key, { ifAvailable: true }, function (lock) { return lock !== null; });
  }
  function leftBehind() {
    var keys = [];
    try {
      keys = Object.keys(localStorage).filter(function (key) { return key.indexOf(MIRROR) === 0; });
    } catch (refused) {
      return Promise.resolve([]);
    }
    return Promise.all(keys.map(orphaned)).then(function (free) {
      return keys
        .filter(function (key, index) { return free[index]; })
        .map(function (key) { return { key: key, entry: kept(key) }; })
        .filter(function (found) { return found.entry; })
        .sort(function (one, other) { return other.entry.at - one.entry.at; });
    });
  }

  // ---- saving ----------------------------------------------------------------------------------------------

  function changed() {
    touched = true;
    var now = Date.now();
    if (!firstChange) firstChange = now;
    mirrorSoon();
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(0, Math.min(PAUSE, firstChange + LONGEST_WAIT - now)));
  }

  function put(text, of, rubricId, leaving) {
    var payload = JSON.stringify({
      memo_id: of ? of.memo_id : null,
      text: text,
      rubric: rubricId,
      base_revision: of ? of.revision : 0,
    });
    return ask("/draft", {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: payload,
      keepalive: leaving && payload.length < KEEPALIVE_LIMIT,
      credentials: "same-origin",
    });
  }
  function send(text, leaving) {
    return put(text, draft, rubric(), leaving);
  }

  function save() {
    clearTimeout(timer);
    var box = field();
    if (!box) return Promise.resolve(true);
    if (saving) return saving.then(save);
    var text = box.value;
    if (text === savedText) {
      mirror(null);
      firstChange = 0;
      return Promise.resolve(true);
    }
    firstChange = 0;
    say("saving");
    saving = send(text, false)
      .then(function (response) {
        if (response.ok) return response.json().then(acknowledged.bind(null, text));
        if (response.status === 404 && draft) {
          // The memo was deleted in another tab: what stands here becomes a memo of its own.
          draft = null;
          firstChange = 0;
          timer = setTimeout(save, PAUSE);
          return false;
        }
        // Too fast, too much, or no database for the moment: the text stays here and goes later.
        if (response.status === 429 || response.status === 503) return response.json().then(later.bind(null, response), unreachable);
        return response.json().then(refused, refused);
      })
      .catch(unreachable)
      .then(function (ok) {
        saving = null;
        return ok;
      });
    return saving;
  }

  function acknowledged(text, answer) {
    failures = 0;
    draft = { memo_id: answer.memo_id, revision: answer.revision };
    savedText = text;
    remember();
    var box = field();
    if (!box || box.value === text) mirror(null);
    else changed();
    var language = document.documentElement.lang || "en";
    // As this browser's reader writes it: "en" alone would be American.
    var own = (navigator.languages || []).find(function (each) { return each.split("-")[0] === language; });
    var time = new Date(answer.saved).toLocaleTimeString(own || language, {
      hour: "2-digit",
      minute: "2-digit",
    });
    if (answer.forked) say("forked", { time: time });
    else say("saved", { time: time });
    return true;
  }

  function refused(problem) {
    var detail = problem && typeof problem.detail === "string" ? problem.detail : message("refused", {});
    state("refused");
    write("saved", detail);
    return false;
  }

  function unreachable() {
    say("unreachable");
    return again(0);
  }
  // The server says why it does not take the text now, and perhaps when it will.
  function later(response, problem) {
    if (!problem || typeof problem.detail !== "string") return unreachable();
    state("unreachable");
    write("saved", problem.detail);
    return again(1000 * (parseInt(response.headers.get("Retry-After"), 10) || 0));
  }
  function again(least) {
    var wait = RETRIES[Math.min(failures, RETRIES.length - 1)];
    failures += 1;
    clearTimeout(timer);
    timer = setTimeout(save, Math.max(wait, Math.min(least, LONGEST_RETRY)));
    return false;
  }

  // The form that submits the memo carries its id and revision, so that an evaluation becomes a version of it.
  function remember() {
    var memo = document.querySelector("input[data-editor-memo]");
    var revision = document.querySelector("input[data-editor-revision]");
    if (memo) memo.value = draft ? draft.memo_id : "";
    if (revision) revision.value = draft ? String(draft.revision) : "0";
  }

  // ---- loading ---------------------------------------------------------------------------------------------

  function fill(text) {
    var box = field();
    if (!box) return;
    // Through the prototype's setter and a bubbling event, so that the framework notices as if it were typed.
    if (box.value !== text) Object.getOwnPropertyDescriptor(HTMLTextAreaElement.prototype, "value").set.call(box, text);
    savedText = text;
    whenHydrated(box, function () {
      box.dispatchEvent(new Event("input", { bubbles: true }));
    });
    count();
  }
  function whenHydrated(element, then) {
    if (!element.isConnected) return;
    if (hydrated(element)) then();
    else setTimeout(whenHydrated, 60, element, then);
  }

  // The page learns of the rubric as if it were chosen by hand; only a hand's choice is marked and saved.
  var telling = false;
  function choose(id, byHand) {
    var select = document.querySelector("select[data-editor-rubric]");
    if (!select) return;
    if (Array.prototype.some.call(select.options, function (option) { return option.value === id; })) select.value = id;
    else if (id) chooseOnceThere(select, id);
    whenHydrated(select, function () {
      telling = !byHand;
      if (telling) select.removeAttribute("data-chosen");
      select.dispatchEvent(new Event("change", { bubbles: true }));
      telling = false;
    });
  }

  // A rubric that the page was not built with comes a moment later, with the answer of the server.
  function chooseOnceThere(select, id) {
    var watch = new MutationObserver(function () {
      if (!Array.prototype.some.call(select.options, function (option) { return option.value === id; })) return;
      watch.disconnect();
      if (!select.hasAttribute("data-chosen")) choose(id);
    });
    watch.observe(select, { childList: true });
    setTimeout(function () { watch.disconnect(); }, 10000);
  }

  // An empty page begins with the rubric that its writer prefers, which the answer names.
  function begin(response) {
    var select = document.querySelector("select[data-editor-rubric]");
    var preferred = response.headers.get("Memo-Rubric");
    if (select && preferred && preferred !== rubric() && !select.hasAttribute("data-chosen")) choose(preferred);
  }

  function load() {
    var box = field();
    if (!box) return;
    var wanted = box.getAttribute("data-editor") || new URLSearchParams(location.search).get("memo");
    leftBehind().then(function (found) {
      var mine = found.filter(function (one) {
        return !wanted || (one.entry.draft && one.entry.draft.memo_id === wanted);
      })[0];
      found.forEach(function (one) {
        if (one !== mine) deliver(one);
      });
      if (mine) recover(box, mine);
      else fetchDraft(box, wanted);
    });
  }

  // Puts text that the server never got back into the field, and saves it.
  function recover(box, found) {
    draft = found.entry.draft;
    if (!isChanged(box)) {
      choose(found.entry.rubric);
      fill(found.entry.text);
    }
    savedText = null;
    touched = true;
    remember();
    mirror(box.value);
    if (found.key !== MIRROR + TAB) localStorage.removeItem(found.key);
    save();
  }

  // Sends text of a dead tab that does not belong in this field to the list of memos.
  function deliver(found) {
    put(found.entry.text, found.entry.draft, found.entry.rubric, false)
      .then(function (response) {
        if (response.ok) localStorage.removeItem(found.key);
      })
      .catch(function () {}); // it stays in this browser and is tried again at the next visit
  }

  function fetchDraft(box, wanted) {
    ask("/draft" + (wanted ? "?memo=" + encodeURIComponent(wanted) : ""), { credentials: "same-origin" })
      .then(function (response) {
        if (response.status === 204) {
          begin(response);
          return null;
        }
        if (response.status === 404) {
          // A link to a memo that is gone: the address goes too, and the field is for a new one.
          history.replaceState(history.state, "", location.pathname);
          return response.json().then(refused).then(function () { return null; });
        }
        if (response.status === 401) return response.json().then(refused).then(function () { return null; });
        if (!response.ok) throw new Error(String(response.status));
        return response.json();
      })
      .then(function (stored) {
        if (!stored) {
          if (box.value) changed();
          else state("empty");
          return;
        }
        if (touched || (isChanged(box) && box.value !== stored.text)) {
          // Typed before the stored draft came. Into the very text that is stored, it goes on with that memo; else
          // both are kept, this one as a memo of its own.
          if (stored.text && stored.text === box.defaultValue) {
            draft = { memo_id: stored.memo_id, revision: stored.revision };
            savedText = stored.text;
            remember();
          }
          changed();
          return;
        }
        draft = { memo_id: stored.memo_id, revision: stored.revision };
        if (rubric() !== stored.rubric) choose(stored.rubric);
        fill(stored.text);
        remember();
        if (stored.text) say("restored");
      })
      .catch(function () {
        say("unreachable");
      });
  }

  // What stands in the field is saved first and stays a memo; where that fails, nothing is replaced.
  function startNew(text, then, failed) {
    var box = field();
    var left = box && box.value.trim() && box.value !== text ? { text: box.value, rubric: rubric() } : null;
    save().then(function (ok) {
      if (!ok) {
        if (failed) failed();
        return;
      }
      if (left) left.draft = draft;
      var standing = field() && field().value;
      ask("/draft/new", { method: "POST", credentials: "same-origin" })
        .then(function (response) {
          if (!response.ok) throw new Error(String(response.status));
          if (field() && field().value !== standing) return startNew(text, then, failed); // typed meanwhile: saved first
          draft = null;
          if (location.search) history.replaceState(history.state, "", location.pathname);
          fill(text);
          savedText = text ? null : "";
          remember();
          mirror(null);
          if (text) save();
          else {
            say("empty");
            choose(response.headers.get("Memo-Rubric") || "");
          }
          offer(left);
          if (then) then();
        })
        .catch(function () {
          unreachable();
          if (failed) failed();
        });
    });
  }

  var before = null; // what was in the field before something else was put there; one press brings it back
  function offer(left) {
    before = left && left.draft ? left : null;
    var button = part("before");
    if (button) button.hidden = !before;
    notify("");
  }
  function goBack() {
    var back = before;
    if (!back) return;
    save().then(function (ok) {
      if (!ok || !field()) return;
      draft = back.draft;
      history.replaceState(history.state, "", location.pathname + "?memo=" + encodeURIComponent(draft.memo_id));
      choose(back.rubric);
      fill(back.text);
      remember();
      mirror(null);
      offer(null);
      say("restored");
      field().focus();
    });
  }
  // The style sheet does not look for what is empty: it would at each key, on the whole page.
  function notify(text) {
    var notice = part("notice");
    if (notice) notice.parentElement.toggleAttribute("data-said", Boolean(text || before));
    write("notice", text);
  }
  function focusEditor() {
    var box = field();
    if (box) box.focus();
  }
  function toFirstBlank() {
    var box = field();
    var found = box && box.value.match(blank());
    if (found) showPlace(box, box.value.indexOf(found[0]), box.value.indexOf(found[0]) + found[0].length);
  }
  function toStart() {
    var filled = field();
    if (!filled) return;
    filled.focus();
    filled.setSelectionRange(0, 0);
    filled.scrollTop = 0;
  }

  // ---- files -----------------------------------------------------------------------------------------------

  var reading = null; // ends what is being read when the page is left or the next file comes
  function warn(text) {
    var warning = part("warning");
    if (!warning) return;
    warning.hidden = !text;
    write("warning", text);
  }
  function upload(files) {
    var input = part("file");
    if (!input || !files.length) return;
    warn("");
    if (files.length > 1) return warn(message("two_files", {}));
    if (files[0].size > Number(input.getAttribute("data-most-bytes"))) return warn(input.getAttribute("data-too-large"));
    if (reading) reading.abort();
    var mine = (reading = new AbortController());
    notify(message("uploading", {}));
    ask("/uploads?name=" + encodeURIComponent(files[0].name.slice(-100)), {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream" },
      body: files[0],
      credentials: "same-origin",
      signal: mine.signal,
    })
      .then(function (response) {
        return response.json().then(function (answer) {
          if (!response.ok) throw new Error(answer.detail || message("upload_failed", {}));
          startNew(
            answer.text,
            function () {
              notify([message("uploaded", {})].concat(answer.left_out).join(" "));
              toStart();
            },
            function () {
              notify("");
              warn(message("upload_failed", {}));
            }
          );
        });
      })
      .catch(function (problem) {
        if (mine.signal.aborted) return;
        notify("");
        // A browser's own words for a network that is gone say nothing to a writer.
        warn(problem instanceof TypeError || problem instanceof SyntaxError ? message("upload_failed", {}) : problem.message);
      });
  }
  function dropped(event) {
    var carries = event.dataTransfer && Array.from(event.dataTransfer.types).indexOf("Files") >= 0;
    return carries && field(); // beside the editor, too: a browser would go to the file and leave the page
  }
  document.addEventListener("dragover", function (event) {
    if (dropped(event)) event.preventDefault();
  });
  document.addEventListener("drop", function (event) {
    if (!dropped(event)) return;
    event.preventDefault();
    upload(event.dataTransfer.files);
  });
  document.addEventListener("change", function (event) {
    if (!event.target.matches || !event.target.matches("input[data-editor-file]")) return;
    upload(event.target.files);
    event.target.value = ""; // the same file may be chosen again
  });

  // ---- the page's buttons ----------------------------------------------------------------------------------

  // ---- hints -----------------------------------------------------------------------------------------------

  function units(text, points) {
    var at = 0;
    for (; points > 0 && at < text.length; points--) at += text.codePointAt(at) > 0xffff ? 2 : 1;
    return at;
  }
  // The place is that of the text as it was read; where it was changed since, the passage is looked for near it.
  function select(button) {
    var box = field();
    if (!box) return;
    var text = box.value;
    var head = button.getAttribute("data-head");
    var at = units(text, Number(button.getAttribute("data-start")));
    if (text.substr(at, head.length) !== head) {
      var above = text.lastIndexOf(head, at);
      var below = text.indexOf(head, at);
      at = below < 0 || (above >= 0 && at - above < below - at) ? above : below;
    }
    if (at < 0) return notify(message("passage_changed", {}));
    notify("");
    showPlace(box, at, at + units(text.slice(at), Number(button.getAttribute("data-length"))));
  }
  // A browser brings the caret of a field that gets the focus into view, not a selection that is made in it.
  function showPlace(box, start, end) {
    box.blur();
    box.setSelectionRange(start, start);
    box.focus();
    box.setSelectionRange(start, end);
  }
  function ofHint(target) {
    var hint = target.closest(".hint");
    return hint && getSelection().isCollapsed ? hint.querySelector("[data-editor-action]") : null;
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && (event.target.closest("[data-editor-action]") || ofHint(event.target));
    if (!button) return;
    var action = button.getAttribute("data-editor-action");
    var dialog = document.querySelector("dialog[data-editor-dialog]");
    if (action === "new") {
      var box = field();
      if (box && box.value.trim() && dialog) dialog.showModal();
      else if (draft) startNew("", focusEditor);
      else focusEditor();
    } else if (action === "keep" && dialog) {
      dialog.close();
    } else if (action === "new-now") {
      if (dialog) dialog.close();
      startNew("", focusEditor);
    } else if (action === "passage") {
      select(button);
    } else if (action === "use-rubric") {
      choose(button.getAttribute("data-rubric"), true);
    } else if (action === "before") {
      goBack();
    } else if (action === "sample") {
      take("/samples/" + encodeURIComponent(rubric()) + "/" + button.getAttribute("data-quality"), toStart);
    } else if (action === "outline") {
      take("/outlines/" + encodeURIComponent(rubric()), toFirstBlank);
    }
  });
  function take(url, then) {
    var chosen = document.getElementById("language");
    var language = (chosen && chosen.value) || document.documentElement.lang || "en";
    ask(url + "?language=" + language, { credentials: "same-origin" })
      .then(function (response) {
        if (!response.ok) throw new Error(String(response.status));
        return response.json();
      })
      .then(function (taken) {
        startNew(taken.text, then);
      })
      .catch(unreachable);
  }

  document.addEventListener("input", function (event) {
    if (!event.target.matches || !event.target.matches("textarea[data-editor]")) return;
    countSoon(event.target.value.length);
    if (event.target.value !== savedText) changed();
  }, true); // before the review page's editor keeps it from the framework
  document.addEventListener(
    "change",
    function (event) {
      if (telling || !event.target.matches || !event.target.matches("select[data-editor-rubric]")) return;
      event.target.setAttribute("data-chosen", "1"); // read with the event: what is chosen is not proposed against
      if (!savedText) return;
      savedText = null;
      changed();
    },
    true
  );
  // A socket refuses what is over a megabyte, and the coach what is far shorter: say so before it is sent.
  document.addEventListener(
    "submit",
    function (event) {
      var box = field();
      if (!box || event.target !== box.form) return;
      var warning = part("warning");
      var tooLong = new Blob([box.value]).size > FRAME_LIMIT;
      if (warning) warning.hidden = !tooLong;
      if (!tooLong) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      write("warning", message("too_long", {}));
    },
    true
  );
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
    var box = field();
    if (box && event.target === box && box.form) {
      event.preventDefault();
      box.form.requestSubmit();
    }
  });

  function leave() {
    var box = field();
    if (box && touched && box.value !== savedText) {
      mirror(box.value);
      send(box.value, true).catch(function () {});
    }
  }
  addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState !== "hidden") return;
    mirrorNow(null);
    save();
  });
  addEventListener("online", save);

  // ---- the editor comes and goes as the framework changes pages ---------------------------------------------

  var current = null;
  function watch() {
    var box = field();
    if (box === current) return;
    if (reading) reading.abort();
    var left = current;
    current = box;
    clearTimeout(timer);
    mirrorNow(left);
    if (left && touched && left.value !== savedText && !saving) {
      // The page was left within the pause before a save. The mirror holds the text until the answer.
      send(left.value, false)
        .then(function (response) {
          var entry = kept(MIRROR + TAB);
          if (response.ok && entry && entry.text === left.value) mirror(null);
        })
        .catch(function () {});
    }
    if (!box) return;
    draft = null;
    savedText = null;
    touched = isChanged(box);
    firstChange = 0;
    load();
    // In a task of its own: the framework has just drawn the page in this one.
    counting = setTimeout(count, 0);
  }
  new MutationObserver(watch).observe(document.documentElement, { childList: true, subtree: true });
  watch();
})();
