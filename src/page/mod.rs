//! One tab's page views: what was observed of each, how it began, and when it ends.
//!
//! A page view is born when the browser commits a navigation, not when a response arrives:
//! downloads, prefetches and answers without content look like a page's response and never commit,
//! and whatever a toolbar was told before the commit is wiped by it. So responses wait as
//! *pending*, and the commit takes the one with its address. A redirect adds a hop to its request
//! and is otherwise forgotten. Firefox may deliver the commit first; then the view *waits*, and the
//! caller sends [`Event::Overdue`] a moment later. If nothing has come by then, the page's service
//! worker answered, where Firefox has told that it took the request. Chromium tells nothing of such a
//! request, and of all others: there silence says the same; unless the background began after the
//! navigation did, for then a response may have come while there was nobody to see it, or the reader
//! went back, for the browser may have kept a page that is older than the extension. So a view that
//! was saved while it waited waits anew when it is loaded, and names no service worker.
//!
//! Documents that were left stay by their id, since the back/forward cache brings them back without
//! any response. A prerendered document is kept the same way until it is shown, and counts its own
//! requests meanwhile. Moving inside a page changes its address and nothing else. A tab that is closed
//! takes everything with it.
//!
//! Nothing here reads a clock or performs I/O: [`Tab::apply`] says what changed, the caller carries it out.
//! Everything a site can make grow has a named limit, and what exceeded it is counted.

mod kept;
mod saved;
mod strays;

use serde::{Deserialize, Serialize};

pub use kept::Kept;
pub use saved::{SavedError, load, save};
pub use strays::{Owner, Strays, origin};

use crate::detect::response::{Response, host};
use crate::detect::table::Tables;
use crate::detect::verdict::Verdict;
use crate::detect::{self, vocabulary::Grade};
use crate::field::date;

/// Hosts of one page that are told apart; requests to further ones are counted together.
pub const HOSTS_MAX: usize = 256;
/// Documents that are kept for the back/forward cache and for prerendering.
const LEFT_MAX: usize = 12;
/// Responses that wait for their commit.
const PENDING_MAX: usize = 8;
/// Requests for pages that are known to have been answered, those for pages that are built ahead among them.
const ANSWERED_MAX: usize = 32;
/// Redirects of one navigation; browsers give up at 20.
const HOPS_MAX: usize = 20;
/// Bytes of an address that are kept.
const URL_MAX: usize = 4_096;
/// How long a commit waits for a late response, in milliseconds.
pub const LATE_MS: u32 = 400;
/// A revalidated response carries a `Date` at most this far from now, in milliseconds.
const REVALIDATED_MS: i64 = 5_000;
/// Fields that a page view reads itself, beside those that verdicts depend on.
pub const FIELDS_READ: [&str; 2] = [CONTENT_TYPE, CONTENT_DISPOSITION];
const CONTENT_TYPE: &str = "content-type";
const CONTENT_DISPOSITION: &str = "content-disposition";

/// A tab's number in its browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct TabId(pub i32);

/// The number of a frame that holds a page which is built ahead. It stays the same until the page is shown, while
/// the document's id is another one for a request that is made just before the browser knows of the commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FrameId(pub i32);

/// Something that happened in one tab. Instants are the browser's clock, milliseconds since 1970.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A response began to arrive.
    Response { request: Request<'a>, response: Response<'a> },
    /// A response sent the request on to another address.
    Redirect { request: Request<'a>, response: Response<'a> },
    /// A request ended without a response that could be shown, or in the middle of one. Has a navigation begun in
    /// the tab that has not been committed, even if it has failed since?
    RequestFailed { request: Request<'a>, url: &'a str, error: &'a str, under_way: bool },
    /// The browser shows a document.
    Committed(Commit<'a>),
    /// A navigation ended without a document of the site's; or, if none was under way, that of the page on screen broke
    /// off.
    NavigationFailed { url: &'a str, error: &'a str, at_ms: i64, under_way: bool },
    /// The address changed inside the document.
    InPage { url: &'a str },
    /// The browser shows a page and does not tell its address, although it may tell those of sites. Was the tab seen
    /// on its way to a page of the browser's own?
    Concealed { expected: bool },
    /// The response of the document that was committed at this instant is no longer expected. Was the extension
    /// allowed to see it?
    Overdue { committed_at_ms: i64, access: bool },
    /// The browser took the page out of memory, or brought it back.
    Discarded(bool),
    /// The extension found this tab when it started.
    Found { url: &'a str, discarded: bool },
    /// The extension may, or may no longer, see requests.
    Access { granted: bool },
}

/// Which request an event is about.
#[derive(Clone, Copy, Debug, Default)]
pub struct Request<'a> {
    pub id: &'a str,
    pub kind: Kind,
    /// The document that asked; a true navigation has none.
    pub document_id: Option<&'a str>,
    /// Where the document is that asked or that the request is to bring, if that is being prerendered. For a frame
    /// in such a document it is the document's.
    pub prerender: Option<FrameId>,
}

/// What a request is for, as far as it matters here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// The tab's own document.
    Page,
    /// Fetched by the page's service worker, so that it says nothing of what the tab fetched ahead.
    Worker,
    #[default]
    Other,
}

/// A navigation that the browser has carried out.
#[derive(Clone, Copy, Debug, Default)]
pub struct Commit<'a> {
    pub url: &'a str,
    /// The browser shows the page's text, and tells the tab's address to nobody.
    pub is_source: bool,
    pub document_id: Option<&'a str>,
    pub at_ms: i64,
    /// The reader went back or forward.
    pub forward_back: bool,
    /// Where the document is, if it is being prerendered and not shown yet.
    pub prerender: Option<FrameId>,
    /// No response to it can have been missed: the navigation was observed from its beginning, in a browser that tells
    /// of every request but those that a page's service worker takes.
    pub silence_tells: bool,
    /// Why the navigation failed. If one failed and is committed, the browser shows its own page about that.
    pub failed: Option<&'a str>,
    /// `Date` of what another tab shows of this page.
    pub shown_elsewhere_ms: Option<i64>,
}

