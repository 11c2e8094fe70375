//! The build tool: it turns the sources into the folders that browsers load and the files that
//! stores take. `./build.sh` calls it; it can be called alone with `cargo run -p xtask -- dist`.

mod channel;
mod dist;
mod icons;
mod manifest;
mod operators;
mod package;
mod reproduce;
mod split;
mod wasm;

use std::{env, error::Error, path::PathBuf, process::ExitCode};

/// What any step may fail with: a sentence for the person at the terminal.
type Failure = Box<dyn Error + Send + Sync>;

const HELP: &str = "\
The build tool of Served By.

Usage: cargo run -p xtask -- [--root DIR] COMMAND

  dist                build dist/chromium and dist/firefox, which the browsers load unpacked
  package             build dist, then the two store packages and the source package as zip files
  check-reproducible  build the packages, unpack the source package in another directory, build
                      them there with another cargo home, and compare every byte
  bench-module        build target/bench, the module with its measurements, which Node.js loads

Settings, as variables:
  SERVED_BY_CHANNEL   where the extension may look for updates, as https://updates.example.org/
  SERVED_BY_KEYS      a folder with current.pub and next.pub, the keys whose signature it takes;
                      keys/ unless you say so

  --root DIR          the source tree to work on, by default the one this tool belongs to
";

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<(), Failure> {
    let mut root = None;
    let mut command = None;
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--help" | "-h" => {
                print!("{HELP}");
                return Ok(());
            }
            "--root" => root = Some(arguments.next().ok_or("--root needs a directory")?.into()),
            _ if command.is_none() => command = Some(argument),
            _ => return Err(format!("unexpected argument `{argument}`; see --help").into()),
        }
    }
    let root: PathBuf = root.unwrap_or_else(own_root).canonicalize()?;
    match command.as_deref() {
        Some("dist") => dist::build(&root).map(drop),
        Some("bench-module") => dist::build_bench(&root),
        Some("package") => package::build(&root).map(drop),
        Some("check-reproducible") => reproduce::check(&root),
        Some(other) => Err(format!("unknown command `{other}`; see --help").into()),
        None => Err(HELP.into()),
    }
}

/// The tree this tool belongs to, as cargo says when it runs it; the working directory otherwise.
fn own_root() -> PathBuf {
    match env::var_os("CARGO_MANIFEST_DIR") {
        Some(xtask) => PathBuf::from(xtask).join(".."),
        None => PathBuf::from("."),
    }
}
