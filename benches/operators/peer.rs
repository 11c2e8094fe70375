//! A writer of the MaxMind DB format, version 2.0: a tree of 24-bit records, each operator's record once.

use std::collections::BTreeMap;

use serde::Deserialize;
use served_by::dataset::operators::Source;

/// What the peer decodes of a record, without copying the name.
#[derive(Deserialize)]
pub struct Record<'a> {
    #[serde(rename = "autonomous_system_number")]
    pub number: u32,
    #[serde(rename = "autonomous_system_organization", borrow)]
    pub name: &'a str,
}

/// Nothing below; a further node; the place of a record in the data.
#[derive(Clone, Copy)]
enum Child {
    Nothing,
    Node(usize),
    Data(usize),
}

/// The rows of the source as a database.
pub fn write(source: &Source) -> Vec<u8> {
    let mut data = Vec::new();
    // The keys stand once; each record points at them.
    let keys = ["autonomous_system_number", "autonomous_system_organization"].map(|key| {
        let at = data.len();
        text(key, &mut data);
        at
    });
    let mut records: BTreeMap<u32, usize> = BTreeMap::new();
    for (_, number) in source.v4.iter().chain(&source.v6).filter(|(_, number)| *number != 0) {
        records.entry(*number).or_insert_with(|| {
            let at = data.len();
            data.push(7 << 5 | 2);
            pointer(keys[0], &mut data);
            number_of(6, u64::from(*number), &mut data);
            pointer(keys[1], &mut data);
            text(&source.names[number], &mut data);
            at
        });
    }
    let mut tree = vec![[Child::Nothing; 2]];
    // IPv4 stands at ::/96.
    for (boundaries, top) in [(&source.v4, u128::from(u32::MAX)), (&source.v6, u128::MAX)] {
        for (at, (first, number)) in boundaries.iter().enumerate() {
            let last = boundaries.get(at + 1).map_or(top, |(next, _)| next - 1);
            // The first and last range of IPv6 hold all of IPv4.
            if *number != 0 {
                insert(&mut tree, *first, last, records[number]);
            }
        }
    }
    let mut out = Vec::with_capacity(tree.len() * 6 + data.len());
    let count = tree.len();
    for child in tree.into_iter().flatten() {
        let value = match child {
            Child::Nothing => count,
            Child::Node(node) => node,
            Child::Data(at) => count + 16 + at,
        };
        assert!(value < 1 << 24, "records have 24 bits");
        out.extend_from_slice(&(value as u32).to_be_bytes()[1..]);
    }
    out.extend_from_slice(&[0; 16]);
    out.extend_from_slice(&data);
    out.extend_from_slice(b"\xab\xcd\xefMaxMind.com");
    metadata(count, &mut out);
    out
}

/// Adds a range as the prefixes it is made of.
fn insert(tree: &mut Vec<[Child; 2]>, mut first: u128, last: u128, record: usize) {
    loop {
        let mut free = first.trailing_zeros().min(127);
        while free > 0 && first + ((1 << free) - 1) > last {
            free -= 1;
        }
        let mut node = 0;
        for bit in (free + 1..128).rev() {
            let side = (first >> bit & 1) as usize;
            node = match tree[node][side] {
                Child::Node(next) => next,
                _ => {
                    tree.push([Child::Nothing; 2]);
                    let next = tree.len() - 1;
                    tree[node][side] = Child::Node(next);
                    next
                }
            };
        }
        tree[node][(first >> free & 1) as usize] = Child::Data(record);
        match first.checked_add(1 << free) {
            Some(next) if next <= last => first = next,
            _ => break,
        }
    }
}

fn text(text: &str, out: &mut Vec<u8>) {
    match text.len() {
        len @ ..29 => out.push(2 << 5 | len as u8),
        len => out.extend_from_slice(&[2 << 5 | 29, u8::try_from(len - 29).expect("names are short")]),
    }
    out.extend_from_slice(text.as_bytes());
}

fn pointer(to: usize, out: &mut Vec<u8>) {
    assert!(to < 2_048, "the keys stand first");
    out.extend_from_slice(&[1 << 5 | (to >> 8) as u8, to as u8]);
}

/// An unsigned number of a type: 5 has 16 bits, 6 has 32, 9 has 64.
fn number_of(kind: u8, number: u64, out: &mut Vec<u8>) {
    let bytes = number.to_be_bytes();
    let digits = &bytes[number.leading_zeros() as usize / 8..];
    match kind {
        ..=7 => out.push(kind << 5 | digits.len() as u8),
        _ => out.extend_from_slice(&[digits.len() as u8, kind - 7]),
    }
    out.extend_from_slice(digits);
}

fn metadata(nodes: usize, out: &mut Vec<u8>) {
    out.push(7 << 5 | 9);
    let mut number = |key: &str, kind: u8, number: u64| {
        text(key, out);
        number_of(kind, number, out);
    };
    number("node_count", 6, nodes as u64);
    number("record_size", 5, 24);
    number("ip_version", 5, 6);
    number("binary_format_major_version", 5, 2);
    number("binary_format_minor_version", 5, 0);
    number("build_epoch", 9, 0);
    text("database_type", out);
    text("ASN", out);
    text("languages", out);
    out.extend_from_slice(&[0, 11 - 7]);
    text("description", out);
    out.push(7 << 5);
}
