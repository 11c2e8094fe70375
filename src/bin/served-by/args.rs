//! The command line, and the help that teaches it.

use std::net::{AddrParseError, IpAddr};
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use served_by::har::Input;
use served_by::net;
use served_by::ui::words::Lang;

use crate::dataset::args::Dataset;
use crate::operators;
use crate::operators::args::{Lookup, Operators};

#[derive(Parser)]
#[command(
    name = "served-by",
    about = "Says who delivered a web page, from a recording of its responses",
    long_about = "Says who delivered a web page: the CDN, reverse proxy or host whose machine answered, the layers \
        behind it, where the machine stands, whether it sent a copy that it keeps, and the evidence for each claim.\n\n\
        It reads HAR files, which every browser writes: open the developer tools, choose the network panel, load \
        the page, and save everything as a HAR file. Nothing is sent anywhere and nothing is looked up: the rules \
        and the address lists are in this program.",
    after_help = "Start with `served-by inspect page.har`.",
    after_long_help = "\
Examples:
  served-by inspect page.har
        for people: by host, with the chain and the evidence
  served-by inspect --format ndjson *.har | jq -r '[.url, .delivered_by, .grade] | @tsv'
        for programs: one line per response, in the order of the input
  served-by lookup 192.0.43.7
        the network that announces an address, and who operates it
  served-by dataset show cloudflare
        the rules by which a provider is known, each with its source

Exit codes:
  0  nothing to report
  1  something to report: an entry that could not be read as a whole, a fault in the data
  2  could not run: a file that cannot be read or is no HAR file, a wrong argument"
)]
pub struct Args {
    /// Language of this help and of answers; without it, that of the locale. Editors of the data are answered in
    /// English
    #[arg(long, value_enum, global = true)]
    pub lang: Option<Language>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    Inspect(Inspect),
    Explain(Explain),
    Evaluate(Evaluate),
    Lookup(Lookup),
    Operators(Operators),
    /// Check, compile and show the dataset of providers
    #[command(subcommand)]
    Dataset(Dataset),
    /// Write the completions for a shell to standard output
    #[command(
        after_help = "Example:\n  served-by completions bash > ~/.local/share/bash-completion/completions/served-by"
    )]
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Write the manual page to standard output
    #[command(after_help = "Examples:\n  served-by man | man -l -\n  served-by man inspect > served-by-inspect.1")]
    Man {
        /// The command to write about, as `inspect` or `dataset lint`; all of them when left out
        command: Vec<String>,
    },
}

/// Judge every response in recordings: HAR files, or one response on each line
///
/// Entries are judged as they are read, on all cores and in the order of the input, so a file may be larger than
/// the memory, and a stream endless. Files packed with gzip or Zstandard are unpacked. An entry that is none is told
/// on standard error with its line and column, and the next one is read. An address of the server, a moment or a
/// status that is no number is told in the same way, and its entry judged without it. Where a HAR file stops being
/// JSON, what came before it stands; of lines, each stands for itself.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  served-by inspect page.har
  served-by inspect --lang fr page.har
  served-by inspect --format ndjson a.har b.har > verdicts.ndjson
  served-by inspect --format json page.har.gz | jq .dataset
  tail -f responses.ndjson | served-by inspect --format ndjson

