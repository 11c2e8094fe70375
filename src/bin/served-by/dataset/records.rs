//! `served-by dataset show` and `list`: records and sites of the bundled dataset, as text.

use std::io::{self, Write};

use served_by::detect::table::NONE;
use served_by::records::table::{OPEN, RecordRow, Records, SiteRow, SourceRow};
use served_by::records::vocabulary::{State, Status};
use served_by::records::when::Day;
use served_by::ui::words::Lang;
use served_by::ui::words::records::{self as words, Told};

use super::args::List;

pub fn show_record(record: &RecordRow, records: &Records<'_>, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let said = records.said(record, lang.of_records());
    let id = records.text(record.id);
    if record.state() == State::Withdrawn {
        return writeln!(out, "{id}\n{} {}", words::withdrawn(record.reviewed.get(), lang), said.summary);
    }
    writeln!(out, "{}\n{id}", said.title)?;
    writeln!(out, "{}", facts(record, lang))?;
    writeln!(out, "{}", subjects(record, records))?;
    writeln!(out, "\n{}", said.summary)?;
    writeln!(out, "\n{}\n  {}", Told::Position.text(lang), said.position)?;
    if record.position_source.get() != OPEN
        && let Some(source) = records.sources.get(record.position_source.get() as usize)
    {
        show_source(source, records, lang, out)?;
    }
    writeln!(out, "\n{}\n  {}", Told::Outcome.text(lang), said.outcome)?;
    if record.status() == Status::Superseded
        && record.superseded_by.get() != NONE
        && let Some(by) = records.record(record.superseded_by)
    {
        let title = records.said(by, lang.of_records()).title;
        writeln!(out, "\n{} {title}\n  {}", Told::SupersededBy.text(lang), records.text(by.id))?;
    }
    writeln!(out, "\n{}", Told::Sources.text(lang))?;
    for source in record.sources.of(records.sources) {
        show_source(source, records, lang, out)?;
    }
    for note in record.notes.of(records.notes) {
        let by = records.text(note.by);
        let told = if by.is_empty() { Told::Changes } else { Told::Replies };
        let text = records.both(note.text, lang.of_records());
        let date = words::day(Day(note.date.get()), lang);
        let head = if by.is_empty() { date } else { format!("{by}, {date}") };
        writeln!(out, "\n{}{} {head}\n  {text}", told.text(lang), lang.pick(":", "\u{a0}:"))?;
    }
    writeln!(out, "\n{}", words::reviewed(record.reviewed.get(), lang))
}

fn show_source(source: &SourceRow, records: &Records<'_>, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let date = source.when().map_or(String::new(), |when| format!(", {}", words::when(when, lang)));
    let kind = words::source_kind(source.kind(), lang);
    let (publisher, title) = (records.text(source.publisher), records.text(source.title));
    let language = words::in_language(source.language(), lang);
    writeln!(out, "  {publisher}, {title} ({kind}, {language}{date})\n    {}", records.text(source.url))
}

fn facts(record: &RecordRow, lang: Lang) -> String {
    let when = words::when(record.when(), lang);
    [when.as_str(), words::kind(record.kind(), lang), words::status(record.status(), lang)].join(" · ")
}

/// Ids of the providers and domains of the sites it is about.
fn subjects(record: &RecordRow, records: &Records<'_>) -> String {
    let providers = records.numbers(record.providers).iter();
    let providers = providers.filter_map(|number| records.providers.get(usize::from(number.get())));
    let sites = records.numbers(record.sites).iter();
    let sites = sites.filter_map(|number| records.sites.get(usize::from(number.get())));
    let all = providers.map(|row| records.text(row.id)).chain(sites.map(|row| records.text(row.domain)));
    all.collect::<Vec<_>>().join(", ")
}

