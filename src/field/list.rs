//! Lists: one field value split into its members (RFC 9110, section 5.6.1).
//!
//! Members are separated by commas with optional whitespace; commas inside quoted strings
//! (section 5.6.4) and comments (section 5.6.5) belong to the member, and empty members count for
//! nothing (section 5.6.1.2). Whether a field has quoted strings or comments at all is the
//! business of that field, so the caller names its [`Grammar`].
//!
//! Off-spec: where a quote, parenthesis or bracket is never closed, a strict reader would take
//! the rest of the value as one member. Here that member and the rest are split at plain commas:
//! one stray quote from an inner layer then does not hide the members of the outer ones.

use crate::field::{Fault, MAX_MEMBER_LEN, MAX_MEMBERS, Problem, Problems, bytes, trimmed};

/// What may hold a comma inside a member of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grammar {
    /// `"..."` with `\` before any byte.
    pub quoted_strings: bool,
    /// `(...)`, nested, with `\` before any byte.
    pub comments: bool,
    /// `[...]`, not nested; no specification has it, some `Via` values do.
    pub brackets: bool,
}

impl Grammar {
    /// Commas separate, whatever stands around them.
    pub const PLAIN: Grammar = Grammar { quoted_strings: false, comments: false, brackets: false };
    /// Members with quoted strings, as in `Server-Timing` and `Cache-Status`.
    pub const QUOTED: Grammar = Grammar { quoted_strings: true, ..Grammar::PLAIN };
    /// Members with comments, in which a quote is an ordinary character.
    pub const COMMENTED: Grammar = Grammar { comments: true, ..Grammar::PLAIN };
    /// Members with both.
    pub const QUOTED_AND_COMMENTED: Grammar = Grammar { quoted_strings: true, comments: true, brackets: false };
}

/// One member of a list, without the whitespace around it; never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    pub bytes: &'a [u8],
    /// Where the member begins in the field value.
    pub at: usize,
}

impl Member<'_> {
    /// Where the member stands in the field value.
    #[must_use]
    pub fn range(&self) -> std::ops::Range<usize> {
        self.at..self.at + self.bytes.len()
    }

    /// Whether the member is longer than what is read of one.
    #[must_use]
    pub fn is_too_long(&self) -> bool {
        self.bytes.len() > MAX_MEMBER_LEN
    }
}

/// The members of a list, one after the other, without allocating.
#[derive(Clone, Debug)]
pub struct Members<'a> {
    value: &'a [u8],
    at: usize,
    grammar: Grammar,
    problem: Option<Problem>,
}

/// Splits a list-based field value into its members, in the order sent.
#[must_use]
pub fn members(value: &[u8], grammar: Grammar) -> Members<'_> {
    Members { value, at: 0, grammar, problem: None }
}

