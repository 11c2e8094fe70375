//! The trial of a new dataset, before it becomes the one in use: every row is read, every part belongs
//! to the others, and a few questions whose answers everybody knows are answered as they must be.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use zerocopy::little_endian::U64;

use super::Refusal;
use crate::dataset::image::{self, Image};
use crate::detect::response::Response;
use crate::detect::table::{KINDS, NONE, PrefixRow, Rows, Slot, Tables, Text};
use crate::field::Field;
use crate::net::operators::{AsNumber, Operators};
use crate::records::table::{Both, Language, OPEN, RecordRow, Records, Run};
use crate::records::vocabulary::State;

/// A response and who must be named for it.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub fields: &'static [(&'static str, &'static str)],
    pub delivered_by: &'static str,
}

/// Fields that their providers document, or have sent for many years. A dataset that does not know them
/// is broken, however well it is signed.
pub const CASES: [Case; 4] = [
    Case {
        fields: &[("server", "cloudflare"), ("cf-ray", "8c1d2e3f4a5b6c7d-CDG"), ("cf-cache-status", "HIT")],
        delivered_by: "cloudflare",
    },
    Case {
        fields: &[
            ("via", "1.1 0123456789abcdef0123456789abcdef.cloudfront.net (CloudFront)"),
            ("x-amz-cf-pop", "CDG50-P1"),
            ("x-cache", "Hit from cloudfront"),
        ],
        delivered_by: "amazon-cloudfront",
    },
    Case {
        fields: &[("x-served-by", "cache-cdg-lfpg1960042-CDG"), ("x-timer", "S1764072000.123456,VS0,VE1")],
        delivered_by: "fastly",
    },
    Case { fields: &[("server", "nginx"), ("content-type", "text/html")], delivered_by: "" },
];

/// A host and the site that it belongs to. Records are withdrawn, never erased, so what is documented
/// about a site stays.
pub const HOSTS: [(&str, &str); 4] =
    [("www.8ch.net", "8ch.net"), ("kiwifarms.net", "kiwifarms.net"), ("not8ch.net", ""), ("www.example.com", "")];

/// Addresses that their operators publish, and under which AS number: public name servers, which do not move.
pub const ADDRESSES: [(IpAddr, u32); 4] = [
    (IpAddr::V4(Ipv4Addr::new(8, 8, 8, 8)), 15169),
    (IpAddr::V4(Ipv4Addr::new(1, 1, 1, 1)), 13335),
    (IpAddr::V6(Ipv6Addr::new(0x2606, 0x4700, 0x4700, 0, 0, 0, 0, 0x1111)), 13335),
    (IpAddr::V6(Ipv6Addr::new(0x2001, 0x4860, 0x4860, 0, 0, 0, 0, 0x8888)), 15169),
];

/// The trial of a version, part by part in whatever order they come. It reads everything once and answers the
/// questions.
#[derive(Debug, Default)]
pub struct Trial {
    /// The two parts that have to agree.
    detection: Option<Vec<u8>>,
    records: Option<Vec<u8>>,
}

impl Trial {
    /// Tries a part. What was tried before under its name counts no more; a part of an unknown name is a later
    /// program's.
    pub fn part(&mut self, name: &str, bytes: Vec<u8>) -> Result<(), Refusal> {
        let tried = match name {
            "dataset.img" => {
                let tried = opened(&bytes).and_then(|image| detection(&image.tables));
                self.detection = Some(bytes);
                tried.and_then(|()| self.both())
            }
            "records.img" => {
                self.records = Some(bytes);
                self.both()
            }
            "operators.img" => {
                image::operators(&bytes).map_err(|error| error.to_string()).and_then(|table| operators(&table))
            }
            _ => Ok(()),
        };
        tried.map_err(Refusal::Trial)
    }

    /// All parts were tried: was the one that nothing can do without among them?
    pub fn end(self) -> Result<(), Refusal> {
        self.detection.map(drop).ok_or_else(|| Refusal::Trial("dataset.img".to_owned()))
    }

    /// Once both are there.
    fn both(&self) -> Result<(), String> {
        let (Some(detection), Some(records)) = (&self.detection, &self.records) else { return Ok(()) };
        documented(&image::records(records).map_err(|error| error.to_string())?, &opened(detection)?.tables)
    }
}

