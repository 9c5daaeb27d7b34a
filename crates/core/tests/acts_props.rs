//! Acts in any order over many days: what was quoted is what is posted, nothing is charged twice, nothing overlaps, and
//! each day's charges are explained.

use cabinet_core::account::{Account, Pause, PlannedTariff, Promise, Standing};
use cabinet_core::accrual::settle;
use cabinet_core::acts::{give_back, pause, promised_payment, static_ip, tariff_change, turbo, undo};
use cabinet_core::audit::Audit;
use cabinet_core::calendar::{days, tomorrow};
use cabinet_core::forecast::outlook;
use cabinet_core::ledger::{Draft, Entry, EntryKind, post};
use cabinet_core::statement::{Spell, SpellKind};
use cabinet_core::tariff::{Catalogue, FeeVersion, FreeTurbo, Tariff};
use cabinet_core::{Money, Month, Now, Policy, Refusal, TariffCode};
use proptest::prelude::*;
use time::{Date, Duration, OffsetDateTime, Time};

/// A month in which everything lies within reach of a few hundred steps.
fn policy() -> Policy {
    Policy { pause_rest_days: 20, days_between_changes: 5, undos_per_month: 2, ..Policy::default() }
}

fn catalogue() -> Catalogue {
    let tariff = |code: &str, mbps, kopecks, free| Tariff {
        code: TariffCode::new(code),
        name: code.into(),
        down_mbps: mbps,
        up_mbps: mbps,
        offered: true,
        group: String::new(),
        free_turbo: free,
        fees: vec![FeeVersion { from: Month::new(2019, 1).unwrap(), fee: Money::from_kopecks(kopecks) }],
    };
    let free = Some(FreeTurbo { option: "3h".into(), per_month: 1 });
    Catalogue {
        tariffs: vec![tariff("a", 20, 50_00, free), tariff("b", 50, 65_00, None), tariff("c", 100, 80_00, None)],
    }
}

/// One contract, with everything that ever happened to it.
struct House {
    catalogue: Catalogue,
    policy: Policy,
    instant: OffsetDateTime,
    account: Account,
    /// The connection each daily charge belongs to: 0 the tariff, above it the addresses in their order.
    book: Vec<(Option<usize>, Entry)>,
    addresses: usize,
    orders: Vec<Order>,
    /// Undone or ended ones are cut to what they were.
    turbos: Vec<(OffsetDateTime, OffsetDateTime)>,
    pauses: Vec<Pause>,
    spells: Vec<Spell>,
}

/// What was confirmed.
struct Order {
    kind: Kind,
    at: OffsetDateTime,
    /// The price's entry.
    price: Option<Entry>,
    open: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Kind {
    Turbo { free: bool, until_before: Option<OffsetDateTime> },
    Pause,
    StaticIp,
    Tariff,
}

impl House {
    fn now(&self) -> Now {
        Now { instant: self.instant, today: self.instant.date() }
    }

    fn keep(&mut self, entry: Entry) {
        let connection = match entry.kind {
            EntryKind::TariffCharge => Some(0),
            EntryKind::StaticIpCharge => Some(self.addresses),
            _ => None,
        };
        self.book.push((connection, entry));
    }

    fn settles(&mut self) {
        let (before, now) = (self.account.clone(), self.now());
        let done = settle(&mut self.account, &self.catalogue, &self.policy, now);
        assert!(done.entries.iter().all(|entry| entry.kind.is_daily()));
        for entry in done.entries {
            self.keep(entry);
        }
        if let Some(since) = done.unblocked_since.filter(|since| *since < now.today) {
            let (first_day, last_day) = (since, Some(now.today - Duration::days(1)));
            self.spells.push(Spell { kind: SpellKind::Blocked, first_day, last_day });
        }
        if done.blocked {
            assert!(before.paused_on(now.today).is_none(), "nobody is blocked for want of money during a pause");
        }
        let again = settle(&mut self.account.clone(), &self.catalogue, &self.policy, now);
        assert_eq!(again.entries, [], "settling twice charges once");
    }

