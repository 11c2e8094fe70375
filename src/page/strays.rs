//! Responses that a browser reports of no tab: a page's service worker fetched them.
//!
//! They are given to their page by its origin (RFC 6454), which the browser names as the initiator.
//! A worker that answers for a page fetches before the page is committed; such a response waits for
//! the commit. Of several pages of one origin the newest gets it: nothing tells them apart. A page that is
//! built ahead gets nothing: its navigation is not the tab's, and must neither begin nor end in its name here.

use super::{Document, Kept, same_page};

/// Navigations that are under way at a time, in all tabs.
const UNDER_WAY_MAX: usize = 64;
/// Responses that wait for a commit.
const HELD_MAX: usize = 64;

/// Navigations under way, and the responses that wait for their commits.
#[derive(Debug, Default)]
pub struct Strays {
    under_way: Vec<(i32, String)>,
    held: Vec<(i32, Kept)>,
}

/// Whose response it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The document in this tab.
    Tab(i32),
    /// The document that is about to be committed in this tab.
    Next(i32),
}

impl Strays {
    /// A navigation begins. What was fetched for one before it that never came belongs to nobody.
    pub fn begin(&mut self, tab: i32, url: &str) {
        self.under_way.retain(|(other, _)| *other != tab);
        self.held.retain(|(other, _)| *other != tab);
        super::push(&mut self.under_way, (tab, super::cut(url)), UNDER_WAY_MAX);
    }

    /// The navigation failed, so nothing more is fetched for it. That its beginning was seen stays known, since
    /// Firefox tells of a failure just before it commits.
    pub fn fail(&mut self, tab: i32) {
        self.under_way.iter_mut().filter(|(other, _)| *other == tab).for_each(|(_, url)| url.clear());
    }

    /// Was the beginning of this tab's navigation seen?
    pub fn began(&self, tab: i32) -> bool {
        self.under_way.iter().any(|(other, _)| *other == tab)
    }

    /// The navigation has ended, and so has its document's waiting: the responses that are its own.
    pub fn end(&mut self, tab: i32) -> Vec<Kept> {
        self.under_way.retain(|(other, _)| *other != tab);
        self.held.extract_if(.., |(to, _)| *to == tab).map(|(_, response)| response).collect()
    }

    /// Whose is a response to `url` that this origin asked for? Nobody's if no page of it is known.
    pub fn owner<'d>(
        &self,
        url: &str,
        origin: &str,
        documents: impl Iterator<Item = (i32, &'d Document)>,
    ) -> Option<Owner> {
        let expects = |fits: &dyn Fn(&str) -> bool| {
            self.under_way.iter().rev().find(|(_, url)| fits(url)).map(|(tab, _)| Owner::Next(*tab))
        };
        expects(&|page| same_page(page, url) && self::origin(page) == Some(origin))
            .or_else(|| {
                documents
                    .filter(|(_, document)| self::origin(&document.url) == Some(origin))
                    .max_by_key(|(_, document)| document.committed_at_ms)
                    .map(|(tab, _)| Owner::Tab(tab))
            })
            .or_else(|| expects(&|page| self::origin(page) == Some(origin)))
    }

    /// Keeps a response for the commit in this tab.
    pub fn hold(&mut self, tab: i32, response: Kept) {
        super::push(&mut self.held, (tab, response), HELD_MAX);
    }
}

/// Scheme, host and port of an address, as written; pages of the browser and of extensions have none here.
pub fn origin(url: &str) -> Option<&str> {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    (end > 0).then(|| &url[..url.len() - rest.len() + end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::{State, new_document};

    fn document(url: &str, committed_at_ms: i64) -> Document {
        Document { committed_at_ms, ..new_document(url, State::ServiceWorker) }
    }

    #[test]
    fn a_response_goes_to_the_newest_page_of_its_origin() {
        let strays = Strays::default();
        let documents = [
            (1, document("https://a.example/x", 10)),
            (2, document("https://a.example/", 20)),
            (3, document("https://b.example/", 30)),
        ];
        let owner = |initiator: &str| {
            let documents = documents.iter().map(|(id, document)| (*id, document));
            strays.owner("https://cdn.example/a.js", origin(initiator)?, documents)
        };
        assert_eq!(owner("https://a.example"), Some(Owner::Tab(2)), "Chromium names the origin");
        assert_eq!(owner("https://a.example/worker.js"), Some(Owner::Tab(2)), "Firefox names the worker");
        assert_eq!(owner("http://a.example"), None, "another scheme is another origin");
        assert_eq!(owner("https://a.example:8443"), None, "another port is another origin");
        assert_eq!(owner("https://a.example.evil.example"), None);
        assert_eq!(owner("chrome-extension://abc/"), None);
        assert_eq!(owner(""), None);
    }

    #[test]
    fn what_a_worker_fetches_for_a_page_waits_for_its_commit() {
        let mut strays = Strays::default();
        let old = document("https://a.example/old", 10);
        strays.begin(1, "https://a.example/new#part");
        let owner = |url: &str| strays.owner(url, "https://a.example", [(1, &old)].into_iter());
        assert_eq!(owner("https://a.example/new"), Some(Owner::Next(1)), "the page itself");
        assert_eq!(owner("https://a.example/other.js"), Some(Owner::Tab(1)));
        assert_eq!(strays.owner("https://a.example/x", "https://a.example", std::iter::empty()), Some(Owner::Next(1)));
        assert_eq!(strays.owner("https://a.example/new", "https://b.example", std::iter::empty()), None, "not its own");
        strays.fail(1);
        assert!(strays.began(1), "a commit may follow");
        let again = strays.owner("https://a.example/new", "https://a.example", [(2, &old)].into_iter());
        assert_eq!(again, Some(Owner::Tab(2)), "nothing is fetched for a navigation that failed");
    }

    #[test]
    fn what_waited_is_given_out_once_and_never_grows() {
        let mut strays = Strays::default();
        let response = crate::detect::response::Response { url: "https://a.example/", ..Default::default() };
        let kept = Kept::new(&response, &crate::detect::table::Tables::default());
        strays.begin(1, "https://a.example/");
        for _ in 0..200 {
            strays.hold(1, kept.clone());
        }
        strays.hold(2, kept.clone());
        assert_eq!(strays.end(1).len(), HELD_MAX - 1);
        assert_eq!(strays.end(1).len(), 0);
        assert_eq!(strays.end(2).len(), 1);
        strays.hold(2, kept.clone());
        strays.begin(2, "https://a.example/");
        assert_eq!(strays.end(2).len(), 0, "another navigation has begun");
        for tab in 0..200 {
            strays.begin(tab, "https://a.example/");
        }
        assert_eq!(strays.under_way.len(), UNDER_WAY_MAX);
    }
}
