//! The command-line tool: HAR files in, verdicts out; and the dataset's workshop.

mod args;
mod inspect;
mod messages;
mod output;
mod report;
mod text;

use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};
use served_by::BUNDLED;
use served_by::dataset::image::Image;

use args::{Args, Command};

/// How a run ended, the worse the later. This is the only place where exit codes are given out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Nothing to report.
    #[default]
    Clean,
    /// Something to report: a faulty entry, a fault in the data.
    Faults,
    /// Could not run: a file that cannot be read, a wrong argument.
    Failed,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Clean => 0,
            Outcome::Faults => 1,
            Outcome::Failed => 2,
        }
        .into()
    }
}

fn main() -> ExitCode {
    run().into()
}

fn run() -> Outcome {
    let image = match Image::open(BUNDLED) {
        Ok(image) => image,
        Err(error) => {
            eprintln!("served-by: the bundled dataset: {error}");
            return Outcome::Failed;
        }
    };
    let command = Args::command().version(format!("{} (dataset {})", env!("CARGO_PKG_VERSION"), image.date()));
    let parsed = command.try_get_matches().and_then(|matches| Args::from_arg_matches(&matches));
    let args = match parsed {
        Ok(args) => args,
        Err(error) => {
            // Help and version come this way too. A reader that went away needs no message.
            let _ = error.print();
            return if error.use_stderr() { Outcome::Failed } else { Outcome::Clean };
        }
    };
    match args.command {
        Command::Inspect(options) => inspect::run(&options, &image),
    }
}
