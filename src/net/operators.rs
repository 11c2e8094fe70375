//! Who operates an address: address → AS number → name and home country, for all of the Internet.
//!
//! The tables are columns over an image's bytes, read in place: nothing is parsed or built. IPv4 is a
//! bit for each /24 at which another network begins, found by counting bits; IPv6 is a search among
//! the /32s and then among the /48s. What is finer stands in short lists aside. A column that is too
//! short reads as empty, so a damaged image gives fewer answers, never a panic.
//!
//! [`crate::dataset::operators`] writes the columns and says where the data comes from.

use std::fmt;
use std::net::IpAddr;

use zerocopy::little_endian::{U16, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::canonical;

/// Number of an autonomous system (RFC 6793).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AsNumber(pub u32);

impl fmt::Display for AsNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AS{}", self.0)
    }
}

/// The name of an operator, in two pieces: endings like `, Inc.` are stored once for all names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Name<'d> {
    pub stem: &'d str,
    pub ending: &'d str,
}

impl Name<'_> {
    pub fn is_empty(&self) -> bool {
        self.stem.is_empty() && self.ending.is_empty()
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.stem)?;
        f.write_str(self.ending)
    }
}

/// Number of sections of the table, in the order of [`Operators`]' columns.
pub const SECTIONS: usize = 32;

/// AS numbers stand in 16 + 4 bits: what a column holds from here on is the number of a list of
/// finer boundaries. No AS number so large was ever assigned to a network on the Internet, except those reserved.
pub const FINE: u32 = 0xf_f000;
/// AS numbers of this size and more do not fit the table.
pub const AS_NUMBERS: u32 = 1 << 19;

/// A number of 24 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct U24([u8; 3]);

impl U24 {
    /// The lower 24 bits.
    pub fn new(number: u32) -> Self {
        let [a, b, c, _] = number.to_le_bytes();
        Self([a, b, c])
    }

    #[inline]
    pub fn get(self) -> u32 {
        let Self([a, b, c]) = self;
        u32::from_le_bytes([a, b, c, 0])
    }
}

/// 64 bits of a long row of them, and how many are set before.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Bits {
    pub bits: U64,
    pub before: U24,
}

/// The /24s of a /16, one bit each: does another network begin there?
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Line {
    pub bits: [U64; 4],
}

/// A boundary inside a /24: last byte of the address, and whose network begins.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Fine4 {
    pub low: u8,
    pub as_number: U24,
}

/// A boundary inside a /48: the last ten bytes of the address, and whose network begins.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Fine6 {
    pub low: [u8; 10],
    pub as_number: U24,
}

/// A column of AS numbers of 20 bits: the low 16 and, two to a byte, the high 4.
#[derive(Clone, Copy, Debug, Default)]
struct Numbers<'d> {
    low: &'d [U16],
    high: &'d [u8],
}

impl Numbers<'_> {
    #[inline]
    fn get(&self, at: usize) -> Option<u32> {
        let high = self.high.get(at / 2)? >> (at % 2 * 4) & 0xf;
        Some(u32::from(self.low.get(at)?.get()) | u32::from(high) << 16)
    }
}

