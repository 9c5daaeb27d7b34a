//! Typed client of the cabinet's API, the same interface natively and in the browser.
//!
//! Methods are named like the operations of the OpenAPI document. The access token is kept in memory and renewed
//! by itself: shortly before it ends, or once when the server no longer takes it; requests that need it at the same
//! time wait for one renewal. Natively the refresh token travels in bodies; in the browser it stays in a cookie that
//! this code never sees, and that another tab may have exchanged for somebody else's: a request begun as one person is
//! never sent as another ([`Error::AnotherPerson`]).
//!
//! Requests that move money take a key of the caller's: make one with [`fresh_key`] when the question is put to the
//! person, and give the same one however often the button is pressed.

mod error;
mod events;
mod gate;
mod token;
mod transport;
mod tree;

pub use error::Error;
pub use events::Heard;
#[cfg(not(target_arch = "wasm32"))]
pub use transport::Clock;
pub use transport::{Answer, File, Method, Request};
pub use tree::{Wrong, from_text, from_value};

use cabinet_contract::account::{Forecast, Overview};
use cabinet_contract::auth::{
    ChangeLogin, ChangePassword, ConfirmRecovery, Delivery, RecoveryNext, Refresh, SignIn, StartRecovery, Tokens,
};
use cabinet_contract::bill::{Bill, BillBrief};
use cabinet_contract::export::ExportData;
use cabinet_contract::help::Help;
use cabinet_contract::history::HistoryRow;
use cabinet_contract::network::Network;
use cabinet_contract::page::Page;
use cabinet_contract::payment::{CreatePayment, Payment, PaymentPreview, RedeemVoucher};
use cabinet_contract::problem::{Problem, code};
use cabinet_contract::profile::{
    ConfirmEmail, ConfirmPhone, EmailBills, EmailVerification, PhoneVerification, Profile, StartPhoneVerification,
    UpdateProfile,
};
use cabinet_contract::promise::PromisedPayment;
use cabinet_contract::provider::Provider;
use cabinet_contract::push::{Push, PushWishes};
use cabinet_contract::quote::{Order, Quote};
use cabinet_contract::services::{PauseWish, QuoteStaticIp, QuoteTurbo, Services, StaticIpWish};
use cabinet_contract::session::Sessions;
use cabinet_contract::settings::{Settings, UpdateSettings};
use cabinet_contract::sms_balance::{SmsBalance, SmsBalanceWishes};
use cabinet_contract::statement::{Entry, Statement, Year};
use cabinet_contract::support::{
    NewsItem, OpenTicket, ReadThrough, Ticket, TicketFile, TicketSent, TicketThread, WriteMessage,
};
use cabinet_contract::tariff::{MyTariffs, QuoteTariffChange, Tariffs};
use cabinet_contract::{CLIENT_HEADER, IDEMPOTENCY_KEY, paths};
use cabinet_core::{Language, Money, Month};
use events::Lines;
use gate::Gate;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use time::Date;
use transport::Transport;
use uuid::Uuid;

/// Renew when less than this is left of the access token.
const EARLY_MS: u64 = 30_000;

/// An answer on its way.
#[cfg(not(target_arch = "wasm32"))]
pub type Pending<'a> = Pin<Box<dyn Future<Output = Result<Answer>> + Send + 'a>>;
/// An answer on its way; the browser has one thread.
#[cfg(target_arch = "wasm32")]
pub type Pending<'a> = Pin<Box<dyn Future<Output = Result<Answer>> + 'a>>;

/// A file on its way.
#[cfg(not(target_arch = "wasm32"))]
pub type PendingFile<'a> = Pin<Box<dyn Future<Output = Result<File>> + Send + 'a>>;
/// A file on its way; the browser has one thread.
#[cfg(target_arch = "wasm32")]
pub type PendingFile<'a> = Pin<Box<dyn Future<Output = Result<File>> + 'a>>;

/// What an operation gives.
pub type Result<T> = std::result::Result<T, Error>;

/// The API of one server, as one person sees it. Clones share the session.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    transport: Transport,
    delivery: Delivery,
    state: Mutex<State>,
    renewal: Gate,
}

#[derive(Default)]
struct State {
    language: Language,
    session: Option<Held>,
}

/// The tokens in hand.
#[derive(Clone)]
struct Held {
    access: String,
    ends_ms: u64,
    refresh: Option<String>,
}

/// Which entries of the book are asked for.
#[derive(Clone, Debug, Default)]
pub struct EntriesQuery {
    /// From this posted day on.
    pub from: Option<Date>,
    /// Until this posted day.
    pub to: Option<Date>,
    /// Only of this kind, as the wire writes it.
    pub kind: Option<String>,
    /// `next` of the page before.
    pub cursor: Option<String>,
    /// Rows of a page, at most 100.
    pub limit: Option<u32>,
}

