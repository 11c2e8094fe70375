use super::*;
use crate::BUNDLED;
use crate::dataset::image::Image;
use crate::field::{self, Field};

const URL: &str = "https://www.example.com/a";
/// 2026-11-25T09:00:00Z.
const NOW: i64 = 1_795_597_200_000;
/// Where pages of these tests are built ahead.
const AHEAD: Option<FrameId> = Some(FrameId(46));
const DATE: &str = "Wed, 25 Nov 2026 09:00:00 GMT";

/// A tab with the events of a test in it.
struct Story {
    tab: Tab,
    tables: Tables<'static>,
}

impl Story {
    fn new() -> Self {
        Self { tab: Tab::default(), tables: Image::open(BUNDLED).unwrap().tables }
    }

    fn tell(&mut self, event: Event<'_>) -> Changes {
        // Every step survives the worker's death. Only waiting ends by it, so that it has tests of its own.
        if !matches!(event, Event::Overdue { .. }) {
            self.die();
        }
        self.tab.apply(event, &self.tables)
    }

    /// The moment has passed in which the page could wait that was committed now.
    fn wait(&mut self) -> Changes {
        self.tell(Event::Overdue { committed_at_ms: NOW, access: true })
    }

    fn die(&mut self) {
        self.tab = load(&save(&mut self.tab)).unwrap();
    }

    fn respond(&mut self, url: &str, change: impl FnOnce(&mut Request<'_>, &mut Response<'_>)) -> Changes {
        let fields = [
            ("Date", DATE),
            ("Server", "cloudflare"),
            ("CF-Cache-Status", "HIT"),
            ("Set-Cookie", "session=secret; Path=/"),
        ]
        .map(|(name, value)| Field { name, value: value.as_bytes() });
        let mut response = Response {
            url,
            status: 200,
            fields: &fields,
            server_address: "104.16.1.17".parse().ok(),
            received_at_ms: Some(NOW),
            ..Response::default()
        };
        let mut request = Request { id: "1", kind: Kind::Page, ..Request::default() };
        change(&mut request, &mut response);
        self.tell(Event::Response { request, response })
    }

    fn commit(&mut self, url: &str, id: &str) -> Changes {
        self.tell(Event::Committed(Commit {
            url,
            document_id: Some(id),
            at_ms: NOW,
            silence_tells: true,
            ..Commit::default()
        }))
    }

    fn document(&self) -> &Document {
        self.tab.document.as_ref().unwrap()
    }

    fn state(&self) -> State {
        self.document().state
    }

    fn delivered_by(&self) -> Option<String> {
        let tables = self.tables;
        self.tab.verdict(&tables, |_, verdict| verdict.delivered_by.map(|id| tables.id(id).to_owned())).flatten()
    }
}

#[test]
fn a_page_is_born_at_the_commit() {
    let mut story = Story::new();
    assert!(!story.respond(URL, |_, _| ()).paint, "painted before the commit, it would be wiped");
    assert_eq!(story.tab.document, None);
    assert!(story.commit(&format!("{URL}#part"), "A").paint);
    assert_eq!(story.state(), State::Network);
    assert_eq!(story.delivered_by().as_deref(), Some("cloudflare"));
}

#[test]
fn a_late_response_finds_its_page() {
    let mut story = Story::new();
    assert_eq!(story.commit(URL, "A").waits, Some(NOW));
    assert_eq!(story.state(), State::Waiting);
    assert!(story.respond(URL, |_, _| ()).paint);
    assert_eq!(story.state(), State::Network);
    assert!(!story.wait().paint);
}

#[test]
fn a_response_that_is_told_too_late_still_finds_its_page() {
    let mut story = Story::new();
    let _ = story.commit(URL, "A");
    let _ = story.wait();
    assert!(story.respond(URL, |_, _| ()).paint, "its clock is that of the commit");
    assert_eq!((story.state(), story.delivered_by().as_deref()), (State::Network, Some("cloudflare")));
}

#[test]
fn a_reload_of_what_a_service_worker_answered_is_a_page_of_its_own() {
    let mut story = Story::new();
    let _ = story.commit(URL, "A");
    let _ = story.wait();
    assert!(!story.respond(URL, |_, response| response.received_at_ms = Some(NOW + 5_000)).paint);
    assert_eq!(story.state(), State::ServiceWorker);
    let _ = story.commit(URL, "B");
    assert_eq!(story.state(), State::Network);
}

#[test]
fn a_tab_that_is_restored_is_committed_before_its_page_is_loaded() {
    let mut story = Story::new();
    let _ = story.commit(URL, "A");
    assert!(!story.respond(URL, |_, response| response.received_at_ms = Some(NOW + 7)).paint);
    let commit = Commit { url: URL, document_id: Some("B"), at_ms: NOW + 20, forward_back: true, ..Commit::default() };
    assert!(story.tell(Event::Committed(commit)).paint);
    assert_eq!((story.state(), story.delivered_by().as_deref()), (State::Network, Some("cloudflare")));
}

#[test]
fn without_any_response_the_service_worker_answered() {
    let mut story = Story::new();
    let _ = story.commit(URL, "A");
    assert!(story.wait().paint);
    assert_eq!(story.state(), State::ServiceWorker);
    assert_eq!(story.delivered_by(), None);
}

/// The page's service worker takes a request, as Firefox tells it.
fn take(story: &mut Story, received_at_ms: i64) -> Changes {
    let request = Request { id: "1", kind: Kind::Page, ..Request::default() };
    let response = Response { url: URL, received_at_ms: Some(received_at_ms), ..Response::default() };
    story.tab.apply(Event::Redirect { request, response }, &story.tables)
}

#[test]
fn where_service_workers_are_told_of_silence_is_none() {
    let silent = Commit { url: URL, document_id: Some("A"), at_ms: NOW, ..Commit::default() };
    let back = Commit { forward_back: true, ..silent };
    for (commit, told_at_ms, state) in [
        (silent, None, State::Missed),
        (silent, Some(NOW - 20), State::ServiceWorker),
        (back, Some(NOW - 20), State::ServiceWorker),
        (Commit { url: "https://other.example/", ..silent }, Some(NOW - 20), State::Missed),
    ] {
        let mut story = Story::new();
        if let Some(at_ms) = told_at_ms {
            assert_eq!(take(&mut story, at_ms), Changes::default());
        }
        let _ = story.tab.apply(Event::Committed(commit), &story.tables);
        let _ = story.wait();
        assert_eq!(story.state(), state, "{commit:?}, {told_at_ms:?}");
        let _ = story.tab.apply(Event::Committed(Commit { document_id: Some("B"), ..silent }), &story.tables);
        let _ = story.wait();
        assert_eq!(story.state(), State::Missed, "that was the page before");
    }
    // What it took in hand and the reader left by going back is nobody's.
    let mut story = Story::new();
    let _ = story.respond("https://other.example/", |_, _| ());
    let _ = story.commit("https://other.example/", "A");
    let _ = story.respond("https://third.example/", |_, _| ());
    let _ = story.commit("https://third.example/", "C");
    let _ = take(&mut story, NOW - 20);
    let _ = story.tell(Event::Committed(Commit { url: "https://other.example/", document_id: Some("A"), ..back }));
    let _ = story.tell(Event::Committed(Commit { document_id: Some("D"), ..silent }));
    let _ = story.wait();
    assert_eq!(story.state(), State::Missed);
    // It is told late, or of another navigation; and a worker gives a request back.
    for (told_at_ms, too_late, state) in [
        (NOW - 20, false, State::ServiceWorker),
        (NOW - 20, true, State::ServiceWorker),
        (NOW + 5_000, true, State::Missed),
    ] {
        let mut story = Story::new();
        let _ = story.tab.apply(Event::Committed(silent), &story.tables);
        if too_late {
            let _ = story.wait();
        }
        let changes = take(&mut story, told_at_ms);
        assert_eq!(changes.paint, too_late && state == State::ServiceWorker);
        let _ = story.wait();
        assert_eq!(story.state(), state, "{told_at_ms}, {too_late}");
        assert!(story.respond(URL, |_, response| response.received_at_ms = Some(NOW - 10)).paint);
        assert_eq!(story.state(), State::Network);
    }
}

