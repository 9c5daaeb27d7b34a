//! Every setting by name: what `cabinet --help` and the README tell, and how a variable of the environment is read.

use std::fmt::Write;

/// A setting as it is told to people.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its key in `cabinet.toml`: `listen`, `web.dir`.
    pub key: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// What it means, in a line.
    pub meaning: &'static str,
    /// Its value where nobody set it, as it is written, or what happens then.
    pub default: &'static str,
}

/// What the value of a setting is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A text, taken letter by letter: `0800123456` keeps its zero.
    Text,
    /// Texts; in the environment with `;` or `,` between them.
    Texts,
    /// A number, or `true` and `false`.
    Value,
}

const fn text(key: &'static str, meaning: &'static str, default: &'static str) -> Setting {
    Setting { key, kind: Kind::Text, meaning, default }
}

const fn texts(key: &'static str, meaning: &'static str, default: &'static str) -> Setting {
    Setting { key, kind: Kind::Texts, meaning, default }
}

const fn value(key: &'static str, meaning: &'static str, default: &'static str) -> Setting {
    Setting { key, kind: Kind::Value, meaning, default }
}

/// All of them; a test holds this list beside the fields of the configuration.
pub const ALL: [Setting; 88] = [
    text("mode", "`local`, or `production`, which refuses unsafe settings", "local"),
    text("listen", "address and port", "127.0.0.1:8080"),
    text("database_url", "`sqlite://FILE` or `postgres://…`", "sqlite://data/cabinet.db; data/demo.db with --demo"),
    text(
        "secret_key_file",
        "a file of at least 32 random bytes",
        "made beside a SQLite file, or in data/, in local mode",
    ),
    texts("proxies", "networks whose `X-Forwarded-For` is believed", ""),
    value("workers", "threads that answer requests", "all cores"),
    value("connections", "connections to the database", "10"),
    text("web.public_url", "the address people type; `https://…` in production", ""),
    text("web.dir", "the built web client", "the one the binary carries, else target/web"),
    value("web.docs", "whether `/docs/` is served", "true"),
    text("provider.name", "trade name", "Онлайн"),
    texts("provider.phones", "support's phones", "0 800 000 000"),
    text("provider.email", "support's e-mail", "help@example.com"),
    text(
        "provider.address",
        "the office; `вул. Миру, 1; en: 1 Myru St` tells it in several languages",
        "вул. Центральна, 1; ru: ул. Центральная, 1; en: 1 Tsentralna St",
    ),
    text(
        "provider.hours",
        "when support answers; in several languages likewise",
        "пн–сб 9:00–18:00; en: Mon–Sat 9:00–18:00",
    ),
    text("provider.logo", "address of a picture, told to apps; `https://…`", ""),
    texts("provider.languages", "languages offered; `uk` must be among them", "uk;ru;en"),
    text("provider.security_contact", "where weaknesses are told", "support's e-mail"),
    text("supplier.name", "the registered name on bills and receipts, which are made when all requisites are set", ""),
    text("supplier.code", "ЄДРПОУ, 8 digits, or РНОКПП, 10", ""),
    text("supplier.address", "the registered address", ""),
    text("supplier.phone", "the telephone on bills", "the first of support's"),
    text("supplier.iban", "the account that is paid", ""),
    text("supplier.bank", "the bank that keeps it", ""),
    text("supplier.vat_number", "ІПН of a payer of VAT", ""),
    value("supplier.vat_percent", "the rate of VAT that prices contain, for its payers", "20"),
    text("supplier.qr_format", "the bank's QR code: `003`, `002-utf8-lf` or `002-cp1251-crlf`", "003"),
    value("access.contract_free_failures", "wrong passwords for a contract before the first delay", "5"),
    value("access.address_free_failures", "wrong passwords from an address before the first delay", "20"),
    value("access.global_failures_per_minute", "wrong passwords in a minute before every stranger waits", "300"),
    value("access.requests_per_minute", "requests of the API from an address in a minute; 0: no limit", "3000"),
    value("access.hashes_at_once", "passwords hashed at once", "all cores"),
    text("metrics.listen", "where Prometheus reads `/metrics`, as 127.0.0.1:9464; nowhere unless set", ""),
    text("metrics.token", "the bearer token it sends; needed where others than this machine reach the address", ""),
    text("metrics.token_file", "the file that holds it instead", ""),
    value("payments.connect_timeout_ms", "milliseconds to connect to a gateway", "3000"),
    value("payments.timeout_ms", "milliseconds for a whole request to a gateway", "10000"),
    value("payments.liqpay.enabled", "whether LiqPay takes payments", "false"),
    value("payments.liqpay.test_mode", "its payments are trials; keys that begin with `sandbox_` always are", "false"),
    value("payments.liqpay.version", "7 signs by SHA3-256, 3 by SHA-1", "7"),
    text("payments.liqpay.public_key", "the shop's public key", ""),
    text("payments.liqpay.private_key", "the shop's private key", ""),
    text("payments.liqpay.private_key_file", "the file that holds it instead", ""),
    text("payments.liqpay.checkout_url", "where browsers are sent", "https://www.liqpay.ua"),
    text("payments.liqpay.api_url", "where requests go", "https://www.liqpay.ua"),
    value("payments.monobank.enabled", "whether monobank takes payments", "false"),
    value("payments.monobank.test_mode", "the token is a trial one", "false"),
    text("payments.monobank.token", "the merchant's token", ""),
    text("payments.monobank.token_file", "the file that holds it instead", ""),
    value("payments.monobank.fiscal", "whether fiscal receipts are made and asked for", "false"),
    text("payments.monobank.api_url", "where requests go", "https://api.monobank.ua"),
    value("payments.wayforpay.enabled", "whether WayForPay takes payments", "false"),
    value("payments.wayforpay.test_mode", "the merchant is a trial one; `test_merch_n1` always is", "false"),
    text("payments.wayforpay.merchant_account", "the merchant's account", ""),
    text("payments.wayforpay.merchant_domain", "the domain registered with it", ""),
    text("payments.wayforpay.secret_key", "the merchant's secret key", ""),
    text("payments.wayforpay.secret_key_file", "the file that holds it instead", ""),
    text(
        "payments.wayforpay.asked_from",
        "from this sum on a payment is credited only once the gateway, asked, says the same as its notification",
        "1000.00",
    ),
    text("payments.wayforpay.pay_url", "where browsers are sent", "https://secure.wayforpay.com"),
    text("payments.wayforpay.api_url", "where requests go", "https://api.wayforpay.com"),
    value(
        "payments.sandbox.enabled",
        "whether the trial gateway takes payments, as it does with --demo; refused in production",
        "false",
    ),
    text("payments.sandbox.secret", "what it signs with, at least 16 bytes", "made of the secret key"),
    text("payments.sandbox.secret_file", "the file that holds it instead", ""),
    text("payments.sandbox.page_url", "its page", "/api/v1/gateways/sandbox/page"),
    value("payments.sandbox.later_seconds", "seconds after which `paid later` is paid", "20"),
    text("mail.host", "the relay letters are handed to; without it none are sent", ""),
    value("mail.port", "its port", "465, 587 or 25, as `tls` is"),
    text("mail.tls", "`implicit`, `starttls`, or `none` for a relay on this machine", "implicit"),
    text("mail.root_certificate_file", "certificates as PEM beside the machine's own roots", ""),
    text("mail.username", "who signs in at the relay", ""),
    text("mail.password", "the password", ""),
    text("mail.password_file", "the file that holds it instead", ""),
    text("mail.from", "the sender: an address, or `Онлайн <noreply@example.com>`", ""),
    text("mail.reply_to", "where answers go, if not to the sender", ""),
    text("sms.driver", "who sends short messages: `none`, `log` (to nobody), `turbosms`, `smsfly`, `alphasms`", "none"),
    text("sms.key", "the key of the account there", ""),
    text("sms.key_file", "the file that holds it instead", ""),
    text("sms.sender", "the sender's name, as it was registered there", ""),
    text("sms.url", "where the gateway answers, if not at its own address", ""),
    value(
        "sms.translit",
        "whether messages are written in Latin letters, of which 160 cost as much as 70 others",
        "false",
    ),
    text(
        "radius.secret",
        "what a FreeRADIUS that asks by HTTP sends as the password of `radius`, at least 16 characters",
        "",
    ),
    text("radius.secret_file", "the file that holds it instead", ""),
    text(
        "network.driver",
        "how the network is told: `none`, `log` (nobody), `radius` (routers), `webhook` (another system)",
        "none",
    ),
    value("network.parallel", "how many subscribers at once", "64"),
    text("network.webhook_url", "where the webhook is posted to", ""),
    text("network.webhook_secret", "what it is signed with, at least 16 bytes", ""),
    text("network.webhook_secret_file", "the file that holds it instead", ""),
    value("push.enabled", "whether subscribers may have notifications to browsers and installed apps", "true"),
];

