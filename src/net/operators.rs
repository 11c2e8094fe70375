//! Who operates an address: address → AS number → name and home country, for all of the Internet.
//!
//! The tables are columns over an image's bytes, read in place: nothing is parsed or built. A boundary is
//! a bit for the /24 or /32 at which another network begins; bits stand in words of 64, and how many stand
//! before each of them is written down, so that counting one word finds the network. The /48s inside a /32
//! are searched, and what is finer stands in short lists aside. A column that is too short reads as empty,
//! so a damaged image gives fewer answers, never a panic.
//!
//! [`crate::dataset::operators`] writes the columns and says where the data comes from.

use std::cmp::Ordering;
use std::fmt::{self, Write as _};
use std::hint::select_unpredictable;
use std::net::IpAddr;
use std::ops::Range;

use zerocopy::little_endian::{U16, U32, U64};
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

/// The name of an operator as UTF-8, in two pieces: endings like `, Inc.` are stored once for all names.
///
/// That it is UTF-8 is looked at when it is shown, and by [`Operators::fault`]. To know it before, all texts must be
/// looked through when the table is opened, and the ends of each piece when it is found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Name<'d> {
    pub stem: &'d [u8],
    pub ending: &'d [u8],
}

impl Name<'_> {
    pub fn is_empty(&self) -> bool {
        self.stem.is_empty() && self.ending.is_empty()
    }
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for chunk in self.stem.utf8_chunks().chain(self.ending.utf8_chunks()) {
            f.write_str(chunk.valid())?;
            if !chunk.invalid().is_empty() {
                f.write_char(char::REPLACEMENT_CHARACTER)?;
            }
        }
        Ok(())
    }
}

/// An operator by its place in one table; no other table has the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place(u32);

impl Place {
    /// Never zero for an operator's place.
    pub fn number(self) -> u32 {
        self.0
    }

    /// The place that had this number in the same table.
    pub fn of_number(number: u32) -> Self {
        Self(number)
    }
}

/// Number of sections of the table, in the order of [`Operators`]' columns.
pub const SECTIONS: usize = 37;

/// Places stand in 16 + 1 bits: what a column holds from here on is the number of a list of finer boundaries.
pub const FINE: u32 = 0x1_f000;
/// What the column of the /32s holds from here on is the number of a list of the boundaries inside.
pub const PARTED: u32 = 0x2_0000;

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

/// A boundary inside a /24: last byte of the address, and whose network begins.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Fine4 {
    pub low: u8,
    pub place: U24,
}

/// A boundary inside a /48: the last ten bytes of the address, and whose network begins.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Fine6 {
    pub low: [u8; 10],
    pub place: U24,
}

/// An ending of names: where it stands in their text.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Ending {
    pub start: U16,
    pub len: u8,
}

impl Ending {
    #[inline(always)]
    fn range(&self) -> Range<usize> {
        let start = usize::from(self.start.get());
        start..start + usize::from(self.len)
    }
}

/// A /16 of IPv4.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Wide {
    /// Networks that begin before it in the same /8; where none begins inside, the one at its first address too.
    pub before: U16,
    /// Number of its bits; the first ones are for all /16s inside which none begins.
    pub bits: U16,
}

/// Where networks of IPv4 begin. Bits are stored only for the /16s inside which one does, and once for all others:
/// so these take little, and are found alike.
#[derive(Clone, Copy, Debug, Default)]
struct Starts4<'d> {
    /// Networks that begin before each /8.
    before: &'d [U32],
    /// The /16s; those behind the last one that anybody has are left out.
    wide: &'d [Wide],
    /// A bit for each /24 of such a /16: does another network begin there?
    bits: &'d [[U64; 4]],
    /// Bits of the /16 before each of its words.
    inside: &'d [[u8; 4]],
}

