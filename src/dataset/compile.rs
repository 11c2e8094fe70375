//! Turns checked data into an image. The same data gives the same bytes on every machine.

pub mod records;

use std::collections::{BTreeMap, BTreeSet};

use sha2::Digest as _;
use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromZeros as _, Immutable, IntoBytes};

use super::image::{Head, MAGIC, Part, Section};
use super::read::Source;
use super::schema::{Basis, Confidence, Covers, Signature};
use crate::detect::pattern::{self, Outline};
use crate::detect::table::{
    CountryRow, KINDS, LISTED, LISTED_EDGE, LISTED_OWN, LISTED_SOME, ListRow, NONE, NetworkRow, PlaceRow, PrefixRow,
    ProviderRow, ReadAlways, Rows, RuleRow, SiteRow, Slot, Start6, Text, WordRow, hash, kinds, place_key,
};
use crate::detect::vocabulary::Where;
use crate::net::{self, Prefix};

/// Where a signature looks: the place, the name it looks up, and its pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub place: Where,
    /// Field name, or the literal suffix by which a host rule is found.
    pub key: String,
    /// Nothing when presence suffices.
    pub pattern: Option<String>,
}

/// Resolves the place of a signature; the text says what is wrong with it.
pub fn target(signature: &Signature) -> Result<Target, String> {
    let places = [
        (Where::Field, &signature.field),
        (Where::Member, &signature.list),
        (Where::CacheStatus, &signature.cache_status),
        (Where::Metric, &signature.metric),
        (Where::Cookie, &signature.cookie),
        (Where::Host, &signature.host),
        (Where::CanonicalName, &signature.canonical_name),
        (Where::Issuer, &signature.issuer),
    ];
    let mut given = places.into_iter().filter_map(|(place, value)| value.as_ref().map(|value| (place, value)));
    let (Some((place, value)), None) = (given.next(), given.next()) else {
        return Err(
            "say in exactly one place where the rule looks: field, list, cache-status, metric, cookie, host, canonical-name or issuer"
                .to_owned(),
        );
    };
    let named = matches!(place, Where::Field | Where::Member);
    if !named && signature.pattern.is_some() {
        return Err("`pattern` belongs to `field` and `list`; elsewhere the value is the pattern".to_owned());
    }
    Ok(match place {
        Where::Field | Where::Member => {
            Target { place, key: value.to_ascii_lowercase(), pattern: signature.pattern.clone() }
        }
        Where::Host | Where::CanonicalName => {
            let plain = !value.contains(['{', '[', '\\']);
            let lower = if plain { value.to_ascii_lowercase() } else { value.clone() };
            match lower.strip_prefix('.') {
                Some(suffix) if plain => {
                    Target { place, key: suffix.to_owned(), pattern: Some(format!("{{any}}.{suffix}")) }
                }
                _ if plain => Target { place, key: lower, pattern: None },
                _ => {
                    let tail = &lower[lower.rfind(['}', ']']).map_or(0, |at| at + 1)..];
                    let Some((_, key)) = tail.split_once('.').filter(|(_, key)| key.contains('.')) else {
                        return Err("a host pattern ends in at least two literal labels".to_owned());
                    };
                    Target { place, key: key.to_owned(), pattern: Some(lower.clone()) }
                }
            }
        }
        _ => Target { place, key: String::new(), pattern: Some(value.clone()) },
    })
}

/// The id of a signature inside its provider.
pub fn signature_id(signature: &Signature, target: &Target) -> String {
    signature.id.clone().unwrap_or_else(|| match target.place {
        Where::Field | Where::Member => target.key.clone(),
        Where::CacheStatus => "cache-status".to_owned(),
        Where::Metric => "server-timing".to_owned(),
        Where::Cookie => format!("cookie:{}", target.pattern.as_deref().unwrap_or("")),
        Where::Host => format!("host:{}", signature.host.as_deref().unwrap_or("")),
        Where::CanonicalName => format!("canonical-name:{}", signature.canonical_name.as_deref().unwrap_or("")),
        Where::Issuer => "issuer".to_owned(),
    })
}

