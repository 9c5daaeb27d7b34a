//! What is read of the whole book: the journal, reports, and how the installation does.

use crate::support::{NOON, after, cash, charge, posted, subscriber};
use cabinet_core::Money;
use cabinet_core::ledger::{Draft, EntryKind};
use cabinet_store::ledger::{DayOfTariff, Earned};
use cabinet_store::outbox::{Depth, Task};
use cabinet_store::profiles::{self, Profile};
use cabinet_store::{Store, accounts, ledger, on_both, outbox, payments};
use time::macros::date;
use uuid::Uuid;

async fn named(store: &Store, account: Uuid, last_name: &str) {
    let profile = Profile {
        last_name: last_name.to_owned(),
        first_name: "Іван".to_owned(),
        middle_name: String::new(),
        address: String::new(),
        phones: "067".to_owned(),
        email: None,
        consent_promotions: false,
        consent_draws: false,
        consents_changed_at: None,
        contacts_updated_at: None,
        language: "uk".to_owned(),
        theme: "system".to_owned(),
    };
    let mut tx = store.write().await.unwrap();
    profiles::put(&mut tx, account, &profile).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn charges_are_summed_by_day_and_tariff_and_all_else_is_read_row_by_row(store) {
        let (mut one, mut other) = (subscriber(&store, "1").await, subscriber(&store, "2").await);
        let (first, second) = (date!(2014 - 12 - 01), date!(2014 - 12 - 02));
        posted(&store, &mut one, cash(50_00), first).await;
        posted(&store, &mut one, charge(first, 1), first).await;
        posted(&store, &mut other, cash(20_00), first).await;
        posted(&store, &mut other, charge(first, 1), first).await;
        let wrong = posted(&store, &mut one, charge(second, 2), second).await;
        let back = Draft { tariff: wrong.tariff.clone(), reverses: Some(wrong.seq), ..Draft::new(EntryKind::Reversal, -wrong.amount) };
        posted(&store, &mut one, back, second).await;
        let reference = Some("payment:liqpay:1".to_owned());
        posted(&store, &mut other, Draft { reference, ..Draft::new(EntryKind::OnlinePayment, Money::from_kopecks(7_00)) }, second).await;

        let mut view = store.view().await.unwrap();
        let day = |posted_on, entries, amount| DayOfTariff { posted_on, kind: "tariff_charge".to_owned(), tariff_code: Some("home-20".to_owned()), entries, amount };
        let found = ledger::charged_between(&mut view, first, second).await.unwrap();
        assert_eq!(found, [day(first, 2, -3_22), day(second, 1, wrong.amount.kopecks())]);
        assert_eq!(ledger::charged_between(&mut view, second, second).await.unwrap().len(), 1);
        let earned = |accounts, days, charged, returned| Earned { tariff_code: "home-20".to_owned(), accounts, days, charged, returned };
        let found = ledger::earned_between(&mut view, first, second).await.unwrap();
        assert_eq!(found, [earned(2, 3, 3_22 - wrong.amount.kopecks(), -wrong.amount.kopecks())]);
        assert_eq!(ledger::earned_between(&mut view, first, first).await.unwrap(), [earned(2, 2, 3_22, 0)]);

        let mut seen = Vec::new();
        let mut place = (first, Uuid::nil(), 0);
        loop {
            let rows = ledger::moved_between(&mut view, place, second, 2).await.unwrap();
            assert!(rows.len() <= 2);
            let Some(last) = rows.last() else { break };
            place = (last.posted_on, last.account_id, last.seq);
            seen.extend(rows.into_iter().map(|row| (row.posted_on, row.kind, row.amount, row.reference, row.reverses)));
        }
        seen.sort();
        let told = |day, kind: &str, amount, reference: Option<&str>, reverses| (day, kind.to_owned(), amount, reference.map(str::to_owned), reverses);
        assert_eq!(seen, [
            told(first, "cash_payment", 20_00, None, None),
            told(first, "cash_payment", 50_00, None, None),
            told(second, "online_payment", 7_00, Some("payment:liqpay:1"), None),
            told(second, "reversal", -wrong.amount.kopecks(), None, Some(3)),
        ]);
        assert_eq!(ledger::moved_between(&mut view, (second, Uuid::nil(), 0), second, 9).await.unwrap().len(), 2);
        assert_eq!(ledger::moved_between(&mut view, (first, Uuid::nil(), 0), first, 9).await.unwrap().len(), 2);
    }

    async fn debtors_go_from_the_largest_debt(store) {
        for (contract, kopecks) in [("1", -5_00), ("2", 0), ("3", -7_00), ("4", 10_00), ("5", -5_00)] {
            let mut held = subscriber(&store, contract).await;
            named(&store, held.id, &format!("Ім’я {contract}")).await;
            if kopecks != 0 {
                let draft = Draft::new(EntryKind::Adjustment, Money::from_kopecks(kopecks));
                posted(&store, &mut held, draft, date!(2014 - 12 - 01)).await;
            }
        }
        let mut view = store.read().await.unwrap();
        let (mut seen, mut place) = (Vec::new(), None);
        loop {
            let page = accounts::debtors(&mut view, place, 1).await.unwrap();
            let Some(last) = page.last() else { break };
            place = Some((last.balance, last.id));
            seen.extend(page.into_iter().map(|one| (one.balance, one.contract, one.last_name)));
        }
        assert_eq!(seen.iter().map(|(balance, ..)| *balance).collect::<Vec<_>>(), [-7_00, -5_00, -5_00]);
        assert_eq!((seen[0].1.as_str(), seen[0].2.as_str()), ("3", "Ім’я 3"));
        assert_ne!(seen[1].1, seen[2].1);
    }

    async fn what_waits_is_counted(store) {
        let mut tx = store.write().await.unwrap();
        assert_eq!((outbox::depths(&mut tx, NOON).await.unwrap(), outbox::oldest(&mut tx).await.unwrap()), (vec![], None));
        for (topic, due) in [("payment_poll", 10), ("payment_poll", -10), ("bill", 20)] {
            let task = Task {
                id: Uuid::now_v7(),
                topic: topic.to_owned(),
                account_id: None,
                body: "{}".to_owned(),
                created_at: NOON,
                due_at: after(due),
            };
            outbox::put(&mut tx, &task).await.unwrap();
        }
        let depth = |topic: &str, waiting, due| Depth { topic: topic.to_owned(), waiting, due };
        assert_eq!(outbox::depths(&mut tx, NOON).await.unwrap(), [depth("bill", 1, 0), depth("payment_poll", 2, 1)]);
        assert_eq!(outbox::oldest(&mut tx).await.unwrap(), Some(after(-10)));
        assert_eq!((outbox::count_dead(&mut tx).await.unwrap(), payments::count_in_review(&mut tx).await.unwrap()), (0, 0));
        tx.run("UPDATE outbox SET outcome = 'dead', ended_at = $1 WHERE topic = 'bill'", (NOON,)).await.unwrap();
        assert_eq!(outbox::count_dead(&mut tx).await.unwrap(), 1);
        assert_eq!(outbox::depths(&mut tx, NOON).await.unwrap(), [depth("payment_poll", 2, 1)]);
    }

    async fn connections_are_counted_and_given_back(store) {
        let used = || store.pools_in_use().iter().map(|pool| pool.used).sum::<u32>();
        let most: u32 = store.pools_in_use().iter().map(|pool| pool.most).sum();
        let view = store.view().await.unwrap();
        assert!((1..=most).contains(&used()));
        drop(view);
        // A connection goes back when its pool has looked at it.
        while used() > 0 {
            tokio::task::yield_now().await;
        }
    }

    async fn a_book_is_neither_bare_nor_damaged(store) {
        assert!(!store.is_bare().await.unwrap());
        assert_eq!(store.first_fault().await.unwrap(), None);
    }
}

mod bare {
    use cabinet_store::testing::{Bench, block_on};

    async fn until_it_holds_a_table(bench: Bench) {
        assert!(bench.store.is_bare().await.unwrap());
        bench.store.migrate().await.unwrap();
        assert!(!bench.store.is_bare().await.unwrap());
        bench.close().await;
    }

    mod sqlite {
        #[test]
        fn a_database_is_bare_until_it_holds_a_table() {
            super::block_on(async { super::until_it_holds_a_table(super::Bench::bare_sqlite().await).await });
        }
    }

    mod postgres {
        #[test]
        fn a_database_is_bare_until_it_holds_a_table() {
            super::block_on(async { super::until_it_holds_a_table(super::Bench::bare_postgres().await).await });
        }
    }
}
