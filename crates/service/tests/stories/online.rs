//! Payments through gateways, as gateways really behave: late, twice, out of order, wrong, or not at all.

use crate::support::{House, money};
use cabinet_core::payment::{Attention, Decision, PaymentState};
use cabinet_core::{Language, Money, Refusal, Standing};
use cabinet_gateways::acquirer::{
    Acquirer, Acquirers, Answer, Asked, Capabilities, Checkout, Created, Doubt, Event, Fault, Kind, Later,
    Notification, Redirect, Rejected,
};
use cabinet_service::pay_online::PaymentWish;
use cabinet_service::take_notification::NotTaken;
use cabinet_service::{Actor, Error, RequestKey};
use cabinet_store::payments::{self, Held};
use std::sync::{Arc, Mutex};
use time::macros::{date, time};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// A gateway that does what the test says. A notification of it reads `paid 100.00 reference transaction`.
#[derive(Default)]
struct Scripted {
    /// It does not answer.
    away: Mutex<bool>,
    /// What it says when asked.
    word: Mutex<Option<String>>,
    /// How often it made a page, and was asked.
    made: Mutex<u32>,
    asked: Mutex<u32>,
    /// It makes fiscal receipts, and this one by now.
    fiscal: Mutex<bool>,
    receipt: Mutex<Option<String>>,
    /// It signs weakly.
    weak: Mutex<bool>,
}

impl Scripted {
    fn read(text: &str) -> Result<Event, Rejected> {
        let parts: Vec<&str> = text.split(' ').collect();
        let [kind, amount, reference, transaction] = parts[..] else { return Err(Rejected::Malformed("body")) };
        let amount: Money = amount.parse().map_err(|_| Rejected::Malformed("amount"))?;
        let (kind, doubts) = match kind {
            "paid" => (Kind::Paid, vec![]),
            "foreign" => (Kind::Paid, vec![Doubt::Merchant]),
            "failed" => (Kind::Failed, vec![]),
            "pending" => (Kind::Pending, vec![]),
            "strange" => (Kind::Pending, vec![Doubt::Status("wait".to_owned())]),
            "reversed" => (Kind::Reversed { returned: amount }, vec![]),
            half if half.starts_with("returned:") => (Kind::Reversed { returned: money(&half[9..]) }, vec![]),
            _ => return Err(Rejected::BadSignature),
        };
        Ok(Event {
            acquirer: "scripted",
            provider_txn_id: transaction.to_owned(),
            reference: reference.to_owned(),
            kind,
            amount,
            currency: "UAH".to_owned(),
            occurred_at: None,
            fiscal_url: None,
            reason: None,
            doubts,
        })
    }
}

impl Acquirer for Scripted {
    fn code(&self) -> &'static str {
        "scripted"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { refund: false, partial_refund: false, fiscal: *self.fiscal.lock().unwrap(), test: true }
    }

    fn create<'a>(&'a self, checkout: &'a Checkout, _: OffsetDateTime) -> Later<'a, Result<Created, Fault>> {
        *self.made.lock().unwrap() += 1;
        let away = *self.away.lock().unwrap();
        let page = Redirect::Url(format!("https://pay.example/{}", checkout.reference));
        Box::pin(std::future::ready(if away {
            Err(Fault::Refused { code: "500".to_owned() })
        } else {
            Ok(Created { redirect: page, provider_ref: None })
        }))
    }

    fn verify<'a>(&'a self, notification: Notification<'a>, _: OffsetDateTime) -> Later<'a, Result<Event, Rejected>> {
        Box::pin(std::future::ready(Scripted::read(std::str::from_utf8(notification.body).unwrap())))
    }

    fn acknowledge(&self, _: &Event, _: OffsetDateTime) -> Answer {
        Answer { status: 200, content_type: "text/plain", body: b"OK".to_vec() }
    }

    fn poll<'a>(&'a self, _: Asked<'a>, _: OffsetDateTime) -> Later<'a, Result<Event, Fault>> {
        *self.asked.lock().unwrap() += 1;
        let word = self.word.lock().unwrap().clone();
        Box::pin(std::future::ready(match word {
            Some(word) => Scripted::read(&word).map_err(Fault::from),
            None => Err(Fault::NotFound),
        }))
    }

    fn is_asked_after(&self, event: &Event) -> bool {
        *self.weak.lock().unwrap() && event.kind == Kind::Paid
    }

    fn receipt<'a>(&'a self, _: Asked<'a>, _: OffsetDateTime) -> Later<'a, Result<Option<String>, Fault>> {
        let away = *self.away.lock().unwrap();
        let made = self.receipt.lock().unwrap().clone();
        Box::pin(std::future::ready(if away { Err(Fault::NotFound) } else { Ok(made) }))
    }
}

