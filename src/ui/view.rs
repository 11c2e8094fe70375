//! A tab as the panel shows it: rows and words, decided here in plain Rust; elements are not.

use super::in_order;
use super::words::{self, Label, Lang, Voice};
use crate::dataset::image::Image;
use crate::detect;
use crate::detect::response::{Response, host};
use crate::detect::table::{Provider, RuleRow, Tables};
use crate::detect::verdict::{Basis, Copy, Evidence, LayerRole, Origin, Pop, Verdict};
use crate::detect::vocabulary::{CacheWord, Grade, Strength};
use crate::field;
use crate::page::{Document, HostUse, Hosts, Kept, State, Tab};

/// Characters of an address or of a host name that are shown.
const ADDRESS_MAX: usize = 160;

/// Everything the panel shows of one tab, in one language.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelView {
    pub lang: Lang,
    /// Host of the page, where it has one.
    pub host: Option<String>,
    pub headline: String,
    /// Id of the provider that delivered, or empty.
    pub delivered_by: String,
    pub grade: Grade,
    /// The grade in a word, and what it means; nothing was judged without it.
    pub sure: Option<(&'static str, &'static str)>,
    pub why: Option<String>,
    pub state: StateView,
    /// Button and sentence that ask for access.
    pub access: Option<(&'static str, &'static str)>,
    /// What the tab received beside the page.
    pub aside: Option<StateView>,
    pub conflicts: Vec<String>,
    pub chain: Vec<Link>,
    pub facts: Vec<Fact>,
    pub redirects: Vec<Redirect>,
    /// Nothing was judged, so there is no evidence to list.
    pub evidence: Option<Vec<EvidenceRow>>,
    /// How many fields or marks were too long or too many to be read.
    pub left_out: Option<String>,
    /// Signs of providers that nothing else speaks for.
    pub shared_signs: Vec<SharedSign>,
    pub hosts: HostsView,
    pub dataset: String,
    /// Where the operator's name comes from; its licence asks for the link.
    pub operators: Option<(String, &'static str)>,
}

/// A state of observation with what it means.
#[derive(Clone, Debug, PartialEq)]
pub struct StateView {
    pub state: State,
    pub title: String,
    pub meaning: String,
    /// Further sentences.
    pub notes: Vec<String>,
    pub in_page: bool,
}

/// One step of the delivery, the reader first.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Provider's id, or empty.
    pub provider: String,
    pub step: Step,
    /// What it does; nothing for the reader and for gaps.
    pub role: Option<&'static str>,
    pub name: String,
    /// Place, time, or what else is to be said of this step.
    pub notes: Vec<String>,
    pub when_stored: bool,
}

/// What a step of the chain is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Reader,
    Layer(LayerRole),
    /// The origin server, which no layer names.
    Origin,
    Gap,
}

impl Step {
    /// As written on screen attributes.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Layer(role) => role.word(),
            Self::Origin => LayerRole::Origin.word(),
            Self::Gap => "gap",
        }
    }
}

/// One fact with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    pub kind: FactKind,
    pub label: &'static str,
    pub text: String,
    pub notes: Vec<String>,
}

/// What a fact is about, with the word that reports use for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FactKind {
    Place,
    Copy(Copy),
    HostedAt,
    Operator,
    Origin(Origin),
}

/// A response that led on to another address.
#[derive(Clone, Debug, PartialEq)]
pub struct Redirect {
    pub status: u16,
    pub url: String,
    pub sentence: String,
}

/// One thing that was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct EvidenceRow {
    pub provider: String,
    pub name: String,
    /// Field name, or another thing that was looked at.
    pub field: String,
    /// Verbatim, made safe to read.
    pub value: String,
    /// What it speaks for, how much it proves, when it was written.
    pub says: Vec<String>,
    /// Why the rule holds, in the dataset's own words, which are English.
    pub because: String,
    /// The rule's id, or the name of a list of addresses.
    pub rule: String,
    pub source: Source,
    pub checked: Option<String>,
}

/// A sign that many providers send, and that counts for none of them here.
#[derive(Clone, Debug, PartialEq)]
pub struct SharedSign {
    pub field: String,
    pub value: String,
    /// Names of providers that send it too.
    pub names: Vec<String>,
}

/// Who documents a rule.
#[derive(Clone, Debug, PartialEq)]
pub enum Source {
    /// A page on the web, from the dataset, never from a response.
    Page(String),
    /// Whatever else the dataset says.
    Said(String),
}

impl Source {
    /// Only an address that begins `https://` is ever linked.
    fn new(source: &str, lang: Lang) -> Self {
        if source.starts_with("https://") {
            Self::Page(source.to_owned())
        } else if source.is_empty() || source == "observed" {
            Self::Said(Label::Observed.text(lang).to_owned())
        } else {
            Self::Said(field::text_within(source.as_bytes(), ADDRESS_MAX).into_owned())
        }
    }
}

/// The other hosts of a page by who delivered them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HostsView {
    pub groups: Vec<HostGroup>,
    /// Requests in all groups and beyond.
    pub total: Option<String>,
    pub notes: Vec<String>,
}

