//! The table of operators: any bytes as its text, and any damage to what was made of it.
//!
//! Checked is what `dataset::operators` and `net::operators` promise: a text is refused or its table
//! agrees with a plain search around every boundary; a damaged table answers less and never panics.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;

use served_by::dataset::image;
use served_by::dataset::operators::{self, Source};
use served_by::net::operators::AsNumber;

/// Texts as sources have them, and faulty ones.
pub const SEEDS: &[&[u8]] = &[
    b"1.0.0.0,1.0.0.255,13335,\"Cloudflare, Inc.\"\n1.0.4.0,1.0.7.255,38803,Gtelecom Pty Ltd\n2400:cb00::,2400:cb00:ffff:ffff:ffff:ffff:ffff:ffff,13335,\"Cloudflare, Inc.\"\n",
    b"9.9.9.7,9.9.9.9,19281,Quad9\n9.9.9.8,9.9.10.0,7,\"A \"\"B\"\" Ltd\"\n255.255.255.255,255.255.255.255,3,MIT\n0.0.0.0,0.0.0.0,4,x\n",
    b"2001:7fd::1,2001:7fd::1,25152,RIPE\n2001:7fe::,2001:7fe:0:1::7,29216,Netnod\n3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,3fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,2,x\n",
    b"5.0.0.0,4.0.0.0,1,x\n1.2.3,1.2.3.4,1,x\n,,,\n",
];

/// What means something in such a text; the first two number the most rows.
pub const PIECES: &[&[u8]] = &[
    b"1.0.0.0,1.0.0.9,13335,A Ltd\n",
    b"\n",
    b",",
    b"\"",
    b"::",
    b"255.255.255.255",
    b"2001:db8::1",
    b",64500,",
    b"4294967295",
    b"\xff",
    b"\r\n",
];

/// Reads the text; looks up what it holds; damages the table and looks up again.
pub fn run(text: &[u8]) {
    let Ok(source) = operators::read_text(Path::new("text"), text) else { return };
    let mut table = operators::image(&source);
    agrees(&source, &table);
    // What is damaged, and how, is read from the text, so that the fuzzer can steer it.
    for (number, byte) in text.iter().enumerate().take(64) {
        let at = (number * 7_919 + usize::from(*byte) * 104_729) % table.len();
        let before = table[at];
        table[at] = before ^ byte.rotate_left(3) ^ 0x81;
        look_up(&source, &table);
        table[at] = before;
    }
}

fn address(bits: u128, ipv4: bool) -> IpAddr {
    if ipv4 { Ipv4Addr::from(bits as u32).into() } else { Ipv6Addr::from(bits).into() }
}

/// The addresses around every boundary.
fn around(source: &Source) -> impl Iterator<Item = (IpAddr, u128, bool)> {
    let of = |ipv4: bool| {
        let (boundaries, top) = if ipv4 { (&source.v4, u128::from(u32::MAX)) } else { (&source.v6, u128::MAX) };
        boundaries
            .iter()
            .take(256)
            .flat_map(|(start, _)| [start.wrapping_sub(1), *start, start.wrapping_add(1)])
            .filter(move |bits| *bits <= top)
            .map(move |bits| (address(bits, ipv4), bits, ipv4))
    };
    of(true).chain(of(false))
}

fn agrees(source: &Source, table: &[u8]) {
    let table = image::operators(table).expect("what was just made opens");
    for (address, bits, ipv4) in around(source) {
        // IPv4 in IPv6 is judged as IPv4, and outside of 2000::/3 nothing is public.
        if !ipv4 && (bits >> 125 != 1 || bits >> 112 == 0x2002) {
            continue;
        }
        let boundaries = if ipv4 { &source.v4 } else { &source.v6 };
        let after = boundaries.partition_point(|(start, _)| *start <= bits);
        let expected = boundaries[..after].last().map_or(0, |(_, number)| *number);
        let found = table.find(address);
        assert_eq!(found.map_or(0, |AsNumber(number)| number), expected, "{address}");
        if let Some(number) = found {
            let name = table.name(number).expect("every operator has a name, be it empty").to_string();
            assert_eq!(Some(&name), source.names.get(&number.0), "{number}");
        }
    }
}

fn look_up(source: &Source, table: &[u8]) {
    let Ok(table) = image::operators(table) else { return };
    for (address, ..) in around(source).take(48) {
        if let Some(number) = table.find(address) {
            let _answers = (table.name(number), table.country(number));
        }
    }
    let _answers = (table.all().take(1_000).count(), table.about("name"));
}
