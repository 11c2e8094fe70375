//! The panel as a tree of elements, still plain Rust: what `dom` puts on screen and tests read.
//!
//! Whatever others wrote stands in [`Node::Text`]. Attributes take words of this program, ids of the
//! dataset, and in [`link`] an address of the dataset that begins `https://`: nothing of a response.

use super::view::{EvidenceRow, Fact, FactKind, HostsView, Link, PanelView, SharedSign, Source, StateView};
use super::words::{self, Label, Lang};

/// An element or a text.
#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Element(Element),
    Text(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    pub tag: &'static str,
    pub attributes: Vec<(&'static str, String)>,
    pub children: Vec<Node>,
}

impl Element {
    pub(super) fn new(tag: &'static str) -> Self {
        Self { tag, attributes: Vec::new(), children: Vec::new() }
    }

    pub(super) fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributed(name, value.into())
    }

    pub(super) fn text(self, text: impl Into<String>) -> Self {
        self.node(Node::Text(text.into()))
    }

    pub(super) fn child(self, child: Element) -> Self {
        self.node(Node::Element(child))
    }

    pub(super) fn children(self, children: impl IntoIterator<Item = Element>) -> Self {
        children.into_iter().fold(self, Self::child)
    }

    // Trees are built by some hundred calls, and inlined each would be several times as large.
    #[inline(never)]
    fn attributed(mut self, name: &'static str, value: String) -> Self {
        self.attributes.push((name, value));
        self
    }

    #[inline(never)]
    pub(super) fn node(mut self, node: Node) -> Self {
        self.children.push(node);
        self
    }

    /// Value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }
}

/// The attribute that names a part which opens.
pub const NAMED_OPENING: &str = "data-opens";

/// The action of the button that asks for access, as its attribute says it.
pub const ASK_FOR_ACCESS: &str = "ask-for-access";
/// The page about updates, the only address that is our own.
pub const UPDATES: &str = "options.html";

/// The panel's `main` element with everything in it.
///
/// `documented` is what [`super::records`] makes of the dataset's records, `updates` what [`super::options`]
/// says of updates, once they are there.
pub fn panel(view: &PanelView, documented: Vec<Element>, updates: Option<Element>) -> Element {
    let mut main = main(view.lang)
        .with("data-delivered-by", &view.delivered_by)
        .with("data-grade", grade_word(view))
        .child(head(view))
        .child(state(&view.state, "state", Some(Label::State.text(view.lang)), &view.headline));
    if let Some((button, note)) = view.access {
        main = main.child(
            Element::new("section")
                .with("data-part", "access")
                .child(Element::new("p").text(note))
                .child(Element::new("button").with("type", "button").with("data-action", ASK_FOR_ACCESS).text(button)),
        );
    }
    if let Some(aside) = &view.aside {
        main = main.child(state(aside, "aside", None, &view.headline));
    }
    if !view.conflicts.is_empty() {
        let conflict = |text: &String| Element::new("li").text(text);
        main = main
            .child(section(Label::Conflicts, view.lang).child(
                Element::new("ul").with("data-part", "conflicts").children(view.conflicts.iter().map(conflict)),
            ));
    }
    if !view.chain.is_empty() {
        main = main.child(
            section(Label::Chain, view.lang)
                .child(Element::new("ol").with("data-part", "chain").children(view.chain.iter().map(step)))
                .child(note(Label::ChainNote.text(view.lang))),
        );
    }
    if !view.facts.is_empty() {
        main = main.child(Element::new("dl").children(view.facts.iter().map(fact)));
    }
    if !documented.is_empty() {
        main = main.child(Element::new("div").with("data-part", "documented").children(documented));
    }
    if !view.redirects.is_empty() {
        main = main.child(redirects(view));
    }
    if let Some(rows) = &view.evidence {
        main = main.child(evidence(rows, view));
    }
    if view.hosts.total.is_some() || !view.hosts.notes.is_empty() {
        main = main.child(hosts(&view.hosts, view.lang));
    }
    let mut footer = Element::new("footer").child(Element::new("p").with("data-part", "dataset").text(&view.dataset));
    if let Some((credit, address)) = &view.operators {
        let credit = Element::new("p").with("data-part", "operators").text(format!("{credit} "));
        footer = footer.child(credit.child(link_called(address, "IP Geolocation by DB-IP", view.lang)));
    }
    if let Some(updates) = updates {
        footer = footer.child(updates);
    }
    main.child(footer.child(Element::new("p").child(link_called(UPDATES, Label::Updates.text(view.lang), view.lang))))
}

/// What is shown when the dataset cannot be read.
pub fn unreadable(lang: Lang) -> Element {
    main(lang).child(
        Element::new("header")
            .child(
                status_region()
                    .child(Element::new("h1").with("data-part", "sentence").text(Label::Unreadable.text(lang))),
            )
            .child(Element::new("p").text(Label::UnreadableNote.text(lang))),
    )
}

