//! What is concluded from one response, and from what. Providers are row numbers of the tables in use.

use std::borrow::Cow;

use super::pattern::Span;
use super::short::Short;
use super::table::{Holder, NONE, Provider, ProviderRow, Rule, Tables};
use super::vocabulary::{CacheWord, Grade, PopCoding};
use crate::net::Reach;
use crate::net::operators::AsNumber;

/// The answer to "who delivered this copy?", with everything that led to it.
#[derive(Clone, Debug)]
pub struct Verdict<'a> {
    /// Operator of the machine that answered, where one can be named.
    pub delivered_by: Option<Provider>,
    /// Network that announces the address which answered, where the table of operators is loaded.
    pub operator: Option<AsNumber>,
    pub grade: Grade,
    /// Why this is the answer, or why there is none.
    pub reason: Reason,
    /// From the reader towards the origin server. Gaps between them are not excluded.
    pub layers: Short<LayerFound, 4>,
    /// Whose machine or platform holds the site, where that can be told.
    pub hosted_at: Option<Provider>,
    pub origin: Origin,
    pub pop: Option<Pop<'a>>,
    pub copy: Copy,
    /// What the deliverer's cache word was, and what it means.
    pub word: Option<(Cow<'a, str>, CacheWord)>,
    /// Age of the copy in seconds (RFC 9111, section 5.1), where it belongs to the copy that was sent.
    pub age_s: Option<u64>,
    pub conflicts: Vec<Conflict>,
    pub evidence: Vec<Evidence<'a>>,
    /// Fields and pieces of evidence beyond the limits, which nobody weighed.
    pub left_out: usize,
}

impl Verdict<'_> {
    /// Did this layer take part when the copy was stored, perhaps not now?
    ///
    /// A stored copy bears the marks of the day it was stored: whoever relayed it then may have no part now.
    pub fn when_stored(&self, layer: &LayerFound) -> bool {
        layer.when_stored || self.copy == Copy::Stored && layer.role == LayerRole::Inner
    }

    /// Is the machine that answered the site's own server, as far as can be seen, and not a store's in its network?
    pub fn is_by_origin(&self) -> bool {
        self.origin == Origin::Visible && self.hosted_at == self.delivered_by
    }
}

/// Why a provider was named, or why none was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// The address stands on a list of the provider's edge machines or own addresses.
    Address,
    /// The address stands on one provider's addresses, which lead to another's machines.
    AddressOnMachines { platform: Provider },
    /// The address stands in a host's network; nothing speaks for a provider in front.
    HostNetwork,
    /// The address stands in a network whose machines the provider rents, and its own marks agree.
    RentedMachine { network: Provider },
    /// No list knows the address; the fields speak for one provider.
    Fields,
    /// Fields speak for a platform that is always delivered by this provider.
    PlatformCarrier { platform: Provider },
    /// The network that answered is one of the provider's; no list holds the address, no field speaks.
    Network { number: AsNumber },
    /// Only the name of the host speaks.
    HostName,
    /// Only the canonical name of the host speaks.
    CanonicalName,
    /// No address, and no field that anybody is known by.
    NothingSeen,
    /// An address that no list holds, and no field that anybody is known by.
    AddressUnlisted,
    /// No list holds the address, no field speaks, and the operator of its network is no provider known here.
    Operator { number: AsNumber },
    /// An address that names nobody, and no field that anybody is known by.
    AddressSpecial { reach: Reach },
    /// A proxy answered for the server, and no field that anybody is known by.
    BehindProxy,
    /// Marks were stored with the copy; who sent it now is not visible.
    OnlyFossils { provider: Provider },
    /// Marks that others send too.
    OnlyWeak,
    /// The name of the host names a service that others deliver.
    ServiceOnly { provider: Provider },
    /// Too many providers' marks at once.
    Contradiction,
    /// The browser redirected by itself, and asked nobody.
    MadeByBrowser,
}

/// One layer of the delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LayerFound {
    pub provider: Provider,
    pub role: LayerRole,
    /// It took part when the copy was stored, not now.
    pub when_stored: bool,
}

/// What a layer does in the chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum LayerRole {
    /// Its machine held the reader's connection.
    #[default]
    Edge,
    /// It relayed behind the edge.
    Inner,
    /// The site lives on its platform.
    Platform,
    /// The machine stands in its network.
    Host,
    /// The file lies in its storage.
    Storage,
    /// Its machine is the origin server, with nothing in front.
    Origin,
}

