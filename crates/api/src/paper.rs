//! Documents on their way: drawn off the threads that answer, as many at once as there are cores, told as files.

use crate::answer::{etag, matches, packed};
use crate::commands::VERSION;
use crate::config::Config;
use crate::extract::Wished;
use crate::problem::{Trouble, Wire};
use crate::state::State;
use crate::texts;
use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, web};
use cabinet_core::ledger::EntryKind;
use cabinet_core::{Language, Money, Refusal, TariffCode};
use cabinet_documents::{bill, receipt, statement};
use cabinet_service::clock::local_time;
use cabinet_service::print_document::{Addressee, PrintedBill, PrintedMonth, PrintedPayment};
use std::fmt::Debug;
use std::sync::Arc;

const PDF: &str = "application/pdf";
const CSV: &str = "text/csv; charset=utf-8; header=present";

/// A document to be drawn.
pub struct Paper {
    /// The file's name, of letters that every system takes.
    name: String,
    media_type: &'static str,
    language: Language,
    /// Changes with whatever is drawn.
    tag: String,
    draw: Box<dyn FnOnce() -> Vec<u8> + Send>,
}

impl Paper {
    /// `facts` is all that is drawn from.
    fn new(
        name: String,
        media_type: &'static str,
        language: Language,
        facts: &dyn Debug,
        draw: impl FnOnce() -> Vec<u8> + Send + 'static,
    ) -> Paper {
        let tag = etag(format!("{VERSION} {name} {language:?} {facts:?}").as_bytes());
        Paper { name, media_type, language, tag, draw: Box::new(draw) }
    }

    /// A bill.
    ///
    /// # Errors
    /// [`Refusal::RequisitesAbsent`].
    pub fn bill(state: &State, wished: Wished, facts: PrintedBill) -> Result<Paper, Trouble> {
        Ok(Paper::bill_in(&state.config, spoken(state, wished, &facts.whom), facts)?)
    }

    /// A bill in a language.
    ///
    /// # Errors
    /// [`Refusal::RequisitesAbsent`].
    pub fn bill_in(config: &Config, language: Language, facts: PrintedBill) -> Result<Paper, Refusal> {
        let (supplier, format) = config.supplier().ok_or(Refusal::RequisitesAbsent)?;
        let contacts = config.contacts(language);
        let name = format!("bill-{}.pdf", facts.bill.number);
        let all = format!("{facts:?} {supplier:?} {format:?} {contacts:?}");
        Ok(Paper::new(name, PDF, language, &all, move || {
            let PrintedBill { whom, bill, ground } = &facts;
            let tariff = |code: &TariffCode| {
                ground.catalogue.find(code).map_or_else(|| code.to_string(), |tariff| tariff.name.clone())
            };
            let facts = bill::Facts {
                bill,
                contract: &whom.contract,
                name: &whom.name,
                address: &whom.address,
                tariff: &tariff,
                supplier: &supplier,
                contacts: &contacts,
                format,
            };
            bill::pdf(&facts, language)
        }))
    }

    /// The receipt of a payment.
    ///
    /// # Errors
    /// [`Refusal::RequisitesAbsent`].
    pub fn receipt(state: &State, wished: Wished, facts: PrintedPayment) -> Result<Paper, Trouble> {
        let (supplier, _) = state.config.supplier().ok_or(Refusal::RequisitesAbsent)?;
        let language = spoken(state, wished, &facts.whom);
        let contacts = state.config.contacts(language);
        let number = format!("{}-{}", facts.whom.contract, facts.seq);
        let gateway = texts::payment_method(&facts.provider, language);
        let name = format!("receipt-{number}.pdf");
        let all = format!("{facts:?} {supplier:?} {contacts:?}");
        Ok(Paper::new(name, PDF, language, &all, move || {
            let facts = receipt::Facts {
                number: &number,
                paid_at: local_time(facts.credited_at),
                contract: &facts.whom.contract,
                name: &facts.whom.name,
                amount: facts.amount,
                kind: EntryKind::OnlinePayment,
                gateway: Some(&gateway),
                returned: Some(facts.returned).filter(|returned| *returned != Money::ZERO),
                transaction: Some(&facts.transaction),
                fiscal_link: facts.fiscal_url.as_deref(),
                supplier: &supplier,
                contacts: &contacts,
            };
            receipt::pdf(&facts, language)
        }))
    }

