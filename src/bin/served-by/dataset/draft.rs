//! `served-by dataset new`: asks for what the policy demands and writes the file.
//!
//! A record begins as a draft: somebody else reads it before it is published.

use std::io::{self, BufRead, Write};

use served_by::dataset::read::ascii;
use served_by::dataset::schema::records::{
    Bilingual, Fact, LegalStatus, NoPrimarySource, Position, Record, Site, Source,
};
use served_by::records::vocabulary::{Kind, SourceKind, State, Status};
use toml::value::{Date, Datetime};

/// Questions to whoever writes, with their answers.
pub struct Questions<'q, R, W> {
    pub answers: R,
    pub out: &'q mut W,
}

impl<R: BufRead, W: Write> Questions<'_, R, W> {
    /// One line; nothing when it is empty or when there is nobody to answer.
    fn ask(&mut self, question: &str) -> io::Result<Option<String>> {
        write!(self.out, "{question} ")?;
        self.out.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        let line = line.trim();
        Ok((!line.is_empty()).then(|| line.to_owned()))
    }

    fn text(&mut self, question: &str) -> io::Result<String> {
        self.ask(question).map(Option::unwrap_or_default)
    }

    fn both(&mut self, question: &str) -> io::Result<Bilingual> {
        Ok(Bilingual {
            en: self.text(&format!("{question}, in English:"))?,
            fr: self.text(&format!("{question}, in French:"))?,
        })
    }

    fn list(&mut self, question: &str) -> io::Result<Vec<String>> {
        let line = self.text(question)?;
        Ok(line.split([',', ' ']).filter(|item| !item.is_empty()).map(str::to_owned).collect())
    }

    /// One word of a closed list; the first when the answer is none of them.
    fn word<T: Copy>(&mut self, question: &str, all: &[T], word: impl Fn(T) -> &'static str) -> io::Result<T> {
        let known: Vec<&str> = all.iter().map(|item| word(*item)).collect();
        let answer = self.text(&format!("{question} ({}):", known.join(", ")))?;
        Ok(*all.iter().find(|item| word(**item) == answer).unwrap_or(&all[0]))
    }

    fn source(&mut self, publisher: String, read: Datetime) -> io::Result<Source> {
        Ok(Source {
            publisher,
            title: self.text("  Its title, in its own language:")?,
            url: self.text("  Its https address:")?,
            archived: self.ask("  Address of an archived copy, if any:")?,
            date: self.ask("  When it was published (2019, 2019-08, 2019-08-05), if known:")?,
            language: self.text("  Its language (en, fr, de …):")?,
            kind: self.word("  What it is", &SourceKind::ALL, SourceKind::word)?,
            read,
            read_in: self.ask("  Whose copy was read, if not the page itself:")?,
        })
    }
}

/// The text of a new record's file.
pub fn record<R: BufRead, W: Write>(
    questions: &mut Questions<'_, R, W>,
    today: jiff::civil::Date,
) -> io::Result<String> {
    let date = questions.text("When (2019, 2019-08, 2019-08-05; 2004/2010; 2022-09/ while it lasts):")?;
    let kind = questions.word("What kind of matter", &Kind::ALL, Kind::word)?;
    let status = questions.word("How it stands", &Status::ALL, Status::word)?;
    let providers = questions.list("Ids of the providers it is about:")?;
    let sites = questions.list("Domains of the sites it is about, if any:")?;
    let title = questions.both("Title")?;
    let summary = questions.both("What happened, in two or three sentences")?;
    let position = questions.both("What the provider says, or that no statement was found")?;
    let reviewed = datetime(today);
    let of_position = match questions.ask("Who published the provider's statement (empty: none was found):")? {
        Some(publisher) => Some(questions.source(publisher, reviewed)?),
        None => None,
    };
    let outcome = questions.both("How it ended or stands")?;
    let mut sources = Vec::new();
    while let Some(publisher) = questions.ask("Publisher of a source (empty: no more):")? {
        sources.push(questions.source(publisher, reviewed)?);
    }
    let has_primary = sources.iter().chain(&of_position).any(|source| source.kind.is_primary());
    let because =
        if has_primary { None } else { questions.ask("Why none of these is primary, if it was looked for:")? };
    let no_primary_source = because.map(|because| NoPrimarySource { searched: reviewed, because });
    let mut facts = Vec::new();
    while let Some(says) = questions.ask("A fact that carries the record, in English (empty: no more):")? {
        let confirmed_by = questions.ask("  The page that confirms it (empty: not verified):")?;
        let unverified = confirmed_by.is_none().then(|| "not verified yet".to_owned());
        facts.push(Fact { says, confirmed_by, unverified });
    }
    let months = if status == Status::Ongoing { 6 } else { 24 };
    let record = Record {
        providers,
        sites,
        date,
        kind,
        status,
        superseded_by: None,
        state: State::Draft,
        missing: vec!["a second reader".to_owned()],
        withdrawn: None,
        withdrawn_because: None,
        still_cited: None,
        reviewed,
        review_due: datetime(today.saturating_add(jiff::Span::new().months(months))),
        title: Some(title),
        summary: Some(summary),
        position: Some(Position { en: position.en, fr: position.fr, source: of_position }),
        outcome: Some(outcome),
        no_primary_source,
        source: sources,
        fact: facts,
        change: Vec::new(),
        reply: Vec::new(),
    };
    Ok(written(&record))
}

