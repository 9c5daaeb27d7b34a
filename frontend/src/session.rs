//! Who is signed in, in which language, and what everything shares.

use crate::browser;
use crate::device;
use crate::i18n::{self, t};
use cabinet_client::{Client, Error, Heard, Result};
use cabinet_contract::account::Overview;
use cabinet_contract::auth::Tokens;
use cabinet_contract::provider::Provider;
use cabinet_contract::settings::{Settings, Theme};
use cabinet_core::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;
use time::OffsetDateTime;

const LANGUAGE: &str = "cabinet.language";
/// The theme of whoever is signed in; `theme.js` reads it before the first paint.
const THEME: &str = "cabinet.theme";
/// Whose session the cookie of this browser holds: the id of the account. Every tab follows it.
const SESSION: &str = "cabinet.session";
/// A sign-out the server has not heard of.
const LEAVING: &str = "cabinet.leaving";

/// A stream that ended with its token is opened again this soon.
const HEAR_AGAIN: Duration = Duration::from_secs(1);
/// A server that was not reached is asked again this much later: nobody tells when it is back.
const OPEN_AGAIN: Duration = Duration::from_secs(10);
/// One that broke or was refused, this much later; the page still reads when it is asked to.
const HEAR_LATER: Duration = Duration::from_secs(20);

/// Where sign-in stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Asking the server whether the cookie still holds a session.
    Opening,
    /// The server was not reached, so nobody knows.
    Unreached,
    /// Nobody is signed in; `ended` if someone was until now.
    SignedOut {
        /// The session ended while it was in use.
        ended: bool,
    },
    /// Signed in with a first password: it must be changed before anything else.
    FirstPassword,
    /// Signed in.
    Open,
}

/// What every page shares. Copies are the same session.
#[derive(Clone, Copy)]
pub struct Session {
    client: StoredValue<Client>,
    state: RwSignal<State>,
    /// In force.
    language: RwSignal<Language>,
    /// Chosen last; in force as soon as its texts are here.
    wished: RwSignal<Language>,
    /// Chosen, but its texts could not be had.
    unspoken: RwSignal<Option<Language>>,
    /// There is a language to draw in.
    worded: RwSignal<bool>,
    theme: RwSignal<Theme>,
    provider: RwSignal<Option<Provider>>,
    toast: RwSignal<Option<String>>,
    news: RwSignal<u32>,
    network: RwSignal<u32>,
    leaving: RwSignal<bool>,
    /// How often the server was not reached.
    waits: StoredValue<u32>,
    /// Grows with every coming and going: an answer to somebody who left says nothing about whoever came.
    epoch: StoredValue<u32>,
    /// Of whom events are heard already, by the epoch.
    heard: StoredValue<Option<u32>>,
    /// What the server keeps for this person, once known.
    kept: StoredValue<Option<Settings>>,
    /// The language was chosen on the form of sign-in, by whoever is about to sign in.
    chosen: StoredValue<bool>,
    /// What was typed to sign in on this page.
    name: RwSignal<String>,
}

impl Session {
    /// Reads what this device remembers and asks the server whether a session is still open.
    pub fn start() -> Session {
        let language = browser::recall(LANGUAGE).and_then(|code| Language::from_code(&code)).unwrap_or_default();
        let theme = match browser::recall(THEME).as_deref() {
            Some("light") => Theme::Light,
            Some("dark") => Theme::Dark,
            _ => Theme::System,
        };
        let session = Session {
            client: StoredValue::new(Client::new("")),
            state: RwSignal::new(State::Opening),
            language: RwSignal::new(language),
            wished: RwSignal::new(language),
            unspoken: RwSignal::new(None),
            worded: RwSignal::new(false),
            theme: RwSignal::new(theme),
            provider: RwSignal::new(None),
            toast: RwSignal::new(None),
            news: RwSignal::new(0),
            network: RwSignal::new(0),
            leaving: RwSignal::new(false),
            waits: StoredValue::new(0),
            epoch: StoredValue::new(0),
            heard: StoredValue::new(None),
            kept: StoredValue::new(None),
            chosen: StoredValue::new(false),
            name: RwSignal::new(String::new()),
        };
        session.client().speak(language);
        spawn_local(session.show_language(language));
        browser::on_window("online", move |_| {
            session.network.update(|times| *times += 1);
            session.speak_again();
            if browser::recall(LEAVING).is_some() {
                spawn_local(async move { drop(session.finish_sign_out().await) });
            } else if session.state_now() == State::Unreached {
                session.open();
            }
        });
        browser::on_window("storage", move |_| session.follow_other_tabs());
        // The provider words its demo in the caller's language.
        Effect::new(move |_| {
            session.language.track();
            session.network.track();
            spawn_local(async move {
                if let Ok(provider) = session.client().provider().await {
                    if let (false, Some(language)) =
                        (provider.languages.contains(&session.language.get_untracked()), provider.languages.first())
                    {
                        session.show_language(*language).await;
                    }
                    session.provider.set(Some(provider));
                }
            });
        });
        session.open();
        session
    }