impl Starts4<'_> {
    /// How many networks begin at or before a /24.
    #[inline(always)]
    fn until(&self, block: u32) -> Option<usize> {
        let wide = self.wide.get((block >> 8) as usize)?;
        let (number, which) = (usize::from(wide.bits.get()), (block >> 6 & 3) as usize);
        let until = self.bits.get(number)?[which].get() << (!block & 63);
        let inside = u32::from(wide.before.get()) + u32::from(self.inside.get(number)?[which]) + until.count_ones();
        Some(self.before.get((block >> 16) as usize)?.get().wrapping_add(inside) as usize)
    }

    /// How many places a column of them must have, that before the first bit included; nothing if counts are wrong.
    fn total(&self) -> Option<usize> {
        let (mut next, mut begun) = (1, 0);
        let none = self.bits.first().is_none_or(|bits| *bits == [U64::ZERO; 4])
            && self.inside.first().is_none_or(|inside| *inside == [0; 4]);
        for (at, wide) in self.wide.iter().enumerate() {
            let before_8 = self.before.get(at / 256)?.get();
            if at % 256 == 0 && before_8 != begun {
                return None;
            }
            let before = before_8.checked_add(wide.before.get().into())?;
            let number = usize::from(wide.bits.get());
            // Where none begins inside, one may begin at the first address.
            if number == 0 && before.checked_sub(begun)? <= 1 {
                begun = before;
                continue;
            }
            if number != next || before != begun {
                return None;
            }
            for (inside, word) in self.inside.get(number)?.iter().zip(self.bits.get(number)?) {
                if begun - before != u32::from(*inside) {
                    return None;
                }
                begun += word.get().count_ones();
            }
            next += 1;
        }
        let whole =
            self.before.len() == self.wide.len().div_ceil(256) && self.bits.len() == next && self.inside.len() == next;
        (none && whole).then_some(begun as usize + 1)
    }
}

/// Names whose stems have one beginning from which each eight count.
pub const STEMS: usize = 256;

/// The stems of eight names.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Eight {
    /// Where they begin among those of 256 names.
    pub start: U16,
    pub lens: U64,
}

/// 4,096 /32s of IPv6.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Group {
    /// Number of its first word.
    pub word: U32,
    /// Bits before it.
    pub before: U32,
    /// For each eighth of it, how many of its words stand before, and which of eight words are there.
    pub eighths: [[u8; 2]; 8],
}

/// Where networks of IPv6 begin: a bit for each /32. There are few, so 4,096 of them are a group; its words of 64
/// bits stand one behind the other, those with no bit left out, and an empty one behind them.
#[derive(Clone, Copy, Debug, Default)]
struct Starts6<'d> {
    groups: &'d [Group],
    /// For each word, how many bits of the group stand before it.
    before: &'d [U16],
    words: &'d [U64],
}

/// How many bits a byte has. Read from here it takes a third of the steps that counting takes without an
/// instruction for it, and not every processor has one.
const BITS: [u8; 256] = {
    let mut bits = [0; 256];
    let mut byte = 1;
    while byte < 256 {
        bits[byte] = bits[byte / 2] + (byte % 2) as u8;
        byte += 1;
    }
    bits
};

/// Nothing of a word, or all of it: by this no branch is taken that nobody can guess.
const NONE_OR_ALL: [u64; 2] = [0, u64::MAX];