/// Hosts that one provider delivered.
#[derive(Clone, Debug, PartialEq)]
pub struct HostGroup {
    /// Provider's id, or empty.
    pub provider: String,
    pub name: String,
    pub requests: String,
    pub hosts: Vec<HostRow>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct HostRow {
    pub host: String,
    /// Requests, and how sure the deliverer is when that is less than certain.
    pub notes: Vec<String>,
}

/// What the panel shows of a tab; nothing may be known of it.
pub fn panel(tab: Option<&Tab>, image: &Image<'_>, lang: Lang) -> PanelView {
    let tables = &image.tables;
    let document = tab.and_then(|tab| tab.document.as_ref());
    let state = document.map_or(State::Waiting, |document| document.state);
    // What is part of the browser has no host, whatever stands in that place.
    let fetched = document.filter(|document| document.state != State::BrowserPage);
    let shown = |verdict: Option<&Verdict<'_>>| words::headline(state, verdict, tables, lang);
    let mut view = PanelView {
        lang,
        host: fetched.and_then(|document| host(&document.url)).map(shown_address),
        headline: shown(None),
        delivered_by: String::new(),
        grade: Grade::Unknown,
        sure: None,
        why: None,
        state: state_view(state, document, lang),
        access: document
            .is_some_and(Document::wants_access)
            .then(|| (Label::AskForAccess.text(lang), Label::AskForAccessNote.text(lang))),
        aside: document.and_then(|document| aside(document, tables, lang)),
        conflicts: Vec::new(),
        chain: Vec::new(),
        facts: Vec::new(),
        redirects: document.map(|document| redirects(&document.hops, tables, lang)).unwrap_or_default(),
        evidence: None,
        left_out: None,
        shared_signs: Vec::new(),
        hosts: fetched.map(|document| hosts(&document.hosts, &document.url, tables, lang)).unwrap_or_default(),
        dataset: words::dataset(&image.date(), &image.hash(), lang),
        operators: None,
    };
    if let Some(tab) = tab {
        let judged = tab.verdict(tables, |response, verdict| {
            view.headline = shown(Some(verdict));
            judged(&mut view, response, verdict, tables);
            let kept = document.and_then(|document| document.response.as_ref());
            let left_out = u64::from(kept.map_or(0, |kept| kept.left_out)) + verdict.left_out as u64;
            view.left_out = (left_out > 0).then(|| words::left_out(left_out, lang));
        });
        debug_assert!(judged.is_some() || view.evidence.is_none(), "evidence comes from a verdict");
    }
    view
}

/// What is shown when there is no dataset to judge by.
pub fn unreadable(lang: Lang) -> (&'static str, &'static str) {
    (Label::Unreadable.text(lang), Label::UnreadableNote.text(lang))
}

fn judged(view: &mut PanelView, response: &Response<'_>, verdict: &Verdict<'_>, tables: &Tables<'_>) {
    let lang = view.lang;
    view.delivered_by = verdict.delivered_by.map(|provider| tables.id(provider).to_owned()).unwrap_or_default();
    view.grade = verdict.grade;
    view.sure = Some((words::grade(verdict.grade, lang), words::grade_meaning(verdict.grade, verdict.reason, lang)));
    view.why = Some(words::why(verdict, response, tables, lang, Voice::Live));
    view.conflicts = verdict.conflicts.iter().map(|conflict| words::conflict(*conflict, tables, lang)).collect();
    view.chain = chain(view.state.state, response, verdict, tables, lang);
    view.facts = facts(verdict, tables, lang);
    view.operators = verdict.operator.map(|_| (words::operators_credit(&tables.operators, lang), "https://db-ip.com"));
    let (shared, telling): (Vec<_>, Vec<_>) =
        verdict.evidence.iter().partition(|evidence| is_shared(evidence, verdict, tables));
    view.evidence = Some(evidence_rows(telling, response, verdict, tables, lang));
    view.shared_signs = shared_signs(shared, tables, lang);
}

fn state_view(state: State, document: Option<&Document>, lang: Lang) -> StateView {
    let mut notes = Vec::new();
    let mut in_page = false;
    if let Some(document) = document {
        if state == State::BrowserCache {
            notes
                .extend(document.response.as_ref().and_then(Kept::date_ms).and_then(|at_ms| words::dated(at_ms, lang)));
        }
        if let Some(error) = &document.error {
            notes.push(words::browser_error(error, lang));
        }
        if document.in_page {
            in_page = true;
            notes.push(words::in_page(lang).to_owned());
        }
    }
    StateView {
        state,
        title: words::state_title(state, lang).to_owned(),
        meaning: words::state_meaning(state, lang).to_owned(),
        notes,
        in_page,
    }
}

fn aside(document: &Document, tables: &Tables<'_>, lang: Lang) -> Option<StateView> {
    let aside = document.aside.as_ref()?;
    let title = aside
        .response
        .with(|response| words::headline(aside.state, Some(&detect::verdict(response, tables)), tables, lang));
    Some(StateView {
        state: aside.state,
        title,
        meaning: words::state_meaning(aside.state, lang).to_owned(),
        notes: vec![shown_address(&aside.response.url)],
        in_page: false,
    })
}

fn redirects(hops: &[Kept], tables: &Tables<'_>, lang: Lang) -> Vec<Redirect> {
    let redirect = |hop: &Kept| Redirect {
        status: hop.status,
        url: shown_address(&hop.url),
        sentence: hop.with(|response| words::sentence(&detect::verdict(response, tables), tables, lang)),
    };
    hops.iter().map(redirect).collect()
}

/// The reader, who answered, who stood behind as far as it is seen, and the origin server.
fn chain(state: State, response: &Response<'_>, verdict: &Verdict<'_>, tables: &Tables<'_>, lang: Lang) -> Vec<Link> {
    let own = |step: Step, name: Label| Link {
        provider: String::new(),
        step,
        role: None,
        name: name.text(lang).to_owned(),
        notes: Vec::new(),
        when_stored: false,
    };
    let mut chain = vec![own(Step::Reader, Label::You)];
    if matches!(state, State::BrowserCache | State::BackForwardCache | State::Prefetched | State::Prerendered) {
        chain[0].notes.push(words::state_title(state, lang).to_owned());
    }
    if state == State::Proxied || response.proxied {
        chain.push(own(Step::Gap, Label::BehindAProxy));
    }
    if verdict.delivered_by.is_none() {
        chain.push(own(Step::Gap, Label::WhoIsNotVisible));
    }
    for layer in &verdict.layers {
        let is_edge = Some(layer.provider) == verdict.delivered_by;
        let mut notes = Vec::new();
        let when_stored = verdict.when_stored(layer);
        let inner_place = || inner_place(layer.provider, verdict, tables).filter(|_| layer.role == LayerRole::Inner);
        if let Some(pop) = verdict.pop.clone().filter(|_| is_edge).or_else(inner_place) {
            notes.push(words::place(&pop, tables, lang));
        }
        if is_edge && layer.role == LayerRole::Edge && verdict.is_by_origin() {
            notes.push(words::role(LayerRole::Origin, lang).to_owned());
        }
        if when_stored {
            notes.push(Label::WhenStored.text(lang).to_owned());
        }
        chain.push(Link {
            provider: tables.id(layer.provider).to_owned(),
            step: Step::Layer(layer.role),
            role: Some(words::role(layer.role, lang)),
            name: tables.name(layer.provider).to_owned(),
            notes,
            when_stored,
        });
    }
    if verdict.origin != Origin::Visible {
        // Between the last layer that left a mark and the site's own server anybody may stand.
        if verdict.delivered_by.is_some() || !verdict.layers.is_empty() {
            chain.push(own(Step::Gap, Label::NotVisible));
        }
        let mut origin = own(Step::Origin, Label::SitesServer);
        // Where nobody is known to have answered, the site's own server may have.
        origin.notes.push(match verdict.origin {
            Origin::Unobservable => words::origin(verdict.origin, lang).to_owned(),
            _ => Label::ItsAddressIsHidden.text(lang).to_owned(),
        });
        chain.push(origin);
    }
    chain
}

/// Where a machine behind the deliverer stood, if a table knows the code that it left.
fn inner_place<'a>(provider: Provider, verdict: &Verdict<'a>, tables: &Tables<'_>) -> Option<Pop<'a>> {
    let own = verdict.evidence.iter().filter(|evidence| evidence.provider == provider && evidence.pop.is_some());
    let nearest = own.max_by_key(|evidence| evidence.member.0)?;
    let pop = Pop::read(provider, nearest.text(nearest.pop)?, tables);
    pop.coding.is_some().then_some(pop)
}

fn facts(verdict: &Verdict<'_>, tables: &Tables<'_>, lang: Lang) -> Vec<Fact> {
    let fact =
        |kind: FactKind, label: Label, text: String| Fact { kind, label: label.text(lang), text, notes: Vec::new() };
    let mut facts = Vec::new();
    if verdict.delivered_by.is_some() {
        let place = verdict.pop.as_ref().map(|pop| words::place(pop, tables, lang));
        let mut row = fact(
            FactKind::Place,
            Label::Place,
            place.clone().unwrap_or_else(|| Label::PlaceUnknown.text(lang).to_owned()),
        );
        if place.is_some() {
            let note = if verdict.origin == Origin::Visible { Label::PlaceOfOrigin } else { Label::PlaceNote };
            row.notes.push(note.text(lang).to_owned());
        }
        facts.push(row);
    }
    let mut copy = fact(FactKind::Copy(verdict.copy), Label::Copy, words::copy(verdict, tables, lang));
    copy.notes.extend(verdict.word.as_ref().map(|(word, says)| words::word_note(word, *says, lang)));
    facts.push(copy);
    let held = verdict.hosted_at.map_or(Label::HostedUnknown.text(lang), |provider| tables.name(provider));
    let mut hosted = fact(FactKind::HostedAt, Label::HostedAt, held.to_owned());
    if verdict.hosted_at.is_some() && verdict.origin != Origin::Visible {
        hosted.notes.push(Label::HostedNote.text(lang).to_owned());
    }
    facts.push(hosted);
    if let Some(number) = verdict.operator {
        let mut row = fact(FactKind::Operator, Label::Operator, words::operator(number, &tables.operators));
        let home = tables.operators.country(number).map(|code| words::home(code, tables, lang));
        row.notes.extend(home.map(|home| words::capital(&home)));
        facts.push(row);
    }
    let mut origin =
        fact(FactKind::Origin(verdict.origin), Label::Origin, words::capital(words::origin(verdict.origin, lang)));
    origin.notes.push(words::origin_why(verdict, tables, lang));
    facts.push(origin);
    facts
}

/// Is it a sign that others send too, of a provider that has no part in the delivery as far as is seen?
fn is_shared(evidence: &Evidence<'_>, verdict: &Verdict<'_>, tables: &Tables<'_>) -> bool {
    rule_of(evidence, tables).is_some_and(|rule| rule.strength() <= Strength::Weak)
        && !verdict.layers.iter().any(|layer| layer.provider == evidence.provider)
}

/// Each field and value once, with the names of those who send it.
fn shared_signs(shared: Vec<&Evidence<'_>>, tables: &Tables<'_>, lang: Lang) -> Vec<SharedSign> {
    let mut signs: Vec<SharedSign> = Vec::new();
    for evidence in shared {
        let (field, value) = (words::field_name(evidence.field, lang), field::text(&evidence.value).into_owned());
        let at = signs.iter().position(|sign| sign.field == field && sign.value == value).unwrap_or_else(|| {
            signs.push(SharedSign { field, value, names: Vec::new() });
            signs.len() - 1
        });
        let name = tables.name(evidence.provider).to_owned();
        if !signs[at].names.contains(&name) {
            signs[at].names.push(name);
        }
    }
    signs
}

/// Evidence for the deliverer first, then in the order of the chain; the strongest of each first.
fn evidence_rows(
    evidence: Vec<&Evidence<'_>>,
    response: &Response<'_>,
    verdict: &Verdict<'_>,
    tables: &Tables<'_>,
    lang: Lang,
) -> Vec<EvidenceRow> {
    let rank = |evidence: &&Evidence<'_>| {
        let place = verdict.layers.iter().position(|layer| layer.provider == evidence.provider);
        let strength = rule_of(evidence, tables).map_or(Strength::Definitive, RuleRow::strength);
        (place.unwrap_or(usize::MAX), std::cmp::Reverse(strength))
    };
    let ordered = in_order(evidence, rank);
    ordered.into_iter().map(|evidence| evidence_row(evidence, response, tables, lang)).collect()
}

