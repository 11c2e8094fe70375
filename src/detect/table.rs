//! The tables that detection reads: rows over the bytes of a dataset image, nothing parsed, nothing copied.
//!
//! [`crate::dataset::compile`] writes them and [`crate::dataset::image`] checks their bounds. A row that
//! points outside its section reads as empty: a damaged image gives fewer answers, never a panic.

use std::net::IpAddr;
use std::ops::Range;

use zerocopy::little_endian::{U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::pattern::Outline;
use super::vocabulary::{
    CacheWord, Layer, OriginPolicy, PopCoding, ProviderRole, ServerField, Strength, ViaField, Where,
};
use crate::field::bytes;
use crate::net;
use crate::net::operators::{AsNumber, Operators};

/// Number of "no row" in a column of row numbers.
pub const NONE: u16 = u16::MAX;

/// A field that is read whatever the rules say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum ReadAlways {
    Age = 1,
    CacheStatus,
    Date,
    NonAuthoritativeReason,
    Server,
    ServerTiming,
    SetCookie,
    Via,
    XVarnish,
    XSquidError,
}

impl ReadAlways {
    /// All of them with their names, in the order of their numbers.
    pub const ALL: [(&str, Self); 10] = [
        ("age", Self::Age),
        ("cache-status", Self::CacheStatus),
        ("date", Self::Date),
        ("non-authoritative-reason", Self::NonAuthoritativeReason),
        ("server", Self::Server),
        ("server-timing", Self::ServerTiming),
        ("set-cookie", Self::SetCookie),
        ("via", Self::Via),
        ("x-varnish", Self::XVarnish),
        ("x-squid-error", Self::XSquidError),
    ];
}

/// A text in the string section.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Text {
    pub start: U32,
    pub len: U16,
}

/// A run of rows in another table.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Rows {
    pub first: U16,
    pub len: U16,
}

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct ProviderRow {
    pub id: Text,
    pub name: Text,
    pub short: Text,
    pub homepage: Text,
    pub country: [u8; 2],
    pub roles: U32,
    pub origin: u8,
    pub server: u8,
    pub via: u8,
    pub pop_coding: u8,
    /// What the lists of addresses say of the provider, one bit each: [`LISTED`] and those behind it.
    pub listed: u8,
    /// Number of the provider's own table of places, or [`NONE`].
    pub places: U16,
    /// Rows of `links`: providers whose machines it uses.
    pub runs_on: Rows,
    /// Rows of `words`.
    pub words: Rows,
}

/// Some list of addresses is the provider's.
pub const LISTED: u8 = 1;
/// A list names machines of its own at the edge or on its platform.
pub const LISTED_OWN: u8 = 2;
/// The provider publishes the addresses of its edge machines.
pub const LISTED_EDGE: u8 = 4;
/// It publishes some of them: others stand in networks of access providers.
pub const LISTED_SOME: u8 = 8;

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct RuleRow {
    pub id: Text,
    /// What the rule looks at: a field name, or empty where [`Where`] says all.
    pub name: Text,
    pub source: Text,
    pub why: Text,
    pub why_fr: Text,
    /// Compiled pattern in the program section; empty means that presence suffices.
    pub program: Text,
    pub provider: U16,
    pub place: u8,
    pub strength: u8,
    pub layer: u8,
    pub outline: Outline,
    /// Year, month, day as one number, 20261125.
    pub checked: U32,
}

/// One slot of an open-addressed table by hash; empty when it has no key.
#[derive(Clone, Copy, Debug, Default, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Slot {
    pub key: Text,
    /// Rows of `rules`, which are sorted so that rules with one key stand together.
    pub rules: Rows,
    /// First row of `masks`, where there are so many rules that it is worth having; otherwise [`NONE`].
    pub masks: U16,
    /// [`ReadAlways`] as a number, or zero.
    pub always: u8,
    /// Does one of the rules look at members of a list? One if so.
    pub members: u8,
}

/// Kinds of bytes that masks tell apart: by the lower five bits, in which no letter's case is.
pub const KINDS: usize = 32;

