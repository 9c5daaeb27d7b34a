//! Bills: their arithmetic over any history, and the cases the rule names.

use cabinet_core::account::{Account, PlannedTariff};
use cabinet_core::accrual::settle;
use cabinet_core::bill::{Bill, BillState, Broken, Ends, Facts, Line, Tally, credits, make};
use cabinet_core::ledger::{Draft, Entry, EntryKind, post};
use cabinet_core::policy::{ChargeWhen, MissedDays};
use cabinet_core::statement::sides;
use cabinet_core::tariff::{Catalogue, FeeVersion, Tariff};
use cabinet_core::{Money, Month, Now, Policy, TariffCode};
use proptest::prelude::*;
use std::collections::BTreeMap;
use time::macros::date;
use time::{Date, Duration, Time};

fn december_2014() -> Month {
    Month::new(2014, 12).unwrap()
}

fn uah(text: &str) -> Money {
    text.parse().unwrap()
}

/// `a` costs 50.00 and from February 62.00, `b` 31.00.
fn catalogue() -> Catalogue {
    let version = |month, fee: &str| FeeVersion { from: Month::new(2015, month).unwrap(), fee: uah(fee) };
    let tariff = |code: &str, fees| Tariff {
        code: TariffCode::new(code),
        name: code.into(),
        down_mbps: 20,
        up_mbps: 20,
        offered: true,
        group: String::new(),
        free_turbo: None,
        fees,
    };
    Catalogue {
        tariffs: vec![
            tariff("a", vec![version(1, "50.00"), version(2, "62.00")]),
            tariff("b", vec![version(1, "31.00")]),
        ],
    }
}

/// One contract, its runs and its book.
struct House {
    policy: Policy,
    account: Account,
    entries: Vec<Entry>,
}

fn at(today: Date) -> Now {
    Now { instant: today.with_time(Time::MIDNIGHT).assume_utc(), today }
}

impl House {
    fn new(opened: Date) -> House {
        House { policy: Policy::default(), account: Account::open(opened, TariffCode::new("a")), entries: Vec::new() }
    }

    fn posts(&mut self, today: Date, kind: EntryKind, amount: Money) {
        self.entries.push(post(&mut self.account, Draft::new(kind, amount), at(today), "staff"));
    }

    fn settles(&mut self, today: Date) {
        self.entries.extend(settle(&mut self.account, &catalogue(), &self.policy, at(today)).entries);
    }

    /// One run a day.
    fn runs(&mut self, from: Date, to: Date) {
        for day in cabinet_core::calendar::days(from, to) {
            self.settles(day);
        }
    }

    fn bill(&self, closes: Month, made_on: Date) -> Option<Bill> {
        let before = self.entries.iter().rev().find(|entry| entry.posted_on < closes.first());
        make(
            &Facts {
                contract: "0000",
                closes,
                opening: before.map_or(Money::ZERO, |entry| entry.balance_after),
                tallies: self.entries.iter().filter(|e| closes.contains(e.posted_on)).map(Tally::from).collect(),
                account: &self.account,
                made_on,
            },
            &catalogue(),
            &self.policy,
        )
    }
}

fn line(lines: &[Line], kind: EntryKind) -> Option<&Line> {
    lines.iter().find(|line| line.kind == kind)
}

/// Opened with 60.00 on 25 November 2014, charged every day, 50.00 paid on 10 December.
fn december() -> House {
    let mut house = House::new(date!(2014 - 11 - 25));
    house.posts(date!(2014 - 11 - 25), EntryKind::CashPayment, uah("60.00"));
    house.runs(date!(2014 - 11 - 25), date!(2014 - 12 - 09));
    house.posts(date!(2014 - 12 - 10), EntryKind::OnlinePayment, uah("50.00"));
    house.runs(date!(2014 - 12 - 10), date!(2014 - 12 - 31));
    house
}

#[test]
fn a_month_is_closed_and_the_next_one_asked_for() {
    let bill = december().bill(december_2014(), date!(2015 - 01 - 01)).unwrap();
    assert_eq!(bill.number, "0000-2015-01");
    assert_eq!(bill.date(), date!(2015 - 01 - 01));
    assert_eq!([bill.opening, bill.charged, bill.paid, bill.closing], ["50.00", "50.00", "50.00", "50.00"].map(uah));
    assert_eq!(
        bill.charges,
        [Line {
            kind: EntryKind::TariffCharge,
            tariff: Some(TariffCode::new("a")),
            span: Some((date!(2014 - 12 - 01), date!(2014 - 12 - 31))),
            quantity: 31,
            price: Some(uah("50.00")),
            amount: uah("50.00"),
        }]
    );
    assert_eq!(line(&bill.credits, EntryKind::OnlinePayment).unwrap().amount, uah("50.00"));
    assert_eq!((bill.to_pay, bill.due_on), (Money::ZERO, None), "the balance covers January");
}

