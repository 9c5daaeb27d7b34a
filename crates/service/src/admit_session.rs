//! Sign-ins at routers, and what routers tell of sessions, for installations whose FreeRADIUS asks by HTTP. On PostgreSQL it
//! reads views of its own (`migrations/postgres`); a test holds both answers equal.

use crate::{Error, Service};
use cabinet_core::network::{self, Access, Profile, State, Turbo};
use cabinet_gateways::radius::template::{self, Values};
use cabinet_store::network_sessions::{self, Heard};
use cabinet_store::{accounts, network_logins, routers, turbos};
use time::OffsetDateTime;
use uuid::Uuid;

/// How often a router tells of a session, in seconds.
pub const INTERIM_SECONDS: i64 = 300;
/// The shortest session that is given an end.
const LEAST_SECONDS: i64 = 60;

/// What a router is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Nobody is called so, the contract ended, or nobody knows the router.
    Refused,
    /// Whoever knows the secret may sign in, with these attributes.
    With {
        /// The secret, which FreeRADIUS compares: a router sends no password that could be compared here.
        secret: String,
        /// What the session is to be.
        attributes: Vec<Given>,
    },
}

/// An attribute of the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Its name.
    pub attribute: String,
    /// `:=` in place of others of its name, `+=` beside them.
    pub op: &'static str,
    /// Its value.
    pub value: String,
}

fn set(attribute: &str, value: String) -> Given {
    Given { attribute: attribute.to_owned(), op: ":=", value }
}

/// What a router told, as FreeRADIUS hands it on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The session among all.
    pub id: String,
    /// Address of the router.
    pub router: String,
    /// What happened.
    pub what: What,
    /// How many seconds ago.
    pub delay: i64,
}

/// What a router tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// It starts anew or stops, and holds no session; as it says so.
    Reset(String),
    /// Of a session.
    Session(Box<SessionTold>),
}

/// What a router tells of a session.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SessionTold {
    /// It stopped.
    pub stopped: bool,
    /// Who signed in.
    pub username: String,
    /// Its name at the router.
    pub session: String,
    /// The port.
    pub port: Option<String>,
    /// The subscriber's address.
    pub address: Option<String>,
    /// The subscriber's equipment.
    pub caller: Option<String>,
    /// What the sign-in was answered.
    pub class: Option<String>,
    /// How long it has lasted.
    pub seconds: i64,
    /// What the router received.
    pub input_octets: i64,
    /// What it sent.
    pub output_octets: i64,
    /// Why it stopped.
    pub ended: Option<String>,
}

impl Service {
    /// What the router of this address is answered about whoever signs in under a name.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn admit_session(&self, username: &str, router: &str) -> Result<Admission, Error> {
        let mut view = self.store.view().await?;
        let Some(known) = network_logins::by_name(&mut view, username).await? else { return Ok(Admission::Refused) };
        let Some(held) = accounts::find(&mut view, known.account_id).await? else { return Ok(Admission::Refused) };
        let now = self.now();
        let runs = turbos::ending_after(&mut view, held.id, now.instant).await?;
        let Some(router) = routers::by_address(&mut view, router).await? else {
            // It could be told no speed, and nobody's way to the cabinet only: whoever is blocked would go anywhere.
            tracing::warn!(router, "a router that nobody added asks");
            return Ok(Admission::Refused);
        };
        let lines = routers::lines(&mut view, &router.kind).await?;
        drop(view);
        let ground = self.ground_of(&held.account).await?;
        let turbos: Vec<Turbo> = runs.iter().map(turbos::TurboRun::speed).collect();
        let (address, prefix) = crate::network::given(&held);
        let state = State { account: &held.account, turbos: &turbos, address, prefix };
        let profile = network::profile(&state, &ground.catalogue, now);
        if profile.access == Access::Off {
            return Ok(Admission::Refused);
        }
        let mut attributes = vec![set("Class", format!("g{}", known.generation))];
        if let Some(at) = network::next_change(&state, now, |day| self.clock.day_start(day)) {
            attributes.push(set("Session-Timeout", lasts(at - now.instant, held.id).to_string()));
        }
        attributes.push(set("Acct-Interim-Interval", INTERIM_SECONDS.to_string()));
        let values = values(&profile);
        for line in lines.iter().filter(|line| line.access == profile.access.code()) {
            // Written by this program, so of the form it reads; were it not, the session would lack a line, not the service.
            let text = format!("{} {} {}", line.attribute, line.op, line.value);
            let Ok(read) = text.parse::<template::Line>() else { continue };
            if let Some(value) = read.fill(&values) {
                attributes.push(Given { attribute: line.attribute.clone(), op: read.op.as_str(), value });
            }
        }
        Ok(Admission::With { secret: known.secret, attributes })
    }

    /// Takes note of what a router told.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn record_session(&self, told: &Told) -> Result<(), Error> {
        let at = self.clock.now() - time::Duration::seconds(told.delay);
        let mut tx = self.store.write().await?;
        match &told.what {
            What::Reset(why) => {
                network_sessions::end_all(&mut tx, &told.router, at, why).await?;
            }
            What::Session(of) => {
                let known = network_logins::by_name(&mut tx, &of.username).await?;
                network_sessions::record(&mut tx, &heard(told, of, known.map(|known| known.account_id), at)).await?;
            }
        }
        Ok(tx.commit().await?)
    }
}

fn heard(told: &Told, of: &SessionTold, account: Option<Uuid>, at: OffsetDateTime) -> Heard {
    let of = of.clone();
    Heard {
        id: told.id.clone(),
        account,
        username: of.username,
        router: told.router.clone(),
        session: of.session,
        port: of.port,
        address: of.address,
        caller: of.caller,
        class: of.class,
        began: at - time::Duration::seconds(of.seconds),
        at,
        stopped: of.stopped,
        seconds: of.seconds,
        input_octets: of.input_octets,
        output_octets: of.output_octets,
        ended: of.ended,
    }
}

/// What a profile fills the places of a template with.
pub fn values(profile: &Profile) -> Values {
    let kbit = |speed: i64| u64::try_from(speed).unwrap_or_default();
    Values {
        down_kbit: kbit(profile.down_kbit),
        up_kbit: kbit(profile.up_kbit),
        ip: profile.address.as_deref().and_then(|address| address.parse().ok()),
        prefix: profile.prefix.clone(),
        pool: None,
    }
}

/// How long a session may last whose profile changes by itself then. Those that end at one instant are spread over a
/// minute by their account, or all would dial at once.
fn lasts(until: time::Duration, account: Uuid) -> i64 {
    (until.whole_seconds() + i64::from(account.as_bytes()[15] % 61)).max(LEAST_SECONDS)
}
