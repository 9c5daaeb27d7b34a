//! A phone of a profile and the SMS balance, through the client and by those who mean no good; prize draws of the office.

use crate::harness::{Cabinet, PASSWORD, Person};
use cabinet_client::Client;
use cabinet_contract::profile::UpdateProfile;
use cabinet_contract::sms_balance::{Every, Periodic, SmsBalanceWishes};
use cabinet_core::Policy;
use cabinet_core::staff::Role;
use cabinet_store::on_both;
use reqwest::Method;
use serde_json::{Value, json};
use time::macros::{date, time};

const VERIFICATION: &str = "/api/v1/me/contacts/phone/verification";
const CONFIRM: &str = "/api/v1/me/contacts/phone/confirm";
const BALANCE: &str = "/api/v1/me/services/sms-balance";

fn wishes() -> Value {
    json!({ "enabled": true, "email": false, "on_payment": true, "on_block": false, "on_unblock": false, "on_change": false })
}

impl Cabinet {
    /// Does everything that is due; phones and texts of the messages that left, the newest first.
    async fn messages(&self) -> Vec<(String, String)> {
        while self.service().work_outbox().await.unwrap() > 0 {}
        let pocket = self.service().messenger.as_ref().unwrap().pocket.as_ref().unwrap();
        pocket.messages().into_iter().map(|kept| (kept.message.to.to_string(), kept.message.text)).collect()
    }

    async fn writes_phones(&self, person: &Person, phones: &str) {
        let wish = json!({ "phones": phones, "password": PASSWORD });
        let answer = self.call(Method::PATCH, "/api/v1/me/profile").by(person).json(&wish).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }

