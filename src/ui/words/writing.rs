//! Places, numbers and dates, articles and elisions, other people's text inside a sentence.

use std::borrow::Cow;

use super::Lang;
use crate::detect::table::{PlaceRow, Tables};
use crate::detect::verdict::Pop;
use crate::field;

/// Characters of somebody else's text that fit into a sentence.
pub(super) const QUOTED_MAX: usize = 80;

/// Where a point of presence stands: city and country, or only what is known.
pub fn place(pop: &Pop<'_>, tables: &Tables<'_>, lang: Lang) -> String {
    match place_row(pop, tables) {
        Some(row) => {
            let country = country(row.country, tables, lang);
            let city = city(row, tables, lang);
            match (row.confidence, lang) {
                // A place that was only inferred is told by its country.
                (2, _) => country,
                _ if says_city(&country, &city) => city.into_owned(),
                (_, Lang::En) => format!("{city}, {country}"),
                (_, Lang::Fr) => format!("{city} ({country})"),
            }
        }
        None => match lang {
            Lang::En => format!("code {}, place unknown", quoted(&pop.code, lang)),
            Lang::Fr => format!("code {}, lieu inconnu", quoted(&pop.code, lang)),
        },
    }
}

/// Is the city in the country's name? So it is with city states and territories named after their city.
fn says_city(country: &str, city: &str) -> bool {
    country == city
        || country.strip_prefix(city).is_some_and(|rest| rest.starts_with(' '))
        || country.strip_suffix(city).is_some_and(|rest| rest.ends_with(' '))
}

/// The city alone, or the country of a place that was only inferred.
pub fn place_short(pop: &Pop<'_>, tables: &Tables<'_>, lang: Lang) -> Option<String> {
    let row = place_row(pop, tables)?;
    Some(if row.confidence == 2 { country(row.country, tables, lang) } else { city(row, tables, lang).into_owned() })
}

fn place_row<'d>(pop: &Pop<'_>, tables: &Tables<'d>) -> Option<&'d PlaceRow> {
    tables.place(pop.coding?, &pop.code)
}

fn city<'d>(row: &PlaceRow, tables: &Tables<'d>, lang: Lang) -> Cow<'d, str> {
    printed(match lang {
        Lang::En => tables.text(row.city),
        Lang::Fr => tables.text(row.city_fr),
    })
}

/// Text of the dataset, where the typewriter's apostrophe is written.
pub fn printed(name: &str) -> Cow<'_, str> {
    if name.as_bytes().contains(&b'\'') { name.replace('\'', "’").into() } else { name.into() }
}

/// A country's name, or its code where the dataset has no name.
pub fn country(code: [u8; 2], tables: &Tables<'_>, lang: Lang) -> String {
    match (tables.country(code), lang) {
        (Some(row), Lang::En) => printed(tables.text(row.en)).into_owned(),
        (Some(row), Lang::Fr) => printed(tables.text(row.fr)).into_owned(),
        (None, _) => field::text(&code).into_owned(),
    }
}

/// A length of time: `4 min 24 s`, `16 days`.
pub fn age(age_s: u64, lang: Lang) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 3_600;
    const DAY: u64 = 86_400;
    let two = |large: u64, large_unit: &str, small: u64, small_unit: &str| {
        let space = space(lang);
        let large_text = format!("{}{space}{large_unit}", number(large, lang));
        if small == 0 { large_text } else { format!("{large_text}{space}{small}{space}{small_unit}") }
    };
    let days = age_s / DAY;
    let day_unit = match (days, lang) {
        (1, Lang::En) => "day",
        (_, Lang::En) => "days",
        (1, Lang::Fr) => "jour",
        (_, Lang::Fr) => "jours",
    };
    match age_s {
        0..MINUTE => two(age_s, "s", 0, ""),
        MINUTE..HOUR => two(age_s / MINUTE, "min", age_s % MINUTE, "s"),
        HOUR..DAY => two(age_s / HOUR, "h", age_s % HOUR / MINUTE, "min"),
        _ if days < 10 => two(days, day_unit, age_s % DAY / HOUR, "h"),
        _ => two(days, day_unit, 0, ""),
    }
}

