//! Promised payments: the refusals, the days they serve, and what holds of money whatever happens around them.

use cabinet_core::account::{Account, PlannedTariff, Promise};
use cabinet_core::accrual::settle;
use cabinet_core::acts::promised_payment::{Decision, apply, decide};
use cabinet_core::audit::{Audit, Promised};
use cabinet_core::calendar::{days, tomorrow};
use cabinet_core::forecast::{after_payment, forecast, outlook};
use cabinet_core::ledger::{Broken, Draft, Entry, EntryKind, post};
use cabinet_core::policy::MissedDays;
use cabinet_core::statement::{Spell, SpellKind};
use cabinet_core::tariff::{Catalogue, FeeVersion, Tariff};
use cabinet_core::{Money, Month, Now, Policy, Refusal, Standing, TariffCode};
use proptest::prelude::*;
use time::macros::date;
use time::{Date, Duration, Time};

fn now(today: Date) -> Now {
    Now { instant: today.with_time(Time::MIDNIGHT).assume_utc(), today }
}

fn uah(text: &str) -> Money {
    text.parse().unwrap()
}

fn catalogue(fees: [i64; 2]) -> Catalogue {
    let tariff = |code: &str, fee| Tariff {
        code: TariffCode::new(code),
        name: code.into(),
        down_mbps: 1,
        up_mbps: 1,
        offered: true,
        group: String::new(),
        free_turbo: None,
        fees: vec![FeeVersion { from: Month::new(2000, 1).unwrap(), fee: Money::from_kopecks(fee) }],
    };
    Catalogue { tariffs: vec![tariff("a", fees[0]), tariff("b", fees[1])] }
}

/// One contract and everything that was ever posted of it.
struct House {
    catalogue: Catalogue,
    policy: Policy,
    today: Date,
    account: Account,
    entries: Vec<Entry>,
    promised: Vec<Promised>,
}

impl House {
    fn open(first: Date, fees: [i64; 2], policy: Policy) -> House {
        let account = Account::open(first, TariffCode::new("a"));
        House { catalogue: catalogue(fees), policy, today: first, account, entries: Vec::new(), promised: Vec::new() }
    }

    /// The contract of the manual at the turn of the year: 24.20 on its balance on 1 January 2015.
    fn manual() -> House {
        let mut house = House::open(date!(2014 - 12 - 01), [50_00, 40_00], Policy::default());
        house.pays("74.20");
        house.lives_to(date!(2015 - 01 - 01));
        assert_eq!(house.account.balance, uah("22.59"));
        house
    }

    fn settles(&mut self) {
        self.entries.extend(settle(&mut self.account, &self.catalogue, &self.policy, now(self.today)).entries);
    }

    fn lives_to(&mut self, last: Date) {
        for day in days(self.today, last) {
            self.today = day;
            self.settles();
        }
    }

    fn posts(&mut self, kind: EntryKind, amount: Money) {
        self.settles();
        self.entries.push(post(&mut self.account, Draft::new(kind, amount), now(self.today), "staff"));
        self.settles();
    }

    fn pays(&mut self, amount: &str) {
        self.posts(EntryKind::CashPayment, uah(amount));
    }

    fn asks(&mut self) -> Result<Decision, Refusal> {
        self.settles();
        let month = Month::of(self.today);
        let taken = self.promised.iter().filter(|one| month.contains(one.promise.taken_on)).count() as i64;
        decide(&self.account, &self.catalogue, &self.policy, taken, now(self.today))
    }

    /// Does exactly what was decided, and finds that it was.
    fn takes(&mut self) -> Result<Decision, Refusal> {
        let decision = self.asks()?;
        let reference = format!("order:{}", self.promised.len());
        let price = apply(&mut self.account, &decision, reference, now(self.today));
        self.promised.push(Promised { promise: decision.promise, price: price.as_ref().map(|entry| entry.seq) });
        self.entries.extend(price);
        self.settles();
        let after = outlook(&self.account, &self.catalogue, &self.policy, now(self.today));
        let told =
            (decision.effect.balance_after, decision.effect.enough_until_after, decision.effect.recommended_after);
        assert_eq!((self.account.balance, after.enough_until, after.recommended_payment), told);
        assert_eq!(
            decision.effect.balance_before - decision.price - decision.charge_today,
            decision.effect.balance_after
        );
        assert_eq!(self.account.standing(self.today), Standing::Active);
        Ok(decision)
    }

