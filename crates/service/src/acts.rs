//! Quote and confirm: the one way of every act that costs money or changes the service (RULES §4).
//!
//! A quote keeps what was decided and what it rests on. Confirming decides again and does exactly what was quoted, or is
//! refused with a fresh quote.

use crate::account_tx::AccountTx;
use crate::{Answered, Error, RequestKey, Service};
use cabinet_core::account::{Pause, Promise};
use cabinet_core::acts::{pause, promised_payment, static_ip, tariff_change, turbo, undo};
use cabinet_core::calendar::tomorrow;
use cabinet_core::ledger::Entry;
use cabinet_core::{Refusal, TariffCode};
use cabinet_store::acts::{self, OrderRow, QuoteRow};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

/// What can be quoted and confirmed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Another tariff. Orders kept from before there was another act do not name theirs.
    #[default]
    TariffChange,
    /// A month's fee lent for a few days.
    PromisedPayment,
    /// More speed for some hours.
    Turbo,
    /// Days without service.
    Pause,
    /// The early end of a pause.
    PauseEnd,
    /// A static address.
    StaticIp,
    /// The static address given up.
    StaticIpRelease,
}

impl Act {
    /// The stable code, in the database and on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Act::TariffChange => "tariff_change",
            Act::PromisedPayment => "promised_payment",
            Act::Turbo => "turbo",
            Act::Pause => "pause",
            Act::PauseEnd => "pause_end",
            Act::StaticIp => "static_ip",
            Act::StaticIpRelease => "static_ip_release",
        }
    }

    /// Whether it can be undone within minutes (RULES §4).
    pub fn is_undoable(self) -> bool {
        matches!(self, Act::Turbo | Act::Pause | Act::StaticIp)
    }
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// This tariff.
    Tariff(TariffCode),
    /// A promised payment.
    Promise,
    /// Turbo of this option.
    Turbo(String),
    /// These days without service.
    Pause(Pause),
    /// The end of the pause that runs.
    PauseEnd,
    /// A static address.
    StaticIp,
    /// No static address any more.
    StaticIpRelease,
}

/// What confirming will do, by act. Kept as it is, without a name of the act: their members differ.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Decision {
    /// Another tariff.
    TariffChange(tariff_change::Decision),
    /// A promised payment.
    PromisedPayment(promised_payment::Decision),
    /// More speed for some hours.
    Turbo(turbo::Decision),
    /// Days without service.
    Pause(pause::Decision),
    /// The early end of a pause.
    PauseEnd(pause::End),
    /// A static address.
    StaticIp(static_ip::Connect),
    /// The static address given up.
    StaticIpRelease(static_ip::Release),
}

impl Decision {
    /// What was asked for.
    pub fn wish(&self) -> Wish {
        match self {
            Decision::TariffChange(decision) => Wish::Tariff(decision.after.clone()),
            Decision::PromisedPayment(_) => Wish::Promise,
            Decision::Turbo(decision) => Wish::Turbo(decision.turbo.code.clone()),
            Decision::Pause(decision) => Wish::Pause(decision.pause),
            Decision::PauseEnd(_) => Wish::PauseEnd,
            Decision::StaticIp(_) => Wish::StaticIp,
            Decision::StaticIpRelease(_) => Wish::StaticIpRelease,
        }
    }

    /// The tariffs it stands on: the one before and the one after.
    pub fn tariffs(&self) -> [&TariffCode; 2] {
        match self {
            Decision::TariffChange(decision) => [&decision.before, &decision.after],
            Decision::PromisedPayment(decision) => [&decision.tariff; 2],
            Decision::Turbo(decision) => [&decision.tariff; 2],
            Decision::Pause(decision) => [&decision.tariff; 2],
            Decision::PauseEnd(decision) => [&decision.tariff; 2],
            Decision::StaticIp(decision) => [&decision.tariff; 2],
            Decision::StaticIpRelease(decision) => [&decision.tariff; 2],
        }
    }
}

