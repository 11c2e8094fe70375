//! `served-by dataset refresh`: freshly downloaded lists of addresses, as providers publish them, turned
//! into `data/fetched/`.
//!
//! Nothing is fetched here: a person, or a schedule, downloads the files that [`ORIGINS`] names, and
//! reviews what changed. A list that changed beyond belief is refused, and then nothing at all is
//! written. Lists of the side that calls origin servers are never read: those machines answer no reader.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::Digest as _;

use served_by::dataset::image::date_text;
use served_by::dataset::lint;
use served_by::dataset::read::{self, Fault, Source};
use served_by::dataset::schema::Covers;
use served_by::net::{self, Prefix};

use super::args::Refresh;
use crate::{Outcome, messages};

/// A list may cover at least this share of the addresses that it covered before, and at most so many times.
const SHRINK: f64 = 0.5;
const GROWTH: f64 = 2.0;
/// A new prefix broader than this is looked at by a person: few networks have as much in one piece.
const BROAD_V4: u8 = 11;
const BROAD_V6: u8 = 28;
/// Longest downloaded file that is read, in bytes.
const FILE_MAX: u64 = 64 << 20;

/// How a published file is written, and what is taken from it.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// One prefix or address on each line, `#` before a remark.
    Lines,
    /// Comma-separated, the prefix first, `#` before a remark (RFC 8805).
    Geofeed,
    /// JSON: names of members on the way to the prefixes, through arrays. `only` names a member that
    /// objects on the way have, and the values by which they are chosen.
    Json { ways: &'static [&'static [&'static str]], only: Option<(&'static str, &'static [&'static str])> },
}

/// What is kept of a published list.
#[derive(Clone, Copy, Debug)]
struct Keep {
    /// Neighbouring prefixes are joined: the list then has fewer, and covers the same.
    joined: bool,
    /// Another list whose addresses are taken out, because they are rented to others.
    without: Option<&'static str>,
    /// Prefixes inside these only, or outside them only.
    inside: Option<&'static [&'static str]>,
    outside: Option<&'static [&'static str]>,
    /// Longest IPv4 prefix, for lists that name single machines of others too.
    longest_v4: u8,
    longest_v6: u8,
    /// At most so many IPv4 prefixes, the largest: what remains is known by other lists.
    most_v4: usize,
    note: &'static str,
}

const ALL: Keep = Keep {
    joined: false,
    without: None,
    inside: None,
    outside: None,
    longest_v4: 32,
    longest_v6: 128,
    most_v4: usize::MAX,
    note: "",
};

/// Where a list in `data/fetched/` comes from.
#[derive(Clone, Copy, Debug)]
struct Origin {
    /// File name in `data/fetched/`, without `.txt`.
    list: &'static str,
    /// Where it is published.
    address: &'static str,
    /// Names of the downloaded files; a `*` stands for anything. All of them are needed.
    files: &'static [&'static str],
    form: Form,
    keep: Keep,
}

const GOOGLE: Form = Form::Json { ways: &[&["prefixes", "ipv4Prefix"], &["prefixes", "ipv6Prefix"]], only: None };
const AWS: &[&[&str]] = &[&["prefixes", "ip_prefix"], &["ipv6_prefixes", "ipv6_prefix"]];
/// Blocks of GitHub that Fastly announces.
const GITHUB_ON_FASTLY: &[&str] = &["185.199.108.0/22", "2606:50c0::/32"];

