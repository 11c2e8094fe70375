//! `Cache-Status` (RFC 9211): how each cache on the path handled the request.
//!
//! A structured list, each member a cache with parameters (section 2). Members stand in the order
//! the response met the caches: the first is nearest the origin server, the last nearest the
//! reader. Members of inner caches are stored with the copy: behind a hit they tell of the day of
//! storing.
//!
//! Off-spec: some servers send a bare word (`HIT`), or free text (`HIT from node-3`). The first is
//! valid syntax for a cache named "HIT" that says nothing; nobody means that. Such members are
//! kept apart as [`CacheStatusField::words`], with a problem, and name no cache.

use std::borrow::Cow;

use crate::field::list::{self, Grammar, Member};
use crate::field::structured::{self, Value};
use crate::field::x_cache::{self, Word};
use crate::field::{Fault, Problems};

/// One `Cache-Status` line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CacheStatusField<'a> {
    /// The caches, in the order sent: the last is nearest the reader.
    pub members: Vec<CacheStatus<'a>>,
    /// Members that are a cache word instead of a cache with parameters.
    pub words: Vec<Word<'a>>,
    /// Members farther from the reader that were left out ([`MAX_MEMBERS`](crate::field::MAX_MEMBERS)).
    pub dropped: usize,
    pub problems: Problems,
}

/// How one cache handled the response: a member of `Cache-Status` (RFC 9211, section 2).
///
/// Silence proves nothing: most caches send no member.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CacheStatus<'a> {
    /// The cache's name as sent, neither trimmed nor lower-cased.
    pub cache: Cow<'a, str>,
    /// Answered from this cache without asking further (section 2.1).
    pub hit: bool,
    /// Why the request went further (section 2.2).
    pub fwd: Option<Fwd<'a>>,
    /// The status code the next hop answered with (section 2.3).
    pub fwd_status: Option<u16>,
    /// Remaining freshness in seconds, negative once stale (section 2.4).
    pub ttl_s: Option<i64>,
    /// The cache kept the response from now on (section 2.5).
    pub stored: Option<bool>,
    /// The request shared another pending one (section 2.6).
    pub collapsed: Option<bool>,
    /// A representation of the cache key (section 2.7).
    pub key: Option<Cow<'a, str>>,
    /// Further information in words of the cache's own (section 2.8).
    pub detail: Option<Cow<'a, str>>,
    /// Where the member stands in the field value.
    pub at: usize,
}

/// Why a cache forwarded a request (RFC 9211, section 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fwd<'a> {
    /// The cache was configured not to handle this request.
    Bypass,
    /// The request method requires forwarding.
    Method,
    /// No response for the request's URI was stored.
    UriMiss,
    /// Responses were stored, but none that matches the request's fields.
    VaryMiss,
    /// No response was stored that could be used; the cache does not tell the two apart.
    Miss,
    /// A fresh response was stored, but the request did not allow its use.
    Request,
    /// The stored response was stale.
    Stale,
    /// The stored response did not hold all of the requested range.
    Partial,
    /// A reason that RFC 9211 does not list.
    Other(&'a str),
}

impl<'a> Fwd<'a> {
    fn from_token(token: &'a str) -> Self {
        match token {
            "bypass" => Fwd::Bypass,
            "method" => Fwd::Method,
            "uri-miss" => Fwd::UriMiss,
            "vary-miss" => Fwd::VaryMiss,
            "miss" => Fwd::Miss,
            "request" => Fwd::Request,
            "stale" => Fwd::Stale,
            "partial" => Fwd::Partial,
            other => Fwd::Other(other),
        }
    }

    /// The token as RFC 9211 writes it.
    #[must_use]
    pub fn token(&self) -> &'a str {
        match *self {
            Fwd::Bypass => "bypass",
            Fwd::Method => "method",
            Fwd::UriMiss => "uri-miss",
            Fwd::VaryMiss => "vary-miss",
            Fwd::Miss => "miss",
            Fwd::Request => "request",
            Fwd::Stale => "stale",
            Fwd::Partial => "partial",
            Fwd::Other(token) => token,
        }
    }
}

/// Reads one `Cache-Status` line.
#[must_use]
pub fn parse(value: &[u8]) -> CacheStatusField<'_> {
    let mut field = CacheStatusField::default();
    let listed = list::nearest(value, Grammar::QUOTED, &mut field.problems);
    field.dropped = listed.dropped;
    for member in listed.members {
        parse_member(member, &mut field);
    }
    field
}

