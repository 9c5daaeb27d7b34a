//! `cabinet audit`.

use super::{Failure, bar, counted, say};
use crate::config::Config;
use crate::serve;

pub(super) async fn carry_out(config: &Config) -> Result<(), Failure> {
    let service = serve::open_made(config).await?;
    let bar = bar("accounts");
    let report = service
        .audit_book(|done, all| {
            bar.set_length(u64::try_from(all).unwrap_or_default());
            bar.set_position(u64::try_from(done).unwrap_or_default());
        })
        .await?;
    bar.finish_and_clear();
    service.store.close().await;
    let accounts = counted(report.accounts, "account", "accounts");
    say(format!("{accounts}, {} checked", counted(report.entries, "entry", "entries")))?;
    match report.broken {
        None => say("the book is whole"),
        Some((contract, broken)) => {
            eprintln!("cabinet: contract {contract}: {broken}");
            Err(Failure::Broken)
        }
    }
}