/// Every list that can be refreshed. Lists without a published file stay as they are.
const ORIGINS: &[Origin] = &[
    Origin {
        list: "akamai",
        address: "https://techdocs.akamai.com/property-manager/pdfs/akamai_ipv4_ipv6_CIDRs-txt.zip",
        files: &["akamai_ipv4_CIDRs.txt", "akamai_ipv6_CIDRs.txt"],
        form: Form::Lines,
        keep: Keep {
            without: Some("linode"),
            note: "without the blocks that geoip.linode.com gives to rented servers",
            ..ALL
        },
    },
    Origin {
        list: "amazon-cloudfront",
        address: "https://ip-ranges.amazonaws.com/ip-ranges.json",
        files: &["ip-ranges.json"],
        form: Form::Json { ways: AWS, only: Some(("service", &["CLOUDFRONT"])) },
        keep: Keep {
            joined: true,
            note: "service CLOUDFRONT only, neighbours joined; never CLOUDFRONT_ORIGIN_FACING",
            ..ALL
        },
    },
    Origin {
        list: "amazon-web-services",
        address: "https://ip-ranges.amazonaws.com/ip-ranges.json",
        files: &["ip-ranges.json"],
        form: Form::Json { ways: AWS, only: None },
        keep: Keep {
            joined: true,
            longest_v6: 40,
            note: "all services, neighbours joined; IPv6 kept only for prefixes of /40 or shorter",
            ..ALL
        },
    },
    Origin {
        list: "arvancloud",
        address: "https://www.arvancloud.ir/fa/ips.txt",
        files: &["ips.txt"],
        form: Form::Lines,
        keep: ALL,
    },
    Origin {
        list: "azure-front-door",
        address: "https://www.microsoft.com/en-us/download/details.aspx?id=56519",
        files: &["ServiceTags_Public_*.json"],
        form: Form::Json {
            ways: &[&["values", "properties", "addressPrefixes"]],
            only: Some(("name", &["AzureFrontDoor.Frontend", "AzureFrontDoor.FirstParty"])),
        },
        keep: Keep {
            joined: true,
            note: "tags AzureFrontDoor.Frontend and AzureFrontDoor.FirstParty, neighbours joined; never Backend",
            ..ALL
        },
    },
    Origin {
        list: "bunny",
        address: "https://bunnycdn.com/api/system/edgeserverlist/plain",
        files: &["edgeserverlist*"],
        form: Form::Lines,
        keep: Keep { joined: true, note: "neighbours joined", ..ALL },
    },
    Origin {
        list: "cloudflare",
        address: "https://www.cloudflare.com/ips/",
        files: &["ips-v4*", "ips-v6*"],
        form: Form::Lines,
        keep: ALL,
    },
    Origin {
        list: "digitalocean",
        address: "https://digitalocean.com/geo/google.csv",
        files: &["google.csv"],
        form: Form::Geofeed,
        keep: Keep { joined: true, note: "neighbours joined", ..ALL },
    },
    Origin {
        list: "exoscale",
        address: "https://exoscale-prefixes.sos-ch-dk-2.exo.io/exoscale_prefixes.json",
        files: &["exoscale_prefixes.json"],
        form: Form::Json { ways: &[&["prefixes", "IPv4Prefix"], &["prefixes", "IPv6Prefix"]], only: None },
        keep: Keep { joined: true, note: "neighbours joined", ..ALL },
    },
    Origin {
        list: "fastly",
        address: "https://api.fastly.com/public-ip-list",
        files: &["public-ip-list"],
        form: Form::Json { ways: &[&["addresses"], &["ipv6_addresses"]], only: None },
        keep: ALL,
    },
    Origin {
        list: "gcore",
        address: "https://api.gcore.com/cdn/public-ip-list",
        files: &["gcore-public-ip-list*"],
        form: Form::Json { ways: &[&["addresses"], &["addresses_v6"]], only: None },
        keep: Keep { joined: true, note: "neighbours joined", ..ALL },
    },
    Origin {
        list: "github",
        address: "https://api.github.com/meta",
        files: &["meta"],
        form: Form::Json { ways: &[&["web"]], only: None },
        keep: Keep {
            outside: Some(GITHUB_ON_FASTLY),
            longest_v4: 24,
            longest_v6: 64,
            note: "of key web: the blocks of its own network",
            ..ALL
        },
    },
    Origin {
        list: "github-on-fastly",
        address: "https://api.github.com/meta",
        files: &["meta"],
        form: Form::Json { ways: &[&["web"]], only: None },
        keep: Keep { inside: Some(GITHUB_ON_FASTLY), note: "of key web: the blocks that Fastly announces", ..ALL },
    },
    Origin {
        list: "github-pages",
        address: "https://api.github.com/meta",
        files: &["meta"],
        form: Form::Json { ways: &[&["pages"]], only: None },
        keep: Keep {
            outside: Some(&["192.30.252.0/22"]),
            note: "key pages, without the two addresses of 192.30.252.0/22",
            ..ALL
        },
    },
    Origin {
        list: "gocache",
        address: "https://gocache.com.br/ips",
        files: &["gocache-ips*"],
        form: Form::Lines,
        keep: ALL,
    },
    Origin {
        list: "google-cloud",
        address: "https://www.gstatic.com/ipranges/cloud.json",
        files: &["cloud.json"],
        form: GOOGLE,
        keep: Keep { joined: true, note: "neighbours joined", ..ALL },
    },
    Origin {
        list: "google-frontend",
        address: "https://www.gstatic.com/ipranges/goog.json",
        files: &["goog.json"],
        form: GOOGLE,
        keep: Keep { without: Some("google-cloud"), note: "goog.json without the prefixes of cloud.json", ..ALL },
    },
    Origin {
        list: "imperva",
        address: "https://my.imperva.com/api/integration/v1/ips",
        files: &["imperva-ips*"],
        form: Form::Json { ways: &[&["ipRanges"], &["ipv6Ranges"]], only: None },
        keep: ALL,
    },
    Origin {
        list: "linode",
        address: "https://geoip.linode.com/",
        files: &["geoip.linode.com*"],
        form: Form::Geofeed,
        keep: Keep { joined: true, note: "neighbours joined", ..ALL },
    },
    Origin {
        list: "oracle-cloud",
        address: "https://docs.oracle.com/en-us/iaas/tools/public_ip_ranges.json",
        files: &["public_ip_ranges.json"],
        form: Form::Json { ways: &[&["regions", "cidrs", "cidr"]], only: None },
        keep: Keep {
            joined: true,
            most_v4: 500,
            note: "neighbours joined; only the 500 largest IPv4 blocks kept",
            ..ALL
        },
    },
    Origin {
        list: "vultr",
        address: "https://geofeed.constant.com/?json",
        files: &["geofeed.constant.com*"],
        form: Form::Json { ways: &[&["subnets", "ip_prefix"]], only: None },
        keep: Keep { joined: true, note: "neighbours joined", ..ALL },
    },
];

