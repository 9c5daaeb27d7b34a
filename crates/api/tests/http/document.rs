//! The OpenAPI document: stored as it is generated, whole, and of the addresses clients use.

use cabinet_api::openapi;
use cabinet_contract::paths;
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn the_stored_document_is_the_generated_one() {
    let stored = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi/cabinet.json");
    let text = std::fs::read_to_string(stored).unwrap_or_default();
    assert!(
        text == openapi::text(),
        "openapi/cabinet.json is old: run `cargo xtask openapi` and look at the difference"
    );
}

#[test]
fn every_operation_is_told_whole() {
    let document = openapi::document();
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let name = format!("{method} {path}");
            let text = |member: &str| operation[member].as_str().unwrap_or_default().to_owned();
            assert!(ids.insert(text("operationId")), "{name}: id used twice");
            assert!(!text("summary").is_empty() && !text("description").is_empty(), "{name}");
            assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{name}");
            let parameters = operation["parameters"].as_array().into_iter().flatten();
            let named: Vec<_> = parameters
                .filter(|one| one.get("name").is_some())
                .map(|one| (one["name"].to_string(), one["in"].to_string()))
                .collect();
            assert_eq!(
                named.iter().collect::<BTreeSet<_>>().len(),
                named.len(),
                "{name}: a parameter told twice, {named:?}"
            );
            for (status, answer) in operation["responses"].as_object().unwrap() {
                assert!(!answer["description"].as_str().unwrap_or_default().is_empty(), "{name} {status}");
                if status.starts_with(['4', '5']) {
                    assert!(answer["content"]["application/problem+json"].is_object(), "{name} {status}");
                }
            }
            if let Some(body) = operation.get("requestBody") {
                let content = &body["content"];
                let file = ["text/csv", "application/octet-stream"].map(|kind| content[kind]["example"].is_string());
                assert!(content["application/json"]["example"].is_object() || file.contains(&true), "{name}");
            }
        }
    }
    assert!(ids.contains("signIn") && ids.contains("confirmQuote"));
}

#[test]
fn clients_and_document_agree_on_addresses() {
    let document = openapi::document();
    let told: BTreeSet<&str> = document["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    let used = BTreeSet::from([
        paths::PROVIDER,
        paths::HEALTH_LIVE,
        paths::HEALTH_READY,
        paths::SIGN_IN,
        paths::RENEW,
        paths::SIGN_OUT,
        paths::RECOVERY,
        paths::RECOVERY_CONFIRM,
        paths::ME,
        paths::PROFILE,
        paths::EMAIL_VERIFICATION,
        paths::EMAIL_CONFIRM,
        paths::EMAIL_BILLS,
        paths::PHONE_VERIFICATION,
        paths::PHONE_CONFIRM,
        paths::SMS_BALANCE,
        paths::PUSH,
        paths::PUSH_DEVICE,
        paths::PASSWORD,
        paths::LOGIN,
        paths::SESSIONS,
        paths::SESSION,
        paths::SIGN_OUT_OTHERS,
        paths::SETTINGS,
        paths::HISTORY,
        paths::DATA_EXPORT,
        paths::ERASURE,
        paths::STAFF_ERASE,
        paths::STAFF_LOG,
        paths::STATEMENT,
        paths::STATEMENT_PDF,
        paths::STATEMENT_CSV,
        paths::STATEMENT_YEAR,
        paths::ENTRIES,
        paths::ENTRY,
        paths::FORECAST,
        paths::EVENTS,
        paths::BILLS,
        paths::BILL,
        paths::BILL_PDF,
        paths::RECEIPT_PDF,
        paths::PAYMENTS,
        paths::PAYMENT,
        paths::PAYMENT_PREVIEW,
        paths::TARIFFS,
        paths::PROMISED_PAYMENT,
        paths::PROMISED_PAYMENT_QUOTE,
        paths::STAFF_MONEY,
        paths::STAFF_CHARGES,
        paths::STAFF_DEBTORS,
        paths::SERVICES,
        paths::NETWORK,
        paths::TURBO_QUOTE,
        paths::PAUSE,
        paths::PAUSE_QUOTE,
        paths::PAUSE_END_QUOTE,
        paths::STATIC_IP_QUOTE,
        paths::ORDER_UNDO,
        paths::STAFF_ADDRESSES,
        paths::STAFF_ADDRESS,
        paths::STAFF_ADDRESS_PREFIX,
        paths::MY_TARIFFS,
        paths::TARIFF_CHANGE_QUOTE,
        paths::TARIFF_CHANGE,
        paths::QUOTE,
        paths::QUOTE_CONFIRM,
        paths::ORDERS,
        paths::HELP,
        paths::TICKETS,
        paths::TICKET,
        paths::TICKET_MESSAGES,
        paths::TICKET_READ,
        paths::TICKET_FILE,
        paths::TICKET_FILES,
        paths::NEWS,
        paths::NEWS_READ,
        paths::STAFF_NOTICES,
        paths::STAFF_TICKETS,
        paths::STAFF_TICKET,
        paths::STAFF_TICKET_MESSAGES,
        paths::STAFF_TICKET_FILE,
        paths::STAFF_TICKET_FILES,
        paths::STAFF_TICKET_CLOSE,
        paths::STAFF_TICKET_REOPEN,
        paths::STAFF_NEWS,
        paths::STAFF_NEWS_WITHDRAW,
        paths::STAFF_ME,
        paths::STAFF_PASSWORD,
        paths::STAFF_SUBSCRIBERS,
        paths::STAFF_SUBSCRIBER,
        paths::STAFF_PROFILE,
        paths::STAFF_CLOSE,
        paths::STAFF_SUSPEND,
        paths::STAFF_RESUME,
        paths::STAFF_RECOVERY_CODE,
        paths::STAFF_DECISION,
        paths::STAFF_EMAIL_BOUNCED,
        paths::STAFF_AUDIT,
        paths::STAFF_ENTRIES,
        paths::STAFF_BILLS,
        paths::STAFF_BILL,
        paths::STAFF_BILL_PDF,
        paths::STAFF_CATALOGUE,
        paths::STAFF_POLICY,
        paths::STAFF_REVERSAL,
        paths::STAFF_REFUND,
        paths::STAFF_CASH,
        paths::STAFF_ADJUSTMENTS,
        paths::STAFF_REQUESTS,
        paths::STAFF_REVIEW,
        paths::STAFF_PAYMENT,
        paths::STAFF_PAYMENT_DECISION,
        paths::STAFF_ORPHANS,
        paths::STAFF_RUNS,
        paths::STAFF_OUTBOX,
        paths::STAFF_OUTBOX_REPEAT,
        paths::STAFF_OUTBOX_REPEAT_ALL,
        paths::STAFF_VOUCHERS,
        paths::STAFF_VOUCHERS_CANCEL,
        paths::STAFF_CONSENTS,
        paths::STAFF_DRAWS,
        paths::STAFF_REGISTER,
        paths::STAFF_BANK_LINES,
        paths::STAFF_BANK_LINE_ASSIGN,
        paths::STAFF_BANK_LINE_DISMISS,
        paths::VOUCHER_REDEEM,
        paths::JWKS,
        paths::SECURITY_TXT,
    ]);
    assert_eq!(told, used);
}

#[test]
fn every_reference_leads_somewhere() {
    fn references(value: &Value, found: &mut BTreeSet<String>) {
        match value {
            Value::Object(members) => {
                if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                    found.insert(reference.to_owned());
                }
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            _ => {}
        }
    }
    let document = openapi::document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}
