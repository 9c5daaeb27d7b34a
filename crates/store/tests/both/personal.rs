//! Who was forgotten is nowhere in the database but as a number, and whatever holds something of an account is thought of.

use crate::support::{NOON, after};
use cabinet_store::audit::{self, AuditRow};
use cabinet_store::bank_lines::{self, BankLine};
use cabinet_store::profiles::{self, Profile, Request};
use cabinet_store::sessions::{self, Session};
use cabinet_store::testing::on_sqlite;
use cabinet_store::{Raw, Store, View, credentials, devices, on_both, personal, recovery};
use sqlx::{AssertSqlSafe, Row};
use std::collections::BTreeSet;
use time::OffsetDateTime;
use time::macros::date;
use uuid::Uuid;

/// Every table that holds something of an account, and what becomes of it when its subscriber is forgotten. A new table
/// must be thought of here, in `personal::erase` and in the archive of `exportData`.
const TABLES: [(&str, &str); 36] = [
    ("act_order", "stays: what was ordered, for how much"),
    ("audit", "stays with its sums, days and ids; the service rewords it"),
    ("bank_line", "stays without payer and purpose"),
    ("bill", "stays: it holds sums"),
    ("contact_code", "goes"),
    ("credential", "goes"),
    ("entry", "stays: the book"),
    ("gateway_refund", "stays without its reason"),
    ("idempotency", "goes"),
    ("ip_address", "stays: the provider's own"),
    ("known_device", "goes"),
    ("network_login", "goes"),
    ("network_session", "goes"),
    ("network_state", "goes"),
    ("news_read", "goes"),
    ("notice", "goes"),
    ("notice_wish", "goes"),
    ("outbox", "goes, but for asking gateways"),
    ("payment", "stays without the page its payer was sent to"),
    ("prize_draw", "stays: the winner is an id"),
    ("profile", "stays, empty"),
    ("profile_request", "goes, but for the wish to be forgotten"),
    ("provider_txn", "stays: transactions are taken once"),
    ("push_device", "goes"),
    ("quote", "goes"),
    ("recovery_code", "goes"),
    ("service", "stays: the tariff and its count"),
    ("session", "goes"),
    ("standing_spell", "stays: days without service"),
    ("static_ip", "ends with the contract"),
    ("terminal_payment", "stays: sums and transactions"),
    ("ticket", "stays, closed"),
    ("ticket_file", "goes"),
    ("ticket_message", "stays without its words"),
    ("turbo_run", "stays: what was bought"),
    ("voucher", "stays: it was redeemed"),
];

/// Stands wherever something personal may.
const MARK: &str = "Впізнаваний";

/// Names of the tables that hold something of an account.
async fn tables(view: &mut View) -> BTreeSet<String> {
    let sql = "SELECT m.name FROM sqlite_schema m JOIN pragma_table_info(m.name) c \
        WHERE m.type = 'table' AND c.name IN ('account_id', 'owner_id', 'winner')";
    let found: Vec<(String,)> = view.all(sql, ()).await.unwrap();
    found.into_iter().map(|(name,)| name).collect()
}

