//! The contract's guide: printed before the contract is registered, or there is no contract.

use crate::reader::Pdf;
use crate::support::Office;
use cabinet_client::Client;
use std::path::Path;

/// `cabinet subscriber register` with a guide.
fn register<'a>(contract: &'a str, sheet: &'a Path, more: &[&'a str]) -> Vec<&'a str> {
    let given = ["--last-name", "Іваненко", "--first-name", "Іван", "--address", "вул. Миру 1", "--tariff", "home-20"];
    let command = ["subscriber", "register", contract, "--sheet", sheet.to_str().unwrap()];
    [&command[..], &given[..], more].concat()
}

crate::on_both_benches! {
    async fn the_guide_holds_what_to_sign_in_with(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let sheet = office.path("guide.pdf");
        let told = office.runs(&register("0042", &sheet, &["--language", "ru", "--paid", "100.00"]));
        assert!(told.contains("guide.pdf") && !told.contains("password"), "{told}");
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&sheet.metadata().unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600, "it holds a password");
        }
        let pages = Pdf::read(&std::fs::read(&sheet).unwrap()).pages();
        let last = pages.last().unwrap().replace('\u{a0}', " ");
        for wanted in ["0042", "Іваненко Іван", "вул. Миру 1", "Домашній 20", "Первый пароль"] {
            assert!(last.contains(wanted), "{wanted} is not in {last}");
        }
        let password = last.lines().skip_while(|line| !line.contains("Первый пароль")).nth(1).unwrap().trim();
        assert_eq!(password.len(), 14, "{password}");
        assert!(!told.contains(password) && pages[..pages.len() - 1].iter().all(|page| !page.contains(password)));
        assert!(!last.contains("Пароль подключения"), "there is no router to sign in at");

        let server = office.serve(&[]);
        let tokens = Client::new(&server.base).sign_in("0042", password).await.unwrap();
        assert!(tokens.must_change_password);
        server.end();
        office.bench.close().await;
    }

    async fn who_signs_in_at_a_router_is_told_with_what(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        office.runs_on(&["router", "add", "core", "192.0.2.1"], "a-secret-of-routers");
        let sheet = office.path("guide.pdf");
        office.runs(&register("0042", &sheet, &["--language", "ru"]));
        let shown = office.runs(&["subscriber", "network-secret", "0042"]);
        let secret = shown.lines().find_map(|line| line.strip_prefix("secret  ")).unwrap();
        let pages = Pdf::read(&std::fs::read(&sheet).unwrap()).pages();
        let last = pages.last().unwrap().replace('\u{a0}', " ");
        let printed = last.lines().skip_while(|line| !line.contains("Пароль подключения")).nth(1).unwrap().trim();
        assert_eq!(printed, secret, "{last}");

        let who = ["--last-name", "Іваненко", "--first-name", "Іван", "--address", "вул. Миру 1", "--tariff", "home-20"];
        let told = office.runs(&[&["subscriber", "register", "0043"][..], &who].concat());
        let shown = office.runs(&["subscriber", "network-secret", "0043"]);
        let secret = shown.lines().find_map(|line| line.strip_prefix("secret  ")).unwrap();
        assert!(told.contains(&format!("router name     0043\nrouter secret   {secret}\n")), "{told}");
        office.bench.close().await;
    }

    async fn without_a_guide_there_is_no_contract(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let sheet = office.path("guide.pdf");
        std::fs::write(&sheet, "somebody's").unwrap();
        let (_, there) = office.fails(&register("0042", &sheet, &[]));
        assert!(there.contains("guide.pdf is there already: nothing was registered"), "{there}");
        assert_eq!(std::fs::read(&sheet).unwrap(), b"somebody's");
        let (_, nowhere) = office.fails(&register("0042", &office.path("nowhere/guide.pdf"), &[]));
        assert!(nowhere.contains("nothing was registered"), "{nowhere}");
        office.fails(&["subscriber", "show", "0042"]);

        let other = office.path("other.pdf");
        office.runs(&register("0042", &other, &[]));
        let again = office.path("again.pdf");
        let (_, taken) = office.fails(&register("0042", &again, &[]));
        assert!(taken.contains("contract 0042 is taken"), "{taken}");
        assert!(!again.exists() && other.exists(), "the guide of no contract goes again");
        let (_, unknown) = office.fails(&[&register("0043", &again, &[])[..12], &["home-1"][..]].concat());
        assert!(!again.exists(), "{unknown}");
        office.bench.close().await;
    }
}
