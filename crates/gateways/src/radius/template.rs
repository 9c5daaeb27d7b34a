//! A profile as the attributes of a kind of router: lines of configuration such as
//! `Mikrotik-Rate-Limit := {up_rate}/{down_rate}`.

use super::attribute::{self, Attribute, Known, ValueError};
use std::fmt::Write;
use std::net::Ipv4Addr;
use std::str::FromStr;

/// What the places of a template are filled with; speeds in kilobits a second.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// To the subscriber.
    pub down_kbit: u64,
    /// From the subscriber.
    pub up_kbit: u64,
    /// The static address.
    pub ip: Option<Ipv4Addr>,
    /// The IPv6 prefix that goes with it.
    pub prefix: Option<String>,
    /// The pool to take an address from.
    pub pool: Option<String>,
}

/// How FreeRADIUS puts an attribute into its reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// In place of others of its name.
    Set,
    /// Beside others of its name.
    Add,
}

impl Op {
    /// As its tables hold it.
    pub fn as_str(self) -> &'static str {
        match self {
            Op::Set => ":=",
            Op::Add => "+=",
        }
    }
}

/// A line of a router's template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The attribute.
    pub attribute: Known,
    /// How it is put into a reply.
    pub op: Op,
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(Place),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    DownKbit,
    UpKbit,
    DownBit,
    UpBit,
    DownRate,
    UpRate,
    Ip,
    Prefix,
    Pool,
}

const PLACES: [(&str, Place); 9] = [
    ("down_kbit", Place::DownKbit),
    ("up_kbit", Place::UpKbit),
    ("down_bit", Place::DownBit),
    ("up_bit", Place::UpBit),
    ("down_rate", Place::DownRate),
    ("up_rate", Place::UpRate),
    ("ip", Place::Ip),
    ("prefix", Place::Prefix),
    ("pool", Place::Pool),
];

/// Why a line is no template.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineError {
    /// Neither `:=` nor `+=` stands behind a name.
    #[error("write `Attribute := value`, or `Attribute += value` for one of several")]
    Form,
    /// No attribute has this name.
    #[error("no attribute is called {0}")]
    Attribute(String),
    /// No such place.
    #[error("there is no place {{{0}}}; there are: {all}", all = PLACES.map(|(name, _)| name).join(", "))]
    Place(String),
    /// A brace that opens no place or closes none.
    #[error("a brace without its other one")]
    Brace,
}

impl FromStr for Line {
    type Err = LineError;

    fn from_str(line: &str) -> Result<Line, LineError> {
        let (at, op) = match (line.find(":="), line.find("+=")) {
            (Some(at), None) => (at, Op::Set),
            (None, Some(at)) => (at, Op::Add),
            (Some(set), Some(add)) => (set.min(add), if set < add { Op::Set } else { Op::Add }),
            (None, None) => return Err(LineError::Form),
        };
        let (name, mut rest) = (line[..at].trim(), line[at + 2..].trim());
        let attribute = attribute::named(name).ok_or_else(|| LineError::Attribute(name.to_owned()))?;
        let mut parts = Vec::new();
        while let Some(brace) = rest.find(['{', '}']) {
            let inner = rest[brace..].strip_prefix('{').ok_or(LineError::Brace)?;
            let (place, after) = inner.split_once('}').ok_or(LineError::Brace)?;
            let known = PLACES.iter().find(|(name, _)| *name == place);
            parts.push(Part::Text(rest[..brace].to_owned()));
            parts.push(Part::Place(known.ok_or_else(|| LineError::Place(place.to_owned()))?.1));
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Line { attribute, op, parts })
    }
}

impl Line {
    /// The value for a profile; none where a place has nothing to hold: a profile without a static address writes no
    /// line that names one.
    pub fn fill(&self, values: &Values) -> Option<String> {
        let mut filled = String::new();
        for part in &self.parts {
            match part {
                Part::Text(text) => filled.push_str(text),
                Part::Place(place) => filled.push_str(&place.of(values)?),
            }
        }
        Some(filled)
    }

    /// The attribute for a profile, as it travels in a change of a live session.
    ///
    /// # Errors
    /// A value that such an attribute cannot hold.
    pub fn attribute(&self, values: &Values) -> Option<Result<Attribute, ValueError>> {
        self.fill(values).map(|value| self.attribute.with(&value))
    }
}

impl Place {
    fn of(self, values: &Values) -> Option<String> {
        Some(match self {
            Place::DownKbit => values.down_kbit.to_string(),
            Place::UpKbit => values.up_kbit.to_string(),
            Place::DownBit => (values.down_kbit * 1000).to_string(),
            Place::UpBit => (values.up_kbit * 1000).to_string(),
            Place::DownRate => rate(values.down_kbit),
            Place::UpRate => rate(values.up_kbit),
            Place::Ip => values.ip?.to_string(),
            Place::Prefix => values.prefix.clone()?,
            Place::Pool => values.pool.clone()?,
        })
    }
}

/// As RouterOS writes speeds: `100M`, `1500k`.
fn rate(kbit: u64) -> String {
    let mut text = String::new();
    let (number, unit) = if kbit.is_multiple_of(1000) { (kbit / 1000, 'M') } else { (kbit, 'k') };
    write!(text, "{number}{unit}").expect("a string takes any text");
    text
}

/// The lines of a kind of router that needs no configuration of its own: how a speed is told, and how one who may reach
/// the cabinet only is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// The kind.
    pub name: &'static str,
    /// Whoever is served.
    pub served: &'static [&'static str],
    /// Whoever may reach the cabinet and the ways to pay only.
    pub garden: &'static [&'static str],
}

/// The kinds known. RouterOS counts from the router: first what it receives, the subscriber's upload; accel-ppp reads
/// download first.
pub const PRESETS: [Preset; 4] = [
    Preset {
        name: "mikrotik",
        served: &[
            "Mikrotik-Rate-Limit := {up_rate}/{down_rate}",
            "Framed-IP-Address := {ip}",
            "Delegated-IPv6-Prefix := {prefix}",
        ],
        garden: &["Mikrotik-Rate-Limit := {up_rate}/{down_rate}", "Mikrotik-Address-List := blocked"],
    },
    Preset {
        name: "accel-ppp",
        served: &[
            "Filter-Id := {down_kbit}/{up_kbit}",
            "Framed-IP-Address := {ip}",
            "Delegated-IPv6-Prefix := {prefix}",
        ],
        garden: &["Filter-Id := {down_kbit}/{up_kbit}", "Framed-Pool := blocked"],
    },
    Preset {
        name: "cisco",
        served: &[
            "Cisco-AVPair += ip:sub-qos-policy-in=up-{up_kbit}",
            "Cisco-AVPair += ip:sub-qos-policy-out=down-{down_kbit}",
            "Framed-IP-Address := {ip}",
            "Delegated-IPv6-Prefix := {prefix}",
        ],
        garden: &["Cisco-Account-Info := Ablocked"],
    },
    Preset {
        name: "juniper",
        served: &[
            "ERX-Service-Activate := svc({down_kbit}k,{up_kbit}k)",
            "Framed-IP-Address := {ip}",
            "Delegated-IPv6-Prefix := {prefix}",
        ],
        garden: &["ERX-Service-Activate := blocked"],
    },
];
