//! Checks the data: everything is read, every fault is reported, nothing is fetched.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use sha2::Digest as _;

use super::compile::{Target, signature_id, target};
use super::read::{Fault, File, List, Source};
use super::schema::{Basis, Covers, Example, Provider, Signature};
use crate::detect::pattern::{self, CLASSES, Captures};
use crate::detect::vocabulary::{PopCoding, Strength, Where};
use crate::net::{Reach, reach};

/// Longest text in the data, in bytes.
const TEXT_MAX: usize = 600;
/// Broadest prefixes that a list may hold: nobody has more in one piece.
const BROADEST_V4: u8 = 8;
const BROADEST_V6: u8 = 19;

/// All faults of data that was read, in the order of the files.
#[must_use]
pub fn check(source: &Source) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut shorts: BTreeMap<&str, &str> = BTreeMap::new();
    for (id, file) in &source.providers {
        let mut report = Report { file, faults: &mut faults };
        provider(source, id, &mut report);
        let short = file.value.short.as_str();
        if let Some(other) = shorts.insert(short, id) {
            report.at(short, format!("the badge text `{short}` is `{other}`'s already")).way_out("choose another");
        }
    }
    let used: BTreeSet<&str> = source
        .providers
        .values()
        .flat_map(|file| &file.value.prefixes)
        .map(|use_of| use_of.list.as_str())
        .collect();
    for (name, list) in &source.lists {
        if !used.contains(name.as_str()) {
            faults.push(Fault::file(&list.path, "no provider uses this list"));
        }
        check_list(list, &mut faults);
    }
    rivals(source, &mut faults);
    places(source, &mut faults);
    faults
}

struct Report<'a> {
    file: &'a File<Provider>,
    faults: &'a mut Vec<Fault>,
}

impl Report<'_> {
    /// A fault at the first place where `needle` stands quoted in the file.
    fn at(&mut self, needle: &str, what: String) -> Handle<'_> {
        self.within(needle, 0, needle.len().max(1), what)
    }

    fn within(&mut self, needle: &str, offset: usize, len: usize, what: String) -> Handle<'_> {
        let text = &self.file.text;
        let quoted = [format!("\"{needle}\""), format!("'{needle}'"), toml::Value::from(needle).to_string()];
        let found = quoted.iter().find_map(|quoted| text.find(quoted.as_str()).map(|at| at + 1));
        let fault = match found.or_else(|| text.find(needle)) {
            Some(start) => Fault::at(&self.file.path, text, start + offset, len, what),
            None => Fault::file(&self.file.path, what),
        };
        self.faults.push(fault);
        Handle(self.faults.last_mut().expect("pushed"))
    }
}

struct Handle<'a>(&'a mut Fault);

impl Handle<'_> {
    fn way_out(self, text: impl Into<String>) {
        self.0.way_out = Some(text.into());
    }
}

fn provider(source: &Source, id: &str, report: &mut Report<'_>) {
    let value = &report.file.value;
    if value.short.is_empty() || value.short.chars().count() > 4 {
        report.at(&value.short, "the badge text has one to four characters".into());
    }
    if value.roles.is_empty() {
        report.at(&value.name, "a provider has at least one role".into());
    }
    if !value.homepage.starts_with("https://") {
        report.at(&value.homepage, "the home page is an https address".into());
    }
    if let Some(code) = &value.country
        && !known_country(source, code)
    {
        report.at(code, format!("unknown country `{code}`")).way_out("ISO 3166-1 alpha-2, as in data/countries.toml");
    }
    for other in &value.runs_on {
        if !source.providers.contains_key(other) {
            report.at(other, format!("there is no provider `{other}`")).way_out("add it first, or leave it out");
        }
    }
    if let Some(behaviour) = &value.behaviour {
        check_source(&behaviour.source, report);
    }
    for use_of in &value.prefixes {
        if !source.lists.contains_key(&use_of.list) {
            report.at(&use_of.list, format!("there is no list data/fetched/{}.txt", use_of.list));
        } else if use_of.basis == Basis::Published
            && source.lists[&use_of.list].header.get("published-at").is_none_or(|at| !at.starts_with("https://"))
        {
            report.at(&use_of.list, "a published list says where: `# published-at: https://…`".into());
        }
        if let Some(machines) = &use_of.machines
            && !source.providers.contains_key(machines)
        {
            report.at(machines, format!("there is no provider `{machines}`"));
        }
    }
    if matches!(value.pop_coding, PopCoding::Own | PopCoding::OwnThenIata) && !source.places.contains_key(id) {
        report.at(&value.name, format!("own place codes, but there is no data/places/{id}.toml"));
    }
    let mut ids = BTreeSet::new();
    let mut reads_words = false;
    for signature in &value.signature {
        match target(signature) {
            Err(what) => {
                report.at(&signature.source, what);
            }
            Ok(target) => {
                let id = signature_id(signature, &target);
                let text = target.pattern.as_deref().unwrap_or(&target.key).to_owned();
                reads_words |= text.contains("{word") || target.place == Where::CacheStatus;
                check_signature(signature, &target, report);
                if !ids.insert(id.clone()) {
                    report.at(&text, format!("two signatures are called `{id}`")).way_out("give one an `id`");
                }
            }
        }
    }
    if !value.cache_words.is_empty() && !reads_words {
        let word = value.cache_words.keys().next().expect("not empty");
        report.at(word, "cache words, but no signature reads {word}, {words} or Cache-Status".into());
    }
}

