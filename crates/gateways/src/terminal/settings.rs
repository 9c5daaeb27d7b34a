//! What an installation says of a terminal, and what is wrong with it.

use super::outcome::Refusal;
use super::signature::KeyError;
use cabinet_core::Money;
use ipnet::IpNet;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

/// A protocol of terminals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DialectName {
    /// OSMP: `<osmp_txn_id>`.
    Osmp,
    /// iBox: OSMP with `<ibox_txn_id>`.
    Ibox,
    /// monobank's utility payments: as iBox.
    Monobank,
    /// City24 by GET parameters, sums in hryvnias.
    City24Get,
    /// City24 by XML `commandCall`, sums in kopecks.
    City24Xml,
    /// EasyPay Provider 3.1: two phases, signed if keys are given.
    Easypay,
    /// PrivatBank "Debt": Privat24 and its terminals.
    Privatbank,
    /// A-Bank: PrivatBank's without the namespace.
    Abank,
}

impl DialectName {
    /// Every dialect.
    pub const ALL: [DialectName; 8] = [
        DialectName::Osmp,
        DialectName::Ibox,
        DialectName::Monobank,
        DialectName::City24Get,
        DialectName::City24Xml,
        DialectName::Easypay,
        DialectName::Privatbank,
        DialectName::Abank,
    ];

    /// As in settings.
    pub fn as_str(self) -> &'static str {
        match self {
            DialectName::Osmp => "osmp",
            DialectName::Ibox => "ibox",
            DialectName::Monobank => "monobank",
            DialectName::City24Get => "city24_get",
            DialectName::City24Xml => "city24_xml",
            DialectName::Easypay => "easypay",
            DialectName::Privatbank => "privatbank",
            DialectName::Abank => "abank",
        }
    }
}

impl fmt::Display for DialectName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A terminal's section. The section's own name is the terminal's: the last part of its path, and the provider under
/// which its payments stand in the book, so it never changes once money came.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Whether it is served.
    #[serde(default)]
    pub on: bool,
    /// Its protocol.
    pub dialect: DialectName,
    /// Who may ask: networks (`192.0.2.0/28`) and addresses. Never empty.
    #[serde(default, deserialize_with = "networks")]
    pub allow: Vec<IpNet>,
    /// City24 XML: the login it sends.
    pub login: Option<String>,
    /// City24 XML: the password it sends.
    pub password: Option<SecretString>,
    /// The service's code with the provider. EasyPay: required, `ServiceId`. City24 XML: `payElementID`; PrivatBank:
    /// `serviceCode`; with these two any is taken if none is given.
    pub service: Option<String>,
    /// PrivatBank: what the payer reads as the service's name; «Інтернет» unless given.
    pub service_name: Option<String>,
    /// PrivatBank: `CompanyCode`; 1 unless given.
    pub company: Option<String>,
    /// EasyPay: the provider's public key as PEM (`PUBLIC KEY` or `RSA PUBLIC KEY`). Given with `our_key`, every
    /// request must be signed and every answer is; without both, the list of addresses is all there is.
    pub their_key: Option<String>,
    /// EasyPay: our private key as PEM (`PRIVATE KEY` or `RSA PRIVATE KEY`).
    pub our_key: Option<SecretString>,
    /// The least sum of a new payment, 0.01 or more.
    #[serde(default = "least")]
    pub min: Money,
    /// The greatest sum of a new payment.
    #[serde(default = "greatest")]
    pub max: Money,
    /// Codes agreed with the provider for refusals, by the refusal's name; never 0, which means success.
    #[serde(default)]
    pub codes: BTreeMap<Refusal, i32>,
    /// PrivatBank: a repeated payment gets error 7 instead of its first answer.
    #[serde(default)]
    pub repeat_is_error: bool,
}

fn least() -> Money {
    Money::from_kopecks(1_00)
}

fn greatest() -> Money {
    Money::PAYMENT_MAX
}

