//! Who stands on documents: the requisites of whoever sells, and where they are found.

use crate::config::{Config, ConfigError, absent_if_empty, in_language};
use cabinet_core::Language;
use cabinet_core::nbu_qr::QrFormat;
use cabinet_core::requisites::{Iban, is_register_code, is_vat_number};
use cabinet_documents::{Contacts, Supplier, Vat, Ways};
use serde::{Deserialize, Serialize};

/// The section `[supplier]`.
///
/// A bill names its supplier, their code, address, account and bank, and a receipt says who was paid: papers without them
/// are worth nothing to whoever is shown them, so an installation has all of these or makes neither bills nor receipts
/// ([`cabinet_core::Refusal::RequisitesAbsent`]). Statements and the contract's guide name the provider only.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Requisites {
    /// The registered name.
    #[serde(deserialize_with = "absent_if_empty")]
    pub name: Option<String>,
    /// ЄДРПОУ or РНОКПП.
    #[serde(deserialize_with = "absent_if_empty")]
    pub code: Option<String>,
    /// The registered address.
    #[serde(deserialize_with = "absent_if_empty")]
    pub address: Option<String>,
    /// The telephone on bills; the first of support's if absent.
    #[serde(deserialize_with = "absent_if_empty")]
    pub phone: Option<String>,
    /// The account.
    #[serde(deserialize_with = "absent_if_empty")]
    pub iban: Option<String>,
    /// The bank that keeps it.
    #[serde(deserialize_with = "absent_if_empty")]
    pub bank: Option<String>,
    /// ІПН; absent: not a payer of VAT.
    #[serde(deserialize_with = "absent_if_empty")]
    pub vat_number: Option<String>,
    /// The rate of VAT that prices contain.
    pub vat_percent: u8,
    /// How the QR codes of bills are written.
    pub qr_format: QrFormat,
}

impl Default for Requisites {
    fn default() -> Requisites {
        Requisites {
            name: None,
            code: None,
            address: None,
            phone: None,
            iban: None,
            bank: None,
            vat_number: None,
            vat_percent: 20,
            qr_format: QrFormat::default(),
        }
    }
}

impl Requisites {
    /// The demo's own: the account is the National Bank's example, so nobody can pay a bill of it by mistake.
    fn of_demo() -> Requisites {
        let text = |text: &str| Some(text.to_owned());
        Requisites {
            name: text("ТОВ «ОНЛАЙН»"),
            code: text("12345678"),
            address: text("11500, Житомирська обл., м. Коростень, вул. Центральна, 1"),
            phone: None,
            iban: text("UA906543210000000260323012024"),
            bank: text("АТ «Приклад-Банк»"),
            ..Requisites::default()
        }
    }

    /// What a bill cannot do without, by the names of its settings.
    fn needed(&self) -> [(&'static str, Option<&String>); 5] {
        [
            ("CABINET_SUPPLIER__NAME", self.name.as_ref()),
            ("CABINET_SUPPLIER__CODE", self.code.as_ref()),
            ("CABINET_SUPPLIER__ADDRESS", self.address.as_ref()),
            ("CABINET_SUPPLIER__IBAN", self.iban.as_ref()),
            ("CABINET_SUPPLIER__BANK", self.bank.as_ref()),
        ]
    }

    /// Whether they are of their form, and all or none of them.
    ///
    /// # Errors
    /// [`ConfigError::Wrong`] names the setting.
    pub(crate) fn check(&self) -> Result<(), ConfigError> {
        let wrong = |name, why: String| Err(ConfigError::Wrong { name, why });
        if let Some(Err(why)) = self.iban.as_ref().map(|iban| iban.parse::<Iban>()) {
            return wrong("CABINET_SUPPLIER__IBAN", why.to_string());
        }
        if let Some(code) = self.code.as_ref().filter(|code| !is_register_code(code)) {
            return wrong("CABINET_SUPPLIER__CODE", format!("`{code}` is not of 8 digits (ЄДРПОУ) or 10 (РНОКПП)"));
        }
        if let Some(number) = self.vat_number.as_ref().filter(|number| !is_vat_number(number)) {
            return wrong("CABINET_SUPPLIER__VAT_NUMBER", format!("`{number}` is not of 12 digits, or 10 of a person"));
        }
        if !(1..=100).contains(&self.vat_percent) {
            return wrong("CABINET_SUPPLIER__VAT_PERCENT", format!("{} is no rate: 1 to 100", self.vat_percent));
        }
        let needed = self.needed();
        let given =
            needed.iter().any(|(_, value)| value.is_some()) || self.vat_number.is_some() || self.phone.is_some();
        match needed.into_iter().find(|(_, value)| value.is_none()) {
            Some((name, _)) if given => wrong(
                name,
                "it is missing: bills and receipts need all requisites of the supplier, or are not made".to_owned(),
            ),
            _ => Ok(()),
        }
    }

    /// Ready to be printed, if the installation has them.
    fn supplier(&self, phones: &[String]) -> Option<Supplier> {
        let [name, code, address, iban, bank] = self.needed().map(|(_, value)| value.cloned());
        Some(Supplier {
            name: name?,
            code: code?,
            vat: self.vat_number.clone().map(|number| Vat { number, percent: self.vat_percent }),
            address: address?,
            phone: self.phone.clone().or_else(|| phones.first().cloned()).unwrap_or_default(),
            iban: iban?.parse().ok()?,
            bank: bank?,
        })
    }
}

impl Config {
    /// Who sells, and how their QR codes are written. The demo has requisites of its own and no others.
    pub fn supplier(&self) -> Option<(Supplier, QrFormat)> {
        let demo = self.demo.then(Requisites::of_demo);
        let of = demo.as_ref().unwrap_or(&self.requisites);
        Some((of.supplier(&self.provider.phones)?, of.qr_format))
    }

