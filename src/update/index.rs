//! The index: what a version is made of.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CHANGES_MAX, PART_MAX, PARTS_MAX, Refusal, Sha256, lines};
use crate::field::date;

/// A version's name: the dataset's day, and a number where a day has several.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Version {
    /// 20261125.
    pub day: u32,
    pub revision: u16,
}

impl Version {
    /// `2026-11-25` or `2026-11-25.2`.
    pub fn parse(text: &str) -> Option<Self> {
        let (day, revision) = match text.split_once('.') {
            Some((_, "0")) => return None,
            Some((day, revision)) => (day, lines::number(revision)?),
            None => (text, 0),
        };
        Some(Self { day: parse_day(day)?, revision })
    }

    /// Days since this version's day, as a clock tells; nothing when the clock stands before it.
    pub fn age_days(&self, now_s: i64) -> Option<u64> {
        let day = Self { revision: 0, ..*self };
        u64::try_from(now_s.saturating_sub(parse_instant(&format!("{day}T00:00:00Z"))?).div_euclid(86_400)).ok()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.day / 10_000, self.day / 100 % 100, self.day % 100)?;
        if self.revision > 0 { write!(formatter, ".{}", self.revision) } else { Ok(()) }
    }
}

/// Something that is fetched: a file of the channel, compressed with gzip, whose name is its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packed {
    pub len: usize,
    pub hash: Sha256,
}

impl Packed {
    pub fn path(&self) -> String {
        format!("files/{}", self.hash)
    }
}

/// One part of a version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The name of its file in the package, as `dataset.img`.
    pub name: String,
    /// Format of the image.
    pub format: u16,
    pub len: usize,
    pub hash: Sha256,
    pub packed: Packed,
}

/// How a part is made from one of an earlier version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    pub name: String,
    /// The hash of the earlier part.
    pub from: Sha256,
    /// Length when unpacked.
    pub len: usize,
    pub packed: Packed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    pub version: Version,
    /// Seconds since 1970.
    pub issued_s: i64,
    pub expires_s: i64,
    pub parts: Vec<Part>,
    pub deltas: Vec<Delta>,
    /// The lists of changes, by language, with their lengths when unpacked.
    pub changes: Vec<(String, usize, Packed)>,
    /// The versions before this one, the latest first.
    pub previous: Vec<Version>,
}

impl Index {
    const FIRST: &str = "served-by index 1";

    /// Reads what was signed. Words that are not known are left out: a later publisher may add some.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let bad = |what: &str| Refusal::Unreadable(what.to_owned());
        let lines = lines::of(text, Self::FIRST).ok_or_else(|| bad("its first or last line"))?;
        let one = |word: &str| lines::one(&lines, word).ok_or_else(|| bad(word));
        let (mut parts, mut deltas, mut changes, mut previous) =
            (Vec::<Part>::new(), Vec::new(), Vec::new(), Vec::new());
        for (word, rest) in &lines {
            let words: Vec<&str> = rest.split(' ').collect();
            let wrong = || Refusal::Unreadable(format!("{word} {rest}"));
            match (*word, &words[..]) {
                ("part", [name, format, len, hash, packed_len, packed]) => {
                    if parts.len() == PARTS_MAX || !is_name(name) || parts.iter().any(|part| part.name == *name) {
                        return Err(wrong());
                    }
                    let (len, packed) = (bounded(len, PART_MAX), read_packed(packed_len, packed, PART_MAX));
                    let (format, hash) = (lines::number(format), Sha256::parse(hash));
                    let (Some(format), Some(len), Some(packed), Some(hash)) = (format, len, packed, hash) else {
                        return Err(wrong());
                    };
                    parts.push(Part { name: (*name).to_owned(), format, len, hash, packed });
                }
                ("delta", [name, from, len, packed_len, packed]) => {
                    let (len, packed) = (bounded(len, PART_MAX), read_packed(packed_len, packed, PART_MAX));
                    let (Some(len), Some(packed), Some(from), true) = (len, packed, Sha256::parse(from), is_name(name))
                    else {
                        return Err(wrong());
                    };
                    deltas.push(Delta { name: (*name).to_owned(), from, len, packed });
                }
                ("changes", [lang, len, packed_len, packed]) => {
                    let (len, packed) = (bounded(len, CHANGES_MAX), read_packed(packed_len, packed, CHANGES_MAX));
                    let (Some(len), Some(packed)) = (len, packed) else { return Err(wrong()) };
                    changes.push(((*lang).to_owned(), len, packed));
                }
                ("previous", [version]) => previous.push(Version::parse(version).ok_or_else(wrong)?),
                ("part" | "delta" | "changes" | "previous", _) => return Err(wrong()),
                _ => {}
            }
        }
        if parts.is_empty() {
            return Err(bad("part"));
        }
        let instant = |word: &str| parse_instant(one(word)?).ok_or_else(|| bad(word));
        Ok(Self {
            version: Version::parse(one("version")?).ok_or_else(|| bad("version"))?,
            issued_s: instant("issued")?,
            expires_s: instant("expires")?,
            parts,
            deltas,
            changes,
            previous,
        })
    }

    pub fn part(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.name == name)
    }

    /// Is this the same set of parts?
    pub fn same_parts(&self, other: &Self) -> bool {
        let hashes = |index: &Self| index.parts.iter().map(|part| (part.name.clone(), part.hash)).collect::<Vec<_>>();
        hashes(self) == hashes(other)
    }
}

