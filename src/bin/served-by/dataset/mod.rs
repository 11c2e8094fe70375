//! `served-by dataset`: the data files checked, compiled and shown.

pub mod args;
mod refresh;
mod changes;
mod release;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use served_by::dataset::compile;
use served_by::dataset::image::{self, Image, date_text};
use served_by::dataset::lint;
use served_by::dataset::operators;
use served_by::dataset::read::{self, Fault, Source};
use served_by::detect::table::{Provider, RuleRow, Tables};
use served_by::detect::vocabulary::Where;
use served_by::ui::words::{self, Lang};

use crate::{Outcome, messages, report};
use args::{Dataset, Lint};

/// An error is one of writing to standard output.
pub fn run(command: &Dataset, bundled: &Image<'_>, out: &mut impl Write) -> io::Result<Outcome> {
    match command {
        Dataset::Lint(options) => lint_folder(options, out),
        Dataset::Build { dir, output } => build(dir, output, out),
        Dataset::Operators { dir, fetched, output } => operators(dir, fetched, output, out),
        Dataset::Refresh(options) => refresh::run(options, out),
        Dataset::Release(options) => release::run(options, out),
        Dataset::Verify(options) => release::verify(options, out),
        Dataset::Show { id: None } => {
            let tables = &bundled.tables;
            for number in 0..tables.providers.len() {
                let provider = Provider(number as u16);
                writeln!(out, "{:<24} {}", tables.id(provider), tables.name(provider))?;
            }
            Ok(Outcome::Clean)
        }
        Dataset::Show { id: Some(id) } => show(id, bundled, out),
    }
}

fn read_folder(dir: &Path) -> Option<(Source, Vec<Fault>)> {
    if !dir.is_dir() {
        messages::tell(format_args!(
            "{}: no such folder; give the one with `providers`, `places` and `fetched`",
            dir.display()
        ));
        return None;
    }
    let (source, mut faults) = read::folder(dir);
    faults.extend(lint::check(&source));
    Some((source, faults))
}

fn lint_folder(options: &Lint, out: &mut impl Write) -> io::Result<Outcome> {
    let Some((source, faults)) = read_folder(&options.dir) else { return Ok(Outcome::Failed) };
    for fault in faults.iter().chain(&lint::records::overdue(&source, options.day.number())) {
        writeln!(out, "{fault}")?;
    }
    Ok(if faults.is_empty() { Outcome::Clean } else { Outcome::Faults })
}

fn build(dir: &Path, output: &Path, out: &mut impl Write) -> io::Result<Outcome> {
    let Some((source, faults)) = read_folder(dir) else { return Ok(Outcome::Failed) };
    if !faults.is_empty() {
        return refuse(&faults, output, out);
    }
    let bytes = compile::image(&source);
    if !write(output, &bytes) {
        return Ok(Outcome::Failed);
    }
    match Image::open(&bytes) {
        Ok(image) => {
            writeln!(
                out,
                "{}: {} bytes, dataset {}, sha256 {}",
                output.display(),
                bytes.len(),
                image.date(),
                hash(&image)
            )?;
            Ok(Outcome::Clean)
        }
        Err(error) => {
            messages::tell(format_args!("{}: {error}", output.display()));
            Ok(Outcome::Failed)
        }
    }
}

/// A reader of the old file never meets half of the new one.
fn write(output: &Path, bytes: &[u8]) -> bool {
    let mut beside = output.as_os_str().to_owned();
    beside.push(".new");
    let written = fs::write(&beside, bytes).and_then(|()| fs::rename(&beside, output));
    if let Err(error) = &written {
        let _ = fs::remove_file(&beside);
        messages::tell(format_args!("{}: cannot be written: {error}", output.display()));
    }
    written.is_ok()
}

