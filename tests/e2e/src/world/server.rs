//! The web server: a thread per connection, which stays open for further requests.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::message::{Request, Response};
use super::{Answer, Log, canonical};

/// Listens until the program ends; with a TLS configuration, for HTTPS.
pub(super) fn start(address: &str, tls: Option<Arc<ServerConfig>>, answer: Answer, log: Log) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind(address)?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (tls, answer, log) = (tls.clone(), Arc::clone(&answer), log.clone());
            // A browser that goes away in the middle is no fault of the server's.
            thread::spawn(move || drop(serve(stream, tls, &answer, &log)));
        }
    });
    Ok(address)
}

fn serve(stream: TcpStream, tls: Option<Arc<ServerConfig>>, answer: &Answer, log: &Log) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let server = canonical(stream.local_addr()?);
    match tls {
        None => converse(BufReader::new(stream), false, server, answer, log),
        Some(config) => {
            let session = ServerConnection::new(config).map_err(io::Error::other)?;
            converse(BufReader::new(StreamOwned::new(session, stream)), true, server, answer, log)
        }
    }
}

fn converse<S: Read + Write>(
    mut stream: BufReader<S>,
    secure: bool,
    server: SocketAddr,
    answer: &Answer,
    log: &Log,
) -> io::Result<()>
where
    BufReader<S>: BufRead,
{
    while let Some(request) = Request::read(&mut stream, secure, server)? {
        // Logged on arrival: a test may wait for a request that is not answered yet.
        log.add_request(request.clone());
        let response: Response = answer(&request);
        let with_body = request.method != "HEAD";
        if !response.write(stream.get_mut(), with_body)? {
            break;
        }
    }
    Ok(())
}
