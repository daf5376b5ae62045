// Starts the candidate of the page, and notes when it was painted.
fetch("/memo.json").then(function (answer) { return answer.json(); }).then(function (memo) {
  var started = performance.now();
  candidate.start(document.getElementById("editor"), memo.text, memo.marks);
  requestAnimationFrame(function () {
    setTimeout(function () {
      window.painted = performance.now() - started;
    });
  });
});
