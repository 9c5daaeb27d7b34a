//! Change of tariff: quote, confirm, repeat, cancel, start.

use crate::support::{House, change, money};
use cabinet_core::{Money, Refusal, Standing, TariffCode};
use cabinet_service::acts::OrderStatus;
use cabinet_service::{Error, RequestKey};
use std::sync::Arc;
use time::macros::{date, time};

fn code(name: &str) -> TariffCode {
    TariffCode::new(name)
}

cabinet_store::on_both! {
    async fn a_downgrade_costs_25_waits_for_the_first_and_can_be_taken_back(store) {
        let house = House::open(store, date!(2024 - 05 - 10)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        let before = house.balance(account).await;
        let quote = house.service.quote_tariff_change(account, code("home-10")).await.unwrap();
        assert_eq!((change(&quote).price, change(&quote).starts_on), (money("25.00"), date!(2024 - 06 - 01)));
        let order = house.service.confirm_quote(account, quote.id, house.key("c")).await.unwrap().value;
        assert_eq!(order.status, OrderStatus::Planned);
        assert_eq!(house.balance(account).await, before - money("25.00"));
        let planned = house.service.quote_tariff_change(account, code("home-50")).await.unwrap_err();
        assert!(matches!(planned, Error::Refused(Refusal::ChangePlanned { starts_on, possible_from })
            if (starts_on, possible_from) == (date!(2024 - 06 - 01), date!(2024 - 07 - 01))));
        let cancelled = house.service.cancel_tariff_change(account, house.key("d")).await.unwrap().value;
        assert_eq!((cancelled.status, cancelled.entries.len()), (OrderStatus::Cancelled, 2));
        assert_eq!(house.balance(account).await, before);
        house.audited().await;
    }

    async fn a_change_that_can_no_longer_be_taken_back_is_told_so_beforehand(store) {
        let house = House::open(store, date!(2024 - 05 - 10)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        let refund = async || {
            let offered = house.service.list_tariffs(account).await.unwrap().pending.map(|pending| pending.cancel_refund);
            let header = house.service.show_overview(account).await.unwrap().pending.map(|pending| pending.cancel_refund);
            assert_eq!(offered, header);
            header
        };
        for turn in 0..3 {
            let quote = house.service.quote_tariff_change(account, code("home-10")).await.unwrap();
            assert_eq!(change(&quote).cancellable_until, Some(date!(2024 - 05 - 31)), "after {turn}");
            house.service.confirm_quote(account, quote.id, house.key("c")).await.unwrap();
            assert_eq!(refund().await, Some(Some(money("25.00"))));
            house.service.cancel_tariff_change(account, house.key("d")).await.unwrap();
            assert_eq!(refund().await, None);
        }
        let quote = house.service.quote_tariff_change(account, code("home-10")).await.unwrap();
        assert_eq!(change(&quote).cancellable_until, None);
        house.service.confirm_quote(account, quote.id, house.key("c")).await.unwrap();
        assert_eq!(refund().await, Some(None));
        let refused = house.service.cancel_tariff_change(account, house.key("d")).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(Refusal::CancelLimit { possible_from }) if possible_from == date!(2024 - 06 - 01)));
        let may = house.service.show_statement(account, None).await.unwrap().sheet;
        assert_eq!((may.charged, may.paid), (money("25.00") + money("1.61"), money("100.00")), "what came back is no payment");
    }

    async fn taking_a_downgrade_back_unblocks_who_its_price_had_blocked(store) {
        let house = House::open(store, date!(2024 - 05 - 10)).await;
        let account = house.registers("1", "home-20", Some("28.00")).await;
        let quote = house.service.quote_tariff_change(account, code("home-10")).await.unwrap();
        house.service.confirm_quote(account, quote.id, house.key("c")).await.unwrap();
        house.lives_to(date!(2024 - 05 - 11)).await;
        let standing = async || house.service.show_overview(account).await.unwrap().account.standing(date!(2024 - 05 - 11));
        assert_eq!(standing().await, Standing::Blocked);
        house.service.cancel_tariff_change(account, house.key("d")).await.unwrap();
        assert_eq!(standing().await, Standing::Active);
        assert_eq!(house.balance(account).await, money("28.00") - money("50.00").share(2, 31));
        house.audited().await;
    }

    async fn what_is_cheaper_is_asked_of_the_day_the_change_would_start(store) {
        let house = House::open(store, date!(2024 - 05 - 10)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        let mut catalogue = house.service.catalogue().await.unwrap();
        for (tariff, fee) in [("home-10", "60.00"), ("home-50", "45.00")] {
            let at = catalogue.tariffs.iter().position(|one| one.code == code(tariff)).unwrap();
            catalogue.tariffs[at].fees = vec![cabinet_core::tariff::FeeVersion { from: "2024-06".parse().unwrap(), fee: money(fee) }];
        }
        house.service.import_catalogue(&catalogue).await.unwrap();
        let quote = async |wish| change(&house.service.quote_tariff_change(account, code(wish)).await.unwrap()).clone();
        let (dearer, cheaper) = (quote("home-10").await, quote("home-50").await);
        assert_eq!((dearer.price, dearer.starts_on), (Money::ZERO, date!(2024 - 06 - 01)), "40.00 today, 60.00 from the 1st");
        assert_eq!((cheaper.price, cheaper.starts_on), (money("25.00"), date!(2024 - 06 - 01)), "65.00 today, 45.00 from the 1st");
    }

    async fn an_upgrade_is_free_starts_tomorrow_and_rests_30_days(store) {
        let house = House::open(store, date!(2024 - 05 - 10)).await;
        let account = house.registers("1", "home-20", Some("200.00")).await;
        let quote = house.service.quote_tariff_change(account, code("home-50")).await.unwrap();
        assert_eq!((change(&quote).price, change(&quote).starts_on), (Money::ZERO, date!(2024 - 05 - 11)));
        house.service.confirm_quote(account, quote.id, house.key("c")).await.unwrap();
        house.at(date!(2024 - 05 - 11));
        let overview = house.service.show_overview(account).await.unwrap();
        assert_eq!(overview.tariff.code, code("home-50"), "it holds by its date before the run posted it");
        house.lives_to(date!(2024 - 05 - 12)).await;
        assert_eq!(house.balance(account).await, money("200.00") - money("50.00").share(1, 31) - money("65.00").share(2, 31));
        let soon = house.service.quote_tariff_change(account, code("home-100")).await.unwrap_err();
        assert!(matches!(soon, Error::Refused(Refusal::ChangeTooSoon { possible_from }) if possible_from == date!(2024 - 06 - 10)));
        house.lives_to(date!(2024 - 06 - 10)).await;
        house.service.quote_tariff_change(account, code("home-100")).await.unwrap();
        let (orders, next) = house.service.list_orders(account, None, 10).await.unwrap();
        assert_eq!((orders[0].status, orders.len(), next), (OrderStatus::Done, 1, None));
    }

    async fn before_the_days_run_every_page_shows_one_balance_and_decides_as_after_it(store) {
        let house = House::open(store, date!(2024 - 05 - 10)).await;
        let account = house.registers("1", "home-20", Some("27.00")).await;
        house.lives_to(date!(2024 - 05 - 11)).await;
        house.at(date!(2024 - 05 - 12));
        let header = house.service.show_overview(account).await.unwrap().account.balance;
        let offers = house.service.list_tariffs(account).await.unwrap();
        assert_eq!(offers.account.balance, header);
        let cheaper = offers.offers.iter().find(|offer| offer.tariff.code == code("home-10")).unwrap();
        let missing = money("25.00") - (header - (money("50.00").share(3, 31) - money("50.00").share(2, 31)));
        assert_eq!(cheaper.change.clone().unwrap().unwrap_err(), Refusal::FundsShort { missing });
    }

    async fn confirming_twice_is_harmless(store) {
        let house = House::open(store, date!(2024 - 05 - 10)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        let quote = house.service.quote_tariff_change(account, code("home-10")).await.unwrap();
        let key = house.key("c");
        let first = house.service.confirm_quote(account, quote.id, key.clone()).await.unwrap();
        let again = house.service.confirm_quote(account, quote.id, key.clone()).await.unwrap();
        assert_eq!((first.replayed, again.replayed), (false, true));
        assert_eq!(first.value, again.value);
        let other_body = RequestKey { request: "other".into(), ..key };
        let reused = house.service.confirm_quote(account, quote.id, other_body).await.unwrap_err();
        assert!(matches!(reused, Error::Refused(Refusal::KeyReused)));
        let used = house.service.confirm_quote(account, quote.id, house.key("c")).await.unwrap_err();
        assert!(matches!(used, Error::QuoteUsed(order) if order.id == first.value.id));
        assert_eq!(house.balance(account).await, money("100.00") - money("1.61") - money("25.00"));
    }

    async fn twenty_confirmations_at_once_post_once(store) {
        let house = Arc::new(House::open(store, date!(2024 - 05 - 10)).await);
        let account = house.registers("1", "home-20", Some("100.00")).await;
        let quote = house.service.quote_tariff_change(account, code("home-10")).await.unwrap();
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (house, id) = (house.clone(), quote.id);
            tasks.spawn(async move { house.service.confirm_quote(account, id, house.key("c")).await.is_ok() });
        }
        let confirmed = tasks.join_all().await.into_iter().filter(|ok| *ok).count();
        assert_eq!(confirmed, 1);
        assert_eq!(house.balance(account).await, money("100.00") - money("1.61") - money("25.00"));
        house.audited().await;
    }

    async fn a_stale_or_old_quote_is_refused_with_a_fresh_one(store) {
        let house = House::open(store, date!(2024 - 05 - 10)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        let quote = house.service.quote_tariff_change(account, code("home-10")).await.unwrap();
        house.service.pay_cash(cabinet_service::Actor::Staff, account, money("1.00"), None).await.unwrap();
        let stale = house.service.confirm_quote(account, quote.id, house.key("c")).await.unwrap_err();
        let Error::QuoteStale { refusal: Refusal::QuoteStale, quote: fresh } = stale else { panic!("{stale:?}") };
        house.clock.step(time::Duration::minutes(10));
        let old = house.service.confirm_quote(account, fresh.id, house.key("c")).await.unwrap_err();
        let Error::QuoteStale { refusal: Refusal::QuoteExpired, quote: fresh } = old else { panic!("{old:?}") };
        house.service.confirm_quote(account, fresh.id, house.key("c")).await.unwrap();
        house.clock.set_local(date!(2024 - 05 - 10), time!(23:55));
        house.audited().await;
    }

    async fn midnight_ends_a_quote(store) {
        let house = House::open(store, date!(2024 - 05 - 10)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        house.clock.set_local(date!(2024 - 05 - 10), time!(23:55));
        let quote = house.service.quote_tariff_change(account, code("home-10")).await.unwrap();
        house.clock.set_local(date!(2024 - 05 - 11), time!(0:01));
        let old = house.service.confirm_quote(account, quote.id, house.key("c")).await.unwrap_err();
        assert!(matches!(old, Error::QuoteStale { refusal: Refusal::QuoteExpired, .. }));
    }

    async fn anothers_quote_does_not_exist(store) {
        let house = House::open(store, date!(2024 - 05 - 10)).await;
        let mine = house.registers("1", "home-20", Some("100.00")).await;
        let theirs = house.registers("2", "home-20", Some("100.00")).await;
        let quote = house.service.quote_tariff_change(theirs, code("home-10")).await.unwrap();
        let foreign = house.service.confirm_quote(mine, quote.id, house.key("c")).await.unwrap_err();
        assert!(matches!(foreign, Error::Refused(Refusal::NotFound)));
        assert!(matches!(house.service.show_quote(mine, quote.id).await.unwrap_err(), Error::Refused(Refusal::NotFound)));
    }

    async fn refusals_teach(store) {
        let house = House::open(store, date!(2024 - 05 - 10)).await;
        let account = house.registers("1", "home-20", Some("10.00")).await;
        let short = house.service.quote_tariff_change(account, code("home-10")).await.unwrap_err();
        assert!(matches!(short, Error::Refused(Refusal::FundsShort { missing }) if missing == money("16.61")));
        let same = house.service.quote_tariff_change(account, code("home-20")).await.unwrap_err();
        assert!(matches!(same, Error::Refused(Refusal::TariffSame)));
        let none = house.service.quote_tariff_change(account, code("gone")).await.unwrap_err();
        assert!(matches!(none, Error::Refused(Refusal::TariffUnavailable)));
        let offers = house.service.list_tariffs(account).await.unwrap().offers;
        assert_eq!(offers.iter().map(|offer| offer.current).collect::<Vec<_>>(), [false, true, false, false]);
        assert!(matches!(offers[0].change, Some(Err(Refusal::FundsShort { .. }))));
        assert!(matches!(&offers[2].change, Some(Ok(decision)) if decision.starts_on == date!(2024 - 05 - 11)));
        house.lives_to(date!(2024 - 05 - 20)).await;
        let blocked = house.service.quote_tariff_change(account, code("home-50")).await.unwrap_err();
        assert!(matches!(blocked, Error::Refused(Refusal::AccountBlocked { .. })));
    }

    async fn three_cancellations_a_month(store) {
        let house = House::open(store, date!(2024 - 05 - 10)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        for _ in 0..3 {
            let quote = house.service.quote_tariff_change(account, code("home-10")).await.unwrap();
            house.service.confirm_quote(account, quote.id, house.key("c")).await.unwrap();
            house.service.cancel_tariff_change(account, house.key("d")).await.unwrap();
        }
        let quote = house.service.quote_tariff_change(account, code("home-10")).await.unwrap();
        house.service.confirm_quote(account, quote.id, house.key("c")).await.unwrap();
        let limit = house.service.cancel_tariff_change(account, house.key("d")).await.unwrap_err();
        assert!(matches!(limit, Error::Refused(Refusal::CancelLimit { possible_from }) if possible_from == date!(2024 - 06 - 01)));
        house.audited().await;
    }

    async fn a_new_fee_holds_from_the_first(store) {
        let house = House::open(store, date!(2024 - 05 - 30)).await;
        let account = house.registers("1", "home-20", Some("100.00")).await;
        let mut catalogue = house.service.catalogue().await.unwrap();
        catalogue.tariffs[1].fees[0].fee = money("60.00");
        assert_eq!(house.service.import_catalogue(&catalogue).await.unwrap(), 1);
        house.lives_to(date!(2024 - 06 - 01)).await;
        let paid = money("50.00").share(2, 31) + money("60.00").share(1, 30);
        assert_eq!(house.balance(account).await, money("100.00") - paid);
    }
}
