//! The documents as their readers have them: text that can be copied, pages, structure.

mod picture;
mod reader;

use cabinet_core::bill::{Bill, Line};
use cabinet_core::ledger::{Cover, Entry, EntryKind};
use cabinet_core::nbu_qr::QrFormat;
use cabinet_core::statement::{self, Sheet};
use cabinet_core::{Language, Money, Month, TariffCode};
use cabinet_documents::{Contacts, Supplier, Vat, Ways, bill, guide, receipt};
use proptest::prelude::*;
use reader::Pdf;
use time::macros::{date, datetime};
use time::{Date, Duration};

fn kopecks(kopecks: i64) -> Money {
    Money::from_kopecks(kopecks)
}

fn supplier() -> Supplier {
    Supplier {
        name: "ТОВ «ОНЛАЙН»".to_owned(),
        code: "12345678".to_owned(),
        vat: None,
        address: "11500, Житомирська обл., м. Коростень, вул. Центральна, 1".to_owned(),
        phone: "+380 800 000 000".to_owned(),
        iban: "UA213223130000026007233566001".parse().unwrap(),
        bank: "АТ «Приклад-Банк»".to_owned(),
    }
}

fn contacts() -> Contacts {
    Contacts {
        name: "Онлайн".to_owned(),
        phones: vec!["0 800 000 000".to_owned()],
        email: Some("help@example.com".to_owned()),
        address: Some("вул. Центральна, 1".to_owned()),
        hours: Some("пн–сб 9:00–18:00".to_owned()),
        site: Some("https://my.example.com".to_owned()),
        ways: Ways { card: true, terminals: true, transfer: true },
    }
}

fn daily(from: Date, to: Date, quantity: i64, amount: i64) -> Line {
    Line {
        kind: EntryKind::TariffCharge,
        tariff: Some(TariffCode::new("home-20")),
        span: Some((from, to)),
        quantity,
        price: Some(kopecks(50_00)),
        amount: kopecks(amount),
    }
}

fn december() -> Bill {
    let payment = Line {
        kind: EntryKind::OnlinePayment,
        tariff: None,
        span: None,
        quantity: 1,
        price: None,
        amount: kopecks(1_234_50),
    };
    Bill {
        number: "0000-2015-01".to_owned(),
        closes: Month::new(2014, 12).unwrap(),
        entries: (1, 23),
        opening: kopecks(-1_173_20),
        charges: vec![daily(date!(2014 - 12 - 01), date!(2014 - 12 - 23), 23, 37_10)],
        credits: vec![payment],
        charged: kopecks(37_10),
        paid: kopecks(1_234_50),
        closing: kopecks(24_20),
        ahead: vec![daily(date!(2015 - 01 - 01), date!(2015 - 01 - 31), 31, 50_00)],
        to_pay: kopecks(25_80),
        due_on: Some(date!(2015 - 01 - 15)),
    }
}

const NAME: &str = "Лук'янчук-О’Ніл Їван Єлисейович";

fn name_of(code: &TariffCode) -> String {
    if code.as_str() == "home-20" { "Домашній 20".to_owned() } else { code.as_str().to_owned() }
}

fn bill_pdf(bill: &Bill, supplier: &Supplier, name: &str, language: Language) -> Vec<u8> {
    let contacts = contacts();
    let facts = bill::Facts {
        bill,
        contract: "0000",
        name,
        address: "м. Коростень, вул. Ґалаґанівська, 1/2, кв. 34",
        tariff: &name_of,
        supplier,
        contacts: &contacts,
        format: QrFormat::V3,
    };
    bill::pdf(&facts, language)
}

#[test]
fn a_person_who_supplies_has_a_code_of_another_name() {
    let person = Supplier { code: "1234567890".to_owned(), ..supplier() };
    for (language, name, other) in
        [(Language::Uk, "РНОКПП", "ЄДРПОУ"), (Language::Ru, "РНУКПН", "ЕГРПОУ"), (Language::En, "RNOKPP", "EDRPOU")]
    {
        let text = flowing(&bill_pdf(&december(), &person, NAME, language));
        assert!(text.contains(&format!("{name} 1234567890")) && !text.contains(other), "{text}");
        let text = flowing(&bill_pdf(&december(), &supplier(), NAME, language));
        assert!(text.contains(&format!("{other} 12345678")) && !text.contains(name), "{text}");
    }
}

