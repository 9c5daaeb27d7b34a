//! A promised payment: offered, quoted, given once, lapsed, paid back.

use crate::support::{House, money};
use cabinet_core::account::Promise;
use cabinet_core::ledger::{Broken, EntryKind};
use cabinet_core::{Money, Policy, Refusal, Standing};
use cabinet_service::acts::{Act, Decision, Order, OrderStatus};
use cabinet_service::audit_book::Fault;
use cabinet_service::{Actor, Clock, Error};
use cabinet_store::Store;
use std::sync::Arc;
use time::Date;
use time::macros::date;
use uuid::Uuid;

/// A contract of the manual's December that is blocked on 16 January 2015 with 0.01 on its balance.
async fn blocked(store: Store) -> (House, Uuid) {
    let house = House::open(store, date!(2014 - 12 - 01)).await;
    let account = house.registers("1", "home-20", Some("74.20")).await;
    house.lives_to(date!(2015 - 01 - 16)).await;
    assert_eq!((standing(&house, account).await, house.balance(account).await), (Standing::Blocked, money("0.01")));
    (house, account)
}

async fn standing(house: &House, account: Uuid) -> Standing {
    house.service.show_overview(account).await.unwrap().account.standing(house.clock.today())
}

async fn promise(house: &House, account: Uuid) -> Option<Promise> {
    house.service.show_overview(account).await.unwrap().account.promise
}

async fn takes(house: &House, account: Uuid) -> Order {
    let quote = house.service.quote_promise(account).await.unwrap();
    house.service.confirm_quote(account, quote.id, house.key("p")).await.unwrap().value
}

async fn refused(house: &House, account: Uuid) -> Refusal {
    let offered = house.service.offer_promise(account).await.unwrap().outcome.unwrap_err();
    match house.service.quote_promise(account).await {
        Err(Error::Refused(refusal)) => {
            assert_eq!(refusal, offered, "what is offered is what is quoted");
            refusal
        }
        other => panic!("{other:?}"),
    }
}

fn lent(until: Date) -> Promise {
    Promise { taken_on: date!(2015 - 01 - 16), until, credit: money("50.00") }
}

