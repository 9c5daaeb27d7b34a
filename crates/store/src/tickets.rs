//! What subscribers ask support: tickets, their messages, the files that go along.

use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A ticket.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Ticket {
    /// Its id.
    pub id: Uuid,
    /// `charges`, `connection` or `other`.
    pub topic: String,
    /// The day of the statement it is about.
    pub about_day: Option<Date>,
    /// `open`, `answered` or `closed`.
    pub state: String,
    /// How many messages it has; the last one has this number.
    pub messages: i64,
    /// The number of the last message its subscriber has read.
    pub read_through: i64,
    /// When it was opened.
    pub created_at: OffsetDateTime,
    /// When it last moved.
    pub moved_at: OffsetDateTime,
}

/// A ticket in a list.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Listed {
    /// Whose it is.
    pub account_id: Uuid,
    /// Contract number.
    pub contract: String,
    /// The ticket.
    #[sqlx(flatten)]
    pub ticket: Ticket,
    /// How its first message begins.
    pub begins: String,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Message {
    /// Its number within the ticket, the first being 1.
    pub seq: i64,
    /// `subscriber` or `staff`.
    pub author: String,
    /// Which member of staff.
    pub staff_id: Option<Uuid>,
    /// As colleagues know them; only read.
    #[sqlx(default)]
    pub staff_name: Option<String>,
    /// What it says.
    pub body: String,
    /// The business day it was written.
    pub day: Date,
    /// When it was written.
    pub at: OffsetDateTime,
}

/// A file without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct FileFacts {
    /// Its id.
    pub id: Uuid,
    /// The number of the message it belongs to; none before that is sent.
    pub seq: Option<i64>,
    /// Its name, as it may be kept.
    pub name: String,
    /// What its bytes are.
    pub media_type: String,
    /// How many there are.
    pub size: i64,
    /// The business day it came.
    pub day: Date,
    /// When it came.
    pub at: OffsetDateTime,
}

/// Keeps a new ticket with its first message, which its subscriber has read.
pub async fn open(tx: &mut Tx, account: Uuid, ticket: &Ticket, first: &Message) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO ticket (account_id, id, topic, about_day, state, messages, read_through, created_at, moved_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        (
            account,
            ticket.id,
            ticket.topic.as_str(),
            ticket.about_day,
            ticket.state.as_str(),
            ticket.messages,
            ticket.read_through,
            ticket.created_at,
            ticket.moved_at,
        ),
    )
    .await?;
    put_message(tx, account, ticket.id, first).await
}

/// Writes how a ticket stands, once it moved. What was read meanwhile stays read.
pub async fn save(tx: &mut Tx, account: Uuid, ticket: &Ticket) -> Result<(), StoreError> {
    tx.run(
        "UPDATE ticket SET state = $3, messages = $4, moved_at = $6, \
         read_through = CASE WHEN $5 > read_through THEN $5 ELSE read_through END \
         WHERE account_id = $1 AND id = $2",
        (account, ticket.id, ticket.state.as_str(), ticket.messages, ticket.read_through, ticket.moved_at),
    )
    .await
    .map(drop)
}

/// Notes that its subscriber has read a ticket as far as a message; `false` if as much was read before, or there is none.
pub async fn mark_read(tx: &mut Tx, account: Uuid, id: Uuid, through: i64) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE ticket SET read_through = CASE WHEN $3 > messages THEN messages ELSE $3 END \
             WHERE account_id = $1 AND id = $2 AND read_through < $3 AND read_through < messages",
            (account, id, through),
        )
        .await?;
    Ok(rows == 1)
}

/// Keeps a message; [`StoreError::Conflict`] if the ticket has one of that number.
pub async fn put_message(tx: &mut Tx, account: Uuid, ticket: Uuid, message: &Message) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO ticket_message (account_id, ticket_id, seq, author, staff_id, body, day, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        (
            account,
            ticket,
            message.seq,
            message.author.as_str(),
            message.staff_id,
            message.body.as_str(),
            message.day,
            message.at,
        ),
    )
    .await
    .map(drop)
}

/// A ticket of this account.
pub async fn find(view: &mut View, account: Uuid, id: Uuid) -> Result<Option<Ticket>, StoreError> {
    view.maybe(
        "SELECT id, topic, about_day, state, messages, read_through, created_at, moved_at FROM ticket \
         WHERE account_id = $1 AND id = $2",
        (account, id),
    )
    .await
}

/// Its messages, the first one first.
pub async fn messages(view: &mut View, account: Uuid, ticket: Uuid) -> Result<Vec<Message>, StoreError> {
    view.all(
        "SELECT m.seq, m.author, m.staff_id, s.name AS staff_name, m.body, m.day, m.at \
         FROM ticket_message m LEFT JOIN staff s ON s.id = m.staff_id \
         WHERE m.account_id = $1 AND m.ticket_id = $2 ORDER BY m.seq",
        (account, ticket),
    )
    .await
}

/// Its files, in the order of the messages they belong to.
pub async fn files(view: &mut View, account: Uuid, ticket: Uuid) -> Result<Vec<FileFacts>, StoreError> {
    view.all(
        "SELECT id, seq, name, media_type, size, day, at FROM ticket_file \
         WHERE account_id = $1 AND ticket_id = $2 ORDER BY seq, id",
        (account, ticket),
    )
    .await
}

