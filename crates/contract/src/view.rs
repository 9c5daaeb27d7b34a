//! The domain as the wire tells it.
//!
//! Codes become names by the catalogue, and texts come from [`Words`], which the server speaks in the caller's
//! language; nothing is decided here.

use crate::account::{BalanceDay, ForecastPart, PendingChange, TariffBrief};
use crate::bill::{Bill, BillBrief, BillLine, BillStatus};
use crate::money::Currency;
use crate::quote::{Act, Quote, QuoteLine};
use crate::statement::{
    DayState, EmptyReason, Entry, EntryKind, Explanation, Statement, StatementDay, StatementWeek, Year, YearMonth,
};
use crate::tariff::{PerDay, RefusalView, Tariffs};
use cabinet_core::account::PlannedTariff;
use cabinet_core::acts::{self, Effect, pause, promised_payment, static_ip, tariff_change, turbo};
use cabinet_core::bill::{self, BillState};
use cabinet_core::calendar::tomorrow;
use cabinet_core::forecast::{DayAhead, Part};
use cabinet_core::statement::{self, Empty, Sheet, SheetDay};
use cabinet_core::tariff::Tariff;
use cabinet_core::{Catalogue, Money, Month, Refusal, TariffCode, ledger};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// Texts in the caller's language.
pub trait Words {
    /// What an entry is.
    fn entry(&self, kind: ledger::EntryKind, amount: Money) -> String;
    /// What the price of a change is for.
    fn tariff_change_price(&self) -> String;
    /// A refusal told beforehand.
    fn refusal(&self, refusal: &Refusal) -> RefusalView;
}

/// What every view needs: the names, the day, the words.
#[derive(Clone, Copy)]
pub struct Lens<'a> {
    /// Names and fees of tariffs.
    pub catalogue: &'a Catalogue,
    /// The business day.
    pub today: Date,
    /// Texts.
    pub words: &'a dyn Words,
}

