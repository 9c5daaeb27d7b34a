// A browser, its pages at the two widths of the design, and what every page must keep.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { chromium } from "playwright-core";

/** Where the server under test answers. */
export const address = needed("CABINET_URL");

/** The manual's December, as printed. */
export const december = JSON.parse(readFileSync(new URL("../golden/manual-december.json", import.meta.url), "utf8"));

/** The widths of the design. */
export const widths = {
  wide: { viewport: { width: 1280, height: 900 } },
  narrow: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true },
};

const pictures = process.env.CABINET_PICTURES ?? new URL("../../target/e2e", import.meta.url).pathname;

function needed(name) {
  const value = process.env[name];
  if (!value) {
    throw new Error(`${name} is not set: run \`cargo xtask test --only browser\``);
  }
  return value;
}

/** Starts the browser; `close` ends it and removes its profile. */
export async function openBrowser() {
  const profile = mkdtempSync(path.join(tmpdir(), "cabinet-e2e-"));
  const browser = await chromium.launch({
    executablePath: process.env.CHROME ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      `--disk-cache-dir=${profile}`,
    ],
  });
  return {
    browser,
    async close() {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** A visitor of his own: no cookies, Ukrainian habits, the business time zone. */
export async function visitor(browser, width, options = {}) {
  const context = await browser.newContext({
    baseURL: address,
    locale: "uk-UA",
    timezoneId: "Europe/Kyiv",
    // The parts move little and briefly; pictures and clicks need not wait for it.
    reducedMotion: "reduce",
    // Whoever keeps files beside the page would answer for a server that a walk takes away.
    serviceWorkers: "block",
    ...widths[width],
    ...options,
  });
  context.setDefaultTimeout(20_000);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    if (/panicked|Content.Security.Policy|RuntimeError/.test(text)) {
      faults.push(`${page.url()}: ${text}`);
    }
  });
  return { context, page, width, faults };
}

/** Signs in by the form. */
export async function signIn({ page }, login, password) {
  await page.goto("/");
  // The form for a code from support, folded away below, asks for the contract too.
  await page.getByLabel("Договір").first().fill(login);
  await page.getByLabel("Пароль", { exact: true }).first().fill(password);
  await page.getByRole("button", { name: "Увійти", exact: true }).click();
}

/** Goes to a section by the menu, as a person does at this width. */
export async function goTo(visitor, name) {
  const { page, width } = visitor;
  const menu = page.getByRole("navigation", { name: "Головне меню" });
  const wanted = menu.getByRole("link", { name, exact: true }).or(menu.getByRole("button", { name, exact: true }));
  const visible = wanted.filter({ visible: true }).first();
  if (width === "narrow" && (await visible.count()) === 0) {
    await menu.getByRole("button", { name: "Ще", exact: true }).click();
  }
  await visible.click();
}

/** The page is drawn, nothing is still loading. */
export async function settled(page) {
  await page.locator("[aria-busy=true]").first().waitFor({ state: "detached" });
  await page.evaluate(() => document.fonts.ready);
}

/** What has too little room: it sticks out of its place or lies on its neighbour. */
async function crowded(page) {
  return page.evaluate((inside) => {
    const seen = (element) => element.getClientRects().length > 0;
    const box = (element) => {
      const range = document.createRange();
      range.selectNodeContents(element);
      return range.getBoundingClientRect();
    };
    const apart = (one, other) =>
      one.right <= other.left || other.right <= one.left || one.bottom <= other.top || other.bottom <= one.top;
    const found = [];
    // Not beside `innerWidth`: a telephone's grows with what sticks out.
    const whole = document.scrollingElement.scrollWidth;
    if (whole > inside) {
      found.push(`the page is ${whole} wide in a window of ${inside}`);
    }
    for (const list of [...document.querySelectorAll(".quote")].filter(seen)) {
      if (list.scrollHeight > list.clientHeight + 1) {
        found.push(`of the quote ${list.scrollHeight - list.clientHeight} px are cut off`);
      }
    }
    for (const table of [...document.querySelectorAll("table.table")].filter(seen)) {
      const room = table.parentElement.getBoundingClientRect();
      if (table.getBoundingClientRect().right > room.right + 1) {
        found.push(`${table.caption?.textContent} is wider than its card`);
      }
    }
    for (const cell of document.querySelectorAll("td.day")) {
      const room = cell.getBoundingClientRect();
      const parts = [...cell.querySelectorAll(".day__n, .day__sum:not(:has(span)), .day__sum span, .day__pay span")].filter(seen);
      for (const part of parts) {
        if (box(part).left < room.left - 1 || box(part).right > room.right + 1) {
          found.push(`${part.textContent} sticks out of the day ${cell.dataset.date}`);
        }
      }
      parts.forEach((part, place) => {
        for (const other of parts.slice(place + 1)) {
          if (!apart(box(part), box(other))) {
            found.push(`${part.textContent} lies on ${other.textContent} in the day ${cell.dataset.date}`);
          }
        }
      });
    }
    const labels = [...document.querySelectorAll(".chart__t--x")].filter(seen);
    labels.forEach((label, place) => {
      for (const other of labels.slice(place + 1)) {
        if (!apart(box(label), box(other))) {
          found.push(`${label.textContent} lies on ${other.textContent} under the chart`);
        }
      }
    });
    return found;
  }, page.viewportSize().width);
}

