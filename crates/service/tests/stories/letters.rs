//! Letters: an e-mail confirmed by a code, an address that changes, bills by e-mail through relays of any manners.

use crate::support::{House, money};
use cabinet_core::refusal::FieldFault;
use cabinet_core::{Language, Month, Refusal};
use cabinet_gateways::mail::{Attachment, HeaderText, Later};
use cabinet_gateways::testing::{Act, Sink, Stage, Taken};
use cabinet_service::contact_codes::SentCode;
use cabinet_service::post::{NoPapers, Papers, Post};
use cabinet_service::print_document::PrintedBill;
use cabinet_service::update_profile::ProfileWish;
use cabinet_service::{Actor, Clock, Error};
use cabinet_store::{Store, emails, on_both, outbox};
use std::sync::Arc;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

const TODAY: Date = date!(2026 - 11 - 22);

/// A paper that says which bill it is, in which language.
struct Paper;

impl Papers for Paper {
    fn bill(&self, bill: PrintedBill, language: Language) -> Later<'static, Result<Option<Attachment>, Error>> {
        let name = HeaderText::new(format!("bill-{}.pdf", bill.bill.number)).unwrap();
        let bytes = format!("%PDF {} {}", bill.whom.contract, language.code()).into_bytes();
        Box::pin(std::future::ready(Ok(Some(Attachment { name, media_type: "application/pdf", bytes }))))
    }
}

fn post(sink: &Sink, papers: impl Papers + 'static) -> Post {
    Post {
        mailer: Arc::new(sink.settings().build().unwrap().unwrap()),
        mailbox: None,
        papers: Arc::new(papers),
        origin: "https://cabinet.example.com".to_owned(),
        provider: "Онлайн".to_owned(),
        support: "0 800 000 000".to_owned(),
        languages: vec![Language::Uk, Language::En],
    }
}

/// A cabinet that sends letters to a sink.
async fn with_sink(store: Store, today: Date) -> (House, Sink) {
    let sink = Sink::open().await;
    let house = House::open(store, today).await;
    (house.with_post(post(&sink, Paper)), sink)
}

impl House {
    async fn writes_email(&self, account: Uuid, email: &str) {
        let wish = ProfileWish { email: Some(email.to_owned()), ..ProfileWish::default() };
        self.service.edit_profile(Actor::Staff, account, wish).await.unwrap();
    }

    /// Does everything that is due, and what that makes due.
    async fn works(&self) {
        while self.service.work_outbox().await.unwrap() > 0 {}
    }

    async fn refuses_code(&self, account: Uuid, code: &str) {
        let refused = self.service.confirm_contact(account, code).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::ContactCodeWrong))), "{code}: {refused:?}");
    }

    /// Confirms an e-mail as a person does.
    async fn confirms(&self, account: Uuid, email: &str, sink: &Sink) {
        self.writes_email(account, email).await;
        self.clock.step(Duration::MINUTE);
        self.service.begin_verification(account).await.unwrap();
        self.works().await;
        let taken = sink.relay.taken();
        let code = code_of(taken.iter().rev().find(|letter| letter.to == email).expect("a letter"));
        self.service.confirm_contact(account, &code).await.unwrap();
    }

    /// The e-mail, whether it is confirmed, whether it fails, whether bills are wished.
    async fn email(&self, account: Uuid) -> (Option<String>, bool, bool, bool) {
        let facts = self.service.show_profile(account).await.unwrap();
        let state = facts.email.state;
        (facts.profile.email, state.confirmed_at.is_some(), state.failing_since.is_some(), state.bills)
    }

    async fn acts(&self, account: Uuid) -> Vec<String> {
        let rows = cabinet_store::audit::of_account(&mut self.service.store.read().await.unwrap(), account, 100).await;
        rows.unwrap().into_iter().map(|row| format!("{} {}", row.actor, row.act)).collect()
    }
}

/// The text of a letter, its parts decoded.
fn said(taken: &Taken) -> String {
    let mut said = String::new();
    for part in taken.letter.split("\r\n--").skip(1) {
        let Some((head, body)) = part.split_once("\r\n\r\n") else { continue };
        if head.contains("base64") {
            said.push_str(&decoded(body.split("\r\n--").next().unwrap()));
        } else if head.contains("quoted-printable") {
            said.push_str(&unquoted(body));
        } else {
            said.push_str(body);
        }
    }
    said
}

