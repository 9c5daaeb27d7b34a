//! What this device keeps for whoever is signed in: the last known balance, for days without a network, and whether
//! notifications come here. Both go with the person.

use crate::browser;
use crate::session::Session;
use cabinet_client::{Result, from_text};
use cabinet_contract::account::Overview;
use time::OffsetDateTime;

/// The header as it was last read: the account, the second, the text of the answer, a line each.
const LAST: &str = "cabinet.last";
/// The account whose notifications come here.
const PUSH: &str = "cabinet.push";

/// Keeps what was just read.
pub fn keep(account: Option<String>, text: &str) {
    if let Some(account) = account {
        browser::remember(LAST, &format!("{account}\n{}\n{text}", browser::now().unix_timestamp()));
    }
}

/// What was last read of an account here, and when.
pub fn last(account: &str) -> Option<(Overview, OffsetDateTime)> {
    let kept = browser::recall(LAST)?;
    let (owner, rest) = kept.split_once('\n')?;
    let (second, text) = rest.split_once('\n')?;
    let at = OffsetDateTime::from_unix_timestamp(second.parse().ok()?).ok()?;
    Some((from_text(text).ok().filter(|_| owner == account)?, at))
}

/// Nobody is signed in here any more.
pub fn forget() {
    browser::forget(LAST);
}

/// Somebody came in: of anybody else nothing is kept, and nothing is told here.
pub async fn come_in(session: Session) {
    let account = session.client().account().unwrap_or_default();
    if last(&account).is_none() {
        forget();
    }
    match browser::recall(PUSH) {
        Some(owner) if owner == account => renew(session).await,
        Some(_) => silence().await,
        None => {}
    }
}

/// Asks the person and the browser for notifications; nothing if either has none to give.
pub async fn come(session: Session, key: &str) -> Option<Result<()>> {
    let subscription = browser::ask_device("subscribe", key).await?;
    let answer = session.ask(session.client().add_push_device(subscription)).await;
    if answer.is_ok() {
        browser::remember(PUSH, &session.client().account().unwrap_or_default());
    }
    Some(answer.map(drop))
}

/// Browsers change their subscriptions by themselves, and sessions end: each start says where notifications go.
async fn renew(session: Session) {
    let Ok(push) = session.client().push().await else { return };
    let Some(key) = push.public_key else { return };
    match browser::ask_device("renew", &key).await {
        Some(subscription) => drop(session.client().add_push_device(subscription).await),
        None => browser::forget(PUSH),
    }
}

/// Nobody's notifications come here any more.
pub async fn silence() {
    browser::forget(PUSH);
    browser::ask_device("silence", "").await;
}
