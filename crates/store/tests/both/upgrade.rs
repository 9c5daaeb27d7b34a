//! A database with data comes through every later step of the schema whole.

use crate::support::{NOON, after};
use cabinet_store::testing::{Bench, block_on};
use cabinet_store::{Store, accounts, acts, audit, credentials, devices, profiles, sessions};
use time::macros::date;
use uuid::Uuid;

/// The last version before keys began with the account.
const BEFORE: i64 = 7;

const ACCOUNT: Uuid = Uuid::from_u128(1);
const QUOTE: Uuid = Uuid::from_u128(2);
const ORDER: Uuid = Uuid::from_u128(3);
const SESSION: Uuid = Uuid::from_u128(4);
const SERVICE: Uuid = Uuid::from_u128(5);

/// A subscriber with a row in every table that later steps moved, in the words of the schema of [`BEFORE`].
async fn fill(store: &Store) {
    let mut tx = store.write().await.unwrap();
    let mut put = async |sql: &'static str| assert_eq!(tx.run(sql, (ACCOUNT,)).await.unwrap(), 1, "{sql}");
    put("INSERT INTO account (id, contract, opened_on, balance, credit, entries, revision) \
         VALUES ($1, '0000', '2014-11-30', 2587, 0, 1, 1)")
    .await;
    put("INSERT INTO entry (account_id, seq, posted_on, posted_at, kind, amount, balance_after, reference, actor) \
         VALUES ($1, 1, '2014-11-30', '2014-11-30 10:00:00+00:00', 'cash_payment', 2587, 2587, 'cash:1', 'staff')")
    .await;
    put("INSERT INTO credential (account_id, login, password_hash, must_change, changed_at) \
         VALUES ($1, 'ivan', '$argon2id$kept', FALSE, '2026-11-22 12:00:00+00:00')")
    .await;
    put("INSERT INTO profile_request (id, account_id, field, wish, created_at) \
         VALUES ($1, $1, 'name', 'Іваненко Іван', '2026-11-22 12:00:00+00:00')")
    .await;
    put("INSERT INTO audit (id, account_id, at, actor, act, details) \
         VALUES ($1, $1, '2026-11-22 12:00:00+00:00', 'staff', 'subscriber.register', '{}')")
    .await;
    let quote = "INSERT INTO quote (id, account_id, body, binding, created_at, expires_at, order_id) \
                 VALUES ($2, $1, '{\"quote\":1}', 'bound', '2026-11-22 12:00:00+00:00', '2026-11-22 12:10:00+00:00', $3)";
    tx.run(quote, (ACCOUNT, QUOTE, ORDER)).await.unwrap();
    let order = "INSERT INTO act_order (id, account_id, act, status, body, starts_on, created_at) \
                 VALUES ($2, $1, 'tariff_change', 'planned', '{\"order\":1}', '2026-12-01', '2026-11-22 12:00:00+00:00')";
    tx.run(order, (ACCOUNT, ORDER)).await.unwrap();
    let service = "INSERT INTO service (id, account_id, kind, tariff_code, charged_through, count_fee, count_month, count_days) \
                   VALUES ($2, $1, 'tariff', 'home-20', '2014-11-30', 5000, '2014-11-01', 0)";
    tx.run("INSERT INTO tariff (code, name, down_mbps, up_mbps, offered, position) VALUES ('home-20', 'Домашній 20', 20, 20, TRUE, 0)", ())
        .await
        .unwrap();
    tx.run(service, (ACCOUNT, SERVICE)).await.unwrap();
    let session = "INSERT INTO session (id, account_id, delivery, user_agent, address, created_at, last_used_at) \
                   VALUES ($2, $1, 'cookie', 'Firefox', '127.0.0.1', '2026-11-22 12:00:00+00:00', '2026-11-22 12:00:00+00:00')";
    tx.run(session, (ACCOUNT, SESSION)).await.unwrap();
    let token = "INSERT INTO refresh_token (hash, session_id, issued_at) VALUES ($2, $1, '2026-11-22 12:00:00+00:00')";
    tx.run(token, (SESSION, b"token".to_vec())).await.unwrap();
    let device =
        "INSERT INTO known_device (token_hash, account_id, seen_at) VALUES ($2, $1, '2026-11-22 12:00:00+00:00')";
    tx.run(device, (ACCOUNT, b"device".to_vec())).await.unwrap();
    tx.commit().await.unwrap();
}

async fn nothing_is_lost(bench: Bench) {
    let store = &bench.store;
    store.migrate_through(BEFORE).await.unwrap();
    fill(store).await;
    store.migrate().await.unwrap();

    let mut view = store.view().await.unwrap();
    let held = accounts::find(&mut view, ACCOUNT).await.unwrap().unwrap();
    assert_eq!((held.contract.as_str(), held.account.balance.kopecks(), held.account.entries), ("0000", 25_87, 1));
    let entry = cabinet_store::ledger::find(&mut view, ACCOUNT, 1).await.unwrap().unwrap();
    assert_eq!((entry.amount.kopecks(), entry.posted_on), (25_87, date!(2014 - 11 - 30)));
    let quote = acts::quote(&mut view, ACCOUNT, QUOTE).await.unwrap().unwrap();
    assert_eq!((quote.body.as_str(), quote.order_id, quote.expires_at), ("{\"quote\":1}", Some(ORDER), after(600)));
    let order = acts::order(&mut view, ACCOUNT, ORDER).await.unwrap().unwrap();
    assert_eq!((order.body.as_str(), order.starts_on), ("{\"order\":1}", Some(date!(2026 - 12 - 01))));
    let credential = credentials::named(&mut view, "ivan").await.unwrap().unwrap();
    assert_eq!((credential.password_hash.as_str(), credential.contract.as_deref()), ("$argon2id$kept", Some("0000")));
    let session = sessions::find(&mut view, ACCOUNT, SESSION).await.unwrap().unwrap();
    assert_eq!((session.user_agent.as_str(), session.created_at), ("Firefox", NOON));
    assert!(sessions::token(&mut view, b"token").await.unwrap().is_some());
    assert!(devices::is_known(&mut view, ACCOUNT, b"device").await.unwrap());
    let wishes = profiles::open_requests(&mut view, ACCOUNT).await.unwrap();
    assert_eq!(wishes.iter().map(|request| request.wish.as_str()).collect::<Vec<_>>(), ["Іваненко Іван"]);
    let audit = audit::of_account(&mut view, ACCOUNT, 10).await.unwrap();
    assert_eq!(audit.iter().map(|row| row.act.as_str()).collect::<Vec<_>>(), ["subscriber.register"]);
    drop(view);
    bench.close().await;
}

mod sqlite {
    #[test]
    fn data_outlasts_every_later_step() {
        super::block_on(async { super::nothing_is_lost(super::Bench::bare_sqlite().await).await });
    }
}

mod postgres {
    #[test]
    fn data_outlasts_every_later_step() {
        super::block_on(async { super::nothing_is_lost(super::Bench::bare_postgres().await).await });
    }
}
