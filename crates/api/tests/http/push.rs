//! Notifications to browsers, through the client and by those who mean no good; and the files an installed app is made of.

use crate::harness::{Cabinet, Person};
use cabinet_client::Client;
use cabinet_contract::push::PushWishes;
use cabinet_core::staff::Role;
use cabinet_gateways::testing::push_service::Browser;
use cabinet_store::on_both;
use cabinet_store::testing::{Bench, block_on};
use reqwest::Method;
use serde_json::{Value, json};

const PUSH: &str = "/api/v1/me/push";

/// What a browser of a number says of itself, in words of its own.
fn subscription(number: u8) -> Value {
    let browser = Browser::new(number);
    json!({
        "endpoint": format!("https://fcm.googleapis.com/fcm/send/{number}"),
        "expirationTime": null,
        "keys": { "p256dh": browser.p256dh(), "auth": browser.auth() },
    })
}

fn wishes() -> Value {
    json!({ "on_payment": true, "on_block": false, "on_unblock": false, "on_change": false })
}

impl Cabinet {
    /// Does everything that is due; what browsers would have been told, the newest first.
    async fn told(&self) -> Vec<Value> {
        while self.service().work_outbox().await.unwrap() > 0 {}
        let tray = self.service().pusher.as_ref().unwrap().tray.as_ref().unwrap();
        tray.notifications().into_iter().map(|kept| serde_json::from_slice(&kept.message).unwrap()).collect()
    }

    async fn pays_in(&self, person: &Person) {
        let by = cabinet_service::Actor::Staff;
        self.service().pay_cash(by, person.id, "5.00".parse().unwrap(), None).await.unwrap();
    }
}

on_both! {
    async fn the_typed_client_has_a_browser_told(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let client = Client::new(&cabinet.base);
        assert!(client.provider().await.unwrap().push);
        client.sign_in("1001", crate::harness::PASSWORD).await.unwrap();
        let offered = client.push().await.unwrap();
        assert!(offered.devices.is_empty() && offered.wishes.on_payment && offered.public_key.is_some(), "{offered:?}");
        let added = client.add_push_device(subscription(1).to_string()).await.unwrap();
        assert_eq!((added.devices.len(), added.devices[0].current, added.devices[0].told_at), (1, true, None));
        assert_eq!(client.add_push_device(subscription(1).to_string()).await.unwrap(), added, "harmless to repeat");
        assert!(!cabinet.get(PUSH).by(&person).send().await.json()["devices"][0]["current"].as_bool().unwrap());
        cabinet.pays_in(&person).await;
        let told = cabinet.told().await;
        assert!(told[0]["body"].as_str().unwrap().starts_with("Зараховано 5,00 грн"), "{told:?}");
        assert!(client.push().await.unwrap().devices[0].told_at.is_some());
        let page = cabinet.get("/api/v1/letters").header("accept-language", "en").send().await;
        assert!(page.text.contains("<h2>Push: ") && page.text.contains("fcm.googleapis.com"), "{}", page.text);
        let wish = PushWishes { on_payment: false, ..added.wishes };
        assert_eq!(client.set_push_wishes(&wish).await.unwrap().wishes, wish);
        cabinet.pays_in(&person).await;
        assert_eq!(cabinet.told().await.len(), told.len());
        client.remove_push_device(added.devices[0].id).await.unwrap();
        let gone = client.remove_push_device(added.devices[0].id).await.unwrap_err();
        assert_eq!(gone.code(), Some("not_found"));
        let acts: Vec<String> = client.history(None).await.unwrap().items.into_iter().map(|row| row.title).collect();
        assert_eq!(acts[0], "Вимкнено сповіщення на пристрої");
        cabinet.close().await;
    }

    async fn telling_ends_with_signing_out(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let client = Client::new(&cabinet.base);
        client.sign_in("1001", crate::harness::PASSWORD).await.unwrap();
        client.add_push_device(subscription(1).to_string()).await.unwrap();
        cabinet.post(PUSH).by(&person).json(&subscription(2)).send().await;
        client.sign_out().await.unwrap();
        let left = cabinet.get(PUSH).by(&person).send().await.json();
        assert_eq!((left["devices"].as_array().unwrap().len(), &left["devices"][0]["current"]), (1, &json!(true)));
        client.sign_in("1001", crate::harness::PASSWORD).await.unwrap();
        client.sign_out_others().await.unwrap();
        assert!(client.push().await.unwrap().devices.is_empty());
        cabinet.close().await;
    }

    async fn a_server_calls_push_services_only_and_nobody_adds_for_another(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let with = |path: &str, value: Value| {
            let mut body = subscription(1);
            *body.pointer_mut(path).unwrap() = value;
            body
        };
        for (body, field) in [
            (with("/endpoint", json!("http://fcm.googleapis.com/x")), "endpoint"),
            (with("/endpoint", json!("https://127.0.0.1/x")), "endpoint"),
            (with("/endpoint", json!("https://169.254.169.254/latest/meta-data")), "endpoint"),
            (with("/endpoint", json!("https://fcm.googleapis.com.evil.example/x")), "endpoint"),
            (with("/endpoint", json!(format!("https://fcm.googleapis.com/{}", "x".repeat(1024)))), "endpoint"),
            (with("/endpoint", json!(7)), "endpoint"),
            (with("/keys/p256dh", json!("")), "p256dh"),
            (with("/keys/p256dh", subscription(1)["keys"]["auth"].clone()), "p256dh"),
            (with("/keys/auth", json!("c2hvcnQ")), "auth"),
            (with("/keys", json!({ "auth": "x" })), "p256dh"),
            (with("/keys", json!({ "p256dh": "x", "auth": "x", "more": 1 })), "more"),
        ] {
            let answer = cabinet.post(PUSH).by(&person).json(&body).send().await;
            assert_eq!(answer.problem(), "422 invalid", "{body}");
            let fields = answer.json()["details"]["fields"].to_string();
            assert!(fields.contains(field), "{body}: {fields}");
        }
        for (name, value) in [("threshold_days", json!(0)), ("periodic", json!({ "every": "week", "day": 8 })), ("sms", json!(true))] {
            let mut body = wishes();
            body[name] = value;
            assert_eq!(cabinet.call(Method::PUT, PUSH).by(&person).json(&body).send().await.problem(), "422 invalid", "{body}");
        }
        assert_eq!(cabinet.post(PUSH).by(&person).json(&subscription(1)).send().await.status, 200);
        let other = cabinet.person("1002", "home-20", 100_00).await;
        let theirs = cabinet.get(PUSH).by(&person).send().await.json()["devices"][0]["id"].as_str().unwrap().to_owned();
        let path = format!("{PUSH}/{theirs}");
        assert_eq!(cabinet.call(Method::DELETE, &path).by(&other).send().await.problem(), "404 not_found");
        assert_eq!(cabinet.get(PUSH).send().await.problem(), "401 unauthenticated");
        let staff = cabinet.employee(Role::Admin).await;
        assert_eq!(cabinet.post(PUSH).by(&staff).json(&subscription(3)).send().await.problem(), "403 not_permitted");
        cabinet.close().await;
    }

    async fn without_notifications_the_cabinet_says_so(store) {
        let cabinet = Cabinet::open_with(store, |config| config.push.enabled = false).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        assert_eq!(cabinet.get("/api/v1/provider").send().await.json()["push"], false);
        assert_eq!(cabinet.get(PUSH).by(&person).send().await.json().get("public_key"), None);
        let refused = cabinet.post(PUSH).by(&person).json(&subscription(1)).send().await;
        assert_eq!(refused.problem(), "409 push_absent");
        cabinet.close().await;
    }
}

