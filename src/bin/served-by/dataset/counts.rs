//! `served-by dataset stats`: what the records are about, counted.
//!
//! The policy asks for a look at the balance of the whole set every year. Counts judge nothing: a large
//! provider is written about more often.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use served_by::dataset::compile::records::shown;
use served_by::dataset::read::Source;
use served_by::records::order;
use served_by::records::vocabulary::State;
use served_by::records::when::When;

/// Counts under one heading, the largest first.
pub struct Counts {
    pub heading: &'static str,
    pub rows: Vec<(String, usize)>,
}

/// Everything that is counted.
pub fn of(source: &Source, today: u32) -> Vec<Counts> {
    let shown: Vec<_> = shown(source).collect();
    let state = |state: State| source.records.values().filter(move |file| file.value.state == state).count();
    let states = [State::Published, State::Draft, State::Withdrawn].map(|of| (of.word().to_owned(), state(of)));
    let age = |record: &served_by::dataset::schema::records::Record| {
        let when = When::parse(&record.date).ok()?;
        let cited = record.still_cited.is_some();
        let archived = order::is_archived(record.kind, record.status, record.state, when.end(), cited, today);
        Some(if archived { "archive".to_owned() } else { "main view".to_owned() })
    };
    let year = |date: &str| date.get(..4).unwrap_or("").to_owned();
    let country = |id: &String| {
        let provider = source.providers.get(id)?;
        Some(provider.value.country.clone().unwrap_or_else(|| "unknown".to_owned()))
    };
    vec![
        Counts { heading: "state", rows: states.into_iter().filter(|(_, count)| *count > 0).collect() },
        counted("provider", shown.iter().flat_map(|(_, record)| record.providers.iter().cloned())),
        counted("site", shown.iter().flat_map(|(_, record)| record.sites.iter().cloned())),
        counted("kind", shown.iter().map(|(_, record)| record.kind.word().to_owned())),
        counted("status", shown.iter().map(|(_, record)| record.status.word().to_owned())),
        counted(
            "country of the provider",
            shown.iter().flat_map(|(_, record)| record.providers.iter().filter_map(country)),
        ),
        counted(
            "language of the source",
            shown.iter().flat_map(|(_, record)| record.source.iter().map(|source| source.language.clone())),
        ),
        counted(
            "kind of the source",
            shown.iter().flat_map(|(_, record)| record.source.iter().map(|source| source.kind.word().to_owned())),
        ),
        counted("age", shown.iter().filter_map(|(_, record)| age(record))),
        counted("year in which it began", shown.iter().map(|(_, record)| year(&record.date))),
    ]
}

fn counted(heading: &'static str, items: impl Iterator<Item = String>) -> Counts {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    items.for_each(|item| *counts.entry(item).or_default() += 1);
    let mut rows: Vec<(String, usize)> = counts.into_iter().collect();
    if !heading.starts_with("year") {
        rows.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    }
    Counts { heading, rows }
}

pub fn table(counts: &[Counts], out: &mut impl Write) -> io::Result<()> {
    for (number, part) in counts.iter().enumerate() {
        let gap = if number > 0 { "\n" } else { "" };
        writeln!(out, "{gap}{}", part.heading)?;
        for (name, count) in &part.rows {
            writeln!(out, "{count:>6}  {name}")?;
        }
    }
    Ok(())
}

/// The same as bars: text and shapes only, so that it prints and reads aloud.
pub fn drawing(counts: &[Counts]) -> String {
    const LINE: usize = 20;
    const NAMES: usize = 260;
    const BARS: usize = 360;
    let mut bars = String::new();
    let mut y = LINE;
    for part in counts {
        y += LINE;
        let _ = writeln!(bars, "<text x=\"0\" y=\"{y}\" font-weight=\"bold\">{}</text>", escaped(part.heading));
        let most = part.rows.iter().map(|(_, count)| *count).max().unwrap_or(1).max(1);
        for (name, count) in &part.rows {
            y += LINE;
            let width = (count * BARS).div_ceil(most);
            let (name, top, end) = (escaped(name), y - 12, NAMES + width + 8);
            let _ = writeln!(
                bars,
                "<text x=\"{}\" y=\"{y}\" text-anchor=\"end\">{name}</text><rect x=\"{NAMES}\" y=\"{top}\" width=\"{width}\" \
                 height=\"14\"/><text x=\"{end}\" y=\"{y}\">{count}</text>",
                NAMES - 8
            );
        }
    }
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\" font-family=\"sans-serif\" font-size=\"14\" \
         role=\"img\" aria-label=\"Records, counted\">\n<title>Records, counted</title>\n{bars}</svg>\n",
        NAMES + BARS + 60,
        y + LINE
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}