fn rule_of<'d>(evidence: &Evidence<'_>, tables: &Tables<'d>) -> Option<&'d RuleRow> {
    match evidence.basis {
        Basis::Rule(rule) => tables.rule(rule),
        Basis::Prefix(_) => None,
    }
}

fn evidence_row(evidence: &Evidence<'_>, response: &Response<'_>, tables: &Tables<'_>, lang: Lang) -> EvidenceRow {
    let mut row = EvidenceRow {
        provider: tables.id(evidence.provider).to_owned(),
        name: tables.name(evidence.provider).to_owned(),
        field: words::field_name(evidence.field, lang),
        value: field::text(&evidence.value).into_owned(),
        says: Vec::new(),
        because: String::new(),
        rule: String::new(),
        source: Source::Said(String::new()),
        checked: None,
    };
    match evidence.basis {
        Basis::Prefix(holder) => {
            if let Some(address) = response.server_address {
                row.value = words::in_prefix(&address.to_string(), &words::prefix_of(address, holder.length), lang);
            }
            if let Some(list) = tables.list(holder.list) {
                row.says.push(words::list_basis(list, tables, lang));
                tables.text(list.name).clone_into(&mut row.rule);
                row.source = Source::new(tables.text(list.published_at), lang);
                row.checked = words::copied(list.copied.get(), lang);
            }
        }
        Basis::Rule(rule) => {
            let Some(rule) = tables.rule(rule) else { return row };
            words::proves(rule, &mut row.says, lang);
            row.because = words::reason(rule, tables, lang);
            tables.text(rule.id).clone_into(&mut row.rule);
            row.source = Source::new(tables.text(rule.source), lang);
            row.checked = words::checked(rule.checked.get(), lang);
        }
    }
    if evidence.member.1 > 1 {
        row.says.push(words::member(evidence.member.0 + 1, evidence.member.1, lang));
    }
    if let Some(stamp) = evidence.clock {
        row.says.push(words::freshness(stamp, response.received_at_ms, lang));
    }
    if let Some(code) = evidence.text(evidence.pop) {
        let pop = Pop::read(evidence.provider, code, tables);
        row.says.push(words::place_read(&words::place(&pop, tables, lang), lang));
    }
    let word = evidence.text(evidence.word);
    let says: Option<CacheWord> =
        evidence.says.or_else(|| tables.cache_word(evidence.provider, word.as_deref()?.as_bytes()));
    if let Some(says) = says {
        row.says.push(match word {
            Some(word) => words::word_read(&word, says, lang),
            None => words::cache_word(says, lang).to_owned(),
        });
    }
    row
}

