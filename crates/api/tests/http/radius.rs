//! Debian's FreeRADIUS as `deploy/freeradius` sets it up: what its routers are answered, and what they tell. Left out where
//! tests run without it; `cargo xtask test` installs it and runs them.

use crate::harness::{Cabinet, Person};
use cabinet_core::tariff::Tariff;
use cabinet_core::{Money, TariffCode};
use cabinet_service::Actor;
use cabinet_service::ground::default_tariffs;
use cabinet_service::manage_routers::NewRouter;
use cabinet_store::testing::{POSTGRES_VARIABLE, on_postgres, on_sqlite};
use cabinet_store::{Store, addresses, catalogue, network_sessions};
use serde_json::json;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::UdpSocket;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use time::Duration;
use uuid::Uuid;

const SECRET: &str = "s3cret-of-routers";
const REST_SECRET: &str = "a-secret-of-freeradius";
/// Where the four kinds of routers ask from.
const ROUTERS: [(&str, &str); 4] =
    [("mikrotik", "127.0.0.2"), ("accel-ppp", "127.0.0.3"), ("cisco", "127.0.0.4"), ("juniper", "127.0.0.5")];
const MIKROTIK: &str = "127.0.0.2";

/// A FreeRADIUS of its own ports; ended with the test.
struct FreeRadius {
    process: Child,
    sign_ins: u16,
    accounting: u16,
    _place: tempfile::TempDir,
}

impl Drop for FreeRadius {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn free_port() -> u16 {
    UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn id(what: &[&str]) -> String {
    let told = Command::new("id").args(what).output().unwrap();
    String::from_utf8(told.stdout).unwrap().trim().to_owned()
}

impl FreeRadius {
    /// The files of `deploy/freeradius`, with settings in place of the sample's; run by an account that may do nothing.
    fn start(settings: &str) -> FreeRadius {
        let place = tempfile::tempdir().unwrap();
        let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy/freeradius");
        for name in ["radiusd.conf", "sql.conf", "rest.conf"] {
            std::fs::copy(ours.join(name), place.path().join(name)).unwrap();
        }
        let (sign_ins, accounting, here) = (free_port(), free_port(), place.path().display());
        let local = format!(
            "cabinet_listen = 127.0.0.1\ncabinet_auth_port = {sign_ins}\ncabinet_acct_port = {accounting}\n\
             confdir = {here}\nlogdir = {here}\nrun_dir = {here}\n{settings}"
        );
        std::fs::write(place.path().join("local.conf"), local).unwrap();
        let mut command = match id(&["-u"]).as_str() {
            "0" => {
                assert!(Command::new("chown").args(["-R", "freerad"]).arg(place.path()).status().unwrap().success());
                let mut command = Command::new("setpriv");
                command.args(["--reuid", "freerad", "--regid", &id(&["-g", "freerad"]), "--init-groups", "freeradius"]);
                command
            }
            _ => Command::new("freeradius"),
        };
        command.args(["-f", "-l", "stdout", "-d"]).arg(place.path());
        let mut process = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().expect("freeradius is installed");
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let mut told = String::new();
        let ready = lines.by_ref().any(|line| {
            writeln!(told, "{line}").unwrap();
            line.contains("Ready to process requests")
        });
        assert!(ready, "{told}");
        // Whatever else it says must find a reader.
        std::thread::spawn(move || lines.for_each(drop));
        FreeRadius { process, sign_ins, accounting, _place: place }
    }

    /// What `radclient` printed of the answer to a packet of these attributes.
    fn asked(&self, port: u16, what: &str, attributes: &str) -> String {
        let mut client = Command::new("radclient");
        client.args(["-x", "-r", "5", "-t", "3", &format!("127.0.0.1:{port}"), what, SECRET]);
        client.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut client = client.spawn().expect("radclient is installed");
        client.stdin.take().unwrap().write_all(attributes.as_bytes()).unwrap();
        let told = String::from_utf8(client.wait_with_output().unwrap().stdout).unwrap();
        let answer = told.split_once("Received ").map(|(_, answer)| answer.to_owned());
        answer.unwrap_or_else(|| panic!("no answer: {told}"))
    }

