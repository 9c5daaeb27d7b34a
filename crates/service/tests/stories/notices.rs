//! Short messages: a phone confirmed by a code, what is told without asking, and gateways of any manners.

use crate::support::{House, money};
use cabinet_core::account::Pause;
use cabinet_core::notice::{Period, Wishes};
use cabinet_core::{Language, Policy, Refusal};
use cabinet_gateways::acquirer::Later;
use cabinet_gateways::mail::Mailbox;
use cabinet_gateways::sms::{Accepted, Delivery, Fault, Sms, SmsGateway};
use cabinet_service::access::Caller;
use cabinet_service::acts::Quote;
use cabinet_service::messenger::Messenger;
use cabinet_service::post::{NoPapers, Post};
use cabinet_service::update_profile::ProfileWish;
use cabinet_service::{Actor, Clock, Error};
use cabinet_store::draws::Consent;
use cabinet_store::notices::Notice;
use cabinet_store::{Store, notices, on_both, outbox};
use std::sync::{Arc, Mutex};
use time::macros::{date, time};
use time::{Date, Duration, OffsetDateTime};
use uuid::Uuid;

const TODAY: Date = date!(2026 - 11 - 22);
/// Everything at once.
const ALL: Wishes = Wishes {
    threshold_days: Some(3),
    period: None,
    on_payment: true,
    on_block: true,
    on_unblock: true,
    on_change: true,
};
const THREE_DAYS: Wishes = Wishes { on_payment: false, on_block: false, on_unblock: false, on_change: false, ..ALL };

type Answer = Box<dyn Fn(&Sms) -> Result<Accepted, Fault> + Send + Sync>;

/// A gateway that remembers what it was handed and answers as it is told.
struct Fake {
    handed: Mutex<Vec<Sms>>,
    answer: Mutex<Answer>,
    /// What becomes of messages, as far as it tells.
    delivery: Mutex<Option<Result<Delivery, Fault>>>,
    asked: Mutex<Vec<String>>,
}

impl Fake {
    fn open() -> Arc<Fake> {
        let taken: Answer = Box::new(|sms| Ok(Accepted { id: Some(format!("their {}", sms.id)) }));
        Arc::new(Fake {
            handed: Mutex::default(),
            answer: Mutex::new(taken),
            delivery: Mutex::default(),
            asked: Mutex::default(),
        })
    }

    fn answers(&self, answer: impl Fn(&Sms) -> Result<Accepted, Fault> + Send + Sync + 'static) {
        *self.answer.lock().unwrap() = Box::new(answer);
    }

    /// Phones and texts since it was asked last.
    fn told(&self) -> Vec<(String, String)> {
        self.handed.lock().unwrap().drain(..).map(|sms| (sms.to.to_string(), sms.text)).collect()
    }

    fn texts(&self) -> Vec<String> {
        self.told().into_iter().map(|(_, text)| text).collect()
    }

    fn becomes(&self, delivery: Option<Result<Delivery, Fault>>) {
        *self.delivery.lock().unwrap() = delivery;
    }

    /// Names of messages it was asked about since.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    fn ids(&self) -> Vec<String> {
        self.handed.lock().unwrap().drain(..).map(|sms| sms.id).collect()
    }
}

impl SmsGateway for Fake {
    fn send<'a>(&'a self, message: &'a Sms, _: OffsetDateTime) -> Later<'a, Result<Accepted, Fault>> {
        self.handed.lock().unwrap().push(message.clone());
        let answer = self.answer.lock().unwrap()(message);
        Box::pin(std::future::ready(answer))
    }

    fn delivery<'a>(&'a self, id: &'a str, _: OffsetDateTime) -> Option<Later<'a, Result<Delivery, Fault>>> {
        let told = self.delivery.lock().unwrap().clone()?;
        Some(Box::pin(async move {
            self.asked.lock().unwrap().push(id.to_owned());
            told
        }))
    }
}

fn messenger(fake: &Arc<Fake>) -> Messenger {
    Messenger {
        gateway: Arc::clone(fake) as Arc<dyn SmsGateway>,
        pocket: None,
        provider: "Онлайн".to_owned(),
        support: "0800000000".to_owned(),
        languages: vec![Language::Uk, Language::En],
        latin: false,
    }
}

/// A cabinet that sends short messages to a fake.
async fn with_gateway(store: Store, today: Date) -> (House, Arc<Fake>) {
    let fake = Fake::open();
    let house = House::open(store, today).await;
    (house.with_messenger(messenger(&fake)), fake)
}

