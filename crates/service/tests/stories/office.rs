//! What an office does: finds people, takes money, corrects the book, prints vouchers, reads the bank's registers.

use crate::support::{House, money};
use cabinet_core::ledger::EntryKind;
use cabinet_core::refusal::FieldFault;
use cabinet_core::staff::Role;
use cabinet_core::{Money, Refusal, Standing};
use cabinet_gateways::register::Settings;
use cabinet_gateways::terminal::{Limits, Payment, Request};
use cabinet_service::access::{Owner, Principal};
use cabinet_service::manage_staff::NewMember;
use cabinet_service::take_terminal::AtTerminal;
use cabinet_service::update_profile::ProfileWish;
use cabinet_service::vouchers::NewSeries;
use cabinet_service::{Actor, Asked, Error, RequestKey};
use cabinet_store::{audit, staff};
use futures_util::future::join_all;
use time::Duration;
use time::macros::date;
use uuid::Uuid;

const WHY: &str = "так треба";

fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

/// A house in May 2024 with contract `0042` of 50.00, 48.39 of which are left.
struct Office {
    house: House,
    account: Uuid,
}

impl Office {
    async fn open(store: cabinet_store::Store) -> Office {
        let house = House::open(store, date!(2024 - 05 - 01)).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        Office { house, account }
    }

    async fn balance(&self) -> Money {
        self.house.balance(self.account).await
    }

    async fn standing(&self) -> Standing {
        let held = self.house.service.show_subscriber(self.account).await.unwrap().held;
        held.account.standing(self.house.service.now().today)
    }

    async fn cash(&self, amount: &str) -> i64 {
        self.house.service.pay_cash(Actor::Staff, self.account, money(amount), None).await.unwrap().value.seq
    }

    /// The acts of the account's log, newest first, with the login of whoever did them.
    async fn log(&self) -> Vec<(String, Option<String>)> {
        let mut view = self.house.service.store.read().await.unwrap();
        let rows = audit::of_account(&mut view, self.account, 100).await.unwrap();
        rows.into_iter().map(|row| (row.act, row.staff_login)).collect()
    }

    async fn member(&self, role: Role) -> Uuid {
        let new = NewMember { login: role.code().to_owned(), name: "Хтось".to_owned(), role };
        self.house.service.add_staff(Actor::Staff, &new).await.unwrap();
        let mut view = self.house.service.store.read().await.unwrap();
        staff::named(&mut view, role.code()).await.unwrap().unwrap().id
    }

    async fn imported(&self, file: &[u8]) -> cabinet_service::import_register::ImportReport {
        self.house.service.import_register(Actor::Staff, "privat", &settings(), file).await.unwrap()
    }
}

fn settings() -> Settings {
    Settings {
        delimiter: ';',
        encoding: Default::default(),
        skip: 0,
        quotes: true,
        decimal: Default::default(),
        dates: Default::default(),
        date: "Дата".into(),
        amount: "Сума".into(),
        purpose: "Призначення".into(),
        payer: Some("Платник".into()),
        document: Some("Документ".into()),
    }
}

fn file(lines: &[&str]) -> Vec<u8> {
    format!("Документ;Дата;Сума;Платник;Призначення\n{}\n", lines.join("\n")).into_bytes()
}