impl Starts6<'_> {
    /// How many networks begin at or before a block, and whether one begins there.
    #[inline]
    fn until(&self, block: u32) -> Option<(usize, bool)> {
        let group = self.groups.get((block >> 12) as usize)?;
        let [first, there] = group.eighths[(block >> 9 & 7) as usize];
        let which = block >> 6 & 7;
        let words_before = BITS[(u32::from(there) & ((1 << which) - 1)) as usize];
        let word = group.word.get().wrapping_add(u32::from(first) + u32::from(words_before)) as usize;
        let here = NONE_OR_ALL[usize::from(there >> which & 1)];
        let until = (self.words.get(word)?.get() & here) << (!block & 63);
        let before = group.before.get().wrapping_add(u32::from(self.before.get(word)?.get()));
        Some((before.wrapping_add(until.count_ones()) as usize, until >> 63 == 1))
    }

    /// How many places a column of them must have, that before the first bit included; nothing if counts are wrong.
    fn total(&self) -> Option<usize> {
        let (mut word, mut bits) = (0, 0);
        for group in self.groups {
            let (first_word, first_bit) = (group.word.get() as usize, group.before.get());
            if (word, bits) != (first_word, first_bit) {
                return None;
            }
            let here = |word: usize| self.before.get(word).zip(self.words.get(word));
            for [first, there] in group.eighths {
                if word - first_word != usize::from(first) {
                    return None;
                }
                for _ in 0..there.count_ones() {
                    let (before, set) = here(word)?;
                    if bits - first_bit != u32::from(before.get()) || set.get() == 0 {
                        return None;
                    }
                    (word, bits) = (word + 1, bits + set.get().count_ones());
                }
            }
            let (before, set) = here(word)?;
            if bits - first_bit != u32::from(before.get()) || set.get() != 0 {
                return None;
            }
            word += 1;
        }
        (self.before.len() == word && self.words.len() == word).then_some(bits as usize + 1)
    }
}

/// A column of places of 16 bits and `HIGH` more, which stand several to a byte.
#[derive(Clone, Copy, Debug, Default)]
struct Places<'d, const HIGH: usize> {
    low: &'d [U16],
    high: &'d [u8],
}

impl<const HIGH: usize> Places<'_, HIGH> {
    #[inline(always)]
    fn get(&self, at: usize) -> Option<u32> {
        let in_a_byte = 8 / HIGH;
        let high = self.high.get(at / in_a_byte)? >> (at % in_a_byte * HIGH) & ((1 << HIGH) - 1);
        Some(u32::from(self.low.get(at)?.get()) | u32::from(high) << 16)
    }

    /// Are there so many, are all of them as expected, and is the column whole?
    fn all(&self, len: Option<usize>, expected: impl Fn(u32) -> bool) -> bool {
        len == Some(self.low.len())
            && self.low.len().div_ceil(8 / HIGH) == self.high.len()
            && (0..self.low.len()).all(|at| self.get(at).is_some_and(&expected))
    }
}

/// A column of numbers of 24 bits: all low bytes, all middle ones, all high ones. Where numbers rise
/// steadily, deflate makes little of the latter.
#[derive(Clone, Copy, Debug, Default)]
struct Bytes<'d>([&'d [u8]; 3]);

impl Bytes<'_> {
    #[inline]
    fn get(&self, at: usize) -> Option<u32> {
        let Self([low, middle, high]) = self;
        Some(u32::from_le_bytes([*low.get(at)?, *middle.get(at)?, *high.get(at)?, 0]))
    }
}

/// The whole table.
#[derive(Clone, Copy, Debug, Default)]
pub struct Operators<'d> {
    /// Year, month, day of the data as one number, 20261125.
    pub date: u32,
    /// What the table was made from: lines of `key<tab>text`.
    about: &'d str,
    /// The /24s of IPv4.
    starts4: Starts4<'d>,
    /// Whose network begins there, in order; before them, that of nobody.
    places4: Places<'d, 1>,
    fine4_starts: &'d [U16],
    fine4: &'d [Fine4],
    /// For each /16 of 2000::/3, the number of the last one inside which a network begins; in the lowest bit,
    /// whether it is that one.
    blocks6: &'d [U16],
    /// The /32s of those /16s.
    starts6: Starts6<'d>,
    /// Whose network begins there; from [`PARTED`] on, the number of a list of further boundaries.
    places6: Places<'d, 2>,
    /// Where each of these lists begins, and one more for the end.
    lists6: Bytes<'d>,
    /// Bits 32 to 47 of the further boundaries, the upper byte of all and then the lower.
    keys6: [&'d [u8]; 2],
    list_places6: Places<'d, 1>,
    fine6_starts: &'d [U16],
    fine6: &'d [Fine6],
    /// The AS number of each place. The first place is nobody's. Then come those that repeat a name, those
    /// that bring one and are met often, and the others that bring one; in each part they are in order.
    numbers: Bytes<'d>,
    /// For each place its home country, a row of `country_codes`.
    countries: &'d [u8],
    country_codes: &'d [[u8; 2]],
    /// Where the places behind those that are met often begin.
    often: &'d [U32],
    /// For each place that repeats a name, the number of the name; first, for nobody, that of the empty name.
    repeats: &'d [U24],
    /// Where the stems of every 256 names begin.
    stem_starts: &'d [U32],
    /// The stems of every eight.
    eights: &'d [Eight],
    stems: &'d [u8],
    /// For each name, the number of its ending.
    endings_of: &'d [U16],
    endings: &'d [Ending],
    ending_texts: &'d [u8],
}

