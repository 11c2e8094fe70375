//! What the browser keeps for the extension, under libFuzzer. What is fed and checked: `targets/state.rs`.
#![no_main]

#[path = "../targets/state.rs"]
mod state;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| state::run(bytes));
