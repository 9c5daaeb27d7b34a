//! `cabinet catalogue`: tariffs as a file people can edit.

use super::file::{Source, Target};
use super::{Failure, counted, say};
use crate::config::Config;
use crate::serve;
use cabinet_core::tariff::{FeeVersion, FreeTurbo, Tariff};
use cabinet_core::{Money, Month, TariffCode};
use clap::Subcommand;
use serde::{Deserialize, Serialize};

#[derive(Subcommand)]
pub(super) enum Catalogue {
    /// Write the tariffs to a TOML file
    Export(Target),
    /// Take the tariffs over from a TOML file: a changed fee holds from the 1st of next month, a tariff that is
    /// missing is no longer offered
    Import(Source),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    tariff: Vec<WrittenTariff>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenTariff {
    code: String,
    name: String,
    monthly_fee: Money,
    down_mbps: i64,
    up_mbps: i64,
    #[serde(default = "yes")]
    offered: bool,
    #[serde(default)]
    group: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    free_turbo: Option<FreeTurbo>,
}

fn yes() -> bool {
    true
}

impl Catalogue {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        let service = serve::open_made(config).await?;
        let next_month = Month::of(service.now().today).next();
        match self {
            Catalogue::Export(target) => target.write("tariffs", &export(&service.catalogue().await?, next_month)?)?,
            Catalogue::Import(source) => {
                let wished = parse(&source.read()?, next_month.previous()).map_err(|why| source.wrong(why))?;
                let changed = service.import_catalogue(&wished).await?;
                let tariffs = counted(wished.tariffs.len() as i64, "tariff", "tariffs");
                let fees = match changed {
                    0 => "no fee changes".to_owned(),
                    _ => {
                        let fees = counted(changed as i64, "fee changes", "fees change");
                        format!("{fees} on {}", next_month.first())
                    }
                };
                say(format!("{tariffs} taken over; {fees}"))?;
            }
        }
        service.store.close().await;
        Ok(())
    }
}

fn export(catalogue: &cabinet_core::Catalogue, month: Month) -> Result<String, Failure> {
    let tariff = catalogue.tariffs.iter().map(|tariff| WrittenTariff {
        code: tariff.code.to_string(),
        name: tariff.name.clone(),
        monthly_fee: tariff.fee(month),
        down_mbps: tariff.down_mbps,
        up_mbps: tariff.up_mbps,
        offered: tariff.offered,
        group: tariff.group.clone(),
        free_turbo: tariff.free_turbo.clone(),
    });
    let tariffs =
        toml::to_string(&Written { tariff: tariff.collect() }).map_err(|why| Failure::Told(why.to_string()))?;
    Ok(format!(
        "# The tariffs, in the order they are shown. Edit, then: cabinet catalogue import FILE\n\
         #\n\
         # code         1 to 40 of a-z, 0-9 and -; contracts know their tariff by it\n\
         # name         1 to 80 characters, shown to subscribers\n\
         # monthly_fee  hryvnias, \"0.00\" to \"1000000.00\", as from {first}; a changed fee holds from then\n\
         # down_mbps    Mbit/s to the subscriber, 1 to 1000000\n\
         # up_mbps      Mbit/s from the subscriber, 1 to 1000000\n\
         # offered      whether it may be chosen; a tariff taken out of this file is kept, but no longer offered\n\
         # group        tariffs of one group may follow each other; \"\" is a group like any other\n\
         # free_turbo   Turbo that comes with it, if any: {{ option = \"3h\", per_month = 1 }}, an option of the policy\n\n{tariffs}",
        first = month.first()
    ))
}

fn parse(text: &str, since: Month) -> Result<cabinet_core::Catalogue, String> {
    let written: Written = toml::from_str(text).map_err(|why| why.to_string())?;
    let tariff = written.tariff.into_iter().map(|one| Tariff {
        code: TariffCode::new(one.code),
        name: one.name.trim().to_owned(),
        down_mbps: one.down_mbps,
        up_mbps: one.up_mbps,
        offered: one.offered,
        group: one.group,
        free_turbo: one.free_turbo,
        fees: vec![FeeVersion { from: since, fee: one.monthly_fee }],
    });
    let catalogue = cabinet_core::Catalogue { tariffs: tariff.collect() };
    catalogue.check().map_err(|wrong| wrong.to_string())?;
    Ok(catalogue)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = "[[tariff]]\ncode = \"home-10\"\nname = \"Домашній 10\"\nmonthly_fee = \"40.00\"\ndown_mbps = 10\nup_mbps = 10\n";

    #[test]
    fn what_is_exported_is_imported_alike() {
        let month = Month::new(2026, 11).unwrap();
        let more = "group = \"business\"\nfree_turbo = { option = \"3h\", per_month = 2 }\n";
        let catalogue = parse(&format!("{ONE}{more}"), month).unwrap();
        assert_eq!(catalogue.tariffs[0].free_turbo.as_ref().map(|free| free.per_month), Some(2));
        let again = parse(&export(&catalogue, month).unwrap(), month).unwrap();
        assert_eq!(catalogue, again);
    }

    #[test]
    fn mistakes_are_named() {
        let wrong = |text: &str| parse(text, Month::new(2026, 11).unwrap()).unwrap_err();
        assert!(wrong("").contains("tariff"));
        assert!(wrong(&format!("{ONE}{ONE}")).contains("twice"));
        assert!(wrong(&ONE.replace("40.00", "40.005")).contains("two decimals"));
        assert!(wrong(&ONE.replace("\"40.00\"", "\"-1.00\"")).contains("fee"));
        assert!(wrong(&ONE.replace("down_mbps = 10", "down_mbps = 0")).contains("speed"));
        assert!(wrong(&format!("{ONE}price = 5\n")).contains("price"));
    }
}