/// The kinds of a text's first and last byte.
#[inline(always)]
pub fn kinds(text: &[u8]) -> [usize; 2] {
    let kind = |byte: Option<&u8>| byte.map_or(0, |byte| usize::from(*byte) % KINDS);
    [kind(text.first()), kind(text.last())]
}

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct WordRow {
    /// Lower case.
    pub word: Text,
    pub says: u8,
}

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct ListRow {
    pub name: Text,
    /// Address of the published list, or empty.
    pub published_at: Text,
    pub provider: U16,
    /// Whose machines answer; the provider itself as a rule.
    pub machines: U16,
    pub basis: u8,
    pub covers: u8,
    pub copied: U32,
}

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct PrefixRow {
    pub list: U16,
    /// Length of the prefix that holds the addresses from here to the next row.
    pub length: u8,
}

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct PlaceRow {
    /// Number of the coding and the first four bytes of the code, as [`place_key`] puts them together.
    pub key: U64,
    pub confidence: u8,
    pub country: [u8; 2],
    /// Lower case.
    pub code: Text,
    pub city: Text,
    pub city_fr: Text,
}

#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct CountryRow {
    pub code: [u8; 2],
    pub en: Text,
    pub fr: Text,
}

/// An AS number that a provider calls its own (RFC 6793).
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct NetworkRow {
    pub as_number: U32,
    pub provider: U16,
}

/// The high and low half of an IPv6 address at which another prefix begins.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct Start6 {
    pub high: U64,
    pub low: U64,
}

/// A domain, and how many records are about the site under it: for the badge's shape.
#[derive(Clone, Copy, Debug, FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
pub struct SiteRow {
    /// A site's domain; or a name below one that the Public Suffix List gives to others, with no records.
    pub domain: Text,
    pub records: U16,
}

/// All tables of one dataset.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tables<'d> {
    pub strings: &'d [u8],
    pub programs: &'d [u8],
    pub providers: &'d [ProviderRow],
    pub links: &'d [U16],
    pub rules: &'d [RuleRow],
    /// For a slot with many rules, for each kind of first byte and then for each kind of last byte: a bit
    /// for each rule, set where a text that begins or ends so may match. 64 rules to a row.
    pub masks: &'d [U64],
    /// By field name, in lower case.
    pub fields: &'d [Slot],
    /// By suffix of a host name at a label boundary, without a leading dot.
    pub hosts: &'d [Slot],
    /// By suffix of a canonical name.
    pub canonical_names: &'d [Slot],
    /// Rules tried against every metric, cookie, cache name and issuer: one slot each, in the order of [`Tables::rules_everywhere`].
    pub everywhere: &'d [Slot],
    pub words: &'d [WordRow],
    pub lists: &'d [ListRow],
    pub starts4: &'d [U32],
    pub prefixes4: &'d [PrefixRow],
    pub starts6: &'d [Start6],
    pub prefixes6: &'d [PrefixRow],
    pub places: &'d [PlaceRow],
    pub countries: &'d [CountryRow],
    /// Sorted; several providers may share a network.
    pub networks: &'d [NetworkRow],
    /// Sorted by domain.
    pub sites: &'d [SiteRow],
    /// Who operates which address: another part of the dataset, which is loaded late or never.
    pub operators: Operators<'d>,
    /// A moment so long before the dataset that blocks of addresses may have been sold and services moved since.
    pub long_ago_ms: i64,
}

/// A provider's row number. It is only good with the tables it came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Provider(pub u16);

/// A rule's row number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rule(pub u16);

/// The prefix that holds an address, and the list it stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holder {
    pub list: u16,
    pub length: u8,
}

/// Of the length and of eight bytes each at the start and at the end, without regard to the case of
/// letters: a few steps for a name of any length. Who finds a slot by it compares the key.
#[inline(always)]
pub fn hash(text: &[u8]) -> u32 {
    let (start, end) = match (text.first_chunk(), text.last_chunk()) {
        (Some(start), Some(end)) => (u64::from_le_bytes(*start), u64::from_le_bytes(*end)),
        _ => match (text.first_chunk(), text.last_chunk()) {
            (Some(start), Some(end)) => (u32::from_le_bytes(*start).into(), u32::from_le_bytes(*end).into()),
            _ => (text.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)), 0),
        },
    };
    // In ASCII this bit is the case of a letter; that it also joins a few other characters does no harm.
    const CASE: u64 = 0x2020_2020_2020_2020;
    let mixed = (start | CASE) ^ (end | CASE).rotate_left(29) ^ text.len() as u64;
    (mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as u32
}

