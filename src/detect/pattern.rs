//! The pattern language of signatures: compiled at build time, matched in linear time, no regular expressions.
//!
//! A pattern is compared with the whole text. Besides literals it knows placeholders `{class}`,
//! `{class:n}` and `{class:min-max}`, optional groups `[…]` (not nested, without `{any}`), and `\`
//! before a literal `{ } [ ] \`. A class takes as many characters as it may and gives none back;
//! `{any}` takes as few as the rest allows. So the work is at most the text's length times the
//! pattern's, both of which are bounded.

use std::num::NonZeroU16;

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::field::clock::Clock;
use crate::field::{bytes, is_tchar};

/// Longest run that a class without bounds takes, in bytes.
#[cfg(not(target_arch = "wasm32"))]
const RUN_MAX: u8 = 64;
/// Longest compiled pattern, in bytes.
const PROGRAM_MAX: usize = 512;
/// Longest text that is compared, in bytes; what is longer matches nothing.
pub const TEXT_MAX: usize = 8_192;

const LITERAL: u8 = 1;
const LITERAL_CASE: u8 = 2;
const CLASS: u8 = 3;
const ANY: u8 = 4;
const OPTION: u8 = 5;

/// Placeholder names, in the order of their numbers in compiled patterns.
pub const CLASSES: &[&str] = &[
    "any",
    "digits",
    "hex",
    "upper",
    "lower",
    "letters",
    "alnum",
    "token",
    "base64",
    "pop",
    "pop-letters",
    "pop-name",
    "word",
    "words",
    "clock-ray",
    "epoch-s",
    "epoch-ms",
    "epoch-hex",
    "stamp",
    "age",
];

const POP: u8 = 9;
const POP_NAME: u8 = 11;
const WORD: u8 = 12;
const WORDS: u8 = 13;
const CLOCK_RAY: u8 = 14;
const EPOCH_S: u8 = 15;
const EPOCH_MS: u8 = 16;
const EPOCH_HEX: u8 = 17;
const STAMP: u8 = 18;
const AGE: u8 = 19;

/// A part of a text that was compared, in bytes; [`TEXT_MAX`] lets them fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    start: u16,
    /// One more than the place at which it ends: so an optional part takes no more memory than a part, and a piece
    /// of evidence has two of them.
    end: NonZeroU16,
}

impl Span {
    fn new(start: usize, end: usize) -> Self {
        Self { start: start as u16, end: NonZeroU16::MIN.saturating_add(end as u16) }
    }

    /// All of a text.
    pub fn whole(text: &[u8]) -> Self {
        Self::new(0, text.len())
    }

    /// The part itself.
    pub fn of(self, text: &[u8]) -> Option<&[u8]> {
        text.get(self.start.into()..usize::from(self.end.get() - 1))
    }
}

/// What placeholders read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Captures {
    /// Code of a point of presence.
    pub pop: Option<Span>,
    /// Cache word.
    pub word: Option<Span>,
    pub clock: Option<(Clock, Span)>,
    /// Age in seconds by the provider's own counter.
    pub age: Option<Span>,
}

/// What all texts have in common that a pattern matches: most are told apart by it, before the pattern
/// itself is looked up.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Outline {
    /// The first four bytes as [`edge`] makes them, as far as `start_mask` says.
    pub start: U32,
    pub start_mask: U32,
    /// The last four.
    pub end: U32,
    pub end_mask: U32,
    /// A bit for each kind of byte that stands in all of them, as [`holds`] counts them.
    pub needs: U32,
    /// Shortest and longest text, in bytes.
    pub min: U16,
    pub max: U16,
}

/// This bit is the case of a letter in ASCII. That it also joins a few other characters does no harm
/// where what is told apart by it is compared afterwards.
const CASE: u32 = 0x2020_2020;

/// Four bytes without regard to the case of letters.
fn edge(bytes: [u8; 4]) -> u32 {
    u32::from_le_bytes(bytes) | CASE
}

impl Outline {
    /// Of a rule without a pattern: every text will do.
    pub const ANY: Self = Self {
        start: U32::ZERO,
        start_mask: U32::ZERO,
        end: U32::ZERO,
        end_mask: U32::ZERO,
        needs: U32::ZERO,
        min: U16::ZERO,
        max: U16::MAX_VALUE,
    };

