//! A site about which the dataset has records: the badge's mark, the tooltip, the records in the panel.

use e2e::drivers::Tab;
use e2e::looks;
use e2e::sites::DOCUMENTED;
use serde_json::{Value, json};

use crate::stage::{Outcome, Stage, short_code};

/// What the panel shows of the records.
const READ: &str = "
const part = (name) => document.querySelector(`[data-part=\"${name}\"]`);
const opening = (name) => document.querySelector(`[data-opens=\"${name}\"]`);
return {
  site: part('site')?.querySelectorAll('[data-part=\"records\"] > li').length ?? 0,
  legal: part('legal-status')?.textContent ?? '',
  history: part('provider-history')?.children.length ?? 0,
  provider: opening('records-cloudflare')?.querySelectorAll('[data-part=\"records\"] > li').length ?? null,
  body: document.querySelector('[data-part=\"site\"] details [data-part=\"sources\"]')?.textContent ?? '',
  act: part('act')?.textContent ?? '',
  links: [...document.querySelectorAll('#panel a')].map((link) => link.href),
  text: document.getElementById('panel').innerText,
};";

/// Opens a part as a reader does.
fn open(stage: &mut Stage, name: &str) -> Outcome {
    let opened =
        "const part = document.querySelector(arguments[0]); part.querySelector('summary').click(); return true";
    stage.browser.script(opened, json!([name]))?;
    Ok(())
}

fn until(stage: &mut Stage, what: &str, is: impl Fn(&Value) -> bool) -> Outcome<Value> {
    let mut seen = Value::Null;
    stage.browser.until(what, |browser| {
        seen = browser.script(READ, json!([]))?;
        Ok((is(&seen), seen.clone()))
    })?;
    Ok(seen)
}

pub fn records_of_the_site(stage: &mut Stage) -> Outcome {
    let host = DOCUMENTED.host;
    let tab = stage.visit(&format!("https://{host}/"))?;
    let wanted = format!("{}•", short_code("cloudflare"));
    stage.browser.until("the badge has its mark", |browser| {
        let badge = browser.badge(&tab)?;
        let told = badge.title.contains("records about this site") || badge.title.contains("record about this site");
        Ok((badge.text == wanted && told, json!([badge.text, badge.title])))
    })?;
    let axe = looks::axe()?;
    let mut faults = Vec::new();
    let panel = stage.panel_tab();
    for look in looks::all() {
        look.begin(&mut stage.browser, &panel)?;
        stage.panel(&tab, look.lang, &[("lang", json!(look.lang))].into())?;
        let seen = until(stage, "the records are there", |seen| seen["site"].as_u64() > Some(0))?;
        assert_eq!(seen["provider"], json!(0), "records about the provider wait until they are asked for");
        open(stage, "[data-part=\"site\"] [data-part=\"records\"] details")?;
        open(stage, "[data-opens=\"records-cloudflare\"]")?;
        open(stage, "[data-opens=\"act\"]")?;
        let seen = until(stage, "what was opened is filled", |seen| {
            seen["provider"].as_u64() > Some(1)
                && seen["body"].as_str().is_some_and(|body| !body.is_empty())
                && seen["act"].as_str().is_some_and(|act| !act.is_empty())
        })?;
        let linked: Vec<&str> = seen["links"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        // The page about updates is the only one of our own.
        let is_ours = |link: &str| link.ends_with("/options.html");
        assert!(linked.iter().all(|link| link.starts_with("https://") || is_ours(link)), "{linked:?}");
        assert!(!linked.iter().any(|link| link.contains("//8ch.net") || link.contains("//8kun")), "{linked:?}");
        assert!(seen["text"].as_str().is_some_and(|text| text.contains(host)));
        assert!(seen["legal"].as_str().is_some_and(|text| !text.is_empty()));
        let found = look.faults(&mut stage.browser, &axe)?;
        faults.extend(found.into_iter().map(|fault| format!("{host}, {fault}")));
        stage.shot(&format!("records-{}", look.name()))?;
    }
    choose_country(stage, &tab)?;
    looks::end(&mut stage.browser)?;
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n    ").into()) }
}

/// The chosen country brings its authorities, also when the panel is opened again.
fn choose_country(stage: &mut Stage, tab: &Tab) -> Outcome {
    let choose = "const list = document.querySelector('[data-action=\"choose-country\"]'); list.value = 'FR';
        list.dispatchEvent(new Event('change', { bubbles: true })); return list.value";
    stage.browser.script(choose, json!([]))?;
    let shown = |seen: &Value| seen["act"].as_str().is_some_and(|act| act.contains("PHAROS"));
    until(stage, "the authorities of France are there", shown)?;
    stage.shot("records-act")?;
    stage.panel(tab, "fr", &[("lang", json!("fr"))].into())?;
    until(stage, "the records are there again", |seen| seen["site"].as_u64() > Some(0))?;
    open(stage, "[data-opens=\"act\"]")?;
    until(stage, "the country was kept", shown)?;
    Ok(())
}
