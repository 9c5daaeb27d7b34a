//! Vouchers: printed by the series, redeemed once.

use crate::account_tx::Actor;
use crate::desk::Asked;
use crate::office::{check_line, check_reason, paged};
use crate::token::base64;
use crate::{Answered, Error, RequestKey, Service};
use cabinet_core::ledger::{Draft, Entry, EntryKind};
use cabinet_core::refusal::FieldFault;
use cabinet_core::voucher::{self, LENGTH, LETTERS, MOST, NOMINAL_MAX};
use cabinet_core::{Money, Refusal, Standing};
use cabinet_store::vouchers::{self, Series};
use cabinet_store::{StoreError, throttle};
use serde_json::json;
use time::Date;
use uuid::Uuid;

/// Vouchers to be.
#[derive(Clone, Debug)]
pub struct NewSeries {
    /// What each is worth.
    pub nominal: Money,
    /// How many.
    pub vouchers: i64,
    /// The last day they are good on.
    pub good_through: Date,
    /// What they are for, 1 to 200 characters.
    pub note: String,
}

impl Service {
    /// Makes a series, and answers it with its codes, which are kept nowhere in clear: this is the only time they are
    /// told. Asked again under the same key it makes no other.
    ///
    /// # Errors
    /// [`Refusal::AmountInvalid`], [`Refusal::FieldInvalid`], [`Refusal::SeriesMade`] under this key,
    /// [`Refusal::KeyReused`] where that is another one than is asked for now.
    pub async fn create_vouchers(
        &self,
        asked: impl Into<Asked>,
        new: &NewSeries,
    ) -> Result<(Series, Vec<String>), Error> {
        let Asked { by, key, .. } = asked.into();
        let key = key.map(|key| key.key);
        let now = self.now();
        if !(Money::PAYMENT_MIN..=NOMINAL_MAX).contains(&new.nominal) {
            return Err(Refusal::AmountInvalid { least: Money::PAYMENT_MIN, most: NOMINAL_MAX }.into());
        }
        let wrong = |field| Refusal::FieldInvalid { field, fault: FieldFault::Invalid };
        if !(1..=MOST).contains(&new.vouchers) {
            return Err(wrong("vouchers").into());
        }
        if new.good_through < now.today {
            return Err(wrong("good_through").into());
        }
        let series = Series {
            id: self.new_id(),
            nominal: new.nominal.kopecks(),
            vouchers: new.vouchers,
            good_through: new.good_through,
            note: check_line("note", &new.note, 200)?,
            created_at: now.instant,
            cancelled_at: None,
            redeemed: 0,
        };
        let codes: Vec<String> = (0..new.vouchers).map(|_| self.chance.secret_text(LETTERS, LENGTH)).collect();
        let mut tx = self.store.write().await?;
        match vouchers::add_series(&mut tx, &series, key.as_deref()).await {
            Err(StoreError::Conflict) => {
                drop(tx);
                return Err(self.made_before(key.as_deref().unwrap_or_default(), &series).await?.into());
            }
            added => added?,
        }
        for code in &codes {
            vouchers::add(&mut tx, series.id, &self.access.voucher_hash(code)).await?;
        }
        let details = json!({
            "series": series.id, "nominal": new.nominal, "vouchers": new.vouchers, "good_through": new.good_through,
            "note": series.note,
        });
        self.audit(&mut tx, now.instant, None, by, "voucher.create", details).await?;
        tx.commit().await?;
        Ok((series, codes.iter().map(|code| voucher::spelled(code)).collect()))
    }

    /// What is to be said of a key that made a series before.
    async fn made_before(&self, key: &str, wish: &Series) -> Result<Refusal, Error> {
        let found = vouchers::asked_under(&mut self.store.read().await?, key).await?;
        let made = found.ok_or_else(|| Error::internal("a series left"))?;
        let what = |series: &Series| (series.nominal, series.vouchers, series.good_through, series.note.clone());
        Ok(match what(&made) == what(wish) {
            true => Refusal::SeriesMade { series: made.id.to_string() },
            false => Refusal::KeyReused,
        })
    }

