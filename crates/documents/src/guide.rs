//! The guide given with a contract: how the cabinet is used, and on the last page what to sign in with.

use crate::draw;
use crate::face::Weight;
use crate::sheet::{ACCENT, BODY, BRAND, Block, INK, SMALL, STRONG, Sheet, Style};
use crate::supplier::Contacts;
use crate::words::{Words, fill};
use cabinet_core::Language;

/// What a guide is printed from. It holds a password: no `Debug`.
#[derive(Clone, Copy)]
pub struct Facts<'f> {
    /// Contract number.
    pub contract: &'f str,
    /// The subscriber's full name.
    pub name: &'f str,
    /// Where the service is.
    pub address: &'f str,
    /// What the tariff is called.
    pub tariff: &'f str,
    /// The first password.
    pub password: &'f str,
    /// With what the equipment signs in at the provider's router, where it does: name and secret.
    pub connection: Option<(&'f str, &'f str)>,
    /// Where the provider is found.
    pub contacts: &'f Contacts,
}

/// The guide as a PDF; what to sign in with stands on its last page, password and secret nowhere else.
pub fn pdf(facts: &Facts<'_>, language: Language) -> Vec<u8> {
    let words = Words::of(language);
    let contacts = facts.contacts;
    let title = fill(words.guide, &[("contract", facts.contract)]);
    let mut sheet = Sheet::new(title.clone());
    let text = |text: &str| Block::Text(text.to_owned(), READ);
    let bullets = |items: &[&str]| Block::Bullets(items.iter().map(|item| (*item).to_owned()).collect());
    let title_of = |text: &str| Block::Heading(2, text.to_owned());
    sheet.add(Block::Text(contacts.name.clone(), BRAND));
    sheet.add(Block::Rule);
    sheet.add(Block::Heading(1, title));
    sheet.add(text(words.guide_lead));
    sheet.add(Block::Gap(6.0));
    sheet.add(title_of(words.guide_can_title));
    sheet.add(bullets(words.guide_can));
    sheet.add(Block::Gap(6.0));
    sheet.add(title_of(words.guide_enter_title));
    if let Some(site) = &contacts.site {
        sheet.add(Block::Text(fill(words.guide_enter_here, &[("site", site)]), Style { ink: INK, ..STRONG_READ }));
    }
    sheet.add(text(words.guide_enter));
    sheet.add(Block::Gap(6.0));
    sheet.add(title_of(words.guide_forgot_title));
    sheet.add(text(words.guide_forgot));
    sheet.add(Block::Gap(6.0));
    sheet.add(title_of(words.guide_password_title));
    sheet.add(bullets(words.guide_password));
    sheet.add(Block::Gap(6.0));
    let ways = contacts.ways(&words.ways);
    if !ways.is_empty() {
        sheet.add(title_of(words.guide_pay_title));
        sheet.add(Block::Bullets(ways));
        sheet.add(Block::Gap(6.0));
    }
    sheet.add(title_of(words.guide_contacts_title));
    sheet.add(Block::Fields(reach(contacts, words)));
    sheet.break_page();
    sheet.add(Block::Text(contacts.name.clone(), BRAND));
    sheet.add(Block::Rule);
    sheet.add(title_of(words.guide_card_title));
    sheet.add(text(words.guide_card_lead));
    sheet.add(Block::Gap(10.0));
    let fields = [(words.full_name, facts.name), (words.service_address, facts.address), (words.tariff, facts.tariff)];
    let mut fields: Vec<(String, String)> =
        fields.into_iter().map(|(label, value)| (label.to_owned(), value.to_owned())).collect();
    fields.extend(contacts.site.iter().map(|site| (words.guide_site.to_owned(), site.clone())));
    sheet.add(Block::Fields(fields));
    sheet.add(Block::Gap(12.0));
    for (label, value) in [(words.contract, facts.contract), (words.first_password, facts.password)] {
        sheet.add(Block::Text(label.to_owned(), SMALL));
        sheet.add(Block::Text(value.to_owned(), Style { size: 20.0, weight: Weight::Bold, ink: ACCENT }));
        sheet.add(Block::Gap(8.0));
    }
    sheet.add(Block::Text(words.guide_card_note.to_owned(), SMALL));
    if let Some((name, secret)) = facts.connection {
        sheet.add(Block::Gap(16.0));
        sheet.add(title_of(words.guide_network_title));
        sheet.add(text(words.guide_network_lead));
        sheet.add(Block::Gap(6.0));
        for (label, value) in [(words.network_name, name), (words.network_secret, secret)] {
            sheet.add(Block::Text(label.to_owned(), SMALL));
            sheet.add(Block::Text(value.to_owned(), Style { size: 14.0, weight: Weight::Bold, ink: ACCENT }));
            sheet.add(Block::Gap(6.0));
        }
    }
    draw::pdf(sheet, &contacts.name, language)
}

/// Text to be read at length.
const READ: Style = Style { size: 9.5, ..BODY };
const STRONG_READ: Style = Style { size: 9.5, ..STRONG };

fn reach(contacts: &Contacts, words: &Words) -> Vec<(String, String)> {
    let phones = Some(contacts.phones.join(", ")).filter(|phones| !phones.is_empty());
    let all = [
        (words.guide_phones, phones.as_ref()),
        (words.guide_email, contacts.email.as_ref()),
        (words.guide_office, contacts.address.as_ref()),
        (words.guide_hours, contacts.hours.as_ref()),
        (words.guide_site, contacts.site.as_ref()),
    ];
    all.into_iter().filter_map(|(label, value)| Some((label.to_owned(), value?.clone()))).collect()
}
