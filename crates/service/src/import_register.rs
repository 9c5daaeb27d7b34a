//! Money that came to the provider's account at a bank, by its register.
//!
//! Each line is a transaction of its own, and its key keeps it from being taken twice: a run that was killed, repeated or
//! made beside another credits what is left, once.

use crate::account_tx::{AccountTx, Actor};
use crate::office::{check_line, paged};
use crate::{Error, Service};
use cabinet_core::ledger::{Draft, Entry, EntryKind};
use cabinet_core::refusal::FieldFault;
use cabinet_core::{ContractNumber, Money, Refusal, Standing, register};
use cabinet_gateways::register::{Line, Register, Settings, read};
use cabinet_store::accounts;
use cabinet_store::bank_lines::{self, BankLine};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use uuid::Uuid;

/// What became of a register.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Lines credited now.
    pub credited: u64,
    /// Their sum.
    pub sum: Money,
    /// Lines that wait for a person, by number, and why.
    pub waiting: Vec<(u64, String)>,
    /// Lines taken in before.
    pub known: u64,
    /// Lines of money that left the account, or of none.
    pub outgoing: u64,
    /// Lines that are none, by number, and why: nothing was taken of them.
    pub faults: Vec<(u64, String)>,
}

/// What became of a line.
enum Taken {
    Credited,
    Waits(String),
    Known,
}

impl Service {
    /// Takes a register in. What cannot be matched to one contract by its purpose waits for a person; what was taken in
    /// before, by whatever file, is passed over.
    ///
    /// # Errors
    /// [`Refusal::RegisterUnreadable`], and then nothing of it is taken.
    pub async fn import_register(
        &self,
        by: Actor,
        name: &str,
        settings: &Settings,
        bytes: &[u8],
    ) -> Result<ImportReport, Error> {
        let Register { lines, faults, outgoing } =
            read(bytes, settings).map_err(|why| Refusal::RegisterUnreadable { why: why.to_string() })?;
        let mut report = ImportReport { faults, outgoing, ..ImportReport::default() };
        let mut seen = HashMap::new();
        for line in &lines {
            match self.take_line(by, name, line, &key(line, &mut seen)).await? {
                Taken::Credited => {
                    report.credited += 1;
                    report.sum += line.amount;
                }
                Taken::Waits(why) => report.waiting.push((line.number, why)),
                Taken::Known => report.known += 1,
            }
        }
        let now = self.clock.now();
        let mut tx = self.store.write().await?;
        let details = json!({
            "register": name, "credited": report.credited, "sum": report.sum, "waiting": report.waiting.len(),
            "known": report.known, "outgoing": report.outgoing, "faults": report.faults.len(),
        });
        self.audit(&mut tx, now, None, by, "register.import", details).await?;
        tx.commit().await?;
        Ok(report)
    }

    async fn take_line(&self, by: Actor, name: &str, line: &Line, document: &str) -> Result<Taken, Error> {
        let known = bank_lines::of_document(&mut self.store.read().await?, name, document).await?;
        if let Some(known) = known {
            if is_same(&known, line) {
                return Ok(Taken::Known);
            }
            // The bank's number names other money now: neither lost nor believed.
            let why = format!("document {document} was taken in before with other contents");
            return self.keep_waiting(name, line, &format!("{document} {}", digest(line)), why).await;
        }
        let account = match self.matched(&line.purpose).await? {
            Ok(account) => account,
            Err(why) => return self.keep_waiting(name, line, document, why).await,
        };
        let mut work = self.open_account(account).await?;
        let why = match work.now.today {
            today if line.paid_on > today => Some(format!("it is dated {}, which has not come yet", line.paid_on)),
            today => (work.held.account.standing(today) == Standing::Closed)
                .then(|| format!("contract {} is closed", work.held.contract)),
        };
        if let Some(why) = why {
            drop(work);
            return self.keep_waiting(name, line, document, why).await;
        }
        let row = self.row(name, line, document, String::new());
        let entry = credit(&mut work, &row, by).await?;
        let kept =
            BankLine { state: "credited".to_owned(), account_id: Some(account), entry_seq: Some(entry.seq), ..row };
        if !bank_lines::add(&mut work.tx, &kept).await? {
            // Another importer was faster; nothing of this stays.
            return Ok(Taken::Known);
        }
        work.settle().await?;
        let details = json!({ "register": name, "document": document, "amount": line.amount, "seq": entry.seq });
        work.audit(by, "payment.bank", details).await?;
        work.commit().await?;
        Ok(Taken::Credited)
    }

    async fn keep_waiting(&self, name: &str, line: &Line, document: &str, why: String) -> Result<Taken, Error> {
        let mut tx = self.store.write().await?;
        let added = bank_lines::add(&mut tx, &self.row(name, line, document, why.clone())).await?;
        tx.commit().await?;
        Ok(if added { Taken::Waits(why) } else { Taken::Known })
    }

    fn row(&self, name: &str, line: &Line, document: &str, why: String) -> BankLine {
        BankLine {
            register: name.to_owned(),
            document: document.to_owned(),
            id: self.new_id(),
            paid_on: line.paid_on,
            amount: line.amount.kopecks(),
            purpose: line.purpose.clone(),
            payer: line.payer.clone(),
            state: "waiting".to_owned(),
            why,
            account_id: None,
            entry_seq: None,
            imported_at: self.clock.now(),
            decided_at: None,
        }
    }

