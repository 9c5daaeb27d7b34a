use crate::support::{NOON, cash, posted, subscriber};
use cabinet_store::signing_keys::{self, SigningKey};
use cabinet_store::{Engine, demo, on_both};
use time::macros::date;

on_both! {
    /// The test finds the tables itself: one that is added later and not emptied is told here.
    async fn emptying_leaves_the_keys_and_nothing_else(store) {
        let mut held = subscriber(&store, "0000").await;
        posted(&store, &mut held, cash(50_00), date!(2014 - 12 - 01)).await;
        let mut tx = store.write().await.unwrap();
        let key = SigningKey { kid: "key".to_owned(), public_key: vec![1], sealed: vec![2], created_at: NOON };
        signing_keys::insert(&mut tx, &key).await.unwrap();
        demo::empty(&mut tx).await.unwrap();

        let tables = match store.engine() {
            Engine::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
            Engine::Postgres => "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'",
        };
        let tables: Vec<(String,)> = tx.all(tables, ()).await.unwrap();
        assert!(tables.len() > 20, "{tables:?}");
        let mut left = Vec::new();
        for (table,) in tables.into_iter().filter(|(table,)| table != "_sqlx_migrations") {
            let (rows,): (i64,) = tx.one(format!("SELECT COUNT(*) FROM {table}").leak(), ()).await.unwrap();
            left.extend((rows > 0).then_some((table, rows)));
        }
        assert_eq!(left, [("signing_key".to_owned(), 1)]);
    }
}