    /// Attributes of the answer to a sign-in at a router, or `refused`.
    fn signs_in(&self, router: &str, username: &str, password: &str) -> Vec<String> {
        let asked = format!("User-Name = \"{username}\", {password}, Packet-Src-IP-Address = {router}\n");
        let answer = self.asked(self.sign_ins, "auth", &asked);
        assert!(answer.contains("Message-Authenticator = 0x"), "newer routers believe no other answer: {answer}");
        if answer.starts_with("Access-Reject") {
            assert!(!answer.contains("Mikrotik"), "who is refused is told nothing: {answer}");
            return vec!["refused".to_owned()];
        }
        assert!(answer.starts_with("Access-Accept"), "{answer}");
        let own = answer.lines().skip(1).map(str::trim).filter(|line| !line.starts_with("Packet-Src"));
        own.map(str::to_owned).collect()
    }

    fn tells(&self, router: &str, attributes: &str) {
        let answer = self.asked(self.accounting, "acct", &format!("{attributes}, Packet-Src-IP-Address = {router}\n"));
        assert!(answer.starts_with("Accounting-Response"), "{answer}");
    }
}

/// The line of an attribute.
fn of<'l>(lines: &'l [String], attribute: &str) -> Option<&'l str> {
    lines.iter().find_map(|line| line.strip_prefix(attribute)?.strip_prefix(" = "))
}

/// A tariff whose two directions cannot be taken for each other, four routers and a subscriber with a static address to be had.
async fn prepared(cabinet: &Cabinet) -> (Person, String) {
    let uneven = Tariff { code: TariffCode::new("uneven"), down_mbps: 20, up_mbps: 10, ..default_tariffs()[1].clone() };
    let mut tx = cabinet.service().store.write().await.unwrap();
    catalogue::put_tariff(&mut tx, &uneven, 9).await.unwrap();
    let prefix = Some("2001:db8:7::/56".to_owned());
    addresses::add(&mut tx, "203.0.113.7", "main", prefix, crate::harness::TODAY).await.unwrap();
    tx.commit().await.unwrap();
    for (kind, address) in ROUTERS {
        let new = NewRouter {
            name: kind.to_owned(),
            address: address.parse().unwrap(),
            kind: kind.to_owned(),
            secret: SECRET.to_owned(),
            coa_port: 3799,
            signs: true,
            demands: false,
        };
        cabinet.service().put_router(Actor::Staff, new).await.unwrap();
    }
    let person = cabinet.person("0042", "uneven", 300_00).await;
    let secret = secret_of(cabinet, person.id).await;
    (person, secret)
}

async fn secret_of(cabinet: &Cabinet, account: Uuid) -> String {
    cabinet.service().show_network_login(account).await.unwrap().expect("a secret").secret
}

/// Takes what a quote offers.
async fn takes(cabinet: &Cabinet, person: &Person, of: &str, wish: serde_json::Value) {
    let quote = cabinet.post(&format!("/api/v1/me/{of}/quote")).by(person).json(&wish).send().await;
    assert_eq!(quote.status, 200, "{}", quote.text);
    let path = format!("/api/v1/me/quotes/{}/confirm", quote.json()["id"].as_str().unwrap());
    let taken = cabinet.post(&path).by(person).key(of).send().await;
    assert_eq!(taken.status, 200, "{}", taken.text);
}

/// The views stand at the instant of the test's clock.
async fn read_at(cabinet: &Cabinet, store: &Store) {
    let mut tx = store.write().await.unwrap();
    tx.run("UPDATE instant SET at = $1", (cabinet.service().now().instant,)).await.unwrap();
    tx.commit().await.unwrap();
}

fn cleartext(secret: &str) -> String {
    format!("User-Password = \"{secret}\"")
}

