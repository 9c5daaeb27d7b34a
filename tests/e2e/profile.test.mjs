// What one changes of oneself: contacts at once, a name by support, a login of one's own, sessions ended elsewhere.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PASSWORD, settledIn } from "./office.mjs";
import { api, focused, goTo, holds, openBrowser, settled, signIn, textOf, visitor } from "./support.mjs";

let opened;
before(async () => {
  opened = await openBrowser();
});
after(() => opened?.close());

for (const [width, contract] of [
  ["wide", "7201"],
  ["narrow", "7202"],
]) {
  describe(`a subscriber's own data, ${width}`, { concurrency: false }, () => {
    let person;
    let page;
    let me;
    const field = (label) => page.getByLabel(label, { exact: true });
    const save = () => page.getByRole("button", { name: "Зберегти", exact: true }).click();
    before(async () => {
      me = await settledIn(contract);
      person = await visitor(opened.browser, width);
      page = person.page;
      await signIn(person, contract, PASSWORD);
      await page.locator(".contract").waitFor();
      await goTo(person, "Профіль");
      await field("Прізвище").waitFor();
      await settled(page);
    });
    after(() => person?.context.close());

    test("contacts are saved at once", async () => {
      await field("Номер телефону").fill("0-72-00");
      await save();
      await page.getByRole("status").getByText("Збережено", { exact: true }).waitFor();
      assert.equal((await me("GET", "/me/profile")).phones, "0-72-00");
    });

    test("a new name and address wait for support, and what else was typed stays", async () => {
      await field("Логін").fill("not.saved.yet");
      await field("Прізвище").fill("Роз’єднаний");
      await field("Адреса підключення").fill("вул. Нова, 7");
      await save();
      await page.getByRole("status").getByText(/чекають на підтримку/).waitFor();
      const waiting = page.getByRole("region", { name: "Запити до підтримки" });
      const told = await textOf(waiting);
      assert.match(told, /Роз’єднаний/);
      assert.match(told, /вул\. Нова, 7/);
      assert.equal(await field("Прізвище").inputValue(), "Об’єднаний", "until support decides the name is the old one");
      assert.equal(await field("Логін").inputValue(), "not.saved.yet");
      await holds(person, "profile-requests");
    });

    test("the network may blink while a form is filled in", async () => {
      await field("Номер телефону").fill("0-72-99");
      await person.context.setOffline(true);
      await save();
      await page.getByText("Немає з’єднання з кабінетом").waitFor();
      await person.context.setOffline(false);
      await settled(page);
      await page.evaluate(() => fetch("/api/v1/health/live").then((answer) => answer.text()));
      assert.equal(await field("Номер телефону").inputValue(), "0-72-99");
      await save();
      await page.getByRole("status").getByText("Збережено", { exact: true }).waitFor();
    });

    test("a wrong field is named, and the keyboard goes to what is said about it", async () => {
      await field("E-mail").fill("nobody");
      await save();
      await page.getByText("Перевірте, чи правильно введено").waitFor();
      assert.equal(await focused(page), "profile-summary");
      assert.equal(await field("E-mail").getAttribute("aria-invalid"), "true");
      await holds(person, "profile-refused");
      await field("E-mail").fill("");
    });

    test("a login of one's own opens the cabinet", async () => {
      await field("Прізвище").fill("Надрукований");
      await field("Логін").fill(`own.${contract}`);
      await field("Пароль для підтвердження").fill("not this one");
      await page.getByRole("button", { name: "Зберегти логін" }).click();
      await page.getByText("Логін не змінено.").waitFor();
      await field("Пароль для підтвердження").fill(PASSWORD);
      await page.getByRole("button", { name: "Зберегти логін" }).click();
      await page.getByText("Логін змінено.", { exact: false }).first().waitFor();
      assert.equal(await field("Прізвище").inputValue(), "Надрукований", "the other form keeps what was typed");
      await api(`own.${contract}`, PASSWORD);
    });

    test("a session elsewhere is seen and ended", async () => {
      const elsewhere = await visitor(opened.browser, "wide", { userAgent: "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0" });
      await signIn(elsewhere, contract, PASSWORD);
      await elsewhere.page.locator(".contract").waitFor();
      await page.reload();
      const places = page.getByRole("region", { name: "Де виконано вхід" });
      await places.getByText("ви тут").waitFor();
      await holds(person, "sessions");
      await places.getByRole("button", { name: "Завершити: Windows, Firefox" }).click();
      await page.getByText("Сеанс завершено").waitFor();
      await places.getByText("Windows, Firefox").waitFor({ state: "detached" });
      assert.equal(await focused(page), "places-h");
      await elsewhere.page.goto("/tariffs");
      await elsewhere.page.getByRole("button", { name: "Увійти", exact: true }).waitFor();
      await elsewhere.context.close();
    });
  });
}
