//! Who agreed to promotions and prize draws, and a draw held among them (RULES §7).

use crate::account_tx::Actor;
use crate::clock::local_instant;
use crate::office::{check_line, paged};
use crate::{Error, Service};
use cabinet_core::Refusal;
use cabinet_store::draws::{self, Agreed, Consent, Draw};
use cabinet_store::{StoreError, Tx};
use serde_json::json;
use time::{Date, Time};
use uuid::Uuid;

impl Service {
    /// Open contracts that agreed and whose contacts were renewed on a day or later, and where the next page begins.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_agreed(
        &self,
        consent: Consent,
        since: Date,
        cursor: Option<Uuid>,
        limit: i64,
    ) -> Result<(Vec<Agreed>, Option<Uuid>), Error> {
        let mut view = self.store.read().await?;
        let from = local_instant(since, Time::MIDNIGHT);
        let after = cursor.unwrap_or_default();
        let found = draws::agreed(&mut view, consent, from, self.clock.today(), after, limit + 1).await?;
        Ok(paged(found, limit, |one| one.account_id))
    }

    /// Draws one of those who agreed to prize draws and renewed their contacts on a day or later, each with the same chance,
    /// and records it with the length of the list. A title is drawn once: the same again answers what was drawn, so that
    /// nobody draws until the winner suits.
    ///
    /// # Errors
    /// [`Refusal::NobodyDrawn`], [`Refusal::FieldInvalid`] for the title, [`Refusal::AlreadyDecided`] for one that was drawn
    /// among others.
    pub async fn hold_draw(&self, by: Actor, title: &str, since: Date) -> Result<Draw, Error> {
        let title = check_line("title", title, 120)?;
        let mut tx = self.store.write().await?;
        if let Some(held) = draws::titled(&mut tx, &title).await? {
            return drawn_before(held, since);
        }
        match self.draw_within(&mut tx, by, &title, since).await {
            Ok(draw) => {
                tx.commit().await?;
                Ok(draw)
            }
            // Somebody else of the staff was quicker: theirs is the draw.
            Err(Error::Store(StoreError::Conflict)) => {
                drop(tx);
                let held = draws::titled(&mut self.store.read().await?, &title).await?;
                drawn_before(held.ok_or_else(|| Error::internal("a draw is held and is not"))?, since)
            }
            Err(other) => Err(other),
        }
    }

    async fn draw_within(&self, tx: &mut Tx, by: Actor, title: &str, since: Date) -> Result<Draw, Error> {
        let now = self.now();
        let from = local_instant(since, Time::MIDNIGHT);
        let contracts = draws::count_agreed(tx, Consent::Draws, from, now.today).await?;
        if contracts == 0 {
            return Err(Refusal::NobodyDrawn.into());
        }
        let place = i64::try_from(self.chance.below(contracts.unsigned_abs())).map_err(Error::internal)?;
        let winner = draws::agreed_at(tx, Consent::Draws, from, now.today, place).await?.ok_or(Refusal::NobodyDrawn)?;
        let draw = Draw {
            id: self.new_id(),
            title: title.to_owned(),
            updated_since: since,
            contracts,
            winner: winner.account_id,
            contract: winner.contract,
            held_at: now.instant,
            staff_id: by.member(),
        };
        draws::put(tx, &draw).await?;
        let details = json!({ "draw": draw.id, "contracts": contracts, "since": since, "winner": draw.contract });
        self.audit(tx, now.instant, None, by, "draw.hold", details).await?;
        let won = json!({ "draw": draw.id });
        self.audit(tx, now.instant, Some(draw.winner), by, "draw.won", won).await?;
        Ok(draw)
    }

    /// Draws that were held, the newest first, and where the next page begins.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_draws(&self, cursor: Option<Uuid>, limit: i64) -> Result<(Vec<Draw>, Option<Uuid>), Error> {
        Ok(paged(draws::held(&mut self.store.read().await?, cursor, limit + 1).await?, limit, |draw| draw.id))
    }
}

/// What was drawn under a title, if it was among the same.
fn drawn_before(held: Draw, since: Date) -> Result<Draw, Error> {
    if held.updated_since == since { Ok(held) } else { Err(Refusal::AlreadyDecided.into()) }
}
