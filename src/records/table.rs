//! The tables of the part for records: rows over an image's bytes, nothing parsed, nothing copied.
//!
//! Texts stand in three sections: English, French, and what is the same in both. A text is read only
//! when it is shown. A row that points outside its section reads as empty, never as a panic.

use zerocopy::little_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::domain::{Suffixes, names};
use super::order;
use super::vocabulary::{AuthorityKind, ContactKind, Kind, SourceKind, State, Status};
use super::when::{Day, Until, When};
use crate::detect::table::{NONE, Text};

/// A run of rows in another table.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Run {
    pub first: U32,
    pub len: U16,
}

/// A text in the sections of both languages.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Both {
    pub en: Text,
    pub fr: Text,
}

/// The four texts of a record in one language, one behind the other: title, summary, position, outcome.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Texts {
    pub start: U32,
    pub lens: [U16; 4],
}

/// End of a stretch that lasts, and of one that is a single date.
pub const OPEN: u32 = u32::MAX;
pub const SAME: u32 = 0;

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct RecordRow {
    pub id: Text,
    pub en: Texts,
    pub fr: Texts,
    pub kind: u8,
    pub status: u8,
    pub state: u8,
    pub still_cited: u8,
    /// As [`Day`] writes it.
    pub from: U32,
    /// The same, [`OPEN`] or [`SAME`].
    pub until: U32,
    /// When it was last compared with its sources; when it was withdrawn.
    pub reviewed: U32,
    /// Number of the record that took its place, or [`NONE`].
    pub superseded_by: U16,
    /// Row of the position's source, or [`OPEN`].
    pub position_source: U32,
    pub sources: Run,
    /// Rows of `notes`: changes, then replies.
    pub notes: Run,
    /// Rows of `numbers`: numbers of `providers`.
    pub providers: Run,
    /// Rows of `numbers`: numbers of `sites`.
    pub sites: Run,
}

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct SourceRow {
    pub publisher: Text,
    pub title: Text,
    pub url: Text,
    pub archived: Text,
    pub from: U32,
    pub until: U32,
    pub read: U32,
    pub language: [u8; 2],
    pub kind: u8,
}

/// A change of a record, or a reply to it.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct NoteRow {
    pub date: U32,
    /// Who replies; empty for a change.
    pub by: Text,
    pub text: Both,
}

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct ProviderRow {
    /// As in the part for detection; rows are sorted by it.
    pub id: Text,
    pub name: Text,
    /// Rows of `numbers`: numbers of records, in the order of display.
    pub records: Run,
    pub contacts: Run,
    /// What to expect of a report.
    pub notes: Both,
}

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct SiteRow {
    /// As its file is called.
    pub domain: Text,
    pub name: Text,
    /// Rows of `numbers`: numbers of records, in the order of display.
    pub records: Run,
    pub legal: Both,
    pub court: Text,
    pub decided_from: U32,
    pub decided_until: U32,
    pub scope: Both,
    pub legal_source: Text,
    pub own: Both,
    pub own_source: Text,
    pub said: Run,
    pub history: Run,
    /// Other domains, then former ones, with commas between.
    pub domains: Text,
    pub former_domains: Text,
}

/// What somebody called a site.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct SaidRow {
    pub text: Both,
    pub by: Both,
    pub from: U32,
    pub until: U32,
    pub source: Text,
}

/// Who served a site, as was reported.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct HistoryRow {
    pub name: Both,
    pub role: Both,
    pub note: Both,
    pub from: U32,
    pub to: U32,
    /// Only that it began before `from`, ended before `to`: bits 1 and 2.
    pub before: u8,
    pub source: Text,
}

/// A domain and the site that it belongs to; rows are sorted by it.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct DomainRow {
    pub domain: Text,
    pub site: U16,
}

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct ContactRow {
    pub kind: u8,
    /// An https address, or a mailbox.
    pub address: Text,
    pub checked: U32,
}

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct AuthorityRow {
    /// ISO 3166-1 alpha-2, `EU`, or `INT`; rows are sorted by it.
    pub country: Text,
    pub name: Both,
    pub what_for: Both,
    pub url: Text,
    /// With commas between.
    pub languages: Text,
    pub kind: u8,
    pub public: u8,
    pub checked: U32,
}

/// All tables of the part.
#[derive(Clone, Copy, Debug, Default)]
pub struct Records<'d> {
    pub english: &'d [u8],
    pub french: &'d [u8],
    /// Ids, names, titles of sources, addresses.
    pub strings: &'d [u8],
    pub records: &'d [RecordRow],
    pub sources: &'d [SourceRow],
    pub notes: &'d [NoteRow],
    pub providers: &'d [ProviderRow],
    pub sites: &'d [SiteRow],
    pub domains: &'d [DomainRow],
    pub said: &'d [SaidRow],
    pub history: &'d [HistoryRow],
    pub contacts: &'d [ContactRow],
    pub authorities: &'d [AuthorityRow],
    /// What the runs of providers, sites and records point into.
    pub numbers: &'d [U16],
    pub suffixes: &'d [U32],
}

/// Which language's section a text stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    En,
    Fr,
}

/// The four texts of a record in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said<'d> {
    pub title: &'d str,
    pub summary: &'d str,
    pub position: &'d str,
    pub outcome: &'d str,
}

