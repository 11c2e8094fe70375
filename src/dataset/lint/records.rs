//! Checks records, sites, contacts and authorities against the editorial policy.

use std::collections::{BTreeMap, BTreeSet};

use toml::value::Datetime;

use super::prose::{self, Language};
use super::{Report, known_country};
use crate::dataset::compile::date_number;
use crate::dataset::read::{Fault, File, Source, Way, ascii};
use crate::dataset::schema::Provider;
use crate::dataset::schema::records::{self as schema, Authorities, Bilingual, Contact, Record, Site, Words};
use crate::detect::response::host;
use crate::records::domain::{is_below, names};
use crate::records::vocabulary::{State, Status};
use crate::records::when::{Day, Until, When};

/// Longest texts in characters: English, French.
const TITLE_MAX: (usize, usize) = (90, 110);
const SUMMARY_MAX: (usize, usize) = (450, 540);
const SENTENCES_MAX: (usize, usize) = (350, 400);
/// Months between a review and the next: while a matter goes on, and otherwise.
const MONTHS_ONGOING: u32 = 6;
const MONTHS_OTHER: u32 = 24;

/// What is true of the whole set and every file is compared with.
struct Context<'a> {
    source: &'a Source,
    words: &'a Words,
    /// Domains that are never linked, with the site they belong to.
    never_link: Vec<(&'a str, &'a str)>,
}

pub fn check(source: &Source, faults: &mut Vec<Fault>) {
    let none = Words::default();
    let words = source.words.as_ref().map_or(&none, |file| &file.value);
    let never_link = source
        .sites
        .iter()
        .filter(|(_, file)| file.value.never_link)
        .flat_map(|(domain, file)| {
            let site = &file.value;
            let all = [domain].into_iter().chain(&site.domains).chain(&site.former_domains);
            all.map(move |other| (other.as_str(), domain.as_str()))
        })
        .collect();
    let context = Context { source, words, never_link };
    for (id, file) in &source.records {
        record(&context, id, &mut Report { file, faults });
    }
    cycles(source, faults);
    same_titles(source, faults);
    for (domain, file) in &source.sites {
        site(&context, domain, &mut Report { file, faults });
    }
    shared_domains(source, faults);
    for file in source.providers.values() {
        contacts(&context, &mut Report { file, faults });
    }
    if let Some(file) = &source.authorities {
        authorities(&context, &mut Report { file, faults });
    }
    if let Some(file) = &source.words {
        word_lists(&mut Report { file, faults });
    }
    suffix_list(source, faults);
}

/// Records whose next review is past: warnings, for they ask for work and break nothing.
#[must_use]
pub fn overdue(source: &Source, today: u32) -> Vec<Fault> {
    let late =
        |file: &&File<Record>| file.value.state != State::Withdrawn && date_number(&file.value.review_due) < today;
    let warn = |file: &File<Record>| {
        let due = &file.value.review_due;
        file.fault(&Way::to("review-due"), format!("the review was due on {due}"))
            .way_out("compare the record with its sources, then set `reviewed` and `review-due`")
            .warning()
    };
    source.records.values().filter(late).map(warn).collect()
}

fn record(context: &Context<'_>, id: &str, report: &mut Report<'_, Record>) {
    let value = &report.file.value;
    if context.source.providers.contains_key(id) || context.source.sites.contains_key(id) {
        report
            .whole(format!("the id `{id}` is taken: a provider or a site bears it"))
            .way_out("give the file another name");
    }
    subjects(context, report);
    let when = match When::parse(&value.date) {
        Ok(when) => Some(when),
        Err(error) => {
            report.at(Way::to("date"), error.to_string());
            None
        }
    };
    reviews(when, report);
    match value.state {
        State::Withdrawn => withdrawn(report),
        State::Draft | State::Published => {
            if value.withdrawn.is_some() || value.withdrawn_because.is_some() {
                report.at(Way::to("state"), "`withdrawn` is set").way_out("state = \"withdrawn\", or remove it");
            }
        }
    }
    let draft = value.state == State::Draft;
    if draft && value.missing.is_empty() {
        report.at(Way::to("state"), "a draft says what it lacks").way_out("missing = [\"a second source\"]");
    }
    if !draft && !value.missing.is_empty() {
        report.at(Way::to("missing"), "only drafts lack something").way_out("state = \"draft\", or remove it");
    }
    if let Some(page) = &value.still_cited {
        address(context, page, &Way::to("still-cited"), report);
    }
    texts(context, report);
    sources(context, when, report);
    primary(report);
    facts(context, report);
    standing(when, report);
    for (number, change) in value.change.iter().enumerate() {
        let way = Way::to("change").nth(number);
        both(context, &way, (&change.en, &change.fr), SENTENCES_MAX, report);
        after(when, &change.date, &way, "a change before the matter began", report);
    }
    for (number, reply) in value.reply.iter().enumerate() {
        let way = Way::to("reply").nth(number);
        // Somebody else's words: they are published as they came.
        for (key, text) in [("en", &reply.en), ("fr", &reply.fr), ("from", &reply.from)] {
            if text.trim().is_empty() {
                report.at(way.key(key), "there is no text");
            }
        }
        after(when, &reply.date, &way, "a reply before the matter began", report);
    }
}

