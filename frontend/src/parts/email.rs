//! The e-mail of the profile: confirmed by a code of a letter; and bills sent there.

use crate::browser;
use crate::clock;
use crate::i18n::t;
use crate::parts::field::{self, Errors, Field, Wrong};
use crate::parts::loaded::Loader;
use crate::parts::notice::{Tone, notice};
use crate::parts::{chosen, click, icon, live};
use crate::problem;
use crate::session::{Session, session};
use cabinet_client::Error;
use cabinet_contract::account::Overview;
use cabinet_contract::paths;
use cabinet_contract::profile::{EmailVerification, Profile};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

const CODE: &str = "email-code";
const HEAD: &str = "email-h";

/// The signals of the card.
#[derive(Clone, Copy)]
struct Desk {
    session: Session,
    saved: RwSignal<Profile>,
    /// The code on its way.
    sent: RwSignal<Option<EmailVerification>>,
    /// Seconds until another one may be asked for.
    wait: RwSignal<i64>,
    code: RwSignal<String>,
    errors: Errors,
    failed: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

/// How the e-mail of the profile stands, and the way to confirm it; nothing without one.
pub fn card(saved: RwSignal<Profile>) -> AnyView {
    let desk = Desk {
        session: session(),
        saved,
        sent: RwSignal::new(None),
        wait: RwSignal::new(0),
        code: RwSignal::new(String::new()),
        errors: Errors::none(),
        failed: RwSignal::new(None),
        busy: RwSignal::new(false),
    };
    // Another address has a code of its own, or none yet.
    Effect::new(move |_| {
        let sent = saved.with(|saved| saved.email_verification.clone());
        desk.errors.clear();
        desk.failed.set(None);
        desk.follow(sent, browser::now());
    });
    // Drawn again for nothing else of the profile: a code may be half typed.
    let stands =
        Memo::new(move |_| saved.with(|saved| (saved.email.clone(), saved.email_confirmed, saved.email_failing)));
    live(move || {
        let (email, confirmed, failing) = stands.get();
        let email = email?;
        let pill = if confirmed {
            view! { <span class="pill pill--ok">{icon("check")}{t!(email.confirmed)}</span> }.into_any()
        } else {
            view! { <span class="pill pill--warn">{icon("clock")}{t!(email.unconfirmed)}</span> }.into_any()
        };
        let sends = move || desk.session.provider().is_some_and(|provider| provider.mail);
        Some(view! {
            <section class="card stack" aria-labelledby=HEAD>
                <h2 id=HEAD tabindex="-1">{t!(email.title)}</h2>
                {failing.then(|| notice(Tone::Warn, t!(email.failing)))}
                <div><div class="setting"><div><b class="breaks">{email}</b><p>{t!(email.purpose)}</p></div>{pill}</div></div>
                {(!confirmed).then(|| live(move || sends().then(|| desk.ways())))}
            </section>
        })
    })
}

impl Desk {
    /// A code that was sent; how long to wait for another one is reckoned from `now`.
    fn follow(self, sent: Option<EmailVerification>, now: time::OffsetDateTime) {
        let wait = sent.as_ref().map_or(0, |sent| {
            // Clocks differ: nobody waits longer than the server said.
            (sent.again_at - now).whole_seconds().clamp(0, (sent.again_at - sent.sent_at).whole_seconds())
        });
        self.sent.set(sent);
        let ticks = self.wait.get_untracked() > 0;
        self.wait.set(wait);
        if !ticks {
            self.tick();
        }
    }

    fn tick(self) {
        if self.wait.try_get_untracked().is_some_and(|wait| wait > 0) {
            set_timeout(
                move || {
                    self.wait.try_update(|wait| *wait = (*wait - 1).max(0));
                    self.tick();
                },
                Duration::from_secs(1),
            );
        }
    }

    /// The button that has a code sent, or the place to type it.
    fn ways(self) -> AnyView {
        let failed = live(move || self.failed.get().map(|text| notice(Tone::Bad, text)));
        let form = live(move || match self.sent.get() {
            None => view! { <div class="row">{self.button(t!(email.send))}</div> }.into_any(),
            Some(sent) => self.form(&sent),
        });
        view! { {failed}{form} }.into_any()
    }

    fn form(self, sent: &EmailVerification) -> AnyView {
        let field = Field {
            inputmode: "numeric",
            maxlength: 16,
            ..Field::new(CODE, t!(email.code)).autocomplete("one-time-code")
        };
        let confirm = move |event: web_sys::SubmitEvent| {
            event.prevent_default();
            self.confirm();
        };
        let told = t!(email.sent, time = clock::time(sent.sent_at));
        let again = move || match self.wait.get() {
            0 => self.button(t!(email.send_again)),
            wait => {
                let left = format!("{}:{:02}", wait / 60, wait % 60);
                view! { <p class="field__hint num">{t!(email.wait, left = left)}</p> }.into_any()
            }
        };
        let demo = move || {
            self.session.provider()?.demo.map(|_| {
                view! { <p class="field__hint"><a href=paths::LETTERS target="_blank">{t!(email.demo)}</a></p> }
            })
        };
        view! {
            <form class="form" novalidate on:submit=confirm>
                {field.text(self.code, self.errors)}
                <p class="field__hint" role="status">{told}</p>
                <div class="row">{field::submit(t!(email.confirm), self.busy, "btn")}{live(again)}</div>
                {live(demo)}
            </form>
        }
        .into_any()
    }

