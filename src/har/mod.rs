//! A recording as responses, entry by entry, however long it is: a HAR file (HTTP Archive 1.2), or one
//! response on each line (NDJSON).
//!
//! Programs that write HAR files keep to its letter loosely, so nothing is asked of an entry but an
//! address and a list of fields; what else is wrong with it is an observation. An entry without these is
//! a [`Fault`], and the next entry is read all the same. Only where the text stops being JSON does
//! reading end. Bodies are skipped without being kept. What is done with a response, and what is shown
//! of it, is for others.

mod entry;
#[cfg(test)]
mod few;
mod line;
mod pieces;
mod quick;
mod repair;

use std::io::{self, Read};

use struson::reader::{JsonReader, JsonReaderPosition, JsonStreamReader, ReaderError, ReaderSettings, ValueType};

pub use entry::{Entry, Observation, VALUE_MAX};
pub use line::line;
pub use pieces::{Extent, Input, Piece, Pieces};
pub use struson::reader::SyntaxErrorKind as Syntax;

use entry::Misfit;
use repair::{Repaired, START};

/// Arrays and objects inside one another that are read; an honest HAR file has eight.
const DEPTH_MAX: u32 = 128;
/// Longest line of an NDJSON text that is read, in bytes.
pub const LINE_MAX: usize = 16 << 20;

/// Where in the file: line and column from one, columns in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    pub line: u64,
    pub column: u64,
}

/// Why an entry, or everything from here on, could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// JSON, but no entry of a HAR file. The next entry can be read.
    #[error("entry {entry}: expected {expected}")]
    Entry { entry: usize, at: Place, expected: Expected },
    /// A member of the entry before, which is good without it. The next entry can be read.
    #[error("entry {entry}: expected {expected}")]
    Member { entry: usize, at: Place, expected: Expected },
    /// Not JSON from here on. The entries before it stand.
    #[error("expected JSON: {syntax}")]
    Broken { at: Place, syntax: Syntax },
    /// More arrays and objects inside one another than are read. The entries before it stand.
    #[error("nested deeper than {DEPTH_MAX}")]
    TooDeep { at: Place },
    /// No list of entries was met: this is no HAR file.
    #[error("no HAR file: expected {expected}")]
    NoHar { at: Place, expected: Expected },
    /// The file could not be opened at all.
    #[error("cannot be opened: {0}")]
    NotOpened(io::Error),
    /// The file could not be read further. The entries before it stand.
    #[error("cannot be read: {0}")]
    Read(#[from] io::Error),
}

impl Fault {
    /// Where it stands, if a place in the text is to blame.
    pub fn place(&self) -> Option<Place> {
        match self {
            Self::Entry { at, .. }
            | Self::Member { at, .. }
            | Self::Broken { at, .. }
            | Self::TooDeep { at }
            | Self::NoHar { at, .. } => Some(*at),
            Self::NotOpened(_) | Self::Read(_) => None,
        }
    }

    /// Did the file itself fail, rather than something in it?
    pub fn is_of_file(&self) -> bool {
        matches!(self, Self::NotOpened(_) | Self::NoHar { .. } | Self::Read(_))
    }
}

