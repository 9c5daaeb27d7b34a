// The cabinet as an app: installed, without a network, of a newer build; and notifications to a browser.
import assert from "node:assert/strict";
import { createECDH, randomBytes } from "node:crypto";
import http from "node:http";
import { after, before, describe, test } from "node:test";
import { PASSWORD, contractsOf, settledIn } from "./office.mjs";
import { address, goTo, hasFocus, holds, openBrowser, settled, signIn, textOf, visitor } from "./support.mjs";

let opened;
before(async () => {
  opened = await openBrowser();
});
after(() => opened?.close());

/** Waits until something holds in the page. */
const until = (page, what, argument) => page.waitForFunction(what, argument);

/** The worker keeps the page from now on. */
async function kept(page) {
  await until(page, () => navigator.serviceWorker.controller?.state === "activated");
}

for (const [width, contract] of contractsOf("app")) {
  describe(`the cabinet as an app, ${width}`, { concurrency: false }, () => {
    let person;
    let page;
    let balance;
    before(async () => {
      await settledIn(contract);
      person = await visitor(opened.browser, width, { serviceWorkers: "allow" });
      page = person.page;
      await signIn(person, contract, PASSWORD);
      await page.locator(".balance__sum").waitFor();
      await settled(page);
      balance = await textOf(page.locator(".balance__sum"));
    });
    after(() => person?.context.close());

    test("it can be installed", async () => {
      await kept(page);
      const manifest = await page.evaluate(async () => (await fetch("/manifest.webmanifest")).json());
      const { name } = await page.evaluate(async () => (await fetch("/api/v1/provider")).json());
      assert.deepEqual([manifest.name, manifest.display, manifest.start_url], [name, "standalone", "/"]);
      for (const { src, sizes } of manifest.icons) {
        const side = await page.evaluate(async (source) => {
          const picture = await createImageBitmap(await (await fetch(source)).blob());
          return `${picture.width}x${picture.height}`;
        }, src);
        assert.equal(side, sizes, src);
      }
      const devtools = await person.context.newCDPSession(page);
      const { installabilityErrors } = await devtools.send("Page.getInstallabilityErrors");
      const errors = installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== "in-incognito");
      assert.deepEqual(errors, []);
    });

    test("it is described in the language that was chosen", async () => {
      const guest = await visitor(opened.browser, width);
      const said = () =>
        guest.page.evaluate(async () => {
          const { lang, shortcuts } = await (await fetch(document.querySelector("[rel=manifest]").href)).json();
          return [lang, shortcuts[0].name];
        });
      await guest.page.goto("/");
      assert.deepEqual(await said(), ["uk", "Поповнити"]);
      await guest.page.evaluate(() => localStorage.setItem("cabinet.language", "en"));
      await guest.page.reload();
      assert.deepEqual(await said(), ["en", "Top up"]);
      await guest.context.close();
    });

    test("nothing the server says of a person is kept by the worker", async () => {
      const names = await page.evaluate(async () => {
        const found = [];
        for (const name of await caches.keys()) {
          found.push(...(await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname));
        }
        return found;
      });
      assert.ok(names.some((name) => name.endsWith(".wasm")), `${names}`);
      assert.deepEqual(names.filter((name) => !/-[0-9a-f]{16}\.\w+$/.test(name)), []);
    });

    test("without a network it opens with the balance as it was last known", async () => {
      await person.context.setOffline(true);
      await page.goto("/statement");
      await page.getByText("Кабінет зараз недоступний.", { exact: false }).waitFor();
      assert.equal(await textOf(page.locator(".balance__sum")), balance);
      assert.match(await textOf(page.locator(".balance")), /станом на \d\d:\d\d, \d{1,2} [а-яіїє]+/);
      assert.ok((await textOf(page.locator(".contract"))).includes(contract));
      await holds(person, "app-offline");
      await person.context.setOffline(false);
      await page.getByRole("heading", { level: 1, name: "Виписка" }).waitFor();
    });

    test("while the server is away likewise", async () => {
      await person.context.route("**/api/v1/auth/renew", (route) => route.fulfill({ status: 503, body: "" }));
      await page.goto("/");
      await page.getByText("Кабінет зараз недоступний.", { exact: false }).waitFor();
      await person.context.unroute("**/api/v1/auth/renew");
      await page.getByRole("button", { name: "Оновити" }).click();
      await page.getByRole("link", { name: "Виписка: ", exact: false }).first().waitFor();
    });

    test("whoever signs out leaves nothing behind", async () => {
      assert.ok(await page.evaluate(() => localStorage.getItem("cabinet.last")));
      await goTo(person, "Вийти");
      await page.getByRole("button", { name: "Увійти", exact: true }).waitFor();
      assert.deepEqual(await page.evaluate(() => Object.keys(localStorage).filter((name) => /last|push/.test(name))), []);
      await person.context.setOffline(true);
      await page.reload();
      await page.getByRole("button", { name: "Увійти", exact: true }).waitFor();
      const shown = await textOf(page.locator("body"));
      assert.ok(!shown.includes(balance) && !shown.includes(contract), shown);
      await person.context.setOffline(false);
    });

    test("of another person nothing is shown", async () => {
      await page.evaluate((sum) => {
        const overview = { contract: "9999", balance: "77.77", note: sum };
        localStorage.setItem("cabinet.last", `somebody\n1\n${JSON.stringify(overview)}`);
        localStorage.setItem("cabinet.session", "0198f2a1-7c3e-7d51-9a53-000000000000");
      }, balance);
      await person.context.setOffline(true);
      await page.reload();
      await page.getByRole("heading", { name: "Немає з’єднання" }).waitFor();
      assert.ok(!(await textOf(page.locator("body"))).includes("77"));
      await person.context.setOffline(false);
      assert.deepEqual(person.faults, []);
    });
  });
}

