//! Starting other programs, and ending them with us.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

/// Why a command could not be carried out, in words for the person at the terminal.
pub struct Failure(pub String);

pub type Outcome<T = ()> = Result<T, Failure>;

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Failure(error.to_string())
    }
}

/// Ends a function with a [`Failure`] made like `format!`.
macro_rules! fail {
    ($($part:tt)*) => { return Err($crate::process::Failure(format!($($part)*))) };
}
pub(crate) use fail;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);
static RUNNING: Mutex<BTreeSet<u32>> = Mutex::new(BTreeSet::new());

/// Keeps this process alive through Ctrl-C and SIGTERM until its children have ended, so that throw-away servers and
/// directories are cleared away on the way out.
pub fn watch_for_interruption() {
    let watching = ctrlc::set_handler(|| {
        INTERRUPTED.store(true, Ordering::SeqCst);
        for pid in RUNNING.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).iter() {
            signal(*pid, "TERM");
        }
    });
    if let Err(error) = watching {
        eprintln!("xtask: Ctrl-C will end this process at once: {error}");
    }
}

/// Whether somebody asked us to stop.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Sends a signal by the `kill` every system has; that the process is gone already is no error.
pub fn signal(pid: u32, name: &str) {
    let _ = Command::new("kill").args(["-s", name, &pid.to_string()]).stderr(Stdio::null()).status();
}

/// A child that is told to end when we are.
pub struct Running {
    child: Child,
}

impl Running {
    pub fn start(command: &mut Command) -> Outcome<Self> {
        if interrupted() {
            fail!("interrupted");
        }
        let child = command.spawn().map_err(|error| Failure(format!("{}: {error}", said(command))))?;
        let mut running = RUNNING.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        running.insert(child.id());
        Ok(Self { child })
    }

    pub fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    pub fn wait(mut self) -> Outcome<ExitStatus> {
        let status = self.child.wait()?;
        Ok(status)
    }

    /// Asks the process to end and waits until it has.
    pub fn stop(mut self, with: &str) {
        signal(self.child.id(), with);
        let _ = self.child.wait();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        RUNNING.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).remove(&self.child.id());
    }
}

/// Runs a command to its end with our own input and output; anything but success is a failure.
pub fn run(command: &mut Command) -> Outcome {
    let status = Running::start(command)?.wait()?;
    if interrupted() {
        fail!("interrupted");
    }
    if !status.success() {
        fail!("{} ended with {status}", said(command));
    }
    Ok(())
}

/// Where tests keep their databases: in memory where there is room for all of them, so that they never wait for the disk;
/// else where temporary files are kept anyway.
pub fn scratch() -> PathBuf {
    const MEMORY: &str = "/dev/shm";
    const ROOM: u64 = 2 << 30;
    let told = Command::new("df").args(["--output=avail", "-B1", MEMORY]).output();
    let free =
        told.ok().and_then(|told| String::from_utf8(told.stdout).ok()?.lines().nth(1)?.trim().parse::<u64>().ok());
    if free.is_some_and(|free| free >= ROOM) { PathBuf::from(MEMORY) } else { std::env::temp_dir() }
}

/// Runs a command and gives what it wrote on its standard output.
pub fn output(command: &mut Command) -> Outcome<String> {
    let out =
        command.stderr(Stdio::inherit()).output().map_err(|error| Failure(format!("{}: {error}", said(command))))?;
    if !out.status.success() {
        fail!("{} ended with {}", said(command), out.status);
    }
    String::from_utf8(out.stdout).map_err(|_| Failure(format!("{}: its output is not UTF-8", said(command))))
}

/// A command as a person would type it.
fn said(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

/// The cargo that runs us.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root());
    command
}

/// A program, started in the project's root.
pub fn program(name: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(name);
    command.current_dir(root());
    command
}

/// The project's root.
pub fn root() -> PathBuf {
    match std::env::var_os("CARGO_MANIFEST_DIR") {
        Some(own) => Path::new(&own).parent().map(Path::to_path_buf).unwrap_or_default(),
        None => PathBuf::from("."),
    }
}

/// Where cargo builds.
pub fn target() -> PathBuf {
    root().join(std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into()))
}

/// The first of these programs that is on PATH or at the absolute path given.
pub fn find(names: &[&str]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    names.iter().find_map(|name| folders.iter().map(|folder| folder.join(name)).find(|file| file.is_file()))
}
