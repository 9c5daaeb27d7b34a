//! Faults planted into what stands beside the book of a contract with services: the audit finds each, by its statements and
//! by the rules of core alike.

use crate::support::House;
use cabinet_core::account::Pause;
use cabinet_core::ledger::Broken;
use cabinet_service::acts::Quote;
use cabinet_service::audit_book::Fault;
use cabinet_service::{Actor, Clock, Error};
use cabinet_store::Store;
use cabinet_store::testing::unguard;
use time::macros::date;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Three contracts, the second of them with two Turbos, one of which is undone, a pause that is over, one that waits, and a
/// static address; and when its Turbo began.
async fn house(store: Store) -> (House, OffsetDateTime) {
    let house = House::open(store, date!(2014 - 11 - 01)).await;
    house.service.add_addresses(Actor::Staff, "main", "203.0.113.16/31").await.unwrap();
    house.registers("1", "home-20", Some("300.00")).await;
    let account = house.registers("2", "home-20", Some("900.00")).await;
    house.registers("3", "home-20", Some("300.00")).await;
    let take = async |quote: Result<Quote, Error>| {
        house.service.confirm_quote(account, quote.unwrap().id, house.key("c")).await.unwrap().value.id
    };
    let pause = |from, until| Pause { from, until };
    take(house.service.quote_pause(account, pause(date!(2014 - 11 - 02), date!(2014 - 11 - 10))).await).await;
    house.lives_to(date!(2015 - 02 - 20)).await;
    let began = house.clock.now();
    take(house.service.quote_turbo(account, "3h".to_owned()).await).await;
    let undone = take(house.service.quote_turbo(account, "12h".to_owned()).await).await;
    house.service.undo_order(account, undone, house.key("u")).await.unwrap();
    take(house.service.quote_turbo(account, "3h".to_owned()).await).await;
    take(house.service.quote_static_ip(account).await).await;
    house.lives_to(date!(2015 - 02 - 22)).await;
    take(house.service.quote_pause(account, pause(date!(2015 - 02 - 25), date!(2015 - 03 - 10))).await).await;
    house.audited().await;
    assert_eq!(house.service.audit_row_by_row().await.unwrap(), None);
    (house, began)
}

/// What the audit says after `sql` was run on contract 2, whose id is `$1`, and when its Turbo began.
async fn planted(store: Store, sql: &[&'static str]) -> (Option<(String, Fault)>, OffsetDateTime) {
    let (house, began) = house(store.clone()).await;
    let account: Uuid = house.service.find_contract(&"2".parse().unwrap()).await.unwrap();
    unguard(&store).await;
    let mut tx = store.write().await.unwrap();
    for sql in sql {
        assert!(tx.run(sql, (account,)).await.unwrap() > 0, "{sql} changes something");
    }
    tx.commit().await.unwrap();
    let found = house.service.audit_book(|_, _| ()).await.unwrap().broken;
    assert_eq!(house.service.audit_row_by_row().await.unwrap(), found, "the rules of core say the same");
    (found, began)
}

fn book(broken: Broken) -> Option<(String, Fault)> {
    Some(("2".to_owned(), Fault::Book(broken)))
}

cabinet_store::on_both! {
    async fn a_pause_without_its_days(store) {
        let (found, _) = planted(store, &["DELETE FROM standing_spell WHERE account_id = $1 AND first_day = '2015-02-25'"]).await;
        assert_eq!(found, book(Broken::Spell { from: date!(2015 - 02 - 25) }));
    }

    async fn days_of_a_pause_that_the_account_does_not_know(store) {
        let (found, _) = planted(store, &["UPDATE account SET pause_from = NULL, pause_until = NULL, pause_order = NULL WHERE id = $1"]).await;
        assert_eq!(found, book(Broken::Spell { from: date!(2015 - 02 - 25) }));
    }

    async fn a_pause_of_other_days(store) {
        let (found, _) = planted(store, &["UPDATE account SET pause_until = '2015-03-11' WHERE id = $1"]).await;
        assert_eq!(found, book(Broken::Spell { from: date!(2015 - 02 - 25) }));
    }

    async fn pauses_that_overlap(store) {
        let (found, _) = planted(store, &["UPDATE standing_spell SET last_day = '2015-02-25' WHERE account_id = $1 AND first_day = '2014-11-02'"]).await;
        assert_eq!(found, book(Broken::Spell { from: date!(2015 - 02 - 25) }));
    }

    async fn a_pause_before_it_that_nobody_had(store) {
        let (found, _) = planted(store, &["UPDATE account SET paused_through = '2014-11-09' WHERE id = $1"]).await;
        assert_eq!(found, book(Broken::Spell { from: date!(2014 - 11 - 09) }));
    }

    async fn an_order_without_its_turbo(store) {
        let (found, began) = planted(store, &["DELETE FROM turbo_run WHERE account_id = $1 AND starts_at = (SELECT MIN(t.starts_at) FROM turbo_run t WHERE t.account_id = $1)"]).await;
        assert_eq!(found, book(Broken::Turbo { at: began }));
    }

    async fn a_turbo_that_was_undone_and_runs(store) {
        let (found, began) = planted(store, &["UPDATE act_order SET status = 'undone' WHERE account_id = $1 AND act = 'turbo'"]).await;
        assert_eq!(found, book(Broken::Turbo { at: began }));
    }

    async fn a_turbo_that_was_never_undone(store) {
        let (found, began) = planted(store, &["UPDATE act_order SET status = 'done' WHERE account_id = $1 AND act = 'turbo'"]).await;
        assert_eq!(found, book(Broken::Turbo { at: began }));
    }

    async fn turbos_that_overlap(store) {
        let (found, began) = planted(store, &["UPDATE turbo_run SET ends_at = (SELECT MAX(t.ends_at) FROM turbo_run t WHERE t.account_id = $1) WHERE account_id = $1"]).await;
        assert_eq!(found, book(Broken::Turbo { at: began + Duration::hours(3) }));
    }

    async fn a_turbo_that_began_before_it_was_ordered(store) {
        let (found, began) = planted(store, &["UPDATE act_order SET created_at = (SELECT MAX(t.ends_at) FROM turbo_run t WHERE t.account_id = $1) WHERE account_id = $1 AND act = 'turbo'"]).await;
        assert_eq!(found, book(Broken::Turbo { at: began }));
    }

    async fn a_turbo_the_account_does_not_know(store) {
        let (found, began) = planted(store, &["UPDATE account SET turbo_until = NULL WHERE id = $1"]).await;
        assert_eq!(found, book(Broken::Turbo { at: began + Duration::hours(6) }));
    }

    async fn a_turbo_nobody_bought(store) {
        let (found, began) = planted(store, &["UPDATE account SET turbo_until = (SELECT MIN(t.ends_at) FROM turbo_run t WHERE t.account_id = $1) WHERE id = $1"]).await;
        assert_eq!(found, book(Broken::Turbo { at: began + Duration::hours(3) }));
    }

    async fn an_address_with_a_count_that_is_not_the_books(store) {
        let (found, _) = planted(store, &["UPDATE static_ip SET count_days = count_days + 1 WHERE account_id = $1"]).await;
        assert_eq!(found, book(Broken::Address { through: date!(2015 - 02 - 22) }));
    }

    async fn an_address_whose_day_would_be_charged_again(store) {
        let (found, _) = planted(store, &["UPDATE static_ip SET charged_through = '2015-02-21' WHERE account_id = $1"]).await;
        assert_eq!(found, book(Broken::Address { through: date!(2015 - 02 - 21) }));
    }
}
