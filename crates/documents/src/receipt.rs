//! The receipt of one payment. It confirms that money came in and is no document of a cash register.

use crate::bill::support;
use crate::draw;
use crate::face::Weight;
use crate::figures::moment;
use crate::sheet::{ACCENT, BODY, BRAND, Block, SMALL, Sheet, Style};
use crate::supplier::{Contacts, Supplier};
use crate::words::{Words, fill};
use cabinet_core::format::money;
use cabinet_core::ledger::EntryKind;
use cabinet_core::words::in_words;
use cabinet_core::{Language, Money};
use time::PrimitiveDateTime;

/// What a receipt is printed from.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'f> {
    /// What the receipt is called: unique among the provider's.
    pub number: &'f str,
    /// When the money was credited, by the clock on the wall.
    pub paid_at: PrimitiveDateTime,
    /// Contract number.
    pub contract: &'f str,
    /// The subscriber's full name.
    pub name: &'f str,
    /// The sum credited.
    pub amount: Money,
    /// How it was paid.
    pub kind: EntryKind,
    /// Through whom: `LiqPay`.
    pub gateway: Option<&'f str>,
    /// What went back to the payer of it by now.
    pub returned: Option<Money>,
    /// The gateway's number of it.
    pub transaction: Option<&'f str>,
    /// Where the document of the cash register lies.
    pub fiscal_link: Option<&'f str>,
    /// Who was paid.
    pub supplier: &'f Supplier,
    /// Whom to ask.
    pub contacts: &'f Contacts,
}

/// The receipt as a PDF.
pub fn pdf(facts: &Facts<'_>, language: Language) -> Vec<u8> {
    let words = Words::of(language);
    let title = fill(words.receipt, &[("number", facts.number)]);
    let mut sheet = Sheet::new(title.clone());
    sheet.add(Block::Text(facts.contacts.name.clone(), BRAND));
    sheet.add(Block::Rule);
    sheet.add(Block::Heading(1, title));
    sheet.add(Block::Text(moment(facts.paid_at, language), Style { size: 10.0, ..SMALL }));
    sheet.add(Block::Gap(10.0));
    let sum = Style { size: 22.0, weight: Weight::Bold, ink: ACCENT };
    sheet.add(Block::Text(money(language, facts.amount), sum));
    sheet.add(Block::Text(in_words(facts.amount, language), BODY));
    sheet.add(Block::Gap(10.0));
    sheet.add(Block::Rule);
    sheet.add(Block::Gap(4.0));
    let how = match facts.gateway {
        Some(gateway) => format!("{}, {gateway}", words.kind(facts.kind)),
        None => words.kind(facts.kind).to_owned(),
    };
    let supplier = facts.supplier;
    let mut fields = vec![
        (words.paid_at, moment(facts.paid_at, language)),
        (words.contract, facts.contract.to_owned()),
        (words.subscriber, facts.name.to_owned()),
        (words.amount, money(language, facts.amount)),
        (words.amount_in_words, in_words(facts.amount, language)),
        (words.method, how),
    ];
    fields.extend(facts.returned.map(|sum| (words.returned, money(language, sum))));
    fields.extend(facts.transaction.map(|number| (words.transaction, number.to_owned())));
    fields.push((words.recipient, format!("{}, {} {}", supplier.name, words.code_name(&supplier.code), supplier.code)));
    fields.push((words.purpose, supplier.purpose(facts.contract)));
    fields.extend(facts.fiscal_link.map(|link| (words.fiscal_link, link.to_owned())));
    sheet.add(Block::Fields(fields.into_iter().map(|(label, value)| (label.to_owned(), value)).collect()));
    sheet.add(Block::Gap(4.0));
    sheet.add(Block::Rule);
    sheet.add(Block::Text(words.receipt_note.to_owned(), SMALL));
    let support = support(facts.contacts);
    if !support.is_empty() {
        sheet.add(Block::Text(format!("{}: {support}.", words.guide_contacts_title), SMALL));
    }
    draw::pdf(sheet, &supplier.name, language)
}
