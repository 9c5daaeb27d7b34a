//! What settings may say.

use super::{liqpay, monobank, sandbox, wayforpay};
use cabinet_gateways::acquirer::{AcquirerSettings, SettingsError};

fn read(text: &str) -> Result<AcquirerSettings, serde_json::Error> {
    serde_json::from_str(text)
}

fn everything() -> AcquirerSettings {
    AcquirerSettings {
        liqpay: liqpay::settings("https://www.liqpay.ua").liqpay,
        monobank: monobank::settings("https://api.monobank.ua").monobank,
        wayforpay: wayforpay::settings("https://api.wayforpay.com").wayforpay,
        sandbox: sandbox::settings().sandbox,
        ..AcquirerSettings::default()
    }
}

/// Why these settings build nothing.
fn error(settings: &AcquirerSettings) -> SettingsError {
    settings.build(true).err().expect("refused")
}

#[test]
fn nothing_is_on_by_itself() {
    let acquirers = read("{}").expect("settings").build(false).expect("acquirers");
    assert!(acquirers.all().is_empty() && acquirers.sandbox().is_none());
}

#[test]
fn each_is_found_by_its_code() {
    let acquirers = everything().build(true).expect("acquirers");
    let codes: Vec<_> = acquirers.all().iter().map(|acquirer| acquirer.code()).collect();
    assert_eq!(codes, ["liqpay", "monobank", "wayforpay", "sandbox"]);
    for code in codes {
        assert_eq!(acquirers.get(code).expect(code).code(), code);
    }
    assert!(acquirers.get("LiqPay").is_none() && acquirers.sandbox().is_some());
}

#[test]
fn what_is_unknown_is_refused() {
    for odd in [
        r#"{"liqpay":{"enabled":true,"privatekey":"x"}}"#,
        r#"{"paypal":{}}"#,
        r#"{"monobank":{"enabled":"yes"}}"#,
        r#"{"wayforpay":{"pay_urls":"x"}}"#,
        r#"{"sandbox":{"later":1}}"#,
    ] {
        assert!(read(odd).is_err(), "{odd}");
    }
    let read = read(r#"{"timeout_ms":5000,"liqpay":{"enabled":true,"version":3,"public_key":"i1","private_key":"k"}}"#);
    assert_eq!(read.expect("settings").build(false).expect("acquirers").all().len(), 1);
}

#[test]
fn what_is_missing_is_named() {
    for (settings, name) in [
        (r#"{"liqpay":{"enabled":true}}"#, "liqpay.public_key"),
        (r#"{"liqpay":{"enabled":true,"public_key":"i1"}}"#, "liqpay.private_key or liqpay.private_key_file"),
        (r#"{"monobank":{"enabled":true,"token":" "}}"#, "monobank.token or monobank.token_file"),
        (r#"{"wayforpay":{"enabled":true}}"#, "wayforpay.merchant_account"),
        (r#"{"sandbox":{"enabled":true}}"#, "sandbox.secret or sandbox.secret_file"),
    ] {
        assert_eq!(error(&read(settings).expect("settings")), SettingsError::Missing(name));
    }
}

#[test]
fn secrets_come_from_files_too() {
    let file = std::env::temp_dir().join(format!("cabinet-gateways-{}.key", std::process::id()));
    std::fs::write(&file, "uTokenOfAFile\n").expect("a file");
    let mut settings = monobank::settings("https://api.monobank.ua");
    settings.monobank.token_file = Some(file.clone());
    assert_eq!(error(&settings), SettingsError::Unfit("monobank.token or monobank.token_file", "given once"));
    settings.monobank.token = None;
    assert!(settings.build(false).is_ok());
    std::fs::remove_file(&file).expect("removed");
    assert_eq!(error(&settings), SettingsError::File("monobank.token or monobank.token_file"));
}

#[test]
fn requests_leave_this_machine_only_over_tls() {
    for url in [
        "http://api.liqpay.ua",
        "http://127.0.0.1.evil.example",
        "http://10.0.0.1",
        "ftp://www.liqpay.ua",
        "https://user:key@www.liqpay.ua",
        "https://www.liqpay.ua?x=1",
        "https://www.liqpay.ua#x",
        "www.liqpay.ua",
        "",
        "file:///etc/passwd",
    ] {
        let refused = error(&liqpay::settings(url));
        assert!(matches!(refused, SettingsError::Unfit("liqpay.api_url", _)), "{url}: {refused}");
    }
    for url in ["http://127.0.0.1:1", "http://localhost:1/", "http://[::1]:1", "https://proxy.example/liqpay/"] {
        assert!(liqpay::settings(url).build(false).is_ok(), "{url}");
    }
}

#[test]
fn test_money_is_refused_where_only_real_money_counts() {
    type Change = fn(&mut AcquirerSettings);
    let cases: [(&str, AcquirerSettings, Change); 4] = [
        ("liqpay", liqpay::settings("https://www.liqpay.ua"), |s| s.liqpay.test_mode = true),
        ("liqpay", liqpay::settings("https://www.liqpay.ua"), |s| s.liqpay.public_key = "sandbox_i1".to_owned()),
        ("monobank", monobank::settings("https://api.monobank.ua"), |s| s.monobank.test_mode = true),
        // The documentation's merchant is a test one whatever is set.
        ("wayforpay", wayforpay::settings("https://api.wayforpay.com"), |_| ()),
    ];
    for (code, mut settings, change) in cases {
        change(&mut settings);
        assert_eq!(settings.build(false).err(), Some(SettingsError::TestMoney(code)));
        assert!(settings.build(true).is_ok());
    }
    assert_eq!(sandbox::settings().build(false).err(), Some(SettingsError::TestMoney("sandbox")));
}

#[test]
fn limits_and_versions_are_checked() {
    let liqpay = || liqpay::settings("https://www.liqpay.ua");
    for version in [0, 2, 4, 6, 8] {
        let mut settings = liqpay();
        settings.liqpay.version = version;
        assert_eq!(error(&settings), SettingsError::Unfit("liqpay.version", "3 or 7"));
    }
    for (connect, whole) in [(0, 1), (1, 0), (30_001, 1), (1, 60_001)] {
        let settings = AcquirerSettings { connect_timeout_ms: connect, timeout_ms: whole, ..liqpay() };
        assert!(matches!(error(&settings), SettingsError::Unfit(..)));
    }
    let mut settings = sandbox::settings();
    settings.sandbox.secret = Some("short".into());
    assert!(matches!(error(&settings), SettingsError::Unfit(..)));
    let mut settings = monobank::settings("https://api.monobank.ua");
    settings.monobank.token = Some("a\nb".into());
    assert!(matches!(error(&settings), SettingsError::Unfit(..)));
}

#[test]
fn secrets_are_not_printed() {
    let printed = format!("{:?}", everything());
    for secret in ["a4825234f4bae72a0be04eafe9e8e2bada209255", "uTestToken", "flk3409", "a secret of tests"] {
        assert!(!printed.contains(secret), "{secret}");
    }
}
