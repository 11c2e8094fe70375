//! Addresses and prefixes: what an address is, and which prefix holds it.
//!
//! Nothing here knows HTTP. Longest-prefix lookup itself is done on the flattened tables of
//! [`crate::detect::table`]; this module holds the types both sides of those tables share.

pub mod operators;
pub mod text;

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
    /// A private or link-local network, its translator, or carrier-grade address sharing (RFC 1918, 6598, 4193, 3927,
    /// 8215).
    Private,
    /// 198.18.0.0/15 (RFC 2544): local VPN clients and filters answer with such addresses.
    Benchmark,
    /// Documentation, multicast, unspecified or reserved: no server on the Internet has it.
    Reserved,
}

/// What an address is that nobody on the Internet operates as such (RFC 6890 and the IANA registries).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Special {
    /// RFC 1122, 4291.
    Unspecified,
    Loopback,
    /// RFC 1918.
    Private,
    /// RFC 4193.
    UniqueLocal,
    /// RFC 3927, 4291.
    LinkLocal,
    /// Shared among a carrier's customers (RFC 6598).
    CarrierNat,
    /// RFC 2544, 5180.
    Benchmark,
    /// RFC 5737, 3849, 9637.
    Documentation,
    /// RFC 5771, 4291.
    Multicast,
    /// An IPv4 server behind a translator (RFC 6052).
    Nat64(Ipv4Addr),
    /// Behind a translator of the local network (RFC 8215); where it has the IPv4 address is that network's choice.
    LocalNat64,
    /// A site reached through an IPv4 address (RFC 3056).
    SixToFour(Ipv4Addr),
    /// Where such a site's packets were handed over; given up (RFC 7526).
    SixToFourRelay,
    /// A tunnel to one machine (RFC 4380).
    Teredo,
    /// IPv4 written as IPv6 (RFC 4291).
    Mapped(Ipv4Addr),
    /// Servers in many networks that answer what should never have been asked (RFC 7534, 7535).
    As112,
    /// Relays of multicast in many networks (RFC 7450).
    Amt,
    /// A hash or a segment in the form of an address (RFC 4843, 7343, 9374, 9602): no machine has it.
    Identifier,
    /// Reserved, or assigned to a protocol (RFC 6890, 2928, 6666, 9780).
    Reserved,
}

impl Special {
    /// As written in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Unspecified => "unspecified",
            Self::Loopback => "loopback",
            Self::Private => "private",
            Self::UniqueLocal => "unique-local",
            Self::LinkLocal => "link-local",
            Self::CarrierNat => "carrier-nat",
            Self::Benchmark => "benchmark",
            Self::Documentation => "documentation",
            Self::Multicast => "multicast",
            Self::Nat64(_) => "nat64",
            Self::LocalNat64 => "local-nat64",
            Self::SixToFour(_) => "6to4",
            Self::SixToFourRelay => "6to4-relay",
            Self::Teredo => "teredo",
            Self::Mapped(_) => "ipv4-mapped",
            Self::As112 => "as112",
            Self::Amt => "amt",
            Self::Identifier => "identifier",
            Self::Reserved => "reserved",
        }
    }
}

/// Names what an address is, if it is no ordinary public one.
pub fn special(address: IpAddr) -> Option<Special> {
    match address {
        IpAddr::V4(v4) => special_v4(v4),
        IpAddr::V6(v6) => special_v6(v6),
    }
}

fn special_v4(v4: Ipv4Addr) -> Option<Special> {
    let [a, b, c, _] = v4.octets();
    Some(match (a, b, c) {
        _ if v4.is_unspecified() => Special::Unspecified,
        (127, ..) => Special::Loopback,
        _ if v4.is_private() => Special::Private,
        (169, 254, _) => Special::LinkLocal,
        (100, 64..128, _) => Special::CarrierNat,
        (198, 18 | 19, _) => Special::Benchmark,
        _ if v4.is_documentation() => Special::Documentation,
        (224..240, ..) => Special::Multicast,
        (192, 31, 196) | (192, 175, 48) => Special::As112,
        (192, 52, 193) => Special::Amt,
        (192, 88, 99) => Special::SixToFourRelay,
        (0 | 240.., ..) | (192, 0, 0) => Special::Reserved,
        _ => return None,
    })
}

fn special_v6(v6: Ipv6Addr) -> Option<Special> {
    let segments @ [a, b, ..] = v6.segments();
    let ipv4 = |high: u16, low: u16| Ipv4Addr::from(u32::from(high) << 16 | u32::from(low));
    Some(match segments {
        _ if v6.is_unspecified() => Special::Unspecified,
        _ if v6.is_loopback() => Special::Loopback,
        [0, 0, 0, 0, 0, 0xffff, high, low] => Special::Mapped(ipv4(high, low)),
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => Special::Nat64(ipv4(high, low)),
        [0x2002, high, low, ..] => Special::SixToFour(ipv4(high, low)),
        [0x2001, 0, ..] => Special::Teredo,
        [0x64, 0xff9b, 1, ..] => Special::LocalNat64,
        [0x2001, 2, 0, ..] => Special::Benchmark,
        [0x2001, 3, ..] => Special::Amt,
        [0x2001, 4, 0x112, ..] | [0x2620, 0x4f, 0x8000, ..] => Special::As112,
        [0x2001, 0x10..0x40, ..] | [0x5f00, ..] => Special::Identifier,
        [0x2001, ..0x200, ..] => Special::Reserved,
        _ if a & 0xfe00 == 0xfc00 => Special::UniqueLocal,
        _ if a & 0xffc0 == 0xfe80 => Special::LinkLocal,
        [0x2001, 0xdb8, ..] => Special::Documentation,
        _ if a == 0x3fff && b < 0x1000 => Special::Documentation,
        _ if v6.is_multicast() => Special::Multicast,
        // Only 2000::/3 is handed out as public addresses.
        _ if a >> 13 != 1 => Special::Reserved,
        _ => return None,
    })
}