/// What should have stood there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expected {
    /// An object under this name.
    Object(&'static str),
    /// An array under this name.
    Array(&'static str),
    /// A text under this name.
    Text(&'static str),
    /// A name and a value, as an array of two texts, under this name.
    Pair(&'static str),
    /// An address under this name.
    Address(&'static str),
    /// A moment under this name.
    Moment(&'static str),
    /// The number of a status under this name.
    Status(&'static str),
    /// Fewer arrays and objects inside one another.
    Shallow,
    /// A line of a bearable length.
    ShortLine,
    /// JSON in UTF-8, rather than UTF-16.
    Utf8,
    /// JSON, rather than something compressed.
    Uncompressed,
    /// A recording, rather than the head of one response.
    Recording,
    /// JSON, and it is none from the start.
    Json(Syntax),
    /// Anything at all.
    Something,
}

impl std::fmt::Display for Expected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Object(name) => write!(f, "an object in `{name}`"),
            Self::Array(name) => write!(f, "an array in `{name}`"),
            Self::Text(name) => write!(f, "a text in `{name}`"),
            Self::Pair(name) => write!(f, "a name and a value in `{name}`"),
            Self::Address(name) => write!(f, "an address, as \"192.0.2.1\", in `{name}`"),
            Self::Moment(name) => {
                write!(f, "a moment with its offset from UTC, as \"2026-09-14T08:30:00Z\", in `{name}`")
            }
            Self::Status(name) => write!(f, "a number, as 200, in `{name}`"),
            Self::Shallow => write!(f, "at most {DEPTH_MAX} arrays and objects inside one another"),
            Self::ShortLine => write!(f, "at most {} MiB in a line", LINE_MAX >> 20),
            Self::Utf8 => f.write_str("text in UTF-8, not in UTF-16"),
            Self::Uncompressed => f.write_str("text, not a compressed file"),
            Self::Recording => f.write_str("a recording, not the head of a response"),
            Self::Json(syntax) => write!(f, "JSON: {syntax}"),
            Self::Something => f.write_str("JSON, not an empty file"),
        }
    }
}

/// The entries of a HAR file, in the order of the file.
///
/// After [`Fault::Entry`] the next entry follows, as after [`Fault::Member`], which follows its entry; any other fault
/// is the last item.
pub struct Entries<R: Read> {
    json: Json<R>,
    step: Step,
    /// Number of the next entry, from zero.
    next: usize,
    /// What is still to be told of the entry before.
    misfits: Vec<Misfit>,
}

type Json<R> = JsonStreamReader<Repaired<R>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Start,
    /// Before or behind an entry.
    Inside,
    End,
}

impl<R: Read> Entries<R> {
    pub fn new(reader: R) -> Self {
        Self { json: json(reader), step: Step::Start, next: 0, misfits: Vec::new() }
    }

    /// Number of the entry that was handed out last, from zero.
    pub fn last_number(&self) -> usize {
        self.next.saturating_sub(1)
    }

    /// Gives the next entry this number.
    fn number(&mut self, next: usize) {
        self.next = next;
    }

    /// The next item, and what is told of members behind it.
    fn next_whole(&mut self) -> Vec<Result<Entry<'static>, Fault>> {
        let mut items: Vec<_> = self.next().into_iter().collect();
        while !self.misfits.is_empty() {
            items.extend(self.next());
        }
        items
    }

    /// Where reading has come to.
    fn place(&self) -> Place {
        place(&self.json)
    }

    /// Steps into `log.entries`, wherever they stand among the other members.
    fn open(&mut self) -> Result<(), Fault> {
        let json = &mut self.json;
        let missing = |json: &Json<R>, expected| Fault::NoHar { at: place(json), expected };
        if json.peek()? != ValueType::Object {
            return Err(missing(json, Expected::Object("log")));
        }
        json.begin_object()?;
        while json.has_next()? {
            if json.next_name()? != "log" {
                json.skip_value()?;
                continue;
            }
            if json.peek()? != ValueType::Object {
                return Err(missing(json, Expected::Object("log")));
            }
            json.begin_object()?;
            if self.seek_entries()? {
                return Ok(());
            }
            return Err(missing(&self.json, Expected::Array("log.entries")));
        }
        Err(missing(json, Expected::Object("log")))
    }

    /// Inside `log`, before a member: steps into the next list of entries, if another one follows.
    fn seek_entries(&mut self) -> Result<bool, Fault> {
        while self.json.has_next()? {
            if self.json.next_name()? != "entries" {
                self.json.skip_value()?;
            } else if self.json.peek()? == ValueType::Array {
                self.json.begin_array()?;
                return Ok(true);
            } else {
                return Err(Fault::NoHar { at: place(&self.json), expected: Expected::Array("log.entries") });
            }
        }
        Ok(false)
    }

    fn read_next(&mut self) -> Result<Option<Entry<'static>>, Fault> {
        if self.step == Step::Start {
            self.open().map_err(|fault| match fault {
                Fault::Broken { at, syntax } => Fault::NoHar { at, expected: self.expected_at_start(syntax) },
                other => other,
            })?;
            self.step = Step::Inside;
        }
        while !self.json.has_next()? {
            self.json.end_array()?;
            if !self.seek_entries()? {
                self.json.end_object()?;
                return self.close().map(|()| None);
            }
        }
        let entry = self.next;
        self.next += 1;
        entry::read(&mut self.json, entry::Form::Har, &mut self.misfits)?
            .map(Some)
            .map_err(|Misfit { at, expected }| Fault::Entry { entry, at, expected })
    }

    /// Behind `log`: the rest must be JSON too.
    fn close(&mut self) -> Result<(), Fault> {
        while self.json.has_next()? {
            self.json.skip_name()?;
            self.json.skip_value()?;
        }
        self.json.end_object()?;
        let trailing = |at| Fault::Broken { at, syntax: Syntax::TrailingData };
        match self.json.has_next() {
            Ok(false) => Ok(()),
            Ok(true) => Err(trailing(place(&self.json))),
            Err(ReaderError::SyntaxError(error)) => Err(trailing((&error.location).into())),
            Err(error) => Err(error.into()),
        }
    }

    fn expected_at_start(&mut self, syntax: Syntax) -> Expected {
        match self.json.reader_mut().start() {
            start if start.len() < START && start.trim_ascii().is_empty() => Expected::Something,
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Expected::Utf8,
            [0x1f, 0x8b, ..] | [b'P', b'K', ..] | [0x28, 0xb5, ..] => Expected::Uncompressed,
            [b'H', b'T', b'T', b'P', b'/', ..] => Expected::Recording,
            _ => Expected::Json(syntax),
        }
    }
}

