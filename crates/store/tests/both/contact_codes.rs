use crate::support::{NOON, account, after};
use cabinet_core::notice::Channel::{Email, Sms};
use cabinet_store::contact_codes::{self, Code};
use cabinet_store::on_both;
use time::macros::date;
use uuid::Uuid;

fn code(id: u128, address: &str) -> Code {
    Code {
        id: Uuid::from_u128(id),
        address: address.to_owned(),
        tries: 0,
        used: false,
        sent_at: NOON,
        expires_at: after(600),
    }
}

on_both! {
    async fn a_code_of_an_address_is_tried_a_few_times_and_used_once(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut tx = store.write().await.unwrap();
        contact_codes::put(&mut tx, id, Email, &code(1, "old@b.c")).await.unwrap();
        contact_codes::put(&mut tx, id, Email, &code(2, "a@b.c")).await.unwrap();
        contact_codes::put(&mut tx, id, Sms, &code(3, "380501234567")).await.unwrap();
        assert_eq!(contact_codes::find(&mut tx, id, Email).await.unwrap(), Some(code(2, "a@b.c")));
        assert_eq!(contact_codes::find(&mut tx, id, Sms).await.unwrap(), Some(code(3, "380501234567")));
        assert_eq!(contact_codes::find(&mut tx, other, Email).await.unwrap(), None);
        for (owner, channel, address, now, why) in [
            (other, Email, "a@b.c", NOON, "another's"),
            (id, Email, "old@b.c", NOON, "another address"),
            (id, Sms, "a@b.c", NOON, "another channel"),
            (id, Email, "a@b.c", after(600), "old"),
        ] {
            assert_eq!(contact_codes::count_try(&mut tx, owner, channel, address, 2, now).await.unwrap(), None, "{why}");
        }
        let tried = contact_codes::count_try(&mut tx, id, Email, "a@b.c", 2, NOON).await.unwrap();
        assert_eq!(tried, Some(Code { tries: 1, ..code(2, "a@b.c") }));
        assert!(contact_codes::count_try(&mut tx, id, Email, "a@b.c", 2, after(599)).await.unwrap().is_some());
        assert_eq!(contact_codes::count_try(&mut tx, id, Email, "a@b.c", 2, NOON).await.unwrap(), None, "tries used up");
        assert!(!contact_codes::take(&mut tx, id, Email, Uuid::from_u128(1)).await.unwrap());
        assert!(!contact_codes::take(&mut tx, id, Sms, Uuid::from_u128(2)).await.unwrap());
        assert!(!contact_codes::take(&mut tx, other, Email, Uuid::from_u128(2)).await.unwrap());
        assert!(contact_codes::take(&mut tx, id, Email, Uuid::from_u128(2)).await.unwrap());
        assert!(!contact_codes::take(&mut tx, id, Email, Uuid::from_u128(2)).await.unwrap());
        assert_eq!(contact_codes::count_try(&mut tx, id, Email, "a@b.c", 9, NOON).await.unwrap(), None, "used");
        assert_eq!(contact_codes::find(&mut tx, id, Sms).await.unwrap(), Some(code(3, "380501234567")), "the other stays");
        assert_eq!(contact_codes::forget(&mut tx, after(600), date!(2026 - 11 - 22)).await.unwrap(), 0);
        assert_eq!(contact_codes::forget(&mut tx, after(601), date!(2026 - 11 - 22)).await.unwrap(), 2);
    }

    async fn codes_of_a_day_are_counted_by_name(store) {
        let (today, tomorrow) = (date!(2026 - 11 - 22), date!(2026 - 11 - 23));
        let mut tx = store.write().await.unwrap();
        for before in 0..3 {
            assert_eq!(contact_codes::count_sent(&mut tx, "everybody", today).await.unwrap(), before);
        }
        assert_eq!(contact_codes::count_sent(&mut tx, "contract 1", today).await.unwrap(), 0);
        assert_eq!(contact_codes::count_sent(&mut tx, "everybody", tomorrow).await.unwrap(), 0);
        assert_eq!(contact_codes::forget(&mut tx, NOON, tomorrow).await.unwrap(), 2, "two names of the day before");
        assert_eq!(contact_codes::count_sent(&mut tx, "everybody", tomorrow).await.unwrap(), 1);
    }
}
