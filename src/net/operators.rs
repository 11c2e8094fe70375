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
use std::net::{IpAddr, Ipv6Addr};
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
pub const SECTIONS: usize = 25;

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

/// [`GROUP`] blocks.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Group {
    /// Networks that begin before them.
    pub before: U32,
    /// Number of an empty row, which stands for all of these blocks inside which none begins. Some groups share one.
    pub row: U32,
}

/// A block inside which networks begin.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Inside {
    /// How many of its bits stand before each word.
    pub before: [u8; 4],
    /// A bit for each of its parts: does another network begin there?
    pub bits: [U64; 4],
}

/// Blocks of a group.
pub const GROUP: usize = 64;

/// Where networks begin: of IPv4 by /24, 256 of them to a block, of IPv6 by /32. Bits are stored only for the blocks
/// inside which one does, and a few times for all others: so these take little, and are found alike.
#[derive(Clone, Copy, Debug, Default)]
struct Starts<'d> {
    groups: &'d [Group],
    /// Networks that begin before each block in the same group; where none begins inside, the one at its first
    /// address too.
    before: &'d [U16],
    /// Rows from the empty one of the group to that of each block; zero where none begins inside.
    rows_until: &'d [u8],
    rows: &'d [Inside],
}

/// What has one length in every table: that nothing of it is missing a look-up need not ask.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Heads {
    /// All /16s of IPv4, as in [`Starts`].
    groups4: [Group; (1 << 16) / GROUP],
    before4: [U16; 1 << 16],
    rows_until4: [u8; 1 << 16],
    /// For each /16 of 2000::/3, the number of the last one inside which a network begins; in the lowest bit,
    /// whether it is that one.
    blocks6: [U16; 1 << 13],
}

impl Starts<'_> {
    /// How many networks begin at or before a part of a block.
    #[inline(always)]
    fn until(&self, part: u32) -> Option<usize> {
        let (block, which) = ((part >> 8) as usize, (part >> 6 & 3) as usize);
        let group = self.groups.get(block / GROUP)?;
        let row = group.row.get().wrapping_add((*self.rows_until.get(block)?).into());
        let row = self.rows.get(row as usize)?;
        let until = row.bits[which].get() << (!part & 63);
        let inside = u32::from(self.before.get(block)?.get()) + u32::from(row.before[which]) + until.count_ones();
        Some(group.before.get().wrapping_add(inside) as usize)
    }

    /// Tells the words of bits in order, of a block inside which none begins only the first; false if counts are wrong.
    fn words(&self, mut tell: impl FnMut(u64)) -> bool {
        self.counted(&mut tell) == Some(true)
    }

    fn counted(&self, tell: &mut impl FnMut(u64)) -> Option<bool> {
        let (mut next, mut empty_row, mut begun) = (0, 0, 0);
        let empty = |row: &Inside| row.before == [0; 4] && row.bits == [U64::ZERO; 4];
        let blocks = self.before.chunks(GROUP).zip(self.rows_until.chunks(GROUP));
        for (group, (all_before, all_rows)) in self.groups.iter().zip(blocks) {
            let first = group.before.get();
            if next == 0 || group.row.get() as usize != empty_row {
                (empty_row, next) = (next, next + 1);
            }
            if first != begun || group.row.get() as usize != empty_row || !empty(self.rows.get(empty_row)?) {
                return None;
            }
            for (before, rows) in all_before.iter().zip(all_rows) {
                let before = first + u32::from(before.get());
                // Where none begins inside, one may begin at the first address.
                if *rows == 0 && before.checked_sub(begun)? <= 1 {
                    tell((before - begun).into());
                    begun = before;
                    continue;
                }
                if usize::from(*rows) != next - empty_row || before != begun {
                    return None;
                }
                let row = self.rows.get(next)?;
                for (inside, word) in row.before.iter().zip(row.bits) {
                    if begun - before != u32::from(*inside) {
                        return None;
                    }
                    tell(word.get());
                    begun += word.get().count_ones();
                }
                next += 1;
            }
        }
        let whole = self.before.len() == self.groups.len() * GROUP && self.rows_until.len() == self.before.len();
        Some(whole && self.rows.len() == next)
    }
}

/// Names whose stems have one beginning from which each eight count.
pub const STEMS: usize = 256;

