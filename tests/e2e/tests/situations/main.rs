//! The extension in real browsers, in every situation in which a page can reach the reader.
//!
//! One browser of each kind goes through all situations, both kinds at the same time; one that the browser does not
//! bring about is played again in a new browser, three times in all. Arguments
//! choose situations by a part of their name (`cargo test -p e2e -- firefox prerender`). The
//! program has no harness of Rust's, because it runs itself anew in a network of its own, and
//! because the situations share a browser.

mod access;
mod arrival;
mod documented;
mod looks;
mod silence;
mod stage;
mod tabs;
mod worker;

use std::process::ExitCode;
use std::time::Instant;
use std::{env, panic, thread};

use e2e::drivers::Kind;
use e2e::sites;
use e2e::world::{self, Isolation, World};

use stage::{DidNotComeAbout, Outcome, Stage};

/// How often the browser is asked for a situation that does not come about, each time anew.
const ATTEMPTS: usize = 3;

/// One situation: its name, the browsers that can produce it, and what happens in it.
pub struct Situation {
    name: &'static str,
    kinds: &'static [Kind],
    play: fn(&mut Stage) -> Outcome,
}

const BOTH: &[Kind] = &Kind::ALL;
const CHROMIUM: &[Kind] = &[Kind::Chromium];
const FIREFOX: &[Kind] = &[Kind::Firefox];

