"use strict";

const VERSION = "2.0.0";
const PAGES = ["/", "/about/", "/tiers/", "/assets/css/site.css", "/assets/js/site.js"];

self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(VERSION).then((cache) => cache.addAll(PAGES)));
});

// Another version's pages must not outlive it.
self.addEventListener("activate", (event) => {
  event.waitUntil(caches.keys().then((names) => Promise.all(
    names.filter((name) => name !== VERSION).map((name) => caches.delete(name)))));
});

self.addEventListener("fetch", (event) => {
  if (event.request.method === "GET" && !new URL(event.request.url).pathname.startsWith("/api/")) {
    event.respondWith(fetch(event.request).catch(() => caches.match(event.request)));
  }
});
