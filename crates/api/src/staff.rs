//! Rights of staff as types: a handler that takes [`Staff<Cashier>`] is asked by whoever takes payments, and nobody else.

use crate::extract::holder;
use crate::problem::Trouble;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use cabinet_core::Refusal;
use cabinet_core::staff::{Duty, Role};
use cabinet_service::Actor;
use cabinet_service::access::{Owner, Principal};
use futures_util::future::LocalBoxFuture;
use std::marker::PhantomData;
use uuid::Uuid;

/// A right, by the duty it belongs to.
pub trait Right: 'static {
    /// Whose roles `core::staff` tells.
    const DUTY: Duty;
}

macro_rules! rights {
    ($( $(#[$note:meta])* $name:ident = $duty:ident; )*) => { $(
        $(#[$note])*
        pub enum $name {}
        impl Right for $name {
            const DUTY: Duty = Duty::$duty;
        }
    )* };
}

rights! {
    /// Everybody in the office.
    Anyone = Look;
    /// Whoever takes payments.
    Cashier = Payments;
    /// Whoever looks after subscribers.
    Support = Subscribers;
    /// Whoever answers for tariffs, the policy, adjustments and vouchers.
    Manager = Terms;
    /// Whoever undoes entries; which ones, the use case asks.
    Bookkeeper = Corrections;
    /// Whoever reads what came in.
    Teller = Takings;
    /// Whoever reads who owes and what was earned.
    Analyst = Reports;
    /// Whoever runs the house.
    Admin = House;
}

/// A member of staff past the first password, with the right `R`.
pub struct Staff<R> {
    /// The member.
    pub id: Uuid,
    /// The present role.
    pub role: Role,
    right: PhantomData<R>,
}

impl<R> Staff<R> {
    /// As they stand in the audit log.
    pub fn actor(&self) -> Actor {
        Actor::Member(self.id)
    }
}

impl<R: Right> FromRequest for Staff<R> {
    type Error = Trouble;
    type Future = LocalBoxFuture<'static, Result<Staff<R>, Trouble>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            match holder(&request).await?.settled()?.owner {
                Owner::Staff(id, role) if role.may(R::DUTY) => Ok(Staff { id, role, right: PhantomData }),
                Owner::Staff(..) | Owner::Account(_) => Err(Refusal::NotPermitted.into()),
            }
        })
    }
}

/// Whichever member of staff holds a good access token, be their password the first one still: good for changing it.
pub struct StaffHolder(pub Principal);

impl FromRequest for StaffHolder {
    type Error = Trouble;
    type Future = LocalBoxFuture<'static, Result<StaffHolder, Trouble>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let who = holder(&request).await?;
            if who.owner.role().is_some() { Ok(StaffHolder(who)) } else { Err(Refusal::NotPermitted.into()) }
        })
    }
}
