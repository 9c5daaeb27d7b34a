//! A terminal over real HTTP: its own words whatever comes, and strangers not even read.

use crate::harness::Cabinet;
use cabinet_gateways::terminal::{DialectName, Settings, Terminal};
use cabinet_service::Clock;
use cabinet_store::on_both;

fn osmp(allow: &str) -> Terminal {
    let settings: Settings =
        toml::from_str(&format!("on = true\ndialect = 'osmp'\nallow = ['{allow}']")).expect("settings");
    Terminal::new("kyiv", &settings).expect("a terminal")
}

on_both! {
    async fn a_terminal_checks_pays_and_repeats(store) {
        let cabinet = Cabinet::open_at(store, vec![osmp("127.0.0.1")]).await;
        let person = cabinet.person("0042", "home-20", 100_00).await;
        let ask = async |query: &str| cabinet.get(&format!("/api/v1/gateways/terminals/kyiv?{query}")).send().await;
        let check = ask("command=check&txn_id=1&account=0042&sum=1.00").await;
        assert_eq!((check.status, check.header("content-type")), (200, "text/xml; charset=utf-8"));
        assert!(check.text.contains("<result>0</result>") && !check.text.contains("Дарина"), "{}", check.text);
        let pay = "command=pay&txn_id=7&txn_date=20261110120000&account=0042&sum=10.45";
        let (first, again) = (ask(pay).await, ask(pay).await);
        assert!(first.text.contains("<result>0</result>") && first.text.contains("<prv_txn_date>2026-11-10 12:00:00"), "{}", first.text);
        assert_eq!(first.text, again.text);
        let balance = cabinet.get("/api/v1/me").by(&person).send().await.json()["balance"].clone();
        assert_eq!(balance, "108.78");
        let changed = ask(&pay.replace("10.45", "10.46")).await;
        assert!(changed.status == 200 && changed.text.contains("<result>300</result>"), "{}", changed.text);
        let unknown = ask("command=check&txn_id=1&account=9999&sum=1.00").await;
        assert!(unknown.status == 200 && unknown.text.contains("<result>5</result>"), "{}", unknown.text);
        let garbage = ask("command=").await;
        assert!(garbage.status == 200 && garbage.text.contains("<result>"), "{}", garbage.text);
        let absent = cabinet.get("/api/v1/gateways/terminals/odesa").send().await;
        assert_eq!(absent.problem(), "404 not_found");
        cabinet.close().await;
    }

    async fn a_stranger_at_a_terminals_address_learns_nothing(store) {
        let cabinet = Cabinet::open_at(store, vec![osmp("192.0.2.0/24")]).await;
        cabinet.person("0042", "home-20", 100_00).await;
        let path = "/api/v1/gateways/terminals/kyiv?command=check&txn_id=1&account=0042&sum=1.00";
        for forwarded in [None, Some("192.0.2.7")] {
            let call = cabinet.get(path);
            let call = match forwarded {
                Some(address) => call.header("x-forwarded-for", address),
                None => call,
            };
            let told = call.send().await;
            assert!(told.status == 200 && told.text.contains("<result>7</result>"), "{}", told.text);
            assert!(!told.text.contains("fields") && !told.text.contains("0042"), "{}", told.text);
        }
        cabinet.close().await;
    }

    async fn a_request_signed_by_another_calls_staff_and_credits_nothing(store) {
        let keys = [
            include_str!("../../../gateways/tests/terminals/keys/theirs.public.pem"),
            include_str!("../../../gateways/tests/terminals/keys/ours.test.pem"),
        ];
        let settings = format!(
            "on = true\ndialect = 'easypay'\nallow = ['127.0.0.1']\nservice = '256'\ntheir_key = '''{}'''\nour_key = '''{}'''",
            keys[0], keys[1]
        );
        let terminal = Terminal::new("easypay", &toml::from_str(&settings).expect("settings")).expect("a terminal");
        let cabinet = Cabinet::open_at(store, vec![terminal]).await;
        let person = cabinet.person("0042", "home-20", 100_00).await;
        let ask = async |body: String| cabinet.post("/api/v1/gateways/terminals/easypay").raw(body).send().await;
        let payment = include_str!("../../../gateways/tests/terminals/easypay/payment.xml");
        let signed = ask(payment.to_owned()).await;
        assert!(signed.text.contains("<StatusCode>0<") && signed.text.contains("<PaymentId>"), "{}", signed.text);
        let before = cabinet.get("/api/v1/me").by(&person).send().await.json()["balance"].clone();
        assert_eq!(cabinet.service().terminal_doubts(), 0);
        let forged = ask(payment.replace("50.50", "50.51")).await;
        assert!(forged.status == 200 && forged.text.contains("<StatusCode>-5<"), "{}", forged.text);
        assert_eq!(cabinet.service().terminal_doubts(), 1);
        let mut view = cabinet.service().store.read().await.unwrap();
        let log = cabinet_store::audit::of_office(&mut view, 9).await.unwrap();
        assert!(log.iter().any(|row| row.act == "terminal.forged" && row.details.contains("easypay")), "staff read of it");
        drop(view);
        assert_eq!(cabinet.get("/api/v1/me").by(&person).send().await.json()["balance"], before);
        cabinet.close().await;
    }

    async fn a_blocked_contract_pays_by_each_dialect_of_the_guide_and_is_back(store) {
        let guide = include_str!("../../../../docs/terminals.md").replace("192.0.2.0/28", "127.0.0.1");
        let mut terminals: Vec<Terminal> = guide.split("\n## ").filter_map(set_up).collect();
        terminals.dedup_by(|one, before| one.name() == before.name());
        let spoken: Vec<(String, DialectName)> = terminals.iter().map(|one| (one.name().to_owned(), one.dialect())).collect();
        let missing: Vec<_> = DialectName::ALL.iter().filter(|name| !spoken.iter().any(|(_, one)| one == *name)).collect();
        assert!(missing.is_empty(), "the guide sets up no {missing:?}");
        let cabinet = Cabinet::open_at(store, terminals).await;
        for (number, (name, dialect)) in spoken.iter().enumerate() {
            let contract = format!("77{number}");
            let person = cabinet.person(&contract, "home-20", 100_00).await;
            let office = cabinet_service::Actor::Staff;
            cabinet.service().adjust(office, person.id, cabinet_core::Money::from_kopecks(-98_00), "так треба").await.unwrap();
            cabinet.at(cabinet_core::calendar::tomorrow(cabinet.clock.today()), time::macros::time!(12:00));
            cabinet.service().run_day(cabinet.clock.today(), |_, _| ()).await.unwrap();
            let person = cabinet.again(&person).await;
            let standing = async || cabinet.get("/api/v1/me").by(&person).send().await.json()["standing"].clone();
            assert_eq!(standing().await, "blocked", "{name}");
            let ask = async |request: String| {
                let (first, body) = request.split_once("\n\n").unwrap_or((&request, ""));
                let query = first.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
                let path = format!("/api/v1/gateways/terminals/{name}{query}");
                let call = if body.is_empty() { cabinet.get(&path) } else { cabinet.post(&path).raw(body.to_owned()) };
                let told = call.send().await;
                assert_eq!(told.status, 200, "{request}");
                told.text
            };
            let paying = request(&guide, *dialect, &["command=pay", "QueryType=pay", "<command>pay<", "<Payment>", "action=\"Pay\""]);
            let told = ask(paying.replace("0042", &contract)).await;
            if let Some(ours) = told.split_once("<PaymentId>").map(|(_, rest)| rest.split('<').next().unwrap()) {
                // Noted so far, and credited by its confirmation.
                assert_eq!(standing().await, "blocked", "{name}");
                ask(request(&guide, *dialect, &["<Confirm>"]).replace("1001", ours)).await;
            }
            assert_eq!(standing().await, "active", "{name}: {told}");
        }
        cabinet.close().await;
    }
}

