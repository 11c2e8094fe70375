//! Turns records, sites, contacts and authorities into the part that the panel loads. Drafts are left out.

use std::collections::BTreeMap;

use zerocopy::little_endian::{U16, U32};

use super::{assemble, bytes, date_number};
use crate::dataset::image::Part;
use crate::dataset::lint::records::addresses_of;
use crate::dataset::read::Source;
use crate::dataset::schema::records::{self as schema, Bilingual, Record, Site};
use crate::detect::table::{NONE, Text};
use crate::records::order;
use crate::records::table::{
    AuthorityRow, Both, ContactRow, DomainRow, HistoryRow, NoteRow, OPEN, ProviderRow, RecordRow, Run, SAME, SaidRow,
    SiteRow, SourceRow, Texts,
};
use crate::records::vocabulary::{AddressBasis, ContactKind, State};
use crate::records::when::{Day, Until, When};

/// The records that are compiled: published ones, and stubs of those that were withdrawn.
pub fn shown(source: &Source) -> impl Iterator<Item = (&str, &Record)> {
    let all = source.records.iter().map(|(id, file)| (id.as_str(), &file.value));
    all.filter(|(_, record)| record.state != State::Draft && When::parse(&record.date).is_ok())
}

/// Compiles data that [`crate::dataset::lint`] found free of faults. What it would have refused is left out.
pub fn image(source: &Source) -> Vec<u8> {
    let mut build = Build::default();
    let shown: Vec<(&str, &Record)> = shown(source).take(usize::from(NONE)).collect();
    build.lay_out(&shown, source);
    let numbers_of_records: BTreeMap<&str, u16> =
        shown.iter().enumerate().map(|(at, (id, _))| (*id, at as u16)).collect();
    let numbers_of_sites: BTreeMap<&str, u16> =
        source.sites.keys().enumerate().map(|(at, domain)| (domain.as_str(), at as u16)).collect();
    let with_rows = |id: &str| {
        let told = shown.iter().any(|(_, record)| record.providers.iter().any(|other| other == id));
        told || source.providers[id].value.contacts.is_some()
    };
    let providers: Vec<&str> = source.providers.keys().map(String::as_str).filter(|id| with_rows(id)).collect();
    let numbers_of_providers: BTreeMap<&str, u16> =
        providers.iter().enumerate().map(|(at, id)| (*id, at as u16)).collect();

    let in_order = |about: &dyn Fn(&Record) -> bool| {
        let mut found: Vec<&(&str, &Record)> = shown.iter().filter(|(_, record)| about(record)).collect();
        found.sort_by_key(|(id, record)| order::key(record.status, When::parse(&record.date).expect("kept above"), id));
        found.into_iter().map(|(id, _)| numbers_of_records[id]).collect::<Vec<u16>>()
    };
    let provider_rows: Vec<ProviderRow> = providers
        .iter()
        .map(|id| {
            let value = &source.providers[*id].value;
            let numbers = in_order(&|record| record.providers.iter().any(|other| other == id));
            ProviderRow {
                id: build.strings.text(id),
                name: build.strings.text(&value.name),
                records: build.numbers(numbers),
                contacts: build.contacts(value.contacts.as_ref()),
                notes: value
                    .contacts
                    .as_ref()
                    .and_then(|contacts| contacts.notes.as_ref())
                    .map_or(NOTHING, |notes| build.both(notes)),
            }
        })
        .collect();
    let site_rows: Vec<SiteRow> = source
        .sites
        .iter()
        .map(|(domain, file)| {
            let numbers = in_order(&|record| record.sites.contains(domain));
            build.site(domain, &file.value, numbers, source)
        })
        .collect();
    let record_rows: Vec<RecordRow> = shown
        .iter()
        .map(|(id, record)| {
            let providers = record.providers.iter().filter_map(|id| numbers_of_providers.get(id.as_str()).copied());
            let sites = record.sites.iter().filter_map(|domain| numbers_of_sites.get(domain.as_str()).copied());
            let (providers, sites) = (build.numbers(providers.collect()), build.numbers(sites.collect()));
            let superseded_by = record.superseded_by.as_deref().and_then(|by| numbers_of_records.get(by).copied());
            build.record(id, record, providers, sites, superseded_by)
        })
        .collect();
    let mut domains: Vec<(&str, u16)> = source
        .sites
        .iter()
        .flat_map(|(domain, file)| {
            let number = numbers_of_sites[domain.as_str()];
            [domain].into_iter().chain(&file.value.domains).map(move |name| (name.as_str(), number))
        })
        .collect();
    domains.sort_unstable();
    domains.dedup_by_key(|(name, _)| *name);
    let domains: Vec<DomainRow> = domains
        .into_iter()
        .map(|(name, number)| DomainRow { domain: build.strings.text(name), site: U16::new(number) })
        .collect();
    let mut authorities: Vec<&schema::Authority> = source
        .authorities
        .iter()
        .flat_map(|file| &file.value.authority)
        .filter(|authority| authority.basis == AddressBasis::Official)
        .collect();
    authorities.sort_by(|a, b| (&a.country, a.kind, &a.name.en).cmp(&(&b.country, b.kind, &b.name.en)));
    let authorities: Vec<AuthorityRow> = authorities.into_iter().map(|authority| build.authority(authority)).collect();
    let suffixes = source.suffixes.as_ref().map(|list| list.rules.as_slice()).unwrap_or_default();

    assemble(
        Part::Records,
        build.date,
        [
            build.english.section,
            build.french.section,
            build.strings.section,
            bytes(&record_rows),
            bytes(&build.sources),
            bytes(&build.notes),
            bytes(&provider_rows),
            bytes(&site_rows),
            bytes(&domains),
            bytes(&build.said),
            bytes(&build.history),
            bytes(&build.contacts),
            bytes(&authorities),
            bytes(&build.numbers),
            bytes(suffixes),
        ],
    )
}

