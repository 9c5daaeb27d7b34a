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
    /// Who is paid, at most 140 characters.
    pub recipient: &'t str,
    /// Where.
    pub iban: &'t str,
    /// How much.
    pub amount: Money,
    /// ЄДРПОУ or РНОКПП of the recipient.
    pub code: &'t str,
    /// What for, at most 420 characters; cut to [`PURPOSE_MAX`].
    pub purpose: &'t str,
    /// The contract number, at most 35 characters.
    pub reference: &'t str,
}

/// Older applications read no more of a purpose; it also keeps the code within 350 bytes.
pub const PURPOSE_MAX: usize = 100;
const RECIPIENT_MAX: usize = 70;

/// The address the code holds.
pub fn address(transfer: &Transfer<'_>, format: QrFormat) -> String {
    let recipient = plain(transfer.recipient, RECIPIENT_MAX);
    let iban = plain(transfer.iban, 34);
    let amount = amount(transfer.amount);
    let (code, purpose) = (plain(transfer.code, 10), plain(transfer.purpose, PURPOSE_MAX));
    let reference = plain(transfer.reference, 35);
    let version_2 = |encoding: &'static str| {
        let lines = ["BCD", "002", encoding, "UCT", "", &recipient, &iban, &amount, &code, "", "", &purpose, ""];
        lines.map(str::to_owned)
    };
    match format {
        QrFormat::V3 => {
            let lines = [
                "BCD",
                "003",
                "1",
                "UCT",
                "",
                &recipient,
                &iban,
                &amount,
                &code,
                "OTHR/OTHR",
                &reference,
                &purpose,
                "",
                "",
                "",
                "",
                "",
            ];
            format!("https://qr.bank.gov.ua/{}", base64url(lines.join("\n").as_bytes()))
        }
        QrFormat::V2Utf8 => {
            format!("https://bank.gov.ua/qr/{}", base64url(version_2("1").join("\n").as_bytes()))
        }
        QrFormat::V2Cp1251 => {
            let text = version_2("2").join("\r\n");
            let bytes: Vec<u8> = text.chars().map(cp1251).collect();
            format!("https://bank.gov.ua/qr/{}", base64url(&bytes))
        }
    }
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

/// A letter of Windows-1251; what it does not have becomes a question mark.
fn cp1251(c: char) -> u8 {
    match c {
        '\0'..='\x7f' => c as u8,
        'А'..='я' => (c as u32 - 'А' as u32 + 0xc0) as u8,
        'Ґ' => 0xa5,
        'ґ' => 0xb4,
        'Ё' => 0xa8,
        'ё' => 0xb8,
        'Є' => 0xaa,
        'є' => 0xba,
        'І' => 0xb2,
        'і' => 0xb3,
        'Ї' => 0xaf,
        'ї' => 0xbf,
        '’' | 'ʼ' => 0x92,
        '«' => 0xab,
        '»' => 0xbb,
        '№' => 0xb9,
        '–' => 0x96,
        '—' => 0x97,
        '\u{a0}' => 0xa0,
        _ => b'?',
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

    #[test]
    fn the_longest_fields_stay_one_code_and_one_line_each() {
        let long = "Ж\r\n".repeat(400);
        let transfer = Transfer { recipient: &long, purpose: &long, reference: &long, ..BILL };
        for format in [QrFormat::V3, QrFormat::V2Utf8, QrFormat::V2Cp1251] {
            assert!(address(&transfer, format).len() <= 23 + 475, "{format:?}");
        }
        assert!(!plain(&long, 140).contains(['\r', '\n']));
    }
}