/// The terminal that a section of the guide sets up first.
fn set_up(section: &str) -> Option<Terminal> {
    let (_, rest) = section.split_once("\n    [terminals.")?;
    let (name, settings) = rest.split_once("]\n")?;
    let settings = settings.split("\n\n").next()?;
    let settings: String =
        settings.lines().filter(|line| !line.contains('…')).map(|line| format!("{}\n", line.trim())).collect();
    let settings: Settings = toml::from_str(&settings).expect("settings");
    Some(Terminal::new(name, &settings).expect("a terminal"))
}

/// The first request of a dialect in the guide that holds one of these; of a dialect that shows none, of its kin.
fn request(guide: &str, dialect: DialectName, marks: &[&str]) -> String {
    let kin = match dialect {
        DialectName::Monobank => DialectName::Osmp,
        DialectName::Abank => DialectName::Privatbank,
        own => own,
    };
    let blocks = guide.split("\n## ").filter(|section| set_up(section).is_some_and(|one| one.dialect() == kin));
    let found =
        blocks.flat_map(|section| section.split("```http\n").skip(1)).map(|rest| rest.split("\n```").next().unwrap());
    let own = found.into_iter().find(|request| marks.iter().any(|mark| request.contains(mark)));
    let request = own.unwrap_or_else(|| panic!("no {marks:?} of {kin:?}")).to_owned();
    match dialect {
        DialectName::Abank => request.replace(" xmlns=\"http://debt.privatbank.ua/Transfer\"", ""),
        _ => request,
    }
}
