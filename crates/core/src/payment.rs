//! A payment through a gateway (RULES §5): what each piece of news about it means, in whatever order it comes.
//!
//! News adds up and never takes back: a success once seen stays seen, a reversal only grows. So the book ends the same
//! whether a gateway repeats itself, is late, or tells the end before the beginning.

use crate::money::Money;
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

/// How long a payment may wait for its payer.
pub const LIFE: Duration = Duration::hours(24);
/// The least a subscriber may pay online.
pub const LEAST: Money = Money::from_kopecks(1_00);
/// The most a subscriber may pay online at once.
pub const MOST: Money = Money::from_kopecks(14_999_00);
/// Payments of one account that may wait at the same time.
pub const OPEN_AT_ONCE: i64 = 5;
/// How long a payment may be without a page: after it nobody fetches one any more.
pub const PAGE_WITHIN: Duration = Duration::minutes(15);
/// How long the bodies of what gateways said are kept, for disputes; what they say stays.
pub const BODIES_KEPT: Duration = Duration::days(540);

/// How long a gateway is asked for a fiscal receipt.
pub const RECEIPT_WITHIN: Duration = Duration::days(3);

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// Waits for its payer.
    Created,
    /// The gateway is working on it.
    Pending,
    /// The money is on the balance.
    Paid,
    /// The gateway said no; a late yes still counts.
    Failed,
    /// Nobody paid in time; a late yes still counts.
    Expired,
    /// Something did not fit: a person looks at it, and nothing is credited.
    Review,
    /// Paid, and wholly taken back.
    Reversed,
}

impl PaymentState {
    /// All states.
    pub const ALL: [PaymentState; 7] = [
        PaymentState::Created,
        PaymentState::Pending,
        PaymentState::Paid,
        PaymentState::Failed,
        PaymentState::Expired,
        PaymentState::Review,
        PaymentState::Reversed,
    ];

    /// The stable code, in the database and on the wire.
    pub fn code(self) -> &'static str {
        match self {
            PaymentState::Created => "created",
            PaymentState::Pending => "pending",
            PaymentState::Paid => "paid",
            PaymentState::Failed => "failed",
            PaymentState::Expired => "expired",
            PaymentState::Review => "review",
            PaymentState::Reversed => "reversed",
        }
    }

    /// By stable code.
    pub fn from_code(code: &str) -> Option<PaymentState> {
        PaymentState::ALL.into_iter().find(|state| state.code() == code)
    }

    /// Whether the gateway may still have something to tell.
    pub fn is_open(self) -> bool {
        matches!(self, PaymentState::Created | PaymentState::Pending)
    }
}

/// Why a person must look at a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attention {
    /// Money came that does not fit the order: its sum, currency or merchant.
    Mismatch,
    /// A word that decides nothing, and whose state or merchant is in doubt.
    Uncertain,
    /// The payer was charged twice; once is on the balance.
    ChargedTwice,
    /// The gateway's transaction paid another payment before.
    TransactionTaken,
    /// What went back does not fit the payment.
    ReturnDoubtful,
    /// The gateway did not give back what the office had it give back, or did not say so.
    RefundFailed,
}

impl Attention {
    /// All of them.
    pub const ALL: [Attention; 6] = [
        Attention::Mismatch,
        Attention::Uncertain,
        Attention::ChargedTwice,
        Attention::TransactionTaken,
        Attention::ReturnDoubtful,
        Attention::RefundFailed,
    ];

    /// The stable code, in the database and on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Attention::Mismatch => "mismatch",
            Attention::Uncertain => "uncertain",
            Attention::ChargedTwice => "charged_twice",
            Attention::TransactionTaken => "transaction_taken",
            Attention::ReturnDoubtful => "return_doubtful",
            Attention::RefundFailed => "refund_failed",
        }
    }

    /// By stable code.
    pub fn from_code(code: &str) -> Option<Attention> {
        Attention::ALL.into_iter().find(|one| one.code() == code)
    }
}

/// What a person decided of a payment that was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// This sum came and goes to the balance.
    Credit(Money),
    /// Nothing more is to be done: the rest was settled with the payer or the gateway.
    Settled,
}

/// A payment as the rules see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payment {
    /// The sum ordered, or the one a person credited instead.
    pub amount: Money,
    /// Where it stands.
    pub state: PaymentState,
    /// A success was seen and its sum credited.
    pub credited: bool,
    /// Taken back so far, as the gateway told.
    pub reversed: Money,
    /// Of it, posted to the book already.
    pub reversed_posted: Money,
}

/// What a gateway, verified, says of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News {
    /// What happened.
    pub kind: NewsKind,
    /// The sum the gateway names.
    pub amount: Money,
    /// Whether nothing is in doubt: currency and merchant are the ones the payment was ordered with, the state is known.
    pub fits: bool,
}

/// What happened at the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewsKind {
    /// Still going on.
    Pending,
    /// The money was taken from the payer.
    Paid,
    /// It was not.
    Failed,
    /// Of the money taken, so much in total went back to the payer.
    Reversed(Money),
}

