//! The document's examples of answers that went well are what the demo answers.

use crate::conform;
use crate::harness::{Answer, Cabinet, Call, Person, TODAY};
use cabinet_core::Money;
use cabinet_core::calendar::tomorrow;
use cabinet_gateways::acquirer::{Choice, Ticket};
use cabinet_service::{Clock, demo};
use cabinet_store::testing::{Bench, block_on};
use reqwest::Method;
use serde_json::{Map, Value, json};
use time::Duration;
use time::macros::time;
use uuid::Uuid;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples.json");
/// `CABINET_WRITE_EXAMPLES=1` writes the file anew.
const WRITE: &str = "CABINET_WRITE_EXAMPLES";
/// A browser's key and secret, as RFC 8291 shows them.
const BROWSER_KEY: &str = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
const BROWSER_SECRET: &str = "BTBZMqHH6r4Tts7J_aSIgg";

/// Answers by operation, as they stand in the document.
#[derive(Default)]
struct Shown {
    answers: Map<String, Value>,
    ids: Vec<String>,
    /// The operation whose answer is noted.
    at: String,
}

impl Shown {
    /// Notes an answer and gives it whole.
    async fn note(&mut self, id: &str, call: Call<'_>) -> Answer {
        let answer = call.header("accept-language", "en").send().await;
        assert!((200..300).contains(&answer.status), "{id}: {answer:?}");
        id.clone_into(&mut self.at);
        let shown = match answer.header("content-type").split(';').next().unwrap_or_default() {
            "application/json" => self.shortened(id, answer.json()),
            "application/pdf" => json!(format!("{} …", answer.text.lines().next().expect("a first line"))),
            "application/zip" => json!("PK …"),
            "text/csv" => json!(answer.text.split_inclusive('\n').take(4).collect::<String>()),
            _ => json!(answer.text),
        };
        self.answers.insert(id.to_owned(), shown);
        answer
    }

    /// Long lists cut, secrets and ids of this run replaced.
    fn shortened(&mut self, name: &str, value: Value) -> Value {
        match value {
            Value::Object(members) => {
                members.into_iter().map(|(name, value)| (name.clone(), self.shortened(&name, value))).collect()
            }
            Value::Array(items) => {
                let longest = match name {
                    "weeks" => 2,
                    "days" => 7,
                    "past" | "coming" | "with_payment" | "sections" => 3,
                    _ => 4,
                };
                Value::Array(items.into_iter().take(longest).map(|item| self.shortened(name, item)).collect())
            }
            Value::String(_) if name == "first_password" => json!("abcd-efgh-jkmn"),
            Value::String(_) if name == "code" && self.at == "issueRecoveryCode" => json!("12345678"),
            Value::String(_) if name == "public_key" => json!(BROWSER_KEY),
            Value::String(_) if name == "codes" => json!("ABCD-EFGH-JKMN-PQRS"),
            Value::String(_) if name == "url" => json!("https://bank.example.com/pay/one"),
            Value::String(_) if matches!(name, "access_token" | "refresh_token" | "x" | "kid") => {
                json!(match name {
                    "access_token" => "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJFZERTQSJ9.eyJpc3MiOiJjYWJpbmV0In0.c2lnbmF0dXJl",
                    "refresh_token" => "0Zt3pq8V5m1cYkX2uHfWbS7dLrQeJnGa",
                    "x" => "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
                    _ => "2026-11-10",
                })
            }
            Value::String(text) if Uuid::parse_str(&text).is_ok() => {
                let known = self.ids.iter().position(|id| *id == text);
                let place = known.unwrap_or_else(|| {
                    self.ids.push(text);
                    self.ids.len() - 1
                });
                json!(format!("0198f2a1-7c3e-7d51-9a53-{place:012}"))
            }
            other => other,
        }
    }
}

