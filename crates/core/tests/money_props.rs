//! Properties that hold for every fee, month and history.

use cabinet_core::account::Account;
use cabinet_core::accrual::settle;
use cabinet_core::calendar::days;
use cabinet_core::forecast::{after_payment, forecast, outlook, suggestions};
use cabinet_core::ledger::{Draft, EntryKind, post};
use cabinet_core::tariff::{Catalogue, FeeVersion, Tariff};
use cabinet_core::{Money, Month, Now, Policy, TariffCode};
use proptest::prelude::*;
use time::{Date, Duration, Time};

fn now(today: Date) -> Now {
    Now { instant: today.with_time(Time::MIDNIGHT).assume_utc(), today }
}

fn catalogue(fee: i64) -> Catalogue {
    Catalogue {
        tariffs: vec![Tariff {
            code: TariffCode::new("t"),
            name: "t".into(),
            down_mbps: 1,
            up_mbps: 1,
            offered: true,
            group: String::new(),
            free_turbo: None,
            fees: vec![FeeVersion { from: Month::new(2000, 1).unwrap(), fee: Money::from_kopecks(fee) }],
        }],
    }
}

fn funded(first: Date, kopecks: i64) -> Account {
    let mut account = Account::open(first, TariffCode::new("t"));
    post(&mut account, Draft::new(EntryKind::CashPayment, Money::from_kopecks(kopecks)), now(first), "staff");
    account
}