fn check_signature(signature: &Signature, target: &Target, report: &mut Report<'_>) {
    check_source(&signature.source, report);
    for text in [&signature.source, signature.why.as_ref().unwrap_or(&signature.by), &signature.by] {
        if text.len() > TEXT_MAX || text.is_empty() {
            report.at(text, format!("texts have 1 to {TEXT_MAX} bytes"));
        }
    }
    if signature.checked.date.is_none() {
        report.at(&signature.source, "`checked` is a date".into());
    }
    let named = matches!(target.place, Where::Field | Where::Member);
    if named && !target.key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
        report.at(&target.key, "a field name has letters, digits, - and _".into());
    }
    let Some(text) = &target.pattern else { return };
    let program = match pattern::compile(text, signature.case_sensitive) {
        Ok(program) => program,
        Err(error) => {
            let (offset, len) = match &error {
                pattern::PatternError::Unknown { at, name } => (*at, name.len()),
                error => (error.at(), 1),
            };
            let unknown = matches!(error, pattern::PatternError::Unknown { .. });
            let handle = report.within(text, offset, len, error.to_string());
            if unknown {
                handle.way_out(format!("known: {}", CLASSES.join(", ")));
            }
            return;
        }
    };
    let captures = ["{pop", "{word", "{clock", "{epoch", "{stamp"].iter().any(|name| text.contains(name));
    if signature.strength == Strength::Reading && !captures {
        report.at(text, "a reading reads nothing".into()).way_out("use {pop}, {word} or a clock, or another strength");
    }
    let host = matches!(target.place, Where::Host | Where::CanonicalName);
    if signature.example.is_empty() && !host {
        report.at(text, "a pattern needs an example".into()).way_out("add [[provider.signature.example]]");
    }
    for example in &signature.example {
        match applies(target, &program, &example.value) {
            None => {
                report.at(&example.value, "the example does not match its pattern".into());
            }
            Some(read) => check_example(example, &read, report),
        }
    }
    for counter in &signature.counter_example {
        if applies(target, &program, &counter.value).is_some() {
            report.at(&counter.value, "the counter-example matches".into()).way_out("narrow the pattern");
        }
    }
}

fn applies(target: &Target, program: &[u8], value: &str) -> Option<Captures> {
    if matches!(target.place, Where::Host | Where::CanonicalName) {
        let at_label = value.strip_suffix(target.key.as_str()).is_some_and(|left| left.is_empty() || left.ends_with('.'));
        if !at_label {
            return None;
        }
    }
    pattern::matches(program, value.as_bytes())
}

fn check_example(example: &Example, read: &Captures, report: &mut Report<'_>) {
    let part = |range: &Option<std::ops::Range<usize>>| range.clone().map(|range| example.value[range].to_owned());
    for (name, expected, found) in
        [("pop-code", &example.pop_code, part(&read.pop)), ("word", &example.word, part(&read.word))]
    {
        if let Some(expected) = expected
            && found.as_ref() != Some(expected)
        {
            let found = found.as_deref().unwrap_or("nothing").to_owned();
            report.at(&example.value, format!("`{name}` reads `{found}`, not `{expected}`"));
        }
    }
}

