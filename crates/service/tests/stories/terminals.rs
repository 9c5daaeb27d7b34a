//! Payments by contract number, as terminals and banks really make them: twice, changed, at once, taken back.

use crate::support::{House, money};
use cabinet_core::{Money, Standing};
use cabinet_gateways::terminal::{Limits, OurNumber, Outcome, Payment, PaymentRef, Refusal, Request, State};
use cabinet_service::Actor;
use cabinet_service::take_terminal::AtTerminal;
use futures_util::future::join_all;
use time::macros::{date, datetime, time};
use uuid::Uuid;

const LIMITS: Limits = Limits { min: Money::from_kopecks(1_00), max: Money::from_kopecks(5000_00) };

fn payment(txn: &str, contract: &str, amount: &str) -> Payment {
    Payment { txn: txn.parse().unwrap(), account: contract.parse().unwrap(), amount: money(amount), at: None }
}

fn number(outcome: &Outcome) -> OurNumber {
    match outcome {
        Outcome::Paid(receipt)
        | Outcome::Already(receipt)
        | Outcome::Reserved(receipt)
        | Outcome::Confirmed(receipt) => receipt.number,
        other => panic!("{other:?}"),
    }
}

/// A house with a contract `0042` of 50.00 and a terminal.
struct Hall {
    house: House,
    account: Uuid,
}

impl Hall {
    async fn open(store: cabinet_store::Store) -> Hall {
        let house = House::open(store, date!(2024 - 05 - 01)).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        Hall { house, account }
    }

    async fn asks(&self, request: Request) -> Outcome {
        self.at("osmp", request).await
    }

    async fn at(&self, name: &str, request: Request) -> Outcome {
        self.house.service.take_terminal(AtTerminal { name, limits: LIMITS }, &request).await
    }

    async fn balance(&self) -> Money {
        self.house.balance(self.account).await
    }
}

