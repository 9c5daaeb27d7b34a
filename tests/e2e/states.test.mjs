// Pages when something is missing: the network, the month, the money, the page itself; and in the dark.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PASSWORD, cabinet, contractOf, contractsOf, settledIn } from "./office.mjs";
import { contentOf, demoSignIns, goTo, holds, openBrowser, settled, signIn, textOf, visitor } from "./support.mjs";

let opened;
let demo;
before(async () => {
  opened = await openBrowser();
  demo = await demoSignIns();
});
after(() => opened?.close());

for (const [width, contract] of contractsOf("states")) {
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

      await page.goto("/statement?month=2031-01");
      await page.getByRole("heading", { level: 2, name: "Цього показати не можна" }).waitFor();
      assert.equal(await page.getByRole("combobox", { name: "Рік" }).inputValue(), "2031");
      const back = page.getByRole("link", { name: /Попередній місяць/ });
      assert.equal(await back.getAttribute("aria-disabled"), null);
      await page.getByRole("link", { name: /До найближчого місяця: [а-яіїє]+ 20\d\d/ }).click();
      await page.getByRole("grid").waitFor();
    });

    test("an address that names no month is told so, and shows the present one", async () => {
      await page.goto("/statement?month=abc");
      await page.getByText("Адреса не називає місяця").waitFor();
      await page.getByRole("grid").waitFor();
      await page.locator(".day[aria-current=date]").waitFor();
      await holds(person, "month-unread");
      await page.locator(".day[aria-current=date]").click();
      await page.getByText("Адреса не називає місяця").waitFor({ state: "detached" });
      assert.match(page.url(), /month=20\d\d-\d\d&day=/);
    });

    test("a session that cannot be renewed ends in signing in again", async () => {
      const refused = (status, code) => (route) =>
        route.fulfill({
          status,
          contentType: "application/problem+json",
          body: JSON.stringify({
            ...{ type: `urn:cabinet:problem:${code}`, title: code, status, detail: "Звідси цього зробити не можна." },
            ...{ instance: "/", code, request_id: "x" },
          }),
        });
      for (const [status, code] of [
        [401, "session_ended"],
        [403, "forbidden"],
      ]) {
        await page.goto("/help");
        await page.locator(".contract").waitFor();
        await settled(page);
        await page.route("**/api/v1/me/tariffs", refused(401, "session_ended"));
        await page.route("**/api/v1/auth/renew", refused(status, code));
        await goTo(person, "Тариф");
        await page.getByText("Сеанс завершився. Увійдіть ще раз.").waitFor();
        assert.equal(await page.getByText("Звідси цього зробити не можна").count(), 0);
        await page.unroute("**/api/v1/me/tariffs");
        await page.unroute("**/api/v1/auth/renew");
        await signIn(person, contract, PASSWORD);
        await page.locator(".contract").waitFor();
      }
    });

    test("a server that fails", async () => {
      // What is heard has the page read again: here the button alone is to do so.
      await page.route("**/me/events", (route) => route.abort());
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
      await page.unroute("**/me/events");
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
  const [choice, year] = ["Місяць", "Рік"].map((name) => page.getByRole("combobox", { name }));
  const month = { inputValue: async () => `${await year.inputValue()}-${await choice.inputValue()}` };
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
    assert.match(told, /сплатіть \d+,\d\d ₴\./);
    await page.getByRole("button", { name: /^Сплатити \d+,\d\d ₴ і відновити$/ }).waitFor();
    assert.match(told, /Рекомендована сума поповнення/);
    assert.ok((await textOf(page.locator(".contract"))).includes("Доступ зупинено"), "the header calls it the same");
    const key = await textOf(page.locator(".key"));
    assert.doesNotMatch(key, /прогноз/, "no forecast is drawn");
    assert.match(key, /якщо поповнити на/);
    const chart = await page.getByRole("img", { name: /^Баланс\./ }).getAttribute("aria-label");
    assert.doesNotMatch(chart, /зупиниться/, "it stopped long ago");
    assert.match(chart, /Доступу зараз немає/);
    assert.equal(await page.getByRole("heading", { name: "Далі" }).count(), 0, "no empty list of what comes");
    assert.match(await textOf(page.getByRole("region", { name: "Що сталося" })), /Останній оплачений день.*Доступ зупинено/);
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
        const why = await contentOf(page.locator(".notice--warn"));
        assert.match(why, /^Поки не можна\. Доступ зупинено/);
        const sums = why.match(/\d+,\d\d ₴/g) ?? [];
        assert.equal(sums.length, 1, `${why} says what is missing, once`);
        assert.match(why, /Поповнити$/);
        for (const choice of await page.getByRole("radio").all()) {
          assert.equal(await choice.isDisabled(), true, "nothing can be confirmed, so nothing can be chosen");
        }
        assert.equal(await page.getByRole("button", { name: "До розрахунку" }).count(), 0);
      }
      await holds(person, `${name}-dark`);
    }
    await context.close();
  });
}

test("whoever is suspended is told why, and of nothing to come", async () => {
  const contract = contractOf("states", 4);
  await settledIn(contract);
  cabinet("subscriber", "suspend", contract, "--reason", "переїзд");
  const person = await visitor(opened.browser, "wide");
  const { page, context } = person;
  await signIn(person, contract, PASSWORD);
  await page.getByText(/Доступ призупинено оператором/).waitFor();
  await settled(page);
  assert.match(await textOf(page.getByRole("main")), /Причина: переїзд\. Підтримка: 0 800/);
  assert.equal(await page.getByRole("heading", { name: "Далі" }).count(), 0);
  const [panel, main] = await Promise.all([".balance", ".main"].map((part) => page.locator(part).boundingBox()));
  assert.ok(panel.width > main.width * 0.9, "the panel has the place to itself");
  await holds(person, "suspended");
  await page.goto("/tariffs");
  await page.getByText("Послугу призупинено").waitFor();
  for (const choice of await page.getByRole("radio").all()) {
    assert.equal(await choice.isDisabled(), true);
  }
  await holds(person, "suspended-tariffs");
  await context.close();
});

