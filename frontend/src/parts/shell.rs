//! The frame of every page: header, menu, content, foot. It owns the header, which every page shows.

use crate::browser;
use crate::device;
use crate::format;
use crate::i18n::{language, t};
use crate::page::{HelpAt, Page, StatementAt};
use crate::pages;
use crate::parts::icon::mark;
use crate::parts::loaded::Loader;
use crate::parts::pay;
use crate::parts::{click, icon, live, told};
use crate::router::Router;
use crate::session::{Session, session};
use cabinet_contract::account::{Overview, Standing};
use leptos::prelude::*;

/// Whoever is signed in sees this.
pub fn page() -> impl IntoView {
    let session = session();
    let router: Router = expect_context();
    let header = Loader::new(session, move || {
        let client = session.client();
        async move {
            let (me, text) = client.overview_and_text().await?;
            device::keep(client.account(), &text);
            Ok(me)
        }
    });
    let path = Memo::new(move |_| router.page().path());
    view! {
        <a class="skip" href="#main">{t!(app.skip)}</a>
        <div class="app">
            <header class="topbar">
                <a class="brand" href="/" aria-label=t!(nav.home)>{mark()}<span>{brand(session)}</span></a>
                {live(move || header.get().map(|me| contract(&me, path.get() == "/")))}
                {live(move || (path.get() != "/").then(|| header.get().map(|me| balance(&me))))}
            </header>
            {menu(session, path)}
            <main class="main" id="main" tabindex="-1">
                {live(move || {
                    path.track();
                    pages::later::page(router.page_now(), header)
                })}
            </main>
            <footer class="foot">{live(move || foot(session))}</footer>
        </div>
    }
}

/// The provider's name, as soon as it is known.
pub fn brand(session: Session) -> AnyView {
    live(move || session.provider().map_or_else(|| t!(app.title).to_owned(), |provider| provider.name))
}

/// On the overview the balance stands in the panel, so a narrow header has room for the tariff and the state.
pub fn contract(me: &Overview, roomy: bool) -> AnyView {
    let class = if roomy { "" } else { "contract__wide" };
    view! {
        <dl class="contract">
            <div><dt>{t!(header.contract)}</dt><dd class="num">{me.contract.clone()}</dd></div>
            <div class=class><dt>{t!(header.tariff)}</dt><dd>{me.tariff.name.clone()}</dd></div>
            <div class=if roomy { "contract__state" } else { "contract__wide" }><dt>{t!(header.standing)}</dt><dd>{standing(me.standing)}</dd></div>
        </dl>
    }
    .into_any()
}

/// What the account is allowed, as a pill.
pub fn standing(standing: Standing) -> AnyView {
    let (class, symbol, text) = match standing {
        Standing::Active => ("pill pill--ok", "check", t!(standing.active)),
        Standing::Blocked => ("pill pill--bad", "stop", t!(standing.blocked)),
        Standing::Paused => ("pill pill--warn", "pause", t!(standing.paused)),
        Standing::Suspended => ("pill pill--bad", "stop", t!(standing.suspended)),
        Standing::Closed => ("pill", "lock", t!(standing.closed)),
        Standing::Unknown => return "—".into_any(),
    };
    view! { <span class=class>{icon(symbol)}{text}</span> }.into_any()
}

fn balance(me: &Overview) -> AnyView {
    let until = me.enough_until.map(|day| t!(header.until, day = format::day_near(language(), day, me.today)));
    view! {
        <a class="chip-balance" href="/">
            <b class="money"><span class="vh">{t!(header.balance)} " "</span>{format::money(language(), me.balance)}</b>
            {until.map(|until| view! { <span>{until}</span> })}
        </a>
    }
    .into_any()
}

fn menu(session: Session, path: Memo<String>) -> impl IntoView {
    let link = move |page: Page, class: &'static str| {
        let here = page.path();
        let below = format!("{here}/");
        let link = if page == Page::Pay(None) { "nav__link nav__link--pay" } else { "nav__link" };
        view! {
            <li class=class>
                <a
                    class=link
                    href=page.address()
                    aria-current=told(move || path.with(|path| *path == here || path.starts_with(&below)).then_some("page"))
                >
                    {icon(page.icon())}<span>{page.name()}</span>
                </a>
            </li>
        }
        .into_any()
    };
    let in_sheet = [Page::Tariffs, Page::Bills(None), Page::Profile, Page::Settings, Page::Help(HelpAt::default())];
    let pays = move || session.provider().as_ref().is_some_and(pay::online);
    let sheet_links = in_sheet
        .iter()
        .map(|page| {
            let here = page.path();
            view! {
                <li>
                    <a
                        href=page.address()
                        aria-current=told(move || (path.get() == here).then_some("page"))
                        on:click=click(move || browser::hide_popover("more"))
                    >
                        {icon(page.icon())}{page.name()}
                    </a>
                </li>
            }
        })
        .collect_view();
    let more_is_current = move || in_sheet.iter().any(|page| page.path() == path.get()).then_some("true");
    view! {
        <nav class="nav" aria-label=t!(nav.main)>
            <a class="brand" href="/">{mark()}<span>{brand(session)}</span></a>
            <ul class="nav__list" role="list">
                {link(Page::Overview, "")}
                {link(Page::Statement(StatementAt::default()), "")}
                {live(move || pays().then(|| link(Page::Pay(None), "")))}
                {link(Page::Services, "")}
                {link(Page::Tariffs, "nav__wide")}
                {link(Page::Bills(None), "nav__wide")}
                <li class="nav__narrow">
                    <button class="nav__link" type="button" popovertarget="more" aria-current=more_is_current>
                        {icon("more")}<span>{t!(nav.more)}</span>
                    </button>
                </li>
            </ul>
            <ul class="nav__list nav__sub" role="list">
                {link(Page::Profile, "")}
                {link(Page::Settings, "")}
                {link(Page::Help(HelpAt::default()), "")}
                <li>
                    <button class="nav__link" type="button" on:click=click(move || session.sign_out())>
                        {icon("logout")}<span>{t!(nav.sign_out)}</span>
                    </button>
                </li>
            </ul>
            <div class="sheet" id="more" popover="auto" aria-label=t!(nav.others)>
                <ul class="sheet__list" role="list">
                    {sheet_links}
                    <li>
                        <button type="button" on:click=click(move || session.sign_out())>{icon("logout")}{t!(nav.sign_out)}</button>
                    </li>
                </ul>
            </div>
        </nav>
    }
}

fn foot(session: Session) -> AnyView {
    let Some(provider) = session.provider() else { return ().into_any() };
    let phones = provider
        .phones
        .iter()
        .map(|phone| view! { " " <a href=tel(phone) class="num nowrap">{phone.clone()}</a> })
        .collect_view();
    view! {
        <span>{t!(foot.support)}{phones}</span>
        <a href="/help">{t!(nav.help)}</a>
        <span>{t!(foot.zone)}</span>
    }
    .into_any()
}

/// The address a telephone understands.
pub fn tel(phone: &str) -> String {
    let number: String = phone.chars().filter(|c| c.is_ascii_digit() || *c == '+').collect();
    format!("tel:{number}")
}
