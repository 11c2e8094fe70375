//! `served-by evaluate`: verdicts against labels, and how often they are right.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use served_by::dataset::image::Image;
use served_by::detect;
use served_by::detect::vocabulary::Grade;
use served_by::har::{self, Entries, Entry, Expected, Fault, Input, LINE_MAX, Place};
use served_by::ui::words::{self, Lang};

use crate::args::{Evaluate, EvaluateFormat};
use crate::figures::{Counts, Equal, Figures, Label, Said};
use crate::{Outcome, dataset, input, messages};

/// Raised when a name in the `json` form changes its meaning.
const FORMAT: u32 = 1;
/// Confusions that the text lists.
const CONFUSIONS_MAX: usize = 40;

/// Judges every labelled response and counts.
///
/// An error is one of writing; those of reading are told and end up in the outcome.
pub fn run(
    options: &Evaluate,
    image: &Image<'_>,
    lang: Lang,
    out: &mut impl Write,
    outcome: &mut Outcome,
) -> io::Result<()> {
    let mut evaluation = Evaluation {
        options,
        image,
        lang,
        all: Figures::default(),
        tags: BTreeMap::new(),
        unlabelled: 0,
        unread: 0,
        strangers: BTreeSet::new(),
        outcome: Outcome::Clean,
    };
    for path in &options.labelled {
        if path.is_dir() {
            evaluation.folder(path);
        } else {
            evaluation.file(path);
        }
    }
    *outcome = evaluation.outcome;
    match options.format {
        EvaluateFormat::Text => evaluation.write(out),
        EvaluateFormat::Json => {
            serde_json::to_writer_pretty(&mut *out, &evaluation.json())?;
            out.write_all(b"\n")
        }
    }
}

struct Evaluation<'o> {
    options: &'o Evaluate,
    image: &'o Image<'o>,
    lang: Lang,
    all: Figures,
    tags: BTreeMap<String, Figures>,
    /// Responses without a label, and such as could not be read.
    unlabelled: u64,
    unread: u64,
    /// Ids in labels that the dataset does not know.
    strangers: BTreeSet<String>,
    outcome: Outcome,
}

/// The label in a line: beside the response's own members.
#[derive(Deserialize)]
struct LabelledLine {
    expected: Option<LineLabel>,
    #[serde(default)]
    hard: bool,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineLabel {
    delivered_by: Option<String>,
    layers: Option<Vec<LayerLabel>>,
    #[serde(default, deserialize_with = "told")]
    hosted_at: Option<Option<String>>,
    origin: Option<String>,
    copy: Option<String>,
    #[serde(default)]
    hard: bool,
    #[serde(default)]
    tags: Vec<String>,
}

/// A provider's id, or a layer as `inspect` writes it.
#[derive(Deserialize)]
#[serde(untagged)]
enum LayerLabel {
    Id(String),
    Layer { provider: String },
}

/// Tells a member that is null from one that is not there.
fn told<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The labels of a case: `case.toml` beside `page.har`.
#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    entry: Vec<CaseLabel>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct CaseLabel {
    delivered_by: Option<String>,
    layers: Option<Vec<String>>,
    hosted_at: Option<String>,
    origin: Option<String>,
    copy: Option<String>,
    #[serde(default)]
    tags: Vec<String>,
}

impl From<LineLabel> for Label {
    fn from(label: LineLabel) -> Self {
        let layers = |layers: Vec<LayerLabel>| {
            let ids = layers.into_iter().map(|layer| match layer {
                LayerLabel::Id(id) | LayerLabel::Layer { provider: id } => id,
            });
            ids.collect()
        };
        Self {
            delivered_by: label.delivered_by,
            layers: label.layers.map(layers),
            hosted_at: label.hosted_at,
            origin: label.origin,
            copy: label.copy,
            tags: label.tags,
        }
    }
}

