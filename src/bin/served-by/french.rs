//! The command line's help and complaints in French.
//!
//! The English stands beside each argument, where `clap` takes it from. The French stands in
//! `french.toml`, by command and argument, and is put over it when a reader asks for it.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::builder::{PossibleValue, StyledStr};
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};
use clap::{Arg, Command};
use serde::Deserialize;
use served_by::ui::words::Lang;

const TEXTS: &str = include_str!("french.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Texts {
    command: Vec<OfCommand>,
    /// What several commands say of an argument, by its id.
    args: BTreeMap<String, String>,
    /// What is said of a value to choose from: by its name, or by `command value`, or by `command argument value`.
    values: BTreeMap<String, String>,
    /// What stands for a value in the help, where it is not the same in both languages.
    names: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct OfCommand {
    /// Names from the program's own on, which is left out.
    path: String,
    about: String,
    /// What follows it in the long help.
    long: Option<String>,
    after: Option<String>,
    after_long: Option<String>,
    #[serde(default)]
    args: BTreeMap<String, String>,
}

/// The language that the words of the command line ask for, before anybody understood them: help and
/// complaints are made from them as well. Without such words it is that of the locale, which comes from the
/// variables of the environment (POSIX.1-2017, Base Definitions, section 8.2).
pub fn asked(words: impl Iterator<Item = OsString>, variable: impl Fn(&str) -> Option<OsString>) -> Lang {
    let words: Vec<OsString> = words.take_while(|word| word != "--").collect();
    let is_asked = |lang: &str| {
        words.iter().any(|word| word.to_str().and_then(|word| word.strip_prefix("--lang=")) == Some(lang))
            || words.windows(2).any(|pair| pair[0] == "--lang" && pair[1] == lang)
    };
    if is_asked("fr") {
        return Lang::Fr;
    }
    if is_asked("en") {
        return Lang::En;
    }
    let locale = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(variable).find(|locale| !locale.is_empty());
    let locale = locale.unwrap_or_default();
    match locale.to_string_lossy().split(['_', '.', '@']).next() {
        Some("fr") => Lang::Fr,
        _ => Lang::En,
    }
}

/// The program with its help in French.
pub fn program(mut program: Command) -> Command {
    let texts: Texts = toml::from_str(TEXTS).expect("a test reads it");
    program.build();
    command(program, "", &texts)
}

fn command(command: Command, path: &str, texts: &Texts) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|below| below.get_name().to_owned()).collect();
    let mut command = command
        .help_template("{before-help}{about-with-newline}\nUtilisation\u{a0}: {usage}\n\n{all-args}{after-help}")
        .subcommand_help_heading("Commandes\u{a0}")
        .subcommand_value_name("COMMANDE");
    let is_help = path.split(' ').any(|name| name == "help");
    let own = texts.command.iter().find(|own| own.path == path);
    let has_long = own.is_some_and(|own| own.long.is_some() || own.after_long.is_some());
    if let Some(own) = own {
        command = command.about(&own.about);
        if let Some(long) = &own.long {
            command = command.long_about(format!("{}\n\n{long}", own.about));
        }
        if let Some(after) = &own.after {
            command = command.after_help(after.trim_start().to_owned());
        }
        if let Some(after) = &own.after_long {
            command = command.after_long_help(after.trim_start().to_owned());
        }
    } else if is_help {
        command = command.about("Afficher l’aide du programme ou d’une commande");
    }
    command = command.mut_args(|arg| argument(arg, path, own, texts, has_long));
    for name in names {
        let below = format!("{path} {name}");
        command = command.mut_subcommand(name, |found| self::command(found, below.trim_start(), texts));
    }
    command
}

