use crate::support::{NOON, after, cash, noon, posted, subscriber};
use cabinet_core::account::StaticIp;
use cabinet_core::accrual::settle;
use cabinet_core::ledger::EntryKind;
use cabinet_core::statement::{Spell, SpellKind};
use cabinet_core::{Catalogue, Money, Policy};
use cabinet_store::accounts::{self, Address, Held};
use cabinet_store::runs::{self, DayRun, Settled};
use cabinet_store::{addresses, ledger, on_both, spells};
use time::Date;
use time::macros::date;
use uuid::Uuid;

const DAY: Date = date!(2014 - 12 - 03);

/// The account after its day, as the daily run makes it.
fn settled(held: &Held) -> Settled {
    let mut account = held.account.clone();
    let catalogue = Catalogue { tariffs: vec![crate::support::home_20()] };
    let done = settle(&mut account, &catalogue, &Policy::default(), noon(DAY));
    Settled {
        id: held.id,
        service_id: held.service_id,
        address: held.address.as_ref().map(|of| of.service_id),
        revision: held.revision,
        account,
        entries: done.entries,
        blocked: done.blocked,
    }
}

on_both! {
    async fn a_finished_day_is_marked_once(store) {
        let first = DayRun { day: DAY, started_at: NOON, finished_at: after(9), accounts: 3, charged: 2, total: 3_22 };
        let mut tx = store.write().await.unwrap();
        assert!(runs::finished(&mut tx, DAY).await.unwrap().is_none());
        runs::finish(&mut tx, &first).await.unwrap();
        runs::finish(&mut tx, &DayRun { accounts: 0, charged: 0, total: 0, ..first.clone() }).await.unwrap();
        let found = runs::finished(&mut tx, DAY).await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{first:?}"));
    }

    async fn a_lease_is_one_holders_until_it_runs_out(store) {
        let (one, two) = (Uuid::now_v7(), Uuid::now_v7());
        let mut tx = store.write().await.unwrap();
        assert!(runs::lease(&mut tx, "run", one, NOON, after(120)).await.unwrap());
        assert!(!runs::lease(&mut tx, "run", two, after(119), after(300)).await.unwrap());
        assert!(runs::lease(&mut tx, "other", two, after(119), after(300)).await.unwrap());
        assert!(runs::lease(&mut tx, "run", one, after(60), after(180)).await.unwrap(), "its holder keeps it");
        assert!(!runs::lease(&mut tx, "run", two, after(179), after(300)).await.unwrap());
        assert!(runs::lease(&mut tx, "run", two, after(180), after(300)).await.unwrap(), "it ran out");
        runs::release(&mut tx, "run", one).await.unwrap();
        assert!(!runs::lease(&mut tx, "run", one, after(181), after(300)).await.unwrap(), "not one's to give back");
        runs::release(&mut tx, "run", two).await.unwrap();
        assert!(runs::lease(&mut tx, "run", one, after(181), after(300)).await.unwrap());
    }

    async fn a_chunk_writes_those_that_stood_still(store) {
        let mut still = subscriber(&store, "still").await;
        let mut moved = subscriber(&store, "moved").await;
        let poor = subscriber(&store, "poor").await;
        posted(&store, &mut still, cash(50_00), date!(2014 - 12 - 01)).await;
        posted(&store, &mut moved, cash(50_00), date!(2014 - 12 - 01)).await;
        let read = [&still, &moved, &poor].map(settled);
        assert_eq!(read.each_ref().map(|s| s.entries.len()), [1, 1, 0]);
        assert_eq!(read.each_ref().map(|s| s.blocked), [false, false, true]);

        let mut tx = store.write().await.unwrap();
        let locked = accounts::lock(&mut tx, moved.id).await.unwrap().unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        let mut written = runs::write_bulk(&mut tx, DAY, noon(DAY).instant, &read).await.unwrap();
        tx.commit().await.unwrap();
        written.sort();
        let mut expected = vec![still.id, poor.id];
        expected.sort();
        assert_eq!(written, expected);

        let mut view = store.view().await.unwrap();
        let found = accounts::find(&mut view, still.id).await.unwrap().unwrap();
        assert_eq!((&found.account, found.revision), (&read[0].account, still.revision + 1));
        let entry = ledger::find(&mut view, still.id, 2).await.unwrap().unwrap();
        assert_eq!(&entry, &read[0].entries[0], "three days in one entry");
        assert_eq!(entry.amount, Money::from_kopecks(-4_84));

        let found = accounts::find(&mut view, poor.id).await.unwrap().unwrap();
        assert_eq!((&found.account, found.revision), (&read[2].account, poor.revision + 1));
        let blocked = spells::between(&mut view, poor.id, DAY, DAY).await.unwrap();
        assert_eq!(blocked, [Spell { kind: SpellKind::Blocked, first_day: DAY, last_day: None }]);

        let found = accounts::find(&mut view, moved.id).await.unwrap().unwrap();
        assert_eq!((&found.account, found.revision), (&moved.account, locked.revision), "untouched");
        assert!(ledger::find(&mut view, moved.id, 2).await.unwrap().is_none());
    }

    async fn a_chunk_charges_addresses_beside_tariffs_unless_they_moved(store) {
        let mut held = subscriber(&store, "1").await;
        posted(&store, &mut held, cash(50_00), date!(2014 - 12 - 01)).await;
        let of = Address { service_id: Uuid::now_v7(), order_id: Uuid::now_v7(), address: "203.0.113.7".to_owned(), prefix: None };
        let mut tx = store.write().await.unwrap();
        addresses::add(&mut tx, "203.0.113.7", "main", None, DAY).await.unwrap();
        addresses::take(&mut tx, held.id, DAY).await.unwrap();
        addresses::connect(&mut tx, held.id, &of, &StaticIp::connect(DAY)).await.unwrap();
        tx.commit().await.unwrap();
        let held = accounts::find(&mut store.read().await.unwrap(), held.id).await.unwrap().unwrap();
        let read = settled(&held);
        let kinds: Vec<_> = read.entries.iter().map(|entry| entry.kind).collect();
        assert_eq!(kinds, [EntryKind::TariffCharge, EntryKind::StaticIpCharge]);
        for expected in [vec![held.id], vec![]] {
            let mut tx = store.write().await.unwrap();
            let mut again = read.clone();
            // What an account that moved would be written with is written nowhere.
            if expected.is_empty() {
                again.account.static_ip = Some(StaticIp::connect(date!(2014 - 12 - 30)));
            }
            assert_eq!(runs::write_bulk(&mut tx, DAY, noon(DAY).instant, &[again]).await.unwrap(), expected);
            tx.commit().await.unwrap();
        }
        let mut view = store.view().await.unwrap();
        let found = accounts::find(&mut view, held.id).await.unwrap().unwrap();
        assert_eq!((&found.account, found.address, found.revision), (&read.account, Some(of.clone()), held.revision + 1));
        assert_eq!(ledger::of_connection(&mut view, held.id, held.service_id).await.unwrap(), read.entries[..1]);
        assert_eq!(ledger::of_connection(&mut view, held.id, of.service_id).await.unwrap(), read.entries[1..]);
    }

    async fn the_same_chunk_again_writes_nothing(store) {
        let mut held = subscriber(&store, "0000").await;
        posted(&store, &mut held, cash(50_00), date!(2014 - 12 - 01)).await;
        let read = [settled(&held)];
        for expected in [vec![held.id], vec![]] {
            let mut tx = store.write().await.unwrap();
            assert_eq!(runs::write_bulk(&mut tx, DAY, NOON, &read).await.unwrap(), expected);
            tx.commit().await.unwrap();
        }
        let found = accounts::find(&mut store.read().await.unwrap(), held.id).await.unwrap().unwrap();
        assert_eq!((found.account.entries, found.revision), (2, held.revision + 1));
    }
}
