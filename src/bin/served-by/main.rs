//! The command-line tool: HAR files in, verdicts out; and the dataset's workshop.

mod args;
mod dataset;
mod evaluate;
mod explain;
mod figures;
mod french;
mod input;
mod inspect;
mod messages;
mod operators;
mod output;
mod report;
mod text;

use std::env;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::{CommandFactory as _, FromArgMatches as _};
use clap_complete::Shell;
use served_by::BUNDLED;
use served_by::dataset::image::Image;
use served_by::net::operators::Operators;
use served_by::ui::words::Lang;

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
    let mut image = match Image::open(BUNDLED) {
        Ok(image) => image,
        Err(error) => {
            messages::tell(format_args!("served-by: the bundled dataset: {error}"));
            return Outcome::Failed;
        }
    };
    let version = format!("{} (dataset {})", env!("CARGO_PKG_VERSION"), image.date());
    let long_version = format!("{version}\ndataset sha256 {}", dataset::hash(&image));
    let asked = french::asked(env::args_os(), |name| env::var_os(name));
    let program = Args::command().version(version).long_version(long_version);
    let program = if asked == Lang::Fr { french::program(program) } else { program };
    let parsed = program.clone().try_get_matches().and_then(|matches| Args::from_arg_matches(&matches));
    let args = match parsed {
        Ok(args) => args,
        Err(error) => {
            // Help and version come this way too. A reader that went away needs no message.
            match french::complaint(&error).filter(|_| asked == Lang::Fr) {
                Some(complaint) => messages::tell(complaint),
                None => drop(error.print()),
            }
            return if error.use_stderr() { Outcome::Failed } else { Outcome::Clean };
        }
    };
    let lang = args.lang.map_or(asked, Lang::from);
    let table = match &args.command {
        Command::Inspect(options) => operators::if_there(&options.operators, lang),
        Command::Explain(options) => operators::if_there(&options.operators, lang),
        _ => Ok(Operators::default()),
    };
    match table {
        Ok(table) => image.tables.operators = table,
        Err(failed) => return failed,
    }
    let mut out = BufWriter::new(io::stdout().lock());
    let mut outcome = Outcome::Clean;
    let written = match &args.command {
        Command::Inspect(options) => inspect::run(options, image, lang, &mut out, &mut outcome),
        Command::Explain(options) => explain::run(options, &image, lang, &mut out).map(|of_it| outcome = of_it),
        Command::Evaluate(options) => evaluate::run(options, &image, lang, &mut out, &mut outcome),
        Command::Lookup(options) => {
            operators::lookup(options, &image.tables, lang, &mut out).map(|of_it| outcome = of_it)
        }
        Command::Operators(options) => {
            operators::find(options, &image.tables, lang, &mut out).map(|of_it| outcome = of_it)
        }
        Command::Dataset(command) => dataset::run(command, &image, lang, &mut out).map(|of_it| outcome = of_it),
        Command::Completions { shell } => completions(*shell, program, &mut out),
        Command::Man { command } => manual(program, command, lang, &mut out, &mut outcome),
    };
    match written.and_then(|()| out.flush()) {
        Ok(()) => outcome,
        // Whoever read the output has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => outcome,
        Err(error) => {
            messages::tell(messages::cannot_write(lang, &error));
            Outcome::Failed
        }
    }
}

fn completions(shell: Shell, mut program: clap::Command, out: &mut impl Write) -> io::Result<()> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut program, "served-by", &mut text);
    out.write_all(&text)
}

/// The manual page of the program, or of the command whose names are given.
fn manual(
    program: clap::Command,
    names: &[String],
    lang: Lang,
    out: &mut impl Write,
    outcome: &mut Outcome,
) -> io::Result<()> {
    // Also fills in the commands' full names, as `served-by inspect`.
    let mut page = program.disable_help_subcommand(true);
    page.build();
    for name in names {
        let Some(found) = page.find_subcommand(name) else {
            messages::tell(messages::no_command(lang, &names.join(" ")));
            *outcome = Outcome::Failed;
            return Ok(());
        };
        page = found.clone();
    }
    let mut text = Vec::new();
    clap_mangen::Man::new(page).render(&mut text)?;
    match lang {
        Lang::En => out.write_all(&text),
        Lang::Fr => out.write_all(french::manual(&String::from_utf8_lossy(&text)).as_bytes()),
    }
}
