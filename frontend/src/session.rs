//! Who is signed in, in which language, and what everything shares.

use crate::browser;
use crate::i18n;
use cabinet_client::{Client, Error, Result};
use cabinet_contract::auth::Tokens;
use cabinet_contract::problem::code;
use cabinet_contract::provider::Provider;
use cabinet_contract::settings::{Settings, Theme};
use cabinet_core::Language;
use leptos::prelude::*;
use leptos::task::spawn_local;

const LANGUAGE: &str = "cabinet.language";
const THEME: &str = "cabinet.theme";
const SESSION: &str = "cabinet.session";

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
    language: RwSignal<Language>,
    theme: RwSignal<Theme>,
    provider: RwSignal<Option<Provider>>,
    toast: RwSignal<Option<String>>,
    news: RwSignal<u32>,
    network: RwSignal<u32>,
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
            theme: RwSignal::new(theme),
            provider: RwSignal::new(None),
            toast: RwSignal::new(None),
            news: RwSignal::new(0),
            network: RwSignal::new(0),
        };
        session.speak(language);
        browser::on_window("online", move |_| {
            session.network.update(|times| *times += 1);
            if session.state.get_untracked() == State::Unreached {
                session.open();
            }
        });
        // The provider words its demo in the caller's language.
        Effect::new(move |_| {
            session.language.track();
            session.network.track();
            spawn_local(async move {
                if let Ok(provider) = session.client().provider().await {
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

    /// The language in force, followed.
    pub fn language(self) -> Language {
        self.language.get()
    }

    /// The theme chosen on this device, followed.
    pub fn theme(self) -> Theme {
        self.theme.get()
    }

    /// What is chosen on this device.
    pub fn settings_now(self) -> Settings {
        Settings { language: self.language.get_untracked(), theme: self.theme.get_untracked() }
    }

    /// Follow what makes shown figures old: an act of one's own, or the network's return.
    pub fn follow_news(self) {
        self.news.track();
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
        // Without this mark nobody signed in on this device, and asking would only log an error in the console.
        if browser::recall(SESSION).is_none() {
            self.state.set(State::SignedOut { ended: false });
            return;
        }
        self.state.set(State::Opening);
        spawn_local(async move {
            match self.client().renew().await {
                Ok(tokens) => self.enter(&tokens),
                Err(Error::Offline(_)) => self.state.set(State::Unreached),
                Err(error) if error.status().is_some_and(|status| status >= 500) => self.state.set(State::Unreached),
                Err(_) => self.leave(false),
            }
        });
    }

    /// Signs in; on success the page behind the form is shown.
    pub async fn sign_in(self, login: &str, password: &str) -> Result<()> {
        let tokens = self.client().sign_in(login, password).await?;
        if !tokens.must_change_password {
            self.take_settings().await;
        }
        self.enter(&tokens);
        Ok(())
    }

    /// Ends the session; this device forgets it even if the server is not reached.
    pub fn sign_out(self) {
        let client = self.client();
        spawn_local(async move {
            let _ = client.sign_out().await;
            self.say(None);
            self.leave(false);
        });
    }

    /// Goes where these tokens lead.
    pub fn enter(self, tokens: &Tokens) {
        browser::remember(SESSION, "open");
        self.state.set(if tokens.must_change_password { State::FirstPassword } else { State::Open });
    }

    /// Passes a result on, and leaves for the form of sign-in or of the first password where it says so.
    pub async fn ask<T>(self, answer: impl Future<Output = Result<T>>) -> Result<T> {
        let result = answer.await;
        if let Err(error) = &result {
            self.heed(error);
        }
        result
    }

    fn heed(self, error: &Error) {
        match error.code() {
            Some(code::UNAUTHENTICATED | "session_ended") => self.leave(true),
            Some("must_change_password") => self.state.set(State::FirstPassword),
            _ => {}
        }
    }

    /// Speaks a language on this device from now on.
    pub fn choose_language(self, language: Language) {
        browser::remember(LANGUAGE, language.code());
        self.speak(language);
        self.language.set(language);
    }

    /// Draws in a theme on this device from now on.
    pub fn choose_theme(self, theme: Theme) {
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

    /// What this person chose elsewhere holds here too, unless this device has a choice of its own.
    async fn take_settings(self) {
        let Ok(settings) = self.client().settings().await else { return };
        if browser::recall(LANGUAGE).is_none() && settings.language != self.language.get_untracked() {
            self.speak(settings.language);
            self.language.set(settings.language);
        }
        if browser::recall(THEME).is_none() {
            self.choose_theme(settings.theme);
        }
    }

    fn leave(self, ended: bool) {
        browser::forget(SESSION);
        self.state.set(State::SignedOut { ended });
    }
}

fn theme_name(theme: Theme) -> Option<&'static str> {
    match theme {
        Theme::System => None,
        Theme::Light => Some("light"),
        Theme::Dark => Some("dark"),
    }
}

/// The session of the tree one is in.
pub fn session() -> Session {
    expect_context()
}
