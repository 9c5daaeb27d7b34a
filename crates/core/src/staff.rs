//! Who of the staff may do what (RULES §8).

use crate::ledger::EntryKind;
use serde::{Deserialize, Serialize};

/// What a member of staff is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Takes payments.
    Cashier,
    /// Looks after subscribers: profiles, codes, requests, tickets.
    Support,
    /// Answers for tariffs, adjustments, vouchers and the policy.
    Manager,
    /// May do everything.
    Admin,
}

/// What an operation is about, and so whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Duty {
    /// Finding a subscriber and looking at the account: nobody can work without it.
    Look,
    /// Money that comes in or goes back to its payer.
    Payments,
    /// Profiles, codes, requests, tickets, news, beginning and ending a contract, and what was done to it.
    Subscribers,
    /// Tariffs, the policy, adjustments, vouchers, static addresses and prize draws.
    Terms,
    /// Undoing an entry: of a payment, whoever takes payments; of anything else, whoever adjusts.
    Corrections,
    /// What came in, day by day: of whoever takes it and whoever answers for it.
    Takings,
    /// Debtors and what was earned.
    Reports,
    /// Runs, the outbox, the whole log, and taking a person's data away.
    House,
}

/// Every operation of staff by its id in the API's document, with whose it is.
pub const OPERATIONS: [(&str, Duty); 64] = [
    ("getStaffMember", Duty::Look),
    ("changeStaffPassword", Duty::Look),
    ("searchSubscribers", Duty::Look),
    ("getSubscriber", Duty::Look),
    ("listSubscriberEntries", Duty::Look),
    ("listSubscriberBills", Duty::Look),
    ("getSubscriberBill", Duty::Look),
    ("getSubscriberBillPdf", Duty::Look),
    ("registerSubscriber", Duty::Subscribers),
    ("editSubscriber", Duty::Subscribers),
    ("closeContract", Duty::Subscribers),
    ("suspendSubscriber", Duty::Subscribers),
    ("resumeSubscriber", Duty::Subscribers),
    ("issueRecoveryCode", Duty::Subscribers),
    ("listRequests", Duty::Subscribers),
    ("decideRequest", Duty::Subscribers),
    ("noteBounce", Duty::Subscribers),
    ("listAudit", Duty::Subscribers),
    ("listSentNotices", Duty::Subscribers),
    ("listStaffTickets", Duty::Subscribers),
    ("getStaffTicket", Duty::Subscribers),
    ("getStaffTicketFile", Duty::Subscribers),
    ("keepStaffTicketFile", Duty::Subscribers),
    ("answerTicket", Duty::Subscribers),
    ("closeTicket", Duty::Subscribers),
    ("reopenTicket", Duty::Subscribers),
    ("listStaffNews", Duty::Subscribers),
    ("addNews", Duty::Subscribers),
    ("withdrawNews", Duty::Subscribers),
    ("takeCash", Duty::Payments),
    ("refundPayment", Duty::Payments),
    ("listPaymentsInReview", Duty::Payments),
    ("getStaffPayment", Duty::Payments),
    ("decidePayment", Duty::Payments),
    ("listOrphanedEvents", Duty::Payments),
    ("importRegister", Duty::Payments),
    ("listBankLines", Duty::Payments),
    ("assignBankLine", Duty::Payments),
    ("dismissBankLine", Duty::Payments),
    ("reverseEntry", Duty::Corrections),
    ("adjustBalance", Duty::Terms),
    ("getCatalogue", Duty::Terms),
    ("replaceCatalogue", Duty::Terms),
    ("getPolicy", Duty::Terms),
    ("replacePolicy", Duty::Terms),
    ("createVouchers", Duty::Terms),
    ("listVoucherSeries", Duty::Terms),
    ("cancelVouchers", Duty::Terms),
    ("listConsents", Duty::Terms),
    ("holdDraw", Duty::Terms),
    ("listDraws", Duty::Terms),
    ("addAddresses", Duty::Terms),
    ("listAddresses", Duty::Terms),
    ("withdrawAddress", Duty::Terms),
    ("setAddressPrefix", Duty::Terms),
    ("getMoneyReport", Duty::Takings),
    ("getChargesReport", Duty::Reports),
    ("listDebtors", Duty::Reports),
    ("searchLog", Duty::House),
    ("eraseSubscriber", Duty::House),
    ("listRuns", Duty::House),
    ("listDeadTasks", Duty::House),
    ("repeatTask", Duty::House),
    ("repeatTasks", Duty::House),
];

impl Role {
    /// All roles.
    pub const ALL: [Role; 4] = [Role::Cashier, Role::Support, Role::Manager, Role::Admin];

    /// The stable code, in the database, in tokens and on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Role::Cashier => "cashier",
            Role::Support => "support",
            Role::Manager => "manager",
            Role::Admin => "admin",
        }
    }

    /// By stable code.
    pub fn from_code(code: &str) -> Option<Role> {
        Role::ALL.into_iter().find(|role| role.code() == code)
    }

    /// Whether this role does that.
    pub fn may(self, duty: Duty) -> bool {
        duty.roles().contains(&self)
    }

    /// Whether this role may undo an entry of that kind.
    pub fn may_reverse(self, kind: EntryKind) -> bool {
        self.may(if kind.is_payment() { Duty::Payments } else { Duty::Terms })
    }
}

impl Duty {
    /// The roles that do it.
    pub fn roles(self) -> &'static [Role] {
        use Role::{Admin, Cashier, Manager, Support};
        match self {
            Duty::Look => &Role::ALL,
            Duty::Payments => &[Cashier, Admin],
            Duty::Subscribers => &[Support, Admin],
            Duty::Terms => &[Manager, Admin],
            Duty::Corrections | Duty::Takings => &[Cashier, Manager, Admin],
            Duty::Reports => &[Manager, Admin],
            Duty::House => &[Admin],
        }
    }

    /// Whose an operation of staff is, by its id in the API's document.
    pub fn of(operation: &str) -> Option<Duty> {
        OPERATIONS.iter().find(|(id, _)| *id == operation).map(|(_, duty)| *duty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_name_roles() {
        for role in Role::ALL {
            assert_eq!(Role::from_code(role.code()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.code());
        }
        assert_eq!(Role::from_code("root"), None);
    }

    #[test]
    fn an_admin_may_everything_and_a_duty_is_somebodys() {
        use Duty::{Corrections, House, Look, Payments, Reports, Subscribers, Takings, Terms};
        for duty in [Look, Payments, Subscribers, Terms, Corrections, Takings, Reports, House] {
            assert!(Role::Admin.may(duty), "{duty:?}");
        }
        assert!(Role::Cashier.may(Duty::Payments) && !Role::Support.may(Duty::Payments));
        assert!(!Role::Manager.may(Duty::Subscribers) && !Role::Support.may(Duty::Terms));
    }

    #[test]
    fn payments_are_undone_by_who_takes_them_and_the_rest_by_who_adjusts() {
        for kind in EntryKind::ALL {
            assert!(Role::Admin.may_reverse(kind) && !Role::Support.may_reverse(kind), "{kind:?}");
            assert_ne!(Role::Cashier.may_reverse(kind), Role::Manager.may_reverse(kind), "{kind:?}");
        }
        assert!(Role::Cashier.may_reverse(EntryKind::CashPayment));
        assert!(Role::Manager.may_reverse(EntryKind::TariffCharge));
    }
}