fn subjects(context: &Context<'_>, report: &mut Report<'_, Record>) {
    let value = &report.file.value;
    if value.providers.is_empty() && value.sites.is_empty() {
        report.at(Way::to("date"), "a record is about a provider or a site").way_out("providers = [\"…\"]");
    }
    for (number, id) in value.providers.iter().enumerate() {
        if !context.source.has_provider(id) {
            let way = Way::to("providers").nth(number);
            report.at(way, format!("there is no provider `{id}`")).way_out("add it first, or use another id");
        }
    }
    for (number, domain) in value.sites.iter().enumerate() {
        if !context.source.sites.contains_key(domain) && !context.source.unread_sites.contains(domain) {
            let way = Way::to("sites").nth(number);
            report
                .at(way, format!("there is no site `{domain}`"))
                .way_out(format!("add data/sites/{domain}.toml first, or leave it out"));
        }
    }
    for (key, list) in [("providers", &value.providers), ("sites", &value.sites)] {
        if let Some(number) = (1..list.len()).find(|number| list[..*number].contains(&list[*number])) {
            report.at(Way::to(key).nth(number), format!("`{}` is named twice", list[number])).way_out("name it once");
        }
    }
}

/// The day a number of months later; 31 January and one month give 31 February, which is good enough to compare with.
fn months_later(day: u32, months: u32) -> u32 {
    let (year, month, rest) = (day / 10_000, day / 100 % 100, day % 100);
    let months = month - 1 + months;
    (year + months / 12) * 10_000 + (months % 12 + 1) * 100 + rest
}

fn reviews(when: Option<When>, report: &mut Report<'_, Record>) {
    let value = &report.file.value;
    let (reviewed, due) = (date_number(&value.reviewed), date_number(&value.review_due));
    for (key, number) in [("reviewed", reviewed), ("review-due", due)] {
        if number == 0 {
            report.at(Way::to(key), "a review has a date").way_out("as 2026-11-25");
            return;
        }
    }
    let months = if value.status == Status::Ongoing { MONTHS_ONGOING } else { MONTHS_OTHER };
    if due <= reviewed {
        report.at(Way::to("review-due"), "the next review comes after the last").way_out("set a later day");
    } else if due > months_later(reviewed, months) {
        let what = format!("the next review is more than {months} months after the last");
        report.at(Way::to("review-due"), what).way_out("6 months while a matter goes on, 24 otherwise");
    }
    if when.is_some_and(|when| when.from.first() > reviewed) {
        report.at(Way::to("date"), "the matter begins after its review").way_out("one of the two dates is wrong");
    }
}

fn withdrawn(report: &mut Report<'_, Record>) {
    let value = &report.file.value;
    let missing = [
        ("withdrawn", value.withdrawn.is_none(), "withdrawn = 2026-11-25"),
        ("withdrawn-because", value.withdrawn_because.is_none(), "withdrawn-because = { en = \"…\", fr = \"…\" }"),
    ];
    for (key, is_missing, way_out) in missing {
        if is_missing {
            report.at(Way::to("state"), format!("a withdrawn record says `{key}`")).way_out(way_out);
        }
    }
}

