//! What is documented about a page, with ten thousand records: `cargo bench --bench records`.
//!
//! Measured is finding the site of a host, the records about it and about two providers, and reading of
//! each whether it belongs to the archive. The peer reads through all ten thousand. The image is left in
//! `target/bench/` for the same measurement in wasm (`benches/records.mjs`).

use std::collections::BTreeMap;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use served_by::dataset::compile::records::{image, shown};
use served_by::dataset::image::records;
use served_by::dataset::read::{self, File, Source};
use served_by::dataset::schema::Provider;
use served_by::dataset::schema::records::{Bilingual, LegalStatus, Record, Site};
use served_by::records::table::Records;
use served_by::records::vocabulary::{Kind, State, Status};

const RECORDS: usize = 10_000;
const PROVIDERS: usize = 200;
/// A record in twenty is about one of these.
const SITES: usize = 50;
/// How long it may take, in nanoseconds.
const LIMIT_NS: f64 = 5_000.0;
/// How much of the package one record may take, in bytes.
const LIMIT_BYTES: f64 = 700.0;
const ROUNDS: u32 = 20_000;
const TODAY: u32 = 20_261_125;

fn main() -> ExitCode {
    let bytes = image(&many());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/bench");
    let kept = fs::create_dir_all(&folder).and_then(|()| fs::write(folder.join("records-10000.img"), &bytes));
    if let Err(error) = kept {
        eprintln!("{}: {error}", folder.display());
        return ExitCode::from(2);
    }
    let records = records(&bytes).expect("it was just compiled");
    let found = of_page(&records);
    let ours = measure(ROUNDS, || of_page(black_box(&records)));
    let peer = measure(ROUNDS / 100, || by_search(black_box(&records)));
    assert_eq!(found, by_search(&records), "both find the same records");
    println!(
        "records: {found} of {RECORDS} for a host and two providers in {ours:.0} ns; reading through all {peer:.0} ns, ratio {:.4}",
        ours / peer
    );
    let bytes = bytes_per_record();
    println!("records: {bytes:.0} bytes for each of the bundled records, in both languages, as the package packs them");
    if ours > LIMIT_NS || bytes > LIMIT_BYTES {
        println!("records: more than {LIMIT_NS:.0} ns or {LIMIT_BYTES:.0} bytes");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// What the records of `data/` add to the packed image, beside sites, contacts, authorities and suffixes.
fn bytes_per_record() -> f64 {
    let (mut source, _) = read::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data"));
    let packed = |source: &Source| {
        let mut packed = Vec::new();
        zopfli::compress(zopfli::Options::default(), zopfli::Format::Deflate, image(source).as_slice(), &mut packed)
            .expect("memory can be written to");
        packed.len()
    };
    let whole = packed(&source);
    let count = shown(&source).count();
    source.records.clear();
    (whole - packed(&source)) as f64 / count as f64
}

/// Nanoseconds for one call: the quickest of five rounds, the others were disturbed.
fn measure(times: u32, mut call: impl FnMut() -> usize) -> f64 {
    (0..5)
        .map(|_| {
            let begin = Instant::now();
            for _ in 0..times {
                black_box(call());
            }
            begin.elapsed().as_nanos() as f64 / f64::from(times)
        })
        .fold(f64::INFINITY, f64::min)
}

/// How many records there are for the page, those of the archive counted twice.
fn of_page(records: &Records<'_>) -> usize {
    let weigh = |archived: bool| 1 + usize::from(archived);
    let site = records.site_of("www.site-7.example");
    let about_site = site.map_or(&[][..], |site| records.numbers(site.records));
    let about_site = about_site.iter().copied();
    let about_providers = ["provider-007", "provider-057"]
        .into_iter()
        .filter_map(|id| records.provider(id))
        .flat_map(|provider| records.beside(provider, site));
    let rows = about_site.chain(about_providers).filter_map(|number| records.record(number));
    rows.map(|record| weigh(record.is_archived(TODAY))).sum()
}

/// The same without any table: every record is asked.
fn by_search(records: &Records<'_>) -> usize {
    let has = |run, wanted: &str| {
        records.numbers(run).iter().any(|number| {
            records.providers.get(usize::from(number.get())).is_some_and(|row| records.text(row.id) == wanted)
        })
    };
    let about = |record: &&served_by::records::table::RecordRow| {
        let site = records.numbers(record.sites).iter().any(|number| {
            records.sites.get(usize::from(number.get())).is_some_and(|row| records.text(row.domain) == "site-7.example")
        });
        let providers =
            usize::from(has(record.providers, "provider-007")) + usize::from(has(record.providers, "provider-057"));
        site || providers > 0
    };
    records.records.iter().filter(about).map(|record| 1 + usize::from(record.is_archived(TODAY))).sum()
}

fn file<T>(value: T) -> File<T> {
    File { path: PathBuf::new(), text: String::new(), value }
}

/// Ten thousand records over two hundred providers, beside the real list of public suffixes.
fn many() -> Source {
    let (real, _) = read::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data"));
    let text = |en: String| Some(Bilingual { fr: format!("{en} (fr)"), en });
    let day = |text: &str| text.parse().expect("a date");
    let record = |number: usize| Record {
        providers: vec![format!("provider-{:03}", number % PROVIDERS)],
        sites: if number.is_multiple_of(20) {
            vec![format!("site-{}.example", number / 20 % SITES)]
        } else {
            Vec::new()
        },
        date: format!("{}-{:02}", 2005 + number % 21, 1 + number % 12),
        kind: Kind::ALL[number % Kind::ALL.len()],
        status: if number.is_multiple_of(5) { Status::Ongoing } else { Status::Resolved },
        superseded_by: None,
        state: State::Published,
        missing: Vec::new(),
        withdrawn: None,
        withdrawn_because: None,
        still_cited: None,
        reviewed: day("2026-11-25"),
        review_due: day("2028-11-25"),
        title: text(format!("Title of record {number}")),
        summary: text(format!("Summary of record {number}.")),
        position: None,
        outcome: text(format!("Outcome of record {number}.")),
        no_primary_source: None,
        source: Vec::new(),
        fact: Vec::new(),
        change: Vec::new(),
        reply: Vec::new(),
    };
    let provider: Provider = toml::from_str(
        "name = \"P\"\nshort = \"P\"\nhomepage = \"https://p.example/\"\nroles = [\"cdn\"]\norigin = \"masks\"\n",
    )
    .expect("a provider");
    let site = || Site {
        name: "A site".to_owned(),
        domains: Vec::new(),
        former_domains: Vec::new(),
        never_link: false,
        legal_status: LegalStatus {
            en: "None.".into(),
            fr: "Rien.".into(),
            court: None,
            date: None,
            scope: None,
            source: None,
        },
        self_description: None,
        characterisation: Vec::new(),
        provider_history: Vec::new(),
    };
    Source {
        records: (0..RECORDS).map(|number| (format!("record-{number:05}"), file(record(number)))).collect(),
        providers: (0..PROVIDERS).map(|number| (format!("provider-{number:03}"), file(provider.clone()))).collect(),
        sites: (0..SITES).map(|number| (format!("site-{number}.example"), file(site()))).collect::<BTreeMap<_, _>>(),
        suffixes: real.suffixes,
        ..Source::default()
    }
}
