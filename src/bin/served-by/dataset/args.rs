//! The arguments of `served-by dataset`.

use std::path::PathBuf;

use clap::{Subcommand, ValueHint};

#[derive(Subcommand)]
pub enum Dataset {
    Lint(Lint),
    /// Compile the data files into one image, if they are free of faults
    ///
    /// The same files give the same bytes on every machine.
    #[command(after_help = "Example:\n  served-by dataset build data -o dataset.img")]
    Build {
        /// The folder with `providers`, `records`, `places` and `fetched`
        #[arg(default_value = "data", value_hint = ValueHint::DirPath)]
        dir: PathBuf,
        /// Where the image is written
        #[arg(short, long, value_name = "FILE", value_hint = ValueHint::FilePath)]
        output: PathBuf,
    },
    /// Make the table of operators from the text that ./build.sh fetches
    ///
    /// The text is checked first: its hash, the breadth and overlaps of its ranges, how much it grew or shrank,
    /// and a list of well-known addresses. The same text gives the same bytes on every machine.
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
    /// Show what the bundled dataset knows of a provider
    #[command(after_help = "Examples:\n  served-by dataset show cloudflare\n  served-by dataset show")]
    Show {
        /// The provider's id, as `cloudflare`; all ids when left out
        id: Option<String>,
    },
}

/// Check the data files and tell every fault
///
/// Every file is read and every fault told, with its place and the way out. Nothing is fetched.
/// Records whose review is overdue are told as warnings.
#[derive(clap::Args)]
#[command(after_help = "Exit codes: 0 no fault, perhaps warnings; 1 faults; 2 the folder cannot be read.")]
pub struct Lint {
    /// The folder with `providers`, `records`, `places` and `fetched`
    #[arg(default_value = "data", value_hint = ValueHint::DirPath)]
    pub dir: PathBuf,
    #[command(flatten)]
    pub day: Day,
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

/// The day against which reviews and ages are judged, and that downloads are dated with.
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
    /// Year, month, day as one number, 20261125.
    pub fn number(&self) -> u32 {
        let date = self.today.unwrap_or_else(|| jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date());
        u32::try_from(date.year()).unwrap_or(0) * 10_000 + date.month() as u32 * 100 + date.day() as u32
    }
}
