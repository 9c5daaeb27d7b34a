//! What must not stop the others: a broken account, a clock set back, a runner that holds the day, a fresh database.

use crate::support::{House, access, money};
use cabinet_core::policy::ChargeWhen;
use cabinet_core::{Catalogue, Policy, Standing, TariffCode};
use cabinet_service::ground::default_tariffs;
use cabinet_service::{Chance, Clock, Service, SteppedClock, demo};
use cabinet_store::ledger::Filter;
use cabinet_store::runs;
use std::sync::Arc;
use time::Duration;
use time::macros::{date, time};
use uuid::Uuid;

cabinet_store::on_both! {
    async fn an_account_that_cannot_be_charged_is_named_and_the_others_are_charged(store) {
        let house = House::open(store, date!(2024 - 05 - 01)).await;
        let mut accounts = Vec::new();
        for contract in ["1", "2", "3", "4"] {
            accounts.push(house.registers(contract, "home-20", Some("100.00")).await);
        }
        house.service.import_policy(&Policy { charge_when: ChargeWhen::Always, ..Policy::default() }).await.unwrap();
        let mut tx = house.service.store.write().await.unwrap();
        tx.run("UPDATE account SET entries = entries - 1 WHERE id = $1", (accounts[1],)).await.unwrap();
        tx.run("UPDATE account SET balance = $2 WHERE id = $1", (accounts[2], i64::MIN + 1)).await.unwrap();
        tx.commit().await.unwrap();
        house.at(date!(2024 - 05 - 02));
        let report = house.service.run_day(date!(2024 - 05 - 02), |_, _| ()).await.unwrap();
        let mut failed: Vec<&str> = report.failed.iter().map(|(contract, _)| contract.as_str()).collect();
        failed.sort_unstable();
        assert_eq!((report.charged, failed), (2, vec!["2", "3"]), "{report:?}");
        for sound in [accounts[0], accounts[3]] {
            assert_eq!(house.balance(sound).await, money("100.00") - money("50.00").share(2, 31));
        }
        let again = house.service.run_day(date!(2024 - 05 - 02), |_, _| ()).await.unwrap();
        assert_eq!((again.done_before, again.failed.len()), (false, 2), "a day with failures is not marked done");
    }

    async fn a_scheduled_run_leaves_the_day_to_who_holds_it_and_an_asked_one_does_not(store) {
        let house = House::open(store, date!(2024 - 05 - 01)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        house.at(date!(2024 - 05 - 02));
        let now = house.clock.now();
        let mut tx = house.service.store.write().await.unwrap();
        assert!(runs::lease(&mut tx, "run_day", Uuid::nil(), now, now + Duration::minutes(2)).await.unwrap());
        tx.commit().await.unwrap();
        assert!(house.service.run_scheduled_day().await.unwrap().busy_elsewhere);
        assert_eq!(house.balance(account).await, money("98.39"));
        house.clock.step(Duration::minutes(3));
        let report = house.service.run_scheduled_day().await.unwrap();
        assert_eq!((report.busy_elsewhere, report.charged), (false, 1), "the holder died: its lease ran out");

        house.at(date!(2024 - 05 - 03));
        let now = house.clock.now();
        let mut tx = house.service.store.write().await.unwrap();
        assert!(runs::lease(&mut tx, "run_day", Uuid::nil(), now, now + Duration::minutes(2)).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(house.service.run_day(date!(2024 - 05 - 03), |_, _| ()).await.unwrap().charged, 1);
    }

    async fn m15_a_clock_set_back_charges_nothing_twice_and_keeps_the_book_in_order(store) {
        let house = House::open(store, date!(2024 - 11 - 28)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        house.lives_to(date!(2024 - 12 - 01)).await;
        let before = house.balance(account).await;
        house.service.suspend(cabinet_service::Actor::Staff, account, "переїзд").await.unwrap();
        for back in [time!(23:59:59), time!(8:00)] {
            house.clock.set_local(date!(2024 - 11 - 30), back);
            house.service.pay_cash(cabinet_service::Actor::Staff, account, money("10.00"), None).await.unwrap();
            house.service.run_day(date!(2024 - 11 - 30), |_, _| ()).await.unwrap();
        }
        house.at(date!(2024 - 12 - 02));
        house.service.pay_cash(cabinet_service::Actor::Staff, account, money("10.00"), None).await.unwrap();
        assert_eq!(house.balance(account).await, before + money("30.00"));
        for month in ["2024-11", "2024-12"] {
            house.service.show_statement(account, month.parse().ok()).await.unwrap();
        }
        house.audited().await;
    }

    async fn a_free_tariff_moves_on_without_entries(store) {
        let house = House::open(store, date!(2024 - 05 - 01)).await;
        let mut free = default_tariffs();
        free[0].code = TariffCode::new("free");
        free[0].fees[0].fee = money("0.00");
        house.service.import_catalogue(&Catalogue { tariffs: free }).await.unwrap();
        let account = house.registers("1", "free", None).await;
        house.at(date!(2024 - 05 - 09));
        house.service.run_day(date!(2024 - 05 - 09), |_, _| ()).await.unwrap();
        let held = house.service.show_subscriber(account).await.unwrap().held.account;
        assert_eq!((held.entries, held.service.charged_through, held.service.count.days), (0, date!(2024 - 05 - 09), 9));
        assert_eq!(held.standing(date!(2024 - 05 - 09)), Standing::Active);
        let again = house.service.run_day(date!(2024 - 05 - 09), |_, _| ()).await.unwrap();
        assert!(again.done_before);
    }

    async fn forgiven_days_are_told_in_the_audit_whoever_met_them(store) {
        let house = House::open(store, date!(2024 - 05 - 01)).await;
        let account = house.registers("1", "home-20", Some("4.00")).await;
        house.at(date!(2024 - 05 - 06));
        house.service.pay_cash(cabinet_service::Actor::Staff, account, money("50.00"), None).await.unwrap();
        let mut view = house.service.store.read().await.unwrap();
        let rows: Vec<(String,)> =
            view.all("SELECT details FROM audit WHERE act = 'days.forgiven' AND account_id = $1", (account,)).await.unwrap();
        let told: serde_json::Value = serde_json::from_str(&rows[0].0).unwrap();
        assert_eq!((rows.len(), told), (1, serde_json::json!({
            "days": 3, "from": "2024-05-03", "to": "2024-05-05", "amount": "4.83" })));
        drop(view);
        house.audited().await;
    }

    async fn many_instances_begin_on_an_empty_database(store) {
        let mut tasks = tokio::task::JoinSet::new();
        for seed in 0..6 {
            let store = store.clone();
            tasks.spawn(async move {
                let clock = Arc::new(SteppedClock::at_local(date!(2024 - 05 - 01), time!(9:00)));
                Service::new(store, clock, Chance::seeded(seed), access()).fill_defaults().await
            });
        }
        for done in tasks.join_all().await {
            done.unwrap();
        }
    }

    async fn a_tariff_another_instance_made_a_moment_ago_is_known(store) {
        let house = House::open(store.clone(), date!(2024 - 05 - 01)).await;
        house.service.catalogue().await.unwrap();
        let other = House::beside(store, &house);
        let mut tariffs = default_tariffs();
        tariffs[1].code = TariffCode::new("home-new");
        other.service.import_catalogue(&Catalogue { tariffs }).await.unwrap();
        let account = other.registers("1", "home-new", Some("100.00")).await;
        house.service.show_overview(account).await.unwrap();
    }

    async fn a_decision_and_its_answer_stand_on_one_catalogue(store) {
        let house = House::open(store.clone(), date!(2024 - 05 - 01)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        house.service.catalogue().await.unwrap();
        let other = House::beside(store, &house);
        let mut tariffs = default_tariffs();
        tariffs[3].code = TariffCode::new("home-new");
        other.service.import_catalogue(&Catalogue { tariffs }).await.unwrap();
        let quote = house.service.quote_tariff_change(account, TariffCode::new("home-new")).await.unwrap();
        assert!(house.service.catalogue().await.unwrap().find(&crate::support::change(&quote).after).is_some());
    }

    async fn the_demo_never_empties_a_real_book(store) {
        let house = House::open(store.clone(), date!(2024 - 05 - 01)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        demo::open_demo(&store, access(), house.service.now()).await.unwrap_err();
        assert_eq!(house.balance(account).await, money("98.39"));
        let (entries, _) = house.service.list_entries(account, Filter::default(), None, 10).await.unwrap();
        assert_eq!(entries.len(), 2);
    }
}
