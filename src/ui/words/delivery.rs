//! Who delivered, what became of the copy, and where the site's own server is.

use super::{
    Lang, Voice, age, article, capital, de, field_name, list_of, number, operator, place_short, possessive, que,
    quoted, small, state_title, strength_of,
};
use crate::detect::response::{Response, host};
use crate::detect::table::{ListRow, Provider, Tables};
use crate::detect::verdict::{Basis, Conflict, Copy, Evidence, LayerRole, Origin, Reason, Verdict};
use crate::detect::vocabulary::{CacheWord, Grade, Strength};
use crate::field;
use crate::net::Reach;
use crate::net::operators::AsNumber;
use crate::page::State;
use crate::ui::in_order;

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
        Some(verdict) if verdict.delivered_by.is_some() || matches!(verdict.reason, Reason::Operator { .. }) => {
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
    let why = why_named(verdict, response, tables, lang, voice);
    let marked = |evidence: &Evidence<'_>| {
        let strength = match evidence.basis {
            Basis::Rule(rule) => tables.rule(rule).map(|row| row.strength()),
            Basis::Prefix(_) => None,
        };
        Some(evidence.provider) == verdict.delivered_by && strength >= Some(Strength::Strong)
    };
    let by_list = verdict.delivered_by.is_some()
        && list_of(verdict, tables).is_some()
        && verdict.grade != Grade::Certain
        && !verdict.evidence.iter().any(marked);
    let Some(at_ms) = response.received_at_ms.filter(|at_ms| by_list && tables.is_long_ago(*at_ms)) else {
        return why;
    };
    let (year, ..) = field::date::civil(at_ms.div_euclid(86_400_000));
    match lang {
        Lang::En => {
            format!("{why} The response, of {year}, is older than the lists: the address may have changed hands.")
        }
        Lang::Fr => format!(
            "{why} La réponse, de {year}, est plus ancienne que les listes\u{a0}: l’adresse a pu changer de détenteur."
        ),
    }
}

/// The same without what the years in between make of it.
fn why_named(verdict: &Verdict<'_>, response: &Response<'_>, tables: &Tables<'_>, lang: Lang, voice: Voice) -> String {
    let name = |provider: Provider| tables.name(provider);
    let address = response.server_address.map(|address| address.to_string());
    let list = list_of(verdict, tables);
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
    // On whose machines it runs.
    let lender = match verdict.reason {
        Reason::AddressOnMachines { platform } => Some(platform),
        Reason::Fields | Reason::PlatformCarrier { .. } if verdict.grade == Grade::Certain => {
            verdict.operator.and_then(|number| tables.provider_of(number)).filter(|owner| *owner != delivered_by)
        }
        _ => None,
    };
    if let Some(lender) = lender {
        let lender = name(lender);
        let known = match lang {
            Lang::En => format!("The address belongs to {lender}, the machine to {edge}."),
            Lang::Fr => format!("L’adresse appartient à {lender}, la machine à {edge}."),
        };
        return format!("{}. {known}", connected(machine_of(edge, lang)));
    }
    match verdict.reason {
        // Fields become certain only where the address is in the provider's network.
        Reason::Address | Reason::Fields | Reason::PlatformCarrier { .. }
            if verdict.reason == Reason::Address || verdict.grade == Grade::Certain =>
        {
            let known = known_address(edge, list, verdict.grade, lang);
            format!("{}. {known}", connected(machine_of(edge, lang)))
        }
        Reason::HostNetwork => {
            let others =
                !verdict.conflicts.is_empty() || verdict.layers.iter().any(|layer| layer.role == LayerRole::Inner);
            let known = if others {
                lang.pick(
                    "Other providers left marks in the response too; the address counts for more.",
                    "D’autres prestataires ont aussi laissé des marques dans la réponse\u{202f}; l’adresse compte davantage.",
                )
            } else {
                lang.pick(
                    "Nothing in the response speaks for another provider in front of it.",
                    "Rien dans la réponse ne signale un autre prestataire devant elle.",
                )
            };
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
                    "{maybe} livré par {edge}\u{a0}: les indices sont ceux {}, {} livre\u{202f}; {unchecked}.",
                    de(platform),
                    que(edge)
                ),
            }
        }
        Reason::Network { number } => {
            let known = match lang {
                Lang::En => format!(
                    "No list here holds the address, and no field tells who answered; {number} is one of {} networks.",
                    possessive(edge)
                ),
                Lang::Fr => format!(
                    "Aucune liste d’ici ne contient l’adresse et aucun champ ne dit qui a répondu\u{202f}; {number} est l’un des réseaux {}.",
                    de(edge)
                ),
            };
            format!("{}. {known}", connected(machine_in_network(edge, lang)))
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
    let address = response.server_address.map_or_else(String::new, |address| format!(" {address}"));
    if let Reason::Operator { number } = reason {
        return why_operator(number, &address, tables, lang);
    }
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
        Reason::MadeByBrowser => lang
            .pick(
                "The browser made this redirect itself; it asked no server.",
                "Le navigateur a fait lui-même cette redirection\u{202f}; il n’a interrogé aucun serveur.",
            )
            .to_owned(),
        Reason::BehindProxy => known(
            "a proxy answered for the server, so its address is hidden, and no field of the response tells it.".to_owned(),
            "un proxy a répondu à la place du serveur, dont l’adresse reste cachée, et aucun champ de la réponse ne le dit."
                .to_owned(),
        ),
        Reason::AddressUnlisted => known(
            format!("no list here holds the address{address}, and no field of the response tells it. Providers also use addresses that no list shows."),
            format!("l’adresse{address} n’est sur aucune liste d’ici, et aucun champ de la réponse ne le dit. Les prestataires emploient aussi des adresses qu’aucune liste ne montre."),
        ),
        Reason::AddressSpecial { reach } => {
            let kind = special(reach, lang, voice);
            known(
                format!("the address{address} {kind}, and no field of the response tells it."),
                format!("l’adresse{address} {kind}, et aucun champ de la réponse ne le dit."),
            )
        }
        _ => match voice {
            Voice::Live => known(
                "the browser told no address, and no field of the response tells it.".to_owned(),
                "le navigateur n’a indiqué aucune adresse, et aucun champ de la réponse ne le dit.".to_owned(),
            ),
            Voice::Recorded => known(
                "no address was recorded, and no field of the response tells it.".to_owned(),
                "aucune adresse n’a été enregistrée, et aucun champ de la réponse ne le dit.".to_owned(),
            ),
        },
    }
}

