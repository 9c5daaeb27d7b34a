//! The demo's subscribers: their whole past is lived by the real use cases under a stepped clock.

use crate::access::{Access, Caller, Delivery};
use crate::acts::Quote;
use crate::clock::local_instant;
use crate::idempotency::RequestKey;
use crate::manage_staff::NewMember;
use crate::office::Registration;
use crate::password::Checked;
use crate::sign_in::SignIn;
use crate::tell_news::{NewNotice, Words};
use crate::write_to_support::{NewMessage, NewTicket};
use crate::{Actor, Chance, Error, Service, SteppedClock};
use cabinet_core::account::Pause;
use cabinet_core::calendar::{days, tomorrow};
use cabinet_core::staff::Role;
use cabinet_core::support::{NewsKind, Topic};
use cabinet_core::tariff::FreeTurbo;
use cabinet_core::{ContractNumber, Language, Money, Now, Standing, TariffCode};
use cabinet_store::{Store, accounts, catalogue, credentials, demo as tables, staff};
use std::net::Ipv4Addr;
use std::sync::Arc;
use time::Duration;
use time::macros::{date, time};
use uuid::Uuid;

/// Sign-ins of the demo, with what each of them shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoSubscriber {
    /// Contract number.
    pub login: &'static str,
    /// What this subscriber shows.
    pub shows: Shows,
}

/// What a demo subscriber is there to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shows {
    /// The manual's December 2014, living to today.
    Manual,
    /// Blocked for want of money.
    Blocked,
    /// A planned change to a cheaper tariff.
    Downgrade,
    /// Turbo that runs, and a static address.
    Turbo,
    /// A pause that runs.
    Paused,
}

/// Everyone's password in the demo.
pub const PASSWORD: &str = "tykha-richka-2014";

/// The demo's subscribers.
pub const SUBSCRIBERS: [DemoSubscriber; 5] = [
    DemoSubscriber { login: "0000", shows: Shows::Manual },
    DemoSubscriber { login: "0001", shows: Shows::Blocked },
    DemoSubscriber { login: "0002", shows: Shows::Downgrade },
    DemoSubscriber { login: "0003", shows: Shows::Turbo },
    DemoSubscriber { login: "0004", shows: Shows::Paused },
];

/// A sign-in of the demo's staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DemoMember {
    /// What they sign in with.
    pub login: &'static str,
    /// As colleagues know them.
    pub name: &'static str,
    /// What they are there for.
    pub role: Role,
}

/// The demo's staff, one of each role.
pub const STAFF: [DemoMember; 4] = [
    DemoMember { login: "cashier", name: "Бондаренко Ніна", role: Role::Cashier },
    DemoMember { login: "support", name: "Мельник Андрій", role: Role::Support },
    DemoMember { login: "manager", name: "Гриценко Юлія", role: Role::Manager },
    DemoMember { login: "admin", name: "Савчук Петро", role: Role::Admin },
];

const MARK: &str = "demo";
/// `0000` has at least this many kopecks at each start: enough for the price of a cheaper tariff.
const AT_EVERY_START: i64 = 40_00;
const SOME_DAYS: i64 = 8_00;
const STEP: i64 = 5_00;

/// Why a database cannot serve the demo, or is the demo's and cannot serve anything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marked {
    /// Nothing in it yet.
    Empty,
    /// The demo's.
    Demo,
    /// A real installation's.
    Real,
}

/// Whose a database is.
pub async fn marked(store: &Store) -> Result<Marked, Error> {
    let mut view = store.view().await?;
    if catalogue::fact(&mut view, MARK).await?.is_some() {
        return Ok(Marked::Demo);
    }
    let filled = accounts::count(&mut view).await? > 0 || catalogue::policy(&mut view).await?.is_some();
    Ok(if filled { Marked::Real } else { Marked::Empty })
}

/// Makes the demo, or tops it up to `now`: charges the days since the last start, keeps 40.00 on `0000`, and makes
/// everything anew where a state has run out. `true` if it was made anew.
pub async fn open_demo(store: &Store, access: Access, now: Now) -> Result<bool, Error> {
    let clock = Arc::new(SteppedClock::at(now.instant));
    let demo = Demo { service: Service::new(store.clone(), clock.clone(), Chance::system(), access), clock, now };
    let anew = match marked(store).await? {
        Marked::Demo => !demo.top_up().await?,
        Marked::Empty => true,
        Marked::Real => return Err(Error::internal("the demo never touches a real book")),
    };
    if anew {
        demo.make().await?;
    }
    Ok(anew)
}

