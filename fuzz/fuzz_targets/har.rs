//! The reader of recordings, under libFuzzer. What is fed and checked: `targets/har.rs`.
#![no_main]

#[path = "../targets/har.rs"]
mod har;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| har::run(bytes));
