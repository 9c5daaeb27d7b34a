//! The demo never rots.

use crate::support::{access, money};
use cabinet_core::{Now, Standing};
use cabinet_service::access::{Caller, Delivery};
use cabinet_service::demo::{Marked, PASSWORD, SUBSCRIBERS, marked, open_demo};
use cabinet_service::sign_in::SignIn;
use cabinet_service::{Chance, Clock, RequestKey, Service, SteppedClock};
use std::net::Ipv4Addr;
use std::sync::Arc;
use time::macros::{date, time};

cabinet_store::on_both! {
    async fn the_demo_shows_its_states_at_every_start(store) {
        assert_eq!(marked(&store).await.unwrap(), Marked::Empty);
        let clock = Arc::new(SteppedClock::at_local(date!(2026 - 11 - 22), time!(18:00)));
        let service = Service::new(store.clone(), clock.clone(), Chance::seeded(2), access());
        let now = || Now { instant: clock.now(), today: clock.today() };
        assert!(open_demo(&store, access(), now()).await.unwrap());
        assert_eq!(marked(&store).await.unwrap(), Marked::Demo);
        assert!(!open_demo(&store, access(), now()).await.unwrap());
        for day in [date!(2026 - 11 - 25), date!(2026 - 12 - 02), date!(2027 - 01 - 05)] {
            clock.set_local(day, time!(10:00));
            open_demo(&store, access(), now()).await.unwrap();
            let account = |contract: &str| {
                let contract = contract.parse().unwrap();
                let service = &service;
                async move { service.find_contract(&contract).await.unwrap() }
            };
            let manual = account("0000").await;
            let december = service.show_statement(manual, "2014-12".parse().ok()).await.unwrap().sheet;
            assert_eq!((december.opening, december.closing, december.charged), (money("24.20"), money("37.10"), money("37.10")));
            let overview = service.show_overview(manual).await.unwrap();
            assert!(overview.account.balance >= money("40.00"));
            assert_eq!(overview.account.standing(day), Standing::Active);
            let blocked = service.show_overview(account("0001").await).await.unwrap();
            assert_eq!(blocked.account.standing(day), Standing::Blocked);
            let planned = service.show_overview(account("0002").await).await.unwrap();
            assert!(planned.pending.is_some());
        }
        assert_eq!(service.audit_book(|_, _| ()).await.unwrap().broken, None);
    }

    async fn what_visitors_change_is_restored(store) {
        let clock = Arc::new(SteppedClock::at_local(date!(2026 - 11 - 22), time!(18:00)));
        let service = Service::new(store.clone(), clock.clone(), Chance::seeded(2), access());
        let now = || Now { instant: clock.now(), today: clock.today() };
        open_demo(&store, access(), now()).await.unwrap();
        let account = |contract: &str| {
            let contract = contract.parse().unwrap();
            let service = &service;
            async move { service.find_contract(&contract).await.unwrap() }
        };
        let caller = || Caller { address: Ipv4Addr::LOCALHOST.into(), user_agent: String::new() };
        for subscriber in SUBSCRIBERS {
            let code = service.issue_recovery_code(cabinet_service::Actor::Staff, subscriber.login).await.unwrap();
            service.confirm_recovery(subscriber.login, &code, "a visitor was here", &caller()).await.unwrap();
        }
        service.suspend(cabinet_service::Actor::Staff, account("0000").await, "a visitor was here").await.unwrap();
        let key = RequestKey { key: "visitor".to_owned(), request: "cancel".to_owned() };
        service.cancel_tariff_change(account("0002").await, key).await.unwrap();

        assert!(!open_demo(&store, access(), now()).await.unwrap(), "all of it can be restored");
        for subscriber in SUBSCRIBERS {
            let login = subscriber.login.to_owned();
            let given = SignIn { login, password: PASSWORD.to_owned(), delivery: Delivery::Body, device: None, caller: caller() };
            service.sign_in(given).await.unwrap();
        }
        let manual = service.show_overview(account("0000").await).await.unwrap();
        assert_eq!(manual.account.standing(clock.today()), Standing::Active);
        assert!(service.show_overview(account("0002").await).await.unwrap().pending.is_some());
    }

    async fn a_real_database_is_not_the_demos(store) {
        let clock = Arc::new(SteppedClock::at_local(date!(2026 - 11 - 22), time!(18:00)));
        Service::new(store.clone(), clock, Chance::seeded(2), access()).fill_defaults().await.unwrap();
        assert_eq!(marked(&store).await.unwrap(), Marked::Real);
    }
}