/// What to log; read by the log itself, so not a key of `cabinet.toml`.
pub const LOG: (&str, &str, &str) =
    ("CABINET_LOG", "what to log: `info`, `cabinet_api=debug`", "warn; info in production");

impl Setting {
    /// Its variable of the environment: `CABINET_WEB__DIR`.
    pub fn variable(&self) -> String {
        variable(self.key)
    }
}

/// The variable of the environment that sets a key of `cabinet.toml`, known or not.
pub fn variable(key: &str) -> String {
    format!("CABINET_{}", key.to_uppercase().replace('.', "__"))
}

/// The setting with a key of `cabinet.toml`.
pub fn find(key: &str) -> Option<&'static Setting> {
    ALL.iter().find(|setting| setting.key == key)
}

fn rows() -> Vec<(String, &'static str, &'static str)> {
    let log = (LOG.0.to_owned(), LOG.1, LOG.2);
    ALL.iter().map(|setting| (setting.variable(), setting.meaning, setting.default)).chain([log]).collect()
}

/// The list as `cabinet --help` prints it.
pub fn help() -> String {
    let rows = rows();
    let width = rows.iter().map(|(variable, ..)| variable.len()).max().unwrap_or_default();
    rows.iter().fold(String::new(), |mut told, (variable, meaning, default)| {
        let meaning = meaning.replace('`', "");
        let default = if default.is_empty() { String::new() } else { format!(" [{default}]") };
        writeln!(told, "  {variable:width$}  {meaning}{default}").expect("a text grows");
        told
    })
}

/// The list as the README's table.
pub fn table() -> String {
    rows().iter().fold(String::new(), |mut told, (variable, meaning, default)| {
        let default = if default.is_empty() { "–" } else { default };
        writeln!(told, "| `{variable}` | {meaning} | {default} |").expect("a text grows");
        told
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_tells_every_setting() {
        let readme = include_str!("../../../README.md");
        assert!(readme.contains(&table()), "the README's table of settings should be\n{}", table());
    }
}
