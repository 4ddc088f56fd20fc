//! What a tethered program has said: both streams in the order of arrival, bounded.

use std::collections::VecDeque;

use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::sync::watch;

/// An announcement must be among the last this many bytes when it is looked for.
const KEPT_BYTES: usize = 256 * 1024;
/// A longer line is cut into several, so that a stream without line ends is bounded too.
const LINE_BYTES: usize = 8 * 1024;
/// Lines of a failure text.
const SHOWN_LINES: usize = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stream {
    Stdout,
    Stderr,
}

/// The kept lines, each with its number since the start.
#[derive(Debug, Default)]
pub(super) struct Output {
    lines: VecDeque<(Stream, String)>,
    dropped: usize,
    bytes: usize,
    ended: Option<String>,
}

impl Output {
    fn push(&mut self, stream: Stream, line: String) {
        self.bytes += line.len();
        self.lines.push_back((stream, line));
        while self.bytes > KEPT_BYTES {
            let Some((_, oldest)) = self.lines.pop_front() else { break };
            self.bytes -= oldest.len();
            self.dropped += 1;
        }
    }

    /// What `matches` makes of the first line of standard output it takes, from line number `from` on; and the number
    /// to go on from.
    pub(super) fn find_from<T>(&self, from: usize, matches: impl Fn(&str) -> Option<T>) -> (Option<T>, usize) {
        let numbered = (self.dropped..).zip(&self.lines).skip(from.saturating_sub(self.dropped));
        for (number, (stream, line)) in numbered {
            if *stream == Stream::Stdout
                && let Some(found) = matches(line)
            {
                return (Some(found), number + 1);
            }
        }
        (None, self.dropped + self.lines.len())
    }

    /// The last lines of both streams, for a failure text.
    pub(super) fn tail(&self) -> String {
        let from = self.lines.len().saturating_sub(SHOWN_LINES);
        self.lines.range(from..).map(|(_, line)| line.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// How the program and its supervisor ended, once they have.
    pub(super) fn ended(&self) -> Option<&str> {
        self.ended.as_deref()
    }

    pub(super) fn set_ended(&mut self, how: String) {
        self.ended = Some(how);
    }
}

/// Reads one stream to its end, whether anybody looks or not: a program that meets a full pipe stands still.
pub(super) async fn drain(mut from: impl AsyncRead + Unpin, stream: Stream, to: watch::Sender<Output>) {
    let mut chunk = vec![0; LINE_BYTES];
    let mut pending = Vec::new();
    // A stream that cannot be read is as good as closed: what matters then is that the program is seen to end.
    while let Ok(read @ 1..) = from.read(&mut chunk).await {
        pending.extend_from_slice(&chunk[..read]);
        let complete = take_lines(&mut pending);
        if !complete.is_empty() {
            to.send_modify(|output| complete.into_iter().for_each(|line| output.push(stream, line)));
        }
    }
    if !pending.is_empty() {
        to.send_modify(|output| output.push(stream, text(&pending)));
    }
}

/// Takes the complete lines, and overlong pieces, out of what was read so far.
fn take_lines(pending: &mut Vec<u8>) -> Vec<String> {
    let mut lines = Vec::new();
    let mut start = 0;
    loop {
        let rest = &pending[start..];
        match rest.iter().take(LINE_BYTES).position(|byte| *byte == b'\n') {
            Some(end) => {
                lines.push(text(&rest[..end]));
                start += end + 1;
            }
            None if rest.len() >= LINE_BYTES => {
                lines.push(text(&rest[..LINE_BYTES]));
                start += LINE_BYTES;
            }
            None => break,
        }
    }
    pending.drain(..start);
    lines
}

fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end_matches('\r').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn drained(bytes: &[u8]) -> watch::Receiver<Output> {
        let (to, output) = watch::channel(Output::default());
        drain(bytes, Stream::Stdout, to).await;
        output
    }

    #[tokio::test]
    async fn a_last_line_without_an_end_counts() {
        let output = drained(b"one\r\ntwo").await;
        assert_eq!(output.borrow().tail(), "one\ntwo");
    }

    #[tokio::test]
    async fn looking_goes_on_behind_the_line_that_was_found() {
        let output = drained(b"a 1\nb 2\na 3\n").await;
        let output = output.borrow();
        let after_a = |line: &str| line.strip_prefix("a ").map(str::to_owned);
        assert_eq!(output.find_from(0, after_a), (Some("1".to_owned()), 1));
        assert_eq!(output.find_from(1, after_a), (Some("3".to_owned()), 3));
        assert_eq!(output.find_from(3, after_a), (None, 3));
    }

    #[tokio::test]
    async fn what_is_kept_is_bounded_with_and_without_line_ends() {
        for bytes in [vec![b'x'; 2 * KEPT_BYTES], b"0123456789\n".repeat(KEPT_BYTES / 5)] {
            let output = drained(&bytes).await;
            let output = output.borrow();
            assert!(output.bytes <= KEPT_BYTES, "{} bytes kept", output.bytes);
            assert!(output.dropped > 0);
            assert_eq!(output.tail().lines().count().min(SHOWN_LINES), output.lines.len().min(SHOWN_LINES));
        }
    }

    #[tokio::test]
    async fn numbers_go_on_when_old_lines_are_dropped() {
        let output = drained(&b"0123456789\n".repeat(KEPT_BYTES / 5)).await;
        let output = output.borrow();
        let (nothing, next) = output.find_from::<()>(0, |_| None);
        assert_eq!((nothing, next), (None, KEPT_BYTES / 5));
        assert_eq!(output.find_from(next - 1, |line| Some(line.to_owned())), (Some("0123456789".to_owned()), next));
    }
}
