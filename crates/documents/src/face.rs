//! The letters of the documents: Golos Text in two weights, part of the program, and how a text is measured with them.
//!
//! Nothing shapes the text: Ukrainian, Russian and English need one glyph a letter, and figures of one width, which the
//! font has by name.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, MetadataProvider};
use std::collections::HashMap;
use std::sync::LazyLock;

static REGULAR: LazyLock<Face> = LazyLock::new(|| Face::read(include_bytes!("../fonts/GolosText-Regular.ttf")));
static BOLD: LazyLock<Face> = LazyLock::new(|| Face::read(include_bytes!("../fonts/GolosText-Bold.ttf")));

/// Names of the figures made for columns.
const FIGURES: [&str; 10] =
    ["zero.tf", "one.tf", "two.tf", "three.tf", "four.tf", "five.tf", "six.tf", "seven.tf", "eight.tf", "nine.tf"];

/// The weight of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Running text.
    Regular,
    /// Headings and sums.
    Bold,
}

impl Weight {
    /// The font of this weight.
    pub(crate) fn face(self) -> &'static Face {
        match self {
            Weight::Regular => &REGULAR,
            Weight::Bold => &BOLD,
        }
    }
}

/// A font, ready to measure and to draw.
pub(crate) struct Face {
    font: Font,
    letters: HashMap<char, Letter>,
}

/// A glyph in parts of the size of the text.
#[derive(Clone, Copy)]
struct Letter {
    glyph: GlyphId,
    advance: f32,
    offset: f32,
}

impl Face {
    fn read(bytes: &'static [u8]) -> Face {
        let font = FontRef::new(bytes).expect("the program carries a font");
        let em = f32::from(font.head().expect("a font has a head").units_per_em());
        let metrics = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        let letter = |glyph: skrifa::GlyphId| Letter {
            glyph: GlyphId::new(glyph.to_u32()),
            advance: metrics.advance_width(glyph).unwrap_or(0.0) / em,
            offset: 0.0,
        };
        let mut letters: HashMap<char, Letter> = font
            .charmap()
            .mappings()
            .filter_map(|(code, glyph)| Some((char::from_u32(code)?, letter(glyph))))
            .filter(|(c, _)| !c.is_control())
            .collect();
        let figures: Vec<(char, Letter)> = font
            .glyph_names()
            .iter()
            .filter_map(|(glyph, name)| {
                let digit = FIGURES.iter().position(|figure| *figure == name.as_str())?;
                Some((char::from_digit(digit as u32, 10)?, letter(glyph)))
            })
            .collect();
        // Their advances differ by a fifteenth: each stands in the middle of the widest one's place.
        let widest = figures.iter().map(|(_, figure)| figure.advance).fold(0.0, f32::max);
        for (digit, figure) in figures {
            letters.insert(digit, Letter { advance: widest, offset: (widest - figure.advance) / 2.0, ..figure });
        }
        Face { font: Font::new(bytes.into(), 0).expect("the program carries a font"), letters }
    }

    /// The font as krilla wants it.
    pub(crate) fn font(&self) -> Font {
        self.font.clone()
    }

    /// Width of a text at this size.
    pub(crate) fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().filter_map(|c| self.letters.get(&c)).map(|letter| letter.advance).sum::<f32>() * size
    }

    /// The glyphs of a [`printable`] text.
    pub(crate) fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        text.char_indices()
            .filter_map(|(at, c)| {
                let letter = self.letters.get(&c)?;
                let range = at..at + c.len_utf8();
                Some(KrillaGlyph::new(letter.glyph, letter.advance, letter.offset, 0.0, 0.0, range, None))
            })
            .collect()
    }
}

/// The text in letters the fonts have: blanks of every kind but the no-break space become spaces, invisible characters
/// go, and a letter of another script becomes a question mark.
pub(crate) fn printable(text: &str) -> String {
    let known = |c: &char| REGULAR.letters.contains_key(c) && BOLD.letters.contains_key(c);
    text.chars()
        .filter_map(|c| match c {
            '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' => None,
            '\u{a0}' | '\u{202f}' => Some('\u{a0}'),
            _ if c.is_whitespace() || c.is_control() => Some(' '),
            _ if known(&c) => Some(c),
            _ => Some('?'),
        })
        .collect()
}

/// The lines of a [`printable`] text, none wider than `width` if a letter is not. A line that goes on ends in its space, so that
/// what is copied reads on; a word wider than a line is cut.
pub(crate) fn wrap(text: &str, weight: Weight, size: f32, width: f32) -> Vec<String> {
    let face = weight.face();
    let (mut lines, mut line, mut used) = (Vec::new(), String::new(), 0.0);
    for word in text.split_inclusive(' ') {
        let bare = face.width(word.trim_end_matches(' '), size);
        if used + bare > width && !line.is_empty() {
            lines.push(std::mem::take(&mut line));
            used = 0.0;
        }
        if bare <= width {
            line.push_str(word);
            used += face.width(word, size);
            continue;
        }
        let mut letter = [0; 4];
        for c in word.chars() {
            let advance = face.width(c.encode_utf8(&mut letter), size);
            if used + advance > width && !line.is_empty() && c != ' ' {
                lines.push(std::mem::take(&mut line));
                used = 0.0;
            }
            line.push(c);
            used += advance;
        }
    }
    if !line.is_empty() || lines.is_empty() {
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_weights_have_every_letter_of_the_languages() {
        let letters = "абвгґдеєжзиіїйклмнопрстуфхцчшщьюяёъыэАБВГҐДЕЄЖЗИІЇЙКЛМНОПРСТУФХЦЧШЩЬЮЯЁЪЫЭ\
            abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'’ʼ«»„“”№₴€–—−+×·•…%/|_@#&*()[]{}<>=!?;:.,\"\\^`~$";
        assert_eq!(printable(letters), letters);
    }

    #[test]
    fn figures_are_of_one_width() {
        for weight in [Weight::Regular, Weight::Bold] {
            let widths: Vec<f32> = ('0'..='9').map(|c| weight.face().width(&c.to_string(), 10.0)).collect();
            assert!(widths.iter().all(|width| *width == widths[0] && *width > 5.0), "{widths:?}");
        }
    }

    #[test]
    fn what_cannot_be_printed_is_replaced() {
        assert_eq!(printable("a\tb\r\nc\0d\u{feff}e\u{200b}漢\u{a0}f"), "a b  c de?\u{a0}f");
    }

    #[test]
    fn lines_are_no_wider_than_their_place_and_lose_nothing() {
        let texts =
            ["", "один", "один два три чотири п’ять шість", &"Ж".repeat(90), &format!("а {} б в", "1".repeat(50))];
        for text in texts {
            let lines = wrap(text, Weight::Regular, 10.0, 60.0);
            assert_eq!(lines.concat(), text);
            for line in &lines {
                assert!(Weight::Regular.face().width(line.trim_end(), 10.0) <= 60.0, "{line}");
            }
        }
        assert_eq!(wrap("a\u{a0}b c", Weight::Regular, 10.0, 20.0), ["a\u{a0}b ", "c"]);
    }
}
