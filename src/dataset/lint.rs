//! Checks the data: everything is read, every fault is reported, nothing is fetched.

pub mod prose;
pub mod records;

use std::collections::{BTreeMap, BTreeSet};

use sha2::Digest as _;

use prose::{Language, Remark};

use super::compile::{Target, signature_id, target};
use super::read::{Fault, File, List, Source, Way};
use super::schema::{Basis, Covers, Example, Provider, Signature};
use crate::detect::pattern::{self, CLASSES, Captures, Span};
use crate::detect::vocabulary::{PopCoding, Strength, Where};
use crate::net::{Prefix, Reach, reach};

/// Longest text in the data, in bytes.
const TEXT_MAX: usize = 600;
/// Broadest prefixes that a list may hold: nobody has more in one piece.
const BROADEST_V4: u8 = 8;
const BROADEST_V6: u8 = 19;
/// Longest code of a place that is looked up, in bytes.
const CODE_MAX: usize = 32;

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
            report
                .at(Way::to("short"), format!("the badge text `{short}` is `{other}`'s already"))
                .way_out("choose another");
        }
    }
    let used: BTreeSet<&str> =
        source.providers.values().flat_map(|file| &file.value.prefixes).map(|use_of| use_of.list.as_str()).collect();
    for (name, list) in &source.lists {
        // A provider that could not be read may use it.
        if source.unread.is_empty() && !used.contains(name.as_str()) {
            faults.push(
                Fault::file(&list.path, "no provider uses this list")
                    .way_out("name it under [[prefixes]] of a provider, or remove it"),
            );
        }
        check_list(list, &mut faults);
    }
    rivals(source, &mut faults);
    networks(source, &mut faults);
    places(source, &mut faults);
    airports(source, &mut faults);
    records::check(source, &mut faults);
    exempt(source, faults)
}

/// Leaves out faults that are tolerated; what tolerates nothing is a fault itself.
fn exempt(source: &Source, mut faults: Vec<Fault>) -> Vec<Fault> {
    let Some(file) = &source.exemptions else { return faults };
    for (number, exemption) in file.value.exemption.iter().enumerate() {
        let before = faults.len();
        faults.retain(|fault| !(fault.path.ends_with(&exemption.file) && fault.what.starts_with(&exemption.fault)));
        let tolerates = faults.len() < before;
        let way = Way::to("exemption").nth(number);
        if exemption.because.trim().is_empty() {
            faults.push(file.fault(&way.key("because"), "an exemption has a reason"));
        }
        // What could not be read has no faults to tolerate.
        if !tolerates && source.unread.is_empty() && source.unread_records.is_empty() {
            faults.push(file.fault(&way.key("fault"), "this tolerates nothing").way_out("remove the exemption"));
        }
    }
    faults
}

struct Report<'a, T = Provider> {
    file: &'a File<T>,
    faults: &'a mut Vec<Fault>,
}

impl<T> Report<'_, T> {
    /// A fault of the file as a whole.
    fn whole(&mut self, what: impl Into<String>) -> Handle<'_> {
        let fault = Fault::file(&self.file.path, what);
        self.add(fault)
    }

    /// A fault of the value at the end of the way.
    fn at(&mut self, way: Way<'_>, what: impl Into<String>) -> Handle<'_> {
        let fault = self.file.fault(&way, what);
        self.add(fault)
    }

    /// What is wrong within the text at the end of the way.
    fn remarks(&mut self, way: &Way<'_>, remarks: Vec<Remark>) {
        for remark in remarks {
            let fault = self.file.fault_within(way, remark.start, remark.len, remark.what);
            self.add(fault).way_out(remark.way_out);
        }
    }

    fn add(&mut self, fault: Fault) -> Handle<'_> {
        self.faults.push(fault);
        Handle(self.faults.last_mut().expect("pushed"))
    }
}

struct Handle<'a>(&'a mut Fault);

impl Handle<'_> {
    fn way_out(self, text: impl Into<String>) {
        self.0.way_out = Some(text.into().into());
    }
}

