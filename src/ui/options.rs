//! The page about updates as a tree: what is in use, what can be had, and every step back.

use super::tree::{Element, status_region};
use super::words::{self, Lang, UpdateLabel};
use crate::update::{Dated, Offer, Schedule, Status};

/// What the buttons ask of the worker, by the value of their `data-action`.
pub const LOOK: &str = "look";
pub const TAKE: &str = "take";
pub const PREVIOUS: &str = "previous";
pub const BUNDLED: &str = "bundled";
/// What the button for certificates asks of the page itself.
pub const CERTIFICATES: &str = "certificates";
/// With these, the worker remembers when to look by itself.
pub const SCHEDULES: [(&str, Schedule); 3] =
    [("never", Schedule::Never), ("start", Schedule::Start), ("weekly", Schedule::Weekly)];

/// The page's `main` element with everything in it; without a status, the worker did not answer.
///
/// `certificates` says whether their issuers are read, in a browser that can tell them.
pub fn page(status: Option<&Status>, certificates: Option<bool>, lang: Lang) -> Element {
    let main = Element::new("main")
        .with("id", "panel")
        .with("tabindex", "-1")
        .with("lang", lang.tag())
        .with("data-ready", "true")
        .child(
            Element::new("header")
                .child(Element::new("h1").text(UpdateLabel::Title.text(lang)))
                .child(Element::new("p").text(UpdateLabel::Lead.text(lang))),
        );
    let Some(status) = status else {
        return main.child(Element::new("p").with("role", "alert").text(UpdateLabel::NoAnswer.text(lang)));
    };
    let mut main = main.child(in_use(status, lang)).child(newer(status, lang)).child(by_itself(status, lang));
    if status.busy.is_none() {
        main = main.child(from_file(lang));
    }
    if status.current.is_some() || status.previous.is_some() {
        main = main.child(go_back(status, lang));
    }
    if let Some(text) = changes(&status.changes, lang) {
        main = main.child(section("changes", UpdateLabel::Changes, lang).child(text));
    }
    if let Some(read) = certificates {
        let switch = button(CERTIFICATES, UpdateLabel::ReadCertificates.text(lang));
        main = main.child(
            section("certificates", UpdateLabel::Certificates, lang)
                .child(Element::new("p").text(UpdateLabel::CertificatesNote.text(lang)))
                .child(switch.with("aria-pressed", read.to_string())),
        );
    }
    main
}

fn in_use(status: &Status, lang: Lang) -> Element {
    let version = status.current.map_or(status.bundled, |current| current.version);
    let age = words::version_age(version, status.now_s, lang).map(|age| format!(" ({age})")).unwrap_or_default();
    let mut facts = Element::new("dl")
        .child(fact("version", UpdateLabel::Version, words::version(version, lang) + &age, lang))
        .child(fact("source", UpdateLabel::Source, source(status, lang), lang));
    if let Some(Dated { issued_s, expires_s, .. }) = status.current {
        facts = facts.child(fact("issued", UpdateLabel::Issued, words::moment(issued_s, lang), lang)).child(fact(
            "expires",
            UpdateLabel::GoodUntil,
            words::moment(expires_s, lang),
            lang,
        ));
    }
    let checked = status.checked_at_s.map(|at_s| words::moment(at_s, lang));
    let checked = checked.unwrap_or_else(|| UpdateLabel::NeverChecked.text(lang).to_owned());
    section("in-use", UpdateLabel::InUse, lang).with("data-version", version.to_string()).child(facts.child(fact(
        "checked",
        UpdateLabel::Checked,
        checked,
        lang,
    )))
}

fn source(status: &Status, lang: Lang) -> String {
    match (&status.current, &status.address) {
        (None, _) => words::from_package(lang).to_owned(),
        (Some(_), Some(address)) => words::from_channel(address, lang),
        (Some(_), None) => words::from_file(lang).to_owned(),
    }
}

