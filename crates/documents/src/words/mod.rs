//! Every text of the documents, a file a language. What stands in braces is filled in.

mod en;
mod ru;
mod uk;

use cabinet_core::Language;
use cabinet_core::ledger::EntryKind;

/// Names the texts once; a language that lacks one does not compile.
macro_rules! words {
    ($($name:ident,)*) => {
        /// The texts of one language.
        #[allow(missing_docs)]
        pub(crate) struct Words {
            $(pub(crate) $name: &'static str,)*
            /// What a subscriber can do in the cabinet.
            pub(crate) guide_can: &'static [&'static str],
            /// How to choose and keep a password.
            pub(crate) guide_password: &'static [&'static str],
            /// Ways to pay: by card, at terminals, by transfer, in cash.
            pub(crate) ways: [&'static str; 4],
        }

        impl Words {
            /// What the supplier's code is called: ЄДРПОУ has 8 digits, РНОКПП of a person 10.
            pub(crate) fn code_name(&self, code: &str) -> &'static str {
                if code.len() == 10 { self.person_code } else { self.code }
            }

            #[cfg(test)]
            fn all(&self) -> Vec<(&'static str, &'static str)> {
                let mut all = vec![$((stringify!($name), self.$name)),*];
                let lists: [(&str, &[&str]); 3] = [
                    ("guide_can", self.guide_can),
                    ("guide_password", self.guide_password),
                    ("ways", &self.ways),
                ];
                for (name, texts) in lists {
                    all.extend(texts.iter().map(|text| (name, *text)));
                }
                all
            }
        }
    };
}

words! {
    page,
    // Who and whom.
    supplier,
    subscriber,
    recipient,
    code,
    person_code,
    vat_payer,
    not_vat_payer,
    registered_address,
    phone,
    iban,
    bank,
    contract,
    full_name,
    service_address,
    tariff,
    // A bill.
    bill,
    bill_date,
    bill_period,
    bill_due,
    column_service,
    column_unit,
    column_quantity,
    column_price,
    column_sum,
    unit_day,
    unit_item,
    a_month,
    balance_on,
    charged_in,
    nothing_charged,
    put_in,
    nothing_put_in,
    balance_at_end,
    ahead,
    nothing_ahead,
    to_pay,
    in_words,
    vat_within,
    without_vat,
    pay_title,
    pay_by_code,
    code_about,
    purpose,
    nothing_to_pay,
    support,
    // Kinds of entries.
    tariff_charge,
    tariff_charge_of,
    tariff_change,
    tariff_change_to,
    promised_payment,
    turbo,
    pause,
    static_ip_charge,
    cash_payment,
    online_payment,
    terminal_payment,
    bank_transfer,
    voucher,
    adjustment,
    refund,
    reversal,
    // A receipt.
    receipt,
    receipt_note,
    paid_at,
    amount,
    amount_in_words,
    method,
    returned,
    transaction,
    fiscal_link,
    // A statement.
    statement,
    statement_made,
    column_date,
    column_entry,
    column_from,
    column_to,
    column_balance,
    charged_total,
    paid_total,
    no_entries,
    // The guide.
    guide,
    guide_lead,
    guide_can_title,
    guide_enter_title,
    guide_enter,
    guide_enter_here,
    guide_forgot_title,
    guide_forgot,
    guide_password_title,
    guide_pay_title,
    guide_contacts_title,
    guide_phones,
    guide_email,
    guide_office,
    guide_hours,
    guide_site,
    guide_card_title,
    guide_card_lead,
    first_password,
    guide_card_note,
    guide_network_title,
    guide_network_lead,
    network_name,
    network_secret,
}

impl Words {
    /// The texts of a language.
    pub(crate) fn of(language: Language) -> &'static Words {
        match language {
            Language::Uk => &uk::WORDS,
            Language::Ru => &ru::WORDS,
            Language::En => &en::WORDS,
        }
    }

    /// What an entry is called.
    pub(crate) fn kind(&self, kind: EntryKind) -> &'static str {
        match kind {
            EntryKind::TariffCharge => self.tariff_charge,
            EntryKind::TariffChange => self.tariff_change,
            EntryKind::PromisedPayment => self.promised_payment,
            EntryKind::Turbo => self.turbo,
            EntryKind::Pause => self.pause,
            EntryKind::StaticIpCharge => self.static_ip_charge,
            EntryKind::CashPayment => self.cash_payment,
            EntryKind::OnlinePayment => self.online_payment,
            EntryKind::TerminalPayment => self.terminal_payment,
            EntryKind::BankTransfer => self.bank_transfer,
            EntryKind::Voucher => self.voucher,
            EntryKind::Adjustment => self.adjustment,
            EntryKind::Refund => self.refund,
            EntryKind::Reversal => self.reversal,
        }
    }

    /// What an entry of a tariff is called.
    pub(crate) fn kind_of(&self, kind: EntryKind, tariff: Option<&str>) -> String {
        let text = match (kind, tariff) {
            (EntryKind::TariffCharge, Some(_)) => self.tariff_charge_of,
            (EntryKind::TariffChange, Some(_)) => self.tariff_change_to,
            _ => self.kind(kind),
        };
        fill(text, &[("tariff", tariff.unwrap_or_default())])
    }
}

/// The text with its places filled; what is filled in is not searched again.
pub(crate) fn fill(text: &str, places: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').unwrap_or((after, ""));
        let value = places.iter().find(|(place, _)| *place == name).map(|(_, value)| *value);
        debug_assert!(value.is_some(), "{text} wants {name}");
        filled.push_str(before);
        filled.push_str(value.unwrap_or_default());
        rest = after;
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::face::printable;

    fn places(text: &str) -> Vec<&str> {
        let mut places: Vec<&str> =
            text.split('{').skip(1).map(|part| part.split_once('}').expect("a brace is closed").0).collect();
        places.sort_unstable();
        places
    }

    #[test]
    fn no_language_lacks_a_text_or_a_place_in_it() {
        let ukrainian = Words::of(Language::Uk).all();
        for language in Language::ALL {
            let all = Words::of(language).all();
            assert_eq!(all.len(), ukrainian.len(), "{language:?}");
            for ((name, text), (uk_name, uk_text)) in all.into_iter().zip(&ukrainian) {
                assert_eq!(name, *uk_name);
                assert!(!text.trim().is_empty(), "{language:?} {name}");
                assert_eq!(places(text), places(uk_text), "{language:?} {name}");
                assert_eq!(printable(text), text, "{language:?} {name} is in letters of the font");
            }
        }
    }

    #[test]
    fn every_language_is_written_in_its_own_letters() {
        let foreign = |language| match language {
            Language::Uk => "ыэъё",
            Language::Ru => "іїєґ",
            Language::En => "абвгдеєжзиіїйклмнопрстуфхцчшщьюяыэъё",
        };
        for language in Language::ALL {
            for (name, text) in Words::of(language).all() {
                let text = text.to_lowercase();
                assert!(!text.contains(|c| foreign(language).contains(c)), "{language:?} {name}: {text}");
                assert!(!text.contains("фіскальний чек") && !text.contains("фискальный чек"), "{name}: {text}");
            }
        }
    }

    #[test]
    fn what_is_filled_in_is_not_read_again() {
        assert_eq!(fill("{a} і {b}.", &[("a", "{b}"), ("b", "2")]), "{b} і 2.");
    }
}