fn provider(source: &Source, id: &str, report: &mut Report<'_>) {
    let value = &report.file.value;
    if value.short.is_empty() || value.short.chars().count() > 4 {
        report.at(Way::to("short"), "the badge text has one to four characters");
    }
    if value.roles.is_empty() {
        report.at(Way::to("roles"), "a provider has at least one role").way_out("as `hosting` or `cdn`");
    }
    if !value.homepage.starts_with("https://") {
        report.at(Way::to("homepage"), "the home page is an https address");
    }
    if let Some(code) = &value.country
        && !known_country(source, code)
    {
        report
            .at(Way::to("country"), format!("unknown country `{code}`"))
            .way_out("ISO 3166-1 alpha-2, as in data/countries.toml");
    }
    for (number, other) in value.runs_on.iter().enumerate() {
        if !source.has_provider(other) {
            report
                .at(Way::to("runs-on").nth(number), format!("there is no provider `{other}`"))
                .way_out("add it first, or leave it out");
        }
    }
    if let Some(behaviour) = &value.behaviour {
        check_source(&behaviour.source, &Way::to("behaviour"), report);
        check_date(&behaviour.checked, &Way::to("behaviour"), report);
    }
    for (number, use_of) in value.prefixes.iter().enumerate() {
        let way = Way::to("prefixes").nth(number);
        let name = &use_of.list;
        match source.lists.get(name) {
            None => report
                .at(way.key("list"), format!("there is no list data/fetched/{name}.txt"))
                .way_out("fetch it first"),
            Some(list)
                if use_of.basis == Basis::Published
                    && list.header.get("published-at").is_none_or(|at| !at.starts_with("https://")) =>
            {
                report
                    .at(way.key("basis"), format!("data/fetched/{name}.txt does not say where it is published"))
                    .way_out("its head needs `# published-at: https://…`; else the basis is `routing`");
            }
            Some(_) => {}
        }
        if let Some(machines) = &use_of.machines
            && !source.has_provider(machines)
        {
            report.at(way.key("machines"), format!("there is no provider `{machines}`")).way_out("add it first");
        }
    }
    if matches!(value.pop_coding, PopCoding::Own | PopCoding::OwnThenIata) && !source.places.contains_key(id) {
        report
            .at(Way::to("pop-coding"), format!("own codes of places, but there is no data/places/{id}.toml"))
            .way_out("add the table, or write `iata` or `raw`");
    }
    let mut ids = BTreeSet::new();
    let mut reads_words = false;
    for (number, signature) in value.signature.iter().enumerate() {
        let way = Way::to("signature").nth(number);
        match target(signature) {
            Err(what) => {
                report.at(way, what);
            }
            Ok(target) => {
                let id = signature_id(signature, &target);
                let text = target.pattern.as_deref().unwrap_or(&target.key);
                reads_words |= text.contains("{word") || target.place == Where::CacheStatus;
                check_signature(signature, &target, &way, report);
                if !ids.insert(id.clone()) {
                    let way = way.key(if signature.id.is_some() { "id" } else { key_of(target.place) });
                    report.at(way, format!("two signatures are called `{id}`")).way_out("give this one another `id`");
                }
            }
        }
    }
    if let Some(word) = value.cache_words.keys().next().filter(|_| !reads_words) {
        let fault = report.file.fault_of_key(
            &Way::to("cache-words").key(word),
            "cache words, but no signature reads {word}, {words} or Cache-Status",
        );
        report.add(fault);
    }
}

/// The key of a signature that says where it looks.
fn key_of(place: Where) -> &'static str {
    match place {
        Where::Field => "field",
        Where::Member => "list",
        Where::CacheStatus => "cache-status",
        Where::Metric => "metric",
        Where::Cookie => "cookie",
        Where::Host => "host",
        Where::CanonicalName => "canonical-name",
        Where::Issuer => "issuer",
    }
}

/// A reader of either language is told what a rule proves.
fn check_reason(signature: &Signature, way: &Way<'_>, report: &mut Report<'_>) {
    let way = way.key("why-fr");
    match (&signature.why, &signature.why_fr) {
        (Some(_), None) => {
            report.at(way, "what the rule proves is not said in French").way_out("both languages say the same");
        }
        (None, Some(_)) => {
            report.at(way, "what the rule proves is not said in English").way_out("both languages say the same");
        }
        (Some(en), Some(fr)) if en == fr => {
            report.at(way, "the French text is the English one").way_out("translate it");
        }
        (_, Some(fr)) => report.remarks(&way, prose::typography(fr, Language::Fr)),
        (None, None) => {}
    }
}

