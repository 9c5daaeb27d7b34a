//! Days and times by the provider's clock, whatever zone the browser is in.

use crate::browser;
use crate::format;
use cabinet_core::calendar::parse_day;
use time::{Date, OffsetDateTime};

/// The business day, where no answer of the server tells it.
pub fn today() -> Date {
    let now = browser::now();
    taken_apart(&browser::in_kyiv(now)).map_or(now.date(), |(day, _)| day)
}

/// `23.12.2014, 14:32`.
pub fn instant(moment: OffsetDateTime) -> String {
    let text = browser::in_kyiv(moment);
    match taken_apart(&text) {
        Some((day, clock)) => format!("{}.{}, {clock}", format::day_figures(day), day.year()),
        None => text,
    }
}

/// The business day of a moment.
pub fn day(moment: OffsetDateTime) -> Option<Date> {
    taken_apart(&browser::in_kyiv(moment)).map(|(day, _)| day)
}

/// `14:32`.
pub fn time(moment: OffsetDateTime) -> String {
    let text = browser::in_kyiv(moment);
    taken_apart(&text).map_or(text.clone(), |(_, clock)| clock.to_owned())
}

fn taken_apart(text: &str) -> Option<(Date, &str)> {
    let (day, clock) = text.split_once(' ')?;
    Some((parse_day(day)?, clock))
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::date;

    #[test]
    fn the_browsers_text_is_a_day_and_a_time() {
        assert_eq!(taken_apart("2014-12-23 14:32"), Some((date!(2014 - 12 - 23), "14:32")));
        assert_eq!(taken_apart("23/12/2014"), None);
    }
}