/// Domains of sites and how many records are about each, for the part for detection. What the Public
/// Suffix List gives to others below such a domain stands there too, with none. Sorted.
pub fn domains(source: &Source) -> BTreeMap<String, u16> {
    let mut found = BTreeMap::new();
    for (domain, file) in &source.sites {
        let about =
            shown(source).filter(|(_, record)| record.state == State::Published && record.sites.contains(domain));
        let count = about.count().min(usize::from(u16::MAX)) as u16;
        for name in [domain].into_iter().chain(&file.value.domains) {
            found.insert(name.clone(), count);
        }
    }
    let owned: Vec<String> = found.keys().cloned().collect();
    for name in source.suffixes.iter().flat_map(|list| &list.names) {
        if owned.iter().any(|domain| name.strip_suffix(domain.as_str()).is_some_and(|before| before.ends_with('.'))) {
            found.insert(name.clone(), 0);
        }
    }
    found
}

const NOTHING: Both = Both { en: NO_TEXT, fr: NO_TEXT };
const NO_TEXT: Text = Text { start: U32::ZERO, len: U16::ZERO };

/// Texts, each kept once.
#[derive(Default)]
struct Pool {
    section: Vec<u8>,
    known: BTreeMap<String, Text>,
}

impl Pool {
    fn text(&mut self, text: &str) -> Text {
        if text.is_empty() {
            return NO_TEXT;
        }
        if let Some(known) = self.known.get(text) {
            return *known;
        }
        let len = u16::try_from(text.len()).expect("lint bounds every text");
        let row = Text { start: U32::new(self.section.len() as u32), len: U16::new(len) };
        self.section.extend(text.as_bytes());
        self.known.insert(text.to_owned(), row);
        row
    }
}

#[derive(Default)]
struct Build {
    english: Pool,
    french: Pool,
    strings: Pool,
    sources: Vec<SourceRow>,
    notes: Vec<NoteRow>,
    said: Vec<SaidRow>,
    history: Vec<HistoryRow>,
    contacts: Vec<ContactRow>,
    numbers: Vec<U16>,
    date: u32,
}

fn run(first: usize, end: usize) -> Run {
    Run { first: U32::new(first as u32), len: U16::new((end - first) as u16) }
}

/// The two numbers by which the tables keep a date or a stretch.
fn dates(when: When) -> (U32, U32) {
    let until = match when.until {
        Until::Same => SAME,
        Until::Open => OPEN,
        Until::Day(Day(day)) => day,
    };
    (U32::new(when.from.0), U32::new(until))
}

fn optional_dates(text: Option<&String>) -> (U32, U32) {
    text.and_then(|text| When::parse(text).ok()).map_or((U32::ZERO, U32::ZERO), dates)
}

