//! What the tool says to people beside the verdicts, in English and French.

use std::fmt::Display;
use std::io::{self, ErrorKind, Write as _};
use std::path::Path;

use served_by::dataset::image::ImageError;
use served_by::field;
use served_by::har::{Expected, Fault, LINE_MAX, Observation, Syntax};
use served_by::ui::words::{self, Lang};

/// Tells people something on standard error; nobody is left to hear it where that is closed.
pub fn tell(message: impl Display) {
    let _ = writeln!(io::stderr(), "{message}");
}

/// A fault with its place, as `page.har:3:19: entry 1: expected a text in "request.url"`.
pub fn fault(lang: Lang, path: &Path, fault: &Fault) -> String {
    let (path, what) = (path.display(), what(lang, fault));
    match fault.place() {
        Some(at) => format!("{path}:{}:{}: {what}", at.line, at.column),
        None => format!("{path}: {what}"),
    }
}

/// What a fault is about, without its place.
pub fn what(lang: Lang, fault: &Fault) -> String {
    match fault {
        Fault::Entry { entry, expected, .. } => match lang {
            Lang::En => format!("entry {entry}: expected {}", self::expected(lang, expected)),
            Lang::Fr => format!("entrée {entry}\u{a0}: il fallait {}", self::expected(lang, expected)),
        },
        Fault::Member { entry, expected, .. } => match lang {
            Lang::En => {
                format!("entry {entry}: expected {}; the entry is judged without it", self::expected(lang, expected))
            }
            Lang::Fr => {
                format!(
                    "entrée {entry}\u{a0}: il fallait {}\u{202f}; l’entrée est jugée sans cela",
                    self::expected(lang, expected)
                )
            }
        },
        Fault::Broken { syntax, .. } => match lang {
            Lang::En => format!("broken JSON: expected {}; nothing behind this can be read", json(lang, *syntax)),
            Lang::Fr => {
                format!(
                    "JSON défectueux\u{a0}: il fallait {}\u{202f}; rien de ce qui suit n’est lisible",
                    json(lang, *syntax)
                )
            }
        },
        Fault::TooDeep { .. } => match lang {
            Lang::En => "broken HAR: expected at most 128 arrays and objects inside one another".into(),
            Lang::Fr => "HAR défectueux\u{a0}: il fallait au plus 128 tableaux et objets imbriqués".into(),
        },
        Fault::NoHar { expected, .. } => match lang {
            Lang::En => format!("no HAR file: expected {}", self::expected(lang, expected)),
            Lang::Fr => format!("pas un fichier HAR\u{a0}: il fallait {}", self::expected(lang, expected)),
        },
        Fault::NotOpened(error) | Fault::Read(error) => match lang {
            Lang::En => format!("cannot be read: {error}"),
            Lang::Fr => format!("lecture impossible\u{a0}: {}", reason(lang, error)),
        },
        other => other.to_string(),
    }
}

/// The system's reason, which it gives in English only: the commonest in the reader's language.
fn reason(lang: Lang, error: &io::Error) -> String {
    let kind = error.kind();
    // Others than the system's say more than their kind, but for that of a packed file which ends too early.
    let is_plain = error.raw_os_error().is_some() || kind == ErrorKind::UnexpectedEof;
    match kind {
        _ if lang == Lang::En || !is_plain => error.to_string(),
        ErrorKind::NotFound => "fichier ou dossier introuvable".into(),
        ErrorKind::IsADirectory => "c’est un dossier".into(),
        ErrorKind::PermissionDenied => "accès refusé".into(),
        ErrorKind::StorageFull => "il n’y a plus de place".into(),
        ErrorKind::UnexpectedEof => "le contenu s’arrête trop tôt".into(),
        _ => error.to_string(),
    }
}

pub fn cannot_write(lang: Lang, error: &io::Error) -> String {
    match lang {
        Lang::En => format!("cannot write: {error}"),
        Lang::Fr => format!("écriture impossible\u{a0}: {}", reason(lang, error)),
    }
}

pub fn cannot_read_input(lang: Lang, error: &io::Error) -> String {
    match lang {
        Lang::En => format!("standard input cannot be read: {error}"),
        Lang::Fr => format!("lecture de l’entrée standard impossible\u{a0}: {}", reason(lang, error)),
    }
}