/// Compiles data that [`super::lint`] found free of faults. What it would have refused is left out.
pub fn image(source: &Source) -> Vec<u8> {
    let mut pool = Pool::default();
    let numbers: BTreeMap<&str, u16> =
        source.providers.keys().enumerate().map(|(number, id)| (id.as_str(), number as u16)).collect();
    let codings: Vec<&str> =
        std::iter::once("iata").chain(source.places.keys().map(String::as_str).filter(|id| *id != "iata")).collect();
    let mut date = 0;
    let mut note = |when: u32| date = date.max(when);

    let (mut providers, mut links, mut words) = (Vec::new(), Vec::<U16>::new(), Vec::new());
    let mut rules: Vec<(u8, String, RuleRow)> = Vec::new();
    for (id, file) in &source.providers {
        let value = &file.value;
        let behaviour = value.behaviour.as_ref();
        if let Some(behaviour) = behaviour {
            note(date_number(&behaviour.checked));
        }
        let first_link = links.len();
        links.extend(value.runs_on.iter().filter_map(|id| numbers.get(id.as_str())).map(|number| U16::new(*number)));
        let first_word = words.len();
        words.extend(
            value
                .cache_words
                .iter()
                .map(|(word, says)| WordRow { word: pool.text(&word.to_ascii_lowercase()), says: *says as u8 }),
        );
        providers.push(ProviderRow {
            id: pool.text(id),
            name: pool.text(&value.name),
            short: pool.text(&value.short),
            homepage: pool.text(&value.homepage),
            country: country(value.country.as_deref().unwrap_or("")),
            roles: U32::new(value.roles.iter().fold(0, |bits, role| bits | role.bit())),
            origin: value.origin as u8,
            server: behaviour.map_or(0, |b| b.server as u8),
            via: behaviour.map_or(0, |b| b.via as u8),
            pop_coding: value.pop_coding as u8,
            listed: 0,
            places: U16::new(codings.iter().position(|coding| coding == id).map_or(NONE, |at| at as u16)),
            runs_on: run(first_link, links.len()),
            words: run(first_word, words.len()),
        });
        for signature in &value.signature {
            let Ok(target) = target(signature) else { continue };
            let (program, outline) = match &target.pattern {
                Some(text) => match pattern::compile(text, signature.case_sensitive) {
                    Ok(program) => (pool.program(&program), Outline::of(&program)),
                    Err(_) => continue,
                },
                None => (Text::new_zeroed(), Outline::ANY),
            };
            let checked = date_number(&signature.checked);
            note(checked);
            let row = RuleRow {
                id: pool.text(&format!("{id}/{}", signature_id(signature, &target))),
                name: pool.text(if matches!(target.place, Where::Field | Where::Member) { &target.key } else { "" }),
                source: pool.text(&signature.source),
                why: pool.text(signature.why.as_deref().unwrap_or("")),
                why_fr: pool.text(signature.why_fr.as_deref().unwrap_or("")),
                program,
                provider: U16::new(numbers[id.as_str()]),
                place: target.place as u8,
                strength: signature.strength as u8,
                layer: signature.layer as u8,
                outline,
                checked: U32::new(checked),
            };
            rules.push((table_of(target.place), target.key, row));
        }
    }
    rules.sort_by(|(table, key, _), (other_table, other_key, _)| (table, key).cmp(&(other_table, other_key)));
    let mut masks = Vec::new();
    let mut keyed = |table: u8| slots(&rules, table, &mut pool, &mut masks);
    let (fields, hosts, names) = (keyed(0), keyed(1), keyed(2));
    let everywhere: Vec<Slot> = (3..7).map(|table| span(&rules, table, &mut masks)).collect();
    let rules: Vec<RuleRow> = rules.into_iter().map(|(_, _, row)| row).collect();

    let mut lists = Vec::new();
    let mut held: Vec<(Prefix, Covers, u16)> = Vec::new();
    for (id, file) in &source.providers {
        for use_of in &file.value.prefixes {
            let Some(list) = source.lists.get(&use_of.list) else { continue };
            let machines = use_of.machines.as_deref().unwrap_or(id);
            let header = |key: &str| list.header.get(key).map_or("", String::as_str);
            let copied = header("copied-on").parse().map_or(0, |when| date_number(&when));
            note(copied);
            let number = lists.len() as u16;
            let published_at = Some(header("published-at")).filter(|address| *address != "none").unwrap_or("");
            let row = ListRow {
                name: pool.text(&use_of.list),
                published_at: pool.text(published_at),
                provider: U16::new(numbers[id.as_str()]),
                machines: U16::new(numbers.get(machines).copied().unwrap_or(numbers[id.as_str()])),
                basis: if use_of.basis == Basis::Published { 0 } else { 1 },
                covers: use_of.covers as u8,
                copied: U32::new(copied),
            };
            let own = !row.is_network() && row.machines() == row.provider();
            let listed = &mut providers[usize::from(row.provider().0)].listed;
            *listed |= LISTED;
            *listed |= if own { LISTED_OWN } else { 0 };
            let edge = if use_of.complete { LISTED_EDGE } else { LISTED_SOME };
            *listed |= if own && row.is_published() { edge } else { 0 };
            lists.push(row);
            held.extend(list.prefixes.iter().map(|prefix| (*prefix, use_of.covers, number)));
        }
    }
    // Who has a list that is not whole has none that tells of all machines.
    for row in &mut providers {
        row.listed &= if row.listed & LISTED_SOME == 0 { !0 } else { !LISTED_EDGE };
    }
    let flat4 = flatten(held.iter().filter(|(prefix, ..)| prefix.is_ipv4()).copied());
    let flat6 = flatten(held.iter().filter(|(prefix, ..)| !prefix.is_ipv4()).copied());

    let mut places = Vec::new();
    for (number, coding) in codings.iter().enumerate() {
        let Some(file) = source.places.get(*coding) else { continue };
        note(date_number(&file.value.checked));
        let codes: BTreeMap<String, _> =
            file.value.place.iter().map(|(code, place)| (code.to_ascii_lowercase(), place)).collect();
        for (code, place) in codes {
            places.push(PlaceRow {
                key: U64::new(place_key(number as u16, code.as_bytes())),
                confidence: match place.confidence {
                    Confidence::Documented => 0,
                    Confidence::Observed => 1,
                    Confidence::Inferred => 2,
                },
                country: country(&place.country),
                code: pool.text(&code),
                city: pool.text(&place.city),
                city_fr: pool.text(place.city_fr.as_deref().unwrap_or(&place.city)),
            });
        }
    }
    let countries: Vec<CountryRow> = source
        .countries
        .iter()
        .flat_map(|file| &file.value.country)
        .map(|(code, name)| CountryRow { code: country(code), en: pool.text(&name.en), fr: pool.text(&name.fr) })
        .collect();

    let sites: Vec<SiteRow> = records::domains(source)
        .iter()
        .map(|(domain, records)| SiteRow { domain: pool.text(domain), records: U16::new(*records) })
        .collect();

    let starts4: Vec<U32> = flat4.iter().map(|(start, _)| U32::new(*start as u32)).collect();
    let starts6: Vec<Start6> = flat6
        .iter()
        .map(|(start, _)| Start6 { high: U64::new((*start >> 64) as u64), low: U64::new(*start as u64) })
        .collect();
    let prefix_rows = |flat: &[(u128, PrefixRow)]| flat.iter().map(|(_, row)| *row).collect::<Vec<_>>();
    assemble(
        Part::Detection,
        date,
        [
            pool.strings.clone(),
            pool.programs.clone(),
            bytes(&providers),
            bytes(&links),
            bytes(&rules),
            bytes(&masks),
            bytes(&fields),
            bytes(&hosts),
            bytes(&names),
            bytes(&everywhere),
            bytes(&words),
            bytes(&lists),
            bytes(&starts4),
            bytes(&prefix_rows(&flat4)),
            bytes(&starts6),
            bytes(&prefix_rows(&flat6)),
            bytes(&places),
            bytes(&countries),
            bytes(&networks(source, &numbers)),
            bytes(&sites),
        ],
    )
}

