//! The three forms of a report, written as entries come in.

use std::io::{self, Write};

use serde::Serialize;
use served_by::dataset::image::Image;
use served_by::detect;
use served_by::har::{Entry, Extent, Fault, Piece};
use served_by::ui::words::{self, Lang};

use crate::args::Format;
use crate::operators::Source;
use crate::report::{self, From, Line};
use crate::text::Summary;
use crate::{dataset, messages};

/// Raised when a name in a `json` report changes its meaning.
const REPORT_FORMAT: u32 = 1;

/// How verdicts are written; the workers share it.
#[derive(Clone, Copy)]
pub struct Renderer {
    pub image: Image<'static>,
    pub lang: Lang,
    pub format: Format,
}

/// What was made of some entries that follow one another.
pub enum Part {
    /// How many there are, and their lines.
    Lines(usize, Vec<u8>),
    Summary(Summary),
    /// Its place is counted from the beginning of its piece.
    Fault(Fault),
}

/// Where verdicts go.
pub struct Output<W> {
    out: W,
    renderer: Renderer,
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
struct Head<'a> {
    format: u32,
    tool: &'static str,
    version: &'static str,
    dataset: Dataset,
    /// Where the operators' names come from; absent without a table of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    operators: Option<Source<'a>>,
}

#[derive(Serialize)]
struct Dataset {
    date: String,
    sha256: String,
}

impl Renderer {
    /// Judges the entries of a piece; also how far the piece goes.
    pub fn piece(&self, file: &str, piece: Piece) -> (Vec<Part>, Extent) {
        let mut parts = Vec::new();
        let extent = piece.read(|number, item| match item {
            Ok(entry) => self.entry(From { file, entry: number }, &entry, &mut parts),
            Err(fault) => parts.push(Part::Fault(fault)),
        });
        (parts, extent)
    }

    /// Adds an entry to what came before it, unless that was a fault.
    fn entry(&self, from: From<'_>, entry: &Entry<'_>, parts: &mut Vec<Part>) {
        let tables = &self.image.tables;
        let fields = entry.fields();
        let response = entry.response(&fields);
        let verdict = detect::verdict(&response, tables);
        if self.format == Format::Text {
            if !matches!(parts.last(), Some(Part::Summary(_))) {
                parts.push(Part::Summary(Summary::of_piece(self.lang)));
            }
            if let Some(Part::Summary(summary)) = parts.last_mut() {
                summary.add(from, &response, &verdict, &entry.observations, tables);
            }
            return;
        }
        if !matches!(parts.last(), Some(Part::Lines(..))) {
            parts.push(Part::Lines(0, Vec::new()));
        }
        let Some(Part::Lines(count, bytes)) = parts.last_mut() else { unreachable!("pushed above") };
        let line = report::line(from, &response, &verdict, tables, self.lang);
        let written = if self.format == Format::Ndjson {
            let written = serde_json::to_writer(&mut *bytes, &line);
            bytes.push(b'\n');
            written
        } else {
            // What people would ask next.
            let observations = entry.observations.iter().map(|seen| messages::observation(self.lang, seen)).collect();
            bytes.extend_from_slice(if *count == 0 { b"" } else { b",\n" });
            let full = Line { status: Some(response.status), observations: Some(observations), ..line };
            serde_json::to_writer(bytes, &full)
        };
        written.expect("a report has no keys but texts, and memory takes it");
        *count += 1;
    }
}

impl<W: Write> Output<W> {
    pub fn begin(mut out: W, renderer: Renderer, colour: bool) -> io::Result<Self> {
        let form = match renderer.format {
            Format::Ndjson => Form::Ndjson,
            Format::Text => Form::Text(Summary::new(renderer.lang, colour)),
            Format::Json => {
                let image = &renderer.image;
                let head = Head {
                    format: REPORT_FORMAT,
                    tool: env!("CARGO_PKG_NAME"),
                    version: env!("CARGO_PKG_VERSION"),
                    dataset: Dataset { date: image.date(), sha256: dataset::hash(image) },
                    operators: Source::of(&image.tables.operators),
                };
                let head = serde_json::to_string(&head)?;
                // Entries are written as they come, so the document is put together here.
                write!(out, "{},\"entries\":[", head.strip_suffix('}').expect("an object"))?;
                Form::Json { entries: 0, faults: Vec::new() }
            }
        };
        Ok(Self { out, renderer, form })
    }

    pub fn write(&mut self, part: Part) -> io::Result<()> {
        match (part, &mut self.form) {
            (Part::Lines(count, bytes), form) => {
                if let Form::Json { entries, .. } = form {
                    self.out.write_all(if *entries == 0 { b"\n" } else { b",\n" })?;
                    *entries += count;
                }
                self.out.write_all(&bytes)
            }
            (Part::Summary(summary), Form::Text(all)) => {
                all.take_in(summary);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Lets out what was written: nothing more can be written for now.
    pub fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    /// Notes a fault for the report. What was written before it goes out at once.
    pub fn fault(&mut self, file: &str, fault: &Fault) -> io::Result<()> {
        if let Form::Json { faults, .. } = &mut self.form {
            let entry = match fault {
                Fault::Entry { entry, .. } | Fault::Member { entry, .. } => Some(*entry),
                _ => None,
            };
            let (line, column) = fault.place().map(|at| (at.line, at.column)).unzip();
            faults.push(Faulty {
                file: file.to_owned(),
                entry,
                line,
                column,
                what: messages::what(self.renderer.lang, fault),
            });
        }
        self.out.flush()
    }

    pub fn end(mut self) -> io::Result<()> {
        match &self.form {
            Form::Ndjson => {}
            Form::Text(summary) => {
                let (operators, lang) = (&self.renderer.image.tables.operators, self.renderer.lang);
                if summary.is_empty() {
                    writeln!(self.out, "{}", messages::no_response(lang))?;
                }
                summary.write(&mut self.out)?;
                // Where nothing was answered, nothing came from the table.
                if !(operators.is_empty() || summary.is_empty()) {
                    writeln!(self.out, "\n{}", words::operators_source(operators, lang))?;
                }
            }
            Form::Json { entries, faults } => {
                self.out.write_all(if *entries == 0 { b"],\"faults\":" } else { b"\n],\"faults\":" })?;
                serde_json::to_writer(&mut self.out, faults)?;
                self.out.write_all(b"}\n")?;
            }
        }
        self.out.flush()
    }
}
