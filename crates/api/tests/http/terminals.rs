//! A terminal over real HTTP: its own words whatever comes, and strangers not even read.

use crate::harness::Cabinet;
use cabinet_gateways::terminal::{Settings, Terminal};
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
}
