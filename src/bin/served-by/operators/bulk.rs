//! Lines answered on all cores, in the order in which they came.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use served_by::ui::words::Lang;

use crate::input::unmarked;
use crate::{Outcome, messages};

/// Bytes that are read at once, and longest line that is answered.
const BLOCK: usize = 256 << 10;
/// Workers at most: beyond this the reading is what takes the time.
const WORKERS_MAX: usize = 64;

/// Answers each line of the input, also one that is blank. Blocks go to the workers in turn, and their answers
/// are taken from them in the same turn. An error is one of writing; one of reading is told.
pub fn in_order(
    mut input: impl Read + Send,
    mut write: impl FnMut(&[u8]) -> io::Result<()>,
    answer: impl Fn(&str, &mut Vec<u8>) -> Outcome + Sync,
    lang: Lang,
) -> io::Result<Outcome> {
    let workers = thread::available_parallelism().map_or(1, usize::from).min(WORKERS_MAX);
    let (senders, blocks): (Vec<_>, Vec<_>) = (0..workers).map(|_| sync_channel::<Vec<u8>>(2)).unzip();
    let (answered, answers): (Vec<_>, Vec<_>) = (0..workers).map(|_| sync_channel(2)).unzip();
    let (answer, input) = (&answer, &mut input);
    // Where writing fails, the answers that nobody takes any more go with this closure, before its workers are waited
    // for: else each would wait for the other.
    thread::scope(move |scope| {
        for (blocks, answered) in blocks.into_iter().zip(answered) {
            scope.spawn(move || work(&blocks, &answered, answer));
        }
        let reader = scope.spawn(move || read(input, &senders));
        let mut outcome = Outcome::Clean;
        for answers in answers.iter().cycle() {
            // The first worker without an answer is behind the last block.
            let Ok((text, of_block)) = answers.recv() else { break };
            write(&text)?;
            outcome = outcome.max(of_block);
        }
        if let Err(error) = reader.join().expect("reading does not panic") {
            messages::tell(messages::cannot_read_input(lang, &error));
            outcome = Outcome::Failed;
        }
        Ok(outcome)
    })
}

/// Cuts the input behind its lines. Of a line that is longer than a block only the beginning is told, which is no
/// address either.
fn read(input: &mut impl Read, senders: &[SyncSender<Vec<u8>>]) -> io::Result<()> {
    let mut rest = Vec::new();
    // A mark of the byte order, if there is one.
    input.by_ref().take(3).read_to_end(&mut rest)?;
    if unmarked(&rest).is_empty() {
        rest.clear();
    }
    // What comes is the end of a line whose beginning was told.
    let mut is_behind = false;
    for sender in senders.iter().cycle() {
        let mut block = std::mem::take(&mut rest);
        let wanted = (BLOCK - block.len()) as u64;
        let read = input.by_ref().take(wanted).read_to_end(&mut block)?;
        if is_behind {
            let end = block.iter().position(|byte| *byte == b'\n');
            is_behind = end.is_none();
            block.drain(..end.map_or(block.len(), |at| at + 1));
        }
        if read > 0 {
            let end = block.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
            let is_too_long = end == 0 && block.len() == BLOCK;
            is_behind |= is_too_long;
            rest = block.split_off(if is_too_long { BLOCK } else { end });
        }
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
        for line in block.split_inclusive(|byte| *byte == b'\n') {
            let line = String::from_utf8_lossy(line.trim_ascii());
            outcome = answer(&line, &mut text).max(outcome);
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
        assert_eq!(in_order(input.as_bytes(), |text| out.write_all(text), echo, Lang::En).unwrap(), Outcome::Faults);
        // Blank lines too: the answers stay beside their lines.
        assert!(out == input.replace('\r', "").as_bytes());
    }

    fn told(input: &[u8]) -> String {
        let mut out = Vec::new();
        let shorten = |line: &str, text: &mut Vec<u8>| {
            writeln!(text, "{} {}", line.len(), &line[line.len().saturating_sub(9)..]).unwrap();
            Outcome::Clean
        };
        in_order(input, |text| out.write_all(text), shorten, Lang::En).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_line_has_one_answer_however_long_it_is() {
        for length in [BLOCK - 1, BLOCK, BLOCK + 1, 3 * BLOCK, 4 * BLOCK + 5] {
            let long = "x".repeat(length);
            for end in ["", "192.0.2.1"] {
                let lines = format!("192.0.2.0\n{long}{end}\n192.0.2.2\n");
                let answers = told(lines.as_bytes());
                let answers: Vec<&str> = answers.lines().collect();
                assert_eq!((answers.len(), answers[0], answers[2]), (3, "9 192.0.2.0", "9 192.0.2.2"), "{length}");
                assert!(answers[1].contains('x'), "{length}: {}", answers[1]);
            }
            assert_eq!(told(long.as_bytes()).lines().count(), 1, "{length}");
        }
    }

    #[test]
    fn a_mark_of_the_byte_order_is_no_part_of_the_first_line() {
        assert_eq!(told(b"\xef\xbb\xbf192.0.2.1\r\n\xef\xbb\xbf"), "9 192.0.2.1\n3 \u{feff}\n");
    }

    #[test]
    fn where_nobody_takes_the_answers_it_ends() {
        let (ended, end) = sync_channel(1);
        thread::spawn(move || {
            let echo = |line: &str, text: &mut Vec<u8>| {
                text.extend_from_slice(line.as_bytes());
                Outcome::Clean
            };
            let closed = |_: &[u8]| Err(io::ErrorKind::BrokenPipe.into());
            let outcome = in_order(io::repeat(b'\n').take(1 << 31), closed, echo, Lang::En).map(drop);
            let _ = ended.send(outcome.map_err(|error| error.kind()));
        });
        let outcome = end.recv_timeout(std::time::Duration::from_secs(60));
        assert_eq!(outcome.expect("it ended"), Err(io::ErrorKind::BrokenPipe));
    }
}
