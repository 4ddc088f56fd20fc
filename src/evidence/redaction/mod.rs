//! Secrets taken out of whatever is kept or printed.

#[cfg(test)]
mod properties;
mod spelling;

use std::ops::Range;

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use secrecy::ExposeSecret;

use crate::target::Proof;

/// Replaces secrets, also as addresses, headers, pages, scripts and mail encode them, and one in another.
#[derive(Default)]
pub struct Redaction {
    /// The secrets, and what they are in Base64 and hexadecimal.
    needles: Vec<Vec<u8>>,
    /// By first byte, those that begin with it.
    by_first: Vec<Vec<usize>>,
    /// By two bytes, whether a needle may begin there: most of a text is passed over by this.
    may_begin: Vec<bool>,
    /// Shorter runs of Base64 or hexadecimal digits hold no encoded secret.
    shortest: usize,
}

/// Shorter ones would take innocent words along; nobody's password is that short.
const SHORTEST: usize = 4;
/// What stands in their place.
const SECRET: &str = "‹secret›";
/// What the engine ends texts with that it cuts: long ones of pages, names of elements in messages.
const CUT: char = '…';
/// How often Base64 or hexadecimal digits are looked for in what others held.
const LAYERS: usize = 2;
/// Runs of digits are decoded in windows of so many that overlap by so many: pictures in addresses have millions.
const WINDOW: usize = 1 << 16;
const OVERLAP: usize = 1 << 13;

impl Redaction {
    /// Of these secrets.
    #[must_use]
    pub fn of(secrets: &[&str]) -> Self {
        let secrets = secrets.iter().filter(|secret| secret.len() >= SHORTEST);
        let shortest = secrets.clone().map(|secret| secret.len()).min().unwrap_or_default();
        let mut needles: Vec<Vec<u8>> = secrets.flat_map(|secret| needles_of(secret)).collect();
        needles.sort_unstable();
        needles.dedup();
        let mut by_first = vec![Vec::new(); 256];
        let mut may_begin = vec![false; 1 << 16];
        for (index, needle) in needles.iter().enumerate() {
            by_first[usize::from(needle[0])].push(index);
            may_begin[pair(needle[0], needle[1])] = true;
        }
        // These stand for one character only.
        let wanted = |first: u8| match first {
            b'+' => !by_first[usize::from(b' ')].is_empty(),
            b'\'' | b'"' => !by_first[usize::from(first)].is_empty(),
            _ => true,
        };
        for first in 0..=u8::MAX {
            let plain = !by_first[usize::from(first)].is_empty();
            for next in 0..=u8::MAX {
                let spelled = spelling::goes_on(first, next) && wanted(first);
                may_begin[pair(first, next)] |= (plain && spelling::begins(next)) || spelled;
            }
        }
        Self { needles, by_first, may_begin, shortest }
    }

    /// Of what accounts prove themselves with.
    #[must_use]
    pub fn of_proofs(proofs: &[Proof]) -> Self {
        let secrets = proofs.iter().flat_map(|proof| match proof {
            Proof::Password(secret) | Proof::Token(secret) => vec![secret.clone()],
            Proof::Keys(keys) => vec![keys.id.clone(), keys.secret.clone()],
            Proof::Session(saved) => saved.secrets(),
        });
        let secrets: Vec<_> = secrets.collect();
        Self::of(&secrets.iter().map(ExposeSecret::expose_secret).collect::<Vec<_>>())
    }

    /// The text without them.
    #[must_use]
    pub fn text(&self, text: &str) -> String {
        let mut clean = String::with_capacity(text.len());
        let mut kept_to = 0;
        for span in self.spans(text) {
            clean.push_str(&text[kept_to..span.start]);
            clean.push_str(SECRET);
            kept_to = span.end;
        }
        clean.push_str(&text[kept_to..]);
        clean
    }

