//! What the benchmarks in browsers share: their command line, how they end, and the middle of what they measured.

use std::env;
use std::error::Error;
use std::process::ExitCode;

use crate::drivers::Kind;
use crate::world::{self, Isolation};

/// What may be said of a benchmark on its command line.
pub struct Settings {
    pub kinds: Vec<Kind>,
    pub rounds: usize,
    /// The ratio to the peer above which the benchmark fails.
    pub at_most: f64,
}

/// Runs a benchmark: it succeeds if its figures are what they must be, fails if not, and ends with 2 where
/// nothing could be measured. The settings given hold unless the command line says otherwise.
pub fn main(
    name: &str,
    help: &str,
    settings: Settings,
    run: impl FnOnce(Isolation, Settings) -> Result<bool, Box<dyn Error>>,
) -> ExitCode {
    let isolation = world::enter();
    let reached = match from_command_line(help, settings) {
        Ok(Some(settings)) => run(isolation, settings),
        Ok(None) => Ok(true),
        Err(error) => Err(error),
    };
    match reached {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{name}: {error}");
            ExitCode::from(2)
        }
    }
}

/// The settings; nothing if only the help was asked for, which is then printed.
fn from_command_line(help: &str, mut settings: Settings) -> Result<Option<Settings>, Box<dyn Error>> {
    let mut words = env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or_else(|| format!("{word} needs a value"));
        match word.as_str() {
            "--browser" => settings.kinds = vec![value()?.parse()?],
            "--rounds" => settings.rounds = value()?.parse()?,
            "--at-most" => settings.at_most = value()?.parse()?,
            // `cargo bench` says this to every benchmark.
            "--bench" => {}
            "--help" | "-h" => {
                print!("{help}");
                return Ok(None);
            }
            other => return Err(format!("unknown argument `{other}`\n\n{help}").into()),
        }
    }
    Ok(Some(settings))
}

/// A value of the sorted times; with 0.5, the median.
pub fn quantile(times: &mut [f64], part: f64) -> f64 {
    times.sort_by(f64::total_cmp);
    let at = (times.len() - 1) as f64 * part;
    (times[at.floor() as usize] + times[at.ceil() as usize]) / 2.0
}

/// The mean of the middle half of the times, the interquartile mean: hardly moved by single ones, and not bound to the
/// steps in which a browser draws.
pub fn midmean(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    let quarter = times.len() / 4;
    let middle = &times[quarter..times.len() - quarter];
    middle.iter().sum::<f64>() / middle.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_half_counts_alone() {
        assert_eq!(midmean(&mut [900.0, 3.0, 0.0, 5.0, 7.0, 9.0, 1.0, 800.0]), 6.0);
        assert_eq!(midmean(&mut [2.0, 4.0, 9.0]), 5.0);
    }

    #[test]
    fn the_median_lies_between_the_two_in_the_middle() {
        assert_eq!(quantile(&mut [8.0, 1.0, 4.0, 2.0], 0.5), 3.0);
        assert_eq!(quantile(&mut [8.0, 1.0, 4.0], 0.5), 4.0);
    }
}
