//! The wasm module and the dataset image that the same build compiled.

use crate::{
    Failure,
    split::{self, FIRST, Reach},
};
use serde_json::Value;
use std::{
    collections::BTreeSet,
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
        // The standard library is built anew, without texts for panics. The compiler calls that unstable, and is
        // pinned. Why: DESIGN.md, "Why is the module built for size?".
        .args(["-Zbuild-std=core,alloc,std,panic_abort", "-Zbuild-std-features=optimize_for_size"])
        .env("RUSTC_BOOTSTRAP", "1")
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

/// The compiler flags that make panics short, keep the linker's relocations, and keep this machine's paths out of
/// the module, so that anyone who builds the same sources gets the same bytes.
fn flags(root: &Path) -> Result<OsString, Failure> {
    let mut flags = OsString::from(
        "-Zunstable-options\u{1f}-Cpanic=immediate-abort\u{1f}-Cllvm-args=-inline-threshold=5\u{1f}-Clink-arg=--emit-relocs",
    );
    for (from, to) in [
        (root.as_os_str().to_owned(), "/src"),
        (cargo_home()?.into_os_string(), "/cargo"),
        (rustc(&["--print", "sysroot"])?.into(), "/rust"),
    ] {
        flags.push("\u{1f}--remap-path-prefix=");
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

/// Writes the module to a directory, as `served_by_bg.wasm`, with its bindings, `served_by.js`, a module of
/// JavaScript's.
pub fn bind(module: &Path, directory: &Path) -> Result<(), Failure> {
    bindings(&fs::read(module)?, directory, true)?;
    let path = directory.join("served_by.js");
    fs::write(&path, with_scripts(fs::read_to_string(&path)?, directory)?)?;
    Ok(fs::remove_dir_all(directory.join("snippets"))?)
}

/// Writes the module in two files, `served_by_bg.wasm` and `served_by_rest.wasm`, and bindings that are plain scripts:
/// `served_by.js` for both, `background.js` for the first alone.
///
/// A background is one script, because each further file costs it 5 to 10 ms when it wakes. `wasm-bindgen`
/// makes plain scripts too, but takes none of ours into them.
pub fn bind_in_two(module: &Path, directory: &Path) -> Result<(), Failure> {
    let linked = fs::read(module)?;
    // What serves the bindings serves both files, but for what describes functions to them, which they take out.
    let is_first = |name: &str| match name.strip_prefix("__") {
        Some(name) => !name.starts_with("wbindgen_describe"),
        None => split::ours(name).is_some_and(|name| BACKGROUND.contains(&name)),
    };
    let reach = Reach::of(&linked, is_first)?;
    bindings(&linked, directory, false)?;
    let path = directory.join("served_by_bg.wasm");
    let split = split::split(&fs::read(&path)?, &reach)?;
    let [first, rest] = split.files;
    fs::write(path, first)?;
    fs::write(directory.join("served_by_rest.wasm"), rest)?;
    let path = directory.join("served_by.js");
    let bindings = fs::read_to_string(&path)?;
    let bindings = split.names.iter().fold(bindings, |bindings, (long, short)| bindings.replace(long, short));
    let write = |name: &str, bindings: &str| -> Result<String, Failure> {
        let bindings = with_scripts(bindings.to_owned(), directory)?;
        let script = as_script(&bindings).ok_or("the bindings have a form that is not known here")?;
        fs::write(directory.join(name), &script)?;
        Ok(script)
    };
    write("served_by.js", &bindings)?;
    let script = write("background.js", &without(&bindings, &split.rest))?;
    let called =
        script.split("wasm.").skip(1).filter_map(|text| text.split(|c: char| c != '_' && !c.is_alphanumeric()).next());
    if let Some(name) = called.chain(BACKGROUND).find(|name| split.rest.contains(*name)) {
        return Err(format!("the background needs `{name}`, which is in the second file").into());
    }
    Ok(fs::remove_dir_all(directory.join("snippets"))?)
}

/// The bindings without the functions of these names and what is said about them.
fn without(bindings: &str, names: &BTreeSet<String>) -> String {
    let mut kept = String::new();
    let mut said = String::new();
    // How the function that is left out ends.
    let mut end: Option<&str> = None;
    for line in bindings.split_inclusive('\n') {
        if let Some(last) = end {
            end = end.filter(|_| !line.starts_with(last));
            continue;
        }
        if line.starts_with("/**") || line.starts_with(" *") {
            said += line;
            continue;
        }
        let function = line.strip_prefix("export ").unwrap_or(line).strip_prefix("function ");
        let function = function.and_then(|text| Some((text.split_once('(')?.0, "}")));
        let imported =
            line.strip_prefix("        ").and_then(|text| Some((text.split_once(": function(")?.0, "        }")));
        end = function.or(imported).filter(|(name, _)| names.contains(*name)).map(|(_, last)| last);
        if end.is_none() {
            kept += &said;
            kept += line;
        }
        said.clear();
    }
    kept
}

/// What the background calls of the module as long as nobody asks about updates.
const BACKGROUND: [&str; 4] = ["start", "replace", "event", "message"];

/// Makes the bindings; the split needs the names of the functions, which nobody else does.
fn bindings(linked: &[u8], directory: &Path, is_whole: bool) -> Result<(), Failure> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_bytes("served_by", split::without_relocations(linked)?)
        .web(true)
        .map_err(|error| format!("{error:#}"))?
        .typescript(false)
        .demangle(false)
        .remove_name_section(is_whole)
        .remove_producers_section(true);
    Ok(bindgen.generate(directory).map_err(|error| format!("wasm-bindgen: {error:#}"))?)
}

/// The bindings as a function of the global object, `servedBy`: each call of it gives what the module exports, with
/// a memory of its own once `init` was given the compiled files.
fn as_script(bindings: &str) -> Option<String> {
    const LAST: &str = "export { initSync, __wbg_init as default };";
    let body = bindings.trim_end().strip_suffix(LAST)?.replace("\nexport function ", "\nfunction ");
    let exported = |line: &str| Some(line.strip_prefix("export function ")?.split('(').next()?.to_owned());
    let names: Vec<String> = bindings.lines().filter_map(exported).collect();
    let has_all = ["function __wbg_get_imports()", "function __wbg_finalize_init(instance, module)"];
    let is_whole = ["export ", "import ", "import.meta"].iter().all(|word| !body.contains(word))
        && has_all.iter().all(|function| body.contains(function));
    // These load one file, by its address.
    let body = &body[..body.find("async function __wbg_load(")?];
    is_whole.then(|| {
        format!(
            "globalThis.servedBy = () => {{\n\"use strict\";\n{body}\
             function init(module, rest) {{\n\
             \x20   const imports = __wbg_get_imports();\n\
             \x20   let {{ exports }} = new WebAssembly.Instance(module, imports);\n\
             \x20   if (rest) {{\n\
             \x20       const more = new WebAssembly.Instance(rest, {{ ...imports, {FIRST}: exports }});\n\
             \x20       exports = {{ ...exports, ...more.exports }};\n\
             \x20   }}\n\
             \x20   __wbg_finalize_init({{ exports }}, module);\n\
             }}\n\nreturn {{ {}, init }};\n}};\n",
            names.join(", ")
        )
    })
}

/// Puts our own scripts, such as `src/browser/pack.js`, into bindings that import functions of them as files three
/// folders down, and leaves out those that the bindings do not use.
fn with_scripts(mut bindings: String, directory: &Path) -> Result<String, Failure> {
    loop {
        let is_own = |line: &&str| line.starts_with("import {") && line.contains("'./snippets/");
        let Some(import) = bindings.lines().find(is_own).map(str::to_owned) else { break };
        let mut parts = import.split('\'');
        let (names, file) = (parts.next().unwrap_or_default(), parts.next().ok_or("the import names no file")?);
        let names = names.trim_start_matches("import {").trim_end_matches("} from ").split(',').map(str::trim);
        let is_used = names.into_iter().any(|name| {
            let is_call = |at: usize| !bindings[..at].ends_with(|c: char| c == '_' || c.is_alphanumeric());
            bindings.match_indices(&format!("{name}(")).any(|(at, _)| is_call(at))
        });
        let script = if is_used { fs::read_to_string(directory.join(file))? } else { String::new() };
        let script = script.replace("export function", "function").replace("export async function", "async function");
        bindings = bindings.replacen(&import, script.trim_end(), 1);
    }
    if bindings.contains("./snippets/") {
        return Err("the bindings import a script in a form that is not known here".into());
    }
    Ok(bindings)
}

#[cfg(test)]
mod tests {
    use super::{as_script, without};

    #[test]
    fn what_the_background_cannot_call_is_not_in_its_bindings() {
        let bindings = "/**\n * Draws.\n */\nexport function panel(image) {\n    wasm.panel(image);\n}\n/**\n * Starts.\n */\n\
                        export function start() {\n    wasm.start();\n}\nconst import0 = {\n        __wbg_then: function(a) {\n            \
                        return a;\n        },\n        __wbg_set: function() { return handleError(function (a) {\n            a();\n        \
                        }, arguments); },\n};\n";
        let names = ["panel", "__wbg_set"].map(str::to_owned).into();
        let kept = "/**\n * Starts.\n */\nexport function start() {\n    wasm.start();\n}\nconst import0 = {\n        \
                    __wbg_then: function(a) {\n            return a;\n        },\n};\n";
        assert_eq!(without(bindings, &names), kept);
    }

    #[test]
    fn the_bindings_become_a_function_that_starts_the_module_in_one_file_or_in_two() {
        let bindings = "let wasm;\nexport function start(x) { return wasm.start(x) }\n\
                        function __wbg_get_imports() { return {} }\n\
                        function __wbg_finalize_init(instance, module) { wasm = instance.exports }\n\
                        async function __wbg_load(module, imports) {}\n\
                        export { initSync, __wbg_init as default };\n";
        let script = as_script(bindings).expect("the form is known");
        assert!(script.starts_with("globalThis.servedBy = () => {\n"));
        assert!(script.ends_with("return { start, init };\n};\n"));
        assert!(!script.contains("__wbg_load") && !script.contains("export function"));
        assert_eq!(as_script("export const a = 1;\nexport { initSync, __wbg_init as default };"), None);
    }
}
