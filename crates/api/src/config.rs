//! Settings: defaults, over them `cabinet.toml`, over it the environment.
//!
//! `CABINET_LISTEN` is `listen`, `CABINET_WEB__DIR` is `dir` of `[web]`: two underscores open a section.

use crate::chart::Chart;
use crate::metrics;
use crate::radius;
use crate::requisites::Requisites;
use crate::settings::{self, Kind};
use cabinet_core::Language;
use cabinet_gateways::acquirer::AcquirerSettings;
use cabinet_gateways::mail::{MailSettings, Tls};
use cabinet_gateways::network::{self, NetworkSettings};
use cabinet_gateways::sms::{Driver, SmsSettings};
use cabinet_gateways::{register, terminal};
use figment::error::Kind as Fault;
use figment::providers::{Env, Format, Serialized, Toml};
use figment::value::{Dict, Map, Value};
use figment::{Figment, Metadata, Profile};
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Where a plain start keeps its book.
pub const DATABASE: &str = "sqlite://data/cabinet.db";
/// Where the demo keeps its own.
pub const DEMO_DATABASE: &str = "sqlite://data/demo.db";

/// Every setting of this process.
#[derive(Clone, Debug)]
pub struct Config {
    /// Whether unsafe settings are allowed.
    pub mode: Mode,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The book; never printed whole, as it may carry a password.
    pub database_url: SecretString,
    /// The file whose secret seals signing keys and makes refresh tokens.
    pub secret_key_file: PathBuf,
    /// Whether `secret_key_file` was named, not guessed from the database.
    pub secret_key_named: bool,
    /// The demo's database, its sign-ins and its daily top-up.
    pub demo: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub proxies: Vec<IpNet>,
    /// Threads that answer requests; all cores if absent.
    pub workers: Option<usize>,
    /// Connections to the database.
    pub connections: Option<u32>,
    /// The client and where the world sees it.
    pub web: Web,
    /// Who sells the service.
    pub provider: Provider,
    /// Who stands on bills and receipts.
    pub requisites: Requisites,
    /// How sign-ins are slowed.
    pub access: Access,
    /// Where metrics are served, and to whom.
    pub metrics: Option<metrics::Door>,
    /// What the accountant calls the accounts of the journal.
    pub journal: Chart,
    /// Gateways that take payments.
    pub payments: AcquirerSettings,
    /// The relay letters are handed to.
    pub mail: MailSettings,
    /// The gateway short messages are handed to.
    pub sms: SmsSettings,
    /// What a FreeRADIUS that asks by HTTP is known by; none is without it.
    pub radius: Option<SecretString>,
    /// How the network is told what to give.
    pub network: NetworkSettings,
    /// Notifications to browsers.
    pub push: Push,
    /// Terminals and banks that take payments by contract number, by name.
    pub terminals: BTreeMap<String, terminal::Settings>,
    /// Registers of banks, by name.
    pub registers: BTreeMap<String, register::Settings>,
}

/// Whether unsafe settings are allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// One machine: plain http, a key file of its own making.
    #[default]
    Local,
    /// Facing the Internet: refuses what is unsafe there.
    Production,
}

/// The web client.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Web {
    /// Where `cargo xtask web` put it; absent: the client built in with feature `embed-web`, else `target/web`.
    pub dir: Option<PathBuf>,
    /// The address people type; https turns on Secure cookies and HSTS.
    #[serde(deserialize_with = "absent_if_empty")]
    pub public_url: Option<String>,
    /// Whether `/docs/` is served.
    pub docs: bool,
}

impl Default for Web {
    fn default() -> Web {
        Web { dir: None, public_url: None, docs: true }
    }
}

/// Notifications to browsers.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Push {
    /// Whether subscribers may have them.
    pub enabled: bool,
}

impl Default for Push {
    fn default() -> Push {
        Push { enabled: true }
    }
}