pub fn show_site(site: &SiteRow, records: &Records<'_>, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let both = |both| records.both(both, lang.of_records());
    let domains = [site.domain, site.domains].map(|domain| records.text(domain));
    let domains = domains.into_iter().filter(|domain| !domain.is_empty()).collect::<Vec<_>>().join(", ");
    writeln!(out, "{}  {domains}", records.text(site.name))?;
    let former = records.text(site.former_domains);
    if !former.is_empty() {
        writeln!(out, "{} {former}", Told::FormerDomains.text(lang))?;
    }
    writeln!(out, "\n{}\n  {}", Told::LegalStatus.text(lang), both(site.legal))?;
    let (court, decided) = (records.text(site.court), site.decided().map(|when| words::when(when, lang)));
    let by: Vec<&str> =
        [Some(court).filter(|court| !court.is_empty()), decided.as_deref()].into_iter().flatten().collect();
    if !by.is_empty() {
        writeln!(out, "  {}", by.join(", "))?;
    }
    let scope = both(site.scope);
    if !scope.is_empty() {
        writeln!(out, "  {} {scope}", Told::Scope.text(lang))?;
    }
    let source = records.text(site.legal_source);
    if !source.is_empty() {
        writeln!(out, "  {source}")?;
    }
    if !both(site.own).is_empty() {
        writeln!(out, "\n{}\n  {}\n  {}", Told::OwnWords.text(lang), both(site.own), records.text(site.own_source))?;
    }
    let said = site.said.of(records.said);
    if !said.is_empty() {
        writeln!(out, "\n{}", Told::Called.text(lang))?;
    }
    for row in said {
        let when = words::when(row.when(), lang);
        writeln!(out, "  {}\n    {}, {when}\n    {}", both(row.text), both(row.by), records.text(row.source))?;
    }
    let history = site.history.of(records.history);
    if !history.is_empty() {
        writeln!(out, "\n{}\n  {}", Told::History.text(lang), Told::HistoryNote.text(lang))?;
    }
    for row in history {
        let served = words::served(row.from.get(), row.before & 1 != 0, row.to.get(), row.before & 2 != 0, lang);
        writeln!(out, "  {}, {}, {served}", both(row.name), both(row.role))?;
        for text in [both(row.note), records.text(row.source)].into_iter().filter(|text| !text.is_empty()) {
            writeln!(out, "    {text}")?;
        }
    }
    writeln!(out)?;
    records
        .numbers(site.records)
        .iter()
        .filter_map(|number| records.record(*number))
        .try_for_each(|record| line(record, records, lang, false, out))
}

/// One line of a list.
fn line(record: &RecordRow, records: &Records<'_>, lang: Lang, archived: bool, out: &mut impl Write) -> io::Result<()> {
    let title = records.said(record, lang.of_records()).title;
    let archived = if archived { format!(" · {}", Told::Archive.text(lang)) } else { String::new() };
    writeln!(out, "{}\n  {title}\n  {}{archived}", records.text(record.id), facts(record, lang))
}

/// Every record that fits, in the order of display.
pub fn list(options: &List, records: &Records<'_>, lang: Lang, out: &mut impl Write) -> io::Result<usize> {
    let site = options.site.as_deref().map(|host| records.site_of(&host.to_lowercase()));
    let fits = |record: &RecordRow, number: u16| {
        let has = |run, number: u16| records.numbers(run).iter().any(|other| other.get() == number);
        let of_provider = options
            .provider
            .as_deref()
            .is_none_or(|id| records.provider(id).is_some_and(|provider| has(provider.records, number)));
        let of_site = site.is_none_or(|site| site.is_some_and(|site| has(site.records, number)));
        let since = options.since.is_none_or(|since| record.when().end().is_none_or(|end| end >= since.first()));
        of_provider && of_site && since && options.kind.is_none_or(|kind| record.kind() == kind)
    };
    let mut found: Vec<&RecordRow> = records
        .records
        .iter()
        .zip(0..)
        .filter(|(record, number)| fits(record, *number))
        .map(|(record, _)| record)
        .collect();
    found.sort_by_key(|record| served_by::records::order::key(record.status(), record.when(), records.text(record.id)));
    for record in &found {
        line(record, records, lang, record.is_archived(options.day.number()), out)?;
    }
    Ok(found.len())
}
