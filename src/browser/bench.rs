//! Measurements from inside the module, for `build.sh bench`; not part of the extension.

use std::cell::RefCell;

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use super::decode::{self, Packed};
use crate::dataset::image::{Image, records};
use crate::detect::{self, table::Tables};
use crate::records::table::Records;

thread_local! {
    static TABLES: RefCell<Tables<'static>> = RefCell::default();
}

/// Opens the image that the measurements use.
#[wasm_bindgen]
pub fn bench_start(image: Vec<u8>) -> Result<(), JsValue> {
    let image = Image::open(Box::leak(image.into_boxed_slice())).map_err(|error| JsValue::from(error.to_string()))?;
    decode::read_for(&image.tables);
    TABLES.with(|tables| *tables.borrow_mut() = image.tables);
    Ok(())
}

/// From the browser's object to the verdict, for each of the objects; how many were delivered by somebody.
#[wasm_bindgen]
pub fn bench_verdict(details: &js_sys::Array) -> u32 {
    let tables = TABLES.with(|tables| *tables.borrow());
    let named = |details: JsValue| {
        let packed = Packed::new(&details).ok()?;
        packed.with_response(|response| detect::verdict(&response, &tables).delivered_by)
    };
    details.iter().filter_map(named).count() as u32
}

/// The second part of it alone: what was read is judged so many times; how many were delivered by somebody.
#[wasm_bindgen]
pub fn bench_judge(details: &js_sys::Array, times: u32) -> u32 {
    let tables = TABLES.with(|tables| *tables.borrow());
    let named = |details: JsValue| {
        let packed = Packed::new(&details).ok()?;
        packed.with_response(|response| {
            let judge = || detect::verdict(std::hint::black_box(&response), &tables).delivered_by;
            (1..times).for_each(|_| _ = std::hint::black_box(judge()));
            judge()
        })
    };
    details.iter().filter_map(named).count() as u32
}

/// The first part of it alone: the object is read, nothing is judged; how many fields there were.
#[wasm_bindgen]
pub fn bench_read(details: &js_sys::Array) -> u32 {
    let read = |details: JsValue| Packed::new(&details).ok();
    details.iter().filter_map(read).map(|packed| packed.with_response(|response| response.fields.len() as u32)).sum()
}

thread_local! {
    static RECORDS: RefCell<Records<'static>> = RefCell::default();
}

/// Opens the part with the records that the measurements use.
#[wasm_bindgen]
pub fn bench_records_start(image: Vec<u8>) -> Result<(), JsValue> {
    let opened = records(Box::leak(image.into_boxed_slice())).map_err(|error| JsValue::from(error.to_string()))?;
    RECORDS.with(|records| *records.borrow_mut() = opened);
    Ok(())
}

/// What is documented for a host and two providers, so many times; as `benches/records.rs` does it.
#[wasm_bindgen]
pub fn bench_records(times: u32) -> u32 {
    let records = RECORDS.with(|records| *records.borrow());
    let mut found = 0;
    for _ in 0..times {
        let records = std::hint::black_box(&records);
        let site = records.site_of("www.site-7.example");
        let about_site = site.map_or(&[][..], |site| records.numbers(site.records));
        let about_providers = ["provider-007", "provider-057"]
            .into_iter()
            .filter_map(|id| records.provider(id))
            .flat_map(|provider| records.beside(provider, site));
        let rows = about_site.iter().copied().chain(about_providers).filter_map(|number| records.record(number));
        found = rows.map(|record| 1 + u32::from(record.is_archived(20_261_125))).sum();
    }
    found
}

/// The peer: `serde-wasm-bindgen` decodes the same members and does no more.
#[wasm_bindgen]
pub fn bench_decode(details: &js_sys::Array) -> u32 {
    let decoded = |details: JsValue| serde_wasm_bindgen::from_value::<Details>(details).ok();
    details.iter().filter_map(decoded).map(|details| details.response_headers.len() as u32).sum()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Details {
    url: String,
    request_id: String,
    tab_id: i32,
    r#type: String,
    status_code: u16,
    #[serde(default)]
    ip: Option<String>,
    from_cache: bool,
    time_stamp: f64,
    #[serde(default)]
    document_id: Option<String>,
    #[serde(default)]
    document_lifecycle: Option<String>,
    response_headers: Vec<Header>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(dead_code)]
struct Header {
    name: String,
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    binary_value: Option<Vec<u8>>,
}
