//! `served-by explain`: how the verdict on one response came about, in plain words.

use std::io::{self, Read, Write};
use std::path::Path;

use served_by::dataset::image::Image;
use served_by::detect::response::Response;
use served_by::detect::table::Tables;
use served_by::detect::verdict::{Basis, Evidence, Origin, Reason, Verdict};
use served_by::detect::vocabulary::{Grade, Strength};
use served_by::detect::{self, Weighed};
use served_by::field;
use served_by::har::{Entry, Fault, Pieces, Place};
use served_by::ui::words::{self, Label, Lang, Voice};

use crate::args::Explain;
use crate::input::unmarked;
use crate::report::list_source;
use crate::{Outcome, input, messages};

/// Bytes of the head of a response that are read; no server sends as much.
const HEAD_MAX: u64 = 4 << 20;
/// Bytes by which a head is told from a recording: a mark of the byte order, and the beginning of a status line.
const START: usize = 8;
/// Malformed parts of fields that are told of.
const PROBLEMS_MAX: usize = 16;

/// An error is one of writing.
pub fn run(options: &Explain, image: &Image<'_>, lang: Lang, out: &mut impl Write) -> io::Result<Outcome> {
    let path = options.file.as_deref().unwrap_or(Path::new("-"));
    let mut outcome = Outcome::Clean;
    let found = find(path, options, |fault| {
        messages::tell(messages::fault(lang, path, &fault));
        outcome = Outcome::Faults;
    });
    let mut entry = match found {
        Ok(Some(entry)) => entry,
        Ok(None) => {
            messages::tell(messages::no_such_entry(lang, path, options.entry.unwrap_or(0)));
            return Ok(Outcome::Failed);
        }
        Err(fault) => {
            messages::tell(messages::fault(lang, path, &fault));
            return Ok(if fault.is_of_file() { Outcome::Failed } else { Outcome::Faults });
        }
    };
    if let Some(url) = &options.url {
        entry.url = url.clone().into();
    }
    entry.server_address = options.address.or(entry.server_address);
    let fields = entry.fields();
    let response = entry.response(&fields);
    let verdict = detect::verdict(&response, &image.tables);
    let weighed = detect::weigh(&response, &image.tables);
    Explanation {
        entry: &entry,
        response: &response,
        verdict: &verdict,
        weighed: &weighed,
        tables: &image.tables,
        lang,
    }
    .write(out)?;
    Ok(outcome)
}

/// The response, if there is one. What is wrong with members of it is told.
fn find(path: &Path, options: &Explain, mut tell: impl FnMut(Fault)) -> Result<Option<Entry<'static>>, Fault> {
    let opened = input::open(path, None, true).map_err(Fault::NotOpened)?;
    let mut start = [0; START];
    let mut reader = opened.reader;
    let mut read = 0;
    while read < start.len() {
        match reader.read(&mut start[read..]).map_err(Fault::Read)? {
            0 => break,
            more => read += more,
        }
    }
    let mut whole = io::Cursor::new(start[..read].to_vec()).chain(reader);
    if unmarked(&start[..read]).starts_with(b"HTTP/") {
        let mut text = Vec::new();
        whole.take(HEAD_MAX).read_to_end(&mut text).map_err(Fault::Read)?;
        let mut heads = heads(unmarked(&text));
        let last = heads.len().saturating_sub(1);
        let number = options.entry.unwrap_or(last);
        return Ok((number < heads.len()).then(|| heads.swap_remove(number)));
    }
    let wanted = options.entry.unwrap_or(0);
    let (mut place, mut found) = (Place::START, None);
    for piece in Pieces::new(&mut whole, opened.kind) {
        let extent = piece.read(|number, item| {
            let last = item.as_ref().is_err_and(Fault::is_last);
            match item.map_err(|fault| fault.counted_from(place)) {
                Err(fault @ Fault::Member { .. }) if number == wanted => tell(fault),
                item if found.is_none() && (number == wanted || last) => found = Some(item.map(Entry::into_owned)),
                _ => {}
            }
        });
        if found.is_some() {
            break;
        }
        place = extent.behind(place);
    }
    found.transpose()
}

