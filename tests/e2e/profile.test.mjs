// What one changes of oneself: contacts at once, a name by support, a login of one's own, sessions ended elsewhere.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PASSWORD, contractsOf, settledIn } from "./office.mjs";
import { api, goTo, hasFocus, holds, openBrowser, settled, signIn, textOf, visitor } from "./support.mjs";

let opened;
before(async () => {
  opened = await openBrowser();
});
after(() => opened?.close());

for (const [width, contract] of contractsOf("profile")) {
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

    const secret = () => field("Пароль, щоб змінити контакти");

    test("contacts are saved at once, with the password that is asked for them", async () => {
      assert.equal(await secret().count(), 0, "nothing else asks for it");
      await field("Номер телефону").fill("0-72-00");
      await save();
      await page.locator("#profile-password-error").getByText("введіть свій пароль").waitFor();
      await hasFocus(page, "profile-password");
      await holds(person, "profile-password");
      await secret().fill("not this one");
      await save();
      await page.locator("#profile-password-error").getByText("Пароль введено невірно").waitFor();
      assert.equal((await me("GET", "/me/profile")).phones, "");
      await secret().fill(PASSWORD);
      await save();
      await page.getByRole("status").getByText("Збережено", { exact: true }).waitFor();
      assert.equal((await me("GET", "/me/profile")).phones, "0-72-00");
      await secret().waitFor({ state: "detached" });
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
      await secret().fill(PASSWORD);
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
      await hasFocus(page, "profile-summary");
      assert.equal(await field("E-mail").getAttribute("aria-invalid"), "true");
      await holds(person, "profile-refused");
      await field("E-mail").fill("");
    });

    test("a login of one's own opens the cabinet", async () => {
      await field("Прізвище").fill("Надрукований");
      const places = page.getByRole("region", { name: "Де виконано вхід" });
      await places.getByRole("button", { name: /^Завершити/ }).first().waitFor();
      await field("Логін").fill("0abc");
      await field("Пароль для підтвердження").fill("");
      await page.getByRole("button", { name: "Зберегти логін" }).click();
      await page.getByText("Логін не змінено.").waitFor();
      assert.equal(await page.getByText("3–32 латинські літери").count(), 1, "what a login may be is said once");
      for (const label of ["Логін", "Пароль для підтвердження"]) {
        assert.equal(await field(label).getAttribute("aria-invalid"), "true", label);
      }
      await field("Логін").fill(`own.${contract}`);
      await field("Пароль для підтвердження").fill("not this one");
      await page.getByRole("button", { name: "Зберегти логін" }).click();
      await page.getByText("Логін не змінено.").waitFor();
      await field("Пароль для підтвердження").fill(PASSWORD);
      await page.getByRole("button", { name: "Зберегти логін" }).click();
      await page.getByText("Логін змінено.", { exact: false }).first().waitFor();
      assert.equal(await field("Прізвище").inputValue(), "Надрукований", "the other form keeps what was typed");
      // `me` of this test was a session elsewhere, and has ended.
      await places.getByRole("button", { name: /^Завершити/ }).first().waitFor({ state: "detached" });
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
      await hasFocus(page, "places-h");
      await elsewhere.page.goto("/tariffs");
      await elsewhere.page.getByRole("button", { name: "Увійти", exact: true }).waitFor();
      await elsewhere.context.close();
    });

    test("what was done is read, and everything kept is taken home", async () => {
      const history = page.getByRole("region", { name: "Історія змін" });
      await history.getByRole("button", { name: "Показати" }).click();
      await history.getByText("Змінено логін").first().waitFor();
      assert.match(await textOf(history), /Укладено договір[\s\S]*працівник/);
      await holds(person, "history");
      const secret = field("Пароль, щоб завантажити");
      await page.getByRole("button", { name: "Завантажити архів" }).click();
      await page.locator("#data-password-error").waitFor();
      await secret.fill(PASSWORD);
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Завантажити архів" }).click(),
      ]);
      assert.match(file.suggestedFilename(), /^cabinet-.*\.zip$/);
    });

    test("who wants to be forgotten asks, and may think better of it", async () => {
      const data = page.getByRole("region", { name: "Мої дані" });
      await data.getByRole("button", { name: "Попросити видалити дані" }).click();
      const waiting = page.getByRole("region", { name: "Запити до підтримки" });
      await waiting.getByText("Видалення персональних даних").waitFor();
      await holds(person, "erasure-asked");
      await data.getByRole("button", { name: "Відкликати запит" }).click();
      await waiting.getByText("Видалення персональних даних").waitFor({ state: "detached" });
    });

    test("everything wrong with a new password is told at once, and the name goes with it", async () => {
      const [old, wish, again] = ["Старий пароль", "Новий пароль", "Підтвердження пароля"].map(field);
      assert.equal(await page.locator("input[name=username]").inputValue(), `own.${contract}`);
      await wish.fill("коротко");
      await again.fill("інакше");
      await page.getByRole("button", { name: "Зберегти пароль" }).click();
      await page.getByText("Введіть старий пароль").waitFor();
      await page.locator("#new-password-error").getByText("Пароль закороткий").waitFor();
      assert.equal(await page.getByText("Щонайменше 10 символів").count(), 1, "what a password must be is said once");
      await page.getByText("Паролі не збігаються").waitFor();
      await holds(person, "password-refused");
      // What only the server knows of is told with the rest.
      await old.fill(PASSWORD);
      await wish.fill(contract);
      await again.fill(contract);
      await page.getByRole("button", { name: "Зберегти пароль" }).click();
      const why = page.locator("#new-password-error");
      await why.getByText(/закороткий.*номера договору/).waitFor();
    });

    test("a new password ends the other sessions, and the list says so", async () => {
      const elsewhere = await visitor(opened.browser, "wide", { userAgent: "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0" });
      await signIn(elsewhere, contract, PASSWORD);
      await elsewhere.page.locator(".contract").waitFor();
      await elsewhere.context.close();
      await page.reload();
      const places = page.getByRole("region", { name: "Де виконано вхід" });
      await places.getByText("Windows, Firefox").waitFor();
      const wished = "яблуні над річкою";
      await field("Старий пароль").fill(PASSWORD);
      await field("Новий пароль").fill(wished);
      await field("Підтвердження пароля").fill(wished);
      await page.getByRole("button", { name: "Зберегти пароль" }).click();
      await page.getByText("Пароль змінено.", { exact: false }).first().waitFor();
      await places.getByText("Windows, Firefox").waitFor({ state: "detached" });
      await places.getByText("ви тут").waitFor();
    });
  });
}
