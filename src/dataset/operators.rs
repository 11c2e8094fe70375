//! The table of operators: read from a published text, checked, and written as the columns of
//! [`crate::net::operators`]. The same text gives the same bytes on every machine.
//!
//! What the text looks like stands at [`super::schema::OperatorsFile`]; any source that is written so can be taken.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet};
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use sha2::Digest as _;
use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{Immutable, IntoBytes};

use super::compile::{assemble, date_number};
use super::image::Part;
use super::read::Fault;
use super::schema::{Figures, Holds, Operators as Pinned};
use crate::net::operators::{
    AsNumber, ENDINGS_MAX, Eight, Ending, FINE, Fine4, Fine6, GROUP, Group, Home, Inside, Operators, PARTED, PLACES,
    Places, SECTIONS, STEMS, U24,
};
use crate::net::{Reach, reach};

/// Longest file that is read, in bytes.
const FILE_MAX: u64 = 128 << 20;
/// Broadest ranges that are believed, as prefix lengths: nobody has more in one piece.
const BROADEST_V4: u32 = 6;
const BROADEST_V6: u32 = 19;
/// AS numbers of this size and more are not handed out yet.
const AS_NUMBERS: u32 = 1 << 19;
/// Lists of finer boundaries that a column can name.
const FINE_MAX: usize = 0x1000;
/// Boundaries of an operator that is met often.
const OFTEN: usize = 16;
/// Longest name, in bytes.
const NAME_MAX: usize = 200;
/// Overlapping ranges that are clipped before the whole text is refused.
const CLIPPED_MAX: usize = 64;
/// Ranges of AS numbers that nobody can have before the whole text is refused.
const RESERVED_MAX: usize = 256;
/// Well-known addresses that a table is compared with, at the least.
const SPOTS_MIN: usize = 60;
/// Faults that are told of one file; further ones say the same.
const FAULTS_MAX: usize = 20;

/// What was read: boundaries, each with the network that begins there, zero for none.
#[derive(Clone, Debug, Default)]
pub struct Source {
    pub v4: Vec<(u128, u32)>,
    pub v6: Vec<(u128, u32)>,
    pub names: BTreeMap<u32, String>,
    pub countries: BTreeMap<u32, [u8; 2]>,
    /// What the table was made from, for [`Operators::about`].
    pub about: Vec<(&'static str, String)>,
    /// Year, month, day of the source as one number.
    pub date: u32,
    /// Ranges that overlapped an earlier one and were cut.
    pub clipped: usize,
    /// Ranges under an AS number that nobody can have; they are left out.
    pub reserved: usize,
}

/// One row of a file of ranges, or of countries.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Row<T> {
    first: IpAddr,
    last: IpAddr,
    of: T,
}

/// Reads the files that `pinned` names from a folder and checks them against it.
pub fn read(pinned: &Pinned, folder: &Path) -> Result<Source, Vec<Fault>> {
    let mut faults = Vec::new();
    let (mut ranges, mut countries) = (Vec::new(), Vec::new());
    let mut source = Source::default();
    for file in &pinned.file {
        let path = folder.join(&file.path);
        let bytes = match file_bytes(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let way_out = format!("./build.sh fetches {} {}", pinned.name, pinned.version);
                faults.push(Fault::file(&path, format!("cannot be read: {error}")).way_out(way_out));
                continue;
            }
        };
        let hash: String = sha2::Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        if hash != file.sha256 {
            let way_out = "fetch the pinned version, or look at the new one and pin it in source.toml";
            faults.push(
                Fault::file(&path, format!("another file than the pinned one: its SHA-256 is {hash}")).way_out(way_out),
            );
            continue;
        }
        match file.holds {
            Holds::Operators => read_ranges(&path, &bytes, &mut ranges, &mut source.names, &mut faults),
            Holds::Countries => read_countries(&path, &bytes, &mut countries, &mut faults),
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut source = with_ranges(source, ranges, countries);
    source.date = date_number(&pinned.published);
    source.about =
        vec![("name", pinned.name.clone()), ("version", pinned.version.clone()), ("licence", pinned.licence.clone())];
    faults.extend(guard(&source, &pinned.last, folder));
    if faults.is_empty() { Ok(source) } else { Err(faults) }
}

/// Reads one text of ranges, as a file of a source holds it; for whoever has no folder.
pub fn read_text(path: &Path, bytes: &[u8]) -> Result<Source, Vec<Fault>> {
    let (mut ranges, mut faults, mut source) = (Vec::new(), Vec::new(), Source::default());
    read_ranges(path, bytes, &mut ranges, &mut source.names, &mut faults);
    if faults.is_empty() {
        source = with_ranges(source, ranges, Vec::new());
        faults = too_much(&source, path);
    }
    if faults.is_empty() { Ok(source) } else { Err(faults) }
}

fn with_ranges(mut source: Source, mut ranges: Vec<Row<u32>>, mut countries: Vec<Row<[u8; 2]>>) -> Source {
    let all = ranges.len();
    ranges.retain(|row| is_assignable(row.of));
    source.reserved = all - ranges.len();
    source.names.retain(|number, _| is_assignable(*number));
    ranges.sort_by_key(|row| (row.first, Reverse(row.last)));
    countries.sort_by_key(|row| (row.first, Reverse(row.last)));
    source.countries = home_countries(&ranges, &countries);
    let split = ranges.partition_point(|row| row.first.is_ipv4());
    source.v4 = boundaries(&ranges[..split], u32::MAX.into(), &mut source.clipped);
    source.v6 = boundaries(&ranges[split..], u128::MAX, &mut source.clipped);
    source
}

/// Can a network on the Internet have this number? (RFC 7607, 4893, 5398, 6996, 7300; the registry's
/// unassigned numbers above those in use are nobody's.)
fn is_assignable(number: u32) -> bool {
    !matches!(number, 0 | 23_456 | 64_496..=131_071) && number < AS_NUMBERS
}

fn file_bytes(path: &Path) -> Result<Vec<u8>, String> {
    let len = fs::metadata(path).map_err(|error| error.to_string())?.len();
    if len > FILE_MAX {
        return Err(format!("{len} bytes; at most {FILE_MAX} are read"));
    }
    fs::read(path).map_err(|error| error.to_string())
}

/// The rows of a file, each read by `read`; what is wrong with one stands in its message.
fn rows(
    path: &Path,
    bytes: &[u8],
    faults: &mut Vec<Fault>,
    mut read: impl FnMut(&csv::StringRecord) -> Result<(), String>,
) {
    let before = faults.len();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line() as usize;
        let what = match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => match read(&record) {
                Ok(()) => continue,
                Err(what) => what,
            },
            Err(error) => format!("not a row: {}", error),
        };
        let mut fault = Fault::file(path, what);
        (fault.line, fault.column) = (line, 1);
        faults.push(fault);
        if faults.len() - before == FAULTS_MAX {
            break;
        }
    }
}

