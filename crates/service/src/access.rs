//! What signing in stands on: settings, the hashing pool, the token keys, and who a caller turns out to be.

use crate::Service;
use crate::account_tx::Actor;
use crate::error::Error;
use crate::password::Passwords;
use crate::token::Tokens;
use cabinet_core::Refusal;
use cabinet_core::email::CODE_DIGITS;
use cabinet_core::recovery;
use cabinet_core::session::SessionRules;
use cabinet_core::staff::Role;
use cabinet_store::credentials::Credential;
use cabinet_store::sessions::Liveness;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Fewest bytes of the installation's secret.
pub const SECRET_MIN: usize = 32;

/// How long a session seen alive is taken to be alive when it only reads.
const LIVENESS_SECONDS: i64 = 5;

/// How many sessions' liveness is remembered.
const LIVENESS_ROOM: usize = 50_000;

/// Settings of the installation.
#[derive(Clone, Debug)]
pub struct AccessSettings {
    /// `iss` of the tokens: the public address.
    pub issuer: String,
    /// `aud` of the tokens.
    pub audience: String,
    /// No password may be made of the provider's name.
    pub provider_name: String,
    /// Wrong tries for one contract before it waits.
    pub contract_free_failures: i64,
    /// Wrong tries from one address in a quarter of an hour before it waits; subscribers share NAT addresses.
    pub address_free_failures: i64,
    /// Wrong tries of everybody in a minute before everybody but known devices waits.
    pub global_failures_per_minute: i64,
    /// Life of an access token.
    pub access_seconds: i64,
    /// How long a replaced refresh token still fetches the same successor.
    pub grace_seconds: i64,
    /// A session not used for so many days ends.
    pub idle_days: i64,
    /// A session ends after so many days however it is used.
    pub absolute_days: i64,
    /// Password hashes at once; as many as there are cores when it is not said.
    pub hashes_at_once: Option<usize>,
}

impl Default for AccessSettings {
    fn default() -> AccessSettings {
        AccessSettings {
            issuer: "cabinet".to_owned(),
            audience: "cabinet".to_owned(),
            provider_name: String::new(),
            contract_free_failures: 5,
            address_free_failures: 20,
            global_failures_per_minute: 300,
            access_seconds: 600,
            grace_seconds: 20,
            idle_days: 30,
            absolute_days: 90,
            hashes_at_once: None,
        }
    }
}

/// The installation's secret is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the secret has fewer than {SECRET_MIN} bytes")]
pub struct SecretTooShort;

/// What signing in stands on.
pub struct Access {
    /// The installation's settings.
    pub settings: AccessSettings,
    /// The hashing pool.
    pub hasher: Passwords,
    pub(crate) tokens: Tokens,
    refresh_key: [u8; 32],
    trial_key: [u8; 32],
    code_key: [u8; 32],
    contact_code_key: [u8; 32],
    recovery_key: [u8; 32],
    address_key: [u8; 32],
    unsubscribe_key: [u8; 32],
    voucher_key: [u8; 32],
    alive: Mutex<HashMap<Uuid, Alive>>,
}

impl fmt::Debug for Access {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Access").field("settings", &self.settings).finish_non_exhaustive()
    }
}

#[derive(Clone, Copy)]
struct Alive {
    owner: Owner,
    must_change: bool,
    seen_at: OffsetDateTime,
}

impl Access {
    /// Every key comes from the installation's one secret, each by its own name.
    ///
    /// # Errors
    /// [`SecretTooShort`].
    pub fn new(secret: &[u8], settings: AccessSettings) -> Result<Access, SecretTooShort> {
        if secret.len() < SECRET_MIN {
            return Err(SecretTooShort);
        }
        Ok(Access {
            hasher: Passwords::new(settings.hashes_at_once),
            tokens: Tokens::new(mac(secret, &[b"cabinet: seal of signing keys"]), &settings),
            refresh_key: mac(secret, &[b"cabinet: successors of refresh tokens"]),
            trial_key: mac(secret, &[b"cabinet: the trial gateway"]),
            code_key: mac(secret, &[b"cabinet: recovery codes"]),
            contact_code_key: mac(secret, &[b"cabinet: codes by e-mail"]),
            recovery_key: mac(secret, &[b"cabinet: recovery codes that are sent"]),
            address_key: mac(secret, &[b"cabinet: marks of addresses"]),
            unsubscribe_key: mac(secret, &[b"cabinet: bills by e-mail off"]),
            voucher_key: mac(secret, &[b"cabinet: vouchers"]),
            alive: Mutex::new(HashMap::new()),
            settings,
        })
    }

