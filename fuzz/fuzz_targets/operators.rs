//! The table of operators, under libFuzzer. What is fed and checked: `targets/operators.rs`.
#![no_main]

#[path = "../targets/operators.rs"]
mod operators;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| operators::run(bytes));
