//! What an access token tells its holder. Only the server can prove it; here it keeps two people of one browser apart.

use serde::Deserialize;

#[derive(Deserialize)]
struct Claims {
    sub: String,
}

/// The account of a token; nothing for a text that is no JWT.
pub(crate) fn subject(token: &str) -> Option<String> {
    let text = String::from_utf8(decoded(token.split('.').nth(1)?)?).ok()?;
    Some(crate::tree::from_text::<Claims>(&text).ok()?.sub)
}

/// Base64url without padding.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 3 / 4);
    let (mut held, mut bits) = (0_u32, 0);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        held = held << 6 | u32::from(value);
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_read_from_the_claims() {
        // {"sub":"ї?>","sid":"2"}
        assert_eq!(subject("e30.eyJzdWIiOiLRlz8-Iiwic2lkIjoiMiJ9.c2ln").as_deref(), Some("ї?>"));
        assert_eq!(subject("e30.e30.c2ln"), None);
        assert_eq!(subject("not a token"), None);
        assert_eq!(subject(""), None);
    }
}
