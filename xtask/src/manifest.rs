//! The two manifests: what both browsers read, and what each needs besides.

use crate::{Failure, channel};
use serde_json::Value;
use std::{fs, path::Path};

/// The base with one browser's additions, as the text of `manifest.json`.
pub fn merged(extension: &Path, browser: &str) -> Result<String, Failure> {
    let mut manifest = read(&extension.join("manifest.base.json"))?;
    merge(&mut manifest, read(&extension.join(format!("manifest.{browser}.json")))?);
    manifest["version"] = env!("CARGO_PKG_VERSION").into();
    if let Some(address) = channel::address()? {
        let policy = &mut manifest["content_security_policy"]["extension_pages"];
        let widened = policy.as_str().ok_or("the manifest has no policy")?;
        *policy = widened.replace("connect-src 'self'", &format!("connect-src 'self' {address}")).into();
    }
    Ok(serde_json::to_string_pretty(&manifest)? + "\n")
}

fn read(path: &Path) -> Result<Value, Failure> {
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()).into())
}

/// Objects are joined key by key, lists end to end; of anything else the addition stays.
fn merge(base: &mut Value, addition: Value) {
    match (base, addition) {
        (Value::Object(base), Value::Object(addition)) => {
            for (key, value) in addition {
                merge(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (Value::Array(base), Value::Array(addition)) => base.extend(addition),
        (base, addition) => *base = addition,
    }
}

#[cfg(test)]
mod tests {
    use super::merge;
    use serde_json::json;

    #[test]
    fn an_overlay_adds_to_objects_and_lists_and_replaces_the_rest() {
        let mut base = json!({"action": {"popup": "p"}, "permissions": ["a"], "name": "x"});
        merge(&mut base, json!({"action": {"area": "navbar"}, "permissions": ["b"], "name": "y", "new": [1]}));
        let expected = json!({
            "action": {"popup": "p", "area": "navbar"}, "permissions": ["a", "b"], "name": "y", "new": [1]
        });
        assert_eq!(base, expected);
    }
}
