//! `Via` (RFC 9110, section 7.6.3): the intermediaries a message passed.
//!
//! ```text
//! Via               = #( received-protocol RWS received-by [ RWS comment ] )
//! received-protocol = [ protocol-name "/" ] protocol-version
//! received-by       = pseudonym [ ":" port ]
//! ```
//!
//! Each intermediary appends itself, so the last member is nearest the reader. A gateway need not
//! add itself to responses: absence proves nothing, and the last member need not be the machine
//! that answered.
//!
//! Off-spec: a member without a protocol is read as a pseudonym (`varnish`), and commas inside
//! brackets do not separate (`cache21.example[0,0,304-0,H]`); both are seen in real values.

use crate::field::list::{self, Grammar, Member};
use crate::field::{Fault, Problems, is_space, is_tchar, plain_text};

/// What may hold a comma inside a member: comments, and the brackets of real values.
pub const GRAMMAR: Grammar = Grammar { brackets: true, ..Grammar::COMMENTED };

/// The members of one `Via` line, in the order sent: the last is nearest the reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Via<'a> {
    pub members: Vec<ViaMember<'a>>,
    /// Members farther from the reader that were left out ([`MAX_MEMBERS`](crate::field::MAX_MEMBERS)).
    pub dropped: usize,
    pub problems: Problems,
}

/// One intermediary as it described itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ViaMember<'a> {
    /// The protocol's name, when it is not plain HTTP.
    pub protocol_name: Option<&'a str>,
    /// The version of the protocol in which the intermediary received the message.
    pub protocol_version: Option<&'a str>,
    /// Host or pseudonym as sent, with the port and what stands in brackets.
    pub received_by: &'a str,
    /// Host or pseudonym alone.
    pub host: &'a str,
    pub port: Option<u16>,
    /// The comment without its outer parentheses: usually software and version.
    pub comment: Option<&'a [u8]>,
    /// Where the member stands in the field value.
    pub at: usize,
}

/// Reads one `Via` line.
#[must_use]
pub fn parse(value: &[u8]) -> Via<'_> {
    let mut via = Via::default();
    let listed = list::nearest(value, GRAMMAR, &mut via.problems);
    via.dropped = listed.dropped;
    via.members.reserve(listed.members.len());
    for member in listed.members {
        if let Some(read) = parse_member(member, &mut via.problems) {
            via.members.push(read);
        }
    }
    via
}

fn parse_member<'a>(member: Member<'a>, problems: &mut Problems) -> Option<ViaMember<'a>> {
    if member.is_too_long() {
        problems.add(Fault::TooLong, member.at);
        return None;
    }
    let bytes = member.bytes;
    let word = |from: usize| {
        let start = from + bytes[from..].iter().take_while(|byte| is_space(**byte)).count();
        let len = bytes[start..].iter().take_while(|byte| !is_space(**byte) && **byte != b'(').count();
        (start, start + len)
    };
    let first = word(0);
    let second = word(first.1);
    let has_second = second.0 < second.1;
    // A single word is a pseudonym, unless it can only be a version.
    let single_version = !has_second && bytes[first.0..first.1].iter().all(is_version_byte);
    let (protocol, by) = if has_second || single_version { (Some(first), second) } else { (None, first) };
    if by.0 == by.1 || protocol.is_none() {
        problems.add(Fault::MissingPart, member.at);
    }
    let mut read = ViaMember {
        protocol_name: None,
        protocol_version: None,
        received_by: "",
        host: "",
        port: None,
        comment: None,
        at: member.at,
    };
    if let Some((start, end)) = protocol {
        let (name, version) = match bytes[start..end].iter().position(|byte| *byte == b'/') {
            Some(slash) => (Some((start, start + slash)), (start + slash + 1, end)),
            None => (None, (start, end)),
        };
        read.protocol_name = name.and_then(|(start, end)| token(&bytes[start..end]));
        read.protocol_version = token(&bytes[version.0..version.1]);
        if read.protocol_version.is_none() || (name.is_some() && read.protocol_name.is_none()) {
            problems.add(Fault::Syntax, member.at + start);
        }
    }
    match plain_text(&bytes[by.0..by.1]) {
        Some(received_by) => {
            read.received_by = received_by;
            (read.host, read.port) = host_and_port(received_by);
        }
        None => problems.add(Fault::NotText, member.at + by.0),
    }
    let rest_at = by.1 + bytes[by.1..].iter().take_while(|byte| is_space(**byte)).count();
    let rest = &bytes[rest_at..];
    if let [b'(', inside @ .., b')'] = rest {
        read.comment = Some(inside);
    } else if !rest.is_empty() {
        problems.add(Fault::TrailingText, member.at + rest_at);
    }
    if read.received_by.is_empty() && read.comment.is_none() {
        return None;
    }
    Some(read)
}

fn is_version_byte(byte: &u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'.' | b'/')
}

/// Bytes as text if they are a token.
fn token(bytes: &[u8]) -> Option<&str> {
    if bytes.is_empty() || !bytes.iter().copied().all(is_tchar) {
        return None;
    }
    std::str::from_utf8(bytes).ok()
}

