//! What a new dataset knows that the one before did not, in sentences for readers.

mod documented;

use std::collections::{BTreeMap, BTreeSet};

use served_by::dataset::image::{self, Image, ImageError};
use served_by::detect::table::{NONE, Tables};
use served_by::net::operators::Operators;
use served_by::records::table::Records;
use served_by::ui::words::{self, Lang};

/// Names in one line; more are counted.
const NAMES: usize = 12;

/// The parts of one version.
pub struct Parts<'d> {
    pub detection: Image<'d>,
    pub records: Option<Records<'d>>,
    pub operators: Option<Operators<'d>>,
}

impl<'d> Parts<'d> {
    /// Opens them; nothing if there is no part for detection.
    pub fn open(parts: impl Iterator<Item = (&'d str, &'d [u8])>) -> Result<Option<Self>, ImageError> {
        let (mut detection, mut records, mut operators) = (None, None, None);
        for (name, bytes) in parts {
            match name {
                "dataset.img" => detection = Some(Image::open(bytes)?),
                "records.img" => records = Some(image::records(bytes)?),
                "operators.img" => operators = Some(image::operators(bytes)?),
                _ => {}
            }
        }
        Ok(detection.map(|detection| Self { detection, records, operators }))
    }
}

/// One change a line. Without a dataset before it, what the new one holds.
pub fn changes(before: Option<&Parts<'_>>, now: &Parts<'_>, lang: Lang) -> String {
    let mut lines = Vec::new();
    let new = Seen::of(&now.detection.tables);
    match before {
        None => lines.push(first(&new, lang)),
        Some(before) => compare(&Seen::of(&before.detection.tables), &new, lang, &mut lines),
    }
    if let Some(records) = &now.records {
        match before.and_then(|before| before.records.as_ref()) {
            None => lines.push(documented::first(records, lang)),
            Some(before) => documented::compare(before, records, lang, &mut lines),
        }
    }
    if let Some(operators) = &now.operators {
        match before.and_then(|before| before.operators.as_ref()) {
            None => lines.push(first_operators(operators, lang)),
            Some(before) => compare_operators(before, operators, lang, &mut lines),
        }
    }
    if lines.is_empty() {
        lines.push(match lang {
            Lang::En => "Corrections without effect on what is shown.".to_owned(),
            Lang::Fr => "Corrections sans effet sur ce qui est affiché.".to_owned(),
        });
    }
    lines.join("\n") + "\n"
}

/// What is compared: nothing of it depends on row numbers.
#[derive(Default)]
struct Seen {
    /// Id and name.
    providers: BTreeMap<String, String>,
    /// Provider's id, and the rules by id with what they look for.
    rules: BTreeMap<String, BTreeMap<String, Vec<u8>>>,
    /// Provider's id, and the beginnings of its prefixes.
    prefixes: BTreeMap<String, BTreeSet<(u128, u8, bool)>>,
    /// Coding and code, and where that is.
    places: BTreeMap<(u16, String), (String, [u8; 2])>,
}

impl Seen {
    fn of(tables: &Tables<'_>) -> Self {
        let mut seen = Self::default();
        for row in tables.providers {
            seen.providers.insert(tables.text(row.id).to_owned(), tables.text(row.name).to_owned());
        }
        for rule in tables.rules {
            let rules = seen.rules.entry(tables.id(rule.provider()).to_owned()).or_default();
            let looks_for = [tables.text(rule.name).as_bytes(), b"\0", tables.program(rule)].concat();
            rules.insert(tables.text(rule.id).to_owned(), looks_for);
        }
        let mut prefix = |list: u16, start: u128, length: u8, v6: bool| {
            if list != NONE
                && let Some(list) = tables.list(list)
            {
                let id = tables.id(list.provider()).to_owned();
                seen.prefixes.entry(id).or_default().insert((start, length, v6));
            }
        };
        for (start, row) in tables.starts4.iter().zip(tables.prefixes4) {
            prefix(row.list.get(), start.get().into(), row.length, false);
        }
        for (start, row) in tables.starts6.iter().zip(tables.prefixes6) {
            let start = u128::from(start.high.get()) << 64 | u128::from(start.low.get());
            prefix(row.list.get(), start, row.length, true);
        }
        for row in tables.places {
            let place = (tables.text(row.city).to_owned(), row.country);
            seen.places.insert((row.coding(), tables.text(row.code).to_owned()), place);
        }
        seen
    }

    fn name<'s>(&'s self, id: &'s str) -> &'s str {
        self.providers.get(id).map_or(id, String::as_str)
    }
}

fn first(new: &Seen, lang: Lang) -> String {
    let number = |count: usize| words::number(count as u64, lang);
    let (providers, places) = (number(new.providers.len()), number(new.places.len()));
    let rules = number(new.rules.values().map(BTreeMap::len).sum());
    match lang {
        Lang::En => format!("{providers} providers, {rules} rules, {places} places."),
        Lang::Fr => format!("{providers} prestataires, {rules} règles, {places} lieux."),
    }
}

