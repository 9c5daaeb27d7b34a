//! The demo's gateway: its page's ticket, the four choices, forged notifications.

use super::{NOW, asked, checkout, turned, uah, verify};
use cabinet_gateways::acquirer::{
    Acquirer, AcquirerSettings, Choice, Fault, Kind, Redirect, Refund, Refunded, Rejected, Sandbox, Signed, Ticket,
};
use std::sync::Arc;
use time::Duration;

pub fn settings() -> AcquirerSettings {
    let mut settings = AcquirerSettings::default();
    settings.sandbox.enabled = true;
    settings.sandbox.secret = Some("a secret of tests only".into());
    settings.sandbox.page_url = "http://127.0.0.1:8080/sandbox".to_owned();
    settings
}

fn sandbox() -> Arc<Sandbox> {
    settings().build(true).expect("settings").sandbox().expect("a sandbox").clone()
}

async fn query(sandbox: &Sandbox) -> String {
    let created = sandbox.create(&checkout(), NOW).await.expect("a page");
    let Redirect::Url(url) = created.redirect else { panic!("an address") };
    url.strip_prefix("http://127.0.0.1:8080/sandbox?").expect("the page's address").to_owned()
}

async fn ticket(sandbox: &Sandbox) -> Ticket {
    sandbox.ticket(&query(sandbox).await).expect("a true ticket")
}

#[tokio::test]
async fn the_ticket_comes_through_whole_or_not_at_all() {
    let sandbox = sandbox();
    let query = query(&sandbox).await;
    let checkout = checkout();
    let ticket = sandbox.ticket(&query).expect("a true ticket");
    assert_eq!((&ticket.reference, ticket.amount), (&checkout.reference, checkout.amount));
    assert_eq!((&ticket.description, ticket.language), (&checkout.description, checkout.language));
    assert_eq!((&ticket.return_url, &ticket.notify_url), (&checkout.return_url, &checkout.notify_url));
    for other in turned(query.as_bytes()) {
        assert_eq!(sandbox.ticket(&String::from_utf8_lossy(&other)), None);
    }
    for other in ["", "sign=", "&sign=", &format!("{query}&amount=0.01"), &query.replace("37.10", "0.01")] {
        assert_eq!(sandbox.ticket(other), None, "{other}");
    }
}

#[tokio::test]
async fn paid_and_declined_are_told_at_once() {
    for (choice, kind) in [(Choice::Paid, Kind::Paid), (Choice::Declined, Kind::Failed)] {
        let sandbox = sandbox();
        let ticket = ticket(&sandbox).await;
        let Signed { body, header, signature } = sandbox.choose(&ticket, choice, NOW).expect("a notification");
        let event = verify(&*sandbox, &[(header, &signature)], &body).await.expect("a true notification");
        assert_eq!((event.kind, event.amount, &event.reference), (kind, uah("37.10"), &ticket.reference));
        assert!(event.is_sound() && event.occurred_at == Some(NOW));
        let polled = sandbox.poll(asked(&ticket.reference), NOW).await.expect("an event");
        assert_eq!(polled, event);
        assert_eq!(sandbox.acknowledge(&event, NOW).status, 200);
    }
}

#[tokio::test]
async fn a_closed_tab_and_a_late_payment_tell_nothing() {
    let sandbox = sandbox();
    let ticket = ticket(&sandbox).await;
    let asked = asked(&ticket.reference);
    assert_eq!(sandbox.poll(asked, NOW).await, Err(Fault::NotFound));
    assert_eq!(sandbox.choose(&ticket, Choice::ClosedTab, NOW), None);
    assert_eq!(sandbox.poll(asked, NOW + Duration::DAY).await.expect("an event").kind, Kind::Pending);
    assert_eq!(sandbox.choose(&ticket, Choice::PaidLater, NOW), None);
    assert_eq!(sandbox.poll(asked, NOW + Duration::seconds(19)).await.expect("an event").kind, Kind::Pending);
    assert_eq!(sandbox.poll(asked, NOW + Duration::seconds(20)).await.expect("an event").kind, Kind::Paid);
}

#[tokio::test]
async fn what_was_paid_stays_paid_until_it_is_given_back() {
    let sandbox = sandbox();
    let ticket = ticket(&sandbox).await;
    let asked = asked(&ticket.reference);
    let refund = Refund { asked, amount: uah("30.00"), key: "r1", reason: "" };
    assert_eq!(sandbox.refund(refund, NOW).await, Err(Fault::NotFound));
    assert!(sandbox.choose(&ticket, Choice::Declined, NOW).is_some());
    let refused = Err(Fault::Refused { code: "amount".to_owned() });
    assert_eq!(sandbox.refund(refund, NOW).await, refused, "nothing was paid");
    assert!(sandbox.choose(&ticket, Choice::Paid, NOW).is_some(), "a second card works");
    let Signed { body, header, signature } = sandbox.choose(&ticket, Choice::Declined, NOW).expect("a notification");
    let event = verify(&*sandbox, &[(header, &signature)], &body).await.expect("an event");
    assert_eq!(event.kind, Kind::Paid);
    assert_eq!(sandbox.refund(refund, NOW).await, Ok(Refunded::Done));
    assert_eq!(sandbox.refund(refund, NOW).await, refused, "more than was paid");
    let event = sandbox.poll(asked, NOW).await.expect("an event");
    assert_eq!((event.kind, event.amount), (Kind::Reversed { returned: uah("30.00") }, uah("37.10")));
}

#[tokio::test]
async fn every_turned_bit_is_refused() {
    let sandbox = sandbox();
    let ticket = ticket(&sandbox).await;
    let Signed { body, header, signature } = sandbox.choose(&ticket, Choice::Paid, NOW).expect("a notification");
    for other in turned(&body) {
        assert_eq!(verify(&*sandbox, &[(header, &signature)], &other).await, Err(Rejected::BadSignature));
    }
    for other in turned(signature.as_bytes()) {
        let other = String::from_utf8_lossy(&other).into_owned();
        assert_eq!(verify(&*sandbox, &[(header, &other)], &body).await, Err(Rejected::BadSignature));
    }
    assert_eq!(verify(&*sandbox, &[], &body).await, Err(Rejected::NoSignature));
    // A page's ticket is no notification.
    let query = query(&sandbox).await;
    let (signed, sign) = query.rsplit_once("&sign=").expect("a signature");
    assert_eq!(verify(&*sandbox, &[(header, sign)], signed.as_bytes()).await, Err(Rejected::BadSignature));
}

#[tokio::test]
async fn another_installation_signs_otherwise() {
    let ours = sandbox();
    let mut other = settings();
    other.sandbox.secret = Some("another secret of tests".into());
    let other = other.build(true).expect("settings").sandbox().expect("a sandbox").clone();
    let Signed { body, header, signature } =
        other.choose(&ticket(&other).await, Choice::Paid, NOW).expect("a notification");
    assert_eq!(verify(&*ours, &[(header, &signature)], &body).await, Err(Rejected::BadSignature));
    assert_eq!(ours.ticket(&query(&other).await), None);
}