/// A whole number with its thousands apart.
pub fn number(value: u64, lang: Lang) -> String {
    let digits = value.to_string();
    let separator = match lang {
        Lang::En => ',',
        Lang::Fr => '\u{202f}',
    };
    let mut text = String::with_capacity(digits.len() + 6);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A day written as one number, 20261125, in words; nothing when it is no day.
pub fn date(day: u32, lang: Lang) -> Option<String> {
    let (year, month, day) = (day / 10_000, day / 100 % 100, day % 100);
    let month = month_name(month, lang)?;
    if !(1..=31).contains(&day) {
        return None;
    }
    Some(match lang {
        Lang::Fr if day == 1 => format!("1er\u{a0}{month} {year}"),
        Lang::Fr => format!("{day}\u{a0}{month} {year}"),
        Lang::En => format!("{day} {month} {year}"),
    })
}

/// An instant in milliseconds since 1970, in words, in Coordinated Universal Time.
pub fn instant(at_ms: i64, lang: Lang) -> Option<String> {
    let minutes = at_ms.div_euclid(60_000);
    let (year, month, day) = field::date::civil(minutes.div_euclid(1_440));
    let number = u32::try_from(year).ok().filter(|year| *year < 10_000)? * 10_000 + month * 100 + day;
    let date = date(number, lang)?;
    let (hour, minute) = (minutes.rem_euclid(1_440) / 60, minutes.rem_euclid(60));
    Some(match lang {
        Lang::En => format!("{date}, {hour:02}:{minute:02} UTC"),
        Lang::Fr => format!("{date}, {hour}\u{a0}h\u{a0}{minute:02} UTC"),
    })
}

pub(super) fn month_name(month: u32, lang: Lang) -> Option<&'static str> {
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const FR: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let names = match lang {
        Lang::En => &EN,
        Lang::Fr => &FR,
    };
    names.get(usize::try_from(month.checked_sub(1)?).ok()?).copied()
}

/// « de Cloudflare », « d’Akamai ».
pub fn de(name: &str) -> String {
    elided("d", name)
}

/// « que Cloudflare », « qu’Akamai ».
pub fn que(name: &str) -> String {
    elided("qu", name)
}

fn elided(word: &str, name: &str) -> String {
    format!("{word}{}{name}", if elides(name) { "’" } else { "e " })
}

/// Names before which French drops a vowel. Foreign names keep their aspirated H and their Y.
pub(super) fn elides(name: &str) -> bool {
    // « de one.com »: the name is spoken in English.
    let spoken_with_w = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("one."));
    !spoken_with_w
        && name.chars().next().is_some_and(|first| is_one_of(first.to_ascii_lowercase(), "aeiouàâéèêëîïôûœæ"))
}

/// `str::contains` would bring the search for whole texts into the background, 2 kB.
fn is_one_of(letter: char, letters: &str) -> bool {
    letters.chars().any(|one| one == letter)
}

/// `a` or `an`, as the name is spoken.
pub(super) fn article(name: &str) -> &'static str {
    let mut letters = name.chars();
    let (first, second) = (letters.next().unwrap_or(' '), letters.next().unwrap_or(' '));
    // Spelled out: an F5 machine, an X machine, an Xserver machine, an LWS machine, an NGENIX machine.
    let spelled = is_one_of(first, "FHLMNRSX")
        && (second.is_ascii_digit() || ["LWS", "NFO", "NGE", "Xs"].iter().any(|start| name.starts_with(start)))
        || name == "X";
    // Spoken with a consonant: a one.com machine, a UCloud machine.
    let vowel =
        is_one_of(first.to_ascii_lowercase(), "aeiou") && !["one.", "UC"].iter().any(|start| name.starts_with(start));
    if spelled || vowel { "an" } else { "a" }
}

pub(super) fn possessive(name: &str) -> String {
    if name.ends_with('s') { format!("{name}’") } else { format!("{name}’s") }
}

/// Somebody else's text inside a sentence: bounded, with nothing invisible in it, between quotation marks.
pub fn quoted(text: &str, lang: Lang) -> String {
    let text = field::text_within(text.as_bytes(), QUOTED_MAX);
    match lang {
        Lang::En => format!("“{text}”"),
        Lang::Fr => format!("«\u{a0}{text}\u{a0}»"),
    }
}

/// The space between a number and its unit.
fn space(lang: Lang) -> char {
    match lang {
        Lang::En => ' ',
        Lang::Fr => '\u{a0}',
    }
}

/// With a capital first letter: our own words begin with one of these letters, so no table of all scripts is needed.
pub fn capital(text: &str) -> String {
    change_first(text, |first| match first {
        'à' => 'À',
        'é' => 'É',
        'ê' => 'Ê',
        other => other.to_ascii_uppercase(),
    })
}

/// With a capital first letter, unless the text is a provider's name, which keeps its letters.
pub fn capital_unless_name(text: &str, provider_id: &str) -> String {
    if provider_id.is_empty() { capital(text) } else { text.to_owned() }
}

pub(super) fn small(text: &str) -> String {
    change_first(text, |first| first.to_ascii_lowercase())
}

fn change_first(text: &str, change: impl Fn(char) -> char) -> String {
    let mut letters = text.chars();
    letters.next().map(change).into_iter().chain(letters).collect()
}