struct Demo {
    service: Service,
    clock: Arc<SteppedClock>,
    now: Now,
}

fn money(kopecks: i64) -> Money {
    Money::from_kopecks(kopecks)
}

fn caller() -> Caller {
    Caller { address: Ipv4Addr::LOCALHOST.into(), user_agent: "demo".to_owned() }
}

impl Demo {
    async fn make(&self) -> Result<(), Error> {
        let mut tx = self.service.store.write().await?;
        tables::empty(&mut tx).await?;
        catalogue::put_fact(&mut tx, MARK, "yes").await?;
        tx.commit().await?;
        let today = self.now.today;
        let manual = self.manual_december().await?;
        let resumed = today - Duration::days(92);
        let (blocked_from, downgrade_from) = (today - Duration::days(60), today - Duration::days(45));
        let connected_from = today - Duration::days(40);
        let paused_from = today - Duration::days(5);
        let (mut downgrading, mut connected, mut paused) = (None, None, None);
        for day in days(resumed, today) {
            self.clock.set_local(day, time!(9:00));
            if day == today {
                self.clock.set(self.now.instant);
            }
            self.service.run_day(day, |_, _| ()).await?;
            match day {
                _ if day == resumed => {
                    self.service.resume(Actor::Staff, manual).await?;
                }
                _ if day == blocked_from => {
                    let petrenko = ["Петренко", "Олена", "Іванівна", "вул. Київська 12, кв. 7", "067-000-00-01"];
                    self.register("0001", petrenko, "home-50", 100_00).await?;
                }
                _ if day == downgrade_from => {
                    let kovalenko = ["Коваленко", "Марія", "Петрівна", "вул. Шевченка 3", "050-000-00-02"];
                    downgrading = Some(self.register("0002", kovalenko, "home-100", 300_00).await?);
                }
                _ if day == connected_from => {
                    let savchenko = ["Савченко", "Тарас", "Олегович", "вул. Лесі Українки 8", "063-000-00-03"];
                    let account = self.register("0003", savchenko, "home-20", 500_00).await?;
                    let quote = self.service.quote_static_ip(account).await?;
                    self.confirm(account, &quote).await?;
                    connected = Some(account);
                    let moroz = ["Мороз", "Ірина", "Василівна", "вул. Франка 21, кв. 3", "097-000-00-04"];
                    paused = Some(self.register("0004", moroz, "home-10", 200_00).await?);
                }
                _ if day == paused_from => {
                    let account = paused.ok_or_else(|| Error::internal("the demo's days hold its registrations"))?;
                    let pause = Pause { from: tomorrow(day), until: day + Duration::days(60) };
                    let quote = self.service.quote_pause(account, pause).await?;
                    self.confirm(account, &quote).await?;
                }
                _ => {}
            }
            let (least, lift) = if day == today { (AT_EVERY_START, SOME_DAYS) } else { (10_00, 40_00) };
            self.keep(manual, least, lift).await?;
        }
        self.employ().await?;
        // An hour ago: what a visitor does comes after it.
        self.clock.set(self.now.instant - Duration::HOUR);
        self.correspond(manual).await?;
        self.clock.set(self.now.instant);
        let missing = || Error::internal("the demo's days hold its registrations");
        self.downgrade(downgrading.ok_or_else(missing)?).await?;
        self.hurry(connected.ok_or_else(missing)?).await
    }

    /// `0000` as in the manual: 30 November to 23 December 2014, no run on the 21st, suspended that evening.
    async fn manual_december(&self) -> Result<Uuid, Error> {
        self.clock.set_local(date!(2014 - 11 - 30), time!(12:00));
        self.service.fill_defaults().await?;
        let mut catalogue = self.service.catalogue().await?;
        for tariff in catalogue.tariffs.iter_mut().filter(|tariff| tariff.down_mbps < 100) {
            tariff.free_turbo = Some(FreeTurbo { option: "3h".to_owned(), per_month: 1 });
        }
        self.service.import_catalogue(&catalogue).await?;
        self.service.add_addresses(Actor::Staff, "main", "203.0.113.16/28").await?;
        let ivanov = ["Іванов", "Іван", "Іванович", "вул. Іванова 1/2", "0-00-00;000-00-00"];
        let account = self.register("0000", ivanov, "home-20", 25_87).await?;
        for day in days(date!(2014 - 12 - 01), date!(2014 - 12 - 23)).filter(|day| day.day() != 21) {
            self.clock.set_local(day, time!(0:05));
            self.service.run_day(day, |_, _| ()).await?;
            if day.day() == 10 {
                self.clock.set_local(day, time!(14:30));
                self.service.pay_cash(Actor::Staff, account, money(50_00), None).await?;
            }
        }
        self.clock.set_local(date!(2014 - 12 - 23), time!(20:00));
        self.service.suspend(Actor::Staff, account, "на прохання абонента").await?;
        Ok(account)
    }

