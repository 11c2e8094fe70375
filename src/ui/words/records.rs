//! What is said about records, sites, contacts and authorities.

use super::Lang;
use super::writing::{date, month_name, number};
use crate::records::table::Language;
use crate::records::vocabulary::{AuthorityKind, ContactKind, Kind, SourceKind, Status};
use crate::records::when::{Day, Until, When};

impl Lang {
    /// The language as the records' tables tell it.
    pub fn of_records(self) -> Language {
        match self {
            Self::En => Language::En,
            Self::Fr => Language::Fr,
        }
    }
}

pub fn kind(kind: Kind, lang: Lang) -> &'static str {
    match kind {
        Kind::ServiceTerminated => lang.pick("service ended by the provider", "service arrêté par le prestataire"),
        Kind::ServiceRefused => lang.pick("service refused", "service refusé"),
        Kind::ServiceContinuedUnderCriticism => {
            lang.pick("service continued under criticism", "service maintenu malgré les critiques")
        }
        Kind::ContentDemand => lang.pick("demand to remove content", "exigence de retrait de contenus"),
        Kind::ServiceWithdrawn => lang.pick("withdrawal from a country", "retrait d’un pays"),
        Kind::ServiceShutdown => lang.pick("service closed for all", "service fermé pour tous"),
        Kind::CourtRuling => lang.pick("court decision", "décision de justice"),
        Kind::RegulatorAction => lang.pick("act of an authority", "acte d’une autorité"),
        Kind::Sanctions => lang.pick("sanctions", "sanctions"),
        Kind::Outage => lang.pick("outage", "panne"),
        Kind::SecurityIncident => lang.pick("security incident", "incident de sécurité"),
        Kind::SupplyChain => lang.pick("supply chain", "chaîne d’approvisionnement"),
        Kind::Privacy => lang.pick("privacy", "vie privée"),
        Kind::Transparency => lang.pick("transparency", "transparence"),
        Kind::CommercialTerms => lang.pick("commercial terms", "conditions commerciales"),
        Kind::Labour => lang.pick("working conditions", "conditions de travail"),
        Kind::LabourEthics => lang.pick("objection by employees or customers", "objection de salariés ou de clients"),
        Kind::Environment => lang.pick("environment", "environnement"),
    }
}

/// What belongs under a kind: the definition that the policy goes by.
#[cfg(not(target_arch = "wasm32"))]
pub fn kind_meaning(kind: Kind, lang: Lang) -> &'static str {
    match kind {
        Kind::ServiceTerminated => {
            lang.pick("A provider ended a customer’s service.", "Un prestataire a mis fin au service d’un client.")
        }
        Kind::ServiceRefused => lang.pick(
            "A provider declined to take a customer, or would not go on carrying one.",
            "Un prestataire a refusé un client, ou a refusé de continuer à l’acheminer.",
        ),
        Kind::ServiceContinuedUnderCriticism => lang.pick(
            "A provider kept a customer whom others asked it to drop.",
            "Un prestataire a gardé un client que d’autres lui demandaient d’écarter.",
        ),
        Kind::ContentDemand => lang.pick(
            "A provider made the removal of certain content the condition of further service.",
            "Un prestataire a fait du retrait de certains contenus la condition de son service.",
        ),
        Kind::ServiceWithdrawn => {
            lang.pick("A provider left a country or a market.", "Un prestataire a quitté un pays ou un marché.")
        }
        Kind::ServiceShutdown => lang.pick(
            "A provider closed a service for all its customers.",
            "Un prestataire a fermé un service pour tous ses clients.",
        ),
        Kind::CourtRuling => lang.pick("A court decided.", "Un tribunal a statué."),
        Kind::RegulatorAction => lang.pick(
            "A regulator or another authority acted.",
            "Un régulateur ou une autre autorité a agi.",
        ),
        Kind::Sanctions => lang.pick(
            "Economic sanctions, or a dispute over whether a service breaks them.",
            "Sanctions économiques, ou différend sur leur respect par un service.",
        ),
        Kind::Outage => lang.pick(
            "A service did not work for many of its users.",
            "Un service n’a pas fonctionné pour beaucoup de ses utilisateurs.",
        ),
        Kind::SecurityIncident => lang.pick(
            "Data or machines were reached by somebody who should not have reached them, or could have been.",
            "Des données ou des machines ont été atteintes par quelqu’un qui n’aurait pas dû y accéder, ou auraient pu l’être.",
        ),
        Kind::SupplyChain => lang.pick(
            "Code that others’ sites load from the provider was changed by somebody else.",
            "Du code que des sites tiers chargent chez le prestataire a été modifié par quelqu’un d’autre.",
        ),
        Kind::Privacy => lang.pick(
            "Personal data, tracking, or demands for users’ data.",
            "Données personnelles, pistage, ou demandes de données d’utilisateurs.",
        ),
        Kind::Transparency => lang.pick(
            "What the provider publishes, or does not, about itself and its decisions.",
            "Ce que le prestataire publie, ou non, sur lui-même et sur ses décisions.",
        ),
        Kind::CommercialTerms => {
            lang.pick("Prices, contracts and terms of use.", "Prix, contrats et conditions d’utilisation.")
        }
        Kind::Labour => lang.pick(
            "Working conditions, dismissals, disputes with employees.",
            "Conditions de travail, licenciements, différends avec des salariés.",
        ),
        Kind::LabourEthics => lang.pick(
            "Employees or customers object to whom the provider works for.",
            "Des salariés ou des clients contestent pour qui le prestataire travaille.",
        ),
        Kind::Environment => lang.pick("Energy, water, emissions.", "Énergie, eau, émissions."),
    }
}

