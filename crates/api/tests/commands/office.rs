//! Register, take cash, show, suspend, resume; the catalogue; audit and backup.

use crate::support::Office;

pub const IVANOV: [&str; 12] = [
    "subscriber",
    "register",
    "0042",
    "--last-name",
    "Іваненко",
    "--first-name",
    "Іван",
    "--address",
    "вул. Миру 1",
    "--tariff",
    "home-20",
    "--paid=100.00",
];

crate::on_both_benches! {
    async fn an_office_works_by_commands(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let printed = office.runs(&IVANOV);
        assert!(printed.contains("0042"), "{printed}");
        let (_, taken) = office.fails(&IVANOV);
        assert!(taken.contains("contract 0042 is taken"), "{taken}");
        let first = office.runs(&["subscriber", "pay", "0042", "50.00", "--receipt", "7"]);
        assert!(first.starts_with("entry 3: 50.00 recorded on "), "{first}");
        let again = office.runs(&["subscriber", "pay", " 0042 ", "50.00", "--receipt", " 7 "]);
        assert!(again.starts_with("already recorded, nothing posted: entry 3, 50.00, on "), "{again}");
        assert_eq!(first.split_once('\n').unwrap().1, again.split_once('\n').unwrap().1);
        let (_, other) = office.fails(&["subscriber", "pay", "0042", "51.00", "--receipt", "7"]);
        assert!(other.contains("receipt 7 of contract 0042") && other.contains("another amount"), "{other}");
        office.fails(&["subscriber", "pay", "0042", "10,5"]);
        office.fails(&["subscriber", "pay", "0042", "0.001"]);
        office.fails(&["subscriber", "pay", "0042", "-5.00"]);
        office.runs(&["subscriber", "suspend", "0042", "--reason", "переїзд"]);
        office.runs(&["subscriber", "resume", "0042"]);
        let shown = office.runs(&["subscriber", "show", "0042"]);
        assert!(shown.contains("name      Іваненко Іван\n"), "{shown}");
        assert!(shown.contains("tariff    Домашній 20 (home-20)\n"), "{shown}");
        office.fails(&["subscriber", "show", "9999"]);
        let code = office.runs(&["subscriber", "recovery-code", "0042"]);
        assert!(!code.trim().is_empty());
        office.runs(&["run-day"]);
        let (_, future) = office.fails(&["run-day", "--date", "2999-01-01"]);
        assert!(future.contains("not come yet"), "{future}");
        office.runs(&["audit"]);
        office.bench.close().await;
    }

    async fn a_broken_row_is_found(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        office.runs(&IVANOV);
        cabinet_store::testing::unguard(&office.bench.store).await;
        let mut tx = office.bench.store.write().await.unwrap();
        tx.run("UPDATE entry SET amount = amount - 1 WHERE seq = 2", ()).await.unwrap();
        tx.commit().await.unwrap();
        let (code, told) = office.fails(&["audit"]);
        assert_eq!(code, 3, "{told}");
        assert!(told.contains("0042"), "{told}");
        office.bench.close().await;
    }

    async fn the_catalogue_comes_back_as_it_went(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let file = office.path("tariffs.toml");
        let name = file.to_str().unwrap();
        office.runs(&["catalogue", "export", name]);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains("home-100"), "{text}");
        std::fs::write(&file, text.replace("80.00", "85.00")).unwrap();
        office.runs(&["catalogue", "import", name]);
        let again = office.path("again.toml");
        office.runs(&["catalogue", "export", again.to_str().unwrap()]);
        assert!(std::fs::read_to_string(again).unwrap().contains("85.00"));
        std::fs::write(&file, text.replace("80.00", "90.00")).unwrap();
        let told = office.runs(&["catalogue", "import", name]);
        assert!(told.contains("4 tariffs taken over; 1 fee changes on "), "{told}");
        let exported = office.runs(&["catalogue", "export", "-"]);
        assert_eq!(office.runs_on(&["catalogue", "import", "-"], &exported), "4 tariffs taken over; no fee changes\n");
        office.bench.close().await;
    }

    async fn the_policy_is_a_file_and_nonsense_in_it_is_named(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let file = office.path("policy.toml");
        let name = file.to_str().unwrap();
        office.runs(&["policy", "export", name]);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains("0 to 3660 days") && text.contains("\"non_negative\""), "{text}");
        assert!(office.runs(&["policy", "import", name]).contains("nothing changed"));
        assert!(office.runs_on(&["policy", "import", "-"], &text).contains("nothing changed"));
        std::fs::write(&file, text.replace("25.00", "30.00")).unwrap();
        assert!(office.runs(&["policy", "import", name]).contains("taken over"));
        assert!(office.runs(&["policy", "export", "-"]).contains("downgrade_price = \"30.00\""));
        for (wrong, named) in [("password_min = 4\n", "password_min"), ("price = 5\n", "price"), ("downgrade_price = 5", "downgrade_price")] {
            std::fs::write(&file, wrong).unwrap();
            let (_, told) = office.fails(&["policy", "import", name]);
            assert!(told.contains(named) && told.contains("policy.toml"), "{told}");
        }
        assert!(office.runs(&["policy", "export", "-"]).contains("downgrade_price = \"30.00\""));
        office.bench.close().await;
    }

    async fn a_backup_is_the_book(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        office.runs(&IVANOV);
        let file = office.path("copy");
        office.runs(&["backup", file.to_str().unwrap()]);
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&file.metadata().unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600, "it holds the passwords' hashes");
        }
        assert!(std::fs::metadata(&file).unwrap().len() > 0);
        office.fails(&["backup", file.to_str().unwrap()]);
        if office.bench.url.starts_with("sqlite") {
            let copy = format!("sqlite://{}", file.display());
            let audited = office.command(&["audit"]).env("CABINET_DATABASE_URL", copy).output().unwrap();
            assert!(audited.status.success());
        }
        office.bench.close().await;
    }
}
