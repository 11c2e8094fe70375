//! Collects evidence: every signature that a response matches, every clock against now, the address's holder.

use std::borrow::Cow;
use std::ops::Range;

use super::pattern::{self, Captures};
use super::response::{Response, host};
use super::table::{Holder, Rule, RuleRow, Tables};
use super::verdict::{Basis, Evidence, Freshness, Stamp};
use super::vocabulary::{CacheWord, Where};
use crate::field::cache_status::{self, CacheStatus, Fwd};
use crate::field::list::{self, Grammar};
use crate::field::{Field, MAX_MEMBERS, age, date, server_timing, set_cookie, via};
use crate::net::operators::AsNumber;
use crate::net::{Reach, reach};

/// Most fields of one response that are read; browsers refuse responses long before.
pub const FIELDS_MAX: usize = 1_024;
/// Fields that are read whatever the rules say, beside `Set-Cookie`.
pub const READ_ALWAYS: [&str; 8] =
    ["age", "cache-status", "date", "non-authoritative-reason", "server", "server-timing", "via", "x-varnish"];
/// Most pieces of evidence that are kept, and most of one rule: those nearest the reader.
const EVIDENCE_MAX: usize = 256;
const RULE_MAX: usize = 8;
/// A stamp at most this far from now was written for this request, in milliseconds.
const FRESH_MS: i64 = 60_000;
/// A reader's clock may be wrong by a time zone; beyond that, old stamps are taken as old.
const SKEW_MAX_MS: i64 = 26 * 3_600_000;

/// What was seen, before anybody weighs it.
#[derive(Clone, Debug, Default)]
pub struct Observed<'a> {
    pub evidence: Vec<Evidence<'a>>,
    /// Prefix that holds the server's address, when the address is the server's.
    pub holder: Option<Holder>,
    /// Network that announces the server's address, where the table of operators is loaded.
    pub operator: Option<AsNumber>,
    /// `Age` of the response (RFC 9111, section 5.1).
    pub age_s: Option<u64>,
    /// Members of `Via`.
    pub via_count: usize,
    pub has_server: bool,
    /// A Varnish that numbers its requests: somebody's own, or one that stands inside.
    pub own_varnish: bool,
    /// Fields or evidence beyond the limits.
    pub dropped: usize,
}

/// Collects what the tables know of this response.
pub fn observe<'a>(response: &Response<'a>, tables: &Tables<'_>) -> Observed<'a> {
    let seen = Observed { evidence: Vec::with_capacity(8), ..Observed::default() };
    let mut observer = Observer { tables, seen, read: Vec::with_capacity(16), lines: Vec::new(), members: Vec::new() };
    let fields = &response.fields[..response.fields.len().min(FIELDS_MAX)];
    observer.seen.dropped = response.fields.len() - fields.len();
    let mut date_ms = None;
    for (at, field) in fields.iter().enumerate() {
        observer.field(fields, at);
        match field.name.len() {
            3 if field.is("age") => observer.seen.age_s = age::parse(field.value).age_s.map(u64::from),
            4 if field.is("date") => date_ms = date::parse(field.value).ok(),
            6 if field.is("server") => observer.seen.has_server |= !field.value.is_empty(),
            9 if field.is("x-varnish") => observer.seen.own_varnish = true,
            10 if field.is("set-cookie") => observer.cookies(field),
            12 if field.is("cache-status") => observer.cache_status(field),
            13 if field.is("server-timing") => observer.metrics(field),
            _ => {}
        }
    }
    observer.names(response);
    let mut seen = observer.seen;
    let now_ms = now_ms(response, date_ms, &seen);
    for stamp in seen.evidence.iter_mut().filter_map(|evidence| evidence.clock.as_mut()) {
        stamp.freshness = match now_ms {
            Some(now) if (stamp.at_ms - now).abs() <= FRESH_MS => Freshness::Fresh,
            Some(_) => Freshness::Fossil,
            None => Freshness::Undated,
        };
    }
    let address = response.server_address.filter(|address| !response.proxied && reach(*address) == Reach::Public);
    seen.holder = address.and_then(|address| tables.holder(address));
    seen.operator = address.and_then(|address| tables.operators.find(address));
    if let (Some(holder), Some(list)) = (seen.holder, seen.holder.and_then(|holder| tables.list(holder.list))) {
        seen.evidence.insert(
            0,
            Evidence {
                provider: list.provider(),
                basis: Basis::Prefix(holder),
                field: "server address",
                value: Cow::Borrowed(b""),
                member: (0, 1),
                pop: None,
                word: None,
                says: None,
                clock: None,
                age_s: None,
            },
        );
    }
    seen
}