fn texts(context: &Context<'_>, report: &mut Report<'_, Record>) {
    let value = &report.file.value;
    if let Some(because) = &value.withdrawn_because {
        both(context, &Way::to("withdrawn-because"), (&because.en, &because.fr), SENTENCES_MAX, report);
    }
    fn pair(text: Option<&Bilingual>) -> Option<(&str, &str)> {
        text.map(|text| (text.en.as_str(), text.fr.as_str()))
    }
    let position = value.position.as_ref().map(|position| (position.en.as_str(), position.fr.as_str()));
    let all = [
        ("title", pair(value.title.as_ref()), TITLE_MAX, true),
        ("summary", pair(value.summary.as_ref()), SUMMARY_MAX, true),
        ("position", position, SENTENCES_MAX, false),
        ("outcome", pair(value.outcome.as_ref()), SENTENCES_MAX, false),
    ];
    for (key, text, most, even_in_drafts) in all {
        match text {
            Some(text) => both(context, &Way::to(key), text, most, report),
            None if value.state == State::Published || even_in_drafts && value.state == State::Draft => {
                let article = if key == "outcome" { "an" } else { "a" };
                let what = format!("a {} record has {article} {key}", value.state.word());
                report.at(Way::to("state"), what).way_out(format!("[{key}] with en and fr"));
            }
            None => {}
        }
    }
    if let Some(position) = value.position.as_ref().filter(|position| position.source.is_none())
        && value.state == State::Published
        && !(position.en.contains("found") && position.fr.contains("trouv"))
    {
        report
            .at(Way::to("position").key("en"), "a position has a source, or says that none was found")
            .way_out("[position.source], or “No statement was found.”");
    }
}

/// A text in both languages.
fn both<T>(
    context: &Context<'_>,
    way: &Way<'_>,
    (en, fr): (&str, &str),
    (most_en, most_fr): (usize, usize),
    report: &mut Report<'_, T>,
) {
    for (key, text, most, language) in [("en", en, most_en, Language::En), ("fr", fr, most_fr, Language::Fr)] {
        let way = way.key(key);
        if text.trim().is_empty() {
            let name = if language == Language::En { "English" } else { "French" };
            report.at(way, format!("the {name} text is missing")).way_out("both languages say the same");
            continue;
        }
        let len = text.chars().count();
        if len > most {
            report.at(way.clone(), format!("{len} characters; at most {most} are read")).way_out("shorten it");
        }
        report.remarks(&way, prose::check(text, language, context.words));
    }
    if en == fr && !en.trim().is_empty() {
        report.at(way.key("fr"), "the French text is the English one").way_out("translate it");
    }
}

fn sources(context: &Context<'_>, when: Option<When>, report: &mut Report<'_, Record>) {
    let value = &report.file.value;
    if let Some(of_position) = value.position.as_ref().and_then(|position| position.source.as_ref()) {
        source(context, of_position, &Way::to("position").key("source"), report);
    }
    let mut publishers: BTreeMap<String, usize> = BTreeMap::new();
    let mut domains: BTreeMap<String, usize> = BTreeMap::new();
    let (mut independent, mut repeated) = (0, None);
    for (number, of_record) in value.source.iter().enumerate() {
        let way = Way::to("source").nth(number);
        source(context, of_record, &way, report);
        let publisher = of_record.publisher.to_lowercase();
        let domain = registrable(context.source, &of_record.url);
        let twice = publishers.get(&publisher).or_else(|| domain.as_ref().and_then(|domain| domains.get(domain)));
        match twice {
            Some(first) => repeated = Some((number, first + 1)),
            None => independent += 1,
        }
        publishers.entry(publisher).or_insert(number);
        if let Some(domain) = domain {
            domains.entry(domain).or_insert(number);
        }
    }
    if value.state == State::Published && independent < 2 {
        let way_out = "add a source of another publisher, or state = \"draft\" with what is missing";
        match repeated {
            Some((number, first)) => {
                let what = format!("the same publisher as source {first}: both count once, and two are needed");
                report.at(Way::to("source").nth(number).key("publisher"), what).way_out(way_out);
            }
            None => {
                report.at(Way::to("state"), "a published record has two independent sources").way_out(way_out);
            }
        }
    }
    // Somebody must have written about it since it began.
    let dates = value.source.iter().map(|source| source.date.as_deref().and_then(|date| When::parse(date).ok()));
    if let (Some(when), Some(dates)) = (when, dates.collect::<Option<Vec<When>>>())
        && !dates.is_empty()
        && dates.iter().all(|date| date.end().unwrap_or(u32::MAX) < when.from.first())
    {
        report.at(Way::to("date"), "every source is older than the matter").way_out("one of the dates is wrong");
    }
}