/// What is to be done after an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Changes {
    /// The toolbar shows something else now, or was wiped.
    pub paint: bool,
    /// The saved state is behind.
    pub save: Save,
    /// The document that was committed at this instant waits: send its [`Event::Overdue`] in [`LATE_MS`].
    pub waits: Option<i64>,
}

/// How soon the state wants to be saved.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Save {
    #[default]
    No,
    /// Only counts changed.
    Soon,
    Now,
}

/// How a document came to be on screen: a state with a name, none of which means "no CDN".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum State {
    /// The response came over the network.
    Network,
    /// The browser's copy was confirmed over the network.
    Revalidated,
    /// The browser's own store answered.
    BrowserCache,
    /// No response crossed the network: the page's service worker answered.
    ServiceWorker,
    /// The browser brought back a document that it had kept whole.
    BackForwardCache,
    /// Fetched before the reader asked for it.
    Prefetched,
    /// Built before the reader asked for it.
    Prerendered,
    /// A file was saved; no document came of it.
    Download,
    /// An answer without content; the page stays.
    NoContent,
    /// A proxy or local filter answered for the server, so its address is not known.
    Proxied,
    /// The tab is older than the extension, so its response was not seen.
    OlderThanExtension,
    /// The browser took the page out of memory.
    Discarded,
    /// The extension may not see requests to this site.
    NoAccess,
    /// A page of the browser itself, of an extension, or made by another page: its address is no server's.
    BrowserPage,
    LocalFile,
    /// A response is still expected.
    Waiting,
    /// No response came that could be shown.
    Failed,
    /// A response may have come while the background was not running, now or when the browser first had the page.
    Missed,
}

impl State {
    /// As written on screen attributes and in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Network => "network",
            Self::Revalidated => "revalidated",
            Self::BrowserCache => "browser-cache",
            Self::ServiceWorker => "service-worker",
            Self::BackForwardCache => "back-forward-cache",
            Self::Prefetched => "prefetched",
            Self::Prerendered => "prerendered",
            Self::Download => "download",
            Self::NoContent => "no-content",
            Self::Proxied => "proxied",
            Self::OlderThanExtension => "older-than-extension",
            Self::Discarded => "discarded",
            Self::NoAccess => "no-access",
            Self::BrowserPage => "browser-page",
            Self::LocalFile => "local-file",
            Self::Waiting => "waiting",
            Self::Failed => "failed",
            Self::Missed => "missed",
        }
    }
}

/// A document on screen, one that was left, or one that is being prepared.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    pub id: Option<String>,
    /// Where it was prerendered.
    pub prerender: Option<FrameId>,
    pub url: String,
    /// Its text is shown, under an address that is told to nobody.
    pub is_source: bool,
    pub committed_at_ms: i64,
    pub state: State,
    /// If no response comes, the page's service worker answered: the browser said so, or its silence tells. What is
    /// saved was left by a background that may have died before the response came.
    #[serde(skip)]
    pub silence_names_worker: bool,
    /// The address changed inside the document since.
    pub in_page: bool,
    /// The response that brought the document, or that brought it when it was last fetched.
    pub response: Option<Kept>,
    /// The request that it answered.
    pub request_id: String,
    /// Redirects that led here, first to last.
    pub hops: Vec<Kept>,
    pub hosts: Hosts,
    /// What was fetched from this page without becoming a document: a download, an answer without content.
    pub aside: Option<Aside>,
    /// The error's name in the browser, when no response came.
    pub error: Option<String>,
}

