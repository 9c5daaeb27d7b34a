//! Documents as files: what they say, in which language, under which name, and to whom.

use crate::bills::billed;
use crate::harness::{Cabinet, PASSWORD, Person, TODAY};
use crate::reader::Pdf;
use cabinet_api::config::Config;
use cabinet_api::requisites::Requisites;
use cabinet_client::{Client, File};
use cabinet_core::tariff::Tariff;
use cabinet_core::{Catalogue, Money, Month};
use cabinet_service::Actor;
use cabinet_service::update_profile::ProfileWish;
use cabinet_store::on_both;
use cabinet_store::payments;
use reqwest::Method;
use serde_json::{Value, json};
use time::macros::{date, time};
use uuid::Uuid;

pub fn with_requisites(config: &mut Config) {
    let text = |text: &str| Some(text.to_owned());
    config.requisites = Requisites {
        name: text("ТОВ «Онлайн-Плюс»"),
        code: text("40121425"),
        address: text("м. Коростень, вул. Миру, 1"),
        iban: text("UA213223130000026007233566001"),
        bank: text("АТ «Банк»"),
        ..Requisites::default()
    };
}

/// The text of a PDF as it is read on.
fn text_of(file: &[u8]) -> String {
    let text = Pdf::read(file).pages().concat().replace(['\n', '\u{a0}'], " ");
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn assert_has(text: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(text.contains(wanted), "{wanted} is not in\n{text}");
    }
}

async fn client(cabinet: &Cabinet, person: &Person) -> Client {
    let client = Client::new(&cabinet.base);
    client.sign_in(&person.contract, PASSWORD).await.unwrap();
    client
}

fn month(text: &str) -> Month {
    text.parse().unwrap()
}

/// Orders a payment and pays it on the trial gateway's page, if it is to be paid.
async fn payment(cabinet: &Cabinet, person: &Person, key: &str, choice: &str) -> Uuid {
    let wish = json!({ "amount": "50.00", "method": "sandbox" });
    let ordered = cabinet.post("/api/v1/me/payments").by(person).key(key).json(&wish).send().await.json();
    let page = ordered["redirect"]["url"].as_str().unwrap();
    let form = cabinet.post(page).header("content-type", "application/x-www-form-urlencoded");
    form.raw(format!("choice={choice}")).send().await;
    ordered["id"].as_str().unwrap().parse().unwrap()
}

