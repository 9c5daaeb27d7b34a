//! Turbo, a pause, a static address: taken, explained, taken back.

use crate::support::{House, money};
use cabinet_core::account::Pause;
use cabinet_core::ledger::EntryKind;
use cabinet_core::statement::Empty;
use cabinet_core::tariff::FreeTurbo;
use cabinet_core::{Account, Money, Refusal, Standing};
use cabinet_service::acts::{Order, OrderStatus, Quote};
use cabinet_service::{Actor, Clock, Error};
use cabinet_store::Store;
use cabinet_store::ledger::Filter;
use time::macros::date;
use time::{Date, Duration};
use uuid::Uuid;

/// A contract of 1 November 2014 that has lived to the 23rd of December, and a pool of two addresses.
async fn settled(store: Store, paid: &str) -> (House, Uuid) {
    let house = House::open(store, date!(2014 - 11 - 01)).await;
    let account = house.registers("1", "home-20", Some(paid)).await;
    house.service.add_addresses(Actor::Staff, "main", "203.0.113.16/31").await.unwrap();
    house.lives_to(date!(2014 - 12 - 23)).await;
    (house, account)
}

async fn account(house: &House, id: Uuid) -> Account {
    house.service.show_overview(id).await.unwrap().account
}

async fn confirmed(house: &House, id: Uuid, quote: Result<Quote, Error>) -> Order {
    house.service.confirm_quote(id, quote.unwrap().id, house.key("c")).await.unwrap().value
}

async fn turbo(house: &House, id: Uuid, option: &str) -> Order {
    confirmed(house, id, house.service.quote_turbo(id, option.to_owned()).await).await
}

async fn pause(house: &House, id: Uuid, from: Date, until: Date) -> Order {
    confirmed(house, id, house.service.quote_pause(id, Pause { from, until }).await).await
}

async fn address(house: &House, id: Uuid) -> Order {
    confirmed(house, id, house.service.quote_static_ip(id).await).await
}

