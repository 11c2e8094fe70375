//! What changed in the part with the records: records, sites, pages for reports, authorities.

use std::collections::{BTreeMap, BTreeSet};

use served_by::records::table::{Both, Language, OPEN, RecordRow, Records, Run};
use served_by::records::vocabulary::State;
use served_by::ui::words::{self, Lang};

use super::enumerated;

/// Records that are named in one language before the rest is counted: the list is read by people.
const RECORDS: usize = 40;

pub fn first(new: &Records<'_>, lang: Lang) -> String {
    let published = new.records.iter().filter(|record| record.state() == State::Published).count();
    let [records, sites, authorities] =
        [published, new.sites.len(), new.authorities.len()].map(|count| words::number(count as u64, lang));
    match lang {
        Lang::En => format!("{records} records, {sites} sites, {authorities} authorities."),
        Lang::Fr => format!("{records} fiches, {sites} sites, {authorities} autorités."),
    }
}

pub fn compare(old: &Records<'_>, new: &Records<'_>, lang: Lang, lines: &mut Vec<String>) {
    let (before, now) = (Seen::of(old, lang), Seen::of(new, lang));
    records(&before, &now, lang, lines);
    let names = |from: &Seen, than: &Seen| -> Vec<String> {
        let only = from.sites.iter().filter(|(domain, _)| !than.sites.contains_key(*domain));
        only.map(|(_, site)| site.name.clone()).collect()
    };
    let (added, gone) = (names(&now, &before), names(&before, &now));
    let changed = |(domain, site): (&String, &Site)| {
        before.sites.get(domain).is_some_and(|before| before.said != site.said).then(|| site.name.clone())
    };
    let changed: Vec<String> = now.sites.iter().filter_map(changed).collect();
    for (names, en, fr) in [
        (added, "New sites", "Nouveaux sites"),
        (gone, "Sites no longer listed", "Sites qui ne figurent plus"),
        (changed, "Sites about which other words stand here", "Sites dont la description a changé"),
    ] {
        listed(names.iter().map(String::as_str), en, fr, lang, lines);
    }
    let providers = now.contacts.iter().filter(|(id, contacts)| {
        let before = before.contacts.get(*id);
        before.is_none_or(|before| before.1 != contacts.1) && !(before.is_none() && contacts.1.is_empty())
    });
    let names = providers.map(|(_, (name, _))| name.as_str());
    listed(names, "Other pages for reports", "Autres pages de signalement", lang, lines);
    let more = now.authorities.iter().filter(|(of, said)| before.authorities.get(*of) != Some(said)).count();
    let fewer = before.authorities.keys().filter(|of| !now.authorities.contains_key(*of)).count();
    if more + fewer > 0 {
        let [more, fewer] = [more, fewer].map(|count| words::number(count as u64, lang));
        lines.push(match lang {
            Lang::En => format!("Authorities: {more} new or corrected, {fewer} gone."),
            Lang::Fr => format!("Autorités nouvelles ou corrigées\u{a0}: {more}, retirées\u{a0}: {fewer}."),
        });
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>, en: &str, fr: &str, lang: Lang, lines: &mut Vec<String>) {
    if let Some(names) = enumerated(names, lang) {
        lines.push(match lang {
            Lang::En => format!("{en}: {names}."),
            Lang::Fr => format!("{fr}\u{a0}: {names}."),
        });
    }
}

/// One line for each record that is new, withdrawn, corrected or reworded, in this order.
fn records(before: &Seen, now: &Seen, lang: Lang, lines: &mut Vec<String>) {
    let mut told: Vec<(u8, String)> = Vec::new();
    for (id, record) in &now.records {
        let title = &record.title;
        let line = match (before.records.get(id), record.state) {
            (None, State::Withdrawn) => continue,
            (None, _) => (0, with_colon("New record", "Nouvelle fiche", title, lang)),
            (Some(old), State::Withdrawn) if old.state != State::Withdrawn => {
                (1, with_colon("Withdrawn record", "Fiche retirée", title, lang))
            }
            (Some(old), _) if old.corrections.len() < record.corrections.len() => {
                let why = record.corrections[old.corrections.len()..].join(" ");
                (2, with_colon("Corrected record", "Fiche corrigée", title, lang) + " " + &why)
            }
            (Some(old), _) if old != record => (3, with_colon("Revised record", "Fiche revue", title, lang)),
            (Some(_), _) => continue,
        };
        told.push(line);
    }
    let gone = before.records.iter().filter(|(id, _)| !now.records.contains_key(*id));
    told.extend(
        gone.map(|(_, record)| (4, with_colon("Record no longer there", "Fiche absente", &record.title, lang))),
    );
    told.sort();
    let more = told.len().saturating_sub(RECORDS);
    lines.extend(told.into_iter().take(RECORDS).map(|(_, line)| line));
    if more > 0 {
        let more = words::number(more as u64, lang);
        lines.push(match lang {
            Lang::En => format!("Further records new or changed: {more}."),
            Lang::Fr => format!("Autres fiches nouvelles ou modifiées\u{a0}: {more}."),
        });
    }
}

fn with_colon(en: &str, fr: &str, title: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{en}: {title}."),
        Lang::Fr => format!("{fr}\u{a0}: {title}."),
    }
}

