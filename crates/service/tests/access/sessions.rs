use crate::house::{House, PASSWORD, caller, refusal};
use cabinet_core::Refusal;
use cabinet_service::access::{Caller, Delivery};
use cabinet_store::on_both;
use uuid::Uuid;

const LIVE: &str = "SELECT COUNT(*) FROM refresh_token WHERE replaced_at IS NULL";
const DAY: i64 = 86_400;

on_both! {
    async fn t04_an_old_token_seen_again_ends_the_family(store) {
        let house = House::new(&store);
        let id = house.subscriber("0000").await;
        let elsewhere = house.sign_in("0000", PASSWORD).await.unwrap();
        let first = house.sign_in("0000", PASSWORD).await.unwrap();
        let second = house.renew(&first.refresh_token).await.unwrap();
        assert_ne!(first.refresh_token, second.refresh_token);
        house.step(21);
        assert_eq!(refusal(house.renew(&first.refresh_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.renew(&second.refresh_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.writes(&second.access_token).await), Refusal::SessionEnded);
        assert_eq!(house.audited(id).await.iter().filter(|act| *act == "session.reuse").count(), 1);
        house.renew(&elsewhere.refresh_token).await.unwrap();
    }

    async fn t05_parallel_uses_leave_one_live_successor(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let first = house.sign_in("0000", PASSWORD).await.unwrap();
        let instances = [house.twin(), house.twin()];
        let uses: Vec<_> = (0..50).map(|n| {
            let (service, token) = (instances[n % 2].service.clone(), first.refresh_token.clone());
            tokio::spawn(async move { service.renew_session(&token, Delivery::Cookie, &caller()).await.unwrap().refresh_token })
        }).collect();
        let mut successors = Vec::new();
        for one in uses {
            successors.push(one.await.unwrap());
        }
        successors.dedup();
        assert_eq!(successors.len(), 1);
        assert_eq!(house.count(LIVE).await, 1);
        house.renew(&successors[0]).await.unwrap();
    }

    async fn t06_a_lost_answer_is_given_again_within_the_grace(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let first = house.sign_in("0000", PASSWORD).await.unwrap();
        let second = house.renew(&first.refresh_token).await.unwrap();
        house.step(20);
        let again = house.twin().renew(&first.refresh_token).await.unwrap();
        assert_eq!(again.refresh_token, second.refresh_token);
        let third = house.renew(&second.refresh_token).await.unwrap();
        // The grandparent fetches nothing, and harms nothing within its grace.
        assert_eq!(refusal(house.renew(&first.refresh_token).await), Refusal::SessionEnded);
        house.renew(&third.refresh_token).await.unwrap();
    }

    async fn the_grace_is_for_the_same_browser(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let first = house.sign_in("0000", PASSWORD).await.unwrap();
        let second = house.renew(&first.refresh_token).await.unwrap();
        let thief = Caller { user_agent: "curl".to_owned(), ..caller() };
        let refused = house.service.renew_session(&first.refresh_token, Delivery::Cookie, &thief).await;
        assert_eq!(refusal(refused), Refusal::SessionEnded);
        assert_eq!(refusal(house.renew(&second.refresh_token).await), Refusal::SessionEnded);
    }

    async fn a_token_of_a_cookie_is_not_taken_from_a_body(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let first = house.sign_in("0000", PASSWORD).await.unwrap();
        let refused = house.service.renew_session(&first.refresh_token, Delivery::Body, &caller()).await;
        assert_eq!(refusal(refused), Refusal::SessionEnded);
        house.renew(&first.refresh_token).await.unwrap();
    }

    async fn t07_signing_out_is_immediate(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let here = house.sign_in("0000", PASSWORD).await.unwrap();
        let there = house.sign_in("0000", PASSWORD).await.unwrap();
        let third = house.sign_in("0000", PASSWORD).await.unwrap();
        let twin = house.twin();
        for instance in [&house, &twin] {
            instance.reads(&there.access_token).await.unwrap();
        }
        house.service.sign_out(&there.refresh_token).await.unwrap();
        house.service.sign_out(&there.refresh_token).await.unwrap();
        house.service.sign_out("nobody's").await.unwrap();
        assert_eq!(refusal(house.reads(&there.access_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(twin.writes(&there.access_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(twin.reads(&there.access_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.renew(&there.refresh_token).await), Refusal::SessionEnded);

        let who = house.writes(&here.access_token).await.unwrap();
        assert_eq!(house.service.sign_out_others(&who).await.unwrap(), 1);
        assert_eq!(refusal(twin.writes(&third.access_token).await), Refusal::SessionEnded);
        house.writes(&here.access_token).await.unwrap();
        house.service.sign_out_session(&who).await.unwrap();
        assert_eq!(refusal(house.writes(&here.access_token).await), Refusal::SessionEnded);
    }

    async fn another_instance_notices_within_seconds_when_it_only_reads(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let there = house.sign_in("0000", PASSWORD).await.unwrap();
        let twin = house.twin();
        twin.reads(&there.access_token).await.unwrap();
        house.service.sign_out(&there.refresh_token).await.unwrap();
        house.step(4);
        twin.reads(&there.access_token).await.unwrap();
        house.step(1);
        assert_eq!(refusal(twin.reads(&there.access_token).await), Refusal::SessionEnded);
    }

    async fn sessions_are_listed_and_ended_by_their_owner(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        house.subscriber("0001").await;
        let here = house.sign_in("0000", PASSWORD).await.unwrap();
        house.step(60);
        let there = house.sign_in("0000", PASSWORD).await.unwrap();
        let who = house.writes(&here.access_token).await.unwrap();
        let listed = house.service.list_sessions(&who).await.unwrap();
        assert_eq!(listed.iter().map(|one| (one.id, one.current)).collect::<Vec<_>>(), [(there.session_id, false), (here.session_id, true)]);
        assert_eq!((listed[0].user_agent.as_str(), listed[0].address.as_str()), ("Firefox", "192.0.2.1"));

        let stranger = house.sign_in("0001", PASSWORD).await.unwrap();
        let stranger = house.writes(&stranger.access_token).await.unwrap();
        assert_eq!(refusal(house.service.end_session(&stranger, there.session_id).await), Refusal::NotFound);
        assert_eq!(refusal(house.service.end_session(&stranger, Uuid::now_v7()).await), Refusal::NotFound);
        house.service.end_session(&who, there.session_id).await.unwrap();
        assert_eq!(refusal(house.service.end_session(&who, there.session_id).await), Refusal::NotFound);
        assert_eq!(refusal(house.renew(&there.refresh_token).await), Refusal::SessionEnded);
        assert_eq!(house.service.list_sessions(&who).await.unwrap().len(), 1);
    }

    async fn t08_a_closed_contract_loses_access_at_once(store) {
        let house = House::new(&store);
        let id = house.subscriber("0000").await;
        let here = house.sign_in("0000", PASSWORD).await.unwrap();
        house.writes(&here.access_token).await.unwrap();
        let mut tx = store.write().await.unwrap();
        tx.run("UPDATE account SET closed_on = $2 WHERE id = $1", (id, time::macros::date!(2026-11-22))).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(refusal(house.writes(&here.access_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.reads(&here.access_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.renew(&here.refresh_token).await), Refusal::SessionEnded);
        assert_eq!(refusal(house.sign_in("0000", PASSWORD).await), Refusal::SignInFailed);
    }

    async fn t09_sessions_end_when_idle_and_at_last(store) {
        let house = House::new(&store);
        house.subscriber("0000").await;
        let idle = house.sign_in("0000", PASSWORD).await.unwrap();
        let mut kept = house.sign_in("0000", PASSWORD).await.unwrap().refresh_token;
        for _ in 0..3 {
            house.step(29 * DAY);
            kept = house.renew(&kept).await.unwrap().refresh_token;
        }
        assert_eq!(refusal(house.renew(&idle.refresh_token).await), Refusal::SessionEnded);
        house.step(3 * DAY - 1);
        kept = house.renew(&kept).await.unwrap().refresh_token;
        house.step(1);
        assert_eq!(refusal(house.renew(&kept).await), Refusal::SessionEnded);
        house.step(91 * DAY);
        house.service.forget_old_access().await.unwrap();
        assert_eq!(house.count("SELECT COUNT(*) FROM session").await, 0);
        assert_eq!(house.count("SELECT COUNT(*) FROM refresh_token").await, 0);
    }
}
