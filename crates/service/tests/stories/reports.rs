//! The journal and the reports say what the book says, whatever was posted.

use crate::support::{House, money};
use cabinet_core::account::Pause;
use cabinet_core::journal::{self, Line, SUBSCRIBERS};
use cabinet_core::ledger::{Entry, EntryKind};
use cabinet_core::{Money, Refusal, TariffCode};
use cabinet_gateways::register::Settings;
use cabinet_gateways::terminal::{Limits, Payment, Request};
use cabinet_service::keep_journal::{Takings, sum_up};
use cabinet_service::take_terminal::AtTerminal;
use cabinet_service::vouchers::NewSeries;
use cabinet_service::{Actor, Error};
use std::collections::BTreeMap;
use time::Date;
use time::macros::date;
use uuid::Uuid;

const FIRST: Date = date!(2024 - 05 - 01);
const LAST: Date = date!(2024 - 07 - 02);

/// Two contracts through two months, with every kind of entry among theirs.
pub async fn lived(store: cabinet_store::Store) -> (House, Vec<Uuid>) {
    let house = House::open(store, FIRST).await;
    let service = &house.service;
    let one = house.registers("0042", "home-20", Some("60.00")).await;
    let other = house.registers("0043", "home-50", Some("30.00")).await;
    let quote = service.quote_tariff_change(one, TariffCode::new("home-10")).await.unwrap();
    service.confirm_quote(one, quote.id, house.key("c")).await.unwrap();
    service.cancel_tariff_change(one, house.key("c")).await.unwrap();
    let cash = service.pay_cash(Actor::Staff, one, money("40.00"), None).await.unwrap().value;
    house.lives_to(date!(2024 - 05 - 03)).await;
    service.refund_payment(Actor::Staff, one, cash.seq, money("5.00"), "забагато").await.unwrap();
    service.adjust(Actor::Staff, one, money("-3.00"), "так треба").await.unwrap();
    service.adjust(Actor::Staff, one, money("1.00"), "так треба").await.unwrap();
    let paid = |name, txn: &str| {
        let payment =
            Payment { txn: txn.parse().unwrap(), account: "0043".parse().unwrap(), amount: money("10.00"), at: None };
        let limits = Limits { min: money("1.00"), max: money("100.00") };
        async move { service.take_terminal(AtTerminal { name, limits }, &Request::Pay(payment)).await }
    };
    paid("kyiv-osmp", "17").await;
    paid("city24", "17").await;
    let file = "Документ;Дата;Сума;Платник;Призначення\n1;03.05.2024;12,00;Коваль;договір 0042\n";
    let settings = Settings {
        delimiter: ';',
        encoding: Default::default(),
        skip: 0,
        quotes: true,
        decimal: Default::default(),
        dates: Default::default(),
        date: "Дата".into(),
        amount: "Сума".into(),
        purpose: "Призначення".into(),
        payer: None,
        document: Some("Документ".into()),
    };
    service.import_register(Actor::Staff, "privat", &settings, file.as_bytes()).await.unwrap();
    let new = NewSeries { nominal: money("25.00"), vouchers: 1, good_through: LAST, note: "x".into() };
    let (_, codes) = service.create_vouchers(Actor::Staff, &new).await.unwrap();
    service.redeem_voucher(one, &codes[0], house.key("v")).await.unwrap();
    house.lives_to(date!(2024 - 05 - 05)).await;
    let (entries, _) = service.list_entries(one, Default::default(), None, 100).await.unwrap();
    for kind in [EntryKind::BankTransfer, EntryKind::TariffCharge] {
        let of = entries.iter().find(|entry| entry.kind == kind).unwrap();
        service.reverse_entry(Actor::Staff, one, of.seq, "помилка").await.unwrap();
    }
    house.lives_to(date!(2024 - 06 - 20)).await;
    for account in [one, other] {
        if let Ok(quote) = service.quote_promise(account).await {
            service.confirm_quote(account, quote.id, house.key("p")).await.unwrap();
        }
    }
    service.pay_cash(Actor::Staff, one, money("100.00"), None).await.unwrap();
    service.add_addresses(Actor::Staff, "main", "203.0.113.7").await.unwrap();
    let quotes = [
        service.quote_turbo(one, "3h".to_owned()).await.unwrap(),
        service.quote_static_ip(one).await.unwrap(),
        service.quote_pause(one, Pause { from: date!(2024 - 06 - 22), until: date!(2024 - 06 - 28) }).await.unwrap(),
    ];
    for quote in quotes {
        // Each was made before the others were confirmed.
        match service.confirm_quote(one, quote.id, house.key("s")).await {
            Err(Error::QuoteStale { quote, .. }) => {
                drop(service.confirm_quote(one, quote.id, house.key("t")).await.unwrap())
            }
            confirmed => drop(confirmed.unwrap()),
        }
    }
    house.lives_to(LAST).await;
    (house, vec![one, other])
}

