//! The e-mail of a profile and letters, through the client, a browser and a mail program; and by those who mean no good.

use crate::harness::{Cabinet, PASSWORD, Person};
use cabinet_client::Client;
use cabinet_gateways::mail::Letter;
use cabinet_store::on_both;
use reqwest::Method;
use serde_json::{Value, json};
use time::macros::{date, time};

impl Cabinet {
    /// Does everything that is due; the letters that left, the newest first.
    async fn letters(&self) -> Vec<Letter> {
        while self.service().work_outbox().await.unwrap() > 0 {}
        let mailbox = self.service().post.as_ref().unwrap().mailbox.as_ref().unwrap();
        mailbox.letters().into_iter().map(|kept| kept.letter).collect()
    }

    async fn writes_email(&self, person: &Person, email: &str) {
        let wish = json!({ "email": email, "password": PASSWORD });
        let answer = self.call(Method::PATCH, "/api/v1/me/profile").by(person).json(&wish).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    async fn asks_for_code(&self, person: &Person) -> String {
        let answer = self.post("/api/v1/me/contacts/email/verification").by(person).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
        code_of(&self.letters().await[0])
    }

    async fn gives(&self, person: &Person, code: &str) -> crate::harness::Answer {
        self.post("/api/v1/me/contacts/email/confirm").by(person).json(&json!({ "code": code })).send().await
    }

    async fn switches(&self, person: &Person, enabled: bool) -> crate::harness::Answer {
        let wish = json!({ "enabled": enabled });
        self.call(Method::PUT, "/api/v1/me/services/email-bills").by(person).json(&wish).send().await
    }

    async fn profile(&self, person: &Person) -> Value {
        self.get("/api/v1/me/profile").by(person).send().await.json()
    }
}

fn code_of(letter: &Letter) -> String {
    let code =
        letter.text.split_whitespace().find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
    code.unwrap_or_else(|| panic!("{letter:?}")).to_owned()
}

/// The address behind a letter's link, without the server's.
fn link_of(letter: &Letter) -> String {
    let url = letter.unsubscribe.as_ref().expect("a link").as_str();
    assert!(letter.text.contains(url), "{}", letter.text);
    url.strip_prefix("https://cabinet.example.com").expect("to this cabinet").to_owned()
}

/// Somebody who gets bills by e-mail, and November's letter with its bill.
async fn billed(cabinet: &Cabinet) -> (Person, Letter) {
    cabinet.at(date!(2026 - 10 - 20), time!(12:00));
    let person = cabinet.person("1001", "home-20", 30_00).await;
    cabinet.writes_email(&person, "ivan@example.com").await;
    let code = cabinet.asks_for_code(&person).await;
    assert_eq!(cabinet.gives(&person, &code).await.status, 200);
    assert_eq!(cabinet.switches(&person, true).await.json()["email_bills"], true);
    for day in [date!(2026 - 10 - 31), date!(2026 - 11 - 01)] {
        cabinet.at(day, time!(12:00));
        cabinet.service().run_day(day, |_, _| ()).await.unwrap();
    }
    let letter = cabinet.letters().await.remove(0);
    (cabinet.again(&person).await, letter)
}

on_both! {
    async fn the_typed_client_confirms_an_email_and_asks_for_bills(store) {
        let cabinet = Cabinet::open(store).await;
        cabinet.person("1001", "home-20", 100_00).await;
        let client = Client::new(&cabinet.base);
        assert!(client.provider().await.unwrap().mail);
        client.sign_in("1001", PASSWORD).await.unwrap();
        assert_eq!(client.start_email_verification().await.unwrap_err().code(), Some("contact_absent"));
        assert_eq!(client.confirm_email("012345").await.unwrap_err().code(), Some("contact_absent"));
        assert_eq!(client.switch_email_bills(true).await.unwrap_err().code(), Some("contact_unconfirmed"));
        let wish = cabinet_contract::profile::UpdateProfile { email: Some("ivan@example.com".to_owned()), ..Default::default() };
        assert_eq!(client.update_profile(&wish).await.unwrap_err().code(), Some("password_needed"));
        let wish = cabinet_contract::profile::UpdateProfile { password: Some(PASSWORD.to_owned()), ..wish };
        assert!(!client.update_profile(&wish).await.unwrap().email_confirmed);
        let sent = client.start_email_verification().await.unwrap();
        assert_eq!((sent.email.as_str(), sent.expires_at - sent.sent_at), ("ivan@example.com", time::Duration::minutes(10)));
        assert_eq!(client.profile().await.unwrap().email_verification, Some(sent));
        assert_eq!(client.start_email_verification().await.unwrap_err().code(), Some("throttled"));
        let letters = cabinet.letters().await;
        assert_eq!(letters[0].to.as_str(), "ivan@example.com");
        let wrong = if code_of(&letters[0]) == "000000" { "000001" } else { "000000" };
        assert_eq!(client.confirm_email(wrong).await.unwrap_err().code(), Some("contact_code_wrong"));
        let profile = client.confirm_email(&code_of(&letters[0])).await.unwrap();
        assert!(profile.email_confirmed && !profile.email_bills && profile.email_verification.is_none());
        assert_eq!(client.start_email_verification().await.unwrap_err().code(), Some("contact_confirmed"));
        assert!(client.switch_email_bills(true).await.unwrap().email_bills);
        assert!(!client.switch_email_bills(false).await.unwrap().email_bills);
        assert!(!client.overview().await.unwrap().email_failing);
        cabinet.close().await;
    }

    async fn what_is_typed_makes_no_header_and_no_command(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        for email in [
            "a@b.c\r\nBcc: x@y.z", "a@b.c\nBcc: x@y.z", "a@b.c\u{0}", "a@b.c%0d%0aBcc: x@y.z", "a@b.c>\r\nRCPT TO:<x@y.z",
            "a@b.c,x@y.z", "a@b.c;x@y.z", "<a@b.c>", "\"a\r\nb\"@c.d", "a@b.c\u{2028}x", "a@b .c",
        ] {
            let answer = cabinet.call(Method::PATCH, "/api/v1/me/profile").by(&person).json(&json!({ "email": email })).send().await;
            assert_eq!(answer.problem(), "422 invalid", "{email:?}");
        }
        // What the profile takes and a letter cannot carry is told before anything is sent.
        cabinet.writes_email(&person, "a..b@example.com").await;
        let refused = cabinet.post("/api/v1/me/contacts/email/verification").by(&person).send().await;
        assert_eq!((refused.problem().as_str(), &refused.json()["details"]["fields"]), ("422 invalid", &json!({ "email": "invalid" })));
        // A name that breaks lines in no alphabet stands in texts only.
        let wish = json!({ "last_name": "<b>{code}</b>" });
        cabinet.call(Method::PATCH, "/api/v1/me/profile").by(&person).json(&wish).send().await;
        assert!(cabinet.letters().await.is_empty());
        cabinet.close().await;
    }

    async fn codes_are_not_guessed(store) {
        let cabinet = Cabinet::open(store).await;
        let (person, other) = (cabinet.person("1001", "home-20", 100_00).await, cabinet.person("1002", "home-20", 100_00).await);
        cabinet.writes_email(&person, "ivan@example.com").await;
        cabinet.writes_email(&other, "other@example.com").await;
        let (code, others) = (cabinet.asks_for_code(&person).await, cabinet.asks_for_code(&other).await);
        let mut outcomes = vec![cabinet.gives(&person, &others).await];
        for wrong in ["", "0", "0000000000000000000000", "１２３４５６"] {
            outcomes.push(cabinet.gives(&person, wrong).await);
        }
        outcomes.push(cabinet.gives(&person, &code).await);
        for (number, answer) in outcomes.iter().enumerate() {
            assert_eq!(answer.problem(), "422 contact_code_wrong", "{number}");
        }
        assert_eq!(outcomes[5].json()["details"]["fields"], json!({ "code": "invalid" }));
        assert_eq!(cabinet.profile(&person).await["email_confirmed"], false);
        let early = cabinet.post("/api/v1/me/contacts/email/verification").by(&person).send().await;
        assert_eq!((early.problem().as_str(), early.header("retry-after")), ("429 throttled", "60"));
        assert_eq!(cabinet.gives(&other, &others).await.json()["email_confirmed"], true, "another's tries are another's");
        cabinet.close().await;
    }

    async fn a_letters_link_switches_bills_off_and_does_nothing_else(store) {
        let cabinet = Cabinet::open(store).await;
        let (person, letter) = billed(&cabinet).await;
        assert_eq!(letter.attachments[0].name.as_str(), "bill-1001-2026-11.pdf");
        assert!(letter.attachments[0].bytes.starts_with(b"%PDF-"));
        let link = link_of(&letter);
        let page = cabinet.get(&link).header("accept-language", "en").send().await;
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
        assert!(page.text.contains("Рахунки на e-mail") && page.text.contains("<form method=\"post\""), "{}", page.text);
        let policy = page.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("form-action 'self'"), "{policy}");
        for _ in 0..2 {
            cabinet.get(&link).send().await;
        }
        assert_eq!(cabinet.profile(&person).await["email_bills"], true, "machines follow links");

        let key = link.split("key=").nth(1).unwrap();
        let (_, other) = (0, cabinet.person("1002", "home-20", 30_00).await);
        for foreign in [
            "", "x", &key[1..], &key.to_lowercase(), &format!("{key}A"), &"A".repeat(64), &"A".repeat(10_000), "%00", "..",
            &other.token, "' OR 1=1--",
        ] {
            let escaped: String = foreign.bytes().map(|byte| format!("%{byte:02X}")).collect();
            for method in [Method::GET, Method::POST] {
                let answer = cabinet.call(method.clone(), &format!("/api/v1/letters/unsubscribe?key={escaped}")).send().await;
                assert_eq!((answer.status, answer.header("content-type")), (404, "text/html; charset=utf-8"), "{method} {foreign}");
            }
        }
        assert_eq!(cabinet.call(Method::POST, "/api/v1/letters/unsubscribe").send().await.status, 404);
        assert_eq!(cabinet.profile(&person).await["email_bills"], true);
        // Nor is the key a token of anything.
        let as_token = cabinet.get("/api/v1/me").header("authorization", &format!("Bearer {key}")).send().await;
        assert_eq!(as_token.problem(), "401 session_ended");

        // As a mail program does it: no cookie, no token, a form of one field (RFC 8058).
        let click = cabinet.post(&link).header("content-type", "application/x-www-form-urlencoded").raw("List-Unsubscribe=One-Click");
        let done = click.send().await;
        assert!(done.status == 200 && !done.text.contains("<form"), "{done:?}");
        assert_eq!(done.header("set-cookie"), "");
        let after = cabinet.profile(&person).await;
        assert_eq!((&after["email_bills"], &after["email_confirmed"]), (&json!(false), &json!(true)));
        assert_eq!(cabinet.post(&link).send().await.status, 200, "again is as good");
        cabinet.close().await;
    }

