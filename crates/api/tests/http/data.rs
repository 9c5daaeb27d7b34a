//! What was done to a contract, everything kept of its subscriber, and being forgotten.

use crate::harness::{Cabinet, PASSWORD, Person, TODAY};
use cabinet_core::calendar::tomorrow;
use cabinet_core::staff::Role;
use cabinet_store::on_both;
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Write;
use std::process::{Command, Stdio};
use time::macros::time;

/// What a program that knows ZIP finds in an archive: names, and `data.json`.
fn unpacked(archive: &[u8]) -> (Vec<String>, Value) {
    const READ: &str = "import io, json, sys, zipfile\nz = zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read()))\n\
        assert z.testzip() is None\nassert all(z.read(n)[:5] == b'%PDF-' for n in z.namelist() if n.endswith('.pdf'))\n\
        print(json.dumps([z.namelist(), json.loads(z.read('data.json'))]))";
    let mut process = Command::new("python3")
        .args(["-c", READ])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3");
    process.stdin.take().expect("a pipe").write_all(archive).expect("writes");
    let output = process.wait_with_output().expect("ends");
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).expect("JSON")
}

async fn history(cabinet: &Cabinet, person: &Person, language: &str) -> Value {
    cabinet.get("/api/v1/me/audit").by(person).header("accept-language", language).send().await.json()
}

