//! What the network gives a subscriber: computed from the account alone, by the same rule for whoever signs in at a router,
//! for changes of live sessions and for what the subscriber is shown.

use crate::Now;
use crate::account::{Account, Standing};
use crate::calendar::tomorrow;
use crate::tariff::Catalogue;
use Access::{Garden, Off, Open};
use std::fmt;
use std::str::FromStr;
use time::{Date, Duration, OffsetDateTime};

/// The speed of whoever may reach the cabinet and the ways to pay only, in kilobits a second and in both directions.
pub const GARDEN_KBIT: i64 = 1_000;
/// A paid act that the network did not take within this is compensated (RULES §9).
pub const TAKEN_WITHIN: Duration = Duration::minutes(10);

/// Where a subscriber may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Access {
    /// Everywhere.
    Open,
    /// To the cabinet and the ways to pay: whoever is blocked, paused or suspended sees why, and can pay.
    Garden,
    /// Nowhere: the contract ended, or has not begun.
    Off,
}

impl Access {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Open => "open",
            Garden => "garden",
            Off => "off",
        }
    }
}

/// Hours of more speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turbo {
    /// Its first moment.
    pub starts_at: OffsetDateTime,
    /// The first moment after it.
    pub ends_at: OffsetDateTime,
    /// Mbit/s to the subscriber.
    pub down_mbps: i64,
    /// Mbit/s from the subscriber.
    pub up_mbps: i64,
}

/// What a profile is computed from.
#[derive(Clone, Copy, Debug)]
pub struct State<'a> {
    /// The account.
    pub account: &'a Account,
    /// Its Turbo that is not over, in any order.
    pub turbos: &'a [Turbo],
    /// The static address it was given.
    pub address: Option<&'a str>,
    /// The IPv6 prefix that goes with it.
    pub prefix: Option<&'a str>,
}

/// What routers are to give a subscriber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Where to.
    pub access: Access,
    /// Kilobits a second to the subscriber.
    pub down_kbit: i64,
    /// Kilobits a second from the subscriber.
    pub up_kbit: i64,
    /// The static address; none from a pool.
    pub address: Option<String>,
    /// The IPv6 prefix that goes with it; none without it.
    pub prefix: Option<String>,
}

impl Profile {
    /// Of whoever may reach the cabinet only: no static address, which would lead past the pool of such.
    pub const GARDEN: Profile =
        Profile { access: Garden, down_kbit: GARDEN_KBIT, up_kbit: GARDEN_KBIT, address: None, prefix: None };
    /// Of nobody.
    pub const OFF: Profile = Profile { access: Off, down_kbit: 0, up_kbit: 0, address: None, prefix: None };

    /// Whether a live session of this profile becomes one of another by a change of its speed alone. An address and a
    /// pool are given at sign-in only: for those the session must end.
    pub fn differs_in_speed_only(&self, other: &Profile) -> bool {
        (self.access, &self.address, &self.prefix) == (other.access, &other.address, &other.prefix)
    }
}

/// As it is kept: `open 20000/10000`, `open 20000/10000 192.0.2.7`, `open 20000/10000 192.0.2.7 2001:db8:7::/56`,
/// `garden 1000/1000`, `off 0/0`.
impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}/{}", self.access.code(), self.down_kbit, self.up_kbit)?;
        let Some(address) = &self.address else { return Ok(()) };
        write!(f, " {address}")?;
        self.prefix.as_ref().map_or(Ok(()), |prefix| write!(f, " {prefix}"))
    }
}

/// The text is not a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a profile")]
pub struct ProfileError;

impl FromStr for Profile {
    type Err = ProfileError;

    fn from_str(text: &str) -> Result<Profile, ProfileError> {
        let mut words = text.split(' ');
        let code = words.next().ok_or(ProfileError)?;
        let access = [Open, Garden, Off].into_iter().find(|access| access.code() == code).ok_or(ProfileError)?;
        let (down, up) = words.next().and_then(|speeds| speeds.split_once('/')).ok_or(ProfileError)?;
        let kbit = |text: &str| text.parse::<i64>().map_err(|_| ProfileError);
        let mut next = || words.next().map(str::to_owned);
        let (address, prefix) = (next(), next());
        let profile = Profile { access, down_kbit: kbit(down)?, up_kbit: kbit(up)?, address, prefix };
        if words.next().is_some() { Err(ProfileError) } else { Ok(profile) }
    }
}

/// What the network is to give now. Everything planned holds by its date, whether or not a run posted it.
///
/// The tariff's speed, of each direction the greater of it and the Turbo that runs; the static address while it serves.
/// Blocked, paused and suspended accounts may reach the cabinet only, without their address; one that is closed or not open yet
/// nothing.
pub fn profile(state: &State<'_>, catalogue: &Catalogue, now: Now) -> Profile {
    let account = state.account;
    if account.opened_on > now.today {
        return Profile::OFF;
    }
    match account.standing(now.today) {
        Standing::Closed => return Profile::OFF,
        Standing::Blocked | Standing::Paused | Standing::Suspended => return Profile::GARDEN,
        Standing::Active => {}
    }
    let tariff = catalogue.get(account.tariff_on(now.today));
    let mut speed = (tariff.down_mbps, tariff.up_mbps);
    for turbo in state.turbos.iter().filter(|turbo| turbo.runs(now.instant)) {
        speed = (speed.0.max(turbo.down_mbps), speed.1.max(turbo.up_mbps));
    }
    let serves = account.static_ip.is_some_and(|ip| ip.serves(now.today));
    Profile {
        access: Open,
        down_kbit: speed.0 * 1_000,
        up_kbit: speed.1 * 1_000,
        address: state.address.filter(|_| serves).map(str::to_owned),
        prefix: state.address.and(state.prefix).filter(|_| serves).map(str::to_owned),
    }
}

