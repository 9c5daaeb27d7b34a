//! Requests to support and news over HTTP: what is foreign, marked up, too large or not what it says.

use crate::harness::{Cabinet, Person};
use cabinet_client::{Client, fresh_key};
use cabinet_contract::support::{MessageAuthor, OpenTicket, TicketStatus, WriteMessage};
use cabinet_core::Policy;
use cabinet_core::staff::Role;
use cabinet_core::support::{FILE_MAX, Topic};
use cabinet_store::on_both;
use reqwest::Method;
use serde_json::{Value, json};

const FILES: &str = "/api/v1/me/ticket-files";
const TICKETS: &str = "/api/v1/me/tickets";
const BYTES: &str = "application/octet-stream";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n rest";

async fn sends(cabinet: &Cabinet, person: &Person, name: &str, bytes: &[u8]) -> crate::harness::Answer {
    let path = format!("{FILES}?name={name}");
    cabinet.post(&path).by(person).header("content-type", BYTES).raw(bytes.to_vec()).send().await
}

async fn asks(cabinet: &Cabinet, person: &Person, key: &str, body: &Value) -> crate::harness::Answer {
    cabinet.post(TICKETS).by(person).key(key).json(body).send().await
}

fn id(value: &Value) -> &str {
    value.as_str().expect("an id")
}

