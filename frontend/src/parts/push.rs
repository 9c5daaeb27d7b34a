//! Notifications on this device: whether they come, what they tell, and which other devices hear them.

use crate::browser;
use crate::clock;
use crate::device;
use crate::i18n::t;
use crate::pages::profile;
use crate::parts::loaded::Loader;
use crate::parts::notice::{Tone, notice};
use crate::parts::sms_balance::{Desk, MUTE};
use crate::parts::{click, icon, live, told};
use crate::problem;
use crate::session::{Session, session};
use cabinet_contract::push::{Push, PushDevice, PushWishes};
use cabinet_contract::sms_balance::SmsBalanceWishes;
use leptos::prelude::*;
use leptos::task::spawn_local;
use uuid::Uuid;

const SWITCH: &str = "push-switch";

/// The signals of the card.
#[derive(Clone, Copy)]
struct Card {
    session: Session,
    push: Loader<Push>,
    /// What the browser says of itself.
    state: RwSignal<String>,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<String>>,
    /// Something was done here: what is drawn anew gets the keyboard back.
    acted: StoredValue<bool>,
}

/// The card; nothing where no notifications are sent.
pub fn card() -> AnyView {
    let session = session();
    let push = Loader::new(session, move || {
        let client = session.client();
        async move { client.push().await }
    });
    let card = Card {
        session,
        push,
        state: RwSignal::new(String::new()),
        busy: RwSignal::new(false),
        failed: RwSignal::new(None),
        acted: StoredValue::new(false),
    };
    spawn_local(card.look());
    let desk = Desk::new(session, |session, wishes| {
        Box::pin(async move { session.client().set_push_wishes(&wire(&wishes)).await.map(drop) })
    });
    Effect::new(move |_| desk.follow(push.get().map(|push| form(&push.wishes))));
    // What is wished is drawn by itself, so that the keyboard stays where it is.
    let devices = Memo::new(move |_| push.get().filter(|push| push.public_key.is_some()).map(|push| push.devices));
    Effect::new(move |_| {
        devices.track();
        if card.acted.get_value() {
            card.acted.set_value(false);
            browser::focus_if_lost(SWITCH);
        }
    });
    live(move || {
        let devices = devices.get()?;
        let told = !devices.is_empty();
        let others: Vec<AnyView> = devices.iter().filter(|one| !one.current).map(|one| card.other(one)).collect();
        let others = (!others.is_empty()).then(|| view! { <div><h3>{t!(push.others)}</h3>{others}</div> });
        let here = devices.into_iter().find(|one| one.current).map(|one| one.id);
        let failed = live(move || card.failed.get().map(|text| notice(Tone::Bad, text)));
        Some(view! {
            <section class="card stack" aria-labelledby="push-h">
                <h2 id="push-h">{t!(push.title)}</h2>
                {live(move || card.switch(here))}
                <div aria-live="polite">{failed}</div>
                {told.then(|| live(move || desk.events()))}
                {desk.failed()}
                {others}
            </section>
        })
    })
}

impl Card {
    /// Asks the browser.
    async fn look(self) {
        let state = browser::ask_device("notified", "").await.unwrap_or_default();
        self.state.try_set(if state.is_empty() { "none".to_owned() } else { state });
    }

    /// What can be done about notifications here; `here` is this device, if it is told.
    fn switch(self, here: Option<Uuid>) -> AnyView {
        let state = self.state.get();
        match (state.as_str(), here) {
            ("", _) => ().into_any(),
            ("on", Some(id)) => view! {
                <div class="setting">
                    <span><span class="pill pill--ok">{icon("check")}{t!(push.is_on)}</span></span>
                    {self.button(t!(push.off), "btn btn--quiet btn--sm", move || self.leave(id))}
                </div>
            }
            .into_any(),
            ("on" | "off", _) => view! {
                <p class="small muted">{t!(push.lead)}</p>
                <div>{self.button(t!(push.on), "btn", move || self.come())}</div>
            }
            .into_any(),
            ("denied", _) => notice(Tone::Warn, t!(push.denied)),
            ("install", _) => notice(Tone::Info, t!(push.install)),
            _ => notice(Tone::Info, t!(push.none)),
        }
    }

    fn button(self, text: &'static str, class: &'static str, act: impl Fn() + 'static) -> AnyView {
        view! {
            <button
                class=class
                type="button"
                id=SWITCH
                aria-busy=told(move || self.busy.get().then_some("true"))
                on:click=click(act)
            >
                {text}
            </button>
        }
        .into_any()
    }

    fn other(self, device: &PushDevice) -> AnyView {
        let id = device.id;
        let name = profile::device(&device.user_agent);
        let label = format!("{}: {name}", t!(push.remove));
        let since = clock::instant(device.created_at);
        view! {
            <div class="setting">
                <div><b>{name}</b><p class="num">{since}</p></div>
                <button class="btn btn--quiet btn--sm" type="button" aria-label=label on:click=click(move || self.dismiss(id))>
                    {t!(push.remove)}
                </button>
            </div>
        }
        .into_any()
    }

    /// One press at a time.
    fn begin(self) -> bool {
        self.failed.set(None);
        !self.busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true)
    }

    async fn end(self, failed: Option<String>) {
        self.busy.try_set(false);
        self.failed.try_set(failed);
        self.look().await;
        self.acted.try_update_value(|acted| *acted = true);
        self.session.changed();
    }

    fn come(self) {
        let Some(key) = self.push.known().and_then(|push| push.public_key).filter(|_| self.begin()) else { return };
        spawn_local(async move {
            let failed = match device::come(self.session, &key).await {
                Some(Ok(())) => {
                    self.session.say(Some(t!(push.switched).to_owned()));
                    None
                }
                Some(Err(error)) => Some(problem::message(&error)),
                None => Some(t!(push.failed).to_owned()),
            };
            self.look().await;
            // Whoever just forbade them is told what that means, not that something failed.
            let denied = self.state.try_get_untracked().is_some_and(|state| state == "denied");
            self.end(failed.filter(|_| !denied)).await;
        });
    }

    fn leave(self, id: Uuid) {
        if self.begin() {
            spawn_local(async move {
                device::silence().await;
                let answer = self.session.ask(self.session.client().remove_push_device(id)).await;
                self.end(answer.err().map(|error| problem::message(&error))).await;
            });
        }
    }

    fn dismiss(self, id: Uuid) {
        if self.begin() {
            spawn_local(async move {
                let answer = self.session.ask(self.session.client().remove_push_device(id)).await;
                self.end(answer.err().map(|error| problem::message(&error))).await;
            });
        }
    }
}

/// As the form of messages has it: the events are the same.
fn form(wishes: &PushWishes) -> SmsBalanceWishes {
    let PushWishes { threshold_days, periodic, on_payment, on_block, on_unblock, on_change } = *wishes;
    SmsBalanceWishes { threshold_days, periodic, on_payment, on_block, on_unblock, on_change, ..MUTE }
}

fn wire(wishes: &SmsBalanceWishes) -> PushWishes {
    let SmsBalanceWishes { threshold_days, periodic, on_payment, on_block, on_unblock, on_change, .. } = *wishes;
    PushWishes { threshold_days, periodic, on_payment, on_block, on_unblock, on_change }
}