#[test]
fn what_is_missing_is_due_on_the_last_day_the_balance_covers() {
    let mut house = december();
    house.posts(date!(2014 - 12 - 31), EntryKind::Refund, uah("-12.90"));
    let bill = house.bill(december_2014(), date!(2015 - 01 - 01)).unwrap();
    assert_eq!((bill.closing, bill.to_pay, bill.due_on), (uah("37.10"), uah("12.90"), Some(date!(2015 - 01 - 23))));
    let late = house.bill(december_2014(), date!(2015 - 01 - 29)).unwrap();
    assert_eq!((late.date(), late.due_on), (date!(2015 - 01 - 01), Some(date!(2015 - 01 - 29))));
}

#[test]
fn a_day_caught_up_stands_in_the_month_it_was_posted_on_a_line_of_its_own() {
    let mut house = december();
    house.posts(date!(2014 - 12 - 31), EntryKind::CashPayment, uah("10.00"));
    house.runs(date!(2015 - 01 - 01), date!(2015 - 01 - 30));
    house.settles(date!(2015 - 02 - 01));
    house.runs(date!(2015 - 02 - 02), date!(2015 - 02 - 10));
    let january = house.bill(december_2014().next(), date!(2015 - 02 - 01)).unwrap();
    assert_eq!(january.charges[0].quantity, 30);
    let february = house.bill(december_2014().next().next(), date!(2015 - 03 - 01)).unwrap();
    let spans: Vec<_> = february.charges.iter().map(|line| (line.span.unwrap(), line.quantity)).collect();
    assert_eq!(
        spans,
        [((date!(2015 - 01 - 31), date!(2015 - 01 - 31)), 1), ((date!(2015 - 02 - 01), date!(2015 - 02 - 04)), 4),]
    );
    assert_eq!(february.opening, january.closing);
}

#[test]
fn planned_changes_and_new_fees_are_counted_from_their_day() {
    let mut house = december();
    let planned = |day| Some(PlannedTariff { tariff: TariffCode::new("b"), starts_on: day });
    house.account.service.planned = planned(date!(2015 - 01 - 01));
    let cheaper = house.bill(december_2014(), date!(2015 - 01 - 01)).unwrap();
    assert_eq!(cheaper.ahead.iter().map(|line| line.amount).sum::<Money>(), uah("31.00"));
    house.account.service.planned = planned(date!(2015 - 01 - 11));
    let both = house.bill(december_2014(), date!(2015 - 01 - 01)).unwrap();
    let parts: Vec<_> = both.ahead.iter().map(|line| (line.quantity, line.amount)).collect();
    assert_eq!(parts, [(10, uah("16.13")), (21, uah("21.00"))]);

    let mut house = House::new(date!(2015 - 01 - 30));
    house.posts(date!(2015 - 01 - 30), EntryKind::CashPayment, uah("1.00"));
    let dearer = house.bill(december_2014().next(), date!(2015 - 02 - 01)).unwrap();
    assert_eq!(dearer.to_pay, uah("61.00"));
}

#[test]
fn a_stopped_account_is_asked_only_for_what_may_be_charged() {
    let mut house = december();
    house.posts(date!(2014 - 12 - 31), EntryKind::Refund, uah("-52.00"));
    let blocked = |house: &House| house.bill(december_2014(), date!(2015 - 01 - 01)).unwrap();
    house.account.blocked_since = Some(date!(2014 - 12 - 31));
    assert_eq!((blocked(&house).to_pay, blocked(&house).due_on), (uah("52.00"), Some(date!(2015 - 01 - 01))));
    house.account.suspended_since = Some(date!(2014 - 12 - 31));
    assert_eq!(blocked(&house).to_pay, uah("2.00"), "the debt alone");
    house.account.suspended_since = None;
    house.account.closed_on = Some(date!(2015 - 01 - 11));
    assert_eq!(blocked(&house).to_pay, uah("18.13"), "ten days and the debt");
    house.account.closed_on = Some(date!(2014 - 12 - 31));
    assert_eq!((blocked(&house).to_pay, blocked(&house).due_on), (uah("2.00"), Some(date!(2015 - 01 - 31))));
}

