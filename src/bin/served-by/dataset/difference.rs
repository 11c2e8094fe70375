//! `served-by dataset diff`: what changed between two folders, in words.

use std::collections::{BTreeMap, BTreeSet};

use served_by::dataset::read::{File, Source};
use served_by::dataset::schema::Provider;
use served_by::dataset::schema::records::{Bilingual, Record, Site};
use served_by::records::vocabulary::State;

/// One sentence for each thing that changed.
pub fn between(old: &Source, new: &Source) -> Vec<String> {
    let mut told = Vec::new();
    files("provider", &old.providers, &new.providers, &mut told, provider);
    files("record", &old.records, &new.records, &mut told, record);
    files("site", &old.sites, &new.sites, &mut told, site);
    for name in old.lists.keys().chain(new.lists.keys()).collect::<BTreeSet<_>>() {
        match (old.lists.get(name), new.lists.get(name)) {
            (Some(before), Some(after)) if before.prefixes != after.prefixes => {
                let (before, after): (BTreeSet<_>, BTreeSet<_>) = (
                    before.prefixes.iter().map(ToString::to_string).collect(),
                    after.prefixes.iter().map(ToString::to_string).collect(),
                );
                let (more, less) = (after.difference(&before).count(), before.difference(&after).count());
                told.push(format!("list {name}: {more} prefixes more, {less} fewer"));
            }
            (Some(_), None) => told.push(format!("list {name}: removed")),
            (None, Some(list)) => told.push(format!("list {name}: new, with {} prefixes", list.prefixes.len())),
            _ => {}
        }
    }
    let authorities = |source: &Source| {
        let all = source.authorities.iter().flat_map(|file| &file.value.authority);
        all.map(|authority| (authority.country.clone(), authority.name.en.clone())).collect::<BTreeSet<_>>()
    };
    let (before, after) = (authorities(old), authorities(new));
    told.extend(after.difference(&before).map(|(country, name)| format!("authority {name} ({country}): new")));
    told.extend(before.difference(&after).map(|(country, name)| format!("authority {name} ({country}): removed")));
    told
}

fn files<T>(
    what: &str,
    old: &BTreeMap<String, File<T>>,
    new: &BTreeMap<String, File<T>>,
    told: &mut Vec<String>,
    compare: impl Fn(&T, &T) -> Vec<String>,
) {
    for id in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        match (old.get(id), new.get(id)) {
            (None, Some(_)) => told.push(format!("{what} {id}: new")),
            (Some(_), None) => told.push(format!("{what} {id}: removed")),
            (Some(before), Some(after)) if before.text != after.text => {
                let changes = compare(&before.value, &after.value);
                let changes = if changes.is_empty() { "its notes changed".to_owned() } else { changes.join("; ") };
                told.push(format!("{what} {id}: {changes}"));
            }
            _ => {}
        }
    }
}