/** What holds on every page: axe finds nothing, everything has room, on the least of telephones too, and a picture is kept. */
export async function holds(visitor, name) {
  const { page, width, faults } = visitor;
  await settled(page);
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: path.join(pictures, `${width}-${name}.png`), fullPage: true });
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"])
    .analyze();
  const told = violations.map(
    ({ id, help, nodes }) => `${id}: ${help}\n${nodes.map((node) => `    ${node.html}\n    ${node.failureSummary}`).join("\n")}`,
  );
  assert.deepEqual(told, [], `axe on ${name}`);
  assert.deepEqual(await crowded(page), [], `room on ${name}`);
  if (width === "narrow") {
    const { viewport } = widths.narrow;
    await page.setViewportSize({ ...viewport, width: 360 });
    assert.deepEqual(await crowded(page), [], `room on ${name} at 360`);
    await page.setViewportSize(viewport);
  }
  assert.deepEqual(faults, [], `faults on ${name}`);
}

/**
 * Has what the server answers at an address changed on its way, until `end` is called, which waits for the answers that are
 * under way: one that is cut off by the page's end would fail the whole file.
 */
export async function rewritten(page, address, change) {
  const rewrite = async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: change(await answer.json()) });
  };
  await page.route(address, rewrite);
  return { end: () => page.unrouteAll({ behavior: "wait" }) };
}

/** The server's interface as another program of this person calls it. */
export async function api(login, password) {
  const call = async (method, path, body, token) => {
    const answer = await fetch(`${address}/api/v1${path}`, {
      method,
      headers: {
        ...(body ? { "Content-Type": "application/json" } : {}),
        ...(token ? { Authorization: `Bearer ${token}` } : {}),
        "Idempotency-Key": crypto.randomUUID(),
      },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  };
  const { access_token: token } = await call("POST", "/auth/sign-in", { login, password, delivery: "body" });
  return (method, path, body) => call(method, path, body, token);
}

/** The first day of the coming month by Kyiv's calendar, as `1 грудня`. */
export function monthsFirst() {
  const options = { timeZone: "Europe/Kyiv", year: "numeric", month: "numeric" };
  const parts = new Intl.DateTimeFormat("en", options).formatToParts(Date.now());
  const [year, month] = ["year", "month"].map((wanted) => Number(parts.find(({ type }) => type === wanted).value));
  return plain(new Intl.DateTimeFormat("uk", { timeZone: "UTC", day: "numeric", month: "long" }).format(Date.UTC(year, month, 1)));
}

/** Waits until the element of this id has the keyboard; it is given it when what changed has been drawn. */
export async function hasFocus(page, id) {
  const has = () => page.evaluate(() => document.activeElement.id || document.activeElement.tagName.toLowerCase());
  await page
    .waitForFunction((id) => document.activeElement.id === id, id, { timeout: 5000 })
    .catch(async () => assert.equal(await has(), id, "another element has the keyboard"));
}

/** The text a person sees, with the thin and hard spaces of typography as plain ones. */
export async function textOf(locator) {
  return plain(await locator.innerText());
}

/** The text of a node, seen or only spoken, with plain spaces. */
export async function contentOf(locator) {
  return plain((await locator.textContent()) ?? "");
}

function plain(text) {
  return text.replace(/[\u00a0\u202f\u2009\s]+/g, " ").trim();
}

/** `-1.61` as the pages write it: `−1,61`. */
export function figure(amount) {
  return amount.replace("-", "−").replace(".", ",");
}

/** The sign-ins the server offers for trying. */
export async function demoSignIns() {
  const answer = await fetch(`${address}/api/v1/provider`);
  const { demo } = await answer.json();
  return demo;
}
