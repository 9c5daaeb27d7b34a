//! Ranges of addresses, as a provider writes them down: one address, `10.0.0.10-10.0.0.50`, or `10.0.0.0/28`; and prefixes
//! of IPv6, as they go with one.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// Addresses in a row, at most [`IpRange::MOST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpRange {
    /// The first.
    pub first: Ipv4Addr,
    /// The last, not before the first.
    pub last: Ipv4Addr,
}

/// The text is no range of addresses that can be given to subscribers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write one address, FIRST-LAST or FIRST/LENGTH: up to 4096 IPv4 addresses")]
pub struct IpRangeError;

impl IpRange {
    /// How many there may be at once.
    pub const MOST: u32 = 4096;

    /// The addresses, in order.
    pub fn addresses(self) -> impl Iterator<Item = Ipv4Addr> {
        (u32::from(self.first)..=u32::from(self.last)).map(Ipv4Addr::from)
    }
}

impl FromStr for IpRange {
    type Err = IpRangeError;

    /// The first and the last address of a net of four or more are the net's own, and left out.
    fn from_str(text: &str) -> Result<IpRange, IpRangeError> {
        let address = |text: &str| text.trim().parse::<Ipv4Addr>().map_err(|_| IpRangeError);
        let range = if let Some((first, last)) = text.split_once('-') {
            IpRange { first: address(first)?, last: address(last)? }
        } else if let Some((first, length)) = text.split_once('/') {
            let (first, length) = (address(first)?, length.trim().parse::<u32>().map_err(|_| IpRangeError)?);
            let hosts = 1u32.checked_shl(32u32.checked_sub(length).ok_or(IpRangeError)?).ok_or(IpRangeError)?;
            let net = u32::from(first);
            if !net.is_multiple_of(hosts) {
                return Err(IpRangeError);
            }
            let own = u32::from(hosts > 2);
            IpRange { first: Ipv4Addr::from(net + own), last: Ipv4Addr::from(net + (hosts - 1) - own) }
        } else {
            let one = address(text)?;
            IpRange { first: one, last: one }
        };
        let ordered = range.first <= range.last && u32::from(range.last) - u32::from(range.first) < IpRange::MOST;
        let usable = |address: Ipv4Addr| {
            !(address.is_unspecified() || address.is_loopback() || address.is_multicast() || address.is_broadcast())
        };
        if ordered && usable(range.first) && usable(range.last) { Ok(range) } else { Err(IpRangeError) }
    }
}

/// A prefix of IPv6 that a subscriber is given: `2001:db8:7::/56`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ipv6Prefix {
    net: u128,
    length: u32,
}

/// The text is no prefix that can be given to a subscriber.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("write PREFIX/LENGTH of 32 to 64 bits, as 2001:db8:7::/56, with nothing set behind them")]
pub struct Ipv6PrefixError;

impl Ipv6Prefix {
    /// Whether one lies within the other.
    pub fn overlaps(self, other: Ipv6Prefix) -> bool {
        let mask = Ipv6Prefix::mask(self.length.min(other.length));
        self.net & mask == other.net & mask
    }

    fn mask(length: u32) -> u128 {
        u128::MAX.checked_shl(128 - length).unwrap_or(0)
    }
}

impl FromStr for Ipv6Prefix {
    type Err = Ipv6PrefixError;

    fn from_str(text: &str) -> Result<Ipv6Prefix, Ipv6PrefixError> {
        let (net, length) = text.trim().split_once('/').ok_or(Ipv6PrefixError)?;
        let address = net.parse::<Ipv6Addr>().map_err(|_| Ipv6PrefixError)?;
        let length = length.parse::<u32>().map_err(|_| Ipv6PrefixError)?;
        let net = u128::from(address);
        // Global addresses alone are routed, and those of one's own (RFC 4193) within the provider.
        let given = matches!(address.segments()[0], 0x2000..=0x3fff | 0xfc00..=0xfdff);
        let sound = given && (32..=64).contains(&length) && net & !Ipv6Prefix::mask(length) == 0;
        if sound { Ok(Ipv6Prefix { net, length }) } else { Err(Ipv6PrefixError) }
    }
}

/// As RFC 5952 writes it, so that one prefix is one text.
impl fmt::Display for Ipv6Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", Ipv6Addr::from(self.net), self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<(String, String, usize)> {
        let range = text.parse::<IpRange>().ok()?;
        Some((range.first.to_string(), range.last.to_string(), range.addresses().count()))
    }

    #[test]
    fn ranges_are_read_as_they_are_written() {
        let range = |first: &str, last: &str, count| Some((first.to_owned(), last.to_owned(), count));
        assert_eq!(told("203.0.113.7"), range("203.0.113.7", "203.0.113.7", 1));
        assert_eq!(told("203.0.113.10 - 203.0.113.50"), range("203.0.113.10", "203.0.113.50", 41));
        assert_eq!(told("203.0.113.16/28"), range("203.0.113.17", "203.0.113.30", 14));
        assert_eq!(told("203.0.113.16/31"), range("203.0.113.16", "203.0.113.17", 2));
        assert_eq!(told("10.0.0.0/20"), range("10.0.0.1", "10.0.15.254", 4094));
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in [
            "",
            "10.0.0",
            "10.0.0.9-10.0.0.1",
            "10.0.0.1/28",
            "10.0.0.0/19",
            "10.0.0.0/33",
            "10.0.0.0/0",
            "::1",
            "127.0.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }

    #[test]
    fn a_prefix_is_one_text_however_it_was_written() {
        let told = |text: &str| text.parse::<Ipv6Prefix>().ok().map(|prefix| prefix.to_string());
        for (text, expected) in [
            ("2001:db8:7::/56", "2001:db8:7::/56"),
            (" 2001:0DB8:0007:0000::/56", "2001:db8:7::/56"),
            ("2001:db8::/32", "2001:db8::/32"),
            ("2001:db8:0:7::/64", "2001:db8:0:7::/64"),
            ("fd00:7::/48", "fd00:7::/48"),
        ] {
            assert_eq!(told(text).as_deref(), Some(expected));
        }
        for text in [
            "",
            "2001:db8:7::",
            "2001:db8:7::1/56",
            "2001:db8:7:1::/56",
            "2001:db8::/31",
            "2001:db8::/65",
            "2001:db8::/-1",
            "fe80::/64",
            "ff02::/64",
            "::1/64",
            "203.0.113.0/32",
        ] {
            assert_eq!(told(text), None, "{text}");
        }
    }

    #[test]
    fn prefixes_overlap_where_one_holds_the_other() {
        let prefix = |text: &str| text.parse::<Ipv6Prefix>().unwrap();
        for (one, other, expected) in [
            ("2001:db8:7::/56", "2001:db8:7::/56", true),
            ("2001:db8:7::/48", "2001:db8:7:ab00::/56", true),
            ("2001:db8:7::/56", "2001:db8:7:100::/56", false),
            ("2001:db8:7::/64", "2001:db8:7:1::/64", false),
        ] {
            assert_eq!(prefix(one).overlaps(prefix(other)), expected);
            assert_eq!(prefix(other).overlaps(prefix(one)), expected);
        }
    }
}