fn range(record: &csv::StringRecord) -> Result<(IpAddr, IpAddr), String> {
    let address = |at: usize, which: &str| {
        let text = record.get(at).unwrap_or("");
        text.parse::<IpAddr>().map_err(|_| format!("the {which} address is none: `{text}`"))
    };
    let (first, last) = (address(0, "first")?, address(1, "last")?);
    if first.is_ipv4() != last.is_ipv4() || first > last {
        return Err(format!("{first} to {last} is no range"));
    }
    Ok((first, last))
}

fn read_ranges(
    path: &Path,
    bytes: &[u8],
    ranges: &mut Vec<Row<u32>>,
    names: &mut BTreeMap<u32, String>,
    faults: &mut Vec<Fault>,
) {
    rows(path, bytes, faults, |record| {
        let (first, last) = range(record)?;
        let (Some(number), Some(name), None) = (record.get(2), record.get(3), record.get(4)) else {
            return Err(format!("{} columns; a range of a network has four", record.len()));
        };
        let number: u32 = number.parse().map_err(|_| format!("no AS number: `{number}`"))?;
        let len = crate::net::bits(last) - crate::net::bits(first);
        let broadest: u128 =
            if first.is_ipv4() { (1 << (32 - BROADEST_V4)) - 1 } else { (1 << (128 - BROADEST_V6)) - 1 };
        if len > broadest && reach(first) == Reach::Public {
            return Err(format!("{first} to {last} is broader than anybody's addresses"));
        }
        names.entry(number).or_insert_with(|| clean(name, number));
        ranges.push(Row { first, last, of: number });
        Ok(())
    });
}

fn read_countries(path: &Path, bytes: &[u8], countries: &mut Vec<Row<[u8; 2]>>, faults: &mut Vec<Fault>) {
    rows(path, bytes, faults, |record| {
        let (first, last) = range(record)?;
        let code = record.get(2).unwrap_or("");
        match code.as_bytes() {
            &[a, b] if a.is_ascii_uppercase() && b.is_ascii_uppercase() && record.len() == 3 => {
                countries.push(Row { first, last, of: [a, b] });
                Ok(())
            }
            _ => Err(format!("no country, or not three columns: `{code}`")),
        }
    });
}

/// A name on one line, without the AS number that some registries write in front; empty where there is nothing else.
fn clean(name: &str, number: u32) -> String {
    let plain: String = name
        .chars()
        .map(|character| match character {
            '\u{ad}' => '-',
            other if other.is_whitespace() || other.is_control() => ' ',
            other => other,
        })
        .collect();
    let mut words = plain.split_whitespace().peekable();
    let own = format!("AS{number}");
    if words.next_if(|word| word.eq_ignore_ascii_case(&own)).is_some() {
        words.next_if(|word| *word == "-");
    }
    let mut text = words.collect::<Vec<_>>().join(" ");
    let cut = (0..=NAME_MAX.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    text.truncate(cut);
    text
}

/// Boundaries of ranges sorted by their first address: gaps become ranges of nobody, overlaps are the first one's.
fn boundaries(ranges: &[Row<u32>], top: u128, clipped: &mut usize) -> Vec<(u128, u32)> {
    let mut found: Vec<(u128, u32)> = Vec::with_capacity(ranges.len() * 5 / 4);
    let mut begin = |at: u128, number: u32| {
        if found.last().is_none_or(|(_, before)| *before != number) {
            found.push((at, number));
        }
    };
    let mut next = Some(0);
    for row in ranges {
        let Some(free) = next else { break };
        let (first, last) = (crate::net::bits(row.first), crate::net::bits(row.last));
        if first < free {
            *clipped += 1;
        }
        if last < free {
            continue;
        }
        if first > free {
            begin(free, 0);
        }
        begin(first.max(free), row.of);
        next = last.checked_add(1).filter(|next| *next <= top);
    }
    if let Some(free) = next {
        begin(free, 0);
    }
    found
}

/// For each AS number the country in which most of its addresses are registered: IPv4 if it has any.
fn home_countries(ranges: &[Row<u32>], countries: &[Row<[u8; 2]>]) -> BTreeMap<u32, [u8; 2]> {
    // The larger is better: IPv4 addresses count before all of IPv6.
    let mut held: BTreeMap<(u32, [u8; 2]), (u128, u128)> = BTreeMap::new();
    let mut at = 0;
    for row in ranges {
        while countries.get(at).is_some_and(|country| country.last < row.first) {
            at += 1;
        }
        for country in &countries[at..] {
            if country.first > row.last {
                break;
            }
            let first = crate::net::bits(row.first.max(country.first));
            let count = crate::net::bits(row.last.min(country.last)).saturating_sub(first).saturating_add(1);
            let sum = held.entry((row.of, country.of)).or_default();
            if row.first.is_ipv4() { sum.0 += count } else { sum.1 = sum.1.saturating_add(count) }
        }
    }
    let mut best: BTreeMap<u32, ((u128, u128), [u8; 2])> = BTreeMap::new();
    for ((number, country), sum) in held {
        let kept = best.entry(number).or_insert((sum, country));
        if sum > kept.0 {
            *kept = (sum, country);
        }
    }
    best.into_iter().map(|(number, (_, country))| (number, country)).collect()
}

/// Everybody who has an address.
fn as_numbers(source: &Source) -> BTreeSet<u32> {
    source.v4.iter().chain(&source.v6).map(|(_, number)| *number).filter(|number| *number != 0).collect()
}

/// What the table amounts to, to be compared with the last one that somebody looked at.
pub fn figures(source: &Source) -> Figures {
    let held = |all: &[(u128, u32)]| all.iter().filter(|(_, number)| *number != 0).count() as u64;
    let ends = source.v4.iter().skip(1).map(|(start, _)| *start).chain([1 << 32]);
    let addresses: u128 =
        source.v4.iter().zip(ends).filter(|((_, number), _)| *number != 0).map(|((start, _), end)| end - start).sum();
    let numbers = as_numbers(source);
    Figures {
        ipv4_ranges: held(&source.v4),
        ipv6_ranges: held(&source.v6),
        ipv4_addresses: addresses as u64,
        as_numbers: numbers.len() as u64,
        names: numbers.iter().filter(|number| !name_of(source, **number).is_empty()).count() as u64,
        countries: numbers.iter().filter(|number| source.countries.contains_key(number)).count() as u64,
        may_change_percent: 0,
    }
}

fn guard(source: &Source, last: &Figures, folder: &Path) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut refuse =
        |what: String| faults.push(Fault::file(folder, what).way_out("look at the text before it is taken"));
    if source.clipped > CLIPPED_MAX {
        refuse(format!("{} ranges overlap earlier ones; at most {CLIPPED_MAX} are cut", source.clipped));
    }
    if source.reserved > RESERVED_MAX {
        refuse(format!("{} ranges are of reserved AS numbers; at most {RESERVED_MAX} are left out", source.reserved));
    }
    let now = figures(source);
    for (what, now, before) in [
        ("IPv4 ranges", now.ipv4_ranges, last.ipv4_ranges),
        ("IPv6 ranges", now.ipv6_ranges, last.ipv6_ranges),
        ("IPv4 addresses", now.ipv4_addresses, last.ipv4_addresses),
        ("AS numbers", now.as_numbers, last.as_numbers),
        ("AS numbers with a name", now.names, last.names),
        ("AS numbers with a home country", now.countries, last.countries),
    ] {
        if now.abs_diff(before) * 100 > before * u64::from(last.may_change_percent) {
            refuse(format!("{now} {what}; the last table that was looked at had {before}"));
        }
    }
    faults.extend(too_much(source, folder));
    faults
}

