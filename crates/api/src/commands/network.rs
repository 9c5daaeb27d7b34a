//! `cabinet network`: whose routers do not follow.

use super::{Failure, say};
use crate::config::Config;
use crate::serve;

/// Contracts told at once.
const SHOWN: i64 = 100;

/// Lists contracts whose network does not give what is wished, the longest first.
pub(super) async fn carry_out(config: &Config) -> Result<(), Failure> {
    let service = serve::open_made(config).await?;
    let mut found = service.list_lagging(SHOWN + 1).await?;
    let more = found.len() as i64 > SHOWN;
    found.truncate(SHOWN as usize);
    for lagging in found {
        let (wished, why) = (lagging.profile.unwrap_or_default(), lagging.failure.unwrap_or_default());
        say(format!("{:<12}  {}  {wished:<30}  {why}", lagging.contract, lagging.changed_at))?;
    }
    if more {
        say(format!("… and more: the longest {SHOWN} are shown"))?;
    }
    Ok(())
}