fn check_source(source: &str, report: &mut Report<'_>) {
    if source != "observed" && !source.starts_with("https://") {
        report.at(source, "a source is an https address, or `observed`".into());
    }
}

fn check_list(list: &List, faults: &mut Vec<Fault>) {
    for key in ["provider", "published-at", "copied-from", "copied-on", "sha256"] {
        if !list.header.contains_key(key) {
            faults.push(Fault::file(&list.path, format!("the head lacks `# {key}: …`")));
        }
    }
    if list.header.get("copied-on").is_some_and(|date| date.parse::<toml::value::Datetime>().is_err()) {
        faults.push(Fault::file(&list.path, "`copied-on` is no date"));
    }
    let lines: Vec<String> = list.prefixes.iter().map(|prefix| format!("{prefix}\n")).collect();
    let hash: String = sha2::Sha256::digest(lines.concat()).iter().map(|byte| format!("{byte:02x}")).collect();
    if list.header.get("sha256").is_some_and(|stated| *stated != hash) {
        faults.push(
            Fault::file(&list.path, format!("the prefixes hash to {hash}, not to what the head says"))
                .way_out("people do not edit these files: fetch the list again"),
        );
    }
    if !list.prefixes.is_sorted_by_key(|prefix| (!prefix.is_ipv4(), crate::net::bits(prefix.address()), prefix.length())) {
        faults.push(Fault::file(&list.path, "prefixes are sorted, IPv4 first"));
    }
    for prefix in &list.prefixes {
        let broad = prefix.length() < if prefix.is_ipv4() { BROADEST_V4 } else { BROADEST_V6 };
        if broad || reach(prefix.address()) != Reach::Public {
            let text = prefix.to_string();
            let at = list.text.find(&text).unwrap_or(0);
            let what = if broad { "too broad to be anybody's" } else { "not a public address" };
            faults.push(Fault::at(&list.path, &list.text, at, text.len(), what));
        }
    }
}

/// Two providers cannot both own the same edge machines.
fn rivals(source: &Source, faults: &mut Vec<Fault>) {
    let mut held = Vec::new();
    for (id, file) in &source.providers {
        for use_of in file.value.prefixes.iter().filter(|use_of| use_of.covers != Covers::Network) {
            let Some(list) = source.lists.get(&use_of.list) else { continue };
            held.extend(list.prefixes.iter().map(|prefix| (prefix, use_of.covers, id, list)));
        }
    }
    held.sort_by_key(|(prefix, covers, ..)| (prefix.is_ipv4(), *covers, prefix.bounds().0, prefix.length()));
    for pair in held.windows(2) {
        let [(first, covers, id, _), (second, other_covers, other, list)] = pair else { continue };
        let same = first.bounds() == second.bounds() && first.is_ipv4() == second.is_ipv4();
        if same && covers == other_covers && id != other {
            let text = second.to_string();
            let at = list.text.find(&text).unwrap_or(0);
            faults.push(Fault::at(&list.path, &list.text, at, text.len(), format!("`{id}` and `{other}` both list {text}")));
        }
    }
}

fn places(source: &Source, faults: &mut Vec<Fault>) {
    for (coding, file) in &source.places {
        if coding != "iata" && !source.providers.contains_key(coding) {
            faults.push(Fault::file(&file.path, format!("there is no provider `{coding}`")));
        }
        for (code, place) in &file.value.place {
            let at = file.text.find(code.as_str()).unwrap_or(0);
            let mut report = |what: String| faults.push(Fault::at(&file.path, &file.text, at, code.len(), what));
            if code.len() > 32 || !code.is_ascii() {
                report("a code has at most 32 ASCII characters".into());
            }
            if coding == "iata" && !(code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())) {
                report("an IATA code has three capital letters".into());
            }
            if !known_country(source, &place.country) {
                report(format!("unknown country `{}`", place.country));
            }
            if place.city_fr.as_ref() == Some(&place.city) {
                report("`city-fr` repeats `city`".into());
            }
        }
    }
    if source.countries.is_none() {
        faults.push(Fault::file(Path::new("data/countries.toml"), "missing"));
    }
}

fn known_country(source: &Source, code: &str) -> bool {
    source.countries.as_ref().is_none_or(|file| file.value.country.contains_key(code))
}
