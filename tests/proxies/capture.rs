//! One request and the fields of its response, exactly as they came over the connection.

use crate::programs::{Kind, Programs};
use serde_json::{Value, json};
use std::{
    fmt,
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

/// A response and who stood between.
pub struct Exchange {
    /// The gateways, reader first.
    pub chain: Vec<Kind>,
    pub url: String,
    pub status: u16,
    /// Name and value in the order of arrival, repeated ones repeated.
    pub fields: Vec<(String, String)>,
}

impl Exchange {
    /// Whether some field of this name, in any case, has a value with this text in it.
    pub fn has(&self, name: &str, text: &str) -> bool {
        self.fields.iter().any(|field| field.0.eq_ignore_ascii_case(name) && field.1.contains(text))
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, to: &mut fmt::Formatter) -> fmt::Result {
        write!(to, "{} {}", self.status, self.url)?;
        self.fields.iter().try_for_each(|(name, value)| write!(to, "\n    {name}: {value}"))
    }
}

/// Asks the first gateway of the chain, whose host name tells each who comes next.
pub fn get(programs: &Programs, chain: Vec<Kind>, suffix: &str, path: &str) -> Exchange {
    let names: Vec<&str> = chain.iter().map(|kind| kind.name()).collect();
    let host = format!("{}{suffix}.example", names.join("-"));
    let url = format!("http://{host}{path}");
    let mut connection = TcpStream::connect(("127.0.0.1", programs.port(chain[0]))).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nAccept: */*\r\nConnection: close\r\n\r\n");
    connection.write_all(request.as_bytes()).unwrap();
    let mut bytes = Vec::new();
    connection.read_to_end(&mut bytes).unwrap_or_else(|error| panic!("{url}: {error}"));
    let text = String::from_utf8_lossy(&bytes);
    let (head, _) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{url}: no head in {text:?}"));
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)?.parse().ok());
    let status = status.unwrap_or_else(|| panic!("{url}: no status in {head}"));
    let field = |line: &str| line.split_once(':').map(|(name, value)| (name.to_owned(), value.trim().to_owned()));
    Exchange { chain, url, status, fields: lines.filter_map(field).collect() }
}

/// The exchanges as a browser would export them.
pub fn har(exchanges: &[Exchange]) -> String {
    let entry = |exchange: &Exchange| -> Value {
        let fields: Vec<Value> =
            exchange.fields.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        json!({
            "startedDateTime": "2026-01-01T00:00:00.000Z",
            "time": 1,
            "request": {
                "method": "GET", "url": exchange.url, "httpVersion": "HTTP/1.1", "headers": [], "cookies": [],
                "queryString": [], "headersSize": -1, "bodySize": 0
            },
            "response": {
                "status": exchange.status, "statusText": "", "httpVersion": "HTTP/1.1", "headers": fields,
                "cookies": [], "content": {"size": 0, "mimeType": "text/html"}, "redirectURL": "",
                "headersSize": -1, "bodySize": -1
            },
            "cache": {},
            "timings": {"send": 0, "wait": 1, "receive": 0},
            "serverIPAddress": "127.0.0.1"
        })
    };
    let entries: Vec<Value> = exchanges.iter().map(entry).collect();
    let har = json!({
        "log": {"version": "1.2", "creator": {"name": "tests/proxies", "version": "1"}, "entries": entries}
    });
    serde_json::to_string_pretty(&har).unwrap()
}
