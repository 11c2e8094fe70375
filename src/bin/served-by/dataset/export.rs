//! `served-by dataset export`: the published records for other programs, as JSON and CSV.

use std::io::{self, Write};

use serde::Serialize;
use served_by::dataset::compile::records::shown;
use served_by::dataset::read::Source;
use served_by::dataset::schema::records::{Record, Site};
use served_by::records::vocabulary::State;

/// Raised when a member changes its meaning.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Document<'s> {
    format: u32,
    licence: &'static str,
    /// Day of the dataset.
    date: String,
    records: Vec<Identified<'s, Record>>,
    sites: Vec<Identified<'s, Site>>,
}

#[derive(Serialize)]
struct Identified<'s, T> {
    id: &'s str,
    #[serde(flatten)]
    value: &'s T,
}

/// One document. Dates stand in it as the data files write them.
pub fn json(source: &Source, date: String, out: &mut impl Write) -> io::Result<()> {
    let document = Document {
        format: FORMAT,
        licence: "CC BY 4.0",
        date,
        records: shown(source).map(|(id, value)| Identified { id, value }).collect(),
        sites: source.sites.iter().map(|(id, file)| Identified { id: id.as_str(), value: &file.value }).collect(),
    };
    // TOML's dates are objects to serde; as texts they are what everybody expects.
    let mut value = serde_json::to_value(document).map_err(io::Error::other)?;
    plain_dates(&mut value);
    serde_json::to_writer_pretty(&mut *out, &value).map_err(io::Error::other)?;
    writeln!(out)
}

fn plain_dates(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            if let [(_, text)] =
                members.iter().filter(|(key, _)| *key == "$__toml_private_datetime").collect::<Vec<_>>()[..]
            {
                *value = text.clone();
                return;
            }
            members.values_mut().for_each(plain_dates);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(plain_dates),
        _ => {}
    }
}

/// One line for each record (RFC 4180), lists with semicolons between.
pub fn csv(source: &Source, out: &mut impl Write) -> io::Result<()> {
    const HEAD: [&str; 17] = [
        "id",
        "state",
        "date",
        "kind",
        "status",
        "providers",
        "sites",
        "title_en",
        "title_fr",
        "summary_en",
        "summary_fr",
        "position_en",
        "position_fr",
        "outcome_en",
        "outcome_fr",
        "sources",
        "reviewed",
    ];
    line(out, &HEAD.map(str::to_owned))?;
    for (id, record) in shown(source) {
        let withdrawn = record.state == State::Withdrawn;
        let pair = |text: Option<(&String, &String)>| {
            text.filter(|_| !withdrawn).map_or([String::new(), String::new()], |(en, fr)| [en.clone(), fr.clone()])
        };
        let [title_en, title_fr] = pair(record.title.as_ref().map(|text| (&text.en, &text.fr)));
        let [summary_en, summary_fr] = match &record.withdrawn_because {
            Some(because) if withdrawn => [because.en.clone(), because.fr.clone()],
            _ => pair(record.summary.as_ref().map(|text| (&text.en, &text.fr))),
        };
        let [position_en, position_fr] = pair(record.position.as_ref().map(|text| (&text.en, &text.fr)));
        let [outcome_en, outcome_fr] = pair(record.outcome.as_ref().map(|text| (&text.en, &text.fr)));
        let sources: Vec<&str> =
            if withdrawn { Vec::new() } else { record.source.iter().map(|source| source.url.as_str()).collect() };
        line(
            out,
            &[
                id.to_owned(),
                record.state.word().to_owned(),
                record.date.clone(),
                record.kind.word().to_owned(),
                record.status.word().to_owned(),
                record.providers.join("; "),
                record.sites.join("; "),
                title_en,
                title_fr,
                summary_en,
                summary_fr,
                position_en,
                position_fr,
                outcome_en,
                outcome_fr,
                sources.join("; "),
                record.reviewed.to_string(),
            ],
        )?;
    }
    Ok(())
}

fn line(out: &mut impl Write, cells: &[String]) -> io::Result<()> {
    let quoted = cells.iter().map(|cell| {
        if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.clone() }
    });
    write!(out, "{}\r\n", quoted.collect::<Vec<_>>().join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_as_rfc_4180_says() {
        let mut out = Vec::new();
        line(&mut out, &["plain".to_owned(), "a, \"b\"".to_owned(), String::new()]).unwrap();
        assert_eq!(out, b"plain,\"a, \"\"b\"\"\",\r\n");
    }
}