fn check_signature(signature: &Signature, target: &Target, way: &Way<'_>, report: &mut Report<'_>) {
    check_source(&signature.source, way, report);
    check_date(&signature.checked, way, report);
    let texts = [
        ("source", Some(&signature.source)),
        ("why", signature.why.as_ref()),
        ("why-fr", signature.why_fr.as_ref()),
        ("by", Some(&signature.by)),
    ];
    for (key, text) in texts {
        if text.is_some_and(|text| text.len() > TEXT_MAX || text.is_empty()) {
            report.at(way.key(key), format!("a text has 1 to {TEXT_MAX} bytes"));
        }
    }
    check_reason(signature, way, report);
    let named = matches!(target.place, Where::Field | Where::Member);
    if named && !target.key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte)) {
        report.at(way.key(key_of(target.place)), "a field name has letters, digits, -, _ and .");
    }
    let Some(text) = &target.pattern else { return };
    let pattern = way.key(if named { "pattern" } else { key_of(target.place) });
    let program = match pattern::compile(text, signature.case_sensitive) {
        Ok(program) => program,
        Err(error) => {
            // Behind the brace of an unknown placeholder, its name.
            let (offset, len) = match &error {
                pattern::PatternError::Unknown { at, name } => (*at, name.len()),
                error => (error.at(), 1),
            };
            let unknown = matches!(error, pattern::PatternError::Unknown { .. });
            let fault = report.file.fault_within(&pattern, offset, len, error.to_string());
            let handle = report.add(fault);
            if unknown {
                handle.way_out(format!("known: {}", CLASSES.join(", ")));
            }
            return;
        }
    };
    let captures = ["{pop", "{word", "{clock", "{epoch", "{stamp", "{age"].iter().any(|name| text.contains(name));
    if signature.strength == Strength::Reading && !captures {
        report
            .at(way.key("strength"), "a reading reads nothing")
            .way_out("use {pop}, {word}, {age} or a clock in the pattern, or another strength");
    }
    let host = matches!(target.place, Where::Host | Where::CanonicalName);
    if signature.example.is_empty() && !host {
        report.at(pattern, "a pattern needs an example").way_out("add [[signature.example]]");
    }
    for (number, example) in signature.example.iter().enumerate() {
        let way = way.key("example").nth(number);
        match applies(target, &program, &example.value) {
            None => {
                report
                    .at(way.key("value"), "the example does not match its pattern")
                    .way_out(format!("pattern = {text}"));
            }
            Some(read) => check_example(example, &read, &way, report),
        }
    }
    for (number, counter) in signature.counter_example.iter().enumerate() {
        if applies(target, &program, &counter.value).is_some() {
            let way = way.key("counter-example").nth(number).key("value");
            report.at(way, "the counter-example matches").way_out(format!("narrow the pattern {text}"));
        }
    }
}

fn applies(target: &Target, program: &[u8], value: &str) -> Option<Captures> {
    if matches!(target.place, Where::Host | Where::CanonicalName) {
        let at_label =
            value.strip_suffix(target.key.as_str()).is_some_and(|left| left.is_empty() || left.ends_with('.'));
        if !at_label {
            return None;
        }
    }
    pattern::matches(program, value.as_bytes())
}

fn check_example(example: &Example, read: &Captures, way: &Way<'_>, report: &mut Report<'_>) {
    let part = |span: Option<Span>| {
        span.and_then(|span| span.of(example.value.as_bytes())).map(|part| String::from_utf8_lossy(part).into_owned())
    };
    for (name, expected, found) in
        [("pop-code", &example.pop_code, part(read.pop)), ("word", &example.word, part(read.word))]
    {
        if let Some(expected) = expected
            && found.as_ref() != Some(expected)
        {
            let found = found.map_or("nothing".to_owned(), |found| format!("`{found}`"));
            report.at(way.key(name), format!("the pattern reads {found} here, not `{expected}`"));
        }
    }
}

fn check_source(source: &str, way: &Way<'_>, report: &mut Report<'_>) {
    if source != "observed" && !source.starts_with("https://") {
        report.at(way.key("source"), "a source is an https address, or `observed`");
    }
}

fn check_date(checked: &toml::value::Datetime, way: &Way<'_>, report: &mut Report<'_>) {
    if checked.date.is_none() {
        report.at(way.key("checked"), "`checked` is a date").way_out("as 2026-11-25");
    }
}

/// Coordinates are those of codes in use, as they were copied.
fn airports(source: &Source, faults: &mut Vec<Fault>) {
    let Some(airports) = &source.airports else { return };
    let hash: String = sha2::Sha256::digest(&airports.published).iter().map(|byte| format!("{byte:02x}")).collect();
    if airports.header.get("sha256") != Some(&hash) {
        faults.push(
            Fault::file(&airports.path, "what follows the head does not hash to its `sha256`")
                .way_out("people do not edit this file: fetch the table again"),
        );
    }
    let Some(iata) = source.places.get("iata") else { return };
    for code in airports.at.keys().filter(|code| !iata.value.place.contains_key(*code)) {
        faults.push(
            Fault::file(&airports.path, format!("`{code}` is no code in places/iata.toml"))
                .way_out("fetch the table again, for the codes in use only"),
        );
    }
}