#[test]
fn a_site_that_browsers_show_to_no_extension_is_not_accessible() {
    for url in
        ["https://chromewebstore.google.com/", "https://chrome.google.com/webstore/a", "https://addons.mozilla.org/"]
    {
        let mut story = Story::new();
        assert_eq!(story.commit(url, "A").waits, None);
        assert_eq!((story.state(), story.document().wants_access()), (State::NoAccess, false), "{url}");
        assert_eq!(story.tell(Event::Access { granted: true }), Changes::default(), "a reload shows no more");
        assert!(story.tell(Event::Concealed { expected: false }).paint, "the browser's own page comes after it");

        // Another browser shows it, and what was there before the extension is only not known.
        let mut story = Story::new();
        let _ = story.tell(Event::Found { url, discarded: false });
        assert_eq!(story.state(), State::OlderThanExtension);
        let _ = story.respond(url, |_, _| ());
        let _ = story.commit(url, "A");
        assert_eq!(story.state(), State::Network);
    }
    let mut story = Story::new();
    let _ = story.commit("https://chromewebstore.google.com.example/", "A");
    assert_eq!(story.state(), State::Waiting);
}

#[test]
fn who_was_not_there_from_the_beginning_cannot_say_that_a_service_worker_answered() {
    let mut story = Story::new();
    let commit = Commit { url: URL, document_id: Some("A"), at_ms: NOW, ..Commit::default() };
    assert!(!story.tell(Event::Committed(commit)).paint);
    assert!(story.wait().paint);
    assert_eq!(story.state(), State::Missed);
    assert!(story.respond(URL, |_, _| ()).paint, "it is told late");
    assert_eq!(story.state(), State::Network);
}

#[test]
fn who_died_while_a_page_waited_waits_anew_and_names_no_service_worker() {
    let mut story = Story::new();
    let _ = story.commit(URL, "A");
    story.die();
    assert_eq!(story.state(), State::Waiting);
    assert_eq!(story.tab.waits(), Some(NOW), "who told of the moment is no more");
    assert!(story.wait().paint);
    assert_eq!(story.state(), State::Missed);
    story.die();
    assert_eq!((story.state(), story.tab.waits()), (State::Missed, None));

    // Its response is still taken.
    let mut story = Story::new();
    let _ = story.commit(URL, "A");
    story.die();
    assert!(story.respond(URL, |_, _| ()).paint);
    assert_eq!((story.state(), story.tab.waits()), (State::Network, None));
}

#[test]
fn a_page_is_not_judged_by_the_waiting_of_the_one_before_it() {
    let mut story = Story::new();
    let _ = story.commit(URL, "A");
    let next = Commit { url: "https://next.example/", document_id: Some("B"), ..Commit::default() };
    let committed_at_ms = NOW + 200;
    assert_eq!(story.tell(Event::Committed(Commit { at_ms: committed_at_ms, ..next })).waits, Some(committed_at_ms));
    for access in [true, false] {
        assert_eq!(story.tell(Event::Overdue { committed_at_ms: NOW, access }), Changes::default());
        assert_eq!(story.state(), State::Waiting);
    }
    assert!(story.tell(Event::Overdue { committed_at_ms, access: true }).paint);
    assert_eq!(story.state(), State::Missed);
}

#[test]
fn redirects_are_hops_of_their_request() {
    let mut story = Story::new();
    let request = Request { id: "7", kind: Kind::Page, ..Request::default() };
    let response = Response { url: "https://example.com/", status: 301, ..Response::default() };
    let _ = story.tell(Event::Redirect { request, response });
    let _ = story.respond(URL, |request, _| request.id = "7");
    let _ = story.commit(URL, "A");
    assert_eq!(story.document().hops.iter().map(|hop| hop.url.as_str()).collect::<Vec<_>>(), ["https://example.com/"]);
}

#[test]
fn who_was_asked_is_taken_for_granted_where_it_is_told() {
    for (from_cache, asked, state) in [
        (false, true, State::Revalidated),
        (false, false, State::BrowserCache),
        // What a kept redirect leads to seems to be a copy for that.
        (true, true, State::Network),
        (true, false, State::BrowserCache),
    ] {
        let mut story = Story::new();
        let request = Request { id: "7", kind: Kind::Page, ..Request::default() };
        let response = Response { url: "https://example.com/", status: 301, from_cache, ..Response::default() };
        let _ = story.tell(Event::Redirect { request, response });
        let _ = story.respond(URL, |request, response| {
            request.id = "7";
            (response.from_cache, response.asked) = (true, asked);
            response.received_at_ms = Some(NOW + 60_000);
        });
        let _ = story.commit(URL, "A");
        assert_eq!(story.state(), state, "{from_cache}, {asked}: the Date is of then");
        let is_copy = story.document().response.as_ref().is_some_and(|response| response.from_cache);
        assert_eq!(is_copy, state != State::Network, "what crossed the network is judged so");
    }
}

#[test]
fn a_redirect_from_the_browsers_store_that_is_told_late_settles_its_page() {
    let mut story = Story::new();
    let copy = |request: &mut Request<'_>, response: &mut Response<'_>| {
        request.id = "7";
        (response.from_cache, response.asked) = (true, true);
    };
    let _ = story.respond(URL, copy);
    let _ = story.commit(URL, "A");
    assert_eq!(story.state(), State::Revalidated);
    let request = Request { id: "7", kind: Kind::Page, ..Request::default() };
    let response = Response { url: "https://example.com/", status: 301, from_cache: true, ..Response::default() };
    assert!(story.tell(Event::Redirect { request, response }).paint);
    assert_eq!(story.state(), State::Network);
}

