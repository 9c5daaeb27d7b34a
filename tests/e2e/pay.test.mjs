// Paying online: the sum, the gateway's page, and what came of it, wide and narrow.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PASSWORD, contractsOf, settledIn } from "./office.mjs";
import { contentOf, goTo, holds, openBrowser, settled, signIn, textOf, visitor } from "./support.mjs";

let opened;

before(async () => {
  opened = await openBrowser();
});
after(() => opened?.close());

for (const [width, contract] of contractsOf("pay")) {
  describe(`a subscriber pays online, ${width}`, { concurrency: false }, () => {
    let person;
    let page;
    let me;
    before(async () => {
      me = await settledIn(contract);
      person = await visitor(opened.browser, width);
      page = person.page;
      await signIn(person, contract, PASSWORD);
      await page.locator(".balance").waitFor();
    });
    after(() => person?.context.close());

    const pays = () => page.getByRole("button", { name: /^Сплатити \d/ }).click();
    const bank = (choice) => page.getByRole("button", { name: choice, exact: true }).click();

    test("the page offers days, takes a sum of one's own and says what it is good for", async () => {
      await goTo(person, "Поповнити");
      await page.getByRole("heading", { level: 1, name: "Поповнити рахунок" }).waitFor();
      await settled(page);
      const offered = await page.getByRole("group", { name: "Сума" }).getByRole("radio").count();
      assert.ok(offered >= 2, `${offered} sums are offered`);
      const foretold = page.getByText(/Вистачить до/);
      await foretold.filter({ visible: width === "wide" }).first().waitFor({ state: "attached" });
      await holds(person, "pay");
      const own = page.getByLabel("Або своя сума");
      await own.fill("0,50");
      assert.equal(await own.getAttribute("aria-invalid"), "true");
      assert.equal(await page.getByRole("button", { name: "Сплатити", exact: true }).getAttribute("aria-disabled"), "true");
      await own.fill("1 050,5");
      await page.getByRole("button", { name: /^Сплатити 1\s050,50/ }).waitFor();
      await own.fill("50");
    });

    test("what is paid is on the balance when the browser is back", async () => {
      const kopecks = async () => Number((await me("GET", "/me")).balance.replace(".", ""));
      const before = await kopecks();
      await pays();
      await page.getByText("Гроші тут несправжні.", { exact: false }).waitFor();
      assert.match(await contentOf(page.getByRole("main")), new RegExp(`50,00\\s₴.*договір ${contract}`, "s"));
      await holds(person, "bank");
      await bank("Сплачено");
      await page.getByText("зараховано").waitFor();
      await holds(person, "paid");
      assert.equal(await kopecks(), before + 50_00);
      const shown = ((before + 50_00) / 100).toFixed(2).replace(".", ",");
      assert.ok((await textOf(page.locator(".chip-balance"))).includes(shown), "the header tells the new balance");
    });

    test("a payment that is paid elsewhere is told without loading the page anew", async () => {
      await goTo(person, "Поповнити");
      await page.getByLabel("Або своя сума").fill("20");
      await pays();
      await page.getByText("Гроші тут несправжні.", { exact: false }).waitFor();
      const gateway = page.url();
      await bank("Вкладку закрито, не сплачено");
      await page.getByRole("link", { name: "Повернутися до кабінету" }).click();
      await page.getByText("очікує оплати").waitFor();
      await page.evaluate(() => (window.here = true));
      await holds(person, "waits");
      const elsewhere = await person.context.newPage();
      await elsewhere.goto(gateway);
      await elsewhere.getByRole("button", { name: "Сплачено", exact: true }).click();
      await page.getByText("зараховано").waitFor();
      assert.equal(await page.evaluate(() => window.here), true, "it is the same document");
      await elsewhere.close();
    });

    test("a payment that was declined takes nothing and may be tried again", async () => {
      const before = (await me("GET", "/me")).balance;
      await goTo(person, "Поповнити");
      await page.getByLabel("Або своя сума").fill("30");
      await pays();
      await bank("Відхилено");
      await page.getByText("Платіж не пройшов.", { exact: false }).waitFor();
      await holds(person, "declined");
      assert.equal((await me("GET", "/me")).balance, before);
      await page.getByRole("link", { name: "Спробувати ще раз" }).click();
      const list = page.getByRole("table", { name: "Онлайн-платежі" });
      await list.waitFor();
      assert.equal(await list.getByRole("row").count(), 4);
      await holds(person, "payments");
    });
  });
}
