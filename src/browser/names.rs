//! From an address as text to the name of its operator, for scripts that ask often: `names.mjs` is the other half.
//!
//! A string that crosses the border to JavaScript is allocated, encoded or decoded, and freed, which takes longer
//! than finding the operator. So the texts pass through memory that both sides know, and what is handed over is a
//! number: the script keeps the names that it has read, under their operators' places in the table.

use std::cell::RefCell;
use std::net::Ipv4Addr;

use wasm_bindgen::prelude::*;

use crate::net::operators::{Operators, Place};
use crate::net::text;

/// Longest name, in bytes, and more.
const NAME_MAX: usize = 512;

thread_local! {
    static TABLE: RefCell<Operators<'static>> = RefCell::default();
    static ADDRESS: RefCell<[u8; text::LONGEST]> = const { RefCell::new([0; text::LONGEST]) };
    static NAME: RefCell<[u8; NAME_MAX]> = const { RefCell::new([0; NAME_MAX]) };
}

/// The table that is asked from now on.
pub fn take(table: Operators<'static>) {
    TABLE.with(|known| *known.borrow_mut() = table);
}

/// Asks the table.
pub fn with<T>(ask: impl FnOnce(&Operators<'static>) -> T) -> T {
    TABLE.with(|table| ask(&table.borrow()))
}

/// How many places there are: they are numbered from zero.
#[wasm_bindgen]
pub fn names_count() -> usize {
    with(|table| table.all().count() + 1)
}

/// Where the memory for an address begins.
#[wasm_bindgen]
pub fn names_address() -> *const u8 {
    ADDRESS.with(|address| address.as_ptr().cast())
}

/// Where the memory for a name begins.
#[wasm_bindgen]
pub fn names_name() -> *const u8 {
    NAME.with(|name| name.as_ptr().cast())
}

/// Place of the operator of the address that stands there as so many ASCII characters; zero if it has none.
#[wasm_bindgen]
pub fn names_place(len: usize) -> u32 {
    ADDRESS.with(|text| {
        let text = text.borrow();
        let Some(address) = text.get(..len).and_then(text::address) else { return 0 };
        with(|table| table.place(address).map_or(0, Place::number))
    })
}

/// The same of an IPv4 address as a number.
#[wasm_bindgen]
pub fn names_place_of_v4(address: u32) -> u32 {
    with(|table| table.place(Ipv4Addr::from_bits(address).into()).map_or(0, Place::number))
}

/// The same of an IPv6 address as four words, the first of them first.
#[wasm_bindgen]
pub fn names_place_of(a: u32, b: u32, c: u32, d: u32) -> u32 {
    // One by one: a module that is built for size calls a closure at each turn of a fold.
    let high = u64::from(a) << 32 | u64::from(b);
    let low = u64::from(c) << 32 | u64::from(d);
    with(|table| table.place6(u128::from(high) << 64 | u128::from(low)))
}

/// Puts the name of the operator at a place there, as UTF-8; its length.
#[wasm_bindgen]
pub fn names_read(place: u32) -> usize {
    let Some(name) = with(|table| table.name_at(Place::of_number(place))) else { return 0 };
    NAME.with(|room| {
        let mut room = room.borrow_mut();
        let len = name.stem.len() + name.ending.len();
        let Some((to_stem, to_ending)) = room.get_mut(..len).map(|room| room.split_at_mut(name.stem.len())) else {
            return 0;
        };
        to_stem.copy_from_slice(name.stem);
        to_ending.copy_from_slice(name.ending);
        len
    })
}
