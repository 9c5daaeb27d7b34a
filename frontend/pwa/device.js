// What the program asks of the browser beside the page: the worker that keeps the cabinet for a lost network, and
// notifications. It begins before the program does.
const workers = navigator.serviceWorker;
const bytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
let registered;

const cabinet = {
  // Another build has taken over: the next page is to be loaded, not drawn.
  renewed: false,

  // Whether this browser is told: "on", "off", "denied", "install" (an iPhone tells installed apps only), or "none".
  async notified() {
    if (!("Notification" in globalThis && "PushManager" in globalThis)) {
      return /iP(hone|ad|od)/.test(navigator.userAgent) && !navigator.standalone ? "install" : "none";
    }
    if (Notification.permission === "denied") return "denied";
    if (!(await registered)) return "none";
    return Notification.permission === "granted" && (await held()) ? "on" : "off";
  },

  // Asks the person, where nobody did, and gives the subscription as JSON; nothing if it cannot be had.
  async subscribe(key) {
    return (await Notification.requestPermission()) === "granted" ? cabinet.renew(key) : undefined;
  },

  // The same without asking anybody.
  async renew(key) {
    if (globalThis.Notification?.permission !== "granted" || !(await registered)) return undefined;
    const { pushManager } = await workers.ready;
    const wanted = bytes(key);
    const before = await pushManager.getSubscription();
    const told = before && new Uint8Array(before.options.applicationServerKey ?? []);
    // A browser hears one key only.
    if (before && String(told) !== String(wanted)) await before.unsubscribe();
    const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
    return JSON.stringify(made);
  },

  // This browser is told nothing more.
  async silence() {
    await (await held())?.unsubscribe();
  },
};
globalThis.cabinet = cabinet;

async function held() {
  const registration = await registered;
  return registration?.pushManager?.getSubscription();
}

// After the program: the first visit is not to wait for it.
function keep() {
  if (!workers) return;
  let kept = Boolean(workers.controller);
  workers.addEventListener("controllerchange", () => {
    cabinet.renewed = kept;
    kept = true;
  });
  registered = workers.register("/sw.js", { updateViaCache: "none" }).catch(() => undefined);
  document.addEventListener("visibilitychange", async () => {
    if (!document.hidden) (await registered)?.update().catch(() => undefined);
  });
}
