//! `channel.txt`: where this build looks for updates, whose signature it takes, and what it brings along.

use crate::{Failure, dist};
use sha2::{Digest, Sha256};
use std::{env, fmt::Write as _, fs, path::Path};

/// The address of the channel, if this build shall have one.
const CHANNEL: &str = "SERVED_BY_CHANNEL";
/// A folder with `current.pub` and `next.pub` in place of `keys/`.
const KEYS: &str = "SERVED_BY_KEYS";

/// The channel's address: what the policy lets the extension reach beside itself.
pub fn address() -> Result<Option<String>, Failure> {
    let Ok(address) = env::var(CHANNEL) else { return Ok(None) };
    check(&address)?;
    Ok(Some(address))
}

/// An address that can stand in a policy as it is, and before the names of files.
fn check(address: &str) -> Result<(), Failure> {
    let rest = address.strip_prefix("https://").unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._/:".contains(&byte);
    if rest.len() < 3 || rest.starts_with('/') || !rest.ends_with('/') || !rest.bytes().all(plain) {
        return Err(format!(
            "{CHANNEL}=`{address}`: expected https://, a host, perhaps a path, and a slash at the end"
        )
        .into());
    }
    Ok(())
}

/// The text, for a package with these files.
pub fn text(root: &Path, package: &Path) -> Result<String, Failure> {
    let mut text = "served-by channel 1\n".to_owned();
    if let Some(address) = address()? {
        writeln!(text, "address {address}")?;
    }
    let mut version = None;
    for path in dist::files(package)? {
        let name = path.to_string_lossy();
        if !name.ends_with(".img") {
            continue;
        }
        let image = fs::read(package.join(&path))?;
        // Magic, part, format, date: see `src/dataset/image.rs`.
        let (Some(format), Some(date)) = (image.get(10..12), image.get(12..16)) else {
            return Err(format!("{name}: too short for an image").into());
        };
        let format = u16::from_le_bytes(format.try_into().expect("two bytes"));
        let date = u32::from_le_bytes(date.try_into().expect("four bytes"));
        if name == "dataset.img" {
            version = Some(format!("{:04}-{:02}-{:02}", date / 10_000, date / 100 % 100, date % 100));
        }
        let hash: String = Sha256::digest(&image).iter().map(|byte| format!("{byte:02x}")).collect();
        writeln!(text, "part {name} {format} {hash}")?;
    }
    let folder = env::var_os(KEYS).map_or_else(|| root.join("keys"), Into::into);
    let key = |name: &str| -> Result<String, Failure> {
        let path = folder.join(name);
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let line = text.lines().find(|line| line.starts_with("RW"));
        Ok(line.ok_or_else(|| format!("{}: no public key of minisign", path.display()))?.to_owned())
    };
    let generation = folder.join("generation");
    let generation = fs::read_to_string(generation).unwrap_or_else(|_| "1".to_owned());
    writeln!(text, "version {}", version.ok_or("there is no dataset.img")?)?;
    writeln!(text, "generation {}", generation.trim())?;
    writeln!(text, "current {}\nnext {}\nend", key("current.pub")?, key("next.pub")?)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn an_address_cannot_widen_the_policy() {
        for good in ["https://updates.example.org/", "https://example.org:8443/served-by/v1/"] {
            assert!(check(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "http://example.org/",
            "https://example.org",
            "https://",
            "https:///",
            "https://*.example.org/",
            "https://a.example/ https://b.example/",
            "https://a.example/; script-src *",
            "https://user@a.example/",
        ] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