/// A cabinet that takes payments through a scripted gateway.
struct Desk {
    house: House,
    gate: Arc<Scripted>,
}

impl Desk {
    async fn open(store: cabinet_store::Store) -> Desk {
        let gate = Arc::new(Scripted::default());
        let mut house = House::open(store, date!(2024 - 05 - 01)).await;
        house.service.acquirers = Acquirers::of(vec![gate.clone()]);
        Desk { house, gate }
    }

    async fn orders(&self, account: Uuid, amount: &str) -> Held {
        self.orders_by(account, amount, self.house.key("pay")).await.unwrap()
    }

    async fn orders_by(&self, account: Uuid, amount: &str, key: RequestKey) -> Result<Held, Error> {
        let wish = PaymentWish {
            amount: Some(money(amount)),
            bill: None,
            method: "scripted".to_owned(),
            language: Language::Uk,
            public_url: "https://cabinet.example".to_owned(),
        };
        Ok(self.house.service.create_payment(account, &wish, key).await?.value)
    }

    async fn hears(&self, word: String) -> Result<Answer, NotTaken> {
        let raw = Notification { body: word.as_bytes(), headers: &[], query: "" };
        self.house.service.take_notification("scripted", raw).await
    }

    async fn stands(&self, of: &Held) -> PaymentState {
        self.house.service.show_payment(of.account_id, of.id).await.unwrap().payment.state
    }

    /// The worker does what is due, until nothing is.
    async fn works(&self) {
        while self.house.service.work_outbox().await.unwrap() > 0 {}
    }

    fn later(&self, minutes: i64) {
        self.house.clock.set(self.house.service.clock.now() + Duration::minutes(minutes));
    }
}

