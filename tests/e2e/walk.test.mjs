// The whole walk of a subscriber, wide and narrow: sign in, overview, the manual's December, a change of tariff and its
// taking back, profile, settings, help, sign out.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  contentOf,
  december,
  demoSignIns,
  figure,
  goTo,
  hasFocus,
  holds,
  monthsFirst,
  openBrowser,
  settled,
  signIn,
  textOf,
  visitor,
} from "./support.mjs";

let opened;
let password;

before(async () => {
  opened = await openBrowser();
  password = (await demoSignIns()).find(({ login }) => login === "0000").password;
});
after(() => opened?.close());

for (const width of ["wide", "narrow"]) {
  describe(`a subscriber walks through the cabinet, ${width}`, { concurrency: false }, () => {
    let subscriber;
    let page;
    before(async () => {
      subscriber = await visitor(opened.browser, width);
      page = subscriber.page;
    });
    after(() => subscriber?.context.close());

    test("the sign-in page says how a lost password is restored", async () => {
      await page.goto("/");
      await page.getByRole("heading", { level: 1, name: "Особистий кабінет" }).waitFor();
      await page.getByText("Забули пароль?").click();
      await page.getByText("одноразовий код").first().waitFor();
      await holds(subscriber, "sign-in");
    });

    test("a wrong password is refused in words that tell nothing more", async () => {
      await signIn(subscriber, "0000", "not this one");
      await page.getByText("Введено невірний логін або пароль").waitFor();
      await holds(subscriber, "sign-in-refused");
    });

    test("signing in leads to the overview", async () => {
      await signIn(subscriber, "0000", password);
      await page.getByRole("heading", { level: 1, name: /Огляд/ }).waitFor();
      await settled(page);
      const main = page.getByRole("main");
      const shown = await textOf(main);
      assert.match(shown, /Вистачить до \d+ [а-яіїє]+/i);
      await main.getByRole("img", { name: /Баланс/ }).first().waitFor();
      const whole = await textOf(page.locator("body"));
      for (const part of ["0000", "Домашній 20", "Активний"]) {
        assert.ok(whole.includes(part), `the page shows no ${part}`);
      }
      await holds(subscriber, "overview");
    });

    test("the statement shows December 2014 as the manual prints it", async () => {
      await goTo(subscriber, "Виписка");
      await page.getByRole("heading", { level: 1, name: "Виписка" }).waitFor();
      await hasFocus(page, "main");
      await settled(page);
      await page.getByRole("combobox", { name: "Рік" }).selectOption("2014");
      await page.getByRole("combobox", { name: "Місяць" }).selectOption("Грудень");
      const calendar = page.getByRole("grid", { name: /грудень 2014/i });
      await calendar.waitFor();

      const weeks = [];
      for (const head of await calendar.getByRole("rowheader").all()) {
        weeks.push(Number((await contentOf(head)).replace(/\D+/g, "")));
      }
      assert.deepEqual(weeks, december.iso_weeks);

      const cell = (day) => calendar.getByRole("gridcell", { name: `, ${day} грудня: ` });
      const charged = new Map(december.entries.map((entry) => [entry.posted, figure(entry.amount)]));
      for (let day = 1; day <= december.days_in_month; day += 1) {
        const sum = await cell(day).locator(".day__sum").allTextContents();
        assert.deepEqual(sum, charged.has(day) ? [charged.get(day)] : [], `the charge of day ${day}`);
      }
      assert.match(await contentOf(cell(21)), /див\. 22/);
      assert.match(await contentOf(cell(10)), /\+50,00/);

      const sums = await textOf(page.getByLabel("Підсумок місяця"));
      for (const sum of [december.opening, december.payments[0].amount, december.charged_total, december.closing]) {
        assert.ok(sums.includes(figure(sum)), `${sums} lacks ${sum}`);
      }

      await cell(22).click();
      await page.getByRole("heading", { name: /^Понеділок, 22 грудня/ }).waitFor();
      const arithmetic = await textOf(page.locator("#daycard"));
      for (const part of ["50,00 × 22/31", "35,48", "32,26", "3,22"]) {
        assert.ok(arithmetic.includes(part), `${arithmetic} lacks ${part}`);
      }
      await holds(subscriber, "statement");
    });

    test("arrows of the keyboard walk the calendar", async () => {
      const calendar = page.getByRole("grid", { name: /грудень 2014/i });
      await calendar.getByRole("gridcell", { name: ", 22 грудня: " }).focus();
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { name: /^Понеділок, 15 грудня/ }).waitFor();

      const lands = (day) => page.locator(`[data-date='${day}']:focus`).waitFor();
      await page.keyboard.press("PageUp");
      await lands("2014-11-15");
      await page.keyboard.press("PageDown");
      await lands("2014-12-15");
      await calendar.getByRole("gridcell", { name: ", 15 грудня: " }).click();
    });

    test("the list tells the same month", async () => {
      await page.getByText("Список", { exact: true }).click();
      const rows = page.getByRole("table", { name: /грудень 2014/i });
      await rows.waitFor();
      const shown = await textOf(rows);
      for (const { amount } of december.entries) {
        assert.ok(shown.includes(figure(amount)), `the list lacks ${amount}`);
      }
      assert.match(shown, /\+50,00/);
      await holds(subscriber, "statement-list");
      await page.getByText("Календар", { exact: true }).click();
    });

    test("months are turned one by one", async () => {
      const months = page.getByRole("navigation", { name: "Місяць і рік" });
      const choice = page.getByRole("combobox", { name: "Місяць" });
      const year = page.getByRole("combobox", { name: "Рік" });
      const chosen = async () => `${await year.inputValue()}-${(await choice.inputValue()).padStart(2, "0")}`;
      const arrow = months.getByRole("link").first();
      await arrow.focus();
      await page.keyboard.press("Enter");
      await page.getByRole("grid", { name: /листопад 2014/i }).waitFor();
      assert.equal(await chosen(), "2014-11");
      assert.match(await page.title(), /^Виписка, листопад 2014 · /);
      assert.equal(await arrow.getAttribute("aria-disabled"), "true", "no month before the contract");
      assert.ok(await arrow.evaluate((arrow) => arrow === document.activeElement), "the keyboard stays on the arrow");
      await months.getByRole("link", { name: /Наступний місяць/ }).click();
      await page.getByRole("grid", { name: /грудень 2014/i }).waitFor();
      assert.equal(await chosen(), "2014-12");
      assert.match(await page.title(), /^Виписка, грудень 2014 · /);
      await page.goBack();
      await page.getByRole("grid", { name: /листопад 2014/i }).waitFor();
      assert.equal(await chosen(), "2014-11");
      await page.goForward();
      await page.getByRole("grid", { name: /грудень 2014/i }).waitFor();

      // A year of which the contract has not every month leads to the nearest one.
      await year.selectOption("2015");
      await page.getByRole("grid", { name: /грудень 2015/i }).waitFor();
      await choice.selectOption("Вересень");
      await page.getByRole("grid", { name: /вересень 2015/i }).waitFor();
      await year.selectOption("2014");
      await page.getByRole("grid", { name: /листопад 2014/i }).waitFor();
      assert.equal(await choice.locator("option", { hasText: "Жовтень" }).isDisabled(), true);
      await choice.selectOption("Грудень");
      await page.getByRole("grid", { name: /грудень 2014/i }).waitFor();
    });

    test("an address opened anew shows the same page", async () => {
      await page.reload();
      await page.getByRole("grid", { name: /грудень 2014/i }).waitFor();
      assert.match(await page.title(), /Виписка/);
    });

    test("a dearer tariff is compared, a cheaper one quoted, confirmed and taken back", async () => {
      await goTo(subscriber, "Тариф");
      await page.getByRole("heading", { level: 1, name: "Тариф" }).waitFor();
      const choose = (name) => page.locator("label.plan", { hasText: name }).click();
      await choose("Домашній 100");
      await page.getByRole("heading", { name: "Домашній 100" }).waitFor();
      await choose(/Домашній 10(?!0)/);
      await page.getByRole("heading", { name: "Домашній 10", exact: true }).waitFor();
      await holds(subscriber, "tariffs");

      await page.getByRole("button", { name: "До розрахунку" }).click();
      await page.getByRole("dialog").waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "hidden" });
      const asked = page.getByRole("button", { name: "До розрахунку" });
      assert.ok(await asked.evaluate((button) => button === document.activeElement), "leaving leads back to the button");
      await asked.click();
      const quote = page.getByRole("dialog", { name: "Перехід на «Домашній 10»" });
      await quote.waitFor();
      const told = await textOf(quote);
      assert.match(told, /25,00/);
      assert.match(told, /40,00/);
      assert.ok(told.includes(`Почне діяти ${monthsFirst()}`), told);
      await holds(subscriber, "tariffs-quote");

      await quote.getByRole("button", { name: /^Списати 25,00/ }).click();
      await quote.waitFor({ state: "hidden" });
      await page.getByRole("main").getByText(`Тариф «Домашній 10» почне діяти ${monthsFirst()}`).waitFor();
      await page.waitForFunction(() => document.activeElement.id === "planned");
      await holds(subscriber, "tariffs-planned");

      await page.getByRole("main").getByRole("button", { name: "Скасувати", exact: true }).click();
      const doubt = page.getByRole("dialog", { name: "Скасувати перехід?" });
      await doubt.waitFor();
      await holds(subscriber, "tariffs-cancel");
      await doubt.getByRole("button", { name: "Скасувати перехід" }).click();
      await doubt.waitFor({ state: "hidden" });
      await page.getByText("Перехід скасовано").waitFor();
      await page.getByText("Тариф «Домашній 10» почне діяти").waitFor({ state: "hidden" });
      await page.waitForFunction(() => document.activeElement.id === "main");
      await holds(subscriber, "tariffs-cancelled");
    });

    test("the profile shows the person and takes a new password", async () => {
      await goTo(subscriber, "Профіль");
      await page.getByRole("heading", { level: 1, name: "Профіль" }).waitFor();
      await settled(page);
      for (const [label, value] of [
        ["Прізвище", "Іванов"],
        ["Ім’я", "Іван"],
        ["По батькові", "Іванович"],
      ]) {
        assert.equal(await page.getByLabel(label, { exact: true }).inputValue(), value);
      }
      await holds(subscriber, "profile");

      const wished = `рушник на паркані ${width}`;
      await page.getByLabel("Старий пароль", { exact: true }).fill(password);
      await page.getByLabel("Новий пароль", { exact: true }).fill(wished);
      await page.getByLabel("Підтвердження пароля", { exact: true }).fill(wished);
      await page.getByRole("button", { name: "Зберегти пароль" }).click();
      await page.getByRole("status").filter({ hasText: /[Пп]ароль/ }).first().waitFor();
      password = wished;
    });

    test("settings change the language and the theme", async () => {
      await goTo(subscriber, "Налаштування");
      await page.getByRole("heading", { level: 1, name: "Налаштування" }).waitFor();
      await holds(subscriber, "settings");
      await page.getByText("Темна", { exact: true }).click();
      await page.locator("html[data-theme=dark]").waitFor();
      await holds(subscriber, "settings-dark");
      await page.getByText("English", { exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
      assert.equal(await page.locator("html").getAttribute("lang"), "en");
      await page.getByText("Українська", { exact: true }).click();
      await page.getByRole("heading", { level: 1, name: "Налаштування" }).waitFor();
      await page.getByText("Системна", { exact: true }).click();
    });

    test("help answers and names the provider", async () => {
      await goTo(subscriber, "Допомога");
      await page.getByRole("heading", { level: 1, name: "Допомога" }).waitFor();
      await settled(page);
      await page.getByRole("main").getByRole("link", { name: /\d{3}/ }).first().waitFor();
      const connection = page.getByRole("region", { name: "Стан підключення", exact: true });
      await connection.getByText("доступ працює", { exact: true }).waitFor();
      await connection.getByText("Мбіт/с до вас").waitFor();
      await holds(subscriber, "help");
    });

    test("signing out leads back, and the new password signs in", async () => {
      await goTo(subscriber, "Вийти");
      await page.getByRole("button", { name: "Увійти", exact: true }).waitFor();
      await page.goto("/profile");
      await page.getByRole("button", { name: "Увійти", exact: true }).waitFor();
      await signIn(subscriber, "0000", password);
      await page.getByRole("main").waitFor();
      await page.locator(".contract").waitFor();
    });
  });
}
