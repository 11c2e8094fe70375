//! What each path answers: the front pages, and a page for every situation in which a response
//! reaches the browser by another way than a plain load.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use super::clock::Clock;
use super::{BUNNY, CLOUDFLARE, CLOUDFRONT, FASTLY, INDEX, Words, page, site};
use crate::world::{Manner, Request, Response};

/// The hosts that a chain of redirects passes; the last one answers.
pub const HOPS: [&str; 4] = [FASTLY, BUNNY, CLOUDFRONT, CLOUDFLARE];

/// How many requests the page at `/many` makes.
pub const MANY: u32 = 10_000;

/// The situations that the index offers to a reader.
pub(super) const SITUATIONS: &[(&str, Words)] = &[
    ("/hop", Words { en: "A chain of redirects over four hosts", fr: "Une chaîne de redirections par quatre sites" }),
    ("/revalidated", Words { en: "A page that is confirmed (304)", fr: "Une page confirmée (304)" }),
    ("/kept", Words { en: "A page that the browser keeps", fr: "Une page que le navigateur conserve" }),
    ("/worker/", Words { en: "A page’s own service worker", fr: "Le service worker d’une page" }),
    ("/prefetch", Words { en: "A page fetched ahead by a link", fr: "Une page chargée d’avance par un lien" }),
    (
        "/ahead?with=prefetch",
        Words { en: "A page fetched ahead by a rule", fr: "Une page chargée d’avance par une règle" },
    ),
    ("/ahead?with=prerender", Words { en: "A page drawn ahead", fr: "Une page dessinée d’avance" }),
    ("/in-page", Words { en: "Navigation within a page", fr: "La navigation dans une page" }),
    ("/download", Words { en: "A download", fr: "Un téléchargement" }),
    ("/nothing", Words { en: "An answer without content (204)", fr: "Une réponse sans contenu (204)" }),
    ("/many", Words { en: "Ten thousand requests", fr: "Dix mille requêtes" }),
    ("/slow?ms=4000", Words { en: "A slow answer", fr: "Une réponse lente" }),
];

/// The queries with which `/slower` was asked for.
static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The worker of the page at `/worker/`: it answers one path from its cache, passes another one
/// on to the network, takes its time for a third, and leaves the rest alone.
const WORKER: &str = "
self.addEventListener('install', (event) => event.waitUntil(
  caches.open('pages').then((cache) => cache.add('/worker/stored')).then(() => self.skipWaiting())));
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
self.addEventListener('fetch', (event) => {
  const { pathname, search } = new URL(event.request.url);
  if (pathname === '/worker/stored') event.respondWith(caches.match('/worker/stored'));
  if (pathname === '/worker/passed') event.respondWith(fetch(event.request));
  if (pathname === '/worker/never') event.respondWith(Promise.reject(new TypeError('nothing to give')));
  if (pathname === '/worker/late') {
    const wait = new Promise((done) => setTimeout(done, 2000));
    event.respondWith(fetch('/worker/asked' + search).then(() => wait).then(() => caches.match('/worker/stored')));
  }
});
";

const REGISTRATION: &str = "<p id=\"worker\">…</p>
<p><a href=\"/worker/stored\">/worker/stored</a> · <a href=\"/worker/passed\">/worker/passed</a></p>
<script>
navigator.serviceWorker.register('/worker/worker.js', { scope: '/worker/' })
  .then(() => navigator.serviceWorker.ready)
  .then(() => { document.getElementById('worker').textContent = 'ready' },
        (error) => { document.getElementById('worker').textContent = String(error) });
</script>";

const IN_PAGE: &str = "<p><button type=\"button\" id=\"push\">history.pushState</button>
<button type=\"button\" id=\"replace\">history.replaceState</button>
<a id=\"fragment\" href=\"#part\">#part</a></p>
<h2 id=\"part\">…</h2>
<script>
document.getElementById('push').onclick = () => history.pushState(null, '', '/in-page/pushed');
document.getElementById('replace').onclick = () => history.replaceState(null, '', '/in-page/replaced');
</script>";

