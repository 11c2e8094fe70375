//! `served-by dataset export html`: static pages in both languages.
//!
//! Every record, provider and site has a page of its own whose address never changes, `en/record/<id>.html`,
//! with an anchor on each part. The list is searched by a script of a few lines; without scripts it is
//! a list. Nothing is loaded from anywhere.

use std::fs;
use std::io;
use std::path::Path;

use served_by::records::table::{ProviderRow, RecordRow, Records, SiteRow};
use served_by::records::vocabulary::{Kind, State};
use served_by::ui::records::{record_in_full, site_in_full};
use served_by::ui::tree::{escaped, html};
use served_by::ui::words::Lang;
use served_by::ui::words::records::{self as words, Told};
use zerocopy::little_endian::U16;

const LANGS: [Lang; 2] = [Lang::En, Lang::Fr];

/// Writes the pages to a folder; returns how many.
pub fn write(records: &Records<'_>, date: &str, folder: &Path) -> io::Result<usize> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("style.css"), STYLE)?;
    fs::write(folder.join("search.js"), SEARCH)?;
    fs::write(folder.join("index.html"), ENTRANCE)?;
    let mut count = 1;
    for lang in LANGS {
        let site = Pages { records, lang, date };
        let root = folder.join(lang.tag());
        for kind in ["record", "provider", "site"] {
            fs::create_dir_all(root.join(kind))?;
        }
        fs::write(root.join("index.html"), site.index())?;
        for record in records.records {
            fs::write(root.join("record").join(format!("{}.html", records.text(record.id))), site.record(record))?;
        }
        for provider in records.providers.iter().filter(|provider| provider.records.len.get() > 0) {
            fs::write(
                root.join("provider").join(format!("{}.html", records.text(provider.id))),
                site.provider(provider),
            )?;
            count += 1;
        }
        for row in records.sites {
            fs::write(root.join("site").join(format!("{}.html", records.text(row.domain))), site.site(row))?;
        }
        count += 1 + records.records.len() + records.sites.len();
    }
    Ok(count)
}

struct Pages<'p, 'd> {
    records: &'p Records<'d>,
    lang: Lang,
    date: &'p str,
}

impl Pages<'_, '_> {
    fn say<'s>(&self, en: &'s str, fr: &'s str) -> &'s str {
        if self.lang == Lang::En { en } else { fr }
    }

    /// A page; `up` leads to the folder of its language, `own` is its path below it.
    fn page(&self, title: &str, up: &str, own: &str, body: &str) -> String {
        let tag = self.lang.tag();
        let (other, other_name) = self.other();
        let title = escaped(title);
        let date = escaped(self.date);
        format!(
            "<!doctype html>\n<html lang=\"{tag}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
             <title>{title} – Served By</title>\n<link rel=\"stylesheet\" href=\"{up}../style.css\">\n</head>\n<body>\n\
             <header><nav aria-label=\"{nav}\"><a href=\"{up}index.html\">{all}</a> · \
             <a href=\"{up}../{other}/{own}\" hreflang=\"{other}\" lang=\"{other}\">{other_name}</a></nav></header>\n\
             <main id=\"top\">\n<h1>{title}</h1>\n{body}</main>\n<footer><p>Served By, {dataset} {date}. CC BY 4.0.</p></footer>\n\
             </body>\n</html>\n",
            nav = self.say("Pages", "Pages"),
            all = self.say("All records", "Toutes les fiches"),
            dataset = self.say("dataset of", "jeu de données du"),
        )
    }

    fn other(&self) -> (&'static str, &'static str) {
        if self.lang == Lang::En { ("fr", "Français") } else { ("en", "English") }
    }

    fn title(&self, record: &RecordRow) -> String {
        let title = self.records.said(record, self.lang.of_records()).title;
        if title.is_empty() { self.records.text(record.id).to_owned() } else { title.to_owned() }
    }

    fn facts(&self, record: &RecordRow) -> String {
        if record.state() == State::Withdrawn {
            return words::withdrawn(record.reviewed.get(), self.lang);
        }
        let when = words::when(record.when(), self.lang);
        [when.as_str(), words::kind(record.kind(), self.lang), words::status(record.status(), self.lang)].join(" · ")
    }