/// Who sells the service, told to anyone by `GET /provider`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Provider {
    /// Trade name.
    pub name: String,
    /// Support's phones.
    #[serde(deserialize_with = "texts")]
    pub phones: Vec<String>,
    /// Support's e-mail.
    #[serde(deserialize_with = "absent_if_empty")]
    pub email: Option<String>,
    /// The office; see [`in_language`].
    #[serde(deserialize_with = "absent_if_empty")]
    pub address: Option<String>,
    /// When support answers; see [`in_language`].
    #[serde(deserialize_with = "absent_if_empty")]
    pub hours: Option<String>,
    /// Where a picture of the provider lies, for apps; the web client loads nothing from elsewhere.
    #[serde(deserialize_with = "absent_if_empty")]
    pub logo: Option<String>,
    /// Languages offered; Ukrainian is always among them (RULES §8).
    #[serde(deserialize_with = "languages")]
    pub languages: Vec<Language>,
    /// Where weaknesses are told; support's e-mail if absent.
    #[serde(deserialize_with = "absent_if_empty")]
    pub security_contact: Option<String>,
}

impl Default for Provider {
    fn default() -> Provider {
        Provider {
            name: "Онлайн".to_owned(),
            phones: vec!["0 800 000 000".to_owned()],
            email: Some("help@example.com".to_owned()),
            address: Some("вул. Центральна, 1; ru: ул. Центральная, 1; en: 1 Tsentralna St".to_owned()),
            hours: Some("пн–сб 9:00–18:00; en: Mon–Sat 9:00–18:00".to_owned()),
            logo: None,
            languages: Language::ALL.to_vec(),
            security_contact: None,
        }
    }
}

/// Limits of sign-in. Subscribers often share an address behind the provider's NAT, so its limits are wide.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Access {
    /// Wrong passwords for one contract before the first delay.
    pub contract_free_failures: i64,
    /// Wrong passwords from one address before the first delay.
    pub address_free_failures: i64,
    /// Wrong passwords from anywhere in a minute before everyone unknown waits.
    pub global_failures_per_minute: i64,
    /// Requests of the API from one address in a minute; 0 sets no limit.
    pub requests_per_minute: u32,
    /// Password hashes at once; as many as cores if absent.
    pub hashes_at_once: Option<usize>,
}

impl Default for Access {
    fn default() -> Access {
        Access {
            contract_free_failures: 5,
            address_free_failures: 20,
            global_failures_per_minute: 300,
            requests_per_minute: 3000,
            hashes_at_once: None,
        }
    }
}

/// The settings as they are written down.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Written {
    mode: Mode,
    listen: String,
    #[serde(deserialize_with = "absent_if_empty")]
    database_url: Option<String>,
    #[serde(deserialize_with = "absent_if_empty")]
    secret_key_file: Option<String>,
    #[serde(deserialize_with = "texts")]
    proxies: Vec<String>,
    workers: Option<usize>,
    connections: Option<u32>,
    web: Web,
    provider: Provider,
    supplier: Requisites,
    access: Access,
    metrics: metrics::Settings,
    #[serde(skip_serializing)]
    journal: Chart,
    payments: AcquirerSettings,
    mail: MailSettings,
    sms: SmsSettings,
    radius: radius::Settings,
    network: NetworkSettings,
    push: Push,
    #[serde(skip_serializing)]
    terminals: BTreeMap<String, terminal::Settings>,
    #[serde(skip_serializing)]
    registers: BTreeMap<String, register::Settings>,
}

impl Default for Written {
    fn default() -> Written {
        Written {
            mode: Mode::Local,
            listen: "127.0.0.1:8080".to_owned(),
            database_url: None,
            secret_key_file: None,
            proxies: Vec::new(),
            workers: None,
            connections: None,
            web: Web::default(),
            provider: Provider::default(),
            supplier: Requisites::default(),
            access: Access::default(),
            metrics: metrics::Settings::default(),
            journal: Chart::default(),
            payments: AcquirerSettings::default(),
            mail: MailSettings::default(),
            sms: SmsSettings::default(),
            radius: radius::Settings::default(),
            network: NetworkSettings::default(),
            push: Push::default(),
            terminals: BTreeMap::new(),
            registers: BTreeMap::new(),
        }
    }
}