/// Most endings of names: a column holds their numbers.
pub const ENDINGS_MAX: usize = 2_048;

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

    fn starts6(&mut self) -> Result<Starts6<'d>, usize> {
        Ok(Starts6 { groups: self.rows()?, before: self.rows()?, words: self.rows()? })
    }

    fn places<const HIGH: usize>(&mut self) -> Result<Places<'d, HIGH>, usize> {
        Ok(Places { low: self.rows()?, high: self.rows()? })
    }

    fn starts4(&mut self) -> Result<Starts4<'d>, usize> {
        Ok(Starts4 { before: self.rows()?, wide: self.rows()?, bits: self.rows()?, inside: self.rows()? })
    }

    fn bytes(&mut self) -> Result<Bytes<'d>, usize> {
        Ok(Bytes([self.rows()?, self.rows()?, self.rows()?]))
    }

    fn text(&mut self) -> Result<&'d str, usize> {
        std::str::from_utf8(self.rows()?).map_err(|_| self.next - 1)
    }
}

impl<'d> Operators<'d> {
    /// The table over its sections; the error is the number of one that does not fit.
    pub fn open(date: u32, sections: &[&'d [u8]; SECTIONS]) -> Result<Self, usize> {
        let mut sections = Sections { all: sections, next: 0 };
        Ok(Self {
            date,
            about: sections.text()?,
            starts4: sections.starts4()?,
            places4: sections.places()?,
            fine4_starts: sections.rows()?,
            fine4: sections.rows()?,
            blocks6: sections.rows()?,
            starts6: sections.starts6()?,
            places6: sections.places()?,
            lists6: sections.bytes()?,
            keys6: [sections.rows()?, sections.rows()?],
            list_places6: sections.places()?,
            fine6_starts: sections.rows()?,
            fine6: sections.rows()?,
            numbers: sections.bytes()?,
            countries: sections.rows()?,
            country_codes: sections.rows()?,
            often: sections.rows()?,
            repeats: sections.rows()?,
            stem_starts: sections.rows()?,
            eights: sections.rows()?,
            stems: sections.rows()?,
            endings_of: sections.rows()?,
            endings: sections.rows()?,
            ending_texts: sections.rows()?,
        })
    }

    /// Is there no table at all? It is loaded late, or never.
    pub fn is_empty(&self) -> bool {
        self.places4.low.is_empty()
    }

    /// The first column that does not go with the others: something of the table could not be found, or
    /// would be somebody else's. Reading it is safe all the same; whoever takes a table from elsewhere asks.
    pub fn fault(&self) -> Option<&'static str> {
        let (len, names, keys) = (self.len(), self.endings_of.len(), self.keys6[0].len());
        let (starts4, starts6) = (self.starts4.total(), self.starts6.total());
        let is_place = |place: u32, starts: &[U16]| match place.checked_sub(FINE) {
            None => place < len,
            Some(list) => (list as usize) < starts.len().saturating_sub(1),
        };
        let short = |starts: &[U16], end: usize| {
            starts.windows(2).all(|two| two[0].get() <= two[1].get())
                && starts.last().is_some_and(|last| usize::from(last.get()) == end)
        };
        let number = |place: u32| self.number_at(Place(place)).map(|number| number.0);
        let often = self.often.first().map_or(0, |row| row.get());
        [
            ("starts4", starts4.is_some() && self.ends_with_nobody()),
            ("places4", self.places4.all(starts4, |place| is_place(place, self.fine4_starts))),
            ("fine4", short(self.fine4_starts, self.fine4.len()) && self.fine4.iter().all(|row| row.place.get() < len)),
            (
                "blocks6",
                self.blocks6.len() == 1 << 13
                    && self.blocks6.iter().all(|block| usize::from(block.get() >> 1) < self.starts6.groups.len() / 16),
            ),
            ("starts6", starts6.is_some()),
            (
                "places6",
                self.places6.all(starts6, |place| match place.checked_sub(PARTED) {
                    None => is_place(place, self.fine6_starts),
                    Some(list) => self.lists6.get(list as usize + 1).is_some(),
                }),
            ),
            ("keys6", self.lists_agree()),
            ("list_places6", self.list_places6.all(Some(keys), |place| is_place(place, self.fine6_starts))),
            ("fine6", short(self.fine6_starts, self.fine6.len()) && self.fine6.iter().all(|row| row.place.get() < len)),
            (
                "numbers",
                self.numbers.0.iter().all(|bytes| bytes.len() == len as usize)
                    && number(0) == Some(0)
                    && self.parts().into_iter().all(|part| part.clone().skip(1).all(|at| number(at - 1) < number(at))),
            ),
            ("often", self.often.len() == 1 && (self.repeats.len() as u32..=len).contains(&often)),
            (
                "countries",
                self.countries.len() == len as usize
                    && self.countries.iter().all(|code| usize::from(*code) < self.country_codes.len()),
            ),
            (
                "country_codes",
                self.country_codes.iter().all(|code| *code == [0; 2] || code.iter().all(u8::is_ascii_uppercase)),
            ),
            (
                "names",
                len as usize + 1 == self.repeats.len() + names
                    && self.repeats.iter().all(|name| (name.get() as usize) < names)
                    && self.names_are_texts(),
            ),
        ]
        .into_iter()
        .find_map(|(column, good)| (!good).then_some(column))
    }

