use crate::support::{NOON, account, after};
use cabinet_store::acts::{self, OrderRow, QuoteRow};
use cabinet_store::{StoreError, on_both};
use time::macros::date;
use uuid::Uuid;

fn quote(expires_in: i64) -> QuoteRow {
    QuoteRow {
        id: Uuid::now_v7(),
        body: r#"{"price":"25.00"}"#.to_owned(),
        binding: "7 home-20".to_owned(),
        created_at: NOON,
        expires_at: after(expires_in),
        order_id: None,
    }
}

fn order(act: &str) -> OrderRow {
    OrderRow {
        id: Uuid::now_v7(),
        act: act.to_owned(),
        status: "planned".to_owned(),
        body: "{}".to_owned(),
        starts_on: Some(date!(2026 - 12 - 01)),
        created_at: NOON,
        cancelled_on: None,
    }
}

on_both! {
    async fn a_quote_is_its_owners_and_becomes_an_order(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let (shown, bought) = (quote(600), Uuid::now_v7());
        let mut tx = store.write().await.unwrap();
        acts::put_quote(&mut tx, id, &shown).await.unwrap();
        let found = acts::quote(&mut tx, id, shown.id).await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{shown:?}"));
        assert!(acts::quote(&mut tx, other, shown.id).await.unwrap().is_none());
        acts::use_quote(&mut tx, other, shown.id, bought).await.unwrap();
        assert_eq!(acts::quote(&mut tx, id, shown.id).await.unwrap().unwrap().order_id, None);
        acts::use_quote(&mut tx, id, shown.id, bought).await.unwrap();
        assert_eq!(acts::quote(&mut tx, id, shown.id).await.unwrap().unwrap().order_id, Some(bought));
    }

    async fn orders_go_from_the_newest_and_are_cancelled_by_their_owner(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut placed: Vec<OrderRow> = (0..5).map(|_| order("tariff_change")).collect();
        placed.sort_by_key(|order| std::cmp::Reverse(order.id));
        let mut tx = store.write().await.unwrap();
        for order in &placed {
            acts::put_order(&mut tx, id, order).await.unwrap();
        }
        let found = acts::order(&mut tx, id, placed[0].id).await.unwrap().unwrap();
        assert_eq!(format!("{found:?}"), format!("{:?}", placed[0]));
        assert!(acts::order(&mut tx, other, placed[0].id).await.unwrap().is_none());
        let page = async |tx: &mut cabinet_store::Tx, cursor| {
            acts::orders(tx, id, cursor, 3).await.unwrap().iter().map(|order| order.id).collect::<Vec<_>>()
        };
        let ids: Vec<Uuid> = placed.iter().map(|order| order.id).collect();
        assert_eq!(page(&mut tx, None).await, ids[..3]);
        assert_eq!(page(&mut tx, Some(ids[2])).await, ids[3..]);
        assert!(acts::orders(&mut tx, other, None, 3).await.unwrap().is_empty());

        acts::take_back_order(&mut tx, other, ids[0], "cancelled", "never", date!(2026 - 11 - 22)).await.unwrap();
        assert_eq!(acts::order(&mut tx, id, ids[0]).await.unwrap().unwrap().status, "planned");
        acts::take_back_order(&mut tx, id, ids[0], "cancelled", "taken back", date!(2026 - 11 - 22)).await.unwrap();
        let found = acts::order(&mut tx, id, ids[0]).await.unwrap().unwrap();
        let told = (found.status.as_str(), found.body.as_str(), found.cancelled_on);
        assert_eq!(told, ("cancelled", "taken back", Some(date!(2026 - 11 - 22))));
    }

    async fn promises_are_counted_by_day_and_read_in_order_by_the_audit(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut tx = store.write().await.unwrap();
        for (owner, act, day, body) in [
            (id, "promised_payment", date!(2026 - 11 - 30), "later"),
            (id, "promised_payment", date!(2026 - 11 - 01), "sooner"),
            (id, "promised_payment", date!(2026 - 10 - 31), "soonest"),
            (id, "tariff_change", date!(2026 - 11 - 10), "no promise"),
            (other, "promised_payment", date!(2026 - 11 - 02), "another's"),
        ] {
            let order = OrderRow { starts_on: Some(day), body: body.to_owned(), ..order(act) };
            acts::put_order(&mut tx, owner, &order).await.unwrap();
        }
        let (first, last) = (date!(2026 - 11 - 01), date!(2026 - 11 - 30));
        assert_eq!(acts::promised_between(&mut tx, id, first, last).await.unwrap(), 2);
        assert_eq!(acts::promised_between(&mut tx, other, first, last).await.unwrap(), 1);
        let told = async |tx: &mut cabinet_store::Tx, after, last| acts::promises(tx, after, last).await.unwrap();
        let bodies = |rows: &[(Uuid, String)], of| {
            rows.iter().filter(|(owner, _)| *owner == of).map(|(_, body)| body.clone()).collect::<Vec<_>>()
        };
        let all = told(&mut tx, Uuid::nil(), Uuid::max()).await;
        assert_eq!((bodies(&all, id), bodies(&all, other)), (vec!["soonest".into(), "sooner".into(), "later".into()], vec!["another's".into()]));
        assert!(all.is_sorted_by_key(|(owner, _)| *owner));
        let (low, high) = (id.min(other), id.max(other));
        let behind = told(&mut tx, low, high).await;
        assert!(!behind.is_empty() && behind.iter().all(|(owner, _)| *owner == high));
    }

    async fn cancellations_are_counted_by_act_and_month(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut tx = store.write().await.unwrap();
        for (owner, act, day) in [
            (id, "tariff_change", Some(date!(2026 - 10 - 31))),
            (id, "tariff_change", Some(date!(2026 - 11 - 01))),
            (id, "tariff_change", Some(date!(2026 - 11 - 30))),
            (id, "tariff_change", None),
            (id, "pause", Some(date!(2026 - 11 - 10))),
            (other, "tariff_change", Some(date!(2026 - 11 - 10))),
        ] {
            let placed = order(act);
            acts::put_order(&mut tx, owner, &placed).await.unwrap();
            if let Some(day) = day {
                acts::take_back_order(&mut tx, owner, placed.id, "cancelled", "{}", day).await.unwrap();
            }
        }
        let (from, to) = (date!(2026 - 11 - 01), date!(2026 - 11 - 30));
        assert_eq!(acts::taken_back_between(&mut tx, id, ("tariff_change", "cancelled"), from, to).await.unwrap(), 2);
        assert_eq!(acts::taken_back_between(&mut tx, other, ("pause", "cancelled"), from, to).await.unwrap(), 0);
    }

    async fn an_answer_is_kept_once_a_key_and_account(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut tx = store.write().await.unwrap();
        assert_eq!(acts::answer(&mut tx, id, "key").await.unwrap(), None);
        acts::remember(&mut tx, id, "key", "POST /x", "{}", NOON).await.unwrap();
        acts::remember(&mut tx, other, "key", "POST /y", "[]", NOON).await.unwrap();
        let told = |request: &str, answer: &str| Some((request.to_owned(), answer.to_owned()));
        assert_eq!(acts::answer(&mut tx, id, "key").await.unwrap(), told("POST /x", "{}"));
        assert_eq!(acts::answer(&mut tx, other, "key").await.unwrap(), told("POST /y", "[]"));
        let again = acts::remember(&mut tx, id, "key", "POST /z", "0", NOON).await;
        assert!(matches!(again, Err(StoreError::Conflict)));
    }

    async fn what_ended_is_forgotten_and_what_holds_is_kept(store) {
        let id = account(&store, "0000").await;
        let (ended, holds) = (quote(599), quote(600));
        let mut tx = store.write().await.unwrap();
        acts::put_quote(&mut tx, id, &ended).await.unwrap();
        acts::put_quote(&mut tx, id, &holds).await.unwrap();
        acts::remember(&mut tx, id, "old", "", "", NOON).await.unwrap();
        acts::remember(&mut tx, id, "new", "", "", after(10)).await.unwrap();
        assert_eq!(acts::forget(&mut tx, after(600), after(10)).await.unwrap(), 2);
        assert!(acts::quote(&mut tx, id, ended.id).await.unwrap().is_none());
        assert!(acts::quote(&mut tx, id, holds.id).await.unwrap().is_some());
        assert!(acts::answer(&mut tx, id, "old").await.unwrap().is_none());
        assert!(acts::answer(&mut tx, id, "new").await.unwrap().is_some());
    }
}