    /// The API as this person sees it.
    pub fn client(self) -> Client {
        self.client.get_value()
    }

    /// Where sign-in stands, followed.
    pub fn state(self) -> State {
        self.state.get()
    }

    /// Where sign-in stands, not followed.
    pub fn state_now(self) -> State {
        self.state.get_untracked()
    }

    /// The provider, once known, followed.
    pub fn provider(self) -> Option<Provider> {
        self.provider.get()
    }

    /// What was typed to sign in on this page; nothing after a reload.
    pub fn name(self) -> RwSignal<String> {
        self.name
    }

    /// Fewest characters of a new password, once known, followed.
    pub fn password_min(self) -> Option<u32> {
        self.provider.with(|provider| provider.as_ref()?.password_min)
    }

    /// The same, not followed.
    pub fn password_min_now(self) -> Option<u32> {
        self.provider.with_untracked(|provider| provider.as_ref()?.password_min)
    }

    /// The language in force, followed.
    pub fn language(self) -> Language {
        self.language.get()
    }

    /// The language chosen last, in force or about to be, followed.
    pub fn wished(self) -> Language {
        self.wished.get()
    }

    /// Whether there is a language to draw in, followed: whoever chose one here before is not shown another first.
    pub fn worded(self) -> bool {
        self.worded.get()
    }

    /// The chosen language whose texts could not be had, followed.
    pub fn unspoken(self) -> Option<Language> {
        self.unspoken.get()
    }

    /// Tries to have them again.
    pub fn speak_again(self) {
        if let Some(language) = self.unspoken.get_untracked() {
            self.give_up_speaking();
            spawn_local(async move {
                self.show_language(language).await;
                if self.unspoken.get_untracked().is_some() {
                    browser::renew().await;
                }
            });
        }
    }

    /// Stays with the language in force.
    pub fn give_up_speaking(self) {
        self.unspoken.set(None);
    }

    /// The theme in force, followed.
    pub fn theme(self) -> Theme {
        self.theme.get()
    }

    /// Whether the server has yet to hear of the last sign-out, followed.
    pub fn leaving(self) -> bool {
        self.leaving.get()
    }

    /// Follow what makes shown figures old: an act of one's own, or the network's return.
    pub fn follow_news(self) {
        self.news.track();
        self.network.track();
    }

    /// Follow the network's return alone.
    pub fn follow_network(self) {
        self.network.track();
    }

    /// Something was changed on the server: what is shown of it is read again.
    pub fn changed(self) {
        self.news.update(|times| *times += 1);
    }

    /// The message at the foot of the page, followed.
    pub fn toast(self) -> Option<String> {
        self.toast.get()
    }

    /// The message at the foot of the page, not followed.
    pub fn toast_now(self) -> Option<String> {
        self.toast.get_untracked()
    }

    /// Says something at the foot of the page, or takes it away.
    pub fn say(self, text: Option<String>) {
        self.toast.set(text);
    }

    /// Takes up the session of the cookie, if there is one.
    pub fn open(self) {
        // The cookie of somebody who wanted to leave is nobody's way in.
        if browser::recall(LEAVING).is_some() {
            spawn_local(async move { drop(self.finish_sign_out().await) });
            return self.leave(false);
        }
        // Without this mark nobody signed in on this device, and asking would only log an error in the console.
        if browser::recall(SESSION).is_none() {
            self.state.set(State::SignedOut { ended: false });
            return;
        }
        self.state.set(State::Opening);
        self.renew();
    }