impl<'d> Tables<'d> {
    pub fn text(&self, text: Text) -> &'d str {
        std::str::from_utf8(slice(self.strings, text)).unwrap_or("")
    }

    fn bytes(&self, text: Text) -> &'d [u8] {
        slice(self.strings, text)
    }

    /// Names of the fields that rules look at, in lower case. As bytes, because to see that all of them are UTF-8
    /// took more than half of what the module does before the first event of a wake.
    pub fn field_names(&self) -> impl Iterator<Item = &'d [u8]> {
        let names = self.fields.iter().map(|slot| self.bytes(slot.key));
        names.filter(|name| !name.is_empty())
    }

    pub fn program(&self, rule: &RuleRow) -> &'d [u8] {
        slice(self.programs, rule.program)
    }

    pub fn provider(&self, provider: Provider) -> Option<&'d ProviderRow> {
        self.providers.get(usize::from(provider.0))
    }

    pub fn rule(&self, rule: Rule) -> Option<&'d RuleRow> {
        self.rules.get(usize::from(rule.0))
    }

    /// The provider's id, the name of its file.
    pub fn id(&self, provider: Provider) -> &'d str {
        self.provider(provider).map_or("", |row| self.text(row.id))
    }

    pub fn name(&self, provider: Provider) -> &'d str {
        self.provider(provider).map_or("", |row| self.text(row.name))
    }

    pub fn short(&self, provider: Provider) -> &'d str {
        self.provider(provider).map_or("", |row| self.text(row.short))
    }

    /// By id; providers are sorted by it.
    pub fn find(&self, id: &str) -> Option<Provider> {
        let at = self.providers.binary_search_by(|row| self.text(row.id).cmp(id)).ok()?;
        u16::try_from(at).ok().map(Provider)
    }

    /// Rules that look at a field of this name.
    pub fn rules_for_field(&self, name: &str) -> Range<u16> {
        rows(find_slot(self, self.fields, name.as_bytes()).map(|(_, slot)| slot))
    }

    /// A field of which something is read, with a number that no other one has.
    #[inline(always)]
    pub fn field(&self, name: &str) -> Option<(u16, &'d Slot)> {
        find_slot(self, self.fields, name.as_bytes()).map(|(number, slot)| (number as u16, slot))
    }

    /// Hands out rules for the host, from its longest suffix to its shortest.
    pub fn each_for_host(&self, host: &[u8], each: impl FnMut(Rule)) {
        each_of_suffixes(self, self.hosts, host, each);
    }

    /// The same for the canonical name.
    pub fn each_for_canonical_name(&self, name: &[u8], each: impl FnMut(Rule)) {
        each_of_suffixes(self, self.canonical_names, name, each);
    }

    /// Rules that are tried against each metric, cookie name, cache name or issuer.
    pub fn everywhere(&self, place: Where) -> Option<&'d Slot> {
        self.everywhere.get(match place {
            Where::CacheStatus => 0,
            Where::Metric => 1,
            Where::Cookie => 2,
            Where::Issuer => 3,
            _ => return None,
        })
    }

    /// Was it so long ago that the lists and contracts of this dataset may not have been those of then?
    pub fn is_long_ago(&self, at_ms: i64) -> bool {
        at_ms < self.long_ago_ms
    }

    /// The rule of a slot that has one.
    #[inline]
    pub fn only_rule(&self, slot: &Slot) -> Option<(Rule, &'d RuleRow)> {
        let rule = Rule(slot.rules.first.get());
        if slot.rules.len.get() == 1 { Some((rule, self.rule(rule)?)) } else { None }
    }

    /// Hands out, in their order, the rules of a slot that one of these texts, or one of the others, may match as far
    /// as its first and last byte tell.
    #[inline(always)]
    pub fn each_rule(&self, slot: &Slot, texts: &[&[u8]], others: &[&[u8]], mut each: impl FnMut(Rule, &'d RuleRow)) {
        let (first, len) = (usize::from(slot.rules.first.get()), usize::from(slot.rules.len.get()));
        let rules = self.rules.get(first..first + len).unwrap_or(&[]);
        let words = rules.len().div_ceil(64);
        let masks = if slot.has_masks() { self.masks.get(usize::from(slot.masks.get())..) } else { None };
        for word in 0..words {
            let mut bits = u64::MAX >> (64 - (rules.len() - 64 * word).min(64));
            if slot.has_masks() {
                bits = 0;
                let mask =
                    |kind: usize| masks.and_then(|masks| masks.get(kind * words + word)).map_or(0, |mask| mask.get());
                // One after the other without an iterator of both, which would be several calls in the module.
                for number in 0..texts.len() + others.len() {
                    let Some(text) = texts.get(number).or_else(|| others.get(number - texts.len())) else { break };
                    let [first, last] = kinds(text);
                    bits |= mask(first) & mask(KINDS + last);
                }
            }
            while bits != 0 {
                let at = 64 * word + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let Some(row) = rules.get(at) else { break };
                each(Rule((first + at) as u16), row);
            }
        }
    }

    /// What this provider means by a cache word.
    pub fn cache_word(&self, provider: Provider, word: &[u8]) -> Option<CacheWord> {
        let words = self.provider(provider)?.words;
        let first = usize::from(words.first.get());
        let row = self
            .words
            .get(first..first + usize::from(words.len.get()))?
            .iter()
            .find(|row| self.bytes(row.word).eq_ignore_ascii_case(word))?;
        Some(match row.says {
            0 => CacheWord::Stored,
            1 => CacheWord::StoredElsewhere,
            2 => CacheWord::Revalidated,
            3 => CacheWord::Fetched,
            4 => CacheWord::Passed,
            5 => CacheWord::Made,
            _ => return None,
        })
    }

    /// Providers whose machines this one uses.
    pub fn networks_of(&self, provider: Provider) -> impl Iterator<Item = Provider> + use<'d> {
        let rows = self.provider(provider).map_or(Rows::default(), |row| row.runs_on);
        let first = usize::from(rows.first.get());
        let links = self.links.get(first..first + usize::from(rows.len.get())).unwrap_or(&[]);
        links.iter().map(|link| Provider(link.get()))
    }

    pub fn runs_on(&self, provider: Provider, network: Provider) -> bool {
        self.networks_of(provider).any(|other| other == network)
    }

    /// Is any list of addresses this provider's?
    pub fn has_addresses(&self, provider: Provider) -> bool {
        self.is_listed(provider, LISTED)
    }

    /// Does a list name machines of its own at the edge or on its platform?
    pub fn has_own_addresses(&self, provider: Provider) -> bool {
        self.is_listed(provider, LISTED_OWN)
    }

    /// Does the provider publish the addresses of all its edge machines? One that is missing there is none of them.
    pub fn publishes_edge(&self, provider: Provider) -> bool {
        self.is_listed(provider, LISTED_EDGE)
    }

    /// An address that the provider's list of edge machines leaves out, in this network, is none of them: where the list
    /// is whole, and otherwise where somebody else whom the dataset knows has the network.
    pub fn is_none_of_its_edge(&self, number: AsNumber, provider: Provider) -> bool {
        let listed = self.provider(provider).map_or(0, |row| row.listed);
        listed & LISTED_EDGE != 0 || listed & LISTED_SOME != 0 && self.sharing(number).next().is_some()
    }

    fn is_listed(&self, provider: Provider, how: u8) -> bool {
        self.provider(provider).is_some_and(|row| row.listed & how != 0)
    }

    /// The provider whose network this is. Of several that share it, the one on whose machines the others run.
    pub fn provider_of(&self, number: AsNumber) -> Option<Provider> {
        let sharing = || self.sharing(number);
        let carries = |owner: &Provider| sharing().all(|other| other == *owner || self.runs_on(other, *owner));
        let mut owners = sharing().filter(carries);
        owners.next().filter(|_| owners.next().is_none())
    }

    /// Is this one of the provider's networks, or of those that it runs on?
    pub fn is_network_of(&self, number: AsNumber, provider: Provider) -> bool {
        self.sharing(number).any(|owner| owner == provider || self.runs_on(provider, owner))
    }

    fn sharing(&self, number: AsNumber) -> impl Iterator<Item = Provider> + use<'d> {
        let first = self.networks.partition_point(|row| row.as_number.get() < number.0);
        let rows = self.networks.get(first..).unwrap_or(&[]);
        rows.iter().take_while(move |row| row.as_number.get() == number.0).map(|row| Provider(row.provider.get()))
    }

    /// The list and prefix that hold an address.
    pub fn holder(&self, address: IpAddr) -> Option<Holder> {
        let row = match net::canonical(address) {
            IpAddr::V4(v4) => {
                let bits = u32::from(v4);
                let after = self.starts4.partition_point(|start| start.get() <= bits);
                self.prefixes4.get(after.checked_sub(1)?)?
            }
            IpAddr::V6(v6) => {
                let bits = u128::from(v6);
                let key = ((bits >> 64) as u64, bits as u64);
                let after = self.starts6.partition_point(|start| (start.high.get(), start.low.get()) <= key);
                self.prefixes6.get(after.checked_sub(1)?)?
            }
        };
        (row.list.get() != NONE).then_some(Holder { list: row.list.get(), length: row.length })
    }

    pub fn list(&self, list: u16) -> Option<&'d ListRow> {
        self.lists.get(usize::from(list))
    }

    /// The place that a code means, in one coding: the number of a table of places.
    pub fn place(&self, coding: u16, code: &str) -> Option<&'d PlaceRow> {
        let code = code.as_bytes();
        let key = place_key(coding, code);
        let first = self.places.partition_point(|row| row.key.get() < key);
        let mut same = self.places.get(first..)?.iter().take_while(|row| row.key.get() == key);
        same.find(|row| self.bytes(row.code).eq_ignore_ascii_case(code))
    }

    /// How many records are about the site that a host belongs to. The whole rule is
    /// [`crate::records::table::Records::site_of`]; this is as much of it as the badge needs.
    pub fn records_about(&self, host: &str) -> u16 {
        let host = host.strip_suffix('.').unwrap_or(host);
        let row = suffixes(host.as_bytes()).find_map(|name| {
            let at = self.sites.binary_search_by(|row| self.bytes(row.domain).cmp(name)).ok()?;
            self.sites.get(at)
        });
        row.map_or(0, |row| row.records.get())
    }

    pub fn country(&self, code: [u8; 2]) -> Option<&'d CountryRow> {
        let at = self.countries.binary_search_by(|row| row.code.cmp(&code)).ok()?;
        self.countries.get(at)
    }
}