fn parse_member<'a>(member: Member<'a>, field: &mut CacheStatusField<'a>) {
    let mut status = CacheStatus { at: member.at, ..CacheStatus::default() };
    let mut parameters = 0_usize;
    let problems = &mut field.problems;
    let item = structured::parse_member(member, &mut |name, value| {
        parameters += 1;
        if !parameter(&mut status, name, value) {
            problems.add(Fault::WrongType, member.at);
        }
    });
    let item = match item {
        Ok(item) => item,
        Err(problem) => {
            field.problems.add(problem.fault, problem.at);
            // What is no structured field may still begin with a word that people understand.
            if x_cache::begins_with_word(member.bytes) {
                field.problems.add(Fault::NoCacheName, member.at);
                field.words.push(x_cache::word(member));
            }
            return;
        }
    };
    if matches!(item, Value::Token(_)) && parameters == 0 && x_cache::begins_with_word(member.bytes) {
        field.problems.add(Fault::NoCacheName, member.at);
        field.words.push(x_cache::word(member));
        return;
    }
    let Some(cache) = item.into_text() else {
        field.problems.add(Fault::WrongType, member.at);
        return;
    };
    status.cache = cache;
    if let Some(Fwd::Other(_)) = status.fwd {
        field.problems.add(Fault::UnknownValue, member.at);
    }
    // Section 2.2: a member has hit or fwd, not both.
    if status.hit && status.fwd.is_some() {
        field.problems.add(Fault::Contradiction, member.at);
    }
    field.members.push(status);
}

