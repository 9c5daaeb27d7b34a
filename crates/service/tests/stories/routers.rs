//! Whoever signs in at a router gets what the account has at that moment: asked by HTTP, or read from the views of PostgreSQL.

use crate::support::House;
use cabinet_core::account::{Pause, PlannedTariff, StaticIp};
use cabinet_core::tariff::Tariff;
use cabinet_core::{Policy, Refusal, TariffCode};
use cabinet_service::admit_session::{Admission, SessionTold, Told, What};
use cabinet_service::ground::default_tariffs;
use cabinet_service::manage_routers::{Kind, NewRouter};
use cabinet_service::{Actor, Chance, Clock, Error};
use cabinet_store::accounts::{self, Address};
use cabinet_store::turbos::{self, TurboRun};
use cabinet_store::{Tx, addresses, catalogue, network_sessions, on_both};
use time::macros::{date, datetime};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

const MIKROTIK: &str = "192.0.2.1";
const ACCEL: &str = "192.0.2.2";

/// A router that demands nothing.
pub fn router(name: &str, address: &str, kind: &str) -> NewRouter {
    NewRouter {
        name: name.to_owned(),
        address: address.parse().unwrap(),
        kind: kind.to_owned(),
        secret: "s3cret".to_owned(),
        coa_port: 3799,
        signs: true,
        demands: false,
    }
}

async fn admitted(house: &House, username: &str, router: &str) -> Vec<String> {
    match house.service.admit_session(username, router).await.unwrap() {
        Admission::Refused => vec!["refused".to_owned()],
        Admission::With { attributes, .. } => {
            attributes.iter().map(|one| format!("{} {} {}", one.attribute, one.op, one.value)).collect()
        }
    }
}

/// Tells as a router does, a minute after the last time.
async fn told(house: &House, username: &str, what: &str, output_octets: i64) {
    house.clock.step(Duration::minutes(1));
    let session = SessionTold {
        stopped: what == "Stop",
        username: username.to_owned(),
        session: "81000001".to_owned(),
        seconds: 60,
        output_octets,
        ..SessionTold::default()
    };
    let what = What::Session(Box::new(session));
    house
        .service
        .record_session(&Told { id: "a".to_owned(), router: MIKROTIK.to_owned(), what, delay: 0 })
        .await
        .unwrap();
}