fn opened(bytes: &[u8]) -> Result<Image<'_>, String> {
    Image::open(bytes).map_err(|error| error.to_string())
}

fn detection(tables: &Tables<'_>) -> Result<(), String> {
    every_row(tables)?;
    for Case { fields, delivered_by } in CASES {
        let fields: Vec<Field<'_>> =
            fields.iter().map(|(name, value)| Field { name, value: value.as_bytes() }).collect();
        let response =
            Response { url: "https://www.example.com/", status: 200, fields: &fields, ..Response::default() };
        let named = crate::detect::verdict(&response, tables).delivered_by;
        let named = named.map_or("", |provider| tables.id(provider));
        if named != delivered_by {
            return Err(format!("{delivered_by} / {named}"));
        }
    }
    Ok(())
}

/// The first row that points at nothing is the fault.
fn every_row(tables: &Tables<'_>) -> Result<(), String> {
    let within = |first: u16, len: u16, rows: usize| usize::from(first) + usize::from(len) <= rows;
    let rows = |run: Rows, of: usize| within(run.first.get(), run.len.get(), of);
    let known = |number: u16| usize::from(number) < tables.providers.len();
    let said = |text: Text| !tables.text(text).is_empty();
    let readable = |text: Text| text.len.get() == 0 || said(text);
    // Masks have a bit for each of the slot's rules, and none beyond.
    let masked = |slot: &Slot| {
        let (first, rules) = (usize::from(slot.masks.get()), usize::from(slot.rules.len.get()));
        let words = rules.div_ceil(64).max(1);
        let masks = tables.masks.get(first..first + 2 * KINDS * words);
        let beyond = |row: &[U64]| rules % 64 > 0 && row[words - 1].get() >> (rules % 64) > 0;
        masks.is_some_and(|masks| !masks.chunks(words).any(beyond))
    };
    let slot =
        |slot: &Slot| readable(slot.key) && rows(slot.rules, tables.rules.len()) && (!slot.has_masks() || masked(slot));
    let listed = |row: &PrefixRow, longest: u8| {
        row.length <= longest && (row.list.get() == NONE || usize::from(row.list.get()) < tables.lists.len())
    };

    all("provider", tables.providers, |row| {
        said(row.id)
            && said(row.name)
            && readable(row.short)
            && readable(row.homepage)
            && rows(row.runs_on, tables.links.len())
            && rows(row.words, tables.words.len())
    })?;
    all("link", tables.links, |link| known(link.get()))?;
    all("rule", tables.rules, |rule| {
        known(rule.provider.get())
            && rule.place().is_some()
            && said(rule.id)
            && readable(rule.name)
            && tables.program(rule).len() == usize::from(rule.program.len.get())
    })?;
    for slots in [tables.fields, tables.hosts, tables.canonical_names, tables.everywhere] {
        all("slot", slots, slot)?;
    }
    all("word", tables.words, |row| said(row.word))?;
    all("list", tables.lists, |row| {
        known(row.provider.get()) && known(row.machines.get()) && said(row.name) && readable(row.published_at)
    })?;
    all("prefix", tables.prefixes4, |row| listed(row, 32))?;
    all("prefix", tables.prefixes6, |row| listed(row, 128))?;
    // They are searched for by halves.
    let rises4 = tables.starts4.windows(2).all(|two| two[0].get() < two[1].get());
    let rises6 = tables.starts6.windows(2).all(|two| {
        let [one, other] = [&two[0], &two[1]].map(|start| (start.high.get(), start.low.get()));
        one < other
    });
    if !rises4 || !rises6 {
        return Err("prefixes out of order".to_owned());
    }
    all("place", tables.places, |row| said(row.code) && readable(row.city) && readable(row.city_fr))?;
    all("country", tables.countries, |row| said(row.en) && said(row.fr))?;
    all("network", tables.networks, |row| known(row.provider.get()))?;
    all("site", tables.sites, |row| said(row.domain))
}