/// The providers' own AS numbers, sorted.
fn networks(source: &Source, numbers: &BTreeMap<&str, u16>) -> Vec<NetworkRow> {
    let all = source
        .providers
        .iter()
        .flat_map(|(id, file)| file.value.as_numbers.iter().map(|number| (*number, numbers[id.as_str()])));
    let sorted: BTreeSet<(u32, u16)> = all.collect();
    let row = |(number, provider)| NetworkRow { as_number: U32::new(number), provider: U16::new(provider) };
    sorted.into_iter().map(row).collect()
}

/// Year, month, day as one number; a date without a day does not occur in checked data.
pub fn date_number(when: &toml::value::Datetime) -> u32 {
    when.date.map_or(0, |date| u32::from(date.year) * 10_000 + u32::from(date.month) * 100 + u32::from(date.day))
}

/// Texts and programs, each kept once.
#[derive(Default)]
struct Pool {
    strings: Vec<u8>,
    programs: Vec<u8>,
    known: BTreeMap<Vec<u8>, Text>,
    known_programs: BTreeMap<Vec<u8>, Text>,
}

impl Pool {
    fn text(&mut self, text: &str) -> Text {
        keep(&mut self.strings, &mut self.known, text.as_bytes())
    }

    fn program(&mut self, program: &[u8]) -> Text {
        keep(&mut self.programs, &mut self.known_programs, program)
    }
}