fn operators(dir: &Path, fetched: &Path, output: &Path, out: &mut impl Write) -> io::Result<Outcome> {
    let read = read::toml(&dir.join("source.toml"))
        .map_err(|fault| vec![fault])
        .and_then(|pinned| operators::read(&pinned.value, fetched));
    let source = match read {
        Ok(source) => source,
        Err(faults) => return refuse(&faults, output, out),
    };
    let bytes = operators::image(&source);
    let table = image::operators(&bytes).expect("what was just made opens");
    let spots = dir.join("spots.csv");
    let (seen, faults) = match fs::read(&spots) {
        Ok(text) => operators::check_spots(&spots, &text, &table),
        Err(error) => (0, vec![Fault::file(&spots, format!("cannot be read: {error}"))]),
    };
    if !faults.is_empty() {
        return refuse(&faults, output, out);
    }
    if !write(output, &bytes) {
        return Ok(Outcome::Failed);
    }
    let figures = operators::figures(&source);
    writeln!(
        out,
        "{}: {} bytes; {} {}: {} IPv4 ranges of {} addresses, {} IPv6 ranges, {} AS numbers; {} ranges cut, {} of \
         reserved numbers left out; {seen} well-known addresses agree",
        output.display(),
        bytes.len(),
        table.about("name"),
        date_text(table.date),
        figures.ipv4_ranges,
        figures.ipv4_addresses,
        figures.ipv6_ranges,
        figures.as_numbers,
        source.clipped,
        source.reserved,
    )?;
    Ok(Outcome::Clean)
}

fn refuse(faults: &[Fault], output: &Path, out: &mut impl Write) -> io::Result<Outcome> {
    for fault in faults {
        writeln!(out, "{fault}")?;
    }
    messages::tell(format_args!("{}: not written, because of the faults above", output.display()));
    Ok(Outcome::Faults)
}

/// The dataset's identity in hexadecimal digits.
pub fn hash(image: &Image<'_>) -> String {
    image.hash().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn show(id: &str, bundled: &Image<'_>, out: &mut impl Write) -> io::Result<Outcome> {
    let tables = &bundled.tables;
    let Some(provider) = tables.find(id) else {
        messages::tell(format_args!(
            "{id}: no such provider in the dataset of {}; `served-by dataset show` lists them",
            bundled.date()
        ));
        return Ok(Outcome::Failed);
    };
    let row = tables.provider(provider).expect("found by its id");
    writeln!(out, "{}  {}  [{}]", tables.name(provider), tables.text(row.homepage), tables.short(provider))?;
    let networks = ids(tables, |other| tables.runs_on(provider, other));
    if !networks.is_empty() {
        writeln!(out, "runs on: {networks}")?;
    }
    for list in tables.lists.iter().filter(|list| list.provider() == provider || list.machines() == provider) {
        let name = tables.text(list.name);
        let of =
            if list.provider() == provider { String::new() } else { format!(" of {}", tables.id(list.provider())) };
        let (basis, copied) = (words::list_basis(list, tables, Lang::En), date_text(list.copied.get()));
        let source = report::list_source(list, tables);
        writeln!(out, "\naddress:{name}{of}\n  {basis}\n  {source}, copied {copied}")?;
    }
    for rule in tables.rules.iter().filter(|rule| rule.provider() == provider) {
        show_rule(rule, tables, out)?;
    }
    Ok(Outcome::Clean)
}

fn show_rule(rule: &RuleRow, tables: &Tables<'_>, out: &mut impl Write) -> io::Result<()> {
    let place = match rule.place() {
        Some(Where::Field) => "value of the field",
        Some(Where::Member) => "member of the list in the field",
        Some(Where::CacheStatus) => "name of a cache in the field cache-status",
        Some(Where::Metric) => "metric in the field server-timing",
        Some(Where::Cookie) => "name of a cookie in the field set-cookie",
        Some(Where::Host) => "host of the address",
        Some(Where::CanonicalName) => "canonical name of the host",
        Some(Where::Issuer) => "issuer of the certificate",
        None => "",
    };
    let name = tables.text(rule.name);
    let (strength, layer) = (words::strength(rule.strength(), Lang::En), words::layer(rule.layer(), Lang::En));
    writeln!(out, "\n{}\n  {place}{}{name}", tables.text(rule.id), if name.is_empty() { "" } else { " " })?;
    writeln!(out, "  {strength}; {layer}")?;
    if !tables.text(rule.why).is_empty() {
        writeln!(out, "  {}", tables.text(rule.why))?;
    }
    writeln!(out, "  {}, checked {}", tables.text(rule.source), date_text(rule.checked.get()))
}

fn ids(tables: &Tables<'_>, wanted: impl Fn(Provider) -> bool) -> String {
    let all = (0..tables.providers.len()).map(|number| Provider(number as u16));
    all.filter(|provider| wanted(*provider)).map(|provider| tables.id(provider)).collect::<Vec<_>>().join(", ")
}