/// In this order; what changes the extension's rights or restarts it comes last.
const SITUATIONS: &[Situation] = &[
    Situation { name: "tab older than the extension", kinds: BOTH, play: tabs::older_than_the_extension },
    Situation { name: "plain load of every host", kinds: BOTH, play: arrival::plain_load },
    Situation { name: "hostile page", kinds: BOTH, play: arrival::hostile_page },
    Situation { name: "redirect chain", kinds: BOTH, play: arrival::redirect_chain },
    Situation { name: "304", kinds: BOTH, play: arrival::revalidated },
    // Chromium tells of a copy that was confirmed as of any other.
    Situation { name: "304 with an old date", kinds: FIREFOX, play: arrival::revalidated_with_an_old_date },
    Situation { name: "browser cache", kinds: BOTH, play: arrival::browser_cache },
    Situation { name: "browser cache of another tab", kinds: BOTH, play: arrival::browser_cache_of_another_tab },
    Situation { name: "redirect that the browser kept", kinds: BOTH, play: arrival::kept_redirect },
    Situation { name: "service worker of the page", kinds: BOTH, play: arrival::service_worker },
    Situation { name: "page in a tab that its own site opened", kinds: BOTH, play: arrival::opened_by_its_own_site },
    // In Chromium the document stays the one that was delivered.
    Situation { name: "document made by a script", kinds: FIREFOX, play: arrival::made_by_a_script },
    Situation { name: "back/forward cache", kinds: BOTH, play: arrival::back_forward_cache },
    // Chromium does not keep the page while all of this is done to the extension.
    Situation {
        name: "back/forward cache older than the extension",
        kinds: FIREFOX,
        play: tabs::back_to_one_older_than_the_extension,
    },
    Situation { name: "prefetch by a link", kinds: BOTH, play: arrival::prefetched_by_link },
    Situation { name: "page that a script had fetched", kinds: BOTH, play: arrival::fetched_by_a_script },
    Situation { name: "prefetch by a rule", kinds: CHROMIUM, play: arrival::prefetched_by_rule },
    Situation { name: "prerender and its activation", kinds: CHROMIUM, play: arrival::prerendered },
    Situation { name: "prerender that moves inside itself", kinds: CHROMIUM, play: arrival::moving_prerender },
    Situation { name: "prerender that fetches", kinds: CHROMIUM, play: arrival::fetching_prerender },
    Situation {
        name: "service worker beside a prerender",
        kinds: CHROMIUM,
        play: arrival::service_worker_beside_a_prerender,
    },
    Situation { name: "in-page navigation", kinds: BOTH, play: arrival::in_page },
    Situation { name: "download", kinds: BOTH, play: arrival::download },
    Situation { name: "204", kinds: BOTH, play: arrival::no_content },
    Situation { name: "no answer", kinds: BOTH, play: arrival::failed },
    Situation { name: "error without content", kinds: BOTH, play: arrival::error_without_content },
    // Firefox goes to the network itself where the page's worker fails.
    Situation { name: "failing service worker of the page", kinds: CHROMIUM, play: arrival::failing_service_worker },
    Situation { name: "answer that breaks off", kinds: BOTH, play: arrival::broken },
    Situation { name: "10,000 requests", kinds: BOTH, play: arrival::many_requests },
    Situation { name: "browser page", kinds: BOTH, play: arrival::browser_page },
    Situation { name: "browser page after a failure", kinds: BOTH, play: arrival::browser_page_after_a_failure },
    // Chromium shows what it could read, or stays where it is.
    Situation { name: "answer that cannot be shown", kinds: FIREFOX, play: arrival::shown_by_nobody },
    Situation { name: "source of a page", kinds: BOTH, play: arrival::source_of_a_page },
    Situation { name: "local file", kinds: BOTH, play: arrival::local_file },
    Situation { name: "several tabs and windows", kinds: BOTH, play: tabs::several },
    Situation { name: "tab doubled", kinds: FIREFOX, play: tabs::doubled },
    Situation { name: "tab killed", kinds: BOTH, play: tabs::discarded },
    Situation { name: "worker killed and woken", kinds: BOTH, play: worker::killed_and_woken },
    Situation { name: "woken to the label", kinds: FIREFOX, play: worker::woken_to_the_label },
    Situation { name: "worker killed mid-load", kinds: BOTH, play: worker::killed_mid_load },
    // Chromium's background keeps no files.
    Situation { name: "woken with what was kept", kinds: FIREFOX, play: worker::woken_with_what_was_kept },
    // Chromium's background is a worker, whose end is the same as that of its process.
    Situation { name: "woken in another process", kinds: FIREFOX, play: worker::woken_in_another_process },
    // Chromium tells of every change of a tab.
    Situation { name: "asleep while a title changes", kinds: FIREFOX, play: worker::asleep_while_a_title_changes },
    // In Chromium all workers are ended at once, the page's own among them.
    Situation {
        name: "worker killed while a service worker answers",
        kinds: FIREFOX,
        play: worker::killed_while_a_service_worker_answers,
    },
    Situation { name: "worker killed while a page waits", kinds: BOTH, play: worker::killed_while_a_page_waits },
    Situation {
        name: "worker killed while a page is built ahead",
        kinds: CHROMIUM,
        play: worker::killed_while_prerendering,
    },
    Situation { name: "messages from nowhere", kinds: BOTH, play: worker::messages },
    Situation { name: "documented site", kinds: BOTH, play: documented::records_of_the_site },
    Situation { name: "looks", kinds: BOTH, play: looks::languages_schemes_and_widths },
    Situation { name: "a browser in French", kinds: BOTH, play: looks::in_a_french_browser },
    Situation { name: "nothing asked of the network", kinds: BOTH, play: silence::policy_blocks_requests },
    Situation { name: "host access revoked and granted", kinds: BOTH, play: access::revoked_and_granted },
    Situation {
        name: "host access granted while the background sleeps",
        kinds: BOTH,
        play: access::granted_while_asleep,
    },
    // In a test Chromium grants a single site only by a click on its toolbar.
    Situation { name: "host access granted for one site", kinds: FIREFOX, play: access::granted_for_one_site },
    Situation { name: "site shown to no extension", kinds: BOTH, play: access::shown_to_no_extension },
    Situation { name: "issuer of the certificate", kinds: FIREFOX, play: access::issuer },
    Situation { name: "private window", kinds: BOTH, play: access::private_window },
    Situation { name: "behind a proxy", kinds: BOTH, play: access::behind_a_proxy },
    Situation { name: "nothing asked but by pages", kinds: BOTH, play: silence::only_pages_asked },
];

