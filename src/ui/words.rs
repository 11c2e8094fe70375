//! Every sentence that a reader sees, in English and French.
//!
//! The words keep four things apart: who *delivered* a copy, where the site is *hosted*, who runs its
//! DNS (never told from a delivery, so never claimed), and whose domain a *third party* is. They say how
//! a thing is known and praise or blame nobody. An unknown is told with its reason, and nothing that was
//! not seen is ever said to be absent.
//!
//! French no-break spaces are written as escapes, `\u{a0}` before a colon and inside guillemets,
//! `\u{202f}` before the other tall marks and between thousands, because nobody sees them otherwise.

use std::net::IpAddr;

use crate::detect::response::{Response, host};
use crate::detect::table::{ListRow, PlaceRow, Provider, Tables};
use crate::detect::verdict::{
    Basis, Conflict, Copy, Evidence, Freshness, LayerRole, Origin, Pop, Reason, Stamp, Verdict,
};
use crate::detect::vocabulary::{CacheWord, Grade, Layer, Strength};
use crate::field;
use crate::net::Reach;
use crate::page::State;

/// Characters of somebody else's text that fit into a sentence.
const QUOTED_MAX: usize = 80;

/// The languages that are spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    #[default]
    En,
    Fr,
}

impl Lang {
    /// From a language tag (RFC 5646) or a locale's name: `fr-CA`, `fr_FR.UTF-8`. Other languages read English.
    pub fn from_tag(tag: &str) -> Self {
        let primary = tag.split(['-', '_', '.', '@']).next().unwrap_or("");
        if primary.eq_ignore_ascii_case("fr") { Self::Fr } else { Self::En }
    }

    /// The tag for a `lang` attribute.
    pub fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    fn pick<'s>(self, en: &'s str, fr: &'s str) -> &'s str {
        match self {
            Self::En => en,
            Self::Fr => fr,
        }
    }
}

/// Whose connection a sentence tells of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Voice {
    /// The browser in front of the reader.
    #[default]
    Live,
    /// A recording, such as a HAR file, perhaps somebody else's.
    Recorded,
}

// Who answered, and how that is known.

/// The short sentence: "Cloudflare, Paris, stored copy".
pub fn sentence(verdict: &Verdict<'_>, tables: &Tables<'_>, lang: Lang) -> String {
    let Some(subject) = subject(verdict, tables, lang) else { return unknown(verdict.reason, tables, lang) };
    let probably = match verdict.grade {
        Grade::Certain => "",
        Grade::Likely => lang.pick("probably ", "probablement "),
        Grade::Possible | Grade::Unknown => lang.pick("possibly ", "peut-être "),
    };
    let mut text = if probably.is_empty() { subject } else { capital(&format!("{probably}{subject}")) };
    let place = verdict.pop.as_ref().and_then(|pop| place_short(pop, tables, lang));
    for part in [place.as_deref(), copy_short(verdict.copy, lang)].into_iter().flatten() {
        text.push_str(", ");
        text.push_str(part);
    }
    text
}

/// The sentence of a page: what came over the network, or why nothing did.
pub fn headline(state: State, verdict: Option<&Verdict<'_>>, tables: &Tables<'_>, lang: Lang) -> String {
    let who = || match verdict {
        Some(verdict) if verdict.delivered_by.is_some() => {
            let text = sentence(verdict, tables, lang);
            // A name keeps its letters, a word of ours loses its capital.
            let ours = verdict.grade != Grade::Certain || verdict.reason == Reason::HostNetwork;
            Some(if ours { small(&text) } else { text })
        }
        _ => None,
    };
    // What happened to the page, then who delivered it, or that this is not known.
    let with = |en: &str, fr: &str| {
        let what = lang.pick(en, fr);
        match who() {
            Some(who) => match lang {
                Lang::En => format!("{what}: {who}"),
                Lang::Fr => format!("{what}\u{a0}: {who}"),
            },
            None => match lang {
                Lang::En => format!("{what}: by whom is not known"),
                Lang::Fr => format!("{what}\u{a0}: on ne sait pas par qui"),
            },
        }
    };
    match state {
        State::Network | State::Proxied => match verdict {
            Some(verdict) => sentence(verdict, tables, lang),
            None => state_title(state, lang).to_owned(),
        },
        State::Revalidated => {
            with("Your browser’s copy, confirmed just now", "Copie de votre navigateur, confirmée à l’instant")
        }
        State::BrowserCache => {
            with("From your browser’s cache, delivered earlier", "Du cache de votre navigateur, livré auparavant")
        }
        State::BackForwardCache => {
            with("Brought back by your browser, delivered earlier", "Réaffiché par votre navigateur, livré auparavant")
        }
        State::Prefetched => with("Fetched ahead of your visit", "Récupéré avant votre visite"),
        State::Prerendered => with("Built ahead of your visit", "Préparé avant votre visite"),
        State::Download => with("Download", "Téléchargement"),
        State::NoContent => with("Answer without content", "Réponse sans contenu"),
        State::Discarded if verdict.is_some() => {
            with("Taken out of memory, delivered earlier", "Retiré de la mémoire, livré auparavant")
        }
        _ => state_title(state, lang).to_owned(),
    }
}

