//! Notices (RULES §7): what is to be told is written in the transaction of its cause, and sent by the outbox.

use crate::account_tx::{AccountTx, Actor};
use crate::clock::{local_instant, local_time};
use crate::run_day::{RunReport, told};
use crate::work_outbox::Job;
use crate::{Error, Ground, Service};
use cabinet_core::forecast::outlook;
use cabinet_core::notice::{self, Channel, Kind, Memory, Ways, Wishes};
use cabinet_core::phone::Phone;
use cabinet_core::{Now, Policy, Refusal};
use cabinet_store::accounts;
use cabinet_store::notices::{self, Notice, Reach, Wish};
use cabinet_store::{Tx, emails, outbox, phones};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

/// How many accounts are looked at together.
const CHUNK: i64 = 5_000;
/// How long a notice is kept: who asks why a message came is answered for a year.
pub(crate) const KEPT: Duration = Duration::days(366);

/// The SMS balance of an account, with which go notices by e-mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmsBalance {
    /// Short messages are wished.
    pub sms: bool,
    /// Letters are wished.
    pub email: bool,
    /// Of what.
    pub wishes: Wishes,
    /// The phone they go to.
    pub phone: Option<Phone>,
    /// Its owner has the gateway send nothing.
    pub phone_stopped: bool,
    /// The confirmed e-mail.
    pub address: Option<String>,
    /// Messages are sent by this installation.
    pub offered: bool,
    /// Letters are.
    pub mailed: bool,
}

/// What a subscriber who never wished anything is offered.
const OFFERED: Wishes = Wishes {
    threshold_days: Some(3),
    period: None,
    on_payment: false,
    on_block: true,
    on_unblock: false,
    on_change: false,
};

impl Service {
    /// The SMS balance of an account.
    ///
    /// # Errors
    /// [`Refusal::NotFound`].
    pub async fn show_sms_balance(&self, account: Uuid) -> Result<SmsBalance, Error> {
        let mut view = self.store.view().await?;
        let phone = phones::find(&mut view, account).await?.ok_or(Refusal::NotFound)?;
        let email = emails::find(&mut view, account).await?.ok_or(Refusal::NotFound)?;
        let wish = notices::wish(&mut view, account, Ways::Messages).await?.map(|reach| reach.wish);
        Ok(SmsBalance {
            sms: wish.as_ref().is_some_and(|wish| wish.sms),
            email: wish.as_ref().is_some_and(|wish| wish.email),
            wishes: wish.map_or(OFFERED, |wish| wish.wishes),
            phone_stopped: phone.stopped_at.is_some(),
            phone: phone.confirmed,
            address: email.address.filter(|_| email.state.confirmed_at.is_some()),
            offered: self.messenger.is_some(),
            mailed: self.post.is_some(),
        })
    }

    /// Takes over what an account wishes to be told, and by which ways; wishing what is wished leaves no trace.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`]; for a way that was not wished before, [`Refusal::SmsAbsent`] or
    /// [`Refusal::MailAbsent`], and [`Refusal::ContactUnconfirmed`].
    pub async fn set_sms_balance(&self, account: Uuid, sms: bool, email: bool, wishes: Wishes) -> Result<(), Error> {
        wishes.check()?;
        let mut work = self.lock_account(account).await?;
        let today = work.now.today;
        let before = notices::wish(&mut work.tx, account, Ways::Messages).await?.map(|reach| reach.wish);
        if before.as_ref().is_some_and(|before| (before.sms, before.email, before.wishes) == (sms, email, wishes)) {
            return Ok(());
        }
        if sms && !before.as_ref().is_some_and(|before| before.sms) {
            if self.messenger.is_none() {
                return Err(Refusal::SmsAbsent.into());
            }
            let phone = phones::find(&mut work.tx, account).await?.ok_or(Refusal::NotFound)?;
            phone.reached().ok_or(Refusal::ContactUnconfirmed)?;
        }
        if email && !before.as_ref().is_some_and(|before| before.email) {
            if self.post.is_none() {
                return Err(Refusal::MailAbsent.into());
            }
            let found = emails::find(&mut work.tx, account).await?.ok_or(Refusal::NotFound)?;
            found.state.confirmed_at.ok_or(Refusal::ContactUnconfirmed)?;
        }
        let memory = match before.filter(|before| before.sms || before.email) {
            Some(before) => {
                let mut memory = before.memory;
                memory.follow(&before.wishes, &wishes, today);
                memory
            }
            None => {
                // What was told before stays counted: its number names a notice.
                let kept = notices::wish(&mut work.tx, account, Ways::Messages).await?;
                let kept = kept.map_or(0, |reach| reach.wish.memory.crossings);
                Memory { crossings: kept, ..Memory::new(today) }
            }
        };
        notices::put_wish(&mut work.tx, account, Ways::Messages, &Wish { sms, email, wishes, memory }).await?;
        work.audit(Actor::Subscriber, "sms_balance.set", json!({ "sms": sms, "email": email })).await?;
        work.commit().await
    }

