use crate::support::{NOON, account, after, cash, posted, subscriber};
use cabinet_core::Money;
use cabinet_core::ledger::{Draft, EntryKind};
use cabinet_core::payment::{Attention, Payment, PaymentState};
use cabinet_store::bank_lines::{self, BankLine};
use cabinet_store::gateway_refunds::{self, GatewayRefund};
use cabinet_store::outbox::{self, Task};
use cabinet_store::payments::{self, Event, Held};
use cabinet_store::profiles::{self, Profile, Request};
use cabinet_store::runs::{self, DayRun};
use cabinet_store::terminal_payments::{self, TerminalPayment};
use cabinet_store::vouchers::{self, Series};
use cabinet_store::{Store, StoreError, ledger, on_both};
use time::macros::date;
use uuid::Uuid;

fn person(last_name: &str, phones: &str) -> Profile {
    Profile {
        last_name: last_name.to_owned(),
        first_name: "Іван".to_owned(),
        middle_name: String::new(),
        address: "вул. Миру 1/2".to_owned(),
        phones: phones.to_owned(),
        email: Some("Ivan@Example.com".to_owned()),
        consent_promotions: false,
        consent_draws: false,
        consents_changed_at: None,
        contacts_updated_at: None,
        language: "uk".to_owned(),
        theme: "system".to_owned(),
    }
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

async fn found(store: &Store, text: &str) -> Vec<String> {
    let mut view = store.read().await.unwrap();
    profiles::search(&mut view, &words(text), "", 10).await.unwrap().into_iter().map(|one| one.contract).collect()
}

fn line(document: &str) -> BankLine {
    BankLine {
        register: "privat".to_owned(),
        document: document.to_owned(),
        id: Uuid::now_v7(),
        paid_on: date!(2026 - 11 - 22),
        amount: 50_00,
        purpose: "договір 1".to_owned(),
        payer: "Коваль".to_owned(),
        state: "waiting".to_owned(),
        why: "nobody".to_owned(),
        account_id: None,
        entry_seq: None,
        imported_at: NOON,
        decided_at: None,
    }
}

on_both! {
    async fn people_are_found_by_any_of_their_words(store) {
        let (one, two) = (account(&store, "0001").await, account(&store, "0002").await);
        let mut tx = store.write().await.unwrap();
        profiles::put(&mut tx, one, &person("Лук’янчук", "+380 67 111-22-33")).await.unwrap();
        profiles::put(&mut tx, two, &person("Д_ячен%ко", "000-00-00")).await.unwrap();
        tx.commit().await.unwrap();
        for (text, who) in [
            ("лукянчук", vec!["0001"]), ("0671112233", vec!["0001"]), ("іван миру", vec!["0001", "0002"]), ("0002", vec!["0002"]),
            ("ivan example", vec!["0001", "0002"]), ("лукянчук 0002", vec![]), ("%", vec![]), ("_", vec![]), ("' OR 1=1--", vec![]),
        ] {
            assert_eq!(found(&store, text).await, who, "{text}");
        }
        let mut tx = store.write().await.unwrap();
        let second = profiles::search(&mut tx, &words("миру"), "0001", 10).await.unwrap();
        assert_eq!(second.iter().map(|one| one.contract.as_str()).collect::<Vec<_>>(), ["0002"]);
        tx.run("UPDATE profile SET search = ''", ()).await.unwrap();
        assert!(profiles::search(&mut tx, &words("миру"), "", 10).await.unwrap().is_empty());
        assert_eq!(profiles::make_findable(&mut tx, 1).await.unwrap(), 1);
        assert_eq!(profiles::make_findable(&mut tx, 10).await.unwrap(), 1);
        assert_eq!(profiles::make_findable(&mut tx, 10).await.unwrap(), 0);
        assert_eq!(profiles::search(&mut tx, &words("миру"), "", 10).await.unwrap().len(), 2);
    }

    async fn a_wish_is_decided_once(store) {
        let (one, two) = (account(&store, "0001").await, account(&store, "0002").await);
        let wish = |second| Request { id: Uuid::now_v7(), field: "address".to_owned(), wish: "вул. Нова 1".to_owned(), created_at: after(second) };
        let (first, second) = (wish(1), wish(2));
        let mut tx = store.write().await.unwrap();
        profiles::ask(&mut tx, one, &first).await.unwrap();
        profiles::ask(&mut tx, two, &second).await.unwrap();
        let waiting = profiles::waiting(&mut tx, None, 10).await.unwrap();
        assert_eq!(waiting.iter().map(|one| (one.contract.as_str(), one.request.id)).collect::<Vec<_>>(), [("0001", first.id), ("0002", second.id)]);
        assert_eq!(profiles::waiting(&mut tx, Some(first.id), 10).await.unwrap().len(), 1);
        assert!(profiles::request(&mut tx, two, first.id).await.unwrap().is_none());
        assert!(!profiles::decide(&mut tx, two, first.id, true, NOON).await.unwrap());
        assert!(profiles::decide(&mut tx, one, first.id, true, NOON).await.unwrap());
        assert!(!profiles::decide(&mut tx, one, first.id, false, NOON).await.unwrap());
        assert_eq!(profiles::request(&mut tx, one, first.id).await.unwrap(), Some((first, true)));
        assert_eq!(profiles::waiting(&mut tx, None, 10).await.unwrap().len(), 1);
    }

    async fn what_undid_an_entry_and_what_went_back_of_it_is_known(store) {
        let mut held = subscriber(&store, "0001").await;
        let day = date!(2014 - 12 - 01);
        posted(&store, &mut held, cash(50_00), day).await;
        for (number, back) in [(2, -10_00), (3, -5_00)] {
            let reference = Some(format!("refund:1:{number}"));
            posted(&store, &mut held, Draft { reference, ..Draft::new(EntryKind::Refund, Money::from_kopecks(back)) }, day).await;
        }
        let other = Draft { reference: Some("refund:11:4".to_owned()), ..Draft::new(EntryKind::Refund, Money::from_kopecks(-1)) };
        posted(&store, &mut held, other, day).await;
        posted(&store, &mut held, cash(1_00), day).await;
        posted(&store, &mut held, Draft { reverses: Some(5), ..Draft::new(EntryKind::Reversal, Money::from_kopecks(-1_00)) }, day).await;
        let mut view = store.read().await.unwrap();
        assert_eq!(ledger::sum_of_references(&mut view, held.id, "refund:1:").await.unwrap(), Money::from_kopecks(-15_00));
        assert_eq!(ledger::reversal_of(&mut view, held.id, 5).await.unwrap(), Some(6));
        assert_eq!(ledger::reversal_of(&mut view, held.id, 1).await.unwrap(), None);
        assert_eq!(ledger::reversal_of(&mut view, Uuid::max(), 5).await.unwrap(), None);
    }

    async fn payments_are_found_by_their_entry_and_when_they_wait(store) {
        let id = account(&store, "0001").await;
        let held = |state| Held {
            id: Uuid::now_v7(), account_id: id, provider: "liqpay".to_owned(), payment: Payment { state, ..Payment::new(Money::from_kopecks(1_00)) },
            bill: None, credited_seq: None, provider_ref: None, redirect: None, fiscal_url: None,
            attention: None, attention_at: None, no_page_at: None, created_at: NOON, expires_at: after(9), changed_at: NOON,
        };
        let (waits, paid) = (held(PaymentState::Review), held(PaymentState::Created));
        let mut tx = store.write().await.unwrap();
        payments::open(&mut tx, &waits).await.unwrap();
        payments::open(&mut tx, &paid).await.unwrap();
        payments::save(&mut tx, &Held { credited_seq: Some(7), ..paid.clone() }, NOON).await.unwrap();
        assert!(payments::in_review(&mut tx, None, 10).await.unwrap().is_empty(), "the state alone calls nobody");
        let looked_at = Held { attention: Some(Attention::Mismatch), attention_at: Some(NOON), ..waits.clone() };
        payments::save(&mut tx, &looked_at, NOON).await.unwrap();
        assert_eq!(payments::of_entry(&mut tx, id, 7).await.unwrap().unwrap().id, paid.id);
        assert_eq!(payments::of_entry(&mut tx, id, 8).await.unwrap(), None);
        assert_eq!(payments::in_review(&mut tx, None, 10).await.unwrap().iter().map(|one| one.id).collect::<Vec<_>>(), [waits.id]);
        assert!(payments::in_review(&mut tx, Some(waits.id), 10).await.unwrap().is_empty());
        let event = |payment_id| Event {
            id: Uuid::now_v7(), provider: "liqpay".to_owned(), payment_id, kind: "paid".to_owned(), body: vec![1],
            digest: None, told: "{}".to_owned(), occurred_at: None, note: String::new(), attention: None, received_at: NOON,
        };
        let (ours, orphan) = (event(Some(paid.id)), event(None));
        payments::record(&mut tx, &ours).await.unwrap();
        payments::record(&mut tx, &orphan).await.unwrap();
        assert_eq!(payments::orphaned_events(&mut tx, None, 10).await.unwrap(), [orphan]);

        let row = TerminalPayment {
            account_id: id, number: 5, terminal: "osmp".to_owned(), txn: "1".to_owned(), amount: 1, state: "paid".to_owned(),
            entry_seq: Some(3), created_at: NOON, changed_at: NOON,
        };
        terminal_payments::insert(&mut tx, &row).await.unwrap();
        assert_eq!(terminal_payments::of_entry(&mut tx, id, 3).await.unwrap(), Some(row));
        assert_eq!(terminal_payments::of_entry(&mut tx, id, 4).await.unwrap(), None);
    }

    async fn a_task_given_up_is_listed_and_tried_again(store) {
        let task = Task { id: Uuid::now_v7(), topic: "payment_poll".to_owned(), account_id: None, body: "{}".to_owned(), created_at: NOON, due_at: NOON };
        let mut tx = store.write().await.unwrap();
        outbox::put(&mut tx, &task).await.unwrap();
        assert!(!outbox::revive(&mut tx, task.id, NOON).await.unwrap(), "it is not given up");
        let claimed = outbox::claim(&mut tx, NOON, after(60), 1).await.unwrap();
        assert!(outbox::bury(&mut tx, &claimed[0], after(1), "no answer").await.unwrap());
        let dead = outbox::dead(&mut tx, None, 10).await.unwrap();
        assert_eq!(dead.iter().map(|one| (one.id, one.error.as_deref())).collect::<Vec<_>>(), [(task.id, Some("no answer"))]);
        assert!(outbox::dead(&mut tx, Some(task.id), 10).await.unwrap().is_empty());
        assert!(outbox::revive(&mut tx, task.id, after(2)).await.unwrap());
        assert!(outbox::dead(&mut tx, None, 10).await.unwrap().is_empty());
        assert_eq!(outbox::claim(&mut tx, after(2), after(60), 1).await.unwrap()[0].attempts, 1);
    }

    async fn runs_are_listed_from_the_last(store) {
        let mut tx = store.write().await.unwrap();
        for day in [date!(2026 - 11 - 20), date!(2026 - 11 - 22), date!(2026 - 11 - 21)] {
            runs::finish(&mut tx, &DayRun { day, started_at: NOON, finished_at: NOON, accounts: 1, charged: 1, total: 1 }).await.unwrap();
        }
        let days = async |tx: &mut cabinet_store::Tx, cursor, limit| runs::recent(tx, cursor, limit).await.unwrap().into_iter().map(|run| run.day.day()).collect::<Vec<_>>();
        assert_eq!(days(&mut tx, None, 2).await, [22, 21]);
        assert_eq!(days(&mut tx, Some(date!(2026 - 11 - 21)), 2).await, [20]);
    }

    async fn a_refund_of_a_gateway_goes_from_state_to_state_once(store) {
        let (id, other) = (account(&store, "0001").await, account(&store, "0002").await);
        let refund = GatewayRefund {
            account_id: id, seq: 3, payment_id: Uuid::now_v7(), amount: 10_00, reason: "x".to_owned(), state: "waits".to_owned(), created_at: NOON,
            changed_at: NOON,
        };
        let mut tx = store.write().await.unwrap();
        gateway_refunds::put(&mut tx, &refund).await.unwrap();
        assert_eq!(gateway_refunds::find(&mut tx, id, 3).await.unwrap(), Some(refund.clone()));
        assert_eq!(gateway_refunds::find(&mut tx, other, 3).await.unwrap(), None);
        assert!(!gateway_refunds::turn(&mut tx, other, 3, ("waits", "asked"), after(1)).await.unwrap());
        assert!(gateway_refunds::turn(&mut tx, id, 3, ("waits", "asked"), after(1)).await.unwrap());
        assert!(!gateway_refunds::turn(&mut tx, id, 3, ("waits", "asked"), after(2)).await.unwrap());
        let asked = GatewayRefund { state: "asked".to_owned(), changed_at: after(1), ..refund };
        assert_eq!(gateway_refunds::find(&mut tx, id, 3).await.unwrap(), Some(asked));
    }

    async fn a_voucher_is_somebodys_once(store) {
        let (one, two) = (account(&store, "0001").await, account(&store, "0002").await);
        let series = Series {
            id: Uuid::now_v7(), nominal: 50_00, vouchers: 2, good_through: date!(2026 - 12 - 31), note: "x".to_owned(), created_at: NOON,
            cancelled_at: None, redeemed: 0,
        };
        let mut tx = store.write().await.unwrap();
        vouchers::add_series(&mut tx, &series, Some("key")).await.unwrap();
        assert_eq!(vouchers::asked_under(&mut tx, "key").await.unwrap(), Some(series.clone()));
        assert_eq!(vouchers::asked_under(&mut tx, "other").await.unwrap(), None);
        vouchers::add(&mut tx, series.id, b"one").await.unwrap();
        vouchers::add(&mut tx, series.id, b"two").await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = store.write().await.unwrap();
        assert!(matches!(vouchers::add(&mut tx, series.id, b"one").await, Err(StoreError::Conflict)));
        drop(tx);
        let mut tx = store.write().await.unwrap();
        assert!(vouchers::find(&mut tx, b"three").await.unwrap().is_none());
        assert!(vouchers::redeem(&mut tx, b"one", one, 1, NOON).await.unwrap());
        assert!(!vouchers::redeem(&mut tx, b"one", two, 1, NOON).await.unwrap());
        let found = vouchers::find(&mut tx, b"one").await.unwrap().unwrap();
        assert_eq!((found.account_id, found.nominal, found.cancelled_at), (Some(one), 50_00, None));
        assert_eq!(vouchers::series(&mut tx, series.id).await.unwrap().unwrap().redeemed, 1);
        assert!(vouchers::lock_series(&mut tx, series.id).await.unwrap());
        assert!(vouchers::cancel_series(&mut tx, series.id, after(1)).await.unwrap());
        assert!(!vouchers::cancel_series(&mut tx, series.id, after(2)).await.unwrap());
        assert!(!vouchers::lock_series(&mut tx, series.id).await.unwrap());
        assert_eq!(vouchers::find(&mut tx, b"two").await.unwrap().unwrap().cancelled_at, Some(after(1)));
        assert_eq!(vouchers::page(&mut tx, None, 10).await.unwrap().len(), 1);
        assert!(vouchers::page(&mut tx, Some(series.id), 10).await.unwrap().is_empty());
    }

    async fn a_line_of_a_register_is_kept_and_decided_once(store) {
        let id = account(&store, "0001").await;
        let (first, second) = (line("1"), line("2"));
        let mut tx = store.write().await.unwrap();
        assert!(bank_lines::add(&mut tx, &first).await.unwrap());
        assert!(!bank_lines::add(&mut tx, &BankLine { id: Uuid::now_v7(), amount: 1, ..first.clone() }).await.unwrap());
        assert!(bank_lines::add(&mut tx, &second).await.unwrap());
        assert_eq!(bank_lines::of_document(&mut tx, "privat", "1").await.unwrap(), Some(first.clone()));
        assert_eq!(bank_lines::of_document(&mut tx, "mono", "1").await.unwrap(), None);
        assert_eq!(bank_lines::waiting(&mut tx, None, 10).await.unwrap(), [first.clone(), second.clone()]);
        assert_eq!(bank_lines::waiting(&mut tx, Some(first.id), 10).await.unwrap(), std::slice::from_ref(&second));
        assert!(bank_lines::credit(&mut tx, first.id, id, 7, after(1)).await.unwrap());
        assert!(!bank_lines::credit(&mut tx, first.id, id, 8, after(2)).await.unwrap());
        assert!(!bank_lines::dismiss(&mut tx, first.id, "x", after(2)).await.unwrap());
        assert!(bank_lines::dismiss(&mut tx, second.id, "x", after(2)).await.unwrap());
        assert!(bank_lines::waiting(&mut tx, None, 10).await.unwrap().is_empty());
        assert!(!bank_lines::reopen(&mut tx, id, 8, "x").await.unwrap());
        assert!(bank_lines::reopen(&mut tx, id, 7, "undone").await.unwrap());
        let again = bank_lines::find(&mut tx, first.id).await.unwrap().unwrap();
        assert_eq!((again.state.as_str(), again.why.as_str(), again.account_id), ("waiting", "undone", None));
    }
}