/// The table has room for so many operators, and for so many /32s and blocks that are cut inside.
fn too_much(source: &Source, path: &Path) -> Vec<Fault> {
    let mut faults = Vec::new();
    let operators = as_numbers(source).len();
    if operators >= FINE as usize {
        let what = format!("{operators} AS numbers, more than the table can hold");
        faults.push(Fault::file(path, what).way_out("look at the text before it is taken"));
    }
    let parted: BTreeSet<u128> =
        source.v6.iter().filter(|(start, _)| start << 32 != 0).map(|(start, _)| start >> 96).collect();
    if parted.len() > PARTED as usize {
        let what = format!("{} networks of IPv6 are parted, more than the table can hold", parted.len());
        faults.push(Fault::file(path, what).way_out("look at the text before it is taken"));
    }
    for (family, boundaries, width) in [("IPv4", &source.v4, 8), ("IPv6", &source.v6, 80)] {
        let inside = boundaries.iter().map(|(start, _)| *start).filter(|start| start & ((1 << width) - 1) != 0);
        let mut per_block: BTreeMap<u128, usize> = BTreeMap::new();
        inside.for_each(|start| *per_block.entry(start >> width).or_default() += 1);
        let rows: usize = per_block.values().map(|inside| inside + 1).sum();
        if per_block.len() > FINE_MAX || rows > usize::from(u16::MAX) {
            let what = format!("{} {family} blocks are cut finer than the table can hold", per_block.len());
            faults.push(Fault::file(path, what).way_out("look at the text before it is taken"));
        }
    }
    faults
}

/// Compares a table with the list of well-known addresses; how many there are, and what is wrong.
pub fn check_spots(path: &Path, bytes: &[u8], table: &Operators<'_>) -> (usize, Vec<Fault>) {
    let (seen, mut faults) = spots(path, bytes, |address, number| match table.find(address) {
        Some(AsNumber(found)) if found == number => Ok(()),
        Some(found) => Err(format!("{address} is of {found} in this table, and of AS{number} in truth")),
        None => Err(format!("{address} is of nobody in this table, and of AS{number} in truth")),
    });
    if faults.is_empty() && seen < SPOTS_MIN {
        faults.push(Fault::file(path, format!("{seen} well-known addresses; at least {SPOTS_MIN} are compared")));
    }
    (seen, faults)
}

/// What is wrong with the list itself.
pub fn lint_spots(path: &Path, bytes: &[u8]) -> Vec<Fault> {
    spots(path, bytes, |_, _| Ok(())).1
}

/// Reads the list of well-known addresses, each with its AS number and where that stands written.
fn spots(path: &Path, bytes: &[u8], compare: impl Fn(IpAddr, u32) -> Result<(), String>) -> (usize, Vec<Fault>) {
    let (mut seen, mut faults) = (BTreeSet::new(), Vec::new());
    rows(path, bytes, &mut faults, |record| {
        let (Some(address), Some(number), Some(_whose), Some(source), None) =
            (record.get(0), record.get(1), record.get(2), record.get(3), record.get(4))
        else {
            return Err(format!("{} columns; a well-known address has four", record.len()));
        };
        if seen.is_empty() && address == "address" {
            return Ok(());
        }
        let address: IpAddr = address.parse().map_err(|_| format!("no address: `{address}`"))?;
        let number: u32 = number.parse().map_err(|_| format!("no AS number: `{number}`"))?;
        if !source.starts_with("https://") {
            return Err("say where it is written, with an https address".to_owned());
        }
        if !seen.insert(address) {
            return Err(format!("{address} stands here twice; it counts once, so take one line out"));
        }
        compare(address, number)
    });
    (seen.len(), faults)
}

/// The columns of [`crate::net::operators`]' `Starts` over parts in order, in so many blocks of 256.
fn starts(parts: impl Iterator<Item = u32>, blocks: u32) -> [Vec<u8>; 4] {
    let (mut groups, mut all_before, mut rows_until) = (Vec::new(), Vec::new(), Vec::new());
    let empty = Inside { before: [0; 4], bits: [U64::ZERO; 4] };
    let mut rows = vec![empty];
    let (mut begun, mut group_begun, mut empty_row) = (0, 0, 0);
    let mut left = parts.peekable();
    for block in 0..blocks {
        if (block as usize).is_multiple_of(GROUP) {
            group_begun = begun;
            // From it to those of the group are counted by a byte.
            if rows.len() - empty_row + GROUP > usize::from(u8::MAX) {
                empty_row = rows.len();
                rows.push(empty);
            }
            groups.push(Group { before: U32::new(begun), row: U32::new(empty_row as u32) });
        }
        let mut before = begun - group_begun;
        let mut words = [0_u64; 4];
        while let Some(part) = left.next_if(|part| part >> 8 == block) {
            words[(part >> 6 & 3) as usize] |= 1 << (part & 63);
            begun += 1;
        }
        if words[0] & !1 == 0 && words[1..] == [0; 3] {
            before = begun - group_begun;
            rows_until.push(0);
        } else {
            let [one, two, three, _] = words.map(|word| word.count_ones() as u8);
            rows_until.push((rows.len() - empty_row) as u8);
            rows.push(Inside { before: [0, one, one + two, one + two + three], bits: words.map(U64::new) });
        }
        all_before.push(U16::new(before as u16));
    }
    [bytes(&groups), bytes(&all_before), rows_until, bytes(&rows)]
}

