// A phone confirmed by the code of a message, and the SMS balance, wide and narrow.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PASSWORD, contractsOf, settledIn } from "./office.mjs";
import { goTo, hasFocus, holds, openBrowser, settled, signIn, visitor } from "./support.mjs";

let opened;
before(async () => {
  opened = await openBrowser();
});
after(() => opened?.close());

for (const [width, contract] of contractsOf("sms")) {
  describe(`a subscriber's phone and the SMS balance, ${width}`, { concurrency: false }, () => {
    const [one, two] = [`+38050${contract}001`, `+38067${contract}002`];
    let person;
    let page;
    let me;
    const card = () => page.getByRole("region", { name: "Телефон для SMS" });
    const code = () => card().getByLabel("Код із SMS, 6 цифр");
    const balance = () => page.getByRole("region", { name: "SMS-баланс" });
    const wishes = async () => (await me("GET", "/me/services/sms-balance")).wishes;
    before(async () => {
      me = await settledIn(contract);
      person = await visitor(opened.browser, width);
      page = person.page;
      await signIn(person, contract, PASSWORD);
      await page.locator(".contract").waitFor();
    });
    after(() => person?.context.close());

    test("without a confirmed phone messages cannot be switched on", async () => {
      await goTo(person, "Послуги");
      const messages = balance().getByRole("switch", { name: "Надсилати SMS" });
      await messages.waitFor();
      assert.ok(await messages.isDisabled());
      await holds(person, "sms-none");
      await balance().getByRole("link", { name: "До профілю" }).click();
      await page.getByLabel("Номер телефону").waitFor();
      assert.equal(await card().count(), 0, "there is nothing to confirm yet");
    });

    test("of several phones each can be confirmed, and the keyboard goes to where the code is typed", async () => {
      await page.getByLabel("Номер телефону").fill(`0-00-00; ${one}; ${two}`);
      await page.getByLabel("Пароль, щоб змінити контакти", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Зберегти", exact: true }).click();
      await card().getByRole("button", { name: `Надіслати код: ${two}` }).waitFor();
      await holds(person, "sms-phones");
      await card().getByRole("button", { name: `Надіслати код: ${one}` }).click();
      await code().waitFor();
      await hasFocus(page, "phone-code");
      await card().getByText(one, { exact: false }).first().waitFor();
      await card().getByText(/Новий код можна взяти через (1:00|0:5\d)/).waitFor();
      await holds(person, "sms-code");
      await code().fill("12");
      await code().press("Enter");
      await card().getByText("Код невірний", { exact: false }).waitFor();
      assert.equal(await code().getAttribute("aria-invalid"), "true");
    });

    test("the message lies on the demo's page, and its code confirms the phone", async () => {
      const [mailbox] = await Promise.all([
        person.context.waitForEvent("page"),
        card().getByRole("link", { name: "Листи й SMS демо" }).click(),
      ]);
      const message = mailbox.getByRole("article").filter({ hasText: one }).first();
      for (let tries = 0; tries < 200 && (await message.count()) === 0; tries += 1) {
        await mailbox.waitForLoadState();
        await mailbox.reload();
      }
      const digits = /\b\d{6}\b/.exec(await message.locator("pre").innerText())[0];
      await holds({ ...person, page: mailbox, faults: [] }, "sms-mailbox");
      await mailbox.close();
      await code().fill(digits);
      await card().getByRole("button", { name: "Підтвердити" }).click();
      await page.getByRole("status").getByText("Телефон підтверджено").waitFor();
      await hasFocus(page, "phone-h");
      assert.equal((await me("GET", "/me/profile")).sms_phone, one);
      await card().getByText("підтверджено", { exact: true }).waitFor();
      await holds(person, "sms-confirmed");
    });

    test("what is wished is kept, and the keyboard stays where it is", async () => {
      await goTo(person, "Послуги");
      const messages = balance().getByRole("switch", { name: "Надсилати SMS" });
      await messages.waitFor();
      await messages.check();
      await page.getByRole("status").getByText("Збережено").waitFor();
      await settled(page);
      assert.ok(await messages.evaluate((element) => element === document.activeElement));
      assert.deepEqual([(await wishes()).enabled, (await wishes()).threshold_days], [true, 3]);
      await balance().getByLabel("Нагадати, коли").selectOption("5");
      await balance().getByLabel("Баланс за календарем").selectOption("week");
      await balance().getByRole("switch", { name: "платіж зараховано" }).check();
      await settled(page);
      await holds(person, "sms-balance");
      for (let tries = 0; tries < 200 && !(await wishes()).on_payment; tries += 1) {
        await settled(page);
      }
      const kept = await wishes();
      assert.deepEqual([kept.threshold_days, kept.periodic, kept.on_payment], [5, { every: "week", day: 1 }, true]);
      assert.ok(await balance().getByRole("switch", { name: "Те саме на e-mail" }).isDisabled());
      await page.reload();
      await messages.waitFor();
      assert.ok(await messages.isChecked());
      assert.equal(await balance().getByLabel("Нагадати, коли").inputValue(), "5");
      assert.equal(await balance().getByLabel("Баланс за календарем").inputValue(), "week");
    });

    test("a phone that left the profile is told, and messages wait for another", async () => {
      await goTo(person, "Профіль");
      await page.getByLabel("Номер телефону").fill(two);
      await page.getByLabel("Пароль, щоб змінити контакти", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Зберегти", exact: true }).click();
      await card().getByText(one, { exact: true }).waitFor({ state: "detached" });
      await card().getByText("не підтверджено").waitFor();
      assert.equal((await me("GET", "/me/profile")).sms_phone, undefined);
      await goTo(person, "Послуги");
      await balance().getByText("Спершу підтвердьте телефон.").waitFor();
      await holds(person, "sms-lost");
    });
  });
}
