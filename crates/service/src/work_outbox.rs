//! What is to be done outside: written with its cause, done after it by a worker, at least once.

use crate::account_tx::Actor;
use crate::take_notification::ASKED;
use crate::{Error, Service};
use cabinet_core::{Month, payment};
use cabinet_gateways::acquirer::{Asked, Event, Fault};
use cabinet_store::outbox::{self, BILL, Claimed, Dead, MESSAGE, NETWORK, Task};
use cabinet_store::{Tx, notices, payments};
use futures_util::FutureExt;
use futures_util::future::join_all;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::panic::AssertUnwindSafe;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// How long a worker holds a task before another may take it.
pub(crate) const LEASE: Duration = Duration::minutes(2);
/// Tasks of each topic taken at once; of bills a third as many.
const AT_ONCE: i64 = 20;
/// A task that fails is tried again after these, then given up: a bill after all of them, a notice, which may have waited for
/// the morning, after the first [`DAY`], anything else, which is of use soon or never, after the first [`SOON`].
const PATIENCE: [Duration; 9] = [
    Duration::seconds(30),
    Duration::minutes(2),
    Duration::minutes(10),
    Duration::hours(1),
    Duration::hours(6),
    Duration::days(1),
    Duration::days(1),
    Duration::days(2),
    Duration::days(3),
];
/// How many of [`PATIENCE`] those have that are of no use later.
const SOON: usize = 5;
/// How many those have that are of use for a day.
const DAY: usize = 6;
/// The least and the most a task waits that cannot be tried at all; in between, half of its age.
const WAITS: [Duration; 2] = [Duration::seconds(30), Duration::hours(2)];

/// A task of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Ask a gateway how a payment stands.
    PaymentPoll {
        /// Which.
        payment: Uuid,
    },
    /// Ask a gateway for the fiscal receipt of a payment.
    FiscalReceipt {
        /// Of which.
        payment: Uuid,
    },
    /// Have a gateway give money of a payment back.
    Refund {
        /// The entry that took it off the balance.
        entry: i64,
    },
    /// Send the code that confirms an e-mail.
    EmailCode {
        /// What its digits are made of.
        code: Uuid,
    },
    /// Tell an address that was confirmed that it is the account's no longer.
    EmailChanged {
        /// The address.
        to: String,
        /// The account has no other one.
        #[serde(default)]
        removed: bool,
    },
    /// Send a bill to whoever asked for bills by e-mail.
    BillLetter {
        /// The month of its date.
        dated: Month,
    },
    /// Send the code that confirms a phone.
    PhoneCode {
        /// What its digits are made of.
        code: Uuid,
    },
    /// Tell a phone that messages go there no more.
    PhoneChanged {
        /// The phone.
        to: String,
        /// The account has no other one.
        removed: bool,
    },
    /// Send a notice.
    Notice {
        /// Which.
        notice: Uuid,
    },
    /// Ask a gateway what became of a short message.
    Delivery {
        /// The notice it was.
        notice: Uuid,
    },
    /// Send a notice to one browser.
    Push {
        /// Which.
        notice: Uuid,
        /// To which.
        device: Uuid,
    },
    /// Tell that support answered a ticket.
    TicketAnswer {
        /// Which.
        ticket: Uuid,
        /// The number of the message.
        seq: i64,
    },
    /// Send a code for a forgotten password to whoever the login is of, if it is anybody's.
    Recovery {
        /// As it was typed.
        login: String,
    },
    /// Tell the network what it is to give an account by now.
    Network,
    /// Ask whether the network took a Turbo in time.
    TurboTaken {
        /// The order that bought it.
        order: Uuid,
    },
}

impl Job {
    fn topic(&self) -> &'static str {
        match self {
            Job::PaymentPoll { .. } | Job::FiscalReceipt { .. } | Job::Refund { .. } => "payment_poll",
            Job::EmailCode { .. }
            | Job::EmailChanged { .. }
            | Job::PhoneCode { .. }
            | Job::PhoneChanged { .. }
            | Job::TicketAnswer { .. }
            | Job::Recovery { .. } => "notice",
            Job::Notice { .. } | Job::Delivery { .. } | Job::Push { .. } => MESSAGE,
            Job::BillLetter { .. } => BILL,
            Job::Network | Job::TurboTaken { .. } => NETWORK,
        }
    }
}

/// What becomes of a task.
pub(crate) enum Done {
    /// It is over.
    Finished,
    /// It went well and is to be done again.
    Again(OffsetDateTime),
    /// It did not go well, and may the next time.
    Failed(String),
    /// The same, and whoever was asked wants to be asked no sooner than after this.
    Asked(String, Duration),
    /// It could not be tried, for no fault of its own.
    Waits(String),
    /// It never will: staff sees why.
    GivenUp(String),
}

impl Service {
    /// Writes a task in the transaction of its cause, to be done from `due_at`.
    pub(crate) async fn later(
        &self,
        tx: &mut Tx,
        account_id: Option<Uuid>,
        job: &Job,
        due_at: OffsetDateTime,
    ) -> Result<(), Error> {
        Ok(outbox::put(tx, &self.task(account_id, job, due_at)?).await?)
    }

