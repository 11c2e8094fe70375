//! Response fields, one file each, read against the specification that defines them.
//!
//! A field value is hostile text of any length and any bytes. Every parser here takes it as
//! `&[u8]`, borrows from it, reads each byte a bounded number of times, keeps a bounded number
//! of things, and returns what it understood beside a list of [`Problems`]: a malformed field is
//! an observation, never an error. Nothing here knows a provider, a browser or the time of day.
//! The fuzz target `fields` checks these promises against hostile values.
//!
//! A response may carry one field on several lines. Each line is parsed by itself and the lines
//! keep their order, which for lists means the same as joining them (RFC 9110, section 5.3).
//! Off-spec: RFC 9651, section 4.2, joins the lines of a structured field before parsing, so that
//! one bad member discards them all; here it discards only itself.

pub mod age;
pub(crate) mod bytes;
pub mod cache_status;
pub mod clock;
pub mod date;
pub mod list;
pub mod proxy_status;
pub mod server;
pub mod server_timing;
pub mod set_cookie;
mod structured;
pub mod via;
pub mod x_cache;

use std::borrow::Cow;

/// Members of one list that are kept: those nearest the reader. The others are counted.
///
/// The longest honest list seen in captures has seven members.
pub const MAX_MEMBERS: usize = 64;

/// Bytes of one list member that are read; a longer member is reported and left unread.
pub const MAX_MEMBER_LEN: usize = 8192;

/// Fields of one response that are read. The others are counted.
pub const MAX_FIELDS: usize = 1_024;

/// Problems of one field that are kept with their positions. The others are counted.
pub const MAX_PROBLEMS: usize = 8;

/// Characters of one field value that [`text`] shows.
pub const MAX_TEXT: usize = 512;

/// One field line of a response, as received (RFC 9110, section 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    /// The field name as sent; names compare without regard to case.
    pub name: &'a str,
    /// The field value as sent: any bytes, of any length.
    pub value: &'a [u8],
}

impl Field<'_> {
    /// Whether this line belongs to the field `name` (RFC 9110, section 5.1).
    #[must_use]
    #[inline]
    pub fn is(&self, name: &str) -> bool {
        self.name.eq_ignore_ascii_case(name)
    }
}

/// Something in a field value that its specification does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Problem {
    pub fault: Fault,
    /// Where it stands: the byte position in the value of its own field line, from 0.
    pub at: usize,
}

/// What a [`Problem`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// Nothing stands where a value is required.
    Empty,
    /// A member longer than [`MAX_MEMBER_LEN`]; it was not read.
    TooLong,
    /// A quoted string is not closed; the rest was split at plain commas.
    UnbalancedQuote,
    /// A comment is not closed; the rest was split at plain commas.
    UnbalancedComment,
    /// A bracket is not closed; the rest was split at plain commas.
    UnbalancedBracket,
    /// A byte that the field's syntax does not allow here.
    Syntax,
    /// Bytes that are not UTF-8 text, or that hold control characters.
    NotText,
    /// A required part is absent, as the protocol of a `Via` member.
    MissingPart,
    /// Something follows where the member should end.
    TrailingText,
    /// A parameter holds another type of value than its specification says.
    WrongType,
    /// A parameter value that its specification does not list.
    UnknownValue,
    /// Two parts that exclude each other, as `hit` and `fwd`.
    Contradiction,
    /// A word such as `HIT` where the name of a cache should stand.
    NoCacheName,
    /// Not a number in the form the field requires.
    NotANumber,
    /// A negative number where none is allowed.
    Negative,
    /// A number above what the field can say; the highest was taken.
    Overflow,
    /// Several values in a field that allows one; the first valid one was taken.
    SeveralValues,
    /// Not a date in any form this program knows.
    NotADate,
    /// A moment outside the years that trace fields can speak of.
    OutOfRange,
    /// A cookie without a name; its text is a value, so it was not read.
    NoCookieName,
}