impl ProviderRow {
    pub fn has(&self, role: ProviderRole) -> bool {
        self.roles.get() & role.bit() != 0
    }

    fn has_any(&self, roles: &[ProviderRole]) -> bool {
        self.roles.get() & roles.iter().fold(0, |bits, role| bits | role.bit()) != 0
    }

    /// Does it stand in front of other people's servers?
    pub fn fronts(&self) -> bool {
        self.has_any(&[ProviderRole::Cdn, ProviderRole::ReverseProxy, ProviderRole::DdosProtection])
    }

    /// Does it hold sites, rather than only relay them?
    pub fn holds(&self) -> bool {
        use ProviderRole::{Hosting, ObjectStorage, Paas, SiteBuilder};
        self.has_any(&[Hosting, Paas, SiteBuilder, ObjectStorage])
    }

    /// Is it a platform, as against a renter of machines?
    pub fn is_platform(&self) -> bool {
        self.has_any(&[ProviderRole::Paas, ProviderRole::SiteBuilder, ProviderRole::LibraryCdn])
    }

    pub fn origin(&self) -> OriginPolicy {
        match self.origin {
            0 => OriginPolicy::Masks,
            1 => OriginPolicy::Shows,
            _ => OriginPolicy::Depends,
        }
    }

    pub fn server(&self) -> ServerField {
        match self.server {
            1 => ServerField::Overwrites,
            2 => ServerField::Passes,
            _ => ServerField::Unknown,
        }
    }

