use crate::support::{NOON, account, after, cash, posted, subscriber};
use cabinet_core::Policy;
use cabinet_core::statement::SpellKind;
use cabinet_store::runs::DayRun;
use cabinet_store::signing_keys::{self, SigningKey};
use cabinet_store::{Engine, acts, catalogue, demo, devices, on_both, recovery, runs, spells, throttle};
use time::macros::date;
use uuid::Uuid;

on_both! {
    /// The test finds the tables itself: one that is added later and not emptied is told here.
    async fn emptying_leaves_the_keys_and_nothing_else(store) {
        let day = date!(2014 - 12 - 01);
        let mut held = subscriber(&store, "0000").await;
        posted(&store, &mut held, cash(50_00), day).await;
        let signs_in = account(&store, "0001").await;
        let mut tx = store.write().await.unwrap();
        catalogue::put_fact(&mut tx, "demo", "yes").await.unwrap();
        let key = SigningKey { kid: "key".to_owned(), public_key: vec![1], sealed: vec![2], created_at: NOON };
        signing_keys::insert_first(&mut tx, &key).await.unwrap();
        recovery::put(&mut tx, signs_in, b"code", after(600)).await.unwrap();
        devices::remember(&mut tx, signs_in, b"device", NOON).await.unwrap();
        throttle::lock(&mut tx, "all", NOON).await.unwrap();
        acts::remember(&mut tx, held.id, "key", "", "", NOON).await.unwrap();
        spells::begin(&mut tx, held.id, SpellKind::Blocked, day).await.unwrap();
        catalogue::put_policy(&mut tx, 1, &Policy::default(), NOON).await.unwrap();
        runs::lease(&mut tx, "run", held.id, NOON, after(1)).await.unwrap();
        let run = DayRun { day, started_at: NOON, finished_at: NOON, accounts: 1, charged: 0, total: 0 };
        runs::finish(&mut tx, &run).await.unwrap();
        for sql in [
            "INSERT INTO session (id, owner_id, delivery, user_agent, address, created_at, last_used_at) \
             VALUES ($1, $2, 'body', '', '', $3, $3)",
            "INSERT INTO refresh_token (session_id, hash, issued_at) SELECT id, CAST('x' AS BYTEA), $3 FROM session \
             WHERE id = $1 AND owner_id = $2",
            "INSERT INTO profile_request (id, account_id, field, wish, created_at) VALUES ($1, $2, 'name', '', $3)",
            "INSERT INTO quote (id, account_id, body, binding, created_at, expires_at) VALUES ($1, $2, '', '', $3, $3)",
            "INSERT INTO act_order (id, account_id, act, status, body, created_at) VALUES ($1, $2, '', 'done', '', $3)",
            "INSERT INTO payment (id, account_id, provider, amount, state, created_at, expires_at, changed_at) \
             VALUES ($1, $2, '', 1, 'created', $3, $3, $3)",
            "INSERT INTO payment_event (id, payment_id, provider, kind, body, note, received_at) \
             VALUES ($1, $2, '', '', CAST('' AS BYTEA), '', $3)",
            "INSERT INTO provider_txn (txn, account_id, provider, kind, number, amount, created_at) \
             VALUES (CAST($1 AS TEXT), $2, '', '', 1, 1, $3)",
            "INSERT INTO outbox (id, account_id, topic, body, created_at) VALUES ($1, $2, 'notice', '', $3)",
            "INSERT INTO terminal_payment (account_id, number, terminal, txn, amount, state, created_at, changed_at) \
             VALUES ($2, 1, CAST($1 AS TEXT), '', 1, 'paid', $3, $3)",
            "INSERT INTO bank_line (id, account_id, entry_seq, register, document, paid_on, amount, purpose, payer, state, \
             why, imported_at) SELECT $1, $2, 1, '', '', opened_on, 1, '', '', 'credited', '', $3 FROM account WHERE id = $2",
            "INSERT INTO staff (id, name, role, created_at) SELECT $1, contract, 'admin', $3 FROM account WHERE id = $2",
            "INSERT INTO credential (owner_id, staff_id, login, password_hash, must_change, changed_at) \
             SELECT $1, $1, contract, '', TRUE, $3 FROM account WHERE id = $2",
            "INSERT INTO voucher_series (id, nominal, vouchers, good_through, note, created_at) \
             SELECT $1, 1, 1, opened_on, '', $3 FROM account WHERE id = $2",
            "INSERT INTO voucher (code_hash, series_id, account_id, entry_seq, redeemed_at) \
             VALUES (CAST('x' AS BYTEA), $1, $2, 1, $3)",
            "INSERT INTO audit (id, account_id, staff_id, at, actor, act, details) VALUES ($1, $2, $1, $3, '', '', '')",
            "INSERT INTO contact_code (account_id, channel, id, address, tries, used, sent_at, expires_at) \
             VALUES ($2, 'sms', $1, '', 0, FALSE, $3, $3)",
            "INSERT INTO contact_codes_sent (bucket, day, sent) SELECT CAST($1 AS TEXT), opened_on, 1 FROM account \
             WHERE id = $2 AND $3 IS NOT NULL",
            "INSERT INTO notice_wish (account_id, ways, sms, email, on_payment, on_block, on_unblock, on_change, armed, \
             crossings, told_on) SELECT id, 'messages', TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, TRUE, 0, opened_on FROM account \
             WHERE id = $2 AND id <> $1 AND $3 IS NOT NULL",
            "INSERT INTO push_device (account_id, id, session_id, endpoint, p256dh, auth, user_agent, created_at) \
             VALUES ($2, $1, $1, '', '', '', '', $3)",
            "INSERT INTO notice (account_id, id, channel, kind, facts, dedup_key, day, state, created_at) \
             SELECT $2, $1, 'sms', 'low', '', '', opened_on, 'queued', $3 FROM account WHERE id = $2",
            "INSERT INTO prize_draw (id, title, updated_since, contracts, winner, held_at, staff_id) \
             SELECT $1, '', opened_on, 1, $2, $3, $1 FROM account WHERE id = $2",
            "INSERT INTO ticket (account_id, id, topic, state, messages, read_through, created_at, moved_at) \
             VALUES ($2, $1, 'other', 'open', 1, 1, $3, $3)",
            "INSERT INTO ticket_message (account_id, ticket_id, seq, author, staff_id, body, day, at) \
             SELECT $2, $1, 1, 'staff', $1, '', opened_on, $3 FROM account WHERE id = $2",
            "INSERT INTO ticket_file (account_id, id, ticket_id, seq, name, media_type, size, content, day, at) \
             SELECT $2, $1, $1, 1, '', '', 1, CAST('x' AS BYTEA), opened_on, $3 FROM account WHERE id = $2",
            "INSERT INTO news (id, kind, title_uk, title_ru, title_en, body_uk, body_ru, body_en, places, shown_from, \
             shown_until, created_at) SELECT $1, 'news', contract, '', '', '', '', '', '', $3, '9999-01-01', $3 FROM account WHERE id = $2",
            "INSERT INTO news_read (account_id, news_id, read_at) VALUES ($2, $1, $3)",
        ] {
            assert_eq!(tx.run(sql, (Uuid::max(), signs_in, NOON)).await.unwrap(), 1, "{sql}");
        }
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