/// Why a setting is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file or variable cannot be read as what it should be.
    #[error("{0}")]
    Unreadable(String),
    /// A value that does not fit.
    #[error("{name}: {why}")]
    Wrong {
        /// The setting as an environment variable.
        name: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// Production refuses it.
    #[error("CABINET_MODE=production refuses this: {0}")]
    Unsafe(String),
}

impl Config {
    /// Reads the settings; `file` is `--config`, which must exist when named.
    pub fn load(file: Option<&Path>, demo: bool) -> Result<Config, ConfigError> {
        if let Some(path) = file.filter(|path| !path.is_file()) {
            return Err(ConfigError::Unreadable(format!("{}: no such file", path.display())));
        }
        let mut figment = Figment::from(Serialized::defaults(Written::default()));
        let file = file.unwrap_or(Path::new("cabinet.toml"));
        if file.is_file() {
            figment = figment.merge(Toml::file_exact(file));
        }
        for (key, value) in variables() {
            figment = figment.merge(Variable { key, value });
        }
        let written: Written = figment.extract().map_err(|error| ConfigError::Unreadable(told(error)))?;
        Config::from_written(written, demo)
    }

    /// Variables of the environment that begin as settings do and are none: another tool's, or misspelt.
    pub fn strangers() -> Vec<String> {
        let given = Env::prefixed("CABINET_").split("__");
        let strange = given.iter().map(|(key, _)| key.as_str().to_owned()).filter(|key| !ours(key));
        strange.map(|key| settings::variable(&key)).filter(|name| name != settings::LOG.0).collect()
    }

    /// The settings of a local start in which nothing is set.
    pub fn defaults() -> Config {
        Config::from_written(Written::default(), false).expect("the defaults are sound")
    }

    fn from_written(written: Written, demo: bool) -> Result<Config, ConfigError> {
        let listen = written.listen.parse().map_err(|_| ConfigError::Wrong {
            name: "CABINET_LISTEN",
            why: format!("`{}` is not an address and a port, as 127.0.0.1:8080", written.listen),
        })?;
        let proxies = written.proxies.iter().map(|text| parse_network(text)).collect::<Result<_, _>>()?;
        let database_url =
            written.database_url.unwrap_or_else(|| if demo { DEMO_DATABASE } else { DATABASE }.to_owned());
        let secret_key_named = written.secret_key_file.is_some();
        let secret_key_file = match written.secret_key_file {
            Some(path) => PathBuf::from(path),
            None => beside_database(&database_url),
        };
        let config = Config {
            mode: written.mode,
            listen,
            database_url: database_url.into(),
            secret_key_file,
            secret_key_named,
            demo,
            proxies,
            workers: written.workers.filter(|workers| *workers > 0),
            connections: written.connections.filter(|connections| *connections > 0),
            web: written.web,
            provider: written.provider,
            requisites: written.supplier,
            access: written.access,
            metrics: written.metrics.door()?,
            journal: written.journal,
            payments: written.payments,
            mail: written.mail,
            sms: written.sms,
            radius: written.radius.secret()?,
            network: written.network,
            push: written.push,
            terminals: written.terminals,
            registers: written.registers,
        };
        config.check()?;
        Ok(config)
    }

