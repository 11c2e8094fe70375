//! One response on a line of an NDJSON text: `{"url","status","headers":[[name,value]…],"server_ip","time"}`.

use std::iter;

use struson::reader::JsonReader as _;

use super::entry::{self, Form, Misfit};
use super::{Entry, Expected, Fault, Place, Syntax, json, place};

/// Reads one line. Everything that is wrong with it is a [`Fault::Entry`], or a [`Fault::Member`] behind its entry,
/// with its place counted from `number`, the line's own from one: the next line is another matter.
pub fn line(text: &[u8], entry: usize, number: u64) -> Vec<Result<Entry<'static>, Fault>> {
    let here = |at: Place| Place { line: at.line - 1 + number, ..at };
    let fault = |at, expected| vec![Err(Fault::Entry { entry, at: here(at), expected })];
    let (mut json, mut misfits) = (json(text), Vec::new());
    let read = entry::read(&mut json, Form::Line, &mut misfits).map(|read| {
        let behind = json.has_next().map_err(Fault::from);
        (read, behind, place(&json))
    });
    match read {
        Ok((Ok(good), Ok(false), _)) => {
            let told =
                misfits.into_iter().map(|Misfit { at, expected }| Fault::Member { entry, at: here(at), expected });
            iter::once(Ok(good)).chain(told.map(Err)).collect()
        }
        Ok((Err(Misfit { at, expected }), Ok(false), _)) => fault(at, expected),
        Ok((_, Ok(true), at)) | Ok((_, Err(Fault::Broken { at, .. }), _)) => {
            fault(at, Expected::Json(Syntax::TrailingData))
        }
        Ok((_, Err(error), _)) | Err(error) => match error {
            Fault::Broken { at, syntax } => fault(at, Expected::Json(syntax)),
            Fault::TooDeep { at } => fault(at, Expected::Shallow),
            other => vec![Err(other)],
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = r#"{"url":"https://www.example.com/","status":200,"headers":[["server","nginx"],["Set-Cookie","a=1\nb=2"],[":status","200"]],"server_ip":"192.0.2.1","time":"2026-09-14T08:30:00Z"}"#;

    /// The response on a line with which nothing is wrong.
    fn only(text: &str) -> Entry<'static> {
        let [entry] = line(text.as_bytes(), 0, 1).try_into().unwrap();
        entry.unwrap()
    }

    #[test]
    fn a_line_is_a_response() {
        let entry = only(LINE);
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
            let entry = only(&text);
            assert_eq!(entry.received_at_ms, expected, "{why}");
            assert!(entry.observations.is_empty(), "{why}");
        }
    }

    #[test]
    fn what_is_no_address_or_moment_is_told_behind_the_line() {
        for (members, expected) in [
            (r#""time":"yesterday""#, &[(32, Expected::Moment("time"))][..]),
            (r#""time":true"#, &[(32, Expected::Moment("time"))]),
            (r#""time": {"at":[]}"#, &[(33, Expected::Moment("time"))]),
            (r#""time":1e300"#, &[(32, Expected::Moment("time"))]),
            (r#""time":1e999"#, &[(32, Expected::Moment("time"))]),
            (r#""server_ip":"www.example.com""#, &[(37, Expected::Address("server_ip"))]),
            (r#""server_ip":7"#, &[(37, Expected::Address("server_ip"))]),
            (
                r#""time":[1],"server_ip":["192.0.2.1"]"#,
                &[(48, Expected::Address("server_ip")), (32, Expected::Moment("time"))],
            ),
            (r#""status":"200""#, &[(34, Expected::Status("status"))]),
            (r#""status":[200]"#, &[(34, Expected::Status("status"))]),
            (r#""server_ip":"","time":"","status":"""#, &[]),
            (r#""server_ip":null,"time":null,"status":null"#, &[]),
            (r#""server_ip":"[fe80::1%25en0]","time":0"#, &[]),
        ] {
            let text = format!(r#"{{"url":"u","headers":[],{members}}}"#);
            let mut items = line(text.as_bytes(), 3, 9).into_iter();
            let entry = items.next().unwrap().unwrap();
            assert_eq!(entry.observations.len(), expected.len(), "{text}");
            let told = items.map(|item| match item {
                Err(Fault::Member { entry: 3, at: Place { line: 9, column }, expected }) => (column, expected),
                other => panic!("{text}: {other:?}"),
            });
            assert_eq!(told.collect::<Vec<_>>(), expected, "{text}");
        }
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
            match line(text.as_bytes(), 3, 9)[..] {
                [Err(Fault::Entry { entry: 3, at, expected: found })] => {
                    assert_eq!((at.line, at.column, found), (9, column, expected), "{text}");
                }
                ref other => panic!("{text}: {other:?}"),
            }
        }
    }
}