    pub fn via(&self) -> ViaField {
        match self.via {
            1 => ViaField::Appends,
            2 => ViaField::Sometimes,
            3 => ViaField::Passes,
            4 => ViaField::Drops,
            _ => ViaField::Unknown,
        }
    }

    pub fn pop_coding(&self) -> PopCoding {
        match self.pop_coding {
            1 => PopCoding::Iata,
            2 => PopCoding::Own,
            3 => PopCoding::OwnThenIata,
            _ => PopCoding::Raw,
        }
    }
}

impl Slot {
    pub fn always(&self) -> Option<ReadAlways> {
        let (_, field) = ReadAlways::ALL.get(usize::from(self.always).checked_sub(1)?)?;
        Some(*field)
    }

    pub fn has_members(&self) -> bool {
        self.members != 0
    }

    pub fn has_masks(&self) -> bool {
        self.masks.get() != NONE
    }
}

impl RuleRow {
    pub fn provider(&self) -> Provider {
        Provider(self.provider.get())
    }

    pub fn place(&self) -> Option<Where> {
        Some(match self.place {
            0 => Where::Field,
            1 => Where::Member,
            2 => Where::CacheStatus,
            3 => Where::Metric,
            4 => Where::Cookie,
            5 => Where::Host,
            6 => Where::CanonicalName,
            7 => Where::Issuer,
            _ => return None,
        })
    }