/// The same with letters, which stay in a mailbox.
fn with_letters(house: House) -> (House, Arc<Mailbox>) {
    let mailbox = Arc::new(Mailbox::default());
    let post = Post {
        mailer: Arc::clone(&mailbox) as _,
        mailbox: Some(Arc::clone(&mailbox)),
        papers: Arc::new(NoPapers),
        origin: "https://cabinet.example.com".to_owned(),
        provider: "Онлайн".to_owned(),
        support: "0800000000".to_owned(),
        languages: vec![Language::Uk],
    };
    (house.with_post(post), mailbox)
}

fn digits_of(text: &str, count: usize) -> String {
    let code = text.split_whitespace().find(|word| word.len() == count && word.bytes().all(|b| b.is_ascii_digit()));
    code.unwrap_or_else(|| panic!("{text}")).to_owned()
}

fn caller() -> Caller {
    Caller { address: std::net::Ipv4Addr::LOCALHOST.into(), user_agent: String::new() }
}

impl House {
    async fn tasks(&self) {
        while self.service.work_outbox().await.unwrap() > 0 {}
    }

    async fn writes_phones(&self, account: Uuid, phones: &str) {
        let wish = ProfileWish { phones: Some(phones.to_owned()), ..ProfileWish::default() };
        self.service.edit_profile(Actor::Staff, account, wish).await.unwrap();
    }

    /// Confirms a phone as a person does.
    async fn confirms_phone(&self, account: Uuid, phone: &str, fake: &Fake) {
        self.clock.step(Duration::MINUTE);
        self.service.begin_phone_verification(account, phone).await.unwrap();
        self.tasks().await;
        let code = digits_of(&fake.texts().pop().expect("a message"), 6);
        self.service.confirm_phone(account, &code).await.unwrap();
    }

    /// A contract with a confirmed phone that wishes to be told.
    async fn tells(&self, contract: &str, paid: &str, wishes: Wishes, fake: &Fake) -> Uuid {
        let account = self.registers(contract, "home-20", Some(paid)).await;
        self.confirms_phone(account, "0670000000", fake).await;
        self.service.set_sms_balance(account, true, false, wishes).await.unwrap();
        account
    }

    async fn pays(&self, account: Uuid, amount: &str) {
        self.service.pay_cash(Actor::Staff, account, money(amount), None).await.unwrap();
    }

    async fn notices(&self, account: Uuid) -> Vec<Notice> {
        notices::of_account(&mut self.service.store.read().await.unwrap(), account, 50).await.unwrap()
    }

    async fn states(&self, account: Uuid) -> Vec<String> {
        self.notices(account).await.into_iter().map(|notice| notice.state).collect()
    }

    async fn refuses_phone_code(&self, account: Uuid, code: &str) {
        let refused = self.service.confirm_phone(account, code).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::ContactCodeWrong))), "{code}: {refused:?}");
    }

    async fn log(&self, account: Uuid) -> Vec<String> {
        let rows = cabinet_store::audit::of_account(&mut self.service.store.read().await.unwrap(), account, 100).await;
        rows.unwrap().into_iter().map(|row| format!("{} {}", row.actor, row.act)).collect()
    }

    async fn dead(&self) -> Vec<String> {
        let dead = self.service.list_dead_of(None, 50).await.unwrap();
        dead.into_iter().map(|task| task.error.unwrap_or_default()).collect()
    }
}