/// No provider known here answered, but the operator of the network is known.
fn why_operator(number: AsNumber, address: &str, tables: &Tables<'_>, lang: Lang) -> String {
    let operator = operator(number, &tables.operators);
    match lang {
        Lang::En => format!(
            "The network that answered is operated by {operator}. No list here holds the address{address}, and no field of the \
             response names a provider in front; whether this is the site’s own server cannot be told from here."
        ),
        Lang::Fr => format!(
            "Le réseau qui a répondu est exploité par {operator}. Aucune liste d’ici ne contient l’adresse{address}, et aucun champ \
             de la réponse ne désigne de prestataire devant elle\u{202f}; d’ici, on ne peut pas savoir si c’est le serveur du site."
        ),
    }
}

/// Why nobody is named, in a few words.
pub fn unknown(reason: Reason, tables: &Tables<'_>, lang: Lang) -> String {
    let because = match reason {
        Reason::Operator { number } => {
            let operator = operator(number, &tables.operators);
            return match lang {
                Lang::En => format!("A machine in the network of {operator}"),
                Lang::Fr => format!("Une machine du réseau {}", de(&operator)),
            };
        }
        Reason::AddressUnlisted => lang.pick("address on no list", "adresse absente des listes"),
        Reason::AddressSpecial { .. } => lang.pick("its address names nobody", "son adresse ne désigne personne"),
        Reason::BehindProxy => lang.pick("a proxy hides the address", "un proxy cache l’adresse"),
        Reason::MadeByBrowser => {
            return lang
                .pick(
                    "No server answered: the browser redirected by itself",
                    "Aucun serveur n’a répondu\u{a0}: le navigateur a redirigé de lui-même",
                )
                .to_owned();
        }
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
        _ => lang.pick("no address and no mark that tells it", "ni adresse ni marque qui le dise"),
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
        Reason::HostNetwork if verdict.is_by_origin() => {
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

pub(super) fn machine_of(name: &str, lang: Lang) -> String {
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
        (true, _, Lang::Fr) => format!("L’adresse figure sur la liste {} publie.", que(name)),
        (false, Grade::Certain, Lang::En) => {
            format!("Routing data place the address with {name}, and the response carries its mark.")
        }
        (false, Grade::Certain, Lang::Fr) => {
            format!("Les données de routage attribuent l’adresse à {name}, et la réponse porte sa marque.")
        }
        (false, _, Lang::En) => format!("Routing data, gathered by others, place the address with {name}."),
        (false, _, Lang::Fr) => {
            format!("Des données de routage, recueillies par d’autres, attribuent l’adresse à {name}.")
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
            Lang::En => format!("the address {address} names nobody"),
            Lang::Fr => format!("l’adresse {address} ne désigne personne"),
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
    let fields = in_order(fields, |(strength, _)| std::cmp::Reverse(*strength));
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
                    "L’adresse est celle {}, mais des champs de la réponse font croire {} a répondu. L’adresse compte davantage.",
                    de(address),
                    que(fields)
                ),
            }
        }
        Conflict::OperatorAgainstFields { operator: number, fields } => {
            let (operator, fields) = (operator(number, &tables.operators), name(fields));
            match lang {
                Lang::En => format!(
                    "Fields of the response are those of {fields}, but the address is on none of its lists and the network is operated \
                     by {operator}. A customer’s own addresses, a proxy on the way, or forged fields would look like this."
                ),
                Lang::Fr => format!(
                    "Des champs de la réponse sont ceux {}, mais l’adresse n’est sur aucune de ses listes et le réseau est exploité par \
                     {operator}. Des adresses propres à un client, un proxy sur le chemin ou des champs falsifiés auraient cet aspect.",
                    de(fields)
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
                    "Les champs font croire {} et {second} ont tous deux répondu\u{202f}; {first} s’accorde mieux avec le reste.",
                    que(first)
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
pub fn grade_meaning(grade: Grade, reason: Reason, lang: Lang) -> &'static str {
    match grade {
        Grade::Certain if matches!(reason, Reason::AddressOnMachines { .. } | Reason::RentedMachine { .. }) => lang.pick(
            "The address that answered is that of a machine this provider uses, by a published list or together with its own mark.",
            "L’adresse qui a répondu est celle d’une machine qu’emploie ce prestataire, d’après une liste publiée ou avec sa propre marque à l’appui.",
        ),
        Grade::Certain => lang.pick(
            "The address that answered is this provider’s, by its own list or together with its own mark.",
            "L’adresse qui a répondu est celle de ce prestataire, d’après sa propre liste ou confirmée par sa marque.",
        ),
        Grade::Likely => lang.pick(
            "Strong signs agree, but one link of the proof is missing.",
            "Des indices forts concordent, mais une confirmation manque.",
        ),
        Grade::Possible => lang.pick(
            "A sign points this way; it could have another cause.",
            "Un indice va dans ce sens\u{202f}; il peut avoir une autre cause.",
        ),
        Grade::Unknown if matches!(reason, Reason::Operator { .. }) => lang.pick(
            "Nothing that was seen names a provider; the network is known by its address.",
            "Rien de ce qui a été vu ne désigne de prestataire\u{202f}; le réseau est connu par son adresse.",
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
        LayerRole::Host => lang.pick("host", "hébergeur"),
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
        Origin::Hinted => lang.pick("hinted at", "suggéré par des indices"),
        Origin::Unobservable => lang.pick("cannot be told from here", "indéterminable d’ici"),
    }
}

/// Where the site's own server is, or why that is not seen.
pub fn origin_why(verdict: &Verdict<'_>, tables: &Tables<'_>, lang: Lang) -> String {
    let name = |provider: Provider| tables.name(provider);
    let edge = verdict.delivered_by.map(name);
    let held = verdict.hosted_at.map(name);
    let behind = verdict.layers.iter().find(|layer| layer.role == LayerRole::Inner).map(|layer| name(layer.provider));
    match (verdict.origin, edge, held) {
        (Origin::Visible, Some(edge), Some(held)) if edge != held => match lang {
            Lang::En => format!("Marks in the response say that the files lie in {held}."),
            Lang::Fr => format!("Des marques dans la réponse indiquent que les fichiers se trouvent dans {held}."),
        },
        (Origin::Visible, Some(edge), _) if verdict.reason == Reason::HostNetwork => match lang {
            Lang::En => {
                format!("As far as can be seen, the machine that answered is the site’s own server, at {edge}.")
            }
            Lang::Fr => {
                format!("Autant qu’on puisse le voir, la machine qui a répondu est le serveur du site, chez {edge}.")
            }
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
        (Copy::Unknown, _) => {
            let mut text = match lang {
                Lang::En => format!("Whether {edge} keeps a copy is not visible."),
                Lang::Fr => format!("{} en conserve une copie ou non n’est pas visible.", capital(&que(edge))),
            };
            if let Some(age) = age {
                text += lang.pick(
                    " Some cache on the way had held the response for ",
                    " Un cache sur le chemin détenait la réponse depuis ",
                );
                text += &age;
                text += ".";
            }
            text
        }
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