#[test]
fn examples_are_what_the_demo_answers() {
    block_on(async {
        let bench = Bench::sqlite().await;
        let cabinet = Cabinet::open_demo(bench.store.clone()).await;
        // What the demo did at this instant has ids of chance: what follows is told after it.
        cabinet.clock.step(Duration::SECOND);
        let mut shown = Shown::default();
        for (id, path) in [
            ("getLiveness", "/api/v1/health/live"),
            ("getReadiness", "/api/v1/health/ready"),
            ("getProvider", "/api/v1/provider"),
            ("listTariffs", "/api/v1/tariffs"),
            ("getHelp", "/api/v1/help"),
            ("getKeys", "/.well-known/jwks.json"),
            ("getSecurityContact", "/.well-known/security.txt"),
        ] {
            shown.note(id, cabinet.get(path)).await;
        }
        let pair = json!({ "login": "0000", "password": demo::PASSWORD, "delivery": "body" });
        let tokens = shown.note("signIn", cabinet.post("/api/v1/auth/sign-in").json(&pair)).await.json();
        let refresh = json!({ "refresh_token": tokens["refresh_token"] });
        let tokens = shown.note("renewSession", cabinet.post("/api/v1/auth/renew").json(&refresh)).await.json();
        let text = |member: &str| tokens[member].as_str().expect("a token").to_owned();
        let person = Person {
            id: Uuid::nil(),
            contract: "0000".to_owned(),
            token: text("access_token"),
            refresh: text("refresh_token"),
        };
        for (id, path) in [
            ("getOverview", "/api/v1/me"),
            ("getStatement", "/api/v1/me/statement?month=2014-12"),
            ("getYear", "/api/v1/me/statement/years/2014"),
            ("getStatementPdf", "/api/v1/me/statement.pdf?month=2014-12"),
            ("getStatementCsv", "/api/v1/me/statement.csv?month=2014-12"),
            ("getBillPdf", "/api/v1/me/bills/2015-01/pdf"),
            ("getForecast", "/api/v1/me/forecast?days=45"),
            ("listEntries", "/api/v1/me/entries?from=2014-12-01&to=2014-12-31&limit=3"),
            ("getEntry", "/api/v1/me/entries/2"),
            ("getProfile", "/api/v1/me/profile"),
            ("getSettings", "/api/v1/me/settings"),
            ("listSessions", "/api/v1/me/sessions"),
            ("listMyTariffs", "/api/v1/me/tariffs"),
            ("listBills", "/api/v1/me/bills?limit=2"),
            ("getBill", "/api/v1/me/bills/2014-12"),
            ("listenToEvents", "/api/v1/me/events"),
            ("previewPayment", "/api/v1/me/payments/preview?amount=100.00"),
        ] {
            shown.note(id, cabinet.get(path).by(&person)).await;
        }
        let of = |method: Method, path: &str, body: Value| cabinet.call(method, path).by(&person).json(&body);
        let profile = json!({ "phones": "0-00-00;000-00-00", "address": "вул. Миру 1" });
        shown.note("updateProfile", of(Method::PATCH, "/api/v1/me/profile", profile)).await;
        let email = json!({ "email": "ivan@example.com", "password": demo::PASSWORD });
        of(Method::PATCH, "/api/v1/me/profile", email).send().await;
        let code = cabinet.post("/api/v1/me/contacts/email/verification").by(&person);
        shown.note("startEmailVerification", code).await;
        while cabinet.service().work_outbox().await.expect("works") > 0 {}
        let mailbox = cabinet.service().post.as_ref().and_then(|post| post.mailbox.clone()).expect("the demo's");
        let letter = mailbox.letters().remove(0).letter.text;
        let code = letter.split_whitespace().find(|word| word.len() == 6 && word.parse::<u32>().is_ok());
        let code = json!({ "code": code.expect("a code") });
        shown.note("confirmEmail", of(Method::POST, "/api/v1/me/contacts/email/confirm", code)).await;
        let wish = json!({ "enabled": true });
        shown.note("switchEmailBills", of(Method::PUT, "/api/v1/me/services/email-bills", wish)).await;
        let phone = json!({ "phones": "050 123-45-67", "consent_draws": true, "password": demo::PASSWORD });
        of(Method::PATCH, "/api/v1/me/profile", phone).send().await;
        let phone = json!({ "phone": "+380501234567" });
        let code = of(Method::POST, "/api/v1/me/contacts/phone/verification", phone);
        shown.note("startPhoneVerification", code).await;
        while cabinet.service().work_outbox().await.expect("works") > 0 {}
        let pocket = cabinet.service().messenger.as_ref().and_then(|messenger| messenger.pocket.clone());
        let message = pocket.expect("the demo's").messages().remove(0).message.text;
        let code = json!({ "code": message.split(' ').next().expect("a code") });
        shown.note("confirmPhone", of(Method::POST, "/api/v1/me/contacts/phone/confirm", code)).await;
        let wish = json!({
            "enabled": true, "email": false, "threshold_days": 3, "periodic": { "every": "week", "day": 1 },
            "on_payment": true, "on_block": true, "on_unblock": false, "on_change": false,
        });
        shown.note("setSmsBalance", of(Method::PUT, "/api/v1/me/services/sms-balance", wish)).await;
        shown.note("getSmsBalance", cabinet.get("/api/v1/me/services/sms-balance").by(&person)).await;
        let browser = json!({
            "endpoint": "https://fcm.googleapis.com/fcm/send/dDw8",
            "keys": { "p256dh": BROWSER_KEY, "auth": BROWSER_SECRET },
        });
        shown.note("addPushDevice", of(Method::POST, "/api/v1/me/push", browser)).await;
        let wish = json!({
            "threshold_days": 3, "on_payment": true, "on_block": true, "on_unblock": true, "on_change": false,
        });
        shown.note("setPushWishes", of(Method::PUT, "/api/v1/me/push", wish)).await;
        shown.note("getPush", cabinet.get("/api/v1/me/push").by(&person)).await;
        let settings = json!({ "language": "uk", "theme": "dark" });
        shown.note("updateSettings", of(Method::PUT, "/api/v1/me/settings", settings)).await;
        let wish = json!({ "amount": "100.00", "method": "sandbox" });
        let ordered = of(Method::POST, "/api/v1/me/payments", wish).key("pay");
        let ordered = shown.note("createPayment", ordered).await.json();
        let path = format!("/api/v1/me/payments/{}", ordered["id"].as_str().expect("an id"));
        shown.note("getPayment", cabinet.get(&path).by(&person)).await;
        shown.note("listPayments", cabinet.get("/api/v1/me/payments").by(&person)).await;
        let wish = json!({ "tariff": "home-10" });
        let quoted = of(Method::POST, "/api/v1/me/tariff-change/quote", wish);
        let quote = shown.note("quoteTariffChange", quoted).await.json();
        let path = format!("/api/v1/me/quotes/{}", quote["id"].as_str().expect("an id"));
        shown.note("getQuote", cabinet.get(&path).by(&person)).await;
        shown.note("confirmQuote", cabinet.post(&format!("{path}/confirm")).by(&person).key("one")).await;
        shown.note("listOrders", cabinet.get("/api/v1/me/orders").by(&person)).await;
        let cancel = cabinet.call(Method::DELETE, "/api/v1/me/tariff-change").by(&person).key("two");
        shown.note("cancelTariffChange", cancel).await;
        shown.note("getNetwork", cabinet.get("/api/v1/me/network").by(&person)).await;
        shown.note("getServices", cabinet.get("/api/v1/me/services").by(&person)).await;
        let turbo = of(Method::POST, "/api/v1/me/turbo/quote", json!({ "option": "3h" }));
        let quote = shown.note("quoteTurbo", turbo).await.json();
        let confirm = |quote: &Value| format!("/api/v1/me/quotes/{}/confirm", quote["id"].as_str().expect("an id"));
        let turbo = cabinet.post(&confirm(&quote)).by(&person).key("turbo").send().await.json();
        let undo = format!("/api/v1/me/orders/{}/undo", turbo["id"].as_str().expect("an id"));
        shown.note("undoOrder", cabinet.post(&undo).by(&person).key("undo")).await;
        shown.note("quoteStaticIp", of(Method::POST, "/api/v1/me/static-ip/quote", json!({ "wish": "connect" }))).await;
        let today = cabinet.clock.today();
        let days =
            |from, until| json!({ "from": today + Duration::days(from), "until": today + Duration::days(until) });
        let quote = shown.note("quotePause", of(Method::POST, "/api/v1/me/pause/quote", days(8, 21))).await.json();
        cabinet.post(&confirm(&quote)).by(&person).key("pause").send().await;
        shown.note("changePause", of(Method::PATCH, "/api/v1/me/pause", days(9, 30)).key("move")).await;
        let cancel = cabinet.call(Method::DELETE, "/api/v1/me/pause").by(&person).key("unpause");
        shown.note("cancelPause", cancel).await;
        let pair = json!({ "login": "0004", "password": demo::PASSWORD, "delivery": "body" });
        let paused = cabinet.post("/api/v1/auth/sign-in").json(&pair).send().await.json();
        let paused = Person::of("0004", &paused);
        shown.note("quotePauseEnd", cabinet.post("/api/v1/me/pause/end/quote").by(&paused)).await;
        let page = ordered["redirect"]["url"].as_str().expect("an address");
        let form = cabinet.post(page).header("content-type", "application/x-www-form-urlencoded").raw("choice=paid");
        assert_eq!(form.send().await.status, 303);
        let receipt = format!("/api/v1/me/payments/{}/receipt.pdf", ordered["id"].as_str().expect("an id"));
        shown.note("getReceiptPdf", cabinet.get(&receipt).by(&person)).await;
        let paid = format!("/api/v1/staff/payments/{}", ordered["id"].as_str().expect("an id"));
        let wish = json!({ "amount": "40.00", "method": "sandbox" });
        let doubtful = of(Method::POST, "/api/v1/me/payments", wish).key("doubtful").send().await.json();
        let sandbox = cabinet.service().acquirers.sandbox().expect("the demo's").clone();
        let query = doubtful["redirect"]["url"].as_str().expect("an address").split_once('?').expect("a query").1;
        let ticket = Ticket { amount: Money::from_kopecks(41_00), ..sandbox.ticket(query).expect("a ticket") };
        let word = sandbox.choose(&ticket, Choice::Paid, cabinet.clock.now()).expect("a word");
        let told = cabinet.post("/api/v1/gateways/sandbox/notification").header(word.header, &word.signature);
        assert_eq!(told.raw(word.body).send().await.status, 200);
        let doubtful = format!("/api/v1/staff/payments/{}", doubtful["id"].as_str().expect("an id"));
        let tickets = shown.note("listTickets", cabinet.get("/api/v1/me/tickets").by(&person)).await.json();
        let answered = format!("/api/v1/me/tickets/{}", tickets["items"][0]["id"].as_str().expect("an id"));
        shown.note("getTicket", cabinet.get(&answered).by(&person)).await;
        let file = "traceroute to 8.8.8.8, 30 hops max\n 1  10.0.0.1  0.4 ms\n 2  * * *\n";
        let file = cabinet.post("/api/v1/me/ticket-files?name=trace.log").by(&person).raw(file);
        let file = file.header("content-type", "application/octet-stream");
        let file = shown.note("keepTicketFile", file).await.json();
        let asked = json!({ "topic": "connection", "text": "Увечері рветься зв’язок.", "files": [file["id"]] });
        let asked = of(Method::POST, "/api/v1/me/tickets", asked).key("ask");
        let asked = shown.note("openTicket", asked).await.json();
        let asked = format!("tickets/{}", asked["ticket"].as_str().expect("an id"));
        let file = format!("{asked}/files/{}", file["id"].as_str().expect("an id"));
        shown.note("getTicketFile", cabinet.get(&format!("/api/v1/me/{file}")).by(&person)).await;
        let more =
            of(Method::POST, &format!("{answered}/messages"), json!({ "text": "Дякую, зрозуміло." })).key("more");
        shown.note("writeMessage", more).await;
        shown.note("listNews", cabinet.get("/api/v1/news").by(&person)).await;
        let password = json!({ "password": demo::PASSWORD });
        shown.note("exportData", of(Method::POST, "/api/v1/me/data-export", password)).await;
        shown.note("listHistory", cabinet.get("/api/v1/me/audit?limit=4").by(&person)).await;
        let password = json!({ "old_password": demo::PASSWORD, "new_password": "tykha-richka-2015" });
        shown.note("changePassword", of(Method::PUT, "/api/v1/me/password", password)).await;
        shown.note("startRecovery", cabinet.post("/api/v1/auth/recovery").json(&json!({ "login": "0000" }))).await;

        let pair = json!({ "login": "admin", "password": demo::PASSWORD, "delivery": "body" });
        let admin = Person::of("admin", &cabinet.post("/api/v1/auth/sign-in").json(&pair).send().await.json());
        shown.note("getStaffMember", cabinet.get("/api/v1/staff/me").by(&admin)).await;
        let by_admin = |method: Method, path: &str, body: Value| cabinet.call(method, path).by(&admin).json(&body);
        let wish = json!({
            "contract": "0042", "last_name": "Іваненко", "first_name": "Іван", "address": "вул. Миру 1",
            "phones": "067-111-22-33", "tariff": "home-20", "paid": "100.00",
        });
        let made = by_admin(Method::POST, "/api/v1/staff/subscribers", wish);
        let made = shown.note("registerSubscriber", made).await.json();
        let one = format!("/api/v1/staff/subscribers/{}", made["id"].as_str().expect("an id"));
        let at = |rest: &str| format!("{one}{rest}");
        let cash = json!({ "amount": "50.00", "receipt": "17" });
        shown.note("takeCash", by_admin(Method::POST, &at("/payments"), cash).key("cash")).await;
        let why = json!({ "amount": "10.00", "reason": "на прохання абонента" });
        shown.note("refundPayment", by_admin(Method::POST, &at("/entries/3/refund"), why).key("refund")).await;
        let why = json!({ "amount": "-5.00", "reason": "перерахунок" });
        shown.note("adjustBalance", by_admin(Method::POST, &at("/adjustments"), why).key("adjust")).await;
        let why = json!({ "reason": "помилка" });
        shown.note("reverseEntry", by_admin(Method::POST, &at("/entries/5/reversal"), why).key("undo")).await;
        let profile = json!({ "phones": "067-111-22-44" });
        shown.note("editSubscriber", by_admin(Method::PATCH, &at("/profile"), profile)).await;
        let why = json!({ "reason": "переїзд" });
        by_admin(Method::POST, &at("/suspend"), why).key("suspend").send().await;
        cabinet.post(&at("/resume")).by(&admin).key("resume").send().await;
        shown.note("issueRecoveryCode", cabinet.post(&at("/recovery-code")).by(&admin)).await;
        for (id, path) in [
            ("searchSubscribers", "/api/v1/staff/subscribers?limit=2".to_owned()),
            ("getSubscriber", one.clone()),
            ("listSubscriberEntries", at("/entries?limit=2")),
            ("listAudit", at("/audit?limit=3")),
            ("listSentNotices", at("/notices?limit=3")),
            ("listRequests", "/api/v1/staff/requests".to_owned()),
            ("getStaffPayment", paid),
            ("listPaymentsInReview", "/api/v1/staff/payments/review".to_owned()),
            ("listOrphanedEvents", "/api/v1/staff/payments/orphans".to_owned()),
            ("listRuns", "/api/v1/staff/runs?limit=2".to_owned()),
            ("listDeadTasks", "/api/v1/staff/outbox".to_owned()),
        ] {
            shown.note(id, cabinet.get(&path).by(&admin)).await;
        }
        let waiting = shown.note("listStaffTickets", cabinet.get("/api/v1/staff/tickets").by(&admin)).await.json();
        let whose = waiting["items"][0]["subscriber"].as_str().expect("an id");
        let whose = format!("/api/v1/staff/subscribers/{whose}");
        shown.note("getStaffTicketFile", cabinet.get(&format!("{whose}/{file}")).by(&admin)).await;
        let scheme = cabinet
            .post(&format!("{whose}/ticket-files?name=scheme.txt"))
            .by(&admin)
            .raw("Кабель - роутер - комп’ютер\n");
        let scheme = scheme.header("content-type", "application/octet-stream");
        let scheme = shown.note("keepStaffTicketFile", scheme).await.json();
        let words = json!({ "text": "Дивимося.", "files": [scheme["id"]], "close": false });
        let answer = by_admin(Method::POST, &format!("{whose}/{asked}/messages"), words).key("answer");
        shown.note("answerTicket", answer).await;
        shown.note("getStaffTicket", cabinet.get(&format!("{whose}/{asked}")).by(&admin)).await;
        let works = json!({
            "kind": "planned_work", "uk": { "title": "Планові роботи", "text": "Замінимо обладнання." },
            "places": "вул. Іванова", "starts_at": "2026-11-14T00:00:00Z", "ends_at": "2026-11-14T02:00:00Z",
        });
        let works = by_admin(Method::POST, "/api/v1/staff/news", works).key("works");
        let works = shown.note("addNews", works).await.json();
        shown.note("listStaffNews", cabinet.get("/api/v1/staff/news").by(&admin)).await;
        let path = format!("/api/v1/staff/news/{}/withdraw", works["id"].as_str().expect("an id"));
        shown.note("withdrawNews", cabinet.post(&path).by(&admin)).await;
        let agreed = "/api/v1/staff/consents?to=draws&since=2026-11-01&limit=2";
        shown.note("listConsents", cabinet.get(agreed).by(&admin)).await;
        let draw = json!({ "title": "Роутер до Нового року", "updated_since": "2026-11-01" });
        shown.note("holdDraw", by_admin(Method::POST, "/api/v1/staff/draws", draw)).await;
        shown.note("listDraws", cabinet.get("/api/v1/staff/draws").by(&admin)).await;
        let topic = json!({ "topic": "bill" });
        shown.note("repeatTasks", by_admin(Method::POST, "/api/v1/staff/outbox/repeat", topic)).await;
        let decided = json!({ "outcome": "credit", "amount": "41.00", "reason": "сплачено іншу суму" });
        let decided = by_admin(Method::POST, &format!("{doubtful}/decision"), decided).key("decide");
        shown.note("decidePayment", decided).await;
        let series = json!({ "nominal": "50.00", "vouchers": 2, "good_through": "2027-12-31", "note": "для офісу" });
        let series = by_admin(Method::POST, "/api/v1/staff/voucher-series", series).key("series");
        let printed = shown.note("createVouchers", series).await.json();
        shown.note("listVoucherSeries", cabinet.get("/api/v1/staff/voucher-series").by(&admin)).await;
        let code = json!({ "code": printed["codes"][0] });
        let subscriber = json!({ "login": "0001", "password": demo::PASSWORD, "delivery": "body" });
        let subscriber = cabinet.post("/api/v1/auth/sign-in").json(&subscriber).send().await.json();
        let subscriber = Person::of("0001", &subscriber);
        let promised = cabinet.get("/api/v1/me/promised-payment").by(&subscriber);
        shown.note("getPromisedPayment", promised).await;
        let promised = cabinet.post("/api/v1/me/promised-payment/quote").by(&subscriber);
        shown.note("quotePromisedPayment", promised).await;
        let redeem = cabinet.post("/api/v1/me/vouchers/redeem").by(&subscriber).key("v").json(&code);
        shown.note("redeemVoucher", redeem).await;
        let series = printed["series"]["id"].as_str().expect("an id");
        let path = format!("/api/v1/staff/voucher-series/{series}/cancel");
        shown.note("cancelVouchers", by_admin(Method::POST, &path, json!({ "reason": "загублено" }))).await;
        let file = "Документ;Дата;Сума;Платник;Призначення\n17;10.11.2026;50,00;Іваненко І.;договір № 0042\n\
            18;10.11.2026;60,00;Коваль О.;за інтернет\n19;10.11.2026;70,00;Бойко П.;за послуги\n20;10.11.2026;багато;;\n";
        let import =
            cabinet.post("/api/v1/staff/registers/privat").by(&admin).header("content-type", "text/csv").raw(file);
        shown.note("importRegister", import).await;
        let lines = shown.note("listBankLines", cabinet.get("/api/v1/staff/bank-lines").by(&admin)).await.json();
        let line = |place: usize, rest: &str| {
            format!("/api/v1/staff/bank-lines/{}/{rest}", lines["items"][place]["id"].as_str().expect("an id"))
        };
        let whose = by_admin(Method::POST, &line(0, "assign"), json!({ "contract": "0042" }));
        shown.note("assignBankLine", whose).await;
        let why = by_admin(Method::POST, &line(1, "dismiss"), json!({ "reason": "повернено банком" }));
        shown.note("dismissBankLine", why).await;
        let debt = json!({ "amount": "-400.00", "reason": "обладнання" });
        by_admin(Method::POST, &at("/adjustments"), debt).key("debt").send().await;
        for (id, path) in [
            ("getMoneyReport", "/api/v1/staff/reports/money?from=2026-11-01&to=2026-11-10"),
            ("getChargesReport", "/api/v1/staff/reports/charges?from=2026-11-01&to=2026-11-10"),
            ("listDebtors", "/api/v1/staff/reports/debtors?limit=2"),
        ] {
            shown.note(id, cabinet.get(path).by(&admin)).await;
        }
        let found = cabinet.get("/api/v1/staff/subscribers?query=0000").by(&admin).send().await.json();
        let bills = format!("/api/v1/staff/subscribers/{}/bills", found["items"][0]["id"].as_str().expect("an id"));
        for (id, path) in [
            ("listSubscriberBills", format!("{bills}?limit=2")),
            ("getSubscriberBill", format!("{bills}/2014-12")),
            ("getSubscriberBillPdf", format!("{bills}/2015-01/pdf")),
        ] {
            shown.note(id, cabinet.get(&path).by(&admin)).await;
        }
        for (read, replace, path, edit) in [
            ("getCatalogue", "replaceCatalogue", "/api/v1/staff/catalogue", "/tariffs/1/monthly_fee"),
            ("getPolicy", "replacePolicy", "/api/v1/staff/policy", "/settings/downgrade_price"),
        ] {
            let mut document = shown.note(read, cabinet.get(path).by(&admin)).await.json();
            *document.pointer_mut(edit).expect("a sum") = json!("55.00");
            let part = edit.split('/').nth(1).expect("a part");
            let body = json!({ "revision": document["revision"], part: document[part] });
            shown.note(replace, by_admin(Method::PUT, path, body)).await;
        }
        let close = by_admin(Method::POST, &at("/close"), json!({ "reason": "переїзд" })).key("close");
        shown.note("closeContract", close).await;
        cabinet.at(tomorrow(TODAY), time!(12:00));
        let admin = Person::of("admin", &cabinet.post("/api/v1/auth/sign-in").json(&pair).send().await.json());
        let by_admin = |method: Method, path: &str, body: Value| cabinet.call(method, path).by(&admin).json(&body);
        let owed = cabinet.get(&one).by(&admin).send().await.json()["overview"]["balance"].clone();
        let owed: Money = owed.as_str().expect("a sum").parse().expect("a sum");
        let whole = json!({ "amount": -owed, "reason": "списання" });
        by_admin(Method::POST, &at("/adjustments"), whole).key("whole").send().await;
        let ground = json!({ "reason": "заява абонента від 23.11.2026" });
        shown.note("eraseSubscriber", by_admin(Method::POST, &at("/erase"), ground)).await;
        shown.note("searchLog", cabinet.get("/api/v1/staff/audit?limit=3").by(&admin)).await;
        let range = json!({ "pool": "main", "range": "203.0.113.32/30" });
        shown.note("addAddresses", by_admin(Method::POST, "/api/v1/staff/addresses", range)).await;
        let prefix = json!({ "prefix": "2001:db8:7::/56" });
        let path = "/api/v1/staff/addresses/203.0.113.17/ipv6-prefix";
        shown.note("setAddressPrefix", by_admin(Method::PUT, path, prefix)).await;
        shown.note("listAddresses", cabinet.get("/api/v1/staff/addresses").by(&admin)).await;
        let password = json!({ "old_password": demo::PASSWORD, "new_password": "tykha-richka-2015" });
        let change = cabinet.call(Method::PUT, "/api/v1/staff/password").by(&admin).json(&password);
        shown.note("changeStaffPassword", change).await;
        cabinet.close().await;
        bench.close().await;

        let text = format!("{:#}\n", Value::Object(shown.answers));
        if std::env::var_os(WRITE).is_some() {
            std::fs::write(FILE, &text).expect("writes");
        }
        let kept = std::fs::read_to_string(FILE).expect("reads");
        assert!(kept == text, "examples.json is old: run this test with {WRITE}=1 and look at the difference");
    });
}