impl Members<'_> {
    /// The quote or parenthesis that was never closed, once the iterator met it.
    #[must_use]
    pub fn problem(&self) -> Option<Problem> {
        self.problem
    }

    /// The end of the member that begins at `start`, or what was left open in it.
    fn end_of_member(&self, start: usize) -> Result<usize, Problem> {
        let grammar = self.grammar;
        if grammar == Grammar::PLAIN {
            let len = bytes::position(&self.value[start..], b',', 0);
            return Ok(len.map_or(self.value.len(), |len| start + len));
        }
        // Most members have nothing that could hold a comma.
        let first = self.value[start..].iter().position(|byte| matches!(byte, b',' | b'"' | b'(' | b'['));
        let mut at = first.map_or(self.value.len(), |len| start + len);
        let mut open: Option<(Fault, usize)> = None;
        let mut depth = 0_usize;
        while let Some(&byte) = self.value.get(at) {
            match open {
                None => match byte {
                    b',' => return Ok(at),
                    b'"' if grammar.quoted_strings => open = Some((Fault::UnbalancedQuote, at)),
                    b'(' if grammar.comments => {
                        depth = 1;
                        open = Some((Fault::UnbalancedComment, at));
                    }
                    b'[' if grammar.brackets => open = Some((Fault::UnbalancedBracket, at)),
                    _ => {}
                },
                Some((Fault::UnbalancedQuote, _)) => match byte {
                    b'\\' => at += 1,
                    b'"' => open = None,
                    _ => {}
                },
                Some((Fault::UnbalancedComment, _)) => match byte {
                    b'\\' => at += 1,
                    b'(' => depth += 1,
                    b')' => {
                        depth -= 1;
                        if depth == 0 {
                            open = None;
                        }
                    }
                    _ => {}
                },
                Some(_) => {
                    if byte == b']' {
                        open = None;
                    }
                }
            }
            at += 1;
        }
        match open {
            // A backslash before the end may have stepped over it, but only in what stayed open.
            None => Ok(self.value.len()),
            Some((fault, at)) => Err(fault.at(at)),
        }
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = Member<'a>;

    fn next(&mut self) -> Option<Member<'a>> {
        while self.at < self.value.len() {
            let begin = self.at;
            let end = match self.end_of_member(begin) {
                Ok(end) => end,
                Err(problem) => {
                    // The rest is read once more, as plain text, and never a third time.
                    self.problem = Some(problem);
                    self.grammar = Grammar::PLAIN;
                    self.end_of_member(begin).unwrap_or(self.value.len())
                }
            };
            self.at = end + 1;
            let (start, end) = trimmed(self.value, begin, end);
            if start < end {
                return Some(Member { bytes: &self.value[start..end], at: start });
            }
        }
        None
    }
}

/// The members of a list that are kept: the last [`MAX_MEMBERS`], in the order sent.
///
/// In every list of this module the last member is the one nearest the reader, so these are the
/// ones a verdict rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Nearest<'a> {
    pub members: Vec<Member<'a>>,
    /// How many earlier members were left out.
    pub dropped: usize,
}

/// Splits a list and keeps the members nearest the reader.
#[must_use]
pub fn nearest<'a>(value: &'a [u8], grammar: Grammar, problems: &mut Problems) -> Nearest<'a> {
    let mut kept = Nearest::default();
    let mut all = members(value, grammar);
    for member in all.by_ref() {
        // Emptied by halves, so that a list of millions costs one move for each member.
        if kept.members.len() == 2 * MAX_MEMBERS {
            kept.members.drain(..MAX_MEMBERS);
            kept.dropped += MAX_MEMBERS;
        }
        kept.members.push(member);
    }
    if let Some(over) = kept.members.len().checked_sub(MAX_MEMBERS) {
        kept.members.drain(..over);
        kept.dropped += over;
    }
    if let Some(problem) = all.problem() {
        problems.add(problem.fault, problem.at);
    }
    kept
}

