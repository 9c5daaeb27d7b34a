//! `cabinet restore`: a backup becomes the book of a place where nothing is, and is checked.

use super::backup::with_password;
use super::file::is_stream;
use super::{Failure, audit, say};
use crate::config::Config;
use crate::serve::{self, StartError};
use cabinet_store::open::create_private;
use indicatif::{ProgressBar, ProgressStyle};
use secrecy::ExposeSecret;
use std::fs::File;
use std::io::{BufRead, BufReader, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// From where.
#[derive(clap::Args)]
pub(super) struct Restore {
    /// The file that `cabinet backup` wrote
    file: PathBuf,
}

/// How a SQLite database begins.
const OF_SQLITE: &[u8] = b"SQLite format 3\0";
/// How an archive of `pg_dump --format=custom` begins.
const OF_PG_DUMP: &[u8] = b"PGDMP";

impl Restore {
    pub(super) async fn carry_out(&self, config: &Config) -> Result<(), Failure> {
        if is_stream(&self.file) {
            return Err(Failure::Usage("a backup is restored from a file, not from standard input".to_owned()));
        }
        match config.database_file() {
            Some(target) => self.of_sqlite(config, target).await?,
            None => self.of_postgres(config).await?,
        }
        say(format!("{} restored into {}", self.file.display(), config.shown_database()))?;
        if !config.secret_key_file.exists() {
            let key = config.secret_key_file.display();
            eprintln!("the secret key is in no backup: put the copy of yours to {key} before you serve this book");
        }
        audit::carry_out(config).await
    }

    /// Copies the file beside the target, checks the copy there, brings its schema up to date, and only then gives it the
    /// target's name.
    async fn of_sqlite(&self, config: &Config, target: &Path) -> Result<(), Failure> {
        self.begins(OF_SQLITE, "a SQLite database")?;
        nothing_at(target)?;
        let copy = beside(target, "restoring");
        match std::fs::remove_file(&copy) {
            Err(why) if why.kind() != ErrorKind::NotFound => return Err(told(&copy, why)),
            _ => {}
        }
        if let Some(directory) = target.parent().filter(|directory| !directory.as_os_str().is_empty()) {
            std::fs::create_dir_all(directory).map_err(|why| told(directory, why))?;
        }
        let made = match self.copy_to(&copy) {
            Ok(()) => self.make_ready(config, &copy).await,
            Err(failure) => Err(failure),
        };
        if made.is_err() {
            for file in [copy.clone(), beside(&copy, "wal"), beside(&copy, "shm")] {
                let _ = std::fs::remove_file(file);
            }
        }
        made?;
        nothing_at(target)?;
        std::fs::rename(&copy, target).map_err(|why| told(target, why))
    }

    /// Whether the file is there and of the kind the target takes.
    fn begins(&self, as_all_do: &[u8], kind: &str) -> Result<(), Failure> {
        let mut start = vec![0; as_all_do.len()];
        let read = File::open(&self.file).and_then(|mut file| file.read_exact(&mut start));
        match read {
            Err(why) if why.kind() != ErrorKind::UnexpectedEof => Err(told(&self.file, why)),
            Ok(()) if start == as_all_do => Ok(()),
            _ => Err(Failure::Told(format!(
                "{} is not {kind}: a backup is restored by the engine it was made of",
                self.file.display()
            ))),
        }
    }

    fn copy_to(&self, copy: &Path) -> Result<(), Failure> {
        let mut from = File::open(&self.file).map_err(|why| told(&self.file, why))?;
        let length = from.metadata().map_err(|why| told(&self.file, why))?.len();
        let mut to = create_private(copy).map_err(|why| told(copy, why))?;
        let bar = bytes(length);
        let mut chunk = vec![0; 1 << 20];
        loop {
            let read = from.read(&mut chunk).map_err(|why| told(&self.file, why))?;
            if read == 0 {
                break;
            }
            to.write_all(&chunk[..read]).map_err(|why| told(copy, why))?;
            bar.inc(read as u64);
        }
        bar.finish_and_clear();
        to.sync_all().map_err(|why| told(copy, why))
    }

    /// Whether the copy is a whole book; brings its schema up to date.
    async fn make_ready(&self, config: &Config, copy: &Path) -> Result<(), Failure> {
        let at_copy = Config { database_url: format!("sqlite://{}", copy.display()).into(), ..config.clone() };
        let of_backup = |failure: Failure| match failure {
            Failure::Start(StartError::NotReady(_)) => Failure::Told(format!(
                "{} holds no book, or one of a newer version of this program",
                self.file.display()
            )),
            other => Failure::Told(format!("{}: {other}", self.file.display())),
        };
        let store = serve::open_to_copy(&at_copy).await.map_err(|why| of_backup(why.into()))?;
        let fault = store.first_fault().await.map_err(cabinet_service::Error::from)?;
        store.close().await;
        if let Some(fault) = fault {
            return Err(Failure::Told(format!("{} is damaged: {fault}", self.file.display())));
        }
        serve::take_up(&at_copy).await.map_err(|why| of_backup(why.into()))?;
        // Closed, the log is folded into the file; one that is left would belong to a name that is gone.
        match beside(copy, "wal").exists() {
            true => Err(Failure::Told(format!("{} is still open elsewhere", copy.display()))),
            false => Ok(()),
        }
    }

    /// All or nothing, in one transaction of `pg_restore`.
    async fn of_postgres(&self, config: &Config) -> Result<(), Failure> {
        self.begins(OF_PG_DUMP, "an archive of pg_dump")?;
        let store = serve::open_bare(config).await?;
        let bare = store.is_bare().await.map_err(cabinet_service::Error::from)?;
        store.close().await;
        if !bare {
            return Err(Failure::Told(format!(
                "{} is not empty: a backup is restored into an empty database, as `createdb` makes it",
                config.shown_database()
            )));
        }
        self.pour(config.database_url.expose_secret())?;
        Ok(serve::take_up(config).await?)
    }

    /// Runs `pg_restore`, which gets the password by its environment, and shows how far it is.
    fn pour(&self, url: &str) -> Result<(), Failure> {
        let cannot = |why| Failure::Told(format!("pg_restore cannot be run ({why}): install postgresql-client"));
        let list = Command::new("pg_restore").arg("--list").arg(&self.file).output().map_err(cannot)?;
        let things =
            list.stdout.split(|byte| *byte == b'\n').filter(|line| line.first().is_some_and(u8::is_ascii_digit));
        let mut restore = with_password(Command::new("pg_restore"), url);
        restore
            .args(["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--verbose"])
            .arg(&self.file)
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        let mut process = restore.spawn().map_err(cannot)?;
        let bar = super::bar("objects");
        bar.set_length(things.count() as u64);
        let mut last = String::new();
        let lines = process.stderr.take().map(BufReader::new).into_iter().flat_map(BufRead::lines);
        for line in lines.map_while(Result::ok) {
            match line.contains("error:") || line.contains("ERROR:") {
                true => last = line,
                false => bar.inc(1),
            }
        }
        bar.finish_and_clear();
        match process.wait() {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Failure::Told(format!("pg_restore failed ({status}), nothing was restored: {last}"))),
            Err(why) => Err(cannot(why)),
        }
    }
}

/// A place where a book can be put: no file of its name, nor a log that SQLite would take for the new file's.
fn nothing_at(target: &Path) -> Result<(), Failure> {
    let there =
        [target.to_owned(), beside(target, "wal"), beside(target, "shm")].into_iter().find(|file| file.exists());
    match there {
        None => Ok(()),
        Some(file) => Err(Failure::Told(format!(
            "{} is there: a backup is restored into a place where nothing is; move it away, or name another place in \
             CABINET_DATABASE_URL",
            file.display()
        ))),
    }
}

/// `cabinet.db-wal` of `cabinet.db`.
fn beside(file: &Path, what: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!("-{what}"));
    PathBuf::from(name)
}

fn told(file: &Path, why: std::io::Error) -> Failure {
    Failure::Told(format!("{}: {why}", file.display()))
}

fn bytes(length: u64) -> ProgressBar {
    let style = ProgressStyle::with_template("copied {bar:40} {bytes}/{total_bytes} {eta}").expect("a fixed template");
    ProgressBar::new(length).with_style(style)
}
