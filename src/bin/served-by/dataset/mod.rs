//! `served-by dataset`: the data files checked, compiled and shown.

pub mod args;
mod canonical;
mod changes;
mod counts;
mod difference;
mod draft;
mod export;
mod links;
mod pages;
mod records;
mod refresh;
mod release;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use served_by::BUNDLED_RECORDS;
use served_by::dataset::compile;
use served_by::dataset::image::{self, Image, Part, date_text};
use served_by::dataset::lint;
use served_by::dataset::operators;
use served_by::dataset::read::{self, Fault, Source};
use served_by::detect::table::{Provider, RuleRow, Tables};
use served_by::detect::vocabulary::Where;
use served_by::records::table::Records;
use served_by::ui::words::{self, Lang};

use crate::{Outcome, messages, report};
use args::{Dataset, Day, Form, Lint, What};
use draft::Questions;

/// An error is one of writing to standard output.
pub fn run(command: &Dataset, bundled: &Image<'_>, lang: Lang, out: &mut impl Write) -> io::Result<Outcome> {
    match command {
        Dataset::Lint(options) => lint_folder(options, out),
        Dataset::Fmt { data, check } => form(&data.dir, *check, out),
        Dataset::Build { data, output, records } => build(&data.dir, output, records.as_deref(), out),
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
        Dataset::Show { id: Some(id) } => show(id, lang, bundled, out),
        Dataset::List(options) => {
            let tables = &bundled.tables;
            let Some(records) = bundled_records() else { return Ok(Outcome::Failed) };
            if let Some(id) = options.provider.as_deref().filter(|id| tables.find(id).is_none()) {
                messages::tell(messages::no_provider(lang, id));
                return Ok(Outcome::Failed);
            }
            records::list(options, &records, lang, out)?;
            Ok(Outcome::Clean)
        }
        Dataset::Stats { data, day, svg } => {
            let Some((source, _)) = read_folder(&data.dir) else { return Ok(Outcome::Failed) };
            let counts = counts::of(&source, day.number());
            counts::table(&counts, out)?;
            Ok(svg.as_deref().map_or(Outcome::Clean, |path| written(path, counts::drawing(&counts).as_bytes())))
        }
        Dataset::Due { data, day } => {
            let Some((source, _)) = read_folder(&data.dir) else { return Ok(Outcome::Failed) };
            let due = lint::records::overdue(&source, day.number());
            due.iter().try_for_each(|fault| writeln!(out, "{fault}"))?;
            Ok(if due.is_empty() { Outcome::Clean } else { Outcome::Faults })
        }
        Dataset::Diff { old, new } => {
            let (Some((old, _)), Some((new, _))) = (read_folder(old), read_folder(new)) else {
                return Ok(Outcome::Failed);
            };
            let told = difference::between(&old, &new);
            told.iter().try_for_each(|sentence| writeln!(out, "{sentence}"))?;
            Ok(if told.is_empty() { Outcome::Clean } else { Outcome::Faults })
        }
        Dataset::New { what, id, day, data } => begin(*what, id, day, data, out),
        Dataset::Export { form, data, output } => export(*form, &data.dir, output.as_deref(), out),
    }
}

/// The records that this program carries.
fn bundled_records() -> Option<Records<'static>> {
    image::records(BUNDLED_RECORDS)
        .map_err(|error| messages::tell(format_args!("served-by: the bundled records: {error}")))
        .ok()
}

fn written(path: &Path, bytes: &[u8]) -> Outcome {
    if write(path, bytes) { Outcome::Clean } else { Outcome::Failed }
}

fn form(dir: &Path, check: bool, out: &mut impl Write) -> io::Result<Outcome> {
    let Some((source, _)) = read_folder(dir) else { return Ok(Outcome::Failed) };
    let providers = source.providers.values().map(|file| (&file.path, &file.text));
    let records = source.records.values().map(|file| (&file.path, &file.text));
    let sites = source.sites.values().map(|file| (&file.path, &file.text));
    let authorities = source.authorities.iter().map(|file| (&file.path, &file.text));
    let words = source.words.iter().map(|file| (&file.path, &file.text));
    let exemptions = source.exemptions.iter().map(|file| (&file.path, &file.text));
    let mut outcome = Outcome::Clean;
    for (path, text) in providers.chain(records).chain(sites).chain(authorities).chain(words).chain(exemptions) {
        let Some(formed) = canonical::form(path, text).filter(|formed| formed != text) else { continue };
        writeln!(out, "{}", path.display())?;
        outcome = outcome.max(if check { Outcome::Faults } else { written(path, formed.as_bytes()) });
    }
    Ok(outcome)
}