fn networks<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<IpNet>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let network = |text: &String| {
        let text = text.trim();
        text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
    };
    texts
        .iter()
        .map(|text| {
            network(text).ok_or_else(|| serde::de::Error::custom(format!("not a network or an address: {text}")))
        })
        .collect()
}

/// What is wrong with a terminal's section.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The name cannot be a part of a path.
    #[error("a terminal's name is 1 to 32 small Latin letters, digits and hyphens")]
    Name,
    /// Nobody may ask.
    #[error("`allow` names no address: list those the provider calls from")]
    AllowsNobody,
    /// The limits leave no sum, or reach beyond what a payment may be.
    #[error("`min` must be at least 0.01, `max` at least `min` and at most {}", Money::PAYMENT_MAX)]
    Limits,
    /// A refusal would read as success.
    #[error("the code of {0:?} cannot be 0: that means success")]
    CodeOfSuccess(Refusal),
    /// The dialect needs a key that is not there.
    #[error("{0} needs `{1}`")]
    Missing(DialectName, &'static str),
    /// The dialect has no use for a key.
    #[error("{0} has no use for `{1}`")]
    Useless(DialectName, &'static str),
    /// A key cannot be read.
    #[error("`{0}`: {1}")]
    Key(&'static str, KeyError),
}

impl Settings {
    /// Whether every key there is of use to the dialect, and every one it needs is there.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        use DialectName::{Abank, City24Xml, Easypay, Privatbank};
        if self.allow.is_empty() {
            return Err(SettingsError::AllowsNobody);
        }
        if self.min < Money::from_kopecks(1) || self.max < self.min || self.max > Money::PAYMENT_MAX {
            return Err(SettingsError::Limits);
        }
        if let Some((refusal, _)) = self.codes.iter().find(|(_, code)| **code == 0) {
            return Err(SettingsError::CodeOfSuccess(*refusal));
        }
        let rows: [(&str, bool, &[DialectName], &[DialectName]); 8] = [
            ("login", self.login.is_some(), &[City24Xml], &[City24Xml]),
            ("password", self.password.is_some(), &[City24Xml], &[City24Xml]),
            ("service", self.service.is_some(), &[Easypay], &[Easypay, City24Xml, Privatbank, Abank]),
            ("service_name", self.service_name.is_some(), &[], &[Privatbank, Abank]),
            ("company", self.company.is_some(), &[], &[Privatbank, Abank]),
            ("their_key", self.their_key.is_some(), &[], &[Easypay]),
            ("our_key", self.our_key.is_some(), &[], &[Easypay]),
            ("repeat_is_error", self.repeat_is_error, &[], &[Privatbank, Abank]),
        ];
        for (key, given, needed, used) in rows {
            if !given && needed.contains(&self.dialect) {
                return Err(SettingsError::Missing(self.dialect, key));
            }
            if given && !used.contains(&self.dialect) {
                return Err(SettingsError::Useless(self.dialect, key));
            }
        }
        match (&self.their_key, &self.our_key) {
            (Some(_), None) => Err(SettingsError::Missing(self.dialect, "our_key")),
            (None, Some(_)) => Err(SettingsError::Missing(self.dialect, "their_key")),
            _ => Ok(()),
        }
    }
}

/// The codes of a dialect's refusals: its own, and over them those agreed with the provider.
#[derive(Debug)]
pub(super) struct Codes {
    usual: fn(Refusal) -> i32,
    agreed: BTreeMap<Refusal, i32>,
}

impl Codes {
    pub(super) fn new(usual: fn(Refusal) -> i32, agreed: &BTreeMap<Refusal, i32>) -> Codes {
        Codes { usual, agreed: agreed.clone() }
    }

    pub(super) fn of(&self, refusal: Refusal) -> i32 {
        self.agreed.get(&refusal).copied().unwrap_or_else(|| (self.usual)(refusal))
    }
}
