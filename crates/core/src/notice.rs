//! What a subscriber is told without asking (RULES §7): once per crossing of a threshold, by the calendar, and on events;
//! never in quiet hours, and so many messages a day at most.

use crate::account::{Account, Standing};
use crate::accrual::Settlement;
use crate::calendar::{Month, tomorrow};
use crate::forecast::Outlook;
use crate::ledger::Entry;
use crate::money::Money;
use crate::policy::Policy;
use crate::refusal::{FieldFault, Refusal};
use crate::tariff::TariffCode;
use serde::{Deserialize, Serialize};
use time::{Date, Duration, OffsetDateTime, PrimitiveDateTime, Time};

/// The last day of a month a balance is told on: every month has it.
const MONTH_DAYS: u8 = 28;
/// How many days after a pause began or ended it is still told, should the run of the day itself not have been.
const PAUSE_NEWS: i64 = 2;

/// The way a notice, or a code, goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Channel {
    /// A short message to the confirmed phone.
    Sms,
    /// A letter to the confirmed e-mail.
    Email,
    /// A notification to each browser and installed app that asked for it. No code goes this way.
    Push,
}

impl Channel {
    /// All of them.
    pub const ALL: [Channel; 3] = [Channel::Sms, Channel::Email, Channel::Push];

    /// The stable code, in the database.
    pub fn code(self) -> &'static str {
        match self {
            Channel::Sms => "sms",
            Channel::Email => "email",
            Channel::Push => "push",
        }
    }

    /// By stable code.
    pub fn from_code(code: &str) -> Option<Channel> {
        Channel::ALL.into_iter().find(|channel| channel.code() == code)
    }
}

/// The ways that are wished for together: each of them has its wishes and remembers what was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ways {
    /// Short messages and letters.
    Messages,
    /// Notifications to browsers.
    Push,
}

impl Ways {
    /// All of them.
    pub const ALL: [Ways; 2] = [Ways::Messages, Ways::Push];

    /// The stable code, in the database.
    pub fn code(self) -> &'static str {
        match self {
            Ways::Messages => "messages",
            Ways::Push => "push",
        }
    }
}

/// When the balance is told by the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// On a day of the week, Monday being 1.
    Weekly(u8),
    /// On a day of the month, 1 to 28.
    Monthly(u8),
}

impl Period {
    /// If there is such a day.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`].
    pub fn check(self) -> Result<(), Refusal> {
        let (day, most) = match self {
            Period::Weekly(day) => (day, 7),
            Period::Monthly(day) => (day, MONTH_DAYS),
        };
        let wrong = Refusal::FieldInvalid { field: "periodic", fault: FieldFault::Invalid };
        if (1..=most).contains(&day) { Ok(()) } else { Err(wrong) }
    }

    /// The newest of its days that is not after `today`.
    pub fn newest(self, today: Date) -> Date {
        match self {
            Period::Weekly(day) => {
                let since = (7 + today.weekday().number_from_monday() - day) % 7;
                today - Duration::days(i64::from(since))
            }
            Period::Monthly(day) => {
                let of = |month: Month| month.first() + Duration::days(i64::from(day) - 1);
                let this = of(Month::of(today));
                if this <= today { this } else { of(Month::of(today).previous()) }
            }
        }
    }
}

/// What a subscriber wishes to be told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Once the money lasts so many days or fewer.
    pub threshold_days: Option<i64>,
    /// The balance by the calendar.
    pub period: Option<Period>,
    /// A payment came in.
    pub on_payment: bool,
    /// The account is blocked.
    pub on_block: bool,
    /// It runs again.
    pub on_unblock: bool,
    /// A change took effect: of the tariff, Turbo, a pause, a static address.
    pub on_change: bool,
}

impl Wishes {
    /// Whether they can be met.
    ///
    /// # Errors
    /// [`Refusal::FieldInvalid`]: a threshold is 1 to 30 days.
    pub fn check(&self) -> Result<(), Refusal> {
        if self.threshold_days.is_some_and(|days| !(1..=30).contains(&days)) {
            return Err(Refusal::FieldInvalid { field: "threshold_days", fault: FieldFault::Invalid });
        }
        self.period.map_or(Ok(()), Period::check)
    }
}

