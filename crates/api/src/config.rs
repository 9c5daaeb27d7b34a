//! Settings: defaults, over them `cabinet.toml`, over it the environment.
//!
//! `CABINET_LISTEN` is `listen`, `CABINET_WEB__DIR` is `dir` of `[web]`: two underscores open a section.

use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
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
    /// How sign-ins are slowed.
    pub access: Access,
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

/// Who sells the service, told to anyone by `GET /provider`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Provider {
    /// Trade name.
    #[serde(deserialize_with = "text")]
    pub name: String,
    /// Support's phones.
    #[serde(deserialize_with = "texts")]
    pub phones: Vec<String>,
    /// Support's e-mail.
    #[serde(deserialize_with = "absent_if_empty")]
    pub email: Option<String>,
    /// The office.
    #[serde(deserialize_with = "absent_if_empty")]
    pub address: Option<String>,
    /// When support answers.
    #[serde(deserialize_with = "absent_if_empty")]
    pub hours: Option<String>,
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
            address: Some("вул. Центральна, 1".to_owned()),
            hours: Some("пн–сб 9:00–18:00".to_owned()),
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
    #[serde(deserialize_with = "text")]
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
    access: Access,
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
            access: Access::default(),
        }
    }
}

/// The names that may begin a variable after `CABINET_`.
const NAMES: [&str; 10] = [
    "mode",
    "listen",
    "database_url",
    "secret_key_file",
    "proxies",
    "workers",
    "connections",
    "web",
    "provider",
    "access",
];

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
        // Variables of other tools that share the prefix are not settings.
        let environment = Env::prefixed("CABINET_").filter(|name| {
            let first = name.as_str().split("__").next().unwrap_or_default().to_ascii_lowercase();
            NAMES.contains(&first.as_str())
        });
        let figment = figment.merge(environment.split("__"));
        let written: Written = figment.extract().map_err(|error| ConfigError::Unreadable(error.to_string()))?;
        Config::from_written(written, demo)
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
            access: written.access,
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

    /// The database's address without its password.
    pub fn shown_database(&self) -> String {
        cabinet_store::open::redacted(self.database_url.expose_secret())
    }
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
    match url.strip_prefix("sqlite:") {
        Some(path) => {
            let path = path.strip_prefix("//").unwrap_or(path);
            Path::new(path.split('?').next().unwrap_or(path)).with_extension("key")
        }
        None => PathBuf::from("data/secret.key"),
    }
}

/// A text as the environment gives it: `0800` reads as a number there.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Text(String),
    Whole(i64),
    Fraction(f64),
    Truth(bool),
}

impl From<Scalar> for String {
    fn from(scalar: Scalar) -> String {
        match scalar {
            Scalar::Text(text) => text,
            Scalar::Whole(number) => number.to_string(),
            Scalar::Fraction(number) => number.to_string(),
            Scalar::Truth(truth) => truth.to_string(),
        }
    }
}

fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Scalar::deserialize(deserializer).map(String::from)
}

fn absent_if_empty<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = Option::<Scalar>::deserialize(deserializer)?.map(String::from);
    Ok(text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// A list, or one text with `;` or `,` between.
fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Texts {
        Many(Vec<Scalar>),
        One(Scalar),
    }
    Ok(match Texts::deserialize(deserializer)? {
        Texts::Many(many) => many.into_iter().map(String::from).collect(),
        Texts::One(one) => String::from(one)
            .split([';', ','])
            .map(|text| text.trim().to_owned())
            .filter(|text| !text.is_empty())
            .collect(),
    })
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
}