fn argument(arg: Arg, path: &str, own: Option<&OfCommand>, texts: &Texts, has_long: bool) -> Arg {
    let id = arg.get_id().as_str().to_owned();
    let heading = if arg.is_positional() { "Arguments\u{a0}" } else { "Options\u{a0}" };
    let mut arg = arg.help_heading(heading);
    if let Some(index) = arg.get_index() {
        arg = arg.display_order(index);
    }
    if let Some(name) = arg.get_value_names().and_then(|names| texts.names.get(names.first()?.as_str())) {
        arg = arg.value_name(name);
    }
    match id.as_str() {
        "help" if has_long => {
            return arg
                .help("Afficher l’aide (en entier avec «\u{a0}--help\u{a0}»)")
                .long_help("Afficher l’aide (en résumé avec «\u{a0}-h\u{a0}»)");
        }
        "help" => return arg.help("Afficher l’aide").long_help("Afficher l’aide"),
        "version" => return arg.help("Afficher la version"),
        _ => {}
    }
    let Some(text) = own.and_then(|own| own.args.get(&id)).or_else(|| texts.args.get(&id)) else { return arg };
    // A switch has a default and two values for the library only.
    if !arg.get_action().takes_values() {
        return arg.help(text);
    }
    let mut notes = Vec::new();
    if let Some(name) = arg.get_env() {
        notes.push(format!("[environnement\u{a0}: {}]", name.to_string_lossy()));
    }
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if !defaults.is_empty() {
        notes.push(format!("[par défaut\u{a0}: {}]", defaults.join(" ")));
    }
    let values = arg.get_possible_values();
    let mut short = vec![text.clone()];
    short.extend(notes.iter().cloned());
    let mut long = vec![text.clone()];
    if !values.is_empty() {
        let names: Vec<&str> = values.iter().map(PossibleValue::get_name).collect();
        short.push(format!("[valeurs\u{a0}: {}]", names.join(", ")));
        let width = names.iter().map(|name| name.len()).max().unwrap_or(0);
        let lines: Vec<String> = names
            .iter()
            .map(|name| match value(path, &id, name, texts) {
                Some(text) => format!("- {name}:{:1$} {text}", "", width - name.len()),
                None => format!("- {name}"),
            })
            .collect();
        long.push(format!("Valeurs\u{a0}:\n{}", lines.join("\n")));
    }
    if !notes.is_empty() {
        long.push(notes.join(" "));
    }
    arg.help(short.join(" "))
        .long_help(long.join("\n\n"))
        .hide_default_value(true)
        .hide_possible_values(true)
        .hide_env(true)
}

fn value<'t>(path: &str, id: &str, name: &str, texts: &'t Texts) -> Option<&'t String> {
    let last = path.rsplit(' ').next().unwrap_or_default();
    let keys = [format!("{last} {id} {name}"), format!("{last} {name}"), name.to_owned()];
    keys.iter().find_map(|key| texts.values.get(key))
}

/// A complaint about the words of the command line. Help and version stay as they are.
pub fn complaint(error: &Error) -> Option<String> {
    if !error.use_stderr() {
        return None;
    }
    let said = |kind: ContextKind| {
        error.get(kind).map(|value| match value {
            ContextValue::Strings(all) => all.join(", "),
            ContextValue::StyledStrs(all) => all.iter().map(StyledStr::to_string).collect::<Vec<_>>().join(" "),
            other => other.to_string(),
        })
    };
    let of = |kind: ContextKind| said(kind).unwrap_or_default();
    let arg = of(ContextKind::InvalidArg);
    let what = match error.kind() {
        ErrorKind::UnknownArgument => format!("argument inattendu «\u{a0}{arg}\u{a0}»"),
        ErrorKind::InvalidSubcommand => {
            format!("il n’y a pas de commande «\u{a0}{}\u{a0}»", of(ContextKind::InvalidSubcommand))
        }
        ErrorKind::InvalidValue if of(ContextKind::InvalidValue).is_empty() => format!("il faut une valeur à {arg}"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            format!("valeur «\u{a0}{}\u{a0}» refusée pour «\u{a0}{arg}\u{a0}»", of(ContextKind::InvalidValue))
        }
        ErrorKind::MissingRequiredArgument => format!("il manque {arg}"),
        ErrorKind::MissingSubcommand => "il faut une commande".to_owned(),
        ErrorKind::ArgumentConflict if said(ContextKind::PriorArg).is_some_and(|prior| prior != arg) => {
            format!("«\u{a0}{arg}\u{a0}» ne va pas avec «\u{a0}{}\u{a0}»", of(ContextKind::PriorArg))
        }
        ErrorKind::ArgumentConflict => format!("«\u{a0}{arg}\u{a0}» ne peut être donné deux fois"),
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("nombre de valeurs refusé pour «\u{a0}{arg}\u{a0}»")
        }
        ErrorKind::InvalidUtf8 => "un argument n’est pas en UTF-8".to_owned(),
        _ => "les arguments ne se comprennent pas".to_owned(),
    };
    let mut lines = vec![format!("erreur\u{a0}: {what}")];
    if let Some(valid) = said(ContextKind::ValidValue) {
        lines.push(format!("  [valeurs\u{a0}: {valid}]"));
    }
    // The reasons of the arguments' own readers are English.
    let form = match arg.split(' ').next() {
        Some("--since") => "une date s’écrit 2019, 2019-08 ou 2019-08-05",
        Some("--today") => "un jour s’écrit 2026-08-22",
        Some("--address") => "une adresse s’écrit 192.0.2.1 ou 2001:db8::1",
        _ => "",
    };
    if error.kind() == ErrorKind::ValueValidation && !form.is_empty() {
        lines.push(format!("  {form}"));
    }
    let nearest = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
    if let Some(nearest) = nearest.into_iter().find_map(said) {
        lines.push(format!("  peut-être «\u{a0}{nearest}\u{a0}»"));
    }
    let usage = of(ContextKind::Usage);
    if let Some(usage) = usage.strip_prefix("Usage: ") {
        lines.push(format!("\nUtilisation\u{a0}: {usage}"));
    }
    lines.push("\nPour en savoir plus, essayez «\u{a0}--help\u{a0}».".to_owned());
    Some(lines.join("\n"))
}