/// A column of numbers of 24 bits.
fn push_numbers(numbers: &[u32], sections: &mut Vec<Vec<u8>>) {
    sections.push(numbers.iter().map(|number| *number as u8).collect());
    sections.push(bytes(&numbers.iter().map(|number| U16::new((number >> 8) as u16)).collect::<Vec<_>>()));
}

/// A column of places, each with some bits above the lower 16.
fn push_places<const HIGH: usize>(places: &[u32], sections: &mut Vec<Vec<u8>>) {
    let rows = places.chunks(PLACES).map(|places| {
        let mut row = Places { low: [U16::ZERO; PLACES], high: [U64::ZERO; HIGH] };
        for (at, place) in places.iter().enumerate() {
            row.low[at] = U16::new(*place as u16);
            for (of, bits) in row.high.iter_mut().enumerate() {
                *bits |= U64::new(u64::from(place >> (16 + of) & 1) << at);
            }
        }
        row
    });
    sections.push(bytes(&rows.collect::<Vec<_>>()));
}

/// Boundaries at whole blocks of `2^width` addresses. Where a block is cut inside, its number is that
/// of a list, and the next block begins with what was last in it.
fn whole(boundaries: &[(u128, u32)], width: u32, lists: &mut Vec<Vec<(u128, u32)>>) -> Vec<(u128, u32)> {
    let mut found: Vec<(u128, u32)> = Vec::with_capacity(boundaries.len());
    let mut at = 0;
    let mut before = 0;
    let mut after_list = None;
    while at < boundaries.len() {
        let block = boundaries[at].0 >> width;
        let len = boundaries[at..].iter().take_while(|(start, _)| start >> width == block).count();
        let inside = &boundaries[at..at + len];
        if let Some(next) = after_list.take()
            && next < block
        {
            found.push((next, before));
        }
        let last = inside[len - 1].1;
        if len == 1 && inside[0].0 == block << width {
            found.push((block, last));
        } else {
            let mut list: Vec<(u128, u32)> =
                inside.iter().map(|(start, number)| (start & ((1 << width) - 1), *number)).collect();
            if list[0].0 != 0 {
                list.insert(0, (0, before));
            }
            // Equal lists are one.
            let number = lists.iter().rposition(|known| *known == list).unwrap_or_else(|| {
                lists.push(list);
                lists.len() - 1
            });
            found.push((block, FINE + number as u32));
            after_list = Some(block + 1);
        }
        before = last;
        at += len;
    }
    if let Some(next) = after_list {
        found.push((next, before));
    }
    found
}

/// The columns of a source, in the order of [`Operators`].
fn sections(source: &Source) -> [Vec<u8>; SECTIONS] {
    let mut sections: Vec<Vec<u8>> = Vec::with_capacity(SECTIONS);
    let about: String =
        source.about.iter().map(|(key, text)| format!("{key}\t{}\n", text.replace(['\t', '\n'], " "))).collect();
    sections.push(about.into_bytes());
    let order = order(source);
    let places: HashMap<u32, u32> = order.iter().zip(0..).map(|(number, place)| (*number, place)).collect();
    let placed = |boundaries: &[(u128, u32)]| -> Vec<(u128, u32)> {
        boundaries.iter().map(|(start, number)| (*start, places[number])).collect()
    };
    let heads = sections.len();
    ipv4(&placed(&source.v4), &mut sections);
    let blocks6 = ipv6(&placed(&source.v6), &mut sections);
    // They stand with what else has one length in every table.
    sections[heads].extend(blocks6);
    names(source, &order, &mut sections);
    sections.try_into().expect("one section for each column")
}

/// The AS numbers by their places. Nobody is the first; then come those that repeat a name, then those that bring
/// one: for each name the one with most boundaries. Of these the ones with many boundaries stand together, because
/// they are met often. In each part those of one home country do: their names are alike.
fn order(source: &Source) -> Vec<u32> {
    let mut weights: HashMap<u32, usize> = HashMap::new();
    source.v4.iter().chain(&source.v6).for_each(|(_, number)| *weights.entry(*number).or_default() += 1);
    let all = as_numbers(source);
    let mut best: HashMap<&str, u32> = HashMap::new();
    for number in &all {
        let kept = best.entry(name_of(source, *number)).or_insert(*number);
        if weights[number] > weights[kept] {
            *kept = *number;
        }
    }
    let (bring, repeat): (Vec<u32>, Vec<u32>) =
        all.iter().partition(|number| best[name_of(source, **number)] == **number);
    let (often, seldom): (Vec<u32>, Vec<u32>) = bring.iter().partition(|number| weights[number] >= OFTEN);
    let mut parts = [vec![0], repeat, often, seldom];
    parts.iter_mut().for_each(|part| part.sort_by_key(|number| (country_of(source, *number), *number)));
    parts.concat()
}

/// Home country, or zeros where it is not known.
fn country_of(source: &Source, number: u32) -> [u8; 2] {
    source.countries.get(&number).copied().unwrap_or_default()
}

fn name_of(source: &Source, number: u32) -> &str {
    source.names.get(&number).map_or("", String::as_str)
}

fn bytes<T: IntoBytes + Immutable>(rows: &[T]) -> Vec<u8> {
    rows.as_bytes().to_vec()
}

/// Where each list begins, and one more for the end.
fn starts_of<T>(lists: &[Vec<T>]) -> Vec<U16> {
    let mut next = 0;
    let ends = lists.iter().map(|list| {
        next += list.len() as u16;
        U16::new(next)
    });
    std::iter::once(U16::new(0)).chain(ends).collect()
}

fn ipv4(boundaries: &[(u128, u32)], sections: &mut Vec<Vec<u8>>) {
    let mut lists = Vec::new();
    let mut runs = whole(boundaries, 8, &mut lists);
    runs.retain(|(block, _)| *block < 1 << 24);
    let [groups, before, rows_until, rows] = starts(runs.iter().map(|(block, _)| *block as u32), 1 << 16);
    sections.extend([[groups, before, rows_until].concat(), rows]);
    // Before the first boundary there is nobody.
    let places: Vec<u32> = std::iter::once(0).chain(runs.iter().map(|(_, place)| *place)).collect();
    push_places::<1>(&places, sections);
    let fine: Vec<Fine4> =
        lists.iter().flatten().map(|(low, place)| Fine4 { low: *low as u8, place: U24::new(*place) }).collect();
    sections.push(bytes(&starts_of(&lists)));
    sections.push(bytes(&fine));
}

