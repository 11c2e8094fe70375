//! The whole table of operators against the text it is made from, read here by other means: a plain sorted
//! table. Needs the text, which `./build.sh test operators` fetches.

use std::collections::BTreeMap;
use std::fs;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use served_by::dataset::{image, operators, read};
use served_by::net::operators::{AsNumber, Operators};

/// Random addresses that are looked up, of each family.
const RANDOM: usize = 2_000_000;

fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// First and last address, AS number.
type Plain = Vec<(u128, u128, u32)>;

struct Text {
    v4: Plain,
    v6: Plain,
    names: BTreeMap<u32, String>,
}

/// The rows as they stand: no library, no module of the program.
fn text() -> Text {
    let mut text = Text { v4: Vec::new(), v6: Vec::new(), names: BTreeMap::new() };
    for (family, name) in [(4, "asn-ipv4.csv"), (6, "asn-ipv6.csv")] {
        let path = repository("target/operators/node_modules/@ip-location-db/asn").join(name);
        let rows = fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}; ./build.sh test operators fetches it", path.display()));
        for row in rows.lines() {
            let mut columns = row.splitn(4, ',');
            let mut next = || columns.next().expect("four columns");
            let (first, last) = (address(next()), address(next()));
            let number: u32 = next().parse().expect("a number");
            let name = next();
            let name = match name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) {
                Some(quoted) => quoted.replace("\"\"", "\""),
                None => name.to_owned(),
            };
            text.names.entry(number).or_insert(name);
            let table = if family == 4 { &mut text.v4 } else { &mut text.v6 };
            table.push((first, last, number));
        }
    }
    for table in [&mut text.v4, &mut text.v6] {
        // Reserved and unassigned numbers are nobody's; of two that overlap the first has the addresses.
        table.retain(|(.., number)| !(64_496..=131_071).contains(number) && *number < 524_288);
        table.sort_unstable();
        let mut free = 0;
        for (first, last, _) in table.iter_mut() {
            *first = free.max(*first);
            free = *last + 1;
        }
    }
    text
}

fn address(text: &str) -> u128 {
    match text.parse().expect("an address") {
        IpAddr::V4(v4) => u32::from(v4).into(),
        IpAddr::V6(v6) => v6.into(),
    }
}

fn plain(table: &Plain, address: u128) -> u32 {
    let after = table.partition_point(|(first, ..)| *first <= address);
    table[..after].last().filter(|(_, last, _)| address <= *last).map_or(0, |(.., number)| *number)
}

fn source() -> operators::Source {
    let pinned = read::toml(&repository("data/operators/source.toml")).expect("the pin can be read");
    operators::read(&pinned.value, &repository("target/operators/node_modules")).expect("the text is taken")
}

/// Every address that is looked up: around each boundary, and by seeded chance (xorshift64).
fn addresses(table: &Plain, width: u32) -> Vec<u128> {
    let top = if width == 32 { u32::MAX.into() } else { u128::MAX };
    let mut all: Vec<u128> = table
        .iter()
        .flat_map(|(first, last, _)| [first.saturating_sub(1), *first, first + 1, last - 1, *last, last + 1])
        .filter(|address| *address <= top)
        .chain([0, top])
        .collect();
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        chance
    };
    for number in 0..RANDOM {
        let wide = u128::from(next()) << 64 | u128::from(next());
        all.push(match (width, number % 2) {
            (32, _) => wide & u128::from(u32::MAX),
            // Nearly all of IPv6 is nobody's: every other one stands in a range.
            (_, 0) => 1 << 125 | wide >> 3,
            (_, _) => {
                let (first, last, _) = table[next() as usize % table.len()];
                first + wide % (last - first + 1)
            }
        });
    }
    all
}

fn found(table: &Operators<'_>, address: u128, width: u32) -> u32 {
    let address: IpAddr =
        if width == 32 { Ipv4Addr::from(address as u32).into() } else { Ipv6Addr::from(address).into() };
    table.find(address).map_or(0, |AsNumber(number)| number)
}

#[test]
fn every_boundary_and_two_million_addresses_agree_with_a_plain_table() {
    let text = text();
    let bytes = operators::image(&source());
    let table = image::operators(&bytes).expect("it opens");
    assert_eq!(table.fault(), None);
    // What is found, for tests/wasm/operators.mjs: address and AS number of each question.
    let mut questions = Vec::new();
    for (rows, width) in [(&text.v4, 32), (&text.v6, 128)] {
        let mut differing = 0;
        let all = addresses(rows, width);
        for address in &all {
            let ipv6 = width == 128;
            // IPv4 in IPv6 is judged as IPv4, and outside of 2000::/3 nothing is public.
            if ipv6 && (address >> 125 != 1 || address >> 112 == 0x2002) {
                continue;
            }
            let (expected, found) = (plain(rows, *address), found(&table, *address, width));
            if expected != found {
                differing += 1;
                if differing < 20 {
                    eprintln!(
                        "{}: AS{expected} in the text, AS{found} in the table",
                        operators::address(*address, !ipv6)
                    );
                }
            }
            if ipv6 {
                questions.extend_from_slice(&address.to_be_bytes());
            } else {
                questions.extend_from_slice(&Ipv4Addr::from(*address as u32).to_ipv6_mapped().octets());
            }
            questions.extend_from_slice(&found.to_le_bytes());
        }
        println!("{} addresses of {width} bits, {differing} differ", all.len());
        assert_eq!(differing, 0);
    }
    fs::create_dir_all(repository("target/operators")).expect("a folder");
    fs::write(repository("target/operators/questions.bin"), questions).expect("written");
    fs::write(repository("target/operators/table.img"), bytes).expect("written");
}

#[test]
fn every_operator_has_its_name() {
    let text = text();
    let bytes = operators::image(&source());
    let table = image::operators(&bytes).expect("it opens");
    let mut seen = 0;
    for place in table.all() {
        let number = table.number_at(place).expect("known");
        let name = table.name_at(place).expect("known").to_string();
        assert_eq!(table.place_of(number), Some(place));
        let written = &text.names[&number.0];
        let words = |text: &str| text.replace('\u{ad}', "-").split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let (mut expected, name) = (words(written), words(&name));
        if expected.first().is_some_and(|word| word.eq_ignore_ascii_case(&number.to_string())) {
            expected.remove(0);
            if expected.first().is_some_and(|word| word == "-") {
                expected.remove(0);
            }
        }
        assert_eq!(expected, name, "{number}");
        seen += 1;
    }
    let numbers: std::collections::BTreeSet<u32> = text.v4.iter().chain(&text.v6).map(|(.., number)| *number).collect();
    assert_eq!(seen, numbers.len());
}

#[test]
fn the_same_text_gives_the_same_bytes() {
    assert!(operators::image(&source()) == operators::image(&source()));
}