impl Build {
    /// Texts that are alike side by side: the package is a zip file, and deflate looks back 32 kB only.
    fn lay_out(&mut self, shown: &[(&str, &Record)], source: &Source) {
        for (id, _) in shown {
            self.strings.text(id);
        }
        for id in source.providers.keys() {
            self.strings.text(id);
        }
        let sources: Vec<&schema::Source> = shown
            .iter()
            .flat_map(|(_, record)| {
                record.source.iter().chain(record.position.iter().filter_map(|position| position.source.as_ref()))
            })
            .collect();
        let mut addresses: Vec<&str> = sources.iter().map(|source| source.url.as_str()).collect();
        addresses.sort_unstable();
        let publishers = sources.iter().map(|source| source.publisher.as_str());
        let titles = sources.iter().map(|source| source.title.as_str());
        for text in publishers.chain(titles).chain(addresses) {
            self.strings.text(text);
        }
    }

    fn note_date(&mut self, date: u32) -> U32 {
        self.date = self.date.max(date);
        U32::new(date)
    }

    fn both(&mut self, text: &Bilingual) -> Both {
        self.pair(&text.en, &text.fr)
    }

    fn pair(&mut self, en: &str, fr: &str) -> Both {
        Both { en: self.english.text(en), fr: self.french.text(fr) }
    }

    fn numbers(&mut self, numbers: Vec<u16>) -> Run {
        let first = self.numbers.len();
        self.numbers.extend(numbers.into_iter().map(U16::new));
        run(first, self.numbers.len())
    }

    fn source(&mut self, source: &schema::Source) -> SourceRow {
        let (from, until) = optional_dates(source.date.as_ref());
        SourceRow {
            publisher: self.strings.text(&source.publisher),
            title: self.strings.text(&source.title),
            url: self.strings.text(&source.url),
            archived: self.strings.text(source.archived.as_deref().unwrap_or("")),
            from,
            until,
            read: self.note_date(date_number(&source.read)),
            language: source.language.as_bytes().get(..2).and_then(|code| code.try_into().ok()).unwrap_or_default(),
            kind: source.kind as u8,
        }
    }

    fn record(
        &mut self,
        id: &str,
        record: &Record,
        providers: Run,
        sites: Run,
        superseded_by: Option<u16>,
    ) -> RecordRow {
        let withdrawn = record.state == State::Withdrawn;
        let (from, until) = dates(When::parse(&record.date).expect("only such records are compiled"));
        let first = self.sources.len();
        if !withdrawn {
            for source in &record.source {
                let row = self.source(source);
                self.sources.push(row);
            }
        }
        let sources = run(first, self.sources.len());
        let of_position = record.position.as_ref().and_then(|position| position.source.as_ref()).filter(|_| !withdrawn);
        let position_source = of_position.map_or(OPEN, |of_position| {
            // It is one of the record's own sources as a rule.
            let own = record.source.iter().position(|source| source.url == of_position.url);
            let at = own.map(|at| first + at).unwrap_or_else(|| {
                let row = self.source(of_position);
                self.sources.push(row);
                self.sources.len() - 1
            });
            at as u32
        });
        let first_note = self.notes.len();
        for change in &record.change {
            let note = NoteRow {
                date: self.note_date(date_number(&change.date)),
                by: NO_TEXT,
                text: self.pair(&change.en, &change.fr),
            };
            self.notes.push(note);
        }
        for reply in &record.reply {
            let note = NoteRow {
                date: self.note_date(date_number(&reply.date)),
                by: self.strings.text(&reply.from),
                text: self.pair(&reply.en, &reply.fr),
            };
            self.notes.push(note);
        }
        let reviewed = if withdrawn { record.withdrawn.as_ref() } else { None }.unwrap_or(&record.reviewed);
        let (en, fr) = texts(record);
        RecordRow {
            id: self.strings.text(id),
            en: laid(&mut self.english, en),
            fr: laid(&mut self.french, fr),
            kind: record.kind as u8,
            status: record.status as u8,
            state: record.state as u8,
            still_cited: u8::from(record.still_cited.is_some()),
            from,
            until,
            reviewed: self.note_date(date_number(reviewed)),
            superseded_by: U16::new(superseded_by.unwrap_or(NONE)),
            position_source: U32::new(position_source),
            sources,
            notes: run(first_note, self.notes.len()),
            providers,
            sites,
        }
    }

    fn contacts(&mut self, contacts: Option<&schema::Contacts>) -> Run {
        let first = self.contacts.len();
        let kinds = ContactKind::ALL.into_iter().zip(contacts.into_iter().flat_map(addresses_of));
        for (kind, (_, contact)) in kinds {
            let Some(contact) = contact.filter(|contact| contact.basis == AddressBasis::Official) else { continue };
            let Some(address) = contact.url.as_ref().or(contact.email.as_ref()) else { continue };
            let row = ContactRow {
                kind: kind as u8,
                address: self.strings.text(address),
                checked: self.note_date(date_number(&contact.checked)),
            };
            self.contacts.push(row);
        }
        run(first, self.contacts.len())
    }

