//! What was done to a contract, as its subscriber reads it; everything kept of them; and being forgotten.

use crate::house::{House, OTHER, PASSWORD, refusal};
use cabinet_core::history::DEEDS;
use cabinet_core::refusal::FieldFault;
use cabinet_core::{Money, Refusal};
use cabinet_service::manage_staff::NewMember;
use cabinet_service::show_history::{Happened, LogWish};
use cabinet_service::update_profile::ProfileWish;
use cabinet_service::{Actor, Clock};
use cabinet_store::{on_both, profiles};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use time::Duration;
use time::macros::date;
use uuid::Uuid;

const WHY: &str = "заява від 22.11.2026";

async fn history(house: &House, account: Uuid) -> Vec<Happened> {
    house.service.show_history(account, None, 100).await.unwrap().0
}

fn acts(rows: &[Happened]) -> Vec<&str> {
    rows.iter().map(|row| row.act.as_str()).collect()
}

/// Texts of this form in the sources that are no acts.
const OTHERS: [&str; 1] = ["ivan.ivanov"];

/// Every text in the sources that has the form of an act: `payment.cash`.
fn written(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            written(&entry, found);
            continue;
        }
        let source = fs::read_to_string(&entry).unwrap();
        let word = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let is_act = |text: &&str| text.split_once('.').is_some_and(|(of, what)| word(of) && word(what));
        found.extend(source.split('"').filter(is_act).map(str::to_owned));
    }
}

#[test]
fn every_act_that_is_written_is_known_to_the_history() {
    let mut found = BTreeSet::new();
    written(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut found);
    let known: BTreeSet<String> = DEEDS.iter().map(|(code, _)| (*code).to_owned()).collect();
    let unknown: Vec<&String> =
        found.iter().filter(|one| !known.contains(*one) && !OTHERS.contains(&one.as_str())).collect();
    assert_eq!(unknown, [""; 0], "name them in core::history and word them in cabinet-api's history");
    let unwritten: Vec<&String> = known.difference(&found).collect();
    assert_eq!(unwritten, [""; 0], "nothing writes them");
}