/// The whole table.
#[derive(Clone, Copy, Debug, Default)]
pub struct Operators<'d> {
    /// Year, month, day of the data as one number, 20261125.
    pub date: u32,
    /// What the table was made from: lines of `key<tab>text`.
    about: &'d [u8],
    /// One bit for each /16 of IPv4 inside which another network begins: those have a [`Line`].
    blocks: &'d [Bits],
    lines: &'d [Line],
    /// Number of the first run of every 64th line.
    runs_before: &'d [U24],
    /// Runs between there and each line, and one more for the end.
    first_runs: &'d [U16],
    runs4: Numbers<'d>,
    fine4_starts: &'d [U16],
    fine4: &'d [Fine4],
    /// One bit for each /16 of 2000::/3.
    blocks6: &'d [Bits],
    /// For each of these /16s, for each of its /24s, the number of its first /32.
    heads6: &'d [U24],
    /// Bits 24 to 31 of the /32s at which another network begins.
    lows6: &'d [u8],
    runs6: Numbers<'d>,
    /// One bit for each of those /32s: does it hold further boundaries?
    parted6: &'d [Bits],
    /// Number of the first of the further boundaries of each parted /32, and one more for the end.
    parts6: &'d [U24],
    /// Bits 32 to 47 of the further boundaries.
    keys6: &'d [U16],
    part_runs6: Numbers<'d>,
    fine6_starts: &'d [U16],
    fine6: &'d [Fine6],
    /// One bit for each AS number of which something is known.
    known: &'d [Bits],
    /// For each known AS number: its home country, a place in `country_codes`.
    countries: &'d [u8],
    country_codes: &'d [[u8; 2]],
    /// One bit for each known AS number: does another one before it have the same name?
    repeated: &'d [Bits],
    /// For each of those, the number of the name.
    repeats: &'d [U24],
    /// Where the stem of every sixteenth name begins.
    stem_starts: &'d [U24],
    stem_lens: &'d [u8],
    stems: &'d [u8],
    /// For each name, the number of its ending.
    endings_of: &'d [U16],
    ending_starts: &'d [U16],
    endings: &'d [u8],
}

/// Lines whose runs are counted from one place.
pub const LINES: usize = 64;
/// Most endings of names: a column holds their numbers.
pub const ENDINGS_MAX: usize = 2_048;

/// Bits set before one of 64.
#[inline]
fn set_before(bits: u64, at: u32) -> u32 {
    (bits & ((1 << at) - 1)).count_ones()
}

impl Bits {
    /// Whether a bit is set, and how many are before it.
    #[inline]
    fn look(row: &[Self], at: usize) -> Option<(bool, usize)> {
        let Bits { bits, before } = row.get(at / 64)?;
        let (bits, at) = (bits.get(), (at % 64) as u32);
        Some((bits >> at & 1 == 1, (before.get() + set_before(bits, at)) as usize))
    }
}

impl Bits {
    /// How many are set in all rows, if each row says rightly how many are set before it.
    fn total(rows: &[Self]) -> Option<usize> {
        rows.iter()
            .try_fold(0, |sum, row| (row.before.get() == sum).then(|| sum + row.bits.get().count_ones()))
            .map(|sum| sum as usize)
    }
}

/// Hands out the sections one after the other.
struct Sections<'s, 'd> {
    all: &'s [&'d [u8]],
    next: usize,
}

impl<'d> Sections<'_, 'd> {
    fn rows<T: FromBytes + Immutable + KnownLayout + Unaligned>(&mut self) -> Result<&'d [T], usize> {
        let at = self.next;
        self.next += 1;
        self.all.get(at).and_then(|bytes| <[T]>::ref_from_bytes(bytes).ok()).ok_or(at)
    }

    fn numbers(&mut self) -> Result<Numbers<'d>, usize> {
        Ok(Numbers { low: self.rows()?, high: self.rows()? })
    }
}

