//! Requests to support: written, answered, read, within bounds; and letters about answers.

use crate::support::House;
use cabinet_core::refusal::FieldFault;
use cabinet_core::staff::Role;
use cabinet_core::support::{FILE_MAX, TicketState, Topic};
use cabinet_core::{Language, Policy, Refusal};
use cabinet_gateways::testing::Sink;
use cabinet_service::manage_staff::NewMember;
use cabinet_service::post::{NoPapers, Post};
use cabinet_service::update_profile::ProfileWish;
use cabinet_service::write_to_support::{NewMessage, NewTicket, Sent, Thread};
use cabinet_service::{Actor, Asked, Clock, Error};
use cabinet_store::{Store, audit, emails, on_both, staff, tickets};
use futures_util::future::join_all;
use std::sync::Arc;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

const TODAY: Date = date!(2026 - 11 - 22);
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n rest";

fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn new(text: &str) -> NewTicket {
    NewTicket { topic: Topic::Charges, about_day: None, first: NewMessage { text: text.to_owned(), files: Vec::new() } }
}

fn message(text: &str) -> NewMessage {
    NewMessage { text: text.to_owned(), files: Vec::new() }
}

/// A cabinet with two contracts.
struct Desk {
    house: House,
    account: Uuid,
    other: Uuid,
}

