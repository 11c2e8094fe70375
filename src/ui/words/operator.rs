//! Operators of networks, and addresses that nobody operates.

use super::{Lang, country, date};
use crate::dataset::image::date_text;
use crate::detect::table::Tables;
use crate::net::Special;
use crate::net::operators::{AsNumber, Operators};

/// "Wikimedia Foundation Inc. (AS14907)", or the number where the name is not known.
pub fn operator(number: AsNumber, operators: &Operators<'_>) -> String {
    operator_named(number, operators.name(number).filter(|name| !name.is_empty()))
}

/// The same where the name was looked up already.
pub fn operator_named(number: AsNumber, name: Option<impl std::fmt::Display>) -> String {
    match name {
        Some(name) => format!("{name} ({number})"),
        None => number.to_string(),
    }
}

/// Who operates the network that answered, and the operator's home country.
pub fn operated_by(number: AsNumber, tables: &Tables<'_>, lang: Lang) -> String {
    let operator = operator(number, &tables.operators);
    let home = tables.operators.country(number).map(|code| home(code, tables, lang));
    match (lang, home) {
        (Lang::En, Some(home)) => format!("Network operated by {operator}; {home}"),
        (Lang::En, None) => format!("Network operated by {operator}"),
        (Lang::Fr, Some(home)) => format!("Réseau exploité par {operator}\u{202f}; {home}"),
        (Lang::Fr, None) => format!("Réseau exploité par {operator}"),
    }
}

/// Where most of an operator's addresses are registered. It never says where a server stands.
pub fn home(code: [u8; 2], tables: &Tables<'_>, lang: Lang) -> String {
    let country = country(code, tables, lang);
    match lang {
        Lang::En => format!("operator’s country: {country}"),
        Lang::Fr => format!("pays de l’opérateur\u{a0}: {country}"),
    }
}

/// What an address is that nobody on the Internet operates, or that carries another inside.
pub fn special_address(special: Special, lang: Lang) -> String {
    let (en, fr) = match special {
        Special::Unspecified => ("no address: unspecified", "pas une adresse\u{a0}: non spécifiée"),
        Special::Loopback => ("the machine itself (loopback)", "la machine elle-même (bouclage)"),
        Special::Private => ("private network (RFC 1918)", "réseau privé (RFC 1918)"),
        Special::UniqueLocal => ("private network (RFC 4193)", "réseau privé (RFC 4193)"),
        Special::LinkLocal => ("local link only", "lien local seulement"),
        Special::CarrierNat => {
            ("shared by a carrier’s customers (RFC 6598)", "partagée par les clients d’un opérateur d’accès (RFC 6598)")
        }
        Special::Benchmark => (
            "for benchmarks; VPN programs and filters use it (RFC 2544)",
            "pour les mesures\u{202f}; employée par des logiciels de VPN et de filtrage (RFC 2544)",
        ),
        Special::Documentation => ("for documentation only", "pour la documentation seulement"),
        Special::Multicast => ("multicast", "multidiffusion"),
        Special::Teredo => ("Teredo tunnel (RFC 4380)", "tunnel Teredo (RFC 4380)"),
        Special::LocalNat64 => (
            "behind a translator of the local network (NAT64, RFC 8215)",
            "derrière un traducteur du réseau local (NAT64, RFC 8215)",
        ),
        Special::SixToFourRelay => ("6to4 relay, given up (RFC 7526)", "relais 6to4, abandonné (RFC 7526)"),
        Special::As112 => (
            "answers for private addresses, from many networks (AS112, RFC 7534)",
            "répond pour les adresses privées, depuis de nombreux réseaux (AS112, RFC 7534)",
        ),
        Special::Amt => (
            "multicast relay, in many networks (AMT, RFC 7450)",
            "relais de multidiffusion, dans de nombreux réseaux (AMT, RFC 7450)",
        ),
        Special::Identifier => {
            ("an identifier, not a machine’s address", "un identifiant, pas l’adresse d’une machine")
        }
        Special::Reserved => ("reserved", "réservée"),
        Special::Nat64(v4) => {
            return match lang {
                Lang::En => format!("{v4} behind a translator (NAT64, RFC 6052)"),
                Lang::Fr => format!("{v4} derrière un traducteur (NAT64, RFC 6052)"),
            };
        }
        Special::SixToFour(v4) => {
            return match lang {
                Lang::En => format!("tunnel to {v4} (6to4, RFC 3056)"),
                Lang::Fr => format!("tunnel vers {v4} (6to4, RFC 3056)"),
            };
        }
        Special::Mapped(v4) => {
            return match lang {
                Lang::En => format!("{v4} written as IPv6"),
                Lang::Fr => format!("{v4} écrite en IPv6"),
            };
        }
    };
    lang.pick(en, fr).to_owned()
}

/// Said of a public address that no network announces.
pub fn no_operator_known(lang: Lang) -> &'static str {
    lang.pick("no network announces it in this table", "aucun réseau ne l’annonce dans cette table")
}

pub fn no_address(lang: Lang) -> &'static str {
    lang.pick("not an address", "pas une adresse")
}

/// The day of the data in words; its digits, should they be no day.
fn day_of(operators: &Operators<'_>, lang: Lang) -> String {
    date(operators.date, lang).unwrap_or_else(|| date_text(operators.date))
}

/// What they come from, in short, beside a link to DB-IP.
pub fn operators_credit(operators: &Operators<'_>, lang: Lang) -> String {
    let date = day_of(operators, lang);
    match lang {
        Lang::En => {
            format!("Operators: data of {date} by Route Views, NRO and DB-IP, CC BY 4.0, changed.")
        }
        Lang::Fr => {
            format!("Opérateurs\u{a0}: données du {date} de Route Views, du NRO et de DB-IP, CC BY 4.0, modifiées.")
        }
    }
}

/// What answers come from, as the licences of the data ask.
pub fn operators_source(operators: &Operators<'_>, lang: Lang) -> String {
    let date = day_of(operators, lang);
    match lang {
        Lang::En => format!(
            "Operators: data of {date}. IP Geolocation by DB-IP (https://db-ip.com), Route Views (https://www.routeviews.org) and \
             NRO (https://www.nro.net), CC BY 4.0, changed."
        ),
        Lang::Fr => format!(
            "Opérateurs\u{a0}: données du {date}. «\u{a0}IP Geolocation by DB-IP\u{a0}» (https://db-ip.com), Route Views \
             (https://www.routeviews.org) et NRO (https://www.nro.net), CC BY 4.0, modifiées."
        ),
    }
}
