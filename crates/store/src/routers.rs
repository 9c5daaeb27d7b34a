//! Routers that hold subscribers' sessions, and how each kind of them is told a profile.

use crate::{StoreError, Tx, View};
use sqlx_macros::FromRow;

/// A router.
#[derive(Clone, PartialEq, Eq, FromRow)]
pub struct Router {
    /// Its name here.
    pub name: String,
    /// Where its requests come from, and changes of sessions are sent to.
    pub address: String,
    /// Its kind.
    pub kind: String,
    /// What it and the provider alone know.
    pub secret: String,
    /// The port where it listens for changes.
    pub coa_port: i64,
    /// Changes carry a Message-Authenticator.
    pub signs: bool,
    /// Its answers must carry one.
    pub demands: bool,
}

impl std::fmt::Debug for Router {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Router").field("name", &self.name).field("address", &self.address).finish_non_exhaustive()
    }
}

/// A line of a kind's template.
#[derive(Clone, Debug, PartialEq, Eq, FromRow)]
pub struct Line {
    /// For whom: `open` or `garden`.
    pub access: String,
    /// Name of the attribute.
    pub attribute: String,
    /// `:=` in place of others of its name, `+=` beside them.
    pub op: String,
    /// Its value, with places for speeds and addresses.
    pub value: String,
}

/// Every router, by name.
pub async fn list(view: &mut View) -> Result<Vec<Router>, StoreError> {
    view.all("SELECT name, address, kind, secret, coa_port, signs, demands FROM router ORDER BY name", ()).await
}

/// The router of an address.
pub async fn by_address(view: &mut View, address: &str) -> Result<Option<Router>, StoreError> {
    view.maybe(
        "SELECT name, address, kind, secret, coa_port, signs, demands FROM router WHERE address = $1",
        (address,),
    )
    .await
}

/// Keeps a router under its name, in place of the one that was called so. [`StoreError::Conflict`] if another has the
/// address.
pub async fn put(tx: &mut Tx, router: &Router) -> Result<(), StoreError> {
    tx.run(
        "INSERT INTO router (name, address, kind, secret, coa_port, signs, demands) VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (name) DO UPDATE SET address = excluded.address, kind = excluded.kind, secret = excluded.secret, \
         coa_port = excluded.coa_port, signs = excluded.signs, demands = excluded.demands",
        (
            router.name.as_str(),
            router.address.as_str(),
            router.kind.as_str(),
            router.secret.as_str(),
            router.coa_port,
            router.signs,
            router.demands,
        ),
    )
    .await
    .map(drop)
}

/// Forgets a router; answers whether there was one.
pub async fn remove(tx: &mut Tx, name: &str) -> Result<bool, StoreError> {
    Ok(tx.run("DELETE FROM router WHERE name = $1", (name,)).await? == 1)
}

/// Kinds that have lines, by name.
pub async fn kinds(view: &mut View) -> Result<Vec<String>, StoreError> {
    let rows: Vec<(String,)> = view.all("SELECT DISTINCT kind FROM router_line ORDER BY kind", ()).await?;
    Ok(rows.into_iter().map(|(kind,)| kind).collect())
}

/// The lines of a kind, in their order.
pub async fn lines(view: &mut View, kind: &str) -> Result<Vec<Line>, StoreError> {
    view.all(
        "SELECT access, attribute, op, value FROM router_line WHERE kind = $1 ORDER BY access DESC, position",
        (kind,),
    )
    .await
}

/// Gives a kind these lines in place of those it had; none: the kind is gone.
pub async fn put_lines(tx: &mut Tx, kind: &str, lines: &[Line]) -> Result<(), StoreError> {
    tx.run("DELETE FROM router_line WHERE kind = $1", (kind,)).await?;
    for (position, line) in (1_i64..).zip(lines) {
        tx.run(
            "INSERT INTO router_line (kind, access, position, attribute, op, value) VALUES ($1, $2, $3, $4, $5, $6)",
            (kind, line.access.as_str(), position, line.attribute.as_str(), line.op.as_str(), line.value.as_str()),
        )
        .await?;
    }
    Ok(())
}
