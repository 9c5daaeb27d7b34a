//! A server killed between a charge and the push it is for: the next one pushes.

use crate::support::{Office, Served};
use cabinet_core::Money;
use cabinet_gateways::testing::router::{FakeRouter, Temper};
use cabinet_service::access::{Access, AccessSettings};
use cabinet_service::network::{Network, Way};
use cabinet_service::{Chance, Clock, RequestKey, Service, SystemClock};
use cabinet_store::network_sessions::{self, Heard};
use cabinet_store::routers::{self, Line, Router};
use cabinet_store::{Store, network_states};
use std::sync::Arc;
use time::Duration;
use uuid::Uuid;

const SECRET: &str = "testing123";

fn serve(office: &Office) -> Served {
    office.serve(&[("CABINET_NETWORK__DRIVER", "radius")])
}

/// A router with a session of the contract.
async fn connected(store: &Store, router: &FakeRouter, account: Uuid) {
    let row = Router {
        name: "core".to_owned(),
        address: router.address.ip().to_string(),
        kind: "mikrotik".to_owned(),
        secret: SECRET.to_owned(),
        coa_port: router.address.port().into(),
        signs: true,
        demands: true,
    };
    let rate = ("Mikrotik-Rate-Limit".to_owned(), "{up_rate}/{down_rate}".to_owned());
    let line = Line { access: "open".to_owned(), attribute: rate.0, op: ":=".to_owned(), value: rate.1 };
    let now = SystemClock.now();
    let heard = Heard {
        id: "one".to_owned(),
        account: Some(account),
        username: "0042".to_owned(),
        router: router.address.ip().to_string(),
        session: "81000001".to_owned(),
        port: None,
        address: None,
        caller: None,
        class: Some("g1".to_owned()),
        began: now - Duration::HOUR,
        at: now,
        stopped: false,
        seconds: 3600,
        input_octets: 0,
        output_octets: 0,
        ended: None,
    };
    let mut tx = store.write().await.unwrap();
    routers::put(&mut tx, &row).await.unwrap();
    routers::put_lines(&mut tx, "mikrotik", &[line]).await.unwrap();
    network_sessions::record(&mut tx, &heard).await.unwrap();
    tx.commit().await.unwrap();
}

async fn balance(service: &Service, account: Uuid) -> Money {
    service.show_subscriber(account).await.unwrap().held.account.balance
}

crate::on_both_benches! {
    async fn a_turbo_that_was_charged_is_pushed_by_the_next_server(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let who = ["--last-name", "Іваненко", "--first-name", "Іван", "--address", "вул. Миру 1", "--tariff", "home-20"];
        office.runs(&[&["subscriber", "register", "0042", "--paid", "100.00"][..], &who].concat());
        let store = office.bench.store.clone();
        let (account,): (Uuid,) = store.read().await.unwrap().one("SELECT id FROM account", ()).await.unwrap();
        let router = FakeRouter::start(SECRET, Temper::Silent).await;
        connected(&store, &router, account).await;
        let access = Access::new(&[7; 48], AccessSettings::default()).unwrap();
        let service = Service::new(store.clone(), Arc::new(SystemClock), Chance::system(), access);
        let service = service.with_network(Network::new(Way::Radius, 1));
        let before = balance(&service, account).await;
        let quote = service.quote_turbo(account, "3h".to_owned()).await.unwrap();
        let key = RequestKey { key: "one".to_owned(), request: "one".to_owned() };
        service.confirm_quote(account, quote.id, key).await.unwrap();

        let mut server = serve(&office);
        while router.heard().is_empty() {
            tokio::task::yield_now().await;
        }
        server.signal("KILL");
        server.wait();
        let taken = async || network_states::find(&mut store.read().await.unwrap(), account).await.unwrap().unwrap();
        assert!(!taken().await.is_taken());
        // Two minutes go by, after which what a dead server holds is another's.
        let mut tx = store.write().await.unwrap();
        tx.run("UPDATE outbox SET leased_until = NULL WHERE ended_at IS NULL", ()).await.unwrap();
        tx.commit().await.unwrap();
        router.becomes(Temper::Takes);
        let server = serve(&office);
        while !taken().await.is_taken() {
            tokio::task::yield_now().await;
        }
        server.end();
        assert_eq!(taken().await.applied.as_deref(), Some("open 100000/100000"));
        assert_eq!(balance(&service, account).await, before - Money::from_kopecks(5_00), "charged, and once");
        assert_eq!(office.runs(&["network"]), "");
        office.runs(&["audit"]);
        office.bench.close().await;
    }
}