macro_rules! listed {
    ($rest:literal) => {
        concat!(
            "SELECT t.account_id, a.contract, t.id, t.topic, t.about_day, t.state, t.messages, t.read_through, \
             t.created_at, t.moved_at, SUBSTR(m.body, 1, 200) AS begins \
             FROM ticket t JOIN account a ON a.id = t.account_id \
             JOIN ticket_message m ON m.account_id = t.account_id AND m.ticket_id = t.id AND m.seq = 1 ",
            $rest
        )
    };
}

/// Tickets of an account, newest first, those before `cursor`.
pub async fn of_account(
    view: &mut View,
    account: Uuid,
    cursor: Option<Uuid>,
    limit: i64,
) -> Result<Vec<Listed>, StoreError> {
    let sql = listed!("WHERE t.account_id = $1 AND t.id < $2 ORDER BY t.id DESC LIMIT $3");
    view.all(sql, (account, cursor.unwrap_or(Uuid::max()), limit)).await
}

/// Tickets of everybody that stand so, oldest first, those after `cursor`.
pub async fn queue(view: &mut View, state: &str, cursor: Option<Uuid>, limit: i64) -> Result<Vec<Listed>, StoreError> {
    let sql = listed!("WHERE t.state = $1 AND t.id > $2 ORDER BY t.id LIMIT $3");
    view.all(sql, (state, cursor.unwrap_or_default(), limit)).await
}

/// A ticket of anybody, by an id that a list told: whose it is.
pub async fn account_of(view: &mut View, id: Uuid) -> Result<Option<Uuid>, StoreError> {
    let row: Option<(Uuid,)> = view.maybe("SELECT account_id FROM ticket WHERE id = $1", (id,)).await?;
    Ok(row.map(|(account,)| account))
}

/// How many tickets of an account wait for support's answer, beside this one.
pub async fn count_waiting(view: &mut View, account: Uuid, beside: Uuid) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM ticket WHERE account_id = $1 AND id <> $2 AND state = 'open'";
    let (count,): (i64,) = view.one(sql, (account, beside)).await?;
    Ok(count)
}

/// How many messages an account wrote on a business day.
pub async fn count_messages(view: &mut View, account: Uuid, day: Date) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM ticket_message WHERE account_id = $1 AND day = $2 AND author = 'subscriber'";
    let (count,): (i64,) = view.one(sql, (account, day)).await?;
    Ok(count)
}

/// How many files an account sent on a business day.
pub async fn count_files(view: &mut View, account: Uuid, day: Date) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM ticket_file WHERE account_id = $1 AND day = $2 AND author = 'subscriber'";
    let (count,): (i64,) = view.one(sql, (account, day)).await?;
    Ok(count)
}

/// Keeps a file that belongs to no message yet.
pub async fn put_file(
    tx: &mut Tx,
    account: Uuid,
    author: &str,
    file: &FileFacts,
    content: &[u8],
) -> Result<(), StoreError> {
    let (name, kind) = (file.name.as_str(), file.media_type.as_str());
    tx.run(
        "INSERT INTO ticket_file (account_id, id, author, name, media_type, size, content, day, at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        (account, file.id, author, name, kind, file.size, content, file.day, file.at),
    )
    .await
    .map(drop)
}

/// Makes a file of this account a message's, both of one author; `false` if there is none, or it is another message's
/// already.
pub async fn attach(
    tx: &mut Tx,
    account: Uuid,
    file: Uuid,
    (ticket, seq, author): (Uuid, i64, &str),
) -> Result<bool, StoreError> {
    let rows = tx
        .run(
            "UPDATE ticket_file SET ticket_id = $3, seq = $4 \
             WHERE account_id = $1 AND id = $2 AND author = $5 AND ticket_id IS NULL",
            (account, file, ticket, seq, author),
        )
        .await?;
    Ok(rows == 1)
}

/// A file of a ticket of this account: its name, what it is, its bytes.
pub async fn content(
    view: &mut View,
    account: Uuid,
    ticket: Uuid,
    file: Uuid,
) -> Result<Option<(String, String, Vec<u8>)>, StoreError> {
    view.maybe(
        "SELECT name, media_type, content FROM ticket_file WHERE account_id = $1 AND ticket_id = $2 AND id = $3",
        (account, ticket, file),
    )
    .await
}

/// Housekeeping: throws away files that came before a moment and no message took; answers how many.
pub async fn sweep_files(tx: &mut Tx, before: OffsetDateTime) -> Result<u64, StoreError> {
    tx.run("DELETE FROM ticket_file WHERE ticket_id IS NULL AND at < $1", (before,)).await
}

/// Takes the words and files of every ticket of an account away, for whoever is to be forgotten.
pub async fn forget(tx: &mut Tx, account: Uuid) -> Result<(), StoreError> {
    tx.run("DELETE FROM ticket_file WHERE account_id = $1", (account,)).await?;
    tx.run("UPDATE ticket_message SET body = '' WHERE account_id = $1", (account,)).await?;
    tx.run("UPDATE ticket SET state = 'closed' WHERE account_id = $1", (account,)).await.map(drop)
}
