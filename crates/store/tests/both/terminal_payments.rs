use crate::support::{NOON, account, after};
use cabinet_store::terminal_payments::{self, Credited, TerminalPayment};
use cabinet_store::{StoreError, on_both};
use uuid::Uuid;

fn payment(account_id: Uuid, number: i64, terminal: &str) -> TerminalPayment {
    TerminalPayment {
        account_id,
        number,
        terminal: terminal.to_owned(),
        txn: number.to_string(),
        amount: 100_00,
        state: "reserved".to_owned(),
        entry_seq: None,
        created_at: NOON,
        changed_at: NOON,
    }
}

on_both! {
    async fn a_terminals_payment_is_found_by_its_account_and_by_its_terminal(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut kept = payment(id, 17, "osmp");
        let mut tx = store.write().await.unwrap();
        terminal_payments::insert(&mut tx, &kept).await.unwrap();
        assert_eq!(terminal_payments::find(&mut tx, id, 17).await.unwrap().as_ref(), Some(&kept));
        assert_eq!(terminal_payments::find(&mut tx, other, 17).await.unwrap(), None);
        assert_eq!(terminal_payments::by_number(&mut tx, "osmp", 17).await.unwrap().as_ref(), Some(&kept));
        assert_eq!(terminal_payments::by_number(&mut tx, "easypay", 17).await.unwrap(), None, "another's number");
        terminal_payments::set_state(&mut tx, id, 17, "paid", Some(3), after(5)).await.unwrap();
        (kept.state, kept.entry_seq, kept.changed_at) = ("paid".to_owned(), Some(3), after(5));
        assert_eq!(terminal_payments::find(&mut tx, id, 17).await.unwrap().as_ref(), Some(&kept));
        terminal_payments::set_state(&mut tx, id, 17, "cancelled", None, after(6)).await.unwrap();
        let cancelled = terminal_payments::find(&mut tx, id, 17).await.unwrap().unwrap();
        assert_eq!((cancelled.state.as_str(), cancelled.entry_seq), ("cancelled", Some(3)), "what credited it stays known");
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        let twin = terminal_payments::insert(&mut tx, &payment(other, 17, "easypay")).await;
        assert!(matches!(twin, Err(StoreError::Conflict)), "a number is one payment's");
    }

    async fn a_terminal_is_told_its_own_credited_payments_of_a_period(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut tx = store.write().await.unwrap();
        let mut made = Vec::new();
        for (account, number, terminal, state, seconds) in [
            (other, 3, "osmp", "paid", 20),
            (id, 1, "osmp", "paid", 10),
            (id, 2, "osmp", "reserved", 15),
            (id, 4, "easypay", "paid", 15),
            (id, 5, "osmp", "paid", 31),
            (id, 6, "osmp", "cancelled", 15),
        ] {
            let one = TerminalPayment { state: state.to_owned(), changed_at: after(seconds), ..payment(account, number, terminal) };
            terminal_payments::insert(&mut tx, &one).await.unwrap();
            made.push(one);
        }
        let told = terminal_payments::credited_between(&mut tx, "osmp", after(10), after(30)).await.unwrap();
        let of = |contract: &str, place: usize| Credited { contract: contract.to_owned(), payment: made[place].clone() };
        assert_eq!(told, [of("0000", 1), of("0001", 0)]);
    }
}
