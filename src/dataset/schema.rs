//! The data files as types. This is the only description of the format: the reference in
//! `data/README.md` is generated from these comments, and a test compares the two.

pub mod records;

use serde::{Deserialize, Serialize};

use crate::detect::vocabulary::{
    CacheWord, Layer, OriginPolicy, PopCoding, ProviderRole, ServerField, Strength, ViaField,
};

/// `data/providers/<id>.toml`: one provider. The file name is its id.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Provider {
    /// As the provider writes it.
    pub name: String,
    /// What the toolbar badge shows: one to four characters.
    pub short: String,
    /// The company behind the name, as registered.
    #[serde(default)]
    pub legal_entity: Option<String>,
    /// Country of the head office, ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: Option<String>,
    /// The provider's own home page.
    pub homepage: String,
    /// What it does; see the roles.
    pub roles: Vec<ProviderRole>,
    /// Whether the origin server can be seen when this provider answered.
    pub origin: OriginPolicy,
    /// Ids of providers whose machines it uses: those networks then speak for it together with its own marks.
    #[serde(default)]
    pub runs_on: Vec<String>,
    /// Its own networks (RFC 6793).
    #[serde(default)]
    pub as_numbers: Vec<u32>,
    /// Set when the provider no longer exists under this name: since when, and what became of it.
    #[serde(default)]
    pub ended: Option<Ended>,
    /// What its machines do with fields of inner layers.
    #[serde(default)]
    pub behaviour: Option<Behaviour>,
    /// How codes of its points of presence are written.
    #[serde(default)]
    pub pop_coding: PopCoding,
    /// Cache words, compared without regard to case, and what each says.
    #[serde(default)]
    pub cache_words: std::collections::BTreeMap<String, CacheWord>,
    /// Lists of addresses in `data/fetched/`.
    #[serde(default)]
    pub prefixes: Vec<Prefixes>,
    /// Its own pages for reports, terms and disclosures.
    #[serde(default)]
    pub contacts: Option<records::Contacts>,
    /// The rules by which it is recognised.
    #[serde(default)]
    pub signature: Vec<Signature>,
}

/// The end of a provider.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Ended {
    pub on: toml::value::Datetime,
    /// What became of it, in one sentence.
    pub what: String,
    pub source: String,
}

/// What a provider's machines do with fields that an inner layer wrote.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Behaviour {
    #[serde(default)]
    pub server: ServerField,
    #[serde(default)]
    pub via: ViaField,
    /// A page of the provider, or `observed`.
    pub source: String,
    /// When somebody last compared this with the source.
    pub checked: toml::value::Datetime,
}

/// A list of addresses that names the provider's machines.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Prefixes {
    /// File name in `data/fetched/`, without `.txt`.
    pub list: String,
    /// Whose machines answer on these addresses, when not the provider's own.
    #[serde(default)]
    pub machines: Option<String>,
    /// `published` by the provider itself, or `routing`: gathered from routing or registry data by others.
    pub basis: Basis,
    /// What the list covers: the narrowest kind that holds an address wins, then the longest prefix.
    pub covers: Covers,
    /// `false` where machines of this kind also stand on addresses that the list leaves out, as in networks of access
    /// providers: an address that is missing then speaks against the provider only in the network of another one.
    #[serde(default = "all_of_them", skip_serializing_if = "Clone::clone")]
    pub complete: bool,
}

fn all_of_them() -> bool {
    true
}

/// Who states that these addresses are the provider's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Basis {
    /// The provider publishes the list.
    Published,
    /// Routing or registry data gathered by others.
    Routing,
}

/// What a list of addresses covers; narrower first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Covers {
    /// Edge machines only.
    Edge,
    /// A platform's own addresses, whoever's machines they lead to.
    Platform,
    /// A host's whole network: rented machines, own services, everything.
    Network,
}

