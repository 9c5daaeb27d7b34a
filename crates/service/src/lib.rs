//! What can be done with the cabinet, one use case a file: open, load, *decide in core*, save, commit.
//!
//! Everything hangs on [`Service`]: the store, the clock and chance it was given, and who may come in. A use case that
//! changes an account begins with [`Service::open_account`], which locks it and settles it through today.

pub mod access;
pub mod account_tx;
pub mod acts;
pub mod admit_session;
pub mod answer_tickets;
pub mod audit;
pub mod audit_book;
pub mod authorise;
pub mod chance;
pub mod change_login;
pub mod change_password;
pub mod change_settings;
pub mod change_tariff;
pub mod check_network;
pub mod clock;
pub mod close_contract;
pub mod confirm_email;
pub mod confirm_phone;
pub mod connect_address;
pub mod contact_codes;
pub mod correct_book;
pub mod decide_payment;
pub mod decide_request;
pub mod demo;
pub mod desk;
pub mod edit_ground;
pub mod erase_subscriber;
pub mod error;
pub mod export_data;
pub mod fetch_receipt;
pub mod follow_notices;
pub mod forget_old_access;
pub mod forget_old_sessions;
pub mod forget_old_words;
pub mod ground;
pub mod hold_draw;
pub mod idempotency;
pub mod import_register;
pub mod keep_journal;
pub mod letters;
pub mod make_bills;
pub mod manage_addresses;
pub mod manage_routers;
pub mod manage_staff;
pub mod messages;
pub mod messenger;
pub mod network;
pub mod notices;
pub mod office;
pub mod password;
pub mod pause_service;
pub mod pay_cash;
pub mod pay_online;
pub mod post;
pub mod print_document;
pub mod promise_payment;
pub mod push_key;
pub mod push_network;
pub mod pusher;
pub mod recover_password;
pub mod renew_session;
pub mod return_turbo;
pub mod run_day;
pub mod send_letters;
pub mod send_notices;
pub mod send_push;
pub mod send_refund;
pub mod sessions;
pub mod show_account;
pub mod show_bills;
pub mod show_history;
pub mod show_network;
pub mod show_profile;
pub mod show_services;
pub mod sign_in;
pub mod sign_out;
pub mod subscribe_push;
pub mod suspend;
pub mod take_notification;
pub mod take_terminal;
pub mod take_turbo;
pub mod tell_news;
pub mod throttle;
pub mod token;
pub mod undo_order;
pub mod update_profile;
pub mod vitals;
pub mod vouchers;
pub mod watch;
pub mod watch_changes;
pub mod work_outbox;
pub mod write_to_support;

pub use access::Access;
pub use account_tx::Actor;
pub use chance::Chance;
pub use clock::{Clock, SteppedClock, SystemClock};
pub use desk::Asked;
pub use error::Error;
pub use ground::Ground;
pub use idempotency::{Answered, RequestKey};

use cabinet_core::Now;
use cabinet_gateways::acquirer::Acquirers;
use cabinet_store::Store;
use ground::GroundCache;
use idempotency::KeysAtWork;
use messenger::Messenger;
use network::Network;
use post::Post;
use pusher::Pusher;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use uuid::Uuid;

/// Everything that can be done.
pub struct Service {
    /// Where facts are kept.
    pub store: Store,
    /// The one clock.
    pub clock: Arc<dyn Clock>,
    /// The one source of chance.
    pub chance: Chance,
    /// Passwords, tokens, throttles.
    pub access: Access,
    /// The gateways that take payments here.
    pub acquirers: Acquirers,
    /// How letters leave; nothing where none do.
    pub post: Option<Post>,
    /// How short messages leave; nothing where none do.
    pub messenger: Option<Messenger>,
    /// How the network is told; nothing where nobody is.
    pub network: Option<Network>,
    /// How notifications to browsers leave; nothing where none do.
    pub pusher: Option<Pusher>,
    pub(crate) ground_cache: GroundCache,
    pub(crate) keys_at_work: KeysAtWork,
    /// What terminals asked that staff should hear of, since the process began.
    pub(crate) terminal_doubts: AtomicU64,
}

impl Service {
    /// From its parts.
    pub fn new(store: Store, clock: Arc<dyn Clock>, chance: Chance, access: Access) -> Service {
        Service {
            store,
            clock,
            chance,
            access,
            acquirers: Acquirers::default(),
            post: None,
            messenger: None,
            network: None,
            pusher: None,
            ground_cache: GroundCache::default(),
            keys_at_work: KeysAtWork::default(),
            terminal_doubts: AtomicU64::default(),
        }
    }

    /// The same with gateways that take payments.
    pub fn with_acquirers(self, acquirers: Acquirers) -> Service {
        Service { acquirers, ..self }
    }

    /// The same with a way for letters to leave.
    pub fn with_post(self, post: Post) -> Service {
        Service { post: Some(post), ..self }
    }

    /// The same with a way for short messages to leave.
    pub fn with_messenger(self, messenger: Messenger) -> Service {
        Service { messenger: Some(messenger), ..self }
    }

    /// The same with a way to tell the network.
    pub fn with_network(self, network: Network) -> Service {
        Service { network: Some(network), ..self }
    }

    /// The same with a way for notifications to leave.
    pub fn with_pusher(self, pusher: Pusher) -> Service {
        Service { pusher: Some(pusher), ..self }
    }

    /// The instant and the business day, asked together.
    pub fn now(&self) -> Now {
        self.clock.moment()
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), Error> {
        Ok(self.store.ping().await?)
    }

    /// A new id, ordered by time.
    pub fn new_id(&self) -> Uuid {
        self.chance.uuid_v7(self.clock.now())
    }
}