    /// Writes notices of these causes for whoever they reach, with a task of the outbox for each that may be sent: in
    /// quiet hours for the morning. One that would be too many a day is kept, and not sent.
    pub(crate) async fn put_notices(
        &self,
        tx: &mut Tx,
        told: &[(&Reach, notice::Notice)],
        policy: &Policy,
        now: Now,
    ) -> Result<(), Error> {
        let mut rows = Vec::with_capacity(told.len());
        let mut counts: HashMap<Uuid, i64> = HashMap::new();
        for (reach, notice) in told {
            for channel in Channel::ALL {
                let reached = match channel {
                    Channel::Sms => reach.sms,
                    Channel::Email => reach.email,
                    Channel::Push => reach.push,
                };
                if !reached {
                    continue;
                }
                let spent = channel == Channel::Sms && {
                    let counted = match counts.get(&reach.account) {
                        Some(counted) => *counted,
                        None => notices::count_of_day(tx, reach.account, now.today).await?,
                    };
                    counts.insert(reach.account, counted + 1);
                    !notice::may_tell(counted, policy)
                };
                rows.push(Notice {
                    account_id: reach.account,
                    id: self.new_id(),
                    channel: channel.code().to_owned(),
                    kind: notice.kind.code().to_owned(),
                    facts: serde_json::to_string(&notice.facts)?,
                    dedup_key: format!("{}:{}", notice.key, channel.code()),
                    day: now.today,
                    state: if spent { "spent" } else { "queued" }.to_owned(),
                    created_at: now.instant,
                });
            }
        }
        let new: HashSet<Uuid> = notices::put_bulk(tx, &rows).await?.into_iter().collect();
        let due_at = audible_at(now.instant, policy);
        let queued = rows.iter().filter(|row| row.state == "queued" && new.contains(&row.id));
        let tasks = queued.map(|row| self.task(Some(row.account_id), &Job::Notice { notice: row.id }, due_at));
        Ok(outbox::put_bulk(tx, &tasks.collect::<Result<Vec<_>, _>>()?).await?)
    }

    /// What the day brings to those who wish to hear of it, once it is charged (RULES §7). Only who wishes anything is
    /// looked at; a day that is looked at twice tells nothing twice.
    pub(crate) async fn tell_of_day(&self, today: Date, holder: Uuid, report: &mut RunReport) -> Result<(), Error> {
        let ground = Ground::load(&mut self.store.read().await?).await?;
        for ways in Ways::ALL {
            self.tell_of_day_by(ways, &ground, today, holder, report).await?;
        }
        Ok(())
    }

    async fn tell_of_day_by(
        &self,
        ways: Ways,
        ground: &Ground,
        today: Date,
        holder: Uuid,
        report: &mut RunReport,
    ) -> Result<(), Error> {
        let mut after = Uuid::nil();
        loop {
            let mut view = self.store.view().await?;
            let reaches = notices::wishes(&mut view, ways, after, CHUNK).await?;
            let Some(last) = reaches.last().map(|reach| reach.account) else { return Ok(()) };
            let held = accounts::told(&mut view, ways, after, last).await?;
            drop(view);
            after = last;
            let now = Now { instant: self.clock.now(), today };
            let mut held: HashMap<Uuid, accounts::Held> = held.into_iter().map(|held| (held.id, held)).collect();
            let mut changed = Vec::new();
            for reach in &reaches {
                let Some(held) = held.remove(&reach.account) else { continue };
                let weighed = catch_unwind(AssertUnwindSafe(|| {
                    let outlook = outlook(&held.account, &ground.catalogue, &ground.policy, now);
                    let mut memory = reach.wish.memory;
                    let standing = held.account.standing(today);
                    let told = notice::of_day(&reach.wish.wishes, &mut memory, standing, &outlook, today);
                    let paused = notice::of_pause(&reach.wish.wishes, &held.account, today);
                    if !reach.is_open() {
                        return (memory.unheard(reach.wish.memory), Vec::new());
                    }
                    (memory, told.into_iter().chain(paused).collect::<Vec<_>>())
                }));
                match weighed {
                    Ok((memory, told)) if memory != reach.wish.memory || !told.is_empty() => {
                        changed.push((reach, memory, told));
                    }
                    Ok(_) => {}
                    // One account that cannot be reckoned must not keep the others from being told.
                    Err(panic) => report.failed.push((held.contract, self::told(&*panic))),
                }
            }
            if !changed.is_empty() {
                self.write_of_day(changed, &ground.policy, now).await?;
            }
            if (reaches.len() as i64) < CHUNK {
                return Ok(());
            }
            self.hold_lease(holder).await?;
        }
    }

