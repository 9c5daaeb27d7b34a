//! News and planned works: told to whom they concern, in their language and time, until they are read or taken back.

use crate::support::House;
use cabinet_core::refusal::FieldFault;
use cabinet_core::staff::Role;
use cabinet_core::support::NewsKind;
use cabinet_core::{Language, Refusal};
use cabinet_service::tell_news::{NewNotice, Words, words};
use cabinet_service::update_profile::ProfileWish;
use cabinet_service::{Actor, Asked, Clock, Error};
use cabinet_store::{audit, on_both};
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

const TODAY: Date = date!(2026 - 11 - 22);

fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn told(title: &str, body: &str) -> Words {
    Words { title: title.to_owned(), body: body.to_owned() }
}

pub fn news(title: &str, places: &str) -> NewNotice {
    NewNotice {
        kind: NewsKind::News,
        uk: told(title, "Подробиці"),
        ru: None,
        en: None,
        places: places.to_owned(),
        from: None,
        until: None,
        works: None,
    }
}

/// Titles shown to an account, with whether each was read.
async fn shown(house: &House, account: Uuid) -> Vec<(String, bool)> {
    let found = house.service.list_news(account).await.unwrap();
    found.into_iter().map(|one| (one.notice.title_uk, one.read_at.is_some())).collect()
}