/// Eight names.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Eight {
    /// Where their stems begin among those of 256 names.
    pub start: U16,
    /// The lengths of their stems, a byte each.
    pub lens: U64,
    /// The numbers of their endings; [`u16::MAX`] behind the last name.
    pub endings: [U16; 8],
}

/// 64 places of 16 bits and one or two more: of each the lower bits, then of all of them each of the `HIGH` higher ones.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Places<const HIGH: usize> {
    pub low: [U16; PLACES],
    pub high: [U64; HIGH],
}

/// Places of one row.
pub const PLACES: usize = 64;

impl<const HIGH: usize> Places<HIGH> {
    #[inline(always)]
    fn place(&self, at: usize) -> u32 {
        // One by one: a module that is built for size keeps a loop, and calls a closure at each turn.
        let bit = |word: &U64| (word.get() >> at & 1) as u32;
        let mut place = u32::from(self.low[at].get()) | bit(&self.high[0]) << 16;
        if let Some(word) = self.high.get(1) {
            place |= bit(word) << 17;
        }
        place
    }
}

/// One place of a column.
#[inline(always)]
fn nth_place<const HIGH: usize>(column: &[Places<HIGH>], at: usize) -> Option<u32> {
    Some(column.get(at / PLACES)?.place(at % PLACES))
}

/// Are there so many places in a column, and none behind them?
fn has_places<const HIGH: usize>(column: &[Places<HIGH>], len: usize) -> bool {
    len.div_ceil(PLACES) == column.len() && (len..column.len() * PLACES).all(|none| nth_place(column, none) == Some(0))
}

/// Where a column has the numbers of lists; nothing if one of these, or one of its places, is not there.
fn lists_among<const HIGH: usize>(
    column: &[Places<HIGH>],
    len: u32,
    mut is_list: impl FnMut(u32) -> bool,
) -> Option<Vec<usize>> {
    let (mut lists, mut good) = (Vec::new(), true);
    for (number, row) in column.iter().enumerate() {
        // Where operators are more than the lower bits count, only a place with a higher one can be wrong, or a list.
        let higher = row.high.iter().fold(0, |bits, word| bits | word.get());
        let mut left = if len > u16::MAX.into() { higher } else { u64::MAX };
        while left != 0 {
            let at = left.trailing_zeros() as usize;
            let place = row.place(at);
            if place < FINE {
                good &= place < len;
            } else {
                good &= is_list(place);
                lists.push(number * PLACES + at);
            }
            left &= left - 1;
        }
    }
    good.then_some(lists)
}

/// Are boundaries counted as they should be, and do their places go with them? Right behind a part that has a list
/// another network begins, or else the list would be searched for what follows too.
fn boundaries_agree<const HIGH: usize>(
    starts: &Starts<'_>,
    column: &[Places<HIGH>],
    lists: Option<Vec<usize>>,
) -> [bool; 2] {
    // Before the first boundary there is nobody.
    let (mut len, mut good) = (1, lists.is_some() && nth_place(column, 0) == Some(0));
    let mut lists = lists.iter().flatten().peekable();
    let mut behind_list = false;
    let counted = starts.words(|bits| {
        good &= !behind_list || bits & 1 == 1;
        behind_list = false;
        let (mut at, mut from_list) = (len, bits);
        len += bits.count_ones() as usize;
        while let Some(list) = lists.next_if(|list| **list < len) {
            from_list = (at..*list).fold(from_list, |bits, _| bits & (bits - 1));
            at = *list;
            let follower = (from_list & from_list.wrapping_neg()) << 1;
            behind_list = follower == 0;
            good &= behind_list || bits & follower != 0;
        }
    });
    [counted, good && has_places(column, len)]
}

/// A column of numbers of 24 bits: the lower eight of all, then the others, of which deflate makes little where they
/// rise steadily.
#[derive(Clone, Copy, Debug, Default)]
struct Numbers<'d> {
    low: &'d [u8],
    high: &'d [U16],
}

impl Numbers<'_> {
    #[inline(always)]
    fn get(&self, at: usize) -> Option<u32> {
        Some(u32::from(self.high.get(at)?.get()) << 8 | u32::from(*self.low.get(at)?))
    }
}

/// The places of operators of one home country, in the order of their AS numbers.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Home {
    pub first: U32,
    /// ISO 3166-1 alpha-2, or zeros where it is not known.
    pub country: [u8; 2],
}

