//! A file people edit, or a pipe.

use super::{Failure, put, say};
use clap::Args;
use std::io::Read;
use std::path::{Path, PathBuf};

/// Where an import comes from.
#[derive(Args)]
pub(super) struct Source {
    /// The TOML file to read; `-` is standard input
    file: PathBuf,
}

/// Where an export goes.
#[derive(Args)]
pub(super) struct Target {
    /// The TOML file to write, over what stood in it; `-` is standard output
    file: PathBuf,
}

/// Whether it stands for a stream.
pub(super) fn is_stream(file: &Path) -> bool {
    file.as_os_str() == "-"
}

/// What stands in a file, or comes by standard input.
pub(super) fn read_bytes(file: &Path) -> std::io::Result<Vec<u8>> {
    if !is_stream(file) {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn wrong(file: &Path, stream: &str, why: impl std::fmt::Display) -> Failure {
    let name = if is_stream(file) { stream.to_owned() } else { file.display().to_string() };
    // What is said of TOML ends its last line.
    Failure::Told(format!("{name}: {}", why.to_string().trim_end()))
}

impl Source {
    pub(super) fn read(&self) -> Result<String, Failure> {
        let read = if is_stream(&self.file) {
            std::io::read_to_string(std::io::stdin())
        } else {
            std::fs::read_to_string(&self.file)
        };
        read.map_err(|why| self.wrong(why))
    }

    /// What is wrong with it, named by it.
    pub(super) fn wrong(&self, why: impl std::fmt::Display) -> Failure {
        wrong(&self.file, "standard input", why)
    }
}

impl Target {
    /// Writes the text; `what` is told of it.
    pub(super) fn write(&self, what: &str, text: &str) -> Result<(), Failure> {
        if is_stream(&self.file) {
            return put(text);
        }
        std::fs::write(&self.file, text).map_err(|why| wrong(&self.file, "standard output", why))?;
        say(format!("{what} written to {}", self.file.display()))
    }
}
