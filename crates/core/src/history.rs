//! The history of a contract as its subscriber reads it: which acts of the log are theirs to read, and what of the
//! details goes with each. Whatever is not named here stays with the office: a member that is added to an act is told to
//! nobody until somebody decides so.

/// What of an act's details its subscriber is told, by the member of the log that holds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// A sum.
    pub amount: Option<&'static str>,
    /// The day it takes effect, or the first one it is about.
    pub day: Option<&'static str>,
    /// The last day it is about.
    pub until: Option<&'static str>,
    /// Why, in the words of staff, who are told that the subscriber reads them.
    pub reason: Option<&'static str>,
    /// Whether it was switched on, or granted.
    pub enabled: Option<&'static str>,
    /// Names of fields: a list, or one.
    pub fields: Option<&'static str>,
}

/// Nothing but that it was done.
const BARE: Shown = Shown { amount: None, day: None, until: None, reason: None, enabled: None, fields: None };
const SUM: Shown = Shown { amount: Some("amount"), ..BARE };
const REASONED: Shown = Shown { reason: Some("reason"), ..BARE };
const SUM_REASONED: Shown = Shown { reason: Some("reason"), ..SUM };
const FIELDS: Shown = Shown { fields: Some("fields"), ..BARE };

/// An act as the log names it, and what its subscriber is told; nothing of those that are the office's own.
pub type Deed = (&'static str, Option<Shown>);

/// Every act the log knows.
pub const DEEDS: &[Deed] = &[
    ("account.adjust", Some(SUM_REASONED)),
    ("address.add", None),
    ("address.prefix", None),
    ("address.withdraw", None),
    ("bank_line.dismiss", None),
    ("catalogue.import", None),
    ("data.export", Some(BARE)),
    ("days.forgiven", Some(Shown { day: Some("from"), until: Some("to"), ..SUM })),
    ("draw.hold", None),
    ("draw.won", Some(BARE)),
    ("email.code", Some(BARE)),
    ("email.confirm", Some(BARE)),
    ("email.failing", Some(BARE)),
    ("email_bills.switch", Some(Shown { enabled: Some("enabled"), ..BARE })),
    ("entry.reverse", Some(SUM_REASONED)),
    ("erasure.ask", Some(BARE)),
    ("erasure.withdraw", Some(BARE)),
    ("login.change", Some(BARE)),
    ("network_login.set", Some(BARE)),
    ("news.add", None),
    ("news.withdraw", None),
    ("order.undo", Some(BARE)),
    ("outbox.repeat", None),
    ("password.change", Some(BARE)),
    ("password.recover", Some(BARE)),
    ("pause.cancel", Some(BARE)),
    ("pause.change", Some(Shown { day: Some("from"), until: Some("until"), ..BARE })),
    ("pause.confirm", Some(Shown { amount: Some("price"), day: Some("from"), until: Some("until"), ..BARE })),
    ("pause_end.confirm", Some(Shown { day: Some("resumes_on"), ..BARE })),
    ("payment.bank", Some(SUM)),
    ("payment.cash", Some(SUM)),
    ("payment.create", Some(SUM)),
    ("payment.decide", Some(Shown { amount: Some("credited"), ..BARE })),
    ("payment.expire", None),
    ("payment.fiscal_receipt", None),
    ("payment.news", None),
    ("payment.refund", Some(SUM_REASONED)),
    ("payment.refund_sent", None),
    ("phone.code", Some(BARE)),
    ("phone.confirm", Some(BARE)),
    ("phone.stopped", Some(BARE)),
    ("policy.import", None),
    ("profile.update", Some(FIELDS)),
    ("profile_request.decide", Some(Shown { enabled: Some("granted"), fields: Some("field"), ..BARE })),
    ("promised_payment.confirm", Some(Shown { amount: Some("credit"), until: Some("until"), ..BARE })),
    ("promised_payment.paid", Some(Shown { amount: Some("credit"), ..BARE })),
    ("push.add", Some(BARE)),
    ("push.remove", Some(BARE)),
    ("push.set", Some(BARE)),
    ("recovery.issue", Some(BARE)),
    ("recovery.send", Some(BARE)),
    ("register.import", None),
    ("router.kind", None),
    ("router.put", None),
    ("router.remove", None),
    ("session.end", Some(BARE)),
    ("session.end_others", Some(BARE)),
    ("session.open", Some(BARE)),
    ("session.reuse", Some(BARE)),
    ("settings.change", Some(FIELDS)),
    ("signing_key.rotate", None),
    ("sms_balance.set", Some(BARE)),
    ("staff.add", None),
    ("staff.disable", None),
    ("staff.enable", None),
    ("staff.password", None),
    ("static_ip.confirm", Some(BARE)),
    ("static_ip.released", Some(Shown { until: Some("served_until"), ..BARE })),
    ("static_ip_release.confirm", Some(Shown { until: Some("serves_until"), ..BARE })),
    ("subscriber.close", Some(Shown { day: Some("closed_on"), ..REASONED })),
    ("subscriber.erase", None),
    ("subscriber.register", Some(Shown { amount: Some("paid"), ..BARE })),
    ("subscriber.resume", Some(BARE)),
    ("subscriber.suspend", Some(REASONED)),
    ("tariff_change.cancel", Some(BARE)),
    ("tariff_change.confirm", Some(Shown { amount: Some("price"), day: Some("starts_on"), ..BARE })),
    ("terminal.forged", None),
    ("terminal_payment.cancel", Some(SUM)),
    ("terminal_payment.credit", Some(SUM)),
    ("terminal_payment.doubt", None),
    ("ticket.answer", Some(BARE)),
    ("ticket.close", Some(BARE)),
    ("ticket.open", Some(BARE)),
    ("ticket.reopen", Some(BARE)),
    ("ticket.write", Some(BARE)),
    ("turbo.confirm", Some(Shown { amount: Some("price"), ..BARE })),
    ("turbo.returned", Some(SUM)),
    ("voucher.cancel", None),
    ("voucher.create", None),
    ("voucher.redeem", Some(SUM)),
];

/// What of an act its subscriber is told; nothing of the office's own and of those this build does not know.
pub fn shown(act: &str) -> Option<Shown> {
    DEEDS.iter().find(|(code, _)| *code == act).and_then(|(_, shown)| *shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_act_stands_once_and_what_is_unknown_is_not_told() {
        let mut codes: Vec<&str> = DEEDS.iter().map(|(code, _)| *code).collect();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), DEEDS.len());
        assert_eq!(shown("payment.cash"), Some(SUM));
        assert_eq!((shown("payment.news"), shown("of.later")), (None, None));
    }
}
