//! A recording cut into pieces of whole entries, so that several threads can read one file.
//!
//! Cutting looks at brackets and quotation marks only, and at the text between entries. It never says
//! that something is wrong: where the text is not as expected, and in everything around the list of
//! entries, the slow reader [`Entries`] takes over and decides. So a piece is either text that other
//! threads read, or what the slow reader made of it.
//!
//! Places are counted from the beginning of a piece. Whoever takes the pieces in order adds them up.

use std::io::{self, Read};
use std::ops::Range;

use memchr::{memchr, memchr2, memrchr};

use super::entry::{Entry, Form};
use super::{DEPTH_MAX, Entries, Expected, Fault, LINE_MAX, Place, line, quick};

/// Bytes asked for at once, and so about the size of a piece.
const CHUNK: usize = 512 << 10;
/// Bytes before the list of entries, and of one entry, that are looked at as a whole. What is longer is
/// read slowly, piece by piece, in memory that does not grow.
const WHOLE_MAX: usize = if cfg!(test) { 1 << 20 } else { 8 << 20 };
/// Arrays and objects around an entry.
const AROUND: u32 = 3;
/// What stands before an entry, and behind it, when the slow reader reads it alone.
const BEFORE: &[u8] = br#"{"log":{"entries":["#;
const BEHIND: &[u8] = b"]}}";
/// The same before the text behind an entry.
const BEFORE_REST: &[u8] = br#"{"log":{"entries":["""#;

/// What the text of a recording is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A HAR file.
    Har,
    /// One response on each line.
    Ndjson,
}

/// How far a text goes: what is to be added to the place of its beginning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Extent {
    lines: u64,
    /// Characters behind the last line feed.
    columns: u64,
}

impl Extent {
    fn of(text: &[u8]) -> Self {
        let lines = memchr::memchr_iter(b'\n', text).count() as u64;
        let last = &text[memrchr(b'\n', text).map_or(0, |at| at + 1)..];
        let columns = match std::str::from_utf8(last) {
            _ if last.is_ascii() => last.len(),
            // Every byte but those that continue a character.
            Ok(_) => last.iter().filter(|byte| **byte as i8 >= -0x40).count(),
            // What is replaced is one character, as the slow reader counts it.
            Err(_) => last
                .utf8_chunks()
                .map(|chunk| chunk.valid().chars().count() + usize::from(!chunk.invalid().is_empty()))
                .sum(),
        };
        Self { lines, columns: columns as u64 }
    }

    fn to(place: Place) -> Self {
        Self { lines: place.line - 1, columns: place.column - 1 }
    }

    /// The place that is this far behind another one.
    #[must_use]
    pub fn behind(self, place: Place) -> Place {
        match self.lines {
            0 => Place { line: place.line, column: place.column + self.columns },
            lines => Place { line: place.line + lines, column: 1 + self.columns },
        }
    }
}

impl Place {
    /// The beginning of a text.
    pub const START: Self = Self { line: 1, column: 1 };

    /// Of a place that is counted from here, where it is.
    fn onwards(self, there: Self) -> Self {
        Extent::to(there).behind(self)
    }
}

impl Fault {
    /// A fault whose place is counted from this one.
    #[must_use]
    pub fn counted_from(self, start: Place) -> Self {
        self.moved(|at| start.onwards(at))
    }

    /// Without what the slow reader was given before the text.
    fn without(self, before: usize) -> Self {
        self.moved(|at| {
            if at.line == 1 { Place { column: at.column.saturating_sub(before as u64).max(1), ..at } } else { at }
        })
    }

    fn moved(mut self, to: impl Fn(Place) -> Place) -> Self {
        match &mut self {
            Self::Entry { at, .. }
            | Self::Member { at, .. }
            | Self::Broken { at, .. }
            | Self::TooDeep { at }
            | Self::NoHar { at, .. } => *at = to(*at),
            Self::NotOpened(_) | Self::Read(_) => {}
        }
        self
    }

    /// Does nothing of the recording follow?
    pub fn is_last(&self) -> bool {
        !matches!(self, Self::Entry { .. } | Self::Member { .. })
    }
}

