//! The same seeded random history on both engines gives the same transcript, and a sound book.

use crate::support::House;
use cabinet_core::account::Pause;
use cabinet_core::policy::{ChargeWhen, DowngradeStart, MissedDays};
use cabinet_core::tariff::FeeVersion;
use cabinet_core::{Money, Month, Policy, TariffCode};
use cabinet_service::Clock;
use cabinet_store::Store;
use cabinet_store::testing::{on_postgres, on_sqlite};
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use time::Duration;
use time::macros::date;
use uuid::Uuid;

/// A small generator of its own, so that a history is named by its seed alone.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % sides
    }
}

async fn history(store: Store, seed: u64) -> String {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let house = House::open(store, date!(2024 - 01 - 25)).await;
    let tariffs = ["home-10", "home-20", "home-50", "home-100"];
    house.service.add_addresses(cabinet_service::Actor::Staff, "main", "203.0.113.16/30").await.unwrap();
    let mut accounts = Vec::new();
    let mut transcript = String::new();
    for step in 0..160 {
        let roll = dice.roll(100);
        let told = match roll {
            0..10 if accounts.len() < 6 => {
                let paid = dice.roll(90) + 1;
                let tariff = tariffs[dice.roll(4) as usize];
                accounts.push(house.registers(&format!("{step}"), tariff, Some(&format!("{paid}.00"))).await);
                format!("registers {tariff} {paid}")
            }
            _ if accounts.is_empty() => continue,
            55..58 => {
                let mut catalogue = house.service.catalogue().await.unwrap();
                let month = Month::of(house.clock.today()).next();
                let tariff = &mut catalogue.tariffs[dice.roll(4) as usize];
                let fee = Money::from_kopecks(dice.roll(12_000) as i64);
                tariff.fees = vec![FeeVersion { from: month, fee }];
                format!("announces {fee} {:?}", house.service.import_catalogue(&catalogue).await)
            }
            58..60 => {
                let policy = Policy {
                    charge_when: [ChargeWhen::Covers, ChargeWhen::NonNegative, ChargeWhen::Always]
                        [dice.roll(3) as usize],
                    missed_days: [MissedDays::Forgive, MissedDays::Charge][dice.roll(2) as usize],
                    downgrade_start: [DowngradeStart::NextMonth, DowngradeStart::NextDay][dice.roll(2) as usize],
                    ..Policy::default()
                };
                format!("decides {:?}", house.service.import_policy(&policy).await)
            }
            10..55 => {
                house.at(house.clock.today() + Duration::days(1 + dice.roll(3) as i64));
                let report = house.service.run_day(house.clock.today(), |_, _| ()).await.unwrap();
                format!(
                    "run {} charged {} blocked {} total {} forgiven {}",
                    report.seen, report.charged, report.blocked, report.total, report.forgiven
                )
            }
            _ => {
                let account = accounts[dice.roll(accounts.len() as u64) as usize];
                match dice.roll(14) {
                    0 | 1 => format!(
                        "pays {:?}",
                        house
                            .service
                            .pay_cash(
                                cabinet_service::Actor::Staff,
                                account,
                                Money::from_kopecks(1 + dice.roll(6000) as i64),
                                None
                            )
                            .await
                            .map(|e| e.value.balance_after)
                    ),
                    2 => format!(
                        "suspends {:?}",
                        house.service.suspend(cabinet_service::Actor::Staff, account, "x").await
                    ),
                    3 => format!("resumes {:?}", house.service.resume(cabinet_service::Actor::Staff, account).await),
                    4 => format!(
                        "cancels {:?}",
                        house
                            .service
                            .cancel_tariff_change(account, house.key("x"))
                            .await
                            .map(|a| a.value.entries.len())
                    ),
                    5 => match house.service.quote_promise(account).await {
                        Ok(quote) => {
                            let order = house.service.confirm_quote(account, quote.id, house.key("x")).await;
                            format!("promises {:?}", order.map(|a| (a.value.promise, a.value.entries.len())))
                        }
                        Err(refused) => format!("is not lent {refused:?}"),
                    },
                    7..=13 => services(&house, &mut dice, account).await,
                    _ => {
                        let wish = TariffCode::new(tariffs[dice.roll(4) as usize]);
                        match house.service.quote_tariff_change(account, wish).await {
                            Ok(quote) => format!(
                                "confirms {:?}",
                                house
                                    .service
                                    .confirm_quote(account, quote.id, house.key("x"))
                                    .await
                                    .map(|a| a.value.starts_on)
                            ),
                            Err(refused) => format!("is refused {refused:?}"),
                        }
                    }
                }
            }
        };
        transcript += &format!("{step} {} {told}\n", house.clock.today());
    }
    for account in accounts {
        let overview = house.service.show_overview(account).await.unwrap();
        transcript += &format!("{:?} {:?}\n", overview.account, overview.outlook);
        for month in ["2024-01", "2024-02", "2024-03"] {
            let sheet = house.service.show_statement(account, month.parse().ok()).await.map(|facts| facts.sheet);
            transcript += &format!("{sheet:?}\n");
        }
        let (bills, _) = house.service.list_bills(account, None, 100).await.unwrap();
        for pair in bills.windows(2) {
            assert!(pair[0].bill.opening == pair[1].bill.closing || pair[1].bill.closes.next() != pair[0].bill.closes);
        }
        transcript += &format!("{bills:?}\n");
        let (entries, _) = house.service.list_entries(account, Default::default(), None, 1000).await.unwrap();
        for entry in entries {
            transcript += &format!("{entry:?}\n");
        }
    }
    house.audited().await;
    transcript
}