#[test]
fn an_app_is_made_of_files_that_are_asked_for_again_each_time() {
    block_on(async {
        let web = tempfile::tempdir().unwrap();
        std::fs::write(web.path().join("sw.js"), "worker").unwrap();
        let own = include_str!("../../../../frontend/pwa/manifest.webmanifest");
        std::fs::write(web.path().join("manifest.webmanifest"), own).unwrap();
        std::fs::write(web.path().join("manifest.webmanifest.br"), "br").unwrap();
        std::fs::write(web.path().join("icon-192-e3b0c44298fc1c14.png"), "png").unwrap();
        let bench = Bench::sqlite().await;
        let cabinet = Cabinet::open_with(bench.store.clone(), |config| {
            config.web.dir = Some(web.path().to_owned());
            config.provider.name = "Мережа \"Дім\"".to_owned();
        })
        .await;
        let worker = cabinet.get("/sw.js").send().await;
        assert_eq!(worker.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(worker.header("cache-control"), "no-cache");
        let policy = worker.header("content-security-policy");
        assert!(policy.contains("worker-src 'self'") && policy.contains("manifest-src 'self'"), "{policy}");
        let held = cabinet.get("/sw.js").header("if-none-match", worker.header("etag")).send().await;
        assert_eq!(held.status, 304);
        let manifest = cabinet.get("/manifest.webmanifest").header("accept-encoding", "br").send().await;
        assert_eq!(manifest.header("content-type"), "application/manifest+json");
        assert_eq!((manifest.header("cache-control"), manifest.header("content-encoding")), ("no-cache", ""));
        assert_eq!(manifest.json()["name"], "Мережа \"Дім\"");
        for (query, language, words) in [
            ("", "uk", ["Баланс", "Поповнити", "Виписка", "Допомога"]),
            ("?in=ru", "ru", ["Баланс", "Пополнить", "Выписка", "Помощь"]),
            ("?in=en", "en", ["The balance", "Top up", "Statement", "Help"]),
            ("?in=xx", "uk", ["Баланс", "Поповнити", "Виписка", "Допомога"]),
        ] {
            let manifest = cabinet.get(&format!("/manifest.webmanifest{query}")).send().await.json();
            assert_eq!((manifest["lang"].as_str(), &manifest["id"]), (Some(language), &"/".into()));
            assert!(manifest["description"].as_str().unwrap().starts_with(words[0]), "{manifest}");
            let shortcuts = manifest["shortcuts"].as_array().unwrap();
            assert_eq!(shortcuts.iter().map(|one| one["name"].as_str().unwrap()).collect::<Vec<_>>(), words[1..]);
            assert_eq!(shortcuts[0]["url"], "/pay");
            assert_eq!(manifest.get("in"), None, "browsers are told what they know");
        }
        let icon = cabinet.get("/icon-192-e3b0c44298fc1c14.png").send().await;
        assert_eq!(icon.header("content-type"), "image/png");
        assert_eq!(icon.header("cache-control"), "public, max-age=31536000, immutable");
        cabinet.close().await;
        bench.close().await;
    });
}