    fn pays(&mut self, kopecks: i64) {
        let now = self.now();
        let draft = Draft::new(EntryKind::CashPayment, Money::from_kopecks(kopecks));
        let entry = post(&mut self.account, draft, now, "staff");
        self.keep(entry);
        self.settles();
    }

    fn reference(&self) -> String {
        format!("order:{}", self.orders.len())
    }

    /// What was quoted is what came of it.
    fn as_quoted(&self, effect: &cabinet_core::acts::Effect) {
        assert_eq!(self.account.balance, effect.balance_after);
        let ahead = outlook(&self.account, &self.catalogue, &self.policy, self.now());
        assert_eq!(ahead.enough_until, effect.enough_until_after);
        assert_eq!(ahead.recommended_payment, effect.recommended_after);
    }

    fn ordered(&mut self, kind: Kind, price: Option<Entry>) {
        self.orders.push(Order { kind, at: self.instant, price: price.clone(), open: true });
        if let Some(entry) = price {
            self.keep(entry);
        }
        self.settles();
    }

    fn month_count(&self, wanted: impl Fn(&Order) -> bool) -> i64 {
        let month = Month::of(self.now().today);
        self.orders.iter().filter(|order| month.contains(order.at.date()) && wanted(order)).count() as i64
    }

    fn turbo_end(&self) -> pause::TurboEnd {
        let until = self.account.turbo_at(self.instant)?;
        Some((until, (until - Duration::SECOND).date()))
    }

    fn turbo(&mut self, number: i64) -> Result<(), Refusal> {
        let option = ["3h", "12h", "24h"][number as usize % 3];
        let free_taken = self.month_count(|order| order.open && matches!(order.kind, Kind::Turbo { free: true, .. }));
        let pause_at = self.account.pause_ahead(self.now().today).map(|pause| midnight(pause.from));
        let beside = turbo::Beside { free_taken, pause_at };
        let (until_before, now) = (self.account.turbo_until, self.now());
        let decision = turbo::decide(&self.account, option, beside, &self.catalogue, &self.policy, now)?;
        let reference = self.reference();
        let entry = turbo::apply(&mut self.account, &decision, reference, now);
        self.turbos.push(turbo::span(&decision, now.instant));
        self.ordered(Kind::Turbo { free: decision.free, until_before }, entry);
        self.as_quoted(&decision.effect);
        Ok(())
    }

    fn wish(&self, number: i64) -> Pause {
        let from = self.now().today + Duration::days(number % 40);
        Pause { from, until: from + Duration::days(4 + number % 31) }
    }

    fn pause(&mut self, number: i64) -> Result<(), Refusal> {
        let (wish, now) = (self.wish(number), self.now());
        let decision = pause::decide(&self.account, wish, self.turbo_end(), &self.catalogue, &self.policy, now)?;
        let reference = self.reference();
        let entry = pause::apply(&mut self.account, &decision, reference, now);
        self.pauses.push(wish);
        self.ordered(Kind::Pause, entry);
        self.as_quoted(&decision.effect);
        Ok(())
    }

    fn change_pause(&mut self, number: i64) -> Result<(), Refusal> {
        let (wish, now, turbo) = (self.wish(number), self.now(), self.turbo_end());
        pause::change(&mut self.account, wish, turbo, &self.policy, now)?;
        *self.pauses.last_mut().unwrap() = wish;
        Ok(())
    }

    fn last_open(&mut self, kind: impl Fn(Kind) -> bool) -> Option<usize> {
        self.orders.iter().rposition(|order| order.open && kind(order.kind))
    }