/// A response that the tab received and did not show.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Aside {
    pub state: State,
    pub response: Kept,
    /// The request that it answered.
    pub request_id: String,
    /// Redirects that led to it, first to last.
    pub hops: Vec<Kept>,
}

/// Requests of a page by host.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Hosts {
    /// In the order in which they were first used.
    pub list: Vec<HostUse>,
    /// Requests in all.
    pub requests: u32,
    /// Requests to hosts beyond [`HOSTS_MAX`].
    pub beyond: u32,
}

/// One host that a page used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostUse {
    pub host: String,
    pub requests: u32,
    /// Those of them that the browser's own store answered.
    pub cached: u32,
    /// Id of the provider that delivered the response over the network whose verdict was the surest, and the latest of
    /// several as sure.
    pub delivered_by: Option<String>,
    pub grade: Grade,
}

/// One tab.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tab {
    /// What is on screen.
    pub document: Option<Document>,
    /// It is in a private window.
    pub is_private: bool,
    /// Newest last. One that failed was never there: the page on screen outlives it, unless the browser's own page about
    /// it is committed.
    left: Vec<Document>,
    pending: Vec<Pending>,
    /// Requests for a page that were answered.
    answered: Vec<String>,
    /// Redirects of requests that are under way.
    hops: Vec<(String, Vec<Kept>)>,
    /// Fetched ahead of a navigation.
    ahead: Vec<Ahead>,
    /// The page that a service worker has taken in hand. A background that has died may have missed that it gave it
    /// back.
    #[serde(skip)]
    taken: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Pending {
    request_id: String,
    prerender: Option<FrameId>,
    response: Kept,
    hops: Vec<Kept>,
}

/// What was fetched before the reader asked for it, or by a script or a frame, which looks the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Ahead {
    url: String,
    date_ms: Option<i64>,
    /// It is kept apart, and not in the browser's store.
    apart: bool,
}

impl Document {
    /// Takes the response that brought it.
    fn receive(&mut self, pending: Pending) {
        self.response = Some(pending.response);
        self.request_id = pending.request_id;
        self.hops = pending.hops;
    }

    /// May the reader let the extension see it, who has not? There are sites that no extension may see.
    pub fn wants_access(&self) -> bool {
        self.state == State::NoAccess && !is_kept_from_extensions(&self.url)
    }

    /// The response that brought it, if it is this page.
    pub fn response_of(&self, url: &str) -> Option<&Kept> {
        self.response.as_ref().filter(|_| same_page(&self.url, url))
    }

    fn has_id(&self, id: &str) -> bool {
        self.id.as_deref() == Some(id)
    }

    /// None has come, and one is awaited or was given up.
    fn is_without_response(&self) -> bool {
        self.response.is_none()
            && matches!(self.state, State::Waiting | State::ServiceWorker | State::Missed | State::NoAccess)
    }

    /// Is this the response that brought the document, told after its commit? What came later is another one's: where
    /// Firefox restores a tab, it first commits a document that it then loads.
    fn awaits(&self, response: &Response<'_>) -> bool {
        self.is_without_response()
            && response.received_at_ms.is_some_and(|at_ms| at_ms <= self.committed_at_ms)
            && same_page(&self.url, response.url)
    }
}

impl Tab {
    /// Takes one event and says what is to be done.
    pub fn apply(&mut self, event: Event<'_>, tables: &Tables<'_>) -> Changes {
        match event {
            Event::Response { request, response } => self.response(request, &response, tables),
            Event::Redirect { request, response } => self.redirect(request, &response, tables),
            Event::RequestFailed { request, url, error, under_way } => {
                self.request_failed(request, url, error, under_way)
            }
            Event::Committed(commit) => self.committed(commit),
            Event::NavigationFailed { url, error, at_ms, under_way } => {
                self.navigation_failed(url, error, at_ms, under_way)
            }
            Event::Concealed { expected } => self.concealed(expected),
            Event::InPage { url } => self.in_page(url),
            Event::Overdue { committed_at_ms, access } => self.overdue(committed_at_ms, access),
            Event::Discarded(discarded) => self.discarded(discarded),
            Event::Found { url, discarded } => self.found(url, discarded),
            Event::Access { granted } => self.access(granted),
        }
    }

    /// The verdict on the document's response, where there is one.
    pub fn verdict<R>(&self, tables: &Tables<'_>, read: impl FnOnce(&Response<'_>, &Verdict<'_>) -> R) -> Option<R> {
        let response = self.document.as_ref()?.response.as_ref()?;
        Some(response.with(|response| read(response, &detect::verdict(response, tables))))
    }

    /// Is the failure of this navigation on screen, committed after it failed?
    pub fn shows_failure(&self, url: &str, at_ms: i64) -> bool {
        self.document.as_ref().is_some_and(|document| {
            document.state == State::Failed && at_ms <= document.committed_at_ms && same_page(&document.url, url)
        })
    }