/// What would become of one list.
#[derive(Clone, Debug)]
struct Change {
    origin: &'static Origin,
    added: Vec<Prefix>,
    removed: Vec<Prefix>,
    /// Prefixes, and IPv4 and IPv6 addresses covered, before and after.
    before: Size,
    after: Size,
    /// Why a person should look before this is taken.
    doubts: Vec<Doubt>,
    /// The new text of the file.
    text: String,
    path: PathBuf,
}

/// How much a list covers.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Size {
    prefixes: usize,
    v4: f64,
    v6: f64,
}

/// What is hard to believe of a new list. Somebody who has looked may take it all the same.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
enum Doubt {
    #[error("{prefix} is new, and very broad")]
    Broad { prefix: Prefix },
    #[error("it covers {share:.0} % of the {family} addresses that it covered before; {limit:.0} % is the limit")]
    Size { family: &'static str, share: f64, limit: f64 },
    #[error("{prefix} overlaps {other} of `{provider}`, in {list}.txt")]
    Rival { prefix: Prefix, other: Prefix, provider: String, list: String },
}

/// Why nothing can be made of a downloaded file. No doubt of a person's helps here.
#[derive(Debug, thiserror::Error)]
enum RefreshError {
    #[error("{}: cannot be read: {error}", path.display())]
    Read { path: PathBuf, error: io::Error },
    #[error("{}: of no published list; `served-by dataset refresh --list` says how the files are called", path.display())]
    Unknown { path: PathBuf },
    #[error("{}: two files are called so, and {} is the other; keep one", path.display(), other.display())]
    Twice { path: PathBuf, other: PathBuf },
    #[error("`{list}` needs the file {file} too")]
    Missing { list: &'static str, file: &'static str },
    #[error("`{list}` needs the list `{other}` too: download that in the same go")]
    MissingList { list: &'static str, other: &'static str },
    #[error("{}: expected {expected}", path.display())]
    Form { path: PathBuf, expected: &'static str },
    #[error("{}:{line}: {text}: {error}", path.display())]
    Prefix { path: PathBuf, line: usize, text: String, error: net::PrefixError },
    #[error("`{list}`: no prefix is left")]
    Empty { list: &'static str },
    #[error("`{list}`: {} is not there, so nobody uses it", path.display())]
    Unused { list: &'static str, path: PathBuf },
    /// Of a list as it would be: its text is nowhere yet, so what it is made from is named.
    #[error("`{}`, from {}: {}{}", origin.list, origin.files.join(" and "), fault.what, excerpt(fault))]
    List { origin: &'static Origin, fault: Box<Fault> },
    /// Of another file beside the new lists.
    #[error("{0}")]
    Other(Box<Fault>),
}

fn excerpt(fault: &Fault) -> String {
    fault.excerpt.iter().map(|(line, _)| format!("\n  {line}")).collect()
}

/// Prefixes of one list that are shown; the others are counted.
const SHOWN: usize = 12;

/// Reads the folder, shows what changes, and writes it unless something is wrong or doubtful.
///
/// An error is one of writing to standard output.
pub fn run(options: &Refresh, out: &mut impl io::Write) -> io::Result<Outcome> {
    let Some(folder) = options.downloads.as_ref().filter(|_| !options.list) else {
        for origin in ORIGINS {
            writeln!(out, "{:<20} {}  from {}", origin.list, origin.files.join(" and "), origin.address)?;
        }
        return Ok(Outcome::Clean);
    };
    let (source, faults) = read::folder(&options.data);
    if !faults.is_empty() || source.lists.is_empty() {
        faults.iter().for_each(messages::tell);
        messages::tell(format_args!("{}: no data to refresh; repair it first", options.data.display()));
        return Ok(Outcome::Failed);
    }
    if let Some(unknown) = options.accept.iter().find(|list| !ORIGINS.iter().any(|origin| origin.list == **list)) {
        messages::tell(format_args!("--accept {unknown}: no such list; `served-by dataset refresh --list` has them"));
        return Ok(Outcome::Failed);
    }
    let date = date_text(options.day.number());
    let changes = match plan(folder, &source, &options.data, &date) {
        Ok(changes) if changes.is_empty() => {
            messages::tell(format_args!("{}: no downloaded list in it", folder.display()));
            return Ok(Outcome::Failed);
        }
        Ok(changes) => changes,
        Err(errors) => {
            errors.iter().for_each(messages::tell);
            messages::tell("nothing was written");
            return Ok(Outcome::Faults);
        }
    };
    let mut refused = Vec::new();
    for change in &changes {
        show(change, out)?;
        let list = change.origin.list;
        if !change.doubts.is_empty() && !options.accept.iter().any(|accepted| accepted == list) {
            refused.push(list);
        }
    }
    if !refused.is_empty() {
        out.flush()?;
        let accept: String = refused.iter().map(|list| format!(" --accept {list}")).collect();
        messages::tell(format_args!(
            "nothing was written: look at the lists marked with `!`, then take them with{accept}"
        ));
        return Ok(Outcome::Faults);
    }
    if options.dry_run {
        writeln!(out, "nothing was written, as asked")?;
    } else if let Err((path, error)) = write(&changes) {
        messages::tell(format_args!("{}: cannot be written: {error}", path.display()));
        return Ok(Outcome::Failed);
    } else {
        writeln!(out, "{} lists written, copied on {date}", changes.len())?;
    }
    Ok(Outcome::Clean)
}

fn show(change: &Change, out: &mut impl io::Write) -> io::Result<()> {
    let Change { origin, added, removed, before, after, doubts, .. } = change;
    write!(out, "{}: {} prefixes", origin.list, after.prefixes)?;
    if added.is_empty() && removed.is_empty() {
        return writeln!(out, ", unchanged");
    }
    writeln!(out, ", {} before; {} added, {} removed", before.prefixes, added.len(), removed.len())?;
    for (family, old, new) in [("IPv4", before.v4, after.v4), ("IPv6", before.v6, after.v6)] {
        if old != new && old > 0.0 {
            writeln!(out, "  {family}: {:+.2} % of the addresses", (new / old - 1.0) * 100.0)?;
        }
    }
    for (sign, prefixes) in [('+', added), ('-', removed)] {
        for prefix in prefixes.iter().take(SHOWN) {
            writeln!(out, "  {sign} {prefix}")?;
        }
        if let Some(more) = prefixes.len().checked_sub(SHOWN).filter(|more| *more > 0) {
            writeln!(out, "  {sign} and {more} more")?;
        }
    }
    doubts.iter().take(SHOWN).try_for_each(|doubt| writeln!(out, "  ! {doubt}"))
}

/// What the files in a folder would change. Everything wrong is told at once.
fn plan(folder: &Path, source: &Source, data: &Path, date: &str) -> Result<Vec<Change>, Vec<RefreshError>> {
    let mut errors = Vec::new();
    let files = files(folder, &mut errors);
    let mut fresh: BTreeMap<&'static str, Vec<Prefix>> = BTreeMap::new();
    for origin in ORIGINS {
        let found: Vec<Option<&PathBuf>> = origin.files.iter().map(|name| files.get(name)).collect();
        if found.iter().all(Option::is_none) {
            continue;
        }
        let mut prefixes = Vec::new();
        for (name, path) in origin.files.iter().zip(found) {
            match path {
                None => errors.push(RefreshError::Missing { list: origin.list, file: name }),
                Some(path) => match read_file(path, origin.form) {
                    Ok(read) => prefixes.extend(read),
                    Err(error) => errors.push(error),
                },
            }
        }
        fresh.insert(origin.list, prefixes);
    }
    let mut changes = Vec::new();
    for origin in ORIGINS.iter().filter(|origin| fresh.contains_key(origin.list)) {
        let other = origin.keep.without.map(|other| (other, fresh.get(other)));
        let without = match other {
            None => &[][..],
            Some((_, Some(prefixes))) => prefixes,
            Some((other, None)) => {
                errors.push(RefreshError::MissingList { list: origin.list, other });
                continue;
            }
        };
        match change(origin, kept(&fresh[origin.list], without, &origin.keep), source, data, date) {
            Ok(change) => changes.push(change),
            Err(error) => errors.push(error),
        }
    }
    if errors.is_empty() {
        check(source, &changes, &mut errors);
    }
    if errors.is_empty() { Ok(changes) } else { Err(errors) }
}

/// Writes all lists, or none.
fn write(changes: &[Change]) -> Result<(), (PathBuf, io::Error)> {
    let beside = |path: &Path| path.with_extension("txt.new");
    let written = changes.iter().try_for_each(|change| {
        let path = beside(&change.path);
        fs::write(&path, &change.text).map_err(|error| (path, error))
    });
    if written.is_err() {
        for change in changes {
            let _ = fs::remove_file(beside(&change.path));
        }
        return written;
    }
    changes.iter().try_for_each(|change| {
        fs::rename(beside(&change.path), &change.path).map_err(|error| (change.path.clone(), error))
    })
}

/// The files in the folder by the names that lists give them.
fn files(folder: &Path, errors: &mut Vec<RefreshError>) -> BTreeMap<&'static str, PathBuf> {
    let mut found: BTreeMap<&'static str, PathBuf> = BTreeMap::new();
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            errors.push(RefreshError::Read { path: folder.to_owned(), error });
            return found;
        }
    };
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let names: BTreeSet<&'static str> =
            ORIGINS.iter().flat_map(|origin| origin.files).copied().filter(|known| is_called(&name, known)).collect();
        if names.is_empty() {
            errors.push(RefreshError::Unknown { path: path.clone() });
        }
        for known in names {
            if let Some(other) = found.insert(known, path.clone()) {
                errors.push(RefreshError::Twice { path: path.clone(), other });
            }
        }
    }
    found
}

fn is_called(name: &str, known: &str) -> bool {
    match known.split_once('*') {
        None => name == known,
        Some((start, end)) => name.len() >= start.len() + end.len() && name.starts_with(start) && name.ends_with(end),
    }
}

fn read_file(path: &Path, form: Form) -> Result<Vec<Prefix>, RefreshError> {
    let cannot = |error| RefreshError::Read { path: path.to_owned(), error };
    if fs::metadata(path).map_err(cannot)?.len() > FILE_MAX {
        return Err(cannot(io::Error::other(format!("longer than {FILE_MAX} bytes"))));
    }
    let text = fs::read_to_string(path).map_err(cannot)?;
    let prefix = |line: usize, text: &str| {
        Prefix::parse(text).map_err(|error| RefreshError::Prefix {
            path: path.to_owned(),
            line,
            text: text.chars().take(60).collect(),
            error,
        })
    };
    match form {
        Form::Lines | Form::Geofeed => {
            let lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
            lines
                .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
                .map(|(number, line)| {
                    let end = if matches!(form, Form::Geofeed) { line.find(',') } else { None };
                    prefix(number, line[..end.unwrap_or(line.len())].trim())
                })
                .collect()
        }
        Form::Json { ways, only } => {
            let expected = |expected| RefreshError::Form { path: path.to_owned(), expected };
            let value: Value = serde_json::from_str(&text).map_err(|_| expected("JSON"))?;
            let mut texts = Vec::new();
            for way in ways {
                let names = way.first().filter(|name| value.get(name).is_some_and(Value::is_array));
                if names.is_some() {
                    walk(&value, way, only, &mut texts);
                }
            }
            if texts.is_empty() {
                return Err(expected("the members of the published form; it may have changed"));
            }
            texts.iter().map(|text| prefix(1, text)).collect()
        }
    }
}

/// Texts at the end of the way.
fn walk<'v>(value: &'v Value, way: &[&str], only: Option<(&str, &[&str])>, texts: &mut Vec<&'v str>) {
    match (value, way) {
        (Value::Array(members), _) => members.iter().for_each(|member| walk(member, way, only, texts)),
        (Value::String(text), []) => texts.push(text),
        (Value::Object(members), [name, rest @ ..]) => {
            let chosen = only.is_none_or(|(key, values)| {
                members.get(key).and_then(Value::as_str).is_none_or(|value| values.contains(&value))
            });
            if let Some(next) = members.get(*name).filter(|_| chosen) {
                walk(next, rest, only, texts);
            }
        }
        _ => {}
    }
}

