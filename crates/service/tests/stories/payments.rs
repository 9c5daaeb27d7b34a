//! Money in: blocked and back, the same receipt twice.

use crate::support::{House, money};
use cabinet_core::{Refusal, Standing};
use cabinet_service::{Actor, Clock, Error};
use time::macros::date;

cabinet_store::on_both! {
    async fn pays_while_blocked(store) {
        let house = House::open(store, date!(2024 - 05 - 01)).await;
        let account = house.registers("1", "home-20", Some("5.00")).await;
        house.lives_to(date!(2024 - 05 - 06)).await;
        let overview = house.service.show_overview(account).await.unwrap();
        assert_eq!(overview.account.standing(house.clock.today()), Standing::Blocked);
        assert_eq!(overview.account.blocked_since, Some(date!(2024 - 05 - 04)));
        assert_eq!((overview.outlook.enough_until, overview.outlook.stops_on), (None, None));
        house.service.pay_cash(cabinet_service::Actor::Staff, account, money("1.00"), None).await.unwrap();
        let overview = house.service.show_overview(account).await.unwrap();
        assert_eq!(overview.account.standing(house.clock.today()), Standing::Blocked, "one hryvnia is not a day");
        house.service.pay_cash(cabinet_service::Actor::Staff, account, money("20.00"), None).await.unwrap();
        let overview = house.service.show_overview(account).await.unwrap();
        assert_eq!(overview.account.standing(house.clock.today()), Standing::Active);
        let taken = money("26.00") - overview.account.balance;
        assert_eq!(taken, money("50.00").share(4, 31), "three days before and today; the blocked ones cost nothing");
        house.audited().await;
    }

    async fn the_same_receipt_credits_once(store) {
        let house = House::open(store, date!(2024 - 05 - 01)).await;
        let account = house.registers("1", "home-20", Some("50.00")).await;
        let first = house.service.pay_cash(cabinet_service::Actor::Staff, account, money("10.00"), Some("17")).await.unwrap();
        let again = house.service.pay_cash(cabinet_service::Actor::Staff, account, money("10.00"), Some("17")).await.unwrap();
        assert_eq!((first.value.seq, first.replayed), (again.value.seq, !again.replayed));
        let other = house.service.pay_cash(cabinet_service::Actor::Staff, account, money("11.00"), Some("17")).await.unwrap_err();
        assert!(matches!(other, Error::Refused(refusal) if refusal.code() == "reference_taken"));
        assert_eq!(house.balance(account).await, money("58.39"));
    }

    async fn a_receipt_whose_entry_was_undone_is_recorded_anew(store) {
        let house = House::open(store, date!(2024 - 05 - 01)).await;
        let account = house.registers("1", "home-20", Some("50.00")).await;
        let pays = |amount: &str| house.service.pay_cash(Actor::Staff, account, money(amount), Some("17"));
        let mistaken = pays("10.00").await.unwrap();
        house.service.reverse_entry(Actor::Staff, account, mistaken.value.seq, "помилка в сумі").await.unwrap();
        let right = pays("11.00").await.unwrap();
        assert!(!right.replayed && right.value.seq > mistaken.value.seq);
        assert_eq!(house.balance(account).await, money("59.39"));
        let again = pays("11.00").await.unwrap();
        assert_eq!((again.value.seq, again.replayed), (right.value.seq, true), "it counts once again");
        assert!(matches!(pays("10.00").await, Err(Error::Refused(Refusal::ReferenceTaken))));
        house.service.reverse_entry(Actor::Staff, account, right.value.seq, "не той договір").await.unwrap();
        let third = pays("12.00").await.unwrap();
        assert_eq!((third.replayed, house.balance(account).await), (false, money("60.39")));
        house.audited().await;
    }

    async fn a_contract_number_is_taken_once(store) {
        let house = House::open(store, date!(2024 - 05 - 01)).await;
        house.registers("0042", "home-20", None).await;
        let registration = cabinet_service::office::Registration {
            contract: "0042".parse().unwrap(),
            last_name: "A".into(), first_name: "B".into(), middle_name: String::new(), address: "C".into(),
            phones: String::new(), email: None, tariff: cabinet_core::TariffCode::new("home-20"),
            language: cabinet_core::Language::Uk, first_payment: None,
        };
        let refused = house.service.register_subscriber(cabinet_service::Actor::Staff, registration.clone()).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(refusal) if refusal.code() == "contract_taken"));
        let phones = cabinet_service::office::Registration { phones: "twelve".into(), ..registration };
        let refused = house.service.register_subscriber(cabinet_service::Actor::Staff, phones).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(Refusal::FieldInvalid { field: "phones", .. })));
    }
}