/// The moment to compare clocks with: the reader's, unless the response shows that it is wrong.
fn now_ms(response: &Response<'_>, date_ms: Option<i64>, seen: &Observed<'_>) -> Option<i64> {
    let newest = seen.evidence.iter().filter_map(|evidence| evidence.clock).map(|stamp| stamp.at_ms).max();
    let Some(now) = response.received_at_ms.filter(|_| !response.from_cache) else {
        // A stored response is dated by itself: its newest clock stands for the day it was fetched.
        return newest.max(date_ms);
    };
    let Some(newest) = newest else { return Some(now) };
    if newest > now + FRESH_MS {
        return Some(newest);
    }
    // `Date` is the moment of sending at some, that of storing at others.
    let Some(date) = date_ms else { return Some(now) };
    let server_now = date + seen.age_s.unwrap_or(0) as i64 * 1_000;
    let holds = [date, server_now].iter().any(|instant| (instant - now).abs() <= FRESH_MS);
    // Without an address and without an age it lay in the browser's own store, and nobody said so.
    let kept = response.server_address.is_none() && server_now == date && date < now;
    let wrong = !holds && (newest - date).abs() <= FRESH_MS && ((server_now - now).abs() <= SKEW_MAX_MS || kept);
    Some(if wrong { server_now } else { now })
}

struct Observer<'t, 'd, 'a> {
    tables: &'t Tables<'d>,
    seen: Observed<'a>,
    /// Rules of the names that were read already.
    read: Vec<Range<u16>>,
    /// Lines and list members of the field at hand; kept between fields for their memory only.
    lines: Vec<&'a [u8]>,
    members: Vec<&'a [u8]>,
}