/// The part with the records: its rows, and that the badge's part knows the same sites.
fn documented(records: &Records<'_>, tables: &Tables<'_>) -> Result<(), String> {
    let said = |text: Text| !records.text(text).is_empty();
    let readable = |text: Text| text.len.get() == 0 || said(text);
    let told = |both: Both, language: Language, len: u16| len == 0 || !records.both(both, language).is_empty();
    let both = |text: Both| told(text, Language::En, text.en.len.get()) && told(text, Language::Fr, text.fr.len.get());
    let numbers = |run: Run, of: usize| {
        let found = records.numbers(run);
        found.len() == usize::from(run.len.get()) && found.iter().all(|number| usize::from(number.get()) < of)
    };
    let run = |run: Run, rows: usize| {
        (run.first.get() as usize).saturating_add(usize::from(run.len.get())) <= rows || run.len.get() == 0
    };
    let spoken = |record: &RecordRow, language: Language, lens: [usize; 4]| {
        let said = records.said(record, language);
        [said.title, said.summary, said.position, said.outcome].map(str::len) == lens && !said.title.is_empty()
    };

    all("record", records.records, |row| {
        let position = row.position_source.get();
        let after = row.superseded_by.get();
        said(row.id)
            && spoken(row, Language::En, row.en.lens.map(|len| usize::from(len.get())))
            && spoken(row, Language::Fr, row.fr.lens.map(|len| usize::from(len.get())))
            && (position == OPEN || (position as usize) < records.sources.len())
            && (after == NONE || usize::from(after) < records.records.len())
            && run(row.sources, records.sources.len())
            && run(row.notes, records.notes.len())
            && numbers(row.providers, records.providers.len())
            && numbers(row.sites, records.sites.len())
    })?;
    all("source", records.sources, |row| said(row.publisher) && readable(row.title) && said(row.url))?;
    all("note", records.notes, |row| readable(row.by) && both(row.text))?;
    all("provider", records.providers, |row| {
        said(row.id)
            && tables.find(records.text(row.id)).is_some()
            && numbers(row.records, records.records.len())
            && run(row.contacts, records.contacts.len())
            && both(row.notes)
    })?;
    all("site", records.sites, |row| {
        said(row.domain)
            && said(row.name)
            && numbers(row.records, records.records.len())
            && [row.legal, row.scope, row.own].into_iter().all(both)
            && run(row.said, records.said.len())
            && run(row.history, records.history.len())
    })?;
    all("domain", records.domains, |row| said(row.domain) && usize::from(row.site.get()) < records.sites.len())?;
    all("word", records.said, |row| both(row.text) && both(row.by) && readable(row.source))?;
    all("history", records.history, |row| both(row.name) && both(row.role) && both(row.note))?;
    all("contact", records.contacts, |row| said(row.address))?;
    all("authority", records.authorities, |row| said(row.country) && both(row.name) && said(row.url))?;

    for (host, domain) in HOSTS {
        let site = records.site_of(host);
        let named = site.map_or("", |site| records.text(site.domain));
        if named != domain || site.is_some_and(|site| records.numbers(site.records).is_empty()) {
            return Err(format!("{host}: {domain} / {named}"));
        }
    }
    all("site of the badge", tables.sites, |row| {
        let host = tables.text(row.domain);
        let about = records.site_of(host).map_or(&[][..], |site| records.numbers(site.records));
        let published = about.iter().filter_map(|number| records.record(*number));
        let published = published.filter(|record| record.state() == State::Published).count();
        published == usize::from(row.records.get())
    })
}

fn operators(operators: &Operators<'_>) -> Result<(), String> {
    operators.fault().map_or(Ok(()), |column| Err(format!("operators: {column}")))?;
    for (address, number) in ADDRESSES {
        let found = operators.find(address);
        if found != Some(AsNumber(number)) {
            return Err(format!("{address}: {} / {}", AsNumber(number), found.unwrap_or(AsNumber(0))));
        }
    }
    Ok(())
}

