//! One answer, in the three forms.

use std::io::{self, Write};

use serde::Serialize;
use served_by::dataset::image::date_text;
use served_by::detect::table::Tables;
use served_by::field;
use served_by::net::operators::{AsNumber, Operators, Place};
use served_by::net::{self, Special};
use served_by::ui::words::{self, Lang};

use super::args::Form;
use crate::{Outcome, report};

/// Raised when a name in a `json` document changes its meaning.
const FORMAT: u32 = 1;

/// Kind of a line with nothing on it.
const BLANK: &str = "blank";

/// What is known of an address, or of an operator by itself.
#[derive(Default, Serialize)]
pub struct Row<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    as_number: Option<u32>,
    operator: Option<String>,
    country: Option<String>,
    provider: Option<&'a str>,
    #[serde(skip)]
    special: Option<Special>,
}

impl<'a> Row<'a> {
    /// An operator by its place.
    pub fn at(place: Place, operators: &Operators<'_>, tables: &Tables<'a>) -> Self {
        let Some(report::Operator { as_number, name, country }) = report::Operator::at(place, operators) else {
            return Self::default();
        };
        Self {
            as_number: Some(as_number),
            operator: name,
            country,
            provider: tables.provider_of(AsNumber(as_number)).map(|provider| tables.id(provider)),
            ..Self::default()
        }
    }
}

/// What the answers of a document come from.
#[derive(Serialize)]
pub struct Source<'a> {
    name: &'a str,
    version: &'a str,
    date: String,
    licence: &'a str,
}

impl<'a> Source<'a> {
    /// Nothing where there is no table.
    pub fn of(operators: &Operators<'a>) -> Option<Self> {
        (!operators.is_empty()).then(|| Self {
            name: operators.about("name"),
            version: operators.about("version"),
            date: date_text(operators.date),
            licence: operators.about("licence"),
        })
    }
}

/// Answers on their way out.
pub struct Answers<'o, W> {
    out: &'o mut W,
    begun: bool,
    is_json: bool,
}

impl<W: Write> Answers<'_, W> {
    pub fn write(&mut self, text: &[u8]) -> io::Result<()> {
        // Answers in `json` are made on several threads: each begins with the comma that the first one may not have.
        let is_first = self.is_json && !self.begun;
        let text = if is_first { text.strip_prefix(b",").unwrap_or(text) } else { text };
        self.begun |= !text.is_empty();
        self.out.write_all(text)
    }

    pub fn end(self, rows: &Rows<'_>) -> io::Result<()> {
        rows.end(self.begun, self.out)
    }
}

/// The answers of one run.
pub struct Rows<'d> {
    operators: Operators<'d>,
    tables: Tables<'d>,
    form: Form,
    lang: Lang,
    /// What each line of `csv` ends in.
    source: String,
}

impl<'d> Rows<'d> {
    pub fn new(operators: Operators<'d>, tables: Tables<'d>, form: Form, lang: Lang) -> Self {
        let source =
            format!("{} {}; {}", operators.about("name"), date_text(operators.date), operators.about("licence"));
        Self { operators, tables, form, lang, source }
    }

    pub fn begin(&self, out: &mut impl Write) -> io::Result<()> {
        match self.form {
            Form::Text => Ok(()),
            Form::Csv => writeln!(out, "address,kind,as_number,operator,country,provider,source"),
            Form::Json => {
                let source = Source::of(&self.operators);
                write!(
                    out,
                    "{{\n\"format\": {FORMAT},\n\"source\": {},\n\"answers\": [",
                    serde_json::to_string(&source)?
                )
            }
        }
    }

    fn end(&self, answered: bool, out: &mut impl Write) -> io::Result<()> {
        match self.form {
            // Where nothing was answered, nothing came from the table.
            Form::Text if !answered => Ok(()),
            Form::Text => writeln!(out, "\n{}", words::operators_source(&self.operators, self.lang)),
            Form::Csv => Ok(()),
            Form::Json => writeln!(out, "\n]\n}}"),
        }
    }

    /// Where answers are written to, one behind the other.
    pub fn to<'o, W: Write>(&self, out: &'o mut W) -> Answers<'o, W> {
        Answers { out, begun: false, is_json: self.form == Form::Json }
    }

    /// The answer for a line. A blank one has one too, so that the answers stay beside their lines.
    pub fn line(&self, text: &str, out: &mut Vec<u8>) -> Outcome {
        if !text.is_empty() {
            return self.address(text, out);
        }
        self.push(&Row { address: Some(text), kind: Some(BLANK), ..Row::default() }, out);
        Outcome::Clean
    }

    /// The answer for an address as text; one that is none is answered too, and reported.
    pub fn address(&self, text: &str, out: &mut Vec<u8>) -> Outcome {
        let Some(address) = net::text::dressed(text) else {
            self.push(&Row { address: Some(text), kind: Some("invalid"), ..Row::default() }, out);
            return Outcome::Faults;
        };
        let special = net::special(address);
        let found = if net::reach(address) == net::Reach::Public { self.operators.place(address) } else { None };
        let row = found.map_or_else(Row::default, |place| Row::at(place, &self.operators, &self.tables));
        self.push(
            &Row { address: Some(text), kind: Some(special.map_or("public", Special::word)), special, ..row },
            out,
        );
        Outcome::Clean
    }

    pub fn push(&self, row: &Row<'_>, out: &mut Vec<u8>) {
        let written = match self.form {
            Form::Text => self.text(row, out),
            Form::Csv => self.csv(row, out),
            Form::Json => {
                out.extend_from_slice(b",\n");
                serde_json::to_writer(&mut *out, row).map_err(io::Error::from)
            }
        };
        written.expect("memory takes what is written");
    }

    fn text(&self, row: &Row<'_>, out: &mut Vec<u8>) -> io::Result<()> {
        let who = match row.as_number {
            Some(number) => {
                let mut who = words::operator_named(AsNumber(number), row.operator.as_deref());
                if let Some(code) = row.country.as_deref().and_then(|code| code.as_bytes().try_into().ok()) {
                    who.push_str("  ");
                    who.push_str(&words::home(code, &self.tables, self.lang));
                }
                who
            }
            None if row.kind == Some("invalid") => words::no_address(self.lang).to_owned(),
            None if row.special.is_some() || row.kind == Some(BLANK) => String::new(),
            None => words::no_operator_known(self.lang).to_owned(),
        };
        let kind = row.special.map(|special| words::special_address(special, self.lang));
        let parts: Vec<String> = row
            .address
            .map(|address| field::text_within(address.as_bytes(), 80).into_owned())
            .into_iter()
            .chain(kind)
            .chain(Some(who).filter(|who| !who.is_empty()))
            .chain(row.provider.map(|provider| format!("[{provider}]")))
            .collect();
        writeln!(out, "{}", parts.join("  "))
    }

    fn csv(&self, row: &Row<'_>, out: &mut Vec<u8>) -> io::Result<()> {
        let mut writer = csv::WriterBuilder::new().buffer_capacity(256).from_writer(out);
        let number = row.as_number.map(|number| number.to_string());
        writer.write_record([
            row.address.unwrap_or(""),
            row.kind.unwrap_or(""),
            number.as_deref().unwrap_or(""),
            row.operator.as_deref().unwrap_or(""),
            row.country.as_deref().unwrap_or(""),
            row.provider.unwrap_or(""),
            if row.as_number.is_some() { &self.source } else { "" },
        ])?;
        writer.flush()
    }
}