#[test]
fn a_browsers_store_and_a_confirmation_are_told_apart() {
    let mut story = Story::new();
    let _ = story.respond(URL, |_, response| (response.from_cache, response.server_address) = (true, None));
    let _ = story.commit(URL, "A");
    assert_eq!(story.state(), State::BrowserCache, "Firefox gives no address");

    let mut story = Story::new();
    let _ = story.respond(URL, |_, response| response.from_cache = true);
    let _ = story.commit(URL, "A");
    assert_eq!(story.state(), State::Revalidated, "Date is of now");

    let mut story = Story::new();
    let _ =
        story.respond(URL, |_, response| (response.from_cache, response.received_at_ms) = (true, Some(NOW + 60_000)));
    let _ = story.commit(URL, "A");
    assert_eq!(story.state(), State::BrowserCache, "Date is of then");

    let mut story = Story::new();
    let _ = story.respond(URL, |_, _| ());
    let _ = story.commit(URL, "A");
    let _ = story.respond(URL, |_, response| response.from_cache = true);
    let _ = story.commit(URL, "B");
    assert_eq!(story.state(), State::BrowserCache, "the same Date as a moment ago");
    let _ = story.commit(URL, "C");
    let _ = story.wait();
    assert_eq!(story.state(), State::ServiceWorker);
    let _ =
        story.respond(URL, |_, response| (response.from_cache, response.received_at_ms) = (true, Some(NOW + 1_000)));
    let _ = story.commit(URL, "D");
    assert_eq!(story.state(), State::BrowserCache, "what a service worker answered in between had no Date");
}

#[test]
fn a_copy_that_came_for_another_tab_was_not_confirmed() {
    let date = field::date::parse(DATE.as_bytes()).ok();
    for (asked, elsewhere, state) in [
        (false, date, State::BrowserCache),
        (false, date.map(|at_ms| at_ms - 1_000), State::Revalidated),
        (false, None, State::Revalidated),
        (true, date, State::Revalidated),
    ] {
        let mut story = Story::new();
        let _ = story.respond(URL, |_, response| (response.from_cache, response.asked) = (true, asked));
        let commit = Commit { url: URL, document_id: Some("A"), shown_elsewhere_ms: elsewhere, ..Commit::default() };
        let _ = story.tell(Event::Committed(commit));
        assert_eq!(story.state(), state, "{asked}, {elsewhere:?}");
        assert!(story.document().response_of(&format!("{URL}#part")).is_some());
        assert!(story.document().response_of("https://other.example/").is_none());
    }
}

#[test]
fn going_back_brings_the_document_and_its_verdict() {
    let mut story = Story::new();
    let _ = story.respond(URL, |_, _| ());
    let _ = story.commit(URL, "A");
    let _ = story.respond("https://other.example/", |_, response| response.server_address = None);
    let _ = story.commit("https://other.example/", "B");
    let back = Commit { url: URL, document_id: Some("A"), forward_back: true, ..Commit::default() };
    assert!(story.tell(Event::Committed(back)).paint);
    assert_eq!((story.state(), story.delivered_by().as_deref()), (State::BackForwardCache, Some("cloudflare")));
}

#[test]
fn going_back_to_what_nobody_saw_names_no_service_worker() {
    // Either the browser had kept a page that is older than the extension, or a service worker answered.
    let mut story = Story::new();
    let _ = story.tell(Event::Found { url: "https://other.example/", discarded: false });
    let back = Commit { document_id: Some("A"), at_ms: NOW, silence_tells: true, ..Commit::default() };
    let _ = story.tell(Event::Committed(Commit { url: URL, forward_back: true, ..back }));
    assert!(story.wait().paint);
    assert_eq!(story.state(), State::Missed);

    // What the browser had to fetch again is a page like any other.
    let _ = story.respond("https://other.example/", |_, _| ());
    let other = Commit { url: "https://other.example/", document_id: Some("B"), forward_back: true, ..back };
    let _ = story.tell(Event::Committed(other));
    assert_eq!(story.state(), State::Network);
}

#[test]
fn going_back_to_what_had_no_response_brings_its_hosts() {
    for (observed, kind, state) in [(true, Kind::Worker, State::ServiceWorker), (false, Kind::Other, State::Missed)] {
        let mut story = Story::new();
        let first =
            Commit { url: URL, document_id: Some("A"), at_ms: NOW, silence_tells: observed, ..Commit::default() };
        let _ = story.tell(Event::Committed(first));
        let _ = story.wait();
        assert_eq!(story.state(), state);
        let _ = story.respond("https://cdn.example/a.js", |request, _| request.kind = kind);
        let hosts = story.document().hosts.clone();
        assert_eq!(hosts.requests, 1);
        for id in ["B", "C"] {
            let _ = story.respond("https://other.example/", |_, _| ());
            let _ = story.commit("https://other.example/", id);
            let back = Commit { url: URL, document_id: Some("A"), forward_back: true, ..Commit::default() };
            assert!(story.tell(Event::Committed(back)).paint);
            let seen = (story.state(), &story.document().hosts);
            assert_eq!(seen, (State::BackForwardCache, &hosts), "{state:?}, left for {id}");
        }
    }
}

#[test]
fn what_is_fetched_ahead_changes_nothing_until_it_is_shown() {
    let mut story = Story::new();
    let _ = story.respond("https://first.example/", |_, response| response.server_address = None);
    let _ = story.commit("https://first.example/", "A");
    // Speculation rules: the request looks like the tab's own, but a document asks for it.
    let changes = story.respond(URL, |request, _| request.document_id = Some("A"));
    assert!(!changes.paint);
    assert_eq!(story.document().url, "https://first.example/");
    let _ = story.respond(URL, |_, _| ());
    let _ = story.commit(URL, "B");
    assert_eq!(story.state(), State::Prefetched);
}

#[test]
fn what_was_fetched_ahead_serves_once_and_from_where_it_was_kept() {
    // By a rule it is kept apart; by a link, a script or a frame in the browser's store, if at all.
    for (kind, from_cache, state) in [
        (Kind::Page, false, State::Prefetched),
        (Kind::Other, true, State::Prefetched),
        (Kind::Other, false, State::Network),
    ] {
        let mut story = Story::new();
        let _ = story.commit("https://first.example/", "A");
        for _ in 0..2 {
            let fields = [("Date", DATE), ("Content-Type", "text/html")]
                .map(|(name, value)| Field { name, value: value.as_bytes() });
            let request = Request { kind, document_id: Some("A"), ..Request::default() };
            let response = Response { url: URL, status: 200, fields: &fields, ..Response::default() };
            let _ = story.tell(Event::Response { request, response });
        }
        let _ = story.respond(URL, |_, response| response.from_cache = from_cache);
        let _ = story.commit(URL, "B");
        assert_eq!(story.state(), state, "{kind:?}, {from_cache}");
        let _ = story.respond(URL, |_, _| ());
        let _ = story.commit(URL, "C");
        assert_eq!(story.state(), State::Network, "loaded anew, with the same Date");
    }
}