/// First and last addresses, of one family, sorted and apart.
type Ranges = Vec<(u128, u128)>;

fn ranges<'p>(prefixes: impl IntoIterator<Item = &'p Prefix>, v4: bool) -> Ranges {
    let mut all: Ranges = prefixes.into_iter().filter(|prefix| prefix.is_ipv4() == v4).map(Prefix::bounds).collect();
    all.sort_unstable();
    let mut joined: Ranges = Vec::new();
    for (first, last) in all {
        match joined.last_mut() {
            Some((_, end)) if first <= end.saturating_add(1) => *end = last.max(*end),
            _ => joined.push((first, last)),
        }
    }
    joined
}

fn minus(ranges: &Ranges, others: &Ranges) -> Ranges {
    let mut left = Vec::new();
    for (first, last) in ranges {
        let (start, mut first, mut gone) = (*first, *first, false);
        for (from, to) in others.iter().filter(|(from, to)| *from <= *last && *to >= start) {
            if *from > first {
                left.push((first, from - 1));
            }
            gone = to >= last;
            first = to.saturating_add(1).max(first);
        }
        if !gone && first <= *last {
            left.push((first, *last));
        }
    }
    left
}

/// The fewest prefixes that cover the ranges.
fn prefixes(ranges: &Ranges, v4: bool) -> Vec<Prefix> {
    let width: u32 = if v4 { 32 } else { 128 };
    let mut all = Vec::new();
    for (first, last) in ranges {
        let mut first = *first;
        loop {
            let aligned = if first == 0 { width } else { first.trailing_zeros().min(width) };
            let size = (last - first).checked_add(1).map_or(width, |len| 127 - len.leading_zeros());
            let bits = aligned.min(size);
            let address = if v4 { IpAddr::V4(Ipv4Addr::from(first as u32)) } else { IpAddr::V6(Ipv6Addr::from(first)) };
            all.push(Prefix::new(address, (width - bits) as u8).expect("aligned to its length"));
            match first.checked_add(1_u128.checked_shl(bits).unwrap_or(0)) {
                Some(next) if next > first && next <= *last => first = next,
                _ => break,
            }
        }
    }
    all
}

