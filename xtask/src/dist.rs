//! The folders that the browsers load: `dist/chromium` and `dist/firefox`.

use crate::{Failure, channel, icons, manifest, operators, wasm};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The browsers, by the name of their manifest's overlay.
pub const BROWSERS: [&str; 2] = ["chromium", "firefox"];

/// Builds both folders anew and returns them in the order of [`BROWSERS`].
pub fn build(root: &Path) -> Result<[PathBuf; 2], Failure> {
    let extension = root.join("extension");
    let built = wasm::build(root, &[])?;

    // What is the same in both is made once and copied.
    let common = root.join("target/wasm/common");
    remove(&common)?;
    fs::create_dir_all(&common)?;
    wasm::bind_in_two(&built.module, &common)?;
    write_background(&extension, &common)?;
    fs::write(common.join("dataset.img"), &built.image)?;
    fs::write(common.join("operators.img"), operators::build(root)?)?;
    fs::write(common.join("records.img"), &built.records)?;
    fs::write(common.join("channel.txt"), channel::text(root, &common)?)?;
    icons::write(&extension.join("icons/icon.svg"), &common.join("icons"))?;

    let folders = BROWSERS.map(|browser| root.join("dist").join(browser));
    for (browser, folder) in BROWSERS.iter().zip(&folders) {
        remove(folder)?;
        copy(&common, folder)?;
        copy(&extension, folder)?;
        fs::write(folder.join("manifest.json"), manifest::merged(&extension, browser)?)?;
        println!("{}", folder.strip_prefix(root)?.display());
    }
    Ok(folders)
}

/// Builds the module with its measurements and its test entries to `target/bench`, for Node.js.
pub fn build_bench(root: &Path) -> Result<(), Failure> {
    let built = wasm::build(root, &["bench"])?;
    let folder = root.join("target/bench");
    remove(&folder)?;
    fs::create_dir_all(&folder)?;
    wasm::bind(&built.module, &folder)?;
    fs::write(folder.join("dataset.img"), &built.image)?;
    fs::write(folder.join("records.img"), &built.records)?;
    // Without it Node.js 20 takes the files for scripts of its older kind.
    fs::write(folder.join("package.json"), "{ \"type\": \"module\" }\n")?;
    println!("{}", folder.strip_prefix(root)?.display());
    Ok(())
}

/// The files below a directory, sorted, relative to it.
pub fn files(directory: &Path) -> Result<Vec<PathBuf>, Failure> {
    fn walk(directory: &Path, into: &mut Vec<PathBuf>) -> Result<(), Failure> {
        for entry in fs::read_dir(directory)? {
            let path = entry?.path();
            if path.is_dir() { walk(&path, into)? } else { into.push(path) }
        }
        Ok(())
    }
    let mut found = Vec::new();
    walk(directory, &mut found)?;
    for path in &mut found {
        *path = path.strip_prefix(directory)?.to_owned();
    }
    found.sort();
    Ok(found)
}

/// The background as one script, of which the module's bindings are a part.
fn write_background(extension: &Path, to: &Path) -> Result<(), Failure> {
    let bindings = to.join("background.js");
    let mut script = String::new();
    let [stored, early, listeners] =
        ["stored.js", "background/early.js", "background/listeners.js"].map(|name| extension.join(name));
    for path in [&stored, &early, &bindings, &listeners] {
        script += &fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(fs::write(bindings, script)?)
}

/// Copies what a browser loads: everything but the manifests' parts, those of the background, and the icons'
/// drawing.
fn copy(from: &Path, to: &Path) -> Result<(), Failure> {
    for path in files(from)? {
        let name = path.to_string_lossy();
        if name.starts_with("manifest.") || name.ends_with(".svg") || path.starts_with("background") {
            continue;
        }
        let target = to.join(&path);
        fs::create_dir_all(target.parent().expect("it lies in a directory"))?;
        fs::copy(from.join(&path), target)?;
    }
    Ok(())
}

fn remove(directory: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
