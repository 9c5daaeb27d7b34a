// What is loaded only when it is needed, over lines that are slow or fail: the texts of a language, pages.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PASSWORD, contractsOf, settledIn } from "./office.mjs";
import { goTo, hasFocus, holds, openBrowser, settled, signIn, visitor } from "./support.mjs";

let opened;
before(async () => {
  opened = await openBrowser();
});
after(() => opened?.close());

const RUSSIAN = "**/later/ru-*.txt";
const ENGLISH = "**/later/en-*.txt";
const PAGES = "**/later/*.wasm";

/** Holds back what matches until it is let go. */
async function heldBack(page, address) {
  let letGo;
  const waiting = new Promise((resolve) => {
    letGo = resolve;
  });
  await page.route(address, async (route) => {
    await waiting;
    await route.continue();
  });
  return letGo;
}

for (const [width, contract] of contractsOf("later")) {
  describe(`what is loaded later, ${width}`, { concurrency: false }, () => {
    let me;
    let person;
    let page;
    const heading = (name) => page.getByRole("heading", { level: 1, name });
    const unspoken = (name) => page.getByText(`Не вдалося завантажити мову «${name}»`);
    const again = () => page.getByRole("button", { name: "Спробувати ще раз" });
    before(async () => {
      me = await settledIn(contract);
      person = await visitor(opened.browser, width);
      page = person.page;
    });
    after(() => person?.context.close());

    test("who reads Ukrainian is on the overview without any file of those that come later", async () => {
      await signIn(person, contract, PASSWORD);
      await heading(/Огляд/).waitFor();
      await page.mouse.move(0, 0);
      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      await page.goto("/");
      await heading(/Огляд/).waitFor();
      await settled(page);
      assert.deepEqual(asked.filter((address) => address.includes("/later/")), []);
      assert.equal(asked.filter((address) => address.endsWith(".wasm")).length, 1);
    });

    test("a language on its way is chosen at once, and spoken when it is here", async () => {
      await page.goto("/settings");
      await heading("Налаштування").waitFor();
      const letGo = await heldBack(page, RUSSIAN);
      const russian = page.getByRole("radio", { name: "Русский" });
      await russian.check();
      assert.equal(await heading("Налаштування").count(), 1);
      letGo();
      await heading("Настройки").waitFor();
      await page.getByText("Сохранено", { exact: true }).waitFor();
      assert.equal(await russian.isChecked(), true);
      await hasFocus(page, "language-ru");
      assert.equal(await page.locator("html").getAttribute("lang"), "ru");
      assert.equal((await me("GET", "/me/settings")).language, "ru");
      await page.unroute(RUSSIAN);
    });

    test("who chose a language is shown no other first, however slow its texts are", async () => {
      const letGo = await heldBack(page, RUSSIAN);
      await page.addInitScript(() => {
        window.headings = [];
        new MutationObserver(() => {
          window.headings.push(...[...document.querySelectorAll("h1")].map((heading) => heading.innerText));
        }).observe(document, { childList: true, subtree: true });
      });
      const renewed = page.waitForResponse("**/api/v1/auth/renew");
      await page.goto("/settings", { waitUntil: "commit" });
      await renewed;
      await page.locator("#boot").waitFor();
      assert.equal(await page.locator("html").getAttribute("lang"), "ru");
      letGo();
      await heading("Настройки").waitFor();
      await page.locator("#boot").waitFor({ state: "detached" });
      assert.deepEqual([...new Set(await page.evaluate(() => window.headings))], ["Настройки"]);
      await page.unroute(RUSSIAN);
    });

    test("a language that cannot be had is told, and is spoken once it can", async () => {
      for (const fails of [(route) => route.abort(), (route) => route.fulfill({ status: 404, body: "" })]) {
        await page.route(RUSSIAN, fails);
        await page.goto("/settings");
        await unspoken("Русский").waitFor();
        await heading("Налаштування").waitFor();
        assert.equal(await page.locator("html").getAttribute("lang"), "uk");
        await holds(person, "language-unspoken");
        await again().click();
        await unspoken("Русский").waitFor();
        await page.unroute(RUSSIAN);
        await again().click();
        await heading("Настройки").waitFor();
        assert.equal(await page.getByText("Русский", { exact: true }).count(), 1, "nothing is told any more");
      }
    });

    test("a choice made without the network is spoken when that returns", async () => {
      await page.route(ENGLISH, (route) => route.abort());
      await page.getByText("English", { exact: true }).click();
      await page.getByText("Не удалось загрузить язык «English»").waitFor();
      await heading("Настройки").waitFor();
      assert.equal(await page.getByRole("radio", { name: "English" }).isChecked(), true, "the choice stands");
      await page.unroute(ENGLISH);
      await page.evaluate(() => dispatchEvent(new Event("online")));
      await heading("Settings").waitFor();
      assert.equal((await me("GET", "/me/settings")).language, "en");
      await me("PUT", "/me/settings", { language: "uk", theme: "system" });
    });

    test("a page on its way leaves the rest of the cabinet in use, and is drawn when it is here", async () => {
      await page.goto("/");
      await heading(/Огляд/).waitFor();
      await settled(page);
      const letGo = await heldBack(page, PAGES);
      await goTo(person, "Послуги");
      await page.locator("#main [aria-busy=true]").waitFor();
      assert.match(page.url(), /\/services$/);
      await hasFocus(page, "main");
      await page.locator(".chip-balance").waitFor();
      await goTo(person, "Огляд");
      await heading(/Огляд/).waitFor();
      await goTo(person, "Послуги");
      letGo();
      await heading("Послуги").waitFor();
      await page.unroute(PAGES);

      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      await goTo(person, "Огляд");
      await heading(/Огляд/).waitFor();
      await goTo(person, "Послуги");
      await heading("Послуги").waitFor();
      assert.deepEqual(asked.filter((address) => address.endsWith(".wasm")), [], "its file is loaded once");
    });

    test("a page that cannot be had is told, tried again, and comes by itself with the network", async () => {
      for (const back of [
        () => again().click(),
        () => page.evaluate(() => dispatchEvent(new Event("online"))),
      ]) {
        await page.route(PAGES, (route) => route.abort());
        await page.route("**/api/v1/provider", (route) => route.abort());
        await page.goto("/profile");
        await page.getByRole("heading", { level: 2, name: "Немає з’єднання" }).waitFor();
        await page.locator(".chip-balance").waitFor();
        await holds(person, "page-missing");
        await again().click();
        await page.getByRole("heading", { level: 2, name: "Немає з’єднання" }).waitFor();
        await page.unroute(PAGES);
        await page.unroute("**/api/v1/provider");
        await back();
        await heading("Профіль").waitFor();
        await settled(page);
      }
    });

    test("a page whose file the server has lost is told as a failure of ours", async () => {
      await page.route(PAGES, (route) => route.fulfill({ status: 404, body: "" }));
      await page.goto("/statement");
      await page.getByRole("heading", { level: 2, name: "Не вдалося завантажити" }).waitFor();
      await holds(person, "page-lost");
      await page.unroute(PAGES);
      await again().click();
      await page.getByRole("grid").waitFor();
    });

    test("a page that is gone with its version begins the cabinet anew", async () => {
      const { context } = person;
      const other = await context.newPage();
      await other.goto("/");
      await other.getByRole("heading", { level: 1, name: /Огляд/ }).waitFor();
      // Another version was put up: it has other files, and index.html names another start.
      await other.route(PAGES, (route) => route.fulfill({ status: 404, body: "" }));
      await other.route("**/index.html", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
      await other.evaluate(() => {
        const now = performance.now.bind(performance);
        performance.now = () => now() + 40_000;
      });
      const anew = other.waitForEvent("load");
      await goTo({ ...person, page: other }, "Послуги");
      await anew;
      // What has just begun does not begin anew again.
      const retry = other.getByRole("button", { name: "Спробувати ще раз" });
      await retry.waitFor();
      await other.unroute(PAGES);
      await retry.click();
      await other.getByRole("heading", { level: 1, name: "Послуги" }).waitFor();
      await other.close();
    });
  });
}