    /// When the document was committed that waits, if it does. Whoever loads a tab asks this, because the one who
    /// was to send its [`Event::Overdue`] is no more.
    pub fn waits(&self) -> Option<i64> {
        let document = self.document.as_ref()?;
        (document.state == State::Waiting).then_some(document.committed_at_ms)
    }

    fn response(&mut self, request: Request<'_>, response: &Response<'_>, tables: &Tables<'_>) -> Changes {
        if request.kind != Kind::Page {
            return self.subresource(request, response, tables);
        }
        if request.document_id.is_some() && request.prerender.is_none() {
            // A true navigation has no document yet: this one was fetched ahead of the reader's click.
            self.fetched_ahead(response, true, tables);
            return SAVE;
        }
        let hops = self.take_hops(request.id);
        push(&mut self.answered, cut(request.id), ANSWERED_MAX);
        let kept = Kept::new(response, tables);
        let pending = Pending { request_id: cut(request.id), prerender: request.prerender, response: kept, hops };
        // A commit that came first waits for exactly this, or has given up on a browser that was too busy.
        if let Some(document) = &mut self.document
            && request.prerender.is_none()
            && document.awaits(response)
        {
            document.receive(pending);
            self.settle(None);
            return PAINT;
        }
        // Firefox says no more of these; no document comes of them.
        if request.prerender.is_none() && stays_aside(response) {
            return self.set_aside(pending);
        }
        push(&mut self.pending, pending, PENDING_MAX);
        SAVE
    }