/// One source is primary, or the record says why none is: else nobody can tell whether somebody looked.
fn primary(report: &mut Report<'_, Record>) {
    let value = &report.file.value;
    let of_position = value.position.as_ref().and_then(|position| position.source.as_ref());
    let has_one = value.source.iter().chain(of_position).any(|source| source.kind.is_primary());
    let way = Way::to("no-primary-source");
    match &value.no_primary_source {
        None if has_one || value.state != State::Published => {}
        None => {
            report.at(Way::to("state"), "no source of a published record is primary, and it does not say why").way_out(
                "add one: primary, court or regulator; else [no-primary-source] with `searched` and `because`",
            );
        }
        Some(_) if has_one => {
            report.at(way, "a source is primary").way_out("remove this");
        }
        Some(note) => {
            if date_number(&note.searched) == 0 {
                report.at(way.key("searched"), "a search has a date").way_out("as 2026-11-25");
            }
            if note.because.trim().is_empty() {
                report.at(way.key("because"), "there is no text");
            }
        }
    }
}

fn registrable(source: &Source, url: &str) -> Option<String> {
    let host = host(url)?;
    let list = source.suffixes.as_ref()?;
    list.suffixes().registrable(host).map(str::to_owned)
}

fn source(context: &Context<'_>, source: &schema::Source, way: &Way<'_>, report: &mut Report<'_, Record>) {
    for (key, text) in [("publisher", &source.publisher), ("title", &source.title)] {
        if text.trim().is_empty() || text.len() > super::TEXT_MAX {
            report.at(way.key(key), format!("a text has 1 to {} bytes", super::TEXT_MAX));
        }
    }
    address(context, &source.url, &way.key("url"), report);
    if let Some(archived) = &source.archived {
        address(context, archived, &way.key("archived"), report);
    }
    language(&source.language, &way.key("language"), report);
    let read = date_number(&source.read);
    if read == 0 {
        report.at(way.key("read"), "`read` is a date").way_out("as 2026-11-25");
    }
    if let Some(date) = &source.date {
        match When::parse(date) {
            Err(error) => {
                report.at(way.key("date"), error.to_string());
            }
            Ok(when) if read != 0 && when.from.first() > read => {
                report.at(way.key("date"), "published after it was read").way_out("one of the two dates is wrong");
            }
            Ok(_) => {}
        }
    }
    if source.read_in.as_ref().is_some_and(|copy| copy.trim().is_empty()) {
        report
            .at(way.key("read-in"), "there is no text")
            .way_out("whose copy it is; left out when read at its address");
    }
    if read > date_number(&report.file.value.reviewed) {
        report.at(way.key("read"), "read after the record's review").way_out("set `reviewed` to the later day");
    }
}

fn language<T>(code: &str, way: &Way<'_>, report: &mut Report<'_, T>) {
    let known = code == "mul" || code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
    if !known {
        report.at(way.clone(), format!("`{code}` is no language")).way_out("ISO 639-1, as `en`; `mul` for many");
    }
}

/// An address that will be linked.
fn address<T>(context: &Context<'_>, url: &str, way: &Way<'_>, report: &mut Report<'_, T>) {
    if !url.starts_with("https://") || host(url).is_none() || url.contains(char::is_whitespace) || !url.is_ascii() {
        report
            .at(way.clone(), "not an https address")
            .way_out("as https://example.com/page, other characters percent-encoded");
        return;
    }
    if url.len() > super::TEXT_MAX {
        report.at(way.clone(), format!("an address has at most {} bytes", super::TEXT_MAX));
    }
    // An archive's address holds the one that it archived.
    let hosts = url.match_indices("://").filter_map(|(at, _)| {
        let scheme = url[..at].rfind(|character: char| !character.is_ascii_alphabetic()).map_or(0, |before| before + 1);
        host(&url[scheme..])
    });
    for host in hosts {
        let host = host.trim_start_matches("www.").to_ascii_lowercase();
        if let Some((domain, site)) = context.never_link.iter().find(|(domain, _)| is_below(&host, domain)) {
            report
                .at(way.clone(), format!("a link to `{domain}`, which data/sites/{site}.toml says is never linked"))
                .way_out("cite somebody who reports on it");
            return;
        }
    }
}