    /// Is the last /16 nobody's, so that all behind it may be left out?
    fn ends_with_nobody(&self) -> bool {
        let len = self.starts4.wide.len();
        len == 1 << 16
            || len.checked_sub(1).is_some_and(|last| {
                self.starts4.wide[last].bits.get() == 0 && self.place4((last as u32) << 16) == Some(0)
            })
    }

    /// Is each stem and each ending there, and UTF-8 by itself? The texts are read as a whole, and of each name its
    /// ends: a reader waits for the trial of a new table.
    fn names_are_texts(&self) -> bool {
        let (Ok(stems), Ok(endings)) = (std::str::from_utf8(self.stems), std::str::from_utf8(self.ending_texts)) else {
            return false;
        };
        self.endings.iter().all(|ending| endings.get(ending.range()).is_some())
            && (0..self.endings_of.len()).all(|name| self.stem(name).is_some_and(|range| stems.get(range).is_some()))
            && self.endings_of.iter().all(|ending| usize::from(ending.get()) < self.endings.len())
    }

    /// Does each list of boundaries inside a /32 begin with its first one and rise, and are all of them lists?
    fn lists_agree(&self) -> bool {
        let [high, low] = self.keys6;
        let key = |at: u32| (high.get(at as usize), low.get(at as usize));
        let rises = |at: usize| {
            let Some((start, end)) = self.lists6.get(at).zip(self.lists6.get(at + 1)) else { return false };
            start < end && key(start) == (Some(&0), Some(&0)) && (start + 1..end).all(|at| key(at - 1) < key(at))
        };
        let Bytes([starts, ..]) = self.lists6;
        let lists = starts.len().saturating_sub(1);
        high.len() == low.len()
            && self.lists6.get(lists) == Some(high.len() as u32)
            && self.lists6.0.iter().all(|bytes| bytes.len() == starts.len())
            && (0..lists).all(rises)
    }

