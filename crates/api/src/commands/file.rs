//! A file people edit, or the terminal.

use super::{Failure, Which};
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct File {
    /// The TOML file; `-` is the terminal
    file: PathBuf,
    #[command(flatten)]
    pub(super) which: Which,
}

impl File {
    fn is_terminal(&self) -> bool {
        self.file.as_os_str() == "-"
    }

    /// What went wrong with it, named by it.
    pub(super) fn wrong(&self, why: impl std::fmt::Display) -> Failure {
        Failure::Told(format!("{}: {why}", self.file.display()))
    }

    pub(super) fn read(&self) -> Result<String, Failure> {
        if self.is_terminal() { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(&self.file) }
            .map_err(|why| self.wrong(why))
    }

    /// Writes the text; `what` is told of it.
    pub(super) fn write(&self, what: &str, text: &str) -> Result<(), Failure> {
        if self.is_terminal() {
            print!("{text}");
        } else {
            std::fs::write(&self.file, text).map_err(|why| self.wrong(why))?;
            println!("{what} written to {}", self.file.display());
        }
        Ok(())
    }
}