    /// What the trial gateway signs with, in hexadecimal.
    pub fn trial_secret(&self) -> String {
        self.trial_key.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The refresh token that follows this one: always the same, so that a lost answer can be given again.
    pub(crate) fn successor(&self, token: &str) -> String {
        crate::token::base64(&mac(&self.refresh_key, &[token.as_bytes()]))
    }

    /// What is kept of a recovery code: useless without the installation's secret.
    pub(crate) fn code_hash(&self, account: Uuid, code: &str) -> [u8; 32] {
        mac(&self.code_key, &[account.as_bytes(), code.as_bytes()])
    }

    /// The digits of a code sent to a contact: made again of its id whenever it is sent, and kept nowhere.
    pub(crate) fn contact_code(&self, account: Uuid, id: Uuid) -> String {
        digits(&self.contact_code_key, account, id, CODE_DIGITS)
    }

    /// The digits of a recovery code that is sent to a contact, likewise.
    pub(crate) fn recovery_code(&self, account: Uuid, id: Uuid) -> String {
        digits(&self.recovery_key, account, id, recovery::CODE_DIGITS)
    }

    /// What an address is counted under: useless without the installation's secret.
    pub(crate) fn address_mark(&self, address: &str) -> String {
        crate::token::base64(&mac(&self.address_key, &[address.to_lowercase().as_bytes()]))
    }

    /// The key in letters that switches bills by e-mail off: of one account and one address, good for nothing else.
    pub(crate) fn unsubscribe_key(&self, account: Uuid, address: &str) -> String {
        let made = mac(&self.unsubscribe_key, &[account.as_bytes(), address.as_bytes()]);
        crate::token::base64(&[account.as_bytes().as_slice(), &made].concat())
    }

    /// Whose such a key claims to be.
    pub(crate) fn account_of_unsubscribe_key(&self, key: &str) -> Option<Uuid> {
        let bytes = crate::token::bytes(key).filter(|bytes| bytes.len() == 48)?;
        Uuid::from_slice(bytes.get(..16)?).ok()
    }

    /// What is kept of a voucher's code: useless without the installation's secret.
    pub(crate) fn voucher_hash(&self, code: &str) -> [u8; 32] {
        mac(&self.voucher_key, &[code.as_bytes()])
    }

    /// What is remembered of a session, if it was seen alive a moment ago.
    pub(crate) fn recently_alive(&self, owner: Uuid, session: Uuid, now: OffsetDateTime) -> Option<(Owner, bool)> {
        let alive = self.alive.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = alive.get(&session).filter(|seen| seen.owner.id() == owner)?;
        let age = (now - seen.seen_at).whole_seconds();
        (0..LIVENESS_SECONDS).contains(&age).then_some((seen.owner, seen.must_change))
    }

    /// Remembers that a session is alive.
    pub(crate) fn saw_alive(&self, owner: Owner, session: Uuid, must_change: bool, now: OffsetDateTime) {
        let mut alive = self.alive.lock().unwrap_or_else(PoisonError::into_inner);
        if alive.len() >= LIVENESS_ROOM {
            alive.retain(|_, seen| (now - seen.seen_at).whole_seconds() < LIVENESS_SECONDS);
            if alive.len() >= LIVENESS_ROOM {
                alive.clear();
            }
        }
        alive.insert(session, Alive { owner, must_change, seen_at: now });
    }

    /// Forgets what is remembered of an owner's sessions: something about them changed.
    pub(crate) fn forget_alive(&self, owner: Uuid) {
        self.alive.lock().unwrap_or_else(PoisonError::into_inner).retain(|_, seen| seen.owner.id() != owner);
    }

    /// How long sessions live here.
    pub(crate) fn session_rules(&self) -> SessionRules {
        SessionRules {
            idle: Duration::days(self.settings.idle_days),
            absolute: Duration::days(self.settings.absolute_days),
            grace: Duration::seconds(self.settings.grace_seconds),
        }
    }
}

impl Service {
    /// Whether the contract has ended or the member of staff has left: they have no access any more.
    pub(crate) fn has_left(&self, credential: &Credential) -> bool {
        credential.disabled_at.is_some() || credential.closed_on.is_some_and(|day| day <= self.clock.today())
    }