/// Every row of a table as text.
async fn dumped(view: &mut View, table: &str) -> String {
    let rows: Vec<String> = match view.raw() {
        Raw::Postgres(connection) => {
            let sql = AssertSqlSafe(format!("SELECT CAST(t AS TEXT) FROM {table} t"));
            let rows = sqlx::query(sql).fetch_all(connection).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
        Raw::Sqlite(connection) => {
            let names = AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')"));
            let names = sqlx::query(names).fetch_all(&mut *connection).await.unwrap();
            let text = |name: String| {
                format!("CASE typeof(\"{name}\") WHEN 'blob' THEN hex(\"{name}\") ELSE COALESCE(\"{name}\", '') END")
            };
            let columns: Vec<String> = names.iter().map(|row| text(row.get(0))).collect();
            let sql = AssertSqlSafe(format!("SELECT {} FROM {table}", columns.join(" || ' ' || ")));
            let rows = sqlx::query(sql).fetch_all(connection).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        }
    };
    rows.join("\n")
}

fn marked_profile() -> Profile {
    let text = || MARK.to_owned();
    Profile {
        last_name: text(),
        first_name: text(),
        middle_name: text(),
        address: text(),
        phones: text(),
        email: Some(format!("{MARK}@example.com")),
        consent_promotions: true,
        consent_draws: true,
        consents_changed_at: Some(NOON),
        contacts_updated_at: Some(NOON),
        language: "en".to_owned(),
        theme: "dark".to_owned(),
    }
}

/// An account of which something stands in every place that may be somebody's.
async fn somebody(store: &Store, contract: &str) -> Uuid {
    let id = crate::support::account(store, contract).await;
    let mut tx = store.write().await.unwrap();
    profiles::put(&mut tx, id, &marked_profile()).await.unwrap();
    for field in ["name", "erasure"] {
        let request = Request { id: Uuid::now_v7(), field: field.to_owned(), wish: MARK.to_owned(), created_at: NOON };
        profiles::ask(&mut tx, id, &request).await.unwrap();
    }
    tx.run("UPDATE profile_request SET wish = '' WHERE field = 'erasure'", ()).await.unwrap();
    credentials::set_login(&mut tx, id, &format!("{MARK}-{contract}")).await.unwrap();
    let session = Session {
        id: Uuid::now_v7(),
        owner_id: id,
        delivery: "cookie".to_owned(),
        user_agent: MARK.to_owned(),
        address: MARK.to_owned(),
        created_at: NOON,
        last_used_at: NOON,
        revoked_at: Some(after(1)),
    };
    sessions::open(&mut tx, &session, id.as_bytes()).await.unwrap();
    devices::remember(&mut tx, id, b"device", NOON).await.unwrap();
    recovery::put(&mut tx, id, b"code", after(600)).await.unwrap();
    let line = BankLine {
        register: "privat".to_owned(),
        document: contract.to_owned(),
        id: Uuid::now_v7(),
        paid_on: date!(2026 - 11 - 20),
        amount: 50_00,
        purpose: MARK.to_owned(),
        payer: MARK.to_owned(),
        state: "credited".to_owned(),
        why: String::new(),
        account_id: Some(id),
        entry_seq: Some(1),
        imported_at: NOON,
        decided_at: None,
    };
    assert!(bank_lines::add(&mut tx, &line).await.unwrap());
    let payment = Uuid::now_v7();
    for sql in [
        "INSERT INTO quote (account_id, id, body, binding, created_at, expires_at) VALUES ($1, $2, $3, '', $4, $4)",
        "INSERT INTO outbox (account_id, id, topic, body, created_at, due_at) VALUES ($1, $2, 'notice', $3, $4, $4)",
        "INSERT INTO payment (account_id, id, provider, amount, state, redirect, created_at, expires_at, changed_at) \
         VALUES ($1, $2, 'liqpay', 100, 'paid', $3, $4, $4, $4)",
        "INSERT INTO gateway_refund (account_id, seq, payment_id, amount, reason, state, created_at, changed_at) \
         VALUES ($1, 2, $2, 100, $3, 'done', $4, $4)",
        "INSERT INTO contact_code (account_id, id, channel, address, tries, used, sent_at, expires_at) \
         VALUES ($1, $2, 'email', $3, 0, FALSE, $4, $4)",
        "INSERT INTO notice (account_id, id, channel, kind, facts, dedup_key, day, state, created_at) \
         VALUES ($1, $2, 'sms', 'balance', $3, 'x', '2026-11-22', 'sent', $4)",
        "INSERT INTO ticket (account_id, id, topic, state, messages, read_through, created_at, moved_at) \
         VALUES ($1, $2, CASE WHEN $3 = '' THEN '' ELSE 'other' END, 'open', 1, 0, $4, $4)",
        "INSERT INTO push_device (account_id, id, session_id, endpoint, p256dh, auth, user_agent, created_at) \
         VALUES ($1, $2, $2, $3 || CAST($1 AS TEXT), $3, $3, $3, $4)",
        "INSERT INTO ticket_message (account_id, ticket_id, seq, author, body, day, at) \
         VALUES ($1, $2, 1, 'subscriber', $3, '2026-11-22', $4)",
        "INSERT INTO ticket_file (account_id, id, ticket_id, seq, name, media_type, size, content, day, at) \
         VALUES ($1, $2, $2, 1, $3, 'text/plain', 1, CAST('x' AS BYTEA), '2026-11-22', $4)",
    ] {
        tx.run(sql, (id, payment, MARK, NOON)).await.unwrap();
    }
    for sql in [
        "INSERT INTO network_login (account_id, username, secret) VALUES ($1, $2, $2)",
        "INSERT INTO network_session (id, account_id, username, router, session, address, caller, started_at, updated_at, \
         seconds, input_octets, output_octets) VALUES ($2, $1, $2, '192.0.2.1', $2, $2, $2, $3, $3, 0, 0, 0)",
        "INSERT INTO network_state (account_id, generation, profile, changed_at) VALUES ($1, 1, $2, $3)",
    ] {
        tx.run(sql, (id, format!("{MARK}-{contract}"), NOON)).await.unwrap();
    }
    let sql = "INSERT INTO idempotency (account_id, key, request, answer, created_at) VALUES ($1, $2, '', $2, $3)";
    tx.run(sql, (id, MARK, NOON)).await.unwrap();
    let body: &[u8] = MARK.as_bytes();
    tx.run(
        "INSERT INTO payment_event (id, provider, payment_id, kind, body, note, received_at) \
         VALUES ($1, 'liqpay', $2, 'paid', $3, 'credited', $4)",
        (Uuid::now_v7(), payment, body, NOON),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    id
}

fn row(account: Uuid, at: OffsetDateTime, details: &str) -> AuditRow {
    AuditRow {
        id: Uuid::now_v7(),
        account_id: Some(account),
        at,
        actor: "staff".to_owned(),
        staff_id: None,
        staff_login: None,
        act: "account.adjust".to_owned(),
        details: details.to_owned(),
    }
}

#[test]
fn whatever_holds_something_of_an_account_is_thought_of() {
    on_sqlite(|store| async move {
        let found = tables(&mut store.read().await.unwrap()).await;
        let known: BTreeSet<String> = TABLES.iter().map(|(name, _)| (*name).to_owned()).collect();
        assert_eq!(found, known);
    });
}

on_both! {
    async fn nothing_is_left_of_who_was_forgotten(store) {
        let (id, other) = (somebody(&store, "0042").await, somebody(&store, "0043").await);
        let mut tx = store.write().await.unwrap();
        assert_eq!(personal::wishes(&mut tx, id).await.unwrap().len(), 2);
        assert_eq!(personal::devices(&mut tx, id).await.unwrap(), [NOON]);
        assert_eq!(personal::sessions(&mut tx, id).await.unwrap().len(), 1);
        assert_eq!(bank_lines::of_account(&mut tx, id).await.unwrap().len(), 1);
        assert_eq!(personal::erased_at(&mut tx, id).await.unwrap(), None);
        for (table, _) in TABLES.into_iter().chain([("payment_event", "")]) {
            personal_text(&mut tx, table).await;
        }
        personal::erase(&mut tx, id, after(5)).await.unwrap();
        assert_eq!(personal::erased_at(&mut tx, id).await.unwrap(), Some(after(5)));
        let wishes = personal::wishes(&mut tx, id).await.unwrap();
        assert_eq!((wishes.len(), wishes[0].field.as_str(), wishes[0].granted), (1, "erasure", Some(true)));
        // The other one is whole; once it goes too, the mark is nowhere.
        assert_eq!(profiles::find(&mut tx, other).await.unwrap(), Some(marked_profile()));
        assert_eq!((personal::sessions(&mut tx, other).await.unwrap().len(), personal::wishes(&mut tx, other).await.unwrap().len()), (1, 2));
        assert_eq!(bank_lines::of_account(&mut tx, other).await.unwrap()[0].payer, MARK);
        personal::erase(&mut tx, other, after(6)).await.unwrap();
        for (table, _) in TABLES.into_iter().chain([("account", "")]) {
            assert!(!dumped(&mut tx, table).await.to_lowercase().contains(&MARK.to_lowercase()), "{table}");
        }
        let left: (i64,) = tx.one("SELECT COUNT(*) FROM payment_event WHERE LENGTH(body) > 0", ()).await.unwrap();
        assert_eq!(left, (0,));
        // Whoever makes people findable does not come back to them for ever.
        assert_eq!(profiles::make_findable(&mut tx, 10).await.unwrap(), 0);
    }

    async fn details_of_the_log_are_reworded_and_its_rows_are_searched(store) {
        let (id, other) = (crate::support::account(&store, "0042").await, crate::support::account(&store, "0043").await);
        let rows = [row(id, after(1), r#"{"reason":"x"}"#), row(other, after(2), "{}"), row(id, after(3), "{}")];
        let office = AuditRow { account_id: None, act: "policy.import".to_owned(), ..row(id, after(4), "{}") };
        let mut tx = store.write().await.unwrap();
        for one in rows.iter().chain([&office]) {
            audit::write(&mut tx, one).await.unwrap();
        }
        audit::reword(&mut tx, other, rows[0].id, "{}").await.unwrap();
        assert_eq!(audit::of_account(&mut tx, id, 9).await.unwrap()[1].details, r#"{"reason":"x"}"#, "another's row");
        audit::reword(&mut tx, id, rows[0].id, "{}").await.unwrap();
        assert_eq!(audit::of_account(&mut tx, id, 9).await.unwrap()[1].details, "{}");
        assert_eq!(audit::count_since(&mut tx, id, "account.adjust", after(2)).await.unwrap(), 1);
        assert_eq!(audit::place_in_log(&mut tx, office.id).await.unwrap(), Some(after(4)));

        let all = audit::Wanted::default();
        let mut found = async |wanted: &audit::Wanted, cursor, limit| {
            let found = audit::search(&mut tx, wanted, cursor, limit).await.unwrap();
            found.into_iter().map(|one| (one.row.id, one.contract)).collect::<Vec<_>>()
        };
        let contract = |number: &str| Some(number.to_owned());
        let first = [(office.id, None), (rows[2].id, contract("0042"))];
        assert_eq!(found(&all, None, 2).await, first);
        let rest = [(rows[1].id, contract("0043")), (rows[0].id, contract("0042"))];
        assert_eq!(found(&all, Some((after(3), rows[2].id)), 9).await, rest);
        let of = audit::Wanted { account: Some(id), act: Some("account.adjust".to_owned()), ..all.clone() };
        assert_eq!(found(&of, None, 9).await, [(rows[2].id, contract("0042")), (rows[0].id, contract("0042"))]);
        let between = audit::Wanted { from: Some(after(2)), before: Some(after(3)), ..all.clone() };
        assert_eq!(found(&between, None, 9).await, [(rows[1].id, contract("0043"))]);
        let nobody = Some(Uuid::now_v7());
        for by in [audit::Wanted { staff: nobody, ..all.clone() }, audit::Wanted { staff: nobody, ..of }] {
            assert_eq!(found(&by, None, 9).await, []);
        }
    }

    async fn a_wish_is_taken_back_while_it_waits(store) {
        let id = somebody(&store, "0042").await;
        let mut tx = store.write().await.unwrap();
        assert!(profiles::withdraw(&mut tx, id, "erasure").await.unwrap());
        assert!(!profiles::withdraw(&mut tx, id, "erasure").await.unwrap());
        assert_eq!(profiles::open_requests(&mut tx, id).await.unwrap().len(), 1);
    }
}

/// Whether the mark was planted where it may stand: a table that never held it would prove nothing.
async fn personal_text(view: &mut View, table: &str) {
    const MARKED: [&str; 12] = [
        "profile",
        "profile_request",
        "session",
        "credential",
        "bank_line",
        "quote",
        "idempotency",
        "outbox",
        "contact_code",
        "notice",
        "ticket_message",
        "ticket_file",
    ];
    if MARKED.contains(&table) {
        assert!(dumped(view, table).await.to_lowercase().contains(&MARK.to_lowercase()), "{table}");
    }
}
