//! Faults planted behind the program's back: the audit finds each and names its row.

use crate::support::{House, money};
use cabinet_core::account::Account;
use cabinet_core::ledger::{Broken, Draft, EntryKind, post};
use cabinet_core::{Money, TariffCode};
use cabinet_service::audit_book::Fault;
use cabinet_store::testing::unguard;
use cabinet_store::{Store, accounts, ledger};
use time::macros::date;
use uuid::Uuid;

/// Three contracts through the end of a month, the second of them with every kind of row.
async fn house(store: Store) -> House {
    let house = House::open(store, date!(2024 - 01 - 25)).await;
    house.registers("1", "home-20", Some("100.00")).await;
    let account = house.registers("2", "home-20", Some("100.00")).await;
    house.registers("3", "home-20", None).await;
    house.lives_to(date!(2024 - 01 - 26)).await;
    let quote = house.service.quote_tariff_change(account, TariffCode::new("home-10")).await.unwrap();
    house.service.confirm_quote(account, quote.id, house.key("x")).await.unwrap();
    house.service.cancel_tariff_change(account, house.key("x")).await.unwrap();
    house.at(date!(2024 - 02 - 02));
    house.service.run_day(date!(2024 - 02 - 02), |_, _| ()).await.unwrap();
    house.service.suspend(cabinet_service::Actor::Staff, account, "x").await.unwrap();
    house.at(date!(2024 - 02 - 05));
    house.service.resume(cabinet_service::Actor::Staff, account).await.unwrap();
    house.audited().await;
    house
}

