//! In place of every page while the cabinet cannot be reached: the balance as it was last known here.

use crate::i18n::t;
use crate::parts::icon::{icon, mark};
use crate::parts::pay::Order;
use crate::parts::{balance_header, shell};
use crate::session::Session;
use cabinet_contract::account::Overview;
use leptos::prelude::*;
use time::OffsetDateTime;

/// The page.
pub fn page(session: Session, me: &Overview, at: OffsetDateTime) -> AnyView {
    view! {
        <div class="app app--alone">
            <header class="topbar">
                <span class="brand">{mark()}<span>{shell::brand(session)}</span></span>
                {shell::contract(me, true)}
            </header>
            <main class="main" id="main" tabindex="-1">
                <h1 class="vh">{t!(overview.title, contract = me.contract)}</h1>
                <div class="notice notice--warn" role="status">{icon("offline")}<div>{t!(state.kept)}</div></div>
                {balance_header::balance(me, None, Order::new(session), Some(at), move || session.open())}
            </main>
        </div>
    }
    .into_any()
}
