// Keeps the files of one build, so that the cabinet opens without a network, and shows notifications. What the API
// answers is never kept here.
const NAME = "cabinet-{{build}}";
const SHELL = "{{shell}}";
const FILES = {{files}};
// The longest a page waits for a network that is there and does not answer.
const PATIENCE = 5000;

self.addEventListener("install", (event) => {
  // Tabs of the build before go on with its files, which stay until the build after this one.
  self.skipWaiting();
  event.waitUntil(caches.open(NAME).then((cache) => cache.addAll(FILES)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      const others = (await caches.keys()).filter((name) => name.startsWith("cabinet-") && name !== NAME);
      await Promise.all(others.slice(0, -1).map((name) => caches.delete(name)));
      await self.clients.claim();
    })(),
  );
});

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin || /^\/(api|docs|\.well-known)(\/|$)/.test(pathname)) return;
  if (mode === "navigate" && !/\.[^/]*$/.test(pathname)) event.respondWith(page(event.request));
  else if (/-[0-9a-f]{16}\.\w+$/.test(pathname)) event.respondWith(file(event.request));
});

// The server's page first: it is of the newest build. Without it that of this build, whose files are all here.
async function page(request) {
  const asked = fetch(request);
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const answer = await Promise.race([asked, late]).catch(() => undefined);
  if (answer && answer.status < 500) return answer;
  const cache = await caches.open(NAME);
  return (await cache.match(SHELL)) ?? answer ?? asked;
}

async function file(request) {
  return (await caches.match(request.url, { ignoreVary: true })) ?? fetch(request);
}

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data.json();
  } catch {
    // A browser that shows nothing would take the permission away.
  }
  const { title = "Кабінет", body, lang, tag, page } = told;
  const looks = { icon: "{{asset:icon-192.png}}", badge: "{{asset:badge-96.png}}" };
  event.waitUntil(self.registration.showNotification(title, { ...looks, body, lang, tag, data: page }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(new URL(event.notification.data ?? "/", location.origin).href));
});

async function open(address) {
  const [tab] = await self.clients.matchAll({ type: "window" });
  if (!tab) return self.clients.openWindow(address);
  await tab.focus();
  return tab.navigate(address);
}
