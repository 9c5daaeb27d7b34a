//! The QR code of a credit transfer, as the National Bank of Ukraine sets it (resolution 97 of 19 August 2025): the
//! text a payer's banking application reads.

use crate::money::Money;
use serde::{Deserialize, Serialize};

/// Which of the formats in use, and how its text is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum QrFormat {
    /// Version 003: UTF-8, lines end in LF, seventeen of them.
    #[default]
    #[serde(rename = "003")]
    V3,
    /// Version 002: UTF-8, LF, thirteen lines.
    #[serde(rename = "002-utf8-lf")]
    V2Utf8,
    /// Version 002 as older applications want it: Windows-1251, CRLF.
    #[serde(rename = "002-cp1251-crlf")]
    V2Cp1251,
}

/// What is asked of the payer's bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer<'t> {
    /// Who is paid; what is longer than the code has room for is cut.
    pub recipient: &'t str,
    /// Where.
    pub iban: &'t str,
    /// How much.
    pub amount: Money,
    /// ЄДРПОУ or РНОКПП of the recipient.
    pub code: &'t str,
    /// What for; cut to [`PURPOSE_MAX`] characters, or to what the code has room for.
    pub purpose: &'t str,
    /// The contract number, at most 35 characters.
    pub reference: &'t str,
}

/// Older applications read no more of a purpose.
pub const PURPOSE_MAX: usize = 100;
const RECIPIENT_MAX: usize = 70;
/// The most bytes of a code's text. The bank's guide gives 475 letters of base64 too, which are 356 bytes of text.
pub const TEXT_MAX: usize = 350;
/// So many bytes are left to a long name before the purpose is cut.
const RECIPIENT_KEPT: usize = 100;

/// The address the code holds. What does not fit [`TEXT_MAX`] is cut: a long name first, which only tells the payer whom
/// they pay, then the end of the purpose, by whose beginning the money finds its contract.
pub fn address(transfer: &Transfer<'_>, format: QrFormat) -> String {
    let (recipient, purpose) = (plain(transfer.recipient, RECIPIENT_MAX), plain(transfer.purpose, PURPOSE_MAX));
    let room = TEXT_MAX.saturating_sub(text(transfer, "", "", format).len());
    let kept = encoded(&recipient, format).len().min(RECIPIENT_KEPT);
    let purpose = within(&purpose, room.saturating_sub(kept), format);
    let recipient = within(&recipient, room.saturating_sub(encoded(&purpose, format).len()), format);
    let host = match format {
        QrFormat::V3 => "https://qr.bank.gov.ua/",
        QrFormat::V2Utf8 | QrFormat::V2Cp1251 => "https://bank.gov.ua/qr/",
    };
    format!("{host}{}", base64url(&text(transfer, &recipient, &purpose, format)))
}

/// The lines of the code, with a recipient and a purpose that are cut already.
fn text(transfer: &Transfer<'_>, recipient: &str, purpose: &str, format: QrFormat) -> Vec<u8> {
    let (iban, code, reference) = (plain(transfer.iban, 34), plain(transfer.code, 10), plain(transfer.reference, 35));
    let amount = amount(transfer.amount);
    let version_2 =
        |encoding| ["BCD", "002", encoding, "UCT", "", recipient, &iban, &amount, &code, "", "", purpose, ""];
    let lines = match format {
        QrFormat::V3 => {
            let head =
                ["BCD", "003", "1", "UCT", "", recipient, &iban, &amount, &code, "OTHR/OTHR", &reference, purpose];
            [&head[..], &[""; 5][..]].concat().join("\n")
        }
        QrFormat::V2Utf8 => version_2("1").join("\n"),
        QrFormat::V2Cp1251 => version_2("2").join("\r\n"),
    };
    encoded(&lines, format)
}

fn encoded(text: &str, format: QrFormat) -> Vec<u8> {
    match format {
        QrFormat::V3 | QrFormat::V2Utf8 => text.as_bytes().to_vec(),
        QrFormat::V2Cp1251 => text.chars().map(cp1251).collect(),
    }
}

/// As many of the first characters as take no more bytes.
fn within(text: &str, most: usize, format: QrFormat) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += encoded(c.encode_utf8(&mut [0; 4]), format).len();
        used <= most
    };
    text.chars().take_while(fits).collect()
}

/// One line, cut by characters.
fn plain(text: &str, most: usize) -> String {
    text.chars().map(|c| if c == '\r' || c == '\n' { ' ' } else { c }).take(most).collect()
}

