//! The web client's bundle: the program and its JavaScript, pages that are loaded later, one stylesheet, the texts of each
//! language, the public files, each under a name made of its content, so that browsers may keep it forever; index.html
//! ties them together.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use wasm_bindgen_cli_support::Bindgen;

use crate::cut;
use crate::prerequisites;
use crate::process::{self, Failure, Outcome, fail};
use crate::texts;
use crate::worker;

/// What a first visit may cost, compressed: every file but those below [`LATER`], and the largest of the languages.
pub const LIMIT: u64 = 320 * 1024;

/// What the whole client may cost, compressed.
const LIMIT_OF_ALL: u64 = 480 * 1024;

/// Files that are loaded when they are needed lie in this folder of the bundle.
const LATER: &str = "later/";

/// The languages beside the one that the program holds.
const LANGUAGES: [&str; 2] = ["ru", "en"];

/// Public files that programs look for under a fixed name.
const FIXED: &[&str] = &["favicon.ico", "robots.txt"];

/// How the bundle is built.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As shipped: small, compressed, measured.
    Shipped,
    /// Quick to build: for a cycle of edits.
    Quick,
}

impl Kind {
    /// From the switch `--dev`.
    pub fn of(dev: bool) -> Self {
        if dev { Self::Quick } else { Self::Shipped }
    }

    fn profile(self) -> (&'static str, &'static str) {
        match self {
            Self::Shipped => ("wasm", "wasm"),
            Self::Quick => ("dev", "debug"),
        }
    }
}

/// Builds target/web; does nothing when it is already what the sources make.
pub fn build(kind: Kind) -> Outcome {
    prerequisites::wasm_target()?;
    let (profile, folder) = kind.profile();
    process::run(process::cargo().args([
        "build",
        "--locked",
        "--package",
        "cabinet-frontend",
        "--target",
        "wasm32-unknown-unknown",
        "--profile",
        profile,
    ]))?;
    let wasm = process::target().join("wasm32-unknown-unknown").join(folder).join("cabinet-frontend.wasm");
    let sources = process::root().join("frontend");
    let web = process::target().join("web");
    let stamp = process::target().join("web.stamp");
    let made_of = digest_of_inputs(kind, &wasm, &sources)?;
    if web.join("index.html").is_file() && fs::read_to_string(&stamp).is_ok_and(|stamp| stamp == made_of) {
        println!("target/web is up to date");
        return Ok(());
    }

    let bundle = Bundle::make(kind, &wasm, &sources)?;
    let _ = fs::remove_file(&stamp);
    // Written aside and exchanged at the end: a server that reads the folder never sees half of it.
    let aside = process::target().join("web.new");
    let _ = fs::remove_dir_all(&aside);
    bundle.write(kind, &aside)?;
    let _ = fs::remove_dir_all(&web);
    fs::rename(&aside, &web)?;
    fs::write(stamp, made_of)?;
    Ok(())
}

/// Prints what a first visit loads, what is loaded later and both together, and refuses more than the limits.
pub fn weigh() -> Outcome {
    let (later, first): (Vec<Weight>, Vec<Weight>) = weights()?.into_iter().partition(Weight::later);
    println!("{:<50} {:>10} {:>10}", "target/web", "bytes", "brotli");
    let line = |name: &str, whole: u64, small: u64| {
        println!("{name:<50} {whole:>10} {small:>10}  ({:.1} KiB)", small as f64 / 1024.0);
    };
    let sum = |name: &str, of: &[&Weight]| {
        let small = of.iter().map(|weight| weight.small).sum();
        line(name, of.iter().map(|weight| weight.whole).sum(), small);
        small
    };
    for weight in &first {
        line(&weight.name, weight.whole, weight.small);
    }
    let words = largest_language(&later);
    let travels = sum("first load, in the longest language", &first.iter().chain(words).collect::<Vec<_>>());
    for weight in &later {
        line(&weight.name, weight.whole, weight.small);
    }
    let all: u64 = sum("everything", &first.iter().chain(&later).collect::<Vec<_>>());
    if travels == 0 {
        fail!("target/web is empty: `cargo xtask web` builds the client");
    }
    if travels > LIMIT {
        fail!("the first load is {travels} bytes, the limit is {LIMIT}");
    }
    if all > LIMIT_OF_ALL {
        fail!("the whole client is {all} bytes, the limit is {LIMIT_OF_ALL}");
    }
    Ok(())
}