fn facts(context: &Context<'_>, report: &mut Report<'_, Record>) {
    let value = &report.file.value;
    if value.state == State::Published && value.fact.is_empty() {
        report.at(Way::to("state"), "a published record has a confirmed fact").way_out("[[fact]]");
    }
    for (number, fact) in value.fact.iter().enumerate() {
        let way = Way::to("fact").nth(number);
        if fact.says.trim().is_empty() {
            report.at(way.key("says"), "there is no text");
        }
        match (&fact.confirmed_by, &fact.unverified) {
            (Some(page), None) => address(context, page, &way.key("confirmed-by"), report),
            (None, Some(_)) if value.state == State::Draft => {}
            (None, Some(_)) => {
                report
                    .at(way.key("unverified"), "a fact that is not verified is not published")
                    .way_out("leave the fact and what rests on it out, or make this a draft");
            }
            _ => {
                report
                    .at(way.key("says"), "a fact has either `confirmed-by` or `unverified`")
                    .way_out("confirmed-by = \"https://…\"");
            }
        }
    }
}

/// Words by which an outcome says that a matter is over, or that it is not.
const OVER: [&str; 6] =
    ["The case is closed", "was closed for good", "is final", "came to an end", "est close", "est définiti"];
const GOES_ON: [&str; 8] = [
    "is pending",
    "are pending",
    "still ongoing",
    "is under appeal",
    "est pendant",
    "en cours",
    "not yet been decided",
    "n’a pas encore",
];

fn standing(when: Option<When>, report: &mut Report<'_, Record>) {
    let value = &report.file.value;
    match (&value.superseded_by, value.status) {
        (None, Status::Superseded) => {
            report.at(Way::to("status"), "superseded, but by what?").way_out("superseded-by = \"<id>\"");
        }
        (Some(_), Status::Ongoing | Status::Disputed | Status::Resolved) => {
            report
                .at(Way::to("superseded-by"), format!("the status is `{}`", value.status.word()))
                .way_out("status = \"superseded\", or remove it");
        }
        _ => {}
    }
    let lasts = when.is_some_and(|when| when.until == Until::Open);
    if lasts && matches!(value.status, Status::Resolved | Status::Superseded) {
        report
            .at(Way::to("date"), format!("a stretch that lasts, but the status is `{}`", value.status.word()))
            .way_out("name its end, or status = \"ongoing\"");
    }
    if value.status == Status::Ongoing
        && let Some(when) = when
        && !lasts
    {
        let from = value.date.split('/').next().unwrap_or_default();
        let what = if when.until == Until::Same { "one date" } else { "a stretch that ended" };
        report
            .at(Way::to("date"), format!("{what}, but the status is `ongoing`"))
            .way_out(format!("date = \"{from}/\", or another status"));
    }
    let Some(outcome) = value.outcome.as_ref().filter(|_| value.state != State::Draft) else { return };
    let contradiction = match value.status {
        Status::Ongoing => (&OVER[..], "says that it is over"),
        Status::Resolved => (&GOES_ON[..], "says that it goes on"),
        _ => return,
    };
    let (words, says) = contradiction;
    for (key, text) in [("en", &outcome.en), ("fr", &outcome.fr)] {
        if let Some((at, word)) = words.iter().find_map(|word| text.find(word).map(|at| (at, *word))) {
            let what = format!("the status is `{}`, the outcome {says}", value.status.word());
            let fault = report.file.fault_within(&Way::to("outcome").key(key), at, word.len(), what);
            report.add(fault).way_out("one of the two is wrong");
            return;
        }
    }
}