impl Desk {
    async fn open(store: Store) -> Desk {
        let house = House::open(store, TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        let other = house.registers("0043", "home-20", Some("50.00")).await;
        Desk { house, account, other }
    }

    async fn with_policy(store: Store, policy: Policy) -> Desk {
        let desk = Desk::open(store).await;
        desk.house.service.import_policy(&policy).await.unwrap();
        desk
    }

    async fn asks(&self, new: &NewTicket) -> Result<Sent, Error> {
        let key = self.house.key("ask");
        self.house.service.open_ticket(self.account, new, key).await.map(|answered| answered.value)
    }

    async fn writes(&self, ticket: Uuid, text: &str) -> Result<Sent, Error> {
        let key = self.house.key("write");
        self.house.service.write_message(self.account, ticket, &message(text), key).await.map(|answered| answered.value)
    }

    async fn answers(&self, ticket: Uuid, text: &str, close: bool) -> Sent {
        self.house.service.answer_ticket(Actor::Staff, self.account, ticket, &message(text), close).await.unwrap().value
    }

    async fn thread(&self, ticket: Uuid) -> Thread {
        self.house.service.show_ticket(self.account, ticket).await.unwrap()
    }

    async fn stands(&self, ticket: Uuid) -> (String, bool) {
        let ticket = self.thread(ticket).await.ticket;
        (ticket.state, ticket.read_through < ticket.messages)
    }

    async fn acts(&self) -> Vec<String> {
        let mut view = self.house.service.store.read().await.unwrap();
        let rows = audit::of_account(&mut view, self.account, 100).await.unwrap();
        rows.into_iter().map(|row| format!("{} {}", row.actor, row.act)).filter(|act| act.contains("ticket")).collect()
    }
}

on_both! {
    async fn somebody_asks_is_answered_and_asks_on(store) {
        let desk = Desk::open(store).await;
        let service = &desk.house.service;
        let asked = desk.asks(&NewTicket { about_day: Some(TODAY), ..new(" Чому 3,22?\r\nДвічі? ") }).await.unwrap();
        let ticket = asked.ticket;
        assert_eq!(desk.stands(ticket).await, ("open".to_owned(), false));
        let queue = service.list_staff_tickets(TicketState::Open, None, 10).await.unwrap().0;
        assert_eq!((queue.len(), queue[0].contract.as_str(), queue[0].begins.as_str()), (1, "0042", "Чому 3,22?\nДвічі?"));
        assert_eq!(service.find_ticket(ticket).await.unwrap(), desk.account);
        service.add_staff(Actor::Staff, &NewMember { login: "andrii".to_owned(), name: "Мельник Андрій".to_owned(), role: Role::Support }).await.unwrap();
        let member = staff::named(&mut service.store.read().await.unwrap(), "andrii").await.unwrap().unwrap().id;
        let by = Asked::by_member(member, Role::Support, desk.house.key("answer"));
        let answer = service.answer_ticket(by.clone(), desk.account, ticket, &message("За два дні."), false).await.unwrap();
        assert_eq!((answer.value.seq, answer.replayed), (2, false));
        let again = service.answer_ticket(by, desk.account, ticket, &message("За два дні."), false).await.unwrap();
        assert_eq!((again.value, again.replayed), (answer.value, true), "one key, one answer");
        assert_eq!(desk.stands(ticket).await, ("answered".to_owned(), true));
        service.mark_ticket_read(desk.account, ticket, 1).await.unwrap();
        assert!(desk.stands(ticket).await.1, "what came after what was read stays unread");
        service.mark_ticket_read(desk.account, ticket, 2).await.unwrap();
        service.mark_ticket_read(desk.account, ticket, 2).await.unwrap();
        assert!(!desk.stands(ticket).await.1);
        desk.writes(ticket, "Дякую").await.unwrap();
        assert_eq!(desk.stands(ticket).await, ("open".to_owned(), false));
        let thread = desk.thread(ticket).await;
        let told: Vec<_> = thread.messages.iter().map(|m| (m.author.as_str(), m.staff_name.as_deref(), m.body.as_str())).collect();
        assert_eq!(told, [("subscriber", None, "Чому 3,22?\nДвічі?"), ("staff", Some("Мельник Андрій"), "За два дні."), ("subscriber", None, "Дякую")]);
        assert_eq!(desk.acts().await, ["subscriber ticket.write", "staff ticket.answer", "subscriber ticket.open"]);
        assert_eq!(service.list_tickets(desk.account, None, 10).await.unwrap().0.len(), 1);
        assert_eq!(service.list_tickets(desk.other, None, 10).await.unwrap().0.len(), 0);
        desk.house.audited().await;
    }

    async fn an_answer_takes_files_of_support_and_nobody_elses(store) {
        let desk = Desk::open(store).await;
        let (service, account) = (&desk.house.service, desk.account);
        let ticket = desk.asks(&new("Як під’єднати роутер?")).await.unwrap().ticket;
        let theirs = service.keep_file(account, "a.png", PNG).await.unwrap().id;
        let elsewhere = service.keep_staff_file(desk.other, "b.png", PNG).await.unwrap().id;
        let scheme = service.keep_staff_file(account, "схема.PNG", PNG).await.unwrap();
        assert_eq!(scheme.name, "схема.png");
        assert_eq!(refusal(service.keep_staff_file(account, "x.exe", b"MZ\x90").await), Refusal::FileUnfit);
        let with = |files: Vec<Uuid>| NewMessage { files, ..message("Ось схема.") };
        let wrong = Refusal::FieldInvalid { field: "files", fault: FieldFault::Invalid };
        for files in [vec![theirs], vec![elsewhere], vec![scheme.id, scheme.id], vec![scheme.id, Uuid::from_u128(7)]] {
            let refused = service.answer_ticket(Actor::Staff, account, ticket, &with(files), false).await;
            assert_eq!(refusal(refused), wrong);
        }
        let stolen = service.write_message(account, ticket, &with(vec![scheme.id]), desk.house.key("x")).await;
        assert_eq!(refusal(stolen), wrong, "a subscriber's message takes no file of support");
        assert_eq!(desk.thread(ticket).await.messages.len(), 1, "nothing of that was kept");
        service.answer_ticket(Actor::Staff, account, ticket, &with(vec![scheme.id]), false).await.unwrap();
        let thread = desk.thread(ticket).await;
        assert_eq!(thread.files.iter().map(|file| (file.id, file.seq)).collect::<Vec<_>>(), [(scheme.id, Some(2))]);
        assert_eq!(service.ticket_file(account, ticket, scheme.id).await.unwrap().content, PNG, "its subscriber reads it");
        assert_eq!(refusal(service.ticket_file(desk.other, ticket, scheme.id).await), Refusal::NotFound);
        // What support sends is not counted against its subscriber's day.
        let policy = Policy { ticket_files_per_day: 2, ..Policy::default() };
        service.import_policy(&policy).await.unwrap();
        service.keep_file(account, "c.png", PNG).await.unwrap();
        assert!(matches!(refusal(service.keep_file(account, "d.png", PNG).await), Refusal::WritingSpent { .. }));
        service.keep_staff_file(account, "e.png", PNG).await.unwrap();
    }

    async fn anothers_ticket_is_no_ticket(store) {
        let desk = Desk::open(store).await;
        let (service, other) = (&desk.house.service, desk.other);
        let ticket = desk.asks(&new("Питання")).await.unwrap().ticket;
        let file = service.keep_file(desk.account, "a.png", PNG).await.unwrap().id;
        assert_eq!(refusal(service.show_ticket(other, ticket).await), Refusal::NotFound);
        assert_eq!(refusal(service.write_message(other, ticket, &message("x"), desk.house.key("x")).await), Refusal::NotFound);
        assert_eq!(refusal(service.mark_ticket_read(other, ticket, 1).await), Refusal::NotFound);
        assert_eq!(refusal(service.answer_ticket(Actor::Staff, other, ticket, &message("x"), false).await), Refusal::NotFound);
        assert_eq!(refusal(service.close_ticket(Actor::Staff, other, ticket).await), Refusal::NotFound);
        let stolen = NewTicket { first: NewMessage { files: vec![file], ..message("моє") }, ..new("") };
        let outcome = service.open_ticket(other, &stolen, desk.house.key("steal")).await;
        assert_eq!(refusal(outcome), Refusal::FieldInvalid { field: "files", fault: FieldFault::Invalid });
        assert_eq!(service.list_tickets(other, None, 10).await.unwrap().0.len(), 0, "nothing of it was kept");
        desk.asks(&NewTicket { first: NewMessage { files: vec![file], ..message("моє") }, ..new("") }).await.unwrap();
        assert_eq!(refusal(service.ticket_file(other, ticket, file).await), Refusal::NotFound);
        assert_eq!(refusal(service.ticket_file(desk.account, ticket, file).await), Refusal::NotFound, "of another ticket");
    }

    async fn a_closed_ticket_opens_again(store) {
        let desk = Desk::open(store).await;
        let service = &desk.house.service;
        let ticket = desk.asks(&new("Питання")).await.unwrap().ticket;
        desk.answers(ticket, "Відповідь", true).await;
        assert_eq!(desk.stands(ticket).await, ("closed".to_owned(), true));
        assert_eq!(refusal(service.close_ticket(Actor::Staff, desk.account, ticket).await), Refusal::AlreadyDecided);
        service.reopen_ticket(Actor::Staff, desk.account, ticket).await.unwrap();
        assert_eq!(refusal(service.reopen_ticket(Actor::Staff, desk.account, ticket).await), Refusal::AlreadyDecided);
        assert_eq!(desk.stands(ticket).await.0, "open");
        service.close_ticket(Actor::Staff, desk.account, ticket).await.unwrap();
        desk.writes(ticket, "Ще одне").await.unwrap();
        assert_eq!(desk.stands(ticket).await, ("open".to_owned(), false));
        assert_eq!(desk.thread(ticket).await.messages.len(), 3, "closing and opening say nothing");
    }

    async fn only_so_much_is_written(store) {
        let policy = Policy { tickets_waiting: 2, ticket_messages_per_day: 4, ticket_files_per_day: 2, ..Policy::default() };
        let desk = Desk::with_policy(store, policy).await;
        let service = &desk.house.service;
        let first = desk.asks(&new("1")).await.unwrap().ticket;
        desk.asks(&new("2")).await.unwrap();
        assert_eq!(refusal(desk.asks(&new("3")).await), Refusal::TicketsWaiting { most: 2 });
        desk.writes(first, "до того, що чекає, дописати можна").await.unwrap();
        desk.answers(first, "ось", false).await;
        let third = desk.asks(&new("4")).await.unwrap().ticket;
        assert_eq!(refusal(desk.writes(third, "5").await), Refusal::WritingSpent { possible_from: date!(2026 - 11 - 23) });
        for name in ["1", "2"] {
            service.keep_file(desk.account, name, PNG).await.unwrap();
        }
        assert_eq!(refusal(service.keep_file(desk.account, "3", PNG).await), Refusal::WritingSpent { possible_from: date!(2026 - 11 - 23) });
        service.keep_file(desk.other, "1", PNG).await.unwrap();
        desk.house.at(date!(2026 - 11 - 23));
        desk.writes(third, "назавтра").await.unwrap();
        service.keep_file(desk.account, "3", PNG).await.unwrap();
        assert_eq!(refusal(desk.writes(first, "він чекав би третім").await), Refusal::TicketsWaiting { most: 2 });
    }

    async fn a_thousand_presses_open_one_ticket(store) {
        let desk = Desk::open(store).await;
        let (service, key) = (&desk.house.service, desk.house.key("ask"));
        let question = new("Питання");
        let presses = join_all((0..20).map(|_| service.open_ticket(desk.account, &question, key.clone()))).await;
        let sent: Vec<_> = presses.into_iter().map(|press| press.unwrap()).collect();
        assert_eq!(sent.iter().filter(|answered| !answered.replayed).count(), 1);
        assert!(sent.iter().all(|answered| answered.value == sent[0].value));
        assert_eq!(service.list_tickets(desk.account, None, 10).await.unwrap().0.len(), 1);
        // Without a key each of these would wait.
        let policy = Policy { tickets_waiting: 3, ..Policy::default() };
        service.import_policy(&policy).await.unwrap();
        let presses = join_all((0..10).map(|_| desk.asks(&question))).await;
        assert_eq!(presses.iter().filter(|press| press.is_ok()).count(), 2, "{presses:?}");
    }

    async fn a_file_is_what_it_is_and_waits_a_day(store) {
        let desk = Desk::open(store).await;
        let service = &desk.house.service;
        let kept = service.keep_file(desk.account, "../x/фото.exe", PNG).await.unwrap();
        assert_eq!((kept.name.as_str(), kept.media_type.as_str(), kept.size), ("фото.exe.png", "image/png", PNG.len() as i64));
        for unfit in [&b""[..], b"MZ\x90\0", &[b'a'; FILE_MAX + 1]] {
            assert_eq!(refusal(service.keep_file(desk.account, "a.png", unfit).await), Refusal::FileUnfit);
        }
        let text = service.keep_file(desk.account, "a.html", b"<script>alert(1)</script>").await.unwrap();
        assert_eq!((text.name.as_str(), text.media_type.as_str()), ("a.html.txt", "text/plain; charset=utf-8"));
        let first = NewMessage { text: "див.".to_owned(), files: vec![kept.id, kept.id] };
        let twice = refusal(desk.asks(&NewTicket { first, ..new("") }).await);
        assert_eq!(twice, Refusal::FieldInvalid { field: "files", fault: FieldFault::Invalid });
        let first = NewMessage { text: "див.".to_owned(), files: vec![kept.id; 4] };
        assert_eq!(refusal(desk.asks(&NewTicket { first, ..new("") }).await), Refusal::FieldInvalid { field: "files", fault: FieldFault::TooLong });
        let first = NewMessage { text: "див.".to_owned(), files: vec![kept.id] };
        let ticket = desk.asks(&NewTicket { first, ..new("") }).await.unwrap().ticket;
        let file = service.ticket_file(desk.account, ticket, kept.id).await.unwrap();
        assert_eq!((file.name.as_str(), file.content.as_slice()), ("фото.exe.png", PNG));
        assert_eq!(desk.thread(ticket).await.files.iter().map(|file| file.seq).collect::<Vec<_>>(), [Some(1)]);
        assert_eq!(service.sweep_loose_files().await.unwrap(), 0);
        desk.house.lives_to(date!(2026 - 11 - 24)).await;
        assert_eq!(service.sweep_loose_files().await.unwrap(), 0, "the daily run swept already");
        let late = NewMessage { text: "див.".to_owned(), files: vec![text.id] };
        let gone = refusal(service.write_message(desk.account, ticket, &late, desk.house.key("late")).await);
        assert_eq!(gone, Refusal::FieldInvalid { field: "files", fault: FieldFault::Invalid });
        assert_eq!(service.ticket_file(desk.account, ticket, kept.id).await.unwrap().content, PNG);
        let mut view = service.store.read().await.unwrap();
        assert_eq!(tickets::count_files(&mut view, desk.account, TODAY).await.unwrap(), 1);
    }

    async fn what_makes_no_sense_is_not_sent(store) {
        let desk = Desk::open(store).await;
        let field = |field, fault| Refusal::FieldInvalid { field, fault };
        assert_eq!(refusal(desk.asks(&new(" \n ")).await), field("text", FieldFault::Missing));
        assert_eq!(refusal(desk.asks(&new(&"я".repeat(4001))).await), field("text", FieldFault::TooLong));
        assert_eq!(refusal(desk.asks(&new("a\u{0}")).await), field("text", FieldFault::Invalid));
        for day in [date!(2026 - 11 - 21), date!(2026 - 11 - 23)] {
            let outcome = desk.asks(&NewTicket { about_day: Some(day), ..new("Питання") }).await;
            assert_eq!(refusal(outcome), field("day", FieldFault::Invalid), "{day}");
        }
    }

    async fn an_answer_is_told_by_a_letter_to_a_confirmed_address(store) {
        let (desk, sink) = (Desk::open(store).await, Sink::open().await);
        let post = Post {
            mailer: Arc::new(sink.settings().build().unwrap().unwrap()),
            mailbox: None,
            papers: Arc::new(NoPapers),
            origin: "https://cabinet.example.com".to_owned(),
            provider: "Онлайн".to_owned(),
            support: "0 800 000 000".to_owned(),
            languages: vec![Language::Uk],
        };
        let desk = Desk { house: desk.house.with_post(post), ..desk };
        let service = &desk.house.service;
        let works = async || while service.work_outbox().await.unwrap() > 0 {};
        let ticket = desk.asks(&new("Питання")).await.unwrap().ticket;
        desk.answers(ticket, "Таємна відповідь", false).await;
        works().await;
        assert_eq!(sink.relay.taken().len(), 0, "no address");
        let wish = ProfileWish { email: Some("ivan@example.net".to_owned()), ..ProfileWish::default() };
        service.edit_profile(Actor::Staff, desk.account, wish).await.unwrap();
        desk.answers(ticket, "Ще", false).await;
        works().await;
        assert_eq!(sink.relay.taken().len(), 0, "not confirmed");
        let mut tx = service.store.write().await.unwrap();
        let mut state = emails::find(&mut tx, desk.account).await.unwrap().unwrap().state;
        state.confirmed_at = Some(desk.house.clock.now());
        emails::save(&mut tx, desk.account, &state).await.unwrap();
        tx.commit().await.unwrap();
        desk.answers(ticket, "Таємна відповідь", false).await;
        works().await;
        let taken = sink.relay.taken();
        assert_eq!((taken.len(), taken[0].to.as_str()), (1, "ivan@example.net"));
        assert!(taken[0].letter.contains(&format!("ticket=3D{ticket}")) || taken[0].letter.contains("base64"), "{}", taken[0].letter);
        desk.answers(ticket, "І ще", false).await;
        service.mark_ticket_read(desk.account, ticket, 99).await.unwrap();
        desk.house.clock.step(Duration::MINUTE);
        works().await;
        assert_eq!(sink.relay.taken().len(), 1, "what was read is not told");
    }
}