/// Where the table of operators was looked for, and how it is made.
pub fn no_table(lang: Lang, place: &Path, error: Option<&io::Error>) -> String {
    let place = place.display();
    let error = error.map_or_else(String::new, |error| format!(" ({})", reason(lang, error)));
    match lang {
        Lang::En => format!(
            "no table of operators at {place}{error}: `./build.sh dist` makes it; name another with --operators FILE or in \
             SERVED_BY_OPERATORS"
        ),
        Lang::Fr => format!(
            "pas de table des opérateurs à l’emplacement {place}{error}\u{a0}: «\u{a0}./build.sh dist\u{a0}» la fabrique\u{202f}; \
             --operators FICHIER ou SERVED_BY_OPERATORS en désignent une autre"
        ),
    }
}

pub fn table_refused(lang: Lang, error: &ImageError) -> String {
    match lang {
        Lang::En => format!("the table of operators: {error}; `./build.sh dist` makes a new one"),
        Lang::Fr => {
            let error = match error {
                ImageError::Magic => "ce n’en est pas une".into(),
                ImageError::Format { found, expected } => {
                    format!("elle est au format {found}, et ce programme lit le format {expected}")
                }
                ImageError::Hash => "elle est endommagée".into(),
                other => other.to_string(),
            };
            format!(
                "la table des opérateurs\u{a0}: {error}\u{202f}; «\u{a0}./build.sh dist\u{a0}» en fabrique une nouvelle"
            )
        }
    }
}

/// `none` was given to a command that answers from the table alone.
pub fn table_needed(lang: Lang) -> &'static str {
    match lang {
        Lang::En => {
            "without the table of operators there is nothing to answer from; only `inspect` and `explain` go without"
        }
        Lang::Fr => {
            "sans la table des opérateurs, il n’y a pas de réponse\u{202f}; seuls «\u{a0}inspect\u{a0}» et «\u{a0}explain\u{a0}» s’en passent"
        }
    }
}

/// Nothing in the table has this number or name.
pub fn no_operator(lang: Lang, wanted: &str) -> String {
    let wanted = shown(wanted);
    match lang {
        Lang::En => format!("{wanted}: no operator in the table has this number, or this in its name"),
        Lang::Fr => format!("{wanted}\u{a0}: aucun opérateur de la table n’a ce numéro, ni ceci dans son nom"),
    }
}

fn expected(lang: Lang, expected: &Expected) -> String {
    match (lang, expected) {
        (Lang::En, Expected::Object(name)) => format!("an object in `{name}`"),
        (Lang::Fr, Expected::Object(name)) => format!("un objet dans « {name} »"),
        (Lang::En, Expected::Array(name)) => format!("an array in `{name}`"),
        (Lang::Fr, Expected::Array(name)) => format!("un tableau dans « {name} »"),
        (Lang::En, Expected::Text(name)) => format!("a text in `{name}`"),
        (Lang::Fr, Expected::Text(name)) => format!("un texte dans « {name} »"),
        (Lang::En, Expected::Pair(name)) => format!("a name and a value, as [\"name\", \"value\"], in `{name}`"),
        (Lang::Fr, Expected::Pair(name)) => {
            format!("un nom et une valeur, comme [\"nom\", \"valeur\"], dans «\u{a0}{name}\u{a0}»")
        }
        (Lang::Fr, Expected::Address(name)) => {
            format!("une adresse, comme \"192.0.2.1\", dans «\u{a0}{name}\u{a0}»")
        }
        (Lang::Fr, Expected::Moment(name)) => {
            format!(
                "un instant avec son décalage par rapport à UTC, comme \"2026-09-14T08:30:00Z\", dans «\u{a0}{name}\u{a0}»"
            )
        }
        (Lang::Fr, Expected::Status(name)) => format!("un nombre, comme 200, dans «\u{a0}{name}\u{a0}»"),
        (Lang::Fr, Expected::Shallow) => "au plus 128 tableaux et objets imbriqués".into(),
        (Lang::Fr, Expected::ShortLine) => format!("au plus {}\u{a0}Mio par ligne", LINE_MAX >> 20),
        (Lang::En, Expected::Utf8) => "JSON in UTF-8; this looks like UTF-16".into(),
        (Lang::Fr, Expected::Utf8) => "du JSON en UTF-8 (ceci ressemble à de l’UTF-16)".into(),
        (Lang::En, Expected::Uncompressed) => "JSON; this looks compressed: unpack it first".into(),
        (Lang::Fr, Expected::Uncompressed) => "du JSON (ceci semble compressé : décompressez-le d’abord)".into(),
        (Lang::En, Expected::Recording) => {
            "a recording; this is the head of a response, which `served-by explain` reads".into()
        }
        (Lang::Fr, Expected::Recording) => {
            "un enregistrement (ceci est la tête d’une réponse, que lit «\u{a0}served-by explain\u{a0}»)".into()
        }
        (Lang::En, Expected::Json(syntax)) => format!("JSON: {}", json(lang, *syntax)),
        (Lang::Fr, Expected::Json(syntax)) => format!("du JSON\u{a0}: {}", json(lang, *syntax)),
        (Lang::En, Expected::Something) => "JSON; there is nothing".into(),
        (Lang::Fr, Expected::Something) => "du JSON (il n’y a rien)".into(),
        (_, other) => other.to_string(),
    }
}