fn after(when: Option<When>, date: &Datetime, way: &Way<'_>, what: &str, report: &mut Report<'_, Record>) {
    let number = date_number(date);
    if number == 0 || when.is_some_and(|when| number < when.from.first()) {
        report.at(way.key("date"), what).way_out("one of the two dates is wrong");
    }
}

/// A record that superseded another and was superseded by it, at any distance.
fn cycles(source: &Source, faults: &mut Vec<Fault>) {
    let next = |id: &str| source.records.get(id).and_then(|file| file.value.superseded_by.as_deref());
    let mut told = BTreeSet::new();
    for (id, file) in &source.records {
        let mut report = Report { file, faults };
        let Some(by) = next(id) else { continue };
        if !source.records.contains_key(by) {
            if !source.unread_records.contains(by) {
                report
                    .at(Way::to("superseded-by"), format!("there is no record `{by}`"))
                    .way_out("name another, or remove it");
            }
            continue;
        }
        let mut path = vec![id.as_str()];
        let mut at = by;
        while let Some(following) = next(at).filter(|_| !path.contains(&at)) {
            path.push(at);
            at = following;
        }
        if at == id && told.insert(path.iter().min().copied()) {
            path.push(at);
            report
                .at(Way::to("superseded-by"), format!("superseded in a circle: {}", path.join(", ")))
                .way_out("one of them was not superseded");
        }
    }
}

/// Readers take two records of one title for one; most often a file was copied.
fn same_titles(source: &Source, faults: &mut Vec<Fault>) {
    let mut owners: BTreeMap<&str, &str> = BTreeMap::new();
    for (id, file) in &source.records {
        let Some(title) = &file.value.title else { continue };
        if let Some(owner) = owners.insert(&title.en, id) {
            let what = format!("data/records/{owner}.toml has this title too");
            let fault = file.fault(&Way::to("title").key("en"), what);
            faults.push(fault.way_out("make one record of the two, or say in each title what is its own"));
        }
    }
}

fn site(context: &Context<'_>, domain: &str, report: &mut Report<'_, Site>) {
    let value = &report.file.value;
    let listed = [("", 0, domain)].into_iter();
    let listed =
        listed.chain(value.domains.iter().enumerate().map(|(number, other)| ("domains", number, other.as_str())));
    let former =
        value.former_domains.iter().enumerate().map(|(number, other)| ("former-domains", number, other.as_str()));
    for (key, number, name) in listed.chain(former) {
        let mut tell = |what: String, way_out: String| {
            let handle = if key.is_empty() { report.whole(what) } else { report.at(Way::to(key).nth(number), what) };
            handle.way_out(way_out);
        };
        match ascii(name) {
            None => tell(format!("`{name}` is no domain"), "as example.com".to_owned()),
            Some(written) if written != name => {
                tell(format!("browsers write `{name}` as `{written}`"), "write it so".to_owned());
            }
            Some(_) if key == "former-domains" => {}
            Some(_) => {
                let list = context.source.suffixes.as_ref();
                if list.is_some_and(|list| list.suffixes().registrable(name).is_none()) {
                    tell(
                        format!("`{name}` is a public suffix: names below it belong to others"),
                        "name a site, not a place where sites are registered".to_owned(),
                    );
                }
            }
        }
    }
    if value.name.trim().is_empty() {
        report.at(Way::to("name"), "there is no text");
    }
    let status = &value.legal_status;
    let way = Way::to("legal-status");
    both(context, &way, (&status.en, &status.fr), SUMMARY_MAX, report);
    if let Some(scope) = &status.scope {
        both(context, &way.key("scope"), (&scope.en, &scope.fr), SENTENCES_MAX, report);
    }
    optional_date(status.date.as_ref(), &way.key("date"), report);
    match &status.source {
        Some(page) => address(context, page, &way.key("source"), report),
        None if status.court.is_some() || status.date.is_some() || status.scope.is_some() => {
            report.at(way.key("en"), "a decision has a source").way_out("source = \"https://…\"");
        }
        None => {}
    }
    if let Some(own) = &value.self_description {
        let way = Way::to("self-description");
        // The site's own words, also where they judge.
        for (key, text) in [("en", &own.en), ("fr", &own.fr)] {
            if text.trim().is_empty() {
                report.at(way.key(key), "there is no text");
            }
        }
        address(context, &own.source, &way.key("source"), report);
    }
    for (number, said) in value.characterisation.iter().enumerate() {
        let way = Way::to("characterisation").nth(number);
        for (key, text) in [("en", &said.en), ("fr", &said.fr)] {
            if text.trim().is_empty() {
                report.at(way.key(key), "there is no text");
            }
        }
        for (key, text) in [("en", &said.by.en), ("fr", &said.by.fr)] {
            if text.trim().is_empty() {
                report.at(way.key("by").key(key), "a characterisation says whose it is").way_out("name who said it");
            }
        }
        date(&said.date, &way.key("date"), report);
        address(context, &said.source, &way.key("source"), report);
    }
    for (number, history) in value.provider_history.iter().enumerate() {
        history_of(context, history, &Way::to("provider-history").nth(number), report);
    }
}