    fn cancel_pause(&mut self) -> Result<(), Refusal> {
        let (at, now) = (self.last_open(|kind| kind == Kind::Pause), self.now());
        let price = at.and_then(|at| self.orders[at].price.clone());
        let returned = pause::cancel(&mut self.account, price.as_ref(), now)?;
        assert_eq!(returned.as_ref().map(|entry| -entry.amount), price.map(|entry| entry.amount));
        self.orders[at.expect("a plan has an order")].open = false;
        self.pauses.pop();
        returned.into_iter().for_each(|entry| self.keep(entry));
        self.settles();
        Ok(())
    }

    fn end_pause(&mut self) -> Result<(), Refusal> {
        let now = self.now();
        let end = pause::decide_end(&self.account, &self.catalogue, &self.policy, now)?;
        pause::end(&mut self.account, now);
        self.pauses.last_mut().unwrap().until = now.today;
        self.as_quoted(&end.effect);
        Ok(())
    }

    fn connect(&mut self) -> Result<(), Refusal> {
        let now = self.now();
        let decision = static_ip::decide_connect(&self.account, true, &self.catalogue, &self.policy, now)?;
        static_ip::connect(&mut self.account, now);
        self.addresses += 1;
        self.ordered(Kind::StaticIp, None);
        self.as_quoted(&decision.effect);
        assert_eq!(decision.effect.balance_before - decision.charge_today, decision.effect.balance_after);
        Ok(())
    }

    fn release(&mut self) -> Result<(), Refusal> {
        let now = self.now();
        let decision = static_ip::decide_release(&self.account, &self.catalogue, &self.policy, now)?;
        static_ip::release(&mut self.account, now);
        self.as_quoted(&decision.effect);
        Ok(())
    }

    fn tariff(&mut self, number: i64) -> Result<(), Refusal> {
        let (wish, now) = (TariffCode::new(["a", "b", "c"][number as usize % 3]), self.now());
        let decision = tariff_change::decide(&self.account, &wish, &self.catalogue, &self.policy, 0, now)?;
        let reference = self.reference();
        let entries = tariff_change::apply(&mut self.account, &decision, reference, now);
        self.ordered(Kind::Tariff, entries.into_iter().next());
        self.as_quoted(&decision.effect);
        Ok(())
    }

    fn cancel_tariff(&mut self) -> Result<(), Refusal> {
        let at = self.last_open(|kind| kind == Kind::Tariff);
        let (price, now) = (at.and_then(|at| self.orders[at].price.clone()), self.now());
        for entry in tariff_change::cancel(&mut self.account, price.as_ref(), 0, &self.policy, now)? {
            self.keep(entry);
        }
        self.orders[at.expect("a plan has an order")].open = false;
        self.settles();
        Ok(())
    }

    fn promise(&mut self) -> Result<(), Refusal> {
        let now = self.now();
        let decision = promised_payment::decide(&self.account, &self.catalogue, &self.policy, 0, now)?;
        let entry = promised_payment::apply(&mut self.account, &decision, format!("promise:{}", self.book.len()), now);
        entry.into_iter().for_each(|entry| self.keep(entry));
        self.settles();
        assert_eq!(self.account.balance, decision.effect.balance_after);
        Ok(())
    }

    /// Undoes the last act of its kind: the book comes back to where it was, but for days that were charged since.
    fn undo(&mut self, number: i64) -> Result<(), Refusal> {
        let of_kind = |kind: Kind| match number % 3 {
            0 => matches!(kind, Kind::Turbo { .. }),
            1 => kind == Kind::Pause,
            _ => kind == Kind::StaticIp,
        };
        let Some(at) = self.last_open(of_kind) else { return Err(Refusal::NotFound) };
        let (kind, now) = (self.orders[at].kind, self.now());
        let undone = self.month_count(|order| !order.open && of_kind(order.kind) && kind != Kind::Tariff);
        undo::decide(self.orders[at].at, undone, &self.policy, now)?;
        let mut returned: Vec<Entry> = self.orders[at].price.clone().into_iter().collect();
        match kind {
            Kind::Turbo { until_before, .. } => {
                self.account.turbo_until = until_before;
                let (starts_at, _) = self.turbos.pop().unwrap();
                if starts_at < self.instant {
                    self.turbos.push((starts_at, self.instant));
                }
            }
            Kind::Pause => {
                let pause = self.pauses.pop().unwrap();
                assert_eq!(self.account.pause.take(), Some(pause));
                if pause.from < now.today {
                    self.pauses.push(Pause { until: now.today - Duration::days(1), ..pause });
                }
            }
            Kind::StaticIp => {
                let connection = Some(self.addresses);
                returned.extend(self.book.iter().filter(|(of, _)| *of == connection).map(|(_, entry)| entry.clone()));
                self.account.static_ip = None;
            }
            Kind::Tariff => unreachable!("a change is cancelled"),
        }
        for entry in returned {
            let back = give_back(&mut self.account, &entry, now);
            self.keep(back);
        }
        self.orders[at].open = false;
        self.settles();
        Ok(())
    }

