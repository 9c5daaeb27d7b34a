//! Tariffs and the versions of their fees.

use crate::calendar::Month;
use crate::money::Money;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Stable code of a tariff, 1 to 40 characters: `home-20`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TariffCode(String);

impl TariffCode {
    /// From text; whether such a tariff exists is the catalogue's to say.
    pub fn new(code: impl Into<String>) -> TariffCode {
        TariffCode(code.into())
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for TariffCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A fee in force from the 1st of a month until the next version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeVersion {
    /// The first month it is charged.
    pub from: Month,
    /// Fee a calendar month, never negative.
    pub fee: Money,
}

/// What the provider sells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tariff {
    /// Stable code.
    pub code: TariffCode,
    /// Name shown.
    pub name: String,
    /// Mbit/s to the subscriber.
    pub down_mbps: i64,
    /// Mbit/s from the subscriber.
    pub up_mbps: i64,
    /// Whether subscribers may change to it.
    pub offered: bool,
    /// Tariffs of one group may follow each other; the empty name is a group like any other.
    #[serde(default)]
    pub group: String,
    /// Turbo that comes with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_turbo: Option<FreeTurbo>,
    /// Versions of the fee, oldest first, at least one.
    pub fees: Vec<FeeVersion>,
}

/// Turbo that comes with a tariff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeTurbo {
    /// Code of the option given.
    pub option: String,
    /// How many a calendar month, 1 or more.
    pub per_month: i64,
}

impl Tariff {
    /// The fee of a month: the newest version begun by then, the oldest one before all of them.
    ///
    /// # Panics
    /// If the tariff has no version at all; the store refuses such a row.
    pub fn fee(&self, month: Month) -> Money {
        fee_of(&self.fees, month).expect("a tariff has a fee")
    }

    /// Whether it can be sold: else which part of it is wrong, and why.
    fn check(&self) -> Result<(), (&'static str, &'static str)> {
        let code = self.code.as_str();
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let worth = |fee: Money| !fee.is_negative() && fee <= DEAREST;
        let speed = |mbps: i64| (1..=FASTEST).contains(&mbps);
        let free = self.free_turbo.as_ref();
        let name = self.name.chars().count();
        let rules = [
            ("code", (1..=40).contains(&code.len()) && code.chars().all(plain), "a code is 1 to 40 of a-z, 0-9 and -"),
            ("name", !self.name.trim().is_empty() && name <= 80, "a name has 1 to 80 characters"),
            ("monthly_fee", self.fees.iter().all(|one| worth(one.fee)), "a fee lies between 0.00 and 1000000.00"),
            ("down_mbps", speed(self.down_mbps), "a speed lies between 1 and 1000000"),
            ("up_mbps", speed(self.up_mbps), "a speed lies between 1 and 1000000"),
            ("group", self.group.chars().count() <= 40, "a group's name has 40 characters at most"),
            (
                "free_turbo",
                free.is_none_or(|free| (1..=1000).contains(&free.per_month)),
                "1 to 1000 free Turbos come with a tariff, or none are named",
            ),
        ];
        rules.into_iter().find(|(_, holds, _)| !holds).map_or(Ok(()), |(part, _, why)| Err((part, why)))
    }
}

/// No tariff costs more a month.
const DEAREST: Money = Money::from_kopecks(100_000_000);
/// No tariff is faster, in Mbit/s: as with Turbo.
const FASTEST: i64 = 1_000_000;

/// What keeps a catalogue from being one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct CatalogueWrong {
    /// Which tariff, counted from 0; none where there are none.
    pub place: Option<usize>,
    /// Which part of it, as the file and the wire name it.
    pub part: &'static str,
    /// Why, in English.
    pub why: String,
}

/// The fee of a month by its versions, oldest first: the newest begun by then, the oldest one before all of them; none
/// where there are no versions.
pub fn fee_of(versions: &[FeeVersion], month: Month) -> Option<Money> {
    let begun = versions.iter().rev().find(|version| version.from <= month);
    begun.or(versions.first()).map(|version| version.fee)
}

/// Every tariff, offered or not, in the provider's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// The tariffs.
    pub tariffs: Vec<Tariff>,
}

impl Catalogue {
    /// By code.
    pub fn find(&self, code: &TariffCode) -> Option<&Tariff> {
        self.tariffs.iter().find(|tariff| tariff.code == *code)
    }

    /// A tariff an account has: its row cannot be missing.
    ///
    /// # Panics
    /// If the catalogue does not hold it; a foreign key forbids that.
    pub fn get(&self, code: &TariffCode) -> &Tariff {
        self.find(code).unwrap_or_else(|| panic!("tariff {code} is not in the catalogue"))
    }

    /// Whether every tariff is one that can be sold.
    ///
    /// # Errors
    /// The first that is not: where it stands, which part of it is wrong, and why.
    pub fn check(&self) -> Result<(), CatalogueWrong> {
        if self.tariffs.is_empty() {
            return Err(CatalogueWrong { place: None, part: "tariffs", why: "there is no tariff in it".to_owned() });
        }
        for (place, tariff) in self.tariffs.iter().enumerate() {
            let wrong = |(part, why): (&'static str, &str)| CatalogueWrong {
                place: Some(place),
                part,
                why: format!("tariff `{}`: {why}", tariff.code),
            };
            tariff.check().map_err(wrong)?;
            if self.tariffs[..place].iter().any(|before| before.code == tariff.code) {
                return Err(wrong(("code", "named twice")));
            }
        }
        Ok(())
    }

    /// Whether a month of some fee may begin with a day that costs nothing: such days make no entry.
    pub fn has_free_days(&self) -> bool {
        let mut fees = self.tariffs.iter().flat_map(|tariff| &tariff.fees);
        fees.any(|version| version.fee.share(1, 31).is_zero())
    }

    /// Everything of the tariff that a quote depends on, as text to compare.
    pub fn fingerprint(&self, code: &TariffCode) -> String {
        let Some(tariff) = self.find(code) else { return String::new() };
        let fees: Vec<String> = tariff.fees.iter().map(|version| format!("{}={}", version.from, version.fee)).collect();
        let Tariff { down_mbps, up_mbps, offered, group, free_turbo, .. } = tariff;
        format!("{code}:{down_mbps}/{up_mbps}:{offered}:{group}:{free_turbo:?}:{}", fees.join(","))
    }
}
