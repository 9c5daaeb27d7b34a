// People the office has just helped: a new subscriber with a first password, and one who forgot hers.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { cabinet, contractOf, contractsOf, register } from "./office.mjs";
import { holds, openBrowser, settled, signIn, textOf, visitor } from "./support.mjs";

/** Registered by the first walk. */
const FORGETFUL = contractOf("office", 1);

let opened;
before(async () => {
  opened = await openBrowser();
});
after(() => opened?.close());

for (const [width, contract] of contractsOf("office")) {
  test(`a first password leads to its change and no further, ${width}`, async () => {
    const first = register(contract);
    const newcomer = await visitor(opened.browser, width);
    const { page } = newcomer;
    await signIn(newcomer, contract, first);
    await page.getByRole("heading", { level: 1, name: "Новий пароль" }).waitFor();
    await holds(newcomer, "first-password");

    await page.goto("/tariffs");
    await page.getByRole("heading", { level: 1, name: "Новий пароль" }).waitFor();

    await page.getByLabel("Старий пароль", { exact: true }).fill(first);
    await page.getByLabel("Новий пароль", { exact: true }).fill("короткий");
    await page.getByLabel("Підтвердження пароля", { exact: true }).fill("короткий");
    await page.getByRole("button", { name: "Зберегти пароль" }).click();
    await page.getByText("Пароль не змінено.").waitFor();
    await holds(newcomer, "first-password-refused");

    await page.getByLabel("Новий пароль", { exact: true }).fill("яблука під снігом");
    await page.getByLabel("Підтвердження пароля", { exact: true }).fill("яблука під снігом");
    await page.getByRole("button", { name: "Зберегти пароль" }).click();
    await page.locator(".contract").waitFor();
    await settled(page);

    await page.goto("/profile");
    const name = page.getByLabel("Ім’я", { exact: true });
    await name.waitFor();
    assert.equal(await name.inputValue(), "Ілля <b>");
    await newcomer.context.close();
  });
}

test("a code from support sets a new password", async () => {
  const code = cabinet("subscriber", "recovery-code", FORGETFUL).trim();
  const forgetful = await visitor(opened.browser, "narrow");
  const { page } = forgetful;
  await page.goto("/");
  await page.getByText("Забули пароль?").click();
  const form = page.getByRole("form", { name: "Маєте код?" });
  await form.getByLabel("Договір").fill(FORGETFUL);
  await form.getByLabel("Одноразовий код").fill(code);
  await form.getByLabel("Новий пароль", { exact: true }).fill("груші під дощем");
  await holds(forgetful, "recovery");
  await form.getByRole("button", { name: "Задати новий пароль" }).click();
  // Where one signs in, not where the code was typed.
  const told = page.getByText("Пароль змінено. Увійдіть з новим паролем.");
  await told.waitFor();
  const above = async (locator) => (await locator.boundingBox()).y;
  assert.ok((await above(told)) < (await above(page.getByLabel("Договір").first())));
  await holds(forgetful, "recovered");
  await signIn(forgetful, FORGETFUL, "груші під дощем");
  await page.locator(".contract").waitFor();
  assert.match(await textOf(page.getByRole("main")), /Вистачить/);
  await forgetful.context.close();
});

test("without a network the page says so and recovers", async () => {
  const traveller = await visitor(opened.browser, "wide");
  const { page, context } = traveller;
  await signIn(traveller, FORGETFUL, "груші під дощем");
  await page.locator(".contract").waitFor();
  await settled(page);
  await context.setOffline(true);
  await page.getByRole("link", { name: "Виписка", exact: true }).first().click();
  await page.getByText(/Немає з’єднання/).first().waitFor();
  await context.setOffline(false);
  await page.getByRole("grid").waitFor();
  await context.close();
});