    fn suspends(&mut self) {
        let charged = self.account.service.charged_through == self.now().today;
        let today = self.now().today;
        self.account.suspended_since = Some(if charged { tomorrow(today) } else { today });
    }

    fn resumes(&mut self) {
        let since = self.account.suspended_since.take().unwrap();
        let last_day = self.now().today - Duration::days(1);
        if since <= last_day {
            self.spells.push(Spell { kind: SpellKind::Suspended, first_day: since, last_day: Some(last_day) });
        }
        self.settles();
    }
}

fn midnight(day: Date) -> OffsetDateTime {
    day.with_time(Time::MIDNIGHT).assume_utc()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 384, ..ProptestConfig::default() })]

    #[test]
    fn acts_in_any_order_keep_the_book(
        start in 0i64..800,
        rich in any::<bool>(),
        acts in proptest::collection::vec((0u8..26, 1i64..10_000), 1..160),
    ) {
        let first = Month::new(2019, 1).unwrap().first() + Duration::days(start);
        let mut house = House {
            catalogue: catalogue(),
            policy: policy(),
            instant: midnight(first) + Duration::hours(10),
            account: Account::open(first, TariffCode::new("a")),
            book: Vec::new(),
            addresses: 0,
            orders: Vec::new(),
            turbos: Vec::new(),
            pauses: Vec::new(),
            spells: Vec::new(),
        };
        house.pays(if rich { 500_00 } else { 30_00 });
        for (act, number) in acts {
            match act {
                0..=2 => house.instant += Duration::hours(24),
                3 => house.instant += Duration::minutes(number % 2000),
                4 => house.instant += Duration::days(number % 25),
                _ => {}
            }
            house.settles();
            let before = (house.account.balance, house.book.len());
            let refused = match act {
                5 | 6 => { house.pays(number); Ok(()) }
                7 if house.account.suspended_since.is_none() && number % 3 == 0 => { house.suspends(); Ok(()) }
                8 if house.account.suspended_since.is_some() => { house.resumes(); Ok(()) }
                9..=11 => house.turbo(number),
                12 | 13 => house.pause(number),
                14 => house.change_pause(number),
                15 => house.cancel_pause(),
                16 | 17 => house.end_pause(),
                18 | 19 => house.connect(),
                20 => house.release(),
                21 => house.tariff(number),
                22 => house.cancel_tariff(),
                23 => house.promise(),
                24 | 25 => house.undo(number),
                _ => Ok(()),
            };
            if refused.is_err() {
                prop_assert_eq!((house.account.balance, house.book.len()), before, "a refusal moves nothing");
            }
        }
        let House { account, book, addresses, turbos, pauses, mut spells, catalogue, policy, instant, .. } = house;
        let today = instant.date();

        // The rules of the book: gapless, adding up, no day of a connection charged twice, counts that follow.
        let mut audit = Audit::new(catalogue.has_free_days());
        for (connection, entry) in &book {
            prop_assert_eq!(audit.entry(*connection, entry), Ok(()));
        }
        let open = [(SpellKind::Suspended, account.suspended_since), (SpellKind::Blocked, account.blocked_since)];
        spells.extend(open.into_iter().filter_map(|(kind, since)| Some(Spell { kind, first_day: since?, last_day: None })));
        let paused = |pause: &Pause| Spell { kind: SpellKind::Paused, first_day: pause.from, last_day: Some(pause.until) };
        spells.extend(pauses.iter().map(paused));
        spells.sort_by_key(|spell| spell.first_day);
        let address = account.static_ip.map(|_| &addresses);
        prop_assert_eq!(audit.summary(&0, address).end(&account, &spells), Ok(()));

        // Nothing overlaps.
        for pair in turbos.windows(2) {
            prop_assert!(pair[0].1 <= pair[1].0, "two Turbos at once: {:?}", pair);
        }
        for pair in pauses.windows(2) {
            prop_assert!(pair[1].from >= pair[0].until + Duration::days(policy.pause_rest_days), "{:?}", pair);
        }
        for pause in &pauses {
            let rest = (midnight(pause.from), midnight(tomorrow(pause.until)));
            prop_assert!(turbos.iter().all(|turbo| turbo.1 <= rest.0 || rest.1 <= turbo.0), "{pause:?} {turbos:?}");
        }

        // The tariff is charged for no day of a pause: its charges count the days between that were not.
        for (_, entry) in book.iter().filter(|(connection, _)| *connection == Some(0)) {
            let cover = entry.cover.unwrap();
            let paused = days(cover.from, cover.to).filter(|day| pauses.iter().any(|pause| pause.holds(*day))).count();
            let span = (cover.to - cover.from).whole_days() + 1;
            prop_assert!(i64::from(cover.days_after - cover.days_before) <= span - paused as i64, "{entry:?} {pauses:?}");
            prop_assert!(!pauses.iter().any(|pause| pause.holds(cover.to)));
        }

        // A pause of today is what the account says, unless staff or the contract's end stand above it.
        let paused = pauses.iter().any(|pause| pause.holds(today));
        match account.standing(today) {
            Standing::Paused => prop_assert!(paused),
            Standing::Active | Standing::Blocked => prop_assert!(!paused),
            Standing::Suspended | Standing::Closed => {}
        }

        // What is foretold comes true: with nothing more done, the account stops on the day it said.
        if account.suspended_since.is_none() && account.blocked_since.is_none() {
            let mut left = account.clone();
            let foretold = outlook(&account, &catalogue, &policy, Now { instant, today }).stops_on;
            let stopped = (1..=120).map(|ahead| today + Duration::days(ahead)).find(|day| {
                settle(&mut left, &catalogue, &policy, now(*day));
                left.blocked_since.is_some()
            });
            prop_assert_eq!(stopped, foretold.filter(|day| *day <= today + Duration::days(120)));
        }
    }
}

