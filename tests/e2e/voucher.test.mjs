// A voucher's code is typed as it comes, and refused in its place, wide and narrow.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { PASSWORD, cabinet, contractsOf, settledIn } from "./office.mjs";
import { goTo, holds, openBrowser, settled, signIn, textOf, visitor } from "./support.mjs";

let opened;
before(async () => {
  opened = await openBrowser();
});
after(() => opened?.close());

for (const [width, contract] of contractsOf("voucher")) {
  describe(`a subscriber redeems vouchers, ${width}`, { concurrency: false }, () => {
    let person;
    let page;
    let codes;
    before(async () => {
      await settledIn(contract);
      codes = cabinet("voucher", "create", "2", "50.00", "--until", "2099-12-31", "--note", "walk").match(
        /\b\w{4}-\w{4}-\w{4}-\w{4}\b/g,
      );
      person = await visitor(opened.browser, width);
      page = person.page;
      await signIn(person, contract, PASSWORD);
      await page.locator(".balance").waitFor();
      await goTo(person, "Поповнити");
      await settled(page);
    });
    after(() => person?.context.close());

    const form = () => page.getByRole("region", { name: /^(Ваучер|Voucher)$/ });
    const field = () => form().getByRole("textbox");
    const redeem = async (code) => {
      await field().fill(code);
      await form().getByRole("button").click();
    };
    const refused = async (text) => {
      await form().getByText(text).waitFor();
      assert.equal(await field().getAttribute("aria-invalid"), "true");
    };
    const speak = async (language) => {
      await page.goto("/settings");
      const kept = page.waitForResponse((answer) => answer.url().endsWith("/me/settings") && answer.request().method() === "PUT");
      await page.getByRole("radio", { name: language }).check();
      await kept;
      await page.goto("/pay");
      await form().waitFor();
      await settled(page);
    };

    test("no code and a wrong one are told at the field", async () => {
      await redeem("");
      await refused("Введіть код ваучера");
      await redeem("ABCD-EFGH-JKMN-PQRS");
      await refused("Ваучера з таким кодом немає. Перевірте код.");
      await holds(person, "voucher-refused");
      await field().fill("A");
      assert.equal(await field().getAttribute("aria-invalid"), null, "what is typed anew is not wrong yet");
    });

    test("a code with blanks and in small letters is credited, and the header tells it", async () => {
      const before = await textOf(page.locator(".chip-balance"));
      await redeem(`  ${codes[0].toLowerCase().replaceAll("-", " ")} `);
      await page.locator(".toasts").getByText(/Ваучер зараховано: 50,00/).waitFor();
      assert.equal(await field().inputValue(), "");
      await page.waitForFunction((old) => document.querySelector(".chip-balance").innerText !== old, before);
      await redeem(codes[0]);
      await refused("Цей ваучер уже використано.");
    });

    test("a refusal speaks the person's language", async () => {
      await speak("Русский");
      await redeem(codes[0]);
      await refused("Этот ваучер уже использован.");
      await speak("English");
      await redeem(codes[0]);
      await refused("This voucher was redeemed before.");
      await speak("Українська");
    });

    test("after five wrong codes the account rests, whatever is typed", async () => {
      for (const code of ["AAAA", "BBBB"]) {
        await redeem(code);
        await refused("Ваучера з таким кодом немає. Перевірте код.");
      }
      await redeem(codes[1]);
      await refused(/Забагато спроб\. Зачекайте \d+ хв\./);
      await holds(person, "voucher-rests");
    });
  });
}