/// One or two sentences: who delivered, and how that is known, or why it is not.
pub fn why(verdict: &Verdict<'_>, response: &Response<'_>, tables: &Tables<'_>, lang: Lang, voice: Voice) -> String {
    let name = |provider: Provider| tables.name(provider);
    let address = response.server_address.map(|address| address.to_string());
    let list = list(verdict, tables);
    let Some(delivered_by) = verdict.delivered_by else {
        return why_unknown(verdict.reason, response, tables, lang, voice);
    };
    let edge = name(delivered_by);
    let connected = |machine: String| connected(&machine, address.as_deref(), response.from_cache, lang, voice);
    let maybe = match (verdict.grade, lang) {
        (Grade::Certain | Grade::Likely, Lang::En) => "Probably",
        (Grade::Certain | Grade::Likely, Lang::Fr) => "Probablement",
        (_, Lang::En) => "Possibly",
        (_, Lang::Fr) => "Peut-être",
    };
    let unchecked = unchecked(response, lang);
    match verdict.reason {
        Reason::Address => {
            let known = known_address(edge, list, verdict.grade, lang);
            format!("{}. {known}", connected(machine_of(edge, lang)))
        }
        Reason::AddressOnMachines { platform } => {
            let platform = name(platform);
            let known = match lang {
                Lang::En => {
                    format!("The address is {}, and its machines are {}.", possessive(platform), possessive(edge))
                }
                Lang::Fr => format!("L’adresse est celle {}, les machines sont celles {}.", de(platform), de(edge)),
            };
            format!("{}. {known}", connected(machine_of(edge, lang)))
        }
        Reason::HostNetwork => {
            let known = lang.pick(
                "Nothing in the response speaks for another provider in front of it.",
                "Rien dans la réponse ne signale un autre prestataire devant elle.",
            );
            format!("{}. {known}", connected(machine_in_network(edge, lang)))
        }
        Reason::RentedMachine { network } if network == delivered_by => {
            let known = match lang {
                Lang::En => format!("The response carries {} own marks.", possessive(edge)),
                Lang::Fr => format!("La réponse porte les marques propres à {edge}."),
            };
            format!("{}. {known}", connected(machine_in_network(edge, lang)))
        }
        Reason::RentedMachine { network } => {
            let known = match lang {
                Lang::En => format!("The response carries the marks of {edge}, which uses machines there."),
                Lang::Fr => format!("La réponse porte les marques {}, qui y utilise des machines.", de(edge)),
            };
            format!("{}. {known}", connected(machine_in_network(name(network), lang)))
        }
        Reason::PlatformCarrier { platform } => {
            let platform = name(platform);
            match lang {
                Lang::En => format!(
                    "{maybe} served by {edge}: the signs are those of {platform}, which {edge} delivers; {unchecked}."
                ),
                Lang::Fr => format!(
                    "{maybe} livré par {edge}\u{a0}: les indices sont ceux {}, que {edge} livre\u{202f}; {unchecked}.",
                    de(platform)
                ),
            }
        }
        Reason::HostName => {
            let host = quoted(host(response.url).unwrap_or(""), lang);
            match lang {
                Lang::En => format!("{maybe} served by {edge}: the host name {host} is one of its names; {unchecked}."),
                Lang::Fr => format!(
                    "{maybe} livré par {edge}\u{a0}: le nom d’hôte {host} est l’un des siens\u{202f}; {unchecked}."
                ),
            }
        }
        Reason::CanonicalName => {
            let canonical = quoted(response.canonical_name.unwrap_or(""), lang);
            match lang {
                Lang::En => format!(
                    "{maybe} served by {edge}: the host’s name leads to {canonical}, one of its names; {unchecked}."
                ),
                Lang::Fr => format!(
                    "{maybe} livré par {edge}\u{a0}: le nom d’hôte mène à {canonical}, l’un des siens\u{202f}; {unchecked}."
                ),
            }
        }
        _ => {
            let first = match lang {
                Lang::En => format!("{maybe} served by {edge}; {unchecked}."),
                Lang::Fr => format!("{maybe} livré par {edge}\u{202f}; {unchecked}."),
            };
            match resting_on(verdict, delivered_by, tables, lang) {
                Some(known) => format!("{first} {known}"),
                None => first,
            }
        }
    }
}

/// The longer sentence for a delivery that nobody can be named for.
fn why_unknown(reason: Reason, response: &Response<'_>, tables: &Tables<'_>, lang: Lang, voice: Voice) -> String {
    let address = response.server_address.map_or_else(String::new, |address| address.to_string());
    let known = |en: String, fr: String| match lang {
        Lang::En => format!("Who answered is not known: {en}"),
        Lang::Fr => format!("On ne sait pas qui a répondu\u{a0}: {fr}"),
    };
    match reason {
        Reason::OnlyFossils { provider } => {
            let name = tables.name(provider);
            match lang {
                Lang::En => format!("{name} took part when this copy was stored; who sent it now is not visible."),
                Lang::Fr => format!("{name} est intervenu quand cette copie a été conservée\u{202f}; qui l’a envoyée cette fois n’est pas visible."),
            }
        }
        Reason::ServiceOnly { provider } => {
            let name = tables.name(provider);
            match lang {
                Lang::En => format!("The host name belongs to {name}, which several providers deliver; which of them answered is not visible."),
                Lang::Fr => format!(
                    "Le nom d’hôte est celui {}, que plusieurs prestataires livrent\u{202f}; lequel a répondu n’est pas visible.",
                    de(name)
                ),
            }
        }
        Reason::OnlyWeak => known(
            "the response carries only signs that many others send too.".to_owned(),
            "la réponse ne porte que des indices que beaucoup d’autres envoient aussi.".to_owned(),
        ),
        Reason::Contradiction => known(
            "the response carries live marks of too many providers at once.".to_owned(),
            "la réponse porte à la fois les marques de trop de prestataires.".to_owned(),
        ),
        Reason::BehindProxy => known(
            "a proxy answered for the server, so its address is hidden, and no field of the response names anybody.".to_owned(),
            "un proxy a répondu à la place du serveur, dont l’adresse reste cachée, et aucun champ de la réponse ne désigne personne."
                .to_owned(),
        ),
        Reason::AddressUnlisted => known(
            format!("no list here holds the address {address}, and no field of the response names anybody. Providers also use addresses that no list shows."),
            format!("l’adresse {address} n’est sur aucune liste d’ici, et aucun champ de la réponse ne désigne personne. Les prestataires emploient aussi des adresses qu’aucune liste ne montre."),
        ),
        Reason::AddressSpecial { reach } => {
            let kind = special(reach, lang, voice);
            known(
                format!("the address {address} {kind}, and no field of the response names anybody."),
                format!("l’adresse {address} {kind}, et aucun champ de la réponse ne désigne personne."),
            )
        }
        _ => match voice {
            Voice::Live => known(
                "the browser told no address, and no field of the response names anybody.".to_owned(),
                "le navigateur n’a indiqué aucune adresse, et aucun champ de la réponse ne désigne personne.".to_owned(),
            ),
            Voice::Recorded => known(
                "no address was recorded, and no field of the response names anybody.".to_owned(),
                "aucune adresse n’a été enregistrée, et aucun champ de la réponse ne désigne personne.".to_owned(),
            ),
        },
    }
}

/// Why nobody is named, in a few words.
pub fn unknown(reason: Reason, tables: &Tables<'_>, lang: Lang) -> String {
    let because = match reason {
        Reason::AddressUnlisted => lang.pick("address on no list", "adresse absente des listes"),
        Reason::AddressSpecial { .. } => lang.pick("the server’s address is hidden", "l’adresse du serveur est cachée"),
        Reason::BehindProxy => lang.pick("a proxy hides the address", "un proxy cache l’adresse"),
        Reason::OnlyWeak => lang.pick("only signs that others send too", "indices que d’autres envoient aussi"),
        Reason::Contradiction => lang.pick("signs of too many providers", "indices de trop de prestataires"),
        Reason::OnlyFossils { provider } => {
            let name = tables.name(provider);
            return match lang {
                Lang::En => format!("Not known who answered; {name} took part when the copy was stored"),
                Lang::Fr => {
                    format!("On ne sait pas qui a répondu\u{202f}; {name} est intervenu quand la copie a été conservée")
                }
            };
        }
        Reason::ServiceOnly { provider } => {
            let name = tables.name(provider);
            return match lang {
                Lang::En => format!("A service of {name}; not known which provider answered"),
                Lang::Fr => format!("Un service {}\u{202f}; on ne sait pas quel prestataire a répondu", de(name)),
            };
        }
        _ => lang.pick("no address and no mark", "ni adresse ni marque"),
    };
    match lang {
        Lang::En => format!("Not known who answered: {because}"),
        Lang::Fr => format!("On ne sait pas qui a répondu\u{a0}: {because}"),
    }
}

