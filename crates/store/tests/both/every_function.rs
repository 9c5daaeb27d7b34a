//! Every function of the store stands in a test of this folder, or this test names it.

use std::fs;
use std::path::Path;

/// The text of every file of a folder, by name without its ending.
fn files(folder: &str) -> Vec<(String, String)> {
    let entries = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .map(|path| (path.file_stem().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(path).unwrap()))
        .collect()
}

#[test]
fn every_function_of_the_store_is_tested() {
    let tests: String = files("tests/both").into_iter().map(|(_, text)| text).collect();
    let mut untested = Vec::new();
    for (module, text) in files("src") {
        let public = text.lines().filter_map(|line| line.trim_start().strip_prefix("pub async fn "));
        for line in public.take_while(|_| module != "testing") {
            let name = line.split(['(', '<']).next().unwrap();
            let method = text.contains(&format!("    pub async fn {name}"));
            let call = if method { format!("{name}(") } else { format!("{module}::{name}(") };
            if !tests.contains(&call) {
                untested.push(format!("{module}::{name}"));
            }
        }
    }
    assert_eq!(untested, [""; 0]);
}
