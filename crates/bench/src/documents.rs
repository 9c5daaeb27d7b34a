//! A PDF on demand: the processor's time it takes, whatever else the machine does.

use crate::figures::{self, Table};
use cabinet_core::bill::{Bill, Line};
use cabinet_core::ledger::{Cover, Entry, EntryKind};
use cabinet_core::nbu_qr::QrFormat;
use cabinet_core::statement::{self, Sheet};
use cabinet_core::{Language, Money, Month, TariffCode};
use cabinet_documents::{Contacts, Supplier, bill};
use rustix::time::{ClockId, clock_gettime};
use time::{Date, Duration};

/// Drawings of each document.
const TIMES: usize = 100;
/// Milliseconds of a processor.
const LIMIT: f64 = 50.0;

/// Draws a bill with its code, and a month of an entry a day, again and again on this thread.
pub fn measure(table: &mut Table) {
    println!("documents");
    let month = Month::new(2014, 12).expect("a month");
    let (supplier, contacts) = (supplier(), contacts());
    let (bill, sheet) = (a_bill(month), sheet(month));
    let tariff = |_: &TariffCode| "Домашній 20".to_owned();
    let facts = bill::Facts {
        bill: &bill,
        contract: "0000",
        name: "Іванов Іван Іванович",
        address: "м. Коростень, вул. Іванова, 1/2",
        tariff: &tariff,
        supplier: &supplier,
        contacts: &contacts,
        format: QrFormat::V3,
    };
    line(table, "a bill as a PDF, CPU", || bill::pdf(&facts, Language::Uk));
    let facts = cabinet_documents::statement::Facts {
        sheet: &sheet,
        contract: "0000",
        name: "Іванов Іван Іванович",
        address: "м. Коростень, вул. Іванова, 1/2",
        tariff: &tariff,
        made_on: month.last(),
        contacts: &contacts,
    };
    line(table, "a statement as a PDF, CPU", || cabinet_documents::statement::pdf(&facts, Language::Uk));
}

fn line(table: &mut Table, what: &str, draw: impl Fn() -> Vec<u8>) {
    let timed = || {
        let before = processor_ms();
        let bytes = draw().len();
        (processor_ms() - before, bytes)
    };
    // The first one reads the fonts.
    let (first, bytes) = timed();
    let times: Vec<f64> = (0..TIMES).map(|_| timed().0).collect();
    let worst = times.iter().copied().fold(0.0, f64::max);
    let beside = format!("first {first:.1} ms, worst {worst:.1} ms, {bytes} bytes");
    table.at_most(what, figures::median(&times), LIMIT, " ms", beside);
}

/// What this thread has used of a processor.
fn processor_ms() -> f64 {
    let used = clock_gettime(ClockId::ThreadCPUTime);
    used.tv_sec as f64 * 1e3 + used.tv_nsec as f64 / 1e6
}

fn supplier() -> Supplier {
    Supplier {
        name: "ТОВ «ОНЛАЙН»".to_owned(),
        code: "12345678".to_owned(),
        vat: None,
        address: "11500, Житомирська обл., м. Коростень, вул. Центральна, 1".to_owned(),
        phone: "0 800 000 000".to_owned(),
        iban: "UA906543210000000260323012024".parse().expect("the National Bank's example"),
        bank: "АТ «Приклад-Банк»".to_owned(),
    }
}

fn contacts() -> Contacts {
    Contacts { name: "Онлайн".to_owned(), phones: vec!["0 800 000 000".to_owned()], ..Contacts::default() }
}

fn kopecks(kopecks: i64) -> Money {
    Money::from_kopecks(kopecks)
}

/// The manual's December, and January ahead.
fn a_bill(closes: Month) -> Bill {
    let daily = |from: Date, to: Date, quantity, amount| Line {
        kind: EntryKind::TariffCharge,
        tariff: Some(TariffCode::new("home-20")),
        span: Some((from, to)),
        quantity,
        price: Some(kopecks(50_00)),
        amount: kopecks(amount),
    };
    let ahead = closes.next();
    Bill {
        number: format!("0000-{ahead}"),
        closes,
        entries: (1, 23),
        opening: kopecks(24_20),
        charges: vec![daily(closes.first(), closes.first() + Duration::days(22), 23, 37_10)],
        credits: vec![Line { tariff: None, span: None, price: None, ..daily(closes.first(), closes.last(), 1, 13_00) }],
        charged: kopecks(37_10),
        paid: kopecks(13_00),
        closing: kopecks(10),
        ahead: vec![daily(ahead.first(), ahead.last(), 31, 50_00)],
        to_pay: kopecks(49_90),
        due_on: Some(ahead.first()),
    }
}

/// A month with an entry a day.
fn sheet(month: Month) -> Sheet {
    let mut balance = kopecks(100_00);
    let entry = |seq: i64| {
        let day = month.first() + Duration::days(seq - 1);
        balance -= kopecks(1_61);
        Entry {
            seq,
            posted_on: day,
            posted_at: day.midnight().assume_utc(),
            kind: EntryKind::TariffCharge,
            amount: kopecks(-1_61),
            balance_after: balance,
            cover: Some(Cover { from: day, to: day, fee: kopecks(50_00), days_before: 0, days_after: 1 }),
            tariff: Some(TariffCode::new("home-20")),
            reference: None,
            reverses: None,
            actor: "system".to_owned(),
        }
    };
    let facts = statement::Facts {
        month,
        today: month.next().first(),
        opened_on: month.first(),
        closed_on: None,
        opening: kopecks(100_00),
        entries: (1..=i64::from(month.days())).map(entry).collect(),
        later: Vec::new(),
        spells: Vec::new(),
    };
    statement::lay_out(&facts).expect("adds up")
}