/// `UAH200.5`: a dot, no trailing zeros.
fn amount(sum: Money) -> String {
    let text = sum.to_string();
    let text = if text.ends_with('0') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    format!("UAH{text}")
}

/// RFC 4648 §5, without padding. By hand: core takes no library for forty lines.
fn base64url(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let word = three.iter().fold(0u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - three.len()));
        for place in 0..=three.len() {
            text.push(char::from(LETTERS[(word >> (18 - 6 * place) & 63) as usize]));
        }
    }
    text
}

/// Windows-1251 from 0x80 to 0xBF; 0x98 is nobody's.
const UPPER: [char; 64] = [
    'Ђ', 'Ѓ', '‚', 'ѓ', '„', '…', '†', '‡', '€', '‰', 'Љ', '‹', 'Њ', 'Ќ', 'Ћ', 'Џ', //
    'ђ', '‘', '’', '“', '”', '•', '–', '—', '\u{98}', '™', 'љ', '›', 'њ', 'ќ', 'ћ', 'џ', //
    '\u{a0}', 'Ў', 'ў', 'Ј', '¤', 'Ґ', '¦', '§', 'Ё', '©', 'Є', '«', '¬', '\u{ad}', '®', 'Ї', //
    '°', '±', 'І', 'і', 'ґ', 'µ', '¶', '·', 'ё', '№', 'є', '»', 'ј', 'Ѕ', 'ѕ', 'ї',
];

