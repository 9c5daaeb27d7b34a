//! Hashing passwords: argon2id, in a pool as wide as the machine has cores, with a short queue, behind everything else
//! the machine has to do.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use cabinet_core::Refusal;
use cabinet_core::password::{PASSWORD_MAX, broken_rules, check_length, refuse};
use cabinet_core::refusal::WeakPassword;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use unicode_normalization::UnicodeNormalization;

/// KiB, passes, lanes: the least that OWASP asks of argon2id.
const MEMORY_KIB: u32 = 19_456;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// How many may wait for each core before the next is told that we are busy.
const QUEUE_PER_CORE: usize = 8;

/// How far the pool's threads stand back, as `nice` counts: they get a tenth of a core that others want too.
#[cfg(target_os = "linux")]
const RANK: i32 = 10;

type Job = Box<dyn FnOnce() + Send>;

/// The pool. Each hash takes 19 MiB and a core for a moment, so a flood of sign-ins must wait outside.
#[derive(Clone)]
pub struct Passwords {
    admitted: Arc<Semaphore>,
    jobs: Sender<Job>,
    dummy: Arc<str>,
    hashed: Arc<AtomicU64>,
}

/// A place in the queue of the pool, given back when the work is done or the caller gives up.
pub struct Seat {
    _permit: OwnedSemaphorePermit,
}

/// What a check told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// Not the password.
    Wrong,
    /// The password.
    Right,
    /// The password, kept under weaker parameters than today's.
    RightButWeak,
}

impl Passwords {
    /// A pool for so many hashes at once; as many as there are cores when it is not said.
    pub fn new(at_once: Option<usize>) -> Passwords {
        let cores =
            at_once.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, std::num::NonZero::get)).max(1);
        let hashed = Arc::default();
        let (jobs, queue) = mpsc::channel();
        let queue = Arc::new(Mutex::new(queue));
        for _ in 0..cores {
            let queue = queue.clone();
            let thread = thread::Builder::new().name("passwords".to_owned());
            thread.spawn(move || work_off(&queue)).expect("a process may have as many threads as cores");
        }
        Passwords {
            admitted: Arc::new(Semaphore::new(cores * (1 + QUEUE_PER_CORE))),
            jobs,
            dummy: hash(&hashed, b"nobody has this password").into(),
            hashed,
        }
    }

    /// How many passwords were hashed since the start, for whatever end: nobody who asks in vain may be told apart by
    /// the work done for them.
    pub fn hashed(&self) -> u64 {
        self.hashed.load(Ordering::Relaxed)
    }

    /// Checks a password against what is kept; where nothing is kept, works as long and answers [`Checked::Wrong`].
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the queue is full.
    pub async fn check(&self, password: &str, kept: Option<&str>) -> Result<Checked, Refusal> {
        self.check_seated(self.seat()?, password, kept).await
    }

    /// A place in the queue, taken before anything is asked of the database: whom the pool cannot serve costs nothing.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the queue is full.
    pub fn seat(&self) -> Result<Seat, Refusal> {
        let permit = self.admitted.clone().try_acquire_owned().map_err(|_| Refusal::Busy)?;
        Ok(Seat { _permit: permit })
    }

    /// [`Passwords::check`] for who has a place already.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the process is about to end.
    pub async fn check_seated(&self, seat: Seat, password: &str, kept: Option<&str>) -> Result<Checked, Refusal> {
        let password = normalised(password);
        let kept_hash: Arc<str> = kept.map_or_else(|| self.dummy.clone(), Arc::from);
        let hashed = self.hashed.clone();
        let checked = self.work(seat, move || check(&hashed, &password, &kept_hash)).await?;
        Ok(if kept.is_some() { checked } else { Checked::Wrong })
    }

    /// Makes the PHC string to keep.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the queue is full.
    pub async fn hash(&self, password: &str) -> Result<String, Refusal> {
        let password = normalised(password);
        let hashed = self.hashed.clone();
        self.work(self.seat()?, move || hash(&hashed, password.as_bytes())).await
    }

    /// The rules a password to be breaks: of its length, that it is not made of what is known of the subscriber, and
    /// that it is not among those tried first, which is a matter of milliseconds and so waits its turn here.
    ///
    /// # Errors
    /// [`Refusal::Busy`] when the queue is full.
    pub async fn broken_rules(
        &self,
        password: &str,
        min: usize,
        personal: Vec<String>,
    ) -> Result<Vec<WeakPassword>, Refusal> {
        let password = normalised(password);
        self.work(self.seat()?, move || broken(&password, min, &personal)).await
    }

    /// Checks a password to be by [`Passwords::broken_rules`].
    ///
    /// # Errors
    /// [`Refusal::PasswordWeak`] with every rule it breaks; [`Refusal::Busy`] when the queue is full.
    pub async fn check_new(&self, password: &str, min: usize, personal: Vec<String>) -> Result<(), Refusal> {
        refuse(self.broken_rules(password, min, personal).await?)
    }

    async fn work<T: Send + 'static>(
        &self,
        seat: Seat,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let (tell, told) = oneshot::channel();
        // The seat goes with the job: a caller who hangs up does not make room before the work is done.
        let job = move || {
            let _held = seat;
            if !tell.is_closed() {
                let _ = tell.send(job());
            }
        };
        self.jobs.send(Box::new(job)).map_err(|_| Refusal::Busy)?;
        told.await.map_err(|_| Refusal::Busy)
    }
}