/// What is kept of the prefixes, sorted and each once.
fn kept(fresh: &[Prefix], without: &[Prefix], keep: &Keep) -> Vec<Prefix> {
    let within = |blocks: &[&str], prefix: &Prefix| {
        blocks.iter().filter_map(|block| Prefix::parse(block).ok()).any(|block| block.contains(prefix.address()))
    };
    let fresh: Vec<Prefix> = fresh
        .iter()
        .filter(|prefix| keep.inside.is_none_or(|blocks| within(blocks, prefix)))
        .filter(|prefix| keep.outside.is_none_or(|blocks| !within(blocks, prefix)))
        .copied()
        .collect();
    let mut all = if keep.joined || !without.is_empty() {
        let family = |v4| prefixes(&minus(&ranges(&fresh, v4), &ranges(without, v4)), v4);
        [family(true), family(false)].concat()
    } else {
        fresh
    };
    all.retain(|prefix| prefix.length() <= if prefix.is_ipv4() { keep.longest_v4 } else { keep.longest_v6 });
    if all.iter().filter(|prefix| prefix.is_ipv4()).count() > keep.most_v4 {
        all.sort_by_key(|prefix| (!prefix.is_ipv4(), prefix.length(), prefix.bounds()));
        let mut number = 0;
        all.retain(|prefix| {
            number += usize::from(prefix.is_ipv4());
            !prefix.is_ipv4() || number <= keep.most_v4
        });
    }
    all.sort_by_key(|prefix| (!prefix.is_ipv4(), net::bits(prefix.address()), prefix.length()));
    all.dedup();
    all
}

