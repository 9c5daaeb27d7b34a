//! Which accounts moved since the last look, for those who listen: one small read whatever their number.

use crate::{Error, Service};
use cabinet_store::{audit, runs};
use std::collections::HashMap;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How far back each look reads: a row is written with the time of its transaction's beginning, by the clock of its
/// instance, and is seen only once that transaction ended.
const BACK: Duration = Duration::seconds(10);

/// What has been seen already.
#[derive(Debug, Default)]
pub struct Seen {
    rows: HashMap<Uuid, OffsetDateTime>,
    run: Option<OffsetDateTime>,
}

/// What moved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moved {
    /// The daily run ended: every account may have moved.
    pub all: bool,
    /// These moved, each once, in order.
    pub accounts: Vec<Uuid>,
}

impl Service {
    /// What moved since the last look, or in the last seconds for the first one: told once too often is a read more, told
    /// never is an old balance.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn changes(&self, seen: &mut Seen) -> Result<Moved, Error> {
        let now = self.clock.now();
        let mut view = self.store.read().await?;
        let rows = audit::since(&mut view, now - BACK).await?;
        let run = runs::recent(&mut view, None, 1).await?.first().map(|run| run.finished_at);
        let mut moved = Moved { all: run != seen.run && run.is_some_and(|at| at >= now - BACK), accounts: Vec::new() };
        for (id, account) in rows {
            if seen.rows.insert(id, now).is_none() {
                moved.accounts.push(account);
            }
        }
        seen.rows.retain(|_, at| *at == now);
        seen.run = run;
        moved.accounts.sort_unstable();
        moved.accounts.dedup();
        Ok(moved)
    }
}