fn now(day: Date) -> Now {
    Now { instant: midnight(day) + Duration::hours(12), today: day }
}

/// An account with money, its tariff and day charged.
fn open(kopecks: i64, day: Date) -> Account {
    let mut account = Account::open(day - Duration::days(100), TariffCode::new("a"));
    account.service.charged_through = day;
    account.balance = Money::from_kopecks(kopecks);
    account
}

const DAY: Date = time::macros::date!(2026 - 12 - 23);

#[test]
fn turbo_is_refused_with_its_reason() {
    let (catalogue, policy) = (catalogue(), policy());
    let decide = |account: &Account, option, beside| {
        turbo::decide(account, option, beside, &catalogue, &policy, now(DAY)).map(|decision| decision.price)
    };
    let beside = turbo::Beside::default();
    let kopecks = Money::from_kopecks;
    let account = open(10_00, DAY);
    assert_eq!(decide(&account, "3h", beside), Ok(Money::ZERO), "the tariff's free one");
    let taken = turbo::Beside { free_taken: 1, ..beside };
    assert_eq!(decide(&account, "3h", taken), Ok(kopecks(5_00)));
    assert_eq!(decide(&account, "12h", beside), Err(Refusal::FundsShort { missing: kopecks(2_00) }));
    let promise = Some(Promise { taken_on: DAY, until: tomorrow(DAY), credit: kopecks(50_00) });
    let lent = Account { promise, ..account.clone() };
    let missing = Err(Refusal::FundsShort { missing: kopecks(2_00) });
    assert_eq!(decide(&lent, "12h", beside), missing, "what was lent serves the daily charge alone");
    assert_eq!(decide(&account, "week", beside), Err(Refusal::TurboUnavailable));
    let fast = Account { service: TariffCode::new("c").on(&account), ..account.clone() };
    assert_eq!(decide(&fast, "3h", beside), Err(Refusal::TurboNotFaster));
    let blocked = Account { blocked_since: Some(DAY), balance: kopecks(1), ..open(0, DAY - Duration::days(1)) };
    assert_eq!(decide(&blocked, "3h", beside), Err(Refusal::AccountBlocked { missing: kopecks(1_60) }));
    let suspended = Account { suspended_since: Some(DAY), ..account.clone() };
    assert_eq!(decide(&suspended, "3h", beside), Err(Refusal::AccountSuspended));
    let closed = Account { closed_on: Some(tomorrow(DAY)), ..account };
    assert_eq!(decide(&closed, "3h", beside), Err(Refusal::AccountClosed));
}

