//! Notifications to browsers: which hear them, what they say, and push services of any manners.

use crate::support::{House, money};
use cabinet_core::notice::{Period, Wishes};
use cabinet_core::{Language, Refusal};
use cabinet_gateways::acquirer::Patience;
use cabinet_gateways::testing::push_service::{Browser, PushService, Taken};
use cabinet_gateways::web_push::{PushGateway, WebPush};
use cabinet_service::access::Caller;
use cabinet_service::pusher::Pusher;
use cabinet_service::subscribe_push::{DEVICES, NewDevice};
use cabinet_service::{Actor, Clock, Error};
use cabinet_store::notices::Notice;
use cabinet_store::push_devices::PushDevice;
use cabinet_store::sessions::{self, Session};
use cabinet_store::{Store, StoreError, notices, on_both};
use serde_json::Value;
use std::sync::Arc;
use time::macros::{date, time};
use time::{Date, Duration};
use uuid::Uuid;

const TODAY: Date = date!(2026 - 11 - 22);
const CONTACT: &str = "mailto:help@example.com";

/// A cabinet that tells browsers by a push service on this machine.
async fn with_browsers(store: Store, today: Date) -> (House, PushService) {
    let house = House::open(store, today).await;
    let vapid = house.service.load_push_key(CONTACT).await.unwrap();
    let public_key = vapid.public_key().to_owned();
    let gateway = WebPush::new(vapid, Patience::default()).unwrap().anywhere();
    let pusher = Pusher {
        gateway: Arc::new(gateway) as Arc<dyn PushGateway>,
        tray: None,
        public_key,
        provider: "Онлайн".to_owned(),
        languages: vec![Language::Uk, Language::En],
    };
    (house.with_pusher(pusher), PushService::start().await)
}

fn session(number: u8) -> Uuid {
    Uuid::from_u128(number.into())
}

impl House {
    async fn asks(&self, account: Uuid, number: u8, endpoint: &str) -> Result<(), Error> {
        let browser = Browser::new(number);
        let caller = Caller { address: std::net::Ipv4Addr::LOCALHOST.into(), user_agent: format!("Browser {number}") };
        let (p256dh, auth) = (&browser.p256dh(), &browser.auth());
        let device = NewDevice { session: session(number), endpoint, p256dh, auth, caller: &caller };
        self.service.add_push_device(account, device).await
    }

    /// A browser of this number asks to be told, in a session of the same number.
    async fn listens(&self, account: Uuid, number: u8, service: &PushService) {
        self.asks(account, number, &format!("{}/push/{number}", service.url)).await.unwrap();
    }

    async fn pushes(&self) {
        while self.service.work_outbox().await.unwrap() > 0 {}
    }

    async fn browsers(&self, account: Uuid) -> Vec<PushDevice> {
        self.service.show_push(account).await.unwrap().devices
    }

    async fn told_notices(&self, account: Uuid) -> Vec<Notice> {
        notices::of_account(&mut self.service.store.read().await.unwrap(), account, 50).await.unwrap()
    }

    async fn pays_in(&self, account: Uuid, amount: &str) {
        self.service.pay_cash(Actor::Staff, account, money(amount), None).await.unwrap();
    }
}

/// What a browser of a number was told.
fn read(number: u8, taken: &Taken) -> Value {
    assert_eq!(taken.path, format!("/push/{number}"));
    serde_json::from_slice(&Browser::new(number).read(&taken.body).expect("sealed for it")).unwrap()
}

