//! Writing the audit log: every act that changes something tells of itself here (RULES §8).

use crate::Service;
use crate::account_tx::Actor;
use cabinet_store::audit::{self, AuditRow};
use cabinet_store::{StoreError, Tx};
use serde_json::Value;
use time::OffsetDateTime;
use uuid::Uuid;

impl Service {
    /// Writes a row in the transaction of the act it tells of; `account` is empty for what concerns the whole
    /// installation.
    pub(crate) async fn audit(
        &self,
        tx: &mut Tx,
        at: OffsetDateTime,
        account: Option<Uuid>,
        actor: Actor,
        act: &str,
        details: Value,
    ) -> Result<(), StoreError> {
        let row = AuditRow {
            id: self.chance.uuid_v7(at),
            account_id: account,
            at,
            actor: actor.code().to_owned(),
            staff_id: actor.member(),
            staff_login: None,
            act: act.to_owned(),
            details: details.to_string(),
        };
        audit::write(tx, &row).await
    }
}
