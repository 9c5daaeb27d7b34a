//! Every address once, for server and client. All but the last three stand under [`BASE`].

/// Prefix of version 1.
pub const BASE: &str = "/api/v1";
/// The provider: name, contacts, languages.
pub const PROVIDER: &str = "/api/v1/provider";
/// The process answers.
pub const HEALTH_LIVE: &str = "/api/v1/health/live";
/// The database answers.
pub const HEALTH_READY: &str = "/api/v1/health/ready";
/// Sign in.
pub const SIGN_IN: &str = "/api/v1/auth/sign-in";
/// A new access token for a refresh token.
pub const RENEW: &str = "/api/v1/auth/renew";
/// End the session.
pub const SIGN_OUT: &str = "/api/v1/auth/sign-out";
/// What to do about a forgotten password.
pub const RECOVERY: &str = "/api/v1/auth/recovery";
/// A new password for a one-time code.
pub const RECOVERY_CONFIRM: &str = "/api/v1/auth/recovery/confirm";
/// The header.
pub const ME: &str = "/api/v1/me";
/// Names, address, contacts.
pub const PROFILE: &str = "/api/v1/me/profile";
/// A code sent to the e-mail of the profile.
pub const EMAIL_VERIFICATION: &str = "/api/v1/me/contacts/email/verification";
/// That e-mail confirmed by the code.
pub const EMAIL_CONFIRM: &str = "/api/v1/me/contacts/email/confirm";
/// A code sent to a phone of the profile.
pub const PHONE_VERIFICATION: &str = "/api/v1/me/contacts/phone/verification";
/// That phone confirmed by the code.
pub const PHONE_CONFIRM: &str = "/api/v1/me/contacts/phone/confirm";
/// What is told without asking.
pub const SMS_BALANCE: &str = "/api/v1/me/services/sms-balance";
/// Notifications to browsers.
pub const PUSH: &str = "/api/v1/me/push";
/// One browser that is told.
pub const PUSH_DEVICE: &str = "/api/v1/me/push/{id}";
/// Bills by e-mail.
pub const EMAIL_BILLS: &str = "/api/v1/me/services/email-bills";
/// Change of password.
pub const PASSWORD: &str = "/api/v1/me/password";
/// A login of one's own.
pub const LOGIN: &str = "/api/v1/me/login";
/// Where one is signed in.
pub const SESSIONS: &str = "/api/v1/me/sessions";
/// One session.
pub const SESSION: &str = "/api/v1/me/sessions/{id}";
/// End every other session.
pub const SIGN_OUT_OTHERS: &str = "/api/v1/me/sessions/sign-out-others";
/// Language, theme.
pub const SETTINGS: &str = "/api/v1/me/settings";
/// What was done to the contract.
pub const HISTORY: &str = "/api/v1/me/audit";
/// Everything kept of the caller, as an archive.
pub const DATA_EXPORT: &str = "/api/v1/me/data-export";
/// A wish that everything personal be taken away.
pub const ERASURE: &str = "/api/v1/me/erasure-request";
/// A month on the calendar.
pub const STATEMENT: &str = "/api/v1/me/statement";
/// A month as a PDF.
pub const STATEMENT_PDF: &str = "/api/v1/me/statement.pdf";
/// A month for a spreadsheet.
pub const STATEMENT_CSV: &str = "/api/v1/me/statement.csv";
/// A year, month by month.
pub const STATEMENT_YEAR: &str = "/api/v1/me/statement/years/{year}";
/// The book, page by page.
pub const ENTRIES: &str = "/api/v1/me/entries";
/// One entry.
pub const ENTRY: &str = "/api/v1/me/entries/{seq}";
/// The balance of the coming days.
pub const FORECAST: &str = "/api/v1/me/forecast";
/// Bills.
pub const BILLS: &str = "/api/v1/me/bills";
/// One bill.
pub const BILL: &str = "/api/v1/me/bills/{id}";
/// One bill as a PDF.
pub const BILL_PDF: &str = "/api/v1/me/bills/{id}/pdf";
/// Payments through gateways.
pub const PAYMENTS: &str = "/api/v1/me/payments";
/// One payment.
pub const PAYMENT: &str = "/api/v1/me/payments/{id}";
/// A payment's receipt as a PDF.
pub const RECEIPT_PDF: &str = "/api/v1/me/payments/{id}/receipt.pdf";
/// What a payment would be good for.
pub const PAYMENT_PREVIEW: &str = "/api/v1/me/payments/preview";
/// The promised payment as it stands to the caller.
pub const PROMISED_PAYMENT: &str = "/api/v1/me/promised-payment";
/// Quote a promised payment.
pub const PROMISED_PAYMENT_QUOTE: &str = "/api/v1/me/promised-payment/quote";
/// What is switched on beside the tariff.
pub const SERVICES: &str = "/api/v1/me/services";
/// The connection: what is wished, what the network took, sessions and traffic.
pub const NETWORK: &str = "/api/v1/me/network";
/// Quote Turbo.
pub const TURBO_QUOTE: &str = "/api/v1/me/turbo/quote";
/// The pause that waits: changed and taken back.
pub const PAUSE: &str = "/api/v1/me/pause";
/// Quote a pause.
pub const PAUSE_QUOTE: &str = "/api/v1/me/pause/quote";
/// Quote the early end of a pause.
pub const PAUSE_END_QUOTE: &str = "/api/v1/me/pause/end/quote";
/// Quote a static address, or giving it up.
pub const STATIC_IP_QUOTE: &str = "/api/v1/me/static-ip/quote";
/// An order undone.
pub const ORDER_UNDO: &str = "/api/v1/me/orders/{id}/undo";
/// The provider's static addresses.
pub const STAFF_ADDRESSES: &str = "/api/v1/staff/addresses";
/// One of them, given to nobody any more.
pub const STAFF_ADDRESS: &str = "/api/v1/staff/addresses/{address}";
/// The IPv6 prefix that goes with it.
pub const STAFF_ADDRESS_PREFIX: &str = "/api/v1/staff/addresses/{address}/ipv6-prefix";
/// What moves on the account, as it moves.
pub const EVENTS: &str = "/api/v1/me/events";
/// Everything staff do.
pub const STAFF: &str = "/api/v1/staff/";
/// The member of staff who asks.
pub const STAFF_ME: &str = "/api/v1/staff/me";
/// Change of a password of staff.
pub const STAFF_PASSWORD: &str = "/api/v1/staff/password";
/// A voucher redeemed.
pub const VOUCHER_REDEEM: &str = "/api/v1/me/vouchers/redeem";
/// Subscribers, found and registered.
pub const STAFF_SUBSCRIBERS: &str = "/api/v1/staff/subscribers";
/// One subscriber.
pub const STAFF_SUBSCRIBER: &str = "/api/v1/staff/subscribers/{id}";
/// A subscriber's profile.
pub const STAFF_PROFILE: &str = "/api/v1/staff/subscribers/{id}/profile";
/// The end of a contract.
pub const STAFF_CLOSE: &str = "/api/v1/staff/subscribers/{id}/close";
/// An account stopped.
pub const STAFF_SUSPEND: &str = "/api/v1/staff/subscribers/{id}/suspend";
/// An account let run again.
pub const STAFF_RESUME: &str = "/api/v1/staff/subscribers/{id}/resume";
/// A one-time code for a forgotten password.
pub const STAFF_RECOVERY_CODE: &str = "/api/v1/staff/subscribers/{id}/recovery-code";
/// A request decided.
pub const STAFF_DECISION: &str = "/api/v1/staff/subscribers/{id}/requests/{request}/decision";
/// What was done to an account.
pub const STAFF_AUDIT: &str = "/api/v1/staff/subscribers/{id}/audit";
/// Everything personal of a subscriber taken away.
pub const STAFF_ERASE: &str = "/api/v1/staff/subscribers/{id}/erase";
/// The whole log.
pub const STAFF_LOG: &str = "/api/v1/staff/audit";
/// Letters to a subscriber come back.
pub const STAFF_EMAIL_BOUNCED: &str = "/api/v1/staff/subscribers/{id}/email/bounced";
/// A subscriber's book.
pub const STAFF_ENTRIES: &str = "/api/v1/staff/subscribers/{id}/entries";
/// A subscriber's bills.
pub const STAFF_BILLS: &str = "/api/v1/staff/subscribers/{id}/bills";
/// One of them.
pub const STAFF_BILL: &str = "/api/v1/staff/subscribers/{id}/bills/{bill}";
/// The same as a PDF.
pub const STAFF_BILL_PDF: &str = "/api/v1/staff/subscribers/{id}/bills/{bill}/pdf";
/// Every tariff, as it is edited.
pub const STAFF_CATALOGUE: &str = "/api/v1/staff/catalogue";
/// The numbers of the business rules, as they are edited.
pub const STAFF_POLICY: &str = "/api/v1/staff/policy";
/// An entry undone.
pub const STAFF_REVERSAL: &str = "/api/v1/staff/subscribers/{id}/entries/{seq}/reversal";
/// A payment given back.
pub const STAFF_REFUND: &str = "/api/v1/staff/subscribers/{id}/entries/{seq}/refund";
/// Cash taken.
pub const STAFF_CASH: &str = "/api/v1/staff/subscribers/{id}/payments";
/// A sum adjusted.
pub const STAFF_ADJUSTMENTS: &str = "/api/v1/staff/subscribers/{id}/adjustments";
/// Requests that wait.
pub const STAFF_REQUESTS: &str = "/api/v1/staff/requests";
/// Payments that wait for a person.
pub const STAFF_REVIEW: &str = "/api/v1/staff/payments/review";
/// What gateways said of no payment.
pub const STAFF_ORPHANS: &str = "/api/v1/staff/payments/orphans";
/// A payment as the office sees it.
pub const STAFF_PAYMENT: &str = "/api/v1/staff/payments/{id}";
/// What a person decides of a payment.
pub const STAFF_PAYMENT_DECISION: &str = "/api/v1/staff/payments/{id}/decision";
/// Days of the daily run.
pub const STAFF_RUNS: &str = "/api/v1/staff/runs";
/// Tasks given up.
pub const STAFF_OUTBOX: &str = "/api/v1/staff/outbox";
/// A task tried again.
pub const STAFF_OUTBOX_REPEAT: &str = "/api/v1/staff/outbox/{id}/repeat";
/// Every task given up tried again.
pub const STAFF_OUTBOX_REPEAT_ALL: &str = "/api/v1/staff/outbox/repeat";
/// Series of vouchers.
pub const STAFF_VOUCHERS: &str = "/api/v1/staff/voucher-series";
/// A series taken out of use.
pub const STAFF_VOUCHERS_CANCEL: &str = "/api/v1/staff/voucher-series/{id}/cancel";
/// A bank's register taken in.
pub const STAFF_REGISTER: &str = "/api/v1/staff/registers/{name}";
/// Lines of registers that wait for a person.
pub const STAFF_BANK_LINES: &str = "/api/v1/staff/bank-lines";
/// A line credited to a contract.
pub const STAFF_BANK_LINE_ASSIGN: &str = "/api/v1/staff/bank-lines/{id}/assign";
/// A line put aside.
pub const STAFF_BANK_LINE_DISMISS: &str = "/api/v1/staff/bank-lines/{id}/dismiss";
/// What came in and went back.
pub const STAFF_MONEY: &str = "/api/v1/staff/reports/money";
/// What each tariff earned.
pub const STAFF_CHARGES: &str = "/api/v1/staff/reports/charges";
/// Who owes.
pub const STAFF_DEBTORS: &str = "/api/v1/staff/reports/debtors";
/// Who agreed to promotions or prize draws.
pub const STAFF_CONSENTS: &str = "/api/v1/staff/consents";
/// Prize draws.
pub const STAFF_DRAWS: &str = "/api/v1/staff/draws";
/// The demo's mailbox: a page for people.
pub const LETTERS: &str = "/api/v1/letters";
/// Gateways and terminals, each in its own dialect.
pub const GATEWAYS: &str = "/api/v1/gateways/";
/// The public catalogue.
pub const TARIFFS: &str = "/api/v1/tariffs";
/// The catalogue as offered to the caller.
pub const MY_TARIFFS: &str = "/api/v1/me/tariffs";
/// Quote a change of tariff.
pub const TARIFF_CHANGE_QUOTE: &str = "/api/v1/me/tariff-change/quote";
/// Cancel the planned change.
pub const TARIFF_CHANGE: &str = "/api/v1/me/tariff-change";
/// One quote.
pub const QUOTE: &str = "/api/v1/me/quotes/{id}";
/// Confirm a quote.
pub const QUOTE_CONFIRM: &str = "/api/v1/me/quotes/{id}/confirm";
/// What was ordered.
pub const ORDERS: &str = "/api/v1/me/orders";
/// The manual.
pub const HELP: &str = "/api/v1/help";
/// Requests to support.
pub const TICKETS: &str = "/api/v1/me/tickets";
/// One of them.
pub const TICKET: &str = "/api/v1/me/tickets/{id}";
/// A message more.
pub const TICKET_MESSAGES: &str = "/api/v1/me/tickets/{id}/messages";
/// How far it was read.
pub const TICKET_READ: &str = "/api/v1/me/tickets/{id}/read";
/// A file of it.
pub const TICKET_FILE: &str = "/api/v1/me/tickets/{id}/files/{file}";
/// A file for a message that follows.
pub const TICKET_FILES: &str = "/api/v1/me/ticket-files";
/// What concerns the caller.
pub const NEWS: &str = "/api/v1/news";
/// Something of that, read.
pub const NEWS_READ: &str = "/api/v1/me/news/{id}/read";
/// Requests that wait for support.
pub const STAFF_TICKETS: &str = "/api/v1/staff/tickets";
/// One of them.
pub const STAFF_TICKET: &str = "/api/v1/staff/subscribers/{id}/tickets/{ticket}";
/// What a subscriber was told without asking.
pub const STAFF_NOTICES: &str = "/api/v1/staff/subscribers/{id}/notices";
/// An answer.
pub const STAFF_TICKET_MESSAGES: &str = "/api/v1/staff/subscribers/{id}/tickets/{ticket}/messages";
/// A file for an answer that follows.
pub const STAFF_TICKET_FILES: &str = "/api/v1/staff/subscribers/{id}/ticket-files";
/// A file of it.
pub const STAFF_TICKET_FILE: &str = "/api/v1/staff/subscribers/{id}/tickets/{ticket}/files/{file}";
/// It is over.
pub const STAFF_TICKET_CLOSE: &str = "/api/v1/staff/subscribers/{id}/tickets/{ticket}/close";
/// It is not over.
pub const STAFF_TICKET_REOPEN: &str = "/api/v1/staff/subscribers/{id}/tickets/{ticket}/reopen";
/// News and planned works.
pub const STAFF_NEWS: &str = "/api/v1/staff/news";
/// One of them taken back.
pub const STAFF_NEWS_WITHDRAW: &str = "/api/v1/staff/news/{id}/withdraw";
/// This API's document.
pub const OPENAPI: &str = "/api/v1/openapi.json";
/// Keys that verify access tokens.
pub const JWKS: &str = "/.well-known/jwks.json";
/// Whom to tell of a weakness.
pub const SECURITY_TXT: &str = "/.well-known/security.txt";
/// The document for people.
pub const DOCS: &str = "/docs/";