/// Heads of responses (RFC 9112, sections 4 and 5), one behind the other as `curl -D -` prints them.
fn heads(text: &[u8]) -> Vec<Entry<'static>> {
    let mut heads: Vec<Entry<'static>> = Vec::new();
    let mut inside = false;
    for line in text.split(|byte| *byte == b'\n') {
        let line = String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line));
        if line.starts_with("HTTP/") {
            let status = line.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
            heads.push(Entry { status, ..Entry::default() });
            inside = true;
        } else if line.is_empty() {
            // What follows may be a body, until another status line.
            inside = false;
        } else if let (true, Some(head)) = (inside, heads.last_mut()) {
            match line.split_once(':') {
                // A line that begins with a space goes on with the one before (obs-fold, section 5.2).
                _ if line.starts_with([' ', '\t']) => {
                    if let Some((_, value)) = head.fields.last_mut() {
                        let value = value.to_mut();
                        value.push(' ');
                        value.push_str(line.trim());
                    }
                }
                Some((name, value)) => head.fields.push((name.to_owned().into(), value.trim().to_owned().into())),
                None => {}
            }
        }
    }
    heads
}

struct Explanation<'e> {
    entry: &'e Entry<'e>,
    response: &'e Response<'e>,
    verdict: &'e Verdict<'e>,
    weighed: &'e [Weighed],
    tables: &'e Tables<'e>,
    lang: Lang,
}