fn keep(section: &mut Vec<u8>, known: &mut BTreeMap<Vec<u8>, Text>, text: &[u8]) -> Text {
    if text.is_empty() {
        return Text::new_zeroed();
    }
    *known.entry(text.to_vec()).or_insert_with(|| {
        let start = section.len() as u32;
        section.extend(text);
        Text { start: U32::new(start), len: U16::new(u16::try_from(text.len()).expect("lint bounds every text")) }
    })
}

fn table_of(place: Where) -> u8 {
    match place {
        Where::Field | Where::Member => 0,
        Where::Host => 1,
        Where::CanonicalName => 2,
        Where::CacheStatus => 3,
        Where::Metric => 4,
        Where::Cookie => 5,
        Where::Issuer => 6,
    }
}

fn run(first: usize, end: usize) -> Rows {
    Rows { first: U16::new(first as u16), len: U16::new((end - first) as u16) }
}

fn span(rules: &[(u8, String, RuleRow)], table: u8, masks: &mut Vec<U64>) -> Slot {
    let first = rules.partition_point(|(other, ..)| *other < table);
    let end = rules.partition_point(|(other, ..)| *other <= table);
    let masks = mask(rules, first..end, masks);
    Slot { key: Text::new_zeroed(), rules: run(first, end), masks, always: 0, members: 0 }
}

/// An open-addressed table at most half full, that of the field names at most a quarter; this one also has those that
/// are read always.
fn slots(rules: &[(u8, String, RuleRow)], table: u8, pool: &mut Pool, masks: &mut Vec<U64>) -> Vec<Slot> {
    let always = |key: &str| ReadAlways::ALL.into_iter().find(|(name, _)| table == 0 && *name == key);
    let mut keys: BTreeSet<&str> =
        rules.iter().filter(|(other, ..)| *other == table).map(|(_, key, _)| key.as_str()).collect();
    keys.extend(ReadAlways::ALL.map(|(name, _)| name).into_iter().filter(|name| always(name).is_some()));
    // Every field is looked for, and most are nobody's: there the first look ends more often.
    let room = if table == 0 { 4 } else { 2 };
    let mut slots = vec![Slot::new_zeroed(); (keys.len() * room).next_power_of_two().max(2)];
    let last = slots.len() - 1;
    let range = |key: &str| {
        let first = rules.partition_point(|(other, name, _)| (*other, name.as_str()) < (table, key));
        first..rules.partition_point(|(other, name, _)| (*other, name.as_str()) <= (table, key))
    };
    // Names that come with most responses are laid first, so that they stand where they are looked for first.
    let mut keys: Vec<&str> = keys.into_iter().collect();
    keys.sort_by_key(|key| (always(key).is_none(), std::cmp::Reverse(range(key).len())));
    for key in keys {
        let (first, end) = (range(key).start, range(key).end);
        let mut at = hash(key.as_bytes()) as usize & last;
        while slots[at].key.len.get() != 0 {
            at = (at + 1) & last;
        }
        slots[at] = Slot {
            key: pool.text(key),
            rules: run(first, end),
            masks: mask(rules, first..end, masks),
            always: always(key).map_or(0, |(_, field)| field as u8),
            members: rules[first..end].iter().any(|(.., row)| row.place() == Some(Where::Member)).into(),
        };
    }
    slots
}

