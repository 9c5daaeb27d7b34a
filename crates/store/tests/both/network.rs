//! Routers, what signs in at them, and the sessions they tell of.

use crate::support::{NOON, account, after};
use cabinet_store::live_sessions;
use cabinet_store::network_logins::{self, Login};
use cabinet_store::network_sessions::{self, Heard};
use cabinet_store::network_states::{self, NetworkState, Taken};
use cabinet_store::outbox::{self, Task};
use cabinet_store::routers::{self, Line, Router};
use cabinet_store::testing::on_postgres;
use cabinet_store::{StoreError, on_both};
use time::macros::date;
use uuid::Uuid;

fn router(name: &str, address: &str) -> Router {
    Router {
        name: name.to_owned(),
        address: address.to_owned(),
        kind: "mikrotik".to_owned(),
        secret: "s3cret".to_owned(),
        coa_port: 3799,
        signs: true,
        demands: false,
    }
}

#[test]
fn freeradius_sees_the_views_and_no_table() {
    on_postgres(|store| async move {
        let id = account(&store, "0042").await;
        let mut tx = store.write().await.unwrap();
        network_logins::put(&mut tx, id, &login("0042")).await.unwrap();
        tx.commit().await.unwrap();
        for (role, sql, allowed) in [
            ("SET LOCAL ROLE radius_ro", "SELECT CAST(COUNT(*) AS BIGINT) FROM radius.radcheck", true),
            ("SET LOCAL ROLE radius_ro", "SELECT CAST(COUNT(*) AS BIGINT) FROM radius.radreply", true),
            ("SET LOCAL ROLE radius_ro", "SELECT CAST(COUNT(*) AS BIGINT) FROM radius.reply", false),
            ("SET LOCAL ROLE radius_ro", "SELECT CAST(COUNT(*) AS BIGINT) FROM account", false),
            ("SET LOCAL ROLE radius_ro", "SELECT CAST(COUNT(*) AS BIGINT) FROM network_login", false),
            ("SET LOCAL ROLE radius_ro", "SELECT CAST(COUNT(*) AS BIGINT) FROM radius.radacct", false),
            ("SET LOCAL ROLE radius_acct", "SELECT CAST(COUNT(*) AS BIGINT) FROM radius.radacct", true),
            ("SET LOCAL ROLE radius_acct", "SELECT CAST(COUNT(*) AS BIGINT) FROM radius.radcheck", false),
            ("SET LOCAL ROLE radius_acct", "SELECT CAST(COUNT(*) AS BIGINT) FROM network_session", false),
        ] {
            let mut tx = store.write().await.unwrap();
            tx.run(role, ()).await.unwrap();
            assert_eq!(tx.one::<(i64,)>(sql, ()).await.is_ok(), allowed, "{role}: {sql}");
        }
        // Whose a session is, its writer cannot ask.
        let mut tx = store.write().await.unwrap();
        tx.run("SET LOCAL ROLE radius_acct", ()).await.unwrap();
        tx.run(
            "INSERT INTO radius.radacct (acctuniqueid, acctsessionid, username, nasipaddress, acctstarttime, acctupdatetime, \
             acctsessiontime, acctinputoctets, acctoutputoctets) VALUES ('a', 'b', '0042', '192.0.2.1', $1, $1, 0, 0, 0)",
            (NOON,),
        )
        .await
        .unwrap();
        tx.run("RESET ROLE", ()).await.unwrap();
        assert_eq!(network_sessions::of(&mut tx, id, 9).await.unwrap().len(), 1);
    });
}

fn line(access: &str, attribute: &str, value: &str) -> Line {
    Line { access: access.to_owned(), attribute: attribute.to_owned(), op: ":=".to_owned(), value: value.to_owned() }
}

fn login(username: &str) -> Login {
    Login { username: username.to_owned(), secret: "x".to_owned() }
}

