//! The one integration binary: what the parts do together, on the program as it is shipped.

/// Situations in `tests/cases/`: a recording and the verdicts that belong to it.
mod cases;
/// What the command-line tool does with files, arguments and streams, seen from outside.
mod command_line;
/// Verdicts counted against labels.
mod evaluate;
/// The reasoning for one response.
mod explain;
/// Recordings that are cut, broken, overlong or forged.
mod hostile;
/// Messages of the dataset's linter in `tests/lint/`.
mod lint;
/// Operators of networks in verdicts, and the commands that name them.
mod operators;
/// Which module may use which.
mod order;
/// The workshop of records: counted, compared, exported, begun.
mod records;
/// Downloaded lists of addresses, taken into the data.
mod refresh;
/// The dataset's reference, made from the schema.
mod reference;
/// Versions of the dataset made, signed and looked at, with the stock minisign beside our own tool.
mod updates;
/// The cases as events, for the comparison with the wasm module.
mod wasm_cases;

use std::ffi::OsStr;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::thread;

/// A folder or file of this repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Runs the tool.
fn served_by(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Output {
    served_by_reading(arguments, b"")
}

/// The tool, about to be run.
fn tool() -> Command {
    alike_everywhere(Command::new(env!("CARGO_BIN_EXE_served-by")))
}

/// What runs the tool, with nothing of this machine in its answers. It looks for no table of operators: another
/// program than the one under test may have made the one that lies there.
fn alike_everywhere(mut command: Command) -> Command {
    command.env("SERVED_BY_OPERATORS", "none").env("LC_ALL", "C.UTF-8");
    command
}

/// Runs the tool with something on its standard input.
fn served_by_reading(arguments: impl IntoIterator<Item = impl AsRef<OsStr>>, input: &[u8]) -> Output {
    let mut child = tool()
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the tool was built with the tests");
    let mut stdin = child.stdin.take().expect("piped");
    thread::scope(|scope| {
        // The tool may have ended before it read everything.
        scope.spawn(move || stdin.write_all(input));
        child.wait_with_output().expect("the tool ends")
    })
}

/// The lines of an `ndjson` report.
fn lines(output: &Output) -> Vec<serde_json::Value> {
    let text = std::str::from_utf8(&output.stdout).expect("reports are UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of a report is JSON")).collect()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("the tool writes UTF-8")
}

/// Whether new output is accepted: `BLESS=1 cargo test`.
fn blessing() -> bool {
    std::env::var_os("BLESS").is_some_and(|value| value == "1")
}

/// The folders in a folder of the repository, sorted; that there is one is checked too.
fn folders(path: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(repository(path)).expect("the folder can be read");
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    assert!(!folders.is_empty(), "{path} is empty");
    folders
}