/// The result is the column of the /16s.
fn ipv6(boundaries: &[(u128, u32)], sections: &mut Vec<Vec<u8>>) -> Vec<u8> {
    let mut lists = Vec::new();
    let runs = whole(boundaries, 80, &mut lists);
    // Only 2000::/3 is handed out. What holds at its first address begins there.
    let (first, end) = (0x2000_u128 << 32, 0x4000_u128 << 32);
    let before = runs.iter().take_while(|(block, _)| *block <= first).last().map_or(0, |(_, number)| *number);
    let inside = runs.iter().copied().filter(|(block, _)| (first + 1..end).contains(block));
    let runs: Vec<(u128, u32)> = std::iter::once((first, before)).chain(inside).collect();

    let mut heads: Vec<u32> = Vec::new();
    // Before the first boundary there is nobody.
    let (mut head_places, mut list_places) = (vec![0], Vec::new());
    let (mut list_starts, mut keys) = (vec![U32::ZERO], Vec::new());
    let mut after_list = None;
    let mut before = 0;
    for group in runs.chunk_by(|(one, _), (other, _)| one >> 16 == other >> 16) {
        let head = (group[0].0 >> 16) as u32;
        // Behind a list it is the last of its boundaries that counts.
        if let Some(next) = after_list.take_if(|next| *next < head) {
            heads.push(next);
            head_places.push(before);
        }
        after_list = None;
        heads.push(head);
        let begins = group[0].0 & 0xffff == 0;
        let whole = if begins { group[0].1 } else { before };
        let inside = &group[usize::from(begins)..];
        if inside.is_empty() {
            head_places.push(whole);
        } else {
            head_places.push(PARTED + list_starts.len() as u32 - 1);
            let list: Vec<(u16, u32)> =
                std::iter::once(&(0, whole)).chain(inside).map(|(block, place)| (*block as u16, *place)).collect();
            keys.extend(list.iter().map(|(key, _)| (key >> 8) as u8));
            keys.extend(list.iter().map(|(key, _)| *key as u8));
            list_places.extend(list.iter().map(|(_, place)| *place));
            list_starts.push(U32::new(list_places.len() as u32));
            after_list = Some(head + 1);
        }
        before = group[group.len() - 1].1;
    }
    if let Some(next) = after_list.filter(|next| u128::from(*next) << 16 < end) {
        heads.push(next);
        head_places.push(before);
    }

    // The /16s that hold any, by number.
    let mut held: Vec<u32> = heads.iter().map(|head| head >> 16).collect();
    held.dedup();
    let number = |block: u32| held.partition_point(|held| *held <= block) as u32 - 1;
    let blocks: Vec<U16> = (0x2000..0x4000)
        .map(|block| U16::new((number(block) << 1 | u32::from(held.binary_search(&block).is_ok())) as u16))
        .collect();
    let starts6 = heads.iter().map(|head| number(head >> 16) << 16 | head & 0xffff);
    let fine: Vec<Fine6> = lists
        .iter()
        .flatten()
        .map(|(low, place)| Fine6 {
            low: low.to_be_bytes()[6..].try_into().expect("ten of sixteen bytes"),
            place: U24::new(*place),
        })
        .collect();
    sections.extend(starts(starts6, (held.len() as u32) << 8));
    push_places::<2>(&head_places, sections);
    sections.push(bytes(&list_starts));
    sections.push(keys);
    push_places::<1>(&list_places, sections);
    sections.push(bytes(&starts_of(&lists)));
    sections.push(bytes(&fine));
    bytes(&blocks)
}

fn names(source: &Source, order: &[u32], sections: &mut Vec<Vec<u8>>) {
    push_numbers(order, sections);
    let mut homes: Vec<Home> = Vec::new();
    for (place, two) in std::iter::once(&[0, 0][..]).chain(order.windows(2)).enumerate() {
        // Nobody stands alone, and a part ends where the next number is not the larger one.
        let country = country_of(source, two[1]);
        if place < 2 || two[0] > two[1] || homes.last().is_none_or(|home| home.country != country) {
            homes.push(Home { first: U32::new(place as u32), country });
        }
    }
    sections.push(bytes(&homes));

    let names: HashSet<&str> = order[1..].iter().map(|number| name_of(source, *number)).collect();
    let (repeat, bring) = order[1..].split_at(order.len() - 1 - names.len());
    // The first name is nobody's.
    let distinct: Vec<&str> = std::iter::once("").chain(bring.iter().map(|number| name_of(source, *number))).collect();
    let places: HashMap<&str, u32> = distinct.iter().copied().zip(0..).collect();
    let repeats: Vec<U24> = std::iter::once(U24::new(0))
        .chain(repeat.iter().map(|number| U24::new(places[name_of(source, *number)])))
        .collect();
    let endings = choose_endings(&distinct);
    let endings_by_text: HashMap<&str, u16> =
        endings.iter().enumerate().map(|(number, text)| (*text, number as u16)).collect();
    let (mut stems, mut stem_starts, mut eights) = (String::new(), Vec::<U32>::new(), Vec::new());
    for (number, eight) in distinct.chunks(8).enumerate() {
        if number * 8 % STEMS == 0 {
            stem_starts.push(U32::new(stems.len() as u32));
        }
        let start = stems.len() as u32 - stem_starts[stem_starts.len() - 1].get();
        let (mut lens, mut numbers) = ([0; 8], [U16::new(u16::MAX); 8]);
        for ((name, len), number) in eight.iter().zip(&mut lens).zip(&mut numbers) {
            let ending = candidates(name).find_map(|text| endings_by_text.get(text).copied()).unwrap_or(0);
            let stem = &name[..name.len() - endings[usize::from(ending)].len()];
            *len = stem.len() as u8;
            stems.push_str(stem);
            *number = U16::new(ending);
        }
        eights.push(Eight { start: U16::new(start as u16), lens: U64::from_bytes(lens), endings: numbers });
    }
    let mut next = 0;
    let ending_rows: Vec<Ending> = endings
        .iter()
        .map(|ending| {
            let row = Ending { start: U16::new(next), len: ending.len() as u8 };
            next += ending.len() as u16;
            row
        })
        .collect();

    sections.push(bytes(&repeats));
    sections.push(bytes(&stem_starts));
    sections.push(bytes(&eights));
    sections.push(stems.into_bytes());
    sections.push(bytes(&ending_rows));
    sections.push(endings.concat().into_bytes());
}

