//! Language and looks.

use crate::answer::Answer;
use crate::extract::{Json, Subscriber};
use crate::problem::Trouble;
use crate::state::State;
use actix_web::{Responder, get, put, web};
use cabinet_contract::settings::{Settings, Theme, UpdateSettings};
use cabinet_service::change_settings::SettingsFacts;

/// Language and theme
///
/// As the subscriber chose them.
#[utoipa::path(
    operation_id = "getSettings",
    tag = "me",
    responses((status = 200, description = "The settings.", body = Settings))
)]
#[get("/me/settings")]
pub async fn get_settings(state: web::Data<State>, who: Subscriber) -> Result<impl Responder, Trouble> {
    let facts = state.service.show_settings(who.account).await?;
    Ok(Answer::ok(told(&facts)))
}

/// Choose language and theme
///
/// Both are replaced. The language is one of those `getProvider` lists.
#[utoipa::path(
    operation_id = "updateSettings",
    tag = "me",
    request_body(content = UpdateSettings, description = "The settings to be."),
    responses((status = 200, description = "The settings.", body = Settings))
)]
#[put("/me/settings")]
pub async fn update_settings(
    state: web::Data<State>,
    who: Subscriber,
    wish: Json<UpdateSettings>,
) -> Result<impl Responder, Trouble> {
    if !state.config.provider.languages.contains(&wish.0.language) {
        return Err(Trouble::field("language", "invalid"));
    }
    let theme = match wish.0.theme {
        Theme::System => "system",
        Theme::Light => "light",
        Theme::Dark => "dark",
        Theme::Unknown => return Err(Trouble::field("theme", "invalid")),
    };
    let wish = SettingsFacts { language: wish.0.language, theme: theme.to_owned() };
    Ok(Answer::ok(told(&state.service.change_settings(who.account, wish).await?)))
}

/// The settings as they are told.
pub(crate) fn told(facts: &SettingsFacts) -> Settings {
    let theme = match facts.theme.as_str() {
        "light" => Theme::Light,
        "dark" => Theme::Dark,
        _ => Theme::System,
    };
    Settings { language: facts.language, theme }
}
