//! Records, sites, contacts and authorities: what is documented about those who deliver, and whom to turn to.

use serde::{Deserialize, Serialize};
use toml::value::Datetime;

use crate::records::vocabulary::{AddressBasis, AuthorityKind, Kind, SourceKind, State, Status};

/// `data/records/<id>.toml`: one documented matter. The file name is its id and never changes: people cite it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Record {
    /// Ids of the providers it is about.
    #[serde(default)]
    pub providers: Vec<String>,
    /// Sites it is about, as their files in `data/sites/` are called.
    #[serde(default)]
    pub sites: Vec<String>,
    /// `2019`, `2019-08` or `2019-08-05`: as precise as it is known; `2004/2010` for a stretch, `2022-09/` for one that lasts, as every ongoing matter does.
    pub date: String,
    pub kind: Kind,
    pub status: Status,
    /// Id of the record that took its place; for `superseded` only.
    #[serde(default)]
    pub superseded_by: Option<String>,
    pub state: State,
    /// What a draft lacks, in English, for whoever takes it up.
    #[serde(default)]
    pub missing: Vec<String>,
    /// When it was withdrawn.
    #[serde(default)]
    pub withdrawn: Option<Datetime>,
    /// Why it was withdrawn: this stays on screen in its place.
    #[serde(default)]
    pub withdrawn_because: Option<Bilingual>,
    /// A page of current policy or case law that still cites it: then it does not leave the main view with age.
    #[serde(default)]
    pub still_cited: Option<String>,
    /// When somebody last compared it with its sources.
    pub reviewed: Datetime,
    /// When this has to be done again: within 6 months while it goes on, within 24 otherwise.
    pub review_due: Datetime,
    /// What it is about in at most 90 characters; it names an acquittal, an annulment, an appeal.
    #[serde(default)]
    pub title: Option<Bilingual>,
    /// What happened, in two or three sentences.
    #[serde(default)]
    pub summary: Option<Bilingual>,
    /// What the provider says, or that no statement was found.
    #[serde(default)]
    pub position: Option<Position>,
    /// How it ended, or how it stands.
    #[serde(default)]
    pub outcome: Option<Bilingual>,
    /// Why it cites no primary source. A published record has one, as a source or as the source of the position, or this.
    #[serde(default)]
    pub no_primary_source: Option<NoPrimarySource>,
    /// At least two for a published record, of different publishers.
    #[serde(default)]
    pub source: Vec<Source>,
    /// The sentences that carry the record, each with the page that confirms it.
    #[serde(default)]
    pub fact: Vec<Fact>,
    /// What was changed after publication, the newest last.
    #[serde(default)]
    pub change: Vec<Change>,
    /// What those who are named answered, free of charge and uncut.
    #[serde(default)]
    pub reply: Vec<Reply>,
}

/// A text in both languages.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Bilingual {
    /// English.
    pub en: String,
    /// French.
    pub fr: String,
}

/// What the provider says about the matter.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Position {
    pub en: String,
    pub fr: String,
    /// Where it says so; left out when none was found.
    #[serde(default)]
    pub source: Option<Source>,
}

/// A page that says it.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Source {
    pub publisher: String,
    /// As the page calls itself, in its own language.
    pub title: String,
    pub url: String,
    /// A copy in a public archive.
    #[serde(default)]
    pub archived: Option<String>,
    /// When it was published, as precise as it is known.
    #[serde(default)]
    pub date: Option<String>,
    /// ISO 639-1, as `en`.
    pub language: String,
    pub kind: SourceKind,
    /// When somebody read it.
    pub read: Datetime,
    /// Where it was read, when not at its address: in whose copy, or who quotes it word for word. In English, for
    /// whoever reviews the record; not shown.
    #[serde(default)]
    pub read_in: Option<String>,
}

/// That a record cites no primary source, for whoever reviews it; not shown.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct NoPrimarySource {
    /// When somebody last looked for one.
    pub searched: Datetime,
    /// In English: what there is or is said to be, with its address where that is known, and why it is not cited.
    pub because: String,
}

/// One thing that the record says.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fact {
    /// In English, for whoever reviews the record.
    pub says: String,
    /// The page that confirms it: one of the record's sources, or another.
    #[serde(default)]
    pub confirmed_by: Option<String>,
    /// Why it is not confirmed; in drafts only.
    #[serde(default)]
    pub unverified: Option<String>,
}

/// A change after publication.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Change {
    pub date: Datetime,
    pub en: String,
    pub fr: String,
}

/// An answer of somebody who is named.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Reply {
    pub date: Datetime,
    /// Who answers.
    pub from: String,
    pub en: String,
    pub fr: String,
}

/// `data/sites/<domain>.toml`: one site. The file name is its domain, as browsers write it: lower case,
/// names in other scripts in their `xn--` form.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Site {
    /// As the site writes it.
    pub name: String,
    /// Further domains under which it stands. Names below a domain belong to it too.
    #[serde(default)]
    pub domains: Vec<String>,
    /// Domains that it left and that somebody else may have by now: named, never matched.
    #[serde(default)]
    pub former_domains: Vec<String>,
    /// Its domains are written as text and never linked.
    #[serde(default)]
    pub never_link: bool,
    /// What courts and authorities decided about it.
    pub legal_status: LegalStatus,
    /// How it describes itself, where it is lawful.
    #[serde(default)]
    pub self_description: Option<SelfDescription>,
    /// How others called it: always by whom and when, never in our voice.
    #[serde(default)]
    pub characterisation: Vec<Characterisation>,
    /// Who served it when, as was reported: never a statement about today.
    #[serde(default)]
    pub provider_history: Vec<ProviderHistory>,
}