/// What news makes of a payment: entries to post, in this order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Effect {
    /// To be credited, the whole sum.
    pub credit: Option<Money>,
    /// To be taken back from the balance, positive.
    pub reverse: Option<Money>,
    /// A person must look, and why.
    pub alert: Option<Attention>,
}

impl Payment {
    /// A payment nobody has paid yet.
    pub fn new(amount: Money) -> Payment {
        Payment {
            amount,
            state: PaymentState::Created,
            credited: false,
            reversed: Money::ZERO,
            reversed_posted: Money::ZERO,
        }
    }

    /// Takes news in. Another sum, currency or merchant than ordered never reaches the balance, and whatever the gateway's
    /// word leaves in doubt decides nothing but calls a person; that something goes on there is believed.
    pub fn learn(&mut self, news: News) -> Effect {
        let mut effect = Effect::default();
        let says_money = matches!(news.kind, NewsKind::Paid | NewsKind::Reversed(_));
        if !news.fits || (says_money && news.amount != self.amount) {
            effect.alert = Some(match news.kind {
                NewsKind::Reversed(_) if self.credited => Attention::ReturnDoubtful,
                NewsKind::Paid | NewsKind::Reversed(_) => Attention::Mismatch,
                NewsKind::Pending | NewsKind::Failed => Attention::Uncertain,
            });
            if says_money && !self.credited {
                self.state = PaymentState::Review;
            } else if news.kind == NewsKind::Pending && self.state == PaymentState::Created {
                self.state = PaymentState::Pending;
            }
            return effect;
        }
        match news.kind {
            NewsKind::Pending if self.state == PaymentState::Created => self.state = PaymentState::Pending,
            NewsKind::Failed if self.state.is_open() => self.state = PaymentState::Failed,
            NewsKind::Pending | NewsKind::Failed => {}
            NewsKind::Paid => effect.credit = self.credit(),
            NewsKind::Reversed(total) if total > self.amount || total.is_negative() => {
                effect.alert = Some(Attention::ReturnDoubtful);
            }
            NewsKind::Reversed(total) => {
                // What went back had come: the word of the payment itself may be lost, or is on its way.
                effect.credit = self.credit();
                self.reversed = self.reversed.max(total);
            }
        }
        if self.credited && self.reversed > self.reversed_posted {
            effect.reverse = Some(self.reversed - self.reversed_posted);
            self.reversed_posted = self.reversed;
        }
        if self.credited {
            let gone = self.reversed == self.amount;
            self.state = if gone { PaymentState::Reversed } else { PaymentState::Paid };
        }
        effect
    }

    /// Takes a person's decision in; answers the sum to be credited. Money that came instead of the sum ordered becomes the
    /// payment's own, so that what the gateway tells of it later fits; money that came beside it does not.
    pub fn decide(&mut self, decision: Decision) -> Option<Money> {
        match decision {
            Decision::Credit(sum) => {
                if !self.credited {
                    (self.amount, self.credited, self.state) = (sum, true, PaymentState::Paid);
                }
                Some(sum)
            }
            Decision::Settled => {
                if self.state == PaymentState::Review {
                    self.state = PaymentState::Failed;
                }
                None
            }
        }
    }

    /// The sum, should it not be credited yet.
    fn credit(&mut self) -> Option<Money> {
        let due = (!self.credited).then_some(self.amount);
        self.credited = true;
        due
    }

    /// Nobody paid in time.
    pub fn expire(&mut self) {
        if self.state.is_open() {
            self.state = PaymentState::Expired;
        }
    }
}

/// When the gateway is asked the next time about a payment nobody told us of (facts of the gateways: after 1, 2, 5, 15
/// and 60 minutes, then hourly until a day after it expired). `None` when it is not asked any more.
pub fn next_poll(
    created_at: OffsetDateTime,
    expires_at: OffsetDateTime,
    now: OffsetDateTime,
) -> Option<OffsetDateTime> {
    let first = [1, 2, 5, 15, 60].map(|minutes| created_at + Duration::minutes(minutes));
    let next = first.into_iter().find(|at| *at > now).unwrap_or_else(|| now + Duration::hours(1));
    (next <= expires_at + Duration::days(1)).then_some(next)
}

