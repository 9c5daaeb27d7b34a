//! The one place that asks what time it is, and which business day that falls on.

use cabinet_core::Now;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::sync::{LazyLock, Mutex, PoisonError};
use time::{Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time};

/// Business days are counted where the subscribers live. The zone's data are part of the program.
static ZONE: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get("Europe/Kyiv").expect("the bundled zone"));

/// The local day an instant falls on.
pub fn local_date(instant: OffsetDateTime) -> Date {
    let local = timestamp(instant).to_zoned(ZONE.clone()).date();
    let month = Month::try_from(local.month().unsigned_abs()).expect("a month of a date");
    Date::from_calendar_date(i32::from(local.year()), month, local.day().unsigned_abs()).expect("a date of a calendar")
}

/// The instant a local time of a local day is; where the clocks skip it, the instant they show instead.
pub fn local_instant(date: Date, at: Time) -> OffsetDateTime {
    let year = i16::try_from(date.year()).expect("a year of four digits");
    let local = jiff::civil::date(year, u8::from(date.month()).cast_signed(), date.day().cast_signed()).at(
        at.hour().cast_signed(),
        at.minute().cast_signed(),
        at.second().cast_signed(),
        0,
    );
    let zoned = ZONE.to_ambiguous_zoned(local).compatible().expect("an instant within range");
    OffsetDateTime::from_unix_timestamp(zoned.timestamp().as_second()).expect("an instant within range")
}

/// What the clocks show at an instant, where the subscribers live.
pub fn local_time(instant: OffsetDateTime) -> PrimitiveDateTime {
    let local = timestamp(instant).to_zoned(ZONE.clone()).time();
    let of = |part: i8| part.unsigned_abs();
    let time = Time::from_hms(of(local.hour()), of(local.minute()), of(local.second())).expect("a time of a clock");
    PrimitiveDateTime::new(local_date(instant), time)
}

fn timestamp(instant: OffsetDateTime) -> Timestamp {
    Timestamp::from_second(instant.unix_timestamp()).expect("an instant within range")
}

/// What time it is. Everything that depends on time gets it from here.
pub trait Clock: Send + Sync {
    /// UTC, whole seconds.
    fn now(&self) -> OffsetDateTime;

    /// The business day an instant falls on.
    fn day_of(&self, instant: OffsetDateTime) -> Date {
        local_date(instant)
    }

    /// The business day.
    fn today(&self) -> Date {
        local_date(self.now())
    }

    /// When a business day begins.
    fn day_start(&self, date: Date) -> OffsetDateTime {
        local_instant(date, Time::MIDNIGHT)
    }

    /// The instant and its business day, as the rules ask for them.
    fn moment(&self) -> Now {
        let instant = self.now();
        Now { instant, today: local_date(instant) }
    }
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one place that asks the machine")]
    fn now(&self) -> OffsetDateTime {
        OffsetDateTime::now_utc().replace_nanosecond(0).expect("a whole second")
    }
}

/// A clock that stands until it is moved: for tests, and for making the demo's past.
#[derive(Debug)]
pub struct SteppedClock {
    now: Mutex<OffsetDateTime>,
}

impl SteppedClock {
    /// Stands at an instant.
    pub fn at(instant: OffsetDateTime) -> SteppedClock {
        SteppedClock { now: Mutex::new(instant.replace_nanosecond(0).expect("a whole second")) }
    }

    /// Stands at a local time of a local day.
    pub fn at_local(date: Date, at: Time) -> SteppedClock {
        SteppedClock::at(local_instant(date, at))
    }

    /// Moves to an instant.
    pub fn set(&self, instant: OffsetDateTime) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) =
            instant.replace_nanosecond(0).expect("a whole second");
    }

    /// Moves to a local time of a local day.
    pub fn set_local(&self, date: Date, at: Time) {
        self.set(local_instant(date, at));
    }

    /// Moves by a while, back too.
    pub fn step(&self, by: Duration) {
        self.set(self.now() + by);
    }
}

impl Clock for SteppedClock {
    fn now(&self) -> OffsetDateTime {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime, time};

    #[test]
    fn days_begin_in_kyiv() {
        let clock = SteppedClock::at(datetime!(2026-11-22 21:59:59.7 UTC));
        assert_eq!(clock.today(), date!(2026 - 11 - 22));
        clock.step(Duration::seconds(1));
        assert_eq!((clock.now(), clock.today()), (datetime!(2026-11-22 22:00 UTC), date!(2026 - 11 - 23)));
        assert_eq!(clock.day_start(date!(2026 - 11 - 23)), datetime!(2026-11-22 22:00 UTC));
        assert_eq!(clock.day_start(date!(2026 - 07 - 01)), datetime!(2026-06-30 21:00 UTC));
    }

    #[test]
    fn days_of_23_and_25_hours_are_days() {
        let clock = SystemClock;
        let length = |day: Date| clock.day_start(day.next_day().unwrap()) - clock.day_start(day);
        assert_eq!(length(date!(2026 - 03 - 29)), Duration::hours(23));
        assert_eq!(length(date!(2026 - 10 - 25)), Duration::hours(25));
        assert_eq!(local_instant(date!(2026 - 03 - 29), time!(03:30)), datetime!(2026-03-29 01:30 UTC));
        assert_eq!(local_date(datetime!(2014-11-30 21:59 UTC)), date!(2014 - 11 - 30));
        assert_eq!(local_time(datetime!(2026-07-01 21:00:05 UTC)), datetime!(2026-07-02 00:00:05));
    }
}