impl<R: Read> Iterator for Entries<R> {
    type Item = Result<Entry<'static>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.step == Step::End {
            return None;
        }
        if !self.misfits.is_empty() {
            let Misfit { at, expected } = self.misfits.remove(0);
            return Some(Err(Fault::Member { entry: self.last_number(), at, expected }));
        }
        let item = self.read_next().transpose();
        if !matches!(item, Some(Ok(_) | Err(Fault::Entry { .. }))) {
            self.step = Step::End;
        }
        item
    }
}

fn json<R: Read>(reader: R) -> Json<R> {
    let settings = ReaderSettings {
        track_path: false,
        max_nesting_depth: Some(DEPTH_MAX),
        restrict_number_values: false,
        // Asking whether another value follows tells where text stands behind the document.
        allow_multiple_top_level: true,
        ..ReaderSettings::default()
    };
    JsonStreamReader::new_custom(Repaired::new(reader), settings)
}

fn place<R: Read>(json: &Json<R>) -> Place {
    Place::from(&json.current_position(false))
}

impl From<&JsonReaderPosition> for Place {
    fn from(position: &JsonReaderPosition) -> Self {
        position.line_pos.map_or(Self::default(), |at| Self { line: at.line + 1, column: at.column + 1 })
    }
}

impl From<ReaderError> for Fault {
    fn from(error: ReaderError) -> Self {
        match error {
            ReaderError::SyntaxError(error) => Self::Broken { at: (&error.location).into(), syntax: error.kind },
            ReaderError::MaxNestingDepthExceeded { location, .. } => Self::TooDeep { at: (&location).into() },
            ReaderError::IoError { error, .. } => Self::Read(error),
            // The type of a value is looked at before it is read, so nothing else is left.
            ReaderError::UnexpectedStructure { location, .. } => {
                Self::Broken { at: (&location).into(), syntax: Syntax::IncompleteDocument }
            }
            other => Self::Read(io::Error::other(other)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENTRY: &str = r#"{"request":{"url":"https://www.example.com/"},"response":{"headers":[]}}"#;

    fn read(text: &str) -> (usize, Vec<Fault>) {
        let (mut good, mut faults) = (0, Vec::new());
        for item in Entries::new(text.as_bytes()) {
            match item {
                Ok(_) => good += 1,
                Err(fault) => faults.push(fault),
            }
        }
        (good, faults)
    }

    #[test]
    fn entries_are_found_wherever_they_stand() {
        for (text, expected, why) in [
            (format!(r#"{{"log":{{"entries":[{ENTRY}]}}}}"#), 1, "alone"),
            (format!("\u{feff}{{\"log\":{{\"entries\":[{ENTRY}]}}}}\r\n"), 1, "behind a byte order mark"),
            (
                format!(
                    r#"{{"x":[{{}}],"log":{{"pages":[],"entries":[{ENTRY},{ENTRY}],"creator":{{"a":"b"}}}},"y":null}}"#
                ),
                2,
                "between other members",
            ),
            (format!(r#"{{"log":{{"entries":[{ENTRY}],"entries":[{ENTRY}]}}}}"#), 2, "twice, which JSON allows"),
            (r#"{"log":{"entries":[]}}"#.into(), 0, "none at all"),
        ] {
            let (good, faults) = read(&text);
            assert_eq!((good, faults.len()), (expected, 0), "{why}: {faults:?}");
        }
    }

    #[test]
    fn numbers_count_faulty_entries_too() {
        let text = format!(r#"{{"log":{{"entries":[{ENTRY},7,{{"a":{{}}}},{ENTRY}]}}}}"#);
        let mut entries = Entries::new(text.as_bytes());
        let mut numbers = Vec::new();
        while let Some(item) = entries.next() {
            numbers.push((entries.last_number(), item.is_ok()));
        }
        assert_eq!(numbers, [(0, true), (1, false), (2, false), (3, true)]);
    }

    /// Everything that may stand where something else should: the entry is faulty, the next one is read.
    #[test]
    fn wrong_types_make_an_entry_faulty_and_no_more() {
        for wrong in ["null", "true", "7", "-1.5e9", r#""text""#, "[]", r#"[{"a":[]}]"#, "{}", r#"{"url":[{}]}"#] {
            for entry in [
                wrong.to_owned(),
                format!(r#"{{"request":{wrong},"response":{{"headers":[]}}}}"#),
                format!(r#"{{"request":{{"url":"u"}},"response":{wrong}}}"#),
                format!(r#"{{"request":{{"url":"u"}},"response":{{"headers":[{wrong}]}}}}"#),
                format!(r#"{{"request":{{"url":"u"}},"response":{{"headers":[{{"name":{wrong}}}]}}}}"#),
            ] {
                let (good, faults) = read(&format!(r#"{{"log":{{"entries":[{entry},{ENTRY}]}}}}"#));
                assert_eq!(good, 1, "{entry}: {faults:?}");
                assert!(matches!(faults[..], [Fault::Entry { entry: 0, .. }]), "{entry}: {faults:?}");
            }
            for member in ["serverIPAddress", "startedDateTime", "time", "timings", "_fromCache", "_securityDetails"] {
                let entry = format!(r#"{{"{member}":{wrong},{}"#, &ENTRY[1..]);
                let (good, faults) = read(&format!(r#"{{"log":{{"entries":[{entry}]}}}}"#));
                // An address and a moment that are none are told. Null is how programs leave them out.
                let told = usize::from(["serverIPAddress", "startedDateTime"].contains(&member) && wrong != "null");
                assert_eq!((good, faults.len()), (1, told), "{entry}: {faults:?}");
                assert!(faults.iter().all(|fault| matches!(fault, Fault::Member { entry: 0, .. })), "{faults:?}");
            }
        }
    }

    #[test]
    fn files_that_are_none_are_told_apart() {
        for (bytes, expected) in [
            (&b""[..], Expected::Something),
            (b"  \n", Expected::Something),
            (b"\xff\xfe{\0", Expected::Utf8),
            (b"\x1f\x8b\x08\0", Expected::Uncompressed),
            (b"PK\x03\x04", Expected::Uncompressed),
            (b"HTTP/2 200\r\n", Expected::Recording),
            (b"<html>", Expected::Json(Syntax::MalformedJson)),
            (b"{\"log\":", Expected::Json(Syntax::IncompleteDocument)),
            (b"{\"log\":[]}", Expected::Object("log")),
            (b"{\"log\":{}}", Expected::Array("log.entries")),
        ] {
            let mut entries = Entries::new(bytes);
            match entries.next() {
                Some(Err(Fault::NoHar { expected: found, .. })) => assert_eq!(found, expected, "{bytes:?}"),
                other => panic!("{bytes:?}: {other:?}"),
            }
            assert!(entries.next().is_none());
        }
    }
}