on_both! {
    async fn the_history_is_told_in_words_and_staff_are_not_named(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let manager = cabinet.employee(Role::Manager).await;
        let path = format!("/api/v1/staff/subscribers/{}/adjustments", person.id);
        let body = json!({ "amount": "-5.00", "reason": "перерахунок" });
        assert_eq!(cabinet.post(&path).by(&manager).key("a").json(&body).send().await.status, 200);
        let wish = json!({ "phones": "067-765-43-21", "consent_draws": true, "password": PASSWORD });
        cabinet.call(Method::PATCH, "/api/v1/me/profile").by(&person).json(&wish).send().await;
        let told = history(&cabinet, &person, "uk").await;
        let titles: Vec<&str> = told["items"].as_array().unwrap().iter().map(|row| row["title"].as_str().unwrap()).collect();
        let expected = ["Змінено профіль: телефони, згода на розіграші", "Коригування балансу", "Змінено пароль", "Вхід", "Укладено договір"];
        assert_eq!(titles, expected);
        let adjusted = &told["items"][1];
        assert_eq!((&adjusted["by"], &adjusted["amount"], &adjusted["reason"]), (&json!("staff"), &json!("-5.00"), &json!("перерахунок")));
        assert!(!told.to_string().contains("Бондаренко") && !told.to_string().contains("\"manager"), "{told}");
        assert_eq!(history(&cabinet, &person, "en").await["items"][1]["title"], "Balance adjusted");
        let other = cabinet.person("1002", "home-20", 100_00).await;
        let id = adjusted["id"].as_str().unwrap();
        let foreign = cabinet.get(&format!("/api/v1/me/audit?cursor={id}")).by(&other).send().await;
        assert_eq!(foreign.problem(), "400 bad_request");
        cabinet.close().await;
    }

    async fn everything_kept_comes_as_an_archive(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let wish = json!({ "email": "daryna@example.com", "last_name": "Мар’янівська", "password": PASSWORD });
        cabinet.call(Method::PATCH, "/api/v1/me/profile").by(&person).json(&wish).send().await;
        let sent = cabinet.post("/api/v1/me/ticket-files?name=%D1%84%D0%BE%D1%82%D0%BE.png").by(&person);
        let sent = sent.header("content-type", "application/octet-stream").raw(b"\x89PNG\r\n\x1a\n rest".to_vec());
        let file = sent.send().await.json()["id"].as_str().expect("an id").to_owned();
        let ticket = json!({ "topic": "other", "text": "Де мій договір?", "files": [file] });
        assert_eq!(cabinet.post("/api/v1/me/tickets").by(&person).key("ask").json(&ticket).send().await.status, 200);
        let asks = |password: &str| cabinet.post("/api/v1/me/data-export").by(&person).json(&json!({ "password": password })).send();
        assert_eq!(asks("not-the-password").await.problem(), "422 password_wrong");
        let answer = asks(PASSWORD).await;
        assert_eq!((answer.status, answer.header("content-type"), answer.header("cache-control")), (200, "application/zip", "no-store"));
        assert_eq!(answer.header("content-disposition"), format!("attachment; filename=\"cabinet-1001-{TODAY}.zip\""));
        let (names, data) = unpacked(&answer.bytes);
        assert_eq!(names, ["data.json", "statement-1001-2026-11.pdf", &format!("files/{file}/фото.png")]);
        let told = &data["tickets"][0]["messages"][0];
        assert_eq!((&told["text"], &told["files"][0]["name"], &told["files"][0]["id"]), (&json!("Де мій договір?"), &json!("фото.png"), &json!(file)));
        assert_eq!((&data["account"]["contract"], &data["profile"]["email"]), (&json!("1001"), &json!("daryna@example.com")));
        assert_eq!((&data["requests"][0]["about"], &data["requests"][0]["wish"]), (&json!("name"), &json!("Мар’янівська Дарина Лук'янівна")));
        assert_eq!((data["entries"].as_array().unwrap().len(), data["sessions"].as_array().unwrap().len()), (2, 1));
        assert_eq!((&data["history"][0]["act"], &data["settings"]["language"]), (&json!("data.export"), &json!("uk")));
        // Nothing that opens a door, and nothing of the office's own.
        assert!(!data.to_string().contains("argon2") && !data.to_string().contains("staff_id"), "{data}");
        for _ in 1..3 {
            assert_eq!(asks(PASSWORD).await.status, 200);
        }
        let fourth = asks(PASSWORD).await;
        assert_eq!((fourth.problem().as_str(), fourth.header("retry-after")), ("429 throttled", "43200"));
        cabinet.close().await;
    }

    async fn who_asks_to_be_forgotten_is_by_an_admin(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 2_61).await;
        for _ in 0..2 {
            assert_eq!(cabinet.post("/api/v1/me/erasure-request").by(&person).send().await.status, 204);
        }
        let profile = cabinet.get("/api/v1/me/profile").by(&person).send().await.json();
        assert_eq!((profile["requests"].as_array().unwrap().len(), &profile["requests"][0]["field"]), (1, &json!("erasure")));
        assert_eq!(cabinet.call(Method::DELETE, "/api/v1/me/erasure-request").by(&person).send().await.status, 204);
        assert_eq!(cabinet.post("/api/v1/me/erasure-request").by(&person).send().await.status, 204);
        cabinet.employee(Role::Admin).await;
        let one = format!("/api/v1/staff/subscribers/{}", person.id);
        let why = json!({ "reason": "заява від 10.11.2026" });
        let by = async |path: &str, key: &str, body: &Value| {
            let admin = Person::of("admin", &cabinet.sign_in("admin", PASSWORD).await.json());
            cabinet.post(&format!("{one}{path}")).by(&admin).key(key).json(body).send().await
        };
        assert_eq!(by("/erase", "", &why).await.problem(), "409 contract_open");
        assert_eq!(by("/close", "close", &why).await.status, 200);
        cabinet.at(tomorrow(TODAY), time!(12:00));
        let left = by("/erase", "", &why).await;
        assert_eq!((left.problem().as_str(), &left.json()["details"]["balance"]), ("409 balance_left", &json!("0.94")));
        let written_off = json!({ "amount": "-0.94", "reason": "списання" });
        assert_eq!(by("/adjustments", "zero", &written_off).await.status, 200);
        let erased = by("/erase", "", &why).await.json();
        cabinet.clock.step(time::Duration::minutes(5));
        assert_eq!(by("/erase", "", &why).await.json(), erased);
        let admin = Person::of("admin", &cabinet.sign_in("admin", PASSWORD).await.json());
        let shown = cabinet.get(&one).by(&admin).send().await.json();
        assert_eq!((&shown["profile"]["last_name"], &shown["profile"]["phones"], &shown["overview"]["name"]), (&json!(""), &json!(""), &json!("")));
        let log = cabinet.get("/api/v1/staff/audit?act=subscriber.erase").by(&admin).send().await.json();
        assert_eq!((&log["items"][0]["contract"], &log["items"][0]["staff"]), (&json!("1001"), &json!("admin")));
        for wrong in ["from=yesterday", "cursor=0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7", "limit=0"] {
            let answer = cabinet.get(&format!("/api/v1/staff/audit?{wrong}")).by(&admin).send().await;
            assert_eq!(answer.problem(), "400 bad_request", "{wrong}");
        }
        assert_eq!(cabinet.sign_in("1001", PASSWORD).await.problem(), "401 sign_in_failed");
        cabinet.close().await;
    }
}