    /// The one contract a purpose names, or why there is none. Of several numbers one may be a mistake and another not, so
    /// a person reads them, whichever of them exist.
    async fn matched(&self, purpose: &str) -> Result<Result<Uuid, String>, Error> {
        let number = match register::contracts(purpose).as_slice() {
            [] => return Ok(Err("the purpose names no contract".to_owned())),
            [one] => one.clone(),
            _ => return Ok(Err("the purpose names several contracts".to_owned())),
        };
        let found = accounts::id_of_contract(&mut self.store.read().await?, number.as_str()).await?;
        Ok(found.ok_or_else(|| format!("there is no contract {number}")))
    }

    /// Lines that wait for a person, oldest first, and the cursor of the next page.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_bank_lines(
        &self,
        cursor: Option<Uuid>,
        limit: i64,
    ) -> Result<(Vec<BankLine>, Option<Uuid>), Error> {
        let found = bank_lines::waiting(&mut self.store.read().await?, cursor, limit + 1).await?;
        Ok(paged(found, limit, |line| line.id))
    }

    /// Credits a waiting line to a contract. One that is credited to it already is answered as it is.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::AlreadyDecided`], [`Refusal::FieldInvalid`] for a contract that is not there,
    /// [`Refusal::AccountClosed`].
    pub async fn assign_bank_line(&self, by: Actor, id: Uuid, contract: &ContractNumber) -> Result<BankLine, Error> {
        let mut view = self.store.read().await?;
        let line = bank_lines::find(&mut view, id).await?.ok_or(Refusal::NotFound)?;
        let account = accounts::id_of_contract(&mut view, contract.as_str()).await?;
        drop(view);
        if line.state != "waiting" {
            return decided(line, account);
        }
        let account = account.ok_or(Refusal::FieldInvalid { field: "contract", fault: FieldFault::Invalid })?;
        let mut work = self.open_account(account).await?;
        if work.held.account.standing(work.now.today) == Standing::Closed {
            return Err(Refusal::AccountClosed.into());
        }
        let amount = Money::from_kopecks(line.amount);
        let entry = credit(&mut work, &line, by).await?;
        let now = work.now.instant;
        if !bank_lines::credit(&mut work.tx, id, account, entry.seq, now).await? {
            // Another was faster; nothing of this stays.
            let line = bank_lines::find(&mut work.tx, id).await?.ok_or(Refusal::NotFound)?;
            return decided(line, Some(account));
        }
        work.settle().await?;
        let details = json!({
            "register": line.register, "document": line.document, "amount": amount, "seq": entry.seq, "line": id,
        });
        work.audit(by, "payment.bank", details).await?;
        let line = bank_lines::find(&mut work.tx, id).await?.ok_or(Refusal::NotFound)?;
        work.commit().await?;
        Ok(line)
    }

    /// Puts a waiting line aside: its money is nobody's here.
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::AlreadyDecided`], [`Refusal::FieldInvalid`].
    pub async fn dismiss_bank_line(&self, by: Actor, id: Uuid, reason: &str) -> Result<BankLine, Error> {
        let (reason, now) = (check_line("reason", reason, 200)?, self.clock.now());
        let mut tx = self.store.write().await?;
        let dismissed = bank_lines::dismiss(&mut tx, id, &reason, now).await?;
        let line = bank_lines::find(&mut tx, id).await?.ok_or(Refusal::NotFound)?;
        if !dismissed {
            return Err(Refusal::AlreadyDecided.into());
        }
        let details = json!({ "line": id, "register": line.register, "document": line.document, "reason": reason });
        self.audit(&mut tx, now, None, by, "bank_line.dismiss", details).await?;
        tx.commit().await?;
        Ok(line)
    }
}

/// A line that waits no more: as it is, if it went where it was to go.
fn decided(line: BankLine, account: Option<Uuid>) -> Result<BankLine, Error> {
    let same = line.state == "credited" && line.account_id == account;
    if same { Ok(line) } else { Err(Refusal::AlreadyDecided.into()) }
}

/// What tells a line from all others of its register: the document's number, or, where there is none, the line itself and
/// how many equal ones stand above it in the file.
fn key(line: &Line, seen: &mut HashMap<String, u64>) -> String {
    if !line.document.is_empty() {
        return line.document.clone();
    }
    let digest = digest(line);
    let count = seen.entry(digest.clone()).or_default();
    *count += 1;
    format!("{digest} {count}")
}

fn digest(line: &Line) -> String {
    let text = format!("{}\n{}\n{}\n{}", line.paid_on, line.amount, line.purpose, line.payer);
    let hash = Sha256::digest(text.as_bytes());
    hash[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Posts a line's money. Its reference names the register, which the journal asks, and is new each time: a line whose entry
/// was undone may come back to the same contract.
async fn credit(work: &mut AccountTx<'_>, line: &BankLine, by: Actor) -> Result<Entry, Error> {
    let reference = format!("register:{}:{}:{}", line.register, line.id, work.held.account.entries + 1);
    let amount = Money::from_kopecks(line.amount);
    work.post(Draft { reference: Some(reference), ..Draft::new(EntryKind::BankTransfer, amount) }, by).await
}

fn is_same(kept: &BankLine, line: &Line) -> bool {
    (kept.paid_on, kept.amount) == (line.paid_on, line.amount.kopecks())
        && (&kept.purpose, &kept.payer) == (&line.purpose, &line.payer)
}
