//! How long one stays signed in, and what a refresh token seen again means.

use crate::refusal::Refusal;
use time::{Duration, OffsetDateTime};

/// Lives of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionRules {
    /// A session not used for so long ends.
    pub idle: Duration,
    /// A session ends after so long however it is used.
    pub absolute: Duration,
    /// How long a replaced refresh token still fetches the same successor.
    pub grace: Duration,
}

/// A session as its token is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Session {
    /// When it was opened.
    pub opened_at: OffsetDateTime,
    /// When it was last renewed.
    pub used_at: OffsetDateTime,
    /// It was ended, or the contract was closed.
    pub ended: bool,
}

/// A refresh token of that session as it comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Presented {
    /// When its successor was given out, if it was.
    pub replaced_at: Option<OffsetDateTime>,
    /// It came the way it was given: in the cookie or in the body.
    pub same_way: bool,
    /// It came from the browser or the app that used the session last.
    pub same_agent: bool,
}

/// What to do with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// It is the live one: its successor takes its place.
    Rotate,
    /// Its successor's answer may have been lost: the same successor is given again, if it is still the live one.
    Repeat,
    /// It was replaced too long ago, or by somebody else: whoever holds it has a copy, and the session ends.
    Reuse,
}

impl SessionRules {
    /// Whether the session's time is over.
    pub fn is_over(&self, opened_at: OffsetDateTime, used_at: OffsetDateTime, now: OffsetDateTime) -> bool {
        used_at + self.idle <= now || opened_at + self.absolute <= now
    }

    /// What to do with a refresh token of a session.
    ///
    /// # Errors
    /// [`Refusal::SessionEnded`].
    pub fn renewal(&self, session: Session, token: Presented, now: OffsetDateTime) -> Result<Renewal, Refusal> {
        if session.ended || self.is_over(session.opened_at, session.used_at, now) || !token.same_way {
            return Err(Refusal::SessionEnded);
        }
        Ok(match token.replaced_at {
            None => Renewal::Rotate,
            Some(replaced_at) if now - replaced_at <= self.grace && token.same_agent => Renewal::Repeat,
            Some(_) => Renewal::Reuse,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const NOON: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);
    const RULES: SessionRules =
        SessionRules { idle: Duration::days(30), absolute: Duration::days(90), grace: Duration::seconds(20) };
    const LIVE: Presented = Presented { replaced_at: None, same_way: true, same_agent: true };

    fn used_at_noon(token: Presented, after: Duration) -> Result<Renewal, Refusal> {
        RULES.renewal(Session { opened_at: NOON, used_at: NOON, ended: false }, token, NOON + after)
    }

    #[test]
    fn a_session_ends_when_idle_and_at_last() {
        assert_eq!(used_at_noon(LIVE, Duration::days(30) - Duration::SECOND), Ok(Renewal::Rotate));
        assert_eq!(used_at_noon(LIVE, Duration::days(30)), Err(Refusal::SessionEnded));
        let kept = |after| Session { opened_at: NOON, used_at: NOON + after - Duration::DAY, ended: false };
        let last = Duration::days(90);
        let renewed = |after| RULES.renewal(kept(after), LIVE, NOON + after);
        assert_eq!(renewed(last - Duration::SECOND), Ok(Renewal::Rotate));
        assert_eq!(renewed(last), Err(Refusal::SessionEnded));
        let ended = Session { opened_at: NOON, used_at: NOON, ended: true };
        assert_eq!(RULES.renewal(ended, LIVE, NOON), Err(Refusal::SessionEnded));
    }

    #[test]
    fn a_replaced_token_fetches_its_successor_within_the_grace() {
        let replaced = Presented { replaced_at: Some(NOON), ..LIVE };
        assert_eq!(used_at_noon(replaced, Duration::ZERO), Ok(Renewal::Repeat));
        assert_eq!(used_at_noon(replaced, Duration::seconds(20)), Ok(Renewal::Repeat));
        assert_eq!(used_at_noon(replaced, Duration::seconds(21)), Ok(Renewal::Reuse));
        let elsewhere = Presented { same_agent: false, ..replaced };
        assert_eq!(used_at_noon(elsewhere, Duration::ZERO), Ok(Renewal::Reuse));
    }

    #[test]
    fn a_token_travels_one_way_only() {
        let strayed = Presented { same_way: false, ..LIVE };
        assert_eq!(used_at_noon(strayed, Duration::ZERO), Err(Refusal::SessionEnded));
        // The browser may name itself anew while its token is the live one: it was updated.
        assert_eq!(used_at_noon(Presented { same_agent: false, ..LIVE }, Duration::ZERO), Ok(Renewal::Rotate));
    }
}