    fn check(&self) -> Result<(), ConfigError> {
        if let Some(url) = &self.web.public_url {
            let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
            if host.is_none_or(|host| host.is_empty() || host.trim_end_matches('/').contains('/')) {
                return Err(ConfigError::Wrong {
                    name: "CABINET_WEB__PUBLIC_URL",
                    why: format!("`{url}` is not of the form https://cabinet.example.com"),
                });
            }
        }
        if let Some(logo) = self.provider.logo.as_ref().filter(|logo| !logo.starts_with("https://")) {
            return Err(ConfigError::Wrong {
                name: "CABINET_PROVIDER__LOGO",
                why: format!("`{logo}` does not begin with https://"),
            });
        }
        if !self.provider.languages.contains(&Language::Uk) {
            return Err(ConfigError::Wrong {
                name: "CABINET_PROVIDER__LANGUAGES",
                why: "uk is missing: the cabinet speaks it until a person picks another language".to_owned(),
            });
        }
        self.requisites.check()?;
        self.journal.check()?;
        if self.demo && !self.listen.ip().is_loopback() {
            return Err(ConfigError::Wrong {
                name: "CABINET_LISTEN",
                why: format!(
                    "the demo's passwords are public, so it listens on this machine only, not on {}",
                    self.listen
                ),
            });
        }
        if self.mode == Mode::Production {
            self.check_production()?;
        }
        Ok(())
    }

    fn check_production(&self) -> Result<(), ConfigError> {
        if self.demo {
            return Err(ConfigError::Unsafe("--demo, whose passwords are public".to_owned()));
        }
        if !self.secure() {
            return Err(ConfigError::Unsafe(
                "no https address in CABINET_WEB__PUBLIC_URL, so cookies would travel in the open".to_owned(),
            ));
        }
        if self.mail.is_on() && self.mail.tls == Tls::None && !self.mail.is_local() {
            return Err(ConfigError::Unsafe(
                "CABINET_MAIL__TLS=none with a relay on another machine, so letters would travel in the open"
                    .to_owned(),
            ));
        }
        if self.sms.driver == Driver::Log {
            return Err(ConfigError::Unsafe("CABINET_SMS__DRIVER=log, by which codes reach nobody".to_owned()));
        }
        if self.network.driver == network::Driver::Log {
            return Err(ConfigError::Unsafe("CABINET_NETWORK__DRIVER=log, by which no router is told".to_owned()));
        }
        if !self.secret_key_named {
            return Err(ConfigError::Unsafe(
                "CABINET_SECRET_KEY_FILE is not set; name a file with at least 32 random bytes, as `openssl rand -out FILE 64` makes"
                    .to_owned(),
            ));
        }
        match std::fs::read(&self.secret_key_file) {
            Err(error) => {
                Err(ConfigError::Unsafe(format!("{} cannot be read: {error}", self.secret_key_file.display())))
            }
            Ok(bytes) if bytes.len() < 32 => {
                Err(ConfigError::Unsafe(format!("{} holds fewer than 32 bytes", self.secret_key_file.display())))
            }
            Ok(_) => Ok(()),
        }
    }

    /// Whether the world reaches this process by https.
    pub fn secure(&self) -> bool {
        self.web.public_url.as_deref().is_some_and(|url| url.starts_with("https://"))
    }

    /// The file of a SQLite database.
    pub fn database_file(&self) -> Option<&Path> {
        sqlite_file(self.database_url.expose_secret())
    }

    /// The database's address without its password.
    pub fn shown_database(&self) -> String {
        cabinet_store::open::redacted(self.database_url.expose_secret())
    }
}

/// A variable of the environment, read as its setting asks. Parsed by its looks, as figment does, `0800123456` would
/// be a number and lose its zero.
struct Variable {
    key: String,
    value: String,
}

impl figment::Provider for Variable {
    fn metadata(&self) -> Metadata {
        Metadata::named(settings::variable(&self.key))
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        let value = match settings::find(&self.key).map(|setting| setting.kind) {
            Some(Kind::Value) => self.value.trim().parse::<Value>().expect("any text is a value"),
            Some(Kind::Text | Kind::Texts) | None => Value::from(self.value.clone()),
        };
        Serialized::default(&self.key, value).data()
    }
}

