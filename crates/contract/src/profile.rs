//! Who the subscriber is and how to reach them.

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;

/// `GET /me/profile`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Profile {
    /// Contract number.
    #[cfg_attr(feature = "openapi", schema(example = "0000"))]
    pub contract: String,
    /// Login of one's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<String>,
    /// Family name.
    pub last_name: String,
    /// Given name.
    pub first_name: String,
    /// Patronymic; may be empty.
    pub middle_name: String,
    /// Address of the connection.
    pub address: String,
    /// Phones as written: `0-00-00;000-00-00`.
    pub phones: String,
    /// E-mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The e-mail is confirmed by a code that was sent to it; another one is not.
    #[serde(default)]
    pub email_confirmed: bool,
    /// Letters to the e-mail are refused: it is to be put right, or confirmed anew.
    #[serde(default)]
    pub email_failing: bool,
    /// Bills are wished by e-mail; they go out while it is confirmed.
    #[serde(default)]
    pub email_bills: bool,
    /// A code that was sent to the e-mail and can still be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email_verification: Option<EmailVerification>,
    /// Those of the phones that can be confirmed by a code.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(example = json!(["+380501234567"])))]
    pub sms_phones: Vec<String>,
    /// The one of them that is confirmed: messages go there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(example = "+380501234567"))]
    pub sms_phone: Option<String>,
    /// Its owner told the operator to let no messages through: it is to be confirmed anew.
    #[serde(default)]
    pub sms_phone_stopped: bool,
    /// A code that was sent to one of the phones and can still be given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone_verification: Option<PhoneVerification>,
    /// Agrees to hear of promotions and offers.
    pub consent_promotions: bool,
    /// Agrees to take part in prize draws.
    pub consent_draws: bool,
    /// Wishes that wait for staff.
    pub requests: Vec<ProfileRequest>,
}

/// A code on its way to an e-mail.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EmailVerification {
    /// Where it was sent.
    #[cfg_attr(feature = "openapi", schema(example = "ivan@example.com"))]
    pub email: String,
    /// When it was asked for.
    #[serde(with = "time::serde::rfc3339")]
    pub sent_at: OffsetDateTime,
    /// Until when it is good.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// From when another one may be asked for.
    #[serde(with = "time::serde::rfc3339")]
    pub again_at: OffsetDateTime,
}

/// `POST /me/contacts/phone/verification`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartPhoneVerification {
    /// One of the profile's phones, in any of its spellings.
    #[cfg_attr(feature = "openapi", schema(example = "+380501234567", max_length = 64))]
    pub phone: String,
}

/// A code on its way to a phone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PhoneVerification {
    /// Where it was sent.
    #[cfg_attr(feature = "openapi", schema(example = "+380501234567"))]
    pub phone: String,
    /// When it was asked for.
    #[serde(with = "time::serde::rfc3339")]
    pub sent_at: OffsetDateTime,
    /// Until when it is good.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// From when another one may be asked for.
    #[serde(with = "time::serde::rfc3339")]
    pub again_at: OffsetDateTime,
}

/// `POST /me/contacts/phone/confirm`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmPhone {
    /// The code of the message: six digits, whatever blanks and hyphens stand between.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub code: String,
}

/// `POST /me/contacts/email/confirm`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmEmail {
    /// The code of the letter: six digits, whatever blanks and hyphens stand between.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub code: String,
}

/// `PUT /me/services/email-bills`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EmailBills {
    /// Whether bills are wished by e-mail.
    pub enabled: bool,
}

/// A wish that staff must decide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProfileRequest {
    /// What is to change.
    pub field: RequestField,
    /// Into what.
    pub wish: String,
    /// When it was asked.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
}

/// What only staff change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RequestField {
    /// Family name, given name, patronymic.
    Name,
    /// Address of the connection.
    Address,
    /// Everything personal: to be taken away.
    Erasure,
    /// Something this build does not know.
    #[serde(other)]
    Unknown,
}

impl RequestField {
    /// By the word it is kept under.
    pub fn from_code(code: &str) -> RequestField {
        match code {
            "name" => RequestField::Name,
            "address" => RequestField::Address,
            "erasure" => RequestField::Erasure,
            _ => RequestField::Unknown,
        }
    }
}

/// `PATCH /me/profile`: absent members stay as they are; a new name or address becomes a request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateProfile {
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 80))]
    pub last_name: Option<String>,
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 80))]
    pub first_name: Option<String>,
    /// Patronymic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 80))]
    pub middle_name: Option<String>,
    /// Address of the connection.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub address: Option<String>,
    /// Phones, free text, several with `;`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 120))]
    pub phones: Option<String>,
    /// E-mail; empty takes it away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(max_length = 254))]
    pub email: Option<String>,
    /// Promotions and offers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_promotions: Option<bool>,
    /// Prize draws.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent_draws: Option<bool>,
    /// The present password: with phones or an e-mail that differ from those kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(format = Password, max_length = 1024))]
    pub password: Option<String>,
}