impl Fault {
    /// A stable word for reports and for looking up the sentence shown to the reader.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Fault::Empty => "empty",
            Fault::TooLong => "too-long",
            Fault::UnbalancedQuote => "unbalanced-quote",
            Fault::UnbalancedComment => "unbalanced-comment",
            Fault::UnbalancedBracket => "unbalanced-bracket",
            Fault::Syntax => "syntax",
            Fault::NotText => "not-text",
            Fault::MissingPart => "missing-part",
            Fault::TrailingText => "trailing-text",
            Fault::WrongType => "wrong-type",
            Fault::UnknownValue => "unknown-value",
            Fault::Contradiction => "contradiction",
            Fault::NoCacheName => "no-cache-name",
            Fault::NotANumber => "not-a-number",
            Fault::Negative => "negative",
            Fault::Overflow => "overflow",
            Fault::SeveralValues => "several-values",
            Fault::NotADate => "not-a-date",
            Fault::OutOfRange => "out-of-range",
            Fault::NoCookieName => "no-cookie-name",
        }
    }

    /// The problem of this fault at a byte position.
    #[must_use]
    pub const fn at(self, at: usize) -> Problem {
        Problem { fault: self, at }
    }
}

/// The problems of one field, in the order they were met; bounded by [`MAX_PROBLEMS`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    kept: Vec<Problem>,
    uncounted: usize,
}

impl Problems {
    pub(crate) fn add(&mut self, fault: Fault, at: usize) {
        if self.kept.len() < MAX_PROBLEMS {
            self.kept.push(fault.at(at));
        } else {
            self.uncounted = self.uncounted.saturating_add(1);
        }
    }

    /// The kept problems with their positions.
    #[must_use]
    pub fn kept(&self) -> &[Problem] {
        &self.kept
    }

    /// How many problems there were, kept or not.
    #[must_use]
    pub fn count(&self) -> usize {
        self.kept.len().saturating_add(self.uncounted)
    }

    /// Whether the field was as its specification says.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Whether a fault of this kind was kept.
    #[must_use]
    pub fn has(&self, fault: Fault) -> bool {
        self.kept.iter().any(|problem| problem.fault == fault)
    }
}

/// What the fields of one response hold that their specifications do not allow, with the number of the field line.
/// Fields without a specification have none, and those beyond [`MAX_FIELDS`] are not read.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn problems(fields: &[Field<'_>]) -> Vec<(usize, Problem)> {
    let (mut found, mut met) = (Vec::new(), [false; 3]);
    for (number, field) in fields.iter().take(MAX_FIELDS).enumerate() {
        let name = field.name.to_ascii_lowercase();
        let of_line = match &*name {
            "age" => age::parse(field.value).problems,
            "cache-status" => cache_status::parse(field.value).problems,
            "date" => Problems { kept: date::parse(field.value).err().into_iter().collect(), uncounted: 0 },
            "proxy-status" => proxy_status::parse(field.value).problems,
            "server" => server::parse(field.value).problems,
            "server-timing" => {
                let mut metrics = server_timing::metrics(field.value);
                metrics.by_ref().for_each(drop);
                metrics.problems().clone()
            }
            "set-cookie" => set_cookie::parse(field.value).problems,
            "via" => via::parse(field.value).problems,
            _ => continue,
        };
        // These come once (RFC 9110, sections 6.6.1 and 10.2.4; RFC 9111, section 5.1).
        if let Some(which) = ["age", "date", "server"].iter().position(|once| name == *once)
            && std::mem::replace(&mut met[which], true)
        {
            found.push((number, Fault::SeveralValues.at(0)));
        }
        found.extend(of_line.kept.into_iter().map(|problem| (number, problem)));
    }
    found
}

/// A field value as text for the screen: bounded, on one line, with nothing invisible in it.
///
/// Control characters become their pictures (U+2400 to U+2421), bytes that are not UTF-8 and
/// characters that hide or turn text become U+FFFD, and what exceeds [`MAX_TEXT`] characters
/// becomes an ellipsis. Clean short values are borrowed. This is for reading, not for matching.
#[must_use]
pub fn text(value: &[u8]) -> Cow<'_, str> {
    text_within(value, MAX_TEXT)
}

/// As [`text`], with another limit in characters.
#[must_use]
pub fn text_within(value: &[u8], limit: usize) -> Cow<'_, str> {
    // To the end in any case, so that it is done for many bytes at once.
    let plain = || value.iter().fold(true, |plain, byte| plain & (b' '..=b'~').contains(byte));
    if value.len() <= limit
        && let Ok(clean) = std::str::from_utf8(value)
        && (plain() || clean.chars().all(|character| visible(character) == character))
    {
        return Cow::Borrowed(clean);
    }
    // A character takes at most four bytes, so nothing behind this point can be shown.
    let readable = &value[..value.len().min(limit.saturating_mul(4).saturating_add(4))];
    let mut shown = String::with_capacity(readable.len().min(limit) + 3);
    let mut room = limit;
    for chunk in readable.utf8_chunks() {
        let broken = (!chunk.invalid().is_empty()).then_some(char::REPLACEMENT_CHARACTER);
        for character in chunk.valid().chars().chain(broken) {
            if room == 0 {
                shown.push('…');
                return Cow::Owned(shown);
            }
            room -= 1;
            shown.push(visible(character));
        }
    }
    if readable.len() < value.len() {
        shown.push('…');
    }
    Cow::Owned(shown)
}

