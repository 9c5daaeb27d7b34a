//! `cabinet audit-log`.

use super::{Failure, parse_day, say, subscriber, told};
use crate::config::Config;
use crate::serve;
use cabinet_core::ContractNumber;
use cabinet_service::show_history::LogWish;
use clap::Args;
use time::Date;

/// Rows read at once.
const ROWS: i64 = 100;

#[derive(Args)]
pub(super) struct AuditLog {
    /// About this contract only
    #[arg(long, value_name = "NUMBER", value_parser = subscriber::contract)]
    contract: Option<ContractNumber>,
    /// Of this act only, as payment.cash
    #[arg(long, value_name = "CODE")]
    act: Option<String>,
    /// By the member of staff with this login only
    #[arg(long, value_name = "LOGIN")]
    staff: Option<String>,
    /// From this day on
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    from: Option<Date>,
    /// Until this day
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    to: Option<Date>,
    /// At most so many rows
    #[arg(long, value_name = "ROWS", default_value_t = 100)]
    limit: usize,
}

impl AuditLog {
    pub(super) async fn carry_out(self, config: &Config) -> Result<(), Failure> {
        let service = serve::open_made(config).await?;
        let account = match &self.contract {
            Some(contract) => Some(subscriber::find(&service, contract).await?),
            None => None,
        };
        let wish = LogWish { account, act: self.act, staff: self.staff, days: (self.from, self.to) };
        let (mut left, mut cursor) = (self.limit, None);
        while left > 0 {
            let (rows, next) = service.search_log(&wish, cursor, ROWS).await?;
            for one in rows.into_iter().take(left) {
                let row = one.row;
                let who = row.staff_login.unwrap_or(row.actor);
                let contract = one.contract.unwrap_or_else(|| "-".to_owned());
                say(format!("{} {who:12} {contract:10} {:24} {}", told(row.at), row.act, row.details))?;
                left -= 1;
            }
            cursor = next;
            if cursor.is_none() {
                break;
            }
        }
        service.store.close().await;
        Ok(())
    }
}
