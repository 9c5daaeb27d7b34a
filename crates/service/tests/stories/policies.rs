//! Settings of the policy other than the defaults do what they say.

use crate::support::{House, change, money};
use cabinet_core::policy::{ChargeWhen, DowngradeStart, MissedDays};
use cabinet_core::{Money, Policy, Standing, TariffCode};
use cabinet_service::Clock;
use cabinet_store::Store;
use time::macros::date;
use uuid::Uuid;

/// Registered on 1 May with the sum, under a policy.
async fn lives(store: Store, policy: Policy, paid: &str) -> (House, Uuid) {
    let house = House::open(store, date!(2024 - 05 - 01)).await;
    house.service.import_policy(&policy).await.unwrap();
    let account = house.registers("1", "home-20", Some(paid)).await;
    (house, account)
}

fn charged(days: u8) -> Money {
    money("50.00").share(days, 31)
}

async fn standing(house: &House, account: Uuid) -> Standing {
    house.service.show_subscriber(account).await.unwrap().held.account.standing(house.clock.today())
}

cabinet_store::on_both! {
    async fn missed_days_may_be_charged_into_debt(store) {
        let policy = Policy { missed_days: MissedDays::Charge, ..Policy::default() };
        let (house, account) = lives(store, policy, "2.00").await;
        house.at(date!(2024 - 05 - 06));
        let report = house.service.run_day(date!(2024 - 05 - 06), |_, _| ()).await.unwrap();
        assert_eq!((report.blocked, report.forgiven_days), (1, 0));
        assert_eq!(house.balance(account).await, money("2.00") - charged(5), "the 2nd to the 5th, today's blocks");
        house.audited().await;
    }

    async fn a_day_may_be_begun_with_any_money_that_is_no_debt(store) {
        let policy = Policy { charge_when: ChargeWhen::NonNegative, ..Policy::default() };
        let (house, account) = lives(store, policy, "2.00").await;
        house.lives_to(date!(2024 - 05 - 02)).await;
        assert_eq!((standing(&house, account).await, house.balance(account).await), (Standing::Active, money("2.00") - charged(2)));
        house.lives_to(date!(2024 - 05 - 04)).await;
        assert_eq!((standing(&house, account).await, house.balance(account).await), (Standing::Blocked, money("2.00") - charged(2)));
        house.audited().await;
    }

    async fn days_may_be_charged_always(store) {
        let policy = Policy { charge_when: ChargeWhen::Always, ..Policy::default() };
        let (house, account) = lives(store, policy, "2.00").await;
        house.lives_to(date!(2024 - 05 - 31)).await;
        assert_eq!((standing(&house, account).await, house.balance(account).await), (Standing::Active, money("-48.00")));
        house.audited().await;
    }

    async fn a_downgrade_may_start_on_the_next_day(store) {
        let policy = Policy { downgrade_start: DowngradeStart::NextDay, downgrade_price: money("10.00"), ..Policy::default() };
        let (house, account) = lives(store, policy, "50.00").await;
        let quote = house.service.quote_tariff_change(account, TariffCode::new("home-10")).await.unwrap();
        assert_eq!((change(&quote).price, change(&quote).starts_on), (money("10.00"), date!(2024 - 05 - 02)));
        house.service.confirm_quote(account, quote.id, house.key("c")).await.unwrap();
        house.lives_to(date!(2024 - 05 - 31)).await;
        let expected = money("50.00") - money("10.00") - charged(1) - money("40.00").share(30, 31);
        assert_eq!((standing(&house, account).await, house.balance(account).await), (Standing::Blocked, expected + money("40.00").share(30, 31) - money("40.00").share(29, 31)));
        house.audited().await;
    }

    async fn credit_serves_the_days_charges_and_no_price(store) {
        let (house, account) = lives(store, Policy::default(), "2.00").await;
        let mut tx = house.service.store.write().await.unwrap();
        let lend = "UPDATE account SET credit = 3000, promised_on = '2024-05-01', promised_until = '2024-06-30' WHERE id = $1";
        tx.run(lend, (account,)).await.unwrap();
        tx.commit().await.unwrap();
        house.lives_to(date!(2024 - 05 - 10)).await;
        assert_eq!((standing(&house, account).await, house.balance(account).await), (Standing::Active, money("2.00") - charged(10)));
        let refused = house.service.quote_tariff_change(account, TariffCode::new("home-10")).await.unwrap_err();
        assert!(matches!(refused, cabinet_service::Error::Refused(refusal) if refusal.code() == "funds_short"));
        let outlook = house.service.show_overview(account).await.unwrap().outlook;
        assert_eq!(outlook.enough_until, Some(date!(2024 - 05 - 19)), "30.00 of credit cover what the balance does not");
    }
}