/// Bytes of a first visit; nothing when the client as shipped is not built.
pub fn first_load() -> Outcome<Option<u64>> {
    let weights = weights()?;
    let compressed = weights.iter().any(|weight| weight.small < weight.whole);
    let first = weights.iter().filter(|weight| !weight.later()).chain(largest_language(&weights));
    Ok(compressed.then(|| first.map(|weight| weight.small).sum()))
}

/// A file of the bundle, with its bytes as they are and compressed.
struct Weight {
    name: String,
    whole: u64,
    small: u64,
}

impl Weight {
    fn later(&self) -> bool {
        self.name.starts_with(LATER)
    }
}

/// A visitor reads one of the languages, at worst this one.
fn largest_language(weights: &[Weight]) -> Option<&Weight> {
    let words = |weight: &&Weight| {
        let name = weight.name.strip_prefix(LATER).unwrap_or_default();
        LANGUAGES.iter().any(|language| name.strip_prefix(language).is_some_and(|rest| rest.starts_with('-')))
    };
    weights.iter().filter(words).max_by_key(|weight| weight.small)
}

/// The bundle's files.
fn weights() -> Outcome<Vec<Weight>> {
    let web = process::target().join("web");
    let packed = |file: &Path| [".br", ".gz"].iter().any(|suffix| file.to_string_lossy().ends_with(suffix));
    let mut weights = Vec::new();
    for file in files_under(&web)?.iter().filter(|file| !packed(file)) {
        if file.file_name().is_some_and(|name| worker::comes_after(&name.to_string_lossy())) {
            continue;
        }
        let whole = fs::metadata(file)?.len();
        let small = fs::metadata(with_suffix(file, ".br")).map_or(whole, |small| small.len());
        let name = file.strip_prefix(&web).unwrap_or(file).display().to_string();
        weights.push(Weight { name, whole, small });
    }
    Ok(weights)
}

/// What decides how the bundle looks: the compiled client, its other sources, and this program.
fn digest_of_inputs(kind: Kind, wasm: &Path, sources: &Path) -> Outcome<String> {
    let mut digest = Sha256::new();
    digest.update(kind.profile().0);
    let mut files = vec![wasm.to_path_buf(), std::env::current_exe()?, sources.join("index.html")];
    files.extend(files_under(&sources.join("locales"))?);
    files.extend(files_under(&sources.join("styles"))?);
    files.extend(files_under(&sources.join("public"))?);
    files.extend(files_under(&sources.join("pwa"))?);
    for file in files {
        digest.update(file.to_string_lossy().as_bytes());
        digest.update(Sha256::digest(read(&file)?));
    }
    Ok(hex(&digest.finalize()))
}

/// The files of the bundle by the name they are served under.
struct Bundle {
    files: BTreeMap<String, Vec<u8>>,
}

