use std::fs::{self, File};

use serde_json::json;
use served_by::BUNDLED;
use served_by::dataset::image::Image;
use served_by::detect;
use served_by::har::Entries;

use crate::{folders, repository};

/// Writes every response of the cases as a browser's event, with the native verdict on it, to
/// `target/cases.json`. `tests/wasm/cases.mjs` compares them with the module's verdicts.
#[test]
fn cases_are_written_for_the_module() {
    let tables = Image::open(BUNDLED).expect("the bundled image opens").tables;
    let mut events = Vec::new();
    for folder in folders("tests/cases") {
        let name = folder.file_name().expect("a case has a name").to_string_lossy().into_owned();
        let har = File::open(folder.join("page.har")).expect("a case has a recording");
        for (number, entry) in Entries::new(har).enumerate() {
            let mut entry = entry.expect("a case's entries are good");
            // The browser's events carry no certificate.
            entry.issuer = None;
            let fields = entry.fields();
            let headers: Vec<_> =
                entry.fields.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
            let mut details = json!({
                "url": entry.url,
                "requestId": number.to_string(),
                "tabId": 1,
                "type": "main_frame",
                "statusCode": entry.status,
                "fromCache": entry.from_cache,
                "responseHeaders": headers,
            });
            if let Some(address) = entry.server_address {
                details["ip"] = address.to_string().into();
            }
            if let Some(at_ms) = entry.received_at_ms {
                details["timeStamp"] = at_ms.into();
            }
            let verdict = format!("{:?}", detect::verdict(&entry.response(&fields), &tables));
            events.push(json!({ "name": format!("{name} [{number}]"), "details": details, "verdict": verdict }));
        }
    }
    assert!(events.len() >= 70, "{} responses", events.len());
    let path = repository("target/cases.json");
    fs::write(path, serde_json::to_vec(&events).expect("JSON can be written")).expect("target/ can be written to");
}
