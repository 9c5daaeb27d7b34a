//! A reader of the PDFs this crate makes, and of no others: objects, pages and the text a reader would copy.

use flate2::read::ZlibDecoder;
use std::collections::{BTreeMap, HashMap};
use std::io::Read;

/// A document taken apart.
pub struct Pdf {
    objects: BTreeMap<usize, Object>,
}

struct Object {
    /// All before the stream.
    text: String,
    stream: Vec<u8>,
}

/// Glyphs of a font as the text they stand for.
type Meaning = HashMap<u16, String>;

impl Pdf {
    /// Takes the bytes apart.
    pub fn read(bytes: &[u8]) -> Pdf {
        assert!(bytes.starts_with(b"%PDF-1.7"), "the header is there");
        let mut objects = BTreeMap::new();
        let mut at = 0;
        while let Some(found) = find(bytes, b" 0 obj\n", at) {
            let digits = bytes[..found].iter().rev().take_while(|b| b.is_ascii_digit()).count();
            let number = text(&bytes[found - digits..found]).parse().expect("an object has a number");
            let start = found + 7;
            let end = find(bytes, b"endobj", start).expect("an object ends");
            let stream = find(bytes, b"stream\n", start).filter(|stream| *stream < end);
            // krilla writes `/Type/Page`.
            let head = text(&bytes[start..stream.unwrap_or(end)]).replace('/', " /");
            let (stream, end) = match stream {
                Some(stream) => {
                    let length: usize = value(&head, "/Length").parse().expect("a stream has a length");
                    let data = &bytes[stream + 7..stream + 7 + length];
                    (inflate(&head, data), stream + 7 + length)
                }
                None => (Vec::new(), end),
            };
            objects.insert(number, Object { text: head, stream });
            at = end;
        }
        Pdf { objects }
    }

    /// The text of each page, a line a line, as it is drawn.
    pub fn pages(&self) -> Vec<String> {
        let tree = self.objects.values().find(|object| object.text.contains("/Type /Pages")).expect("there are pages");
        let kids = value(&tree.text, "/Kids");
        references(&kids).into_iter().map(|page| self.page(&self.objects[&page])).collect()
    }

    /// What draws the first page.
    pub fn first_content(&self) -> String {
        let tree = self.objects.values().find(|object| object.text.contains("/Type /Pages")).expect("there are pages");
        let page = &self.objects[&references(&value(&tree.text, "/Kids"))[0]];
        let contents = references(&value(&page.text, "/Contents"));
        contents.iter().map(|content| text(&self.objects[content].stream)).collect()
    }

    fn page(&self, page: &Object) -> String {
        let contents = references(&value(&page.text, "/Contents"));
        let mut resources = value(&page.text, "/Resources");
        if let [reference] = references(&resources)[..]
            && !resources.contains("<<")
        {
            resources = self.objects[&reference].text.clone();
        }
        let fonts = value(&resources, "/Font");
        let fonts: HashMap<String, Meaning> = fonts
            .split('/')
            .skip(1)
            .map(|font| {
                let name = font.split_whitespace().next().expect("a font has a name").to_owned();
                (name, self.meaning(references(font)[0]))
            })
            .collect();
        contents.iter().map(|content| lines(&self.objects[content].stream, &fonts)).collect()
    }

    fn meaning(&self, font: usize) -> Meaning {
        let font = &self.objects[&font].text;
        assert!(font.contains("/Identity-H"), "{font}");
        let map = references(&value(font, "/ToUnicode"))[0];
        let map = text(&self.objects[&map].stream);
        let mut meaning = Meaning::new();
        let mut inside = false;
        for line in map.lines() {
            inside = (inside || line.ends_with("beginbfchar")) && line != "endbfchar";
            assert!(!line.ends_with("beginbfrange"), "no ranges are read");
            let mut hex = line.split(['<', '>']).skip(1).step_by(2);
            if let (true, Some(glyph), Some(units)) = (inside, hex.next(), hex.next()) {
                let units: Vec<u16> = (0..units.len() / 4)
                    .map(|at| u16::from_str_radix(&units[4 * at..4 * at + 4], 16).unwrap())
                    .collect();
                let glyph = u16::from_str_radix(glyph, 16).unwrap();
                meaning.insert(glyph, String::from_utf16(&units).unwrap());
            }
        }
        meaning
    }

    /// All objects as text, for what has no better question.
    pub fn objects(&self) -> impl Iterator<Item = &str> {
        self.objects.values().map(|object| object.text.as_str())
    }

    /// The XMP packet.
    pub fn metadata(&self) -> String {
        let packet = self.objects.values().find(|object| object.text.contains("/Type /Metadata"));
        text(&packet.expect("there is a packet").stream)
    }
}

