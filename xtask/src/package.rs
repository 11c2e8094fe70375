//! What the stores take: one zip file per browser and one with the sources, the same bytes for
//! whoever builds them.

use crate::{Failure, dist, wasm};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{Cursor, Write},
    path::{Path, PathBuf},
    process::Command,
};
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter, write::SimpleFileOptions};

/// How much of the package the wasm module may take, both files of it, in bytes as compressed.
const WASM_LIMIT: u64 = 180_000;

/// How much of the package the table of operators may take, in bytes as compressed.
const OPERATORS_LIMIT: u64 = 2_500_000;

/// The level from which the zip library compresses with zopfli.
const ZOPFLI: i64 = 24;

/// Folders that commands make; they are no sources. `.gitignore` names the same ones.
const NOT_SOURCES: [&str; 8] =
    [".screenshots", "dist", "fuzz/artifacts", "fuzz/corpus", "fuzz/coverage", "fuzz/target", "node_modules", "target"];

/// Builds the three zip files and returns their paths.
pub fn build(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    let folders = dist::build(root)?;
    let mut packages = Vec::new();
    for (browser, folder) in dist::BROWSERS.iter().zip(&folders) {
        let package = place(root, browser);
        write(folder, &dist::files(folder)?, &package)?;
        check_size(&package, &["served_by_bg.wasm", "served_by_rest.wasm"], WASM_LIMIT)?;
        check_size(&package, &["operators.img"], OPERATORS_LIMIT)?;
        packages.push(package);
    }
    let package = place(root, "source");
    write(root, &sources(root)?, &package)?;
    packages.push(package);
    // Another compiler makes other bytes: who compares hashes compares this line first.
    println!("{}", wasm::rustc(&["--version"])?);
    for package in &packages {
        let bytes = fs::read(package)?;
        let hash: String = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        println!("{hash}  {}  {} bytes", package.strip_prefix(root)?.display(), bytes.len());
    }
    Ok(packages)
}

fn place(root: &Path, what: &str) -> PathBuf {
    root.join("dist").join(format!("served-by-{}-{what}.zip", env!("CARGO_PKG_VERSION")))
}

/// The files that git knows; where there is no repository, as in the unpacked source package, all
/// files that no command made.
fn sources(root: &Path) -> Result<Vec<PathBuf>, Failure> {
    if !root.join(".git").exists() {
        let made = |path: &PathBuf| NOT_SOURCES.iter().any(|folder| path.starts_with(folder));
        return Ok(dist::files(root)?.into_iter().filter(|path| !made(path)).collect());
    }
    let listed = Command::new("git").current_dir(root).args(["ls-files", "-z"]).output()?;
    if !listed.status.success() {
        return Err("git does not list the sources".into());
    }
    let mut paths: Vec<PathBuf> = String::from_utf8(listed.stdout)?
        .split_terminator('\0')
        .map(PathBuf::from)
        .filter(|path| root.join(path).is_file())
        .collect();
    paths.sort();
    Ok(paths)
}

/// Writes files to a zip: sorted, without times, and with no permission but the executable bit.
fn write(directory: &Path, paths: &[PathBuf], package: &Path) -> Result<(), Failure> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let plain = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::from_date_and_time(2020, 1, 1, 0, 0, 0)?);
    for path in paths {
        let source = directory.join(path);
        let mode = if is_executable(&source)? { 0o755 } else { 0o644 };
        let name = path.to_str().ok_or_else(|| format!("{}: not UTF-8", path.display()))?;
        // Zopfli saves a twentieth of the records and of the module in a few seconds; on the large table of
        // operators it would take minutes.
        let level = if name.ends_with("records.img") || name.ends_with(".wasm") { ZOPFLI } else { 9 };
        zip.start_file(name, plain.compression_level(Some(level)).unix_permissions(mode))?;
        zip.write_all(&fs::read(&source)?)?;
    }
    fs::write(package, zip.finish()?.into_inner())?;
    Ok(())
}

#[cfg(unix)]
fn is_executable(path: &Path) -> Result<bool, Failure> {
    use std::os::unix::fs::PermissionsExt;
    Ok(fs::metadata(path)?.permissions().mode() & 0o100 != 0)
}

#[cfg(not(unix))]
fn is_executable(path: &Path) -> Result<bool, Failure> {
    Ok(path.extension().is_some_and(|extension| extension == "sh"))
}

/// Refuses a package in which a file outgrew its limit.
fn check_size(package: &Path, names: &[&str], limit: u64) -> Result<(), Failure> {
    let mut zip = ZipArchive::new(File::open(package)?)?;
    let mut size = 0;
    for name in names {
        let file = zip.by_name(name)?;
        println!("{name}: {} bytes compressed, {} not", file.compressed_size(), file.size());
        size += file.compressed_size();
    }
    if size > limit {
        return Err(format!("{} take {size} bytes of at most {limit}", names.join(" and ")).into());
    }
    Ok(())
}