#[test]
fn only_a_tariff_that_is_offered_to_the_same_group_may_follow() {
    let (policy, account) = (policy(), open(100_00, DAY));
    let decide = |change: fn(&mut Tariff)| {
        let mut catalogue = catalogue();
        let wished = TariffCode::new("c");
        catalogue.tariffs.iter_mut().filter(|tariff| tariff.code == wished).for_each(change);
        tariff_change::decide(&account, &wished, &catalogue, &policy, 0, now(DAY)).map(|decision| decision.after)
    };
    assert_eq!(decide(|_| ()), Ok(TariffCode::new("c")));
    assert_eq!(decide(|tariff| tariff.group = "business".to_owned()), Err(Refusal::TariffUnavailable));
    assert_eq!(decide(|tariff| tariff.offered = false), Err(Refusal::TariffUnavailable), "it is in the archive");
}

/// The connection at another tariff.
trait On {
    fn on(self, account: &Account) -> cabinet_core::account::TariffService;
}

impl On for TariffCode {
    fn on(self, account: &Account) -> cabinet_core::account::TariffService {
        cabinet_core::account::TariffService { tariff: self, ..account.service.clone() }
    }
}

#[test]
fn a_pause_is_refused_with_its_reason() {
    let (catalogue, policy) = (catalogue(), Policy::default());
    let wish = |from: i64, length: i64| {
        let from = DAY + Duration::days(from);
        Pause { from, until: from + Duration::days(length - 1) }
    };
    let decide = |account: &Account, wish, turbo| pause::decide(account, wish, turbo, &catalogue, &policy, now(DAY));
    let account = open(37_10, DAY);
    let decision = decide(&account, wish(1, 14), None).unwrap();
    assert_eq!((decision.price, decision.saved), (Money::from_kopecks(10_00), Money::from_kopecks(22_58)));
    assert_eq!(decide(&account, wish(1, 7), None).map(|_| ()), Ok(()));
    assert_eq!(decide(&account, wish(1, 180), None).map(|_| ()), Ok(()));
    let length = Err(Refusal::PauseLength { least: 7, most: 180 });
    assert_eq!(decide(&account, wish(1, 6), None), length);
    assert_eq!(decide(&account, wish(1, 181), None), length);
    let (first, latest) = (tomorrow(DAY), DAY + Duration::days(180));
    assert_eq!(decide(&account, wish(0, 10), None), Err(Refusal::PauseStart { possible_from: first, latest }));
    assert_eq!(decide(&account, wish(181, 10), None), Err(Refusal::PauseStart { possible_from: first, latest }));
    let missing = |kopecks| Err(Refusal::FundsShort { missing: Money::from_kopecks(kopecks) });
    assert_eq!(decide(&open(9_99, DAY), wish(1, 7), None), missing(1));
    assert_eq!(decide(&open(-5_00, DAY), wish(1, 7), None), missing(15_00));
    let rested = Account { paused_through: Some(DAY - Duration::days(89)), ..account.clone() };
    assert_eq!(decide(&rested, wish(1, 7), None).map(|_| ()), Ok(()), "90 days by the day it begins");
    let tired = Account { paused_through: Some(DAY - Duration::days(88)), ..account.clone() };
    let possible_from = DAY + Duration::days(2);
    assert_eq!(decide(&tired, wish(1, 7), None), Err(Refusal::PauseTooSoon { possible_from }));
    let turbo = (midnight(DAY) + Duration::hours(30), tomorrow(DAY));
    let running = Refusal::TurboRunning { until: turbo.0, possible_from };
    assert_eq!(decide(&account, wish(1, 7), Some(turbo)), Err(running));
    assert_eq!(decide(&account, wish(2, 7), Some(turbo)).map(|_| ()), Ok(()));
    let planned = Account { pause: Some(wish(3, 7)), ..account.clone() };
    let (starts_on, possible_from) = (DAY + Duration::days(3), DAY + Duration::days(10));
    assert_eq!(decide(&planned, wish(20, 7), None), Err(Refusal::PausePlanned { starts_on, possible_from }));
    let paused = Account { pause: Some(wish(-1, 7)), ..account };
    let until = DAY + Duration::days(5);
    let is_paused = Err(Refusal::AccountPaused { until, possible_from: tomorrow(until) });
    assert_eq!(decide(&paused, wish(20, 7), None), is_paused);
}

