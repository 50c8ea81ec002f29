"use strict";
{% if keep %}// Without a net the page on which a citizen writes still opens: an empty copy, kept by send-keep.js. Nothing else is kept, and all
// other pages, files and forms, and everything while there is a net, go their way as if this were not here.
const PAGE = "{% url 'feedback:send' %}";
const COPY = "{% url 'feedback:offline' %}";
const PARTS = ["style", "script", "image"];

self.addEventListener("install", () => self.skipWaiting());

function orKept(request, address) {
  return fetch(request).catch(async function () {
    const kept = await caches.open("innspill-send");
    return (await kept.match(address, { ignoreVary: true })) || Response.error();
  });
}

self.addEventListener("fetch", function (event) {
  const request = event.request;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) {
    return;
  }
  if (request.mode === "navigate" && address.pathname === PAGE) {
    event.respondWith(orKept(request, COPY));
  } else if (PARTS.includes(request.destination) && request.referrer && new URL(request.referrer).pathname === PAGE) {
    event.respondWith(orKept(request, request.url));
  }
});
{% else %}// No page is kept any more: browsers that did are freed of it.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", function (event) {
  event.waitUntil(caches.delete("innspill-send").then(() => self.registration.unregister()));
});
{% endif %}
