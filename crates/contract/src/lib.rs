//! What travels: requests, answers, problem codes and paths, the same types for server and client.
//!
//! Money is a string with two decimals, days are `2014-12-22`, months `2014-12`, instants RFC 3339 in UTC.
//! With feature `openapi` every type describes itself to utoipa; the browser's build leaves that out.

pub mod account;
pub mod auth;
pub mod bill;
pub mod day;
pub mod export;
pub mod help;
pub mod history;
pub mod money;
pub mod network;
pub mod page;
pub mod paths;
pub mod payment;
pub mod problem;
pub mod profile;
pub mod promise;
pub mod provider;
pub mod push;
pub mod quote;
#[cfg(feature = "openapi")]
pub mod schema;
pub mod services;
pub mod session;
pub mod settings;
pub mod sms_balance;
pub mod staff;
pub mod staff_catalogue;
pub mod staff_policy;
pub mod statement;
pub mod support;
pub mod tariff;
pub mod view;

/// The header that makes a money or service request harmless to repeat.
pub const IDEMPOTENCY_KEY: &str = "Idempotency-Key";
/// `true` on an answer given again from memory.
pub const IDEMPOTENCY_REPLAYED: &str = "Idempotency-Replayed";
/// Identifies a request in logs and problems.
pub const REQUEST_ID: &str = "X-Request-Id";
/// A header that only scripts of the own origin can set; asked on the cookie operations.
pub const CLIENT_HEADER: &str = "X-Cabinet-Client";

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use std::fmt::Debug;

    fn read<T: DeserializeOwned + PartialEq + Debug>(unknown: T) {
        assert_eq!(serde_json::from_str::<T>("\"of a later version\"").expect("readable"), unknown);
    }

    #[test]
    fn a_value_of_a_later_version_does_not_break_a_reader() {
        read(crate::account::ForecastKind::Unknown);
        read(crate::account::Standing::Unknown);
        read(crate::bill::BillStatus::Unknown);
        read(crate::history::DoneBy::Unknown);
        read(crate::money::Currency::Unknown);
        read(crate::network::NetworkAccess::Unknown);
        read(crate::network::NetworkState::Unknown);
        read(crate::payment::PaymentStatus::Unknown);
        read(crate::profile::RequestField::Unknown);
        read(crate::quote::Act::Unknown);
        read(crate::quote::OrderStatus::Unknown);
        read(crate::settings::Theme::Unknown);
        read(crate::sms_balance::Every::Unknown);
        read(crate::staff::BankLineStatus::Unknown);
        read(crate::staff::NoticeStatus::Unknown);
        read(crate::staff_policy::ChargeWhen::Unknown);
        read(crate::staff_policy::DowngradeStart::Unknown);
        read(crate::staff_policy::MissedDays::Unknown);
        read(crate::statement::DayState::Unknown);
        read(crate::statement::EmptyReason::Unknown);
        read(crate::statement::EntryKind::Unknown);
        read(crate::support::TicketTopic::Unknown);
        read(crate::support::TicketStatus::Unknown);
        read(crate::support::MessageAuthor::Unknown);
        read(crate::support::NewsKind::Unknown);
    }
}
