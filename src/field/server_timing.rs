//! `Server-Timing` (W3C Server Timing, "The `Server-Timing` Header Field"): metrics that servers
//! along the path attach.
//!
//! ```text
//! Server-Timing        = #server-timing-metric
//! server-timing-metric = metric-name *( OWS ";" OWS server-timing-param )
//! server-timing-param  = param-name OWS "=" OWS ( token / quoted-string )
//! ```
//!
//! Metric names are free text, several layers append theirs, and stored ones stay. Parameter
//! names compare without regard to case and of several of one name only the first counts, even if
//! it is invalid; unknown ones are ignored.
//!
//! Off-spec: the algorithm of the specification takes a quote as such only at the start of a
//! parameter's value; here it protects a semicolon anywhere in a metric, as it protects a comma by
//! the specification too. No value was seen for which this differs.

use std::borrow::Cow;

use crate::field::list::{self, Grammar, Member, Members};
use crate::field::{Fault, MAX_MEMBER_LEN, Problems, is_space, is_tchar, plain_text, trimmed};

/// One metric of a `Server-Timing` line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Metric<'a> {
    /// The metric's name as sent; names compare with regard to case.
    pub name: &'a str,
    /// Duration in microseconds; the field gives milliseconds with a fraction. Absent is not zero.
    pub dur_us: Option<u64>,
    /// Description, without quotes and escapes.
    pub desc: Option<Cow<'a, [u8]>>,
    /// Where the metric stands in the field value.
    pub at: usize,
}

impl Metric<'_> {
    /// Appends the form that signatures are written against: `name`, or `name;desc=value` with
    /// the description unquoted. Durations are left out, since they differ on every response.
    pub fn write_canonical(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.name.as_bytes());
        if let Some(desc) = &self.desc {
            out.extend_from_slice(b";desc=");
            out.extend_from_slice(desc);
        }
    }
}

/// The metrics of one line, in the order sent, one after the other.
#[derive(Clone, Debug)]
pub struct Metrics<'a> {
    members: Members<'a>,
    list_problem_told: bool,
    problems: Problems,
}

/// Reads one `Server-Timing` line, metric by metric.
#[must_use]
pub fn metrics(value: &[u8]) -> Metrics<'_> {
    Metrics { members: list::members(value, Grammar::QUOTED), list_problem_told: false, problems: Problems::default() }
}

impl Metrics<'_> {
    /// The problems met so far; complete once the iterator has ended.
    #[must_use]
    pub fn problems(&self) -> &Problems {
        &self.problems
    }
}

impl<'a> Iterator for Metrics<'a> {
    type Item = Metric<'a>;

    fn next(&mut self) -> Option<Metric<'a>> {
        loop {
            let member = self.members.next();
            if let Some(problem) = self.members.problem()
                && !self.list_problem_told
            {
                self.list_problem_told = true;
                self.problems.add(problem.fault, problem.at);
            }
            if let Some(metric) = metric(member?, &mut self.problems) {
                return Some(metric);
            }
        }
    }
}

fn metric<'a>(member: Member<'a>, problems: &mut Problems) -> Option<Metric<'a>> {
    let bytes = member.bytes;
    if bytes.len() > MAX_MEMBER_LEN {
        problems.add(Fault::TooLong, member.at);
        return None;
    }
    let name_end = parameter_end(bytes, 0);
    let (start, end) = trimmed(bytes, 0, name_end);
    // Off-spec: a name with other characters than a token's is kept, with a problem.
    let name = match plain_text(&bytes[start..end]) {
        Some(name) if start < end => name,
        _ => {
            problems.add(Fault::Syntax, member.at);
            return None;
        }
    };
    if !name.bytes().all(is_tchar) {
        problems.add(Fault::Syntax, member.at);
    }
    let mut metric = Metric { name, at: member.at, ..Metric::default() };
    let mut has_dur = false;
    let mut at = name_end;
    while at < bytes.len() {
        let begin = at + 1;
        at = parameter_end(bytes, begin);
        let (name, value) = parameter(bytes, begin, at);
        if name.eq_ignore_ascii_case(b"desc") {
            metric.desc.get_or_insert_with(|| unquoted(value));
        } else if name.eq_ignore_ascii_case(b"dur") {
            if !has_dur {
                has_dur = true;
                metric.dur_us = microseconds(&unquoted(value));
                if metric.dur_us.is_none() {
                    problems.add(Fault::NotANumber, member.at + begin);
                }
            }
        } else if name.is_empty() && !value.is_empty() {
            problems.add(Fault::Syntax, member.at + begin);
        }
    }
    Some(metric)
}

