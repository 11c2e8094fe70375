//! Lines answered on all cores, in the order in which they came.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use crate::{Outcome, messages};

/// Bytes that are read at once, and longest line that is answered.
const BLOCK: usize = 256 << 10;
/// Workers at most: beyond this the reading is what takes the time.
const WORKERS_MAX: usize = 64;

/// Answers each line of the input that is not empty. Blocks go to the workers in turn, and their answers
/// are taken from them in the same turn. An error is one of writing; one of reading is told.
pub fn in_order(
    mut input: impl Read + Send,
    mut write: impl FnMut(&[u8]) -> io::Result<()>,
    answer: impl Fn(&str, &mut Vec<u8>) -> Outcome + Sync,
    cannot_read: &str,
) -> io::Result<Outcome> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(WORKERS_MAX);
    let (senders, blocks): (Vec<_>, Vec<_>) = (0..workers).map(|_| sync_channel::<Vec<u8>>(2)).unzip();
    let (answered, answers): (Vec<_>, Vec<_>) = (0..workers).map(|_| sync_channel(2)).unzip();
    thread::scope(|scope| {
        for (blocks, answered) in blocks.into_iter().zip(answered) {
            let answer = &answer;
            scope.spawn(move || work(&blocks, &answered, answer));
        }
        let reader = scope.spawn(move || read(&mut input, &senders));
        let mut outcome = Outcome::Clean;
        for answers in answers.iter().cycle() {
            // The first worker without an answer is behind the last block.
            let Ok((text, of_block)) = answers.recv() else { break };
            write(&text)?;
            outcome = outcome.max(of_block);
        }
        if let Err(error) = reader.join().expect("reading does not panic") {
            messages::tell(format_args!("{cannot_read}{error}"));
            outcome = Outcome::Failed;
        }
        Ok(outcome)
    })
}

/// Cuts the input behind its lines. A line that is longer than a block is cut too, and then is no address.
fn read(input: &mut impl Read, senders: &[SyncSender<Vec<u8>>]) -> io::Result<()> {
    let mut rest = Vec::new();
    for sender in senders.iter().cycle() {
        let mut block = std::mem::take(&mut rest);
        let wanted = (BLOCK - block.len().min(BLOCK - 1)) as u64;
        let read = input.by_ref().take(wanted).read_to_end(&mut block)?;
        let end = if read == 0 {
            block.len()
        } else {
            block.iter().rposition(|byte| *byte == b'\n').map_or(block.len(), |at| at + 1)
        };
        rest = block.split_off(end);
        if block.is_empty() && read == 0 {
            break;
        }
        // Nobody is left to answer when the output was closed.
        if sender.send(block).is_err() {
            break;
        }
    }
    Ok(())
}

fn work(
    blocks: &Receiver<Vec<u8>>,
    answered: &SyncSender<(Vec<u8>, Outcome)>,
    answer: &(impl Fn(&str, &mut Vec<u8>) -> Outcome + Sync),
) {
    while let Ok(block) = blocks.recv() {
        let mut text = Vec::with_capacity(block.len() * 6);
        let mut outcome = Outcome::Clean;
        for line in block.split(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(line.trim_ascii());
            if !line.is_empty() {
                outcome = answer(&line, &mut text).max(outcome);
            }
        }
        if answered.send((text, outcome)).is_err() {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn lines_come_back_in_order_wherever_blocks_end() {
        let count = 200_000;
        let input: String =
            (0..count).map(|number| format!("{number}\r\n{}", if number % 9 == 0 { "\n" } else { "" })).collect();
        let mut out = Vec::new();
        let echo = |line: &str, text: &mut Vec<u8>| {
            writeln!(text, "{line}").unwrap();
            if line == "77777" { Outcome::Faults } else { Outcome::Clean }
        };
        assert_eq!(in_order(input.as_bytes(), |text| out.write_all(text), echo, "").unwrap(), Outcome::Faults);
        let expected: String = (0..count).map(|number| format!("{number}\n")).collect();
        assert!(out == expected.as_bytes());
    }
}
