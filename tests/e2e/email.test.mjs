// An e-mail confirmed by the code of a letter, bills switched on, and the link of a letter, wide and narrow.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PASSWORD, contractsOf, settledIn } from "./office.mjs";
import { goTo, hasFocus, holds, openBrowser, rewritten, settled, signIn, visitor } from "./support.mjs";

let opened;
before(async () => {
  opened = await openBrowser();
});
after(() => opened?.close());

for (const [width, contract] of contractsOf("email")) {
  describe(`a subscriber's e-mail, ${width}`, { concurrency: false }, () => {
    const address = `ivan.${contract}@example.com`;
    let person;
    let page;
    let me;
    const card = () => page.getByRole("region", { name: "Ваш e-mail" });
    const code = () => card().getByLabel("Код із листа, 6 цифр");
    before(async () => {
      me = await settledIn(contract);
      person = await visitor(opened.browser, width);
      page = person.page;
      await signIn(person, contract, PASSWORD);
      await page.locator(".contract").waitFor();
    });
    after(() => person?.context.close());

    test("without a confirmed e-mail bills cannot be switched on", async () => {
      await goTo(person, "Рахунки");
      const bills = page.getByRole("switch", { name: "Рахунки на e-mail" });
      await bills.waitFor();
      assert.ok(await bills.isDisabled());
      await holds(person, "email-none");
      await page.getByRole("region", { name: "Рахунки на e-mail" }).getByRole("link", { name: "До профілю" }).click();
      await page.getByLabel("E-mail", { exact: true }).waitFor();
      assert.equal(await card().count(), 0, "there is nothing to confirm yet");
    });

    test("a code is asked for, and the keyboard goes to where it is typed", async () => {
      await page.getByLabel("E-mail", { exact: true }).fill(address);
      await page.getByLabel("Пароль, щоб змінити контакти", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Зберегти", exact: true }).click();
      await card().getByText("не підтверджено").waitFor();
      await card().getByRole("button", { name: "Надіслати код" }).click();
      await code().waitFor();
      await hasFocus(page, "email-code");
      await card().getByText(/Новий код можна взяти через (1:00|0:5\d)/).waitFor();
      assert.equal(await card().getByRole("button", { name: "Надіслати новий код" }).count(), 0);
      await holds(person, "email-code");
    });

    test("a wrong code is told in its place", async () => {
      await code().fill("12");
      await code().press("Enter");
      await card().getByText("Код невірний", { exact: false }).waitFor();
      assert.equal(await code().getAttribute("aria-invalid"), "true");
      await hasFocus(page, "email-code");
      await holds(person, "email-wrong-code");
    });

    test("what was asked for is still there after the page is loaded anew", async () => {
      await page.reload();
      await code().waitFor();
      await card().getByText(/Новий код можна взяти через 0:\d\d/).waitFor();
    });

    test("the letter lies in the demo's mailbox, and its code confirms the address", async () => {
      const [mailbox] = await Promise.all([
        person.context.waitForEvent("page"),
        card().getByRole("link", { name: "Листи й SMS демо" }).click(),
      ]);
      const letter = mailbox.getByRole("article").filter({ hasText: address }).first();
      for (let tries = 0; tries < 200 && (await letter.count()) === 0; tries += 1) {
        await mailbox.waitForLoadState();
        await mailbox.reload();
      }
      const digits = /^\d{6}$/m.exec(await letter.innerText())[0];
      assert.match(await letter.innerText(), new RegExp(`договору ${contract}`));
      await holds({ ...person, page: mailbox, faults: [] }, "email-mailbox");
      await mailbox.close();
      await code().fill(`${digits.slice(0, 3)} ${digits.slice(3)}`);
      await card().getByRole("button", { name: "Підтвердити" }).click();
      await page.getByRole("status").getByText("E-mail підтверджено").waitFor();
      await card().getByText("підтверджено", { exact: true }).waitFor();
      await hasFocus(page, "email-h");
      assert.equal((await me("GET", "/me/profile")).email_confirmed, true);
      await holds(person, "email-confirmed");
    });

    test("bills by e-mail are switched on, and stay on", async () => {
      await goTo(person, "Рахунки");
      const bills = page.getByRole("switch", { name: "Рахунки на e-mail" });
      await bills.check();
      await page.getByRole("status").getByText("Рахунки надходитимуть на e-mail").waitFor();
      await settled(page);
      assert.ok(await bills.evaluate((element) => element === document.activeElement), "the keyboard stays on the switch");
      await holds(person, "email-bills");
      await page.reload();
      await bills.waitFor();
      assert.ok(await bills.isChecked());
      assert.equal((await me("GET", "/me/profile")).email_bills, true);
      await bills.uncheck();
      await page.getByRole("status").getByText("Рахунки на e-mail вимкнено").waitFor();
      assert.equal((await me("GET", "/me/profile")).email_bills, false);
    });

    test("wishes that follow each other fast arrive in their order", async () => {
      const bills = page.getByRole("switch", { name: "Рахунки на e-mail" });
      let release;
      const held = new Promise((resolve) => {
        release = resolve;
      });
      const asked = [];
      await page.route("**/me/services/email-bills", async (route) => {
        asked.push(route.request().postDataJSON().enabled);
        // The first one is slow on its way.
        if (asked.length === 1) await held;
        await route.continue();
      });
      await bills.check();
      await bills.uncheck();
      await page.evaluate(() => new Promise(requestAnimationFrame));
      assert.deepEqual(asked, [true], "the second waits for the first");
      const answered = page.waitForResponse((answer) => answer.request().postDataJSON()?.enabled === false);
      release();
      await answered;
      await settled(page);
      assert.deepEqual(asked, [true, false]);
      assert.equal(await bills.isChecked(), false);
      assert.equal((await me("GET", "/me/profile")).email_bills, false);
      await page.unroute("**/me/services/email-bills");
    });

    test("another address is to be confirmed anew", async () => {
      await goTo(person, "Профіль");
      await page.getByLabel("E-mail", { exact: true }).fill(`new.${address}`);
      await page.getByLabel("Пароль, щоб змінити контакти", { exact: true }).fill(PASSWORD);
      await page.getByRole("button", { name: "Зберегти", exact: true }).click();
      await card().getByText("не підтверджено").waitFor();
      await card().getByRole("button", { name: "Надіслати код" }).waitFor();
      assert.equal((await me("GET", "/me/profile")).email_confirmed, false);
    });

    test("an address that fails is told on the overview and in the profile", async () => {
      const failing = await rewritten(page, /\/api\/v1\/me(\/profile)?$/, (person) => ({ ...person, email_failing: true }));
      await page.goto("/");
      const told = page.getByText("Листи на ваш e-mail повертаються", { exact: false });
      await told.waitFor();
      await holds(person, "email-failing");
      await page.getByRole("main").getByRole("link", { name: "До профілю" }).click();
      await card().getByText("Листи на ваш e-mail повертаються", { exact: false }).waitFor();
      await holds(person, "email-failing-profile");
      await failing.end();
    });
  });
}