/// The lines of a value in which several field lines were joined by line feeds.
///
/// A field value holds no line feed (RFC 9110, section 5.5); Firefox's webRequest joins repeated
/// `Set-Cookie` lines this way because a comma may stand inside a cookie, and so do the HAR files
/// it writes. Positions count from the start of the joined value; empty lines are left out.
pub fn lines(value: &[u8]) -> impl Iterator<Item = Member<'_>> {
    let mut at = 0;
    // Nearly always there is one line, and it may be long.
    let several = value.contains(&b'\n');
    let mut rest = Some(value);
    let next = move || {
        let whole = rest?;
        let end = if several { whole.iter().position(|byte| *byte == b'\n') } else { None };
        rest = end.map(|end| &whole[end + 1..]);
        Some(&whole[..end.unwrap_or(whole.len())])
    };
    std::iter::from_fn(next).filter_map(move |line| {
        let begin = at;
        at += line.len() + 1;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let (start, end) = trimmed(line, 0, line.len());
        (start < end).then(|| Member { bytes: &line[start..end], at: begin + start })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    type Row<'a> = (&'a str, Grammar, &'a [(usize, &'a str)], Option<Problem>);

    fn split(value: &str, grammar: Grammar) -> (Vec<(usize, String)>, Option<Problem>) {
        let mut all = members(value.as_bytes(), grammar);
        let found = all
            .by_ref()
            .map(|member| {
                assert_eq!(member.bytes, &value.as_bytes()[member.range()]);
                (member.at, String::from_utf8(member.bytes.to_vec()).unwrap())
            })
            .collect();
        (found, all.problem())
    }

    #[test]
    fn members_stand_between_commas() {
        let both = Grammar::QUOTED_AND_COMMENTED;
        let brackets = Grammar { brackets: true, ..Grammar::COMMENTED };
        #[rustfmt::skip]
        let rows: &[Row] = &[
            // RFC 9110, section 5.6.1.2: the three valid examples of a recipient.
            ("foo,bar", both, &[(0, "foo"), (4, "bar")], None),
            ("foo ,bar,", both, &[(0, "foo"), (5, "bar")], None),
            ("foo , ,bar,charlie", both, &[(0, "foo"), (7, "bar"), (11, "charlie")], None),
            // The same section: these have no member at all.
            ("", both, &[], None),
            (",", both, &[], None),
            (",   ,", both, &[], None),
            // A comma in a quoted string belongs to it, and so does one behind an escaped quote.
            (r#"a="x,y", b"#, both, &[(0, r#"a="x,y""#), (9, "b")], None),
            (r#""x\",y",b"#, both, &[(0, r#""x\",y""#), (8, "b")], None),
            // Comments nest and have escapes; a quote in one is a plain character.
            ("a (x, (y, z) \\), \"), b", both, &[(0, "a (x, (y, z) \\), \")"), (21, "b")], None),
            // In a field without quoted strings a quote protects nothing.
            (r#""x,y""#, Grammar::COMMENTED, &[(0, "\"x"), (3, "y\"")], None),
            // In a field without comments a parenthesis protects nothing.
            ("(x,y)", Grammar::QUOTED, &[(0, "(x"), (3, "y)")], None),
            // Brackets keep the commas of one provider's Via.
            ("c1[0,0,H], c2[1,0]", brackets, &[(0, "c1[0,0,H]"), (11, "c2[1,0]")], None),
            // What is never closed hides nothing that follows.
            (r#"a, b"c, d"#, both, &[(0, "a"), (3, "b\"c"), (8, "d")], Some(Fault::UnbalancedQuote.at(4))),
            ("a, b(c, d", both, &[(0, "a"), (3, "b(c"), (8, "d")], Some(Fault::UnbalancedComment.at(4))),
            ("a[b, c", brackets, &[(0, "a[b"), (5, "c")], Some(Fault::UnbalancedBracket.at(1))),
            // A backslash as the last byte escapes nothing and is not stepped over.
            (r#""a\"#, both, &[(0, r#""a\"#)], Some(Fault::UnbalancedQuote.at(0))),
            // A closing parenthesis without an opening one is a plain character.
            ("a), b", both, &[(0, "a)"), (4, "b")], None),
        ];
        for (value, grammar, expected, problem) in rows {
            let expected: Vec<_> = expected.iter().map(|(at, s)| (*at, (*s).to_string())).collect();
            assert_eq!(split(value, *grammar), (expected, *problem), "{value}");
        }
    }

    #[test]
    fn the_members_nearest_the_reader_are_kept() {
        let value: Vec<String> = (0..1000).map(|n| n.to_string()).collect();
        let value = value.join(",");
        let kept = nearest(value.as_bytes(), Grammar::PLAIN, &mut Problems::default());
        assert_eq!(kept.members.len(), MAX_MEMBERS);
        assert_eq!(kept.dropped, 1000 - MAX_MEMBERS);
        assert_eq!(kept.members.last().unwrap().bytes, b"999");
    }

    #[test]
    fn lines_are_those_firefox_joined() {
        let value = b"a=1; Expires=Sun, 06 Nov 1994\n\r\n b=2\r\nc";
        let found: Vec<_> = lines(value).collect();
        for line in &found {
            assert_eq!(line.bytes, &value[line.range()]);
        }
        let found: Vec<_> = found.iter().map(|line| line.bytes).collect();
        assert_eq!(found, [&b"a=1; Expires=Sun, 06 Nov 1994"[..], b"b=2", b"c"]);
    }
}