    fn site(&mut self, domain: &str, site: &Site, records: Vec<u16>, source: &Source) -> SiteRow {
        let first_said = self.said.len();
        for said in &site.characterisation {
            let (from, until) = optional_dates(Some(&said.date));
            let row = SaidRow {
                text: self.pair(&said.en, &said.fr),
                by: self.both(&said.by),
                from,
                until,
                source: self.strings.text(&said.source),
            };
            self.said.push(row);
        }
        let first_history = self.history.len();
        for history in &site.provider_history {
            let name = match (&history.name, &history.provider) {
                (Some(name), _) => self.both(name),
                (None, Some(id)) => {
                    let name = source.providers.get(id).map_or(id.as_str(), |file| file.value.name.as_str());
                    self.pair(name, name)
                }
                (None, None) => NOTHING,
            };
            let day = |text: &str| {
                let (day, before) = text.strip_prefix("before ").map_or((text, false), |day| (day, true));
                (Day::parse(day).map_or(0, |day| day.0), before)
            };
            let (from, before_from) = day(&history.from);
            let (to, before_to) = history.to.as_deref().map_or((0, false), day);
            let row = HistoryRow {
                name,
                role: self.both(&history.role),
                note: history.note.as_ref().map_or(NOTHING, |note| self.both(note)),
                from: U32::new(from),
                to: U32::new(to),
                before: u8::from(before_from) | u8::from(before_to) << 1,
                source: self.strings.text(&history.source),
            };
            self.history.push(row);
        }
        let status = &site.legal_status;
        let (decided_from, decided_until) = optional_dates(status.date.as_ref());
        SiteRow {
            domain: self.strings.text(domain),
            name: self.strings.text(&site.name),
            records: self.numbers(records),
            legal: self.pair(&status.en, &status.fr),
            court: self.strings.text(status.court.as_deref().unwrap_or("")),
            decided_from,
            decided_until,
            scope: status.scope.as_ref().map_or(NOTHING, |scope| self.both(scope)),
            legal_source: self.strings.text(status.source.as_deref().unwrap_or("")),
            own: site.self_description.as_ref().map_or(NOTHING, |own| self.pair(&own.en, &own.fr)),
            own_source: self.strings.text(site.self_description.as_ref().map_or("", |own| &own.source)),
            said: run(first_said, self.said.len()),
            history: run(first_history, self.history.len()),
            domains: self.strings.text(&site.domains.join(", ")),
            former_domains: self.strings.text(&site.former_domains.join(", ")),
        }
    }

    fn authority(&mut self, authority: &schema::Authority) -> AuthorityRow {
        AuthorityRow {
            country: self.strings.text(&authority.country),
            name: self.both(&authority.name),
            what_for: self.both(&authority.what_for),
            url: self.strings.text(&authority.url),
            languages: self.strings.text(&authority.languages.join(", ")),
            kind: authority.kind as u8,
            public: u8::from(authority.public),
            checked: self.note_date(date_number(&authority.checked)),
        }
    }
}

/// Title, summary, position and outcome; of a withdrawn record the reason alone.
fn texts(record: &Record) -> ([&str; 4], [&str; 4]) {
    if record.state == State::Withdrawn {
        let because = record.withdrawn_because.as_ref();
        return (["", because.map_or("", |text| &text.en), "", ""], ["", because.map_or("", |text| &text.fr), "", ""]);
    }
    fn of(text: Option<&Bilingual>) -> (&str, &str) {
        text.map_or(("", ""), |text| (&text.en, &text.fr))
    }
    let position = record.position.as_ref().map_or(("", ""), |position| (position.en.as_str(), position.fr.as_str()));
    let all = [of(record.title.as_ref()), of(record.summary.as_ref()), position, of(record.outcome.as_ref())];
    (all.map(|(en, _)| en), all.map(|(_, fr)| fr))
}

fn laid(pool: &mut Pool, texts: [&str; 4]) -> Texts {
    let start = U32::new(pool.section.len() as u32);
    let lens = texts.map(|text| {
        pool.section.extend(text.as_bytes());
        U16::new(u16::try_from(text.len()).expect("lint bounds every text"))
    });
    Texts { start, lens }
}