/// Is every row good? The first that is not is named.
fn all<T>(what: &str, rows: &[T], good: impl Fn(&T) -> bool) -> Result<(), String> {
    rows.iter().position(|row| !good(row)).map_or(Ok(()), |number| Err(format!("{what} {number}")))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::dataset::image::{Head, RECORDS_SECTIONS, SECTIONS, Section};
    use crate::dataset::operators as source;
    use crate::{BUNDLED, BUNDLED_RECORDS};
    use zerocopy::FromBytes as _;

    /// The addresses that are asked about, and an AS number for them.
    fn table_of(number: u32) -> Vec<u8> {
        let rows = ADDRESSES.map(|(address, of)| format!("{address},{address},{},An operator\n", of.min(number)));
        let mut rows = rows.to_vec();
        rows.sort_by_key(|row| row.split(',').next().and_then(|text| text.parse::<IpAddr>().ok()));
        source::image(&source::read_text(Path::new("text"), rows.concat().as_bytes()).unwrap())
    }

    fn tried(detection: &[u8], records: &[u8], operators: &[u8]) -> Result<(), Refusal> {
        let mut trial = Trial::default();
        trial.part("dataset.img", detection.to_vec())?;
        trial.part("operators.img", operators.to_vec())?;
        trial.part("records.img", records.to_vec())?;
        trial.end()
    }

    /// Where the sections of an image stand.
    fn sections<const N: usize>(image: &[u8]) -> [std::ops::Range<usize>; N] {
        let (table, _) = <[Section; N]>::ref_from_prefix(&image[size_of::<Head>()..]).unwrap();
        table.map(|section| {
            let start = section.start.get() as usize;
            start..start + section.len.get() as usize
        })
    }

    /// Sections in which rubbish passes the trial.
    fn blind<const N: usize>(image: &[u8], try_it: impl Fn(&[u8]) -> Result<(), Refusal>) -> Vec<usize> {
        let sections = sections::<N>(image);
        let passes = |(_, range): &(usize, std::ops::Range<usize>)| {
            let mut damaged = image.to_vec();
            damaged[range.clone()].fill(0xff);
            try_it(&damaged).is_ok()
        };
        sections
            .into_iter()
            .enumerate()
            .filter(|(_, range)| !range.is_empty())
            .filter(passes)
            .map(|(at, _)| at)
            .collect()
    }

    #[test]
    fn the_bundled_parts_pass() {
        assert_eq!(tried(BUNDLED, BUNDLED_RECORDS, &table_of(u32::MAX)), Ok(()));
        let mut trial = Trial::default();
        assert_eq!(trial.part("dataset.img", BUNDLED.to_vec()), Ok(()));
        assert_eq!(trial.end(), Ok(()));
        assert_eq!(Trial::default().end(), Err(Refusal::Trial("dataset.img".to_owned())));
    }

    /// The badge's number of records about a site is another than the records say, whichever part comes first.
    #[test]
    fn parts_that_disagree_are_refused_in_either_order() {
        let mut other = BUNDLED.to_vec();
        let [.., sites] = sections::<SECTIONS>(BUNDLED);
        other[sites.end - 2] ^= 1;
        for names in [["dataset.img", "records.img"], ["records.img", "dataset.img"]] {
            let mut trial = Trial::default();
            let bytes = |name| if name == "dataset.img" { other.clone() } else { BUNDLED_RECORDS.to_vec() };
            assert_eq!(trial.part(names[0], bytes(names[0])), Ok(()));
            let refused = trial.part(names[1], bytes(names[1]));
            assert!(
                matches!(&refused, Err(Refusal::Trial(why)) if why.starts_with("site of the badge")),
                "{refused:?}"
            );
        }
    }

    #[test]
    fn rubbish_in_any_table_is_noticed() {
        let operators = table_of(u32::MAX);
        assert_eq!(blind::<SECTIONS>(BUNDLED, |image| tried(image, BUNDLED_RECORDS, &operators)), [0; 0]);
        // A suffix that is not known is one label, which the domains of the trial are under too.
        assert_eq!(blind::<RECORDS_SECTIONS>(BUNDLED_RECORDS, |image| tried(BUNDLED, image, &operators)), [14]);
        let try_it = |image: &[u8]| tried(BUNDLED, BUNDLED_RECORDS, image);
        assert_eq!(blind::<{ crate::net::operators::SECTIONS }>(&operators, try_it), [0; 0]);
    }

    #[test]
    fn a_part_that_answers_wrongly_is_refused() {
        let refused = tried(BUNDLED, BUNDLED_RECORDS, &table_of(9999));
        assert_eq!(refused, Err(Refusal::Trial("8.8.8.8: AS15169 / AS9999".to_owned())));
        let refused = tried(BUNDLED, BUNDLED_RECORDS, BUNDLED);
        assert!(matches!(&refused, Err(Refusal::Trial(why)) if why.contains("part 1 of a dataset")), "{refused:?}");
    }
}
