//! Words about updates of the dataset: states, buttons, and each refusal with its cause and the way out.

use super::{Lang, date, days_old, instant, number, quoted};
use crate::update::{Refusal, Schedule, Version};

/// Headings, buttons and notes of the page about updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UpdateLabel {
    Title,
    Lead,
    InUse,
    Version,
    Issued,
    GoodUntil,
    Source,
    Checked,
    NeverChecked,
    Newer,
    CheckNow,
    CheckNote,
    NoChannel,
    Take,
    Busy,
    Nothing,
    ByItself,
    ByItselfNote,
    Unasked,
    FromFile,
    FromFileNote,
    GoBack,
    ToBundled,
    Changes,
    Failed,
    Left,
    NoAnswer,
    Certificates,
    CertificatesNote,
    ReadCertificates,
}

impl UpdateLabel {
    pub const ALL: [Self; 30] = [
        Self::Title,
        Self::Lead,
        Self::InUse,
        Self::Version,
        Self::Issued,
        Self::GoodUntil,
        Self::Source,
        Self::Checked,
        Self::NeverChecked,
        Self::Newer,
        Self::CheckNow,
        Self::CheckNote,
        Self::NoChannel,
        Self::Take,
        Self::Busy,
        Self::Nothing,
        Self::ByItself,
        Self::ByItselfNote,
        Self::Unasked,
        Self::FromFile,
        Self::FromFileNote,
        Self::GoBack,
        Self::ToBundled,
        Self::Changes,
        Self::Failed,
        Self::Left,
        Self::NoAnswer,
        Self::Certificates,
        Self::CertificatesNote,
        Self::ReadCertificates,
    ];

    pub fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Title => lang.pick("Updates of the dataset", "Mises à jour du jeu de données"),
            Self::Lead => lang.pick(
                "What this extension knows about providers ages. A newer dataset replaces it, if its publisher signed it; nobody else can change a word of it.",
                "Ce que l’extension sait des prestataires vieillit. Un jeu de données plus récent le remplace, si son éditeur l’a signé\u{202f}; personne d’autre ne peut en changer un mot.",
            ),
            Self::InUse => lang.pick("In use", "En service"),
            Self::Version => lang.pick("Version", "Version"),
            Self::Issued => lang.pick("Signed on", "Signée le"),
            Self::GoodUntil => lang.pick("Good until", "Valable jusqu’au"),
            Self::Source => lang.pick("Comes from", "Provient de"),
            Self::Checked => lang.pick("Last successful check", "Dernière vérification réussie"),
            Self::NeverChecked => lang.pick("No check has succeeded yet.", "Aucune vérification n’a encore abouti."),
            Self::Newer => lang.pick("Is there a newer one?", "En existe-t-il un plus récent\u{202f}?"),
            Self::CheckNow => lang.pick("Check now", "Vérifier maintenant"),
            Self::CheckNote => lang.pick(
                "Asks the publisher’s server for a small file. Like any server, it sees your IP address and which browser you use. Nothing else about you or the pages you visit goes with it: no cookie, no number, no language.",
                "Demande un petit fichier au serveur de l’éditeur. Comme tout serveur, il voit votre adresse IP et votre navigateur. Rien d’autre sur vous ni sur les pages que vous visitez ne l’accompagne\u{a0}: ni cookie, ni numéro, ni langue.",
            ),
            Self::NoChannel => lang.pick(
                "This build of the extension names no server to ask. A file can be taken all the same.",
                "Cette version de l’extension ne nomme aucun serveur à interroger. Elle accepte quand même un fichier.",
            ),
            Self::Take => lang.pick("Use this version", "Utiliser cette version"),
            Self::Busy => lang.pick("Under way…", "En cours…"),
            Self::Nothing => lang.pick("Nothing newer was found.", "Rien de plus récent n’a été trouvé."),
            Self::ByItself => lang.pick("Without being asked", "Sans qu’on le demande"),
            Self::ByItselfNote => lang.pick(
                "The extension can check by itself and use what it finds. Until you choose, it never does.",
                "L’extension peut vérifier d’elle-même et utiliser ce qu’elle trouve. Tant que vous n’avez rien choisi, elle ne le fait jamais.",
            ),
            Self::Unasked => lang.pick("Not chosen yet.", "Rien n’est encore choisi."),
            Self::FromFile => lang.pick("From a file", "À partir d’un fichier"),
            Self::FromFileNote => lang.pick(
                "Somebody gave you the update as a file? It is checked in the same way.",
                "On vous a remis la mise à jour sous forme de fichier\u{202f}? Elle est contrôlée de la même façon.",
            ),
            Self::GoBack => lang.pick("Go back", "Revenir en arrière"),
            Self::ToBundled => lang.pick(
                "Back to the one that came with the extension",
                "Revenir à celui qui est venu avec l’extension",
            ),
            Self::Changes => lang.pick("What changed with this version", "Ce qui a changé avec cette version"),
            Self::Failed => lang.pick("The last attempt did not succeed", "La dernière tentative n’a pas abouti"),
            Self::Left => lang.pick(
                "You went back from this version before.",
                "Vous aviez quitté cette version pour une plus ancienne.",
            ),
            Self::NoAnswer => lang.pick(
                "The extension’s background does not answer. Load this page again.",
                "L’arrière-plan de l’extension ne répond pas. Rechargez cette page.",
            ),
            Self::Certificates => lang.pick("Certificates", "Certificats"),
            Self::CertificatesNote => lang.pick(
                "Who issued a page’s certificate sometimes tells who delivers it; to read that, the browser holds each page back for some milliseconds.",
                "L’émetteur du certificat d’une page indique parfois qui la livre\u{202f}; pour le lire, le navigateur retient chaque page quelques millisecondes.",
            ),
            Self::ReadCertificates => lang.pick("Read who issued them", "Lire qui les a émis"),
        }
    }
}