/// A thread of the pool: works until the last [`Passwords`] is gone.
fn work_off(queue: &Mutex<Receiver<Job>>) {
    step_back();
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match job {
            // A job that panics tells nobody anything, which its caller hears; the thread goes on.
            Ok(job) => drop(catch_unwind(AssertUnwindSafe(job))),
            Err(_) => return,
        }
    }
}

/// Lets every other thread go first. A hash keeps a core busy for tens of milliseconds, and threads of equal rank
/// would make a read wait for the end of their turn at each of its steps.
fn step_back() {
    // On Linux the rank is the thread's own; elsewhere it would be the whole process's.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, RANK);
}

/// One form for what may be typed in several (NFKC); nothing is cut off.
fn normalised(password: &str) -> String {
    password.nfkc().collect()
}

/// What each hash is made by; counted here, so that no hash is made uncounted.
fn engine(hashed: &AtomicU64) -> Argon2<'static> {
    hashed.fetch_add(1, Ordering::Relaxed);
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).expect("parameters within range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

fn hash(hashed: &AtomicU64, password: &[u8]) -> String {
    engine(hashed).hash_password(password).expect("argon2 takes any password").to_string()
}

fn check(hashed: &AtomicU64, password: &str, kept: &str) -> Checked {
    let Ok(kept) = PasswordHash::new(kept) else { return Checked::Wrong };
    if password.chars().count() > PASSWORD_MAX {
        // The same work as for any other wrong one.
        let _ = engine(hashed).verify_password(&[], &kept);
        return Checked::Wrong;
    }
    match engine(hashed).verify_password(password.as_bytes(), &kept) {
        Ok(()) if is_weak(&kept) => Checked::RightButWeak,
        Ok(()) => Checked::Right,
        Err(_) => Checked::Wrong,
    }
}

fn is_weak(kept: &PasswordHash) -> bool {
    let strong = kept.algorithm == Algorithm::Argon2id.ident()
        && kept.version == Some(Version::V0x13.into())
        && Params::try_from(kept)
            .is_ok_and(|params| params.m_cost() >= MEMORY_KIB && params.t_cost() >= PASSES && params.p_cost() >= LANES);
    !strong
}

/// The part of [`Passwords::check_new`] that takes no work.
///
/// # Errors
/// [`Refusal::PasswordWeak`]: too short or too long.
pub fn check_new_length(password: &str, min: usize) -> Result<(), Refusal> {
    check_length(&normalised(password), min)
}

fn broken(password: &str, min: usize, personal: &[String]) -> Vec<WeakPassword> {
    let personal: Vec<&str> = personal.iter().map(String::as_str).collect();
    broken_rules(password, min, &personal, |password| {
        // The estimate costs more than linear time; what is longer than this is not in any list.
        let head: String = password.chars().take(72).collect();
        zxcvbn::zxcvbn(&head, &personal).score() < zxcvbn::Score::Two
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first rule broken.
    fn weak(password: &str) -> Option<WeakPassword> {
        let personal = ["0000", "ivan.ivanov", "0671234567", "Онлайн"].map(str::to_owned);
        broken(&normalised(password), 10, &personal).first().copied()
    }

    #[test]
    fn passwords_to_be_are_long_uncommon_and_not_personal() {
        assert_eq!(weak("kort1"), Some(WeakPassword::TooShort));
        assert_eq!(weak("1234567890"), Some(WeakPassword::Common));
        assert_eq!(weak("passwordpassword"), Some(WeakPassword::Common));
        assert_eq!(weak("qwertyuiop"), Some(WeakPassword::Common));
        assert_eq!(weak("Ivan.Ivanov1"), Some(WeakPassword::Personal));
        assert_eq!(weak("Онлайн2026"), Some(WeakPassword::Personal));
        assert_eq!(weak(&"x1Y".repeat(100)), Some(WeakPassword::TooLong));
        assert_eq!(weak("бурштин-лелека-трамвай"), None);
        assert_eq!(weak("🦊🌻🚲🧊🪁🎻🛶🧭🪵🧶"), None);
        let every = [WeakPassword::TooShort, WeakPassword::Personal, WeakPassword::Common];
        assert_eq!(broken("0000", 10, &["0000".to_owned()]), every);
    }

    #[test]
    fn kept_under_todays_parameters() {
        assert!(hash(&AtomicU64::default(), b"anything").starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }

    #[tokio::test]
    async fn nothing_is_cut_off_and_forms_of_one_text_are_one() {
        let passwords = Passwords::new(Some(2));
        let long = "довгий пароль ".repeat(9) + "кінець";
        let kept = passwords.hash(&long).await.unwrap();
        assert_eq!(passwords.check(&long, Some(&kept)).await.unwrap(), Checked::Right);
        let head: String = long.chars().take(72).collect();
        assert_eq!(passwords.check(&head, Some(&kept)).await.unwrap(), Checked::Wrong);
        let kept = passwords.hash("caf\u{e9} au lait").await.unwrap();
        assert_eq!(passwords.check("cafe\u{301} au lait", Some(&kept)).await.unwrap(), Checked::Right);
        assert_eq!(passwords.check("nobody has this password", None).await.unwrap(), Checked::Wrong);
        let weaker = Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(8_192, 1, 1, None).unwrap());
        let kept = weaker.hash_password(b"as before").unwrap().to_string();
        assert_eq!(passwords.check("as before", Some(&kept)).await.unwrap(), Checked::RightButWeak);
    }

    #[tokio::test]
    async fn the_queue_is_bounded_and_beyond_it_we_are_busy() {
        let passwords = Passwords::new(Some(2));
        let before = passwords.hashed();
        let (release, gate) = std::sync::mpsc::channel::<()>();
        let gate = Arc::new(std::sync::Mutex::new(gate));
        let held: Vec<_> = (0..2 * (1 + QUEUE_PER_CORE))
            .map(|_| {
                let (passwords, gate) = (passwords.clone(), gate.clone());
                tokio::spawn(async move {
                    passwords.work(passwords.seat()?, move || drop(gate.lock().map(|gate| gate.recv()))).await
                })
            })
            .collect();
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(passwords.admitted.available_permits(), 0);
        // Two work, sixteen wait; whoever comes now takes neither memory nor a thread.
        assert_eq!(passwords.check("wrong", None).await, Err(Refusal::Busy));
        assert_eq!(passwords.hash("wrong").await, Err(Refusal::Busy));
        assert_eq!(passwords.check_new("бурштин-лелека", 10, Vec::new()).await, Err(Refusal::Busy));
        assert_eq!(passwords.hashed(), before);

        drop(release);
        for one in held {
            assert_eq!(one.await.unwrap(), Ok(()));
        }
        assert_eq!(passwords.check("wrong", None).await, Ok(Checked::Wrong));
        assert_eq!(passwords.hashed(), before + 1);
    }
}