fn size(prefixes: &[Prefix]) -> Size {
    let covered = |v4| ranges(prefixes, v4).iter().map(|(first, last)| (last - first) as f64 + 1.0).sum();
    Size { prefixes: prefixes.len(), v4: covered(true), v6: covered(false) }
}

fn change(
    origin: &'static Origin,
    prefixes: Vec<Prefix>,
    source: &Source,
    data: &Path,
    date: &str,
) -> Result<Change, RefreshError> {
    let list = origin.list;
    let path = data.join("fetched").join(format!("{list}.txt"));
    let Some(old) = source.lists.get(list) else { return Err(RefreshError::Unused { list, path }) };
    if prefixes.is_empty() {
        return Err(RefreshError::Empty { list });
    }
    let broad = |prefix: &Prefix, v4, v6| prefix.length() < if prefix.is_ipv4() { v4 } else { v6 };
    let (before, after): (BTreeSet<_>, BTreeSet<_>) =
        (old.prefixes.iter().copied().collect(), prefixes.iter().copied().collect());
    let added: Vec<Prefix> = after.difference(&before).copied().collect();
    let removed = before.difference(&after).copied().collect();
    let mut doubts: Vec<Doubt> = added
        .iter()
        .filter(|prefix| broad(prefix, BROAD_V4, BROAD_V6))
        .map(|prefix| Doubt::Broad { prefix: *prefix })
        .collect();
    let (old_size, new_size) = (size(&old.prefixes), size(&prefixes));
    for (family, old, new) in [("IPv4", old_size.v4, new_size.v4), ("IPv6", old_size.v6, new_size.v6)] {
        let share = new / old;
        let limit = if share < SHRINK { SHRINK } else { GROWTH };
        if old > 0.0 && !(SHRINK..=GROWTH).contains(&share) {
            doubts.push(Doubt::Size { family, share: share * 100.0, limit: limit * 100.0 });
        }
    }
    doubts.extend(rivals(list, &added, source));
    let provider = old.header.get("provider").map_or(list, String::as_str);
    let body: String = prefixes.iter().map(|prefix| format!("{prefix}\n")).collect();
    let hash: String = sha2::Sha256::digest(&body).iter().map(|byte| format!("{byte:02x}")).collect();
    let address = origin.address;
    let mut text = format!(
        "# provider: {provider}\n# published-at: {address}\n# copied-from: {address}\n# copied-on: {date}\n# sha256: {hash}\n"
    );
    if !origin.keep.note.is_empty() {
        text.push_str(&format!("# note: {}\n", origin.keep.note));
    }
    text.push_str(&body);
    Ok(Change { origin, added, removed, before: old_size, after: new_size, doubts, text, path })
}

