// One browser, several tabs, several people: whoever signs in last is who every tab speaks for, and nobody else.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { PASSWORD, contractOf, settledIn } from "./office.mjs";
import { goTo, holds, openBrowser, settled, signIn, visitor } from "./support.mjs";

const ONE = contractOf("tabs", 1);
const OTHER = contractOf("tabs", 2);

let opened;
let first;
let second;
before(async () => {
  opened = await openBrowser();
  first = await settledIn(ONE);
  second = await settledIn(OTHER);
});
after(() => opened?.close());

const contract = (page, number) => page.locator(".contract").getByText(number, { exact: true }).waitFor();
const enter = (page) => page.getByRole("button", { name: "Увійти", exact: true });

test("a tab follows who signs out and in in another", async () => {
  const person = await visitor(opened.browser, "wide");
  await signIn(person, ONE, PASSWORD);
  await contract(person.page, ONE);
  const other = { ...person, page: await person.context.newPage() };
  await other.page.goto("/profile");
  await contract(other.page, ONE);

  await goTo(other, "Вийти");
  await enter(other.page).waitFor();
  await enter(person.page).waitFor();
  await signIn(other, OTHER, PASSWORD);
  await contract(other.page, OTHER);
  await contract(person.page, OTHER);
  await person.context.close();
});

test("a tab that did not hear of it writes nothing into the account of another", async () => {
  const person = await visitor(opened.browser, "wide");
  const { page, context } = person;
  // A tab that sleeps hears nothing of the others.
  await page.addInitScript(() => addEventListener("storage", (event) => event.stopImmediatePropagation(), true));
  await page.route("**/me/events", (route) => route.abort());
  await signIn(person, ONE, PASSWORD);
  await contract(page, ONE);
  await page.goto("/profile");
  const phones = page.getByLabel("Номер телефону", { exact: true });
  await phones.fill("0-71-01");

  const other = { ...person, page: await context.newPage() };
  await other.page.goto("/");
  await contract(other.page, ONE);
  await goTo(other, "Вийти");
  await enter(other.page).waitFor();
  await signIn(other, OTHER, PASSWORD);
  await contract(other.page, OTHER);

  await page.getByRole("button", { name: "Зберегти", exact: true }).click();
  await page.getByText("В іншій вкладці увійшов інший абонент").waitFor();
  await contract(page, OTHER);
  assert.equal((await first("GET", "/me/profile")).phones, "");
  assert.equal((await second("GET", "/me/profile")).phones, "");
  await context.close();
});

test("language and theme belong to the person, not to the device", async () => {
  await first("PUT", "/me/settings", { language: "en", theme: "system" });
  const person = await visitor(opened.browser, "wide");
  const { page, context } = person;
  await signIn(person, ONE, PASSWORD);
  await page.getByRole("heading", { level: 1, name: /Overview/ }).waitFor();
  await page.goto("/settings");
  await page.getByRole("heading", { level: 1, name: "Settings" }).waitFor();
  await page.getByText("Dark", { exact: true }).click();
  await page.locator("html[data-theme=dark]").waitFor();
  await page.getByText("Saved", { exact: true }).waitFor();
  assert.deepEqual(await first("GET", "/me/settings"), { language: "en", theme: "dark" });

  await page.getByRole("button", { name: "Sign out", exact: true }).click();
  await page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
  assert.equal(await page.locator("html").getAttribute("data-theme"), null, "the theme leaves with the person");
  await page.getByLabel("Contract").first().fill(OTHER);
  await page.getByLabel("Password", { exact: true }).first().fill(PASSWORD);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Налаштування" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("data-theme"), null);
  assert.deepEqual(await second("GET", "/me/settings"), { language: "uk", theme: "system" });
  await context.close();
});

test("a language chosen on the form of sign-in is kept, and so is what was typed", async () => {
  const person = await visitor(opened.browser, "narrow");
  const { page, context } = person;
  await page.goto("/");
  await page.getByLabel("Договір").first().fill(OTHER);
  await page.getByRole("button", { name: "Русский", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: "Личный кабинет" }).waitFor();
  assert.equal(await page.getByLabel("Договор").first().inputValue(), OTHER);
  await page.getByLabel("Пароль", { exact: true }).first().fill(PASSWORD);
  await page.getByRole("button", { name: "Войти", exact: true }).click();
  await page.getByRole("heading", { level: 1, name: /Обзор/ }).waitFor();
  assert.equal((await second("GET", "/me/settings")).language, "ru");
  await holds(person, "overview-ru");
  for (const [path, heading] of [
    ["/statement", "Выписка"],
    ["/tariffs", "Тариф"],
    ["/profile", "Профиль"],
    ["/settings", "Настройки"],
    ["/help", "Помощь"],
  ]) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1, name: heading }).waitFor();
    await holds(person, `${path.slice(1)}-ru`);
  }
  await second("PUT", "/me/settings", { language: "uk", theme: "system" });
  await context.close();
});

test("a sign-out the server did not hear of is told, and done as soon as it can be", async () => {
  const person = await visitor(opened.browser, "wide");
  const { page, context } = person;
  const unfinished = page.getByText("Вихід ще не завершено");
  await first("PUT", "/me/settings", { language: "uk", theme: "system" });
  const cookies = async () => (await context.cookies()).map(({ name }) => name).filter((name) => name.includes("refresh"));

  await signIn(person, ONE, PASSWORD);
  await contract(page, ONE);
  await settled(page);
  await context.setOffline(true);
  await goTo(person, "Вийти");
  await enter(page).waitFor();
  await unfinished.waitFor();
  assert.equal((await cookies()).length, 1, "the cookie is still there");
  await context.setOffline(false);
  await unfinished.waitFor({ state: "detached" });
  assert.deepEqual(await cookies(), []);

  // The same over a new start of the page.
  await signIn(person, ONE, PASSWORD);
  await contract(page, ONE);
  await page.route("**/auth/sign-out", (route) => route.abort());
  await goTo(person, "Вийти");
  await unfinished.waitFor();
  await holds(person, "sign-out-unfinished");
  await page.unroute("**/auth/sign-out");
  const ended = page.waitForResponse("**/auth/sign-out");
  await page.goto("/profile");
  assert.equal((await ended).status(), 204);
  await enter(page).waitFor();
  assert.deepEqual(await cookies(), []);
  await context.close();
});
