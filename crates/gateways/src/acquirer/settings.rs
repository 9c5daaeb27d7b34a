//! Which acquirers are on, and what they need.

use super::{Acquirer, Liqpay, Monobank, Patience, Sandbox, Wayforpay};
use cabinet_core::Money;
use reqwest::Url;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// All acquirers; each is off unless `enabled`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct AcquirerSettings {
    /// Milliseconds to connect to a gateway; 1 to 30 000.
    pub connect_timeout_ms: u64,
    /// Milliseconds for the whole of a request; 1 to 60 000.
    pub timeout_ms: u64,
    /// The demo's gateway.
    pub sandbox: SandboxSettings,
    /// LiqPay.
    pub liqpay: LiqpaySettings,
    /// monobank.
    pub monobank: MonobankSettings,
    /// WayForPay.
    pub wayforpay: WayforpaySettings,
}

impl Default for AcquirerSettings {
    fn default() -> AcquirerSettings {
        AcquirerSettings {
            connect_timeout_ms: 3_000,
            timeout_ms: 10_000,
            sandbox: SandboxSettings::default(),
            liqpay: LiqpaySettings::default(),
            monobank: MonobankSettings::default(),
            wayforpay: WayforpaySettings::default(),
        }
    }
}

/// The demo's gateway.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct SandboxSettings {
    /// Whether it takes payments.
    pub enabled: bool,
    /// What its notifications are signed with; at least 16 bytes, the same in every process.
    #[serde(serialize_with = "told_to_nobody")]
    pub secret: Option<SecretString>,
    /// The file that holds it instead.
    pub secret_file: Option<PathBuf>,
    /// The server's own page, without a query.
    pub page_url: String,
    /// Seconds after which "paid later" is paid.
    pub later_seconds: u32,
}

impl Default for SandboxSettings {
    fn default() -> SandboxSettings {
        let page_url = "/api/v1/gateways/sandbox/page".to_owned();
        SandboxSettings { enabled: false, secret: None, secret_file: None, page_url, later_seconds: 20 }
    }
}

/// LiqPay.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct LiqpaySettings {
    /// Whether it takes payments.
    pub enabled: bool,
    /// Test payments only: state `sandbox` counts as paid. Keys that begin with `sandbox_` are always so.
    pub test_mode: bool,
    /// 7 (SHA3-256) or 3 (SHA-1). With 7 a SHA-1 signature is never accepted.
    pub version: u8,
    /// The shop's public key.
    pub public_key: String,
    /// The shop's private key.
    #[serde(serialize_with = "told_to_nobody")]
    pub private_key: Option<SecretString>,
    /// The file that holds it instead.
    pub private_key_file: Option<PathBuf>,
    /// Where browsers are sent.
    pub checkout_url: String,
    /// Where requests go.
    pub api_url: String,
}

impl Default for LiqpaySettings {
    fn default() -> LiqpaySettings {
        LiqpaySettings {
            enabled: false,
            test_mode: false,
            version: 7,
            public_key: String::new(),
            private_key: None,
            private_key_file: None,
            checkout_url: "https://www.liqpay.ua".to_owned(),
            api_url: "https://www.liqpay.ua".to_owned(),
        }
    }
}

/// monobank.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct MonobankSettings {
    /// Whether it takes payments.
    pub enabled: bool,
    /// The token is a test one.
    pub test_mode: bool,
    /// The merchant's token.
    #[serde(serialize_with = "told_to_nobody")]
    pub token: Option<SecretString>,
    /// The file that holds it instead.
    pub token_file: Option<PathBuf>,
    /// Whether receipts of the tax office are made for this merchant and asked for.
    pub fiscal: bool,
    /// Where requests go.
    pub api_url: String,
}

impl Default for MonobankSettings {
    fn default() -> MonobankSettings {
        MonobankSettings {
            enabled: false,
            test_mode: false,
            token: None,
            token_file: None,
            fiscal: false,
            api_url: "https://api.monobank.ua".to_owned(),
        }
    }
}

/// WayForPay.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct WayforpaySettings {
    /// Whether it takes payments.
    pub enabled: bool,
    /// The merchant is a test one. `test_merch_n1`, whose key is public, is always so.
    pub test_mode: bool,
    /// The merchant's account.
    pub merchant_account: String,
    /// The domain registered with it.
    pub merchant_domain: String,
    /// The merchant's secret key.
    #[serde(serialize_with = "told_to_nobody")]
    pub secret_key: Option<SecretString>,
    /// The file that holds it instead.
    pub secret_key_file: Option<PathBuf>,
    /// From this sum on a notification is believed only once the gateway, asked over TLS, says the same: its signatures
    /// are HMAC-MD5. Zero: any sum.
    pub asked_from: Money,
    /// Where browsers are sent.
    pub pay_url: String,
    /// Where requests go.
    pub api_url: String,
}

impl Default for WayforpaySettings {
    fn default() -> WayforpaySettings {
        WayforpaySettings {
            enabled: false,
            test_mode: false,
            merchant_account: String::new(),
            merchant_domain: String::new(),
            secret_key: None,
            secret_key_file: None,
            asked_from: Money::from_kopecks(1_000_00),
            pay_url: "https://secure.wayforpay.com".to_owned(),
            api_url: "https://api.wayforpay.com".to_owned(),
        }
    }
}