#[test]
#[ignore = "needs Debian's freeradius: `cargo xtask test --only radius`"]
fn freeradius_reads_the_book_and_no_worker_is_awake() {
    on_postgres(|store| async move {
        let cabinet = Cabinet::open(store.clone()).await;
        let (person, secret) = prepared(&cabinet).await;
        let mut tx = store.write().await.unwrap();
        for sql in [
            "CREATE TABLE instant (at TIMESTAMPTZ NOT NULL)",
            "INSERT INTO instant VALUES (now())",
            "CREATE OR REPLACE VIEW radius.clock AS SELECT at FROM instant",
            "ALTER ROLE radius_ro LOGIN PASSWORD 'reads'",
            "ALTER ROLE radius_acct LOGIN PASSWORD 'writes'",
        ] {
            tx.run(sql, ()).await.unwrap();
        }
        let (database,): (String,) = tx.one("SELECT CAST(current_database() AS TEXT)", ()).await.unwrap();
        tx.commit().await.unwrap();
        read_at(&cabinet, &store).await;
        let url = std::env::var(POSTGRES_VARIABLE).unwrap();
        let server = url.split_once('@').unwrap().1;
        let port = server.split([':', '/']).nth(1).unwrap();
        let radius = FreeRadius::start(&format!(
            "cabinet_by = sql\ncabinet_db_server = 127.0.0.1\ncabinet_db_port = {port}\ncabinet_db_name = {database}\n\
             cabinet_db_password_ro = reads\ncabinet_db_password_acct = writes\n"
        ));
        // The kinds of passwords that routers send, and each kind of router in its own words.
        for password in
            [cleartext(&secret), format!("CHAP-Password = \"{secret}\""), format!("MS-CHAP-Password = \"{secret}\"")]
        {
            let told = radius.signs_in(MIKROTIK, "0042", &password);
            assert_eq!(of(&told, "Mikrotik-Rate-Limit"), Some("\"10M/20M\""), "{password}: {told:?}");
        }
        assert_eq!(radius.signs_in(MIKROTIK, "0042", &cleartext("another")), ["refused"]);
        assert_eq!(radius.signs_in(MIKROTIK, "9999", &cleartext(&secret)), ["refused"]);
        let told = radius.signs_in("127.0.0.3", "0042", &cleartext(&secret));
        assert_eq!((of(&told, "Filter-Id"), of(&told, "Mikrotik-Rate-Limit")), (Some("\"20000/10000\""), None));
        assert_eq!((of(&told, "Class"), of(&told, "Acct-Interim-Interval")), (Some("0x6730"), Some("300")));
        let told = radius.signs_in("127.0.0.4", "0042", &cleartext(&secret)).join("\n");
        assert!(
            told.contains("ip:sub-qos-policy-in=up-10000") && told.contains("ip:sub-qos-policy-out=down-20000"),
            "{told}"
        );
        let told = radius.signs_in("127.0.0.5", "0042", &cleartext(&secret)).join("\n");
        assert!(told.contains("svc(20000k,10000k)"), "{told}");

        // Turbo as soon as it is bought, and not a second longer, though nobody did anything.
        takes(&cabinet, &person, "turbo", json!({ "option": "3h" })).await;
        read_at(&cabinet, &store).await;
        let told = radius.signs_in(MIKROTIK, "0042", &cleartext(&secret));
        assert_eq!(of(&told, "Mikrotik-Rate-Limit"), Some("\"100M/100M\""));
        let lasts: i64 = of(&told, "Session-Timeout").unwrap().parse().unwrap();
        assert!((10_800..=10_860).contains(&lasts), "{lasts}");
        cabinet.clock.step(Duration::hours(3));
        read_at(&cabinet, &store).await;
        let told = radius.signs_in(MIKROTIK, "0042", &cleartext(&secret));
        assert_eq!((of(&told, "Mikrotik-Rate-Limit"), of(&told, "Session-Timeout")), (Some("\"10M/20M\""), None));

        let person = cabinet.again(&person).await;
        takes(&cabinet, &person, "static-ip", json!({ "wish": "connect" })).await;
        let told = radius.signs_in(MIKROTIK, "0042", &cleartext(&secret));
        assert_eq!(of(&told, "Framed-IP-Address"), Some("203.0.113.7"));
        assert_eq!(of(&told, "Delegated-IPv6-Prefix"), Some("2001:db8:7::/56"));

        // Without money: the cabinet and the ways to pay, until something is paid.
        let (blocked, _) = cabinet.register("0043", "uneven", 1_00).await;
        let poor = secret_of(&cabinet, blocked).await;
        let told = radius.signs_in(MIKROTIK, "0043", &cleartext(&poor));
        assert_eq!(
            (of(&told, "Mikrotik-Rate-Limit"), of(&told, "Mikrotik-Address-List")),
            (Some("\"1M/1M\""), Some("\"blocked\""))
        );
        cabinet.service().pay_cash(Actor::Staff, blocked, Money::from_kopecks(50_00), None).await.unwrap();
        let told = radius.signs_in(MIKROTIK, "0043", &cleartext(&poor));
        assert_eq!((of(&told, "Mikrotik-Rate-Limit"), of(&told, "Mikrotik-Address-List")), (Some("\"10M/20M\""), None));

        sessions_land(&cabinet, &radius, &person).await;

        // The contract ends with the day, by the date alone.
        cabinet.service().close_contract(Actor::Staff, blocked, "переїзд").await.unwrap();
        assert_eq!(
            of(&radius.signs_in(MIKROTIK, "0043", &cleartext(&poor)), "Mikrotik-Rate-Limit"),
            Some("\"10M/20M\"")
        );
        cabinet.clock.step(Duration::days(1));
        read_at(&cabinet, &store).await;
        assert_eq!(radius.signs_in(MIKROTIK, "0043", &cleartext(&poor)), ["refused"]);
        cabinet.close().await;
    });
}