async fn entries(house: &House, accounts: &[Uuid]) -> Vec<Entry> {
    let mut found = Vec::new();
    for account in accounts {
        found.extend(house.service.list_entries(*account, Default::default(), None, 1000).await.unwrap().0);
    }
    found
}

async fn lines(house: &House, from: Date, to: Date) -> Vec<Line> {
    house.service.journal(from, to, |_| ()).await.unwrap().lines(str::to_owned)
}

fn sum<'l>(lines: impl IntoIterator<Item = &'l Line>, of: impl Fn(&Line) -> bool) -> Money {
    lines.into_iter().filter(|line| of(line)).map(|line| line.debit - line.credit).sum()
}

cabinet_store::on_both! {
    async fn the_journal_is_the_book(store) {
        let (house, accounts) = lived(store).await;
        let book = entries(&house, &accounts).await;
        let kinds: Vec<EntryKind> = EntryKind::ALL.into_iter().filter(|kind| book.iter().any(|entry| entry.kind == *kind)).collect();
        let missing: Vec<_> = EntryKind::ALL.into_iter().filter(|kind| !kinds.contains(kind)).collect();
        assert_eq!(missing, [EntryKind::OnlinePayment], "which has a story of its own");

        let whole = lines(&house, FIRST, LAST).await;
        let (debits, credits) = journal::totals(&whole);
        assert_eq!(debits, credits);
        let held: Money = book.iter().map(|entry| entry.amount).sum();
        assert_eq!(sum(&whole, |line| line.account == SUBSCRIBERS), -held, "what subscribers have is what is owed them");
        assert_eq!(whole.iter().filter(|line| line.account == SUBSCRIBERS).map(|line| line.entries).sum::<i64>(), book.len() as i64);
        let mut by_day: BTreeMap<(Date, EntryKindOrder), Money> = BTreeMap::new();
        for entry in &book {
            *by_day.entry((entry.posted_on, order(entry.kind))).or_default() += entry.amount;
        }
        for ((day, kind), amount) in &by_day {
            let told = sum(&whole, |line| (line.date, order(line.kind)) == (*day, *kind) && line.account == SUBSCRIBERS);
            assert_eq!(-told, *amount, "{day} {:?}", EntryKind::ALL[*kind]);
            let day_of = |line: &&Line| line.date == *day;
            let (debits, credits) = journal::totals(&whole.iter().filter(day_of).cloned().collect::<Vec<_>>());
            assert_eq!(debits, credits, "{day}");
        }
        // What undoes or gives back moves the very account it was posted against, so a wrong charge earns nothing.
        let of = |name: &str| sum(&whole, |line| line.account == name);
        assert_eq!((of("bank:privat"), of("revenue:tariff-change")), (Money::ZERO, Money::ZERO));
        assert_eq!((of("cash:office"), of("terminal:kyiv-osmp"), of("terminal:city24")), (money("225.00"), money("10.00"), money("10.00")));
        assert_eq!((of("promotions:vouchers"), of("adjustments")), (money("25.00"), money("-2.00")));
        assert_eq!(of("revenue:promised-payment"), money("-5.00"), "of the one that was blocked");

        let (may, rest) = (lines(&house, FIRST, date!(2024 - 05 - 31)).await, lines(&house, date!(2024 - 06 - 01), LAST).await);
        let mut parts: Vec<Line> = may.into_iter().chain(rest).collect();
        parts.sort_by_key(|line| (line.date, order(line.kind)));
        assert_eq!(parts.len(), whole.len(), "a day is told the same whatever days are asked about");
        let backwards = house.service.journal(LAST, FIRST, |_| ()).await.unwrap_err();
        assert!(matches!(backwards, Error::Refused(Refusal::FieldInvalid { field: "to", .. })));
        house.audited().await;
    }

    async fn the_journal_of_any_days_is_the_change_in_what_subscribers_have(store) {
        let (house, accounts) = lived(store).await;
        let mut books = Vec::new();
        for account in &accounts {
            books.push(house.service.list_entries(*account, Default::default(), None, 1000).await.unwrap().0);
        }
        // What each had at the end of a day, as its own last entry by then says: sums of amounts are not asked.
        let had = |day: Date| -> Money {
            let last = |book: &Vec<Entry>| book.iter().filter(|entry| entry.posted_on <= day).max_by_key(|entry| entry.seq).map(|entry| entry.balance_after);
            books.iter().filter_map(last).sum()
        };
        let before = FIRST.previous_day().unwrap();
        assert_eq!((had(before), had(LAST) != Money::ZERO), (Money::ZERO, true));
        let mut moved = 0;
        for from in cabinet_core::calendar::days(before, LAST) {
            for to in [from, (from + time::Duration::days(6)).min(LAST), LAST] {
                let told = -sum(&lines(&house, from, to).await, |line| line.account == SUBSCRIBERS);
                assert_eq!(told, had(to) - had(from.previous_day().unwrap()), "{from} to {to}");
                moved += i32::from(!told.is_zero());
            }
        }
        assert!(moved > 20, "{moved}");
    }

    async fn a_days_money_is_told_by_the_way_it_came(store) {
        let (house, _) = lived(store).await;
        let told = house.service.report_money(FIRST, LAST).await.unwrap();
        let one = |day, method: &str, payments, paid: &str, returned: &str| Takings {
            day,
            method: method.to_owned(),
            payments,
            paid: money(paid),
            returned: money(returned),
        };
        assert_eq!(told, [
            one(FIRST, "cash:office", 3, "130.00", "0.00"),
            one(date!(2024 - 05 - 03), "bank:privat", 1, "12.00", "0.00"),
            one(date!(2024 - 05 - 03), "cash:office", 0, "0.00", "5.00"),
            one(date!(2024 - 05 - 03), "promotions:vouchers", 1, "25.00", "0.00"),
            one(date!(2024 - 05 - 03), "terminal:city24", 1, "10.00", "0.00"),
            one(date!(2024 - 05 - 03), "terminal:kyiv-osmp", 1, "10.00", "0.00"),
            one(date!(2024 - 05 - 05), "bank:privat", 0, "0.00", "12.00"),
            one(date!(2024 - 06 - 20), "cash:office", 1, "100.00", "0.00"),
        ]);
        assert_eq!(sum_up(&told), (money("262.00"), money("17.00"), money("25.00")), "a voucher is no money that came in");
        let far = house.service.report_money(FIRST, date!(2025 - 05 - 02)).await.unwrap_err();
        assert!(matches!(far, Error::Refused(Refusal::FieldInvalid { field: "to", .. })));
    }

    async fn what_a_tariff_earned_is_what_was_charged_and_not_given_back(store) {
        let (house, accounts) = lived(store).await;
        let book = entries(&house, &accounts).await;
        for (from, to) in [(FIRST, LAST), (FIRST, date!(2024 - 05 - 31)), (date!(2024 - 05 - 05), date!(2024 - 05 - 05)), (date!(2024 - 06 - 01), LAST)] {
            let earned = house.service.report_charges(from, to).await.unwrap();
            for one in &earned {
                let of: Vec<&Entry> = book
                    .iter()
                    .filter(|entry| entry.cover.is_some() && (from..=to).contains(&entry.posted_on))
                    .filter(|entry| entry.tariff.as_ref().is_some_and(|tariff| tariff.as_str() == one.tariff_code))
                    .collect();
                assert_eq!(one.charged, -of.iter().map(|entry| entry.amount).sum::<Money>().kopecks());
                let days = of.iter().filter_map(|entry| entry.cover).map(|cover| i64::from(cover.days_after - cover.days_before));
                assert_eq!((one.accounts, one.days), (1, days.sum::<i64>()));
            }
            let returned: i64 = earned.iter().map(|one| one.returned).sum();
            assert_eq!(returned > 0, from <= date!(2024 - 05 - 05) && to >= date!(2024 - 05 - 05));
        }
    }

    async fn whoever_owes_is_listed_from_the_largest_debt(store) {
        let (house, accounts) = lived(store).await;
        for (account, amount) in accounts.iter().zip(["-900.00", "-500.00"]) {
            house.service.adjust(Actor::Staff, *account, money(amount), "борг").await.unwrap();
        }
        house.registers("0044", "home-20", Some("10.00")).await;
        let (first, next) = house.service.list_debtors(None, 1).await.unwrap();
        let (second, end) = house.service.list_debtors(next, 1).await.unwrap();
        let told: Vec<_> = first.iter().chain(&second).map(|one| (one.contract.as_str(), Money::from_kopecks(one.balance))).collect();
        let mut expected = Vec::new();
        for (account, contract) in accounts.iter().zip(["0042", "0043"]) {
            expected.push((contract, house.balance(*account).await));
        }
        expected.sort_by_key(|(_, balance)| *balance);
        assert_eq!((told, end), (expected, None));
    }

    async fn vitals_are_told_without_anybody(store) {
        let house = House::open(store, FIRST).await;
        let before = house.service.vitals().await.unwrap();
        assert!(before.since_run.is_none() && before.outbox.is_empty() && before.overdue.is_none());
        house.registers("0042", "home-20", Some("60.00")).await;
        house.lives_to(FIRST).await;
        house.clock.step(time::Duration::hours(26));
        let after = house.service.vitals().await.unwrap();
        assert_eq!((after.since_run, after.days_behind), (Some(time::Duration::hours(26)), Some(1)));
        assert_eq!((after.in_review, after.dead_tasks), (0, 0));
    }
}

/// The place of a kind among all.
type EntryKindOrder = usize;

fn order(kind: EntryKind) -> EntryKindOrder {
    EntryKind::ALL.iter().position(|known| *known == kind).unwrap()
}