cabinet_store::on_both! {
    async fn it_brings_the_service_back_at_once_lapses_and_is_paid_back(store) {
        let (house, account) = blocked(store).await;
        let offer = house.service.offer_promise(account).await.unwrap();
        let quote = house.service.quote_promise(account).await.unwrap();
        let Decision::PromisedPayment(decision) = &quote.decision else { panic!("{quote:?}") };
        assert_eq!((&offer.outcome, offer.promise, offer.price), (&Ok(decision.clone()), decision.promise, money("5.00")));
        let order = house.service.confirm_quote(account, quote.id, house.key("p")).await.unwrap().value;
        assert_eq!((order.act, order.status, order.promise), (Act::PromisedPayment, OrderStatus::Done, Some(lent(date!(2015 - 01 - 19)))));
        let posted: Vec<_> = order.entries.iter().map(|entry| (entry.kind, entry.amount)).collect();
        assert_eq!(posted, [(EntryKind::PromisedPayment, money("-5.00")), (EntryKind::TariffCharge, money("-1.62"))]);
        assert_eq!(house.balance(account).await, decision.effect.balance_after);
        assert_eq!(standing(&house, account).await, Standing::Active);
        let overview = house.service.show_overview(account).await.unwrap();
        assert_eq!(overview.outlook.enough_until, Some(date!(2015 - 01 - 19)));
        assert!(matches!(refused(&house, account).await, Refusal::PromiseActive { .. }));

        house.lives_to(date!(2015 - 01 - 19)).await;
        assert_eq!(standing(&house, account).await, Standing::Active);
        house.lives_to(date!(2015 - 01 - 20)).await;
        assert_eq!((standing(&house, account).await, house.balance(account).await), (Standing::Blocked, money("-11.45")));
        let unpaid = Refusal::PromiseUnpaid { taken_on: date!(2015 - 01 - 16), missing: money("11.45"), possible_from: Some(date!(2015 - 02 - 01)) };
        assert_eq!(refused(&house, account).await, unpaid);
        house.audited().await;

        house.service.pay_cash(Actor::Staff, account, money("20.00"), None).await.unwrap();
        assert_eq!((standing(&house, account).await, promise(&house, account).await), (Standing::Active, None));
        let (log, _) = house.service.list_audit(account, None, 10).await.unwrap();
        assert!(log.iter().any(|row| row.act == "promised_payment.paid"), "{log:?}");
        house.lives_to(date!(2015 - 01 - 31)).await;
        assert_eq!(refused(&house, account).await, Refusal::PromiseLimit { possible_from: date!(2015 - 02 - 01) });
        house.lives_to(date!(2015 - 02 - 01)).await;
        takes(&house, account).await;
        let (orders, _) = house.service.list_orders(account, None, 10).await.unwrap();
        assert_eq!(orders.len(), 2);
        house.audited().await;
    }

    async fn the_daily_run_forgets_one_that_was_paid_before_its_end(store) {
        let (house, account) = blocked(store).await;
        takes(&house, account).await;
        house.service.pay_cash(Actor::Staff, account, money("100.00"), None).await.unwrap();
        assert_eq!(promise(&house, account).await, Some(lent(date!(2015 - 01 - 19))));
        house.lives_to(date!(2015 - 01 - 20)).await;
        let written = house.service.show_subscriber(account).await.unwrap().held.account;
        assert_eq!((written.promise, standing(&house, account).await), (None, Standing::Active));
        house.audited().await;
    }

    async fn twenty_confirmations_at_once_lend_once(store) {
        let (house, account) = blocked(store).await;
        let quote = house.service.quote_promise(account).await.unwrap();
        let house = Arc::new(house);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (house, id) = (house.clone(), quote.id);
            tasks.spawn(async move { house.service.confirm_quote(account, id, house.key("p")).await.is_ok() });
        }
        assert_eq!(tasks.join_all().await.into_iter().filter(|ok| *ok).count(), 1);
        assert_eq!(house.balance(account).await, money("0.01") - money("6.62"));
        house.audited().await;
    }

    async fn two_quotes_of_one_promise_do_not_lend_twice(store) {
        let (house, account) = blocked(store).await;
        let free = Policy { promise_price: Money::ZERO, ..Policy::default() };
        house.service.import_policy(&free).await.unwrap();
        let one = house.service.quote_promise(account).await.unwrap();
        let other = house.service.quote_promise(account).await.unwrap();
        let order = house.service.confirm_quote(account, one.id, house.key("p")).await.unwrap().value;
        assert_eq!(order.entries.iter().map(|entry| entry.amount).collect::<Vec<_>>(), [money("-1.62")], "it costs nothing");
        let again = house.service.confirm_quote(account, other.id, house.key("p")).await.unwrap_err();
        assert!(matches!(again, Error::Refused(Refusal::PromiseActive { .. })), "{again:?}");
        house.audited().await;
    }

    async fn a_payment_between_quote_and_confirmation_makes_it_stale_or_needless(store) {
        let (house, account) = blocked(store).await;
        let quote = house.service.quote_promise(account).await.unwrap();
        house.service.pay_cash(Actor::Staff, account, money("3.00"), None).await.unwrap();
        let stale = house.service.confirm_quote(account, quote.id, house.key("p")).await.unwrap_err();
        let Error::QuoteStale { refusal: Refusal::QuoteStale, quote: fresh } = stale else { panic!("{stale:?}") };
        let Decision::PromisedPayment(decision) = &fresh.decision else { panic!("{fresh:?}") };
        assert_eq!((decision.charge_today, decision.effect.balance_after), (Money::ZERO, money("-3.61")));
        house.service.pay_cash(Actor::Staff, account, money("50.00"), None).await.unwrap();
        let needless = house.service.confirm_quote(account, fresh.id, house.key("p")).await.unwrap_err();
        assert!(matches!(needless, Error::Refused(Refusal::PromiseNotNeeded { .. })), "{needless:?}");
        assert_eq!(promise(&house, account).await, None);
        house.audited().await;
    }

    async fn a_missed_run_serves_the_days_it_ran_and_no_more(store) {
        let (house, account) = blocked(store).await;
        takes(&house, account).await;
        house.at(date!(2015 - 01 - 25));
        let report = house.service.run_day(date!(2015 - 01 - 25), |_, _| ()).await.unwrap();
        assert_eq!((report.total, report.forgiven_days, report.blocked), (money("4.84"), 5, 1));
        assert_eq!(house.balance(account).await, money("-11.45"));
        house.audited().await;
    }

    async fn a_contract_of_a_fortnight_is_lent_nothing(store) {
        let house = House::open(store, date!(2015 - 01 - 10)).await;
        let account = house.registers("1", "home-20", Some("2.00")).await;
        house.lives_to(date!(2015 - 01 - 11)).await;
        assert_eq!(refused(&house, account).await, Refusal::ContractYoung { possible_from: date!(2015 - 02 - 09) });
    }

    async fn the_audit_finds_a_credit_that_nobody_was_given(store) {
        let (house, account) = blocked(store).await;
        takes(&house, account).await;
        let plant = async |sql| {
            let mut tx = house.service.store.write().await.unwrap();
            assert_eq!(tx.run(sql, (account,)).await.unwrap(), 1, "{sql}");
            tx.commit().await.unwrap();
            house.service.audit_book(|_, _| ()).await.unwrap().broken
        };
        let broken = Some(("1".to_owned(), Fault::Book(Broken::Promise { taken_on: date!(2015 - 01 - 16) })));
        assert_eq!(plant("UPDATE account SET credit = credit * 2 WHERE id = $1").await, broken);
        assert_eq!(plant("UPDATE account SET credit = 5000, promised_until = '2015-02-19' WHERE id = $1").await, broken);
        assert_eq!(plant("UPDATE account SET promised_until = '2015-01-19' WHERE id = $1").await, None);
        assert_eq!(plant("DELETE FROM act_order WHERE account_id = $1").await, broken);
    }
}
