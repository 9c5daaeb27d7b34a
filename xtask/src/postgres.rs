//! A private PostgreSQL that lives as long as one command: made anew, listening on loopback only, cleared away afterwards.

use std::fs;
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::process::{self, Failure, Outcome, Running, fail};

/// Starting takes a second or two; a machine that builds at the same time may need longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// The oldest that can be tested with: a test's database is a copy made file by file, which earlier ones cannot.
const LEAST: u32 = 15;

const CERTIFICATE: &str = "server.crt";
const KEY: &str = "server.key";

/// A running throw-away cluster; dropping it stops the server and removes its files.
pub struct Cluster {
    server: Option<Running>,
    folder: PathBuf,
    /// The address of its administrative database.
    pub url: String,
}

impl Cluster {
    /// Makes and starts a cluster with byte order collation. Without `durable` it is one for tests: it never waits for
    /// the disk, and offers TLS with a certificate of its own to those who ask.
    pub fn start(durable: bool) -> Outcome<Self> {
        let Some(programs) = programs() else { fail!("PostgreSQL is not installed: apt-get install postgresql") };
        new_enough(&programs)?;
        // Not under the project, which may lie where only its owner can read.
        let place = if durable { std::env::temp_dir() } else { process::scratch() };
        let folder = place.join(format!("cabinet-pg-{}", std::process::id()));
        fs::create_dir_all(&folder)?;
        let port = free_port()?;
        let mut cluster = Self { server: None, url: format!("postgres://cabinet@127.0.0.1:{port}/postgres"), folder };
        let account = unprivileged()?;
        if let Some(name) = &account {
            process::run(Command::new("chown").arg(name).arg(&cluster.folder))?;
        }
        let data = cluster.folder.join("data");
        let log = fs::File::create(cluster.folder.join("log"))?;
        process::run(
            owned_by(account.as_deref(), &programs.join("initdb"), &cluster.folder)
                .args(["--encoding=UTF8", "--locale=C", "--auth=trust", "--username=cabinet", "--no-sync", "--pgdata"])
                .arg(&data)
                .stdout(Stdio::null()),
        )?;
        let mut server = owned_by(account.as_deref(), &programs.join("postgres"), &cluster.folder);
        server.arg("-D").arg(&data).args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k"]).arg(&cluster.folder);
        server.args(["-c", "max_connections=300", "-c", "timezone=UTC"]);
        if !durable {
            server.args(["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]);
            make_certificate(account.as_deref(), &cluster.folder)?;
            for (setting, file) in [("ssl_cert_file", CERTIFICATE), ("ssl_key_file", KEY)] {
                server.args(["-c", &format!("{setting}={}", cluster.folder.join(file).display())]);
            }
            server.args(["-c", "ssl=on"]);
            // Tests of anything but TLS do without it.
            cluster.url.push_str("?sslmode=disable");
        }
        // A group of its own: Ctrl-C in the terminal is for the tests; the server ends after them.
        server.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).process_group(0);
        cluster.server = Some(Running::start(&mut server)?);
        cluster.wait_until_ready(&programs, port)?;
        Ok(cluster)
    }

    #[allow(clippy::disallowed_methods, reason = "nothing tells when PostgreSQL is ready: it must be asked")]
    fn wait_until_ready(&mut self, programs: &Path, port: u16) -> Outcome {
        let begun = Instant::now();
        loop {
            let asked = Command::new(programs.join("pg_isready"))
                .args(["-q", "-h", "127.0.0.1", "-U", "cabinet", "-p", &port.to_string()])
                .status()?;
            if asked.success() {
                return Ok(());
            }
            let ended = match &mut self.server {
                Some(server) => server.child().try_wait()?.is_some(),
                None => true,
            };
            if ended || begun.elapsed() > PATIENCE {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                fail!("the throw-away PostgreSQL did not start:\n{log}");
            }
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            // INT is PostgreSQL's fast shutdown: it does not wait for clients.
            server.stop("INT");
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// `cargo xtask postgres -- COMMAND`.
pub fn beside(durable: bool, command: &[String]) -> Outcome {
    let cluster = Cluster::start(durable)?;
    let Some((program, arguments)) = command.split_first() else { fail!("name the command to run") };
    process::run(Command::new(program).args(arguments).env("CABINET_TEST_POSTGRES", &cluster.url))
}

/// Where the server's programs are: the newest of Debian's versions, or PATH.
pub fn programs() -> Option<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse::<u32>().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .max();
    let on_path = || process::find(&["initdb"])?.parent().map(Path::to_path_buf);
    newest.map(|(_, folder)| folder).or_else(on_path)
}

/// Refuses servers that cannot do what the tests ask.
pub fn new_enough(programs: &Path) -> Outcome {
    let told = process::output(Command::new(programs.join("initdb")).arg("--version"))?;
    match major(&told) {
        Some(LEAST..) => Ok(()),
        Some(old) => fail!(
            "PostgreSQL {old} in {} is too old: the tests need {LEAST} or newer (Debian 12 and Ubuntu 24.04 have it; for \
             older ones https://apt.postgresql.org)",
            programs.display()
        ),
        None => fail!("{} does not tell its version: {}", programs.join("initdb").display(), told.trim()),
    }
}

/// The major version of `initdb (PostgreSQL) 17.6 (Debian 17.6-0+deb13u1)`.
fn major(told: &str) -> Option<u32> {
    let version = told.split("(PostgreSQL) ").nth(1)?;
    version.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

/// A self-signed certificate of this machine's loopback, and its key, which PostgreSQL wants to be its own.
fn make_certificate(account: Option<&str>, folder: &Path) -> Outcome {
    if process::find(&["openssl"]).is_none() {
        fail!("openssl is not installed: apt-get install openssl");
    }
    process::run(
        owned_by(account, Path::new("openssl"), folder)
            .args("req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30".split(' '))
            .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"])
            .args(["-addext", "basicConstraints=critical,CA:FALSE", "-keyout", KEY, "-out", CERTIFICATE])
            .stderr(Stdio::null()),
    )
}

/// PostgreSQL refuses to run as root: the account to run it as then, nothing when we are an ordinary user already.
fn unprivileged() -> Outcome<Option<String>> {
    if !is_root()? {
        return Ok(None);
    }
    let accounts = fs::read_to_string("/etc/passwd")?;
    let known = |name: &&str| accounts.lines().any(|line| line.split(':').next() == Some(*name));
    match ["postgres", "nobody"].iter().copied().find(known) {
        Some(name) => Ok(Some(name.to_owned())),
        None => Err(Failure("PostgreSQL cannot run as root, and there is no account postgres or nobody".to_owned())),
    }
}

/// Whether we may install packages, and may not run PostgreSQL ourselves.
pub fn is_root() -> Outcome<bool> {
    Ok(process::output(Command::new("id").arg("-u"))?.trim() == "0")
}

/// A command run by `account`, that ends when we do even if we are killed.
fn owned_by(account: Option<&str>, program: &Path, folder: &Path) -> Command {
    let mut command = Command::new("setpriv");
    if let Some(name) = account {
        command.args(["--reuid", name, "--regid", &group_of(name), "--init-groups"]);
    }
    command.args(["--pdeathsig", "INT"]).arg(program).current_dir(folder).env("LC_ALL", "C");
    command
}

fn group_of(account: &str) -> String {
    match process::output(Command::new("id").args(["-g", account])) {
        Ok(group) => group.trim().to_owned(),
        Err(_) => account.to_owned(),
    }
}

/// A port of loopback that nobody listens on now.
pub fn free_port() -> Outcome<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_as_the_program_tells_it() {
        assert_eq!(major("initdb (PostgreSQL) 17.6 (Debian 17.6-0+deb13u1)\n"), Some(17));
        assert_eq!(major("initdb (PostgreSQL) 14.13"), Some(14));
        assert_eq!(major("initdb (PostgreSQL) 19devel"), Some(19));
        assert_eq!(major("initdb: not found"), None);
    }
}
