//! The book, bills and payments.

use crate::{Client, EntriesQuery, Method, PendingFile, Query, Request, Result, keyed, of_month, with_body};
use cabinet_contract::account::Forecast;
use cabinet_contract::bill::{Bill, BillBrief};
use cabinet_contract::page::Page;
use cabinet_contract::paths;
use cabinet_contract::payment::{CreatePayment, Payment, PaymentPreview, RedeemVoucher};
use cabinet_contract::promise::PromisedPayment;
use cabinet_contract::quote::Quote;
use cabinet_contract::statement::{Entry, Statement, Year};
use cabinet_core::{Money, Month};
use uuid::Uuid;

impl Client {
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

    /// `getReceiptPdf`: the receipt of a payment that is on the balance.
    pub fn receipt_pdf(&self, id: Uuid) -> PendingFile<'_> {
        self.file(paths::RECEIPT_PDF.replace("{id}", &id.to_string()))
    }
}