/// The variables that are settings. Those of other tools share the prefix, but not the first word of a key; an empty
/// number is none.
fn variables() -> Vec<(String, String)> {
    let absent = |key: &str, value: &str| {
        value.trim().is_empty() && settings::find(key).is_some_and(|setting| setting.kind == Kind::Value)
    };
    let given = Env::prefixed("CABINET_").split("__");
    let given = given.iter().map(|(key, value)| (key.as_str().to_owned(), value));
    given.filter(|(key, value)| ours(key) && !absent(key, value)).collect()
}

/// Whether a key begins with the first word of a setting.
fn ours(key: &str) -> bool {
    let word = |key: &str| key.split('.').next().unwrap_or_default().to_owned();
    settings::ALL.iter().any(|setting| word(setting.key) == word(key))
}

/// A text in a language: `вул. Миру, 1; en: 1 Myru St` holds one in English and one for all others. What has no text
/// without a language falls back to the Ukrainian, then to the first.
pub fn in_language(text: &str, language: Language) -> Option<String> {
    let mut texts: Vec<(Option<Language>, String)> = Vec::new();
    for part in text.split(';').map(str::trim).filter(|part| !part.is_empty()) {
        let tagged =
            part.split_once(':').and_then(|(code, text)| Some((Language::from_code(code.trim())?, text.trim())));
        match (tagged, texts.last_mut()) {
            (Some((of, text)), _) => texts.push((Some(of), text.to_owned())),
            // A semicolon of the text itself.
            (None, Some((_, before))) => {
                before.push_str("; ");
                before.push_str(part);
            }
            (None, None) => texts.push((None, part.to_owned())),
        }
    }
    let found = [Some(language), None, Some(Language::Uk)]
        .into_iter()
        .find_map(|wanted| texts.iter().find(|(of, _)| *of == wanted))
        .or(texts.first());
    found.map(|(_, text)| text.clone()).filter(|text| !text.is_empty())
}

/// `10.0.0.1` or `10.0.0.0/8`.
fn parse_network(text: &str) -> Result<IpNet, ConfigError> {
    text.parse::<IpNet>().or_else(|_| text.parse::<std::net::IpAddr>().map(IpNet::from)).map_err(|_| {
        ConfigError::Wrong {
            name: "CABINET_PROXIES",
            why: format!("`{text}` is not an address or a network, as 10.0.0.0/8"),
        }
    })
}

/// Beside the SQLite file, or `data/secret.key`.
fn beside_database(url: &str) -> PathBuf {
    sqlite_file(url).map_or_else(|| PathBuf::from("data/secret.key"), |file| file.with_extension("key"))
}

fn sqlite_file(url: &str) -> Option<&Path> {
    let path = url.strip_prefix("sqlite:")?;
    let path = path.strip_prefix("//").unwrap_or(path);
    Some(Path::new(path.split('?').next().unwrap_or(path)))
}

/// What is wrong with the settings, and where it stands.
fn told(error: figment::Error) -> String {
    let one = |error: figment::Error| {
        let place = match &error.metadata {
            Some(metadata) if metadata.name.starts_with("CABINET_") => metadata.name.to_string(),
            metadata => {
                let source = metadata.as_ref().and_then(|metadata| metadata.source.as_ref());
                let file = source.map_or_else(|| "settings".to_owned(), ToString::to_string);
                if error.path.is_empty() { file } else { format!("{file}: {}", error.path.join(".")) }
            }
        };
        let why = match &error.kind {
            Fault::UnknownVariant(found, known) => format!("`{found}` is none of {}", known.join(", ")),
            Fault::UnknownField(found, known) => format!("`{found}` is no setting; these are: {}", known.join(", ")),
            Fault::InvalidType(found, wanted) | Fault::InvalidValue(found, wanted) => {
                let wanted = match wanted.as_str() {
                    "u8" | "u32" | "i64" | "usize" => "a whole number",
                    "a boolean" => "true or false",
                    other if other.starts_with("enum ") => "a word",
                    other => other,
                };
                format!("{found} stands where {wanted} is expected")
            }
            other => other.to_string(),
        };
        format!("{place}: {}", why.trim_end())
    };
    error.into_iter().map(one).collect::<Vec<_>>().join("; ")
}

