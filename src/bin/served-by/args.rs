//! The command line, and the help that teaches it.

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use served_by::ui::words::Lang;

#[derive(Parser)]
#[command(
    name = "served-by",
    about = "Says who delivered a page: the CDN or host whose machine answered, what stands behind it, and the evidence"
)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    Inspect(Inspect),
}

/// Judge every response in HAR files
#[derive(clap::Args)]
pub struct Inspect {
    /// HAR files; `-`, or none at all, is standard input
    #[arg(value_name = "FILE.har")]
    pub files: Vec<PathBuf>,
    /// How the verdicts are written
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Language of sentences and messages
    #[arg(long, value_enum, default_value_t = Language::En)]
    pub lang: Language,
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
pub enum Language {
    En,
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
