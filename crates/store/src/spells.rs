//! Days on which an account was stopped.

use crate::{StoreError, Tx, View};
use cabinet_core::account::Pause;
use cabinet_core::statement::{Spell, SpellKind};
use time::Date;
use uuid::Uuid;

fn code(kind: SpellKind) -> &'static str {
    match kind {
        SpellKind::Suspended => "suspended",
        SpellKind::Blocked => "blocked",
        SpellKind::Paused => "paused",
    }
}

/// A spell begins. Beginning it again on the same day keeps the first.
pub async fn begin(tx: &mut Tx, account: Uuid, kind: SpellKind, first_day: Date) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO standing_spell (account_id, kind, first_day) VALUES ($1, $2, $3) \
         ON CONFLICT (account_id, kind, first_day) DO UPDATE SET last_day = NULL",
        (account, code(kind), first_day),
    )
    .await?;
    Ok(())
}

/// A pause is planned, or moved from the day it was to begin (`before`); a pause has its last day from the start.
pub async fn plan(tx: &mut Tx, account: Uuid, before: Option<Pause>, pause: Option<Pause>) -> Result<(), StoreError> {
    let kind = code(SpellKind::Paused);
    if let Some(before) = before {
        tx.run(
            "DELETE FROM standing_spell WHERE account_id = $1 AND kind = $2 AND first_day = $3",
            (account, kind, before.from),
        )
        .await?;
    }
    if let Some(pause) = pause.filter(|pause| pause.from <= pause.until) {
        tx.run(
            "INSERT INTO standing_spell (account_id, kind, first_day, last_day) VALUES ($1, $2, $3, $4)",
            (account, kind, pause.from, pause.until),
        )
        .await?;
    }
    Ok(())
}

/// The open spell ends with `last_day`; one that never held a whole day leaves no trace.
pub async fn end(tx: &mut Tx, account: Uuid, kind: SpellKind, last_day: Date) -> Result<(), StoreError> {
    tx.run(
        "DELETE FROM standing_spell WHERE account_id = $1 AND kind = $2 AND last_day IS NULL AND first_day > $3",
        (account, code(kind), last_day),
    )
    .await?;
    tx.run(
        "UPDATE standing_spell SET last_day = $3 WHERE account_id = $1 AND kind = $2 AND last_day IS NULL",
        (account, code(kind), last_day),
    )
    .await?;
    Ok(())
}

/// Spells that touch the days from `from` to `to`.
pub async fn between(view: &mut View, account: Uuid, from: Date, to: Date) -> Result<Vec<Spell>, StoreError> {
    let rows: Vec<(String, Date, Option<Date>)> = view
        .all(
            "SELECT kind, first_day, last_day FROM standing_spell \
             WHERE account_id = $1 AND first_day <= $3 AND (last_day IS NULL OR last_day >= $2) ORDER BY first_day",
            (account, from, to),
        )
        .await?;
    rows.into_iter().map(spell).collect()
}

/// Every spell of the accounts behind `after` through `last`, by account and first day: for the audit.
pub async fn stretch(view: &mut View, after: Uuid, last: Uuid) -> Result<Vec<(Uuid, Spell)>, StoreError> {
    let rows: Vec<(Uuid, String, Date, Option<Date>)> = view
        .all(
            "SELECT account_id, kind, first_day, last_day FROM standing_spell \
             WHERE account_id > $1 AND account_id <= $2 ORDER BY account_id, first_day",
            (after, last),
        )
        .await?;
    rows.into_iter().map(|(account, kind, first, last)| Ok((account, spell((kind, first, last))?))).collect()
}

pub(crate) fn spell((kind, first_day, last_day): (String, Date, Option<Date>)) -> Result<Spell, StoreError> {
    let kind = match kind.as_str() {
        "suspended" => SpellKind::Suspended,
        "blocked" => SpellKind::Blocked,
        "paused" => SpellKind::Paused,
        other => return Err(StoreError::corrupt(format!("spell of kind {other}"))),
    };
    Ok(Spell { kind, first_day, last_day })
}
