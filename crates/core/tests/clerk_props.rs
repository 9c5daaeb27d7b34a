//! The settled book against a clerk who charges one day at a time by the rule's own words: over suspended, blocked and
//! forgiven days, changes of tariff and fee, missed runs and months of every length.

use cabinet_core::account::{Account, PlannedTariff};
use cabinet_core::accrual::settle;
use cabinet_core::audit::Audit;
use cabinet_core::calendar::{days, tomorrow, yesterday};
use cabinet_core::ledger::{Cover, Draft, Entry, EntryKind, post};
use cabinet_core::policy::MissedDays;
use cabinet_core::statement::{Spell, SpellKind};
use cabinet_core::tariff::{Catalogue, FeeVersion, Tariff};
use cabinet_core::{Money, Month, Now, Policy, TariffCode};
use proptest::prelude::*;
use std::collections::BTreeMap;
use time::{Date, Duration, Time};

/// What became of a day.
#[derive(Clone, Debug, PartialEq)]
enum Fate {
    Charged { settling: usize, posted_on: Date, tariff: TariffCode, fee: Money, k: u8, amount: Money },
    Suspended,
    Blocked,
    Forgiven,
}

/// Knows no groups, no running count and no entries: a ledger of days.
struct Clerk {
    tariff: TariffCode,
    planned: Option<PlannedTariff>,
    suspended_since: Option<Date>,
    blocked_since: Option<Date>,
    balance: Money,
    next: Date,
    days: Vec<(Date, Fate)>,
    settlings: usize,
}

impl Clerk {
    /// Days charged at this fee since it last changed, of this month.
    fn charged(&self, fee: Money, month: Month) -> u8 {
        let charged = self.days.iter().rev().filter_map(|(day, fate)| match fate {
            Fate::Charged { fee, .. } => Some((*fee, Month::of(*day))),
            _ => None,
        });
        charged.take_while(|counted| *counted == (fee, month)).count() as u8
    }

    fn settle(&mut self, catalogue: &Catalogue, policy: &Policy, today: Date) {
        self.settlings += 1;
        while self.next <= today {
            let day = self.next;
            if let Some(planned) = self.planned.take_if(|planned| planned.starts_on <= day) {
                self.tariff = planned.tariff;
            }
            let fate = if self.suspended_since.is_some_and(|since| since <= day) {
                Fate::Suspended
            } else if day < today && self.blocked_since.is_some_and(|since| since <= day) {
                Fate::Blocked
            } else {
                let (month, fee) = (Month::of(day), catalogue.get(&self.tariff).fee(Month::of(day)));
                let k = self.charged(fee, month) + 1;
                let amount = fee.share_decimal(k, month.days()) - fee.share_decimal(k - 1, month.days());
                if self.balance >= amount || day < today && policy.missed_days == MissedDays::Charge {
                    let tariff = self.tariff.clone();
                    Fate::Charged { settling: self.settlings, posted_on: today, tariff, fee, k, amount }
                } else if day < today {
                    Fate::Forgiven
                } else {
                    Fate::Blocked
                }
            };
            match &fate {
                Fate::Charged { amount, .. } => {
                    self.balance -= *amount;
                    self.blocked_since = self.blocked_since.filter(|_| day < today);
                }
                Fate::Blocked if day == today => {
                    self.blocked_since.get_or_insert(day);
                    return;
                }
                Fate::Suspended if day == today => return,
                _ => {}
            }
            self.days.push((day, fate));
            self.next = tomorrow(day);
        }
    }

    /// The entries these days make: one a settling, fee and month, none that moves nothing.
    fn entries(&self) -> Vec<Charge> {
        let mut groups: Vec<(usize, Charge)> = Vec::new();
        for (day, fate) in &self.days {
            let Fate::Charged { settling, posted_on, tariff, fee, k, amount } = fate else { continue };
            match groups.last_mut() {
                Some((group, (.., cover, sum)))
                    if (*group, Month::of(cover.to), cover.fee) == (*settling, Month::of(*day), *fee) =>
                {
                    (cover.to, cover.days_after, *sum) = (*day, *k, *sum + *amount);
                }
                _ => {
                    let cover = Cover { from: *day, to: *day, fee: *fee, days_before: k - 1, days_after: *k };
                    groups.push((*settling, (*posted_on, tariff.clone(), cover, *amount)));
                }
            }
        }
        groups.into_iter().map(|(_, charge)| charge).filter(|(.., amount)| !amount.is_zero()).collect()
    }
}

/// Posted on, the tariff of its first day, the days covered, kopecks taken.
type Charge = (Date, TariffCode, Cover, Money);

/// Both books of one contract, moved together.
struct House {
    catalogue: Catalogue,
    policy: Policy,
    today: Date,
    account: Account,
    entries: Vec<Entry>,
    clerk: Clerk,
}

impl House {
    fn settles(&mut self) {
        self.entries.extend(settle(&mut self.account, &self.catalogue, &self.policy, now(self.today)).entries);
        self.clerk.settle(&self.catalogue, &self.policy, self.today);
    }

    fn pays(&mut self, kopecks: i64) {
        let amount = Money::from_kopecks(kopecks);
        self.entries.push(post(
            &mut self.account,
            Draft::new(EntryKind::CashPayment, amount),
            now(self.today),
            "staff",
        ));
        self.clerk.balance += amount;
        self.settles();
    }

    fn suspends(&mut self) {
        let charged = self.account.service.charged_through == self.today;
        let since = if charged { tomorrow(self.today) } else { self.today };
        (self.account.suspended_since, self.clerk.suspended_since) = (Some(since), Some(since));
    }