impl Turbo {
    /// Whether it runs at that moment.
    pub fn runs(&self, instant: OffsetDateTime) -> bool {
        self.starts_at <= instant && instant < self.ends_at
    }
}

/// The next moment for which something is planned: the start or end of Turbo, of a pause, of a static address, a tariff
/// that waits, the end of the contract. It may leave the profile as it is. None for a closed account. `day_start` tells
/// when a business day begins.
pub fn next_change(state: &State<'_>, now: Now, day_start: impl Fn(Date) -> OffsetDateTime) -> Option<OffsetDateTime> {
    let account = state.account;
    if account.standing(now.today) == Standing::Closed {
        return None;
    }
    let days = [
        account.pause.map(|pause| pause.from),
        account.pause.map(|pause| tomorrow(pause.until)),
        account.service.planned.as_ref().map(|planned| planned.starts_on),
        account.static_ip.and_then(|ip| ip.until).map(tomorrow),
        account.closed_on,
        Some(account.opened_on),
    ];
    let turbos = state.turbos.iter().flat_map(|turbo| [turbo.starts_at, turbo.ends_at]);
    let moments = days.into_iter().flatten().map(day_start).chain(turbos);
    moments.filter(|moment| *moment > now.instant).min()
}

/// What a live session needs to hold another profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Its speed changed as it runs.
    Change,
    /// Its end: it begins anew as it should be.
    Disconnect,
}

