//! What the check of a book says of money that went back, and of Turbo.

use cabinet_core::audit::{Audit, Hours, Source, Stands, turbos};
use cabinet_core::ledger::{Broken, Entry, EntryKind};
use cabinet_core::{Account, Money, TariffCode};
use time::Duration;
use time::macros::{date, datetime};

/// What is wrong with a book of these entries.
fn check(entries: &[(EntryKind, i64, &str, Option<i64>)]) -> Result<(), Broken> {
    book(entries).map(drop)
}

fn book(entries: &[(EntryKind, i64, &str, Option<i64>)]) -> Result<Audit<()>, Broken> {
    let (mut book, mut balance) = (Audit::<()>::new(false), Money::ZERO);
    for (place, (kind, kopecks, reference, reverses)) in entries.iter().enumerate() {
        let amount = Money::from_kopecks(*kopecks);
        balance += amount;
        let entry = Entry {
            seq: place as i64 + 1,
            posted_on: date!(2026 - 11 - 22),
            posted_at: datetime!(2026-11-22 12:00 UTC),
            kind: *kind,
            amount,
            balance_after: balance,
            cover: None,
            tariff: None,
            reference: Some((*reference).to_owned()).filter(|text| !text.is_empty()),
            reverses: *reverses,
            actor: "staff".to_owned(),
        };
        book.entry(None, &entry)?;
    }
    Ok(book)
}

const CASH: (EntryKind, i64, &str, Option<i64>) = (EntryKind::CashPayment, 100_00, "cash:7", None);
const ONLINE: (EntryKind, i64, &str, Option<i64>) = (EntryKind::OnlinePayment, 50_00, "payment:liqpay:0198", None);

fn back(kopecks: i64, reference: &str) -> (EntryKind, i64, &str, Option<i64>) {
    (EntryKind::Refund, -kopecks, reference, None)
}

#[test]
fn no_more_goes_back_than_was_paid() {
    assert_eq!(check(&[CASH, back(40_00, "refund:1:2"), back(60_00, "refund:1:3")]), Ok(()));
    assert_eq!(check(&[CASH, ONLINE, back(20_00, "refund:liqpay:0198:20.00"), back(30_00, "refund:2:4")]), Ok(()));
    let broken = |seq| Err(Broken::Returned { seq });
    assert_eq!(check(&[CASH, back(40_00, "refund:1:2"), back(60_01, "refund:1:3")]), broken(3));
    assert_eq!(check(&[ONLINE, CASH, back(20_00, "refund:liqpay:0198:20.00"), back(30_01, "refund:1:4")]), broken(4));
    let undone = (EntryKind::Reversal, -100_00, "", Some(1));
    assert_eq!(check(&[CASH, CASH, undone, back(1, "refund:1:4")]), broken(4), "all of it went back already");
}

#[test]
fn what_goes_back_names_a_payment() {
    let gift = (EntryKind::Adjustment, 100_00, "", None);
    for reference in
        ["", "refund", "refund:", "refund:0:2", "refund:2:2", "refund:9:2", "refund:liqpay:0199:1.00", "cash:1"]
    {
        assert_eq!(check(&[CASH, back(1, reference)]), Err(Broken::Returned { seq: 2 }), "{reference}");
    }
    assert_eq!(check(&[gift, back(1, "refund:1:2")]), Err(Broken::Returned { seq: 2 }));
}

#[test]
fn an_entry_moves_something() {
    assert_eq!(check(&[CASH, (EntryKind::Adjustment, 0, "", None)]), Err(Broken::Nothing { seq: 2 }));
}

#[test]
fn hours_of_turbo_are_those_that_were_ordered_one_after_the_other() {
    let at = |hour| datetime!(2026-11-22 0:00 UTC) + Duration::hours(hour);
    let run = |order, from, until| Hours { order, starts_at: at(from), ends_at: at(until) };
    let account = |until: Option<i64>| Account {
        turbo_until: until.map(at),
        ..Account::open(date!(2026 - 11 - 01), TariffCode::new("home-20"))
    };
    let broken = |hour| Err(Broken::Turbo { at: at(hour) });
    let two = [run('a', 1, 4), run('b', 4, 7)];
    assert_eq!(turbos(&account(Some(7)), &two, &[('a', at(1)), ('b', at(2))]), Ok(()));
    assert_eq!(turbos::<char>(&account(None), &[], &[]), Ok(()));
    assert_eq!(turbos(&account(Some(7)), &two, &[('a', at(1))]), broken(4), "nobody ordered it");
    assert_eq!(turbos(&account(Some(7)), &two, &[('a', at(1)), ('b', at(2)), ('c', at(3))]), broken(3));
    assert_eq!(turbos(&account(Some(7)), &two, &[('a', at(1)), ('b', at(5))]), broken(4), "ordered too late");
    let beside = [run('a', 1, 9), run('b', 4, 7)];
    assert_eq!(turbos(&account(Some(9)), &beside, &[('a', at(1)), ('b', at(2))]), broken(4));
    assert_eq!(turbos(&account(Some(8)), &two, &[('a', at(1)), ('b', at(2))]), broken(8));
    assert_eq!(turbos(&account(None), &two, &[('a', at(1)), ('b', at(2))]), broken(7));
    assert_eq!(turbos::<char>(&account(Some(8)), &[], &[]), broken(8));
}

#[test]
fn a_payment_beside_the_book_is_what_its_entries_say() {
    let half = back(25_00, "refund:liqpay:0198:25.00");
    let undone = (EntryKind::Reversal, -50_00, "", Some(1));
    let beside = (EntryKind::OnlinePayment, 7_00, "payment:liqpay:0198:2", None);
    let source = |stands, returned: i64| Source {
        reference: "payment:liqpay:0198".to_owned(),
        amount: Money::from_kopecks(50_00),
        entry: Some(1),
        stands,
        returned: vec![Money::from_kopecks(returned)],
        asked: Vec::new(),
    };
    let says = |entries: &[_], source: &Source| book(entries).unwrap().payments(std::slice::from_ref(source)).is_ok();
    let (paid, gone) = (source(Stands::Credited, 0), source(Stands::Gone, 50_00));
    let part = Source { asked: vec![(2, Money::from_kopecks(25_00))], ..source(Stands::Credited, 25_00) };
    let books: [&[_]; 4] = [&[ONLINE], &[ONLINE, undone], &[ONLINE, half], &[ONLINE, beside]];
    for (source, sound) in [(&paid, [0, 3].as_slice()), (&gone, &[1]), (&part, &[2])] {
        for (place, entries) in books.iter().enumerate() {
            assert_eq!(says(entries, source), sound.contains(&place), "{source:?} {place}");
        }
    }
    assert_eq!(
        book(&[ONLINE]).unwrap().payments(&[]),
        Err(Broken::Payment { named: "payment:liqpay:0198".to_owned() })
    );
    assert!(!says(&[ONLINE], &Source { reference: "payment:liqpay:0199".to_owned(), ..paid.clone() }));
    assert!(!says(&[ONLINE, half], &Source { asked: vec![(3, Money::from_kopecks(25_00))], ..part.clone() }));
    let terminal = Source { reference: "terminal:osmp:17".to_owned(), returned: Vec::new(), ..gone };
    let through = (EntryKind::TerminalPayment, 50_00, "terminal:osmp:17", None);
    assert!(says(&[through, undone], &terminal) && !says(&[through], &terminal));
    let noted = Source { entry: None, stands: Stands::Uncredited, ..terminal };
    assert!(says(&[CASH], &noted) && !says(&[through], &noted));
}
