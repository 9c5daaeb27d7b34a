//! Money and shares on the page.

use crate::format;
use crate::i18n::language;
use cabinet_contract::statement::{Entry, EntryKind};
use cabinet_core::Money;
use leptos::prelude::*;
use std::fmt;
use std::ops::{Add, Sub};

/// Whether it is money put in. What comes back of a charge is none.
pub fn comes_in(entry: &Entry) -> bool {
    entry.amount > Money::ZERO && entry.kind != EntryKind::Reversal
}

/// An entry's amount: what comes in is marked by sign, weight and colour; a charge and its return are plain ink.
pub fn signed(entry: &Entry) -> AnyView {
    let text = format::signed(language(), entry.amount);
    if comes_in(entry) { view! { <span class="money money--in">{text}</span> }.into_any() } else { text.into_any() }
}

/// A place or a size in hundredths of a percent; printed as a percentage without its sign.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(i64);

impl Share {
    /// Whole percents.
    pub const fn percent(percent: i64) -> Share {
        Share(percent * 100)
    }

    /// A part of a whole; nothing of an empty one.
    pub fn of(part: i64, whole: i64) -> Share {
        Share(if whole == 0 { 0 } else { part * 10_000 / whole })
    }

    /// How far two places are from each other.
    pub fn apart(self, other: Share) -> Share {
        Share((self.0 - other.0).abs())
    }

    /// Half of a size.
    pub fn half(self) -> Share {
        Share(self.0 / 2)
    }

    /// Half-way to another place.
    pub fn middle(self, other: Share) -> Share {
        Share((self.0 + other.0) / 2)
    }
}

impl Add for Share {
    type Output = Share;
    fn add(self, other: Share) -> Share {
        Share(self.0 + other.0)
    }
}

impl Sub for Share {
    type Output = Share;
    fn sub(self, other: Share) -> Share {
        Share(self.0 - other.0)
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let parts = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", parts / 100, parts % 100)
    }
}