/// Who answered, with the platform it answered for.
fn subject(verdict: &Verdict<'_>, tables: &Tables<'_>, lang: Lang) -> Option<String> {
    let edge = tables.name(verdict.delivered_by?);
    Some(match verdict.reason {
        Reason::HostNetwork if verdict.origin == Origin::Visible => {
            let text = match lang {
                Lang::En => format!("the site’s own server, at {edge}"),
                Lang::Fr => format!("le serveur du site, chez {edge}"),
            };
            if verdict.grade == Grade::Certain { capital(&text) } else { text }
        }
        Reason::HostNetwork => {
            let text = match lang {
                Lang::En => format!("a machine at {edge}"),
                Lang::Fr => format!("une machine chez {edge}"),
            };
            if verdict.grade == Grade::Certain { capital(&text) } else { text }
        }
        Reason::AddressOnMachines { platform } | Reason::PlatformCarrier { platform } => match lang {
            Lang::En => format!("{edge} for {}", tables.name(platform)),
            Lang::Fr => format!("{edge} pour {}", tables.name(platform)),
        },
        _ => edge.to_owned(),
    })
}

/// The connection in one clause, without a full stop. The machine comes with its article.
fn connected(machine: &str, address: Option<&str>, from_cache: bool, lang: Lang, voice: Voice) -> String {
    let address = address.map(|address| format!(" ({address})")).unwrap_or_default();
    match (voice, from_cache, lang) {
        (Voice::Live, false, Lang::En) => format!("Your browser was connected to {machine}{address}"),
        (Voice::Live, false, Lang::Fr) => format!("Votre navigateur était connecté à {machine}{address}"),
        (Voice::Live, true, Lang::En) => format!("When your browser last asked, {machine} answered{address}"),
        (Voice::Live, true, Lang::Fr) => {
            format!("À la dernière demande de votre navigateur, {machine} a répondu{address}")
        }
        (Voice::Recorded, false, Lang::En) => format!("The response came from {machine}{address}"),
        (Voice::Recorded, false, Lang::Fr) => format!("La réponse a été envoyée par {machine}{address}"),
        (Voice::Recorded, true, Lang::En) => format!("The copy was fetched earlier from {machine}{address}"),
        (Voice::Recorded, true, Lang::Fr) => format!("La copie avait été envoyée par {machine}{address}"),
    }
}

fn machine_of(name: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{} {name} machine", article(name)),
        Lang::Fr => format!("une machine {}", de(name)),
    }
}

fn machine_in_network(name: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("a machine in {} network", possessive(name)),
        Lang::Fr => format!("une machine du réseau {}", de(name)),
    }
}

fn known_address(name: &str, list: Option<&ListRow>, grade: Grade, lang: Lang) -> String {
    match (list.is_some_and(ListRow::is_published), grade, lang) {
        (true, _, Lang::En) => format!("The address is on the list that {name} publishes."),
        (true, _, Lang::Fr) => format!("L’adresse figure sur la liste que {name} publie."),
        (false, Grade::Certain, Lang::En) => {
            format!("Routing data place the address with {name}, and the response carries its mark.")
        }
        (false, Grade::Certain, Lang::Fr) => {
            format!("Les données de routage attribuent l’adresse à {name}, et la réponse porte sa marque.")
        }
        (false, _, Lang::En) => {
            format!("Routing data place the address with {name}; {name} itself publishes no such list.")
        }
        (false, _, Lang::Fr) => {
            format!("Les données de routage attribuent l’adresse à {name}, qui ne publie pas lui-même une telle liste.")
        }
    }
}

/// Why the address was of no help, as a clause.
fn unchecked(response: &Response<'_>, lang: Lang) -> String {
    match response.server_address {
        _ if response.proxied => lang.pick("a proxy hides the address", "un proxy cache l’adresse").to_owned(),
        Some(address) if crate::net::reach(address) == Reach::Public => match lang {
            Lang::En => format!("the address {address} is on no list here"),
            Lang::Fr => format!("l’adresse {address} n’est sur aucune liste d’ici"),
        },
        Some(address) => match lang {
            Lang::En => format!("the address {address} is not the server’s"),
            Lang::Fr => format!("l’adresse {address} n’est pas celle du serveur"),
        },
        None => lang.pick("the address could not be checked", "l’adresse n’a pas pu être vérifiée").to_owned(),
    }
}

/// What an address without an owner is, as a clause after "the address".
fn special(reach: Reach, lang: Lang, voice: Voice) -> &'static str {
    match reach {
        Reach::Loopback if voice == Voice::Live => lang.pick(
            "is that of your own machine, where some program answered or relayed",
            "est celle de votre propre machine, où un programme a répondu ou relayé",
        ),
        Reach::Loopback => lang.pick(
            "is that of the machine itself, where some program answered or relayed",
            "est celle de la machine elle-même, où un programme a répondu ou relayé",
        ),
        Reach::Private => lang.pick("is inside a private network", "est interne à un réseau privé"),
        Reach::Benchmark => lang.pick(
            "is of a kind that VPN programs and filters answer with",
            "est de celles que donnent les logiciels de VPN et de filtrage",
        ),
        _ => lang
            .pick("is reserved and belongs to no public server", "est réservée et n’appartient à aucun serveur public"),
    }
}

/// The fields that name the deliverer, strongest first.
fn resting_on(verdict: &Verdict<'_>, provider: Provider, tables: &Tables<'_>, lang: Lang) -> Option<String> {
    let strength = |evidence: &Evidence<'_>| strength_of(evidence, tables).unwrap_or(Strength::Reading);
    let mut fields: Vec<(Strength, String)> = Vec::new();
    for evidence in verdict.evidence.iter().filter(|evidence| evidence.provider == provider) {
        let (strength, name) = (strength(evidence), field_name(evidence.field, lang));
        if strength >= Strength::Strong && !fields.iter().any(|(_, known)| *known == name) {
            fields.push((strength, name));
        }
    }
    fields.sort_by_key(|(strength, _)| std::cmp::Reverse(*strength));
    let names: Vec<&str> = fields.iter().take(3).map(|(_, name)| name.as_str()).collect();
    match (names.as_slice(), lang) {
        ([], _) => None,
        ([only], Lang::En) => Some(format!("This rests on: {only}.")),
        ([only], Lang::Fr) => Some(format!("Cela repose sur\u{a0}: {only}.")),
        ([first @ .., last], Lang::En) => Some(format!("This rests on: {} and {last}.", first.join(", "))),
        ([first @ .., last], Lang::Fr) => Some(format!("Cela repose sur\u{a0}: {} et {last}.", first.join(", "))),
    }
}

/// Two observations that do not go together, as a sentence.
pub fn conflict(conflict: Conflict, tables: &Tables<'_>, lang: Lang) -> String {
    let name = |provider: Provider| tables.name(provider);
    match conflict {
        Conflict::AddressAgainstFields { address, fields } => {
            let (address, fields) = (name(address), name(fields));
            match lang {
                Lang::En => format!(
                    "The address is {}, but fields of the response look as if {fields} had answered. The address counts for more.",
                    possessive(address)
                ),
                Lang::Fr => format!(
                    "L’adresse est celle {}, mais des champs de la réponse font croire que {fields} a répondu. L’adresse compte davantage.",
                    de(address)
                ),
            }
        }
        Conflict::TwoInFront { first, second } => {
            let (first, second) = (name(first), name(second));
            match lang {
                Lang::En => {
                    format!("The fields look as if both {first} and {second} had answered; {first} fits better.")
                }
                Lang::Fr => format!(
                    "Les champs font croire que {first} et {second} ont tous deux répondu\u{202f}; {first} s’accorde mieux avec le reste."
                ),
            }
        }
        Conflict::TooMany { count } => match lang {
            Lang::En => format!(
                "{} providers left live marks on this response, more than a delivery has layers.",
                number(count.into(), lang)
            ),
            Lang::Fr => format!(
                "{} prestataires ont laissé leur marque sur cette réponse, plus qu’une livraison n’a d’étapes.",
                number(count.into(), lang)
            ),
        },
    }
}