#[test]
fn no_entries_no_bill() {
    let house = december();
    assert_eq!(house.bill(december_2014().next(), date!(2015 - 02 - 01)), None);
}

#[test]
fn what_came_back_beyond_the_month_is_a_credit() {
    let mut house = House::new(date!(2014 - 12 - 30));
    house.posts(date!(2014 - 12 - 30), EntryKind::CashPayment, uah("30.00"));
    house.posts(date!(2014 - 12 - 30), EntryKind::TariffChange, uah("-25.00"));
    house.posts(date!(2015 - 01 - 01), EntryKind::Reversal, uah("25.00"));
    house.posts(date!(2015 - 01 - 01), EntryKind::TariffChange, uah("-3.00"));
    let bill = house.bill(december_2014().next(), date!(2015 - 02 - 01)).unwrap();
    let amounts = |lines: &[Line]| lines.iter().map(|line| (line.kind, line.amount)).collect::<Vec<_>>();
    assert_eq!(amounts(&bill.charges), [(EntryKind::TariffChange, uah("3.00")), (EntryKind::Reversal, uah("-3.00"))]);
    assert_eq!(amounts(&bill.credits), [(EntryKind::Reversal, uah("22.00"))]);
    assert_eq!((bill.charged, bill.paid), (Money::ZERO, uah("22.00")));
}

#[test]
fn a_bill_is_paid_by_what_comes_in_since_its_date() {
    let mut house = december();
    house.posts(date!(2014 - 12 - 31), EntryKind::Refund, uah("-12.90"));
    let bill = house.bill(december_2014(), date!(2015 - 01 - 01)).unwrap();
    let since = house.entries.len();
    let state = |house: &House, replaced| bill.state(credits(&house.entries[since..]), replaced);
    assert_eq!(state(&house, false), BillState::Open { missing: uah("12.90") });
    house.posts(date!(2015 - 01 - 02), EntryKind::TerminalPayment, uah("12.89"));
    assert_eq!(state(&house, false), BillState::Open { missing: uah("0.01") });
    assert_eq!(state(&house, true), BillState::Replaced);
    house.posts(date!(2015 - 01 - 02), EntryKind::TariffChange, uah("-1.00"));
    assert_eq!(state(&house, false), BillState::Open { missing: uah("0.01") }, "charges leave it as it is");
    house.posts(date!(2015 - 01 - 02), EntryKind::Reversal, uah("1.00"));
    assert_eq!(state(&house, false), BillState::Open { missing: uah("0.01") }, "a price that came back pays nothing");
    house.posts(date!(2015 - 01 - 03), EntryKind::CashPayment, uah("0.01"));
    assert_eq!(state(&house, true), BillState::Paid);
    house.posts(date!(2015 - 01 - 04), EntryKind::Reversal, uah("-12.89"));
    assert_eq!(state(&house, false), BillState::Open { missing: uah("12.89") });
}

#[test]
fn a_bill_is_held_against_itself_and_the_book() {
    let mut house = december();
    house.runs(date!(2015 - 01 - 01), date!(2015 - 01 - 02));
    let bill = house.bill(december_2014(), date!(2015 - 01 - 01)).unwrap();
    let posted = |seq: i64| house.entries.get(seq as usize - 1).map(|entry| entry.posted_on);
    let book = Ends {
        balances: (Some(uah("50.00")), Some(uah("50.00"))),
        days: [bill.entries.0 - 1, bill.entries.0, bill.entries.1, bill.entries.1 + 1].map(posted),
    };
    assert_eq!(bill.check(&book), Ok(()));
    let cheaper = Bill { to_pay: uah("1.00"), ..bill.clone() };
    assert_eq!(cheaper.check(&book), Err(Broken::Sum));
    let moved = Bill { opening: uah("51.00"), paid: uah("49.00"), ..bill.clone() };
    assert_eq!(moved.check(&book), Err(Broken::Sum), "its lines sum to something else");
    assert_eq!(bill.check(&Ends { balances: (None, book.balances.1), ..book }), Err(Broken::Balance));
    assert_eq!(bill.check(&Ends { balances: (book.balances.0, Some(uah("50.01"))), ..book }), Err(Broken::Balance));
    let [before, first, last, _] = book.days;
    let days = |days| Ends { days, ..book };
    assert_eq!(bill.check(&days([before, first, last, Some(date!(2014 - 12 - 31))])), Err(Broken::Entries));
    assert_eq!(bill.check(&days([first, first, last, None])), Err(Broken::Entries));
    assert_eq!(bill.check(&days([before, None, last, None])), Err(Broken::Entries));
    assert_eq!(bill.check(&days([before, first, last, None])), Ok(()));
}

