//! The contacts of the profile, each confirmed by a code that is sent to it: the e-mail, and the phone of messages.

use crate::browser;
use crate::clock;
use crate::i18n::t;
use crate::parts::field::{self, Errors, Field, Wrong};
use crate::parts::notice::{Tone, notice};
use crate::parts::{click, icon, live};
use crate::problem;
use crate::session::{Session, session};
use cabinet_contract::paths;
use cabinet_contract::profile::Profile;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use time::OffsetDateTime;

/// Which contact.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The e-mail.
    Email,
    /// The phone of messages.
    Phone,
}

/// A code on its way.
#[derive(Clone)]
struct Sent {
    address: String,
    at: OffsetDateTime,
    again_at: OffsetDateTime,
}

impl Way {
    fn code(self) -> &'static str {
        match self {
            Way::Email => "email-code",
            Way::Phone => "phone-code",
        }
    }

    fn head(self) -> &'static str {
        match self {
            Way::Email => "email-h",
            Way::Phone => "phone-h",
        }
    }

    /// Its title, what it is good for, the label of its code, and what is said once it is confirmed.
    fn texts(self) -> [&'static str; 4] {
        match self {
            Way::Email => [t!(email.title), t!(email.purpose), t!(email.code), t!(email.done)],
            Way::Phone => [t!(phone.title), t!(phone.purpose), t!(phone.code), t!(phone.done)],
        }
    }

    /// The addresses, and whether each is confirmed.
    fn addresses(self, of: &Profile) -> Vec<(String, bool)> {
        match self {
            Way::Email => of.email.iter().map(|email| (email.clone(), of.email_confirmed)).collect(),
            Way::Phone => {
                let good = of.sms_phone.as_ref().filter(|_| !of.sms_phone_stopped);
                of.sms_phones.iter().map(|phone| (phone.clone(), Some(phone) == good)).collect()
            }
        }
    }

    /// What is wrong with it.
    fn wrong(self, of: &Profile) -> Option<&'static str> {
        match self {
            Way::Email => of.email_failing.then(|| t!(email.failing)),
            Way::Phone => of.sms_phone_stopped.then(|| t!(phone.stopped)),
        }
    }

    fn sent(self, of: &Profile) -> Option<Sent> {
        match self {
            Way::Email => {
                let sent = of.email_verification.as_ref()?;
                Some(Sent { address: sent.email.clone(), at: sent.sent_at, again_at: sent.again_at })
            }
            Way::Phone => {
                let sent = of.phone_verification.as_ref()?;
                Some(Sent { address: sent.phone.clone(), at: sent.sent_at, again_at: sent.again_at })
            }
        }
    }
}

/// The signals of the card.
#[derive(Clone, Copy)]
struct Desk {
    way: Way,
    session: Session,
    saved: RwSignal<Profile>,
    /// The code on its way.
    sent: RwSignal<Option<Sent>>,
    /// Seconds until another one may be asked for.
    wait: RwSignal<i64>,
    code: RwSignal<String>,
    errors: Errors,
    failed: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

/// How a contact of the profile stands, and the way to confirm it; nothing without one.
pub fn card(way: Way, saved: RwSignal<Profile>) -> AnyView {
    let desk = Desk {
        way,
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
        let sent = saved.with(|saved| way.sent(saved));
        desk.errors.clear();
        desk.failed.set(None);
        desk.follow(sent, browser::now());
    });
    // Drawn again for nothing else of the profile: a code may be half typed.
    let stands = Memo::new(move |_| saved.with(|saved| (way.addresses(saved), way.wrong(saved))));
    live(move || {
        let (addresses, wrong) = stands.get();
        let sends = move || {
            let provider = desk.session.provider();
            provider.is_some_and(|provider| if way == Way::Email { provider.mail } else { provider.sms })
        };
        if addresses.is_empty() || (way == Way::Phone && !sends()) {
            return None;
        }
        let [title, purpose, ..] = way.texts();
        let open = addresses.iter().any(|(_, confirmed)| !confirmed);
        let rows = addresses
            .into_iter()
            .map(|(address, confirmed)| {
                let pill = if confirmed {
                    view! { <span class="pill pill--ok">{icon("check")}{t!(email.confirmed)}</span> }.into_any()
                } else {
                    view! { <span class="pill pill--warn">{icon("clock")}{t!(email.unconfirmed)}</span> }.into_any()
                };
                let purpose = (confirmed || way == Way::Email).then(|| view! { <p>{purpose}</p> });
                view! { <div class="setting"><div><b class="breaks num">{address}</b>{purpose}</div>{pill}</div> }
                    .into_any()
            })
            .collect_view();
        Some(view! {
            <section class="card stack" aria-labelledby=way.head()>
                <h2 id=way.head() tabindex="-1">{title}</h2>
                {wrong.map(|text| notice(Tone::Warn, text))}
                <div>{rows}</div>
                {open.then(|| live(move || sends().then(|| desk.ways())))}
            </section>
        })
    })
}

