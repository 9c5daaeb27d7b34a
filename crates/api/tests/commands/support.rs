//! A database and the binary over it.

use cabinet_store::testing::Bench;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Output, Stdio};

/// A database of the test's own, its secret, and the binary.
pub struct Office {
    pub bench: Bench,
    pub directory: tempfile::TempDir,
}

impl Office {
    pub fn over(bench: Bench) -> Office {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("secret"), [7; 48]).unwrap();
        Office { bench, directory }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// The binary with this database and nothing else from outside.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cabinet"));
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("CABINET_DATABASE_URL", &self.bench.url)
            .env("CABINET_SECRET_KEY_FILE", self.path("secret"));
        command
    }

    /// Runs a command to its end; its standard output.
    pub fn runs(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", told(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command to its end with a text on its standard input; its standard output.
    pub fn runs_on(&self, arguments: &[&str], input: &str) -> String {
        let mut command = self.command(arguments);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        process.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", told(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs a command that must fail; exit code and what it told.
    pub fn fails(&self, arguments: &[&str]) -> (i32, String) {
        let output = self.command(arguments).output().unwrap();
        assert!(!output.status.success(), "{arguments:?}: {}", told(&output));
        (output.status.code().unwrap(), told(&output))
    }
}

/// `cabinet serve` on a port of its own; ended with the test.
pub struct Served {
    process: Child,
    log: PathBuf,
    /// `http://127.0.0.1:PORT`.
    pub base: String,
}

impl Office {
    /// Serves under these variables too, and returns when the server answers.
    pub fn serve(&self, variables: &[(&str, &str)]) -> Served {
        let log = self.path("log");
        let mut command = self.command(&["serve"]);
        command.env("CABINET_LISTEN", "127.0.0.1:0").envs(variables.iter().copied());
        command.stdout(Stdio::piped()).stderr(std::fs::File::create(&log).unwrap());
        let mut process = command.spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let base = lines.into_iter().find_map(|line| line.strip_prefix("listening on ").map(str::to_owned));
        let base = base.unwrap_or_else(|| panic!("{}", std::fs::read_to_string(&log).unwrap()));
        Served { process, log, base }
    }
}

impl Served {
    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.process.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        self.process.wait().unwrap()
    }

    /// Ends it politely; what it logged.
    pub fn end(mut self) -> String {
        self.signal("TERM");
        assert!(self.wait().success());
        std::fs::read_to_string(&self.log).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Everything a command wrote.
pub fn told(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Makes each `async fn name(bench: Bench)` two tests.
#[macro_export]
macro_rules! on_both_benches {
    ($( async fn $name:ident($bench:ident) $body:block )*) => {
        $( async fn $name($bench: cabinet_store::testing::Bench) $body )*
        mod sqlite {
            $( #[test] fn $name() {
                cabinet_store::testing::block_on(async {
                    super::$name(cabinet_store::testing::Bench::sqlite().await).await
                });
            } )*
        }
        mod postgres {
            $( #[test] fn $name() {
                cabinet_store::testing::block_on(async {
                    super::$name(cabinet_store::testing::Bench::postgres().await).await
                });
            } )*
        }
    };
}
