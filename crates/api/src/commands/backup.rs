//! `cabinet backup`.

use super::file::is_stream;
use super::{Failure, say};
use crate::config::Config;
use crate::serve;
use cabinet_store::Engine;
use cabinet_store::open::create_private;
use secrecy::ExposeSecret;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where to.
#[derive(clap::Args)]
pub(super) struct Backup {
    /// The file to write: a SQLite database, or an archive for pg_restore
    file: PathBuf,
}

impl Backup {
    pub(super) async fn carry_out(&self, config: &Config) -> Result<(), Failure> {
        if is_stream(&self.file) {
            return Err(Failure::Usage("a backup goes to a file, not to standard output".to_owned()));
        }
        // What is written bears the backup's name only once it is whole.
        let mut part = self.file.clone().into_os_string();
        part.push(".part");
        let part = PathBuf::from(part);
        self.nothing_there()?;
        if part.exists() {
            return Err(Failure::Told(format!(
                "{} is there: another backup writes it, or one was cut off; remove it in the latter case",
                part.display()
            )));
        }
        let told = |why| Failure::Told(format!("{}: {why}", self.file.display()));
        let store = serve::open_to_copy(config).await?;
        match store.engine() {
            Engine::Sqlite => store.backup_into(&part).await.map_err(cabinet_service::Error::from)?,
            Engine::Postgres => {
                // Made here, so that nobody else may read what pg_dump writes into it.
                create_private(&part).map_err(told)?;
                let dumped = dump(&part, config.database_url.expose_secret());
                if dumped.is_err() {
                    std::fs::remove_file(&part).map_err(told)?;
                }
                dumped?;
            }
        }
        store.close().await;
        std::fs::File::open(&part).and_then(|file| file.sync_all()).map_err(told)?;
        self.nothing_there()?;
        std::fs::rename(&part, &self.file).map_err(told)?;
        let (copy, key) = (self.file.display(), config.secret_key_file.display());
        say(format!("{copy} written; the secret key is not in it: keep a copy of {key} too, elsewhere"))
    }

    fn nothing_there(&self) -> Result<(), Failure> {
        match self.file.exists() {
            true => Err(Failure::Told(format!("{} exists; a backup never overwrites", self.file.display()))),
            false => Ok(()),
        }
    }
}

/// `pg_dump`, which gets the password by its environment: other users can read a command line.
fn dump(file: &Path, url: &str) -> Result<(), Failure> {
    let mut dump = with_password(Command::new("pg_dump"), url);
    dump.args(["--format=custom", "--no-owner", "--no-privileges"]).arg("--file").arg(file);
    match dump.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::Told(format!("pg_dump failed ({status})"))),
        Err(why) => Err(Failure::Told(format!("pg_dump cannot be run ({why}): install postgresql-client"))),
    }
}

/// A tool of PostgreSQL on a database, with the password where other users cannot read it.
pub(super) fn with_password(mut tool: Command, url: &str) -> Command {
    let (url, password) = without_password(url);
    tool.arg("--dbname").arg(url);
    if let Some(password) = password {
        tool.env("PGPASSWORD", password);
    }
    tool
}

fn without_password(url: &str) -> (String, Option<String>) {
    let Some((scheme, rest)) = url.split_once("://") else { return (url.to_owned(), None) };
    let Some((person, place)) = rest.rsplit_once('@') else { return (url.to_owned(), None) };
    match person.split_once(':') {
        Some((name, password)) => (format!("{scheme}://{name}@{place}"), Some(decoded(password))),
        None => (url.to_owned(), None),
    }
}

/// `%41` is `A`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let code = match (first, tail) {
            (b'%', [high, low, ..]) => u8::from_str_radix(&String::from_utf8_lossy(&[*high, *low]), 16).ok(),
            _ => None,
        };
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_leaves_the_command_line() {
        let (url, password) = without_password("postgres://cabinet:p%40ss@db:5432/cabinet");
        assert_eq!((url.as_str(), password.as_deref()), ("postgres://cabinet@db:5432/cabinet", Some("p@ss")));
        assert_eq!(without_password("postgres:///cabinet").1, None);
    }
}