/// The headings of a manual page, which its library has in English only. What stands in lines of its own in
/// the help does so here too, as its library sees to where it made these lines itself.
pub fn manual(page: &str) -> String {
    page.replace("\n.SH NAME\n", "\n.SH NOM\n")
        .replace("\n.SH SUBCOMMANDS\n", "\n.SH COMMANDES\n")
        .replace("\n.SH EXTRA\n", "\n.SH COMPLÉMENTS\n")
        .replace("\n\\- ", "\n.br\n\\- ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::Args;
    use clap::CommandFactory as _;

    fn texts() -> Texts {
        toml::from_str(TEXTS).expect("french.toml can be read")
    }

    /// Every command that is told of, with its path.
    fn all<'c>(command: &'c Command, path: &str, found: &mut Vec<(String, &'c Command)>) {
        found.push((path.to_owned(), command));
        for below in command.get_subcommands().filter(|below| below.get_name() != "help") {
            all(below, format!("{path} {}", below.get_name()).trim_start(), found);
        }
    }

    #[test]
    fn whatever_the_help_says_in_english_it_says_in_french() {
        let texts = texts();
        let mut english = Args::command();
        english.build();
        let mut commands = Vec::new();
        all(&english, "", &mut commands);
        let mut missing = Vec::new();
        for (path, command) in &commands {
            let Some(own) = texts.command.iter().find(|own| own.path == *path) else {
                missing.push(format!("`{path}`"));
                continue;
            };
            for (what, en, fr) in [
                ("long", command.get_long_about().is_some(), own.long.is_some()),
                ("after", command.get_after_help().is_some(), own.after.is_some()),
                ("after-long", command.get_after_long_help().is_some(), own.after_long.is_some()),
            ] {
                if en != fr {
                    missing.push(format!("`{path}`: {what} is in one language only"));
                }
            }
            for arg in command.get_arguments().filter(|arg| !["help", "version"].contains(&arg.get_id().as_str())) {
                let id = arg.get_id().as_str();
                if !own.args.contains_key(id) && !texts.args.contains_key(id) {
                    missing.push(format!("`{path}`: {id}"));
                }
                if arg.get_action().takes_values() {
                    let values = arg.get_possible_values();
                    let values = values.iter().filter(|value| value.get_help().is_some()).map(PossibleValue::get_name);
                    missing.extend(
                        values
                            .filter(|name| value(path, id, name, &texts).is_none())
                            .map(|name| format!("`{path}`: {id}: {name}")),
                    );
                }
            }
            let known: Vec<&str> = command.get_arguments().map(|arg| arg.get_id().as_str()).collect();
            missing.extend(
                own.args.keys().filter(|id| !known.contains(&id.as_str())).map(|id| format!("`{path}` has no {id}")),
            );
        }
        missing.extend(
            texts
                .command
                .iter()
                .filter(|own| !commands.iter().any(|(path, _)| *path == own.path))
                .map(|own| format!("no `{}`", own.path)),
        );
        assert!(missing.is_empty(), "{}", missing.join("\n"));
    }

    #[test]
    fn no_english_of_the_library_is_left_in_french_help() {
        let french = program(Args::command());
        let mut commands = Vec::new();
        all(&french, "", &mut commands);
        for (path, command) in commands {
            let mut command = command.clone();
            for help in [command.render_help().to_string(), command.render_long_help().to_string()] {
                for word in ["Usage", "Options:", "Arguments:", "Commands:", "Print ", "[default", "[possible", "[env:"]
                {
                    assert!(!help.contains(word), "`{path}` says {word}:\n{help}");
                }
            }
        }
    }

    #[test]
    fn complaints_are_french_and_name_what_is_wrong() {
        for (words, said) in [
            (
                vec!["served-by", "inspect", "--formt", "json"],
                "erreur\u{a0}: argument inattendu «\u{a0}--formt\u{a0}»\n  peut-être «\u{a0}--format\u{a0}»",
            ),
            (
                vec!["served-by", "inspct"],
                "erreur\u{a0}: il n’y a pas de commande «\u{a0}inspct\u{a0}»\n  peut-être «\u{a0}inspect\u{a0}»",
            ),
            (
                vec!["served-by", "inspect", "--format", "xml"],
                "erreur\u{a0}: valeur «\u{a0}xml\u{a0}» refusée pour «\u{a0}--format <FORMAT>\u{a0}»\n  [valeurs\u{a0}: text, json, ndjson]",
            ),
            (vec!["served-by", "dataset", "new", "record"], "erreur\u{a0}: il manque <ID>"),
            (
                vec!["served-by", "dataset", "list", "--since", "x"],
                "erreur\u{a0}: valeur «\u{a0}x\u{a0}» refusée pour «\u{a0}--since <DATE>\u{a0}»\n  une date s’écrit 2019,",
            ),
            (
                vec!["served-by", "dataset", "list", "--kind", "x"],
                "erreur\u{a0}: valeur «\u{a0}x\u{a0}» refusée pour «\u{a0}--kind <GENRE>\u{a0}»\n  [valeurs\u{a0}: service-terminated,",
            ),
        ] {
            let error = program(Args::command()).try_get_matches_from(words).expect_err("a complaint");
            let complaint = complaint(&error).expect("goes to standard error");
            assert!(complaint.starts_with(said), "{complaint}");
            assert!(complaint.ends_with("Pour en savoir plus, essayez «\u{a0}--help\u{a0}»."), "{complaint}");
        }
    }

    /// Examples and tables are laid out by hand: a line that is broken in the middle cannot be copied or read.
    #[test]
    fn lines_that_are_laid_out_by_hand_fit() {
        let mut commands = Vec::new();
        let (english, french) = (Args::command(), program(Args::command()));
        all(&english, "", &mut commands);
        all(&french, "", &mut commands);
        for (path, command) in commands {
            for help in [command.get_after_help(), command.get_after_long_help()].into_iter().flatten() {
                for line in help.to_string().lines().filter(|line| line.starts_with(' ')) {
                    assert!(line.chars().count() <= 100, "`{path}`: {line}");
                }
            }
        }
    }

    #[test]
    fn the_language_is_read_before_the_words_are_understood() {
        let asked = |words: &[&str]| super::asked(words.iter().map(OsString::from), |_| None);
        assert!(asked(&["served-by", "--lang", "fr", "--nonsense"]) == Lang::Fr);
        assert!(asked(&["served-by", "inspect", "--lang=fr"]) == Lang::Fr);
        assert!(asked(&["served-by", "inspect", "--", "--lang=fr"]) == Lang::En);
        assert!(asked(&["served-by", "inspect", "fr", "--lang", "en"]) == Lang::En);
    }

    #[test]
    fn without_words_the_locale_decides() {
        let asked = |words: &[&str], environment: &[(&str, &str)]| {
            let variable = |name: &str| environment.iter().find(|(set, _)| *set == name).map(|(_, value)| value.into());
            super::asked(words.iter().map(OsString::from), variable)
        };
        for locale in ["fr", "fr_FR.UTF-8", "fr_CA", "fr.UTF-8", "fr_BE@euro"] {
            assert!(asked(&["served-by"], &[("LANG", locale)]) == Lang::Fr, "{locale}");
        }
        for locale in ["", "C", "C.UTF-8", "en_GB.UTF-8", "frp_FR", "fy_NL"] {
            assert!(asked(&["served-by"], &[("LANG", locale)]) == Lang::En, "{locale}");
        }
        assert!(asked(&["served-by"], &[("LANG", "fr_FR"), ("LC_ALL", ""), ("LC_MESSAGES", "de_DE")]) == Lang::En);
        assert!(asked(&["served-by"], &[("LC_ALL", "fr_FR"), ("LC_MESSAGES", "de_DE"), ("LANG", "C")]) == Lang::Fr);
        assert!(asked(&["served-by", "--lang", "en"], &[("LANG", "fr_FR")]) == Lang::En);
        assert!(asked(&["served-by", "--", "--lang=en"], &[("LANG", "fr_FR")]) == Lang::Fr);
    }
}
