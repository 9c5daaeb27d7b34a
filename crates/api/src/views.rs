//! Facts of the use cases as the wire tells them, in the caller's language.

use crate::edge::Context;
use crate::problem::{Trouble, details};
use crate::state::State;
use crate::texts;
use cabinet_contract::account::{Forecast, ForecastEvent, ForecastKind, Overview, PendingChange};
use cabinet_contract::money::Currency;
use cabinet_contract::network::{Network, NetworkAccess, NetworkProfile, NetworkSession, NetworkState, NetworkTraffic};
use cabinet_contract::payment::{FormField, Payment, PaymentOutcome, PaymentPreview, PaymentSuggestion, Redirect};
use cabinet_contract::promise::{Promise, PromisedPayment};
use cabinet_contract::quote::{Act, Order, OrderStatus, Quote};
use cabinet_contract::services::{
    self, PausePeriod, PauseService, ServiceOutcome, Services, StaticIpService, TurboOption, TurboService,
};
use cabinet_contract::tariff::{MyTariffs, OfferedChange, RefusalView, TariffOffer};
use cabinet_contract::view::{Lens, Words};
use cabinet_core::acts::Effect;
use cabinet_core::calendar::{Month, tomorrow, yesterday};
use cabinet_core::forecast;
use cabinet_core::ledger::EntryKind;
use cabinet_core::network::{Access, Profile};
use cabinet_core::{Account, Language, Money, Now, Refusal, Standing};
use cabinet_service::acts::{self, Decision};
use cabinet_service::change_tariff;
use cabinet_service::clock::local_date;
use cabinet_service::pay_online::{Destination, Preview};
use cabinet_service::promise_payment::Offer;
use cabinet_service::show_account::{ForecastFacts, OverviewFacts};
use cabinet_service::show_network::{Following, NetworkFacts};
use cabinet_service::show_services::{ServicesFacts, StaticIpOffer, TurboOffer};
use cabinet_service::{Error, Ground};
use cabinet_store::network_sessions::Session;
use cabinet_store::payments::Held;
use cabinet_store::turbos::TurboRun;
use std::sync::Arc;
use time::Date;

/// The server's words in a language.
pub struct Speaker(pub Language);

impl Speaker {
    /// A payment as its payer sees it.
    pub fn payment(&self, held: &Held) -> Result<Payment, Error> {
        let Held { payment, .. } = held;
        let waits = payment.state.is_open();
        let redirect =
            held.redirect.as_deref().filter(|_| waits).map(serde_json::from_str::<Destination>).transpose()?;
        Ok(Payment {
            id: held.id,
            method: held.provider.clone(),
            method_name: texts::payment_method(&held.provider, self.0),
            amount: payment.amount,
            status: payment.state.into(),
            created_at: held.created_at,
            changed_at: held.changed_at,
            expires_at: held.expires_at,
            redirect: redirect.map(redirect_of),
            bill: held.bill,
            entry: held.credited_seq,
            returned: Some(payment.reversed_posted).filter(|sum| !sum.is_zero()),
            fiscal_url: held.fiscal_url.clone(),
        })
    }
}

fn redirect_of(destination: Destination) -> Redirect {
    match destination {
        Destination::Url { url } => Redirect { url, fields: Vec::new() },
        Destination::Form { url, fields } => {
            Redirect { url, fields: fields.into_iter().map(|(name, value)| FormField { name, value }).collect() }
        }
    }
}

/// The promised payment of an account; none once nothing of it is owed, whether or not that is written yet.
fn promise(account: &Account, today: Date) -> Option<Promise> {
    let promise = account.promise?;
    let unpaid = account.promise_unpaid(today).is_some();
    let debt = (-account.balance).max(Money::ZERO);
    (!unpaid || !debt.is_zero()).then_some(Promise {
        taken_on: promise.taken_on,
        until: promise.until,
        credit: promise.credit,
        unpaid,
        debt,
    })
}

/// The pause that waits or runs.
fn present_pause(account: &Account, today: Date) -> Option<PausePeriod> {
    let pause = account.pause.filter(|pause| pause.until >= today)?;
    Some(PausePeriod { from: pause.from, until: pause.until })
}

