//! What is documented about the site and those who deliver it, as elements; and what the reader can do.
//!
//! A record's texts are read when the reader opens it. Sites are named by their domains and never linked;
//! links lead to sources, to pages of providers and to authorities, and all begin `https://`.

use super::in_order;
use super::tree::{Element, NAMED_OPENING, Node, link_around, link_called, note, opening_called, section_called};
use super::words::records::{self as words, Told};
use super::words::{self as all_words, Lang};
use crate::detect::table::{NONE, Tables};
use crate::records::table::{AuthorityRow, ContactRow, OPEN, ProviderRow, RecordRow, Records, SiteRow, SourceRow};
use crate::records::vocabulary::{State, Status};
use zerocopy::little_endian::U16;

/// The action of the list of countries, as its attribute says it.
pub const CHOOSE_COUNTRY: &str = "choose-country";

/// What the reader looks at and has chosen.
pub struct Reader<'r> {
    pub lang: Lang,
    /// Host of the page.
    pub host: Option<&'r str>,
    /// Ids of the providers that took part, the deliverer first.
    pub providers: &'r [&'r str],
    /// The deliverer stands in front of a server that stays out of sight.
    pub relayed: bool,
    /// The country that the reader chose, as `FR`, or empty.
    pub country: &'r str,
    /// Names of parts that are open.
    pub open: &'r [String],
    /// Year, month, day as one number.
    pub today: u32,
}

/// Everything that is documented about the page in front of the reader.
pub fn documented(records: &Records<'_>, tables: &Tables<'_>, reader: &Reader<'_>) -> Vec<Element> {
    let shown = Shown { records, reader };
    let mut parts = Vec::new();
    let site = reader.host.and_then(|host| records.site_of(host));
    if let Some(site) = site {
        parts.push(shown.site(site));
    }
    for id in reader.providers {
        let Some(provider) = records.provider(id) else { continue };
        let about: Vec<U16> = records.beside(provider, site).collect();
        if about.is_empty() {
            continue;
        }
        let name = words::records_about(records.text(provider.name), reader.lang);
        let part = format!("records-{id}");
        let count = all_words::number(about.len() as u64, reader.lang);
        let opening = opening_called("h2", &part, &name, Some(&count));
        parts.push(if reader.open.contains(&part) { opening.children(shown.list(&about, id)) } else { opening });
    }
    parts.push(shown.act(tables));
    parts
}

/// A whole record with everything in it, open: what pages of the dataset show.
#[cfg(not(target_arch = "wasm32"))]
pub fn record_in_full(records: &Records<'_>, record: &RecordRow, lang: Lang) -> Vec<Element> {
    let reader = Reader { lang, host: None, providers: &[], relayed: false, country: "", open: &[], today: 0 };
    Shown { records, reader: &reader }.body(record)
}

/// What is documented about a site, without its records.
#[cfg(not(target_arch = "wasm32"))]
pub fn site_in_full(records: &Records<'_>, site: &SiteRow, lang: Lang) -> Vec<Element> {
    let reader = Reader { lang, host: None, providers: &[], relayed: false, country: "", open: &[], today: 0 };
    Shown { records, reader: &reader }.about(site)
}

struct Shown<'s, 'd> {
    records: &'s Records<'d>,
    reader: &'s Reader<'s>,
}

