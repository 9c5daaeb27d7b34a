//! The manual's December, cell by cell, through `settle`.

use cabinet_core::account::Account;
use cabinet_core::accrual::settle;
use cabinet_core::forecast::outlook;
use cabinet_core::ledger::{Draft, Entry, EntryKind, post};
use cabinet_core::statement::{DayState, Empty, Facts, lay_out};
use cabinet_core::tariff::{Catalogue, FeeVersion, Tariff};
use cabinet_core::{Money, Month, Now, Policy, TariffCode};
use serde_json::Value;
use time::{Date, Time};

fn money(text: &str) -> Money {
    text.parse().unwrap()
}

fn now(today: Date) -> Now {
    Now { instant: today.with_time(Time::MIDNIGHT).assume_utc(), today }
}

fn day(year: i32, month: u8, day: u8) -> Date {
    Date::from_calendar_date(year, time::Month::try_from(month).unwrap(), day).unwrap()
}

fn catalogue() -> Catalogue {
    let tariff = |code: &str, speed, fee: &str| Tariff {
        code: TariffCode::new(code),
        name: code.into(),
        down_mbps: speed,
        up_mbps: speed,
        offered: true,
        group: String::new(),
        free_turbo: None,
        fees: vec![FeeVersion { from: Month::new(2014, 1).unwrap(), fee: money(fee) }],
    };
    Catalogue {
        tariffs: vec![tariff("home-10", 10, "40.00"), tariff("home-20", 20, "50.00"), tariff("home-50", 50, "65.00")],
    }
}

/// Registered on 30 November with 25.87 in cash, runs on the golden's days, 50.00 on the 10th.
fn manual() -> (Account, Vec<Entry>, Value) {
    let golden: Value = serde_json::from_str(include_str!("../../../tests/golden/manual-december.json")).unwrap();
    let (catalogue, policy) = (catalogue(), Policy::default());
    let mut account = Account::open(day(2014, 11, 30), TariffCode::new("home-20"));
    let opened = now(day(2014, 11, 30));
    let mut entries = vec![post(&mut account, Draft::new(EntryKind::CashPayment, money("25.87")), opened, "staff")];
    entries.extend(settle(&mut account, &catalogue, &policy, opened).entries);
    for run in golden["run_days"].as_array().unwrap() {
        let today = now(day(2014, 12, run.as_u64().unwrap() as u8));
        entries.extend(settle(&mut account, &catalogue, &policy, today).entries);
        if today.today.day() == 10 {
            entries.push(post(&mut account, Draft::new(EntryKind::CashPayment, money("50.00")), today, "staff"));
        }
    }
    (account, entries, golden)
}

#[test]
fn december_is_charged_as_the_manual_prints_it() {
    let (account, entries, golden) = manual();
    let december: Vec<Value> = entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::TariffCharge && entry.posted_on.month() == time::Month::December)
        .map(|entry| {
            let cover = entry.cover.unwrap();
            serde_json::json!({
                "posted": entry.posted_on.day(),
                "covers": [cover.from.day(), cover.to.day()],
                "amount": entry.amount,
            })
        })
        .collect();
    assert_eq!(Value::from(december), golden["entries"]);
    assert_eq!(account.balance, money("37.10"));
}

#[test]
fn the_calendar_says_what_the_manual_says() {
    let (account, entries, golden) = manual();
    let december = Month::new(2014, 12).unwrap();
    let sheet = lay_out(&Facts {
        month: december,
        today: day(2014, 12, 23),
        opened_on: account.opened_on,
        closed_on: None,
        opening: money("24.20"),
        entries: entries.into_iter().filter(|entry| december.contains(entry.posted_on)).collect(),
        later: vec![],
        spells: vec![],
    })
    .unwrap();
    let weeks: Vec<u8> = sheet.weeks.iter().map(|week| week.iso_week).collect();
    assert_eq!(serde_json::json!(weeks), golden["iso_weeks"]);
    assert_eq!(sheet.opening, money("24.20"));
    assert_eq!((sheet.paid, sheet.charged, sheet.closing), (money("50.00"), money("37.10"), money("37.10")));
    let cell = |n: u8| sheet.weeks.iter().flat_map(|week| &week.days).find(|d| d.date == day(2014, 12, n)).unwrap();
    assert_eq!(cell(21).empty, Some(Empty::ChargedLater(day(2014, 12, 22))));
    assert_eq!((cell(22).charged, cell(22).level), (money("3.22"), 2));
    assert_eq!((cell(9).charged, cell(9).level), (money("1.62"), 1));
    assert_eq!((cell(10).paid, cell(23).state, cell(24).state), (money("50.00"), DayState::Today, DayState::Future));
}

