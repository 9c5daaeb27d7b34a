//! Bills: the manual's month, the 1st missed, the state after payments, planned changes, two runners, killed runs.

use crate::support::{House, money};
use cabinet_core::bill::BillState;
use cabinet_core::{Money, Month, Refusal, TariffCode};
use cabinet_service::show_bills::BillFacts;
use cabinet_service::{Error, audit_book::Fault};
use std::sync::Arc;
use time::macros::{date, time};
use uuid::Uuid;

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

impl House {
    async fn bills(&self, account: Uuid) -> Vec<BillFacts> {
        self.service.list_bills(account, None, 100).await.unwrap().0
    }

    async fn bill(&self, account: Uuid, dated: &str) -> BillFacts {
        self.service.show_bill(account, month(dated)).await.unwrap().0
    }
}

/// The manual's contract through 23 December 2014.
async fn december(house: &House) -> Uuid {
    let account = house.registers("0000", "home-20", Some("25.87")).await;
    for day in (1..=23).filter(|day| *day != 21) {
        let day = date!(2014 - 12 - 01).replace_day(day).unwrap();
        house.clock.set_local(day, time!(0:05));
        house.service.run_day(day, |_, _| ()).await.unwrap();
        if day.day() == 10 {
            house.service.pay_cash(cabinet_service::Actor::Staff, account, money("50.00"), Some("1")).await.unwrap();
        }
    }
    account
}