cabinet_store::on_both! {
    async fn a_payment_is_credited_once_however_often_it_is_told(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let before = desk.house.balance(account).await;
        let held = desk.orders(account, "100.00").await;
        assert_eq!(held.payment.state, PaymentState::Created);
        assert!(held.redirect.unwrap().contains(&held.id.to_string()));
        let word = format!("paid 100.00 {} t1", held.id);
        let told = futures_util::future::join_all((0..20).map(|_| desk.hears(word.clone()))).await;
        assert!(told.into_iter().all(|answer| answer.unwrap().status == 200));
        assert_eq!(desk.house.balance(account).await, before + money("100.00"));
        let held = desk.house.service.show_payment(account, held.id).await.unwrap();
        assert_eq!(held.payment.state, PaymentState::Paid);
        let entry = desk.house.service.show_entry(account, held.credited_seq.unwrap()).await.unwrap();
        assert_eq!((entry.kind.code(), entry.amount), ("online_payment", money("100.00")));
        let said = payments::events(&mut desk.house.service.store.read().await.unwrap(), held.id).await.unwrap();
        assert_eq!(said.iter().filter(|one| one.note == "credited").count(), 1);
        assert_eq!(said.len(), 1, "what is repeated is kept once");
        desk.house.audited().await;
    }

    async fn a_payment_brings_a_blocked_account_back_and_pays_for_today(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("5.00")).await;
        desk.house.lives_to(date!(2024 - 05 - 06)).await;
        let today = date!(2024 - 05 - 06);
        let standing = async || desk.house.service.show_overview(account).await.unwrap().account.standing(today);
        assert_eq!(standing().await, Standing::Blocked);
        let preview = desk.house.service.preview_payment(account, Some(money("60.00"))).await.unwrap();
        let held = desk.orders(account, "60.00").await;
        desk.hears(format!("paid 60.00 {} t1", held.id)).await.unwrap();
        assert_eq!(standing().await, Standing::Active);
        let (_, foreseen, outlook) = preview.outcome.unwrap();
        assert_eq!(desk.house.balance(account).await, foreseen.balance, "as the page had said");
        assert_eq!(desk.house.service.show_overview(account).await.unwrap().outlook.enough_until, outlook.enough_until);
        desk.house.audited().await;
    }

    async fn a_late_or_second_yes_counts_after_a_no_and_after_the_end(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let before = desk.house.balance(account).await;
        let declined = desk.orders(account, "10.00").await;
        desk.hears(format!("failed 10.00 {} t1", declined.id)).await.unwrap();
        assert_eq!(desk.stands(&declined).await, PaymentState::Failed);
        desk.hears(format!("paid 10.00 {} t1", declined.id)).await.unwrap();
        assert_eq!(desk.stands(&declined).await, PaymentState::Paid);
        let forgotten = desk.orders(account, "20.00").await;
        desk.later(24 * 60);
        desk.works().await;
        assert_eq!(desk.stands(&forgotten).await, PaymentState::Expired);
        desk.hears(format!("paid 20.00 {} t2", forgotten.id)).await.unwrap();
        assert_eq!(desk.stands(&forgotten).await, PaymentState::Paid);
        let day = money("50.00").share(2, 31) - money("50.00").share(1, 31);
        assert_eq!(desk.house.balance(account).await, before + money("30.00") - day);
        desk.house.audited().await;
    }

    async fn whoever_never_tells_is_asked(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let before = desk.house.balance(account).await;
        let held = desk.orders(account, "10.00").await;
        desk.works().await;
        assert_eq!(*desk.gate.asked.lock().unwrap(), 0, "it is given a minute");
        desk.later(1);
        desk.works().await;
        desk.later(1);
        *desk.gate.word.lock().unwrap() = Some(format!("pending 10.00 {} t1", held.id));
        desk.works().await;
        assert_eq!(desk.stands(&held).await, PaymentState::Pending);
        *desk.gate.word.lock().unwrap() = Some(format!("paid 10.00 {} t1", held.id));
        desk.later(1);
        desk.works().await;
        assert_eq!(desk.stands(&held).await, PaymentState::Pending, "the third time comes after five minutes");
        desk.later(2);
        desk.works().await;
        assert_eq!((desk.stands(&held).await, *desk.gate.asked.lock().unwrap()), (PaymentState::Paid, 3));
        assert_eq!(desk.house.balance(account).await, before + money("10.00"));
        desk.later(60);
        desk.works().await;
        assert_eq!(*desk.gate.asked.lock().unwrap(), 3, "what is decided is asked no more");
    }

    async fn a_word_signed_too_weakly_for_its_sum_counts_once_the_gateway_says_it_too(store) {
        let desk = Desk::open(store.clone()).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let before = desk.house.balance(account).await;
        let held = desk.orders(account, "100.00").await;
        *desk.gate.weak.lock().unwrap() = true;
        let word = |kind: &str, sum: &str| format!("{kind} {sum} {} t1", held.id);
        for said in [None, Some(word("pending", "100.00")), Some(word("failed", "100.00")), Some(word("paid", "100.01"))] {
            *desk.gate.word.lock().unwrap() = said.clone();
            let refused = desk.hears(word("paid", "100.00")).await;
            assert!(matches!(refused, Err(NotTaken::Rejected(Rejected::Unavailable(_)))), "{said:?}: {refused:?}");
        }
        assert_eq!((desk.stands(&held).await, desk.house.balance(account).await), (PaymentState::Created, before));
        assert!(payments::events(&mut store.read().await.unwrap(), held.id).await.unwrap().is_empty(), "the gateway is to come again");
        *desk.gate.word.lock().unwrap() = Some(word("paid", "100.00"));
        desk.hears(word("paid", "100.00")).await.unwrap();
        assert_eq!(desk.house.balance(account).await, before + money("100.00"));
        let asked = *desk.gate.asked.lock().unwrap();
        desk.hears(word("paid", "100.00")).await.unwrap();
        assert_eq!(*desk.gate.asked.lock().unwrap(), asked, "what is repeated is not asked after");
    }

    async fn a_fiscal_receipt_made_after_the_money_is_fetched(store) {
        let desk = Desk::open(store.clone()).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let url = async |held: &Held| desk.house.service.show_payment(account, held.id).await.unwrap().fiscal_url;
        let waits = async || {
            let sql = "SELECT COUNT(*) FROM outbox WHERE body LIKE '%fiscal_receipt%' AND ended_at IS NULL";
            store.read().await.unwrap().one::<(i64,)>(sql, ()).await.unwrap().0
        };
        let plain = desk.orders(account, "10.00").await;
        desk.hears(format!("paid 10.00 {} t1", plain.id)).await.unwrap();
        assert_eq!(waits().await, 0, "a gateway that makes none is not asked");
        *desk.gate.fiscal.lock().unwrap() = true;
        let (told, forgotten) = (desk.orders(account, "20.00").await, desk.orders(account, "30.00").await);
        desk.hears(format!("paid 20.00 {} t2", told.id)).await.unwrap();
        desk.later(1);
        desk.works().await;
        assert_eq!((url(&told).await, waits().await), (None, 1));
        *desk.gate.away.lock().unwrap() = true;
        *desk.gate.receipt.lock().unwrap() = Some("https://cabinet.tax.gov.ua/cashregs/check?id=1".to_owned());
        desk.later(1);
        desk.works().await;
        assert_eq!((url(&told).await, waits().await), (None, 1), "a gateway that is away is asked again");
        *desk.gate.away.lock().unwrap() = false;
        desk.later(3);
        desk.works().await;
        assert_eq!((url(&told).await, waits().await), (desk.gate.receipt.lock().unwrap().clone(), 0));
        let log = cabinet_store::audit::of_account(&mut store.read().await.unwrap(), account, 1).await.unwrap();
        assert_eq!(log[0].act, "payment.fiscal_receipt", "whoever looks at the page sees it come");
        // A receipt that is never made is given up.
        *desk.gate.receipt.lock().unwrap() = None;
        desk.hears(format!("paid 30.00 {} t3", forgotten.id)).await.unwrap();
        for _ in 0..4 {
            desk.later(24 * 60);
            desk.works().await;
        }
        assert_eq!((url(&forgotten).await, waits().await), (None, 0));
        desk.house.audited().await;
    }

    async fn a_worker_that_died_leaves_its_task_to_the_next(store) {
        let desk = Desk::open(store.clone()).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let held = desk.orders(account, "10.00").await;
        *desk.gate.word.lock().unwrap() = Some(format!("paid 10.00 {} t1", held.id));
        desk.later(1);
        let now = desk.house.service.clock.now();
        let mut tx = store.write().await.unwrap();
        let taken = cabinet_store::outbox::claim(&mut tx, now, now + Duration::minutes(2), 10).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(taken.len(), 1);
        desk.works().await;
        assert_eq!(desk.stands(&held).await, PaymentState::Created);
        desk.later(2);
        desk.works().await;
        assert_eq!(desk.stands(&held).await, PaymentState::Paid);
    }

    async fn what_does_not_fit_waits_for_a_person_and_never_reaches_the_balance(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let before = desk.house.balance(account).await;
        for word in ["paid 10.01", "paid 1000.00", "foreign 10.00"] {
            let held = desk.orders(account, "10.00").await;
            desk.hears(format!("{word} {} t{}", held.id, held.id)).await.unwrap();
            assert_eq!(desk.stands(&held).await, PaymentState::Review, "{word}");
        }
        assert_eq!(desk.house.balance(account).await, before);
        desk.house.audited().await;
    }

    async fn one_transaction_of_a_gateway_pays_one_payment(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let before = desk.house.balance(account).await;
        let (one, other) = (desk.orders(account, "10.00").await, desk.orders(account, "10.00").await);
        desk.hears(format!("paid 10.00 {} same", one.id)).await.unwrap();
        desk.hears(format!("paid 10.00 {} same", other.id)).await.unwrap();
        assert_eq!((desk.stands(&one).await, desk.stands(&other).await), (PaymentState::Paid, PaymentState::Review));
        assert_eq!(desk.house.balance(account).await, before + money("10.00"));
    }

    async fn money_that_went_back_leaves_the_balance_in_whatever_order_it_is_told(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let before = desk.house.balance(account).await;
        let whole = desk.orders(account, "10.00").await;
        desk.hears(format!("reversed 10.00 {} t1", whole.id)).await.unwrap();
        desk.hears(format!("paid 10.00 {} t1", whole.id)).await.unwrap();
        assert_eq!(desk.stands(&whole).await, PaymentState::Reversed);
        assert_eq!(desk.house.balance(account).await, before);
        let part = desk.orders(account, "10.00").await;
        desk.hears(format!("paid 10.00 {} t2", part.id)).await.unwrap();
        for _ in 0..2 {
            desk.hears(format!("returned:4.00 10.00 {} t2", part.id)).await.unwrap();
        }
        assert_eq!(desk.house.balance(account).await, before + money("6.00"));
        desk.hears(format!("returned:10.00 10.00 {} t2", part.id)).await.unwrap();
        assert_eq!((desk.stands(&part).await, desk.house.balance(account).await), (PaymentState::Reversed, before));
        desk.house.audited().await;
    }

    async fn what_staff_noted_as_given_back_moves_once_when_the_gateway_tells_it_too(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let before = desk.house.balance(account).await;
        let (one, two) = (desk.orders(account, "100.00").await, desk.orders(account, "40.00").await);
        desk.hears(format!("paid 100.00 {} t1", one.id)).await.unwrap();
        desk.hears(format!("paid 40.00 {} t2", two.id)).await.unwrap();
        let service = &desk.house.service;
        let seq = async |held: &Held| service.show_payment(account, held.id).await.unwrap().credited_seq.unwrap();
        let (first, second) = (seq(&one).await, seq(&two).await);
        service.refund_payment(cabinet_service::Actor::Staff, account, first, money("30.00"), "x").await.unwrap();
        service.reverse_entry(cabinet_service::Actor::Staff, account, second, "x").await.unwrap();
        assert_eq!(desk.house.balance(account).await, before + money("70.00"));
        assert_eq!((desk.stands(&one).await, desk.stands(&two).await), (PaymentState::Paid, PaymentState::Reversed));
        desk.hears(format!("returned:30.00 100.00 {} t1", one.id)).await.unwrap();
        desk.hears(format!("reversed 40.00 {} t2", two.id)).await.unwrap();
        assert_eq!(desk.house.balance(account).await, before + money("70.00"), "told of what is noted");
        desk.hears(format!("returned:50.00 100.00 {} t1", one.id)).await.unwrap();
        assert_eq!(desk.house.balance(account).await, before + money("50.00"), "and of more");
        let today = desk.house.service.now().today;
        let told = desk.house.service.report_money(today, today).await.unwrap();
        let gateway = told.iter().find(|one| one.method == "gateway:scripted").unwrap();
        assert_eq!((gateway.payments, gateway.paid, gateway.returned), (2, money("140.00"), money("90.00")), "whoever told of it");
        let lines = desk.house.service.journal(today, today, |_| ()).await.unwrap().lines(str::to_owned);
        let moved: Money = lines.iter().filter(|line| line.account == "gateway:scripted").map(|line| line.debit - line.credit).sum();
        assert_eq!(moved, money("50.00"));
        assert!(service.reverse_entry(cabinet_service::Actor::Staff, account, first, "x").await.is_err());
        desk.house.audited().await;
    }

    async fn what_went_back_had_come_though_its_word_was_lost(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("5.00")).await;
        desk.house.lives_to(date!(2024 - 05 - 06)).await;
        let today = date!(2024 - 05 - 06);
        let standing = async || desk.house.service.show_overview(account).await.unwrap().account.standing(today);
        let before = desk.house.balance(account).await;
        let gone = desk.orders(account, "100.00").await;
        desk.hears(format!("reversed 100.00 {} t1", gone.id)).await.unwrap();
        assert_eq!((standing().await, desk.house.balance(account).await), (Standing::Blocked, before), "no day for money that is gone");
        let part = desk.orders(account, "100.00").await;
        desk.hears(format!("returned:40.00 100.00 {} t2", part.id)).await.unwrap();
        assert_eq!((desk.stands(&part).await, standing().await), (PaymentState::Paid, Standing::Active));
        let day = money("50.00").share(4, 31) - money("50.00").share(3, 31);
        assert_eq!(desk.house.balance(account).await, before + money("60.00") - day);
        desk.house.audited().await;
    }

    async fn a_second_charge_of_one_payment_is_for_a_person(store) {
        let desk = Desk::open(store.clone()).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let before = desk.house.balance(account).await;
        let held = desk.orders(account, "10.00").await;
        desk.hears(format!("paid 10.00 {} t1", held.id)).await.unwrap();
        desk.hears(format!("paid 10.00 {} t2", held.id)).await.unwrap();
        assert_eq!(desk.house.balance(account).await, before + money("10.00"));
        let notes: Vec<String> = payments::events(&mut store.read().await.unwrap(), held.id).await.unwrap().into_iter().map(|one| one.note).collect();
        assert_eq!(notes, ["credited", "waits for a person"]);
        let audit = cabinet_store::audit::of_account(&mut store.read().await.unwrap(), account, 10).await.unwrap();
        let review = audit.iter().find(|row| row.details.contains("charged_twice")).expect("the review stands in the log");
        assert!(review.details.contains("t2"), "{}", review.details);
    }

    async fn another_card_on_the_same_page_is_found_by_asking(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let held = desk.orders(account, "10.00").await;
        *desk.gate.word.lock().unwrap() = Some(format!("failed 10.00 {} t1", held.id));
        desk.later(1);
        desk.works().await;
        assert_eq!(desk.stands(&held).await, PaymentState::Failed);
        *desk.gate.word.lock().unwrap() = Some(format!("paid 10.00 {} t1", held.id));
        desk.later(1);
        desk.works().await;
        assert_eq!(desk.stands(&held).await, PaymentState::Paid);
    }

    async fn an_expired_payment_is_asked_after_for_a_day_more(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let held = desk.orders(account, "10.00").await;
        *desk.gate.word.lock().unwrap() = Some(format!("pending 10.00 {} t1", held.id));
        for _ in 0..25 {
            desk.later(60);
            desk.works().await;
        }
        assert_eq!(desk.stands(&held).await, PaymentState::Expired);
        *desk.gate.word.lock().unwrap() = Some(format!("paid 10.00 {} t1", held.id));
        desk.later(60);
        desk.works().await;
        assert_eq!(desk.stands(&held).await, PaymentState::Paid);
        desk.house.audited().await;
    }

    async fn what_a_gateway_answers_of_another_payment_is_not_this_ones(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let held = desk.orders(account, "10.00").await;
        *desk.gate.word.lock().unwrap() = Some(format!("paid 10.00 {} t1", Uuid::nil()));
        desk.later(1);
        desk.works().await;
        assert_eq!((desk.stands(&held).await, *desk.gate.asked.lock().unwrap()), (PaymentState::Created, 1));
    }

    async fn a_gateway_that_was_asked_often_is_still_asked_after_a_failure(store) {
        let desk = Desk::open(store.clone()).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let held = desk.orders(account, "10.00").await;
        for _ in 0..12 {
            desk.later(30);
            desk.works().await;
        }
        assert!(*desk.gate.asked.lock().unwrap() >= 6);
        // A task that fails: the payment cannot be read back under a kind nobody knows.
        let mut tx = store.write().await.unwrap();
        tx.run("UPDATE outbox SET body = 'nothing' WHERE account_id = $1", (account,)).await.unwrap();
        tx.commit().await.unwrap();
        desk.later(60);
        desk.works().await;
        let mut tx = store.write().await.unwrap();
        tx.run("UPDATE outbox SET body = $2 WHERE account_id = $1", (account, format!(r#"{{"job":"payment_poll","payment":"{}"}}"#, held.id))).await.unwrap();
        tx.commit().await.unwrap();
        *desk.gate.word.lock().unwrap() = Some(format!("paid 10.00 {} t1", held.id));
        desk.later(60);
        desk.works().await;
        assert_eq!(desk.stands(&held).await, PaymentState::Paid);
    }

    async fn a_gateway_that_is_away_locks_nobody_out(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        *desk.gate.away.lock().unwrap() = true;
        for _ in 0..8 {
            let refused = desk.orders_by(account, "10.00", desk.house.key("pay")).await.unwrap_err();
            assert!(matches!(refused, Error::Refused(Refusal::GatewayAway)), "{refused:?}");
        }
    }

    async fn twins_of_one_key_make_one_page(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let key = desk.house.key("pay");
        let all = futures_util::future::join_all((0..6).map(|_| desk.orders_by(account, "10.00", key.clone()))).await;
        let pages: Vec<_> = all.into_iter().map(Result::unwrap).map(|held| (held.id, held.redirect)).collect();
        assert!(pages.iter().all(|page| *page == pages[0] && page.1.is_some()), "{pages:?}");
        assert_eq!(*desk.gate.made.lock().unwrap(), 1);
    }

    async fn what_is_not_believed_leaves_nothing(store) {
        let desk = Desk::open(store.clone()).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let held = desk.orders(account, "10.00").await;
        let refused = desk.hears(format!("forged 10.00 {} t1", held.id)).await;
        assert!(matches!(refused, Err(NotTaken::Rejected(Rejected::BadSignature))));
        let unknown = desk.house.service.take_notification("nobody", Notification { body: b"", headers: &[], query: "" }).await;
        assert!(matches!(unknown, Err(NotTaken::Unknown)));
        let said = payments::events(&mut store.read().await.unwrap(), held.id).await.unwrap();
        assert!(said.is_empty() && desk.stands(&held).await == PaymentState::Created);
        // Money for a payment nobody ordered is acknowledged and kept for people: repeating it would help nobody.
        desk.hears(format!("paid 10.00 {} t9", Uuid::nil())).await.unwrap();
        let orphans = "SELECT COUNT(*) FROM payment_event WHERE payment_id IS NULL";
        let (kept,): (i64,) = store.read().await.unwrap().one(orphans, ()).await.unwrap();
        assert_eq!(kept, 1);
        desk.house.audited().await;
    }

    async fn a_gateway_that_is_away_takes_nothing_and_the_same_key_tries_again(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        *desk.gate.away.lock().unwrap() = true;
        let key = desk.house.key("pay");
        let refused = desk.orders_by(account, "10.00", key.clone()).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(Refusal::GatewayAway)));
        *desk.gate.away.lock().unwrap() = false;
        let held = desk.orders_by(account, "10.00", key.clone()).await.unwrap();
        let again = desk.orders_by(account, "10.00", key).await.unwrap();
        assert_eq!((held.id, held.redirect), (again.id, again.redirect));
        assert_eq!(*desk.gate.made.lock().unwrap(), 2, "a page that was made is given again, not made again");
        let (all, _) = desk.house.service.list_payments(account, None, 10).await.unwrap();
        assert_eq!(all.len(), 1);
    }

    async fn twins_of_one_key_hear_that_the_gateway_is_away(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        *desk.gate.away.lock().unwrap() = true;
        let key = desk.house.key("pay");
        let all = futures_util::future::join_all((0..4).map(|_| desk.orders_by(account, "10.00", key.clone()))).await;
        assert!(all.iter().all(|one| matches!(one, Err(Error::Refused(Refusal::GatewayAway)))), "{all:?}");
    }

    async fn payments_ordered_at_once_are_bounded_too(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let all = futures_util::future::join_all((0..12).map(|_| desk.orders_by(account, "1.00", desk.house.key("pay")))).await;
        assert_eq!(all.iter().filter(|one| one.is_ok()).count(), 5, "{all:?}");
        assert!(all.iter().flat_map(|one| one.as_ref().err()).all(|error| matches!(error, Error::Refused(Refusal::TooManyPayments))));
    }

    async fn a_payment_without_a_page_is_given_up_and_never_asked_about(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        *desk.gate.away.lock().unwrap() = true;
        desk.orders_by(account, "10.00", desk.house.key("pay")).await.unwrap_err();
        let (all, _) = desk.house.service.list_payments(account, None, 10).await.unwrap();
        desk.later(2);
        desk.works().await;
        assert_eq!(desk.stands(&all[0]).await, PaymentState::Created, "its page may still be fetched");
        desk.later(14);
        desk.works().await;
        assert_eq!((desk.stands(&all[0]).await, *desk.gate.asked.lock().unwrap()), (PaymentState::Expired, 0));
        desk.later(60 * 24);
        assert_eq!(desk.house.service.work_outbox().await.unwrap(), 0, "nothing is left to do");
    }

    async fn whatever_happens_to_a_payment_its_payer_hears_of_it(store) {
        let desk = Desk::open(store.clone()).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let said = async || {
            let rows = cabinet_store::audit::of_account(&mut store.read().await.unwrap(), account, 100).await.unwrap();
            rows.into_iter().filter(|row| row.act == "payment.news" || row.act == "payment.expire").count()
        };
        let (declined, forgotten) = (desk.orders(account, "10.00").await, desk.orders(account, "20.00").await);
        for (count, word) in [(1, "pending"), (1, "pending"), (2, "failed"), (2, "failed")] {
            desk.later(1);
            desk.hears(format!("{word} 10.00 {} t1", declined.id)).await.unwrap();
            assert_eq!(said().await, count, "{word}");
        }
        desk.later(24 * 60);
        desk.works().await;
        assert_eq!((desk.stands(&forgotten).await, said().await), (PaymentState::Expired, 3));
    }

    async fn a_doubtful_word_calls_a_person_once_and_the_payment_goes_on(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let held = desk.orders(account, "10.00").await;
        *desk.gate.word.lock().unwrap() = Some(format!("strange 10.00 {} t1", held.id));
        for minutes in [1, 1, 3, 10] {
            desk.later(minutes);
            desk.works().await;
        }
        let service = &desk.house.service;
        assert_eq!(desk.stands(&held).await, PaymentState::Pending);
        let looked_at = service.look_at_payment(held.id).await.unwrap();
        assert_eq!((looked_at.held.attention, looked_at.events.len()), (Some(Attention::Uncertain), 1));
        assert_eq!((looked_at.contract.as_str(), looked_at.events[0].0.doubts.as_slice()), ("1", &["status wait".to_owned()][..]));
        service.decide_payment(Actor::Staff, held.id, Decision::Settled, "чекаємо").await.unwrap();
        desk.later(45);
        desk.works().await;
        assert_eq!(service.list_in_review(None, 10).await.unwrap().0, [], "the same word calls nobody again");
        desk.hears(format!("paid 10.00 {} t1", held.id)).await.unwrap();
        assert_eq!(desk.stands(&held).await, PaymentState::Paid);
        desk.house.audited().await;
    }

    async fn every_payment_in_doubt_is_listed_and_decided_once(store) {
        let desk = Desk::open(store.clone()).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let before = desk.house.balance(account).await;
        let service = &desk.house.service;
        let mut made = Vec::new();
        for _ in 0..4 {
            made.push(desk.orders(account, "10.00").await);
        }
        let [twice, returned, other, gone] = &made[..] else { panic!("four") };
        for word in [
            format!("paid 10.00 {} a1", twice.id), format!("paid 10.00 {} a2", twice.id),
            format!("paid 10.00 {} b1", returned.id), format!("returned:4.00 4.00 {} b1", returned.id),
            format!("paid 10.01 {} c1", other.id), format!("paid 9.99 {} d1", gone.id),
        ] {
            desk.hears(word).await.unwrap();
        }
        assert_eq!(desk.house.balance(account).await, before + money("20.00"));
        let (found, _) = service.list_in_review(None, 10).await.unwrap();
        let why = |held: &Held| found.iter().find(|one| one.id == held.id).and_then(|one| one.attention);
        assert_eq!(why(twice), Some(Attention::ChargedTwice));
        assert_eq!(why(returned), Some(Attention::ReturnDoubtful));
        assert_eq!((why(other), why(gone)), (Some(Attention::Mismatch), Some(Attention::Mismatch)));
        assert_eq!(service.vitals().await.unwrap().in_review, 4);
        let said = service.look_at_payment(other.id).await.unwrap().events;
        assert_eq!((said[0].0.amount, said[0].0.transaction.as_deref(), said[0].1.kind.as_str()), (Some(money("10.01")), Some("c1"), "paid"));

        let decide = |held: &Held, decision| service.decide_payment(Actor::Staff, held.id, decision, "з банком");
        let second = decide(twice, Decision::Credit(money("10.00"))).await.unwrap().value.unwrap();
        assert_eq!(second.kind.code(), "online_payment");
        decide(other, Decision::Credit(money("10.01"))).await.unwrap();
        assert!(decide(returned, Decision::Settled).await.unwrap().value.is_none());
        decide(gone, Decision::Settled).await.unwrap();
        assert_eq!(desk.house.balance(account).await, before + money("40.01"));
        let states = [desk.stands(twice).await, desk.stands(other).await, desk.stands(returned).await, desk.stands(gone).await];
        assert_eq!(states, [PaymentState::Paid, PaymentState::Paid, PaymentState::Paid, PaymentState::Failed]);
        assert!(matches!(decide(twice, Decision::Settled).await, Err(Error::Refused(Refusal::AlreadyDecided))));
        assert!(matches!(service.decide_payment(Actor::Staff, Uuid::nil(), Decision::Settled, "x").await, Err(Error::Refused(Refusal::NotFound))));
        // Asked for or told in other words around them, the same doubts call nobody again; the money that was credited goes back.
        *desk.gate.word.lock().unwrap() = Some(format!("paid 9.99 {} d1", gone.id));
        desk.later(2);
        desk.works().await;
        assert_eq!((desk.stands(gone).await, service.list_in_review(None, 10).await.unwrap().0.len()), (PaymentState::Failed, 0));
        desk.hears(format!("reversed 10.01 {} c1", other.id)).await.unwrap();
        assert_eq!((desk.stands(other).await, desk.house.balance(account).await), (PaymentState::Reversed, before + money("30.00")));
        let log = cabinet_store::audit::of_account(&mut store.read().await.unwrap(), account, 100).await.unwrap();
        assert_eq!(log.iter().filter(|row| row.act == "payment.decide").count(), 4);
        desk.house.audited().await;
    }

    async fn old_words_of_gateways_are_emptied(store) {
        let desk = Desk::open(store.clone()).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        let held = desk.orders(account, "10.00").await;
        desk.hears(format!("paid 10.00 {} t1", held.id)).await.unwrap();
        assert_eq!(desk.house.service.forget_old_words().await.unwrap(), 0);
        desk.later(541 * 24 * 60);
        assert_eq!(desk.house.service.forget_old_words().await.unwrap(), 1);
        let said = desk.house.service.look_at_payment(held.id).await.unwrap().events;
        assert_eq!((said[0].1.body.len(), said[0].0.amount), (0, Some(money("10.00"))));
        let word = format!("paid 10.00 {} t1", held.id);
        desk.hears(word).await.unwrap();
        assert_eq!(desk.house.service.look_at_payment(held.id).await.unwrap().events.len(), 1, "it is still known");
    }

    async fn sums_methods_and_numbers_are_bounded(store) {
        let desk = Desk::open(store).await;
        let account = desk.house.registers("1", "home-20", Some("50.00")).await;
        for amount in ["0.99", "14999.01", "-5.00", "0.00"] {
            let refused = desk.orders_by(account, amount, desk.house.key("pay")).await.unwrap_err();
            assert!(matches!(refused, Error::Refused(Refusal::AmountInvalid { .. })), "{amount}");
        }
        for _ in 0..5 {
            desk.orders(account, "1.00").await;
        }
        let refused = desk.orders_by(account, "1.00", desk.house.key("pay")).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(Refusal::TooManyPayments)));
        desk.house.clock.set_local(date!(2024 - 05 - 02), time!(9:00));
        desk.works().await;
        desk.orders(account, "1.00").await;
    }
}