fn main() -> ExitCode {
    let isolation = world::enter();
    let (flags, filters): (Vec<String>, Vec<String>) = env::args().skip(1).partition(|word| word.starts_with('-'));
    if flags.iter().any(|flag| flag == "--list") {
        for (kind, situation) in all() {
            println!("{kind}: {}: test", situation.name);
        }
        return ExitCode::SUCCESS;
    }
    if let Isolation::Shared { why } = &isolation {
        eprintln!("The browsers need a network of their own, and none could be made: {why}");
        eprintln!("Run this as root, or let users make user namespaces.");
        return ExitCode::FAILURE;
    }
    let world = match World::start(isolation, sites::records(), sites::answer()) {
        // The servers run as long as the program.
        Ok(world) => &*Box::leak(Box::new(world)),
        Err(error) => {
            eprintln!("The servers of the demonstration could not be started: {error}");
            return ExitCode::FAILURE;
        }
    };
    let begin = Instant::now();
    let (filters, wanted) = chosen_kinds(filters);
    let runs: Vec<_> = wanted
        .into_iter()
        .map(|kind| {
            let filters = filters.clone();
            thread::spawn(move || run(kind, world, &filters))
        })
        .collect();
    let (mut passed, mut failed, mut again) = (0, 0, 0);
    for run in runs {
        let report = run.join().unwrap_or(Report { passed: 0, failed: 1, again: 0 });
        passed += report.passed;
        failed += report.failed;
        again += report.again;
    }
    let seconds = begin.elapsed().as_secs_f32();
    println!("\n{passed} passed, {failed} failed, {again} times something was played again, in {seconds:.1} s");
    if failed == 0 && passed > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A filter that names a browser chooses it; the others choose situations.
fn chosen_kinds(filters: Vec<String>) -> (Vec<String>, Vec<Kind>) {
    let (kinds, filters): (Vec<String>, Vec<String>) =
        filters.into_iter().partition(|word| word.parse::<Kind>().is_ok());
    let kinds = Kind::ALL.into_iter().filter(|kind| kinds.is_empty() || kinds.iter().any(|word| word == kind.name()));
    (filters, kinds.collect())
}

fn all() -> impl Iterator<Item = (Kind, &'static Situation)> {
    Kind::ALL.into_iter().flat_map(|kind| {
        SITUATIONS
            .iter()
            .filter(move |situation| situation.kinds.contains(&kind))
            .map(move |situation| (kind, situation))
    })
}

struct Report {
    passed: usize,
    failed: usize,
    /// How often a situation did not come about and was played again.
    again: usize,
}

/// Goes through the situations of one browser.
fn run(kind: Kind, world: &'static World, filters: &[String]) -> Report {
    let mut report = Report { passed: 0, failed: 0, again: 0 };
    let mut stage = None;
    for (_, situation) in all().filter(|(of, _)| *of == kind) {
        if !filters.is_empty() && !filters.iter().any(|filter| situation.name.contains(filter.as_str())) {
            continue;
        }
        let begin = Instant::now();
        let mut outcome = play(situation, &mut stage, kind, world);
        for _ in 1..ATTEMPTS {
            let Ok(Err(error)) = &outcome else { break };
            if !error.is::<DidNotComeAbout>() {
                break;
            }
            println!("{kind:<8} {}: once more, for {error}", situation.name);
            report.again += 1;
            stage = None;
            outcome = play(situation, &mut stage, kind, world);
        }
        let seconds = begin.elapsed().as_secs_f32();
        match outcome {
            Ok(Ok(())) => {
                report.passed += 1;
                println!("{kind:<8} {}: ok, {seconds:.1} s", situation.name);
            }
            Ok(Err(error)) => {
                report.failed += 1;
                println!("{kind:<8} {}: FAILED, {seconds:.1} s\n    {error}", situation.name);
                // Whatever state it is in, the next situation shall not inherit it.
                stage = None;
            }
            Err(_) => {
                report.failed += 1;
                println!("{kind:<8} {}: FAILED by a panic, {seconds:.1} s", situation.name);
                stage = None;
            }
        }
    }
    report
}

/// Plays one situation on the browser that the one before left, or on a new one.
fn play(
    situation: &Situation,
    stage: &mut Option<Stage>,
    kind: Kind,
    world: &'static World,
) -> thread::Result<Outcome> {
    panic::catch_unwind(panic::AssertUnwindSafe(|| {
        let stage = match stage {
            Some(stage) => stage,
            empty => empty.insert(Stage::new(kind, world)?),
        };
        stage.begin();
        let outcome = (situation.play)(stage);
        if outcome.as_ref().is_err_and(|error| !error.is::<DidNotComeAbout>()) {
            stage.keep_evidence(situation.name);
        }
        stage.clear_up()?;
        outcome
    }))
}