// Grades and roles.

/// How sure a claim is, in one word.
pub fn grade(grade: Grade, lang: Lang) -> &'static str {
    match grade {
        Grade::Certain => lang.pick("certain", "certain"),
        Grade::Likely => lang.pick("likely", "probable"),
        Grade::Possible => lang.pick("possible", "possible"),
        Grade::Unknown => lang.pick("unknown", "inconnu"),
    }
}

/// What the grade means.
pub fn grade_meaning(grade: Grade, lang: Lang) -> &'static str {
    match grade {
        Grade::Certain => lang.pick(
            "The address that answered is this provider’s, by its own list or together with its own mark.",
            "L’adresse qui a répondu est celle de ce prestataire, d’après sa propre liste ou confirmée par sa marque.",
        ),
        Grade::Likely => lang.pick(
            "Strong signs agree, but one link of the proof is missing.",
            "Des indices forts concordent, mais il manque un maillon à la preuve.",
        ),
        Grade::Possible => lang.pick(
            "A sign points this way; it could have another cause.",
            "Un indice va dans ce sens\u{202f}; il peut avoir une autre cause.",
        ),
        Grade::Unknown => {
            lang.pick("Nothing that was seen names who answered.", "Rien de ce qui a été vu ne désigne qui a répondu.")
        }
    }
}

/// What a layer does in the chain.
pub fn role(role: LayerRole, lang: Lang) -> &'static str {
    match role {
        LayerRole::Edge => lang.pick("delivered by", "livré par"),
        LayerRole::Inner => lang.pick("passed through", "passé par"),
        LayerRole::Platform => lang.pick("platform of the site", "plateforme du site"),
        LayerRole::Host => lang.pick("network of the machine", "réseau de la machine"),
        LayerRole::Storage => lang.pick("storage of the files", "stockage des fichiers"),
        LayerRole::Origin => lang.pick("the site’s own server", "serveur du site"),
    }
}

// The origin server.

/// Whether the reader can see the origin server, in a word or two.
pub fn origin(origin: Origin, lang: Lang) -> &'static str {
    match origin {
        Origin::Visible => lang.pick("visible", "visible"),
        Origin::Hidden => lang.pick("hidden", "caché"),
        Origin::Hinted => lang.pick("hinted at", "deviné"),
        Origin::Unobservable => lang.pick("cannot be told from here", "indiscernable d’ici"),
    }
}

/// Where the site's own server is, or why that is not seen.
pub fn origin_why(verdict: &Verdict<'_>, tables: &Tables<'_>, lang: Lang) -> String {
    let name = |provider: Provider| tables.name(provider);
    let edge = verdict.delivered_by.map(name);
    let held = verdict.hosted_at.map(name);
    let behind = verdict.layers.iter().find(|layer| layer.role == LayerRole::Inner).map(|layer| name(layer.provider));
    match (verdict.origin, edge, held) {
        (Origin::Visible, Some(edge), _) if verdict.reason == Reason::HostNetwork => match lang {
            Lang::En => format!("The machine that answered is the site’s own server, at {edge}."),
            Lang::Fr => format!("La machine qui a répondu est le serveur du site, chez {edge}."),
        },
        (Origin::Visible, Some(edge), _) => match lang {
            Lang::En => format!("{edge} holds the site and answers for it: its machine is the origin server."),
            Lang::Fr => {
                format!("{edge} héberge le site et répond pour lui\u{a0}: sa machine est le serveur d’origine.")
            }
        },
        (Origin::Hidden, Some(edge), _) => match lang {
            Lang::En => format!(
                "{edge} answers for servers that stay out of sight, and nothing shows where this site’s own server is."
            ),
            Lang::Fr => format!(
                "{edge} répond pour des serveurs qui restent hors de vue, et rien ne montre où se trouve celui du site."
            ),
        },
        (Origin::Hinted, Some(edge), Some(held)) if edge == held => match lang {
            Lang::En => format!("{edge} usually holds the sites that it answers for, but it can also relay."),
            Lang::Fr => {
                format!("{edge} héberge d’ordinaire les sites pour lesquels il répond, mais peut aussi relayer.")
            }
        },
        (Origin::Hinted, Some(edge), Some(held)) => match lang {
            Lang::En => format!(
                "Behind {edge}, marks in the response point to {held}. The address of that server stays out of sight."
            ),
            Lang::Fr => format!(
                "Derrière {edge}, des marques dans la réponse désignent {held}. L’adresse de ce serveur reste hors de vue."
            ),
        },
        (Origin::Hinted, None, Some(held)) => match lang {
            Lang::En => format!("The signs point to {held}; what stands in front of it is not visible."),
            Lang::Fr => format!("Les indices désignent {held}\u{202f}; ce qui se trouve devant n’est pas visible."),
        },
        (Origin::Hinted, Some(edge), None) => match (behind, lang) {
            (Some(behind), Lang::En) => format!("Behind {edge} stood {behind}; what is further back is not visible."),
            (Some(behind), Lang::Fr) => {
                format!("Derrière {edge} se trouvait {behind}\u{202f}; au-delà, rien n’est visible.")
            }
            (None, Lang::En) => format!("{edge} may hold the site itself or relay for another server."),
            (None, Lang::Fr) => format!("{edge} peut héberger le site ou relayer un autre serveur."),
        },
        _ => lang
            .pick(
                "From a browser it cannot be told where the site’s own server is.",
                "Depuis un navigateur, on ne peut pas dire où se trouve le serveur du site.",
            )
            .to_owned(),
    }
}

// The copy.

/// What became of the request, in a word or two; nothing when that is unknown.
pub fn copy_short(copy: Copy, lang: Lang) -> Option<&'static str> {
    Some(match copy {
        Copy::Stored => lang.pick("stored copy", "copie conservée"),
        Copy::Passed => lang.pick("request passed on", "requête transmise"),
        Copy::Revalidated => lang.pick("stored copy, confirmed", "copie conservée, confirmée"),
        Copy::Unknown => return None,
    })
}

