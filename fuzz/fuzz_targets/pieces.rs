//! Recordings in pieces, under libFuzzer. What is fed and checked: `targets/pieces.rs`.
#![no_main]

#[path = "../targets/pieces.rs"]
mod pieces;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| pieces::run(bytes));
