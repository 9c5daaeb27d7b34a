//! A phone confirmed by a code that is sent to it: the one short messages go to (RULES §4, §8).

use crate::Service;
use crate::account_tx::Actor;
use crate::contact_codes::SentCode;
use crate::error::Error;
use crate::work_outbox::Job;
use cabinet_core::notice::Channel;
use cabinet_core::phone::Phone;
use cabinet_core::refusal::FieldFault;
use cabinet_core::{Policy, Refusal};
use cabinet_store::phones::{self, SmsPhone};
use cabinet_store::{Tx, View, contact_codes};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

/// How the phones of a profile stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhoneFacts {
    /// Those that messages can be sent to.
    pub known: Vec<Phone>,
    /// The confirmed one.
    pub confirmed: Option<Phone>,
    /// Its owner has the gateway send nothing.
    pub stopped: bool,
    /// A code that was sent to one of them and can still be given.
    pub sent: Option<SentCode>,
}

impl Service {
    /// How the phones of an account stand.
    pub(crate) async fn phone_facts(
        &self,
        view: &mut View,
        account: Uuid,
        policy: &Policy,
    ) -> Result<PhoneFacts, Error> {
        let found = phones::find(view, account).await?.ok_or(Refusal::NotFound)?;
        let known = Phone::all_of(&found.phones);
        let ours = |address: &str| known.iter().any(|phone| phone.as_str() == address);
        let sent = self.sent_code(view, account, Channel::Sms, policy, ours).await?;
        Ok(PhoneFacts { known, confirmed: found.confirmed, stopped: found.stopped_at.is_some(), sent })
    }

    /// Has a code sent to a phone of the profile, in the place of any earlier one, by way of the outbox.
    ///
    /// # Errors
    /// [`Refusal::SmsAbsent`], [`Refusal::ContactAbsent`] for a phone that is none of the profile's,
    /// [`Refusal::ContactConfirmed`], [`Refusal::FieldInvalid`] for what is no Ukrainian phone, [`Refusal::Throttled`],
    /// [`Refusal::CodesSpent`].
    pub async fn begin_phone_verification(&self, account: Uuid, phone: &str) -> Result<SentCode, Error> {
        if self.messenger.is_none() {
            return Err(Refusal::SmsAbsent.into());
        }
        let invalid = Refusal::FieldInvalid { field: "phone", fault: FieldFault::Invalid };
        let phone = Phone::new(phone).map_err(|_| invalid)?;
        let mut work = self.lock_account(account).await?;
        let found = phones::find(&mut work.tx, account).await?.ok_or(Refusal::NotFound)?;
        if !Phone::all_of(&found.phones).contains(&phone) {
            return Err(Refusal::ContactAbsent.into());
        }
        if found.reached() == Some(&phone) {
            return Err(Refusal::ContactConfirmed.into());
        }
        let code = self.new_code(&mut work, Channel::Sms, phone.as_str()).await?;
        let (now, job) = (work.now.instant, Job::PhoneCode { code: code.id });
        self.later(&mut work.tx, Some(account), &job, now).await?;
        work.audit(Actor::Subscriber, "phone.code", json!({})).await?;
        let sent = SentCode::of(code, &work.ground.policy);
        work.commit().await?;
        Ok(sent)
    }

    /// Confirms a phone of the profile by the code that was sent to it. Messages go there from now on; the phone they went
    /// to before is told so.
    ///
    /// # Errors
    /// [`Refusal::ContactCodeWrong`] for one that is wrong, used, old, tried too often, or sent to a phone that is not the
    /// profile's any more.
    pub async fn confirm_phone(&self, account: Uuid, typed: &str) -> Result<(), Error> {
        let mut work = self.lock_account(account).await?;
        let now = work.now.instant;
        let before = phones::find(&mut work.tx, account).await?.ok_or(Refusal::NotFound)?;
        let sent = contact_codes::find(&mut work.tx, account, Channel::Sms).await?;
        let to = sent.and_then(|code| Phone::new(&code.address).ok());
        let to = to.filter(|phone| Phone::all_of(&before.phones).contains(phone));
        let Some(phone) = to else { return Err(Refusal::ContactCodeWrong.into()) };
        if !self.take_code(&mut work, Channel::Sms, phone.as_str(), typed).await? {
            // The try stays counted.
            work.commit().await?;
            return Err(Refusal::ContactCodeWrong.into());
        }
        phones::confirm(&mut work.tx, account, &phone, now).await?;
        if before.confirmed.as_ref() != Some(&phone) {
            self.tell_old_phone(&mut work.tx, account, &before, false, now).await?;
        }
        work.audit(Actor::Subscriber, "phone.confirm", json!({})).await?;
        work.commit().await
    }

    /// Tells a phone that messages went to that none go there any more, in the transaction that changes it; `removed`
    /// where no other one takes its place.
    pub(crate) async fn tell_old_phone(
        &self,
        tx: &mut Tx,
        account: Uuid,
        before: &SmsPhone,
        removed: bool,
        now: OffsetDateTime,
    ) -> Result<(), Error> {
        let Some(to) = before.reached().filter(|_| self.messenger.is_some()) else { return Ok(()) };
        let job = Job::PhoneChanged { to: to.as_str().to_owned(), removed };
        self.later(tx, Some(account), &job, now).await
    }
}
