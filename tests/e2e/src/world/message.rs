//! HTTP/1.1 messages as the demonstration needs them (RFC 9112).
//!
//! Written by hand, because the point of each response is its fields: exactly these, in this
//! order, with repeats, and nothing that a server library would add on its own.

use std::io::{self, BufRead, Read as _, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, SystemTime};

/// A field's name and value.
pub type Field = (String, Vec<u8>);

#[derive(Clone, Debug)]
pub struct Request {
    pub at: SystemTime,
    /// Whether it came over TLS.
    pub secure: bool,
    /// The address that the browser connected to.
    pub server: SocketAddr,
    pub method: String,
    /// The host in lower case, without a port.
    pub host: String,
    pub path: String,
    /// Without the question mark; empty when there is none.
    pub query: String,
    pub fields: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// A value of the query, as written.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
    }

    /// Reads the next request of a connection, `None` at its end.
    pub(super) fn read(stream: &mut impl BufRead, secure: bool, server: SocketAddr) -> io::Result<Option<Self>> {
        let mut line = String::new();
        if stream.read_line(&mut line)? == 0 {
            return Ok(None);
        }
        let mut words = line.split_ascii_whitespace();
        let (method, target) = (words.next().unwrap_or_default().to_owned(), words.next().unwrap_or("/").to_owned());
        let mut fields = Vec::new();
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line)? == 0 {
                return Ok(None);
            }
            let line = line.trim_end();
            if line.is_empty() {
                break;
            }
            if let Some((name, value)) = line.split_once(':') {
                fields.push((name.to_owned(), value.trim().to_owned()));
            }
        }
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let mut request = Self {
            at: SystemTime::now(),
            secure,
            server,
            method,
            host: String::new(),
            path: path.to_owned(),
            query: query.to_owned(),
            fields,
            body: Vec::new(),
        };
        let host = request.field("host").unwrap_or_default();
        request.host = host.rsplit_once(':').map_or(host, |(name, _)| name).to_ascii_lowercase();
        let len: u64 = request.field("content-length").and_then(|len| len.parse().ok()).unwrap_or(0);
        stream.take(len).read_to_end(&mut request.body)?;
        Ok(Some(request))
    }
}

/// How the body of a response is sent. All but the first are ways of servers that break or deceive.
#[derive(Clone, Debug, Default)]
pub enum Manner {
    /// With its length (RFC 9112, section 6.2).
    #[default]
    Whole,
    /// With another length than it has; then the connection ends.
    Says(u64),
    /// In chunks (RFC 9112, section 7.1), again and again until the other side goes away. Counts the bytes.
    Endless(Arc<AtomicU64>),
    /// Byte by byte, with this long between two.
    Dripping(Duration),
    /// Half of it, and then nothing.
    Silent,
}

#[derive(Clone, Debug, Default)]
pub struct Response {
    pub status: u16,
    pub fields: Vec<Field>,
    pub body: Vec<u8>,
    pub manner: Manner,
}

impl Response {
    pub fn new(status: u16) -> Self {
        Self { status, ..Self::default() }
    }

    #[must_use]
    pub fn field(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.fields.push((name.to_owned(), value.into()));
        self
    }

    #[must_use]
    pub fn body(self, kind: &str, body: impl Into<Vec<u8>>) -> Self {
        let mut response = self.field("content-type", kind);
        response.body = body.into();
        response
    }

    #[must_use]
    pub fn manner(mut self, manner: Manner) -> Self {
        self.manner = manner;
        self
    }

    /// RFC 9110, sections 15.3.5 and 15.4.5: these have no content, nor a length of it.
    fn has_content(&self) -> bool {
        !matches!(self.status, 204 | 304)
    }

    /// Sends it, and says whether the connection stays open.
    pub(super) fn write(&self, stream: &mut impl Write, with_body: bool) -> io::Result<bool> {
        let mut message = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status)).into_bytes();
        for (name, value) in &self.fields {
            message.extend(name.as_bytes());
            message.extend(b": ");
            message.extend(value);
            message.extend(b"\r\n");
        }
        if self.has_content() {
            let len = self.body.len();
            message.extend(
                match self.manner {
                    Manner::Whole | Manner::Dripping(_) | Manner::Silent => format!("content-length: {len}\r\n"),
                    Manner::Says(len) => format!("content-length: {len}\r\n"),
                    Manner::Endless(_) => "transfer-encoding: chunked\r\n".to_owned(),
                }
                .into_bytes(),
            );
        }
        message.extend(b"\r\n");
        stream.write_all(&message)?;
        if with_body && self.has_content() {
            self.write_body(stream)?;
        }
        stream.flush()?;
        Ok(matches!(self.manner, Manner::Whole | Manner::Dripping(_)))
    }

    fn write_body(&self, stream: &mut impl Write) -> io::Result<()> {
        match &self.manner {
            Manner::Whole | Manner::Says(_) => stream.write_all(&self.body),
            Manner::Endless(sent) => loop {
                // Small pieces, because who is hung up on in the middle of one does not count it.
                for piece in self.body.chunks(16 * 1024) {
                    write!(stream, "{:x}\r\n", piece.len())?;
                    stream.write_all(piece)?;
                    stream.write_all(b"\r\n")?;
                    stream.flush()?;
                    sent.fetch_add(piece.len() as u64, Ordering::Relaxed);
                }
            },
            Manner::Dripping(pause) => self.body.chunks(1).try_for_each(|byte| {
                thread::sleep(*pause);
                stream.write_all(byte)?;
                stream.flush()
            }),
            Manner::Silent => {
                stream.write_all(&self.body[..self.body.len() / 2])?;
                stream.flush()?;
                thread::sleep(Duration::from_secs(3_600));
                Ok(())
            }
        }
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        403 => "Forbidden",
        404 => "Not Found",
        503 => "Service Unavailable",
        _ => "",
    }
}