    /// A task to be written.
    pub(crate) fn task(&self, account_id: Option<Uuid>, job: &Job, due_at: OffsetDateTime) -> Result<Task, Error> {
        Ok(Task {
            id: self.new_id(),
            topic: job.topic().to_owned(),
            account_id,
            body: serde_json::to_string(job)?,
            created_at: self.clock.now(),
            due_at,
        })
    }

    /// Does what is due, once. Answers how many tasks it took: a worker that took any comes again at once.
    pub async fn work_outbox(&self) -> Result<usize, Error> {
        let now = self.clock.now();
        // Asked first without the writer, of which some stores have one only.
        if !outbox::any_due(&mut self.store.read().await?, now).await? {
            return Ok(0);
        }
        let mut tx = self.store.write().await?;
        let claimed = outbox::claim(&mut tx, now, now + LEASE, AT_ONCE).await?;
        tx.commit().await?;
        // All at once: a gateway that is slow to answer must not make the others' tasks outlive their lease.
        let ended = join_all(claimed.iter().map(|task| async {
            // One that panics is one of the failures: the others must be done.
            let outcome = AssertUnwindSafe(self.work_on(task)).catch_unwind().await;
            self.conclude(task, outcome.unwrap_or_else(|_| Err(Error::internal("a task panicked")))).await
        }));
        ended.await.into_iter().collect::<Result<Vec<()>, Error>>()?;
        Ok(claimed.len())
    }

    /// Tasks that were given up, of one topic or of all, newest first, at most `limit`.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_dead_of(&self, topic: Option<&str>, limit: i64) -> Result<Vec<Dead>, Error> {
        Ok(outbox::dead_of(&mut self.store.read().await?, topic, None, limit).await?)
    }

    /// Tries every task that was given up again, of one topic or of all, from its beginning: after an outage that outlasted
    /// their patience. Answers how many; those whose work is forgotten are not among them.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn repeat_tasks(&self, by: Actor, topic: Option<&str>) -> Result<i64, Error> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let tasks = outbox::revive_all(&mut tx, topic, now).await?.cast_signed();
        if tasks > 0 {
            self.audit(&mut tx, now, None, by, "outbox.repeat", json!({ "topic": topic, "tasks": tasks })).await?;
        }
        tx.commit().await?;
        Ok(tasks)
    }

    pub(crate) async fn work_on(&self, task: &Claimed) -> Result<Done, Error> {
        match serde_json::from_str(&task.body)? {
            Job::PaymentPoll { payment } => self.poll_payment(task, payment).await,
            Job::FiscalReceipt { payment } => self.fetch_receipt(task, payment).await,
            Job::Refund { entry } => self.send_refund(task, entry).await,
            Job::EmailCode { code } => self.send_code(task, code).await,
            Job::EmailChanged { to, removed } => self.send_farewell(task, &to, removed).await,
            Job::BillLetter { dated } => self.send_bill(task, dated).await,
            Job::PhoneCode { code } => self.send_phone_code(task, code).await,
            Job::PhoneChanged { to, removed } => self.send_phone_farewell(task, &to, removed).await,
            Job::Notice { notice } => self.send_notice(task, notice).await,
            Job::Delivery { notice } => self.ask_delivery(task, notice).await,
            Job::Push { notice, device } => self.send_push(task, notice, device).await,
            Job::TicketAnswer { ticket, seq } => self.send_answer(task, ticket, seq).await,
            Job::Recovery { login } => self.send_recovery(task, &login).await,
            // Taken many at once, by `work_network`.
            Job::Network => Ok(Done::Finished),
            Job::TurboTaken { order } => self.judge_turbo(task, order).await,
        }
    }

    pub(crate) async fn conclude(&self, task: &Claimed, outcome: Result<Done, Error>) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let kept = match outcome {
            Ok(Done::Finished) => outbox::finish(&mut tx, task, now).await?,
            Ok(Done::Again(at)) => outbox::repeat(&mut tx, task, at).await?,
            Ok(Done::Failed(why)) => self.put_off(&mut tx, task, &why, Duration::ZERO).await?,
            Ok(Done::Asked(why, wait)) => self.put_off(&mut tx, task, &why, wait).await?,
            Ok(Done::Waits(why)) => wait(&mut tx, task, now, &why).await?,
            Err(error) => self.put_off(&mut tx, task, &error.to_string(), Duration::ZERO).await?,
            Ok(Done::GivenUp(why)) => give_up(&mut tx, task, now, &why).await?,
        };
        if !kept {
            tracing::warn!(task = %task.id, topic = task.topic, "another worker took a task over");
        }
        Ok(tx.commit().await?)
    }

    /// To be tried again later, after `least` at the soonest, while there is patience left.
    async fn put_off(&self, tx: &mut Tx, task: &Claimed, why: &str, least: Duration) -> Result<bool, Error> {
        let now = self.clock.now();
        let tried = usize::try_from(task.attempts - 1).unwrap_or(usize::MAX);
        match patience(&task.topic).get(tried) {
            Some(wait) => Ok(outbox::postpone(tx, task, now + (*wait).max(least), why).await?),
            None => give_up(tx, task, now, why).await,
        }
    }

    /// Asks the gateway, and asks again ever more rarely until the payment is decided or a day past its end. A gateway
    /// that does not answer is asked at the next turn: nothing is lost by waiting.
    async fn poll_payment(&self, task: &Claimed, id: Uuid) -> Result<Done, Error> {
        let Some(account) = task.account_id else { return Ok(Done::Finished) };
        let Some(held) = payments::find(&mut self.store.read().await?, account, id).await? else {
            return Ok(Done::Finished);
        };
        // A no is asked after too, as long as the payer may try again on the gateway's page.
        let undecided = |held: &payments::Held, now: OffsetDateTime| {
            use payment::PaymentState::{Created, Expired, Failed, Pending};
            match held.payment.state {
                Created | Pending | Expired => true,
                Failed => now < held.expires_at,
                _ => false,
            }
        };
        if !undecided(&held, self.clock.now()) {
            return Ok(Done::Finished);
        }
        if held.redirect.is_none() {
            // Nobody can pay what has no page; whoever ordered it may still fetch one for a while.
            let fetched_until = held.created_at + payment::PAGE_WITHIN;
            if self.clock.now() < fetched_until {
                return Ok(Done::Again(fetched_until));
            }
            self.expire_payment(account, id).await?;
            return Ok(Done::Finished);
        }
        let mut held = match self.ask_gateway(&held).await {
            Some(event) => {
                let asked_of = Uuid::parse_str(&event.reference).ok().filter(|named| *named == id);
                self.take_event(&event, ASKED, asked_of.map(|id| (id, account))).await?.unwrap_or(held)
            }
            None => held,
        };
        let now = self.clock.now();
        if held.payment.state.is_open() && now >= held.expires_at {
            held = self.expire_payment(account, id).await?;
        }
        let next = payment::next_poll(held.created_at, held.expires_at, now).filter(|_| undecided(&held, now));
        Ok(next.map_or(Done::Finished, Done::Again))
    }

    /// What the gateway says of a payment; nothing if it knows none, does not answer, or is switched off for now.
    async fn ask_gateway(&self, held: &payments::Held) -> Option<Event> {
        let acquirer = self.acquirers.get(&held.provider)?;
        let reference = held.id.to_string();
        let asked = Asked { reference: &reference, provider_ref: held.provider_ref.as_deref() };
        match acquirer.poll(asked, self.clock.now()).await {
            Ok(event) => Some(event),
            Err(Fault::NotFound) => None,
            Err(fault) => {
                tracing::warn!(%fault, gateway = held.provider, payment = %held.id, "a gateway was asked in vain");
                None
            }
        }
    }

    async fn expire_payment(&self, account: Uuid, id: Uuid) -> Result<payments::Held, Error> {
        let mut work = self.lock_account(account).await?;
        let mut held = payments::find(&mut work.tx, account, id).await?.ok_or(cabinet_core::Refusal::NotFound)?;
        let was = held.payment;
        held.payment.expire();
        if held.payment == was {
            return Ok(held);
        }
        payments::save(&mut work.tx, &held, work.now.instant).await?;
        let details = serde_json::json!({ "payment": id, "state": held.payment.state.code() });
        work.audit(Actor::System, "payment.expire", details).await?;
        work.commit().await?;
        Ok(held)
    }
}

