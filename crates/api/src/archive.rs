//! Everything kept of a subscriber, as an archive to be taken home.

use crate::edge::Context;
use crate::extract::Wished;
use crate::history;
use crate::paper::Paper;
use crate::problem::{Trouble, Wire};
use crate::routes::{profile, push, settings, sms_balance, tickets};
use crate::state::State;
use crate::views::{Speaker, Teller};
use crate::zip::Archive;
use actix_web::http::header;
use actix_web::{HttpResponse, web};
use cabinet_contract::export::{AskedOfStaff, DataExport, KeptConnection, KeptSession, Moment, Transfer};
use cabinet_contract::support::TicketThread;
use cabinet_contract::view::bill_brief;
use cabinet_core::{Language, Money};
use cabinet_service::Error;
use cabinet_service::change_settings::SettingsFacts;
use cabinet_service::clock::local_time;
use cabinet_service::export_data::Kept;
use std::sync::Arc;
use uuid::Uuid;

/// The archive: the data, the statements of the last months, and files of tickets, packed off the threads that answer.
///
/// # Errors
/// Those of the store, and [`Wire::Internal`] if a statement cannot be drawn.
pub async fn answer(
    state: &State,
    context: &Context,
    wished: Wished,
    account: Uuid,
    mut kept: Kept,
) -> Result<HttpResponse, Trouble> {
    let mut papers = Vec::new();
    for month in &kept.months {
        let facts = state.service.print_statement(account, Some(*month)).await?;
        papers.push(Paper::statement(state, Wished(wished.0), facts));
    }
    let (at, today, contract) = (kept.now.instant, kept.now.today, kept.overview.contract.clone());
    let files = std::mem::take(&mut kept.files);
    let data = data(state, context, kept).await?;
    let Ok(place) = Arc::clone(&state.drawing).acquire_owned().await else { return Err(Wire::Unavailable.into()) };
    let packed = web::block(move || {
        // Held to the end of the work, be the caller gone before.
        let _place = place;
        let mut archive = Archive::new(local_time(at));
        archive.put("data.json", &serde_json::to_vec_pretty(&data).expect("a value of the contract is always JSON"));
        for paper in papers {
            let (name, bytes) = paper.draw();
            archive.put(&name, &bytes);
        }
        for (id, file) in files {
            archive.put(&format!("files/{id}/{}", file.name), &file.content);
        }
        archive.finish()
    });
    let body = packed.await.map_err(|error| {
        tracing::error!(%error, "an archive was not packed");
        Wire::Internal
    })?;
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/zip");
    let name = format!("attachment; filename=\"cabinet-{contract}-{today}.zip\"");
    answer.insert_header((header::CONTENT_DISPOSITION, name));
    answer.insert_header((header::CONTENT_LANGUAGE, context.language.code()));
    Ok(answer.body(body))
}

async fn data(state: &State, context: &Context, kept: Kept) -> Result<DataExport, Trouble> {
    let teller = Teller::new(state, context).await?;
    let person = &kept.profile.profile;
    let facts = SettingsFacts {
        language: Language::from_code(&person.language).unwrap_or_default(),
        theme: person.theme.clone(),
    };
    let (consents_changed_at, contacts_updated_at) = (person.consents_changed_at, person.contacts_updated_at);
    let speaker = Speaker(context.language);
    Ok(DataExport {
        made_at: kept.now.instant,
        provider: state.config.provider.name.clone(),
        account: teller.overview(&kept.overview),
        profile: profile::told(kept.profile),
        consents_changed_at,
        contacts_updated_at,
        settings: settings::told(&facts),
        requests: kept
            .wishes
            .into_iter()
            .map(|wish| AskedOfStaff {
                about: wish.field,
                wish: wish.wish,
                asked_at: wish.created_at,
                decided_at: wish.decided_at,
                granted: wish.granted,
            })
            .collect(),
        sessions: kept
            .sessions
            .into_iter()
            .map(|session| KeptSession {
                user_agent: session.user_agent,
                address: session.address,
                created_at: session.created_at,
                last_used_at: session.last_used_at,
                ended_at: session.revoked_at,
            })
            .collect(),
        connections: kept
            .connections
            .into_iter()
            .map(|session| KeptConnection {
                username: session.username,
                address: session.address,
                equipment: session.caller,
                started_at: session.started_at,
                ended_at: session.stopped_at,
                uploaded: session.input_octets,
                downloaded: session.output_octets,
            })
            .collect(),
        devices: kept.devices.into_iter().map(Moment).collect(),
        entries: kept.entries.iter().map(|entry| teller.lens().entry(entry)).collect(),
        bills: kept.bills.iter().map(|facts| bill_brief(&facts.bill, facts.state)).collect(),
        payments: kept.payments.iter().map(|held| speaker.payment(held)).collect::<Result<_, Error>>()?,
        transfers: kept
            .transfers
            .into_iter()
            .map(|line| Transfer {
                document: line.document,
                paid_on: line.paid_on,
                amount: Money::from_kopecks(line.amount),
                payer: line.payer,
                purpose: line.purpose,
            })
            .collect(),
        tickets: kept
            .tickets
            .into_iter()
            .map(|thread| tickets::told_whole(thread, false))
            .map(|(ticket, messages)| TicketThread { ticket, messages })
            .collect(),
        sms_balance: sms_balance::told(kept.sms_balance),
        push: push::told(kept.push, None),
        orders: kept.orders.iter().map(|order| teller.order(order)).collect(),
        history: kept.history.into_iter().map(|row| history::told(row, context.language)).collect(),
    })
}
