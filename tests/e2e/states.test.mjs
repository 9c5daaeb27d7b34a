// Pages when something is missing: the network, the month, the money, the page itself; and in the dark.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PASSWORD, cabinet, settledIn } from "./office.mjs";
import { contentOf, demoSignIns, goTo, holds, openBrowser, settled, signIn, textOf, visitor } from "./support.mjs";

let opened;
let demo;
before(async () => {
  opened = await openBrowser();
  demo = await demoSignIns();
});
after(() => opened?.close());

for (const [width, contract] of [
  ["wide", "7301"],
  ["narrow", "7302"],
]) {
  describe(`what is missing is told, ${width}`, { concurrency: false }, () => {
    let person;
    let page;
    before(async () => {
      await settledIn(contract);
      person = await visitor(opened.browser, width);
      page = person.page;
      await signIn(person, contract, PASSWORD);
      await page.locator(".contract").waitFor();
    });
    after(() => person?.context.close());

    test("an address that is none", async () => {
      await page.goto("/no-such-page");
      await page.getByRole("heading", { level: 1, name: "Такої сторінки немає" }).waitFor();
      await holds(person, "not-found");
    });

    test("a month outside the contract leads back into it", async () => {
      await page.goto("/statement?month=2013-01");
      await page.getByRole("heading", { level: 2, name: "Цього показати не можна" }).waitFor();
      assert.match(await textOf(page.getByRole("main")), /Виписка є .*20\d\d/);
      await holds(person, "month-outside");
      await page.getByRole("link", { name: /Наступний місяць/ }).click();
      await page.getByRole("grid").waitFor();
    });

    test("a server that fails", async () => {
      await page.route("**/api/v1/me/tariffs", (route) =>
        route.fulfill({
          status: 500,
          contentType: "application/problem+json",
          body: JSON.stringify({
            ...{ type: "urn:cabinet:problem:internal", title: "Internal error", status: 500, detail: "x" },
            ...{ instance: "/api/v1/me/tariffs", code: "internal", request_id: "the-code-for-support" },
          }),
        }),
      );
      await page.goto("/tariffs");
      await page.getByRole("heading", { level: 2, name: "Не вдалося завантажити" }).waitFor();
      await page.getByText("the-code-for-support").waitFor();
      await holds(person, "failed");
      await page.unroute("**/api/v1/me/tariffs");
      await page.getByRole("button", { name: "Спробувати ще раз" }).click();
      await page.getByText("ваш тариф", { exact: true }).waitFor();
    });

    test("a question stays until its answer is there, whatever is pressed", async () => {
      await page.goto("/tariffs");
      await page.locator("label.plan", { hasText: /Домашній 10(?!0)/ }).click();
      await page.getByRole("button", { name: "До розрахунку" }).click();
      const quote = page.getByRole("dialog");
      await quote.waitFor();
      let answer;
      const asked = new Promise((resolve) => {
        answer = resolve;
      });
      await page.route("**/confirm", async (route) => {
        await asked;
        await route.fulfill({ status: 503, contentType: "text/plain", body: "" });
      });
      await quote.getByRole("button", { name: /^Списати/ }).click();
      await quote.locator("[aria-busy=true]").waitFor();
      await page.keyboard.press("Escape");
      await page.keyboard.press("Escape");
      await quote.getByRole("button", { name: "Не переходити" }).click();
      answer();
      await quote.getByText("Сталася помилка на нашому боці").waitFor();
      await holds(person, "quote-failed");
      await page.unroute("**/confirm");
      await page.keyboard.press("Escape");
      await quote.waitFor({ state: "hidden" });
    });
  });
}

test("another month is not told by the figures of the one before", async () => {
  const person = await visitor(opened.browser, "wide");
  const { page, context } = person;
  const { login, password } = demo.find(({ login }) => login === "0002");
  await signIn(person, login, password);
  await page.locator(".contract").waitFor();
  await goTo(person, "Виписка");
  await page.getByRole("grid").waitFor();
  await settled(page);
  const month = page.getByRole("combobox", { name: "Місяць і рік" });
  const present = await month.inputValue();

  await context.setOffline(true);
  await page.getByRole("link", { name: /Попередній місяць/ }).click();
  await page.getByRole("heading", { level: 2, name: "Немає з’єднання" }).waitFor();
  assert.equal(await page.getByRole("grid").count(), 0, "the old month is not shown for the new one");
  const before = await month.inputValue();
  assert.notEqual(before, present);
  await holds(person, "month-offline");
  await context.setOffline(false);
  await page.getByRole("grid").waitFor();
  assert.equal(await month.inputValue(), before);

  // The same month, read again in vain, says of when it is.
  await context.setOffline(true);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.getByText(/Немає з’єднання: дані на \d\d\.\d\d\.\d{4}, \d\d:\d\d/).waitFor();
  assert.equal(await page.getByRole("grid").count(), 1);
  await holds(person, "month-old");
  await context.close();
});