    fn record(&self, record: &RecordRow) -> String {
        let id = self.records.text(record.id);
        let mut body = format!("<p class=\"note\" id=\"facts\">{}</p>\n", escaped(&self.facts(record)));
        if record.state() != State::Withdrawn {
            body += &format!("<p class=\"note\">{}</p>\n", escaped(words::kind_meaning(record.kind(), self.lang)));
        }
        let mut about = Vec::new();
        for row in self.rows(record.providers, self.records.providers) {
            let (id, name) = (self.records.text(row.id), escaped(self.records.text(row.name)));
            about.push(format!("<a href=\"../provider/{id}.html\">{name}</a>"));
        }
        for row in self.rows(record.sites, self.records.sites) {
            let domain = self.records.text(row.domain);
            about.push(format!("<a href=\"../site/{domain}.html\">{domain}</a>"));
        }
        body += &format!("<p id=\"about\">{} {}</p>\n", self.say("About:", "Concerne\u{a0}:"), about.join(", "));
        body += &anchored(&record_in_full(self.records, record, self.lang));
        self.page(&self.title(record), "../", &format!("record/{id}.html"), &body)
    }

    fn rows<'t, T>(&self, run: served_by::records::table::Run, rows: &'t [T]) -> Vec<&'t T> {
        let numbers = self.records.numbers(run).iter();
        numbers.filter_map(|number| rows.get(usize::from(number.get()))).collect()
    }

    fn list(&self, numbers: &[U16], up: &str) -> String {
        let mut list = String::from("<ul class=\"records\">\n");
        for record in numbers.iter().filter_map(|number| self.records.record(*number)) {
            list += &self.item(record, up);
        }
        list + "</ul>\n"
    }

    fn item(&self, record: &RecordRow, up: &str) -> String {
        let id = self.records.text(record.id);
        let summary = self.records.said(record, self.lang.of_records()).summary;
        format!(
            "<li id=\"{id}\"><a href=\"{up}record/{id}.html\">{}</a><p class=\"note\">{}</p><p>{}</p></li>\n",
            escaped(&self.title(record)),
            escaped(&self.facts(record)),
            escaped(summary)
        )
    }

    fn provider(&self, provider: &ProviderRow) -> String {
        let id = self.records.text(provider.id);
        let title = words::records_about(self.records.text(provider.name), self.lang);
        let body = self.list(self.records.numbers(provider.records), "../");
        self.page(&title, "../", &format!("provider/{id}.html"), &body)
    }

    fn site(&self, site: &SiteRow) -> String {
        let domain = self.records.text(site.domain);
        let mut body = format!("<p class=\"note\">{domain}</p>\n");
        body += &anchored(&site_in_full(self.records, site, self.lang));
        body += &format!("<h2 id=\"records\">{}</h2>\n", Told::AboutThisSite.text(self.lang));
        body += &self.list(self.records.numbers(site.records), "../");
        self.page(self.records.text(site.name), "../", &format!("site/{domain}.html"), &body)
    }

    fn index(&self) -> String {
        let mut rows: Vec<&RecordRow> = self.records.records.iter().collect();
        rows.sort_by_key(|record| {
            served_by::records::order::key(record.status(), record.when(), self.records.text(record.id))
        });
        let items: String = rows.iter().map(|record| self.item(record, "")).collect();
        let links = |kind: &str, all: Vec<(&str, &str)>| -> String {
            let one = |(id, name): &(&str, &str)| format!("<a href=\"{kind}/{id}.html\">{}</a>", escaped(name));
            all.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        let providers = self.records.providers.iter().filter(|row| row.records.len.get() > 0);
        let providers = providers.map(|row| (self.records.text(row.id), self.records.text(row.name))).collect();
        let sites = self.records.sites.iter();
        let sites = sites.map(|row| (self.records.text(row.domain), self.records.text(row.domain))).collect();
        let kinds: String = Kind::ALL
            .into_iter()
            .map(|kind| {
                let (name, meaning) = (words::kind(kind, self.lang), words::kind_meaning(kind, self.lang));
                format!("<dt id=\"kind-{}\">{}</dt><dd>{}</dd>\n", kind.word(), escaped(name), escaped(meaning))
            })
            .collect();
        let body = format!(
            "<p class=\"note\">{note}</p>\n\
             <form role=\"search\" hidden><label for=\"search\">{search}</label> <input id=\"search\" type=\"search\" \
             autocomplete=\"off\"> <output id=\"found\" for=\"search\"></output></form>\n\
             <ul class=\"records\" id=\"records\">\n{items}</ul>\n\
             <h2 id=\"providers\">{by_provider}</h2>\n<p>{}</p>\n<h2 id=\"sites\">{by_site}</h2>\n<p>{}</p>\n\
             <h2 id=\"kinds\">{kinds_title}</h2>\n<dl>\n{kinds}</dl>\n<script src=\"../search.js\"></script>\n",
            links("provider", providers),
            links("site", sites),
            note = self.say(
                "Dated facts with their sources. No rating, no colour, no score.",
                "Des faits datés, avec leurs sources. Ni note, ni couleur, ni score."
            ),
            search = self.say("Search", "Rechercher"),
            by_provider = self.say("Providers", "Prestataires"),
            by_site = self.say("Sites", "Sites"),
            kinds_title = self.say("Kinds", "Catégories"),
        );
        self.page(self.say("Records", "Fiches"), "", "index.html", &body)
    }
}

