//! A terminal's section in the configuration.

use cabinet_gateways::terminal::{DialectName, Settings, SettingsError, Terminal};

fn open(name: &str, settings: &str) -> Result<Terminal, SettingsError> {
    Terminal::new(name, &toml::from_str(settings).expect("settings"))
}

const OSMP: &str = "dialect = 'osmp'\nallow = ['192.0.2.1']\n";

#[test]
fn a_section_is_read_and_defaults_are_safe() {
    let settings: Settings = toml::from_str(OSMP).expect("settings");
    assert!(!settings.on);
    assert_eq!((settings.min.kopecks(), settings.max.kopecks()), (1_00, 1_000_000_00));
    let terminal = Terminal::new("osmp-1", &settings).expect("a terminal");
    assert_eq!((terminal.name(), terminal.dialect()), ("osmp-1", DialectName::Osmp));
    assert!(terminal.admits("192.0.2.1".parse().expect("an address")));
    assert!(!terminal.admits("192.0.2.2".parse().expect("an address")));
    for dialect in DialectName::ALL {
        let read: Settings = toml::from_str(&format!("dialect = '{dialect}'")).expect("its name");
        assert_eq!(read.dialect, dialect);
    }
}

#[test]
fn unknown_keys_and_values_are_refused() {
    for wrong in [
        "",
        "dialect = 'qiwi'",
        "dialect = 'osmp'\nallowed = []",
        "dialect = 'osmp'\nallow = ['example.ua']",
        "dialect = 'osmp'\nallow = ['192.0.2.1/33']",
        "dialect = 'osmp'\nmin = '1.001'",
        "dialect = 'osmp'\nmin = 1.0",
        "dialect = 'osmp'\ncodes = { no_acount = 1 }",
    ] {
        assert!(toml::from_str::<Settings>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn what_does_not_fit_the_dialect_is_named() {
    let error = |settings: &str| open("t", settings).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(error("dialect = 'osmp'").contains("`allow`"));
    assert!(error(&format!("{OSMP}min = '0.00'")).contains("`min`"));
    assert!(error(&format!("{OSMP}min = '2.00'\nmax = '1.99'")).contains("`max`"));
    assert!(error(&format!("{OSMP}max = '1000000.01'")).contains("1000000.00"));
    assert!(error(&format!("{OSMP}codes = {{ no_account = 0 }}")).contains("success"));
    assert!(error(&format!("{OSMP}login = 'x'")).contains("`login`"));
    assert!(error(&format!("{OSMP}repeat_is_error = true")).contains("`repeat_is_error`"));
    let city = "dialect = 'city24_xml'\nallow = ['::1']\nlogin = 'x'\n";
    assert!(error(city).contains("`password`"));
    let easypay = "dialect = 'easypay'\nallow = ['::1']\n";
    assert!(error(easypay).contains("`service`"));
    let one_key = format!("{easypay}service = '1'\ntheir_key = 'x'\n");
    assert!(error(&one_key).contains("`our_key`"));
    assert!(error(&format!("{one_key}our_key = 'x'")).contains("PEM"));
    for name in ["", "Osmp", "o_s", "../x", "o s", &"o".repeat(33)] {
        assert!(matches!(open(name, OSMP), Err(SettingsError::Name)), "{name}");
    }
}

#[test]
fn no_secret_is_printed() {
    let settings = "dialect = 'city24_xml'\nallow = ['::1']\nlogin = 'x'\npassword = 'hunter2'";
    let settings: Settings = toml::from_str(settings).expect("settings");
    let terminal = Terminal::new("t", &settings).expect("a terminal");
    assert!(!format!("{settings:?} {terminal:?}").contains("hunter2"));
}