impl Lens<'_> {
    /// A tariff in a line, with its fee of the present month.
    pub fn tariff(&self, code: &TariffCode) -> TariffBrief {
        self.brief(self.catalogue.get(code), Month::of(self.today))
    }

    /// A tariff in a line, with its fee of a month.
    pub fn brief(&self, tariff: &Tariff, month: Month) -> TariffBrief {
        TariffBrief {
            code: tariff.code.to_string(),
            name: tariff.name.clone(),
            monthly_fee: tariff.fee(month),
            down_mbps: tariff.down_mbps,
            up_mbps: tariff.up_mbps,
        }
    }

    /// A planned change, with the fee it will have and what taking it back returns.
    pub fn pending(&self, planned: &PlannedTariff, cancel_refund: Option<Money>) -> PendingChange {
        PendingChange {
            tariff: self.brief(self.catalogue.get(&planned.tariff), Month::of(planned.starts_on)),
            starts_on: planned.starts_on,
            cancel_refund,
        }
    }

    /// What anyone may take.
    pub fn tariffs(&self) -> Tariffs {
        let month = Month::of(self.today);
        let offered = self.catalogue.tariffs.iter().filter(|tariff| tariff.offered);
        Tariffs { currency: Currency::UAH, items: offered.map(|tariff| self.brief(tariff, month)).collect() }
    }

    /// A line of the book.
    pub fn entry(&self, entry: &ledger::Entry) -> Entry {
        Entry {
            seq: entry.seq,
            kind: entry.kind.into(),
            title: self.words.entry(entry.kind, entry.amount),
            amount: entry.amount,
            posted: entry.posted_on,
            covers_from: entry.cover.map(|cover| cover.from),
            covers_to: entry.cover.map(|cover| cover.to),
            balance_after: entry.balance_after,
            tariff: entry.tariff.as_ref().map(|code| self.name(code)),
            explanation: entry.cover.as_ref().map(Explanation::from),
        }
    }

    /// The name of a tariff; its code, should the catalogue have forgotten it.
    pub fn name(&self, code: &TariffCode) -> String {
        self.catalogue.find(code).map_or_else(|| code.to_string(), |tariff| tariff.name.clone())
    }

    /// A month on the calendar.
    pub fn statement(&self, sheet: &Sheet, first_month: Month) -> Statement {
        let weeks = sheet.weeks.iter().map(|week| StatementWeek {
            iso_week: week.iso_week,
            days: week.days.iter().map(|day| self.day(day)).collect(),
        });
        Statement {
            month: sheet.month,
            first_month,
            last_month: Month::of(self.today),
            today: self.today,
            currency: Currency::UAH,
            opening: sheet.opening,
            closing: sheet.closing,
            charged: sheet.charged,
            paid: sheet.paid,
            weeks: weeks.collect(),
        }
    }

    /// A bill, line by line.
    pub fn bill(&self, bill: &bill::Bill, state: BillState) -> Bill {
        let taken = |lines: &[bill::Line]| lines.iter().map(|line| self.bill_line(line, -line.amount)).collect();
        let put_in = bill.credits.iter().map(|line| self.bill_line(line, line.amount));
        Bill {
            brief: bill_brief(bill, state),
            currency: Currency::UAH,
            opening: bill.opening,
            charges: taken(&bill.charges),
            charged: bill.charged,
            credits: put_in.collect(),
            paid: bill.paid,
            closing: bill.closing,
            ahead: taken(&bill.ahead),
            ahead_sum: bill.ahead.iter().map(|line| line.amount).sum(),
        }
    }

    /// `moved` is how the balance moved by it.
    fn bill_line(&self, line: &bill::Line, moved: Money) -> BillLine {
        BillLine {
            kind: line.kind.into(),
            title: self.words.entry(line.kind, moved),
            tariff: line.tariff.as_ref().map(|code| self.name(code)),
            covers_from: line.span.map(|(from, _)| from),
            covers_to: line.span.map(|(_, to)| to),
            quantity: line.quantity,
            price: line.price,
            amount: line.amount,
        }
    }

    fn day(&self, day: &SheetDay) -> StatementDay {
        StatementDay {
            date: day.date,
            state: day.state.into(),
            empty: day.empty.map(EmptyReason::from),
            charged_on: match day.empty {
                Some(Empty::ChargedLater(later)) => Some(later),
                _ => None,
            },
            level: day.level,
            charged: day.charged,
            paid: day.paid,
            entries: day.entries.iter().map(|entry| self.entry(entry)).collect(),
        }
    }

    /// A quote with what every act has: its effect on the money, at the present tariff.
    fn quoted(
        &self,
        act: Act,
        (id, expires_at): (Uuid, OffsetDateTime),
        (effect, tariff): (&Effect, &TariffCode),
    ) -> Quote {
        let tariff = self.tariff(tariff);
        Quote {
            id,
            act,
            expires_at,
            starts_on: None,
            cancellable_until: None,
            credit: None,
            until: None,
            starts_at: None,
            ends_at: None,
            down_mbps: None,
            saved: None,
            undo_minutes: None,
            lines: Vec::new(),
            balance_before: effect.balance_before,
            balance_after: effect.balance_after,
            per_day_before: effect.per_day_before.into(),
            per_day_after: effect.per_day_after.into(),
            enough_until_before: effect.enough_until_before,
            enough_until_after: effect.enough_until_after,
            recommended_payment_after: effect.recommended_after,
            tariff_before: tariff.clone(),
            tariff_after: tariff,
        }
    }

    /// What an act takes today.
    fn line(&self, kind: ledger::EntryKind, amount: Money, when: Date) -> QuoteLine {
        QuoteLine { title: self.words.entry(kind, -amount), amount, when }
    }

    /// A quote of a change of tariff.
    pub fn quote(&self, id: Uuid, expires_at: OffsetDateTime, decision: &tariff_change::Decision) -> Quote {
        let price =
            QuoteLine { title: self.words.tariff_change_price(), amount: decision.price, when: decision.taken_on };
        Quote {
            starts_on: Some(decision.starts_on),
            cancellable_until: decision.cancellable_until,
            lines: vec![price],
            tariff_before: self.brief(self.catalogue.get(&decision.before), Month::of(decision.taken_on)),
            tariff_after: self.brief(self.catalogue.get(&decision.after), Month::of(decision.starts_on)),
            ..self.quoted(Act::TariffChange, (id, expires_at), (&decision.effect, &decision.before))
        }
    }

    /// A quote of Turbo, confirmed at `now`.
    pub fn turbo_quote(
        &self,
        id: Uuid,
        expires_at: OffsetDateTime,
        decision: &turbo::Decision,
        now: OffsetDateTime,
    ) -> Quote {
        let (starts_at, ends_at) = turbo::span(decision, now);
        Quote {
            starts_at: Some(starts_at),
            ends_at: Some(ends_at),
            down_mbps: Some(decision.turbo.down_mbps),
            lines: vec![self.line(ledger::EntryKind::Turbo, decision.price, self.today)],
            ..self.quoted(Act::Turbo, (id, expires_at), (&decision.effect, &decision.tariff))
        }
    }

    /// A quote of a pause.
    pub fn pause_quote(&self, id: Uuid, expires_at: OffsetDateTime, decision: &pause::Decision) -> Quote {
        Quote {
            starts_on: Some(decision.pause.from),
            until: Some(decision.pause.until),
            saved: Some(decision.saved),
            lines: vec![self.line(ledger::EntryKind::Pause, decision.price, self.today)],
            ..self.quoted(Act::Pause, (id, expires_at), (&decision.effect, &decision.tariff))
        }
    }

    /// A quote of the early end of a pause.
    pub fn pause_end_quote(&self, id: Uuid, expires_at: OffsetDateTime, decision: &pause::End) -> Quote {
        Quote {
            starts_on: Some(decision.resumes_on),
            ..self.quoted(Act::PauseEnd, (id, expires_at), (&decision.effect, &decision.tariff))
        }
    }

    /// A quote of a static address.
    pub fn static_ip_quote(&self, id: Uuid, expires_at: OffsetDateTime, decision: &static_ip::Connect) -> Quote {
        Quote {
            starts_on: Some(decision.connects_on),
            lines: vec![self.line(ledger::EntryKind::StaticIpCharge, decision.charge_today, decision.connects_on)],
            ..self.quoted(Act::StaticIp, (id, expires_at), (&decision.effect, &decision.tariff))
        }
    }

    /// A quote of giving a static address up.
    pub fn static_ip_release_quote(
        &self,
        id: Uuid,
        expires_at: OffsetDateTime,
        decision: &static_ip::Release,
    ) -> Quote {
        Quote {
            starts_on: Some(tomorrow(decision.serves_until)),
            until: Some(decision.serves_until),
            ..self.quoted(Act::StaticIpRelease, (id, expires_at), (&decision.effect, &decision.tariff))
        }
    }

    /// A quote of a promised payment.
    pub fn promise_quote(&self, id: Uuid, expires_at: OffsetDateTime, decision: &promised_payment::Decision) -> Quote {
        let taken_on = decision.promise.taken_on;
        let sums = [
            (ledger::EntryKind::PromisedPayment, decision.price),
            (ledger::EntryKind::TariffCharge, decision.charge_today),
        ];
        let sums = sums.into_iter().filter(|(_, amount)| !amount.is_zero());
        let lines = sums.map(|(kind, amount)| self.line(kind, amount, taken_on));
        Quote {
            starts_on: Some(taken_on),
            credit: Some(decision.promise.credit),
            until: Some(decision.promise.until),
            lines: lines.collect(),
            ..self.quoted(Act::PromisedPayment, (id, expires_at), (&decision.effect, &decision.tariff))
        }
    }
}

