//! `served-by dataset lint --online`: does every address that is linked still answer?
//!
//! It is for people and schedules and never decides whether data may be shipped: a server that is down
//! today is no fault of a record.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::thread;
use std::time::Duration;

use served_by::dataset::read::{Fault, Source};
use ureq::Agent;

/// Requests under way at a time.
const AT_ONCE: usize = 8;
/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// What an address answers.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Answer {
    Alive,
    /// It says that there is nothing, or says nothing.
    Dead(String),
    /// It refuses programs, or is busy; a person has to look.
    Unsure(u16),
}

/// A warning for every place where an address stands that does not answer.
pub fn check(source: &Source) -> Vec<Fault> {
    let places = places(source);
    let addresses: Vec<&String> = places.keys().collect();
    let answers = Mutex::new(BTreeMap::new());
    let next = Mutex::new(addresses.into_iter());
    let agent = agent();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(address) = next.lock().expect("no thread panics").next() {
                    let answer = ask(&agent, address);
                    answers.lock().expect("no thread panics").insert(address, answer);
                }
            });
        }
    });
    let answers = answers.into_inner().expect("no thread panics");
    places.iter().flat_map(|(address, places)| warnings(places, &answers[address])).collect()
}

fn warnings(places: &[Fault], answer: &Answer) -> Vec<Fault> {
    let (what, way_out) = match answer {
        Answer::Alive => return Vec::new(),
        Answer::Dead(why) => (format!("does not answer: {why}"), "find its new address, or an archived copy"),
        Answer::Unsure(status) => (format!("answers {status} to programs"), "look at it in a browser"),
    };
    places.iter().map(|place| Fault { what: what.clone(), ..place.clone() }.way_out(way_out)).collect()
}

/// Every https address in the files that people write, with the places where it stands.
fn places(source: &Source) -> BTreeMap<String, Vec<Fault>> {
    let records = source.records.values().map(|file| (&file.path, &file.text));
    let sites = source.sites.values().map(|file| (&file.path, &file.text));
    let providers = source.providers.values().map(|file| (&file.path, &file.text));
    let authorities = source.authorities.iter().map(|file| (&file.path, &file.text));
    let mut places: BTreeMap<String, Vec<Fault>> = BTreeMap::new();
    for (path, text) in records.chain(sites).chain(providers).chain(authorities) {
        for (at, _) in text.match_indices("\"https://") {
            let start = at + 1;
            let Some(len) = text[start..].find('"') else { continue };
            let fault = Fault::at(path, text, start, len, "").warning();
            places.entry(text[start..start + len].to_owned()).or_default().push(fault);
        }
    }
    places
}

fn agent() -> Agent {
    Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .user_agent(concat!("served-by/", env!("CARGO_PKG_VERSION"), " (checks links of its dataset)"))
        .build()
        .into()
}

/// Asks for the head; where that is not answered, for the page itself.
fn ask(agent: &Agent, address: &str) -> Answer {
    let status = agent.head(address).call().map(|response| response.status().as_u16());
    let status = match status {
        Ok(200..=399) => return Answer::Alive,
        _ => agent.get(address).call().map(|response| response.status().as_u16()),
    };
    match status {
        Ok(200..=399) => Answer::Alive,
        Ok(status @ (404 | 410)) => Answer::Dead(format!("status {status}")),
        Ok(status) => Answer::Unsure(status),
        Err(error) => Answer::Dead(error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;

    /// A server on loopback that answers each request by its path.
    fn server() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = String::new();
                BufReader::new(&stream).read_line(&mut request).unwrap();
                let status = match request.split(' ').collect::<Vec<_>>()[..] {
                    ["HEAD", "/no-head", _] => "405 Method Not Allowed",
                    [_, "/gone", _] => "410 Gone",
                    [_, "/refused", _] => "403 Forbidden",
                    _ => "200 OK",
                };
                write!(stream, "HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n").unwrap();
            }
        });
        address
    }

    #[test]
    fn answers_are_told_apart() {
        let (server, agent) = (server(), agent());
        for (path, expected) in [
            ("/page", Answer::Alive),
            ("/no-head", Answer::Alive),
            ("/gone", Answer::Dead("status 410".to_owned())),
            ("/refused", Answer::Unsure(403)),
        ] {
            assert_eq!(ask(&agent, &format!("{server}{path}")), expected, "{path}");
        }
        let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert!(matches!(ask(&agent, &format!("http://{closed}/")), Answer::Dead(_)));
    }
}