/// Whether the deliverer sent a copy that it keeps, how old, or why that is not known.
pub fn copy(verdict: &Verdict<'_>, tables: &Tables<'_>, lang: Lang) -> String {
    let Some(edge) = verdict.delivered_by.map(|provider| tables.name(provider)) else {
        return lang
            .pick(
                "Whether a stored copy was sent is not visible.",
                "Qu’une copie conservée ait été envoyée ou non n’est pas visible.",
            )
            .to_owned();
    };
    let says = verdict.word.as_ref().map(|(_, says)| *says);
    let age = verdict.age_s.map(|age_s| age(age_s, lang));
    let aged = |sent: String| match (&age, lang) {
        (Some(age), Lang::En) => format!("{sent}, {age} old."),
        (Some(age), Lang::Fr) => format!("{sent}, âgée de {age}."),
        (None, _) => format!("{sent}."),
    };
    match (verdict.copy, says) {
        (Copy::Stored, Some(CacheWord::StoredElsewhere)) => aged(match lang {
            Lang::En => format!("{edge} sent a copy that another of its machines keeps"),
            Lang::Fr => format!("{edge} a envoyé une copie que conserve une autre de ses machines"),
        }),
        (Copy::Stored, _) => aged(match lang {
            Lang::En => format!("{edge} sent a stored copy"),
            Lang::Fr => format!("{edge} a envoyé une copie conservée"),
        }),
        (Copy::Revalidated, _) => match lang {
            Lang::En => format!("{edge} sent a stored copy after having it confirmed for this request."),
            Lang::Fr => {
                format!("{edge} a envoyé une copie conservée, après l’avoir fait confirmer pour cette requête.")
            }
        },
        (Copy::Passed, Some(CacheWord::Fetched)) => match lang {
            Lang::En => format!(
                "{edge} had no copy to send and fetched the response for this request; it may keep one from now on."
            ),
            Lang::Fr => format!(
                "{edge} n’avait pas de copie à envoyer et a demandé la réponse pour cette requête\u{202f}; il peut en conserver une désormais."
            ),
        },
        (Copy::Passed, _) => match lang {
            Lang::En => format!("{edge} relayed the response and did not store it."),
            Lang::Fr => format!("{edge} a relayé la réponse et ne l’a pas conservée."),
        },
        (Copy::Unknown, Some(CacheWord::Made)) => match lang {
            Lang::En => format!(
                "{edge} made this response itself: it is neither a stored copy nor an answer from further back."
            ),
            Lang::Fr => format!(
                "{edge} a produit lui-même cette réponse\u{a0}: ce n’est ni une copie conservée ni une réponse venue de plus loin."
            ),
        },
        (Copy::Unknown, _) => match (&age, lang) {
            (None, Lang::En) => format!("Whether {edge} keeps a copy is not visible."),
            (None, Lang::Fr) => format!("Que {edge} en conserve une copie ou non n’est pas visible."),
            (Some(age), Lang::En) => format!(
                "Whether {edge} keeps a copy is not visible. Some cache on the way had held the response for {age}."
            ),
            (Some(age), Lang::Fr) => format!(
                "Que {edge} en conserve une copie ou non n’est pas visible. Un cache sur le chemin détenait la réponse depuis {age}."
            ),
        },
    }
}

/// What a cache word means at the provider that wrote it.
pub fn cache_word(says: CacheWord, lang: Lang) -> &'static str {
    match says {
        CacheWord::Stored => lang.pick("this response was a stored copy", "cette réponse était une copie conservée"),
        CacheWord::StoredElsewhere => lang.pick(
            "another tier of the same provider had a copy",
            "un autre niveau du même prestataire avait une copie",
        ),
        CacheWord::Revalidated => {
            lang.pick("a stored copy, confirmed for this request", "une copie conservée, confirmée pour cette requête")
        }
        CacheWord::Fetched => lang.pick("fetched for this request", "demandée plus loin pour cette requête"),
        CacheWord::Passed => lang.pick("relayed and not kept", "relayée et non conservée"),
        CacheWord::Made => lang.pick("made by the provider itself", "produite par le prestataire lui-même"),
    }
}

// Places, ages, numbers, dates.

/// Where a point of presence stands: city and country, or only what is known.
pub fn place(pop: &Pop, tables: &Tables<'_>, lang: Lang) -> String {
    match place_row(pop, tables) {
        Some(row) => {
            let country = country(row.country, tables, lang);
            let city = city(row, tables, lang);
            match (row.confidence, lang) {
                // A place that was only inferred is told by its country.
                (2, _) => country,
                // City states, and territories named after their city.
                _ if country.starts_with(city) => city.to_owned(),
                (_, Lang::En) => format!("{city}, {country}"),
                (_, Lang::Fr) => format!("{city} ({country})"),
            }
        }
        None => match lang {
            Lang::En => format!("code {}, place unknown", quoted(&pop.code, lang)),
            Lang::Fr => format!("code {}, lieu inconnu", quoted(&pop.code, lang)),
        },
    }
}

/// The city alone, or the country of a place that was only inferred.
pub fn place_short(pop: &Pop, tables: &Tables<'_>, lang: Lang) -> Option<String> {
    let row = place_row(pop, tables)?;
    Some(if row.confidence == 2 { country(row.country, tables, lang) } else { city(row, tables, lang).to_owned() })
}

fn place_row<'d>(pop: &Pop, tables: &Tables<'d>) -> Option<&'d PlaceRow> {
    tables.place(pop.coding?, &pop.code)
}

fn city<'d>(row: &PlaceRow, tables: &Tables<'d>, lang: Lang) -> &'d str {
    match lang {
        Lang::En => tables.text(row.city),
        Lang::Fr => tables.text(row.city_fr),
    }
}

/// A country's name, or its code where the dataset has no name.
pub fn country(code: [u8; 2], tables: &Tables<'_>, lang: Lang) -> String {
    match (tables.country(code), lang) {
        (Some(row), Lang::En) => tables.text(row.en).to_owned(),
        (Some(row), Lang::Fr) => tables.text(row.fr).to_owned(),
        (None, _) => field::text(&code).into_owned(),
    }
}

/// A length of time: `4 min 24 s`, `16 days`.
pub fn age(age_s: u64, lang: Lang) -> String {
    const MINUTE: u64 = 60;
    const HOUR: u64 = 3_600;
    const DAY: u64 = 86_400;
    let two = |large: u64, large_unit: &str, small: u64, small_unit: &str| {
        let space = space(lang);
        let large_text = format!("{}{space}{large_unit}", number(large, lang));
        if small == 0 { large_text } else { format!("{large_text}{space}{small}{space}{small_unit}") }
    };
    let days = age_s / DAY;
    let day_unit = match (days, lang) {
        (1, Lang::En) => "day",
        (_, Lang::En) => "days",
        (1, Lang::Fr) => "jour",
        (_, Lang::Fr) => "jours",
    };
    match age_s {
        0..MINUTE => two(age_s, "s", 0, ""),
        MINUTE..HOUR => two(age_s / MINUTE, "min", age_s % MINUTE, "s"),
        HOUR..DAY => two(age_s / HOUR, "h", age_s % HOUR / MINUTE, "min"),
        _ if days < 10 => two(days, day_unit, age_s % DAY / HOUR, "h"),
        _ => two(days, day_unit, 0, ""),
    }
}

