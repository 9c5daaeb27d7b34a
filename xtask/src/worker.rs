//! What makes the client an app that can be installed: its manifest, and the worker that keeps the files of one build for
//! days without a network.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::web::{hashed, hex};

/// The page every address shows, under a name made of its content: the worker keeps exactly this one.
pub const SHELL: &str = "shell.html";
/// The worker.
pub const WORKER: &str = "sw.js";
/// The manifest.
pub const MANIFEST: &str = "manifest.webmanifest";

/// Gives the page of a build a name of its own, and the worker's source with the files of that build in its places. All of
/// them are kept: a tab that is open finds what it loads late even when the server has another build by then.
pub fn made(template: &str, files: &mut BTreeMap<String, Vec<u8>>) -> String {
    let page = files.get("index.html").cloned().unwrap_or_default();
    let shell = hashed(SHELL, &page);
    files.insert(shell.clone(), page);
    let kept: Vec<String> = files.keys().filter(|name| is_kept(name)).map(|name| format!("\"/{name}\"")).collect();
    let kept = format!("[{}]", kept.join(","));
    let build = &hex(&Sha256::digest(&kept))[..16];
    template.replace("{{build}}", build).replace("{{shell}}", &format!("/{shell}")).replace("{{files}}", &kept)
}

/// Names made of their content, but for pictures that only the system shows.
fn is_kept(name: &str) -> bool {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let mark = stem.rsplit_once('-').map_or("", |(_, mark)| mark);
    let hashed = mark.len() == 16 && mark.bytes().all(|byte| byte.is_ascii_hexdigit());
    hashed && !is_picture(name)
}

/// Whether a file is fetched by the system, for an app that is installed, and not by the page.
pub fn is_picture(name: &str) -> bool {
    name.ends_with(".png")
}

/// Whether a first visit does without a file: the worker fetches it once the page stands, or the system does.
pub fn comes_after(name: &str) -> bool {
    is_picture(name) || name == MANIFEST || name.starts_with("shell-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(page: &str) -> BTreeMap<String, Vec<u8>> {
        ["cabinet-0123456789abcdef.js", "icon-192-0123456789abcdef.png", "robots.txt", "manifest.webmanifest"]
            .map(|name| (name.to_owned(), Vec::new()))
            .into_iter()
            .chain([("index.html".to_owned(), page.as_bytes().to_vec())])
            .collect()
    }

    #[test]
    fn a_worker_keeps_the_files_of_its_build_and_another_page_is_another_build() {
        const TEMPLATE: &str = "{{build}} {{shell}} {{files}}";
        let mut one = files("one");
        let worker = made(TEMPLATE, &mut one);
        let shell = hashed(SHELL, b"one");
        assert_eq!(one[&shell], b"one");
        let (build, rest) = worker.split_once(' ').expect("a build");
        assert_eq!(build.len(), 16);
        assert_eq!(rest, format!("/{shell} [\"/cabinet-0123456789abcdef.js\",\"/{shell}\"]"));
        assert_eq!(made(TEMPLATE, &mut files("one")), worker);
        assert!(!made(TEMPLATE, &mut files("two")).starts_with(build));
    }
}
