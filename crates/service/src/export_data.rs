//! Everything that is kept of a subscriber, for whoever asks for their own data.

use crate::access::Principal;
use crate::account_tx::Actor;
use crate::acts::Order;
use crate::notices::SmsBalance;
use crate::show_account::OverviewFacts;
use crate::show_bills::BillFacts;
use crate::show_history::Happened;
use crate::show_profile::ProfileFacts;
use crate::subscribe_push::PushFacts;
use crate::write_to_support::{KeptFile, Thread};
use crate::{Error, Service};
use cabinet_core::calendar::tomorrow;
use cabinet_core::ledger::Entry;
use cabinet_core::{Month, Now, Refusal};
use cabinet_store::audit;
use cabinet_store::bank_lines::{self, BankLine};
use cabinet_store::ledger::Filter;
use cabinet_store::network_sessions;
use cabinet_store::payments::Held;
use cabinet_store::personal::{self, Wish};
use cabinet_store::sessions::Session;
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

/// Archives a contract is made in a business day.
pub const A_DAY: i64 = 3;
/// Months drawn beside the data; older ones are in the data alone, and their statements can be asked for one by one.
const MONTHS: usize = 12;
/// Rows read at once.
const ROWS: i64 = 1000;
/// Bytes of tickets' files that go along, the newest tickets' first; those beyond are told by their names, and can be kept
/// one by one.
const FILE_BYTES: i64 = 25 * 1024 * 1024;
/// Sessions of the connection that are given: a year and more of a restless one.
const CONNECTIONS: i64 = 10_000;

/// The act as the log names it, by which those of a day are counted.
const ACT: &str = "data.export";

/// What is kept. Lists are read one after another: what lands meanwhile may stand in one and not yet in another.
#[derive(Clone, Debug)]
pub struct Kept {
    /// When it was read.
    pub now: Now,
    /// The header.
    pub overview: OverviewFacts,
    /// The profile page.
    pub profile: ProfileFacts,
    /// Every wish staff were told of.
    pub wishes: Vec<Wish>,
    /// Sessions, ended ones among them.
    pub sessions: Vec<Session>,
    /// The last sessions of the connection.
    pub connections: Vec<network_sessions::Session>,
    /// When each known device was last seen.
    pub devices: Vec<OffsetDateTime>,
    /// The book, newest first.
    pub entries: Vec<Entry>,
    /// Bills, newest first.
    pub bills: Vec<BillFacts>,
    /// Payments through gateways, newest first.
    pub payments: Vec<Held>,
    /// Lines of banks' registers.
    pub transfers: Vec<BankLine>,
    /// Orders, newest first.
    pub orders: Vec<Order>,
    /// Tickets with every message, newest first.
    pub tickets: Vec<Thread>,
    /// Their files, as far as they go along, by their ids.
    pub files: Vec<(Uuid, KeptFile)>,
    /// What is told of the account, and by which ways.
    pub sms_balance: SmsBalance,
    /// What browsers are told, and which.
    pub push: PushFacts,
    /// What was done, newest first.
    pub history: Vec<Happened>,
    /// The last months of the contract, oldest first, for their statements.
    pub months: Vec<Month>,
}

/// Reads a list to its end.
macro_rules! every {
    ($service:ident . $list:ident ( $account:expr $(, $filter:expr)? )) => {{
        let (mut all, mut cursor) = (Vec::new(), None);
        loop {
            let (page, next) = $service.$list($account, $($filter,)? cursor, ROWS).await?;
            all.extend(page);
            match next {
                Some(next) => cursor = Some(next),
                None => break all,
            }
        }
    }};
}

impl Service {
    /// Everything kept of the subscriber who asks, after the password was given again; a few times a business day.
    ///
    /// # Errors
    /// [`Refusal::PasswordWrong`], [`Refusal::Throttled`] for guessing it, or until tomorrow once [`A_DAY`] are made.
    pub async fn export_data(&self, who: &Principal, password: &str) -> Result<Kept, Error> {
        self.prove_again(who, password).await?;
        let account = who.owner.id();
        let mut work = self.lock_account(account).await?;
        let now = work.now;
        let made = audit::count_since(&mut work.tx, account, ACT, self.clock.day_start(now.today)).await?;
        if made >= A_DAY {
            let wait = self.clock.day_start(tomorrow(now.today)) - now.instant;
            let retry_after_seconds = u64::try_from(wait.whole_seconds()).unwrap_or_default().max(1);
            return Err(Refusal::Throttled { retry_after_seconds }.into());
        }
        // Noted before it is made: an archive that was half sent has left the house too.
        work.audit(Actor::Subscriber, ACT, json!({})).await?;
        work.commit().await?;
        self.gather(account, now).await
    }

    async fn gather(&self, account: Uuid, now: Now) -> Result<Kept, Error> {
        let overview = self.show_overview(account).await?;
        let profile = self.show_profile(account).await?;
        let mut view = self.store.view().await?;
        let wishes = personal::wishes(&mut view, account).await?;
        let sessions = personal::sessions(&mut view, account).await?;
        let connections = network_sessions::of(&mut view, account, CONNECTIONS).await?;
        let devices = personal::devices(&mut view, account).await?;
        let transfers = bank_lines::of_account(&mut view, account).await?;
        drop(view);
        let (mut months, mut month) = (Vec::new(), Month::of(now.today));
        while months.len() < MONTHS && month >= Month::of(overview.account.opened_on) {
            months.insert(0, month);
            month = month.previous();
        }
        let mut tickets = Vec::new();
        for listed in every!(self.list_tickets(account)) {
            tickets.push(self.show_ticket(account, listed.ticket.id).await?);
        }
        let (mut files, mut room) = (Vec::new(), FILE_BYTES);
        for (ticket, file) in tickets.iter().flat_map(|of| of.files.iter().map(move |file| (of.ticket.id, file))) {
            if file.size <= room {
                room -= file.size;
                files.push((file.id, self.ticket_file(account, ticket, file.id).await?));
            }
        }
        Ok(Kept {
            now,
            overview,
            profile,
            wishes,
            sessions,
            connections,
            devices,
            entries: every!(self.list_entries(account, Filter::default())),
            bills: every!(self.list_bills(account)),
            payments: every!(self.list_payments(account)),
            transfers,
            orders: every!(self.list_orders(account)),
            tickets,
            files,
            sms_balance: self.show_sms_balance(account).await?,
            push: self.show_push(account).await?,
            history: every!(self.show_history(account)),
            months,
        })
    }
}