/// What a router says a minute after a session began.
fn heard(id: &str, owner: Uuid, seconds: i64) -> Heard {
    Heard {
        id: id.to_owned(),
        account: Some(owner),
        username: "0042".to_owned(),
        router: "192.0.2.1".to_owned(),
        session: "81000001".to_owned(),
        port: None,
        address: Some("198.51.100.7".to_owned()),
        caller: None,
        class: Some("g3".to_owned()),
        began: NOON,
        at: after(seconds),
        stopped: false,
        seconds,
        input_octets: seconds * 10,
        output_octets: seconds * 100,
        ended: None,
    }
}

/// What is wished of an account, taken or not.
fn wished(account: Uuid, generation: i64, profile: &str, taken: bool) -> NetworkState {
    NetworkState {
        account_id: account,
        generation,
        changed_at: NOON,
        profile: Some(profile.to_owned()),
        turns_at: None,
        applied_generation: taken.then_some(generation),
        applied_at: taken.then_some(NOON),
        applied: taken.then(|| profile.to_owned()),
        failure: None,
    }
}

on_both! {
    async fn routers_are_kept_by_name_and_found_by_address(store) {
        let mut tx = store.write().await.unwrap();
        let (first, second) = (router("core", "192.0.2.1"), router("east", "192.0.2.2"));
        routers::put(&mut tx, &second).await.unwrap();
        routers::put(&mut tx, &router("core", "192.0.2.9")).await.unwrap();
        routers::put(&mut tx, &first).await.unwrap();
        assert_eq!(routers::list(&mut tx).await.unwrap(), [first, second.clone()]);
        assert_eq!(routers::by_address(&mut tx, "192.0.2.2").await.unwrap(), Some(second));
        assert_eq!(routers::by_address(&mut tx, "192.0.2.9").await.unwrap(), None);
        assert!(routers::remove(&mut tx, "core").await.unwrap());
        assert!(!routers::remove(&mut tx, "core").await.unwrap());
    }

    async fn two_routers_never_have_one_address(store) {
        let mut tx = store.write().await.unwrap();
        routers::put(&mut tx, &router("core", "192.0.2.1")).await.unwrap();
        assert!(matches!(routers::put(&mut tx, &router("east", "192.0.2.1")).await, Err(StoreError::Conflict)));
    }

    async fn lines_of_a_kind_keep_their_order_and_are_replaced_whole(store) {
        let mut tx = store.write().await.unwrap();
        let lines = [line("open", "Filter-Id", "{down_kbit}"), line("open", "Class", "a"), line("garden", "Framed-Pool", "blocked")];
        routers::put_lines(&mut tx, "accel", &[line("open", "Class", "old")]).await.unwrap();
        routers::put_lines(&mut tx, "accel", &lines).await.unwrap();
        routers::put_lines(&mut tx, "other", &lines[..1]).await.unwrap();
        assert_eq!(routers::lines(&mut tx, "accel").await.unwrap(), lines);
        assert_eq!(routers::kinds(&mut tx).await.unwrap(), ["accel", "other"]);
        routers::put_lines(&mut tx, "accel", &[]).await.unwrap();
        assert_eq!(routers::kinds(&mut tx).await.unwrap(), ["other"]);
    }

    async fn a_name_at_the_routers_is_one_accounts(store) {
        let (id, other) = (account(&store, "0042").await, account(&store, "0043").await);
        let mut tx = store.write().await.unwrap();
        network_logins::put(&mut tx, id, &login("0042")).await.unwrap();
        network_logins::put(&mut tx, id, &login("ivan")).await.unwrap();
        assert_eq!(network_logins::of(&mut tx, id).await.unwrap(), Some(login("ivan")));
        let known = network_logins::by_name(&mut tx, "ivan").await.unwrap().unwrap();
        assert_eq!((known.account_id, known.secret.as_str(), known.generation), (id, "x", 0));
        tx.run("INSERT INTO network_state (account_id, generation, changed_at) VALUES ($1, 7, $2)", (id, NOON)).await.unwrap();
        assert_eq!(network_logins::by_name(&mut tx, "ivan").await.unwrap().unwrap().generation, 7);
        assert!(network_logins::by_name(&mut tx, "0042").await.unwrap().is_none());
        let today = date!(2026 - 11 - 22);
        assert_eq!(network_logins::missing(&mut tx, today, "", 9).await.unwrap(), [(other, "0043".to_owned())]);
        assert_eq!(network_logins::missing(&mut tx, today, "0043", 9).await.unwrap(), []);
        assert!(matches!(network_logins::put(&mut tx, other, &login("ivan")).await, Err(StoreError::Conflict)));
    }

    async fn a_session_is_the_same_in_whatever_order_its_router_tells(store) {
        let (id, other) = (account(&store, "0042").await, account(&store, "0043").await);
        let mut tx = store.write().await.unwrap();
        let began = Heard { address: None, class: None, ..heard("a", id, 0) };
        let stopped = Heard { stopped: true, ended: Some("User-Request".to_owned()), ..heard("a", id, 120) };
        for said in [heard("a", id, 60), began.clone(), heard("a", id, 60), stopped.clone(), heard("a", id, 90), began] {
            network_sessions::record(&mut tx, &said).await.unwrap();
        }
        network_sessions::record(&mut tx, &Heard { began: after(5), ..heard("b", id, 30) }).await.unwrap();
        network_sessions::record(&mut tx, &heard("c", other, 30)).await.unwrap();
        let found = network_sessions::of(&mut tx, id, 9).await.unwrap();
        assert_eq!(found.iter().map(|one| one.id.as_str()).collect::<Vec<_>>(), ["b", "a"]);
        let one = &found[1];
        assert_eq!((one.started_at, one.updated_at, one.stopped_at), (NOON, after(120), Some(after(120))));
        assert_eq!((one.input_octets, one.output_octets), (1200, 12_000));
        assert_eq!((one.address.as_deref(), one.class.as_deref(), one.ended.as_deref()), (Some("198.51.100.7"), Some("g3"), Some("User-Request")));
        assert_eq!(network_sessions::of(&mut tx, id, 1).await.unwrap(), found[..1]);
        assert_eq!(network_sessions::traffic_since(&mut tx, id, after(60)).await.unwrap(), (1200, 12_000));
        assert_eq!(network_sessions::traffic_since(&mut tx, id, NOON).await.unwrap(), (1500, 15_000));
    }

    async fn sessions_of_long_ago_are_forgotten_and_others_stay(store) {
        let id = account(&store, "0042").await;
        let mut tx = store.write().await.unwrap();
        for (name, seconds, stopped) in [("a", 10, true), ("b", 20, true), ("c", 30, true), ("d", 10, false), ("e", 30, false)] {
            let said = Heard { stopped, ..heard(name, id, seconds) };
            network_sessions::record(&mut tx, &said).await.unwrap();
        }
        assert_eq!(network_sessions::forget_before(&mut tx, after(30), 1).await.unwrap(), 2, "one that ended, one of a router that is gone");
        assert_eq!(network_sessions::forget_before(&mut tx, after(30), 1).await.unwrap(), 1);
        assert_eq!(network_sessions::forget_before(&mut tx, after(30), 1).await.unwrap(), 0);
        let mut left: Vec<String> = network_sessions::of(&mut tx, id, 9).await.unwrap().into_iter().map(|one| one.id).collect();
        left.sort_unstable();
        assert_eq!(left, ["c", "e"]);
    }

    async fn open_sessions_are_read_account_by_account_until_their_router_starts_anew(store) {
        let (first, second) = (account(&store, "0042").await, account(&store, "0043").await);
        let (first, second) = (first.min(second), first.max(second));
        let mut tx = store.write().await.unwrap();
        for said in [heard("a", first, 60), heard("b", second, 60), Heard { stopped: true, ..heard("c", second, 60) }] {
            network_sessions::record(&mut tx, &said).await.unwrap();
        }
        let elsewhere = Heard { router: "192.0.2.2".to_owned(), began: after(9), ..heard("d", second, 60) };
        network_sessions::record(&mut tx, &elsewhere).await.unwrap();
        let ids = |found: Vec<network_sessions::Open>| found.into_iter().map(|one| one.id).collect::<Vec<_>>();
        assert_eq!(ids(network_sessions::open_of(&mut tx, second).await.unwrap()), ["d", "b"]);
        assert_eq!(ids(network_sessions::open_after(&mut tx, Uuid::nil(), 9).await.unwrap()), ["a", "d", "b"]);
        assert_eq!(ids(network_sessions::open_after(&mut tx, first, 1).await.unwrap()), ["d"]);
        assert_eq!(network_sessions::end_all(&mut tx, "192.0.2.1", after(-1), "Accounting-On").await.unwrap(), 0);
        assert_eq!(network_sessions::end_all(&mut tx, "192.0.2.1", after(99), "Accounting-On").await.unwrap(), 2);
        assert_eq!(ids(network_sessions::open_after(&mut tx, Uuid::nil(), 9).await.unwrap()), ["d"]);
        let ended = &network_sessions::of(&mut tx, first, 9).await.unwrap()[0];
        assert_eq!((ended.stopped_at, ended.ended.as_deref()), (Some(after(99)), Some("Accounting-On")));
    }

    async fn what_is_wished_and_what_was_taken_of_many_is_as_of_one(store) {
        let (one, other) = (account(&store, "1").await, account(&store, "2").await);
        let mut tx = store.write().await.unwrap();
        let first = [wished(one, 1, "open 20000/20000", true), wished(other, 1, "open 50000/50000", true)];
        network_states::wish_many(&mut tx, &first).await.unwrap();
        let mut locked = network_states::lock_many(&mut tx, &[other, one]).await.unwrap();
        locked.sort_by_key(|state| state.account_id != one);
        assert_eq!(locked, first);
        let changed = NetworkState { turns_at: Some(after(60)), ..wished(one, 2, "open 100000/100000", false) };
        network_states::wish(&mut tx, &changed).await.unwrap();
        network_states::fail(&mut tx, one, 2, "silent").await.unwrap();
        let kept = network_states::find(&mut tx, one).await.unwrap().unwrap();
        assert_eq!((kept.is_taken(), kept.applied.as_deref(), kept.failure.as_deref()), (false, Some("open 20000/20000"), Some("silent")), "what was taken stays");
        let behind = network_states::behind(&mut tx).await.unwrap();
        assert_eq!((behind.waiting, behind.failing), (1, 1));
        assert_eq!(network_states::lagging(&mut tx, 5).await.unwrap()[0].contract, "1");
        let taken = |account, generation| Taken { account, generation, profile: "open 100000/100000".to_owned() };
        assert!(network_states::take_many(&mut tx, &[taken(one, 2)], after(9)).await.unwrap().is_empty());
        assert_eq!(network_states::take_many(&mut tx, &[taken(one, 1), taken(other, 1)], after(9)).await.unwrap(), [one], "an older one came last");
        assert!(network_states::doubt(&mut tx, one).await.unwrap());
        assert!(!network_states::doubt(&mut tx, one).await.unwrap(), "they are told again anyway");
        let ids = ["SELECT account_id FROM network_state WHERE account_id = ANY($1)",
            "SELECT account_id FROM network_state WHERE account_id IN (SELECT unhex(value) FROM json_each($1))"];
        let found: Vec<(Uuid,)> = tx.all_of(ids, &[one], None).await.unwrap();
        assert_eq!(found, [(one,)]);
        assert!(network_states::lock(&mut tx, one).await.unwrap().is_some());
        network_states::forget(&mut tx, one).await.unwrap();
        assert!(network_states::lock(&mut tx, one).await.unwrap().is_none());
        assert!(live_sessions::served_lines(&mut tx).await.unwrap().is_empty());
    }

    async fn many_are_stopped_at_once_and_whoever_is_stopped_already_is_not_told_again(store) {
        let (one, other) = (account(&store, "1").await, account(&store, "2").await);
        let mut tx = store.write().await.unwrap();
        network_states::wish(&mut tx, &wished(other, 4, "open 20000/20000", true)).await.unwrap();
        let stopped = network_states::wish_one(&mut tx, &[one, other], "garden 1000/1000", after(5)).await.unwrap();
        assert_eq!(stopped.len(), 2);
        let state = network_states::find(&mut tx, other).await.unwrap().unwrap();
        assert_eq!((state.generation, state.is_taken(), state.profile.as_deref()), (5, false, Some("garden 1000/1000")));
        assert!(network_states::wish_one(&mut tx, &[one, other], "garden 1000/1000", after(6)).await.unwrap().is_empty());
    }

    async fn tasks_of_the_network_are_claimed_by_themselves(store) {
        let id = account(&store, "1").await;
        let task = |due| Task { id: Uuid::now_v7(), topic: "network".to_owned(), account_id: Some(id), body: "{}".to_owned(), created_at: NOON, due_at: after(due) };
        let tasks = [task(0), task(1), task(60)];
        let mut tx = store.write().await.unwrap();
        outbox::put_bulk(&mut tx, &tasks).await.unwrap();
        assert!(!outbox::any_due(&mut tx, after(10)).await.unwrap());
        assert!(outbox::claim(&mut tx, after(10), after(40), 10).await.unwrap().is_empty());
        assert!(outbox::network_due(&mut tx, after(10)).await.unwrap());
        assert_eq!(outbox::claim_network(&mut tx, after(10), after(40), 1).await.unwrap().len(), 1);
        let second = outbox::claim_network(&mut tx, after(10), after(40), 10).await.unwrap();
        assert_eq!(second.iter().map(|task| task.id).collect::<Vec<_>>(), [tasks[1].id]);
        assert!(!outbox::network_due(&mut tx, after(39)).await.unwrap());
        outbox::finish_many(&mut tx, &[tasks[0].id, tasks[1].id], after(40), after(20)).await.unwrap();
        assert!(!outbox::network_due(&mut tx, after(50)).await.unwrap(), "done");
        assert!(outbox::network_due(&mut tx, after(60)).await.unwrap());
    }

    async fn sessions_that_run_come_with_their_routers(store) {
        let id = account(&store, "1").await;
        let mut tx = store.write().await.unwrap();
        routers::put(&mut tx, &router("core", "192.0.2.1")).await.unwrap();
        network_sessions::record(&mut tx, &heard("a", id, 60)).await.unwrap();
        network_sessions::record(&mut tx, &Heard { router: "192.0.2.9".to_owned(), ..heard("b", id, 1) }).await.unwrap();
        network_sessions::record(&mut tx, &Heard { stopped: true, ..heard("c", id, 70) }).await.unwrap();
        let live = live_sessions::of_many(&mut tx, &[id], after(30)).await.unwrap();
        assert_eq!(live.iter().map(|one| (one.name.as_deref(), one.coa_port)).collect::<Vec<_>>(), [(Some("core"), Some(3799))]);
        let all = live_sessions::of_many(&mut tx, &[id], NOON).await.unwrap();
        assert_eq!(all.iter().filter(|one| one.name.is_none()).count(), 1, "a router nobody knows");
        assert_eq!(live_sessions::accounts(&mut tx, Uuid::nil(), NOON, 9).await.unwrap(), [id]);
        assert!(live_sessions::accounts(&mut tx, id, NOON, 9).await.unwrap().is_empty());
    }
}
