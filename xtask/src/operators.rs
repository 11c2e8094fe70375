//! The table of operators, which the program's own tool makes from the text that `./build.sh` fetched.

use crate::Failure;
use std::{env, fs, path::Path, process::Command};

/// Where the fetched text lies; the tool refuses other bytes than the pinned ones.
const FETCHED: &str = "target/operators/node_modules";

/// The bytes of `operators.img`.
pub fn build(root: &Path) -> Result<Vec<u8>, Failure> {
    if !root.join(FETCHED).exists() {
        return Err(
            format!("{FETCHED} is missing: `./build.sh dist` fetches the text of the table of operators").into()
        );
    }
    let image = root.join("target/operators.img");
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let made = Command::new(cargo)
        .current_dir(root)
        .args(["run", "--quiet", "--locked", "--package", "served-by", "--", "dataset", "operators", "--output"])
        .arg(&image)
        .status()?;
    if !made.success() {
        return Err("the table of operators could not be made; the reasons stand above".into());
    }
    Ok(fs::read(&image)?)
}
