//! Every package the workspace is built of comes under a licence that may be shipped with it.

use serde_json::Value;

use crate::process::{self, Failure, Outcome, fail};

/// Licences that ask for their text and a name beside the program, and no more.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    // Of data: the certificates of Mozilla's root program.
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// Reads the licence of every package in Cargo.lock, of any platform, and names those that are not allowed.
pub fn check() -> Outcome {
    let metadata = process::output(process::cargo().args(["metadata", "--locked", "--format-version", "1"]))?;
    let metadata: Value =
        serde_json::from_str(&metadata).map_err(|error| Failure(format!("cargo metadata: {error}")))?;
    let mut refused = Vec::new();
    let packages = metadata["packages"].as_array().into_iter().flatten();
    let mut seen = 0;
    for package in packages {
        seen += 1;
        let licence = package["license"].as_str().unwrap_or("none named");
        if !allows(licence) {
            refused.push(format!("{} {}: {licence}", text(&package["name"]), text(&package["version"])));
        }
    }
    if seen == 0 {
        fail!("cargo metadata names no package");
    }
    if !refused.is_empty() {
        fail!("licences that are not allowed:\n    {}", refused.join("\n    "));
    }
    println!("{seen} packages under allowed licences");
    Ok(())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Whether an SPDX expression can be satisfied by allowed licences. `/` is how old packages wrote OR.
fn allows(expression: &str) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    either(&mut rest).is_some_and(|allowed| allowed && rest.is_empty())
}

/// `a OR b`; nothing where the expression cannot be read.
fn either(words: &mut &[&str]) -> Option<bool> {
    let mut allowed = both(words)?;
    while let Some((&"OR", rest)) = words.split_first() {
        *words = rest;
        allowed |= both(words)?;
    }
    Some(allowed)
}

/// `a AND b`, which binds closer.
fn both(words: &mut &[&str]) -> Option<bool> {
    let mut allowed = one(words)?;
    while let Some((&"AND", rest)) = words.split_first() {
        *words = rest;
        allowed &= one(words)?;
    }
    Some(allowed)
}

/// A licence, with its exception, or a whole expression in brackets.
fn one(words: &mut &[&str]) -> Option<bool> {
    let (first, rest) = words.split_first()?;
    *words = rest;
    if *first == "(" {
        let allowed = either(words)?;
        let (close, rest) = words.split_first()?;
        *words = rest;
        return (*close == ")").then_some(allowed);
    }
    if let [with, exception, rest @ ..] = rest
        && *with == "WITH"
    {
        *words = rest;
        return Some(ALLOWED.contains(&format!("{first} WITH {exception}").as_str()));
    }
    Some(ALLOWED.contains(first))
}

#[cfg(test)]
mod tests {
    use super::allows;

    #[test]
    fn expressions_are_weighed_as_spdx_reads_them() {
        for good in [
            "MIT",
            "MIT/Apache-2.0",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "MIT OR Apache-2.0 OR LGPL-2.1-or-later",
            "GPL-3.0 AND MIT OR ISC",
        ] {
            assert!(allows(good), "{good}");
        }
        for bad in [
            "GPL-3.0-or-later",
            "MIT AND GPL-3.0",
            "MIT AND (GPL-3.0 OR AGPL-3.0)",
            "Apache-2.0 WITH Other-exception",
            "none named",
            "",
            "(MIT",
            "MIT Apache-2.0",
            "MIT OR",
        ] {
            assert!(!allows(bad), "{bad}");
        }
    }
}
