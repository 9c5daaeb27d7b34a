//! XML of strangers, read within bounds, and ours, written escaped.
//!
//! What is refused before or while reading: more than [`super::BODY_MAX`] bytes, any encoding but UTF-8 (by the
//! header, by the declaration or by the bytes), NUL and other characters XML does not know, a DTD of any kind and with
//! it every entity beyond the five of XML itself, elements nested deeper than [`DEPTH_MAX`], more than [`NODES_MAX`]
//! nodes. Nothing is fetched and no file is read: the parser can do neither.

use super::{BODY_MAX, RawRequest, Refusal};
use roxmltree::{Document, Node, ParsingOptions};

/// The deepest element of any dialect is the fifth.
const DEPTH_MAX: usize = 16;
/// The longest message of any dialect has about forty nodes.
const NODES_MAX: u32 = 1_000;
/// More quotes than this mean more attributes than any dialect has; the parser compares attributes pairwise.
const QUOTES_MAX: usize = 512;

/// Why a body is not XML of a dialect.
#[derive(Debug)]
pub(super) struct BadXml;

impl From<BadXml> for Refusal {
    fn from(_: BadXml) -> Refusal {
        Refusal::BadFormat
    }
}

/// The body as text: within bounds and UTF-8. The mark of byte order some senders put before it is left out.
pub(super) fn text<'b>(raw: &RawRequest<'b>) -> Result<&'b str, BadXml> {
    if raw.body.len() > BODY_MAX || !declares_utf8(raw.content_type) {
        return Err(BadXml);
    }
    let text = std::str::from_utf8(raw.body).map_err(|_| BadXml)?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

/// Reads a text of [`text`].
pub(super) fn parse(text: &str) -> Result<Document<'_>, BadXml> {
    if !declared_encoding_is_utf8(text) {
        return Err(BadXml);
    }
    if text.bytes().filter(|b| matches!(b, b'"' | b'\'')).count() > QUOTES_MAX {
        return Err(BadXml);
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES_MAX, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|_| BadXml)?;
    // Counts the element itself and the document, but never further than it takes to refuse.
    let depth = |node: Node<'_, '_>| node.ancestors().take(DEPTH_MAX + 2).count() - 1;
    if document.descendants().any(|node| node.is_element() && depth(node) > DEPTH_MAX) {
        return Err(BadXml);
    }
    Ok(document)
}

/// The only child element of this name, in whatever namespace; `None` without one, an error for more.
pub(super) fn child<'a, 'i>(parent: Node<'a, 'i>, name: &str) -> Result<Option<Node<'a, 'i>>, BadXml> {
    let mut named = parent.children().filter(|node| node.is_element() && node.tag_name().name() == name);
    match (named.next(), named.next()) {
        (first, None) => Ok(first),
        _ => Err(BadXml),
    }
}

/// The text of the only child of this name, without blanks around it; `None` without one or for an empty one. A child
/// that holds anything but text has no one value and is an error.
pub(super) fn value<'a>(parent: Node<'a, '_>, name: &str) -> Result<Option<&'a str>, BadXml> {
    let Some(element) = child(parent, name)? else { return Ok(None) };
    let mut inside = element.children();
    let text = match (inside.next(), inside.next()) {
        (None, _) => "",
        (Some(only), None) if only.is_text() => only.text().unwrap_or_default(),
        _ => return Err(BadXml),
    };
    Ok(Some(text.trim()).filter(|text| !text.is_empty()))
}

fn declares_utf8(content_type: Option<&str>) -> bool {
    let Some(content_type) = content_type else { return true };
    content_type.split(';').skip(1).all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        _ => true,
    })
}

fn declared_encoding_is_utf8(text: &str) -> bool {
    let Some(declaration) = text.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map(|(head, _)| head)
    else {
        return true;
    };
    let Some((_, encoding)) = declaration.split_once("encoding") else { return true };
    let encoding = encoding.trim_start().strip_prefix('=').unwrap_or_default().trim_start();
    let quoted = ['"', '\''].into_iter().find_map(|quote| encoding.strip_prefix(quote)?.split_once(quote));
    quoted.is_some_and(|(name, _)| name.eq_ignore_ascii_case("utf-8"))
}

