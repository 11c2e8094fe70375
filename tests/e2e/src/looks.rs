//! How a page of the extension is looked at: in both languages, both colour schemes and two widths, and by
//! axe-core. Pictures are the caller's business.

use std::path::Path;
use std::{fs, io};

use serde_json::{Value, json};

use crate::drivers::{Browser, Result, Scheme, Tab};

/// One way to look at a page.
#[derive(Clone, Copy, Debug)]
pub struct Look {
    pub lang: &'static str,
    pub scheme: Scheme,
    pub width: u32,
    height: u32,
}

/// Every way to look.
pub fn all() -> impl Iterator<Item = Look> {
    ["en", "fr"].into_iter().flat_map(|lang| {
        [Scheme::Light, Scheme::Dark].into_iter().flat_map(move |scheme| {
            [(360, 640), (800, 600)].into_iter().map(move |(width, height)| Look { lang, scheme, width, height })
        })
    })
}

impl Look {
    /// As the names of pictures end.
    pub fn name(&self) -> String {
        format!("{}-{}-{}", self.scheme.name(), self.lang, self.width)
    }

    /// Prepares the tab, in which the page is opened after that.
    pub fn begin(&self, browser: &mut Browser, tab: &Tab) -> Result<()> {
        browser.activate(tab)?;
        browser.viewport(self.width, self.height)?;
        browser.colour_scheme(self.scheme)
    }

    /// What is wrong with the current page.
    pub fn faults(&self, browser: &mut Browser, axe: &str) -> Result<Vec<String>> {
        let mut faults = Vec::new();
        let seen = browser.script(
            "const { scrollWidth, clientWidth } = document.documentElement;
             return [innerWidth, scrollWidth - clientWidth, matchMedia('(prefers-color-scheme: dark)').matches]",
            json!([]),
        )?;
        if seen[0] != self.width {
            faults.push(format!("it is {} px wide", seen[0]));
        }
        if seen[1].as_i64() > Some(0) {
            faults.push(format!("wider than the window, by {}", seen[1]));
        }
        if seen[2] != (self.scheme == Scheme::Dark) {
            faults.push("it was not told the scheme".to_owned());
        }
        let found = browser.script(
            &format!(
                "{axe};
                 const report = await axe.run(document, {{ resultTypes: ['violations'] }});
                 return {{ passes: report.passes.length, violations: report.violations.map((violation) =>
                   `${{violation.id}}: ${{violation.help}}: ${{violation.nodes.map((node) => node.html).slice(0, 3).join(' ')}}`) }}"
            ),
            json!([]),
        )?;
        if found["passes"].as_u64() < Some(5) {
            faults.push(format!("axe-core hardly looked at the page: {found}"));
        }
        faults
            .extend(found["violations"].as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned));
        let place = self.name();
        Ok(faults.into_iter().map(|fault| format!("{place}: {fault}")).collect())
    }
}

/// Waits until the panel shows also what it loads after the answer: records, operators, updates.
pub fn whole_panel(browser: &mut Browser) -> Result<()> {
    browser.until("the panel is whole", |browser| {
        let whole = browser.script("return document.getElementById('panel').dataset.whole ?? null", json!([]))?;
        Ok((whole == "true", whole))
    })?;
    Ok(())
}

/// Goes back to how the other tests look.
pub fn end(browser: &mut Browser) -> Result<()> {
    browser.colour_scheme(Scheme::Light)?;
    browser.viewport(1000, 700)
}

/// The accessibility checker, which runs inside the page.
pub fn axe() -> io::Result<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../checkers/node_modules/axe-core/axe.min.js");
    let installs =
        |error| io::Error::other(format!("{}: {error}; ./build.sh test browsers installs it", path.display()));
    fs::read_to_string(&path).map_err(installs)
}