/// Entries of one month taken together as the store reads them: daily charges by tariff, fee and month covered.
fn tallied(entries: &[Entry]) -> Vec<Tally> {
    let mut tallies = Vec::new();
    let mut charges: BTreeMap<_, Tally> = BTreeMap::new();
    for tally in entries.iter().map(Tally::from) {
        let Some(cover) = tally.cover else {
            tallies.push(tally);
            continue;
        };
        let key = (tally.tariff.clone(), cover.fee, Month::of(cover.to));
        match charges.entry(key) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(tally);
            }
            std::collections::btree_map::Entry::Occupied(mut place) => {
                let sum = place.get_mut();
                let days = sum.cover.as_mut().unwrap();
                (days.to, days.days) = (cover.to, days.days + cover.days);
                sum.seqs.1 = tally.seqs.1;
                sum.count += 1;
                sum.amount += tally.amount;
            }
        }
    }
    tallies.extend(charges.into_values());
    tallies.reverse();
    tallies
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    /// Any history: every bill's arithmetic is exact, its lines sum to its sides, one closes where the next opens, and it
    /// does not matter how its entries were summed.
    #[test]
    fn bills_close_the_book_month_by_month(
        charge_when in prop_oneof![Just(ChargeWhen::Covers), Just(ChargeWhen::NonNegative), Just(ChargeWhen::Always)],
        charges_missed in any::<bool>(),
        acts in proptest::collection::vec((0u8..14, 1i64..9_000), 1..150),
    ) {
        let first = date!(2014 - 12 - 20);
        let mut house = House::new(first);
        house.policy.charge_when = charge_when;
        house.policy.missed_days = if charges_missed { MissedDays::Charge } else { MissedDays::Forgive };
        let mut today = first;
        for (act, number) in acts {
            match act {
                0..=5 => today += Duration::days(number % 3),
                6 => today += Duration::days(number % 40),
                _ => {}
            }
            house.settles(today);
            let amount = Money::from_kopecks(number);
            match act {
                7 | 8 => house.posts(today, EntryKind::CashPayment, amount),
                9 => house.posts(today, EntryKind::TariffChange, -amount),
                10 => house.posts(today, EntryKind::Reversal, amount),
                11 => house.posts(today, EntryKind::Reversal, -amount),
                12 => house.posts(today, EntryKind::Refund, -amount),
                13 if house.account.service.planned.is_none() => {
                    let tariff = TariffCode::new(if number % 2 == 0 { "a" } else { "b" });
                    let starts_on = today + Duration::days(1 + number % 40);
                    house.account.service.planned = Some(PlannedTariff { tariff, starts_on });
                }
                _ => {}
            }
        }

        let (mut closing, mut next_seq) = (Money::ZERO, 1);
        let mut month = Month::of(first);
        while month <= Month::of(today) {
            let posted: Vec<Entry> = house.entries.iter().filter(|e| month.contains(e.posted_on)).cloned().collect();
            let bill = house.bill(month, today.max(month.next().first()));
            prop_assert_eq!(bill.is_none(), posted.is_empty());
            if let Some(bill) = bill {
                prop_assert_eq!(bill.opening, closing);
                prop_assert_eq!(bill.opening - bill.charged + bill.paid, bill.closing);
                prop_assert_eq!(bill.closing, posted.last().unwrap().balance_after);
                let sum = |lines: &[Line]| lines.iter().map(|line| line.amount).sum::<Money>();
                prop_assert_eq!((sum(&bill.charges), sum(&bill.credits)), (bill.charged, bill.paid));
                prop_assert_eq!(sides(posted.iter().map(|e| (e.kind, e.amount))), (bill.charged, bill.paid));
                prop_assert_eq!(bill.to_pay, (sum(&bill.ahead) - bill.closing).max(Money::ZERO));
                prop_assert_eq!(bill.due_on.is_none(), bill.to_pay.is_zero());
                prop_assert_eq!(bill.entries, (next_seq, posted.last().unwrap().seq));
                let summed = Facts {
                    contract: "0000",
                    closes: month,
                    opening: closing,
                    tallies: tallied(&posted),
                    account: &house.account,
                    made_on: today.max(month.next().first()),
                };
                let again = make(&summed, &catalogue(), &house.policy);
                prop_assert_eq!(Some(&bill), again.as_ref());
                closing = bill.closing;
                next_seq = bill.entries.1 + 1;
            }
            month = month.next();
        }
        prop_assert_eq!(closing, house.account.balance);
    }
}