/// What is remembered of what was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The money lasted longer than the threshold since it was last told that it does not.
    pub armed: bool,
    /// How often it was told.
    pub crossings: i64,
    /// The last day the balance was told by the calendar, or from which it is.
    pub told_on: Date,
}

impl Memory {
    /// Of wishes made today: nothing was told yet, and by the calendar nothing is due before its next day.
    pub fn new(today: Date) -> Memory {
        Memory { armed: true, crossings: 0, told_on: today }
    }

    /// Of other wishes in the place of old ones: another threshold is crossed anew, another calendar begins today.
    pub fn follow(&mut self, old: &Wishes, new: &Wishes, today: Date) {
        if old.threshold_days != new.threshold_days {
            self.armed = true;
        }
        if old.period != new.period {
            self.told_on = today;
        }
    }

    /// Of a day on which nobody could be told: what was crossed then is told once somebody can be.
    pub fn unheard(self, before: Memory) -> Memory {
        Memory { armed: self.armed || before.armed, crossings: before.crossings, ..self }
    }
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The money lasts a few days only.
    Low,
    /// The balance, by the calendar.
    Balance,
    /// A payment came in.
    Paid,
    /// The account is blocked.
    Blocked,
    /// It runs again.
    Restored,
    /// A payment came in, and the account runs again.
    PaidRestored,
    /// A change of tariff took effect.
    Changed,
    /// Turbo runs.
    Turbo,
    /// A pause began.
    Paused,
    /// It is over.
    Resumed,
    /// A static address is connected.
    Address,
    /// It serves no more.
    AddressGone,
    /// Turbo that the network did not take was given back.
    Returned,
}

impl Kind {
    /// All of them.
    pub const ALL: [Kind; 13] = [
        Kind::Low,
        Kind::Balance,
        Kind::Paid,
        Kind::Blocked,
        Kind::Restored,
        Kind::PaidRestored,
        Kind::Changed,
        Kind::Turbo,
        Kind::Paused,
        Kind::Resumed,
        Kind::Address,
        Kind::AddressGone,
        Kind::Returned,
    ];

    /// The stable code, in the database.
    pub fn code(self) -> &'static str {
        match self {
            Kind::Low => "low",
            Kind::Balance => "balance",
            Kind::Paid => "paid",
            Kind::Blocked => "blocked",
            Kind::Restored => "restored",
            Kind::PaidRestored => "paid_restored",
            Kind::Changed => "changed",
            Kind::Turbo => "turbo",
            Kind::Paused => "paused",
            Kind::Resumed => "resumed",
            Kind::Address => "address",
            Kind::AddressGone => "address_gone",
            Kind::Returned => "returned",
        }
    }

    /// By stable code.
    pub fn from_code(code: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What a notice tells beside the balance, which is read when it is sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// What was paid, or given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<Money>,
    /// The tariff that began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tariff: Option<TariffCode>,
    /// The static address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// A notice to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What it is about.
    pub kind: Kind,
    /// What causes it, in the words of its account: a cause makes one notice, however often it is met.
    pub key: String,
    /// What it tells.
    pub facts: Facts,
}

impl Notice {
    fn new(kind: Kind, key: impl std::fmt::Display) -> Notice {
        Notice { kind, key: format!("{}:{key}", kind.code()), facts: Facts::default() }
    }

    /// Turbo runs, until then.
    pub fn turbo(until: OffsetDateTime) -> Notice {
        Notice::new(Kind::Turbo, until.unix_timestamp())
    }

    /// A static address is connected.
    pub fn address(address: &str, today: Date) -> Notice {
        Notice::of_address(Kind::Address, address, today)
    }

    /// A static address serves no more.
    pub fn address_gone(address: &str, today: Date) -> Notice {
        Notice::of_address(Kind::AddressGone, address, today)
    }

    fn of_address(kind: Kind, address: &str, today: Date) -> Notice {
        let facts = Facts { address: Some(address.to_owned()), ..Facts::default() };
        Notice { facts, ..Notice::new(kind, format_args!("{today}:{address}")) }
    }
}