proptest! {
    #[test]
    fn share_is_the_decimal_formula(fee in 0i64..100_000_000, part in 0u8..=31, whole in 28u8..=31) {
        let fee = Money::from_kopecks(fee);
        prop_assert_eq!(fee.share(part, whole), fee.share_decimal(part, whole));
    }

    #[test]
    fn money_text_reads_back(kopecks in any::<i64>()) {
        let money = Money::from_kopecks(kopecks);
        prop_assert_eq!(money.to_string().parse::<Money>().unwrap(), money);
        prop_assert_eq!(Money::from_decimal(money.to_decimal()).unwrap(), money);
    }

    /// Whatever days the run misses, a full month sums to the fee and no service-day is charged twice or lost.
    #[test]
    fn a_month_sums_to_its_fee(
        fee in 0i64..1_000_000, year in 2014i32..2030, month in 1u8..=12, runs in proptest::collection::vec(any::<bool>(), 31),
    ) {
        let month = Month::new(year, month).unwrap();
        let (catalogue, policy) = (catalogue(fee), Policy::default());
        let mut account = funded(month.first(), 10_000_000);
        let mut entries = vec![];
        for (day, runs) in days(month.first(), month.last()).zip(runs) {
            if runs || day == month.last() {
                entries.extend(settle(&mut account, &catalogue, &policy, now(day)).entries);
                prop_assert!(settle(&mut account, &catalogue, &policy, now(day)).is_empty());
            }
        }
        let charged: Money = entries.iter().map(|entry| -entry.amount).sum();
        prop_assert_eq!(charged, Money::from_kopecks(fee));
        let covers: Vec<_> = entries.iter().map(|entry| entry.cover.unwrap()).collect();
        prop_assert!(covers.windows(2).all(|pair| pair[0].to < pair[1].from && pair[0].days_after <= pair[1].days_before));
    }

    /// Catch-up over a month's end: one entry a month, the same kopecks as day by day.
    #[test]
    fn catching_up_costs_what_daily_runs_cost(fee in 1i64..1_000_000, start in 0i64..2000, gap in 1i64..70) {
        let first = Month::new(2020, 1).unwrap().first() + Duration::days(start);
        let last = first + Duration::days(gap);
        let (catalogue, policy) = (catalogue(fee), Policy::default());
        let (mut daily, mut late) = (funded(first, 1_000_000_000), funded(first, 1_000_000_000));
        for day in days(first, last) {
            settle(&mut daily, &catalogue, &policy, now(day));
        }
        let caught = settle(&mut late, &catalogue, &policy, now(last));
        prop_assert_eq!(daily.balance, late.balance);
        prop_assert_eq!(&daily.service, &late.service);
        let months = (i64::from(last.year()) * 12 + i64::from(u8::from(last.month())))
            - (i64::from(first.year()) * 12 + i64::from(u8::from(first.month()))) + 1;
        prop_assert!(caught.entries.len() as i64 <= months);
    }

    /// The balance never goes below zero, blocked days cost nothing, and the forecast is what then happens.
    #[test]
    fn the_forecast_comes_true(fee in 1i64..100_000, start in 0i64..1000, kopecks in 1i64..200_000) {
        let first = Month::new(2020, 1).unwrap().first() + Duration::days(start);
        let (catalogue, policy) = (catalogue(fee), Policy::default());
        let mut account = funded(first, kopecks);
        settle(&mut account, &catalogue, &policy, now(first));
        let ahead = outlook(&account, &catalogue, &policy, now(first));
        let foretold = forecast(&account, &catalogue, &policy, now(first), 60, Money::ZERO);
        let mut lived = account.clone();
        for day in foretold {
            if !day.served { break; }
            settle(&mut lived, &catalogue, &policy, now(day.date));
            prop_assert_eq!((lived.balance, lived.blocked_since), (day.balance, None));
        }
        prop_assert!(!lived.balance.is_negative());
        if let Some(stops) = ahead.stops_on {
            for day in days(first, stops) {
                settle(&mut account, &catalogue, &policy, now(day));
                prop_assert_eq!(account.blocked_since.is_some(), day == stops);
            }
        }
    }

    /// Paying what is recommended keeps the service through the day it names.
    #[test]
    fn the_recommended_payment_is_enough_and_not_more(fee in 1i64..100_000, start in 0i64..1000, kopecks in 1i64..50_000) {
        let first = Month::new(2020, 1).unwrap().first() + Duration::days(start);
        let (catalogue, policy) = (catalogue(fee), Policy::default());
        let mut account = funded(first, kopecks);
        settle(&mut account, &catalogue, &policy, now(first));
        let ahead = outlook(&account, &catalogue, &policy, now(first));
        let until = ahead.recommended_until.unwrap();
        if !ahead.recommended_payment.is_zero() {
            let draft = Draft::new(EntryKind::CashPayment, ahead.recommended_payment);
            post(&mut account, draft, now(first), "staff");
            let after = outlook(&account, &catalogue, &policy, now(first));
            prop_assert!(after.recommended_payment.is_zero());
            prop_assert_eq!(after.enough_until.map(|day| day >= until), Some(true));
            for day in days(first, until) {
                settle(&mut account, &catalogue, &policy, now(day));
            }
            prop_assert_eq!((account.balance, account.blocked_since), (Money::ZERO, None));
        }
    }

    /// Each suggested sum keeps the service through the day it names, and what is shown of it beforehand comes true.
    #[test]
    fn suggested_sums_are_good_for_the_days_they_name(fee in 1i64..100_000, start in 0i64..1000, kopecks in 1i64..150_000) {
        let first = Month::new(2020, 1).unwrap().first() + Duration::days(start);
        let (catalogue, policy, least) = (catalogue(fee), Policy::default(), Money::from_kopecks(100));
        let account = funded(first, kopecks);
        let offered = suggestions(&account, &catalogue, &policy, now(first), 3, (least, Money::from_kopecks(2_000_00)));
        prop_assert!(offered.len() <= 3 && offered.is_sorted_by(|one, next| one.0 < next.0 && one.1 < next.1));
        for (amount, until) in offered {
            prop_assert!(amount >= least && amount <= Money::from_kopecks(2_000_00));
            let (foreseen, ahead) = after_payment(&account, &catalogue, &policy, now(first), amount);
            prop_assert!(ahead.enough_until.is_none_or(|day| day >= until));
            let mut paid = account.clone();
            settle(&mut paid, &catalogue, &policy, now(first));
            post(&mut paid, Draft::new(EntryKind::OnlinePayment, amount), now(first), "system");
            settle(&mut paid, &catalogue, &policy, now(first));
            prop_assert_eq!((paid.balance, paid.blocked_since), (foreseen.balance, foreseen.blocked_since));
            for day in days(first, until) {
                settle(&mut paid, &catalogue, &policy, now(day));
            }
            prop_assert_eq!(paid.blocked_since, None);
            if amount > least {
                prop_assert_eq!(paid.balance, Money::ZERO);
            }
        }
    }
}

#[test]
fn amounts_are_refused_unless_plain() {
    for bad in
        ["", "-", "10,5", "0.001", "1e3", "NaN", "+1", " 1", "1.", ".5", "--1", "99999999999999999999", "1_000", "٣"]
    {
        assert!(bad.parse::<Money>().is_err(), "{bad:?}");
    }
    assert_eq!("92233720368547758.07".parse::<Money>().unwrap(), Money::from_kopecks(i64::MAX));
    assert_eq!("12".parse::<Money>().unwrap(), Money::from_kopecks(1200));
}