impl Bundle {
    fn make(kind: Kind, wasm: &Path, sources: &Path) -> Outcome<Self> {
        let mut bundle = Self { files: BTreeMap::new() };
        let mut places = Places::default();
        let public = sources.join("public");
        for file in files_under(&public)? {
            let name = file.strip_prefix(&public).unwrap_or(&file).to_string_lossy().into_owned();
            let served = bundle.add(&name, read(&file)?, FIXED.contains(&name.as_str()));
            places.assets.insert(name, served);
        }

        for language in LANGUAGES {
            let file = lines(&sources.join(format!("locales/{language}.json")))?;
            let served = bundle.add(&format!("{LATER}{language}.txt"), file.into_bytes(), false);
            places.texts.insert(language.to_owned(), served);
        }

        let css = stylesheet(&sources.join("styles/all.css"))?;
        places.css = bundle.add("cabinet.css", places.fill(&css)?.into_bytes(), false);

        let bound = bind(wasm)?;
        places.wasm = bundle.add("cabinet.wasm", bound.wasm, false);
        let mut script = bound.script;
        for (path, snippet) in bound.snippets {
            let name = path.rsplit('/').next().unwrap_or(&path);
            let served = bundle.add(name, snippet.into_bytes(), false);
            script = script.replace(&format!("./snippets/{path}"), &served);
        }
        for (name, file) in bound.later {
            let short = name.trim_start_matches("split_");
            let served = bundle.add(&format!("{LATER}{short}"), file, false);
            script = script.replace(&format!("\"./{name}\""), &format!("\".{served}\""));
        }
        let script = if kind == Kind::Shipped { condensed(&script) } else { script };
        places.js = bundle.add("cabinet.js", script.into_bytes(), false);

        let device = condensed(&text(&sources.join("pwa/device.js"))?);
        let start = format!(
            "import init from \"{}\";\n{device}init({{ module_or_path: \"{}\" }}).then(keep);\n",
            places.js, places.wasm
        );
        places.start = bundle.add("start.js", start.into_bytes(), false);

        let index = places.fill(&text(&sources.join("index.html"))?)?;
        let index = if kind == Kind::Shipped { without_indent(&index) } else { index };
        bundle.add("index.html", index.into_bytes(), true);

        let manifest = places.fill(&text(&sources.join("pwa").join(worker::MANIFEST))?)?;
        bundle.add(worker::MANIFEST, manifest.into_bytes(), true);
        let worker = worker::made(&condensed(&text(&sources.join("pwa").join(worker::WORKER))?), &mut bundle.files);
        bundle.add(worker::WORKER, places.fill(&worker)?.into_bytes(), true);
        Ok(bundle)
    }

    /// Adds a file and gives the address to name it by.
    fn add(&mut self, name: &str, content: Vec<u8>, fixed: bool) -> String {
        let served = if fixed { name.to_owned() } else { hashed(name, &content) };
        self.files.insert(served.clone(), content);
        format!("/{served}")
    }

    fn write(&self, kind: Kind, folder: &Path) -> Outcome {
        for (name, content) in &self.files {
            let file = folder.join(name);
            if let Some(parent) = file.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(&file, content)?;
            if kind == Kind::Shipped && shrinks(name) {
                fs::write(with_suffix(&file, ".br"), brotli(content)?)?;
                fs::write(with_suffix(&file, ".gz"), gzip(content)?)?;
            }
        }
        Ok(())
    }
}

/// The addresses that templates ask for as `{{css}}`, `{{start}}`, `{{js}}`, `{{wasm}}`, `{{texts:LANGUAGE}}` and
/// `{{asset:NAME}}`.
#[derive(Default)]
struct Places {
    css: String,
    start: String,
    js: String,
    wasm: String,
    texts: BTreeMap<String, String>,
    assets: BTreeMap<String, String>,
}

impl Places {
    fn fill(&self, template: &str) -> Outcome<String> {
        let mut filled = String::with_capacity(template.len());
        let mut rest = template;
        while let Some((before, after)) = rest.split_once("{{") {
            let Some((name, after)) = after.split_once("}}") else { fail!("a placeholder is not closed with }}}}") };
            let address = match name.trim() {
                "css" => Some(&self.css),
                "start" => Some(&self.start),
                "js" => Some(&self.js),
                "wasm" => Some(&self.wasm),
                other => match other.split_once(':') {
                    Some(("texts", language)) => self.texts.get(language),
                    Some(("asset", asset)) => self.assets.get(asset),
                    _ => None,
                },
            };
            let Some(address) = address else { fail!("no file for the placeholder {{{{{name}}}}}") };
            filled.push_str(before);
            filled.push_str(address);
            rest = after;
        }
        filled.push_str(rest);
        Ok(filled)
    }
}

/// What becomes of the compiled client.
struct Bound {
    wasm: Vec<u8>,
    script: String,
    /// JavaScript that came with dependencies, by its path below `snippets/`.
    snippets: Vec<(String, String)>,
    /// What the script loads later, by the name it has there.
    later: Vec<(String, Vec<u8>)>,
}