/// What a name may be cut into: from every space or comma to its end, the longest first.
fn candidates(name: &str) -> impl Iterator<Item = &str> {
    let cuts = name.char_indices().filter(|(at, character)| *at > 0 && matches!(character, ' ' | ','));
    cuts.map(|(at, _)| &name[at..]).filter(|text| text.len() <= 40)
}

/// The endings that save most, the best first; the empty one stands before them.
fn choose_endings<'s>(names: &[&'s str]) -> Vec<&'s str> {
    let mut users: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (number, name) in names.iter().enumerate() {
        for text in candidates(name) {
            users.entry(text).or_default().push(number as u32);
        }
    }
    users.retain(|_, names| names.len() >= 4);
    // What an ending saves shrinks with every longer one that is taken, and never grows: the best by
    // an old sum is the best if its new sum still is.
    let mut covered = vec![0; names.len()];
    let mut queue: BinaryHeap<(usize, Reverse<&str>)> =
        users.iter().map(|(text, names)| (text.len() * names.len(), Reverse(*text))).collect();
    let mut chosen = vec![""];
    let mut len = 0;
    while let Some((_, Reverse(text))) = queue.pop() {
        let saved: usize = users[text].iter().map(|name| text.len().saturating_sub(covered[*name as usize])).sum();
        if queue.peek().is_some_and(|(best, _)| *best > saved) {
            queue.push((saved, Reverse(text)));
            continue;
        }
        len += text.len();
        // Two bytes for its place, and its text.
        if saved < text.len() + 16 || chosen.len() == ENDINGS_MAX || len > usize::from(u16::MAX) {
            break;
        }
        for name in &users[text] {
            let covered = &mut covered[*name as usize];
            *covered = text.len().max(*covered);
        }
        chosen.push(text);
    }
    chosen
}

/// The part of the dataset that holds the table.
pub fn image(source: &Source) -> Vec<u8> {
    assemble(Part::Operators, source.date, sections(source))
}