test("a change that cannot be taken back any more says so before and after it is paid", async () => {
  const contract = contractOf("states", 5);
  const me = await settledIn(contract);
  for (let times = 0; times < 3; times += 1) {
    const quote = await me("POST", "/me/tariff-change/quote", { tariff: "home-10" });
    await me("POST", `/me/quotes/${quote.id}/confirm`);
    await me("DELETE", "/me/tariff-change");
  }
  const person = await visitor(opened.browser, "wide");
  const { page, context } = person;
  await signIn(person, contract, PASSWORD);
  await page.locator(".contract").waitFor();
  await goTo(person, "Тариф");
  await page.locator("label.plan", { hasText: /Домашній 10(?!0)/ }).click();
  await page.getByRole("button", { name: "До розрахунку" }).click();
  const quote = page.getByRole("dialog");
  await quote.getByText("Скасувати цей перехід буде не можна").waitFor();
  await holds(person, "quote-final");
  await quote.getByRole("button", { name: /^Списати 25,00/ }).click();
  const planned = page.locator("#planned");
  await planned.getByText("Плата за перехід не повертається").waitFor();
  assert.equal(await planned.getByRole("button").count(), 0, "what would be refused is not offered");
  await holds(person, "planned-final");

  // What came back is no payment: neither in the month's sum nor among the day's colours.
  await goTo(person, "Виписка");
  await page.getByRole("grid").waitFor();
  const sums = await textOf(page.getByLabel("Підсумок місяця"));
  assert.match(sums, /Поповнення \+100,00 ₴/);
  await page.getByText("Список", { exact: true }).click();
  const returned = page.getByRole("row", { name: /Повернення/ }).first();
  await returned.waitFor();
  assert.equal(await returned.locator(".mark--in, .money--in").count(), 0);
  await context.close();
});

test("a short page needs no scrolling", async () => {
  // The demo lists nine sign-ins under its form.
  const person = await visitor(opened.browser, "wide", { viewport: { width: 1280, height: 960 } });
  const { page, context } = person;
  const fits = () => page.evaluate(() => document.scrollingElement.scrollHeight <= innerHeight);
  await page.goto("/");
  await page.getByText("Демонстраційні входи").waitFor();
  assert.equal(await fits(), true, "the form of sign-in");
  const { login, password } = demo.find(({ login }) => login === "0002");
  await signIn(person, login, password);
  await page.locator(".contract").waitFor();
  await page.setViewportSize({ width: 1280, height: 800 });
  for (const path of ["/settings", "/no-such-page"]) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await page.locator(".chip-balance").waitFor();
    assert.equal(await fits(), true, path);
  }
  await context.close();
});

test("whoever needs no payment is told until when", async () => {
  const contract = contractOf("states", 3);
  await settledIn(contract);
  const person = await visitor(opened.browser, "narrow");
  const { page, context } = person;
  const foretold = page.waitForRequest(/\/me\/forecast\?/);
  await signIn(person, contract, PASSWORD);
  await page.locator(".contract").waitFor();
  await settled(page);
  assert.match((await foretold).url(), /\?days=60$/);
  const told = await textOf(page.locator(".balance"));
  assert.match(told, /Поповнювати не треба: вистачить до \d+ [а-яіїє]+/);
  assert.doesNotMatch(told, / 0,00 ₴/);
  const next = await textOf(page.getByRole("region", { name: "Далі" }));
  assert.match(next, /за тарифом «Домашній 20»/);
  // A month's fee is told in words, with its sign: it is not taken on that day.
  assert.match(next, /Новий розрахунковий місяць −50,00 ₴ за весь місяць, щодня частинами, за тарифом «Домашній 20» \d/);
  assert.match(told, /стовпчик — день, вищий — понеділок/);
  await holds(person, "nothing-due");
  await context.close();
});

for (const [width, contract] of contractsOf("states", 20)) {
  test(`sums of thousands have room, and a doubt takes its day along, ${width}`, async () => {
    await settledIn(contract);
    cabinet("subscriber", "pay", contract, "12500.00", "--receipt", contract);
    cabinet("adjust", contract, "-1250.00", "--reason", "обладнання");
    const person = await visitor(opened.browser, width);
    const { page, context } = person;
    await signIn(person, contract, PASSWORD);
    await page.locator(".contract").waitFor();
    await goTo(person, "Виписка");
    await page.getByRole("grid").waitFor();
    await page.locator("td.day[aria-current=date]").click();
    const card = page.locator("#daycard");
    await card.getByText(/12.500,00/).first().waitFor();
    await holds(person, "statement-thousands");
    const heading = await textOf(card.getByRole("heading"));
    await card.getByRole("link", { name: "Щось не так із цим днем?" }).click();
    const day = heading.split(", ")[1];
    const told = page.getByRole("main").locator(".notice");
    await told.waitFor();
    assert.match(await textOf(told), new RegExp(`Про ${day} \\d{4}: `));
    await holds(person, "help-about-day");
    await context.close();
  });
}