impl<'d> Records<'d> {
    pub fn text(&self, text: Text) -> &'d str {
        cut(self.strings, text)
    }

    pub fn both(&self, both: Both, language: Language) -> &'d str {
        match language {
            Language::En => cut(self.english, both.en),
            Language::Fr => cut(self.french, both.fr),
        }
    }

    pub fn said(&self, record: &RecordRow, language: Language) -> Said<'d> {
        let (section, texts) = match language {
            Language::En => (self.english, &record.en),
            Language::Fr => (self.french, &record.fr),
        };
        let mut start = texts.start.get() as usize;
        let [title, summary, position, outcome] = texts.lens.map(|len| {
            let end = start.saturating_add(usize::from(len.get()));
            let text = section.get(start..end).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("");
            start = end;
            text
        });
        Said { title, summary, position, outcome }
    }

    pub fn record(&self, number: U16) -> Option<&'d RecordRow> {
        self.records.get(usize::from(number.get()))
    }

    /// The number of a record, by its id; records are sorted by it.
    pub fn find(&self, id: &str) -> Option<U16> {
        let at = self.records.binary_search_by(|row| self.text(row.id).cmp(id)).ok()?;
        u16::try_from(at).ok().filter(|at| *at != NONE).map(U16::new)
    }

    pub fn provider(&self, id: &str) -> Option<&'d ProviderRow> {
        let at = self.providers.binary_search_by(|row| self.text(row.id).cmp(id)).ok()?;
        self.providers.get(at)
    }

    pub fn site(&self, domain: &str) -> Option<&'d SiteRow> {
        self.sites.iter().find(|row| self.text(row.domain) == domain)
    }

    /// The site that a host belongs to: one that stands under the host's registered domain, at the
    /// host itself or at a name above it. The host comes as browsers write it.
    pub fn site_of(&self, host: &str) -> Option<&'d SiteRow> {
        let host = host.strip_suffix('.').unwrap_or(host);
        let registered = Suffixes(self.suffixes).registrable(host)?;
        names(host).take_while(|name| name.len() >= registered.len()).find_map(|name| {
            let at = self.domains.binary_search_by(|row| self.text(row.domain).cmp(name)).ok()?;
            self.sites.get(usize::from(self.domains.get(at)?.site.get()))
        })
    }

    /// Numbers that a run of `numbers` points at.
    pub fn numbers(&self, run: Run) -> &'d [U16] {
        run.of(self.numbers)
    }

    /// Numbers of the records about a provider that are not about the site, in the order of display.
    pub fn beside(&self, provider: &ProviderRow, site: Option<&SiteRow>) -> impl Iterator<Item = U16> + use<'d> {
        let already = site.map_or(&[][..], |site| self.numbers(site.records));
        self.numbers(provider.records).iter().filter(move |number| !already.contains(number)).copied()
    }

    /// Bodies for a country, as `FR`, `EU` or `INT`.
    pub fn authorities_of(&self, country: &str) -> impl Iterator<Item = &'d AuthorityRow> {
        self.authorities.iter().filter(move |row| self.text(row.country) == country)
    }
}

impl Run {
    /// The rows; none if the run points outside.
    pub fn of<T>(self, rows: &[T]) -> &[T] {
        let first = self.first.get() as usize;
        rows.get(first..first.saturating_add(usize::from(self.len.get()))).unwrap_or(&[])
    }
}

fn cut(section: &[u8], text: Text) -> &str {
    let start = text.start.get() as usize;
    let bytes = section.get(start..start.saturating_add(usize::from(text.len.get())));
    bytes.and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or("")
}

fn when(from: U32, until: U32) -> When {
    let until = match until.get() {
        SAME => Until::Same,
        OPEN => Until::Open,
        day => Until::Day(Day(day)),
    };
    When { from: Day(from.get()), until }
}

/// A number of a closed list; a damaged one reads as the list's first.
fn of<T: Copy>(all: &[T], number: u8) -> T {
    all.get(usize::from(number)).copied().unwrap_or(all[0])
}

impl RecordRow {
    pub fn kind(&self) -> Kind {
        of(&Kind::ALL, self.kind)
    }

    pub fn status(&self) -> Status {
        of(&Status::ALL, self.status)
    }

    pub fn state(&self) -> State {
        if self.state == State::Withdrawn as u8 { State::Withdrawn } else { State::Published }
    }

    pub fn when(&self) -> When {
        when(self.from, self.until)
    }

    /// Does it belong to the archive view on this day, 20261125?
    pub fn is_archived(&self, today: u32) -> bool {
        let cited = self.still_cited != 0;
        order::is_archived(self.kind(), self.status(), self.state(), self.when().end(), cited, today)
    }
}

impl SourceRow {
    pub fn kind(&self) -> SourceKind {
        of(&SourceKind::ALL, self.kind)
    }

    /// When it was published, where that is known.
    pub fn when(&self) -> Option<When> {
        (self.from.get() != 0).then(|| when(self.from, self.until))
    }

    pub fn language(&self) -> &str {
        std::str::from_utf8(&self.language).unwrap_or("")
    }
}

impl SaidRow {
    pub fn when(&self) -> When {
        when(self.from, self.until)
    }
}

impl SiteRow {
    /// When a court or an authority decided, where one did.
    pub fn decided(&self) -> Option<When> {
        (self.decided_from.get() != 0).then(|| when(self.decided_from, self.decided_until))
    }
}

impl ContactRow {
    pub fn kind(&self) -> ContactKind {
        of(&ContactKind::ALL, self.kind)
    }
}

impl AuthorityRow {
    pub fn kind(&self) -> AuthorityKind {
        of(&AuthorityKind::ALL, self.kind)
    }
}
