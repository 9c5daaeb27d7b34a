//! `cabinet voucher`: series of vouchers.

use super::subscriber::reason;
use super::{Failure, for_staff, hint, id, parse_day, say};
use crate::config::Config;
use crate::serve;
use cabinet_core::voucher::MOST;
use cabinet_core::{Money, Refusal};
use cabinet_service::Actor;
use cabinet_service::vouchers::NewSeries;
use clap::{Args, Subcommand};
use time::Date;
use uuid::Uuid;

#[derive(Subcommand)]
pub(super) enum Voucher {
    /// Make a series; prints its codes, once
    Create(Create),
    /// List series, the newest first
    List,
    /// Take a series out of use
    Cancel(Cancel),
}

#[derive(Args)]
pub(super) struct Create {
    /// How many, 1 to 1000
    #[arg(value_parser = clap::value_parser!(i64).range(1..=MOST))]
    vouchers: i64,
    /// What each is worth, as 50.00
    nominal: Money,
    /// The last day they are good on
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    until: Date,
    /// What they are for
    #[arg(long, value_name = "TEXT")]
    note: String,
}

#[derive(Args)]
pub(super) struct Cancel {
    /// The series, as `cabinet voucher list` names it
    #[arg(value_parser = id)]
    series: Uuid,
    /// Why
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
}

impl Voucher {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        if matches!(self, Voucher::Create(_)) && !config.secret_key_file.exists() {
            let file = config.secret_key_file.display();
            return Err(Failure::Told(format!(
                "the secret key file {file} is not there: without it the server would not know the codes; name the \
                 server's in CABINET_SECRET_KEY_FILE"
            )));
        }
        let service = serve::open_made(config).await?;
        match self {
            Voucher::Create(given) => {
                let Create { vouchers, nominal, until: good_through, note } = given;
                let new = NewSeries { nominal, vouchers, good_through, note };
                let (series, codes) =
                    for_staff(service.create_vouchers(Actor::Staff, &new).await, |refusal| match refusal {
                        Refusal::AmountInvalid { least, most } => Some(format!("a voucher is worth {least} to {most}")),
                        Refusal::FieldInvalid { field: "good_through", .. } => Some("that day is over".to_owned()),
                        Refusal::FieldInvalid { .. } => Some("a note is one line of 1 to 200 characters".to_owned()),
                        _ => None,
                    })?;
                eprintln!("series {}: the codes are shown this once", series.id);
                say(codes.join("\n"))?;
            }
            Voucher::List => {
                let (found, _) = service.list_vouchers(None, 100).await?;
                for one in found {
                    let nominal = Money::from_kopecks(one.nominal);
                    let ended = if one.cancelled_at.is_some() { "  cancelled" } else { "" };
                    say(format!(
                        "{}  {} × {nominal}, {} redeemed, until {}  {}{ended}",
                        one.id, one.vouchers, one.redeemed, one.good_through, one.note
                    ))?;
                }
            }
            Voucher::Cancel(given) => {
                let outcome = service.cancel_vouchers(Actor::Staff, given.series, &given.reason).await;
                let series = for_staff(outcome, |refusal| match refusal {
                    Refusal::NotFound => {
                        Some(format!("there is no such series: {} tells them", hint(config, "voucher list")))
                    }
                    Refusal::AlreadyDecided => Some("the series is cancelled already".to_owned()),
                    _ => None,
                })?;
                say(format!("cancelled; {} of {} were redeemed", series.redeemed, series.vouchers))?;
            }
        }
        service.store.close().await;
        Ok(())
    }
}
