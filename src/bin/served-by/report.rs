//! A verdict as one line of a report. The names and their order are a promise to the programs that read it.

use std::borrow::Cow;

use serde::Serialize;
use served_by::dataset::schema::Confidence;
use served_by::detect::response::Response;
use served_by::detect::table::{ListRow, Provider, Tables};
use served_by::detect::verdict::{Basis, Evidence, Verdict};
use served_by::detect::vocabulary::{Grade, Strength};
use served_by::field;
use served_by::net::operators::{Operators, Place};
use served_by::ui::words::{self, Lang, Voice};

/// What is reported of one entry.
#[derive(Serialize)]
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
    /// In a `json` report only, as are the observations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Observations that do not go together, each as a sentence.
    pub conflicts: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub observations: Option<Vec<String>>,
}

#[derive(Serialize)]
pub struct Layer<'a> {
    pub provider: &'a str,
    pub role: &'static str,
}

#[derive(Serialize)]
pub struct Operator {
    pub as_number: u32,
    pub name: Option<String>,
    /// The operator's home country, ISO 3166-1 alpha-2: not where the server stands.
    pub country: Option<String>,
}

impl Operator {
    pub fn at(place: Place, operators: &Operators<'_>) -> Option<Self> {
        let name = operators.name_at(place).filter(|name| !name.is_empty());
        Some(Self {
            as_number: operators.number_at(place)?.0,
            name: name.map(|name| name.to_string()),
            country: operators.country_at(place).and_then(|code| String::from_utf8(code.into()).ok()),
        })
    }
}

#[derive(Serialize)]
pub struct Pop<'a> {
    /// As the provider sent it.
    pub code: Cow<'a, str>,
    /// In the language of the report; nothing where the code is unknown or only its country is sure.
    pub city: Option<&'a str>,
    /// ISO 3166-1 alpha-2.
    pub country: Option<&'a str>,
}

#[derive(Serialize)]
pub struct Seen<'a> {
    pub signature: Cow<'a, str>,
    pub field: &'a str,
    pub value: Cow<'a, str>,
    pub grade: Grade,
    /// Address of the document that states the rule or the list, or `observed`.
    pub source: Cow<'a, str>,
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
        operator: operator(verdict, response, tables),
        status: None,
        conflicts: verdict.conflicts.iter().map(|conflict| words::conflict(*conflict, tables, lang)).collect(),
        observations: None,
    }
}

/// It is looked for by its address again: by its number it would take a hundred times as long.
fn operator(verdict: &Verdict<'_>, response: &Response<'_>, tables: &Tables<'_>) -> Option<Operator> {
    let address = verdict.operator.and(response.server_address)?;
    Operator::at(tables.operators.place(address)?, &tables.operators)
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