#[test]
fn a_prerendered_document_is_shown_with_its_own_response() {
    let mut story = Story::new();
    let _ = story.respond("https://first.example/", |_, _| ());
    let _ = story.commit("https://first.example/", "A");
    let _ = story.respond(URL, |request, _| request.prerender = AHEAD);
    let prerender = Commit { url: URL, document_id: Some("P"), prerender: AHEAD, ..Commit::default() };
    assert!(!story.tell(Event::Committed(prerender)).paint);
    assert_eq!(story.document().url, "https://first.example/");
    assert!(story.tell(Event::Committed(Commit { prerender: None, ..prerender })).paint);
    assert_eq!((story.state(), story.delivered_by().as_deref()), (State::Prerendered, Some("cloudflare")));
}

#[test]
fn a_page_that_was_built_ahead_without_being_noted_names_no_service_worker() {
    // Its response was saved, and the background ended before its commit was.
    let mut story = Story::new();
    let _ = story.respond("https://first.example/", |_, _| ());
    let _ = story.commit("https://first.example/", "A");
    let _ = story.respond(URL, |request, _| request.prerender = AHEAD);
    let _ = story.commit(URL, "P");
    assert!(story.wait().paint);
    assert_eq!(story.state(), State::Missed);
}

#[test]
fn what_a_page_asks_for_while_it_is_built_ahead_is_its_own() {
    let mut story = Story::new();
    let ask = |story: &mut Story, url: &str, document_id: &str, prerender: Option<FrameId>| {
        let request = Request { id: "2", document_id: Some(document_id), prerender, ..Request::default() };
        story.tell(Event::Response { request, response: Response { url, status: 200, ..Response::default() } })
    };
    let hosts = |story: &Story| {
        story.document().hosts.list.iter().map(|used| (used.host.clone(), used.requests)).collect::<Vec<_>>()
    };
    let first = [("first.example".to_owned(), 1)];
    let _ = story.commit("https://first.example/", "A");
    let _ = story.respond("https://first.example/", |_, _| ());
    let _ = ask(&mut story, "https://first.example/x.js", "A", None);
    let prerender = Commit { url: URL, document_id: Some("P"), prerender: AHEAD, ..Commit::default() };
    let _ = story.respond(URL, |request, _| request.prerender = AHEAD);
    let _ = story.tell(Event::Committed(prerender));
    assert_eq!(
        ask(&mut story, "https://cdn.example/a.js", "before P", AHEAD),
        COUNTED,
        "asked for before its commit was known"
    );
    assert_eq!(
        ask(&mut story, "https://cdn.example/b.js", "Q", Some(FrameId(47))),
        Changes::default(),
        "nobody knows this page"
    );
    assert_eq!(hosts(&story), first);

    let _ = story.tell(Event::Committed(Commit { prerender: None, ..prerender }));
    assert_eq!(hosts(&story), [("cdn.example".to_owned(), 1)]);
    assert_eq!(ask(&mut story, "https://cdn.example/late.js", "P", AHEAD), COUNTED, "asked for before it was shown");
    let _ = ask(&mut story, "https://cdn.example/c.js", "P", None);
    assert_eq!(hosts(&story), [("cdn.example".to_owned(), 3)]);
    let back = Commit { url: "https://first.example/", document_id: Some("A"), forward_back: true, ..prerender };
    let _ = story.tell(Event::Committed(Commit { prerender: None, ..back }));
    assert_eq!(hosts(&story), first);
}

#[test]
fn what_a_page_sent_when_it_was_left_is_its_own() {
    let mut story = Story::new();
    let ask = |story: &mut Story, url: &str, document_id: Option<&str>| {
        let request = Request { id: "2", document_id, ..Request::default() };
        story.tell(Event::Response { request, response: Response { url, status: 204, ..Response::default() } })
    };
    let hosts = |story: &Story| story.document().hosts.list.iter().map(|used| used.host.clone()).collect::<Vec<_>>();
    for (url, id) in [("https://first.example/", "A"), (URL, "B")] {
        let _ = story.respond(url, |_, _| ());
        let _ = story.commit(url, id);
    }
    assert_eq!(ask(&mut story, "https://meter.example/left", Some("A")), COUNTED);
    assert!(hosts(&story).is_empty());
    for (url, id) in
        [("https://b.example/", Some("B")), ("https://frame.example/", Some("F")), ("https://x.example/", None)]
    {
        assert_eq!(ask(&mut story, url, id), COUNTED);
    }
    assert_eq!(hosts(&story), ["b.example", "frame.example", "x.example"]);
    let _ = story.tell(Event::Committed(Commit {
        url: "https://first.example/",
        document_id: Some("A"),
        forward_back: true,
        ..Commit::default()
    }));
    assert_eq!(hosts(&story), ["meter.example"]);
}

#[test]
fn a_page_that_is_built_ahead_and_fails_leaves_the_page_on_screen() {
    let mut story = Story::new();
    let _ = story.respond("https://first.example/", |_, _| ());
    let _ = story.commit("https://first.example/", "A");
    let request = Request { id: "2", kind: Kind::Page, prerender: AHEAD, ..Request::default() };
    let failed = Event::RequestFailed { request, url: URL, error: "net::ERR_EMPTY_RESPONSE", under_way: true };
    assert_eq!(story.tell(failed), Changes::default());
    assert_eq!((story.document().url.as_str(), story.state()), ("https://first.example/", State::Network));
}

#[test]
fn a_page_that_waits_takes_no_response_of_one_that_is_built_ahead() {
    let mut story = Story::new();
    let _ = story.commit(URL, "A");
    assert!(!story.respond(URL, |request, _| request.prerender = AHEAD).paint, "the page has a link to itself");
    assert_eq!(story.state(), State::Waiting);
}

/// Firefox commits the empty document of such a tab, and then the page with the same number.
#[test]
fn a_page_in_a_tab_that_its_own_site_opened_is_no_move_inside_an_empty_one() {
    let mut story = Story::new();
    let _ = story.commit("about:blank", "A");
    assert_eq!(story.state(), State::BrowserPage);
    let _ = story.respond(URL, |_, _| ());
    let _ = story.commit(URL, "A");
    assert!(!story.document().in_page);
    assert_eq!((story.state(), story.delivered_by().as_deref()), (State::Network, Some("cloudflare")));
}

#[test]
fn moving_inside_a_page_keeps_its_verdict() {
    let mut story = Story::new();
    let _ = story.respond(URL, |_, _| ());
    let _ = story.commit(URL, "A");
    assert!(story.tell(Event::InPage { url: "https://www.example.com/b" }).paint);
    assert!(story.document().in_page);
    assert_eq!((story.state(), story.delivered_by().as_deref()), (State::Network, Some("cloudflare")));
}

#[test]
fn downloads_and_empty_answers_stand_beside_the_page() {
    for (status, expected) in [(200, State::Download), (204, State::NoContent)] {
        let mut story = Story::new();
        let _ = story.respond("https://first.example/", |_, response| response.server_address = None);
        let _ = story.commit("https://first.example/", "A");
        let _ = story.respond(URL, |_, response| response.status = status);
        let _ =
            story.tell(Event::NavigationFailed { url: URL, error: "net::ERR_ABORTED", at_ms: NOW, under_way: true });
        assert_eq!(story.document().url, "https://first.example/");
        assert_eq!(story.document().aside.as_ref().map(|aside| aside.state), Some(expected));

        let mut story = Story::new();
        let _ = story.respond(URL, |_, response| response.status = status);
        let _ =
            story.tell(Event::NavigationFailed { url: URL, error: "net::ERR_ABORTED", at_ms: NOW, under_way: true });
        assert_eq!((story.state(), story.delivered_by().as_deref()), (expected, Some("cloudflare")));
    }
}

