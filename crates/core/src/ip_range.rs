//! Ranges of addresses, as a provider writes them down: one address, `10.0.0.10-10.0.0.50`, or `10.0.0.0/28`.

use std::net::Ipv4Addr;
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
}
