//! One entry of a HAR file: what it says of the response, and what is odd about it.

use std::borrow::Cow;
use std::io::Read;
use std::net::IpAddr;

use jiff::Timestamp;
use memchr::memchr;
use struson::reader::{JsonReader, ReaderError, ValueType};

use super::{Expected, Fault, Json, Place, place};
use crate::detect::response::Response;
use crate::field::Field;
use crate::net;

/// Bytes of one text that are kept; browsers refuse fields that long.
pub const VALUE_MAX: usize = 256 << 10;
/// Fields of one response that are kept.
const FIELDS_MAX: usize = 2_048;
/// Bytes of all field values of one response that are kept.
const VALUES_MAX: usize = 4 << 20;
/// A moment given as a number below this counts seconds since 1970, from here on milliseconds: as
/// seconds it would be in the year 5138, as milliseconds in 1973.
const SECONDS_BELOW: f64 = 1e11;

/// The response of one entry. It borrows from the recording what can be read there as it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry<'t> {
    pub url: Cow<'t, str>,
    /// Zero where no response came.
    pub status: u16,
    /// Names and values in the order of the file, repeats kept.
    pub fields: Vec<(Cow<'t, str>, Cow<'t, str>)>,
    pub server_address: Option<IpAddr>,
    /// When the fields arrived, in milliseconds since 1970.
    pub received_at_ms: Option<i64>,
    /// Answered from the browser's own store (`_fromCache`, Chromium).
    pub from_cache: bool,
    /// Issuer of the certificate (`_securityDetails`, Playwright).
    pub issuer: Option<Cow<'t, str>>,
    pub observations: Vec<Observation>,
}

/// Something odd about an entry that can be judged all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Observation {
    /// What should hold the server's address (`serverIPAddress` in a HAR file) holds none.
    NoAddress { name: &'static str, text: String },
    /// What should hold the moment (`startedDateTime` in a HAR file) holds none, so clocks in fields
    /// cannot be compared with it.
    NoMoment { name: &'static str, text: String },
    /// What should hold the status holds no number, so it is not known.
    NoStatus { name: &'static str, text: String },
    /// A text was longer than [`VALUE_MAX`] and was cut.
    LongText { count: usize },
    /// Fields beyond the limits were dropped.
    ManyFields { count: usize },
    /// The browser's copy was confirmed, not sent: this is about who confirmed it.
    NotModified,
    /// The page's own worker handed out the response (Chromium); it may have come from its store.
    ServiceWorker,
    /// The request failed in the browser; no response came (Chromium).
    Failed { text: String },
}

impl Entry<'_> {
    /// The same with all of its texts its own.
    pub fn into_owned(self) -> Entry<'static> {
        let own = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
        // Taken apart, so that a member that is added cannot be forgotten.
        let Self { url, status, fields, server_address, received_at_ms, from_cache, issuer, observations } = self;
        Entry {
            url: own(url),
            status,
            fields: fields.into_iter().map(|(name, value)| (own(name), own(value))).collect(),
            server_address,
            received_at_ms,
            from_cache,
            issuer: issuer.map(own),
            observations,
        }
    }

    /// What members of it should hold, and hold something else. One that is left out holds nothing.
    pub(super) fn misfits(&self) -> impl Iterator<Item = Expected> {
        self.observations.iter().filter_map(|observation| match observation {
            Observation::NoAddress { name, .. } => Some(Expected::Address(name)),
            Observation::NoMoment { name, text } if !text.is_empty() => Some(Expected::Moment(name)),
            Observation::NoStatus { name, .. } => Some(Expected::Status(name)),
            _ => None,
        })
    }

    /// The fields as the judge takes them.
    pub fn fields(&self) -> Vec<Field<'_>> {
        self.fields.iter().map(|(name, value)| Field { name, value: value.as_bytes() }).collect()
    }

    /// The response as the judge takes it, with the fields from [`Entry::fields`].
    pub fn response<'a>(&'a self, fields: &'a [Field<'a>]) -> Response<'a> {
        Response {
            url: &self.url,
            status: self.status,
            fields,
            server_address: self.server_address,
            received_at_ms: self.received_at_ms,
            from_cache: self.from_cache,
            asked: false,
            proxied: false,
            canonical_name: None,
            issuer: self.issuer.as_deref(),
        }
    }
}

