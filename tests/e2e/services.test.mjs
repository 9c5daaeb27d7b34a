// Turbo, a pause and a static address: quoted, confirmed, undone, wide and narrow.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PASSWORD, contractsOf, settledIn } from "./office.mjs";
import { goTo, holds, openBrowser, settled, signIn, visitor } from "./support.mjs";

let opened;
before(async () => {
  opened = await openBrowser();
});
after(() => opened?.close());

/** A day so many days from now, where the subscribers live. */
function day(ahead) {
  const moment = new Date(Date.now() + ahead * 24 * 3600 * 1000);
  return moment.toLocaleDateString("sv", { timeZone: "Europe/Kyiv" });
}

for (const [width, contract] of contractsOf("services")) {
  describe(`a subscriber's services, ${width}`, { concurrency: false }, () => {
    let person;
    let page;
    let me;
    const card = (name) => page.getByRole("region", { name, exact: true });
    const dialog = () => page.getByRole("dialog");
    const told = (text) => page.locator(".toasts").getByText(text, { exact: false }).waitFor();
    const balance = async () => (await me("GET", "/me")).balance;
    before(async () => {
      me = await settledIn(contract, "200.00");
      person = await visitor(opened.browser, width);
      page = person.page;
      await signIn(person, contract, PASSWORD);
      await page.locator(".contract").waitFor();
      await goTo(person, "Послуги");
      await card("Турбо").waitFor();
    });
    after(() => person?.context.close());

    test("Turbo is shown with its price, quoted, and counts down", async () => {
      await holds(person, "services");
      const before = await balance();
      await card("Турбо").getByText("12 годин", { exact: true }).click();
      await card("Турбо").getByRole("button", { name: "Увімкнути за 12,00 ₴" }).click();
      await dialog().getByText("100 Мбіт/с").waitFor();
      await dialog().getByText("Скасувати можна протягом 10 хвилин.").waitFor();
      await holds(person, "services-turbo-quote");
      assert.equal(await balance(), before, "nothing is taken yet");
      await dialog().getByRole("button", { name: "Списати 12,00 ₴ і підтвердити" }).click();
      await told("Турбо ввімкнено до");
      await card("Турбо").getByText("працює", { exact: true }).waitFor();
      const left = card("Турбо").getByRole("timer", { name: "Залишилось часу Турбо" });
      const first = await left.innerText();
      assert.match(first, /^1[12]:\d\d:\d\d$/);
      await page.waitForFunction(
        ([selector, was]) => document.querySelector(selector).innerText !== was,
        [".countdown__t", first],
      );
      await holds(person, "services-turbo");
      assert.equal(Number(await balance()), Number(before) - 12);
    });

    test("what was switched on by mistake is undone and paid back", async () => {
      const before = Number(await balance());
      await page.getByRole("button", { name: "Скасувати", exact: true }).click();
      await dialog().getByText("12,00 ₴ повернеться на рахунок одразу.").waitFor();
      await holds(person, "services-undo");
      await dialog().getByRole("button", { name: "Скасувати", exact: true }).click();
      await told("Скасовано");
      await card("Турбо").getByText("не працює", { exact: true }).waitFor();
      assert.equal(Number(await balance()), before + 12);
    });

    test("a pause says what it saves before it is planned, is moved and taken back", async () => {
      const before = Number(await balance());
      const pause = card("Пауза");
      await pause.getByText("Не нарахуємо за ці дні").waitFor();
      await pause.getByLabel("До, включно").fill(day(3));
      await pause.getByText("Пауза триває від 7 до 180 днів.", { exact: false }).waitFor();
      await pause.getByLabel("До, включно").fill(day(20));
      await pause.getByText("20 днів").waitFor();
      await settled(page);
      await holds(person, "services-pause");
      await pause.getByRole("button", { name: "Поставити на паузу за 10,00 ₴" }).click();
      await dialog().getByText("Останній день").waitFor();
      await holds(person, "services-pause-quote");
      await dialog().getByRole("button", { name: "Списати 10,00 ₴ і підтвердити" }).click();
      await told("Пауза почнеться");
      await pause.getByText("запланована", { exact: true }).waitFor();
      assert.deepEqual((await me("GET", "/me")).pause, { from: day(1), until: day(20) });
      await pause.getByLabel("До, включно").fill(day(30));
      await pause.getByRole("button", { name: "Змінити дні" }).click();
      await dialog().getByRole("button", { name: "Змінити дні" }).click();
      await told("Дні паузи змінено");
      assert.deepEqual((await me("GET", "/me")).pause, { from: day(1), until: day(30) });
      await goTo(person, "Огляд");
      await page.getByText("запланована пауза", { exact: false }).waitFor();
      const chart = page.getByRole("img", { name: /^Баланс\./ });
      const said = await chart.getAttribute("aria-label");
      assert.match(said, /: Початок паузи\. .*: Доступ після паузи\./);
      assert.doesNotMatch(said, /зупиниться/, "days of a pause are no stop");
      await chart.getByText("Початок паузи").waitFor();
      await holds(person, "overview-pause");
      await goTo(person, "Послуги");
      await pause.getByRole("button", { name: "Скасувати паузу" }).click();
      await dialog().getByRole("button", { name: "Скасувати паузу" }).click();
      await told("Паузу скасовано");
      await pause.getByText("не активна", { exact: true }).waitFor();
      assert.equal(Number(await balance()), before);
    });

    test("a static address is connected and given up", async () => {
      const ip = card("Статична IP-адреса");
      await ip.getByRole("button", { name: "Підключити" }).click();
      await dialog().getByText("Плата за день").waitFor();
      await dialog().getByRole("button", { name: /^Списати .* і підтвердити$/ }).click();
      await told("Статичну адресу підключено");
      await ip.getByText(/^203\.0\.113\.\d+$/).waitFor();
      await holds(person, "services-ip");
      await ip.getByRole("button", { name: "Відмовитися" }).click();
      await dialog().getByRole("button", { name: "Підтвердити" }).click();
      await told("Адреса діятиме до кінця дня");
      await ip.getByText("Діє до кінця дня", { exact: false }).waitFor();
      await holds(person, "services-ip-ends");
    });

    test("what was done before is told order by order", async () => {
      const history = page.getByRole("region", { name: "Історія послуг" });
      await history.getByRole("button", { name: "Показати" }).click();
      await history.getByText("Відмова від статичної IP-адреси").waitFor();
      await history.getByText("Турбо, 12,00 ₴").waitFor();
      await history.getByText("скасовано до початку", { exact: false }).waitFor();
      await holds(person, "services-history");
    });
  });
}

test("whoever is paused is told until when, and can end it early", async () => {
  const person = await visitor(opened.browser, "wide");
  const { page } = person;
  await signIn(person, "0004", "tykha-richka-2014");
  await page.getByText("Плата за тариф не нараховується.", { exact: false }).first().waitFor();
  await holds(person, "overview-paused");
  await goTo(person, "Послуги");
  await page.getByRole("button", { name: "Завершити раніше" }).click();
  await page.getByRole("dialog").getByText("Доступ буде з", { exact: false }).first().waitFor();
  await holds(person, "services-pause-end");
  await page.getByRole("dialog").getByRole("button", { name: "Не зараз" }).click();
  await person.context.close();
});
