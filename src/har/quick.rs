//! The quick way to read an entry: `serde_json`, straight into what is kept.
//!
//! It takes entries that are as they should be. Whatever else it meets, it declines: the slow reader
//! then says what is wrong and where, or that nothing is. Both give the same entry where both give one.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

use super::entry::{Entry, Fields, Form, Said, VALUE_MAX};

/// The entry, or nothing where the slow reader has to look.
pub(super) fn read(text: &[u8], form: Form) -> Option<Entry> {
    let said = match form {
        Form::Har => serde_json::from_slice::<Har>(text).ok()?.said()?,
        Form::Line => serde_json::from_slice::<Line>(text).ok()?.said()?,
    };
    said.understood(form).ok()
}

#[derive(Deserialize)]
struct Har {
    request: Request,
    response: Response,
    #[serde(default, rename = "serverIPAddress")]
    address: Option<String>,
    #[serde(default, rename = "startedDateTime")]
    started: Option<String>,
    #[serde(default)]
    time: Option<f64>,
    #[serde(default)]
    timings: Option<Timings>,
    #[serde(default, rename = "_fromCache")]
    from_cache: Option<String>,
    #[serde(default, rename = "_fetchedViaServiceWorker")]
    service_worker: Option<bool>,
    #[serde(default, rename = "_securityDetails")]
    security: Option<Security>,
}

#[derive(Deserialize)]
struct Request {
    url: String,
}

#[derive(Deserialize)]
struct Response {
    #[serde(default)]
    status: Option<f64>,
    headers: HarFields,
    #[serde(default, rename = "_error")]
    error: Option<String>,
}

#[derive(Deserialize)]
struct Timings {
    #[serde(default)]
    receive: Option<f64>,
}

#[derive(Deserialize)]
struct Security {
    #[serde(default)]
    issuer: Option<String>,
}

impl Har {
    fn said(self) -> Option<Said> {
        bounded(Said {
            url: Some(self.request.url),
            status: self.response.status.unwrap_or(0.0),
            fields: Some(self.response.headers.0),
            address: self.address,
            from_cache: self.from_cache.is_some(),
            service_worker: self.service_worker == Some(true),
            error: self.response.error,
            issuer: self.security.and_then(|security| security.issuer),
            started: self.started,
            time_ms: self.time.unwrap_or(0.0),
            receive_ms: self.timings.and_then(|timings| timings.receive).unwrap_or(0.0),
            ..Said::default()
        })
    }
}

#[derive(Deserialize)]
struct Line {
    url: String,
    #[serde(default)]
    status: Option<f64>,
    headers: LineFields,
    #[serde(default, rename = "server_ip")]
    address: Option<String>,
    #[serde(default)]
    time: Option<Time>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Time {
    Number(f64),
    Text(String),
}

impl Line {
    fn said(self) -> Option<Said> {
        let (since_1970, started) = match self.time {
            None => (None, None),
            Some(Time::Number(number)) => (Some(number), None),
            Some(Time::Text(text)) => (None, Some(text)),
        };
        bounded(Said {
            url: Some(self.url),
            status: self.status.unwrap_or(0.0),
            fields: Some(self.headers.0),
            address: self.address,
            started,
            since_1970,
            ..Said::default()
        })
    }
}

/// Declines what has to be cut.
fn bounded(said: Said) -> Option<Said> {
    let texts = [&said.url, &said.address, &said.error, &said.issuer, &said.started];
    let fit = texts.into_iter().flatten().all(|text| text.len() <= VALUE_MAX);
    fit.then_some(said)
}

struct HarFields(Fields);

#[derive(Deserialize)]
struct HarField<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

impl<'de> Deserialize<'de> for HarFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = HarFields;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of fields")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<HarFields, A::Error> {
                let mut fields = Fields::with_capacity(USUAL);
                while let Some(HarField { name, value }) = members.next_element()? {
                    add(&mut fields, &name, &value)?;
                }
                Ok(HarFields(fields))
            }
        }

        deserializer.deserialize_seq(List)
    }
}

struct LineFields(Fields);

#[derive(Deserialize)]
struct LineField<'a>(#[serde(borrow)] Cow<'a, str>, #[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for LineFields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = LineFields;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of fields")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<LineFields, A::Error> {
                let mut fields = Fields::with_capacity(USUAL);
                while let Some(LineField(name, value)) = members.next_element()? {
                    add(&mut fields, &name, &value)?;
                }
                Ok(LineFields(fields))
            }
        }

        deserializer.deserialize_seq(List)
    }
}

/// Fields that a response usually has at most.
const USUAL: usize = 32;

fn add<E: Error>(fields: &mut Fields, name: &str, value: &str) -> Result<(), E> {
    if name.len().max(value.len()) > VALUE_MAX {
        return Err(E::custom("to be cut"));
    }
    fields.add(name, value);
    Ok(())
}
