//! Whether somebody else gets the same bytes: the packages are built again from the source package,
//! in another directory and with another cargo home.
//!
//! The second tree is kept in `target/elsewhere`, so that an unchanged source is not compiled again.

use crate::{Failure, dist, package, wasm};
use std::{
    env,
    fs::{self, File},
    io::Read,
    path::Path,
    process::Command,
};
use zip::ZipArchive;

/// Builds twice and compares.
pub fn check(root: &Path) -> Result<(), Failure> {
    let first = package::build(root)?;
    let source = first.last().expect("the source package comes last");
    let elsewhere = root.join("target/elsewhere");
    let tree = elsewhere.join("tree");
    unpack(source, &tree)?;
    let home = elsewhere.join("cargo-home");
    furnish(&home)?;
    // What was fetched is no source: the second build takes the same text, and compares its hash too.
    let fetched = Path::new("target/operators");
    fs::create_dir_all(tree.join("target"))?;
    if !tree.join(fetched).exists() {
        link(&root.join(fetched), &tree.join(fetched))?;
    }

    println!("again, in {}", tree.strip_prefix(root)?.display());
    let built = Command::new(env::current_exe()?)
        .args(["--root".as_ref(), tree.as_os_str(), "package".as_ref()])
        .env("CARGO_HOME", &home)
        .env("CARGO_NET_OFFLINE", "true")
        .status()?;
    if !built.success() {
        return Err("the unpacked source package does not build".into());
    }
    for package in first {
        let place = package.strip_prefix(root)?;
        if fs::read(&package)? != fs::read(tree.join(place))? {
            return Err(format!("{} differs in another directory", place.display()).into());
        }
    }
    println!("the packages are the same, byte for byte");
    Ok(())
}

/// Makes the tree equal to the package; files that did not change keep their time, by which cargo
/// knows them.
fn unpack(package: &Path, tree: &Path) -> Result<(), Failure> {
    let mut zip = ZipArchive::new(File::open(package)?)?;
    fs::create_dir_all(tree)?;
    for path in dist::files(tree)? {
        let kept = path.starts_with("target") || path.starts_with("dist");
        let name = path.to_string_lossy();
        if !kept && zip.index_for_name(&name).is_none() {
            fs::remove_file(tree.join(&path))?;
        }
    }
    for index in 0..zip.len() {
        let mut entry = zip.by_index(index)?;
        let path = entry.enclosed_name().ok_or("a path leaves the package")?;
        let path = tree.join(path);
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes)?;
        fs::create_dir_all(path.parent().expect("it lies in the tree"))?;
        if fs::read(&path).ok().as_ref() != Some(&bytes) {
            fs::write(&path, &bytes)?;
        }
        set_mode(&path, entry.unix_mode())?;
    }
    Ok(())
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: Option<u32>) -> Result<(), Failure> {
    use std::os::unix::fs::PermissionsExt;
    let mode = mode.unwrap_or(0o644) & 0o777;
    Ok(fs::set_permissions(path, fs::Permissions::from_mode(mode))?)
}

#[cfg(not(unix))]
fn set_mode(_path: &Path, _mode: Option<u32>) -> Result<(), Failure> {
    Ok(())
}

/// A second cargo home with what the first has already fetched. Only the archives and the index
/// are shared: the sources are unpacked again, and so lie at other paths.
fn furnish(home: &Path) -> Result<(), Failure> {
    let first = wasm::cargo_home()?.canonicalize()?;
    fs::create_dir_all(home.join("registry"))?;
    for shared in ["registry/index", "registry/cache", "config.toml"] {
        if first.join(shared).exists() && !home.join(shared).exists() {
            link(&first.join(shared), &home.join(shared))?;
        }
    }
    Ok(())
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) -> Result<(), Failure> {
    Ok(std::os::unix::fs::symlink(from, to)?)
}

#[cfg(windows)]
fn link(from: &Path, to: &Path) -> Result<(), Failure> {
    Ok(std::os::windows::fs::symlink_dir(from, to)?)
}
