// The service worker: keeps the app itself, so that it opens without network. Data never passes through it.

declare const __FILES__: string[];

const worker = self as unknown as ServiceWorkerGlobalScope;

/** Filled in by the server: it changes with the app and with the campus's look. */
const VERSION = "%PREAU_VERSION%";
const EXTRA = "%PREAU_EXTRA%".split(" ");

const SHELL = "/";
const CACHE = `app-${VERSION}`;

/** What the server answers itself. */
const NOT_OURS = /^\/(api|\.well-known|healthz|readyz|metrics|openapi\.json|sw\.js)(\/|$)/;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then(async (cache) => {
        await cache.addAll([...__FILES__, ...EXTRA].map(anew));
        await cache.put(SHELL, await shell());
      })
      .then(() => worker.skipWaiting()),
  );
});

function anew(path: string): Request {
  return new Request(path, { cache: "no-cache", priority: "low" });
}

/** The page, without what it has the browser ask for early: the app asks for that itself, with what it knows already. */
async function shell(): Promise<Response> {
  const response = await fetch(anew(SHELL));
  if (!response.ok) throw new Error(`the page of the app: ${response.status}`);
  const page = (await response.text()).replace(/<link [^>]*as="fetch"[^>]*>/g, "");
  const headers = new Headers(response.headers);
  for (const name of ["content-encoding", "content-length", "etag"]) headers.delete(name);
  return new Response(page, { headers });
}

/** The version before stays: windows that are open may still need its files. */
worker.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => {
        const former = names.filter((name) => name.startsWith("app-") && name !== CACHE);
        return Promise.all(former.slice(0, -1).map((name) => caches.delete(name)));
      })
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin || NOT_OURS.test(pathname)) return;
  const wanted = request.mode === "navigate" ? SHELL : request;
  event.respondWith(
    caches
      .match(wanted, { cacheName: CACHE })
      .then(async (kept) => kept ?? (await caches.match(wanted)) ?? fetch(request)),
  );
});