impl Explanation<'_> {
    fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let (verdict, tables, lang) = (self.verdict, self.tables, self.lang);
        let grade = words::grade(verdict.grade, lang);
        writeln!(out, "{} ({grade})", words::sentence(verdict, tables, lang))?;
        writeln!(out, "{}", words::why(verdict, self.response, tables, lang, Voice::Recorded))?;
        if verdict.delivered_by.is_some() {
            writeln!(out, "{} {}", words::origin_why(verdict, tables, lang), words::copy(verdict, tables, lang))?;
        }
        if let Some(number) = verdict.operator {
            writeln!(out, "{}", words::operated_by(number, tables, lang))?;
        }
        writeln!(out, "\n{}", self.lang.pick("What was observed", "Ce qui a été observé"))?;
        self.observed(out)?;
        writeln!(out, "\n{}", self.lang.pick("What the rules say", "Ce que disent les règles"))?;
        if verdict.evidence.is_empty() {
            writeln!(
                out,
                "  {}",
                self.lang.pick("No rule knows anything of it.", "Aucune règle n’y connaît quoi que ce soit.")
            )?;
        }
        for evidence in &verdict.evidence {
            self.evidence(evidence, out)?;
        }
        writeln!(out, "\n{}", self.lang.pick("What was weighed", "Ce qui a été pesé"))?;
        self.weighing(out)?;
        if !verdict.conflicts.is_empty() {
            writeln!(out, "\n{}", self.lang.pick("What contradicts", "Ce qui se contredit"))?;
            for conflict in &verdict.conflicts {
                writeln!(out, "  {}", words::conflict(*conflict, tables, lang))?;
            }
        }
        writeln!(out, "\n{}", self.lang.pick("What would make it surer", "Ce qui rendrait la réponse plus sûre"))?;
        for line in self.surer() {
            writeln!(out, "  {line}")?;
        }
        if verdict.operator.is_some() {
            writeln!(out, "\n{}", words::operators_source(&tables.operators, lang))?;
        }
        Ok(())
    }

    fn observed(&self, out: &mut impl Write) -> io::Result<()> {
        let lang = self.lang;
        let unknown = self.lang.pick("not told", "sans indication");
        let url =
            if self.entry.url.is_empty() { unknown.into() } else { field::text_within(self.entry.url.as_bytes(), 160) };
        let address = self.response.server_address.map_or_else(|| unknown.to_owned(), |address| address.to_string());
        let moment =
            self.entry.received_at_ms.and_then(|at| words::instant(at, lang)).unwrap_or_else(|| unknown.to_owned());
        let status = if self.entry.status == 0 { unknown.to_owned() } else { self.entry.status.to_string() };
        let colon = self.lang.pick(":", "\u{a0}:");
        for (name, value) in [
            (self.lang.pick("address of the page", "adresse de la page"), &*url),
            (self.lang.pick("status", "statut"), &status),
            (self.lang.pick("address of the server", "adresse du serveur"), &address),
            (self.lang.pick("moment", "instant"), &moment),
            (self.lang.pick("fields", "champs"), &self.entry.fields.len().to_string()),
        ] {
            writeln!(out, "  {name}{colon} {value}")?;
        }
        for observation in &self.entry.observations {
            writeln!(out, "  ! {}", messages::observation(lang, observation))?;
        }
        let problems = field::problems(self.response.fields);
        for (number, problem) in problems.iter().take(PROBLEMS_MAX) {
            writeln!(out, "  ! {}", messages::problem(lang, self.response.fields[*number].name, *problem))?;
        }
        if problems.len() > PROBLEMS_MAX {
            writeln!(out, "  ! {}", messages::further_problems(lang, problems.len() - PROBLEMS_MAX))?;
        }
        if self.verdict.left_out > 0 {
            writeln!(out, "  ! {}", words::left_out(self.verdict.left_out as u64, lang))?;
        }
        Ok(())
    }

    fn evidence(&self, evidence: &Evidence<'_>, out: &mut impl Write) -> io::Result<()> {
        let (tables, lang) = (self.tables, self.lang);
        let name = words::field_name(evidence.field, lang);
        let provider = tables.name(evidence.provider);
        let speaks = match lang {
            Lang::En => format!("speaks for {provider}"),
            Lang::Fr => format!("désigne {provider}"),
        };
        let mut says = Vec::new();
        let (value, source) = match evidence.basis {
            Basis::Prefix(holder) => {
                let address = self.response.server_address.map(|address| address.to_string()).unwrap_or_default();
                let list = tables.list(holder.list);
                says.extend(list.map(|list| words::list_basis(list, tables, lang)));
                (address, list.map(|list| list_source(list, tables)).unwrap_or_default())
            }
            Basis::Rule(rule) => {
                if let Some(row) = tables.rule(rule) {
                    words::proves(row, &mut says, lang);
                    says.extend(evidence.clock.map(|stamp| words::freshness(stamp, self.entry.received_at_ms, lang)));
                    says.extend(Some(words::reason(row, tables, lang)).filter(|why| !why.is_empty()));
                }
                let source = tables.rule(rule).map_or("", |row| tables.text(row.source));
                (field::text_within(&evidence.value, 100).into_owned(), source.into())
            }
        };
        let id = match evidence.basis {
            Basis::Rule(rule) => tables.rule(rule).map_or("", |row| tables.text(row.id)),
            Basis::Prefix(holder) => tables.list(holder.list).map_or("", |list| tables.text(list.name)),
        };
        let colon = self.lang.pick(":", "\u{a0}:");
        writeln!(out, "  {name}{colon} {value}\n    {speaks} [{id}]")?;
        for line in says {
            writeln!(out, "    {line}")?;
        }
        let head = self.lang.pick("source", "source");
        let source = if source == "observed" { Label::Observed.text(lang) } else { &source };
        if !source.is_empty() { writeln!(out, "    {head}{colon} {source}") } else { Ok(()) }
    }

    fn weighing(&self, out: &mut impl Write) -> io::Result<()> {
        let (by_address, order) = match self.verdict.reason {
            Reason::RentedMachine { .. } => (
                true,
                self.lang.pick(
                    "The address tells the network; the marks in the response tell who uses the machine.",
                    "L’adresse dit le réseau\u{202f}; les marques de la réponse disent qui emploie la machine.",
                ),
            ),
            Reason::Address | Reason::AddressOnMachines { .. } | Reason::HostNetwork => (
                true,
                if self.verdict.grade == Grade::Certain {
                    self.lang.pick(
                        "The address settles who answered: it is the only thing that cannot have been stored or relayed.",
                        "L’adresse règle la question\u{a0}: elle seule ne peut avoir été ni conservée ni relayée.",
                    )
                } else {
                    self.lang.pick("The address counts for most.", "C’est l’adresse qui compte le plus.")
                },
            ),
            Reason::Network { .. } => (
                false,
                self.lang.pick(
                    "No list and no field settles it; the network’s number does.",
                    "Ni liste ni champ ne tranche\u{202f}; c’est le numéro du réseau qui le fait.",
                ),
            ),
            _ => (
                false,
                self.lang.pick(
                    "No list settles it by the address, so the fields decide: clocks that are seconds old, then Server where it is overwritten, then the last place in Via, then names.",
                    "Aucune liste ne tranche par l’adresse\u{a0}; les champs décident\u{a0}: horloges vieilles de quelques secondes, puis Server quand il est réécrit, puis la dernière place dans Via, puis les noms.",
                ),
            ),
        };
        writeln!(out, "  {order}")?;
        for weighed in self.weighed {
            let name = self.tables.name(weighed.provider);
            let colon = self.lang.pick(":", "\u{a0}:");
            writeln!(out, "  {name}{colon} {}", self.fared(weighed, by_address))?;
        }
        Ok(())
    }

    /// What spoke for a provider, and why it won or lost.
    fn fared(&self, weighed: &Weighed, by_address: bool) -> String {
        let mut said: Vec<&str> = Vec::new();
        if weighed.fresh {
            said.push(self.lang.pick("its clock is that of this response", "son horloge est celle de cette réponse"));
        }
        if weighed.last_writer {
            said.push(self.lang.pick(
                "Server carries the value that it writes over any other",
                "Server porte la valeur qu’il met à la place de toute autre",
            ));
        }
        if weighed.last_in_via {
            said.push(self.lang.pick("it is the last in Via", "il est le dernier dans Via"));
        }
        said.push(match weighed.strength {
            Strength::Definitive => self.lang.pick("a mark that only it leaves", "une marque que lui seul laisse"),
            Strength::Strong => self
                .lang
                .pick("a mark that hardly anybody else leaves", "une marque que presque personne d’autre ne laisse"),
            Strength::Weak => {
                self.lang.pick("only marks that others leave too", "seulement des marques que d’autres laissent aussi")
            }
            Strength::Reading => self.lang.pick("no mark of its own in a field", "aucune marque propre dans un champ"),
        });
        let layer = self.verdict.layers.iter().find(|layer| layer.provider == weighed.provider);
        let end = if self.verdict.delivered_by == Some(weighed.provider) {
            self.lang.pick("named as the one who answered", "désigné comme celui qui a répondu").to_owned()
        } else if weighed.only_then {
            self.lang.pick(
                "all its clocks are old: it took part when the copy was stored, not now",
                "toutes ses horloges sont anciennes\u{a0}: il est intervenu quand la copie a été conservée, pas maintenant",
            )
            .to_owned()
        } else if weighed.excluded {
            self.lang.pick(
                "what its machines always do last was not done, so something stood outside of it",
                "ce que ses machines font toujours en dernier n’a pas été fait\u{a0}: quelque chose se tenait devant lui",
            )
            .to_owned()
        } else if let Some(layer) = layer {
            let role = words::role(layer.role, self.lang);
            match self.lang {
                Lang::En => format!("behind the one who answered: {role}"),
                Lang::Fr => format!("derrière celui qui a répondu\u{a0}: {role}"),
            }
        } else if weighed.lacks {
            self.lang
                .pick(
                    "what its machines always add is not there, so it fits worse",
                    "ce que ses machines ajoutent toujours manque\u{a0}: il convient moins",
                )
                .to_owned()
        } else if by_address {
            self.lang.pick("the address is not its own", "l’adresse n’est pas la sienne").to_owned()
        } else if weighed.strength <= Strength::Weak {
            self.lang.pick("too little to be named", "trop peu pour être désigné").to_owned()
        } else {
            self.lang.pick("another fits better", "un autre convient mieux").to_owned()
        };
        let (joined, semicolon) = (said.join(", "), self.lang.pick(";", "\u{202f};"));
        format!("{joined}{semicolon} {end}")
    }

    fn surer(&self) -> Vec<&str> {
        if self.verdict.grade == Grade::Certain {
            return vec![self.lang.pick("Nothing: the answer is certain.", "Rien\u{a0}: la réponse est certaine.")];
        }
        let mut lines = Vec::new();
        if self.response.server_address.is_none() {
            lines.push(self.lang.pick(
                "The address of the server: a published list that holds it settles who answered (--address).",
                "L’adresse du serveur\u{a0}: une liste publiée qui la contient dit qui a répondu (--address).",
            ));
        }
        if self.entry.received_at_ms.is_none() {
            lines.push(self.lang.pick(
                "The moment when the response arrived: clocks in fields could be told from stored ones.",
                "L’instant d’arrivée de la réponse\u{a0}: on distinguerait les horloges vivantes de celles qui sont conservées.",
            ));
        }
        if self.entry.url.is_empty() {
            lines.push(self.lang.pick("The address of the page (--url).", "L’adresse de la page (--url)."));
        }
        if matches!(self.verdict.reason, Reason::OnlyFossils { .. }) {
            lines.push(self.lang.pick(
                "A response that was not stored before, as of a page with a new query.",
                "Une réponse qui n’a pas été conservée, par exemple celle d’une page avec une requête nouvelle.",
            ));
        }
        if matches!(self.verdict.origin, Origin::Hidden | Origin::Unobservable) {
            lines.push(self.lang.pick(
                "Where the site’s own server is, no response can say.",
                "Où se trouve le serveur du site lui-même, aucune réponse ne peut le dire.",
            ));
        }
        if lines.is_empty() {
            lines.push(self.lang.pick(
                "Another response of the same host, or a mark that the deliverer’s machines always leave.",
                "Une autre réponse du même hôte, ou une marque que les machines du prestataire laissent toujours.",
            ));
        }
        lines
    }
}
