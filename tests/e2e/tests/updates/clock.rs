//! A computer whose clock is wrong by decades, as one with an empty battery or a careless hand has it.

use std::thread;
use std::time::Duration;

use e2e::drivers::{Browser, Kind, Options};
use e2e::world::World;
use serde_json::json;

use crate::channel::{HOST, Publisher};
use crate::{Outcome, click, see, taken_by_itself};

/// In 1970 and in 2100 a version is refused, and why is told; once the clock is right, the same one is taken.
pub fn a_wrong_clock_locks_nobody_out(kind: Kind, world: &World) -> Outcome {
    let publisher = Publisher::new(kind, "clock", &format!("https://{HOST}/{kind}/"))?;
    publisher.run_first(include_str!("clock.js"))?;
    publisher.publish(20_361_126, false)?;
    let options = Options { extension: Some(&publisher.extension), ..Options::new(kind, world) };
    let mut browser = Browser::start(&options)?;
    let page = browser.extension_url("options.html");
    browser.navigate(&page)?;
    for (instant, word) in [("1970-01-01T00:00:00Z", "clock"), ("2100-01-01T00:00:00Z", "expired")] {
        set(&mut browser, Some(instant))?;
        click(&mut browser, "look")?;
        let told = json!({ "version": publisher.bundled("%Y-%m-%d"), "offer": null, "refused": word });
        see(&mut browser, &format!("what is told in {instant}"), &told)?;
    }
    set(&mut browser, None)?;
    click(&mut browser, "look")?;
    see(&mut browser, "with the right clock it is offered", &json!({ "offer": "2036-11-26", "refused": null }))?;

    // What looks by itself does so again, too, though it had noted a moment in the year 2100.
    click(&mut browser, "weekly")?;
    set(&mut browser, Some("2100-01-01T00:00:00Z"))?;
    click(&mut browser, "look")?;
    see(&mut browser, "what is told in 2100, once more", &json!({ "offer": null, "refused": "expired" }))?;
    browser.navigate("about:blank")?;
    taken_by_itself(&mut browser, "2036-11-26")?;
    browser.navigate(&page)?;
    see(&mut browser, "it is in use", &json!({ "version": "2036-11-26", "refused": null }))
}

/// What the background believes from here on; without an instant, the truth.
fn set(browser: &mut Browser, instant: Option<&str>) -> Outcome {
    browser.control(
        "const line = new BroadcastChannel('clock');
         line.postMessage(arguments[0] ? Date.parse(arguments[0]) - Date.now() : 0);
         await ext.runtime.sendMessage({ kind: 'update:', tab: 0 });
         line.close()",
        json!([instant]),
    )?;
    // A message of the one kind may overtake one of the other.
    thread::sleep(Duration::from_millis(200));
    Ok(())
}
