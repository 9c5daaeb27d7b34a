//! Notifications to browsers and installed apps.

use crate::answer::{Answer, done};
use crate::extract::{From, Json, Path, Subscriber};
use crate::problem::Trouble;
use crate::state::State;
use actix_web::{Responder, delete, get, post, put, web};
use cabinet_contract::problem::Problem;
use cabinet_contract::push::{AddPushDevice, Push, PushDevice, PushWishes};
use cabinet_service::subscribe_push::{NewDevice, PushFacts};
use uuid::Uuid;

/// Notifications
///
/// What browsers and installed apps are told, which of them, and the key they subscribe with (RFC 8292). What is told before
/// any of them is added is an offer.
#[utoipa::path(
    operation_id = "getPush",
    tag = "me",
    responses((status = 200, description = "Notifications.", body = Push))
)]
#[get("/me/push")]
pub async fn get_push(state: web::Data<State>, who: Subscriber) -> Result<impl Responder, Trouble> {
    Ok(Answer::ok(told(state.service.show_push(who.account).await?, Some(who.who.session_id))))
}

/// Choose what notifications tell
///
/// At once. They wait for the morning in quiet hours, as short messages do.
#[utoipa::path(
    operation_id = "setPushWishes",
    tag = "me",
    request_body(content = PushWishes, description = "All that is wished."),
    responses((status = 200, description = "Notifications as they are now.", body = Push))
)]
#[put("/me/push")]
pub async fn set_push_wishes(
    state: web::Data<State>,
    who: Subscriber,
    given: Json<PushWishes>,
) -> Result<impl Responder, Trouble> {
    state.service.set_push_wishes(who.account, given.0.wishes()).await?;
    Ok(Answer::ok(told(state.service.show_push(who.account).await?, Some(who.who.session_id))))
}

/// Send notifications to this browser
///
/// Harmless to repeat: an app does so whenever it starts, since browsers change their subscriptions by themselves. They end
/// with the session they were asked for in. Of more than ten browsers the oldest is told no more.
#[utoipa::path(
    operation_id = "addPushDevice",
    tag = "me",
    request_body(content = AddPushDevice, description = "The browser's `PushSubscription`, as its `toJSON` gives it."),
    responses(
        (status = 200, description = "Notifications as they are now.", body = Push),
        (status = 409, description = "`push_absent`: no notifications are sent here.", body = Problem)
    )
)]
#[post("/me/push")]
pub async fn add_push_device(
    state: web::Data<State>,
    who: Subscriber,
    from: From,
    given: Json<AddPushDevice>,
) -> Result<impl Responder, Trouble> {
    let AddPushDevice { endpoint, keys, .. } = &given.0;
    let session = who.who.session_id;
    let device = NewDevice { session, endpoint, p256dh: &keys.p256dh, auth: &keys.auth, caller: &from.0 };
    state.service.add_push_device(who.account, device).await?;
    Ok(Answer::ok(told(state.service.show_push(who.account).await?, Some(session))))
}

/// Send no notifications to a browser any more
///
/// At once; the browser itself is to forget its subscription too.
#[utoipa::path(
    operation_id = "removePushDevice",
    tag = "me",
    params(("id" = Uuid, Path, description = "The browser.", example = "0198f2a1-7c3e-7d51-9a53-1f0c55d1a9b7")),
    responses((status = 204, description = "Removed."))
)]
#[delete("/me/push/{id}")]
pub async fn remove_push_device(
    state: web::Data<State>,
    who: Subscriber,
    id: Path<Uuid>,
) -> Result<impl Responder, Trouble> {
    state.service.remove_push_device(who.account, id.0).await?;
    Ok(done())
}

/// As it is told to a session.
pub(crate) fn told(facts: PushFacts, session: Option<Uuid>) -> Push {
    let devices = facts.devices.into_iter().map(|device| PushDevice {
        id: device.id,
        current: session == Some(device.session_id),
        user_agent: device.user_agent,
        created_at: device.created_at,
        told_at: device.told_at,
    });
    Push { public_key: facts.public_key, wishes: PushWishes::of(&facts.wishes), devices: devices.collect() }
}
