use crate::support::{NOON, account, after};
use cabinet_store::on_both;
use cabinet_store::outbox::{self, Claimed, Task};
use time::OffsetDateTime;
use uuid::Uuid;

fn task(account: Uuid, due_at: OffsetDateTime) -> Task {
    let body = "{}".to_owned();
    Task {
        id: Uuid::now_v7(),
        topic: "payment_poll".to_owned(),
        account_id: Some(account),
        body,
        created_at: NOON,
        due_at,
    }
}

fn ids(claimed: &[Claimed]) -> Vec<Uuid> {
    claimed.iter().map(|task| task.id).collect()
}

on_both! {
    async fn a_task_is_held_by_one_worker_until_its_lease_runs_out(store) {
        let id = account(&store, "0000").await;
        let (first, second, later) = (task(id, NOON), task(id, after(1)), task(id, after(60)));
        let mut tx = store.write().await.unwrap();
        for one in [&later, &second, &first] {
            outbox::put(&mut tx, one).await.unwrap();
        }
        assert!(outbox::any_due(&mut tx, after(10)).await.unwrap());
        let claimed = outbox::claim(&mut tx, after(10), after(40), 10).await.unwrap();
        assert_eq!(ids(&claimed), [first.id, second.id]);
        assert_eq!((claimed[0].attempts, claimed[0].topic.as_str(), claimed[0].account_id), (1, "payment_poll", Some(id)));
        assert!(outbox::claim(&mut tx, after(39), after(70), 10).await.unwrap().is_empty());
        assert!(!outbox::any_due(&mut tx, after(39)).await.unwrap());
        let again = outbox::claim(&mut tx, after(40), after(70), 1).await.unwrap();
        assert_eq!((ids(&again), again[0].attempts), (vec![first.id], 2));
    }

    async fn a_thousand_of_one_topic_leave_the_others_their_turn(store) {
        let id = account(&store, "0000").await;
        let of = |topic: &str, due_at| Task { topic: topic.to_owned(), ..task(id, due_at) };
        let bills: Vec<Task> = (0..1_000).map(|_| of("bill", NOON)).collect();
        let (code, poll) = (of("notice", after(20)), of("payment_poll", after(30)));
        let mut tx = store.write().await.unwrap();
        outbox::put_bulk(&mut tx, &bills).await.unwrap();
        outbox::put_bulk(&mut tx, &[code.clone(), poll.clone()]).await.unwrap();
        let first = outbox::claim(&mut tx, after(30), after(60), 7).await.unwrap();
        let topics: Vec<&str> = first.iter().map(|task| task.topic.as_str()).collect();
        assert_eq!(topics, ["payment_poll", "notice", "bill", "bill", "bill"]);
        assert_eq!(ids(&first[..2]), [poll.id, code.id]);
        let mut oldest: Vec<Uuid> = bills.iter().map(|task| task.id).collect();
        oldest.sort_unstable();
        assert_eq!(ids(&first[2..]), oldest[..3]);
        assert_eq!(outbox::claim(&mut tx, after(30), after(60), 7).await.unwrap().len(), 3, "bills still");
    }

    async fn two_workers_share_the_tasks(store) {
        let id = account(&store, "0000").await;
        let mut tx = store.write().await.unwrap();
        for _ in 0..40 {
            outbox::put(&mut tx, &task(id, NOON)).await.unwrap();
        }
        tx.commit().await.unwrap();
        let worker = async || {
            let mut held = Vec::new();
            loop {
                let mut tx = store.write().await.unwrap();
                let some = outbox::claim(&mut tx, NOON, after(60), 7).await.unwrap();
                tx.commit().await.unwrap();
                if some.is_empty() {
                    return held;
                }
                held.extend(ids(&some));
            }
        };
        let (mut one, mut two) = tokio::join!(worker(), worker());
        one.append(&mut two);
        one.sort_unstable();
        one.dedup();
        assert!(one.len() == 40, "{} of 40", one.len());
    }

    async fn a_task_ends_done_or_dead_or_is_tried_again(store) {
        let id = account(&store, "0000").await;
        let (done, dead, again) = (task(id, NOON), task(id, NOON), task(id, NOON));
        let mut tx = store.write().await.unwrap();
        for one in [&done, &dead, &again] {
            outbox::put(&mut tx, one).await.unwrap();
        }
        let held = outbox::claim(&mut tx, NOON, after(60), 10).await.unwrap();
        let of = |one: &Task| held.iter().find(|claimed| claimed.id == one.id).unwrap().clone();
        assert!(outbox::finish(&mut tx, &of(&done), after(1)).await.unwrap());
        assert!(outbox::bury(&mut tx, &of(&dead), after(1), "nobody there").await.unwrap());
        assert!(outbox::postpone(&mut tx, &of(&again), after(30), "slow").await.unwrap());
        assert!(outbox::claim(&mut tx, after(29), after(90), 10).await.unwrap().is_empty());
        let held = outbox::claim(&mut tx, after(30), after(90), 10).await.unwrap();
        assert_eq!((ids(&held), held[0].attempts), (vec![again.id], 2));
        assert!(outbox::repeat(&mut tx, &held[0], after(91)).await.unwrap());
        let held = outbox::claim(&mut tx, after(91), after(150), 10).await.unwrap();
        assert_eq!((ids(&held), held[0].attempts), (vec![again.id], 1), "what went well counts from the beginning");
        let mine = outbox::claim(&mut tx, after(150), after(210), 10).await.unwrap().remove(0);
        let late = &held[0];
        assert!(!outbox::finish(&mut tx, late, after(151)).await.unwrap(), "whoever lost the lease concludes nothing");
        assert!(!outbox::bury(&mut tx, late, after(151), "late").await.unwrap());
        assert!(!outbox::postpone(&mut tx, late, after(151), "late").await.unwrap());
        assert!(!outbox::repeat(&mut tx, late, after(151)).await.unwrap());
        assert!(outbox::postpone(&mut tx, &mine, after(300), "slow").await.unwrap());
        assert_eq!(outbox::forget_before(&mut tx, after(2)).await.unwrap(), 1, "the dead one stays for staff to see");
    }

    async fn waiting_counts_no_try_and_what_is_over_is_forgotten(store) {
        let id = account(&store, "0000").await;
        let tasks = [task(id, NOON), task(id, NOON), task(id, NOON)];
        let mut tx = store.write().await.unwrap();
        outbox::put_bulk(&mut tx, &tasks).await.unwrap();
        for turn in 0..3 {
            let held = outbox::claim(&mut tx, after(turn * 60), after(turn * 60 + 30), 10).await.unwrap();
            for task in &held {
                assert_eq!(task.attempts, 1);
                assert!(outbox::wait(&mut tx, task, after(turn * 60 + 60), "resting").await.unwrap());
                assert!(!outbox::wait(&mut tx, task, after(999), "resting").await.unwrap(), "its lease is over");
            }
        }
        let held = outbox::claim(&mut tx, after(180), after(240), 10).await.unwrap();
        assert!(outbox::finish(&mut tx, &held[0], after(181)).await.unwrap());
        assert!(outbox::bury_forgotten(&mut tx, &held[1], after(181), "no").await.unwrap());
        assert!(outbox::bury(&mut tx, &held[2], after(181), "no").await.unwrap());
        let body = async |tx: &mut cabinet_store::Tx, id: Uuid| {
            tx.one::<(String,)>("SELECT body FROM outbox WHERE id = $1", (id,)).await.unwrap().0
        };
        let bodies = [body(&mut tx, held[0].id).await, body(&mut tx, held[1].id).await, body(&mut tx, held[2].id).await];
        assert_eq!(bodies, ["", "", "{}"]);
        assert!(!outbox::revive(&mut tx, held[1].id, after(200)).await.unwrap(), "nobody knows what it was to do");
        assert_eq!(outbox::dead_of(&mut tx, Some("bill"), None, 10).await.unwrap(), []);
        assert_eq!(outbox::dead_of(&mut tx, Some("payment_poll"), None, 10).await.unwrap().len(), 2);
        assert_eq!(outbox::revive_all(&mut tx, Some("bill"), after(200)).await.unwrap(), 0);
        assert_eq!(outbox::revive_all(&mut tx, None, after(200)).await.unwrap(), 1);
        let again = outbox::claim(&mut tx, after(200), after(260), 10).await.unwrap();
        assert_eq!((ids(&again), again[0].created_at, again[0].attempts), (vec![held[2].id], after(200), 1));
    }

    async fn many_tasks_are_written_at_once(store) {
        let id = account(&store, "0000").await;
        let other = Task { topic: "bill".to_owned(), account_id: None, body: "{\"job\":\"x\"}".to_owned(), ..task(id, after(5)) };
        let tasks = [task(id, NOON), other];
        let mut tx = store.write().await.unwrap();
        outbox::put_bulk(&mut tx, &[]).await.unwrap();
        outbox::put_bulk(&mut tx, &tasks).await.unwrap();
        let held = outbox::claim(&mut tx, after(5), after(60), 10).await.unwrap();
        assert_eq!(ids(&held), [tasks[0].id, tasks[1].id]);
        for (claimed, task) in held.iter().zip(&tasks) {
            let told = (&claimed.topic, claimed.account_id, &claimed.body, claimed.created_at);
            assert_eq!(told, (&task.topic, task.account_id, &task.body, task.created_at));
        }
    }
}