/// One rule. Exactly one of `field`, `list`, `cache-status`, `metric`, `cookie`, `host`,
/// `canonical-name` and `issuer` says where it looks.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Signature {
    /// Told apart from others of the same provider by this; made from the place when absent.
    #[serde(default)]
    pub id: Option<String>,
    /// Field name; the pattern is compared with the whole value, or, without a pattern, presence suffices.
    #[serde(default)]
    pub field: Option<String>,
    /// Field name; the pattern is compared with each member of the list, the last being nearest the reader.
    #[serde(default)]
    pub list: Option<String>,
    /// Cache name in a member of `Cache-Status` (RFC 9211), as a pattern.
    #[serde(default)]
    pub cache_status: Option<String>,
    /// Metric of `Server-Timing`, as a pattern over `name` or `name;desc=value`.
    #[serde(default)]
    pub metric: Option<String>,
    /// Cookie name, as a pattern. Values are never read.
    #[serde(default)]
    pub cookie: Option<String>,
    /// Host of the URL: `.example.com` for names below it, `example.com` for it and names below it, or a pattern ending in one.
    #[serde(default)]
    pub host: Option<String>,
    /// Canonical name of the host, written like `host`.
    #[serde(default)]
    pub canonical_name: Option<String>,
    /// Issuer of the certificate, as a pattern.
    #[serde(default)]
    pub issuer: Option<String>,
    /// For `field` and `list`.
    #[serde(default)]
    pub pattern: Option<String>,
    /// Literals are compared without regard to case unless this is set.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub case_sensitive: bool,
    pub strength: Strength,
    /// Which layer it attests; `any` unless said otherwise.
    #[serde(default = "any_layer")]
    pub layer: Layer,
    /// A page that documents it, or `observed`.
    pub source: String,
    /// When somebody last compared the rule with its source.
    pub checked: toml::value::Datetime,
    /// Who did.
    pub by: String,
    /// What it proves and what it does not, in English; where it is said, it is said in French too.
    #[serde(default)]
    pub why: Option<String>,
    /// The same in French.
    #[serde(default)]
    pub why_fr: Option<String>,
    /// Values that must match.
    #[serde(default)]
    pub example: Vec<Example>,
    /// Values that must not match.
    #[serde(default)]
    pub counter_example: Vec<CounterExample>,
}

fn any_layer() -> Layer {
    Layer::Any
}

/// A value that the rule must match, and what it must read from it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Example {
    pub value: String,
    /// Code of the point of presence that is read.
    #[serde(default)]
    pub pop_code: Option<String>,
    /// Cache word that is read.
    #[serde(default)]
    pub word: Option<String>,
    /// Instant that is read from a clock in the value.
    #[serde(default)]
    pub clock: Option<toml::value::Datetime>,
}

/// A value that looks alike and must not match.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CounterExample {
    pub value: String,
}

/// `data/places/<coding>.toml`: codes of points of presence; `iata.toml`, or a provider's own under its id.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Places {
    /// Where the table comes from.
    pub source: String,
    pub checked: toml::value::Datetime,
    pub place: std::collections::BTreeMap<String, Place>,
}

/// Where one code stands.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Place {
    /// City, in English.
    pub city: String,
    /// City in French, where it differs.
    #[serde(default)]
    pub city_fr: Option<String>,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    #[serde(default = "observed")]
    pub confidence: Confidence,
}

fn observed() -> Confidence {
    Confidence::Observed
}

/// How a place is known; an inferred one is shown as its country only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Confidence {
    Documented,
    Observed,
    Inferred,
}

/// `data/countries.toml`: names of countries in both languages.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Countries {
    /// Where the names come from, with its version.
    pub source: String,
    pub country: std::collections::BTreeMap<String, CountryName>,
}

/// One country.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct CountryName {
    pub en: String,
    pub fr: String,
}

/// `data/operators/source.toml`: the text from which the table of operators is made, pinned by hash.
/// The text itself is not in this folder: `./build.sh` fetches it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Operators {
    /// The package, as its publisher calls it.
    pub name: String,
    pub version: String,
    /// The day the publisher gave it out: the table's own date.
    pub published: toml::value::Datetime,
    pub homepage: String,
    /// Licences and attributions, as they are shown with every answer.
    pub licence: String,
    pub file: Vec<OperatorsFile>,
    /// What the last table amounted to that somebody looked at.
    pub last: Figures,
}

/// One file of a source of operators: rows of comma-separated values (RFC 4180) in UTF-8, without a head.
/// A row of `operators` is first address, last address, AS number, name: `192.0.2.0,192.0.2.255,64496,"Example, Inc."`.
/// A row of `countries` is first address, last address, country (ISO 3166-1 alpha-2). Both ends belong to
/// the range; IPv4 and IPv6 may stand in one file; the order does not matter; what no row holds is nobody's.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OperatorsFile {
    /// Where it lies in the folder of what was fetched.
    pub path: String,
    pub holds: Holds,
    /// Of the file's bytes, in hexadecimal digits.
    pub sha256: String,
}

/// What the rows of a file say of their addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// Whose network they are.
    Operators,
    /// In which country they are registered; the plurality of an operator's addresses gives its home country.
    Countries,
}

/// How large a table of operators is. A new one that differs too much is refused.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Figures {
    pub ipv4_ranges: u64,
    pub ipv6_ranges: u64,
    /// IPv4 addresses that somebody announces.
    pub ipv4_addresses: u64,
    pub as_numbers: u64,
    /// AS numbers that have a name.
    pub names: u64,
    /// AS numbers that have a home country.
    pub countries: u64,
    /// How much each may grow or shrink.
    pub may_change_percent: u32,
}