/// A new idempotency key.
pub fn fresh_key() -> Uuid {
    let mut bytes = [0; 16];
    fill_with_chance(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

#[cfg(not(target_arch = "wasm32"))]
#[allow(clippy::disallowed_methods, reason = "the client's one source of chance")]
fn fill_with_chance(bytes: &mut [u8; 16]) {
    *bytes = Uuid::new_v4().into_bytes();
}

#[cfg(target_arch = "wasm32")]
fn fill_with_chance(bytes: &mut [u8; 16]) {
    let filled = web_sys::window()
        .and_then(|window| window.crypto().ok())
        .and_then(|crypto| crypto.get_random_values_with_u8_array(bytes).ok());
    if filled.is_none() {
        // Every browser that runs wasm has the call above; without it a key need only be unlikely to repeat.
        bytes.fill_with(|| (js_sys::Math::random() * 256.0) as u8);
    }
}

impl Client {
    /// `base` is the server's address without a path, `http://127.0.0.1:8080`; empty in the browser: the page's own.
    /// An answer that takes longer than 15 seconds counts as none.
    pub fn new(base: &str) -> Client {
        Client::over(Transport::new(base))
    }

    /// The same with a clock of the caller's, in milliseconds, and with other patience.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn with_clock(base: &str, clock: Clock, patience: std::time::Duration) -> Client {
        Client::over(Transport::with_clock(base, clock, patience))
    }

    fn over(transport: Transport) -> Client {
        let delivery = if cfg!(target_arch = "wasm32") { Delivery::Cookie } else { Delivery::Body };
        Client { inner: Arc::new(Inner { transport, delivery, state: Mutex::default(), renewal: Gate::default() }) }
    }

    /// The language in which the server words its texts from now on.
    pub fn speak(&self, language: Language) {
        self.state().language = language;
    }

    /// Whether an access token is in hand.
    pub fn signed_in(&self) -> bool {
        self.state().session.is_some()
    }

    /// The access token in hand, for tools that send requests of their own.
    pub fn access_token(&self) -> Option<String> {
        self.state().session.as_ref().map(|held| held.access.clone())
    }

    /// Whose the access token in hand is: the id of the account.
    pub fn account(&self) -> Option<String> {
        token::subject(&self.access_token()?)
    }

    /// The refresh token in hand; never in the browser, where a cookie holds it.
    pub fn refresh_token(&self) -> Option<String> {
        self.state().session.as_ref().and_then(|held| held.refresh.clone())
    }

    /// Drops the tokens in hand; the server is not told.
    pub fn forget(&self) {
        self.state().session = None;
    }

    /// Takes up a session whose refresh token was kept: the next request renews it.
    pub fn resume(&self, refresh_token: String) {
        self.state().session = Some(Held { access: String::new(), ends_ms: 0, refresh: Some(refresh_token) });
    }

    /// `getProvider`.
    pub async fn provider(&self) -> Result<Provider> {
        self.open(Request::new(Method::Get, paths::PROVIDER)).await
    }

    /// `signIn`: opens a session and keeps its tokens.
    pub async fn sign_in(&self, login: &str, password: &str) -> Result<Tokens> {
        let body = SignIn { login: login.to_owned(), password: password.to_owned(), delivery: self.inner.delivery };
        let tokens = self.open(with_body(Method::Post, paths::SIGN_IN, &body)).await?;
        self.keep(&tokens);
        Ok(tokens)
    }

    /// `renewSession`: a new access token for the refresh token in hand or in the cookie.
    pub async fn renew(&self) -> Result<Tokens> {
        let _pass = self.inner.renewal.enter().await;
        self.renew_now().await
    }

    /// `signOut`: ends the session; the tokens are forgotten whatever the server answers.
    pub async fn sign_out(&self) -> Result<()> {
        // A renewal on its way would otherwise bring a token that nobody ends.
        let _pass = self.inner.renewal.enter().await;
        let refresh_token = self.refresh_token();
        let request = self.authorized(with_body(Method::Post, paths::SIGN_OUT, &Refresh { refresh_token }));
        self.forget();
        let answer = self.send(&request).await?;
        done(&answer)
    }

    /// `startRecovery`: what to do about a forgotten password.
    pub async fn start_recovery(&self, login: &str) -> Result<RecoveryNext> {
        self.open(with_body(Method::Post, paths::RECOVERY, &StartRecovery { login: login.to_owned() })).await
    }

    /// `confirmRecovery`: a new password for a one-time code.
    pub async fn confirm_recovery(&self, login: &str, code: &str, new_password: &str) -> Result<()> {
        let body =
            ConfirmRecovery { login: login.to_owned(), code: code.to_owned(), new_password: new_password.to_owned() };
        let answer = self.send(&with_body(Method::Post, paths::RECOVERY_CONFIRM, &body)).await?;
        done(&answer)
    }

    /// `getOverview`: the header.
    pub async fn overview(&self) -> Result<Overview> {
        self.own(Request::new(Method::Get, paths::ME)).await
    }

    /// The same with the text it came in, for whoever keeps it to be shown without a network; [`from_text`] reads it again.
    pub async fn overview_and_text(&self) -> Result<(Overview, String)> {
        let answer = self.as_myself(Request::new(Method::Get, paths::ME)).await?;
        Ok((parsed(&answer)?, answer.body))
    }

    /// `listenToEvents`: tells of what moves on the account until the stream ends, with the access token at the latest.
    /// What moved before [`Heard::Opened`] was not told.
    #[cfg(not(target_arch = "wasm32"))]
    pub async fn listen(&self, mut heard: impl FnMut(Heard) + Send) -> Result<()> {
        self.listen_to(&mut heard).await
    }

    /// `listenToEvents`: tells of what moves on the account until the stream ends, with the access token at the latest.
    /// What moved before [`Heard::Opened`] was not told.
    #[cfg(target_arch = "wasm32")]
    pub async fn listen(&self, mut heard: impl FnMut(Heard)) -> Result<()> {
        self.listen_to(&mut heard).await
    }

    async fn listen_to(&self, heard: events::Listener<'_>) -> Result<()> {
        self.renew_if_ending().await?;
        let request = self.authorized(Request::new(Method::Get, paths::EVENTS));
        let mut lines = Lines::default();
        let mut hear = |chunk: &[u8]| lines.take(chunk, heard);
        match self.inner.transport.listen(&request, &mut hear).await {
            Ok(answer) => done(&answer),
            Err(unreached) => Err(Error::Offline(unreached.0)),
        }
    }

    /// `getStatement`: a month on the calendar; the present one if none is named.
    pub async fn statement(&self, month: Option<Month>) -> Result<Statement> {
        self.own(Request::new(Method::Get, of_month(paths::STATEMENT, month))).await
    }

    /// `getYear`: a year, month by month.
    pub async fn year(&self, year: i32) -> Result<Year> {
        self.own(Request::new(Method::Get, paths::STATEMENT_YEAR.replace("{year}", &year.to_string()))).await
    }

    /// `getStatementPdf`: a month to be read; the present one if none is named.
    pub fn statement_pdf(&self, month: Option<Month>) -> PendingFile<'_> {
        self.file(of_month(paths::STATEMENT_PDF, month))
    }

    /// `getStatementCsv`: a month for a spreadsheet; the present one if none is named.
    pub fn statement_csv(&self, month: Option<Month>) -> PendingFile<'_> {
        self.file(of_month(paths::STATEMENT_CSV, month))
    }

    /// `listEntries`: the book page by page, the newest first.
    pub async fn entries(&self, query: &EntriesQuery) -> Result<Page<Entry>> {
        let mut path = Query::new(paths::ENTRIES);
        path.add("from", query.from.map(|day| day.to_string()));
        path.add("to", query.to.map(|day| day.to_string()));
        path.add("kind", query.kind.clone());
        path.add("cursor", query.cursor.clone());
        path.add("limit", query.limit.map(|rows| rows.to_string()));
        self.own(Request::new(Method::Get, path.text)).await
    }

    /// `getEntry`.
    pub async fn entry(&self, seq: i64) -> Result<Entry> {
        self.own(Request::new(Method::Get, paths::ENTRY.replace("{seq}", &seq.to_string()))).await
    }

    /// `getForecast`: the balance of the coming days.
    pub async fn forecast(&self, days: Option<u16>) -> Result<Forecast> {
        let mut path = Query::new(paths::FORECAST);
        path.add("days", days.map(|days| days.to_string()));
        self.own(Request::new(Method::Get, path.text)).await
    }

    /// `listBills`: the newest first.
    pub async fn bills(&self, cursor: Option<&str>) -> Result<Page<BillBrief>> {
        let mut path = Query::new(paths::BILLS);
        path.add("cursor", cursor.map(str::to_owned));
        self.own(Request::new(Method::Get, path.text)).await
    }

    /// `getBill`: the one dated the 1st of a month, line by line.
    pub async fn bill(&self, dated: Month) -> Result<Bill> {
        self.own(Request::new(Method::Get, paths::BILL.replace("{id}", &dated.to_string()))).await
    }

    /// `getBillPdf`: the one dated the 1st of a month, on paper.
    pub fn bill_pdf(&self, dated: Month) -> PendingFile<'_> {
        self.file(paths::BILL_PDF.replace("{id}", &dated.to_string()))
    }

    /// `previewPayment`: what paying would be good for, and what a sum would do.
    pub async fn payment_preview(&self, amount: Option<Money>) -> Result<PaymentPreview> {
        let mut path = Query::new(paths::PAYMENT_PREVIEW);
        path.add("amount", amount.map(|amount| amount.to_string()));
        self.own(Request::new(Method::Get, path.text)).await
    }

    /// `createPayment`: orders a payment; its payer goes where it says.
    pub async fn create_payment(&self, wish: &CreatePayment, key: Uuid) -> Result<Payment> {
        self.own(keyed(with_body(Method::Post, paths::PAYMENTS, wish), key)).await
    }

    /// `listPayments`: the newest first.
    pub async fn payments(&self, cursor: Option<&str>) -> Result<Page<Payment>> {
        let mut path = Query::new(paths::PAYMENTS);
        path.add("cursor", cursor.map(str::to_owned));
        self.own(Request::new(Method::Get, path.text)).await
    }

    /// `getPayment`: where it stands.
    pub async fn payment(&self, id: Uuid) -> Result<Payment> {
        self.own(Request::new(Method::Get, paths::PAYMENT.replace("{id}", &id.to_string()))).await
    }

    /// `redeemVoucher`: its nominal goes to the balance.
    pub async fn redeem_voucher(&self, code: &str, key: Uuid) -> Result<Entry> {
        let body = RedeemVoucher { code: code.to_owned() };
        self.own(keyed(with_body(Method::Post, paths::VOUCHER_REDEEM, &body), key)).await
    }

    /// `getPromisedPayment`: what one taken now would be, and why it cannot be.
    pub async fn promised_payment(&self) -> Result<PromisedPayment> {
        self.own(Request::new(Method::Get, paths::PROMISED_PAYMENT)).await
    }

    /// `quotePromisedPayment`: what taking one would do.
    pub async fn quote_promised_payment(&self) -> Result<Quote> {
        self.own(Request::new(Method::Post, paths::PROMISED_PAYMENT_QUOTE)).await
    }

    /// `getServices`: what is switched on beside the tariff.
    pub async fn services(&self) -> Result<Services> {
        self.own(Request::new(Method::Get, paths::SERVICES)).await
    }

    /// `getNetwork`: how the connection stands.
    pub async fn network(&self) -> Result<Network> {
        self.own(Request::new(Method::Get, paths::NETWORK)).await
    }

    /// `quoteTurbo`: what Turbo of an option would do.
    pub async fn quote_turbo(&self, option: &str) -> Result<Quote> {
        let body = QuoteTurbo { option: option.to_owned() };
        self.own(with_body(Method::Post, paths::TURBO_QUOTE, &body)).await
    }

    /// `quotePause`: what a pause would do.
    pub async fn quote_pause(&self, wish: PauseWish) -> Result<Quote> {
        self.own(with_body(Method::Post, paths::PAUSE_QUOTE, &wish)).await
    }

    /// `quotePauseEnd`: what ending the pause would do.
    pub async fn quote_pause_end(&self) -> Result<Quote> {
        self.own(Request::new(Method::Post, paths::PAUSE_END_QUOTE)).await
    }

    /// `changePause`: moves the pause that waits.
    pub async fn change_pause(&self, wish: PauseWish, key: Uuid) -> Result<Order> {
        self.own(keyed(with_body(Method::Patch, paths::PAUSE, &wish), key)).await
    }

    /// `cancelPause`: takes the pause that waits back.
    pub async fn cancel_pause(&self, key: Uuid) -> Result<Order> {
        self.own(keyed(Request::new(Method::Delete, paths::PAUSE), key)).await
    }

    /// `quoteStaticIp`: what connecting a static address, or giving it up, would do.
    pub async fn quote_static_ip(&self, wish: StaticIpWish) -> Result<Quote> {
        self.own(with_body(Method::Post, paths::STATIC_IP_QUOTE, &QuoteStaticIp { wish })).await
    }

    /// `undoOrder`: takes back what was ordered by mistake.
    pub async fn undo_order(&self, id: Uuid, key: Uuid) -> Result<Order> {
        let path = paths::ORDER_UNDO.replace("{id}", &id.to_string());
        self.own(keyed(Request::new(Method::Post, path), key)).await
    }

    /// `getReceiptPdf`: the receipt of a payment that is on the balance.
    pub fn receipt_pdf(&self, id: Uuid) -> PendingFile<'_> {
        self.file(paths::RECEIPT_PDF.replace("{id}", &id.to_string()))
    }

    /// `listTariffs`: the public catalogue.
    pub async fn tariffs(&self) -> Result<Tariffs> {
        self.open(Request::new(Method::Get, paths::TARIFFS)).await
    }

    /// `listMyTariffs`: the catalogue as offered to the caller.
    pub async fn my_tariffs(&self) -> Result<MyTariffs> {
        self.own(Request::new(Method::Get, paths::MY_TARIFFS)).await
    }

    /// `quoteTariffChange`: what a change would do.
    pub async fn quote_tariff_change(&self, tariff: &str) -> Result<Quote> {
        let body = QuoteTariffChange { tariff: tariff.to_owned() };
        self.own(with_body(Method::Post, paths::TARIFF_CHANGE_QUOTE, &body)).await
    }

    /// `cancelTariffChange`: takes the planned change back.
    pub async fn cancel_tariff_change(&self, key: Uuid) -> Result<Order> {
        self.own(keyed(Request::new(Method::Delete, paths::TARIFF_CHANGE), key)).await
    }

    /// `getQuote`.
    pub async fn quote(&self, id: Uuid) -> Result<Quote> {
        self.own(Request::new(Method::Get, paths::QUOTE.replace("{id}", &id.to_string()))).await
    }

    /// `confirmQuote`: does exactly what was quoted.
    pub async fn confirm_quote(&self, id: Uuid, key: Uuid) -> Result<Order> {
        let path = paths::QUOTE_CONFIRM.replace("{id}", &id.to_string());
        self.own(keyed(Request::new(Method::Post, path), key)).await
    }

    /// `listOrders`: what was ordered, the newest first.
    pub async fn orders(&self, cursor: Option<&str>) -> Result<Page<Order>> {
        let mut path = Query::new(paths::ORDERS);
        path.add("cursor", cursor.map(str::to_owned));
        self.own(Request::new(Method::Get, path.text)).await
    }

    /// `getProfile`.
    pub async fn profile(&self) -> Result<Profile> {
        self.own(Request::new(Method::Get, paths::PROFILE)).await
    }

    /// `updateProfile`: absent members stay as they are.
    pub async fn update_profile(&self, changes: &UpdateProfile) -> Result<Profile> {
        self.own(with_body(Method::Patch, paths::PROFILE, changes)).await
    }

    /// `startEmailVerification`: has a code sent to the e-mail of the profile.
    pub async fn start_email_verification(&self) -> Result<EmailVerification> {
        self.own(Request::new(Method::Post, paths::EMAIL_VERIFICATION)).await
    }

    /// `confirmEmail`: confirms that e-mail by the code.
    pub async fn confirm_email(&self, code: &str) -> Result<Profile> {
        self.own(with_body(Method::Post, paths::EMAIL_CONFIRM, &ConfirmEmail { code: code.to_owned() })).await
    }

    /// `startPhoneVerification`: has a code sent to one of the profile's phones.
    pub async fn start_phone_verification(&self, phone: &str) -> Result<PhoneVerification> {
        let body = StartPhoneVerification { phone: phone.to_owned() };
        self.own(with_body(Method::Post, paths::PHONE_VERIFICATION, &body)).await
    }

    /// `confirmPhone`: confirms that phone by the code.
    pub async fn confirm_phone(&self, code: &str) -> Result<Profile> {
        self.own(with_body(Method::Post, paths::PHONE_CONFIRM, &ConfirmPhone { code: code.to_owned() })).await
    }

    /// `getSmsBalance`.
    pub async fn sms_balance(&self) -> Result<SmsBalance> {
        self.own(Request::new(Method::Get, paths::SMS_BALANCE)).await
    }

    /// `setSmsBalance`: all that is wished.
    pub async fn set_sms_balance(&self, wishes: &SmsBalanceWishes) -> Result<SmsBalance> {
        self.own(with_body(Method::Put, paths::SMS_BALANCE, wishes)).await
    }

    /// `getPush`: notifications to browsers.
    pub async fn push(&self) -> Result<Push> {
        self.own(Request::new(Method::Get, paths::PUSH)).await
    }

    /// `setPushWishes`: all that is wished.
    pub async fn set_push_wishes(&self, wishes: &PushWishes) -> Result<Push> {
        self.own(with_body(Method::Put, paths::PUSH, wishes)).await
    }

    /// `addPushDevice`: a browser's `PushSubscription`, as it puts itself into JSON.
    pub async fn add_push_device(&self, subscription: String) -> Result<Push> {
        self.own(Request { body: Some(subscription), ..Request::new(Method::Post, paths::PUSH) }).await
    }

    /// `removePushDevice`.
    pub async fn remove_push_device(&self, id: Uuid) -> Result<()> {
        let path = paths::PUSH_DEVICE.replace("{id}", &id.to_string());
        done(&self.as_myself(Request::new(Method::Delete, path)).await?)
    }

    /// `switchEmailBills`: bills by e-mail, or no more.
    pub async fn switch_email_bills(&self, enabled: bool) -> Result<Profile> {
        self.own(with_body(Method::Put, paths::EMAIL_BILLS, &EmailBills { enabled })).await
    }

    /// `changePassword`: other sessions end, this one gets new tokens.
    pub async fn change_password(&self, old_password: &str, new_password: &str) -> Result<Tokens> {
        let body = ChangePassword { old_password: old_password.to_owned(), new_password: new_password.to_owned() };
        let tokens = self.own(with_body(Method::Put, paths::PASSWORD, &body)).await?;
        self.keep(&tokens);
        Ok(tokens)
    }

    /// `changeLogin`: a login of one's own.
    pub async fn change_login(&self, login: &str, password: &str) -> Result<()> {
        let body = ChangeLogin { login: login.to_owned(), password: password.to_owned() };
        done(&self.as_myself(with_body(Method::Put, paths::LOGIN, &body)).await?)
    }

    /// `listSessions`.
    pub async fn sessions(&self) -> Result<Sessions> {
        self.own(Request::new(Method::Get, paths::SESSIONS)).await
    }

    /// `endSession`.
    pub async fn end_session(&self, id: Uuid) -> Result<()> {
        let path = paths::SESSION.replace("{id}", &id.to_string());
        done(&self.as_myself(Request::new(Method::Delete, path)).await?)
    }

    /// `signOutOthers`: ends every session but this one.
    pub async fn sign_out_others(&self) -> Result<()> {
        done(&self.as_myself(Request::new(Method::Post, paths::SIGN_OUT_OTHERS)).await?)
    }

    /// `listHistory`: what was done to the contract, the newest first.
    pub async fn history(&self, cursor: Option<&str>) -> Result<Page<HistoryRow>> {
        let mut path = Query::new(paths::HISTORY);
        path.add("cursor", cursor.map(str::to_owned));
        self.own(Request::new(Method::Get, path.text)).await
    }

    /// `exportData`: everything kept of the caller, as an archive.
    pub fn export_data(&self, password: &str) -> PendingFile<'_> {
        let body = ExportData { password: password.to_owned() };
        self.file_of(with_body(Method::Post, paths::DATA_EXPORT, &body))
    }

    /// `requestErasure`, or `withdrawErasure`.
    pub async fn wish_erasure(&self, wish: bool) -> Result<()> {
        let method = if wish { Method::Post } else { Method::Delete };
        done(&self.as_myself(Request::new(method, paths::ERASURE)).await?)
    }

    /// `getSettings`.
    pub async fn settings(&self) -> Result<Settings> {
        self.own(Request::new(Method::Get, paths::SETTINGS)).await
    }

    /// `updateSettings`.
    pub async fn update_settings(&self, settings: &Settings) -> Result<Settings> {
        let wish = UpdateSettings { language: settings.language, theme: settings.theme };
        self.own(with_body(Method::Put, paths::SETTINGS, &wish)).await
    }

    /// `getHelp`: the manual in the language spoken.
    pub async fn help(&self) -> Result<Help> {
        self.open(Request::new(Method::Get, paths::HELP)).await
    }

    /// `listTickets`: requests to support, the newest first.
    pub async fn tickets(&self, cursor: Option<&str>) -> Result<Page<Ticket>> {
        let mut path = Query::new(paths::TICKETS);
        path.add("cursor", cursor.map(str::to_owned));
        self.own(Request::new(Method::Get, path.text)).await
    }

    /// `getTicket`.
    pub async fn ticket(&self, id: Uuid) -> Result<TicketThread> {
        self.own(Request::new(Method::Get, paths::TICKET.replace("{id}", &id.to_string()))).await
    }

    /// `openTicket`.
    pub async fn open_ticket(&self, ticket: &OpenTicket, key: Uuid) -> Result<TicketSent> {
        self.own(keyed(with_body(Method::Post, paths::TICKETS, ticket), key)).await
    }

    /// `writeMessage`.
    pub async fn write_message(&self, ticket: Uuid, message: &WriteMessage, key: Uuid) -> Result<TicketSent> {
        let path = paths::TICKET_MESSAGES.replace("{id}", &ticket.to_string());
        self.own(keyed(with_body(Method::Post, &path, message), key)).await
    }

    /// `markTicketRead`: as far as a message.
    pub async fn mark_ticket_read(&self, ticket: Uuid, through: i64) -> Result<()> {
        let path = paths::TICKET_READ.replace("{id}", &ticket.to_string());
        done(&self.as_myself(with_body(Method::Put, &path, &ReadThrough { through })).await?)
    }

    /// `keepTicketFile`: a file for a message that follows.
    pub async fn keep_ticket_file(&self, name: &str, bytes: Vec<u8>) -> Result<TicketFile> {
        let mut path = Query::new(paths::TICKET_FILES);
        path.add("name", Some(name.to_owned()));
        self.own(Request { bytes: Some(bytes), ..Request::new(Method::Post, path.text) }).await
    }

    /// `getTicketFile`.
    pub fn ticket_file(&self, ticket: Uuid, file: Uuid) -> PendingFile<'_> {
        let path = paths::TICKET_FILE.replace("{id}", &ticket.to_string());
        self.file(path.replace("{file}", &file.to_string()))
    }

    /// `listNews`: what concerns the caller, in the language spoken.
    pub async fn news(&self) -> Result<Page<NewsItem>> {
        self.own(Request::new(Method::Get, paths::NEWS)).await
    }

    /// `markNewsRead`.
    pub async fn mark_news_read(&self, id: Uuid) -> Result<()> {
        let path = paths::NEWS_READ.replace("{id}", &id.to_string());
        done(&self.as_myself(Request::new(Method::Put, path)).await?)
    }

    /// Sends a request as it is, without a session: for what this client does not name.
    pub async fn send(&self, request: &Request) -> Result<Answer> {
        let mut request = request.clone();
        if !request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept-language")) {
            let language = self.state().language.code().to_owned();
            request.headers.push(("Accept-Language", language));
        }
        if self.inner.delivery == Delivery::Cookie {
            request.headers.push((CLIENT_HEADER, "web".to_owned()));
        }
        self.inner.transport.send(&request).await.map_err(|unreached| Error::Offline(unreached.0))
    }

    /// Sends a request with the access token, renewing it where needed.
    pub fn as_myself(&self, request: Request) -> Pending<'_> {
        // One type for every operation: the browser's build would repeat the whole of it for each otherwise.
        Box::pin(self.renewed(request))
    }

    async fn renewed(&self, request: Request) -> Result<Answer> {
        let account = self.account();
        self.renew_if_ending().await?;
        self.still_of(account.as_deref())?;
        let used = self.access_token();
        let answer = self.send(&self.authorized(request.clone())).await?;
        if !token_refused(&answer) {
            return Ok(answer);
        }
        {
            let _pass = self.inner.renewal.enter().await;
            // Another request may have renewed it while this one waited.
            if self.access_token() == used {
                self.renew_now().await?;
            }
        }
        self.still_of(account.as_deref())?;
        self.send(&self.authorized(request)).await
    }

    /// What one person began is not sent with the token of another, nor of nobody.
    fn still_of(&self, account: Option<&str>) -> Result<()> {
        match (account, self.account()) {
            (None, _) => Ok(()),
            (Some(_), None) if !self.signed_in() => Err(Error::Problem(Box::new(no_session()))),
            (Some(before), now) if now.as_deref() == Some(before) => Ok(()),
            (Some(_), _) => Err(Error::AnotherPerson),
        }
    }

    async fn own<T: DeserializeOwned>(&self, request: Request) -> Result<T> {
        parsed(&self.as_myself(request).await?)
    }

    fn file(&self, path: String) -> PendingFile<'_> {
        self.file_of(Request::new(Method::Get, path))
    }

    fn file_of(&self, request: Request) -> PendingFile<'_> {
        Box::pin(async move {
            let answer = self.as_myself(request).await?;
            done(&answer)?;
            let nothing = || Error::Unexpected { status: answer.status, what: "an answer without a file".to_owned() };
            answer.file.clone().ok_or_else(nothing)
        })
    }

    async fn open<T: DeserializeOwned>(&self, request: Request) -> Result<T> {
        let sent: Pending<'_> = Box::pin(self.send(&request));
        parsed(&sent.await?)
    }

    async fn renew_if_ending(&self) -> Result<()> {
        if !self.is_ending() {
            return Ok(());
        }
        let _pass = self.inner.renewal.enter().await;
        if self.is_ending() {
            match self.renew_now().await {
                // The old token is good for the rest of its time, whatever troubles the renewal now.
                Err(_) if self.lasts(0) => {}
                Err(error) => return Err(error),
                Ok(_) => {}
            }
        }
        Ok(())
    }

    fn is_ending(&self) -> bool {
        self.signed_in() && !self.lasts(EARLY_MS)
    }

    /// Whether the access token in hand is good for longer than this.
    fn lasts(&self, longer_ms: u64) -> bool {
        let from = self.inner.transport.now_ms() + longer_ms;
        self.state().session.as_ref().is_some_and(|held| held.ends_ms > from)
    }

    async fn renew_now(&self) -> Result<Tokens> {
        let refresh_token = self.refresh_token();
        if refresh_token.is_none() && self.inner.delivery == Delivery::Body {
            return Err(Error::Problem(Box::new(no_session())));
        }
        let account = self.account();
        let request = with_body(Method::Post, paths::RENEW, &Refresh { refresh_token });
        let mut result = self.open::<Tokens>(request.clone()).await;
        if let Err(Error::Offline(_)) = result {
            // The answer may be lost after the server exchanged the token: asked soon again it gives the same one.
            result = self.open(request).await;
        }
        match result {
            // The cookie is somebody else's by now: another tab signed in.
            Ok(tokens) if account.is_some() && token::subject(&tokens.access_token) != account => {
                self.forget();
                Err(Error::AnotherPerson)
            }
            Ok(tokens) => {
                self.keep(&tokens);
                Ok(tokens)
            }
            Err(error) => {
                if error.status().is_some_and(|status| matches!(status, 400 | 401 | 403)) {
                    self.forget();
                }
                Err(error)
            }
        }
    }

    fn authorized(&self, request: Request) -> Request {
        match self.access_token() {
            Some(token) if !token.is_empty() => request.header("Authorization", format!("Bearer {token}")),
            _ => request,
        }
    }

    fn keep(&self, tokens: &Tokens) {
        let ends_ms = self.inner.transport.now_ms() + tokens.expires_in * 1000;
        let mut state = self.state();
        let before = state.session.take().and_then(|held| held.refresh);
        let refresh = tokens.refresh_token.clone().or(before);
        state.session = Some(Held { access: tokens.access_token.clone(), ends_ms, refresh });
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A path with its query, each value escaped.
struct Query {
    text: String,
}

impl Query {
    fn new(path: &str) -> Query {
        Query { text: path.to_owned() }
    }

    fn add(&mut self, name: &str, value: Option<String>) {
        let Some(value) = value else { return };
        self.text.push(if self.text.contains('?') { '&' } else { '?' });
        self.text.push_str(name);
        self.text.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                self.text.push(char::from(byte));
            } else {
                self.text.push_str(&format!("%{byte:02X}"));
            }
        }
    }
}

