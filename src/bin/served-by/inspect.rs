//! `served-by inspect`: recordings in, one verdict per entry out, in the order of the input.
//!
//! One thread reads and cuts the input into pieces, as many as there are cores judge them, and this one
//! writes what they made of them, in the order of the pieces. A bounded number of pieces is under way,
//! so memory does not grow with the input.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;

use anstream::{AutoStream, ColorChoice};
use served_by::dataset::image::Image;
use served_by::har::{Extent, Fault, Input, Piece, Pieces, Place};
use served_by::ui::words::Lang;

use crate::args::{Format, Inspect};
use crate::input;
use crate::output::{Output, Part, Renderer};
use crate::{Outcome, messages};

/// What the writer meets next.
enum Next {
    /// Another file begins.
    File(usize),
    /// It could not be opened.
    NotOpened(io::Error),
    /// A piece is read by a worker, who hands over what was made of it.
    Piece(Receiver<Done>),
}

/// A piece for a worker.
struct Job {
    file: Arc<str>,
    piece: Piece,
    done: SyncSender<Done>,
}

/// What a worker made of a piece, in the order of its entries.
struct Done {
    parts: Vec<Part>,
    extent: Extent,
}

/// Judges every entry of every file; a file that fails does not keep the next one from being read.
///
/// An error is one of writing; those of reading are told and end up in the outcome.
pub fn run(
    options: &Inspect,
    image: Image<'static>,
    lang: Lang,
    out: &mut impl Write,
    outcome: &mut Outcome,
) -> io::Result<()> {
    let colour = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
    let renderer = Renderer { image, lang, format: options.format };
    let mut output = Output::begin(out, renderer, colour)?;
    let files: Vec<PathBuf> = match options.files.as_slice() {
        [] => vec!["-".into()],
        files => files.to_vec(),
    };
    let given_up = Arc::new(AtomicUsize::new(usize::MAX));
    let all = start(files.clone(), options.input.map(Input::from), renderer, given_up.clone());
    let (mut path, mut number, mut start, mut ended) = (Path::new(""), 0, Place::START, false);
    loop {
        // Nothing was read yet of what comes next: whoever waits for the output gets it.
        let next = match all.try_recv() {
            Err(TryRecvError::Empty) => {
                output.flush()?;
                all.recv().ok()
            }
            other => other.ok(),
        };
        let Some(next) = next else { break };
        let done = match next {
            Next::File(next) => {
                (path, number, start, ended) = (&files[next], next, Place::START, false);
                continue;
            }
            Next::NotOpened(error) => {
                Done { parts: vec![Part::Fault(Fault::NotOpened(error))], extent: Extent::default() }
            }
            Next::Piece(_) if ended => continue,
            Next::Piece(done) => done.recv().expect("a worker answers for each of its pieces"),
        };
        for part in done.parts {
            let Part::Fault(fault) = part else {
                output.write(part)?;
                continue;
            };
            let fault = fault.counted_from(start);
            output.fault(&name(path), &fault)?;
            input::tell(messages::fault(lang, path, &fault));
            *outcome = (*outcome).max(if fault.is_of_file() { Outcome::Failed } else { Outcome::Faults });
            if fault.is_last() {
                ended = true;
                given_up.store(number, Ordering::Relaxed);
                break;
            }
        }
        start = done.extent.behind(start);
    }
    output.end()
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// Starts the threads. They end when everything was read, or when nobody takes what they make: a reader
/// that waits for standard input is not waited for.
fn start(files: Vec<PathBuf>, kind: Option<Input>, renderer: Renderer, given_up: Arc<AtomicUsize>) -> Receiver<Next> {
    let silent = renderer.format == Format::Text;
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let (order, in_order) = sync_channel(2 * workers + 1);
    let (jobs, queue) = sync_channel::<Job>(workers);
    let queue = Arc::new(Mutex::new(queue));
    for _ in 0..workers {
        let queue = queue.clone();
        thread::spawn(move || {
            let next = || queue.lock().expect("nobody panics with it").recv().ok();
            while let Some(Job { file, piece, done }) = next() {
                let (parts, extent) = renderer.piece(&file, piece);
                // Nobody waits for it where the output was closed.
                let _ = done.send(Done { parts, extent });
            }
        });
    }
    thread::spawn(move || {
        // Whoever wrote the output is gone when nothing can be sent: there is nothing left to do.
        let _ = read(&files, kind, &order, &jobs, &given_up, silent);
    });
    in_order
}

/// Nobody takes what was read.
struct Gone;

fn read(
    files: &[PathBuf],
    kind: Option<Input>,
    order: &SyncSender<Next>,
    jobs: &SyncSender<Job>,
    given_up: &AtomicUsize,
    silent: bool,
) -> Result<(), Gone> {
    for (number, path) in files.iter().enumerate() {
        order.send(Next::File(number)).map_err(|_| Gone)?;
        let opened = match input::open(path, kind, silent) {
            Ok(opened) => opened,
            Err(error) => {
                order.send(Next::NotOpened(error)).map_err(|_| Gone)?;
                continue;
            }
        };
        let file: Arc<str> = name(path).into();
        for piece in Pieces::new(opened.reader, opened.kind) {
            if given_up.load(Ordering::Relaxed) == number {
                break;
            }
            let (done, result) = sync_channel(1);
            order.send(Next::Piece(result)).map_err(|_| Gone)?;
            jobs.send(Job { file: file.clone(), piece, done }).map_err(|_| Gone)?;
        }
        opened.bar.finish_and_clear();
    }
    Ok(())
}
