//! What a published text looks like: typography of its language, no judgement of ours, no private person.

use crate::dataset::schema::records::Words;

/// The language of a text, as the data files write it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    En,
    Fr,
}

/// Something in a text: where it stands in bytes, what it is, and the way out.
#[derive(Debug, PartialEq, Eq)]
pub struct Remark {
    pub start: usize,
    pub len: usize,
    pub what: String,
    pub way_out: String,
}

fn remark(start: usize, len: usize, what: impl Into<String>, way_out: impl Into<String>) -> Remark {
    Remark { start, len, what: what.into(), way_out: way_out.into() }
}

/// Everything that is wrong with a text.
pub fn check(text: &str, language: Language, words: &Words) -> Vec<Remark> {
    let mut found = typography(text, language);
    found.extend(addresses(text));
    found.extend(judgement(text, language, words));
    found.extend(persons(text, words));
    found
}

/// U+00A0 and U+202F: the spaces at which no line ends.
fn is_no_break(character: char) -> bool {
    matches!(character, '\u{a0}' | '\u{202f}')
}

/// What is wrong with its marks and spaces.
pub fn typography(text: &str, language: Language) -> Vec<Remark> {
    let mut found = Vec::new();
    if text.trim() != text {
        found.push(remark(0, text.len(), "the text begins or ends with a space", "remove it"));
    }
    let characters: Vec<(usize, char)> = text.char_indices().collect();
    for (number, &(at, character)) in characters.iter().enumerate() {
        let before = number.checked_sub(1).map(|number| characters[number].1);
        let after = characters.get(number + 1).map(|(_, character)| *character);
        let len = character.len_utf8();
        match character {
            '\'' => found.push(remark(at, len, "a typewriter's apostrophe", "write ’")),
            '"' => {
                let marks = if language == Language::En { "“ ”" } else { "« »" };
                found.push(remark(at, len, "a typewriter's quotation mark", format!("write {marks}")));
            }
            '.' if text[at..].starts_with("...") && before != Some('.') => {
                found.push(remark(at, 3, "three full stops", "write …"));
            }
            ' ' if after == Some(' ') => found.push(remark(at, 2, "two spaces", "write one")),
            '«' | '»' if language == Language::En => {
                found.push(remark(at, len, "a French quotation mark in English", "write “ ”"));
            }
            '«' if !after.is_some_and(is_no_break) => {
                found.push(remark(at, len, "« without a no-break space behind it", "write U+00A0 behind it"));
            }
            '»' if !before.is_some_and(is_no_break) => {
                found.push(remark(at, len, "» without a no-break space before it", "write U+00A0 before it"));
            }
            '“' if language == Language::Fr && !inside_guillemets(&text[..at]) => {
                found.push(remark(at, len, "an English quotation mark in French", "write « »"));
            }
            ';' | '!' | '?' | ':' | '%' if language == Language::Fr && !before.is_some_and(is_no_break) => {
                // Inside a time, a title or a number something follows at once.
                let ends = after.is_none_or(|after| after.is_whitespace() || is_no_break(after) || after == '»');
                if ends || character == '%' {
                    let space = if character == ':' { "U+00A0" } else { "U+202F" };
                    let what = format!("`{character}` without a no-break space before it");
                    found.push(remark(at, len, what, format!("write {space} before it")));
                }
            }
            _ => {}
        }
    }
    found
}

fn inside_guillemets(before: &str) -> bool {
    before.matches('«').count() > before.matches('»').count()
}

fn addresses(text: &str) -> Vec<Remark> {
    let what = "a text holds no address";
    ["http://", "https://", "www."]
        .into_iter()
        .flat_map(|start| text.match_indices(start).map(|(at, found)| (at, found.len())))
        .map(|(at, len)| remark(at, len, what, "addresses stand in the sources; a site is named by its domain"))
        .collect()
}

/// The words of a text with their places.
fn words_of(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.split(|character: char| !character.is_alphanumeric() && character != '-')
        .filter(|word| !word.is_empty())
        .map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word))
}

fn judgement(text: &str, language: Language, words: &Words) -> Vec<Remark> {
    let (list, name, open, close) = match language {
        Language::En => (&words.judgement.en, "en", '“', '”'),
        Language::Fr => (&words.judgement.fr, "fr", '«', '»'),
    };
    let mut found = Vec::new();
    for (at, word) in words_of(text) {
        let lower = word.to_lowercase();
        let hit = list.iter().any(|listed| match listed.strip_suffix('*') {
            Some(start) => lower.starts_with(start),
            None => lower == *listed,
        });
        let quoted = text[..at].matches(open).count() > text[..at].matches(close).count();
        if hit && !quoted {
            let what = format!("`{word}` judges");
            let way_out =
                format!("say what happened, or quote who says so; listed in data/words.toml, judgement.{name}");
            found.push(remark(at, word.len(), what, way_out));
        }
    }
    found
}