fn check_list(list: &List, faults: &mut Vec<Fault>) {
    for key in ["provider", "published-at", "copied-from", "copied-on", "sha256"] {
        if !list.header.contains_key(key) {
            faults.push(
                Fault::file(&list.path, format!("the head lacks `# {key}: …`"))
                    .way_out("machines write these files: fetch the list again"),
            );
        }
    }
    let date = |text: &String| text.parse::<toml::value::Datetime>().is_ok_and(|when| when.date.is_some());
    if let Some(text) = list.header.get("copied-on").filter(|text| !date(text)) {
        faults.push(in_line(
            list,
            |line| line.starts_with('#') && line.ends_with(text.as_str()),
            "`copied-on` is no date",
        ));
    }
    let lines: Vec<String> = list.prefixes.iter().map(|prefix| format!("{prefix}\n")).collect();
    let hash: String = sha2::Sha256::digest(lines.concat()).iter().map(|byte| format!("{byte:02x}")).collect();
    if let Some(stated) = list.header.get("sha256").filter(|stated| **stated != hash) {
        faults.push(
            in_line(list, |line| line.contains(stated.as_str()), "the prefixes below do not hash to this")
                .way_out("people do not edit these files: fetch the list again"),
        );
    }
    let order = |prefix: &Prefix| (!prefix.is_ipv4(), crate::net::bits(prefix.address()), prefix.length());
    if let Some([_, prefix]) = list.prefixes.windows(2).find(|pair| order(&pair[0]) >= order(&pair[1])) {
        let what = "out of order: prefixes are sorted, IPv4 first, each once";
        faults.push(in_line(list, |line| line == prefix.to_string(), what).way_out("fetch the list again"));
    }
    for prefix in &list.prefixes {
        let broad = prefix.length() < if prefix.is_ipv4() { BROADEST_V4 } else { BROADEST_V6 };
        if broad || reach(prefix.address()) != Reach::Public {
            let what = if broad { "too broad to be anybody's" } else { "not a public address" };
            faults.push(in_line(list, |line| line == prefix.to_string(), what));
        }
    }
}

/// A fault of the first line of a list that fits.
fn in_line(list: &List, fits: impl Fn(&str) -> bool, what: impl Into<String>) -> Fault {
    let mut start = 0;
    for line in list.text.split_inclusive('\n') {
        let content = line.trim_end();
        if fits(content) {
            return Fault::at(&list.path, &list.text, start, content.len(), what);
        }
        start += line.len();
    }
    Fault::file(&list.path, what)
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
            let what = format!("`{id}` and `{other}` both list {second}");
            faults.push(
                in_line(list, |line| line == second.to_string(), what)
                    .way_out("one of them is wrong, or only lends machines"),
            );
        }
    }
}

/// Of those who call one network their own, it names the one on whose machines the others run.
fn networks(source: &Source, faults: &mut Vec<Fault>) {
    let mut sharing: BTreeMap<u32, Vec<&String>> = BTreeMap::new();
    for (id, file) in &source.providers {
        for number in &file.value.as_numbers {
            let ids = sharing.entry(*number).or_default();
            if ids.last() != Some(&id) {
                ids.push(id);
            }
        }
    }
    for (number, ids) in sharing {
        let runs_on = |id: &String, owner: &String| id == owner || source.providers[id].value.runs_on.contains(owner);
        let carries = |owner: &&&String| ids.iter().all(|id| runs_on(id, owner));
        if ids.iter().filter(carries).count() != 1
            && let Some(file) = ids.last().map(|id| &source.providers[*id])
        {
            let at = file.value.as_numbers.iter().position(|other| *other == number).unwrap_or(0);
            let all: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
            let what = format!("AS{number} names nobody: {} share it", all.join(", "));
            faults.push(
                file.fault(&Way::to("as-numbers").nth(at), what)
                    .way_out("one of them carries all others, by `runs-on`; who only rents there does not list it"),
            );
        }
    }
}

fn places(source: &Source, faults: &mut Vec<Fault>) {
    for (coding, file) in &source.places {
        if coding != "iata" && !source.has_provider(coding) {
            faults.push(
                Fault::file(&file.path, format!("there is no provider `{coding}`"))
                    .way_out("a table of places is named after its provider, or `iata`"),
            );
        }
        for (code, place) in &file.value.place {
            let way = Way::to("place").key(code);
            if code.len() > CODE_MAX || !code.is_ascii() {
                faults.push(file.fault_of_key(&way, format!("a code has at most {CODE_MAX} ASCII characters")));
            } else if coding == "iata" && !(code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase())) {
                faults.push(file.fault_of_key(&way, "an IATA code has three capital letters"));
            }
            if !known_country(source, &place.country) {
                faults.push(
                    file.fault(&way.key("country"), format!("unknown country `{}`", place.country))
                        .way_out("ISO 3166-1 alpha-2, as in data/countries.toml"),
                );
            }
            if place.city_fr.as_ref() == Some(&place.city) {
                faults.push(file.fault(&way.key("city-fr"), "`city-fr` repeats `city`").way_out("leave it out"));
            }
        }
    }
}

fn known_country(source: &Source, code: &str) -> bool {
    source.countries.as_ref().is_none_or(|file| file.value.country.contains_key(code))
}