fn newer(status: &Status, lang: Lang) -> Element {
    let mut part =
        section("newer", UpdateLabel::Newer, lang).child(told(status, true, lang)).children(progress(status, lang));
    if status.offer.is_some() && status.failed.is_none() {
        part = part.child(asks(TAKE, UpdateLabel::Take.text(lang), status));
    }
    match status.address {
        Some(_) => part
            .child(asks(LOOK, UpdateLabel::CheckNow.text(lang), status))
            .child(note(UpdateLabel::CheckNote.text(lang).to_owned())),
        None => part.child(note(UpdateLabel::NoChannel.text(lang).to_owned()).with("data-part", "no-channel")),
    }
}

/// What the panel says of updates, below the dataset's version and age: where that comes from, until when it is
/// good, when the last look for a newer one succeeded, and a button to look now. `looked` says that the reader pressed
/// it in this panel. In a build without a channel, a link to the page that takes files stands behind it.
pub fn brief(status: &Status, looked: bool, lang: Lang) -> Element {
    let expires_s = status.current.map(|current| current.expires_s);
    let facts = words::provenance(&source(status, lang), expires_s, status.checked_at_s, lang);
    let part =
        Element::new("div").with("data-part", "updates").child(Element::new("p").with("id", "updates").text(facts));
    if status.address.is_none() {
        return part.child(note(UpdateLabel::NoChannel.text(lang).to_owned()).with("data-part", "no-channel"));
    }
    // One place that a screen reader follows. That an earlier look found nothing is no news.
    let told = if looked || status.failed.is_some() || status.busy.is_some() {
        told(status, false, lang)
    } else {
        status_region()
    };
    let look = asks(LOOK, UpdateLabel::CheckNow.text(lang), status);
    part.child(told).children(progress(status, lang)).child(look.with("aria-describedby", "updates"))
}

/// What is under way, or what came of the last attempt: one place that a screen reader follows.
fn told(status: &Status, with_changes: bool, lang: Lang) -> Element {
    let mut told = status_region();
    if status.busy.is_some() {
        told = told.with("data-busy", "true").child(Element::new("p").text(UpdateLabel::Busy.text(lang)));
    } else if let Some(refusal) = &status.failed {
        let (what, way_out) = words::refusal(refusal, lang);
        told = told
            .with("data-refused", refusal.word())
            .child(
                Element::new("p")
                    .child(Element::new("strong").text(UpdateLabel::Failed.text(lang)))
                    .text(". ")
                    .text(what),
            )
            .child(Element::new("p").text(way_out));
    } else if let Some(offer) = &status.offer {
        told = offered(told, offer, with_changes, lang);
    } else if status.checked_at_s.is_some() {
        told = told.child(Element::new("p").text(UpdateLabel::Nothing.text(lang)));
    }
    told
}

/// How much has come. A screen reader that followed it would never be silent.
fn progress(status: &Status, lang: Lang) -> Option<Element> {
    let (fetched, expected) = status.busy.filter(|(_, expected)| *expected > 0)?;
    let fetched = fetched.min(expected);
    let bar = Element::new("progress")
        .with("max", expected.to_string())
        .with("value", fetched.to_string())
        .with("aria-label", UpdateLabel::Busy.text(lang));
    Some(
        Element::new("div")
            .with("data-part", "progress")
            .child(bar)
            .child(note(words::progress(fetched, expected, lang))),
    )
}

fn offered(told: Element, offer: &Offer, with_changes: bool, lang: Lang) -> Element {
    let mut told = told.with("data-offer", offer.version.to_string()).child(Element::new("p").text(words::offered(
        offer.version,
        offer.cost,
        lang,
    )));
    if offer.left {
        told = told.child(note(UpdateLabel::Left.text(lang).to_owned()));
    }
    match changes(&offer.changes, lang).filter(|_| with_changes) {
        Some(list) => told.child(list),
        None => told,
    }
}

