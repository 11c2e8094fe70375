//! Dates: HTTP-date (RFC 9110, section 5.6.7) and the ISO 8601 stamps inside trace fields.
//!
//! All results are milliseconds since 1970-01-01 00:00 UTC. No clock is read: what a date means
//! beside now is for the caller, who knows when the response came.
//!
//! Off-spec: the two-digit year of the RFC 850 form is read as 1970 to 2069. Section 5.6.7 asks
//! to compare it with the current year, which this module does not know; the form is obsolete.
//! Off-spec: the name of the day must be letters but is not compared with the date.

use crate::field::{Fault, Problem, trimmed};

/// Reads an HTTP-date in any of its three forms, to milliseconds.
///
/// # Errors
/// [`Fault::NotADate`], at the first byte of the value.
pub fn parse(value: &[u8]) -> Result<i64, Problem> {
    let (start, end) = trimmed(value, 0, value.len());
    let value = &value[start..end];
    http_date(value).ok_or(Fault::NotADate.at(start))
}

/// Do two instants lie at most so many milliseconds apart? Whoever reports one may report any number.
pub fn near(one_ms: i64, other_ms: i64, apart_ms: i64) -> bool {
    one_ms.abs_diff(other_ms) <= apart_ms.unsigned_abs()
}

fn http_date(value: &[u8]) -> Option<i64> {
    // IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT
    if value.len() == 29 && fits(value, b"AAA, 00 AAA 0000 00:00:00 GMT") {
        let year = 100 * two(value, 12)? + two(value, 14)?;
        return moment(year, month(value, 8)?, two(value, 5)?, time(value, 17)?);
    }
    // asctime: Sun Nov  6 08:49:37 1994
    if value.len() == 24 && fits(value, b"AAA AAA _0 00:00:00 0000") {
        let year = 100 * two(value, 20)? + two(value, 22)?;
        return moment(year, month(value, 4)?, two(value, 8)?, time(value, 11)?);
    }
    // RFC 850: Sunday, 06-Nov-94 08:49:37 GMT
    let comma = value.iter().take(10).position(|byte| *byte == b',')?;
    let (day_name, rest) = value.split_at(comma);
    if comma >= 6
        && day_name.iter().all(u8::is_ascii_alphabetic)
        && rest.len() == 24
        && fits(rest, b", 00-AAA-00 00:00:00 GMT")
    {
        let year = match two(rest, 9)? {
            short @ 70.. => 1900 + short,
            short => 2000 + short,
        };
        return moment(year, month(rest, 5)?, two(rest, 2)?, time(rest, 12)?);
    }
    None
}

/// Reads an ISO 8601 stamp, basic or extended, that fills the whole value.
///
/// # Errors
/// [`Fault::NotADate`] at the start, [`Fault::TrailingText`] where something follows.
pub fn parse_iso(value: &[u8]) -> Result<i64, Problem> {
    let (start, end) = trimmed(value, 0, value.len());
    match iso_prefix(&value[start..end]) {
        None => Err(Fault::NotADate.at(start)),
        Some((_, len)) if start + len < end => Err(Fault::TrailingText.at(start + len)),
        Some((at_ms, _)) => Ok(at_ms),
    }
}