/// Asks for something afterwards, so that the log tells when.
const MOVING: &str = "<script>
history.replaceState(null, '', '/ahead/moved');
fetch('/dot?from=moved');
</script>";

/// A picture from another host, and a frame with one from a third.
fn fetching() -> String {
    format!("<img src=\"https://{BUNNY}/picture.svg?ahead\" alt=\"\"><iframe src=\"/ahead/framed\"></iframe>")
}

/// The answer to any request.
pub(super) fn answer(request: &Request) -> Response {
    let Some(site) = site(&request.host) else {
        // Whoever asked for this name found us although no record leads here.
        return Response::new(404).body(HTML, page::document("404", "<h1>404</h1><p>No such host.</p>"));
    };
    let clock = Clock::new(request.at);
    let with_fields = |status: u16| {
        let mut response = Response::new(status);
        response.fields = (site.fields)(clock);
        response
    };
    let no_store = |status: u16| with_fields(status).field("cache-control", "no-store");
    let situation = |words: Words, more: &str| page::situation(words, site.host, more);
    let words = SITUATIONS
        .iter()
        .find(|(path, _)| path.split('?').next() == Some(&request.path))
        .map_or(Words { en: "A page", fr: "Une page" }, |(_, words)| *words);

    match request.path.as_str() {
        // A page without `cache-control` may live in the back/forward cache, but not in the disk cache.
        "/" => with_fields(200).field("cache-control", "no-cache").body(HTML, page::front(site)),
        "/hop" => {
            // `ms` makes each hop slow, so that something can be done in the middle of the chain.
            let wait_ms = request.parameter("ms").and_then(|ms| ms.parse().ok()).unwrap_or(0u64).min(5_000);
            thread::sleep(Duration::from_millis(wait_ms));
            let step: usize = request.parameter("step").and_then(|step| step.parse().ok()).unwrap_or(0);
            let next = HOPS.get(step + 1).copied().unwrap_or(INDEX);
            let target = match (step, request.host == HOPS[step.min(HOPS.len() - 1)]) {
                // From wherever the reader starts, the chain begins at its first host.
                (0, false) => format!("https://{}/hop?ms={wait_ms}", HOPS[0]),
                (step, _) if step + 2 < HOPS.len() => format!("https://{next}/hop?step={}&ms={wait_ms}", step + 1),
                _ => format!("https://{next}/"),
            };
            no_store(302).field("location", target)
        }
        "/revalidated" => {
            let tag = "\"one\"";
            if request.field("if-none-match") == Some(tag) {
                with_fields(304).field("etag", tag).field("cache-control", "no-cache")
            } else {
                with_fields(200)
                    .field("etag", tag)
                    .field("cache-control", "no-cache")
                    .body(HTML, situation(words, "<p><a href=\"/revalidated\">Again · Encore</a></p>"))
            }
        }
        "/kept" => with_fields(200)
            .field("cache-control", "max-age=600")
            .body(HTML, situation(words, "<p><a href=\"/kept\">Again · Encore</a></p>")),
        // Its `Date` is that of its storing, as some caches send it.
        "/old" => stored_long_ago(no_store(200)).body(HTML, situation(words, "")),
        "/old/revalidated" => {
            let status = if request.field("if-none-match").is_some() { 304 } else { 200 };
            let response = with_fields(status).field("etag", "\"one\"").field("cache-control", "no-cache");
            let response = stored_long_ago(response);
            if status == 304 { response } else { response.body(HTML, situation(words, "")) }
        }
        "/worker/" => no_store(200).body(HTML, situation(words, REGISTRATION)),
        "/worker/worker.js" => no_store(200).body(SCRIPT, WORKER),
        // The page's worker fetches it. With `no-store` it would not live in the back/forward cache.
        "/worker/passed" => with_fields(200).field("cache-control", "no-cache").body(HTML, situation(words, "")),
        "/prefetch" => {
            let link = "<link rel=\"prefetch\" href=\"/kept?ahead\"><p><a id=\"go\" href=\"/kept?ahead\">/kept</a></p>";
            no_store(200).body(HTML, situation(words, link))
        }
        "/ahead" => {
            let with = if request.parameter("with") == Some("prerender") { "prerender" } else { "prefetch" };
            let target = request.parameter("to").unwrap_or(with);
            let rules = format!(
                "<script type=\"speculationrules\">{{\"{with}\": [{{\"urls\": [\"/ahead/{target}\"], \"eagerness\": \"immediate\"}}]}}</script>\
                 <p><a id=\"go\" href=\"/ahead/{target}\">/ahead/{target}</a></p>"
            );
            no_store(200).body(HTML, situation(words, &rules))
        }
        "/ahead/moving" => no_store(200).body(HTML, situation(words, MOVING)),
        "/ahead/fetching" => no_store(200).body(HTML, situation(words, &fetching())),
        "/ahead/framed" => {
            let picture = format!("<img src=\"https://{CLOUDFRONT}/picture.svg?ahead\" alt=\"\">");
            no_store(200).body(HTML, situation(words, &picture))
        }
        "/in-page" => no_store(200).body(HTML, situation(words, IN_PAGE)),
        "/download" => no_store(200)
            .field("content-disposition", "attachment; filename=\"served-by.txt\"")
            .body("text/plain; charset=utf-8", "A small file. · Un petit fichier.\n"),
        "/nothing" => no_store(204),
        // It says that it is longer than it is, and its connection ends.
        "/broken" => no_store(200).body(HTML, situation(words, "")).manner(Manner::Says(1 << 20)),
        "/many" => no_store(200).body(HTML, situation(words, &many(request))),
        "/dot" => no_store(200).field("access-control-allow-origin", "*").body("text/plain", "."),
        "/picture.svg" => no_store(200).body("image/svg+xml", PICTURE),
        "/slow" => {
            let wait_ms = request.parameter("ms").and_then(|ms| ms.parse().ok()).unwrap_or(1000).min(20_000);
            thread::sleep(Duration::from_millis(wait_ms));
            no_store(200).body(HTML, situation(words, ""))
        }
        "/slower" => {
            // Quick at first, slow when it is loaded again: the time in between can be looked at.
            if !SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(request.query.clone()) {
                thread::sleep(Duration::from_millis(8000));
            }
            no_store(200).body(HTML, situation(words, ""))
        }
        // Where nothing comes with an error, Chromium shows a page of its own.
        "/unwell" => no_store(502),
        // It says that it is packed, and is not.
        "/garbled" => no_store(200).field("content-encoding", "gzip").body(HTML, situation(words, "")),
        "/moved" => with_fields(301)
            .field("cache-control", "max-age=600")
            .field("location", format!("https://{CLOUDFLARE}/old")),
        "/nowhere" => no_store(302).field("location", "nowhere:"),
        "/gone" => no_store(404).body(HTML, situation(Words { en: "Not found", fr: "Introuvable" }, "")),
        _ => no_store(200).body(HTML, situation(words, "")),
    }
}