on_both! {
    async fn each_kind_of_router_is_told_in_its_own_words(store) {
        let house = House::open(store, date!(2026 - 11 - 22)).await;
        house.registers("0042", "home-20", Some("100.00")).await;
        for new in [router("core", MIKROTIK, "mikrotik"), router("east", ACCEL, "accel-ppp")] {
            house.service.put_router(Actor::Staff, new).await.unwrap();
        }
        assert_eq!(admitted(&house, "0042", MIKROTIK).await, ["Class := g0", "Acct-Interim-Interval := 300", "Mikrotik-Rate-Limit := 20M/20M"]);
        assert_eq!(admitted(&house, "0042", ACCEL).await, ["Class := g0", "Acct-Interim-Interval := 300", "Filter-Id := 20000/20000"]);
        assert_eq!(admitted(&house, "0042", "192.0.2.9").await, ["refused"], "a router nobody knows");
        assert_eq!(admitted(&house, "9999", MIKROTIK).await, ["refused"]);
        let own = Kind { name: "mikrotik".to_owned(), open: vec!["Mikrotik-Rate-Limit := {up_kbit}k/{down_kbit}k".to_owned()], garden: vec!["Mikrotik-Address-List := blocked".to_owned()] };
        house.service.put_router_kind(Actor::Staff, &own).await.unwrap();
        assert_eq!(admitted(&house, "0042", MIKROTIK).await[2], "Mikrotik-Rate-Limit := 20000k/20000k");
        let kinds = house.service.router_kinds().await.unwrap();
        assert_eq!(kinds.iter().map(|kind| kind.name.as_str()).collect::<Vec<_>>(), ["accel-ppp", "cisco", "juniper", "mikrotik"]);
        assert_eq!(kinds[3], own);
        let unknown = house.service.put_router(Actor::Staff, router("west", "192.0.2.3", "of-later")).await;
        assert!(matches!(unknown, Err(Error::Refused(Refusal::FieldInvalid { field: "kind", .. }))));
        let twice = house.service.put_router(Actor::Staff, router("west", ACCEL, "cisco")).await;
        assert!(matches!(twice, Err(Error::Refused(Refusal::FieldInvalid { field: "address", .. }))));
        house.service.remove_router(Actor::Staff, "east").await.unwrap();
        assert_eq!(house.service.list_routers().await.unwrap().len(), 1);
    }

    async fn who_is_blocked_may_pay_and_who_is_gone_is_refused(store) {
        let house = House::open(store, date!(2026 - 11 - 22)).await;
        house.service.put_router(Actor::Staff, router("core", MIKROTIK, "mikrotik")).await.unwrap();
        house.registers("0042", "home-20", None).await;
        let garden = ["Class := g0", "Acct-Interim-Interval := 300", "Mikrotik-Rate-Limit := 1M/1M", "Mikrotik-Address-List := blocked"];
        assert_eq!(admitted(&house, "0042", MIKROTIK).await, garden);
        let id = house.registers("0043", "home-20", Some("100.00")).await;
        house.service.close_contract(Actor::Staff, id, "переїзд").await.unwrap();
        // The day it paid for is served, and the session ends with it: fifteen hours, and a while of its own.
        let open = admitted(&house, "0043", MIKROTIK).await;
        let seconds: i64 = open[1].strip_prefix("Session-Timeout := ").unwrap().parse().unwrap();
        assert!((54_000..54_061).contains(&seconds), "{open:?}");
        house.at(date!(2026 - 11 - 23));
        assert_eq!(admitted(&house, "0043", MIKROTIK).await, ["refused"]);
    }

    async fn an_address_is_told_with_its_prefix_and_nothing_where_there_is_none(store) {
        let house = House::open(store, date!(2026 - 11 - 22)).await;
        house.service.put_router(Actor::Staff, router("core", MIKROTIK, "mikrotik")).await.unwrap();
        let id = house.registers("0042", "home-20", Some("100.00")).await;
        house.service.add_addresses(Actor::Staff, "main", "203.0.113.7").await.unwrap();
        house.service.set_address_prefix(Actor::Staff, "203.0.113.7", Some("2001:db8:7::/56")).await.unwrap();
        let rate = "Mikrotik-Rate-Limit := 20M/20M";
        assert_eq!(admitted(&house, "0042", MIKROTIK).await[2..], [rate]);
        let quote = house.service.quote_static_ip(id).await.unwrap();
        house.service.confirm_quote(id, quote.id, house.key("c")).await.unwrap();
        let address = "Framed-IP-Address := 203.0.113.7";
        assert_eq!(admitted(&house, "0042", MIKROTIK).await[2..], [rate, address, "Delegated-IPv6-Prefix := 2001:db8:7::/56"]);
        house.service.set_address_prefix(Actor::Staff, "203.0.113.7", Some("2001:db8:8::/48")).await.unwrap();
        assert_eq!(admitted(&house, "0042", MIKROTIK).await[4], "Delegated-IPv6-Prefix := 2001:db8:8::/48");
        assert_eq!(house.service.show_services(id).await.unwrap().static_ip.ipv6_prefix.as_deref(), Some("2001:db8:8::/48"));
        house.service.set_address_prefix(Actor::Staff, "203.0.113.7", None).await.unwrap();
        assert_eq!(admitted(&house, "0042", MIKROTIK).await[2..], [rate, address]);
    }

    async fn sessions_of_long_ago_go_with_the_daily_run(store) {
        let house = House::open(store, date!(2026 - 11 - 22)).await;
        house.service.import_policy(&Policy { network_session_days: 31, ..Policy::default() }).await.unwrap();
        let id = house.registers("0042", "home-20", Some("100.00")).await;
        told(&house, "0042", "Start", 0).await;
        told(&house, "0042", "Stop", 7).await;
        let kept = async || network_sessions::of(&mut house.service.store.read().await.unwrap(), id, 9).await.unwrap().len();
        house.lives_to(date!(2026 - 12 - 23)).await;
        assert_eq!(kept().await, 1);
        house.lives_to(date!(2026 - 12 - 24)).await;
        assert_eq!(kept().await, 0);
    }

    async fn a_secret_of_the_connection_is_the_contracts_own(store) {
        let house = House::open(store, date!(2026 - 11 - 22)).await;
        house.service.put_router(Actor::Staff, router("core", MIKROTIK, "mikrotik")).await.unwrap();
        let id = house.registers("0042", "home-20", Some("100.00")).await;
        let first = house.service.show_network_login(id).await.unwrap().unwrap();
        assert_eq!((first.username.as_str(), first.secret.len()), ("0042", 14));
        let renewed = house.service.put_network_login(Actor::Staff, id, None, None).await.unwrap();
        assert!(renewed.username == "0042" && renewed.secret != first.secret);
        house.service.put_network_login(Actor::Staff, id, Some("ivan@home"), Some("as-before")).await.unwrap();
        assert!(matches!(house.service.admit_session("ivan@home", MIKROTIK).await.unwrap(), Admission::With { secret, .. } if secret == "as-before"));
        assert_eq!(admitted(&house, "0042", MIKROTIK).await, ["refused"]);
        let other = house.registers("0043", "home-20", None).await;
        for taken in ["ivan@home", "0042"] {
            let refused = house.service.put_network_login(Actor::Staff, other, Some(taken), None).await;
            assert!(matches!(refused, Err(Error::Refused(Refusal::FieldInvalid { field: "username", .. }))), "{taken}");
        }
        let mut tx = house.service.store.write().await.unwrap();
        tx.run("DELETE FROM network_login WHERE account_id = $1", (other,)).await.unwrap();
        tx.commit().await.unwrap();
        let made = house.service.make_network_logins(Actor::Staff).await.unwrap();
        assert_eq!(made.iter().map(|(contract, login)| (contract.as_str(), login.username.as_str())).collect::<Vec<_>>(), [("0043", "0043")]);
        assert!(house.service.make_network_logins(Actor::Staff).await.unwrap().is_empty());
    }

    async fn sessions_are_the_accounts_and_end_with_their_router(store) {
        let house = House::open(store, date!(2026 - 11 - 22)).await;
        let id = house.registers("0042", "home-20", Some("100.00")).await;
        told(&house, "0042", "Start", 0).await;
        told(&house, "0042", "Interim-Update", 7_000_000_000).await;
        let mut view = house.service.store.read().await.unwrap();
        let open = network_sessions::open_of(&mut view, id).await.unwrap();
        assert_eq!((open.len(), open[0].updated_at), (1, house.clock.now()));
        assert_eq!(network_sessions::traffic_since(&mut view, id, open[0].started_at).await.unwrap(), (0, 7_000_000_000));
        drop(view);
        let what = What::Reset("Accounting-On".to_owned());
        house.service.record_session(&Told { id: String::new(), router: MIKROTIK.to_owned(), what, delay: 20 }).await.unwrap();
        let mut view = house.service.store.read().await.unwrap();
        assert!(network_sessions::open_of(&mut view, id).await.unwrap().is_empty());
        let ended = network_sessions::of(&mut view, id, 9).await.unwrap();
        assert_eq!(ended[0].stopped_at, Some(house.clock.now() - Duration::seconds(20)));
    }
}