fn main(lang: Lang) -> Element {
    Element::new("main").with("id", "panel").with("tabindex", "-1").with("lang", lang.tag()).with("data-ready", "true")
}

/// A region whose changes a screen reader tells. It takes the focus of a button that is gone.
pub(super) fn status_region() -> Element {
    Element::new("div").with("role", "status").with("tabindex", "-1")
}

fn grade_word(view: &PanelView) -> &'static str {
    words::grade(view.grade, Lang::En)
}

fn head(view: &PanelView) -> Element {
    let mut head = Element::new("header");
    if let Some(host) = &view.host {
        head = head.child(Element::new("p").with("data-part", "host").text(host));
    }
    head = head.child(status_region().child(Element::new("h1").with("data-part", "sentence").text(&view.headline)));
    if let Some((word, meaning)) = view.sure {
        head = head.child(
            Element::new("p")
                .with("data-part", "grade")
                .with("data-grade", grade_word(view))
                .child(Element::new("span").with("class", "mark").with("aria-hidden", "true"))
                .child(Element::new("strong").text(words::capital(word)))
                .text(". ")
                .child(Element::new("span").text(meaning)),
        );
    }
    if let Some(why) = &view.why {
        head = head.child(Element::new("p").with("data-part", "why").text(why));
    }
    head
}

/// A state of observation. Its title is left out where the headline says the same; the heading is for screen readers.
fn state(view: &StateView, part: &'static str, heading: Option<&'static str>, headline: &str) -> Element {
    let mut section = Element::new("section")
        .with("data-part", part)
        .with("data-state", view.state.word())
        .with("data-in-page", view.in_page.to_string());
    if let Some(heading) = heading {
        section = section.child(Element::new("h2").with("class", "unseen").text(heading));
    }
    let mut told = Element::new("p");
    if view.title != headline {
        told = told.child(Element::new("strong").text(&view.title)).text(". ");
    }
    section
        .child(told.child(Element::new("span").text(&view.meaning)))
        .children(view.notes.iter().map(|text| note(text)))
}

fn section(heading: Label, lang: Lang) -> Element {
    section_called(heading.text(lang))
}

pub(super) fn section_called(heading: &str) -> Element {
    Element::new("section").child(Element::new("h2").text(heading))
}

pub(super) fn note(text: &str) -> Element {
    Element::new("p").with("class", "note").text(text)
}

fn step(link: &Link) -> Element {
    let mut item = Element::new("li").with("data-provider", &link.provider).with("data-role", link.step.word());
    if link.when_stored {
        item = item.with("data-when-stored", "true");
    }
    if let Some(role) = link.role {
        item = item.child(Element::new("span").with("class", "role").text(words::capital(role))).text(" ");
    }
    item = item
        .child(Element::new("span").with("class", "name").text(words::capital_unless_name(&link.name, &link.provider)));
    for text in &link.notes {
        item = item.text(" ").child(Element::new("span").with("class", "note").text(text));
    }
    item
}

fn fact(fact: &Fact) -> Element {
    let group = match fact.kind {
        FactKind::Place => Element::new("div").with("data-part", "place"),
        FactKind::Copy(copy) => Element::new("div").with("data-part", "copy").with("data-copy", copy.word()),
        FactKind::HostedAt => Element::new("div").with("data-part", "hosted-at"),
        FactKind::Operator => Element::new("div").with("data-part", "operator"),
        FactKind::Origin(origin) => Element::new("div").with("data-part", "origin").with("data-origin", origin.word()),
    };
    group.child(Element::new("dt").text(fact.label)).child(
        Element::new("dd").child(Element::new("p").text(&fact.text)).children(fact.notes.iter().map(|text| note(text))),
    )
}

/// A part that opens to more; what is open stays open when the panel is drawn again.
fn opening(part: &'static str, heading: Label, count: Option<String>, lang: Lang) -> Element {
    opening_called("h2", part, heading.text(lang), count.as_deref())
}

pub(super) fn opening_called(level: &'static str, part: &str, heading: &str, count: Option<&str>) -> Element {
    let mut summary = Element::new("summary").child(Element::new(level).text(heading));
    if let Some(count) = count {
        summary = summary.text(" ").child(Element::new("span").with("class", "count").text(count));
    }
    Element::new("details").with(NAMED_OPENING, part).child(summary)
}

fn redirects(view: &PanelView) -> Element {
    let count = words::number(view.redirects.len() as u64, view.lang);
    opening("redirects", Label::Redirects, Some(count), view.lang).child(
        Element::new("ol").with("data-part", "redirects").children(view.redirects.iter().map(|hop| {
            Element::new("li")
                .child(Element::new("code").text(format!("{} {}", hop.status, hop.url)))
                .text(" ")
                .child(Element::new("span").with("class", "note").text(&hop.sentence))
        })),
    )
}