fn history_of(context: &Context<'_>, history: &schema::ProviderHistory, way: &Way<'_>, report: &mut Report<'_, Site>) {
    match (&history.provider, &history.name) {
        (Some(id), None) if context.source.has_provider(id) => {}
        (Some(id), None) => {
            report
                .at(way.key("provider"), format!("there is no provider `{id}`"))
                .way_out("name = { en = \"…\", fr = \"…\" } for one that has no file");
        }
        (None, Some(_)) => {}
        _ => {
            report
                .at(way.key("role"), "a provider is named by its id or by a name")
                .way_out("either `provider` or `name`");
        }
    }
    both(context, &way.key("role"), (&history.role.en, &history.role.fr), TITLE_MAX, report);
    if let Some(note) = &history.note {
        both(context, &way.key("note"), (&note.en, &note.fr), SENTENCES_MAX, report);
    }
    let mut read = |key: &'static str, text: &str| {
        let day = Day::parse(text.strip_prefix("before ").unwrap_or(text));
        if day.is_err() {
            report.at(
                way.key(key),
                "a date is written 2019, 2019-08 or 2019-08-05; `before 2019` where only that is known",
            );
        }
        day.ok()
    };
    let from = read("from", &history.from);
    let to = history.to.as_ref().and_then(|to| read("to", to));
    if let (Some(from), Some(to)) = (from, to)
        && to.last() < from.first()
    {
        report.at(way.key("to"), "it ends before it begins").way_out("one of the two dates is wrong");
    }
    address(context, &history.source, &way.key("source"), report);
}

fn date<T>(text: &str, way: &Way<'_>, report: &mut Report<'_, T>) {
    if let Err(error) = When::parse(text) {
        report.at(way.clone(), error.to_string());
    }
}

fn optional_date<T>(text: Option<&String>, way: &Way<'_>, report: &mut Report<'_, T>) {
    if let Some(text) = text {
        date(text, way, report);
    }
}

/// Two sites cannot both stand under one domain, nor can one take over what belongs to the other.
fn shared_domains(source: &Source, faults: &mut Vec<Fault>) {
    let mut owners: BTreeMap<&str, &str> =
        source.sites.keys().map(|domain| (domain.as_str(), domain.as_str())).collect();
    for (domain, file) in &source.sites {
        for (number, other) in file.value.domains.iter().enumerate() {
            if let Some(owner) = owners.insert(other, domain) {
                let what = format!("data/sites/{owner}.toml claims `{other}` too");
                faults.push(file.fault(&Way::to("domains").nth(number), what).way_out("a domain belongs to one site"));
            }
        }
    }
    for (domain, file) in &source.sites {
        if let Some(above) = names(domain).skip(1).find(|above| owners.get(above).is_some_and(|owner| owner != domain))
        {
            let what = format!("`{domain}` stands below `{above}`, which is a site of its own");
            faults.push(Fault::file(&file.path, what).way_out("describe it there"));
        }
    }
}

