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
pub(super) fn read(text: &[u8], form: Form) -> Option<Entry<'_>> {
    let said = match form {
        Form::Har => parse::<Har<'_>>(text)?.said()?,
        Form::Line => parse::<Line<'_>>(text)?.said()?,
    };
    said.understood(form).ok().filter(|entry| entry.misfits().next().is_none())
}

/// Text up to this long is looked through for UTF-8 in one piece, longer text where something is kept of it:
/// most of that is a body.
const WHOLE_MAX: usize = 1 << 14;

fn parse<'t, T: Deserialize<'t>>(text: &'t [u8]) -> Option<T> {
    let parsed = match text.len() {
        ..=WHOLE_MAX => serde_json::from_str(std::str::from_utf8(text).ok()?),
        _ => serde_json::from_slice(text),
    };
    parsed.ok()
}

/// A text, which is borrowed where no character of it is escaped.
#[derive(Deserialize)]
struct Text<'t>(#[serde(borrow)] Cow<'t, str>);

impl<'t> Text<'t> {
    fn of(text: Option<Self>) -> Option<Cow<'t, str>> {
        text.map(|Self(text)| text)
    }
}

#[derive(Deserialize)]
struct Har<'t> {
    #[serde(borrow)]
    request: Request<'t>,
    response: Response<'t>,
    #[serde(default, rename = "serverIPAddress")]
    address: Option<Text<'t>>,
    #[serde(default, rename = "startedDateTime")]
    started: Option<Text<'t>>,
    #[serde(default)]
    time: Option<f64>,
    #[serde(default)]
    timings: Option<Timings>,
    #[serde(default, rename = "_fromCache")]
    from_cache: Option<Text<'t>>,
    #[serde(default, rename = "_fetchedViaServiceWorker")]
    service_worker: Option<bool>,
    #[serde(default, rename = "_securityDetails")]
    security: Option<Security<'t>>,
}

#[derive(Deserialize)]
struct Request<'t> {
    #[serde(borrow)]
    url: Cow<'t, str>,
}

#[derive(Deserialize)]
struct Response<'t> {
    #[serde(default)]
    status: Option<f64>,
    #[serde(borrow)]
    headers: HarFields<'t>,
    #[serde(default, rename = "_error")]
    error: Option<Text<'t>>,
}

#[derive(Deserialize)]
struct Timings {
    #[serde(default)]
    receive: Option<f64>,
}

#[derive(Deserialize)]
struct Security<'t> {
    #[serde(borrow, default)]
    issuer: Option<Text<'t>>,
}

impl<'t> Har<'t> {
    fn said(self) -> Option<Said<'t>> {
        bounded(Said {
            url: Some(self.request.url),
            status: self.response.status.unwrap_or(0.0),
            fields: Some(self.response.headers.0),
            address: Text::of(self.address),
            from_cache: self.from_cache.is_some(),
            service_worker: self.service_worker == Some(true),
            error: Text::of(self.response.error),
            issuer: Text::of(self.security.and_then(|security| security.issuer)),
            started: Text::of(self.started),
            time_ms: self.time.unwrap_or(0.0),
            receive_ms: self.timings.and_then(|timings| timings.receive).unwrap_or(0.0),
            ..Said::default()
        })
    }
}

#[derive(Deserialize)]
struct Line<'t> {
    #[serde(borrow)]
    url: Cow<'t, str>,
    #[serde(default)]
    status: Option<f64>,
    #[serde(borrow)]
    headers: LineFields<'t>,
    #[serde(default, rename = "server_ip")]
    address: Option<Text<'t>>,
    #[serde(default)]
    time: Option<Time>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Time {
    Number(f64),
    Text(String),
}

impl<'t> Line<'t> {
    fn said(self) -> Option<Said<'t>> {
        let (since_1970, started) = match self.time {
            None => (None, None),
            Some(Time::Number(number)) => (Some(number), None),
            Some(Time::Text(text)) => (None, Some(text.into())),
        };
        bounded(Said {
            url: Some(self.url),
            status: self.status.unwrap_or(0.0),
            fields: Some(self.headers.0),
            address: Text::of(self.address),
            started,
            since_1970,
            ..Said::default()
        })
    }
}

/// Declines what has to be cut.
fn bounded(said: Said<'_>) -> Option<Said<'_>> {
    let texts = [&said.url, &said.address, &said.error, &said.issuer, &said.started];
    let fit = texts.into_iter().flatten().all(|text| text.len() <= VALUE_MAX);
    fit.then_some(said)
}

struct HarFields<'t>(Fields<'t>);

#[derive(Deserialize)]
struct HarField<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    #[serde(borrow)]
    value: Cow<'a, str>,
}

impl<'de: 't, 't> Deserialize<'de> for HarFields<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = HarFields<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of fields")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<HarFields<'de>, A::Error> {
                let mut fields = Fields::with_capacity(USUAL);
                while let Some(HarField { name, value }) = members.next_element()? {
                    add(&mut fields, name, value)?;
                }
                Ok(HarFields(fields))
            }
        }

        deserializer.deserialize_seq(List)
    }
}

struct LineFields<'t>(Fields<'t>);

#[derive(Deserialize)]
struct LineField<'a>(#[serde(borrow)] Cow<'a, str>, #[serde(borrow)] Cow<'a, str>);

impl<'de: 't, 't> Deserialize<'de> for LineFields<'t> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List;

        impl<'de> Visitor<'de> for List {
            type Value = LineFields<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a list of fields")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut members: A) -> Result<LineFields<'de>, A::Error> {
                let mut fields = Fields::with_capacity(USUAL);
                while let Some(LineField(name, value)) = members.next_element()? {
                    add(&mut fields, name, value)?;
                }
                Ok(LineFields(fields))
            }
        }

        deserializer.deserialize_seq(List)
    }
}

/// Fields that a response usually has at most.
const USUAL: usize = 32;

fn add<'t, E: Error>(fields: &mut Fields<'t>, name: Cow<'t, str>, value: Cow<'t, str>) -> Result<(), E> {
    if name.len().max(value.len()) > VALUE_MAX {
        return Err(E::custom("to be cut"));
    }
    fields.add(name, value);
    Ok(())
}
