//! Codes that confirm a contact, whichever it is: sent so often and no more, weighed, used once (RULES §8).

use crate::account_tx::AccountTx;
use crate::{Error, Service};
use cabinet_core::Policy;
use cabinet_core::email::{self, CodesSent};
use cabinet_core::notice::Channel;
use cabinet_core::recovery::plain_code;
use cabinet_store::View;
use cabinet_store::contact_codes::{self, Code};
use subtle::ConstantTimeEq;
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// A code on its way, without its digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentCode {
    /// Where it was sent.
    pub address: String,
    /// When it was asked for.
    pub sent_at: OffsetDateTime,
    /// Until when it is good.
    pub expires_at: OffsetDateTime,
    /// From when another one may be asked for.
    pub again_at: OffsetDateTime,
}

impl SentCode {
    pub(crate) fn of(code: Code, policy: &Policy) -> SentCode {
        let again_at = email::again_at(code.sent_at, policy);
        SentCode { address: code.address, sent_at: code.sent_at, expires_at: code.expires_at, again_at }
    }
}

impl Service {
    /// The code of an account that can still be given; `to` tells whether where it was sent is a contact of it still.
    pub(crate) async fn sent_code(
        &self,
        view: &mut View,
        account: Uuid,
        channel: Channel,
        policy: &Policy,
        to: impl Fn(&str) -> bool,
    ) -> Result<Option<SentCode>, Error> {
        let now = self.clock.now();
        let good = |code: &Code| {
            !code.used && code.expires_at > now && code.tries < policy.contact_code_tries && to(&code.address)
        };
        let code = contact_codes::find(view, account, channel).await?.filter(good);
        Ok(code.map(|code| SentCode::of(code, policy)))
    }

    /// Counts one more code to an address and gives it, or refuses it. What is counted goes with the transaction.
    pub(crate) async fn count_code(
        &self,
        work: &mut AccountTx<'_>,
        channel: Channel,
        address: &str,
        last_at: Option<OffsetDateTime>,
    ) -> Result<Code, Error> {
        let (now, policy, account) = (work.now, work.ground.policy.clone(), work.held.id);
        // Those of letters are counted by the names they always had.
        let name = match channel {
            Channel::Email => "",
            Channel::Sms | Channel::Push => "sms ",
        };
        let buckets = [
            format!("{name}contract {account}"),
            format!("{name}address {}", self.access.address_mark(address)),
            format!("{name}everybody"),
        ];
        let mut counted = [0; 3];
        // Counted before it is weighed, and taken back with the transaction if it is refused.
        for (place, bucket) in counted.iter_mut().zip(&buckets) {
            *place = contact_codes::count_sent(&mut work.tx, bucket, now.today).await?;
        }
        let [to_contract, to_address, in_all] = counted;
        email::may_send(&CodesSent { last_at, to_contract, to_address, in_all }, &policy, now)?;
        Ok(Code {
            id: self.new_id(),
            address: address.to_owned(),
            tries: 0,
            used: false,
            sent_at: now.instant,
            expires_at: now.instant + Duration::minutes(policy.contact_code_minutes),
        })
    }

    /// A new code for a contact, in the place of any earlier one.
    ///
    /// # Errors
    /// [`cabinet_core::Refusal::Throttled`], [`cabinet_core::Refusal::CodesSpent`].
    pub(crate) async fn new_code(
        &self,
        work: &mut AccountTx<'_>,
        channel: Channel,
        address: &str,
    ) -> Result<Code, Error> {
        let account = work.held.id;
        let last_at = contact_codes::find(&mut work.tx, account, channel).await?.map(|code| code.sent_at);
        let code = self.count_code(work, channel, address, last_at).await?;
        contact_codes::put(&mut work.tx, account, channel, &code).await?;
        Ok(code)
    }

    /// Weighs what was typed, and uses the code up if it is right. The try is counted in the transaction: who is answered
    /// `false` is to commit it.
    pub(crate) async fn take_code(
        &self,
        work: &mut AccountTx<'_>,
        channel: Channel,
        address: &str,
        typed: &str,
    ) -> Result<bool, Error> {
        let (account, now, tries) = (work.held.id, work.now.instant, work.ground.policy.contact_code_tries);
        let tried = contact_codes::count_try(&mut work.tx, account, channel, address, tries, now).await?;
        let given = plain_code(typed);
        let right = tried
            .filter(|code| bool::from(self.access.contact_code(account, code.id).as_bytes().ct_eq(given.as_bytes())));
        match right {
            Some(code) => Ok(contact_codes::take(&mut work.tx, account, channel, code.id).await?),
            None => Ok(false),
        }
    }
}