fn bind(wasm: &Path) -> Outcome<Bound> {
    let folder = process::target().join("web.bound");
    let _ = fs::remove_dir_all(&folder);
    let cut = cut::cut(wasm, &folder.join("cut"))?;
    let bound = Bindgen::new()
        .input_path(&cut.program)
        .out_name("cabinet")
        // The pages that come later hold on to them.
        .keep_lld_exports(true)
        .demangle(false)
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .web(true)
        .and_then(|bindgen| bindgen.generate(&folder));
    bound.map_err(|error| Failure(format!("wasm-bindgen: {error:#}")))?;
    let snippets = folder.join("snippets");
    let mut found = Vec::new();
    for file in files_under(&snippets)? {
        let path = file.strip_prefix(&snippets).unwrap_or(&file).to_string_lossy().into_owned();
        found.push((path, text(&file)?));
    }
    Ok(Bound {
        wasm: read(&folder.join("cabinet_bg.wasm"))?,
        script: cut::joined(&text(&folder.join("cabinet.js"))?, &cut.loaders)?,
        snippets: found,
        later: cut.files,
    })
}

/// The texts of a language as the program reads them.
fn lines(file: &Path) -> Outcome<String> {
    let of = |error: String| Failure(format!("{}: {error}", file.display()));
    let sections = serde_json::from_slice(&read(file)?).map_err(|error| of(error.to_string()))?;
    Ok(texts::lines(&texts::by_key(&sections).map_err(of)?))
}

/// A stylesheet with everything it imports in its place, without comments and indent.
fn stylesheet(file: &Path) -> Outcome<String> {
    Ok(minified(&imported(file)?))
}

fn imported(file: &Path) -> Outcome<String> {
    let folder = file.parent().unwrap_or(Path::new("."));
    let mut whole = String::new();
    for line in text(file)?.lines() {
        match line.trim().strip_prefix("@import") {
            None => {
                whole.push_str(line);
                whole.push('\n');
            }
            Some(import) => {
                let name = import.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix("\";"));
                let Some(name) = name else { fail!("{}: write @import \"FILE\"; alone on its line", file.display()) };
                whole.push_str(&imported(&folder.join(name))?);
            }
        }
    }
    Ok(whole)
}

/// Takes comments, and white space that means nothing, out of a stylesheet; strings stay as they are.
fn minified(css: &str) -> String {
    let mut small = String::with_capacity(css.len());
    let mut rest = css.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '/' if rest.peek() == Some(&'*') => {
                rest.next();
                while let Some(c) = rest.next() {
                    if c == '*' && rest.next_if_eq(&'/').is_some() {
                        break;
                    }
                }
            }
            '"' | '\'' => {
                small.push(c);
                while let Some(inside) = rest.next() {
                    small.push(inside);
                    if inside == '\\' {
                        small.extend(rest.next());
                    } else if inside == c {
                        break;
                    }
                }
            }
            c if c.is_whitespace() => {
                let touches = |c: char| matches!(c, '{' | '}' | ';' | ',');
                let meaningless = small.chars().next_back().is_none_or(|before| touches(before) || before == ' ');
                if !meaningless {
                    small.push(' ');
                }
            }
            '{' | '}' | ';' | ',' => {
                if small.ends_with(' ') {
                    small.pop();
                }
                if c == '}' && small.ends_with(';') {
                    small.pop();
                }
                small.push(c);
            }
            c => small.push(c),
        }
    }
    small.trim_end().to_owned()
}

/// A page without the white space its lines begin with.
fn without_indent(html: &str) -> String {
    html.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// A script without indent, and without the comments that stand on lines of their own.
fn condensed(script: &str) -> String {
    let mut small = String::with_capacity(script.len());
    let mut comment = false;
    for line in script.lines().map(str::trim).filter(|line| !line.is_empty()) {
        comment |= line.starts_with("/*") && (line.ends_with("*/") || !line.contains("*/"));
        if comment {
            comment = !line.ends_with("*/");
        } else if !line.starts_with("//") {
            small.push_str(line);
            small.push('\n');
        }
    }
    small
}

/// `icons.svg` becomes `icons-0123456789abcdef.svg`.
pub fn hashed(name: &str, content: &[u8]) -> String {
    let digest = &hex(&Sha256::digest(content))[..16];
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{digest}.{extension}"),
        None => format!("{name}-{digest}"),
    }
}