/// The order that was made last, as it is kept.
async fn last_order(house: &House, id: Uuid) -> Order {
    house.service.list_orders(id, None, 1).await.unwrap().0.remove(0)
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Refusal {
    match outcome {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

/// Kinds and amounts of what was posted last, the newest first.
async fn last(house: &House, id: Uuid, count: i64) -> Vec<(EntryKind, Money)> {
    let (entries, _) = house.service.list_entries(id, Filter::default(), None, count).await.unwrap();
    entries.iter().map(|entry| (entry.kind, entry.amount)).collect()
}

cabinet_store::on_both! {
    async fn turbo_runs_for_elapsed_hours_one_after_the_other_and_the_last_is_undone(store) {
        let (house, id) = settled(store, "200.00").await;
        let now = house.clock.now();
        let first = turbo(&house, id, "3h").await;
        assert_eq!(last(&house, id, 1).await, [(EntryKind::Turbo, money("-5.00"))]);
        let span = first.turbo.clone().unwrap();
        assert_eq!((span.starts_at, span.ends_at), (now, now + Duration::hours(3)));
        house.clock.step(Duration::minutes(5));
        let second = turbo(&house, id, "24h").await;
        let span = second.turbo.clone().unwrap();
        assert_eq!((span.starts_at, span.ends_at), (now + Duration::hours(3), now + Duration::hours(27)));
        let facts = house.service.show_services(id).await.unwrap();
        assert_eq!(facts.turbos.iter().map(|run| run.order_id).collect::<Vec<_>>(), [first.id, second.id]);
        assert_eq!(facts.undoable.iter().map(|order| order.id).collect::<Vec<_>>(), [second.id, first.id]);
        assert_eq!(account(&house, id).await.turbo_at(house.clock.now()), Some(span.ends_at));

        assert_eq!(refusal(house.service.undo_order(id, first.id, house.key("u")).await), Refusal::UndoOver, "another follows it");
        let before = house.balance(id).await;
        let key = house.key("u");
        let undone = house.service.undo_order(id, second.id, key.clone()).await.unwrap();
        assert_eq!((undone.value.status, undone.replayed), (OrderStatus::Undone, false));
        assert_eq!(last_order(&house, id).await, undone.value);
        assert_eq!(house.balance(id).await, before + money("20.00"));
        assert_eq!(last(&house, id, 1).await, [(EntryKind::Reversal, money("20.00"))]);
        assert!(house.service.undo_order(id, second.id, key).await.unwrap().replayed, "the same key gives the first answer");
        assert_eq!(refusal(house.service.undo_order(id, second.id, house.key("u")).await), Refusal::UndoOver);
        assert_eq!(account(&house, id).await.turbo_until, Some(now + Duration::hours(3)));
        let spent = Refusal::UndoSpent { possible_from: date!(2015 - 01 - 01) };
        assert_eq!(refusal(house.service.undo_order(id, first.id, house.key("u")).await), spent);
        assert_eq!(house.service.show_services(id).await.unwrap().undoable, []);
        house.clock.step(Duration::hours(3));
        assert_eq!(house.service.show_services(id).await.unwrap().turbos, []);
        house.audited().await;
    }

    async fn a_free_turbo_comes_once_a_month_and_is_given_back_by_an_undo(store) {
        let (house, id) = settled(store, "200.00").await;
        let mut catalogue = house.service.catalogue().await.unwrap();
        for tariff in &mut catalogue.tariffs {
            tariff.free_turbo = Some(FreeTurbo { option: "3h".to_owned(), per_month: 1 });
        }
        house.service.import_catalogue(&catalogue).await.unwrap();
        let free = turbo(&house, id, "3h").await;
        assert_eq!(free.entries, []);
        let price = |facts: cabinet_service::show_services::ServicesFacts| facts.turbo_options[0].outcome.as_ref().unwrap().price;
        assert_eq!(price(house.service.show_services(id).await.unwrap()), money("5.00"), "the month's is taken");
        house.service.undo_order(id, free.id, house.key("u")).await.unwrap();
        assert_eq!(price(house.service.show_services(id).await.unwrap()), Money::ZERO, "and given back");
        assert_eq!(account(&house, id).await.turbo_until, None);
    }

    async fn a_pause_stops_the_charge_shows_on_the_calendar_and_ends_early(store) {
        let (house, id) = settled(store, "300.00").await;
        let before = house.balance(id).await;
        let order = pause(&house, id, date!(2014 - 12 - 25), date!(2015 - 01 - 07)).await;
        assert_eq!((order.status, house.balance(id).await), (OrderStatus::Planned, before - money("10.00")));
        house.lives_to(date!(2014 - 12 - 24)).await;
        assert_eq!(account(&house, id).await.standing(date!(2014 - 12 - 24)), Standing::Active);
        let paid = house.balance(id).await;
        house.lives_to(date!(2014 - 12 - 30)).await;
        assert_eq!((account(&house, id).await.standing(date!(2014 - 12 - 30)), house.balance(id).await), (Standing::Paused, paid));
        let sheet = house.service.show_statement(id, None).await.unwrap().sheet;
        let empty: Vec<_> = sheet.weeks.iter().flat_map(|week| &week.days).filter(|day| day.empty == Some(Empty::Paused)).map(|day| day.date.day()).collect();
        assert_eq!(empty, [25, 26, 27, 28, 29, 30]);
        assert!(matches!(refusal(house.service.quote_turbo(id, "3h".to_owned()).await), Refusal::AccountPaused { .. }));

        let ended = confirmed(&house, id, house.service.quote_pause_end(id).await).await;
        assert_eq!((ended.starts_on, ended.entries.len()), (date!(2014 - 12 - 31), 0));
        assert_eq!(last_order(&house, id).await, ended);
        assert_eq!(refusal(house.service.quote_pause_end(id).await), Refusal::PauseEnding { resumes_on: date!(2014 - 12 - 31) });
        house.lives_to(date!(2015 - 01 - 03)).await;
        assert_eq!(account(&house, id).await.standing(date!(2015 - 01 - 03)), Standing::Active);
        assert_eq!(account(&house, id).await.paused_through, Some(date!(2014 - 12 - 30)));
        let soon = Pause { from: date!(2015 - 01 - 10), until: date!(2015 - 01 - 20) };
        assert_eq!(refusal(house.service.quote_pause(id, soon).await), Refusal::PauseTooSoon { possible_from: date!(2015 - 03 - 30) });
        house.audited().await;
    }

    async fn a_pause_that_waits_is_moved_taken_back_and_undone(store) {
        let (house, id) = settled(store, "300.00").await;
        let before = house.balance(id).await;
        let (from, until) = (date!(2014 - 12 - 28), date!(2015 - 01 - 07));
        pause(&house, id, from, until).await;
        let later = Pause { from: date!(2015 - 01 - 05), until: date!(2015 - 01 - 20) };
        let moved = house.service.change_pause(id, later, house.key("m")).await.unwrap().value;
        assert_eq!((moved.pause, moved.starts_on, moved.status), (Some(later), later.from, OrderStatus::Planned));
        assert_eq!(last_order(&house, id).await, moved, "it is kept so");
        let short = Pause { until: later.from, ..later };
        assert!(matches!(refusal(house.service.change_pause(id, short, house.key("m")).await), Refusal::PauseLength { .. }));
        let cancelled = house.service.cancel_pause(id, house.key("x")).await.unwrap().value;
        assert_eq!((cancelled.status, house.balance(id).await), (OrderStatus::Cancelled, before));
        assert_eq!(last_order(&house, id).await, cancelled);
        assert_eq!(refusal(house.service.cancel_pause(id, house.key("x")).await), Refusal::NothingPlanned);
        house.lives_to(date!(2014 - 12 - 29)).await;
        assert_eq!(account(&house, id).await.standing(date!(2014 - 12 - 29)), Standing::Active, "the days it had first are no pause");

        // Confirmed two minutes before midnight, undone five after it: the day that had begun without service is charged.
        house.clock.set_local(date!(2014 - 12 - 29), time::macros::time!(23:58));
        let paid = house.balance(id).await;
        let order = pause(&house, id, date!(2014 - 12 - 30), date!(2015 - 01 - 10)).await;
        house.clock.set_local(date!(2014 - 12 - 30), time::macros::time!(0:05));
        house.service.run_day(date!(2014 - 12 - 30), |_, _| ()).await.unwrap();
        assert_eq!(account(&house, id).await.standing(date!(2014 - 12 - 30)), Standing::Paused);
        house.service.undo_order(id, order.id, house.key("u")).await.unwrap();
        assert_eq!(account(&house, id).await.standing(date!(2014 - 12 - 30)), Standing::Active);
        assert_eq!(house.balance(id).await, paid - money("1.62"));
        house.audited().await;
    }

    async fn a_static_address_is_charged_by_the_day_rests_and_never_blocks_a_pause(store) {
        let (house, id) = settled(store, "300.00").await;
        let order = address(&house, id).await;
        assert_eq!((order.address.as_deref(), order.entries.len()), (Some("203.0.113.16"), 1));
        assert_eq!(last(&house, id, 1).await, [(EntryKind::StaticIpCharge, money("-0.97"))]);
        assert_eq!(refusal(house.service.quote_static_ip(id).await), Refusal::StaticIpConnected);
        house.lives_to(date!(2014 - 12 - 24)).await;
        assert_eq!(last(&house, id, 2).await, [(EntryKind::StaticIpCharge, money("-0.97")), (EntryKind::TariffCharge, money("-1.61"))]);
        pause(&house, id, date!(2014 - 12 - 25), date!(2014 - 12 - 31)).await;
        house.lives_to(date!(2014 - 12 - 31)).await;
        let (entries, _) = house.service.list_entries(id, Filter::default(), None, 100).await.unwrap();
        let sum: Money = entries.iter().filter(|entry| entry.kind == EntryKind::StaticIpCharge).map(|entry| entry.amount).sum();
        assert_eq!(sum, -money("30.00").share(9, 31), "nine days of December");
        // A month all through: the fee to the kopeck, and the bill of the next one asks for both.
        house.lives_to(date!(2015 - 02 - 01)).await;
        let bill = house.service.list_bills(id, None, 1).await.unwrap().0.remove(0).bill;
        let of = |lines: &[cabinet_core::bill::Line], kind| lines.iter().filter(|line| line.kind == kind).map(|line| (line.quantity, line.amount)).collect::<Vec<_>>();
        assert_eq!(of(&bill.charges, EntryKind::StaticIpCharge), [(31, money("30.00"))]);
        assert_eq!(of(&bill.charges, EntryKind::TariffCharge), [(31, money("50.00"))]);
        assert_eq!(of(&bill.ahead, EntryKind::StaticIpCharge), [(28, money("30.00"))]);

        let released = confirmed(&house, id, house.service.quote_static_ip_release(id).await).await;
        assert_eq!(released.address.as_deref(), Some("203.0.113.16"));
        assert_eq!(last_order(&house, id).await, released);
        assert!(matches!(refusal(house.service.quote_static_ip(id).await), Refusal::StaticIpEnding { .. }));
        house.lives_to(date!(2015 - 02 - 02)).await;
        assert_eq!(last(&house, id, 1).await[0].0, EntryKind::TariffCharge);
        assert_eq!(account(&house, id).await.static_ip, None);
        let (pool, _) = house.service.list_addresses(None, 10).await.unwrap();
        assert_eq!(pool.iter().map(|row| (row.contract.clone(), row.free_from)).collect::<Vec<_>>(), [(None, date!(2015 - 02 - 09)), (None, date!(2014 - 11 - 01))]);
        let again = address(&house, id).await;
        assert_eq!(again.address.as_deref(), Some("203.0.113.17"), "the other one rests");
        let before = house.balance(id).await;
        house.service.undo_order(id, again.id, house.key("u")).await.unwrap();
        assert_eq!(house.balance(id).await, before + money("1.07"));
        assert_eq!(refusal(house.service.quote_static_ip(id).await), Refusal::PoolEmpty, "both rest");
        house.audited().await;
    }

    async fn an_ipv6_prefix_goes_with_the_address(store) {
        let (house, id) = settled(store, "300.00").await;
        let (service, of) = (&house.service, "203.0.113.16");
        let set = async |address: &str, prefix| service.set_address_prefix(Actor::Staff, address, prefix).await;
        assert_eq!(refusal(set("203.0.113.99", Some("2001:db8:7::/56")).await), Refusal::NotFound);
        assert!(matches!(refusal(set(of, Some("2001:db8:7::1/56")).await), Refusal::FieldInvalid { field: "prefix", .. }));
        set(of, Some("2001:DB8:7:0::/56")).await.unwrap();
        assert_eq!(refusal(set("203.0.113.17", Some("2001:db8::/40")).await), Refusal::PrefixTaken);
        set("203.0.113.17", Some("2001:db8:7:100::/56")).await.unwrap();
        let shown = async || service.show_services(id).await.unwrap().static_ip.ipv6_prefix;
        assert_eq!(shown().await, None, "nobody has it yet");
        address(&house, id).await;
        assert_eq!(shown().await.as_deref(), Some("2001:db8:7::/56"));
        // A range that is added again keeps what was said of its addresses.
        service.add_addresses(Actor::Staff, "main", "203.0.113.16/31").await.unwrap();
        assert_eq!(shown().await.as_deref(), Some("2001:db8:7::/56"));
        set(of, None).await.unwrap();
        assert_eq!(shown().await, None);
        let (pool, _) = service.list_addresses(None, 10).await.unwrap();
        assert_eq!(pool.iter().map(|row| row.ipv6_prefix.as_deref()).collect::<Vec<_>>(), [None, Some("2001:db8:7:100::/56")]);
    }

    async fn the_day_is_all_or_nothing(store) {
        let (house, id) = settled(store, "300.00").await;
        address(&house, id).await;
        let balance = house.balance(id).await;
        // The tariff alone is covered, both together are not.
        house.service.adjust(Actor::Staff, id, money("2.00") - balance, "проба").await.unwrap();
        house.lives_to(date!(2014 - 12 - 24)).await;
        assert_eq!((account(&house, id).await.standing(date!(2014 - 12 - 24)), house.balance(id).await), (Standing::Blocked, money("2.00")));
        house.service.pay_cash(Actor::Staff, id, money("0.58"), None).await.unwrap();
        assert_eq!((account(&house, id).await.standing(date!(2014 - 12 - 24)), house.balance(id).await), (Standing::Active, Money::ZERO));
        house.audited().await;
    }

    async fn the_last_address_goes_to_one_of_two_who_want_it_at_once(store) {
        let (house, id) = settled(store.clone(), "300.00").await;
        house.service.withdraw_address(Actor::Staff, "203.0.113.17").await.unwrap();
        let other = house.registers("2", "home-20", Some("300.00")).await;
        let beside = House::beside(store, &house);
        let (mine, theirs) = (house.service.quote_static_ip(id).await.unwrap(), beside.service.quote_static_ip(other).await.unwrap());
        let (one, two) = tokio::join!(
            house.service.confirm_quote(id, mine.id, house.key("c")),
            beside.service.confirm_quote(other, theirs.id, beside.key("d")),
        );
        let got: Vec<_> = [one, two].into_iter().filter_map(Result::ok).filter_map(|order| order.value.address).collect();
        assert_eq!(got, ["203.0.113.16"]);
        let (pool, _) = house.service.list_addresses(None, 10).await.unwrap();
        assert_eq!(pool.iter().filter(|row| row.contract.is_some()).count(), 1);
        house.audited().await;
    }

    async fn a_contract_that_ends_gives_its_address_back(store) {
        let (house, id) = settled(store, "300.00").await;
        address(&house, id).await;
        house.service.close_contract(Actor::Staff, id, "переїзд").await.unwrap();
        house.lives_to(date!(2014 - 12 - 24)).await;
        let (pool, _) = house.service.list_addresses(None, 10).await.unwrap();
        assert!(pool.iter().all(|row| row.contract.is_none()), "{pool:?}");
        house.audited().await;
    }
}