pub fn schedule(schedule: Schedule, lang: Lang) -> &'static str {
    match schedule {
        Schedule::Unasked | Schedule::Never => lang.pick("Never", "Jamais"),
        Schedule::Start => lang.pick("When the browser starts", "Au démarrage du navigateur"),
        Schedule::Weekly => lang.pick("Every week", "Chaque semaine"),
    }
}

/// A version in words: its day, and its number where the day has several.
pub fn version(version: Version, lang: Lang) -> String {
    let day = date(version.day, lang).unwrap_or_else(|| version.to_string());
    match (version.revision, lang) {
        (0, _) => day,
        (revision, Lang::En) => format!("{day}, no. {revision}"),
        (revision, Lang::Fr) => format!("{day}, nº\u{a0}{revision}"),
    }
}

/// How long ago the dataset's day was.
pub fn version_age(version: Version, now_s: i64, lang: Lang) -> Option<String> {
    version.age_days(now_s).map(|days| days_old(days, lang))
}

pub fn from_channel(address: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("its publisher, whose server is {address}"),
        Lang::Fr => format!("son éditeur, dont le serveur est {address}"),
    }
}

pub fn from_package(lang: Lang) -> &'static str {
    lang.pick("the extension’s own package", "l’extension elle-même")
}

pub fn from_file(lang: Lang) -> &'static str {
    lang.pick("its publisher, by a file", "son éditeur, par un fichier")
}

/// Where the dataset in use comes from, until when it is good, and when the last look for a newer one succeeded.
pub fn provenance(source: &str, expires_s: Option<i64>, checked_at_s: Option<i64>, lang: Lang) -> String {
    let good = match expires_s {
        Some(at_s) => lang.pick("good until ", "valable jusqu’au ").to_owned() + &moment(at_s, lang),
        None => lang.pick("has no expiry date", "n’a pas de date d’expiration").to_owned(),
    };
    let checked = match checked_at_s {
        Some(at_s) => {
            let (label, at) = (UpdateLabel::Checked.text(lang), moment(at_s, lang));
            format!("{label}{} {at}.", lang.pick(":", "\u{a0}:"))
        }
        None => UpdateLabel::NeverChecked.text(lang).to_owned(),
    };
    match lang {
        Lang::En => format!("Comes from {source}; {good}. {checked}"),
        Lang::Fr => format!("Provient de {source}\u{202f}; {good}. {checked}"),
    }
}

pub fn moment(at_s: i64, lang: Lang) -> String {
    instant(at_s.saturating_mul(1000), lang).unwrap_or_else(|| at_s.to_string())
}

