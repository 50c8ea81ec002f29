// Keeps an empty copy of this page with its styles and scripts, each time anew, so that it opens without a net: the worker
// (send-worker.js) shows it. The copy holds nothing of the visitor. Where the browser cannot, nothing is kept.
(function () {
  "use strict";
  const form = document.querySelector("form[data-send][data-worker]");
  if (!form || !navigator.serviceWorker || !window.caches) {
    return;
  }

  async function keep() {
    const copy = await fetch(form.dataset.copy);
    if (!copy.ok) {
      return;
    }
    const page = new DOMParser().parseFromString(await copy.clone().text(), "text/html");
    const parts = Array.from(page.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src], header img[src]"),
      (part) => new URL(part.getAttribute("href") || part.getAttribute("src"), location.origin).href);
    const kept = await caches.open("innspill-send");
    // The copy last: what it names is there before it is.
    await kept.addAll(parts);
    await kept.put(form.dataset.copy, copy);
    const wanted = [...parts, new URL(form.dataset.copy, location.origin).href];
    const old = (await kept.keys()).filter((request) => !wanted.includes(request.url));
    await Promise.all(old.map((request) => kept.delete(request)));
    await navigator.serviceWorker.register(form.dataset.worker);
  }

  window.addEventListener("load", () => keep().catch(function () {}));
})();