/// What is compared, in one language: nothing of it depends on row numbers.
#[derive(Default)]
struct Seen {
    /// By id.
    records: BTreeMap<String, Record>,
    /// By domain.
    sites: BTreeMap<String, Site>,
    /// By provider's id: its name, and its pages with what to expect of them.
    contacts: BTreeMap<String, (String, Vec<String>)>,
    /// By country and name.
    authorities: BTreeMap<(String, String), Vec<String>>,
}

#[derive(PartialEq)]
struct Record {
    state: State,
    title: String,
    /// What its changes say, the first first.
    corrections: Vec<String>,
    /// Everything else that a reader sees of it.
    rest: Vec<String>,
}

struct Site {
    name: String,
    said: Vec<String>,
}

impl Seen {
    fn of(records: &Records<'_>, lang: Lang) -> Self {
        let language = lang.of_records();
        let said = |both: Both| records.both(both, language).to_owned();
        let mut seen = Self::default();
        for row in records.records {
            seen.records.insert(records.text(row.id).to_owned(), record(records, row, language));
        }
        for row in records.sites {
            let mut words = vec![said(row.legal), said(row.scope), said(row.own)];
            words.extend(
                [row.court, row.legal_source, row.own_source, row.domains, row.former_domains]
                    .map(|text| records.text(text).to_owned()),
            );
            words.extend(
                row.said
                    .of(records.said)
                    .iter()
                    .map(|row| format!("{} {} {:?}", said(row.text), said(row.by), row.when())),
            );
            words.extend(row.history.of(records.history).iter().map(|row| {
                format!("{} {} {} {} {}", said(row.name), said(row.role), said(row.note), row.from.get(), row.to.get())
            }));
            let name = records.text(row.name).to_owned();
            seen.sites.insert(records.text(row.domain).to_owned(), Site { name, said: words });
        }
        for row in records.providers {
            let mut pages = vec![said(row.notes)];
            let contacts = row.contacts.of(records.contacts);
            pages.extend(contacts.iter().map(|row| format!("{:?} {}", row.kind(), records.text(row.address))));
            pages.retain(|page| !page.is_empty());
            seen.contacts.insert(records.text(row.id).to_owned(), (records.text(row.name).to_owned(), pages));
        }
        for row in records.authorities {
            let words =
                vec![said(row.what_for), records.text(row.url).to_owned(), records.text(row.languages).to_owned()];
            let of = (records.text(row.country).to_owned(), said(row.name).to_owned());
            seen.authorities.insert(of, words);
        }
        seen
    }
}

fn record(records: &Records<'_>, row: &RecordRow, language: Language) -> Record {
    let said = records.said(row, language);
    let mut rest = vec![said.summary.to_owned(), said.position.to_owned(), said.outcome.to_owned()];
    rest.push(format!("{:?} {:?} {:?}", row.kind(), row.status(), row.when()));
    let about = |run: Run| records.numbers(run).iter().map(|number| usize::from(number.get()));
    let providers = about(row.providers).filter_map(|number| records.providers.get(number));
    rest.extend(providers.map(|row| records.text(row.id).to_owned()));
    let sites = about(row.sites).filter_map(|number| records.sites.get(number));
    rest.extend(sites.map(|row| records.text(row.domain).to_owned()));
    let urls: BTreeSet<&str> = row.sources.of(records.sources).iter().map(|row| records.text(row.url)).collect();
    rest.extend(urls.into_iter().map(str::to_owned));
    if row.position_source.get() != OPEN
        && let Some(source) = records.sources.get(row.position_source.get() as usize)
    {
        rest.push(records.text(source.url).to_owned());
    }
    let mut corrections = Vec::new();
    for note in row.notes.of(records.notes) {
        let (by, text) = (records.text(note.by), records.both(note.text, language).to_owned());
        // Nobody replies in a correction.
        if by.is_empty() { corrections.push(text) } else { rest.push(format!("{by} {text}")) }
    }
    Record { state: row.state(), title: said.title.to_owned(), corrections, rest }
}
