//! How many messages a text is charged as (3GPP TS 23.038 and 23.040).

/// Letters of one septet.
const BASIC: &str = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿\
                     abcdefghijklmnopqrstuvwxyzäöñüà";
/// Letters of two.
const EXTENDED: &str = "^{}\\[~]|€\u{c}";

/// How many messages a text is: 160 septets alone or 153 in each of several; with any letter beyond the basic alphabet, as
/// every Cyrillic one, 70 units of UTF-16 alone or 67. A letter of two units is never split.
pub fn parts(text: &str) -> usize {
    let septets = |c: char| match c {
        _ if BASIC.contains(c) => Some(1),
        _ if EXTENDED.contains(c) => Some(2),
        _ => None,
    };
    let basic: Option<Vec<usize>> = text.chars().map(septets).collect();
    match basic {
        Some(widths) => split(&widths, 160, 153),
        None => split(&text.chars().map(char::len_utf16).collect::<Vec<_>>(), 70, 67),
    }
}

fn split(widths: &[usize], alone: usize, each: usize) -> usize {
    if widths.iter().sum::<usize>() <= alone {
        return 1;
    }
    let (mut parts, mut room) = (1, each);
    for width in widths {
        if *width > room {
            parts += 1;
            room = each;
        }
        room -= width;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn parts_are_counted_as_operators_count() {
        for (text, letters, expected) in [
            ("я", 70, 1),
            ("я", 71, 2),
            ("я", 134, 2),
            ("я", 135, 3),
            ("a", 160, 1),
            ("a", 161, 2),
            ("a", 306, 2),
            ("a", 307, 3),
            ("€", 80, 1),
            ("€", 81, 2),
            ("😀", 35, 1),
            ("😀", 36, 2),
        ] {
            assert_eq!(parts(&text.repeat(letters)), expected, "{letters} times {text}");
        }
        assert_eq!(parts(""), 1);
        // One letter beyond the alphabet makes all of them wide.
        assert_eq!((parts(&"a".repeat(71)), parts(&format!("{}₴", "a".repeat(70)))), (1, 2));
        // 67 and 153 are odd: a letter of two units goes whole into the next part.
        assert_eq!(parts(&"😀".repeat(67)), 3);
        assert_eq!(parts(&"€".repeat(153)), 3);
    }
}
