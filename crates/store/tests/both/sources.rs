use crate::support::{NOON, subscriber_from};
use cabinet_core::audit::Stands;
use cabinet_core::ledger::{Draft, EntryKind, post};
use cabinet_core::{Money, Now};
use cabinet_store::terminal_payments::{self, TerminalPayment};
use cabinet_store::{ledger, on_both, sources};
use time::macros::date;
use uuid::Uuid;

on_both! {
    async fn a_payment_beside_the_book_is_told_with_its_account(store) {
        let day = date!(2026 - 11 - 22);
        let (mut held, other) = (subscriber_from(&store, "1", day).await, subscriber_from(&store, "2", day).await);
        let id = held.id;
        let sum = Money::from_kopecks(100_00);
        let draft = Draft { reference: Some("terminal:osmp:7".to_owned()), ..Draft::new(EntryKind::TerminalPayment, sum) };
        let entry = post(&mut held.account, draft, Now { instant: NOON, today: day }, "system");
        let row = TerminalPayment {
            account_id: id, number: 9, terminal: "osmp".to_owned(), txn: "7".to_owned(), amount: 100_00, state: "paid".to_owned(),
            entry_seq: Some(entry.seq), created_at: NOON, changed_at: NOON,
        };
        let mut tx = store.write().await.unwrap();
        terminal_payments::insert(&mut tx, &row).await.unwrap();
        let all = (Uuid::nil(), Uuid::max());
        assert_eq!(sources::odd(&mut tx, all.0, all.1).await.unwrap(), [id], "credited by no entry");
        ledger::append(&mut tx, id, held.service_id, &entry).await.unwrap();
        assert!(sources::odd(&mut tx, all.0, all.1).await.unwrap().is_empty());
        terminal_payments::set_state(&mut tx, id, 9, "cancelled", None, NOON).await.unwrap();
        assert_eq!(sources::odd(&mut tx, all.0, all.1).await.unwrap(), [id]);
        assert!(sources::odd(&mut tx, id, all.1).await.unwrap().is_empty(), "behind it");
        let told = sources::of_account(&mut tx, id).await.unwrap();
        assert_eq!((told.len(), told[0].reference.as_str(), told[0].stands), (1, "terminal:osmp:7", Stands::Gone));
        assert_eq!((told[0].amount, told[0].entry, told[0].returned.len()), (sum, Some(1), 0));
        assert_eq!(sources::of_account(&mut tx, other.id).await.unwrap().len(), 0);
    }
}