/// What the day brings, once it is charged: at most one notice, since all of them tell the balance.
pub fn of_day(
    wishes: &Wishes,
    memory: &mut Memory,
    standing: Standing,
    outlook: &Outlook,
    today: Date,
) -> Option<Notice> {
    let mut told = None;
    if let Some(days) = wishes.threshold_days.filter(|_| standing == Standing::Active) {
        let low = outlook.enough_until.is_some_and(|until| (until - today).whole_days() <= days);
        if low && memory.armed {
            memory.crossings += 1;
            told = Some(Notice::new(Kind::Low, memory.crossings));
        }
        memory.armed = !low;
    }
    let served = matches!(standing, Standing::Active | Standing::Blocked);
    let newest = wishes.period.filter(|_| served).map(|period| period.newest(today));
    if let Some(day) = newest.filter(|day| *day > memory.told_on) {
        memory.told_on = today;
        told = told.or_else(|| Some(Notice::new(Kind::Balance, day)));
    }
    told
}

/// What the day brings of a pause: it begins or ends by its dates, with no act of anybody.
pub fn of_pause(wishes: &Wishes, account: &Account, today: Date) -> Option<Notice> {
    let is_new = |day: &Date| wishes.on_change && (0..=PAUSE_NEWS).contains(&(today - *day).whole_days());
    match account.standing(today) {
        Standing::Paused => {
            let began = account.paused_on(today).map(|pause| pause.from).filter(is_new)?;
            Some(Notice::new(Kind::Paused, began))
        }
        Standing::Active => {
            let resumed = account.last_pause_by(today).map(tomorrow).filter(is_new)?;
            Some(Notice::new(Kind::Resumed, resumed))
        }
        Standing::Blocked | Standing::Suspended | Standing::Closed => None,
    }
}

/// What happened to an account in one transaction, as far as notices go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Happened {
    /// What was paid, and the number of the entry.
    pub paid: Option<(Money, i64)>,
    /// It was blocked.
    pub blocked: bool,
    /// It had been blocked since this day, and runs again.
    pub unblocked_since: Option<Date>,
    /// A planned tariff began.
    pub began: Option<TariffCode>,
    /// Other changes that took effect, as they are told.
    pub changed: Vec<Notice>,
    /// Turbo was given back: its price, and how many entries the account then had.
    pub returned: Option<(Money, i64)>,
}

impl Happened {
    /// Takes an entry in.
    pub fn entry(&mut self, entry: &Entry) {
        if entry.kind.is_payment() {
            self.paid = Some((entry.amount, entry.seq));
        }
    }

    /// Takes in what settling the account did. An account that is blocked and runs again within the transaction was not
    /// away.
    pub fn settled(&mut self, done: &Settlement) {
        self.blocked |= done.blocked;
        if let Some(since) = done.unblocked_since {
            match self.blocked {
                true => self.blocked = false,
                false => self.unblocked_since = Some(since),
            }
        }
        self.began = done.started.clone().or(self.began.take());
    }

    /// What is to be told of it. `entries` is how many entries the account has by now.
    pub fn notices(&self, wishes: &Wishes, entries: i64, today: Date) -> Vec<Notice> {
        let mut told = Vec::new();
        let paid = self.paid.filter(|_| wishes.on_payment);
        let restored = self.unblocked_since.filter(|_| wishes.on_unblock);
        match (paid, restored) {
            (Some((amount, seq)), since) => {
                let kind = if since.is_some() { Kind::PaidRestored } else { Kind::Paid };
                let facts = Facts { amount: Some(amount), ..Facts::default() };
                told.push(Notice { facts, ..Notice::new(kind, seq) });
            }
            (None, Some(_)) => told.push(Notice::new(Kind::Restored, entries)),
            (None, None) => {}
        }
        if self.blocked && wishes.on_block {
            told.push(Notice::new(Kind::Blocked, today));
        }
        if let Some(tariff) = self.began.clone().filter(|_| wishes.on_change) {
            let facts = Facts { tariff: Some(tariff), ..Facts::default() };
            told.push(Notice { facts, ..Notice::new(Kind::Changed, today) });
        }
        told.extend(self.changed.iter().filter(|_| wishes.on_change).cloned());
        // Told to whoever is told anything: nobody could have wished for it.
        if let Some((amount, entries)) = self.returned {
            let facts = Facts { amount: Some(amount), ..Facts::default() };
            told.push(Notice { facts, ..Notice::new(Kind::Returned, entries) });
        }
        told
    }
}