    /// May this text match?
    #[inline(always)]
    pub fn admits(&self, text: &[u8]) -> bool {
        let len = u16::try_from(text.len()).unwrap_or(u16::MAX);
        let (start, end) = match (text.first_chunk(), text.last_chunk()) {
            (Some(first), Some(last)) => (edge(*first), edge(*last)),
            _ => short_edges(text),
        };
        (start ^ self.start.get()) & self.start_mask.get() | (end ^ self.end.get()) & self.end_mask.get() == 0
            && (self.min.get()..=self.max.get()).contains(&len)
    }

    /// Of a compiled pattern.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn of(program: &[u8]) -> Self {
        let literal = |at: usize| match program.get(at..) {
            Some(&[LITERAL | LITERAL_CASE, len, ..]) => &program[at + 2..at + 2 + usize::from(len)],
            _ => &[],
        };
        let (mut min, mut max, mut at, mut last, mut needs) = (0_usize, 0_usize, 0, 0, 0);
        while at < program.len() {
            last = at;
            needs |= holds(literal(at));
            let (shortest, longest) = lengths(program, &mut at);
            min += shortest;
            max = max.saturating_add(longest);
        }
        let mask = |kept: usize| if kept == 0 { 0 } else { u32::MAX >> (32 - 8 * kept) };
        let (first, final_literal) = (literal(0), literal(last));
        let (start, end) = (first.len().min(4), final_literal.len().min(4));
        let end_mask = mask(end) << ((32 - 8 * end as u32) % 32);
        Self {
            start: (short_edges(&first[..start]).0 & mask(start)).into(),
            start_mask: mask(start).into(),
            end: (short_edges(&final_literal[final_literal.len() - end..]).1 & end_mask).into(),
            end_mask: end_mask.into(),
            needs: needs.into(),
            min: (min.min(TEXT_MAX) as u16).into(),
            max: (max.min(TEXT_MAX) as u16).into(),
        }
    }
}

/// The first and the last four bytes of a text that may have fewer.
fn short_edges(text: &[u8]) -> (u32, u32) {
    let text = &text[..text.len().min(4)];
    let first = text.iter().rev().fold(0, |first, byte| first << 8 | u32::from(*byte));
    let last = first.checked_shl(32 - 8 * text.len() as u32).unwrap_or(0);
    (first | CASE, last | CASE)
}

/// A bit for each kind of byte in a text: the lower five bits tell them apart, in which no letter's case is.
#[inline]
pub fn holds(text: &[u8]) -> u32 {
    text.iter().fold(0, |kinds, byte| kinds | 1 << (byte & 31))
}

/// Shortest and longest text for the step at `at`, which goes on to the next one.
#[cfg(not(target_arch = "wasm32"))]
fn lengths(program: &[u8], at: &mut usize) -> (usize, usize) {
    let here = *at;
    match program[here..] {
        [LITERAL | LITERAL_CASE, len, ..] => {
            *at += 2 + usize::from(len);
            (len.into(), len.into())
        }
        [CLASS, _, min, max, ..] => {
            *at += 4;
            (min.into(), max.into())
        }
        [OPTION, len, ..] => {
            let end = here + 2 + usize::from(len);
            let mut longest = 0;
            *at += 2;
            while *at < end {
                longest += lengths(program, at).1;
            }
            (0, longest)
        }
        _ => {
            *at += 1;
            (0, TEXT_MAX)
        }
    }
}

/// Why a pattern is not one; `at` is the byte where it went wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    #[error("empty pattern")]
    Empty,
    #[error("unknown placeholder `{name}`")]
    Unknown { at: usize, name: String },
    #[error("placeholder without its closing brace")]
    Unclosed { at: usize },
    #[error("bounds must be n or min-max, 1 to 64")]
    Bounds { at: usize },
    #[error("a group stands inside a group, holds {{any}} or is not closed")]
    Group { at: usize },
    #[error("{{any}} stands next to {{any}}")]
    AnyAny { at: usize },
    #[error("nothing tells where this placeholder ends: the next one takes the same characters")]
    Ambiguous { at: usize },
    #[error("longer than {PROGRAM_MAX} bytes when compiled")]
    Long,
    #[error("a literal must be printable ASCII")]
    Literal { at: usize },
}

impl PatternError {
    /// Byte offset in the pattern at which to point.
    pub fn at(&self) -> usize {
        match self {
            Self::Empty | Self::Long => 0,
            Self::Unknown { at, .. }
            | Self::Unclosed { at }
            | Self::Bounds { at }
            | Self::Group { at }
            | Self::AnyAny { at }
            | Self::Ambiguous { at }
            | Self::Literal { at } => *at,
        }
    }
}

