use crate::support::{NOON, account, after};
use cabinet_core::Money;
use cabinet_core::payment::{Attention, Payment, PaymentState};
use cabinet_store::payments::{self, Event, Held, ProviderTxn};
use cabinet_store::{StoreError, on_both};
use uuid::Uuid;

fn payment(account_id: Uuid) -> Held {
    Held {
        id: Uuid::now_v7(),
        account_id,
        provider: "sandbox".to_owned(),
        payment: Payment::new(Money::from_kopecks(100_00)),
        bill: Some("2015-01".parse().unwrap()),
        credited_seq: None,
        provider_ref: None,
        redirect: None,
        fiscal_url: None,
        attention: None,
        attention_at: None,
        no_page_at: None,
        created_at: NOON,
        expires_at: after(3600),
        changed_at: NOON,
    }
}

on_both! {
    async fn a_payment_is_its_owners_and_is_written_back_whole(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut held = payment(id);
        let mut tx = store.write().await.unwrap();
        payments::open(&mut tx, &held).await.unwrap();
        assert_eq!(payments::find(&mut tx, id, held.id).await.unwrap().as_ref(), Some(&held));
        assert_eq!(payments::find(&mut tx, other, held.id).await.unwrap(), None);
        assert_eq!(payments::owner(&mut tx, held.id).await.unwrap(), Some(id));
        assert_eq!(payments::owner(&mut tx, Uuid::now_v7()).await.unwrap(), None);
        let news = payments::known(&mut tx, Some(held.id), "sandbox", &[2; 32]).await.unwrap();
        assert_eq!(news, payments::Known { owner: Some(id), said: false });
        assert!(payments::send_off(&mut tx, id, held.id, Some("p2_9"), "{}").await.unwrap());
        assert!(!payments::send_off(&mut tx, id, held.id, Some("p2_10"), "other").await.unwrap(), "the first page stays");
        (held.attention, held.attention_at) = (Some(Attention::ChargedTwice), Some(after(4)));
        held.payment = Payment {
            amount: Money::from_kopecks(100_01),
            state: PaymentState::Paid,
            credited: true,
            reversed: Money::from_kopecks(40_00),
            reversed_posted: Money::from_kopecks(40_00),
        };
        (held.credited_seq, held.fiscal_url) = (Some(7), Some("https://check".to_owned()));
        (held.provider_ref, held.redirect, held.changed_at) = (Some("p2_9".to_owned()), Some("{}".to_owned()), after(5));
        payments::save(&mut tx, &held, after(5)).await.unwrap();
        assert_eq!(payments::find(&mut tx, id, held.id).await.unwrap(), Some(held.clone()));
        let again = payments::open(&mut tx, &held).await;
        assert!(matches!(again, Err(StoreError::Conflict)));
    }

    async fn payments_go_from_the_newest_and_open_ones_are_counted(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut made: Vec<Held> = (0..4).map(|_| payment(id)).collect();
        made.sort_by_key(|one| std::cmp::Reverse(one.id));
        let mut tx = store.write().await.unwrap();
        for one in &made {
            payments::open(&mut tx, one).await.unwrap();
        }
        made[0].payment.state = PaymentState::Failed;
        payments::save(&mut tx, &made[0], NOON).await.unwrap();
        assert_eq!(payments::count_open(&mut tx, id, NOON).await.unwrap(), 3, "their pages are being fetched");
        for one in &mut made {
            payments::note_no_page(&mut tx, id, one.id, after(1)).await.unwrap();
            one.no_page_at = Some(after(1));
        }
        assert_eq!(payments::count_open(&mut tx, id, NOON).await.unwrap(), 0, "without a page nobody is waited for");
        for one in &mut made {
            payments::send_off(&mut tx, id, one.id, None, "{}").await.unwrap();
            one.redirect = Some("{}".to_owned());
        }
        assert_eq!(payments::count_open(&mut tx, id, NOON).await.unwrap(), 3);
        assert_eq!(payments::count_open(&mut tx, id, after(3600)).await.unwrap(), 0, "their time is over");
        assert_eq!(payments::count_open(&mut tx, other, NOON).await.unwrap(), 0);
        assert_eq!(payments::page(&mut tx, id, None, 3).await.unwrap(), made[..3]);
        assert_eq!(payments::page(&mut tx, id, Some(made[2].id), 3).await.unwrap(), made[3..]);
        assert!(payments::page(&mut tx, other, None, 3).await.unwrap().is_empty());
    }

    async fn what_a_gateway_said_is_kept_as_it_came(store) {
        let id = account(&store, "0000").await;
        let held = payment(id);
        let mut tx = store.write().await.unwrap();
        let said = |kind: &str, seconds, payment_id, digest: Option<u8>| Event {
            id: Uuid::now_v7(),
            provider: "sandbox".to_owned(),
            payment_id,
            kind: kind.to_owned(),
            body: vec![0, 255, 10],
            digest: digest.map(|byte| vec![byte; 32]),
            told: format!("{{\"kind\":\"{kind}\"}}"),
            occurred_at: Some(after(seconds - 1)),
            note: String::new(),
            attention: (kind == "paid").then(|| "mismatch".to_owned()),
            received_at: after(seconds),
        };
        let (late, early) = (said("paid", 2, Some(held.id), Some(2)), said("pending", 1, Some(held.id), Some(1)));
        for event in [&late, &early, &said("failed", 3, None, Some(3)), &said("failed", 4, None, None), &said("failed", 5, None, None)] {
            assert!(payments::record(&mut tx, event).await.unwrap());
        }
        assert!(!payments::record(&mut tx, &said("paid", 9, Some(held.id), Some(2))).await.unwrap(), "kept once");
        assert_eq!(payments::events(&mut tx, held.id).await.unwrap(), [early.clone(), late.clone()]);
        assert!(payments::known(&mut tx, Some(held.id), "sandbox", &[2; 32]).await.unwrap().said);
        let strange = payments::known(&mut tx, Some(Uuid::now_v7()), "liqpay", &[2; 32]).await.unwrap();
        assert_eq!(strange, payments::Known { owner: None, said: false });
        assert!(!payments::known(&mut tx, None, "sandbox", &[4; 32]).await.unwrap().said);
        assert!(payments::was_alerted(&mut tx, held.id, &late.told).await.unwrap());
        assert!(!payments::was_alerted(&mut tx, held.id, &early.told).await.unwrap(), "nobody was called by it");
        assert!(!payments::was_alerted(&mut tx, Uuid::nil(), &late.told).await.unwrap());
        assert_eq!(payments::forget_bodies(&mut tx, after(2)).await.unwrap(), 1);
        assert_eq!(payments::forget_bodies(&mut tx, after(2)).await.unwrap(), 0);
        assert_eq!(payments::events(&mut tx, held.id).await.unwrap(), [Event { body: vec![], ..early }, late]);
    }

    async fn a_providers_transaction_is_claimed_once_a_kind(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let claim = |account_id, number| ProviderTxn { account_id, number, amount: 100_00, created_at: NOON };
        let mut tx = store.write().await.unwrap();
        assert!(payments::claim_txn(&mut tx, "osmp", "17", "credit", &claim(id, 1)).await.unwrap());
        assert!(!payments::claim_txn(&mut tx, "osmp", "17", "credit", &claim(other, 2)).await.unwrap());
        assert!(payments::claim_txn(&mut tx, "osmp", "17", "cancel", &claim(id, 3)).await.unwrap());
        assert!(payments::claim_txn(&mut tx, "city24", "17", "credit", &claim(id, 4)).await.unwrap());
        assert_eq!(payments::find_txn(&mut tx, "osmp", "17", "credit").await.unwrap(), Some(claim(id, 1)));
        assert_eq!(payments::find_txn(&mut tx, "osmp", "18", "credit").await.unwrap(), None);
    }
}