/// Rules of one slot from which a mask is worth its bytes.
const MANY: usize = 4;

/// Adds the masks of a slot's rules; where they begin.
fn mask(rules: &[(u8, String, RuleRow)], range: std::ops::Range<usize>, masks: &mut Vec<U64>) -> U16 {
    let rules = &rules[range];
    let start = u16::try_from(masks.len()).ok().filter(|start| rules.len() >= MANY && *start != NONE);
    let Some(start) = start else { return U16::new(NONE) };
    for kind in 0..2 * KINDS {
        // The byte with which all texts begin or end that match, if it is one.
        let may = |outline: &Outline| match kind.checked_sub(KINDS) {
            None => {
                let [first, ..] = outline.start.get().to_le_bytes();
                outline.start_mask.get() == 0 || kinds(&[first])[0] == kind
            }
            Some(kind) => {
                let [.., last] = outline.end.get().to_le_bytes();
                outline.end_mask.get() == 0 || kinds(&[last])[1] == kind
            }
        };
        masks.extend(rules.chunks(64).map(|rules| {
            let set = |(at, (.., row)): (usize, &(u8, String, RuleRow))| u64::from(may(&row.outline)) << at;
            U64::new(rules.iter().enumerate().map(set).fold(0, |all, bit| all | bit))
        }));
    }
    U16::new(start)
}

/// Lays prefixes side by side: the narrowest kind of list wins, then the longest prefix.
fn flatten(held: impl Iterator<Item = (Prefix, Covers, u16)>) -> Vec<(u128, PrefixRow)> {
    let mut held: Vec<_> = held.collect();
    // Weakest claim first, so that stronger ones are laid over it.
    held.sort_by_key(|(prefix, covers, list)| {
        (std::cmp::Reverse(*covers), prefix.length(), net::bits(prefix.address()), std::cmp::Reverse(*list))
    });
    let last_of_all =
        if held.first().is_some_and(|(prefix, ..)| prefix.is_ipv4()) { u32::MAX.into() } else { u128::MAX };
    let nobody = PrefixRow { list: U16::new(NONE), length: 0 };
    let mut laid: BTreeMap<u128, PrefixRow> = BTreeMap::from([(0, nobody)]);
    for (prefix, _, list) in held {
        let (first, last) = prefix.bounds();
        let after = (last < last_of_all)
            .then(|| *laid.range(..=last + 1).next_back().map(|(_, row)| row).expect("zero is always laid"));
        let covered: Vec<u128> = laid.range(first..=last).map(|(start, _)| *start).collect();
        covered.iter().for_each(|start| {
            laid.remove(start);
        });
        laid.insert(first, PrefixRow { list: U16::new(list), length: prefix.length() });
        if let Some(after) = after {
            laid.entry(last + 1).or_insert(after);
        }
    }
    let mut flat: Vec<(u128, PrefixRow)> = Vec::new();
    for (start, row) in laid {
        let same = |(_, before): &(u128, PrefixRow)| before.list.get() == row.list.get() && before.length == row.length;
        if !flat.last().is_some_and(same) {
            flat.push((start, row));
        }
    }
    flat
}