    // Here `inline(always)` is worth a quarter of the time: what is found would else pass through memory.

    /// The network that announces an address.
    #[inline(always)]
    pub fn find(&self, address: IpAddr) -> Option<AsNumber> {
        // Nobody has a number too: so there is one branch, where the answer is used.
        self.number_at(self.place_or_nobody(address)?).filter(|number| number.0 != 0)
    }

    /// The operator of that network; for whoever wants more than the number, without looking for it again.
    #[inline(always)]
    pub fn place(&self, address: IpAddr) -> Option<Place> {
        self.place_or_nobody(address).filter(|place| place.0 != 0)
    }

    #[inline(always)]
    fn place_or_nobody(&self, address: IpAddr) -> Option<Place> {
        Some(Place(match canonical(address) {
            IpAddr::V4(v4) => self.place4(u32::from(v4))?,
            IpAddr::V6(v6) => self.place6(u128::from(v6))?,
        }))
    }

    #[inline(always)]
    fn place4(&self, address: u32) -> Option<u32> {
        // The network that holds the address is the last that begins at or before it.
        let place = self.places4.get(self.starts4.until(address >> 8)?)?;
        if place < FINE { Some(place) } else { self.fine4(place - FINE, address as u8) }
    }

    #[cold]
    fn fine4(&self, list: u32, low: u8) -> Option<u32> {
        let list = list_of(self.fine4_starts, self.fine4, list)?;
        let after = list.partition_point(|boundary| boundary.low <= low);
        Some(list.get(after.checked_sub(1)?)?.place.get())
    }

    // It is longer than the other, which is quicker where this does not stand within.
    #[inline(never)]
    fn place6(&self, address: u128) -> Option<u32> {
        let high = (address >> 64) as u64;
        // Only 2000::/3 is handed out.
        if high >> 61 != 1 {
            return None;
        }
        let block = u32::from(self.blocks6.get((high >> 48) as usize & 0x1fff)?.get());
        let low = if block & 1 == 1 { (high >> 32) as u32 & 0xffff } else { 0xffff };
        let (until, exact) = self.starts6.until(block >> 1 << 16 | low)?;
        let mut place = self.places6.get(until)?;
        if place >= PARTED {
            let list = (place - PARTED) as usize;
            // Behind the /32 it is the last of its boundaries that counts.
            let key = if exact && block & 1 == 1 { (high >> 16) as u16 } else { u16::MAX };
            let last = self.last_until(self.lists6.get(list)?, self.lists6.get(list + 1)?, key)?;
            place = self.list_places6.get(last)?;
        }
        if place < FINE { Some(place) } else { self.fine6(place - FINE, address) }
    }

    /// The last boundary of a list that is not behind a key; the first one of a list is before all keys.
    #[inline]
    fn last_until(&self, start: u32, end: u32, key: u16) -> Option<usize> {
        let (start, end) = (start as usize, end as usize);
        let [high, low] = [self.keys6[0].get(start..end)?, self.keys6[1].get(start..end)?];
        let (mut first, mut len) = (0, high.len());
        while len > 1 {
            let half = len / 2;
            let middle = first + half;
            let found = u16::from_be_bytes([*high.get(middle)?, *low.get(middle)?]);
            first = select_unpredictable(found <= key, middle, first);
            len -= half;
        }
        Some(start + first)
    }

    #[cold]
    fn fine6(&self, list: u32, address: u128) -> Option<u32> {
        let list = list_of(self.fine6_starts, self.fine6, list)?;
        let low: [u8; 10] = address.to_be_bytes()[6..].try_into().ok()?;
        let after = list.partition_point(|boundary| boundary.low <= low);
        Some(list.get(after.checked_sub(1)?)?.place.get())
    }

    /// The AS number of an operator.
    #[inline(always)]
    pub fn number_at(&self, place: Place) -> Option<AsNumber> {
        self.numbers.get(place.0 as usize).map(AsNumber)
    }