on_both! {
    async fn the_typed_client_asks_and_support_answers(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let support = cabinet.employee(Role::Support).await;
        let client = Client::new(&cabinet.base);
        client.sign_in("1001", crate::harness::PASSWORD).await.unwrap();
        let file = client.keep_ticket_file("фото & знімок.PNG", PNG.to_vec()).await.unwrap();
        assert_eq!((file.name.as_str(), file.media_type.as_str(), file.size), ("фото  знімок.png", "image/png", PNG.len() as i64));
        let wish = OpenTicket { topic: Topic::Connection, day: None, text: "Рветься\nувечері".to_owned(), files: vec![file.id] };
        let (key, ticket) = (fresh_key(), client.open_ticket(&wish, fresh_key()).await.unwrap().ticket);
        let waiting = cabinet.get("/api/v1/staff/tickets").by(&support).send().await.json();
        assert_eq!((&waiting["items"][0]["contract"], &waiting["items"][0]["ticket"]["begins"]), (&json!("1001"), &json!("Рветься")));
        let at = format!("/api/v1/staff/subscribers/{}/tickets/{ticket}", person.id);
        let answer = json!({ "text": "Дивимося." });
        let answered = cabinet.post(&format!("{at}/messages")).by(&support).key("a").json(&answer).send().await;
        let again = cabinet.post(&format!("{at}/messages")).by(&support).key("a").json(&answer).send().await;
        assert_eq!((answered.json(), again.header("idempotency-replayed")), (again.json(), "true"));
        let thread = client.ticket(ticket).await.unwrap();
        assert_eq!((thread.ticket.status, thread.ticket.unread, thread.messages.len()), (TicketStatus::Answered, true, 2));
        assert_eq!((thread.messages[1].author, &thread.messages[1].staff), (MessageAuthor::Staff, &None), "nobody is named");
        let named = cabinet.get(&at).by(&support).send().await.json();
        assert_eq!(named["messages"][1]["staff"], "Бондаренко Ніна");
        client.mark_ticket_read(ticket, 2).await.unwrap();
        assert!(!client.tickets(None).await.unwrap().items[0].unread);
        client.write_message(ticket, &WriteMessage { text: "Дякую".to_owned(), files: Vec::new() }, key).await.unwrap();
        assert_eq!(client.ticket_file(ticket, file.id).await.unwrap().bytes, PNG);
        let kept = cabinet.get(&format!("{at}/files/{}", file.id)).by(&support).send().await;
        assert_eq!(kept.bytes, PNG);
        for (act, body) in [("close", "204"), ("close", "409 already_decided"), ("reopen", "204"), ("reopen", "409 already_decided")] {
            let told = cabinet.post(&format!("{at}/{act}")).by(&support).key(&format!("{act}{}", &body[..3])).send().await;
            let told = if told.status == 204 { "204".to_owned() } else { told.problem() };
            assert_eq!(told, body, "{act}");
        }
        cabinet.close().await;
    }

    async fn a_file_is_kept_and_never_shown(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let evil = b"<!doctype html><script>alert(document.cookie)</script>";
        let file = sends(&cabinet, &person, "..%2F..%2Fevil%22%0D%0AX.html", evil).await.json();
        assert_eq!((&file["name"], &file["media_type"]), (&json!("evil  X.html.txt"), &json!("text/plain; charset=utf-8")));
        let ticket = asks(&cabinet, &person, "1", &json!({ "topic": "other", "text": "див.", "files": [file["id"]] })).await.json();
        let kept = cabinet.get(&format!("{TICKETS}/{}/files/{}", id(&ticket["ticket"]), id(&file["id"]))).by(&person).send().await;
        assert_eq!((kept.status, kept.bytes.as_slice()), (200, evil.as_slice()));
        assert_eq!(kept.header("content-type"), BYTES);
        assert_eq!(kept.header("content-disposition"), "attachment; filename=\"evil  X.html.txt\"; filename*=UTF-8''evil%20%20X.html.txt");
        assert_eq!(kept.header("x-content-type-options"), "nosniff");
        assert_eq!(kept.header("cache-control"), "no-store");
        assert!(kept.header("content-security-policy").contains("default-src 'none'") && kept.header("content-security-policy").contains("sandbox"));
        cabinet.close().await;
    }

    async fn what_lies_about_itself_is_taken_for_what_it_is(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        for (name, bytes, told) in [
            ("a.png", &b"MZ\x90\0\x03"[..], "422 file_unfit"),
            ("a.png", b"", "422 file_unfit"),
            ("a.jpg", b"GIF89a\x01\0", "422 file_unfit"),
            ("a.pdf", b"PK\x03\x04\x14\0", "422 file_unfit"),
            ("a.txt", b"\xff\xfeb\0", "422 file_unfit"),
        ] {
            assert_eq!(sends(&cabinet, &person, name, bytes).await.problem(), told, "{name}");
        }
        assert_eq!(sends(&cabinet, &person, "a.txt", PNG).await.json()["name"], "a.txt.png");
        for kind in ["image/png", "text/html", "multipart/form-data; boundary=x", "application/json"] {
            let answer = cabinet.post(FILES).by(&person).header("content-type", kind).raw(PNG.to_vec()).send().await;
            assert_eq!(answer.problem(), "415 unsupported_media_type", "{kind}");
        }
        let nameless = cabinet.post(FILES).by(&person).header("content-type", BYTES).raw(PNG.to_vec()).send().await;
        assert_eq!(nameless.json()["name"], "file.png");
        assert_eq!(sends(&cabinet, &person, &"x".repeat(256), PNG).await.problem(), "400 bad_request");
        cabinet.close().await;
    }

    async fn only_so_much_is_taken(store) {
        let cabinet = Cabinet::open(store).await;
        let policy = Policy { tickets_waiting: 1, ticket_files_per_day: 2, ..Policy::default() };
        cabinet.service().import_policy(&policy).await.unwrap();
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let mut large = PNG.to_vec();
        large.resize(FILE_MAX, b'x');
        assert_eq!(sends(&cabinet, &person, "a.png", &large).await.json()["size"], FILE_MAX);
        large.push(b'x');
        assert_eq!(sends(&cabinet, &person, "a.png", &large).await.problem(), "413 too_large");
        assert_eq!(sends(&cabinet, &person, "b.png", PNG).await.status, 200);
        let spent = sends(&cabinet, &person, "c.png", PNG).await;
        assert_eq!((spent.problem().as_str(), &spent.json()["details"]["possible_from"]), ("409 writing_spent", &json!("2026-11-11")));
        let body = json!({ "topic": "other", "text": "раз" });
        assert_eq!(asks(&cabinet, &person, "1", &body).await.status, 200);
        assert_eq!(asks(&cabinet, &person, "1", &body).await.header("idempotency-replayed"), "true");
        assert_eq!(asks(&cabinet, &person, "1", &json!({ "topic": "other", "text": "два" })).await.problem(), "422 key_reused");
        assert_eq!(asks(&cabinet, &person, "2", &body).await.problem(), "409 tickets_waiting");
        assert_eq!(cabinet.post(TICKETS).by(&person).json(&body).send().await.problem(), "400 bad_request", "no key");
        cabinet.close().await;
    }

    async fn markup_is_text_and_nonsense_is_refused(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let text = "<img src=x onerror=alert(1)> & \"'{{7*7}}' \u{202e}abc 🦊\n\n=1+1";
        let ticket = asks(&cabinet, &person, "1", &json!({ "topic": "other", "text": text })).await.json();
        let told = cabinet.get(&format!("{TICKETS}/{}", id(&ticket["ticket"]))).by(&person).send().await;
        assert_eq!((told.header("content-type"), &told.json()["messages"][0]["text"]), ("application/json", &json!(text)));
        for (body, field) in [
            (json!({ "topic": "other", "text": "" }), "text"),
            (json!({ "topic": "other", "text": "x".repeat(4001) }), "text"),
            (json!({ "topic": "other", "text": "a\u{0}" }), "text"),
            (json!({ "topic": "other", "text": "a\u{1b}[2J" }), "text"),
            (json!({ "topic": "unknown", "text": "x" }), "topic"),
            (json!({ "topic": "other\n", "text": "x" }), "topic"),
            (json!({ "topic": "other", "text": "x", "state": "closed" }), "state"),
            (json!({ "topic": "other", "text": "x", "day": "2026-11-11" }), "day"),
            (json!({ "topic": "other", "text": "x", "files": ["0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7"] }), "files"),
            (json!({ "topic": "other" }), "text"),
        ] {
            let answer = asks(&cabinet, &person, &format!("k{field}{}", body.to_string().len()), &body).await;
            assert_eq!(answer.problem(), "422 invalid", "{body}");
            assert!(answer.json()["details"]["fields"].get(field).is_some(), "{body}: {}", answer.text);
        }
        assert_eq!(cabinet.get(TICKETS).by(&person).send().await.json()["items"].as_array().unwrap().len(), 1);
        cabinet.close().await;
    }

    async fn anothers_is_as_absent(store) {
        let cabinet = Cabinet::open(store).await;
        let (person, other) = (cabinet.person("1001", "home-20", 100_00).await, cabinet.person("1002", "home-20", 100_00).await);
        let file = sends(&cabinet, &person, "a.png", PNG).await.json();
        let body = json!({ "topic": "other", "text": "моє", "files": [file["id"]] });
        let ticket = asks(&cabinet, &person, "1", &body).await.json()["ticket"].clone();
        for (at, file) in [(id(&ticket), id(&file["id"])), ("0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7", "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")] {
            let path = format!("{TICKETS}/{at}");
            let write = json!({ "text": "x" });
            for answer in [
                cabinet.get(&path).by(&other).send().await,
                cabinet.get(&format!("{path}/files/{file}")).by(&other).send().await,
                cabinet.post(&format!("{path}/messages")).by(&other).key("x").json(&write).send().await,
                cabinet.call(Method::PUT, &format!("{path}/read")).by(&other).json(&json!({ "through": 1 })).send().await,
            ] {
                assert_eq!(answer.problem(), "404 not_found");
            }
        }
        assert_eq!(asks(&cabinet, &other, "1", &body).await.problem(), "422 invalid", "a file of another");
        let support = cabinet.employee(Role::Support).await;
        let crossed = format!("/api/v1/staff/subscribers/{}/tickets/{}", other.id, id(&ticket));
        assert_eq!(cabinet.get(&crossed).by(&support).send().await.problem(), "404 not_found");
        assert_eq!(cabinet.get(&format!("/api/v1/staff/tickets?subscriber={}", other.id)).by(&support).send().await.json()["items"], json!([]));
        cabinet.close().await;
    }

    async fn news_reach_whom_they_concern_in_their_language(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let support = cabinet.employee(Role::Support).await;
        let publish = |key: &str, body: Value| cabinet.post("/api/v1/staff/news").by(&support).key(key).json(&body).send();
        let works = json!({
            "kind": "planned_work", "uk": { "title": "Планові <b>роботи</b>" }, "en": { "title": "Planned work", "text": "Line\ntwo" },
            "places": "вул. Іванова 1", "starts_at": "2026-11-12T00:00:00.5+02:00", "ends_at": "2026-11-12T02:00:00+02:00",
        });
        let made = publish("1", works.clone()).await.json();
        assert_eq!((&made["starts_at"], &made["until"]), (&json!("2026-11-11T22:00:00Z"), &json!("2026-11-12T00:00:00Z")));
        let again = publish("1", works.clone()).await;
        assert_eq!((again.header("idempotency-replayed"), &again.json()["id"]), ("true", &made["id"]));
        assert_eq!(publish("1", json!({ "kind": "news", "uk": { "title": "x" } })).await.problem(), "422 key_reused");
        publish("2", json!({ "kind": "news", "uk": { "title": "чуже" }, "places": "вул. Чужа" })).await;
        for (body, field) in [
            (json!({ "kind": "news", "uk": { "title": "" } }), "uk"),
            (json!({ "kind": "news", "uk": { "title": "x" }, "places": ";" }), "places"),
            (json!({ "kind": "planned_work", "uk": { "title": "x" } }), "starts_at"),
            (json!({ "kind": "planned_work", "uk": { "title": "x" }, "starts_at": "2026-11-12T00:00:00Z" }), "ends_at"),
            (json!({ "kind": "news", "uk": { "title": "x" }, "until": "9999-12-31T23:59:59Z" }), "until"),
            (json!({ "kind": "party", "uk": { "title": "x" } }), "kind"),
        ] {
            let answer = publish(&format!("bad {field}").replace(' ', "-"), body.clone()).await;
            assert_eq!(answer.problem(), "422 invalid", "{body}");
            assert!(answer.json()["details"]["fields"].get(field).is_some(), "{body}: {}", answer.text);
        }
        let told = async |language: &str| {
            let answer = cabinet.get("/api/v1/news").by(&person).header("accept-language", language).send().await.json();
            assert_eq!(answer["items"].as_array().unwrap().len(), 1, "{answer}");
            answer["items"][0].clone()
        };
        let item = told("ru").await;
        assert_eq!((&item["title"], &item["text"], &item["read"]), (&json!("Планові <b>роботи</b>"), &json!(""), &json!(false)));
        assert_eq!(told("en").await["text"], "Line\ntwo");
        let read = format!("/api/v1/me/news/{}/read", id(&made["id"]));
        assert_eq!(cabinet.call(Method::PUT, &read).by(&person).send().await.status, 204);
        assert_eq!(told("uk").await["read"], true);
        let withdraw = format!("/api/v1/staff/news/{}/withdraw", id(&made["id"]));
        assert_eq!(cabinet.post(&withdraw).by(&support).send().await.status, 200);
        assert_eq!(cabinet.post(&withdraw).by(&support).send().await.problem(), "409 already_decided");
        assert_eq!(cabinet.get("/api/v1/news").by(&person).send().await.json()["items"], json!([]));
        assert_eq!(cabinet.get("/api/v1/news").by(&support).send().await.problem(), "403 not_permitted");
        assert_eq!(cabinet.get("/api/v1/news").send().await.problem(), "401 unauthenticated");
        cabinet.close().await;
    }
}
