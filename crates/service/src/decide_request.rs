//! What subscribers asked of staff, decided.

use crate::account_tx::Actor;
use crate::erase_subscriber::ERASURE;
use crate::office::{check_line, paged};
use crate::{Error, Service};
use cabinet_core::Refusal;
use cabinet_core::person::Field;
use cabinet_core::refusal::FieldFault;
use cabinet_store::profiles::{self, OpenRequest};
use serde_json::json;
use uuid::Uuid;

impl Service {
    /// What waits for a decision, oldest first, and the cursor of the next page.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn list_requests(
        &self,
        cursor: Option<Uuid>,
        limit: i64,
    ) -> Result<(Vec<OpenRequest>, Option<Uuid>), Error> {
        let found = profiles::waiting(&mut self.store.read().await?, cursor, limit + 1).await?;
        Ok(paged(found, limit, |one| one.request.id))
    }

    /// Grants a wish, which then holds, or refuses it. Of a name the first word is the family name, the second the given
    /// one, the rest the patronymic; a name of another build is edited by hand. A wish to be forgotten is refused here,
    /// and granted by [`Service::erase_subscriber`].
    ///
    /// # Errors
    /// [`Refusal::NotFound`], [`Refusal::AlreadyDecided`], [`Refusal::FieldInvalid`].
    pub async fn decide_request(
        &self,
        by: Actor,
        account: Uuid,
        id: Uuid,
        granted: bool,
        note: Option<&str>,
    ) -> Result<(), Error> {
        let note = note.map(|note| check_line("note", note, 200)).transpose()?;
        let mut work = self.lock_account(account).await?;
        let (request, decided) = profiles::request(&mut work.tx, account, id).await?.ok_or(Refusal::NotFound)?;
        if granted && request.field == ERASURE {
            return Err(Refusal::FieldInvalid { field: "granted", fault: FieldFault::Invalid }.into());
        }
        if decided || !profiles::decide(&mut work.tx, account, id, granted, work.now.instant).await? {
            return Err(Refusal::AlreadyDecided.into());
        }
        if granted {
            let mut profile = profiles::find(&mut work.tx, account).await?.ok_or(Refusal::NotFound)?;
            if request.field == "address" {
                profile.address = Field::Address.check(&request.wish)?;
            } else {
                let mut words = request.wish.split_whitespace();
                profile.last_name = Field::LastName.check(words.next().unwrap_or_default())?;
                profile.first_name = Field::FirstName.check(words.next().unwrap_or_default())?;
                profile.middle_name = Field::MiddleName.check(&words.collect::<Vec<_>>().join(" "))?;
            }
            profiles::put(&mut work.tx, account, &profile).await?;
        }
        let details = json!({ "request": id, "field": request.field, "granted": granted, "note": note });
        work.audit(by, "profile_request.decide", details).await?;
        work.commit().await
    }
}
