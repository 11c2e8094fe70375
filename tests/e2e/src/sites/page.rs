//! The pages as HTML: plain, valid, in both languages.

use std::fmt::Write as _;

use super::{INDEX, SITES, Site, Words};

/// The style of all pages; it travels inside each, so that a page is one request.
const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1c2430; --paper: #fbfaf7; --line: #d8d3c6; --link: #0a4f9e }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e3da; --paper: #16191f; --line: #3a404c; --link: #8fc1ff } }
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 46rem; padding: 2rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 1.0625rem/1.55 system-ui, sans-serif }
h1 { font-size: 2rem; line-height: 1.15; margin: 0 0 .25rem }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem }
header p { margin: 0; opacity: .8 }
a { color: var(--link) }
table { border-collapse: collapse; width: 100% }
th, td { border-bottom: 1px solid var(--line); padding: .5rem .75rem .5rem 0; text-align: left; vertical-align: top }
dl { border: 1px solid var(--line); border-radius: .5rem; margin: 1rem 0; padding: 1rem 1.25rem }
dt { font-weight: 600 }
dd { margin: 0 0 .75rem }
dd:last-child { margin: 0 }
ul { padding-left: 1.2rem }
footer { border-top: 1px solid var(--line); margin-top: 3rem; padding-top: 1rem; font-size: .9rem; opacity: .8 }";

/// A whole page; `body` is HTML, `title` is text.
pub fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<link rel=\"icon\" href=\"data:,\">\n<style>{STYLE}</style>\n\
         </head>\n<body>\n{body}\n</body>\n</html>\n"
    )
}

/// The front page of a host: what it imitates and what the extension should say.
pub fn front(site: &Site) -> String {
    if site.host == INDEX {
        return index();
    }
    let mut body = heading(site.title, site.host);
    for (lang, imitates, says) in [
        ("en", "This page imitates", "The extension should say"),
        ("fr", "Cette page imite", "L’extension devrait dire"),
    ] {
        let pick = |words: Words| if lang == "fr" { words.fr } else { words.en };
        let _ = write!(
            body,
            "<dl lang=\"{lang}\">\n<dt>{imitates}</dt><dd>{}</dd>\n<dt>{says}</dt><dd>{}</dd>\n</dl>\n",
            pick(site.imitates),
            pick(site.says)
        );
    }
    if site.host == super::CLOUDFLARE {
        // The other hosts of a page are shown too, so one page has some.
        let _ = writeln!(
            body,
            "<p><img src=\"https://{}/picture.svg\" width=\"320\" height=\"120\" alt=\"A picture from another host\"> \
             <img src=\"https://{}/picture.svg\" width=\"320\" height=\"120\" alt=\"A picture from a third host\"></p>",
            super::BUNNY,
            super::FASTLY
        );
    }
    body.push_str(&others(site.host));
    document(&format!("{} – {}", site.title.en, site.title.fr), &body)
}

fn heading(title: Words, host: &str) -> String {
    format!("<header>\n<h1>{} · <span lang=\"fr\">{}</span></h1>\n<p>{host}</p>\n</header>\n", title.en, title.fr)
}

fn index() -> String {
    let mut body = String::from(
        "<header>\n<h1>Served By</h1>\n<p>The demonstration · <span lang=\"fr\">La démonstration</span></p>\n</header>\n\
         <p>Each of these hosts imitates a provider, or several behind one another. Open one and look at the \
         extension’s button: its badge names who delivered the page, its panel shows why. None of this needs the \
         internet; every address is answered by this machine.</p>\n\
         <p lang=\"fr\">Chacun de ces sites imite un fournisseur, ou plusieurs l’un derrière l’autre. Ouvrez-en un et \
         regardez le bouton de l’extension\u{a0}: son étiquette nomme qui a distribué la page, son panneau montre \
         pourquoi. Rien de cela n’a besoin d’internet\u{a0}: cette machine répond à toutes les adresses.</p>\n\
         <table>\n<thead><tr><th scope=\"col\">Host · <span lang=\"fr\">Site</span></th>\
         <th scope=\"col\">Imitates · <span lang=\"fr\">Imite</span></th></tr></thead>\n<tbody>\n",
    );
    for site in SITES.iter().skip(1) {
        let _ = writeln!(
            body,
            "<tr><th scope=\"row\"><a href=\"https://{}/\">{}</a></th><td>{}<br><span lang=\"fr\">{}</span></td></tr>",
            site.host, site.host, site.imitates.en, site.imitates.fr
        );
    }
    body.push_str("</tbody>\n</table>\n<h2>Situations</h2>\n<ul>\n");
    for (path, words) in super::routes::SITUATIONS {
        let _ = writeln!(
            body,
            "<li><a href=\"https://{}{path}\">{}</a> · <span lang=\"fr\">{}</span></li>",
            super::CLOUDFLARE,
            words.en,
            words.fr
        );
    }
    body.push_str("</ul>\n");
    document("Served By: the demonstration – la démonstration", &body)
}

/// Links to the other hosts.
fn others(host: &str) -> String {
    let mut body = String::from("<footer>\n<p>");
    let _ = write!(body, "<a href=\"https://{INDEX}/\">Index</a>");
    for site in SITES.iter().skip(1).filter(|site| site.host != host) {
        let _ = write!(body, " · <a href=\"https://{}/\">{}</a>", site.host, site.host);
    }
    body.push_str("</p>\n</footer>");
    body
}

/// A page that brings about a situation; `more` is HTML.
pub fn situation(words: Words, host: &str, more: &str) -> String {
    let body = format!(
        "{}<p>{}</p>\n<p lang=\"fr\">{}</p>\n{more}\n{}",
        heading(words, host),
        words.en,
        words.fr,
        others(host)
    );
    document(words.en, &body)
}