/// What JSON (RFC 8259) allows at the place of a fault.
fn json(lang: Lang, syntax: Syntax) -> &'static str {
    let (en, fr) = match syntax {
        Syntax::IncompleteDocument => ("more: the text ends too early", "la suite du texte (il s’arrête trop tôt)"),
        Syntax::TrailingData => ("nothing behind the document", "la fin du document"),
        Syntax::MissingComma => {
            ("a comma, or the end of the array or object", "une virgule, ou la fin du tableau ou de l’objet")
        }
        Syntax::MissingColon => ("a colon", "un deux-points"),
        Syntax::UnexpectedComma | Syntax::TrailingCommaNotEnabled => {
            ("a value, not a comma", "une valeur, et non une virgule")
        }
        Syntax::UnexpectedColon => ("a value, not a colon", "une valeur, et non un deux-points"),
        Syntax::UnexpectedClosingBracket => {
            ("a value, or the other kind of bracket", "une valeur, ou l’autre sorte de crochet")
        }
        Syntax::ExpectingMemberNameOrObjectEnd => {
            ("a name in quotes, or `}`", "un nom entre guillemets droits, ou « } »")
        }
        Syntax::InvalidLiteral | Syntax::TrailingDataAfterLiteral => ("true, false or null", "true, false ou null"),
        Syntax::MalformedNumber | Syntax::TrailingDataAfterNumber => ("a number", "un nombre"),
        Syntax::NotEscapedControlCharacter => {
            ("a control character to be escaped, as \\u0000", "un caractère de commande échappé, comme \\u0000")
        }
        Syntax::UnknownEscapeSequence | Syntax::MalformedEscapeSequence => {
            ("an escape such as \\n or \\u00e9", "un échappement comme \\n ou \\u00e9")
        }
        Syntax::UnpairedSurrogatePairEscapeSequence => ("a pair of surrogates", "une paire de demi-codets"),
        Syntax::CommentsNotEnabled | Syntax::IncompleteComment | Syntax::BlockCommentNotClosed => {
            ("a value; JSON has no comments", "une valeur (JSON n’a pas de commentaires)")
        }
        _ => ("a value", "une valeur"),
    };
    match lang {
        Lang::En => en,
        Lang::Fr => fr,
    }
}

