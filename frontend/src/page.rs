//! Every address of the client.

use crate::format;
use crate::i18n::{language, t};
use cabinet_core::Month;
use cabinet_core::calendar::parse_day;
use std::str::FromStr;
use time::Date;
use uuid::Uuid;

/// Where one is, with what the address remembers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// The balance, what comes next, the forecast.
    Overview,
    /// A month, day by day.
    Statement(StatementAt),
    /// A year, month by month.
    Year(i32),
    /// The tariffs and the change of tariff.
    Tariffs,
    /// Turbo, a pause, a static address.
    Services,
    /// Bills, and the one dated the 1st of a month; the newest unless one is named.
    Bills(Option<Month>),
    /// How much to pay, and how; for a bill, if one is named.
    Pay(Option<Month>),
    /// One payment, followed until it is decided.
    Payment(Uuid),
    /// Who one is; password, login, sessions.
    Profile,
    /// Language and theme.
    Settings,
    /// The manual, the provider's contacts and requests to support.
    Help(HelpAt),
    /// The form of sign-in; whoever is signed in already goes on to the overview.
    SignIn,
    /// No such address.
    NotFound(String),
}

/// What the statement's address remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StatementAt {
    /// The month shown; the present one if none.
    pub month: Option<Month>,
    /// The address gave a month that is none, so the present one is shown.
    pub unread: bool,
    /// As a list instead of a calendar.
    pub list: bool,
    /// The day opened.
    pub day: Option<Date>,
}

/// What the help's address remembers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HelpAt {
    /// The day that is asked about.
    pub day: Option<Date>,
    /// The request that is read.
    pub ticket: Option<Uuid>,
}

impl Page {
    /// By path and query (`?month=2014-12`, or nothing).
    pub fn at(path: &str, query: &str) -> Page {
        match path {
            "/" => Page::Overview,
            "/statement" => Page::Statement(StatementAt::from_query(query)),
            "/bills" => Page::Bills(bill_of(query)),
            "/pay" => Page::Pay(bill_of(query)),
            "/tariffs" => Page::Tariffs,
            "/services" => Page::Services,
            "/profile" => Page::Profile,
            "/settings" => Page::Settings,
            "/help" => Page::Help(HelpAt {
                day: named(query, "day").and_then(parse_day),
                ticket: named(query, "ticket").and_then(|id| id.parse().ok()),
            }),
            "/sign-in" => Page::SignIn,
            other => part_of("/pay/", other)
                .map(Page::Payment)
                .or_else(|| part_of("/statement/", other).map(Page::Year))
                .unwrap_or_else(|| Page::NotFound(other.to_owned())),
        }
    }

    /// The address.
    pub fn address(&self) -> String {
        match self {
            Page::Statement(at) => format!("/statement{}", at.query()),
            Page::Bills(Some(bill)) | Page::Pay(Some(bill)) => format!("{}?bill={bill}", self.path()),
            Page::Help(HelpAt { ticket: Some(id), .. }) => format!("{}?ticket={id}", self.path()),
            Page::Help(HelpAt { day: Some(day), .. }) => format!("{}?day={day}", self.path()),
            page => page.path(),
        }
    }

    /// The path, which also tells pages apart.
    pub fn path(&self) -> String {
        let path = match self {
            Page::Overview => "/",
            Page::Statement(_) => "/statement",
            Page::Year(year) => return format!("/statement/{year}"),
            Page::Payment(id) => return format!("/pay/{id}"),
            Page::Bills(_) => "/bills",
            Page::Pay(_) => "/pay",
            Page::Tariffs => "/tariffs",
            Page::Services => "/services",
            Page::Profile => "/profile",
            Page::Settings => "/settings",
            Page::Help(_) => "/help",
            Page::SignIn => "/sign-in",
            Page::NotFound(path) => path,
        };
        path.to_owned()
    }

