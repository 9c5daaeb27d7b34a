//! What was done with the services before, order by order.

use crate::clock;
use crate::format;
use crate::i18n::{language, t};
use crate::parts::older::{Older, Row};
use crate::session::Session;
use cabinet_contract::quote::{Act, Order, OrderStatus};
use cabinet_core::Money;
use leptos::prelude::*;
use std::sync::Arc;

/// The orders of a subscriber, once they are asked for.
pub fn orders(session: Session) -> Older {
    let older = Older::new(session, move |next| {
        let client = session.client();
        Box::pin(async move {
            let page = client.orders(Some(&next).filter(|next| !next.is_empty()).map(String::as_str)).await?;
            let drawn = |order: Order| Arc::new(move || one(&order)) as Row;
            Ok((page.items.into_iter().map(drawn).collect(), page.next))
        })
    });
    older.anew();
    older
}

/// The card they stand on.
pub fn card(older: Older) -> AnyView {
    view! {
        <section class="card stack" aria-labelledby="orders-h">
            <h2 id="orders-h">{t!(orders.title)}</h2>
            <p class="small muted">{t!(orders.lead)}</p>
            <div>{older.rows()}</div>
            {older.more(t!(history.more))}
        </section>
    }
    .into_any()
}

fn one(order: &Order) -> AnyView {
    let taken: Money = order.entries.iter().map(|entry| -entry.amount).filter(|sum| *sum > Money::ZERO).sum();
    let sum = (taken > Money::ZERO).then(|| format!(", {}", format::money(language(), taken)));
    let when = format!("{} · {}", clock::instant(order.created_at), status(order.status));
    let days = [order.starts_on, order.until].into_iter().flatten().map(|day| format::day_year(language(), day));
    let moments = [order.starts_at, order.ends_at].into_iter().flatten().map(clock::instant);
    let span: Vec<String> = if order.starts_at.is_some() { moments.collect() } else { days.collect() };
    let about: Vec<String> = order.address.clone().into_iter().chain([span.join(" – ")]).collect();
    view! {
        <div class="setting">
            <div><b>{name(order)}{sum}</b><p class="num">{when}</p><p class="num breaks">{about.join(" · ")}</p></div>
        </div>
    }
    .into_any()
}

fn name(order: &Order) -> String {
    let text = match order.act {
        Act::Turbo => t!(services.turbo),
        Act::Pause => t!(services.pause),
        Act::PauseEnd => t!(orders.pause_end),
        Act::StaticIp => t!(services.ip),
        Act::StaticIpRelease => t!(orders.ip_release),
        Act::PromisedPayment => t!(orders.promise),
        Act::TariffChange => return t!(orders.tariff, name = order.tariff.clone().unwrap_or_default()),
        Act::Unknown => "",
    };
    text.to_owned()
}

fn status(status: OrderStatus) -> &'static str {
    match status {
        OrderStatus::Planned => t!(orders.planned),
        OrderStatus::Done => t!(orders.done),
        OrderStatus::Cancelled => t!(orders.cancelled),
        OrderStatus::Undone => t!(orders.undone),
        OrderStatus::Unknown => "",
    }
}
