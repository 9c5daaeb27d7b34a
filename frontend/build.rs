//! Turns `locales/*.json` into compile-checked keys.
//!
//! By the parser and the generator of `leptos_i18n_build` themselves: that crate brings a generator of Unicode's data, with an
//! interpreter of WebAssembly and an HTTP client, which this client has no use for and builds wait for.

use leptos_i18n_parser::parse_locales::options::{Config, ParseOptions};
use leptos_i18n_parser::parse_locales::parse_locales;
use std::error::Error;
use std::fs;
use std::path::PathBuf;

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let config = Config::new("uk")?
        .add_locales(["ru", "en"])?
        .locales_path("locales")
        .parse_options(ParseOptions::new().interpolate_display(true));
    let parsed = parse_locales(None, config)?;
    for warning in parsed.diag.warnings().iter() {
        println!("cargo::warning={warning}");
    }
    for error in parsed.diag.errors().iter() {
        println!("cargo::error={error}");
    }
    for file in parsed.tracked_files.iter().flatten() {
        println!("cargo::rerun-if-changed={file}");
    }
    let module = leptos_i18n_codegen::gen_code(&parsed, None, false, None, false)?;
    let target = PathBuf::from(std::env::var_os("OUT_DIR").ok_or("no OUT_DIR")?).join("i18n");
    fs::create_dir_all(&target)?;
    fs::write(target.join("mod.rs"), module.to_string())?;
    Ok(())
}
