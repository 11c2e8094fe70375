//! Collects evidence: every signature that a response matches, every clock against now, the address's holder.

use std::borrow::Cow;

use super::pattern::{self, Captures, holds};
use super::response::{Response, host};
use super::short::Short;
use super::table::{Holder, ReadAlways, Rule, RuleRow, Slot, Tables};
use super::verdict::{Basis, Evidence, Freshness, Stamp};
use super::vocabulary::{CacheWord, Where};
use crate::field::cache_status::{self, CacheStatus, Fwd};
use crate::field::list::{self, Grammar};
use crate::field::{Field, MAX_FIELDS, MAX_MEMBERS, age, bytes, date, server_timing, set_cookie, trim, via};
use crate::net::operators::AsNumber;
use crate::net::{Reach, reach};

/// Most pieces of evidence that are kept, and most of one rule: those nearest the reader.
const EVIDENCE_MAX: usize = 256;
const RULE_MAX: usize = 8;
/// Words of 64 bits in which fields that came are marked: a bit for two slots of the table of names, few of which
/// both have one.
const MET_WORDS: usize = 16;
/// Pieces of evidence for which there is room from the start.
const EVIDENCE_USUAL: usize = 10;
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
    /// The last entry of `Via` names its program as Varnish, as networks built on it do not.
    pub ends_in_varnish: bool,
    /// Fields beyond [`MAX_FIELDS`] and evidence beyond [`EVIDENCE_MAX`].
    pub left_out: usize,
}

/// Collects what the tables know of this response.
pub fn observe<'a>(response: &Response<'a>, tables: &Tables<'_>) -> Observed<'a> {
    let fields = &response.fields[..response.fields.len().min(MAX_FIELDS)];
    let address = response.server_address.filter(|address| !response.proxied && reach(*address) == Reach::Public);
    let mut seen = Observed {
        evidence: Vec::with_capacity(EVIDENCE_USUAL),
        holder: address.and_then(|address| tables.holder(address)),
        operator: address.and_then(|address| tables.operators.find(address)),
        left_out: response.fields.len() - fields.len(),
        ..Observed::default()
    };
    if let (Some(holder), Some(list)) = (seen.holder, seen.holder.and_then(|holder| tables.list(holder.list))) {
        seen.evidence.push(Evidence {
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
        });
    }
    // Most fields are of no interest to anybody. Of the others, their places and numbers.
    let mut known: Short<(u16, u16), 32> = Short::default();
    // A bit for each field that came, and for each that came again. Were there more of them than bits, a
    // repeat would at most be suspected.
    let (mut met, mut again) = ([0_u64; MET_WORDS], [0_u64; MET_WORDS]);
    let place = |number: u16| (usize::from(number / 64) % MET_WORDS, 1_u64 << (number % 64));
    for (at, field) in fields.iter().enumerate() {
        if let Some((number, _)) = tables.field(field.name) {
            let (word, bit) = place(number);
            again[word] |= met[word] & bit;
            met[word] |= bit;
            known.push((at as u16, number));
        }
    }
    let mut observer = Observer { tables, seen, repeated: false, caches: 0 };
    let (mut date, mut made_by_squid) = (None, false);
    for (turn, (at, number)) in known.iter().enumerate() {
        let Some(slot) = tables.fields.get(usize::from(*number)) else { continue };
        let field = &fields[usize::from(*at)];
        // Repeats are read with the first of them.
        let same = |(_, other): &&(u16, u16)| other == number;
        let (word, bit) = place(*number);
        observer.repeated = again[word] & bit != 0;
        if !observer.repeated {
            observer.field(slot, field.name, &[field.value]);
        } else if !known[..turn].iter().any(|other| same(&other)) {
            let mut lines: Short<&[u8], 4> = Short::default();
            known[turn..].iter().filter(same).for_each(|(at, _)| lines.push(fields[usize::from(*at)].value));
            observer.field(slot, field.name, &lines);
        }
        match slot.always() {
            // Of several lines the first counts, as of several members (RFC 9111, section 5.1).
            Some(ReadAlways::Age) => {
                let seen = &mut observer.seen;
                seen.age_s = seen.age_s.or_else(|| age::parse(field.value).age_s.map(u64::from));
            }
            Some(ReadAlways::Date) => date = date.or(Some(field.value)),
            Some(ReadAlways::Server) => observer.seen.has_server |= !field.value.is_empty(),
            Some(ReadAlways::XVarnish) => observer.seen.own_varnish = true,
            Some(ReadAlways::XSquidError) => made_by_squid = true,
            Some(ReadAlways::SetCookie) => observer.cookies(field),
            Some(ReadAlways::CacheStatus) => observer.cache_status(field),
            Some(ReadAlways::ServerTiming) => observer.metrics(field),
            Some(ReadAlways::Via | ReadAlways::NonAuthoritativeReason) | None => {}
        }
    }
    observer.repeated = false;
    // A name says who would have answered, had the request got past the Squid. Where the Squid is a site's own,
    // behind a network that only the name tells, that network is not named.
    if !made_by_squid {
        observer.names(response);
    }
    let mut seen = observer.seen;
    if seen.evidence.iter().any(|evidence| evidence.clock.is_some()) {
        let now_ms = now_ms(response, date.and_then(|date| date::parse(date).ok()), &seen);
        for stamp in seen.evidence.iter_mut().filter_map(|evidence| evidence.clock.as_mut()) {
            stamp.freshness = match now_ms {
                Some(now) if date::near(stamp.at_ms, now, FRESH_MS) => Freshness::Fresh,
                Some(_) => Freshness::Fossil,
                None => Freshness::Undated,
            };
        }
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
    if newest > now.saturating_add(FRESH_MS) {
        return Some(newest);
    }
    // `Date` is the moment of sending at some, that of storing at others.
    let Some(date) = date_ms else { return Some(now) };
    let server_now = date + seen.age_s.unwrap_or(0) as i64 * 1_000;
    let holds = [date, server_now].into_iter().any(|instant| date::near(instant, now, FRESH_MS));
    // The reader's clock is wrong by hours at most: which of the two was the moment, it tells well enough.
    let nearer = if (now - server_now).abs() <= (now - date).abs() { server_now } else { date };
    // Without an address, and older than a cache on the way that counts `Age` would have it, it lay in the browser's
    // own store, and nobody said so.
    let kept = response.server_address.is_none() && server_now < now;
    let agrees = |instant: &i64| date::near(newest, *instant, FRESH_MS);
    let moment = if date::near(server_now, now, SKEW_MAX_MS) {
        Some(nearer).filter(agrees)
    } else {
        [server_now, date].into_iter().filter(|_| kept).find(agrees)
    };
    Some(moment.filter(|_| !holds).unwrap_or(now))
}

struct Observer<'t, 'd, 'a> {
    tables: &'t Tables<'d>,
    seen: Observed<'a>,
    /// Did the field that is being read come on several lines?
    repeated: bool,
    /// Members of `Cache-Status` so far: its lines are one list (RFC 9110, section 5.3).
    caches: usize,
}

