//! What a channel for updates sends, under libFuzzer. What is fed and checked: `targets/updates.rs`.
#![no_main]

#[path = "../targets/updates.rs"]
mod updates;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| updates::run(bytes));
