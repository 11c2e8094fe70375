//! Words of the panel that stand alone: headings, names of facts, notes.

use super::{Lang, age, date, grade, instant, number, quoted};
use crate::detect::vocabulary::Grade;

/// Headings, names of facts and the like: words that stand alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    Panel,
    Chain,
    ChainNote,
    You,
    NotVisible,
    WhoIsNotVisible,
    BehindAProxy,
    SitesServer,
    ItsAddressIsHidden,
    WhenStored,
    Place,
    PlaceUnknown,
    PlaceNote,
    PlaceOfOrigin,
    Copy,
    Origin,
    HostedAt,
    HostedNote,
    Operator,
    HostedUnknown,
    Conflicts,
    State,
    Evidence,
    NoEvidence,
    SharedSigns,
    Rule,
    Source,
    Observed,
    NewTab,
    Redirects,
    Hosts,
    HostsUnknown,
    HostsCached,
    Dataset,
    AskForAccess,
    AskForAccessNote,
    Unreadable,
    UnreadableNote,
    Updates,
}

impl Label {
    pub const ALL: [Self; 39] = [
        Self::Panel,
        Self::Chain,
        Self::ChainNote,
        Self::You,
        Self::NotVisible,
        Self::WhoIsNotVisible,
        Self::BehindAProxy,
        Self::SitesServer,
        Self::ItsAddressIsHidden,
        Self::WhenStored,
        Self::Place,
        Self::PlaceUnknown,
        Self::PlaceNote,
        Self::PlaceOfOrigin,
        Self::Copy,
        Self::Origin,
        Self::HostedAt,
        Self::HostedNote,
        Self::Operator,
        Self::HostedUnknown,
        Self::Conflicts,
        Self::State,
        Self::Evidence,
        Self::NoEvidence,
        Self::SharedSigns,
        Self::Rule,
        Self::Source,
        Self::Observed,
        Self::NewTab,
        Self::Redirects,
        Self::Hosts,
        Self::HostsUnknown,
        Self::HostsCached,
        Self::Dataset,
        Self::AskForAccess,
        Self::AskForAccessNote,
        Self::Unreadable,
        Self::UnreadableNote,
        Self::Updates,
    ];

    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Panel => lang.pick("Served By", "Served By"),
            Self::Chain => lang.pick("The way to you", "Le chemin jusqu’à vous"),
            Self::ChainNote => lang.pick(
                "Others may stand in between without leaving a mark.",
                "D’autres peuvent s’intercaler sans laisser de marque.",
            ),
            Self::You => lang.pick("You", "Vous"),
            Self::NotVisible => lang.pick("not visible from here", "non visible d’ici"),
            Self::WhoIsNotVisible => lang.pick("who answered is not known", "on ne sait pas qui a répondu"),
            Self::BehindAProxy => lang.pick("a proxy, VPN program or filter", "un proxy, un logiciel de VPN ou un filtre"),
            Self::SitesServer => lang.pick("the site’s own server", "le serveur du site"),
            Self::ItsAddressIsHidden => lang.pick("its address stays out of sight", "son adresse reste hors de vue"),
            Self::WhenStored => lang.pick("when the copy was stored", "quand la copie a été conservée"),
            Self::Place => lang.pick("Place", "Lieu"),
            Self::PlaceUnknown => lang.pick(
                "The response does not tell where the machine stands.",
                "La réponse ne dit pas où se trouve la machine.",
            ),
            Self::PlaceNote => lang.pick(
                "This is where the machine that answered stands, not the site’s own server, and not you.",
                "C’est le lieu de la machine qui a répondu, pas celui du serveur du site, ni le vôtre.",
            ),
            Self::PlaceOfOrigin => lang.pick(
                "This is where the machine that answered stands, not where you are.",
                "C’est le lieu de la machine qui a répondu, non le vôtre.",
            ),
            Self::Copy => lang.pick("Copy", "Copie"),
            Self::Origin => lang.pick("Origin server", "Serveur d’origine"),
            Self::HostedAt => lang.pick("Hosted at", "Hébergé chez"),
            Self::HostedNote => lang.pick(
                "Signs point there; the origin server itself was not seen.",
                "Des indices le désignent\u{202f}; le serveur d’origine lui-même n’a pas été vu.",
            ),
            Self::Operator => lang.pick("Network operated by", "Réseau exploité par"),
            Self::HostedUnknown => lang.pick("Nothing that was seen tells.", "Rien de ce qui a été vu ne le dit."),
            Self::Conflicts => lang.pick("What does not agree", "Ce qui ne concorde pas"),
            Self::State => lang.pick("How this was observed", "Comment cela a été observé"),
            Self::Evidence => lang.pick("Evidence", "Éléments observés"),
            Self::NoEvidence => lang.pick(
                "Nothing in this response is known to this dataset.",
                "Rien dans cette réponse n’est connu de ce jeu de données.",
            ),
            Self::SharedSigns => lang.pick(
                "Signs that many providers send, and that count for none of them here:",
                "Indices que beaucoup de prestataires envoient, et qui ne comptent ici pour aucun\u{a0}:",
            ),
            Self::Rule => lang.pick("rule", "règle"),
            Self::Source => lang.pick("source", "source"),
            Self::Observed => lang.pick("observed, not documented", "observée, non documentée"),
            Self::NewTab => lang.pick("opens in a new tab", "s’ouvre dans un nouvel onglet"),
            Self::Redirects => lang.pick("Redirects before this page", "Redirections avant cette page"),
            Self::Hosts => lang.pick("Other hosts on this page", "Autres hôtes de la page"),
            Self::HostsUnknown => lang.pick("Not known who delivered", "On ne sait pas qui a livré"),
            Self::HostsCached => lang.pick("From your browser’s cache", "Du cache de votre navigateur"),
            Self::Dataset => lang.pick("Dataset", "Jeu de données"),
            Self::AskForAccess => lang.pick("Allow access to all sites", "Autoriser l’accès à tous les sites"),
            Self::AskForAccessNote => lang.pick(
                "With it, the extension sees the addresses and the response fields of what pages load. It changes nothing in them, and nothing that it sees leaves this device.",
                "Avec cet accès, l’extension voit les adresses et les champs de réponse de ce que chargent les pages. Elle n’y change rien, et rien de ce qu’elle voit ne quitte cet appareil.",
            ),
            Self::Unreadable => lang.pick("Nothing can be shown", "Rien ne peut être affiché"),
            Self::UnreadableNote => lang.pick(
                "The extension could not read its own dataset. Installing it again will help.",
                "L’extension n’a pas pu lire son propre jeu de données. La réinstaller devrait suffire.",
            ),
            Self::Updates => lang.pick("Updates", "Mises à jour"),
        }
    }
}