impl LayerRole {
    /// As written in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Edge => "edge",
            Self::Inner => "inner",
            Self::Platform => "platform",
            Self::Host => "host",
            Self::Storage => "storage",
            Self::Origin => "origin",
        }
    }
}

/// Can the reader see the origin server?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It is the machine that answered.
    Visible,
    /// The deliverer answers for servers that stay out of sight, and nothing hints at this one.
    Hidden,
    /// Something behind the deliverer left its mark.
    Hinted,
    /// From here it cannot be told.
    Unobservable,
}

impl Origin {
    /// As written in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Visible => "visible",
            Self::Hidden => "hidden",
            Self::Hinted => "hinted",
            Self::Unobservable => "unobservable",
        }
    }
}

/// Did the deliverer hand out a copy that it keeps?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copy {
    Stored,
    /// It asked on and passed the answer.
    Passed,
    /// It keeps a copy, and had it confirmed for this request.
    Revalidated,
    Unknown,
}

impl Copy {
    /// As written in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Stored => "stored",
            Self::Passed => "passed",
            Self::Revalidated => "revalidated",
            Self::Unknown => "unknown",
        }
    }
}

/// The point of presence that answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pop<'a> {
    /// The provider's own token, as sent.
    pub code: Cow<'a, str>,
    /// The table of places that knows the code, as `Tables::place` takes it.
    pub coding: Option<u16>,
}

impl<'a> Pop<'a> {
    /// A code as a provider sent it, with the table of places that knows it, if one does.
    pub fn read(provider: Provider, code: Cow<'a, str>, tables: &Tables<'_>) -> Self {
        let row = tables.provider(provider);
        let own = row.map(|row| row.places.get()).filter(|coding| *coding != NONE);
        let codings = match row.map_or(PopCoding::Raw, ProviderRow::pop_coding) {
            PopCoding::Raw => [None, None],
            PopCoding::Iata => [None, Some(0)],
            PopCoding::Own => [own, None],
            PopCoding::OwnThenIata => [own, Some(0)],
        };
        let coding = codings.into_iter().flatten().find(|coding| tables.place(*coding, &code).is_some());
        Self { code, coding }
    }
}

/// Two observations that do not go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Conflict {
    /// The address is one operator's, live fields are another's who has no machines there.
    AddressAgainstFields { address: Provider, fields: Provider },
    /// Fields are those of a provider that publishes all its addresses; this one is in another's network.
    OperatorAgainstFields { operator: AsNumber, fields: Provider },
    /// Two providers' fields both look as if they answered.
    TwoInFront { first: Provider, second: Provider },
    /// More providers left live marks than a delivery has layers.
    TooMany { count: u16 },
}

/// One thing that was seen, verbatim, and what it speaks for.
#[derive(Clone, Debug)]
pub struct Evidence<'a> {
    pub provider: Provider,
    pub basis: Basis,
    /// Field name in lower case, or `host`, `canonical name`, `certificate issuer`, `server address`.
    pub field: &'a str,
    /// What was compared: a value, a member of a list, a cookie's name.
    pub value: Cow<'a, [u8]>,
    /// Number of this member from zero, and how many there were.
    pub member: (u16, u16),
    /// Where in `value` the code of a point of presence stands.
    pub pop: Option<Span>,
    /// Where in `value` a cache word stands.
    pub word: Option<Span>,
    /// What `Cache-Status` says of this cache (RFC 9211).
    pub says: Option<CacheWord>,
    pub clock: Option<Stamp>,
    /// Age of its copy by the provider's own counter, in seconds.
    pub age_s: Option<u32>,
}

impl<'a> Evidence<'a> {
    /// A part of the value as text; it is copied only where it has to be.
    pub fn text(&self, part: Option<Span>) -> Option<Cow<'a, str>> {
        let part = part?;
        match &self.value {
            Cow::Borrowed(value) => part.of(value).map(String::from_utf8_lossy),
            Cow::Owned(value) => part.of(value).map(|text| String::from_utf8_lossy(text).into_owned().into()),
        }
    }
}

/// What stands behind a piece of evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    Rule(Rule),
    Prefix(Holder),
}

/// A clock found in a field, against the browser's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    pub at_ms: i64,
    pub freshness: Freshness,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Freshness {
    /// Within a minute of now: the layer handled this very request.
    Fresh,
    /// Older: the layer took part when the copy was stored.
    Fossil,
    /// There is no clock to compare with.
    Undated,
}