/// Classifies an address after the IANA special-purpose registries (RFC 6890).
pub fn reach(address: IpAddr) -> Reach {
    match special(address) {
        // Somebody announces these, and the table of operators says who.
        None | Some(Special::As112 | Special::Amt | Special::SixToFourRelay) => Reach::Public,
        Some(Special::Mapped(v4) | Special::Nat64(v4) | Special::SixToFour(v4)) => reach(v4.into()),
        Some(Special::Loopback) => Reach::Loopback,
        Some(
            Special::Private | Special::UniqueLocal | Special::LinkLocal | Special::CarrierNat | Special::LocalNat64,
        ) => Reach::Private,
        Some(Special::Benchmark) => Reach::Benchmark,
        Some(_) => Reach::Reserved,
    }
}

/// IPv4 inside an IPv6 address is judged as IPv4: mapped (RFC 4291, section 2.5.5.2), behind a
/// translator (RFC 6052), or the site's end of a tunnel (RFC 3056).
#[inline]
pub fn canonical(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => match v6.segments()[0] {
            0 | 0x64 | 0x2002 => match special_v6(v6) {
                Some(Special::Mapped(v4) | Special::Nat64(v4) | Special::SixToFour(v4)) => v4.into(),
                _ => address,
            },
            _ => address,
        },
    }
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
            ("64:ff9b::c000:2b07", Reach::Public),
            ("64:ff9b::a00:1", Reach::Private),
            ("2002:c000:2b07::1", Reach::Public),
            ("2001::1", Reach::Reserved),
            ("4000::1", Reach::Reserved),
            ("64:ff9b:1::c000:2b07", Reach::Private),
            ("192.175.48.1", Reach::Public),
            ("2620:4f:8000::1", Reach::Public),
            ("192.52.193.1", Reach::Public),
            ("192.88.99.1", Reach::Public),
            ("192.0.0.170", Reach::Reserved),
            ("2001:20::1", Reach::Reserved),
            ("2001:1ff::1", Reach::Reserved),
            ("2001:200::1", Reach::Public),
            ("5f00::1", Reach::Reserved),
        ] {
            assert_eq!(reach(text.parse().unwrap()), expected, "{text}");
        }
    }

    #[test]
    fn special_addresses_are_named_as_what_they_are() {
        let v4 = Ipv4Addr::new(192, 0, 43, 7);
        for (text, expected) in [
            ("192.0.43.7", None),
            ("0.0.0.0", Some(Special::Unspecified)),
            ("0.1.2.3", Some(Special::Reserved)),
            ("192.168.1.1", Some(Special::Private)),
            ("169.254.1.1", Some(Special::LinkLocal)),
            ("100.64.0.1", Some(Special::CarrierNat)),
            ("198.18.0.1", Some(Special::Benchmark)),
            ("203.0.113.9", Some(Special::Documentation)),
            ("239.1.2.3", Some(Special::Multicast)),
            ("255.255.255.255", Some(Special::Reserved)),
            ("::", Some(Special::Unspecified)),
            ("::ffff:192.0.43.7", Some(Special::Mapped(v4))),
            ("64:ff9b::192.0.43.7", Some(Special::Nat64(v4))),
            ("2002:c000:2b07::1", Some(Special::SixToFour(v4))),
            ("2001:0:1::1", Some(Special::Teredo)),
            ("2001:2::1", Some(Special::Benchmark)),
            ("2001:200::1", None),
            ("2001:2:1::1", Some(Special::Reserved)),
            ("64:ff9b:1:fffe::192.0.43.7", Some(Special::LocalNat64)),
            ("64:ff9b:2::1", Some(Special::Reserved)),
            ("192.31.196.1", Some(Special::As112)),
            ("192.175.48.6", Some(Special::As112)),
            ("2001:4:112::1", Some(Special::As112)),
            ("2620:4f:8000::6", Some(Special::As112)),
            ("2620:4f:8001::6", None),
            ("2001:4:113::1", Some(Special::Reserved)),
            ("192.52.193.1", Some(Special::Amt)),
            ("2001:3::1", Some(Special::Amt)),
            ("192.88.99.1", Some(Special::SixToFourRelay)),
            ("192.88.98.1", None),
            ("2001:10::1", Some(Special::Identifier)),
            ("2001:2f:ffff::1", Some(Special::Identifier)),
            ("2001:3f::1", Some(Special::Identifier)),
            ("2001:40::1", Some(Special::Reserved)),
            ("5f00::1", Some(Special::Identifier)),
            ("2001:1::1", Some(Special::Reserved)),
            ("2001:1ff:ffff::1", Some(Special::Reserved)),
            ("100::1", Some(Special::Reserved)),
            ("100:0:0:1::1", Some(Special::Reserved)),
            ("192.0.0.8", Some(Special::Reserved)),
            ("192.0.0.171", Some(Special::Reserved)),
            ("fe80::1", Some(Special::LinkLocal)),
            ("fd00::1", Some(Special::UniqueLocal)),
            ("3fff:fff::1", Some(Special::Documentation)),
            ("ff02::1", Some(Special::Multicast)),
        ] {
            assert_eq!(special(text.parse().unwrap()), expected, "{text}");
        }
        let canonical = |text: &str| super::canonical(text.parse().unwrap()).to_string();
        assert_eq!(canonical("64:ff9b::192.0.43.7"), "192.0.43.7");
        assert_eq!(canonical("2606:2800:220:1::1"), "2606:2800:220:1::1");
    }
}