cabinet_store::on_both! {
    async fn a_payer_is_shown_masked_with_what_would_be_right_to_pay(store) {
        let hall = Hall::open(store).await;
        let check = |contract: &str| Request::Check { account: contract.parse().unwrap(), amount: Some(money("1.00")) };
        let Outcome::Found(found) = hall.asks(check("0042")).await else { panic!("not found") };
        assert_eq!((found.account.as_str(), found.balance), ("0042", hall.balance().await));
        assert!(!found.name.as_str().contains("Ольга") && !found.address.as_str().contains("Київська"), "{found:?}");
        let recommended = hall.house.service.show_overview(hall.account).await.unwrap().outlook.recommended_payment;
        assert_eq!(found.to_pay, recommended);
        assert_eq!(hall.asks(check("9999")).await, Outcome::Refused(Refusal::NoAccount));
    }

    async fn a_payment_told_many_times_at_once_is_credited_once_under_one_number(store) {
        let hall = Hall::open(store.clone()).await;
        let twin = House::beside(store, &hall.house);
        let before = hall.balance().await;
        let told = join_all((0..50).map(async |call| {
            let at = [&hall.house, &twin][call % 2];
            let terminal = AtTerminal { name: "osmp", limits: LIMITS };
            at.service.take_terminal(terminal, &Request::Pay(payment("17", "0042", "10.45"))).await
        }))
        .await;
        let first = number(&told[0]);
        assert!(told.iter().all(|outcome| number(outcome) == first), "{told:?}");
        assert_eq!(told.iter().filter(|outcome| matches!(outcome, Outcome::Paid(_))).count(), 1);
        assert_eq!(hall.balance().await, before + money("10.45"));
        let elsewhere = hall.at("city24", Request::Pay(payment("17", "0042", "1.00"))).await;
        assert!(matches!(elsewhere, Outcome::Paid(_)), "another terminal counts for itself");
        let (entries, _) = hall.house.service.list_entries(hall.account, Default::default(), None, 1).await.unwrap();
        assert_eq!(entries[0].kind.code(), "terminal_payment");
        hall.house.audited().await;
    }

    async fn a_changed_payment_is_refused_and_credits_nothing(store) {
        let hall = Hall::open(store).await;
        hall.house.registers("0043", "home-20", Some("50.00")).await;
        hall.asks(Request::Pay(payment("17", "0042", "10.00"))).await;
        let before = hall.balance().await;
        for changed in [payment("17", "0042", "10.01"), payment("17", "0043", "10.00")] {
            for _ in 0..2 {
                assert_eq!(hall.asks(Request::Pay(changed.clone())).await, Outcome::Refused(Refusal::Changed));
            }
        }
        let mut view = hall.house.service.store.read().await.unwrap();
        let log = cabinet_store::audit::of_account(&mut view, hall.account, 20).await.unwrap();
        let doubts: Vec<_> = log.iter().filter(|row| row.act == "terminal_payment.doubt").collect();
        assert!(doubts.len() == 2 && doubts.iter().any(|row| row.details.contains("10.01")), "{doubts:?}");
        drop(view);
        let stranger = "192.0.2.7".parse().unwrap();
        for _ in 0..3 {
            hall.house.service.note_forgery("osmp", stranger).await;
        }
        let office = cabinet_store::audit::of_office(&mut hall.house.service.store.read().await.unwrap(), 9).await.unwrap();
        assert_eq!(office.iter().filter(|row| row.act == "terminal.forged").count(), 1, "once an hour");
        assert_eq!(hall.house.service.terminal_doubts(), 7);
        assert_eq!(hall.balance().await, before);
    }

    async fn limits_and_standing_are_asked_of_new_payments_only(store) {
        let hall = Hall::open(store).await;
        for (amount, refusal) in [("0.99", Refusal::TooSmall), ("5000.01", Refusal::TooLarge)] {
            assert_eq!(hall.asks(Request::Pay(payment("1", "0042", amount))).await, Outcome::Refused(refusal));
        }
        assert_eq!(hall.asks(Request::Pay(payment("2", "9999", "10.00"))).await, Outcome::Refused(Refusal::NoAccount));
        let paid = hall.asks(Request::Pay(payment("3", "0042", "10.00"))).await;
        let narrow = AtTerminal { name: "osmp", limits: Limits { min: money("100.00"), ..LIMITS } };
        let again = hall.house.service.take_terminal(narrow, &Request::Pay(payment("3", "0042", "10.00"))).await;
        assert!(matches!(again, Outcome::Already(_)) && number(&again) == number(&paid));
    }

    async fn a_blocked_account_comes_back_with_the_money(store) {
        let hall = Hall::open(store).await;
        hall.house.lives_to(date!(2024 - 06 - 05)).await;
        let standing = async || {
            hall.house.service.show_overview(hall.account).await.unwrap().account.standing(date!(2024 - 06 - 05))
        };
        assert_eq!(standing().await, Standing::Blocked);
        hall.asks(Request::Pay(payment("17", "0042", "50.00"))).await;
        assert_eq!(standing().await, Standing::Active);
        hall.house.audited().await;
    }

    async fn what_is_reserved_is_credited_by_its_confirmation_once(store) {
        let hall = Hall::open(store).await;
        let before = hall.balance().await;
        let reserved = hall.asks(Request::Reserve(payment("17", "0042", "10.00"))).await;
        assert_eq!(number(&hall.asks(Request::Reserve(payment("17", "0042", "10.00"))).await), number(&reserved));
        assert_eq!(hall.balance().await, before);
        let confirm = Request::Confirm { number: number(&reserved) };
        hall.house.clock.set_local(date!(2024 - 05 - 01), time!(10:00));
        let first = hall.asks(confirm.clone()).await;
        hall.house.clock.set_local(date!(2024 - 05 - 01), time!(11:00));
        let again = hall.asks(confirm.clone()).await;
        let Outcome::Confirmed(receipt) = &first else { panic!("{first:?}") };
        assert_eq!((again, receipt.at), (first.clone(), datetime!(2024-05-01 10:00:00)), "the first moment, by Kyiv's clocks");
        assert_eq!(hall.balance().await, before + money("10.00"));
        assert_eq!(hall.at("city24", confirm).await, Outcome::Refused(Refusal::NoPayment), "of another terminal");
        hall.house.audited().await;
    }

    async fn a_payment_is_taken_back_on_its_day_while_the_balance_holds_it(store) {
        let hall = Hall::open(store).await;
        let before = hall.balance().await;
        let cancel = |txn: &str| Request::Cancel { payment: PaymentRef::Txn(txn.parse().unwrap()), account: None, amount: None };
        hall.asks(Request::Pay(payment("1", "0042", "10.00"))).await;
        let wrong = Request::Cancel { payment: PaymentRef::Txn("1".parse().unwrap()), account: None, amount: Some(money("9.00")) };
        assert_eq!(hall.asks(wrong).await, Outcome::Refused(Refusal::Changed));
        for _ in 0..2 {
            assert!(matches!(hall.asks(cancel("1")).await, Outcome::Cancelled(_)));
        }
        assert_eq!(hall.balance().await, before);
        assert_eq!(hall.asks(Request::Pay(payment("1", "0042", "10.00"))).await, Outcome::Refused(Refusal::Cancelled));
        let Outcome::Status(_, state) = hall.asks(Request::Status { txn: "1".parse().unwrap() }).await else { panic!("no status") };
        assert_eq!(state, State::Cancelled);
        hall.asks(Request::Pay(payment("2", "0042", "10.00"))).await;
        hall.house.lives_to(date!(2024 - 05 - 02)).await;
        assert_eq!(hall.asks(cancel("2")).await, Outcome::Refused(Refusal::CannotCancel), "another day");
        assert_eq!(hall.asks(cancel("3")).await, Outcome::Refused(Refusal::NoPayment));
        hall.house.audited().await;
    }

    async fn money_the_office_gave_back_is_not_taken_back_by_the_terminal_too(store) {
        let hall = Hall::open(store).await;
        let service = &hall.house.service;
        let before = hall.balance().await;
        let cancel = |txn: &str| Request::Cancel { payment: PaymentRef::Txn(txn.parse().unwrap()), account: None, amount: None };
        hall.asks(Request::Pay(payment("1", "0042", "10.00"))).await;
        let seq = service.list_entries(hall.account, Default::default(), None, 1).await.unwrap().0[0].seq;
        let refund = |amount: &str| service.refund_payment(Actor::Staff, hall.account, seq, money(amount), "помилка");
        refund("4.00").await.unwrap();
        assert_eq!(hall.asks(cancel("1")).await, Outcome::Refused(Refusal::CannotCancel), "a part went back already");
        assert_eq!(hall.balance().await, before + money("6.00"));
        let state = async || match hall.asks(Request::Status { txn: "1".parse().unwrap() }).await {
            Outcome::Status(_, state) => state,
            other => panic!("{other:?}"),
        };
        assert_eq!(state().await, State::Paid);
        refund("6.00").await.unwrap();
        assert_eq!(state().await, State::Cancelled, "nothing of it is left");
        assert!(matches!(hall.asks(cancel("1")).await, Outcome::Cancelled(_)));
        assert_eq!(hall.balance().await, before);
        hall.house.audited().await;
    }

    async fn a_terminal_is_told_what_it_brought(store) {
        let hall = Hall::open(store).await;
        for (txn, hour) in [("1", 10), ("2", 11), ("3", 12)] {
            hall.house.clock.set_local(date!(2024 - 05 - 01), time::Time::from_hms(hour, 0, 0).unwrap());
            hall.asks(Request::Pay(payment(txn, "0042", "10.00"))).await;
        }
        hall.at("city24", Request::Pay(payment("9", "0042", "10.00"))).await;
        let period = Request::Reconcile { from: datetime!(2024-05-01 11:00), to: datetime!(2024-05-01 23:59:59) };
        let Outcome::Reconciled(lines) = hall.asks(period).await else { panic!("not reconciled") };
        let told: Vec<_> = lines.iter().map(|line| (line.txn.as_str(), line.account.as_str(), line.receipt.at)).collect();
        assert_eq!(told, [("2", "0042", datetime!(2024-05-01 11:00)), ("3", "0042", datetime!(2024-05-01 12:00))]);
    }

    async fn a_database_that_is_away_means_try_later(store) {
        let hall = Hall::open(store.clone()).await;
        store.close().await;
        let outcome = hall.asks(Request::Pay(payment("17", "0042", "10.00"))).await;
        assert_eq!(outcome, Outcome::Refused(Refusal::TryLater));
    }
}
