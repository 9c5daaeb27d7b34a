//! Reads what the server answers: a text becomes a tree, and a type is read from the tree.
//!
//! Read straight from the text, every type of the contract brings a parser of its own, and a second one for the arrays
//! that serde takes for structs too: a tenth of the browser's first load.

use serde::Deserializer;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, DeserializeSeed, Error, Expected, IntoDeserializer, MapAccess, SeqAccess};
use serde::de::{Unexpected, Visitor};
use serde_json::{Value, map};
use std::fmt;
use std::slice;

/// Why a text or a tree is not what was wanted.
#[derive(Debug)]
pub struct Wrong(Box<str>);

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Wrong {}

impl Error for Wrong {
    fn custom<T: fmt::Display>(message: T) -> Wrong {
        Wrong(message.to_string().into())
    }

    // Told without the value: its words would bring the writing of fractions with them.
    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Wrong {
        not("a value of another kind")
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Wrong {
        not("a value out of its bounds")
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Wrong {
        not("a list of another length")
    }
}

/// From a text of JSON.
///
/// # Errors
/// A text that is none, or that holds something else.
pub fn from_text<T: DeserializeOwned>(text: &str) -> Result<T, Wrong> {
    from_value(&parsed(text)?)
}

/// From a part of an answer, as the details of a problem.
///
/// # Errors
/// A part that holds something else.
pub fn from_value<T: DeserializeOwned>(value: &Value) -> Result<T, Wrong> {
    T::deserialize(Tree(value))
}

fn parsed(text: &str) -> Result<Value, Wrong> {
    serde_json::from_str(text).map_err(Wrong::custom)
}

fn not(wanted: &'static str) -> Wrong {
    Wrong(wanted.into())
}

/// A value among others. Structs are objects and nothing else.
#[derive(Clone, Copy)]
struct Tree<'t>(&'t Value);

impl<'t> Tree<'t> {
    fn text(self) -> Result<&'t str, Wrong> {
        self.0.as_str().ok_or_else(|| not("not a text"))
    }

    fn number<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match (self.0.as_u64(), self.0.as_i64()) {
            (Some(number), _) => visitor.visit_u64(number),
            (None, Some(number)) => visitor.visit_i64(number),
            (None, None) => Err(not("not a whole number")),
        }
    }
}

/// The methods of a deserializer that pass on to another one of it.
macro_rules! pass_on {
    ($($method:ident)+ => $to:ident) => {
        $(fn $method<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Wrong> {
            self.$to(visitor)
        })+
    };
}

impl<'t> Deserializer<'t> for Tree<'t> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(is) => visitor.visit_bool(*is),
            Value::Number(number) => match number.as_f64() {
                Some(number) if self.0.is_f64() => visitor.visit_f64(number),
                _ => self.number(visitor),
            },
            Value::String(text) => visitor.visit_str(text),
            Value::Array(_) => self.deserialize_seq(visitor),
            Value::Object(_) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_bool(self.0.as_bool().ok_or_else(|| not("neither true nor false"))?)
    }

    fn deserialize_str<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_option<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'t>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let items = self.0.as_array().ok_or_else(|| not("not a list"))?;
        visitor.visit_seq(Items(items.iter()))
    }

    fn deserialize_map<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let members = self.0.as_object().ok_or_else(|| not("not an object"))?;
        visitor.visit_map(Members { rest: members.iter(), value: self.0 })
    }

    fn deserialize_struct<V: Visitor<'t>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'t>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_enum(name(self.text()?))
    }

    fn deserialize_ignored_any<V: Visitor<'t>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }

    fn deserialize_tuple<V: Visitor<'t>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'t>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'t>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        self.deserialize_any(visitor)
    }

    pass_on!(deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 => number);
    pass_on!(deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 => number);
    pass_on!(deserialize_string deserialize_identifier deserialize_char => deserialize_str);
    pass_on!(deserialize_f32 deserialize_f64 deserialize_unit deserialize_bytes deserialize_byte_buf => deserialize_any);
}

/// A name as something to read from: of a member, of a kind.
fn name(text: &str) -> StrDeserializer<'_, Wrong> {
    text.into_deserializer()
}

struct Items<'t>(slice::Iter<'t, Value>);

impl<'t> SeqAccess<'t> for Items<'t> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'t>>(&mut self, seed: T) -> Result<Option<T::Value>, Wrong> {
        self.0.next().map(|item| seed.deserialize(Tree(item))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Members<'t> {
    rest: map::Iter<'t>,
    /// Of the member whose name was read last.
    value: &'t Value,
}

impl<'t> MapAccess<'t> for Members<'t> {
    type Error = Wrong;

    fn next_key_seed<K: DeserializeSeed<'t>>(&mut self, seed: K) -> Result<Option<K::Value>, Wrong> {
        let Some((key, value)) = self.rest.next() else { return Ok(None) };
        self.value = value;
        seed.deserialize(name(key)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'t>>(&mut self, seed: V) -> Result<V::Value, Wrong> {
        seed.deserialize(Tree(self.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use std::fmt::Debug;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Whole {
        text: String,
        #[serde(default)]
        absent: Option<i64>,
        signs: Vec<Sign>,
        parts: Vec<Part>,
        any: Value,
        is: bool,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Part {
        least: i64,
        most: u64,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Sign {
        Plus,
        #[serde(other)]
        Unknown,
    }

    const TEXT: &str = r#"{"text":"ї \" \n","signs":["plus","of a later version"],"is":true,"later":[{"x":[null,1.5]}],
        "parts":[{"least":-9223372036854775808,"most":18446744073709551615}],"any":{"a":[null,-1,2,1.5,"b",false]}}"#;

    #[track_caller]
    fn same<T: DeserializeOwned + PartialEq + Debug>(text: &str) {
        let (ours, theirs) = (from_text::<T>(text), serde_json::from_str::<T>(text));
        assert_eq!(ours.as_ref().ok(), theirs.as_ref().ok(), "{text}: {ours:?} and {theirs:?}");
    }

    #[test]
    fn a_text_is_read_as_the_library_reads_it() {
        assert!(from_text::<Whole>(TEXT).is_ok());
        same::<Whole>(TEXT);
        for (is, becomes) in [
            ("\"is\":true", "\"is\":null"),
            ("\"is\":true", "\"is\":1"),
            ("\"is\":true,", ""),
            ("\"is\":true", "\"is\":true,\"absent\":7"),
            ("\"is\":true", "\"is\":true,\"absent\":null"),
            ("\"is\":true", "\"is\":true,\"absent\":\"7\""),
            ("\"is\":true", "\"is\":true,\"absent\":1.5"),
            ("\"plus\"", "null"),
            ("\"plus\"", "{}"),
            ("18446744073709551615", "-1"),
            ("18446744073709551615", "18446744073709551616"),
            ("\"ї \\\" \\n\"", "1"),
            ("\"parts\":[", "\"parts\":[1,"),
        ] {
            assert!(TEXT.contains(is), "{is}");
            same::<Whole>(&TEXT.replace(is, becomes));
        }
        for text in ["", "null", "[]", "1", "{}", "{", "\"plus\""] {
            same::<Whole>(text);
            same::<Sign>(text);
            same::<Vec<Part>>(text);
            same::<Value>(text);
        }
    }

    #[test]
    fn a_list_is_no_struct() {
        assert!(from_text::<Part>("[1,2]").is_err());
    }
}
