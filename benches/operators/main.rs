//! The table of operators beside the same rows in the MaxMind format, read by `maxminddb`: both answer the
//! same questions in turn, in one run, and the ratio is the result. `./build.sh bench` runs it.

mod peer;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;
use std::{fs, hint::black_box};

use served_by::dataset::{image, operators, read};
use served_by::net::operators::{Name, Operators};

/// Questions of one round, and rounds of which the median counts.
const QUESTIONS: usize = 200_000;
const ROUNDS: usize = 15;
/// Addresses that repeat in the set `hot`.
const HOT: usize = 64;
/// How many times faster a name must be found.
const NAME_RATIO: f64 = 6.0;

fn main() -> ExitCode {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pinned = read::toml(&root.join("data/operators/source.toml")).expect("the pin can be read");
    let source = operators::read(&pinned.value, &root.join("target/operators/node_modules"))
        .expect("the text is there: ./build.sh bench fetches it");
    let bytes = operators::image(&source);
    let table = image::operators(&bytes).expect("it opens");
    let mmdb = peer::write(&source);
    fs::write(root.join("target/operators/peer.mmdb"), &mmdb).expect("written");
    fs::write(root.join("target/operators/table.img"), &bytes).expect("written");
    println!("held: {} bytes; maxminddb {}", bytes.len(), mmdb.len());
    let reader = maxminddb::Reader::from_source(mmdb).expect("the peer opens");

    let mut slow = false;
    for (name, questions) in sets(&source) {
        for address in questions.iter().step_by(97) {
            assert_eq!(ours(&table, *address), peers(&reader, *address), "{address}");
        }
        let mut times: [Vec<f64>; 3] = Default::default();
        for _ in 0..ROUNDS {
            let number = |address: &IpAddr| table.find(*address).map_or(0, |number| number.0 as usize);
            times[0].push(time(&questions, number));
            times[1].push(time(&questions, |address| {
                let sum = |number: u32, name: Name<'_>| {
                    number as usize + name.stem.len() + name.ending.len() + first(name.stem)
                };
                table.named(*address).map_or(0, |(number, name)| sum(number.0, name))
            }));
            times[2].push(time(&questions, |address| {
                let found = reader.lookup(*address).and_then(|found| found.decode::<peer::Record<'_>>());
                found
                    .ok()
                    .flatten()
                    .map_or(0, |found| found.number as usize + found.name.len() + first(found.name.as_bytes()))
            }));
        }
        let [number, name_ns, peer] = times.map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[times.len() / 2]
        });
        let ratio = peer / name_ns;
        println!(
            "{name}: AS number {number:.1} ns, operator {name_ns:.1} ns; maxminddb {peer:.1} ns, ratio {ratio:.1}"
        );
        slow |= ratio < NAME_RATIO;
    }
    if slow {
        eprintln!("an operator must be found at least {NAME_RATIO} times faster");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// The text itself is touched, as whoever asks for a name does.
fn first(name: &[u8]) -> usize {
    name.first().copied().unwrap_or(0).into()
}

fn time(questions: &[IpAddr], answer: impl Fn(&IpAddr) -> usize) -> f64 {
    let begin = Instant::now();
    let sum = questions.iter().fold(0usize, |sum, address| sum.wrapping_add(answer(black_box(address))));
    black_box(sum);
    begin.elapsed().as_nanos() as f64 / questions.len() as f64
}

fn ours(table: &Operators<'_>, address: IpAddr) -> Option<(u32, String)> {
    table.named(address).map(|(number, name)| (number.0, name.to_string()))
}

fn peers(reader: &maxminddb::Reader<Vec<u8>>, address: IpAddr) -> Option<(u32, String)> {
    let found = reader.lookup(address).ok()?.decode::<peer::Record<'_>>().ok()??;
    Some((found.number, found.name.to_owned()))
}

/// The sets of questions, by seeded chance (xorshift64).
fn sets(source: &operators::Source) -> Vec<(&'static str, Vec<IpAddr>)> {
    let mut chance = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = move || {
        chance ^= chance << 13;
        chance ^= chance >> 7;
        chance ^= chance << 17;
        chance
    };
    // A random range that somebody has, then a random address in it.
    let mut within = |boundaries: &[(u128, u32)]| loop {
        let at = next() as usize % (boundaries.len() - 1);
        let ((first, number), (end, _)) = (boundaries[at], boundaries[at + 1]);
        if number != 0 {
            return first + (u128::from(next()) << 64 | u128::from(next())) % (end - first);
        }
    };
    let v4 = |bits: u128| IpAddr::from(Ipv4Addr::from(bits as u32));
    let random: Vec<IpAddr> = (0..QUESTIONS).map(|_| v4(within(&source.v4))).collect();
    let hot = (0..QUESTIONS).map(|number| random[number % HOT]).collect();
    let random6 = (0..QUESTIONS).map(|_| Ipv6Addr::from(within(&source.v6)).into()).collect();
    let mut even = 0x2545_f491_4f6c_dd1d_u64;
    let uniform = (0..QUESTIONS)
        .map(|_| {
            even ^= even << 13;
            even ^= even >> 7;
            even ^= even << 17;
            v4(u128::from(even as u32))
        })
        .collect();
    vec![
        ("IPv4, random range", random),
        ("IPv4, uniform", uniform),
        ("IPv4, 64 again and again", hot),
        ("IPv6, random range", random6),
    ]
}
