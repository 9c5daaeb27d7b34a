// What an office does with the binary, on the database of the server under test.
import { execFileSync } from "node:child_process";

/** Runs `cabinet …` and gives what it printed. */
export function cabinet(...command) {
  return execFileSync(process.env.CABINET_BINARY, [...command, "--demo"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
}

/** Registers a subscriber and gives the first password, as printed on the contract's last page. */
export function register(contract) {
  const printed = cabinet(
    "subscriber",
    "register",
    contract,
    ...["--last-name", "Об’єднаний"],
    ...["--first-name", "Ілля <b>"],
    ...["--address", "вул. Під’їзна, 5"],
    ...["--tariff", "home-20"],
    ...["--paid", "100.00"],
  );
  return /first password +(\S+)/.exec(printed)[1];
}
