//! RADIUS as a billing speaks it: packets against vectors made by hand, routers of every temper over real datagrams.

mod corpus;
mod packets;
mod routers;
mod templates;