/// Whether the network gives what is wished; nothing where it is told nothing.
fn followed(following: Following) -> Option<NetworkState> {
    match following {
        Following::Unknown => None,
        Following::Pending => Some(NetworkState::Pending),
        Following::Applied => Some(NetworkState::Applied),
        Following::Failed => Some(NetworkState::Failed),
    }
}

/// The connection.
pub fn network(facts: NetworkFacts) -> Network {
    let profile = |of: Profile| NetworkProfile {
        access: match of.access {
            Access::Open => NetworkAccess::Open,
            Access::Garden => NetworkAccess::Garden,
            Access::Off => NetworkAccess::Off,
        },
        down_kbit: of.down_kbit,
        up_kbit: of.up_kbit,
        address: of.address,
        ipv6_prefix: of.prefix,
    };
    // Octets are counted from the router.
    let session = |of: Session| NetworkSession {
        started_at: of.started_at,
        updated_at: of.updated_at,
        ended_at: of.stopped_at,
        address: of.address,
        equipment: of.caller,
        down_bytes: of.output_octets,
        up_bytes: of.input_octets,
    };
    let runs = facts.turbos.iter().any(|turbo| turbo.runs(facts.now.instant));
    let (up_bytes, down_bytes) = facts.traffic;
    Network {
        at: facts.now.instant,
        state: followed(facts.following).unwrap_or(NetworkState::Untold),
        wished: profile(facts.wished),
        applied: facts.applied.map(profile),
        changed_at: facts.changed_at,
        applied_at: facts.applied_at,
        next_change_at: facts.next_change_at,
        turbo_until: facts.turbos.iter().map(|turbo| turbo.ends_at).max().filter(|_| runs),
        sessions: facts.sessions.into_iter().map(session).collect(),
        traffic: NetworkTraffic { since: facts.month_began, down_bytes, up_bytes },
    }
}

/// What a payment would be good for.
pub fn payment_preview(preview: &Preview) -> PaymentPreview {
    PaymentPreview {
        today: preview.now.today,
        balance: preview.balance,
        enough_until: preview.enough_until,
        suggestions: preview
            .suggestions
            .iter()
            .map(|(amount, until)| PaymentSuggestion { amount: *amount, until: *until })
            .collect(),
        outcome: preview.outcome.as_ref().map(|(amount, account, outlook)| PaymentOutcome {
            amount: *amount,
            balance_after: account.balance,
            enough_until_after: outlook.enough_until,
            served: account.standing(preview.now.today) == Standing::Active,
        }),
    }
}

impl Words for Speaker {
    fn entry(&self, kind: EntryKind, amount: Money) -> String {
        texts::entry(kind, amount, self.0).to_owned()
    }

    fn tariff_change_price(&self) -> String {
        texts::tariff_change_price(self.0).to_owned()
    }

    fn refusal(&self, refusal: &Refusal) -> RefusalView {
        RefusalView {
            code: refusal.code().to_owned(),
            detail: texts::refusal(refusal, self.0),
            details: details(refusal),
        }
    }
}

/// What telling needs: the catalogue, the day, the language.
pub struct Teller {
    ground: Arc<Ground>,
    now: Now,
    speaker: Speaker,
}

impl Teller {
    /// For an answer to the request of `context`.
    pub async fn new(state: &State, context: &Context) -> Result<Teller, Trouble> {
        let ground = state.service.ground().await?;
        Ok(Teller { ground, now: state.service.now(), speaker: Speaker(context.language) })
    }

