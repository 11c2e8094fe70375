//! The order in which records are shown and when they leave the main view: the same for all.
//!
//! 1. Records about this site come before those about its provider; no record is shown twice.
//! 2. Within each: what goes on or is disputed, then what is resolved, then what was superseded.
//! 3. Within each of these: the later end first, then the later beginning, then the id.
//! 4. A resolved outage leaves the main view 2 years after its end, any other resolved matter after 5,
//!    unless current policy or case law still cites it. What was superseded or withdrawn leaves at
//!    once. It stays in the archive view with its date; nothing goes away.

use std::cmp::Reverse;

use super::vocabulary::{Kind, State, Status};
use super::when::When;

/// Years after which a resolved outage is archived.
pub const OUTAGE_YEARS: u32 = 2;
/// Years after which any other resolved matter is archived.
pub const OTHER_YEARS: u32 = 5;

/// What is sorted: rules 2 and 3. Lists are kept in this order in the image.
pub fn key(status: Status, when: When, id: &str) -> (Status, Reverse<u32>, Reverse<u32>, &str) {
    // What goes on and what is disputed stand together.
    let rank = if status == Status::Disputed { Status::Ongoing } else { status };
    (rank, Reverse(when.end().unwrap_or(u32::MAX)), Reverse(when.from.0), id)
}

/// Does it belong to the archive view on this day, 20261125? Rule 4.
pub fn is_archived(kind: Kind, status: Status, state: State, end: Option<u32>, still_cited: bool, today: u32) -> bool {
    if state == State::Withdrawn || status == Status::Superseded {
        return true;
    }
    let years = if kind == Kind::Outage { OUTAGE_YEARS } else { OTHER_YEARS };
    let old = end.is_some_and(|end| end.saturating_add(years * 10_000) < today);
    status == Status::Resolved && old && !still_cited
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ongoing_before_resolved_and_recent_before_old() {
        let mut records = [
            ("a-old-resolved", Status::Resolved, "2010-05"),
            ("b-superseded", Status::Superseded, "2026"),
            ("c-recent-resolved", Status::Resolved, "2025-01-02"),
            ("d-old-disputed", Status::Disputed, "2012"),
            ("e-lasting", Status::Ongoing, "2015/"),
            ("f-recent-ongoing", Status::Ongoing, "2026-02"),
            ("g-long", Status::Resolved, "2004/2025-01-02"),
        ];
        records.sort_by_key(|(id, status, when)| key(*status, When::parse(when).unwrap(), id));
        let ids: Vec<&str> = records.iter().map(|(id, ..)| &id[..1]).collect();
        // What still lasts ends later than anything that ended.
        assert_eq!(ids, ["e", "f", "d", "c", "g", "a", "b"]);
    }

    #[test]
    fn old_resolved_matters_are_archived_and_nothing_else_is() {
        let today = 20_261_125;
        for (kind, status, end, cited, expected, why) in [
            (Kind::Outage, Status::Resolved, Some(20_241_124), false, true, "two years and a day"),
            (Kind::Outage, Status::Resolved, Some(20_241_125), false, false, "two years to the day"),
            (Kind::CourtRuling, Status::Resolved, Some(20_241_124), false, false, "five years for other matters"),
            (Kind::CourtRuling, Status::Resolved, Some(20_211_124), false, true, "five years and a day"),
            (Kind::CourtRuling, Status::Resolved, Some(20_101_231), true, false, "still cited"),
            (Kind::CourtRuling, Status::Ongoing, Some(20_101_231), false, false, "it goes on"),
            (Kind::CourtRuling, Status::Disputed, Some(20_101_231), false, false, "nobody has decided"),
            (Kind::Outage, Status::Superseded, Some(20_261_101), false, true, "another took its place"),
            (Kind::Outage, Status::Resolved, None, false, false, "it lasts"),
        ] {
            assert_eq!(is_archived(kind, status, State::Published, end, cited, today), expected, "{why}");
        }
        assert!(is_archived(Kind::Outage, Status::Ongoing, State::Withdrawn, None, true, today));
    }
}