    #[inline(never)]
    fn subresource(&mut self, request: Request<'_>, response: &Response<'_>, tables: &Tables<'_>) -> Changes {
        let Some(host) = host(response.url) else { return Changes::default() };
        let is_html = response.fields.iter().any(|field| {
            field.is(CONTENT_TYPE) && field.value.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"text/html"))
        });
        if is_html && request.kind == Kind::Other {
            // `<link rel=prefetch>` fetches a page as something else.
            self.fetched_ahead(response, false, tables);
        }
        let Some(document) = self.asker(request) else { return Changes::default() };
        let hosts = &mut document.hosts;
        hosts.requests = hosts.requests.saturating_add(1);
        let at = hosts.list.iter().position(|used| used.host == host);
        // There is always room for the page's own.
        let own = at.is_none() && self::host(&document.url) == Some(host);
        if at.is_none() && !own && hosts.list.len() >= HOSTS_MAX {
            hosts.beyond = hosts.beyond.saturating_add(1);
            return COUNTED;
        }
        let at = at.unwrap_or_else(|| {
            hosts.list.push(HostUse {
                host: cut(host),
                requests: 0,
                cached: 0,
                delivered_by: None,
                grade: Grade::Unknown,
            });
            hosts.list.len() - 1
        });
        let used = &mut hosts.list[at];
        used.requests = used.requests.saturating_add(1);
        used.cached = used.cached.saturating_add(u32::from(response.from_cache));
        if !response.from_cache {
            let verdict = detect::verdict(response, tables);
            if verdict.grade >= used.grade {
                used.grade = verdict.grade;
                used.delivered_by = verdict.delivered_by.map(|provider| tables.id(provider).to_owned());
            }
        }
        COUNTED
    }

    fn fetched_ahead(&mut self, response: &Response<'_>, apart: bool, tables: &Tables<'_>) {
        let date_ms = Kept::new(response, tables).date_ms();
        push(&mut self.ahead, Ahead { url: cut(response.url), date_ms, apart }, PENDING_MAX);
    }

    /// The document that asked. One that asked while it was built ahead may be on screen when the response
    /// comes; if it is not known, the response is nobody's, and least of all the page's on screen.
    fn asker(&mut self, request: Request<'_>) -> Option<&mut Document> {
        if request.prerender.is_none() {
            // What a page sent when it was left may be answered when another one is there.
            let left = |document: &&mut Document| request.document_id.is_some_and(|id| document.has_id(id));
            return self.left.iter_mut().find(left).or(self.document.as_mut());
        }
        // The newest, since such a page may move inside its frame.
        let there = |document: &&mut Document| document.prerender == request.prerender;
        self.document.iter_mut().chain(self.left.iter_mut().rev()).find(there)
    }

    #[inline(never)]
    fn redirect(&mut self, request: Request<'_>, response: &Response<'_>, tables: &Tables<'_>) -> Changes {
        if request.kind != Kind::Page {
            return Changes::default();
        }
        // Firefox tells that a service worker took the request by a redirect to itself without a status.
        if response.status == 0 {
            return self.taken_by_worker(response);
        }
        // Fetched ahead of the reader's click: no document comes of it.
        if request.document_id.is_some() && request.prerender.is_none() {
            return Changes::default();
        }
        let kept = Kept::new(response, tables);
        if let Some(hops) = self.hops_of_answered(request.id) {
            if hops.len() < HOPS_MAX {
                hops.push(kept);
            }
            return self.settle_again();
        }
        match self.hops.iter_mut().find(|(id, _)| id == request.id) {
            Some((_, hops)) if hops.len() < HOPS_MAX => hops.push(kept),
            Some(_) => {}
            None => push(&mut self.hops, (cut(request.id), vec![kept]), PENDING_MAX),
        }
        SAVE
    }

    /// The page's service worker may answer, or give the request back to the browser.
    fn taken_by_worker(&mut self, response: &Response<'_>) -> Changes {
        let Some(document) = self.document.as_mut().filter(|document| document.awaits(response)) else {
            self.taken = Some(cut(response.url));
            return Changes::default();
        };
        document.silence_names_worker = true;
        if document.state == State::Waiting {
            return Changes::default();
        }
        document.state = State::ServiceWorker;
        PAINT
    }

    /// A redirect was told behind its response: did what it led to come over the network after all?
    fn settle_again(&mut self) -> Changes {
        if self.document.as_ref().is_none_or(|document| document.state != State::Revalidated) {
            return SAVE;
        }
        self.settle(None);
        PAINT
    }

    /// Redirects of a request whose response was told before them: what wakes its background, Firefox hands out
    /// listener by listener.
    fn hops_of_answered(&mut self, request_id: &str) -> Option<&mut Vec<Kept>> {
        if let Some(pending) = self.pending.iter_mut().find(|pending| pending.request_id == request_id) {
            return Some(&mut pending.hops);
        }
        let document = self.document.as_mut()?;
        if document.response.is_some() && document.request_id == request_id {
            return Some(&mut document.hops);
        }
        document.aside.as_mut().filter(|aside| aside.request_id == request_id).map(|aside| &mut aside.hops)
    }

    fn take_hops(&mut self, request_id: &str) -> Vec<Kept> {
        let at = self.hops.iter().position(|(id, _)| id == request_id);
        at.map(|at| self.hops.remove(at).1).unwrap_or_default()
    }

    #[inline(never)]
    fn request_failed(&mut self, request: Request<'_>, url: &str, error: &str, under_way: bool) -> Changes {
        if request.kind != Kind::Page
            || request.document_id.is_some()
            || request.prerender.is_some()
            || is_aborted(error)
        {
            return Changes::default();
        }
        // Its response broke off: what has come of it is on screen, or was saved.
        let waits = self.pending.iter().any(|pending| pending.request_id == request.id);
        if !waits && self.answered.iter().any(|id| id == request.id) {
            return Changes::default();
        }
        let hops = self.take_hops(request.id);
        let is_firefox = !error.starts_with("net::");
        let error = Some(cut(error));
        // It is told of the page on screen, unless another one is on its way.
        match self.document.as_mut().filter(|document| !under_way && same_page(&document.url, url)) {
            // Whether a response had come before was not seen.
            Some(Document { state: State::Missed | State::OlderThanExtension, .. }) => return Changes::default(),
            // The commit of the browser's own page about the failure came first.
            Some(document) if matches!(document.state, State::Waiting | State::Failed) => {
                (document.state, document.hops, document.error) = (State::Failed, hops, error);
            }
            _ => {
                let failed = Document { hops, error, ..new_document(url, State::Failed) };
                // Firefox tells of the commit of its own page about it, and shows none where another extension or a
                // broken file ended it: what was there stays.
                if is_firefox && self.document.is_some() {
                    self.forget_failing();
                    push(&mut self.left, failed, LEFT_MAX);
                    return SAVE;
                }
                self.leave();
                self.document = Some(failed);
            }
        }
        PAINT
    }

    fn committed(&mut self, commit: Commit<'_>) -> Changes {
        if commit.prerender.is_some() {
            let mut document = new_document(commit.url, State::Prerendered);
            document.id = commit.document_id.map(cut);
            document.prerender = commit.prerender;
            document.committed_at_ms = commit.at_ms;
            if let Some(pending) = self.take_pending(commit.url, commit.prerender) {
                document.receive(pending);
            }
            push(&mut self.left, document, LEFT_MAX);
            return SAVE;
        }
        let taken = self.taken.take().is_some_and(|url| same_page(&url, commit.url));
        let known = commit.document_id.and_then(|id| {
            let at = self.left.iter().position(|document| document.has_id(id))?;
            Some(self.left.remove(at))
        });
        // Firefox lets the page that a new tab was opened for take over the empty document there, with its number.
        let moves = |document: &Document, id| document.has_id(id) && state_of_address(&document.url).is_none();
        if self.document.as_ref().zip(commit.document_id).is_some_and(|(document, id)| moves(document, id)) {
            return self.in_page(commit.url);
        }
        let is_answered = self.pending.iter().any(|pending| same_page(&pending.response.url, commit.url));
        if let Some(failing) =
            self.forget_failing().filter(|failing| !is_answered && same_page(&failing.url, commit.url))
        {
            self.leave();
            self.document = Some(failing);
        }
        // Firefox shows its own page, under the same address, when no response came.
        if let Some(document) = &mut self.document
            && document.state == State::Failed
            && document.committed_at_ms == 0
            && same_page(&document.url, commit.url)
            && !is_answered
        {
            document.id = commit.document_id.map(cut);
            document.committed_at_ms = commit.at_ms;
            return PAINT;
        }
        let set_aside = self.take_back(commit.url);
        self.leave();
        if let Some(mut document) = known {
            document.state = match document.state {
                State::Prerendered if !commit.forward_back => State::Prerendered,
                _ => State::BackForwardCache,
            };
            document.url = cut(commit.url);
            document.committed_at_ms = commit.at_ms;
            self.document = Some(document);
            return PAINT;
        }
        let mut document = new_document(commit.url, State::Waiting);
        document.is_source = commit.is_source;
        document.id = commit.document_id.map(cut);
        document.committed_at_ms = commit.at_ms;
        // Going back may bring what the browser has kept since before the extension was there. And where the
        // response of a page that is built ahead still waits, its commit may have been lost with the background.
        let built = |pending: &Pending| pending.prerender.is_some() && same_page(&pending.response.url, commit.url);
        document.silence_names_worker =
            taken || commit.silence_tells && !commit.forward_back && !self.pending.iter().any(built);
        // Chromium tells of a response for a file too; and what one browser keeps from extensions, another one shows.
        if let Some(state) = state_of_address(commit.url) {
            document.state = state;
        } else if let Some(pending) = self.take_pending(commit.url, None).or(set_aside) {
            document.receive(pending);
        } else if let Some(error) = commit.failed {
            (document.state, document.error) = (State::Failed, Some(cut(error)));
        } else if is_kept_from_extensions(commit.url) {
            document.state = State::NoAccess;
        }
        self.document = Some(document);
        self.settle(commit.shown_elsewhere_ms);
        let waits = self.waits();
        // What waits is painted when it has waited: as a rule its response is a moment away.
        Changes { paint: waits.is_none(), waits, ..PAINT }
    }

    /// Takes the response that waits for this address; what waited longer belongs to nothing.
    fn take_pending(&mut self, url: &str, prerender: Option<FrameId>) -> Option<Pending> {
        let at = self
            .pending
            .iter()
            .rposition(|pending| pending.prerender == prerender && same_page(&pending.response.url, url))?;
        Some(self.pending.remove(at))
    }

    /// Names the state of a document whose response has come. Another tab may show the page with this `Date`.
    fn settle(&mut self, shown_elsewhere_ms: Option<i64>) {
        let last_date = |url: &str| {
            self.left
                .iter()
                .rev()
                .filter(|left| same_page(&left.url, url))
                .find_map(|left| left.response.as_ref())
                .and_then(Kept::date_ms)
        };
        let Some(document) = &mut self.document else { return };
        let Some(response) = &mut document.response else { return };
        let date_ms = response.date_ms();
        // It serves once: after that the page comes from elsewhere.
        let ahead = self
            .ahead
            .extract_if(.., |ahead| same_page(&ahead.url, &document.url))
            .fold(false, |found, ahead| found | (ahead.date_ms == date_ms && (ahead.apart || response.from_cache)));
        // Where a redirect came from the browser's store, Firefox says the same of what it led to.
        if response.asked && document.hops.last().is_some_and(|hop| hop.from_cache) {
            response.from_cache = false;
        }
        document.state = if ahead {
            State::Prefetched
        } else if response.proxied || response.is_answered_locally() {
            State::Proxied
        } else if !response.from_cache {
            State::Network
        } else {
            // Chromium tells of a copy that was confirmed as of any other.
            let confirmed = response.asked
                || response.server_address.is_some()
                    && date_ms
                        .zip(response.received_at_ms)
                        .is_some_and(|(date, now)| date::near(date, now, REVALIDATED_MS))
                    && last_date(&document.url) != date_ms
                    && shown_elsewhere_ms != date_ms;
            if confirmed { State::Revalidated } else { State::BrowserCache }
        };
    }

    fn navigation_failed(&mut self, url: &str, error: &str, at_ms: i64, under_way: bool) -> Changes {
        let pending = self.take_pending(url, None);
        // Chromium shows its own page under this address, and tells of no commit: the response had no content, or the
        // page's service worker failed. Firefox has other words for errors, and tells of the commit.
        if under_way && error.starts_with("net::") && !is_aborted(error) && state_of_address(url).is_none() {
            let pending = pending.or_else(|| self.take_back(url));
            let is_told = |document: &Document| document.state == State::Failed && same_page(&document.url, url);
            if pending.is_some() || !self.document.as_ref().is_some_and(is_told) {
                self.leave();
                self.document = Some(Document { error: Some(cut(error)), ..new_document(url, State::Failed) });
            }
            if let Some(document) = &mut self.document {
                document.committed_at_ms = at_ms;
                if let Some(pending) = pending {
                    document.receive(pending);
                }
            }
            self.settle(None);
            return PAINT;
        }
        // What woke the background, Firefox hands out listener by listener: the commit of its own page came first.
        if pending.is_none()
            && !is_aborted(error)
            && let Some(document) = &mut self.document
            && document.is_without_response()
            && at_ms <= document.committed_at_ms
            && same_page(&document.url, url)
        {
            (document.state, document.error) = (State::Failed, Some(cut(error)));
            return PAINT;
        }
        // The toolbar was wiped if the browser shows its own error page now.
        match (pending, &self.document) {
            (Some(pending), _) => self.set_aside(pending),
            // Nothing is known of it: it may be closed.
            (None, None) => Changes::default(),
            (None, Some(document)) => Changes { paint: document.state != State::Waiting, ..PAINT },
        }
    }

    /// The browser keeps the address of what it shows to itself, so it is one of its own pages.
    fn concealed(&mut self, expected: bool) -> Changes {
        let is_failing = self.left.iter().any(|document| document.state == State::Failed);
        match &self.document {
            Some(document) if matches!(document.state, State::BrowserPage | State::LocalFile) => Changes::default(),
            // A page's text; or the browser's own page about the failure, which is told with its address in a moment.
            Some(document) if (document.is_source || document.state == State::Failed || is_failing) && !expected => {
                Changes::default()
            }
            _ => {
                self.leave();
                self.document = Some(new_document("", State::BrowserPage));
                PAINT
            }
        }
    }

    /// The failure whose page the browser has not shown yet.
    fn forget_failing(&mut self) -> Option<Document> {
        let at = self.left.iter().position(|document| document.state == State::Failed)?;
        Some(self.left.remove(at))
    }

    /// A response of which no document comes stands beside the page that stays.
    #[inline(never)]
    fn set_aside(&mut self, pending: Pending) -> Changes {
        let state = if is_empty(pending.response.status) { State::NoContent } else { State::Download };
        match &mut self.document {
            Some(document) => {
                let Pending { request_id, response, hops, .. } = pending;
                document.aside = Some(Aside { state, response, request_id, hops });
            }
            None => {
                let mut document = new_document(&pending.response.url, state);
                document.receive(pending);
                self.document = Some(document);
            }
        }
        PAINT
    }

    /// The response of a document that was taken for a download: Firefox reports an error just
    /// before it commits a navigation, whatever comes of it.
    fn take_back(&mut self, url: &str) -> Option<Pending> {
        let pending = |request_id, response, hops| Pending { request_id, prerender: None, response, hops };
        let document = self.document.as_mut()?;
        if matches!(document.state, State::Download | State::NoContent) && document.committed_at_ms == 0 {
            let response = document.response.take_if(|response| same_page(&response.url, url))?;
            let request_id = std::mem::take(&mut document.request_id);
            return Some(pending(request_id, response, std::mem::take(&mut document.hops)));
        }
        let aside = document.aside.take_if(|aside| same_page(&aside.response.url, url))?;
        Some(pending(aside.request_id, aside.response, aside.hops))
    }

    fn in_page(&mut self, url: &str) -> Changes {
        let Some(document) = &mut self.document else { return Changes::default() };
        let url = cut(url);
        document.in_page |= document.url != url;
        document.url = url;
        PAINT
    }

    fn overdue(&mut self, committed_at_ms: i64, access: bool) -> Changes {
        match &mut self.document {
            Some(document) if document.state == State::Waiting && document.committed_at_ms == committed_at_ms => {
                document.state = match (access, document.silence_names_worker) {
                    (false, _) => State::NoAccess,
                    (true, true) => State::ServiceWorker,
                    (true, false) => State::Missed,
                };
                PAINT
            }
            _ => Changes::default(),
        }
    }

    fn discarded(&mut self, discarded: bool) -> Changes {
        match &mut self.document {
            Some(document) if discarded => {
                document.state = State::Discarded;
                PAINT
            }
            _ => Changes::default(),
        }
    }

    fn found(&mut self, url: &str, discarded: bool) -> Changes {
        if self.document.is_some() || !self.pending.is_empty() || url.is_empty() {
            return Changes::default();
        }
        let state = state_of_address(url).unwrap_or(State::OlderThanExtension);
        let state = if discarded { State::Discarded } else { state };
        self.document = Some(new_document(url, state));
        PAINT
    }

    fn access(&mut self, granted: bool) -> Changes {
        match &mut self.document {
            Some(document)
                if !granted
                    && document.response.is_none()
                    && matches!(document.state, State::Waiting | State::Missed | State::OlderThanExtension)
                    && state_of_address(&document.url).is_none() =>
            {
                document.state = State::NoAccess;
                PAINT
            }
            // Granted now, but the response has long gone by: a reload will be seen.
            Some(document) if granted && document.wants_access() => {
                document.state = State::OlderThanExtension;
                PAINT
            }
            _ => Changes::default(),
        }
    }

    /// Gives up what was kept for going back, then all navigations under way but the latest and the tab's own
    /// latest; says whether there was anything to give up.
    pub fn shed(&mut self) -> bool {
        if !std::mem::take(&mut self.left).is_empty() {
            return true;
        }
        let before = self.pending.len() + self.hops.len();
        let latest = self.pending.len().saturating_sub(1);
        let own = self.pending.iter().rposition(|pending| pending.prerender.is_none());
        let mut at = 0..;
        self.pending.retain(|_| at.next().is_some_and(|at| at == latest || Some(at) == own));
        self.hops.drain(..self.hops.len().saturating_sub(1));
        self.pending.len() + self.hops.len() < before
    }

    fn leave(&mut self) {
        // Without a response there is nothing to bring back, but for what was fetched for a page that had none.
        if let Some(document) = self.document.take()
            && (document.response.is_some()
                || matches!(document.state, State::ServiceWorker | State::BackForwardCache)
                || document.state == State::Missed && document.hosts.requests > 0)
        {
            push(&mut self.left, document, LEFT_MAX);
        }
    }
}

