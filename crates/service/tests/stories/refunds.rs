//! Payments given back through their gateways: asked for once, after the entry, whatever the gateway does.

use crate::support::{House, money};
use cabinet_core::ledger::Broken;
use cabinet_core::payment::{Attention, Decision, PaymentState};
use cabinet_core::{Language, Refusal};
use cabinet_gateways::acquirer::{
    Acquirer, Acquirers, Answer, Asked, Capabilities, Checkout, Choice, Created, Event, Fault, Kind, Later,
    Notification, Redirect, Refund, Refunded, Rejected, Sandbox, SandboxSettings, Unreached,
};
use cabinet_gateways::terminal::{Limits, Outcome, Payment, PaymentRef, Request};
use cabinet_service::audit_book;
use cabinet_service::desk;
use cabinet_service::pay_online::PaymentWish;
use cabinet_service::take_terminal::AtTerminal;
use cabinet_service::{Actor, Error};
use cabinet_store::payments::Held;
use cabinet_store::{Store, gateway_refunds};
use std::sync::{Arc, Mutex};
use time::macros::date;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

const WHY: &str = "на прохання абонента";

/// A gateway that gives back as the test says.
struct Giver {
    able: Capabilities,
    /// Why it does not, if so.
    fault: Mutex<Option<Fault>>,
    /// What it was asked: payment, sum, key.
    asked: Mutex<Vec<String>>,
}

impl Giver {
    fn of(refund: bool, partial_refund: bool) -> Giver {
        let able = Capabilities { refund, partial_refund, fiscal: false, test: true };
        Giver { able, fault: Mutex::default(), asked: Mutex::default() }
    }

    fn times(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Acquirer for Giver {
    fn code(&self) -> &'static str {
        "giver"
    }

    fn capabilities(&self) -> Capabilities {
        self.able
    }

    fn create<'a>(&'a self, checkout: &'a Checkout, _: OffsetDateTime) -> Later<'a, Result<Created, Fault>> {
        let page = Redirect::Url(format!("https://pay.example/{}", checkout.reference));
        Box::pin(std::future::ready(Ok(Created { redirect: page, provider_ref: None })))
    }

    /// `paid 100.00 reference`, or `reversed 100.00 reference`.
    fn verify<'a>(&'a self, notification: Notification<'a>, _: OffsetDateTime) -> Later<'a, Result<Event, Rejected>> {
        let text = std::str::from_utf8(notification.body).unwrap();
        let parts: Vec<&str> = text.split(' ').collect();
        let amount = money(parts[1]);
        let kind = if parts[0] == "paid" { Kind::Paid } else { Kind::Reversed { returned: amount } };
        Box::pin(std::future::ready(Ok(Event {
            acquirer: "giver",
            provider_txn_id: format!("t{}", parts[2]),
            reference: parts[2].to_owned(),
            kind,
            amount: money("100.00"),
            currency: "UAH".to_owned(),
            occurred_at: None,
            fiscal_url: None,
            reason: None,
            doubts: vec![],
        })))
    }

    fn acknowledge(&self, _: &Event, _: OffsetDateTime) -> Answer {
        Answer { status: 200, content_type: "text/plain", body: b"OK".to_vec() }
    }

    fn poll<'a>(&'a self, _: Asked<'a>, _: OffsetDateTime) -> Later<'a, Result<Event, Fault>> {
        Box::pin(std::future::ready(Err(Fault::NotFound)))
    }

    fn refund<'a>(&'a self, refund: Refund<'a>, _: OffsetDateTime) -> Later<'a, Result<Refunded, Fault>> {
        self.asked.lock().unwrap().push(format!("{} {} {}", refund.asked.reference, refund.amount, refund.reason));
        let fault = self.fault.lock().unwrap().clone();
        Box::pin(std::future::ready(fault.map_or(Ok(Refunded::Done), Err)))
    }
}

/// A contract with 50.00 in cash and 100.00 paid through a gateway.
struct Paid {
    house: House,
    gate: Arc<Giver>,
    account: Uuid,
    held: Held,
    /// The payment's entry.
    seq: i64,
}

impl Paid {
    async fn through(store: Store, gate: Giver) -> Paid {
        let gate = Arc::new(gate);
        let mut house = House::open(store, date!(2024 - 05 - 01)).await;
        house.service.acquirers = Acquirers::of(vec![gate.clone()]);
        let account = house.registers("1", "home-20", Some("50.00")).await;
        let held = orders(&house, account, "giver").await;
        let word = format!("paid 100.00 {}", held.id);
        let raw = Notification { body: word.as_bytes(), headers: &[], query: "" };
        house.service.take_notification("giver", raw).await.unwrap();
        let held = house.service.show_payment(account, held.id).await.unwrap();
        let seq = held.credited_seq.unwrap();
        Paid { house, gate, account, held, seq }
    }