/// An element to be written.
#[derive(Debug)]
pub(super) struct Element {
    name: String,
    attributes: Vec<(&'static str, String)>,
    content: Content,
}

#[derive(Debug)]
enum Content {
    Text(String),
    Children(Vec<Element>),
}

impl Element {
    /// An element without children yet.
    pub(super) fn new(name: &str) -> Element {
        Element { name: name.to_owned(), attributes: Vec::new(), content: Content::Children(Vec::new()) }
    }

    /// An element that holds a text.
    pub(super) fn text(name: &str, text: impl ToString) -> Element {
        Element { content: Content::Text(text.to_string()), ..Element::new(name) }
    }

    /// With an attribute.
    pub(super) fn with(mut self, name: &'static str, value: impl ToString) -> Element {
        self.attributes.push((name, value.to_string()));
        self
    }

    /// With a child, or with none for `None`.
    pub(super) fn child(mut self, child: impl Into<Option<Element>>) -> Element {
        if let Content::Children(children) = &mut self.content {
            children.extend(child.into());
        }
        self
    }

    /// With a child that holds a text.
    pub(super) fn value(self, name: &str, text: impl ToString) -> Element {
        self.child(Element::text(name, text))
    }

    /// The whole document: declaration, then elements by line. An empty element has both its tags, since a signed
    /// dialect needs its empty `Sign` so.
    pub(super) fn document(&self) -> String {
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.write(&mut out, 0);
        out
    }

    fn write(&self, out: &mut String, depth: usize) {
        let indent = "  ".repeat(depth);
        out.push_str(&format!("{indent}<{}", self.name));
        for (name, value) in &self.attributes {
            out.push_str(&format!(" {name}=\""));
            escape(value, out);
            out.push('"');
        }
        out.push('>');
        match &self.content {
            Content::Text(text) => escape(text, out),
            Content::Children(children) if children.is_empty() => {}
            Content::Children(children) => {
                for child in children {
                    out.push('\n');
                    child.write(out, depth + 1);
                }
                out.push('\n');
                out.push_str(&indent);
            }
        }
        out.push_str(&format!("</{}>", self.name));
    }
}

/// Escapes for text and attributes alike; what XML cannot hold at all is left out, and so are line breaks and tabs,
/// which an attribute would lose anyway.
fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\u{fffe}' | '\u{ffff}' => {}
            letter if letter.is_control() => {}
            letter => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Method;
    use super::*;
    use proptest::prelude::*;

    fn read(body: &[u8], content_type: Option<&str>) -> Result<String, BadXml> {
        let raw = RawRequest { method: Method::Post, query: "", body, content_type };
        let text = text(&raw)?;
        let document = parse(text)?;
        Ok(document.root_element().tag_name().name().to_owned())
    }

    fn refused(body: impl AsRef<[u8]>) {
        assert!(read(body.as_ref(), None).is_err());
    }

    #[test]
    fn utf8_is_read_and_every_other_encoding_refused() {
        for declaration in [
            "",
            "\u{feff}",
            "<?xml version=\"1.0\"?>",
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
            "\u{feff}<?xml version='1.0' encoding = 'utf-8' standalone=\"yes\"?>",
        ] {
            assert_eq!(read(format!("{declaration}<a>Її</a>").as_bytes(), None).expect(declaration), "a");
        }
        for kind in ["text/xml", "text/xml; charset=utf-8", "application/xml;charset=\"UTF-8\"", "text/xml; q=1"] {
            assert!(read(b"<a/>", Some(kind)).is_ok(), "{kind}");
        }
        for kind in ["text/xml; charset=windows-1251", "text/xml;Charset=\"utf-16\"", "text/xml; charset="] {
            assert!(read(b"<a/>", Some(kind)).is_err(), "{kind}");
        }
        for encoding in ["windows-1251", "UTF-16", "UTF-7", "ISO-8859-1", ""] {
            refused(format!("<?xml version=\"1.0\" encoding=\"{encoding}\"?><a/>"));
        }
        refused("<?xml version=\"1.0\" encoding=UTF-8?><a/>");
        refused([0x3c, 0x61, 0x3e, 0xc0, 0xc1, 0x3c, 0x2f, 0x61, 0x3e]);
        let utf16: Vec<u8> = "\u{feff}<a/>".encode_utf16().flat_map(u16::to_le_bytes).collect();
        refused(utf16);
    }

