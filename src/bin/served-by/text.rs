//! The report for people: by host, the sentence, the chain with arrows, the evidence below.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use anstyle::Style;
use served_by::detect::response::{Response, host};
use served_by::detect::table::Tables;
use served_by::detect::verdict::{Conflict, Copy, Origin, Verdict};
use served_by::detect::vocabulary::{CacheWord, Grade};
use served_by::field;
use served_by::har::Observation;
use served_by::ui::words::{self, Lang};

use crate::messages;
use crate::report::{self, From, Line};

/// Hosts that are told apart, and deliveries of one host; responses beyond them are only counted.
const HOSTS_MAX: usize = 4_096;
const DELIVERIES_MAX: usize = 16;

/// Collects what is alike, until everything was read.
pub struct Summary {
    lang: Lang,
    colour: bool,
    hosts: Vec<Host>,
    numbers: HashMap<String, usize>,
    beyond: u64,
    /// Most hosts, and deliveries of one host, that are told apart.
    limits: (usize, usize),
}

struct Host {
    name: String,
    responses: u64,
    deliveries: Vec<Delivery>,
}

/// What is told alike of responses that were delivered in the same way.
#[derive(PartialEq)]
struct Told {
    head: String,
    chain: String,
    copy: (Copy, Option<CacheWord>),
    conflicts: Vec<Conflict>,
}

/// Responses of one host of which the same is told.
struct Delivery {
    told: Told,
    responses: u64,
    /// Told of the first of them.
    body: String,
}

impl Summary {
    pub fn new(lang: Lang, colour: bool) -> Self {
        let limits = (HOSTS_MAX, DELIVERIES_MAX);
        Self { lang, colour, hosts: Vec::new(), numbers: HashMap::new(), beyond: 0, limits }
    }

    /// For a part of the input: it keeps everything, and the whole decides what there is room for.
    pub fn of_piece(lang: Lang) -> Self {
        Self { limits: (usize::MAX, usize::MAX), ..Self::new(lang, false) }
    }

    pub fn add(
        &mut self,
        from: From<'_>,
        response: &Response<'_>,
        verdict: &Verdict<'_>,
        observations: &[Observation],
        tables: &Tables<'_>,
    ) {
        let lang = self.lang;
        let mut head = words::sentence(verdict, tables, lang);
        if verdict.grade > Grade::Unknown {
            let _ = write!(head, " ({})", words::grade(verdict.grade, lang));
        }
        let chain = chain(verdict, tables, lang);
        let name = host(response.url).unwrap_or("").to_ascii_lowercase();
        let copy = (verdict.copy, verdict.word.as_ref().map(|(_, says)| *says));
        let conflicts = verdict.conflicts.clone();
        let told = Told { head, chain, copy, conflicts };
        let delivery = Delivery { told, responses: 1, body: String::new() };
        if let Some(new) = self.count(name, delivery) {
            let line = report::line(from, response, verdict, tables, lang);
            new.body = body(&line, verdict, observations, tables, lang);
        }
    }

    /// Adds what a part of the input, the next one, came to.
    pub fn take_in(&mut self, part: Self) {
        for host in part.hosts {
            for mut delivery in host.deliveries {
                let body = std::mem::take(&mut delivery.body);
                if let Some(new) = self.count(host.name.clone(), delivery) {
                    new.body = body;
                }
            }
        }
    }

    /// Counts responses of a host; hands out their delivery if it is a new one.
    fn count(&mut self, name: String, delivery: Delivery) -> Option<&mut Delivery> {
        let (hosts_max, deliveries_max) = self.limits;
        let at = match self.numbers.get(&name) {
            Some(at) => *at,
            None if self.hosts.len() == hosts_max => {
                self.beyond += delivery.responses;
                return None;
            }
            None => {
                self.hosts.push(Host { name: name.clone(), responses: 0, deliveries: Vec::new() });
                self.numbers.insert(name, self.hosts.len() - 1);
                self.hosts.len() - 1
            }
        };
        let host = &mut self.hosts[at];
        host.responses += delivery.responses;
        if let Some(known) = host.deliveries.iter_mut().find(|known| known.told == delivery.told) {
            known.responses += delivery.responses;
            return None;
        }
        if host.deliveries.len() == deliveries_max {
            self.beyond += delivery.responses;
            return None;
        }
        host.deliveries.push(delivery);
        host.deliveries.last_mut()
    }

    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty()
    }

    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let bold = if self.colour { Style::new().bold() } else { Style::new() };
        let dim = if self.colour { Style::new().dimmed() } else { Style::new() };
        for (number, host) in self.hosts.iter().enumerate() {
            if number > 0 {
                writeln!(out)?;
            }
            let name = match host.name.as_str() {
                "" => messages::no_host(self.lang).into(),
                name => field::text_within(name.as_bytes(), 255),
            };
            writeln!(out, "{bold}{name}{bold:#}  {}", messages::responses(self.lang, host.responses))?;
            for delivery in &host.deliveries {
                let times = if delivery.responses > 1 { format!(" × {}", delivery.responses) } else { String::new() };
                writeln!(out, "  {bold}{}{bold:#}{times}", delivery.told.head)?;
                writeln!(out, "  {}", delivery.told.chain)?;
                for line in delivery.body.lines() {
                    writeln!(out, "    {dim}{line}{dim:#}")?;
                }
            }
        }
        if self.beyond > 0 {
            writeln!(out, "\n{}", messages::beyond(self.lang, self.beyond))?;
        }
        Ok(())
    }
}

/// `browser → Fastly (delivered by) → … → origin server (hidden)`; the dots stand for what is not seen, from the reader towards the origin server.
fn chain(verdict: &Verdict<'_>, tables: &Tables<'_>, lang: Lang) -> String {
    let mut text = messages::reader(lang).to_owned();
    if verdict.delivered_by.is_none() && !verdict.layers.is_empty() {
        text.push_str(" → …");
    }
    for layer in &verdict.layers {
        let then = if verdict.when_stored(layer) { messages::when_stored(lang) } else { "" };
        let (name, role) = (tables.name(layer.provider), words::role(layer.role, lang));
        let _ = write!(text, " → {name} ({role}{then})");
    }
    if verdict.origin != Origin::Visible {
        let _ = write!(text, " → … → {}", messages::origin(lang, words::origin(verdict.origin, lang)));
    }
    text
}

fn body(
    line: &Line<'_>,
    verdict: &Verdict<'_>,
    observations: &[Observation],
    tables: &Tables<'_>,
    lang: Lang,
) -> String {
    let mut text = format!("{}\n{}\n", field::text_within(line.url.as_bytes(), 160), line.why);
    if verdict.delivered_by.is_some() {
        let _ = writeln!(text, "{} {}", words::origin_why(verdict, tables, lang), words::copy(verdict, tables, lang));
    }
    if let Some(number) = verdict.operator {
        let _ = writeln!(text, "{}", words::operated_by(number, tables, lang));
    }
    for conflict in &line.conflicts {
        let _ = writeln!(text, "! {conflict}");
    }
    for observation in observations {
        let _ = writeln!(text, "! {}", messages::observation(lang, observation));
    }
    for seen in &line.evidence {
        let name = words::field_name(seen.field, lang);
        let value = field::text_within(seen.value.as_bytes(), 100);
        let _ = writeln!(text, "· {name}  {value}  [{}, {}]", seen.signature, words::grade(seen.grade, lang));
    }
    text
}
