//! From evidence to a verdict: who was outermost, who stood behind, what is known of the copy.
//!
//! The order of reasons: the address, when it is the server's and a list holds it; then clocks that
//! are seconds old; then `Server`, for providers that overwrite it; then the last place in ordered
//! lists; then names. A definitive mark proves that a provider took part, never that it was outermost.

use super::observe::Observed;
use super::pattern::Span;
use super::response::Response;
use super::short::Short;
use super::table::{Provider, ProviderRow, Rule, Tables};
use super::verdict::{Basis, Conflict, Copy, Evidence, Freshness, LayerFound, LayerRole, Origin, Pop, Reason, Verdict};
use super::vocabulary::{CacheWord, Grade, Layer, OriginPolicy, ProviderRole, ServerField, Strength, ViaField, Where};
use crate::net::{Reach, reach};

/// More providers in front than this are a contradiction, not a chain: the longest known has three.
const FRONTS_MAX: usize = 4;
/// More providers of any kind than this are one too.
const PARTS_MAX: usize = 7;

/// Score from which a candidate looks as if it had answered: a live clock, or the last place in `Via`.
const LIVE_SCORE: i32 = 6;
/// By this much another has to fit worse, for the choice to be clear.
const MARGIN: i32 = 4;
/// Who lacks what its machines always add fits worse than anybody who lacks nothing.
const LACK: i32 = 12;
/// A firewall that can show its place by nothing is put before a last entry of `Via`, which weighs less by one.
const GUARD: i32 = 5;
/// A platform is behind whoever stands in front of it.
const BEHIND: i32 = 20;
/// Rules that others match too name a provider when this many of them agree.
const WEAK_ENOUGH: u8 = 2;

/// One provider's share in the evidence.
#[derive(Clone, Debug)]
struct Part<'d> {
    provider: Provider,
    row: &'d ProviderRow,
    /// Strongest mark, those of the origin server apart.
    strength: Strength,
    /// Strongest mark that only an origin server or its storage leaves.
    origin_strength: Strength,
    /// How many rules matched that others match too.
    weak: u8,
    weak_rule: Option<Rule>,
    fresh: bool,
    fossil: bool,
    newest_ms: Option<i64>,
    /// `Server` carries the value that this provider writes over any other.
    last_writer: bool,
    /// Place in `Via`, counted from the reader: zero is nearest.
    via_from_end: Option<u16>,
    /// The last entry of `Via` may be this provider's.
    ends_via: bool,
    /// Its cache word is there.
    worded: bool,
    host: Strength,
    canonical_name: Strength,
}

impl Part<'_> {
    /// Seen in a response field, strongly enough to be named.
    fn took_part(&self) -> bool {
        self.strength >= Strength::Strong
    }

    /// All its clocks are old: it took part when the copy was stored.
    fn only_then(&self) -> bool {
        self.fossil && !self.fresh
    }

    /// Machines of a provider in front carry it, perhaps beside its own.
    fn rides(&self, tables: &Tables<'_>) -> bool {
        let fronts = |carrier| tables.provider(carrier).is_some_and(ProviderRow::fronts);
        !self.row.fronts() && carriers(tables, self.provider).any(fronts)
    }

    /// Names below a network's or a platform's own lead nowhere else; a company's own sites may use others.
    fn is_own_host(&self) -> bool {
        let own = self.row.holds() || self.row.fronts() && !self.row.has(ProviderRole::FirstParty);
        self.host == Strength::Definitive && own
    }

    /// A service without machines of its own in front of readers: others carry it.
    fn is_carried(&self, tables: &Tables<'_>) -> bool {
        !self.row.fronts()
            && carriers(tables, self.provider).next().is_some()
            && !tables.has_own_addresses(self.provider)
    }
}

/// Everything that judging needs beside the tables.
pub fn judge<'a>(response: &Response<'a>, observed: Observed<'a>, tables: &Tables<'_>) -> Verdict<'a> {
    let parts = parts(&observed, tables);
    let mut verdict = Verdict {
        delivered_by: None,
        operator: observed.operator,
        grade: Grade::Unknown,
        reason: Reason::NothingSeen,
        layers: Short::default(),
        hosted_at: None,
        origin: Origin::Unobservable,
        pop: None,
        copy: Copy::Unknown,
        word: None,
        age_s: None,
        conflicts: Vec::new(),
        evidence: Vec::new(),
        left_out: observed.left_out,
    };
    let edge = Edge { response, observed: &observed, tables, parts: &parts, crowd: crowd(&parts) };
    edge.find(&mut verdict);
    verdict.conflicts.extend(edge.crowd.map(|count| Conflict::TooMany { count }));
    edge.layers(&mut verdict);
    edge.origin(&mut verdict);
    edge.copy(&mut verdict);
    verdict.evidence = observed.evidence;
    verdict
}

/// How a provider fared, for those who ask why it was named or not; verdicts are made without it.
#[cfg(not(target_arch = "wasm32"))]
#[derive(Clone, Copy, Debug)]
pub struct Weighed {
    pub provider: Provider,
    /// Strongest mark that its machines may have left on the way.
    pub strength: Strength,
    pub fresh: bool,
    /// All its clocks are old.
    pub only_then: bool,
    /// `Server` carries the value that it writes over any other.
    pub last_writer: bool,
    /// It is the last in `Via`.
    pub last_in_via: bool,
    /// Its marks show that something stood outside.
    pub excluded: bool,
    /// What its machines always add is not there.
    pub lacks: bool,
    /// How well it fits the outermost place, where fields decide.
    pub score: i32,
}

