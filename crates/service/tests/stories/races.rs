//! Two at once, at two instances of the cabinet, where only one may have its way.

use crate::support::{House, money};
use cabinet_core::{Money, Refusal, TariffCode};
use cabinet_gateways::terminal::{Limits, Outcome, Payment, Request};
use cabinet_service::take_terminal::AtTerminal;
use cabinet_service::update_profile::ProfileWish;
use cabinet_service::vouchers::NewSeries;
use cabinet_service::{Actor, Error, RequestKey};
use cabinet_store::ledger::Filter;
use futures_util::future::{join, join_all, join4};
use std::sync::atomic::{AtomicU32, Ordering};
use time::macros::date;
use uuid::Uuid;

/// A key of a request that nobody else has: those of two houses count alike.
fn key() -> RequestKey {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    RequestKey { key: format!("race-{}", NEXT.fetch_add(1, Ordering::Relaxed)), request: "x".to_owned() }
}

/// Quotes a day of Turbo, 20.00, and confirms it, with a fresh quote whenever another was quicker; what was refused in the
/// end.
async fn takes_turbo(house: &House, account: Uuid) -> Result<Money, Refusal> {
    loop {
        let quote = match house.service.quote_turbo(account, "24h".to_owned()).await {
            Ok(quote) => quote,
            Err(Error::Refused(refusal)) => return Err(refusal),
            Err(error) => panic!("{error:?}"),
        };
        match house.service.confirm_quote(account, quote.id, key()).await {
            Ok(done) => return Ok(done.value.entries.iter().map(|entry| entry.amount).sum()),
            Err(Error::QuoteStale { .. }) => {}
            Err(Error::Refused(refusal)) => return Err(refusal),
            Err(error) => panic!("{error:?}"),
        }
    }
}

