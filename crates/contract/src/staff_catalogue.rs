//! The catalogue, as staff edit it: read whole, sent back whole.

use crate::money::Currency;
use cabinet_core::calendar::Month;
use cabinet_core::tariff::{self, FeeVersion};
use cabinet_core::{Catalogue, Money, TariffCode};
use serde::{Deserialize, Serialize};
use time::Date;

/// `GET /staff/catalogue`, and the answer of its change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EditedCatalogue {
    /// What it is known by until it changes: sent back with the edited one.
    #[cfg_attr(feature = "openapi", schema(example = "9f2c41d07be5a836"))]
    pub revision: String,
    /// Currency of the fees.
    pub currency: Currency,
    /// The 1st of the next month: the fees here are those from then on, and a changed one holds from then.
    #[serde(with = "crate::day")]
    pub fees_from: Date,
    /// Every tariff in the order it is shown, those that are no longer offered too.
    pub tariffs: Vec<EditedTariff>,
    /// Fees that change on that day.
    pub announced: Vec<AnnouncedFee>,
}

/// `PUT /staff/catalogue`: all of it, in the order it is to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ReplaceCatalogue {
    /// `revision` of the catalogue that was read and edited.
    #[cfg_attr(feature = "openapi", schema(max_length = 64))]
    pub revision: String,
    /// Every tariff; one that is missing is kept, but no longer offered.
    pub tariffs: Vec<EditedTariff>,
}

/// A tariff, as it is edited.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct EditedTariff {
    /// Stable code: contracts know their tariff by it.
    #[cfg_attr(feature = "openapi", schema(example = "home-20", max_length = 40, pattern = "^[a-z0-9-]{1,40}$"))]
    pub code: String,
    /// Name shown to subscribers.
    #[cfg_attr(feature = "openapi", schema(max_length = 80))]
    pub name: String,
    /// Fee a calendar month, 0.00 to 1000000.00, from the 1st of the next one.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub monthly_fee: Money,
    /// Mbit/s to the subscriber.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000))]
    pub down_mbps: i64,
    /// Mbit/s from the subscriber.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1_000_000))]
    pub up_mbps: i64,
    /// Whether it may be chosen.
    pub offered: bool,
    /// Tariffs of one group may follow each other; the empty name is a group like any other.
    #[cfg_attr(feature = "openapi", schema(max_length = 40))]
    pub group: String,
    /// Turbo that comes with it; absent: none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_turbo: Option<FreeTurbo>,
}

/// Turbo that comes with a tariff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct FreeTurbo {
    /// Code of an option of the policy.
    #[cfg_attr(feature = "openapi", schema(example = "3h"))]
    pub option: String,
    /// How many a calendar month.
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 1000))]
    pub per_month: i64,
}

/// A fee that changes on the 1st of the next month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AnnouncedFee {
    /// Code of the tariff.
    #[cfg_attr(feature = "openapi", schema(example = "home-20"))]
    pub tariff: String,
    /// The fee of the present month.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub before: Money,
    /// The fee from then on.
    #[cfg_attr(feature = "openapi", schema(value_type = crate::schema::Amount))]
    pub after: Money,
}

impl EditedCatalogue {
    /// The catalogue at a revision, with the fees of the month from which a changed one would hold.
    pub fn of(revision: String, catalogue: &Catalogue, from: Month) -> EditedCatalogue {
        let announced = catalogue.tariffs.iter().filter_map(|tariff| {
            let (before, after) = (tariff.fee(from.previous()), tariff.fee(from));
            (before != after).then(|| AnnouncedFee { tariff: tariff.code.to_string(), before, after })
        });
        EditedCatalogue {
            revision,
            currency: Currency::UAH,
            fees_from: from.first(),
            announced: announced.collect(),
            tariffs: catalogue.tariffs.iter().map(|tariff| EditedTariff::of(tariff, from)).collect(),
        }
    }
}

impl ReplaceCatalogue {
    /// As the rules have it, with fees from a month on.
    pub fn catalogue(self, from: Month) -> Catalogue {
        Catalogue { tariffs: self.tariffs.into_iter().map(|tariff| tariff.tariff(from)).collect() }
    }
}

impl EditedTariff {
    /// From what the rules have, with the fee of a month.
    fn of(tariff: &tariff::Tariff, month: Month) -> EditedTariff {
        let free = tariff.free_turbo.clone();
        EditedTariff {
            code: tariff.code.to_string(),
            name: tariff.name.clone(),
            monthly_fee: tariff.fee(month),
            down_mbps: tariff.down_mbps,
            up_mbps: tariff.up_mbps,
            offered: tariff.offered,
            group: tariff.group.clone(),
            free_turbo: free.map(|tariff::FreeTurbo { option, per_month }| FreeTurbo { option, per_month }),
        }
    }

    /// As the rules have it, with its fee from a month on.
    fn tariff(self, from: Month) -> tariff::Tariff {
        let free = self.free_turbo;
        tariff::Tariff {
            code: TariffCode::new(self.code),
            name: self.name.trim().to_owned(),
            down_mbps: self.down_mbps,
            up_mbps: self.up_mbps,
            offered: self.offered,
            group: self.group,
            free_turbo: free.map(|FreeTurbo { option, per_month }| tariff::FreeTurbo { option, per_month }),
            fees: vec![FeeVersion { from, fee: self.monthly_fee }],
        }
    }
}