    /// The texts without them, also where one begins in a text and ends in a later one.
    #[must_use]
    pub fn texts<'a>(&self, texts: impl IntoIterator<Item = &'a str>) -> Vec<String> {
        let texts: Vec<&str> = texts.into_iter().collect();
        let all = texts.concat();
        let spans = self.spans(&all);
        let mut end = 0;
        let clean = texts.into_iter().map(|text| {
            let start = end;
            end += text.len();
            let own = &spans[spans.partition_point(|span| span.end <= start)..];
            let (mut clean, mut kept_to) = (String::with_capacity(text.len()), start);
            for span in own.iter().take_while(|span| span.start < end) {
                if span.start >= start {
                    clean.push_str(&all[kept_to..span.start]);
                    clean.push_str(SECRET);
                }
                kept_to = span.end.min(end);
            }
            clean + &all[kept_to..end]
        });
        clean.collect()
    }

    /// Where they are, in order and apart: what overlaps is one, so that no secret leaves a piece of another behind.
    fn spans(&self, text: &str) -> Vec<Range<usize>> {
        let mut found = Vec::new();
        if !self.needles.is_empty() {
            self.find(text.as_bytes(), LAYERS, &mut |span| found.push(span));
            found.extend(self.begun_before_cuts(text));
        }
        found.sort_unstable_by_key(|span: &Range<usize>| span.start);
        let mut apart: Vec<Range<usize>> = Vec::with_capacity(found.len());
        for span in found {
            match apart.last_mut() {
                Some(last) if span.start < last.end => last.end = last.end.max(span.end),
                _ => apart.push(span),
            }
        }
        apart
    }

    /// Where secrets begin that a text was cut in the middle of: what is left of one is still a good part of it.
    fn begun_before_cuts(&self, text: &str) -> impl Iterator<Item = Range<usize>> {
        text.match_indices(CUT).filter_map(|(end, _)| {
            let before = &text.as_bytes()[..end];
            let left = |needle: &Vec<u8>| {
                (SHORTEST - 1..needle.len()).rev().find(|length| before.ends_with(&needle[..*length]))
            };
            let start = end - self.needles.iter().filter_map(left).max()?;
            text.is_char_boundary(start).then_some(start..end)
        })
    }

    /// Tells where secrets are in the text, and in what its runs of digits encode.
    fn find(&self, text: &[u8], layers: usize, tell: &mut dyn FnMut(Range<usize>)) {
        // By index over slices: builds for debugging run this too, over every page, and there iterators are calls.
        let may_begin = self.may_begin.as_slice();
        for at in 1..text.len() {
            if may_begin[pair(text[at - 1], text[at])]
                && let Some(end) = self.end_at(text, at - 1)
            {
                tell(at - 1..end);
            }
        }
        if layers == 0 {
            return;
        }
        // What is encoded twice is longer than the secret, and longer again in its digits.
        for code in [Code::BASE64, Code::HEX] {
            for run in code.runs(text, (self.shortest + 1) * 8 / code.bits) {
                for from in (run.start..run.end).step_by(WINDOW - OVERLAP) {
                    let window = from..run.end.min(from + WINDOW);
                    code.decoded(text, window, |decoded, place| {
                        self.find(decoded, layers - 1, &mut |span| tell(place(span)));
                    });
                }
            }
        }
    }

    /// The furthest end of a secret that begins here.
    fn end_at(&self, text: &[u8], at: usize) -> Option<usize> {
        let firsts = if spelling::begins(text[at]) { spelling::first_bytes(text, at) } else { vec![text[at]] };
        let needles = firsts.iter().flat_map(|first| &self.by_first[usize::from(*first)]);
        needles.filter_map(|index| spelling::end_of(&self.needles[*index], text, at)).max()
    }
}

const fn pair(first: u8, next: u8) -> usize {
    (first as usize) << 8 | next as usize
}

/// A way to write bytes in digits.
struct Code {
    /// Of a digit.
    bits: usize,
    value: fn(u8) -> Option<u8>,
}

impl Code {
    /// Both alphabets at once; with line ends between the digits.
    const BASE64: Self = Self {
        bits: 6,
        value: |digit| match digit {
            b'A'..=b'Z' => Some(digit - b'A'),
            b'a'..=b'z' => Some(digit - b'a' + 26),
            b'0'..=b'9' => Some(digit - b'0' + 52),
            b'+' | b'-' => Some(62),
            b'/' | b'_' => Some(63),
            _ => None,
        },
    };
    const HEX: Self = Self { bits: 4, value: |digit| char::from(digit).to_digit(16)?.try_into().ok() };

    /// Where the text has at least so many digits in a row.
    fn runs(&self, text: &[u8], at_least: usize) -> Vec<Range<usize>> {
        let is_digit: Vec<bool> = (0..=u8::MAX).map(|byte| (self.value)(byte).is_some()).collect();
        let is_digit = is_digit.as_slice();
        let mut runs = Vec::new();
        let (mut start, mut digits) = (0, 0);
        for at in 0..=text.len() {
            if at < text.len() && is_digit[text[at] as usize] {
                digits += 1;
            } else if at == text.len() || digits == 0 || (text[at] != b'\r' && text[at] != b'\n') {
                if digits >= at_least {
                    runs.push(start..at);
                }
                (start, digits) = (at + 1, 0);
            }
        }
        runs
    }

    /// What the digits of a run stand for, from each place that a byte may begin at; with where a part of that is in the text.
    fn decoded(
        &self,
        text: &[u8],
        run: Range<usize>,
        mut act: impl FnMut(&[u8], &dyn Fn(Range<usize>) -> Range<usize>),
    ) {
        let digits: Vec<(usize, u8)> = run.filter_map(|at| Some((at, (self.value)(text[at])?))).collect();
        for first in 0..8 / (8 - self.bits) {
            let Some(digits) = digits.get(first..) else { break };
            let mut decoded = Vec::with_capacity(digits.len() * self.bits / 8);
            let (mut held, mut bits) = (0u32, 0);
            for (_, digit) in digits {
                (held, bits) = (held << self.bits | u32::from(*digit), bits + self.bits);
                if bits >= 8 {
                    bits -= 8;
                    decoded.push((held >> bits).to_le_bytes()[0]);
                }
            }
            act(&decoded, &|span| digits[span.start * 8 / self.bits].0..digits[(span.end * 8 - 1) / self.bits].0 + 1);
        }
    }
}