    /// Where the provider is found, in a language.
    pub fn contacts(&self, language: Language) -> Contacts {
        let of = &self.provider;
        let told = |text: &Option<String>| text.as_deref().and_then(|text| in_language(text, language));
        Contacts {
            name: of.name.clone(),
            phones: of.phones.clone(),
            email: of.email.clone(),
            address: told(&of.address),
            hours: told(&of.hours),
            site: self.web.public_url.as_ref().map(|url| url.trim_end_matches('/').to_owned()),
            ways: Ways {
                card: self.demo || self.payments.any_enabled(),
                terminals: self.terminals.values().any(|terminal| terminal.on),
                transfer: self.supplier().is_some(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requisites_are_all_there_or_none() {
        let whole = Requisites::of_demo();
        assert!(whole.check().is_ok() && whole.supplier(&[]).is_some());
        assert!(Requisites::default().check().is_ok() && Requisites::default().supplier(&[]).is_none());
        let lacking = |change: fn(&mut Requisites)| {
            let mut given = Requisites::of_demo();
            change(&mut given);
            given.check().expect_err("refused").to_string()
        };
        assert!(lacking(|of| of.name = None).starts_with("CABINET_SUPPLIER__NAME: "));
        assert!(lacking(|of| of.bank = None).starts_with("CABINET_SUPPLIER__BANK: "));
        let alone = Requisites { vat_number: Some("123456789012".to_owned()), ..Requisites::default() };
        assert!(alone.check().is_err());
        assert!(lacking(|of| of.iban = Some("UA906543210000000260323012025".to_owned())).contains("check digits"));
        assert!(lacking(|of| of.code = Some("1234567".to_owned())).starts_with("CABINET_SUPPLIER__CODE: `1234567`"));
        assert!(lacking(|of| of.vat_number = Some("12".to_owned())).starts_with("CABINET_SUPPLIER__VAT_NUMBER: "));
        assert!(lacking(|of| of.vat_percent = 0).starts_with("CABINET_SUPPLIER__VAT_PERCENT: "));
    }

    #[test]
    fn the_demo_has_requisites_of_its_own() {
        let real = Requisites { name: Some("ТОВ «Справжнє»".to_owned()), ..Requisites::of_demo() };
        let config = Config { requisites: real, ..Config::defaults() };
        let name = |config: &Config| config.supplier().map(|(supplier, _)| supplier.name);
        assert_eq!(name(&config).as_deref(), Some("ТОВ «Справжнє»"));
        assert_eq!(name(&Config { demo: true, ..config }).as_deref(), Some("ТОВ «ОНЛАЙН»"));
        assert_eq!(name(&Config::defaults()), None);
    }

    #[test]
    fn support_answers_where_no_telephone_is_set() {
        let phone = |phone: Option<&str>| {
            let of = Requisites { phone: phone.map(str::to_owned), ..Requisites::of_demo() };
            of.supplier(&["0 800 000 000".to_owned()]).map(|supplier| supplier.phone)
        };
        assert_eq!(phone(None).as_deref(), Some("0 800 000 000"));
        assert_eq!(phone(Some("044 123 45 67")).as_deref(), Some("044 123 45 67"));
    }
}
