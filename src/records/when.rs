//! Dates as people know them: a year, a month or a day; a stretch between two of them, perhaps still open.

/// A year, a month or a day as one number: 20190000, 20190800, 20190805. What is not known is zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub u32);

/// A date or a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    pub from: Day,
    pub until: Until,
}

/// Where a stretch of time ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// It is no stretch: one date.
    Same,
    Day(Day),
    /// It has not ended.
    Open,
}

/// Why a text is no date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WhenError {
    #[error("a date is written 2019, 2019-08 or 2019-08-05; a stretch 2004/2010, or 2022-09/ while it lasts")]
    Written,
    #[error("there is no such day")]
    NoSuchDay,
    #[error("it ends before it begins")]
    Backwards,
}

impl When {
    pub fn parse(text: &str) -> Result<Self, WhenError> {
        let Some((from, until)) = text.split_once('/') else {
            return Ok(Self { from: Day::parse(text)?, until: Until::Same });
        };
        let from = Day::parse(from)?;
        if until.is_empty() {
            return Ok(Self { from, until: Until::Open });
        }
        let until = Day::parse(until)?;
        if until.last() < from.first() {
            Err(WhenError::Backwards)
        } else {
            Ok(Self { from, until: Until::Day(until) })
        }
    }

    /// The last day it may have lasted to; nothing while it lasts.
    pub fn end(self) -> Option<u32> {
        match self.until {
            Until::Same => Some(self.from.last()),
            Until::Day(day) => Some(day.last()),
            Until::Open => None,
        }
    }
}

impl Day {
    pub fn parse(text: &str) -> Result<Self, WhenError> {
        let mut parts = text.split('-');
        let mut part = |width: usize| match parts.next() {
            None => Ok(None),
            Some(digits) if digits.len() == width && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
                digits.parse::<u32>().map(Some).map_err(|_| WhenError::Written)
            }
            Some(_) => Err(WhenError::Written),
        };
        let (year, month, day) = (part(4)?.ok_or(WhenError::Written)?, part(2)?, part(2)?);
        if parts.next().is_some() {
            return Err(WhenError::Written);
        }
        let there = match (month, day) {
            (None, _) => true,
            (Some(month), None) => (1..=12).contains(&month),
            (Some(month), Some(day)) => (1..=12).contains(&month) && (1..=days(year, month)).contains(&day),
        };
        if there && year > 0 {
            Ok(Self(year * 10_000 + month.unwrap_or(0) * 100 + day.unwrap_or(0)))
        } else {
            Err(WhenError::NoSuchDay)
        }
    }

    /// The first day that may be meant.
    pub fn first(self) -> u32 {
        let (month, day) = (self.0 / 100 % 100, self.0 % 100);
        self.0 + if month == 0 { 101 } else { u32::from(day == 0) }
    }

    /// The last day that may be meant.
    pub fn last(self) -> u32 {
        let (year, month, day) = (self.0 / 10_000, self.0 / 100 % 100, self.0 % 100);
        match (month, day) {
            (0, _) => year * 10_000 + 1231,
            (_, 0) => self.0 + days(year, month),
            _ => self.0,
        }
    }
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_keep_their_precision() {
        for (text, expected) in [
            ("2019", Ok((20_190_000, Some(20_191_231)))),
            ("2019-02", Ok((20_190_200, Some(20_190_228)))),
            ("2020-02-29", Ok((20_200_229, Some(20_200_229)))),
            ("2004/2010", Ok((20_040_000, Some(20_101_231)))),
            ("2018-09/2020-02", Ok((20_180_900, Some(20_200_229)))),
            ("2022-09/", Ok((20_220_900, None))),
            // A day of the year that is named as the end may come first.
            ("2019-05/2019", Ok((20_190_500, Some(20_191_231)))),
            ("2019-02-29", Err(WhenError::NoSuchDay)),
            ("2019-13", Err(WhenError::NoSuchDay)),
            ("2019-00", Err(WhenError::NoSuchDay)),
            ("0000", Err(WhenError::NoSuchDay)),
            ("2010/2004", Err(WhenError::Backwards)),
            ("19", Err(WhenError::Written)),
            ("2019-8", Err(WhenError::Written)),
            ("2019-08-05-01", Err(WhenError::Written)),
            ("2019-08-05/2019-08-06/2019", Err(WhenError::Written)),
            ("before 2019", Err(WhenError::Written)),
            ("+019", Err(WhenError::Written)),
            ("/2019", Err(WhenError::Written)),
            ("", Err(WhenError::Written)),
        ] {
            assert_eq!(When::parse(text).map(|when| (when.from.0, when.end())), expected, "{text}");
        }
    }
}