#[test]
#[ignore = "needs Debian's freeradius: `cargo xtask test --only radius`"]
fn freeradius_asks_the_cabinet_where_the_book_is_a_file() {
    on_sqlite(|store| async move {
        let cabinet = Cabinet::open_with(store, |config| config.radius = Some(REST_SECRET.into())).await;
        let (person, secret) = prepared(&cabinet).await;
        let routers =
            ROUTERS.map(|(kind, address)| format!("client {kind} {{\nipaddr = {address}\nsecret = {SECRET}\n}}\n"));
        let radius = FreeRadius::start(&format!(
            "cabinet_by = rest\ncabinet_url = \"{}\"\ncabinet_secret = {REST_SECRET}\n{}",
            cabinet.base,
            routers.concat()
        ));
        for password in [cleartext(&secret), format!("CHAP-Password = \"{secret}\"")] {
            let told = radius.signs_in(MIKROTIK, "0042", &password);
            assert_eq!(of(&told, "Mikrotik-Rate-Limit"), Some("\"10M/20M\""), "{password}: {told:?}");
        }
        assert_eq!(radius.signs_in(MIKROTIK, "0042", &cleartext("another")), ["refused"]);
        assert_eq!(radius.signs_in(MIKROTIK, "0' OR 1=1 & x", &cleartext(&secret)), ["refused"]);
        let told = radius.signs_in("127.0.0.4", "0042", &cleartext(&secret)).join("\n");
        assert!(
            told.contains("ip:sub-qos-policy-in=up-10000") && told.contains("ip:sub-qos-policy-out=down-20000"),
            "{told}"
        );
        takes(&cabinet, &person, "turbo", json!({ "option": "3h" })).await;
        let told = radius.signs_in(MIKROTIK, "0042", &cleartext(&secret));
        assert_eq!((of(&told, "Mikrotik-Rate-Limit"), of(&told, "Class")), (Some("\"100M/100M\""), Some("0x6730")));
        cabinet.clock.step(Duration::hours(3));
        let told = radius.signs_in(MIKROTIK, "0042", &cleartext(&secret));
        assert_eq!((of(&told, "Mikrotik-Rate-Limit"), of(&told, "Delegated-IPv6-Prefix")), (Some("\"10M/20M\""), None));
        let person = cabinet.again(&person).await;
        takes(&cabinet, &person, "static-ip", json!({ "wish": "connect" })).await;
        let told = radius.signs_in(MIKROTIK, "0042", &cleartext(&secret));
        assert_eq!(
            (of(&told, "Framed-IP-Address"), of(&told, "Delegated-IPv6-Prefix")),
            (Some("203.0.113.7"), Some("2001:db8:7::/56"))
        );
        let (_, poor) = (cabinet.register("0043", "uneven", 1_00).await, cabinet.service());
        let blocked = poor.find_contract(&"0043".parse().unwrap()).await.unwrap();
        let told = radius.signs_in(MIKROTIK, "0043", &cleartext(&secret_of(&cabinet, blocked).await));
        assert_eq!(of(&told, "Mikrotik-Address-List"), Some("\"blocked\""));
        sessions_land(&cabinet, &radius, &person).await;
        cabinet.close().await;
    });
}

