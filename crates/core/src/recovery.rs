//! One-time codes for people who forgot their password (RULES §8); their life and tries are the policy's.

/// How many digits a code has: 26 bits of chance.
pub const CODE_DIGITS: usize = 8;

/// A code as it was issued, whatever blanks and hyphens a person read or typed into it.
pub fn plain_code(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_and_hyphens_do_not_matter() {
        for typed in ["12345678", " 1234 5678 ", "1234-5678", "12 34\u{a0}56-78"] {
            assert_eq!(plain_code(typed), "12345678");
        }
        assert_eq!(plain_code("1234567O"), "1234567O");
    }
}
