//! Money in whole fen.

use std::{fmt, str::FromStr};

use anyhow::{bail, ensure};

use super::Failure;

/// An amount of Chinese yuan, kept in whole fen (1/100 yuan).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize)]
#[serde(transparent)]
pub struct Money {
    fen: i64,
}

impl Money {
    /// That many fen.
    #[must_use]
    pub const fn fen(fen: i64) -> Self {
        Self { fen }
    }

    /// The amount in fen.
    #[must_use]
    pub const fn as_fen(self) -> i64 {
        self.fen
    }

    /// Reads the figures of a printed amount, without its currency sign: `1,015.20`, `1015.20`, `0.00`. Two decimals
    /// are a must; thousands separators, where there are any, must all stand in their places.
    ///
    /// # Errors
    /// When a figure is missing, or stands where none may.
    pub fn parse_figures(text: &str) -> anyhow::Result<Self> {
        let (sign, digits) = text.strip_prefix('-').map_or((1, text), |rest| (-1, rest));
        let Some((yuan, fen)) = digits.split_once('.') else { bail!("{text:?} is no amount: it has no decimals") };
        ensure!(
            fen.len() == 2 && fen.bytes().all(|b| b.is_ascii_digit()),
            "{text:?} is no amount: it needs two decimals"
        );
        let groups: Vec<&str> = yuan.split(',').collect();
        let well_grouped =
            groups.len() == 1 || (groups[0].len() <= 3 && groups[1..].iter().all(|group| group.len() == 3));
        let all_digits = groups.iter().all(|group| !group.is_empty() && group.bytes().all(|b| b.is_ascii_digit()));
        ensure!(well_grouped && all_digits, "{text:?} is no amount: its figures are not grouped by thousands");
        let whole: i64 = groups.concat().parse()?;
        let fen: i64 = fen.parse()?;
        whole
            .checked_mul(100)
            .and_then(|whole| whole.checked_add(fen))
            .map(|fen| Self::fen(sign * fen))
            .ok_or_else(|| anyhow::anyhow!("{text:?} is too large an amount"))
    }

    /// The sum.
    ///
    /// # Errors
    /// Class product: it is beyond counting, which only a page can bring about.
    pub fn plus(self, other: Self) -> Result<Self, Failure> {
        self.fen.checked_add(other.fen).map(Self::fen).ok_or_else(|| beyond_counting(self, other))
    }

    /// The difference.
    ///
    /// # Errors
    /// As [`Self::plus`].
    pub fn minus(self, other: Self) -> Result<Self, Failure> {
        self.fen.checked_sub(other.fen).map(Self::fen).ok_or_else(|| beyond_counting(self, other))
    }
}

fn beyond_counting(one: Money, other: Money) -> Failure {
    Failure::product(format!("amounts should be such as can be reckoned with\n  saw      {one} and {other}"))
}

/// As features and messages write it: `¥1,015.20`. What a page writes is the profile's.
impl FromStr for Money {
    type Err = anyhow::Error;
    fn from_str(text: &str) -> anyhow::Result<Self> {
        let Some(figures) = text.strip_prefix('¥') else { bail!("{text:?} is no amount: write it as ¥1,015.20") };
        Self::parse_figures(figures)
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let yuan = (self.fen / 100).unsigned_abs().to_string();
        let mut grouped = String::new();
        for (i, digit) in yuan.chars().enumerate() {
            if i > 0 && (yuan.len() - i).is_multiple_of(3) {
                grouped.push(',');
            }
            grouped.push(digit);
        }
        let sign = if self.fen < 0 { "-" } else { "" };
        write!(f, "{sign}¥{grouped}.{:02}", (self.fen % 100).abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_strictly() {
        for (text, fen) in
            [("¥1,015.20", 101_520), ("¥0.05", 5), ("¥1015.20", 101_520), ("¥12,345,678.90", 1_234_567_890)]
        {
            assert_eq!(text.parse::<Money>().unwrap(), Money::fen(fen), "{text}");
        }
        assert_eq!(Money::parse_figures("-1,015.20").unwrap(), Money::fen(-101_520));
        for text in [
            "1,015.20",
            "¥1,015.2",
            "¥10,15.20",
            "¥1015,200.00",
            "¥,015.20",
            "¥1,015.200",
            "¥ 1.00",
            "¥",
            "¥.50",
            "¥99999999999999999999.00",
            "¥1,0a5.20",
        ] {
            assert!(text.parse::<Money>().is_err(), "{text} was read");
        }
    }

    #[test]
    fn amounts_of_any_size_are_reckoned_with_or_refused() {
        let largest: Money = "¥92,233,720,368,547,758.07".parse().unwrap();
        assert_eq!(largest.minus(largest).unwrap(), Money::fen(0));
        assert_eq!(Money::fen(1).plus(Money::fen(2)).unwrap(), Money::fen(3));
        for refused in [largest.plus(Money::fen(1)), Money::fen(-2).minus(largest)] {
            let failure = refused.unwrap_err();
            assert!(failure.text.contains("¥92,233,720,368,547,758.07"), "{failure}");
        }
        assert_eq!(Money::fen(i64::MIN).to_string(), "-¥92,233,720,368,547,758.08");
    }

    #[test]
    fn amounts_are_written_as_features_write_them() {
        for (fen, text) in [
            (101_520, "¥1,015.20"),
            (12_300, "¥123.00"),
            (0, "¥0.00"),
            (5, "¥0.05"),
            (-123_456, "-¥1,234.56"),
            (100_000_000, "¥1,000,000.00"),
        ] {
            assert_eq!(Money::fen(fen).to_string(), text);
        }
    }
}