fn stored_long_ago(mut response: Response) -> Response {
    response.fields.retain(|(name, _)| name != "date");
    response.field("date", "Sun, 29 Nov 2026 01:00:00 GMT")
}

const PICTURE: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 120"><rect width="320" height="120" fill="#4a6fa5"/><path d="M0 120 90 40l50 45 60-60 120 95z" fill="#e8c07d"/><circle cx="270" cy="28" r="16" fill="#fff3d6"/></svg>"##;

/// Requests in batches, evenly over four hosts; the page says when all are done, in its title.
fn many(request: &Request) -> String {
    let count = request.parameter("count").and_then(|count| count.parse().ok()).unwrap_or(MANY);
    format!(
        "<p id=\"done\">0</p>
<script>
(async () => {{
  const hosts = ['', 'http://{FASTLY}', 'http://{BUNNY}', 'http://{CLOUDFRONT}'];
  let done = 0;
  const work = async (host, first) => {{
    for (let number = first; number < {count}; number += 24) {{
      await fetch(`${{host}}/dot?n=${{number}}`).catch(() => {{}});
      if (++done % 500 === 0) document.getElementById('done').textContent = done;
    }}
  }};
  await Promise.all([...Array(24).keys()].map((first) => work(hosts[first % 4], first)));
  document.title = `done ${{done}}`;
}})();
</script>"
    )
}