#[test]
fn a_page_of_chromiums_own_about_a_failure_is_told_of_no_commit() {
    let failed = |url, under_way| Event::NavigationFailed { url, error: "net::ERR_FAILED", at_ms: NOW, under_way };
    let first = "https://first.example/";
    let mut story = Story::new();
    let _ = story.respond(first, |_, response| response.server_address = None);
    let _ = story.commit(first, "A");
    // An error without content: it was answered all the same.
    let _ = story.respond(URL, |_, response| response.status = 502);
    assert!(story.tell(failed(URL, true)).paint);
    assert_eq!((story.state(), story.delivered_by().as_deref()), (State::Network, Some("cloudflare")));
    assert_eq!(story.document().error.as_deref(), Some("net::ERR_FAILED"));
    // The same of an error that comes as a file to save: it stood beside the page before.
    let file = "https://www.example.com/file";
    let _ = story.respond(file, |_, response| {
        response.fields = &[Field { name: "content-disposition", value: b"attachment" }];
    });
    let _ = story.tell(failed(file, true));
    assert_eq!((story.document().url.as_str(), story.state()), (file, State::Network));
    assert_eq!(story.document().aside, None);
    // Without a response: the page's service worker had nothing to give.
    assert!(story.tell(failed(first, true)).paint);
    assert_eq!((story.state(), story.document().url.as_str()), (State::Failed, first));
    // What is loaded under the same address later is no page about the failure.
    let _ = story.commit(first, "B");
    assert_ne!(story.state(), State::Failed);

    // The page on screen broke off.
    let mut story = Story::new();
    let _ = story.respond(URL, |_, _| ());
    let _ = story.commit(URL, "A");
    let _ = story.tell(failed(URL, false));
    assert_eq!(story.state(), State::Network);
}

#[test]
fn an_error_before_the_commit_takes_no_response_away() {
    // Firefox tells every navigation this way, when its events are not late.
    let mut story = Story::new();
    let _ = story.respond(URL, |_, _| ());
    let _ = story.tell(Event::NavigationFailed { url: URL, error: "net::ERR_ABORTED", at_ms: NOW, under_way: true });
    let _ = story.commit(URL, "A");
    assert_eq!((story.state(), story.delivered_by().as_deref()), (State::Network, Some("cloudflare")));
    let other = "https://www.example.com/b";
    let _ = story.respond(other, |_, _| ());
    let _ = story.tell(Event::NavigationFailed { url: other, error: "net::ERR_ABORTED", at_ms: NOW, under_way: true });
    let _ = story.commit(other, "B");
    assert_eq!(story.state(), State::Network);
    assert_eq!(story.document().aside, None);
}

#[test]
fn a_file_to_save_is_known_by_its_fields() {
    // Firefox says nothing after the response of a download.
    let mut story = Story::new();
    let _ = story.respond(URL, |_, _| ());
    let _ = story.commit(URL, "A");
    let fields = [Field { name: "Content-Disposition", value: b"Attachment; filename=a" }];
    let response =
        Response { url: "https://www.example.com/file", status: 200, fields: &fields, ..Response::default() };
    let request = Request { id: "2", kind: Kind::Page, ..Request::default() };
    assert!(story.tell(Event::Response { request, response }).paint);
    assert_eq!(story.state(), State::Network);
    assert_eq!(story.document().aside.as_ref().map(|aside| aside.state), Some(State::Download));
}

#[test]
fn the_browsers_page_about_a_failure_is_the_failure() {
    let mut story = Story::new();
    let request = Request { id: "1", kind: Kind::Page, ..Request::default() };
    let failed = Event::RequestFailed { request, url: URL, error: "NS_ERROR_UNKNOWN_HOST", under_way: true };
    let _ = story.tell(failed);
    let _ = story.tell(Event::Concealed { expected: false });
    assert_eq!(story.commit(URL, "A").waits, None);
    assert_eq!(story.state(), State::Failed);
    // Tried again, it is a page like any other.
    let _ = story.respond(URL, |_, _| ());
    let _ = story.commit(URL, "B");
    assert_eq!(story.state(), State::Network);
}

/// Firefox shows no page about what another extension ended, nor about a file that broke off.
#[test]
fn a_page_outlives_a_failure_that_the_browser_shows_no_page_about() {
    let mut story = Story::new();
    let _ = story.respond(URL, |_, _| ());
    let _ = story.commit(URL, "A");
    let other = "https://other.example/";
    let failed = || Event::RequestFailed {
        request: Request { id: "2", kind: Kind::Page, ..Request::default() },
        url: other,
        error: "NS_ERROR_UNEXPECTED",
        under_way: true,
    };
    assert!(!story.tell(failed()).paint);
    assert_eq!((story.document().url.as_str(), story.delivered_by().as_deref()), (URL, Some("cloudflare")));
    // With a page about it, it is on screen.
    let _ = story.tell(failed());
    let _ = story.tell(Event::Concealed { expected: false });
    assert!(story.commit(other, "B").paint);
    assert_eq!((story.document().url.as_str(), story.state()), (other, State::Failed));
    assert_eq!(story.document().error.as_deref(), Some("NS_ERROR_UNEXPECTED"));
    // It holds for the next commit only.
    let _ = story.tell(failed());
    let _ = story.respond(URL, |request, _| request.id = "3");
    let _ = story.commit(URL, "C");
    assert_eq!(story.commit(other, "D").waits, Some(NOW));
}

#[test]
fn a_failure_that_is_told_after_the_browsers_page_about_it_ends_with_that_page() {
    let mut story = Story::new();
    let request = Request { id: "1", kind: Kind::Page, ..Request::default() };
    assert_eq!(story.commit(URL, "A").waits, Some(NOW));
    let failed = |under_way| Event::RequestFailed { request, url: URL, error: "NS_ERROR_UNKNOWN_HOST", under_way };
    assert!(story.tell(failed(false)).paint);
    assert_eq!((story.state(), story.document().committed_at_ms), (State::Failed, NOW));
    assert!(!story.wait().paint, "nothing is expected any longer");
    // Tried again, its commit may come first.
    assert_eq!(story.commit(URL, "B").waits, Some(NOW));
    let _ = story.respond(URL, |_, _| ());
    assert_eq!((story.state(), story.document().error.as_deref()), (State::Network, None));
    // A page still waits while it is asked for once more, which fails: the browser's page about that is to come.
    assert_eq!(story.commit("https://www.example.com/b", "C").waits, Some(NOW));
    let again = Event::RequestFailed {
        request: Request { id: "3", ..request },
        url: "https://www.example.com/b",
        error: "NS_ERROR_UNKNOWN_HOST",
        under_way: true,
    };
    let _ = story.tell(again);
    assert_eq!(story.commit("https://www.example.com/b", "D").waits, None);
    assert_eq!(story.state(), State::Failed);
}

