//! What was done: to a contract, as its subscriber reads it, and anywhere, as an admin does.

use crate::office::paged;
use crate::{Error, Service};
use cabinet_core::{Money, Refusal, history};
use cabinet_store::audit::{self, AuditRow, Logged, Wanted};
use cabinet_store::{View, staff};
use serde_json::{Map, Value};
use time::macros::format_description;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Something that was done to a contract, with what its subscriber is told of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    /// Its id.
    pub id: Uuid,
    /// When.
    pub at: OffsetDateTime,
    /// `system`, `subscriber` or `staff`: never who of the staff.
    pub actor: String,
    /// What, by its code.
    pub act: String,
    /// The sum it is about.
    pub amount: Option<Money>,
    /// The day it takes effect, or the first one it is about.
    pub day: Option<Date>,
    /// The last day it is about.
    pub until: Option<Date>,
    /// Why, in the words of staff.
    pub reason: Option<String>,
    /// Whether it was switched on, or granted.
    pub enabled: Option<bool>,
    /// The fields it is about.
    pub fields: Vec<String>,
}

/// Which rows of the whole log are asked for.
#[derive(Clone, Debug, Default)]
pub struct LogWish {
    /// About this account.
    pub account: Option<Uuid>,
    /// Of this act.
    pub act: Option<String>,
    /// By the member of staff with this login, who may have left.
    pub staff: Option<String>,
    /// From this business day and until that one, both included.
    pub days: (Option<Date>, Option<Date>),
}

impl Happened {
    /// What of a row its subscriber is told; nothing of the office's own, nor of an act this build does not know.
    fn of(row: AuditRow) -> Option<Happened> {
        let shown = history::shown(&row.act)?;
        let details: Map<String, Value> = serde_json::from_str(&row.details).unwrap_or_default();
        let member = |name: Option<&str>| name.and_then(|name| details.get(name));
        let text = |name| member(name).and_then(Value::as_str);
        let day =
            |name| text(name).and_then(|text| Date::parse(text, format_description!("[year]-[month]-[day]")).ok());
        let fields = match member(shown.fields) {
            Some(Value::Array(names)) => names.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            Some(Value::String(name)) => vec![name.clone()],
            _ => Vec::new(),
        };
        Some(Happened {
            id: row.id,
            at: row.at,
            actor: row.actor,
            amount: text(shown.amount).and_then(|text| text.parse().ok()),
            day: day(shown.day),
            until: day(shown.until),
            reason: text(shown.reason).filter(|text| !text.is_empty()).map(str::to_owned),
            enabled: member(shown.enabled).and_then(Value::as_bool),
            fields,
            act: row.act,
        })
    }
}

impl Service {
    /// What was done to a contract, by its subscriber and by others, newest first, and the cursor of the next page.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a cursor of another account.
    pub async fn show_history(
        &self,
        account: Uuid,
        cursor: Option<Uuid>,
        limit: i64,
    ) -> Result<(Vec<Happened>, Option<Uuid>), Error> {
        let mut view = self.store.read().await?;
        let mut place = match cursor {
            Some(id) => Some((audit::place(&mut view, account, id).await?.ok_or(Refusal::NotFound)?, id)),
            None => None,
        };
        let mut found = Vec::new();
        // Rows that are not the subscriber's to read are read over.
        loop {
            let rows = audit::page(&mut view, account, place, limit + 1).await?;
            let whole = rows.len() as i64 > limit;
            place = rows.last().map(|row| (row.at, row.id));
            found.extend(rows.into_iter().filter_map(Happened::of));
            if !whole || found.len() as i64 > limit {
                return Ok(paged(found, limit, |one| one.id));
            }
        }
    }

    /// Rows of the whole log, newest first, and the cursor of the next page; none by a login that no member of staff has.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] for a cursor of no row.
    pub async fn search_log(
        &self,
        wish: &LogWish,
        cursor: Option<Uuid>,
        limit: i64,
    ) -> Result<(Vec<Logged>, Option<Uuid>), Error> {
        let mut view = self.store.read().await?;
        let staff = match &wish.staff {
            Some(login) => match staff::named(&mut view, login).await? {
                Some(member) => Some(member.id),
                None => return Ok((Vec::new(), None)),
            },
            None => None,
        };
        let (from, to) = wish.days;
        let wanted = Wanted {
            account: wish.account,
            act: wish.act.clone(),
            staff,
            from: from.map(|day| self.clock.day_start(day)),
            // No day follows the calendar's last one.
            before: to.and_then(Date::next_day).map(|day| self.clock.day_start(day)),
        };
        let place = place_of(&mut view, cursor).await?;
        let found = audit::search(&mut view, &wanted, place, limit + 1).await?;
        Ok(paged(found, limit, |one| one.row.id))
    }
}

async fn place_of(view: &mut View, cursor: Option<Uuid>) -> Result<Option<(OffsetDateTime, Uuid)>, Error> {
    let Some(id) = cursor else { return Ok(None) };
    let at = audit::place_in_log(view, id).await?.ok_or(Refusal::NotFound)?;
    Ok(Some((at, id)))
}
