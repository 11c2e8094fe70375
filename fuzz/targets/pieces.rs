//! Recordings in pieces: any bytes, a few at a time, as a HAR file and as lines.
//!
//! Checked is that a HAR file in pieces gives what it gives as a whole: the same entries, and the same
//! faults at the same places. Of lines, each gives an entry or a fault with its place.

use std::io::{self, Read};

use served_by::har::{Entries, Entry, Fault, Input, Pieces, Place};

/// Recordings with everything that cutting has to understand.
pub const SEEDS: &[&[u8]] = &[
    br#"{"log":{"version":"1.2","entries":[{"startedDateTime":"2026-09-14T08:30:00Z","time":1.5,"request":{"url":"https://a.example/"},"response":{"status":200,"headers":[{"name":"a","value":"\"\\"}],"content":{"text":"}]{["}},"timings":{"receive":1}},7,"x",[[]],{"request":{}}],"pages":[]}}"#,
    b"\xef\xbb\xbf{\"log\":{\n\"entries\":[ {} , {}\n,tru,{\"request\":{\"url\":\"\\ud800\"},\"response\":{\"headers\":[]}}]}}\r\n",
    b"{\"url\":\"https://a.example/\",\"status\":200,\"headers\":[[\"via\",\"1.1 a\"],[\"age\",\"\xc3\xa9\"]],\"server_ip\":\"192.0.2.1\",\"time\":1789374600}\n\n{\"url\":\"u\",\"headers\":[[\"a\"]]}\n{\"url\":\"u\",\"headers\":[],\"server_ip\":7,\"time\":[]}\n{\"url\":\"u\",\"headers\":[],\"time\":\"2026-09-14T08:30:00Z\"} x\n7",
];

/// What means something to the scanner; the first two nest and number the most.
pub const PIECES: &[&[u8]] = &[
    b"[",
    br#"{"request":{"url":"u"},"response":{"headers":[]}},"#,
    br#"{"log":{"entries":["#,
    b"{\"url\":\"u\",\"headers\":[]}\n",
    b"{",
    b"}",
    b"]",
    b"\"",
    b":",
    b",",
    b"\\",
    b"\\\"",
    b"\n",
    b" ",
    b"\xff",
    b"null",
    b"-1e99",
    b"]}}",
    br#""entries":["#,
    br#""serverIPAddress":7,"#,
];

/// Hands out a few bytes at a time.
struct Few<'a>(&'a [u8], usize);

impl Read for Few<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let len = self.1.min(buffer.len()).min(self.0.len());
        buffer[..len].copy_from_slice(&self.0[..len]);
        self.0 = &self.0[len..];
        Ok(len)
    }
}

pub fn run(bytes: &[u8]) {
    // Repeatable, and different from input to input.
    let at_once = if bytes.len() > 4_096 { 1 << 16 } else { 1 + bytes.len() % 61 };
    let mut whole = Entries::new(bytes);
    let mut start = Place::START;
    let mut ended = false;
    for piece in Pieces::new(Few(bytes, at_once), Input::Har) {
        let extent = piece.read(|number, item| {
            assert!(!ended, "something follows the last fault");
            ended = item.as_ref().is_err_and(Fault::is_last);
            let item = item.map_err(|fault| fault.counted_from(start));
            let expected = whole.next().expect("the whole has as many entries");
            assert_eq!(shown(&item), shown(&expected), "{}", bytes.escape_ascii());
            assert!(ended || number == whole.last_number());
        });
        if ended {
            break;
        }
        start = extent.behind(start);
    }
    assert!(whole.next().is_none(), "the whole has more");
    let (mut start, mut next) = (Place::START, 0);
    for piece in Pieces::new(Few(bytes, at_once), Input::Ndjson) {
        let extent = piece.read(|number, item| {
            let behind = matches!(item, Err(Fault::Member { .. }));
            assert_eq!(number + usize::from(behind), next);
            next += usize::from(!behind);
            if let Err(fault) = item {
                assert!(!fault.is_last(), "{fault}");
                let at = fault.counted_from(start).place().expect("a place in a line");
                assert!(at.line > 0 && at.column > 0);
            }
        });
        start = extent.behind(start);
    }
}

fn shown(item: &Result<Entry, Fault>) -> String {
    format!("{item:?}")
}
