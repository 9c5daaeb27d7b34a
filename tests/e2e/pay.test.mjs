// Paying online: the sum, the gateway's page, and what came of it, wide and narrow.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { readFileSync } from "node:fs";
import { PASSWORD, contractsOf, settledIn } from "./office.mjs";
import { contentOf, goTo, holds, openBrowser, rewritten, settled, signIn, textOf, visitor } from "./support.mjs";

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
    // What has no width of its own is walked once.
    const once = (told, walk) => width === "wide" && test(told, walk);
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

    once("money that came elsewhere is in the header of a page that asks for nothing", async () => {
      await goTo(person, "Допомога");
      await page.locator(".chip-balance").waitFor();
      await settled(page);
      await page.evaluate(() => (window.here = true));
      const { redirect } = await me("POST", "/me/payments", { amount: "15.00", method: "sandbox" });
      const elsewhere = await person.context.newPage();
      await elsewhere.goto(redirect.url);
      await elsewhere.getByRole("button", { name: "Сплачено", exact: true }).click();
      await elsewhere.getByText("зараховано").waitFor();
      const balance = (await me("GET", "/me")).balance.replace(".", ",");
      await page.locator(".chip-balance").getByText(balance, { exact: false }).waitFor();
      assert.equal(await page.evaluate(() => window.here), true, "it is the same document");
      await elsewhere.close();
    });

    once("its receipts are had: ours as a file, the fiscal one where it lies", async () => {
      const fiscal = "https://kassa.example/receipt/1";
      const { items } = await me("GET", "/me/payments");
      const told = await rewritten(page, `**/api/v1/me/payments/${items[0].id}`, (paid) => ({ ...paid, fiscal_url: fiscal }));
      await person.context.route("https://kassa.example/**", (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: "чек" }));
      await page.goto(`/pay/${items[0].id}`);
      const button = page.getByRole("button", { name: /^Квитанція, PDF/ });
      const [download] = await Promise.all([page.waitForEvent("download"), button.click()]);
      assert.match(download.suggestedFilename(), /^receipt-.*\.pdf$/);
      assert.equal(readFileSync(await download.path()).subarray(0, 5).toString(), "%PDF-");
      const [receipt] = await Promise.all([
        person.context.waitForEvent("page"),
        page.getByRole("link", { name: "Фіскальний чек" }).click(),
      ]);
      await receipt.getByText("чек").waitFor();
      assert.equal(receipt.url(), fiscal);
      assert.equal(await receipt.evaluate(() => window.opener), null);
      await receipt.close();
      await told.end();
    });

    once("a payment the gateway works on is not asked to be paid again", async () => {
      const { id } = await me("POST", "/me/payments", { amount: "16.00", method: "sandbox" });
      await page.goto(`/pay/${id}`);
      await page.getByRole("button", { name: "Перейти до оплати" }).waitFor();
      assert.match(await textOf(page.getByRole("main")), /Платіж ще не оплачено/);
      const told = await rewritten(page, `**/api/v1/me/payments/${id}`, (paid) => ({ ...paid, status: "pending" }));
      await page.reload();
      await page.getByRole("button", { name: "Відкрити сторінку оплати" }).waitFor();
      assert.match(await textOf(page.getByRole("main")), /Чекаємо на відповідь платіжної системи/);
      assert.equal(await page.getByRole("button", { name: "Перейти до оплати" }).count(), 0);
      await told.end();
    });

    once("older payments follow when they are asked for", async () => {
      const { items } = await me("GET", "/me/payments");
      await page.route("**/api/v1/me/payments*", async (route) => {
        if (route.request().method() !== "GET") return route.fallback();
        const older = new URL(route.request().url()).searchParams.get("cursor") === "the-next";
        await route.fulfill({ json: older ? { items: items.slice(1) } : { items: items.slice(0, 1), next: "the-next" } });
      });
      await page.goto("/pay");
      const list = page.getByRole("table", { name: "Онлайн-платежі" });
      await list.waitFor();
      assert.equal(await list.getByRole("row").count(), 2);
      await page.getByRole("button", { name: "Старіші платежі" }).click();
      await list.getByRole("row").nth(items.length).waitFor();
      assert.equal(await list.getByRole("row").count(), 1 + items.length);
      assert.equal(await page.getByRole("button", { name: "Старіші платежі" }).count(), 0, "there are no more");
      await page.unroute("**/api/v1/me/payments*");
    });

    test("whoever has no card reads the other ways to pay", async () => {
      await page.goto("/pay");
      const others = page.getByRole("region", { name: "Інші способи" });
      await others.getByText(/готівкою в центрі обслуговування/).waitFor();
      assert.equal(await others.getByText(/Термінал/).count(), 0, "none is set up here");
      await others.getByText("Переказ на рахунок оператора").click();
      const told = await textOf(others);
      for (const part of ["ТОВ «ОНЛАЙН»", "UA906543210000000260323012024", `За Інтернет, договір № ${contract}`]) {
        assert.ok(told.includes(part), `${part} in ${told}`);
      }
      await holds(person, "pay-others");
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
      assert.equal(await list.getByRole("row").count(), width === "wide" ? 6 : 4);
      await holds(person, "payments");
    });
  });
}

for (const [width, contract] of contractsOf("pay", 20)) {
  test(`whoever is blocked pays and is back by one press, ${width}`, async () => {
    const me = await settledIn(contract, "0.50");
    const person = await visitor(opened.browser, width);
    const { page, context } = person;
    await signIn(person, contract, PASSWORD);
    await page.locator(".balance--blocked").waitFor();
    const happened = await textOf(page.getByRole("region", { name: "Що сталося" }));
    assert.match(happened, /Готівка в офісі на рахунку лишилось 0,50 ₴ \+0,50/);
    assert.match(happened, /Доступ зупинено на день за тарифом «Домашній 20» забракло грошей/);
    const { recommended_payment: sum } = await me("GET", "/me");
    const pays = page.getByRole("button", { name: /^Сплатити .* і відновити$/ });
    assert.ok((await textOf(pays)).includes(sum.replace(".", ",")), `${await textOf(pays)}, not ${sum}`);
    assert.equal(await page.getByRole("link", { name: "Інша сума" }).getAttribute("href"), "/pay");
    // What cannot be ordered is told in place, and may be tried again.
    await page.route("**/api/v1/me/payments", (route) => route.fulfill({ status: 503, contentType: "text/plain", body: "" }));
    await pays.click();
    await page.getByText("Сталася помилка на нашому боці", { exact: false }).waitFor();
    await page.unroute("**/api/v1/me/payments");
    await pays.click();
    await page.getByText("Гроші тут несправжні.", { exact: false }).waitFor();
    assert.ok((await textOf(page.getByRole("main"))).includes(sum.replace(".", ",")));
    await page.getByRole("button", { name: "Сплачено", exact: true }).click();
    await page.getByText("зараховано").waitFor();
    await page.getByRole("link", { name: "До огляду" }).click();
    await page.locator(".balance:not(.balance--blocked)").waitFor();
    assert.ok((await textOf(page.locator(".contract"))).includes("Активний"));
    assert.equal(await page.getByRole("region", { name: "Що сталося" }).count(), 0);
    await context.close();
  });
}
