//! What a newcomer types: nothing is made by accident, and every refusal names its matter and what to do.

use crate::office::IVANOV;
use crate::support::{Office, told};
use cabinet_store::Store;
use cabinet_store::testing::{Bench, block_on};

/// Every command that works on a book.
const WORK: [&[&str]; 15] = [
    &["run-day"],
    &["audit"],
    &["backup", "copy"],
    &["journal", "--from=2026-01-01", "--to=2026-01-31"],
    &["report", "debtors"],
    &IVANOV,
    &["subscriber", "show", "0042"],
    &["subscriber", "recovery-code", "0042"],
    &["subscriber", "pay", "0042", "50.00"],
    &["subscriber", "suspend", "0042", "--reason", "переїзд"],
    &["subscriber", "resume", "0042"],
    &["catalogue", "export", "-"],
    &["catalogue", "import", "-"],
    &["policy", "export", "policy.toml"],
    &["policy", "import", "-"],
];

async fn change(store: &Store, sql: &'static str) {
    let mut tx = store.write().await.unwrap();
    tx.run(sql, ()).await.unwrap();
    tx.commit().await.unwrap();
}

#[test]
fn only_serve_and_migrate_make_a_database() {
    block_on(async {
        let office = Office::over(Bench::sqlite().await);
        let place = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", place.path().join("data/cabinet.db").display());
        let fails = |arguments: &[&str], demo: bool| {
            let mut command = office.command(arguments);
            command.args(demo.then_some("--demo")).current_dir(place.path());
            command.env("CABINET_DATABASE_URL", &url).env_remove("CABINET_SECRET_KEY_FILE");
            let output = command.output().unwrap();
            assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", told(&output));
            told(&output)
        };
        for work in WORK {
            let (plain, demo) = (fails(work, false), fails(work, true));
            assert!(plain.contains(&url) && plain.contains("`cabinet migrate` makes it"), "{work:?}: {plain}");
            assert!(
                demo.contains("no demo in") && demo.contains("`cabinet serve --demo` makes it"),
                "{work:?}: {demo}"
            );
        }
        let demo = fails(&["migrate"], true);
        assert!(demo.contains("`cabinet serve --demo` makes it"), "{demo}");
        assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0, "nothing was made");
        office.bench.close().await;
    });
}

crate::on_both_benches! {
    async fn a_schema_of_another_version_is_named_and_left_alone(bench) {
        let office = Office::over(bench);
        let (_, empty) = office.fails(&["audit"]);
        assert!(empty.contains("`cabinet migrate` makes it"), "{empty}");
        assert!(office.runs(&["migrate"]).contains("up to date"));
        assert!(office.runs(&["migrate"]).ends_with("is up to date: nothing to do\n"));
        let store = &office.bench.store;
        change(store, "UPDATE _sqlx_migrations SET version = 9999 WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)").await;
        for command in ["audit", "migrate", "serve"] {
            let (_, newer) = office.fails(&[command]);
            assert!(newer.contains("newer version"), "{command}: {newer}");
        }
        change(store, "DELETE FROM _sqlx_migrations WHERE version = 9999").await;
        let (_, older) = office.fails(&["audit"]);
        assert!(older.contains("older version: `cabinet migrate`"), "{older}");
        office.runs(&["backup", "before-the-upgrade"]);
        change(store, "DELETE FROM _sqlx_migrations").await;
        let (_, empty) = office.fails(&["audit"]);
        assert!(empty.contains("`cabinet migrate` makes it"), "{empty}");
        office.bench.close().await;
    }

    async fn the_demo_is_asked_for_before_a_command_or_after_it(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        office.runs(&IVANOV);
        let (_, real) = office.fails(&["--demo", "audit"]);
        assert!(real.contains("real book"), "{real}");
        change(&office.bench.store, "INSERT INTO installation (name, value) VALUES ('demo', 'yes')").await;
        office.runs(&["--demo", "audit"]);
        office.runs(&["subscriber", "--demo", "show", "0042"]);
        office.runs(&["subscriber", "show", "0042", "--demo"]);
        assert!(office.runs(&["migrate", "--demo"]).contains("nothing to do"));
        let (_, plain) = office.fails(&["audit"]);
        assert!(plain.contains("add --demo"), "{plain}");
        office.bench.close().await;
    }

    async fn refusals_are_worded_for_staff(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let unknown = IVANOV.map(|word| if word == "home-20" { "home-21" } else { word });
        let poor = IVANOV.map(|word| if word == "0042" { "0043" } else { word });
        office.runs(&IVANOV);
        office.runs(&poor[..11]);
        let refused = |arguments: &[&str], says: &[&str]| {
            let (code, told) = office.fails(arguments);
            assert_eq!(code, 1, "{told}");
            assert!(says.iter().all(|part| told.contains(part)), "{arguments:?}: {told}");
        };
        refused(&unknown, &["no tariff `home-21`", "home-10, home-20, home-50, home-100"]);
        refused(&IVANOV, &["contract 0042 is taken", "`cabinet subscriber show 0042`"]);
        refused(&["subscriber", "show", "9999"], &["no contract 9999"]);
        refused(&["subscriber", "resume", "0042"], &["contract 0042 is not suspended"]);
        refused(&["subscriber", "resume", "0043"], &["contract 0043", "blocked", "`cabinet subscriber pay 0043 AMOUNT`"]);
        office.runs(&["subscriber", "suspend", "0042", "--reason", " переїзд "]);
        assert!(office.runs(&["subscriber", "show", "0042"]).contains("reason    переїзд\n"));
        refused(&["subscriber", "suspend", "0042", "--reason", "зима"], &["contract 0042 is suspended already"]);
        refused(&["run-day", "--date", "2999-01-01"], &["2999-01-01 has not come yet: today is "]);
        office.bench.close().await;
    }

    async fn a_code_is_issued_under_the_servers_secret_only(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        office.runs(&IVANOV);
        // By the time it listens the server has sealed its signing keys.
        drop(office.serve(&[]));
        office.runs(&["subscriber", "recovery-code", "0042"]);
        std::fs::write(office.path("other"), [8; 48]).unwrap();
        for name in ["other", "none"] {
            let with = |arguments: &[&str]| {
                let output = office.command(arguments).env("CABINET_SECRET_KEY_FILE", office.path(name)).output().unwrap();
                (output.status.success(), told(&output))
            };
            let (issued, told) = with(&["subscriber", "recovery-code", "0042"]);
            assert!(!issued && told.contains(name) && told.contains("is not the server's"), "{told}");
            assert!(with(&["audit"]).0);
        }
        assert!(!office.path("none").exists(), "a command makes no secret");
        office.bench.close().await;
    }

    async fn what_is_printed_is_tidy(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        office.runs(&IVANOV);
        let mut printed = vec![office.runs(&["audit"]), office.runs(&["subscriber", "show", "0042"])];
        assert_eq!(printed[0], "1 account, 2 entries checked\nthe book is whole\n");
        for arguments in [&["run-day"][..], &["run-day"], &["run-day", "--date", "2026-01-01"]] {
            printed.push(office.runs(arguments));
        }
        assert!(printed[2].ends_with(": no account was due, nothing to do\n"), "{printed:?}");
        assert_eq!(printed[4], "2026-01-01: charged before, nothing to do\n");
        for line in printed.iter().flat_map(|text| text.lines()) {
            assert_eq!(line.trim_end(), line);
            assert!(!line.is_empty() && !line.contains("0.0ns") && !line.contains("phones"), "{line}");
        }
        office.bench.close().await;
    }
}