cabinet_store::on_both! {
    async fn the_manuals_december_is_closed_on_the_first(store) {
        let house = House::open(store, date!(2014 - 11 - 30)).await;
        let account = december(&house).await;
        house.service.suspend(cabinet_service::Actor::Staff, account, "на прохання абонента").await.unwrap();
        house.at(date!(2015 - 01 - 01));
        let report = house.service.run_day(date!(2015 - 01 - 01), |_, _| ()).await.unwrap();
        assert_eq!((report.bills, report.failed.len()), (1, 0));
        let BillFacts { bill, state } = house.bill(account, "2015-01").await;
        assert_eq!((bill.number.as_str(), bill.closes, bill.date()), ("0000-2015-01", month("2014-12"), date!(2015 - 01 - 01)));
        let sides = [bill.opening, bill.charged, bill.paid, bill.closing];
        assert_eq!(sides, ["24.20", "37.10", "50.00", "37.10"].map(money));
        assert_eq!((bill.charges.len(), bill.charges[0].quantity, bill.charges[0].price), (1, 23, Some(money("50.00"))));
        assert_eq!(bill.charges[0].span, Some((date!(2014 - 12 - 01), date!(2014 - 12 - 23))));
        assert_eq!((bill.to_pay, state), (Money::ZERO, BillState::Paid), "nothing is charged while it is suspended");
        let sheet = house.service.show_statement(account, Some(month("2014-12"))).await.unwrap().sheet;
        assert_eq!(sides, [sheet.opening, sheet.charged, sheet.paid, sheet.closing], "as the statement");

        let first = house.bill(account, "2014-12").await;
        assert_eq!((first.bill.opening, first.bill.closing, first.bill.to_pay), (Money::ZERO, money("24.20"), money("25.80")));
        assert_eq!((first.bill.due_on, first.state), (Some(date!(2014 - 12 - 15)), BillState::Paid), "by the 50.00 of the 10th");
        assert_eq!(house.bills(account).await, [house.bill(account, "2015-01").await, first]);
        house.audited().await;
    }

    async fn the_first_that_was_missed_is_made_good_by_the_next_run(store) {
        let house = House::open(store, date!(2014 - 11 - 30)).await;
        let account = december(&house).await;
        house.at(date!(2015 - 01 - 03));
        assert_eq!(house.bills(account).await.len(), 1);
        let report = house.service.run_day(date!(2015 - 01 - 03), |_, _| ()).await.unwrap();
        assert_eq!(report.bills, 1);
        let BillFacts { bill, state } = house.bill(account, "2015-01").await;
        let sides = [bill.opening, bill.charged, bill.paid, bill.closing];
        assert_eq!(sides, ["24.20", "37.10", "50.00", "37.10"].map(money), "what was caught up on the 3rd is January's");
        assert_eq!((bill.to_pay, bill.due_on), (money("12.90"), Some(date!(2015 - 01 - 23))));
        assert_eq!(state, BillState::Open { missing: money("12.90") });
        house.lives_to(date!(2015 - 02 - 01)).await;
        let next = house.bill(account, "2015-02").await.bill;
        assert_eq!(next.opening, bill.closing);
        assert_eq!(next.charges[0].span, Some((date!(2014 - 12 - 24), date!(2014 - 12 - 31))), "a line of December's days");
        assert_eq!(house.bill(account, "2015-01").await.state, BillState::Replaced, "February's asks for it");
        house.audited().await;
    }

    async fn whole_months_without_a_run_are_closed_one_by_one(store) {
        let house = House::open(store, date!(2014 - 11 - 30)).await;
        let account = december(&house).await;
        house.at(date!(2015 - 01 - 20));
        house.service.pay_cash(cabinet_service::Actor::Staff, account, money("10.00"), None).await.unwrap();
        house.at(date!(2015 - 04 - 02));
        let report = house.service.run_day(date!(2015 - 04 - 02), |_, _| ()).await.unwrap();
        assert_eq!(report.bills, 2, "nothing was posted in February and March");
        let numbers: Vec<String> = house.bills(account).await.into_iter().map(|facts| facts.bill.number).collect();
        assert_eq!(numbers, ["0000-2015-02", "0000-2015-01", "0000-2014-12"]);
        house.audited().await;
    }

    async fn a_bill_is_paid_by_what_comes_in_after_it_and_stays_as_it_was_made(store) {
        let house = House::open(store, date!(2024 - 04 - 20)).await;
        let account = house.registers("1", "home-20", Some("30.00")).await;
        house.lives_to(date!(2024 - 05 - 01)).await;
        let made = house.bill(account, "2024-05").await;
        assert_eq!((made.bill.closing, made.bill.to_pay), (money("11.67"), money("38.33")));
        assert_eq!((made.bill.due_on, made.state), (Some(date!(2024 - 05 - 07)), BillState::Open { missing: money("38.33") }));
        house.service.pay_cash(cabinet_service::Actor::Staff, account, money("38.00"), None).await.unwrap();
        assert_eq!(house.bill(account, "2024-05").await.state, BillState::Open { missing: money("0.33") });
        house.lives_to(date!(2024 - 05 - 02)).await;
        house.service.pay_cash(cabinet_service::Actor::Staff, account, money("5.00"), None).await.unwrap();
        let paid = house.bill(account, "2024-05").await;
        assert_eq!((paid.state, &paid.bill), (BillState::Paid, &made.bill));
        house.audited().await;
    }

    async fn a_planned_change_counts_from_its_day(store) {
        let house = House::open(store, date!(2024 - 05 - 10)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        let quote = house.service.quote_tariff_change(account, TariffCode::new("home-10")).await.unwrap();
        house.service.confirm_quote(account, quote.id, house.key("c")).await.unwrap();
        house.lives_to(date!(2024 - 06 - 01)).await;
        let bill = house.bill(account, "2024-06").await.bill;
        let asked: Vec<_> = bill.ahead.iter().map(|line| (line.tariff.clone().unwrap(), line.quantity, line.amount)).collect();
        assert_eq!(asked, [(TariffCode::new("home-10"), 30, money("40.00"))]);
        assert_eq!(bill.charged, money("50.00").share(22, 31) + money("25.00"));
        assert_eq!(bill.charges.len(), 2, "the days and the price of the change");
        house.audited().await;
    }

    async fn two_runners_make_one_bill_each(store) {
        let house = Arc::new(House::open(store, date!(2024 - 05 - 30)).await);
        let mut accounts = Vec::new();
        for number in 0..30 {
            accounts.push(house.registers(&format!("{number}"), "home-20", Some("50.00")).await);
        }
        house.at(date!(2024 - 06 - 01));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..2 {
            let house = house.clone();
            tasks.spawn(async move { house.service.run_day(date!(2024 - 06 - 01), |_, _| ()).await.unwrap().bills });
        }
        assert_eq!(tasks.join_all().await.into_iter().sum::<i64>(), 30);
        for account in accounts {
            assert_eq!(house.bills(account).await.len(), 1);
        }
        house.audited().await;
    }

    async fn a_run_that_died_between_chunks_is_ended_by_the_next(store) {
        let house = House::open(store.clone(), date!(2024 - 05 - 30)).await;
        let (one, two) = (house.registers("1", "home-20", Some("50.00")).await, house.registers("2", "home-20", Some("50.00")).await);
        house.lives_to(date!(2024 - 06 - 01)).await;
        let before = house.bill(one, "2024-06").await;
        // As if the process had died before the second one was written.
        let mut tx = store.write().await.unwrap();
        tx.run("DELETE FROM bill WHERE account_id = $1", (two,)).await.unwrap();
        tx.run("DELETE FROM bill_run WHERE month = $1", (date!(2024 - 05 - 01),)).await.unwrap();
        tx.commit().await.unwrap();
        house.at(date!(2024 - 06 - 02));
        assert_eq!(house.service.run_day(date!(2024 - 06 - 02), |_, _| ()).await.unwrap().bills, 1);
        assert_eq!(house.bill(one, "2024-06").await, before);
        let late = house.bill(two, "2024-06").await.bill;
        assert_eq!((late.closing, late.to_pay), (before.bill.closing, before.bill.to_pay));
        house.audited().await;
    }

    async fn another_contracts_bill_is_as_absent_as_none(store) {
        let house = House::open(store, date!(2024 - 05 - 30)).await;
        let (one, two) = (house.registers("1", "home-20", Some("50.00")).await, house.registers("2", "home-20", None).await);
        house.lives_to(date!(2024 - 06 - 01)).await;
        assert_eq!(house.bills(one).await.len(), 1);
        assert_eq!(house.bills(two).await, [], "no entries, no bill");
        for (account, dated) in [(two, "2024-06"), (one, "2024-05"), (one, "2024-07")] {
            let refused = house.service.show_bill(account, month(dated)).await.unwrap_err();
            assert!(matches!(refused, Error::Refused(Refusal::NotFound)), "{dated}: {refused:?}");
        }
    }

    async fn bills_are_listed_page_by_page(store) {
        let house = House::open(store, date!(2024 - 01 - 15)).await;
        let account = house.registers("1", "home-20", Some("300.00")).await;
        house.lives_to(date!(2024 - 04 - 01)).await;
        let (first, next) = house.service.list_bills(account, None, 2).await.unwrap();
        let (second, end) = house.service.list_bills(account, next, 2).await.unwrap();
        let numbers = |page: &[BillFacts]| page.iter().map(|facts| facts.bill.number.clone()).collect::<Vec<_>>();
        assert_eq!((numbers(&first), next), (vec!["1-2024-04".to_owned(), "1-2024-03".to_owned()], Some(month("2024-03"))));
        assert_eq!((numbers(&second), end), (vec!["1-2024-02".to_owned()], None));
        for pair in [first, second].concat().windows(2) {
            assert_eq!(pair[0].bill.opening, pair[1].bill.closing);
        }
    }

    async fn the_audit_names_a_bill_that_differs_from_the_book(store) {
        let house = House::open(store.clone(), date!(2024 - 05 - 30)).await;
        let account = house.registers("7", "home-20", Some("50.00")).await;
        house.lives_to(date!(2024 - 06 - 01)).await;
        house.audited().await;
        for (spoil, restore) in [
            ("UPDATE bill SET to_pay = to_pay + 1 WHERE account_id = $1", "UPDATE bill SET to_pay = to_pay - 1 WHERE account_id = $1"),
            ("UPDATE bill SET last_seq = last_seq + 1 WHERE account_id = $1", "UPDATE bill SET last_seq = last_seq - 1 WHERE account_id = $1"),
            ("UPDATE bill SET opening = 1, closing = closing + 1 WHERE account_id = $1", "UPDATE bill SET opening = 0, closing = closing - 1 WHERE account_id = $1"),
        ] {
            let said = async |sql| {
                let mut tx = store.write().await.unwrap();
                assert_eq!(tx.run(sql, (account,)).await.unwrap(), 1);
                tx.commit().await.unwrap();
                house.service.audit_book(|_, _| ()).await.unwrap().broken
            };
            let broken = said(spoil).await;
            let is_named = matches!(&broken, Some((contract, Fault::Bill { number, .. })) if (contract.as_str(), number.as_str()) == ("7", "7-2024-06"));
            assert!(is_named, "{spoil}: {broken:?}");
            assert_eq!(said(restore).await, None);
        }
    }
}