/// Some entries that follow one another.
#[derive(Debug)]
pub struct Piece {
    /// Number of the first entry in it, from zero.
    first: usize,
    content: Content,
}

#[derive(Debug)]
enum Content {
    /// Text to be read.
    Text { text: Vec<u8>, entries: Vec<Span>, form: Form },
    /// What the slow reader made of the text, and how far that text went.
    Read { items: Vec<Item>, extent: Extent },
}

type Item = Result<Entry<'static>, Fault>;

/// Where an entry stands in the text of a piece.
#[derive(Clone, Debug)]
struct Span {
    range: Range<usize>,
    /// It is for the slow reader in any case.
    slow: bool,
}

impl Piece {
    /// Reads the entries; with each its number in the recording. Returns how far the piece goes.
    ///
    /// Behind a fault that is the last one ([`Fault::is_last`]) this piece ends, and later pieces are void.
    pub fn read(self, mut each: impl FnMut(usize, Result<Entry<'_>, Fault>)) -> Extent {
        match self.content {
            Content::Read { items, extent } => {
                items.into_iter().for_each(|item| each(self.first, item));
                extent
            }
            Content::Text { text, entries, form } => {
                for (number, entry) in (self.first..).zip(entries) {
                    let own = &text[entry.range.clone()];
                    if let Some(entry) = if entry.slow { None } else { quick::read(own, form) } {
                        each(number, Ok(entry));
                        continue;
                    }
                    let mut ended = false;
                    for item in slowly(own, number, form) {
                        ended |= item.as_ref().is_err_and(Fault::is_last);
                        let start = || Extent::of(&text[..entry.range.start]).behind(Place::START);
                        each(number, item.map_err(|fault| fault.counted_from(start())));
                    }
                    if ended {
                        break;
                    }
                }
                Extent::of(&text)
            }
        }
    }
}

/// Reads one entry with the slow reader, as if it stood alone.
fn slowly(text: &[u8], number: usize, form: Form) -> Vec<Item> {
    if form == Form::Line {
        return line(text, number, 1);
    }
    let mut entries = Entries::new(BEFORE.chain(text).chain(BEHIND));
    entries.number(number);
    without(BEFORE.len(), entries.next_whole())
}

/// With places that do not count what the slow reader was given before the text.
fn without(before: usize, items: Vec<Item>) -> Vec<Item> {
    items.into_iter().map(|item| item.map_err(|fault| fault.without(before))).collect()
}

/// The pieces of a recording, in its order.
///
/// A piece is handed out as soon as the reader has nothing more to give at once, so whoever writes into
/// a pipe is answered. Faults that end the reading are in the last piece.
pub struct Pieces<'r> {
    input: Box<dyn Read + Send + 'r>,
    form: Form,
    /// What is read at once; kept for its memory only.
    chunk: Vec<u8>,
    text: Vec<u8>,
    /// As far as brackets were counted.
    scanned: usize,
    /// The end of the last entry, or the beginning of the list.
    good: usize,
    state: State,
    /// Entries between the beginning of the text and `good`.
    entries: Vec<Span>,
    /// Number of the first of them.
    first: usize,
    rest: Option<Entries<Box<dyn Read + Send + 'r>>>,
    /// Bytes that the rest was given before the text.
    before: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Before everything.
    Start,
    /// In the list: behind its bracket, behind an entry, behind a comma.
    First,
    Behind,
    Comma,
    /// In an entry.
    Inside(Inside),
    /// In a line that is too long.
    LongLine,
    /// The slow reader has the rest.
    Rest,
    End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Inside {
    start: usize,
    depth: u32,
    deepest: u32,
    in_text: bool,
}

const QUOTE: u8 = 1;
const OPEN: u8 = 2;
const CLOSE: u8 = 3;
/// What a byte outside of texts is to the one who counts brackets; nearly all are nothing.
static MARKS: [u8; 256] = {
    let mut marks = [0; 256];
    marks[b'"' as usize] = QUOTE;
    (marks[b'{' as usize], marks[b'[' as usize]) = (OPEN, OPEN);
    (marks[b'}' as usize], marks[b']' as usize]) = (CLOSE, CLOSE);
    marks
};

/// The first quotation mark or backslash. Most texts are so short that asking [`memchr2`] takes longer.
fn end_of_text(text: &[u8]) -> Option<usize> {
    const SHORT: usize = 4;
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    // The lowest bit that is set is that of the first byte which is zero.
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & ONES << 7;
    for (number, word) in text.chunks_exact(8).take(SHORT).enumerate() {
        let word = u64::from_le_bytes(word.try_into().expect("eight bytes"));
        let found = zeros(word ^ (ONES * b'"' as u64)) | zeros(word ^ (ONES * b'\\' as u64));
        if found != 0 {
            return Some(8 * number + found.trailing_zeros() as usize / 8);
        }
    }
    let looked_at = text.len().min(8 * SHORT) / 8 * 8;
    memchr2(b'"', b'\\', &text[looked_at..]).map(|found| looked_at + found)
}

impl Inside {
    /// Counts brackets from here to the end of a value, or of the text: how far that is, and whether the
    /// value ended. It is a text, an array or an object.
    fn go_on(&mut self, text: &[u8], mut at: usize) -> (usize, bool) {
        loop {
            if self.in_text {
                let Some(found) = end_of_text(&text[at..]) else { return (text.len(), false) };
                at += found;
                if text[at] == b'\\' {
                    // The character behind it belongs to it.
                    if at + 1 == text.len() {
                        return (at, false);
                    }
                    at += 2;
                    continue;
                }
                at += 1;
                self.in_text = false;
                if self.depth == 0 {
                    return (at, true);
                }
            }
            let Some(byte) = text.get(at) else { return (at, false) };
            at += 1;
            match MARKS[usize::from(*byte)] {
                0 => {}
                QUOTE => self.in_text = true,
                OPEN => {
                    self.depth += 1;
                    self.deepest = self.deepest.max(self.depth);
                }
                _ => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at, true);
                    }
                }
            }
        }
    }
}

