//! Makes the text of a HAR file readable as JSON without changing where anything stands.
//!
//! A byte order mark is dropped (RFC 8259, section 8.1, allows that). Bytes that are not UTF-8, and
//! escapes of surrogates that stand alone (section 8.2), become U+FFFD: both occur in recorded bodies
//! and would otherwise end the reading of everything behind them.

use std::io::{self, Read};

/// Bytes asked for at once.
const CHUNK: usize = 64 << 10;
/// Longest thing that may be cut by the end of a chunk: two escapes of surrogates.
const LONGEST: usize = 12;

/// First bytes of the file that are remembered: they tell what it is when it is no JSON.
pub const START: usize = 8;

/// A reader that repairs what it hands on.
pub struct Repaired<R> {
    inner: R,
    /// Bytes as read, from the first that has not been repaired.
    raw: Vec<u8>,
    /// Bytes repaired, and how many of them were handed on.
    out: Vec<u8>,
    at: usize,
    /// The first bytes of the file, before any repair.
    start: Vec<u8>,
    begun: bool,
    ended: bool,
}

impl<R: Read> Repaired<R> {
    pub fn new(inner: R) -> Self {
        let (raw, out, start) = (Vec::with_capacity(CHUNK + LONGEST), Vec::new(), Vec::new());
        Self { inner, raw, out, at: 0, start, begun: false, ended: false }
    }

    /// The first bytes of the file, as far as they were read.
    pub fn start(&self) -> &[u8] {
        &self.start
    }

    fn fill(&mut self) -> io::Result<()> {
        // One read at a time: whoever writes into a pipe sees each answer as soon as it can be given.
        let kept = self.raw.len();
        self.raw.resize(kept + CHUNK, 0);
        let read = loop {
            match self.inner.read(&mut self.raw[kept..]) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other,
            }
        };
        self.raw.truncate(kept + *read.as_ref().unwrap_or(&0));
        self.ended = read? == 0;
        if !self.begun {
            self.begun = true;
            self.start = self.raw[..self.raw.len().min(START)].to_vec();
            if self.raw.starts_with("\u{feff}".as_bytes()) {
                self.raw.drain(..3);
            }
        }
        let whole = pair_surrogates(&mut self.raw, self.ended);
        self.out.clear();
        self.at = 0;
        let taken = replace_broken_utf8(&self.raw[..whole], self.ended, &mut self.out);
        self.raw.drain(..taken);
        Ok(())
    }
}

impl<R: Read> Read for Repaired<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.out.len() {
            if self.ended {
                return Ok(0);
            }
            self.fill()?;
        }
        let len = buffer.len().min(self.out.len() - self.at);
        buffer[..len].copy_from_slice(&self.out[self.at..self.at + len]);
        self.at += len;
        Ok(len)
    }
}

/// Replaces escapes of lone surrogates in place; returns how many bytes can be handed on.
fn pair_surrogates(text: &mut [u8], ended: bool) -> usize {
    let mut at = 0;
    while let Some(found) = text[at..].iter().position(|byte| *byte == b'\\') {
        let escape = at + found;
        if text.len() - escape < LONGEST && !ended {
            return escape;
        }
        at = match (unit(text, escape), unit(text, escape + 6)) {
            (None, _) => escape + 2,
            (Some(0xd800..0xdc00), Some(0xdc00..0xe000)) => escape + 12,
            (Some(0xd800..0xe000), _) => {
                text[escape + 2..escape + 6].copy_from_slice(b"fffd");
                escape + 6
            }
            (Some(_), _) => escape + 6,
        };
        if at >= text.len() {
            break;
        }
    }
    text.len()
}

/// The code unit of an escape `\uXXXX` at this place.
fn unit(text: &[u8], at: usize) -> Option<u16> {
    let digits = text.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let digits = std::str::from_utf8(digits).ok().filter(|digits| !digits.starts_with('+'))?;
    u16::from_str_radix(digits, 16).ok()
}

/// Appends the text with broken bytes replaced; returns how many bytes were taken.
fn replace_broken_utf8(text: &[u8], ended: bool, out: &mut Vec<u8>) -> usize {
    let mut taken = 0;
    for chunk in text.utf8_chunks() {
        out.extend_from_slice(chunk.valid().as_bytes());
        taken += chunk.valid().len();
        // A character that the end of the chunk cut is completed by the next one.
        let cut = taken + chunk.invalid().len() == text.len() && !ended && chunk.invalid().len() < 4;
        if cut {
            break;
        }
        if !chunk.invalid().is_empty() {
            out.extend_from_slice("\u{fffd}".as_bytes());
            taken += chunk.invalid().len();
        }
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::har::few::Few;

    fn repaired(text: &[u8]) -> String {
        let mut whole = String::new();
        Repaired::new(Few(text, 3)).read_to_string(&mut whole).unwrap();
        whole
    }

    #[test]
    fn only_what_is_broken_is_replaced() {
        for (text, expected, why) in [
            (&b"{\"a\":1}"[..], "{\"a\":1}", "JSON stays"),
            (b"\xef\xbb\xbf{}", "{}", "a byte order mark is dropped"),
            (b"{}\xef\xbb\xbf", "{}\u{feff}", "anywhere else it is a character"),
            ("\"é 🙂\"".as_bytes(), "\"é 🙂\"", "characters stay"),
            (b"\"caf\xe9\"", "\"caf\u{fffd}\"", "ISO 8859-1 is not UTF-8"),
            (b"\"\xf0\x9f", "\"\u{fffd}", "cut at the end"),
            (br#""\ud83d\ude42""#, r#""\ud83d\ude42""#, "a pair stays"),
            (br#""\ud83d""#, r#""\ufffd""#, "a leading one alone"),
            (br#""\ude42\ud83d""#, r#""\ufffd\ufffd""#, "the wrong way round"),
            (br#""\\ud83d""#, r#""\\ud83d""#, "an escaped backslash, then text"),
            (br#""\\\uD800x""#, r#""\\\ufffdx""#, "an escaped backslash, then an escape"),
            (br#""\u+123\ud8""#, r#""\u+123\ud8""#, "not an escape: for the reader of JSON to refuse"),
            (br#"\"#, r#"\"#, "a backslash at the end"),
        ] {
            assert_eq!(repaired(text), expected, "{why}");
        }
    }

    #[test]
    fn where_a_chunk_ends_changes_nothing() {
        let unit = "\"é\\ud83d\\ude42\\ud83d🙂\\\\ud83d\\n\",".as_bytes();
        let text: Vec<u8> = unit.iter().copied().cycle().take(3 * CHUNK + 17).collect();
        let mut whole = Vec::new();
        Repaired::new(&text[..]).read_to_end(&mut whole).unwrap();
        let repeated = String::from_utf8(whole).unwrap();
        let expected = "\"é\\ud83d\\ude42\\ufffd🙂\\\\ud83d\\n\",";
        assert_eq!(repeated, expected.chars().cycle().take(repeated.chars().count()).collect::<String>());
        assert!(repeated.len() > 3 * CHUNK);
    }
}