cabinet_store::on_both! {
    async fn two_different_purchases_with_money_for_one_are_one(store) {
        let house = House::open(store.clone(), date!(2024 - 05 - 01)).await;
        let twin = House::beside(store, &house);
        let mut won = [0, 0];
        for number in 1..=8_u32 {
            // Today's share taken, either change is covered, and both are not.
            let account = house.registers(&number.to_string(), "home-50", Some("40.00")).await;
            let balance = house.balance(account).await;
            assert!(balance >= money("25.00") && balance < money("50.00"), "{balance}");
            let one = house.service.quote_tariff_change(account, TariffCode::new("home-20")).await.unwrap();
            let other = twin.service.quote_tariff_change(account, TariffCode::new("home-10")).await.unwrap();
            let (one, other) = join(
                house.service.confirm_quote(account, one.id, house.key("one")),
                twin.service.confirm_quote(account, other.id, house.key("other")),
            ).await;
            assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
            won[usize::from(other.is_ok())] += 1;
            for outcome in [one, other] {
                match outcome {
                    Ok(done) => {
                        let taken: Money = done.value.entries.iter().map(|entry| entry.amount).sum();
                        assert_eq!(taken, money("-25.00"));
                    }
                    Err(Error::QuoteStale { refusal, .. } | Error::Refused(refusal)) => {
                        assert!(matches!(refusal, Refusal::QuoteStale | Refusal::ChangePlanned { .. }), "{refusal:?}");
                    }
                    Err(error) => panic!("{error:?}"),
                }
            }
            assert_eq!(house.balance(account).await, balance - money("25.00"));
        }
        println!("{won:?}");
        house.audited().await;
    }

    async fn turbo_wished_twice_at_once_is_sold_as_often_as_the_balance_pays(store) {
        let house = House::open(store.clone(), date!(2024 - 05 - 01)).await;
        let twin = House::beside(store, &house);
        for number in 1..=8_u32 {
            let account = house.registers(&number.to_string(), "home-20", Some("40.00")).await;
            let balance = house.balance(account).await;
            assert!(balance >= money("20.00") && balance < money("40.00"), "{balance}");
            let (one, other) = join(takes_turbo(&house, account), takes_turbo(&twin, account)).await;
            assert!(one.is_ok() != other.is_ok(), "{one:?} {other:?}");
            let lost = one.and(other).unwrap_err();
            assert_eq!(lost, Refusal::FundsShort { missing: money("40.00") - balance });
            assert_eq!(house.balance(account).await, balance - money("20.00"));
        }
        house.audited().await;
    }

    async fn money_that_comes_while_it_is_spent_is_counted_once_and_spent_once(store) {
        let house = House::open(store.clone(), date!(2024 - 05 - 01)).await;
        let twin = House::beside(store, &house);
        let new = NewSeries { nominal: money("9.00"), vouchers: 8, good_through: date!(2024 - 06 - 01), note: "x".to_owned() };
        let (_, codes) = house.service.create_vouchers(Actor::Staff, &new).await.unwrap();
        let limits = Limits { min: money("1.00"), max: money("500.00") };
        for (number, code) in (1..).zip(&codes) {
            let contract = number.to_string();
            let account = house.registers(&contract, "home-20", Some("24.00")).await;
            let balance = house.balance(account).await;
            let buys = async |house: &House| {
                let outcomes = join_all((0..2).map(|_| takes_turbo(house, account))).await;
                outcomes.into_iter().filter_map(Result::ok).sum::<Money>()
            };
            let redeems = join_all([&house, &twin].map(|at| at.service.redeem_voucher(account, code, key())));
            let pays = join_all([&house, &twin].map(async |at| {
                let payment = Payment {
                    txn: contract.parse().unwrap(), account: contract.parse().unwrap(), amount: money("12.00"), at: None,
                };
                let outcome = at.service.take_terminal(AtTerminal { name: "osmp", limits }, &Request::Pay(payment)).await;
                assert!(matches!(outcome, Outcome::Paid(_) | Outcome::Already(_)), "{outcome:?}");
            }));
            let (mine, theirs, redeemed, _) = join4(buys(&house), buys(&twin), redeems, pays).await;
            assert_eq!(redeemed.into_iter().filter(Result::is_ok).count(), 1, "a voucher is redeemed once");
            let came = money("9.00") + money("12.00");
            // 24.00 less today, 9.00 and 12.00 pay for Turbo twice, and never three times.
            let spent = -(mine + theirs);
            assert!(spent == money("20.00") || spent == money("40.00"), "{spent}");
            assert_eq!(house.balance(account).await, balance + came - spent);
            let (book, _) = house.service.list_entries(account, Filter::default(), None, 100).await.unwrap();
            assert!(book.iter().all(|entry| !entry.balance_after.is_negative()), "{book:?}");
            let count = |kind: &str| book.iter().filter(|entry| entry.kind.code() == kind).count();
            assert_eq!((count("voucher"), count("terminal_payment")), (1, 1));
            assert_eq!(count("turbo") as i64 * 20_00, spent.kopecks());
        }
        house.audited().await;
    }

    async fn a_title_that_two_of_the_staff_draw_at_once_has_one_winner(store) {
        let house = House::open(store.clone(), date!(2024 - 05 - 01)).await;
        let twin = House::beside(store, &house);
        for contract in ["1", "2", "3", "4"] {
            let account = house.registers(contract, "home-20", None).await;
            let wish = ProfileWish {
                phones: Some("0501234567".to_owned()), consent_draws: Some(true), ..ProfileWish::default()
            };
            house.service.edit_profile(Actor::Staff, account, wish).await.unwrap();
        }
        let since = date!(2024 - 05 - 01);
        for number in 0..16 {
            let title = format!("Приз {number}");
            let draws = [&house, &twin].map(|at| at.service.hold_draw(Actor::Staff, &title, since));
            let [one, other] = draws;
            let (one, other) = join(one, other).await;
            assert_eq!(one.unwrap(), other.unwrap());
        }
        assert_eq!(house.service.list_draws(None, 100).await.unwrap().0.len(), 16);
    }
}