/// What was shown and will be done exactly so.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Quote {
    /// Its id.
    pub id: Uuid,
    /// Until when it holds.
    #[serde(with = "time::serde::rfc3339")]
    pub expires_at: OffsetDateTime,
    /// What will be done.
    pub decision: Decision,
}

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderStatus {
    /// Waits for its day.
    Planned,
    /// In effect, or over.
    Done,
    /// Taken back before it started.
    Cancelled,
    /// Undone within minutes of confirming it.
    Undone,
}

/// A confirmed act.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Its id.
    pub id: Uuid,
    /// Which act.
    #[serde(default)]
    pub act: Act,
    /// Where it stands.
    pub status: OrderStatus,
    /// The first day of effect.
    pub starts_on: Date,
    /// The tariff taken, for a change of tariff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff: Option<TariffCode>,
    /// What was lent, for a promised payment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
    /// Which hours are faster, for Turbo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turbo: Option<TurboSpan>,
    /// The days without service, for a pause; as they were planned last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pause: Option<Pause>,
    /// The address, for a static one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The last moment it can be undone, for what can be.
    #[serde(default, with = "time::serde::rfc3339::option", skip_serializing_if = "Option::is_none")]
    pub undo_until: Option<OffsetDateTime>,
    /// When it was confirmed.
    #[serde(with = "time::serde::rfc3339")]
    pub created_at: OffsetDateTime,
    /// What it posted, a reversal included.
    pub entries: Vec<Entry>,
}

/// The hours of a Turbo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TurboSpan {
    /// Code of the option.
    pub option: String,
    /// When it begins.
    #[serde(with = "time::serde::rfc3339")]
    pub starts_at: OffsetDateTime,
    /// When it ends.
    #[serde(with = "time::serde::rfc3339")]
    pub ends_at: OffsetDateTime,
}

impl Order {
    /// One confirmed in this transaction, with nothing of its own yet.
    pub(crate) fn new(id: Uuid, act: Act, starts_on: Date, work: &AccountTx<'_>) -> Order {
        let now = work.now;
        let undoable = act.is_undoable() && work.ground.policy.undos_per_month > 0;
        Order {
            id,
            act,
            status: if starts_on > now.today { OrderStatus::Planned } else { OrderStatus::Done },
            starts_on,
            tariff: None,
            promise: None,
            turbo: None,
            pause: None,
            address: None,
            undo_until: undoable.then(|| undo::until(now.instant, &work.ground.policy)),
            created_at: now.instant,
            entries: Vec::new(),
        }
    }
}

impl OrderStatus {
    fn on(row: &OrderRow, today: Date) -> OrderStatus {
        match row.status.as_str() {
            "cancelled" => OrderStatus::Cancelled,
            "undone" => OrderStatus::Undone,
            _ if row.starts_on.is_none_or(|day| day <= today) => OrderStatus::Done,
            _ => OrderStatus::Planned,
        }
    }

    pub(crate) fn code(self) -> &'static str {
        match self {
            OrderStatus::Planned => "planned",
            OrderStatus::Done => "done",
            OrderStatus::Cancelled => "cancelled",
            OrderStatus::Undone => "undone",
        }
    }
}

/// What makes the entry of an order's price unique.
pub(crate) fn reference(order: Uuid) -> String {
    format!("order:{order}")
}

pub(crate) fn order_of(row: &OrderRow, today: Date) -> Result<Order, Error> {
    Ok(Order { status: OrderStatus::on(row, today), ..serde_json::from_str(&row.body)? })
}

impl Service {
    /// Quotes an act: what is taken now, what each coming day will cost, from when.
    pub(crate) async fn quote_act(&self, account: Uuid, wish: &Wish) -> Result<Quote, Error> {
        let mut work = self.open_account(account).await?;
        let quote = self.quote(&mut work, wish).await;
        // A refusal leaves what settling posted; a fault of the store leaves nothing to commit.
        if matches!(quote, Ok(_) | Err(Error::Refused(_))) {
            work.commit().await?;
        }
        quote
    }