fn compare(old: &Seen, new: &Seen, lang: Lang, lines: &mut Vec<String>) {
    let added = new.providers.iter().filter(|(id, _)| !old.providers.contains_key(*id)).map(|(_, name)| name.as_str());
    let gone = old.providers.iter().filter(|(id, _)| !new.providers.contains_key(*id)).map(|(_, name)| name.as_str());
    if let Some(names) = enumerated(added, lang) {
        lines.push(match lang {
            Lang::En => format!("Recognised from now on: {names}."),
            Lang::Fr => format!("Désormais reconnus\u{a0}: {names}."),
        });
    }
    if let Some(names) = enumerated(gone, lang) {
        lines.push(match lang {
            Lang::En => format!("No longer listed: {names}."),
            Lang::Fr => format!("Ne figurent plus\u{a0}: {names}."),
        });
    }
    for (id, name) in &new.providers {
        if let Some(before) = old.providers.get(id).filter(|before| *before != name) {
            lines.push(match lang {
                Lang::En => format!("{before} is now called {name}."),
                Lang::Fr => format!("{before} s’appelle désormais {name}."),
            });
        }
    }
    let none = BTreeMap::new();
    let with_other_rules = new
        .rules
        .iter()
        .filter(|(id, rules)| old.providers.contains_key(*id) && old.rules.get(*id).unwrap_or(&none) != *rules);
    if let Some(names) = enumerated(with_other_rules.map(|(id, _)| new.name(id)), lang) {
        lines.push(match lang {
            Lang::En => format!("Recognised by other or further marks: {names}."),
            Lang::Fr => format!("Reconnus à d’autres marques ou à des marques de plus\u{a0}: {names}."),
        });
    }
    let nothing = BTreeSet::new();
    let ids: BTreeSet<&String> = old.prefixes.keys().chain(new.prefixes.keys()).collect();
    for id in ids {
        let (before, now) = (old.prefixes.get(id).unwrap_or(&nothing), new.prefixes.get(id).unwrap_or(&nothing));
        let (more, fewer) = (now.difference(before).count(), before.difference(now).count());
        if more + fewer > 0 {
            let (more, fewer) = (words::number(more as u64, lang), words::number(fewer as u64, lang));
            let name = new.name(id);
            lines.push(match lang {
                Lang::En => format!("{name}: address ranges, {more} new and {fewer} gone."),
                Lang::Fr => format!("{name}, plages d’adresses nouvelles\u{a0}: {more}, retirées\u{a0}: {fewer}."),
            });
        }
    }
    let places = new.places.iter().filter(|(code, place)| old.places.get(*code) != Some(place)).count();
    if places > 0 {
        let number = words::number(places as u64, lang);
        lines.push(match lang {
            Lang::En => format!("Points of presence whose place is new or corrected: {number}."),
            Lang::Fr => format!("Points de présence dont le lieu est nouveau ou corrigé\u{a0}: {number}."),
        });
    }
}

fn first_operators(new: &Operators<'_>, lang: Lang) -> String {
    let (number, day) = (words::number(new.all().count() as u64, lang), day(new.date, lang));
    match lang {
        Lang::En => format!("Operators of networks: {number} AS numbers, as of {day}."),
        Lang::Fr => format!("Opérateurs de réseaux\u{a0}: {number}\u{a0}numéros d’AS, au {day}."),
    }
}

fn compare_operators(old: &Operators<'_>, new: &Operators<'_>, lang: Lang, lines: &mut Vec<String>) {
    let names = |table: &Operators<'_>| -> BTreeMap<u32, String> {
        let name = |place| table.name_at(place).unwrap_or_default().to_string();
        table.all().filter_map(|place| Some((table.number_at(place)?.0, name(place)))).collect()
    };
    let (before, now) = (names(old), names(new));
    let more = now.keys().filter(|number| !before.contains_key(number)).count();
    let fewer = before.keys().filter(|number| !now.contains_key(number)).count();
    let renamed = now.iter().filter(|(number, name)| before.get(number).is_some_and(|before| before != *name)).count();
    if old.date == new.date && more + fewer + renamed == 0 {
        return;
    }
    let [more, fewer, renamed] = [more, fewer, renamed].map(|count| words::number(count as u64, lang));
    let (before, now) = (day(old.date, lang), day(new.date, lang));
    lines.push(match lang {
        Lang::En => format!(
            "Operators of networks: as of {now}, before {before}; AS numbers: {more} new, {fewer} gone, {renamed} with another name."
        ),
        Lang::Fr => format!(
            "Opérateurs de réseaux\u{a0}: au {now}, auparavant {before}\u{202f}; numéros d’AS nouveaux\u{a0}: {more}, disparus\u{a0}: {fewer}, renommés\u{a0}: {renamed}."
        ),
    });
}

fn day(day: u32, lang: Lang) -> String {
    words::date(day, lang).unwrap_or_else(|| day.to_string())
}

/// Names in one sentence; nothing when there is none.
fn enumerated<'a>(names: impl Iterator<Item = &'a str>, lang: Lang) -> Option<String> {
    let names: Vec<&str> = names.collect();
    if names.is_empty() {
        return None;
    }
    let mut text = names.iter().take(NAMES).copied().collect::<Vec<_>>().join(", ");
    if names.len() > NAMES {
        let more = names.len() - NAMES;
        let s = if more == 1 { "" } else { "s" };
        let more = words::number(more as u64, lang);
        text += &match lang {
            Lang::En => format!(" and {more} more"),
            Lang::Fr => format!(" et {more}\u{a0}autre{s}"),
        };
    }
    Some(text)
}