/// Reads the ISO 8601 stamp at the start of a value: its moment, and its length in bytes.
///
/// `20250825T231035Z` or `2025-08-25T23:10:35Z`, either with a fraction and with a zone as
/// `+02:00`. A stamp without a zone is none: trace fields that omit it were not seen, and a guess
/// would shift a moment by hours.
#[must_use]
pub fn iso_prefix(value: &[u8]) -> Option<(i64, usize)> {
    let (day_ms, mut at) = if fits(value, b"0000-00-00T00:00:00") {
        let year = 100 * two(value, 0)? + two(value, 2)?;
        let time = time(value, 11)?;
        (moment(year, two(value, 5)?, two(value, 8)?, time)?, 19)
    } else if fits(value, b"00000000T000000") {
        let year = 100 * two(value, 0)? + two(value, 2)?;
        let time = (two(value, 9)?, two(value, 11)?, two(value, 13)?);
        (moment(year, two(value, 4)?, two(value, 6)?, time)?, 15)
    } else {
        return None;
    };
    let mut fraction_ms = 0;
    if matches!(value.get(at), Some(b'.' | b',')) {
        let (ms, len) = fraction_ms_of(&value[at + 1..]);
        if len == 0 {
            return None;
        }
        fraction_ms = ms;
        at += 1 + len;
    }
    let zone = &value[at..];
    let (zone_minutes, zone_len) = if zone.first() == Some(&b'Z') {
        (0, 1)
    } else {
        let sign = match zone.first()? {
            b'+' => 1,
            b'-' => -1,
            _ => return None,
        };
        let zone = &zone[1..];
        let (hours, minutes, len) = if fits(zone, b"00:00") {
            (two(zone, 0)?, two(zone, 3)?, 6)
        } else if fits(zone, b"0000") {
            (two(zone, 0)?, two(zone, 2)?, 5)
        } else {
            return None;
        };
        (sign * (60 * hours + minutes), len)
    };
    Some((day_ms + fraction_ms - 60_000 * zone_minutes, at + zone_len))
}

/// Reads `MM/DD/YYYY hh:mm:ss` in UTC at the start of a value, as one CDN writes the time of
/// storing.
#[must_use]
pub fn us_prefix(value: &[u8]) -> Option<i64> {
    if !fits(value, b"00/00/0000 00:00:00") {
        return None;
    }
    let year = 100 * two(value, 6)? + two(value, 8)?;
    moment(year, two(value, 0)?, two(value, 3)?, time(value, 11)?)
}

/// The milliseconds of a decimal fraction and how many digits it has; more than three are cut.
pub(crate) fn fraction_ms_of(value: &[u8]) -> (i64, usize) {
    let mut ms = 0;
    let mut unit = 100;
    let mut len = 0;
    for digit in value.iter().take_while(|byte| byte.is_ascii_digit()) {
        ms += i64::from(digit - b'0') * unit;
        unit /= 10;
        len += 1;
    }
    (ms, len)
}

/// Whether the value begins as the template says: `0` a digit, `A` a letter, `_` a digit or a
/// space, anything else itself.
fn fits<const N: usize>(value: &[u8], template: &[u8; N]) -> bool {
    // Every byte is looked at, because most dates are dates, and then nothing has to be decided on the way.
    value.first_chunk::<N>().is_some_and(|value| {
        template.iter().zip(value).fold(true, |fits, (wanted, byte)| {
            fits & match wanted {
                b'0' => byte.is_ascii_digit(),
                // The literal letters of the templates are not `A`, so that `A` is free for this.
                b'A' => byte.is_ascii_alphabetic(),
                b'_' => byte.is_ascii_digit() | (*byte == b' '),
                _ => byte == wanted,
            }
        })
    })
}

/// Two digits, the first of which may be a space.
fn two(value: &[u8], at: usize) -> Option<i64> {
    let tens = match *value.get(at)? {
        b' ' => 0,
        digit => i64::from(digit.checked_sub(b'0')?),
    };
    Some(10 * tens + i64::from(value.get(at + 1)?.checked_sub(b'0')?))
}

/// Hours, minutes and seconds of `hh:mm:ss`.
fn time(value: &[u8], at: usize) -> Option<(i64, i64, i64)> {
    Some((two(value, at)?, two(value, at + 3)?, two(value, at + 6)?))
}

fn month(value: &[u8], at: usize) -> Option<i64> {
    let names = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let name = value.get(at..at + 3)?;
    let index = names.chunks_exact(3).position(|known| known == name)?;
    i64::try_from(index + 1).ok()
}

