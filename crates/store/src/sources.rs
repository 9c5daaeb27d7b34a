//! Payments as gateways, terminals and the office's orders to them leave them beside the book: what `audit` holds against
//! the entries.

use crate::payments::{self, Held};
use crate::terminal_payments::TerminalPayment;
use crate::{StoreError, View};
use cabinet_core::Money;
use cabinet_core::audit::{Source, Stands};
use cabinet_core::payment::PaymentState;
use uuid::Uuid;

/// Accounts behind `after` through `last` that have a payment which is not plainly what its entries say, in order; some of
/// them are sound, and judged by [`cabinet_core::audit::Audit::payments`]. Payments given back in part are among them.
pub async fn odd(view: &mut View, after: Uuid, last: Uuid) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<(Uuid,)> = view
        .all(
            "SELECT t.account_id FROM terminal_payment t \
             LEFT JOIN entry e ON e.account_id = t.account_id AND e.seq = t.entry_seq \
             LEFT JOIN entry r ON r.account_id = t.account_id AND r.reverses = t.entry_seq \
             WHERE t.account_id > $1 AND t.account_id <= $2 AND CASE \
                 WHEN t.entry_seq IS NULL THEN t.state = 'paid' \
                 WHEN e.seq IS NULL OR e.kind <> 'terminal_payment' OR e.amount <> t.amount OR e.reference IS NULL \
                     OR e.reference <> 'terminal:' || t.terminal || ':' || t.txn THEN TRUE \
                 ELSE t.state <> CASE WHEN r.seq IS NULL THEN 'paid' ELSE 'cancelled' END END \
             UNION SELECT p.account_id FROM payment p \
             LEFT JOIN entry e ON e.account_id = p.account_id AND e.seq = p.credited_seq \
             LEFT JOIN entry r ON r.account_id = p.account_id AND r.reverses = p.credited_seq \
             WHERE p.account_id > $1 AND p.account_id <= $2 AND CASE \
                 WHEN p.credited_seq IS NULL THEN p.state IN ('paid', 'reversed') OR p.reversed <> 0 \
                 WHEN e.seq IS NULL OR e.kind <> 'online_payment' OR e.amount <> p.amount OR e.reference IS NULL \
                     OR e.reference NOT LIKE 'payment:' || p.provider || ':%' THEN TRUE \
                 ELSE p.reversed <> CASE WHEN r.seq IS NULL THEN 0 ELSE p.amount END OR p.reversed_posted <> p.reversed \
                     OR p.state <> CASE WHEN r.seq IS NULL THEN 'paid' ELSE 'reversed' END END \
             UNION SELECT g.account_id FROM gateway_refund g \
             LEFT JOIN entry e ON e.account_id = g.account_id AND e.seq = g.seq \
             WHERE g.account_id > $1 AND g.account_id <= $2 \
                 AND (e.seq IS NULL OR e.kind <> 'refund' OR e.amount <> -g.amount) \
             ORDER BY 1",
            (after, last),
        )
        .await?;
    Ok(rows.into_iter().map(|(account,)| account).collect())
}

/// Every payment of an account.
pub async fn of_account(view: &mut View, account: Uuid) -> Result<Vec<Source>, StoreError> {
    let terminals: Vec<TerminalPayment> = view
        .all(
            "SELECT account_id, number, terminal, txn, amount, state, entry_seq, created_at, changed_at \
             FROM terminal_payment WHERE account_id = $1 ORDER BY number",
            (account,),
        )
        .await?;
    let asked: Vec<(Uuid, i64, i64)> = view
        .all("SELECT payment_id, seq, amount FROM gateway_refund WHERE account_id = $1 ORDER BY seq", (account,))
        .await?;
    let online = payments::page(view, account, None, i64::MAX).await?;
    let of = |id: Uuid| asked.iter().filter(move |(payment, _, _)| *payment == id);
    let sums = |id| of(id).map(|(_, seq, amount)| (*seq, Money::from_kopecks(*amount))).collect();
    let known = |id: Uuid| online.iter().any(|held| held.id == id);
    let lost = asked.iter().filter(|(id, _, _)| !known(*id)).map(|(id, seq, amount)| Source {
        reference: format!("payment:unknown:{id}"),
        amount: Money::from_kopecks(*amount),
        entry: None,
        stands: Stands::Uncredited,
        returned: Vec::new(),
        asked: vec![(*seq, Money::from_kopecks(*amount))],
    });
    let terminals = terminals.iter().map(of_terminal).collect::<Result<Vec<_>, _>>()?;
    let online = online.iter().map(|held| Source { asked: sums(held.id), ..of_gateway(held) });
    Ok(terminals.into_iter().chain(online).chain(lost).collect())
}

fn of_terminal(row: &TerminalPayment) -> Result<Source, StoreError> {
    let stands = match (row.state.as_str(), row.entry_seq) {
        ("paid", _) => Stands::Credited,
        ("cancelled", Some(_)) => Stands::Gone,
        ("reserved" | "cancelled", _) => Stands::Uncredited,
        (state, _) => return Err(StoreError::corrupt(format!("a terminal's payment {} in state {state}", row.number))),
    };
    Ok(Source {
        reference: format!("terminal:{}:{}", row.terminal, row.txn),
        amount: Money::from_kopecks(row.amount),
        entry: row.entry_seq,
        stands,
        returned: Vec::new(),
        asked: Vec::new(),
    })
}

fn of_gateway(held: &Held) -> Source {
    let payment = &held.payment;
    Source {
        reference: format!("payment:{}:{}", held.provider, held.id),
        amount: payment.amount,
        entry: held.credited_seq,
        stands: match payment.state {
            PaymentState::Paid => Stands::Credited,
            PaymentState::Reversed => Stands::Gone,
            _ => Stands::Uncredited,
        },
        // Of a payment that is on the balance nothing goes back at the gateway that does not go off the balance.
        returned: vec![payment.reversed, payment.reversed_posted],
        asked: Vec::new(),
    }
}