#[test]
fn the_header_foretells_the_mock_figures() {
    let (account, ..) = manual();
    let ahead = outlook(&account, &catalogue(), &Policy::default(), now(day(2014, 12, 23)));
    assert_eq!(ahead.enough_until, Some(day(2015, 1, 15)));
    assert_eq!(ahead.stops_on, Some(day(2015, 1, 16)));
    assert_eq!(ahead.recommended_payment, money("25.80"));
    assert_eq!(ahead.recommended_until, Some(day(2015, 1, 31)));
}

#[test]
fn a_cheaper_tariff_costs_and_starts_as_the_mock_says() {
    use cabinet_core::acts::tariff_change::{cancel, decide};
    let (mut account, ..) = manual();
    let (catalogue, policy, today) = (catalogue(), Policy::default(), now(day(2014, 12, 23)));
    let down = decide(&account, &TariffCode::new("home-10"), &catalogue, &policy, 0, today).unwrap();
    assert_eq!(
        (down.price, down.starts_on, down.effect.balance_after),
        (money("25.00"), day(2015, 1, 1), money("12.10"))
    );
    assert_eq!(
        (down.effect.enough_until_after, down.effect.recommended_after),
        (Some(day(2014, 12, 30)), money("40.80"))
    );
    assert_eq!(down.cancellable_until, Some(day(2014, 12, 31)));
    assert_eq!((down.effect.per_day_after.min, down.effect.per_day_after.max), (money("1.29"), money("1.30")));
    let up = decide(&account, &TariffCode::new("home-50"), &catalogue, &policy, 0, today).unwrap();
    assert_eq!(
        (up.price, up.starts_on, up.effect.enough_until_after),
        (Money::ZERO, day(2014, 12, 24), Some(day(2015, 1, 9)))
    );
    let posted = cabinet_core::acts::tariff_change::apply(&mut account, &down, "order".into(), today);
    assert_eq!(account.balance, money("12.10"));
    let again = decide(&account, &TariffCode::new("home-50"), &catalogue, &policy, 0, today);
    assert_eq!(again.unwrap_err().code(), "change_planned");
    cancel(&mut account, posted.first(), 0, &policy, today).unwrap();
    assert_eq!(account.balance, money("37.10"));
    assert_eq!(account.service.planned, None);
}

#[test]
fn what_came_back_is_neither_charged_nor_paid() {
    use cabinet_core::ledger::{Draft, post};
    let mut account = Account::open(day(2015, 1, 1), TariffCode::new("home-20"));
    let mut entries = Vec::new();
    for (on, kind, amount) in [
        (3, EntryKind::CashPayment, "100.00"),
        (5, EntryKind::TariffChange, "-25.00"),
        (5, EntryKind::Reversal, "25.00"),
        (6, EntryKind::TariffChange, "-25.00"),
        (7, EntryKind::Reversal, "25.00"),
        (8, EntryKind::Reversal, "-100.00"),
    ] {
        let draft = Draft::new(kind, money(amount));
        entries.push(post(&mut account, draft, now(day(2015, 1, on)), "staff"));
    }
    let of = |from: u8, opening: &str| {
        let january = Month::new(2015, 1).unwrap();
        let posted = entries.iter().filter(|entry| entry.posted_on.day() >= from).cloned();
        let facts = Facts {
            month: january,
            today: day(2015, 1, 31),
            opened_on: account.opened_on,
            closed_on: None,
            opening: money(opening),
            entries: posted.collect(),
            later: vec![],
            spells: vec![],
        };
        lay_out(&facts).unwrap()
    };
    let whole = of(1, "0.00");
    assert_eq!((whole.charged, whole.paid, whole.closing), (Money::ZERO, Money::ZERO, Money::ZERO));
    let days: Vec<(u8, Money, Money)> = whole
        .weeks
        .iter()
        .flat_map(|week| &week.days)
        .filter(|cell| !cell.entries.is_empty())
        .map(|cell| (cell.date.day(), cell.charged, cell.paid))
        .collect();
    let (nothing, fee, cash) = (Money::ZERO, money("25.00"), money("100.00"));
    assert_eq!(
        days,
        [(3, nothing, cash), (5, nothing, nothing), (6, fee, nothing), (7, nothing, fee), (8, cash, nothing)]
    );
    // What they undo was posted before: both stay positive, and the sum holds.
    let rest = of(7, "75.00");
    assert_eq!((rest.charged, rest.paid, rest.closing), (cash, fee, Money::ZERO));
}