/// New prefixes that overlap those of another provider on a list of the same kind. The network of a
/// host holds everybody's rented machines, so those lists are no rivals.
fn rivals(list: &str, added: &[Prefix], source: &Source) -> Vec<Doubt> {
    let uses = |name: &str| {
        let all = source.providers.iter().flat_map(|(id, file)| file.value.prefixes.iter().map(move |of| (id, of)));
        let name = name.to_owned();
        all.filter(move |(_, of)| of.list == name && of.covers != Covers::Network)
    };
    let Some((own, own_use)) = uses(list).next() else { return Vec::new() };
    let mut doubts = Vec::new();
    for (name, other) in source.lists.iter().filter(|(name, _)| *name != list) {
        let Some((rival, _)) = uses(name).find(|(id, of)| *id != own && of.covers == own_use.covers) else { continue };
        for prefix in added {
            let (first, last) = prefix.bounds();
            let overlapping = other.prefixes.iter().find(|other| {
                let (from, to) = other.bounds();
                other.is_ipv4() == prefix.is_ipv4() && from <= last && to >= first
            });
            if let Some(other) = overlapping {
                let (provider, list) = (rival.clone(), name.clone());
                doubts.push(Doubt::Rival { prefix: *prefix, other: *other, provider, list });
            }
        }
    }
    doubts
}