/// What a session whose profile was `held` needs to have `wished`; nothing is known of it without one.
pub fn step(held: Option<&Profile>, wished: &Profile) -> Step {
    match held {
        Some(held) if held.differs_in_speed_only(wished) && wished.access == Open => Step::Change,
        _ => Step::Disconnect,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Pause, PlannedTariff, StaticIp};
    use crate::tariff::{FeeVersion, Tariff};
    use crate::{Money, Month, TariffCode};
    use time::macros::{date, datetime};

    const TODAY: Date = date!(2026 - 11 - 23);

    fn tariff(code: &str, down_mbps: i64, up_mbps: i64) -> Tariff {
        Tariff {
            code: TariffCode::new(code),
            name: code.to_owned(),
            down_mbps,
            up_mbps,
            offered: true,
            group: String::new(),
            free_turbo: None,
            fees: vec![FeeVersion { from: Month::of(TODAY), fee: Money::from_kopecks(50_00) }],
        }
    }

    fn catalogue() -> Catalogue {
        Catalogue { tariffs: vec![tariff("home-20", 20, 10), tariff("home-300", 300, 50)] }
    }

    fn account() -> Account {
        Account::open(date!(2026 - 01 - 01), TariffCode::new("home-20"))
    }

    fn at(instant: OffsetDateTime) -> Now {
        Now { instant, today: (instant + Duration::hours(2)).date() }
    }

    fn day_start(day: Date) -> OffsetDateTime {
        day.midnight().assume_utc() - Duration::hours(2)
    }

    const NOON: OffsetDateTime = datetime!(2026-11-23 10:00 UTC);

    fn plain(account: &Account) -> State<'_> {
        State { account, turbos: &[], address: None, prefix: None }
    }

    fn shown(state: &State<'_>, instant: OffsetDateTime) -> String {
        profile(state, &catalogue(), at(instant)).to_string()
    }

    #[test]
    fn turbo_lifts_each_direction_and_ends_to_the_second() {
        let account = account();
        let turbo = |starts_at, hours, down_mbps, up_mbps| Turbo {
            starts_at,
            ends_at: starts_at + Duration::hours(hours),
            down_mbps,
            up_mbps,
        };
        let turbos = [turbo(NOON, 3, 100, 5), turbo(NOON + Duration::hours(3), 3, 50, 50)];
        let state = State { turbos: &turbos, ..plain(&account) };
        for (seconds, expected) in [
            (-1, "open 20000/10000"),
            (0, "open 100000/10000"),
            (3 * 3600 - 1, "open 100000/10000"),
            (3 * 3600, "open 50000/50000"),
            (6 * 3600 - 1, "open 50000/50000"),
            (6 * 3600, "open 20000/10000"),
        ] {
            assert_eq!(shown(&state, NOON + Duration::seconds(seconds)), expected, "{seconds}");
        }
        let blocked = Account { blocked_since: Some(TODAY), ..account.clone() };
        assert_eq!(shown(&State { account: &blocked, ..state }, NOON), "garden 1000/1000");
    }

    #[test]
    fn whoever_is_not_served_reaches_the_cabinet_without_the_address_and_a_closed_contract_nothing() {
        let served = Account { static_ip: Some(StaticIp::connect(TODAY)), ..account() };
        let of = |account: &Account| shown(&State { address: Some("192.0.2.7"), ..plain(account) }, NOON);
        assert_eq!(of(&served), "open 20000/10000 192.0.2.7");
        let prefix = Some("2001:db8:7::/56");
        let routed = |account: &Account, address| shown(&State { address, prefix, ..plain(account) }, NOON);
        assert_eq!(routed(&served, Some("192.0.2.7")), "open 20000/10000 192.0.2.7 2001:db8:7::/56");
        assert_eq!(routed(&served, None), "open 20000/10000", "it goes with an address only");
        let blocked = Account { blocked_since: Some(TODAY), ..served.clone() };
        assert_eq!(routed(&blocked, Some("192.0.2.7")), "garden 1000/1000");
        let pause = Some(Pause { from: TODAY, until: TODAY });
        assert_eq!(of(&Account { pause, ..served.clone() }), "garden 1000/1000");
        let suspended_since = Some(tomorrow(TODAY));
        assert_eq!(of(&Account { suspended_since, ..served.clone() }), "garden 1000/1000", "from its order on");
        let given_up = StaticIp { until: Some(date!(2026 - 11 - 22)), ..StaticIp::connect(date!(2026 - 11 - 01)) };
        assert_eq!(of(&Account { static_ip: Some(given_up), ..served.clone() }), "open 20000/10000");
        assert_eq!(of(&Account { closed_on: Some(TODAY), ..served.clone() }), "off 0/0");
        assert_eq!(of(&Account { opened_on: tomorrow(TODAY), ..served.clone() }), "off 0/0");
        assert_eq!(of(&Account { closed_on: Some(tomorrow(TODAY)), ..served }), "open 20000/10000 192.0.2.7");
    }

    #[test]
    fn what_is_planned_holds_from_its_midnight_and_is_the_next_change() {
        let mut account = account();
        let next = |account: &Account, instant| next_change(&plain(account), at(instant), day_start);
        assert_eq!(next(&account, NOON), None);
        account.service.planned =
            Some(PlannedTariff { tariff: TariffCode::new("home-300"), starts_on: date!(2026 - 12 - 01) });
        account.pause = Some(Pause { from: date!(2026 - 11 - 25), until: date!(2026 - 11 - 28) });
        account.closed_on = Some(date!(2026 - 12 - 05));
        let midnight = |day: Date| day_start(day);
        let second = Duration::SECOND;
        for (from, profile_then, changes) in [
            (NOON, "open 20000/10000", Some(date!(2026 - 11 - 25))),
            (midnight(date!(2026 - 11 - 25)) - second, "open 20000/10000", Some(date!(2026 - 11 - 25))),
            (midnight(date!(2026 - 11 - 25)), "garden 1000/1000", Some(date!(2026 - 11 - 29))),
            (midnight(date!(2026 - 11 - 29)), "open 20000/10000", Some(date!(2026 - 12 - 01))),
            (midnight(date!(2026 - 12 - 01)), "open 300000/50000", Some(date!(2026 - 12 - 05))),
            (midnight(date!(2026 - 12 - 05)), "off 0/0", None),
        ] {
            assert_eq!(shown(&plain(&account), from), profile_then, "{from}");
            assert_eq!(next(&account, from), changes.map(midnight), "{from}");
        }
    }

    #[test]
    fn a_kept_profile_is_the_same_one() {
        let (address, prefix) = (Some("192.0.2.7".to_owned()), Some("2001:db8:7::/56".to_owned()));
        let own = Profile { access: Open, down_kbit: 100_000, up_kbit: 1_500, address, prefix };
        for profile in [Profile { prefix: None, ..own.clone() }, own, Profile::GARDEN, Profile::OFF] {
            assert_eq!(profile.to_string().parse(), Ok(profile));
        }
        for text in ["", "open", "open 1", "open 1/x", "walled 1/1", "open 1/1 a b c"] {
            assert_eq!(text.parse::<Profile>(), Err(ProfileError), "{text}");
        }
    }

    #[test]
    fn only_speed_changes_a_session_that_runs() {
        let open = Profile { access: Open, down_kbit: 20_000, up_kbit: 10_000, address: None, prefix: None };
        let turbo = Profile { down_kbit: 100_000, ..open.clone() };
        let own = Profile { address: Some("192.0.2.7".to_owned()), ..open.clone() };
        let routed = Profile { prefix: Some("2001:db8:7::/56".to_owned()), ..own.clone() };
        assert_eq!(step(Some(&open), &turbo), Step::Change);
        for (held, wished) in [
            (Some(&open), &own),
            (Some(&own), &routed),
            (Some(&own), &open),
            (Some(&open), &Profile::GARDEN),
            (Some(&Profile::GARDEN), &open),
            (Some(&open), &Profile::OFF),
            (None, &open),
        ] {
            assert_eq!(step(held, wished), Step::Disconnect, "{held:?} {wished:?}");
        }
    }
}
