//! The table of operators inside the module, for tests and for `build.sh bench`; not part of the extension.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wasm_bindgen::prelude::*;

use super::names;
use crate::dataset::image;
use crate::net::operators::AsNumber;

fn refused(error: image::ImageError) -> JsValue {
    error.to_string().into()
}

/// How many questions get another answer than the one that stands behind each: 16 bytes of the address,
/// 4 of the AS number, zero for nobody's.
#[wasm_bindgen]
pub fn operators_differ(table: &[u8], questions: &[u8]) -> Result<u32, JsValue> {
    let table = image::operators(table).map_err(refused)?;
    let differs = |question: &&[u8]| {
        let (address, number) = question.split_at(16);
        let address = IpAddr::from(<[u8; 16]>::try_from(address).unwrap_or_default());
        let number = u32::from_le_bytes(number.try_into().unwrap_or_default());
        table.find(address).map_or(0, |AsNumber(found)| found) != number
    };
    Ok(questions.chunks_exact(20).filter(differs).count() as u32)
}

/// Opens the table that the measurements use.
#[wasm_bindgen]
pub fn operators_start(table: Vec<u8>) -> Result<(), JsValue> {
    let table = image::operators(Box::leak(table.into_boxed_slice())).map_err(refused)?;
    names::take(table);
    Ok(())
}

/// Finds the AS number of each IPv4 address, `rounds` times over; the sum keeps it from being left out.
// Loops, because iterators in a module that is built for size take longer than what is measured.
#[wasm_bindgen]
pub fn operators_numbers(addresses: &[u32], rounds: u32) -> u32 {
    names::with(|table| {
        let mut sum = 0_u32;
        for _ in 0..rounds {
            for address in addresses {
                if let Some(AsNumber(found)) = table.find(IpAddr::V4(Ipv4Addr::from_bits(*address))) {
                    sum = sum.wrapping_add(found);
                }
            }
        }
        sum
    })
}

/// The same of IPv6 addresses of 16 bytes each.
#[wasm_bindgen]
pub fn operators_numbers6(addresses: &[u8], rounds: u32) -> u32 {
    names::with(|table| {
        let mut sum = 0_u32;
        for _ in 0..rounds {
            for address in addresses.as_chunks().0 {
                if let Some(AsNumber(found)) = table.find(IpAddr::V6(Ipv6Addr::from_octets(*address))) {
                    sum = sum.wrapping_add(found);
                }
            }
        }
        sum
    })
}