A line of NDJSON input:
  {\"url\":\"https://www.example.com/\",\"status\":200,\"headers\":[[\"server\",\"cloudflare\"],[\"age\",\"9\"]],
   \"server_ip\":\"104.16.0.1\",\"time\":\"2026-09-14T08:30:00Z\"}
  `url` and `headers` have to be there. `time` is the moment when the response arrived, as a text
  with its offset from UTC, or as a number of seconds or milliseconds since 1970. An empty text and
  null leave it out, as they do with `server_ip` and `status`. Other members are left alone.

Each line of the `ndjson` form holds:
  file, entry    where the response stood: name of the file, number of the entry from 0
  url            as in the file
  delivered_by   id of the provider whose machine answered, or null
  grade          certain, likely, possible or unknown
  layers         provider and role, from the reader towards the origin server
  hosted_at      id of the provider that holds the site, where marks or the address point to it, or
                 null
  origin         visible, hidden, hinted or unobservable
  pop            code, city and country of the point of presence, or null
  copy           stored, passed, revalidated or unknown
  age_s          age of the copy in seconds, or null
  evidence       signature, field, value, grade and source of everything that was recognised
  why            a sentence
  operator       as_number, name and home country of the answering network's operator, or null
  conflicts      a sentence for each two observations that do not go together
Each entry of the `json` form holds these too, before `conflicts` the status of the response, and behind \
it `observations`, a sentence for everything odd about the entry.

Exit codes: 0 every entry was read; 1 some, or something in them, were not; 2 a file could not be read or \
is no HAR file.")]
pub struct Inspect {
    /// HAR or NDJSON files; `-`, or none at all, is standard input
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub files: Vec<PathBuf>,
    /// What the files are; told by their content when left out
    #[arg(long, value_enum)]
    pub input: Option<InputFormat>,
    /// How the verdicts are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    #[command(flatten)]
    pub operators: operators::args::Table,
}

/// Explain the verdict on one response, in plain words
///
/// What was observed, what each rule says, what was weighed and why others lost, what contradicts, and what would
/// make the answer surer.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  served-by explain page.har --entry 3
  served-by explain responses.ndjson
  curl -sD - -o /dev/null https://example.com/ | served-by explain --url https://example.com/
  curl -sD - -o /dev/null https://example.com/ | served-by explain --address 192.0.2.1 --lang fr

The head of a response is what curl prints with -D -: a status line and fields. Of several, after \
redirects, the last one is taken unless --entry says otherwise.

Exit codes: 0 explained; 1 the entry, or something in it, is faulty; 2 there is no such entry, or the file cannot be \
read.")]
pub struct Explain {
    /// A HAR file, an NDJSON file or the head of a response; `-`, or none at all, is standard input
    #[arg(value_name = "FILE", value_hint = clap::ValueHint::FilePath)]
    pub file: Option<PathBuf>,
    /// Which response, from 0
    #[arg(long, value_name = "N")]
    pub entry: Option<usize>,
    /// Address of the page, where the file does not have it
    #[arg(long)]
    pub url: Option<String>,
    /// Address of the server, where the file does not have it
    #[arg(long, value_name = "IP", value_parser = address)]
    pub address: Option<IpAddr>,
    #[command(flatten)]
    pub operators: operators::args::Table,
}

/// As recordings and URLs write it too.
fn address(text: &str) -> Result<IpAddr, AddrParseError> {
    text.parse().or_else(|error| net::text::dressed(text).ok_or(error))
}

/// Compare verdicts with labels: precision, recall, F1, confusions
///
/// Anyone can measure how often this program is right, on responses whose deliverer is known. A labelled file
/// has one response on each line, with its label in `expected`, and may be packed as for `inspect`; a folder has
/// cases as in tests/cases, each with its recording in page.har and its labels in case.toml.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  served-by evaluate labelled.ndjson
  served-by evaluate --format json labelled.ndjson | jq .all.delivered_by.f1
  served-by evaluate --without-address tests/cases

A line:
  {\"url\":\"https://www.example.com/\",\"status\":200,\"headers\":[[\"server\",\"cloudflare\"]],
   \"server_ip\":\"104.16.0.1\",\"time\":\"2026-09-14T08:30:00Z\",
   \"expected\":{\"delivered_by\":\"cloudflare\",\"tags\":[\"hard\"]}}
  `delivered_by` is a provider's id, as `served-by dataset show` lists them, or null where nobody
  can be named. `expected` may also hold layers (a list of ids), hosted_at, origin and copy, in the
  words of `inspect`, and hard (true or false). Responses without `expected` are counted and left
  out.
A case: case.toml holds one [[entry]] for each entry of page.har, in its order, with delivered-by \
and tags.

Figures, over the responses with a label:
  precision   of the responses for which a provider was named: the share where it is the label's
  recall      of the responses whose label names a provider: the share where it was named
  F1          harmonic mean of both: 2 x right / (named + to be named). A wrong name counts twice:
              as one name too many, and as one missed; a name where the label has none counts as one
              too many
  macro-F1    F1 of each provider that a label names, then their mean: a rare provider counts as
              much as a frequent one
  if certain  precision of the verdicts whose grade is certain; their number stands behind it
  nobody      of the responses whose label names nobody: the share for which nobody was named
  layers      F1 over pairs of response and provider that took part, whatever its role
  hosted_at   F1, as for the deliverer
  origin, copy   share of equal answers
The same figures are given for each tag.

Exit codes: 0 everything was read; 1 some responses or labels, or something in them, were not; 2 a file could not be \
read.")]
pub struct Evaluate {
    /// Labelled NDJSON files, or folders of cases; `-` is standard input
    #[arg(value_name = "LABELLED", value_hint = clap::ValueHint::AnyPath, required = true)]
    pub labelled: Vec<PathBuf>,
    /// How the figures are written
    #[arg(long, value_enum, default_value_t = EvaluateFormat::Text)]
    pub format: EvaluateFormat,
    /// Judge as if no response had the address of its server
    #[arg(long)]
    pub without_address: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum EvaluateFormat {
    /// For people: tables
    Text,
    /// One document that names the tool and the dataset
    Json,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: by host, with the chain and the evidence
    Text,
    /// One document that names the tool and the dataset
    Json,
    /// One line per entry, as soon as it is read
    Ndjson,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InputFormat {
    /// HTTP Archive 1.2, as browsers save it
    Har,
    /// One response on each line
    Ndjson,
}

impl From<InputFormat> for Input {
    fn from(format: InputFormat) -> Self {
        match format {
            InputFormat::Har => Self::Har,
            InputFormat::Ndjson => Self::Ndjson,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// English
    En,
    /// French
    Fr,
}

impl From<Language> for Lang {
    fn from(language: Language) -> Self {
        match language {
            Language::En => Self::En,
            Language::Fr => Self::Fr,
        }
    }
}
