//! The words that records, sites, contacts and authorities share: closed lists, each word with its meaning.
//!
//! Their names and definitions in both languages stand in [`crate::ui::words`].

use serde::{Deserialize, Serialize};

/// What kind of matter a record is about. The list is closed: a record that fits none of these is
/// not written until the list has a word for it, with its definition in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Kind {
    /// A provider ended a customer's service.
    ServiceTerminated,
    /// A provider declined to take a customer, or would not go on carrying one.
    ServiceRefused,
    /// A provider kept a customer whom others asked it to drop.
    ServiceContinuedUnderCriticism,
    /// A provider made the removal of certain content the condition of further service.
    ContentDemand,
    /// A provider left a country or a market.
    ServiceWithdrawn,
    /// A provider closed a service for all its customers.
    ServiceShutdown,
    /// A court decided.
    CourtRuling,
    /// A regulator or another authority acted.
    RegulatorAction,
    /// Economic sanctions, or a dispute over whether a service breaks them.
    Sanctions,
    /// A service did not work for many of its users.
    Outage,
    /// Data or machines were reached by somebody who should not have reached them, or could have been.
    SecurityIncident,
    /// Code that others' sites load from the provider was changed by somebody else.
    SupplyChain,
    /// Personal data, tracking, or demands for users' data.
    Privacy,
    /// What the provider publishes, or does not, about itself and its decisions.
    Transparency,
    /// Prices, contracts and terms of use.
    CommercialTerms,
    /// Working conditions, dismissals, disputes with employees.
    Labour,
    /// Employees or customers object to whom the provider works for.
    LabourEthics,
    /// Energy, water, emissions.
    Environment,
}

impl Kind {
    /// In the order of their numbers.
    pub const ALL: [Self; 18] = [
        Self::ServiceTerminated,
        Self::ServiceRefused,
        Self::ServiceContinuedUnderCriticism,
        Self::ContentDemand,
        Self::ServiceWithdrawn,
        Self::ServiceShutdown,
        Self::CourtRuling,
        Self::RegulatorAction,
        Self::Sanctions,
        Self::Outage,
        Self::SecurityIncident,
        Self::SupplyChain,
        Self::Privacy,
        Self::Transparency,
        Self::CommercialTerms,
        Self::Labour,
        Self::LabourEthics,
        Self::Environment,
    ];
}

/// How a matter stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Status {
    /// It goes on: proceedings, talks or the state of affairs itself.
    Ongoing,
    /// Those concerned contradict each other on what happened, and nobody has decided.
    Disputed,
    /// It came to an end.
    Resolved,
    /// A later matter took its place.
    Superseded,
}

impl Status {
    /// In the order of their numbers, which is the order of display.
    pub const ALL: [Self; 4] = [Self::Ongoing, Self::Disputed, Self::Resolved, Self::Superseded];
}

/// Whether a record is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum State {
    /// Shown: everything that the policy demands is there.
    #[default]
    Published,
    /// Not shown, and never compiled in: something that the policy demands is missing.
    Draft,
    /// Taken back; a stub with the reason stays.
    Withdrawn,
}

/// What kind of source a source is. Campaign groups are always labelled as such.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum SourceKind {
    /// The words of somebody who is concerned: a statement, a report, a contract.
    Primary,
    /// A judgment or an order.
    Court,
    /// A decision or a publication of an authority.
    Regulator,
    /// An established newsroom.
    Press,
    /// Research.
    Academic,
    /// A group that campaigns for something.
    Campaign,
    /// An encyclopedia, a register, an archive.
    Reference,
}

impl SourceKind {
    /// In the order of their numbers.
    pub const ALL: [Self; 7] =
        [Self::Primary, Self::Court, Self::Regulator, Self::Press, Self::Academic, Self::Campaign, Self::Reference];

    /// Does the source come from those who acted or decided?
    pub fn is_primary(self) -> bool {
        matches!(self, Self::Primary | Self::Court | Self::Regulator)
    }
}

/// How an address of a provider or an authority is known. Only what is official is ever shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressBasis {
    /// Read on the provider's or the authority's own pages.
    Official,
    /// Named by somebody else; kept to be checked, never compiled in.
    ThirdParty,
}