fn record(old: &Record, new: &Record) -> Vec<String> {
    let mut told = Vec::new();
    match (old.state, new.state) {
        (before, after) if before == after => {}
        (_, State::Published) => told.push("published".to_owned()),
        (_, State::Withdrawn) => {
            let because = new.withdrawn_because.as_ref().map_or("", |because| because.en.as_str());
            told.push(format!("withdrawn: {because}"));
        }
        (_, State::Draft) => told.push("made a draft again".to_owned()),
    }
    if old.status != new.status {
        told.push(format!("the status went from {} to {}", old.status.word(), new.status.word()));
    }
    if old.kind != new.kind {
        told.push(format!("the kind went from {} to {}", old.kind.word(), new.kind.word()));
    }
    if old.date != new.date {
        told.push(format!("the date went from {} to {}", old.date, new.date));
    }
    let text = |both: Option<&Bilingual>| both.cloned().unwrap_or_default();
    let texts = |record: &Record| {
        let position =
            record.position.as_ref().map(|position| Bilingual { en: position.en.clone(), fr: position.fr.clone() });
        [
            ("title", text(record.title.as_ref())),
            ("summary", text(record.summary.as_ref())),
            ("position", text(position.as_ref())),
            ("outcome", text(record.outcome.as_ref())),
        ]
    };
    for ((name, before), (_, after)) in texts(old).into_iter().zip(texts(new)) {
        if before != after {
            let which = match (before.en != after.en, before.fr != after.fr) {
                (true, false) => " in English",
                (false, true) => " in French",
                _ => "",
            };
            told.push(format!("the {name} was reworded{which}"));
        }
    }
    set("subject", old.providers.iter().chain(&old.sites), new.providers.iter().chain(&new.sites), &mut told);
    set("source", old.source.iter().map(|source| &source.url), new.source.iter().map(|source| &source.url), &mut told);
    if new.change.len() > old.change.len() {
        told.extend(new.change[old.change.len()..].iter().map(|change| format!("correction: {}", change.en)));
    }
    if new.reply.len() > old.reply.len() {
        told.extend(new.reply[old.reply.len()..].iter().map(|reply| format!("reply of {}", reply.from)));
    }
    if date(&old.reviewed) != date(&new.reviewed) {
        told.push(format!("reviewed on {}", new.reviewed));
    }
    told
}

fn date(when: &impl ToString) -> String {
    when.to_string()
}

fn set<'t>(
    what: &str,
    old: impl Iterator<Item = &'t String>,
    new: impl Iterator<Item = &'t String>,
    told: &mut Vec<String>,
) {
    let (old, new): (BTreeSet<&String>, BTreeSet<&String>) = (old.collect(), new.collect());
    told.extend(new.difference(&old).map(|item| format!("{what} {item} added")));
    told.extend(old.difference(&new).map(|item| format!("{what} {item} removed")));
}

fn provider(old: &Provider, new: &Provider) -> Vec<String> {
    let mut told = Vec::new();
    if old.name != new.name {
        told.push(format!("the name went from {} to {}", old.name, new.name));
    }
    let rules = |provider: &Provider| {
        let all = provider.signature.iter().filter_map(|signature| {
            let target = served_by::dataset::compile::target(signature).ok()?;
            let id = served_by::dataset::compile::signature_id(signature, &target);
            Some((id, format!("{target:?} {:?} {:?}", signature.strength, signature.layer)))
        });
        all.collect::<BTreeMap<String, String>>()
    };
    let (before, after) = (rules(old), rules(new));
    set("signature", before.keys(), after.keys(), &mut told);
    let changed = after.iter().filter(|(id, rule)| before.get(*id).is_some_and(|before| before != *rule));
    told.extend(changed.map(|(id, _)| format!("signature {id} changed")));
    let lists = |provider: &Provider| provider.prefixes.iter().map(|use_of| use_of.list.clone()).collect::<Vec<_>>();
    set("list", lists(old).iter(), lists(new).iter(), &mut told);
    if format!("{:?}", old.contacts) != format!("{:?}", new.contacts) {
        told.push("its pages for reports and terms changed".to_owned());
    }
    told
}

fn site(old: &Site, new: &Site) -> Vec<String> {
    let mut told = Vec::new();
    set("domain", old.domains.iter(), new.domains.iter(), &mut told);
    set("former domain", old.former_domains.iter(), new.former_domains.iter(), &mut told);
    let (before, after) = (&old.legal_status, &new.legal_status);
    if (&before.en, &before.fr) != (&after.en, &after.fr) {
        told.push("what courts and authorities decided was reworded".to_owned());
    }
    for (what, before, after) in [
        ("characterisation", old.characterisation.len(), new.characterisation.len()),
        ("line of provider history", old.provider_history.len(), new.provider_history.len()),
    ] {
        match after.cmp(&before) {
            std::cmp::Ordering::Greater => told.push(format!("{} {what} more", after - before)),
            std::cmp::Ordering::Less => told.push(format!("{} {what} fewer", before - after)),
            std::cmp::Ordering::Equal => {}
        }
    }
    told
}
