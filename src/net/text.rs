//! Addresses as text (RFC 4291, section 2.2, and dotted decimal), read in one pass over the bytes.
//!
//! The library's reader tries each form anew at every part; this one takes a third of its time. It takes the same
//! texts and gives the same addresses, which a test compares.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Bytes of the longest address: all digits of an IPv6 address, the last two parts as IPv4.
pub const LONGEST: usize = 45;

/// The address that a text is, nothing before or behind it.
// Where it is used, what was found need not pass through memory.
#[inline(always)]
pub fn address(text: &[u8]) -> Option<IpAddr> {
    match ipv4(text) {
        Some(bits) => Some(Ipv4Addr::from(bits).into()),
        None => Some(Ipv6Addr::from(ipv6(text)?).into()),
    }
}

/// The address that a text is as URLs, logs and browsers write it: perhaps in brackets (RFC 3986, section 3.2.2), and
/// one of version 6 with a zone (RFC 4007, section 11), which means something on its machine only.
pub fn dressed(text: &str) -> Option<IpAddr> {
    let inside = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    match inside.split_once('%') {
        None => address(inside.as_bytes()),
        Some((inside, _zone)) => address(inside.as_bytes()).filter(IpAddr::is_ipv6),
    }
}

/// Four numbers up to 255, without leading zeros, which some read as octal.
#[inline]
fn ipv4(text: &[u8]) -> Option<u32> {
    let mut left = text.iter();
    let mut address = 0;
    for part in 0..4 {
        let mut number = digit(*left.next()?)?;
        // One after the other, behind one to three digits is a dot, or the end.
        let mut next = left.next();
        if let Some(second) = next.and_then(|byte| digit(*byte)) {
            if number == 0 {
                return None;
            }
            number = number * 10 + second;
            next = left.next();
            if let Some(third) = next.and_then(|byte| digit(*byte)) {
                number = number * 10 + third;
                next = left.next();
            }
        }
        if number > 255 || next != if part < 3 { Some(&b'.') } else { None } {
            return None;
        }
        address = address << 8 | number;
    }
    Some(address)
}

#[inline]
fn digit(byte: u8) -> Option<u32> {
    let digit = u32::from(byte).wrapping_sub(u32::from(b'0'));
    (digit < 10).then_some(digit)
}

/// Eight groups of up to four digits; `::` stands once for groups of zero, and the last two may be an IPv4 address.
#[inline(always)]
fn ipv6(text: &[u8]) -> Option<u128> {
    let (mut address, mut groups) = (0_u128, 0);
    // What stands before `::`, and in how many groups.
    let mut before = None;
    let mut text = text;
    if let Some(behind) = text.strip_prefix(b"::") {
        (before, text) = (Some((0, 0)), behind);
    }
    let (mut number, mut digits) = (0_u32, 0);
    for (at, byte) in text.iter().enumerate() {
        let digit = HEX[usize::from(*byte)];
        if digit < 16 {
            number = number << 4 | u32::from(digit);
            digits += 1;
        } else if *byte == b':' && (1..=4).contains(&digits) {
            (address, groups) = (address << 16 | u128::from(number), groups + 1);
            (number, digits) = (0, 0);
        } else if *byte == b':' && digits == 0 && groups > 0 && before.is_none() {
            (before, address) = (Some((address, groups)), 0);
        } else if *byte == b'.' && digits > 0 {
            let last = ipv4(text.get(at - digits..)?)?;
            (address, groups) = (address << 16 | u128::from(last >> 16), groups + 1);
            (number, digits) = (last & 0xffff, 4);
            break;
        } else {
            return None;
        }
    }
    match digits {
        // Behind a single colon something must follow.
        0 if before.is_some_and(|(_, len)| len == groups) => {}
        1..=4 => (address, groups) = (address << 16 | u128::from(number), groups + 1),
        _ => return None,
    }
    match before {
        None => (groups == 8).then_some(address),
        // `::` stands for one group at the least.
        Some((_, 0)) => (groups < 8).then_some(address),
        Some((before, len)) => (groups < 8).then(|| before << (128 - 16 * len) | address),
    }
}

