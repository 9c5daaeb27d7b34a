//! Two at once, at two instances of the cabinet, where only one may have its way.

use crate::support::{House, money};
use cabinet_core::{Money, Refusal, TariffCode};
use cabinet_service::Error;
use futures_util::future::join;
use time::macros::date;

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
}
