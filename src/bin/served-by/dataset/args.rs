//! The arguments of `served-by dataset`.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser as _};
use clap::{Subcommand, ValueEnum, ValueHint};
use served_by::records::vocabulary::Kind;
use served_by::records::when::{Day as Date, WhenError};

#[derive(Subcommand)]
pub enum Dataset {
    Lint(Lint),
    /// Put the data files into their canonical form
    ///
    /// Sorts what has no order of its own and evens out spaces; comments stay where they are.
    #[command(after_help = "Exit codes: 0 nothing left to change, or everything changed; 1 with --check, files \
        that would change, or that cannot be understood; 2 the folder cannot be read.")]
    Fmt {
        #[command(flatten)]
        data: Data,
        /// Change nothing, and name the files that would change
        #[arg(long)]
        check: bool,
    },
    /// Compile the data files into images, if they are free of faults
    ///
    /// The same files give the same bytes on every machine.
    #[command(after_help = "Example:\n  served-by dataset build data -o dataset.img --records records.img")]
    Build {
        #[command(flatten)]
        data: Data,
        /// Where the part for detection is written
        #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        output: PathBuf,
        /// Where the part with the records is written
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        records: Option<PathBuf>,
    },
    /// Make the table of operators from the text that ./build.sh fetches
    ///
    /// The text is checked first: its hash, the breadth and overlaps of its ranges, how much it grew or shrank
    /// (names and home countries too), and a list of well-known addresses. The same text gives the same bytes on every
    /// machine.
    #[command(after_help = "Exit codes: 0 made; 1 refused, for the faults told; 2 the file cannot be written.")]
    Operators {
        /// The folder with `source.toml` and `spots.csv`
        #[arg(default_value = "data/operators", value_hint = ValueHint::DirPath)]
        dir: PathBuf,
        /// The folder with the fetched text
        #[arg(long, value_name = "DIR", default_value = "target/operators/node_modules", value_hint = ValueHint::DirPath)]
        fetched: PathBuf,
        /// Where the table is written
        #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        output: PathBuf,
    },
    Refresh(Refresh),
    Release(Release),
    Verify(Verify),
    /// Show what the bundled dataset knows of a provider, a record or a site
    #[command(after_help = "Examples:\n  served-by dataset show cloudflare\n  \
        served-by dataset show --lang fr 8ch.net\n  served-by dataset show")]
    Show {
        /// The id of a provider or a record, or the domain of a site; all providers when left out
        id: Option<String>,
    },
    /// List the records of the bundled dataset, in the order of display
    #[command(after_help = "Example:\n  served-by dataset list --provider cloudflare --since 2024")]
    List(List),
    /// Count the records by provider, kind, country, language and age
    ///
    /// Whether the set is balanced is a question for people; this lays out what they need to answer it.
    Stats {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        day: Day,
        /// Also draw the counts, as an SVG file
        #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        svg: Option<PathBuf>,
    },
    /// List the records whose review is due
    #[command(after_help = "Exit codes: 0 none is due; 1 some are; 2 the folder cannot be read.")]
    Due {
        #[command(flatten)]
        data: Data,
        #[command(flatten)]
        day: Day,
    },
    /// Say in words what changed between two folders
    #[command(after_help = "Exit codes: 0 nothing changed; 1 something did; 2 a folder cannot be read.\n\n\
        Example:\n  git worktree add ../before v1.0 && served-by dataset diff ../before/data data")]
    Diff {
        /// The older folder
        #[arg(value_hint = ValueHint::DirPath)]
        old: PathBuf,
        /// The newer folder
        #[arg(value_hint = ValueHint::DirPath)]
        new: PathBuf,
    },
    /// Write a new file, asking for what the policy demands
    New {
        /// What it describes
        #[arg(value_enum)]
        what: What,
        /// Its id, or a site's domain; it becomes the file's name
        id: String,
        #[command(flatten)]
        day: Day,
        /// The folder with `providers`, `records` and `sites`
        #[arg(long, default_value = "data", value_hint = ValueHint::DirPath)]
        data: PathBuf,
    },
    /// Write the dataset for other programs and for readers
    ///
    /// `json` and `csv` hold the published records; `html` is a site of static pages in both languages,
    /// searchable without a server.
    #[command(after_help = "Examples:\n  served-by dataset export json -o records.json\n  \
        served-by dataset export html -o site/")]
    Export {
        /// The form
        #[arg(value_enum)]
        form: Form,
        #[command(flatten)]
        data: Data,
        /// The file, or for `html` the folder; standard output when left out
        #[arg(short, long, value_name = "PATH")]
        output: Option<PathBuf>,
    },
}

/// Check the data files and tell every fault
///
/// Every file is read and every fault told, with its place and the way out. Nothing is fetched, unless
/// `--online` asks for it. Records whose review is overdue are told as warnings.
#[derive(clap::Args)]
#[command(after_help = "Exit codes: 0 no fault, perhaps warnings; 1 faults; 2 the folder cannot be read.")]
pub struct Lint {
    #[command(flatten)]
    pub data: Data,
    #[command(flatten)]
    pub day: Day,
    /// Also ask every address that is linked whether it still answers; dead ones are told as warnings
    #[arg(long)]
    pub online: bool,
}

#[derive(clap::Args)]
pub struct Data {
    /// The folder with `providers`, `records`, `places` and `fetched`
    #[arg(default_value = "data", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
}