    fn standing(&self) -> Standing {
        self.account.standing(self.today)
    }

    fn audited(&self) -> Result<(), Broken> {
        let mut audit = Audit::new(self.catalogue.has_free_days());
        for entry in &self.entries {
            audit.entry(entry.cover.map(|_| ()), entry)?;
        }
        let (suspended, blocked) = (self.account.suspended_since, self.account.blocked_since);
        let open = [(SpellKind::Suspended, suspended), (SpellKind::Blocked, blocked)];
        let spells =
            open.into_iter().filter_map(|(kind, since)| Some(Spell { kind, first_day: since?, last_day: None }));
        let book = audit.summary(&(), None);
        book.end(&self.account, &spells.collect::<Vec<_>>())?;
        book.promises(&self.account, &self.promised)
    }
}

#[test]
fn it_is_given_from_the_third_day_before_the_stop_and_serves_through_its_last_day() {
    let mut house = House::manual();
    house.lives_to(date!(2015 - 01 - 11));
    assert_eq!(house.asks(), Err(Refusal::PromiseNotNeeded { possible_from: Some(date!(2015 - 01 - 12)) }));
    house.lives_to(date!(2015 - 01 - 12));
    assert!(house.asks().is_ok());
    house.lives_to(date!(2015 - 01 - 16));
    assert_eq!((house.standing(), house.account.balance), (Standing::Blocked, uah("0.01")));

    let decision = house.takes().unwrap();
    let promise = Promise { taken_on: house.today, until: date!(2015 - 01 - 19), credit: uah("50.00") };
    assert_eq!((decision.promise, decision.price, decision.charge_today), (promise, uah("5.00"), uah("1.62")));
    assert_eq!(decision.effect.balance_after, uah("-6.61"));
    assert_eq!(
        (decision.effect.enough_until_before, decision.effect.enough_until_after),
        (None, Some(date!(2015 - 01 - 19)))
    );

    house.lives_to(date!(2015 - 01 - 19));
    let (balance, until) = (house.account.balance, date!(2015 - 01 - 19));
    assert_eq!((house.standing(), balance), (Standing::Active, uah("0.01") - uah("5.00") - uah("6.46")));
    assert_eq!(house.asks(), Err(Refusal::PromiseActive { until, possible_from: date!(2015 - 02 - 01) }));
    house.lives_to(date!(2015 - 01 - 20));
    assert_eq!((house.standing(), house.account.balance), (Standing::Blocked, balance));
    let unpaid = Refusal::PromiseUnpaid {
        taken_on: date!(2015 - 01 - 16),
        missing: uah("11.45"),
        possible_from: Some(date!(2015 - 02 - 01)),
    };
    assert_eq!(house.asks(), Err(unpaid));
    house.pays("11.44");
    assert!(house.account.promise.is_some(), "a kopeck is owed");
    house.pays("0.01");
    assert_eq!((house.account.promise, house.standing()), (None, Standing::Blocked));
    assert_eq!(house.asks(), Err(Refusal::PromiseLimit { possible_from: date!(2015 - 02 - 01) }));
    house.lives_to(date!(2015 - 02 - 01));
    house.takes().unwrap();
    assert_eq!(house.audited(), Ok(()));
}

#[test]
fn a_payment_meanwhile_neither_ends_it_nor_lengthens_it() {
    let mut house = House::manual();
    house.lives_to(date!(2015 - 01 - 16));
    house.takes().unwrap();
    house.lives_to(date!(2015 - 01 - 17));
    house.pays("10.00");
    assert_eq!(house.account.credit_on(date!(2015 - 01 - 19)), uah("50.00"));
    assert_eq!(house.account.credit_on(date!(2015 - 01 - 20)), Money::ZERO);
    assert_eq!(house.account.balance, uah("1.78"));
    let ahead = outlook(&house.account, &house.catalogue, &house.policy, now(house.today));
    assert_eq!(
        ahead.enough_until,
        Some(date!(2015 - 01 - 19)),
        "the credit's last day, though the money ends before it"
    );
    house.lives_to(date!(2015 - 01 - 20));
    assert_eq!((house.standing(), house.account.balance), (Standing::Blocked, uah("-1.45")));
    house.pays("3.07");
    assert_eq!((house.standing(), house.account.promise), (Standing::Active, None));
    assert_eq!(house.account.balance, uah("0.01"));
    assert_eq!(house.audited(), Ok(()));
}