/// Parts of a page, each under an anchor of its own. In the panel they stand below one heading more, or two;
/// texts cannot be taken for tags, for they are escaped.
fn anchored(parts: &[served_by::ui::tree::Element]) -> String {
    let part = |(number, part): (usize, &served_by::ui::tree::Element)| {
        let part = ["h3", "h4"].into_iter().fold(html(part), |part, level| {
            part.replace(&format!("<{level}>"), "<h2>").replace(&format!("</{level}>"), "</h2>")
        });
        format!("<div id=\"part-{}\">{part}</div>\n", number + 1)
    };
    parts.iter().enumerate().map(part).collect()
}

const ENTRANCE: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Served By</title>\n\
    <link rel=\"stylesheet\" href=\"style.css\">\n</head>\n<body>\n<main>\n<h1>Served By</h1>\n\
    <p><a href=\"en/index.html\">Records in English</a></p>\n\
    <p lang=\"fr\"><a href=\"fr/index.html\" hreflang=\"fr\">Fiches en français</a></p>\n</main>\n</body>\n</html>\n";

const SEARCH: &str = "// Shows the records that hold every word of the search; without a script the list is whole.
const form = document.querySelector('form');
const found = document.getElementById('found');
const plain = (text) => text.normalize('NFD').replace(/\\p{Mn}/gu, '').toLowerCase();
const items = [...document.querySelectorAll('#records > li')].map((item) => [item, plain(item.id + ' ' + item.textContent)]);
const search = () => {
  const words = plain(document.getElementById('search').value).split(/\\s+/).filter(Boolean);
  let count = 0;
  for (const [item, text] of items) {
    item.hidden = !words.every((word) => text.includes(word));
    if (!item.hidden) count += 1;
  }
  found.textContent = words.length ? `${count} / ${items.length}` : '';
};
form.hidden = false;
form.addEventListener('input', search);
form.addEventListener('submit', (event) => event.preventDefault());
";

const STYLE: &str = ":root { color-scheme: light dark; --ink: #1c1b19; --paper: #fcfbf8; --soft: #5b5750; --rule: #d8d3c8; --link: #1f4e8c; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #ecebe7; --paper: #1a1a1c; --soft: #aaa69e; --rule: #3b3a3d; --link: #9cc1f2; }
}
body { margin: 0 auto; padding: 1.5rem; max-inline-size: 44rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1, h2, h3 { line-height: 1.25; }
[id^=part] h2 { font-size: 1rem; margin-block-end: 0; }
[id^=part] h2 + p { margin-block-start: 0; }
a { color: var(--link); }
ul { padding: 0; list-style: none; }
li { padding-block: 0.5rem; border-block-start: 1px solid var(--rule); }
li > p { margin-block: 0.25rem; }
dt { font-weight: 600; }
.note, footer { color: var(--soft); font-size: 0.9375em; }
.unseen { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
input { font: inherit; padding: 0.375rem; inline-size: min(100%, 20rem); }
:is(a, input):focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media print {
  nav, form { display: none; }
  a { color: inherit; }
  main a[href^=\"https\"]::after { content: \" (\" attr(href) \")\"; font-size: 0.8em; }
}
";