#[test]
fn every_answer_has_an_example_that_fits_its_schema() {
    for operation in conform::operations() {
        let told = &operation.told;
        for (status, answer) in told["responses"].as_object().expect("responses") {
            for (kind, media) in answer["content"].as_object().into_iter().flatten() {
                let one = media.get("example").into_iter();
                let many = media["examples"].as_object().into_iter().flatten().map(|(_, example)| &example["value"]);
                let examples: Vec<&Value> = one.chain(many).collect();
                assert!(!examples.is_empty(), "{} {status}: no example", operation.id);
                for example in examples {
                    let fits = conform::fits(&media["schema"], example, "$");
                    assert_eq!(fits, Ok(()), "{} {status} {kind}", operation.id);
                }
            }
        }
        if let Some(schema) = operation.body() {
            let example = &told["requestBody"]["content"]["application/json"]["example"];
            assert_eq!(conform::fits(schema, example, "$"), Ok(()), "{}", operation.id);
        }
        for parameter in ["path", "query", "header"].into_iter().flat_map(|kind| operation.parameters(kind)) {
            let name = &parameter["name"];
            let example = parameter.get("example").unwrap_or_else(|| panic!("{} {name}: no example", operation.id));
            assert_eq!(conform::fits(&parameter["schema"], example, "$"), Ok(()), "{} {name}", operation.id);
        }
    }
}

#[test]
fn every_problem_a_description_names_is_shown() {
    for operation in conform::operations() {
        for (status, answer) in operation.told["responses"].as_object().expect("responses") {
            if !status.starts_with(['4', '5']) {
                continue;
            }
            let examples = answer["content"]["application/problem+json"]["examples"].as_object().expect("examples");
            let shown: Vec<&str> = examples.values().filter_map(|example| example["value"]["code"].as_str()).collect();
            for example in examples.values() {
                assert_eq!(example["value"]["status"].to_string(), *status, "{} {status}", operation.id);
            }
            let description = answer["description"].as_str().expect("a description");
            let word =
                |text: &&str| text.len() > 3 && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
            for code in description.split('`').skip(1).step_by(2).filter(word).filter(|word| *word != "request_id") {
                assert!(shown.contains(&code), "{} {status}: {code} has no example", operation.id);
            }
        }
    }
}