    fn resumes(&mut self) {
        (self.account.suspended_since, self.clerk.suspended_since) = (None, None);
        self.settles();
    }

    fn plans(&mut self, number: i64) {
        let tariff = self.catalogue.tariffs[number as usize % self.catalogue.tariffs.len()].code.clone();
        let planned = PlannedTariff { tariff, starts_on: tomorrow(self.today) + Duration::days(number % 35) };
        (self.account.service.planned, self.clerk.planned) = (Some(planned.clone()), Some(planned));
    }
}

fn now(today: Date) -> Now {
    Now { instant: today.with_time(Time::MIDNIGHT).assume_utc(), today }
}

/// Three tariffs; the first one's fee changes in the contract's second month.
fn catalogue(fees: [i64; 4], first: Month) -> Catalogue {
    let tariff = |code: &str, fees: Vec<FeeVersion>| Tariff {
        code: TariffCode::new(code),
        name: code.into(),
        down_mbps: 1,
        up_mbps: 1,
        offered: true,
        group: String::new(),
        free_turbo: None,
        fees,
    };
    let version = |from, kopecks| FeeVersion { from, fee: Money::from_kopecks(kopecks) };
    Catalogue {
        tariffs: vec![
            tariff("a", vec![version(first, fees[0]), version(first.next(), fees[1])]),
            tariff("b", vec![version(first, fees[2])]),
            tariff("c", vec![version(first, fees[3])]),
        ],
    }
}

/// Mostly ordinary fees; sometimes none, or so small that most days cost nothing.
fn fee() -> impl Strategy<Value = i64> {
    prop_oneof![4 => 1i64..30_000, 1 => 0i64..40]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn the_book_is_the_clerks(
        fees in [fee(), fee(), fee(), fee()],
        start in 0i64..3000,
        charges_missed in any::<bool>(),
        acts in proptest::collection::vec((0u8..12, 1i64..10_000), 1..120),
    ) {
        let first = Month::new(2019, 1).unwrap().first() + Duration::days(start);
        let policy = Policy {
            missed_days: if charges_missed { MissedDays::Charge } else { MissedDays::Forgive },
            ..Policy::default()
        };
        let mut house = House {
            catalogue: catalogue(fees, Month::of(first)),
            policy,
            today: first,
            account: Account::open(first, TariffCode::new("a")),
            entries: Vec::new(),
            clerk: Clerk {
                tariff: TariffCode::new("a"),
                planned: None,
                suspended_since: None,
                blocked_since: None,
                balance: Money::ZERO,
                next: first,
                days: Vec::new(),
                settlings: 0,
            },
        };
        for (act, number) in acts {
            match act {
                0..=3 => house.today += Duration::days(1),
                4 => house.today += Duration::days(number % 45),
                _ => {}
            }
            house.settles();
            match act {
                5 | 6 => house.pays(number),
                7 if house.account.suspended_since.is_none() => house.suspends(),
                8 if house.account.suspended_since.is_some() => house.resumes(),
                9 | 10 if house.account.service.planned.is_none() => house.plans(number),
                _ => {}
            }
        }

        let House { catalogue, account, entries, clerk, .. } = house;
        prop_assert_eq!(account.balance, clerk.balance);
        prop_assert_eq!(account.blocked_since, clerk.blocked_since);
        prop_assert_eq!(account.service.charged_through, yesterday(clerk.next));
        let charges = entries
            .iter()
            .filter_map(|entry| Some((entry.posted_on, entry.tariff.clone()?, entry.cover?, -entry.amount)))
            .collect::<Vec<_>>();
        prop_assert_eq!(charges, clerk.entries());

        let mut audit = Audit::new(catalogue.has_free_days());
        for entry in &entries {
            prop_assert_eq!(audit.entry(entry.cover.map(|_| ()), entry), Ok(()));
        }
        let open = [(SpellKind::Suspended, account.suspended_since), (SpellKind::Blocked, account.blocked_since)];
        let spells = open.into_iter().filter_map(|(kind, since)| Some(Spell { kind, first_day: since?, last_day: None }));
        prop_assert_eq!(audit.summary(&(), None).end(&account, &spells.collect::<Vec<_>>()), Ok(()));

        // No day is lost and none has two fates.
        let seen: Vec<Date> = clerk.days.iter().map(|(day, _)| *day).collect();
        prop_assert_eq!(seen, days(first, account.service.charged_through).collect::<Vec<_>>());

        // Exact by fee and month: each count that ran from its first day to its k-th sums to the k-th share.
        let mut due = BTreeMap::<(Month, Money), Money>::new();
        let counted = clerk.days.iter().filter_map(|(day, fate)| match fate {
            Fate::Charged { fee, k, .. } => Some((Month::of(*day), *fee, *k)),
            _ => None,
        });
        let counted: Vec<_> = counted.collect();
        for (at, (month, fee, k)) in counted.iter().enumerate() {
            if counted.get(at + 1).is_none_or(|(m, f, next)| (m, f, *next) != (month, fee, k + 1)) {
                *due.entry((*month, *fee)).or_default() += fee.share_decimal(*k, month.days());
            }
        }
        let mut taken = BTreeMap::<(Month, Money), Money>::new();
        for entry in &entries {
            if let Some(cover) = entry.cover {
                *taken.entry((Month::of(cover.to), cover.fee)).or_default() -= entry.amount;
            }
        }
        due.retain(|_, sum| !sum.is_zero());
        prop_assert_eq!(taken, due);
    }
}