fn country(code: &str) -> [u8; 2] {
    code.as_bytes().try_into().unwrap_or(*b"\0\0")
}

fn bytes<T: IntoBytes + Immutable>(rows: &[T]) -> Vec<u8> {
    rows.as_bytes().to_vec()
}

/// Puts a part together: head, byte ranges of the sections, sections.
pub fn assemble<const N: usize>(part: Part, date: u32, sections: [Vec<u8>; N]) -> Vec<u8> {
    let head_len = size_of::<Head>();
    let mut body = vec![0; N * size_of::<Section>()];
    let table: [Section; N] = std::array::from_fn(|number| {
        // A word that is aligned lies in one line of the processor's cache.
        body.resize((head_len + body.len()).next_multiple_of(8) - head_len, 0);
        let (start, len) = (head_len + body.len(), sections[number].len());
        body.extend_from_slice(&sections[number]);
        Section { start: U32::new(start as u32), len: U32::new(len as u32) }
    });
    body[..size_of_val(&table)].copy_from_slice(table.as_bytes());
    let head = Head {
        magic: MAGIC,
        part: U16::new(part as u16),
        format: U16::new(part.format()),
        date: U32::new(date),
        len: U32::new((head_len + body.len()) as u32),
        hash: sha2::Sha256::digest(&body).into(),
    };
    [head.as_bytes(), &body].concat()
}

/// The address in question as the plain list would answer, for comparison in tests.
#[cfg(test)]
pub fn holder_by_search(source: &Source, address: std::net::IpAddr) -> Option<(String, u8)> {
    source
        .providers
        .values()
        .flat_map(|file| &file.value.prefixes)
        .filter_map(|use_of| source.lists.get(&use_of.list).map(|list| (use_of, list)))
        .flat_map(|(use_of, list)| list.prefixes.iter().map(move |prefix| (use_of, prefix)))
        .filter(|(_, prefix)| prefix.contains(address))
        .min_by_key(|(use_of, prefix)| (use_of.covers, std::cmp::Reverse(prefix.length())))
        .map(|(use_of, prefix)| (use_of.list.clone(), prefix.length()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BUNDLED;
    use crate::dataset::{image::Image, read};
    use std::net::IpAddr;
    use std::path::Path;

    fn data() -> Source {
        let (source, faults) = read::folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("data"));
        assert_eq!(faults, []);
        source
    }

    #[test]
    fn the_same_data_gives_the_same_bytes() {
        assert!(image(&data()) == BUNDLED, "the image differs from the one compiled at build time");
    }

    /// Every boundary of every list, one before and one after, against a search through the lists.
    #[test]
    fn flattened_prefixes_answer_as_the_lists_do() {
        let source = data();
        let tables = Image::open(BUNDLED).unwrap().tables;
        let mut addresses = BTreeSet::new();
        for prefix in source.lists.values().flat_map(|list| &list.prefixes) {
            let (first, last) = prefix.bounds();
            let last_of_all = if prefix.is_ipv4() { u32::MAX.into() } else { u128::MAX };
            for bits in [first.saturating_sub(1), first, last, last.saturating_add(1).min(last_of_all)] {
                addresses.insert(match prefix.is_ipv4() {
                    true => IpAddr::from((bits as u32).to_be_bytes()),
                    false => IpAddr::from(bits.to_be_bytes()),
                });
            }
        }
        assert!(addresses.len() > 1_000);
        let step = if cfg!(debug_assertions) { 7 } else { 1 };
        for address in addresses.into_iter().step_by(step) {
            let found = tables.holder(address).and_then(|holder| {
                tables.list(holder.list).map(|list| (tables.text(list.name).to_owned(), holder.length))
            });
            let expected = holder_by_search(&source, address);
            assert_eq!(found.is_some(), expected.is_some(), "{address}: {found:?} {expected:?}");
            if let (Some((_, length)), Some((_, expected_length))) = (&found, &expected) {
                assert_eq!(length, expected_length, "{address}: {found:?} {expected:?}");
            }
        }
    }
}
