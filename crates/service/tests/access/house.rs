//! A service with a stepped clock and a few subscribers.

use cabinet_core::{Language, Money, Refusal, TariffCode};
use cabinet_service::access::{Access, AccessSettings, Caller, Delivery, Intent, Principal, SignedIn};
use cabinet_service::office::Registration;
use cabinet_service::password::Passwords;
use cabinet_service::sign_in::SignIn;
use cabinet_service::{Chance, Clock, Error, Service, SteppedClock};
use cabinet_store::profiles::{self, Profile};
use cabinet_store::{Store, credentials};
use std::sync::Arc;
use time::macros::{date, datetime};
use time::{Duration, OffsetDateTime};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// When every test begins.
pub const NOON: OffsetDateTime = datetime!(2026-11-22 12:00:00 UTC);
/// Everybody's password in these tests.
pub const PASSWORD: &str = "бурштин-лелека";
/// A password that may follow it.
pub const OTHER: &str = "трамвай-черешня-9";

const SECRET: [u8; 32] = [7; 32];

/// One instance of the service, with its store and clock.
pub struct House {
    pub service: Arc<Service>,
    pub clock: Arc<SteppedClock>,
    pub store: Store,
}

impl House {
    pub fn new(store: &Store) -> House {
        House::with(store, AccessSettings { provider_name: "Онлайн".to_owned(), ..AccessSettings::default() })
    }

    pub fn with(store: &Store, settings: AccessSettings) -> House {
        House::beside(store, settings, Arc::new(SteppedClock::at(NOON)))
    }

    /// A second instance on the same database, under the same clock.
    pub fn twin(&self) -> House {
        House::beside(&self.store, self.service.access.settings.clone(), self.clock.clone())
    }

    /// A twin with other settings.
    pub fn twin_with(&self, settings: AccessSettings) -> House {
        House::beside(&self.store, settings, self.clock.clone())
    }

    fn beside(store: &Store, settings: AccessSettings, clock: Arc<SteppedClock>) -> House {
        let access = Access::new(&SECRET, settings).unwrap();
        let service = Service::new(store.clone(), clock.clone(), Chance::system(), access);
        House { service: Arc::new(service), clock, store: store.clone() }
    }

    /// A subscriber whose first password is changed already.
    pub async fn subscriber(&self, contract: &str) -> Uuid {
        static HASH: OnceCell<String> = OnceCell::const_new();
        let hash = HASH.get_or_init(async || Passwords::new(Some(1)).hash(PASSWORD).await.unwrap()).await;
        self.subscriber_with(contract, hash, false).await
    }

    pub async fn subscriber_with(&self, contract: &str, hash: &str, must_change: bool) -> Uuid {
        let id = Uuid::now_v7();
        let mut tx = self.store.write().await.unwrap();
        tx.run(
            "INSERT INTO account (id, contract, opened_on, balance, credit, entries, revision)
             VALUES ($1, $2, $3, 0, 0, 0, 0)",
            (id, contract, date!(2014 - 11 - 30)),
        )
        .await
        .unwrap();
        let profile = Profile {
            last_name: "Іванов".to_owned(),
            first_name: "Іван".to_owned(),
            middle_name: String::new(),
            address: "вул. Центральна, 1".to_owned(),
            phones: "0-67-123-45-67;000-00-00".to_owned(),
            email: None,
            consent_promotions: false,
            consent_draws: false,
            consents_changed_at: None,
            contacts_updated_at: None,
            language: "uk".to_owned(),
            theme: "system".to_owned(),
        };
        profiles::put(&mut tx, id, &profile).await.unwrap();
        credentials::insert(&mut tx, id, hash, must_change, NOON).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// A whole contract with money on it, registered by the office.
    pub async fn registered(&self, contract: &str) -> Uuid {
        self.service.fill_defaults().await.unwrap();
        let registration = Registration {
            contract: contract.parse().unwrap(),
            last_name: "Іванов".to_owned(),
            first_name: "Іван".to_owned(),
            middle_name: String::new(),
            address: "вул. Центральна, 1".to_owned(),
            phones: "0-67-123-45-67;000-00-00".to_owned(),
            email: None,
            tariff: TariffCode::new("home-20"),
            language: Language::Uk,
            first_payment: Some(Money::from_kopecks(100_00)),
        };
        self.service.register_subscriber(cabinet_service::Actor::Staff, registration).await.unwrap().id
    }

    /// The same with [`PASSWORD`] set, signed in.
    pub async fn somebody(&self, contract: &str) -> Principal {
        let id = self.registered(contract).await;
        let hash = self.service.access.hasher.hash(PASSWORD).await.unwrap();
        let mut tx = self.store.write().await.unwrap();
        credentials::replace_password(&mut tx, id, &hash, false, self.clock.now()).await.unwrap();
        tx.commit().await.unwrap();
        self.sign_in(contract, PASSWORD).await.unwrap().principal()
    }

    pub fn step(&self, seconds: i64) {
        self.clock.step(Duration::seconds(seconds));
    }

    pub async fn sign_in(&self, login: &str, password: &str) -> Result<SignedIn, Error> {
        self.sign_in_from(login, password, caller()).await
    }

    pub async fn sign_in_from(&self, login: &str, password: &str, caller: Caller) -> Result<SignedIn, Error> {
        self.sign_in_on(login, password, None, caller).await
    }

    pub async fn sign_in_on(
        &self,
        login: &str,
        password: &str,
        device: Option<String>,
        caller: Caller,
    ) -> Result<SignedIn, Error> {
        let (login, password) = (login.to_owned(), password.to_owned());
        self.service.sign_in(SignIn { login, password, delivery: Delivery::Cookie, device, caller }).await
    }

    pub async fn renew(&self, token: &str) -> Result<SignedIn, Error> {
        self.service.renew_session(token, Delivery::Cookie, &caller()).await
    }

    pub async fn reads(&self, token: &str) -> Result<Principal, Error> {
        self.service.authorise(token, Intent::Read).await
    }

    pub async fn writes(&self, token: &str) -> Result<Principal, Error> {
        self.service.authorise(token, Intent::Write).await
    }

    pub async fn count(&self, sql: &'static str) -> i64 {
        self.store.read().await.unwrap().one::<(i64,)>(sql, ()).await.unwrap().0
    }

    pub async fn audited(&self, account: Uuid) -> Vec<String> {
        let rows = cabinet_store::audit::of_account(&mut self.store.read().await.unwrap(), account, 100).await.unwrap();
        rows.into_iter().map(|row| row.act).collect()
    }
}

/// A browser at home.
pub fn caller() -> Caller {
    at("192.0.2.1")
}

/// The same browser at another address.
pub fn at(address: &str) -> Caller {
    Caller { address: address.parse().unwrap(), user_agent: "Firefox".to_owned() }
}

/// The refusal of an outcome that must be one.
pub fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}