/// Days around which a clock is set back, put on, and neither.
const DAYS: [Date; 3] = [date!(2026 - 03 - 29), date!(2026 - 10 - 25), date!(2026 - 11 - 22)];
/// Accounts compared.
const ACCOUNTS: u64 = 40;
/// Instants each of them is compared at, beside those at which something of it changes.
const INSTANTS: u64 = 8;

/// An account in any state, some of which no act would lead to.
async fn somebody(tx: &mut Tx, house: &House, chance: &Chance, number: u64) -> (Uuid, Vec<OffsetDateTime>) {
    let base = DAYS[chance.below(3) as usize];
    let around = |chance: &Chance| base + Duration::days(chance.below(11) as i64 - 5);
    let one_in = |chance: &Chance, of: u64| chance.below(of) == 0;
    let tariff = |chance: &Chance| TariffCode::new(["home-10", "home-100", "uneven"][chance.below(3) as usize]);
    let id = chance.uuid_v7(datetime!(2026-01-01 00:00 UTC));
    let opened = if one_in(chance, 8) { around(chance) } else { date!(2026 - 01 - 01) };
    let contract = format!("{number:04}");
    let account = cabinet_core::account::Account::open(opened, tariff(chance));
    accounts::open(tx, id, &contract, id, &account).await.unwrap();
    let mut held = accounts::find(tx, id).await.unwrap().unwrap();
    let of = &mut held.account;
    of.closed_on = one_in(chance, 6).then(|| around(chance));
    of.suspended_since = one_in(chance, 8).then(|| around(chance));
    of.blocked_since = one_in(chance, 6).then(|| around(chance));
    if one_in(chance, 3) {
        let from = around(chance);
        of.pause = Some(Pause { from, until: from + Duration::days(chance.below(7) as i64) });
    }
    if one_in(chance, 2) {
        of.service.planned = Some(PlannedTariff { tariff: tariff(chance), starts_on: around(chance) });
    }
    if one_in(chance, 2) {
        let address = format!("198.51.100.{number}");
        addresses::add(tx, &address, "main", None, opened).await.unwrap();
        assert!(addresses::take(tx, id, opened).await.unwrap().is_some());
        let ip = StaticIp { until: one_in(chance, 2).then(|| around(chance)), ..StaticIp::connect(around(chance)) };
        let prefix = one_in(chance, 2).then(|| format!("2001:db8:{number}::/56"));
        let address = Address { service_id: id, order_id: id, address, prefix };
        addresses::connect(tx, id, &address, &ip).await.unwrap();
        of.static_ip = Some(ip);
    }
    accounts::save(tx, &held).await.unwrap();
    let mut moments = Vec::new();
    let mut starts_at = house.clock.day_start(around(chance)) + Duration::seconds(chance.below(86_400) as i64);
    for _ in 0..chance.below(4) {
        let ends_at = starts_at + Duration::hours(1 + chance.below(24) as i64);
        let order_id = chance.uuid_v7(starts_at);
        let (down_mbps, up_mbps) = (1 + chance.below(200) as i64, 1 + chance.below(200) as i64);
        let option_code = "3h".to_owned();
        let run = TurboRun {
            order_id,
            option_code,
            taken_on: base,
            starts_at,
            ends_at,
            down_mbps,
            up_mbps,
            free: false,
            applied_at: None,
        };
        turbos::put(tx, id, &run).await.unwrap();
        moments.extend([starts_at, ends_at]);
        starts_at = ends_at;
    }
    let login = cabinet_store::network_logins::Login { username: contract, secret: format!("secret-{number}") };
    cabinet_store::network_logins::put(tx, id, &login).await.unwrap();
    if one_in(chance, 2) {
        let sql = "INSERT INTO network_state (account_id, generation, changed_at) VALUES ($1, $2, $3)";
        tx.run(sql, (id, 1 + chance.below(9) as i64, starts_at)).await.unwrap();
    }
    let account = &held.account;
    let days = [
        account.closed_on,
        account.pause.map(|pause| pause.from),
        account.service.planned.as_ref().map(|planned| planned.starts_on),
    ];
    let ends = [account.pause.map(|pause| pause.until), account.static_ip.and_then(|ip| ip.until)];
    let days = days.into_iter().flatten().chain(ends.into_iter().flatten().map(cabinet_core::calendar::tomorrow));
    moments.extend(days.map(|day| house.clock.day_start(day)));
    let mut instants: Vec<OffsetDateTime> = moments.iter().flat_map(|at| [*at - Duration::SECOND, *at]).collect();
    for _ in 0..INSTANTS {
        instants.push(house.clock.day_start(around(chance)) + Duration::seconds(chance.below(86_400) as i64));
    }
    (id, instants)
}