pub fn status(status: Status, lang: Lang) -> &'static str {
    match status {
        Status::Ongoing => lang.pick("ongoing", "en cours"),
        Status::Disputed => lang.pick("disputed", "contesté"),
        Status::Resolved => lang.pick("closed", "clos"),
        Status::Superseded => lang.pick("superseded", "remplacé"),
    }
}

pub fn source_kind(kind: SourceKind, lang: Lang) -> &'static str {
    match kind {
        SourceKind::Primary => lang.pick("party’s own words", "propos d’un intéressé"),
        SourceKind::Court => lang.pick("court", "juridiction"),
        SourceKind::Regulator => lang.pick("authority", "autorité"),
        SourceKind::Press => lang.pick("press", "presse"),
        SourceKind::Academic => lang.pick("research", "recherche"),
        SourceKind::Campaign => lang.pick("campaign group", "association militante"),
        SourceKind::Reference => lang.pick("reference work", "ouvrage de référence"),
    }
}

/// In which language a source is written; the code itself, of ISO 639-1, where it has no words here.
pub fn in_language(code: &str, lang: Lang) -> &str {
    // A text to look through is 1 kB smaller than a comparison with each code.
    let names = lang.pick(
        "ar in Arabic,bg in Bulgarian,cs in Czech,da in Danish,de in German,el in Greek,\
             en in English,es in Spanish,fi in Finnish,fr in French,ga in Irish,hr in Croatian,\
             hu in Hungarian,is in Icelandic,it in Italian,ja in Japanese,ko in Korean,lt in Lithuanian,\
             mul in several languages,nl in Dutch,pl in Polish,pt in Portuguese,ro in Romanian,\
             ru in Russian,sv in Swedish,tr in Turkish,uk in Ukrainian,zh in Chinese",
        "ar en arabe,bg en bulgare,cs en tchèque,da en danois,de en allemand,el en grec,\
             en en anglais,es en espagnol,fi en finnois,fr en français,ga en irlandais,hr en croate,\
             hu en hongrois,is en islandais,it en italien,ja en japonais,ko en coréen,lt en lituanien,\
             mul en plusieurs langues,nl en néerlandais,pl en polonais,pt en portugais,ro en roumain,\
             ru en russe,sv en suédois,tr en turc,uk en ukrainien,zh en chinois",
    );
    names.split(',').find_map(|named| named.strip_prefix(code)?.strip_prefix(' ')).unwrap_or(code)
}

