//! The parsers of response fields, under libFuzzer. What is fed and checked: `targets/fields.rs`.
#![no_main]

#[path = "../targets/fields.rs"]
mod fields;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fields::run(bytes));