/// What an address of a provider is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum ContactKind {
    /// The form by which abuse is reported.
    ReportAbuse,
    /// The mailbox for reports of abuse.
    AbuseEmail,
    /// What customers may not do.
    AcceptableUse,
    /// Reports on requests and removals.
    TransparencyReport,
    /// The page for authorities.
    LawEnforcement,
    /// The contact point that Regulation (EU) 2022/2065 asks for.
    DsaContact,
    /// The provider's page on that regulation.
    DsaPage,
    /// Where weaknesses of its systems are reported.
    Security,
}

impl ContactKind {
    /// In the order of their numbers.
    pub const ALL: [Self; 8] = [
        Self::ReportAbuse,
        Self::AbuseEmail,
        Self::AcceptableUse,
        Self::TransparencyReport,
        Self::LawEnforcement,
        Self::DsaContact,
        Self::DsaPage,
        Self::Security,
    ];
}

/// What kind of body an authority is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum AuthorityKind {
    /// The police, or a platform that passes reports on to it.
    Police,
    /// A body for crimes on the network.
    Cybercrime,
    /// A line that takes reports of illegal content and passes them on.
    Hotline,
    /// The Digital Services Coordinator of a country, Regulation (EU) 2022/2065, article 49.
    DsaCoordinator,
    /// A body whose reports platforms treat first, article 22 of the same regulation.
    TrustedFlagger,
    /// A regulator of media or communications.
    Regulator,
    /// A data protection authority.
    DataProtection,
    /// Consumer protection.
    Consumer,
    /// A body for equal treatment.
    EqualityBody,
    /// Help for those who are concerned themselves.
    Helpline,
    /// A network of bodies.
    Network,
    /// A public guide to the right body.
    Guide,
}

impl AuthorityKind {
    /// In the order of their numbers.
    pub const ALL: [Self; 12] = [
        Self::Police,
        Self::Cybercrime,
        Self::Hotline,
        Self::DsaCoordinator,
        Self::TrustedFlagger,
        Self::Regulator,
        Self::DataProtection,
        Self::Consumer,
        Self::EqualityBody,
        Self::Helpline,
        Self::Network,
        Self::Guide,
    ];
}

/// The words as the data files, attributes and reports write them.
macro_rules! written {
    ($($kind:ident { $($word:ident $text:literal),* $(,)? })*) => {
        $(impl $kind {
            /// As data files and reports write it.
            pub fn word(self) -> &'static str {
                match self { $(Self::$word => $text),* }
            }
        })*
    };
}

written! {
    Kind {
        ServiceTerminated "service-terminated", ServiceRefused "service-refused",
        ServiceContinuedUnderCriticism "service-continued-under-criticism", ContentDemand "content-demand",
        ServiceWithdrawn "service-withdrawn", ServiceShutdown "service-shutdown", CourtRuling "court-ruling",
        RegulatorAction "regulator-action", Sanctions "sanctions", Outage "outage",
        SecurityIncident "security-incident", SupplyChain "supply-chain", Privacy "privacy",
        Transparency "transparency", CommercialTerms "commercial-terms", Labour "labour",
        LabourEthics "labour-ethics", Environment "environment",
    }
    Status { Ongoing "ongoing", Disputed "disputed", Resolved "resolved", Superseded "superseded" }
    State { Published "published", Draft "draft", Withdrawn "withdrawn" }
    SourceKind {
        Primary "primary", Court "court", Regulator "regulator", Press "press", Academic "academic",
        Campaign "campaign", Reference "reference",
    }
    ContactKind {
        ReportAbuse "report-abuse", AbuseEmail "abuse-email", AcceptableUse "acceptable-use",
        TransparencyReport "transparency-report", LawEnforcement "law-enforcement", DsaContact "dsa-contact",
        DsaPage "dsa-page", Security "security",
    }
    AuthorityKind {
        Police "police", Cybercrime "cybercrime", Hotline "hotline", DsaCoordinator "dsa-coordinator",
        TrustedFlagger "trusted-flagger", Regulator "regulator", DataProtection "data-protection",
        Consumer "consumer", EqualityBody "equality-body", Helpline "helpline", Network "network", Guide "guide",
    }
}