/// The `;` outside quotes at or behind `at`, or the end.
fn parameter_end(bytes: &[u8], mut at: usize) -> usize {
    let mut quoted = false;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b';' if !quoted => return at,
            b'"' => quoted = !quoted,
            b'\\' if quoted => at += 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

/// The name of the parameter between two semicolons, and its value as sent; empty without one.
fn parameter(bytes: &[u8], begin: usize, end: usize) -> (&[u8], &[u8]) {
    let equals = bytes[begin..end].iter().position(|byte| *byte == b'=').map(|index| begin + index);
    let (name_start, name_end) = trimmed(bytes, begin, equals.unwrap_or(end));
    let (value_start, value_end) = trimmed(bytes, equals.map_or(end, |equals| equals + 1), end);
    (&bytes[name_start..name_end], &bytes[value_start..value_end])
}

/// The text of a token or a quoted string (RFC 9110, section 5.6.4).
///
/// What follows a closed quoted string is ignored, as by the specification's algorithm.
fn unquoted(raw: &[u8]) -> Cow<'_, [u8]> {
    let Some(inside) = raw.strip_prefix(b"\"") else {
        let len = raw.iter().take_while(|byte| !is_space(**byte)).count();
        return Cow::Borrowed(&raw[..len]);
    };
    let special = |bytes: &[u8]| bytes.iter().position(|byte| matches!(byte, b'"' | b'\\'));
    match special(inside) {
        None => return Cow::Borrowed(inside),
        Some(end) if inside[end] == b'"' => return Cow::Borrowed(&inside[..end]),
        Some(_) => {}
    }
    let mut text = Vec::with_capacity(inside.len());
    let mut rest = inside;
    while let Some(index) = special(rest) {
        text.extend_from_slice(&rest[..index]);
        if rest[index] == b'"' {
            return Cow::Owned(text);
        }
        // A backslash at the very end stands for itself.
        text.push(*rest.get(index + 1).unwrap_or(&b'\\'));
        rest = rest.get(index + 2..).unwrap_or_default();
    }
    text.extend_from_slice(rest);
    Cow::Owned(text)
}

/// Milliseconds with an optional fraction, as microseconds; digits beyond them are cut.
fn microseconds(value: &[u8]) -> Option<u64> {
    let point = value.iter().position(|byte| *byte == b'.');
    let (whole, fraction) = match point {
        Some(point) => (&value[..point], &value[point + 1..]),
        None => (value, &[][..]),
    };
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole = if whole.is_empty() { 0 } else { crate::field::digits(whole)? };
    let mut microseconds = whole.saturating_mul(1000);
    let mut unit = 100;
    for byte in fraction {
        if !byte.is_ascii_digit() {
            return None;
        }
        microseconds = microseconds.saturating_add(u64::from(byte - b'0') * unit);
        unit /= 10;
    }
    Some(microseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row<'a> = (&'a str, Option<u64>, Option<&'a str>);

    #[test]
    fn metrics_of_real_values() {
        #[rustfmt::skip]
        let rows: &[(&str, &[Row], &[Fault])] = &[
            // W3C Server Timing, introduction: the three lines of its example.
            ("miss, db;dur=53, app;dur=47.2", &[("miss", None, None), ("db", Some(53_000), None), ("app", Some(47_200), None)], &[]),
            ("customView, dc;desc=atl", &[("customView", None, None), ("dc", None, Some("atl"))], &[]),
            (r#"cache;desc="Cache Read";dur=23.2"#, &[("cache", Some(23_200), Some("Cache Read"))], &[]),
            // Real: a clock in a description; the duration is 0, not absent.
            (r#"cdn-cache; desc=HIT, edge; dur=0, ak_p; desc="1753799910634_388_1;2,3";dur=1"#,
                &[("cdn-cache", None, Some("HIT")), ("edge", Some(0), None), ("ak_p", Some(1000), Some("1753799910634_388_1;2,3"))], &[]),
            (r#"provider;desc="fy",cdn-cache-hit,cdn-hit-layer;desc="e""#, &[("provider", None, Some("fy")), ("cdn-cache-hit", None, None), ("cdn-hit-layer", None, Some("e"))], &[]),
            // Names of parameters have no case, and the first of several counts.
            ("a;DESC=x;desc=y;Dur=1.2345678", &[("a", Some(1234), Some("x"))], &[]),
            (r#"a;desc="x\"\\y" z"#, &[("a", None, Some("x\"\\y"))], &[]),
            // An unknown parameter is ignored, with a value or without.
            ("a;foo;bar=1;desc=x", &[("a", None, Some("x"))], &[]),
            ("a;desc=;dur=.5", &[("a", Some(500), Some(""))], &[]),
            // The first of several counts even if it is none.
            ("a;dur=x;dur=1", &[("a", None, None)], &[Fault::NotANumber]),
            ("a;dur=-1", &[("a", None, None)], &[Fault::NotANumber]),
            ("a;dur=1e3", &[("a", None, None)], &[Fault::NotANumber]),
            ("a;dur=.", &[("a", None, None)], &[Fault::NotANumber]),
            (";dur=1, b", &[("b", None, None)], &[Fault::Syntax]),
            ("a b, c", &[("a b", None, None), ("c", None, None)], &[Fault::Syntax]),
            ("a;=1", &[("a", None, None)], &[Fault::Syntax]),
            // The quote is never closed: the metric after it is still found.
            (r#"a;desc="x, b"#, &[("a", None, Some("x")), ("b", None, None)], &[Fault::UnbalancedQuote]),
            ("", &[], &[]),
        ];
        for (value, expected, faults) in rows {
            let mut all = metrics(value.as_bytes());
            let found: Vec<_> = all.by_ref().collect();
            let found: Vec<_> = found
                .iter()
                .map(|m| (m.name, m.dur_us, m.desc.as_deref().map(|d| std::str::from_utf8(d).unwrap())))
                .collect();
            assert_eq!(found, *expected, "{value}");
            let problems: Vec<_> = all.problems().kept().iter().map(|p| p.fault).collect();
            assert_eq!(problems, *faults, "{value}");
        }
    }

    #[test]
    fn canonical_text() {
        let mut out = Vec::new();
        for metric in metrics(br#"a; desc="x y" ;dur=3, b;dur=1"#) {
            metric.write_canonical(&mut out);
            out.push(b'\n');
        }
        assert_eq!(out, b"a;desc=x y\nb\n");
    }
}