/// How each provider that left marks fared, the best fitting first.
#[cfg(not(target_arch = "wasm32"))]
pub fn weigh(response: &Response<'_>, observed: &Observed<'_>, tables: &Tables<'_>) -> Vec<Weighed> {
    let parts = parts(observed, tables);
    let edge = Edge { response, observed, tables, parts: &parts, crowd: crowd(&parts) };
    let mut all: Vec<Weighed> = parts
        .iter()
        .map(|part| Weighed {
            provider: part.provider,
            strength: part.strength,
            fresh: part.fresh,
            only_then: part.only_then(),
            last_writer: part.last_writer,
            last_in_via: part.via_from_end == Some(0),
            excluded: edge.excluded(part),
            lacks: edge.lacks(part),
            score: edge.fit(part),
        })
        .collect();
    all.sort_by_key(|weighed| {
        (weighed.excluded, std::cmp::Reverse((weighed.strength, weighed.score)), weighed.provider)
    });
    all
}

fn parts<'d>(observed: &Observed<'_>, tables: &Tables<'d>) -> Vec<Part<'d>> {
    let mut parts: Vec<Part<'d>> = Vec::with_capacity(16);
    for evidence in &observed.evidence {
        let Basis::Rule(number) = evidence.basis else { continue };
        let Some(rule) = tables.rule(number) else { continue };
        let known = parts.iter().position(|part| part.provider == evidence.provider);
        let at = if let Some(at) = known {
            at
        } else {
            let Some(row) = tables.provider(evidence.provider) else { continue };
            parts.push(Part {
                provider: evidence.provider,
                row,
                strength: Strength::Reading,
                origin_strength: Strength::Reading,
                weak: 0,
                weak_rule: None,
                fresh: false,
                fossil: false,
                newest_ms: None,
                last_writer: false,
                via_from_end: None,
                ends_via: false,
                worded: false,
                host: Strength::Reading,
                canonical_name: Strength::Reading,
            });
            parts.len() - 1
        };
        let part = &mut parts[at];
        let strength = rule.strength();
        let is_via = evidence.field.eq_ignore_ascii_case("via");
        match (rule.place(), rule.layer()) {
            (Some(Where::Host), _) => part.host = part.host.max(strength),
            (Some(Where::CanonicalName), _) => part.canonical_name = part.canonical_name.max(strength),
            (Some(Where::Issuer), _) => {}
            (_, Layer::Origin) => part.origin_strength = part.origin_strength.max(strength),
            (_, layer) => {
                part.strength = part.strength.max(strength);
                part.last_writer |= layer == Layer::LastWriter;
                part.worded |= strength >= Strength::Strong && evidence.word.is_some();
                let from_end = evidence.member.1.saturating_sub(evidence.member.0 + 1);
                part.ends_via |= is_via && strength >= Strength::Weak && from_end == 0;
                // The evidence of one rule stands together.
                if strength == Strength::Weak && part.weak_rule != Some(number) && (!is_via || from_end == 0) {
                    part.weak += 1;
                    part.weak_rule = Some(number);
                }
                if is_via && strength >= Strength::Strong {
                    part.via_from_end = Some(part.via_from_end.map_or(from_end, |before| before.min(from_end)));
                }
            }
        }
        if let Some(stamp) = evidence.clock {
            part.fresh |= stamp.freshness == Freshness::Fresh;
            part.fossil |= stamp.freshness == Freshness::Fossil;
            part.newest_ms = part.newest_ms.max(Some(stamp.at_ms));
        }
    }
    parts
}

/// Providers whose machines carry this one: those in front of readers, and for a mere store its cloud. Who
/// holds sites itself is no carrier: there the two are of one family, and the fields tell them apart.
fn carriers<'t>(tables: &'t Tables<'_>, carried: Provider) -> impl Iterator<Item = Provider> + 't {
    let stores = tables.provider(carried).is_some_and(|row| row.has(ProviderRole::ObjectStorage) && !row.is_platform());
    tables.networks_of(carried).filter(move |other| {
        let row = tables.provider(*other).filter(|_| *other != carried);
        row.is_some_and(|row| row.fronts() && !row.holds() || stores && row.has(ProviderRole::ObjectStorage))
    })
}

/// How many providers left marks, when they are too many to be believed.
fn crowd(parts: &[Part<'_>]) -> Option<u16> {
    let count = |counts: fn(&Part<'_>) -> bool| parts.iter().filter(|part| counts(part)).count();
    // The others are fewer in any case.
    if parts.len() <= FRONTS_MAX {
        return None;
    }
    let all = count(|part| part.took_part());
    let fronts = count(|part| part.took_part() && part.row.fronts() && !part.row.is_platform());
    (fronts > FRONTS_MAX || all > PARTS_MAX).then_some(all as u16)
}

struct Edge<'r, 'a, 'd> {
    response: &'r Response<'a>,
    observed: &'r Observed<'a>,
    tables: &'r Tables<'d>,
    parts: &'r [Part<'d>],
    /// How many providers left marks, when they are too many to be believed.
    crowd: Option<u16>,
}

