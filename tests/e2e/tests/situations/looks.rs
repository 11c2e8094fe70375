//! The panel in both languages, both colour schemes and two widths: pictures, and axe-core.

use e2e::drivers::{Browser, Options};
use e2e::looks;
use e2e::sites::{CLOUDFLARE, HOSTILE, SITES};
use serde_json::json;

use crate::stage::{Outcome, Stage, root};

/// The pages whose panels are looked at: a plain one, a chain of layers, one that is unknown.
const HOSTS: [&str; 4] = ["journal.example", "meteo.example", "artisan.example", HOSTILE];

pub fn languages_schemes_and_widths(stage: &mut Stage) -> Outcome {
    let axe = looks::axe()?;
    let mut faults = Vec::new();
    for host in HOSTS {
        assert!(SITES.iter().any(|site| site.host == host), "{host} is no host of the demonstration");
        let tab = stage.visit(&format!("https://{host}/"))?;
        stage.browser.until("there is a badge", |browser| {
            let badge = browser.badge(&tab)?;
            Ok((!badge.text.is_empty(), json!(badge.title)))
        })?;
        let panel_tab = stage.panel_tab();
        for look in looks::all() {
            look.begin(&mut stage.browser, &panel_tab)?;
            stage.panel(&tab, look.lang, &[("lang", json!(look.lang))].into())?;
            let name = format!("panel-{}-{}", host.trim_end_matches(".example"), look.name());
            stage.shot(&name)?;
            let mut found = look.faults(&mut stage.browser, &axe)?;
            // The evidence, and what the reader can do, where there is least room.
            if look.width < 500 {
                stage.browser.script(
                    "document.querySelectorAll('details').forEach((part) => { part.open = true })",
                    json!([]),
                )?;
                stage.shot(&format!("{name}-opened"))?;
                let opened = look.faults(&mut stage.browser, &axe)?;
                found.extend(opened.into_iter().map(|fault| format!("opened, {fault}")));
            }
            faults.extend(found.into_iter().map(|fault| format!("{host}, {fault}")));
        }
        looks::end(&mut stage.browser)?;
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n    ").into()) }
}

/// Nothing but the browser says which language its reader reads.
pub fn in_a_french_browser(stage: &mut Stage) -> Outcome {
    let extension = root().join("dist").join(stage.kind.name());
    let options = Options { extension: Some(&extension), languages: "fr,en", ..Options::new(stage.kind, stage.world) };
    let browser = Browser::start(&options)?;
    stage.elsewhere(browser, |stage| {
        let tab = stage.visit(&format!("https://{CLOUDFLARE}/"))?;
        stage.browser.until("the tooltip is in French", |browser| {
            let badge = browser.badge(&tab)?;
            Ok((badge.title == "Cloudflare, Paris, copie conservée", json!(badge.title)))
        })?;
        let panel = stage.panel_tab();
        stage.browser.switch(&panel)?;
        let url = stage.browser.extension_url(&format!("panel.html?tab={}", tab.id));
        stage.browser.navigate(&url)?;
        looks::whole_panel(&mut stage.browser)?;
        stage.shot("in-french")?;
        stage.browser.until("the panel is in French", |browser| {
            let shown = browser.script("return [document.documentElement.lang, document.title]", json!([]))?;
            Ok((shown[0] == "fr", shown))
        })?;
        Ok(())
    })
}