impl<'a> Observer<'_, '_, 'a> {
    /// Rules that are found by the field's name.
    fn field(&mut self, slot: &Slot, name: &'a str, lines: &[&'a [u8]]) {
        let is_via = slot.always() == Some(ReadAlways::Via);
        if !is_via && !slot.has_members() {
            // Most names have one rule, which most values do not match.
            if let ([line], Some((rule, row))) = (lines, self.tables.only_rule(slot)) {
                return self.compare(rule, row, name, line, (0, 1));
            }
            return self.rules(slot, name, lines, &[]);
        }
        if let [line] = lines
            && bytes::position(line, b',', 0).is_none()
        {
            let member = trim(line);
            let members = if member.is_empty() { &[][..] } else { &[member] };
            if is_via {
                self.via(members);
            }
            return self.rules(slot, name, lines, members);
        }
        let grammar = if is_via { via::GRAMMAR } else { Grammar::PLAIN };
        let mut members: Short<&[u8], 4> = Short::default();
        for value in lines {
            let room = (64 * MAX_MEMBERS).saturating_sub(members.len());
            list::members(value, grammar).take(room).for_each(|member| members.push(member.bytes));
        }
        // The last of them are nearest the reader.
        let members = &members[members.len().saturating_sub(MAX_MEMBERS)..];
        if is_via {
            self.via(members);
        }
        self.rules(slot, name, lines, members);
    }

    /// What `Via` says beside its rules.
    fn via(&mut self, members: &[&[u8]]) {
        self.seen.via_count = members.len();
        let comment = members.last().and_then(|last| last.rsplit(|byte| *byte == b'(').next());
        self.seen.ends_in_varnish = comment.is_some_and(|comment| comment.starts_with(b"Varnish/"));
    }

    fn rules(&mut self, slot: &Slot, name: &'a str, lines: &[&'a [u8]], members: &[&'a [u8]]) {
        let tables = self.tables;
        // Several providers read the same word of one field: their patterns are one.
        let mut last = (u32::MAX, false, None);
        // What a line holds, its members hold together.
        let held = if slot.has_masks() { lines.iter().fold(0, |held, line| held | holds(line)) } else { u32::MAX };
        // The only member is nearly always the whole line.
        let others = match (lines, members) {
            ([line], [member]) if line.len() == member.len() => &[][..],
            _ => members,
        };
        tables.each_rule(slot, lines, others, |rule, row| {
            if row.outline.needs.get() & !held != 0 {
                return;
            }
            let of_members = row.is_of_members();
            let texts = if of_members { members } else { lines };
            if let [text] = texts {
                if !row.outline.admits(text) {
                    return;
                }
                let program = row.program.start.get();
                if (last.0, last.1) != (program, of_members) {
                    last = (program, of_members, self.matched(row, text));
                }
                if let Some(captures) = &last.2 {
                    self.push(rule, row, name, Cow::Borrowed(text), (0, 1), None, captures);
                }
                return;
            }
            for (number, text) in texts.iter().enumerate().skip(texts.len().saturating_sub(MAX_MEMBERS)) {
                self.compare(rule, row, name, text, (number, texts.len()));
            }
        });
    }

    #[inline(never)]
    fn cookies(&mut self, field: &Field<'a>) {
        let mut names: Short<&str, 4> = Short::default();
        set_cookie::names(field.value).for_each(|name| names.push(name));
        for (number, name) in names.iter().enumerate() {
            self.everywhere(Where::Cookie, field.name, Cow::Borrowed(name.as_bytes()), (number, names.len()), None);
        }
    }

    #[inline(never)]
    fn cache_status(&mut self, field: &Field<'a>) {
        let members = cache_status::parse(field.value).members;
        let before = self.caches;
        self.caches += members.len();
        for (number, member) in members.into_iter().enumerate() {
            let says = says(&member);
            let name = match member.cache {
                Cow::Borrowed(name) => Cow::Borrowed(name.as_bytes()),
                Cow::Owned(name) => Cow::Owned(name.into_bytes()),
            };
            self.everywhere(Where::CacheStatus, field.name, name, (before + number, self.caches), says);
        }
    }

    #[inline(never)]
    fn metrics(&mut self, field: &Field<'a>) {
        let metrics: Vec<_> = server_timing::metrics(field.value).take(MAX_MEMBERS).collect();
        for (number, metric) in metrics.iter().enumerate() {
            let mut asked = false;
            if let Some(slot) = self.tables.everywhere(Where::Metric) {
                self.tables.each_rule(slot, &[metric.name.as_bytes()], &[], |_, _| asked = true);
            }
            if asked {
                let mut text = Vec::new();
                metric.write_canonical(&mut text);
                self.everywhere(Where::Metric, field.name, Cow::Owned(text), (number, metrics.len()), None);
            }
        }
    }

    fn names(&mut self, response: &Response<'a>) {
        let tables = self.tables;
        if let Some(host) = host(response.url) {
            tables.each_for_host(host.as_bytes(), |rule| self.compare_rule(rule, "host", host.as_bytes()));
        }
        if let Some(name) = response.canonical_name {
            let compare = |rule| self.compare_rule(rule, "canonical name", name.as_bytes());
            tables.each_for_canonical_name(name.as_bytes(), compare);
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
        let tables = self.tables;
        let Some(slot) = tables.everywhere(place) else { return };
        tables.each_rule(slot, &[&*text], &[], |rule, row| {
            if row.outline.admits(&text)
                && let Some(captures) = self.matched(row, &text)
            {
                self.push(rule, row, field, text.clone(), member, says, &captures);
            }
        });
    }

    #[inline]
    fn compare(&mut self, rule: Rule, row: &RuleRow, field: &'a str, value: &'a [u8], member: (usize, usize)) {
        if row.outline.admits(value)
            && let Some(captures) = self.matched(row, value)
        {
            self.push(rule, row, field, Cow::Borrowed(value), member, None, &captures);
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
        captures: &Captures,
    ) {
        // A rule matches that often only in a list that is as long, or where the field was repeated.
        if member.1 >= RULE_MAX || self.repeated {
            let mut same = self.seen.evidence.iter().enumerate().filter(|(_, seen)| seen.basis == Basis::Rule(rule));
            if let Some((farthest, _)) = same.next()
                && same.count() + 1 >= RULE_MAX
            {
                self.seen.evidence.remove(farthest);
            }
        }
        if self.seen.evidence.len() >= EVIDENCE_MAX {
            self.seen.left_out += 1;
            return;
        }
        let clock = captures.clock.and_then(|(clock, span)| {
            let at_ms = clock.read(span.of(&value)?).ok()?;
            Some(Stamp { at_ms, freshness: Freshness::Undated })
        });
        let age_s = captures.age.and_then(|span| age::parse(span.of(&value)?).age_s);
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