/// Something odd about an entry, in one sentence.
pub fn observation(lang: Lang, observation: &Observation) -> String {
    match (lang, observation) {
        (Lang::En, Observation::NoAddress { name, text }) => format!("{name} holds no address: {}", shown(text)),
        (Lang::Fr, Observation::NoAddress { name, text }) => {
            format!("{name} ne contient pas d’adresse : {}", shown(text))
        }
        (Lang::En, Observation::NoMoment { name, text }) => {
            format!("{name} holds no moment: {}; clocks in fields are compared with each other", shown(text))
        }
        (Lang::Fr, Observation::NoMoment { name, text }) => {
            format!(
                "{name} ne contient pas d’instant : {} ; les horloges des champs sont comparées entre elles",
                shown(text)
            )
        }
        (Lang::En, Observation::NoStatus { name, text }) => format!("{name} holds no number: {}", shown(text)),
        (Lang::Fr, Observation::NoStatus { name, text }) => {
            format!("{name} ne contient pas de nombre\u{a0}: {}", shown(text))
        }
        (Lang::En, Observation::LongText { count }) => format!("overlong texts that were cut: {count}"),
        (Lang::Fr, Observation::LongText { count }) => format!("textes démesurés coupés\u{a0}: {count}"),
        (Lang::En, Observation::ManyFields { count }) => format!("fields beyond the limit that were left out: {count}"),
        (Lang::Fr, Observation::ManyFields { count }) => {
            format!("champs au-delà de la limite laissés de côté\u{a0}: {count}")
        }
        (Lang::En, Observation::NotModified) => {
            "304: the browser's own copy was confirmed; this is about who confirmed it".into()
        }
        (Lang::Fr, Observation::NotModified) => {
            "304 : la copie du navigateur a été confirmée ; il s’agit ici de qui l’a confirmée".into()
        }
        (Lang::En, Observation::ServiceWorker) => {
            "handed out by the page's service worker, perhaps from its store".into()
        }
        (Lang::Fr, Observation::ServiceWorker) => {
            "fourni par le service worker de la page, peut-être depuis ses réserves".into()
        }
        (Lang::En, Observation::Failed { text }) => format!("no response came: {}", shown(text)),
        (Lang::Fr, Observation::Failed { text }) => format!("aucune réponse n’est arrivée : {}", shown(text)),
        (_, other) => format!("{other:?}"),
    }
}

/// What a field holds that its specification does not allow.
pub fn problem(lang: Lang, name: &str, problem: field::Problem) -> String {
    let (name, what, at) = (shown(name), fault_of_field(lang, problem.fault), problem.at);
    match lang {
        Lang::En => format!("{name}: {what}, at byte {at}"),
        Lang::Fr => format!("{name}\u{a0}: {what}, à l’octet {at}"),
    }
}

/// How many more of them there are.
pub fn further_problems(lang: Lang, count: usize) -> String {
    let count = words::number(count as u64, lang);
    match lang {
        Lang::En => format!("further faults in fields: {count}"),
        Lang::Fr => format!("autres fautes dans les champs\u{a0}: {count}"),
    }
}

fn fault_of_field(lang: Lang, fault: field::Fault) -> &'static str {
    use field::Fault as F;
    match fault {
        F::Empty => lang.pick("nothing stands there", "rien n’y figure"),
        F::TooLong => lang.pick("a member that is too long to be read", "un élément trop long pour être lu"),
        F::UnbalancedQuote => {
            lang.pick("a quoted string that does not end", "une chaîne entre guillemets qui ne se termine pas")
        }
        F::UnbalancedComment => lang.pick("a comment that does not end", "un commentaire qui ne se termine pas"),
        F::UnbalancedBracket => lang.pick("a bracket that is not closed", "un crochet qui n’est pas fermé"),
        F::Syntax => lang.pick("a character that its syntax does not allow", "un caractère que sa syntaxe n’admet pas"),
        F::NotText => lang.pick("bytes that are no text", "des octets qui ne sont pas du texte"),
        F::MissingPart => lang.pick("a part is missing", "il manque une partie"),
        F::TrailingText => lang.pick("something behind the end of a member", "quelque chose après la fin d’un élément"),
        F::WrongType => lang.pick("a parameter of the wrong type", "un paramètre qui n’est pas du bon type"),
        F::UnknownValue => {
            lang.pick("a value that its specification does not know", "une valeur que sa spécification ne prévoit pas")
        }
        F::Contradiction => lang.pick("two parts that exclude each other", "deux parties qui s’excluent"),
        F::NoCacheName => {
            lang.pick("a word where the name of a cache should stand", "un mot à la place du nom d’un cache")
        }
        F::NotANumber => lang.pick("not a number", "ce n’est pas un nombre"),
        F::Negative => lang.pick("a negative number", "un nombre négatif"),
        F::Overflow => lang.pick("a number that is too high", "un nombre trop grand"),
        F::SeveralValues => lang.pick("several values, where one may stand", "plusieurs valeurs, au lieu d’une seule"),
        F::NotADate => lang.pick("not a date", "ce n’est pas une date"),
        F::OutOfRange => lang.pick("a moment that cannot be", "un instant impossible"),
        F::NoCookieName => lang.pick("a cookie without a name", "un cookie sans nom"),
        other => other.name(),
    }
}