#[test]
fn one_that_is_paid_before_its_end_is_forgotten_after_it() {
    let mut house = House::manual();
    house.lives_to(date!(2015 - 01 - 16));
    house.takes().unwrap();
    house.pays("100.00");
    house.lives_to(date!(2015 - 01 - 19));
    assert!(house.account.promise.is_some());
    house.lives_to(date!(2015 - 01 - 20));
    assert_eq!((house.account.promise, house.standing()), (None, Standing::Active));
    assert_eq!(house.audited(), Ok(()));
}

#[test]
fn days_missed_while_it_ran_are_charged_and_later_ones_forgiven() {
    let mut house = House::manual();
    house.lives_to(date!(2015 - 01 - 16));
    house.takes().unwrap();
    house.today = date!(2015 - 01 - 25);
    let settled = settle(&mut house.account, &house.catalogue, &house.policy, now(house.today));
    assert_eq!(
        settled.entries.iter().map(|entry| entry.amount).collect::<Vec<_>>(),
        [uah("-4.84")],
        "17 to 19 January"
    );
    assert_eq!(settled.forgiven.span, Some((date!(2015 - 01 - 20), date!(2015 - 01 - 24))));
    assert_eq!(house.standing(), Standing::Blocked);
}

#[test]
fn whoever_may_not_have_it_is_told_why() {
    let mut house = House::manual();
    house.lives_to(date!(2015 - 01 - 16));
    let refused = |change: fn(&mut House)| {
        let mut other =
            House { entries: Vec::new(), promised: Vec::new(), account: house.account.clone(), ..House::manual() };
        other.today = house.today;
        change(&mut other);
        other.asks().unwrap_err()
    };
    let suspended = refused(|house| house.account.suspended_since = Some(house.today));
    assert_eq!(suspended, Refusal::AccountSuspended);
    let closing = refused(|house| house.account.closed_on = Some(tomorrow(house.today)));
    assert_eq!(closing, Refusal::AccountClosed);
    let young = refused(|house| house.account.opened_on = date!(2014 - 12 - 18));
    assert_eq!(young, Refusal::ContractYoung { possible_from: date!(2015 - 01 - 17) });
    let indebted = refused(|house| house.posts(EntryKind::Adjustment, uah("-43.40")));
    assert_eq!(indebted, Refusal::FundsShort { missing: uah("0.01") }, "5.00 and 1.62 against 50.00 and -43.39");
    let never = refused(|house| house.policy.promises_per_month = 0);
    assert_eq!(never, Refusal::PromiseLimit { possible_from: date!(2015 - 02 - 01) });
    let rich = refused(|house| house.posts(EntryKind::CashPayment, uah("5000.00")));
    assert_eq!(rich, Refusal::PromiseNotNeeded { possible_from: None });
    assert!(house.asks().is_ok());
}