/// A letter of Windows-1251, as the WHATWG's table has it; the letter that Ukrainian's apostrophe is written with besides is
/// the quotation mark it looks like, and what the table does not have becomes a question mark.
fn cp1251(c: char) -> u8 {
    match c {
        '\0'..='\x7f' => c as u8,
        'А'..='я' => (c as u32 - 'А' as u32 + 0xc0) as u8,
        'ʼ' => 0x92,
        '\u{98}' => b'?',
        _ => UPPER.iter().position(|known| *known == c).map_or(b'?', |place| place as u8 + 0x80),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BILL: Transfer<'_> = Transfer {
        recipient: "ТОВ \"ОНЛАЙН\"",
        iban: "UA213223130000026007233566001",
        amount: Money::from_kopecks(200_50),
        code: "12345678",
        purpose: "Оплата за Інтернет, договір 0000",
        reference: "0000",
    };

    #[test]
    fn the_banks_vectors_hold() {
        assert_eq!(
            address(&BILL, QrFormat::V2Utf8),
            "https://bank.gov.ua/qr/QkNECjAwMgoxClVDVAoK0KLQntCSICLQntCd0JvQkNCZ0J0iClVBMjEzMjIzMTMwMDAwMDI2MDA3MjMzNTY2MDAxClVBSDIwMC41CjEyMzQ1Njc4CgoK0J7Qv9C70LDRgtCwINC30LAg0IbQvdGC0LXRgNC90LXRgiwg0LTQvtCz0L7QstGW0YAgMDAwMAo"
        );
        assert_eq!(
            address(&BILL, QrFormat::V2Cp1251),
            "https://bank.gov.ua/qr/QkNEDQowMDINCjINClVDVA0KDQrSzsIgIs7Ny8DJzSINClVBMjEzMjIzMTMwMDAwMDI2MDA3MjMzNTY2MDAxDQpVQUgyMDAuNQ0KMTIzNDU2NzgNCg0KDQrO7-vg8uAg5-Agsu3y5fDt5fIsIOTu4-7is_AgMDAwMA0K"
        );
        assert_eq!(
            address(&BILL, QrFormat::V3),
            "https://qr.bank.gov.ua/QkNECjAwMwoxClVDVAoK0KLQntCSICLQntCd0JvQkNCZ0J0iClVBMjEzMjIzMTMwMDAwMDI2MDA3MjMzNTY2MDAxClVBSDIwMC41CjEyMzQ1Njc4Ck9USFIvT1RIUgowMDAwCtCe0L_Qu9Cw0YLQsCDQt9CwINCG0L3RgtC10YDQvdC10YIsINC00L7Qs9C-0LLRltGAIDAwMDAKCgoKCg"
        );
    }

    #[test]
    fn sums_lose_their_trailing_zeros() {
        let told = |kopecks| amount(Money::from_kopecks(kopecks));
        assert_eq!([told(63_00), told(10_00), told(37_10), told(5)], ["UAH63", "UAH10", "UAH37.1", "UAH0.05"]);
    }

    const FORMATS: [QrFormat; 3] = [QrFormat::V3, QrFormat::V2Utf8, QrFormat::V2Cp1251];

    /// The lines of the text behind an address.
    fn lines(address: &str, format: QrFormat) -> (usize, Vec<String>) {
        const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let (_, payload) = address.rsplit_once('/').expect("an address has a path");
        let (mut word, mut bits, mut bytes) = (0_u32, 0, Vec::new());
        for letter in payload.bytes() {
            let value = LETTERS.iter().position(|known| *known == letter).expect("a letter of base64url");
            (word, bits) = (word << 6 | value as u32, bits + 6);
            if bits >= 8 {
                bits -= 8;
                bytes.push((word >> bits) as u8);
            }
        }
        let text = match format {
            QrFormat::V2Cp1251 => {
                let of = |byte: &u8| char::from_u32(u32::from(*byte) + if *byte >= 0xc0 { 0x350 } else { 0 });
                bytes.iter().filter_map(of).collect()
            }
            _ => String::from_utf8(bytes.clone()).expect("whole letters"),
        };
        (bytes.len(), text.split('\n').map(|line| line.trim_end_matches('\r').to_owned()).collect())
    }

    #[test]
    fn the_longest_fields_stay_one_code_and_one_line_each() {
        let (cyrillic, broken) = ("Щ".repeat(420), "Ж\r\n".repeat(400));
        for long in [&cyrillic, &broken] {
            let amount = Money::from_kopecks(i64::MAX);
            let transfer = Transfer { recipient: long, purpose: long, reference: long, amount, ..BILL };
            for format in FORMATS {
                let address = address(&transfer, format);
                let (bytes, lines) = lines(&address, format);
                assert!(bytes <= TEXT_MAX && address.len() <= 23 + 475, "{format:?}: {bytes} bytes");
                assert_eq!(lines.len(), if format == QrFormat::V3 { 17 } else { 13 }, "{format:?}");
                let (recipient, purpose) = (lines[5].chars().count(), lines[11].chars().count());
                assert!(recipient >= 50 && purpose >= 40, "{format:?}: {recipient} and {purpose} letters");
            }
        }
    }

    #[test]
    fn windows_1251_is_whole() {
        let written = |text: &str| text.chars().map(cp1251).collect::<Vec<u8>>();
        assert_eq!(
            written("“”„‘’…•°§©®™€"),
            [0x93, 0x94, 0x84, 0x91, 0x92, 0x85, 0x95, 0xb0, 0xa7, 0xa9, 0xae, 0x99, 0x88]
        );
        assert_eq!(
            written("ЂЏђџЎїЄєҐґІіЁё«»№–—\u{a0}"),
            [
                0x80, 0x8f, 0x90, 0x9f, 0xa1, 0xbf, 0xaa, 0xba, 0xa5, 0xb4, 0xb2, 0xb3, 0xa8, 0xb8, 0xab, 0xbb, 0xb9,
                0x96, 0x97, 0xa0,
            ]
        );
        assert_eq!(written("Аяʼ"), [0xc0, 0xff, 0x92]);
        assert_eq!(written("₴\u{98}é😀"), *b"????");
        let whole: std::collections::BTreeSet<u8> = UPPER.into_iter().chain('А'..='я').map(cp1251).collect();
        assert_eq!(whole.len(), 128, "each byte but 0x98, and the question mark in its place");
    }

    #[test]
    fn a_long_name_is_cut_before_the_purpose() {
        let purpose = "Оплата за послуги Інтернет, договір 01234567890123456789, у т.ч. ПДВ 20%";
        let recipient = "ТОВАРИСТВО З ОБМЕЖЕНОЮ ВІДПОВІДАЛЬНІСТЮ «НАЙКРАЩИЙ ІНТЕРНЕТ КОРОСТЕНЩИНИ»";
        let transfer = Transfer { recipient, purpose, reference: "01234567890123456789", ..BILL };
        for format in FORMATS {
            let (bytes, lines) = lines(&address(&transfer, format), format);
            assert!(bytes <= TEXT_MAX, "{format:?}: {bytes}");
            assert_eq!(lines[11].chars().count(), purpose.chars().count(), "{format:?}: {}", lines[11]);
        }
        let (_, lines) = lines(&address(&transfer, QrFormat::V3), QrFormat::V3);
        assert_eq!((lines[11].as_str(), recipient.starts_with(&lines[5])), (purpose, true));
        assert!(lines[5].chars().count() >= 50, "{}", lines[5]);
    }
}
