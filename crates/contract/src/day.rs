//! Days as they travel, `2014-12-22`, read by hand: the library's parser of any format weighs more in the browser than a
//! page of the client.

use cabinet_core::calendar::parse_day;
use serde::{Deserialize, Deserializer, Serializer, de};
use time::Date;

/// As it is written.
pub fn serialize<S: Serializer>(day: &Date, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(day)
}

/// Nothing else is a day.
pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
    read(&String::deserialize(from)?)
}

fn read<E: de::Error>(text: &str) -> Result<Date, E> {
    parse_day(text).ok_or_else(|| E::custom("not a day: write it like 2014-12-22"))
}

/// A day that may be absent.
pub mod option {
    use super::read;
    use serde::{Deserialize, Deserializer, Serializer};
    use time::Date;

    /// As it is written, or nothing.
    pub fn serialize<S: Serializer>(day: &Option<Date>, to: S) -> Result<S::Ok, S::Error> {
        match day {
            Some(day) => to.collect_str(day),
            None => to.serialize_none(),
        }
    }

    /// A day, or nothing.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Date>, D::Error> {
        Option::<String>::deserialize(from)?.map(|text| read(&text)).transpose()
    }
}

#[cfg(test)]
mod tests {
    use serde::{Deserialize, Serialize};
    use time::Date;
    use time::macros::date;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Days {
        #[serde(with = "super")]
        on: Date,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[serde(with = "super::option")]
        until: Option<Date>,
    }

    #[test]
    fn days_travel_as_the_library_writes_them() {
        for (days, text) in [
            (Days { on: date!(2014 - 12 - 22), until: None }, r#"{"on":"2014-12-22"}"#),
            (
                Days { on: date!(1999 - 01 - 02), until: Some(date!(2016 - 02 - 29)) },
                r#"{"on":"1999-01-02","until":"2016-02-29"}"#,
            ),
        ] {
            assert_eq!(serde_json::to_string(&days).expect("JSON"), text);
            assert_eq!(serde_json::from_str::<Days>(text).expect("days"), days);
            assert_eq!(serde_json::to_value(days.on).expect("JSON"), serde_json::to_value(days).expect("JSON")["on"]);
        }
        assert_eq!(serde_json::from_str::<Days>(r#"{"on":"2014-12-22","until":null}"#).expect("days").until, None);
        for wrong in [r#"{"on":"2015-02-29"}"#, r#"{"on":"22.12.2014"}"#, r#"{"on":1}"#, r#"{"on":null}"#, "{}"] {
            assert!(serde_json::from_str::<Days>(wrong).is_err(), "{wrong}");
        }
    }
}
