// What is loaded only when it is needed, over lines that are slow or fail: the texts of a language.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PASSWORD, contractsOf, settledIn } from "./office.mjs";
import { focused, holds, openBrowser, settled, signIn, visitor } from "./support.mjs";

let opened;
before(async () => {
  opened = await openBrowser();
});
after(() => opened?.close());

const RUSSIAN = "**/later/ru-*.txt";
const ENGLISH = "**/later/en-*.txt";

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

    test("who reads Ukrainian loads no other language", async () => {
      const asked = [];
      page.on("request", (request) => asked.push(request.url()));
      await signIn(person, contract, PASSWORD);
      await heading(/Огляд/).waitFor();
      await settled(page);
      assert.deepEqual(asked.filter((address) => /\/later\/(ru|en)-/.test(address)), []);
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
      assert.equal(await focused(page), "language-ru", "the keyboard stays where it was");
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
  });
}
