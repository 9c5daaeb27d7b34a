//! The phone short messages of an account go to. Which phones a subscriber has is a part of the profile.

use crate::{StoreError, Tx, View};
use cabinet_core::phone::Phone;
use sqlx_macros::FromRow;
use time::OffsetDateTime;
use uuid::Uuid;

/// The phone of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmsPhone {
    /// The profile's phones, as written.
    pub phones: String,
    /// The one that was confirmed.
    pub confirmed: Option<Phone>,
    /// Since when its owner has the gateway send nothing.
    pub stopped_at: Option<OffsetDateTime>,
    /// ISO 639-1 code of the language messages are written in.
    pub language: String,
    /// Contract number.
    pub contract: String,
}

impl SmsPhone {
    /// The phone messages reach.
    pub fn reached(&self) -> Option<&Phone> {
        self.confirmed.as_ref().filter(|_| self.stopped_at.is_none())
    }
}

#[derive(FromRow)]
struct Row {
    phones: String,
    sms_phone: Option<String>,
    sms_phone_stopped_at: Option<OffsetDateTime>,
    language: String,
    contract: String,
}

/// The phone of an account.
pub async fn find(view: &mut View, account: Uuid) -> Result<Option<SmsPhone>, StoreError> {
    let row: Option<Row> = view
        .maybe(
            "SELECT p.phones, p.sms_phone, p.sms_phone_stopped_at, p.language, a.contract \
             FROM profile p JOIN account a ON a.id = p.account_id WHERE p.account_id = $1",
            (account,),
        )
        .await?;
    Ok(row.map(|row| SmsPhone {
        phones: row.phones,
        confirmed: row.sms_phone.and_then(|phone| Phone::new(&phone).ok()),
        stopped_at: row.sms_phone_stopped_at,
        language: row.language,
        contract: row.contract,
    }))
}

/// A phone of the profile is confirmed: messages go there, whatever was before.
pub async fn confirm(tx: &mut Tx, account: Uuid, phone: &Phone, at: OffsetDateTime) -> Result<(), StoreError> {
    tx.run(
        "UPDATE profile SET sms_phone = $2, sms_phone_confirmed_at = $3, sms_phone_stopped_at = NULL \
         WHERE account_id = $1",
        (account, phone.as_str(), at),
    )
    .await
    .map(drop)
}

/// Its owner wants no messages, as the gateway knows: none go there until it is confirmed anew. `false` if it is the
/// account's no longer, or was stopped before.
pub async fn stop(tx: &mut Tx, account: Uuid, phone: &Phone, at: OffsetDateTime) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE profile SET sms_phone_stopped_at = $3 \
             WHERE account_id = $1 AND sms_phone = $2 AND sms_phone_stopped_at IS NULL",
            (account, phone.as_str(), at),
        )
        .await?;
    Ok(rows == 1)
}
