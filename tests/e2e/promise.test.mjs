// A blocked subscriber takes a promised payment, wide and narrow.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { PASSWORD, cabinet, contractsOf, settledIn } from "./office.mjs";
import { goTo, holds, openBrowser, settled, signIn, textOf, visitor } from "./support.mjs";

let opened;
let folder;

/** The office lends to contracts of any age; the rules as they were stay in the file. */
function lendToAnyone(file) {
  cabinet("policy", "export", file);
  const rules = readFileSync(file, "utf8");
  writeFileSync(`${file}.any`, rules.replace(/^promise_contract_days = .*$/m, "promise_contract_days = 0"));
  cabinet("policy", "import", `${file}.any`);
}

before(async () => {
  opened = await openBrowser();
  folder = mkdtempSync(path.join(tmpdir(), "cabinet-policy-"));
  lendToAnyone(path.join(folder, "policy.toml"));
});
after(async () => {
  await opened?.close();
  cabinet("policy", "import", path.join(folder, "policy.toml"));
  rmSync(folder, { recursive: true, force: true });
});

for (const [width, contract] of contractsOf("promise")) {
  describe(`a blocked subscriber takes a promised payment, ${width}`, { concurrency: false }, () => {
    let person;
    let page;
    let me;
    before(async () => {
      me = await settledIn(contract, "0.50");
      // The server reads the rules anew every few seconds.
      for (;;) {
        const { refusal } = await me("GET", "/me/promised-payment");
        if (refusal?.code !== "contract_young") break;
      }
      person = await visitor(opened.browser, width);
      page = person.page;
      await signIn(person, contract, PASSWORD);
      await page.locator(".balance--blocked").waitFor();
    });
    after(() => person?.context.close());

    const card = () => page.getByRole("region", { name: "Обіцяний платіж" });
    const dialog = () => page.getByRole("dialog", { name: "Обіцяний платіж" });
    const take = () => card().getByRole("button", { name: "Увімкнути за 5,00 ₴" });

    test("the overview offers it with its sums", async () => {
      await take().waitFor();
      const told = await textOf(card());
      assert.match(told, /До 50,00 ₴ на 3 дні, плата 5,00 ₴/);
      assert.match(told, /Абонплата за сьогодні 1,\d\d ₴/);
      await holds(person, "promise-offered");
    });

    test("its quote is read and left without anything taken", async () => {
      await take().click();
      await dialog().waitFor();
      const told = await textOf(dialog());
      assert.match(told, /Кредит 50,00 ₴/);
      assert.match(told, /Поповніть рахунок до .* включно/);
      await holds(person, "promise-quote");
      await dialog().getByRole("button", { name: "Не вмикати" }).click();
      await dialog().waitFor({ state: "hidden" });
      assert.equal((await me("GET", "/me")).standing, "blocked");
    });

    test("confirmed, it brings the service back at once and is told on every page", async () => {
      await take().click();
      await dialog().getByRole("button", { name: /^Списати .* і ввімкнути$/ }).click();
      await page.locator(".toasts").getByText(/Обіцяний платіж діє до/).waitFor();
      await page.getByText(/Обіцяний платіж діє до .* Щоб погасити його, поповніть рахунок на/).waitFor();
      await page.locator(".balance--blocked").waitFor({ state: "detached" });
      assert.ok((await textOf(page.locator(".contract"))).includes("Активний"));
      const now = await me("GET", "/me");
      assert.deepEqual([now.standing, now.credit, now.promise.unpaid], ["active", "50.00", false]);
      await holds(person, "promise-running");

      await goTo(person, "Поповнити");
      await card().getByText(/Обіцяний платіж уже діє: до/).waitFor();
      await settled(page);
      const button = card().getByRole("button", { name: "Увімкнути" });
      assert.equal(await button.getAttribute("aria-disabled"), "true");
      await holds(person, "promise-refused");
    });
  });
}
