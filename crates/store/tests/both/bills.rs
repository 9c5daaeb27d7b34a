use crate::support::{NOON, after, cash, charge, posted, subscriber};
use cabinet_core::bill::{Bill, Ends, Facts, Tally, TallyCover, make};
use cabinet_core::ledger::{Draft, EntryKind};
use cabinet_core::{Catalogue, Money, Month, Policy, TariffCode};
use cabinet_store::accounts::Held;
use cabinet_store::bills::{self, BillRun};
use cabinet_store::{Store, ledger, on_both};
use time::Date;
use time::macros::date;
use uuid::Uuid;

fn kopecks(kopecks: i64) -> Money {
    Money::from_kopecks(kopecks)
}

fn january() -> Month {
    Month::new(2015, 1).unwrap()
}

/// 31 December and the 1st of January charged on the 1st, the 2nd and the 3rd by themselves, 10.00 in and 7.00 back.
async fn lives(store: &Store, held: &mut Held) {
    posted(store, held, cash(20_00), date!(2014 - 12 - 30)).await;
    posted(store, held, charge(date!(2014 - 12 - 31), 4), date!(2015 - 01 - 01)).await;
    for day in 1..=3 {
        let day = date!(2015 - 01 - 01).replace_day(day).unwrap();
        posted(store, held, charge(day, day.day()), day).await;
    }
    posted(store, held, cash(10_00), date!(2015 - 01 - 04)).await;
    posted(store, held, Draft::new(EntryKind::Refund, kopecks(-7_00)), date!(2015 - 01 - 31)).await;
    posted(store, held, cash(1_00), date!(2015 - 02 - 01)).await;
    posted(store, held, charge(date!(2015 - 02 - 02), 1), date!(2015 - 02 - 02)).await;
}

/// The account's bill of 1 February, of what the store summed.
async fn bill(store: &Store, held: &Held) -> Bill {
    let mut view = store.view().await.unwrap();
    let tallies = bills::tallies(&mut view, Uuid::nil(), Uuid::max(), january()).await.unwrap();
    let tallies: Vec<Tally> = tallies.into_iter().filter(|(id, _)| *id == held.id).map(|(_, tally)| tally).collect();
    let catalogue = Catalogue { tariffs: vec![crate::support::home_20()] };
    let facts = Facts {
        contract: &held.contract,
        closes: january(),
        opening: kopecks(20_00),
        tallies,
        account: &held.account,
        made_on: date!(2015 - 02 - 01),
    };
    make(&facts, &catalogue, &Policy::default()).unwrap()
}