on_both! {
    async fn a_payment_is_told_to_each_browser_in_the_persons_language(store) {
        let (house, service) = with_browsers(store, TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        house.listens(account, 1, &service).await;
        house.listens(account, 2, &service).await;
        house.listens(account, 2, &service).await;
        assert_eq!(house.browsers(account).await.len(), 2);
        house.pays_in(account, "25.00").await;
        house.pushes().await;
        let mut taken = service.taken();
        taken.sort_by(|one, other| one.path.cmp(&other.path));
        assert_eq!(taken.len(), 2);
        for (number, one) in (1..).zip(&taken) {
            let told = read(number, one);
            assert_eq!((&told["title"], &told["lang"], &told["page"]), (&"Онлайн".into(), &"uk".into(), &"/".into()));
            let body = told["body"].as_str().unwrap();
            assert!(body.starts_with("Зараховано 25,00 грн") && body.ends_with("Договір 0042"), "{body}");
            assert_eq!((one.header("urgency"), one.header("ttl")), (Some("normal"), Some("86400")));
            assert!(one.header("authorization").unwrap().starts_with("vapid t="));
        }
        assert_eq!(read(1, &taken[0])["tag"], read(2, &taken[1])["tag"], "it is one notice");
        let rows = house.told_notices(account).await;
        assert_eq!((rows.len(), rows[0].channel.as_str(), rows[0].state.as_str()), (1, "push", "sent"));
        assert!(house.browsers(account).await.iter().all(|one| one.told_at.is_some()));
        house.audited().await;
    }

    async fn each_event_is_switched_and_the_key_is_the_installations_own(store) {
        let (house, service) = with_browsers(store.clone(), TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        let offered = house.service.show_push(account).await.unwrap();
        assert!(offered.wishes.on_payment && offered.wishes.on_block && offered.wishes.threshold_days == Some(3));
        house.listens(account, 1, &service).await;
        let none = Wishes::default();
        house.service.set_push_wishes(account, none).await.unwrap();
        house.pays_in(account, "25.00").await;
        house.pushes().await;
        assert!(service.taken().is_empty(), "nothing is wished");
        house.service.set_push_wishes(account, Wishes { on_payment: true, ..none }).await.unwrap();
        house.service.set_push_wishes(account, Wishes { on_payment: true, ..none }).await.unwrap();
        house.pays_in(account, "25.00").await;
        house.pushes().await;
        assert_eq!(service.taken().len(), 1);
        for wrong in [
            Wishes { threshold_days: Some(0), ..none },
            Wishes { threshold_days: Some(31), ..none },
            Wishes { period: Some(Period::Monthly(29)), ..none },
        ] {
            let refused = house.service.set_push_wishes(account, wrong).await;
            assert!(matches!(refused, Err(Error::Refused(Refusal::FieldInvalid { .. }))), "{refused:?}");
        }
        let log = cabinet_store::audit::of_account(&mut store.read().await.unwrap(), account, 100).await.unwrap();
        let acts: Vec<&str> = log.iter().map(|row| row.act.as_str()).filter(|act| act.starts_with("push.")).collect();
        assert_eq!(acts, ["push.set", "push.set", "push.add"], "the same leaves no trace");

        let twin = House::beside(store.clone(), &house);
        let again = twin.service.load_push_key(CONTACT).await.unwrap();
        assert_eq!(Some(again.public_key()), offered.public_key.as_deref());
        let (sealed,): (Vec<u8>,) = store.read().await.unwrap().one("SELECT sealed FROM push_key", ()).await.unwrap();
        assert_eq!(sealed.len(), 12 + 32 + 16, "nonce, secret and mark");
        let mut tx = store.write().await.unwrap();
        tx.run("UPDATE push_key SET sealed = $1", (vec![0_u8; 60],)).await.unwrap();
        tx.commit().await.unwrap();
        let other = twin.service.load_push_key(CONTACT).await;
        assert!(matches!(other, Err(Error::Store(StoreError::Corrupt(_)))), "of another secret");
    }

    async fn the_threshold_is_told_once_a_crossing_and_not_for_days_nobody_listened(store) {
        let (house, service) = with_browsers(store, TODAY).await;
        let account = house.registers("0042", "home-20", Some("11.70")).await;
        house.lives_to(date!(2026 - 11 - 26)).await;
        house.listens(account, 1, &service).await;
        assert!(house.told_notices(account).await.is_empty(), "nobody listened");
        house.lives_to(date!(2026 - 11 - 28)).await;
        house.pushes().await;
        let taken = service.taken();
        assert_eq!(taken.len(), 1, "{taken:?}");
        let told = read(1, &taken[0]);
        assert!(told["body"].as_str().unwrap().contains("вистачить до 28 листопада"), "{told}");
        assert_eq!((&told["page"], taken[0].header("urgency")), (&"/pay".into(), Some("high")));
        house.lives_to(date!(2026 - 11 - 30)).await;
        house.pushes().await;
        let taken = service.taken();
        assert_eq!(taken.len(), 1, "the block, once");
        assert!(read(1, &taken[0])["body"].as_str().unwrap().starts_with("Доступ зупинено"));
        house.pays_in(account, "50.00").await;
        house.pushes().await;
        let taken = service.taken();
        assert!(read(1, &taken[0])["body"].as_str().unwrap().contains("доступ відновлено"), "{taken:?}");
        house.audited().await;
    }

    async fn at_night_a_browser_hears_nothing(store) {
        let (house, service) = with_browsers(store, TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        house.listens(account, 1, &service).await;
        house.clock.set_local(TODAY, time!(21:00));
        house.pays_in(account, "25.00").await;
        house.pushes().await;
        assert!(service.taken().is_empty());
        // A push service that is away until the night is asked again in the morning.
        house.clock.set_local(date!(2026 - 11 - 23), time!(9:00));
        service.answers(|_| (503, None));
        house.pushes().await;
        assert_eq!(service.taken().len(), 1);
        service.answers(|_| (201, None));
        house.clock.set_local(date!(2026 - 11 - 23), time!(22:00));
        house.pushes().await;
        assert!(service.taken().is_empty());
        house.clock.set_local(date!(2026 - 11 - 24), time!(9:00));
        house.pushes().await;
        assert_eq!(service.taken().len(), 1);
    }

    async fn a_push_service_is_asked_again_when_it_says_and_others_are_not_told_twice(store) {
        let (house, service) = with_browsers(store, TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        house.listens(account, 1, &service).await;
        house.listens(account, 2, &service).await;
        service.answers(|taken| if taken.path.ends_with("/2") { (429, Some(600)) } else { (201, None) });
        house.pays_in(account, "25.00").await;
        house.pushes().await;
        assert_eq!(service.taken().len(), 2);
        house.clock.step(Duration::seconds(599));
        house.pushes().await;
        assert!(service.taken().is_empty(), "not before it wants to be asked");
        service.answers(|_| (201, None));
        house.clock.step(Duration::SECOND);
        house.pushes().await;
        let paths: Vec<String> = service.taken().into_iter().map(|taken| taken.path).collect();
        assert_eq!(paths, ["/push/2"]);
    }

    async fn a_browser_that_left_or_is_refused_is_forgotten(store) {
        let (house, service) = with_browsers(store, TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        house.listens(account, 1, &service).await;
        house.listens(account, 2, &service).await;
        service.answers(|taken| if taken.path.ends_with("/1") { (410, None) } else { (201, None) });
        house.pays_in(account, "25.00").await;
        house.pushes().await;
        let left = house.browsers(account).await;
        assert_eq!(left.iter().map(|one| one.user_agent.as_str()).collect::<Vec<_>>(), ["Browser 2"]);
        assert_eq!(house.told_notices(account).await[0].state, "sent");
        service.answers(|_| (403, None));
        for refusals in 1..=5 {
            assert_eq!(house.browsers(account).await.len(), 1, "after {refusals}");
            house.pays_in(account, "25.00").await;
            house.pushes().await;
        }
        assert!(house.browsers(account).await.is_empty(), "five in a row");
        assert_eq!(house.told_notices(account).await[0].state, "unreachable");
        let dead = house.service.list_dead_of(None, 50).await.unwrap();
        assert_eq!(dead.len(), 5, "staff see what was refused");
        house.pays_in(account, "25.00").await;
        assert_eq!(house.told_notices(account).await.len(), 6, "nobody listens, so nothing is written");
    }

    async fn what_no_push_service_takes_waits_no_more_until_it_is_tried_again(store) {
        let (house, service) = with_browsers(store, TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        house.listens(account, 1, &service).await;
        let last = async || house.service.list_notices(account, None, 1).await.unwrap().0.remove(0);
        let stands = async || {
            let told = last().await;
            (told.state, told.delivery, told.ended_at.is_some())
        };
        let queued = || ("queued".to_owned(), None, false);
        let failed = || ("queued".to_owned(), Some("failed".to_owned()), true);
        let sent = || ("sent".to_owned(), None, true);
        // Refused by its push service.
        service.answers(|_| (403, None));
        house.pays_in(account, "25.00").await;
        assert_eq!(stands().await, queued());
        house.pushes().await;
        assert_eq!(stands().await, failed());
        // The patience with one that is away is spent.
        service.answers(|_| (503, None));
        house.pays_in(account, "25.00").await;
        house.pushes().await;
        assert_eq!(stands().await, queued(), "it is tried again");
        for day in 23..=30 {
            house.at(date!(2026 - 11 - 01).replace_day(day).unwrap());
            house.pushes().await;
        }
        assert_eq!(house.service.list_dead_of(None, 50).await.unwrap().len(), 2);
        assert_eq!(stands().await, failed());
        // Staff have both tried again.
        service.answers(|_| (201, None));
        assert_eq!(house.service.repeat_tasks(Actor::Staff, None).await.unwrap(), 2);
        // One that was away is first tried with a single one.
        house.pushes().await;
        house.clock.step(Duration::minutes(1));
        house.pushes().await;
        let all = house.service.list_notices(account, None, 9).await.unwrap().0;
        assert!(all.iter().all(|told| told.state == "sent" && told.delivery.is_none()), "{all:?}");
        // One browser refuses, another takes it.
        house.listens(account, 2, &service).await;
        service.answers(|taken| if taken.path.ends_with("/1") { (403, None) } else { (201, None) });
        house.pays_in(account, "25.00").await;
        house.pushes().await;
        assert_eq!(stands().await, sent());
    }

    async fn a_browser_that_is_switched_off_meanwhile_is_not_told(store) {
        let (house, service) = with_browsers(store, TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        house.listens(account, 1, &service).await;
        service.answers(|_| (503, None));
        house.pays_in(account, "25.00").await;
        house.pushes().await;
        assert_eq!((service.taken().len(), house.told_notices(account).await[0].state.as_str()), (1, "queued"));
        let device = house.browsers(account).await[0].id;
        house.service.remove_push_device(account, device).await.unwrap();
        service.answers(|_| (201, None));
        house.clock.step(Duration::hours(1));
        house.pushes().await;
        assert!(service.taken().is_empty());
        assert_eq!(house.told_notices(account).await[0].state, "unreachable", "it waits for nobody");
    }

    async fn a_notice_of_the_night_ends_where_nobody_listens_in_the_morning(store) {
        let (house, service) = with_browsers(store, TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        house.listens(account, 1, &service).await;
        house.clock.set_local(TODAY, time!(22:00));
        house.pays_in(account, "25.00").await;
        let device = house.browsers(account).await[0].id;
        house.service.remove_push_device(account, device).await.unwrap();
        house.clock.set_local(date!(2026 - 11 - 23), time!(9:00));
        house.pushes().await;
        assert_eq!(house.told_notices(account).await[0].state, "unreachable");
    }

    async fn however_long_a_push_service_wants_to_rest_it_is_asked_within_six_hours(store) {
        let (house, service) = with_browsers(store, TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        house.clock.set_local(TODAY, time!(10:00));
        house.listens(account, 1, &service).await;
        service.answers(|_| (429, Some(30 * 24 * 3600)));
        house.pays_in(account, "25.00").await;
        house.pushes().await;
        assert_eq!(service.taken().len(), 1);
        service.answers(|_| (201, None));
        house.clock.set_local(TODAY, time!(15:59:59));
        house.pushes().await;
        assert!(service.taken().is_empty());
        house.clock.set_local(TODAY, time!(16:00));
        house.pushes().await;
        assert_eq!(service.taken().len(), 1);
    }

    async fn keys_that_nothing_can_be_sealed_with_are_forgotten(store) {
        let (house, service) = with_browsers(store.clone(), TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        house.listens(account, 1, &service).await;
        let mut tx = store.write().await.unwrap();
        tx.run("UPDATE push_device SET p256dh = $1", ("no key",)).await.unwrap();
        tx.commit().await.unwrap();
        house.pays_in(account, "25.00").await;
        house.pushes().await;
        assert!(service.taken().is_empty() && house.browsers(account).await.is_empty());
        assert_eq!(house.told_notices(account).await[0].state, "unreachable");
    }

    async fn whoever_asks_again_is_told_of_the_money_again(store) {
        let (house, service) = with_browsers(store, TODAY).await;
        let account = house.registers("0042", "home-20", Some("20.00")).await;
        house.listens(account, 1, &service).await;
        house.lives_to(date!(2026 - 12 - 01)).await;
        house.pushes().await;
        assert_eq!(service.taken().len(), 1, "it lasts until the third");
        let device = house.browsers(account).await[0].id;
        house.service.remove_push_device(account, device).await.unwrap();
        house.listens(account, 1, &service).await;
        house.lives_to(date!(2026 - 12 - 02)).await;
        house.pushes().await;
        let taken = service.taken();
        assert_eq!(taken.len(), 1);
        assert!(read(1, &taken[0])["body"].as_str().unwrap().contains("вистачить до 3 грудня"), "{taken:?}");
    }

    async fn a_session_that_ended_adds_no_browser(store) {
        let (house, service) = with_browsers(store.clone(), TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        let now = house.clock.now();
        let opened = Session {
            id: session(1),
            owner_id: account,
            delivery: "cookie".to_owned(),
            user_agent: String::new(),
            address: String::new(),
            created_at: now,
            last_used_at: now,
            revoked_at: None,
        };
        let mut tx = store.write().await.unwrap();
        sessions::open(&mut tx, &opened, &[1; 32]).await.unwrap();
        tx.commit().await.unwrap();
        house.listens(account, 1, &service).await;
        let mut tx = store.write().await.unwrap();
        sessions::revoke(&mut tx, account, opened.id, now).await.unwrap();
        tx.commit().await.unwrap();
        // Its access token is good for minutes yet, and a request with it may be on its way.
        let late = house.asks(account, 1, &format!("{}/push/1", service.url)).await;
        assert!(matches!(late, Err(Error::Refused(Refusal::SessionEnded))), "{late:?}");
        assert!(house.browsers(account).await.is_empty());
    }

    async fn nobody_hears_of_another(store) {
        let (house, service) = with_browsers(store, TODAY).await;
        let one = house.registers("0042", "home-20", Some("50.00")).await;
        let other = house.registers("0043", "home-20", Some("50.00")).await;
        let endpoint = format!("{}/push/1", service.url);
        house.asks(one, 1, &endpoint).await.unwrap();
        house.asks(other, 1, &endpoint).await.unwrap();
        assert!(house.browsers(one).await.is_empty(), "the browser is the other's by now");
        house.pays_in(one, "25.00").await;
        house.pushes().await;
        assert!(service.taken().is_empty());
        let device = house.browsers(other).await[0].id;
        let refused = house.service.remove_push_device(one, device).await;
        assert!(matches!(refused, Err(Error::Refused(Refusal::NotFound))), "{refused:?}");
        house.service.remove_push_device(other, device).await.unwrap();
        house.pays_in(other, "25.00").await;
        house.pushes().await;
        assert!(service.taken().is_empty());
    }

    async fn only_so_many_browsers_are_told_and_no_other_place(store) {
        let (house, service) = with_browsers(store.clone(), TODAY).await;
        let account = house.registers("0042", "home-20", Some("50.00")).await;
        for number in 1..=12 {
            house.listens(account, number, &service).await;
        }
        let told: Vec<String> = house.browsers(account).await.into_iter().map(|one| one.user_agent).collect();
        assert_eq!((told.len(), told[0].as_str(), told[9].as_str()), (DEVICES, "Browser 12", "Browser 3"));
        // The oldest of them with keys of its own by now is one of the ten still.
        house.asks(account, 13, &format!("{}/push/3", service.url)).await.unwrap();
        let told: Vec<String> = house.browsers(account).await.into_iter().map(|one| one.user_agent).collect();
        assert_eq!((told.len(), told[9].as_str()), (DEVICES, "Browser 13"));
        let plain = House::beside(store, &house);
        let absent = plain.asks(account, 1, "https://fcm.googleapis.com/x").await;
        assert!(matches!(absent, Err(Error::Refused(Refusal::PushAbsent))), "{absent:?}");
        assert_eq!(plain.service.show_push(account).await.unwrap().public_key, None);
    }
}