/// After which waits a task of a topic is tried again.
fn patience(topic: &str) -> &'static [Duration] {
    match topic {
        BILL => &PATIENCE,
        MESSAGE => &PATIENCE[..DAY],
        _ => &PATIENCE[..SOON],
    }
}

/// To be looked at again, the more rarely the longer it waits already, until it is older than all its patience together.
async fn wait(tx: &mut Tx, task: &Claimed, now: OffsetDateTime, why: &str) -> Result<bool, Error> {
    let age = now - task.created_at;
    let most: Duration = patience(&task.topic).iter().sum();
    if age > most {
        return give_up(tx, task, now, why).await;
    }
    let [least, longest] = WAITS;
    Ok(outbox::wait(tx, task, now + (age / 2_i32).clamp(least, longest), why).await?)
}

/// Nothing more is tried: staff sees it, but for the address that a farewell was to go to, which is nobody's here any more,
/// and for the login that somebody typed, which may be another secret of theirs.
async fn give_up(tx: &mut Tx, task: &Claimed, now: OffsetDateTime, why: &str) -> Result<bool, Error> {
    tracing::error!(task = %task.id, topic = task.topic, why, "a task is given up");
    let job = serde_json::from_str(&task.body);
    let kept = match &job {
        Ok(Job::EmailChanged { .. } | Job::PhoneChanged { .. } | Job::Recovery { .. }) => {
            outbox::bury_forgotten(tx, task, now, why).await?
        }
        _ => outbox::bury(tx, task, now, why).await?,
    };
    // What nobody sends any more waits for nothing.
    if let (true, Ok(Job::Notice { notice } | Job::Push { notice, .. }), Some(account)) = (kept, &job, task.account_id)
    {
        notices::give_up(tx, account, *notice, now).await?;
    }
    Ok(kept)
}
