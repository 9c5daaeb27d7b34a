//! The SMS balance: what is told without asking, and by which ways.

use crate::i18n::{plural, t};
use crate::parts::loaded::Loader;
use crate::parts::notice::{Tone, notice};
use crate::parts::{icon, live};
use crate::problem;
use crate::session::{Session, session};
use cabinet_client::Result;
use cabinet_contract::sms_balance::{Every, Periodic, SmsBalance, SmsBalanceWishes};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::pin::Pin;

const DAYS: [i64; 4] = [1, 3, 5, 7];
const WEEKLY: Periodic = Periodic { every: Every::Week, day: 1 };
const MONTHLY: Periodic = Periodic { every: Every::Month, day: 1 };

/// A wish on its way to the server.
pub type Saving = Pin<Box<dyn Future<Output = Result<()>>>>;

/// What is told, as it is chosen on a card: of messages here, of notifications to browsers likewise.
#[derive(Clone, Copy)]
pub struct Desk {
    session: Session,
    save: fn(Session, SmsBalanceWishes) -> Saving,
    /// As it is wished here, be it saved or not.
    wished: RwSignal<Option<SmsBalanceWishes>>,
    /// Grows when the controls are to be drawn anew.
    drawn: RwSignal<u32>,
    busy: RwSignal<bool>,
    failed: RwSignal<Option<String>>,
}

/// The card; nothing where no messages are sent.
pub fn card() -> AnyView {
    let session = session();
    let balance = Loader::new(session, move || {
        let client = session.client();
        async move { client.sms_balance().await }
    });
    let desk = Desk::new(session, |session, wishes| {
        Box::pin(async move { session.client().set_sms_balance(&wishes).await.map(drop) })
    });
    Effect::new(move |_| desk.follow(balance.get().map(|balance| balance.wishes)));
    let contacts = Memo::new(move |_| balance.get().map(|value| SmsBalance { wishes: MUTE, ..value }));
    live(move || {
        let contacts = contacts.get()?;
        let shown = session.provider().is_some_and(|provider| provider.sms);
        let failed = desk.failed();
        let reached = contacts.phone.clone().filter(|_| !contacts.phone_stopped);
        let able = reached.is_some();
        let about = match reached {
            Some(phone) => t!(sms.to, phone = phone).into_any(),
            None => view! { {t!(sms.confirm)}" "<a href="/profile">{t!(email.to_profile)}</a> }.into_any(),
        };
        shown.then(|| {
            view! {
                <section class="card svc" aria-labelledby="sms-h">
                    <div class="svc__head">
                        <span class="svc__icon">{icon("sms")}</span>
                        <div><h2 id="sms-h">{t!(sms.title)}</h2><p>{about}</p></div>
                        {live(move || desk.enabled(able))}
                    </div>
                    {live(move || desk.controls(&contacts))}
                    {failed}
                </section>
            }
        })
    })
}

/// Nothing is wished.
pub const MUTE: SmsBalanceWishes = SmsBalanceWishes {
    enabled: false,
    email: false,
    threshold_days: None,
    periodic: None,
    on_payment: false,
    on_block: false,
    on_unblock: false,
    on_change: false,
};

impl Desk {
    /// Nothing is known yet of what is wished.
    pub fn new(session: Session, save: fn(Session, SmsBalanceWishes) -> Saving) -> Desk {
        Desk {
            session,
            save,
            wished: RwSignal::new(None),
            drawn: RwSignal::new(0),
            busy: RwSignal::new(false),
            failed: RwSignal::new(None),
        }
    }

    /// What the server keeps. What was wished here is shown already: the keyboard stays where it is.
    pub fn follow(self, kept: Option<SmsBalanceWishes>) {
        if !self.busy.get_untracked() && kept.is_some() && self.wished.get_untracked() != kept {
            self.wished.set(kept);
            self.drawn.update(|drawn| *drawn += 1);
        }
    }

    /// Why a wish was not kept.
    pub fn failed(self) -> AnyView {
        live(move || self.failed.get().map(|text| notice(Tone::Bad, text)))
    }