    /// Shows what is known, and asks again by and by, without taking it away meanwhile.
    fn wait(self) {
        self.state.set(State::Unreached);
        let turn = self.waits.get_value() + 1;
        self.waits.set_value(turn);
        let again = move || {
            if self.state_now() == State::Unreached && self.waits.get_value() == turn {
                self.renew();
            }
        };
        set_timeout(again, OPEN_AGAIN);
    }

    fn renew(self) {
        spawn_local(async move {
            match self.client().renew().await {
                // This device remembers the person's settings; what was changed elsewhere comes right after.
                Ok(tokens) => {
                    self.begin();
                    self.enter(&tokens);
                    if !tokens.must_change_password {
                        self.take_settings().await;
                    }
                }
                Err(Error::Offline(_)) => self.wait(),
                Err(error) if error.status().is_some_and(|status| status >= 500) => self.wait(),
                Err(_) => self.leave(false),
            }
        });
    }

    /// Signs in; on success the page behind the form is shown.
    pub async fn sign_in(self, login: &str, password: &str) -> Result<()> {
        self.finish_sign_out().await?;
        let tokens = self.client().sign_in(login, password).await?;
        self.name.set(login.to_owned());
        self.come_in(&tokens).await;
        Ok(())
    }

    /// Goes where new tokens lead, in this person's language and theme.
    pub async fn come_in(self, tokens: &Tokens) {
        self.begin();
        if !tokens.must_change_password {
            self.take_settings().await;
        }
        self.enter(tokens);
    }

    /// Ends the session. This device forgets it at once; the server hears of it as soon as it is reached.
    pub fn sign_out(self) {
        browser::remember(LEAVING, "1");
        self.say(None);
        self.leave(false);
        spawn_local(device::silence());
        spawn_local(async move { drop(self.finish_sign_out().await) });
    }

    /// What this device last knew of whoever is signed in, and when that was.
    pub fn last_known(self) -> Option<(Overview, OffsetDateTime)> {
        device::last(&browser::recall(SESSION)?).filter(|_| browser::recall(LEAVING).is_none())
    }

    /// Tells the server of a sign-out it has not heard of.
    async fn finish_sign_out(self) -> Result<()> {
        if browser::recall(LEAVING).is_none() {
            return Ok(());
        }
        match self.client().sign_out().await {
            Err(error) if error.status().is_none_or(|status| status == 429 || status >= 500) => {
                self.leaving.set(true);
                Err(error)
            }
            // Refused or not, there is no session any more.
            _ => {
                browser::forget(LEAVING);
                self.leaving.set(false);
                Ok(())
            }
        }
    }

    fn enter(self, tokens: &Tokens) {
        browser::remember(SESSION, &self.client().account().unwrap_or_default());
        self.state.set(if tokens.must_change_password { State::FirstPassword } else { State::Open });
        let epoch = self.epoch.get_value();
        if !tokens.must_change_password {
            spawn_local(device::come_in(self));
        }
        if !tokens.must_change_password && self.heard.get_value() != Some(epoch) {
            self.heard.set_value(Some(epoch));
            self.hear(epoch, false);
        }
    }

    /// Has everything shown read again whenever something moves on the account, for as long as the same person is here:
    /// a payment at a terminal changes the header by itself.
    fn hear(self, epoch: u32, again: bool) {
        spawn_local(async move {
            let here = move || self.epoch.get_value() == epoch;
            let heard = move |heard| {
                // What is on the page when the first stream opens has just been read.
                if here() && (again || heard == Heard::Changed) {
                    self.changed();
                }
            };
            let rest = if self.client().listen(heard).await.is_ok() { HEAR_AGAIN } else { HEAR_LATER };
            set_timeout(
                move || {
                    if here() {
                        self.hear(epoch, true)
                    }
                },
                rest,
            );
        });
    }

    /// Passes a result on, and leaves for the form of sign-in or of the first password where it says so.
    pub async fn ask<T>(self, answer: impl Future<Output = Result<T>>) -> Result<T> {
        let epoch = self.epoch.get_value();
        let result = answer.await;
        if let Err(error) = &result
            && self.epoch.get_value() == epoch
        {
            self.heed(error);
        }
        result
    }

    fn heed(self, error: &Error) {
        match (error, error.code()) {
            (Error::AnotherPerson, _) => self.follow_another(),
            (_, Some("must_change_password")) => self.state.set(State::FirstPassword),
            // However it was put, or whatever stands between says it in its own words: this session is over.
            _ if error.status() == Some(401) => self.leave(true),
            // The renewal was refused, and its refusal says nothing to a person but to sign in again.
            _ if !self.client().signed_in() => self.leave(true),
            _ => {}
        }
    }

