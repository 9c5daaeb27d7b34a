use crate::support::{cash, charge, noon, posted, subscriber};
use cabinet_core::ledger::{Draft, EntryKind, post};
use cabinet_core::statement::SpellKind;
use cabinet_core::{Money, Month};
use cabinet_store::ledger::{self, Filter};
use cabinet_store::{Engine, StoreError, accounts, catalogue, on_both, spells};
use time::Duration;
use time::macros::date;
use uuid::Uuid;

const DECEMBER: (i32, u8) = (2014, 12);

fn month((year, number): (i32, u8)) -> Month {
    Month::new(year, number).unwrap()
}

on_both! {
    async fn an_entry_comes_back_as_it_was_posted(store) {
        let (mut held, other) = (subscriber(&store, "0000").await, subscriber(&store, "0001").await);
        let day = date!(2014 - 12 - 01);
        let paid = posted(&store, &mut held, Draft { reference: Some("cash:7".to_owned()), ..cash(50_00) }, day).await;
        let charged = posted(&store, &mut held, charge(day, 1), day).await;
        let undone = Draft { reverses: Some(1), ..Draft::new(EntryKind::Reversal, Money::from_kopecks(-50_00)) };
        let undone = posted(&store, &mut held, undone, day).await;

        let mut view = store.view().await.unwrap();
        for entry in [&paid, &charged, &undone] {
            assert_eq!(ledger::find(&mut view, held.id, entry.seq).await.unwrap().as_ref(), Some(entry));
        }
        assert_eq!(ledger::find(&mut view, held.id, 4).await.unwrap(), None);
        assert_eq!(ledger::find(&mut view, other.id, 1).await.unwrap(), None);
        assert_eq!(ledger::last_day(&mut view, held.id, 3).await.unwrap(), Some(day));
        assert_eq!(ledger::last_day(&mut view, other.id, 3).await.unwrap(), None);
        assert_eq!(ledger::by_reference(&mut view, held.id, "cash:7").await.unwrap(), Some(paid));
        assert_eq!(ledger::by_reference(&mut view, held.id, "cash:8").await.unwrap(), None);
        assert_eq!(ledger::by_reference(&mut view, other.id, "cash:7").await.unwrap(), None);
    }

    async fn nothing_is_posted_twice(store) {
        let (mut held, mut other) = (subscriber(&store, "0000").await, subscriber(&store, "0001").await);
        let day = date!(2014 - 12 - 01);
        let referred = || Draft { reference: Some("cash:7".to_owned()), ..cash(50_00) };
        let reversal = || Draft { reverses: Some(1), ..Draft::new(EntryKind::Reversal, Money::from_kopecks(-50_00)) };
        posted(&store, &mut held, referred(), day).await;
        posted(&store, &mut held, charge(day, 1), day).await;
        posted(&store, &mut held, reversal(), day).await;
        let again = [("reference", referred()), ("service-day", charge(day, 1)), ("reversal", reversal())];
        for (what, draft) in again {
            let entry = post(&mut held.account.clone(), draft, noon(day), "staff");
            let mut tx = store.write().await.unwrap();
            let refused = ledger::append(&mut tx, held.id, held.service_id, &entry).await;
            assert!(matches!(refused, Err(StoreError::Conflict)), "{what}: {refused:?}");
        }
        let mut number = post(&mut held.account.clone(), cash(1), noon(day), "staff");
        number.seq = 2;
        let mut tx = store.write().await.unwrap();
        let refused = ledger::append(&mut tx, held.id, held.service_id, &number).await;
        assert!(matches!(refused, Err(StoreError::Conflict)), "number: {refused:?}");
        drop(tx);
        posted(&store, &mut other, referred(), day).await;
    }

    async fn a_row_of_the_book_is_neither_changed_nor_deleted(store) {
        let mut held = subscriber(&store, "0000").await;
        let entry = posted(&store, &mut held, cash(50_00), date!(2014 - 12 - 01)).await;
        let mut tries = vec!["UPDATE entry SET actor = 'x'", "DELETE FROM entry"];
        if store.engine() == Engine::Postgres {
            tries.push("TRUNCATE entry");
        }
        for sql in tries {
            let mut tx = store.write().await.unwrap();
            let refused = tx.run(sql, ()).await;
            assert!(matches!(refused, Err(StoreError::Database(_))), "{sql}: {refused:?}");
        }
        // The demo's book is made anew, but no row of it is changed either.
        let mut tx = store.write().await.unwrap();
        catalogue::put_fact(&mut tx, "demo", "yes").await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        assert!(tx.run("UPDATE entry SET actor = 'x'", ()).await.is_err());
        drop(tx);
        let mut tx = store.write().await.unwrap();
        assert_eq!(ledger::find(&mut tx, held.id, 1).await.unwrap(), Some(entry));
        assert_eq!(tx.run("DELETE FROM entry", ()).await.unwrap(), 1);
    }

    async fn an_entry_that_moves_nothing_is_refused(store) {
        let held = subscriber(&store, "0000").await;
        let mut entry = post(&mut held.account.clone(), cash(1), noon(date!(2014 - 12 - 01)), "staff");
        entry.amount = Money::ZERO;
        let mut tx = store.write().await.unwrap();
        let refused = ledger::append(&mut tx, held.id, held.service_id, &entry).await;
        assert!(matches!(refused, Err(StoreError::Database(_))), "{refused:?}");
    }

    async fn a_month_is_read_with_what_stands_around_it(store) {
        let (mut held, other) = (subscriber(&store, "0000").await, subscriber(&store, "0001").await);
        let mut lived = Vec::new();
        for (draft, day) in [
            (cash(10_00), date!(2014 - 11 - 30)),
            (cash(20_00), date!(2014 - 11 - 30)),
            (cash(30_00), date!(2014 - 12 - 01)),
            (charge(date!(2014 - 12 - 01), 1), date!(2014 - 12 - 01)),
            (cash(40_00), date!(2014 - 12 - 31)),
            (cash(50_00), date!(2015 - 01 - 01)),
            (charge(date!(2014 - 12 - 31), 2), date!(2015 - 01 - 01)),
            (charge(date!(2015 - 01 - 01), 1), date!(2015 - 01 - 01)),
        ] {
            lived.push(posted(&store, &mut held, draft, day).await);
        }
        let mut view = store.view().await.unwrap();
        let book = ledger::month(&mut view, held.id, month(DECEMBER)).await.unwrap();
        assert_eq!(book.opening, Money::from_kopecks(30_00));
        let told = |entries: &[cabinet_core::ledger::Entry]| {
            entries.iter().map(|e| (e.seq, e.posted_on, e.kind, e.amount, e.balance_after, e.cover)).collect::<Vec<_>>()
        };
        assert_eq!(told(&book.entries), told(&lived[2..5]));
        assert_eq!(told(&book.later), told(&lived[6..8]), "the charges of the first day after: they may cover the last days");

        let before = ledger::month(&mut view, held.id, month((2014, 10))).await.unwrap();
        assert_eq!((before.opening, before.entries.len()), (Money::ZERO, 0));
        let after = ledger::month(&mut view, held.id, month((2015, 2))).await.unwrap();
        assert_eq!((after.opening, after.entries.len(), after.later.len()), (held.account.balance, 0, 0));
        let days = ledger::between(&mut view, held.id, date!(2014 - 12 - 01), date!(2015 - 01 - 31)).await.unwrap();
        assert_eq!((days.opening, told(&days.entries), days.later.len()), (book.opening, told(&lived[2..8]), 0));
        let none = ledger::month(&mut view, other.id, month(DECEMBER)).await.unwrap();
        assert_eq!((none.opening, none.entries.len(), none.later.len()), (Money::ZERO, 0, 0));
    }

    async fn a_statement_is_the_month_with_the_days_of_contract_and_spells(store) {
        let (mut held, other) = (subscriber(&store, "0000").await, subscriber(&store, "0001").await);
        posted(&store, &mut held, cash(30_00), date!(2014 - 12 - 01)).await;
        posted(&store, &mut held, charge(date!(2014 - 12 - 01), 1), date!(2014 - 12 - 01)).await;
        posted(&store, &mut held, charge(date!(2014 - 12 - 31), 2), date!(2015 - 01 - 01)).await;
        let mut tx = store.write().await.unwrap();
        held.account.closed_on = Some(date!(2015 - 06 - 01));
        accounts::save(&mut tx, &held).await.unwrap();
        spells::begin(&mut tx, held.id, SpellKind::Suspended, date!(2014 - 12 - 20)).await.unwrap();
        spells::begin(&mut tx, held.id, SpellKind::Blocked, date!(2014 - 12 - 05)).await.unwrap();
        spells::end(&mut tx, held.id, SpellKind::Blocked, date!(2014 - 12 - 09)).await.unwrap();
        tx.commit().await.unwrap();

        let mut view = store.view().await.unwrap();
        for asked in [DECEMBER, (2014, 11), (2015, 1), (2015, 2)].map(month) {
            let statement = ledger::statement(&mut view, held.id, asked).await.unwrap().unwrap();
            let days = (statement.opened_on, statement.closed_on);
            assert_eq!(days, (date!(2014 - 12 - 01), Some(date!(2015 - 06 - 01))), "{asked}");
            let book = ledger::month(&mut view, held.id, asked).await.unwrap();
            assert_eq!(format!("{:?}", statement.book), format!("{book:?}"), "{asked}");
            let lasted = spells::between(&mut view, held.id, asked.first(), asked.last()).await.unwrap();
            assert_eq!(statement.spells, lasted, "{asked}");
        }
        let foreign = ledger::statement(&mut view, other.id, month(DECEMBER)).await.unwrap().unwrap();
        assert_eq!((foreign.closed_on, foreign.book.entries.len(), foreign.spells.len()), (None, 0, 0));
        assert!(ledger::statement(&mut view, Uuid::from_u128(9), month(DECEMBER)).await.unwrap().is_none());
    }

    async fn pages_go_from_the_newest_and_filter(store) {
        let (mut held, other) = (subscriber(&store, "0000").await, subscriber(&store, "0001").await);
        for k in 1..=5u8 {
            let day = date!(2014 - 12 - 01) + Duration::days(i64::from(k) - 1);
            posted(&store, &mut held, cash(10_00), day).await;
            posted(&store, &mut held, charge(day, k), day).await;
        }
        let mut view = store.view().await.unwrap();
        let mut page = async |filter, cursor, limit| {
            let entries = ledger::page(&mut view, held.id, filter, cursor, limit).await.unwrap();
            entries.iter().map(|entry| entry.seq).collect::<Vec<_>>()
        };
        assert_eq!(page(Filter::default(), None, 4).await, [10, 9, 8, 7]);
        assert_eq!(page(Filter::default(), Some(7), 4).await, [6, 5, 4, 3]);
        assert_eq!(page(Filter::default(), Some(1), 4).await, [0i64; 0]);
        let days = Filter { from: Some(date!(2014 - 12 - 02)), to: Some(date!(2014 - 12 - 03)), kind: None };
        assert_eq!(page(days, None, 9).await, [6, 5, 4, 3]);
        let kind = Filter { kind: Some(EntryKind::CashPayment), ..days };
        assert_eq!(page(kind, None, 9).await, [5, 3]);
        assert_eq!(page(kind, Some(5), 9).await, [3]);
        assert!(ledger::page(&mut view, other.id, Filter::default(), None, 9).await.unwrap().is_empty());
    }

    async fn a_sound_book_has_nothing_odd_and_an_end(store) {
        let (mut held, other) = (subscriber(&store, "0000").await, subscriber(&store, "0001").await);
        let day = date!(2014 - 12 - 01);
        posted(&store, &mut held, cash(50_00), day).await;
        let charged = posted(&store, &mut held, charge(day, 1), day).await;
        let undone = Draft { reverses: Some(1), ..Draft::new(EntryKind::Reversal, Money::from_kopecks(-50_00)) };
        posted(&store, &mut held, undone, day).await;
        let promised = posted(&store, &mut held, Draft::new(EntryKind::PromisedPayment, Money::from_kopecks(-5_00)), day).await;
        let mut view = store.view().await.unwrap();
        let all = (Uuid::nil(), Uuid::max());
        let odd = ledger::odd_rows(&mut view, all.0, all.1).await.unwrap();
        assert_eq!(odd.iter().map(|row| (row.account_id, row.seq, row.posted_on, row.broken)).collect::<Vec<_>>(), [(held.id, 4, day, false)]);
        assert_eq!(ledger::odd_reversals(&mut view, all.0, all.1).await.unwrap(), []);
        assert_eq!(ledger::odd_rows(&mut view, held.id.max(other.id), all.1).await.unwrap(), []);
        let ends = ledger::ends(&mut view, all.0, all.1).await.unwrap();
        let end = |id| ends.iter().find(|end| end.account_id == id).map(|end| (end.entries, end.balance, end.charge, end.strange));
        assert_eq!(end(held.id), Some((4, promised.balance_after, charged.cover, false)));
        assert_eq!(end(other.id), Some((0, Money::ZERO, None, false)));
        drop(view);

        let mut tx = store.write().await.unwrap();
        let entry = post(&mut held.account.clone(), Draft { reverses: Some(3), ..Draft::new(EntryKind::Reversal, Money::from_kopecks(1)) }, noon(day), "staff");
        ledger::append(&mut tx, held.id, held.service_id, &entry).await.unwrap();
        assert_eq!(ledger::odd_reversals(&mut tx, all.0, all.1).await.unwrap(), [(held.id, 5)]);
        let entry = post(&mut held.account.clone(), cash(1), noon(date!(2014 - 11 - 30)), "staff");
        let entry = cabinet_core::ledger::Entry { seq: 6, ..entry };
        ledger::append(&mut tx, held.id, held.service_id, &entry).await.unwrap();
        let odd = ledger::odd_rows(&mut tx, all.0, all.1).await.unwrap();
        assert_eq!(odd.iter().map(|row| (row.seq, row.broken)).collect::<Vec<_>>(), [(4, false), (6, true)]);
    }

    async fn the_book_streams_by_account_and_number(store) {
        let mut accounts = Vec::new();
        for number in 0..4 {
            accounts.push(subscriber(&store, &format!("{number}")).await);
        }
        accounts.sort_by_key(|held| held.id);
        let mut posts = Vec::new();
        let day = date!(2014 - 12 - 01);
        for draft in [cash(10_00), charge(day, 1), cash(20_00)] {
            for held in &mut accounts {
                let entry = posted(&store, held, draft.clone(), day).await;
                posts.push((held.id, entry.cover.map(|_| held.service_id), entry));
            }
        }
        posts.sort_by_key(|(account, _, entry)| (*account, entry.seq));
        let mut view = store.view().await.unwrap();
        let (mut seen, mut after) = (Vec::new(), (accounts[0].id, i64::MAX));
        loop {
            let stretch = ledger::stretch(&mut view, after, accounts[2].id, 2).await.unwrap();
            assert!(stretch.len() <= 2);
            let Some(last) = stretch.last() else { break };
            after = (last.account_id, last.seq());
            seen.extend(stretch.into_iter().map(|row| (row.account_id, row.service_id, row.entry().unwrap())));
        }
        assert_eq!(seen, posts[3..9]);
    }
}