pub fn requests(count: u32, lang: Lang) -> String {
    let number = number(count.into(), lang);
    match (count, lang) {
        (1, Lang::En) => format!("{number} request"),
        (_, Lang::En) => format!("{number} requests"),
        (0 | 1, Lang::Fr) => format!("{number}\u{a0}requête"),
        (_, Lang::Fr) => format!("{number}\u{a0}requêtes"),
    }
}

/// Requests beyond those that are told apart by host.
pub fn requests_beyond(count: u32, lang: Lang) -> String {
    let requests = requests(count, lang);
    match lang {
        Lang::En => format!("And {requests} to further hosts, counted but not listed."),
        Lang::Fr => {
            let s = if count < 2 { "" } else { "s" };
            format!("Et {requests} vers d’autres hôtes, comptée{s} sans être énumérée{s}.")
        }
    }
}

/// Requests to the page's own host.
///
/// `by` is who answered the one over the network of which that is the surest, and how sure it is.
pub fn requests_to_own_host(count: u32, host: &str, by: Option<(&str, Grade)>, lang: Lang) -> String {
    let mut text = match lang {
        Lang::En => format!("And {} to the page’s own host, {host}", requests(count, lang)),
        Lang::Fr => format!("Et {} vers l’hôte de la page même, {host}", requests(count, lang)),
    };
    if let Some((by, sure)) = by {
        text += lang
            .pick("; the surest answer over the network: ", "\u{202f}; la réponse la plus sûre par le réseau\u{a0}: ");
        text += by;
        if sure != Grade::Certain {
            text += ", ";
            text += grade(sure, lang);
        }
    }
    text + "."
}

/// The day a copy in the browser's cache bears.
pub fn dated(at_ms: i64, lang: Lang) -> Option<String> {
    let at = instant(at_ms, lang)?;
    Some(match lang {
        Lang::En => format!("Its Date field says {at}."),
        Lang::Fr => format!("Son champ Date indique le {at}."),
    })
}

/// The browser's own word for what went wrong.
pub fn browser_error(error: &str, lang: Lang) -> String {
    let error = quoted(error, lang);
    match lang {
        Lang::En => format!("The browser calls it {error}."),
        Lang::Fr => format!("Le navigateur l’appelle {error}."),
    }
}

/// The dataset by its date and the beginning of its hash.
///
/// The date comes as `2026-11-25`.
pub fn dataset(written: &str, hash: &[u8], lang: Lang) -> String {
    let day = written.split('-').try_fold(0, |day, part| Some(day * 100 + part.parse::<u32>().ok()?)).unwrap_or(0);
    let short: String = hash.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    match (date(day, lang), lang) {
        (Some(date), Lang::En) => format!("Dataset of {date}, {short}"),
        (Some(date), Lang::Fr) => format!("Jeu de données du {date}, {short}"),
        (None, Lang::En) => format!("Dataset without a date, {short}"),
        (None, Lang::Fr) => format!("Jeu de données sans date, {short}"),
    }
}

/// Fields, names of cookies and evidence that were too long or too many to be read.
pub fn left_out(count: u64, lang: Lang) -> String {
    let count = number(count, lang);
    match lang {
        Lang::En => format!("Fields or marks not read, because too long or too many: {count}."),
        Lang::Fr => format!("Champs ou marques non lus, car trop longs ou trop nombreux\u{a0}: {count}."),
    }
}

/// How long ago a dataset's day was.
pub fn days_old(days: u64, lang: Lang) -> String {
    let age = age(days * 86_400, lang);
    match (days, lang) {
        (0, Lang::En) => "of today".to_owned(),
        (0, Lang::Fr) => "d’aujourd’hui".to_owned(),
        (_, Lang::En) => format!("{age} old"),
        (_, Lang::Fr) => format!("âgé de {age}"),
    }
}
