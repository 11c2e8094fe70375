//! Instants as the providers write them into their fields.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sha2::{Digest as _, Sha256};

/// The instant of one response, and a source of the random-looking tokens in its fields.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    at: SystemTime,
}

impl Clock {
    pub fn new(at: SystemTime) -> Self {
        Self { at }
    }

    /// The clock of something that was written earlier and stored: a fossil.
    #[must_use]
    pub fn ago(self, seconds: u64) -> Self {
        Self { at: self.at - Duration::from_secs(seconds) }
    }

    pub fn epoch_s(self) -> u64 {
        self.since_epoch().as_secs()
    }

    pub fn epoch_ms(self) -> u128 {
        self.since_epoch().as_millis()
    }

    pub fn epoch_us(self) -> u128 {
        self.since_epoch().as_micros()
    }

    fn since_epoch(self) -> Duration {
        self.at.duration_since(UNIX_EPOCH).unwrap_or_default()
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110, section 5.6.7).
    pub fn http_date(self) -> String {
        const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
        const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
        let Civil { year, month, day, hour, minute, second } = self.civil();
        let weekday = DAYS[(self.epoch_s() / 86_400 % 7) as usize];
        let month = MONTHS[month as usize - 1];
        format!("{weekday}, {day:02} {month} {year} {hour:02}:{minute:02}:{second:02} GMT")
    }

    /// `20250825T231035Z`.
    pub fn stamp(self) -> String {
        let Civil { year, month, day, hour, minute, second } = self.civil();
        format!("{year}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
    }

    /// `08/25/2025 23:10:35`, as Bunny writes it.
    pub fn american(self) -> String {
        let Civil { year, month, day, hour, minute, second } = self.civil();
        format!("{month:02}/{day:02}/{year} {hour:02}:{minute:02}:{second:02}")
    }

    /// Cloudflare's ray: eight hexadecimal digits that count 0.16 s since 1,350,000,000, eight
    /// that do not matter here, and the place.
    pub fn cf_ray(self, place: &str) -> String {
        let ticks = (self.epoch_ms() - 1_350_000_000_000) / 160;
        format!("{ticks:08x}{}-{place}", self.hex("ray", 8))
    }

    /// Fastly's timer.
    pub fn x_timer(self, took_ms: u32) -> String {
        let micro = self.epoch_us();
        format!("S{}.{:06},VS0,VE{took_ms}", micro / 1_000_000, micro % 1_000_000)
    }

    /// Hexadecimal digits that differ between responses and between `what`.
    pub fn hex(self, what: &str, len: usize) -> String {
        let digest = Sha256::digest(format!("{what} {}", self.epoch_us()));
        let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        digits[..len].to_owned()
    }

    /// The same with other characters, at most 64 of them.
    pub fn token(self, what: &str, alphabet: &str, len: usize) -> String {
        let alphabet = alphabet.as_bytes();
        let digests = [Sha256::digest(format!("{what} a {}", self.epoch_us())), Sha256::digest(format!("{what} b"))];
        let bytes = digests.iter().flat_map(|digest| digest.iter());
        bytes.map(|byte| char::from(alphabet[usize::from(*byte) % alphabet.len()])).take(len).collect()
    }

    /// The days of the Gregorian calendar, counted in years that begin in March, so that the
    /// leap day comes last.
    fn civil(self) -> Civil {
        let (days, rest) = (self.epoch_s() / 86_400, self.epoch_s() % 86_400);
        let days = days + 719_468; // From 0000-03-01.
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        Civil {
            year: year_of_era + era * 400 + u64::from(month <= 2),
            month,
            day: day_of_year - (153 * shifted + 2) / 5 + 1,
            hour: rest / 3600,
            minute: rest / 60 % 60,
            second: rest % 60,
        }
    }
}

struct Civil {
    year: u64,
    month: u64,
    day: u64,
    hour: u64,
    minute: u64,
    second: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(epoch_s: u64) -> Clock {
        Clock::new(UNIX_EPOCH + Duration::from_secs(epoch_s))
    }

    #[test]
    fn dates_are_those_of_the_calendar() {
        assert_eq!(at(784_111_777).http_date(), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(at(951_782_400).stamp(), "20000229T000000Z", "a leap day at the end of a century");
        assert_eq!(at(1_756_163_435).american(), "08/25/2025 23:10:35");
    }

    #[test]
    fn the_ray_counts_from_its_own_epoch() {
        assert_eq!(at(1_350_000_016).cf_ray("CDG")[..8], *"00000064");
    }
}
