//! Compiles `data/` into the image that the native program carries. The same modules do it as everywhere else.

// This program uses a part of each module only.
#![allow(dead_code, unused_imports)]

#[path = "src/dataset/mod.rs"]
mod dataset;
#[path = "src/detect/mod.rs"]
mod detect;
#[path = "src/field/mod.rs"]
mod field;
#[path = "src/net/mod.rs"]
mod net;
#[path = "src/records/mod.rs"]
mod records;

use std::path::Path;
use std::{env, fs, process};

fn main() {
    println!("cargo::rerun-if-changed=data");
    println!("cargo::rerun-if-changed=src");
    let (source, mut faults) = dataset::read::folder(Path::new("data"));
    faults.extend(dataset::lint::check(&source));
    for fault in &faults {
        for line in fault.to_string().lines() {
            println!("cargo::warning={line}");
        }
    }
    // Faults are for the linter to refuse; what can be compiled lets the rest of the work go on.
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    for (name, image) in
        [("dataset.img", dataset::compile::image(&source)), ("records.img", dataset::compile::records::image(&source))]
    {
        if let Err(error) = fs::write(Path::new(&out).join(name), image) {
            eprintln!("cannot write {name}: {error}");
            process::exit(2);
        }
    }
}
