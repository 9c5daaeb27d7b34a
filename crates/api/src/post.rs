//! How letters leave this process, and what goes along with them.

use crate::config::Config;
use crate::paper::Paper;
use cabinet_core::Language;
use cabinet_gateways::acquirer::SettingsError;
use cabinet_gateways::mail::{Attachment, HeaderText, Later, Mailbox, Mailer};
use cabinet_service::Error;
use cabinet_service::post::{Papers, Post};
use cabinet_service::print_document::PrintedBill;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// The relay of the settings; the demo has a mailbox of its own and sends nothing. `origin` is where people reach this
/// server, without a slash at its end.
///
/// # Errors
/// What the settings lack.
pub fn post(config: &Config, origin: String) -> Result<Option<Post>, SettingsError> {
    let mailbox = config.demo.then(|| Arc::new(Mailbox::default()));
    let relay = if config.demo { None } else { config.mail.build()? };
    let mailer: Arc<dyn Mailer> = match (&mailbox, relay) {
        (Some(mailbox), _) => Arc::clone(mailbox) as Arc<dyn Mailer>,
        (None, Some(relay)) => Arc::new(relay),
        (None, None) => return Ok(None),
    };
    let of = &config.provider;
    let support = of.phones.first().or(of.email.as_ref()).cloned().unwrap_or_default();
    Ok(Some(Post {
        mailer,
        mailbox,
        papers: Arc::new(Printer::new(config)),
        origin,
        provider: of.name.clone(),
        support,
        languages: of.languages.clone(),
    }))
}

/// Draws what goes along with letters.
struct Printer {
    config: Arc<Config>,
    /// One at a time: whoever waits for a document to be shown goes first.
    place: Arc<Semaphore>,
}

impl Printer {
    fn new(config: &Config) -> Printer {
        Printer { config: Arc::new(config.clone()), place: Arc::new(Semaphore::new(1)) }
    }
}

impl Papers for Printer {
    fn bill(&self, bill: PrintedBill, language: Language) -> Later<'static, Result<Option<Attachment>, Error>> {
        let (config, place) = (Arc::clone(&self.config), Arc::clone(&self.place));
        Box::pin(async move {
            if config.supplier().is_none() {
                return Ok(None);
            }
            let _place = place.acquire_owned().await.map_err(Error::internal)?;
            let drawn = tokio::task::spawn_blocking(move || Paper::bill_in(&config, language, bill).map(Paper::draw));
            let (name, bytes) = drawn.await.map_err(Error::internal)?.map_err(Error::internal)?;
            let name = HeaderText::new(name).map_err(Error::internal)?;
            Ok(Some(Attachment { name, media_type: "application/pdf", bytes }))
        })
    }
}