/// The first local time from `local` on that is not in quiet hours.
pub fn audible(local: PrimitiveDateTime, policy: &Policy) -> PrimitiveDateTime {
    let hour = |hour: i64| Time::from_hms(u8::try_from(hour.clamp(0, 23)).unwrap_or(0), 0, 0).unwrap_or(Time::MIDNIGHT);
    let (from, until) = (hour(policy.quiet_from_hour), hour(policy.quiet_until_hour));
    let at = local.time();
    let next = |date: Date| date.next_day().unwrap_or(date);
    match from.cmp(&until) {
        std::cmp::Ordering::Equal => local,
        std::cmp::Ordering::Less if at >= from && at < until => local.date().with_time(until),
        std::cmp::Ordering::Greater if at >= from => next(local.date()).with_time(until),
        std::cmp::Ordering::Greater if at < until => local.date().with_time(until),
        _ => local,
    }
}

/// Whether one short message more may be sent to a contract that got so many today.
pub fn may_tell(sent_today: i64, policy: &Policy) -> bool {
    sent_today < policy.notices_per_day
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Pause;
    use crate::calendar::yesterday;
    use time::macros::{date, datetime};

    const TODAY: Date = date!(2026 - 11 - 23);
    const THREE: Wishes = Wishes {
        threshold_days: Some(3),
        period: None,
        on_payment: false,
        on_block: false,
        on_unblock: false,
        on_change: false,
    };

    fn outlook(days: Option<i64>, today: Date) -> Outlook {
        let enough_until = days.map(|days| today + Duration::days(days));
        Outlook { enough_until, stops_on: None, recommended_payment: Money::ZERO, recommended_until: None }
    }

    /// What each day brings, by how many days the money lasts.
    fn lived(wishes: &Wishes, lasts: &[Option<i64>]) -> Vec<Option<String>> {
        let mut memory = Memory::new(yesterday(TODAY));
        let day = |(n, lasts): (usize, &Option<i64>)| {
            let today = TODAY + Duration::days(n as i64);
            of_day(wishes, &mut memory, Standing::Active, &outlook(*lasts, today), today).map(|notice| notice.key)
        };
        lasts.iter().enumerate().map(day).collect()
    }

    #[test]
    fn a_crossing_is_told_once_and_again_only_after_the_money_lasted_longer() {
        let told = lived(&THREE, &[Some(5), Some(4), Some(3), Some(2), Some(3), Some(4), Some(3), None, Some(0)]);
        let expected = [None, None, Some("low:1"), None, None, None, Some("low:2"), None, Some("low:3")];
        assert_eq!(told, expected.map(|key| key.map(str::to_owned)));
    }

    #[test]
    fn who_is_stopped_hears_nothing_of_the_threshold_and_forgets_nothing() {
        for standing in [Standing::Blocked, Standing::Paused, Standing::Suspended, Standing::Closed] {
            for armed in [true, false] {
                let mut memory = Memory { armed, ..Memory::new(TODAY) };
                assert_eq!(of_day(&THREE, &mut memory, standing, &outlook(None, TODAY), TODAY), None);
                assert_eq!(memory, Memory { armed, ..Memory::new(TODAY) }, "{standing:?}");
            }
        }
    }

    #[test]
    fn the_calendar_tells_on_its_day_or_with_the_next_run_and_never_twice() {
        // 23 November 2026 is a Monday.
        assert_eq!(Period::Weekly(1).newest(TODAY), TODAY);
        assert_eq!(Period::Weekly(7).newest(TODAY), date!(2026 - 11 - 22));
        assert_eq!(Period::Weekly(2).newest(TODAY), date!(2026 - 11 - 17));
        assert_eq!(Period::Monthly(23).newest(TODAY), TODAY);
        assert_eq!(Period::Monthly(28).newest(TODAY), date!(2026 - 10 - 28));
        assert_eq!(Period::Monthly(28).newest(date!(2027 - 01 - 01)), date!(2026 - 12 - 28));
        let wishes = Wishes { period: Some(Period::Weekly(3)), ..Wishes::default() };
        let told = lived(&wishes, &[None; 10]);
        let days: Vec<usize> = (0..10).filter(|day| told[*day].is_some()).collect();
        assert_eq!(days, [2, 9], "Wednesdays");
        let mut memory = Memory::new(TODAY);
        let mut tell = |today| of_day(&wishes, &mut memory, Standing::Blocked, &outlook(None, today), today);
        let late = tell(date!(2026 - 11 - 27)).unwrap();
        assert_eq!(late.key, "balance:2026-11-25", "the run of Wednesday did not happen");
        assert_eq!(tell(date!(2026 - 11 - 27)), None);
        assert_eq!(tell(date!(2026 - 11 - 30)), None);
    }

    #[test]
    fn a_day_tells_the_balance_once() {
        let wishes = Wishes { period: Some(Period::Weekly(1)), ..THREE };
        assert_eq!(lived(&wishes, &[Some(1), Some(0)]), [Some("low:1".to_owned()), None]);
    }

    #[test]
    fn other_wishes_are_crossed_anew() {
        let mut memory = Memory { armed: false, crossings: 4, told_on: date!(2026 - 11 - 01) };
        let same = memory;
        memory.follow(&THREE, &Wishes { on_block: true, ..THREE }, TODAY);
        assert_eq!(memory, same);
        let weekly = Some(Period::Weekly(1));
        memory.follow(&THREE, &Wishes { threshold_days: Some(5), period: weekly, ..THREE }, TODAY);
        assert_eq!(memory, Memory { armed: true, crossings: 4, told_on: TODAY });
    }

    #[test]
    fn a_crossing_that_nobody_could_be_told_of_is_told_once_somebody_can_be() {
        let mut memory = Memory::new(TODAY);
        let mut lives = |days, heard: bool| {
            let before = memory;
            let told = of_day(&THREE, &mut memory, Standing::Active, &outlook(Some(days), TODAY), TODAY);
            if !heard {
                memory = memory.unheard(before);
            }
            told.filter(|_| heard).map(|notice| notice.key)
        };
        assert_eq!([lives(5, true), lives(3, false), lives(2, false)], [None, None, None]);
        assert_eq!(lives(1, true).as_deref(), Some("low:1"));
        assert_eq!([lives(1, true), lives(0, false), lives(9, false)], [None, None, None]);
        assert_eq!(lives(2, true).as_deref(), Some("low:2"), "it lasted longer meanwhile");
    }

    #[test]
    fn wishes_have_their_bounds() {
        let of = |threshold_days, period| Wishes { threshold_days, period, ..Wishes::default() }.check().is_ok();
        assert!(of(None, None) && of(Some(1), Some(Period::Weekly(7))) && of(Some(30), Some(Period::Monthly(28))));
        for (days, period) in [
            (Some(0), None),
            (Some(31), None),
            (Some(-1), None),
            (None, Some(Period::Weekly(0))),
            (None, Some(Period::Weekly(8))),
            (None, Some(Period::Monthly(0))),
            (None, Some(Period::Monthly(29))),
        ] {
            assert!(!of(days, period), "{days:?} {period:?}");
        }
    }

    #[test]
    fn events_are_told_as_wished_and_a_payment_that_restores_in_one_message() {
        let all = Wishes { on_payment: true, on_block: true, on_unblock: true, on_change: true, ..THREE };
        let paid = Happened { paid: Some((Money::from_kopecks(50_00), 7)), ..Happened::default() };
        let restored = Happened { unblocked_since: Some(TODAY), ..paid.clone() };
        let told = |happened: &Happened, wishes: &Wishes| {
            happened.notices(wishes, 8, TODAY).into_iter().map(|notice| notice.key).collect::<Vec<_>>()
        };
        assert_eq!(told(&paid, &all), ["paid:7"]);
        assert_eq!(told(&restored, &all), ["paid_restored:7"]);
        assert_eq!(told(&restored, &Wishes { on_payment: false, ..all }), ["restored:8"]);
        assert_eq!(told(&restored, &Wishes { on_unblock: false, ..all }), ["paid:7"]);
        let day = Happened { blocked: true, began: Some(TariffCode::new("home-20")), ..Happened::default() };
        assert_eq!(told(&day, &all), ["blocked:2026-11-23", "changed:2026-11-23"]);
        let ends_at = datetime!(2026-11-23 16:40 UTC);
        let changed = vec![
            Notice::turbo(ends_at),
            Notice::address("203.0.113.7", TODAY),
            Notice::address_gone("203.0.113.7", TODAY),
        ];
        let services = Happened { changed, ..Happened::default() };
        let keys = ["turbo:1795452000", "address:2026-11-23:203.0.113.7", "address_gone:2026-11-23:203.0.113.7"];
        assert_eq!(told(&services, &all), keys);
        for happened in [&paid, &restored, &day, &services, &Happened::default()] {
            assert!(told(happened, &THREE).is_empty(), "nobody asked");
        }
    }

    #[test]
    fn a_pause_tells_that_it_begins_and_that_it_is_over() {
        let of = |day: i64| TODAY + Duration::days(day);
        let wishes = Wishes { on_change: true, ..Wishes::default() };
        let mut account = Account::open(date!(2026 - 01 - 01), TariffCode::new("home-20"));
        account.pause = Some(Pause { from: of(0), until: of(9) });
        let told =
            |account: &Account, wishes: &Wishes, day| of_pause(wishes, account, of(day)).map(|notice| notice.key);
        let days: Vec<i64> = (-5..20).filter(|day| told(&account, &wishes, *day).is_some()).collect();
        assert_eq!(days, [0, 1, 2, 10, 11, 12], "late runs tell it still");
        assert_eq!(told(&account, &wishes, 0), Some("paused:2026-11-23".to_owned()));
        assert_eq!(told(&account, &wishes, 2), told(&account, &wishes, 0), "once, by its key");
        assert_eq!(told(&account, &wishes, 10), Some("resumed:2026-12-03".to_owned()));
        (account.pause, account.paused_through) = (None, Some(of(9)));
        assert_eq!(told(&account, &wishes, 11), Some("resumed:2026-12-03".to_owned()), "the day after was settled");
        account.blocked_since = Some(of(10));
        assert_eq!(told(&account, &wishes, 10), None, "there is no access");
        account.blocked_since = None;
        assert_eq!(told(&account, &Wishes::default(), 10), None, "nobody asked");
    }

    #[test]
    fn nobody_is_woken() {
        let policy = Policy::default();
        for (at, expected) in [
            (datetime!(2026-11-23 20:59:59), datetime!(2026-11-23 20:59:59)),
            (datetime!(2026-11-23 21:00), datetime!(2026-11-24 09:00)),
            (datetime!(2026-11-23 23:59:59), datetime!(2026-11-24 09:00)),
            (datetime!(2026-11-24 00:05), datetime!(2026-11-24 09:00)),
            (datetime!(2026-11-24 08:59:59), datetime!(2026-11-24 09:00)),
            (datetime!(2026-11-24 09:00), datetime!(2026-11-24 09:00)),
            (datetime!(2026-12-31 22:00), datetime!(2027-01-01 09:00)),
        ] {
            assert_eq!(audible(at, &policy), expected, "{at}");
        }
        let noon = Policy { quiet_from_hour: 12, quiet_until_hour: 14, ..Policy::default() };
        assert_eq!(audible(datetime!(2026-11-23 12:30), &noon), datetime!(2026-11-23 14:00));
        assert_eq!(audible(datetime!(2026-11-23 23:30), &noon), datetime!(2026-11-23 23:30));
        let never = Policy { quiet_from_hour: 9, quiet_until_hour: 9, ..Policy::default() };
        assert_eq!(audible(datetime!(2026-11-23 09:30), &never), datetime!(2026-11-23 09:30));
    }

    #[test]
    fn codes_name_kinds_and_channels() {
        for kind in Kind::ALL {
            assert_eq!(Kind::from_code(kind.code()), Some(kind));
        }
        for channel in Channel::ALL {
            assert_eq!(Channel::from_code(channel.code()), Some(channel));
        }
        assert_eq!((Kind::from_code(""), Channel::from_code("pigeon")), (None, None));
    }
}