/// A whole number with its thousands apart.
pub fn number(value: u64, lang: Lang) -> String {
    let digits = value.to_string();
    let separator = match lang {
        Lang::En => ',',
        Lang::Fr => '\u{202f}',
    };
    let mut text = String::with_capacity(digits.len() + 6);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

/// A day written as one number, 20261125, in words; nothing when it is no day.
pub fn date(day: u32, lang: Lang) -> Option<String> {
    let (year, month, day) = (day / 10_000, day / 100 % 100, day % 100);
    let month = month_name(month, lang)?;
    if !(1..=31).contains(&day) {
        return None;
    }
    Some(match lang {
        Lang::Fr if day == 1 => format!("1er\u{a0}{month} {year}"),
        Lang::Fr => format!("{day}\u{a0}{month} {year}"),
        Lang::En => format!("{day} {month} {year}"),
    })
}

/// An instant in milliseconds since 1970, in words, in Coordinated Universal Time.
pub fn instant(at_ms: i64, lang: Lang) -> Option<String> {
    let minutes = at_ms.div_euclid(60_000);
    let (year, month, day) = civil(minutes.div_euclid(1_440));
    let number = u32::try_from(year).ok().filter(|year| *year < 10_000)? * 10_000 + month * 100 + day;
    let date = date(number, lang)?;
    let (hour, minute) = (minutes.rem_euclid(1_440) / 60, minutes.rem_euclid(60));
    Some(match lang {
        Lang::En => format!("{date}, {hour:02}:{minute:02} UTC"),
        Lang::Fr => format!("{date}, {hour}\u{a0}h\u{a0}{minute:02} UTC"),
    })
}

/// Year, month and day of a number of days since 1970 in the Gregorian calendar.
fn civil(days: i64) -> (i64, u32, u32) {
    // Years that begin in March put the leap day last; 400 of them have 146,097 days.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month as u32, day as u32)
}

fn month_name(month: u32, lang: Lang) -> Option<&'static str> {
    const EN: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    const FR: [&str; 12] = [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ];
    let names = match lang {
        Lang::En => &EN,
        Lang::Fr => &FR,
    };
    names.get(usize::try_from(month.checked_sub(1)?).ok()?).copied()
}

// Evidence.

/// The name of a field as sent, or of another thing that was looked at.
pub fn field_name(name: &str, lang: Lang) -> String {
    match name {
        "server address" => lang.pick("server address", "adresse du serveur").to_owned(),
        "host" => lang.pick("host name", "nom d’hôte").to_owned(),
        "canonical name" => lang.pick("canonical name", "nom canonique").to_owned(),
        "certificate issuer" => lang.pick("certificate issuer", "émetteur du certificat").to_owned(),
        _ => field::text_within(name.as_bytes(), QUOTED_MAX).into_owned(),
    }
}

/// How much a piece of evidence proves.
pub fn strength(strength: Strength, lang: Lang) -> &'static str {
    match strength {
        Strength::Definitive => lang.pick("only this provider sends it", "seul ce prestataire l’envoie"),
        Strength::Strong => lang.pick("hardly anybody else sends it", "presque personne d’autre ne l’envoie"),
        Strength::Weak => lang.pick("others send it too", "d’autres l’envoient aussi"),
        Strength::Reading => lang.pick(
            "proves nothing by itself; a place, a clock or a cache word is read from it",
            "ne prouve rien à lui seul\u{202f}; on y lit un lieu, une heure ou un mot de cache",
        ),
    }
}

/// Which layer a rule speaks for.
pub fn layer(layer: Layer, lang: Lang) -> &'static str {
    match layer {
        Layer::Any => {
            lang.pick("may come from any depth of the delivery", "peut venir de n’importe quelle étape de la livraison")
        }
        Layer::LastWriter => lang.pick(
            "its machines write it over any earlier value",
            "ses machines l’écrivent à la place de toute valeur antérieure",
        ),
        Layer::Origin => {
            lang.pick("written by the origin server or its storage", "écrit par le serveur d’origine ou son stockage")
        }
    }
}

/// What stands behind an address that names a provider.
pub fn list_basis(list: &ListRow, tables: &Tables<'_>, lang: Lang) -> String {
    let name = tables.name(list.provider());
    match (list.is_published(), lang) {
        (true, Lang::En) => format!("on a list that {name} publishes"),
        (true, Lang::Fr) => format!("sur une liste que {name} publie"),
        (false, Lang::En) => format!("in a network of {}, by routing data", name),
        (false, Lang::Fr) => format!("dans un réseau {}, d’après les données de routage", de(name)),
    }
}

/// What the clock in a field says, against the moment the response arrived.
pub fn freshness(stamp: Stamp, received_at_ms: Option<i64>, lang: Lang) -> String {
    let at = instant(stamp.at_ms, lang);
    match (stamp.freshness, at, lang) {
        (Freshness::Fresh, _, Lang::En) => "its clock is that of this very response".to_owned(),
        (Freshness::Fresh, _, Lang::Fr) => "son horloge est celle de cette réponse même".to_owned(),
        (Freshness::Fossil, Some(at), lang) => {
            let before = received_at_ms
                .and_then(|now| u64::try_from((now - stamp.at_ms) / 1_000).ok())
                .filter(|before_s| *before_s >= 60)
                .map(|before_s| age(before_s, lang));
            match (before, lang) {
                (Some(before), Lang::En) => format!("stored with the copy: its clock says {at}, {before} earlier"),
                (Some(before), Lang::Fr) => {
                    format!("conservé avec la copie\u{a0}: son horloge indique le {at}, {before} plus tôt")
                }
                (None, Lang::En) => format!("stored with the copy: its clock says {at}"),
                (None, Lang::Fr) => format!("conservé avec la copie\u{a0}: son horloge indique le {at}"),
            }
        }
        (Freshness::Undated, Some(at), Lang::En) => format!("its clock says {at}; there is none to compare it with"),
        (Freshness::Undated, Some(at), Lang::Fr) => {
            format!("son horloge indique le {at}\u{202f}; rien à quoi la comparer")
        }
        (_, None, Lang::En) => "its clock says no date that can be read".to_owned(),
        (_, None, Lang::Fr) => "son horloge n’indique pas de date lisible".to_owned(),
    }
}

/// The list that holds the server's address, where one does.
fn list<'d>(verdict: &Verdict<'_>, tables: &Tables<'d>) -> Option<&'d ListRow> {
    verdict.evidence.iter().find_map(|evidence| match evidence.basis {
        Basis::Prefix(holder) => tables.list(holder.list),
        Basis::Rule(_) => None,
    })
}

fn strength_of(evidence: &Evidence<'_>, tables: &Tables<'_>) -> Option<Strength> {
    match evidence.basis {
        Basis::Rule(rule) => tables.rule(rule).map(|rule| rule.strength()),
        Basis::Prefix(_) => None,
    }
}

// How the page came to be on screen.