/// The text of a new site's file.
pub fn site<R: BufRead, W: Write>(questions: &mut Questions<'_, R, W>) -> io::Result<String> {
    let name = questions.text("Its name, as it writes it:")?;
    let domains = questions.list("Other domains under which it stands, if any:")?;
    let former_domains = questions.list("Domains that it left, if any:")?;
    let never_link = questions.text("May its domains be linked (yes, no):")? != "yes";
    let status = questions.both("What courts and authorities decided, or that nothing was found")?;
    let source = questions.ask("The page that says so, if any:")?;
    let ascii = |list: Vec<String>| list.iter().map(|name| ascii(name).unwrap_or_else(|| name.clone())).collect();
    let site = Site {
        name,
        domains: ascii(domains),
        former_domains: ascii(former_domains),
        never_link,
        legal_status: LegalStatus { en: status.en, fr: status.fr, court: None, date: None, scope: None, source },
        self_description: None,
        characterisation: Vec::new(),
        provider_history: Vec::new(),
    };
    Ok(written(&site))
}

/// The text of a new provider's file: the beginning, to which signatures are added by hand.
pub fn provider<R: BufRead, W: Write>(questions: &mut Questions<'_, R, W>) -> io::Result<String> {
    let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
    let name = questions.text("Its name, as it writes it:")?;
    let short = questions.text("Letters for the badge, one to four:")?;
    let country = questions.ask("Country of its head office (ISO 3166-1, as FR), if known:")?;
    let homepage = questions.text("Its home page, an https address:")?;
    let roles = questions.list("What it does (cdn, reverse-proxy, ddos-protection, waf, dns, hosting, paas, object-storage, site-builder, library-cdn, first-party):")?;
    let fronts = roles.iter().any(|role| matches!(role.as_str(), "cdn" | "reverse-proxy" | "ddos-protection"));
    let roles: Vec<String> = roles.iter().map(|role| quoted(role)).collect();
    let country = country.map_or(String::new(), |country| format!("country = {}\n", quoted(&country)));
    Ok(format!(
        "name = {}\nshort = {}\n{country}homepage = {}\nroles = [{}]\norigin = \"{}\"\n",
        quoted(&name),
        quoted(&short),
        quoted(&homepage),
        roles.join(", "),
        if fronts { "masks" } else { "shows" },
    ))
}

fn datetime(date: jiff::civil::Date) -> Datetime {
    let year = u16::try_from(date.year()).unwrap_or(0);
    Datetime { date: Some(Date { year, month: date.month() as u8, day: date.day() as u8 }), time: None, offset: None }
}

/// Empty lists say nothing and are left out.
fn written<T: serde::Serialize>(value: &T) -> String {
    let text = toml::to_string(value).expect("every field of the schema can be written");
    text.lines().filter(|line| !line.ends_with(" = []")).map(|line| format!("{line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_is_asked_for_and_can_be_read_again() {
        let answers = "2026-03-02\noutage\nresolved\nexample-cdn\n\nTitle\nTitre\nWhat.\nQuoi.\nNone was found.\nAucune.\n\nEnded.\nFini.\n\
            Example Courier\nPages\nhttps://courier.example.org/\n\n2026-03-02\nen\npress\na reader's copy\n\nNone was found.\nIt ended.\n\n\n";
        let mut out = Vec::new();
        let mut questions = Questions { answers: answers.as_bytes(), out: &mut out };
        let text = record(&mut questions, jiff::civil::date(2026, 11, 25)).unwrap();
        let read: Record = toml::from_str(&text).unwrap();
        assert_eq!((read.kind, read.status, read.state), (Kind::Outage, Status::Resolved, State::Draft));
        assert_eq!(read.review_due.to_string(), "2028-11-25");
        assert_eq!(read.source[0].kind, SourceKind::Press);
        assert_eq!(read.source[0].read_in.as_deref(), Some("a reader's copy"));
        let searched = read.no_primary_source.unwrap();
        assert_eq!((searched.searched, searched.because.as_str()), (read.reviewed, "None was found."));
        assert_eq!(read.fact[0].unverified.as_deref(), Some("not verified yet"));
        assert_eq!(read.title.unwrap().fr, "Titre");
        assert!(String::from_utf8(out).unwrap().contains("What kind of matter (service-terminated, "));
    }
}
