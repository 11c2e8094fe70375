//! A tab as the toolbar shows it: a few letters and a sentence.

use super::words::{self, Lang};
use crate::detect::response::{Response, host};
use crate::detect::table::Tables;
use crate::detect::verdict::{Reason, Verdict};
use crate::net::{Reach, reach};
use crate::page::{State, Tab};

/// The mark on the badge that says: there are records about this very site. Records about a provider
/// have none, for their number says nothing about the page.
const RECORDS: char = '•';

/// What stands on the badge: the provider's short code, `?` for an unknown with its reason, nothing
/// where no server took part; and a mark when there are records about the site.
pub fn badge(tab: &Tab, tables: &Tables<'_>) -> String {
    let Some(document) = &tab.document else { return String::new() };
    match document.state {
        State::BrowserPage | State::LocalFile => String::new(),
        State::Waiting => "…".to_owned(),
        _ => {
            let short = tab.verdict(tables, |_, verdict| match (verdict.delivered_by, verdict.reason) {
                (Some(provider), _) => Some(tables.short(provider).to_owned()),
                // The network that answered has a number and a name, and no short one.
                (None, Reason::Operator { .. }) => Some("AS".to_owned()),
                (None, _) => None,
            });
            let mut text = short.flatten().filter(|short| !short.is_empty()).unwrap_or_else(|| "?".to_owned());
            if records_about(&document.url, tables) > 0 {
                text.push(RECORDS);
            }
            text
        }
    }
}

/// Would the table of operators, which is not loaded, name the network that answered?
pub fn wants_operator(tab: &Tab, tables: &Tables<'_>) -> bool {
    let nameless = |response: &Response<'_>, verdict: &Verdict<'_>| {
        verdict.delivered_by.is_none()
            && !response.proxied
            && response.server_address.is_some_and(|address| reach(address) == Reach::Public)
    };
    tables.operators.is_empty() && tab.verdict(tables, nameless) == Some(true)
}

/// What the tooltip says: the sentence, and how the page came when it did not come over the network.
pub fn tooltip(tab: &Tab, tables: &Tables<'_>, lang: Lang) -> String {
    let state = tab.document.as_ref().map_or(State::Waiting, |document| document.state);
    let sentence = tab
        .verdict(tables, |_, verdict| words::headline(state, Some(verdict), tables, lang))
        .unwrap_or_else(|| words::headline(state, None, tables, lang));
    match tab.document.as_ref().map_or(0, |document| records_about(&document.url, tables)) {
        0 => sentence,
        count => format!("{sentence}\n{}", words::records::records_about_this_site(count, lang)),
    }
}

fn records_about(url: &str, tables: &Tables<'_>) -> u16 {
    host(url).map_or(0, |host| tables.records_about(host))
}
