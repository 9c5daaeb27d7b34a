//! What staff do, an area a file. Whose each operation is, its extractor says, and `core::staff` for the document.

pub mod addresses;
pub mod bills;
pub mod book;
pub mod draws;
pub mod house;
pub mod news;
pub mod own;
pub mod payments;
pub mod registers;
pub mod reports;
pub mod subscribers;
pub mod terms;
pub mod tickets;
pub mod vouchers;

use crate::extract::IdempotencyKey;
use crate::staff::Staff;
use actix_web::HttpRequest;
use cabinet_service::Asked;
use serde::Serialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;
use uuid::Uuid;

/// Every operation of staff.
pub fn all(config: &mut ServiceConfig) {
    config.service(own::get_staff_member).service(own::change_staff_password);
    config.service(subscribers::search_subscribers).service(subscribers::register_subscriber);
    config.service(subscribers::get_subscriber).service(subscribers::edit_subscriber);
    config.service(subscribers::close_contract).service(subscribers::suspend_subscriber);
    config.service(subscribers::resume_subscriber).service(subscribers::issue_recovery_code);
    config.service(subscribers::list_requests).service(subscribers::decide_request);
    config.service(subscribers::erase_subscriber).service(house::search_log);
    config.service(subscribers::list_sent_notices);
    config.service(subscribers::list_audit).service(book::list_subscriber_entries);
    config.service(book::take_cash).service(book::reverse_entry).service(book::refund_payment);
    config.service(book::adjust_balance);
    config.service(payments::list_payments_in_review).service(house::list_orphaned_events);
    config.service(payments::get_staff_payment).service(payments::decide_payment);
    config.service(house::list_runs).service(house::list_dead_tasks).service(house::repeat_task);
    config.service(house::repeat_tasks).service(subscribers::note_bounce);
    config.service(tickets::list_staff_tickets).service(tickets::get_staff_ticket);
    config.service(tickets::get_staff_ticket_file).service(tickets::answer_ticket);
    config.service(tickets::keep_staff_ticket_file);
    config.service(tickets::close_ticket).service(tickets::reopen_ticket);
    config.service(news::list_staff_news).service(news::add_news).service(news::withdraw_news);
    config.service(vouchers::create_vouchers).service(vouchers::list_voucher_series);
    config.service(vouchers::cancel_vouchers);
    config.service(registers::import_register).service(registers::list_bank_lines);
    config.service(reports::get_money_report).service(reports::get_charges_report);
    config.service(reports::list_debtors);
    config.service(draws::list_consents).service(draws::hold_draw).service(draws::list_draws);
    config.service(addresses::add_addresses).service(addresses::list_addresses).service(addresses::withdraw_address);
    config.service(addresses::set_address_prefix);
    config.service(terms::get_catalogue).service(terms::replace_catalogue);
    config.service(terms::get_policy).service(terms::replace_policy);
    config.service(bills::list_subscriber_bills).service(bills::get_subscriber_bill);
    config.service(bills::get_subscriber_bill_pdf);
    config.service(registers::assign_bank_line).service(registers::dismiss_bank_line);
}

/// The subscriber asked about.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
#[allow(dead_code, reason = "it describes the path to the document")]
pub struct Whose {
    /// The account.
    #[param(example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")]
    id: Uuid,
}

/// Who asks, and under which key.
fn asked<R, T: Serialize>(who: &Staff<R>, key: IdempotencyKey, request: &HttpRequest, body: &T) -> Asked {
    Asked::by_member(who.id, who.role, key.of_body(request, body))
}
