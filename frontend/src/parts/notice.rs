//! Notices; and the three states of a page that has nothing to show: empty, failed, offline.

use crate::i18n::t;
use crate::parts::{click, icon};
use crate::problem;
use cabinet_client::Error;
use leptos::prelude::*;

/// How serious a notice is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// For information.
    Info,
    /// Something went well.
    Ok,
    /// Something to heed.
    Warn,
    /// Stopped or wrong.
    Bad,
}

/// A notice in the flow of the page.
pub fn notice(tone: Tone, content: impl IntoView + 'static) -> AnyView {
    let (class, symbol) = match tone {
        Tone::Info => ("notice", "info"),
        Tone::Ok => ("notice notice--ok", "ok"),
        Tone::Warn => ("notice notice--warn", "warn"),
        Tone::Bad => ("notice notice--bad", "stop"),
    };
    let role = (tone == Tone::Bad).then_some("alert");
    view! { <div class=class role=role>{icon(symbol)}<div>{content.into_any()}</div></div> }.into_any()
}

/// For readers, while a skeleton is shown.
pub fn waiting() -> AnyView {
    view! { <span class="vh" role="status">{t!(state.loading)}</span> }.into_any()
}

/// In place of what could not be read, told apart by whether the network or the server failed.
pub fn failed(error: &Error, again: impl Fn() + 'static) -> AnyView {
    match error {
        Error::Offline(_) => unreachable(again),
        Error::Problem(problem) if problem.status < 500 => view! {
            <div class="card empty" role="alert">
                {icon::large("info")}
                <h2>{t!(state.refused)}</h2>
                <p>{problem::message(error)}</p>
            </div>
        }
        .into_any(),
        _ => {
            let code = problem::support_code(error);
            view! {
                <div class="card empty" role="alert">
                    {icon::large("warn")}
                    <h2>{t!(state.failed)}</h2>
                    <p>
                        {t!(state.failed_why)}
                        {code.map(|code| view! { " " {t!(state.support_code)} " " <span class="num nowrap">{code}</span> })}
                    </p>
                    <button class="btn" type="button" on:click=click(again)>
                        {icon::small("refresh")}{t!(action.again)}
                    </button>
                </div>
            }
            .into_any()
        }
    }
}

/// The network is gone and nothing is known.
pub fn unreachable(again: impl Fn() + 'static) -> AnyView {
    view! {
        <div class="card empty" role="alert">
            {icon::large("offline")}
            <h2>{t!(state.offline)}</h2>
            <p>{t!(state.offline_why)}</p>
            <button class="btn" type="button" on:click=click(again)>
                {icon::small("refresh")}{t!(action.again)}
            </button>
        </div>
    }
    .into_any()
}

/// Nothing there yet.
pub fn empty(title: String, text: String) -> AnyView {
    let heights = ["40%", "60%", "50%", "70%", "55%"];
    view! {
        <div class="card empty">
            <div class="empty__bars" aria-hidden="true">{heights.map(|height| view! { <i style:--h=height></i> })}</div>
            <h2>{title}</h2>
            <p>{text}</p>
        </div>
    }
    .into_any()
}
