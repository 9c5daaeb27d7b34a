//! How the connection stands: whether the network gives what was asked for, sessions and traffic.

use crate::clock;
use crate::i18n::{language, t};
use crate::parts::loaded::{self, Loader};
use crate::session::{Session, session};
use cabinet_contract::network::{Network, NetworkAccess, NetworkSession, NetworkState};
use cabinet_core::Language;
use leptos::prelude::*;
use std::time::Duration;

/// How soon what is being changed is asked about again.
const SOON: Duration = Duration::from_secs(3);
/// How many sessions that are over are shown.
const SHOWN: usize = 5;

/// Reads everything again a moment later, as long as the network is being told.
pub fn follow(session: Session, state: Option<NetworkState>) {
    if state == Some(NetworkState::Pending) {
        set_timeout(move || session.changed(), SOON);
    }
}

/// What is told of a Turbo that was bought and that the network has not taken yet.
pub fn turbo_waits(state: Option<NetworkState>) -> Option<&'static str> {
    match state? {
        NetworkState::Pending => Some(t!(network.turbo_pending)),
        NetworkState::Failed => Some(t!(network.turbo_failed)),
        NetworkState::Applied | NetworkState::Untold | NetworkState::Unknown => None,
    }
}

/// The card.
pub fn card() -> AnyView {
    let session = session();
    let network = Loader::new(session, move || {
        let client = session.client();
        async move { client.network().await }
    });
    network.view(loaded::card_skeleton, move |network, _| {
        follow(session, Some(network.state));
        told(&network)
    })
}

fn told(network: &Network) -> AnyView {
    let (class, state) = match (network.state, network.wished.access) {
        (NetworkState::Pending, _) => ("pill pill--run", t!(network.pending)),
        (NetworkState::Failed, _) => ("pill pill--warn", t!(network.failed)),
        (_, NetworkAccess::Garden) => ("pill pill--warn", t!(network.garden)),
        (_, NetworkAccess::Off) => ("pill pill--warn", t!(network.off)),
        (_, NetworkAccess::Open | NetworkAccess::Unknown) => ("pill pill--ok", t!(network.open)),
    };
    let wished = &network.wished;
    let speed = (wished.down_kbit > 0).then(|| {
        row(t!(network.speed), t!(network.speed_of, down = mbit(wished.down_kbit), up = mbit(wished.up_kbit)))
    });
    let (running, over): (Vec<_>, Vec<_>) = network.sessions.iter().partition(|session| session.ended_at.is_none());
    let present = running.first();
    // Nobody is told of sessions where no router ever told of one.
    let session = (!network.sessions.is_empty()).then(|| {
        let since = present.map(|session| t!(network.since, time = clock::instant(session.started_at)));
        row(t!(network.session), since.unwrap_or_else(|| t!(network.no_session).to_owned()))
    });
    let address = wished.address.clone().or_else(|| present.and_then(|session| session.address.clone()));
    let address = address.map(|address| row(t!(network.address), address));
    let traffic = (!network.sessions.is_empty()).then(|| {
        let (down, up) = (bytes(network.traffic.down_bytes), bytes(network.traffic.up_bytes));
        row(t!(network.month), t!(network.traffic, down = down, up = up))
    });
    let lines: Vec<AnyView> = over.into_iter().take(SHOWN).map(line).collect();
    let over = (!lines.is_empty()).then(|| {
        view! {
            <details class="small link"><summary>{t!(network.sessions)}</summary><dl class="sumline">{lines}</dl></details>
        }
    });
    view! {
        <section class="card stack" aria-labelledby="network-h">
            <div class="row row--between">
                <h2 id="network-h">{t!(network.title)}</h2>
                <span class=class role="status">{state}</span>
            </div>
            <dl class="sumline">{speed}{address}{session}{traffic}</dl>
            {over}
        </section>
    }
    .into_any()
}

fn row(name: &'static str, value: String) -> AnyView {
    view! { <dt>{name}</dt><dd>{value}</dd> }.into_any()
}

fn line(session: &NetworkSession) -> AnyView {
    let until = session.ended_at.map(clock::time).unwrap_or_default();
    let span = t!(network.span, from = clock::instant(session.started_at), until = until);
    let traffic = t!(network.traffic, down = bytes(session.down_bytes), up = bytes(session.up_bytes));
    view! { <dt>{span}</dt><dd>{traffic}</dd> }.into_any()
}

/// `20`, `1,5`.
fn mbit(kbit: i64) -> String {
    tenths(kbit / 100)
}

/// `12,4 ГБ`, `0,3 МБ`.
fn bytes(bytes: i64) -> String {
    match bytes {
        1_000_000_000.. => t!(network.gb, n = tenths(bytes / 100_000_000)),
        _ => t!(network.mb, n = tenths(bytes / 100_000)),
    }
}

/// A number of tenths as one with a decimal, where that is not zero.
fn tenths(tenths: i64) -> String {
    let mark = if language() == Language::En { '.' } else { ',' };
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        rest => format!("{}{mark}{rest}", tenths / 10),
    }
}
