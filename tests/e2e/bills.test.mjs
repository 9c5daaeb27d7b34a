// Bills: the list, one of them line by line, and the way to pay it, wide and narrow.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { contentOf, demoSignIns, goTo, hasFocus, holds, openBrowser, rewritten, settled, signIn, textOf, visitor } from "./support.mjs";

let opened;
let password;

before(async () => {
  opened = await openBrowser();
  password = (await demoSignIns()).find(({ login }) => login === "0000").password;
});
after(() => opened?.close());

for (const width of ["wide", "narrow"]) {
  describe(`a subscriber reads bills, ${width}`, { concurrency: false }, () => {
    let person;
    let page;
    before(async () => {
      person = await visitor(opened.browser, width);
      page = person.page;
      await signIn(person, "0000", password);
      await page.locator(".balance").waitFor();
    });
    after(() => person?.context.close());

    const list = () => page.getByRole("table", { name: "Виставлені рахунки" });
    const bill = (number) => page.getByRole("region", { name: number });

    test("the newest bill lies open beside the list", async () => {
      await goTo(person, "Рахунки");
      await page.getByRole("heading", { level: 1, name: "Рахунки" }).waitFor();
      await hasFocus(page, "main");
      await list().waitFor();
      const newest = await list().getByRole("link").first().textContent();
      await bill(newest).waitFor();
      assert.equal(await list().getByRole("link").first().getAttribute("aria-current"), "true");
      await holds(person, "bills");
    });

    test("another bill is opened by the keyboard and has an address of its own", async () => {
      const wanted = list().getByRole("link", { name: "0000-2014-12" });
      await wanted.focus();
      await page.keyboard.press("Enter");
      await bill("0000-2014-12").waitFor();
      assert.match(page.url(), /\/bills\?bill=2014-12$/);
      assert.equal(await page.evaluate(() => document.activeElement.textContent), "0000-2014-12", "the list stays as it is");
      const shown = await contentOf(bill("0000-2014-12"));
      for (const part of ["25,80 ₴", "сплачено", "Послуги за грудень50,00", "Залишок на 1 грудня−24,20", "До сплати, ₴25,80"]) {
        assert.ok(shown.includes(part), `${part} in ${shown}`);
      }
      assert.ok(shown.includes("Абонплата, Домашній 201 день, 30.11; 50,00 за місяць−1,67"), shown);
      assert.equal(await bill("0000-2014-12").getByRole("link", { name: "Сплатити" }).count(), 0, "it is paid");
    });

    test("the manual's December is closed as its statement says", async () => {
      await list().getByRole("link", { name: "0000-2015-01" }).click();
      const january = bill("0000-2015-01");
      await january.waitFor();
      const shown = await contentOf(january);
      for (const part of ["Залишок на 1 грудня24,20", "23 дні, 01.12–23.12; 50,00 за місяць−37,10", "+50,00", "Залишок на 1 січня37,10"]) {
        assert.ok(shown.includes(part), `${part} in ${shown}`);
      }
      await holds(person, "bill");
      await page.goBack();
      await bill("0000-2014-12").waitFor();
    });
  });

  describe(`a blocked subscriber pays a bill, ${width}`, { concurrency: false }, () => {
    let person;
    let page;
    before(async () => {
      person = await visitor(opened.browser, width);
      page = person.page;
      await signIn(person, "0001", password);
      await page.locator(".balance").waitFor();
    });
    after(() => person?.context.close());

    test("an open bill leads to the pay page with its sum", async () => {
      await goTo(person, "Рахунки");
      const open = page.getByRole("region", { name: /^0001-/ });
      await open.waitFor();
      await holds(person, "bill-open");
      const number = await open.getByRole("heading").textContent();
      const sum = await textOf(open.locator(".bill__sum"));
      await open.getByRole("link", { name: "Сплатити" }).click();
      await page.getByRole("heading", { level: 1, name: "Поповнити рахунок" }).waitFor();
      const chosen = page.getByRole("radio", { name: new RegExp(`за рахунком ${number}$`) });
      await chosen.waitFor();
      assert.ok(await chosen.isChecked());
      const pays = page.getByRole("button", { name: /^Сплатити \d/ });
      assert.ok((await textOf(pays)).endsWith(sum), `${await textOf(pays)}, not ${sum}`);
      await holds(person, "pay-bill");
      await pays.click();
      await page.getByText("Гроші тут несправжні.", { exact: false }).waitFor();
      assert.match(await contentOf(page.getByRole("main")), new RegExp(`рахунок ${number}`));
      await page.getByRole("button", { name: "Відхилено", exact: true }).click();
      await page.getByText("Платіж не пройшов.", { exact: false }).waitFor();
      await settled(page);
      await page.getByRole("link", { name: "Спробувати ще раз" }).click();
      await chosen.waitFor();
      assert.ok(await chosen.isChecked(), "it is the same bill");
      assert.ok((await textOf(pays)).endsWith(sum));
    });

    test("of a bill that is more than may be paid at once a part is paid", async () => {
      const id = /bill=(\d{4}-\d\d)$/.exec(page.url())[1];
      const told = await rewritten(page, `**/api/v1/me/bills/${id}`, (bill) => ({
        ...bill,
        brief: { ...bill.brief, missing: "20000.00" },
      }));
      await page.reload();
      await page.getByRole("radio", { name: /^14.999,00 ₴ частина рахунку 0001-\d{4}-\d\d: усього 20.000,00 ₴$/ }).waitFor();
      await page.getByRole("button", { name: /^Сплатити 14.999,00 ₴$/ }).waitFor();
      await told.end();
    });

    test("the pay page without a bill offers days alone", async () => {
      await page.goto("/pay?bill=1999-01");
      await page.getByRole("group", { name: "Сума" }).waitFor();
      assert.equal(await page.getByText(/за рахунком/).count(), 0);
    });
  });
}