on_both! {
    async fn a_phone_is_confirmed_by_a_code_and_another_one_tells_it(store) {
        let (house, fake) = with_gateway(store.clone(), TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        house.writes_phones(account, "0-00-00; 050 123-45-67; +380671112233").await;
        let ask = async |phone: &str| house.service.begin_phone_verification(account, phone).await;
        assert!(matches!(ask("0-00-00").await, Err(Error::Refused(Refusal::FieldInvalid { field: "phone", .. }))));
        assert!(matches!(ask("0509999999").await, Err(Error::Refused(Refusal::ContactAbsent))));
        let sent = ask("(050) 123 45 67").await.unwrap();
        assert_eq!((sent.address.as_str(), sent.expires_at - sent.sent_at), ("380501234567", Duration::minutes(10)));
        assert!(matches!(ask("0671112233").await, Err(Error::Refused(Refusal::Throttled { retry_after_seconds: 60 }))));
        let facts = house.service.show_profile(account).await.unwrap().phone;
        assert_eq!((facts.known.len(), facts.confirmed, facts.sent), (2, None, Some(sent)));
        let bodies: Vec<(String,)> = store.read().await.unwrap().all("SELECT body FROM outbox", ()).await.unwrap();
        house.tasks().await;
        let (to, text) = fake.told().pop().unwrap();
        let code = digits_of(&text, 6);
        assert_eq!(to, "+380501234567");
        assert!(bodies.iter().all(|(body,)| !body.contains(&code) && !body.contains("380501234567")), "{bodies:?}");
        for wrong in ["", "000000000", "12345"] {
            house.refuses_phone_code(account, wrong).await;
        }
        house.service.confirm_phone(account, &format!(" {} {}", &code[..3], &code[3..])).await.unwrap();
        house.refuses_phone_code(account, &code).await;
        assert!(matches!(ask("0501234567").await, Err(Error::Refused(Refusal::ContactConfirmed))));
        assert_eq!(house.log(account).await[..2], ["subscriber phone.confirm", "subscriber phone.code"]);

        house.confirms_phone(account, "0671112233", &fake).await;
        house.tasks().await;
        let told = fake.told();
        assert_eq!((told.len(), told[0].0.as_str()), (1, "+380501234567"), "the old one hears of it");
        assert!(told[0].1.contains("0042") && told[0].1.contains("інший номер"), "{told:?}");
        house.writes_phones(account, "0501234567").await;
        house.tasks().await;
        let told = fake.told();
        assert_eq!((told.len(), told[0].0.as_str()), (1, "+380671112233"));
        assert!(told[0].1.contains("вилучено"), "{told:?}");
        assert_eq!(house.service.show_profile(account).await.unwrap().phone.confirmed, None);
        house.writes_phones(account, "").await;
        house.tasks().await;
        assert!(fake.told().is_empty(), "an unconfirmed one hears nothing");
        house.audited().await;
    }

    async fn a_code_of_a_phone_is_guessed_five_times_at_most_and_sent_so_often(store) {
        let (house, fake) = with_gateway(store, TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        house.service.begin_phone_verification(account, "0670000000").await.unwrap();
        house.tasks().await;
        let code = digits_of(&fake.texts()[0], 6);
        for _ in 0..5 {
            house.refuses_phone_code(account, "000000").await;
        }
        house.refuses_phone_code(account, &code).await;
        for _ in 0..4 {
            house.clock.step(Duration::MINUTE);
            house.service.begin_phone_verification(account, "0670000000").await.unwrap();
        }
        house.clock.step(Duration::MINUTE);
        let spent = house.service.begin_phone_verification(account, "0670000000").await;
        assert!(matches!(spent, Err(Error::Refused(Refusal::CodesSpent { .. }))), "{spent:?}");
        house.tasks().await;
        assert_eq!(fake.told().len(), 1, "older codes are good for nothing, so they are not sent");
        house.clock.step(Duration::minutes(8));
        let late = house.service.show_profile(account).await.unwrap().phone.sent.unwrap();
        house.clock.set(late.expires_at);
        assert_eq!(house.service.show_profile(account).await.unwrap().phone.sent, None);
        // A code of a phone that left the profile is good for nothing.
        house.clock.step(Duration::DAY);
        house.service.begin_phone_verification(account, "0670000000").await.unwrap();
        house.tasks().await;
        let code = digits_of(&fake.texts()[0], 6);
        house.writes_phones(account, "0671112233").await;
        house.refuses_phone_code(account, &code).await;
    }

    async fn without_a_gateway_or_a_confirmed_contact_nothing_is_switched_on(store) {
        let house = House::open(store.clone(), TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        let absent = house.service.begin_phone_verification(account, "0670000000").await;
        assert!(matches!(absent, Err(Error::Refused(Refusal::SmsAbsent))), "{absent:?}");
        let wish = async |house: &House, sms, email| house.service.set_sms_balance(account, sms, email, ALL).await;
        assert!(matches!(wish(&house, true, false).await, Err(Error::Refused(Refusal::SmsAbsent))));
        assert!(matches!(wish(&house, false, true).await, Err(Error::Refused(Refusal::MailAbsent))));
        let fake = Fake::open();
        let house = house.with_messenger(messenger(&fake));
        let (house, _) = with_letters(house);
        assert!(matches!(wish(&house, true, false).await, Err(Error::Refused(Refusal::ContactUnconfirmed))));
        assert!(matches!(wish(&house, false, true).await, Err(Error::Refused(Refusal::ContactUnconfirmed))));
        let wrong = Wishes { threshold_days: Some(31), ..ALL };
        let refused = house.service.set_sms_balance(account, false, false, wrong).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::FieldInvalid { field: "threshold_days", .. }))));
        let offered = house.service.show_sms_balance(account).await.unwrap();
        assert!(!offered.sms && !offered.email && offered.wishes.threshold_days == Some(3) && offered.phone.is_none());
        house.confirms_phone(account, "0670000000", &fake).await;
        wish(&house, true, false).await.unwrap();
        wish(&house, true, false).await.unwrap();
        let log = house.log(account).await;
        assert_eq!(log.iter().filter(|act| act.ends_with("sms_balance.set")).count(), 1, "the same leaves no trace");
        let kept = house.service.show_sms_balance(account).await.unwrap();
        assert_eq!((kept.sms, kept.email, kept.wishes), (true, false, ALL));
        assert_eq!(kept.phone.unwrap().to_string(), "+380670000000");
        // What stops reaching anybody may stay wished, and be switched off.
        house.writes_phones(account, "").await;
        house.service.set_sms_balance(account, true, false, THREE_DAYS).await.unwrap();
        wish(&house, false, false).await.unwrap();
        assert!(matches!(wish(&house, true, false).await, Err(Error::Refused(Refusal::ContactUnconfirmed))));
    }

    async fn the_threshold_is_told_once_a_crossing_in_the_morning_by_what_holds_then(store) {
        let (house, fake) = with_gateway(store, TODAY).await;
        // A day costs 1.66 or 1.67: enough for six days.
        let account = house.tells("0042", "11.70", THREE_DAYS, &fake).await;
        let mut told = Vec::new();
        for day in 23..=30 {
            let day = TODAY.replace_day(day).unwrap();
            house.clock.set_local(day, time!(0:05));
            house.service.run_day(day, |_, _| ()).await.unwrap();
            house.tasks().await;
            assert!(fake.told().is_empty(), "nobody is woken");
            house.clock.set_local(day, time!(8:59:59));
            house.tasks().await;
            assert!(fake.told().is_empty());
            house.clock.set_local(day, time!(9:00));
            house.tasks().await;
            told.extend(fake.texts().into_iter().map(|text| (day.day(), text)));
        }
        assert_eq!(told, [(25, "Баланс 5,03 грн, вистачить до 28 листопада. Договір 0042".to_owned())]);
        // Above the threshold it is armed again; paid during the night, the message tells what holds in the morning.
        house.pays(account, "10.00").await;
        for day in [date!(2026 - 12 - 01), date!(2026 - 12 - 02), date!(2026 - 12 - 03)] {
            house.clock.set_local(day, time!(0:05));
            house.service.run_day(day, |_, _| ()).await.unwrap();
            house.service.run_day(day, |_, _| ()).await.unwrap();
        }
        house.pays(account, "50.00").await;
        house.clock.set_local(date!(2026 - 12 - 03), time!(9:00));
        house.tasks().await;
        let texts = fake.texts();
        assert_eq!(texts.len(), 1, "{texts:?}");
        assert!(texts[0].contains("січня"), "what holds by then: {texts:?}");
        assert_eq!(house.states(account).await, ["sent", "sent"]);
        house.audited().await;
    }

    async fn whoever_has_no_phone_for_a_while_is_told_of_the_money_once_there_is_one(store) {
        let (house, fake) = with_gateway(store, TODAY).await;
        let account = house.tells("0042", "11.70", THREE_DAYS, &fake).await;
        let day = |day| date!(2026 - 11 - 01).replace_day(day).unwrap();
        house.lives_to(day(24)).await;
        house.writes_phones(account, "").await;
        house.lives_to(day(26)).await;
        house.tasks().await;
        assert!(house.notices(account).await.is_empty(), "it crossed on the 25th, and nobody could be told");
        house.writes_phones(account, "0670000000").await;
        house.confirms_phone(account, "0670000000", &fake).await;
        house.lives_to(day(27)).await;
        house.tasks().await;
        assert_eq!(fake.texts(), ["Баланс 1,70 грн, вистачить до 28 листопада. Договір 0042"]);
    }

    async fn events_are_told_in_the_transaction_that_causes_them(store) {
        let (house, fake) = with_gateway(store.clone(), TODAY).await;
        let account = house.tells("0042", "3.00", Wishes { threshold_days: None, ..ALL }, &fake).await;
        let silent = house.registers("0043", "home-20", Some("3.00")).await;
        house.pays(account, "0.10").await;
        assert_eq!(house.states(account).await, ["queued"]);
        house.tasks().await;
        assert_eq!(fake.texts(), ["Зараховано 0,10 грн, баланс 1,43 грн. Договір 0042"]);
        for day in [date!(2026 - 11 - 23), date!(2026 - 11 - 24)] {
            house.clock.set_local(day, time!(0:05));
            house.service.run_day(day, |_, _| ()).await.unwrap();
        }
        house.at(date!(2026 - 11 - 24));
        house.tasks().await;
        let texts = fake.texts();
        assert!(texts.len() == 1 && texts[0].starts_with("Доступ зупинено, поповніть на "), "{texts:?}");
        house.pays(account, "60.00").await;
        house.tasks().await;
        assert_eq!(fake.texts(), ["Зараховано 60,00 грн, доступ відновлено. Договір 0042"]);
        let quote = house.service.quote_tariff_change(account, cabinet_core::TariffCode::new("home-50")).await.unwrap();
        house.service.confirm_quote(account, quote.id, house.key("change")).await.unwrap();
        house.lives_to(date!(2026 - 11 - 25)).await;
        house.tasks().await;
        assert_eq!(fake.texts(), ["Ваш тариф тепер Домашній 50. Договір 0042"]);
        assert!(house.notices(silent).await.is_empty(), "nobody asked");
        // What is undone with its transaction is not told.
        let work = house.service.open_account(account).await.unwrap();
        let before = house.notices(account).await.len();
        drop(work);
        assert_eq!(house.notices(account).await.len(), before);
        house.audited().await;
    }

    async fn the_calendar_tells_on_its_day(store) {
        let (house, fake) = with_gateway(store, TODAY).await;
        let weekly = Wishes { period: Some(Period::Weekly(3)), ..Wishes::default() };
        let account = house.tells("0042", "100.00", weekly, &fake).await;
        let mut days = Vec::new();
        for day in 23..=30 {
            house.at(TODAY.replace_day(day).unwrap());
            house.service.run_day(house.clock.today(), |_, _| ()).await.unwrap();
            house.tasks().await;
            days.extend(fake.texts().iter().map(|_| day));
        }
        assert_eq!(days, [25]);
        house.service.set_sms_balance(account, false, false, weekly).await.unwrap();
        house.lives_to(date!(2026 - 12 - 10)).await;
        house.tasks().await;
        assert!(fake.told().is_empty(), "switched off");
    }

    async fn a_day_has_so_many_messages_and_no_more(store) {
        let (house, fake) = with_gateway(store, TODAY).await;
        let account = house.tells("0042", "100.00", ALL, &fake).await;
        for _ in 0..7 {
            house.pays(account, "1.00").await;
        }
        house.tasks().await;
        assert_eq!(fake.told().len(), 5);
        let states = house.states(account).await;
        assert_eq!(states.iter().filter(|state| *state == "spent").count(), 2, "{states:?}");
        house.at(date!(2026 - 11 - 23));
        house.pays(account, "1.00").await;
        house.tasks().await;
        assert_eq!(fake.told().len(), 1, "another day");
    }

    async fn a_gateway_of_any_manners_is_answered_as_it_deserves(store) {
        let (house, fake) = with_gateway(store.clone(), TODAY).await;
        let account = house.tells("0042", "100.00", ALL, &fake).await;
        // Failed: again under the same name, until it is taken.
        fake.answers(|_| Err(Fault::Later("code 500".to_owned())));
        house.pays(account, "1.00").await;
        house.tasks().await;
        house.clock.step(Duration::seconds(30));
        house.tasks().await;
        fake.answers(|_| Ok(Accepted::default()));
        house.clock.step(Duration::minutes(2));
        house.tasks().await;
        let ids = fake.ids();
        let id = house.notices(account).await[0].id.to_string();
        assert_eq!(ids, [id.as_str(); 3]);
        assert_eq!(house.states(account).await, ["sent"]);
        // It may have been taken: never again.
        fake.answers(|_| Err(Fault::Unknown));
        house.pays(account, "1.00").await;
        house.tasks().await;
        house.clock.step(Duration::hours(1));
        house.tasks().await;
        assert_eq!((fake.told().len(), house.states(account).await[0].as_str()), (1, "unknown"));
        // The account there is not in order: it waits, and no try is spent.
        fake.answers(|_| Err(Fault::Account("code 203".to_owned())));
        house.pays(account, "1.00").await;
        for _ in 0..30 {
            house.tasks().await;
            house.clock.step(Duration::minutes(10));
        }
        assert!(house.dead().await.is_empty(), "waiting spends no try");
        fake.told();
        fake.answers(|_| Ok(Accepted::default()));
        house.clock.step(Duration::hours(2));
        house.tasks().await;
        assert_eq!((fake.told().len(), house.states(account).await[0].as_str()), (1, "sent"));
        // Refused for good: staff sees why.
        fake.answers(|_| Err(Fault::Refused("code 412".to_owned())));
        house.pays(account, "1.00").await;
        house.tasks().await;
        assert_eq!(house.states(account).await[0], "refused");
        assert_eq!(house.dead().await, ["the gateway refuses this message: code 412".replace("the gateway refuses this message: ", "")]);
        // Its patience is spent.
        fake.answers(|_| Err(Fault::Later("code 500".to_owned())));
        house.pays(account, "1.00").await;
        for day in 23..=27 {
            house.at(date!(2026 - 11 - 01).replace_day(day).unwrap());
            house.tasks().await;
            house.clock.step(Duration::hours(7));
            house.tasks().await;
        }
        assert_eq!(house.dead().await.len(), 2);
        let told = house.service.list_notices(account, None, 1).await.unwrap().0.remove(0);
        assert_eq!((told.state.as_str(), told.delivery.as_deref()), ("queued", Some("failed")));
        // Its owner wants none: nothing goes there until it is confirmed anew.
        fake.answers(|_| Err(Fault::OptedOut));
        fake.told();
        house.at(date!(2026 - 11 - 28));
        house.pays(account, "1.00").await;
        house.tasks().await;
        house.pays(account, "1.00").await;
        house.tasks().await;
        assert_eq!(fake.told().len(), 1);
        assert_eq!(house.states(account).await[0], "refused");
        assert!(house.service.show_sms_balance(account).await.unwrap().phone_stopped);
        assert!(house.log(account).await.contains(&"system phone.stopped".to_owned()));
        fake.answers(|_| Ok(Accepted::default()));
        house.confirms_phone(account, "0670000000", &fake).await;
        assert!(!house.service.show_sms_balance(account).await.unwrap().phone_stopped);
        house.pays(account, "1.00").await;
        house.tasks().await;
        assert_eq!(fake.told().len(), 1);
    }

    async fn services_that_change_are_told_as_they_hold_by_then(store) {
        let (house, fake) = with_gateway(store, TODAY).await;
        let account = house.tells("0042", "300.00", Wishes { threshold_days: None, on_change: true, ..THREE_DAYS }, &fake).await;
        house.service.add_addresses(Actor::Staff, "main", "203.0.113.16/31").await.unwrap();
        let take = async |quote: Result<Quote, Error>| {
            house.service.confirm_quote(account, quote.unwrap().id, house.key("c")).await.unwrap().value.id
        };
        house.clock.set_local(TODAY, time!(10:00));
        take(house.service.quote_turbo(account, "3h".to_owned()).await).await;
        house.tasks().await;
        assert_eq!(fake.texts(), ["Турбо працює до 13:00. Договір 0042"]);
        take(house.service.quote_turbo(account, "12h".to_owned()).await).await;
        house.tasks().await;
        assert_eq!(fake.texts(), ["Турбо працює до 23 листопада, 01:00. Договір 0042"]);
        take(house.service.quote_static_ip(account).await).await;
        house.tasks().await;
        assert_eq!(fake.texts(), ["Ваша статична адреса 203.0.113.16. Договір 0042"]);
        // What is over by the morning is told of no more: the balance is.
        house.clock.set_local(date!(2026 - 11 - 23), time!(1:30));
        take(house.service.quote_turbo(account, "3h".to_owned()).await).await;
        house.at(date!(2026 - 11 - 23));
        house.tasks().await;
        assert!(fake.texts()[0].starts_with("Баланс "), "the Turbo ended in the night");

        take(house.service.quote_static_ip_release(account).await).await;
        let pause = Pause { from: date!(2026 - 11 - 25), until: date!(2026 - 12 - 05) };
        take(house.service.quote_pause(account, pause).await).await;
        house.tasks().await;
        assert!(fake.texts().is_empty(), "it is only planned");
        let mut told = Vec::new();
        for day in cabinet_core::calendar::days(date!(2026 - 11 - 24), date!(2026 - 12 - 10)) {
            house.clock.set_local(day, time!(0:05));
            // A run of the day that a pause begins may not have been.
            if day != pause.from {
                house.service.run_day(day, |_, _| ()).await.unwrap();
            }
            house.at(day);
            house.tasks().await;
            told.extend(fake.texts().into_iter().map(|text| (day.day(), text)));
            if day == date!(2026 - 11 - 30) {
                take(house.service.quote_pause_end(account).await).await;
            }
        }
        let expected = [
            (24, "Статична адреса 203.0.113.16 більше не діє. Договір 0042"),
            (26, "Доступ на паузі до 5 грудня включно. Договір 0042"),
            (1, "Пауза закінчилась, доступ працює. Договір 0042"),
        ];
        assert_eq!(told, expected.map(|(day, text)| (day, text.to_owned())));
        house.audited().await;
    }

    async fn a_gateway_that_tells_is_asked_what_became_of_a_message(store) {
        let (house, fake) = with_gateway(store, TODAY).await;
        let account = house.tells("0042", "100.00", ALL, &fake).await;
        let told = async || {
            let (told, _) = house.service.list_notices(account, None, 10).await.unwrap();
            told.into_iter().map(|told| (told.state, told.delivery)).collect::<Vec<_>>()
        };
        let sent = |delivery: Option<&str>| ("sent".to_owned(), delivery.map(str::to_owned));
        // One that tells nothing is not asked.
        house.pays(account, "1.00").await;
        house.tasks().await;
        house.clock.step(Duration::hours(1));
        house.tasks().await;
        assert_eq!((told().await, fake.asked()), (vec![sent(None)], vec![]));
        // On its way at first, then the phone has it.
        fake.becomes(Some(Ok(Delivery::Waits)));
        house.pays(account, "2.00").await;
        house.tasks().await;
        let name = format!("their {}", house.notices(account).await[0].id);
        house.clock.step(Duration::minutes(4));
        house.tasks().await;
        assert_eq!(fake.asked(), [""; 0], "it has had no time to come");
        house.clock.step(Duration::MINUTE);
        house.tasks().await;
        assert_eq!((told().await, fake.asked()), (vec![sent(None), sent(None)], vec![name.clone()]));
        // A gateway that is away loses nothing.
        fake.becomes(Some(Err(Fault::Later("away".to_owned()))));
        house.clock.step(Duration::minutes(6));
        house.tasks().await;
        fake.becomes(Some(Ok(Delivery::Delivered)));
        house.clock.step(Duration::minutes(6));
        house.tasks().await;
        assert_eq!((told().await, fake.asked()), (vec![sent(Some("delivered")), sent(None)], vec![name.clone(), name]));
        house.clock.step(Duration::days(4));
        house.tasks().await;
        assert_eq!(fake.asked(), [""; 0], "what is known is asked no more");
        // One that never came, and one of which nobody ever knows.
        fake.becomes(Some(Ok(Delivery::Failed)));
        house.at(date!(2026 - 11 - 27));
        house.pays(account, "3.00").await;
        house.tasks().await;
        house.clock.step(Duration::minutes(5));
        house.tasks().await;
        assert_eq!(told().await[0], sent(Some("failed")));
        fake.becomes(Some(Ok(Delivery::Waits)));
        house.pays(account, "4.00").await;
        for _ in 0..200 {
            house.tasks().await;
            house.clock.step(Duration::hours(1));
        }
        assert!(fake.asked().len() < 30, "ever more rarely, and not for ever");
        assert_eq!(told().await[0], sent(None));
        assert!(house.dead().await.is_empty(), "not knowing is no failure");
    }

    async fn a_worker_that_dies_between_claim_and_send_leaves_the_message_to_the_next(store) {
        let (house, fake) = with_gateway(store.clone(), TODAY).await;
        let account = house.tells("0042", "100.00", ALL, &fake).await;
        house.pays(account, "1.00").await;
        let now = house.clock.now();
        let mut tx = store.write().await.unwrap();
        let claimed = outbox::claim(&mut tx, now, now + Duration::minutes(2), 20).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(claimed.len(), 1);
        house.tasks().await;
        assert!(fake.told().is_empty(), "another worker holds it");
        house.clock.step(Duration::minutes(2));
        house.tasks().await;
        let id = house.notices(account).await[0].id.to_string();
        assert_eq!(fake.ids(), [id], "at least once");
        // One that died after the gateway took it, before it was written down: the same name again.
        house.pays(account, "1.00").await;
        house.tasks().await;
        let sent = house.notices(account).await[0].id;
        let mut tx = store.write().await.unwrap();
        tx.run("UPDATE notice SET state = 'queued' WHERE id = $1", (sent,)).await.unwrap();
        tx.run("UPDATE outbox SET ended_at = NULL, outcome = NULL, leased_until = NULL, \
                body = '{\"job\":\"notice\",\"notice\":\"' || $1 || '\"}' WHERE topic = 'message' AND created_at > $2",
            (sent.to_string(), now)).await.unwrap();
        tx.commit().await.unwrap();
        house.tasks().await;
        assert_eq!(fake.ids(), [sent.to_string(), sent.to_string()]);
    }

    async fn the_same_goes_by_letter_where_it_is_wished(store) {
        let (house, fake) = with_gateway(store, TODAY).await;
        let (house, mailbox) = with_letters(house);
        let account = house.tells("0042", "100.00", ALL, &fake).await;
        let wish = ProfileWish { email: Some("ivan@example.com".to_owned()), ..ProfileWish::default() };
        house.service.edit_profile(Actor::Staff, account, wish).await.unwrap();
        house.service.begin_verification(account).await.unwrap();
        house.tasks().await;
        let code = digits_of(&mailbox.letters()[0].letter.text, 6);
        house.service.confirm_contact(account, &code).await.unwrap();
        house.service.set_sms_balance(account, false, true, ALL).await.unwrap();
        house.pays(account, "5.00").await;
        house.tasks().await;
        assert!(fake.told().is_empty());
        let letter = mailbox.letters().remove(0).letter;
        assert_eq!(letter.to.as_str(), "ivan@example.com");
        assert!(letter.text.contains("Зараховано 5,00 грн") && letter.text.contains("https://cabinet"), "{}", letter.text);
        house.service.set_sms_balance(account, true, true, ALL).await.unwrap();
        house.pays(account, "6.00").await;
        house.tasks().await;
        assert_eq!((fake.told().len(), mailbox.letters().len()), (1, 3));
    }

    async fn consents_keep_their_wording_and_a_draw_its_list(store) {
        let (house, fake) = with_gateway(store, TODAY).await;
        drop(fake);
        let held = house.service.hold_draw(Actor::Staff, "Роутер", TODAY).await;
        assert!(matches!(held, Err(Error::Refused(Refusal::NobodyDrawn))), "{held:?}");
        let mut ids = Vec::new();
        for (contract, draws) in [("1", true), ("2", true), ("3", false)] {
            let account = house.registers(contract, "home-20", None).await;
            let wish = ProfileWish {
                phones: Some("0501234567".to_owned()),
                consent_draws: Some(draws),
                ..ProfileWish::default()
            };
            house.service.edit_profile(Actor::Staff, account, wish).await.unwrap();
            ids.push(account);
        }
        let (listed, next) = house.service.list_agreed(Consent::Draws, TODAY, None, 1).await.unwrap();
        let (rest, end) = house.service.list_agreed(Consent::Draws, TODAY, next, 1).await.unwrap();
        assert_eq!((listed[0].account_id, rest[0].account_id, end), (ids[0], ids[1], None));
        assert_eq!(listed[0].consents_text, cabinet_core::person::CONSENTS_TEXT);
        let tomorrow = house.service.list_agreed(Consent::Draws, date!(2026 - 11 - 23), None, 9).await.unwrap();
        assert!(tomorrow.0.is_empty(), "their contacts are older");
        let draw = house.service.hold_draw(Actor::Staff, " Роутер ", TODAY).await.unwrap();
        assert_eq!((draw.title.as_str(), draw.contracts), ("Роутер", 2));
        assert!(ids[..2].contains(&draw.winner));
        assert_eq!(house.service.hold_draw(Actor::Staff, "Роутер", TODAY).await.unwrap(), draw, "a title is drawn once");
        let other = house.service.hold_draw(Actor::Staff, "Роутер", date!(2026 - 11 - 01)).await;
        assert!(matches!(other, Err(Error::Refused(Refusal::AlreadyDecided))), "{other:?}");
        assert!(house.log(draw.winner).await.contains(&"staff draw.won".to_owned()));
        let mut winners = std::collections::HashSet::new();
        for number in 0..40 {
            winners.insert(house.service.hold_draw(Actor::Staff, &format!("Приз {number}"), TODAY).await.unwrap().winner);
        }
        assert_eq!(winners.len(), 2, "each may win");
        assert_eq!(house.service.list_draws(None, 100).await.unwrap().0.len(), 41);
    }

    async fn a_forgotten_password_is_set_by_a_code_to_the_phone_where_the_policy_lets_it(store) {
        let (house, fake) = with_gateway(store.clone(), TODAY).await;
        let account = house.tells("0042", "100.00", THREE_DAYS, &fake).await;
        let start = async |login: &str| house.service.start_recovery(login, &caller()).await.unwrap();
        assert!(!start("0042").await);
        house.tasks().await;
        assert!(fake.told().is_empty(), "support alone gives codes");
        let policy = Policy { recovery_by_contact: true, ..Policy::default() };
        house.service.import_policy(&policy).await.unwrap();
        let tasks = async || {
            let (count,): (i64,) = store.read().await.unwrap().one("SELECT COUNT(*) FROM outbox", ()).await.unwrap();
            count
        };
        let before = tasks().await;
        for login in ["0042", "9999", "x'; --", ""] {
            assert!(start(login).await, "{login}");
        }
        assert_eq!(tasks().await - before, 4, "the same is done for every name");
        house.tasks().await;
        let told = fake.told();
        assert_eq!((told.len(), told[0].0.as_str()), (1, "+380670000000"), "{told:?}");
        let code = digits_of(&told[0].1, 8);
        assert!(start("0042").await);
        house.tasks().await;
        assert!(fake.told().is_empty(), "a code is good still");
        let new = "тиха річка вночі";
        let wrong = house.service.confirm_recovery("0042", "00000000", new, &caller()).await;
        assert!(matches!(wrong, Err(Error::Refused(Refusal::CodeWrong))), "{wrong:?}");
        house.service.confirm_recovery("0042", &code, new, &caller()).await.unwrap();
        let again = house.service.confirm_recovery("0042", &code, "інша тиха річка", &caller()).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::CodeWrong))), "{again:?}");
        assert!(house.log(account).await.contains(&"system recovery.send".to_owned()));
        // So many a day: a stranger who knows the number cannot spend the provider's money.
        for _ in 0..6 {
            house.clock.step(Duration::minutes(20));
            start("0042").await;
            house.tasks().await;
        }
        assert_eq!(fake.told().len(), 3, "five codes a day in all, one of them confirmed the phone");
    }
}