    async fn the_demos_mailbox_shows_what_was_sent_and_stands_in_the_demo_alone(store) {
        let cabinet = Cabinet::open_with(store, |config| config.web.public_url = Some("https://cabinet.example.com".to_owned())).await;
        let empty = cabinet.get("/api/v1/letters").header("accept-language", "en").send().await;
        assert!(empty.status == 200 && empty.text.contains("nothing here yet"), "{empty:?}");
        let (_, letter) = billed(&cabinet).await;
        let page = cabinet.get("/api/v1/letters").send().await;
        assert!(page.text.contains("ivan@example.com") && page.text.contains("bill-1001-2026-11.pdf"), "{}", page.text);
        let link = letter.unsubscribe.as_ref().unwrap().as_str();
        assert!(page.text.contains(&format!("<a href=\"{link}\">")), "{}", page.text);
        assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
        assert_eq!(cabinet.get("/api/v1/letters/style.css").send().await.header("content-type"), "text/css; charset=utf-8");
        cabinet.close().await;
    }

    async fn a_cabinet_that_sends_no_letters_says_so(store) {
        let cabinet = Cabinet::open_without_mail(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        assert_eq!(cabinet.get("/api/v1/provider").send().await.json()["mail"], false);
        cabinet.writes_email(&person, "ivan@example.com").await;
        let refused = cabinet.post("/api/v1/me/contacts/email/verification").by(&person).send().await;
        assert_eq!(refused.problem(), "409 mail_absent");
        assert_eq!(cabinet.get("/api/v1/letters").send().await.problem(), "404 not_found");
        cabinet.close().await;
    }
}
