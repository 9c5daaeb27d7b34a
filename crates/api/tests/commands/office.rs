//! Register, take cash, show, suspend, resume; the catalogue; audit and backup.

use crate::support::{Office, told};
use cabinet_core::support::Topic;
use cabinet_service::access::{Access, AccessSettings, Owner, Principal};
use cabinet_service::take_notification::Told;
use cabinet_service::update_profile::ProfileWish;
use cabinet_service::write_to_support::{NewMessage, NewTicket};
use cabinet_service::{Chance, RequestKey, Service, SystemClock};
use cabinet_store::payments::{self, Event};
use cabinet_store::testing::Bench;
use std::sync::Arc;
use uuid::Uuid;

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

/// Sends a request with a file, as contract `0042` does in the cabinet; its id.
async fn asks(office: &Office) -> String {
    let access = Access::new(&[7; 48], AccessSettings::default()).unwrap();
    let service = Service::new(office.bench.store.clone(), Arc::new(SystemClock), Chance::system(), access);
    let account = service.find_contract(&"0042".parse().unwrap()).await.unwrap();
    let file = service.keep_file(account, "trace", b"1 * * *").await.unwrap().id;
    let first = NewMessage { text: "Рветься\nувечері".to_owned(), files: vec![file] };
    let new = NewTicket { topic: Topic::Connection, about_day: None, first };
    let key = RequestKey { key: "ask".to_owned(), request: String::new() };
    service.open_ticket(account, &new, key).await.unwrap().value.ticket.to_string()
}

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
        assert!(shown.contains("\nentry 1 "), "what `payment reverse` asks for: {shown}");
        office.fails(&["subscriber", "show", "9999"]);
        let code = office.runs(&["subscriber", "recovery-code", "0042"]);
        assert!(!code.trim().is_empty());
        office.runs(&["run-day"]);
        let (_, future) = office.fails(&["run-day", "--date", "2999-01-01"]);
        assert!(future.contains("not come yet"), "{future}");
        office.runs(&["audit"]);
        office.bench.close().await;
    }

    async fn people_of_the_office_are_added_and_sent_away(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        let add = ["staff", "add", "olena", "--name", "Олена", "--role", "admin"];
        let printed = office.runs(&add);
        assert!(printed.contains("olena") && printed.contains("first password"), "{printed}");
        let (_, taken) = office.fails(&add);
        assert!(taken.contains("olena is taken"), "{taken}");
        for wrong in [["staff", "add", "0042", "--name", "x", "--role", "admin"], ["staff", "add", "nina", "--name", "x", "--role", "root"], ["staff", "add", "nina", "--name", "", "--role", "admin"]] {
            office.fails(&wrong);
        }
        assert_ne!(office.runs(&["staff", "password", "olena"]), printed);
        office.runs(&["staff", "disable", "olena"]);
        let listed = office.runs(&["staff", "list"]);
        assert!(listed.contains("olena") && listed.contains("admin") && listed.contains("no access since"), "{listed}");
        office.fails(&["staff", "disable", "olena"]);
        office.runs(&["staff", "enable", "olena"]);
        let (_, nobody) = office.fails(&["staff", "password", "0042"]);
        assert!(nobody.contains("cabinet staff list"), "{nobody}");
        office.bench.close().await;
    }

    async fn the_book_is_corrected_by_commands(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        office.runs(&IVANOV);
        let found = office.runs(&["subscriber", "search", "іваненко", "МИРУ"]);
        assert!(found.starts_with("0042 "), "{found}");
        assert_eq!(office.runs(&["subscriber", "search", "петренко"]), "");
        let shown = office.runs(&["subscriber", "edit", "0042", "--phones", "067-111-22-33"]);
        assert!(shown.contains("067-111-22-33") && shown.contains("Іваненко"), "{shown}");
        let adjusted = office.runs(&["adjust", "0042", "-5.00", "--reason", "перерахунок"]);
        assert!(adjusted.starts_with("entry 3: -5.00 posted on "), "{adjusted}");
        office.runs(&["payment", "refund", "0042", "1", "10.00", "--reason", "x"]);
        let (_, most) = office.fails(&["payment", "refund", "0042", "1", "90.01", "--reason", "x"]);
        assert!(most.contains("can go back"), "{most}");
        let (_, partly) = office.fails(&["payment", "reverse", "0042", "1", "--reason", "x"]);
        assert!(partly.contains("cannot be undone"), "{partly}");
        office.runs(&["payment", "reverse", "0042", "3", "--reason", "x"]);
        let (_, twice) = office.fails(&["payment", "reverse", "0042", "3", "--reason", "x"]);
        assert!(twice.contains("undone before"), "{twice}");
        let codes = office.runs(&["voucher", "create", "3", "50.00", "--until", "2999-12-31", "--note", "каса"]);
        assert_eq!(codes.lines().filter(|code| code.len() == 19).count(), 3, "{codes}");
        let series = office.runs(&["voucher", "list"]);
        let id = series.split_whitespace().next().unwrap().to_owned();
        assert_eq!(office.runs(&["voucher", "cancel", &id, "--reason", "x"]), "cancelled; 0 of 3 were redeemed\n");
        office.runs(&["subscriber", "close", "0042", "--reason", "переїзд"]);
        office.fails(&["subscriber", "close", "0042", "--reason", "переїзд"]);
        let (_, open) = office.fails(&["subscriber", "erase", "0042", "--reason", "заява"]);
        assert!(open.contains("contract 0042 still runs"), "{open}");
        let log = office.runs(&["audit-log", "--contract", "0042", "--act", "account.adjust"]);
        assert!(!log.contains("+00:00"), "by the office's clocks: {log}");
        assert!(log.contains(" staff ") && log.contains(" 0042 ") && log.lines().count() == 1, "{log}");
        assert_eq!(office.runs(&["audit-log", "--limit", "2"]).lines().count(), 2);
        assert_eq!(office.runs(&["audit-log", "--to", "2020-01-01"]), "");
        office.runs(&["audit"]);
        office.bench.close().await;
    }

    async fn wishes_of_subscribers_are_decided_by_commands(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        office.runs(&IVANOV);
        let access = Access::new(&[7; 48], AccessSettings::default()).unwrap();
        let service = Service::new(office.bench.store.clone(), Arc::new(SystemClock), Chance::system(), access);
        let account = service.find_contract(&"0042".parse().unwrap()).await.unwrap();
        let who = Principal { owner: Owner::Account(account), session_id: Uuid::nil(), must_change: false };
        for wish in [
            ProfileWish { address: Some("вул. Нова 1".into()), ..ProfileWish::default() },
            ProfileWish { last_name: Some("Лук’янчук".into()), ..ProfileWish::default() },
        ] {
            service.update_profile(&who, wish, None).await.unwrap();
        }
        let listed = office.runs(&["subscriber", "requests"]);
        let lines: Vec<&str> = listed.lines().collect();
        assert!(lines.len() == 2 && lines[0].contains("  0042  address  вул. Нова 1"), "{listed}");
        let ids: Vec<&str> = lines.iter().map(|line| line.split(' ').next().unwrap()).collect();
        let (code, _) = office.fails(&["subscriber", "decide", ids[0]]);
        assert_eq!(code, 2, "granted or refused");
        let granted = office.runs(&["subscriber", "decide", ids[0], "--grant", "--note", "договір"]);
        assert!(granted.starts_with("granted\n") && granted.contains("address   вул. Нова 1\n"), "{granted}");
        let refused = office.runs(&["subscriber", "decide", ids[1], "--refuse"]);
        assert!(refused.starts_with("refused\n") && refused.contains("name      Іваненко Іван\n"), "{refused}");
        let (_, again) = office.fails(&["subscriber", "decide", ids[0], "--refuse"]);
        assert!(again.contains("no such request waits: `cabinet subscriber requests`"), "{again}");
        assert_eq!(office.runs(&["subscriber", "requests"]), "");
        service.ask_erasure(account).await.unwrap();
        let listed = office.runs(&["subscriber", "requests"]);
        let (_, forgotten) = office.fails(&["subscriber", "decide", listed.split(' ').next().unwrap(), "--grant"]);
        assert!(forgotten.contains("`cabinet subscriber erase 0042`"), "{forgotten}");
        office.bench.close().await;
    }

    async fn money_for_no_payment_of_ours_is_listed_by_a_command(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        assert_eq!(office.runs(&["payment", "orphans"]), "");
        let said = Told {
            transaction: Some("t9".to_owned()),
            amount: Some("10.00".parse().unwrap()),
            currency: Some("UAH".to_owned()),
            ..Told::default()
        };
        let event = Event {
            id: Uuid::from_u128(1),
            provider: "liqpay".to_owned(),
            payment_id: None,
            kind: "paid".to_owned(),
            body: b"signed".to_vec(),
            digest: Some(vec![1; 32]),
            told: serde_json::to_string(&said).unwrap(),
            occurred_at: None,
            note: "no such payment".to_owned(),
            attention: None,
            received_at: time::macros::datetime!(2026-11-23 22:05:08 UTC),
        };
        let mut tx = office.bench.store.write().await.unwrap();
        payments::record(&mut tx, &event).await.unwrap();
        tx.commit().await.unwrap();
        let listed = office.runs(&["payment", "orphans"]);
        assert_eq!(listed, "liqpay  2026-11-24 00:05  paid 10.00 UAH as t9: no such payment\n");
        office.bench.close().await;
    }

    async fn requests_are_answered_and_news_told_by_commands(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        office.runs(&IVANOV);
        assert_eq!(office.runs(&["ticket", "list"]), "");
        let ticket = asks(&office).await;
        let listed = office.runs(&["ticket", "list"]);
        assert!(listed.starts_with(&format!("{ticket}  0042  connection  open  ")) && listed.contains("1 message  Рветься"), "{listed}");
        let shown = office.runs(&["ticket", "show", &ticket]);
        assert!(shown.contains("вул. Миру") && shown.contains("Рветься\nувечері") && shown.contains("trace.txt"), "{shown}");
        let file = shown.lines().find(|line| line.contains("trace.txt")).unwrap().split_whitespace().next().unwrap().to_owned();
        office.runs(&["ticket", "file", &ticket, &file, "kept.txt"]);
        assert_eq!(std::fs::read(office.path("kept.txt")).unwrap(), b"1 * * *");
        office.fails(&["ticket", "file", &ticket, &file, "kept.txt"]);
        office.fails(&["ticket", "file", &ticket, &ticket, "other.txt"]);
        assert_eq!(office.runs_on(&["ticket", "answer", &ticket, "-"], "Дивимося.\nЗачекайте."), "answered\n");
        assert_eq!(office.runs(&["ticket", "list"]), "");
        assert!(office.runs(&["ticket", "list", "--state", "answered"]).contains("2 messages"));
        std::fs::write(office.path("схема.txt"), "кабель, роутер").unwrap();
        std::fs::write(office.path("virus.exe"), b"MZ\x90\0").unwrap();
        let (_, unfit) = office.fails(&["ticket", "answer", &ticket, "Ось", "--file", "virus.exe"]);
        assert!(unfit.contains("virus.exe: at most 5 MiB of PNG"), "{unfit}");
        let (_, many) = office.fails(&["ticket", "answer", &ticket, "Ось", "--file", "a", "--file", "b", "--file", "c", "--file", "d"]);
        assert!(many.contains("at most 3 files"), "{many}");
        office.runs(&["ticket", "answer", &ticket, "Полагодили.", "--file", "схема.txt", "--close"]);
        assert!(office.runs(&["ticket", "show", &ticket]).contains("схема.txt, 26 bytes, text/plain"));
        let (_, closed) = office.fails(&["ticket", "close", &ticket]);
        assert!(closed.contains("closed already"), "{closed}");
        assert_eq!(office.runs(&["ticket", "reopen", &ticket]), "open again\n");
        assert_eq!(office.runs(&["ticket", "close", &ticket]), "closed\n");
        assert!(office.runs(&["ticket", "list", "--contract", "0042"]).contains("  closed  "));
        let (_, silent) = office.fails(&["ticket", "answer", &ticket, " "]);
        assert!(silent.contains("1 to 4000"), "{silent}");
        let (_, nobody) = office.fails(&["ticket", "list", "--contract", "9999"]);
        assert!(nobody.contains("no contract 9999"), "{nobody}");
        let (_, none) = office.fails(&["ticket", "show", &file]);
        assert!(none.contains("cabinet ticket list"), "{none}");

        let works = ["--works-from", "2999-01-14 02:00", "--works-to", "2999-01-14 04:00"];
        let (_, far) = office.fails(&[&["news", "add", "Роботи"], &works[..]].concat());
        assert!(far.contains("a thousand days"), "{far}");
        let id = office.runs(&["news", "add", "Новина", "--text", "Подробиці", "--title-en", "News", "--places", "вул. Миру"]);
        let listed = office.runs(&["news", "list"]);
        assert!(listed.starts_with(id.trim()) && listed.contains("[вул. Миру]  Новина"), "{listed}");
        office.fails(&["news", "add", "x", "--places", ";"]);
        office.fails(&["news", "add", "x", "--works-from", "2026-12-25 02:00"]);
        office.fails(&["news", "add", "x", "--until", "завтра"]);
        assert_eq!(office.runs(&["news", "withdraw", id.trim()]), "withdrawn\n");
        let (_, twice) = office.fails(&["news", "withdraw", id.trim()]);
        assert!(twice.contains("withdrawn already"), "{twice}");
        assert!(office.runs(&["news", "list"]).contains("  withdrawn  "));
        office.bench.close().await;
    }

    async fn a_register_is_taken_in_once(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        office.runs(&IVANOV);
        let settings = "[registers.privat]\nencoding = \"windows-1251\"\ndate = \"d\"\namount = \"a\"\npurpose = \"p\"\ndocument = \"n\"\n";
        std::fs::write(office.path("cabinet.toml"), settings).unwrap();
        // «договір 0042» in Windows-1251, then a purpose of nobody's.
        let mut file = b"n;d;a;p\n1;22.11.2026;50,00;\xe4\xee\xe3\xee\xe2\xb3\xf0 0042\n2;22.11.2026;7,00;x\n".to_vec();
        std::fs::write(office.path("register.csv"), &file).unwrap();
        let (_, unknown) = office.fails(&["register", "import", "mono", "register.csv"]);
        assert!(unknown.contains("there are: privat"), "{unknown}");
        let told = office.runs(&["register", "import", "privat", "register.csv"]);
        assert!(told.starts_with("1 credited, 50.00 in all; 1 wait for a person, 0 taken in before"), "{told}");
        let again = office.runs(&["register", "import", "privat", "register.csv"]);
        assert!(again.starts_with("0 credited, 0.00 in all; 0 wait for a person, 2 taken in before"), "{again}");
        let waiting = office.runs(&["register", "waiting"]);
        let id = waiting.split_whitespace().next().unwrap().to_owned();
        office.fails(&["register", "assign", &id, "9999"]);
        office.runs(&["register", "assign", &id, "0042"]);
        office.fails(&["register", "dismiss", &id, "--reason", "x"]);
        file.extend_from_slice(b"3;22.11.2026;1e6;x\n");
        std::fs::write(office.path("register.csv"), &file).unwrap();
        assert_eq!(office.fails(&["register", "import", "privat", "register.csv"]).0, 3);
        assert!(office.runs(&["subscriber", "show", "0042"]).contains("balance   15"));
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
        let shown = office.runs(&["subscriber", "show", "0042"]);
        let check = |url: &str| {
            for (arguments, expected) in [(&["audit"][..], None), (&["subscriber", "show", "0042"], Some(&shown))] {
                let output = office.command(arguments).env("CABINET_DATABASE_URL", url).output().unwrap();
                assert!(output.status.success(), "{arguments:?} on the copy: {}", told(&output));
                assert!(expected.is_none_or(|text| *text.as_bytes() == output.stdout), "{}", told(&output));
            }
        };
        if office.bench.url.starts_with("sqlite") {
            check(&format!("sqlite://{}", file.display()));
        } else {
            let restored = Bench::bare_postgres().await;
            let mut restore = std::process::Command::new("pg_restore");
            let output = restore.args(["--no-owner", "--exit-on-error", "--dbname", &restored.url]).arg(&file).output();
            assert!(output.as_ref().is_ok_and(|output| output.status.success()), "{output:?}");
            check(&restored.url);
            restored.close().await;
        }
        office.bench.close().await;
    }
}