/// What each byte is as a digit of base 16; 16 and more is none.
const HEX: [u8; 256] = {
    let mut digits = [u8::MAX; 256];
    let mut digit = 0;
    while digit < 16 {
        digits[b"0123456789abcdef"[digit] as usize] = digit as u8;
        digits[b"0123456789ABCDEF"[digit] as usize] = digit as u8;
        digit += 1;
    }
    digits
};

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn same(text: &str) -> Result<(), TestCaseError> {
        prop_assert_eq!(address(text.as_bytes()), text.parse().ok(), "{}", text);
        Ok(())
    }

    #[test]
    fn texts_are_read_and_refused_as_the_library_does() {
        for text in [
            "",
            "0",
            "1.2.3.4",
            "255.255.255.255",
            "256.1.1.1",
            "1.2.3",
            "1.2.3.4.5",
            "01.2.3.4",
            "0.0.0.0",
            "00.0.0.0",
            "1..2.3",
            ".1.2.3",
            "1.2.3.",
            "1.2.3.4 ",
            " 1.2.3.4",
            "1.2.3.0004",
            "::",
            ":",
            ":::",
            "::1",
            "1::",
            "1:",
            ":1",
            "1::2::3",
            "1:2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7:8:9",
            "1:2:3:4:5:6:7:8:",
            "1:2:3:4:5:6:7",
            "::2:3:4:5:6:7:8",
            "1:2:3:4:5:6:7::",
            "1::3:4:5:6:7:8",
            "1:2:3:4::5:6:7:8",
            "1::2:3:4:5:6:7:8",
            "::1:2:3:4:5:6:7:8",
            "12345::",
            "g::",
            "ABCD:ef01::",
            "::1.2.3.4",
            "::ffff:1.2.3.4",
            "1:2:3:4:5:6:1.2.3.4",
            "1:2:3:4:5:6:7:1.2.3.4",
            "1:2:3:4:5:1.2.3.4",
            "1::1.2.3.4",
            "::1.2.3",
            "::1.2.3.4:5",
            "1.2.3.4::",
            "::01.2.3.4",
            "1:2:3:4:5::1.2.3.4",
            "1:2:3:4:5:6::1.2.3.4",
            "fe80::1%eth0",
            "[::1]",
            "::1/64",
            "1:2:3:4:5:6:7:8::",
            "::a.2.3.4",
            "::12a.2.3.4",
            "1:::2",
            "0000:0000:0000:0000:0000:0000:255.255.255.255",
            "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
        ] {
            same(text).unwrap();
        }
    }

    #[test]
    fn brackets_and_zones_are_no_part_of_an_address() {
        for (text, expected) in [
            ("2606:4700::1", Some("2606:4700::1")),
            ("[2606:4700::1]", Some("2606:4700::1")),
            ("[192.0.2.1]", Some("192.0.2.1")),
            ("fe80::1%eth0", Some("fe80::1")),
            ("[fe80::1%25en0]", Some("fe80::1")),
            ("192.0.2.0%2F24", None),
            ("[2606:4700::1", None),
            ("2606:4700::1]", None),
            ("[[2606:4700::1]]", None),
            ("[2606:4700::1]:443", None),
            ("[]", None),
        ] {
            assert_eq!(dressed(text), expected.map(|address| address.parse().unwrap()), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_address_is_read_as_the_library_writes_it(bits: u128, zeros in 0_u32..128, v4: u32) {
            for address in [IpAddr::from(Ipv6Addr::from(bits >> zeros)), Ipv6Addr::from(bits << zeros).into(), Ipv4Addr::from(v4).into()] {
                same(&address.to_string())?;
            }
        }

        #[test]
        fn texts_of_an_address_s_characters_are_read_as_the_library_reads_them(text in "[0-9a-fA-F:.]{0,20}|([0-9a-f]{0,4}:{1,2}){0,9}([0-9]{1,3}\\.?){0,4}|([0-9]{0,3}\\.?){0,5}") {
            same(&text)?;
        }
    }
}
