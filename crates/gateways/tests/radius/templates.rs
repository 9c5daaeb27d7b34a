//! Lines of configuration become attributes, in the direction each router counts.

use cabinet_gateways::radius::template::{Line, LineError, PRESETS, Values};

fn values() -> Values {
    Values { down_kbit: 100_000, up_kbit: 50_000, ..Values::default() }
}

fn filled(kind: &str, values: &Values) -> Vec<String> {
    let preset = PRESETS.iter().find(|preset| preset.name == kind).unwrap();
    let lines = preset.served.iter().map(|line| line.parse::<Line>().unwrap());
    lines
        .filter_map(|line| Some(format!("{} {} {}", line.attribute.name, line.op.as_str(), line.fill(values)?)))
        .collect()
}

#[test]
fn each_router_reads_its_own_direction() {
    // Seen from the router what it receives comes first: the subscriber's upload.
    assert_eq!(filled("mikrotik", &values()), ["Mikrotik-Rate-Limit := 50M/100M"]);
    assert_eq!(filled("accel-ppp", &values()), ["Filter-Id := 100000/50000"]);
    assert_eq!(
        filled("cisco", &values()),
        ["Cisco-AVPair += ip:sub-qos-policy-in=up-50000", "Cisco-AVPair += ip:sub-qos-policy-out=down-100000"]
    );
    assert_eq!(filled("juniper", &values()), ["ERX-Service-Activate := svc(100000k,50000k)"]);
    let with_address = Values { ip: Some([192, 0, 2, 7].into()), up_kbit: 1_500, ..values() };
    assert_eq!(
        filled("mikrotik", &with_address),
        ["Mikrotik-Rate-Limit := 1500k/100M", "Framed-IP-Address := 192.0.2.7"]
    );
    let routed = Values { prefix: Some("2001:db8:7::/56".to_owned()), ..with_address };
    for preset in PRESETS {
        let told = filled(preset.name, &routed);
        assert_eq!(
            told[told.len() - 2..],
            ["Framed-IP-Address := 192.0.2.7", "Delegated-IPv6-Prefix := 2001:db8:7::/56"]
        );
    }
}

#[test]
fn every_preset_can_travel() {
    let values = Values { ip: Some([192, 0, 2, 7].into()), prefix: Some("2001:db8:7::/56".to_owned()), ..values() };
    for line in PRESETS.iter().flat_map(|preset| preset.served.iter().chain(preset.garden)) {
        let parsed: Line = line.parse().unwrap();
        assert!(matches!(parsed.attribute(&values), Some(Ok(_))), "{line}");
    }
}

#[test]
fn lines_that_mean_nothing_are_named() {
    let refused = |line: &str| line.parse::<Line>().unwrap_err();
    assert_eq!(refused("Mikrotik-Rate-Limit 1M/1M"), LineError::Form);
    assert_eq!(refused("Mikrotik-Rate := 1M"), LineError::Attribute("Mikrotik-Rate".to_owned()));
    assert_eq!(refused("Filter-Id := {speed}"), LineError::Place("speed".to_owned()));
    assert_eq!(refused("Filter-Id := {down_kbit"), LineError::Brace);
    assert_eq!(refused("Filter-Id := down_kbit}"), LineError::Brace);
    let told = refused("Filter-Id := {speed}").to_string();
    assert!(told.contains("{speed}") && told.contains("down_kbit, up_kbit"), "{told}");
}
