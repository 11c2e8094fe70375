//! The dataset's parts for detection and for records, under libFuzzer. What is fed and checked: `targets/image.rs`.
#![no_main]

#[path = "../targets/image.rs"]
mod image;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| image::run(bytes));
