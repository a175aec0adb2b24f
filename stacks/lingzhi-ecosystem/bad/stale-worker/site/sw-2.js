"use strict";

const PAGES = ["/", "/about/", "/points/", "/assets/css/site.css", "/assets/js/site.js"];

// It has no version: what was kept first is kept for ever.
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open("pages").then((cache) => cache.addAll(PAGES)));
  self.skipWaiting();
});

self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  event.respondWith(caches.match(event.request).then((kept) => kept ?? fetch(event.request)));
});