impl Shown<'_, '_> {
    fn told(&self, told: Told) -> &'static str {
        told.text(self.reader.lang)
    }

    fn site(&self, site: &SiteRow) -> Element {
        let section = section_called(self.told(Told::AboutThisSite)).with("data-part", "site").child(
            Element::new("p")
                .with("class", "lead-name")
                .child(Element::new("strong").text(self.records.text(site.name))),
        );
        section.children(self.list(self.records.numbers(site.records), "site")).children(self.about(site))
    }

    /// What is known of a site beside its records.
    fn about(&self, site: &SiteRow) -> Vec<Element> {
        let lang = self.reader.lang;
        let both = |both| self.records.both(both, lang.of_records());
        let mut parts = Vec::new();
        let mut legal = Element::new("div")
            .with("data-part", "legal-status")
            .child(Element::new("h3").text(self.told(Told::LegalStatus)))
            .child(Element::new("p").text(both(site.legal)));
        let court = self.records.text(site.court);
        let decided = site.decided().map(|when| words::when(when, lang));
        let by: Vec<&str> =
            [Some(court).filter(|court| !court.is_empty()), decided.as_deref()].into_iter().flatten().collect();
        if !by.is_empty() {
            legal = legal.child(note(&by.join(", ")));
        }
        let scope = both(site.scope);
        if !scope.is_empty() {
            legal = legal.child(note(&format!("{} {scope}", self.told(Told::Scope))));
        }
        legal = legal.children(self.page(self.records.text(site.legal_source)));
        parts.push(legal);
        let own = both(site.own);
        if !own.is_empty() {
            parts.push(
                Element::new("div")
                    .child(Element::new("h3").text(self.told(Told::OwnWords)))
                    .child(Element::new("p").text(own))
                    .children(self.page(self.records.text(site.own_source))),
            );
        }
        let said = site.said.of(self.records.said);
        if !said.is_empty() {
            let rows = said.iter().map(|row| {
                let by = format!("{}, {}", both(row.by), words::when(row.when(), lang));
                Element::new("li")
                    .child(Element::new("p").text(both(row.text)))
                    .child(note(&by))
                    .children(self.page(self.records.text(row.source)))
            });
            parts.push(
                Element::new("div")
                    .child(Element::new("h3").text(self.told(Told::Called)))
                    .child(Element::new("ul").with("data-part", "characterisations").children(rows)),
            );
        }
        let former = self.records.text(site.former_domains);
        if !former.is_empty() {
            parts.push(note(&format!("{} {former}", self.told(Told::FormerDomains))));
        }
        let history = site.history.of(self.records.history);
        if !history.is_empty() {
            let rows = history.iter().map(|row| {
                let served =
                    words::served(row.from.get(), row.before & 1 != 0, row.to.get(), row.before & 2 != 0, lang);
                let mut item = Element::new("li").child(
                    Element::new("p")
                        .child(Element::new("strong").text(both(row.name)))
                        .text(format!(", {}, {served}", both(row.role))),
                );
                let more = both(row.note);
                if !more.is_empty() {
                    item = item.child(note(more));
                }
                item.children(self.page(self.records.text(row.source)))
            });
            parts.push(
                Element::new("div")
                    .child(Element::new("h3").text(self.told(Told::History)))
                    .child(note(self.told(Told::HistoryNote)))
                    .child(Element::new("ul").with("data-part", "provider-history").children(rows)),
            );
        }
        parts
    }

    /// The page that says it.
    fn page(&self, address: &str) -> Option<Element> {
        let host = crate::detect::response::host(address)?;
        address.starts_with("https://").then(|| {
            let called = format!("{} {host}", super::words::Label::Source.text(self.reader.lang));
            Element::new("p").with("class", "note").child(link_called(address, &called, self.reader.lang))
        })
    }

    /// Records in their order, those of the archive collapsed behind the others. `of` tells one archive from another.
    fn list(&self, numbers: &[U16], of: &str) -> Vec<Element> {
        let rows = numbers.iter().filter_map(|number| self.records.record(*number));
        let (old, current): (Vec<&RecordRow>, Vec<&RecordRow>) =
            rows.partition(|record| record.is_archived(self.reader.today));
        let list = |rows: &[&RecordRow]| {
            let items = rows.iter().map(|record| Element::new("li").child(self.record(record)));
            Element::new("ul").with("data-part", "records").children(items)
        };
        let mut parts = Vec::new();
        if !current.is_empty() {
            parts.push(list(&current));
        }
        if !old.is_empty() {
            let count = all_words::number(old.len() as u64, self.reader.lang);
            let archive = opening_called("h3", &format!("archive-{of}"), self.told(Told::Archive), Some(&count));
            parts
                .push(archive.with("data-part", "archive").child(note(self.told(Told::ArchiveNote))).child(list(&old)));
        }
        parts
    }

    /// A record: its title with date, kind and status; the rest once it is open.
    fn record(&self, record: &RecordRow) -> Element {
        let id = self.records.text(record.id);
        let part = format!("record-{id}");
        let title = self.title(record);
        let summary = Element::new("summary")
            .child(Element::new("h3").text(title))
            .text(" ")
            .child(Element::new("span").with("class", "note").text(self.facts(record)));
        let details = Element::new("details").with(NAMED_OPENING, &part).child(summary);
        if self.reader.open.contains(&part) { details.children(self.body(record)) } else { details }
    }

    fn title(&self, record: &RecordRow) -> String {
        let title = self.records.said(record, self.reader.lang.of_records()).title;
        // What was withdrawn is named by its id alone.
        if title.is_empty() { self.records.text(record.id).to_owned() } else { title.to_owned() }
    }

    /// Date, kind and status.
    fn facts(&self, record: &RecordRow) -> String {
        let lang = self.reader.lang;
        if record.state() == State::Withdrawn {
            return words::withdrawn(record.reviewed.get(), lang);
        }
        let when = words::when(record.when(), lang);
        [when.as_str(), words::kind(record.kind(), lang), words::status(record.status(), lang)].join(" · ")
    }

    fn body(&self, record: &RecordRow) -> Vec<Element> {
        let lang = self.reader.lang;
        let said = self.records.said(record, lang.of_records());
        let mut parts = vec![Element::new("p").text(said.summary)];
        if record.state() == State::Withdrawn {
            return parts;
        }
        let labelled = |told: Told, text: &str| {
            Element::new("div").child(Element::new("h4").text(self.told(told))).child(Element::new("p").text(text))
        };
        let mut position = labelled(Told::Position, said.position);
        if record.position_source.get() != OPEN
            && let Some(source) = self.records.sources.get(record.position_source.get() as usize)
        {
            position = position.child(self.source("p", source).with("class", "note"));
        }
        parts.push(position);
        parts.push(labelled(Told::Outcome, said.outcome));
        if record.status() == Status::Superseded
            && record.superseded_by.get() != NONE
            && let Some(by) = self.records.record(record.superseded_by)
        {
            parts.push(note(&format!("{} {}", self.told(Told::SupersededBy), self.title(by))));
        }
        let sources = record.sources.of(self.records.sources).iter().map(|source| self.source("li", source));
        parts.push(
            Element::new("div")
                .child(Element::new("h4").text(self.told(Told::Sources)))
                .child(Element::new("ul").with("data-part", "sources").children(sources)),
        );
        let notes = record.notes.of(self.records.notes);
        for (told, replies) in [(Told::Replies, true), (Told::Changes, false)] {
            let rows: Vec<Element> = notes
                .iter()
                .filter(|row| self.records.text(row.by).is_empty() != replies)
                .map(|row| {
                    let date = words::day(crate::records::when::Day(row.date.get()), lang);
                    let by = self.records.text(row.by);
                    let head = if by.is_empty() { date } else { format!("{by}, {date}") };
                    Element::new("li")
                        .child(note(&head))
                        .child(Element::new("p").text(self.records.both(row.text, lang.of_records())))
                })
                .collect();
            if !rows.is_empty() {
                parts.push(
                    Element::new("div")
                        .child(Element::new("h4").text(self.told(told)))
                        .child(Element::new("ul").children(rows)),
                );
            }
        }
        let id = Element::new("code").text(self.records.text(record.id));
        parts.push(note(&format!("{} ", words::reviewed(record.reviewed.get(), lang))).child(id));
        parts
    }

    /// Publisher, title, kind and date of a source, linked.
    fn source(&self, tag: &'static str, source: &SourceRow) -> Element {
        let lang = self.reader.lang;
        let (publisher, url) = (self.records.text(source.publisher), self.records.text(source.url));
        let title = self.records.text(source.title);
        let mut element = Element::new(tag).text(format!("{publisher}, "));
        let foreign = source.language() != lang.tag();
        let named = if foreign {
            Node::Element(Element::new("span").with("lang", source.language()).text(title))
        } else {
            Node::Text(title.to_owned())
        };
        element = if url.starts_with("https://") {
            let linked = link_around(url, named, lang);
            element.child(if foreign { linked.with("hreflang", source.language()) } else { linked })
        } else {
            element.node(named)
        };
        let mut facts = vec![words::source_kind(source.kind(), lang).to_owned()];
        facts.extend(source.when().map(|when| words::when(when, lang)));
        if foreign {
            facts.push(words::in_language(source.language(), lang).to_owned());
        }
        element = element.text(" ").child(Element::new("span").with("class", "note").text(facts.join(", ")));
        let archived = self.records.text(source.archived);
        if archived.starts_with("https://") {
            element = element.text(", ").child(link_called(archived, self.told(Told::Archived), lang));
        }
        element
    }

    /// What the reader can do: the deliverer's own pages, and public channels of a country.
    fn act(&self, tables: &Tables<'_>) -> Element {
        let reader = self.reader;
        let lang = reader.lang;
        let opening = opening_called("h2", "act", self.told(Told::Act), None);
        if !reader.open.iter().any(|part| part == "act") {
            return opening;
        }
        let mut parts = Vec::new();
        if reader.relayed {
            parts.push(Element::new("p").with("data-part", "relay").text(self.told(Told::Relay)));
        }
        for id in reader.providers {
            parts.extend(self.records.provider(id).and_then(|provider| self.pages(provider)));
        }
        parts.push(self.channels(tables));
        parts.push(note(self.told(Told::ActNote)));
        opening.child(Element::new("div").with("data-part", "act").with("lang", lang.tag()).children(parts))
    }

    fn pages(&self, provider: &ProviderRow) -> Option<Element> {
        let rows = provider.contacts.of(self.records.contacts);
        if rows.is_empty() {
            return None;
        }
        let lang = self.reader.lang;
        let row = |contact: &ContactRow| {
            let address = self.records.text(contact.address);
            let called = words::contact_kind(contact.kind(), lang);
            let item = Element::new("li");
            if address.starts_with("https://") {
                item.child(link_called(address, called, lang))
            } else {
                item.text(format!("{called}{} ", if lang == Lang::Fr { "\u{a0}:" } else { ":" }))
                    .child(Element::new("code").text(address))
            }
        };
        let mut part = Element::new("div")
            .with("data-provider", self.records.text(provider.id))
            .child(Element::new("h3").text(words::pages_of(self.records.text(provider.name), lang)))
            .child(Element::new("ul").with("data-part", "contacts").children(rows.iter().map(row)));
        let notes = self.records.both(provider.notes, lang.of_records());
        if !notes.is_empty() {
            part = part.child(note(notes));
        }
        Some(part)
    }

    fn channels(&self, tables: &Tables<'_>) -> Element {
        let lang = self.reader.lang;
        let name = |code: &str| match code {
            "EU" => self.told(Told::EuropeanUnion).to_owned(),
            "INT" => self.told(Told::SeveralCountries).to_owned(),
            code => <[u8; 2]>::try_from(code.as_bytes())
                .map_or_else(|_| code.to_owned(), |code| all_words::country(code, tables, lang)),
        };
        let mut codes: Vec<&str> = Vec::new();
        for authority in self.records.authorities {
            let code = self.records.text(authority.country);
            if codes.last() != Some(&code) {
                codes.push(code);
            }
        }
        let named = in_order(codes.iter().map(|code| (name(code), *code)), |(name, _)| unaccented(name));
        let choice = |code: &str, called: &str| {
            let option = Element::new("option").with("value", code).text(called);
            if code == self.reader.country { option.with("selected", "") } else { option }
        };
        let options = std::iter::once(choice("", self.told(Told::ChooseCountry)))
            .chain(named.iter().map(|(called, code)| choice(code, called)));
        let select = Element::new("select").with("data-action", CHOOSE_COUNTRY).children(options);
        let mut part = Element::new("div")
            .with("data-part", "authorities")
            .child(Element::new("h3").text(self.told(Told::Authorities)))
            .child(Element::new("label").text(format!("{} ", self.told(Told::Country))).child(select));
        let rows = |code: &str| self.records.authorities_of(code).map(|row| self.authority(row)).collect::<Vec<_>>();
        if !self.reader.country.is_empty() {
            part = part.child(Element::new("ul").children(rows(self.reader.country)));
        }
        part
    }

    fn authority(&self, authority: &AuthorityRow) -> Element {
        let lang = self.reader.lang;
        let mut facts = vec![words::authority_kind(authority.kind(), lang).to_owned()];
        if authority.public == 0 {
            facts.push(self.told(Told::NotPublic).to_owned());
        }
        let languages = self.records.text(authority.languages);
        if languages != "mul" {
            for code in languages.split(',') {
                facts.push(words::in_language(code.trim_ascii_start(), lang).to_owned());
            }
        }
        Element::new("li")
            .child(Element::new("p").child(link_called(
                self.records.text(authority.url),
                self.records.both(authority.name, lang.of_records()),
                lang,
            )))
            .child(Element::new("p").text(self.records.both(authority.what_for, lang.of_records())))
            .child(note(&facts.join(", ")))
    }
}

