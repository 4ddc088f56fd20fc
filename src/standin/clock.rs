//! Days and months, as the site prints and counts them: in China Standard Time.

use jiff::{Span, Timestamp, tz::TimeZone};

fn local(ms: i64) -> Option<jiff::ZonedDateTime> {
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    Some(Timestamp::from_millisecond(ms).ok()?.to_zoned_datetime(zone))
}

/// The day: `2026-11-23`.
#[must_use]
pub fn day(ms: i64) -> String {
    local(ms).map_or_else(String::new, |at| at.strftime("%Y-%m-%d").to_string())
}

/// Day and time: `2026-11-23 19:06:15`.
#[must_use]
pub fn moment(ms: i64) -> String {
    local(ms).map_or_else(String::new, |at| at.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

/// The same time, so many months later; the last day of a month that is too short.
#[must_use]
pub fn months_later(ms: i64, months: i64) -> i64 {
    let later = local(ms).and_then(|at| at.checked_add(Span::new().try_months(months).ok()?).ok());
    later.map_or(ms, |at| at.timestamp().as_millisecond())
}