/// The whole table.
#[derive(Clone, Copy, Debug, Default)]
pub struct Operators<'d> {
    /// Year, month, day of the data as one number, 20261125.
    pub date: u32,
    /// What the table was made from: lines of `key<tab>text`.
    about: &'d str,
    heads: Option<&'d Heads>,
    /// The rows of the /16s of IPv4.
    rows4: &'d [Inside],
    /// Whose network begins there, in order; before them, that of nobody.
    places4: &'d [Places<1>],
    fine4_starts: &'d [U16],
    fine4: &'d [Fine4],
    /// The /32s of the /16s that [`Heads::blocks6`] numbers.
    starts6: Starts<'d>,
    /// Whose network begins there; from [`PARTED`] on, the number of a list of further boundaries.
    places6: &'d [Places<2>],
    /// Where each of these lists begins, and one more for the end.
    lists6: &'d [U32],
    /// Bits 32 to 47 of the further boundaries, of each list the upper byte of all and then the lower.
    keys6: &'d [u8],
    list_places6: &'d [Places<1>],
    fine6_starts: &'d [U16],
    fine6: &'d [Fine6],
    /// The AS number of each place. The first place is nobody's. Then come those that repeat a name, those that bring
    /// one and are met often, and the others that bring one; each of these by home countries, and there in order.
    numbers: Numbers<'d>,
    homes: &'d [Home],
    /// For each place that repeats a name, the number of the name; first, for nobody, that of the empty name.
    repeats: &'d [U24],
    /// Where the stems of every 256 names begin.
    stem_starts: &'d [U32],
    eights: &'d [Eight],
    stems: &'d [u8],
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

    fn one<T: FromBytes + Immutable + KnownLayout + Unaligned>(&mut self) -> Result<&'d T, usize> {
        let at = self.next;
        self.next += 1;
        self.all.get(at).and_then(|bytes| T::ref_from_bytes(bytes).ok()).ok_or(at)
    }

    fn starts(&mut self) -> Result<Starts<'d>, usize> {
        Ok(Starts { groups: self.rows()?, before: self.rows()?, rows_until: self.rows()?, rows: self.rows()? })
    }

    fn numbers(&mut self) -> Result<Numbers<'d>, usize> {
        Ok(Numbers { low: self.rows()?, high: self.rows()? })
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
            heads: Some(sections.one()?),
            rows4: sections.rows()?,
            places4: sections.rows()?,
            fine4_starts: sections.rows()?,
            fine4: sections.rows()?,
            starts6: sections.starts()?,
            places6: sections.rows()?,
            lists6: sections.rows()?,
            keys6: sections.rows()?,
            list_places6: sections.rows()?,
            fine6_starts: sections.rows()?,
            fine6: sections.rows()?,
            numbers: sections.numbers()?,
            homes: sections.rows()?,
            repeats: sections.rows()?,
            stem_starts: sections.rows()?,
            eights: sections.rows()?,
            stems: sections.rows()?,
            endings: sections.rows()?,
            ending_texts: sections.rows()?,
        })
    }

    /// Is there no table at all? It is loaded late, or never.
    pub fn is_empty(&self) -> bool {
        self.heads.is_none()
    }

    /// The first column that does not go with the others: something of the table could not be found, or
    /// would be somebody else's. Reading it is safe all the same; whoever takes a table from elsewhere asks.
    pub fn fault(&self) -> Option<&'static str> {
        let (len, names) = (self.len(), self.names());
        let is_fine = |list: u32, starts: &[U16]| starts.get((list - FINE) as usize + 1).is_some();
        let lists4 = lists_among(self.places4, len, |list| is_fine(list, self.fine4_starts));
        let [starts4, places4] =
            self.starts4().map_or([false; 2], |starts| boundaries_agree(&starts, self.places4, lists4));
        // A /32 that is cut at all is parted, and each has a list of its own.
        let mut parted = PARTED..;
        let lists6 = lists_among(self.places6, len, |list| parted.next() == Some(list))
            .filter(|lists| lists.len() + 1 == self.lists6.len());
        let [starts6, places6] = boundaries_agree(&self.starts6, self.places6, lists6);
        [
            ("starts4", starts4),
            ("places4", places4),
            ("fine4", fine_agree(self.fine4_starts, self.fine4, len, |row| (row.low, row.place))),
            ("starts6", starts6),
            ("places6", places6),
            ("blocks6", self.blocks_agree()),
            ("keys6", self.lists_agree()),
            (
                "list_places6",
                has_places(self.list_places6, self.keys6.len() / 2)
                    && lists_among(self.list_places6, len, |list| is_fine(list, self.fine6_starts))
                        .is_some_and(|lists| lists.iter().all(|at| self.key_follows(*at))),
            ),
            ("fine6", fine_agree(self.fine6_starts, self.fine6, len, |row| (row.low, row.place))),
            ("numbers", self.numbers_agree()),
            ("homes", self.homes_agree()),
            (
                "names",
                names > 0
                    && self.eights.len() == names.div_ceil(8)
                    && self.stem_starts.len() == names.div_ceil(STEMS)
                    && self.repeats.first().is_some_and(|nobody| nobody.get() == 0)
                    && self.repeats.iter().all(|name| (name.get() as usize) < names)
                    && self.names_are_texts(),
            ),
        ]
        .into_iter()
        .find_map(|(column, good)| (!good).then_some(column))
    }

    /// Does nobody stand first and alone, and are the others by home countries, in each in order?
    fn homes_agree(&self) -> bool {
        let known = |home: &Home| home.country.iter().all(u8::is_ascii_uppercase) || home.country == [0; 2];
        let rises = |places: Range<u32>| {
            places.clone().skip(1).all(|at| self.numbers.get(at as usize - 1) < self.numbers.get(at as usize))
        };
        self.homes.first().is_some_and(|home| home.first.get() == 0 && home.country == [0; 2])
            && self.homes.get(1).map_or(self.len(), |home| home.first.get()) == 1
            && self.homes.iter().all(known)
            && self.runs().all(|places| !places.is_empty() && places.end <= self.len() && rises(places))
    }

    /// Has everybody a number of his own, and nobody zero?
    fn numbers_agree(&self) -> bool {
        let len = self.numbers.high.len();
        let numbers = || (0..len).map(|at| self.numbers.get(at).unwrap_or(0) as usize);
        let highest = self.numbers.high.iter().map(|high| high.get()).max();
        let mut met = vec![0_u64; (usize::from(highest.unwrap_or(0)) + 1) * 256 / 64];
        let is_new = |number: usize| {
            let (word, bit) = (&mut met[number / 64], 1 << (number % 64));
            let is_new = *word & bit == 0;
            *word |= bit;
            is_new
        };
        len == self.len() as usize && numbers().next() == Some(0) && numbers().all(is_new)
    }

    /// Do stems and endings stand one behind the other, and is each UTF-8 by itself? The texts are read as a whole, and
    /// of each name its ends: a reader waits for the trial of a new table.
    fn names_are_texts(&self) -> bool {
        let (Ok(stems), Ok(endings)) = (std::str::from_utf8(self.stems), std::str::from_utf8(self.ending_texts)) else {
            return false;
        };
        let follows = |text: &str, before: &mut usize, range: Range<usize>| {
            let start = std::mem::replace(before, range.end);
            range.start == start && text.is_char_boundary(range.end)
        };
        let (mut stem, mut ending) = (0, 0);
        self.endings.iter().all(|row| follows(endings, &mut ending, row.range()))
            && ending == endings.len()
            && (self.names()..self.eights.len() * 8).all(|none| self.ending(none).is_none())
            && (0..self.names()).all(|name| {
                self.ending(name).is_some() && self.stem(name).is_some_and(|range| follows(stems, &mut stem, range))
            })
            && stem == stems.len()
    }

    /// Are the /16s of IPv6 numbered in order, all of them? One inside which nothing begins has what is last before it,
    /// and that is not parted.
    fn blocks_agree(&self) -> bool {
        let mut held = 0;
        let agrees = |block: &U16| {
            let block = u32::from(block.get());
            held += block & 1;
            let last = || self.starts6.until(block >> 1 << 16 | 0xffff).and_then(|at| nth_place(self.places6, at));
            (block >> 1) + 1 == held && (block & 1 == 1 || last().is_some_and(|place| place < FINE))
        };
        self.heads.is_some_and(|heads| heads.blocks6.iter().all(agrees))
            && self.starts6.before.len() == held as usize * 256
    }

    /// Does each list of boundaries inside a /32 begin with its first one and rise, and are all of them lists?
    fn lists_agree(&self) -> bool {
        let rises = |list: Range<usize>| {
            let first = self.keys(list.clone())?.next()?;
            Some(first == 0 && self.keys(list)?.is_sorted_by(|one, other| one < other))
        };
        self.lists6.first() == Some(&U32::ZERO)
            && self.keys6.len().is_multiple_of(2)
            && self.lists6.last().map(|end| end.get() as usize) == Some(self.keys6.len() / 2)
            && (0..self.lists6.len() - 1).all(|list| self.list6(list).and_then(rises) == Some(true))
    }

    /// Does another network begin at the /48 right behind a boundary? Behind the last /48 the next list does.
    fn key_follows(&self, at: usize) -> bool {
        let list = self.lists6.partition_point(|start| start.get() as usize <= at).checked_sub(1);
        let behind = || {
            let list = self.list6(list?)?;
            Some(self.keys(list.clone())?.skip(at.checked_sub(list.start)?))
        };
        behind().is_some_and(|mut behind| {
            behind.next().is_some_and(|key| behind.next().unwrap_or(0) == key.wrapping_add(1))
        })
    }

    /// The keys of a list, in its order.
    fn keys(&self, list: Range<usize>) -> Option<impl Iterator<Item = u16>> {
        let [high, low] = self.key_bytes(list)?;
        Some(high.iter().zip(low).map(|(high, low)| u16::from_be_bytes([*high, *low])))
    }

    /// The upper bytes of the keys of a list, and the lower ones.
    #[inline(always)]
    fn key_bytes(&self, list: Range<usize>) -> Option<[&'d [u8]; 2]> {
        // A damaged list may begin and end anywhere.
        let both = self.keys6.get(list.start.wrapping_mul(2)..list.end.wrapping_mul(2))?;
        let (high, low) = both.split_at(both.len() / 2);
        Some([high, low])
    }

    // Here `inline(always)` is worth a quarter of the time: what is found would else pass through memory.

    /// The network that announces an address.
    #[inline(always)]
    pub fn find(&self, address: IpAddr) -> Option<AsNumber> {
        // Nobody has a number too: so it is asked for where the answer is used, and only once.
        let number = self.numbers.get(self.place_or_nobody(address) as usize)?;
        (number != 0).then_some(AsNumber(number))
    }

    /// The operator of that network; for whoever wants more than the number, without looking for it again.
    #[inline(always)]
    pub fn place(&self, address: IpAddr) -> Option<Place> {
        let place = self.place_or_nobody(address);
        (place != 0).then_some(Place(place))
    }

    #[inline(always)]
    fn place_or_nobody(&self, address: IpAddr) -> u32 {
        match address {
            IpAddr::V4(v4) => self.place4(v4.to_bits()).unwrap_or(0),
            IpAddr::V6(v6) => self.place6(v6.to_bits()),
        }
    }

    #[inline(always)]
    fn starts4(&self) -> Option<Starts<'d>> {
        let Heads { groups4, before4, rows_until4, .. } = self.heads?;
        Some(Starts { groups: groups4, before: before4, rows_until: rows_until4, rows: self.rows4 })
    }

    #[inline(always)]
    fn place4(&self, address: u32) -> Option<u32> {
        // The network that holds the address is the last that begins at or before it.
        let place = nth_place(self.places4, self.starts4()?.until(address >> 8)?)?;
        if place < FINE { Some(place) } else { self.fine4(place - FINE, address as u8) }
    }

    #[cold]
    fn fine4(&self, list: u32, low: u8) -> Option<u32> {
        let list = list_of(self.fine4_starts, self.fine4, list)?;
        let after = list.partition_point(|boundary| boundary.low <= low);
        Some(list.get(after.checked_sub(1)?)?.place.get())
    }

    /// Number of the place of the operator that has an IPv6 address, given as a number; zero if nobody has it.
    // It is longer than the other, which is quicker where this does not stand within.
    #[inline(never)]
    pub fn place6(&self, address: u128) -> u32 {
        self.search6(address).unwrap_or(0)
    }

    #[inline(always)]
    fn search6(&self, address: u128) -> Option<u32> {
        let high = (address >> 64) as u64;
        // Only 2000::/3 is handed out, and there 2002::/16 to whoever has IPv4.
        if high >> 61 != 1 || high >> 48 == 0x2002 {
            return self.embedded(address);
        }
        let block = u32::from(self.heads?.blocks6[(high >> 48) as usize & 0x1fff].get());
        let low = ((high >> 32) as u32 | (block & 1).wrapping_sub(1)) & 0xffff;
        let mut place = nth_place(self.places6, self.starts6.until(block >> 1 << 16 | low)?)?;
        if place >= PARTED {
            let list = (place - PARTED) as usize;
            let last = self.last_until(self.list6(list)?, (high >> 16) as u16)?;
            place = nth_place(self.list_places6, last)?;
        }
        if place < FINE { Some(place) } else { self.fine6(place - FINE, address) }
    }

    /// What holds the IPv4 address inside an address of IPv6.
    // Given as a number: of an address that passes through memory the other family would be read from there too.
    #[cold]
    #[inline(never)]
    fn embedded(&self, address: u128) -> Option<u32> {
        match canonical(Ipv6Addr::from_bits(address).into()) {
            IpAddr::V4(v4) => self.place4(v4.to_bits()),
            IpAddr::V6(_) => None,
        }
    }

    /// Where a list stands.
    #[inline(always)]
    fn list6(&self, list: usize) -> Option<Range<usize>> {
        let [start, end] = self.lists6.get(list..)?.first_chunk()?;
        Some(start.get() as usize..end.get() as usize)
    }

    /// The last boundary of a list that is not behind a key; the first one of a list is before all keys.
    #[inline]
    fn last_until(&self, list: Range<usize>, key: u16) -> Option<usize> {
        let start = list.start;
        let [high, low] = self.key_bytes(list)?;
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
        self.runs().skip(1).find_map(|part| {
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

    /// The places of each home, nobody's first.
    fn runs(&self) -> impl Iterator<Item = Range<u32>> {
        let ends = self.homes.iter().skip(1).map(|home| home.first.get()).chain([self.len()]);
        self.homes.iter().zip(ends).map(|(home, end)| home.first.get()..end)
    }

    /// Names, the empty one of nobody among them.
    fn names(&self) -> usize {
        (self.len() as usize + 1).saturating_sub(self.repeats.len())
    }

    /// Places, that of nobody among them.
    fn len(&self) -> u32 {
        self.numbers.low.len() as u32
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
        let ending = self.ending_texts.get(self.ending(name)?.range())?;
        Some(Name { stem: self.stems.get(self.stem(name)?)?, ending })
    }

    #[inline(always)]
    fn ending(&self, name: usize) -> Option<&'d Ending> {
        let number = self.eights.get(name / 8)?.endings[name % 8].get();
        self.endings.get(usize::from(number))
    }

    /// Where the stem of a name stands.
    #[inline(always)]
    fn stem(&self, name: usize) -> Option<Range<usize>> {
        let eight = self.eights.get(name / 8)?;
        let start = self.stem_starts.get(name / STEMS)?.get() as usize + usize::from(eight.start.get());
        let (lens, at) = (eight.lens.get(), name % 8 * 8);
        // The lengths of those before it are moved up, the others out.
        let start = start + sum(lens << 8 << (56 - at));
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
        let after = self.homes.partition_point(|home| home.first.get() <= place.0);
        Some(self.homes.get(after.checked_sub(1)?)?.country).filter(|code| code.is_ascii() && code[0] != 0)
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

/// Do the lists of finer boundaries stand one behind the other, and does each begin at the first address and rise?
fn fine_agree<T, L: Default + Ord>(starts: &[U16], all: &[T], len: u32, row: impl Fn(&T) -> (L, U24)) -> bool {
    let rises = |list: &[T]| {
        list.first().is_some_and(|first| row(first).0 == L::default())
            && list.is_sorted_by(|one, other| row(one).0 < row(other).0)
    };
    starts.first() == Some(&U16::ZERO)
        && starts.last().is_some_and(|end| usize::from(end.get()) == all.len())
        && (0..starts.len() as u32 - 1).all(|list| list_of(starts, all, list).is_some_and(rises))
        && all.iter().all(|one| row(one).1.get() < len)
}