/// Takes, changes or takes back a service.
async fn services(house: &House, dice: &mut Dice, account: Uuid) -> String {
    let (service, today) = (&house.service, house.clock.today());
    let from = today + Duration::days(dice.roll(6) as i64);
    let pause = Pause { from, until: from + Duration::days(5 + dice.roll(20) as i64) };
    let quote = match dice.roll(9) {
        0 | 1 => service.quote_turbo(account, ["3h", "12h", "24h"][dice.roll(3) as usize].to_owned()).await,
        2 | 3 => service.quote_pause(account, pause).await,
        4 => service.quote_pause_end(account).await,
        5 => service.quote_static_ip(account).await,
        6 => service.quote_static_ip_release(account).await,
        7 => {
            return format!(
                "moves {:?}",
                service.change_pause(account, pause, house.key("m")).await.map(|a| a.value.pause)
            );
        }
        _ => {
            return format!(
                "takes back {:?}",
                service.cancel_pause(account, house.key("x")).await.map(|a| a.value.status)
            );
        }
    };
    match quote {
        Ok(quote) => {
            let order = service.confirm_quote(account, quote.id, house.key("s")).await.map(|a| a.value);
            let told =
                format!("takes {:?}", order.as_ref().map(|order| (order.act, &order.address, order.entries.len())));
            match order.ok().filter(|_| dice.roll(4) == 0) {
                Some(order) => {
                    let undone = service.undo_order(account, order.id, house.key("u")).await;
                    format!("{told} and undoes {:?}", undone.map(|a| a.value.entries.len()))
                }
                None => told,
            }
        }
        Err(refused) => format!("is refused {refused:?}"),
    }
}

/// A body that waits for a store of one engine.
type Body = Box<dyn FnOnce(Store) -> Pin<Box<dyn Future<Output = ()>>>>;

fn transcript(run: fn(Body), seed: u64) -> String {
    let kept = Arc::new(Mutex::new(String::new()));
    let place = kept.clone();
    run(Box::new(move |store| Box::pin(async move { *place.lock().unwrap() = history(store, seed).await })));
    std::mem::take(&mut kept.lock().unwrap())
}

#[test]
fn both_engines_live_the_same_lives() {
    for seed in 1..=6 {
        let sqlite = transcript(on_sqlite, seed);
        let postgres = transcript(on_postgres, seed);
        assert!(sqlite == postgres, "seed {seed} differs:\n{}", first_difference(&sqlite, &postgres));
    }
}

fn first_difference(a: &str, b: &str) -> String {
    a.lines().zip(b.lines()).find(|(a, b)| a != b).map_or("length".into(), |(a, b)| format!("{a}\n{b}"))
}