/// What the audit says after `sql` was run on contract 2, whose id is `$1`.
async fn planted(store: Store, sql: &[&'static str]) -> Option<(String, Fault)> {
    let house = house(store.clone()).await;
    let account = house.service.find_contract(&"2".parse().unwrap()).await.unwrap();
    unguard(&store).await;
    let mut tx = store.write().await.unwrap();
    for sql in sql {
        let rows = if sql.contains("$1") { tx.run(sql, (account,)).await } else { tx.run(sql, ()).await };
        assert!(rows.unwrap() > 0 || !sql.contains("$1"), "{sql} changes something");
    }
    tx.commit().await.unwrap();
    let found = house.service.audit_book(|_, _| ()).await.unwrap().broken;
    match &found {
        // These are no matter of rows.
        Some((_, Fault::Unconnected | Fault::LiveTokens { .. } | Fault::Bill { .. })) => {}
        of_rows => assert_eq!(&house.service.audit_row_by_row().await.unwrap(), of_rows),
    }
    if let Some((_, Fault::Book(broken))) = &found {
        assert_eq!(first_odd(&store).await, row_of(broken).map(|seq| (account, seq)));
    }
    found
}

/// The row a fault is of, if it is of one.
fn row_of(broken: &Broken) -> Option<i64> {
    match broken {
        Broken::Gap { found: seq, .. }
        | Broken::Balance { seq, .. }
        | Broken::Nothing { seq }
        | Broken::Order { seq }
        | Broken::Reversal { seq, .. }
        | Broken::Returned { seq }
        | Broken::Days { seq }
        | Broken::Charge { seq, .. }
        | Broken::Overlap { seq, .. }
        | Broken::Count { seq, .. } => Some(*seq),
        Broken::Account { .. }
        | Broken::Connection { .. }
        | Broken::Promise { .. }
        | Broken::Payment { .. }
        | Broken::Spell { .. }
        | Broken::Address { .. }
        | Broken::Turbo { .. } => None,
    }
}

/// The first row that the statements of the database tell, by account and number.
async fn first_odd(store: &Store) -> Option<(Uuid, i64)> {
    let mut view = store.view().await.unwrap();
    let rows = ledger::odd_rows(&mut view, Uuid::nil(), Uuid::max()).await.unwrap();
    let reversals = ledger::odd_reversals(&mut view, Uuid::nil(), Uuid::max()).await.unwrap();
    let rows = rows.into_iter().filter(|row| row.broken || row.kind == "refund").map(|row| (row.account_id, row.seq));
    rows.chain(reversals).min()
}

/// Changes of one row of contract `$1`, number `$2`, by `$3`.
const CHANGES: [&str; 24] = [
    "UPDATE entry SET amount = amount + $3 WHERE account_id = $1 AND seq = $2",
    "UPDATE entry SET balance_after = balance_after + $3 WHERE account_id = $1 AND seq = $2",
    "UPDATE entry SET days_before = days_before + $3 WHERE account_id = $1 AND seq = $2 AND fee IS NOT NULL",
    "UPDATE entry SET days_after = days_after + $3 WHERE account_id = $1 AND seq = $2 AND fee IS NOT NULL",
    "UPDATE entry SET days_before = days_before + $3, days_after = days_after + $3 WHERE account_id = $1 AND seq = $2 AND fee > 0",
    "UPDATE entry SET fee = fee + $3 WHERE account_id = $1 AND seq = $2 AND fee IS NOT NULL",
    "UPDATE entry SET fee = -fee - $3 WHERE account_id = $1 AND seq = $2 AND fee IS NOT NULL",
    "UPDATE entry SET seq = seq + 50 WHERE account_id = $1 AND seq = $2",
    "DELETE FROM entry WHERE account_id = $1 AND seq = $2",
    "UPDATE entry SET kind = 'cash_payment' WHERE account_id = $1 AND seq = $2",
    "UPDATE entry SET kind = 'tariff_charge' WHERE account_id = $1 AND seq = $2",
    "UPDATE entry SET kind = 'reversal' WHERE account_id = $1 AND seq = $2",
    "UPDATE entry SET kind = 'refund', reference = 'refund:1:9' WHERE account_id = $1 AND seq = $2",
    "UPDATE entry SET kind = 'gift' WHERE account_id = $1 AND seq = $2",
    "UPDATE entry SET service_id = NULL WHERE account_id = $1 AND seq = $2",
    "UPDATE entry SET service_id = account_id WHERE account_id = $1 AND seq = $2",
    "UPDATE entry SET fee = NULL WHERE account_id = $1 AND seq = $2",
    "UPDATE entry SET covers_from = NULL, covers_to = NULL WHERE account_id = $1 AND seq = $2",
    "UPDATE entry SET covers_from = '2024-01-25' WHERE account_id = $1 AND seq = $2 AND fee > 0",
    "UPDATE entry SET covers_to = '2024-02-29' WHERE account_id = $1 AND seq = $2 AND fee > 0",
    "UPDATE entry SET covers_from = '2023-02-01', covers_to = '2023-02-28' WHERE account_id = $1 AND seq = $2 AND fee > 0",
    "UPDATE entry SET posted_on = '2024-01-25' WHERE account_id = $1 AND seq = $2",
    "UPDATE entry SET reverses = 2 WHERE account_id = $1 AND seq = $2",
    "UPDATE entry SET reverses = $2 WHERE account_id = $1 AND seq = $2",
];

fn book(broken: Broken) -> Option<(String, Fault)> {
    Some(("2".to_owned(), Fault::Book(broken)))
}

cabinet_store::on_both! {
    async fn a_missing_row(store) {
        let found = planted(store, &["DELETE FROM entry WHERE account_id = $1 AND seq = 4"]).await;
        assert_eq!(found, book(Broken::Gap { expected: 4, found: 5 }));
    }

    async fn a_balance_that_is_not_the_sum(store) {
        let found = planted(store, &[
            "UPDATE entry SET balance_after = balance_after + 1 WHERE account_id = $1 AND seq = 3",
        ]).await;
        assert_eq!(found, book(Broken::Balance { seq: 3, expected: money("96.77"), found: money("96.78") }));
    }

    async fn a_row_posted_into_the_past(store) {
        let found = planted(store, &["UPDATE entry SET posted_on = '2024-01-24' WHERE account_id = $1 AND seq = 5"]).await;
        assert_eq!(found, book(Broken::Order { seq: 5 }));
    }

    async fn a_reversal_of_another_sum(store) {
        let found = planted(store, &["UPDATE entry SET reverses = 3 WHERE account_id = $1 AND seq = 5"]).await;
        assert_eq!(found, book(Broken::Reversal { seq: 5, amount: money("-25.00") }));
    }

    async fn a_reversal_of_what_is_not_there(store) {
        let found = planted(store, &["UPDATE entry SET reverses = 7000 WHERE account_id = $1 AND seq = 5"]).await;
        assert_eq!(found, book(Broken::Reversal { seq: 5, amount: money("-25.00") }));
    }

    async fn a_reversal_of_nothing(store) {
        let found = planted(store, &["UPDATE entry SET reverses = NULL WHERE account_id = $1 AND seq = 5"]).await;
        assert_eq!(found, book(Broken::Reversal { seq: 5, amount: money("-25.00") }));
    }

    async fn an_entry_undone_twice(store) {
        let found = planted(store, &[
            "DROP INDEX entry_reverses",
            "INSERT INTO entry (account_id, seq, posted_on, posted_at, kind, amount, balance_after, reverses, actor) \
             SELECT account_id, 9, posted_on, posted_at, 'reversal', 2500, balance_after + 2500, 4, actor FROM entry \
             WHERE account_id = $1 AND seq = 8",
        ]).await;
        assert_eq!(found, book(Broken::Reversal { seq: 9, amount: money("-25.00") }));
    }

    async fn more_back_than_was_paid(store) {
        let found = planted(store, &[
            "INSERT INTO entry (account_id, seq, posted_on, posted_at, kind, amount, balance_after, reference, actor) \
             SELECT account_id, 9, posted_on, posted_at, 'refund', -10001, balance_after - 10001, 'refund:1:9', actor FROM entry \
             WHERE account_id = $1 AND seq = 8",
        ]).await;
        assert_eq!(found, book(Broken::Returned { seq: 9 }));
    }

    /// Every column of every row, changed to what it was not: the statements tell the same as the rules of core, and the
    /// same row first.
    async fn whatever_is_changed_the_statements_and_the_rules_agree(store) {
        let house = house(store.clone()).await;
        let account = house.service.find_contract(&"2".parse().unwrap()).await.unwrap();
        unguard(&store).await;
        let mut tx = store.write().await.unwrap();
        for sql in [
            "CREATE TABLE entry_kept AS SELECT * FROM entry",
            "CREATE TABLE account_kept AS SELECT id, balance FROM account",
            "DROP INDEX entry_reference", "DROP INDEX entry_reverses", "DROP INDEX entry_service_day",
        ] {
            tx.run(sql, ()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let (mut changed, mut broken) = (0, 0);
        for sql in CHANGES {
            for seq in 1..=8_i64 {
                for by in [-1_i64, 31, 4_000_000_000_000_000_000] {
                    let takes = |number: &str| sql.contains(number);
                    if !takes("$3") && by != 31 {
                        continue;
                    }
                    let mut tx = store.write().await.unwrap();
                    let done = match takes("$3") {
                        true => tx.run(sql, (account, seq, by)).await,
                        false => tx.run(sql, (account, seq)).await,
                    };
                    // What the schema itself does not let in.
                    let Ok(1..) = done else { continue };
                    if sql.contains("amount =") {
                        let after = "UPDATE entry SET balance_after = balance_after + $3 WHERE account_id = $1 AND seq >= $2";
                        let Ok(_) = tx.run(after, (account, seq, by)).await else { continue };
                        let Ok(_) = tx.run("UPDATE account SET balance = balance + $2 WHERE id = $1", (account, by)).await else { continue };
                    }
                    tx.commit().await.unwrap();
                    changed += 1;
                    let found = house.service.audit_book(|_, _| ()).await.unwrap().broken;
                    let found = found.filter(|(_, fault)| !matches!(fault, Fault::Bill { .. }));
                    assert_eq!(house.service.audit_row_by_row().await.unwrap(), found, "{sql} {seq} {by}");
                    broken += usize::from(found.is_some());
                    let row = match &found {
                        Some((_, Fault::Book(broken))) => row_of(broken).map(|seq| (account, seq)),
                        Some((_, Fault::Unreadable(why))) => why.split(' ').find_map(|word| Some((account, word.parse().ok()?))),
                        _ => None,
                    };
                    let odd = first_odd(&store).await;
                    match row {
                        // Numbers too great for the statements are told as they stand.
                        Some(_) if by > 31 => assert!(odd.is_some() && odd <= row, "{sql} {seq} {by}: {odd:?}"),
                        // Charges of another connection are told where books end.
                        Some(_) if sql.contains("service_id = account_id") => {}
                        Some(_) => assert_eq!(odd, row, "{sql} {seq} {by}"),
                        None => {}
                    }
                    let mut tx = store.write().await.unwrap();
                    tx.run("DELETE FROM entry", ()).await.unwrap();
                    tx.run("INSERT INTO entry SELECT * FROM entry_kept", ()).await.unwrap();
                    tx.run("UPDATE account SET balance = (SELECT k.balance FROM account_kept k WHERE k.id = account.id)", ()).await.unwrap();
                    tx.commit().await.unwrap();
                }
            }
        }
        assert!(changed > 200 && broken > 180, "{changed} changes, {broken} of them break something");
        house.audited().await;
    }

    async fn a_charge_of_no_service(store) {
        let found = planted(store, &["UPDATE entry SET service_id = NULL WHERE account_id = $1 AND seq = 3"]).await;
        assert_eq!(found, book(Broken::Days { seq: 3 }));
    }

    async fn a_charge_over_a_month_end(store) {
        let found = planted(store, &["UPDATE entry SET covers_from = '2024-01-31' WHERE account_id = $1 AND seq = 7"]).await;
        assert_eq!(found, book(Broken::Days { seq: 7 }));
    }

    async fn two_days_counted_where_one_is_covered(store) {
        let found = planted(store, &["UPDATE entry SET days_before = 0 WHERE account_id = $1 AND seq = 3"]).await;
        assert_eq!(found, book(Broken::Days { seq: 3 }));
    }

    async fn a_charge_a_kopeck_off_its_formula(store) {
        let found = planted(store, &[
            "UPDATE entry SET amount = amount - 1, balance_after = balance_after - 1 WHERE account_id = $1 AND seq = 8",
            "UPDATE account SET balance = balance - 1 WHERE id = $1",
        ]).await;
        assert_eq!(found, book(Broken::Charge { seq: 8, expected: money("-1.72"), found: money("-1.73") }));
    }

    async fn a_day_covered_twice(store) {
        let found = planted(store, &["UPDATE entry SET covers_from = '2024-01-26' WHERE account_id = $1 AND seq = 6"]).await;
        assert_eq!(found, book(Broken::Overlap { seq: 6, through: date!(2024 - 01 - 26) }));
    }

    /// Every row explains itself, and yet February's charges are not the share of its charged days.
    async fn a_count_that_leaves_a_day_out(store) {
        let found = planted(store, &[
            "UPDATE entry SET days_before = 3, days_after = 4, amount = amount - 1, balance_after = balance_after - 1 \
             WHERE account_id = $1 AND seq = 8",
            "UPDATE account SET balance = balance - 1 WHERE id = $1",
        ]).await;
        assert_eq!(found, book(Broken::Count { seq: 8, expected: 2, found: 3 }));
    }

    async fn a_count_that_begins_anew_after_a_break(store) {
        let found = planted(store, &[
            "UPDATE entry SET days_before = 0, days_after = 1 WHERE account_id = $1 AND seq = 8",
        ]).await;
        assert_eq!(found, book(Broken::Count { seq: 8, expected: 2, found: 0 }));
    }

    async fn an_account_that_is_not_its_book(store) {
        let found = planted(store, &["UPDATE account SET balance = balance + 1 WHERE id = $1"]).await;
        let Some((contract, Fault::Book(Broken::Account { entries: 8, balance, book_entries: 8, book_balance }))) = found else {
            panic!("{found:?}");
        };
        assert_eq!((contract.as_str(), balance - book_balance), ("2", Money::from_kopecks(1)));
    }

    async fn a_running_count_that_is_not_the_books(store) {
        let found = planted(store, &["UPDATE service SET count_days = 2 WHERE account_id = $1"]).await;
        assert_eq!(found, book(Broken::Connection { through: date!(2024 - 02 - 05) }));
    }

    async fn a_charged_day_that_would_be_charged_again(store) {
        let found = planted(store, &["UPDATE service SET charged_through = '2024-02-04' WHERE account_id = $1"]).await;
        assert_eq!(found, book(Broken::Connection { through: date!(2024 - 02 - 04) }));
    }

    async fn a_suspension_nobody_ended(store) {
        let found = planted(store, &["UPDATE standing_spell SET last_day = NULL WHERE account_id = $1"]).await;
        assert_eq!(found, book(Broken::Spell { from: date!(2024 - 02 - 03) }));
    }

    async fn a_standing_without_its_days(store) {
        let found = planted(store, &["UPDATE account SET blocked_since = '2024-02-05' WHERE id = $1"]).await;
        assert_eq!(found, book(Broken::Spell { from: date!(2024 - 02 - 05) }));
    }

    async fn breaks_that_overlap(store) {
        let found = planted(store, &[
            "INSERT INTO standing_spell (account_id, kind, first_day, last_day) \
             VALUES ($1, 'suspended', '2024-02-01', '2024-02-03')",
        ]).await;
        assert_eq!(found, book(Broken::Spell { from: date!(2024 - 02 - 01) }));
    }

    async fn a_row_that_is_no_entry(store) {
        let found = planted(store, &["UPDATE entry SET kind = 'gift' WHERE account_id = $1 AND seq = 4"]).await;
        let Some((contract, Fault::Unreadable(why))) = found else { panic!("{found:?}") };
        assert_eq!((contract.as_str(), why.contains("entry 4")), ("2", true), "{why}");
    }

    async fn an_account_that_nothing_charges(store) {
        let found = planted(store, &["DELETE FROM service WHERE account_id = $1"]).await;
        assert_eq!(found, Some(("2".to_owned(), Fault::Unconnected)));
    }

    async fn a_family_with_two_live_tokens(store) {
        let found = planted(store, &[
            "DROP INDEX refresh_token_live",
            "INSERT INTO session (id, owner_id, delivery, user_agent, address, created_at, last_used_at) \
             SELECT account_id, account_id, 'body', '', '', posted_at, posted_at FROM entry WHERE account_id = $1 AND seq = 1",
            "INSERT INTO refresh_token (hash, session_id, issued_at) SELECT CAST('1' AS BYTEA), id, created_at FROM session \
             WHERE owner_id = $1",
            "INSERT INTO refresh_token (hash, session_id, issued_at) SELECT CAST('2' AS BYTEA), id, created_at FROM session \
             WHERE owner_id = $1",
        ]).await;
        assert!(matches!(&found, Some((contract, Fault::LiveTokens { .. })) if contract == "2"), "{found:?}");
    }

    /// More accounts than one snapshot holds, more entries than one batch, and a fault in the very last row.
    async fn a_long_book_is_read_to_its_last_row(store) {
        let day = date!(2024 - 01 - 25);
        let house = House::open(store.clone(), day).await;
        let mut tx = store.write().await.unwrap();
        let mut account = Account::open(day, TariffCode::new("home-20"));
        for number in 0..5_001 {
            let (id, contract) = (Uuid::from_u128(number + 1), format!("{}", 10_000 + number));
            accounts::open(&mut tx, id, &contract, id, &account).await.unwrap();
        }
        accounts::open(&mut tx, Uuid::max(), "2", Uuid::max(), &account).await.unwrap();
        for _ in 0..5_001 {
            let kopeck = Draft::new(EntryKind::CashPayment, Money::from_kopecks(1));
            let entry = post(&mut account, kopeck, house.service.now(), "staff");
            ledger::append(&mut tx, Uuid::max(), Uuid::max(), &entry).await.unwrap();
        }
        tx.run("UPDATE account SET balance = 5001, entries = 5001 WHERE id = $1", (Uuid::max(),)).await.unwrap();
        tx.commit().await.unwrap();
        let mut heard = Vec::new();
        let report = house.service.audit_book(|done, all| heard.push((done, all))).await.unwrap();
        assert_eq!((report.accounts, report.entries, report.broken), (5_002, 5_001, None));
        assert_eq!(heard, [(5_000, 5_002), (5_002, 5_002)]);

        unguard(&store).await;
        let mut tx = store.write().await.unwrap();
        tx.run("UPDATE entry SET balance_after = 0 WHERE seq = 5001", ()).await.unwrap();
        tx.commit().await.unwrap();
        let found = house.service.audit_book(|_, _| ()).await.unwrap().broken;
        assert_eq!(found, book(Broken::Balance { seq: 5_001, expected: money("50.01"), found: Money::ZERO }));
    }
}