/// The lines a content stream writes, each ended.
fn lines(content: &[u8], fonts: &HashMap<String, Meaning>) -> String {
    let (mut out, mut font, mut at) = (String::new(), None, 0);
    let mut words: Vec<String> = Vec::new();
    while at < content.len() {
        match content[at] {
            b'(' => {
                let (bytes, end) = literal(content, at + 1);
                push(&mut out, &bytes, font);
                at = end;
            }
            b'<' if content[at + 1] == b'<' => at += 2,
            b'<' => {
                let end = find(content, b">", at).expect("a string ends");
                let hex = text(&content[at + 1..end]);
                let bytes: Vec<u8> =
                    (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect();
                push(&mut out, &bytes, font);
                at = end + 1;
            }
            _ => {
                // `Tr/f0` is two words.
                let ends = |b: u8| b.is_ascii_whitespace() || b"(<[]/".contains(&b);
                let rest = content[at + 1..].iter().copied().take_while(|b| !ends(*b));
                let first = Some(content[at]).filter(|b| *b == b'/' || !ends(*b));
                let word: Vec<u8> = first.into_iter().chain(rest.take_while(|_| first.is_some())).collect();
                at += word.len().max(1);
                match word.as_slice() {
                    b"Tf" => font = fonts.get(words[words.len() - 2].trim_start_matches('/')),
                    b"ET" => out.push('\n'),
                    _ => {}
                }
                if !word.is_empty() {
                    words.push(text(&word));
                }
            }
        }
    }
    out
}

fn push(out: &mut String, glyphs: &[u8], font: Option<&Meaning>) {
    // Strings outside of text are properties of marked content.
    let Some(font) = font else { return };
    for glyph in glyphs.chunks_exact(2) {
        let glyph = u16::from_be_bytes([glyph[0], glyph[1]]);
        out.push_str(font.get(&glyph).unwrap_or_else(|| panic!("glyph {glyph} has no meaning")));
    }
}

/// A string in brackets from after its opening one, and where it ends.
fn literal(bytes: &[u8], mut at: usize) -> (Vec<u8>, usize) {
    let (mut out, mut depth) = (Vec::new(), 1);
    loop {
        match bytes[at] {
            b'\\' => {
                at += 1;
                let octal = bytes[at..].iter().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
                if octal > 0 {
                    out.push(u32::from_str_radix(&text(&bytes[at..at + octal]), 8).unwrap() as u8);
                    at += octal - 1;
                } else {
                    out.push(match bytes[at] {
                        b'n' => b'\n',
                        b'r' => b'\r',
                        b't' => b'\t',
                        b'b' => 8,
                        b'f' => 12,
                        other => other,
                    });
                }
            }
            b')' if depth == 1 => return (out, at + 1),
            other => {
                depth += i32::from(other == b'(') - i32::from(other == b')');
                out.push(other);
            }
        }
        at += 1;
    }
}

fn inflate(head: &str, data: &[u8]) -> Vec<u8> {
    if !head.contains("/FlateDecode") {
        return data.to_vec();
    }
    let mut out = Vec::new();
    ZlibDecoder::new(data).read_to_end(&mut out).expect("a stream can be inflated");
    out
}

/// What a key of a dictionary holds, to the next key of the same depth.
fn value(dictionary: &str, key: &str) -> String {
    let rest = dictionary
        .match_indices(key)
        .map(|(at, _)| &dictionary[at + key.len()..])
        .find(|rest| !rest.starts_with(|c: char| c.is_ascii_alphanumeric()))
        .unwrap_or_else(|| panic!("{dictionary} has no {key}"))
        .trim_start();
    let mut depth = 0;
    let mut end = rest.len();
    for (at, pair) in rest.as_bytes().windows(2).enumerate() {
        match pair {
            b"<<" => depth += 1,
            b">>" if depth == 0 => {
                end = at;
                break;
            }
            b">>" => depth -= 1,
            [b'/', _] if depth == 0 && at > 0 && !rest.starts_with("[") => {
                end = at;
                break;
            }
            [b']', _] if depth == 0 => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    rest[..end].trim().to_owned()
}

/// The objects that are referred to.
fn references(text: &str) -> Vec<usize> {
    let words: Vec<&str> = text.split([' ', '\n', '[', ']', '<', '>']).filter(|word| !word.is_empty()).collect();
    let reference = |three: &[&str]| (three[1] == "0" && three[2] == "R").then(|| three[0].parse().ok()).flatten();
    words.windows(3).filter_map(reference).collect()
}

fn find(bytes: &[u8], what: &[u8], from: usize) -> Option<usize> {
    bytes[from..].windows(what.len()).position(|window| window == what).map(|at| at + from)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