    async fn register(&self, contract: &str, who: [&str; 5], tariff: &str, paid: i64) -> Result<Uuid, Error> {
        let [last_name, first_name, middle_name, address, phones] = who.map(str::to_owned);
        let registration = Registration {
            contract: contract.parse::<ContractNumber>().map_err(Error::internal)?,
            last_name,
            first_name,
            middle_name,
            address,
            phones,
            email: None,
            tariff: TariffCode::new(tariff),
            language: Language::Uk,
            first_payment: Some(money(paid)),
        };
        let registered = self.service.register_subscriber(Actor::Staff, registration).await?;
        self.own_password(contract, &registered.first_password).await?;
        Ok(registered.id)
    }

    /// Adds the staff that is not there yet, and gives the others the promised password back.
    async fn employ(&self) -> Result<(), Error> {
        for DemoMember { login, name, role } in STAFF {
            let known = staff::named(&mut self.service.store.read().await?, login).await?;
            let first = match known {
                Some(_) if self.has_promised_password(login).await? => continue,
                Some(_) => self.service.reset_staff_password(Actor::Staff, login).await?,
                None => {
                    let new = NewMember { login: login.to_owned(), name: name.to_owned(), role };
                    self.service.add_staff(Actor::Staff, &new).await?
                }
            };
            self.own_password(login, &first).await?;
        }
        Ok(())
    }

    /// The first sign-in: the printed password is changed, as everybody must.
    async fn own_password(&self, login: &str, first: &str) -> Result<(), Error> {
        let given = SignIn {
            login: login.to_owned(),
            password: first.to_owned(),
            delivery: Delivery::Body,
            device: None,
            caller: caller(),
        };
        let signed = self.service.sign_in(given).await?;
        let who = signed.principal();
        self.service.change_password(&who, first, PASSWORD).await?;
        self.service.sign_out_session(&who).await
    }

    /// Pays, in steps of five hryvnias, what lifts an account below `least` kopecks by `lift` above it.
    async fn keep(&self, account: Uuid, least: i64, lift: i64) -> Result<(), Error> {
        let balance = self.service.show_subscriber(account).await?.held.account.balance.kopecks();
        if balance < least {
            let wanted = least + lift - balance;
            self.service.pay_cash(Actor::Staff, account, money((wanted + STEP - 1) / STEP * STEP), None).await?;
        }
        Ok(())
    }

    /// A question of the manual's subscriber with its answer, and works that are planned in the street.
    async fn correspond(&self, account: Uuid) -> Result<(), Error> {
        let service = &self.service;
        if service.list_tickets(account, None, 1).await?.0.is_empty() {
            let text = "Чому 22 грудня списано 3,22 ₴, а не 1,61 ₴, як щодня?".to_owned();
            let first = NewMessage { text, files: Vec::new() };
            let new = NewTicket { topic: Topic::Charges, about_day: Some(date!(2014 - 12 - 22)), first };
            let key = RequestKey { key: format!("demo-{}", service.new_id()), request: "demo".to_owned() };
            let ticket = service.open_ticket(account, &new, key).await?.value.ticket;
            let member = staff::named(&mut service.store.read().await?, "support").await?;
            let by = member.map_or(Actor::Staff, |member| Actor::Member(member.id));
            let text = "Добрий день! 21 грудня нічне нарахування не відбулося, тому 22 грудня воно додало й пропущений \
                день: 1,61 + 1,61 = 3,22 ₴. За місяць вийде рівно стільки, як у тарифі.";
            let answer = NewMessage { text: text.to_owned(), files: Vec::new() };
            service.answer_ticket(by, account, ticket, &answer, false).await?;
        }
        if service.list_news(account).await?.is_empty() {
            let day = self.now.today + Duration::days(2);
            let words = |title: &str, body: &str| Words { title: title.to_owned(), body: body.to_owned() };
            let works = NewNotice {
                kind: NewsKind::PlannedWork,
                uk: words("Планові роботи", "Замінимо обладнання на вузлі. Доступу в цей час може не бути."),
                ru: Some(words("Плановые работы", "Заменим оборудование на узле. Доступа в это время может не быть.")),
                en: Some(words("Planned work", "We replace equipment of the node. There may be no access meanwhile.")),
                places: "вул. Іванова".to_owned(),
                from: None,
                until: None,
                works: Some((local_instant(day, time!(2:00)), local_instant(day, time!(4:00)))),
            };
            service.add_news(Actor::Staff, &works).await?;
        }
        Ok(())
    }