pub fn contact_kind(kind: ContactKind, lang: Lang) -> &'static str {
    match kind {
        ContactKind::ReportAbuse => lang.pick("Report abuse", "Signaler un abus"),
        ContactKind::AbuseEmail => lang.pick("Mailbox for reports", "Adresse pour les signalements"),
        ContactKind::AcceptableUse => lang.pick("Terms of acceptable use", "Conditions d’utilisation"),
        ContactKind::TransparencyReport => lang.pick("Transparency reports", "Rapports de transparence"),
        ContactKind::LawEnforcement => lang.pick("Page for authorities", "Page destinée aux autorités"),
        ContactKind::DsaContact => {
            lang.pick("Contact point under EU Regulation 2022/2065", "Point de contact (règlement UE 2022/2065)")
        }
        ContactKind::DsaPage => lang.pick("Page on EU Regulation 2022/2065", "Page sur le règlement UE 2022/2065"),
        ContactKind::Security => lang.pick("Report a security problem", "Signaler une faille de sécurité"),
    }
}

pub fn authority_kind(kind: AuthorityKind, lang: Lang) -> &'static str {
    match kind {
        AuthorityKind::Police => lang.pick("police", "police"),
        AuthorityKind::Cybercrime => lang.pick("cybercrime", "cybercriminalité"),
        AuthorityKind::Hotline => lang.pick("hotline", "plateforme de signalement"),
        AuthorityKind::DsaCoordinator => {
            lang.pick("Digital Services Coordinator", "coordinateur pour les services numériques")
        }
        AuthorityKind::TrustedFlagger => lang.pick("trusted flagger", "signaleur de confiance"),
        AuthorityKind::Regulator => lang.pick("regulator", "régulateur"),
        AuthorityKind::DataProtection => lang.pick("data protection", "protection des données"),
        AuthorityKind::Consumer => lang.pick("consumer protection", "protection des consommateurs"),
        AuthorityKind::EqualityBody => lang.pick("equal treatment", "égalité de traitement"),
        AuthorityKind::Helpline => lang.pick("helpline", "ligne d’écoute"),
        AuthorityKind::Network => lang.pick("network", "réseau"),
        AuthorityKind::Guide => lang.pick("guide", "guide"),
    }
}

/// A date as precise as it is known: `2019`, `August 2019`, `5 August 2019`.
pub fn day(day: Day, lang: Lang) -> String {
    let (year, month) = (day.0 / 10_000, day.0 / 100 % 100);
    date(day.0, lang).unwrap_or_else(|| match month_name(month, lang) {
        Some(month) => format!("{month} {year}"),
        None => year.to_string(),
    })
}

/// A date or a stretch of time.
pub fn when(when: When, lang: Lang) -> String {
    let from = day(when.from, lang);
    match (when.until, lang) {
        (Until::Same, _) => from,
        (Until::Open, Lang::En) => format!("since {from}"),
        (Until::Open, Lang::Fr) => format!("depuis {}{from}", le(when.from)),
        (Until::Day(until), _) => format!("{from} – {}", day(until, lang)),
    }
}

/// In French a day has an article, a month and a year have none.
fn le(day: Day) -> &'static str {
    if day.0.is_multiple_of(100) { "" } else { "le " }
}

/// `2 records about this site`, for the tooltip.
pub fn records_about_this_site(count: u16, lang: Lang) -> String {
    match (count, lang) {
        (1, Lang::En) => "1 record about this site".to_owned(),
        (_, Lang::En) => format!("{} records about this site", number(count.into(), lang)),
        (1, Lang::Fr) => "1\u{a0}fiche sur ce site".to_owned(),
        (_, Lang::Fr) => format!("{}\u{a0}fiches sur ce site", number(count.into(), lang)),
    }
}

/// Heading of the records about a provider.
pub fn records_about(name: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("Records about {name}"),
        Lang::Fr => format!("Fiches sur {name}"),
    }
}

