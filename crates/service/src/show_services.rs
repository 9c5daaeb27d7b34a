//! The services page: how each service stands, what it costs, and why it cannot be.

use crate::acts::{Order, OrderStatus, order_of};
use crate::pause_service::turbo_end;
use crate::show_network::Following;
use crate::undo_order::undone_this_month;
use crate::{Error, Service, take_turbo};
use cabinet_core::account::Pause;
use cabinet_core::accrual::settle;
use cabinet_core::acts::{pause, static_ip, turbo, undo};
use cabinet_core::policy::TurboOption;
use cabinet_core::tariff::Tariff;
use cabinet_core::{Account, Money, Now, Refusal};
use cabinet_store::turbos::TurboRun;
use cabinet_store::{accounts, acts, addresses, turbos};
use time::{Date, Duration};
use uuid::Uuid;

/// Everything a subscriber may switch on beside the tariff.
#[derive(Clone, Debug)]
pub struct ServicesFacts {
    /// The account, today's charge taken.
    pub account: Account,
    /// The moment.
    pub now: Now,
    /// The present tariff.
    pub tariff: Tariff,
    /// Turbo that runs or waits, in order.
    pub turbos: Vec<TurboRun>,
    /// What Turbo can be bought.
    pub turbo_options: Vec<TurboOffer>,
    /// What a pause is.
    pub pause: PauseOffer,
    /// What a static address is.
    pub static_ip: StaticIpOffer,
    /// Whether the network gives what is switched on.
    pub network: Following,
    /// Orders that can be undone at this moment, the last first.
    pub undoable: Vec<Order>,
}

/// An option of Turbo to an account.
#[derive(Clone, Debug)]
pub struct TurboOffer {
    /// The option.
    pub option: TurboOption,
    /// How many of it are still free this month.
    pub free_left: i64,
    /// What taking it would do, or why it cannot be.
    pub outcome: Result<turbo::Decision, Refusal>,
}

/// A pause to an account.
#[derive(Clone, Debug)]
pub struct PauseOffer {
    /// Its price.
    pub price: Money,
    /// Days of the shortest and of the longest.
    pub length: (i64, i64),
    /// The first and the last day it can begin; none while one is planned or runs.
    pub window: Option<(Date, Date)>,
    /// Why the shortest on the first of these days cannot be.
    pub refusal: Option<Refusal>,
    /// A static address is charged meanwhile.
    pub static_ip_charged: bool,
}

/// A static address to an account.
#[derive(Clone, Debug)]
pub struct StaticIpOffer {
    /// The address the account has.
    pub address: Option<String>,
    /// The IPv6 prefix that goes with it.
    pub ipv6_prefix: Option<String>,
    /// The fee of this month; none where it is not sold.
    pub fee: Option<Money>,
    /// What connecting one would do, or why it cannot be.
    pub outcome: Result<static_ip::Connect, Refusal>,
}

/// How many of the last orders are looked at for an undo.
const LAST_ORDERS: i64 = 20;

impl Service {
    /// How each service stands to an account.
    pub async fn show_services(&self, id: Uuid) -> Result<ServicesFacts, Error> {
        let now = self.now();
        let mut view = self.store.read().await?;
        let held = accounts::find(&mut view, id).await?.ok_or(Refusal::NotFound)?;
        let ground = self.ground_of(&held.account).await?;
        let (catalogue, policy) = (&ground.catalogue, &ground.policy);
        // Decided as after the day's charge, like its quotes.
        let mut account = held.account;
        settle(&mut account, catalogue, policy, now);
        let beside = take_turbo::beside(&*self.clock, &mut view, id, &account, now).await?;
        let turbos = turbos::ending_after(&mut view, id, now.instant).await?;
        let network = self.network_of(&mut view, id, now).await?;
        let available = addresses::any_free(&mut view, now.today).await?;
        let mut undoable = Vec::new();
        for row in acts::orders(&mut view, id, None, LAST_ORDERS).await? {
            let order = order_of(&row, now.today)?;
            let stands = matches!(order.status, OrderStatus::Planned | OrderStatus::Done);
            if order.act.is_undoable() && stands && undo::until(order.created_at, policy) >= now.instant {
                let undone = undone_this_month(&mut view, id, order.act, now).await?;
                undoable.extend(undo::decide(order.created_at, undone, policy, now).is_ok().then_some(order));
            }
        }
        drop(view);
        let tariff = catalogue.get(account.tariff_on(now.today)).clone();
        let turbo_options = policy.turbo_options.iter().map(|option| TurboOffer {
            free_left: turbo::free_left(&tariff, option, beside.free_taken),
            outcome: turbo::decide(&account, &option.code, beside, catalogue, policy, now),
            option: option.clone(),
        });
        let turbo = turbo_end(&*self.clock, &account, now);
        let window = pause::window(&account, turbo, policy, now.today);
        let length = (policy.pause_least_days, policy.pause_most_days);
        let from = window.map_or(now.today, |(first, _)| first);
        let shortest = Pause { from, until: from + Duration::days(length.0 - 1) };
        Ok(ServicesFacts {
            turbo_options: turbo_options.collect(),
            pause: PauseOffer {
                price: policy.pause_price,
                length,
                window,
                refusal: pause::decide(&account, shortest, turbo, catalogue, policy, now).err(),
                static_ip_charged: policy.static_ip_in_pause,
            },
            static_ip: StaticIpOffer {
                address: held.address.as_ref().map(|of| of.address.clone()),
                ipv6_prefix: held.address.and_then(|of| of.prefix),
                fee: policy.static_ip_fee(cabinet_core::Month::of(now.today)),
                outcome: static_ip::decide_connect(&account, available, catalogue, policy, now),
            },
            network,
            undoable,
            turbos,
            tariff,
            account,
            now,
        })
    }
}