    async fn decide(&self, work: &mut AccountTx<'_>, wish: &Wish) -> Result<Decision, Error> {
        Ok(match wish {
            Wish::Tariff(tariff) => Decision::TariffChange(self.decide_tariff_change(work, tariff).await?),
            Wish::Promise => Decision::PromisedPayment(self.decide_promise(work).await?),
            Wish::Turbo(option) => Decision::Turbo(self.decide_turbo(work, option).await?),
            Wish::Pause(pause) => Decision::Pause(self.decide_pause(work, *pause)?),
            Wish::PauseEnd => Decision::PauseEnd(self.decide_pause_end(work)?),
            Wish::StaticIp => Decision::StaticIp(self.decide_static_ip(work).await?),
            Wish::StaticIpRelease => Decision::StaticIpRelease(self.decide_static_ip_release(work)?),
        })
    }

    async fn quote(&self, work: &mut AccountTx<'_>, wish: &Wish) -> Result<Quote, Error> {
        let decision = self.decide(work, wish).await?;
        let lasts = work.now.instant + Duration::minutes(work.ground.policy.quote_minutes);
        let midnight = self.clock.day_start(tomorrow(work.now.today));
        let quote = Quote { id: self.new_id(), expires_at: lasts.min(midnight), decision };
        let row = QuoteRow {
            id: quote.id,
            body: serde_json::to_string(&quote)?,
            binding: binding(work, &quote.decision),
            created_at: work.now.instant,
            expires_at: quote.expires_at,
            order_id: None,
        };
        acts::put_quote(&mut work.tx, work.held.id, &row).await?;
        Ok(quote)
    }

    /// A quote as it was shown.
    pub async fn show_quote(&self, account: Uuid, id: Uuid) -> Result<Quote, Error> {
        let row = acts::quote(&mut self.store.read().await?, account, id).await?.ok_or(Refusal::NotFound)?;
        let quote: Quote = serde_json::from_str(&row.body)?;
        self.ground_naming(quote.decision.tariffs()).await?;
        Ok(quote)
    }

    /// Does exactly what a quote said, once per key. A quote whose ground has moved is refused with a fresh one.
    pub async fn confirm_quote(&self, account: Uuid, id: Uuid, key: RequestKey) -> Result<Answered<Order>, Error> {
        let (_at_work, mut work) = self.open_keyed(account, &key).await?;
        if let Some(answer) = key.recall(&mut work.tx, account).await? {
            return Ok(answer);
        }
        let row = acts::quote(&mut work.tx, account, id).await?.ok_or(Refusal::NotFound)?;
        if let Some(order) = row.order_id {
            let row = acts::order(&mut work.tx, account, order).await?.ok_or(Refusal::NotFound)?;
            return Err(Error::QuoteUsed(Box::new(order_of(&row, work.now.today)?)));
        }
        let quoted: Quote = serde_json::from_str(&row.body)?;
        let wish = quoted.decision.wish();
        let refusal = match () {
            () if work.now.instant >= row.expires_at => Some(Refusal::QuoteExpired),
            () if binding(&work, &quoted.decision) != row.binding => Some(Refusal::QuoteStale),
            () => match self.decide(&mut work, &wish).await {
                Ok(decision) if decision == quoted.decision => None,
                Ok(_) | Err(Error::Refused(_)) => Some(Refusal::QuoteStale),
                Err(fault) => return Err(fault),
            },
        };
        if let Some(refusal) = refusal {
            let fresh = self.quote(&mut work, &wish).await;
            if matches!(fresh, Ok(_) | Err(Error::Refused(_))) {
                work.commit().await?;
            }
            return Err(Error::QuoteStale { refusal, quote: Box::new(fresh?) });
        }
        let order = match &quoted.decision {
            Decision::TariffChange(decision) => self.order_tariff_change(&mut work, decision).await?,
            Decision::PromisedPayment(decision) => self.order_promise(&mut work, decision).await?,
            Decision::Turbo(decision) => self.order_turbo(&mut work, decision).await?,
            Decision::Pause(decision) => self.order_pause(&mut work, decision).await?,
            Decision::PauseEnd(decision) => self.order_pause_end(&mut work, decision).await?,
            Decision::StaticIp(decision) => self.order_static_ip(&mut work, decision).await?,
            Decision::StaticIpRelease(decision) => self.order_static_ip_release(&mut work, decision).await?,
        };
        acts::use_quote(&mut work.tx, account, id, order.id).await?;
        key.remember(&mut work.tx, account, &order, work.now.instant).await?;
        work.commit().await?;
        Ok(Answered { value: order, replayed: false })
    }

