//! Reads `data/` as it stands in the tree. Everything is read and every fault reported, none hides the next.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue};

use zerocopy::little_endian::U32;

use super::schema::records::{Authorities, Exemptions, Record, Site, Words};
use super::schema::{Countries, Places, Provider};
use crate::net::Prefix;
use crate::records::domain::{self, Form, Suffixes};

/// The two files in `fetched/` that are no list of addresses.
const SUFFIX_LIST: &str = "public_suffix_list.dat";
const AIRPORTS: &str = "airports.tsv";
/// Longest data file that is read, in bytes.
const FILE_MAX: u64 = 4 << 20;

/// One thing wrong with the data: where, what, and the way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub path: PathBuf,
    /// Line and column, from one; zero when the whole file is meant.
    pub line: usize,
    pub column: usize,
    pub what: String,
    /// The line in question, and how many characters of it are marked.
    pub excerpt: Option<(String, usize)>,
    pub way_out: Option<Box<str>>,
    /// It asks for work and keeps nothing from being built.
    pub warns: bool,
}

impl Fault {
    pub fn file(path: &Path, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: 0,
            column: 0,
            what: what.into(),
            excerpt: None,
            way_out: None,
            warns: false,
        }
    }

    /// A fault at a byte of the file's text, `len` bytes long.
    pub fn at(path: &Path, text: &str, start: usize, len: usize, what: impl Into<String>) -> Self {
        let start = (0..=start.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
        let line_text = text[line_start..].lines().next().unwrap_or("");
        let rest = &line_text[(start - line_start).min(line_text.len())..];
        let marked = rest.char_indices().take_while(|(at, _)| *at < len).count().max(1);
        Self {
            path: path.to_owned(),
            line: text[..start].matches('\n').count() + 1,
            column: text[line_start..start].chars().count() + 1,
            what: what.into(),
            excerpt: Some((line_text.to_owned(), marked)),
            way_out: None,
            warns: false,
        }
    }

    pub fn warning(mut self) -> Self {
        self.warns = true;
        self
    }

    pub fn way_out(mut self, text: impl Into<String>) -> Self {
        self.way_out = Some(text.into().into());
        self
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.path.display())?;
        if self.line > 0 {
            write!(f, ":{}:{}", self.line, self.column)?;
        }
        write!(f, ": {}{}", if self.warns { "warning: " } else { "" }, self.what)?;
        if let Some((line, marked)) = &self.excerpt {
            let mark = "^".repeat(*marked);
            write!(f, "\n  {line}\n  {:width$}{mark}", "", width = self.column - 1)?;
            if let Some(way_out) = &self.way_out {
                write!(f, "   {way_out}")?;
            }
        } else if let Some(way_out) = &self.way_out {
            write!(f, "\n  {way_out}")?;
        }
        Ok(())
    }
}

/// A TOML file with its text, so that faults can point into it.
#[derive(Clone, Debug)]
pub struct File<T> {
    pub path: PathBuf,
    pub text: String,
    pub value: T,
}

/// The way to a value of a TOML file: names of keys and numbers in arrays.
#[derive(Clone, Debug, Default)]
pub struct Way<'a>(Vec<Step<'a>>);

#[derive(Clone, Copy, Debug)]
enum Step<'a> {
    Key(&'a str),
    Nth(usize),
}

impl<'a> Way<'a> {
    /// To a key of the file itself.
    pub fn to(name: &'a str) -> Self {
        Self::default().key(name)
    }

    /// On to a key of a table.
    #[must_use]
    pub fn key(&self, name: &'a str) -> Self {
        self.and(Step::Key(name))
    }

    /// On to a member of an array.
    #[must_use]
    pub fn nth(&self, number: usize) -> Self {
        self.and(Step::Nth(number))
    }

    fn and(&self, step: Step<'a>) -> Self {
        Self(self.0.iter().copied().chain([step]).collect())
    }
}

impl<T> File<T> {
    /// A fault of the value at the end of the way, or of what lacks it.
    pub fn fault(&self, way: &Way<'_>, what: impl Into<String>) -> Fault {
        let (range, _) = self.find(way);
        Fault::at(&self.path, &self.text, range.start, range.len(), what)
    }

