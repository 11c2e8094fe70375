//! Addresses and prefixes: what an address is, and which prefix holds it.
//!
//! Nothing here knows HTTP. Longest-prefix lookup itself is done on the flattened tables of
//! [`crate::detect::table`]; this module holds the types both sides of those tables share.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address block: RFC 4632 for IPv4, RFC 4291 for IPv6. Host bits are zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Prefix {
    address: IpAddr,
    length: u8,
}

/// Why a text is no prefix; the caller says where it stood.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrefixError {
    #[error("not an address and a length, as in 192.0.2.0/24")]
    Shape,
    #[error("the length is longer than the address")]
    Length,
    #[error("bits are set behind the prefix length")]
    HostBits,
}

impl Prefix {
    /// The prefix of `length` leading bits; refused when bits behind them are set.
    pub fn new(address: IpAddr, length: u8) -> Result<Self, PrefixError> {
        let width = if address.is_ipv4() { 32 } else { 128 };
        if length > width {
            return Err(PrefixError::Length);
        }
        let prefix = Self { address, length };
        if bits(address) & !mask(width, length) != 0 {
            return Err(PrefixError::HostBits);
        }
        Ok(prefix)
    }

    /// Reads `192.0.2.0/24`; an address alone is a prefix of full length.
    pub fn parse(text: &str) -> Result<Self, PrefixError> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().map_err(|_| PrefixError::Shape)?;
        let length = match length {
            Some(digits) => digits.parse().map_err(|_| PrefixError::Shape)?,
            None if address.is_ipv4() => 32,
            None => 128,
        };
        Self::new(address, length)
    }

    pub fn address(&self) -> IpAddr {
        self.address
    }

    pub fn length(&self) -> u8 {
        self.length
    }

    pub fn is_ipv4(&self) -> bool {
        self.address.is_ipv4()
    }

    /// First and last address as integers; IPv4 in the low 32 bits.
    pub fn bounds(&self) -> (u128, u128) {
        let width = if self.is_ipv4() { 32 } else { 128 };
        let first = bits(self.address);
        (first, first | (ones(width) & !mask(width, self.length)))
    }

    pub fn contains(&self, address: IpAddr) -> bool {
        if address.is_ipv4() != self.is_ipv4() {
            return false;
        }
        let (first, last) = self.bounds();
        (first..=last).contains(&bits(address))
    }
}

impl std::fmt::Display for Prefix {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.address, self.length)
    }
}

/// The address as an integer, IPv4 in the low 32 bits.
pub fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u32::from(v4).into(),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

fn ones(width: u8) -> u128 {
    if width == 128 { u128::MAX } else { (1 << width) - 1 }
}

fn mask(width: u8, length: u8) -> u128 {
    ones(width) & !ones(width - length)
}

/// What an address says about the path to the server, before any list is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reach {
    /// A public unicast address: it may name the operator.
    Public,
    /// The reader's own machine.
    Loopback,
    /// A private or link-local network, or carrier-grade address sharing (RFC 1918, 6598, 4193, 3927).
    Private,
    /// 198.18.0.0/15 (RFC 2544): local VPN clients and filters answer with such addresses.
    Benchmark,
    /// Documentation, multicast, unspecified or reserved: no server on the Internet has it.
    Reserved,
}

/// Classifies an address after the IANA special-purpose registries (RFC 6890).
pub fn reach(address: IpAddr) -> Reach {
    match address {
        IpAddr::V4(v4) => reach_v4(v4),
        IpAddr::V6(v6) => match v6.to_ipv4_mapped() {
            Some(v4) => reach_v4(v4),
            None => reach_v6(v6),
        },
    }
}

fn reach_v4(v4: Ipv4Addr) -> Reach {
    let [a, b, ..] = v4.octets();
    if v4.is_loopback() {
        Reach::Loopback
    } else if v4.is_private() || v4.is_link_local() || (a == 100 && (64..128).contains(&b)) {
        Reach::Private
    } else if a == 198 && (b == 18 || b == 19) {
        Reach::Benchmark
    } else if v4.is_documentation() || v4.is_multicast() || a == 0 || a >= 240 {
        Reach::Reserved
    } else {
        Reach::Public
    }
}

fn reach_v6(v6: Ipv6Addr) -> Reach {
    let [a, b, ..] = v6.segments();
    if v6.is_loopback() {
        Reach::Loopback
    } else if (a & 0xfe00) == 0xfc00 || (a & 0xffc0) == 0xfe80 {
        Reach::Private
    } else if (a == 0x2001 && b == 0xdb8) || v6.is_multicast() || v6.is_unspecified() || (a == 0x3fff && b < 0x1000) {
        Reach::Reserved
    } else {
        Reach::Public
    }
}

/// IPv4 inside an IPv6 address is judged as IPv4 (RFC 4291, section 2.5.5.2).
pub fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_read_and_refused() {
        for (text, expected) in [
            ("192.0.2.0/24", Ok(())),
            ("192.0.2.1", Ok(())),
            ("2001:db8::/32", Ok(())),
            ("::/0", Ok(())),
            ("192.0.2.1/24", Err(PrefixError::HostBits)),
            ("192.0.2.0/33", Err(PrefixError::Length)),
            ("192.0.2.0/", Err(PrefixError::Shape)),
            ("example.com/8", Err(PrefixError::Shape)),
        ] {
            assert_eq!(Prefix::parse(text).map(|_| ()), expected, "{text}");
        }
    }

    #[test]
    fn bounds_hold_first_and_last_address() {
        let prefix = Prefix::parse("192.0.2.64/26").unwrap();
        assert_eq!(prefix.bounds(), (0xc000_0240, 0xc000_027f));
        assert!(prefix.contains("192.0.2.127".parse().unwrap()));
        assert!(!prefix.contains("192.0.2.128".parse().unwrap()));
        assert!(!prefix.contains("::1".parse().unwrap()));
        assert_eq!(Prefix::parse("0.0.0.0/0").unwrap().bounds(), (0, 0xffff_ffff));
        assert_eq!(Prefix::parse("::/0").unwrap().bounds(), (0, u128::MAX));
    }

    #[test]
    fn special_addresses_name_no_operator() {
        for (text, expected) in [
            ("192.0.43.7", Reach::Public),
            ("10.1.2.3", Reach::Private),
            ("100.64.0.1", Reach::Private),
            ("100.128.0.1", Reach::Public),
            ("127.0.0.1", Reach::Loopback),
            ("198.19.255.255", Reach::Benchmark),
            ("192.0.2.1", Reach::Reserved),
            ("::1", Reach::Loopback),
            ("fd00::1", Reach::Private),
            ("fe80::1", Reach::Private),
            ("2001:db8::1", Reach::Reserved),
            ("::ffff:10.0.0.1", Reach::Private),
            ("2606:2800:220:1::1", Reach::Public),
        ] {
            assert_eq!(reach(text.parse().unwrap()), expected, "{text}");
        }
    }
}
