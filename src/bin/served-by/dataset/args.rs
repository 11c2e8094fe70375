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
