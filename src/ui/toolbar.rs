//! A tab as the toolbar shows it: a few letters and a sentence.

use super::words::{self, Lang};
use crate::detect::table::Tables;
use crate::detect::verdict::Reason;
use crate::page::{State, Tab};

/// What stands on the badge: the provider's short code, `?` for an unknown with its reason, nothing
/// where no server took part.
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
            short.flatten().filter(|short| !short.is_empty()).unwrap_or_else(|| "?".to_owned())
        }
    }
}

/// What the tooltip says: the sentence, and how the page came when it did not come over the network.
pub fn tooltip(tab: &Tab, tables: &Tables<'_>, lang: Lang) -> String {
    let state = tab.document.as_ref().map_or(State::Waiting, |document| document.state);
    tab.verdict(tables, |_, verdict| words::headline(state, Some(verdict), tables, lang))
        .unwrap_or_else(|| words::headline(state, None, tables, lang))
}