    async fn gives_back(&self, amount: &str) -> Result<i64, Error> {
        let asked: desk::Asked = Actor::Staff.into();
        let done = self.house.service.refund_through_gateway(asked, self.account, self.seq, money(amount), WHY).await;
        Ok(done?.value.seq)
    }

    async fn works(&self) {
        while self.house.service.work_outbox().await.unwrap() > 0 {}
    }

    async fn state(&self, entry: i64) -> String {
        let mut view = self.house.service.store.read().await.unwrap();
        gateway_refunds::find(&mut view, self.account, entry).await.unwrap().unwrap().state
    }

    async fn attention(&self) -> Option<Attention> {
        self.house.service.show_payment(self.account, self.held.id).await.unwrap().attention
    }
}

async fn orders(house: &House, account: Uuid, method: &str) -> Held {
    let wish = PaymentWish {
        amount: Some(money("100.00")),
        bill: None,
        method: method.to_owned(),
        language: Language::Uk,
        public_url: "https://cabinet.example".to_owned(),
    };
    house.service.create_payment(account, &wish, house.key("pay")).await.unwrap().value
}

fn refusal(outcome: Result<i64, Error>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

cabinet_store::on_both! {
    async fn the_gateway_is_asked_once_after_the_entry_and_its_word_moves_nothing_more(store) {
        let paid = Paid::through(store, Giver::of(true, true)).await;
        let before = paid.house.balance(paid.account).await;
        let entry = paid.gives_back("30.00").await.unwrap();
        assert_eq!((paid.gate.times(), paid.state(entry).await.as_str()), (0, "waits"), "the answer does not wait for the gateway");
        paid.works().await;
        paid.works().await;
        assert_eq!(paid.gate.asked.lock().unwrap()[..], [format!("{} 30.00 {WHY}", paid.held.id)]);
        assert_eq!((paid.state(entry).await.as_str(), paid.attention().await), ("done", None));
        let word = format!("reversed 30.00 {}", paid.held.id);
        let raw = Notification { body: word.as_bytes(), headers: &[], query: "" };
        paid.house.service.take_notification("giver", raw).await.unwrap();
        assert_eq!(paid.house.balance(paid.account).await, before - money("30.00"));
        // The rest goes too; nothing beyond it does.
        paid.gives_back("70.00").await.unwrap();
        paid.works().await;
        assert_eq!(paid.gate.times(), 2);
        assert_eq!(paid.house.service.show_payment(paid.account, paid.held.id).await.unwrap().payment.state, PaymentState::Reversed);
        assert!(matches!(refusal(paid.gives_back("0.01").await), Refusal::RefundTooLarge { .. } | Refusal::AlreadyReversed));
        paid.house.audited().await;
    }

    async fn a_gateway_that_cannot_is_not_asked_and_nothing_is_posted(store) {
        let paid = Paid::through(store, Giver::of(true, false)).await;
        let before = paid.house.balance(paid.account).await;
        assert_eq!(refusal(paid.gives_back("30.00").await), Refusal::RefundUnsendable { whole_only: true });
        let cash = paid.house.service.refund_through_gateway(Actor::Staff, paid.account, 1, money("1.00"), WHY).await;
        assert_eq!(refusal(cash.map(|done| done.value.seq)), Refusal::RefundUnsendable { whole_only: false });
        assert_eq!(paid.house.balance(paid.account).await, before);
        paid.gives_back("100.00").await.unwrap();
        paid.works().await;
        assert_eq!((paid.gate.times(), paid.house.balance(paid.account).await), (1, before - money("100.00")));
        paid.house.audited().await;
    }

    async fn a_gateway_that_gives_nothing_back_or_is_gone_is_said_so(store) {
        let mut paid = Paid::through(store, Giver::of(false, false)).await;
        assert_eq!(refusal(paid.gives_back("100.00").await), Refusal::RefundUnsendable { whole_only: false });
        paid.house.service.acquirers = Acquirers::default();
        assert_eq!(refusal(paid.gives_back("100.00").await), Refusal::RefundUnsendable { whole_only: false });
        // What was given back otherwise is noted all the same.
        paid.house.service.refund_payment(Actor::Staff, paid.account, paid.seq, money("100.00"), WHY).await.unwrap();
        paid.works().await;
        assert_eq!((paid.gate.times(), paid.attention().await), (0, None));
    }

    async fn whoever_refuses_or_does_not_answer_calls_a_person_and_is_not_asked_again(store) {
        for fault in [
            Fault::Refused { code: "balance".to_owned() },
            Fault::Unreached(Unreached::Timeout),
            Fault::Unreached(Unreached::NoConnection),
            Fault::BadAnswer("not its JSON"),
        ] {
            let bench = cabinet_store::testing::Bench::sqlite().await;
            let paid = Paid::through(bench.store.clone(), Giver::of(true, true)).await;
            *paid.gate.fault.lock().unwrap() = Some(fault.clone());
            let entry = paid.gives_back("30.00").await.unwrap();
            paid.works().await;
            paid.house.clock.step(Duration::days(2));
            paid.works().await;
            assert_eq!((paid.gate.times(), paid.state(entry).await.as_str()), (1, "failed"), "{fault:?}");
            let (waiting, _) = paid.house.service.list_in_review(None, 10).await.unwrap();
            assert_eq!((waiting.len(), waiting[0].attention), (1, Some(Attention::RefundFailed)), "{fault:?}");
            paid.house.service.decide_payment(Actor::Staff, paid.held.id, Decision::Settled, WHY).await.unwrap();
            assert_eq!(paid.attention().await, None);
            paid.house.audited().await;
            bench.close().await;
        }
        drop(store);
    }

    async fn a_gateway_that_rests_is_asked_later(store) {
        let paid = Paid::through(store, Giver::of(true, true)).await;
        *paid.gate.fault.lock().unwrap() = Some(Fault::Unreached(Unreached::Resting));
        let entry = paid.gives_back("30.00").await.unwrap();
        paid.works().await;
        assert_eq!((paid.state(entry).await.as_str(), paid.attention().await), ("waits", None));
        *paid.gate.fault.lock().unwrap() = None;
        paid.house.clock.step(Duration::minutes(1));
        paid.works().await;
        assert_eq!((paid.state(entry).await.as_str(), paid.gate.times()), ("done", 2));
    }

    async fn a_gateway_that_rests_for_ever_calls_a_person(store) {
        let paid = Paid::through(store, Giver::of(true, true)).await;
        *paid.gate.fault.lock().unwrap() = Some(Fault::Unreached(Unreached::Resting));
        let entry = paid.gives_back("30.00").await.unwrap();
        for _ in 0..40 {
            paid.works().await;
            paid.house.clock.step(Duration::minutes(30));
        }
        assert_eq!((paid.state(entry).await.as_str(), paid.attention().await), ("failed", Some(Attention::RefundFailed)));
        assert!(paid.house.service.list_dead(None, 10).await.unwrap().0.is_empty());
    }

    async fn a_worker_that_died_while_asking_leaves_it_to_a_person(store) {
        let paid = Paid::through(store.clone(), Giver::of(true, true)).await;
        let entry = paid.gives_back("30.00").await.unwrap();
        // It was claimed, the gateway may have been asked, and nobody wrote down what it said.
        let now = paid.house.service.now().instant;
        let mut tx = store.write().await.unwrap();
        assert!(gateway_refunds::turn(&mut tx, paid.account, entry, ("waits", "asked"), now).await.unwrap());
        tx.commit().await.unwrap();
        paid.works().await;
        assert_eq!((paid.gate.times(), paid.state(entry).await.as_str()), (0, "failed"));
        assert_eq!(paid.attention().await, Some(Attention::RefundFailed));
    }

    async fn two_workers_ask_once(store) {
        let paid = Paid::through(store, Giver::of(true, true)).await;
        let mut twin = House::beside(paid.house.service.store.clone(), &paid.house);
        twin.service.acquirers = Acquirers::of(vec![paid.gate.clone()]);
        paid.gives_back("30.00").await.unwrap();
        let both = futures_util::future::join(paid.house.service.work_outbox(), twin.service.work_outbox()).await;
        assert_eq!(both.0.unwrap() + both.1.unwrap(), 1);
        assert_eq!(paid.gate.times(), 1);
    }

    /// Two contracts with every kind of payment a gateway or a terminal leaves; each column of each changed.
    async fn what_a_payment_says_otherwise_than_its_entries_is_found(store) {
        let paid = Paid::through(store.clone(), Giver::of(true, true)).await;
        let (house, account) = (&paid.house, paid.account);
        paid.gives_back("20.00").await.unwrap();
        paid.works().await;
        let other = house.registers("2", "home-20", Some("50.00")).await;
        for words in [&["paid"][..], &["paid", "reversed"], &[]] {
            let held = orders(house, other, "giver").await;
            for word in words {
                let word = format!("{word} 100.00 {}", held.id);
                let raw = Notification { body: word.as_bytes(), headers: &[], query: "" };
                house.service.take_notification("giver", raw).await.unwrap();
            }
        }
        let limits = Limits { min: money("1.00"), max: money("500.00") };
        let tells = async |request: Request| house.service.take_terminal(AtTerminal { name: "osmp", limits }, &request).await;
        let payment = |txn: &str| Payment {
            txn: txn.parse().unwrap(), account: "2".parse().unwrap(), amount: money("10.00"), at: None,
        };
        let cancel = |txn: &str| Request::Cancel { payment: PaymentRef::Txn(txn.parse().unwrap()), account: None, amount: None };
        for request in [
            Request::Pay(payment("17")), Request::Pay(payment("18")), cancel("18"), Request::Reserve(payment("19")),
            Request::Reserve(payment("20")), cancel("20"),
        ] {
            let outcome = tells(request).await;
            assert!(!matches!(outcome, Outcome::Refused(_)), "{outcome:?}");
        }
        house.audited().await;
        const TABLES: [[&str; 3]; 3] = [
            ["CREATE TABLE kept_1 AS SELECT * FROM payment", "DELETE FROM payment", "INSERT INTO payment SELECT * FROM kept_1"],
            ["CREATE TABLE kept_2 AS SELECT * FROM terminal_payment", "DELETE FROM terminal_payment",
             "INSERT INTO terminal_payment SELECT * FROM kept_2"],
            ["CREATE TABLE kept_3 AS SELECT * FROM gateway_refund", "DELETE FROM gateway_refund",
             "INSERT INTO gateway_refund SELECT * FROM kept_3"],
        ];
        let run = async |step: usize| {
            let mut tx = store.write().await.unwrap();
            for table in TABLES {
                tx.run(table[step], ()).await.unwrap();
            }
            tx.commit().await.unwrap();
        };
        run(0).await;
        let online = format!("payment:giver:{}", paid.held.id);
        let lost = format!("payment:unknown:{account}");
        for (sql, named) in [
            ("UPDATE terminal_payment SET state = 'cancelled' WHERE txn = '17'", "terminal:osmp:17"),
            ("UPDATE terminal_payment SET amount = amount + 1 WHERE txn = '17'", "terminal:osmp:17"),
            ("UPDATE terminal_payment SET txn = '71' WHERE txn = '17'", "terminal:osmp:71"),
            ("UPDATE terminal_payment SET terminal = 'easypay' WHERE txn = '17'", "terminal:easypay:17"),
            ("UPDATE terminal_payment SET entry_seq = NULL WHERE txn = '17'", "terminal:osmp:17"),
            ("UPDATE terminal_payment SET entry_seq = NULL, state = 'reserved' WHERE txn = '17'", "terminal:osmp:17"),
            ("UPDATE terminal_payment SET entry_seq = 1 WHERE txn = '17'", "terminal:osmp:17"),
            ("DELETE FROM terminal_payment WHERE txn = '17'", "terminal:osmp:17"),
            ("UPDATE terminal_payment SET state = 'paid' WHERE txn = '18'", "terminal:osmp:18"),
            ("UPDATE terminal_payment SET entry_seq = NULL WHERE txn = '18'", "terminal:osmp:18"),
            ("UPDATE terminal_payment SET state = 'paid' WHERE txn = '19'", "terminal:osmp:19"),
            ("UPDATE terminal_payment SET state = 'paid' WHERE txn = '20'", "terminal:osmp:20"),
            ("UPDATE payment SET state = 'paid' WHERE state = 'reversed'", "payment:giver:"),
            ("UPDATE payment SET reversed = 0, reversed_posted = 0 WHERE state = 'reversed'", "payment:giver:"),
            ("UPDATE payment SET reversed_posted = 0 WHERE state = 'reversed'", "payment:giver:"),
            ("UPDATE payment SET credited_seq = NULL WHERE state = 'reversed'", "payment:giver:"),
            ("UPDATE payment SET state = 'reversed' WHERE state = 'paid' AND reversed = 0", "payment:giver:"),
            ("UPDATE payment SET state = 'failed' WHERE state = 'paid' AND reversed = 0", "payment:giver:"),
            ("UPDATE payment SET amount = 9999 WHERE state = 'paid' AND reversed = 0", "payment:giver:"),
            ("UPDATE payment SET provider = 'liqpay' WHERE state = 'paid' AND reversed = 0", "payment:liqpay:"),
            ("UPDATE payment SET credited_seq = NULL, state = 'failed' WHERE state = 'paid' AND reversed = 0", "payment:giver:"),
            ("UPDATE payment SET credited_seq = 1 WHERE state = 'paid' AND reversed = 0", "payment:giver:"),
            ("UPDATE payment SET reversed = 1, reversed_posted = 1 WHERE state = 'paid' AND reversed = 0", "payment:giver:"),
            ("UPDATE payment SET state = 'paid' WHERE state = 'created'", "payment:giver:"),
            ("UPDATE payment SET reversed = 1 WHERE state = 'created'", "payment:giver:"),
            ("DELETE FROM payment WHERE state = 'paid' AND reversed = 0", "payment:giver:"),
            ("UPDATE payment SET reversed = 1999, reversed_posted = 1999 WHERE reversed = 2000", &online),
            ("UPDATE gateway_refund SET amount = amount - 1", &online),
            ("UPDATE gateway_refund SET seq = seq + 40", &online),
            ("UPDATE gateway_refund SET payment_id = account_id", &lost),
        ] {
            let mut tx = store.write().await.unwrap();
            assert_eq!(tx.run(sql, ()).await.unwrap(), 1, "{sql}");
            tx.commit().await.unwrap();
            let found = house.service.audit_book(|_, _| ()).await.unwrap().broken;
            assert_eq!(house.service.audit_row_by_row().await.unwrap(), found, "{sql}");
            let told = matches!(&found, Some((_, audit_book::Fault::Book(Broken::Payment { named: of }))) if of.starts_with(named));
            assert!(told, "{sql}: {found:?}");
            run(1).await;
            run(2).await;
        }
        house.audited().await;
    }

    async fn the_demos_bank_gives_back(store) {
        let mut house = House::open(store, date!(2024 - 05 - 01)).await;
        let settings = SandboxSettings { enabled: true, secret: Some("a secret of sixteen".into()), ..SandboxSettings::default() };
        let sandbox: Arc<Sandbox> = Arc::new(Sandbox::new(&settings).unwrap());
        house.service.acquirers = Acquirers::of(vec![sandbox.clone()]);
        let account = house.registers("1", "home-20", Some("50.00")).await;
        let held = orders(&house, account, "sandbox").await;
        let page: serde_json::Value = serde_json::from_str(held.redirect.as_deref().unwrap()).unwrap();
        let ticket = sandbox.ticket(page["url"].as_str().unwrap().split_once('?').unwrap().1).unwrap();
        let word = sandbox.choose(&ticket, Choice::Paid, house.service.now().instant).unwrap();
        let headers = [(word.header, word.signature.as_str())];
        let raw = Notification { body: &word.body, headers: &headers, query: "" };
        house.service.take_notification("sandbox", raw).await.unwrap();
        let before = house.balance(account).await;
        let seq = house.service.show_payment(account, held.id).await.unwrap().credited_seq.unwrap();
        house.service.refund_through_gateway(Actor::Staff, account, seq, money("40.00"), WHY).await.unwrap();
        while house.service.work_outbox().await.unwrap() > 0 {}
        let reference = held.id.to_string();
        let now = house.service.now().instant;
        let told = sandbox.poll(Asked { reference: &reference, provider_ref: None }, now).await.unwrap();
        assert_eq!(told.kind, Kind::Reversed { returned: money("40.00") });
        assert_eq!(house.balance(account).await, before - money("40.00"));
        house.audited().await;
    }
}
