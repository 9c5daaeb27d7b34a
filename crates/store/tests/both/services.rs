//! Turbo, pauses and static addresses as they are kept.

use crate::support::{NOON, after, noon, subscriber};
use cabinet_core::account::{Pause, StaticIp};
use cabinet_core::audit::Hours;
use cabinet_core::ledger::{Cover, Draft, EntryKind, post};
use cabinet_core::statement::SpellKind;
use cabinet_core::{Money, Month};
use cabinet_store::accounts::{self, Address};
use cabinet_store::acts::{self, OrderRow};
use cabinet_store::turbos::{self, TurboRun};
use cabinet_store::{addresses, ledger, spells};
use time::macros::date;
use uuid::Uuid;

fn run(order_id: Uuid, hours: (i64, i64), free: bool) -> TurboRun {
    TurboRun {
        order_id,
        option_code: "3h".to_owned(),
        taken_on: date!(2026 - 11 - 22),
        starts_at: after(hours.0 * 3600),
        ends_at: after(hours.1 * 3600),
        down_mbps: 100,
        up_mbps: 50,
        free,
        applied_at: None,
    }
}

cabinet_store::on_both! {
    async fn turbos_are_read_in_the_order_they_run(store) {
        let (held, other) = (subscriber(&store, "1").await, subscriber(&store, "2").await);
        let (first, second) = (run(Uuid::now_v7(), (0, 3), true), run(Uuid::now_v7(), (3, 15), false));
        let mut tx = store.write().await.unwrap();
        for one in [&second, &first] {
            turbos::put(&mut tx, held.id, one).await.unwrap();
        }
        assert_eq!(turbos::ending_after(&mut tx, held.id, NOON).await.unwrap(), [first.clone(), second.clone()]);
        assert_eq!(turbos::ending_after(&mut tx, held.id, after(3 * 3600)).await.unwrap(), std::slice::from_ref(&second));
        assert_eq!(turbos::ending_after(&mut tx, other.id, NOON).await.unwrap(), []);
        assert_eq!(turbos::find(&mut tx, held.id, second.order_id).await.unwrap().as_ref(), Some(&second));
        assert_eq!(turbos::find(&mut tx, other.id, second.order_id).await.unwrap(), None);
        assert_eq!(turbos::ending_after_of(&mut tx, &[held.id, other.id], NOON).await.unwrap().len(), 2);
        assert_eq!(turbos::ending_after_of(&mut tx, &[other.id], NOON).await.unwrap().len(), 0);
        turbos::take_many(&mut tx, &[other.id], NOON).await.unwrap();
        assert_eq!(turbos::find(&mut tx, held.id, second.order_id).await.unwrap().as_ref(), Some(&second));
        assert_eq!(accounts::find_many(&mut tx, &[held.id, other.id, Uuid::nil()]).await.unwrap().len(), 2);
        assert_eq!(turbos::last_but(&mut tx, held.id, second.order_id).await.unwrap(), Some(first.ends_at));
        let free = |from, to| (from, to);
        let (from, to) = free(date!(2026 - 11 - 01), date!(2026 - 11 - 30));
        assert_eq!(turbos::free_between(&mut tx, held.id, from, to).await.unwrap(), 1);
        assert_eq!(turbos::free_between(&mut tx, held.id, date!(2026 - 12 - 01), date!(2026 - 12 - 31)).await.unwrap(), 0);
        turbos::remove(&mut tx, held.id, first.order_id).await.unwrap();
        assert_eq!(turbos::free_between(&mut tx, held.id, from, to).await.unwrap(), 0);
        assert_eq!(turbos::last_but(&mut tx, held.id, second.order_id).await.unwrap(), None);
    }

    async fn turbos_that_fit_neither_order_nor_account_are_told(store) {
        let (mut held, other) = (subscriber(&store, "1").await, subscriber(&store, "2").await);
        let runs = [run(Uuid::from_u128(1), (0, 3), true), run(Uuid::from_u128(2), (3, 15), false)];
        let order = |id, act: &str, status: &str| OrderRow {
            id,
            act: act.to_owned(),
            status: status.to_owned(),
            body: "{}".to_owned(),
            starts_on: Some(date!(2026 - 11 - 22)),
            created_at: NOON,
            cancelled_on: None,
        };
        let mut tx = store.write().await.unwrap();
        for one in &runs {
            turbos::put(&mut tx, held.id, one).await.unwrap();
            acts::put_order(&mut tx, held.id, &order(one.order_id, "turbo", "done")).await.unwrap();
        }
        acts::put_order(&mut tx, held.id, &order(Uuid::from_u128(3), "turbo", "undone")).await.unwrap();
        acts::put_order(&mut tx, held.id, &order(Uuid::from_u128(4), "pause", "done")).await.unwrap();
        held.account.turbo_until = Some(runs[1].ends_at);
        accounts::save(&mut tx, &held).await.unwrap();
        let (none, all) = (Uuid::nil(), Uuid::max());
        assert!(turbos::odd(&mut tx, none, all).await.unwrap().is_empty());
        let hours = |of: &TurboRun| (held.id, Hours { order: of.order_id, starts_at: of.starts_at, ends_at: of.ends_at });
        assert_eq!(turbos::stretch(&mut tx, none, all).await.unwrap(), runs.each_ref().map(hours));
        assert_eq!(turbos::ordered(&mut tx, none, all).await.unwrap(), runs.each_ref().map(|of| (held.id, of.order_id, NOON)));
        assert!(turbos::stretch(&mut tx, held.id, all).await.unwrap().is_empty(), "of others");
        assert!(turbos::ordered(&mut tx, held.id, all).await.unwrap().is_empty());
        turbos::put(&mut tx, other.id, &runs[0]).await.unwrap();
        assert_eq!(turbos::odd(&mut tx, none, all).await.unwrap(), [other.id], "nobody ordered it, and the account does not know");
        turbos::remove(&mut tx, held.id, runs[1].order_id).await.unwrap();
        let mut both = [held.id, other.id];
        both.sort_unstable();
        assert_eq!(turbos::odd(&mut tx, none, all).await.unwrap(), both);
        assert_eq!(turbos::odd(&mut tx, none, both[0]).await.unwrap(), both[..1]);
    }

    async fn an_address_is_given_once_and_rests(store) {
        let (mut held, other) = (subscriber(&store, "1").await, subscriber(&store, "2").await);
        let (today, rested) = (date!(2014 - 12 - 10), date!(2014 - 12 - 18));
        let mut tx = store.write().await.unwrap();
        assert!(!addresses::any_free(&mut tx, today).await.unwrap());
        assert_eq!(addresses::take(&mut tx, held.id, today).await.unwrap(), None);
        let prefix = || Some("2001:db8:1::/56".to_owned());
        assert!(addresses::add(&mut tx, "203.0.113.7", "main", prefix(), today).await.unwrap());
        assert!(!addresses::add(&mut tx, "203.0.113.7", "main", prefix(), today).await.unwrap(), "it is there already");
        assert!(addresses::any_free(&mut tx, today).await.unwrap());
        assert!(!addresses::any_free(&mut tx, date!(2014 - 12 - 09)).await.unwrap());
        assert_eq!(addresses::take(&mut tx, held.id, today).await.unwrap().as_deref(), Some("203.0.113.7"));
        assert_eq!(addresses::take(&mut tx, other.id, today).await.unwrap(), None);

        let of = Address { service_id: Uuid::now_v7(), order_id: Uuid::now_v7(), address: "203.0.113.7".to_owned(), prefix: prefix() };
        addresses::connect(&mut tx, held.id, &of, &StaticIp::connect(today)).await.unwrap();
        held = accounts::find(&mut tx, held.id).await.unwrap().unwrap();
        assert_eq!((held.address.as_ref(), held.account.static_ip), (Some(&of), Some(StaticIp::connect(today))));
        let fee = Money::from_kopecks(30_00);
        let cover = Cover { from: today, to: today, fee, days_before: 0, days_after: 1 };
        let amount = cover.charged_before() - cover.charged_after();
        let draft = Draft { cover: Some(cover), ..Draft::new(EntryKind::StaticIpCharge, amount) };
        let entry = post(&mut held.account, draft, noon(today), "system");
        let connection = held.connection(entry.kind);
        assert_eq!((connection, held.connection(EntryKind::TariffCharge)), (of.service_id, held.service_id));
        ledger::append(&mut tx, held.id, connection, &entry).await.unwrap();
        assert_eq!(ledger::of_connection(&mut tx, held.id, of.service_id).await.unwrap(), [entry]);
        assert_eq!(ledger::of_connection(&mut tx, held.id, held.service_id).await.unwrap(), []);
        let ip = held.account.static_ip.as_mut().unwrap();
        (ip.charged_through, ip.until, ip.count.fee, ip.count.days) = (today, Some(today), fee, 1);
        (held.account.pause, held.account.turbo_until) = (Some(Pause { from: today, until: rested }), Some(NOON));
        (held.account.paused_through, held.pause_order) = (Some(date!(2014 - 11 - 11)), Some(of.order_id));
        accounts::save(&mut tx, &held).await.unwrap();
        let found = accounts::find(&mut tx, held.id).await.unwrap().unwrap();
        assert_eq!((found.account, found.pause_order), (held.account, Some(of.order_id)));
        let (page, _) = (addresses::page(&mut tx, ("", ""), 10).await.unwrap(), ());
        assert_eq!((page.len(), page[0].contract.as_deref(), page[0].ipv6_prefix.clone()), (1, Some("1"), prefix()));
        assert_eq!(addresses::page(&mut tx, ("main", "203.0.113.7"), 10).await.unwrap(), []);

        assert_eq!(addresses::prefix_of(&mut tx, held.id).await.unwrap(), prefix());
        assert_eq!(addresses::prefix_of(&mut tx, other.id).await.unwrap(), None);
        let longer = || Some("2001:db8:1::/48".to_owned());
        assert!(addresses::put_prefix(&mut tx, "203.0.113.7", longer()).await.unwrap());
        assert!(!addresses::put_prefix(&mut tx, "203.0.113.8", longer()).await.unwrap(), "there is no such address");
        assert_eq!(addresses::prefix_of(&mut tx, held.id).await.unwrap(), longer());
        let given = accounts::find(&mut tx, held.id).await.unwrap().unwrap().address.unwrap();
        assert_eq!(given.prefix, longer(), "whoever has the address has the prefix");
        assert!(addresses::put_prefix(&mut tx, "203.0.113.7", None).await.unwrap());
        assert_eq!(addresses::prefix_of(&mut tx, held.id).await.unwrap(), None);
        assert_eq!(addresses::prefixes_beside(&mut tx, "203.0.113.8").await.unwrap(), [""; 0]);
        addresses::put_prefix(&mut tx, "203.0.113.7", prefix()).await.unwrap();
        assert_eq!(addresses::prefixes_beside(&mut tx, "203.0.113.8").await.unwrap(), ["2001:db8:1::/56"]);
        assert_eq!(addresses::prefixes_beside(&mut tx, "203.0.113.7").await.unwrap(), [""; 0]);

        addresses::release(&mut tx, held.id, rested).await.unwrap();
        assert_eq!(accounts::find(&mut tx, held.id).await.unwrap().unwrap().address, None);
        assert_eq!(addresses::take(&mut tx, other.id, date!(2014 - 12 - 17)).await.unwrap(), None);
        assert!(addresses::withdraw(&mut tx, "203.0.113.7").await.unwrap());
        assert!(!addresses::withdraw(&mut tx, "203.0.113.8").await.unwrap());
        assert_eq!(addresses::take(&mut tx, other.id, rested).await.unwrap(), None, "it is out of use");
        addresses::add(&mut tx, "203.0.113.7", "main", None, today).await.unwrap();
        assert_eq!(addresses::page(&mut tx, ("", ""), 10).await.unwrap()[0].ipv6_prefix, prefix(), "its prefix stays");
        assert_eq!(addresses::take(&mut tx, other.id, rested).await.unwrap().as_deref(), Some("203.0.113.7"));
    }

    async fn the_days_of_a_pause_move_with_it(store) {
        let held = subscriber(&store, "1").await;
        let pause = |from, until| Pause { from, until };
        let (first, second) = (pause(date!(2014 - 12 - 10), date!(2014 - 12 - 20)), pause(date!(2014 - 12 - 15), date!(2014 - 12 - 25)));
        let mut tx = store.write().await.unwrap();
        let month = Month::new(2014, 12).unwrap();
        spells::plan(&mut tx, held.id, None, Some(first)).await.unwrap();
        spells::plan(&mut tx, held.id, Some(first), Some(second)).await.unwrap();
        let found = spells::between(&mut tx, held.id, month.first(), month.last()).await.unwrap();
        assert_eq!(found.iter().map(|spell| (spell.kind, spell.first_day, spell.last_day)).collect::<Vec<_>>(), [(SpellKind::Paused, second.from, Some(second.until))]);
        // Undone on its first day, it leaves no trace.
        spells::plan(&mut tx, held.id, Some(second), Some(pause(second.from, date!(2014 - 12 - 14)))).await.unwrap();
        assert_eq!(spells::between(&mut tx, held.id, month.first(), month.last()).await.unwrap(), []);
    }

    async fn orders_are_moved_and_taken_back(store) {
        let held = subscriber(&store, "1").await;
        let order = |id| OrderRow {
            id,
            act: "pause".to_owned(),
            status: "planned".to_owned(),
            body: "{}".to_owned(),
            starts_on: Some(date!(2014 - 12 - 10)),
            created_at: NOON,
            cancelled_on: None,
        };
        let (moved, undone) = (Uuid::now_v7(), Uuid::now_v7());
        let mut tx = store.write().await.unwrap();
        for id in [moved, undone] {
            acts::put_order(&mut tx, held.id, &order(id)).await.unwrap();
        }
        acts::move_order(&mut tx, held.id, moved, "{\"moved\":1}", date!(2014 - 12 - 12)).await.unwrap();
        let found = acts::order(&mut tx, held.id, moved).await.unwrap().unwrap();
        assert_eq!((found.starts_on, found.body.as_str()), (Some(date!(2014 - 12 - 12)), "{\"moved\":1}"));
        acts::take_back_order(&mut tx, held.id, undone, "undone", "{}", date!(2014 - 12 - 09)).await.unwrap();
        let count = |status: &'static str, first, last| (("pause", status), first, last);
        for (of, expected) in [
            (count("undone", date!(2014 - 12 - 01), date!(2014 - 12 - 31)), 1),
            (count("cancelled", date!(2014 - 12 - 01), date!(2014 - 12 - 31)), 0),
            (count("undone", date!(2014 - 12 - 10), date!(2014 - 12 - 31)), 0),
        ] {
            assert_eq!(acts::taken_back_between(&mut tx, held.id, of.0, of.1, of.2).await.unwrap(), expected, "{of:?}");
        }
    }
}
