//! Cuts the pages that are loaded later out of the compiled client (`frontend/src/pages/later.rs` says which).

use std::fs;
use std::path::{Path, PathBuf};

use wasm_split_cli_support::Options;

use crate::process::{Failure, Outcome, fail};

/// The script that loads the files, as the program asks for it.
const LOADERS: &str = "./loaders.js";

/// How long a file may take, in milliseconds, until whoever waits is told and may try again.
const PATIENCE_MS: u32 = 30_000;

/// The client in pieces.
pub struct Cut {
    /// The program itself, for wasm-bindgen.
    pub program: PathBuf,
    /// What loads the other files.
    pub loaders: String,
    /// The other files, by the name that `loaders` knows them by.
    pub files: Vec<(String, Vec<u8>)>,
}

/// Cuts a compiled client up, in a folder of its own.
pub fn cut(wasm: &Path, folder: &Path) -> Outcome<Cut> {
    let whole = fs::read(wasm).map_err(|error| Failure(format!("{}: {error}", wasm.display())))?;
    let program = folder.join("program.wasm");
    let mut options = Options::new(&whole);
    options.output_dir = folder;
    options.main_out_path = &program;
    options.link_name = LOADERS;
    let cut = wasm_split_cli_support::transform(options);
    let mut paths = cut.map_err(|error| Failure(format!("wasm-split: {error:#}")))?.split_modules;
    paths.sort();
    let loaders = fs::read_to_string(folder.join(LOADERS))?;
    let mut files = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // One that nothing is left in is not asked for.
        if loaders.contains(&format!("\"./{name}\"")) {
            files.push((name, without_names(&fs::read(path)?)?));
        }
    }
    Ok(Cut { program, loaders, files })
}

/// One script of the program's and of the loaders: each asks for the other, so neither could have the hash of the other
/// in its name.
pub fn joined(script: &str, loaders: &str) -> Outcome<String> {
    let asks = |line: &&str| line.starts_with("import * as ") && line.contains(LOADERS);
    // Once for each of the loaders.
    let asked = script.lines().filter(asks);
    let names: Vec<_> = asked.filter_map(|line| line.trim_start_matches("import * as ").split(' ').next()).collect();
    let [first, others @ ..] = &names[..] else { fail!("the program's script does not ask for {LOADERS}") };
    let mut exported = Vec::new();
    let mut body = String::new();
    for line in loaders.lines().filter(|line| !line.starts_with("import ")) {
        if let Some(rest) = line.strip_prefix("export const ") {
            exported.extend(rest.split(' ').next());
        }
        body.push_str(line.trim_start_matches("export "));
        body.push('\n');
    }
    let patient = format!("import.meta.url), {{ signal: AbortSignal.timeout({PATIENCE_MS}) }});");
    let patiently = body.replace("import.meta.url));", &patient);
    if exported.is_empty() || patiently == body {
        fail!("{LOADERS} is not as this program knows it");
    }
    let exported = exported.join(", ");
    let mut one: String = script.lines().filter(|line| !asks(line)).flat_map(|line| [line, "\n"]).collect();
    one.push_str(&format!("const {first} = (() => {{\n{patiently}return {{ {exported} }};\n}})();\n"));
    for other in others {
        one.push_str(&format!("const {other} = {first};\n"));
    }
    Ok(one)
}

/// A program without the sections that only people and tools read.
fn without_names(wasm: &[u8]) -> Outcome<Vec<u8>> {
    const HEAD: usize = 8;
    let broken = || Failure("a file of pages is no WebAssembly".to_owned());
    let mut kept = wasm.get(..HEAD).ok_or_else(broken)?.to_vec();
    let mut rest = &wasm[HEAD..];
    while let Some(&kind) = rest.first() {
        let (size, digits) = number(&rest[1..]).ok_or_else(broken)?;
        let (section, after) = rest.split_at_checked(1 + digits + size).ok_or_else(broken)?;
        if kind != 0 {
            kept.extend_from_slice(section);
        }
        rest = after;
    }
    Ok(kept)
}

/// A number as WebAssembly writes sizes, and how many bytes it took.
fn number(bytes: &[u8]) -> Option<(usize, usize)> {
    let mut value = 0_usize;
    for (place, byte) in bytes.iter().enumerate().take(5) {
        value |= usize::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some((value, place + 1));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_scripts_become_one() {
        let script = "import * as import1 from \"./loaders.js\"\nimport * as import2 from \"./loaders.js\"\n\n\
                      function imports() { return { \"./loaders.js\": import1, \"./loaders.js\": import2 }; }\n\
                      function initSync(m) { return wasm; }\nexport { initSync, init as default };\n";
        let loaders = "import { initSync } from \"./main.js\";\nconst a = makeLoad(() => {\n    \
                       const src = fetch(new URL(\"./chunk_1.wasm\", import.meta.url));\n});\n\
                       export const load_a = wrap(a);\nexport const load_b = wrap(b);\n";
        let one = joined(script, loaders).ok().expect("one script");
        assert!(!one.contains("import *") && !one.contains("main.js") && !one.contains("export const"), "{one}");
        assert!(
            one.contains(
                "fetch(new URL(\"./chunk_1.wasm\", import.meta.url), { signal: AbortSignal.timeout(30000) });"
            )
        );
        assert!(
            one.ends_with("const load_b = wrap(b);\nreturn { load_a, load_b };\n})();\nconst import2 = import1;\n"),
            "{one}"
        );
        assert!(one.contains("const import1 = (() => {\n"));

        assert!(joined("export {};", loaders).is_err(), "a program that asks for nothing");
        assert!(joined(script, "export const load_a = wrap(a);").is_err(), "loaders of another form");
    }

    #[test]
    fn names_are_left_out() {
        let head = b"\0asm\x01\0\0\0";
        // A section of code of three bytes, one of names of 130, and one of data of one.
        let (code, data) = ([10, 3, 1, 2, 3], [11, 1, 9]);
        let names = [&[0, 0x82, 0x01][..], &[7; 130]].concat();
        let whole = [&head[..], &code, &names, &data].concat();
        assert_eq!(without_names(&whole).ok(), Some([&head[..], &code, &data].concat()));
        assert!(without_names(&whole[..whole.len() - 1]).is_err());
        assert!(without_names(b"<html>").is_err());
    }
}
