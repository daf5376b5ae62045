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

  // Sends one body; gives what the server says of it.
  function send(body) {
    return window.memoCoachAccount.fetch("/import", { method: "POST", body: body, headers: { "Content-Type": "application/octet-stream" } }).then(
      function (answer) {
        return answer.json().then(function (said) {
          return { ok: answer.ok, said: said };
        });
      }
    );
  }

  function sendWhole(form, file) {
    return send(file).then(function (done) {
      tell(form, done.ok ? done.said.message : done.said.detail || form.dataset.failed, !done.ok);
      return done.ok;
    });
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
          var found = { method: list.getUint16(at + 10, true), size: list.getUint32(at + 24, true) };
          var packed = list.getUint32(at + 20, true);
          var header = list.getUint32(at + 42, true);
          return file.slice(header, header + 30).arrayBuffer().then(function (local) {
            var start = header + 30 + new DataView(local).getUint16(26, true) + new DataView(local).getUint16(28, true);
            found.blob = file.slice(start, start + packed);
            return found;
          });
        }
        at += 46 + length + list.getUint16(at + 30, true) + list.getUint16(at + 32, true);
      }
      throw new Error("no " + name);
    });
  }

  function through(blob, stream) {
    return new Response(blob.stream().pipeThrough(stream));
  }

  // The document of an export, as it is packed; of a file that is the document itself, that file.
  function packedDocument(file) {
    return file.slice(0, 2).text().then(function (start) {
      return start === "PK" ? member(file, "memo-coach.json") : { method: 0, size: file.size, blob: file };
    });
  }

  function parts(found, most) {
    var made = [];
    var size = most + 1;
    found.memos.forEach(function (memo) {
      var length = JSON.stringify(memo).length;
      if (size + length > most) {
        made.push([]);
        size = 0;
      }
      made[made.length - 1].push(memo);
      size += length;
    });
    return made.map(function (memos) {
      return Object.assign({}, found, { memos: memos });
    });
  }

  // More than one request may carry is sent some memos at a time: what went before a refusal stays imported.
  function sendInParts(form, packed) {
    var unpacked =
      packed.method === 8 ? through(packed.blob, new DecompressionStream("deflate-raw")) : new Response(packed.blob);
    return unpacked.json().then(function (found) {
      if (found.format !== "memo-coach-export" || !Array.isArray(found.memos)) throw new Error("no export");
      var sent = 0;
      var sum = { added: 0, known: 0 };
      var words = function (pattern, values) {
        return pattern.replace(/\{(\w+)\}/g, function (_, name) {
          return values[name];
        });
      };
      return parts(found, Number(form.dataset.part)).reduce(function (before, part) {
        return before.then(function (isGood) {
          if (!isGood) return false;
          tell(form, words(form.dataset.progress, { done: sent, all: found.memos.length }), false);
          return through(new Blob([JSON.stringify(part)]), new CompressionStream("gzip")).blob().then(send).then(
            function (done) {
              sent += part.memos.length;
              sum.added += done.said.added || 0;
              sum.known += done.said.known || 0;
              var summary = words(form.dataset.done, sum);
              tell(form, done.ok ? summary : (done.said.detail || form.dataset.failed) + " " + summary, !done.ok);
              return done.ok;
            }
          );
        });
      }, Promise.resolve(true));
    });
  }

  function importFile(form, file) {
    return packedDocument(file)
      .catch(function () {
        return null; // the server says what is wrong with it
      })
      .then(function (packed) {
        var isSmall = file.size <= Number(form.dataset.most);
        if (isSmall && (!packed || packed.size <= Number(form.dataset.mostDocument))) return sendWhole(form, file);
        if (!packed) return tell(form, form.dataset.noExport, true);
        return sendInParts(form, packed).catch(function (error) {
          if (error instanceof TypeError) throw error; // the network
          tell(form, form.dataset.noExport, true);
        });
      });
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
