//! A server of one's own for a check: the real binary with a demo database that is thrown away afterwards.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::postgres::free_port;
use crate::process::{self, Failure, Outcome, Running, fail};

/// Making the demo takes a few seconds in a release build, longer in one for tests.
const PATIENCE: Duration = Duration::from_secs(180);

/// A running server; dropping it ends the process and removes its database.
pub struct Server {
    process: Option<Running>,
    folder: PathBuf,
    /// Its address, as `http://127.0.0.1:40123`.
    pub url: String,
    /// Its database, for commands of the office beside it.
    pub database: String,
}

impl Server {
    /// Starts `cabinet serve --demo` and returns when it answers. What it logs goes to `log`.
    pub fn start(log: &Path) -> Outcome<Self> {
        let url = format!("http://127.0.0.1:{}", free_port()?);
        let folder = process::target().join(format!("demo-{}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder)?;
        if let Some(parent) = log.parent() {
            fs::create_dir_all(parent)?;
        }
        let database = format!("sqlite://{}", folder.join("demo.db").display());
        let mut command = Command::new(binary());
        command
            .args(["serve", "--demo"])
            .current_dir(process::root())
            .env("CABINET_LISTEN", url.trim_start_matches("http://"))
            .env("CABINET_DATABASE_URL", &database)
            .env("CABINET_WEB__DIR", process::target().join("web"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(log)?);
        let mut server = Self { process: Some(Running::start(&mut command)?), folder, url, database };
        server.wait_until_ready(log)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, log: &Path) -> Outcome {
        let stdout = self.process.as_mut().and_then(|process| process.child().stdout.take());
        let Some(stdout) = stdout else { fail!("the server has no output") };
        let (ready, told) = mpsc::channel();
        // The thread lives as long as the server writes: a full pipe would stop it.
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if line.contains("listening on ") {
                    let _ = ready.send(());
                }
            }
        });
        told.recv_timeout(PATIENCE).map_err(|_| {
            let said = fs::read_to_string(log).unwrap_or_default();
            Failure(format!("the server did not come up:\n{said}"))
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(process) = self.process.take() {
            process.stop("TERM");
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The built server.
pub fn binary() -> PathBuf {
    process::target().join("debug").join("cabinet")
}
