//! The route table on one screen. A handler is three sentences: who, call, answer.

pub mod auth;
pub mod bills;
pub mod data;
pub mod documents;
pub mod email;
pub mod events;
pub mod gateways;
pub mod health;
pub mod help;
pub mod letters;
pub mod me;
pub mod network;
pub mod news;
pub mod payments;
pub mod phone;
pub mod profile;
pub mod promise;
pub mod provider;
pub mod push;
pub mod quotes;
pub mod radius;
pub mod services;
pub mod sessions;
pub mod settings;
pub mod sms_balance;
pub mod staff;
pub mod statement;
pub mod tariffs;
pub mod tickets;
pub mod vouchers;
pub mod well_known;

use crate::problem::{Trouble, Wire};
use crate::state::State;
use crate::{answer, assets};
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa_actix_web::scope;
use utoipa_actix_web::service_config::ServiceConfig;

/// Every operation, for the server and for the document.
pub fn all(config: &mut ServiceConfig) {
    config.service(scope("/api/v1").configure(v1));
    config.service(well_known::get_jwks);
    config.service(well_known::get_security_contact);
}

fn v1(config: &mut ServiceConfig) {
    config.service(provider::get_provider);
    config.service(health::get_liveness).service(health::get_readiness);
    config.service(auth::sign_in).service(auth::renew_session).service(auth::sign_out);
    config.service(auth::start_recovery).service(auth::confirm_recovery);
    config.service(me::get_overview).service(me::change_password).service(me::change_login);
    config.service(profile::get_profile).service(profile::update_profile);
    config.service(email::start_email_verification).service(email::confirm_email).service(email::switch_email_bills);
    config.service(phone::start_phone_verification).service(phone::confirm_phone);
    config.service(sms_balance::get_sms_balance).service(sms_balance::set_sms_balance);
    config.service(push::get_push).service(push::set_push_wishes);
    config.service(push::add_push_device).service(push::remove_push_device);
    config.service(sessions::sign_out_others).service(sessions::list_sessions).service(sessions::end_session);
    config.service(settings::get_settings).service(settings::update_settings);
    config.service(data::list_history).service(data::export_data);
    config.service(data::request_erasure).service(data::withdraw_erasure);
    config.service(statement::get_statement).service(statement::get_year).service(statement::get_forecast);
    config.service(statement::list_entries).service(statement::get_entry);
    config.service(tariffs::list_tariffs).service(tariffs::list_my_tariffs);
    config.service(tariffs::quote_tariff_change).service(tariffs::cancel_tariff_change);
    config.service(bills::list_bills).service(bills::get_bill);
    config.service(documents::get_bill_pdf).service(documents::get_receipt_pdf);
    config.service(documents::get_statement_pdf).service(documents::get_statement_csv);
    config.service(payments::preview_payment).service(payments::create_payment);
    config.service(payments::list_payments).service(payments::get_payment);
    config.service(promise::get_promised_payment).service(promise::quote_promised_payment);
    config.service(services::get_services).service(services::quote_turbo).service(services::undo_order);
    config.service(services::quote_pause).service(services::quote_pause_end).service(services::quote_static_ip);
    config.service(services::change_pause).service(services::cancel_pause);
    config.service(quotes::get_quote).service(quotes::confirm_quote).service(quotes::list_orders);
    config.service(network::get_network);
    config.service(help::get_help).service(events::listen_to_events);
    config.service(vouchers::redeem_voucher);
    config.service(tickets::list_tickets).service(tickets::open_ticket).service(tickets::get_ticket);
    config.service(tickets::write_message).service(tickets::mark_ticket_read);
    config.service(tickets::keep_ticket_file).service(tickets::get_ticket_file);
    config.service(news::list_news).service(news::mark_news_read);
    config.configure(staff::all);
    // A scope swallows every address below it, so the document stands inside.
    config.map(|plain| plain.configure(gateways::all).configure(radius::all).configure(letters::all));
    config.route("/openapi.json", web::get().to(openapi_document));
}

async fn openapi_document(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    answer::text(&request, "application/json", "public, max-age=300", state.document.clone())
}

/// Whatever no operation answers: a method not offered, an address of the API that is none, or the client's files.
pub async fn otherwise(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Trouble> {
    let path = request.path().to_owned();
    if let Some((_, methods)) = state.methods.iter().find(|(pattern, _)| pattern.is_match(&path)) {
        return Err(Trouble { allow: Some(methods.join(", ")), ..Trouble::wire(Wire::MethodNotAllowed) });
    }
    if path.starts_with("/api/") || path == "/api" || path.starts_with("/.well-known/") {
        return Err(Wire::NotFound.into());
    }
    if request.method() == Method::POST && path.starts_with("/pay/") {
        // Some gateways post their payers back; what they post means nothing here.
        return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, path)).finish());
    }
    if request.method() != Method::GET {
        return Err(Trouble { allow: Some("GET, HEAD".to_owned()), ..Trouble::wire(Wire::MethodNotAllowed) });
    }
    assets::asset(request, state).await
}
