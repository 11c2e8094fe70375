//! `served-by lookup` and `served-by operators`: who operates an address, and what an operator is called.

pub mod args;
mod bulk;
mod row;

use std::env;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;

use icu_normalizer::DecomposingNormalizerBorrowed;
use served_by::dataset::image;
use served_by::detect::table::Tables;
use served_by::net::operators::{AsNumber, Operators, Place};
use served_by::ui::words::Lang;

use crate::{Outcome, messages};
use args::{Lookup, Shown, Table};
pub use row::Source;
use row::{Row, Rows};

/// Name of the table's file, as the extension has it too.
const FILE: &str = "operators.img";

/// An error is one of writing to standard output.
pub fn lookup(options: &Lookup, tables: &Tables<'_>, lang: Lang, out: &mut impl Write) -> io::Result<Outcome> {
    let Some(bytes) = file(&options.shown.table, lang) else { return Ok(Outcome::Failed) };
    let Some(operators) = open(&bytes, lang) else { return Ok(Outcome::Failed) };
    let rows = Rows::new(operators, *tables, options.shown.format, lang);
    rows.begin(out)?;
    let mut answers = rows.to(out);
    let mut outcome = Outcome::Clean;
    let from_input = ["-".to_owned()];
    for address in if options.addresses.is_empty() { &from_input[..] } else { &options.addresses } {
        let of_it = if address == "-" {
            let answer = |line: &str, text: &mut Vec<u8>| rows.line(line, text);
            bulk::in_order(io::stdin(), |text| answers.write(text), answer, lang)?
        } else {
            let mut text = Vec::new();
            let of_it = rows.address(address, &mut text);
            answers.write(&text)?;
            of_it
        };
        outcome = of_it.max(outcome);
    }
    answers.end(&rows)?;
    Ok(outcome)
}

/// An error is one of writing to standard output.
pub fn find(options: &args::Operators, tables: &Tables<'_>, lang: Lang, out: &mut impl Write) -> io::Result<Outcome> {
    let Shown { format, table } = &options.shown;
    let Some(bytes) = file(table, lang) else { return Ok(Outcome::Failed) };
    let Some(operators) = open(&bytes, lang) else { return Ok(Outcome::Failed) };
    let rows = Rows::new(operators, *tables, *format, lang);
    rows.begin(out)?;
    let mut answers = rows.to(out);
    let mut outcome = Outcome::Clean;
    for wanted in &options.wanted {
        let part = plain(wanted.trim());
        let found: Vec<Place> = match as_number(wanted) {
            Some(number) => operators.place_of(number).into_iter().collect(),
            // It is a part of every name.
            None if part.is_empty() => Vec::new(),
            None => {
                let named = |place: &Place| {
                    operators.name_at(*place).is_some_and(|name| plain(&name.to_string()).contains(&part))
                };
                let mut found: Vec<Place> = operators.all().filter(named).collect();
                found.sort_by_key(|place| operators.number_at(*place));
                found
            }
        };
        if found.is_empty() {
            messages::tell(messages::no_operator(lang, wanted));
            outcome = Outcome::Faults;
        }
        for place in found {
            let mut text = Vec::new();
            rows.push(&Row::at(place, &operators, tables), &mut text);
            answers.write(&text)?;
        }
    }
    answers.end(&rows)?;
    Ok(outcome)
}

/// A text without its accents, in small letters: people type names without them, and registries write them so.
fn plain(text: &str) -> String {
    let apart = text.to_lowercase();
    let apart = DecomposingNormalizerBorrowed::new_nfd().normalize(&apart);
    // Combining diacritical marks.
    apart.chars().filter(|character| !('\u{300}'..='\u{36f}').contains(character)).collect()
}

/// `AS16276`, `as16276` or `16276`.
fn as_number(text: &str) -> Option<AsNumber> {
    let digits =
        text.get(..2).filter(|start| start.eq_ignore_ascii_case("as")).map_or(text, |start| &text[start.len()..]);
    digits.parse().ok().map(AsNumber)
}

/// The bytes of the table, or a message that says where it was looked for and how to get it.
fn file(table: &Table, lang: Lang) -> Option<Vec<u8>> {
    if table.is_refused() {
        messages::tell(messages::table_needed(lang));
        return None;
    }
    let places = places(table);
    for place in &places {
        match fs::read(place) {
            Ok(bytes) => return Some(bytes),
            Err(error) if table.file.is_some() => {
                messages::tell(messages::no_table(lang, place, Some(&error)));
                return None;
            }
            Err(_) => {}
        }
    }
    messages::tell(messages::no_table(lang, places.first().map_or(FILE.as_ref(), PathBuf::as_path), None));
    None
}

/// The table for a command that can do without it; what is wrong with one that is there is told. It stays
/// open as long as the program runs.
pub fn if_there(table: &Table, lang: Lang) -> Result<Operators<'static>, Outcome> {
    if table.is_refused() || !(table.file.is_some() || places(table).iter().any(|place| place.exists())) {
        return Ok(Operators::default());
    }
    let bytes: &'static [u8] = Box::leak(file(table, lang).ok_or(Outcome::Failed)?.into_boxed_slice());
    open(bytes, lang).ok_or(Outcome::Failed)
}

fn places(table: &Table) -> Vec<PathBuf> {
    if let Some(file) = &table.file {
        return vec![file.clone()];
    }
    let Ok(program) = env::current_exe() else { return Vec::new() };
    program.ancestors().skip(1).take(2).map(|folder| folder.join(FILE)).collect()
}

fn open(bytes: &[u8], lang: Lang) -> Option<Operators<'_>> {
    image::verify(bytes)
        .and_then(|()| image::operators(bytes))
        .map_err(|error| messages::tell(messages::table_refused(lang, &error)))
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_case_nor_accents_count() {
        for (text, expected) in [
            ("Société Générale", "societe generale"),
            ("SOCIE\u{301}TE", "societe"),
            ("İzmir Üniversitesi", "izmir universitesi"),
            ("Việt Nam", "viet nam"),
            ("Ελλάδα", "ελλαδα"),
            ("Cloudflare, Inc.", "cloudflare, inc."),
            ("株式会社", "株式会社"),
            ("\u{301}", ""),
        ] {
            assert_eq!(plain(text), expected);
        }
    }
}
