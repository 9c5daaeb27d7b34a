//! What the accountant calls the accounts of the journal.

use crate::config::ConfigError;
use cabinet_core::journal::{FIXED, NAMED};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The section `[journal]`: `accounts` gives an account of the journal another name, most often its number in the chart
/// of accounts.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chart {
    accounts: BTreeMap<String, String>,
}

impl Chart {
    /// The name of an account: its own in the chart, or its family's (`gateway` of `gateway:liqpay`), or the journal's.
    pub fn named<'n>(&'n self, account: &'n str) -> &'n str {
        let family = account.split_once(':').and_then(|(family, _)| self.accounts.get(family));
        self.accounts.get(account).or(family).map_or(account, String::as_str)
    }

    /// # Errors
    /// An account that the journal does not have, and what it has.
    pub fn check(&self) -> Result<(), ConfigError> {
        let known = |name: &str| {
            let family = NAMED.iter().chain(&["revenue:"]).any(|prefix| prefix.strip_suffix(':') == Some(name));
            family
                || FIXED.contains(&name)
                || NAMED.iter().any(|prefix| name.len() > prefix.len() && name.starts_with(prefix))
        };
        match self.accounts.iter().find(|(name, of)| !known(name) || of.trim().is_empty()) {
            None => Ok(()),
            Some((name, _)) => Err(ConfigError::Wrong {
                name: "journal.accounts",
                why: format!(
                    "`{name}` is no account of the journal, or has no name; these are: {}, and gateway:…, terminal:…, \
                     bank:… with names of yours; revenue, gateway, terminal or bank alone stands for all of its kind",
                    FIXED.join(", ")
                ),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(accounts: &[(&str, &str)]) -> Chart {
        let accounts = accounts.iter().map(|(name, of)| ((*name).to_owned(), (*of).to_owned()));
        Chart { accounts: accounts.collect() }
    }

    #[test]
    fn an_account_is_named_by_itself_then_by_its_family() {
        let chart =
            chart(&[("subscribers", "681"), ("gateway", "333"), ("gateway:liqpay", "333.1"), ("revenue", "703")]);
        assert!(chart.check().is_ok());
        for (account, name) in [
            ("subscribers", "681"),
            ("gateway:liqpay", "333.1"),
            ("gateway:monobank", "333"),
            ("revenue:tariff", "703"),
            ("cash:office", "cash:office"),
        ] {
            assert_eq!(chart.named(account), name);
        }
    }

    #[test]
    fn an_account_that_is_none_is_refused() {
        for (name, of) in [("cash", "301"), ("gateway:", "1"), ("revenue:pizza", "703"), ("subscribers", " ")] {
            let told = chart(&[(name, of)]).check().unwrap_err().to_string();
            assert!(told.contains(name), "{told}");
        }
    }
}
