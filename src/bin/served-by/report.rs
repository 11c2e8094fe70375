//! A verdict as one line of a report. The names and their order are a promise to the programs that read it.

use std::borrow::Cow;

use served_by::dataset::schema::Confidence;
use served_by::detect::response::Response;
use served_by::detect::table::{ListRow, Provider, Tables};
use served_by::detect::verdict::{Basis, Evidence, Verdict};
use served_by::detect::vocabulary::{Grade, Strength};
use served_by::field;
use served_by::net::operators::{AsNumber, Operators};
use served_by::ui::words::{self, Lang, Voice};

/// What is reported of one entry.
pub struct Line<'a> {
    /// Name of the file without its folder.
    pub file: &'a str,
    /// Number of the entry in that file, from zero.
    pub entry: usize,
    pub url: &'a str,
    pub delivered_by: Option<&'a str>,
    pub grade: Grade,
    /// The reader's side first.
    pub layers: Vec<Layer<'a>>,
    pub hosted_at: Option<&'a str>,
    pub origin: &'static str,
    pub pop: Option<Pop<'a>>,
    pub copy: &'static str,
    pub age_s: Option<u64>,
    pub evidence: Vec<Seen<'a>>,
    pub why: String,
    /// Who operates the network that answered, where the table of operators is there.
    pub operator: Option<Operator>,
}

pub struct Layer<'a> {
    pub provider: &'a str,
    pub role: &'static str,
}

pub struct Operator {
    pub as_number: u32,
    pub name: Option<String>,
    /// The operator's home country, ISO 3166-1 alpha-2: not where the server stands.
    pub country: Option<String>,
}

impl Operator {
    pub fn of(number: AsNumber, operators: &Operators<'_>) -> Self {
        let place = operators.place_of(number);
        let name = place.and_then(|place| operators.name_at(place)).filter(|name| !name.is_empty());
        let country = place.and_then(|place| operators.country_at(place));
        Self {
            as_number: number.0,
            name: name.map(|name| name.to_string()),
            country: country.and_then(|code| String::from_utf8(code.into()).ok()),
        }
    }
}

pub struct Pop<'a> {
    /// As the provider sent it.
    pub code: Cow<'a, str>,
    /// In the language of the report; nothing where the code is unknown or only its country is sure.
    pub city: Option<&'a str>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<&'a str>,
}

pub struct Seen<'a> {
    pub signature: Cow<'a, str>,
    pub field: &'a str,
    pub value: Cow<'a, str>,
    pub grade: Grade,
    /// Address of the document that states the rule or the list, or `observed`.
    pub source: Cow<'a, str>,
}

impl Line<'_> {
    /// Writes the line as a JSON object without its closing brace, for others to go on.
    ///
    /// `serde_json` looks at each byte of a text by itself. Here that was a fifth of all work on a
    /// recording, since most of a line are texts with nothing to escape.
    pub fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(b"{\"file\":");
        write_text(out, self.file);
        out.extend_from_slice(b",\"entry\":");
        write_number(out, self.entry as u64);
        out.extend_from_slice(b",\"url\":");
        write_text(out, self.url);
        out.extend_from_slice(b",\"delivered_by\":");
        write_some(out, self.delivered_by);
        out.extend_from_slice(b",\"grade\":");
        write_text(out, grade_word(self.grade));
        out.extend_from_slice(b",\"layers\":");
        write_list(out, &self.layers, |out, layer| {
            out.extend_from_slice(b"{\"provider\":");
            write_text(out, layer.provider);
            out.extend_from_slice(b",\"role\":");
            write_text(out, layer.role);
            out.push(b'}');
        });
        out.extend_from_slice(b",\"hosted_at\":");
        write_some(out, self.hosted_at);
        out.extend_from_slice(b",\"origin\":");
        write_text(out, self.origin);
        out.extend_from_slice(b",\"pop\":");
        if let Some(pop) = &self.pop {
            out.extend_from_slice(b"{\"code\":");
            write_text(out, &pop.code);
            out.extend_from_slice(b",\"city\":");
            write_some(out, pop.city);
            out.extend_from_slice(b",\"country\":");
            write_some(out, pop.country);
            out.push(b'}');
        } else {
            out.extend_from_slice(b"null");
        }
        out.extend_from_slice(b",\"copy\":");
        write_text(out, self.copy);
        out.extend_from_slice(b",\"age_s\":");
        match self.age_s {
            Some(age_s) => write_number(out, age_s),
            None => out.extend_from_slice(b"null"),
        }
        out.extend_from_slice(b",\"evidence\":");
        write_list(out, &self.evidence, |out, seen| {
            out.extend_from_slice(b"{\"signature\":");
            write_text(out, &seen.signature);
            out.extend_from_slice(b",\"field\":");
            write_text(out, seen.field);
            out.extend_from_slice(b",\"value\":");
            write_text(out, &seen.value);
            out.extend_from_slice(b",\"grade\":");
            write_text(out, grade_word(seen.grade));
            out.extend_from_slice(b",\"source\":");
            write_text(out, &seen.source);
            out.push(b'}');
        });
        out.extend_from_slice(b",\"why\":");
        write_text(out, &self.why);
        out.extend_from_slice(b",\"operator\":");
        if let Some(operator) = &self.operator {
            out.extend_from_slice(b"{\"as_number\":");
            write_number(out, operator.as_number.into());
            out.extend_from_slice(b",\"name\":");
            write_some(out, operator.name.as_deref());
            out.extend_from_slice(b",\"country\":");
            write_some(out, operator.country.as_deref());
            out.push(b'}');
        } else {
            out.extend_from_slice(b"null");
        }
    }
}

