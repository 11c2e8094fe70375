//! The lines of what is signed: a word, then what belongs to it. People can read them, any version of
//! the program can, and reading them takes no library.

/// The last line of each document: what follows in a file is something else.
pub const END: &str = "end";

/// Splits `word rest` lines up to [`END`]; nothing when the first line is another or the end is missing.
pub fn of<'a>(text: &'a str, first: &str) -> Option<Vec<(&'a str, &'a str)>> {
    let mut lines = text.split('\n');
    if lines.next() != Some(first) {
        return None;
    }
    let mut found = Vec::new();
    for line in lines {
        if line == END {
            return Some(found);
        }
        found.push(line.split_once(' ').unwrap_or((line, "")));
    }
    None
}

/// What follows a word that must stand exactly once.
pub fn one<'a>(lines: &[(&'a str, &'a str)], word: &str) -> Option<&'a str> {
    let mut found = lines.iter().filter(|(name, _)| *name == word);
    match (found.next(), found.next()) {
        (Some((_, rest)), None) => Some(rest),
        _ => None,
    }
}

/// A number as it is written: digits alone, no sign, no leading zero.
pub fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    let canonical = text == "0" || !text.starts_with('0');
    (canonical && text.bytes().all(|digit| digit.is_ascii_digit())).then(|| text.parse().ok())?
}