/// Compiles a pattern; see the head of this module for the language.
#[cfg(not(target_arch = "wasm32"))]
pub fn compile(pattern: &str, case_sensitive: bool) -> Result<Vec<u8>, PatternError> {
    if pattern.is_empty() {
        return Err(PatternError::Empty);
    }
    let program = Compiler { text: pattern.as_bytes(), case_sensitive, at: 0 }.sequence(false)?;
    if program.len() > PROGRAM_MAX { Err(PatternError::Long) } else { Ok(program) }
}

#[cfg(not(target_arch = "wasm32"))]
struct Compiler<'a> {
    text: &'a [u8],
    case_sensitive: bool,
    at: usize,
}

#[cfg(not(target_arch = "wasm32"))]
impl Compiler<'_> {
    fn sequence(&mut self, in_group: bool) -> Result<Vec<u8>, PatternError> {
        let mut program = Vec::new();
        let mut literal = Vec::new();
        let mut last_class: Option<(u8, bool)> = None;
        let start = self.at;
        loop {
            let Some(&byte) = self.text.get(self.at) else {
                if in_group {
                    return Err(PatternError::Group { at: start.saturating_sub(1) });
                }
                break;
            };
            match byte {
                b']' if in_group => break,
                b'{' => {
                    self.flush(&mut literal, &mut program);
                    let at = self.at;
                    let (class, min, max) = self.placeholder()?;
                    if class == 0 {
                        if in_group {
                            return Err(PatternError::Group { at });
                        }
                        if last_class == Some((0, false)) {
                            return Err(PatternError::AnyAny { at });
                        }
                        program.push(ANY);
                    } else {
                        if let Some((before, open)) = last_class
                            && before != 0
                            && open
                            && overlap(before, class)
                        {
                            return Err(PatternError::Ambiguous { at });
                        }
                        program.extend([CLASS, class, min, max]);
                    }
                    last_class = Some((class, class != 0 && min != max));
                }
                b'[' => {
                    if in_group {
                        return Err(PatternError::Group { at: self.at });
                    }
                    self.flush(&mut literal, &mut program);
                    self.at += 1;
                    let group = self.sequence(true)?;
                    self.at += 1;
                    let len = u8::try_from(group.len()).map_err(|_| PatternError::Long)?;
                    program.extend([OPTION, len]);
                    program.extend(group);
                    last_class = None;
                }
                b']' | b'}' => return Err(PatternError::Group { at: self.at }),
                _ => {
                    let byte = if byte == b'\\' {
                        self.at += 1;
                        *self.text.get(self.at).ok_or(PatternError::Unclosed { at: self.at - 1 })?
                    } else {
                        byte
                    };
                    if !(b' '..=b'~').contains(&byte) {
                        return Err(PatternError::Literal { at: self.at });
                    }
                    literal.push(if self.case_sensitive { byte } else { byte.to_ascii_lowercase() });
                    self.at += 1;
                    last_class = None;
                }
            }
        }
        self.flush(&mut literal, &mut program);
        Ok(program)
    }

    fn flush(&self, literal: &mut Vec<u8>, program: &mut Vec<u8>) {
        for part in literal.chunks(255) {
            program.push(if self.case_sensitive { LITERAL_CASE } else { LITERAL });
            program.push(part.len() as u8);
            program.extend(part);
        }
        literal.clear();
    }

    fn placeholder(&mut self) -> Result<(u8, u8, u8), PatternError> {
        let start = self.at;
        let len = self.text[start..].iter().position(|&b| b == b'}').ok_or(PatternError::Unclosed { at: start })?;
        let inner =
            std::str::from_utf8(&self.text[start + 1..start + len]).map_err(|_| PatternError::Literal { at: start })?;
        self.at = start + len + 1;
        let (name, bounds) = match inner.split_once(':') {
            Some((name, bounds)) => (name, Some(bounds)),
            None => (inner, None),
        };
        let class = CLASSES
            .iter()
            .position(|known| *known == name)
            .ok_or_else(|| PatternError::Unknown { at: start + 1, name: name.to_owned() })? as u8;
        let wrong = PatternError::Bounds { at: start + 1 + name.len() };
        let (min, max) = match (bounds, fixed_length(class)) {
            (None, Some(length)) => (length, length),
            (None, None) => (1, RUN_MAX),
            (Some(_), Some(_)) => return Err(wrong),
            (Some(bounds), None) => {
                let (min, max) = bounds.split_once('-').unwrap_or((bounds, bounds));
                (min.parse().map_err(|_| wrong.clone())?, max.parse().map_err(|_| wrong.clone())?)
            }
        };
        if (class == 0 && bounds.is_some()) || min == 0 || min > max || max > RUN_MAX {
            return Err(wrong);
        }
        Ok((class, min, max))
    }
}

