//! One response on a line of an NDJSON text: `{"url","status","headers":[[name,value]…],"server_ip","time"}`.

use struson::reader::JsonReader as _;

use super::entry::{self, Form, NoEntry};
use super::{Entry, Expected, Fault, Place, Syntax, json, place};

/// Reads one line. Everything that is wrong with it is a [`Fault::Entry`], with its place counted from
/// `number`, the line's own from one: the next line is another matter.
pub fn line(text: &[u8], entry: usize, number: u64) -> Result<Entry<'static>, Fault> {
    let fault = |at: Place, expected| Fault::Entry { entry, at: Place { line: at.line - 1 + number, ..at }, expected };
    let mut json = json(text);
    let read = entry::read(&mut json, Form::Line).map(|read| {
        let behind = json.has_next().map_err(Fault::from);
        (read, behind, place(&json))
    });
    match read {
        Ok((Ok(entry), Ok(false), _)) => Ok(entry),
        Ok((Err(NoEntry { at, expected }), Ok(false), _)) => Err(fault(at, expected)),
        Ok((_, Ok(true), at)) | Ok((_, Err(Fault::Broken { at, .. }), _)) => {
            Err(fault(at, Expected::Json(Syntax::TrailingData)))
        }
        Ok((_, Err(error), _)) | Err(error) => Err(match error {
            Fault::Broken { at, syntax } => fault(at, Expected::Json(syntax)),
            Fault::TooDeep { at } => fault(at, Expected::Shallow),
            other => other,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"url":"https://www.example.com/","status":200,"headers":[["server","nginx"],["Set-Cookie","a=1\nb=2"],[":status","200"]],"server_ip":"192.0.2.1","time":"2026-09-14T08:30:00Z"}"#;

    #[test]
    fn a_line_is_a_response() {
        let entry = line(LINE.as_bytes(), 0, 1).unwrap();
        assert_eq!((&*entry.url, entry.status), ("https://www.example.com/", 200));
        let pair = |name: &'static str, value: &'static str| (name.into(), value.into());
        let expected = [pair("server", "nginx"), pair("Set-Cookie", "a=1"), pair("Set-Cookie", "b=2")];
        assert_eq!(entry.fields, expected);
        assert_eq!(entry.server_address.unwrap().to_string(), "192.0.2.1");
        assert_eq!(entry.received_at_ms, Some(1_789_374_600_000));
        assert!(entry.observations.is_empty());
    }

    #[test]
    fn moments_are_texts_or_numbers() {
        for (time, expected, why) in [
            (r#""2026-09-14T10:30:00+02:00""#, Some(1_789_374_600_000), "an offset"),
            ("1789374600", Some(1_789_374_600_000), "seconds"),
            ("1789374600.25", Some(1_789_374_600_250), "with a fraction"),
            ("1789374600000", Some(1_789_374_600_000), "milliseconds"),
            ("null", None, "unknown"),
            (r#""""#, None, "left out"),
        ] {
            let text = format!(r#"{{"url":"https://a.example/","headers":[],"time":{time}}}"#);
            let entry = line(text.as_bytes(), 0, 1).unwrap();
            assert_eq!(entry.received_at_ms, expected, "{why}");
            assert!(entry.observations.is_empty(), "{why}");
        }
        let text = r#"{"url":"u","headers":[],"time":"yesterday"}"#;
        assert_eq!(line(text.as_bytes(), 0, 1).unwrap().observations.len(), 1);
    }

    #[test]
    fn a_fault_is_one_line_s() {
        for (text, column, expected) in [
            ("7", 1, Expected::Object("the line")),
            ("{}", 1, Expected::Array("headers")),
            (r#"{"headers":[]}"#, 1, Expected::Text("url")),
            (r#"{"url":7,"headers":[]}"#, 8, Expected::Text("url")),
            (r#"{"url":"u","headers":{}}"#, 22, Expected::Array("headers")),
            (r#"{"url":"u","headers":[7]}"#, 23, Expected::Array("headers[]")),
            (r#"{"url":"u","headers":[["a"]]}"#, 27, Expected::Pair("headers[]")),
            (r#"{"url":"u","headers":[["a","b","c"]]}"#, 32, Expected::Pair("headers[]")),
            (r#"{"url":"u","headers":[["a",1]]}"#, 28, Expected::Text("headers[][]")),
            (r#"{"url":"u","headers":[]"#, 24, Expected::Json(Syntax::IncompleteDocument)),
            (r#"{"url":"u","headers":[]} {}"#, 26, Expected::Json(Syntax::TrailingData)),
            (r#"{"url":"u","headers":[],}"#, 24, Expected::Json(Syntax::TrailingCommaNotEnabled)),
        ] {
            match line(text.as_bytes(), 3, 9) {
                Err(Fault::Entry { entry: 3, at, expected: found }) => {
                    assert_eq!((at.line, at.column, found), (9, column, expected), "{text}");
                }
                other => panic!("{text}: {other:?}"),
            }
        }
    }
}