    /// Keeps an order.
    pub(crate) async fn put_order(&self, work: &mut AccountTx<'_>, order: &Order) -> Result<(), Error> {
        let row = OrderRow {
            id: order.id,
            act: order.act.code().to_owned(),
            status: order.status.code().to_owned(),
            body: serde_json::to_string(order)?,
            starts_on: Some(order.starts_on),
            created_at: order.created_at,
            cancelled_on: None,
        };
        Ok(acts::put_order(&mut work.tx, work.held.id, &row).await?)
    }

    /// Keeps what became of an order that was taken back.
    pub(crate) async fn take_back_order(&self, work: &mut AccountTx<'_>, order: &Order) -> Result<(), Error> {
        let (account, today) = (work.held.id, work.now.today);
        let body = serde_json::to_string(order)?;
        Ok(acts::take_back_order(&mut work.tx, account, order.id, order.status.code(), &body, today).await?)
    }

    /// Does what a key asks for once, under the account's lock; a refusal leaves what settling posted.
    pub(crate) async fn once<T: Serialize + DeserializeOwned>(
        &self,
        account: Uuid,
        key: &RequestKey,
        act: impl AsyncFnOnce(&mut AccountTx<'_>) -> Result<T, Error>,
    ) -> Result<Answered<T>, Error> {
        let (_at_work, mut work) = self.open_keyed(account, key).await?;
        if let Some(answer) = key.recall(&mut work.tx, account).await? {
            return Ok(answer);
        }
        let done = act(&mut work).await;
        if let Ok(value) = &done {
            key.remember(&mut work.tx, account, value, work.now.instant).await?;
        }
        if matches!(done, Ok(_) | Err(Error::Refused(_))) {
            work.commit().await?;
        }
        done.map(|value| Answered { value, replayed: false })
    }

    /// Orders, newest first, and the cursor of the next page.
    pub async fn list_orders(
        &self,
        account: Uuid,
        cursor: Option<Uuid>,
        limit: i64,
    ) -> Result<(Vec<Order>, Option<Uuid>), Error> {
        let rows = acts::orders(&mut self.store.read().await?, account, cursor, limit + 1).await?;
        let today = self.clock.today();
        let mut orders = rows.iter().map(|row| order_of(row, today)).collect::<Result<Vec<_>, _>>()?;
        let more = orders.len() as i64 > limit;
        orders.truncate(limit as usize);
        let next = orders.last().filter(|_| more).map(|order| order.id);
        Ok((orders, next))
    }
}

/// What a quote rests on: the book, the tariffs and their fees, the policy, the day (RULES §4).
fn binding(work: &AccountTx<'_>, decision: &Decision) -> String {
    let (account, catalogue) = (&work.held.account, &work.ground.catalogue);
    let [before, after] = decision.tariffs();
    format!(
        "{}|{}|{}|{}|{}|{:?}|{:?}|{:?}",
        account.entries,
        catalogue.fingerprint(before),
        catalogue.fingerprint(after),
        work.ground.policy_version,
        work.now.today,
        account.standing(work.now.today),
        (account.tariff_on(work.now.today), account.pending_on(work.now.today)),
        (account.pause, account.turbo_at(work.now.instant), account.static_ip.map(|ip| (ip.connected_on, ip.until))),
    )
}