/// JSON that is not what it should be: no entry, or nothing that a member of one may hold.
pub struct Misfit {
    pub at: Place,
    pub expected: Expected,
}

/// How an entry is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// As a HAR file has it.
    Har,
    /// `{"url","status","headers":[[name,value]…],"server_ip","time"}`, on a line of its own.
    Line,
}

/// Reads one entry to its end; the first thing that makes it none is handed back. What members of it should hold
/// and do not is added to `misfits`: the entry goes without.
pub(super) fn read<R: Read>(
    json: &mut Json<R>,
    form: Form,
    misfits: &mut Vec<Misfit>,
) -> Result<Result<Entry<'static>, Misfit>, Fault> {
    json.peek()?;
    let at = place(json);
    let places = Places { address: at, moment: at, status: at };
    let mut reader = EntryReader { json, said: Said::default(), wrong: None, places };
    match form {
        Form::Har => reader.entry()?,
        Form::Line => reader.line()?,
    }
    if let Some(wrong) = reader.wrong {
        return Ok(Err(wrong));
    }
    let places = reader.places;
    let entry = reader.said.understood(form).map_err(|expected| Misfit { at, expected });
    let found = entry.iter().flat_map(Entry::misfits);
    misfits.extend(found.map(|expected| {
        let at = match expected {
            Expected::Address(_) => places.address,
            Expected::Moment(_) => places.moment,
            _ => places.status,
        };
        Misfit { at, expected }
    }));
    Ok(entry)
}

/// What an entry says, before it is understood.
#[derive(Default)]
pub(super) struct Said<'t> {
    pub url: Option<Cow<'t, str>>,
    pub status: f64,
    /// What stood there instead of a number.
    pub no_status: Option<Cow<'t, str>>,
    /// Nothing where there was no list of fields.
    pub fields: Option<Fields<'t>>,
    pub address: Option<Cow<'t, str>>,
    pub from_cache: bool,
    pub service_worker: bool,
    pub error: Option<Cow<'t, str>>,
    pub issuer: Option<Cow<'t, str>>,
    /// When the fields arrived: `startedDateTime`, plus `time`, less what receiving the body took.
    pub started: Option<Cow<'t, str>>,
    pub time_ms: f64,
    pub receive_ms: f64,
    /// A line may tell the moment as a number.
    pub since_1970: Option<f64>,
    /// How many texts were cut.
    pub cut: usize,
}

/// The fields as far as the limits allow.
#[derive(Default)]
pub(super) struct Fields<'t> {
    kept: Vec<(Cow<'t, str>, Cow<'t, str>)>,
    len: usize,
    dropped: usize,
}

impl<'t> Fields<'t> {
    pub fn with_capacity(count: usize) -> Self {
        Self { kept: Vec::with_capacity(count), ..Self::default() }
    }

    pub fn add(&mut self, name: Cow<'t, str>, value: Cow<'t, str>) {
        // `:status` and its like are no fields (RFC 9113, section 8.3).
        if name.starts_with(':') {
            return;
        }
        // No field value holds a line feed (RFC 9110, section 5.5): browsers join repeats with it.
        if memchr(b'\n', value.as_bytes()).is_none() && !value.ends_with('\r') {
            return self.line(name, value);
        }
        for line in value.split('\n') {
            self.line(name.clone(), line.trim_end_matches('\r').to_owned().into());
        }
    }

    fn line(&mut self, name: Cow<'t, str>, line: Cow<'t, str>) {
        self.len += line.len();
        if self.kept.len() < FIELDS_MAX && self.len <= VALUES_MAX {
            self.kept.push((name, line));
        } else {
            self.dropped += 1;
        }
    }
}

