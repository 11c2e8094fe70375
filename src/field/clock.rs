//! Clocks inside trace fields: the stamp that tells a live field from one stored with the copy.
//!
//! Only `X-Timer` is documented by its provider; the others were found by comparing thousands of
//! responses with the time of their capture. Which field holds which clock is for signatures to
//! say. All results are milliseconds since 1970-01-01 00:00 UTC. A clock reads the *start* of the
//! bytes it is given; what follows the stamp there is not its business.

use crate::field::date::{self, fraction_ms_of};
use crate::field::{Fault, Problem, digits};

/// The first moment a stamp may mean: 2012-01-01. Anything earlier is a number of another kind.
pub const EARLIEST_MS: i64 = 1_325_376_000_000;

/// The moment after the last one a stamp may mean: 2100-01-01.
pub const LATEST_MS: i64 = 4_102_444_800_000;

/// When the counter of [`Clock::CfRay`] began: 2012-10-12 00:00 UTC.
const CF_RAY_EPOCH_MS: i64 = 1_350_000_000_000;

/// How a stamp is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Clock {
    /// A `CF-Ray` identifier: its first 8 hex digits count 0.16 s since 1,350,000,000.
    CfRay,
    /// 10 digits: seconds.
    EpochSeconds,
    /// 13 digits: milliseconds.
    EpochMilliseconds,
    /// 8 hex digits: seconds; more hex digits may follow.
    HexSeconds,
    /// `S`, seconds, and optionally a dot with a fraction: `X-Timer`.
    XTimer,
    /// ISO 8601, basic or extended, with a zone.
    Iso,
    /// An HTTP-date (RFC 9110, section 5.6.7), which fills the bytes.
    HttpDate,
    /// `MM/DD/YYYY hh:mm:ss`, UTC.
    MonthDayYear,
}

impl Clock {
    /// Every clock, in the order of their names in the dataset's reference.
    pub const ALL: [Clock; 8] = [
        Clock::CfRay,
        Clock::EpochSeconds,
        Clock::EpochMilliseconds,
        Clock::HexSeconds,
        Clock::XTimer,
        Clock::Iso,
        Clock::HttpDate,
        Clock::MonthDayYear,
    ];

    /// The clock's name in data files.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Clock::CfRay => "cf-ray",
            Clock::EpochSeconds => "epoch-s",
            Clock::EpochMilliseconds => "epoch-ms",
            Clock::HexSeconds => "hex-s",
            Clock::XTimer => "x-timer",
            Clock::Iso => "iso",
            Clock::HttpDate => "http-date",
            Clock::MonthDayYear => "month-day-year",
        }
    }

    /// The clock of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Clock> {
        Clock::ALL.into_iter().find(|clock| clock.name() == name)
    }

    /// Reads the stamp at the start of `bytes`, to milliseconds.
    ///
    /// # Errors
    /// [`Fault::NotADate`] if the bytes do not have this clock's form, [`Fault::OutOfRange`] if
    /// the moment is not within [`EARLIEST_MS`] and [`LATEST_MS`].
    pub fn read(self, bytes: &[u8]) -> Result<i64, Problem> {
        let at_ms = self.moment(bytes).ok_or(Fault::NotADate.at(0))?;
        if (EARLIEST_MS..LATEST_MS).contains(&at_ms) { Ok(at_ms) } else { Err(Fault::OutOfRange.at(0)) }
    }

    fn moment(self, bytes: &[u8]) -> Option<i64> {
        match self {
            Clock::CfRay => Some(CF_RAY_EPOCH_MS + 160 * hex8(bytes)?),
            Clock::HexSeconds => Some(1000 * hex8(bytes)?),
            Clock::EpochSeconds => Some(1000 * exactly(bytes, 10)?),
            Clock::EpochMilliseconds => exactly(bytes, 13),
            Clock::XTimer => {
                let seconds = bytes.strip_prefix(b"S")?;
                let at_ms = 1000 * exactly(seconds, 10)?;
                match &seconds[10..] {
                    [b'.', fraction @ ..] => Some(at_ms + fraction_ms_of(fraction).0),
                    _ => Some(at_ms),
                }
            }
            Clock::Iso => date::iso_prefix(bytes).map(|(at_ms, _)| at_ms),
            Clock::HttpDate => date::parse(bytes).ok(),
            Clock::MonthDayYear => date::us_prefix(bytes),
        }
    }
}

/// A number of exactly `len` digits, so that a longer one is not cut into a wrong moment.
fn exactly(bytes: &[u8], len: usize) -> Option<i64> {
    if bytes.get(len).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    i64::try_from(digits(bytes.get(..len)?)?).ok()
}

/// The number in the first 8 hex digits.
fn hex8(bytes: &[u8]) -> Option<i64> {
    bytes.get(..8)?.iter().try_fold(0, |number, byte| {
        let digit = char::from(*byte).to_digit(16)?;
        Some(number * 16 + i64::from(digit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stamps() {
        let no = Err(Fault::NotADate);
        let out = Err(Fault::OutOfRange);
        #[rustfmt::skip]
        let rows: &[(Clock, &str, Result<i64, Fault>)] = &[
            // A capture of 25 August 2025: the response came at 23:28:33 UTC.
            (Clock::CfRay, "974eddd419be203e-EZE", Ok(1_756_164_513_920)),
            // The counter's ends: its first moment, and the last before 8 digits are too few.
            (Clock::CfRay, "00000000aaaaaaaa", Ok(1_350_000_000_000)),
            (Clock::CfRay, "FFFFFFFFaaaaaaaa", Ok(2_037_194_767_200)),
            (Clock::CfRay, "974eddd", no),
            (Clock::CfRay, "974eddg419be203e", no),
            (Clock::EpochSeconds, "1756163435.31394017", Ok(1_756_163_435_000)),
            (Clock::EpochSeconds, "17561634351", no),
            (Clock::EpochSeconds, "175616343", no),
            // A number of ten digits that cannot be a moment.
            (Clock::EpochSeconds, "1000000000", out),
            (Clock::EpochSeconds, "9999999999", out),
            (Clock::EpochMilliseconds, "1753799910634_388", Ok(1_753_799_910_634)),
            (Clock::EpochMilliseconds, "1753799910", no),
            (Clock::HexSeconds, "68acec2b_PS-1", Ok(1_756_163_115_000)),
            (Clock::HexSeconds, "00000001", out),
            (Clock::XTimer, "S1756163435.123456,VS0,VE1", Ok(1_756_163_435_123)),
            (Clock::XTimer, "S1756163435", Ok(1_756_163_435_000)),
            (Clock::XTimer, "1756163435.1", no),
            (Clock::Iso, "20250825T231035Z-r1abc", Ok(1_756_163_435_000)),
            (Clock::Iso, "2025-08-25T23:10:35Z", Ok(1_756_163_435_000)),
            (Clock::Iso, "1999-08-25T23:10:35Z", out),
            (Clock::HttpDate, "Mon, 25 Aug 2025 23:10:35 GMT", Ok(1_756_163_435_000)),
            (Clock::MonthDayYear, "03/18/2024 12:50:17", Ok(1_710_766_217_000)),
            (Clock::MonthDayYear, "", no),
        ];
        for (clock, value, expected) in rows {
            let found = clock.read(value.as_bytes()).map_err(|problem| problem.fault);
            assert_eq!(found, *expected, "{} {value}", clock.name());
        }
    }

    #[test]
    fn names_lead_back() {
        for clock in Clock::ALL {
            assert_eq!(Clock::from_name(clock.name()), Some(clock));
        }
        assert_eq!(Clock::from_name("sundial"), None);
    }
}