#[test]
fn a_page_of_the_browsers_own_after_a_failure_is_no_page_about_it() {
    let mut story = Story::new();
    let request = Request { id: "1", kind: Kind::Page, ..Request::default() };
    let failed = Event::RequestFailed { request, url: URL, error: "NS_ERROR_UNKNOWN_HOST", under_way: true };
    let _ = story.tell(failed);
    assert!(!story.tell(Event::Concealed { expected: false }).paint, "it is told with its address in a moment");
    let _ = story.commit(URL, "E");
    assert_eq!(story.state(), State::Failed);
    assert!(story.tell(Event::Concealed { expected: true }).paint);
    assert_eq!(story.state(), State::BrowserPage);
}

#[test]
fn the_commit_of_a_navigation_that_failed_is_the_browsers_page_about_it() {
    let error = "Error code 2152398875";
    let commit = Commit { url: URL, document_id: Some("E"), at_ms: NOW + 20, failed: Some(error), ..Commit::default() };
    // Nothing was told of the request, or its response could not be shown.
    for shown_before in [false, true] {
        let mut story = Story::new();
        if shown_before {
            let _ = story.respond(URL, |_, _| ());
            let _ = story.commit(URL, "A");
        }
        assert!(story.tell(Event::Committed(commit)).paint);
        assert_eq!((story.state(), story.document().error.as_deref()), (State::Failed, Some(error)));
        assert!(!story.wait().paint);
        // The request's own failure is told late, and names it better.
        let request = Request { id: "9", kind: Kind::Page, ..Request::default() };
        let told = Event::RequestFailed { request, url: URL, error: "NS_ERROR_NET_RESET", under_way: false };
        assert!(story.tell(told).paint);
        let document = story.document();
        assert_eq!((document.id.as_deref(), document.error.as_deref()), (Some("E"), Some("NS_ERROR_NET_RESET")));
    }
    // A response that came is told, though the browser shows a page of its own: somebody delivered it.
    let mut story = Story::new();
    let _ = story.respond(URL, |_, _| ());
    let _ = story.tell(Event::Committed(commit));
    assert_eq!(story.state(), State::Network);
}

#[test]
fn why_a_navigation_failed_may_be_told_behind_the_commit_of_the_page_about_it() {
    let told = |url: &'static str, error: &'static str, at_ms: i64| Event::NavigationFailed {
        url,
        error,
        at_ms,
        under_way: false,
    };
    let (error, aborted) = ("Error code 2152398875", "Error code 2152398850");
    for (event, waits, state) in [
        (told(URL, error, NOW - 5), true, State::Failed),
        (told(URL, error, NOW - 5), false, State::Failed),
        (told(URL, aborted, NOW - 5), false, State::ServiceWorker),
        (told(URL, error, NOW + 5_000), false, State::ServiceWorker),
        (told("https://other.example/", error, NOW - 5), false, State::ServiceWorker),
    ] {
        let mut story = Story::new();
        let _ = story.commit(URL, "A");
        if !waits {
            let _ = story.wait();
        }
        let _ = story.tell(event);
        assert_eq!(story.state(), state, "{waits}");
    }
}

#[test]
fn a_response_that_breaks_off_leaves_what_came_of_it() {
    let broken = |id: &'static str, url: &'static str, under_way: bool| Event::RequestFailed {
        request: Request { id, kind: Kind::Page, ..Request::default() },
        url,
        error: "net::ERR_CONNECTION_RESET",
        under_way,
    };
    // The page is on screen, as far as it came.
    let mut story = Story::new();
    let _ = story.respond(URL, |_, _| ());
    let _ = story.commit(URL, "A");
    assert_eq!(story.tell(broken("1", URL, false)), Changes::default());
    assert_eq!((story.state(), story.delivered_by().as_deref()), (State::Network, Some("cloudflare")));
    // A file that is being saved beside it.
    let file = "https://www.example.com/file";
    let _ = story.respond(file, |request, _| request.id = "2");
    let _ = story.tell(Event::NavigationFailed { url: file, error: "net::ERR_ABORTED", at_ms: NOW, under_way: true });
    assert_eq!(story.tell(broken("2", file, true)), Changes::default());
    assert_eq!((story.document().url.as_str(), story.state()), (URL, State::Network));
    assert!(story.document().aside.is_some());
    // Nothing is shown of it yet: its commit may follow, or not.
    let _ = story.respond(URL, |request, _| request.id = "3");
    assert!(story.tell(broken("3", URL, true)).paint);
    assert_eq!(story.state(), State::Failed);
    let _ = story.commit(URL, "B");
    assert_eq!(story.state(), State::Network);
    // Asked for again, it fails from the beginning.
    assert!(story.tell(broken("4", URL, true)).paint);
    assert_eq!(story.state(), State::Failed);
}

#[test]
fn a_failure_of_a_page_whose_response_may_have_been_missed_does_not_say_that_none_came() {
    let broken = |under_way: bool| Event::RequestFailed {
        request: Request { id: "1", kind: Kind::Page, ..Request::default() },
        url: URL,
        error: "net::ERR_CONNECTION_RESET",
        under_way,
    };
    let mut story = Story::new();
    let _ = story.tell(Event::Found { url: URL, discarded: false });
    assert_eq!(story.state(), State::OlderThanExtension);
    assert_eq!(story.tell(broken(false)), Changes::default());
    assert_eq!(story.state(), State::OlderThanExtension);
    // The reader asks for it again, and that was seen to begin.
    assert!(story.tell(broken(true)).paint);
    assert_eq!(story.state(), State::Failed);
}

#[test]
fn pages_with_one_address_that_are_built_ahead_are_told_apart_by_their_frames() {
    let mut story = Story::new();
    let frames =
        [(46, "P", "cloudflare"), (47, "Q", "fastly")].map(|(frame, id, server)| (Some(FrameId(frame)), id, server));
    for (prerender, _, server) in frames {
        let fields = [Field { name: "Server", value: server.as_bytes() }];
        let request = Request { id: server, kind: Kind::Page, prerender, ..Request::default() };
        let response = Response { url: URL, status: 200, fields: &fields, ..Response::default() };
        let _ = story.tell(Event::Response { request, response });
    }
    let commit = |prerender, id| Commit { url: URL, document_id: Some(id), prerender, ..Commit::default() };
    frames.iter().for_each(|(prerender, id, _)| _ = story.tell(Event::Committed(commit(*prerender, id))));
    for (prerender, id, server) in frames {
        let request = Request { id: "5", prerender, ..Request::default() };
        let url = format!("https://{server}.example/a.js");
        let _ = story
            .tell(Event::Response { request, response: Response { url: &url, status: 200, ..Response::default() } });
        let _ = story.tell(Event::Committed(commit(None, id)));
        let fields = &story.document().response.as_ref().unwrap().fields;
        assert_eq!(fields[..], [("server".to_owned(), server.as_bytes().to_vec())]);
        assert_eq!(story.document().hosts.list[0].host, format!("{server}.example"));
    }
}

