//! The one source of chance.

use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use std::fmt;
use std::sync::{Mutex, PoisonError};
use time::OffsetDateTime;
use uuid::Uuid;

/// Ids and numbers by chance. A seeded one repeats exactly, so a history can be played twice; secrets never come
/// from the seed.
pub struct Chance {
    state: Mutex<State>,
}

struct State {
    numbers: StdRng,
    /// Second and counter of the last id: ids made within one second keep the order they were made in.
    last_millis: u64,
    counter: u32,
}

impl Chance {
    /// Seeded by the operating system.
    pub fn system() -> Chance {
        Chance::from(StdRng::from_seed(rand::rng().random()))
    }

    /// Repeats what the same seed gave before.
    pub fn seeded(seed: u64) -> Chance {
        Chance::from(StdRng::seed_from_u64(seed))
    }

    fn from(numbers: StdRng) -> Chance {
        Chance { state: Mutex::new(State { numbers, last_millis: 0, counter: 0 }) }
    }

    /// An id that sorts by the time it was made: 48 bits of time, 26 of a counter, the rest by chance.
    pub fn uuid_v7(&self, now: OffsetDateTime) -> Uuid {
        let millis = u64::try_from(now.unix_timestamp_nanos() / 1_000_000).unwrap_or(0);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.last_millis == millis {
            state.counter = (state.counter + 1) & 0x03ff_ffff;
        } else {
            state.last_millis = millis;
            state.counter = state.numbers.random::<u32>() & 0x00ff_ffff;
        }
        let mut bytes: [u8; 10] = state.numbers.random();
        // The builder keeps the low 12 bits of the first two bytes and the low 6 of the third.
        bytes[..2].copy_from_slice(&((state.counter >> 14) as u16).to_be_bytes());
        bytes[2..4].copy_from_slice(&((state.counter & 0x3fff) as u16).to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(millis, &bytes).into_uuid()
    }

    /// Bytes by chance, repeatable when seeded: never a secret.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.state.lock().unwrap_or_else(PoisonError::into_inner).numbers.fill_bytes(&mut bytes);
        bytes
    }

    /// A number below `end`, repeatable when seeded.
    pub fn below(&self, end: u64) -> u64 {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).numbers.random_range(0..end.max(1))
    }

    /// A secret: from the operating system, whatever the seed.
    pub fn secret<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        rand::rng().fill_bytes(&mut bytes);
        bytes
    }

    /// A secret for people to type: so many characters of this alphabet.
    pub fn secret_text(&self, alphabet: &[u8], length: usize) -> String {
        let mut generator = rand::rng();
        (0..length).map(|_| char::from(alphabet[generator.random_range(0..alphabet.len())])).collect()
    }
}

impl Default for Chance {
    fn default() -> Chance {
        Chance::system()
    }
}

impl fmt::Debug for Chance {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Chance")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn ids_sort_by_time_and_then_by_making() {
        let chance = Chance::seeded(7);
        let first = datetime!(2026-11-22 12:00 UTC);
        let ids: Vec<Uuid> = (0..40_000).map(|n| chance.uuid_v7(first + time::Duration::seconds(n / 20_000))).collect();
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(ids[0].get_version_num(), 7);
        assert_eq!(ids[0].get_variant(), uuid::Variant::RFC4122);
    }

    #[test]
    fn a_seed_repeats_and_secrets_do_not() {
        let (one, two) = (Chance::seeded(1), Chance::seeded(1));
        let now = datetime!(2026-11-22 12:00 UTC);
        assert_eq!(
            (one.uuid_v7(now), one.bytes::<8>(), one.below(1000)),
            (two.uuid_v7(now), two.bytes(), two.below(1000))
        );
        assert_ne!(one.secret::<16>(), two.secret::<16>());
        assert!(one.secret_text(b"0123456789", 8).bytes().all(|byte| byte.is_ascii_digit()));
    }
}
