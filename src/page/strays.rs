//! Navigations that are under way, and responses that a browser reports of no tab: a page's service worker fetched
//! them.
//!
//! They are given to their page by its origin (RFC 6454), which the browser names as the initiator.
//! A worker that answers for a page fetches before the page is committed; such a response waits for
//! the commit. Of several pages of one origin the newest gets it: nothing tells them apart, but for
//! private windows, whose pages share no worker with others. A page that is
//! built ahead gets nothing: its navigation is not the tab's, and must neither begin nor end in its name here.

use super::{Kept, Tab, cut, is_aborted, same_page};

/// Navigations that are under way at a time, in all tabs.
const NAVIGATIONS_MAX: usize = 64;
/// Responses that wait for a commit.
const HELD_MAX: usize = 64;

/// Navigations under way, and the responses that wait for their commits.
#[derive(Debug, Default)]
pub struct Strays {
    navigations: Vec<Navigation>,
    held: Vec<(i32, Kept)>,
}

/// A tab's navigation, from its beginning to its commit.
#[derive(Debug)]
struct Navigation {
    tab: i32,
    /// Where it leads; empty once it has failed, for nothing more is fetched for it.
    url: String,
    /// Its beginning was seen. Of what fails after its commit, as a body that cannot be decoded, Firefox shows a page of
    /// its own by another commit, which has no beginning.
    began: bool,
    /// Where it failed, and why.
    failed: Option<(String, String)>,
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
        self.held.retain(|(other, _)| *other != tab);
        self.know(Navigation { tab, url: cut(url), began: true, failed: None });
    }

    /// The navigation failed, so nothing more is fetched for it. That its beginning was seen stays known, since
    /// Firefox tells of a failure just before it commits. It does so of every navigation, as if it were given up; of
    /// one of which its own page about the failure comes, it tells why.
    pub fn fail(&mut self, tab: i32, url: &str, error: &str) {
        let (failed, began) = ((!is_aborted(error)).then(|| (cut(url), cut(error))), self.began(tab));
        if began || failed.is_some() {
            self.know(Navigation { tab, url: String::new(), began, failed });
        }
    }

    fn know(&mut self, navigation: Navigation) {
        self.navigations.retain(|other| other.tab != navigation.tab);
        super::push(&mut self.navigations, navigation, NAVIGATIONS_MAX);
    }

    fn of(&self, tab: i32) -> Option<&Navigation> {
        self.navigations.iter().find(|navigation| navigation.tab == tab)
    }

    /// Was the beginning of this tab's navigation seen?
    pub fn began(&self, tab: i32) -> bool {
        self.of(tab).is_some_and(|navigation| navigation.began)
    }

    /// Why the navigation to this page failed, if none has begun in the tab since.
    pub fn failed(&self, tab: i32, url: &str) -> Option<&str> {
        let (page, error) = self.of(tab)?.failed.as_ref()?;
        same_page(page, url).then_some(error)
    }

    /// Does the tab's navigation lead to a page that no site has?
    pub fn leads_to_own_page(&self, tab: i32) -> bool {
        self.of(tab).is_some_and(|navigation| !navigation.url.is_empty() && origin(&navigation.url).is_none())
    }

    /// The navigation has ended, and so has its document's waiting: the responses that are its own.
    pub fn end(&mut self, tab: i32) -> Vec<Kept> {
        self.navigations.retain(|navigation| navigation.tab != tab);
        self.held.extract_if(.., |(to, _)| *to == tab).map(|(_, response)| response).collect()
    }

    /// Whose is a response to `url` that this origin asked for? Nobody's if no page of it is known, nor if it has pages
    /// on screen in private windows and in others, for what happens in the former must not be told in the latter.
    /// `tabs` are known by their numbers.
    pub fn owner<'d>(&self, url: &str, origin: &str, tabs: impl Iterator<Item = (i32, &'d Tab)>) -> Option<Owner> {
        let expects = |fits: &dyn Fn(&str) -> bool| {
            self.navigations.iter().rev().find(|next| fits(&next.url)).map(|next| Owner::Next(next.tab))
        };
        expects(&|page| same_page(page, url) && self::origin(page) == Some(origin)).or_else(|| {
            let mut is_open = [false; 2];
            let newest = tabs
                .filter_map(|(id, tab)| {
                    let document = tab.document.as_ref().filter(|page| self::origin(&page.url) == Some(origin))?;
                    is_open[usize::from(tab.is_private)] = true;
                    Some((document.committed_at_ms, id))
                })
                .max();
            match newest {
                Some(_) if is_open == [true; 2] => None,
                Some((_, id)) => Some(Owner::Tab(id)),
                None => expects(&|page| self::origin(page) == Some(origin)),
            }
        })
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
    use crate::page::{Document, State, new_document};

    fn tab(url: &str, committed_at_ms: i64) -> Tab {
        let document = Document { committed_at_ms, ..new_document(url, State::ServiceWorker) };
        Tab { document: Some(document), ..Tab::default() }
    }

    #[test]
    fn a_response_goes_to_the_newest_page_of_its_origin() {
        let strays = Strays::default();
        let mut tabs = [
            (1, tab("https://a.example/x", 10)),
            (2, tab("https://a.example/", 20)),
            (3, tab("https://b.example/", 30)),
        ];
        let owner_of = |initiator: &str, tabs: &[(i32, Tab)]| {
            let tabs = tabs.iter().map(|(id, tab)| (*id, tab));
            strays.owner("https://cdn.example/a.js", origin(initiator)?, tabs)
        };
        let owner = |initiator: &str| owner_of(initiator, &tabs);
        assert_eq!(owner("https://a.example"), Some(Owner::Tab(2)), "Chromium names the origin");
        assert_eq!(owner("https://a.example/worker.js"), Some(Owner::Tab(2)), "Firefox names the worker");
        assert_eq!(owner("http://a.example"), None, "another scheme is another origin");
        assert_eq!(owner("https://a.example:8443"), None, "another port is another origin");
        assert_eq!(owner("https://a.example.evil.example"), None);
        assert_eq!(owner("chrome-extension://abc/"), None);
        assert_eq!(owner(""), None);
        tabs[0].1.is_private = true;
        assert_eq!(owner_of("https://a.example", &tabs), None, "it may be the other window's");
        tabs[1].1.is_private = true;
        assert_eq!(owner_of("https://a.example", &tabs), Some(Owner::Tab(2)));
        assert_eq!(owner_of("https://b.example", &tabs), Some(Owner::Tab(3)));
    }

    #[test]
    fn what_a_worker_fetches_for_a_page_waits_for_its_commit() {
        let mut strays = Strays::default();
        let old = tab("https://a.example/old", 10);
        strays.begin(1, "https://a.example/new#part");
        let owner = |url: &str| strays.owner(url, "https://a.example", [(1, &old)].into_iter());
        assert_eq!(owner("https://a.example/new"), Some(Owner::Next(1)), "the page itself");
        assert_eq!(owner("https://a.example/other.js"), Some(Owner::Tab(1)));
        assert_eq!(strays.owner("https://a.example/x", "https://a.example", std::iter::empty()), Some(Owner::Next(1)));
        assert_eq!(strays.owner("https://a.example/new", "https://b.example", std::iter::empty()), None, "not its own");
        strays.fail(1, "https://a.example/new", "net::ERR_FAILED");
        assert!(strays.began(1), "a commit may follow");
        let again = strays.owner("https://a.example/new", "https://a.example", [(2, &old)].into_iter());
        assert_eq!(again, Some(Owner::Tab(2)), "nothing is fetched for a navigation that failed");
    }

    #[test]
    fn why_a_navigation_failed_is_known_until_the_next_one_begins_or_ends() {
        let page = "https://a.example/";
        let (aborted, error) = ("Error code 2152398850", "Error code 2152398878");
        for begins in [true, false] {
            let mut strays = Strays::default();
            if begins {
                strays.begin(1, page);
            }
            strays.fail(1, page, aborted);
            assert_eq!(strays.failed(1, page), None, "Firefox tells this before every commit");
            assert_eq!(strays.navigations.len(), usize::from(begins), "nothing is known of a tab for that");
            strays.fail(1, page, error);
            assert_eq!((strays.failed(1, page), strays.began(1)), (Some(error), begins));
            assert_eq!((strays.failed(1, "https://a.example/b"), strays.failed(2, page)), (None, None));
            strays.begin(1, page);
            assert_eq!(strays.failed(1, page), None);
            strays.fail(1, page, error);
            strays.end(1);
            assert_eq!(strays.failed(1, page), None);
        }
    }

    #[test]
    fn a_page_of_the_browsers_own_is_known_by_where_its_navigation_leads() {
        let mut strays = Strays::default();
        assert!(!strays.leads_to_own_page(1));
        for (url, own) in [("about:support", true), ("https://a.example/", false)] {
            strays.begin(1, url);
            assert_eq!((strays.leads_to_own_page(1), strays.leads_to_own_page(2)), (own, false), "{url}");
        }
        strays.fail(1, "https://a.example/", "Error code 2152398878");
        assert!(!strays.leads_to_own_page(1));
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
        assert_eq!(strays.navigations.len(), NAVIGATIONS_MAX);
    }
}
