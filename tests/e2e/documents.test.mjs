// Documents kept as files, entries of a kind, and a year by months, wide and narrow.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { contentOf, demoSignIns, december, figure, goTo, holds, openBrowser, settled, signIn, visitor } from "./support.mjs";

let opened;
let password;

before(async () => {
  opened = await openBrowser();
  password = (await demoSignIns()).find(({ login }) => login === "0000").password;
});
after(() => opened?.close());

for (const width of ["wide", "narrow"]) {
  describe(`a subscriber keeps documents, ${width}`, { concurrency: false }, () => {
    let person;
    let page;
    before(async () => {
      person = await visitor(opened.browser, width, { acceptDownloads: true });
      page = person.page;
      await signIn(person, "0000", password);
      await page.locator(".balance").waitFor();
    });
    after(() => person?.context.close());

    /** Presses a button; the name and the bytes of the file it gives. */
    const kept = async (button) => {
      const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
      return [download.suggestedFilename(), readFileSync(await download.path())];
    };
    const files = () => page.getByRole("group", { name: "Завантажити" });

    test("a month is kept for eyes and for a spreadsheet", async () => {
      await page.goto("/statement?month=2014-12");
      await files().waitFor();
      await holds(person, "statement-files");
      const [pdf, drawn] = await kept(files().getByRole("button", { name: "PDF" }));
      assert.equal(pdf, "statement-0000-2014-12.pdf");
      assert.equal(drawn.subarray(0, 5).toString(), "%PDF-");
      const [csv, table] = await kept(files().getByRole("button", { name: "CSV" }));
      assert.equal(csv, "statement-0000-2014-12.csv");
      const lines = table.toString().split("\r\n");
      assert.ok(lines[0].startsWith("\ufeffДата;Операція;"), lines[0]);
      const entries = december.entries.length + december.payments.length;
      assert.equal(lines.length, 1 + 1 + entries + 1 + 1, "headings, a balance, every entry, a balance, the end");
      for (const button of await files().getByRole("button").all()) {
        const { height, width: across } = await button.boundingBox();
        assert.ok(height >= 44 && across >= 44, `${height} × ${across}`);
      }
    });

    test("a file that does not come is told in place", async () => {
      await page.route("**/statement.pdf*", (route) => route.abort());
      const button = files().getByRole("button", { name: "PDF" });
      await button.click();
      await page.getByText("Немає з’єднання з кабінетом.", { exact: false }).waitFor();
      assert.equal(await button.getAttribute("aria-busy"), null);
      await page.unroute("**/statement.pdf*");
      assert.equal((await kept(button))[0], "statement-0000-2014-12.pdf");
      assert.equal(await page.getByText("Немає з’єднання з кабінетом.", { exact: false }).count(), 0);
    });

    test("entries of one kind are listed alone", async () => {
      await page.goto("/statement?month=2014-12&view=list");
      const choice = page.getByLabel("Операції", { exact: true });
      await choice.waitFor();
      const rows = () => page.getByRole("table").locator("tbody tr");
      const all = await rows().count();
      await choice.selectOption({ label: "Готівка в офісі" });
      await page.getByText("Разом").waitFor();
      assert.equal(await rows().count(), 1);
      assert.ok((await contentOf(rows().first())).includes("+50,00"));
      assert.equal(await page.evaluate(() => document.activeElement.id), "kind", "the choice keeps the keyboard");
      await holds(person, "statement-kind");
      await page.getByRole("link", { name: "Наступний місяць, Січень 2015" }).click();
      await page.getByText("Січень 2015: таких операцій немає").waitFor();
      await page.goBack();
      await choice.selectOption({ label: "Усі операції" });
      await rows().nth(all - 1).waitFor();
      assert.equal(await rows().count(), all);
    });

    test("a year stands month by month, for eyes and for whoever is read to", async () => {
      await page.goto("/statement?month=2014-12");
      await page.getByRole("link", { name: "2014 рік за місяцями" }).click();
      await page.getByRole("heading", { level: 1, name: "Виписка за 2014 рік" }).waitFor();
      const table = page.getByRole("table", { name: "2014 рік за місяцями" });
      const row = table.getByRole("row", { name: /^Грудень/ });
      const told = await contentOf(row);
      for (const sum of ["50.00", december.charged_total, december.closing]) {
        assert.ok(told.includes(figure(sum)), `${sum} in ${told}`);
      }
      assert.equal(await page.locator(".chart .put").count(), 2, "a bar a month of the contract");
      await holds(person, "year");
      await page.getByRole("link", { name: "Наступний рік, 2015" }).click();
      await page.getByRole("heading", { level: 1, name: "Виписка за 2015 рік" }).waitFor();
      await page.getByRole("link", { name: "Попередній рік, 2014" }).click();
      await row.getByRole("link", { name: "Грудень" }).click();
      await page.waitForURL(/\/statement\?month=2014-12$/);
      await page.goto("/statement/1999");
      await page.getByText("Виписка є за місяці з листопада 2014", { exact: false }).waitFor();
      await page.getByRole("link", { name: "Наступний рік, 2014" }).waitFor();
      await settled(page);
    });

    test("a bill is kept", async () => {
      await goTo(person, "Рахунки");
      const bill = page.getByRole("region", { name: /^0000-/ });
      await bill.waitFor();
      const number = await bill.getByRole("heading").textContent();
      const [name, bytes] = await kept(bill.getByRole("button", { name: "Рахунок, PDF" }));
      assert.equal(name, `bill-${number}.pdf`);
      assert.equal(bytes.subarray(0, 5).toString(), "%PDF-");
    });
  });
}