/// When the gateway is asked the next time for the fiscal receipt of money it took, which is made some time after: as often
/// as after payments, for so long.
pub fn next_receipt(credited_at: OffsetDateTime, now: OffsetDateTime) -> Option<OffsetDateTime> {
    next_poll(credited_at, credited_at + RECEIPT_WITHIN - Duration::days(1), now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const SUM: Money = Money::from_kopecks(100_00);

    fn news(kind: NewsKind) -> News {
        News { kind, amount: SUM, fits: true }
    }

    /// What the book got after all news, and where the payment stands.
    fn after(all: &[NewsKind]) -> (Money, PaymentState) {
        let mut payment = Payment::new(SUM);
        let mut balance = Money::ZERO;
        for kind in all {
            let effect = payment.learn(news(*kind));
            balance += effect.credit.unwrap_or(Money::ZERO);
            balance -= effect.reverse.unwrap_or(Money::ZERO);
        }
        (balance, payment.state)
    }

    #[test]
    fn news_in_any_order_and_any_number_of_times_ends_the_same() {
        use NewsKind::{Failed, Paid, Pending, Reversed};
        let half = Reversed(Money::from_kopecks(40_00));
        let sets: [(&[NewsKind], Money, PaymentState); 4] = [
            (&[Pending, Paid], SUM, PaymentState::Paid),
            (&[Failed, Paid, Paid], SUM, PaymentState::Paid),
            (&[Pending, Paid, Reversed(SUM)], Money::ZERO, PaymentState::Reversed),
            (&[Paid, half, half], Money::from_kopecks(60_00), PaymentState::Paid),
        ];
        assert_eq!(after(&[half]), (Money::from_kopecks(60_00), PaymentState::Paid), "what went back had come");
        for (set, balance, state) in sets {
            for turn in 0..set.len() {
                let mut order = set.to_vec();
                order.rotate_left(turn);
                assert_eq!(after(&order), (balance, state), "{order:?}");
                order.reverse();
                order.extend_from_slice(set);
                assert_eq!(after(&order), (balance, state), "{order:?}");
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_looked_at_and_never_credited() {
        let paid = news(NewsKind::Paid);
        for wrong in [News { amount: SUM - Money::from_kopecks(1), ..paid }, News { fits: false, ..paid }] {
            let mut payment = Payment::new(SUM);
            assert_eq!(payment.learn(wrong), Effect { alert: Some(Attention::Mismatch), ..Effect::default() });
            assert_eq!(payment.state, PaymentState::Review);
            assert_eq!(payment.learn(paid).credit, Some(SUM), "the right news after it still credits");
        }
        for (kind, state) in [(NewsKind::Pending, PaymentState::Pending), (NewsKind::Failed, PaymentState::Created)] {
            let mut payment = Payment::new(SUM);
            let doubtful = News { fits: false, ..news(kind) };
            assert_eq!(payment.learn(doubtful), Effect { alert: Some(Attention::Uncertain), ..Effect::default() });
            assert_eq!(payment.state, state, "a doubtful word decides nothing");
        }
        let mut payment = Payment::new(SUM);
        payment.learn(paid);
        let part = Money::from_kopecks(40_00);
        for wrong in [news(NewsKind::Reversed(SUM + SUM)), News { amount: part, ..news(NewsKind::Reversed(part)) }] {
            let effect = payment.learn(wrong);
            assert_eq!(effect, Effect { alert: Some(Attention::ReturnDoubtful), ..Effect::default() });
            assert_eq!(payment.state, PaymentState::Paid);
        }
    }

    #[test]
    fn what_a_person_decides_fits_what_the_gateway_says_later() {
        let more = SUM + Money::from_kopecks(1);
        let mut payment = Payment::new(SUM);
        payment.learn(News { amount: more, ..news(NewsKind::Paid) });
        assert_eq!(payment.decide(Decision::Credit(more)), Some(more));
        assert_eq!((payment.state, payment.amount, payment.credited), (PaymentState::Paid, more, true));
        let told = News { amount: more, ..news(NewsKind::Reversed(more)) };
        assert_eq!(payment.learn(told).reverse, Some(more));
        let mut payment = Payment::new(SUM);
        payment.learn(news(NewsKind::Paid));
        assert_eq!(payment.decide(Decision::Credit(more)), Some(more), "beside what is credited");
        assert_eq!((payment.state, payment.amount), (PaymentState::Paid, SUM));
        assert_eq!(payment.decide(Decision::Settled), None);
        assert_eq!(payment.state, PaymentState::Paid);
        let mut payment = Payment::new(SUM);
        payment.learn(News { fits: false, ..news(NewsKind::Paid) });
        assert_eq!((payment.decide(Decision::Settled), payment.state), (None, PaymentState::Failed));
        for one in Attention::ALL {
            assert_eq!(Attention::from_code(one.code()), Some(one));
        }
    }

    #[test]
    fn a_late_success_still_credits() {
        let mut payment = Payment::new(SUM);
        payment.expire();
        assert_eq!(payment.state, PaymentState::Expired);
        assert_eq!(payment.learn(news(NewsKind::Paid)).credit, Some(SUM));
        payment.expire();
        assert_eq!(payment.state, PaymentState::Paid);
    }

    #[test]
    fn polls_grow_rare_and_end() {
        let created = datetime!(2026-11-22 12:00 UTC);
        let expires = created + LIFE;
        let mut at = created;
        let mut minutes = Vec::new();
        while let Some(next) = next_poll(created, expires, at) {
            minutes.push((next - created).whole_minutes());
            at = next;
        }
        assert_eq!(minutes[..7], [1, 2, 5, 15, 60, 120, 180]);
        assert_eq!(minutes.last(), Some(&(48 * 60)));
        assert_eq!(next_receipt(created, created), Some(created + Duration::MINUTE));
        let last = created + RECEIPT_WITHIN - Duration::hours(1);
        assert_eq!(next_receipt(created, last), Some(created + RECEIPT_WITHIN));
        assert_eq!(next_receipt(created, last + Duration::MINUTE), None);
    }
}
