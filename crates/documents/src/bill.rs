//! The bill on paper: everything Ukrainian practice asks of it, and the National Bank's QR code.

use crate::draw;
use crate::face::Weight;
use crate::figures::{full_date, iban, span};
use crate::qr::Code;
use crate::sheet::{ACCENT, Align, BODY, BRAND, Block, Column, Look, MM, Row, SMALL, STRONG, Sheet, Style, WIDTH};
use crate::supplier::{Contacts, Supplier};
use crate::words::{Words, fill};
use cabinet_core::bill::{Bill, Line};
use cabinet_core::format::{day, figure, money, month_within, signed};
use cabinet_core::ledger::EntryKind;
use cabinet_core::nbu_qr::QrFormat;
use cabinet_core::words::in_words;
use cabinet_core::{Language, TariffCode};

/// Width of the QR code with its quiet zone: a module of version 20, the finest, is half a millimetre.
const CODE: f32 = 52.5 * MM;

/// What a bill is printed from.
#[derive(Clone, Copy)]
pub struct Facts<'f> {
    /// The bill.
    pub bill: &'f Bill,
    /// Contract number.
    pub contract: &'f str,
    /// The subscriber's full name.
    pub name: &'f str,
    /// Where the service is.
    pub address: &'f str,
    /// What a tariff is called.
    pub tariff: &'f dyn Fn(&TariffCode) -> String,
    /// Who sells.
    pub supplier: &'f Supplier,
    /// Whom to ask.
    pub contacts: &'f Contacts,
    /// How the QR code is written.
    pub format: QrFormat,
}

/// The bill as a PDF.
pub fn pdf(facts: &Facts<'_>, language: Language) -> Vec<u8> {
    let words = Words::of(language);
    let bill = facts.bill;
    let title = fill(words.bill, &[("number", &bill.number)]);
    let mut sheet = Sheet::new(title.clone());
    sheet.add(Block::Text(facts.contacts.name.clone(), BRAND));
    sheet.add(Block::Rule);
    sheet.add(Block::Heading(1, title));
    let of = fill(words.bill_date, &[("date", &full_date(bill.date(), language))]);
    sheet.add(Block::Text(of, Style { size: 10.0, ..SMALL }));
    sheet.add(Block::Gap(8.0));
    sheet.add_beside(WIDTH * 0.53, supplier(facts, words), subscriber(facts, words, language));
    sheet.add(Block::Gap(10.0));
    sheet.add_table(&columns(words), &rows(facts, words, language));
    sheet.add(Block::Gap(6.0));
    sheet.add(Block::Text(fill(words.in_words, &[("words", &in_words(bill.to_pay, language))]), BODY));
    sheet.add(Block::Text(vat(facts, words, language), BODY));
    sheet.add(Block::Gap(8.0));
    pay(&mut sheet, facts, words, language);
    sheet.add(Block::Gap(8.0));
    let support = support(facts.contacts);
    if !support.is_empty() {
        sheet.add(Block::Text(format!("{}: {support}.", words.support), SMALL));
    }
    draw::pdf(sheet, &facts.supplier.name, language)
}

/// Telephones, mail and hours in one line.
pub(crate) fn support(contacts: &Contacts) -> String {
    let parts = contacts.phones.iter().chain(&contacts.email).chain(&contacts.hours).chain(&contacts.site);
    parts.map(String::as_str).collect::<Vec<_>>().join(", ")
}

fn field(label: &str, value: impl Into<String>) -> (String, String) {
    (label.to_owned(), value.into())
}

fn supplier(facts: &Facts<'_>, words: &Words) -> Vec<Block> {
    let supplier = facts.supplier;
    let mut fields = match &supplier.vat {
        Some(vat) => vec![field(words.code_name(&supplier.code), &supplier.code), field(words.vat_payer, &vat.number)],
        None => vec![field(words.code_name(&supplier.code), format!("{}, {}", supplier.code, words.not_vat_payer))],
    };
    fields.push(field(words.registered_address, &supplier.address));
    fields.push(field(words.phone, &supplier.phone));
    fields.push(field(words.iban, iban(&supplier.iban)));
    fields.push(field(words.bank, &supplier.bank));
    vec![
        Block::Heading(2, words.supplier.to_owned()),
        Block::Text(supplier.name.clone(), STRONG),
        Block::Gap(2.0),
        Block::Fields(fields),
    ]
}

fn subscriber(facts: &Facts<'_>, words: &Words, language: Language) -> Vec<Block> {
    let mut fields = vec![
        field(words.contract, facts.contract),
        field(words.service_address, facts.address),
        field(words.bill_period, month_within(language, facts.bill.closes)),
    ];
    if let Some(due_on) = facts.bill.due_on {
        fields.push(field(words.bill_due, full_date(due_on, language)));
    }
    vec![
        Block::Heading(2, words.subscriber.to_owned()),
        Block::Text(facts.name.to_owned(), STRONG),
        Block::Gap(2.0),
        Block::Fields(fields),
    ]
}

fn columns(words: &Words) -> [Column; 5] {
    let column = |heading: &str, width, align| Column { heading: heading.to_owned(), width, align };
    [
        column(words.column_service, 0.0, Align::Left),
        column(words.column_unit, 56.0, Align::Left),
        column(words.column_quantity, 58.0, Align::Right),
        column(words.column_price, 92.0, Align::Right),
        column(words.column_sum, 76.0, Align::Right),
    ]
}