/// What is signed, as [`Index::parse`] reads it.
impl fmt::Display for Index {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(out, "{}", Self::FIRST)?;
        writeln!(out, "version {}", self.version)?;
        writeln!(out, "issued {}", write_instant(self.issued_s))?;
        writeln!(out, "expires {}", write_instant(self.expires_s))?;
        for Part { name, format, len, hash, packed } in &self.parts {
            writeln!(out, "part {name} {format} {len} {hash} {} {}", packed.len, packed.hash)?;
        }
        for Delta { name, from, len, packed } in &self.deltas {
            writeln!(out, "delta {name} {from} {len} {} {}", packed.len, packed.hash)?;
        }
        for (lang, len, packed) in &self.changes {
            writeln!(out, "changes {lang} {len} {} {}", packed.len, packed.hash)?;
        }
        for version in &self.previous {
            writeln!(out, "previous {version}")?;
        }
        writeln!(out, "{}", lines::END)
    }
}

fn bounded(text: &str, max: usize) -> Option<usize> {
    lines::number(text).filter(|len| *len <= max)
}

fn read_packed(len: &str, hash: &str, max: usize) -> Option<Packed> {
    Some(Packed { len: bounded(len, max)?, hash: Sha256::parse(hash)? })
}

/// A part's name is a file's name, and nothing that could lead elsewhere.
fn is_name(name: &str) -> bool {
    (1..=32).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'.')
}

/// `2026-11-25` as 20261125, if there is such a day.
fn parse_day(text: &str) -> Option<u32> {
    parse_instant(&format!("{text}T00:00:00Z")).map(day_of)
}

/// `2026-11-25T14:00:00Z`, in this one form, in seconds since 1970.
fn parse_instant(text: &str) -> Option<i64> {
    let at_s = date::parse_iso(text.as_bytes()).ok()? / 1000;
    (write_instant(at_s) == text).then_some(at_s)
}

pub(super) fn write_instant(at_s: i64) -> String {
    let (day, second) = (Version { day: day_of(at_s), revision: 0 }, at_s.rem_euclid(86_400));
    format!("{day}T{:02}:{:02}:{:02}Z", second / 3_600, second / 60 % 60, second % 60)
}

/// The day of an instant, as 20261125. What is no year of four digits reads as the first or the last.
pub fn day_of(at_s: i64) -> u32 {
    let (year, month, day) = date::civil(at_s.div_euclid(86_400).clamp(-719_162, 2_932_896));
    year as u32 * 10_000 + month * 100 + day
}