#[test]
fn a_database_that_is_away_is_named_once() {
    block_on(async {
        let office = Office::over(Bench::sqlite().await);
        let url = "postgres://me:secret@127.0.0.1:1/cabinet";
        let output = office.command(&["audit"]).env("CABINET_DATABASE_URL", url).output().unwrap();
        let told = told(&output);
        let named = told.matches("postgres://me:***@127.0.0.1:1/cabinet").count();
        assert!(named == 1 && told.contains("refused") && !told.contains("secret"), "{told}");
        office.bench.close().await;
    });
}

#[test]
fn what_cannot_be_meant_is_wrong_usage() {
    block_on(async {
        let office = Office::over(Bench::sqlite().await);
        office.runs(&["migrate"]);
        office.runs(&IVANOV);
        let with = |more: [&'static str; 2]| [&["subscriber", "register", "0044"], &IVANOV[3..], &more].concat();
        let suspended = |reason| ["subscriber", "suspend", "0042", "--reason", reason];
        let long = "я".repeat(201);
        for (arguments, says) in [
            (&["run-day", "--from", "2026-01-01"][..], "--to <DAY>"),
            (&["run-day", "--to", "2026-01-01"], "--from <DAY>"),
            (&["run-day", "--from", "2026-01-02", "--to", "2026-01-01"], "lies after"),
            (&["run-day", "--date", "01.02.2026"], "write a day like"),
            (&["backup", "-"], "to a file"),
            (&suspended(""), "1 to 200 characters"),
            (&suspended("  "), "1 to 200 characters"),
            (&suspended(&long), "1 to 200 characters"),
            (&["subscriber", "pay", "0042", "50.00", "--receipt", " "], "1 to 80 characters"),
            (&with(["--phones", "abc"]), "5 to 15 digits"),
            (&with(["--email", "ivan"]), "name@example.com"),
            (&with(["--middle-name", "a\nb"]), "one line"),
        ] {
            let (code, told) = office.fails(arguments);
            assert!(code == 2 && told.contains(says), "{arguments:?}: {code}: {told}");
        }
        assert!(office.runs(&["subscriber", "show", "0042"]).contains("standing  active\n"));
        office.fails(&["subscriber", "show", "0044"]);
        office.bench.close().await;
    });
}

#[test]
fn help_is_for_those_who_have_no_documents() {
    block_on(async {
        let office = Office::over(Bench::sqlite().await);
        let commands = [
            "serve",
            "migrate",
            "run-day",
            "audit",
            "openapi",
            "backup",
            "restore",
            "report",
            "subscriber",
            "catalogue",
            "policy",
        ];
        let deeper = WORK.iter().filter(|work| work.len() > 2).map(|work| work[..2].to_vec());
        for mut command in commands.into_iter().map(|command| vec![command]).chain(deeper).chain([vec![]]) {
            command.push("--help");
            let help = office.runs(&command);
            assert!(!help.contains("RULES") && help.contains("--demo"), "{help}");
        }
        office.bench.close().await;
    });
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    block_on(async {
        let office = Office::over(Bench::sqlite().await);
        let mut command = office.command(&["openapi"]);
        let mut process =
            command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped()).spawn().unwrap();
        drop(process.stdout.take());
        let output = process.wait_with_output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{}", told(&output));
        office.bench.close().await;
    });
}