fn evidence(rows: &[EvidenceRow], view: &PanelView) -> Element {
    let (shared, lang) = (&view.shared_signs, view.lang);
    let mut part = opening("evidence", Label::Evidence, Some(words::number(rows.len() as u64, lang)), lang);
    if rows.is_empty() && shared.is_empty() {
        part = part.child(note(Label::NoEvidence.text(lang)));
    }
    part = part.child(
        Element::new("ol").with("data-part", "evidence").children(rows.iter().map(|row| evidence_row(row, lang))),
    );
    if let Some(left_out) = &view.left_out {
        part = part.child(note(left_out));
    }
    if shared.is_empty() {
        return part;
    }
    let sign = |sign: &SharedSign| {
        Element::new("li")
            .child(seen(&sign.field, &sign.value))
            .child(Element::new("p").with("class", "note").text(sign.names.join(", ")))
    };
    part.child(Element::new("p").with("class", "lead").text(Label::SharedSigns.text(lang)))
        .child(Element::new("ul").with("data-part", "shared-signs").children(shared.iter().map(sign)))
}

/// A field and its value as it came.
fn seen(field: &str, value: &str) -> Element {
    let mut seen =
        Element::new("p").with("class", "seen").child(Element::new("span").with("class", "field").text(field));
    if !value.is_empty() {
        seen = seen.text(" ").child(Element::new("code").text(value));
    }
    seen
}

fn evidence_row(row: &EvidenceRow, lang: Lang) -> Element {
    let mut item = Element::new("li")
        .with("data-provider", &row.provider)
        .child(seen(&row.field, &row.value))
        .child(Element::new("p").text(&row.name))
        .child(Element::new("ul").children(row.says.iter().map(|text| Element::new("li").text(words::capital(text)))));
    if !row.because.is_empty() {
        item = item.child(note(&row.because));
    }
    let mut stands =
        Element::new("p").with("class", "note").text(format!("{} ", words::capital(Label::Rule.text(lang))));
    stands = stands.child(Element::new("code").text(&row.rule)).text(", ");
    stands = match &row.source {
        Source::Page(address) => stands.child(link(address, lang)),
        Source::Said(text) => stands.text(text),
    };
    if let Some(checked) = &row.checked {
        stands = stands.text(format!(", {checked}"));
    }
    item.child(stands)
}

/// A link to a page that the dataset names. It tells nobody where the reader came from.
fn link(address: &str, lang: Lang) -> Element {
    let host = crate::detect::response::host(address).unwrap_or(address);
    link_called(address, &format!("{} {host}", Label::Source.text(lang)), lang)
}

/// A link to a page that the dataset names, by its own name.
pub(super) fn link_called(address: &str, called: &str, lang: Lang) -> Element {
    link_around(address, Node::Text(called.to_owned()), lang)
}

/// The same around a text that may be in another language.
pub(super) fn link_around(address: &str, called: Node, lang: Lang) -> Element {
    Element::new("a")
        .with("href", address)
        .with("rel", "noreferrer")
        .with("target", "_blank")
        .node(called)
        .child(Element::new("span").with("class", "unseen").text(format!(" ({})", Label::NewTab.text(lang))))
}

fn hosts(view: &HostsView, lang: Lang) -> Element {
    let group = |group: &super::view::HostGroup| {
        Element::new("li")
            .with("data-provider", &group.provider)
            .child(Element::new("span").with("class", "name").text(&group.name))
            .text(" ")
            .child(Element::new("span").with("class", "note").text(&group.requests))
            .child(Element::new("ul").children(group.hosts.iter().map(|row| {
                Element::new("li")
                    .child(Element::new("code").text(&row.host))
                    .text(" ")
                    .child(Element::new("span").with("class", "note").text(row.notes.join(", ")))
            })))
    };
    opening("hosts", Label::Hosts, view.total.clone(), lang)
        .child(Element::new("ul").with("data-part", "hosts").children(view.groups.iter().map(group)))
        .children(view.notes.iter().map(|text| note(text)))
}

/// The element as HTML, for pages that no program draws.
#[cfg(not(target_arch = "wasm32"))]
pub fn html(element: &Element) -> String {
    let attributes: String =
        element.attributes.iter().map(|(name, value)| format!(" {name}=\"{}\"", escaped(value))).collect();
    let children: String = element
        .children
        .iter()
        .map(|child| match child {
            Node::Text(text) => escaped(text),
            Node::Element(child) => html(child),
        })
        .collect();
    format!("<{0}{attributes}>{children}</{0}>", element.tag)
}

/// A text as HTML writes it, also inside quotation marks.
#[cfg(not(target_arch = "wasm32"))]
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Every text in reading order: what tests read.
#[cfg(test)]
pub fn texts(element: &Element) -> Vec<&str> {
    let mut found = Vec::new();
    for child in &element.children {
        match child {
            Node::Text(text) => found.push(text.as_str()),
            Node::Element(element) => found.extend(texts(element)),
        }
    }
    found
}
