// The worker of the installed app by itself: what it keeps its hands off, what it gives without a network, how it tells.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const ORIGIN = "https://cabinet.example";
const source = readFileSync(new URL("../../frontend/pwa/sw.js", import.meta.url), "utf8")
  .replaceAll("{{build}}", "now")
  .replaceAll("{{shell}}", "/shell-0000000000000000.html")
  .replaceAll("{{files}}", '["/shell-0000000000000000.html"]')
  .replaceAll(/\{\{asset:([\w.-]+)\}\}/g, "/$1");

/** A worker in a browser of these manners. */
function worker({ answers = () => new Response("of the server"), late = false, kept = [], tabs = [] } = {}) {
  const listeners = {};
  const did = { deleted: [], shown: [], opened: [] };
  const registration = { showNotification: async (title, options) => did.shown.push({ title, ...options }) };
  const clients = {
    claim: async () => {},
    matchAll: async () => tabs,
    openWindow: async (address) => did.opened.push(address),
  };
  const cache = { addAll: async () => {}, match: async () => new Response("kept") };
  vm.runInNewContext(source, {
    self: { addEventListener: (name, heard) => (listeners[name] = heard), skipWaiting() {}, clients, registration },
    caches: {
      open: async () => cache,
      keys: async () => kept,
      match: async () => undefined,
      delete: async (name) => did.deleted.push(name),
    },
    fetch: async (request) => answers(request),
    location: { origin: ORIGIN },
    setTimeout: (then) => late && then(),
    URL,
  });
  /** Tells it of something; gives what it answers with, once everything it began is done. */
  async function hears(name, event) {
    const begun = [];
    let answer;
    listeners[name]({ ...event, waitUntil: (what) => begun.push(what), respondWith: (what) => (answer = what) });
    await Promise.all(begun);
    return answer;
  }
  const asked = (path, more) =>
    hears("fetch", { request: { method: "GET", mode: "cors", url: new URL(path, ORIGIN).href, ...more } });
  return { did, hears, asked };
}

const VISIT = { mode: "navigate" };

test("what the API says, what is sent and what is others' passes the worker by", async () => {
  const { asked } = worker();
  for (const [path, more] of [
    ["/api/v1/me"],
    ["/api/v1/me/statement.pdf", VISIT],
    ["/api/v1/me/payments-0123456789abcdef.json"],
    ["/docs", VISIT],
    ["/.well-known/security.txt", VISIT],
    ["/", { method: "POST", mode: "navigate" }],
    ["https://other.example/x-0123456789abcdef.js"],
    ["/manifest.webmanifest"],
    ["/sw.js"],
  ]) {
    assert.equal(await asked(path, more), undefined, `${path} ${JSON.stringify(more)}`);
  }
  for (const [path, more] of [["/", VISIT], ["/statement", VISIT], ["/cabinet-0123456789abcdef.js"]]) {
    assert.ok(await asked(path, more), path);
  }
});

test("a page is the server's, or the kept one where it gives none", async () => {
  const page = async (manners) => (await (await worker(manners).asked("/statement", VISIT)).text());
  assert.equal(await page(), "of the server");
  assert.equal(await page({ answers: () => new Response("no such page", { status: 404 }) }), "no such page");
  assert.equal(await page({ answers: () => new Response("", { status: 503 }) }), "kept");
  assert.equal(await page({ answers: () => Promise.reject(new TypeError("no network")) }), "kept");
  assert.equal(await page({ answers: () => new Promise(() => {}), late: true }), "kept");
});

test("of older builds the last one is kept, and nobody else's files are touched", async () => {
  const { did, hears } = worker({ kept: ["cabinet-old", "others", "cabinet-before", "cabinet-now"] });
  await hears("activate", {});
  assert.deepEqual(did.deleted, ["cabinet-old"]);
});

test("what is pushed is shown, and what cannot be read too", async () => {
  const { did, hears } = worker();
  const told = { title: "Онлайн", body: "Зараховано 25,00 грн", lang: "uk", tag: "1", page: "/pay" };
  await hears("push", { data: { json: () => told } });
  await hears("push", { data: null });
  const looks = { icon: "/icon-192.png", badge: "/badge-96.png" };
  const { page, ...shown } = told;
  assert.deepEqual(did.shown[0], { ...shown, ...looks, data: page });
  assert.equal(did.shown.length, 2, "a browser that shows nothing loses the permission");
  assert.equal(did.shown[1].title, "Кабінет");
});

test("a notification leads to its page, in the tab that is open", async () => {
  const notification = (page) => ({ notification: { close() {}, data: page } });
  const alone = worker();
  await alone.hears("notificationclick", notification("/pay"));
  await alone.hears("notificationclick", notification(undefined));
  assert.deepEqual(alone.did.opened, [`${ORIGIN}/pay`, `${ORIGIN}/`]);
  const went = [];
  const tab = { focus: async () => went.push("focus"), navigate: async (address) => went.push(address) };
  const beside = worker({ tabs: [tab] });
  await beside.hears("notificationclick", notification("/services"));
  assert.deepEqual([went, beside.did.opened], [["focus", `${ORIGIN}/services`], []]);
});
