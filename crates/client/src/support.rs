//! Help, requests to support, news.

use crate::{Client, Method, PendingFile, Query, Request, Result, done, keyed, with_body};
use cabinet_contract::help::Help;
use cabinet_contract::page::Page;
use cabinet_contract::paths;
use cabinet_contract::support::{
    NewsItem, OpenTicket, ReadThrough, Ticket, TicketFile, TicketSent, TicketThread, WriteMessage,
};
use uuid::Uuid;

impl Client {
    /// `getHelp`: the manual in the language spoken.
    pub async fn help(&self) -> Result<Help> {
        self.open(Request::new(Method::Get, paths::HELP)).await
    }

    /// `listTickets`: requests to support, the newest first.
    pub async fn tickets(&self, cursor: Option<&str>) -> Result<Page<Ticket>> {
        let mut path = Query::new(paths::TICKETS);
        path.add("cursor", cursor.map(str::to_owned));
        self.own(Request::new(Method::Get, path.text)).await
    }

    /// `getTicket`.
    pub async fn ticket(&self, id: Uuid) -> Result<TicketThread> {
        self.own(Request::new(Method::Get, paths::TICKET.replace("{id}", &id.to_string()))).await
    }

    /// `openTicket`.
    pub async fn open_ticket(&self, ticket: &OpenTicket, key: Uuid) -> Result<TicketSent> {
        self.own(keyed(with_body(Method::Post, paths::TICKETS, ticket), key)).await
    }

    /// `writeMessage`.
    pub async fn write_message(&self, ticket: Uuid, message: &WriteMessage, key: Uuid) -> Result<TicketSent> {
        let path = paths::TICKET_MESSAGES.replace("{id}", &ticket.to_string());
        self.own(keyed(with_body(Method::Post, &path, message), key)).await
    }

    /// `markTicketRead`: as far as a message.
    pub async fn mark_ticket_read(&self, ticket: Uuid, through: i64) -> Result<()> {
        let path = paths::TICKET_READ.replace("{id}", &ticket.to_string());
        done(&self.as_myself(with_body(Method::Put, &path, &ReadThrough { through })).await?)
    }

    /// `keepTicketFile`: a file for a message that follows.
    pub async fn keep_ticket_file(&self, name: &str, bytes: Vec<u8>) -> Result<TicketFile> {
        let mut path = Query::new(paths::TICKET_FILES);
        path.add("name", Some(name.to_owned()));
        self.own(Request { bytes: Some(bytes), ..Request::new(Method::Post, path.text) }).await
    }

    /// `getTicketFile`.
    pub fn ticket_file(&self, ticket: Uuid, file: Uuid) -> PendingFile<'_> {
        let path = paths::TICKET_FILE.replace("{id}", &ticket.to_string());
        self.file(path.replace("{file}", &file.to_string()))
    }

    /// `listNews`: what concerns the caller, in the language spoken.
    pub async fn news(&self) -> Result<Page<NewsItem>> {
        self.own(Request::new(Method::Get, paths::NEWS)).await
    }

    /// `markNewsRead`.
    pub async fn mark_news_read(&self, id: Uuid) -> Result<()> {
        let path = paths::NEWS_READ.replace("{id}", &id.to_string());
        done(&self.as_myself(Request::new(Method::Put, path)).await?)
    }
}