    /// Whether a session has ended, by itself or with its owner's access.
    pub(crate) fn has_ended(&self, of: &Liveness) -> bool {
        of.revoked_at.is_some() || of.disabled_at.is_some() || of.closed_on.is_some_and(|day| day <= self.clock.today())
    }
}

/// Who signs in: whose sessions, devices and password they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A subscriber, by the account.
    Account(Uuid),
    /// A member of staff, with the present role.
    Staff(Uuid, Role),
}

impl Owner {
    /// By what the store holds: a role makes a member of staff.
    pub(crate) fn of(id: Uuid, role: Option<&str>) -> Result<Owner, Error> {
        let Some(code) = role else { return Ok(Owner::Account(id)) };
        let role = Role::from_code(code).ok_or_else(|| Error::internal(format!("a member of staff is a {code}")))?;
        Ok(Owner::Staff(id, role))
    }

    /// The account's or the member's id.
    pub fn id(self) -> Uuid {
        match self {
            Owner::Account(id) | Owner::Staff(id, _) => id,
        }
    }

    /// The account, if it is a subscriber.
    pub fn account(self) -> Option<Uuid> {
        match self {
            Owner::Account(id) => Some(id),
            Owner::Staff(..) => None,
        }
    }

    /// The role, if it is a member of staff.
    pub fn role(self) -> Option<Role> {
        match self {
            Owner::Account(_) => None,
            Owner::Staff(_, role) => Some(role),
        }
    }

    /// Who does what they do.
    pub fn actor(self) -> Actor {
        match self {
            Owner::Account(_) => Actor::Subscriber,
            Owner::Staff(id, _) => Actor::Member(id),
        }
    }
}

/// HMAC-SHA256 over the parts, each with its length before it.
fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// So many digits, made of an account and an id.
fn digits(key: &[u8], account: Uuid, id: Uuid, count: usize) -> String {
    let made = mac(key, &[account.as_bytes(), id.as_bytes()]);
    let number = made.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    format!("{:0count$}", number % 10_u64.pow(count as u32))
}

/// What is kept of a token that is random itself.
pub(crate) fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

/// Who is at the other end of the connection.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The address, as the nearest trusted proxy saw it.
    pub address: IpAddr,
    /// What the browser or the app calls itself.
    pub user_agent: String,
}

impl Caller {
    /// The name as it is kept: of bounded length, without control characters.
    pub(crate) fn agent(&self) -> String {
        self.user_agent.chars().filter(|c| !c.is_control()).take(200).collect()
    }
}

/// How a refresh token travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// In a cookie no script can read.
    Cookie,
    /// In the body, to apps.
    Body,
}

impl Delivery {
    /// As it is kept.
    pub fn as_str(self) -> &'static str {
        match self {
            Delivery::Cookie => "cookie",
            Delivery::Body => "body",
        }
    }
}

/// What the caller is about to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Look: a session seen alive a moment ago is taken to be alive.
    Read,
    /// Change something: the database is asked.
    Write,
}

/// Somebody who proved who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Principal {
    /// Who: a subscriber may reach the rows of this account only.
    pub owner: Owner,
    /// The session the token belongs to.
    pub session_id: Uuid,
    /// A first password still waits to be changed.
    pub must_change: bool,
}

impl Principal {
    /// Past the first password: everything but changing it and signing out asks this.
    ///
    /// # Errors
    /// [`Refusal::MustChangePassword`].
    pub fn settled(self) -> Result<Principal, Error> {
        if self.must_change { Err(Refusal::MustChangePassword.into()) } else { Ok(self) }
    }
}

/// Tokens of a session.
#[derive(Clone)]
pub struct SignedIn {
    /// JWT for `Authorization: Bearer`.
    pub access_token: String,
    /// Seconds until it ends.
    pub expires_in: u64,
    /// It is good only for changing the password and signing out.
    pub must_change: bool,
    /// The refresh token; whoever holds it can stay signed in.
    pub refresh_token: String,
    /// How the refresh token must travel.
    pub delivery: Delivery,
    /// After signing in: the mark by which this device will be known.
    pub device: Option<String>,
    /// Whose session it is.
    pub owner: Owner,
    /// Which session it is.
    pub session_id: Uuid,
}

impl SignedIn {
    /// Who is signed in now.
    pub fn principal(&self) -> Principal {
        Principal { owner: self.owner, session_id: self.session_id, must_change: self.must_change }
    }
}

impl fmt::Debug for SignedIn {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("SignedIn")
            .field("owner", &self.owner)
            .field("session_id", &self.session_id)
            .finish_non_exhaustive()
    }
}
