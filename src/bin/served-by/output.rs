//! The three forms of a report, written as entries come in.

use std::io::{self, Write};

use serde::Serialize;
use served_by::dataset::image::Image;
use served_by::detect;
use served_by::har::{Entry, Fault};
use served_by::ui::words::{self, Lang};

use crate::args::Format;
use crate::report::{self, From, Line};
use crate::text::Summary;
use crate::{dataset, messages};

/// Raised when a name in a `json` report changes its meaning.
const REPORT_FORMAT: u32 = 1;

/// Where verdicts go.
pub struct Output<'i, W> {
    out: W,
    image: &'i Image<'i>,
    lang: Lang,
    form: Form,
}

enum Form {
    Ndjson,
    /// With the number of entries written, and what is reported behind them.
    Json {
        entries: usize,
        faults: Vec<Faulty>,
    },
    Text(Summary),
}

/// An entry of a `json` report: the line of an `ndjson` report and what people would ask next.
#[derive(Serialize)]
struct Full<'a> {
    #[serde(flatten)]
    line: Line<'a>,
    status: u16,
    conflicts: Vec<String>,
    observations: Vec<String>,
}

/// A fault in a `json` report.
#[derive(Serialize)]
struct Faulty {
    file: String,
    entry: Option<usize>,
    line: Option<u64>,
    column: Option<u64>,
    what: String,
}

#[derive(Serialize)]
struct Head {
    format: u32,
    tool: &'static str,
    version: &'static str,
    dataset: Dataset,
}

#[derive(Serialize)]
struct Dataset {
    date: String,
    sha256: String,
}

impl<'i, W: Write> Output<'i, W> {
    pub fn begin(mut out: W, format: Format, lang: Lang, colour: bool, image: &'i Image<'i>) -> io::Result<Self> {
        let form = match format {
            Format::Ndjson => Form::Ndjson,
            Format::Text => Form::Text(Summary::new(lang, colour)),
            Format::Json => {
                let head = Head {
                    format: REPORT_FORMAT,
                    tool: env!("CARGO_PKG_NAME"),
                    version: env!("CARGO_PKG_VERSION"),
                    dataset: Dataset { date: image.date(), sha256: dataset::hash(image) },
                };
                let head = serde_json::to_string(&head)?;
                // Entries are written as they come, so the document is put together here.
                write!(out, "{},\"entries\":[", head.strip_suffix('}').expect("an object"))?;
                Form::Json { entries: 0, faults: Vec::new() }
            }
        };
        Ok(Self { out, image, lang, form })
    }

    pub fn entry(&mut self, from: From<'_>, entry: &Entry) -> io::Result<()> {
        let tables = &self.image.tables;
        let fields = entry.fields();
        let response = entry.response(&fields);
        let verdict = detect::verdict(&response, tables);
        let line = report::line(from, &response, &verdict, tables, self.lang);
        match &mut self.form {
            Form::Ndjson => {
                serde_json::to_writer(&mut self.out, &line)?;
                self.out.write_all(b"\n")
            }
            Form::Text(summary) => {
                summary.add(&line, &response, &verdict, &entry.observations, tables);
                Ok(())
            }
            Form::Json { entries, .. } => {
                let conflicts = verdict.conflicts.iter().map(|conflict| words::conflict(*conflict, tables, self.lang));
                let observations = entry.observations.iter().map(|seen| messages::observation(self.lang, seen));
                let (conflicts, observations) = (conflicts.collect(), observations.collect());
                self.out.write_all(if *entries == 0 { b"\n" } else { b",\n" })?;
                *entries += 1;
                Ok(serde_json::to_writer(
                    &mut self.out,
                    &Full { line, status: response.status, conflicts, observations },
                )?)
            }
        }
    }

    /// Notes a fault for the report. What was written before it goes out at once.
    pub fn fault(&mut self, file: &str, fault: &Fault) -> io::Result<()> {
        if let Form::Json { faults, .. } = &mut self.form {
            let entry = match fault {
                Fault::Entry { entry, .. } => Some(*entry),
                _ => None,
            };
            let (line, column) = fault.place().map(|at| (at.line, at.column)).unzip();
            faults.push(Faulty { file: file.to_owned(), entry, line, column, what: messages::what(self.lang, fault) });
        }
        self.out.flush()
    }

    pub fn end(mut self) -> io::Result<()> {
        match &self.form {
            Form::Ndjson => {}
            Form::Text(summary) => summary.write(&mut self.out)?,
            Form::Json { entries, faults } => {
                self.out.write_all(if *entries == 0 { b"],\"faults\":" } else { b"\n],\"faults\":" })?;
                serde_json::to_writer(&mut self.out, faults)?;
                self.out.write_all(b"}\n")?;
            }
        }
        self.out.flush()
    }
}