on_both! {
    async fn a_subscriber_reads_what_was_done_and_never_by_whom_of_the_staff(store) {
        let house = House::new(&store);
        let who = house.somebody("0042").await;
        let (other, id) = (house.registered("0043").await, who.owner.id());
        let service = &house.service;
        let new = NewMember { login: "olena".to_owned(), name: "Олена".to_owned(), role: cabinet_core::staff::Role::Cashier };
        service.add_staff(Actor::Staff, &new).await.unwrap();
        let olena = Actor::Member(service.list_staff().await.unwrap()[0].id);
        let sum = Money::from_kopecks(5_00);
        service.adjust(olena, id, sum, "перерахунок").await.unwrap();
        service.adjust(olena, other, sum, "чуже").await.unwrap();
        let wish = ProfileWish { phones: Some("067-765-43-21".to_owned()), ..ProfileWish::default() };
        service.update_profile(&who, wish, Some(PASSWORD)).await.unwrap();

        let rows = history(&house, id).await;
        assert_eq!(acts(&rows), ["profile.update", "account.adjust", "session.open", "subscriber.register"]);
        assert_eq!(rows[0].fields, ["phones"]);
        let adjusted = &rows[1];
        assert_eq!((adjusted.actor.as_str(), adjusted.amount, adjusted.reason.as_deref()), ("staff", Some(sum), Some("перерахунок")));
        assert_eq!(rows[3].amount, Some(Money::from_kopecks(100_00)));
        assert!(!format!("{rows:?}").contains("olena") && !format!("{rows:?}").contains("чуже"));

        // What a terminal asked in vain names another's contract: the office alone reads it.
        let mut tx = store.write().await.unwrap();
        for (number, act) in ["terminal_payment.doubt", "of.later", "payment.news"].into_iter().enumerate() {
            let row = cabinet_store::audit::AuditRow {
                id: Uuid::from_u128(number as u128), account_id: Some(id), at: house.clock.now(), actor: "system".to_owned(), staff_id: None,
                staff_login: None, act: act.to_owned(), details: r#"{"asked_contract":"0043","amount":"1.00"}"#.to_owned(),
            };
            cabinet_store::audit::write(&mut tx, &row).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(history(&house, id).await, rows);
        let (first, next) = service.show_history(id, None, 2).await.unwrap();
        let (rest, end) = service.show_history(id, next, 2).await.unwrap();
        assert_eq!(([first, rest].concat(), end), (rows.clone(), None));
        assert_eq!(refusal(service.show_history(other, Some(rows[0].id), 2).await), Refusal::NotFound);

        let found = async |wish: LogWish| {
            let (found, _) = service.search_log(&wish, None, 100).await.unwrap();
            found.into_iter().map(|one| (one.row.act, one.contract)).collect::<Vec<_>>()
        };
        let both = [("account.adjust".to_owned(), Some("0043".to_owned())), ("account.adjust".to_owned(), Some("0042".to_owned()))];
        let by_olena = LogWish { staff: Some("Olena".to_owned()), ..LogWish::default() };
        assert_eq!(found(by_olena.clone()).await, both);
        assert_eq!(found(LogWish { account: Some(other), ..by_olena.clone() }).await, both[..1]);
        assert_eq!(found(LogWish { act: Some("staff.add".to_owned()), ..LogWish::default() }).await, [("staff.add".to_owned(), None)]);
        assert_eq!(found(LogWish { staff: Some("nobody".to_owned()), ..LogWish::default() }).await, []);
        let (yesterday, today) = (date!(2026 - 11 - 21), date!(2026 - 11 - 22));
        assert_eq!(found(LogWish { days: (None, Some(yesterday)), ..by_olena.clone() }).await, []);
        assert_eq!(found(LogWish { days: (Some(today), Some(today)), ..by_olena.clone() }).await, both);
        assert_eq!(found(LogWish { days: (Some(date!(9999 - 12 - 31)), Some(date!(9999 - 12 - 31))), ..by_olena }).await, []);
    }

    async fn everything_kept_is_told_to_who_gives_the_password_a_few_times_a_day(store) {
        let house = House::new(&store);
        let who = house.somebody("0042").await;
        let id = who.owner.id();
        house.service.adjust(Actor::Staff, id, Money::from_kopecks(5_00), WHY).await.unwrap();
        let wish = ProfileWish { last_name: Some("Іваненко".to_owned()), ..ProfileWish::default() };
        house.service.update_profile(&who, wish, None).await.unwrap();
        assert_eq!(refusal(house.service.export_data(&who, OTHER).await), Refusal::PasswordWrong);
        let kept = house.service.export_data(&who, PASSWORD).await.unwrap();
        assert_eq!((kept.overview.contract.as_str(), kept.profile.profile.last_name.as_str()), ("0042", "Іванов"));
        assert_eq!((kept.wishes[0].wish.as_str(), kept.wishes[0].decided_at), ("Іваненко Іван", None));
        assert_eq!((kept.entries.len(), kept.sessions.len(), kept.months.len()), (3, 1, 1));
        assert_eq!(acts(&kept.history)[..2], ["data.export", "profile.update"]);
        for _ in 1..cabinet_service::export_data::A_DAY {
            house.service.export_data(&who, PASSWORD).await.unwrap();
        }
        // Noon in UTC is two in Kyiv.
        assert_eq!(refusal(house.service.export_data(&who, PASSWORD).await), Refusal::Throttled { retry_after_seconds: 10 * 3600 });
        house.clock.step(Duration::hours(10));
        house.service.export_data(&who, PASSWORD).await.unwrap();
    }

    async fn a_year_of_statements_is_drawn_and_no_more(store) {
        let house = House::new(&store);
        let who = house.somebody("0042").await;
        house.clock.step(Duration::days(800));
        let kept = house.service.export_data(&who, PASSWORD).await.unwrap();
        assert_eq!((kept.months.len(), kept.months[11], kept.months[0]), (12, "2029-01".parse().unwrap(), "2028-02".parse().unwrap()));
    }

    async fn who_asks_to_be_forgotten_is_once_the_contract_has_ended(store) {
        let house = House::new(&store);
        let who = house.somebody("0042").await;
        let (id, service) = (who.owner.id(), &house.service);
        let email = ProfileWish { email: Some("ivan@example.com".to_owned()), ..ProfileWish::default() };
        service.update_profile(&who, email, Some(PASSWORD)).await.unwrap();
        service.ask_erasure(id).await.unwrap();
        service.withdraw_erasure(id).await.unwrap();
        service.withdraw_erasure(id).await.unwrap();
        service.ask_erasure(id).await.unwrap();
        service.ask_erasure(id).await.unwrap();
        let (waiting, _) = service.list_requests(None, 10).await.unwrap();
        assert_eq!((waiting.len(), waiting[0].request.field.as_str()), (1, "erasure"));
        let asked = acts(&history(&house, id).await)[..3].join(" ");
        assert_eq!(asked, "erasure.ask erasure.withdraw erasure.ask");
        let granted = service.decide_request(Actor::Staff, id, waiting[0].request.id, true, None).await;
        assert_eq!(refusal(granted), Refusal::FieldInvalid { field: "granted", fault: FieldFault::Invalid });

        assert_eq!(refusal(service.erase_subscriber(Actor::Staff, id, WHY).await), Refusal::ContractOpen);
        service.close_contract(Actor::Staff, id, "переїзд до Іванова").await.unwrap();
        assert_eq!(refusal(service.erase_subscriber(Actor::Staff, id, WHY).await), Refusal::ContractOpen, "it is served to the end of the day");
        house.clock.step(Duration::days(1));
        let balance = service.show_subscriber(id).await.unwrap().held.account.balance;
        assert_eq!(refusal(service.erase_subscriber(Actor::Staff, id, WHY).await), Refusal::BalanceLeft { balance });
        service.refund_payment(Actor::Staff, id, 1, balance, WHY).await.unwrap();
        assert!(matches!(refusal(service.erase_subscriber(Actor::Staff, id, " ").await), Refusal::FieldInvalid { .. }));
        let erased = service.erase_subscriber(Actor::Staff, id, WHY).await.unwrap();
        assert_eq!(erased, house.clock.now());

        let profile = profiles::find(&mut store.read().await.unwrap(), id).await.unwrap().unwrap();
        assert_eq!([&profile.last_name, &profile.first_name, &profile.address, &profile.phones], ["", "", "", ""]);
        assert_eq!(profile.email, None);
        assert_eq!(service.list_requests(None, 10).await.unwrap().0, []);
        assert_eq!(refusal(house.sign_in("0042", PASSWORD).await), Refusal::SignInFailed);
        assert_eq!(refusal(service.issue_recovery_code(Actor::Staff, "0042").await), Refusal::NotFound);
        assert_eq!(service.search_subscribers("іванов", None, 10).await.unwrap().0, []);
        assert_eq!(service.search_subscribers("0042", None, 10).await.unwrap().0.len(), 1, "its number finds the book");
        assert_eq!(service.make_findable().await.unwrap(), 0);
        let log: Vec<_> = service.list_audit(id, None, 100).await.unwrap().0;
        let told: String = log[1..].iter().map(|row| row.details.as_str()).collect();
        assert!(!told.contains("Іван") && !told.contains("phones") && told.contains("100.00"), "{told}");
        assert!(log[0].act == "subscriber.erase" && log[0].details.contains(WHY), "{:?}", log[0]);

        // The book is as it was, and a second time changes nothing.
        assert_eq!(service.list_entries(id, Default::default(), None, 10).await.unwrap().0.len(), 3);
        assert_eq!(service.audit_book(|_, _| ()).await.unwrap().broken, None);
        house.step(60);
        assert_eq!(service.erase_subscriber(Actor::Staff, id, WHY).await.unwrap(), erased);
        assert_eq!(service.list_audit(id, None, 100).await.unwrap().0.len(), log.len());
    }
}
