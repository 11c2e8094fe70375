//! `data/README.md` is made from the comments of the schema, `src/dataset/schema*`, and of the two vocabularies.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

#[test]
fn the_reference_says_what_the_schema_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let path = root.join("data/README.md");
    let mut reference = String::from(HEAD);
    for (file, title) in [
        ("src/dataset/schema.rs", "Files and fields"),
        ("src/dataset/schema/records.rs", "Records, sites, contacts and authorities"),
        ("src/detect/vocabulary.rs", "Words"),
        ("src/records/vocabulary.rs", "Words of records"),
    ] {
        let source = fs::read_to_string(root.join(file)).unwrap();
        write!(reference, "\n## {title}\n\n{}", types(&source)).unwrap();
    }
    reference.push_str(PATTERNS);
    if env::var_os("BLESS").is_some() {
        fs::write(&path, &reference).unwrap();
    }
    let written = fs::read_to_string(&path).unwrap_or_default();
    assert!(written == reference, "data/README.md is behind the schema: BLESS=1 cargo test --test it");
}

const HEAD: &str = "<!-- Made by tests/it/reference.rs from the comments in src/dataset/schema.rs, src/dataset/schema/records.rs and the two files vocabulary.rs. -->

# The dataset

One TOML file for each provider in `providers/`, for each documented matter in `records/` and for each site in `sites/`, written by people; lists in `fetched/`, written by machines; codes of points of presence in `places/`; names of countries in `countries.toml`, public channels in `authorities.toml`, words that our own voice does not use in `words.toml`, tolerated faults in `exemptions.toml`. Unknown keys are refused. `served-by dataset lint` checks everything and fetches nothing. Licence: CC BY 4.0.
";

const PATTERNS: &str = "
## Patterns

A pattern is compared with the whole text. Literals ignore case unless `case-sensitive` is set; a class takes as many characters as it may and gives none back.

| written | means |
|---|---|
| `{any}` | any text, also none |
| `{digits}` `{hex}` `{upper}` `{lower}` `{letters}` `{alnum}` `{token}` `{base64}` | 1 to 64 characters of the class |
| `{digits:8}` `{hex:4-16}` | exactly 8; 4 to 16 |
| `[…]` | may be absent; not nested, without `{any}` |
| `{pop}` `{pop-letters}` `{pop-name}` | code of a point of presence |
| `{word}` `{words}` | cache word; with spaces |
| `{clock-ray}` `{epoch-s}` `{epoch-ms}` `{epoch-hex}` `{stamp}` | clocks: `CF-Ray`, 10 digits, 13 digits, 8 hexadecimal digits of seconds, ISO 8601 |
| `{age}` | age in seconds, by the provider's own counter |
| `\\{` `\\}` `\\[` `\\]` `\\\\` | the character itself |
";

/// Every public type with its comment, as a heading and a table of its fields or words.
fn types(source: &str) -> String {
    let (mut out, mut comment, mut rows) = (String::new(), String::new(), String::new());
    let (mut open, mut may_be_absent) = (false, false);
    for line in source.lines() {
        let text = line.trim();
        if let Some(words) = text.strip_prefix("///") {
            comment.push_str(words);
        } else if text.starts_with("pub struct ") || text.starts_with("pub enum ") {
            let name = text.split([' ', '{', '<']).nth(2).unwrap_or("");
            write!(out, "### {name}\n\n{}\n\n", comment.trim()).unwrap();
            open = text.ends_with('{');
            comment.clear();
        } else if open && text == "}" && !line.starts_with(' ') {
            if !rows.is_empty() {
                write!(out, "| name | kind | meaning |\n|---|---|---|\n{rows}\n").unwrap();
            }
            rows.clear();
            comment.clear();
            open = false;
        } else if open && !text.starts_with('#') && !text.is_empty() {
            let item = text.trim_start_matches("pub ").trim_end_matches(',');
            let (name, of_rust) = item.split_once(": ").unwrap_or((item, ""));
            let optional = if may_be_absent || of_rust.starts_with("Option<") { ", optional" } else { "" };
            writeln!(rows, "| `{}` | {}{optional} | {} |", kebab(name), kind(of_rust), comment.trim()).unwrap();
            comment.clear();
            may_be_absent = false;
        } else if text.starts_with("#[serde(default") {
            may_be_absent = true;
        } else if !text.starts_with('#') {
            comment.clear();
        }
    }
    out
}

/// The kind of a value as TOML names it; what has a part of its own is linked to it.
fn kind(of_rust: &str) -> String {
    let inside = |start| of_rust.strip_prefix(start).and_then(|rest| rest.strip_suffix('>'));
    if let Some(one) = inside("Option<") {
        return kind(one);
    }
    if let Some(one) = inside("Vec<") {
        return format!("array of {}", kind(one));
    }
    if let Some(one) = inside("std::collections::BTreeMap<String, ") {
        return format!("table of {}", kind(one));
    }
    match of_rust.rsplit("::").next().unwrap_or("") {
        "" => String::new(),
        "String" => "string".to_owned(),
        "bool" => "boolean".to_owned(),
        "u32" | "u64" => "integer".to_owned(),
        "Datetime" => "date".to_owned(),
        own => format!("[{own}](#{})", own.to_ascii_lowercase()),
    }
}

/// `CamelCase` and `snake_case` as the data files write them.
fn kebab(name: &str) -> String {
    let mut out = String::new();
    for (at, character) in name.char_indices() {
        if character.is_ascii_uppercase() && at > 0 {
            out.push('-');
        }
        out.push(if character == '_' { '-' } else { character.to_ascii_lowercase() });
    }
    out
}
