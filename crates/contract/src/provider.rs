//! The provider, told to anyone.

use crate::payment::PaymentMethod;
use serde::{Deserialize, Serialize};

/// `GET /provider`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Provider {
    /// Trade name.
    #[cfg_attr(feature = "openapi", schema(example = "Онлайн"))]
    pub name: String,
    /// Support's phones.
    pub phones: Vec<String>,
    /// Support's e-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The office, in the caller's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// When support answers, in the caller's language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<String>,
    /// Where a picture of the provider lies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(pattern = "^https://", example = "https://example.com/logo.svg"))]
    pub logo: Option<String>,
    /// Languages offered, the default first.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<crate::schema::LanguageCode>))]
    pub languages: Vec<cabinet_core::Language>,
    /// Fewest characters of a new password; absent while the rules in force cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 10, minimum = 8, maximum = 64))]
    pub password_min: Option<u32>,
    /// Minutes for which a one-time code of support is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = 10, minimum = 1))]
    pub recovery_minutes: Option<u32>,
    /// Ways to pay online; empty where none is offered.
    #[serde(default)]
    pub payment_methods: Vec<PaymentMethod>,
    /// Whether terminals or banks take payments by contract number.
    #[serde(default)]
    pub terminals: bool,
    /// Where money is transferred to; absent unless the supplier's requisites are set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requisites: Option<Requisites>,
    /// Whether bills and receipts can be had as files; statements always can.
    #[serde(default)]
    pub documents: bool,
    /// Whether letters are sent: only then can an e-mail be confirmed.
    #[serde(default)]
    pub mail: bool,
    /// Whether short messages are sent: only then can a phone be confirmed.
    #[serde(default)]
    pub sms: bool,
    /// Whether notifications are sent to browsers and installed apps.
    #[serde(default)]
    pub push: bool,
    /// Sign-ins of the demo; only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demo: Option<Vec<DemoSignIn>>,
    /// Sign-ins of the demo's staff, for programs that work with `/staff`; only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub demo_staff: Option<Vec<DemoSignIn>>,
}

/// Whom a transfer goes to. A purpose that names the contract («договір № 0042») finds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Requisites {
    /// The registered name.
    #[cfg_attr(feature = "openapi", schema(example = "ТОВ «ОНЛАЙН»"))]
    pub name: String,
    /// ЄДРПОУ or РНОКПП.
    #[cfg_attr(feature = "openapi", schema(example = "12345678"))]
    pub code: String,
    /// The account.
    #[cfg_attr(feature = "openapi", schema(example = "UA906543210000000260323012024"))]
    pub iban: String,
    /// The bank that keeps it.
    #[cfg_attr(feature = "openapi", schema(example = "АТ «Приклад-Банк»"))]
    pub bank: String,
}

/// A sign-in of the demo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DemoSignIn {
    /// Contract number, or the login of a member of staff.
    pub login: String,
    /// Password.
    pub password: String,
    /// What this subscriber shows, or what this member of staff is there for, in the caller's language.
    pub about: String,
}