impl From<CaseLabel> for Label {
    fn from(label: CaseLabel) -> Self {
        Self {
            delivered_by: label.delivered_by,
            layers: label.layers,
            hosted_at: label.hosted_at.map(Some),
            origin: label.origin,
            copy: label.copy,
            tags: label.tags,
        }
    }
}

impl Evaluation<'_> {
    fn tell(&mut self, path: &Path, fault: &Fault) {
        input::tell(messages::fault(self.lang, path, fault));
        self.outcome = self.outcome.max(if fault.is_of_file() { Outcome::Failed } else { Outcome::Faults });
        // An entry with a faulty member is judged all the same.
        self.unread += u64::from(!matches!(fault, Fault::Member { .. }));
    }

    /// Lines of responses with their labels.
    fn file(&mut self, path: &Path) {
        match input::open(path, Some(Input::Ndjson), true) {
            Ok(opened) => {
                self.lines(path, opened.reader);
                opened.bar.finish_and_clear();
            }
            Err(error) => self.tell(path, &Fault::NotOpened(error)),
        }
    }

    fn lines(&mut self, path: &Path, reader: impl Read) {
        let mut reader = BufReader::with_capacity(1 << 18, reader);
        let (mut line, mut number, mut entry) = (Vec::new(), 0, 0);
        loop {
            line.clear();
            number += 1;
            match (&mut reader).take(LINE_MAX as u64 + 1).read_until(b'\n', &mut line) {
                Ok(0) => break,
                Ok(len) if len > LINE_MAX => {
                    let at = Place { line: number, column: 1 };
                    self.tell(path, &Fault::Entry { entry, at, expected: Expected::ShortLine });
                    entry += 1;
                    if let Err(error) = reader.skip_until(b'\n') {
                        return self.tell(path, &Fault::Read(error));
                    }
                }
                Ok(_) if line.trim_ascii().is_empty() => {}
                Ok(_) => {
                    let text = if number == 1 { input::unmarked(&line) } else { &line };
                    self.line(path, text, entry, number);
                    entry += 1;
                }
                Err(error) => return self.tell(path, &Fault::Read(error)),
            }
        }
    }

    fn line(&mut self, path: &Path, text: &[u8], entry: usize, number: u64) {
        let mut response = None;
        for item in har::line(text, entry, number) {
            match item {
                Ok(entry) => response = Some(entry),
                Err(fault) => self.tell(path, &fault),
            }
        }
        let Some(response) = response else { return };
        match serde_json::from_slice::<LabelledLine>(text) {
            Ok(LabelledLine { expected: Some(label), hard, mut tags }) => {
                if hard || label.hard {
                    tags.push("hard".to_owned());
                }
                let mut label = Label::from(label);
                label.tags.append(&mut tags);
                self.add(&label, response);
            }
            Ok(_) => self.unlabelled += 1,
            Err(error) => {
                input::tell(messages::no_label(self.lang, path, number, error.column(), &error));
                self.outcome = self.outcome.max(Outcome::Faults);
                self.unread += 1;
            }
        }
    }

    /// Cases: in the folder, or in those right below it.
    fn folder(&mut self, path: &Path) {
        let mut folders: Vec<PathBuf> = match fs::read_dir(path) {
            Ok(entries) => entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect(),
            Err(error) => return self.tell(path, &Fault::NotOpened(error)),
        };
        folders.sort();
        folders.insert(0, path.to_owned());
        let cases: Vec<&PathBuf> = folders.iter().filter(|folder| folder.join("case.toml").is_file()).collect();
        if cases.is_empty() {
            let none = io::Error::new(io::ErrorKind::NotFound, messages::no_cases(self.lang));
            return self.tell(path, &Fault::NotOpened(none));
        }
        for case in cases {
            self.case(case);
        }
    }

    fn case(&mut self, folder: &Path) {
        let (toml, page) = (folder.join("case.toml"), folder.join("page.har"));
        let text = match fs::read_to_string(&toml) {
            Ok(text) => text,
            Err(error) => return self.tell(&toml, &Fault::NotOpened(error)),
        };
        let labels = match toml::from_str::<Case>(&text) {
            Ok(case) => case.entry,
            Err(error) => {
                let invalid = io::Error::new(io::ErrorKind::InvalidData, error.message().to_owned());
                return self.tell(&toml, &Fault::Read(invalid));
            }
        };
        let file = match File::open(&page) {
            Ok(file) => file,
            Err(error) => return self.tell(&page, &Fault::NotOpened(error)),
        };
        let mut labels = labels.into_iter();
        for response in Entries::new(file) {
            if let Err(fault @ Fault::Member { .. }) = &response {
                self.tell(&page, fault);
                continue;
            }
            match (response, labels.next()) {
                (Ok(response), Some(label)) => self.add(&label.into(), response),
                (Ok(_), None) => self.unlabelled += 1,
                (Err(fault), _) => self.tell(&page, &fault),
            }
        }
    }

    fn add(&mut self, label: &Label, mut response: Entry<'_>) {
        if self.options.without_address {
            response.server_address = None;
        }
        let tables = &self.image.tables;
        let fields = response.fields();
        let seen = response.response(&fields);
        let verdict = detect::verdict(&seen, tables);
        let mut layers: Vec<String> = Vec::new();
        for layer in &verdict.layers {
            let id = tables.id(layer.provider);
            if !layers.iter().any(|known| known == id) {
                layers.push(id.to_owned());
            }
        }
        let said = Said {
            delivered_by: verdict.delivered_by.map(|provider| tables.id(provider).to_owned()),
            certain: verdict.grade == Grade::Certain,
            layers,
            hosted_at: verdict.hosted_at.map(|provider| tables.id(provider).to_owned()),
            origin: verdict.origin.word().to_owned(),
            copy: verdict.copy.word().to_owned(),
        };
        let named =
            label.delivered_by.iter().chain(label.layers.iter().flatten()).chain(label.hosted_at.iter().flatten());
        for id in named.filter(|id| tables.find(id).is_none()) {
            self.strangers.insert(id.clone());
        }
        self.all.add(label, &said);
        let tags: BTreeSet<&String> = label.tags.iter().collect();
        for tag in tags {
            self.tags.entry(tag.clone()).or_default().add(label, &said);
        }
    }

    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let lang = self.lang;
        writeln!(
            out,
            "{}",
            messages::evaluated(lang, self.all.responses, self.unlabelled, self.unread, self.image.date())
        )?;
        let heads = messages::figure_heads(lang);
        let groups =
            [(messages::all(lang), &self.all)].into_iter().chain(self.tags.iter().map(|(tag, of)| (tag.as_str(), of)));
        let width = self.tags.keys().map(|tag| tag.chars().count()).max().unwrap_or(0).max(12);
        write!(out, "\n{:width$}", "")?;
        for head in heads {
            write!(out, "  {head:>11}")?;
        }
        writeln!(out)?;
        for (name, of) in groups {
            write!(out, "{name:width$}  {:>11}", words::number(of.responses, lang))?;
            let counts = &of.delivered_by;
            for figure in [counts.precision(), counts.recall(), counts.f1(), of.macro_f1(), of.certain.precision()] {
                write!(out, "  {:>11}", decimal(figure, lang))?;
            }
            writeln!(out, "  {:>11}", words::number(of.certain.said, lang))?;
        }
        writeln!(out)?;
        for (name, figure, of) in self.others() {
            if of > 0 {
                writeln!(out, "{name:width$}  {}", messages::figure_of(lang, &decimal(figure, lang), of))?;
            }
        }
        let confusions = self.all.confusions();
        if !confusions.is_empty() {
            writeln!(out, "\n{}", messages::confusions(lang))?;
            for (expected, said, count) in confusions.iter().take(CONFUSIONS_MAX) {
                let name = |id: &Option<String>| id.clone().unwrap_or_else(|| messages::nobody(lang).to_owned());
                writeln!(out, "  {:>5}  {:<24} → {}", words::number(*count, lang), name(expected), name(said))?;
            }
            if let Some(more) = confusions.len().checked_sub(CONFUSIONS_MAX).filter(|more| *more > 0) {
                writeln!(out, "  {}", messages::more(lang, more as u64))?;
            }
        }
        if !self.strangers.is_empty() {
            let ids = self.strangers.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
            writeln!(out, "\n{}", messages::strangers(lang, &ids))?;
        }
        Ok(())
    }

    /// What labels may hold beside the deliverer, with how many there were.
    fn others(&self) -> [(&'static str, Option<f64>, u64); 5] {
        let of = &self.all;
        let [nobody, layers, hosted_at, origin, copy] = messages::other_figures(self.lang);
        [
            (nobody, of.nobody.share(), of.nobody.of),
            (layers, of.layers.f1(), of.layers.expected),
            (hosted_at, of.hosted_at.f1(), of.hosted_at.expected),
            (origin, of.origin.share(), of.origin.of),
            (copy, of.copy.share(), of.copy.of),
        ]
    }

    fn json(&self) -> Value {
        let confusions = self.all.confusions();
        let confusions: Vec<Value> = confusions
            .into_iter()
            .map(|(expected, said, count)| json!({ "expected": expected, "said": said, "count": count }))
            .collect();
        let providers: BTreeMap<&String, CountsJson> =
            self.all.providers.iter().map(|(id, counts)| (id, counts.into())).collect();
        let tags: BTreeMap<&String, FiguresJson> = self.tags.iter().map(|(tag, of)| (tag, of.into())).collect();
        json!({
            "format": FORMAT,
            "tool": "served-by",
            "version": env!("CARGO_PKG_VERSION"),
            "dataset": { "date": self.image.date(), "sha256": dataset::hash(self.image) },
            "unlabelled": self.unlabelled,
            "unread": self.unread,
            "all": FiguresJson::from(&self.all),
            "tags": tags,
            "providers": providers,
            "confusions": confusions,
            "not_in_dataset": self.strangers,
        })
    }
}