cabinet_store::on_both! {
    async fn an_act_of_a_member_of_staff_is_done_once_for_a_key_and_stands_in_the_log(store) {
        let office = Office::open(store).await;
        let cashier = office.member(Role::Cashier).await;
        let key = office.house.key("cash");
        let asked = || Asked::by_member(cashier, Role::Cashier, key.clone());
        let told = join_all((0..8).map(|_| office.house.service.pay_cash(asked(), office.account, money("10.00"), None))).await;
        let told: Vec<_> = told.into_iter().map(Result::unwrap).collect();
        assert_eq!(told.iter().filter(|one| !one.replayed).count(), 1);
        assert!(told.iter().all(|one| one.value.seq == told[0].value.seq));
        assert_eq!(office.balance().await, money("58.39"));
        let other = Asked::by_member(cashier, Role::Cashier, cabinet_service::RequestKey { request: "else".into(), ..key.clone() });
        assert_eq!(refusal(office.house.service.pay_cash(other, office.account, money("1.00"), None).await), Refusal::KeyReused);
        let colleague = Asked::by_member(office.member(Role::Admin).await, Role::Admin, key);
        assert!(!office.house.service.pay_cash(colleague, office.account, money("1.00"), None).await.unwrap().replayed, "keys are one's own");
        let acts = office.log().await;
        assert_eq!(acts[..2], [("payment.cash".into(), Some("admin".into())), ("payment.cash".into(), Some("cashier".into()))]);
        office.house.audited().await;
    }

    async fn a_payment_is_undone_once_and_may_leave_a_debt(store) {
        let office = Office::open(store).await;
        let service = &office.house.service;
        let seq = office.cash("10.00").await;
        office.house.lives_to(date!(2024 - 05 - 31)).await;
        let undone = service.reverse_entry(Actor::Staff, office.account, 1, WHY).await.unwrap().value;
        assert_eq!((undone.reverses, undone.amount, undone.kind), (Some(1), money("-50.00"), EntryKind::Reversal));
        assert!(office.balance().await.is_negative());
        assert_eq!(refusal(service.reverse_entry(Actor::Staff, office.account, 1, WHY).await), Refusal::AlreadyReversed);
        assert_eq!(refusal(service.reverse_entry(Actor::Staff, office.account, undone.seq, WHY).await), Refusal::NotReversible);
        assert_eq!(refusal(service.reverse_entry(Actor::Staff, office.account, 999, WHY).await), Refusal::NotFound);
        assert_eq!(refusal(service.reverse_entry(Actor::Staff, office.account, seq, " ").await), Refusal::FieldInvalid { field: "reason", fault: FieldFault::Missing });
        let both = join_all((0..4).map(|_| service.reverse_entry(Actor::Staff, office.account, seq, WHY))).await;
        assert_eq!(both.iter().filter(|one| one.is_ok()).count(), 1);
        office.house.audited().await;
    }

    async fn who_takes_payments_undoes_payments_and_who_adjusts_the_rest(store) {
        let office = Office::open(store).await;
        let service = &office.house.service;
        let charge = service.list_entries(office.account, Default::default(), None, 1).await.unwrap().0[0].clone();
        assert_eq!(charge.kind, EntryKind::TariffCharge);
        let by = |role| Asked { by: Actor::Staff, role: Some(role), key: None };
        for (role, seq) in [(Role::Cashier, charge.seq), (Role::Manager, 1), (Role::Support, 1)] {
            assert_eq!(refusal(service.reverse_entry(by(role), office.account, seq, WHY).await), Refusal::NotPermitted, "{role:?}");
        }
        service.reverse_entry(by(Role::Manager), office.account, charge.seq, WHY).await.unwrap();
        assert_eq!(office.balance().await, money("50.00"));
        service.reverse_entry(by(Role::Cashier), office.account, 1, WHY).await.unwrap();
        assert_eq!(office.balance().await, Money::ZERO);
        office.house.lives_to(date!(2024 - 05 - 03)).await;
        assert_eq!(office.standing().await, Standing::Blocked);
        office.house.audited().await;
    }

    async fn a_payment_goes_back_in_parts_as_far_as_the_balance_holds_it(store) {
        let office = Office::open(store).await;
        let service = &office.house.service;
        let refund = |amount: &str, seq| service.refund_payment(Actor::Staff, office.account, seq, money(amount), WHY);
        assert_eq!(refusal(refund("48.40", 1).await), Refusal::RefundTooLarge { most: money("48.39") });
        let entry = refund("20.00", 1).await.unwrap().value;
        assert_eq!((entry.kind, entry.amount, entry.reverses), (EntryKind::Refund, money("-20.00"), None));
        office.cash("100.00").await;
        assert_eq!(refusal(refund("30.01", 1).await), Refusal::RefundTooLarge { most: money("30.00") });
        refund("30.00", 1).await.unwrap();
        assert_eq!(refusal(refund("0.01", 1).await), Refusal::RefundTooLarge { most: Money::ZERO });
        assert_eq!(refusal(service.reverse_entry(Actor::Staff, office.account, 1, WHY).await), Refusal::NotReversible);
        assert_eq!(refusal(refund("1.00", 2).await), Refusal::NotReversible, "a charge is no payment");
        assert!(matches!(refusal(refund("0.00", 1).await), Refusal::AmountInvalid { .. }));
        assert_eq!(office.balance().await, money("98.39"));
        office.house.audited().await;
    }

    async fn what_stands_behind_a_payment_learns_that_it_was_undone(store) {
        let office = Office::open(store).await;
        let service = &office.house.service;
        let terminal = AtTerminal { name: "osmp", limits: Limits { min: money("1.00"), max: money("100.00") } };
        let pay = Request::Pay(Payment { txn: "1".parse().unwrap(), account: "0042".parse().unwrap(), amount: money("10.00"), at: None });
        service.take_terminal(terminal, &pay).await;
        let seq = service.list_entries(office.account, Default::default(), None, 1).await.unwrap().0[0].seq;
        service.reverse_entry(Actor::Staff, office.account, seq, WHY).await.unwrap();
        let told = service.take_terminal(terminal, &pay).await;
        assert_eq!(told, cabinet_gateways::terminal::Outcome::Refused(cabinet_gateways::terminal::Refusal::Cancelled));
        assert_eq!(office.balance().await, money("48.39"));

        let report = office.imported(&file(&["1;01.05.2024;10,00;x;договір 0042"])).await;
        assert_eq!(report.credited, 1);
        let seq = service.list_entries(office.account, Default::default(), None, 1).await.unwrap().0[0].seq;
        service.reverse_entry(Actor::Staff, office.account, seq, WHY).await.unwrap();
        let (waiting, _) = service.list_bank_lines(None, 10).await.unwrap();
        assert_eq!((waiting.len(), office.imported(&file(&["1;01.05.2024;10,00;x;договір 0042"])).await.known), (1, 1));
        service.assign_bank_line(Actor::Staff, waiting[0].id, &"0042".parse().unwrap()).await.unwrap();
        assert_eq!(office.balance().await, money("58.39"));
        office.house.audited().await;
    }

    async fn a_transfer_given_back_does_not_wait_for_a_person_again(store) {
        let office = Office::open(store).await;
        let service = &office.house.service;
        office.imported(&file(&["1;01.05.2024;10,00;x;договір 0042"])).await;
        let seq = service.list_entries(office.account, Default::default(), None, 1).await.unwrap().0[0].seq;
        service.refund_payment(Actor::Staff, office.account, seq, money("10.00"), WHY).await.unwrap();
        assert_eq!(service.list_bank_lines(None, 10).await.unwrap().0, [], "its money left the account at the bank");
        assert_eq!(office.balance().await, money("48.39"));
        office.house.audited().await;
    }

    async fn a_transfer_whose_purpose_names_a_sum_or_several_contracts_waits(store) {
        let office = Office::open(store).await;
        office.house.registers("200", "home-20", None).await;
        let lines = [
            "1;01.05.2024;200,00;x;згідно договору, 200 грн",
            "2;01.05.2024;200,00;x;дог. від 01.05.2024 200 грн",
            "3;01.05.2024;10,00;x;договір 0042, договір 9999",
            "4;01.05.2024;10,00;x;договір 0042, 200 грн",
        ];
        let report = office.imported(&file(&lines)).await;
        assert_eq!((report.credited, report.waiting.len()), (1, 3), "{report:?}");
        assert!(report.waiting[2].1.contains("several"), "{report:?}");
        assert_eq!(office.balance().await, money("58.39"));
    }

    async fn a_sum_is_adjusted_for_a_reason(store) {
        let office = Office::open(store).await;
        let service = &office.house.service;
        for (wrong, reason) in [("0.00", WHY), ("1000000.01", WHY), ("-1000000.01", WHY), ("1.00", "")] {
            assert!(service.adjust(Actor::Staff, office.account, money(wrong), reason).await.is_err(), "{wrong}");
        }
        let entry = service.adjust(Actor::Staff, office.account, money("-60.00"), WHY).await.unwrap().value;
        assert_eq!((entry.kind, office.balance().await), (EntryKind::Adjustment, money("-11.61")));
        office.house.lives_to(date!(2024 - 05 - 03)).await;
        assert_eq!(office.standing().await, Standing::Blocked);
        service.adjust(Actor::Staff, office.account, money("100.00"), WHY).await.unwrap();
        assert_eq!(office.standing().await, Standing::Active);
        let sheet = service.show_statement(office.account, None).await.unwrap().sheet;
        assert_eq!(sheet.opening - sheet.charged + sheet.paid, sheet.closing);
        office.house.audited().await;
    }

    async fn a_contract_ends_with_the_day_it_paid_for(store) {
        let office = Office::open(store).await;
        let service = &office.house.service;
        let closed = service.close_contract(Actor::Staff, office.account, WHY).await.unwrap().value;
        assert_eq!((closed, office.standing().await), (date!(2024 - 05 - 02), Standing::Active));
        // On its last day it is served, but there is no day left to pay for, nor one for another tariff.
        let wish = cabinet_core::TariffCode::new("home-50");
        assert_eq!(refusal(service.quote_tariff_change(office.account, wish).await), Refusal::AccountClosed);
        let ending = service.show_overview(office.account).await.unwrap();
        assert_eq!(ending.outlook.recommended_payment, cabinet_core::Money::ZERO);
        assert!(service.preview_payment(office.account, None).await.unwrap().suggestions.is_empty());
        assert_eq!(refusal(service.close_contract(Actor::Staff, office.account, WHY).await), Refusal::AccountClosed);
        let before = office.balance().await;
        office.house.lives_to(date!(2024 - 05 - 20)).await;
        assert_eq!((office.standing().await, office.balance().await), (Standing::Closed, before), "the balance is kept, and nothing charged");
        service.refund_payment(Actor::Staff, office.account, 1, before, WHY).await.unwrap();
        assert_eq!(office.balance().await, Money::ZERO);
        assert_eq!(refusal(service.suspend(Actor::Staff, office.account, WHY).await), Refusal::AccountClosed);
        let blocked = office.house.registers("0043", "home-20", None).await;
        assert_eq!(service.close_contract(Actor::Staff, blocked, WHY).await.unwrap().value, date!(2024 - 05 - 20));
        office.house.audited().await;
    }

    async fn people_are_found_edited_and_their_wishes_decided(store) {
        let office = Office::open(store).await;
        let service = &office.house.service;
        for text in ["0042", "дяченко", "ОЛЬГА Київська", "+38 067 000 00 00", "0042 дяч"] {
            let (found, _) = service.search_subscribers(text, None, 10).await.unwrap();
            assert_eq!(found.iter().map(|one| one.contract.as_str()).collect::<Vec<_>>(), ["0042"], "{text}");
        }
        for number in ["10042", "1", "2"] {
            office.house.registers(number, "home-20", None).await;
        }
        assert_eq!(service.search_subscribers("0042", None, 10).await.unwrap().0.len(), 1, "a whole number finds its contract");
        let (first, next) = service.search_subscribers("дяченко", None, 3).await.unwrap();
        let (second, end) = service.search_subscribers("дяченко", next.as_deref(), 3).await.unwrap();
        let all: Vec<_> = first.iter().chain(&second).map(|one| one.contract.as_str()).collect();
        assert_eq!((all, end), (vec!["0042", "1", "10042", "2"], None));

        let wish = |address: &str| ProfileWish { address: Some(address.to_owned()), ..ProfileWish::default() };
        let who = Principal { owner: Owner::Account(office.account), session_id: Uuid::nil(), must_change: false };
        service.update_profile(&who, wish("вул. Нова 1"), None).await.unwrap();
        let (waiting, _) = service.list_requests(None, 10).await.unwrap();
        assert_eq!(waiting[0].contract, "0042");
        let id = waiting[0].request.id;
        assert_eq!(refusal(service.decide_request(Actor::Staff, Uuid::nil(), id, true, None).await), Refusal::NotFound);
        service.decide_request(Actor::Staff, office.account, id, true, None).await.unwrap();
        assert_eq!(refusal(service.decide_request(Actor::Staff, office.account, id, false, None).await), Refusal::AlreadyDecided);
        assert_eq!(service.show_profile(office.account).await.unwrap().profile.address, "вул. Нова 1");
        assert_eq!(service.search_subscribers("нова", None, 10).await.unwrap().0.len(), 1);
        let names = ProfileWish { last_name: Some("Нова".into()), first_name: Some("Оля".into()), middle_name: Some("Іванівна".into()), ..ProfileWish::default() };
        service.update_profile(&who, names, None).await.unwrap();
        let (waiting, _) = service.list_requests(None, 10).await.unwrap();
        service.decide_request(Actor::Staff, office.account, waiting[0].request.id, true, Some("паспорт")).await.unwrap();
        let profile = service.show_profile(office.account).await.unwrap().profile;
        assert_eq!([profile.last_name, profile.first_name, profile.middle_name], ["Нова", "Оля", "Іванівна"]);
        service.edit_profile(Actor::Staff, office.account, wish("вул. Стара 2")).await.unwrap();
        assert_eq!(service.show_profile(office.account).await.unwrap().profile.address, "вул. Стара 2", "staff need nobody's leave");
    }

    async fn a_voucher_is_redeemed_once_by_whoever_is_first(store) {
        let office = Office::open(store).await;
        let service = &office.house.service;
        let new = NewSeries { nominal: money("25.00"), vouchers: 3, good_through: date!(2024 - 05 - 10), note: "для школи".into() };
        let (series, codes) = service.create_vouchers(Actor::Staff, &new).await.unwrap();
        assert!(codes.len() == 3 && codes.iter().all(|code| code.len() == 19), "{codes:?}");
        let kept: (i64,) = service.store.read().await.unwrap().one("SELECT COUNT(*) FROM voucher WHERE code_hash = $1", (codes[0].as_bytes(),)).await.unwrap();
        assert_eq!(kept.0, 0, "no code is kept in clear");
        let other = office.house.registers("0043", "home-20", None).await;
        let tries = (0..8).map(|n| service.redeem_voucher(if n % 2 == 0 { office.account } else { other }, &codes[0], office.house.key("v")));
        let won = join_all(tries).await.into_iter().filter(Result::is_ok).count();
        assert_eq!(won, 1);
        let key = office.house.key("again");
        let third = office.house.registers("0044", "home-20", None).await;
        let first = service.redeem_voucher(third, &codes[1].to_lowercase().replace('-', " "), key.clone()).await.unwrap();
        let again = service.redeem_voucher(third, "whatever", key).await.unwrap();
        assert_eq!((first.value.seq, again.replayed, first.value.kind), (again.value.seq, true, EntryKind::Voucher));
        assert_eq!(office.house.balance(third).await, money("23.39"), "the blocked account came back and paid for today");
        service.cancel_vouchers(Actor::Staff, series.id, WHY).await.unwrap();
        assert_eq!(refusal(service.redeem_voucher(third, &codes[2], office.house.key("x")).await), Refusal::VoucherUnknown);
        assert_eq!(refusal(service.cancel_vouchers(Actor::Staff, series.id, WHY).await), Refusal::AlreadyDecided);
        let (late, codes) = service.create_vouchers(Actor::Staff, &new).await.unwrap();
        office.house.at(date!(2024 - 05 - 11));
        assert_eq!(refusal(service.redeem_voucher(third, &codes[0], office.house.key("x")).await), Refusal::VoucherExpired);
        assert_eq!(service.list_vouchers(None, 10).await.unwrap().0[0].id, late.id);
        office.house.audited().await;
    }

    async fn a_series_asked_for_again_is_told_and_none_is_made(store) {
        let office = Office::open(store).await;
        let service = &office.house.service;
        let new = NewSeries { nominal: money("25.00"), vouchers: 3, good_through: date!(2024 - 05 - 10), note: "для школи".into() };
        let asked = |key: &str| Asked { by: Actor::Staff, role: None, key: Some(RequestKey { key: key.to_owned(), request: String::new() }) };
        let many = join_all((0..5).map(|_| service.create_vouchers(asked("one"), &new))).await;
        let made: Vec<_> = many.iter().filter_map(|outcome| outcome.as_ref().ok()).map(|(series, _)| series.id.to_string()).collect();
        assert_eq!(made.len(), 1);
        for again in many.into_iter().filter(Result::is_err) {
            assert_eq!(refusal(again), Refusal::SeriesMade { series: made[0].clone() });
        }
        let other = NewSeries { vouchers: 4, ..new.clone() };
        assert_eq!(refusal(service.create_vouchers(asked("one"), &other).await), Refusal::KeyReused);
        service.create_vouchers(asked("two"), &new).await.unwrap();
        assert_eq!(service.list_vouchers(None, 10).await.unwrap().0.len(), 2);
    }

    async fn five_wrong_codes_make_the_account_rest_an_hour(store) {
        let office = Office::open(store).await;
        let service = &office.house.service;
        let new = NewSeries { nominal: money("25.00"), vouchers: 1, good_through: date!(2024 - 12 - 31), note: "x".into() };
        let (_, codes) = service.create_vouchers(Actor::Staff, &new).await.unwrap();
        for _ in 0..5 {
            assert_eq!(refusal(service.redeem_voucher(office.account, "AAAA-BBBB-CCCC-DDDD", office.house.key("v")).await), Refusal::VoucherUnknown);
        }
        let rests = Refusal::Throttled { retry_after_seconds: 3600 };
        assert_eq!(refusal(service.redeem_voucher(office.account, &codes[0], office.house.key("v")).await), rests);
        office.house.clock.step(Duration::minutes(59));
        assert!(service.redeem_voucher(office.account, &codes[0], office.house.key("v")).await.is_err());
        office.house.clock.step(Duration::minutes(1));
        service.redeem_voucher(office.account, &codes[0], office.house.key("v")).await.unwrap();
    }

    async fn a_line_brings_a_blocked_contract_back_matched_or_assigned(store) {
        let office = Office::open(store).await;
        let service = &office.house.service;
        for (number, purpose) in [("1", "договір 0042"), ("2", "за інтернет")] {
            service.adjust(Actor::Staff, office.account, -office.balance().await, WHY).await.unwrap();
            office.house.lives_to(office.house.service.now().today + Duration::days(2)).await;
            assert_eq!(office.standing().await, Standing::Blocked);
            let report = office.imported(&file(&[&format!("{number};01.05.2024;10,00;x;{purpose}")])).await;
            if report.credited == 0 {
                let (waiting, _) = service.list_bank_lines(None, 10).await.unwrap();
                service.assign_bank_line(Actor::Staff, waiting[0].id, &"0042".parse().unwrap()).await.unwrap();
            }
            assert_eq!(office.standing().await, Standing::Active, "{purpose}");
            assert!(office.balance().await < money("10.00"), "today is paid for at once");
        }
        office.house.audited().await;
    }

    async fn a_line_of_a_day_to_come_waits_for_a_person(store) {
        let office = Office::open(store).await;
        let before = office.balance().await;
        let report = office.imported(&file(&["1;02.05.2024;10,00;Коваль;договір № 0042"])).await;
        assert_eq!((report.credited, report.waiting.len()), (0, 1));
        assert!(report.waiting[0].1.contains("2024-05-02"), "{report:?}");
        assert_eq!(office.balance().await, before);
    }

    async fn a_line_of_an_ended_contract_waits_for_a_person(store) {
        let office = Office::open(store).await;
        office.house.service.close_contract(Actor::Staff, office.account, WHY).await.unwrap();
        office.house.lives_to(date!(2024 - 05 - 02)).await;
        let before = office.balance().await;
        let report = office.imported(&file(&["1;02.05.2024;10,00;Коваль;договір № 0042"])).await;
        assert_eq!((report.credited, report.waiting.len()), (0, 1));
        assert!(report.waiting[0].1.contains("contract 0042 is closed"), "{report:?}");
        assert_eq!(office.balance().await, before);
    }

    async fn a_register_credits_each_line_once_and_loses_none(store) {
        let office = Office::open(store).await;
        office.house.registers("0043", "home-20", None).await;
        let lines = [
            "1;01.05.2024;10,00;Коваль;договір № 0042",
            "2;01.05.2024;20,00;=1+1;за інтернет дог.0043",
            "3;01.05.2024;30,00;Бойко;за інтернет",
            "4;01.05.2024;40,00;Бойко;договір 9999",
            "5;01.05.2024;50,00;Бойко;договір 0042, договір 0043",
            "6;01.05.2024;1e6;Бойко;договір 0042",
            "7;01.05.2024;-60,00;Банк;комісія",
            "1;01.05.2024;10,00;Коваль;договір № 0042",
            "1;01.05.2024;99,00;Коваль;договір № 0042",
            ";01.05.2024;5,00;Немає;договір 0042",
            ";01.05.2024;5,00;Немає;договір 0042",
        ];
        let report = office.imported(&file(&lines)).await;
        assert_eq!((report.credited, report.sum, report.known, report.outgoing), (4, money("40.00"), 1, 1));
        assert_eq!(report.waiting.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [4, 5, 6, 10]);
        assert_eq!(report.faults.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [7]);
        assert_eq!(office.balance().await, money("68.39"));
        let again = office.imported(&file(&lines)).await;
        assert_eq!((again.credited, again.known, again.waiting.len()), (0, 9, 0), "{again:?}");
        let mut more = lines.to_vec();
        more.push("8;01.05.2024;1,00;Коваль;0042");
        assert_eq!(office.imported(&file(&more)).await.credited, 1, "a longer file brings what is new");

        let service = &office.house.service;
        let (waiting, _) = service.list_bank_lines(None, 100).await.unwrap();
        assert_eq!(waiting.len(), 4);
        let whose = "0042".parse().unwrap();
        let both = join_all((0..4).map(|_| service.assign_bank_line(Actor::Staff, waiting[0].id, &whose))).await;
        assert!(both.iter().all(|one| one.as_ref().is_ok_and(|line| line.state == "credited")), "{both:?}");
        assert_eq!(office.balance().await, money("99.39"));
        let other = service.assign_bank_line(Actor::Staff, waiting[0].id, &"0043".parse().unwrap()).await;
        assert_eq!(refusal(other), Refusal::AlreadyDecided);
        let nobody = Refusal::FieldInvalid { field: "contract", fault: FieldFault::Invalid };
        assert_eq!(refusal(service.assign_bank_line(Actor::Staff, waiting[1].id, &"9999".parse().unwrap()).await), nobody);
        service.dismiss_bank_line(Actor::Staff, waiting[1].id, "повернено").await.unwrap();
        assert_eq!(refusal(service.dismiss_bank_line(Actor::Staff, waiting[1].id, WHY).await), Refusal::AlreadyDecided);
        assert_eq!(refusal(service.assign_bank_line(Actor::Staff, Uuid::nil(), &whose).await), Refusal::NotFound);
        office.house.audited().await;
    }

    async fn a_register_taken_in_twice_at_once_credits_once(store) {
        let office = Office::open(store.clone()).await;
        let beside = House::beside(store, &office.house);
        let lines: Vec<String> = (1..=20).map(|n| format!("{n};01.05.2024;1,00;x;договір 0042")).collect();
        let bytes = file(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        let settings = settings();
        let one = office.house.service.import_register(Actor::Staff, "privat", &settings, &bytes);
        let two = beside.service.import_register(Actor::Staff, "privat", &settings, &bytes);
        let (one, two) = futures_util::future::join(one, two).await;
        let (one, two) = (one.unwrap(), two.unwrap());
        assert_eq!((one.credited + two.credited, one.known + two.known), (20, 20));
        assert_eq!(office.balance().await, money("68.39"));
        office.house.audited().await;
    }

    /// Each line is a transaction of its own, so a run that died between two of them is one that took in a shorter file.
    async fn a_register_whose_run_died_is_finished_by_the_next(store) {
        let office = Office::open(store).await;
        let lines: Vec<String> = (1..=10).map(|n| format!("{n};01.05.2024;1,00;x;договір 0042")).collect();
        let bytes = file(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        for dies_after in 0..6 {
            let settings = settings();
            let run = office.house.service.import_register(Actor::Staff, "privat", &settings, &bytes);
            // Dropped at some point of its work, as a killed process is.
            tokio::select! {
                biased;
                _ = async { for _ in 0..dies_after * 40 { tokio::task::yield_now().await } } => {}
                _ = run => {}
            }
        }
        office.imported(&bytes).await;
        assert_eq!((office.balance().await, office.imported(&bytes).await.known), (money("58.39"), 10));
        office.house.audited().await;
    }

    async fn a_file_that_is_no_register_takes_nothing_in(store) {
        let office = Office::open(store).await;
        let service = &office.house.service;
        for bytes in [&b""[..], b"\xff\xfe\x00", "Дата;Сума\n01.05.2024;1,00\n".as_bytes(), "Документ;Дата;Сума;Платник;Призначення\n1;01.05.2024;1,00;x;договір 0042\n2;01.05.2024;1,00;\"x;договір 0042\n3;01.05.2024;1,00;x;y\n".as_bytes()] {
            let told = service.import_register(Actor::Staff, "privat", &settings(), bytes).await;
            assert!(matches!(refusal(told), Refusal::RegisterUnreadable { .. }));
        }
        assert_eq!(office.balance().await, money("48.39"));
    }
}
