//! Undo (RULES §4): what was confirmed by mistake comes back whole, within minutes, once a month for each kind of act.

use crate::Now;
use crate::calendar::Month;
use crate::policy::Policy;
use crate::refusal::Refusal;
use time::{Duration, OffsetDateTime};

/// The last moment at which what was confirmed then can be undone.
pub fn until(confirmed_at: OffsetDateTime, policy: &Policy) -> OffsetDateTime {
    confirmed_at + Duration::minutes(policy.undo_minutes)
}

/// Whether an act can still be undone; `undone_this_month` counts acts of its kind undone in the calendar month.
///
/// # Errors
/// [`Refusal::UndoOver`], [`Refusal::UndoSpent`].
pub fn decide(confirmed_at: OffsetDateTime, undone_this_month: i64, policy: &Policy, now: Now) -> Result<(), Refusal> {
    if now.instant > until(confirmed_at, policy) {
        return Err(Refusal::UndoOver);
    }
    if undone_this_month >= policy.undos_per_month {
        return Err(Refusal::UndoSpent { possible_from: Month::of(now.today).next().first() });
    }
    Ok(())
}