/// A router tells of a session, out of order and twice, and then starts anew.
async fn sessions_land(cabinet: &Cabinet, radius: &FreeRadius, person: &Person) {
    let session = "User-Name = \"0042\", Acct-Session-Id = \"81000001\", Class = 0x6737, Calling-Station-Id = \"AA:BB:CC:DD:EE:FF\"";
    let counted = "Acct-Session-Time = 60, Acct-Input-Octets = 7, Acct-Output-Octets = 4, Acct-Output-Gigawords = 1";
    let interim = format!("{session}, Acct-Status-Type = Interim-Update, Framed-IP-Address = 203.0.113.7, {counted}");
    radius.tells(MIKROTIK, &interim);
    radius.tells(MIKROTIK, &format!("{session}, Acct-Status-Type = Start"));
    radius.tells(MIKROTIK, &interim);
    let mut view = cabinet.service().store.read().await.unwrap();
    let open = network_sessions::open_of(&mut view, person.id).await.unwrap();
    assert_eq!(open.len(), 1, "{open:?}");
    let one = (open[0].router.as_str(), open[0].address.as_deref(), open[0].class.as_deref());
    assert_eq!(one, (MIKROTIK, Some("203.0.113.7"), Some("g7")));
    let found = network_sessions::of(&mut view, person.id, 9).await.unwrap();
    assert_eq!((found[0].input_octets, found[0].output_octets), (7, 4_294_967_300));
    drop(view);
    // The subscriber sees it: what the router sent came down.
    let shown = cabinet.get("/api/v1/me/network").by(person).send().await.json();
    let sessions = shown["sessions"].as_array().expect("a list");
    assert_eq!((sessions.len(), sessions[0].get("ended_at")), (1, None), "{shown}");
    assert_eq!(
        (&sessions[0]["address"], &sessions[0]["equipment"]),
        (&json!("203.0.113.7"), &json!("AA:BB:CC:DD:EE:FF"))
    );
    let bytes = |of: &serde_json::Value| (of["down_bytes"].as_i64(), of["up_bytes"].as_i64());
    assert_eq!(bytes(&sessions[0]), (Some(4_294_967_300), Some(7)));
    assert_eq!(bytes(&shown["traffic"]), (Some(4_294_967_300), Some(7)));
    let stop = format!("{session}, Acct-Status-Type = Stop, {counted}, Acct-Terminate-Cause = User-Request");
    radius.tells(MIKROTIK, &stop);
    radius.tells(MIKROTIK, &interim);
    radius.tells(
        MIKROTIK,
        &session.replace("81000001", "81000002").replacen("User-Name", "Acct-Status-Type = Start, User-Name", 1),
    );
    radius.tells(MIKROTIK, "Acct-Status-Type = Accounting-On, Acct-Session-Id = \"0\"");
    let mut view = cabinet.service().store.read().await.unwrap();
    let found = network_sessions::of(&mut view, person.id, 9).await.unwrap();
    let ended: Vec<(&str, bool, Option<&str>)> =
        found.iter().map(|one| (one.session.as_str(), one.stopped_at.is_some(), one.ended.as_deref())).collect();
    let mut ended = ended;
    ended.sort_unstable();
    let [first, second] = [("81000001", true, Some("User-Request")), ("81000002", true, Some("Accounting-On"))];
    assert_eq!(ended, [first, second]);
    drop(view);
    let shown = cabinet.get("/api/v1/me/network").by(person).send().await.json();
    let sessions = shown["sessions"].as_array().expect("a list");
    assert!(sessions.len() == 2 && sessions.iter().all(|one| one["ended_at"].is_string()), "{shown}");
}