    /// The threshold, the calendar and the events; nothing until they are known.
    pub fn events(self) -> Option<AnyView> {
        self.drawn.get();
        let wished = self.wished.get_untracked()?;
        let mut days = DAYS.to_vec();
        days.extend(wished.threshold_days.filter(|days| !DAYS.contains(days)));
        let mut options = option("", t!(sms.never), wished.threshold_days.is_none());
        for count in days {
            let chosen = wished.threshold_days == Some(count);
            options += &option(&count.to_string(), &plural!(balance.few, count), chosen);
        }
        let threshold = self.choice("sms-days", t!(sms.threshold), options, |wishes, value| {
            wishes.threshold_days = value.parse().ok();
        });
        let mut options = option("", t!(sms.never), wished.periodic.is_none());
        options += &option("week", t!(sms.weekly), wished.periodic == Some(WEEKLY));
        options += &option("month", t!(sms.monthly), wished.periodic == Some(MONTHLY));
        if wished.periodic.is_some_and(|periodic| ![WEEKLY, MONTHLY].contains(&periodic)) {
            options += &option("other", t!(sms.other), true);
        }
        let periodic = self.choice("sms-period", t!(sms.periodic), options, |wishes, value| match value {
            "week" => wishes.periodic = Some(WEEKLY),
            "month" => wishes.periodic = Some(MONTHLY),
            "" => wishes.periodic = None,
            _ => {}
        });
        Some(
            view! {
                {threshold}
                {periodic}
                <fieldset>
                    <legend>{t!(sms.events)}</legend>
                    {self.tick(t!(sms.on_payment), wished.on_payment, true, |wishes, on| wishes.on_payment = on)}
                    {self.tick(t!(sms.on_block), wished.on_block, true, |wishes, on| wishes.on_block = on)}
                    {self.tick(t!(sms.on_unblock), wished.on_unblock, true, |wishes, on| wishes.on_unblock = on)}
                    {self.tick(t!(sms.on_change), wished.on_change, true, |wishes, on| wishes.on_change = on)}
                </fieldset>
            }
            .into_any(),
        )
    }

    fn controls(self, contacts: &SmsBalance) -> Option<AnyView> {
        self.drawn.get();
        let wished = self.wished.get_untracked()?;
        let by_letter = contacts.address.is_some() || wished.email;
        Some(
            view! {
                {self.events()}
                {self.tick(t!(sms.email), wished.email, by_letter, |wishes, on| wishes.email = on)}
            }
            .into_any(),
        )
    }

    /// Whether messages go to the phone; what is on can be switched off whatever became of it.
    fn enabled(self, able: bool) -> Option<AnyView> {
        self.drawn.get();
        let on = self.wished.get_untracked()?.enabled;
        let name = view! { <span class="vh">{t!(sms.enabled)}</span> }.into_any();
        Some(self.switch("switch", name, on, able || on, |wishes, on| wishes.enabled = on))
    }

    fn tick(self, text: &'static str, chosen: bool, able: bool, change: fn(&mut SmsBalanceWishes, bool)) -> AnyView {
        self.switch("check", view! { <span>{text}</span> }.into_any(), chosen, able, change)
    }

    fn switch(
        self,
        class: &'static str,
        name: AnyView,
        chosen: bool,
        able: bool,
        change: fn(&mut SmsBalanceWishes, bool),
    ) -> AnyView {
        view! {
            <label class=class>
                <input
                    type="checkbox"
                    role="switch"
                    disabled=!able
                    checked=chosen
                    on:change=move |event| {
                        let on = event_target_checked(&event);
                        self.wish(&|wishes| change(wishes, on));
                    }
                />
                {name}
            </label>
        }
        .into_any()
    }

    fn choice(
        self,
        id: &'static str,
        label: &'static str,
        options: String,
        change: fn(&mut SmsBalanceWishes, &str),
    ) -> AnyView {
        view! {
            <div class="field">
                <label for=id>{label}</label>
                <select
                    class="input"
                    id=id
                    inner_html=options
                    on:change=move |event| {
                        let value = event_target_value(&event);
                        self.wish(&|wishes| change(wishes, &value));
                    }
                ></select>
            </div>
        }
        .into_any()
    }

    /// Saves what is wished. Two wishes on their way could arrive in either order: the last one leaves when the first is
    /// answered.
    fn wish(self, change: &dyn Fn(&mut SmsBalanceWishes)) {
        self.wished.update(|wished| {
            if let Some(wished) = wished {
                change(wished);
            }
        });
        if self.busy.try_update(|busy| std::mem::replace(busy, true)).unwrap_or(true) {
            return;
        }
        self.failed.set(None);
        spawn_local(async move {
            while let Some(wishes) = self.wished.try_get_untracked().flatten() {
                let answer = self.session.ask((self.save)(self.session, wishes)).await;
                match answer {
                    Ok(()) if self.wished.try_get_untracked().flatten() != Some(wishes) => {}
                    Ok(()) => {
                        self.session.say(Some(t!(settings.saved).to_owned()));
                        break;
                    }
                    Err(error) => {
                        self.failed.try_set(Some(problem::message(&error)));
                        // Nothing is known of what holds: it is read and drawn again.
                        self.wished.try_set(None);
                        break;
                    }
                }
            }
            self.busy.try_set(false);
            self.session.changed();
        });
    }
}

fn option(value: &str, text: &str, chosen: bool) -> String {
    format!("<option value=\"{value}\"{}>{text}</option>", if chosen { " selected" } else { "" })
}