fn decoded(text: &str) -> String {
    use base64::Engine as _;
    let text: String = text.split_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD.decode(text).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn unquoted(text: &str) -> String {
    let text = text.replace("=\r\n", "");
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        match (first, after) {
            (b'=', [high, low, after @ ..]) => {
                let pair = [*high, *low];
                bytes.push(u8::from_str_radix(std::str::from_utf8(&pair).unwrap(), 16).unwrap());
                rest = after;
            }
            _ => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}

/// The code a letter holds.
fn code_of(taken: &Taken) -> String {
    let said = said(taken);
    let code = said.split_whitespace().find(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
    code.unwrap_or_else(|| panic!("{said}")).to_owned()
}

fn key_of(taken: &Taken) -> String {
    let header = taken.header("List-Unsubscribe");
    header.split("?key=").nth(1).unwrap().trim_end_matches('>').to_owned()
}

async fn bodies(store: &Store) -> String {
    let rows: Vec<(String, String)> =
        store.read().await.unwrap().all("SELECT topic, body FROM outbox ORDER BY created_at, id", ()).await.unwrap();
    rows.into_iter().map(|(topic, body)| format!("{topic} {body}\n")).collect()
}

/// A new contract with a confirmed e-mail that wishes bills.
async fn billed(house: &House, sink: &Sink, contract: &str) -> Uuid {
    let account = house.registers(contract, "home-20", Some("60.00")).await;
    house.confirms(account, &format!("c{contract}@example.com"), sink).await;
    house.service.switch_email_bills(account, true).await.unwrap();
    account
}

on_both! {
    async fn an_email_is_confirmed_by_the_code_of_a_letter(store) {
        let (house, sink) = with_sink(store.clone(), TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        let absent = house.service.begin_verification(account).await;
        assert!(matches!(absent, Err(Error::Refused(Refusal::ContactAbsent))), "{absent:?}");
        house.writes_email(account, "ivan@example.com").await;
        assert_eq!(house.email(account).await, (Some("ivan@example.com".to_owned()), false, false, false));
        let now = house.clock.now();
        let sent = house.service.begin_verification(account).await.unwrap();
        let expected = SentCode {
            address: "ivan@example.com".to_owned(),
            sent_at: now,
            expires_at: now + Duration::minutes(10),
            again_at: now + Duration::MINUTE,
        };
        assert_eq!(sent, expected);
        assert_eq!(house.service.show_profile(account).await.unwrap().email.sent, Some(expected));
        let told = bodies(&store).await;
        house.works().await;
        let taken = sink.relay.taken();
        assert_eq!((taken.len(), taken[0].to.as_str()), (1, "ivan@example.com"));
        let code = code_of(&taken[0]);
        assert!(said(&taken[0]).contains("договору 0042") && said(&taken[0]).contains("10 хв"), "{}", said(&taken[0]));
        assert_eq!(taken[0].header("List-Unsubscribe"), "", "nobody unsubscribes from a code");
        assert!(told.starts_with("notice {\"job\":\"email_code\"") && !told.contains(&code) && !told.contains("ivan@"), "{told}");

        let (four, two) = code.split_at(4);
        house.service.confirm_contact(account, &format!(" {four}-{two} ")).await.unwrap();
        assert_eq!(house.email(account).await, (Some("ivan@example.com".to_owned()), true, false, false));
        assert_eq!(house.service.show_profile(account).await.unwrap().email.sent, None);
        house.refuses_code(account, &code).await;
        let again = house.service.begin_verification(account).await;
        assert!(matches!(again, Err(Error::Refused(Refusal::ContactConfirmed))), "{again:?}");
        let acts = house.acts(account).await;
        assert_eq!(acts[..3], ["subscriber email.confirm", "subscriber email.code", "staff profile.update"]);
        house.audited().await;
    }

    async fn without_a_relay_nothing_is_confirmed(store) {
        let house = House::open(store, TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        house.writes_email(account, "ivan@example.com").await;
        let refused = house.service.begin_verification(account).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::MailAbsent))), "{refused:?}");
    }

    async fn a_code_is_guessed_five_times_at_most(store) {
        let (house, sink) = with_sink(store, TODAY).await;
        let (account, other) = (house.registers("1", "home-20", None).await, house.registers("2", "home-20", None).await);
        for (id, email) in [(account, "a@example.com"), (other, "b@example.com")] {
            house.writes_email(id, email).await;
            house.service.begin_verification(id).await.unwrap();
        }
        house.works().await;
        let taken = sink.relay.taken();
        let code = |to: &str| code_of(taken.iter().find(|letter| letter.to == to).unwrap());
        let (mine, others) = (code("a@example.com"), code("b@example.com"));
        assert_ne!(mine, others);
        house.refuses_code(account, &others).await;
        for wrong in ["", "000000000000", "12345", "абвгде"] {
            house.refuses_code(account, wrong).await;
        }
        house.refuses_code(account, &mine).await;
        assert_eq!(house.service.show_profile(account).await.unwrap().email.sent, None, "its tries are spent");
        house.service.confirm_contact(other, &others).await.unwrap();
        house.clock.step(Duration::MINUTE);
        house.service.begin_verification(account).await.unwrap();
        house.works().await;
        house.refuses_code(account, &mine).await;
        let fresh = code_of(sink.relay.taken().last().unwrap());
        house.service.confirm_contact(account, &fresh).await.unwrap();
    }

    async fn a_code_lives_ten_minutes_and_belongs_to_its_address(store) {
        let (house, sink) = with_sink(store, TODAY).await;
        let account = house.registers("1", "home-20", None).await;
        house.writes_email(account, "a@example.com").await;
        house.service.begin_verification(account).await.unwrap();
        house.works().await;
        let code = code_of(&sink.relay.taken()[0]);
        house.writes_email(account, "b@example.com").await;
        house.refuses_code(account, &code).await;
        house.writes_email(account, "a@example.com").await;
        house.clock.step(Duration::minutes(10));
        house.refuses_code(account, &code).await;
        house.clock.step(-Duration::SECOND);
        house.service.confirm_contact(account, &code).await.unwrap();
    }

    async fn codes_are_sent_a_minute_apart_and_five_times_a_day(store) {
        let (house, sink) = with_sink(store, TODAY).await;
        let account = house.registers("1", "home-20", None).await;
        house.writes_email(account, "a@example.com").await;
        for sent in 0..5 {
            house.service.begin_verification(account).await.unwrap();
            let early = house.service.begin_verification(account).await;
            assert!(matches!(early, Err(Error::Refused(Refusal::Throttled { retry_after_seconds: 60 }))), "{sent}: {early:?}");
            house.clock.step(Duration::MINUTE);
        }
        let spent = house.service.begin_verification(account).await;
        let day = date!(2026 - 11 - 23);
        assert!(matches!(spent, Err(Error::Refused(Refusal::CodesSpent { possible_from })) if possible_from == day), "{spent:?}");
        house.works().await;
        assert_eq!(sink.relay.taken().len(), 1, "only the newest is still good for anything");
        house.at(day);
        house.service.begin_verification(account).await.unwrap();
    }

    async fn an_address_is_sent_ten_codes_a_day_whoever_asks(store) {
        let (house, _sink) = with_sink(store, TODAY).await;
        for number in 0..11 {
            let account = house.registers(&number.to_string(), "home-20", None).await;
            let address = if number % 2 == 0 { "victim@example.com" } else { "Victim@Example.com" };
            house.writes_email(account, address).await;
            let outcome = house.service.begin_verification(account).await;
            assert_eq!(outcome.is_ok(), number < 10, "{number}: {outcome:?}");
        }
    }

    async fn an_address_that_no_letter_reaches_is_refused_before(store) {
        let (house, _sink) = with_sink(store, TODAY).await;
        let account = house.registers("1", "home-20", None).await;
        // The form of a profile takes it, the form of a letter does not.
        house.writes_email(account, "a..b@example.com").await;
        let refused = house.service.begin_verification(account).await;
        let unfit = Refusal::FieldInvalid { field: "email", fault: FieldFault::Invalid };
        assert!(matches!(&refused, Err(Error::Refused(why)) if *why == unfit), "{refused:?}");
    }

    async fn another_address_is_confirmed_anew_and_the_old_one_is_told(store) {
        let (house, sink) = with_sink(store.clone(), TODAY).await;
        let account = house.registers("0042", "home-20", None).await;
        house.confirms(account, "old@example.com", &sink).await;
        house.service.switch_email_bills(account, true).await.unwrap();
        house.writes_email(account, "new@example.com").await;
        assert_eq!(house.email(account).await, (Some("new@example.com".to_owned()), false, false, true));
        house.works().await;
        let told = sink.relay.taken().pop().unwrap();
        assert_eq!(told.to, "old@example.com");
        let text = said(&told);
        assert!(text.contains("0042") && text.contains("0 800 000 000") && text.contains("https://cabinet.example.com"), "{text}");
        assert!(!text.contains("new@example.com"), "whoever reads the old one need not know the new one");
        house.writes_email(account, "newer@example.com").await;
        house.works().await;
        assert_eq!(sink.relay.taken().len(), 2, "one that was never confirmed is told nothing");

        // By the office too.
        house.confirms(account, "third@example.com", &sink).await;
        let wish = ProfileWish { email: Some(String::new()), ..ProfileWish::default() };
        house.service.edit_profile(Actor::Staff, account, wish).await.unwrap();
        assert_eq!(house.email(account).await, (None, false, false, false), "no address, no bills");
        house.works().await;
        let last = sink.relay.taken().pop().unwrap();
        assert_eq!(last.to, "third@example.com");
        assert!(said(&last).contains("більше немає") && !said(&last).contains("інший e-mail"), "{}", said(&last));

        // What is done is forgotten, and so is an address that nobody could be told at.
        assert_eq!(bodies(&store).await.replace("notice \n", ""), "");
        house.confirms(account, "fourth@example.com", &sink).await;
        sink.relay.behave(|at, _| if at == Stage::Letter { Act::say("554 5.7.1 spam") } else { Act::Proper });
        house.writes_email(account, "fifth@example.com").await;
        house.works().await;
        let dead = outbox::dead(&mut store.read().await.unwrap(), None, 10).await.unwrap();
        assert_eq!((dead.len(), bodies(&store).await.contains("fourth")), (1, false));
        let refused = house.service.repeat_task(Actor::Staff, dead[0].id).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::NotFound))), "nobody knows whom to tell: {refused:?}");
        assert_eq!(house.service.repeat_tasks(Actor::Staff, None).await.unwrap(), 0);
    }

    async fn an_outage_of_a_week_loses_no_bill(store) {
        let (house, sink) = with_sink(store.clone(), date!(2026 - 11 - 30)).await;
        let account = billed(&house, &sink, "1").await;
        sink.relay.behave(|at, _| if at == Stage::Sender { Act::say("550 5.7.1 not now") } else { Act::Proper });
        house.lives_to(date!(2026 - 12 - 01)).await;
        let before = sink.relay.taken().len();
        for _ in 0..7 * 24 {
            house.works().await;
            house.clock.step(Duration::HOUR);
        }
        let dead = async || outbox::dead_of(&mut store.read().await.unwrap(), Some("bill"), None, 10).await.unwrap();
        assert_eq!((dead().await, sink.relay.taken().len()), (vec![], before));
        sink.relay.behave(|_, _| Act::Proper);
        house.works().await;
        house.clock.step(Duration::hours(2));
        house.works().await;
        assert_eq!(sink.relay.taken().len(), before + 1);

        // There is an end to patience, and the office may begin it anew.
        sink.relay.behave(|at, _| if at == Stage::Sender { Act::say("550 5.7.1 not now") } else { Act::Proper });
        house.service.pay_cash(Actor::Staff, account, money("1.00"), None).await.unwrap();
        house.lives_to(date!(2027 - 01 - 01)).await;
        for _ in 0..9 * 12 {
            house.works().await;
            house.clock.step(Duration::hours(2));
        }
        assert_eq!(dead().await.len(), 1);
        assert_eq!(house.service.repeat_tasks(Actor::Staff, Some("notice")).await.unwrap(), 0);
        assert_eq!(house.service.repeat_tasks(Actor::Staff, Some("bill")).await.unwrap(), 1);
        let told = cabinet_store::audit::of_office(&mut store.read().await.unwrap(), 1).await.unwrap().remove(0);
        assert_eq!((told.act.as_str(), told.details.as_str()), ("outbox.repeat", "{\"tasks\":1,\"topic\":\"bill\"}"));
        house.works().await;
        assert_eq!(dead().await, [], "its patience is whole again");
        sink.relay.behave(|_, _| Act::Proper);
        house.clock.step(Duration::hours(2));
        house.works().await;
        assert_eq!(sink.relay.taken().len(), before + 2);
    }

    async fn a_bill_is_weighed_when_it_is_sent(store) {
        let (house, sink) = with_sink(store, date!(2026 - 11 - 20)).await;
        let people = ["1", "2", "3"];
        let mut accounts = Vec::new();
        for contract in people {
            accounts.push(billed(&house, &sink, contract).await);
        }
        let before = sink.relay.taken().len();
        house.lives_to(date!(2026 - 12 - 01)).await;
        let asked = house.service.show_bill(accounts[0], Month::new(2026, 12).unwrap()).await.unwrap().0.bill.to_pay;
        house.service.pay_cash(Actor::Staff, accounts[0], money("5.00"), None).await.unwrap();
        house.service.pay_cash(Actor::Staff, accounts[1], asked, None).await.unwrap();
        house.works().await;
        let letters = sink.relay.taken().split_off(before);
        let said_to = |contract: &str| said(letters.iter().find(|letter| letter.to == format!("c{contract}@example.com")).unwrap());
        let sum = |amount| cabinet_core::format::money(Language::Uk, amount);
        assert!(said_to("1").contains(&sum(asked - money("5.00"))) && !said_to("1").contains(&sum(asked)), "{}", said_to("1"));
        assert!(said_to("2").contains("сплачувати не треба"), "{}", said_to("2"));
        assert!(said_to("3").contains(&sum(asked)), "{}", said_to("3"));

        // One that a later bill took the place of says what is not so any more.
        let before = sink.relay.taken().len();
        house.lives_to(date!(2027 - 01 - 01)).await;
        house.service.pay_cash(Actor::Staff, accounts[2], money("5.00"), None).await.unwrap();
        house.lives_to(date!(2027 - 02 - 01)).await;
        house.works().await;
        let letters = sink.relay.taken().split_off(before);
        let mine: Vec<String> = letters.iter().filter(|letter| letter.to == "c3@example.com").map(said).collect();
        assert!(mine.len() == 1 && mine[0].contains("лютий 2027"), "{}: {mine:?}", mine.len());
    }

    async fn letters_that_come_back_are_told_by_a_person(store) {
        let (house, sink) = with_sink(store, date!(2026 - 11 - 20)).await;
        let account = billed(&house, &sink, "1").await;
        for _ in 0..2 {
            house.service.note_bounce(Actor::Staff, account).await.unwrap();
            assert_eq!(house.email(account).await, (Some("c1@example.com".to_owned()), false, true, true));
        }
        assert_eq!(house.acts(account).await[..2], ["staff email.failing", "subscriber email_bills.switch"]);
        let before = sink.relay.taken().len();
        house.lives_to(date!(2026 - 12 - 01)).await;
        house.works().await;
        assert_eq!(sink.relay.taken().len(), before);
        let nobody = house.registers("2", "home-20", None).await;
        let absent = house.service.note_bounce(Actor::Staff, nobody).await;
        assert!(matches!(absent, Err(Error::Refused(Refusal::ContactAbsent))), "{absent:?}");
    }

    async fn an_address_that_is_refused_with_the_letter_counts_too(store) {
        let (house, sink) = with_sink(store.clone(), date!(2026 - 11 - 30)).await;
        let account = billed(&house, &sink, "1").await;
        sink.relay.behave(|at, _| if at == Stage::Letter { Act::say("550 5.1.1 no such user") } else { Act::Proper });
        house.lives_to(date!(2026 - 12 - 01)).await;
        house.works().await;
        let found = emails::find(&mut store.read().await.unwrap(), account).await.unwrap().unwrap();
        assert_eq!(found.state.refusals, 1);
        assert_eq!(outbox::dead(&mut store.read().await.unwrap(), None, 10).await.unwrap(), []);
    }

    async fn bills_go_by_letter_to_those_who_asked_once(store) {
        let (house, sink) = with_sink(store.clone(), date!(2026 - 11 - 20)).await;
        let asked = billed(&house, &sink, "0042").await;
        let silent = house.registers("0043", "home-20", Some("50.00")).await;
        house.confirms(silent, "silent@example.com", &sink).await;
        let unconfirmed = house.service.switch_email_bills(house.registers("0044", "home-20", Some("50.00")).await, true).await;
        assert!(matches!(unconfirmed, Err(Error::Refused(Refusal::ContactUnconfirmed))), "{unconfirmed:?}");
        let before = sink.relay.taken().len();
        house.lives_to(date!(2026 - 12 - 01)).await;
        assert!(bodies(&store).await.contains("bill {\"job\":\"bill_letter\",\"dated\":\"2026-12\"}"));
        house.works().await;
        let letters = sink.relay.taken().split_off(before);
        assert_eq!(letters.iter().map(|letter| letter.to.as_str()).collect::<Vec<_>>(), ["c0042@example.com"]);
        let text = said(&letters[0]);
        let bill = house.service.show_bill(asked, Month::new(2026, 12).unwrap()).await.unwrap().0.bill;
        let sum = cabinet_core::format::money(Language::Uk, bill.to_pay);
        for part in ["грудень 2026", sum.as_str(), "https://cabinet.example.com/bills?bill=2026-12", "%PDF 0042 uk"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(letters[0].letter.contains("filename=\"bill-0042-2026-12.pdf\""));
        assert!(letters[0].header("List-Unsubscribe").starts_with("<https://cabinet.example.com/api/v1/letters/unsubscribe?key="));
        assert_eq!(letters[0].header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");

        // The month's mark is lost and a run begins it anew: the bill is there, and so was its letter.
        let mut tx = store.write().await.unwrap();
        tx.run("DELETE FROM bill_run", ()).await.unwrap();
        tx.commit().await.unwrap();
        house.lives_to(date!(2026 - 12 - 02)).await;
        house.works().await;
        assert_eq!(sink.relay.taken().len(), before + 1);
        house.audited().await;
    }

    async fn a_code_leaves_before_a_thousand_bills_that_were_due_first(store) {
        let (house, sink) = with_sink(store.clone(), TODAY).await;
        let account = billed(&house, &sink, "1").await;
        let before = sink.relay.taken().len();
        let mut tx = store.write().await.unwrap();
        let bills: Vec<outbox::Task> = (0..1_000_u128).map(|number| outbox::Task {
            id: Uuid::from_u128(number + 1),
            topic: "bill".to_owned(),
            account_id: Some(account),
            body: r#"{"job":"bill_letter","dated":"2026-11"}"#.to_owned(),
            created_at: house.clock.now() - Duration::HOUR,
            due_at: house.clock.now() - Duration::HOUR,
        }).collect();
        outbox::put_bulk(&mut tx, &bills).await.unwrap();
        tx.commit().await.unwrap();
        house.clock.step(Duration::MINUTE);
        house.writes_email(account, "new@example.com").await;
        house.service.begin_verification(account).await.unwrap();
        let taken = house.service.work_outbox().await.unwrap();
        assert!(taken < 20, "the bills wait: {taken}");
        let letters = sink.relay.taken().split_off(before);
        assert!(letters.iter().any(|letter| letter.to == "new@example.com"), "{}", letters.len());
    }

    async fn two_runners_write_one_letter_a_bill(store) {
        let (house, sink) = with_sink(store, date!(2026 - 11 - 30)).await;
        for number in 0..10 {
            billed(&house, &sink, &number.to_string()).await;
        }
        let before = sink.relay.taken().len();
        let house = Arc::new(house);
        house.at(date!(2026 - 12 - 01));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..2 {
            let house = house.clone();
            tasks.spawn(async move { house.service.run_day(date!(2026 - 12 - 01), |_, _| ()).await.unwrap().bills });
        }
        assert_eq!(tasks.join_all().await.into_iter().sum::<i64>(), 10);
        house.works().await;
        let mut to: Vec<String> = sink.relay.taken().split_off(before).into_iter().map(|letter| letter.to).collect();
        to.sort_unstable();
        to.dedup();
        assert_eq!((to.len(), sink.relay.taken().len()), (10, before + 10));
    }

    async fn a_letter_is_in_the_subscribers_language_as_far_as_it_is_spoken(store) {
        let (house, sink) = with_sink(store, date!(2026 - 11 - 20)).await;
        let account = billed(&house, &sink, "1").await;
        let speak = |language| cabinet_service::change_settings::SettingsFacts { language, theme: "dark".to_owned() };
        house.service.change_settings(account, speak(Language::En)).await.unwrap();
        house.lives_to(date!(2026 - 12 - 01)).await;
        house.works().await;
        let english = said(sink.relay.taken().last().unwrap());
        assert!(english.contains("December 2026") && english.contains("%PDF 1 en"), "{english}");
        // Russian is not spoken by this provider.
        house.service.change_settings(account, speak(Language::Ru)).await.unwrap();
        house.lives_to(date!(2027 - 01 - 01)).await;
        house.works().await;
        assert!(said(sink.relay.taken().last().unwrap()).contains("січень 2027"));
    }

    async fn a_bill_that_is_covered_asks_for_nothing(store) {
        let sink = Sink::open().await;
        let house = House::open(store, date!(2026 - 11 - 20)).await.with_post(post(&sink, NoPapers));
        let account = billed(&house, &sink, "1").await;
        house.service.pay_cash(Actor::Staff, account, money("500.00"), None).await.unwrap();
        house.lives_to(date!(2026 - 12 - 01)).await;
        house.works().await;
        let letter = sink.relay.taken().pop().unwrap();
        let text = said(&letter);
        assert!(text.contains("сплачувати не треба") && !text.contains("До сплати"), "{text}");
        assert!(!letter.letter.contains("application/pdf"), "where nothing is printed nothing goes along");
    }

    async fn a_relay_that_puts_off_and_one_that_hangs_up_after_the_letter_get_it_again_under_one_name(store) {
        let (house, sink) = with_sink(store, date!(2026 - 11 - 30)).await;
        billed(&house, &sink, "1").await;
        let before = sink.relay.taken().len();
        let mut turns = [Act::say("451 4.7.1 greylisted"), Act::Drop, Act::Proper].into_iter();
        sink.relay.behave(move |at, _| match at {
            Stage::Letter => turns.next().unwrap_or(Act::Proper),
            _ => Act::Proper,
        });
        house.at(date!(2026 - 12 - 01));
        house.service.run_day(date!(2026 - 12 - 01), |_, _| ()).await.unwrap();
        house.works().await;
        assert_eq!(sink.relay.taken().len(), before + 1);
        house.clock.step(Duration::seconds(29));
        house.works().await;
        assert_eq!(sink.relay.taken().len(), before + 1, "half a minute is waited for");
        house.clock.step(Duration::SECOND);
        house.works().await;
        house.clock.step(Duration::minutes(2));
        house.works().await;
        house.clock.step(Duration::HOUR);
        house.works().await;
        let letters = sink.relay.taken().split_off(before);
        let names: Vec<String> = letters.iter().map(|letter| letter.header("Message-ID")).collect();
        assert_eq!(names.len(), 3, "put off, dropped, taken");
        assert!(names.iter().all(|name| *name == names[0]) && names[0].ends_with("@example.com>"), "{names:?}");
    }

    async fn three_refusals_make_an_address_fail_until_it_is_confirmed_anew(store) {
        let (house, sink) = with_sink(store.clone(), date!(2026 - 09 - 20)).await;
        let account = billed(&house, &sink, "1").await;
        house.service.pay_cash(Actor::Staff, account, money("500.00"), None).await.unwrap();
        let refuses = |at, _: &str| if at == Stage::Recipient { Act::say("550 5.1.1 no such user") } else { Act::Proper };
        sink.relay.behave(refuses);
        for (day, failing) in [(date!(2026 - 10 - 01), false), (date!(2026 - 11 - 01), false), (date!(2026 - 12 - 01), true)] {
            house.lives_to(day).await;
            house.works().await;
            assert_eq!(house.email(account).await, (Some("c1@example.com".to_owned()), !failing, failing, true), "{day}");
            assert_eq!(house.service.show_overview(account).await.unwrap().email_failing, failing);
        }
        assert_eq!(house.acts(account).await[0], "system email.failing");
        let dead = outbox::dead(&mut store.read().await.unwrap(), None, 10).await.unwrap();
        assert_eq!(dead, [], "an address is its owner's business, not the office's");
        sink.relay.behave(|_, _| Act::Proper);
        let before = sink.relay.taken().len();
        house.lives_to(date!(2027 - 01 - 01)).await;
        house.works().await;
        assert_eq!(sink.relay.taken().len(), before, "no bills to an address that fails");
        house.confirms(account, "c1@example.com", &sink).await;
        assert_eq!(house.email(account).await, (Some("c1@example.com".to_owned()), true, false, true));
        house.lives_to(date!(2027 - 02 - 01)).await;
        house.works().await;
        assert_eq!(sink.relay.taken().len(), before + 2, "the code and February's bill");
    }

    async fn a_letter_that_is_taken_forgives_refusals_before_it(store) {
        let (house, sink) = with_sink(store.clone(), date!(2026 - 09 - 20)).await;
        let account = billed(&house, &sink, "1").await;
        house.service.pay_cash(Actor::Staff, account, money("500.00"), None).await.unwrap();
        let mut turns = 0;
        sink.relay.behave(move |at, _| {
            turns += i32::from(at == Stage::Recipient);
            if at == Stage::Recipient && turns % 3 != 0 { Act::say("550 5.2.1 disabled") } else { Act::Proper }
        });
        for (day, refusals) in [(date!(2026 - 10 - 01), 1), (date!(2026 - 11 - 01), 2), (date!(2026 - 12 - 01), 0), (date!(2027 - 01 - 01), 1)] {
            house.lives_to(day).await;
            house.works().await;
            let found = emails::find(&mut store.read().await.unwrap(), account).await.unwrap().unwrap();
            assert_eq!(found.state.refusals, refusals, "{day}");
        }
    }

    async fn a_letter_refused_for_good_waits_for_staff(store) {
        let (house, sink) = with_sink(store.clone(), date!(2026 - 11 - 30)).await;
        let account = billed(&house, &sink, "1").await;
        sink.relay.behave(|at, _| if at == Stage::Letter { Act::say("554 5.7.1 spam") } else { Act::Proper });
        house.lives_to(date!(2026 - 12 - 01)).await;
        house.works().await;
        let dead = outbox::dead(&mut store.read().await.unwrap(), None, 10).await.unwrap();
        assert_eq!((dead.len(), dead[0].topic.as_str(), dead[0].attempts), (1, "bill", 1));
        assert_eq!(dead[0].error.as_deref(), Some("the letter was refused with status 554"));
        let (_, confirmed, failing, _) = house.email(account).await;
        assert!(confirmed && !failing, "the address is not to blame");
    }

    async fn bills_end_by_the_switch_and_by_the_link_of_a_letter(store) {
        let (house, sink) = with_sink(store, date!(2026 - 10 - 20)).await;
        let account = billed(&house, &sink, "1").await;
        let other = billed(&house, &sink, "2").await;
        house.lives_to(date!(2026 - 11 - 01)).await;
        house.works().await;
        let letters = sink.relay.taken();
        let key = |to: &str| key_of(letters.iter().rev().find(|letter| letter.to == to).unwrap());
        let (mine, others) = (key("c1@example.com"), key("c2@example.com"));
        assert_ne!(mine, others);
        assert!(house.service.show_unsubscribing(&mine).await.unwrap().bills, "looking changes nothing");
        assert!(house.email(account).await.3);
        // Half of one and half of the other, cut, longer, another kind of key: none of them is anybody's.
        let half = mine.len() / 2;
        for wrong in [
            String::new(), "x".to_owned(), mine[1..].to_owned(), format!("{mine}A"), mine.to_lowercase(),
            format!("{}{}", &mine[..half], &others[half..]), format!("{}{}", &others[..half], &mine[half..]),
        ] {
            let refused = house.service.unsubscribe(&wrong).await;
            assert!(matches!(refused, Err(Error::Refused(Refusal::NotFound))), "{wrong}: {refused:?}");
        }
        assert_eq!((house.email(account).await.3, house.email(other).await.3), (true, true));
        for _ in 0..2 {
            assert!(!house.service.unsubscribe(&mine).await.unwrap().bills);
        }
        assert_eq!((house.email(account).await.3, house.email(other).await.3), (false, true));
        assert_eq!(house.acts(account).await.iter().filter(|act| *act == "subscriber email_bills.switch").count(), 2, "on and off");
        house.service.switch_email_bills(other, false).await.unwrap();
        let before = sink.relay.taken().len();
        house.lives_to(date!(2026 - 12 - 01)).await;
        house.works().await;
        assert_eq!(sink.relay.taken().len(), before);

        // A link of a letter to an address that is another one now is nobody's.
        house.service.switch_email_bills(other, true).await.unwrap();
        house.confirms(other, "new@example.com", &sink).await;
        let stale = house.service.unsubscribe(&others).await;
        assert!(matches!(stale, Err(Error::Refused(Refusal::NotFound))), "{stale:?}");
        assert!(house.email(other).await.3);
    }

    async fn a_letter_waits_for_an_instance_that_has_a_relay(store) {
        let (house, sink) = with_sink(store.clone(), date!(2026 - 11 - 30)).await;
        billed(&house, &sink, "1").await;
        let before = sink.relay.taken().len();
        house.lives_to(date!(2026 - 12 - 01)).await;
        let without = House::beside(store.clone(), &house);
        without.works().await;
        house.works().await;
        assert_eq!(sink.relay.taken().len(), before);
        house.clock.step(Duration::seconds(30));
        house.works().await;
        assert_eq!(sink.relay.taken().len(), before + 1);
    }

    async fn a_letter_that_nobody_wishes_any_more_is_not_sent(store) {
        let (house, sink) = with_sink(store, date!(2026 - 11 - 30)).await;
        let account = billed(&house, &sink, "1").await;
        let before = sink.relay.taken().len();
        house.lives_to(date!(2026 - 12 - 01)).await;
        house.service.switch_email_bills(account, false).await.unwrap();
        house.works().await;
        assert_eq!(sink.relay.taken().len(), before);
    }
}
