use std::fs;
use std::path::{Path, PathBuf};

use crate::repository;

/// The modules in the order in which they may use each other: each those before it, none behind it.
const ORDER: &[&[&str]] = &[
    &["net"],
    &["field"],
    &["detect"],
    &["records"],
    &["dataset"],
    &["update"],
    &["page"],
    &["har"],
    &["ui"],
    &["message"],
    &["browser"],
    // The pages’ own entry points stand with the elements that they put on screen.
    &["ui::dom", "browser::panel", "browser::options"],
];

#[test]
fn modules_use_only_those_before_them() {
    let source = repository("src");
    let mut breaches = Vec::new();
    let mut uses = 0;
    for path in files(&source) {
        let inside = path.strip_prefix(&source).expect("below src");
        if inside == Path::new("lib.rs") || inside.starts_with("bin") {
            continue;
        }
        let user = module_of(inside);
        let user_place = place(&user).unwrap_or_else(|| panic!("{}: no place in the order", inside.display()));
        let text = fs::read_to_string(&path).expect("sources are text");
        for (number, used) in modules_named(&text) {
            uses += 1;
            if place(&used).is_some_and(|used_place| used_place > user_place) {
                breaches
                    .push(format!("src/{}:{number}: `{user}` uses `{used}`, which stands behind it", inside.display()));
            }
        }
    }
    assert!(uses > 50, "only {uses} uses were found: this test reads the sources wrongly");
    assert!(breaches.is_empty(), "\n{}", breaches.join("\n"));
}

/// The names of other modules in code, as `crate::ui::view` or `crate::{field, net}`, with their lines.
fn modules_named(text: &str) -> Vec<(usize, String)> {
    let without_comments =
        |line: &str| if line.trim_start().starts_with("//") { String::new() } else { line.to_owned() };
    let code = text.lines().map(without_comments).collect::<Vec<_>>().join("\n");
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        // `served_by_crate::` and the like are other names.
        if code[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
            continue;
        }
        let mut named = Vec::new();
        expand("", &code[at + "crate::".len()..], &mut named);
        let line = code[..at].matches('\n').count() + 1;
        found.extend(named.into_iter().map(|name| (line, name)));
    }
    found
}

/// Reads `a::b`, or each member of `{a, b::{c, d}}`.
fn expand(before: &str, path: &str, named: &mut Vec<String>) {
    if let Some(group) = path.strip_prefix('{') {
        let mut depth = 0;
        let mut start = 0;
        for (at, character) in group.char_indices() {
            match character {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    expand(before, group[start..at].trim_start(), named);
                    start = at + 1;
                    if character == '}' {
                        return;
                    }
                }
                _ => {}
            }
        }
        return;
    }
    let end = path.find(|part: char| !part.is_alphanumeric() && part != '_').unwrap_or(path.len());
    let name = &path[..end];
    if name.is_empty() {
        return;
    }
    let whole = if before.is_empty() { name.to_owned() } else { format!("{before}::{name}") };
    match path[end..].strip_prefix("::").filter(|_| before.is_empty()) {
        // Two names deep is as far as the order tells modules apart.
        Some(rest) => {
            let known = named.len();
            expand(&whole, rest, named);
            if named.len() == known {
                named.push(whole);
            }
        }
        None => named.push(whole),
    }
}

/// The module that a file belongs to, two names deep.
fn module_of(inside: &Path) -> String {
    let names: Vec<&str> = inside
        .iter()
        .filter_map(|name| name.to_str())
        .map(|name| name.trim_end_matches(".rs"))
        .filter(|name| *name != "mod")
        .take(2)
        .collect();
    names.join("::")
}

/// The place in the order of the longest name that is known.
fn place(module: &str) -> Option<usize> {
    let of = |name: &str| ORDER.iter().position(|names| names.contains(&name));
    of(module).or_else(|| of(module.split("::").next()?))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("an entry can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn uses_are_found_in_every_form() {
    for (line, expected) in [
        ("use crate::net;", &["net"][..]),
        ("use crate::ui::{dom, view};", &["ui::dom", "ui::view"]),
        ("use crate::{field, ui::dom::Element, page};", &["field", "ui::dom", "page"]),
        (
            "    let x = crate::detect::verdict(&response, &crate::dataset::EMPTY);",
            &["detect::verdict", "dataset::EMPTY"],
        ),
        ("/// See [`crate::browser`].", &[]),
        ("pub(crate) fn f() {}", &[]),
        ("use served_by_crate::page;", &[]),
        ("use crate::BUNDLED;", &["BUNDLED"]),
        (
            "use crate::{\n    // Why.\n    field,\n    page::{Kind, Request},\n};",
            &["field", "page::Kind", "page::Request"],
        ),
    ] {
        let named: Vec<String> = modules_named(line).into_iter().map(|(_, name)| name).collect();
        assert_eq!(named, expected, "{line}");
    }
}