/// The moment in milliseconds; `None` if there is no such day or time of day.
///
/// A leap second (RFC 9110 allows `60`) is the first second of the next minute.
fn moment(year: i64, month: i64, day: i64, (hour, minute, second): (i64, i64, i64)) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days_in_month = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=days_in_month).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    // Days since 1970-01-01 in the Gregorian calendar, with years that begin in March so that
    // the leap day is the last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let days =
        365 * year + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + (153 * month + 2) / 5 + day
            - 719_469;
    Some((((days * 24 + hour) * 60 + minute) * 60 + second) * 1000)
}

/// Year, month and day of a number of days since 1970 in the Gregorian calendar.
#[must_use]
pub fn civil(days: i64) -> (i64, u32, u32) {
    // Years that begin in March put the leap day last; 400 of them have 146,097 days.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    (era * 400 + year_of_era + i64::from(month <= 2), month as u32, day as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn http_dates() {
        #[rustfmt::skip]
        let rows: &[(&str, Option<i64>)] = &[
            // RFC 9110, section 5.6.7: the three examples are one moment.
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(784_111_777_000)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(784_111_777_000)),
            ("Sun Nov  6 08:49:37 1994", Some(784_111_777_000)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(0)),
            // Leap day of a century that has one, and of one that has not.
            ("Tue, 29 Feb 2000 00:00:00 GMT", Some(951_782_400_000)),
            ("Mon, 29 Feb 2100 00:00:00 GMT", None),
            ("Wed, 31 Dec 1969 23:59:59 GMT", Some(-1000)),
            ("Sat, 31 Dec 2016 23:59:60 GMT", Some(1_483_228_800_000)),
            // Off-spec: two digits mean 1970 to 2069.
            ("Monday, 25-Aug-25 23:10:35 GMT", Some(1_756_163_435_000)),
            // Off-spec: a wrong name of the day changes nothing.
            ("Xyz, 06 Nov 1994 08:49:37 GMT", Some(784_111_777_000)),
            (" Sun, 06 Nov 1994 08:49:37 GMT\t", Some(784_111_777_000)),
            ("Sun, 06 Nov 1994 08:49:37 UTC", None),
            ("Sun, 06 Nov 1994 08:49:37", None),
            ("Sun, 6 Nov 1994 08:49:37 GMT", None),
            ("Sun, 06 nov 1994 08:49:37 GMT", None),
            ("Sun, 06 Nov 1994 24:00:00 GMT", None),
            ("Sun, 00 Nov 1994 08:49:37 GMT", None),
            ("784111777", None),
            ("0", None),
            ("", None),
        ];
        for (value, expected) in rows {
            assert_eq!(parse(value.as_bytes()).ok(), *expected, "{value}");
        }
    }

    #[test]
    fn iso_stamps() {
        #[rustfmt::skip]
        let rows: &[(&str, Result<i64, Fault>)] = &[
            ("20250825T231035Z", Ok(1_756_163_435_000)),
            ("2025-08-25T23:10:35Z", Ok(1_756_163_435_000)),
            ("2025-08-25T23:10:35.5Z", Ok(1_756_163_435_500)),
            // Digits beyond the millisecond are cut, not rounded.
            ("2025-08-25T23:10:35,1239999Z", Ok(1_756_163_435_123)),
            ("2025-08-26T01:10:35+02:00", Ok(1_756_163_435_000)),
            ("20250825T183035-0440", Ok(1_756_163_435_000)),
            ("20250825T231035Z-abc", Err(Fault::TrailingText)),
            ("2025-08-25T23:10:35", Err(Fault::NotADate)),
            ("2025-08-25T23:10:35.Z", Err(Fault::NotADate)),
            ("2025-13-25T23:10:35Z", Err(Fault::NotADate)),
            ("2025-08-25", Err(Fault::NotADate)),
            ("", Err(Fault::NotADate)),
        ];
        for (value, expected) in rows {
            let found = parse_iso(value.as_bytes()).map_err(|problem| problem.fault);
            assert_eq!(found, *expected, "{value}");
        }
        assert_eq!(us_prefix(b"03/18/2024 12:50:17"), Some(1_710_766_217_000));
        assert_eq!(us_prefix(b"18/03/2024 12:50:17"), None);
    }
}