/// What the text came to.
enum Met {
    /// An entry ended.
    Entry,
    /// The text ended.
    Nothing,
    /// Something for the slow reader: the end of the list, or a fault.
    Other,
}

impl<'r> Pieces<'r> {
    /// Of a text whose kind is known.
    pub fn new(input: impl Read + Send + 'r, kind: Input) -> Self {
        let form = match kind {
            Input::Har => Form::Har,
            Input::Ndjson => Form::Line,
        };
        Self {
            input: Box::new(input),
            form,
            chunk: vec![0; CHUNK],
            text: Vec::new(),
            scanned: 0,
            good: 0,
            state: State::Start,
            entries: Vec::new(),
            first: 0,
            rest: None,
            before: 0,
        }
    }

    /// Reads once more; how many bytes came.
    fn fill(&mut self) -> io::Result<usize> {
        loop {
            match self.input.read(&mut self.chunk) {
                Ok(read) => {
                    self.text.extend_from_slice(&self.chunk[..read]);
                    return Ok(read);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Everything up to `good`, as a piece.
    fn cut(&mut self) -> Piece {
        let rest = self.text.split_off(self.good);
        let text = std::mem::replace(&mut self.text, rest);
        let entries = std::mem::take(&mut self.entries);
        let first = self.first;
        self.first += entries.len();
        self.scanned -= self.good;
        if let State::Inside(inside) = &mut self.state {
            inside.start -= self.good;
        }
        self.good = 0;
        Piece { first, content: Content::Text { text, entries, form: self.form } }
    }

    /// A piece of nothing but a fault of reading.
    fn failed(&mut self, error: io::Error) -> Piece {
        self.state = State::End;
        Piece {
            first: self.first,
            content: Content::Read { items: vec![Err(Fault::Read(error))], extent: Extent::default() },
        }
    }

    /// Skips a byte order mark and looks for the list of entries. Whether what stands before it is
    /// JSON, the slow reader is asked.
    fn head(&mut self) -> io::Result<()> {
        loop {
            let read = self.fill()?;
            if let Some(end) = list_of_entries(&self.text) {
                let mut entries = Entries::new(self.text[..end].chain(BEHIND));
                if entries.next().is_some() {
                    break;
                }
                let mark = if self.text.starts_with("\u{feff}".as_bytes()) { 3 } else { 0 };
                self.text.drain(..mark);
                (self.good, self.scanned) = (end - mark, end - mark);
                self.state = State::First;
                return Ok(());
            }
            if read == 0 || self.text.len() > WHOLE_MAX {
                break;
            }
        }
        self.slow(b"", false);
        Ok(())
    }

    /// Gives the slow reader everything from `good` on, behind `before`.
    fn slow(&mut self, before: &'static [u8], behind_entry: bool) {
        let text = io::Cursor::new(std::mem::take(&mut self.text));
        let input = std::mem::replace(&mut self.input, Box::new(io::empty()));
        let reader: Box<dyn Read + Send + 'r> = Box::new(before.chain(text).chain(input));
        let mut entries = Entries::new(reader);
        if behind_entry {
            // The text that stands for the entry before.
            let _ = entries.next();
        }
        entries.number(self.first);
        self.rest = Some(entries);
        self.before = before.len();
        self.state = State::Rest;
    }

    /// Counts brackets to the end of an entry, or of the text.
    fn scan(&mut self) -> Met {
        let text = &self.text;
        while self.scanned < text.len() {
            let at = self.scanned;
            let State::Inside(inside) = &mut self.state else {
                match (text[at], self.state) {
                    (b' ' | b'\t' | b'\n' | b'\r', _) => self.scanned += 1,
                    (b',', State::Behind) => {
                        self.scanned += 1;
                        self.state = State::Comma;
                    }
                    (b'{' | b'[' | b'"' | b'0'..=b'9' | b'-' | b't' | b'f' | b'n', State::First | State::Comma) => {
                        self.state = State::Inside(Inside { start: at, depth: 0, deepest: 0, in_text: false });
                    }
                    _ => return Met::Other,
                }
                continue;
            };
            let begins = at == inside.start && matches!(text[at], b'{' | b'[' | b'"');
            if inside.depth == 0 && !inside.in_text && !begins {
                // A number or a word.
                match text[at] {
                    b',' | b']' | b'}' | b' ' | b'\t' | b'\n' | b'\r' => {}
                    byte if byte.is_ascii_alphanumeric() || b"+-.".contains(&byte) => {
                        self.scanned = at + 1;
                        continue;
                    }
                    _ => return Met::Other,
                }
            } else {
                let (scanned, ended) = inside.go_on(text, at);
                self.scanned = scanned;
                if !ended {
                    break;
                }
            }
            let slow = inside.deepest > DEPTH_MAX - AROUND;
            self.entries.push(Span { range: inside.start..self.scanned, slow });
            self.good = self.scanned;
            self.state = State::Behind;
            return Met::Entry;
        }
        Met::Nothing
    }

    fn next_of_har(&mut self) -> Option<Piece> {
        loop {
            match self.state {
                State::End => return None,
                State::Rest => return self.next_of_rest(),
                State::Start => {
                    if let Err(error) = self.head() {
                        return Some(self.failed(error));
                    }
                    continue;
                }
                _ => {}
            }
            match self.scan() {
                Met::Entry => continue,
                Met::Other => {}
                Met::Nothing if !self.entries.is_empty() => return Some(self.cut()),
                Met::Nothing if matches!(self.state, State::Inside(_)) && self.text.len() > WHOLE_MAX => {
                    if self.good > 0 {
                        return Some(self.cut());
                    }
                    return Some(self.long_entry());
                }
                Met::Nothing => match self.fill() {
                    Ok(0) => {}
                    Ok(_) => continue,
                    Err(error) => {
                        let failed = self.failed(error);
                        return Some(failed);
                    }
                },
            }
            // What follows the last entry is for the slow reader.
            let behind_entry = self.first + self.entries.len() > 0;
            let piece = self.cut();
            self.slow(if behind_entry { BEFORE_REST } else { BEFORE }, behind_entry);
            return Some(piece);
        }
    }

    fn next_of_rest(&mut self) -> Option<Piece> {
        let entries = self.rest.as_mut()?;
        let items = without(self.before, entries.next_whole());
        let first = entries.last_number();
        (!items.is_empty()).then_some(Piece { first, content: Content::Read { items, extent: Extent::default() } })
    }

    /// Has the slow reader read an entry that is longer than what is kept, from behind the one before.
    fn long_entry(&mut self) -> Piece {
        let number = self.first;
        let before = if number > 0 { BEFORE_REST } else { BEFORE };
        let mut whole = Entries::new(before.chain(Whole { pieces: self, at: 0, behind: BEHIND }));
        if number > 0 {
            let _ = whole.next();
        }
        whole.number(number);
        let items = whole.next_whole();
        let end = whole.place();
        let extent =
            Extent::to(if end.line == 1 { Place { column: end.column - before.len() as u64, ..end } } else { end });
        let items = without(before.len(), items);
        drop(whole);
        if matches!(&items[..], [Err(fault)] if fault.is_last()) {
            self.state = State::End;
        } else {
            self.text.drain(..self.good);
            self.scanned -= self.good;
            self.good = 0;
            self.entries.clear();
            self.first = number + 1;
        }
        Piece { first: number, content: Content::Read { items, extent } }
    }

    fn next_of_lines(&mut self) -> Option<Piece> {
        loop {
            if self.state == State::End {
                return None;
            }
            let read = match self.fill() {
                Ok(read) => read,
                Err(error) => return Some(self.failed(error)),
            };
            if self.state == State::Start && read > 0 {
                self.state = State::First;
                if self.text.starts_with("\u{feff}".as_bytes()) {
                    self.text.drain(..3);
                }
            }
            if self.state == State::LongLine {
                match memchr(b'\n', &self.text) {
                    Some(end) => {
                        self.text.drain(..=end);
                        self.state = State::First;
                        let extent = Extent { lines: 1, columns: 0 };
                        self.scanned = 0;
                        // The fault itself was told when the line was found too long.
                        return Some(Piece { first: self.first, content: Content::Read { items: Vec::new(), extent } });
                    }
                    None if read > 0 => self.text.clear(),
                    None => self.state = State::End,
                }
                continue;
            }
            let end = if read == 0 {
                self.state = State::End;
                self.text.len()
            } else {
                memrchr(b'\n', &self.text[self.scanned..]).map_or(0, |at| self.scanned + at + 1)
            };
            self.scanned = self.text.len();
            if end > 0 {
                self.good = end;
                self.lines();
                return Some(self.cut());
            }
            if self.text.len() > LINE_MAX {
                self.text.clear();
                self.scanned = 0;
                self.state = State::LongLine;
                let fault = Fault::Entry { entry: self.first, at: Place::START, expected: Expected::ShortLine };
                let piece = Piece {
                    first: self.first,
                    content: Content::Read { items: vec![Err(fault)], extent: Extent::default() },
                };
                self.first += 1;
                return Some(piece);
            }
        }
    }

    /// Notes the lines up to `good`, those without anything left out.
    fn lines(&mut self) {
        let mut start = 0;
        while start < self.good {
            let end = memchr(b'\n', &self.text[start..self.good]).map_or(self.good, |at| start + at);
            if !self.text[start..end].trim_ascii().is_empty() {
                self.entries.push(Span { range: start..end, slow: false });
            }
            start = end + 1;
        }
    }
}

impl Iterator for Pieces<'_> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        match self.form {
            Form::Har => self.next_of_har(),
            Form::Line => self.next_of_lines(),
        }
    }
}

/// The text from `good` to the end of the entry that is open, and what belongs behind it.
struct Whole<'p, 'r> {
    pieces: &'p mut Pieces<'r>,
    /// What was handed on of the text.
    at: usize,
    behind: &'static [u8],
}

impl Read for Whole<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let pieces = &mut *self.pieces;
            let ended = !matches!(pieces.state, State::Inside(_));
            let end = if ended { pieces.good } else { pieces.scanned };
            if self.at < end {
                let len = buffer.len().min(end - self.at);
                buffer[..len].copy_from_slice(&pieces.text[self.at..self.at + len]);
                self.at += len;
                return Ok(len);
            }
            if ended {
                return self.behind.read(buffer);
            }
            pieces.text.drain(..self.at);
            pieces.scanned -= self.at;
            self.at = 0;
            if pieces.fill()? == 0 {
                return Ok(0);
            }
            if let Met::Other = pieces.scan() {
                // For the slow reader to refuse.
                pieces.scanned = pieces.text.len();
            }
        }
    }
}