/// Somebody else's text on one short line.
fn shown(text: &str) -> String {
    field::text_within(text.as_bytes(), 80).into_owned()
}

/// What an address without a host is grouped under, as `data:` and `about:`.
pub fn no_host(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "(no host)",
        Lang::Fr => "(sans hôte)",
    }
}

pub fn responses(lang: Lang, count: u64) -> String {
    let number = words::number(count, lang);
    match (lang, count) {
        (Lang::En, 1) => format!("{number} response"),
        (Lang::En, _) => format!("{number} responses"),
        (Lang::Fr, 0 | 1) => format!("{number} réponse"),
        (Lang::Fr, _) => format!("{number} réponses"),
    }
}

pub fn beyond(lang: Lang, count: u64) -> String {
    let responses = responses(lang, count);
    match lang {
        Lang::En => format!(
            "Beyond what is told apart here: {responses} of further hosts or kinds; --format ndjson lists each."
        ),
        Lang::Fr => format!(
            "Au-delà de ce qui est distingué ici\u{a0}: {responses} d’autres hôtes ou d’autres sortes\u{202f}; --format ndjson énumère tout."
        ),
    }
}

/// The reader's end of the chain.
pub fn reader(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "browser",
        Lang::Fr => "navigateur",
    }
}

/// The far end of the chain.
pub fn origin(lang: Lang, how: &str) -> String {
    match lang {
        Lang::En => format!("origin server ({how})"),
        Lang::Fr => format!("serveur d’origine ({how})"),
    }
}

/// Said of a layer that took part earlier, behind its role.
pub fn when_stored(lang: Lang) -> &'static str {
    match lang {
        Lang::En => ", when the copy was stored",
        Lang::Fr => ", quand la copie a été conservée",
    }
}

/// A label that is none, with its place.
pub fn no_label(lang: Lang, path: &Path, line: u64, column: usize, error: &serde_json::Error) -> String {
    let path = path.display();
    match lang {
        Lang::En => format!(
            "{path}:{line}:{column}: expected a label in `expected`, as {{\"delivered_by\":\"cloudflare\"}}: {error}"
        ),
        Lang::Fr => format!(
            "{path}:{line}:{column}: il fallait une étiquette dans «\u{a0}expected\u{a0}», comme {{\"delivered_by\":\"cloudflare\"}}\u{a0}: {error}"
        ),
    }
}

/// Said of a folder where cases were looked for.
pub fn no_cases(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "no case.toml here or in the folders right below",
        Lang::Fr => "pas de case.toml ici ni dans les dossiers juste en dessous",
    }
}

/// Where an input held no response, or none that could be read.
pub fn no_response(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "No response was read.",
        Lang::Fr => "Aucune réponse n’a été lue.",
    }
}

/// Where records of a provider are asked for that nobody has described.
pub fn no_provider(lang: Lang, id: &str) -> String {
    let id = shown(id);
    match lang {
        Lang::En => format!("{id}: no such provider in the dataset; `served-by dataset show` lists them"),
        Lang::Fr => format!(
            "{id}\u{a0}: pas de tel prestataire dans le jeu de données\u{202f}; «\u{a0}served-by dataset show\u{a0}» les énumère"
        ),
    }
}

/// Neither a provider nor a record nor a site has this id.
pub fn nothing_called(lang: Lang, id: &str, date: impl Display) -> String {
    let id = shown(id);
    match lang {
        Lang::En => format!(
            "{id}: no such provider, record or site in the dataset of {date}; `served-by dataset show` and `list` list them"
        ),
        Lang::Fr => format!(
            "{id}\u{a0}: ni prestataire, ni fiche, ni site de ce nom dans le jeu de données du {date}\u{202f}; «\u{a0}served-by \
             dataset show\u{a0}» et «\u{a0}list\u{a0}» les énumèrent"
        ),
    }
}

pub fn no_command(lang: Lang, names: &str) -> String {
    match lang {
        Lang::En => format!("{names}: no such command"),
        Lang::Fr => format!("{names}\u{a0}: il n’y a pas de telle commande"),
    }
}