/// Heading of a provider's own pages.
pub fn pages_of(name: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("Pages of {name}"),
        Lang::Fr => format!("Pages {}", super::writing::de(name)),
    }
}

/// A stub in the place of a record that was withdrawn.
pub fn withdrawn(on: u32, lang: Lang) -> String {
    let on = day(Day(on), lang);
    match lang {
        Lang::En => format!("Withdrawn on {on}."),
        Lang::Fr => format!("Fiche retirée le {on}."),
    }
}

/// When a record was last compared with its sources.
pub fn reviewed(on: u32, lang: Lang) -> String {
    let on = day(Day(on), lang);
    match lang {
        Lang::En => format!("Compared with its sources on {on}."),
        Lang::Fr => format!("Comparée à ses sources le {on}."),
    }
}

/// Since when and until when a company was reported to work for a site.
pub fn served(from: u32, before_from: bool, to: u32, before_to: bool, lang: Lang) -> String {
    let text = |number: u32, before: bool| {
        let (written, le) = (day(Day(number), lang), le(Day(number)));
        match (before, lang) {
            (false, _) => written,
            (true, Lang::En) => format!("before {written}"),
            (true, Lang::Fr) => format!("avant {le}{written}"),
        }
    };
    let begin = text(from, before_from);
    match (to, lang) {
        (0, Lang::En) => format!("since {begin}, no end reported"),
        (0, Lang::Fr) => {
            let le = if before_from { "" } else { le(Day(from)) };
            format!("depuis {le}{begin}, fin non rapportée")
        }
        (to, _) if to == from && before_from == before_to => begin,
        (to, _) => format!("{begin} – {}", text(to, before_to)),
    }
}

/// Sentences and headings without parts that change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    AboutThisSite,
    Archive,
    ArchiveNote,
    Position,
    Outcome,
    Sources,
    Archived,
    Changes,
    Replies,
    SupersededBy,
    LegalStatus,
    Scope,
    OwnWords,
    Called,
    FormerDomains,
    History,
    HistoryNote,
    Act,
    Relay,
    Authorities,
    Country,
    ChooseCountry,
    NotPublic,
    EuropeanUnion,
    SeveralCountries,
    ActNote,
    Unreadable,
}