impl<'t> Said<'t> {
    /// The entry, unless something is missing.
    pub fn understood(self, form: Form) -> Result<Entry<'t>, Expected> {
        let (url, status, headers, address, moment) = match form {
            Form::Har => ("request.url", "response.status", "response.headers", "serverIPAddress", "startedDateTime"),
            Form::Line => ("url", "status", "headers", "server_ip", "time"),
        };
        let fields = self.fields.ok_or(Expected::Array(headers))?;
        let mut entry = Entry {
            url: self.url.ok_or(Expected::Text(url))?,
            status: if (100.0..1_000.0).contains(&self.status) { self.status as u16 } else { 0 },
            fields: fields.kept,
            from_cache: self.from_cache,
            issuer: self.issuer,
            ..Entry::default()
        };
        let mut odd = |observation| entry.observations.push(observation);
        // An empty text is no address, and so it is left out in silence.
        if let Some(text) = self.address.filter(|text| !text.is_empty()) {
            entry.server_address = net::text::dressed(&text);
            if entry.server_address.is_none() {
                odd(Observation::NoAddress { name: address, text: text.into_owned() });
            }
        }
        if let Some(text) = self.no_status.filter(|text| !text.is_empty()) {
            odd(Observation::NoStatus { name: status, text: text.into_owned() });
        }
        if self.service_worker {
            odd(Observation::ServiceWorker);
        }
        if let Some(text) = self.error.filter(|text| !text.is_empty()) {
            odd(Observation::Failed { text: text.into_owned() });
        }
        if self.cut > 0 {
            odd(Observation::LongText { count: self.cut });
        }
        if fields.dropped > 0 {
            odd(Observation::ManyFields { count: fields.dropped });
        }
        if entry.status == 304 {
            odd(Observation::NotModified);
        }
        if let Some(number) = self.since_1970 {
            let at_ms = if number < SECONDS_BELOW { number * 1_000.0 } else { number } as i64;
            entry.received_at_ms = Some(at_ms).filter(|at_ms| Timestamp::from_millisecond(*at_ms).is_ok());
            if entry.received_at_ms.is_none() {
                odd(Observation::NoMoment { name: moment, text: number.to_string() });
            }
            return Ok(entry);
        }
        let text = self.started.unwrap_or_default();
        match text.parse::<Timestamp>() {
            Ok(started) => {
                let until_fields = (self.time_ms - self.receive_ms.max(0.0)).max(0.0);
                entry.received_at_ms = Some(started.as_millisecond().saturating_add(until_fields as i64));
            }
            // A line may leave the moment out; a HAR file may not (HAR 1.2, section 8.2).
            Err(_) if form == Form::Line && text.is_empty() => {}
            Err(_) => odd(Observation::NoMoment { name: moment, text: text.into_owned() }),
        }
        Ok(entry)
    }
}

struct EntryReader<'j, R: Read> {
    json: &'j mut Json<R>,
    said: Said<'static>,
    /// The first fault met.
    wrong: Option<Misfit>,
    places: Places,
}

/// Where those members stand without which an entry is judged too.
#[derive(Clone, Copy)]
struct Places {
    address: Place,
    moment: Place,
    status: Place,
}

