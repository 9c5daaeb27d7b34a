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
        assert_eq!(heard.recv().await, Some(Heard::Opened));
        // Beside the one over the wire, streams whose silence can be seen at once.
        let stream = |account| Box::pin(events.listen(account, Duration::from_secs(600)).unwrap());
        let (mut own, mut other) = (stream(person.id), stream(neighbour.id));
        assert!(own.next().await.is_some() && other.next().await.is_some(), "the opening lines");
        // Opening a stream renewed a session, which is news of its own.
        events.look(cabinet.service(), &mut seen).await.unwrap();
        while own.next().now_or_never().is_some() || other.next().now_or_never().is_some() {}
        while heard.try_recv().is_ok() {}

        cabinet.service().pay_cash(cabinet_service::Actor::Staff, person.id, Money::from_kopecks(50_00), None).await.unwrap();
        events.look(cabinet.service(), &mut seen).await.unwrap();
        assert_eq!(heard.recv().await, Some(Heard::Changed));
        assert!(own.next().now_or_never().is_some());
        assert!(other.next().now_or_never().is_none(), "the neighbour's money did not move");
        events.look(cabinet.service(), &mut seen).await.unwrap();
        assert!(own.next().now_or_never().is_none(), "told once");

        cabinet.service().run_day(crate::harness::TODAY, |_, _| ()).await.unwrap();
        events.look(cabinet.service(), &mut seen).await.unwrap();
        assert!(own.next().now_or_never().is_some() && other.next().now_or_never().is_some());

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

    async fn a_stream_ends_with_the_token_it_was_opened_with(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        // The token of noon lives ten minutes: a second of them is left.
        cabinet.at(crate::harness::TODAY, time!(12:09:59));
        let asked = reqwest::Client::new().get(format!("{}/api/v1/me/events", cabinet.base)).bearer_auth(&person.token);
        let answer = asked.send().await.expect("a stream");
        let whole = tokio::time::timeout(Duration::from_secs(60), answer.text());
        let told = whole.await.expect("the stream ends by itself").expect("a text");
        assert_eq!(told, "retry: 3000\n\n", "nothing moved meanwhile, and no line keeps it");
        cabinet.close().await;
    }
}