#[test]
fn a_planned_change_starts_during_a_pause_and_an_address_never_blocks() {
    let (catalogue, policy) = (catalogue(), Policy::default());
    let mut account = open(40, DAY);
    account.pause = Some(Pause { from: tomorrow(DAY), until: DAY + Duration::days(10) });
    account.service.planned = Some(PlannedTariff { tariff: TariffCode::new("b"), starts_on: DAY + Duration::days(2) });
    static_ip::connect(&mut account, now(DAY));
    account.static_ip.as_mut().unwrap().charged_through = DAY;
    for ahead in 1..=3 {
        let done = settle(&mut account, &catalogue, &policy, now(DAY + Duration::days(ahead)));
        assert_eq!(done.entries, [], "0.97 a day are not there");
        assert_eq!(account.standing(DAY + Duration::days(ahead)), Standing::Paused);
    }
    assert_eq!(account.service.tariff, TariffCode::new("b"));
    account.balance = Money::from_kopecks(1_00);
    let done = settle(&mut account, &catalogue, &policy, now(DAY + Duration::days(4)));
    assert_eq!(
        done.entries.iter().map(|entry| (entry.kind, entry.amount)).collect::<Vec<_>>(),
        [(EntryKind::StaticIpCharge, Money::from_kopecks(-97)),]
    );
    let done = settle(&mut account, &catalogue, &policy, now(DAY + Duration::days(11)));
    assert!(done.blocked, "the pause is over and 3 kopecks pay no day");
    assert_eq!(account.paused_through, Some(DAY + Duration::days(10)));
}

#[test]
fn undo_ends_with_its_minutes_and_its_month() {
    let (policy, then) = (Policy::default(), now(DAY));
    let later = |seconds| Now { instant: then.instant + Duration::seconds(seconds), ..then };
    assert_eq!(undo::decide(then.instant, 0, &policy, later(600)), Ok(()));
    assert_eq!(undo::decide(then.instant, 0, &policy, later(601)), Err(Refusal::UndoOver));
    let possible_from = time::macros::date!(2027 - 01 - 01);
    assert_eq!(undo::decide(then.instant, 1, &policy, later(60)), Err(Refusal::UndoSpent { possible_from }));
}
