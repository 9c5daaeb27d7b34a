//! What a subscriber may do: each act one file with a `decide` that answers a decision or a refusal.

pub mod promised_payment;
pub mod tariff_change;
