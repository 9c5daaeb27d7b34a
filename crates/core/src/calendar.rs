//! Months, their grid of weeks, and days.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;
use time::{Date, Duration};

/// A calendar month, written `2014-12`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: i32,
    month: u8,
}

/// The text is not a month between 1900 and 9998.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a month: write it like 2014-12")]
pub struct MonthError;

/// A week of a month's grid: Monday to Sunday, days of the neighbouring months included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Week {
    /// ISO 8601 week number, 1 to 53.
    pub iso_week: u8,
    /// Monday.
    pub monday: Date,
}

impl Month {
    /// Year 1900 to 9998, month 1 to 12.
    pub fn new(year: i32, month: u8) -> Result<Month, MonthError> {
        if (1900..=9998).contains(&year) && (1..=12).contains(&month) {
            Ok(Month { year, month })
        } else {
            Err(MonthError)
        }
    }

    /// The month a day lies in.
    pub fn of(day: Date) -> Month {
        Month { year: day.year(), month: day.month().into() }
    }

    /// Four-digit year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// 1 to 12.
    pub fn number(self) -> u8 {
        self.month
    }

    /// 28 to 31.
    pub fn days(self) -> u8 {
        time::util::days_in_month(self.first().month(), self.year)
    }

    /// The 1st.
    pub fn first(self) -> Date {
        let month = time::Month::try_from(self.month).expect("a month is 1 to 12");
        Date::from_calendar_date(self.year, month, 1).expect("every month has a 1st")
    }

    /// The 28th to 31st.
    pub fn last(self) -> Date {
        self.first() + Duration::days(i64::from(self.days()) - 1)
    }

    /// The month after.
    pub fn next(self) -> Month {
        if self.month == 12 { Month { year: self.year + 1, month: 1 } } else { Month { month: self.month + 1, ..self } }
    }

    /// The month before.
    pub fn previous(self) -> Month {
        if self.month == 1 { Month { year: self.year - 1, month: 12 } } else { Month { month: self.month - 1, ..self } }
    }

    /// Whether the day lies in this month.
    pub fn contains(self, day: Date) -> bool {
        Month::of(day) == self
    }

    /// The weeks that hold a day of this month, in order.
    pub fn weeks(self) -> Vec<Week> {
        let first = self.first();
        let mut monday = first - Duration::days(i64::from(first.weekday().number_days_from_monday()));
        let mut weeks = Vec::with_capacity(6);
        while monday <= self.last() {
            weeks.push(Week { iso_week: monday.iso_week(), monday });
            monday += Duration::days(7);
        }
        weeks
    }
}

/// The days from `from` to `to`, both included; empty if `from` is later.
pub fn days(from: Date, to: Date) -> impl Iterator<Item = Date> {
    let count = (to - from).whole_days() + 1;
    (0..count.max(0)).map(move |n| from + Duration::days(n))
}

/// The day a text names, written `2014-12-22` and in no other way; of the years a [`Month`] may have.
pub fn parse_day(text: &str) -> Option<Date> {
    let (month, day) = text.rsplit_once('-')?;
    let first = month.parse::<Month>().ok()?.first();
    let is_number = day.len() == 2 && day.bytes().all(|byte| byte.is_ascii_digit());
    first.replace_day(day.parse().ok().filter(|_| is_number)?).ok()
}

/// The day after.
pub fn tomorrow(day: Date) -> Date {
    day.next_day().expect("the calendar does not end in a business lifetime")
}

/// The day before.
pub fn yesterday(day: Date) -> Date {
    day.previous_day().expect("the calendar does not begin in a business lifetime")
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = MonthError;
    fn from_str(text: &str) -> Result<Month, MonthError> {
        let (year, month) = text.split_once('-').ok_or(MonthError)?;
        let digits = |s: &str, n: usize| s.len() == n && s.bytes().all(|b| b.is_ascii_digit());
        if !digits(year, 4) || !digits(month, 2) {
            return Err(MonthError);
        }
        Month::new(year.parse().map_err(|_| MonthError)?, month.parse().map_err(|_| MonthError)?)
    }
}

impl Serialize for Month {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Month {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Month, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn days_are_read_strictly() {
        assert_eq!(parse_day("2016-02-29"), Some(date!(2016 - 02 - 29)));
        for wrong in [
            "2015-02-29",
            "29.02.2016",
            "2016-02-9",
            "2016-02-+9",
            "2016-2-09",
            "2016-02-00",
            "2016-02",
            "",
            "2016-02-29 ",
        ] {
            assert_eq!(parse_day(wrong), None, "{wrong}");
        }
    }
}