/// The name of a state of observation.
pub fn state_title(state: State, lang: Lang) -> &'static str {
    match state {
        State::Network => lang.pick("Seen on the network", "Vu sur le réseau"),
        State::Revalidated => lang.pick("Confirmed over the network", "Confirmé par le réseau"),
        State::BrowserCache => lang.pick("From your browser’s cache", "Du cache de votre navigateur"),
        State::ServiceWorker => {
            lang.pick("Answered by the page’s service worker", "Réponse du service worker de la page")
        }
        State::BackForwardCache => lang.pick("Brought back by your browser", "Réaffiché par votre navigateur"),
        State::Prefetched => lang.pick("Fetched ahead of your visit", "Récupéré avant votre visite"),
        State::Prerendered => lang.pick("Built ahead of your visit", "Préparé avant votre visite"),
        State::Download => lang.pick("A download", "Un téléchargement"),
        State::NoContent => lang.pick("An answer without content", "Une réponse sans contenu"),
        State::Proxied => lang.pick("Behind a proxy", "Derrière un proxy"),
        State::OlderThanExtension => lang.pick("This tab was not observed", "Cet onglet n’a pas été observé"),
        State::Discarded => lang.pick("Taken out of memory", "Retiré de la mémoire"),
        State::NoAccess => lang.pick("No access to this site", "Pas d’accès à ce site"),
        State::BrowserPage => lang.pick("A page of the browser", "Une page du navigateur"),
        State::LocalFile => lang.pick("A file on this device", "Un fichier de cet appareil"),
        State::Waiting => lang.pick("Waiting for the response", "En attente de la réponse"),
        State::Failed => lang.pick("No response came", "Aucune réponse reçue"),
    }
}

/// What a state of observation means for what is shown.
pub fn state_meaning(state: State, lang: Lang) -> &'static str {
    match state {
        State::Network => lang.pick(
            "This response crossed the network, and the extension saw it arrive.",
            "Cette réponse a traversé le réseau, et l’extension l’a vue arriver.",
        ),
        State::Revalidated => lang.pick(
            "Your browser already had the page. A machine on the network confirmed that it is still good, and that machine is the one shown here.",
            "Votre navigateur avait déjà la page. Une machine du réseau a confirmé qu’elle était toujours valable, et c’est cette machine qui est montrée ici.",
        ),
        State::BrowserCache => lang.pick(
            "Your browser used the copy that it keeps and asked nobody. What is shown here is who delivered that copy when it was fetched.",
            "Votre navigateur a repris la copie qu’il garde et n’a interrogé personne. Ce qui est montré ici est qui avait livré cette copie.",
        ),
        State::ServiceWorker => lang.pick(
            "A program that the site had installed in your browser made the page. No response crossed the network, so nobody who delivered it could be seen.",
            "Un programme que le site avait installé dans votre navigateur a fourni la page. Aucune réponse n’a traversé le réseau\u{a0}: qui l’a livrée ne pouvait pas être vu.",
        ),
        State::BackForwardCache => lang.pick(
            "Your browser had kept this page whole and shows it again without asking anybody. What is shown here was seen on the first visit.",
            "Votre navigateur avait gardé cette page entière et la réaffiche sans interroger personne. Ce qui est montré ici a été vu à la première visite.",
        ),
        State::Prefetched => lang.pick(
            "Your browser had fetched this page before you asked for it. What is shown here was seen then.",
            "Votre navigateur avait récupéré cette page avant que vous ne la demandiez. Ce qui est montré ici a été vu à ce moment-là.",
        ),
        State::Prerendered => lang.pick(
            "Your browser had built this page out of sight before you asked for it. What is shown here was seen then.",
            "Votre navigateur avait préparé cette page sans l’afficher, avant que vous ne la demandiez. Ce qui est montré ici a été vu à ce moment-là.",
        ),
        State::Download => lang.pick(
            "The response was saved as a file; no page came of it.",
            "La réponse a été enregistrée comme fichier\u{202f}; aucune page n’en est sortie.",
        ),
        State::NoContent => lang.pick(
            "The response carried no content, so the page on screen stays as it was.",
            "La réponse n’avait pas de contenu\u{a0}: la page affichée reste comme elle était.",
        ),
        State::Proxied => lang.pick(
            "A proxy, a VPN program or a filter answered for the server, so the server’s address is hidden. Only the fields of the response could be read.",
            "Un proxy, un logiciel de VPN ou un filtre a répondu à la place du serveur, dont l’adresse est cachée. Seuls les champs de la réponse ont pu être lus.",
        ),
        State::OlderThanExtension => lang.pick(
            "The page was already there when the extension began to observe. Reload it to see who delivers it.",
            "La page était déjà là quand l’extension a commencé à observer. Rechargez-la pour voir qui la livre.",
        ),
        State::Discarded => lang.pick(
            "The browser took this page out of memory; it will be fetched again when you return to it.",
            "Le navigateur a retiré cette page de la mémoire\u{202f}; il la demandera de nouveau quand vous y reviendrez.",
        ),
        State::NoAccess => lang.pick(
            "The extension may not see requests to this site, so it has observed nothing.",
            "L’extension n’a pas le droit de voir les requêtes vers ce site\u{a0}: elle n’a rien observé.",
        ),
        State::BrowserPage => lang.pick(
            "This page is part of the browser or of an extension; no server delivered it.",
            "Cette page fait partie du navigateur ou d’une extension\u{202f}; aucun serveur ne l’a livrée.",
        ),
        State::LocalFile => lang.pick(
            "This page was opened from a file; no server delivered it.",
            "Cette page vient d’un fichier\u{202f}; aucun serveur ne l’a livrée.",
        ),
        State::Waiting => lang.pick(
            "The page has begun to load, and its response has not been seen yet.",
            "Le chargement a commencé, et la réponse n’a pas encore été vue.",
        ),
        State::Failed => lang.pick(
            "The browser asked, and no response came that it could show.",
            "Le navigateur a demandé la page, et aucune réponse affichable n’est venue.",
        ),
    }
}

/// Said beside the state of a document whose address changed without a new response.
pub fn in_page(lang: Lang) -> &'static str {
    lang.pick(
        "The address has changed since, inside the same page: no new page was fetched.",
        "L’adresse a changé depuis, à l’intérieur de la même page\u{a0}: aucune nouvelle page n’a été demandée.",
    )
}

// Words of the panel.

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
    Copy,
    Origin,
    HostedAt,
    HostedUnknown,
    Conflicts,
    State,
    Evidence,
    NoEvidence,
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
}

