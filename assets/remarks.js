// What a writer makes of a remark: done, not for me, undone; a kind muted, a word kept. Each is an order to the server
// that may be sent again. It is kept in this browser until the server has it, over a reload, too; the last one to an
// address is the one that holds. The page's framework owns the elements; this script tells it when to look again.
(function () {
  "use strict";

  var ask = window.memoCoachAccount.fetch; // on behalf of whom the page was opened for
  var KEPT = window.memoCoachAccount.kept("memo-coach-order"); // and the address
  var RETRIES = [1000, 2000, 4000, 8000, 15000, 60000];
  var LONGEST_WAIT = 60000; // whatever the server says
  var MOST = 200; // orders that wait: more than anybody gives while a server is away

  var failures = 0;
  var timer = 0;
  var sending = false;
  var unkept = {}; // where the browser keeps nothing: for as long as the page is there

  function addresses() {
    var found = Object.keys(unkept);
    try {
      Object.keys(localStorage).forEach(function (key) {
        if (key.indexOf(KEPT) === 0) found.push(key.slice(KEPT.length));
      });
    } catch (refused) {
      // Then there are only those.
    }
    return found;
  }
  function addressOf(button) {
    return button.getAttribute("data-order").split("/").map(encodeURIComponent).join("/");
  }
  function written(address) {
    try {
      return unkept[address] || localStorage.getItem(KEPT + address);
    } catch (refused) {
      return null;
    }
  }
  function order(address) {
    try {
      var found = JSON.parse(written(address) || "null");
      return found && (found.method === "PUT" || found.method === "DELETE") ? found : null;
    } catch (unreadable) {
      return null;
    }
  }
  function keep(address, given) {
    var text = JSON.stringify(given);
    try {
      if (addresses().length < MOST) localStorage.setItem(KEPT + address, text);
      else unkept[address] = text;
    } catch (full) {
      unkept[address] = text;
    }
  }
  function forget(address) {
    delete unkept[address];
    try {
      localStorage.removeItem(KEPT + address);
    } catch (refused) {
      // It was never there.
    }
  }

  function oldest() {
    return addresses()
      .map(function (address) { return { address: address, order: order(address) }; })
      .filter(function (one) {
        if (!one.order) forget(one.address);
        return one.order;
      })
      .sort(function (one, other) { return one.order.at - other.order.at; })[0];
  }

  function send() {
    clearTimeout(timer);
    if (sending) return;
    var next = oldest();
    if (!next) return;
    var text = written(next.address);
    sending = true;
    ask(next.address, {
      method: next.order.method,
      headers: next.order.body ? { "Content-Type": "application/json" } : {},
      body: next.order.body ? JSON.stringify(next.order.body) : undefined,
      credentials: "same-origin",
      keepalive: true,
    })
      .then(function (response) {
        // Who is signed out signs in again; then it is sent.
        if (response.status === 401 || response.status === 429 || response.status >= 500) return again(1000 * (parseInt(response.headers.get("Retry-After"), 10) || 0));
        failures = 0;
        // Another one may have been given to the same address meanwhile.
        if (written(next.address) === text) forget(next.address);
        if (!response.ok) return response.json().then(refuse, refuse);
        say("");
        renew();
        return undefined;
      })
      .catch(function () { again(0); })
      .then(function () {
        sending = false;
        paint();
        if (!failures && oldest()) send();
      });
  }
  function again(least) {
    var wait = RETRIES[Math.min(failures, RETRIES.length - 1)];
    failures += 1;
    clearTimeout(timer);
    timer = setTimeout(send, Math.max(wait, Math.min(least, LONGEST_WAIT)));
  }
  function refuse(problem) {
    var status = document.querySelector("[data-review-editor]");
    say(problem && typeof problem.detail === "string" ? problem.detail : (status && status.getAttribute("data-order-refused")) || "");
    renew();
  }
  function say(words) {
    var place = document.querySelector("[data-order-problem]");
    if (place && place.textContent !== words) place.textContent = words;
  }
  function renew() {
    var button = document.querySelector("[data-order-done]");
    if (button) button.click();
  }

  // What waits for the server is seen on its card, and how many do beside them. That is said once, when it begins.
  function paint() {
    var waiting = failures || navigator.onLine === false ? addresses() : [];
    var place = document.querySelector("[data-orders-waiting]"), told = document.querySelector("[data-orders-told]");
    var words = place && waiting.length ? place.getAttribute(waiting.length === 1 ? "data-one" : "data-other").replace("{count}", String(waiting.length)) : "";
    if (place && place.textContent !== words) place.textContent = words;
    if (place && place.hidden !== !words) place.hidden = !words;
    if (told && Boolean(told.textContent) !== Boolean(words)) told.textContent = words;
    document.querySelectorAll("article[data-card]").forEach(function (card) {
      var button = Array.prototype.find.call(card.querySelectorAll("[data-order]"), function (one) {
        return waiting.indexOf(addressOf(one)) >= 0;
      });
      if (card.hasAttribute("data-waiting") !== Boolean(button)) card.toggleAttribute("data-waiting", Boolean(button));
    });
  }

  document.addEventListener("click", function (event) {
    var button = event.target.closest && event.target.closest("[data-order]");
    if (!button) return;
    var state = button.getAttribute("data-order-state"), given = { method: button.getAttribute("data-order-method"), at: Date.now() };
    var reason = button.parentElement.querySelector("[data-order-reason]");
    if (state) given.body = state === "declined" && reason ? { state: state, reason: reason.value } : { state: state };
    keep(addressOf(button), given);
    button.dispatchEvent(new CustomEvent("order:given", { bubbles: true }));
    failures = navigator.onLine === false ? failures : 0;
    send();
    paint();
  });
  addEventListener("online", send);
  addEventListener("offline", paint);

  var asked = 0;
  new MutationObserver(function (records) {
    if (records.every(function (record) { return record.target.closest(".review"); })) return; // what is typed
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(paint);
  }).observe(document.documentElement, { childList: true, subtree: true });
  send();
  paint();

  // What a choice brings with it comes into view: on a phone the card is a sheet that it would stand below.
  document.addEventListener("toggle", function (event) {
    if (event.target.matches(".decline[open]")) event.target.scrollIntoView({ block: "nearest" });
  }, true);
})();
