//! QR codes as the National Bank wants them printed: versions 10 to 20, correction Q while the text fits, the sign of the
//! hryvnia in the centre.

use qrcodegen::{QrCode, QrCodeEcc, QrSegment, Version};

/// Radius of the disc painted over the centre, in parts of the code's side: it hides less than two modules of a hundred,
/// where correction Q restores twenty-five and L seven.
pub const MARK_RADIUS: f32 = 0.075;
/// Radius of the dark disc inside it, which carries the sign.
pub const MARK_INNER_RADIUS: f32 = 0.0625;
/// Light modules left around the code.
pub const QUIET: usize = 4;

/// The modules of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    side: usize,
    dark: Vec<bool>,
}

/// The text is longer than a code of version 20 holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong;

impl Code {
    /// The code of a text.
    ///
    /// # Errors
    /// [`TooLong`] beyond 858 bytes; [`cabinet_core::nbu_qr`] makes no such text.
    pub fn new(text: &str) -> Result<Code, TooLong> {
        let segments = [QrSegment::make_bytes(text.as_bytes())];
        let encode = |correction| {
            QrCode::encode_segments_advanced(&segments, correction, Version::new(10), Version::new(20), None, false)
        };
        let code = encode(QrCodeEcc::Quartile)
            .or_else(|_| encode(QrCodeEcc::Medium))
            .or_else(|_| encode(QrCodeEcc::Low))
            .map_err(|_| TooLong)?;
        let side = code.size();
        let dark = (0..side).flat_map(|y| (0..side).map(move |x| (x, y))).map(|(x, y)| code.get_module(x, y)).collect();
        Ok(Code { side: side as usize, dark })
    }

    /// Modules of a side, without the quiet zone: 57 to 97.
    pub fn side(&self) -> usize {
        self.side
    }

    /// Whether a module is dark.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark[y * self.side + x]
    }

    /// The dark modules as runs of a row: `(x, y, length)`.
    pub fn runs(&self) -> Vec<(usize, usize, usize)> {
        let mut runs = Vec::new();
        for y in 0..self.side {
            let mut x = 0;
            while x < self.side {
                let length = (x..self.side).take_while(|x| self.is_dark(*x, y)).count();
                if length > 0 {
                    runs.push((x, y, length));
                }
                x += length.max(1);
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cabinet_core::Money;
    use cabinet_core::nbu_qr::{QrFormat, Transfer, address};

    const FORMATS: [QrFormat; 3] = [QrFormat::V3, QrFormat::V2Utf8, QrFormat::V2Cp1251];
    /// Pixels of a module.
    const PIXELS: usize = 5;

    /// The picture as it is printed, the mark included, read back.
    fn read(code: &Code) -> String {
        let side = code.side() + 2 * QUIET;
        let dark: std::collections::HashSet<(usize, usize)> =
            code.runs().into_iter().flat_map(|(x, y, length)| (x..x + length).map(move |x| (x, y))).collect();
        let centre = (side * PIXELS) as f32 / 2.0;
        let radius = |part: f32| part * (code.side() * PIXELS) as f32;
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(side * PIXELS, side * PIXELS, |x, y| {
            let away = (x as f32 + 0.5 - centre).hypot(y as f32 + 0.5 - centre);
            let module = (x / PIXELS).checked_sub(QUIET).zip((y / PIXELS).checked_sub(QUIET));
            match module {
                _ if away < radius(MARK_INNER_RADIUS) => 0,
                _ if away < radius(MARK_RADIUS) => 255,
                Some(module) if dark.contains(&module) => 0,
                _ => 255,
            }
        });
        let grids = picture.detect_grids();
        assert_eq!(grids.len(), 1, "one code is found");
        grids[0].decode().expect("the code can be read").1
    }

    fn transfer<'t>(recipient: &'t str, purpose: &'t str, reference: &'t str, kopecks: i64) -> Transfer<'t> {
        Transfer {
            recipient,
            iban: "UA213223130000026007233566001",
            amount: Money::from_kopecks(kopecks),
            code: "12345678",
            purpose,
            reference,
        }
    }

    #[test]
    fn every_format_is_read_back_from_under_the_mark() {
        let transfer = transfer("ТОВ \"ОНЛАЙН\"", "Оплата за Інтернет, договір 0000", "0000", 200_50);
        for format in FORMATS {
            let text = address(&transfer, format);
            let code = Code::new(&text).unwrap();
            assert!((57..=97).contains(&code.side()), "{}", code.side());
            assert_eq!(read(&code), text, "{format:?}");
        }
    }

    #[test]
    fn the_longest_fields_are_read_back_too() {
        let long = "Щ".repeat(420);
        let reference = "Щ".repeat(35);
        let transfer = transfer(&long, &long, &reference, 999_999_999_99);
        for format in FORMATS {
            let text = address(&transfer, format);
            let code = Code::new(&text).unwrap_or_else(|_| panic!("{format:?}: {} bytes", text.len()));
            assert_eq!(read(&code), text, "{format:?}");
        }
    }

    #[test]
    fn a_text_beyond_the_largest_code_is_refused() {
        assert_eq!(Code::new(&"a".repeat(859)), Err(TooLong));
        assert!(Code::new(&"a".repeat(858)).is_ok());
        assert_eq!(Code::new("short").unwrap().side(), 57, "version 10 at least");
    }
}
