use crate::support::{NOON, account, after};
use cabinet_store::news::{self, Notice};
use cabinet_store::on_both;
use uuid::Uuid;

fn notice(id: u128) -> Notice {
    Notice {
        id: Uuid::from_u128(id),
        kind: "planned_work".to_owned(),
        title_uk: "Планові роботи".to_owned(),
        title_ru: String::new(),
        title_en: "Planned work".to_owned(),
        body_uk: "Замінимо\nкомутатор.".to_owned(),
        body_ru: String::new(),
        body_en: String::new(),
        places: "вул. Миру; вул. Іванова 1".to_owned(),
        shown_from: NOON,
        shown_until: after(3600),
        starts_at: Some(after(600)),
        ends_at: Some(after(3600)),
        created_at: NOON,
        withdrawn_at: None,
    }
}

on_both! {
    async fn a_notice_is_shown_in_its_time_and_read_once(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut tx = store.write().await.unwrap();
        let later = Notice { kind: "news".to_owned(), shown_from: after(60), starts_at: None, ends_at: None, places: String::new(), ..notice(2) };
        news::add(&mut tx, &notice(1), None).await.unwrap();
        news::add(&mut tx, &later, Some(("a key", b"hash"))).await.unwrap();
        assert_eq!(news::find(&mut tx, Uuid::from_u128(1)).await.unwrap(), Some(notice(1)));
        assert_eq!(news::find(&mut tx, Uuid::from_u128(3)).await.unwrap(), None);
        assert_eq!(news::asked(&mut tx, "a key").await.unwrap(), Some((Uuid::from_u128(2), b"hash".to_vec())));
        assert_eq!(news::asked(&mut tx, "another").await.unwrap(), None);
        let mut numbers = async |at| {
            let rows = news::live(&mut tx, id, at).await.unwrap();
            rows.into_iter().map(|row| (row.notice.id.as_u128(), row.read_at)).collect::<Vec<_>>()
        };
        assert_eq!(numbers(after(-1)).await, []);
        assert_eq!(numbers(NOON).await, [(1, None)]);
        assert_eq!(numbers(after(60)).await, [(2, None), (1, None)]);
        assert_eq!(numbers(after(3600)).await, []);
        assert_eq!(news::count_live(&mut tx, NOON).await.unwrap(), 2);
        assert_eq!(news::count_live(&mut tx, after(3600)).await.unwrap(), 0);
        assert!(news::mark_read(&mut tx, id, Uuid::from_u128(1), after(5)).await.unwrap());
        assert!(!news::mark_read(&mut tx, id, Uuid::from_u128(1), after(6)).await.unwrap());
        assert_eq!(news::live(&mut tx, id, NOON).await.unwrap()[0].read_at, Some(after(5)));
        assert_eq!(news::live(&mut tx, other, NOON).await.unwrap()[0].read_at, None);
        tx.commit().await.unwrap();
    }

    async fn what_is_taken_back_is_shown_no_more_and_stays_in_the_list(store) {
        let id = account(&store, "0000").await;
        let mut tx = store.write().await.unwrap();
        for number in 1..=3 {
            news::add(&mut tx, &notice(number), None).await.unwrap();
        }
        assert!(news::withdraw(&mut tx, Uuid::from_u128(2), after(9)).await.unwrap());
        assert!(!news::withdraw(&mut tx, Uuid::from_u128(2), after(10)).await.unwrap());
        assert!(!news::withdraw(&mut tx, Uuid::from_u128(4), after(10)).await.unwrap());
        let live: Vec<u128> = news::live(&mut tx, id, NOON).await.unwrap().iter().map(|row| row.notice.id.as_u128()).collect();
        assert_eq!((live, news::count_live(&mut tx, NOON).await.unwrap()), (vec![3, 1], 2));
        let page = news::page(&mut tx, None, 2).await.unwrap();
        assert_eq!(page, [notice(3), Notice { withdrawn_at: Some(after(9)), ..notice(2) }]);
        assert_eq!(news::page(&mut tx, Some(Uuid::from_u128(2)), 2).await.unwrap(), [notice(1)]);
        tx.commit().await.unwrap();
    }
}