impl<'a, 'd> Edge<'_, 'a, 'd> {
    fn part(&self, provider: Provider) -> Option<&Part<'d>> {
        self.parts.iter().find(|part| part.provider == provider)
    }

    /// Step 1 to 3: the machine that answered.
    fn find(&self, verdict: &mut Verdict<'_>) {
        let list = self.observed.holder.and_then(|holder| self.tables.list(holder.list));
        match list {
            Some(list) if !list.is_network() => {
                let platform = list.provider();
                // Where those machines write `Server` over any other value, and it has another one, they are the
                // platform's own, as they once were.
                let silent = !self.part(list.machines()).is_some_and(Part::took_part);
                let is_own = list.machines() != platform && silent && self.left_another_server(list.machines());
                let machines = if is_own { platform } else { list.machines() };
                verdict.delivered_by = Some(machines);
                if platform == machines {
                    verdict.reason = Reason::Address;
                    verdict.grade = if list.is_published() && !is_own { Grade::Certain } else { Grade::Likely };
                } else {
                    let alive = self.part(machines).is_some_and(|part| part.fresh || part.last_writer);
                    verdict.reason = Reason::AddressOnMachines { platform };
                    verdict.grade = if list.is_published() || alive { Grade::Certain } else { Grade::Likely };
                }
                if let Some(member) = self.family_member(machines) {
                    verdict.delivered_by = Some(member);
                    verdict.reason = Reason::RentedMachine { network: machines };
                }
                // A routing list becomes certain when the provider's own live mark agrees.
                if self.part(machines).is_some_and(|part| part.fresh || (part.last_writer && !part.only_then())) {
                    verdict.grade = Grade::Certain;
                }
                self.contradiction(machines, verdict);
            }
            Some(list) => self.in_network(list.provider(), list.is_published(), verdict),
            None => {
                self.by_fields(verdict);
                self.compare_operator(verdict);
            }
        }
        if self.response.from_cache && verdict.grade == Grade::Certain && self.observed.holder.is_none() {
            verdict.grade = Grade::Likely;
        }
        // Blocks of addresses are sold. Marks of the one who is named say that this one was not.
        if let Some(list) = list.filter(|_| self.is_long_ago()) {
            let marked = |part: &Part<'d>| part.took_part() || part.host >= Strength::Strong;
            if !verdict.delivered_by.and_then(|provider| self.part(provider)).is_some_and(marked) {
                verdict.grade = verdict.grade.min(if list.is_network() { Grade::Possible } else { Grade::Likely });
            }
        }
    }

    fn is_long_ago(&self) -> bool {
        self.response.received_at_ms.is_some_and(|at_ms| self.tables.is_long_ago(at_ms))
    }

    /// Services of one family share addresses; which of them answered, its own marks say.
    fn family_member(&self, family: Provider) -> Option<Provider> {
        let holds = self.tables.provider(family).is_some_and(ProviderRow::holds);
        self.parts
            .iter()
            .find(|part| holds && part.strength == Strength::Definitive && self.tables.runs_on(part.provider, family))
            .map(|part| part.provider)
    }

    /// The address is in a host's network: rented machines and own services alike.
    fn in_network(&self, network: Provider, published: bool, verdict: &mut Verdict<'_>) {
        let own = |part: &Part<'d>| part.provider == network && part.row.fronts();
        let rents = |part: &Part<'d>| self.tables.runs_on(part.provider, network);
        // A platform moves among clouds; and where nothing tells whose machines a provider in front uses, they
        // stand wherever machines are for rent.
        let roams = |part: &Part<'d>| {
            let anywhere = part.row.runs_on.len.get() == 0 && !self.tables.has_addresses(part.provider);
            let moves = part.row.is_platform() && !part.row.has(ProviderRole::LibraryCdn) && part.provider != network;
            (moves || part.row.fronts() && anywhere) && self.crowd.is_none()
        };
        let (ranked, _) = self.ranking(&|part| own(part) || rents(part) || roams(part), None);
        if let Some(best) = ranked.first().map(|(at, _)| &self.parts[usize::from(*at)]) {
            verdict.delivered_by = Some(best.provider);
            verdict.reason = Reason::RentedMachine { network };
            let alive = best.fresh || best.last_writer || best.via_from_end == Some(0);
            let known = published && (own(best) || rents(best));
            verdict.grade = if alive && known { Grade::Certain } else { Grade::Likely };
            return;
        }
        // Without a mark, a platform is known by the name of the host.
        let named = |part: &&Part<'d>| rents(part) && part.row.is_platform() && part.host == Strength::Definitive;
        if let Some(part) = self.parts.iter().find(named) {
            verdict.delivered_by = Some(part.provider);
            verdict.reason = Reason::RentedMachine { network };
            verdict.grade = Grade::Likely;
            return;
        }
        verdict.delivered_by = Some(network);
        verdict.reason = Reason::HostNetwork;
        verdict.grade = if published { Grade::Certain } else { Grade::Likely };
        self.contradiction(network, verdict);
    }

    /// What a provider in front, which has no machines at this address, writes over any other value.
    fn contradiction(&self, address: Provider, verdict: &mut Verdict<'_>) {
        let relays = self.tables.provider(address).is_some_and(ProviderRow::fronts);
        if self.crowd.is_none() && !relays {
            let (ranked, _) = self.ranking(&|part| part.provider != address, None);
            let mut in_order = ranked.iter().map(|(at, _)| &self.parts[usize::from(*at)]);
            if let Some(other) = in_order.find(|part| part.row.fronts() && !part.only_then() && part.last_writer) {
                verdict.conflicts.push(Conflict::AddressAgainstFields { address, fields: other.provider });
                verdict.grade = verdict.grade.min(Grade::Likely);
            }
        }
        let overwrites = self.tables.provider(address).is_some_and(|row| row.server() == ServerField::Overwrites);
        let own = self.part(address).is_some_and(|part| part.last_writer);
        if overwrites
            && !own
            && let Some(other) = self.parts.iter().find(|part| part.last_writer && part.provider != address)
        {
            verdict.conflicts.push(Conflict::AddressAgainstFields { address, fields: other.provider });
        }
    }

    /// No list holds the address, or there is none.
    #[inline(never)]
    fn by_fields(&self, verdict: &mut Verdict<'_>) {
        if self.response.made_by_browser() {
            verdict.reason = Reason::MadeByBrowser;
            return;
        }
        if self.response.is_empty() {
            return;
        }
        if self.crowd.is_some() {
            verdict.reason = Reason::Contradiction;
            return;
        }
        let (ranked, fossils) = self.ranking(&|_| true, Some(&mut verdict.conflicts));
        if let Some((best, score)) = ranked.first() {
            let best = &self.parts[usize::from(*best)];
            let in_front = |part: &Part<'_>| part.row.fronts() && !part.row.is_platform();
            let rival = ranked.get(1).filter(|(at, _)| in_front(&self.parts[usize::from(*at)]));
            let single = rival.is_none_or(|(_, other)| score - other >= MARGIN);
            let firm = best.fresh || best.last_writer || best.via_from_end == Some(0);
            let whole = firm || best.strength == Strength::Definitive || best.is_own_host();
            verdict.grade = if single && *score >= 0 && whole { Grade::Likely } else { Grade::Possible };
            // Somebody else's stamp is of this very request, and nothing of the one who fits better is.
            if !best.fresh && !best.last_writer {
                let alive = |part: &&Part<'d>| part.fresh && in_front(part) && !self.excluded(part);
                if let Some(other) = self.parts.iter().find(alive) {
                    verdict.grade = Grade::Possible;
                    if verdict.conflicts.is_empty() {
                        let (first, second) = (best.provider, other.provider);
                        verdict.conflicts.push(Conflict::TwoInFront { first, second });
                    }
                }
            }
            // A host below the own name of a network in front leads to that network, whoever stands behind.
            let named = |part: &&Part<'d>| in_front(part) && part.is_own_host();
            if let Some(front) = self.parts.iter().find(named).filter(|_| !in_front(best)) {
                verdict.delivered_by = Some(front.provider);
                verdict.reason = Reason::HostName;
                verdict.grade = Grade::Likely;
                return;
            }
            if best.is_carried(self.tables) {
                verdict.grade = Grade::Possible;
                if self.carried(best.provider, verdict) {
                    return;
                }
            }
            verdict.delivered_by = Some(best.provider);
            verdict.reason = Reason::Fields;
            return;
        }
        if self.by_last_entry(verdict)
            || self.by_name(verdict)
            || self.by_agreement(verdict)
            || self.by_operator(verdict)
        {
            return;
        }
        verdict.reason = if let Some(fossil) = fossils {
            Reason::OnlyFossils { provider: fossil }
        } else if self.parts.iter().any(|part| part.strength == Strength::Weak) {
            Reason::OnlyWeak
        } else if self.response.proxied {
            Reason::BehindProxy
        } else {
            match self.response.server_address.map(reach) {
                None => Reason::NothingSeen,
                Some(Reach::Public) => match self.observed.operator {
                    Some(number) => Reason::Operator { number },
                    None => Reason::AddressUnlisted,
                },
                Some(reach) => Reason::AddressSpecial { reach },
            }
        };
    }

    /// Nothing stronger speaks: the provider whose network the address is in. The table of operators is of
    /// the second rank, and a provider in front also announces addresses that are none of its edge machines.
    fn by_operator(&self, verdict: &mut Verdict<'_>) -> bool {
        let Some(number) = self.observed.operator else { return false };
        let Some(provider) = self.tables.provider_of(number) else { return false };
        if self.masks(Some(provider)) {
            verdict.delivered_by = Some(provider);
            verdict.reason = Reason::Network { number };
            verdict.grade = Grade::Possible;
        } else {
            self.in_network(provider, false, verdict);
        }
        true
    }

    /// Fields named somebody: is the address in that provider's network?
    #[inline(never)]
    fn compare_operator(&self, verdict: &mut Verdict<'_>) {
        let (Some(operator), Some(fields)) = (self.observed.operator, verdict.delivered_by) else { return };
        if !matches!(
            verdict.reason,
            Reason::Fields | Reason::PlatformCarrier { .. } | Reason::HostName | Reason::CanonicalName
        ) {
            return;
        }
        if self.tables.is_network_of(operator, fields) {
            let alive = self.part(fields).is_some_and(|part| part.fresh || part.last_writer && !part.only_then());
            verdict.grade = match verdict.grade {
                Grade::Likely if alive => Grade::Certain,
                grade => grade.max(Grade::Likely),
            };
        } else if self.tables.is_none_of_its_edge(operator, fields) {
            verdict.conflicts.push(Conflict::OperatorAgainstFields { operator, fields });
            verdict.grade = verdict.grade.min(Grade::Possible);
        }
    }

    /// Canonical name, then host name: the service that the site chose, and perhaps its operator.
    #[inline(never)]
    fn by_name(&self, verdict: &mut Verdict<'_>) -> bool {
        if let Some(part) = self.strongest("canonical name", |part| part.canonical_name) {
            verdict.delivered_by = Some(part.provider);
            verdict.reason = Reason::CanonicalName;
            verdict.grade = Grade::Possible;
            return true;
        }
        let Some(part) = self.strongest("host", |part| part.host) else { return false };
        if part.is_carried(self.tables) {
            verdict.grade = Grade::Possible;
            if self.carried(part.provider, verdict) {
                return true;
            }
        }
        verdict.delivered_by = Some(part.provider);
        verdict.reason = Reason::HostName;
        verdict.grade = if part.is_own_host() { Grade::Likely } else { Grade::Possible };
        true
    }

    /// Who is named best by a name.
    fn strongest(&self, place: &str, strength: fn(&Part<'d>) -> Strength) -> Option<&Part<'d>> {
        // The longest suffix was compared first.
        let named = self.observed.evidence.iter().rev().filter(|evidence| evidence.field == place);
        named
            .filter_map(|evidence| self.part(evidence.provider))
            .filter(|part| strength(part) >= Strength::Strong)
            .max_by_key(|part| strength(part))
    }

    /// Who delivers for a platform without machines of its own: the one that can have written `Server`.
    #[inline(never)]
    fn carried(&self, platform: Provider, verdict: &mut Verdict<'_>) -> bool {
        // Of several, the one that left a mark of its own now.
        let marked = |part: &Part<'d>| part.took_part() && !part.only_then();
        // Who left none did not pass on what a Varnish of the platform's own has numbered, as far as can be seen, and
        // that it carries the platform today says nothing of a response of long ago.
        let unmarked = self.observed.own_varnish || self.is_long_ago();
        let wrote = |carrier: &Provider| {
            !self.left_another_server(*carrier) && (!unmarked || self.part(*carrier).is_some_and(marked))
        };
        let mut best = None;
        let mut single = true;
        for carrier in carriers(self.tables, platform).filter(wrote) {
            let is_marked = self.part(carrier).is_some_and(marked);
            match best {
                Some((true, _)) if !is_marked => {}
                Some((before, _)) if before == is_marked => single = false,
                _ => (best, single) = (Some((is_marked, carrier)), true),
            }
        }
        match (best, single) {
            (Some((_, carrier)), true) => {
                verdict.delivered_by = Some(carrier);
                verdict.reason = Reason::PlatformCarrier { platform };
                verdict.grade = Grade::Possible;
                true
            }
            (Some(_), false) => {
                verdict.reason = Reason::ServiceOnly { provider: platform };
                verdict.grade = Grade::Unknown;
                true
            }
            (None, _) => false,
        }
    }

    /// All clocks of a provider are old, which excludes it elsewhere; yet it may have kept its own stamp with the copy.
    /// If the last entry of `Via` is its own, nothing that adds itself stood outside; something silent may have. So it
    /// is named, as possible only, unless an address, `Server` or a name speaks for somebody else.
    #[inline(never)]
    fn by_last_entry(&self, verdict: &mut Verdict<'_>) -> bool {
        let mut last = self.parts.iter().filter(|part| part.took_part() && part.only_then() && part.ends_via);
        let (Some(part), None) = (last.next(), last.next()) else { return false };
        // Where it publishes its addresses, and this one is known and none of them, somebody else sent the copy.
        let address = self.response.server_address.filter(|address| reach(*address) == Reach::Public);
        let is_foreign = |network| {
            self.tables.is_none_of_its_edge(network, part.provider)
                && !self.tables.is_network_of(network, part.provider)
        };
        let elsewhere = address.is_some()
            && !self.response.proxied
            && (self.tables.publishes_edge(part.provider) || self.observed.operator.is_some_and(is_foreign));
        // A name of today says more than a stamp of then, unless it is that of a service which this provider carries.
        let named = self
            .strongest("canonical name", |part| part.canonical_name)
            .or_else(|| self.strongest("host", |part| part.host).filter(|named| named.is_own_host()));
        let carries = |named: &Part<'d>| carriers(self.tables, named.provider).any(|carrier| carrier == part.provider);
        let others = named.is_some_and(|named| named.provider != part.provider && !carries(named));
        let server = self.left_server(part.row, part.last_writer);
        if elsewhere || server || others || self.observed.own_varnish || !part.row.fronts() {
            return false;
        }
        verdict.delivered_by = Some(part.provider);
        verdict.reason = Reason::Fields;
        verdict.grade = Grade::Possible;
        true
    }

    /// Several marks that others send too, all of them one provider's and of nobody else.
    #[inline(never)]
    fn by_agreement(&self, verdict: &mut Verdict<'_>) -> bool {
        let mut agreed = self.parts.iter().filter(|part| part.weak >= WEAK_ENOUGH && !part.only_then());
        let (Some(part), None) = (agreed.next(), agreed.next()) else { return false };
        // Somebody's own Varnish writes the same fields as the networks that grew out of it.
        if self.observed.own_varnish {
            return false;
        }
        verdict.delivered_by = Some(part.provider);
        verdict.reason = Reason::Fields;
        verdict.grade = Grade::Possible;
        true
    }

    /// Candidates for the outermost place, best first, with their numbers among the parts and how well they
    /// fit; and a provider that only fossils name.
    #[inline(never)]
    fn ranking(
        &self,
        counts: &dyn Fn(&Part<'d>) -> bool,
        conflicts: Option<&mut Vec<Conflict>>,
    ) -> (Short<(u16, i32), 8>, Option<Provider>) {
        let mut fossil = None;
        let mut ranked: Short<(u16, i32), 8> = Short::default();
        for (at, part) in self.parts.iter().enumerate().filter(|(_, part)| part.took_part() && counts(part)) {
            if part.only_then() {
                fossil = Some(part.provider);
            }
            if !self.excluded(part) {
                ranked.push((at as u16, self.fit(part)));
            }
        }
        let part = |at: u16| &self.parts[usize::from(at)];
        if ranked.iter().any(|(at, score)| part(*at).row.fronts() && !part(*at).row.is_platform() && *score >= 0) {
            ranked
                .iter_mut()
                .filter(|(at, _)| part(*at).row.is_platform() || !part(*at).row.fronts())
                .for_each(|(_, score)| *score -= BEHIND);
        }
        // Of two that fit as well, the one whose clock runs has handled this very request.
        in_order(&mut ranked, |(at, score)| (std::cmp::Reverse(*score), !part(*at).fresh, part(*at).provider));
        // Two live providers are no conflict where one fits clearly better: the outer one relays.
        if let (Some(conflicts), [(first, score), (second, other), ..]) = (conflicts, &*ranked)
            && *other >= LIVE_SCORE
            && score - other < MARGIN
            && part(*second).row.fronts()
        {
            conflicts.push(Conflict::TwoInFront { first: part(*first).provider, second: part(*second).provider });
        }
        (ranked, fossil)
    }

    /// How well a candidate fits the outermost place, beside the others.
    fn fit(&self, part: &Part<'d>) -> i32 {
        score(part) + if self.guards(part) { GUARD } else { 0 } - if self.lacks(part) { LACK } else { 0 }
    }

    /// A firewall that lets both fields pass and has no clock, beside somebody who has the last entry of `Via` and
    /// nothing that speaks of now: the firewall cannot add itself there, and is mostly put before what it guards.
    fn guards(&self, part: &Part<'d>) -> bool {
        let silent = part.row.server() == ServerField::Passes && part.row.via() == ViaField::Passes;
        let only_ends_via = |other: &Part<'d>| other.ends_via && !other.fresh && !other.last_writer;
        silent
            && part.newest_ms.is_none()
            && part.row.has(ProviderRole::Waf)
            && part.strength == Strength::Definitive
            && self.parts.iter().any(only_ends_via)
    }

    /// What its machines always add is not there: something stood outside, or the recording left it out.
    fn lacks(&self, part: &Part<'d>) -> bool {
        match part.row.via() {
            ViaField::Appends => part.via_from_end != Some(0),
            ViaField::Drops => self.observed.via_count > 0,
            _ => false,
        }
    }

    /// What its machines always do was not done last, so something stood outside.
    fn excluded(&self, part: &Part<'d>) -> bool {
        let others = || self.parts.iter().filter(|other| other.provider != part.provider);
        // Neither its entry nor its word: what it left behind was passed on by somebody who removes both.
        let cleaned = self.observed.via_count == 0 && part.row.server() == ServerField::Passes && !part.worded;
        // Nobody reaches the web through a Varnish, so one that stands nearer the reader is the site's own.
        let fronted = part.via_from_end.is_some() && self.observed.ends_in_varnish;
        let via = part.row.via() == ViaField::Appends
            && part.via_from_end != Some(0)
            && (cleaned || fronted || others().any(|other| other.ends_via));
        part.only_then() || via || self.left_server(part.row, part.last_writer)
    }

    /// A provider that writes its own value over any other's left one that is another's.
    fn left_server(&self, row: &ProviderRow, last_writer: bool) -> bool {
        row.server() == ServerField::Overwrites && self.observed.has_server && !last_writer
    }

    /// The same of a provider that may have left no mark.
    fn left_another_server(&self, provider: Provider) -> bool {
        let wrote = self.part(provider).is_some_and(|part| part.last_writer);
        self.tables.provider(provider).is_some_and(|row| self.left_server(row, wrote))
    }

    /// Everybody else who took part, in the order in which the reader would meet them.
    fn layers(&self, verdict: &mut Verdict<'_>) {
        let list = self.observed.holder.and_then(|holder| self.tables.list(holder.list));
        if let Some(provider) = verdict.delivered_by {
            verdict.layers.push(LayerFound { provider, role: LayerRole::Edge, when_stored: false });
        }
        // What the address and the reason say of a layer that perhaps left no mark.
        let behind = match verdict.reason {
            Reason::AddressOnMachines { platform } | Reason::PlatformCarrier { platform } => {
                Some((platform, LayerRole::Platform))
            }
            Reason::ServiceOnly { provider } => Some((provider, LayerRole::Platform)),
            // The network of a rented machine is behind nobody: the machine is the one that answered.
            Reason::RentedMachine { .. } if self.masks(verdict.delivered_by) => None,
            Reason::RentedMachine { network } => Some((network, LayerRole::Host)),
            _ => list
                .filter(|list| Some(list.provider()) != verdict.delivered_by)
                .map(|list| (list.provider(), LayerRole::Host)),
        };
        let mut inner: Short<(u16, LayerRole), 8> = Short::default();
        // Of a crowd of marks nobody can tell which are true; the evidence lists them all.
        // And where nobody answered, the name of the host says nothing of layers.
        let nobody = self.response.made_by_browser() || self.response.is_empty();
        let believed = if self.crowd.is_some() || nobody { &[] } else { self.parts };
        let others = believed.iter().enumerate().filter(|(_, part)| Some(part.provider) != verdict.delivered_by);
        let own_host = verdict
            .delivered_by
            .and_then(|edge| self.part(edge))
            .is_some_and(|edge| edge.host == Strength::Definitive && edge.row.holds());
        for (at, part) in others {
            let named = part.host >= Strength::Strong;
            // On the deliverer's own host, what is not somebody's alone may be its own too.
            let elsewhere = !own_host || named || part.strength == Strength::Definitive;
            let attested = part.took_part() && elsewhere || part.origin_strength >= Strength::Strong;
            let role = if let Some((_, role)) = behind.filter(|(provider, _)| *provider == part.provider) {
                role
            } else if (part.row.is_platform() || part.rides(self.tables)) && (attested || named) {
                LayerRole::Platform
            } else if part.took_part() && part.row.fronts() {
                LayerRole::Inner
            } else if attested && part.row.has(ProviderRole::ObjectStorage) {
                LayerRole::Storage
            } else if attested {
                LayerRole::Host
            } else if named {
                LayerRole::Platform
            } else {
                continue;
            };
            inner.push((at as u16, role));
        }
        in_order(&mut inner, |(at, role)| {
            let part = &self.parts[usize::from(*at)];
            let by_address = behind.is_some_and(|(provider, _)| provider == part.provider);
            let via = part.via_from_end.unwrap_or(u16::MAX);
            (*role, !by_address, via, std::cmp::Reverse(part.newest_ms), part.provider)
        });
        for (at, role) in inner.iter() {
            let part = &self.parts[usize::from(*at)];
            let (provider, when_stored) = (part.provider, part.only_then());
            verdict.layers.push(LayerFound { provider, role: *role, when_stored });
        }
        if let Some((provider, role)) = behind
            && !verdict.layers.iter().any(|layer| layer.provider == provider)
        {
            verdict.layers.push(LayerFound { provider, role, when_stored: false });
        }
        // A host's machine with nothing behind it is the origin server; a store of files is no server of the site's.
        let relays =
            |layer: &LayerFound| matches!(layer.role, LayerRole::Inner | LayerRole::Platform | LayerRole::Storage);
        if verdict.reason == Reason::HostNetwork && !verdict.layers.iter().any(relays) {
            verdict.layers[0].role = LayerRole::Origin;
        }
        // What a platform runs on is not a layer of its own, unless it stands in front.
        let platforms = || verdict.layers.iter().filter(|layer| layer.role == LayerRole::Platform);
        let carries = |layer: &LayerFound| {
            matches!(layer.role, LayerRole::Host | LayerRole::Platform)
                && platforms().any(|platform| self.tables.runs_on(platform.provider, layer.provider))
        };
        if verdict.layers.iter().any(carries) {
            verdict.layers = verdict.layers.iter().filter(|layer| !carries(layer)).copied().collect();
        }
    }

    fn masks(&self, provider: Option<Provider>) -> bool {
        provider
            .and_then(|provider| self.tables.provider(provider))
            .is_some_and(|row| row.origin() == OriginPolicy::Masks)
    }

    fn origin(&self, verdict: &mut Verdict<'_>) {
        let behind = |roles: &[LayerRole]| {
            verdict.layers.iter().filter(|layer| roles.contains(&layer.role)).map(|layer| layer.provider).next()
        };
        let Some(edge) = verdict.delivered_by else {
            verdict.hosted_at = behind(&[LayerRole::Platform]);
            verdict.origin = if verdict.hosted_at.is_some() { Origin::Hinted } else { Origin::Unobservable };
            return;
        };
        let Some(row) = self.tables.provider(edge) else { return };
        // A company holds its own sites, where its marks and not only a name speak for it.
        let own = |part: &Part<'d>| part.row.has(ProviderRole::FirstParty) && part.took_part();
        let holds = |provider: &Provider| {
            self.tables.provider(*provider).is_some_and(ProviderRow::holds) || self.part(*provider).is_some_and(own)
        };
        let platform = behind(&[LayerRole::Platform]).filter(holds);
        let storage = behind(&[LayerRole::Storage]);
        // A machine that was rented to a provider in front holds no site.
        let host = behind(&[LayerRole::Host]).filter(|host| verdict.reason != Reason::RentedMachine { network: *host });
        let inner = behind(&[LayerRole::Inner]);
        (verdict.origin, verdict.hosted_at) = if verdict.reason == Reason::HostNetwork {
            match inner.or(platform) {
                // The address is a host's, yet something behind it left its mark: it relays.
                Some(_) => (Origin::Hinted, platform.or(storage)),
                None => (Origin::Visible, storage.or(Some(edge))),
            }
        } else if let Some(held) = platform.or(storage).or(host) {
            (Origin::Hinted, Some(held))
        } else if inner.is_some() {
            (Origin::Hinted, row.holds().then_some(edge).filter(|_| row.is_platform()))
        } else {
            // What only an origin server or its storage writes, and not the one who answered.
            let foreign = |part: &Part<'d>| part.provider != edge && part.origin_strength >= Strength::Weak;
            let relays = !row.has(ProviderRole::ObjectStorage) && self.parts.iter().any(foreign);
            match row.origin() {
                OriginPolicy::Masks => (Origin::Hidden, None),
                // What only possibly answered is not said to be the origin server.
                OriginPolicy::Shows if verdict.grade < Grade::Likely => (Origin::Hinted, Some(edge)),
                OriginPolicy::Shows if relays => (Origin::Hinted, row.holds().then_some(edge)),
                OriginPolicy::Shows => (Origin::Visible, Some(edge)),
                OriginPolicy::Depends => (Origin::Hinted, row.holds().then_some(edge)),
            }
        };
    }

    /// What a piece of evidence says of the copy.
    fn says(&self, edge: Provider, evidence: &Evidence<'_>) -> Option<CacheWord> {
        evidence.says.or_else(|| self.tables.cache_word(edge, evidence.word?.of(&evidence.value)?))
    }

    /// The deliverer's own cache word, place and age; those of others tell of the day of storing.
    fn copy(&self, verdict: &mut Verdict<'a>) {
        let Some(edge) = verdict.delivered_by else { return };
        let own = || self.observed.evidence.iter().filter(|evidence| evidence.provider == edge);
        let strength = |evidence: &Evidence<'_>| match evidence.basis {
            Basis::Rule(rule) => self.tables.rule(rule).map_or(Strength::Reading, |rule| rule.strength()),
            Basis::Prefix(_) => Strength::Reading,
        };
        let is_last = |evidence: &Evidence<'_>| evidence.member.0 + 1 >= evidence.member.1;
        verdict.pop = own()
            .filter(|evidence| evidence.clock.is_none_or(|stamp| stamp.freshness != Freshness::Fossil))
            .filter(|evidence| evidence.pop.is_some_and(|pop| pop.of(&evidence.value).is_some()))
            // An earlier member of a list is an inner tier.
            .max_by_key(|evidence| (is_last(evidence), strength(evidence), evidence.member.0))
            .and_then(|evidence| Some(Pop::read(edge, evidence.text(evidence.pop)?, self.tables)));
        let last = own()
            .filter_map(|evidence| Some((evidence, self.says(edge, evidence)?)))
            .max_by_key(|(evidence, _)| (strength(evidence), evidence.member.0));
        if let Some((evidence, mut says)) = last {
            // The list rule: an inner tier's word counts only when every tier wrote one, or wrote it into an entry of
            // its own.
            let tiers = own().filter(|other| other.pop.is_some()).map(|other| other.member.1).max();
            let counts = |other: &Evidence<'_>| match other.field {
                "via" => !is_last(other),
                "cache-status" => !std::ptr::eq(other, evidence),
                field => {
                    tiers == Some(evidence.member.1) && field == evidence.field && other.member.0 < evidence.member.0
                }
            };
            let stored = |other: &Evidence<'_>| counts(other) && self.says(edge, other) == Some(CacheWord::Stored);
            if says == CacheWord::Fetched && own().any(stored) {
                says = CacheWord::StoredElsewhere;
            }
            let word = evidence.word.unwrap_or(Span::whole(&evidence.value));
            verdict.word = evidence.text(Some(word)).map(|word| (word, says));
            verdict.copy = match says {
                CacheWord::Stored | CacheWord::StoredElsewhere => Copy::Stored,
                CacheWord::Revalidated => Copy::Revalidated,
                CacheWord::Fetched | CacheWord::Passed => Copy::Passed,
                CacheWord::Made => Copy::Unknown,
            };
        }
        // It wrote no word, but the response lay in a cache, and nobody behind it handled this request: either
        // there is no other cache whose `Age` it could be, or a mark of that one is old.
        let last_in_via = self.part(edge).is_some_and(|part| part.via_from_end == Some(0));
        let behind = || self.parts.iter().filter(|part| part.provider != edge);
        let alive_behind = behind().any(|part| part.fresh);
        let alone = self.observed.via_count == 1 && !self.observed.own_varnish;
        let its_own = alone || behind().any(Part::only_then);
        if verdict.word.is_none() && last_in_via && !alive_behind && its_own && self.observed.age_s > Some(0) {
            verdict.copy = Copy::Stored;
        }
        if verdict.copy != Copy::Passed {
            // Its own counter is of its own copy; `Age` may have been stored with it.
            verdict.age_s = own().find_map(|evidence| evidence.age_s).map(u64::from).or(self.observed.age_s);
        }
    }
}

/// How well a candidate fits the outermost place.
fn score(part: &Part<'_>) -> i32 {
    let mut score = 0;
    if part.last_writer {
        score += 8;
    }
    if part.fresh {
        score += 4;
    }
    if part.via_from_end == Some(0) {
        score += 4;
    }
    if part.strength == Strength::Definitive {
        score += 2;
    }
    // Its habit of dropping Via was kept.
    if part.row.via() == ViaField::Drops {
        score += 1;
    }
    score
}

/// Sorts the few providers of one response. The library's sort is made for long lists, and two of
/// them are 20 kB of the module that the worker compiles at each wake.
fn in_order<T, K: Ord>(list: &mut [T], key: impl Fn(&T) -> K) {
    for end in 1..list.len() {
        let mut at = end;
        while at > 0 && key(&list[at]) < key(&list[at - 1]) {
            list.swap(at, at - 1);
            at -= 1;
        }
    }
}
