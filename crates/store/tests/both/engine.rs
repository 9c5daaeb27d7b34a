use crate::support::{NOON, account};
use cabinet_store::testing::{Bench, block_on};
use cabinet_store::{Engine, Options, Schema, Store, StoreError, Tx, accounts, on_both};
use time::macros::date;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

on_both! {
    async fn every_column_type_comes_back_as_it_went(store) {
        let id = account(&store, "0000").await;
        let mut tx = store.write().await.unwrap();
        tx.run(
            "INSERT INTO known_device (token_hash, owner_id, seen_at) VALUES ($1, $2, $3)",
            (&[7u8, 0, 255][..], id, NOON),
        ).await.unwrap();
        let row: (Vec<u8>, Uuid, OffsetDateTime) =
            tx.one("SELECT token_hash, owner_id, seen_at FROM known_device", ()).await.unwrap();
        assert_eq!(row, (vec![7, 0, 255], id, NOON));
        let row: (String, Date, Option<Date>, i64, bool) = tx.one(
            "SELECT a.contract, a.opened_on, a.closed_on, a.balance, c.must_change
             FROM account a JOIN credential c ON c.owner_id = a.id WHERE a.id = $1", (id,),
        ).await.unwrap();
        assert_eq!(row, ("0000".to_owned(), date!(2014-11-30), None, 0, true));
    }

    async fn a_view_keeps_its_snapshot_and_refuses_writes(store) {
        account(&store, "1").await;
        let count = "SELECT COUNT(*) FROM account";
        let mut view = store.view().await.unwrap();
        assert_eq!(view.one::<(i64,)>(count, ()).await.unwrap(), (1,));
        account(&store, "2").await;
        assert_eq!(view.one::<(i64,)>(count, ()).await.unwrap(), (1,));
        drop(view);
        assert_eq!(store.read().await.unwrap().one::<(i64,)>(count, ()).await.unwrap(), (2,));

        let mut view = store.view().await.unwrap();
        let refused = view.maybe::<(Uuid,)>("DELETE FROM account RETURNING id", ()).await;
        assert!(refused.is_err());
        drop(view);
        assert_eq!(store.read().await.unwrap().one::<(i64,)>(count, ()).await.unwrap(), (2,));
    }

    async fn what_is_not_committed_leaves_no_trace(store) {
        let id = account(&store, "1").await;
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.run("UPDATE account SET balance = 5 WHERE id = $1", (id,)).await.unwrap(), 1);
        drop(tx);
        let mut view = store.read().await.unwrap();
        assert_eq!(view.one::<(i64,)>("SELECT balance FROM account WHERE id = $1", (id,)).await.unwrap(), (0,));
    }

    async fn a_taken_key_is_a_conflict_and_absence_is_none(store) {
        let id = account(&store, "1").await;
        let mut tx = store.write().await.unwrap();
        let taken = tx.run(
            "INSERT INTO account (id, contract, opened_on, balance, credit, entries, revision) VALUES ($1, '1', $2, 0, 0, 0, 0)",
            (Uuid::now_v7(), date!(2014-11-30)),
        ).await;
        assert!(matches!(taken, Err(StoreError::Conflict)), "{taken:?}");
        drop(tx);
        let mut view = store.view().await.unwrap();
        let absent: Option<(Uuid,)> = view.maybe("SELECT id FROM account WHERE contract = $1", ("2",)).await.unwrap();
        assert_eq!(absent, None);
        let present: Option<(Uuid,)> = view.maybe("SELECT id FROM account WHERE contract = $1", ("1",)).await.unwrap();
        assert_eq!(present, Some((id,)));
    }

    async fn a_row_without_its_owner_is_refused(store) {
        let mut tx = store.write().await.unwrap();
        let orphan = tx.run(
            "INSERT INTO known_device (token_hash, owner_id, seen_at) VALUES ($1, $2, $3)",
            (&b"device"[..], Uuid::now_v7(), NOON),
        ).await;
        assert!(matches!(orphan, Err(StoreError::Database(_))), "{orphan:?}");
    }

    async fn parallel_writers_that_touch_first_lose_nothing(store) {
        let id = account(&store, "1").await;
        let mut tasks = Vec::new();
        for _ in 0..8 {
            let store = store.clone();
            tasks.push(tokio::spawn(async move {
                for _ in 0..25 {
                    let mut tx = store.write().await.unwrap();
                    let (entries,): (i64,) = tx.one(
                        "UPDATE account SET revision = revision + 1 WHERE id = $1 RETURNING entries", (id,),
                    ).await.unwrap();
                    tx.run("UPDATE account SET entries = $2 WHERE id = $1", (id, entries + 1)).await.unwrap();
                    tx.commit().await.unwrap();
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let row: (i64, i64) = store.read().await.unwrap().one("SELECT entries, revision FROM account", ()).await.unwrap();
        assert_eq!(row, (200, 200));
    }

    async fn migrating_twice_changes_nothing_and_ping_answers(store) {
        store.migrate().await.unwrap();
        store.ping().await.unwrap();
        let engine = store.engine();
        let mut view = store.read().await.unwrap();
        assert_eq!(view.engine(), engine);
        assert_eq!(matches!(view.raw(), cabinet_store::Raw::Sqlite(_)), engine == Engine::Sqlite);
    }

    async fn how_far_a_schema_has_come_is_told(store) {
        assert_eq!(store.schema().await.unwrap(), Schema::Current);
        let last = "WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)";
        for (sql, schema) in [
            (format!("UPDATE _sqlx_migrations SET version = 9999 {last}"), Schema::Ahead),
            (format!("DELETE FROM _sqlx_migrations {last}"), Schema::Behind),
            ("DELETE FROM _sqlx_migrations".to_owned(), Schema::Absent),
            ("DROP TABLE _sqlx_migrations".to_owned(), Schema::Absent),
        ] {
            let mut tx = store.write().await.unwrap();
            tx.run(sql.clone().leak(), ()).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(store.schema().await.unwrap(), schema, "{sql}");
        }
    }
}

#[test]
fn a_lost_server_is_told_and_found_again() {
    block_on(async {
        let bench = Bench::postgres().await;
        let admin = Store::open(&bench.url, Options { connections: 1, ..Options::default() }).await.unwrap();
        for _ in 0..3 {
            bench.store.ping().await.unwrap();
        }
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        let ended = admin.read().await.unwrap().all::<(bool,)>(others, ()).await.unwrap();
        assert!(!ended.is_empty());
        let mut failures = 0;
        while let Err(error) = bench.store.ping().await {
            assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
            failures += 1;
            assert!(failures <= ended.len(), "{failures} failures for {} lost connections", ended.len());
        }
        admin.close().await;
        bench.close().await;
    });
}

#[test]
fn of_two_writers_that_wait_for_each_other_one_is_told_to_try_again() {
    block_on(async {
        let bench = Bench::postgres().await;
        let (one, other) = (account(&bench.store, "1").await, account(&bench.store, "2").await);
        let touch = "UPDATE account SET revision = revision + 1 WHERE id = $1";
        let (mut first, mut second) = (bench.store.write().await.unwrap(), bench.store.write().await.unwrap());
        for (tx, id) in [(&mut first, one), (&mut second, other)] {
            // Or the wait would end by its own limit.
            tx.run("SET LOCAL lock_timeout = 0", ()).await.unwrap();
            tx.run(touch, (id,)).await.unwrap();
        }
        let cross = async |mut tx: Tx, id| {
            tx.run(touch, (id,)).await?;
            tx.commit().await
        };
        let ends = tokio::join!(cross(first, other), cross(second, one));
        match ends {
            (Ok(()), Err(refused)) | (Err(refused), Ok(())) => assert!(refused.is_transient(), "{refused:?}"),
            both => panic!("{both:?}"),
        }
        bench.close().await;
    });
}

/// Several processes on one new database: each finds the schema whole.
async fn migrate_at_once(url: &str) {
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let url = url.to_owned();
            tokio::spawn(async move {
                let store = Store::open(&url, Options { connections: 2, ..Options::default() }).await.unwrap();
                store.migrate().await.unwrap();
                account(&store, &Uuid::now_v7().simple().to_string()[20..]).await;
                store.close().await;
            })
        })
        .collect();
    for start in starts {
        start.await.unwrap();
    }
}

#[test]
fn several_that_start_at_once_migrate_once() {
    block_on(async {
        let bench = Bench::sqlite().await;
        for n in 0..5 {
            migrate_at_once(&bench.url.replace("cabinet.db", &format!("new/{n}.db"))).await;
        }
        bench.close().await;
        let bench = Bench::postgres().await;
        let mut tx = bench.store.write().await.unwrap();
        tx.run("DROP SCHEMA public CASCADE", ()).await.unwrap();
        tx.run("DROP SCHEMA IF EXISTS radius CASCADE", ()).await.unwrap();
        tx.run("CREATE SCHEMA public", ()).await.unwrap();
        tx.commit().await.unwrap();
        migrate_at_once(&bench.url).await;
        bench.close().await;
    });
}

#[test]
fn a_writer_on_postgres_does_not_wait_for_ever() {
    block_on(async {
        let bench = Bench::postgres().await;
        let mut tx = bench.store.write().await.unwrap();
        let wait = "SELECT current_setting('lock_timeout'), current_setting('transaction_isolation')";
        let set: (String, String) = tx.one(wait, ()).await.unwrap();
        assert_eq!((set.0.as_str(), set.1.as_str()), ("5s", "read committed"));
        drop(tx);
        let set: (String, String) = bench.store.view().await.unwrap().one(wait, ()).await.unwrap();
        assert_eq!((set.0.as_str(), set.1.as_str()), ("0", "repeatable read"));
        bench.close().await;
    });
}

#[test]
fn writers_on_postgres_leave_connections_to_readers() {
    block_on(async {
        let bench = Bench::postgres().await;
        let options = Options { connections: 3, wait: std::time::Duration::from_millis(50) };
        let store = Store::open(&bench.url, options).await.unwrap();
        let writers = (store.write().await.unwrap(), store.write().await.unwrap());
        assert!(matches!(store.write().await, Err(StoreError::Busy)));
        store.ping().await.unwrap();
        writers.0.commit().await.unwrap();
        let another = store.write().await.unwrap();
        drop((another, writers.1));
        let again = (store.write().await.unwrap(), store.write().await.unwrap());
        drop(again);
        store.close().await;
        bench.close().await;
    });
}

#[test]
fn readers_on_postgres_hand_a_sound_connection_on_and_keep_it_from_nobody() {
    block_on(async {
        let bench = Bench::postgres().await;
        let options = Options { connections: 3, wait: std::time::Duration::from_millis(500) };
        let store = Store::open(&bench.url, options).await.unwrap();
        let pid = async || store.read().await.unwrap().one::<(i32,)>("SELECT pg_backend_pid()", ()).await.unwrap().0;
        let first = pid().await;
        assert_eq!(pid().await, first);
        // Whoever leaves in the middle of a statement leaves its answer to nobody.
        let mut left = store.read().await.unwrap();
        tokio::select! {
            biased;
            answer = left.one::<(String,)>("SELECT 'late' || pg_sleep(0.1)", ()) => panic!("{answer:?}"),
            () = async { for _ in 0..20 { tokio::task::yield_now().await } } => {}
        }
        drop(left);
        for number in 0..5_i64 {
            assert_eq!(
                store.read().await.unwrap().one::<(i64,)>("SELECT CAST($1 AS BIGINT)", (number,)).await.unwrap(),
                (number,)
            );
        }
        // Those that wait for a reader are still there for everybody.
        let all = (store.write().await.unwrap(), store.write().await.unwrap(), store.view().await.unwrap());
        drop(all);
        store.ping().await.unwrap();
        store.close().await;
        bench.close().await;
    });
}

#[test]
fn a_file_of_sqlite_is_durable_and_strict() {
    block_on(async {
        let bench = Bench::sqlite().await;
        let mut tx = bench.store.write().await.unwrap();
        for (sql, value) in [("PRAGMA synchronous", 2), ("PRAGMA foreign_keys", 1), ("PRAGMA busy_timeout", 5000)] {
            assert_eq!(tx.one::<(i64,)>(sql, ()).await.unwrap(), (value,), "{sql}");
        }
        assert_eq!(tx.one::<(String,)>("PRAGMA journal_mode", ()).await.unwrap().0, "wal");
        drop(tx);
        bench.close().await;
    });
}

#[test]
fn a_server_that_is_not_there_is_named() {
    block_on(async {
        let options = Options { wait: std::time::Duration::from_millis(50), ..Options::default() };
        let refused = Store::open("postgres://me:secret@127.0.0.1:1/cabinet", options).await.unwrap_err();
        let told = refused.to_string();
        assert!(told.contains("postgres://me:***@127.0.0.1:1/cabinet") && told.contains("refused"), "{told}");
    });
}

#[tokio::test]
async fn an_address_of_no_engine_is_refused_without_its_password() {
    let refused = cabinet_store::Store::open("mysql://me:secret@db/x", Default::default()).await.unwrap_err();
    assert!(!refused.to_string().contains("secret"), "{refused}");
}

#[test]
fn a_backup_is_a_whole_database_and_overwrites_nothing() {
    block_on(async {
        let bench = Bench::sqlite().await;
        let id = account(&bench.store, "0000").await;
        let copy = std::path::PathBuf::from(bench.url.trim_start_matches("sqlite://")).with_file_name("copy.db");
        bench.store.backup_into(&copy).await.unwrap();
        assert!(bench.store.backup_into(&copy).await.is_err());
        let opened = Store::open(&format!("sqlite://{}", copy.display()), Options::default()).await.unwrap();
        opened.migrate().await.unwrap();
        let found = accounts::id_of_contract(&mut opened.read().await.unwrap(), "0000").await.unwrap();
        assert_eq!(found, Some(id));
        opened.close().await;
        bench.close().await;
        let bench = Bench::postgres().await;
        let told = bench.store.backup_into(&copy.with_file_name("other.db")).await.unwrap_err();
        assert!(told.to_string().contains("pg_dump"), "{told}");
        bench.close().await;
    });
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_a_file_of_sqlite() {
    use std::os::unix::fs::PermissionsExt;
    block_on(async {
        let bench = Bench::sqlite().await;
        account(&bench.store, "0000").await;
        let file = std::path::PathBuf::from(bench.url.trim_start_matches("sqlite://"));
        bench.store.backup_into(&file.with_file_name("copy.db")).await.unwrap();
        let mut names = Vec::new();
        for entry in std::fs::read_dir(file.parent().unwrap()).unwrap() {
            let entry = entry.unwrap();
            assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{entry:?}");
            names.push(entry.file_name());
        }
        names.sort();
        assert_eq!(names, ["cabinet.db", "cabinet.db-shm", "cabinet.db-wal", "copy.db"]);
        bench.close().await;
    });
}

#[test]
fn postgres_is_spoken_to_in_secret_when_asked() {
    block_on(async {
        let bench = Bench::postgres().await;
        let address = bench.url.split('?').next().unwrap();
        let certificate = "SELECT current_setting('ssl_cert_file')";
        let (certificate,): (String,) = bench.store.read().await.unwrap().one(certificate, ()).await.unwrap();
        let own = format!("verify-full&sslrootcert={certificate}");
        for (mode, secret) in [("disable".to_owned(), false), ("require".to_owned(), true), (own, true)] {
            let store = Store::open(&format!("{address}?sslmode={mode}"), Options::default()).await.unwrap();
            let asked = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
            assert_eq!(store.read().await.unwrap().one::<(bool,)>(asked, ()).await.unwrap(), (secret,), "{mode}");
            store.close().await;
        }
        let options = Options { wait: std::time::Duration::from_millis(200), ..Options::default() };
        let refused = Store::open(&format!("{address}?sslmode=verify-full"), options).await.unwrap_err();
        assert!(matches!(&refused, StoreError::Unavailable(why) if why.contains("certificate")), "{refused}");
        bench.close().await;
    });
}
