//! A network in which every address is answered by this program.
//!
//! The browsers run in a network namespace that has nothing but loopback, and there every
//! address, of every provider, is local (`ip route add local 0.0.0.0/0 dev lo`). So the browser
//! connects to 104.16.1.17 or 2606:4700::6810:111 and reports just that to the extension, while
//! no packet leaves the machine; whatever anybody asks for is in the log.

mod authority;
mod dns;
mod message;
mod namespace;
mod proxy;
mod server;

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

pub use authority::Authority;
pub use dns::{Question, Records};
pub use message::{Field, Manner, Request, Response};
pub use namespace::{Isolation, enter};
pub use proxy::Proxy;

/// What answers a request; it may take its time, each connection has its own thread.
pub type Answer = Arc<dyn Fn(&Request) -> Response + Send + Sync>;

/// Everything that was asked of this network so far.
#[derive(Clone, Default)]
pub struct Log {
    requests: Arc<Mutex<Vec<Request>>>,
    questions: Arc<Mutex<Vec<Question>>>,
}

impl Log {
    /// Every request since the start, in the order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.since(0)
    }

    /// Those after the first so many.
    pub fn since(&self, count: usize) -> Vec<Request> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner)[count..].to_vec()
    }

    /// How many there were.
    pub fn count(&self) -> usize {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Every question to the name server.
    pub fn questions(&self) -> Vec<Question> {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add_request(&self, request: Request) {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    }

    fn add_question(&self, question: Question) {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner).push(question);
    }
}

/// The running network.
pub struct World {
    isolation: Isolation,
    authority: Authority,
    plain: SocketAddr,
    secure: SocketAddr,
    log: Log,
}

impl World {
    /// Starts the servers. `records` says which names exist and where, `answer` what is sent.
    pub fn start(isolation: Isolation, records: Records, answer: Answer) -> io::Result<Self> {
        let authority = Authority::new(records.names()).map_err(io::Error::other)?;
        let log = Log::default();
        let (plain, secure) = match isolation {
            // Both protocols: an IPv6 socket that takes IPv4 too shows the addresses as mapped.
            Isolation::Private => ("[::]:80".to_owned(), "[::]:443".to_owned()),
            Isolation::Shared { .. } => ("127.0.0.1:0".to_owned(), "127.0.0.1:0".to_owned()),
        };
        if let Isolation::Private = isolation {
            dns::start(SocketAddr::from((Ipv4Addr::new(127, 0, 0, 53), 53)), records, log.clone())?;
        }
        let plain = server::start(&plain, None, Arc::clone(&answer), log.clone())?;
        let secure = server::start(&secure, Some(authority.server_config()), answer, log.clone())?;
        Ok(Self { isolation, authority, plain, secure, log })
    }

    pub fn isolation(&self) -> &Isolation {
        &self.isolation
    }

    pub fn authority(&self) -> &Authority {
        &self.authority
    }

    /// The ports of the two servers, 80 and 443 in a network of their own.
    pub fn ports(&self) -> (u16, u16) {
        (self.plain.port(), self.secure.port())
    }

    pub fn log(&self) -> &Log {
        &self.log
    }

    /// Starts a forward proxy that connects to whatever it is asked for.
    pub fn start_proxy(&self) -> io::Result<Proxy> {
        Proxy::start()
    }
}

/// Undoes the mapping of an IPv4 address into IPv6.
fn canonical(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V6(ip) => SocketAddr::new(ip.to_canonical(), address.port()),
        IpAddr::V4(_) => address,
    }
}
