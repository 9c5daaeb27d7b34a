//! Attributes by the names that FreeRADIUS's dictionaries give them.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The most bytes an attribute holds.
pub const LONGEST: usize = 253;
/// The most bytes an attribute of a vendor holds: its own number and length stand inside the first.
const LONGEST_OF_VENDOR: usize = LONGEST - 6;
/// Number of the attribute in which vendors' attributes travel (RFC 2865, 5.26).
const VENDOR_SPECIFIC: u8 = 26;

/// How the value of an attribute is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text, as it is.
    Text,
    /// Text behind a byte that groups it with others (RFC 2868).
    Tagged,
    /// A whole number of 32 bits.
    Integer,
    /// An IPv4 address.
    Address,
    /// A prefix of IPv6 addresses (RFC 3162).
    Prefix,
}

/// An attribute of the dictionary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its name.
    pub name: &'static str,
    /// Who defined it, by the number the IANA gave them; none for the standard's own.
    vendor: Option<u32>,
    number: u8,
    kind: Kind,
}

const fn own(name: &'static str, number: u8, kind: Kind) -> Known {
    Known { name, vendor: None, number, kind }
}

const fn of(vendor: u32, name: &'static str, number: u8, kind: Kind) -> Known {
    Known { name, vendor: Some(vendor), number, kind }
}

const CISCO: u32 = 9;
const JUNIPER_ERX: u32 = 4874;
const WISPR: u32 = 14122;
const MIKROTIK: u32 = 14988;

/// Who signed in.
pub const USER_NAME: Known = own("User-Name", 1, Kind::Text);
/// The router that holds the session.
pub const NAS_IP_ADDRESS: Known = own("NAS-IP-Address", 4, Kind::Address);
/// The subscriber's address.
pub const FRAMED_IP_ADDRESS: Known = own("Framed-IP-Address", 8, Kind::Address);
/// Comes back in accounting as it was given.
pub const CLASS: Known = own("Class", 25, Kind::Text);
/// Name of the session at its router.
pub const ACCT_SESSION_ID: Known = own("Acct-Session-Id", 44, Kind::Text);
/// Why a router refused (RFC 5176, 3.5).
pub const ERROR_CAUSE: Known = own("Error-Cause", 101, Kind::Integer);
/// The packet's own signature (RFC 3579, 3.2).
pub(super) const MESSAGE_AUTHENTICATOR: u8 = 80;

/// Every attribute that a template may name.
const DICTIONARY: [Known; 24] = [
    USER_NAME,
    NAS_IP_ADDRESS,
    FRAMED_IP_ADDRESS,
    own("Filter-Id", 11, Kind::Text),
    own("Framed-Route", 22, Kind::Text),
    CLASS,
    own("Session-Timeout", 27, Kind::Integer),
    ACCT_SESSION_ID,
    own("Acct-Interim-Interval", 85, Kind::Integer),
    own("Framed-Pool", 88, Kind::Text),
    own("Framed-IPv6-Prefix", 97, Kind::Prefix),
    ERROR_CAUSE,
    own("Delegated-IPv6-Prefix", 123, Kind::Prefix),
    of(CISCO, "Cisco-AVPair", 1, Kind::Text),
    of(CISCO, "Cisco-Policy-Up", 37, Kind::Text),
    of(CISCO, "Cisco-Policy-Down", 38, Kind::Text),
    of(CISCO, "Cisco-Account-Info", 250, Kind::Text),
    of(JUNIPER_ERX, "ERX-Ingress-Policy-Name", 10, Kind::Text),
    of(JUNIPER_ERX, "ERX-Egress-Policy-Name", 11, Kind::Text),
    of(JUNIPER_ERX, "ERX-Service-Activate", 65, Kind::Tagged),
    of(WISPR, "WISPr-Bandwidth-Max-Up", 7, Kind::Integer),
    of(WISPR, "WISPr-Bandwidth-Max-Down", 8, Kind::Integer),
    of(MIKROTIK, "Mikrotik-Rate-Limit", 8, Kind::Text),
    of(MIKROTIK, "Mikrotik-Address-List", 19, Kind::Text),
];

/// The attribute of a name, as FreeRADIUS spells it.
pub fn named(name: &str) -> Option<Known> {
    DICTIONARY.into_iter().find(|known| known.name.eq_ignore_ascii_case(name))
}

/// An attribute with its value, as it travels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub(super) number: u8,
    pub(super) value: Vec<u8>,
}

/// Why a text is no value of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// More bytes than an attribute holds, or none.
    #[error("a value has 1 to {most} bytes")]
    Length {
        /// The most.
        most: usize,
    },
    /// Not a whole number of 32 bits.
    #[error("not a whole number")]
    Integer,
    /// Not an IPv4 address.
    #[error("not an IPv4 address")]
    Address,
    /// Not a prefix of IPv6 addresses.
    #[error("not an IPv6 prefix")]
    Prefix,
}

impl Known {
    /// The attribute with a value written as text; a tagged one gets the tag 1.
    ///
    /// # Errors
    /// A text that is no such value.
    pub fn with(self, text: &str) -> Result<Attribute, ValueError> {
        let value = match self.kind {
            Kind::Text => text.as_bytes().to_vec(),
            Kind::Tagged => [&[1], text.as_bytes()].concat(),
            Kind::Integer => text.parse::<u32>().map_err(|_| ValueError::Integer)?.to_be_bytes().to_vec(),
            Kind::Address => text.parse::<Ipv4Addr>().map_err(|_| ValueError::Address)?.octets().to_vec(),
            Kind::Prefix => prefix(text).ok_or(ValueError::Prefix)?,
        };
        let most = if self.vendor.is_some() { LONGEST_OF_VENDOR } else { LONGEST };
        if text.is_empty() || value.len() > most {
            return Err(ValueError::Length { most });
        }
        Ok(match self.vendor {
            None => Attribute { number: self.number, value },
            Some(vendor) => {
                let head = [self.number, value.len() as u8 + 2];
                Attribute { number: VENDOR_SPECIFIC, value: [vendor.to_be_bytes().as_slice(), &head, &value].concat() }
            }
        })
    }
}

/// A byte of nothing, the bits that count, and the bytes that hold them.
fn prefix(text: &str) -> Option<Vec<u8>> {
    let (net, bits) = text.split_once('/')?;
    let (net, bits) = (net.parse::<Ipv6Addr>().ok()?, bits.parse::<u8>().ok().filter(|bits| *bits <= 128)?);
    let bytes = usize::from(bits.div_ceil(8));
    Some([&[0, bits], &net.octets()[..bytes]].concat())
}