    #[test]
    fn a_dtd_is_refused_whatever_is_in_it() {
        refused("<!DOCTYPE a><a/>");
        refused("<!DOCTYPE a []><a/>");
        refused("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a/>");
        refused("<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>");
        refused("<!DOCTYPE a [<!ENTITY % x SYSTEM \"http://127.0.0.1:1/\">%x;]><a/>");
        let laughs: String =
            (1..10).map(|n| format!("<!ENTITY l{n} \"{}\">", format!("&l{};", n - 1).repeat(10))).collect();
        refused(format!("<!DOCTYPE a [<!ENTITY l0 \"lol\">{laughs}]><a>&l9;</a>"));
        refused("<a>&unknown;</a>");
        assert!(read(b"<a>&amp;&lt;&gt;&quot;&apos;&#1110;&#x456;</a>", None).is_ok());
    }

    #[test]
    fn size_depth_and_number_are_bounded() {
        let padded = |length: usize| format!("<a>{}</a>", " ".repeat(length - 7));
        assert!(read(padded(BODY_MAX).as_bytes(), None).is_ok());
        refused(padded(BODY_MAX + 1));
        refused(padded(1024 * 1024));
        let nested = |depth: usize| format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
        assert!(read(nested(DEPTH_MAX).as_bytes(), None).is_ok());
        refused(nested(DEPTH_MAX + 1));
        refused(nested(9_000));
        refused("<a>".repeat(20_000));
        refused(format!("<a>{}</a>", "<b/>".repeat(NODES_MAX as usize)));
        let attributes: String = (0..QUOTES_MAX).map(|n| format!(" a{n}=''")).collect();
        refused(format!("<a{attributes}/>"));
    }

    #[test]
    fn what_is_no_xml_is_refused() {
        for body in [
            "",
            " ",
            "{}",
            "<a>",
            "<a></b>",
            "<a/><b/>",
            "a=1",
            "<a>\0</a>",
            "<a>&#0;</a>",
            "<a>\u{1}</a>",
            "<a b=1/>",
            "<a b='' b=''/>",
        ] {
            refused(body);
        }
    }

    #[test]
    fn a_value_is_one_text_of_one_child() {
        let document = parse(
            "<a><b> 10 </b><c>1</c><c>2</c><d>1<!-- -->0</d><e><f/></e><g/><h xmlns=\"urn:x\">1</h><i>1<![CDATA[0]]></i></a>",
        );
        let document = document.expect("well-formed");
        let root = document.root_element();
        assert_eq!(value(root, "b").expect("one"), Some("10"));
        assert_eq!(value(root, "g").expect("one"), None);
        assert_eq!(value(root, "absent").expect("none"), None);
        assert_eq!(value(root, "h").expect("one"), Some("1"));
        assert_eq!(value(root, "i").expect("one"), Some("10"));
        for name in ["c", "d", "e"] {
            assert!(value(root, name).is_err(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_written_so_that_it_is_read_back(text in any::<String>()) {
            let written = Element::new("a").with("b", &text).value("c", &text).document();
            let document = parse(&written).expect("well-formed");
            let kept: String = text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}')).collect();
            prop_assert_eq!(document.root_element().attribute("b"), Some(kept.as_str()));
            let inner = document.root_element().first_element_child().and_then(|c| c.text()).unwrap_or_default();
            prop_assert_eq!(inner, kept.as_str());
        }

        #[test]
        fn no_bytes_panic(body in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = read(&body, None);
        }
    }
}
