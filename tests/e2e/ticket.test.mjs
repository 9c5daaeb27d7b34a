// Somebody writes to support and is answered; works that are planned in the street are told and put away; wide and narrow.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { PASSWORD, cabinet, contractsOf, settledIn } from "./office.mjs";
import { goTo, hasFocus, holds, openBrowser, settled, signIn, textOf, visitor } from "./support.mjs";

let opened;
before(async () => {
  opened = await openBrowser();
});
after(() => opened?.close());

const LONG = "Дуже".repeat(60);
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** A moment in so many days, as the office types it. */
function moment(days, clock) {
  return `${new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)} ${clock}`;
}

for (const [width, contract] of contractsOf("ticket")) {
  describe(`a subscriber and support, ${width}`, { concurrency: false }, () => {
    let person;
    let page;
    let ticket;
    before(async () => {
      await settledIn(contract);
      const street = `вул. Оглядова ${contract}`;
      cabinet("subscriber", "edit", contract, "--address", `${street}, кв. 1`);
      const works = ["--works-from", moment(2, "02:00"), "--works-to", moment(2, "04:00")];
      cabinet("news", "add", "Планові роботи", "--text", `Замінимо <b>обладнання</b>.\n${LONG}`, "--places", street, ...works);
      cabinet("news", "add", "Чужа новина", "--places", "вул. Оглядова 1");
      person = await visitor(opened.browser, width);
      page = person.page;
      await signIn(person, contract, PASSWORD);
      await page.locator(".balance").waitFor();
    });
    after(() => person?.context.close());

    const notes = () => page.getByRole("note");
    const thread = () => page.getByRole("region", { name: "Звернення", exact: true });
    const form = () => page.getByRole("region", { name: "Написати" });

    test("planned works stand on the overview until they are put away, and in the help after it", async () => {
      await notes().getByText(/Планові роботи \d+.\S+, 02:00–04:00/).waitFor();
      assert.equal(await notes().count(), 1, "another street's news are not told");
      await holds(person, "news-banner");
      const kept = page.waitForResponse((answer) => answer.url().endsWith("/read") && answer.status() === 204);
      await notes().getByRole("button", { name: /Сховати повідомлення: Планові роботи/ }).click();
      await kept;
      await notes().first().waitFor({ state: "detached" });
      await hasFocus(page, "main");
      await page.reload();
      await page.locator(".balance").waitFor();
      await settled(page);
      assert.equal(await notes().count(), 0, "what was read stays put away");
      await goTo(person, "Допомога");
      await page.getByRole("region", { name: "Новини та роботи" }).getByText("<b>обладнання</b>").waitFor();
    });

    test("nothing is not sent, and a file that is none is refused in its place", async () => {
      await form().getByRole("button", { name: "Надіслати" }).click();
      await form().getByText("Напишіть, що сталося").waitFor();
      await hasFocus(page, "ticket-text");
      await form().getByLabel("Файли").setInputFiles({ name: "a.png", mimeType: "image/png", buffer: Buffer.from("MZ\0") });
      await form().getByText(/Такий файл не приймається/).waitFor();
      await holds(person, "ticket-refused");
    });

    test("words and a file reach support as they were written", async () => {
      await form().getByLabel("Тема").selectOption({ label: "Якість зв’язку" });
      await form().getByLabel("Що сталося").fill(`<img src=x onerror="document.title='x'"> рветься\nувечері ${LONG}`);
      await form().getByLabel("Файли").setInputFiles({ name: "лінія.exe", mimeType: "text/html", buffer: PNG });
      await form().getByText("лінія.exe.png").waitFor();
      await holds(person, "ticket-form");
      await form().getByRole("button", { name: "Надіслати" }).click();
      await page.locator(".toasts").getByText("Надіслано.").waitFor();
      await thread().getByText(/<img src=x/).waitFor();
      assert.equal(await form().getByLabel("Що сталося").inputValue(), "");
      ticket = new URL(page.url()).searchParams.get("ticket");
      assert.match(cabinet("ticket", "show", ticket), /лінія\.exe\.png/);
      const [download] = await Promise.all([
        page.waitForEvent("download"),
        thread().getByRole("button", { name: "лінія.exe.png" }).click(),
      ]);
      assert.equal(download.suggestedFilename(), "лінія.exe.png");
      assert.deepEqual(readFileSync(await download.path()), PNG);
      await holds(person, "ticket-thread");
    });

    test("an answer comes by itself, is told on the overview and is read by reading", async () => {
      await goTo(person, "Огляд");
      await page.locator(".balance").waitFor();
      cabinet("ticket", "answer", ticket, "Полагодили.\nПеревірте, будь ласка.");
      await notes().getByRole("link", { name: "Прочитати" }).click();
      await thread().getByText("Полагодили.").waitFor();
      const row = page.getByRole("region", { name: "Мої звернення" }).getByRole("listitem").first();
      await row.getByText("є відповідь", { exact: true }).waitFor();
      await thread().getByLabel("Дописати").fill("Дякую");
      await thread().getByRole("button", { name: "Надіслати" }).click();
      await thread().getByText("Дякую").waitFor();
      await row.getByText("чекає відповіді").waitFor();
      assert.match(await textOf(thread()), /Ви,[\s\S]*Підтримка,[\s\S]*Ви,/);
      assert.match(cabinet("ticket", "list", "--contract", contract), /  open  .*3 messages/);
      await goTo(person, "Огляд");
      await page.locator(".balance").waitFor();
      await settled(page);
      assert.equal(await notes().count(), 0);
    });
  });
}