/// A list, each member as it is written by the caller.
pub fn write_list<T>(out: &mut Vec<u8>, list: &[T], write: impl Fn(&mut Vec<u8>, &T)) {
    out.push(b'[');
    for (number, member) in list.iter().enumerate() {
        if number > 0 {
            out.push(b',');
        }
        write(out, member);
    }
    out.push(b']');
}

pub fn write_text(out: &mut Vec<u8>, text: &str) {
    // To the end in any case, so that it is done for many bytes at once (RFC 8259, section 7).
    let plain = text.bytes().fold(true, |plain, byte| plain & (byte >= b' ') & (byte != b'"') & (byte != b'\\'));
    if plain {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
    } else {
        serde_json::to_writer(out, text).expect("memory takes it");
    }
}

fn write_some(out: &mut Vec<u8>, text: Option<&str>) {
    match text {
        Some(text) => write_text(out, text),
        None => out.extend_from_slice(b"null"),
    }
}

pub fn write_number(out: &mut Vec<u8>, number: u64) {
    serde_json::to_writer(out, &number).expect("memory takes it");
}

/// As the reports write it.
fn grade_word(grade: Grade) -> &'static str {
    match grade {
        Grade::Unknown => "unknown",
        Grade::Possible => "possible",
        Grade::Likely => "likely",
        Grade::Certain => "certain",
    }
}

/// Where a response stood.
#[derive(Clone, Copy)]
pub struct From<'a> {
    pub file: &'a str,
    pub entry: usize,
}

/// The line of one verdict.
pub fn line<'a>(
    from: From<'a>,
    response: &'a Response<'a>,
    verdict: &'a Verdict<'a>,
    tables: &Tables<'a>,
    lang: Lang,
) -> Line<'a> {
    let id = |provider: Provider| tables.id(provider);
    let layers = verdict.layers.iter().map(|layer| Layer { provider: id(layer.provider), role: layer.role.word() });
    Line {
        file: from.file,
        entry: from.entry,
        url: response.url,
        delivered_by: verdict.delivered_by.map(id),
        grade: verdict.grade,
        layers: layers.collect(),
        hosted_at: verdict.hosted_at.map(id),
        origin: verdict.origin.word(),
        pop: pop(verdict, tables, lang),
        copy: verdict.copy.word(),
        age_s: verdict.age_s,
        evidence: verdict.evidence.iter().map(|evidence| seen(evidence, response, tables)).collect(),
        why: words::why(verdict, response, tables, lang, Voice::Recorded),
        operator: verdict.operator.map(|number| Operator::of(number, &tables.operators)),
    }
}

fn pop<'a>(verdict: &'a Verdict<'a>, tables: &Tables<'a>, lang: Lang) -> Option<Pop<'a>> {
    let pop = verdict.pop.as_ref()?;
    let row = pop.coding.and_then(|coding| tables.place(coding, &pop.code));
    let city = row.filter(|row| row.confidence != Confidence::Inferred as u8).map(|row| match lang {
        Lang::En => tables.text(row.city),
        Lang::Fr => tables.text(row.city_fr),
    });
    let country = row.and_then(|row| std::str::from_utf8(&row.country).ok());
    Some(Pop { code: field::text(pop.code.as_bytes()), city, country })
}

fn seen<'a>(evidence: &'a Evidence<'a>, response: &Response<'_>, tables: &Tables<'a>) -> Seen<'a> {
    match evidence.basis {
        Basis::Rule(rule) => {
            let row = tables.rule(rule);
            Seen {
                signature: row.map_or("", |row| tables.text(row.id)).into(),
                field: evidence.field,
                value: field::text(&evidence.value),
                grade: row.map_or(Grade::Unknown, |row| grade(row.strength())),
                source: row.map_or("", |row| tables.text(row.source)).into(),
            }
        }
        Basis::Prefix(holder) => {
            let list = tables.list(holder.list);
            let name = list.map_or("", |list| tables.text(list.name));
            Seen {
                signature: format!("{}/address:{name}", tables.id(evidence.provider)).into(),
                field: evidence.field,
                value: response.server_address.map(|address| address.to_string()).unwrap_or_default().into(),
                grade: if list.is_some_and(|list| list.is_published()) { Grade::Certain } else { Grade::Likely },
                source: list.map_or("".into(), |list| list_source(list, tables)),
            }
        }
    }
}

/// Where a list of addresses is published; one that nobody publishes stands in the dataset with its source.
pub fn list_source<'a>(list: &ListRow, tables: &Tables<'a>) -> Cow<'a, str> {
    match tables.text(list.published_at) {
        "" => format!("data/fetched/{}.txt", tables.text(list.name)).into(),
        address => address.into(),
    }
}

/// How sure a mark alone makes that its provider took part.
fn grade(strength: Strength) -> Grade {
    match strength {
        Strength::Definitive => Grade::Certain,
        Strength::Strong => Grade::Likely,
        Strength::Weak => Grade::Possible,
        Strength::Reading => Grade::Unknown,
    }
}