/// Clocks have a length of their own; zero stands for the two lengths of a stamp.
#[cfg(not(target_arch = "wasm32"))]
fn fixed_length(class: u8) -> Option<u8> {
    match class {
        CLOCK_RAY | EPOCH_HEX => Some(8),
        EPOCH_S => Some(10),
        EPOCH_MS => Some(13),
        _ => None,
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn overlap(first: u8, second: u8) -> bool {
    (0..=127).any(|byte| is_of(first, byte) && is_of(second, byte))
}

/// Compares a compiled pattern with the whole text. A damaged program matches nothing.
pub fn matches(program: &[u8], text: &[u8]) -> Option<Captures> {
    if text.len() > TEXT_MAX {
        return None;
    }
    let mut captures = Captures::default();
    run(program, text, &mut captures).then_some(captures)
}

fn run(program: &[u8], text: &[u8], captures: &mut Captures) -> bool {
    let (mut pc, mut at) = (0, 0);
    // The last `{any}`: where the program goes on after it, and where the text was then.
    let mut retry: Option<(usize, usize)> = None;
    loop {
        let advanced = match program.get(pc) {
            None if at == text.len() => return true,
            None => None,
            Some(&ANY) => {
                pc += 1;
                if pc == program.len() {
                    return true;
                }
                let Some(here) = next_start(program, pc, text, at) else { return false };
                retry = Some((pc, here));
                Some((pc, here))
            }
            Some(&OPTION) => option(program, pc, text, at, captures),
            Some(_) => step(program, pc, text, at, captures),
        };
        match (advanced, retry) {
            (Some(next), _) => (pc, at) = next,
            (None, Some((again, from))) => {
                let Some(here) = next_start(program, again, text, from + 1) else { return false };
                retry = Some((again, here));
                (pc, at) = (again, here);
            }
            _ => return false,
        }
    }
}

/// From `at` on, the first place at which what follows an `{any}` may begin: a literal that ends the
/// pattern ends the text, and before any other one, places with another first byte are passed over.
fn next_start(program: &[u8], pc: usize, text: &[u8], at: usize) -> Option<usize> {
    let rest = text.get(at..)?;
    match program.get(pc..) {
        Some(&[LITERAL | LITERAL_CASE, len, ref literal @ ..]) if literal.len() == usize::from(len) => {
            rest.len().checked_sub(literal.len()).map(|skipped| at + skipped)
        }
        // What else this bit joins is found too, and told apart by the comparison that follows.
        Some(&[LITERAL | LITERAL_CASE, _, wanted, ..]) => {
            bytes::position(rest, wanted, 0x20).map(|skipped| at + skipped)
        }
        _ => Some(at),
    }
}

/// One literal or class at `pc`: the places after it, or nothing when it does not match.
#[inline(always)]
fn step(program: &[u8], pc: usize, text: &[u8], at: usize, captures: &mut Captures) -> Option<(usize, usize)> {
    match *program.get(pc..)? {
        [kind @ (LITERAL | LITERAL_CASE), len, ..] => {
            let len = usize::from(len);
            let literal = program.get(pc + 2..pc + 2 + len)?;
            let here = text.get(at..at + len)?;
            // Literals that ignore case are kept in lower case.
            let same = bytes::equal(here, literal) || kind == LITERAL && here.eq_ignore_ascii_case(literal);
            same.then_some((pc + 2 + len, at + len))
        }
        [CLASS, class, min, max, ..] => {
            let class_bit = 1_u32.checked_shl(class.into()).unwrap_or(0);
            let rest = text.get(at..)?;
            let rest = &rest[..rest.len().min(max.into())];
            let mut len = 0;
            while len < rest.len() && MEMBERS[usize::from(rest[len])] & class_bit != 0 {
                len += 1;
            }
            if len < usize::from(min) {
                return None;
            }
            capture(class, Span::new(at, at + len), captures);
            Some((pc + 4, at + len))
        }
        _ => None,
    }
}

/// A group that may be absent, which holds literals and classes only.
fn option(program: &[u8], pc: usize, text: &[u8], at: usize, captures: &mut Captures) -> Option<(usize, usize)> {
    let end = pc + 2 + usize::from(*program.get(pc + 1)?);
    let group = program.get(pc + 2..end)?;
    let (mut inner, mut here) = (0, at);
    while inner < group.len() {
        match step(group, inner, text, here, captures) {
            Some(next) => (inner, here) = next,
            None => return Some((end, at)),
        }
    }
    Some((end, here))
}

/// For each byte, the classes that it belongs to: bit `n` for class `n`. Those beyond ASCII belong to none.
static MEMBERS: [u32; 256] = {
    let mut members = [0; 256];
    let mut byte = 0;
    while byte < 128 {
        let mut class = 0;
        while class < CLASSES.len() {
            members[byte] |= (is_of(class as u8, byte as u8) as u32) << class;
            class += 1;
        }
        byte += 1;
    }
    members
};

const fn is_of(class: u8, byte: u8) -> bool {
    match class {
        1 | EPOCH_S | EPOCH_MS | AGE => byte.is_ascii_digit(),
        2 | CLOCK_RAY | EPOCH_HEX => byte.is_ascii_hexdigit(),
        3 => byte.is_ascii_uppercase(),
        4 => byte.is_ascii_lowercase(),
        5 | 10 => byte.is_ascii_alphabetic(),
        6 | POP => byte.is_ascii_alphanumeric(),
        7 => is_tchar(byte),
        8 => byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'+' | b'/' | b'='),
        POP_NAME | WORD => byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-',
        WORDS => byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || byte == b' ',
        STAMP => byte.is_ascii_digit() || matches!(byte, b'T' | b'Z' | b':' | b'-' | b'.'),
        _ => false,
    }
}

fn capture(class: u8, span: Span, captures: &mut Captures) {
    match class {
        POP..=POP_NAME => captures.pop = Some(span),
        WORD | WORDS => captures.word = Some(span),
        CLOCK_RAY => captures.clock = Some((Clock::CfRay, span)),
        EPOCH_S => captures.clock = Some((Clock::EpochSeconds, span)),
        EPOCH_MS => captures.clock = Some((Clock::EpochMilliseconds, span)),
        EPOCH_HEX => captures.clock = Some((Clock::HexSeconds, span)),
        STAMP => captures.clock = Some((Clock::Iso, span)),
        AGE => captures.age = Some(span),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, text: &str) -> Option<(Option<String>, Option<String>)> {
        let program = compile(pattern, false).unwrap();
        matches(&program, text.as_bytes()).map(|captures| {
            let part = |span: Option<Span>| {
                span.and_then(|span| span.of(text.as_bytes())).map(|part| String::from_utf8_lossy(part).into_owned())
            };
            (part(captures.pop), part(captures.word))
        })
    }

    /// Eight bytes are looked at together: what follows an `{any}` may begin at each of them, and behind.
    #[test]
    fn what_follows_any_text_is_found_at_every_place() {
        let program = compile("{any}from {digits} z", false).unwrap();
        for before in 0..40 {
            for (begin, found) in [("From", true), ("\u{6}rom", false), ("&rom", false), ("fro-", false)] {
                let text = format!("{}{begin} 17 z", "-f".repeat(20).split_at(before).0);
                assert_eq!(matches(&program, text.as_bytes()).is_some(), found, "{text}");
            }
        }
    }

    #[test]
    fn patterns_take_the_whole_text_and_nothing_else() {
        for (pattern, text, expected, why) in [
            ("cloudflare", "Cloudflare", true, "literals ignore case"),
            ("cloudflare", "cloudflare-nginx", false, "anchored at the end"),
            ("cloudflare", "my cloudflare", false, "anchored at the start"),
            ("AkamaiGHost{any}", "AkamaiGHost", true, "{any} may be empty"),
            ("{any}varnish", "1.1 varnish, 1.1 varnish", true, "{any} is retried until the rest fits"),
            ("{hex:4}-{upper:3}", "12ab-CDG", true, "exact counts"),
            ("{hex:4}-{upper:3}", "12ab-cdg", false, "classes keep their case"),
            ("{hex:4}-{upper:3}", "12abc-CDG", false, "one character too many"),
            ("a[-{digits}]", "a", true, "a group may be absent"),
            ("a[-{digits}]", "a-12", true, "or present"),
            ("a[-{digits}]", "a-", false, "but not half"),
            ("\\[a=\\]", "[a=]", true, "escaped literals"),
        ] {
            assert_eq!(read(pattern, text).is_some(), expected, "{why}");
        }
    }

    #[test]
    fn captures_come_from_the_match_that_held() {
        let pop = |text| read("cache-{any}-{pop-letters:3}", text).and_then(|(pop, _)| pop);
        assert_eq!(pop("cache-fra-etou8220141-FRA").as_deref(), Some("FRA"));
        assert_eq!(pop("cache-jfk1041-JFK").as_deref(), Some("JFK"));
        assert_eq!(pop("cache-jfk1041-J1"), None);
        let word = |text| read("{word} from cloudfront", text).and_then(|(_, word)| word);
        assert_eq!(word("RefreshHit from cloudfront").as_deref(), Some("RefreshHit"));
        assert_eq!(word("Hit from child"), None);
        let age = |text: &str| matches(&compile("{age}", false).unwrap(), text.as_bytes())?.age;
        assert_eq!(age("2973"), Some(Span::new(0, 4)));
        assert_eq!(age("2973s"), None);
    }

    #[test]
    fn clocks_are_found() {
        let program = compile("{clock-ray}{hex:8}[-{pop-letters:3}]", true).unwrap();
        let captures = matches(&program, b"974eddd419be203e-EZE").unwrap();
        assert_eq!(captures.clock, Some((Clock::CfRay, Span::new(0, 8))));
        assert_eq!(captures.pop, Some(Span::new(17, 20)));
        assert!(matches(&program, b"974eddd419be203e").is_some());
        assert!(matches(&program, b"974eddd419be203e-EZEX").is_none());
    }

    #[test]
    fn faults_point_at_the_place() {
        for (pattern, expected) in [
            ("", PatternError::Empty),
            ("a{digit}", PatternError::Unknown { at: 2, name: "digit".into() }),
            ("a{digits", PatternError::Unclosed { at: 1 }),
            ("a{digits:0}", PatternError::Bounds { at: 8 }),
            ("a{digits:9-2}", PatternError::Bounds { at: 8 }),
            ("a[b[c]]", PatternError::Group { at: 3 }),
            ("a[{any}]", PatternError::Group { at: 2 }),
            ("a]", PatternError::Group { at: 1 }),
            ("{any}{any}", PatternError::AnyAny { at: 5 }),
            ("{alnum}{digits}", PatternError::Ambiguous { at: 7 }),
            ("caf\u{e9}", PatternError::Literal { at: 3 }),
        ] {
            assert_eq!(compile(pattern, false), Err(expected), "{pattern}");
        }
    }

    /// What a pattern matches, its outline admits; and it tells apart what begins, ends or measures otherwise.
    #[test]
    fn outlines_admit_what_matches() {
        for (pattern, texts, others) in [
            ("cloudflare", &["cloudflare", "CloudFlare"][..], &["cloudfront", "cloudflare-nginx", "cloud", ""][..]),
            ("{any}varnish", &["varnish", "1.1 varnish"], &["1.1 google", "ish"]),
            ("M.{lower:3}-{any}", &["m.abc-", "M.xyz-12"], &["N.abc-", "M.ab"]),
            ("{hex:4}-{upper:3}", &["12ab-CDG"], &["12ab-CD", "12ab-CDGX"]),
            ("a[-{digits}]", &["a", "a-1"], &["b", "b-1"]),
            ("[x-]b{digits:2}", &["b12", "x-b12"], &["b1", "x-b123"]),
            ("{digits} s", &["7 s", "77 S"], &["7 t", "s"]),
            ("{any}", &["", "x"], &[]),
        ] {
            let program = compile(pattern, false).unwrap();
            let outline = Outline::of(&program);
            for text in texts {
                assert!(matches(&program, text.as_bytes()).is_some(), "{pattern}: {text}");
                assert!(outline.admits(text.as_bytes()), "{pattern}: {text}");
            }
            for text in others {
                assert!(!outline.admits(text.as_bytes()), "{pattern}: {text}");
            }
            for text in texts {
                assert_eq!(outline.needs.get() & !holds(text.as_bytes()), 0, "{pattern}: {text}");
            }
        }
    }

    #[test]
    fn damaged_programs_match_nothing_and_do_not_panic() {
        let program = compile("{any}x-{pop:2-5}[-{digits}]{hex}", false).unwrap();
        let text = "…x-ABC-12ff".as_bytes();
        for cut in 0..program.len() {
            let _ = matches(&program[..cut], text);
            for value in 0..=255 {
                let mut changed = program.clone();
                changed[cut] = value;
                let _ = matches(&changed, text);
            }
        }
    }
}