/// What the views say of whoever signs in at a router; of nobody, nothing.
async fn seen(tx: &mut Tx, username: &str, router: &str) -> Option<(String, Vec<String>)> {
    let check: Option<(String, String)> = tx
        .maybe("SELECT attribute, value FROM radius.radcheck WHERE username = $1 ORDER BY id", (username,))
        .await
        .unwrap();
    let (attribute, secret) = check?;
    let reply: Vec<(String, String, String)> = tx
        .all(
            "SELECT attribute, op, value FROM radius.radreply WHERE username = $1 \
             AND (kind IS NULL OR kind = (SELECT type FROM radius.nas WHERE nasname = $2)) \
             UNION ALL SELECT r.attribute, r.op, r.value FROM radius.radusergroup g \
             JOIN radius.radgroupreply r ON r.groupname = g.groupname WHERE g.username = $1",
            (username, router),
        )
        .await
        .unwrap();
    let mut told: Vec<String> = reply.into_iter().map(|(name, op, value)| format!("{name} {op} {value}")).collect();
    told.sort();
    match (attribute.as_str(), secret.as_str()) {
        ("Auth-Type", "Reject") => {
            assert_eq!(told, [""; 0], "who is refused is told nothing");
            None
        }
        ("Cleartext-Password", _) => Some((secret, told)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_views_say_what_core_computes() {
    cabinet_store::testing::on_postgres(|store| async move {
        let house = House::open(store, DAYS[2]).await;
        for (name, address, kind) in
            [("core", MIKROTIK, "mikrotik"), ("east", ACCEL, "accel-ppp"), ("west", "192.0.2.3", "cisco")]
        {
            house.service.put_router(Actor::Staff, router(name, address, kind)).await.unwrap();
        }
        let everything = Kind {
            name: "all".to_owned(),
            open: vec![
                "Filter-Id := {down_bit} {up_bit} {down_kbit} {up_kbit} {down_rate} {up_rate}".to_owned(),
                "Framed-Pool := {pool}".to_owned(),
                "Cisco-AVPair += ip:{ip}-{ip}".to_owned(),
                "Cisco-AVPair += ipv6:{prefix} {ip} {prefix}".to_owned(),
            ],
            garden: vec!["Framed-IP-Address := {ip}".to_owned(), "Framed-Pool := blocked".to_owned()],
        };
        house.service.put_router_kind(Actor::Staff, &everything).await.unwrap();
        house.service.put_router(Actor::Staff, router("lab", "192.0.2.4", "all")).await.unwrap();
        let chance = Chance::seeded(20_141_130);
        let mut tx = house.service.store.write().await.unwrap();
        // The views ask one place what time it is.
        tx.run("CREATE TABLE instant (at TIMESTAMPTZ NOT NULL)", ()).await.unwrap();
        tx.run("INSERT INTO instant VALUES (now())", ()).await.unwrap();
        tx.run("CREATE OR REPLACE VIEW radius.clock AS SELECT at FROM instant", ()).await.unwrap();
        let uneven =
            Tariff { code: TariffCode::new("uneven"), down_mbps: 300, up_mbps: 30, ..default_tariffs()[0].clone() };
        catalogue::put_tariff(&mut tx, &uneven, 9).await.unwrap();
        let mut people = Vec::new();
        for number in 1..=ACCOUNTS {
            people.push(somebody(&mut tx, &house, &chance, number).await);
        }
        tx.commit().await.unwrap();
        let (mut compared, mut refused) = (0, 0);
        for (number, (_, instants)) in (1..).zip(&people) {
            let username = format!("{number:04}");
            for at in instants {
                house.clock.set(*at);
                let mut tx = house.service.store.write().await.unwrap();
                tx.run("UPDATE instant SET at = $1", (*at,)).await.unwrap();
                let router = ["192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"][chance.below(4) as usize];
                let viewed = seen(&mut tx, &username, router).await;
                tx.commit().await.unwrap();
                let computed = match house.service.admit_session(&username, router).await.unwrap() {
                    Admission::Refused => None,
                    Admission::With { secret, attributes } => {
                        let mut told: Vec<String> = attributes
                            .iter()
                            .map(|one| format!("{} {} {}", one.attribute, one.op, one.value))
                            .collect();
                        told.sort();
                        Some((secret, told))
                    }
                };
                assert_eq!(viewed, computed, "{username} at {at} by {router}");
                compared += 1;
                refused += usize::from(computed.is_none());
            }
        }
        assert!(compared > 400 && refused > 20 && refused < compared / 2, "{compared} {refused}");
    });
}