    /// Who changed their wishes meanwhile, or was told by another runner, is left to the next day.
    async fn write_of_day(
        &self,
        changed: Vec<(&Reach, Memory, Vec<notice::Notice>)>,
        policy: &Policy,
        now: Now,
    ) -> Result<(), Error> {
        let mut tx = self.store.write().await?;
        let mut told = Vec::new();
        for (reach, memory, notices) in changed {
            if notices::remember(&mut tx, reach.account, reach.ways, &reach.wish.memory, &memory).await? {
                told.extend(notices.into_iter().map(|notice| (reach, notice)));
            }
        }
        self.put_notices(&mut tx, &told, policy, now).await?;
        Ok(tx.commit().await?)
    }

    /// Tells those of these accounts that wish to hear of it that they are blocked, in the transaction that blocks them.
    pub(crate) async fn tell_of_blocks(
        &self,
        tx: &mut Tx,
        blocked: &HashSet<Uuid>,
        policy: &Policy,
        now: Now,
    ) -> Result<(), Error> {
        let (Some(first), Some(last)) = (blocked.iter().min(), blocked.iter().max()) else { return Ok(()) };
        let after = Uuid::from_u128(first.as_u128().saturating_sub(1));
        let reaches = notices::wishing_blocks(tx, after, *last).await?;
        let happened = notice::Happened { blocked: true, ..notice::Happened::default() };
        let told: Vec<(&Reach, notice::Notice)> = reaches
            .iter()
            .filter(|reach| blocked.contains(&reach.account))
            .flat_map(|reach| {
                happened.notices(&reach.wish.wishes, 0, now.today).into_iter().map(move |one| (reach, one))
            })
            .collect();
        self.put_notices(tx, &told, policy, now).await
    }
}

impl AccountTx<'_> {
    /// Writes the notices of what happened in this transaction.
    pub(crate) async fn tell(&mut self) -> Result<(), Error> {
        if self.happened == notice::Happened::default() {
            return Ok(());
        }
        let reaches = notices::wishes_of(&mut self.tx, self.held.id).await?;
        let told = |reach: &Reach| self.happened.notices(&reach.wish.wishes, self.held.account.entries, self.now.today);
        let told: Vec<_> = reaches
            .iter()
            .filter(|reach| reach.is_open())
            .flat_map(|reach| told(reach).into_iter().map(move |notice| (reach, notice)))
            .collect();
        if told.is_empty() {
            return Ok(());
        }
        let (service, now, ground) = (self.service, self.now, self.ground.clone());
        service.put_notices(&mut self.tx, &told, &ground.policy, now).await
    }
}

/// When what is written at an instant may be heard: at once, or once the quiet hours are over.
pub(crate) fn audible_at(at: OffsetDateTime, policy: &Policy) -> OffsetDateTime {
    let local = local_time(at);
    let audible = notice::audible(local, policy);
    if audible == local { at } else { local_instant(audible.date(), audible.time()) }
}

/// What a kind is called in the database.
pub(crate) fn kind_of(row: &Notice) -> Result<Kind, Error> {
    Kind::from_code(&row.kind).ok_or_else(|| Error::internal(format!("a notice is a {}", row.kind)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime, time};

    #[test]
    fn the_morning_is_the_same_on_days_of_any_length() {
        let policy = Policy::default();
        // Clocks go forward on 29 March 2026 and back on 25 October.
        for day in [date!(2026 - 03 - 29), date!(2026 - 10 - 25), date!(2026 - 11 - 23)] {
            let morning = local_instant(day, time!(9:00));
            let mut at = local_instant(day.previous_day().unwrap(), time!(20:59:59));
            assert_eq!(audible_at(at, &policy), at);
            at += Duration::SECOND;
            while at < morning {
                assert_eq!(audible_at(at, &policy), morning, "{at}");
                at += Duration::minutes(7);
            }
            assert_eq!(audible_at(morning, &policy), morning);
            assert_eq!(audible_at(morning + Duration::hours(11), &policy), morning + Duration::hours(11));
        }
        assert_eq!(audible_at(datetime!(2026-11-23 19:00 UTC), &policy), datetime!(2026-11-24 07:00 UTC));
    }
}
