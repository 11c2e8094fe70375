//! The wasm module and the dataset image that the same build compiled.

use crate::Failure;
use serde_json::Value;
use std::{
    env,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use wasm_bindgen_cli_support::Bindgen;

/// What the build of the module leaves behind.
pub struct Built {
    /// The module as cargo made it, before `wasm-bindgen`.
    pub module: PathBuf,
    /// The dataset image, written by the root package's build script for this very module, so that
    /// the two can never be of different sources.
    pub image: Vec<u8>,
    /// Its part with the records.
    pub records: Vec<u8>,
}

/// Builds the root package's library for the browsers, with these features of it.
///
/// The command is fixed, because another set of packages would unify features differently and give
/// other bytes. It has its own target directory, because its flags differ from the native build's.
pub fn build(root: &Path, features: &[&str]) -> Result<Built, Failure> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command
        .current_dir(root)
        .args(["rustc", "--profile", "module", "--locked", "--package", "served-by", "--lib", "--crate-type", "cdylib"])
        .args(["--target", "wasm32-unknown-unknown", "--target-dir", "target/wasm"])
        .arg(format!("--features={}", features.join(",")))
        .arg("--message-format=json-render-diagnostics")
        .env("CARGO_ENCODED_RUSTFLAGS", flags(root)?)
        .stderr(Stdio::inherit());
    let output = command.output()?;
    if !output.status.success() {
        return Err("cargo could not build the wasm module; its message stands above".into());
    }
    let messages: Vec<Value> = output
        .stdout
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(serde_json::from_slice)
        .collect::<Result<_, _>>()?;
    let own = |message: &&Value, reason: &str| {
        let id = message["package_id"].as_str().unwrap_or_default();
        message["reason"] == reason && (id.contains("#served-by@") || id.contains("/served-by#"))
    };
    let module = messages
        .iter()
        .filter(|message| own(message, "compiler-artifact"))
        .flat_map(|message| message["filenames"].as_array().into_iter().flatten())
        .filter_map(Value::as_str)
        .find(|path| path.ends_with(".wasm"))
        .ok_or("cargo names no wasm module")?;
    let out_dir = messages
        .iter()
        .find(|message| own(message, "build-script-executed"))
        .and_then(|message| message["out_dir"].as_str())
        .ok_or("cargo names no build script output")?;
    let read = |name: &str| {
        let path = Path::new(out_dir).join(name);
        fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))
    };
    Ok(Built { module: module.into(), image: read("dataset.img")?, records: read("records.img")? })
}

/// The compiler flags that keep this machine's paths out of the module, so that anyone who builds
/// the same sources gets the same bytes.
fn flags(root: &Path) -> Result<OsString, Failure> {
    let mut flags = OsString::new();
    for (from, to) in [
        (root.as_os_str().to_owned(), "/src"),
        (cargo_home()?.into_os_string(), "/cargo"),
        (rustc(&["--print", "sysroot"])?.into(), "/rust"),
    ] {
        if !flags.is_empty() {
            flags.push("\u{1f}");
        }
        flags.push("--remap-path-prefix=");
        flags.push(from);
        flags.push("=");
        flags.push(to);
    }
    Ok(flags)
}

/// What the compiler says about itself.
pub fn rustc(arguments: &[&str]) -> Result<String, Failure> {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).args(arguments).output()?;
    if !output.status.success() {
        return Err(format!("rustc {} failed", arguments.join(" ")).into());
    }
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// Where cargo keeps its registry.
pub fn cargo_home() -> Result<PathBuf, Failure> {
    if let Some(home) = env::var_os("CARGO_HOME") {
        return Ok(home.into());
    }
    let home = env::home_dir().ok_or("neither CARGO_HOME nor a home directory is known")?;
    Ok(home.join(".cargo"))
}

/// Writes the module under a name to a directory, as `served_by_bg.wasm`, with its bindings, `served_by.js`,
/// a module of JavaScript's.
pub fn bind(module: &Path, name: &str, directory: &Path) -> Result<(), Failure> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(module)
        .out_name(name)
        .web(true)
        .map_err(|error| format!("{error:#}"))?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true);
    bindgen.generate(directory).map_err(|error| format!("wasm-bindgen: {error:#}"))?;
    take_in_scripts(&directory.join(format!("{name}.js")), &directory.join("snippets"))
}

/// The same with bindings that are a plain script: it puts what the module exports into a global object.
///
/// A background is one script, because each further file costs it 5 to 10 ms when it wakes. `wasm-bindgen`
/// makes plain scripts too, but takes none of ours into them.
pub fn bind_script(module: &Path, name: &str, global: &str, directory: &Path) -> Result<(), Failure> {
    bind(module, name, directory)?;
    let path = directory.join(format!("{name}.js"));
    let script =
        as_script(&fs::read_to_string(&path)?, global).ok_or("the bindings export in a form not known here")?;
    Ok(fs::write(&path, script)?)
}

fn as_script(bindings: &str, global: &str) -> Option<String> {
    const LAST: &str = "export { initSync, __wbg_init as default };";
    let body = bindings.trim_end().strip_suffix(LAST)?.replace("\nexport function ", "\nfunction ");
    let exported = |line: &str| Some(line.strip_prefix("export function ")?.split('(').next()?.to_owned());
    let mut names: Vec<String> = bindings.lines().filter_map(exported).collect();
    names.extend(["initSync".to_owned(), "init: __wbg_init".to_owned()]);
    let is_whole = ["export ", "import ", "import.meta"].iter().all(|word| !body.contains(word));
    is_whole.then(|| {
        format!("globalThis.{global} = (() => {{\n\"use strict\";\n{body}return {{ {} }};\n}})();\n", names.join(", "))
    })
}

/// Puts our own scripts, such as `src/browser/pack.js`, into the bindings, which import them as files three
/// folders down.
fn take_in_scripts(path: &Path, snippets: &Path) -> Result<(), Failure> {
    let mut bindings = fs::read_to_string(path)?;
    loop {
        let is_own = |line: &&str| line.starts_with("import {") && line.contains("'./snippets/");
        let Some(import) = bindings.lines().find(is_own).map(str::to_owned) else { break };
        let file = import.split('\'').nth(1).expect("the import names its file");
        let script = fs::read_to_string(path.with_file_name(file))?;
        let script = script.replace("export function", "function").replace("export async function", "async function");
        bindings = bindings.replacen(&import, script.trim_end(), 1);
    }
    if bindings.contains("./snippets/") {
        return Err("the bindings import a script in a form that is not known here".into());
    }
    fs::write(path, bindings)?;
    Ok(fs::remove_dir_all(snippets)?)
}

#[cfg(test)]
mod tests {
    use super::as_script;

    #[test]
    fn what_a_module_exports_becomes_a_global_object() {
        let bindings = "let a;\nexport function start(x) { return x }\nexport { initSync, __wbg_init as default };\n";
        let script = "globalThis.core = (() => {\n\"use strict\";\nlet a;\nfunction start(x) { return x }\n\
                      return { start, initSync, init: __wbg_init };\n})();\n";
        assert_eq!(as_script(bindings, "core").as_deref(), Some(script));
        assert_eq!(as_script("export const a = 1;\nexport { initSync, __wbg_init as default };", "core"), None);
    }
}