fn of_month(path: &str, month: Option<Month>) -> String {
    month.map_or_else(|| path.to_owned(), |month| format!("{path}?month={month}"))
}

fn with_body<T: Serialize>(method: Method, path: &str, body: &T) -> Request {
    let text = serde_json::to_string(body).expect("a request of the contract is always JSON");
    Request { body: Some(text), ..Request::new(method, path) }
}

fn keyed(request: Request, key: Uuid) -> Request {
    request.header(IDEMPOTENCY_KEY, key.to_string())
}

fn parsed<T: DeserializeOwned>(answer: &Answer) -> Result<T> {
    done(answer)?;
    tree::from_text(&answer.body).map_err(|error| Error::Unexpected { status: answer.status, what: error.to_string() })
}

fn done(answer: &Answer) -> Result<()> {
    if (200..300).contains(&answer.status) {
        return Ok(());
    }
    Err(match tree::from_text::<Problem>(&answer.body) {
        Ok(problem) => Error::Problem(Box::new(problem)),
        Err(_) => {
            Error::Unexpected { status: answer.status, what: "an error without application/problem+json".to_owned() }
        }
    })
}

/// Whether the access token was the trouble; a wrong present password is a 401 that a new token would not cure.
fn token_refused(answer: &Answer) -> bool {
    answer.status == 401
        && tree::from_text::<Problem>(&answer.body)
            .map_or(true, |problem| [code::UNAUTHENTICATED, "session_ended"].contains(&problem.code.as_str()))
}

