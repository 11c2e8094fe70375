//! The words that signatures and verdicts are written in. The data files and the image use them too.

use serde::{Deserialize, Serialize};

/// What a provider does. One provider may do several; the verdict asks whether it stands in front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum ProviderRole {
    /// Keeps copies near readers and answers from them.
    Cdn,
    /// Stands in front of other people's servers and relays.
    ReverseProxy,
    DdosProtection,
    Waf,
    Dns,
    /// Rents machines or web space: the site's own server may stand there.
    Hosting,
    /// Runs other people's programs on its own platform.
    Paas,
    ObjectStorage,
    SiteBuilder,
    /// Serves well-known libraries under its own host names.
    LibraryCdn,
    /// The network of one company's own sites.
    FirstParty,
}

impl ProviderRole {
    pub const fn bit(self) -> u32 {
        1 << self as u32
    }
}

/// How much a signature proves, where it matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Strength {
    /// Proves nothing: it only reads a place, a clock or a cache word once the provider is known to take part.
    Reading,
    /// Others send it too; it may break a tie.
    Weak,
    /// Rarely anybody else.
    Strong,
    /// Only this provider's systems write it. It proves that the provider took part, not that it was outermost.
    Definitive,
}

/// Which layer of the delivery a signature attests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Layer {
    /// May have been written at any depth and have passed outward.
    Any,
    /// The provider overwrites this field on every response, so an outer layer kept it or is this provider.
    LastWriter,
    /// Written by the origin server or its storage.
    Origin,
}

/// Whether a reader can see the origin server when this provider answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum OriginPolicy {
    /// It relays for servers that stay out of sight.
    Masks,
    /// Its machine is the origin server.
    Shows,
    /// Usually it holds the site, but it can relay.
    Depends,
}

/// What a provider does with a field that an inner layer wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum ServerField {
    #[default]
    Unknown,
    /// Replaces `Server` by its own name on every response.
    Overwrites,
    /// Leaves the inner value.
    Passes,
}

/// What a provider does with `Via` in responses (RFC 9110, section 7.6.3: a gateway may stay silent).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum ViaField {
    #[default]
    Unknown,
    /// Adds itself on every response: its absence at the last place means that it is not outermost.
    Appends,
    /// Adds itself on some responses.
    Sometimes,
    /// Adds nothing and lets inner entries pass.
    Passes,
    /// Removes the field: its presence means that this provider is not outermost.
    Drops,
}

/// What a cache word says about the copy at the provider that wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum CacheWord {
    /// This response was a stored copy.
    Stored,
    /// A stored copy of another tier of the same provider.
    StoredElsewhere,
    /// A stored copy that the origin confirmed for this request.
    Revalidated,
    /// Fetched for this request; it may be kept from now on.
    Fetched,
    /// Relayed and not kept.
    Passed,
    /// Made by the provider itself: neither copy nor origin.
    Made,
}

/// How codes of a provider's points of presence are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum PopCoding {
    /// Codes are shown as sent and not decoded.
    #[default]
    Raw,
    /// IATA airport or metropolitan codes.
    Iata,
    /// The provider's own codes, in `data/places/<provider>.toml`.
    Own,
    /// Own codes first, then IATA.
    OwnThenIata,
}

/// Where in a response a signature looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Where {
    /// A field's whole value, one line at a time.
    Field,
    /// Each member of a list-based field (RFC 9110, section 5.6.1); the last stands nearest the reader.
    Member,
    /// The cache name of each member of `Cache-Status` (RFC 9211).
    CacheStatus,
    /// Each metric of `Server-Timing`, as `name` or `name;desc=value`.
    Metric,
    /// The name of each cookie that is set; values are never read.
    Cookie,
    /// The host of the URL.
    Host,
    /// The canonical name of the host, where the browser tells it.
    CanonicalName,
    /// The issuer of the server's certificate, where the browser tells it.
    Issuer,
}

/// How sure a claim is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Grade {
    Unknown,
    Possible,
    Likely,
    Certain,
}
