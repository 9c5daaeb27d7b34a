use crate::support::{NOON, account, after};
use cabinet_core::staff::Role;
use cabinet_store::tickets::{self, FileFacts, Message, Ticket};
use cabinet_store::{Store, StoreError, on_both, staff};
use time::Date;
use time::macros::date;
use uuid::Uuid;

const TODAY: Date = date!(2026 - 11 - 22);

fn ticket(id: u128) -> Ticket {
    Ticket {
        id: Uuid::from_u128(id),
        topic: "charges".to_owned(),
        about_day: Some(date!(2014 - 12 - 22)),
        state: "open".to_owned(),
        messages: 1,
        read_through: 1,
        created_at: NOON,
        moved_at: NOON,
    }
}

fn message(seq: i64, author: &str, body: &str) -> Message {
    Message {
        seq,
        author: author.to_owned(),
        staff_id: None,
        staff_name: None,
        body: body.to_owned(),
        day: TODAY,
        at: after(seq),
    }
}

fn file(id: u128) -> FileFacts {
    FileFacts {
        id: Uuid::from_u128(id),
        seq: None,
        name: "фото.png".to_owned(),
        media_type: "image/png".to_owned(),
        size: 3,
        day: TODAY,
        at: NOON,
    }
}

async fn opened(store: &Store, account: Uuid, id: u128, body: &str) {
    let mut tx = store.write().await.unwrap();
    tickets::open(&mut tx, account, &ticket(id), &message(1, "subscriber", body)).await.unwrap();
    tx.commit().await.unwrap();
}