    /// Does it look at members of a list, rather than at a whole value?
    pub fn is_of_members(&self) -> bool {
        self.place == Where::Member as u8
    }

    pub fn strength(&self) -> Strength {
        match self.strength {
            1 => Strength::Weak,
            2 => Strength::Strong,
            3 => Strength::Definitive,
            _ => Strength::Reading,
        }
    }

    pub fn layer(&self) -> Layer {
        match self.layer {
            1 => Layer::LastWriter,
            2 => Layer::Origin,
            _ => Layer::Any,
        }
    }
}

impl PlaceRow {
    /// Number of the table of places that it stands in.
    pub fn coding(&self) -> u16 {
        (self.key.get() >> 32) as u16
    }
}

impl ListRow {
    pub fn provider(&self) -> Provider {
        Provider(self.provider.get())
    }

    pub fn machines(&self) -> Provider {
        Provider(self.machines.get())
    }

    /// Does the provider itself publish the list?
    pub fn is_published(&self) -> bool {
        self.basis == 0
    }

    /// Does it hold a host's whole network, rather than edge machines or one platform's addresses?
    pub fn is_network(&self) -> bool {
        self.covers == 2
    }
}

/// By this, places are sorted: codes are rarely longer than four bytes, and have no case.
pub fn place_key(coding: u16, code: &[u8]) -> u64 {
    let first = (0..4).fold(0, |key, at| key << 8 | u64::from(code.get(at).map_or(0, u8::to_ascii_lowercase)));
    u64::from(coding) << 32 | first
}

fn slice(section: &[u8], text: Text) -> &[u8] {
    let start = text.start.get() as usize;
    section.get(start..start.saturating_add(usize::from(text.len.get()))).unwrap_or(&[])
}

fn rows(slot: Option<&Slot>) -> Range<u16> {
    let (first, len) = slot.map_or((0, 0), |slot| (slot.rules.first.get(), slot.rules.len.get()));
    first..first.saturating_add(len)
}

/// Hands out rules for a name, from its longest suffix to its shortest.
fn each_of_suffixes<'d>(tables: &Tables<'d>, slots: &'d [Slot], name: &[u8], mut each: impl FnMut(Rule)) {
    for suffix in suffixes(name) {
        rows(find_slot(tables, slots, suffix).map(|(_, slot)| slot)).for_each(|rule| each(Rule(rule)));
    }
}

/// Slots number a power of two; a key stands at its hash or in one of the slots after it.
#[inline(always)]
fn find_slot<'d>(tables: &Tables<'d>, slots: &'d [Slot], key: &[u8]) -> Option<(usize, &'d Slot)> {
    let first = hash(key) as usize & slots.len().checked_sub(1)?;
    let slot = slots.get(first)?;
    // Most names are none, and most of those end at the first look.
    if slot.key.len.get() == 0 { None } else { seek(tables, slots, key, first, slot) }
}

/// From the slot at the key's hash on.
fn seek<'d>(
    tables: &Tables<'d>,
    slots: &'d [Slot],
    key: &[u8],
    mut at: usize,
    mut slot: &'d Slot,
) -> Option<(usize, &'d Slot)> {
    for _ in slots {
        match usize::from(slot.key.len.get()) {
            0 => return None,
            len if len == key.len() && same(tables.bytes(slot.key), key) => return Some((at, slot)),
            _ => at = (at + 1) & (slots.len() - 1),
        }
        slot = slots.get(at)?;
    }
    None
}

/// Without regard to the case of letters; nearly all names are written as they are kept.
fn same(kept: &[u8], name: &[u8]) -> bool {
    bytes::equal(kept, name) || kept.eq_ignore_ascii_case(name)
}

/// The name itself and each of its suffixes at a label boundary, without a final dot.
fn suffixes(name: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = name.strip_suffix(b".").unwrap_or(name);
    std::iter::from_fn(move || {
        let suffix = rest;
        rest = bytes::position(suffix, b'.', 0).map_or(&[], |dot| &suffix[dot + 1..]);
        (!suffix.is_empty()).then_some(suffix)
    })
}
