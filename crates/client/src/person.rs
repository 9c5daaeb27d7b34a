//! Who one is here: the profile, ways in, what is told and where to.

use crate::{Client, Method, PendingFile, Query, Request, Result, done, with_body};
use cabinet_contract::auth::{ChangeLogin, ChangePassword, Tokens};
use cabinet_contract::export::ExportData;
use cabinet_contract::history::HistoryRow;
use cabinet_contract::page::Page;
use cabinet_contract::paths;
use cabinet_contract::profile::{
    ConfirmEmail, ConfirmPhone, EmailBills, EmailVerification, PhoneVerification, Profile, StartPhoneVerification,
    UpdateProfile,
};
use cabinet_contract::push::{Push, PushWishes};
use cabinet_contract::session::Sessions;
use cabinet_contract::settings::{Settings, UpdateSettings};
use cabinet_contract::sms_balance::{SmsBalance, SmsBalanceWishes};
use uuid::Uuid;

impl Client {
    /// `getProfile`.
    pub async fn profile(&self) -> Result<Profile> {
        self.own(Request::new(Method::Get, paths::PROFILE)).await
    }

    /// `updateProfile`: absent members stay as they are.
    pub async fn update_profile(&self, changes: &UpdateProfile) -> Result<Profile> {
        self.own(with_body(Method::Patch, paths::PROFILE, changes)).await
    }

    /// `startEmailVerification`: has a code sent to the e-mail of the profile.
    pub async fn start_email_verification(&self) -> Result<EmailVerification> {
        self.own(Request::new(Method::Post, paths::EMAIL_VERIFICATION)).await
    }

    /// `confirmEmail`: confirms that e-mail by the code.
    pub async fn confirm_email(&self, code: &str) -> Result<Profile> {
        self.own(with_body(Method::Post, paths::EMAIL_CONFIRM, &ConfirmEmail { code: code.to_owned() })).await
    }

    /// `startPhoneVerification`: has a code sent to one of the profile's phones.
    pub async fn start_phone_verification(&self, phone: &str) -> Result<PhoneVerification> {
        let body = StartPhoneVerification { phone: phone.to_owned() };
        self.own(with_body(Method::Post, paths::PHONE_VERIFICATION, &body)).await
    }

    /// `confirmPhone`: confirms that phone by the code.
    pub async fn confirm_phone(&self, code: &str) -> Result<Profile> {
        self.own(with_body(Method::Post, paths::PHONE_CONFIRM, &ConfirmPhone { code: code.to_owned() })).await
    }

    /// `getSmsBalance`.
    pub async fn sms_balance(&self) -> Result<SmsBalance> {
        self.own(Request::new(Method::Get, paths::SMS_BALANCE)).await
    }

    /// `setSmsBalance`: all that is wished.
    pub async fn set_sms_balance(&self, wishes: &SmsBalanceWishes) -> Result<SmsBalance> {
        self.own(with_body(Method::Put, paths::SMS_BALANCE, wishes)).await
    }

    /// `getPush`: notifications to browsers.
    pub async fn push(&self) -> Result<Push> {
        self.own(Request::new(Method::Get, paths::PUSH)).await
    }

    /// `setPushWishes`: all that is wished.
    pub async fn set_push_wishes(&self, wishes: &PushWishes) -> Result<Push> {
        self.own(with_body(Method::Put, paths::PUSH, wishes)).await
    }

    /// `addPushDevice`: a browser's `PushSubscription`, as it puts itself into JSON.
    pub async fn add_push_device(&self, subscription: String) -> Result<Push> {
        self.own(Request { body: Some(subscription), ..Request::new(Method::Post, paths::PUSH) }).await
    }

    /// `removePushDevice`.
    pub async fn remove_push_device(&self, id: Uuid) -> Result<()> {
        let path = paths::PUSH_DEVICE.replace("{id}", &id.to_string());
        done(&self.as_myself(Request::new(Method::Delete, path)).await?)
    }

    /// `switchEmailBills`: bills by e-mail, or no more.
    pub async fn switch_email_bills(&self, enabled: bool) -> Result<Profile> {
        self.own(with_body(Method::Put, paths::EMAIL_BILLS, &EmailBills { enabled })).await
    }

    /// `changePassword`: other sessions end, this one gets new tokens.
    pub async fn change_password(&self, old_password: &str, new_password: &str) -> Result<Tokens> {
        let body = ChangePassword { old_password: old_password.to_owned(), new_password: new_password.to_owned() };
        let tokens = self.own(with_body(Method::Put, paths::PASSWORD, &body)).await?;
        self.keep(&tokens);
        Ok(tokens)
    }

    /// `changeLogin`: a login of one's own.
    pub async fn change_login(&self, login: &str, password: &str) -> Result<()> {
        let body = ChangeLogin { login: login.to_owned(), password: password.to_owned() };
        done(&self.as_myself(with_body(Method::Put, paths::LOGIN, &body)).await?)
    }

    /// `listSessions`.
    pub async fn sessions(&self) -> Result<Sessions> {
        self.own(Request::new(Method::Get, paths::SESSIONS)).await
    }

    /// `endSession`.
    pub async fn end_session(&self, id: Uuid) -> Result<()> {
        let path = paths::SESSION.replace("{id}", &id.to_string());
        done(&self.as_myself(Request::new(Method::Delete, path)).await?)
    }

    /// `signOutOthers`: ends every session but this one.
    pub async fn sign_out_others(&self) -> Result<()> {
        done(&self.as_myself(Request::new(Method::Post, paths::SIGN_OUT_OTHERS)).await?)
    }

    /// `listHistory`: what was done to the contract, the newest first.
    pub async fn history(&self, cursor: Option<&str>) -> Result<Page<HistoryRow>> {
        let mut path = Query::new(paths::HISTORY);
        path.add("cursor", cursor.map(str::to_owned));
        self.own(Request::new(Method::Get, path.text)).await
    }

    /// `exportData`: everything kept of the caller, as an archive.
    pub fn export_data(&self, password: &str) -> PendingFile<'_> {
        let body = ExportData { password: password.to_owned() };
        self.file_of(with_body(Method::Post, paths::DATA_EXPORT, &body))
    }

    /// `requestErasure`, or `withdrawErasure`.
    pub async fn wish_erasure(&self, wish: bool) -> Result<()> {
        let method = if wish { Method::Post } else { Method::Delete };
        done(&self.as_myself(Request::new(method, paths::ERASURE)).await?)
    }

    /// `getSettings`.
    pub async fn settings(&self) -> Result<Settings> {
        self.own(Request::new(Method::Get, paths::SETTINGS)).await
    }

    /// `updateSettings`.
    pub async fn update_settings(&self, settings: &Settings) -> Result<Settings> {
        let wish = UpdateSettings { language: settings.language, theme: settings.theme };
        self.own(with_body(Method::Put, paths::SETTINGS, &wish)).await
    }
}
