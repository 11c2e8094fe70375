//! A name server for the names of the demonstration (RFC 1035): one question, one answer section.
//!
//! Written by hand because the whole of it is the echo of a question and records that point back
//! to it; a library would be larger than the module.

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::thread;

use super::Log;

const TYPE_A: u16 = 1;
const TYPE_CNAME: u16 = 5;
const TYPE_AAAA: u16 = 28;
const NAME_UNKNOWN: u8 = 3;

/// A question that reached the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// In lower case, without the final dot.
    pub name: String,
    pub kind: u16,
    /// Whether the name exists here.
    pub known: bool,
}

/// The names that exist.
#[derive(Clone, Debug, Default)]
pub struct Records {
    hosts: BTreeMap<String, Host>,
}

#[derive(Clone, Debug, Default)]
struct Host {
    alias: Option<String>,
    addresses: Vec<IpAddr>,
}

impl Records {
    /// Adds a name; with an alias, the addresses are those of the alias.
    pub fn add(&mut self, name: &str, alias: Option<&str>, addresses: &[IpAddr]) {
        let host = Host { alias: alias.map(str::to_owned), addresses: addresses.to_vec() };
        self.hosts.insert(name.to_ascii_lowercase(), host);
    }

    pub fn names(&self) -> Vec<String> {
        self.hosts.keys().cloned().collect()
    }
}

/// Answers on the address until the program ends.
pub(super) fn start(address: SocketAddr, records: Records, log: Log) -> io::Result<()> {
    let socket = UdpSocket::bind(address)?;
    thread::spawn(move || {
        let mut packet = [0; 1500];
        while let Ok((len, from)) = socket.recv_from(&mut packet) {
            if let Some(answer) = answer(&packet[..len], &records, &log) {
                let _ = socket.send_to(&answer, from);
            }
        }
    });
    Ok(())
}

fn answer(packet: &[u8], records: &Records, log: &Log) -> Option<Vec<u8>> {
    let (name, end) = read_name(packet)?;
    let kind = u16::from_be_bytes([*packet.get(end)?, *packet.get(end + 1)?]);
    let question = packet.get(12..end + 4)?;
    let host = records.hosts.get(&name);
    log.add_question(Question { name, kind, known: host.is_some() });

    let mut answers: Vec<Vec<u8>> = Vec::new();
    if let Some(host) = host {
        // The owner of the first record is the question's name, at offset 12.
        let mut owner = vec![0xC0, 12];
        if let Some(alias) = &host.alias {
            let target = write_name(alias);
            answers.push(record(&owner, TYPE_CNAME, &target));
            owner = target;
        }
        for address in &host.addresses {
            match (kind, address) {
                (TYPE_A, IpAddr::V4(ip)) => answers.push(record(&owner, TYPE_A, &ip.octets())),
                (TYPE_AAAA, IpAddr::V6(ip)) => answers.push(record(&owner, TYPE_AAAA, &ip.octets())),
                _ => {}
            }
        }
    }
    let mut message = Vec::from(&packet[..2]);
    // An authoritative answer; recursion desired is echoed and offered.
    message.extend([0x84 | packet[2] & 1, 0x80 | if host.is_some() { 0 } else { NAME_UNKNOWN }]);
    message.extend([0, 1]);
    message.extend(u16::try_from(answers.len()).ok()?.to_be_bytes());
    message.extend([0; 4]);
    message.extend(question);
    message.extend(answers.concat());
    Some(message)
}

/// The name of the first question, and where its type begins.
fn read_name(packet: &[u8]) -> Option<(String, usize)> {
    let mut at = 12;
    let mut labels = Vec::new();
    loop {
        let len = usize::from(*packet.get(at)?);
        at += 1;
        if len == 0 {
            return Some((labels.join("."), at));
        }
        labels.push(String::from_utf8_lossy(packet.get(at..at + len)?).to_ascii_lowercase());
        at += len;
    }
}

fn write_name(name: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for label in name.split('.') {
        bytes.push(u8::try_from(label.len()).expect("a label has at most 63 characters"));
        bytes.extend(label.as_bytes());
    }
    bytes.push(0);
    bytes
}

fn record(owner: &[u8], kind: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::from(owner);
    bytes.extend(kind.to_be_bytes());
    bytes.extend([0, 1]); // Class IN.
    bytes.extend(60u32.to_be_bytes()); // Seconds to live.
    bytes.extend(u16::try_from(data.len()).expect("a record is short").to_be_bytes());
    bytes.extend(data);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_an_alias_answers_with_both_records() {
        let mut records = Records::default();
        records.add("www.example", Some("edge.example"), &["192.0.2.1".parse().unwrap()]);
        let mut packet = vec![7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        packet.extend(write_name("WWW.example"));
        packet.extend([0, 1, 0, 1]);
        let log = Log::default();
        let answer = answer(&packet, &records, &log).unwrap();
        assert_eq!(answer[..8], [7, 7, 0x85, 0x80, 0, 1, 0, 2]);
        assert!(answer.ends_with(&[0, 4, 192, 0, 2, 1]));
        assert_eq!(log.questions(), [Question { name: "www.example".to_owned(), kind: 1, known: true }]);
    }
}
