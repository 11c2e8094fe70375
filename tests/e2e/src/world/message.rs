//! HTTP/1.1 messages as the demonstration needs them (RFC 9112).
//!
//! Written by hand, because the point of each response is its fields: exactly these, in this
//! order, with repeats, and nothing that a server library would add on its own.

use std::io::{self, BufRead, Read as _, Write};
use std::net::SocketAddr;
use std::time::SystemTime;

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

#[derive(Clone, Debug, Default)]
pub struct Response {
    pub status: u16,
    pub fields: Vec<Field>,
    pub body: Vec<u8>,
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

    /// RFC 9110, sections 15.3.5 and 15.4.5: these have no content, nor a length of it.
    fn has_content(&self) -> bool {
        !matches!(self.status, 204 | 304)
    }

    pub(super) fn write(&self, stream: &mut impl Write, with_body: bool) -> io::Result<()> {
        let mut message = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status)).into_bytes();
        for (name, value) in &self.fields {
            message.extend(name.as_bytes());
            message.extend(b": ");
            message.extend(value);
            message.extend(b"\r\n");
        }
        if self.has_content() {
            message.extend(format!("content-length: {}\r\n", self.body.len()).as_bytes());
        }
        message.extend(b"\r\n");
        if with_body && self.has_content() {
            message.extend(&self.body);
        }
        stream.write_all(&message)?;
        stream.flush()
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