on_both! {
    async fn a_months_entries_are_summed_by_what_a_bill_shows(store) {
        let (mut held, mut other) = (subscriber(&store, "0000").await, subscriber(&store, "0001").await);
        lives(&store, &mut held).await;
        posted(&store, &mut other, cash(5_00), date!(2015 - 01 - 31)).await;
        let mut view = store.view().await.unwrap();
        let (least, most) = (held.id.min(other.id), held.id.max(other.id));
        let mut found = bills::tallies(&mut view, Uuid::nil(), most, january()).await.unwrap();
        found.sort_by_key(|(id, tally)| (*id != held.id, tally.seqs));
        let day = |from, to, days| Some(TallyCover { from, to, fee: kopecks(50_00), days });
        let tally = |seqs: (i64, i64), kind, cover: Option<TallyCover>, amount| Tally {
            seqs,
            kind,
            tariff: cover.map(|_| TariffCode::new("home-20")),
            cover,
            count: seqs.1 - seqs.0 + 1,
            amount: kopecks(amount),
        };
        let (last, first) = (date!(2014 - 12 - 31), date!(2015 - 01 - 01));
        let expected = [
            tally((2, 2), EntryKind::TariffCharge, day(last, last, 1), -1_61),
            tally((3, 5), EntryKind::TariffCharge, day(first, date!(2015 - 01 - 03), 3), -4_84),
            tally((6, 6), EntryKind::CashPayment, None, 10_00),
            tally((7, 7), EntryKind::Refund, None, -7_00),
        ];
        let of = |id: Uuid| found.iter().filter(|(of, _)| *of == id).map(|(_, tally)| tally.clone()).collect::<Vec<_>>();
        assert_eq!(of(held.id), expected);
        assert_eq!(of(other.id), [tally((1, 1), EntryKind::CashPayment, None, 5_00)]);
        let behind = bills::tallies(&mut view, least, most, january()).await.unwrap();
        assert!(!behind.is_empty() && behind.iter().all(|(id, _)| *id == most));
        assert_eq!(bills::tallies(&mut view, most, Uuid::max(), january()).await.unwrap(), []);

        let since = bills::sums_since(&mut view, Uuid::nil(), most, january()).await.unwrap();
        assert_eq!(since, [(held.id, kopecks(1_00 - 1_79))]);
        assert_eq!(bills::sums_since(&mut view, most, Uuid::max(), january()).await.unwrap(), []);
    }

    async fn a_bill_stays_as_it_was_made(store) {
        let (mut held, other) = (subscriber(&store, "0000").await, subscriber(&store, "0001").await);
        lives(&store, &mut held).await;
        let made = bill(&store, &held).await;
        assert!(made.to_pay > Money::ZERO && made.charges.len() == 2 && made.credits.len() == 2);
        let mut tx = store.write().await.unwrap();
        assert_eq!(bills::write_bulk(&mut tx, NOON, &[(held.id, made.clone())]).await.unwrap(), [held.id]);
        tx.commit().await.unwrap();
        let again = Bill { to_pay: kopecks(1), ..made.clone() };
        let next = Bill { closes: january().next(), number: "0000-2015-03".to_owned(), due_on: None, to_pay: Money::ZERO, ..made.clone() };
        let mut tx = store.write().await.unwrap();
        let rows = [(held.id, again), (held.id, next.clone())];
        assert_eq!(bills::write_bulk(&mut tx, after(1), &rows).await.unwrap(), [held.id], "only the one that is new");
        assert!(bills::write_bulk(&mut tx, after(1), &[]).await.unwrap().is_empty());
        tx.commit().await.unwrap();

        let mut view = store.view().await.unwrap();
        assert_eq!(bills::find(&mut view, held.id, january()).await.unwrap(), Some(made.clone()));
        assert_eq!(bills::find(&mut view, other.id, january()).await.unwrap(), None);
        assert_eq!(bills::find(&mut view, held.id, january().previous()).await.unwrap(), None);
        assert_eq!(bills::page(&mut view, held.id, None, 10).await.unwrap(), [next.clone(), made.clone()]);
        assert_eq!(bills::page(&mut view, held.id, None, 1).await.unwrap(), std::slice::from_ref(&next));
        assert_eq!(bills::page(&mut view, held.id, Some(next.closes), 10).await.unwrap(), [made]);
        assert_eq!(bills::page(&mut view, other.id, None, 10).await.unwrap(), []);
        assert_eq!(bills::newest(&mut view, held.id).await.unwrap(), Some(next.closes));
        assert_eq!(bills::newest(&mut view, other.id).await.unwrap(), None);
    }

    async fn a_month_is_marked_closed_once(store) {
        let mut tx = store.write().await.unwrap();
        assert_eq!(bills::last_closed(&mut tx).await.unwrap(), None);
        for month in [january(), january(), january().previous()] {
            bills::finish(&mut tx, &BillRun { month, finished_at: NOON, bills: 1 }).await.unwrap();
        }
        assert_eq!(bills::last_closed(&mut tx).await.unwrap(), Some(january()));
    }

    async fn bills_stand_beside_the_entries_they_name(store) {
        let (mut held, mut poor) = (subscriber(&store, "0000").await, subscriber(&store, "0001").await);
        lives(&store, &mut held).await;
        posted(&store, &mut poor, cash(5_00), date!(2015 - 01 - 31)).await;
        let made = bill(&store, &held).await;
        let lost = Bill { number: "0001-2015-02".to_owned(), entries: (2, 3), ..made.clone() };
        let mut tx = store.write().await.unwrap();
        bills::write_bulk(&mut tx, NOON, &[(held.id, made.clone()), (poor.id, lost)]).await.unwrap();
        tx.commit().await.unwrap();
        let mut view = store.view().await.unwrap();
        let first = date!(0001 - 01 - 01);
        let beside = bills::stretch(&mut view, (Uuid::nil(), first), 10).await.unwrap();
        let of = |id: Uuid| beside.iter().find(|beside| beside.account_id == id).unwrap();
        let found = of(held.id);
        assert_eq!((found.contract.as_str(), found.month), ("0000", january().first()));
        assert_eq!(found.bill.as_ref(), Ok(&made));
        let ends = Ends {
            balances: (Some(made.opening), Some(made.closing)),
            days: [date!(2014 - 12 - 30), date!(2015 - 01 - 01), date!(2015 - 01 - 31), date!(2015 - 02 - 01)].map(Some),
        };
        assert_eq!(found.ends, ends);
        assert_eq!(made.check(&ends), Ok(()));
        let none: [Option<Date>; 3] = [None; 3];
        assert_eq!(of(poor.id).ends.days[1..], none, "its entries are not in the book");
        assert_eq!(of(poor.id).ends.balances, (None, None));
        let (one, two) = (held.id.min(poor.id), held.id.max(poor.id));
        let rest = bills::stretch(&mut view, (one, january().first()), 10).await.unwrap();
        assert_eq!(rest.iter().map(|beside| beside.account_id).collect::<Vec<_>>(), [two]);
        assert_eq!(bills::stretch(&mut view, (Uuid::nil(), first), 1).await.unwrap().len(), 1);
    }

    async fn what_moved_since_a_day_leaves_the_daily_charges_out(store) {
        let mut held = subscriber(&store, "0000").await;
        lives(&store, &mut held).await;
        let mut view = store.view().await.unwrap();
        let moved = ledger::moved_since(&mut view, held.id, date!(2015 - 01 - 04)).await.unwrap();
        let told: Vec<_> = moved.iter().map(|entry| (entry.seq, entry.kind, entry.amount)).collect();
        assert_eq!(
            told,
            [
                (6, EntryKind::CashPayment, kopecks(10_00)),
                (7, EntryKind::Refund, kopecks(-7_00)),
                (8, EntryKind::CashPayment, kopecks(1_00)),
            ]
        );
        assert_eq!(ledger::moved_since(&mut view, Uuid::max(), date!(2015 - 01 - 04)).await.unwrap(), []);
    }
}
