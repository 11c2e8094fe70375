//! A forward proxy, as a company or a school may run one: it relays, and says so in `Via`.

use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// A running proxy; it takes connections until the program ends.
pub struct Proxy {
    address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Proxy {
    pub(super) fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?;
        let connections = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&connections);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                counter.fetch_add(1, Ordering::Relaxed);
                thread::spawn(move || drop(relay(stream)));
            }
        });
        Ok(Self { address, connections })
    }

    /// `host:port`, as browsers take it.
    pub fn address(&self) -> String {
        self.address.to_string()
    }

    /// How many connections it has taken: proof that a browser went through it.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }
}

/// `CONNECT host:port` makes a tunnel; anything else carries its whole address (RFC 9112, section 3.2).
fn relay(stream: TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut stream = stream;
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        if line.trim_end().is_empty() {
            break;
        }
        head.push(line.trim_end().to_owned());
    }
    let first = head.first().cloned().unwrap_or_default();
    let mut words = first.split_ascii_whitespace();
    let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let upstream = if method == "CONNECT" {
        let upstream = TcpStream::connect(target)?;
        stream.write_all(b"HTTP/1.1 200 Connection established\r\n\r\n")?;
        upstream
    } else {
        let rest = target.strip_prefix("http://").unwrap_or(target);
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let with_port = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
        let mut upstream = TcpStream::connect(with_port)?;
        write!(upstream, "{method} /{path} HTTP/1.1\r\nconnection: close\r\n")?;
        for line in head.iter().skip(1).filter(|line| !line.to_ascii_lowercase().contains("connection:")) {
            write!(upstream, "{line}\r\n")?;
        }
        write!(upstream, "via: 1.1 proxy.school.example\r\n\r\n")?;
        upstream
    };
    let (mut back_from, mut back_to) = (upstream.try_clone()?, stream.try_clone()?);
    let back = thread::spawn(move || {
        let _ = io::copy(&mut back_from, &mut back_to);
        let _ = back_to.shutdown(Shutdown::Write);
    });
    let mut upstream = upstream;
    let _ = io::copy(&mut reader, &mut upstream);
    let _ = upstream.shutdown(Shutdown::Write);
    let _ = back.join();
    Ok(())
}
