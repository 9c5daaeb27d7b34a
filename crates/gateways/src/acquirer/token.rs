//! JSON values of gateways, kept as they were written: `100` and `100.00` sign differently.

use serde::de::{Deserialize, Deserializer, Error};
use serde_json::value::RawValue;

/// A JSON string's text, or a number's literal token. Anything else is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Token(pub(super) String);

impl Token {
    /// Of an absent or null one, the empty text.
    pub(super) fn text(token: &Option<Token>) -> &str {
        token.as_ref().map_or("", |token| &token.0)
    }
}

impl<'de> Deserialize<'de> for Token {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Token, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        match raw.get().as_bytes().first() {
            Some(b'"') => serde_json::from_str(raw.get()).map(Token).map_err(D::Error::custom),
            Some(b'-' | b'0'..=b'9') => Ok(Token(raw.get().to_owned())),
            _ => Err(D::Error::custom("neither a text nor a number")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    struct Holder {
        a: Token,
        #[serde(default)]
        b: Option<Token>,
    }

    fn read(text: &str) -> Option<(String, String)> {
        serde_json::from_str::<Holder>(text).ok().map(|holder| (holder.a.0, Token::text(&holder.b).to_owned()))
    }

    #[test]
    fn tokens_stay_literal() {
        let pair = |a: &str, b: &str| Some((a.to_owned(), b.to_owned()));
        assert_eq!(read(r#"{"a":100.00,"b":null}"#), pair("100.00", ""));
        assert_eq!(read(r#"{"a":1e2,"b":-0}"#), pair("1e2", "-0"));
        assert_eq!(read(r#"{"a": "1\u0430\/" , "b" : 1547.36 }"#), pair("1а/", "1547.36"));
        for refused in [r#"{"a":null}"#, r#"{"a":true}"#, r#"{"a":[1]}"#, r#"{"a":{}}"#, r#"{}"#, r#"{"a":1,"a":1}"#] {
            assert_eq!(read(refused), None, "{refused}");
        }
    }
}