/// What was evaluated.
pub fn evaluated(lang: Lang, labelled: u64, unlabelled: u64, unread: u64, date: impl Display) -> String {
    // In French nothing is singular too.
    let is_one = |count: u64| count == 1 || lang == Lang::Fr && count == 0;
    let (one_labelled, one_unread) = (is_one(labelled), is_one(unread));
    let [labelled, unlabelled, unread] = [labelled, unlabelled, unread].map(|count| words::number(count, lang));
    match lang {
        Lang::En => {
            let responses = if one_labelled { "response" } else { "responses" };
            format!("{labelled} {responses} with a label, {unlabelled} without, {unread} unreadable; dataset of {date}")
        }
        Lang::Fr => {
            let responses = if one_labelled { "réponse étiquetée" } else { "réponses étiquetées" };
            let unreadable = if one_unread { "illisible" } else { "illisibles" };
            format!(
                "{labelled} {responses}, {unlabelled} sans étiquette, {unread} {unreadable}\u{202f}; jeu de données du {date}"
            )
        }
    }
}

pub fn all(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "all",
        Lang::Fr => "toutes",
    }
}

/// Heads of the columns of figures.
pub fn figure_heads(lang: Lang) -> [&'static str; 7] {
    match lang {
        Lang::En => ["responses", "precision", "recall", "F1", "macro-F1", "if certain", "certain"],
        Lang::Fr => ["réponses", "précision", "rappel", "F1", "macro-F1", "si certain", "certains"],
    }
}

/// Names of the figures that labels may ask for beside the deliverer.
pub fn other_figures(lang: Lang) -> [&'static str; 5] {
    match lang {
        Lang::En => ["nobody", "layers", "hosted_at", "origin", "copy"],
        Lang::Fr => ["personne", "couches", "hébergeur", "origine", "copie"],
    }
}

pub fn figure_of(lang: Lang, figure: &str, of: u64) -> String {
    let of = words::number(of, lang);
    match lang {
        Lang::En => format!("{figure} of {of}"),
        Lang::Fr => format!("{figure} sur {of}"),
    }
}

pub fn confusions(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "Confusions: how often, what the label says, what was said",
        Lang::Fr => "Confusions\u{a0}: combien de fois, ce que dit l’étiquette, ce qui a été dit",
    }
}

/// Where no provider is named.
pub fn nobody(lang: Lang) -> &'static str {
    match lang {
        Lang::En => "(nobody)",
        Lang::Fr => "(personne)",
    }
}

pub fn more(lang: Lang, count: u64) -> String {
    let s = if count == 1 { "" } else { "s" };
    let count = words::number(count, lang);
    match lang {
        Lang::En => format!("and {count} more; --format json lists all"),
        Lang::Fr => format!("et {count} autre{s}\u{202f}; --format json les énumère toutes"),
    }
}

pub fn strangers(lang: Lang, ids: &str) -> String {
    match lang {
        Lang::En => format!("Labels name what the dataset does not know, and which can only count as missed: {ids}"),
        Lang::Fr => format!(
            "Des étiquettes nomment ce que le jeu de données ne connaît pas, et qui ne peut que compter comme manqué\u{a0}: {ids}"
        ),
    }
}

pub fn no_such_entry(lang: Lang, path: &Path, entry: usize) -> String {
    let path = path.display();
    match lang {
        Lang::En => format!("{path}: there is no entry {entry}"),
        Lang::Fr => format!("{path}\u{a0}: il n’y a pas d’entrée {entry}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_of_a_field_has_words_in_both_languages() {
        use field::Fault as F;
        let all = [
            F::Empty,
            F::TooLong,
            F::UnbalancedQuote,
            F::UnbalancedComment,
            F::UnbalancedBracket,
            F::Syntax,
            F::NotText,
            F::MissingPart,
            F::TrailingText,
            F::WrongType,
            F::UnknownValue,
            F::Contradiction,
            F::NoCacheName,
            F::NotANumber,
            F::Negative,
            F::Overflow,
            F::SeveralValues,
            F::NotADate,
            F::OutOfRange,
            F::NoCookieName,
        ];
        for fault in all {
            let [english, french] = [Lang::En, Lang::Fr].map(|lang| fault_of_field(lang, fault));
            assert!(english != fault.name() && french != fault.name() && english != french, "{fault:?}");
        }
    }
}