impl Told {
    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::AboutThisSite => lang.pick("Records about this site", "Fiches sur ce site"),
            Self::Archive => lang.pick("Archive", "Archives"),
            Self::ArchiveNote => lang.pick(
                "Outages closed more than two years ago, other matters closed more than five years ago, and what was superseded or withdrawn.",
                "Pannes closes depuis plus de deux ans, autres affaires closes depuis plus de cinq ans, fiches remplacées ou retirées.",
            ),
            Self::Position => lang.pick("The provider’s position", "Position du prestataire"),
            Self::Outcome => lang.pick("Outcome", "Issue"),
            Self::Sources => lang.pick("Sources", "Sources"),
            Self::Archived => lang.pick("archived copy", "copie archivée"),
            Self::Changes => lang.pick("Changes", "Modifications"),
            Self::Replies => lang.pick("Replies", "Réponses"),
            Self::SupersededBy => lang.pick("Superseded by:", "Remplacée par\u{a0}:"),
            Self::LegalStatus => lang.pick("Decisions about it", "Décisions à son sujet"),
            Self::Scope => lang.pick("Scope:", "Portée\u{a0}:"),
            Self::OwnWords => lang.pick("How it describes itself, as reported", "Comment il se décrit, selon ce qui a été rapporté"),
            Self::Called => lang.pick("What others called it", "Comment d’autres l’ont qualifié"),
            Self::FormerDomains => lang.pick("Domains that it left:", "Domaines qu’il a quittés\u{a0}:"),
            Self::History => lang.pick(
                "Companies it dealt with, and for what, as was reported",
                "Entreprises auxquelles il a eu recours, et pour quoi, selon ce qui a été rapporté",
            ),
            Self::HistoryNote => lang.pick(
                "Dated reports, not a statement about today: who delivers it now is shown by an observation alone.",
                "Des faits rapportés et datés, non une affirmation sur aujourd’hui\u{a0}: seule une observation montre qui le livre à présent.",
            ),
            Self::Act => lang.pick("What you can do", "Ce que vous pouvez faire"),
            Self::Relay => lang.pick(
                "A provider that is “half host, half service” does not keep the site itself: it stands in front of the site’s real host, gives readers temporary copies of its pages and hides where the original is. It can pass a report on or stop serving the site, but only the site or its real host can remove the original, and European law does not as a rule hold it liable for such copies if it deletes them once the original is gone or a court or authority so orders.",
                "Un prestataire «\u{a0}mi-hébergeur, mi-fournisseur de services\u{a0}» ne conserve pas le site lui-même\u{a0}: placé devant le véritable hébergeur, il remet aux lecteurs des copies temporaires des pages et masque l’emplacement de l’original. Il peut transmettre un signalement ou cesser de servir le site, mais seuls le site ou son véritable hébergeur peuvent retirer l’original, et le droit européen ne le tient en principe pas pour responsable de ces copies s’il les efface dès que l’original a disparu ou qu’un juge ou une autorité l’ordonne.",
            ),
            Self::Authorities => lang.pick("Public channels", "Voies publiques"),
            Self::Country => lang.pick("Your country", "Votre pays"),
            Self::ChooseCountry => lang.pick("Choose a country", "Choisissez un pays"),
            Self::NotPublic => lang.pick("not a public body", "organisme non public"),
            Self::EuropeanUnion => lang.pick("European Union", "Union européenne"),
            Self::SeveralCountries => lang.pick("Several countries", "Plusieurs pays"),
            Self::ActNote => lang.pick(
                "The authorities’, organisations’ and providers’ own pages, as last checked. Reporting content as illegal that one knows to be lawful is an offence in several countries. This is not legal advice.",
                "Pages officielles des autorités, des organismes et des prestataires, à la date de leur dernière vérification. Signaler comme illicite un contenu que l’on sait licite est un délit dans plusieurs pays. Ceci n’est pas un conseil juridique.",
            ),
            Self::Unreadable => lang.pick(
                "The records could not be read. Installing the extension again will help.",
                "Les fiches n’ont pas pu être lues. Réinstaller l’extension devrait suffire.",
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_as_precise_as_they_are_known() {
        for (text, en, fr) in [
            ("2019", "2019", "2019"),
            ("2019-08", "August 2019", "août 2019"),
            ("2019-08-01", "1 August 2019", "1er\u{a0}août 2019"),
            ("2004/2010", "2004 – 2010", "2004 – 2010"),
            ("2022-09/", "since September 2022", "depuis septembre 2022"),
            ("2022-09-03/", "since 3 September 2022", "depuis le 3\u{a0}septembre 2022"),
        ] {
            let when_ = When::parse(text).unwrap();
            assert_eq!((when(when_, Lang::En).as_str(), when(when_, Lang::Fr).as_str()), (en, fr));
        }
        assert_eq!(served(20_190_000, true, 20_190_805, false, Lang::En), "before 2019 – 5 August 2019");
        assert_eq!(served(20_190_805, false, 20_190_805, false, Lang::En), "5 August 2019");
        for (from, before, en, fr) in [
            (20_191_100, false, "since November 2019", "depuis novembre 2019"),
            (20_190_805, false, "since 5 August 2019", "depuis le 5\u{a0}août 2019"),
            (20_190_805, true, "since before 5 August 2019", "depuis avant le 5\u{a0}août 2019"),
            (20_190_000, true, "since before 2019", "depuis avant 2019"),
        ] {
            assert_eq!(served(from, before, 0, false, Lang::En), format!("{en}, no end reported"));
            assert_eq!(served(from, before, 0, false, Lang::Fr), format!("{fr}, fin non rapportée"));
        }
    }
}
