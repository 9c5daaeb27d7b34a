use crate::support::{NOON, account, after};
use cabinet_store::audit::{self, AuditRow};
use cabinet_store::on_both;
use time::OffsetDateTime;
use uuid::Uuid;

fn row(account_id: Option<Uuid>, at: OffsetDateTime, act: &str) -> AuditRow {
    AuditRow {
        id: Uuid::now_v7(),
        account_id,
        at,
        actor: "staff".to_owned(),
        staff_id: None,
        staff_login: None,
        act: act.to_owned(),
        details: r#"{"amount":"50.00"}"#.to_owned(),
    }
}

on_both! {
    async fn an_account_sees_its_own_rows_newest_first(store) {
        let (id, other) = (account(&store, "0000").await, account(&store, "0001").await);
        let mut same_second = [row(Some(id), after(1), "second"), row(Some(id), after(1), "third")];
        same_second.sort_by_key(|row| row.id);
        let [second, third] = same_second;
        let first = row(Some(id), NOON, "first");
        let mut tx = store.write().await.unwrap();
        for row in [&second, &first, &third, &row(Some(other), after(2), "other"), &row(None, after(3), "nobody")] {
            audit::write(&mut tx, row).await.unwrap();
        }
        let recent = audit::since(&mut tx, after(1)).await.unwrap();
        assert_eq!(recent[..2], [(second.id, id), (third.id, id)]);
        assert_eq!((recent.len(), recent[2].1), (3, other), "rows of no account are nobody's news");
        let found = audit::of_account(&mut tx, id, 9).await.unwrap();
        assert_eq!(format!("{found:?}"), format!("{:?}", [third.clone(), second.clone(), first]));
        let found = audit::of_account(&mut tx, id, 2).await.unwrap();
        assert_eq!(format!("{found:?}"), format!("{:?}", [third, second]));
    }
}