fn by_itself(status: &Status, lang: Lang) -> Element {
    let heading = Element::new("h2").with("id", "by-itself").text(UpdateLabel::ByItself.text(lang));
    let mut part = Element::new("section")
        .with("data-part", "by-itself")
        .child(heading)
        .child(Element::new("p").text(UpdateLabel::ByItselfNote.text(lang)));
    if status.address.is_none() {
        return part.child(note(UpdateLabel::NoChannel.text(lang).to_owned()));
    }
    let mut group = Element::new("div").with("role", "group").with("aria-labelledby", "by-itself");
    for (action, schedule) in SCHEDULES {
        let pressed = (status.schedule == schedule).to_string();
        group = group.child(asks(action, words::schedule(schedule, lang), status).with("aria-pressed", pressed));
    }
    part = part.child(group);
    if status.schedule == Schedule::Unasked {
        part = part.child(note(UpdateLabel::Unasked.text(lang).to_owned()));
    }
    part
}

fn from_file(lang: Lang) -> Element {
    let label = UpdateLabel::FromFile.text(lang);
    section("from-file", UpdateLabel::FromFile, lang)
        .child(Element::new("p").text(UpdateLabel::FromFileNote.text(lang)))
        .child(Element::new("input").with("type", "file").with("aria-label", label).with("id", "file"))
}

fn go_back(status: &Status, lang: Lang) -> Element {
    let mut part = section("go-back", UpdateLabel::GoBack, lang);
    if let Some(previous) = &status.previous {
        part = part.child(asks(PREVIOUS, &words::back_to(previous.version, lang), status));
    }
    if status.current.is_some() {
        part = part.child(asks(BUNDLED, UpdateLabel::ToBundled.text(lang), status));
    }
    part
}

fn changes(changes: &[(String, String)], lang: Lang) -> Option<Element> {
    let (_, text) = changes.iter().find(|(of, _)| of == lang.tag())?;
    let lines = text.lines().filter(|line| !line.is_empty());
    Some(
        Element::new("ul")
            .with("class", "changes")
            .children(lines.map(|line| Element::new("li").text(crate::field::text_within(line.as_bytes(), 400)))),
    )
}

fn section(part: &'static str, heading: UpdateLabel, lang: Lang) -> Element {
    Element::new("section").with("data-part", part).child(Element::new("h2").text(heading.text(lang)))
}

fn fact(part: &'static str, label: UpdateLabel, text: String, lang: Lang) -> Element {
    Element::new("div")
        .with("data-part", part)
        .child(Element::new("dt").text(label.text(lang)))
        .child(Element::new("dd").child(Element::new("p").text(text)))
}

fn button(action: &'static str, text: &str) -> Element {
    Element::new("button").with("type", "button").with("data-action", action).text(text)
}

/// A button that has to wait for what is under way. It stays: whoever pressed one by keyboard would be thrown out of
/// it.
fn asks(action: &'static str, text: &str, status: &Status) -> Element {
    let button = button(action, text);
    if status.busy.is_some() { button.with("aria-disabled", "true") } else { button }
}

