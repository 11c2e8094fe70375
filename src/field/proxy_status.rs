//! `Proxy-Status` (RFC 9209): what an intermediary met when it asked further.
//!
//! A structured list like `Cache-Status`, in the same order: the first member is nearest the
//! origin server, the last nearest the reader (section 2). Only the parameters that a verdict can
//! use are read: `error` (section 2.1.1), `next-hop` (2.1.2), `received-status` (2.1.4).
//!
//! Off-spec: an error type in quotes is taken like one without; drafts of the RFC showed it so.

use std::borrow::Cow;

use crate::field::list::{self, Grammar};
use crate::field::structured::{self, Value};
use crate::field::{Fault, Problems};

/// One `Proxy-Status` line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProxyStatusField<'a> {
    /// The intermediaries, in the order sent: the last is nearest the reader.
    pub members: Vec<ProxyStatus<'a>>,
    /// Members farther from the reader that were left out ([`MAX_MEMBERS`](crate::field::MAX_MEMBERS)).
    pub dropped: usize,
    pub problems: Problems,
}

/// What one intermediary says: a member of `Proxy-Status` (RFC 9209, section 2).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProxyStatus<'a> {
    /// The intermediary's name as sent.
    pub proxy: Cow<'a, str>,
    /// The type of proxy error, as `dns_timeout`: asking further failed. Most types mean that
    /// this intermediary made the response itself, but not all do.
    pub error: Option<Cow<'a, str>>,
    /// The intermediary or server that was asked: a name or an address.
    pub next_hop: Option<Cow<'a, str>>,
    /// The status code that the next hop answered with.
    pub received_status: Option<u16>,
    /// Where the member stands in the field value.
    pub at: usize,
}

/// Reads one `Proxy-Status` line.
#[must_use]
pub fn parse(value: &[u8]) -> ProxyStatusField<'_> {
    let mut field = ProxyStatusField::default();
    let listed = list::nearest(value, Grammar::QUOTED, &mut field.problems);
    field.dropped = listed.dropped;
    for member in listed.members {
        let mut status = ProxyStatus { at: member.at, ..ProxyStatus::default() };
        let problems = &mut field.problems;
        let item = structured::parse_member(member, &mut |name, value| {
            let understood = match (name, value) {
                ("error", value @ (Value::Token(_) | Value::String(_))) => {
                    status.error = value.into_text();
                    true
                }
                ("next-hop", value @ (Value::Token(_) | Value::String(_))) => {
                    status.next_hop = value.into_text();
                    true
                }
                ("received-status", Value::Integer(code)) => {
                    status.received_status = u16::try_from(code).ok().filter(|code| (100..=999).contains(code));
                    status.received_status.is_some()
                }
                (name, _) => !matches!(name, "error" | "next-hop" | "received-status"),
            };
            if !understood {
                problems.add(Fault::WrongType, member.at);
            }
        });
        match item.map(Value::into_text) {
            Ok(Some(proxy)) => {
                status.proxy = proxy;
                field.members.push(status);
            }
            Ok(None) => field.problems.add(Fault::WrongType, member.at),
            Err(problem) => field.problems.add(problem.fault, problem.at),
        }
    }
    field
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_rfc_9209() {
        let plain = ProxyStatus::default();
        #[rustfmt::skip]
        let rows: Vec<(&str, Vec<ProxyStatus>)> = vec![
            // Section 2: two intermediaries, the first nearest the origin server.
            ("revproxy1.example.net, ExampleCDN", vec![
                ProxyStatus { proxy: "revproxy1.example.net".into(), ..plain.clone() },
                ProxyStatus { proxy: "ExampleCDN".into(), at: 23, ..plain.clone() },
            ]),
            // Section 2.1.1: an error that the intermediary itself answers for.
            ("ExampleCDN; error=connection_timeout", vec![ProxyStatus { proxy: "ExampleCDN".into(), error: Some("connection_timeout".into()), ..plain.clone() }]),
            // Off-spec: the type in quotes.
            (r#"ExampleProxy; error="http_protocol_error"; details="space before colon""#, vec![ProxyStatus { proxy: "ExampleProxy".into(), error: Some("http_protocol_error".into()), ..plain.clone() }]),
            // Section 2.1.2: the next hop as an address in a string, and as a token.
            (r#"cdn.example.org; next-hop="[2001:db8::1]:8080""#, vec![ProxyStatus { proxy: "cdn.example.org".into(), next_hop: Some("[2001:db8::1]:8080".into()), ..plain.clone() }]),
            ("cdn.example.org; next-hop=backend.example.org:8001", vec![ProxyStatus { proxy: "cdn.example.org".into(), next_hop: Some("backend.example.org:8001".into()), ..plain.clone() }]),
            // Section 2.1.3 and 2.1.4; an ALPN identifier in `next-protocol` passes unread.
            ("ExampleCDN; next-protocol=h2; received-status=200", vec![ProxyStatus { proxy: "ExampleCDN".into(), received_status: Some(200), ..plain.clone() }]),
        ];
        for (value, members) in rows {
            let field = parse(value.as_bytes());
            assert_eq!(field.members, members, "{value}");
            assert!(field.problems.is_empty(), "{value}: {:?}", field.problems);
        }
    }

    #[test]
    fn faults_are_observations() {
        let field = parse(b"a; received-status=70000; error=1.5, ;, b c, ?1, d");
        let names: Vec<_> = field.members.iter().map(|member| &*member.proxy).collect();
        assert_eq!(names, ["a", "d"]);
        assert_eq!(
            field.problems.kept(),
            [
                Fault::WrongType.at(0),
                Fault::WrongType.at(0),
                Fault::Syntax.at(37),
                Fault::Syntax.at(42),
                Fault::WrongType.at(45)
            ]
        );
    }
}