fn shrinks(name: &str) -> bool {
    let kind = name.rsplit('.').next().unwrap_or_default();
    ["css", "html", "js", "json", "svg", "txt", "wasm", "webmanifest"].contains(&kind)
}

fn brotli(content: &[u8]) -> Outcome<Vec<u8>> {
    let mut small = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut &content[..], &mut small, &parameters)?;
    Ok(small)
}

fn gzip(content: &[u8]) -> Outcome<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn with_suffix(file: &Path, suffix: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Every file below a folder, in a fixed order; none when there is no such folder.
fn files_under(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut files = Vec::new();
    if folder.is_dir() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                files.extend(files_under(&path)?);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

fn read(file: &Path) -> Outcome<Vec<u8>> {
    fs::read(file).map_err(|error| Failure(format!("{}: {error}", file.display())))
}

fn text(file: &Path) -> Outcome<String> {
    String::from_utf8(read(file)?).map_err(|_| Failure(format!("{}: not UTF-8", file.display())))
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stylesheet_loses_comments_and_indent_only() {
        let css = "/* tokens */\n:root {\n  --gap: calc(1rem + 2px);\n}\n.a > .b ,\n.c :hover {\n  content: \"a ; /* b */  \\\" c\";\n}\n";
        let small = ":root{--gap: calc(1rem + 2px)}.a > .b,.c :hover{content: \"a ; /* b */  \\\" c\"}";
        assert_eq!(minified(css), small);
    }

    #[test]
    fn a_script_loses_indent_and_whole_lines_of_comment_only() {
        let script = "// of the tool\n/**\n * @param a\n */\nfunction f(a) {\n    /* one */\n    return \"/*\" + a; // stays\n\n}\n\
                      /* two */ f(1);\n";
        assert_eq!(condensed(script), "function f(a) {\nreturn \"/*\" + a; // stays\n}\n/* two */ f(1);\n");
    }

    #[test]
    fn placeholders_become_addresses_and_unknown_ones_are_refused() {
        let places = Places {
            css: "/cabinet-1.css".to_owned(),
            texts: BTreeMap::from([("ru".to_owned(), "/later/ru-3.txt".to_owned())]),
            assets: BTreeMap::from([("icons.svg".to_owned(), "/icons-2.svg".to_owned())]),
            ..Places::default()
        };
        let filled =
            places.fill("<html data-ru=\"{{texts:ru}}\"><link href=\"{{css}}\"><use href=\"{{asset:icons.svg}}#i\">");
        let served = "<html data-ru=\"/later/ru-3.txt\"><link href=\"/cabinet-1.css\"><use href=\"/icons-2.svg#i\">";
        assert_eq!(filled.ok().as_deref(), Some(served));
        assert!(places.fill("{{texts:de}}").is_err());
        assert!(places.fill("{{asset:other.svg}}").is_err());
        assert!(places.fill("{{css").is_err());
    }

    #[test]
    fn a_first_visit_reads_one_language() {
        let weight = |name: &str, small| Weight { name: name.to_owned(), whole: 2 * small, small };
        let weights = [weight("later/en-1.txt", 5), weight("later/ru-2.txt", 7), weight("later/rule-3.wasm", 90)];
        assert!(weights.iter().all(Weight::later));
        assert_eq!(largest_language(&weights).map(|weight| weight.small), Some(7));
        assert!(!weight("cabinet-1.js", 1).later());
    }

    #[test]
    fn texts_lie_in_the_order_of_their_keys() {
        let sections =
            serde_json::json!({"b": {"z": "last", "a": {"one": "third"}}, "a": {"x": "first", "y": "second"}});
        let sections = sections.as_object().expect("an object");
        let texts = texts::by_key(sections).expect("texts");
        assert_eq!(texts::lines(&texts), "first\nsecond\nthird\nlast");
        for odd in [serde_json::json!({"a": 1}), serde_json::json!({"a": {"b": "two\nlines"}})] {
            assert!(texts::by_key(odd.as_object().expect("an object")).is_err());
        }
    }

    #[test]
    fn a_name_carries_the_hash_of_the_content() {
        assert_eq!(hashed("a.css", b""), "a-e3b0c44298fc1c14.css");
    }
}