    /// The name in the menu.
    pub fn name(&self) -> &'static str {
        match self {
            Page::Overview => t!(nav.overview),
            Page::Statement(_) | Page::Year(_) => t!(nav.statement),
            Page::Bills(_) => t!(nav.bills),
            Page::Pay(_) => t!(nav.pay),
            Page::Payment(_) => t!(pay.one),
            Page::Tariffs => t!(nav.tariff),
            Page::Services => t!(nav.services),
            Page::Profile => t!(nav.profile),
            Page::Settings => t!(nav.settings),
            Page::Help(_) => t!(nav.help),
            Page::SignIn => t!(sign_in.title),
            Page::NotFound(_) => t!(not_found.title),
        }
    }

    /// What the window's title says of it.
    pub fn title(&self) -> String {
        match self {
            Page::Statement(StatementAt { month: Some(month), .. }) => {
                format!("{}, {}", self.name(), format::small(&format::month(language(), *month)))
            }
            Page::Year(year) => format!("{}, {year}", self.name()),
            page => page.name().to_owned(),
        }
    }

    /// The symbol in the menu.
    pub fn icon(&self) -> &'static str {
        match self {
            Page::Overview | Page::SignIn | Page::NotFound(_) => "overview",
            Page::Statement(_) | Page::Year(_) => "calendar",
            Page::Bills(_) => "bill",
            Page::Pay(_) | Page::Payment(_) => "pay",
            Page::Tariffs => "tariff",
            Page::Services => "services",
            Page::Profile => "profile",
            Page::Settings => "settings",
            Page::Help(_) => "help",
        }
    }
}

impl StatementAt {
    fn from_query(query: &str) -> StatementAt {
        let mut at = StatementAt::default();
        for (name, value) in query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "month" => {
                    at.month = value.parse().ok();
                    at.unread = at.month.is_none();
                }
                "view" => at.list = value == "list",
                "day" => at.day = parse_day(value),
                _ => {}
            }
        }
        at
    }

    fn query(&self) -> String {
        let mut parts = Vec::new();
        parts.extend(self.month.map(|month| format!("month={month}")));
        parts.extend(self.list.then(|| "view=list".to_owned()));
        parts.extend(self.day.map(|day| format!("day={day}")));
        if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
    }
}

/// What stands behind a path's beginning.
fn part_of<T: FromStr>(before: &str, path: &str) -> Option<T> {
    path.strip_prefix(before)?.parse().ok()
}

/// The bill that an address names.
fn bill_of(query: &str) -> Option<Month> {
    named(query, "bill")?.parse().ok()
}

/// The value of a name in a query.
fn named<'q>(query: &'q str, name: &str) -> Option<&'q str> {
    let mut pairs = query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
    pairs.find_map(|(of, value)| (of == name).then_some(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_back_to_itself() {
        for address in [
            "/",
            "/statement",
            "/statement?month=2014-12&view=list&day=2014-12-09",
            "/help",
            "/help?day=2014-12-22",
            "/help?ticket=0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7",
            "/services",
            "/bills",
            "/bills?bill=2015-01",
            "/pay",
            "/pay?bill=2015-01",
            "/pay/0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7",
            "/pay/one",
            "/statement/2014",
            "/statement/last",
            "/nowhere",
        ] {
            let (path, query) = address.split_once('?').unwrap_or((address, ""));
            assert_eq!(Page::at(path, query).address(), address);
        }
        let bad = Page::at("/statement", "day=2014-02-30&view=&x");
        assert_eq!(bad, Page::Statement(StatementAt::default()));
    }

    #[test]
    fn a_month_that_is_none_is_noticed() {
        for query in ["month=abc", "month=2014-13", "month="] {
            let read = Page::at("/statement", query);
            assert_eq!(read, Page::Statement(StatementAt { unread: true, ..StatementAt::default() }), "{query}");
            assert_eq!(read.address(), "/statement");
        }
    }
}