    /// A fault of the last key on the way.
    pub fn fault_of_key(&self, way: &Way<'_>, what: impl Into<String>) -> Fault {
        let (_, key) = self.find(way);
        Fault::at(&self.path, &self.text, key.start, key.len(), what)
    }

    /// A fault inside a text, at `offset` and `len` bytes long.
    pub fn fault_within(&self, way: &Way<'_>, offset: usize, len: usize, what: impl Into<String>) -> Fault {
        let (range, _) = self.find(way);
        let written = &self.text[range.clone()];
        // Where the file writes escapes, offsets say nothing about its columns.
        let (start, len) = if written.contains('\\') && self.text[..range.start].ends_with('"') {
            (range.start, range.len())
        } else {
            (range.start + offset.min(range.len()), len)
        };
        Fault::at(&self.path, &self.text, start, len, what)
    }

    /// Where the value stands, without its quotes, and where its key; as far as the way can be gone.
    fn find(&self, way: &Way<'_>) -> (Range<usize>, Range<usize>) {
        let Ok(table) = DeTable::parse(&self.text) else { return (0..0, 0..0) };
        let mut key = table.span();
        let mut value = table.span();
        let root = DeValue::Table(table.into_inner());
        let mut at = &root;
        for step in &way.0 {
            let next = match step {
                Step::Key(name) => at.as_table().and_then(|table| {
                    let found = table.iter().find(|(key, _)| key.get_ref() == name);
                    found.map(|(found, value)| (found.span(), value))
                }),
                Step::Nth(number) => {
                    at.as_array().and_then(|array| array.get(*number)).map(|value| (value.span(), value))
                }
            };
            let Some((found, next)) = next else { break };
            (key, value, at) = (found, next.span(), next.get_ref());
        }
        if at.as_str().is_some() {
            let written = &self.text[value.clone()];
            let quote = if ["\"\"\"", "'''"].iter().any(|three| written.starts_with(three)) { 3 } else { 1 };
            value = value.start + quote..value.end.saturating_sub(quote).max(value.start + quote);
        }
        (value, key)
    }
}

/// A list of prefixes as a machine wrote it.
#[derive(Clone, Debug, Default)]
pub struct List {
    pub path: PathBuf,
    pub text: String,
    /// Header lines `# key: value`.
    pub header: BTreeMap<String, String>,
    pub prefixes: Vec<Prefix>,
}

/// Everything in `data/`, by id.
#[derive(Clone, Debug, Default)]
pub struct Source {
    pub providers: BTreeMap<String, File<Provider>>,
    /// Ids of providers whose files could not be understood.
    pub unread: BTreeSet<String>,
    pub lists: BTreeMap<String, List>,
    pub places: BTreeMap<String, File<Places>>,
    pub countries: Option<File<Countries>>,
    pub records: BTreeMap<String, File<Record>>,
    /// Ids of records whose files could not be understood.
    pub unread_records: BTreeSet<String>,
    /// By domain, as the files are called.
    pub sites: BTreeMap<String, File<Site>>,
    pub unread_sites: BTreeSet<String>,
    pub authorities: Option<File<Authorities>>,
    pub words: Option<File<Words>>,
    pub exemptions: Option<File<Exemptions>>,
    pub suffixes: Option<SuffixList>,
    pub airports: Option<Airports>,
}

/// The Public Suffix List as a machine wrote it.
#[derive(Clone, Debug)]
pub struct SuffixList {
    pub path: PathBuf,
    /// Header lines `# key: value`, which stand before the list as published.
    pub header: BTreeMap<String, String>,
    /// What follows the header.
    pub published: String,
    /// The rules as [`domain::rule`] writes them, sorted.
    pub rules: Vec<U32>,
    /// The names in the rules, in ASCII.
    pub names: BTreeSet<String>,
}

/// Where airports stand, as a machine wrote it.
#[derive(Clone, Debug)]
pub struct Airports {
    pub path: PathBuf,
    /// Header lines `# key: value`.
    pub header: BTreeMap<String, String>,
    /// What follows the header.
    pub published: String,
    /// By IATA code: latitude and longitude in degrees.
    pub at: BTreeMap<String, (f32, f32)>,
}

impl SuffixList {
    pub fn suffixes(&self) -> Suffixes<'_> {
        Suffixes(&self.rules)
    }
}