test("times are Kyiv's wherever the browser is", async () => {
  const person = await visitor(opened.browser, "wide", { timezoneId: "Pacific/Honolulu" });
  const { page, context } = person;
  const { login, password } = demo.find(({ login }) => login === "0002");
  await signIn(person, login, password);
  await page.locator(".contract").waitFor();
  await page.goto("/profile");
  const here = page.locator(".setting").filter({ hasText: "ви тут" });
  await here.waitFor();
  const options = { timeZone: "Europe/Kyiv", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const clock = (moment) => new Intl.DateTimeFormat("uk", options).format(moment);
  const told = await textOf(here);
  const minutes = [0, 1, 2].map((ago) => clock(Date.now() - ago * 60_000));
  assert.ok(minutes.some((minute) => told.includes(minute)), `${told} tells none of ${minutes}`);
  await context.close();
});

for (const width of ["wide", "narrow"]) {
  test(`whoever is blocked is told why and what to do, in the dark too, ${width}`, async () => {
    const { login, password } = demo.find(({ login }) => login === "0001");
    const person = await visitor(opened.browser, width, { colorScheme: "dark" });
    const { page, context } = person;
    await signIn(person, login, password);
    await page.locator(".balance--blocked").waitFor();
    await settled(page);
    const told = await textOf(page.getByRole("main"));
    assert.match(told, /Доступ зупинено/);
    assert.match(told, /Рекомендована сума поповнення/);
    const chart = await page.getByRole("img", { name: /^Баланс\./ }).getAttribute("aria-label");
    assert.doesNotMatch(chart, /зупиниться/, "it stopped long ago");
    assert.match(chart, /Доступу зараз немає/);
    assert.equal(await page.locator(".timeline").count(), 0, "no empty list of what comes");
    await holds(person, "blocked-dark");
    for (const [name, path] of [
      ["statement", "/statement"],
      ["tariffs", "/tariffs"],
      ["profile", "/profile"],
      ["settings", "/settings"],
      ["help", "/help"],
    ]) {
      await page.goto(path);
      await page.getByRole("heading", { level: 1 }).waitFor();
      await settled(page);
      if (name === "tariffs") {
        await page.locator("label.plan").first().click();
        const why = await contentOf(page.locator(".dock__why"));
        assert.match(why, /^Поки не можна\./);
        const sums = why.match(/\d+,\d\d ₴/g) ?? [];
        assert.equal(new Set(sums).size, sums.length, `${why} says a sum twice`);
        assert.equal(sums.length, 1, `${why} says what is missing`);
        assert.equal(await page.getByRole("button", { name: "До розрахунку" }).getAttribute("aria-disabled"), "true");
      }
      await holds(person, `${name}-dark`);
    }
    await context.close();
  });
}

test("whoever is suspended is told why, and of nothing to come", async () => {
  await settledIn("7304");
  cabinet("subscriber", "suspend", "7304", "--reason", "переїзд");
  const person = await visitor(opened.browser, "wide");
  const { page, context } = person;
  await signIn(person, "7304", PASSWORD);
  await page.getByText(/Доступ призупинено оператором/).waitFor();
  await settled(page);
  assert.match(await textOf(page.getByRole("main")), /Причина: переїзд/);
  assert.equal(await page.getByRole("heading", { name: "Далі" }).count(), 0);
  const [panel, main] = await Promise.all([".balance", ".main"].map((part) => page.locator(part).boundingBox()));
  assert.ok(panel.width > main.width * 0.9, "the panel has the place to itself");
  await holds(person, "suspended");
  await context.close();
});

test("whoever needs no payment is told until when", async () => {
  await settledIn("7303");
  const person = await visitor(opened.browser, "narrow");
  const { page, context } = person;
  await signIn(person, "7303", PASSWORD);
  await page.locator(".contract").waitFor();
  await settled(page);
  const told = await textOf(page.locator(".balance"));
  assert.match(told, /Поповнювати не треба: вистачить до \d+ [а-яіїє]+/);
  assert.doesNotMatch(told, / 0,00 ₴/);
  const next = await textOf(page.getByRole("region", { name: "Далі" }));
  assert.match(next, /за тарифом «Домашній 20»/);
  await holds(person, "nothing-due");
  await context.close();
});
