//! `Age` (RFC 9111, section 5.1): seconds since the origin server made or confirmed the response.
//!
//! Its presence means that some cache on the path held the response, not which one; its absence
//! means nothing, since some CDNs never send it.
//!
//! Off-spec: section 5.1 takes the first member of a list and ignores the field if that one is
//! invalid. Here the first *valid* member is taken, with a problem, which `served-by explain` tells.

use crate::field::list::{self, Grammar};
use crate::field::{Fault, Problems, digits};

/// What a delta of more seconds than this is taken for (RFC 9111, section 1.2.2).
pub const MAX_AGE_S: u32 = 1 << 31;

/// One `Age` line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Age {
    /// Seconds, at most [`MAX_AGE_S`]; `None` if no member is a number, see the problems.
    pub age_s: Option<u32>,
    pub problems: Problems,
}

/// Reads one `Age` line.
#[must_use]
pub fn parse(value: &[u8]) -> Age {
    let mut age = Age::default();
    let mut members = 0_usize;
    for member in list::members(value, Grammar::PLAIN) {
        members += 1;
        if members == 2 {
            age.problems.add(Fault::SeveralValues, member.at);
        }
        match digits(member.bytes) {
            Some(seconds) => {
                if age.age_s.is_none() {
                    let highest = u64::from(MAX_AGE_S);
                    if seconds > highest {
                        age.problems.add(Fault::Overflow, member.at);
                    }
                    age.age_s = u32::try_from(seconds.min(highest)).ok();
                }
            }
            None => {
                let negative = member.bytes.strip_prefix(b"-").and_then(digits).is_some();
                let fault = if negative { Fault::Negative } else { Fault::NotANumber };
                age.problems.add(fault, member.at);
            }
        }
    }
    if members == 0 {
        age.problems.add(Fault::Empty, 0);
    }
    age
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_what_is_not() {
        #[rustfmt::skip]
        let rows: &[(&str, Option<u32>, &[Fault])] = &[
            ("0", Some(0), &[]),
            ("264", Some(264), &[]),
            // Whitespace is not part of the value; leading zeros are digits.
            (" 0010\t", Some(10), &[]),
            // RFC 9111, section 1.2.2: the greatest value is 2^31, and it is allowed itself.
            ("2147483648", Some(MAX_AGE_S), &[]),
            ("2147483649", Some(MAX_AGE_S), &[Fault::Overflow]),
            ("99999999999999999999999999", Some(MAX_AGE_S), &[Fault::Overflow]),
            // Repeated lines that something joined: the first counts.
            ("5, 7", Some(5), &[Fault::SeveralValues]),
            // Off-spec: the first valid one.
            ("x, 7", Some(7), &[Fault::NotANumber, Fault::SeveralValues]),
            ("-1", None, &[Fault::Negative]),
            ("--1", None, &[Fault::NotANumber]),
            ("+1", None, &[Fault::NotANumber]),
            ("1.5", None, &[Fault::NotANumber]),
            ("1 2", None, &[Fault::NotANumber]),
            ("0x10", None, &[Fault::NotANumber]),
            ("\u{0663}", None, &[Fault::NotANumber]),
            ("", None, &[Fault::Empty]),
            (" , ", None, &[Fault::Empty]),
        ];
        for (value, age_s, faults) in rows {
            let age = parse(value.as_bytes());
            assert_eq!(age.age_s, *age_s, "{value}");
            let found: Vec<_> = age.problems.kept().iter().map(|p| p.fault).collect();
            assert_eq!(found, *faults, "{value}");
        }
    }
}
