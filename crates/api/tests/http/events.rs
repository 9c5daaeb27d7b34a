//! What moves is told to those who listen.

use crate::harness::{Cabinet, Person};
use cabinet_client::{Client, Heard};
use cabinet_core::Money;
use cabinet_service::watch_changes::Seen;
use cabinet_store::on_both;
use futures_util::{FutureExt, StreamExt};
use std::time::Duration;
use time::macros::time;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// A listener of its own session, and what it hears.
fn listens(cabinet: &Cabinet, person: &Person) -> (tokio::task::JoinHandle<()>, UnboundedReceiver<Heard>) {
    let client = Client::new(&cabinet.base);
    client.resume(person.refresh.clone());
    let (told, heard) = unbounded_channel();
    let listening = tokio::spawn(async move {
        client.listen(move |heard| told.send(heard).expect("the test listens")).await.expect("a stream");
    });
    (listening, heard)
}

on_both! {
    async fn a_payment_is_told_to_its_own_account_only(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let neighbour = cabinet.person("1002", "home-20", 100_00).await;
        cabinet.at(crate::harness::TODAY, time!(12:01));
        let (mut seen, events) = (Seen::default(), &cabinet.state.events);
        let (listening, mut heard) = listens(&cabinet, &person);
        let (_other, mut unheard) = listens(&cabinet, &neighbour);
        assert_eq!((heard.recv().await, unheard.recv().await), (Some(Heard::Opened), Some(Heard::Opened)));
        // Opening the streams renewed both sessions, which is no business of the listeners.
        events.look(cabinet.service(), &mut seen).await.unwrap();
        while heard.try_recv().is_ok() || unheard.try_recv().is_ok() {}

        cabinet.service().pay_cash(cabinet_service::Actor::Staff, person.id, Money::from_kopecks(50_00), None).await.unwrap();
        events.look(cabinet.service(), &mut seen).await.unwrap();
        assert_eq!(heard.recv().await, Some(Heard::Changed));
        events.look(cabinet.service(), &mut seen).await.unwrap();
        assert!(heard.try_recv().is_err(), "told once");
        assert!(unheard.try_recv().is_err(), "the neighbour's money did not move");

        cabinet.service().run_day(crate::harness::TODAY, |_, _| ()).await.unwrap();
        events.look(cabinet.service(), &mut seen).await.unwrap();
        assert_eq!((heard.recv().await, unheard.recv().await), (Some(Heard::Changed), Some(Heard::Changed)));

        events.close();
        listening.await.unwrap();
        cabinet.close().await;
    }

    async fn a_stream_is_a_subscribers_and_the_oldest_of_many_ends(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        assert_eq!(cabinet.get("/api/v1/me/events").send().await.problem(), "401 unauthenticated");
        let streams = || cabinet.state.events.listen(person.id, Duration::from_secs(600)).unwrap();
        let mut held: Vec<_> = (0..11).map(|_| Box::pin(streams())).collect();
        for stream in &mut held {
            stream.next().await.unwrap().unwrap();
        }
        assert!(held[0].next().await.is_none(), "the first of eleven has ended");
        assert!(held[1].next().now_or_never().is_none(), "the second goes on");
        cabinet.state.events.close();
        assert!(held[1].next().await.is_none());
        let last = cabinet.get("/api/v1/me/events").by(&person).send().await;
        assert_eq!((last.status, last.text.as_str()), (200, "retry: 3000\n\n"));
        cabinet.close().await;
    }
}
