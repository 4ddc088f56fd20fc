//! What is paid back for an instance that is returned.

use jiff::{Span, civil::Date};

use super::{Failure, Money};

/// What an instance's `share` of its order's price is worth on the day it was bought, `today` or the day next to it: the whole days
/// left of its period of so many months (CONTRACT 3.6.8). Its first day has begun.
///
/// # Errors
/// Class product: no such period ends on that day.
pub fn by_days_left(share: Money, expires: Date, months: i32, today: Date) -> Result<Money, Failure> {
    let none =
        || Failure::product(format!("a period of {months} months should end when it expires\n  saw      {expires}"));
    let ends = |bought: Date| Span::new().try_months(months).and_then(|period| bought.checked_add(period)).ok();
    let about = Span::new().try_months(months).and_then(|period| expires.checked_sub(period)).map_err(|_| none())?;
    // Periods that begin on several days of a month end together on the last day of a shorter one.
    let days = (0..4).filter_map(|later| about.checked_add(Span::new().days(later)).ok());
    let length = |from: Date, to: Date| from.duration_until(to).as_hours() / 24;
    let bought = days
        .filter(|bought| ends(*bought) == Some(expires))
        .min_by_key(|bought| length(*bought, today).abs())
        .ok_or_else(none)?;
    let whole = length(bought, expires);
    if whole < 1 {
        return Err(none());
    }
    let worth = i128::from(share.as_fen()) * i128::from(whole - 1) / i128::from(whole);
    i64::try_from(worth).map(Money::fen).map_err(|_| none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_day_has_begun_and_a_period_may_end_on_the_last_day_of_a_shorter_month() {
        let worth = |expires: &str, months, today: &str| {
            let day = |text: &str| text.parse::<Date>().expect("a day");
            by_days_left(Money::fen(3100), day(expires), months, day(today)).map(Money::as_fen)
        };
        assert_eq!(worth("2026-12-27", 1, "2026-11-27").expect("30 days"), 3100 * 29 / 30);
        // Bought on 31 October, and on the 30th: both end on 30 November.
        assert_eq!(worth("2026-11-30", 1, "2026-10-31").expect("30 days"), 3100 * 29 / 30);
        assert_eq!(worth("2026-11-30", 1, "2026-10-30").expect("31 days"), 3100 * 30 / 31);
        assert_eq!(worth("2027-02-28", 1, "2027-01-31").expect("28 days"), 3100 * 27 / 28);
        assert_eq!(worth("2027-02-28", 1, "2027-01-29").expect("30 days"), 3100 * 29 / 30);
        // The day of whoever looks may be the one before or after.
        assert_eq!(worth("2026-12-27", 1, "2026-11-28").expect("30 days"), 3100 * 29 / 30);
        assert_eq!(worth("2027-11-27", 12, "2026-11-27").expect("365 days"), 3100 * 364 / 365);
        assert!(worth("2026-12-31", 1, "2026-11-30").is_err(), "30 November ends on 30 December");
        assert!(worth("2026-11-27", 0, "2026-11-27").is_err());
    }
}
