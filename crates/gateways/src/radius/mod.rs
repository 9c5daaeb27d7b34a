//! RADIUS, as far as a billing speaks it: changes pushed to routers that hold live sessions (RFC 5176), and the attributes
//! each kind of router reads a profile from.
//!
//! [`packet`] makes requests and checks answers, [`attribute`] knows attributes by name, [`template`] fills a profile into
//! them, [`push`] asks a router and waits. Sign-ins and accounting are FreeRADIUS's own work.

pub mod attribute;
pub mod packet;
pub mod push;
pub mod template;