impl<R: Read> EntryReader<'_, R> {
    fn entry(&mut self) -> Result<(), Fault> {
        const MEMBERS: &[&str] = &[
            "request",
            "response",
            "serverIPAddress",
            "startedDateTime",
            "time",
            "timings",
            "_fromCache",
            "_fetchedViaServiceWorker",
            "_securityDetails",
        ];
        self.object("log.entries[]", MEMBERS, |this, name| match name {
            "request" => this.request(),
            "response" => this.response(),
            "serverIPAddress" => this.address(),
            "startedDateTime" => this.started(),
            "time" => {
                this.said.time_ms = this.number_or_skip()?;
                Ok(())
            }
            "timings" => this.object_or_skip(&["receive"], |this, _| {
                this.said.receive_ms = this.number_or_skip()?;
                Ok(())
            }),
            // `memory` or `disk`. `cache.beforeRequest` only says that a copy was held, not that it was used.
            "_fromCache" => {
                this.said.from_cache = this.text_or_skip()?.is_some();
                Ok(())
            }
            "_fetchedViaServiceWorker" => {
                if this.json.peek()? != ValueType::Boolean {
                    this.json.skip_value()?;
                } else {
                    this.said.service_worker = this.json.next_bool()?;
                }
                Ok(())
            }
            _ => this.object_or_skip(&["issuer"], |this, _| {
                this.said.issuer = this.text_or_skip()?;
                Ok(())
            }),
        })
    }

    fn request(&mut self) -> Result<(), Fault> {
        self.object("request", &["url"], |this, _| {
            this.said.url = this.text("request.url")?;
            Ok(())
        })
    }

    fn response(&mut self) -> Result<(), Fault> {
        self.object("response", &["status", "headers", "_error"], |this, name| match name {
            "status" => this.status(),
            "headers" => this.fields(),
            _ => {
                this.said.error = this.text_or_skip()?;
                Ok(())
            }
        })
    }

    fn fields(&mut self) -> Result<(), Fault> {
        if self.json.peek()? != ValueType::Array {
            self.expected(Expected::Array("response.headers"));
            return Ok(self.json.skip_value()?);
        }
        let mut fields = self.said.fields.take().unwrap_or_default();
        self.json.begin_array()?;
        while self.json.has_next()? {
            let (mut name, mut value) = (None, None);
            self.object("response.headers[]", &["name", "value"], |this, member| {
                match member {
                    "name" => name = this.text("response.headers[].name")?,
                    _ => value = this.text("response.headers[].value")?,
                }
                Ok(())
            })?;
            let (Some(name), Some(value)) = (name, value) else {
                self.expected(Expected::Text("response.headers[].name` and `.value"));
                continue;
            };
            fields.add(name, value);
        }
        self.said.fields = Some(fields);
        Ok(self.json.end_array()?)
    }

    /// A response that stands by itself, on a line of an NDJSON file.
    fn line(&mut self) -> Result<(), Fault> {
        self.object("the line", &["url", "status", "headers", "server_ip", "time"], |this, name| match name {
            "url" => {
                this.said.url = this.text("url")?;
                Ok(())
            }
            "status" => this.status(),
            "headers" => this.pairs(),
            "server_ip" => this.address(),
            _ if this.json.peek()? != ValueType::Number => this.started(),
            _ => {
                this.places.moment = place(this.json);
                // No clock shows what is no number of 64 bits either.
                this.said.since_1970 = Some(this.json.next_number::<f64>()?.unwrap_or(f64::INFINITY));
                Ok(())
            }
        })
    }

    /// Names and values as arrays of two texts.
    fn pairs(&mut self) -> Result<(), Fault> {
        if self.json.peek()? != ValueType::Array {
            self.expected(Expected::Array("headers"));
            return Ok(self.json.skip_value()?);
        }
        let mut fields = self.said.fields.take().unwrap_or_default();
        self.json.begin_array()?;
        while self.json.has_next()? {
            if self.json.peek()? != ValueType::Array {
                self.expected(Expected::Array("headers[]"));
                self.json.skip_value()?;
                continue;
            }
            let mut texts = [None, None];
            self.json.begin_array()?;
            for text in &mut texts {
                if self.json.has_next()? {
                    *text = self.text("headers[][]")?;
                }
            }
            while self.json.has_next()? {
                self.expected(Expected::Pair("headers[]"));
                self.json.skip_value()?;
            }
            if let [Some(name), Some(value)] = texts {
                fields.add(name, value);
            } else {
                self.expected(Expected::Pair("headers[]"));
            }
            self.json.end_array()?;
        }
        self.said.fields = Some(fields);
        Ok(self.json.end_array()?)
    }

    fn address(&mut self) -> Result<(), Fault> {
        (self.said.address, self.places.address) = self.shown()?;
        Ok(())
    }

    fn started(&mut self) -> Result<(), Fault> {
        (self.said.started, self.places.moment) = self.shown()?;
        Ok(())
    }

    /// Reads what should be a text, with its place: anything else as it is shown, and nothing for null.
    fn shown(&mut self) -> Result<(Option<Cow<'static, str>>, Place), Fault> {
        let kind = self.json.peek()?;
        let at = place(self.json);
        let text = match kind {
            ValueType::Number => Some(self.json.next_number_as_string()?.into()),
            ValueType::Boolean => Some(self.json.next_bool()?.to_string().into()),
            ValueType::Array | ValueType::Object => {
                self.json.skip_value()?;
                Some(if kind == ValueType::Array { "[…]" } else { "{…}" }.into())
            }
            ValueType::String | ValueType::Null => self.text_or_skip()?,
        };
        Ok((text, at))
    }

    fn status(&mut self) -> Result<(), Fault> {
        if self.json.peek()? == ValueType::Number {
            (self.said.status, self.said.no_status) = (self.number_or_skip()?, None);
        } else {
            self.said.status = 0.0;
            (self.said.no_status, self.places.status) = self.shown()?;
        }
        Ok(())
    }

    /// Reads the members of an object that has to be here; members not asked for are skipped.
    fn object(
        &mut self,
        name: &'static str,
        members: &[&'static str],
        each: impl FnMut(&mut Self, &'static str) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if self.json.peek()? != ValueType::Object {
            self.expected(Expected::Object(name));
        }
        self.object_or_skip(members, each)
    }

    fn object_or_skip(
        &mut self,
        members: &[&'static str],
        mut each: impl FnMut(&mut Self, &'static str) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if self.json.peek()? != ValueType::Object {
            return Ok(self.json.skip_value()?);
        }
        self.json.begin_object()?;
        while self.json.has_next()? {
            let name = self.json.next_name()?;
            match members.iter().find(|member| **member == name) {
                Some(member) => each(self, member)?,
                None => self.json.skip_value()?,
            }
        }
        Ok(self.json.end_object()?)
    }

    /// Reads a text that has to be here.
    fn text(&mut self, name: &'static str) -> Result<Option<Cow<'static, str>>, Fault> {
        if self.json.peek()? != ValueType::String {
            self.expected(Expected::Text(name));
        }
        self.text_or_skip()
    }

    /// Reads a text as far as [`VALUE_MAX`].
    fn text_or_skip(&mut self) -> Result<Option<Cow<'static, str>>, Fault> {
        if self.json.peek()? != ValueType::String {
            self.json.skip_value()?;
            return Ok(None);
        }
        let mut kept = Vec::new();
        let rest = {
            let mut reader = self.json.next_string_reader()?;
            (&mut reader).take(VALUE_MAX as u64).read_to_end(&mut kept).map_err(syntax)?;
            // Copying clears memory for each text, and most are short.
            if kept.len() < VALUE_MAX { 0 } else { std::io::copy(&mut reader, &mut std::io::sink()).map_err(syntax)? }
        };
        if rest > 0 {
            self.said.cut += 1;
        }
        // Cutting may have left a part of a character.
        let text = String::from_utf8(kept).unwrap_or_else(|error| {
            let end = error.utf8_error().valid_up_to();
            let mut whole = error.into_bytes();
            whole.truncate(end);
            String::from_utf8(whole).expect("valid up to here")
        });
        Ok(Some(text.into()))
    }

    /// Reads a number; anything else, and what no clock shows, is zero.
    fn number_or_skip(&mut self) -> Result<f64, Fault> {
        if self.json.peek()? != ValueType::Number {
            self.json.skip_value()?;
            return Ok(0.0);
        }
        let number = self.json.next_number::<f64>()?.unwrap_or(0.0);
        Ok(if number.is_finite() { number } else { 0.0 })
    }

    /// Notes what should stand here, if nothing was wrong before.
    fn expected(&mut self, expected: Expected) {
        if self.wrong.is_none() {
            self.wrong = Some(Misfit { at: place(self.json), expected });
        }
    }
}

/// Inside a text the reader of JSON reports its errors as those of reading.
fn syntax(error: std::io::Error) -> Fault {
    match error.downcast::<struson::reader::JsonSyntaxError>() {
        Ok(error) => ReaderError::SyntaxError(error).into(),
        Err(error) => Fault::Read(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::har::Entries;

    /// The first entry of a recording with these members beside the least that an entry has.
    fn with(members: &str) -> Entry<'static> {
        let least = r#""request":{"url":"https://www.example.com/"},"response":{"status":200,"headers":[]}"#;
        only(&format!("{{{least}{}{members}}}", if members.is_empty() { "" } else { "," }))
    }

    fn only(entry: &str) -> Entry<'static> {
        let recording = format!(r#"{{"log":{{"entries":[{entry}]}}}}"#);
        Entries::new(recording.as_bytes()).next().unwrap().unwrap()
    }

    fn fields(headers: &str) -> Vec<(Cow<'static, str>, Cow<'static, str>)> {
        only(&format!(r#"{{"request":{{"url":"https://a.example/"}},"response":{{"headers":[{headers}]}}}}"#)).fields
    }

    #[test]
    fn addresses_are_read_in_every_dress() {
        for (text, expected, odd, why) in [
            (r#""192.0.2.1""#, Some("192.0.2.1"), false, "plain"),
            (r#""[2001:db8::1]""#, Some("2001:db8::1"), false, "Chromium's brackets"),
            (r#""2001:db8::1""#, Some("2001:db8::1"), false, "Firefox has none"),
            (r#""fe80::1%eth0""#, Some("fe80::1"), false, "a zone (RFC 4007) is the reader's own"),
            (r#""[fe80::1%25en0]""#, Some("fe80::1"), false, "a zone as in URLs (RFC 6874)"),
            (r#""""#, None, false, "an empty text is how programs leave it out"),
            ("null", None, false, "and so is null"),
            ("7", None, true, "another type is no address"),
            (r#""www.example.com""#, None, true, "a name is no address"),
            (r#""192.0.2.1:443""#, None, true, "nor is an address with a port"),
            (r#""300.0.2.1""#, None, true, "nor four numbers"),
        ] {
            let entry = with(&format!(r#""startedDateTime":"2026-09-14T08:30:00Z","serverIPAddress":{text}"#));
            assert_eq!(entry.server_address.map(|address| address.to_string()).as_deref(), expected, "{why}");
            assert_eq!(!entry.observations.is_empty(), odd, "{why}");
        }
    }

    #[test]
    fn an_entry_with_texts_of_its_own_says_the_same() {
        let entry = with(
            r#""startedDateTime":"2026-09-14T08:30:00Z","serverIPAddress":"192.0.2.1","_fromCache":"disk","_securityDetails":{"issuer":"An issuer"}"#,
        );
        assert!(entry.received_at_ms.is_some() && entry.from_cache && entry.server_address.is_some());
        assert_eq!(entry.issuer.as_deref(), Some("An issuer"));
        assert_eq!(entry.clone().into_owned(), entry);
    }

    #[test]
    fn fields_arrive_when_the_body_begins() {
        let at = 1_789_374_600_000;
        for (members, expected, why) in [
            (r#""startedDateTime":"2026-09-14T08:30:00.000Z""#, Some(at), "nothing is known of how long it took"),
            (r#""startedDateTime":"2026-09-14T10:30:00+02:00""#, Some(at), "an offset"),
            (
                r#""time":150.7,"startedDateTime":"2026-09-14T08:30:00Z""#,
                Some(at + 150),
                "the order of members is free",
            ),
            (
                r#""startedDateTime":"2026-09-14T08:30:00Z","time":150,"timings":{"wait":50,"receive":100}"#,
                Some(at + 50),
                "a body may take minutes",
            ),
            (
                r#""startedDateTime":"2026-09-14T08:30:00Z","time":-1,"timings":{"receive":-1}"#,
                Some(at),
                "minus one is unknown",
            ),
            (r#""startedDateTime":"2026-09-14T08:30:00Z","time":1e300"#, Some(i64::MAX), "absurd, and no overflow"),
            (r#""startedDateTime":"2026-09-14T08:30:00""#, None, "without an offset it is no moment"),
            (r#""startedDateTime":1789374600000"#, None, "nor is a number"),
            ("", None, "nor nothing"),
        ] {
            let entry = with(members);
            assert_eq!(entry.received_at_ms, expected, "{why}");
            assert_eq!(entry.observations.is_empty(), expected.is_some(), "{why}");
        }
    }

    #[test]
    fn fields_are_taken_as_they_came() {
        let pair = |name: &'static str, value: &'static str| (name.into(), value.into());
        for (headers, expected, why) in [
            ("", vec![], "none"),
            (
                r#"{"name":"Via","value":"a"},{"value":"b","name":"via","comment":""}"#,
                vec![pair("Via", "a"), pair("via", "b")],
                "order and case stay",
            ),
            (
                r#"{"name":":status","value":"200"},{"name":"server","value":"x"}"#,
                vec![pair("server", "x")],
                "pseudo-fields of HTTP/2 are no fields",
            ),
            (
                r#"{"name":"Set-Cookie","value":"a=1\nb=2"}"#,
                vec![pair("Set-Cookie", "a=1"), pair("Set-Cookie", "b=2")],
                "Firefox joins repeats with line feeds",
            ),
            (
                r#"{"name":"x","value":"a\r\nb"}"#,
                vec![pair("x", "a"), pair("x", "b")],
                "and others with two characters",
            ),
        ] {
            assert_eq!(fields(headers), expected, "{why}");
        }
    }

    #[test]
    fn what_browsers_add_is_understood() {
        assert!(with(r#""_fromCache":"memory""#).from_cache, "Chromium");
        assert!(!with(r#""cache":{"beforeRequest":{"hitCount":1}}"#).from_cache, "held is not used");
        assert!(with(r#""_fetchedViaServiceWorker":true"#).observations.contains(&Observation::ServiceWorker));
        assert!(!with(r#""_fetchedViaServiceWorker":false"#).observations.contains(&Observation::ServiceWorker));
        assert_eq!(with(r#""_securityDetails":{"issuer":"R11","x":[]}"#).issuer.as_deref(), Some("R11"), "Playwright");
        let failed = only(
            r#"{"response":{"headers":[],"status":0,"_error":"net::ERR_FAILED"},"request":{"headers":[],"url":"https://a.example/"}}"#,
        );
        assert_eq!(failed.status, 0);
        assert!(failed.observations.contains(&Observation::Failed { text: "net::ERR_FAILED".into() }));
        let confirmed = only(r#"{"request":{"url":"https://a.example/"},"response":{"status":304,"headers":[]}}"#);
        assert!(confirmed.observations.contains(&Observation::NotModified));
    }

    #[test]
    fn what_exceeds_the_limits_is_cut_and_counted() {
        let long = "é".repeat(VALUE_MAX);
        let entry = only(&format!(
            r#"{{"request":{{"url":"https://a.example/{long}"}},"response":{{"headers":[{{"name":"x","value":"{long}"}}]}}}}"#
        ));
        assert!(entry.url.len() <= VALUE_MAX && entry.fields[0].1.len() == VALUE_MAX);
        assert!(entry.observations.contains(&Observation::LongText { count: 2 }));
        let many = vec![r#"{"name":"x","value":""}"#; FIELDS_MAX + 3].join(",");
        let entry = only(&format!(r#"{{"request":{{"url":"https://a.example/"}},"response":{{"headers":[{many}]}}}}"#));
        assert_eq!(entry.fields.len(), FIELDS_MAX);
        assert!(entry.observations.contains(&Observation::ManyFields { count: 3 }));
    }
}
