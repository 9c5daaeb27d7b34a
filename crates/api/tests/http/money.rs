//! The header, the statement, the book, the forecast.

use crate::harness::{Cabinet, TODAY};
use cabinet_core::Money;
use cabinet_core::calendar::days;
use cabinet_service::demo;
use cabinet_store::on_both;
use serde_json::{Value, json};
use time::macros::{date, time};

on_both! {
    async fn the_header_is_small_polled_and_dated(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        let first = cabinet.get("/api/v1/me").by(&person).send().await;
        insta::assert_json_snapshot!("overview", first.json());
        assert!(first.text.len() <= 500, "{} bytes", first.text.len());
        assert_eq!(first.header("cache-control"), "private, no-cache");
        let tag = first.header("etag").to_owned();
        let again = cabinet.get("/api/v1/me").by(&person).header("if-none-match", &tag).send().await;
        assert_eq!((again.status, again.text.as_str()), (304, ""));
        cabinet.at(TODAY.next_day().unwrap(), time!(0:00:30));
        let person = cabinet.again(&person).await;
        let tomorrow = cabinet.get("/api/v1/me").by(&person).header("if-none-match", &tag).send().await;
        assert_eq!(tomorrow.status, 200);
        assert_eq!(tomorrow.json()["today"], "2026-11-11");
        cabinet.close().await;
    }

    async fn the_header_is_small_in_every_state(store) {
        let cabinet = Cabinet::open_demo(store).await;
        let manual = cabinet.service().find_contract(&"0000".parse().unwrap()).await.unwrap();
        cabinet.service().suspend(cabinet_service::Actor::Staff, manual, "на прохання абонента до кінця ремонту").await.unwrap();
        for subscriber in demo::SUBSCRIBERS {
            let tokens = cabinet.sign_in(subscriber.login, demo::PASSWORD).await.json();
            let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
            let header = cabinet.get("/api/v1/me").header("authorization", &bearer).header("accept-encoding", "gzip, br");
            let length: usize = header.send().await.header("content-length").parse().unwrap();
            assert!(length <= 500, "{}: {length} bytes", subscriber.login);
        }
        cabinet.close().await;
    }

    async fn december_of_the_manual(store) {
        let cabinet = Cabinet::open(store).await;
        cabinet.at(date!(2014 - 11 - 30), time!(12:00));
        let (id, _) = cabinet.register("0000", "home-20", 25_87).await;
        for day in days(date!(2014 - 12 - 01), date!(2014 - 12 - 23)).filter(|day| day.day() != 21) {
            cabinet.at(day, time!(0:05));
            cabinet.service().run_day(day, |_, _| ()).await.unwrap();
            if day.day() == 10 {
                cabinet.service().pay_cash(cabinet_service::Actor::Staff, id, Money::from_kopecks(50_00), None).await.unwrap();
            }
        }
        let code = cabinet.service().issue_recovery_code(cabinet_service::Actor::Staff, "0000").await.unwrap();
        let recovery = json!({ "login": "0000", "code": code, "new_password": crate::harness::PASSWORD });
        assert_eq!(cabinet.post("/api/v1/auth/recovery/confirm").json(&recovery).send().await.status, 204);
        let tokens = cabinet.sign_in("0000", crate::harness::PASSWORD).await.json();
        let bearer = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
        let month = |month: &'static str| {
            cabinet.get(&format!("/api/v1/me/statement?month={month}")).header("authorization", &bearer)
        };
        let december = month("2014-12").send().await.json();
        assert_eq!([&december["opening"], &december["paid"], &december["charged"], &december["closing"]], ["24.20", "50.00", "37.10", "37.10"]);
        let weeks: Vec<&Value> = december["weeks"].as_array().unwrap().iter().map(|week| &week["iso_week"]).collect();
        assert_eq!(weeks, [49, 50, 51, 52, 1]);
        insta::assert_snapshot!("december", calendar(&december));
        insta::assert_json_snapshot!("day_22", december["weeks"][3]["days"][0]);
        for (outside, status) in [("2014-10", "404 month_outside"), ("2015-01", "404 month_outside"), ("2014-13", "400 bad_request")] {
            assert_eq!(month(outside).send().await.problem(), status, "{outside}");
        }
        let packed = month("2014-12").header("accept-encoding", "br, gzip").send().await;
        assert_eq!(packed.header("content-encoding"), "gzip");
        assert!(packed.header("content-length").parse::<usize>().unwrap() <= 2500);
        cabinet.close().await;
    }

    async fn the_book_is_read_page_by_page(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 100_00).await;
        for number in 0..5 {
            cabinet.service().pay_cash(cabinet_service::Actor::Staff, person.id, Money::from_kopecks(1_00 + number), None).await.unwrap();
        }
        let first = cabinet.get("/api/v1/me/entries?limit=4").by(&person).send().await.json();
        let seqs = |page: &Value| page["items"].as_array().unwrap().iter().map(|entry| entry["seq"].as_i64().unwrap()).collect::<Vec<_>>();
        assert_eq!(seqs(&first), [7, 6, 5, 4]);
        let next = first["next"].as_str().unwrap();
        let second = cabinet.get(&format!("/api/v1/me/entries?limit=4&cursor={next}")).by(&person).send().await.json();
        assert_eq!((seqs(&second), &second["next"]), (vec![3, 2, 1], &Value::Null));
        let charges = cabinet.get("/api/v1/me/entries?kind=tariff_charge").by(&person).send().await.json();
        assert_eq!(seqs(&charges), [2]);
        insta::assert_json_snapshot!("entry", cabinet.get("/api/v1/me/entries/2").by(&person).header("accept-language", "en").send().await.json());
        assert_eq!(cabinet.get("/api/v1/me/entries/99").by(&person).send().await.problem(), "404 not_found");
        for query in ["limit=0", "limit=101", "limit=x", "from=2026-13-01", "from=2026-11-02&to=2026-11-01", "kind=gift", "cursor=x", "color=red", "limit=1&limit=2", "from=9999-99-99"] {
            let answer = cabinet.get(&format!("/api/v1/me/entries?{query}")).by(&person).send().await;
            assert_eq!(answer.problem(), "400 bad_request", "{query}");
        }
        cabinet.close().await;
    }

    async fn the_forecast_tells_what_comes(store) {
        let cabinet = Cabinet::open(store).await;
        let person = cabinet.person("1001", "home-20", 30_00).await;
        let forecast = cabinet.get("/api/v1/me/forecast?days=40").by(&person).send().await.json();
        insta::assert_json_snapshot!("forecast", forecast, { ".coming" => "[40 days]", ".with_payment" => "[40 days]" });
        assert_eq!(forecast["coming"].as_array().unwrap().len(), 40);
        assert_eq!(forecast["coming"][19]["served"], false);
        assert_eq!(forecast["with_payment"][19]["served"], true);
        for days in ["0", "401", "-1", "many"] {
            let answer = cabinet.get(&format!("/api/v1/me/forecast?days={days}")).by(&person).send().await;
            assert_eq!(answer.problem(), "400 bad_request", "{days}");
        }
        cabinet.close().await;
    }
}

/// The calendar as the manual prints it: a week a line.
fn calendar(statement: &Value) -> String {
    let cell = |day: &Value| -> String {
        let sum = |name: &str| day[name].as_str().unwrap().to_owned();
        match day["empty"].as_str() {
            _ if day["state"] == "outside" => ".".to_owned(),
            Some("charged_later") => format!("see {}", &day["charged_on"].as_str().unwrap()[8..]),
            Some(reason) => reason.to_owned(),
            None if sum("charged") == "0.00" => "-".to_owned(),
            None if sum("paid") == "0.00" => format!("-{}", sum("charged")),
            None => format!("-{} +{}", sum("charged"), sum("paid")),
        }
    };
    let weeks = statement["weeks"].as_array().unwrap().iter().map(|week| {
        let days: Vec<String> = week["days"].as_array().unwrap().iter().map(cell).collect();
        format!("{:02} | {}", week["iso_week"].as_i64().unwrap(), days.join(" | "))
    });
    weeks.collect::<Vec<_>>().join("\n")
}
