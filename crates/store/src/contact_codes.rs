//! Codes that confirm contacts: one an account and channel, a few tries, a short life, counted by the day.

use crate::{StoreError, Tx, View};
use cabinet_core::notice::Channel;
use sqlx_macros::FromRow;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A code that was sent, without its digits.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Code {
    /// What its digits are made of.
    pub id: Uuid,
    /// Where it was sent.
    pub address: String,
    /// Tries it has had.
    pub tries: i64,
    /// It has confirmed the address.
    pub used: bool,
    /// When it was sent.
    pub sent_at: OffsetDateTime,
    /// Until when it is good.
    pub expires_at: OffsetDateTime,
}

/// The newest code of an account, be it good or not.
pub async fn find(view: &mut View, account: Uuid, channel: Channel) -> Result<Option<Code>, StoreError> {
    view.maybe(
        "SELECT id, address, tries, used, sent_at, expires_at FROM contact_code \
         WHERE account_id = $1 AND channel = $2",
        (account, channel.code()),
    )
    .await
}

/// Puts a new code in the place of any older one.
pub async fn put(tx: &mut Tx, account: Uuid, channel: Channel, code: &Code) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO contact_code (account_id, channel, id, address, tries, used, sent_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (account_id, channel) DO UPDATE \
         SET id = excluded.id, address = excluded.address, tries = excluded.tries, used = excluded.used, \
         sent_at = excluded.sent_at, expires_at = excluded.expires_at",
        (account, channel.code(), code.id, code.address.as_str(), code.tries, code.used, code.sent_at, code.expires_at),
    )
    .await
    .map(drop)
}

/// Counts a try and gives the code to compare with; `None` when there is none, it is used or old, its tries are used up,
/// or it was sent to another address.
pub async fn count_try(
    tx: &mut Tx,
    account: Uuid,
    channel: Channel,
    address: &str,
    tries_max: i64,
    now: OffsetDateTime,
) -> Result<Option<Code>, StoreError> {
    tx.maybe(
        "UPDATE contact_code SET tries = tries + 1 \
         WHERE account_id = $1 AND channel = $2 AND address = $3 AND tries < $4 AND expires_at > $5 AND NOT used \
         RETURNING id, address, tries, used, sent_at, expires_at",
        (account, channel.code(), address, tries_max, now),
    )
    .await
}

/// Uses this very code up; `false` if it was used, or another one took its place.
pub async fn take(tx: &mut Tx, account: Uuid, channel: Channel, id: Uuid) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE contact_code SET used = TRUE WHERE account_id = $1 AND channel = $2 AND id = $3 AND NOT used",
            (account, channel.code(), id),
        )
        .await?;
    Ok(rows == 1)
}

/// Counts a code sent under a name on a day; answers how many were before it.
pub async fn count_sent(tx: &mut Tx, bucket: &str, day: Date) -> Result<i64, StoreError> {
    let (sent,): (i64,) = tx
        .one(
            "INSERT INTO contact_codes_sent (bucket, day, sent) VALUES ($1, $2, 1) \
             ON CONFLICT (bucket, day) DO UPDATE SET sent = contact_codes_sent.sent + 1 RETURNING sent",
            (bucket, day),
        )
        .await?;
    Ok(sent - 1)
}

/// Housekeeping: forgets codes that are old by `before`, and counts of days before `day`.
pub async fn forget(tx: &mut Tx, before: OffsetDateTime, day: Date) -> Result<u64, StoreError> {
    let codes = tx.run("DELETE FROM contact_code WHERE expires_at < $1", (before,)).await?;
    Ok(codes + tx.run("DELETE FROM contact_codes_sent WHERE day < $1", (day,)).await?)
}
