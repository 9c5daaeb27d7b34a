//! Routers and the secrets of connections by commands.

use crate::office::IVANOV;
use crate::support::Office;

crate::on_both_benches! {
    async fn an_engineer_adds_routers_and_gives_secrets(bench) {
        let office = Office::over(bench);
        office.runs(&["migrate"]);
        office.runs(&IVANOV);
        let added = office.runs_on(&["router", "add", "core", "192.0.2.1"], "a-secret-of-routers\n");
        assert!(added.contains("core is known at 192.0.2.1") && added.contains("restarted"), "{added}");
        office.runs_on(&["router", "add", "east", "192.0.2.2", "--kind", "accel-ppp", "--coa-port", "1700", "--unsigned"], "x");
        assert_eq!(
            office.runs(&["router", "list"]),
            "core  192.0.2.1  mikrotik  changes at port 3799\neast  192.0.2.2  accel-ppp  changes at port 1700, unsigned\n"
        );
        let (_, empty) = office.fails(&["router", "add", "west", "192.0.2.3"]);
        assert!(empty.contains("standard input"), "{empty}");
        office.fails(&["router", "add", "west", "not-an-address"]);
        let shown = office.runs(&["router", "kind", "mikrotik"]);
        assert_eq!(
            shown,
            "mikrotik\n  open    Mikrotik-Rate-Limit := {up_rate}/{down_rate}\n  open    Framed-IP-Address := {ip}\n  \
             open    Delegated-IPv6-Prefix := {prefix}\n  garden  Mikrotik-Rate-Limit := {up_rate}/{down_rate}\n  garden  Mikrotik-Address-List := blocked\n"
        );
        let own = ["router", "kind", "huawei", "--open", "Filter-Id := {down_kbit}", "--garden", "Framed-Pool := blocked"];
        assert_eq!(office.runs(&own), "huawei\n  open    Filter-Id := {down_kbit}\n  garden  Framed-Pool := blocked\n");
        let (code, told) = office.fails(&["router", "kind", "huawei", "--open", "Filter-Id := {speed}"]);
        assert!(code == 2 && told.contains("there is no place {speed}"), "{told}");
        let (code, told) = office.fails(&own[..5]);
        assert!(code == 2 && told.contains("--garden"), "whoever is blocked would go anywhere: {told}");
        assert!(office.runs(&["router", "remove", "east"]).contains("east is forgotten"));
        office.fails(&["router", "remove", "east"]);

        let first = office.runs(&["subscriber", "network-secret", "0042"]);
        assert!(first.starts_with("name    0042\nsecret  "), "{first}");
        assert_eq!(office.runs(&["subscriber", "network-secret", "0042"]), first, "showing changes nothing");
        assert_ne!(office.runs(&["subscriber", "network-secret", "0042", "--new"]), first);
        let typed = office.runs_on(&["subscriber", "network-secret", "0042", "--stdin", "--username", "ivan@home"], "as-before\n");
        assert_eq!(typed, "name    ivan@home\nsecret  as-before\n");
        let renamed = office.runs(&["subscriber", "network-secret", "0042", "--username", "ivan"]);
        assert_eq!(renamed, "name    ivan\nsecret  as-before\n");
        office.fails(&["subscriber", "network-secret", "0042", "--username", "0043"]);
        assert_eq!(office.runs(&["subscriber", "network-secret", "--missing"]), "");
        office.bench.close().await;
    }
}
