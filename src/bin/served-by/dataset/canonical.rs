//! `served-by dataset fmt`: the data files in their canonical form.
//!
//! Lists without an order of their own are sorted and wrapped; spaces are evened out; comments stay.

use std::path::Path;

use toml_edit::{Array, DocumentMut, Item, Value};

/// Longest line of a list.
const WIDTH: usize = 118;
/// Keys of lists that have no order of their own.
const SORTED: [&str; 8] =
    ["as-numbers", "domains", "en", "former-domains", "fr", "given-names", "not-a-person", "providers"];

/// The canonical form of a file; nothing if it cannot be understood, which is for the linter to tell.
pub fn form(path: &Path, text: &str) -> Option<String> {
    let mut document: DocumentMut = text.parse().ok()?;
    // In words.toml lists stand under the names of languages, and no order has a meaning.
    let is_words = path.file_name().is_some_and(|name| name == "words.toml");
    sort(document.as_table_mut(), is_words);
    Some(even(&document.to_string()))
}

fn sort(table: &mut toml_edit::Table, is_words: bool) {
    for (key, item) in table.iter_mut() {
        match item {
            Item::Table(inner) => sort(inner, is_words),
            Item::Value(Value::Array(array))
                if (SORTED.contains(&key.get()) || key.get() == "sites")
                    && (is_words || !matches!(key.get(), "en" | "fr")) =>
            {
                *array = sorted(array, key.get());
            }
            _ => {}
        }
    }
}

fn sorted(array: &Array, key: &str) -> Array {
    let mut values: Vec<Value> = array.iter().cloned().collect();
    // A comment inside a list belongs to a place in it.
    if values.iter().any(|value| format!("{:?}", value.decor()).contains('#')) {
        return array.clone();
    }
    values.sort_by_key(|value| (value.as_integer(), value.as_str().map(str::to_owned)));
    values.dedup_by_key(|value| (value.as_integer(), value.as_str().map(str::to_owned)));
    let mut sorted: Array = values.into_iter().map(|value| value.decorated("", "")).collect();
    sorted.fmt();
    if key.len() + " = ".len() + sorted.to_string().len() <= WIDTH {
        return sorted;
    }
    let mut column = 0;
    for value in sorted.iter_mut() {
        let len = value.to_string().trim().len() + ", ".len();
        if column == 0 || column + len > WIDTH {
            value.decor_mut().set_prefix("\n  ");
            column = 2 + len;
        } else {
            value.decor_mut().set_prefix(" ");
            column += len;
        }
    }
    sorted.set_trailing("\n");
    sorted.set_trailing_comma(true);
    sorted
}

/// One empty line before each table and none twice, no space at the end of a line, one end of the file.
fn even(text: &str) -> String {
    // Inside a text over several lines every space is meant.
    if text.contains("\"\"\"") || text.contains("'''") {
        return text.to_owned();
    }
    let mut lines: Vec<&str> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        let before = lines.last().copied();
        let begins =
            line.starts_with('[') && before.is_some_and(|before| !before.is_empty() && !before.starts_with('#'));
        if begins {
            lines.push("");
        }
        if !(line.is_empty() && lines.last().is_none_or(|before| before.is_empty())) {
            lines.push(line);
        }
    }
    while lines.last() == Some(&"") {
        lines.pop();
    }
    lines.push("");
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_get_one_form() {
        let written =
            "providers = ['b',\"a\", \"a\"]   \n\n\n# Why.\n[title]\nen = \"x\"\n[[source]]\nurl = \"u\"\n\n\n";
        let expected = "providers = [\"a\", 'b']\n\n# Why.\n[title]\nen = \"x\"\n\n[[source]]\nurl = \"u\"\n";
        let formed = form(Path::new("data/records/x.toml"), written).unwrap();
        assert_eq!(formed, expected);
        assert_eq!(form(Path::new("data/records/x.toml"), &formed).unwrap(), formed, "forming twice changes nothing");
        assert_eq!(form(Path::new("x.toml"), "a = "), None);
    }

    #[test]
    fn long_lists_are_wrapped() {
        let words: Vec<String> = (0..40).map(|number| format!("\"word-{number:02}\"")).collect();
        let formed = form(Path::new("words.toml"), &format!("given-names = [{}]\n", words.join(", "))).unwrap();
        assert!(formed.lines().count() > 3 && formed.lines().all(|line| line.len() <= WIDTH), "{formed}");
        assert!(formed.starts_with("given-names = [\n  \"word-00\", ") && formed.ends_with(",\n]\n"), "{formed}");
    }
}