impl Source {
    /// Is there a file for this provider, understood or not?
    pub fn has_provider(&self, id: &str) -> bool {
        self.providers.contains_key(id) || self.unread.contains(id)
    }
}

/// Reads the folder. Files that cannot be understood are missing from the result and stand among the faults.
pub fn folder(root: &Path) -> (Source, Vec<Fault>) {
    let mut faults = Vec::new();
    let mut source = Source::default();
    for (id, path) in files(&root.join("providers"), "toml", &mut faults) {
        match toml_file(&path, &mut faults) {
            Some(file) => drop(source.providers.insert(id, file)),
            None => drop(source.unread.insert(id)),
        }
    }
    for (id, path) in files(&root.join("records"), "toml", &mut faults) {
        match toml_file(&path, &mut faults) {
            Some(file) => drop(source.records.insert(id, file)),
            None => drop(source.unread_records.insert(id)),
        }
    }
    for (id, path) in files(&root.join("sites"), "toml", &mut faults) {
        match toml_file(&path, &mut faults) {
            Some(file) => drop(source.sites.insert(id, file)),
            None => drop(source.unread_sites.insert(id)),
        }
    }
    for (id, path) in files(&root.join("places"), "toml", &mut faults) {
        if let Some(file) = toml_file(&path, &mut faults) {
            source.places.insert(id, file);
        }
    }
    for (id, path) in files(&root.join("fetched"), "txt", &mut faults) {
        if let Some(text) = text_file(&path, &mut faults) {
            source.lists.insert(id, list(path, text, &mut faults));
        }
    }
    let suffixes = root.join("fetched").join(SUFFIX_LIST);
    source.suffixes = text_file(&suffixes, &mut faults).map(|text| suffix_list(suffixes, &text, &mut faults));
    let path = root.join("fetched").join(AIRPORTS);
    source.airports = text_file(&path, &mut faults).map(|text| airports(path, &text, &mut faults));
    source.countries = toml_file(&root.join("countries.toml"), &mut faults);
    source.authorities = toml_file(&root.join("authorities.toml"), &mut faults);
    source.words = toml_file(&root.join("words.toml"), &mut faults);
    source.exemptions = toml_file(&root.join("exemptions.toml"), &mut faults);
    (source, faults)
}

/// Reads one provider's file from its text, as [`folder`] does.
pub fn provider(path: &Path, text: String) -> Result<File<Provider>, Fault> {
    parse(path, text)
}

fn files(folder: &Path, extension: &str, faults: &mut Vec<Fault>) -> BTreeMap<String, PathBuf> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            faults.push(Fault::file(folder, format!("cannot be read: {error}")));
            return BTreeMap::new();
        }
    };
    let mut found = BTreeMap::new();
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        let id = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or("").to_owned();
        // Sites are called by their domains.
        let dots = folder.ends_with("sites");
        let well_named = !id.is_empty()
            && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || dots && b == b'.');
        if path.file_name().is_some_and(|name| name == SUFFIX_LIST || name == AIRPORTS) {
            continue;
        }
        if path.extension().and_then(|e| e.to_str()) == Some(extension) && well_named {
            found.insert(id, path);
        } else {
            faults.push(
                Fault::file(&path, "unexpected file")
                    .way_out(format!("here stand <id>.{extension}, id in a-z, 0-9 and -")),
            );
        }
    }
    found
}

fn text_file(path: &Path, faults: &mut Vec<Fault>) -> Option<String> {
    let read = || -> Result<String, String> {
        let len = fs::metadata(path).map_err(|error| error.to_string())?.len();
        if len > FILE_MAX {
            return Err(format!("{len} bytes; at most {FILE_MAX} are read"));
        }
        let bytes = fs::read(path).map_err(|error| error.to_string())?;
        String::from_utf8(bytes).map_err(|error| format!("not UTF-8 at byte {}", error.utf8_error().valid_up_to()))
    };
    read().map_err(|what| faults.push(Fault::file(path, format!("cannot be read: {what}")))).ok()
}

fn toml_file<T: DeserializeOwned>(path: &Path, faults: &mut Vec<Fault>) -> Option<File<T>> {
    let text = text_file(path, faults)?;
    parse(path, text).map_err(|fault| faults.push(fault)).ok()
}

