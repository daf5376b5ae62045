// A link to a page that this tab has not fetched yet needs the server. Where its files cannot be had, the page's
// framework loads the document anew, and the browser puts its own error in the place of what was written here. So
// the files are asked for first; where they do not come, the page stays and says so.
(function () {
  "use strict";

  var PATIENCE = 10000; // milliseconds
  var SAID = 12000; // milliseconds that the sentence stays
  var wanted = null; // the link that was pressed last
  var going = null; // a link whose page is there: the press is the framework's
  var timer = 0;

  function say(unreached) {
    var place = document.querySelector("[data-unreached]");
    clearTimeout(timer);
    if (!place) return;
    place.textContent = unreached ? place.getAttribute("data-unreached") : "";
    if (unreached) timer = setTimeout(say, SAID, false);
  }

  function routeOf(path) {
    var routes = (window.__reactRouterManifest || {}).routes || {};
    var parts = path.split("/").filter(Boolean);
    return Object.keys(routes).map(function (id) { return routes[id]; }).find(function (route) {
      var own = (route.path || "").split("/").filter(Boolean);
      return route.id !== "root" && own.length === parts.length && own.every(function (part, index) {
        return part[0] === ":" || part === parts[index];
      });
    });
  }
  function isThere(route) {
    return route.id in (window.__reactRouterRouteModules || {});
  }
  function fetched(route) {
    var files = [route.module].concat(route.imports || [], route.css || []);
    return Promise.all(files.map(function (file) {
      return fetch(file, { credentials: "same-origin", signal: AbortSignal.timeout(PATIENCE) }).then(function (answer) {
        // A proxy answers for a server that is dead. What is no longer there came with an earlier release of the
        // pages, and a new document, which the framework then loads, has the next one's.
        if (answer.status >= 500) throw new Error(String(answer.status));
      });
    }));
  }

  function isPlain(event, link) {
    return !event.defaultPrevented && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey &&
      (!link.target || link.target === "_self") && !link.hasAttribute("download");
  }
  // Before the framework hears of it.
  addEventListener("click", function (event) {
    var link = event.target.closest && event.target.closest("a[href]");
    if (!link || !isPlain(event, link)) return;
    var isGoing = link === going;
    wanted = going = null;
    var address = new URL(link.href, location.href);
    if (address.origin !== location.origin || (address.pathname === location.pathname && address.hash)) return;
    say(false);
    // Another language's page is a document of its own, and so is a file.
    var route = link.hasAttribute("data-language") ? undefined : routeOf(address.pathname);
    if (isGoing || (route ? isThere(route) : navigator.onLine)) return;
    event.preventDefault();
    event.stopPropagation();
    if (!route) return say(true);
    wanted = link;
    fetched(route).then(
      function () {
        if (wanted !== link || !link.isConnected) return;
        going = link;
        link.click();
      },
      function () { if (wanted === link) say(true); }
    );
  }, true);
  addEventListener("online", function () { say(false); });
})();