fn persons(text: &str, words: &Words) -> Vec<Remark> {
    let mut found = Vec::new();
    let named: Vec<(usize, &str)> = words_of(text).collect();
    for pair in named.windows(2) {
        let [(start, given), (next, family)] = pair else { continue };
        let beside = text[start + given.len()..*next].chars().all(char::is_whitespace);
        let capital = family.chars().next().is_some_and(char::is_uppercase);
        if !beside || !capital || words.given_names.binary_search_by(|name| name.as_str().cmp(given)).is_err() {
            continue;
        }
        let name = &text[*start..next + family.len()];
        let allowed = words.office_holder.iter().map(|holder| &holder.name).chain(&words.not_a_person);
        let known = allowed.into_iter().any(|allowed| {
            text.match_indices(allowed.as_str()).any(|(at, _)| at <= *start && start + name.len() <= at + allowed.len())
        });
        if !known {
            let what = format!("`{name}` looks like a person's name");
            found.push(remark(
                *start,
                name.len(),
                what,
                "name the office instead; office holders, and names that are none, are listed in data/words.toml",
            ));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dataset::schema::records::{Judgement, OfficeHolder};

    fn words() -> Words {
        let text = |text: &str| text.to_owned();
        Words {
            judgement: Judgement { en: vec![text("shameful")], fr: vec![text("honteu*")] },
            office_holder: vec![OfficeHolder {
                name: text("Ada Example"),
                office: text("chief executive"),
                source: text("https://www.example.com/"),
            }],
            given_names: vec![text("Ada"), text("Grace")],
            not_a_person: vec![text("Grace Shipping Lines")],
        }
    }

    #[test]
    fn what_is_remarked_and_what_passes() {
        for (language, text, expected) in [
            (Language::En, "The company’s “new” rules.", None),
            (Language::En, "The company's rules.", Some("a typewriter's apostrophe")),
            (Language::En, "It measured 5\" across.", Some("a typewriter's quotation mark")),
            (Language::En, "And so on...", Some("three full stops")),
            (Language::En, "Two  spaces.", Some("two spaces")),
            (Language::En, "A word\u{a0}» too many.", Some("a French quotation mark in English")),
            (Language::En, " Begins late.", Some("the text begins or ends with a space")),
            (Language::En, "At 12:30; see: this!", None),
            (Language::Fr, "Le mot «\u{a0}nuage\u{a0}»\u{202f}; à 12:30\u{a0}: rien.", None),
            (Language::Fr, "Le mot « nuage\u{a0}».", Some("« without a no-break space behind it")),
            (Language::Fr, "Le mot «\u{a0}nuage ».", Some("» without a no-break space before it")),
            (Language::Fr, "Fini ; rien.", Some("`;` without a no-break space before it")),
            (Language::Fr, "Fini? Non.", Some("`?` without a no-break space before it")),
            (Language::Fr, "50 % des sites", Some("`%` without a no-break space before it")),
            (Language::Fr, "Le mot “nuage”.", Some("an English quotation mark in French")),
            (Language::Fr, "«\u{a0}Il a dit “non” hier\u{a0}»", None),
            (Language::En, "See https://example.com/", Some("a text holds no address")),
            (Language::En, "The site example.com.", None),
            (Language::En, "A shameful act.", Some("`shameful` judges")),
            (Language::En, "The court called it “a shameful act”.", None),
            (Language::Fr, "Un acte honteux.", Some("`honteux` judges")),
            (Language::Fr, "L’avocat l’a dit «\u{a0}honteux\u{a0}».", None),
            (Language::En, "Grace Hopper wrote it.", Some("`Grace Hopper` looks like a person's name")),
            (Language::En, "Ada Example said so, and Ada said more.", None),
            (Language::En, "Customers of Grace Shipping Lines left.", None),
            (Language::En, "Grace, Then", None),
        ] {
            let found: Vec<String> = check(text, language, &words()).into_iter().map(|remark| remark.what).collect();
            assert_eq!(found.first().map(String::as_str), expected, "{text}: {found:?}");
            assert!(found.len() <= 1, "{text}: {found:?}");
        }
    }
}