pub fn offered(found: Version, cost: u64, lang: Lang) -> String {
    let (found, cost) = (version(found, lang), size(cost, lang));
    match lang {
        Lang::En => format!("The dataset of {found} is there; {cost} to fetch."),
        Lang::Fr => format!("Le jeu de données du {found} est disponible\u{202f}; {cost} à télécharger."),
    }
}

pub fn back_to(to: Version, lang: Lang) -> String {
    let to = version(to, lang);
    match lang {
        Lang::En => format!("Back to the one of {to}"),
        Lang::Fr => format!("Revenir à celui du {to}"),
    }
}

pub fn progress(fetched: u64, expected: u64, lang: Lang) -> String {
    let (fetched, expected) = (size(fetched, lang), size(expected, lang));
    match lang {
        Lang::En => format!("{fetched} of {expected}"),
        Lang::Fr => format!("{fetched} sur {expected}"),
    }
}

/// In thousands of bytes, rounded up.
fn size(bytes: u64, lang: Lang) -> String {
    let thousands = number(bytes.div_ceil(1000), lang);
    match lang {
        Lang::En => format!("{thousands} kB"),
        Lang::Fr => format!("{thousands}\u{a0}ko"),
    }
}

/// What happened, and what the reader can do. What was in use stays in use in every case.
pub fn refusal(refusal: &Refusal, lang: Lang) -> (String, &'static str) {
    let way_out = |en, fr| lang.pick(en, fr);
    let later = way_out("Try again later.", "Réessayez plus tard.");
    let told = |en: &str, fr: &str| lang.pick(en, fr).to_owned();
    match refusal {
        Refusal::NoChannel => (
            told("This build names no server to ask.", "Cette version ne nomme aucun serveur à interroger."),
            way_out("Take the update from a file.", "Passez par un fichier."),
        ),
        Refusal::NoAccess => (
            told(
                "The extension may not ask that server: its access was withdrawn.",
                "L’extension n’a pas le droit d’interroger ce serveur\u{a0}: l’accès lui a été retiré.",
            ),
            way_out(
                "Check again and allow the access that the browser asks about.",
                "Vérifiez de nouveau et accordez l’accès que demande le navigateur.",
            ),
        ),
        Refusal::NoConnection => (
            told("There is no connection to the publisher’s server.", "Aucune connexion au serveur de l’éditeur."),
            way_out(
                "See whether other sites open; if they do, try again later or take a file.",
                "Voyez si d’autres sites s’ouvrent\u{202f}; si oui, réessayez plus tard ou passez par un fichier.",
            ),
        ),
        Refusal::Portal | Refusal::NotAnUpdate => (
            told(
                "What came is no update: perhaps the network’s sign-in page answered in the server’s place.",
                "Ce qui est arrivé n’est pas une mise à jour\u{a0}: la page de connexion du réseau a peut-être répondu à la place du serveur.",
            ),
            way_out(
                "Open any site, sign in to the network if it asks, and try again.",
                "Ouvrez un site quelconque, identifiez-vous auprès du réseau s’il le demande, puis réessayez.",
            ),
        ),
        Refusal::NotFound => (
            told("The server has no such file.", "Le serveur n’a pas ce fichier."),
            way_out(
                "Try again in an hour: a new version may just be arriving there. Then look for a newer extension.",
                "Réessayez dans une heure\u{a0}: une nouvelle version y arrive peut-être. Sinon, cherchez une extension plus récente.",
            ),
        ),
        Refusal::Server(status) => (
            match lang {
                Lang::En => format!("The server answered with an error ({status})."),
                Lang::Fr => format!("Le serveur a répondu par une erreur ({status})."),
            },
            later,
        ),
        Refusal::TooLarge => (
            told(
                "The answer is larger than an update may be, so it was not read.",
                "La réponse dépasse la taille permise\u{202f}; elle n’a pas été lue.",
            ),
            way_out(
                "Try again from another network; if it stays so, tell the publisher.",
                "Réessayez depuis un autre réseau\u{202f}; si cela persiste, signalez-le à l’éditeur.",
            ),
        ),
        Refusal::Damaged(_) | Refusal::BrokenOff => (
            told(
                "The update did not arrive whole: it differs from what was signed.",
                "La mise à jour n’est pas arrivée intacte\u{a0}: elle diffère de ce qui a été signé.",
            ),
            way_out("Try again; what arrived whole is kept.", "Réessayez\u{202f}; ce qui est arrivé intact est gardé."),
        ),
        Refusal::Signature => (
            told(
                "The signature is wrong: somebody changed the update, or it was damaged on the way.",
                "La signature est fausse\u{a0}: quelqu’un a modifié la mise à jour, ou elle a été abîmée en chemin.",
            ),
            way_out(
                "Try again from another network; if it stays so, tell the publisher.",
                "Réessayez depuis un autre réseau\u{202f}; si cela persiste, signalez-le à l’éditeur.",
            ),
        ),
        Refusal::Key(key) => (
            match lang {
                Lang::En => format!("The update is signed with the key {key}, which is not or no longer valid."),
                Lang::Fr => format!("La mise à jour est signée avec la clé {key}, qui n’est pas ou plus valable."),
            },
            way_out(
                "Look for a newer version of the extension, which may know that key.",
                "Cherchez une version plus récente de l’extension\u{a0}: elle connaît peut-être cette clé.",
            ),
        ),
        Refusal::Unreadable(what) => (
            match lang {
                Lang::En => format!("The update is signed and cannot be read: {}.", quoted(what, lang)),
                Lang::Fr => format!("La mise à jour est signée, mais illisible\u{a0}: {}.", quoted(what, lang)),
            },
            way_out(
                "Look for a newer version of the extension, or tell the publisher.",
                "Cherchez une version plus récente de l’extension, ou signalez-le à l’éditeur.",
            ),
        ),
        Refusal::Older { found, known } => {
            let (found, known) = (version(*found, lang), version(*known, lang));
            (
                match lang {
                    Lang::En => format!("The update is older ({found}) than what is known here ({known})."),
                    Lang::Fr => {
                        format!("La mise à jour est plus ancienne ({found}) que ce qui est connu ici ({known}).")
                    }
                },
                way_out(
                    "Nothing needs to be done. To use an older dataset, go back below.",
                    "Il n’y a rien à faire. Pour un jeu de données plus ancien, revenez en arrière ci-dessous.",
                ),
            )
        }
        Refusal::Twofold(twofold) => (
            match lang {
                Lang::En => format!("Two different datasets call themselves {}.", version(*twofold, lang)),
                Lang::Fr => format!("Deux jeux de données différents portent la date du {}.", version(*twofold, lang)),
            },
            way_out("The publisher made a mistake; tell them.", "L’éditeur s’est trompé\u{202f}; signalez-le-lui."),
        ),
        Refusal::Expired { expires_s, now_s } => {
            let (expired, now) = (moment(*expires_s, lang), moment(*now_s, lang));
            (
                match lang {
                    Lang::En => format!("The update was good until {expired}; this device’s clock says {now}."),
                    Lang::Fr => {
                        format!(
                            "La mise à jour valait jusqu’au {expired}\u{202f}; l’horloge de cet appareil indique le {now}."
                        )
                    }
                },
                way_out(
                    "If the clock is wrong, set it and try again. If it is right, the publisher has not signed anew.",
                    "Si l’horloge se trompe, réglez-la et réessayez. Si elle est juste, l’éditeur n’a pas signé à nouveau.",
                ),
            )
        }
        Refusal::Clock { issued_s, now_s } => {
            let (issued, now) = (moment(*issued_s, lang), moment(*now_s, lang));
            (
                match lang {
                    Lang::En => format!("The update was signed on {issued}, and this device’s clock says {now}."),
                    Lang::Fr => {
                        format!(
                            "La mise à jour a été signée le {issued}, et l’horloge de cet appareil indique le {now}."
                        )
                    }
                },
                way_out("Set the device’s clock and try again.", "Réglez l’horloge de l’appareil et réessayez."),
            )
        }
        Refusal::Newer { .. } => (
            told(
                "The update is made for a newer version of the extension.",
                "La mise à jour est faite pour une version plus récente de l’extension.",
            ),
            way_out(
                "Update the extension; browsers do so by themselves within a day or so.",
                "Mettez l’extension à jour\u{202f}; les navigateurs le font d’eux-mêmes en un jour environ.",
            ),
        ),
        Refusal::OldFormat { .. } => (
            told(
                "The update is made for an older version of the extension.",
                "La mise à jour est faite pour une version plus ancienne de l’extension.",
            ),
            way_out("Wait for the publisher’s next version.", "Attendez la prochaine version de l’éditeur."),
        ),
        Refusal::Trial(_) => (
            told(
                "The update failed its trial: it gives wrong answers to known cases.",
                "La mise à jour a échoué à l’essai\u{a0}: elle répond mal à des cas connus.",
            ),
            way_out(
                "Tell the publisher, and wait for the next version.",
                "Signalez-le à l’éditeur et attendez la version suivante.",
            ),
        ),
        Refusal::Storage(_) => (
            told("The browser could not store the update.", "Le navigateur n’a pas pu enregistrer la mise à jour."),
            way_out("Make room on the disk and try again.", "Libérez de la place sur le disque et réessayez."),
        ),
        Refusal::NothingThere => (
            told("There is no such version to go back to.", "Il n’y a pas de telle version à laquelle revenir."),
            way_out(
                "The one that came with the extension is always there.",
                "Celle de l’extension reste toujours disponible.",
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_S: i64 = 1_796_083_200;

    fn refusals() -> Vec<Refusal> {
        let version = Version { day: 20_261_125, revision: 1 };
        vec![
            Refusal::NoChannel,
            Refusal::NoAccess,
            Refusal::NoConnection,
            Refusal::Portal,
            Refusal::NotFound,
            Refusal::Server(503),
            Refusal::TooLarge,
            Refusal::Damaged("dataset.img".to_owned()),
            Refusal::NotAnUpdate,
            Refusal::Signature,
            Refusal::Key("0123456789ABCDEF".to_owned()),
            Refusal::Unreadable("part".to_owned()),
            Refusal::Older { found: version, known: version },
            Refusal::Twofold(version),
            Refusal::Expired { expires_s: NOW_S, now_s: 0 },
            Refusal::Clock { issued_s: NOW_S, now_s: i64::MAX },
            Refusal::Newer { found: 4, expected: 3 },
            Refusal::OldFormat { found: 2, expected: 3 },
            Refusal::Trial("fastly".to_owned()),
            Refusal::Storage("full".to_owned()),
            Refusal::NothingThere,
            Refusal::BrokenOff,
        ]
    }

    #[test]
    fn every_refusal_has_a_cause_and_a_way_out_in_both_languages() {
        for what in refusals() {
            let (en, en_out) = refusal(&what, Lang::En);
            let (fr, fr_out) = refusal(&what, Lang::Fr);
            for text in [&en, en_out, &fr, fr_out] {
                assert!(text.ends_with('.') && text.len() > 10, "{what:?}: {text}");
                assert!(!text.contains('\''), "{text}");
            }
            assert_ne!(en, fr);
            for text in [&fr, fr_out] {
                for (mark, space) in [(':', '\u{a0}'), (';', '\u{202f}'), ('?', '\u{202f}')] {
                    for (at, _) in text.match_indices(mark).filter(|(at, _)| text[at + 1..].starts_with(' ')) {
                        assert!(text[..at].ends_with(space), "{text}");
                    }
                }
            }
        }
        for label in UpdateLabel::ALL {
            assert!(!label.text(Lang::En).is_empty() && !label.text(Lang::Fr).is_empty());
        }
    }

    #[test]
    fn versions_and_sizes_are_told_in_words() {
        let of = Version { day: 20_261_201, revision: 2 };
        assert_eq!(version(of, Lang::En), "1 December 2026, no. 2");
        assert_eq!(version(of, Lang::Fr), "1er\u{a0}décembre 2026, nº\u{a0}2");
        assert_eq!(version_age(of, NOW_S, Lang::En).as_deref(), Some("of today"));
        assert_eq!(version_age(of, NOW_S + 3 * 86_400, Lang::Fr).as_deref(), Some("âgé de 3\u{a0}jours"));
        // A clock that stands before the dataset's day.
        assert_eq!(version_age(of, 0, Lang::En), None);
        assert_eq!(progress(1, 1_234_567, Lang::Fr), "1\u{a0}ko sur 1\u{202f}235\u{a0}ko");
    }
}