/// A boundary as an address, for messages and tests.
pub fn address(bits: u128, ipv4: bool) -> IpAddr {
    if ipv4 { Ipv4Addr::from(bits as u32).into() } else { Ipv6Addr::from(bits).into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::image as parts;

    fn table_of(text: &str) -> Vec<u8> {
        image(&read_text(Path::new("text"), text.as_bytes()).unwrap())
    }

    fn find(bytes: &[u8], address: &str) -> Option<u32> {
        parts::operators(bytes).unwrap().find(address.parse().unwrap()).map(|number| number.0)
    }

    #[test]
    fn boundaries_finer_than_a_block_are_exact() {
        let bytes = table_of(
            "1.0.0.0,1.0.0.9,13335,\"Cloudflare, Inc.\"\n1.0.0.10,1.0.3.255,15169,Google LLC\n\
             255.255.255.128,255.255.255.255,3,MIT\n\
             2001:db8::,2001:db8::5,1,One\n2400:cb00::,2400:cb00:0:1::7,13335,\"Cloudflare, Inc.\"\n\
             3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,2,Two\n",
        );
        for (address, expected) in [
            ("0.255.255.255", None),
            ("1.0.0.0", Some(13335)),
            ("1.0.0.9", Some(13335)),
            ("1.0.0.10", Some(15169)),
            ("1.0.1.0", Some(15169)),
            ("1.0.3.255", Some(15169)),
            ("1.0.4.0", None),
            ("255.255.255.127", None),
            ("255.255.255.255", Some(3)),
            ("::ffff:1.0.0.9", Some(13335)),
            ("64:ff9b::1.0.0.9", Some(13335)),
            ("2001:db8::5", Some(1)),
            ("2001:db8::6", None),
            ("2001:db8:1::", None),
            ("2400:caff:ffff::", None),
            ("2400:cb00::", Some(13335)),
            ("2400:cb00:0:1::7", Some(13335)),
            ("2400:cb00:0:1::8", None),
            ("2400:cb01::", None),
            ("3fff:ffff:ffff:ffff:ffff:ffff:ffff:fffe", None),
            ("3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", Some(2)),
            ("4000::", None),
            ("fe80::1", None),
        ] {
            assert_eq!(find(&bytes, address), expected, "{address}");
        }
        let table = parts::operators(&bytes).unwrap();
        assert_eq!(table.name(AsNumber(13335)).unwrap().to_string(), "Cloudflare, Inc.");
        assert_eq!(table.name(AsNumber(4)), None);
        let numbers = |place| table.number_at(place).unwrap().0;
        assert_eq!(table.all().map(numbers).collect::<Vec<_>>(), [1, 2, 3, 13335, 15169]);
    }

    #[test]
    fn networks_may_begin_in_every_block_of_version_six() {
        let text: String = (0x2000..0x4000_u32)
            .map(|block| format!("{block:x}::,{block:x}:0:ffff:ffff:ffff:ffff:ffff:ffff,{},x\n", block - 0x1fff))
            .collect();
        let bytes = table_of(&text);
        assert_eq!(parts::operators(&bytes).unwrap().fault(), None);
        for (address, expected) in [
            ("2000::1", Some(1)),
            ("20ff::1", Some(256)),
            ("2100::1", Some(257)),
            ("3fff::1", Some(8192)),
            ("2100:1::", None),
        ] {
            assert_eq!(find(&bytes, address), expected, "{address}");
        }
    }

    #[test]
    fn a_column_that_does_not_go_with_the_others_is_named() {
        let source = read_text(
            Path::new("text"),
            b"1.0.0.0,1.0.0.9,13335,A\n1.0.0.10,1.0.3.255,15169,B\n9.0.0.0,9.0.0.255,3,B\n\
              2001:db8::,2001:db8::5,1,C\n2400:cb00::,2400:cb00:0:1::7,13335,A\n",
        );
        let columns = sections(&source.unwrap());
        assert_eq!(fault(&columns), None);
        // The first column is about the source.
        for at in (1..SECTIONS).filter(|at| !columns[*at].is_empty()) {
            // Rows have one of these lengths; what is cut inside one does not open.
            for row in [144, 136, 36, 26, 13, 10, 8, 6, 4, 3, 2, 1].into_iter().filter(|row| *row <= columns[at].len())
            {
                let mut shorter = columns.clone();
                let len = shorter[at].len() - row;
                shorter[at].truncate(len);
                assert!(fault(&shorter).is_some(), "column {at} may be shorter by {row}");
            }
        }
    }

    /// Blocks cut inside, parted /32s, names that repeat, endings and home countries.
    fn columns_of_all_kinds() -> [Vec<u8>; SECTIONS] {
        let source = read_text(
            Path::new("text"),
            b"1.0.0.0,1.0.0.9,10,A Limited Company\n1.0.0.10,1.0.0.255,20,B\n1.0.1.0,1.0.9.255,30,C Limited Company\n\
              1.1.0.0,1.1.0.9,40,D Limited Company\n9.0.0.0,9.0.0.255,50,E Limited Company\n\
              9.0.1.0,9.0.1.255,15,A Limited Company\n9.0.2.0,9.0.2.255,60,G\n9.0.3.0,9.0.3.255,70,H\n\
              2400:cb00::,2400:cb00:0:1::7,10,A Limited Company\n\
              2400:cb00:0:1::8,2400:cb05:ffff:ffff:ffff:ffff:ffff:ffff,20,B\n\
              2600:1::,2600:1:7fff:ffff:ffff:ffff:ffff:ffff,30,C Limited Company\n\
              2600:9::,2600:9:0:7::,40,D Limited Company\n",
        );
        let mut source = source.unwrap();
        source.countries = BTreeMap::from([(20, *b"DE"), (40, *b"FR")]);
        sections(&source)
    }

    fn fault(columns: &[Vec<u8>; SECTIONS]) -> Option<&'static str> {
        let columns: [&[u8]; SECTIONS] = std::array::from_fn(|at| columns[at].as_slice());
        Operators::open(1, &columns).map_or(Some("of another length"), |table| table.fault())
    }

    #[test]
    fn a_wrong_bit_in_a_count_or_a_start_is_noticed() {
        let columns = columns_of_all_kinds();
        assert_eq!(fault(&columns), None);
        for at in [1, 2, 4, 6, 8, 9, 11, 14, 20, 23] {
            // Of the first of these columns, which is long, a few bytes will do; and in it how many begin before each
            // block may be another number, if one begins at the next block instead.
            let bytes = (0..columns[at].len()).filter(|byte| at != 1 || !(8192..139_264).contains(byte));
            for byte in bytes.step_by(if at == 1 { 1999 } else { 1 }) {
                let mut tampered = columns.clone();
                tampered[at][byte] ^= 1 << (byte % 8);
                assert!(fault(&tampered).is_some(), "column {at}, byte {byte}");
            }
        }
    }

    #[test]
    fn a_value_that_gives_somebody_else_s_name_is_noticed() {
        let columns = columns_of_all_kinds();
        for (column, byte, value, expected, why) in [
            (2, 76, &[5][..], "places4", "behind 1.1.0.0/24, which is cut, the next network begins at 1.1.2.0"),
            (3, 0, &[1], "places4", "somebody has what is before the first boundary"),
            (5, 0, &[1], "fine4", "a list begins behind the first address of its block"),
            (5, 4, &[0], "fine4", "a list does not rise"),
            (4, 2, &[4], "fine4", "a list is empty"),
            (9, 40, &[69], "places6", "behind 2400:cb00::/32, which is parted, the next begins at 2400:cb02::"),
            (10, 136, &[0xa0], "places6", "a list is no /32's"),
            (10, 4, &[1], "places6", "a list is that of two /32s"),
            (12, 3, &[2], "list_places6", "behind 2400:cb00::/48, which is cut, the next begins at 2400:cb00:2::"),
            (15, 9, &[1], "fine6", "a list begins behind the first address of its block"),
            (16, 1, &[0], "numbers", "an operator has the number of nobody"),
            (16, 2, &[15], "numbers", "two operators have one number"),
            (18, 4, b"DE", "homes", "nobody has a country"),
            (19, 0, &[1], "names", "nobody has a name"),
            (21, 0, &[1], "names", "names begin one letter later"),
            (23, 3, &[1], "names", "an ending begins one letter later"),
        ] {
            let mut tampered = columns.clone();
            let place = &mut tampered[column][byte..byte + value.len()];
            assert_ne!(place, value, "{why}");
            place.copy_from_slice(value);
            assert_eq!(fault(&tampered), Some(expected), "{why}");
        }
        // Nobody's country is everybody's.
        let mut one_home = columns;
        one_home[18].truncate(size_of::<Home>());
        assert_eq!(fault(&one_home), Some("homes"));
    }

    #[test]
    fn an_overlap_is_cut_and_a_reserved_number_is_nobody_s() {
        let text = "1.0.0.0,1.0.0.255,13335,A\n1.0.0.128,1.0.1.255,15169,B\n1.0.2.0,1.0.2.255,64500,C\n";
        let source = read_text(Path::new("text"), text.as_bytes()).unwrap();
        assert_eq!((source.clipped, source.reserved), (1, 1));
        let bytes = image(&source);
        assert_eq!(find(&bytes, "1.0.0.128"), Some(13335));
        assert_eq!(find(&bytes, "1.0.1.0"), Some(15169));
        assert_eq!(find(&bytes, "1.0.2.0"), None);
    }

    #[test]
    fn a_text_that_cannot_be_right_is_refused() {
        for (text, expected) in [
            ("1.0.0.0,1.0.0.255,13335", "3 columns; a range of a network has four"),
            ("1.0.0.0,1.0.0.255,AS13335,A", "no AS number: `AS13335`"),
            ("1.0.0.9,1.0.0.0,13335,A", "1.0.0.9 to 1.0.0.0 is no range"),
            ("1.0.0.0,2001:db8::,13335,A", "1.0.0.0 to 2001:db8:: is no range"),
            ("1.0.0,1.0.0.255,13335,A", "the first address is none: `1.0.0`"),
            ("16.0.0.0,31.255.255.255,13335,A", "16.0.0.0 to 31.255.255.255 is broader than anybody's addresses"),
            (
                "2400::,24ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,1,A",
                "2400:: to 24ff:ffff:ffff:ffff:ffff:ffff:ffff:ffff is broader than anybody's addresses",
            ),
        ] {
            let faults = read_text(Path::new("text"), text.as_bytes()).unwrap_err();
            assert_eq!(faults[0].what, expected, "{text}");
            assert_eq!(faults[0].line, 1, "{text}");
        }
    }

    #[test]
    fn a_text_that_grew_shrank_or_overlaps_too_much_is_refused() {
        let text: String = (0..100).map(|at| format!("1.{at}.0.0,1.{at}.0.255,{},A {at}\n", at + 1)).collect();
        let whole = read_text(Path::new("text"), text.as_bytes()).unwrap();
        let last = Figures { may_change_percent: 5, ..figures(&whole) };
        let told = |source: &Source, last: &Figures| -> Vec<String> {
            guard(source, last, Path::new("folder")).into_iter().map(|fault| fault.what).collect()
        };
        assert_eq!(told(&whole, &last), [""; 0]);
        // Six of a hundred are missing, or too many.
        let fewer: String = text.lines().take(94).map(|line| format!("{line}\n")).collect();
        let fewer = read_text(Path::new("text"), fewer.as_bytes()).unwrap();
        for (source, last, now, before) in
            [(&fewer, &last, 94, 100), (&whole, &Figures { may_change_percent: 5, ..figures(&fewer) }, 100, 94)]
        {
            let told = told(source, last);
            assert_eq!(told.len(), 4, "{told:?}");
            assert_eq!(told[0], format!("{now} IPv4 ranges; the last table that was looked at had {before}"));
            assert!(told[1].contains("IPv4 addresses") && told[2].contains("AS numbers;"), "{told:?}");
            assert_eq!(
                told[3],
                format!("{now} AS numbers with a name; the last table that was looked at had {before}")
            );
        }
        // Of the same ranges, names and home countries may be lost.
        let home = |source: &Source, count: u32| Source {
            countries: (1..=count).map(|number| (number, *b"FR")).collect(),
            ..source.clone()
        };
        let with_homes = Figures { may_change_percent: 5, ..figures(&home(&whole, 100)) };
        assert_eq!(told(&home(&whole, 95), &with_homes), [""; 0]);
        let mut nameless = home(&whole, 94);
        (1..=6).for_each(|number| drop(nameless.names.insert(number, String::new())));
        assert_eq!(
            told(&nameless, &with_homes),
            [
                "94 AS numbers with a name; the last table that was looked at had 100",
                "94 AS numbers with a home country; the last table that was looked at had 100",
            ]
        );
        let overlapping = Source { clipped: CLIPPED_MAX + 1, reserved: RESERVED_MAX + 1, ..whole };
        assert_eq!(
            told(&overlapping, &last),
            [
                "65 ranges overlap earlier ones; at most 64 are cut",
                "257 ranges are of reserved AS numbers; at most 256 are left out",
            ]
        );
    }

    #[test]
    fn a_table_is_compared_with_sixty_well_known_addresses() {
        let bytes = table_of("1.0.0.0,1.0.0.255,13335,\"Cloudflare, Inc.\"\n");
        let table = parts::operators(&bytes).unwrap();
        let head = "address,as_number,whose,source\n";
        let spots = |count: usize| -> String {
            let rows = (0..count).map(|at| format!("1.0.0.{at},13335,Cloudflare,https://example.com/\n"));
            std::iter::once(head.to_owned()).chain(rows).collect()
        };
        let check = |text: &str| {
            let (seen, faults) = check_spots(Path::new("spots.csv"), text.as_bytes(), &table);
            (seen, faults.into_iter().map(|fault| fault.what).collect::<Vec<_>>())
        };
        assert_eq!(check(&spots(60)), (60, vec![]));
        assert_eq!(check(&spots(59)).1, ["59 well-known addresses; at least 60 are compared"]);
        for (row, expected) in [
            ("1.0.0.77,7,Somebody,https://example.com/", "1.0.0.77 is of AS13335 in this table, and of AS7 in truth"),
            (
                "1.0.0.1,7,Somebody,https://example.com/",
                "1.0.0.1 stands here twice; it counts once, so take one line out",
            ),
            ("9.9.9.9,19281,Quad9,https://example.com/", "9.9.9.9 is of nobody in this table, and of AS19281 in truth"),
            ("1.0.0.77,13335,Cloudflare,a friend", "say where it is written, with an https address"),
        ] {
            assert_eq!(check(&format!("{}{row}\n", spots(60))).1, [expected]);
        }
        // The list that the build uses.
        let file = include_bytes!("../../data/operators/spots.csv");
        assert!(file.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count() > SPOTS_MIN);
    }

    #[test]
    fn names_are_on_one_line_and_without_their_own_number() {
        for (number, name, expected) in [
            (1, "  Two  words\u{a0}and a\tthird ", "Two words and a third"),
            (272173, "AS272173 - RUIDEGRAN EIRELI", "RUIDEGRAN EIRELI"),
            (5, "AS5", ""),
            (5, "AS50 Company", "AS50 Company"),
            (5, "A \u{ad} ME", "A - ME"),
        ] {
            assert_eq!(clean(name, number), expected);
        }
    }

    #[test]
    fn a_country_is_where_most_addresses_are() {
        let rows = |text: &[(&str, &str, u32)]| -> Vec<Row<u32>> {
            text.iter()
                .map(|(first, last, of)| Row { first: first.parse().unwrap(), last: last.parse().unwrap(), of: *of })
                .collect()
        };
        let ranges = rows(&[("1.0.0.0", "1.0.3.255", 7), ("2001:db8::", "2001:db8::ffff", 8)]);
        let countries: Vec<Row<[u8; 2]>> =
            [("1.0.0.0", "1.0.0.255", *b"DE"), ("1.0.1.0", "2.0.0.0", *b"FR"), ("2001:db8::", "2001:db9::", *b"JP")]
                .map(|(first, last, of)| Row { first: first.parse().unwrap(), last: last.parse().unwrap(), of })
                .into();
        assert_eq!(home_countries(&ranges, &countries), BTreeMap::from([(7, *b"FR"), (8, *b"JP")]));
    }

    #[test]
    fn a_damaged_table_answers_less_and_never_panics() {
        let text: String = (1..200u32)
            .map(|number| format!("{}.{}.0.0,{}.{}.1.{},{number},Name {number} Ltd\n2400:{number:x}::,2400:{number:x}:1::,{number},x\n",
                number, number % 7, number, number % 7, number))
            .collect();
        let mut bytes = table_of(&text);
        // Most bytes are those of blocks in which nothing begins: of these a few will do.
        for at in (0..bytes.len()).step_by(3).filter(|at| bytes[*at] != 0 || at % 97 == 0).collect::<Vec<_>>() {
            let before = bytes[at];
            for damage in [before ^ 0x80, 0xff, 0] {
                bytes[at] = damage;
                let Ok(table) = parts::operators(&bytes) else { continue };
                for address in ["1.1.0.0", "7.0.1.7", "9.2.1.9", "199.3.1.250", "2400:5::", "2400:6:1::", "2400:7:2::1"]
                {
                    if let Some(number) = table.find(address.parse().unwrap()) {
                        let _ = (table.name(number), table.country(number));
                    }
                }
                let _ = table.all().take(100).count();
            }
            bytes[at] = before;
        }
    }
}