/// Splits `host:port`, `[v6]:port` and the bracketed counters that some caches append.
fn host_and_port(received_by: &str) -> (&str, Option<u16>) {
    let host_end = match received_by.strip_prefix('[') {
        Some(rest) => rest.find(']').map_or(received_by.len(), |end| end + 2),
        None => received_by.find([':', '[']).unwrap_or(received_by.len()),
    };
    let (host, rest) = received_by.split_at(host_end);
    // An address without brackets has more than one colon and then no port.
    if rest.bytes().filter(|byte| *byte == b':').count() > 1 {
        return (received_by, None);
    }
    let port = rest.strip_prefix(':').map(|port| port.split('[').next().unwrap_or(port));
    (host, port.and_then(|port| port.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row<'a> = (Option<&'a str>, Option<&'a str>, &'a str, Option<u16>, Option<&'a str>);

    fn rows(via: &Via) -> Vec<String> {
        via.members
            .iter()
            .map(|m| {
                let comment = m.comment.map(|c| String::from_utf8_lossy(c).into_owned());
                format!("{:?}", (m.protocol_name, m.protocol_version, m.host, m.port, comment.as_deref()))
            })
            .collect()
    }

    #[test]
    fn intermediaries_in_the_order_they_were_passed() {
        #[rustfmt::skip]
        let table: &[(&str, &[Row], &[Fault])] = &[
            // RFC 9110, section 7.6.3: the example with a pseudonym.
            ("1.0 fred, 1.1 p.example.net", &[(None, Some("1.0"), "fred", None, None), (None, Some("1.1"), "p.example.net", None, None)], &[]),
            // The same section: several members, one of them a candidate for combining.
            ("1.0 ricky, 1.1 ethel, 1.1 fred, 1.0 lucy", &[(None, Some("1.0"), "ricky", None, None), (None, Some("1.1"), "ethel", None, None), (None, Some("1.1"), "fred", None, None), (None, Some("1.0"), "lucy", None, None)], &[]),
            // A CDN that names itself in a comment, then an anonymous cache.
            ("1.1 d25b.cloudfront.net (CloudFront), 1.1 varnish", &[(None, Some("1.1"), "d25b.cloudfront.net", None, Some("CloudFront")), (None, Some("1.1"), "varnish", None, None)], &[]),
            // A port, and a protocol that no one speaks: both are the sender's business.
            ("0.0 PSdgflkfFRA1vg90:10 (W)", &[(None, Some("0.0"), "PSdgflkfFRA1vg90", Some(10), Some("W"))], &[]),
            // A protocol name; a comment with brackets, commas, nesting.
            ("https/1.1 localhost (ApacheTrafficServer/9.2 [cMsSf, (x)])", &[(Some("https"), Some("1.1"), "localhost", None, Some("ApacheTrafficServer/9.2 [cMsSf, (x)]"))], &[]),
            ("1.1 [2001:db8::1]:8080", &[(None, Some("1.1"), "[2001:db8::1]", Some(8080), None)], &[]),
            // Without brackets an IPv6 address has no port to be told apart.
            ("1.1 2001:db8::1", &[(None, Some("1.1"), "2001:db8::1", None, None)], &[]),
            // Real: commas in brackets, no protocol.
            ("cache21.example[0,0,304-0,H], kunlun8.example[1,0]", &[(None, None, "cache21.example", None, None), (None, None, "kunlun8.example", None, None)], &[Fault::MissingPart, Fault::MissingPart]),
            ("varnish", &[(None, None, "varnish", None, None)], &[Fault::MissingPart]),
            // A comment right behind the name is still a comment.
            ("1.1 proxy(v2)", &[(None, Some("1.1"), "proxy", None, Some("v2"))], &[]),
            // A version alone says that someone was there, but not who: nothing is understood.
            ("1.1", &[], &[Fault::MissingPart]),
            ("1.1 a b", &[(None, Some("1.1"), "a", None, None)], &[Fault::TrailingText]),
            // A port beyond 65535 is no port.
            ("1.1 a:99999", &[(None, Some("1.1"), "a", None, None)], &[]),
            ("@/1 a", &[(None, Some("1"), "a", None, None)], &[Fault::Syntax]),
            // The comment is never closed: the members after it still count.
            ("1.1 a (b, 1.1 c", &[(None, Some("1.1"), "a", None, None), (None, Some("1.1"), "c", None, None)], &[Fault::UnbalancedComment, Fault::TrailingText]),
            ("", &[], &[]),
        ];
        for (value, members, faults) in table {
            let via = parse(value.as_bytes());
            let expected: Vec<_> = members.iter().map(|row| format!("{row:?}")).collect();
            assert_eq!(rows(&via), expected, "{value}");
            let found: Vec<_> = via.problems.kept().iter().map(|p| p.fault).collect();
            assert_eq!(found, *faults, "{value}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_reported_where_they_stand() {
        let via = parse(b"1.1 a, 1.1 b\xff");
        assert_eq!(via.members.len(), 1);
        assert_eq!(via.problems.kept(), [Fault::NotText.at(11)]);
    }
}