    async fn confirms_phone(&self, person: &Person, phone: &str) {
        self.writes_phones(person, phone).await;
        let asked = self.post(VERIFICATION).by(person).json(&json!({ "phone": phone })).send().await;
        assert_eq!(asked.status, 200, "{asked:?}");
        let code = code_of(&self.messages().await[0].1);
        let answer = self.post(CONFIRM).by(person).json(&json!({ "code": code })).send().await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

fn code_of(text: &str) -> String {
    text.split(' ').next().filter(|word| word.bytes().all(|byte| byte.is_ascii_digit())).expect("a code").to_owned()
}

on_both! {
    async fn the_typed_client_confirms_a_phone_and_wishes_to_be_told(store) {
        let cabinet = Cabinet::open(store).await;
        cabinet.person("1001", "home-20", 100_00).await;
        let client = Client::new(&cabinet.base);
        assert!(client.provider().await.unwrap().sms);
        client.sign_in("1001", PASSWORD).await.unwrap();
        assert_eq!(client.start_phone_verification("0501234567").await.unwrap_err().code(), Some("contact_absent"));
        assert_eq!(client.confirm_phone("012345").await.unwrap_err().code(), Some("contact_code_wrong"));
        let offered = client.sms_balance().await.unwrap();
        assert!(!offered.wishes.enabled && offered.phone.is_none(), "{offered:?}");
        let wish = SmsBalanceWishes { enabled: true, ..offered.wishes };
        assert_eq!(client.set_sms_balance(&wish).await.unwrap_err().code(), Some("contact_unconfirmed"));
        let phones = UpdateProfile {
            phones: Some("0-00-00; 050 123-45-67".to_owned()),
            password: Some(PASSWORD.to_owned()),
            ..Default::default()
        };
        let profile = client.update_profile(&phones).await.unwrap();
        assert_eq!((profile.sms_phones, profile.sms_phone), (vec!["+380501234567".to_owned()], None));
        let sent = client.start_phone_verification("(050) 123 45 67").await.unwrap();
        assert_eq!((sent.phone.as_str(), sent.expires_at - sent.sent_at), ("+380501234567", time::Duration::minutes(10)));
        assert_eq!(client.profile().await.unwrap().phone_verification, Some(sent));
        assert_eq!(client.start_phone_verification("0501234567").await.unwrap_err().code(), Some("throttled"));
        let (to, text) = cabinet.messages().await.remove(0);
        assert_eq!(to, "+380501234567");
        let profile = client.confirm_phone(&code_of(&text)).await.unwrap();
        assert_eq!((profile.sms_phone.as_deref(), profile.phone_verification), (Some("+380501234567"), None));
        assert_eq!(client.start_phone_verification("0501234567").await.unwrap_err().code(), Some("contact_confirmed"));
        let wish = SmsBalanceWishes { periodic: Some(Periodic { every: Every::Month, day: 28 }), ..wish };
        let kept = client.set_sms_balance(&wish).await.unwrap();
        assert_eq!((kept.wishes, kept.phone.as_deref()), (wish, Some("+380501234567")));
        assert_eq!(client.sms_balance().await.unwrap(), kept);
        cabinet.close().await;
    }

    async fn what_is_wished_is_read_strictly(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        cabinet.confirms_phone(&person, "050 123-45-67").await;
        let set = async |body: &Value| cabinet.call(Method::PUT, BALANCE).by(&person).json(body).send().await;
        let with = |name: &str, value: Value| {
            let mut body = wishes();
            body[name] = value;
            body
        };
        for (body, field) in [
            (with("threshold_days", json!(0)), "threshold_days"),
            (with("threshold_days", json!(31)), "threshold_days"),
            (with("threshold_days", json!(9_223_372_036_854_775_807_i64)), "threshold_days"),
            (with("threshold_days", json!("3")), "threshold_days"),
            (with("periodic", json!({ "every": "week", "day": 8 })), "periodic"),
            (with("periodic", json!({ "every": "month", "day": 29 })), "periodic"),
            (with("periodic", json!({ "every": "year", "day": 1 })), "periodic"),
            (with("phone", json!("+380501234567")), "phone"),
            (json!({ "enabled": true }), "email"),
        ] {
            let answer = set(&body).await;
            assert_eq!(answer.problem(), "422 invalid", "{body}");
            let fields = answer.json()["details"]["fields"].to_string();
            assert!(fields.contains(field), "{body}: {fields}");
        }
        assert_eq!(set(&wishes()).await.status, 200);
        let letters = set(&with("email", json!(true))).await;
        assert_eq!(letters.problem(), "409 contact_unconfirmed", "the e-mail is not confirmed");
        // Another's phone cannot be told of anything: a phone must be one's own profile's and confirmed by its code.
        let other = cabinet.person("1002", "home-20", 100_00).await;
        cabinet.writes_phones(&other, "050 123-45-67").await;
        let refused = cabinet.call(Method::PUT, BALANCE).by(&other).json(&wishes()).send().await;
        assert_eq!(refused.problem(), "409 contact_unconfirmed");
        assert_eq!(cabinet.get(BALANCE).send().await.problem(), "401 unauthenticated");
        let staff = cabinet.employee(Role::Admin).await;
        assert_eq!(cabinet.get(BALANCE).by(&staff).send().await.problem(), "403 not_permitted");
        cabinet.close().await;
    }

    async fn codes_of_phones_are_not_guessed_and_phones_not_made_up(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        cabinet.writes_phones(&person, "050 123-45-67; 067 111-22-33").await;
        let ask = async |phone: &str| cabinet.post(VERIFICATION).by(&person).json(&json!({ "phone": phone })).send().await;
        for phone in ["", "0-00-00", "+48501234567", "0501234567; 0671112233", "０５０１２３４５６７", "380501234567\r\nBcc: x"] {
            let answer = ask(phone).await;
            assert_eq!(answer.problem(), "422 invalid", "{phone}");
            assert_eq!(answer.json()["details"]["fields"], json!({ "phone": "invalid" }));
        }
        assert_eq!(ask("0509999999").await.problem(), "409 contact_absent");
        assert_eq!(ask("0501234567").await.status, 200);
        let early = ask("0671112233").await;
        assert_eq!((early.problem().as_str(), early.header("retry-after")), ("429 throttled", "60"));
        let code = code_of(&cabinet.messages().await[0].1);
        let give = async |code: &str| cabinet.post(CONFIRM).by(&person).json(&json!({ "code": code })).send().await;
        for wrong in ["", "0", "0000000000000000000000", "１２３４５６", "%00"] {
            assert_eq!(give(wrong).await.problem(), "422 contact_code_wrong", "{wrong}");
        }
        assert_eq!(give(&code).await.problem(), "422 contact_code_wrong", "its tries are spent");
        cabinet.close().await;
    }

    async fn the_demos_page_shows_messages_beside_letters(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        cabinet.confirms_phone(&person, "050 123-45-67").await;
        let page = cabinet.get("/api/v1/letters").header("accept-language", "en").send().await;
        assert!(page.text.contains("+380501234567") && page.text.contains("<h2>SMS</h2>"), "{}", page.text);
        cabinet.close().await;
    }

    async fn without_a_gateway_the_cabinet_says_so(store) {
        let cabinet = Cabinet::open_without_mail(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        assert_eq!(cabinet.get("/api/v1/provider").send().await.json()["sms"], false);
        let refused = cabinet.post(VERIFICATION).by(&person).json(&json!({ "phone": "0501234567" })).send().await;
        assert_eq!(refused.problem(), "409 sms_absent");
        let refused = cabinet.call(Method::PUT, BALANCE).by(&person).json(&wishes()).send().await;
        assert_eq!(refused.problem(), "409 sms_absent");
        cabinet.close().await;
    }

    async fn a_recovery_by_contact_tells_nobody_who_has_one(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        cabinet.confirms_phone(&person, "050 123-45-67").await;
        let start = async |login: &str| {
            let answer = cabinet.post("/api/v1/auth/recovery").json(&json!({ "login": login })).send().await;
            (answer.status, answer.text)
        };
        let before = start("1001").await;
        let policy = Policy { recovery_by_contact: true, ..Policy::default() };
        cabinet.service().import_policy(&policy).await.unwrap();
        let told = start("1001").await;
        assert!(told.0 == 202 && told != before, "{told:?}");
        for login in ["1002", "admin", "../../x", "' OR 1=1--", "Ⅷ"] {
            assert_eq!(start(login).await, told, "{login}");
        }
        let sent = cabinet.messages().await;
        assert_eq!(sent.len(), 2, "the phone's code and one for the password: {sent:?}");
        let reset = json!({ "login": "1001", "code": code_of(&sent[0].1), "new_password": "зелений місток через річку" });
        assert_eq!(cabinet.post("/api/v1/auth/recovery/confirm").json(&reset).send().await.status, 204);
        assert_eq!(cabinet.sign_in("1001", "зелений місток через річку").await.status, 200);
        cabinet.close().await;
    }

    async fn a_draw_is_held_among_those_who_agreed(store) {
        let cabinet = Cabinet::open(store).await;
        let manager = cabinet.employee(Role::Manager).await;
        let hold = async |title: &str, since: &str| {
            let wish = json!({ "title": title, "updated_since": since });
            cabinet.post("/api/v1/staff/draws").by(&manager).json(&wish).send().await
        };
        assert_eq!(hold("Роутер", "2026-11-01").await.problem(), "409 nobody_drawn");
        let person = cabinet.person("1001", "home-20", 100_00).await;
        cabinet.writes_phones(&person, "050 123-45-67").await;
        let list = async |query: &str| {
            cabinet.get(&format!("/api/v1/staff/consents?{query}")).by(&manager).send().await
        };
        assert_eq!(list("to=draws&since=2026-11-01").await.json()["items"], json!([]), "nobody agreed yet");
        let wish = json!({ "consent_draws": true });
        cabinet.call(Method::PATCH, "/api/v1/me/profile").by(&person).json(&wish).send().await;
        let listed = list("to=draws&since=2026-11-01").await.json();
        assert_eq!((&listed["items"][0]["contract"], &listed["items"][0]["wording"]), (&json!("1001"), &json!("2026-11")));
        assert_eq!(list("to=promotions&since=2026-11-01").await.json()["items"], json!([]));
        for bad in ["to=draws", "to=all&since=2026-11-01", "to=draws&since=yesterday", "to=draws&since=2026-11-01&limit=101"] {
            assert_eq!(list(bad).await.problem(), "400 bad_request", "{bad}");
        }
        let held = hold("Роутер", "2026-11-01").await.json();
        assert_eq!((&held["contract"], &held["contracts"]), (&json!("1001"), &json!(1)));
        assert_eq!(hold("Роутер", "2026-11-01").await.json(), held, "the same again answers what was drawn");
        assert_eq!(hold("Роутер", "2026-11-02").await.problem(), "409 already_decided");
        assert_eq!(hold("", "2026-11-01").await.problem(), "422 invalid");
        let told = cabinet.get("/api/v1/staff/draws").by(&manager).send().await.json();
        assert_eq!(told["items"], json!([held]));
        for role in [Role::Support, Role::Cashier] {
            let other = cabinet.employee(role).await;
            let answer = cabinet.get("/api/v1/staff/consents?to=draws&since=2026-11-01").by(&other).send().await;
            assert_eq!(answer.problem(), "403 not_permitted", "{role:?}");
        }
        cabinet.close().await;
    }

    async fn a_message_at_night_waits_for_the_morning(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        cabinet.confirms_phone(&person, "050 123-45-67").await;
        assert_eq!(cabinet.call(Method::PUT, BALANCE).by(&person).json(&wishes()).send().await.status, 200);
        cabinet.at(date!(2026 - 11 - 10), time!(23:30));
        let pay = cabinet_service::Actor::Staff;
        cabinet.service().pay_cash(pay, person.id, "5.00".parse().unwrap(), None).await.unwrap();
        let before = cabinet.messages().await.len();
        cabinet.at(date!(2026 - 11 - 11), time!(9:00));
        let after = cabinet.messages().await;
        assert_eq!(after.len(), before + 1);
        assert!(after[0].1.starts_with("Зараховано 5,00 грн"), "{after:?}");
        cabinet.close().await;
    }
}
