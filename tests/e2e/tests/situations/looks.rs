//! The panel in both languages, both colour schemes and two widths: pictures, and axe-core.

use std::fs;

use e2e::drivers::Scheme;
use e2e::sites::{HOSTILE, SITES};
use serde_json::{Value, json};

use crate::stage::{Outcome, Stage, root};

/// The pages whose panels are looked at: a plain one, a chain of layers, one that is unknown.
const HOSTS: [&str; 4] = ["journal.example", "meteo.example", "artisan.example", HOSTILE];

pub fn languages_schemes_and_widths(stage: &mut Stage) -> Outcome {
    let axe = axe()?;
    let mut faults = Vec::new();
    for host in HOSTS {
        assert!(SITES.iter().any(|site| site.host == host), "{host} is no host of the demonstration");
        let tab = stage.visit(&format!("https://{host}/"))?;
        stage.browser.until("there is a badge", |browser| {
            let badge = browser.badge(&tab)?;
            Ok((!badge.text.is_empty(), json!(badge.title)))
        })?;
        let panel_tab = stage.panel_tab();
        for lang in ["en", "fr"] {
            for scheme in [Scheme::Light, Scheme::Dark] {
                for (width, height) in [(360, 640), (800, 600)] {
                    stage.browser.activate(&panel_tab)?;
                    stage.browser.viewport(width, height)?;
                    stage.browser.colour_scheme(scheme)?;
                    stage.panel(&tab, lang, &[("lang", json!(lang))].into())?;
                    let name = host.trim_end_matches(".example");
                    stage.shot(&format!("panel-{name}-{}-{lang}-{width}", scheme.name()))?;
                    let place = format!("{host}, {lang}, {}, {width} px", scheme.name());
                    check_width(stage, &place, &mut faults)?;
                    let dark =
                        stage.browser.script("return matchMedia('(prefers-color-scheme: dark)').matches", json!([]))?;
                    if dark != (scheme == Scheme::Dark) {
                        return Err(format!("{place}: the page was not told the scheme").into());
                    }
                    for violation in check(stage, &axe)? {
                        faults.push(format!("{place}: {violation}"));
                    }
                }
            }
        }
        stage.browser.colour_scheme(Scheme::Light)?;
    }
    stage.browser.viewport(1000, 700)?;
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n    ").into()) }
}

/// The accessibility checker, which runs inside the page.
pub fn axe() -> Outcome<String> {
    let path = root().join("tests/checkers/node_modules/axe-core/axe.min.js");
    Ok(fs::read_to_string(&path)
        .map_err(|error| format!("{}: {error}; ./build.sh test browsers installs it", path.display()))?)
}

/// Nothing may need scrolling sideways.
pub fn check_width(stage: &mut Stage, place: &str, faults: &mut Vec<String>) -> Outcome {
    let size = stage
        .browser
        .script("return [document.documentElement.scrollWidth, document.documentElement.clientWidth]", json!([]))?;
    if size[0].as_i64() > size[1].as_i64() {
        faults.push(format!("{place}: wider than the window, {size}"));
    }
    Ok(())
}

/// The violations that axe-core finds in the current page.
pub fn check(stage: &mut Stage, axe: &str) -> Outcome<Vec<String>> {
    let found = stage.browser.script(
        &format!(
            "{axe};
             const report = await axe.run(document, {{ resultTypes: ['violations'] }});
             return {{ passes: report.passes.length, violations: report.violations.map((violation) =>
               `${{violation.id}}: ${{violation.help}}: ${{violation.nodes.map((node) => node.html).slice(0, 3).join(' ')}}`) }}"
        ),
        json!([]),
    )?;
    if found["passes"].as_u64() < Some(5) {
        return Err(format!("axe-core hardly looked at the page: {found}").into());
    }
    Ok(found["violations"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect())
}