/// Behind the bracket that opens `log.entries`, if the text goes that far and looks like it.
fn list_of_entries(text: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0_u32);
    // Whether the way to the list was gone: into `log`, and then to `entries`.
    let (mut in_log, mut name) = (false, None::<&[u8]>);
    while at < text.len() {
        match text[at] {
            b'"' => {
                let start = at + 1;
                let mut end = start;
                loop {
                    end += memchr2(b'"', b'\\', text.get(end..)?)?;
                    if text[end] == b'"' {
                        break;
                    }
                    end += 2;
                }
                name = Some(&text[start..end]);
                at = end + 1;
                continue;
            }
            b'{' | b'[' => {
                match (depth, name, text[at]) {
                    (1, Some(b"log"), b'{') => in_log = true,
                    (2, Some(b"entries"), b'[') if in_log => return Some(at + 1),
                    _ => {}
                }
                depth += 1;
                name = None;
            }
            b'}' | b']' => {
                depth = depth.checked_sub(1)?;
                if depth < 2 {
                    in_log = false;
                }
                name = None;
            }
            b',' => name = None,
            _ => {}
        }
        at += 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::har::few::Few;

    const ENTRY: &str = r#"{"startedDateTime":"2026-09-14T08:30:00Z","request":{"url":"https://www.example.com/é"},"response":{"status":200,"headers":[{"name":"a","value":"b\"\\"}],"content":{"text":"}]{["}}}"#;

    /// Everything that is read, with places in the recording.
    fn read(text: &[u8], kind: Input, at_once: usize) -> Vec<(usize, String)> {
        let mut items = Vec::new();
        let mut start = Place::START;
        for piece in Pieces::new(Few(text, at_once), kind) {
            let mut ended = false;
            let extent = piece.read(|number, item| {
                ended |= item.as_ref().is_err_and(Fault::is_last);
                // A fault of the recording is no entry's.
                let number = if ended { usize::MAX } else { number };
                items.push((number, format!("{:?}", item.map_err(|fault| fault.counted_from(start)))));
            });
            if ended {
                break;
            }
            start = extent.behind(start);
        }
        items
    }

    fn slowly(text: &[u8]) -> Vec<(usize, String)> {
        let mut entries = Entries::new(text);
        let mut items = Vec::new();
        while let Some(item) = entries.next() {
            let ended = item.as_ref().is_err_and(Fault::is_last);
            items.push((if ended { usize::MAX } else { entries.last_number() }, format!("{item:?}")));
        }
        items
    }

    /// In pieces or as one, a recording gives the same entries, and the same faults at the same places.
    #[test]
    fn pieces_say_what_the_whole_says() {
        let deep = "[".repeat(130) + &"]".repeat(130);
        let misfit = ENTRY.replace(r#""2026-09-14T08:30:00Z""#, r#"0,"a":"é","serverIPAddress":"b""#);
        let list = |entries: &str| {
            format!("{{\"log\":{{\"version\":\"1.2\",\n \"entries\":[{entries}],\"x\":1}},\"y\":[]}}\n")
        };
        for text in [
            list(""),
            list(ENTRY),
            list(&[ENTRY; 3].join(",\n")),
            list(&format!("7,{ENTRY},null,\"é\",true ,[{{}}],-1e9,\n{{}} , {ENTRY}")),
            list(&format!("{ENTRY} {ENTRY}")),
            list(&format!("{ENTRY},,{ENTRY}")),
            list(&format!("{ENTRY},")),
            list(&format!(",{ENTRY}")),
            list(&format!("{ENTRY}:{ENTRY}")),
            list(&format!("{ENTRY}7")),
            list(&format!("7é,{ENTRY}")),
            list(&format!("{ENTRY},tru,{ENTRY}")),
            list(&format!("{ENTRY},{{\"a\":[}}],{ENTRY}")),
            list(&format!("{ENTRY},\n{{\"a\":\"\u{1}\"}},{ENTRY}")),
            list(&format!("{ENTRY},{deep},{ENTRY}")),
            list(&format!("{ENTRY},{{\"request\":{{\"url\":7}}}},\n\n  é{ENTRY}")),
            list(&format!("{ENTRY}],\"entries\":[{ENTRY}")),
            list(&format!("{ENTRY},\n {misfit},{ENTRY},{misfit}],\"entries\":[{misfit},{ENTRY}")),
            list(&format!("{ENTRY}}}")),
            list(r#"{"request":{"url":"\ud800"},"response":{"headers":[]}}"#),
            list(r#"{"request":{"url":"u","url":"v"},"response":{"headers":[]}}"#),
            format!("\u{feff}{}", list(ENTRY)),
            format!("{}x", list(ENTRY)),
            format!("{{\"log\":{{\"entries\":[{ENTRY},{}", &ENTRY[..50]),
            format!(
                "{{\"a\":{{\"entries\":[{ENTRY}]}},\"log\":{{\"b\":[{{\"entries\":[7]}}],\"entries\":[{ENTRY}]}}}}"
            ),
            "{\"log\":{\"x\":01,\"entries\":[]}}".into(),
            "{\"log\":7}".into(),
            "[]".into(),
            String::new(),
        ] {
            let expected = slowly(text.as_bytes());
            for at_once in [1, 7, 64, 1 << 20] {
                assert_eq!(read(text.as_bytes(), Input::Har, at_once), expected, "{at_once} bytes at once: {text}");
            }
        }
        let broken = [
            list(ENTRY).replace("é", "\u{1}").into_bytes(),
            list(ENTRY).into_bytes().iter().map(|byte| if *byte == 0xa9 { 0xff } else { *byte }).collect(),
        ];
        for text in broken {
            assert_eq!(read(&text, Input::Har, 7), slowly(&text), "{}", String::from_utf8_lossy(&text));
        }
    }

    #[test]
    fn an_entry_longer_than_the_memory_is_read_all_the_same() {
        let long = ENTRY.replace("}]{[", &"é\\n".repeat(WHOLE_MAX / 3));
        for entries in [vec![&*long, ENTRY, "7"], vec![ENTRY, &long, &long, "7", ENTRY]] {
            let text = format!("{{\"log\":{{\n\"entries\":[{}]}}}}", entries.join(",\n  "));
            assert_eq!(read(text.as_bytes(), Input::Har, usize::MAX), slowly(text.as_bytes()));
        }
        let cut = format!("{{\"log\":{{\n\"entries\":[{}", &long[..long.len() - 20]);
        assert_eq!(read(cut.as_bytes(), Input::Har, usize::MAX), slowly(cut.as_bytes()));
    }

    #[test]
    fn lines_are_told_apart() {
        let line = r#"{"url":"https://www.example.com/","status":200,"headers":[["a","é"]]}"#;
        let text = format!("\u{feff}{line}\r\n\n  \n{line}\n{{\"url\":7,\"headers\":[]}}\n{line}7\n{line}");
        for at_once in [1, 7, 1 << 20] {
            let items = read(text.as_bytes(), Input::Ndjson, at_once);
            assert_eq!(items.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [0, 1, 2, 3, 4]);
            assert!(items[2].1.contains("line: 5, column: 8"), "{}", items[2].1);
            assert!(items[3].1.contains("line: 6, column: 70"), "{}", items[3].1);
            assert!([0, 1, 4].iter().all(|at| items[*at].1.starts_with("Ok")), "{items:?}");
        }
        let long = format!("{line}\n{}\n{line}\n7", "x".repeat(LINE_MAX + CHUNK + 1));
        let items = read(long.as_bytes(), Input::Ndjson, usize::MAX);
        assert!(items[1].1.contains("line: 2, column: 1") && items[1].1.contains("ShortLine"), "{}", items[1].1);
        assert!(items[2].1.starts_with("Ok") && items[3].1.contains("line: 4, column: 1"), "{items:?}");
    }
}
