//! Emptying the demo's database, before it is made anew. Nothing else ever deletes from the book.

use crate::{StoreError, Tx};

/// Takes every row of every table away, those that refer first. Signing keys stay.
pub async fn empty(tx: &mut Tx) -> Result<(), StoreError> {
    for statement in [
        "DELETE FROM ticket_file",
        "DELETE FROM ticket_message",
        "DELETE FROM ticket",
        "DELETE FROM news_read",
        "DELETE FROM news",
        "DELETE FROM known_device",
        "DELETE FROM throttle",
        "DELETE FROM recovery_code",
        "DELETE FROM refresh_token",
        "DELETE FROM session",
        "DELETE FROM credential",
        "DELETE FROM audit",
        "DELETE FROM prize_draw",
        "DELETE FROM staff",
        "DELETE FROM outbox",
        "DELETE FROM gateway_refund",
        "DELETE FROM payment_event",
        "DELETE FROM payment",
        "DELETE FROM terminal_payment",
        "DELETE FROM bank_line",
        "DELETE FROM voucher",
        "DELETE FROM voucher_series",
        "DELETE FROM provider_txn",
        "DELETE FROM idempotency",
        "DELETE FROM act_order",
        "DELETE FROM quote",
        "DELETE FROM lease",
        "DELETE FROM day_run",
        "DELETE FROM bill_run",
        "DELETE FROM bill",
        "DELETE FROM entry",
        "DELETE FROM notice",
        "DELETE FROM notice_wish",
        "DELETE FROM contact_code",
        "DELETE FROM contact_codes_sent",
        "DELETE FROM profile_request",
        "DELETE FROM profile",
        "DELETE FROM standing_spell",
        "DELETE FROM network_session",
        "DELETE FROM network_login",
        "DELETE FROM network_state",
        "DELETE FROM router",
        "DELETE FROM router_line",
        "DELETE FROM turbo_run",
        "DELETE FROM static_ip",
        "DELETE FROM ip_address",
        "DELETE FROM service",
        "DELETE FROM account",
        "DELETE FROM installation",
        "DELETE FROM policy",
        "DELETE FROM tariff_fee",
        "DELETE FROM tariff",
    ] {
        tx.run(statement, ()).await?;
    }
    Ok(())
}