/// The other hosts by who delivered them: most requests first, those without a name last.
fn hosts(hosts: &Hosts, page: &str, tables: &Tables<'_>, lang: Lang) -> HostsView {
    let own_host = host(page).unwrap_or("");
    let (own, others): (Vec<&HostUse>, Vec<&HostUse>) = hosts.list.iter().partition(|used| used.host == own_host);
    // A provider's id, or why there is none: nobody could be named, or only the browser's cache answered.
    let key = |used: &HostUse| match &used.delivered_by {
        Some(id) if tables.find(id).is_some() => (0, id.clone()),
        // An id of another dataset names nobody here.
        _ if used.requests > used.cached => (1, String::new()),
        _ => (2, String::new()),
    };
    let mut groups: Vec<((u8, String), u32, Vec<&HostUse>)> = Vec::new();
    for used in others {
        let key = key(used);
        let at = groups.iter().position(|(known, ..)| *known == key).unwrap_or_else(|| {
            groups.push((key, 0, Vec::new()));
            groups.len() - 1
        });
        groups[at].1 = groups[at].1.saturating_add(used.requests);
        groups[at].2.push(used);
    }
    let groups = in_order(groups, |((kind, _), requests, _)| (*kind, std::cmp::Reverse(*requests)));
    let mut notes = Vec::new();
    if hosts.beyond > 0 {
        notes.push(words::requests_beyond(hosts.beyond, lang));
    }
    if let [own] = own.as_slice() {
        let by = own.delivered_by.as_deref().and_then(|id| tables.find(id));
        let by = by.map(|provider| (tables.name(provider), own.grade));
        notes.push(words::requests_to_own_host(own.requests, &shown_address(&own.host), by, lang));
    }
    let total = groups.iter().map(|(_, requests, _)| *requests).fold(hosts.beyond, u32::saturating_add);
    HostsView {
        total: (total > 0).then(|| words::requests(total, lang)),
        groups: groups
            .into_iter()
            .map(|((kind, id), requests, hosts)| HostGroup {
                name: match kind {
                    0 => tables.find(&id).map_or_else(String::new, |provider| tables.name(provider).to_owned()),
                    1 => Label::HostsUnknown.text(lang).to_owned(),
                    _ => Label::HostsCached.text(lang).to_owned(),
                },
                provider: id,
                requests: words::requests(requests, lang),
                hosts: hosts.into_iter().map(|used| host_row(used, lang)).collect(),
            })
            .collect(),
        notes,
    }
}

