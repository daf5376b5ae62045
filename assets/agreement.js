// The page of a rubric alone loads this: it sends graded memos, and shows how far the coach agrees with their readers.
//
// The server answers in lines of JSON: how far it is, and at last tables and notes, all of it in words already. Leaving
// off reading the answer is what ends the work.
(function () {
  "use strict";

  var stop = null;

  function find(form, name) { return form.querySelector("[data-agreement-" + name + "]"); }

  function tell(form, words, failed) {
    find(form, "told").textContent = failed ? "" : words;
    find(form, "problem").textContent = failed ? words : "";
    find(form, "problem").hidden = !failed;
  }

  function element(parent, tag, text) {
    var made = document.createElement(tag);
    made.textContent = text || "";
    parent.append(made);
    return made;
  }

  function table(form, parent, told) {
    var frame = element(parent, "div"), made = element(frame, "table");
    parent.insertBefore(document.createElement("h3"), frame).textContent = told.caption;
    frame.className = "table-frame";
    frame.tabIndex = 0;
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", told.caption);
    var head = element(element(made, "thead"), "tr");
    form.dataset.columns.split("|").forEach(function (name, place) {
      var cell = element(head, "th", name);
      cell.scope = "col";
      if (place) cell.className = "figure";
    });
    var body = element(made, "tbody");
    told.rows.forEach(function (row) {
      var line = element(body, "tr");
      row.forEach(function (cell, place) {
        var made = element(line, place ? "td" : "th", cell);
        if (place) made.className = "figure";
        else made.scope = "row";
      });
    });
  }

  function show(form, line) {
    if (line.progress) tell(form, line.progress, false);
    if (line.problem) tell(form, line.problem, true);
    if (line.cost) {
      tell(form, line.cost, false);
      find(form, "agree").hidden = false;
    }
    if (!line.tables) return;
    tell(form, "", false);
    var found = find(form, "found");
    line.tables.forEach(function (told) { table(form, found, told); });
    element(found, "p", form.dataset.explained).className = "quiet";
    if (line.notes.length) {
      var notes = element(found, "ul");
      line.notes.forEach(function (note) { element(notes, "li", note); });
    }
  }

  // Reads lines as they come.
  function read(form, answer) {
    var reader = answer.body.getReader(), decoder = new TextDecoder(), rest = "";
    return reader.read().then(function next(piece) {
      rest += piece.value ? decoder.decode(piece.value, { stream: true }) : "";
      var lines = rest.split("\n");
      rest = lines.pop();
      lines.forEach(function (line) { if (line) show(form, JSON.parse(line)); });
      return piece.done ? null : reader.read().then(next);
    });
  }

  function busy(form, is) {
    find(form, "cancel").hidden = !is;
    find(form, "compare").setAttribute("aria-disabled", is ? "true" : "false");
  }

  function compare(form, agreed) {
    var files = form.querySelector("input[type='file']").files, coach = form.querySelector("select");
    if (stop) return;
    find(form, "agree").hidden = true;
    find(form, "found").textContent = "";
    if (!files.length) return tell(form, form.dataset.none, true);
    var sent = new FormData();
    sent.append("rubric", document.getElementById("document").value);
    if (coach) sent.append("coach", coach.value);
    if (agreed) sent.append("agreed", "yes");
    for (var place = 0; place < files.length; place++) sent.append("files", files[place]);
    stop = new AbortController();
    tell(form, form.dataset.running, false);
    busy(form, true);
    var address = "/admin/agreement?document=" + location.pathname.replace(/\/$/, "").split("/").pop() + "&language=" + form.dataset.language;
    window.memoCoachAccount.fetch(address, { method: "POST", body: sent, signal: stop.signal }).then(function (answer) {
      if (answer.ok) return read(form, answer);
      return answer.json().then(function (said) { tell(form, said.detail || form.dataset.failed, true); });
    }).catch(function (error) {
      tell(form, error.name === "AbortError" ? form.dataset.stopped : form.dataset.failed, error.name !== "AbortError");
    }).then(function () {
      stop = null;
      busy(form, false);
    });
  }

  function formOf(target) { return target.closest && target.closest("[data-agreement]"); }

  document.addEventListener("click", function (event) {
    var form = formOf(event.target), button = form && event.target.closest("button");
    if (!button) return;
    if (button.hasAttribute("data-agreement-compare")) compare(form, false);
    if (button.hasAttribute("data-agreement-agree")) compare(form, true);
    if (button.hasAttribute("data-agreement-cancel") && stop) stop.abort();
  });
  document.addEventListener("change", function (event) {
    var form = event.target.type === "file" && formOf(event.target);
    if (!form) return;
    var names = Array.prototype.map.call(event.target.files, function (file) { return file.name; });
    find(form, "chosen").textContent = names.length > 3 ? names.slice(0, 3).join(", ") + " … (" + names.length + ")" : names.join(", ");
    tell(form, "", false);
  });
  // Whoever goes to another page has no more use for it.
  window.addEventListener("pagehide", function () { if (stop) stop.abort(); });
})();
