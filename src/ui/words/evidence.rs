//! What was seen, how much it proves, and where that is documented.

use std::net::IpAddr;

use super::{Lang, QUOTED_MAX, age, cache_word, date, de, instant, printed, que, quoted};
use crate::detect::table::{ListRow, RuleRow, Tables};
use crate::detect::verdict::{Basis, Evidence, Freshness, Stamp, Verdict};
use crate::detect::vocabulary::{CacheWord, Layer, Strength, Where};
use crate::field;

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

/// What a rule proves and what it does not, in the words of its author; may be empty.
pub fn reason(rule: &RuleRow, tables: &Tables<'_>, lang: Lang) -> String {
    printed(tables.text(match lang {
        Lang::En => rule.why,
        Lang::Fr => rule.why_fr,
    }))
    .into_owned()
}

/// Says how much a piece of evidence proves, and which layer it speaks for where that can be said.
pub fn proves(rule: &RuleRow, says: &mut Vec<String>, lang: Lang) {
    let place = rule.place();
    let in_use = matches!(place, Some(Where::Host | Where::CanonicalName | Where::Issuer));
    let layer = match (rule.layer(), place) {
        (Layer::Any, Some(Where::Host | Where::CanonicalName)) => Some(lang.pick(
            "tells whose name it is, not whose machine answered",
            "dit à qui est le nom, non quelle machine a répondu",
        )),
        (Layer::Any, Some(Where::Issuer)) => None,
        (written, _) => Some(layer(written, lang)),
    };
    says.push(strength(rule.strength(), in_use, lang).to_owned());
    says.extend(layer.map(str::to_owned));
}

/// How much a piece of evidence proves: a name that is used, or a value that is sent.
pub(super) fn strength(strength: Strength, in_use: bool, lang: Lang) -> &'static str {
    match strength {
        Strength::Definitive if in_use => lang.pick("only this provider uses it", "seul ce prestataire l’emploie"),
        Strength::Strong if in_use => lang.pick("hardly anybody else uses it", "presque personne d’autre ne l’emploie"),
        Strength::Weak if in_use => lang.pick("others use it too", "d’autres l’emploient aussi"),
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
pub(super) fn layer(layer: Layer, lang: Lang) -> &'static str {
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
        (true, Lang::Fr) => format!("sur une liste {} publie", que(name)),
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
                .and_then(|now| u64::try_from(now.saturating_sub(stamp.at_ms) / 1_000).ok())
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
pub(super) fn list_of<'d>(verdict: &Verdict<'_>, tables: &Tables<'d>) -> Option<&'d ListRow> {
    verdict.evidence.iter().find_map(|evidence| match evidence.basis {
        Basis::Prefix(holder) => tables.list(holder.list),
        Basis::Rule(_) => None,
    })
}

pub(super) fn strength_of(evidence: &Evidence<'_>, tables: &Tables<'_>) -> Option<Strength> {
    match evidence.basis {
        Basis::Rule(rule) => tables.rule(rule).map(|rule| rule.strength()),
        Basis::Prefix(_) => None,
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
        Lang::Fr => format!("vérifiée le {date}"),
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