#[test]
fn a_page_that_moves_in_its_frame_while_it_is_built_ahead_has_its_own_hosts() {
    let mut story = Story::new();
    let commit = |url, id, prerender| Commit { url, document_id: Some(id), prerender, ..Commit::default() };
    for (url, id) in [(URL, "P"), ("https://www.example.com/b", "Q")] {
        let _ = story.tell(Event::Committed(commit(url, id, AHEAD)));
        let request = Request { id: "2", prerender: AHEAD, ..Request::default() };
        let asked = format!("https://{}.example/", id.to_lowercase());
        let response = Response { url: &asked, status: 200, ..Response::default() };
        assert_eq!(story.tell(Event::Response { request, response }), COUNTED);
    }
    let _ = story.tell(Event::Committed(commit("https://www.example.com/b", "Q", None)));
    assert_eq!(story.document().hosts.list.iter().map(|used| used.host.as_str()).collect::<Vec<_>>(), ["q.example"]);
}

#[test]
fn a_page_whose_address_is_concealed_is_the_browsers_own() {
    let mut story = Story::new();
    let _ = story.respond(URL, |_, _| ());
    let _ = story.commit(URL, "A");
    assert!(story.tell(Event::Concealed { expected: false }).paint);
    assert_eq!((story.state(), story.delivered_by()), (State::BrowserPage, None));
    assert!(!story.tell(Event::Concealed { expected: false }).paint);
}

#[test]
fn addresses_without_a_server_have_states_of_their_own() {
    for (url, expected) in [
        ("about:config", State::BrowserPage),
        ("chrome://version/", State::BrowserPage),
        ("moz-extension://0/panel.html", State::BrowserPage),
        ("file:///tmp/page.html", State::LocalFile),
    ] {
        let mut story = Story::new();
        let _ = story.respond(url, |_, response| response.server_address = None);
        assert_eq!(story.commit(url, "A").waits, None);
        assert_eq!(story.state(), expected, "{url}");
    }
}

#[test]
fn access_is_named_when_it_is_missing() {
    // Which is asked about when no response came, for it may be there for this site alone.
    let mut story = Story::new();
    let _ = story.commit(URL, "A");
    assert!(story.tell(Event::Overdue { committed_at_ms: NOW, access: false }).paint);
    assert_eq!(story.state(), State::NoAccess);
    let _ = story.tell(Event::Access { granted: true });
    assert_eq!(story.state(), State::OlderThanExtension, "its response was not seen");
    assert!(story.tell(Event::Access { granted: false }).paint);
    assert_eq!(story.state(), State::NoAccess);
    assert!(!story.tell(Event::Access { granted: false }).paint, "nothing is new");
    // Whose response is told after all could be seen.
    let _ = story.respond(URL, |_, _| ());
    assert_eq!(story.state(), State::Network);
}

#[test]
fn a_page_whose_text_is_shown_hides_its_address_and_stays() {
    let mut story = Story::new();
    let _ = story.respond(URL, |_, _| ());
    let _ = story.tell(Event::Committed(Commit { url: URL, is_source: true, at_ms: NOW, ..Commit::default() }));
    assert!(!story.tell(Event::Concealed { expected: false }).paint);
    assert_eq!((story.state(), story.delivered_by().as_deref()), (State::Network, Some("cloudflare")));
    let _ = story.tell(Event::Concealed { expected: true });
    assert_eq!(story.state(), State::BrowserPage, "the tab went on to a page of the browser's own");
}

#[test]
fn what_was_seen_stays_when_access_is_taken_away() {
    let failed = Commit { url: URL, at_ms: NOW, failed: Some("net::ERR_NAME_NOT_RESOLVED"), ..Commit::default() };
    let mut story = Story::new();
    let _ = story.tell(Event::Committed(failed));
    assert!(!story.tell(Event::Access { granted: false }).paint);
    assert_eq!(story.state(), State::Failed);
    let mut story = Story::new();
    let _ = story.commit(URL, "A");
    let _ = story.wait();
    assert!(!story.tell(Event::Access { granted: false }).paint);
    assert_eq!(story.state(), State::ServiceWorker);
    let _ = story.tell(Event::Discarded(true));
    assert!(!story.tell(Event::Access { granted: false }).paint);
    assert_eq!(story.state(), State::Discarded);
}

#[test]
fn a_tab_that_was_there_before_says_so() {
    let mut story = Story::new();
    let _ = story.tell(Event::Found { url: URL, discarded: false });
    assert_eq!(story.state(), State::OlderThanExtension);
    let _ = story.respond(URL, |_, _| ());
    let _ = story.commit(URL, "B");
    let _ = story.tell(Event::Found { url: URL, discarded: false });
    assert_eq!(story.state(), State::Network, "a known tab is not found anew");
    let _ = story.tell(Event::Discarded(true));
    assert_eq!(story.state(), State::Discarded);
}

#[test]
fn a_local_proxy_is_named() {
    for change in [
        (|response: &mut Response<'_>| response.proxied = true) as fn(&mut Response<'_>),
        |response| response.server_address = "127.0.0.1".parse().ok(),
        |response| response.server_address = "198.18.2.100".parse().ok(),
    ] {
        let mut story = Story::new();
        let _ = story.respond(URL, |_, response| change(response));
        let _ = story.commit(URL, "A");
        assert_eq!(story.state(), State::Proxied);
    }
    // Names that lead nowhere but here.
    for url in [
        "http://localhost/",
        "https://shop.test/",
        "http://printer.local/",
        "http://build/",
        "https://shop.test./",
        "http://127.0.0.1/",
    ] {
        let mut story = Story::new();
        let _ = story.respond(url, |_, response| response.server_address = "127.0.0.1".parse().ok());
        let _ = story.commit(url, "A");
        assert_eq!(story.state(), State::Network, "{url}");
    }
}

#[test]
fn a_failed_request_says_so_and_an_aborted_one_does_not() {
    let mut story = Story::new();
    let request = Request { id: "1", kind: Kind::Page, ..Request::default() };
    for error in ["NS_BINDING_ABORTED", "NS_BINDING_CANCELLED_OLD_LOAD", "net::ERR_ABORTED"] {
        assert_eq!(story.tell(Event::RequestFailed { request, url: URL, error, under_way: true }), Changes::default());
        assert_eq!(story.tab.document, None);
    }
    for error in ["net::ERR_NAME_NOT_RESOLVED", "net::ERR_CONNECTION_ABORTED"] {
        let _ = story.tell(Event::RequestFailed { request, url: URL, error, under_way: true });
        assert_eq!((story.state(), story.document().error.as_deref()), (State::Failed, Some(error)));
        story.tab.document = None;
    }
}

