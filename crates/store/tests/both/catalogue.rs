use crate::support::{NOON, home_20};
use cabinet_core::tariff::{Catalogue, FeeVersion, Tariff};
use cabinet_core::{Money, Month, Policy, TariffCode};
use cabinet_store::{StoreError, catalogue, on_both};

fn version(year: i32, month: u8, kopecks: i64) -> FeeVersion {
    FeeVersion { from: Month::new(year, month).unwrap(), fee: Money::from_kopecks(kopecks) }
}

on_both! {
    async fn tariffs_stand_in_the_providers_order_with_their_fees_from_the_oldest(store) {
        let free = Tariff { code: TariffCode::new("free"), fees: vec![version(2000, 1, 0)], ..home_20() };
        let fees = vec![version(2016, 2, 65_00), version(2000, 1, 70_00), version(2015, 10, 60_00)];
        let mut tx = store.write().await.unwrap();
        assert_eq!(catalogue::catalogue(&mut tx).await.unwrap(), Catalogue::default());
        catalogue::put_tariff(&mut tx, &free, 2).await.unwrap();
        catalogue::put_tariff(&mut tx, &Tariff { fees, ..home_20() }, 1).await.unwrap();
        let read = catalogue::catalogue(&mut tx).await.unwrap();
        let fees = vec![version(2000, 1, 70_00), version(2015, 10, 60_00), version(2016, 2, 65_00)];
        assert_eq!(read.tariffs, [Tariff { fees, ..home_20() }, free]);
        assert_eq!(read.tariffs[0].fee(Month::new(2016, 1).unwrap()), Money::from_kopecks(60_00));
    }

    async fn a_tariff_put_again_keeps_the_versions_it_had(store) {
        let renamed = Tariff {
            name: "Дім".to_owned(), down_mbps: 30, up_mbps: 15, offered: false, fees: vec![version(2015, 1, 55_00)], ..home_20()
        };
        let mut tx = store.write().await.unwrap();
        catalogue::put_tariff(&mut tx, &home_20(), 0).await.unwrap();
        catalogue::put_tariff(&mut tx, &renamed, 0).await.unwrap();
        let fees = vec![version(2000, 1, 50_00), version(2015, 1, 55_00)];
        assert_eq!(catalogue::catalogue(&mut tx).await.unwrap().tariffs, [Tariff { fees, ..renamed.clone() }]);
        // A fee that has not begun may still be announced anew.
        catalogue::put_tariff(&mut tx, &Tariff { fees: vec![version(2015, 1, 56_00)], ..renamed.clone() }, 0).await.unwrap();
        let fees = vec![version(2000, 1, 50_00), version(2015, 1, 56_00)];
        assert_eq!(catalogue::catalogue(&mut tx).await.unwrap().tariffs, [Tariff { fees, ..renamed }]);
    }

    async fn the_newest_policy_is_in_force(store) {
        let strict = Policy { cancels_per_month: 0, ..Policy::default() };
        let mut tx = store.write().await.unwrap();
        assert_eq!(catalogue::policy(&mut tx).await.unwrap(), None);
        catalogue::put_policy(&mut tx, 10, &strict, NOON).await.unwrap();
        catalogue::put_policy(&mut tx, 9, &Policy::default(), NOON).await.unwrap();
        assert_eq!(catalogue::policy(&mut tx).await.unwrap(), Some((10, strict.clone())));
        let again = catalogue::put_policy(&mut tx, 10, &strict, NOON).await;
        assert!(matches!(again, Err(StoreError::Conflict)));
    }

    async fn a_policy_nobody_can_read_is_told(store) {
        let mut tx = store.write().await.unwrap();
        tx.run("INSERT INTO policy (version, body, created_at) VALUES (1, '{\"mood\": 1}', $1)", (NOON,)).await.unwrap();
        let told = catalogue::policy(&mut tx).await;
        assert!(matches!(&told, Err(StoreError::Corrupt(why)) if why.contains("mood")), "{told:?}");
    }

    async fn a_fact_is_replaced_not_doubled(store) {
        let mut tx = store.write().await.unwrap();
        assert_eq!(catalogue::fact(&mut tx, "demo").await.unwrap(), None);
        catalogue::put_fact(&mut tx, "demo", "yes").await.unwrap();
        catalogue::put_fact(&mut tx, "demo", "still").await.unwrap();
        catalogue::put_fact(&mut tx, "other", "x").await.unwrap();
        assert_eq!(catalogue::fact(&mut tx, "demo").await.unwrap().as_deref(), Some("still"));
    }
}