/// A year, month by month, with the contract's months.
pub fn year(of: &statement::Year, (first_month, last_month): (Month, Month), today: Date) -> Year {
    let month = |of: &statement::YearMonth| YearMonth {
        month: of.month,
        opening: of.opening,
        charged: of.charged,
        paid: of.paid,
        closing: of.closing,
    };
    Year {
        year: of.year,
        first_month,
        last_month,
        today,
        currency: Currency::UAH,
        opening: of.opening,
        closing: of.closing,
        charged: of.charged,
        paid: of.paid,
        months: of.months.iter().map(month).collect(),
    }
}

/// A bill in a line.
pub fn bill_brief(bill: &bill::Bill, state: BillState) -> BillBrief {
    let (status, missing) = match state {
        BillState::Paid => (BillStatus::Paid, None),
        BillState::Open { missing } => (BillStatus::Open, Some(missing)),
        BillState::Replaced => (BillStatus::Replaced, None),
    };
    BillBrief {
        id: Month::of(bill.date()),
        number: bill.number.clone(),
        date: bill.date(),
        closes: bill.closes,
        to_pay: bill.to_pay,
        due_on: bill.due_on,
        status,
        missing,
    }
}

/// A day without a charge of its own has nothing to show but its balance.
pub fn balance_day(date: Date, balance: Money, served: bool) -> BalanceDay {
    BalanceDay { date, balance, served }
}

