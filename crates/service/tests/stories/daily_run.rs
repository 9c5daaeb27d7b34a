//! The daily run: the manual's month, missed days, suspension, two runners, repeats.

use crate::support::{House, money};
use cabinet_core::Standing;
use cabinet_core::account::Pause;
use cabinet_core::calendar::days;
use cabinet_core::ledger::{Entry, EntryKind};
use cabinet_core::statement::Empty;
use cabinet_service::acts::Quote;
use cabinet_service::{Actor, Clock, Error};
use cabinet_store::ledger::Filter;
use std::sync::Arc;
use time::macros::{date, time};

cabinet_store::on_both! {
    async fn december_is_the_manuals(store) {
        let golden: serde_json::Value =
            serde_json::from_str(include_str!("../../../../tests/golden/manual-december.json")).unwrap();
        let house = House::open(store, date!(2014 - 11 - 30)).await;
        let account = house.registers("0000", "home-20", Some("25.87")).await;
        for run in golden["run_days"].as_array().unwrap() {
            let day = date!(2014 - 12 - 01).replace_day(run.as_u64().unwrap() as u8).unwrap();
            house.clock.set_local(day, time!(0:05));
            house.service.run_day(day, |_, _| ()).await.unwrap();
            if day.day() == 10 {
                house.service.pay_cash(cabinet_service::Actor::Staff, account, money("50.00"), Some("1")).await.unwrap();
            }
        }
        let filter = Filter { from: Some(date!(2014 - 12 - 01)), kind: Some(EntryKind::TariffCharge), to: None };
        let (mut entries, _) = house.service.list_entries(account, filter, None, 100).await.unwrap();
        entries.reverse();
        let posted: Vec<serde_json::Value> = entries.iter().map(|entry| {
            let cover = entry.cover.unwrap();
            serde_json::json!({"posted": entry.posted_on.day(), "covers": [cover.from.day(), cover.to.day()], "amount": entry.amount})
        }).collect();
        assert_eq!(serde_json::Value::from(posted), golden["entries"]);
        let sheet = house.service.show_statement(account, None).await.unwrap().sheet;
        assert_eq!((sheet.opening, sheet.closing), (money("24.20"), money("37.10")));
        assert_eq!((sheet.charged, sheet.paid), (money("37.10"), money("50.00")));
        let missed = sheet.weeks.iter().flat_map(|week| &week.days).find(|day| day.date == date!(2014 - 12 - 21)).unwrap();
        assert_eq!(missed.empty, Some(Empty::ChargedLater(date!(2014 - 12 - 22))));
        house.audited().await;
    }

    async fn the_same_day_again_changes_nothing(store) {
        let house = House::open(store, date!(2024 - 03 - 01)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        house.lives_to(date!(2024 - 03 - 05)).await;
        let before = house.balance(account).await;
        let again = house.service.run_day(date!(2024 - 03 - 05), |_, _| ()).await.unwrap();
        assert!(again.done_before);
        assert_eq!(house.balance(account).await, before);
        assert_eq!(before, money("91.94"));
    }

    /// Twins, of whom one is settled by itself before each run and the other is left to the run's bulk write.
    async fn static_addresses_are_charged_in_bulk_as_they_are_one_by_one(store) {
        let house = House::open(store, date!(2014 - 11 - 20)).await;
        house.service.add_addresses(Actor::Staff, "main", "203.0.113.16/28").await.unwrap();
        let take = async |id, quote: Result<Quote, Error>| {
            house.service.confirm_quote(id, quote.unwrap().id, house.key("c")).await.unwrap();
        };
        let mut twins = Vec::new();
        for (number, paid) in ["300.00", "12.00", "4.00", "60.00"].into_iter().enumerate() {
            let mut pair = Vec::new();
            for side in 1..=2 {
                let id = house.registers(&format!("{number}{side}"), "home-20", Some(paid)).await;
                take(id, house.service.quote_static_ip(id).await).await;
                pair.push(id);
            }
            twins.push((pair[0], pair[1]));
        }
        for day in days(date!(2014 - 11 - 21), date!(2015 - 01 - 10)) {
            // Runs that were not.
            if [27, 28, 31].contains(&day.day()) {
                continue;
            }
            house.at(day);
            for (alone, _) in &twins {
                house.service.open_account(*alone).await.unwrap().commit().await.unwrap();
            }
            let report = house.service.run_day(day, |_, _| ()).await.unwrap();
            assert_eq!(report.failed, []);
            for (number, pair) in twins.iter().enumerate() {
                for id in [pair.0, pair.1] {
                    match (number, day.month() as u8, day.day()) {
                        (0, 12, 12) => take(id, house.service.quote_static_ip_release(id).await).await,
                        (1 | 2, 12, 10) => drop(house.service.pay_cash(Actor::Staff, id, money("30.00"), None).await.unwrap()),
                        (3, 12, 4) => {
                            let pause = Pause { from: date!(2014 - 12 - 06), until: date!(2014 - 12 - 16) };
                            take(id, house.service.quote_pause(id, pause).await).await;
                        }
                        _ => {}
                    }
                }
            }
        }
        for (alone, in_bulk) in twins {
            let mut books = Vec::new();
            for id in [alone, in_bulk] {
                // Days skipped while blocked need not be written before somebody settles the account.
                house.service.open_account(id).await.unwrap().commit().await.unwrap();
                let (entries, _) = house.service.list_entries(id, Filter::default(), None, 1000).await.unwrap();
                let entries = entries.into_iter().map(|entry| Entry { reference: None, ..entry });
                books.push((house.service.show_overview(id).await.unwrap().account, entries.collect::<Vec<_>>()));
            }
            assert_eq!(books[0], books[1]);
            assert!(books[0].1.iter().filter(|entry| entry.kind == EntryKind::StaticIpCharge).count() > 2, "{books:?}");
        }
        house.audited().await;
    }

    async fn a_day_to_come_is_refused(store) {
        let house = House::open(store, date!(2024 - 03 - 01)).await;
        let refused = house.service.run_day(date!(2024 - 03 - 02), |_, _| ()).await.unwrap_err();
        assert!(matches!(refused, cabinet_service::Error::Refused(refusal) if refusal.code() == "day_in_future"));
    }

    async fn december_caught_up_in_january_counts_by_december(store) {
        let house = House::open(store, date!(2014 - 12 - 29)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        house.lives_to(date!(2014 - 12 - 30)).await;
        house.at(date!(2015 - 01 - 01));
        let report = house.service.run_day(date!(2015 - 01 - 01), |_, _| ()).await.unwrap();
        assert_eq!(report.charged, 1);
        let (entries, _) = house.service.list_entries(account, Filter::default(), None, 2).await.unwrap();
        let covers: Vec<_> = entries.iter().map(|entry| entry.cover.unwrap().from).collect();
        assert_eq!(covers, [date!(2015 - 01 - 01), date!(2014 - 12 - 31)]);
        assert!(entries.iter().all(|entry| entry.posted_on == date!(2015 - 01 - 01)));
        let december = house.service.show_statement(account, "2014-12".parse().ok()).await.unwrap().sheet;
        let last = december.weeks.iter().flat_map(|week| &week.days).find(|day| day.date == date!(2014 - 12 - 31)).unwrap();
        assert_eq!(last.empty, Some(Empty::ChargedLater(date!(2015 - 01 - 01))));
    }

    async fn a_long_gap_says_see_later_on_every_day_it_covers(store) {
        let house = House::open(store, date!(2014 - 11 - 18)).await;
        let account = house.registers("1", "home-20", Some("300.00")).await;
        house.lives_to(date!(2014 - 11 - 20)).await;
        house.at(date!(2015 - 01 - 05));
        house.service.run_day(date!(2015 - 01 - 05), |_, _| ()).await.unwrap();
        for (month, first) in [("2014-11", 21), ("2014-12", 1)] {
            let sheet = house.service.show_statement(account, month.parse().ok()).await.unwrap().sheet;
            let days: Vec<_> = sheet.weeks.iter().flat_map(|week| &week.days)
                .filter(|day| sheet.month.contains(day.date) && day.date.day() >= first).collect();
            assert!(days.len() >= 10);
            assert!(days.iter().all(|day| day.empty == Some(Empty::ChargedLater(date!(2015 - 01 - 05)))), "{days:?}");
        }
        house.audited().await;
    }

    async fn suspended_days_cost_nothing_and_say_so(store) {
        let house = House::open(store, date!(2024 - 05 - 01)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        house.lives_to(date!(2024 - 05 - 10)).await;
        house.service.suspend(cabinet_service::Actor::Staff, account, "переїзд").await.unwrap();
        let before = house.balance(account).await;
        let standing = house.service.show_overview(account).await.unwrap().account.standing(house.clock.today());
        assert_eq!(standing, Standing::Suspended);
        house.lives_to(date!(2024 - 05 - 20)).await;
        assert_eq!(house.balance(account).await, before);
        house.service.resume(cabinet_service::Actor::Staff, account).await.unwrap();
        assert!(house.balance(account).await < before, "the day of resuming is charged at once");
        let sheet = house.service.show_statement(account, None).await.unwrap().sheet;
        let empty = |n: u8| sheet.weeks.iter().flat_map(|week| &week.days)
            .find(|day| day.date == date!(2024 - 05 - 01).replace_day(n).unwrap()).unwrap().empty;
        assert_eq!((empty(10), empty(11), empty(19), empty(20)), (None, Some(Empty::Suspended), Some(Empty::Suspended), None));
        house.lives_to(date!(2024 - 05 - 31)).await;
        let days = house.service.show_statement(account, None).await.unwrap().sheet.charged;
        assert_eq!(days, money("50.00").share(22, 31), "k goes on over the suspended days");
        house.audited().await;
    }

    async fn two_runners_and_payments_charge_once(store) {
        let house = Arc::new(House::open(store, date!(2024 - 05 - 01)).await);
        let mut accounts = Vec::new();
        for number in 0..40 {
            accounts.push(house.registers(&format!("{number}"), "home-20", Some("50.00")).await);
        }
        house.at(date!(2024 - 05 - 02));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..2 {
            let house = house.clone();
            tasks.spawn(async move { house.service.run_day(date!(2024 - 05 - 02), |_, _| ()).await.map(drop) });
        }
        for account in accounts.clone() {
            let house = house.clone();
            tasks.spawn(async move { house.service.pay_cash(cabinet_service::Actor::Staff, account, money("10.00"), Some("r")).await.map(drop) });
        }
        for done in tasks.join_all().await {
            done.unwrap();
        }
        house.service.run_day(date!(2024 - 05 - 02), |_, _| ()).await.unwrap();
        for account in accounts {
            assert_eq!(house.balance(account).await, money("60.00") - money("50.00").share(2, 31));
        }
        house.audited().await;
    }

    async fn kyiv_days_are_charged_once_over_a_change_of_the_clocks(store) {
        let house = House::open(store, date!(2026 - 10 - 24)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        let hourly = async |from| {
            for hour in 0..50 {
                house.clock.set_local(from, time!(0:00));
                house.clock.step(time::Duration::hours(hour));
                house.service.run_day(house.clock.today(), |_, _| ()).await.unwrap();
            }
        };
        hourly(date!(2026 - 10 - 25)).await;
        let (entries, _) = house.service.list_entries(account, Filter { kind: Some(EntryKind::TariffCharge), ..Filter::default() }, None, 100).await.unwrap();
        let days: Vec<u8> = entries.iter().rev().map(|entry| entry.posted_on.day()).collect();
        assert_eq!(days, [24, 25, 26, 27], "the day of 25 hours");
        house.service.suspend(cabinet_service::Actor::Staff, account, "зима").await.unwrap();
        house.at(date!(2027 - 03 - 27));
        house.service.resume(cabinet_service::Actor::Staff, account).await.unwrap();
        hourly(date!(2027 - 03 - 28)).await;
        let spring = Filter { from: Some(date!(2027 - 03 - 27)), ..Filter::default() };
        let (entries, _) = house.service.list_entries(account, spring, None, 100).await.unwrap();
        let days: Vec<u8> = entries.iter().rev().map(|entry| entry.posted_on.day()).collect();
        assert_eq!(days, [27, 28, 29, 30], "the day of 23 hours");
    }
}