    async fn downgrade(&self, account: Uuid) -> Result<(), Error> {
        let quote = self.service.quote_tariff_change(account, TariffCode::new("home-50")).await?;
        self.confirm(account, &quote).await
    }

    async fn confirm(&self, account: Uuid, quote: &Quote) -> Result<(), Error> {
        let key = RequestKey { key: format!("demo-{}", quote.id), request: "demo".to_owned() };
        self.service.confirm_quote(account, quote.id, key).await?;
        Ok(())
    }

    /// Turbo of a day, unless one runs for some hours yet.
    async fn hurry(&self, account: Uuid) -> Result<(), Error> {
        let running = self.service.show_subscriber(account).await?.held.account.turbo_until;
        if running.is_some_and(|until| until > self.now.instant + Duration::hours(6)) {
            return Ok(());
        }
        self.keep(account, AT_EVERY_START, SOME_DAYS).await?;
        let quote = self.service.quote_turbo(account, "24h".to_owned()).await?;
        self.confirm(account, &quote).await
    }

    /// Restores what visitors changed of what the sign-in page promises; `false` if a state has run out and the rules
    /// forbid renewing it.
    async fn top_up(&self) -> Result<bool, Error> {
        self.employ().await?;
        self.service.run_day(self.now.today, |_, _| ()).await?;
        let [Some(manual), Some(blocked), Some(downgrade), Some(connected), Some(paused)] = self.found().await? else {
            return Ok(false);
        };
        for account in [manual, blocked, downgrade, connected, paused] {
            if self.service.show_subscriber(account).await?.held.account.closed_on.is_some() {
                return Ok(false);
            }
        }
        for subscriber in SUBSCRIBERS {
            self.restore_password(subscriber.login).await?;
        }
        if self.standing(manual).await? == Standing::Suspended {
            self.service.resume(Actor::Staff, manual).await?;
        }
        self.keep(manual, AT_EVERY_START, SOME_DAYS).await?;
        self.correspond(manual).await?;
        if self.standing(blocked).await? != Standing::Blocked || self.standing(downgrade).await? != Standing::Active {
            return Ok(false);
        }
        let with_address = self.service.show_subscriber(connected).await?.held.account;
        let rests = self.standing(paused).await? == Standing::Paused;
        if self.standing(connected).await? != Standing::Active || with_address.static_ip.is_none() || !rests {
            return Ok(false);
        }
        match self.hurry(connected).await {
            Ok(()) => {}
            Err(Error::Refused(_)) => return Ok(false),
            Err(fault) => return Err(fault),
        }
        let planned = self.service.show_subscriber(downgrade).await?.held.account;
        if planned.pending_on(self.now.today).is_some() {
            return Ok(true);
        }
        match self.downgrade(downgrade).await {
            Ok(()) => Ok(true),
            Err(Error::Refused(_)) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    async fn standing(&self, account: Uuid) -> Result<Standing, Error> {
        Ok(self.service.show_subscriber(account).await?.held.account.standing(self.now.today))
    }

    /// A visitor's password gives way to the promised one, as support would restore it.
    async fn restore_password(&self, contract: &str) -> Result<(), Error> {
        if self.has_promised_password(contract).await? {
            return Ok(());
        }
        let code = self.service.issue_recovery_code(Actor::Staff, contract).await?;
        self.service.confirm_recovery(contract, &code, PASSWORD, &caller()).await
    }

    async fn has_promised_password(&self, login: &str) -> Result<bool, Error> {
        let credential = credentials::named(&mut self.service.store.read().await?, login).await?;
        let kept = credential.as_ref().map(|credential| credential.password_hash.as_str());
        Ok(self.service.access.hasher.check(PASSWORD, kept).await? == Checked::Right)
    }

    async fn found(&self) -> Result<[Option<Uuid>; 5], Error> {
        let mut view = self.service.store.view().await?;
        let mut found = [None; 5];
        for (place, subscriber) in found.iter_mut().zip(SUBSCRIBERS) {
            *place = accounts::id_of_contract(&mut view, subscriber.login).await?;
        }
        Ok(found)
    }
}