impl Desk {
    /// A code that was sent; how long to wait for another one is reckoned from `now`.
    fn follow(self, sent: Option<Sent>, now: OffsetDateTime) {
        let wait = sent.as_ref().map_or(0, |sent| {
            // Clocks differ: nobody waits longer than the server said.
            (sent.again_at - now).whole_seconds().clamp(0, (sent.again_at - sent.at).whole_seconds())
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

    /// The buttons that have a code sent, or the place to type it.
    fn ways(self) -> AnyView {
        let failed = live(move || self.failed.get().map(|text| notice(Tone::Bad, text)));
        let form = live(move || match self.sent.get() {
            None => view! { <div class="row">{self.buttons(t!(email.send))}</div> }.into_any(),
            Some(sent) => self.form(&sent),
        });
        view! { {failed}{form} }.into_any()
    }

    fn form(self, sent: &Sent) -> AnyView {
        let field = Field {
            inputmode: "numeric",
            maxlength: 16,
            ..Field::new(self.way.code(), self.way.texts()[2]).autocomplete("one-time-code")
        };
        let confirm = move |event: web_sys::SubmitEvent| {
            event.prevent_default();
            self.confirm();
        };
        let time = clock::time(sent.at);
        let told = match self.way {
            Way::Email => t!(email.sent, time = time),
            Way::Phone => t!(phone.sent, phone = sent.address, time = time),
        };
        let again = move || match self.wait.get() {
            0 => self.buttons(t!(email.send_again)),
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

    /// A button for each address that is to be confirmed, named by it where there are several.
    fn buttons(self, text: &'static str) -> AnyView {
        let mut open = self.saved.with_untracked(|saved| self.way.addresses(saved));
        open.retain(|(_, confirmed)| !confirmed);
        let several = open.len() > 1;
        let button = |(address, _): (String, bool)| {
            let text = if several { format!("{text}: {address}") } else { text.to_owned() };
            let ask = move || self.ask(address.clone());
            view! { <button class="btn btn--quiet" type="button" on:click=click(ask)>{text}</button> }.into_any()
        };
        open.into_iter().map(button).collect_view().into_any()
    }

    /// Has a code sent.
    fn ask(self, address: String) {
        self.work(async move {
            let client = self.session.client();
            let answer = match self.way {
                Way::Email => self.session.ask(client.start_email_verification()).await.map(|sent| Sent {
                    address: sent.email,
                    at: sent.sent_at,
                    again_at: sent.again_at,
                }),
                Way::Phone => self.session.ask(client.start_phone_verification(&address)).await.map(|sent| Sent {
                    address: sent.phone,
                    at: sent.sent_at,
                    again_at: sent.again_at,
                }),
            };
            match answer {
                Ok(sent) => {
                    self.failed.try_set(None);
                    self.errors.clear();
                    self.code.try_set(String::new());
                    let now = sent.at;
                    self.follow(Some(sent), now);
                    browser::focus(self.way.code());
                }
                Err(error) => drop(self.failed.try_set(Some(problem::message(&error)))),
            }
        });
    }

    fn confirm(self) {
        let code = self.code.get_untracked();
        let [_, _, label, done] = self.way.texts();
        let wrong = move |why: String| Wrong { id: self.way.code(), label, why };
        self.errors.clear();
        if code.trim().is_empty() {
            return self.errors.at(wrong(t!(problem.field_empty).to_owned()));
        }
        self.work(async move {
            let client = self.session.client();
            let answer = match self.way {
                Way::Email => self.session.ask(client.confirm_email(code.trim())).await,
                Way::Phone => self.session.ask(client.confirm_phone(code.trim())).await,
            };
            match answer {
                Ok(profile) => {
                    self.session.say(Some(done.to_owned()));
                    self.saved.try_set(profile);
                    // The header told of an address that fails.
                    self.session.changed();
                    browser::focus(self.way.head());
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
