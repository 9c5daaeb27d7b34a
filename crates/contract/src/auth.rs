//! Signing in and staying signed in.

use serde::{Deserialize, Serialize};

/// How the refresh token travels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// In an HttpOnly cookie: browsers.
    #[default]
    Cookie,
    /// In the body: apps. Refused to browsers.
    Body,
}

/// `POST /auth/sign-in`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// Contract number or a login of one's own.
    #[cfg_attr(feature = "openapi", schema(example = "0000", max_length = 64))]
    pub login: String,
    /// The password.
    #[cfg_attr(feature = "openapi", schema(format = Password, max_length = 1024))]
    pub password: String,
    /// How the refresh token is to travel.
    #[serde(default)]
    pub delivery: Delivery,
}

/// An access token and, for apps, the refresh token.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Tokens {
    /// JWT for `Authorization: Bearer`.
    pub access_token: String,
    /// Always `Bearer`.
    #[cfg_attr(feature = "openapi", schema(example = "Bearer"))]
    pub token_type: String,
    /// Seconds until the access token ends.
    #[cfg_attr(feature = "openapi", schema(example = 600))]
    pub expires_in: u64,
    /// The token is good only for changing the password and signing out.
    pub must_change_password: bool,
    /// The refresh token, only when delivered in the body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
}

/// `POST /auth/renew` and `/auth/sign-out`; empty where the cookie carries the token.
#[derive(Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Refresh {
    /// The refresh token of an app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
}

/// `POST /auth/recovery`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StartRecovery {
    /// Contract number or login.
    #[cfg_attr(feature = "openapi", schema(example = "0000", max_length = 64))]
    pub login: String,
}

/// What to do next; the same whoever asks.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecoveryNext {
    /// In the caller's language.
    pub message: String,
    /// Support's phones.
    pub phones: Vec<String>,
}

/// `POST /auth/recovery/confirm`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ConfirmRecovery {
    /// Contract number or login.
    #[cfg_attr(feature = "openapi", schema(example = "0000", max_length = 64))]
    pub login: String,
    /// The one-time code support gave.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub code: String,
    /// The password to be.
    #[cfg_attr(feature = "openapi", schema(format = Password, max_length = 256))]
    pub new_password: String,
}

/// `PUT /me/password`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The present password.
    #[cfg_attr(feature = "openapi", schema(format = Password, max_length = 1024))]
    pub old_password: String,
    /// The password to be.
    #[cfg_attr(feature = "openapi", schema(format = Password, max_length = 256))]
    pub new_password: String,
}

/// `PUT /me/login`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeLogin {
    /// 3 to 32 Latin letters, digits, `.`, `_`, `-`, beginning with a letter; never of a contract's form.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "ivan.ivanov", max_length = 32, pattern = "^[A-Za-z][A-Za-z0-9._-]{2,31}$")
    )]
    pub login: String,
    /// The present password.
    #[cfg_attr(feature = "openapi", schema(format = Password, max_length = 1024))]
    pub password: String,
}
