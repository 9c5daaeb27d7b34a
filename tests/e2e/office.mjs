// What an office does with the binary, on the database of the server under test.
import { execFileSync } from "node:child_process";
import { api } from "./support.mjs";

/** Runs `cabinet …` and gives what it printed. */
export function cabinet(...command) {
  return execFileSync(process.env.CABINET_BINARY, [...command, "--demo"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

// The walks share one demo: each has a hundred numbers of its own.
const WALKS = ["office", "tabs", "pay", "profile", "states", "email", "promise", "voucher", "ticket", "sms", "services", "later", "app"];

/** The contract that is the walk's own by this number. */
export function contractOf(walk, number) {
  const place = WALKS.indexOf(walk);
  if (place < 0 || number >= 100) {
    throw new Error(`no contract ${number} for the walk ${walk}: office.mjs lists them`);
  }
  return String(7000 + place * 100 + number);
}

/** Both widths of a walk, each with a contract of its own. */
export function contractsOf(walk, first = 1) {
  return ["wide", "narrow"].map((width, place) => [width, contractOf(walk, first + place)]);
}

/** Registers a subscriber and gives the first password, as printed on the contract's last page. */
export function register(contract, paid = "100.00") {
  const printed = cabinet(
    "subscriber",
    "register",
    contract,
    ...["--last-name", "Об’єднаний"],
    ...["--first-name", "Ілля <b>"],
    ...["--address", "вул. Під’їзна, 5"],
    ...["--tariff", "home-20"],
    ...["--paid", paid],
  );
  return /first password +(\S+)/.exec(printed)[1];
}

/** The password of those who are past their first one. */
export const PASSWORD = "вишні над рікою";

/** A subscriber who has a password of their own; gives the interface as they call it. */
export async function settledIn(contract, paid) {
  const first = register(contract, paid);
  const me = await api(contract, first);
  await me("PUT", "/me/password", { old_password: first, new_password: PASSWORD });
  return api(contract, PASSWORD);
}