    /// The core's view of it.
    pub fn lens(&self) -> Lens<'_> {
        Lens { catalogue: &self.ground.catalogue, today: self.now.today, words: &self.speaker }
    }

    /// A quote.
    pub fn quote(&self, quote: &acts::Quote) -> Quote {
        let (lens, id, expires_at) = (self.lens(), quote.id, quote.expires_at);
        let (act, told) = match &quote.decision {
            Decision::TariffChange(of) => (acts::Act::TariffChange, lens.quote(id, expires_at, of)),
            Decision::PromisedPayment(of) => (acts::Act::PromisedPayment, lens.promise_quote(id, expires_at, of)),
            Decision::Turbo(of) => (acts::Act::Turbo, lens.turbo_quote(id, expires_at, of, self.now.instant)),
            Decision::Pause(of) => (acts::Act::Pause, lens.pause_quote(id, expires_at, of)),
            Decision::PauseEnd(of) => (acts::Act::PauseEnd, lens.pause_end_quote(id, expires_at, of)),
            Decision::StaticIp(of) => (acts::Act::StaticIp, lens.static_ip_quote(id, expires_at, of)),
            Decision::StaticIpRelease(of) => {
                (acts::Act::StaticIpRelease, lens.static_ip_release_quote(id, expires_at, of))
            }
        };
        let policy = &self.ground.policy;
        let undoable = act.is_undoable() && policy.undo_minutes > 0 && policy.undos_per_month > 0;
        Quote { undo_minutes: undoable.then_some(policy.undo_minutes), ..told }
    }

    /// An order.
    pub fn order(&self, order: &acts::Order) -> Order {
        let stands = matches!(order.status, acts::OrderStatus::Planned | acts::OrderStatus::Done);
        let turbo = order.turbo.as_ref();
        Order {
            id: order.id,
            act: match order.act {
                acts::Act::TariffChange => Act::TariffChange,
                acts::Act::PromisedPayment => Act::PromisedPayment,
                acts::Act::Turbo => Act::Turbo,
                acts::Act::Pause => Act::Pause,
                acts::Act::PauseEnd => Act::PauseEnd,
                acts::Act::StaticIp => Act::StaticIp,
                acts::Act::StaticIpRelease => Act::StaticIpRelease,
            },
            status: match order.status {
                acts::OrderStatus::Planned => OrderStatus::Planned,
                acts::OrderStatus::Done => OrderStatus::Done,
                acts::OrderStatus::Cancelled => OrderStatus::Cancelled,
                acts::OrderStatus::Undone => OrderStatus::Undone,
            },
            starts_on: Some(order.starts_on),
            tariff: order.tariff.as_ref().map(|code| self.lens().name(code)),
            credit: order.promise.map(|promise| promise.credit),
            until: order.promise.map(|promise| promise.until).or(order.pause.map(|pause| pause.until)),
            starts_at: turbo.map(|turbo| turbo.starts_at),
            ends_at: turbo.map(|turbo| turbo.ends_at),
            address: order.address.clone(),
            undo_until: order.undo_until.filter(|until| stands && *until >= self.now.instant),
            created_at: order.created_at,
            entries: order.entries.iter().map(|entry| self.lens().entry(entry)).collect(),
        }
    }

    fn outcome(&self, outcome: Result<(Money, &Effect), &Refusal>) -> ServiceOutcome {
        let done = outcome.ok();
        ServiceOutcome {
            cost: done.map(|(cost, _)| cost),
            balance_after: done.map(|(_, effect)| effect.balance_after),
            enough_until_after: done.and_then(|(_, effect)| effect.enough_until_after),
            refusal: outcome.err().map(|refusal| self.speaker.refusal(refusal)),
        }
    }

    /// What is switched on beside the tariff.
    pub fn services(&self, facts: &ServicesFacts) -> Services {
        let (account, today) = (&facts.account, facts.now.today);
        let (catalogue, policy) = (&self.ground.catalogue, &self.ground.policy);
        let option = |of: &TurboOffer| TurboOption {
            code: of.option.code.clone(),
            hours: of.option.hours,
            down_mbps: of.option.down_mbps,
            up_mbps: of.option.up_mbps,
            price: of.option.price,
            free_left: of.free_left,
            outcome: self.outcome(of.outcome.as_ref().map(|decision| (decision.price, &decision.effect))),
        };
        let run = |of: &TurboRun| services::TurboRun {
            option: of.option_code.clone(),
            starts_at: of.starts_at,
            ends_at: of.ends_at,
            down_mbps: of.down_mbps,
            up_mbps: of.up_mbps,
            free: of.free,
        };
        let StaticIpOffer { address, ipv6_prefix, fee, outcome } = &facts.static_ip;
        let connected = outcome.as_ref().ok();
        Services {
            currency: Currency::UAH,
            at: facts.now.instant,
            today,
            balance: account.balance,
            enough_until: forecast::outlook(account, catalogue, policy, facts.now).enough_until,
            tariff: self.lens().brief(&facts.tariff, Month::of(today)),
            turbo: TurboService {
                runs: facts.turbos.iter().map(run).collect(),
                options: facts.turbo_options.iter().map(option).collect(),
            },
            pause: PauseService {
                present: present_pause(account, today),
                running: account.paused_on(today).is_some(),
                price: facts.pause.price,
                least_days: facts.pause.length.0,
                most_days: facts.pause.length.1,
                earliest: facts.pause.window.map(|(first, _)| first),
                latest: facts.pause.window.map(|(_, last)| last),
                static_ip_charged: facts.pause.static_ip_charged,
                refusal: facts.pause.refusal.as_ref().map(|refusal| self.speaker.refusal(refusal)),
            },
            static_ip: StaticIpService {
                address: address.clone(),
                ipv6_prefix: ipv6_prefix.clone(),
                serves_until: account.static_ip.and_then(|ip| ip.until),
                monthly_fee: *fee,
                month_days: connected.map(|decision| decision.month_days),
                month_amount: connected.map(|decision| decision.month_amount),
                outcome: self.outcome(outcome.as_ref().map(|decision| (decision.charge_today, &decision.effect))),
            },
            network: followed(facts.network),
            undoable: facts.undoable.iter().map(|order| self.order(order)).collect(),
        }
    }

    /// A refused confirmation with what belongs to it: the fresh quote, or the order made before.
    pub fn trouble(&self, error: Error) -> Trouble {
        match &error {
            Error::QuoteStale { quote, .. } => {
                let quote = self.quote(quote);
                Trouble::from(error).with("quote", &quote)
            }
            Error::QuoteUsed(order) => {
                let order = self.order(order);
                Trouble::from(error).with("order", &order)
            }
            _ => error.into(),
        }
    }

    /// The header.
    pub fn overview(&self, facts: &OverviewFacts) -> Overview {
        let account = &facts.account;
        Overview {
            contract: facts.contract.clone(),
            name: facts.name.clone(),
            standing: account.standing(facts.now.today).into(),
            currency: Currency::UAH,
            balance: account.balance,
            credit: account.credit_on(facts.now.today),
            promise: promise(account, facts.now.today),
            tariff: self.lens().brief(&facts.tariff, Month::of(facts.now.today)),
            today: facts.now.today,
            enough_until: facts.outlook.enough_until,
            stops_on: facts.outlook.stops_on,
            recommended_payment: facts.outlook.recommended_payment,
            recommended_until: facts.outlook.recommended_until,
            suspended_reason: facts.suspended_reason.clone(),
            stopped_since: account.suspended_since.or(account.blocked_since),
            pending_change: facts.pending.as_ref().map(|pending| self.pending(pending)),
            pause: present_pause(account, facts.now.today),
            turbo_until: account.turbo_at(facts.now.instant),
            network: followed(facts.network),
            email_failing: facts.email_failing,
            opened_on: account.opened_on,
            last_day: account.closed_on.map(yesterday),
        }
    }

    /// The promised payment as it stands to the caller.
    pub fn promised_payment(&self, offer: &Offer) -> PromisedPayment {
        let decided = offer.outcome.as_ref().ok();
        PromisedPayment {
            currency: Currency::UAH,
            today: offer.now.today,
            price: offer.price,
            credit: offer.promise.credit,
            until: offer.promise.until,
            charge_today: decided.map(|decision| decision.charge_today),
            balance_after: decided.map(|decision| decision.effect.balance_after),
            present: promise(&offer.account, offer.now.today),
            refusal: offer.outcome.as_ref().err().map(|refusal| self.speaker.refusal(refusal)),
        }
    }

    fn pending(&self, pending: &change_tariff::Pending) -> PendingChange {
        self.lens().pending(&pending.planned, pending.cancel_refund)
    }

    /// The balance of past and coming days.
    pub fn forecast(&self, facts: &ForecastFacts) -> Forecast {
        Forecast {
            currency: Currency::UAH,
            today: facts.now.today,
            past: facts.past.iter().map(Into::into).collect(),
            coming: facts.coming.iter().map(Into::into).collect(),
            with_payment: facts.with_payment.iter().map(Into::into).collect(),
            recommended_payment: facts.outlook.recommended_payment,
            events: self.events(facts),
            parts: facts.parts.iter().map(Into::into).collect(),
        }
    }

    /// What will happen, in order of days.
    fn events(&self, facts: &ForecastFacts) -> Vec<ForecastEvent> {
        let today = facts.now.today;
        if !matches!(facts.account.standing(today), Standing::Active | Standing::Paused) {
            return Vec::new();
        }
        let event = |date, kind, amount| ForecastEvent { date, kind, amount, tariff: None, at: None };
        let charged = |date, kind, amount| {
            let tariff = Some(self.lens().name(facts.account.tariff_on(date)));
            ForecastEvent { tariff, ..event(date, kind, Some(amount)) }
        };
        let mut events = Vec::new();
        if let Some(first) = facts.coming.first().filter(|day| day.served) {
            let before = facts.past.last().map_or(facts.account.balance, |day| day.balance);
            events.push(charged(first.date, ForecastKind::NextCharge, before - first.balance));
        }
        let month = Month::of(today).next();
        if facts.coming.iter().any(|day| day.date == month.first() && day.served) {
            let fee = self.ground.catalogue.get(facts.account.tariff_on(month.first())).fee(month);
            events.push(charged(month.first(), ForecastKind::NewMonth, fee));
        }
        if let Some(planned) = facts.account.pending_on(today) {
            let name = Some(self.lens().name(&planned.tariff));
            events.push(ForecastEvent { tariff: name, ..event(planned.starts_on, ForecastKind::TariffStarts, None) });
        }
        if let Some(at) = facts.account.turbo_at(facts.now.instant) {
            events.push(ForecastEvent { at: Some(at), ..event(local_date(at), ForecastKind::TurboEnds, None) });
        }
        if let Some(pause) = facts.account.pause.filter(|pause| pause.until >= today) {
            if pause.from > today {
                events.push(event(pause.from, ForecastKind::PauseStarts, None));
            }
            events.push(event(tomorrow(pause.until), ForecastKind::PauseEnds, None));
        }
        if let Some(last) = facts.outlook.enough_until {
            events.push(event(last, ForecastKind::LastPaidDay, None));
            let stop = tomorrow(last);
            let (catalogue, policy) = (&facts.ground.catalogue, &facts.ground.policy);
            let missing = forecast::missing_on(&facts.account, catalogue, policy, facts.now, stop);
            events.push(event(stop, ForecastKind::ServiceStops, missing));
        }
        events.sort_by_key(|event| event.date);
        events
    }

    /// The tariffs compared with what one has.
    pub fn offers(&self, offers: &change_tariff::Offers) -> MyTariffs {
        MyTariffs {
            currency: Currency::UAH,
            balance: offers.account.balance,
            items: offers.offers.iter().map(|offer| self.offer(offer)).collect(),
            pending_change: offers.pending.as_ref().map(|pending| self.pending(pending)),
            days_between_changes: offers.days_between_changes,
        }
    }

    fn offer(&self, offer: &change_tariff::Offer) -> TariffOffer {
        TariffOffer {
            code: offer.tariff.code.to_string(),
            name: offer.tariff.name.clone(),
            monthly_fee: offer.fee,
            per_day: offer.per_day.into(),
            down_mbps: offer.tariff.down_mbps,
            up_mbps: offer.tariff.up_mbps,
            current: offer.current,
            difference: offer.difference,
            enough_until_after: offer.enough_until,
            change: offer.change.as_ref().map(|change| match change {
                Ok(decision) => {
                    OfferedChange { cost: Some(decision.price), starts_on: Some(decision.starts_on), refusal: None }
                }
                Err(refusal) => {
                    OfferedChange { cost: None, starts_on: None, refusal: Some(self.speaker.refusal(refusal)) }
                }
            }),
        }
    }
}