/// The addresses of a provider with their names.
pub fn addresses_of(contacts: &schema::Contacts) -> [(&'static str, Option<&Contact>); 8] {
    [
        ("report-abuse", contacts.report_abuse.as_ref()),
        ("abuse-email", contacts.abuse_email.as_ref()),
        ("acceptable-use", contacts.acceptable_use.as_ref()),
        ("transparency-report", contacts.transparency_report.as_ref()),
        ("law-enforcement", contacts.law_enforcement.as_ref()),
        ("dsa-contact", contacts.dsa_contact.as_ref()),
        ("dsa-page", contacts.dsa_page.as_ref()),
        ("security", contacts.security.as_ref()),
    ]
}

fn contacts(context: &Context<'_>, report: &mut Report<'_, Provider>) {
    let Some(contacts) = &report.file.value.contacts else { return };
    for (key, contact) in addresses_of(contacts) {
        let Some(contact) = contact else { continue };
        let way = Way::to("contacts").key(key);
        match (&contact.url, &contact.email) {
            (Some(url), None) => address(context, url, &way.key("url"), report),
            (None, Some(email)) => {
                let well_formed = email.split_once('@').is_some_and(|(name, domain)| {
                    !name.is_empty() && ascii(domain).as_deref() == Some(domain) && domain.contains('.')
                });
                if !well_formed || !email.bytes().all(|byte| byte.is_ascii_graphic()) {
                    report.at(way.key("email"), "not a mailbox").way_out("as abuse@example.com");
                }
            }
            _ => {
                report.at(way.key("basis"), "a contact has either `url` or `email`");
            }
        }
        address(context, &contact.source, &way.key("source"), report);
        if contact.checked.date.is_none() {
            report.at(way.key("checked"), "`checked` is a date").way_out("as 2026-11-25");
        }
    }
    if let Some(notes) = &contacts.notes {
        both(context, &Way::to("contacts").key("notes"), (&notes.en, &notes.fr), SUMMARY_MAX, report);
    }
}

fn authorities(context: &Context<'_>, report: &mut Report<'_, Authorities>) {
    let mut seen = BTreeSet::new();
    for (number, authority) in report.file.value.authority.iter().enumerate() {
        let way = Way::to("authority").nth(number);
        let country = authority.country.as_str();
        if !matches!(country, "EU" | "INT") && !known_country(context.source, country) {
            report
                .at(way.key("country"), format!("unknown country `{country}`"))
                .way_out("ISO 3166-1 alpha-2, `EU` or `INT`");
        }
        // The two may be the same: most are the names of bodies.
        for (key, name) in [("en", &authority.name.en), ("fr", &authority.name.fr)] {
            if name.trim().is_empty() {
                report.at(way.key("name").key(key), "there is no text");
            }
        }
        if !seen.insert((country, authority.name.en.as_str(), authority.url.as_str())) {
            let what = format!("`{}` is listed twice", authority.name.en);
            report.at(way.key("name").key("en"), what).way_out("list it once");
        }
        both(context, &way.key("what-for"), (&authority.what_for.en, &authority.what_for.fr), SUMMARY_MAX, report);
        address(context, &authority.url, &way.key("url"), report);
        address(context, &authority.source, &way.key("source"), report);
        for (number, code) in authority.languages.iter().enumerate() {
            language(code, &way.key("languages").nth(number), report);
        }
        if authority.checked.date.is_none() {
            report.at(way.key("checked"), "`checked` is a date").way_out("as 2026-11-25");
        }
    }
}

fn word_lists(report: &mut Report<'_, Words>) {
    let words = &report.file.value;
    let lists = [
        (Way::to("judgement").key("en"), &words.judgement.en),
        (Way::to("judgement").key("fr"), &words.judgement.fr),
        (Way::to("given-names"), &words.given_names),
        (Way::to("not-a-person"), &words.not_a_person),
    ];
    for (way, list) in lists {
        if let Some(number) = (1..list.len()).find(|number| list[number - 1] >= list[*number]) {
            report
                .at(way.nth(number), "out of order: words are sorted, each once")
                .way_out("`served-by dataset fmt` sorts");
        }
    }
}

fn suffix_list(source: &Source, faults: &mut Vec<Fault>) {
    use sha2::Digest as _;
    let Some(list) = &source.suffixes else { return };
    let hash: String = sha2::Sha256::digest(&list.published).iter().map(|byte| format!("{byte:02x}")).collect();
    if list.header.get("sha256") != Some(&hash) {
        faults.push(
            Fault::file(&list.path, "what follows the head does not hash to its `sha256`")
                .way_out("people do not edit this file: fetch the list again"),
        );
    }
}