/// Take freshly downloaded lists of addresses into the data
///
/// Downloads are files as the providers publish them; --list says from where, and how the files are to be called.
/// What changes is shown, and then all lists are written, or none: a list that changed beyond belief is refused.
/// Nothing is fetched here. Review the difference before you commit it, apart from changes made by hand.
#[derive(clap::Args)]
#[command(after_long_help = "\
Examples:
  served-by dataset refresh --list
  mkdir downloads && cd downloads
  curl -O https://www.cloudflare.com/ips-v4 -O https://www.cloudflare.com/ips-v6
  curl -O https://ip-ranges.amazonaws.com/ip-ranges.json
  cd .. && served-by dataset refresh downloads && git diff --stat data/fetched

Refused, unless --accept names the list after somebody has looked:
  a new prefix that is very broad (shorter than /11, or /28 in IPv6)
  a list that covers less than half, or more than twice, of the addresses it covered
  a new prefix that overlaps another provider's list of the same kind
Refused in any case: files of another form or another name, no prefix at all, and what `dataset lint` refuses, as
addresses that are not public.

Exit codes: 0 written; 1 refused; 2 the folder or the data cannot be read or written.")]
pub struct Refresh {
    /// The folder with the downloaded files
    #[arg(value_name = "DOWNLOADS", value_hint = ValueHint::DirPath, required_unless_present = "list")]
    pub downloads: Option<PathBuf>,
    /// Take this list although it changed beyond belief; may be repeated
    #[arg(long, value_name = "LIST")]
    pub accept: Vec<String>,
    /// The folder with `providers`, `records`, `places` and `fetched`
    #[arg(long, default_value = "data", value_hint = ValueHint::DirPath)]
    pub data: PathBuf,
    #[command(flatten)]
    pub day: Day,
    /// Show what would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Say which lists can be refreshed, how their files are called, and where they are published
    #[arg(long)]
    pub list: bool,
}

/// Make a version of the dataset that browsers can fetch
///
/// Writes the packed images, what changed since the version before in both languages, deltas from
/// earlier versions, and the index that names them all. With a key it signs the index; without, it
/// says how to sign it with minisign, on another computer. Nothing that earlier versions need is removed.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  served-by dataset release dist/firefox -o /srv/updates --key served-by.key
  served-by dataset release dist/firefox -o /srv/updates --key served-by.key --file served-by.update

A key with a password: SERVED_BY_KEY_PASSWORD holds it, or it is asked for.")]
pub struct Release {
    /// The folder with the images, as `./build.sh dist` leaves them
    #[arg(default_value = "dist/firefox", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    /// The folder for the web server; the versions before are looked for in it
    #[arg(short, long, value_name = "FOLDER", value_hint = ValueHint::DirPath)]
    pub output: PathBuf,
    /// The secret key of minisign to sign with
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub key: Option<PathBuf>,
    /// For how many days the version may be taken
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=400))]
    pub days: u16,
    /// From how many earlier versions deltas are made
    #[arg(long, value_name = "NUMBER", default_value_t = 8)]
    pub deltas: usize,
    /// Also put the whole version into one file, for readers without a connection
    #[arg(long, value_name = "FILE", requires = "key", value_hint = ValueHint::FilePath)]
    pub file: Option<PathBuf>,
}

/// Look at a version as a browser would: signature, expiry, hashes, trial
#[derive(clap::Args)]
#[command(after_help = "\
Example:
  served-by dataset verify /srv/updates --key current.pub --next next.pub

Exit codes: 0 a browser would take it; 1 it would not, and why; 2 it could not be read.")]
pub struct Verify {
    /// The folder of the web server, or an update file
    #[arg(value_hint = ValueHint::AnyPath)]
    pub path: PathBuf,
    /// The public key of minisign in force
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub key: PathBuf,
    /// The public key that follows it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub next: PathBuf,
    /// The number of this pair of keys
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub generation: u32,
}

/// The day against which reviews and ages are judged.
#[derive(clap::Args)]
pub struct Day {
    /// Judge as on this day, instead of today
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<jiff::civil::Date>,
}

impl Day {
    pub fn date(&self) -> jiff::civil::Date {
        let now = || jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date();
        self.today.unwrap_or_else(now)
    }

    /// Year, month, day as one number, 20261125.
    pub fn number(&self) -> u32 {
        let date = self.date();
        u32::try_from(date.year()).unwrap_or(0) * 10_000 + date.month() as u32 * 100 + date.day() as u32
    }
}

#[derive(clap::Args)]
pub struct List {
    /// Only records about this provider
    #[arg(long, value_name = "ID")]
    pub provider: Option<String>,
    /// Only records about the site that this host belongs to
    #[arg(long, value_name = "HOST")]
    pub site: Option<String>,
    /// Only records of this kind
    #[arg(long, value_parser = PossibleValuesParser::new(Kind::ALL.map(Kind::word)).try_map(|word| kind(&word)))]
    pub kind: Option<Kind>,
    /// Only what lasted until this day, month or year, or longer
    #[arg(long, value_name = "DATE", value_parser = since)]
    pub since: Option<Date>,
    #[command(flatten)]
    pub day: Day,
}

fn kind(word: &str) -> Result<Kind, &'static str> {
    Kind::ALL.into_iter().find(|kind| kind.word() == word).ok_or("no such kind")
}

fn since(text: &str) -> Result<Date, WhenError> {
    Date::parse(text)
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// A documented matter, in `records`
    Record,
    /// A provider, in `providers`
    Provider,
    /// A site, in `sites`
    Site,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// One document with records, sites and sources
    Json,
    /// One line for each record
    Csv,
    /// Static pages in both languages
    Html,
}
