//! Static address (RULES §4): connected at once and charged by the day like a tariff, given up at the end of the day.

use crate::Now;
use crate::account::{Account, StaticIp};
use crate::accrual::due;
use crate::acts::{Effect, at_hand, missing_today, pays};
use crate::calendar::{Month, tomorrow};
use crate::money::Money;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::tariff::{Catalogue, TariffCode};
use serde::{Deserialize, Serialize};
use time::Date;

/// Connecting one: exactly what confirming will do. Which address it is, confirming tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connect {
    /// Its first day: the day it is confirmed.
    pub connects_on: Date,
    /// The present tariff.
    pub tariff: TariffCode,
    /// The fee of this month.
    pub fee: Money,
    /// Charged for today at confirmation.
    pub charge_today: Money,
    /// Days of this month that will be charged, today included.
    pub month_days: i64,
    /// What they cost together.
    pub month_amount: Money,
    /// What it does to the money.
    pub effect: Effect,
}

/// Giving one up: exactly what confirming will do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
    /// Its last day: the day it is confirmed.
    pub serves_until: Date,
    /// The present tariff.
    pub tariff: TariffCode,
    /// What it does to the money.
    pub effect: Effect,
}

/// What connecting would do, the account being settled through today; `available` is whether an address is free.
///
/// # Errors
/// The first reason why it cannot be.
pub fn decide_connect(
    account: &Account,
    available: bool,
    catalogue: &Catalogue,
    policy: &Policy,
    now: Now,
) -> Result<Connect, Refusal> {
    let today = now.today;
    at_hand(account, today)?;
    match account.static_ip {
        Some(StaticIp { until: None, .. }) => return Err(Refusal::StaticIpConnected),
        Some(StaticIp { until: Some(until), .. }) => {
            return Err(Refusal::StaticIpEnding { until, possible_from: tomorrow(until) });
        }
        None => {}
    }
    if account.blocked_since.is_some() && account.paused_on(today).is_none() {
        return Err(Refusal::AccountBlocked { missing: missing_today(account, catalogue, policy, now) });
    }
    let month = Month::of(today);
    let fee = policy.static_ip_fee(month).filter(|_| available).ok_or(Refusal::PoolEmpty)?;
    let mut after = Account { static_ip: Some(StaticIp::connect(today)), ..account.clone() };
    let due = due(&mut after, catalogue, policy, today);
    let charge_today = due.static_ip.map_or(Money::ZERO, |charge| charge.amount);
    pays(account.balance, charge_today)?;
    after.balance -= charge_today;
    crate::accrual::count(&mut after, &due, today);
    let month_days = (month.last() - today).whole_days() + 1;
    Ok(Connect {
        connects_on: today,
        tariff: account.tariff_on(today).clone(),
        fee,
        charge_today,
        month_days,
        month_amount: fee.share(month_days as u8, month.days()),
        effect: Effect::between((account, &after), today, catalogue, policy, now),
    })
}

/// Connects one, of which settling the account charges today.
pub fn connect(account: &mut Account, now: Now) {
    account.static_ip = Some(StaticIp::connect(now.today));
}

/// What giving it up would do.
///
/// # Errors
/// [`Refusal::StaticIpAbsent`], [`Refusal::StaticIpEnding`] where it is given up already.
pub fn decide_release(account: &Account, catalogue: &Catalogue, policy: &Policy, now: Now) -> Result<Release, Refusal> {
    at_hand(account, now.today)?;
    let address = account.static_ip.ok_or(Refusal::StaticIpAbsent)?;
    if let Some(until) = address.until {
        return Err(Refusal::StaticIpEnding { until, possible_from: tomorrow(until) });
    }
    let mut after = account.clone();
    release(&mut after, now);
    let effect = Effect::between((account, &after), tomorrow(now.today), catalogue, policy, now);
    Ok(Release { serves_until: now.today, tariff: account.tariff_on(now.today).clone(), effect })
}

/// Gives it up with the end of today.
pub fn release(account: &mut Account, now: Now) {
    account.static_ip = account.static_ip.map(|ip| StaticIp { until: Some(now.today), ..ip });
}
