//! How long what was paid for lasts.

use std::ops::RangeInclusive;

use jiff::{Span, civil::Date};

/// The days on which a period of so many months that began `today` may end: months are calendar months or 30 days each (no document says
/// which), and the day of whoever looks may be the one before or after the vendor's. `None` where no calendar reaches so far.
#[must_use]
pub fn may_end(months: i32, today: Date) -> Option<RangeInclusive<Date>> {
    let calendar = today.checked_add(Span::new().try_months(months).ok()?).ok()?;
    let thirties = today.checked_add(Span::new().try_days(i64::from(months) * 30).ok()?).ok()?;
    let day = Span::new().days(1);
    Some(calendar.min(thirties).checked_sub(day).ok()?..=calendar.max(thirties).checked_add(day).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_one_of_the_calendar_or_thirty_days_and_never_another_number_of_them() {
        let day = |text: &str| text.parse::<Date>().expect("a day");
        let may = |months, ends: &str| may_end(months, day("2026-11-27")).expect("days").contains(&day(ends));
        assert!(may(1, "2026-12-27") && may(1, "2026-12-28") && may(1, "2026-12-26"));
        assert!(!may(1, "2026-12-17") && !may(1, "2027-01-27") && !may(1, "2026-11-27"));
        assert!(may(12, "2027-11-27") && may(12, "2027-11-22"));
        assert!(!may(12, "2026-12-27") && !may(12, "2027-10-27") && !may(12, "2027-12-27"));
        assert!(may(36, "2029-11-27") && !may(36, "2028-11-27"));
        let february = may_end(1, day("2027-01-31")).expect("days");
        assert!(february.contains(&day("2027-02-28")) && february.contains(&day("2027-03-02")));
        assert!(may_end(i32::MAX, day("2026-11-27")).is_none());
    }
}
