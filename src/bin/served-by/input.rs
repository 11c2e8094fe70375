//! Where recordings come from: files and standard input, packed or not, HAR or NDJSON.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;
use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::de::IgnoredAny;
use served_by::har::Input;

use crate::messages;

/// Inputs longer than this have their progress shown, in bytes.
const LONG: u64 = 16 << 20;
/// Bytes by which the kind of a text is told at the latest.
const TELLING: usize = 1 << 20;
/// Names that an NDJSON line begins with.
const NAMES: [&[u8]; 7] = [b"url", b"status", b"headers", b"server_ip", b"time", b"expected", b"tags"];

/// A recording that was opened.
pub struct Opened {
    pub reader: Box<dyn Read + Send>,
    pub kind: Input,
    pub bar: ProgressBar,
}

/// Opens a file, or standard input for `-`; unpacks it, and tells what it is unless that is given.
///
/// `silent` says that nothing is written to standard output before all is read.
pub fn open(path: &Path, kind: Option<Input>, silent: bool) -> io::Result<Opened> {
    let watched = io::stderr().is_terminal() && (silent || !io::stdout().is_terminal());
    let (reader, bar): (Box<dyn Read + Send>, _) = if path == Path::new("-") {
        let bar = bar(None, false);
        (Box::new(Gauge { inner: io::stdin(), bar: bar.clone(), watched }), bar)
    } else {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        let bar = bar(Some(len), watched && len > LONG);
        (Box::new(Gauge { inner: file, bar: bar.clone(), watched }), bar)
    };
    if let Ok(mut shown) = BAR.lock() {
        *shown = Some(bar.clone());
    }
    let mut reader = unpacked(reader)?;
    let mut head = Vec::new();
    let kind = match kind {
        Some(kind) => kind,
        None => peek(&mut reader, &mut head, kind_of)?,
    };
    Ok(Opened { reader: Box::new(io::Cursor::new(head).chain(reader)), kind, bar })
}

/// The bar of the input that is being read.
static BAR: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Tells people something on standard error, where a bar may stand.
pub fn tell(message: impl Display) {
    let bar = BAR.lock().ok().and_then(|bar| bar.clone());
    match bar {
        Some(bar) => bar.suspend(|| messages::tell(message)),
        None => messages::tell(message),
    }
}

/// Counts what is read. Standard input shows its bar once it proves long.
struct Gauge<R> {
    inner: R,
    bar: ProgressBar,
    /// Somebody looks at standard error, and standard output goes elsewhere or stays silent.
    watched: bool,
}

impl<R: Read> Read for Gauge<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let before = self.bar.position();
        self.bar.inc(read as u64);
        if before <= LONG && self.bar.position() > LONG && self.bar.is_hidden() && self.watched {
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        Ok(read)
    }
}

fn bar(total: Option<u64>, shown: bool) -> ProgressBar {
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let template = match total {
        Some(_) => "{bar:40} {bytes} / {total_bytes}, {bytes_per_sec}, {eta}",
        None => "{spinner} {bytes}, {bytes_per_sec}",
    };
    let style = ProgressStyle::with_template(template).expect("a fixed template");
    ProgressBar::with_draw_target(total, target).with_style(style)
}

/// Unpacks gzip (RFC 1952) and Zstandard (RFC 8878), both told by their first bytes.
fn unpacked(mut reader: Box<dyn Read + Send>) -> io::Result<Box<dyn Read + Send>> {
    let mut head = Vec::new();
    let packing = peek(&mut reader, &mut head, |head, ended| match head {
        [0x1f, 0x8b, ..] => Some(Packing::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstandard),
        _ if head.len() >= 4 || ended => Some(Packing::None),
        _ => None,
    })?;
    let whole = io::Cursor::new(head).chain(reader);
    Ok(match packing {
        Packing::Gzip => Box::new(flate2::read::MultiGzDecoder::new(io::BufReader::with_capacity(1 << 17, whole))),
        Packing::Zstandard => Box::new(zstd::Decoder::new(whole)?),
        Packing::None => Box::new(whole),
    })
}

enum Packing {
    Gzip,
    Zstandard,
    None,
}

/// Reads until it can be told what follows.
fn peek<T>(reader: &mut impl Read, head: &mut Vec<u8>, tell: impl Fn(&[u8], bool) -> Option<T>) -> io::Result<T> {
    let mut chunk = vec![0; 1 << 16];
    loop {
        let read = match reader.read(&mut chunk) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            other => other?,
        };
        head.extend_from_slice(&chunk[..read]);
        if let Some(told) = tell(head, read == 0) {
            return Ok(told);
        }
    }
}

/// A text without the mark of the byte order, with which editors on Windows begin a file of UTF-8.
pub fn unmarked(text: &[u8]) -> &[u8] {
    text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text)
}

/// What a text is, by its first name, or else by its first line. What is neither, the reader of HAR files refuses.
fn kind_of(text: &[u8], ended: bool) -> Option<Input> {
    let unsure = if ended || text.len() > TELLING { Some(Input::Har) } else { None };
    let text = unmarked(text).trim_ascii_start();
    let Some(rest) = text.strip_prefix(b"{") else { return if text.is_empty() { unsure } else { Some(Input::Har) } };
    let mut parts = rest.trim_ascii_start().splitn(3, |byte| *byte == b'"');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(b""), Some(b"log"), Some(_)) => return Some(Input::Har),
        (Some(b""), Some(name), Some(_)) if NAMES.contains(&name) => return Some(Input::Ndjson),
        (Some(b""), ..) => {}
        (Some(_), _, _) if !rest.trim_ascii_start().is_empty() => return Some(Input::Har),
        _ => {}
    }
    // Another name comes first: of a line that is whole, all of them are looked at.
    let Some(end) = text.iter().position(|byte| *byte == b'\n') else { return unsure };
    let names = serde_json::from_slice::<BTreeMap<String, IgnoredAny>>(&text[..end]).unwrap_or_default();
    Some(if names.contains_key("url") && !names.contains_key("log") { Input::Ndjson } else { Input::Har })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_told_apart_by_their_first_names() {
        for (text, ended, expected, why) in [
            ("", false, None, "nothing came yet"),
            ("", true, Some(Input::Har), "nothing came at all"),
            ("\u{feff} {\n \"log\" : {", false, Some(Input::Har), "the name of a HAR file"),
            (r#"{"lo"#, false, None, "half a name"),
            (r#"{"url":"https://"#, false, Some(Input::Ndjson), "the name of a line"),
            ("{\"id\":7,\"url\":\"u\"}\n{", false, Some(Input::Ndjson), "a whole line with an address"),
            (r#"{"id":7,"url":"u"}"#, false, None, "the line may go on"),
            ("{\"id\":7,\"log\":{}}\n", false, Some(Input::Har), "a HAR file on one line"),
            ("{\"id\":\n", false, Some(Input::Har), "a line that is no line"),
            ("{}", true, Some(Input::Har), "no name at all"),
            ("hello", false, Some(Input::Har), "no JSON"),
        ] {
            assert_eq!(kind_of(text.as_bytes(), ended), expected, "{why}");
        }
    }
}
