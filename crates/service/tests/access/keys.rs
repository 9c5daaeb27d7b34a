use crate::house::House;
use cabinet_core::{Refusal, TariffCode};
use cabinet_service::acts::Order;
use cabinet_service::{Answered, Error, RequestKey};
use cabinet_store::{StoreError, Tx, accounts, on_both};
use tokio::task::JoinHandle;
use uuid::Uuid;

type Confirming = JoinHandle<Result<Answered<Order>, Error>>;

/// A contract with a quote to confirm.
async fn quoted(house: &House) -> (Uuid, Uuid) {
    let account = house.registered("0000").await;
    let quote = house.service.quote_tariff_change(account, TariffCode::new("home-50")).await.unwrap();
    (account, quote.id)
}

fn confirm(house: &House, account: Uuid, quote: Uuid, key: &str) -> Confirming {
    let service = house.service.clone();
    let key = RequestKey { key: key.to_owned(), request: "confirm".to_owned() };
    tokio::spawn(async move { service.confirm_quote(account, quote, key).await })
}

/// A transaction that holds the account's lock.
async fn holder(house: &House, account: Uuid) -> Tx {
    let mut tx = house.store.write().await.unwrap();
    accounts::lock(&mut tx, account).await.unwrap().unwrap();
    tx
}

on_both! {
    async fn m08_a_twin_in_progress_waits_and_gets_the_first_answer(store) {
        let house = House::new(&store);
        let (account, quote) = quoted(&house).await;
        let holder = holder(&house, account).await;
        let twins: Vec<Confirming> = (0..3).map(|_| confirm(&house, account, quote, "k-1")).collect();
        tokio::task::yield_now().await;
        assert!(twins.iter().all(|twin| !twin.is_finished()));
        drop(holder);
        let mut orders = Vec::new();
        let mut replayed = 0;
        for twin in twins {
            let answer = twin.await.unwrap().unwrap();
            orders.push(answer.value.id);
            replayed += usize::from(answer.replayed);
        }
        orders.dedup();
        assert_eq!((orders.len(), replayed), (1, 2));
    }

    async fn m08_a_twin_that_waited_five_seconds_is_told_so(store) {
        let house = House::new(&store);
        let (account, quote) = quoted(&house).await;
        let holder = holder(&house, account).await;
        let twins = [confirm(&house, account, quote, "k-1"), confirm(&house, account, quote, "k-1")];
        let alone = confirm(&house, account, quote, "k-2");
        let (mut told, mut busy) = (0, 0);
        for twin in twins {
            match twin.await.unwrap() {
                Err(Error::Refused(Refusal::KeyInProgress)) => told += 1,
                Err(Error::Store(StoreError::Busy)) => busy += 1,
                other => panic!("{other:?}"),
            }
        }
        assert_eq!((told, busy), (1, 1), "the second of them is the twin");
        assert!(matches!(alone.await.unwrap(), Err(Error::Store(StoreError::Busy))));
        drop(holder);
        // Nothing of it is remembered: the same key does the work now.
        assert!(!confirm(&house, account, quote, "k-1").await.unwrap().unwrap().replayed);
        assert!(confirm(&house, account, quote, "k-1").await.unwrap().unwrap().replayed);
    }
}
