//! The parameters of a GET dialect.

use super::{Method, RawRequest};
use std::collections::BTreeMap;

/// A longer query string is refused: the longest of any dialect is under 300 bytes.
const QUERY_MAX: usize = 4 * 1024;

/// Why a request has no readable parameters: not a GET, too long, or a known parameter given twice.
#[derive(Debug)]
pub(super) struct Unreadable;

/// Parameters by name; blanks around a value are dropped, as those who type it at a terminal leave some.
pub(super) struct Query<'n>(BTreeMap<&'n str, String>);

impl<'n> Query<'n> {
    /// Reads the parameters of these names; others are ignored, since providers add their own. A name given twice has
    /// no one meaning and is refused.
    pub(super) fn read(raw: &RawRequest<'_>, names: &[&'n str]) -> Result<Query<'n>, Unreadable> {
        if raw.method != Method::Get || raw.query.len() > QUERY_MAX {
            return Err(Unreadable);
        }
        let mut found = BTreeMap::new();
        for (name, value) in form_urlencoded::parse(raw.query.as_bytes()) {
            let Some(known) = names.iter().find(|known| **known == name) else { continue };
            if found.insert(*known, value.trim().to_owned()).is_some() {
                return Err(Unreadable);
            }
        }
        Ok(Query(found))
    }

    /// The value of a parameter; an empty one counts as absent.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(query: &str) -> RawRequest<'_> {
        RawRequest { method: Method::Get, query, body: b"", content_type: None }
    }

    #[test]
    fn parameters_are_decoded_trimmed_and_never_double() {
        let query = Query::read(&raw("account=%200042+&sum=1.00&extra=1&extra=2&empty="), &["account", "sum", "empty"]);
        let query = query.expect("readable");
        assert_eq!(query.get("account"), Some("0042"));
        assert_eq!(query.get("sum"), Some("1.00"));
        assert_eq!(query.get("empty"), None);
        assert_eq!(query.get("extra"), None);
        assert!(Query::read(&raw("sum=1&sum=2"), &["sum"]).is_err());
        assert!(Query::read(&raw("sum=1&s%75m=2"), &["sum"]).is_err());
        assert!(Query::read(&raw(&"a".repeat(QUERY_MAX + 1)), &[]).is_err());
        assert!(Query::read(&RawRequest { method: Method::Post, ..raw("sum=1") }, &["sum"]).is_err());
    }
}