    /// Takes a series out of use: what was redeemed stays, nothing else of it is good any more.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::AlreadyDecided`] if it was before, [`Refusal::FieldInvalid`].
    pub async fn cancel_vouchers(&self, by: Actor, series: Uuid, reason: &str) -> Result<Series, Error> {
        let (reason, now) = (check_reason(reason)?, self.clock.now());
        let mut tx = self.store.write().await?;
        let cancelled = vouchers::cancel_series(&mut tx, series, now).await?;
        let found = vouchers::series(&mut tx, series).await?.ok_or(Refusal::NotFound)?;
        if !cancelled {
            return Err(Refusal::AlreadyDecided.into());
        }
        let details = json!({ "series": series, "redeemed": found.redeemed, "reason": reason });
        self.audit(&mut tx, now, None, by, "voucher.cancel", details).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// Series, newest first, and the cursor of the next page.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_vouchers(&self, cursor: Option<Uuid>, limit: i64) -> Result<(Vec<Series>, Option<Uuid>), Error> {
        let found = vouchers::page(&mut self.store.read().await?, cursor, limit + 1).await?;
        Ok(paged(found, limit, |series| series.id))
    }

    /// Redeems a voucher: its nominal goes to the balance, and may bring a blocked account back. Codes in a row
    /// that are good for nothing make the account rest (RULES §4), five for an hour unless the policy says otherwise.
    ///
    /// # Errors
    /// [`Refusal::VoucherUnknown`], [`Refusal::VoucherUsed`], [`Refusal::VoucherExpired`], [`Refusal::Throttled`],
    /// [`Refusal::AccountClosed`].
    pub async fn redeem_voucher(&self, account: Uuid, code: &str, key: RequestKey) -> Result<Answered<Entry>, Error> {
        let (_at_work, mut work) = self.open_keyed(account, &key).await?;
        if let Some(answer) = key.recall(&mut work.tx, account).await? {
            return Ok(answer);
        }
        let now = work.now;
        if work.held.account.standing(now.today) == Standing::Closed {
            return Err(Refusal::AccountClosed.into());
        }
        let bucket = format!("voucher {account}");
        let tally = throttle::lock(&mut work.tx, &bucket, now.instant).await?;
        voucher::admit(&tally, &work.ground.policy, now.instant)?;
        let hash = self.access.voucher_hash(&voucher::plain_code(code));
        let found = vouchers::find(&mut work.tx, &hash).await?;
        let found = match found {
            // Read again under the lock of its series, which may just be taken out of use.
            Some(seen) => {
                vouchers::lock_series(&mut work.tx, seen.series_id).await?;
                vouchers::find(&mut work.tx, &hash).await?
            }
            None => None,
        };
        let good = found.ok_or(Refusal::VoucherUnknown).and_then(|found| {
            let (cancelled, used) = (found.cancelled_at.is_some(), found.account_id.is_some());
            voucher::check(cancelled, used, found.good_through, now.today).map(|()| found)
        });
        let found = match good {
            Ok(found) => found,
            Err(refusal) => {
                let tally = voucher::count_wrong(&tally, &work.ground.policy, now.instant);
                throttle::put(&mut work.tx, &bucket, &tally).await?;
                work.commit().await?;
                return Err(refusal.into());
            }
        };
        throttle::clear(&mut work.tx, &bucket).await?;
        let draft = Draft {
            reference: Some(format!("voucher:{}", base64(&hash[..12]))),
            ..Draft::new(EntryKind::Voucher, Money::from_kopecks(found.nominal))
        };
        let entry = work.post(draft, Actor::Subscriber).await?;
        if !vouchers::redeem(&mut work.tx, &hash, account, entry.seq, now.instant).await? {
            return Err(Refusal::VoucherUsed.into());
        }
        work.settle().await?;
        let details = json!({ "series": found.series_id, "amount": entry.amount, "seq": entry.seq });
        work.audit(Actor::Subscriber, "voucher.redeem", details).await?;
        key.remember(&mut work.tx, account, &entry, now.instant).await?;
        work.commit().await?;
        Ok(Answered { value: entry, replayed: false })
    }
}