impl Label {
    pub const ALL: [Self; 34] = [
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
        Self::Copy,
        Self::Origin,
        Self::HostedAt,
        Self::HostedUnknown,
        Self::Conflicts,
        Self::State,
        Self::Evidence,
        Self::NoEvidence,
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
            Self::Copy => lang.pick("Copy", "Copie"),
            Self::Origin => lang.pick("Origin server", "Serveur d’origine"),
            Self::HostedAt => lang.pick("Hosted at", "Hébergé chez"),
            Self::HostedUnknown => lang.pick("Nothing that was seen tells.", "Rien de ce qui a été vu ne le dit."),
            Self::Conflicts => lang.pick("What does not agree", "Ce qui ne concorde pas"),
            Self::State => lang.pick("How this was observed", "Comment cela a été observé"),
            Self::Evidence => lang.pick("Evidence", "Preuves"),
            Self::NoEvidence => lang.pick(
                "Nothing in this response is known to this dataset.",
                "Rien dans cette réponse n’est connu de ce jeu de données.",
            ),
            Self::Rule => lang.pick("rule", "règle"),
            Self::Source => lang.pick("source", "source"),
            Self::Observed => lang.pick("observed, not documented", "observé, non documenté"),
            Self::NewTab => lang.pick("opens in a new tab", "s’ouvre dans un nouvel onglet"),
            Self::Redirects => lang.pick("Redirects before this page", "Redirections avant cette page"),
            Self::Hosts => lang.pick("Other hosts on this page", "Autres hôtes de la page"),
            Self::HostsUnknown => lang.pick("Not known who delivered", "On ne sait pas qui a livré"),
            Self::HostsCached => lang.pick("From your browser’s cache", "Du cache de votre navigateur"),
            Self::Dataset => lang.pick("Dataset", "Jeu de données"),
            Self::AskForAccess => lang.pick("Allow access to all sites", "Autoriser l’accès à tous les sites"),
            Self::AskForAccessNote => lang.pick(
                "The extension then sees the addresses and the response fields of what pages load. It changes nothing in them, and nothing that it sees leaves this device.",
                "L’extension voit alors les adresses et les champs de réponse de ce que chargent les pages. Elle n’y change rien, et rien de ce qu’elle voit ne quitte cet appareil.",
            ),
            Self::Unreadable => lang.pick("Nothing can be shown", "Rien ne peut être affiché"),
            Self::UnreadableNote => lang.pick(
                "The extension could not read its own dataset. Installing it again will help.",
                "L’extension n’a pas pu lire son propre jeu de données. La réinstaller devrait suffire.",
            ),
        }
    }
}

/// What a field's cache word was, and what it means.
pub fn word_note(word: &str, says: CacheWord, lang: Lang) -> String {
    let (word, means) = (quoted(word, lang), cache_word(says, lang));
    match lang {
        Lang::En => format!("Its cache word was {word}: {means}."),
        Lang::Fr => format!("Son mot de cache était {word}\u{a0}: {means}."),
    }
}

/// Which entry of a list a piece of evidence is; the last is nearest the reader.
pub fn member(number_from_one: u16, count: u16, lang: Lang) -> String {
    match lang {
        Lang::En => format!("entry {number_from_one} of {count}; the last is nearest to you"),
        Lang::Fr => format!("élément {number_from_one} sur {count}\u{202f}; le dernier est le plus proche de vous"),
    }
}

/// What of a value was read as a place.
pub fn place_read(place: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("place read from it: {place}"),
        Lang::Fr => format!("lieu qu’on y lit\u{a0}: {place}"),
    }
}

/// What of a value was read as a cache word.
pub fn word_read(word: &str, says: CacheWord, lang: Lang) -> String {
    let (word, means) = (quoted(word, lang), cache_word(says, lang));
    match lang {
        Lang::En => format!("cache word {word}: {means}"),
        Lang::Fr => format!("mot de cache {word}\u{a0}: {means}"),
    }
}

/// When somebody last compared a rule with its source, or a list was copied.
pub fn checked(day: u32, lang: Lang) -> Option<String> {
    let date = date(day, lang)?;
    Some(match lang {
        Lang::En => format!("checked {date}"),
        Lang::Fr => format!("vérifié le {date}"),
    })
}

/// When a list of addresses was copied.
pub fn copied(day: u32, lang: Lang) -> Option<String> {
    let date = date(day, lang)?;
    Some(match lang {
        Lang::En => format!("copied {date}"),
        Lang::Fr => format!("copiée le {date}"),
    })
}

/// An address inside the prefix that names its provider.
pub fn in_prefix(address: &str, prefix: &str, lang: Lang) -> String {
    match lang {
        Lang::En => format!("{address}, in {prefix}"),
        Lang::Fr => format!("{address}, dans {prefix}"),
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
        Lang::En => format!("And {requests} to further hosts, which are counted and not listed."),
        Lang::Fr => format!("Et {requests} vers d’autres hôtes, comptées sans être énumérées."),
    }
}

/// Requests to the page's own host.
pub fn requests_to_own_host(count: u32, host: &str, lang: Lang) -> String {
    let requests = requests(count, lang);
    match lang {
        Lang::En => format!("And {requests} to the page’s own host, {host}."),
        Lang::Fr => format!("Et {requests} vers l’hôte de la page même, {host}."),
    }
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

// Grammar.

/// « de Cloudflare », « d’Akamai ».
pub fn de(name: &str) -> String {
    if elides(name) { format!("d’{name}") } else { format!("de {name}") }
}

/// Names before which French drops a vowel. Foreign names keep their aspirated H and their Y.
fn elides(name: &str) -> bool {
    // « de one.com »: the name is spoken in English.
    let spoken_with_w = name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("one."));
    !spoken_with_w && name.chars().next().is_some_and(|first| "aeiouàâéèêëîïôûœæ".contains(first.to_ascii_lowercase()))
}

/// `a` or `an`, as the name is spoken.
fn article(name: &str) -> &'static str {
    let mut letters = name.chars();
    let (first, second) = (letters.next().unwrap_or(' '), letters.next().unwrap_or(' '));
    // Spelled out: an F5 machine, an M247 machine, an LWS machine, an NGENIX machine.
    let spelled = "FHLMNRSX".contains(first)
        && (second.is_ascii_digit() || ["LWS", "NFO", "NGE"].iter().any(|start| name.starts_with(start)));
    let vowel = "aeiou".contains(first.to_ascii_lowercase()) && !name.starts_with("one.");
    if spelled || vowel { "an" } else { "a" }
}

fn possessive(name: &str) -> String {
    if name.ends_with('s') { format!("{name}’") } else { format!("{name}’s") }
}

/// Somebody else's text inside a sentence: bounded, with nothing invisible in it, between quotation marks.
pub fn quoted(text: &str, lang: Lang) -> String {
    let text = field::text_within(text.as_bytes(), QUOTED_MAX);
    match lang {
        Lang::En => format!("“{text}”"),
        Lang::Fr => format!("«\u{a0}{text}\u{a0}»"),
    }
}

/// The space between a number and its unit.
fn space(lang: Lang) -> char {
    match lang {
        Lang::En => ' ',
        Lang::Fr => '\u{a0}',
    }
}

/// With a capital first letter.
pub fn capital(text: &str) -> String {
    change_first(text, |first| first.to_uppercase().collect())
}

/// With a capital first letter, unless the text is a provider's name, which keeps its letters.
pub fn capital_unless_name(text: &str, provider_id: &str) -> String {
    if provider_id.is_empty() { capital(text) } else { text.to_owned() }
}

fn small(text: &str) -> String {
    change_first(text, |first| first.to_lowercase().collect())
}

fn change_first(text: &str, change: impl Fn(char) -> String) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| change(first) + letters.as_str())
}

/// The address that a prefix begins with: what of an address a list of prefixes knows.
pub fn prefix_of(address: IpAddr, length: u8) -> String {
    let text = |masked: IpAddr| format!("{masked}/{length}");
    match crate::net::canonical(address) {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32_u32.saturating_sub(length.into())).unwrap_or(0);
            text(IpAddr::V4((u32::from(v4) & mask).into()))
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128_u32.saturating_sub(length.into())).unwrap_or(0);
            text(IpAddr::V6((u128::from(v6) & mask).into()))
        }
    }
}