fn begin(what: What, id: &str, day: &Day, data: &Path, out: &mut impl Write) -> io::Result<Outcome> {
    let (folder, well_named) = match what {
        What::Record | What::Provider => {
            let folder = if what == What::Record { "records" } else { "providers" };
            (folder, id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-'))
        }
        What::Site => ("sites", read::ascii(id).as_deref() == Some(id)),
    };
    let path = data.join(folder).join(format!("{id}.toml"));
    if !well_named || id.is_empty() {
        messages::tell(format_args!("{id}: an id has a-z, 0-9 and -; a site is called by its domain, as 8ch.net"));
        return Ok(Outcome::Failed);
    }
    if path.exists() {
        messages::tell(format_args!("{}: is there already; edit it", path.display()));
        return Ok(Outcome::Failed);
    }
    let mut questions = Questions { answers: io::stdin().lock(), out: &mut *out };
    let text = match what {
        What::Record => draft::record(&mut questions, day.date())?,
        What::Provider => draft::provider(&mut questions)?,
        What::Site => draft::site(&mut questions)?,
    };
    let text = canonical::form(&path, &text).unwrap_or(text);
    if written(&path, text.as_bytes()) == Outcome::Failed {
        return Ok(Outcome::Failed);
    }
    writeln!(out, "\n{}", path.display())?;
    let (source, mut faults) = read::folder(data);
    faults.extend(lint::check(&source));
    faults.retain(|fault| fault.path == path);
    faults.iter().try_for_each(|fault| writeln!(out, "{fault}"))?;
    Ok(if faults.is_empty() { Outcome::Clean } else { Outcome::Faults })
}

fn export(form: Form, dir: &Path, output: Option<&Path>, out: &mut impl Write) -> io::Result<Outcome> {
    let Some((source, faults)) = read_folder(dir) else { return Ok(Outcome::Failed) };
    if !faults.is_empty() {
        faults.iter().try_for_each(|fault| writeln!(out, "{fault}"))?;
        messages::tell("nothing was exported, because of the faults above");
        return Ok(Outcome::Faults);
    }
    let bytes = compile::records::image(&source);
    let date = match image::sections::<{ image::RECORDS_SECTIONS }>(&bytes, Part::Records) {
        Ok((head, _)) => head.date(),
        Err(error) => {
            messages::tell(error);
            return Ok(Outcome::Failed);
        }
    };
    let mut text = Vec::new();
    match form {
        Form::Json => export::json(&source, date, &mut text)?,
        Form::Csv => export::csv(&source, &mut text)?,
        Form::Html => {
            let Some(folder) = output else {
                messages::tell("pages need a folder: --output site");
                return Ok(Outcome::Failed);
            };
            let Ok(records) = image::records(&bytes) else { return Ok(Outcome::Failed) };
            return match pages::write(&records, &date, folder) {
                Ok(count) => writeln!(out, "{}: {count} pages", folder.display()).map(|()| Outcome::Clean),
                Err(error) => {
                    messages::tell(format_args!("{}: cannot be written: {error}", folder.display()));
                    Ok(Outcome::Failed)
                }
            };
        }
    }
    match output {
        Some(path) => Ok(written(path, &text)),
        None => out.write_all(&text).map(|()| Outcome::Clean),
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
    let Some((source, mut faults)) = read_folder(&options.data.dir) else { return Ok(Outcome::Failed) };
    let spots = options.data.dir.join("operators/spots.csv");
    // The text that they are compared with is fetched, and so the list is not there in every folder.
    match fs::read(&spots) {
        Ok(text) => faults.extend(operators::lint_spots(&spots, &text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => faults.push(Fault::file(&spots, error.to_string())),
    }
    let dead = if options.online { links::check(&source) } else { Vec::new() };
    for fault in faults.iter().chain(&lint::records::overdue(&source, options.day.number())).chain(&dead) {
        writeln!(out, "{fault}")?;
    }
    Ok(if faults.is_empty() { Outcome::Clean } else { Outcome::Faults })
}

fn build(dir: &Path, output: &Path, records: Option<&Path>, out: &mut impl Write) -> io::Result<Outcome> {
    let Some((source, faults)) = read_folder(dir) else { return Ok(Outcome::Failed) };
    if !faults.is_empty() {
        return refuse(&faults, output, out);
    }
    let bytes = compile::image(&source);
    if written(output, &bytes) == Outcome::Failed {
        return Ok(Outcome::Failed);
    }
    if let Some(path) = records {
        let bytes = compile::records::image(&source);
        if written(path, &bytes) == Outcome::Failed {
            return Ok(Outcome::Failed);
        }
        writeln!(out, "{}: {} bytes", path.display(), bytes.len())?;
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
        "{}: {} bytes; {} {}: {} IPv4 ranges of {} addresses, {} IPv6 ranges, {} AS numbers, {} with a name, {} with a \
         home country; {} ranges cut, {} of reserved numbers left out; {seen} well-known addresses agree",
        output.display(),
        bytes.len(),
        table.about("name"),
        date_text(table.date),
        figures.ipv4_ranges,
        figures.ipv4_addresses,
        figures.ipv6_ranges,
        figures.as_numbers,
        figures.names,
        figures.countries,
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

fn show(id: &str, lang: Lang, bundled: &Image<'_>, out: &mut impl Write) -> io::Result<Outcome> {
    let tables = &bundled.tables;
    let Some(all) = bundled_records() else { return Ok(Outcome::Failed) };
    if let Some(record) = all.find(id).and_then(|number| all.record(number)) {
        return records::show_record(record, &all, lang, out).map(|()| Outcome::Clean);
    }
    if let Some(site) = all.site_of(id) {
        return records::show_site(site, &all, lang, out).map(|()| Outcome::Clean);
    }
    let Some(provider) = tables.find(id) else {
        messages::tell(messages::nothing_called(lang, id, bundled.date()));
        return Ok(Outcome::Failed);
    };
    let row = tables.provider(provider).expect("found by its id");
    writeln!(out, "{}  {}  [{}]", tables.name(provider), tables.text(row.homepage), tables.short(provider))?;
    let networks = ids(tables, |other| tables.runs_on(provider, other));
    if !networks.is_empty() {
        writeln!(out, "{} {networks}", lang.pick("runs on:", "sur les machines de\u{a0}:"))?;
    }
    for list in tables.lists.iter().filter(|list| list.provider() == provider || list.machines() == provider) {
        let name = tables.text(list.name);
        let of = if list.provider() == provider {
            String::new()
        } else {
            format!(" {} {}", lang.pick("of", "de"), tables.id(list.provider()))
        };
        let (basis, copied) = (words::list_basis(list, tables, lang), date_text(list.copied.get()));
        let how = lang.pick("copied", "copie du");
        let source = report::list_source(list, tables);
        writeln!(out, "\naddress:{name}{of}\n  {basis}\n  {source}, {how} {copied}")?;
    }
    for rule in tables.rules.iter().filter(|rule| rule.provider() == provider) {
        show_rule(rule, tables, lang, out)?;
    }
    Ok(Outcome::Clean)
}

fn show_rule(rule: &RuleRow, tables: &Tables<'_>, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let (en, fr) = match rule.place() {
        Some(Where::Field) => ("value of the field", "valeur du champ"),
        Some(Where::Member) => ("member of the list in the field", "élément de la liste dans le champ"),
        Some(Where::CacheStatus) => {
            ("name of a cache in the field cache-status", "nom d’un cache dans le champ cache-status")
        }
        Some(Where::Metric) => ("metric in the field server-timing", "mesure dans le champ server-timing"),
        Some(Where::Cookie) => ("name of a cookie in the field set-cookie", "nom d’un cookie dans le champ set-cookie"),
        Some(Where::Host) => ("host of the address", "hôte de l’adresse"),
        Some(Where::CanonicalName) => ("canonical name of the host", "nom canonique de l’hôte"),
        Some(Where::Issuer) => ("issuer of the certificate", "émetteur du certificat"),
        None => ("", ""),
    };
    let place = lang.pick(en, fr);
    let name = tables.text(rule.name);
    let mut proves = Vec::new();
    words::proves(rule, &mut proves, lang);
    writeln!(out, "\n{}\n  {place}{}{name}", tables.text(rule.id), if name.is_empty() { "" } else { " " })?;
    writeln!(out, "  {}", proves.join(lang.pick("; ", "\u{202f}; ")))?;
    let reason = words::reason(rule, tables, lang);
    if !reason.is_empty() {
        writeln!(out, "  {reason}")?;
    }
    let source = match tables.text(rule.source) {
        "observed" => lang.pick("observed", "observée"),
        page => page,
    };
    let checked = lang.pick("checked", "vérifiée le");
    writeln!(out, "  {source}, {checked} {}", date_text(rule.checked.get()))
}

fn ids(tables: &Tables<'_>, wanted: impl Fn(Provider) -> bool) -> String {
    let all = (0..tables.providers.len()).map(|number| Provider(number as u16));
    all.filter(|provider| wanted(*provider)).map(|provider| tables.id(provider)).collect::<Vec<_>>().join(", ")
}
