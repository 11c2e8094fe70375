//! Evidence, signatures and findings: the verdict on one response.

mod judge;
mod observe;
pub mod pattern;
pub mod response;
pub mod short;
pub mod table;
pub mod verdict;
pub mod vocabulary;

#[cfg(not(target_arch = "wasm32"))]
pub use judge::Weighed;
use response::Response;
use table::Tables;
use verdict::Verdict;

/// The verdict on one response. Nothing is read but the response and the tables.
pub fn verdict<'a>(response: &Response<'a>, tables: &Tables<'_>) -> Verdict<'a> {
    judge::judge(response, observe::observe(response, tables), tables)
}

/// How each provider that left marks fared, for those who ask why it was named or not.
#[cfg(not(target_arch = "wasm32"))]
pub fn weigh(response: &Response<'_>, tables: &Tables<'_>) -> Vec<Weighed> {
    judge::weigh(response, &observe::observe(response, tables), tables)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use crate::BUNDLED;
    use crate::dataset::image::Image;
    use crate::field::Field;

    /// HTTP/1.1 has capitals and HTTP/2 has none (RFC 9113, section 8.2.1): it is one field all the same.
    #[test]
    fn names_of_fields_have_no_case() {
        let tables = Image::open(BUNDLED).unwrap().tables;
        let found = |names: [&'static str; 4]| {
            let values =
                ["nginx", "Miss from cloudfront", "1.1 varnish, 1.1 0123456789abcdef.cloudfront.net (CloudFront)", "7"];
            let fields: Vec<_> =
                names.into_iter().zip(values).map(|(name, value)| Field { name, value: value.as_bytes() }).collect();
            let verdict = verdict(
                &Response { url: "https://www.example.com/", status: 200, fields: &fields, ..Response::default() },
                &tables,
            );
            let name = verdict.delivered_by.map(|provider| tables.id(provider).to_owned());
            (name, verdict.grade, verdict.reason, verdict.copy, verdict.age_s, format!("{:?}", verdict.layers))
        };
        let expected = found(["server", "x-cache", "via", "age"]);
        assert_eq!(expected.0.as_deref(), Some("amazon-cloudfront"));
        assert_eq!(found(["Server", "X-Cache", "Via", "Age"]), expected);
        assert_eq!(found(["SERVER", "X-CACHE", "VIA", "AGE"]), expected);
    }
}