fn host_row(used: &HostUse, lang: Lang) -> HostRow {
    let mut notes = Vec::new();
    if used.delivered_by.is_some() && used.grade != Grade::Certain {
        notes.push(words::grade(used.grade, lang).to_owned());
    }
    notes.push(words::requests(used.requests, lang));
    HostRow { host: shown_address(&used.host), notes }
}

fn shown_address(text: &str) -> String {
    field::text_within(text.as_bytes(), ADDRESS_MAX).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::BUNDLED;
    use crate::field::Field;
    use crate::page::Aside;
    use crate::ui::tree::{self, Element, Node};
    use crate::ui::words::tests::{LANGS, STATES, fault};

    /// 2025-08-25, 23:28:33 UTC.
    const NOW_MS: i64 = 1_756_164_513_000;

    fn image() -> Image<'static> {
        Image::open(BUNDLED).unwrap()
    }

    fn kept(url: &str, address: Option<&str>, fields: &[(&str, &[u8])]) -> Kept {
        let fields: Vec<Field<'_>> = fields.iter().map(|(name, value)| Field { name, value }).collect();
        let response = Response {
            url,
            status: 200,
            fields: &fields,
            server_address: address.map(|address| address.parse().unwrap()),
            received_at_ms: Some(NOW_MS),
            ..Response::default()
        };
        Kept::new(&response, &image().tables)
    }

    #[test]
    fn who_is_named_from_the_table_of_operators_comes_with_its_sources_and_a_link() {
        use crate::dataset::{image::operators, operators};
        let text = "192.0.34.0,192.0.34.255,40528,ICANN\n";
        let mut source = operators::read_text(std::path::Path::new("text"), text.as_bytes()).unwrap();
        source.date = 20_260_617;
        let table = operators::image(&source);
        let mut image = image();
        let response = || Some(kept("https://www.example.com/", Some("192.0.34.7"), &[("server", b"nginx")]));
        let without = panel(Some(&tab(State::Network, response())), &image, Lang::En);
        assert_eq!(without.operators, None);
        image.tables.operators = operators(&table).unwrap();
        for (lang, expected) in [
            (Lang::En, "Operators: data of 17 June 2026 by Route Views, NRO and DB-IP, CC BY 4.0, changed."),
            (
                Lang::Fr,
                "Opérateurs\u{a0}: données du 17\u{a0}juin 2026 de Route Views, du NRO et de DB-IP, CC BY 4.0, modifiées.",
            ),
        ] {
            let view = panel(Some(&tab(State::Network, response())), &image, lang);
            let shown = tree::html(&tree::panel(&view, Vec::new(), None));
            assert!(shown.contains(expected), "{shown}");
            assert!(shown.contains("href=\"https://db-ip.com\""), "{shown}");
            assert!(shown.contains("IP Geolocation by DB-IP"), "{shown}");
        }
    }

    fn tab(state: State, response: Option<Kept>) -> Tab {
        let mut tab = Tab::default();
        tab.document = Some(Document {
            id: None,
            prerender: None,
            is_source: false,
            url: response.as_ref().map_or("https://www.example.com/", |response| &response.url).to_owned(),
            committed_at_ms: NOW_MS,
            state,
            silence_names_worker: true,
            in_page: false,
            response,
            request_id: String::new(),
            hops: Vec::new(),
            hosts: Hosts::default(),
            aside: None,
            error: None,
        });
        tab
    }

    /// A stored copy at Cloudflare in Paris, fetched at CloudFront when it was stored.
    fn stored_copy() -> Kept {
        kept(
            "https://www.example.com/",
            Some("104.17.128.172"),
            &[
                ("server", b"cloudflare"),
                ("cf-ray", b"974eddd419be203e-CDG"),
                ("cf-cache-status", b"HIT"),
                ("x-cache", b"Hit from cloudfront"),
                ("x-amz-cf-pop", b"IAD55-P7"),
            ],
        )
    }

    fn elements<'e>(element: &'e Element, found: &mut Vec<&'e Element>) {
        found.push(element);
        for child in &element.children {
            if let Node::Element(child) = child {
                elements(child, found);
            }
        }
    }

    fn all(view: &PanelView) -> (Element, String) {
        let tree = tree::panel(view, Vec::new(), None);
        let text = tree::texts(&tree).concat();
        (tree, text)
    }

    fn part<'e>(tree: &'e Element, part: &str) -> Option<&'e Element> {
        let mut found = Vec::new();
        elements(tree, &mut found);
        found.into_iter().find(|element| element.attribute("data-part") == Some(part))
    }

    /// Sentences of ours, as tests of words read them; values of others and the dataset's English stand apart.
    fn own_sentences(view: &PanelView) -> Vec<&str> {
        let mut texts: Vec<&str> = vec![&view.headline, &view.state.title, &view.state.meaning, &view.dataset];
        texts.extend(view.why.as_deref());
        texts.extend(view.sure.iter().flat_map(|(word, meaning)| [*word, *meaning]));
        texts.extend(view.access.iter().flat_map(|(button, note)| [*button, *note]));
        texts.extend(view.state.notes.iter().chain(&view.conflicts).chain(&view.hosts.notes).map(String::as_str));
        texts.extend(view.chain.iter().flat_map(|link| link.notes.iter().chain([&link.name])).map(String::as_str));
        texts.extend(view.facts.iter().flat_map(|fact| fact.notes.iter().chain([&fact.text])).map(String::as_str));
        texts.extend(view.evidence.iter().flatten().flat_map(|row| &row.says).map(String::as_str));
        texts
    }

    #[test]
    fn every_state_is_named_and_explained() {
        let image = image();
        for state in STATES {
            for response in [None, Some(stored_copy())] {
                for lang in LANGS {
                    let judged = response.is_some();
                    let view = panel(Some(&tab(state, response.clone())), &image, lang);
                    for text in own_sentences(&view) {
                        assert_eq!(fault(text, lang), None);
                    }
                    let (tree, text) = all(&view);
                    assert_eq!(part(&tree, "state").unwrap().attribute("data-state"), Some(state.word()));
                    assert!(text.contains(words::state_meaning(state, lang)));
                    assert_eq!(tree.attribute("lang"), Some(lang.tag()));
                    assert_eq!(tree.attribute("data-ready"), Some("true"));
                    assert_eq!(tree.attribute("data-delivered-by"), Some(if judged { "cloudflare" } else { "" }));
                    assert_eq!(tree.attribute("data-grade"), Some(if judged { "certain" } else { "unknown" }));
                    for name in ["chain", "copy", "origin", "evidence", "grade"] {
                        assert_eq!(part(&tree, name).is_some(), judged, "{name} of {state:?}");
                    }
                    assert_eq!(part(&tree, "access").is_some(), state == State::NoAccess);
                }
            }
        }
    }

    #[test]
    fn a_tab_that_nobody_told_of_is_awaited() {
        for lang in LANGS {
            let view = panel(None, &image(), lang);
            assert_eq!(view.state.state, State::Waiting);
            assert_eq!(view.headline, words::state_title(State::Waiting, lang));
            assert_eq!(panel(Some(&Tab::default()), &image(), lang).state.state, State::Waiting);
        }
    }

    #[test]
    fn a_delivery_is_shown_from_the_reader_to_the_origin() {
        let view = panel(Some(&tab(State::Network, Some(stored_copy()))), &image(), Lang::En);
        assert_eq!(view.headline, "Cloudflare, Paris, stored copy");
        let steps: Vec<(&str, &str)> =
            view.chain.iter().map(|link| (link.step.word(), link.provider.as_str())).collect();
        assert_eq!(
            steps,
            [("reader", ""), ("edge", "cloudflare"), ("inner", "amazon-cloudfront"), ("gap", ""), ("origin", "")]
        );
        assert_eq!(view.chain[1].notes, ["Paris, France"]);
        assert_eq!(view.chain[2].notes, ["Ashburn, United States", "when the copy was stored"]);
        let (tree, _) = all(&view);
        let chain = part(&tree, "chain").unwrap();
        assert_eq!((chain.tag, chain.children.len()), ("ol", 5));
        assert_eq!(part(&tree, "copy").unwrap().attribute("data-copy"), Some("stored"));
        assert_eq!(part(&tree, "origin").unwrap().attribute("data-origin"), Some("hinted"));
    }

    #[test]
    fn a_plain_host_ends_the_chain() {
        let host = kept("https://www.example.com/", Some("51.91.236.193"), &[("server", b"Apache")]);
        let view = panel(Some(&tab(State::Network, Some(host))), &image(), Lang::Fr);
        let steps: Vec<&str> = view.chain.iter().map(|link| link.step.word()).collect();
        assert_eq!(steps, ["reader", "origin"]);
        assert_eq!(view.delivered_by, "ovhcloud");
    }

    #[test]
    fn an_unknown_deliverer_is_a_gap_with_its_reason() {
        let unlisted = kept("https://www.example.com/", Some("192.0.43.7"), &[("server", b"nginx")]);
        let view = panel(Some(&tab(State::Network, Some(unlisted))), &image(), Lang::En);
        let steps: Vec<&str> = view.chain.iter().map(|link| link.step.word()).collect();
        assert_eq!(steps, ["reader", "gap", "origin"]);
        assert!(view.headline.starts_with("Not known who answered"), "{}", view.headline);
        assert!(view.why.unwrap().contains("192.0.43.7"));
    }

    #[test]
    fn evidence_is_verbatim_and_its_sources_are_the_datasets() {
        let image = image();
        let view = panel(Some(&tab(State::Network, Some(stored_copy()))), &image, Lang::Fr);
        let rows = view.evidence.as_ref().unwrap();
        assert!(rows.iter().any(|row| row.field == "cf-ray" && row.value == "974eddd419be203e-CDG"));
        assert_eq!(rows[0].field, "adresse du serveur");
        assert!(rows[0].value.starts_with("104.17.128.172, dans 104."), "{}", rows[0].value);
        let (tree, _) = all(&view);
        let mut found = Vec::new();
        elements(&tree, &mut found);
        let sources: Vec<&str> = image.tables.rules.iter().map(|rule| image.tables.text(rule.source)).collect();
        let lists: Vec<&str> = image.tables.lists.iter().map(|list| image.tables.text(list.published_at)).collect();
        let links: Vec<&str> = found.iter().filter_map(|element| element.attribute("href")).collect();
        let links: Vec<&str> = links.into_iter().filter(|link| *link != tree::UPDATES).collect();
        assert!(!links.is_empty());
        for link in links {
            assert!(link.starts_with("https://") && (sources.contains(&link) || lists.contains(&link)), "{link}");
        }
    }

    #[test]
    fn a_sign_that_many_send_is_evidence_for_none() {
        let plain = kept("https://www.example.com/", Some("193.0.14.30"), &[("x-cache", b"HIT")]);
        for lang in LANGS {
            let view = panel(Some(&tab(State::Network, Some(plain.clone()))), &image(), lang);
            assert_eq!(view.evidence, Some(Vec::new()));
            let [sign] = view.shared_signs.as_slice() else { panic!("{:?}", view.shared_signs) };
            assert_eq!((sign.field.as_str(), sign.value.as_str()), ("x-cache", "HIT"));
            assert!(sign.names.len() > 1, "{:?}", sign.names);
            let (tree, text) = all(&view);
            assert!(part(&tree, "shared-signs").is_some() && text.contains(Label::SharedSigns.text(lang)));
            assert!(!text.contains(Label::NoEvidence.text(lang)));
        }
    }

    #[test]
    fn fields_that_are_not_read_are_counted_on_screen() {
        let long = vec![b'x'; 9_000];
        let page = kept("https://www.example.com/", None, &[("via", &long), ("server", b"cloudflare"), ("x-y", &long)]);
        for (lang, expected) in LANGS
            .into_iter()
            .zip(["Fields or marks not read, because too long or too many: 1.", "Champs ou marques non lus, car "])
        {
            let (_, text) = all(&panel(Some(&tab(State::Network, Some(page.clone()))), &image(), lang));
            assert!(text.contains(expected), "{text}");
        }
        let (_, text) = all(&panel(Some(&tab(State::Network, Some(stored_copy()))), &image(), Lang::En));
        assert!(!text.contains("not read"), "{text}");
    }

    #[test]
    fn only_addresses_of_the_web_are_linked() {
        for source in ["http://example.com/", "javascript:alert(1)", "observed", "", "data:text/html,x", "HTTPS://x"] {
            assert!(matches!(Source::new(source, Lang::En), Source::Said(text) if !text.is_empty()), "{source}");
        }
        assert_eq!(Source::new("https://example.com/a", Lang::En), Source::Page("https://example.com/a".to_owned()));
    }

    /// Whatever a site writes reaches the panel as bounded, visible text, and never as an attribute.
    #[test]
    fn hostile_values_are_text() {
        const MARK: &str = "hostile-mark";
        let image = image();
        let url = format!("https://{MARK}.example/<img src=x onerror={MARK}>");
        let hostile = format!("<script>{MARK}</script>\" onclick=\"\u{202e}\0\r\n{}", "x".repeat(3_000));
        let mut long = format!("974eddd419be203e-CDG{MARK}").into_bytes();
        long.extend([0xff; 64]);
        let names = ["cf-ray", "server", "via", "x-cache", "cf-cache-status", "x-served-by", "x-amz-cf-pop", "age"];
        let mut fields: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, hostile.as_bytes())).collect();
        fields.extend(names.iter().map(|name| (*name, long.as_slice())));
        fields.push(("x-amz-cf-id", b"<b>hostile-mark</b>"));
        fields.push(("set-cookie", b"__cf_bm=hostile-mark; path=/"));
        let response = kept(&url, None, &fields);
        let mut tab = tab(State::Failed, Some(response.clone()));
        let document = tab.document.as_mut().unwrap();
        document.error = Some(hostile.clone());
        document.in_page = true;
        document.hops = vec![response.clone(); 3];
        document.aside = Some(Aside { state: State::Download, response, request_id: String::new(), hops: Vec::new() });
        document.hosts.list.push(HostUse {
            host: hostile.clone(),
            requests: u32::MAX,
            cached: 0,
            delivered_by: Some(hostile.clone()),
            grade: Grade::Likely,
        });
        document.hosts.beyond = u32::MAX;
        for lang in LANGS {
            let (tree, text) = all(&panel(Some(&tab), &image, lang));
            assert!(text.contains(MARK));
            assert!(!text.contains('\u{202e}') && !text.contains('\0') && !text.contains('\n'));
            let mut found = Vec::new();
            elements(&tree, &mut found);
            for element in found {
                for (name, value) in &element.attributes {
                    assert!(!value.contains(MARK), "{name} of {}: {value}", element.tag);
                    assert!(!["style", "onclick", "src", "srcdoc", "tabindex"].contains(name) || *value == "-1");
                }
                for child in &element.children {
                    let Node::Text(text) = child else { continue };
                    assert!(text.chars().count() < 1_200, "{} characters", text.chars().count());
                }
            }
        }
    }

    #[test]
    fn hosts_are_grouped_by_who_delivered_them() {
        let used = |host: &str, requests, cached, delivered_by: Option<&str>| HostUse {
            host: host.to_owned(),
            requests,
            cached,
            delivered_by: delivered_by.map(str::to_owned),
            grade: if delivered_by.is_some() { Grade::Likely } else { Grade::Unknown },
        };
        let mut tab = tab(State::Network, Some(stored_copy()));
        tab.document.as_mut().unwrap().hosts = Hosts {
            list: vec![
                used("www.example.com", 4, 0, Some("cloudflare")),
                used("cached.example", 9, 9, None),
                used("unknown.example", 5, 1, None),
                used("a.example", 1, 0, Some("fastly")),
                used("b.example", 1_000, 0, Some("akamai")),
                used("c.example", 2, 0, Some("fastly")),
            ],
            requests: 1_024,
            beyond: 3,
        };
        let view = panel(Some(&tab), &image(), Lang::En);
        let groups: Vec<(&str, &str, usize)> = view
            .hosts
            .groups
            .iter()
            .map(|group| (group.name.as_str(), group.requests.as_str(), group.hosts.len()))
            .collect();
        assert_eq!(
            groups,
            [
                ("Akamai", "1,000 requests", 1),
                ("Fastly", "3 requests", 2),
                ("Not known who delivered", "5 requests", 1),
                ("From your browser’s cache", "9 requests", 1),
            ]
        );
        assert_eq!(view.hosts.total.as_deref(), Some("1,020 requests"));
        assert_eq!(
            view.hosts.notes,
            [
                "And 3 requests to further hosts, counted but not listed.",
                "And 4 requests to the page’s own host, www.example.com; the surest answer over the network: Cloudflare, likely.",
            ]
        );
    }

    #[test]
    fn what_came_beside_the_page_has_its_own_place() {
        let mut tab = tab(State::Network, Some(stored_copy()));
        tab.document.as_mut().unwrap().aside = Some(Aside {
            state: State::NoContent,
            response: stored_copy(),
            request_id: String::new(),
            hops: Vec::new(),
        });
        for lang in LANGS {
            let (tree, _) = all(&panel(Some(&tab), &image(), lang));
            assert_eq!(part(&tree, "state").unwrap().attribute("data-state"), Some("network"));
            assert_eq!(part(&tree, "aside").unwrap().attribute("data-state"), Some("no-content"));
        }
    }
}