    /// A month, to be read.
    pub fn statement(state: &State, wished: Wished, facts: PrintedMonth) -> Paper {
        Paper::month(state, wished, facts, "pdf", PDF, statement::pdf)
    }

    /// A month, for a spreadsheet.
    pub fn table(state: &State, wished: Wished, facts: PrintedMonth) -> Paper {
        Paper::month(state, wished, facts, "csv", CSV, |facts, language| statement::csv(facts, language).into_bytes())
    }

    fn month(
        state: &State,
        wished: Wished,
        facts: PrintedMonth,
        ending: &str,
        media_type: &'static str,
        draw: fn(&statement::Facts<'_>, Language) -> Vec<u8>,
    ) -> Paper {
        let language = spoken(state, wished, &facts.whom);
        let contacts = state.config.contacts(language);
        let name = format!("statement-{}-{}.{ending}", facts.whom.contract, facts.facts.sheet.month);
        let all = format!("{facts:?} {contacts:?}");
        Paper::new(name, media_type, language, &all, move || {
            let PrintedMonth { whom, facts } = &facts;
            let catalogue = &facts.ground.catalogue;
            let tariff =
                |code: &TariffCode| catalogue.find(code).map_or_else(|| code.to_string(), |tariff| tariff.name.clone());
            let facts = statement::Facts {
                sheet: &facts.sheet,
                contract: &whom.contract,
                name: &whom.name,
                address: &whom.address,
                tariff: &tariff,
                made_on: facts.today,
                contacts: &contacts,
            };
            draw(&facts, language)
        })
    }

    /// Its name and what it holds, drawn on this thread.
    pub fn draw(self) -> (String, Vec<u8>) {
        (self.name, (self.draw)())
    }

    /// The file, or word that the caller holds it.
    ///
    /// # Errors
    /// [`Wire::Internal`] if it cannot be drawn.
    pub async fn answer(self, request: &HttpRequest, state: &State) -> Result<HttpResponse, Trouble> {
        let mut answer = HttpResponse::Ok();
        answer.insert_header((header::CACHE_CONTROL, "private, no-cache"));
        answer.insert_header((header::VARY, "Authorization, Accept-Language, Accept-Encoding"));
        answer.insert_header((header::ETAG, self.tag.clone()));
        if matches(request.headers(), &self.tag) {
            return Ok(answer.status(actix_web::http::StatusCode::NOT_MODIFIED).finish());
        }
        let Ok(place) = Arc::clone(&state.drawing).acquire_owned().await else { return Err(Wire::Unavailable.into()) };
        let draw = self.draw;
        let drawn = web::block(move || {
            // Held to the end of the work, be the caller gone before.
            let _place = place;
            draw()
        });
        let body = drawn.await.map_err(|error| {
            tracing::error!(%error, name = self.name, "a document was not drawn");
            Wire::Internal
        })?;
        answer.content_type(self.media_type);
        answer.insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", self.name)));
        answer.insert_header((header::CONTENT_LANGUAGE, self.language.code()));
        // The streams of a PDF are compressed already.
        if self.media_type == CSV
            && let Some(packed) = packed(request.headers(), &body)
        {
            return Ok(answer.insert_header((header::CONTENT_ENCODING, ContentEncoding::Gzip)).body(packed));
        }
        Ok(answer.body(body))
    }
}

/// The language a document is asked in, else the one chosen in the settings, as far as it is spoken here.
fn spoken(state: &State, wished: Wished, whom: &Addressee) -> Language {
    let chosen = Some(whom.language).filter(|language| state.config.provider.languages.contains(language));
    wished.0.or(chosen).unwrap_or_default()
}