/// The character itself, or what stands for it on screen.
fn visible(character: char) -> char {
    match character {
        ' '..='~' => character,
        '\0'..='\u{1f}' => char::from_u32(0x2400 + character as u32).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        // C1 controls, then the characters of Unicode that take no room, reverse the reading
        // direction, break lines or annotate: a field value has no honest use for them.
        '\u{80}'..='\u{9f}'
        | '\u{ad}'
        | '\u{61c}'
        | '\u{180e}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{feff}'
        | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e007f}' => '\u{fffd}',
        _ => character,
    }
}

/// Whether a byte may stand in a token (`tchar`, RFC 9110, section 5.6.2).
#[must_use]
pub const fn is_tchar(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
        )
}

/// Whether a byte is optional whitespace (`OWS`, RFC 9110, section 5.6.3).
const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// The range of `value[start..end]` without the whitespace around it.
fn trimmed(value: &[u8], mut start: usize, mut end: usize) -> (usize, usize) {
    while start < end && is_space(value[start]) {
        start += 1;
    }
    while start < end && is_space(value[end - 1]) {
        end -= 1;
    }
    (start, end)
}

/// A value without the whitespace around it.
pub(crate) fn trim(value: &[u8]) -> &[u8] {
    let (start, end) = trimmed(value, 0, value.len());
    &value[start..end]
}

/// Bytes as text if they are UTF-8 without control characters.
fn plain_text(bytes: &[u8]) -> Option<&str> {
    if bytes.iter().any(|byte| byte.is_ascii_control()) {
        return None;
    }
    std::str::from_utf8(bytes).ok()
}

/// A non-empty run of digits as a number; `None` for anything else, the highest on overflow.
fn digits(bytes: &[u8]) -> Option<u64> {
    if bytes.is_empty() || !bytes.iter().all(u8::is_ascii_digit) {
        return None;
    }
    // Nineteen digits fit in any case, and minding the limit is a function call for each of them in wasm.
    let (first, rest) = bytes.split_at(bytes.len().min(19));
    let number = first.iter().fold(0_u64, |number, digit| number * 10 + u64::from(digit - b'0'));
    Some(rest.iter().fold(number, |number, digit| number.saturating_mul(10).saturating_add(u64::from(digit - b'0'))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_shows_what_is_there() {
        #[rustfmt::skip]
        let rows: &[(&[u8], &str)] = &[
            (b"", ""),
            (b"plain", "plain"),
            ("été".as_bytes(), "été"),
            // Control characters have pictures; a line feed cannot make a second line.
            (b"a\0b\r\n\tc\x7f", "a\u{2400}b\u{240d}\u{240a}\u{2409}c\u{2421}"),
            // Latin-1 is not UTF-8: each byte that cannot be read is one mark.
            (b"caf\xe9 \xff\xff", "caf\u{fffd} \u{fffd}\u{fffd}"),
            // Text that turns the reading direction or hides is disarmed.
            ("a\u{202e}b\u{200b}c\u{2028}".as_bytes(), "a\u{fffd}b\u{fffd}c\u{fffd}"),
        ];
        for (value, expected) in rows {
            assert_eq!(text(value), *expected);
        }
        assert!(matches!(text(b"plain"), Cow::Borrowed(_)));
        assert_eq!(text_within(b"abcd", 4), "abcd");
        assert_eq!(text_within(b"abcde", 4), "abcd…");
        // The limit counts characters, not bytes, and never cuts one in two.
        assert_eq!(text_within("éééé".as_bytes(), 4), "éééé");
        assert_eq!(text_within("ééééé".as_bytes(), 4), "éééé…");
        assert_eq!(text_within(b"abc", 0), "…");
    }

    #[test]
    fn problems_beyond_the_limit_are_counted() {
        let problems = age::parse("x,".repeat(100).as_bytes()).problems;
        assert_eq!(problems.kept().len(), MAX_PROBLEMS);
        assert_eq!(problems.count(), 101);
    }
}
