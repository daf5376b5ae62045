// The settings that the browser itself keeps or sends: the theme, and a file to import.
(function () {
  "use strict";

  var root = document.documentElement;

  function showTheme() {
    var select = document.querySelector("select[data-action='theme-choice']");
    if (select && root.dataset.themeChoice && select.value !== root.dataset.themeChoice) {
      select.value = root.dataset.themeChoice;
    }
  }
  new MutationObserver(showTheme).observe(root, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["data-theme-choice"],
  });
  showTheme();

  function tell(form, words, failed) {
    var told = form.querySelector("[data-import-told]");
    var problem = form.querySelector("[data-import-problem]");
    told.textContent = failed ? "" : words;
    problem.textContent = failed ? words : "";
    problem.hidden = !failed;
  }

  // Sends a file, or a piece of one; gives what the server says of it.
  function send(body, query) {
    var init = { method: "POST", body: body, headers: { "Content-Type": "application/octet-stream" } };
    return window.memoCoachAccount.fetch("/import" + query, init).then(function (answer) {
      if (answer.status === 204) return { ok: true, said: {} };
      return answer.json().then(function (said) {
        return { ok: answer.ok, said: said, again: answer.status === 429 && Number(answer.headers.get("Retry-After")) };
      });
    });
  }

  function finish(form, done) {
    tell(form, done.ok ? done.said.message : done.said.detail || form.dataset.failed, !done.ok);
  }

  // Finds a member of a zip file by the list at its end: how it is packed, where, and how large it is unpacked.
  function member(file, name) {
    return file.slice(Math.max(0, file.size - 65557)).arrayBuffer().then(function (bytes) {
      var end = new DataView(bytes);
      for (var at = end.byteLength - 22; at >= 0; at--) {
        if (end.getUint32(at, true) === 0x06054b50) {
          var first = end.getUint32(at + 16, true);
          return file.slice(first, first + end.getUint32(at + 12, true)).arrayBuffer();
        }
      }
      throw new Error("no zip file");
    }).then(function (bytes) {
      var list = new DataView(bytes);
      for (var at = 0; at + 46 <= list.byteLength && list.getUint32(at, true) === 0x02014b50; ) {
        var length = list.getUint16(at + 28, true);
        if (new TextDecoder().decode(new Uint8Array(bytes, at + 46, length)) === name) {
          var found = {
            method: list.getUint16(at + 10, true),
            sum: list.getUint32(at + 16, true),
            size: list.getUint32(at + 24, true),
          };
          var packed = list.getUint32(at + 20, true);
          var header = list.getUint32(at + 42, true);
          return file.slice(header, header + 30).arrayBuffer().then(function (local) {
            var start = header + 30 + new DataView(local).getUint16(26, true) + new DataView(local).getUint16(28, true);
            if (found.method !== 8) throw new Error("not packed as an export is");
            // What stands in a zip file is a gzip file but for that one's head and end.
            var end = new DataView(new ArrayBuffer(8));
            end.setUint32(0, found.sum, true);
            end.setUint32(4, found.size, true);
            var head = new Uint8Array([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
            return new Blob([head, file.slice(start, start + packed), end.buffer]);
          });
        }
        at += 46 + length + list.getUint16(at + 30, true) + list.getUint16(at + 32, true);
      }
      throw new Error("no " + name);
    });
  }

  // The document of an export alone, packed: the PDFs beside it would be sent for nothing.
  function packedDocument(file) {
    return file.slice(0, 2).arrayBuffer().then(function (start) {
      var bytes = new Uint8Array(start);
      if (bytes[0] === 0x50 && bytes[1] === 0x4b) return member(file, "memo-coach.json");
      if (bytes[0] === 0x1f && bytes[1] === 0x8b) return file;
      return new Response(file.stream().pipeThrough(new CompressionStream("gzip"))).blob();
    });
  }

  function wait(seconds) {
    return new Promise(function (resolve) {
      setTimeout(resolve, 1000 * seconds);
    });
  }

  // What is more than one request may carry is sent in pieces; the server imports it with the last one.
  function sendInPieces(form, file, start) {
    var end = Math.min(file.size, start + Number(form.dataset.most));
    var share = Math.round((100 * start) / file.size);
    tell(form, form.dataset.progress.replace("{percent}", share), false);
    return send(file.slice(start, end), "?start=" + start + "&whole=" + file.size).then(function (done) {
      // It came faster than it is taken. Where what is in it may not be kept, that is for longer.
      if (done.again && done.again <= 5) {
        return wait(done.again).then(function () {
          return sendInPieces(form, file, start);
        });
      }
      return done.ok && end < file.size ? sendInPieces(form, file, end) : finish(form, done);
    });
  }

  function importFile(form, file) {
    if (file.size <= Number(form.dataset.most)) {
      return send(file, "").then(function (done) {
        finish(form, done);
      });
    }
    return packedDocument(file).then(
      function (packed) {
        return sendInPieces(form, packed, 0);
      },
      function () {
        tell(form, form.dataset.noExport, true);
      }
    );
  }

  document.addEventListener("change", function (event) {
    var form = event.target.type === "file" && event.target.closest("[data-import]");
    if (!form) return;
    var file = event.target.files[0];
    tell(form, "", false);
    form.querySelector("[data-import-chosen]").textContent = file ? file.name : "";
  });

  var sending = false;
  document.addEventListener(
    "submit",
    function (event) {
      var form = event.target;
      if (!form.matches || !form.matches("[data-import]")) return;
      event.preventDefault();
      event.stopPropagation();
      if (sending) return;
      var file = form.querySelector("input[type='file']").files[0];
      if (!file) return tell(form, form.dataset.none, true);
      sending = true;
      tell(form, form.dataset.running, false);
      importFile(form, file)
        .catch(function () {
          tell(form, form.dataset.failed, true);
        })
        .then(function () {
          sending = false;
          // Also of a file that was refused half-way there may be some.
          var refresh = document.querySelector("[data-import-refresh]");
          if (refresh) refresh.click();
        });
    },
    true
  );
})();