/// The new lists have to be free of faults, alone and beside the others.
fn check(source: &Source, changes: &[Change], errors: &mut Vec<RefreshError>) {
    let mut next = source.clone();
    let mut faults = Vec::new();
    for change in changes {
        let list = read::list(change.path.clone(), change.text.clone(), &mut faults);
        next.lists.insert(change.origin.list.to_owned(), list);
    }
    let before = lint::check(source);
    faults.extend(lint::check(&next));
    for fault in faults {
        let of_list = changes.iter().find(|change| change.path == fault.path).map(|change| change.origin);
        // A prefix of two providers is told of the other one's list, by their order.
        match of_list {
            Some(origin) => errors.push(RefreshError::List { origin, fault: fault.into() }),
            None if !before.contains(&fault) => errors.push(RefreshError::Other(fault.into())),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(texts: &[&str]) -> Vec<Prefix> {
        texts.iter().map(|text| Prefix::parse(text).unwrap()).collect()
    }

    fn texts(prefixes: &[Prefix]) -> Vec<String> {
        prefixes.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn neighbours_are_joined_and_others_taken_out() {
        let joined = Keep { joined: true, ..ALL };
        let halves = all(&["5.0.0.0/25", "5.0.0.128/25", "5.0.1.0/24", "5.0.4.0/24", "2a00::/33", "2a00:0:8000::/33"]);
        assert_eq!(texts(&kept(&halves, &[], &joined)), ["5.0.0.0/23", "5.0.4.0/24", "2a00::/32"]);
        assert_eq!(
            texts(&kept(&all(&["5.0.0.0/22"]), &all(&["5.0.1.0/24", "5.0.0.0/32"]), &ALL))[..3],
            ["5.0.0.1/32", "5.0.0.2/31", "5.0.0.4/30"]
        );
        assert_eq!(texts(&kept(&all(&["5.0.0.0/24"]), &all(&["5.0.0.0/16"]), &ALL)), Vec::<String>::new());
        let everything = [(0, u128::from(u32::MAX))].to_vec();
        assert_eq!(texts(&prefixes(&everything, true)), ["0.0.0.0/0"]);
        assert_eq!(texts(&prefixes(&[(0, u128::MAX)].to_vec(), false)), ["::/0"]);
    }

    #[test]
    fn only_what_is_wanted_is_kept() {
        let web = all(&["185.199.108.0/22", "140.82.112.0/20", "20.201.28.151/32", "2606:50c0::/32"]);
        let on_fastly = ORIGINS.iter().find(|origin| origin.list == "github-on-fastly").unwrap();
        let own = ORIGINS.iter().find(|origin| origin.list == "github").unwrap();
        assert_eq!(texts(&kept(&web, &[], &on_fastly.keep)), ["185.199.108.0/22", "2606:50c0::/32"]);
        assert_eq!(texts(&kept(&web, &[], &own.keep)), ["140.82.112.0/20"]);
        let most = Keep { most_v4: 1, ..ALL };
        assert_eq!(
            texts(&kept(&all(&["5.0.0.0/24", "6.0.0.0/16", "2a00::/32"]), &[], &most)),
            ["6.0.0.0/16", "2a00::/32"]
        );
    }

    #[test]
    fn every_origin_has_its_list() {
        let (source, _) = read::folder(Path::new("data"));
        for origin in ORIGINS {
            let list = source.lists.get(origin.list).unwrap_or_else(|| panic!("{} is no list", origin.list));
            assert_eq!(list.header["published-at"], origin.address, "{}", origin.list);
        }
        let facing = ORIGINS.iter().any(|origin| match origin.form {
            Form::Json { only: Some((_, values)), .. } => {
                values.iter().any(|value| value.contains("ORIGIN") || value.contains("Backend"))
            }
            _ => false,
        });
        assert!(!facing, "a list of the side that calls origin servers");
    }
}