/// The account from its opening balance to what is to be paid, each sum above the lines it is made of.
fn rows(facts: &Facts<'_>, words: &Words, language: Language) -> Vec<Row> {
    let bill = facts.bill;
    let next = bill.closes.next();
    let sum = |look, label: String, figure: String| Row { look, cells: vec![(label, 4), (figure, 1)] };
    let head = |text: &str, date| fill(text, &[("day", &day(language, date))]);
    let of = |text: &str, of| fill(text, &[("month", &month_within(language, of))]);
    let mut rows = vec![sum(
        Look::Sum,
        head(words.balance_on, bill.closes.first()),
        signed(language, bill.opening).trim_start_matches('+').to_owned(),
    )];
    let parts = [
        (of(words.charged_in, bill.closes), -bill.charged, &bill.charges, words.nothing_charged),
        (of(words.put_in, bill.closes), bill.paid, &bill.credits, words.nothing_put_in),
    ];
    for (label, total, lines, nothing) in parts {
        rows.push(sum(Look::Sum, label, signed(language, total)));
        push_lines(&mut rows, facts, lines, nothing, language);
    }
    rows.push(sum(Look::Sum, head(words.balance_at_end, bill.closes.last()), figure(language, bill.closing)));
    let ahead = bill.ahead.iter().map(|line| line.amount).sum();
    rows.push(sum(Look::Sum, of(words.ahead, next), figure(language, ahead)));
    push_lines(&mut rows, facts, &bill.ahead, words.nothing_ahead, language);
    rows.push(sum(Look::Total, words.to_pay.to_owned(), money(language, bill.to_pay)));
    rows
}

fn push_lines(rows: &mut Vec<Row>, facts: &Facts<'_>, lines: &[Line], nothing: &str, language: Language) {
    let words = Words::of(language);
    for line in lines {
        let tariff = line.tariff.as_ref().map(facts.tariff);
        let mut what = words.kind_of(line.kind, tariff.as_deref());
        if let Some(days) = line.span {
            what = format!("{what}, {}", span(days, language));
        }
        let daily = line.span.is_some() || line.kind == EntryKind::TariffCharge;
        let price = match line.price {
            Some(price) if daily => fill(words.a_month, &[("sum", &figure(language, price))]),
            Some(price) => figure(language, price),
            None => "–".to_owned(),
        };
        let unit = if daily { words.unit_day } else { words.unit_item };
        let cells = [what, unit.to_owned(), line.quantity.to_string(), price, figure(language, line.amount)];
        rows.push(Row { look: Look::Plain, cells: cells.map(|text| (text, 1)).into() });
    }
    if lines.is_empty() {
        rows.push(Row { look: Look::Plain, cells: vec![(nothing.to_owned(), 4), ("–".to_owned(), 1)] });
    }
}

fn vat(facts: &Facts<'_>, words: &Words, language: Language) -> String {
    match &facts.supplier.vat {
        Some(vat) => fill(
            words.vat_within,
            &[
                ("percent", &vat.percent.to_string()),
                ("charged", &money(language, vat.within(facts.bill.charged))),
                ("to_pay", &money(language, vat.within(facts.bill.to_pay))),
            ],
        ),
        None => words.without_vat.to_owned(),
    }
}

/// How to pay, beside the code of the transfer; a bill that asks for nothing has neither.
fn pay(sheet: &mut Sheet, facts: &Facts<'_>, words: &Words, language: Language) {
    let (bill, supplier) = (facts.bill, facts.supplier);
    if bill.to_pay.is_zero() {
        return sheet.add(Block::Text(words.nothing_to_pay.to_owned(), STRONG));
    }
    let fields = vec![
        field(words.recipient, &supplier.name),
        field(words.code_name(&supplier.code), &supplier.code),
        field(words.iban, iban(&supplier.iban)),
        field(words.bank, &supplier.bank),
        field(words.purpose, supplier.purpose(facts.contract)),
    ];
    let how = |first: Option<&str>| {
        let sum = Style { size: 14.0, weight: Weight::Bold, ink: ACCENT };
        let mut blocks = vec![
            Block::Heading(2, words.pay_title.to_owned()),
            Block::Text(money(language, bill.to_pay), sum),
            Block::Gap(2.0),
        ];
        blocks.extend(first.map(|text| Block::Text(text.to_owned(), BODY)));
        blocks.push(Block::Gap(3.0));
        blocks.push(Block::Bullets(facts.contacts.ways(&words.ways)));
        blocks.push(Block::Gap(4.0));
        blocks.push(Block::Fields(fields.clone()));
        blocks
    };
    match Code::new(&supplier.transfer(facts.contract, bill.to_pay, facts.format)) {
        Ok(code) => {
            let sum = money(language, bill.to_pay);
            let places = [("number", bill.number.as_str()), ("sum", &sum), ("contract", facts.contract)];
            let code = Block::Code(CODE, code, fill(words.code_about, &places));
            sheet.add_beside(CODE, vec![code], how(Some(words.pay_by_code)));
        }
        Err(_) => how(None).into_iter().for_each(|block| sheet.add(block)),
    }
}