    /// The operator that has an AS number.
    pub fn place_of(&self, number: AsNumber) -> Option<Place> {
        self.parts().into_iter().find_map(|part| {
            let (mut first, mut end) = (part.start, part.end);
            while first < end {
                let middle = first + (end - first) / 2;
                match self.number_at(Place(middle))?.cmp(&number) {
                    Ordering::Less => first = middle + 1,
                    Ordering::Equal => return Some(Place(middle)),
                    Ordering::Greater => end = middle,
                }
            }
            None
        })
    }

    /// The places in which AS numbers are in order.
    fn parts(&self) -> [Range<u32>; 3] {
        let repeats = self.repeats.len() as u32;
        let often = self.often.first().map_or(repeats, |row| row.get());
        [1..repeats, repeats..often, often..self.len()]
    }

    /// Places, that of nobody among them.
    fn len(&self) -> u32 {
        self.countries.len() as u32
    }

    /// AS number and name of the operator of the network that announces an address.
    #[inline(always)]
    pub fn named(&self, address: IpAddr) -> Option<(AsNumber, Name<'d>)> {
        let place = self.place(address)?;
        Some((self.number_at(place)?, self.name_at(place)?))
    }

    /// Name of the operator; empty when only the number is known.
    #[inline(always)]
    pub fn name_at(&self, place: Place) -> Option<Name<'d>> {
        let name = match self.repeats.get(place.0 as usize) {
            Some(name) => name.get() as usize,
            None => place.0 as usize - self.repeats.len() + 1,
        };
        let ending = self.endings.get(usize::from(self.endings_of.get(name)?.get()))?;
        Some(Name { stem: self.stems.get(self.stem(name)?)?, ending: self.ending_texts.get(ending.range())? })
    }

    /// Where the stem of a name stands.
    #[inline(always)]
    fn stem(&self, name: usize) -> Option<Range<usize>> {
        let eight = self.eights.get(name / 8)?;
        let (lens, at) = (eight.lens.get(), name % 8 * 8);
        let start = self.stem_starts.get(name / STEMS)?.get() as usize + usize::from(eight.start.get());
        let start = start + sum(lens & ((1 << at) - 1));
        Some(start..start + (lens >> at) as usize % 256)
    }

    /// Name of the operator that has an AS number; empty when only the number is known.
    pub fn name(&self, number: AsNumber) -> Option<Name<'d>> {
        self.name_at(self.place_of(number)?)
    }

    /// The operator's home country, ISO 3166-1 alpha-2: where most of its addresses are registered.
    /// It says nothing of where a server stands.
    pub fn country(&self, number: AsNumber) -> Option<[u8; 2]> {
        self.country_at(self.place_of(number)?)
    }

    /// The same of a place.
    pub fn country_at(&self, place: Place) -> Option<[u8; 2]> {
        let code = self.countries.get(place.0 as usize)?;
        self.country_codes.get(usize::from(*code)).copied().filter(|code| code.is_ascii() && code[0] != 0)
    }

    /// All operators, in the order of the table.
    pub fn all(&self) -> impl Iterator<Item = Place> + use<'d> {
        (1..self.len()).map(Place)
    }

    /// A fact about the data the table was made from: `name`, `version`, `licence`.
    pub fn about(&self, key: &str) -> &'d str {
        self.about
            .lines()
            .find_map(|line| line.split_once('\t').filter(|(name, _)| *name == key))
            .map_or("", |(_, text)| text)
    }
}

/// The sum of eight bytes.
#[inline]
fn sum(bytes: u64) -> usize {
    const PAIRS: u64 = 0x00ff_00ff_00ff_00ff;
    let pairs = (bytes & PAIRS) + (bytes >> 8 & PAIRS);
    (pairs.wrapping_mul(0x0001_0001_0001_0001) >> 48) as usize
}

/// One of the lists of finer boundaries.
fn list_of<'d, T>(starts: &[U16], all: &'d [T], list: u32) -> Option<&'d [T]> {
    let list = list as usize;
    all.get(usize::from(starts.get(list)?.get())..usize::from(starts.get(list + 1)?.get()))
}