#[derive(Serialize)]
struct CountsJson {
    right: u64,
    said: u64,
    expected: u64,
    precision: Option<f64>,
    recall: Option<f64>,
    f1: Option<f64>,
}

impl From<&Counts> for CountsJson {
    fn from(counts: &Counts) -> Self {
        Self {
            right: counts.right,
            said: counts.said,
            expected: counts.expected,
            precision: counts.precision(),
            recall: counts.recall(),
            f1: counts.f1(),
        }
    }
}

#[derive(Serialize)]
struct FiguresJson {
    responses: u64,
    delivered_by: CountsJson,
    macro_f1: Option<f64>,
    certain: CountsJson,
    nobody: Equal,
    layers: CountsJson,
    hosted_at: CountsJson,
    origin: Equal,
    copy: Equal,
}

impl From<&Figures> for FiguresJson {
    fn from(of: &Figures) -> Self {
        Self {
            responses: of.responses,
            delivered_by: (&of.delivered_by).into(),
            macro_f1: of.macro_f1(),
            certain: (&of.certain).into(),
            nobody: of.nobody,
            layers: (&of.layers).into(),
            hosted_at: (&of.hosted_at).into(),
            origin: of.origin,
            copy: of.copy,
        }
    }
}

/// Three digits behind the point, or a dash where there is nothing to divide by.
fn decimal(figure: Option<f64>, lang: Lang) -> String {
    match (figure, lang) {
        (None, _) => "–".to_owned(),
        (Some(figure), Lang::En) => format!("{figure:.3}"),
        (Some(figure), Lang::Fr) => format!("{figure:.3}").replace('.', ","),
    }
}