fn note(text: String) -> Element {
    Element::new("p").with("class", "note").text(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tree::texts;
    use crate::update::{Refusal, Version};

    fn status() -> Status {
        let version = Version { day: 20_261_126, revision: 0 };
        Status {
            address: Some("https://updates.example.org/".to_owned()),
            bundled: Version { day: 20_261_125, revision: 0 },
            current: Some(Dated { version, issued_s: 1_795_600_000, expires_s: 1_803_000_000 }),
            now_s: 1_796_083_200,
            ..Status::default()
        }
    }

    #[test]
    fn the_page_tells_what_is_in_use_and_what_can_be_done() {
        let page = page(Some(&status()), Some(false), Lang::En);
        let texts = texts(&page).join("|");
        for text in [
            "26 November 2026 (5 days old)",
            "https://updates.example.org/",
            "Check now",
            "Not chosen yet.",
            "Never",
            "Back to the one that came with the extension",
            "Read who issued them",
        ] {
            assert!(texts.contains(text), "{text} is not in {texts}");
        }
    }

    #[test]
    fn a_build_without_a_channel_says_so_and_takes_a_file() {
        let without = Status { address: None, ..status() };
        let page = page(Some(&without), None, Lang::Fr);
        let texts = texts(&page).join("|");
        assert!(texts.contains("ne nomme aucun serveur"), "{texts}");
        assert!(texts.contains("À partir d’un fichier"), "{texts}");
        assert!(!texts.contains("Vérifier maintenant"), "{texts}");
        assert!(!texts.contains("Certificats"), "not every browser tells them: {texts}");
    }

    #[test]
    fn the_panel_tells_source_and_expiry_and_offers_to_look() {
        let seen = |status: &Status, looked: bool, lang: Lang| texts(&brief(status, looked, lang)).join("|");
        let taken = Status { checked_at_s: Some(1_795_700_000), ..status() };
        for (status, looked, lang, expected) in [
            (
                &taken,
                false,
                Lang::En,
                "Comes from its publisher, whose server is https://updates.example.org/; good until ",
            ),
            (&taken, false, Lang::En, "Last successful check: "),
            (
                &taken,
                false,
                Lang::Fr,
                "Provient de son éditeur, dont le serveur est https://updates.example.org/\u{202f}; valable jusqu’au ",
            ),
            (&taken, false, Lang::Fr, "Vérifier maintenant"),
            (&taken, true, Lang::En, "Nothing newer was found."),
            (
                &Status { current: None, ..status() },
                false,
                Lang::En,
                "Comes from the extension’s own package; has no expiry date. No check has succeeded yet.",
            ),
        ] {
            let texts = seen(status, looked, lang);
            assert!(texts.contains(expected), "{expected} is not in {texts}");
        }
        assert!(!seen(&taken, false, Lang::En).contains("Nothing newer"), "nobody looked just now");
        // Who cannot look is not asked to.
        let without = seen(&Status { address: None, ..taken }, false, Lang::En);
        assert!(!without.contains("Check now") && without.contains("A file can be taken"), "{without}");
    }

    #[test]
    fn what_is_under_way_keeps_its_buttons_and_is_told_once() {
        let version = Version { day: 20_261_201, revision: 0 };
        let offer = Some(Offer { version, cost: 1, left: false, changes: Vec::new() });
        let previous = status().current;
        let busy = Status { busy: Some((12_000, 345_000)), offer, previous, ..status() };
        let html = crate::ui::tree::html(&page(Some(&busy), None, Lang::En));
        for expected in [
            "<div role=\"status\" tabindex=\"-1\" data-busy=\"true\"><p>Under way…</p></div>",
            "12 kB of 345 kB",
            "data-action=\"take\" aria-disabled=\"true\"",
            "data-action=\"look\" aria-disabled=\"true\"",
            "data-action=\"previous\" aria-disabled=\"true\"",
            "data-action=\"bundled\" aria-disabled=\"true\"",
        ] {
            assert!(html.contains(expected), "{expected} is not in {html}");
        }
        let schedules = SCHEDULES.map(|(action, _)| format!("data-action=\"{action}\" aria-disabled=\"true\""));
        assert!(schedules.iter().all(|button| html.contains(button)), "{html}");
        assert!(!crate::ui::tree::html(&page(Some(&status()), None, Lang::En)).contains("aria-disabled"));
    }

    #[test]
    fn a_refusal_stands_with_its_way_out() {
        let failed = Status { failed: Some(Refusal::NoConnection), ..status() };
        let page = page(Some(&failed), None, Lang::En);
        let texts = texts(&page).join("|");
        assert!(texts.contains("There is no connection"), "{texts}");
        assert!(texts.contains("take a file"), "{texts}");
    }
}
