//! An update that meets a full disk: the browser itself says that there is no room for it.

use e2e::drivers::{Browser, Kind, Options};
use e2e::world::World;
use serde_json::{Value, json};

use crate::channel::{HOST, Publisher};
use crate::{Outcome, click, panel_says, see, shown};

/// Told why, in both languages, and what was in use stays; with room again, the same update is taken.
pub fn a_full_disk_is_told_of(kind: Kind, world: &World) -> Outcome {
    let publisher = Publisher::new(kind, "full", &format!("https://{HOST}/{kind}/"))?;
    publisher.publish(20_361_126, false)?;
    let options = Options { extension: Some(&publisher.extension), ..Options::new(kind, world) };
    let mut browser = Browser::start(&options)?;
    give_room(&mut browser, &options, Some(64))?;
    take(&mut browser, &json!({ "version": publisher.bundled("%Y-%m-%d"), "refused": "storage" }))?;
    for (lang, said) in [
        (
            "fr",
            ["Le navigateur n’a pas pu enregistrer la mise à jour.", "Libérez de la place sur le disque et réessayez."],
        ),
        ("en", ["The browser could not store the update.", "Make room on the disk and try again."]),
    ] {
        let page = browser.extension_url(&format!("options.html?lang={lang}"));
        browser.navigate(&page)?;
        browser.until(&format!("the reader is told in {lang}"), |browser| {
            let seen = shown(browser)?;
            let text = seen["text"].as_str().unwrap_or_default().replace('\u{a0}', " ");
            Ok((said.iter().all(|sentence| text.contains(sentence)), seen))
        })?;
    }
    // A background that wakes finds the old version whole.
    browser.navigate("about:blank")?;
    browser.kill_worker()?;
    panel_says(&mut browser, &publisher.bundled("%-d %B %Y"))?;
    give_room(&mut browser, &options, None)?;
    take(&mut browser, &json!({ "version": "2036-11-26", "refused": null }))?;
    panel_says(&mut browser, "26 November 2036")
}

/// Looks for the new version and takes it, as a reader does.
fn take(browser: &mut Browser, expected: &Value) -> Outcome {
    let page = browser.extension_url("options.html");
    browser.navigate(&page)?;
    click(browser, "look")?;
    see(browser, "the new version is offered", &json!({ "offer": "2036-11-26" }))?;
    click(browser, "take")?;
    see(browser, &format!("what came of it: {expected}"), expected)
}

/// How many kilobytes sites and extensions may store; nothing for as many as there are.
fn give_room(browser: &mut Browser, options: &Options<'_>, kilobytes: Option<u64>) -> Outcome {
    match browser.kind {
        Kind::Chromium => {
            let origin = browser.extension_url("");
            let mut quota = json!({ "origin": origin.trim_end_matches('/') });
            if let Some(kilobytes) = kilobytes {
                quota["quotaSize"] = json!(kilobytes * 1024);
            }
            browser.cdp("Storage.overrideQuotaForOrigin", quota)?;
        }
        Kind::Firefox => {
            // It reads this when it starts, and writes it on another thread.
            const LIMIT: &str = "dom.quotaManager.temporaryStorage.fixedLimit";
            browser.privileged(
                "const [name, limit] = arguments;
                 limit === null ? Services.prefs.clearUserPref(name) : Services.prefs.setIntPref(name, limit);
                 Services.prefs.savePrefFile(null)",
                json!([LIMIT, kilobytes]),
            )?;
            browser.until("the limit is written", |browser| {
                let file = "return Cu.readUTF8File(Services.dirsvc.get('PrefF', Ci.nsIFile))";
                let written = browser.privileged(file, json!([]))?;
                let limited = written.as_str().unwrap_or_default().contains(LIMIT);
                Ok((limited == kilobytes.is_some(), json!({ "limited": limited })))
            })?;
            browser.crash(options)?;
        }
    }
    Ok(())
}