impl<'a> Observer<'_, '_, 'a> {
    /// Rules that are found by the field's name. Repeats are read with the first of them.
    fn field(&mut self, fields: &[Field<'a>], at: usize) {
        let name = fields[at].name;
        let is_via = name.eq_ignore_ascii_case("via");
        let rules = self.tables.rules_for_field(name);
        if rules.is_empty() && !is_via || self.read.contains(&rules) {
            return;
        }
        self.read.push(rules.clone());
        let mut lines = std::mem::take(&mut self.lines);
        for field in &fields[at..] {
            if field.is(name) {
                lines.push(field.value);
            }
        }
        let mut members = std::mem::take(&mut self.members);
        if is_via {
            split(&lines, via::GRAMMAR, &mut members);
            self.seen.via_count = members.len();
        }
        for (rule, row) in self.tables.rows_of(rules) {
            let texts = if row.place() == Some(Where::Member) {
                if members.is_empty() {
                    split(&lines, Grammar::PLAIN, &mut members);
                }
                &members
            } else {
                &lines
            };
            for (number, text) in texts.iter().enumerate().skip(texts.len().saturating_sub(MAX_MEMBERS)) {
                if row.may_match(text) {
                    self.compare(rule, row, name, text, (number, texts.len()));
                }
            }
        }
        lines.clear();
        members.clear();
        (self.lines, self.members) = (lines, members);
    }

    fn cookies(&mut self, field: &Field<'a>) {
        let names = set_cookie::parse(field.value).names;
        for (number, name) in names.iter().enumerate() {
            self.everywhere(Where::Cookie, field.name, Cow::Borrowed(name.as_bytes()), (number, names.len()), None);
        }
    }

    fn cache_status(&mut self, field: &Field<'a>) {
        let members = cache_status::parse(field.value).members;
        let count = members.len();
        for (number, member) in members.into_iter().enumerate() {
            let says = says(&member);
            let name = match member.cache {
                Cow::Borrowed(name) => Cow::Borrowed(name.as_bytes()),
                Cow::Owned(name) => Cow::Owned(name.into_bytes()),
            };
            self.everywhere(Where::CacheStatus, field.name, name, (number, count), says);
        }
    }

    fn metrics(&mut self, field: &Field<'a>) {
        let metrics: Vec<_> = server_timing::metrics(field.value).take(MAX_MEMBERS).collect();
        for (number, metric) in metrics.iter().enumerate() {
            let mut text = Vec::new();
            metric.write_canonical(&mut text);
            self.everywhere(Where::Metric, field.name, Cow::Owned(text), (number, metrics.len()), None);
        }
    }

    fn names(&mut self, response: &Response<'a>) {
        let tables = self.tables;
        if let Some(host) = host(response.url) {
            for rule in tables.rules_for_host(host.as_bytes()) {
                self.compare_rule(rule, "host", host.as_bytes());
            }
        }
        if let Some(name) = response.canonical_name {
            for rule in tables.rules_for_canonical_name(name.as_bytes()) {
                self.compare_rule(rule, "canonical name", name.as_bytes());
            }
        }
        if let Some(issuer) = response.issuer {
            self.everywhere(Where::Issuer, "certificate issuer", Cow::Borrowed(issuer.as_bytes()), (0, 1), None);
        }
    }

    fn compare_rule(&mut self, rule: Rule, field: &'a str, value: &'a [u8]) {
        if let Some(row) = self.tables.rule(rule) {
            let value = value.strip_suffix(b".").unwrap_or(value);
            self.compare(rule, row, field, value, (0, 1));
        }
    }

    fn everywhere(
        &mut self,
        place: Where,
        field: &'a str,
        text: Cow<'a, [u8]>,
        member: (usize, usize),
        says: Option<CacheWord>,
    ) {
        for (rule, row) in self.tables.rows_of(self.tables.rules_everywhere(place)) {
            if row.may_match(&text)
                && let Some(captures) = self.matched(row, &text)
            {
                self.push(rule, row, field, text.clone(), member, says, captures);
            }
        }
    }

    fn compare(&mut self, rule: Rule, row: &RuleRow, field: &'a str, value: &'a [u8], member: (usize, usize)) {
        if let Some(captures) = self.matched(row, value) {
            self.push(rule, row, field, Cow::Borrowed(value), member, None, captures);
        }
    }

    fn matched(&self, row: &RuleRow, value: &[u8]) -> Option<Captures> {
        let program = self.tables.program(row);
        if program.is_empty() { Some(Captures::default()) } else { pattern::matches(program, value) }
    }

    #[allow(clippy::too_many_arguments)]
    fn push(
        &mut self,
        rule: Rule,
        row: &RuleRow,
        field: &'a str,
        value: Cow<'a, [u8]>,
        member: (usize, usize),
        says: Option<CacheWord>,
        captures: Captures,
    ) {
        let mut same = self.seen.evidence.iter().enumerate().filter(|(_, seen)| seen.basis == Basis::Rule(rule));
        if let Some((farthest, _)) = same.next()
            && same.count() + 1 >= RULE_MAX
        {
            self.seen.evidence.remove(farthest);
        }
        if self.seen.evidence.len() >= EVIDENCE_MAX {
            self.seen.dropped += 1;
            return;
        }
        let clock = captures.clock.and_then(|(clock, range)| {
            let at_ms = clock.read(value.get(range)?).ok()?;
            Some(Stamp { at_ms, freshness: Freshness::Undated })
        });
        let age_s = captures.age.and_then(|range| age::parse(value.get(range)?).age_s).map(u64::from);
        self.seen.evidence.push(Evidence {
            provider: row.provider(),
            basis: Basis::Rule(rule),
            field,
            value,
            member: (member.0 as u16, member.1 as u16),
            pop: captures.pop,
            word: captures.word,
            says,
            clock,
            age_s,
        });
    }
}

/// The members of a list that stands on these lines: the last of them, which are nearest the reader.
fn split<'a>(lines: &[&'a [u8]], grammar: Grammar, members: &mut Vec<&'a [u8]>) {
    let all = lines.iter().flat_map(|value| list::members(value, grammar)).map(|member| member.bytes);
    members.extend(all.take(64 * MAX_MEMBERS));
    members.drain(..members.len().saturating_sub(MAX_MEMBERS));
}

/// What a cache says of itself (RFC 9211, sections 2.1 to 2.5).
fn says(status: &CacheStatus<'_>) -> Option<CacheWord> {
    if status.hit {
        return Some(CacheWord::Stored);
    }
    Some(match status.fwd? {
        Fwd::Bypass | Fwd::Method => CacheWord::Passed,
        Fwd::Stale if status.fwd_status == Some(304) => CacheWord::Revalidated,
        _ => CacheWord::Fetched,
    })
}