/** A server of a later build: the same one, whose worker says another name. */
async function behind() {
  let build = 0;
  const target = new URL(address);
  const server = http.createServer((request, answer) => {
    const { method, url: path, headers } = request;
    const changed = path === "/sw.js";
    const asked = { ...headers, ...(changed ? { "accept-encoding": "identity", "if-none-match": "" } : {}) };
    const on = http.request({ host: target.hostname, port: target.port, method, path, headers: asked }, (reply) => {
      if (!changed) {
        answer.writeHead(reply.statusCode, reply.headers);
        return reply.pipe(answer);
      }
      const pieces = [];
      reply.on("data", (piece) => pieces.push(piece));
      reply.on("end", () => {
        const worker = Buffer.concat(pieces).toString().replace(/"cabinet-(\w+)"/, `"cabinet-$1-${build}"`);
        const { "content-length": _length, etag: _tag, ...rest } = reply.headers;
        answer.writeHead(reply.statusCode, rest);
        answer.end(worker);
      });
    });
    on.on("error", () => answer.destroy());
    // A stream of events ends with its page.
    answer.on("close", () => on.destroy());
    request.pipe(on);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    release: () => (build += 1),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

test("a newer build takes over at the next page, and what a tab still needs is there", async () => {
  const server = await behind();
  const person = await visitor(opened.browser, "wide", { serviceWorkers: "allow", baseURL: server.url });
  const { page } = person;
  await page.goto("/");
  await page.getByRole("button", { name: "Увійти", exact: true }).waitFor();
  await kept(page);
  const names = () => page.evaluate(() => caches.keys());
  const [first] = await names();
  const take = async () => {
    server.release();
    await page.evaluate(() => {
      window.before = navigator.serviceWorker.controller;
      window.mark = true;
      return navigator.serviceWorker.ready.then((registration) => registration.update());
    });
    await until(page, () => navigator.serviceWorker.controller !== window.before);
    await kept(page);
  };
  assert.equal(await page.evaluate(() => window.cabinet.renewed), false, "the first one renews nothing");
  await take();
  assert.equal((await names()).length, 2, "the tab goes on with the files it began with");
  assert.ok((await names()).includes(first));
  assert.equal(await page.evaluate(() => [window.cabinet.renewed, window.mark].join()), "true,true");
  const { login, password } = (await (await fetch(`${address}/api/v1/provider`)).json()).demo[0];
  await page.getByLabel("Договір").first().fill(login);
  await page.getByLabel("Пароль", { exact: true }).first().fill(password);
  await page.getByRole("button", { name: "Увійти", exact: true }).click();
  await page.locator(".contract").waitFor();
  assert.ok(await page.evaluate(() => window.mark), "what is typed is not lost");
  await goTo(person, "Виписка");
  await page.getByRole("heading", { level: 1, name: "Виписка" }).waitFor();
  assert.equal(await page.evaluate(() => [window.cabinet.renewed, window.mark].join()), "false,", "loaded anew");
  await take();
  assert.equal((await names()).length, 2, "older builds go");
  assert.ok(!(await names()).includes(first));

  assert.deepEqual(person.faults, []);
  await person.context.close();
  server.close();
});

/** A browser whose push service is nobody's: what it says of itself is real, and its person may say no. */
async function withNotifications(context, permission) {
  const pair = createECDH("prime256v1");
  const said = {
    endpoint: `https://fcm.googleapis.com/fcm/send/${randomBytes(8).toString("hex")}`,
    expirationTime: null,
    keys: {
      p256dh: pair.generateKeys().toString("base64url"),
      auth: randomBytes(16).toString("base64url"),
    },
  };
  await context.addInitScript(
    ([subscription, answer]) => {
      const remembered = (name) => sessionStorage.getItem(name);
      Object.defineProperty(Notification, "permission", { get: () => remembered("permission") ?? "default" });
      Notification.requestPermission = async () => {
        sessionStorage.setItem("permission", answer);
        return answer;
      };
      const held = (key) => ({
        options: { applicationServerKey: key },
        toJSON: () => subscription,
        unsubscribe: async () => sessionStorage.removeItem("held"),
      });
      const manager = {
        getSubscription: async () => (remembered("held") ? held(Uint8Array.from(remembered("held").split(","))) : null),
        async subscribe({ userVisibleOnly, applicationServerKey: key }) {
          if (!userVisibleOnly || key.length !== 65) throw new Error("no key");
          sessionStorage.setItem("held", key.join());
          return held(key);
        },
      };
      Object.defineProperty(ServiceWorkerRegistration.prototype, "pushManager", { get: () => manager });
    },
    [said, permission],
  );
}

for (const [width, contract] of contractsOf("app", 11)) {
  describe(`notifications to a browser, ${width}`, { concurrency: false }, () => {
    let person;
    let page;
    let me;
    const card = () => page.getByRole("region", { name: "Сповіщення на цьому пристрої" });
    const on = () => card().getByRole("button", { name: "Увімкнути сповіщення" });
    const push = () => me("GET", "/me/push");
    before(async () => {
      me = await settledIn(contract);
      person = await visitor(opened.browser, width, { serviceWorkers: "allow" });
      page = person.page;
      await withNotifications(person.context, "granted");
      await signIn(person, contract, PASSWORD);
      await page.locator(".contract").waitFor();
      await kept(page);
    });
    after(() => person?.context.close());

    test("nothing is asked before the button is pressed", async () => {
      await goTo(person, "Налаштування");
      await on().waitFor();
      await settled(page);
      assert.equal(await page.evaluate(() => Notification.permission), "default");
      assert.deepEqual((await push()).devices, []);
      await holds(person, "push-off");
    });

    test("the button switches them on, and their events are switched one by one", async () => {
      await on().click();
      await page.getByRole("status").getByText("Сповіщення ввімкнено").waitFor();
      await card().getByText("увімкнено", { exact: true }).waitFor();
      await settled(page);
      await hasFocus(page, "push-switch");
      assert.equal((await push()).devices.length, 1);
      const payments = card().getByRole("switch", { name: "платіж зараховано" });
      assert.ok(await payments.isChecked());
      await card().getByRole("switch", { name: "змінено тариф чи послугу" }).uncheck();
      await page.getByRole("status").getByText("Збережено").waitFor();
      assert.equal((await push()).wishes.on_change, false);
      await holds(person, "push-on");
      await page.reload();
      await card().getByText("увімкнено", { exact: true }).waitFor();
      await settled(page);
      assert.equal((await push()).devices.length, 1, "it is still one browser");
    });

    test("another device is listed, and switched off from here", async () => {
      const other = createECDH("prime256v1");
      const keys = { p256dh: other.generateKeys().toString("base64url"), auth: randomBytes(16).toString("base64url") };
      await me("POST", "/me/push", { endpoint: `https://web.push.apple.com/${contract}`, keys });
      await page.reload();
      await card().getByRole("heading", { name: "Інші пристрої" }).waitFor();
      await settled(page);
      await holds(person, "push-others");
      await card().getByRole("button", { name: /^Вимкнути: / }).click();
      await card().getByRole("heading", { name: "Інші пристрої" }).waitFor({ state: "detached" });
      assert.equal((await push()).devices.length, 1);
    });

    test("they are switched off here, and signing out ends them", async () => {
      await card().getByRole("button", { name: "Вимкнути тут" }).click();
      await on().waitFor();
      await settled(page);
      assert.deepEqual((await push()).devices, []);
      await on().click();
      await card().getByText("увімкнено", { exact: true }).waitFor();
      await goTo(person, "Вийти");
      await page.getByRole("button", { name: "Увійти", exact: true }).waitFor();
      await until(page, () => !localStorage.getItem("cabinet.leaving") && !sessionStorage.getItem("held"));
      assert.deepEqual((await push()).devices, []);
      assert.deepEqual(person.faults, []);
    });

    test("whoever forbids them is told how to allow them", async () => {
      const strict = await visitor(opened.browser, width, { serviceWorkers: "allow" });
      await withNotifications(strict.context, "denied");
      await signIn(strict, contract, PASSWORD);
      await strict.page.locator(".contract").waitFor();
      await kept(strict.page);
      await goTo(strict, "Налаштування");
      const theirs = strict.page.getByRole("region", { name: "Сповіщення на цьому пристрої" });
      await theirs.getByRole("button", { name: "Увімкнути сповіщення" }).click();
      await theirs.getByText("їх було заборонено", { exact: false }).waitFor();
      await settled(strict.page);
      await holds(strict, "push-denied");
      assert.deepEqual((await push()).devices, []);
      await strict.context.close();
    });
  });
}