on_both! {
    async fn a_ticket_is_its_accounts_and_moves(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        opened(&store, id, 1, "Чому 3,22?\nДвічі?").await;
        let mut tx = store.write().await.unwrap();
        let one = Uuid::from_u128(1);
        assert_eq!(tickets::find(&mut tx, id, one).await.unwrap(), Some(ticket(1)));
        assert_eq!(tickets::find(&mut tx, other, one).await.unwrap(), None);
        assert_eq!(tickets::account_of(&mut tx, one).await.unwrap(), Some(id));
        assert_eq!(tickets::account_of(&mut tx, Uuid::from_u128(2)).await.unwrap(), None);
        let member = Uuid::now_v7();
        staff::add(&mut tx, member, "Мельник", Role::Support.code(), NOON).await.unwrap();
        let answer = Message { staff_id: Some(member), ..message(2, "staff", "За два дні.") };
        tickets::put_message(&mut tx, id, one, &answer).await.unwrap();
        let moved = Ticket { state: "answered".to_owned(), messages: 2, moved_at: after(2), ..ticket(1) };
        tickets::save(&mut tx, id, &moved).await.unwrap();
        assert_eq!(tickets::find(&mut tx, id, one).await.unwrap(), Some(moved));
        let told = tickets::messages(&mut tx, id, one).await.unwrap();
        assert_eq!(told[0], message(1, "subscriber", "Чому 3,22?\nДвічі?"));
        assert_eq!(told[1], Message { staff_name: Some("Мельник".to_owned()), ..answer });
        assert!(tickets::messages(&mut tx, other, one).await.unwrap().is_empty());
        assert!(!tickets::mark_read(&mut tx, other, one, 2).await.unwrap());
        assert!(!tickets::mark_read(&mut tx, id, one, 1).await.unwrap());
        assert!(tickets::mark_read(&mut tx, id, one, 99).await.unwrap());
        assert!(!tickets::mark_read(&mut tx, id, one, 99).await.unwrap());
        tickets::save(&mut tx, id, &Ticket { state: "closed".to_owned(), messages: 2, ..ticket(1) }).await.unwrap();
        assert_eq!(tickets::find(&mut tx, id, one).await.unwrap().unwrap().read_through, 2, "what was read stays read");
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        let twice = tickets::put_message(&mut tx, id, one, &message(2, "subscriber", "ще")).await;
        assert!(matches!(twice, Err(StoreError::Conflict)), "{twice:?}");
    }

    async fn lists_are_an_accounts_newest_first_and_everybodys_oldest_first(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        for (whose, number) in [(id, 1), (other, 2), (id, 3), (id, 4)] {
            opened(&store, whose, number, &format!("{number} {}", "я".repeat(300))).await;
        }
        let mut tx = store.write().await.unwrap();
        tickets::save(&mut tx, id, &Ticket { state: "closed".to_owned(), ..ticket(4) }).await.unwrap();
        let numbers = |rows: Vec<tickets::Listed>| rows.into_iter().map(|row| row.ticket.id.as_u128()).collect::<Vec<_>>();
        assert_eq!(numbers(tickets::of_account(&mut tx, id, None, 2).await.unwrap()), [4, 3]);
        assert_eq!(numbers(tickets::of_account(&mut tx, id, Some(Uuid::from_u128(3)), 2).await.unwrap()), [1]);
        assert_eq!(numbers(tickets::queue(&mut tx, "open", None, 2).await.unwrap()), [1, 2]);
        assert_eq!(numbers(tickets::queue(&mut tx, "open", Some(Uuid::from_u128(2)), 9).await.unwrap()), [3]);
        let closed = tickets::queue(&mut tx, "closed", None, 9).await.unwrap();
        assert_eq!((closed[0].contract.as_str(), closed[0].account_id), ("0000", id));
        assert_eq!(closed[0].begins, format!("4 {}", "я".repeat(198)));
        assert_eq!(tickets::count_waiting(&mut tx, id, Uuid::nil()).await.unwrap(), 2);
        assert_eq!(tickets::count_waiting(&mut tx, id, Uuid::from_u128(1)).await.unwrap(), 1);
        assert_eq!(tickets::count_messages(&mut tx, id, TODAY).await.unwrap(), 3);
        assert_eq!(tickets::count_messages(&mut tx, id, date!(2026 - 11 - 23)).await.unwrap(), 0);
        tickets::put_message(&mut tx, id, Uuid::from_u128(1), &message(2, "staff", "ні")).await.unwrap();
        assert_eq!(tickets::count_messages(&mut tx, id, TODAY).await.unwrap(), 3, "answers do not count");
    }

    async fn a_file_goes_with_one_message_of_its_account(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        opened(&store, id, 1, "див. фото").await;
        opened(&store, other, 2, "чуже").await;
        let (one, bytes) = (Uuid::from_u128(1), [0x89, 0x00, 0xff]);
        let mut tx = store.write().await.unwrap();
        for number in [7, 8] {
            tickets::put_file(&mut tx, id, "subscriber", &file(number), &bytes).await.unwrap();
        }
        tickets::put_file(&mut tx, id, "staff", &file(9), &bytes).await.unwrap();
        assert_eq!(tickets::count_files(&mut tx, id, TODAY).await.unwrap(), 2);
        assert_eq!(tickets::count_files(&mut tx, other, TODAY).await.unwrap(), 0);
        let seven = Uuid::from_u128(7);
        assert_eq!(tickets::content(&mut tx, id, one, seven).await.unwrap(), None, "no message's yet");
        assert!(!tickets::attach(&mut tx, other, seven, (Uuid::from_u128(2), 1, "subscriber")).await.unwrap());
        assert!(!tickets::attach(&mut tx, id, seven, (one, 1, "staff")).await.unwrap(), "another's");
        assert!(!tickets::attach(&mut tx, id, Uuid::from_u128(9), (one, 1, "subscriber")).await.unwrap(), "support's");
        assert!(tickets::attach(&mut tx, id, seven, (one, 1, "subscriber")).await.unwrap());
        assert!(!tickets::attach(&mut tx, id, seven, (one, 1, "subscriber")).await.unwrap());
        let kept = Some(("фото.png".to_owned(), "image/png".to_owned(), bytes.to_vec()));
        assert_eq!(tickets::content(&mut tx, id, one, seven).await.unwrap(), kept);
        assert_eq!(tickets::content(&mut tx, other, one, seven).await.unwrap(), None);
        assert_eq!(tickets::content(&mut tx, id, Uuid::from_u128(2), seven).await.unwrap(), None);
        assert_eq!(tickets::files(&mut tx, id, one).await.unwrap(), [FileFacts { seq: Some(1), ..file(7) }]);
        assert!(tickets::files(&mut tx, other, one).await.unwrap().is_empty());
        assert_eq!(tickets::sweep_files(&mut tx, NOON).await.unwrap(), 0);
        assert_eq!(tickets::sweep_files(&mut tx, after(1)).await.unwrap(), 2, "what a message took stays");
        assert_eq!(tickets::files(&mut tx, id, one).await.unwrap().len(), 1);
        tx.commit().await.unwrap();
    }

    async fn words_and_files_are_forgotten_of_one_account(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        opened(&store, id, 1, "таємне").await;
        opened(&store, other, 2, "чуже").await;
        let mut tx = store.write().await.unwrap();
        tickets::put_file(&mut tx, id, "subscriber", &file(7), &[1]).await.unwrap();
        tickets::forget(&mut tx, id).await.unwrap();
        assert_eq!(tickets::messages(&mut tx, id, Uuid::from_u128(1)).await.unwrap()[0].body, "");
        assert_eq!(tickets::find(&mut tx, id, Uuid::from_u128(1)).await.unwrap().unwrap().state, "closed");
        assert_eq!(tickets::count_files(&mut tx, id, TODAY).await.unwrap(), 0);
        assert_eq!(tickets::messages(&mut tx, other, Uuid::from_u128(2)).await.unwrap()[0].body, "чуже");
        tx.commit().await.unwrap();
    }
}