/// Why acquirers cannot be made of the settings. Texts name settings, never their secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Switched on without it.
    #[error("{0} is needed")]
    Missing(&'static str),
    /// Given, and not usable.
    #[error("{0} must be {1}")]
    Unfit(&'static str, &'static str),
    /// The file cannot be read.
    #[error("{0}: the file cannot be read")]
    File(&'static str),
    /// It takes money that is not real where only real money counts.
    #[error("{0} takes test money, which is refused here")]
    TestMoney(&'static str),
    /// TLS cannot be set up.
    #[error("TLS cannot be set up on this machine")]
    Tls,
}

/// The acquirers that are on, in the order they are offered.
#[derive(Clone, Default)]
pub struct Acquirers {
    all: Vec<Arc<dyn Acquirer>>,
    sandbox: Option<Arc<Sandbox>>,
}

impl Acquirers {
    /// These, in this order, and no sandbox.
    pub fn of(all: Vec<Arc<dyn Acquirer>>) -> Acquirers {
        Acquirers { all, sandbox: None }
    }

    /// All of them.
    pub fn all(&self) -> &[Arc<dyn Acquirer>] {
        &self.all
    }

    /// By its code.
    pub fn get(&self, code: &str) -> Option<&Arc<dyn Acquirer>> {
        self.all.iter().find(|acquirer| acquirer.code() == code)
    }

    /// Where browsers post forms to: what a page's policy must allow.
    pub fn form_origins(&self) -> Vec<&str> {
        self.all.iter().filter_map(|acquirer| acquirer.form_origin()).collect()
    }

    /// The demo's gateway, for its page.
    pub fn sandbox(&self) -> Option<&Arc<Sandbox>> {
        self.sandbox.as_ref()
    }
}

impl AcquirerSettings {
    /// Whether any of them takes payments.
    pub fn any_enabled(&self) -> bool {
        self.liqpay.enabled || self.monobank.enabled || self.wayforpay.enabled || self.sandbox.enabled
    }

    /// Makes those that are switched on. Where `test_money` is not allowed, one that takes it is an error.
    pub fn build(&self, test_money: bool) -> Result<Acquirers, SettingsError> {
        let patience = self.patience()?;
        let sandbox = self.sandbox.enabled.then(|| Sandbox::new(&self.sandbox)).transpose()?.map(Arc::new);
        let mut all: Vec<Arc<dyn Acquirer>> = Vec::new();
        if self.liqpay.enabled {
            all.push(Arc::new(Liqpay::new(&self.liqpay, patience)?));
        }
        if self.monobank.enabled {
            all.push(Arc::new(Monobank::new(&self.monobank, patience)?));
        }
        if self.wayforpay.enabled {
            all.push(Arc::new(Wayforpay::new(&self.wayforpay, patience)?));
        }
        if let Some(sandbox) = &sandbox {
            all.push(sandbox.clone());
        }
        match all.iter().find(|acquirer| acquirer.capabilities().test && !test_money) {
            Some(acquirer) => Err(SettingsError::TestMoney(acquirer.code())),
            None => Ok(Acquirers { all, sandbox }),
        }
    }

    fn patience(&self) -> Result<Patience, SettingsError> {
        if !(1..=30_000).contains(&self.connect_timeout_ms) {
            return Err(SettingsError::Unfit("connect_timeout_ms", "1 to 30000"));
        }
        if !(1..=60_000).contains(&self.timeout_ms) {
            return Err(SettingsError::Unfit("timeout_ms", "1 to 60000"));
        }
        Ok(Patience {
            connect: Duration::from_millis(self.connect_timeout_ms),
            whole: Duration::from_millis(self.timeout_ms),
        })
    }
}

/// A secret is read and never written.
pub(crate) fn told_to_nobody<S: Serializer>(_: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_none()
}

/// A text that must be there.
pub(crate) fn text(value: &str, name: &'static str) -> Result<String, SettingsError> {
    let value = value.trim();
    if value.is_empty() { Err(SettingsError::Missing(name)) } else { Ok(value.to_owned()) }
}

/// A secret, from its setting or from its file without the line's end; not from both.
pub(crate) fn secret(
    value: &Option<SecretString>,
    file: &Option<PathBuf>,
    name: &'static str,
) -> Result<SecretString, SettingsError> {
    let value = value.as_ref().filter(|value| !value.expose_secret().trim().is_empty());
    let file = file.as_ref().filter(|file| !file.as_os_str().is_empty());
    match (value, file) {
        (Some(_), Some(_)) => Err(SettingsError::Unfit(name, "given once")),
        (None, None) => Err(SettingsError::Missing(name)),
        (Some(value), None) => Ok(value.expose_secret().trim().into()),
        (None, Some(file)) => {
            let text = SecretString::from(std::fs::read_to_string(file).map_err(|_| SettingsError::File(name))?);
            match text.expose_secret().trim() {
                "" => Err(SettingsError::Missing(name)),
                secret => Ok(secret.into()),
            }
        }
    }
}

/// An address requests begin with: https, or http on this machine; no query, no password in it.
pub(crate) fn base_url(value: &str, name: &'static str) -> Result<String, SettingsError> {
    const WANTED: &str = "an https address (http only on this machine)";
    let url = Url::parse(value.trim()).map_err(|_| SettingsError::Unfit(name, WANTED))?;
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let scheme = url.scheme() == "https" || (url.scheme() == "http" && local);
    let bare = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
        && url.host_str().is_some();
    if !(scheme && bare) {
        return Err(SettingsError::Unfit(name, WANTED));
    }
    Ok(url.as_str().trim_end_matches('/').to_owned())
}