impl<'d> Operators<'d> {
    /// The table over its sections; the error is the number of one that does not fit.
    pub fn open(date: u32, sections: &[&'d [u8]; SECTIONS]) -> Result<Self, usize> {
        let mut sections = Sections { all: sections, next: 0 };
        Ok(Self {
            date,
            about: sections.rows()?,
            blocks: sections.rows()?,
            lines: sections.rows()?,
            runs_before: sections.rows()?,
            first_runs: sections.rows()?,
            runs4: sections.numbers()?,
            fine4_starts: sections.rows()?,
            fine4: sections.rows()?,
            blocks6: sections.rows()?,
            heads6: sections.rows()?,
            lows6: sections.rows()?,
            runs6: sections.numbers()?,
            parted6: sections.rows()?,
            parts6: sections.rows()?,
            keys6: sections.rows()?,
            part_runs6: sections.numbers()?,
            fine6_starts: sections.rows()?,
            fine6: sections.rows()?,
            known: sections.rows()?,
            countries: sections.rows()?,
            country_codes: sections.rows()?,
            repeated: sections.rows()?,
            repeats: sections.rows()?,
            stem_starts: sections.rows()?,
            stem_lens: sections.rows()?,
            stems: sections.rows()?,
            endings_of: sections.rows()?,
            ending_starts: sections.rows()?,
            endings: sections.rows()?,
        })
    }

    /// Is there no table at all? It is loaded late, or never.
    pub fn is_empty(&self) -> bool {
        self.blocks.is_empty()
    }

    /// The first column that does not go with the others: something of the table could not be found, or
    /// would be somebody else's. Reading it is safe all the same; whoever takes a table from elsewhere asks.
    pub fn fault(&self) -> Option<&'static str> {
        // Two numbers to a byte of the high column; few of them can be one of a list.
        let of_lists = |numbers: &Numbers<'_>, starts: &[U16]| {
            let lists = starts.len().saturating_sub(1);
            let known =
                |at: usize| numbers.get(at).is_none_or(|number| number < FINE || ((number - FINE) as usize) < lists);
            numbers.low.len().div_ceil(2) == numbers.high.len()
                && numbers
                    .high
                    .iter()
                    .enumerate()
                    .all(|(pair, high)| *high < 0xf0 && high & 0xf != 0xf || known(2 * pair) && known(2 * pair + 1))
        };
        let rises = |places: &[U24], end: usize| {
            places.windows(2).all(|two| two[0].get() <= two[1].get())
                && places.last().is_some_and(|last| last.get() as usize == end)
        };
        let short = |starts: &[U16], end: usize| {
            starts.windows(2).all(|two| two[0].get() <= two[1].get())
                && starts.last().is_some_and(|last| usize::from(last.get()) == end)
        };
        let counts = |rows: &[Bits], expected: usize| Bits::total(rows) == Some(expected);
        let heads = self.lows6.len();
        [
            ("blocks", self.blocks.len() == 1 << 10 && counts(self.blocks, self.lines.len())),
            ("lines", self.lines_agree()),
            ("runs4", of_lists(&self.runs4, self.fine4_starts)),
            ("fine4", short(self.fine4_starts, self.fine4.len())),
            ("blocks6", self.blocks6.len() == 1 << 7 && counts(self.blocks6, self.heads6.len() / 256)),
            ("heads6", self.heads6.len() % 256 == 1 && rises(self.heads6, heads)),
            ("runs6", self.runs6.low.len() == heads && of_lists(&self.runs6, self.fine6_starts)),
            (
                "parted6",
                self.parted6.len() >= heads.div_ceil(64) && counts(self.parted6, self.parts6.len().saturating_sub(1)),
            ),
            ("parts6", rises(self.parts6, self.keys6.len())),
            (
                "part_runs6",
                self.part_runs6.low.len() == self.keys6.len() && of_lists(&self.part_runs6, self.fine6_starts),
            ),
            ("fine6", short(self.fine6_starts, self.fine6.len())),
            ("known", counts(self.known, self.countries.len())),
            ("countries", self.countries.iter().all(|code| usize::from(*code) < self.country_codes.len())),
            (
                "country_codes",
                self.country_codes.iter().all(|code| *code == [0; 2] || code.iter().all(u8::is_ascii_uppercase)),
            ),
            ("repeated", counts(self.repeated, self.repeats.len())),
            ("names", self.names_agree()),
        ]
        .into_iter()
        .find_map(|(column, good)| (!good).then_some(column))
    }

    /// Is there a name for each known AS number, and does each name stand where its neighbours leave it?
    fn names_agree(&self) -> bool {
        let (Ok(stems), Ok(endings)) = (std::str::from_utf8(self.stems), std::str::from_utf8(self.endings)) else {
            return false;
        };
        let names = self.stem_lens.len();
        let mut start = 0;
        names + self.repeats.len() == self.countries.len()
            && self.endings_of.len() == names
            && self.stem_lens.iter().enumerate().all(|(name, len)| {
                let agrees =
                    name % 16 > 0 || self.stem_starts.get(name / 16).is_some_and(|at| at.get() as usize == start);
                start += usize::from(*len);
                agrees && stems.is_char_boundary(start)
            })
            && start == stems.len()
            && self.repeats.iter().all(|name| (name.get() as usize) < names)
            && self.endings_of.iter().all(|ending| usize::from(ending.get()) + 1 < self.ending_starts.len())
            && self.ending_starts.windows(2).all(|two| two[0].get() <= two[1].get())
            && self.ending_starts.iter().all(|at| endings.is_char_boundary(usize::from(at.get())))
    }

    /// Does each line begin with the run behind those of the lines before it, and the last run end the column?
    fn lines_agree(&self) -> bool {
        let mut runs = 0;
        let ends = [Line { bits: [U64::new(0); 4] }];
        self.first_runs.len() == self.lines.len() + 1
            && self.lines.iter().chain(&ends).enumerate().all(|(at, line)| {
                let first = self.runs_before.get(at / LINES).zip(self.first_runs.get(at));
                let agrees = first.is_some_and(|(before, first)| before.get() + u32::from(first.get()) == runs);
                runs += line.bits.iter().map(|bits| bits.get().count_ones()).sum::<u32>();
                agrees
            })
            && runs as usize == self.runs4.low.len()
    }

    /// The network that announces an address.
    #[inline]
    pub fn find(&self, address: IpAddr) -> Option<AsNumber> {
        let number = match canonical(address) {
            IpAddr::V4(v4) => self.find4(u32::from(v4))?,
            IpAddr::V6(v6) => self.find6(u128::from(v6))?,
        };
        (number != 0).then_some(AsNumber(number))
    }

    #[inline]
    fn find4(&self, address: u32) -> Option<u32> {
        let (has_line, line) = Bits::look(self.blocks, (address >> 16) as usize)?;
        // The run that holds the address is the last that begins at or before it.
        let mut after = self.runs_before.get(line / LINES)?.get() + u32::from(self.first_runs.get(line)?.get());
        if has_line {
            let bits = &self.lines.get(line)?.bits;
            let at = address >> 8 & 0xff;
            let word = (at / 64) as usize;
            // All four are counted, those behind with no bit left: this needs no branch.
            for (number, bits) in bits.iter().enumerate() {
                let here = u64::MAX >> (63 - at % 64);
                let mask = if number < word {
                    u64::MAX
                } else if number == word {
                    here
                } else {
                    0
                };
                after += (bits.get() & mask).count_ones();
            }
        }
        let number = self.runs4.get(after.checked_sub(1)? as usize)?;
        if number < FINE { Some(number) } else { self.fine4(number - FINE, address as u8) }
    }

    #[cold]
    fn fine4(&self, list: u32, low: u8) -> Option<u32> {
        let list = list_of(self.fine4_starts, self.fine4, list)?;
        let after = list.partition_point(|boundary| boundary.low <= low);
        Some(list.get(after.checked_sub(1)?)?.as_number.get())
    }

    fn find6(&self, address: u128) -> Option<u32> {
        // Only 2000::/3 is handed out.
        if address >> 125 != 1 {
            return None;
        }
        let (block, byte, low) = ((address >> 112) as usize & 0x1fff, (address >> 104) as u8, (address >> 96) as u8);
        let (has_heads, slot) = Bits::look(self.blocks6, block)?;
        let first = slot * 256 + if has_heads { usize::from(byte) } else { 0 };
        let start = self.heads6.get(first)?.get() as usize;
        let end = if has_heads { self.heads6.get(first + 1)?.get() as usize } else { start };
        let after = self.lows6.get(start..end)?.partition_point(|head| *head <= low);
        let head = (start + after).checked_sub(1)?;
        let exact = after > 0 && self.lows6[head] == low;
        let number = match Bits::look(self.parted6, head)? {
            (false, _) => self.runs6.get(head)?,
            (true, parted) => {
                let (start, end) = (self.parts6.get(parted)?.get(), self.parts6.get(parted + 1)?.get());
                let keys = self.keys6.get(start as usize..end as usize)?;
                // Behind the /32 it is the last of its boundaries that counts.
                let key = if exact { (address >> 80) as u16 } else { u16::MAX };
                match keys.partition_point(|start| start.get() <= key) {
                    0 => self.runs6.get(head)?,
                    after => self.part_runs6.get(start as usize + after - 1)?,
                }
            }
        };
        if number < FINE { Some(number) } else { self.fine6(number - FINE, address) }
    }

    #[cold]
    fn fine6(&self, list: u32, address: u128) -> Option<u32> {
        let list = list_of(self.fine6_starts, self.fine6, list)?;
        let low: [u8; 10] = address.to_be_bytes()[6..].try_into().ok()?;
        let after = list.partition_point(|boundary| boundary.low <= low);
        Some(list.get(after.checked_sub(1)?)?.as_number.get())
    }

    /// Place of an AS number among the known ones.
    #[inline]
    fn place(&self, number: AsNumber) -> Option<usize> {
        let (known, place) = Bits::look(self.known, number.0 as usize)?;
        known.then_some(place)
    }

    /// Name of the operator; empty when only the number is known.
    #[inline]
    pub fn name(&self, number: AsNumber) -> Option<Name<'d>> {
        let place = self.place(number)?;
        let name = match Bits::look(self.repeated, place)? {
            (false, before) => place.checked_sub(before)?,
            (true, before) => self.repeats.get(before)?.get() as usize,
        };
        let lens = self.stem_lens.get(name & !15..)?;
        let before: usize = lens.get(..name & 15)?.iter().map(|len| usize::from(*len)).sum();
        let start = self.stem_starts.get(name / 16)?.get() as usize + before;
        let stem = self.stems.get(start..start + usize::from(*lens.get(name & 15)?))?;
        let ending = usize::from(self.endings_of.get(name)?.get());
        let ends =
            usize::from(self.ending_starts.get(ending)?.get())..usize::from(self.ending_starts.get(ending + 1)?.get());
        let ending = self.endings.get(ends)?;
        Some(Name { stem: std::str::from_utf8(stem).ok()?, ending: std::str::from_utf8(ending).ok()? })
    }

    /// The operator's home country, ISO 3166-1 alpha-2: where most of its addresses are registered.
    /// It says nothing of where a server stands.
    pub fn country(&self, number: AsNumber) -> Option<[u8; 2]> {
        let code = self.countries.get(self.place(number)?)?;
        self.country_codes.get(usize::from(*code)).copied().filter(|code| code.is_ascii() && code[0] != 0)
    }

    /// All AS numbers of which something is known, in order.
    pub fn all(&self) -> impl Iterator<Item = AsNumber> + use<'d> {
        self.known.iter().enumerate().flat_map(|(row, bits)| {
            let bits = bits.bits.get();
            (0..64).filter(move |at| bits >> at & 1 == 1).map(move |at| AsNumber(row as u32 * 64 + at))
        })
    }

    /// A fact about the data the table was made from: `name`, `version`, `licence`.
    pub fn about(&self, key: &str) -> &'d str {
        let text = std::str::from_utf8(self.about).unwrap_or("");
        text.lines()
            .find_map(|line| line.split_once('\t').filter(|(name, _)| *name == key))
            .map_or("", |(_, text)| text)
    }
}

/// One of the lists of finer boundaries.
fn list_of<'d, T>(starts: &[U16], all: &'d [T], list: u32) -> Option<&'d [T]> {
    let list = list as usize;
    all.get(usize::from(starts.get(list)?.get())..usize::from(starts.get(list + 1)?.get()))
}