    fn button(self, text: &'static str) -> AnyView {
        view! { <button class="btn btn--quiet" type="button" on:click=click(move || self.ask())>{text}</button> }
            .into_any()
    }

    /// Has a code sent.
    fn ask(self) {
        self.work(async move {
            let answer = self.session.ask(self.session.client().start_email_verification()).await;
            match answer {
                Ok(sent) => {
                    self.failed.try_set(None);
                    self.errors.clear();
                    self.code.try_set(String::new());
                    let now = sent.sent_at;
                    self.follow(Some(sent), now);
                    browser::focus(CODE);
                }
                Err(error) => drop(self.failed.try_set(Some(problem::message(&error)))),
            }
        });
    }

    fn confirm(self) {
        let code = self.code.get_untracked();
        let wrong = |why: String| Wrong { id: CODE, label: t!(email.code), why };
        self.errors.clear();
        if code.trim().is_empty() {
            return self.errors.at(wrong(t!(problem.field_empty).to_owned()));
        }
        self.work(async move {
            let answer = self.session.ask(self.session.client().confirm_email(code.trim())).await;
            match answer {
                Ok(profile) => {
                    self.session.say(Some(t!(email.done).to_owned()));
                    self.saved.try_set(profile);
                    // The header told of an address that fails.
                    self.session.changed();
                    browser::focus(HEAD);
                }
                Err(error) => self.errors.at(wrong(problem::message(&error))),
            }
        });
    }

    fn work(self, act: impl Future<Output = ()> + 'static) {
        if self.busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true) {
            return;
        }
        spawn_local(async move {
            act.await;
            self.busy.try_set(false);
        });
    }
}

/// Letters to the e-mail are refused, and what to do about it.
pub fn banner(me: &Overview) -> Option<AnyView> {
    me.email_failing
        .then(|| notice(Tone::Warn, view! { {t!(email.failing)} " " <a href="/profile">{t!(email.to_profile)}</a> }))
}

/// The switch of bills by e-mail, where letters are sent.
pub fn bills() -> AnyView {
    let session = session();
    let profile = Loader::new(session, move || {
        let client = session.client();
        async move { client.profile().await }
    });
    let failed = RwSignal::new(None::<String>);
    let wished = RwSignal::new(false);
    let busy = RwSignal::new(false);
    Effect::new(move |_| {
        let kept = profile.get().is_some_and(|profile| profile.email_bills);
        if !busy.get_untracked() {
            wished.set(kept);
        }
    });
    let wish = move |wish: bool| {
        wished.set(wish);
        // Two wishes on their way could arrive in either order: the last one leaves when the first is answered.
        if busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true) {
            return;
        }
        failed.set(None);
        spawn_local(async move {
            let (sent, answer) = loop {
                let wish = wished.try_get_untracked().unwrap_or(wish);
                let answer: Result<Profile, Error> = session.ask(session.client().switch_email_bills(wish)).await;
                if answer.is_err() || wished.try_get_untracked() != Some(!wish) {
                    break (wish, answer);
                }
            };
            busy.try_set(false);
            match answer {
                Ok(_) => {
                    let text = if sent { t!(email.bills_on) } else { t!(email.bills_off) };
                    session.say(Some(text.to_owned()));
                }
                Err(error) => {
                    wished.try_set(!sent);
                    failed.try_set(Some(problem::message(&error)));
                }
            }
            profile.again();
        });
    };
    // The switch keeps the keyboard while it is switched: what it shows changes, not the switch.
    let stands = Memo::new(move |_| {
        let value = profile.get()?;
        let sends = value.email_bills || session.provider().is_some_and(|provider| provider.mail);
        let email = value.email.filter(|_| value.email_confirmed);
        sends.then_some((email, value.email_confirmed || value.email_bills))
    });
    live(move || {
        let (email, able) = stands.get()?;
        let about = if let Some(email) = email {
            view! { <p>{t!(email.bills_when, email = email)}</p> }.into_any()
        } else {
            view! { <p>{t!(email.bills_confirm)}" "<a href="/profile">{t!(email.to_profile)}</a></p> }.into_any()
        };
        Some(view! {
            <section class="card stack" aria-label=t!(email.bills)>
                <label class="check">
                    <input
                        type="checkbox"
                        role="switch"
                        disabled=!able
                        prop:checked=chosen(move || wished.get())
                        on:change=move |event| wish(event_target_checked(&event))
                    />
                    <span>{t!(email.bills)}</span>
                </label>
                <div class="small muted">{about}</div>
                {live(move || failed.get().map(|text| notice(Tone::Bad, text)))}
            </section>
        })
    })
}