on_both! {
    async fn each_is_told_what_concerns_their_address(store) {
        let house = House::open(store, TODAY).await;
        let (one, other) = (house.registers("0042", "home-20", None).await, house.registers("0043", "home-20", None).await);
        let service = &house.service;
        let moved = ProfileWish { address: Some("м. Коростень, вул. Миру 5, кв. 1".to_owned()), ..ProfileWish::default() };
        service.edit_profile(Actor::Staff, other, moved).await.unwrap();
        for new in [news("усім", ""), news("Київська", "вул. київська"), news("обидві", "вул. Миру 5; вул. Київська, 1"), news("чужа", "вул. Мир")] {
            house.clock.step(Duration::SECOND);
            service.add_news(Actor::Staff, &new).await.unwrap();
        }
        let of = |titles: &[&str]| titles.iter().map(|title| ((*title).to_owned(), false)).collect::<Vec<_>>();
        assert_eq!(shown(&house, one).await, of(&["обидві", "Київська", "усім"]));
        assert_eq!(shown(&house, other).await, of(&["обидві", "усім"]));
    }

    async fn it_is_read_once_by_each_and_taken_back_for_all(store) {
        let house = House::open(store, TODAY).await;
        let (one, other) = (house.registers("0042", "home-20", None).await, house.registers("0043", "home-20", None).await);
        let service = &house.service;
        let id = service.add_news(Actor::Staff, &news("усім", "")).await.unwrap().value.id;
        service.mark_news_read(one, id).await.unwrap();
        service.mark_news_read(one, id).await.unwrap();
        assert_eq!(shown(&house, one).await, [("усім".to_owned(), true)]);
        assert_eq!(shown(&house, other).await, [("усім".to_owned(), false)]);
        let elsewhere = service.add_news(Actor::Staff, &news("чужа", "вул. Чужа")).await.unwrap().value.id;
        assert_eq!(refusal(service.mark_news_read(one, elsewhere).await), Refusal::NotFound);
        assert_eq!(refusal(service.mark_news_read(one, Uuid::max()).await), Refusal::NotFound);
        service.withdraw_news(Actor::Staff, id).await.unwrap();
        assert_eq!(refusal(service.withdraw_news(Actor::Staff, id).await), Refusal::AlreadyDecided);
        assert_eq!(refusal(service.withdraw_news(Actor::Staff, Uuid::max()).await), Refusal::NotFound);
        assert_eq!(shown(&house, other).await, []);
        assert_eq!(service.list_all_news(None, 10).await.unwrap().0.len(), 2);
        let log = audit::of_office(&mut service.store.read().await.unwrap(), 3).await.unwrap();
        assert_eq!(log.iter().map(|row| row.act.as_str()).collect::<Vec<_>>(), ["news.withdraw", "news.add", "news.add"]);
    }

    async fn works_are_shown_until_they_end_and_news_for_a_month(store) {
        let house = House::open(store, TODAY).await;
        let account = house.registers("0042", "home-20", None).await;
        let (service, now) = (&house.service, house.clock.now());
        let works = (now + Duration::hours(30), now + Duration::hours(32));
        let new = NewNotice { kind: NewsKind::PlannedWork, works: Some(works), from: Some(now + Duration::hours(1)), ..news("роботи", "") };
        service.add_news(Actor::Staff, &new).await.unwrap();
        service.add_news(Actor::Staff, &news("новина", "")).await.unwrap();
        assert_eq!(shown(&house, account).await.len(), 1, "works are told in an hour");
        house.clock.step(Duration::hours(1));
        assert_eq!(shown(&house, account).await.len(), 2);
        house.clock.step(Duration::hours(31));
        assert_eq!(shown(&house, account).await, [("новина".to_owned(), false)]);
        house.clock.step(Duration::days(30));
        assert_eq!(shown(&house, account).await, []);
    }

    async fn a_language_without_words_of_its_own_is_told_the_ukrainian(store) {
        let house = House::open(store, TODAY).await;
        let new = NewNotice { en: Some(told("News", "")), ..news("Новина", "") };
        let notice = house.service.add_news(Actor::Staff, &new).await.unwrap().value;
        assert_eq!(words(&notice, Language::Uk), ("Новина", "Подробиці"));
        assert_eq!(words(&notice, Language::Ru), ("Новина", "Подробиці"));
        assert_eq!(words(&notice, Language::En), ("News", ""), "never half of each");
    }

    async fn one_key_publishes_once(store) {
        let house = House::open(store, TODAY).await;
        let (service, key) = (&house.service, house.key("news"));
        let by = |key| Asked::by_member(Uuid::max(), Role::Support, key);
        // The console's acts have no member of staff, and so leave no name to be missed.
        let asked = |key| Asked { by: Actor::Staff, ..by(key) };
        let first = service.add_news(asked(key.clone()), &news("раз", "")).await.unwrap();
        let again = service.add_news(asked(key.clone()), &news("раз", "")).await.unwrap();
        assert_eq!((again.value.id, first.replayed, again.replayed), (first.value.id, false, true));
        let other = cabinet_service::RequestKey { request: "other".to_owned(), ..key };
        assert_eq!(refusal(service.add_news(asked(other), &news("два", "")).await), Refusal::KeyReused);
        assert_eq!(service.list_all_news(None, 10).await.unwrap().0.len(), 1);
    }

    async fn what_makes_no_sense_is_not_published(store) {
        let house = House::open(store, TODAY).await;
        let now = house.clock.now();
        let hour = Duration::hours(1);
        let works = |start, end| NewNotice { kind: NewsKind::PlannedWork, works: Some((start, end)), ..news("x", "") };
        for (new, field, fault) in [
            (news("", ""), "uk", FieldFault::Missing),
            (news(&"я".repeat(121), ""), "uk", FieldFault::TooLong),
            (news("a\nb", ""), "uk", FieldFault::Invalid),
            (NewNotice { en: Some(told("", "text")), ..news("x", "") }, "en", FieldFault::Missing),
            (news("x", "вул. Миру; ;"), "places", FieldFault::Invalid),
            (NewNotice { kind: NewsKind::PlannedWork, ..news("x", "") }, "starts_at", FieldFault::Missing),
            (NewNotice { works: Some((now, now + hour)), ..news("x", "") }, "starts_at", FieldFault::Invalid),
            (works(now + hour, now + hour), "ends_at", FieldFault::Invalid),
            (works(now - hour * 2, now - hour), "ends_at", FieldFault::Invalid),
            (NewNotice { until: Some(now), ..news("x", "") }, "until", FieldFault::Invalid),
            (NewNotice { from: Some(now + hour), until: Some(now + hour), ..news("x", "") }, "until", FieldFault::Invalid),
            (NewNotice { until: Some(now + Duration::days(4000)), ..news("x", "") }, "until", FieldFault::Invalid),
        ] {
            let outcome = house.service.add_news(Actor::Staff, &new).await;
            assert_eq!(refusal(outcome), Refusal::FieldInvalid { field, fault }, "{new:?}");
        }
        assert_eq!(house.service.list_all_news(None, 10).await.unwrap().0.len(), 0);
    }
}