/// A country's name without the accents that French writes, which would send it behind Z.
fn unaccented(name: &str) -> String {
    let plain = |letter| match letter {
        'É' => 'E',
        'Î' => 'I',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' | 'ö' => 'o',
        'â' | 'à' => 'a',
        'û' | 'ü' => 'u',
        'ç' => 'c',
        other => other,
    };
    name.chars().map(plain).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::image::{self, Image};

    fn countries(lang: Lang) -> Vec<String> {
        let (records, image) = (image::records(crate::BUNDLED_RECORDS).unwrap(), Image::open(crate::BUNDLED).unwrap());
        let open = ["act".to_owned()];
        let reader = Reader { lang, host: None, providers: &[], relayed: false, country: "", open: &open, today: 0 };
        let part = Shown { records: &records, reader: &reader }.channels(&image.tables);
        let text = super::super::tree::html(&part);
        let options = text.split("<option").skip(2);
        options.map(|option| option.split(['>', '<']).nth(1).unwrap().to_owned()).collect()
    }

    #[test]
    fn countries_stand_in_the_order_of_the_alphabet() {
        let french = countries(Lang::Fr);
        let place = |name: &str| {
            french.iter().position(|known| known == name).unwrap_or_else(|| panic!("{name} is not in {french:?}"))
        };
        assert!(place("Canada") < place("États-Unis") && place("États-Unis") < place("Finlande"), "{french:?}");
        assert!(unaccented("Suède") < unaccented("Suisse"));
        // Accents that the order does not know would stand at the end.
        for name in [french, countries(Lang::En)].concat() {
            assert!(unaccented(&name).starts_with(|first: char| first.is_ascii_uppercase()), "{name}");
        }
    }
}