#[test]
fn ten_thousand_requests_and_as_many_hosts_stay_bounded() {
    let mut story = Story::new();
    let _ = story.respond(URL, |_, _| ());
    let _ = story.commit(URL, "A");
    for number in 0..10_000 {
        let url = format!("https://host{number}.example/x.js");
        let response = Response { url: &url, status: 200, ..Response::default() };
        let changes = story.tab.apply(Event::Response { request: Request::default(), response }, &story.tables);
        assert_eq!(changes, COUNTED);
    }
    let hosts = &story.document().hosts;
    assert_eq!((hosts.list.len(), hosts.requests), (HOSTS_MAX, 10_000));
    assert_eq!(hosts.beyond as usize, 10_000 - HOSTS_MAX);
    let url = "https://www.example.com/favicon.ico";
    let response = Response { url, status: 200, ..Response::default() };
    let _ = story.tab.apply(Event::Response { request: Request::default(), response }, &story.tables);
    let own = story.document().hosts.list.last().unwrap();
    assert_eq!((own.host.as_str(), own.requests), ("www.example.com", 1), "there is room for the page's own");
    assert!(save(&mut story.tab).len() < 64 << 10, "{}", save(&mut story.tab).len());
}

#[test]
fn cookies_values_are_never_kept() {
    let mut story = Story::new();
    let _ = story.respond(URL, |_, _| ());
    let _ = story.commit(URL, "A");
    let saved = save(&mut story.tab);
    assert!(!saved.windows(6).any(|window| window == b"secret"));
    assert!(saved.windows(8).any(|window| window == b"session="));
}

#[test]
fn a_saved_state_is_refused_when_cut_or_changed() {
    let mut story = Story::new();
    let _ = story.respond(URL, |_, _| ());
    let _ = story.commit(URL, "A");
    let saved = save(&mut story.tab);
    for len in 0..saved.len() {
        assert!(load(&saved[..len]).is_err(), "{len}");
        let mut changed = saved.clone();
        changed[len] ^= 0x55;
        assert!(load(&changed).is_err(), "{len}");
    }
    assert_eq!(load(&[9, 0, 0, 0, 0]), Err(SavedError::Format { found: 9 }));
}

#[test]
fn hostile_sizes_are_cut() {
    let mut story = Story::new();
    let long = format!("https://www.example.com/{}", "é".repeat(1 << 20));
    let value = vec![b'x'; 10 << 20];
    let fields = [Field { name: "server", value: &value }];
    let response = Response { url: &long, fields: &fields, ..Response::default() };
    let request = Request { id: &long, kind: Kind::Page, ..Request::default() };
    let _ = story.tell(Event::Response { request, response });
    assert!(save(&mut story.tab).len() < 16 << 10);
}

/// Firefox hands out what woke its background listener by listener, so that redirects may follow their response.
#[test]
fn redirects_that_are_told_late_belong_to_their_response() {
    let hop = |story: &mut Story, id: &str| {
        let request = Request { id, kind: Kind::Page, ..Request::default() };
        let response = Response { url: "https://old.example/", status: 302, ..Response::default() };
        story.tab.apply(Event::Redirect { request, response }, &story.tables)
    };
    let id = |id| move |request: &mut Request<'_>, _: &mut Response<'_>| request.id = id;
    let mut story = Story::new();
    let _ = story.respond(URL, id("7"));
    assert_eq!(hop(&mut story, "7"), SAVE);
    let _ = story.commit(URL, "A");
    assert_eq!(hop(&mut story, "7"), SAVE);
    assert_eq!(story.document().hops.len(), 2);
    // Of another request, which is under way.
    let _ = hop(&mut story, "8");
    assert_eq!(story.document().hops.len(), 2);
    let _ = story.respond("https://www.example.com/next", id("8"));
    let _ = story.commit("https://www.example.com/next", "B");
    assert_eq!(story.document().hops.len(), 1);
    // A download stands beside the page.
    let _ = story.respond("https://www.example.com/file", |request, response| {
        request.id = "9";
        response.status = 204;
    });
    let _ = hop(&mut story, "9");
    assert_eq!(story.document().aside.as_ref().map(|aside| aside.hops.len()), Some(1));
    assert_eq!(story.document().hops.len(), 1);
}

/// Only its beginning is kept, and browsers take addresses of two million characters.
#[test]
fn a_page_with_a_long_address_has_its_response() {
    let mut story = Story::new();
    let url = format!("{URL}?{}", "é".repeat(5_000));
    let _ = story.respond(&url, |_, _| ());
    let _ = story.commit(&format!("{url}#here"), "A");
    assert_eq!(story.document().state, State::Network);
    assert!(story.document().url.len() <= URL_MAX);
    let _ = story.tell(Event::InPage { url: &url });
    assert!(!story.document().in_page, "the address is the same");
}

/// Where nothing more can be stored, the page that is under way keeps its response, whatever is built ahead.
#[test]
fn what_is_given_up_is_not_what_comes_next() {
    let mut story = Story::new();
    let _ = story.respond("https://www.example.com/old", |_, _| ());
    let _ = story.respond(URL, |_, _| ());
    let _ = story.respond("https://www.example.com/ahead", |request, _| request.prerender = Some(FrameId(3)));
    assert!(story.tab.shed());
    assert!(!story.tab.shed());
    let _ = story.commit(URL, "A");
    assert_eq!(story.document().state, State::Network);
}

/// Heads as long as browsers take them, in every place where a response is kept: what is saved is read again, and
/// what is on screen and what comes next are in it.
#[test]
fn a_tab_of_the_longest_heads_is_saved_and_read() {
    let mut story = Story::new();
    let host = "a".repeat(60);
    let url = |number: usize| format!("https://{host}.example/{number}?{}", "q".repeat(8_000));
    let value = "x".repeat(2_000);
    let fields: Vec<_> = (0..90).map(|_| Field { name: "server", value: value.as_bytes() }).collect();
    fn page(id: &str) -> Request<'_> {
        Request { id, kind: Kind::Page, ..Request::default() }
    }
    for number in 0..40_usize {
        let (id, url) = (number.to_string(), url(number));
        let response = || Response { url: &url, status: 302, fields: &fields, ..Response::default() };
        for _ in 0..30 {
            let _ = story.tab.apply(Event::Redirect { request: page(&id), response: response() }, &story.tables);
        }
        let _ = story.tab.apply(Event::Response { request: page(&id), response: response() }, &story.tables);
        // Every third waits, and every fifth is still being led on.
        if number % 3 > 0 {
            let commit = Commit { url: &url, document_id: Some(&id), ..Commit::default() };
            let _ = story.tab.apply(Event::Committed(commit), &story.tables);
        }
        for _ in 0..30 * usize::from(number % 5 == 0) {
            let request = format!("{number}+");
            let _ = story.tab.apply(Event::Redirect { request: page(&request), response: response() }, &story.tables);
        }
    }
    let kept = story.tab.document.as_ref().and_then(|document| document.response.clone()).expect("a response");
    assert!(kept.left_out > 0, "{} fields", kept.fields.len());
    let loaded = load(&save(&mut story.tab)).expect("what was saved");
    assert_eq!(loaded, story.tab);
    assert_eq!(loaded.document.and_then(|document| document.response), Some(kept));
    assert!(!story.tab.pending.is_empty() && !story.tab.hops.is_empty());
}