on_both! {
    async fn a_bill_comes_as_a_file(store) {
        let cabinet = Cabinet::open_with(store, with_requisites).await;
        let person = billed(&cabinet).await;
        assert_eq!(cabinet.get("/api/v1/provider").send().await.json()["documents"], true);
        let shown = cabinet.get("/api/v1/me/bills/2026-11").by(&person).send().await.json();
        let to_pay = shown["brief"]["to_pay"].as_str().unwrap().replace('.', ",");
        let client = client(&cabinet, &person).await;
        let File { name, media_type, bytes } = client.bill_pdf(month("2026-11")).await.unwrap();
        assert_eq!((name.as_str(), media_type.as_str()), ("bill-1001-2026-11.pdf", "application/pdf"));
        let text = text_of(&bytes);
        assert_has(&text, &[
            "Рахунок № 1001-2026-11", "ТОВ «Онлайн-Плюс»", "ЄДРПОУ 40121425", "UA21 3223 1300", "Договір 1001",
            "Мар’яненко Дарина Лук'янівна", "вул. Іванова 1/2", "тариф «Домашній 20»", &format!("До сплати {to_pay} ₴"),
        ]);
        let absent = client.bill_pdf(month("1999-01")).await.unwrap_err();
        assert_eq!((absent.status(), absent.code()), (Some(404), Some("not_found")));

        let path = "/api/v1/me/bills/2026-11/pdf";
        let answer = cabinet.get(path).by(&person).send().await;
        assert_eq!(answer.header("content-disposition"), "attachment; filename=\"bill-1001-2026-11.pdf\"");
        assert_eq!(answer.header("cache-control"), "private, no-cache");
        assert_eq!((answer.header("x-content-type-options"), answer.header("content-language")), ("nosniff", "uk"));
        assert_eq!(answer.header("content-encoding"), "", "a PDF is packed already");
        assert_eq!(answer.bytes, bytes, "the same facts, the same bytes");
        let held = cabinet.get(path).by(&person).header("if-none-match", answer.header("etag")).send().await;
        assert_eq!((held.status, held.bytes.len()), (304, 0));
        let head = cabinet.call(Method::HEAD, path).by(&person).send().await;
        assert_eq!((head.status, head.header("content-type")), (200, "application/pdf"));
        for bad in ["2026-13", "november", "2026-11.pdf"] {
            let answer = cabinet.get(&format!("/api/v1/me/bills/{bad}/pdf")).by(&person).send().await;
            assert_eq!(answer.problem(), "400 bad_request", "{bad}");
        }
        let other = cabinet.person("1002", "home-20", 100_00).await;
        let held = cabinet.get(path).by(&other).header("if-none-match", answer.header("etag")).send().await;
        assert_eq!(held.problem(), "404 not_found", "who knows a tag knows nothing");
        let wish = ProfileWish { last_name: Some("Ґалаґан".to_owned()), ..ProfileWish::default() };
        cabinet.service().edit_profile(Actor::Staff, person.id, wish).await.unwrap();
        let renamed = cabinet.get(path).by(&person).header("if-none-match", answer.header("etag")).send().await;
        assert_has(&text_of(&renamed.bytes), &["Ґалаґан Дарина"]);
        cabinet.close().await;
    }

    async fn documents_speak_the_language_asked_else_the_accounts(store) {
        let cabinet = Cabinet::open_with(store, |config| {
            with_requisites(config);
            config.provider.languages.retain(|language| *language != cabinet_core::Language::Ru);
        }).await;
        let person = billed(&cabinet).await;
        let asked = async |wishes: Option<&str>| {
            let call = cabinet.get("/api/v1/me/bills/2026-11/pdf").by(&person);
            let answer = match wishes {
                Some(wishes) => call.header("accept-language", wishes).send().await,
                None => call.send().await,
            };
            let text = text_of(&answer.bytes);
            let language = answer.header("content-language").to_owned();
            let title = ["Рахунок №", "Счёт №", "Bill No."].into_iter().find(|title| text.contains(title)).unwrap();
            (language, title, answer.header("etag").to_owned())
        };
        let (language, title, tag) = asked(None).await;
        assert_eq!((language.as_str(), title), ("uk", "Рахунок №"));
        assert_eq!(asked(Some("en-GB, uk;q=0.5")).await.1, "Bill No.");
        let wish = json!({ "language": "en", "theme": "system" });
        cabinet.call(Method::PUT, "/api/v1/me/settings").by(&person).json(&wish).send().await;
        let (language, title, of_english) = asked(None).await;
        assert_eq!((language.as_str(), title), ("en", "Bill No."));
        assert_ne!(tag, of_english);
        assert_eq!(asked(Some("*")).await.1, "Bill No.", "any language is the account's");
        assert_eq!(asked(Some("ru, de;q=0.5")).await.1, "Bill No.", "a language that was dropped is not spoken");
        assert_eq!(asked(Some("uk")).await.1, "Рахунок №");
        cabinet.close().await;
    }

    async fn without_requisites_there_are_statements_only(store) {
        let cabinet = Cabinet::open(store).await;
        let person = billed(&cabinet).await;
        assert_eq!(cabinet.get("/api/v1/provider").send().await.json()["documents"], false);
        let bill = cabinet.get("/api/v1/me/bills/2026-11/pdf").by(&person).header("accept-language", "en").send().await;
        assert_eq!(bill.problem(), "409 requisites_absent");
        assert_eq!(bill.json()["detail"], "Bills and receipts cannot be printed here yet. Call support.");
        assert_eq!(cabinet.get("/api/v1/me/bills/1999-01/pdf").by(&person).send().await.problem(), "404 not_found");
        let paid = payment(&cabinet, &person, "k", "paid").await;
        let receipt = cabinet.get(&format!("/api/v1/me/payments/{paid}/receipt.pdf")).by(&person).send().await;
        assert_eq!(receipt.problem(), "409 requisites_absent");
        assert_eq!(cabinet.get("/api/v1/me/statement.pdf").by(&person).send().await.status, 200);
        assert_eq!(cabinet.get("/api/v1/me/statement.csv").by(&person).send().await.status, 200);
        cabinet.close().await;
    }

    async fn a_receipt_confirms_what_is_on_the_balance(store) {
        let cabinet = Cabinet::open_with(store, with_requisites).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let client = client(&cabinet, &person).await;
        let declined = payment(&cabinet, &person, "k-1", "declined").await;
        assert_eq!(client.receipt_pdf(declined).await.unwrap_err().code(), Some("payment_not_credited"));
        let paid = payment(&cabinet, &person, "k-2", "paid").await;
        let File { name, media_type, bytes } = client.receipt_pdf(paid).await.unwrap();
        assert_eq!((name.as_str(), media_type.as_str()), ("receipt-1001-3.pdf", "application/pdf"));
        let text = text_of(&bytes);
        assert_has(&text, &[
            "Квитанція про оплату № 1001-3", "10 листопада 2026 р., 12:00", "50,00 ₴", "п’ятдесят гривень 00 копійок",
            "Оплата онлайн, Тестова оплата", "Отримувач ТОВ «Онлайн-Плюс», ЄДРПОУ 40121425", "договір 1001",
        ]);
        assert!(!text.contains("Чек РРО") && !text.contains("Повернуто"), "{text}");

        let link = "https://cabinet.tax.gov.ua/cashregs/check?id=1";
        let mut tx = cabinet.service().store.write().await.unwrap();
        let mut held = payments::find(&mut tx, person.id, paid).await.unwrap().unwrap();
        held.fiscal_url = Some(link.to_owned());
        payments::save(&mut tx, &held, held.changed_at).await.unwrap();
        tx.commit().await.unwrap();
        assert_has(&text_of(&client.receipt_pdf(paid).await.unwrap().bytes), &["Чек РРО за посиланням", link]);

        let other = cabinet.person("1002", "home-20", 100_00).await;
        let path = |id: Uuid| format!("/api/v1/me/payments/{id}/receipt.pdf");
        let foreign = cabinet.get(&path(paid)).by(&other).send().await;
        let absent = cabinet.get(&path(Uuid::max())).by(&other).send().await;
        assert_eq!((foreign.problem(), absent.problem()), ("404 not_found".to_owned(), "404 not_found".to_owned()));
        assert_eq!(foreign.json()["detail"], absent.json()["detail"]);
        assert_eq!(cabinet.get("/api/v1/me/payments/one/receipt.pdf").by(&person).send().await.problem(), "400 bad_request");

        cabinet.service().reverse_entry(Actor::Staff, person.id, 3, "помилка").await.unwrap();
        assert_eq!(cabinet.get(&path(paid)).by(&person).send().await.problem(), "409 payment_not_credited");
        cabinet.close().await;
    }

    async fn a_month_comes_for_eyes_and_for_a_spreadsheet(store) {
        let cabinet = Cabinet::open(store).await;
        // The catalogue is typed by people.
        let mut catalogue: Catalogue = cabinet.service().catalogue().await.unwrap();
        let hostile = catalogue.tariffs.iter_mut().find(|tariff: &&mut Tariff| tariff.code.as_str() == "home-20").unwrap();
        hostile.name = "=HYPERLINK(\"http://evil\")".to_owned();
        cabinet.service().import_catalogue(&catalogue).await.unwrap();
        cabinet.at(date!(2026 - 10 - 20), time!(12:00));
        let person = cabinet.person("1001", "home-20", 30_00).await;
        cabinet.at(TODAY, time!(12:00));
        cabinet.service().run_day(TODAY, |_, _| ()).await.unwrap();
        let person = cabinet.again(&person).await;
        let client = client(&cabinet, &person).await;

        let pdf = client.statement_pdf(Some(month("2026-10"))).await.unwrap();
        assert_eq!((pdf.name.as_str(), pdf.media_type.as_str()), ("statement-1001-2026-10.pdf", "application/pdf"));
        assert_has(&text_of(&pdf.bytes), &["Виписка за договором 1001, жовтень 2026", "Готівка в офісі +30,00", "Мар’яненко"]);
        let csv = client.statement_csv(Some(month("2026-10"))).await.unwrap();
        assert_eq!((csv.name.as_str(), csv.media_type.as_str()), ("statement-1001-2026-10.csv", "text/csv; charset=utf-8; header=present"));
        assert!(csv.bytes.starts_with(&[0xef, 0xbb, 0xbf]));
        let text = String::from_utf8(csv.bytes).unwrap().replace('\u{a0}', " ");
        let lines: Vec<&str> = text.split("\r\n").collect();
        assert_eq!(lines[2], "20.10.2026;Готівка в офісі;;;;30,00;30,00");
        assert_eq!(lines[3], "20.10.2026;Абонплата;\"'=HYPERLINK(\"\"http://evil\"\")\";20.10.2026;20.10.2026;-1,61;28,39");
        assert_eq!(lines.last(), Some(&""));
        assert!(lines[1..lines.len() - 1].iter().all(|line| line.starts_with(|c: char| c.is_ascii_digit())), "{text}");

        let present = client.statement_csv(None).await.unwrap();
        assert_eq!(present.name, "statement-1001-2026-11.csv");
        assert!(String::from_utf8(present.bytes).unwrap().contains("10.11.2026;\"Залишок на кінець, 10\u{a0}листопада\""));
        for ending in ["pdf", "csv"] {
            let ask = |query: &str| cabinet.get(&format!("/api/v1/me/statement.{ending}{query}")).by(&person).send();
            for outside in ["2026-09", "2026-12", "1999-01"] {
                let answer = ask(&format!("?month={outside}")).await;
                assert_eq!(answer.problem(), "404 month_outside", "{outside}");
                assert_eq!(answer.json()["details"], json!({ "first": "2026-10", "last": "2026-11" }));
            }
            for bad in ["?month=2026-13", "?month=", "?color=red", "?month=2026-10&month=2026-11", "?month=%D0%B6"] {
                assert_eq!(ask(bad).await.problem(), "400 bad_request", "{bad}");
            }
            let first = ask("?month=2026-10").await;
            let held = cabinet.get(&format!("/api/v1/me/statement.{ending}?month=2026-10")).by(&person);
            assert_eq!(held.header("if-none-match", first.header("etag")).send().await.status, 304);
            assert_eq!(first.header("content-disposition"), format!("attachment; filename=\"statement-1001-2026-10.{ending}\""));
        }
        for _ in 0..10 {
            cabinet.service().pay_cash(Actor::Staff, person.id, Money::from_kopecks(1_00), None).await.unwrap();
        }
        let packed = cabinet.get("/api/v1/me/statement.csv").by(&person).header("accept-encoding", "gzip").send().await;
        assert_eq!(packed.header("content-encoding"), "gzip");
        cabinet.close().await;
    }

    async fn a_year_is_told_month_by_month(store) {
        let cabinet = Cabinet::open_demo(store).await;
        let tokens = cabinet.sign_in("0000", cabinet_service::demo::PASSWORD).await.json();
        let person = Person::of("0000", &tokens);
        let answer = cabinet.get("/api/v1/me/statement/years/2014").by(&person).send().await;
        let year = answer.json();
        let sums = |of: &Value| ["opening", "charged", "paid", "closing"].map(|name| of[name].as_str().unwrap().to_owned());
        let months: Vec<(&str, [String; 4])> =
            year["months"].as_array().unwrap().iter().map(|of| (of["month"].as_str().unwrap(), sums(of))).collect();
        let told = |texts: [&str; 4]| texts.map(str::to_owned);
        assert_eq!(months, [
            ("2014-11", told(["0.00", "1.67", "25.87", "24.20"])),
            ("2014-12", told(["24.20", "37.10", "50.00", "37.10"])),
        ]);
        assert_eq!(sums(&year), told(["0.00", "38.77", "75.87", "37.10"]));
        assert_eq!((&year["year"], &year["first_month"], &year["last_month"]), (&json!(2014), &json!("2014-11"), &json!("2026-11")));
        let again = cabinet.get("/api/v1/me/statement/years/2014").by(&person).header("if-none-match", answer.header("etag")).send().await;
        assert_eq!(again.status, 304);
        let quiet = cabinet.get("/api/v1/me/statement/years/2020").by(&person).send().await.json();
        assert_eq!((quiet["months"].as_array().unwrap().len(), sums(&quiet)), (12, told(["37.10", "0.00", "0.00", "37.10"])));
        for outside in ["2013", "2027", "1900", "9998"] {
            let answer = cabinet.get(&format!("/api/v1/me/statement/years/{outside}")).by(&person).send().await;
            assert_eq!(answer.problem(), "404 month_outside", "{outside}");
        }
        for bad in ["1899", "9999", "-1", "year", "99999999999"] {
            let answer = cabinet.get(&format!("/api/v1/me/statement/years/{bad}")).by(&person).send().await;
            assert_eq!(answer.problem(), "400 bad_request", "{bad}");
        }
        cabinet.close().await;
    }
}
