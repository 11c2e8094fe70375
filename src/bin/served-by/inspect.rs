//! `served-by inspect`: HAR files in, one verdict per entry out, in the order of the input.

use std::fs::File;
use std::io::{self, IsTerminal as _, Read, Write};
use std::path::Path;

use anstream::{AutoStream, ColorChoice};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use served_by::dataset::image::Image;
use served_by::har::{Entries, Fault};
use served_by::ui::words::Lang;

use crate::args::Inspect;
use crate::output::Output;
use crate::report::From;
use crate::{Outcome, messages};

/// Files longer than this have their progress shown, in bytes.
const LONG: u64 = 16 << 20;

/// Judges every entry of every file; a file that fails does not keep the next one from being read.
///
/// An error is one of writing; those of reading are told and end up in the outcome.
pub fn run(options: &Inspect, image: &Image<'_>, out: &mut impl Write, outcome: &mut Outcome) -> io::Result<()> {
    let lang = options.lang.into();
    let colour = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
    let mut output = Output::begin(out, options.format, lang, colour, image)?;
    let files: Vec<&Path> = match options.files.as_slice() {
        [] => vec![Path::new("-")],
        files => files.iter().map(AsRef::as_ref).collect(),
    };
    for path in files {
        *outcome = file(path, lang, &mut output)?.max(*outcome);
    }
    output.end()
}

fn file(path: &Path, lang: Lang, output: &mut Output<'_, impl Write>) -> io::Result<Outcome> {
    let name = path.file_name().map_or_else(|| path.as_os_str().to_string_lossy(), |name| name.to_string_lossy());
    let mut outcome = Outcome::Clean;
    let mut tell = |fault: Fault, output: &mut Output<'_, _>| {
        output.fault(&name, &fault)?;
        messages::tell(messages::fault(lang, path, &fault));
        outcome = outcome.max(if fault.is_of_file() { Outcome::Failed } else { Outcome::Faults });
        io::Result::Ok(())
    };
    let (reader, bar): (Box<dyn Read>, ProgressBar) = if path == Path::new("-") {
        (Box::new(io::stdin().lock()), ProgressBar::hidden())
    } else {
        match File::open(path).and_then(|file| Ok((file.metadata()?, file))) {
            Ok((data, file)) => (Box::new(file), progress(data.len())),
            Err(error) => {
                tell(Fault::NotOpened(error), output)?;
                return Ok(outcome);
            }
        }
    };
    let mut entries = Entries::new(bar.wrap_read(reader));
    while let Some(item) = entries.next() {
        match item {
            Ok(entry) => output.entry(From { file: &name, entry: entries.last_number() }, &entry)?,
            Err(fault) => tell(fault, output)?,
        }
    }
    bar.finish_and_clear();
    Ok(outcome)
}

/// A bar for long files, where somebody looks at it and the verdicts go elsewhere.
fn progress(len: u64) -> ProgressBar {
    if len < LONG || io::stdout().is_terminal() {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {bytes} / {total_bytes}, {eta}").expect("a fixed template");
    ProgressBar::with_draw_target(Some(len), ProgressDrawTarget::stderr()).with_style(style)
}
