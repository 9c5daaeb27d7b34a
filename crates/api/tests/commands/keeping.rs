//! The journal, reports, and a book brought back from its backup.

use crate::office::IVANOV;
use crate::support::{Office, told};
use cabinet_store::testing::Bench;
use serde_json::Value;
use std::path::Path;

/// A database of the same engine in which nothing is: its address, and what keeps it.
async fn empty_place(office: &Office, name: &str) -> (String, Option<Bench>) {
    if office.bench.url.starts_with("sqlite") {
        (format!("sqlite://{}", office.path(name).display()), None)
    } else {
        let bench = Bench::bare_postgres().await;
        (bench.url.clone(), Some(bench))
    }
}

/// Runs a command at another database; exit code and what it told.
fn at(office: &Office, url: &str, arguments: &[&str]) -> (i32, String) {
    let output = office.command(arguments).env("CABINET_DATABASE_URL", url).output().unwrap();
    (output.status.code().unwrap(), told(&output))
}

fn name(path: &Path) -> &str {
    path.to_str().unwrap()
}

crate::on_both_benches! {
    async fn a_backup_comes_back_as_the_book_it_was(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        office.runs(&IVANOV);
        office.runs(&["subscriber", "pay", "0042", "50.00"]);
        let (shown, audited) = (office.runs(&["subscriber", "show", "0042"]), office.runs(&["audit"]));
        let copy = office.path("copy");
        office.runs(&["backup", name(&copy)]);

        let (url, kept) = empty_place(&office, "data/restored.db").await;
        let (code, restored) = at(&office, &url, &["restore", name(&copy)]);
        assert_eq!(code, 0, "{restored}");
        assert!(restored.contains(" restored into ") && restored.ends_with(&audited), "{restored}");
        assert_eq!(at(&office, &url, &["subscriber", "show", "0042"]), (0, shown));
        #[cfg(unix)]
        if let Some(file) = url.strip_prefix("sqlite://") {
            let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(file).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600, "it holds the passwords' hashes");
            let beside: Vec<_> = std::fs::read_dir(Path::new(file).parent().unwrap()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
            assert!(!beside.iter().any(|name| name.to_string_lossy().contains("restoring")), "{beside:?}");
        }
        let (code, again) = at(&office, &url, &["restore", name(&copy)]);
        assert!(code == 1 && (again.contains("is there") || again.contains("is not empty")), "{code}: {again}");
        let (_, after) = at(&office, &url, &["audit"]);
        assert_eq!(after, audited, "the refusal touched nothing");
        if let Some(bench) = kept {
            bench.close().await;
        }
        office.bench.close().await;
    }
    async fn a_backup_cut_off_bears_no_backups_name(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let (copy, part) = (office.path("copy"), office.path("copy.part"));
        #[cfg(unix)]
        if !office.bench.url.starts_with("sqlite") {
            // A pg_dump that writes a little, and then somebody ends the backup.
            let tool = office.path("pg_dump");
            std::fs::write(&tool, "#!/bin/sh\nfor file; do :; done\necho half > \"$file\"\nkill -9 $PPID\n").unwrap();
            std::fs::set_permissions(&tool, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
            let path = format!("{}:{}", tool.parent().unwrap().display(), std::env::var("PATH").unwrap());
            let ended = office.command(&["backup", name(&copy)]).env("PATH", path).output().unwrap();
            assert_eq!(ended.status.code(), None, "{}", told(&ended));
            assert!(part.exists());
        }
        std::fs::write(&part, "half").unwrap();
        assert!(!copy.exists(), "half a backup is none");
        let (_, told) = office.fails(&["backup", name(&copy)]);
        assert!(told.contains("copy.part is there") && !copy.exists(), "{told}");
        std::fs::remove_file(&part).unwrap();
        office.runs(&["backup", name(&copy)]);
        assert!(copy.exists() && !part.exists());
        let (_, told) = office.fails(&["backup", name(&copy)]);
        assert!(told.contains("never overwrites"), "{told}");
        office.bench.close().await;
    }

    async fn what_is_no_backup_makes_nothing(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        office.runs(&IVANOV);
        let copy = office.path("copy");
        office.runs(&["backup", name(&copy)]);
        let (url, kept) = empty_place(&office, "place.db").await;
        let whole = std::fs::read(&copy).unwrap();
        let write = |bytes: &[u8]| {
            let file = office.path("bad");
            std::fs::write(&file, bytes).unwrap();
            file
        };
        let damaged = |from: usize| {
            let mut bytes = whole.clone();
            bytes[from..from + 2000].fill(0xA5);
            bytes
        };
        let middle = whole.len() / 2;
        for (bytes, why, may_pass) in [
            (b"not a backup at all".to_vec(), "is not a", false),
            (Vec::new(), "is not a", false),
            (whole[..middle].to_vec(), "bad", false),
            // The head of a page of SQLite's: further in might be free room. An archive's blocks carry no sums of their own:
            // damage in free room goes unseen, and does no harm.
            (damaged(middle / 4096 * 4096), "bad", kept.is_some()),
        ] {
            let file = write(&bytes);
            let (code, told) = at(&office, &url, &["restore", name(&file)]);
            if code == 0 {
                assert!(may_pass, "{why} of {} bytes: {told}", bytes.len());
                break;
            }
            let named = told.contains(why) || kept.is_some() && told.contains("pg_restore failed");
            assert!(matches!(code, 1 | 3) && named, "{code}: {told}");
            let (_, nothing) = at(&office, &url, &["audit"]);
            assert!(nothing.contains("`cabinet migrate` makes it"), "{nothing}");
        }
        let (_, absent) = at(&office, &url, &["restore", "no-such-file"]);
        assert!(absent.contains("no-such-file"), "{absent}");
        if let Some(bench) = kept {
            bench.close().await;
        }
        office.bench.close().await;
    }

    async fn the_journal_and_reports_are_written(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        office.runs(&IVANOV);
        office.runs(&["subscriber", "pay", "0042", "50.00"]);
        office.runs(&["adjust", "0042", "-500.00", "--reason", "обладнання"]);
        let shown = office.runs(&["report", "money", "--format", "json"]);
        let shown: Value = serde_json::from_str(&shown).unwrap();
        let today = shown[0]["date"].as_str().unwrap().to_owned();
        assert_eq!((&shown[0]["method"], &shown[0]["paid"]), (&Value::from("cash:office"), &Value::from("150.00")));

        let days = ["--from", &today, "--to", &today];
        let table = office.runs(&[&["journal"][..], &days].concat());
        let mut lines = table.lines();
        assert_eq!(lines.next(), Some("date,kind,account,contra,debit,credit,entries"));
        let cash = format!("{today},cash_payment,cash:office,subscribers,150.00,0.00,2");
        assert!(table.lines().any(|line| line == cash), "{table}");
        std::fs::write(office.path("cabinet.toml"), "[journal.accounts]\nsubscribers = \"681\"\ncash = \"301\"\n").unwrap();
        let (_, unknown) = office.fails(&[&["journal"][..], &days].concat());
        assert!(unknown.contains("`cash` is no account of the journal"), "{unknown}");
        std::fs::write(office.path("cabinet.toml"), "[journal.accounts]\nsubscribers = \"681\"\n\"cash:office\" = \"301\"\n").unwrap();
        let journal = office.runs(&[&["journal", "--format", "json"][..], &days].concat());
        let journal: Value = serde_json::from_str(&journal).unwrap();
        assert_eq!(journal["debits"], journal["credits"]);
        let cash = journal["lines"].as_array().unwrap().iter().find(|line| line["account"] == "301").unwrap();
        assert_eq!((&cash["contra"], &cash["debit"]), (&Value::from("681"), &Value::from("150.00")));

        let debtors = office.runs(&["report", "debtors"]);
        assert!(debtors.starts_with("contract,name,phones,debt,blocked_since,promised_until\r\n0042,Іваненко Іван,"), "{debtors}");
        let charges = office.runs(&["report", "charges"]);
        assert!(charges.contains("\r\nhome-20,1,1,"), "{charges}");
        let (code, told) = office.fails(&["journal", "--from", "2026-02-01", "--to", "2026-01-01"]);
        assert!(code == 2 && told.contains("lies after"), "{code}: {told}");
        let (code, told) = office.fails(&["report", "money", "--from", "2020-01-01"]);
        assert!(code == 1 && told.contains("a year"), "{code}: {told}");
        office.bench.close().await;
    }
}