/// One TOML file by itself.
pub fn toml<T: DeserializeOwned>(path: &Path) -> Result<File<T>, Fault> {
    let mut faults = Vec::new();
    toml_file(path, &mut faults).ok_or_else(|| faults.pop().unwrap_or_else(|| Fault::file(path, "cannot be read")))
}

fn parse<T: DeserializeOwned>(path: &Path, text: String) -> Result<File<T>, Fault> {
    match toml::from_str(&text) {
        Ok(value) => Ok(File { path: path.to_owned(), text, value }),
        Err(error) => {
            let span = error.span().unwrap_or(0..0);
            Err(Fault::at(path, &text, span.start, span.len(), error.message().trim_end()))
        }
    }
}

/// Reads one list of addresses from its text, as [`folder`] does.
pub fn list(path: PathBuf, text: String, faults: &mut Vec<Fault>) -> List {
    let mut list = List { path, ..List::default() };
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_end();
        if let Some(comment) = content.strip_prefix('#') {
            if let Some((key, value)) = comment.split_once(':') {
                list.header.insert(key.trim().to_owned(), value.trim().to_owned());
            }
        } else if !content.is_empty() {
            match Prefix::parse(content) {
                Ok(prefix) => list.prefixes.push(prefix),
                Err(error) => faults.push(Fault::at(&list.path, &text, start, content.len(), error.to_string())),
            }
        }
        start += line.len();
    }
    list.text = text;
    list
}

/// A domain as browsers write it: lower case, other scripts as `xn--`; nothing if it cannot be one.
pub fn ascii(domain: &str) -> Option<String> {
    idna::domain_to_ascii_strict(domain).ok().filter(|name| !name.is_empty() && name.len() <= 253)
}

/// The lines `# key: value` at the top, and where what follows them begins.
fn head(text: &str) -> (BTreeMap<String, String>, usize) {
    let mut header = BTreeMap::new();
    let mut start = 0;
    for line in text.split_inclusive('\n').take_while(|line| line.starts_with('#')) {
        if let Some((key, value)) = line[1..].split_once(':') {
            header.insert(key.trim().to_owned(), value.trim().to_owned());
        }
        start += line.len();
    }
    (header, start)
}

fn airports(path: PathBuf, text: &str, faults: &mut Vec<Fault>) -> Airports {
    let (header, mut start) = head(text);
    let published = text[start..].to_owned();
    let mut at = BTreeMap::new();
    for line in published.split_inclusive('\n') {
        let mut columns = line.trim_end_matches('\n').split('\t');
        let degrees = |text: Option<&str>, most: f32| text?.parse::<f32>().ok().filter(|value| value.abs() <= most);
        let code = columns.next().filter(|code| code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()));
        match (code, degrees(columns.next(), 90.0), degrees(columns.next(), 180.0), columns.next()) {
            (Some(code), Some(latitude), Some(longitude), None) => {
                at.insert(code.to_owned(), (latitude, longitude));
            }
            _ => faults.push(
                Fault::at(&path, text, start, line.trim_end().len(), "not a code, a latitude and a longitude")
                    .way_out("machines write this file: fetch the table again"),
            ),
        }
        start += line.len();
    }
    Airports { path, header, published, at }
}

fn suffix_list(path: PathBuf, text: &str, faults: &mut Vec<Fault>) -> SuffixList {
    let (header, mut start) = head(text);
    let published = &text[start..];
    let (mut rules, mut names) = (BTreeSet::new(), BTreeSet::new());
    for line in published.split_inclusive('\n') {
        let written = line.split_whitespace().next().unwrap_or("");
        if !written.is_empty() && !written.starts_with("//") {
            let (name, form) = match (written.strip_prefix("*."), written.strip_prefix('!')) {
                (Some(name), _) => (name, Form::Wildcard),
                (_, Some(name)) => (name, Form::Exception),
                _ => (written, Form::Plain),
            };
            match ascii(name) {
                Some(name) => {
                    rules.insert(domain::rule(&name, form));
                    names.insert(name);
                }
                None => faults.push(Fault::at(&path, text, start, written.len(), "not a rule of the list")),
            }
        }
        start += line.len();
    }
    let rules = rules.into_iter().map(U32::new).collect();
    SuffixList { published: published.to_owned(), path, header, rules, names }
}