/// What the server would say to a request without a session.
fn no_session() -> Problem {
    Problem {
        kind: format!("urn:cabinet:problem:{}", code::UNAUTHENTICATED),
        title: "Not signed in".to_owned(),
        status: 401,
        detail: String::new(),
        instance: String::new(),
        code: code::UNAUTHENTICATED.to_owned(),
        details: serde_json::Map::new(),
        request_id: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_a_query_are_escaped() {
        let mut query = Query::new("/x");
        query.add("a", Some("1 і&2".to_owned()));
        query.add("b", None);
        query.add("c", Some("3".to_owned()));
        assert_eq!(query.text, "/x?a=1%20%D1%96%262&c=3");
    }

    #[test]
    fn keys_do_not_repeat() {
        assert_ne!(fresh_key(), fresh_key());
    }

    #[test]
    fn a_problem_is_told_from_other_failures() {
        let answer = |status, body: &str| Answer {
            status,
            body: body.to_owned(),
            request_id: None,
            retry_after: None,
            replayed: false,
            file: None,
        };
        let problem = serde_json::to_string(&no_session()).expect("JSON");
        let told = done(&answer(401, &problem)).expect_err("refused");
        assert_eq!(told.code(), Some("unauthenticated"));
        let other = done(&answer(502, "<html>")).expect_err("failed");
        assert!(matches!(other, Error::Unexpected { status: 502, .. }));
        assert!(done(&answer(204, "")).is_ok());
    }
}
