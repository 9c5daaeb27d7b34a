//! A cabinet under a stepped clock.

use cabinet_core::acts::tariff_change;
use cabinet_core::calendar::days;
use cabinet_core::{Language, Money, TariffCode};
use cabinet_service::access::{Access, AccessSettings};
use cabinet_service::acts::{Decision, Quote};
use cabinet_service::messenger::Messenger;
use cabinet_service::network::Network;
use cabinet_service::office::Registration;
use cabinet_service::post::Post;
use cabinet_service::pusher::Pusher;
use cabinet_service::{Chance, Clock, RequestKey, Service, SteppedClock};
use cabinet_store::Store;
use std::sync::Arc;
use time::{Date, Time};
use uuid::Uuid;

/// A service, the clock that moves it, and the accounts it knows.
pub struct House {
    pub service: Service,
    pub clock: Arc<SteppedClock>,
    keys: std::sync::atomic::AtomicU32,
}

pub fn money(text: &str) -> Money {
    text.parse().unwrap()
}

/// What a quote of a change of tariff says.
pub fn change(quote: &Quote) -> &tariff_change::Decision {
    match &quote.decision {
        Decision::TariffChange(decision) => decision,
        other => panic!("no change of tariff: {other:?}"),
    }
}

pub fn access() -> Access {
    Access::new(&[7; 32], AccessSettings::default()).unwrap()
}

impl House {
    /// Filled with the defaults, standing at nine in the morning of `today`.
    pub async fn open(store: Store, today: Date) -> House {
        let clock = Arc::new(SteppedClock::at_local(today, Time::from_hms(9, 0, 0).unwrap()));
        let service = Service::new(store, clock.clone(), Chance::seeded(1), access());
        service.fill_defaults().await.unwrap();
        House { service, clock, keys: 0.into() }
    }

    /// Another instance on the same database, under the same clock.
    pub fn beside(store: Store, house: &House) -> House {
        let service = Service::new(store, house.clock.clone(), Chance::seeded(2), access());
        House { service, clock: house.clock.clone(), keys: 0.into() }
    }

    /// The same with a way for letters to leave.
    pub fn with_post(self, post: Post) -> House {
        House { service: self.service.with_post(post), ..self }
    }

    /// The same with a way for short messages to leave.
    pub fn with_messenger(self, messenger: Messenger) -> House {
        House { service: self.service.with_messenger(messenger), ..self }
    }

    /// The same with a way to tell the network.
    pub fn with_network(self, network: Network) -> House {
        House { service: self.service.with_network(network), ..self }
    }

    /// The same with a way for notifications to leave.
    pub fn with_pusher(self, pusher: Pusher) -> House {
        House { service: self.service.with_pusher(pusher), ..self }
    }

    /// Moves to nine in the morning of a day.
    pub fn at(&self, day: Date) {
        self.clock.set_local(day, Time::from_hms(9, 0, 0).unwrap());
    }

    /// A contract from today.
    pub async fn registers(&self, contract: &str, tariff: &str, paid: Option<&str>) -> Uuid {
        let registration = Registration {
            contract: contract.parse().unwrap(),
            last_name: "Д’яченко".into(),
            first_name: "Ольга".into(),
            middle_name: String::new(),
            address: "вул. Київська 1".into(),
            phones: "067-000-00-00".into(),
            email: None,
            tariff: TariffCode::new(tariff),
            language: Language::Uk,
            first_payment: paid.map(money),
        };
        self.service.register_subscriber(cabinet_service::Actor::Staff, registration).await.unwrap().id
    }

    /// Runs every day from tomorrow to `last`.
    pub async fn lives_to(&self, last: Date) {
        for day in days(self.clock.today(), last) {
            self.at(day);
            self.service.run_day(day, |_, _| ()).await.unwrap();
        }
    }

    pub async fn balance(&self, account: Uuid) -> Money {
        self.service.show_subscriber(account).await.unwrap().held.account.balance
    }

    /// A key never used before, for a request that is told apart by `request`.
    pub fn key(&self, request: &str) -> RequestKey {
        let number = self.keys.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        RequestKey { key: format!("key-{number}"), request: request.into() }
    }

    /// The book is whole.
    pub async fn audited(&self) {
        assert_eq!(self.service.audit_book(|_, _| ()).await.unwrap().broken, None);
    }
}