/// The text of all pages with blanks of one kind.
fn read(pdf: &[u8]) -> String {
    Pdf::read(pdf).pages().concat().replace('\u{a0}', " ")
}

/// The text without line ends, as it is read on.
fn flowing(pdf: &[u8]) -> String {
    let text = read(pdf).replace('\n', " ");
    text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn assert_has(text: &str, wanted: &[&str]) {
    for wanted in wanted {
        assert!(text.contains(wanted), "{wanted} is not in\n{text}");
    }
}

#[test]
fn a_bill_says_all_it_must() {
    let bill = december();
    let text = flowing(&bill_pdf(&bill, &supplier(), NAME, Language::Uk));
    assert_has(
        &text,
        &[
            "Рахунок № 0000-2015-01",
            "від 1 січня 2015 р.",
            "ТОВ «ОНЛАЙН»",
            "ЄДРПОУ 12345678, не платник ПДВ",
            "11500, Житомирська обл., м. Коростень, вул. Центральна, 1",
            "+380 800 000 000",
            "UA21 3223 1300 0002 6007 2335 6600 1",
            "АТ «Приклад-Банк»",
            "Договір 0000",
            NAME,
            "м. Коростень, вул. Ґалаґанівська, 1/2, кв. 34",
            "Період грудень 2014",
            "Сплатити до 15 січня 2015 р.",
            "Залишок на початок, 1 грудня −1 173,20",
            "Доступ до Інтернету, тариф «Домашній 20», 1–23 грудня доба 23 50,00 за місяць 37,10",
            "Надійшло за грудень 2014 +1 234,50",
            "Оплата онлайн раз 1 – 1 234,50",
            "Залишок на кінець, 31 грудня 24,20",
            "До сплати 25,80 ₴",
            "Сума до сплати словами: двадцять п’ять гривень 80 копійок.",
            "Без ПДВ.",
            "Призначення Оплата за послуги Інтернет, договір 0000, без ПДВ",
            "Як сплатити",
            "Питання щодо рахунку: 0 800 000 000, help@example.com, пн–сб 9:00–18:00",
            "сторінка 1 з 1",
        ],
    );
}

#[test]
fn a_payer_of_vat_shows_its_number_and_the_tax_within() {
    let vat = Some(Vat { number: "123456789012".to_owned(), percent: 20 });
    let text = flowing(&bill_pdf(&december(), &Supplier { vat, ..supplier() }, NAME, Language::Uk));
    assert_has(
        &text,
        &[
            "123456789012",
            "У тому числі ПДВ 20 %: нараховано 6,18 ₴, до сплати 4,30 ₴.",
            "договір 0000, у т.ч. ПДВ 20%",
        ],
    );
    assert!(!text.contains("не платник"));
}

#[test]
fn a_bill_that_asks_nothing_has_no_code() {
    let bill = Bill { to_pay: Money::ZERO, due_on: None, closing: kopecks(90_00), ..december() };
    let pdf = bill_pdf(&bill, &supplier(), NAME, Language::Uk);
    assert_has(&flowing(&pdf), &["До сплати 0,00 ₴", "сплачувати за цим рахунком нічого не треба"]);
    assert!(!Pdf::read(&pdf).objects().any(|object| object.contains("/Figure")));
}

#[test]
fn bills_speak_every_language() {
    let bill = december();
    let ru = flowing(&bill_pdf(&bill, &supplier(), NAME, Language::Ru));
    assert_has(&ru, &["Счёт № 0000-2015-01", "К оплате 25,80 ₴", "двадцать пять гривен 80 копеек", "страница 1 из 1"]);
    let en = flowing(&bill_pdf(&bill, &supplier(), NAME, Language::En));
    assert_has(
        &en,
        &["Bill No. 0000-2015-01", "To pay 25.80 ₴", "twenty-five hryvnias 80 kopecks", "page 1 of 1", NAME],
    );
    // The bank of the recipient reads Ukrainian.
    assert_has(&en, &["Оплата за послуги Інтернет, договір 0000, без ПДВ"]);
}

#[test]
fn documents_name_themselves_and_are_tagged() {
    for (language, title) in [
        (Language::Uk, "Рахунок № 0000-2015-01"),
        (Language::Ru, "Счёт № 0000-2015-01"),
        (Language::En, "Bill No. 0000-2015-01"),
    ] {
        let bytes = bill_pdf(&december(), &supplier(), NAME, language);
        let pdf = Pdf::read(&bytes);
        let packet = pdf.metadata();
        assert_has(&packet, &[title, "<pdfuaid:part>1</pdfuaid:part>", &format!(">{}<", language.code())]);
        let all: Vec<&str> = pdf.objects().collect();
        let any = |wanted: &str| all.iter().any(|object| object.contains(wanted));
        for wanted in [
            &format!("/Lang({})", language.code()) as &str,
            "/Marked true",
            "/DisplayDocTitle true",
            "/StructTreeRoot",
            "/S /Table",
            "/S /TH",
            "/S /Figure",
            "/FontFile2",
        ] {
            assert!(any(wanted), "{wanted}");
        }
        assert!(!any("/BaseFont /Helvetica"), "every font is embedded");
        assert!(bytes.len() < 120_000, "{} bytes: fonts are subset", bytes.len());
        assert_eq!(bytes, bill_pdf(&december(), &supplier(), NAME, language), "the same facts, the same bytes");
    }
}

#[test]
fn long_names_are_wrapped_and_lose_nothing() {
    let long = format!("{} {}", "Дуже-довге-прізвище".repeat(4), "Ім’я ".repeat(16).trim());
    let text = read(&bill_pdf(&december(), &supplier(), &long, Language::Uk));
    assert!(text.replace('\n', "").contains(&long), "{text}");
    let longest = text.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(longest < 130, "{longest}");
}

#[test]
fn many_lines_go_on_over_pages_under_the_heading() {
    let lines: Vec<Line> = (0..200)
        .map(|number| Line {
            tariff: Some(TariffCode::new(format!("тариф-{number:03}"))),
            ..december().charges[0].clone()
        })
        .collect();
    let pdf = bill_pdf(&Bill { charges: lines, ..december() }, &supplier(), NAME, Language::Uk);
    let pages = Pdf::read(&pdf).pages();
    assert!(pages.len() > 3, "{}", pages.len());
    let text = pages.concat();
    for number in 0..200 {
        assert_eq!(text.matches(&format!("«тариф-{number:03}»")).count(), 1, "{number}");
    }
    let last = pages.iter().rposition(|page| page.contains("тариф-")).unwrap();
    for (number, page) in pages.iter().enumerate() {
        let has_table = number <= last;
        assert_eq!(page.matches("Кількість").count(), usize::from(has_table), "page {number}");
        assert!(page.contains(&format!("сторінка {} з {}", number + 1, pages.len())));
    }
    assert!(text.contains("До сплати"));
}

#[test]
fn a_row_higher_than_a_page_is_cut_between_lines() {
    let name = |_: &TariffCode| "слово ".repeat(2_000);
    let (supplier, contacts, bill) = (supplier(), contacts(), december());
    let facts = bill::Facts {
        bill: &bill,
        contract: "0000",
        name: NAME,
        address: "",
        tariff: &name,
        supplier: &supplier,
        contacts: &contacts,
        format: QrFormat::V3,
    };
    let text = read(&bill::pdf(&facts, Language::Uk));
    assert_eq!(text.matches("слово").count(), 4_000);
}

fn payment<'f>(supplier: &'f Supplier, contacts: &'f Contacts) -> receipt::Facts<'f> {
    receipt::Facts {
        number: "0000-17",
        paid_at: datetime!(2026-11-22 14:05:09),
        contract: "0000",
        name: NAME,
        amount: kopecks(200_50),
        kind: EntryKind::OnlinePayment,
        gateway: Some("LiqPay"),
        returned: None,
        transaction: Some("2469135780"),
        fiscal_link: None,
        supplier,
        contacts,
    }
}

#[test]
fn a_receipt_says_what_was_paid_and_is_no_document_of_a_cash_register() {
    let (supplier, contacts) = (supplier(), contacts());
    let facts = payment(&supplier, &contacts);
    let text = flowing(&receipt::pdf(&facts, Language::Uk));
    assert_has(
        &text,
        &[
            "Квитанція про оплату № 0000-17",
            "22 листопада 2026 р., 14:05",
            "200,50 ₴",
            "двісті гривень 50 копійок",
            "Договір 0000",
            NAME,
            "Оплата онлайн, LiqPay",
            "Номер операції 2469135780",
        ],
    );
    assert!(!text.to_lowercase().contains("фіскальн") && !text.contains("Чек"), "{text}");
    let link = "https://cabinet.tax.gov.ua/cashregs/check?id=1&date=20261122";
    let in_part = receipt::Facts { returned: Some(kopecks(50)), ..facts };
    assert!(
        !text.contains("Повернуто")
            && flowing(&receipt::pdf(&in_part, Language::Uk)).contains("Повернуто платнику 0,50 ₴")
    );
    let with_link = receipt::Facts { fiscal_link: Some(link), ..facts };
    assert!(flowing(&receipt::pdf(&with_link, Language::Uk)).contains(link));
    assert_has(&flowing(&receipt::pdf(&facts, Language::En)), &["Receipt of payment No. 0000-17", "200.50 ₴"]);
    assert_has(&flowing(&receipt::pdf(&facts, Language::Ru)), &["Квитанция об оплате № 0000-17", "двести гривен"]);
}

/// The manual's December: a charge a day, two on the 22nd, and a payment.
fn month(count: i64) -> Sheet {
    let month = Month::new(2014, 12).unwrap();
    let (mut balance, mut entries) = (kopecks(74_20), Vec::new());
    for seq in 1..=count {
        let day = month.first() + Duration::days((seq - 1) % 23);
        let paid = seq % 10 == 0;
        let amount = if paid { kopecks(50_00) } else { kopecks(-1_61) };
        let from = if day.day() == 22 { day - Duration::days(1) } else { day };
        let cover = Cover { from, to: day, fee: kopecks(50_00), days_before: 0, days_after: 1 };
        balance += amount;
        entries.push(Entry {
            seq,
            posted_on: day,
            posted_at: day.midnight().assume_utc(),
            kind: if paid { EntryKind::CashPayment } else { EntryKind::TariffCharge },
            amount,
            balance_after: balance,
            cover: (!paid).then_some(cover),
            tariff: (!paid).then(|| TariffCode::new("home-20")),
            reference: None,
            reverses: None,
            actor: "system".to_owned(),
        });
    }
    let facts = statement::Facts {
        month,
        today: date!(2015 - 01 - 05),
        opened_on: date!(2014 - 01 - 01),
        closed_on: None,
        opening: kopecks(74_20),
        entries,
        later: Vec::new(),
        spells: Vec::new(),
    };
    statement::lay_out(&facts).unwrap()
}

fn statement_facts<'f>(sheet: &'f Sheet, contacts: &'f Contacts) -> cabinet_documents::statement::Facts<'f> {
    cabinet_documents::statement::Facts {
        sheet,
        contract: "0000",
        name: NAME,
        address: "вул. Іванова, 1/2",
        tariff: &name_of,
        made_on: date!(2015 - 01 - 05),
        contacts,
    }
}

fn statement_pdf(sheet: &Sheet, language: Language) -> Vec<u8> {
    cabinet_documents::statement::pdf(&statement_facts(sheet, &contacts()), language)
}

#[test]
fn a_statement_lists_the_month_and_adds_up() {
    let text = flowing(&statement_pdf(&month(23), Language::Uk));
    assert_has(
        &text,
        &[
            "Виписка за договором 0000, грудень 2014",
            "Складено 5 січня 2015 р.",
            "Залишок на початок, 1 грудня 74,20 ₴",
            "Списань на суму 33,81 ₴",
            "Надходжень на суму 100,00 ₴",
            "Залишок на кінець, 31 грудня 140,39 ₴",
            "01.12.2014 Доступ до Інтернету, тариф «Домашній 20» −1,61 72,59",
            "10.12.2014 Готівка в офісі +50,00",
            "22.12.2014 Доступ до Інтернету, тариф «Домашній 20», 21–22 грудня −1,61",
        ],
    );
    assert_has(&flowing(&statement_pdf(&month(0), Language::Uk)), &["Операцій цього місяця не було."]);
    assert_has(&flowing(&statement_pdf(&month(23), Language::En)), &["Statement of contract 0000, December 2014"]);
}

#[test]
fn a_statement_opens_in_a_spreadsheet() {
    let (sheet, contacts) = (month(23), contacts());
    let facts = statement_facts(&sheet, &contacts);
    let text = cabinet_documents::statement::csv(&facts, Language::Uk).replace('\u{a0}', " ");
    let lines: Vec<&str> = text.split("\r\n").collect();
    assert_eq!(lines[0], "\u{feff}Дата;Операція;Тариф;Період з;Період по;\"Сума, ₴\";\"Залишок, ₴\"");
    assert_eq!(lines[1], "01.12.2014;\"Залишок на початок, 1 грудня\";;;;;74,20");
    assert_eq!(lines[2], "01.12.2014;Абонплата;Домашній 20;01.12.2014;01.12.2014;-1,61;72,59");
    assert_eq!(lines[11], "10.12.2014;Готівка в офісі;;;;50,00;109,71");
    assert_eq!(lines[23], "22.12.2014;Абонплата;Домашній 20;21.12.2014;22.12.2014;-1,61;142,00");
    assert_eq!(lines[25..], ["31.12.2014;\"Залишок на кінець, 31 грудня\";;;;;140,39", ""]);
    assert!(lines[1..26].iter().all(|line| line.matches(';').count() == 6));
    // A tariff's name is typed by people.
    let hostile = |_: &TariffCode| "=HYPERLINK(\"http://x\";\"y\")".to_owned();
    let hostile = cabinet_documents::statement::Facts { tariff: &hostile, ..facts };
    let text = cabinet_documents::statement::csv(&hostile, Language::En);
    assert!(text.contains(";\"'=HYPERLINK(\"\"http://x\"\";\"\"y\"\")\";") && !text.contains(";="), "{text}");
    assert!(text.contains("-1,61"), "one form in every language: {text}");
}

#[test]
fn a_month_that_lasts_ends_today() {
    let (sheet, contacts) = (month(5), contacts());
    let facts =
        cabinet_documents::statement::Facts { made_on: date!(2014 - 12 - 06), ..statement_facts(&sheet, &contacts) };
    let pdf = flowing(&cabinet_documents::statement::pdf(&facts, Language::Uk));
    assert!(pdf.contains("Залишок на кінець, 6 грудня") && !pdf.contains("31 грудня"), "{pdf}");
    assert!(cabinet_documents::statement::csv(&facts, Language::En).contains("06.12.2014;"));
}

#[test]
fn a_long_statement_loses_no_entry() {
    let pages = Pdf::read(&statement_pdf(&month(400), Language::Uk)).pages();
    assert!(pages.len() > 5);
    let text = pages.concat();
    assert_eq!(text.matches(".12.2014").count(), 400);
    for page in &pages {
        assert_eq!(page.matches("Операція").count(), 1);
    }
}

#[test]
fn the_guides_last_page_alone_holds_the_password() {
    let contacts = contacts();
    let facts = guide::Facts {
        contract: "0042",
        name: NAME,
        address: "вул. Іванова, 1/2",
        tariff: "Домашній 20",
        password: "Kq7-mB2x-Wd9r",
        connection: None,
        contacts: &contacts,
    };
    let (name, secret) = ("ivan@home", "pt4z-8hnc-w6uy");
    for (language, wanted, label) in [
        (Language::Uk, ["Пам’ятка абонента", "Як увійти", "Перший пароль"], "Пароль підключення"),
        (Language::Ru, ["Памятка абонента", "Как войти", "Первый пароль"], "Пароль подключения"),
        (Language::En, ["Subscriber’s guide", "How to sign in", "First password"], "Password of the connection"),
    ] {
        let pages = Pdf::read(&guide::pdf(&facts, language)).pages();
        assert_eq!(pages.len(), 2);
        let text = pages.concat().replace('\u{a0}', " ");
        assert_has(&text, &wanted);
        assert_has(&text, &["0 800 000 000", "help@example.com", "https://my.example.com"]);
        assert!(!pages[0].contains(facts.password));
        assert_has(&pages[1], &["0042", facts.password, NAME, "Домашній 20"]);
        assert!(!text.contains(label), "nobody signs in at a router");
        let facts = guide::Facts { connection: Some((name, secret)), ..facts };
        let pages = Pdf::read(&guide::pdf(&facts, language)).pages();
        assert_eq!(pages.len(), 2);
        assert!(!pages[0].contains(secret));
        assert_has(&pages[1].replace('\u{a0}', " "), &[facts.password, label, name, secret]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever people are called and whatever sums they owe, a bill is made.
    #[test]
    fn any_text_and_any_sum_can_be_printed(name in any::<String>(), address in ".{0,200}", sum in any::<i64>()) {
        let (supplier, contacts) = (supplier(), contacts());
        let bill = Bill { to_pay: kopecks(sum.saturating_abs()), opening: kopecks(sum), ..december() };
        let facts = bill::Facts {
            bill: &bill,
            contract: "0000",
            name: &name,
            address: &address,
            tariff: &|_| name.clone(),
            supplier: &Supplier { name: name.clone(), ..supplier.clone() },
            contacts: &contacts,
            format: QrFormat::V3,
        };
        let pdf = Pdf::read(&bill::pdf(&facts, Language::Uk));
        prop_assert!(!pdf.pages().is_empty());
    }
}

/// The text behind letters of base64 as addresses have them, without padding.
fn base64url(letters: &str) -> String {
    let value = |letter: u8| match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'-' => 62,
        b'_' => 63,
        other => panic!("{other}"),
    };
    let (mut bytes, mut held, mut bits) = (Vec::new(), 0_u32, 0);
    for letter in letters.bytes() {
        (held, bits) = (held << 6 | u32::from(value(letter)), bits + 6);
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_code_on_the_page_is_read_as_a_telephone_reads_it() {
    for (format, begins) in [(QrFormat::V3, "https://qr.bank.gov.ua/"), (QrFormat::V2Utf8, "https://bank.gov.ua/qr/")] {
        let bill = december();
        let supplier = supplier();
        let facts = bill::Facts {
            bill: &bill,
            contract: "0000",
            name: NAME,
            address: "м. Коростень",
            tariff: &|code: &TariffCode| code.to_string(),
            supplier: &supplier,
            contacts: &contacts(),
            format,
        };
        let shapes = picture::shapes(&Pdf::read(&bill::pdf(&facts, Language::Uk)).first_content());
        let text = picture::read_code(&shapes);
        let [outer, inner] = picture::read_mark(&shapes);
        assert!((0.14..0.16).contains(&outer) && (0.11..outer).contains(&inner), "{outer} and {inner}");
        assert!(text.starts_with(begins), "{text}");
        assert_eq!(text, supplier.transfer("0000", bill.to_pay, format));
        // And it says what a bank has to know, letter by letter.
        let told = base64url(text.strip_prefix(begins).unwrap());
        let lines: Vec<&str> = told.split('\n').collect();
        let sum = format!("UAH{}", bill.to_pay.to_string().trim_end_matches('0').trim_end_matches('.'));
        assert_eq!(lines[5..9], ["ТОВ «ОНЛАЙН»", "UA213223130000026007233566001", &sum, "12345678"]);
        assert!(told.contains("Оплата за послуги Інтернет, договір 0000, без ПДВ"), "{told}");
    }
}