impl From<&DayAhead> for BalanceDay {
    fn from(day: &DayAhead) -> BalanceDay {
        balance_day(day.date, day.balance, day.served)
    }
}

impl From<&Part> for ForecastPart {
    fn from(part: &Part) -> ForecastPart {
        ForecastPart { month: part.month, days: part.days, amount: part.amount }
    }
}

impl From<acts::PerDay> for PerDay {
    fn from(day: acts::PerDay) -> PerDay {
        PerDay { min: day.min, max: day.max }
    }
}

impl From<ledger::EntryKind> for EntryKind {
    fn from(kind: ledger::EntryKind) -> EntryKind {
        match kind {
            ledger::EntryKind::TariffCharge => EntryKind::TariffCharge,
            ledger::EntryKind::TariffChange => EntryKind::TariffChange,
            ledger::EntryKind::PromisedPayment => EntryKind::PromisedPayment,
            ledger::EntryKind::Turbo => EntryKind::Turbo,
            ledger::EntryKind::Pause => EntryKind::Pause,
            ledger::EntryKind::StaticIpCharge => EntryKind::StaticIpCharge,
            ledger::EntryKind::CashPayment => EntryKind::CashPayment,
            ledger::EntryKind::OnlinePayment => EntryKind::OnlinePayment,
            ledger::EntryKind::TerminalPayment => EntryKind::TerminalPayment,
            ledger::EntryKind::BankTransfer => EntryKind::BankTransfer,
            ledger::EntryKind::Voucher => EntryKind::Voucher,
            ledger::EntryKind::Adjustment => EntryKind::Adjustment,
            ledger::EntryKind::Refund => EntryKind::Refund,
            ledger::EntryKind::Reversal => EntryKind::Reversal,
        }
    }
}

impl From<&ledger::Cover> for Explanation {
    fn from(cover: &ledger::Cover) -> Explanation {
        Explanation {
            fee: cover.fee,
            days_in_month: cover.days_in_month(),
            charged_days: cover.days_after,
            charged_before: cover.charged_before(),
            charged_after: cover.charged_after(),
        }
    }
}

impl From<statement::DayState> for DayState {
    fn from(state: statement::DayState) -> DayState {
        match state {
            statement::DayState::Past => DayState::Past,
            statement::DayState::Today => DayState::Today,
            statement::DayState::Future => DayState::Future,
            statement::DayState::Outside => DayState::Outside,
        }
    }
}

impl From<Empty> for EmptyReason {
    fn from(empty: Empty) -> EmptyReason {
        match empty {
            Empty::ChargedLater(_) => EmptyReason::ChargedLater,
            Empty::Suspended => EmptyReason::Suspended,
            Empty::Blocked => EmptyReason::Blocked,
            Empty::Paused => EmptyReason::Paused,
            Empty::NotStarted => EmptyReason::NotStarted,
            Empty::Closed => EmptyReason::Closed,
        }
    }
}