/// Takes over one parameter; false if its value has another type than RFC 9211 says.
///
/// Parameters that RFC 9211 does not define are other people's extensions (section 4) and pass.
fn parameter<'a>(status: &mut CacheStatus<'a>, name: &str, value: Value<'a>) -> bool {
    match (name, value) {
        ("hit", Value::Boolean(hit)) => status.hit = hit,
        ("fwd", Value::Token(token)) => status.fwd = Some(Fwd::from_token(token)),
        // Off-spec: a string where a token is asked for says the same.
        ("fwd", Value::String(Cow::Borrowed(token))) => status.fwd = Some(Fwd::from_token(token)),
        ("fwd-status", Value::Integer(code)) => match u16::try_from(code) {
            Ok(code) if (100..=999).contains(&code) => status.fwd_status = Some(code),
            _ => return false,
        },
        ("ttl", Value::Integer(ttl_s)) => status.ttl_s = Some(ttl_s),
        ("stored", Value::Boolean(stored)) => status.stored = Some(stored),
        ("collapsed", Value::Boolean(collapsed)) => status.collapsed = Some(collapsed),
        ("key", Value::String(key)) => status.key = Some(key),
        ("detail", value @ (Value::String(_) | Value::Token(_))) => {
            status.detail = value.into_text();
        }
        ("hit" | "fwd" | "fwd-status" | "ttl" | "stored" | "collapsed" | "key" | "detail", _) => {
            return false;
        }
        _ => {}
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::x_cache::CacheResult;

    fn faults(field: &CacheStatusField) -> Vec<Fault> {
        field.problems.kept().iter().map(|p| p.fault).collect()
    }

    #[test]
    fn examples_of_rfc_9211() {
        let hit = CacheStatus { hit: true, ..CacheStatus::default() };
        let forwarded = |fwd| CacheStatus { fwd: Some(fwd), ..CacheStatus::default() };
        #[rustfmt::skip]
        let rows: Vec<(&str, Vec<CacheStatus>)> = vec![
            // Section 3: two layers, both of which were hits; a token and a string as names.
            (r#"OriginCache; hit; ttl=1100, "CDN Company Here"; hit; ttl=545"#, vec![
                CacheStatus { cache: "OriginCache".into(), ttl_s: Some(1100), ..hit.clone() },
                CacheStatus { cache: "CDN Company Here".into(), ttl_s: Some(545), at: 28, ..hit.clone() },
            ]),
            // Section 3: its other examples.
            ("ExampleCache; hit", vec![CacheStatus { cache: "ExampleCache".into(), ..hit.clone() }]),
            ("ExampleCache; hit; ttl=376", vec![CacheStatus { cache: "ExampleCache".into(), ttl_s: Some(376), ..hit.clone() }]),
            ("ExampleCache; hit; ttl=-412", vec![CacheStatus { cache: "ExampleCache".into(), ttl_s: Some(-412), ..hit.clone() }]),
            ("ExampleCache; fwd=uri-miss", vec![CacheStatus { cache: "ExampleCache".into(), ..forwarded(Fwd::UriMiss) }]),
            ("ExampleCache; fwd=uri-miss; stored", vec![CacheStatus { cache: "ExampleCache".into(), stored: Some(true), ..forwarded(Fwd::UriMiss) }]),
            ("ExampleCache; fwd=uri-miss; collapsed", vec![CacheStatus { cache: "ExampleCache".into(), collapsed: Some(true), ..forwarded(Fwd::UriMiss) }]),
            ("ExampleCache; fwd=uri-miss; collapsed=?0", vec![CacheStatus { cache: "ExampleCache".into(), collapsed: Some(false), ..forwarded(Fwd::UriMiss) }]),
            ("ExampleCache; fwd=stale; fwd-status=304", vec![CacheStatus { cache: "ExampleCache".into(), fwd_status: Some(304), ..forwarded(Fwd::Stale) }]),
            // Sections 2.2 and 2.8: further reasons, and a detail as a token.
            ("ExampleCache; fwd=bypass", vec![CacheStatus { cache: "ExampleCache".into(), ..forwarded(Fwd::Bypass) }]),
            ("ExampleCache; fwd=method", vec![CacheStatus { cache: "ExampleCache".into(), ..forwarded(Fwd::Method) }]),
            ("ExampleCache; fwd=bypass; detail=manual", vec![CacheStatus { cache: "ExampleCache".into(), detail: Some("manual".into()), ..forwarded(Fwd::Bypass) }]),
            // Real: an edge that missed and stored, behind a shared cache that was not used.
            (r#""Netlify Durable"; fwd=bypass, "Netlify Edge"; fwd=miss; stored; key="a\"b""#, vec![
                CacheStatus { cache: "Netlify Durable".into(), ..forwarded(Fwd::Bypass) },
                CacheStatus { cache: "Netlify Edge".into(), stored: Some(true), key: Some("a\"b".into()), at: 31, ..forwarded(Fwd::Miss) },
            ]),
            // An extension parameter is nobody's fault; of two of one name the later counts.
            ("c; hit; example.org_x=1.5; ttl=1; ttl=2", vec![CacheStatus { cache: "c".into(), ttl_s: Some(2), ..hit.clone() }]),
            // A name that happens to be a word is a name once it has parameters.
            ("HIT; hit", vec![CacheStatus { cache: "HIT".into(), ..hit.clone() }]),
            // A cache that says nothing but its name, which is not a cache word.
            ("ExampleCache", vec![CacheStatus { cache: "ExampleCache".into(), ..CacheStatus::default() }]),
            ("", vec![]),
        ];
        for (value, members) in rows {
            let field = parse(value.as_bytes());
            assert_eq!(field.members, members, "{value}");
            assert!(field.problems.is_empty(), "{value}: {:?}", field.problems);
        }
    }

    #[test]
    fn real_values_that_are_no_cache_status() {
        #[rustfmt::skip]
        let rows: &[(&str, Option<CacheResult>, &[Fault])] = &[
            // yastatic.net, eight answers in a capture of 2025.
            ("HIT", Some(CacheResult::Hit), &[Fault::NoCacheName]),
            ("miss", Some(CacheResult::Miss), &[Fault::NoCacheName]),
            // Free text is no structured field, but its first word is understood.
            ("HIT from node-3", Some(CacheResult::Hit), &[Fault::Syntax, Fault::NoCacheName]),
            // Nothing to understand.
            ("=?", None, &[Fault::Syntax]),
            ("\u{1}", None, &[Fault::Syntax]),
            // An inner list is no cache.
            ("(a b); hit", None, &[Fault::Syntax]),
            ("1.5; hit", None, &[Fault::WrongType]),
        ];
        for (value, result, expected) in rows {
            let field = parse(value.as_bytes());
            assert!(field.members.is_empty(), "{value}");
            assert_eq!(field.words.first().and_then(|word| word.result), *result, "{value}");
            assert_eq!(faults(&field), *expected, "{value}");
        }
    }

    #[test]
    fn a_bad_member_costs_only_itself() {
        let field = parse(b"Inner; HIT, \"Outer\"; hit; fwd=stale; ttl=\"1\"; fwd-status=7");
        assert_eq!(field.members.len(), 1);
        assert_eq!(field.members[0].cache, "Outer");
        assert_eq!(
            field.problems.kept(),
            [Fault::Syntax.at(7), Fault::WrongType.at(12), Fault::WrongType.at(12), Fault::Contradiction.at(12)]
        );
        let field = parse(b"c; fwd=solar-flare");
        assert_eq!(field.members[0].fwd, Some(Fwd::Other("solar-flare")));
        assert_eq!(faults(&field), [Fault::UnknownValue]);
    }
}
