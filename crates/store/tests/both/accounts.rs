use crate::support::{account, home_20, subscriber, subscriber_from};
use cabinet_core::account::{Account, Count, PlannedTariff, Promise};
use cabinet_core::{Money, Month, TariffCode};
use cabinet_store::accounts::{self, Held};
use cabinet_store::profiles::{self, Profile};
use cabinet_store::{Store, StoreError, catalogue, on_both};
use time::macros::date;
use uuid::Uuid;

async fn save(store: &Store, held: &Held) {
    let mut tx = store.write().await.unwrap();
    accounts::save(&mut tx, held).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_new_account_is_read_as_it_was_opened(store) {
        let held = subscriber(&store, "0000").await;
        assert_eq!(held.account, Account::open(date!(2014 - 12 - 01), TariffCode::new("home-20")));
        assert_eq!((held.contract.as_str(), held.revision, held.planned_order), ("0000", 1, None));
        let mut tx = store.write().await.unwrap();
        assert_eq!(accounts::id_of_contract(&mut tx, "0000").await.unwrap(), Some(held.id));
        assert_eq!(accounts::id_of_contract(&mut tx, "000").await.unwrap(), None);
        assert!(accounts::find(&mut tx, Uuid::now_v7()).await.unwrap().is_none());
        let taken = accounts::open(&mut tx, Uuid::now_v7(), "0000", Uuid::now_v7(), &held.account).await;
        assert!(matches!(taken, Err(StoreError::Conflict)));
    }

    async fn everything_saved_comes_back(store) {
        let mut held = subscriber(&store, "0000").await;
        let order = Uuid::now_v7();
        held.suspended_reason = Some("переїзд".to_owned());
        held.planned_order = Some(order);
        held.account = Account {
            closed_on: Some(date!(2016 - 01 - 01)),
            suspended_since: Some(date!(2015 - 02 - 01)),
            blocked_since: Some(date!(2015 - 01 - 15)),
            balance: Money::from_kopecks(-1_61),
            promise: Some(Promise {
                taken_on: date!(2015 - 01 - 15),
                until: date!(2015 - 01 - 18),
                credit: Money::from_kopecks(50_00),
            }),
            entries: 7,
            ..held.account
        };
        held.account.service.changed_on = Some(date!(2014 - 12 - 10));
        held.account.service.planned =
            Some(PlannedTariff { tariff: TariffCode::new("home-20"), starts_on: date!(2015 - 03 - 01) });
        held.account.service.charged_through = date!(2015 - 01 - 14);
        held.account.service.count =
            Count { fee: Money::from_kopecks(50_00), month: Month::new(2015, 1).unwrap(), days: 14 };
        save(&store, &held).await;
        let found = accounts::find(&mut store.read().await.unwrap(), held.id).await.unwrap().unwrap();
        assert_eq!(found.account, held.account);
        assert_eq!((found.suspended_reason.as_deref(), found.planned_order), (Some("переїзд"), Some(order)));

        // An order without a plan would be an order for nothing.
        held.account.service.planned = None;
        held.account.promise = None;
        save(&store, &held).await;
        let found = accounts::find(&mut store.read().await.unwrap(), held.id).await.unwrap().unwrap();
        assert_eq!(found.account.promise, None);
        assert_eq!((found.account.service.planned, found.planned_order), (None, None));
    }

    async fn the_header_joins_the_words_of_a_name(store) {
        let held = subscriber(&store, "0000").await;
        let mut tx = store.write().await.unwrap();
        assert!(accounts::find_with_name(&mut tx, held.id).await.unwrap().is_none(), "no profile yet");
        let profile = Profile {
            last_name: "Іванов".to_owned(),
            first_name: "Іван".to_owned(),
            middle_name: String::new(),
            address: String::new(),
            phones: String::new(),
            email: None,
            consent_promotions: false,
            consent_draws: false,
            consents_changed_at: None,
            contacts_updated_at: None,
            language: "uk".to_owned(),
            theme: "system".to_owned(),
        };
        profiles::put(&mut tx, held.id, &profile).await.unwrap();
        let (found, name) = accounts::find_with_name(&mut tx, held.id).await.unwrap().unwrap();
        assert_eq!((found.id, found.account, name.as_str()), (held.id, held.account, "Іванов Іван"));
    }

    async fn a_lock_raises_the_revision_and_makes_writers_wait(store) {
        let id = subscriber(&store, "0000").await.id;
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let store = store.clone();
            tasks.spawn(async move {
                let mut tx = store.write().await.unwrap();
                let mut held = accounts::lock(&mut tx, id).await.unwrap().unwrap();
                held.account.entries += 1;
                accounts::save(&mut tx, &held).await.unwrap();
                tx.commit().await.unwrap();
            });
        }
        tasks.join_all().await;
        let mut tx = store.write().await.unwrap();
        let held = accounts::find(&mut tx, id).await.unwrap().unwrap();
        assert_eq!((held.account.entries, held.revision), (20, 21));
        assert!(accounts::lock(&mut tx, Uuid::now_v7()).await.unwrap().is_none());
    }

    async fn the_run_looks_at_those_it_has_to(store) {
        let (day, opened) = (date!(2015 - 01 - 10), date!(2014 - 12 - 01));
        let mut due = Vec::new();
        for number in 0..5 {
            due.push(subscriber_from(&store, &format!("due {number}"), opened).await.id);
        }
        due.push(subscriber_from(&store, "opened today", day).await.id);
        subscriber_from(&store, "opens tomorrow", date!(2015 - 01 - 11)).await;
        let mut charged = subscriber_from(&store, "charged today", opened).await;
        charged.account.service.charged_through = day;
        save(&store, &charged).await;
        let mut suspended = subscriber_from(&store, "suspended", opened).await;
        suspended.account.suspended_since = Some(day);
        save(&store, &suspended).await;
        for (contract, closed_on, is_due) in
            [("closed, days owed", date!(2015 - 01 - 05), true), ("closed, settled", date!(2015 - 01 - 04), false)]
        {
            let mut closed = subscriber_from(&store, contract, opened).await;
            closed.account.closed_on = Some(closed_on);
            closed.account.service.charged_through = date!(2015 - 01 - 04);
            save(&store, &closed).await;
            due.extend(is_due.then_some(closed.id));
        }
        let mut blocked = subscriber_from(&store, "blocked", opened).await;
        blocked.account.blocked_since = Some(date!(2015 - 01 - 02));
        save(&store, &blocked).await;
        due.push(blocked.id);
        account(&store, "without a connection").await;

        due.sort();
        let mut view = store.view().await.unwrap();
        assert_eq!(accounts::count_due(&mut view, day).await.unwrap(), due.len() as i64);
        let (mut seen, mut after) = (Vec::new(), Uuid::nil());
        loop {
            let chunk = accounts::due(&mut view, day, after, 3).await.unwrap();
            assert!(chunk.len() <= 3);
            let Some(last) = chunk.last() else { break };
            after = last.id;
            seen.extend(chunk.iter().map(|held| held.id));
        }
        assert_eq!(seen, due);
    }

    async fn pages_go_by_id_and_leave_nobody_out(store) {
        let mut ids = Vec::new();
        for number in 0..5 {
            ids.push(subscriber(&store, &format!("{number}")).await.id);
        }
        ids.sort();
        let mut view = store.view().await.unwrap();
        assert_eq!(accounts::count(&mut view).await.unwrap(), 5);
        assert_eq!(accounts::unconnected(&mut view).await.unwrap(), None);
        let page = async |view: &mut _, after| {
            accounts::page(view, after, 2).await.unwrap().iter().map(|held| held.id).collect::<Vec<_>>()
        };
        assert_eq!(page(&mut view, Uuid::nil()).await, ids[..2]);
        assert_eq!(page(&mut view, ids[1]).await, ids[2..4]);
        assert_eq!(page(&mut view, ids[3]).await, ids[4..]);
        assert!(page(&mut view, ids[4]).await.is_empty());
        assert_eq!(accounts::milestones(&mut view, 2).await.unwrap(), [ids[1], ids[3]]);
        assert!(accounts::milestones(&mut view, 6).await.unwrap().is_empty());
        let stretch = accounts::stretch(&mut view, ids[1], ids[3]).await.unwrap();
        assert_eq!(stretch.iter().map(|held| held.id).collect::<Vec<_>>(), ids[2..4]);
        drop(view);
        account(&store, "7").await;
        account(&store, "6").await;
        let mut view = store.view().await.unwrap();
        assert_eq!(accounts::unconnected(&mut view).await.unwrap().as_deref(), Some("6"));
    }

    async fn a_tariff_that_is_not_sold_cannot_be_connected(store) {
        let mut tx = store.write().await.unwrap();
        catalogue::put_tariff(&mut tx, &home_20(), 0).await.unwrap();
        let account = Account::open(date!(2014 - 12 - 01), TariffCode::new("home-30"));
        let refused = accounts::open(&mut tx, Uuid::now_v7(), "1", Uuid::now_v7(), &account).await;
        assert!(matches!(refused, Err(StoreError::Database(_))), "{refused:?}");
    }
}