    /// Another tab signed somebody in or out: the cookie is of the whole browser, so this tab does the same.
    fn follow_other_tabs(self) {
        if browser::recall(LEAVING).is_none() {
            self.leaving.set(false);
        }
        let there = browser::recall(SESSION);
        let settled = !matches!(self.state_now(), State::Opening | State::Unreached);
        if settled && there != self.client().account() {
            match there {
                Some(_) => self.follow_another(),
                None => self.leave(true),
            }
        }
    }

    /// Somebody else is signed in here by now. What was typed or begun before was the former person's.
    fn follow_another(self) {
        if matches!(self.state_now(), State::Open | State::FirstPassword) {
            self.say(Some(t!(session.another).to_owned()));
        }
        self.begin();
        self.client().forget();
        self.open();
    }

    /// Speaks a language on this device; the form of sign-in keeps it for whoever comes in by it.
    pub fn choose_language(self, language: Language) {
        self.chosen.set_value(true);
        spawn_local(self.show_language(language));
    }

    /// Keeps a choice for this person on every device; it is shown here at once.
    pub async fn choose(self, change: impl Fn(&mut Settings)) -> Result<()> {
        let mut shown = Settings { language: self.wished.get_untracked(), theme: self.theme.get_untracked() };
        change(&mut shown);
        self.show(shown).await;
        if self.kept.get_value().is_none() {
            let kept = self.ask(self.client().settings()).await?;
            self.kept.set_value(Some(kept));
        }
        // What is not chosen here stays as the server keeps it.
        let mut wish = self.kept.get_value().unwrap_or(shown);
        change(&mut wish);
        self.kept.set_value(Some(wish));
        self.ask(self.client().update_settings(&wish)).await.map(drop)
    }

    /// What this person chose, here or elsewhere, holds on this device as long as they are signed in.
    async fn take_settings(self) {
        let Ok(mut settings) = self.client().settings().await else { return };
        if self.kept.get_value().is_some() {
            return;
        }
        if self.chosen.get_value() {
            settings.language = self.wished.get_untracked();
            let _ = self.client().update_settings(&settings).await;
            self.chosen.set_value(false);
        }
        self.kept.set_value(Some(settings));
        self.show(settings).await;
    }

    async fn show(self, settings: Settings) {
        self.show_theme(settings.theme);
        self.show_language(settings.language).await;
    }

    /// Speaks a language as soon as its texts are here; where they cannot be had, the one in force goes on.
    async fn show_language(self, language: Language) {
        browser::remember(LANGUAGE, language.code());
        self.wished.set(language);
        let here = i18n::load(language).await;
        // Another may have been chosen meanwhile.
        if self.wished.get_untracked() != language {
            return;
        }
        self.unspoken.set((!here).then_some(language));
        let language = if here { language } else { i18n::language() };
        self.speak(language);
        if language != self.language.get_untracked() {
            let focused = browser::focused();
            self.language.set(language);
            // Everything is drawn anew, what had the keyboard too.
            if let Some(id) = focused {
                browser::focus_on(format!("#{id}"));
            }
        }
        self.worded.set(true);
    }

    fn show_theme(self, theme: Theme) {
        let name = theme_name(theme);
        match name {
            Some(name) => browser::remember(THEME, name),
            None => browser::forget(THEME),
        }
        browser::set_theme(name);
        self.theme.set(theme);
    }

    fn speak(self, language: Language) {
        i18n::speak(language);
        browser::set_language(language.code());
        self.client().speak(language);
    }

    fn leave(self, ended: bool) {
        self.begin();
        self.client().forget();
        self.name.set(String::new());
        browser::forget(SESSION);
        device::forget();
        self.chosen.set_value(false);
        // The next person of this device has a theme of their own.
        self.show_theme(Theme::System);
        self.state.set(State::SignedOut { ended });
    }

    /// Somebody comes or goes.
    fn begin(self) {
        self.epoch.update_value(|epoch| *epoch += 1);
        self.kept.set_value(None);
    }
}

fn theme_name(theme: Theme) -> Option<&'static str> {
    match theme {
        Theme::System | Theme::Unknown => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    }
}

/// The session of the tree one is in.
pub fn session() -> Session {
    expect_context()
}
