//! The part with the records, under libFuzzer. What is fed and checked: `targets/records.rs`.
#![no_main]

#[path = "../targets/records.rs"]
mod records;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| records::run(bytes));