const PAINT: Changes = Changes { paint: true, save: Save::Now, waits: None };
const SAVE: Changes = Changes { paint: false, save: Save::Now, waits: None };
const COUNTED: Changes = Changes { paint: false, save: Save::Soon, waits: None };

fn new_document(url: &str, state: State) -> Document {
    Document {
        id: None,
        prerender: None,
        url: cut(url),
        is_source: false,
        committed_at_ms: 0,
        state,
        silence_names_worker: false,
        in_page: false,
        response: None,
        request_id: String::new(),
        hops: Vec::new(),
        hosts: Hosts::default(),
        aside: None,
        error: None,
    }
}

/// The reader or the page gave it up, in Firefox also for another one.
fn is_aborted(error: &str) -> bool {
    // The last one is the number of `NS_BINDING_ABORTED`.
    matches!(
        error,
        "net::ERR_ABORTED" | "NS_BINDING_ABORTED" | "NS_BINDING_CANCELLED_OLD_LOAD" | "Error code 2152398850"
    )
}

/// Statuses that leave the page as it is (RFC 9110, sections 15.3.5 and 15.3.6).
fn is_empty(status: u16) -> bool {
    matches!(status, 204 | 205)
}

/// No document comes of it: it is empty, or a file to save (RFC 6266).
fn stays_aside(response: &Response<'_>) -> bool {
    is_empty(response.status)
        || response.fields.iter().any(|field| {
            field.is(CONTENT_DISPOSITION)
                && field.value.get(..10).is_some_and(|start| start.eq_ignore_ascii_case(b"attachment"))
        })
}