#[test]
fn the_audit_finds_a_promise_that_nobody_ordered_or_paid_for() {
    let mut house = House::manual();
    house.lives_to(date!(2015 - 01 - 16));
    house.takes().unwrap();
    assert_eq!(house.audited(), Ok(()));
    let broken = Err(Broken::Promise { taken_on: date!(2015 - 01 - 16) });
    let (promise, promised) = (house.account.promise, house.promised.clone());
    for change in [
        |promise: &mut Promise| promise.credit += Money::from_kopecks(1),
        |promise: &mut Promise| promise.until = tomorrow(promise.until),
    ] {
        house.account.promise.as_mut().map(change);
        assert_eq!(house.audited(), broken);
        house.account.promise = promise;
    }
    house.account.promise = None;
    assert_eq!(house.audited(), broken, "taken away before its end");
    house.account.promise = promise;
    house.promised.clear();
    assert_eq!(house.audited(), broken, "a price without an order");
    house.promised = promised.clone();
    house.promised[0].price = None;
    assert_eq!(house.audited(), broken, "an order without its price");
    let free = |until| {
        let promise = Promise { taken_on: date!(2015 - 01 - 13), until, ..promised[0].promise };
        Promised { promise, price: None }
    };
    house.promised = vec![free(date!(2015 - 01 - 16)), promised[0]];
    assert_eq!(house.audited(), broken, "two on one day");
    house.promised[0] = free(date!(2015 - 01 - 15));
    assert_eq!(house.audited(), Ok(()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Whatever is paid, missed, stopped, changed and promised: nobody owes more than was lent, nobody is served on a
    /// credit that is over, promises keep to their months, and the forecast is what then happens.
    #[test]
    fn money_holds_through_any_history(
        fees in [0i64..20_000, 0i64..20_000],
        start in 0i64..3000,
        price in 0i64..1_000,
        lasts in 0i64..8,
        acts in proptest::collection::vec((0u8..14, 1i64..4_000), 1..100),
    ) {
        let first = Month::new(2019, 1).unwrap().first() + Duration::days(start);
        let policy = Policy {
            promise_price: Money::from_kopecks(price),
            promise_days: lasts,
            promise_contract_days: 5,
            missed_days: MissedDays::Forgive,
            ..Policy::default()
        };
        let mut house = House::open(first, fees, policy);
        for (act, number) in acts {
            match act {
                0..=4 => house.today = tomorrow(house.today),
                5 => house.today += Duration::days(number % 12),
                _ => {}
            }
            house.settles();
            match act {
                6 | 7 => house.posts(EntryKind::CashPayment, Money::from_kopecks(number)),
                8 if house.account.suspended_since.is_none() => {
                    let charged = house.account.service.charged_through == house.today;
                    house.account.suspended_since = Some(if charged { tomorrow(house.today) } else { house.today });
                }
                9 => {
                    house.account.suspended_since = None;
                    house.settles();
                }
                10 if house.account.service.planned.is_none() => {
                    let starts_on = tomorrow(house.today) + Duration::days(number % 20);
                    let tariff = TariffCode::new(if number % 2 == 0 { "a" } else { "b" });
                    house.account.service.planned = Some(PlannedTariff { tariff, starts_on });
                }
                11..=13 => {
                    let unpaid = house.account.promise_unpaid(house.today);
                    let given = house.takes();
                    prop_assert!(unpaid.is_none() || given.is_err());
                }
                _ => {}
            }
            let lent = house.account.promise.map_or(Money::ZERO, |promise| promise.credit);
            prop_assert!(house.account.balance >= -lent, "{} owed, {lent} lent", house.account.balance);
            let over = house.account.promise_unpaid(house.today).is_some();
            prop_assert!(!over || house.standing() != Standing::Active);
            prop_assert_eq!(house.audited(), Ok(()));

            let foretold = forecast(&house.account, &house.catalogue, &house.policy, now(house.today), 9, Money::ZERO);
            let mut lived = house.account.clone();
            if lived.suspended_since.is_none() {
                for day in foretold {
                    settle(&mut lived, &house.catalogue, &house.policy, now(day.date));
                    prop_assert_eq!((lived.balance, lived.blocked_since.is_none()), (day.balance, day.served), "{}", day.date);
                }
            }
        }
        let pairs = house.promised.windows(2);
        for (one, next) in pairs.map(|pair| (pair[0].promise, pair[1].promise)) {
            prop_assert!(next.taken_on > one.until && Month::of(next.taken_on) != Month::of(one.taken_on));
        }
        for Promised { promise, .. } in &house.promised {
            prop_assert!(promise.taken_on >= first + Duration::days(5) && promise.credit > Money::ZERO);
        }
    }

    /// What is recommended while a promise runs pays its debt too: with it the service goes on through the day named.
    #[test]
    fn the_recommended_payment_pays_the_debt_too(fee in 1_000i64..100_000, start in 0i64..1000, paid in 1i64..50_000) {
        let first = Month::new(2020, 1).unwrap().first() + Duration::days(start);
        let mut house = House::open(first, [fee, fee], Policy { promise_contract_days: 0, ..Policy::default() });
        house.posts(EntryKind::CashPayment, Money::from_kopecks(paid));
        for _ in 0..60 {
            if house.takes().is_ok() {
                break;
            }
            house.today = tomorrow(house.today);
        }
        prop_assume!(house.account.promise.is_some());
        let ahead = outlook(&house.account, &house.catalogue, &house.policy, now(house.today));
        let until = ahead.recommended_until.unwrap();
        let sum = ahead.recommended_payment;
        let (foreseen, after) = after_payment(&house.account, &house.catalogue, &house.policy, now(house.today), sum);
        prop_assert!(after.enough_until.is_some_and(|day| day >= until) && after.recommended_payment.is_zero());
        house.posts(EntryKind::CashPayment, sum);
        prop_assert_eq!(foreseen.balance, house.account.balance);
        house.lives_to(until);
        prop_assert_eq!((house.account.balance, house.standing()), (Money::ZERO, Standing::Active));
        prop_assert_eq!(house.account.promise, None);
    }
}