/// A secret, and all that it can be in digits.
fn needles_of(secret: &str) -> Vec<Vec<u8>> {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let mut needles = vec![secret.to_owned(), hex.to_uppercase(), hex];
    // Wherever it stands in what is encoded: of its ends, what depends on its neighbours is left out.
    for before in 0..3 {
        let encoded = STANDARD_NO_PAD.encode([&vec![0u8; before], secret.as_bytes()].concat());
        let (from, to) = ((before * 8).div_ceil(6), (before + secret.len()) * 8 / 6);
        let own = encoded[from..to].to_owned();
        needles.push(own.replace('+', "-").replace('/', "_"));
        needles.push(own);
    }
    needles.retain(|needle| needle.len() >= SHORTEST);
    needles.into_iter().map(String::into_bytes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_secret_that_was_cut_through_nothing_is_left() {
        let redaction = Redaction::of(&["correct horse battery staple"]);
        for (text, clean) in [
            ("xxcorrect horse bat… (cut after 2000 characters)", "xx‹secret›… (cut after 2000 characters)"),
            ("button \"Y29ycmVjdCBob3JzZ…\"", "button \"‹secret›…\""),
            ("Calculating… then co…", "Calculating… then co…"),
            ("购买correct… and correct", "购买‹secret›… and correct"),
        ] {
            assert_eq!(redaction.text(text), clean);
        }
    }

    #[test]
    fn a_secret_is_found_in_every_encoding() {
        let redaction = Redaction::of(&["p&ss w\"rd", "abc"]);
        for form in [
            "p&ss w\"rd",
            "p%26ss+w%22rd",
            "p%26ss%20w%22rd",
            "cCZzcyB3InJk",
            "p&ss w\\\"rd",
            "p&amp;ss w\"rd",
            "p&amp;ss w&quot;rd",
            "p&amp;ss w&#34;rd",
            "702673732077227264",
        ] {
            assert_eq!(redaction.text(&format!("at {form}, abc")), "at ‹secret›, abc", "{form}");
        }
        // "Ana:p&ss w\"rd" and its like, as a header of basic authentication.
        for user in ["Ana:", "Bo:", "Carla:"] {
            let header = STANDARD_NO_PAD.encode(format!("{user}p&ss w\"rd"));
            assert!(redaction.text(&header).contains("‹secret›"), "{header}");
        }
    }

    #[test]
    fn one_encoding_in_another_is_seen_through() {
        let redaction = Redaction::of(&["p&s\\ \"wörd😀"]);
        for form in [
            // Addresses: twice, small letters, what encodeURI leaves alone.
            "p%2526s%255C%2520%2522w%25C3%25B6rd%25F0%259F%2598%2580",
            "p%26s%5c+%22w%c3%b6rd%f0%9f%98%80",
            "p&s%5C%20%22w%C3%B6rd%F0%9F%98%80",
            // Pages: numbers with zeros, small and large, without an end, and a page in a page.
            "p&#38;s&#x5c; &#00034;w&#xF6;rd&#x0001f600;",
            "p&#38s&bsol; &amp;quot;w&amp;amp;#246;rd&#128512;",
            // JSON in JSON in JSON, and everything by number.
            r#"p&s\\\\ \\\"w\\u00f6rd\\ud83d\\ude00"#,
            r"\u0070\u0026\u0073\u005c\u0020\u0022\u0077\u00F6\u0072\u0064\uD83D\uDE00",
            r#"p\x26s\x5c \x22w\xf6rd\u{1f600}"#,
            // Mail, and an address in mail.
            "p&s=5C=20=22w=C3=\r\n=B6r=\nd=F0=9F=98=80",
            "p=2526s%5=\r\nC%20%22w%C3%B6rd%F0%9F%98%80",
            // JSON in mail, whose line breaks between the halves of a character.
            "p&s=5C=5C =5C\"w=5Cu00f6rd=5Cud83d=\r\n=5Cude00",
            "p&s\\\\ \\\"w\\u00f6rd\\ud83d=\r\n\\ude00",
            // An address in JSON in a page.
            "p%26s&amp;#92;&bsol;u0020%22w\\u0025C3%B6rd%F0%9F%98%80",
        ] {
            assert_eq!(redaction.text(&format!("<{form}>")), "<‹secret›>", "{form}");
        }
    }

    #[test]
    fn a_secret_that_goes_on_in_the_next_text_is_found() {
        let redaction = Redaction::of(&["correct horse"]);
        assert_eq!(
            redaction.texts(["is: cor", "", "rect ho", "rse, or not", "."]),
            ["is: ‹secret›", "", "", ", or not", "."]
        );
        assert_eq!(redaction.texts(["a correct horse", "correct horse b"]), ["a ‹secret›", "‹secret› b"]);
    }

    #[test]
    fn secrets_that_overlap_leave_no_piece_of_each_other() {
        let redaction = Redaction::of(&["abcd", "cdefgh"]);
        assert_eq!(redaction.text("=abcdefgh, abcd"), "=‹secret›, ‹secret›");
    }
}