/// What courts and authorities decided about a site.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LegalStatus {
    pub en: String,
    pub fr: String,
    /// The court or authority, by its own name.
    #[serde(default)]
    pub court: Option<String>,
    /// When it decided.
    #[serde(default)]
    pub date: Option<String>,
    /// Which content, which name, which country.
    #[serde(default)]
    pub scope: Option<Bilingual>,
    /// The page that says so.
    #[serde(default)]
    pub source: Option<String>,
}

/// A site in its own words.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct SelfDescription {
    pub en: String,
    pub fr: String,
    /// The page that quotes it; never a page of a site that is never linked.
    pub source: String,
}

/// What somebody called a site.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Characterisation {
    pub en: String,
    pub fr: String,
    /// Who said it: a name, or an office. Both languages may say the same.
    pub by: Bilingual,
    /// When it was said.
    pub date: String,
    /// The page that says so.
    pub source: String,
}

/// Who served a site, as was reported.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProviderHistory {
    /// Id in `data/providers/`.
    #[serde(default)]
    pub provider: Option<String>,
    /// Instead of an id: the name of a provider that has no file.
    #[serde(default)]
    pub name: Option<Bilingual>,
    /// What it did for the site.
    pub role: Bilingual,
    /// Since when; `before 2019` where only that is known.
    pub from: String,
    /// Until when; left out where no end was reported, the same as `from` where one day was reported on.
    #[serde(default)]
    pub to: Option<String>,
    /// What else has to be said.
    #[serde(default)]
    pub note: Option<Bilingual>,
    /// The page that says so.
    pub source: String,
}

/// Part of a provider's file: its own pages for reports, terms and disclosures. Only `official` ones are shown.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Contacts {
    /// The form or page by which abuse is reported.
    #[serde(default)]
    pub report_abuse: Option<Contact>,
    /// The mailbox for reports of abuse.
    #[serde(default)]
    pub abuse_email: Option<Contact>,
    /// What customers may not do.
    #[serde(default)]
    pub acceptable_use: Option<Contact>,
    /// Reports on requests and removals.
    #[serde(default)]
    pub transparency_report: Option<Contact>,
    /// The page for authorities.
    #[serde(default)]
    pub law_enforcement: Option<Contact>,
    /// The contact point that Regulation (EU) 2022/2065 asks for.
    #[serde(default)]
    pub dsa_contact: Option<Contact>,
    /// The provider's page on that regulation.
    #[serde(default)]
    pub dsa_page: Option<Contact>,
    /// Where weaknesses of its systems are reported.
    #[serde(default)]
    pub security: Option<Contact>,
    /// What to expect of a report.
    #[serde(default)]
    pub notes: Option<Bilingual>,
}

/// An address of a provider: either `url` or `email`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Contact {
    #[serde(default)]
    pub url: Option<String>,
    #[serde(default)]
    pub email: Option<String>,
    pub basis: AddressBasis,
    /// The page on which it was read.
    pub source: String,
    pub checked: Datetime,
}

/// `data/authorities.toml`: public channels by country.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Authorities {
    #[serde(default)]
    pub authority: Vec<Authority>,
}

/// A body that takes reports or complaints.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Authority {
    /// ISO 3166-1 alpha-2, `EU`, or `INT` for a network over several countries.
    pub country: String,
    /// As it calls itself, with what that means where a reader has to know.
    pub name: Bilingual,
    pub kind: AuthorityKind,
    /// Is it a public authority? Associations do much of this work.
    pub public: bool,
    /// What it takes, and what it does with it.
    pub what_for: Bilingual,
    pub url: String,
    pub basis: AddressBasis,
    /// Languages in which it answers, ISO 639-1; `mul` for many.
    pub languages: Vec<String>,
    /// The page on which this was read.
    pub source: String,
    pub checked: Datetime,
}

/// `data/words.toml`: what a published text does not say in our own voice, and who may be named.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Words {
    /// Adjectives of judgement; inside quotation marks they are somebody else's and pass.
    pub judgement: Judgement,
    /// Persons who may be named because of the office they held, with the office; nobody else is.
    #[serde(default)]
    pub office_holder: Vec<OfficeHolder>,
    /// Given names: one of them before another capitalised word is taken for a person's name.
    #[serde(default)]
    pub given_names: Vec<String>,
    /// Names of companies, places and works that look like a person's.
    #[serde(default)]
    pub not_a_person: Vec<String>,
}

/// Words by language; `*` at the end stands for any ending.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Judgement {
    pub en: Vec<String>,
    pub fr: Vec<String>,
}

/// Somebody who is named for an office.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OfficeHolder {
    pub name: String,
    pub office: String,
    pub source: String,
}

/// `data/exemptions.toml`: faults that are tolerated for now, each with its reason; meant to shrink.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Exemptions {
    #[serde(default)]
    pub exemption: Vec<Exemption>,
}

/// One tolerated fault.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Exemption {
    /// The file, as `records/example.toml`.
    pub file: String,
    /// How the message begins.
    pub fault: String,
    /// Why it is tolerated.
    pub because: String,
}