/// Pages that no server delivered.
fn state_of_address(url: &str) -> Option<State> {
    let scheme = url.split(':').next().unwrap_or("");
    match scheme {
        "http" | "https" => None,
        "file" => Some(State::LocalFile),
        _ => Some(State::BrowserPage),
    }
}

/// Sites that Chromium or Firefox show to no extension, whatever the reader allows: where extensions come from, and
/// what the browser's maker keeps for its own account and help.
fn is_kept_from_extensions(url: &str) -> bool {
    let hosts = ["chromewebstore.google.com", "addons.mozilla.org", "support.mozilla.org", "accounts.firefox.com"];
    url.starts_with("https://chrome.google.com/webstore") || host(url).is_some_and(|host| hosts.contains(&host))
}

/// The same address, as far as it is kept, but for the fragment, which no server sees (RFC 3986, section 3.5).
fn same_page(first: &str, second: &str) -> bool {
    let bare = |url: &str| url.find('#').unwrap_or(url.len()).min(kept_len(url));
    first[..bare(first)] == second[..bare(second)]
}

/// How many bytes of an address are kept.
fn kept_len(url: &str) -> usize {
    (0..=url.len().min(URL_MAX)).rev().find(|at| url.is_char_boundary(*at)).unwrap_or(0)
}

fn cut(text: &str) -> String {
    text[..kept_len(text)].to_owned()
}

fn push<T>(queue: &mut Vec<T>, item: T, max: usize) {
    if queue.len() >= max {
        queue.remove(0);
    }
    queue.push(item);
}

#[cfg(test)]
mod tests;