pub(crate) fn absent_if_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// A list, or one text with `;` or `,` between.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Texts {
        Many(Vec<String>),
        One(String),
    }
    Ok(match Texts::deserialize(deserializer)? {
        Texts::Many(many) => many,
        Texts::One(one) => {
            one.split([';', ',']).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
        }
    })
}

/// Codes of languages, in the order the cabinet has them.
fn languages<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Language>, D::Error> {
    let codes = texts(deserializer)?;
    if let Some(unknown) = codes.iter().find(|code| Language::from_code(code).is_none()) {
        return Err(serde::de::Error::custom(format!("`{unknown}` is not a language the cabinet speaks: uk, ru, en")));
    }
    Ok(Language::ALL.into_iter().filter(|language| codes.iter().any(|code| code == language.code())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn production() -> Written {
        Written {
            mode: Mode::Production,
            web: Web { public_url: Some("https://cabinet.example.com".to_owned()), ..Web::default() },
            ..Written::default()
        }
    }

    #[test]
    fn production_refuses_what_is_unsafe() {
        let refused = |written: Written, demo| Config::from_written(written, demo).unwrap_err().to_string();
        assert!(refused(production(), false).contains("CABINET_SECRET_KEY_FILE"));
        assert!(refused(Written { mode: Mode::Production, ..Written::default() }, false).contains("https"));
        assert!(refused(production(), true).contains("--demo"));
        let relay = |host: &str| MailSettings { host: host.to_owned(), tls: Tls::None, ..MailSettings::default() };
        let open = |host| refused(Written { mail: relay(host), ..production() }, false);
        assert!(open("mail.example.com").contains("letters would travel in the open"));
        for local in ["localhost", "127.0.0.1", "::1", "[::1]"] {
            assert!(open(local).contains("CABINET_SECRET_KEY_FILE"), "{local}: only the key is missing");
        }
        let missing = Written { secret_key_file: Some("/nonexistent/key".to_owned()), ..production() };
        assert!(refused(missing, false).contains("cannot be read"));
        let short = tempfile::NamedTempFile::new().unwrap();
        let written = |path: &Path| Written { secret_key_file: Some(path.display().to_string()), ..production() };
        assert!(refused(written(short.path()), false).contains("fewer than 32"));
        std::fs::write(short.path(), [7; 64]).unwrap();
        assert!(Config::from_written(written(short.path()), false).is_ok());
    }

    #[test]
    fn the_demo_stays_on_this_machine() {
        let open = Written { listen: "0.0.0.0:8080".to_owned(), ..Written::default() };
        assert!(Config::from_written(open, true).unwrap_err().to_string().contains("this machine only"));
        assert!(Config::from_written(Written::default(), true).is_ok());
    }

    #[test]
    fn an_address_never_shows_its_password() {
        let written = Written { database_url: Some("postgres://u:secret@db/x".to_owned()), ..Written::default() };
        let config = Config::from_written(written, false).unwrap();
        assert!(!format!("{config:?} {}", config.shown_database()).contains("secret@"));
    }

    /// The settings under these variables only.
    fn under(variables: &[(&str, &str)]) -> Result<Written, String> {
        let mut figment = Figment::from(Serialized::defaults(Written::default()));
        for (key, value) in variables {
            figment = figment.merge(Variable { key: (*key).to_owned(), value: (*value).to_owned() });
        }
        figment.extract().map_err(told)
    }

    #[test]
    fn texts_of_the_environment_are_taken_letter_by_letter() {
        let written = under(&[
            ("provider.phones", "0800123456; +380441234567"),
            ("provider.name", "1e3"),
            ("provider.hours", "true"),
            ("database_url", ""),
            ("web.docs", "false"),
            ("workers", "3"),
        ]);
        let written = written.unwrap();
        assert_eq!(written.provider.phones, ["0800123456", "+380441234567"]);
        assert_eq!((written.provider.name.as_str(), written.provider.hours.as_deref()), ("1e3", Some("true")));
        assert_eq!((written.database_url, written.web.docs, written.workers), (None, false, Some(3)));
        assert_eq!(under(&[("provider.phones", "0800123456")]).unwrap().provider.phones, ["0800123456"]);
        let unknown = under(&[("provider.nmae", "x")]).unwrap_err();
        assert!(unknown.starts_with("CABINET_PROVIDER__NMAE: `nmae` is no setting; these are: name, "), "{unknown}");
        let wrong = under(&[("workers", "many")]).unwrap_err();
        assert_eq!(wrong, "CABINET_WORKERS: string \"many\" stands where a whole number is expected");
        let mode = under(&[("mode", "prod")]).unwrap_err();
        assert_eq!(mode, "CABINET_MODE: `prod` is none of local, production");
        let docs = under(&[("web.docs", "да")]).unwrap_err();
        assert_eq!(docs, "CABINET_WEB__DOCS: string \"да\" stands where true or false is expected");
    }

    #[test]
    fn a_text_may_stand_in_several_languages() {
        let told = |text| Language::ALL.map(|language| in_language(text, language).unwrap_or_default());
        assert_eq!(told("вул. Миру, 1"), ["вул. Миру, 1"; 3]);
        assert_eq!(told("вул. Миру, 1; en: 1 Myru St"), ["вул. Миру, 1", "вул. Миру, 1", "1 Myru St"]);
        assert_eq!(told("uk: пн 9:00; вт 10:00; en: Mon 9:00"), ["пн 9:00; вт 10:00", "пн 9:00; вт 10:00", "Mon 9:00"]);
        assert_eq!(told("en: 1 Myru St"), ["1 Myru St"; 3]);
        assert_eq!(told(" ; "), [""; 3]);
    }

    #[test]
    fn a_language_may_be_dropped_but_not_the_first() {
        let spoken = |codes| {
            let config = Config::from_written(under(&[("provider.languages", codes)])?, false);
            config.map(|config| config.provider.languages).map_err(|error| error.to_string())
        };
        assert_eq!(spoken("en, uk").unwrap(), [Language::Uk, Language::En]);
        assert!(spoken("ru;en").unwrap_err().contains("uk is missing"));
        assert!(spoken("uk;de").unwrap_err().contains("`de`"));
    }

    /// Keys with their values, sections opened.
    fn flat(value: &serde_json::Value, key: &str, found: &mut Vec<(String, serde_json::Value)>) {
        match value.as_object() {
            Some(members) => {
                for (name, value) in members {
                    let key = if key.is_empty() { name.clone() } else { format!("{key}.{name}") };
                    flat(value, &key, found);
                }
            }
            None => found.push((key.to_owned(), value.clone())),
        }
    }

    #[test]
    fn the_list_of_settings_is_the_fields_with_their_defaults() {
        let mut fields = Vec::new();
        flat(&serde_json::to_value(Written::default()).unwrap(), "", &mut fields);
        let mut told: Vec<&str> = settings::ALL.iter().map(|setting| setting.key).collect();
        let mut there: Vec<&str> = fields.iter().map(|(key, _)| key.as_str()).collect();
        told.sort_unstable();
        there.sort_unstable();
        assert_eq!(told, there);
        for (key, value) in &fields {
            let setting = settings::find(key).unwrap();
            let default = match value {
                serde_json::Value::Null => continue,
                serde_json::Value::String(text) => text.clone(),
                serde_json::Value::Array(texts) => {
                    texts.iter().filter_map(serde_json::Value::as_str).collect::<Vec<_>>().join(";")
                }
                other => other.to_string(),
            };
            assert_eq!(setting.default, default, "{key}");
        }
    }
}
