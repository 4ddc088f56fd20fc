//! Numbered commands, their answers and what the browser tells unasked, as JSON over a WebSocket: the form that WebDriver BiDi
//! and the DevTools protocol share.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    time::Duration,
};

use anyhow::{Context as _, anyhow, bail};
use futures_util::{SinkExt as _, StreamExt as _, stream::SplitSink};
use serde_json::{Value, json};
use tokio::{
    net::TcpStream,
    sync::{Mutex, oneshot},
    task::JoinHandle,
};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream,
    tungstenite::{Message, client::IntoClientRequest as _, http::header::AUTHORIZATION, protocol::WebSocketConfig},
};

use super::{Door, Protocol, heard::Heard, interception::Interception};

type Sink = SplitSink<WebSocketStream<MaybeTlsStream<TcpStream>>, Message>;

/// Longest wait for the answer to a command to the browser itself; they are all quick.
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// A command to the browser.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) method: &'static str,
    pub(super) params: Value,
    /// The DevTools session that it is for, where it is not for the browser itself.
    pub(super) session: Option<String>,
}

type Waiting = RefCell<HashMap<u64, oneshot::Sender<Result<Value, String>>>>;

/// The socket of one session. Lives on the session's thread.
pub(super) struct Socket {
    mouth: Rc<Mouth>,
    waiting: Rc<Waiting>,
    heard: Rc<Heard>,
    reader: JoinHandle<()>,
}

/// The way out.
struct Mouth {
    sink: Mutex<Sink>,
    next_id: Cell<u64>,
}

impl Mouth {
    fn number(&self) -> u64 {
        self.next_id.replace(self.next_id.get() + 1)
    }

    async fn say(&self, id: u64, command: Command) -> anyhow::Result<()> {
        let mut message = json!({ "id": id, "method": command.method, "params": command.params });
        if let Some(session) = command.session {
            message["sessionId"] = session.into();
        }
        let sent = self.sink.lock().await.send(Message::text(message.to_string())).await;
        sent.context("the socket to the browser broke")
    }
}

impl Socket {
    /// Opens the socket; from then on what the browser tells in this protocol is heard.
    ///
    /// # Errors
    /// When nothing answers there, or not in time.
    pub(super) async fn connect(
        door: Door,
        protocol: Rc<dyn Protocol>,
        heard: Rc<Heard>,
        interception: Rc<Interception>,
    ) -> anyhow::Result<Self> {
        // However much a page says at once, it cannot close the channel.
        let unlimited = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
        let Door { url, proof } = door;
        let mut asked = url.as_str().into_client_request().with_context(|| format!("opening the socket {url}"))?;
        asked.headers_mut().extend(proof.map(|proof| (AUTHORIZATION, proof)));
        let connecting = tokio_tungstenite::connect_async_with_config(asked, Some(unlimited), true);
        let (socket, _) = tokio::time::timeout(ANSWER_WITHIN, connecting)
            .await
            .with_context(|| format!("opening the socket {url} took longer than {ANSWER_WITHIN:?}"))?
            .with_context(|| format!("opening the socket {url}"))?;
        let (sink, mut stream) = socket.split();
        let mouth = Rc::new(Mouth { sink: Mutex::new(sink), next_id: Cell::new(1) });
        let waiting: Rc<Waiting> = Rc::default();
        let (answering, asked, hearing) = (Rc::clone(&mouth), Rc::clone(&waiting), Rc::clone(&heard));
        let reader = tokio::task::spawn_local(async move {
            while let Some(Ok(message)) = stream.next().await {
                let Message::Text(text) = message else { continue };
                let Ok(message) = serde_json::from_str::<Value>(&shortened(&text)) else { continue };
                if let Some(id) = message["id"].as_u64() {
                    if let Some(waiting) = asked.borrow_mut().remove(&id) {
                        // Nobody waits any more where the deadline has passed.
                        let _unheard = waiting.send(answer(&message));
                    }
                    continue;
                }
                let (news, commands) = protocol.understand(&message);
                news.into_iter().for_each(|news| hearing.take(interception.excuse(news)));
                let onward = interception.answer(&*protocol, &message);
                for command in commands.into_iter().chain(onward) {
                    // Where this fails the socket is gone, and the next read ends.
                    let _unsaid = answering.say(answering.number(), command).await;
                }
            }
            asked.borrow_mut().clear();
            hearing.close();
        });
        Ok(Self { mouth, waiting, heard, reader })
    }

    /// Sends a command and waits for its answer.
    ///
    /// # Errors
    /// When the browser refuses it, does not answer in time, or the socket is gone.
    pub(super) async fn command(&self, command: Command) -> anyhow::Result<Value> {
        let method = command.method;
        let answer =
            self.exchange(command, ANSWER_WITHIN).await.and_then(|answer| answer.map_err(|error| anyhow!(error)));
        answer.with_context(|| method)
    }

    /// Sends a command and waits for its answer; a refusal in the browser's own words is one.
    ///
    /// # Errors
    /// When the browser does not answer in time, or the socket is gone.
    pub(super) async fn exchange(&self, command: Command, within: Duration) -> anyhow::Result<Result<Value, String>> {
        if self.heard.is_closed() {
            bail!("the socket to the browser is closed");
        }
        let id = self.mouth.number();
        let (sender, receiver) = oneshot::channel();
        self.waiting.borrow_mut().insert(id, sender);
        let _asked = Asked { waiting: &self.waiting, id };
        let answered = tokio::time::timeout(within, async {
            self.mouth.say(id, command).await?;
            receiver.await.context("the socket to the browser closed before it answered")
        })
        .await;
        answered.with_context(|| format!("the browser did not answer within {within:?}"))?
    }
}

/// A question that is waited for; however that ends, its number is not kept.
struct Asked<'a> {
    waiting: &'a Waiting,
    id: u64,
}

impl Drop for Asked<'_> {
    fn drop(&mut self) {
        self.waiting.borrow_mut().remove(&self.id);
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// How much is read of a text in an event, bytes; a page may print any amount, and each byte of it costs time.
const MOST_READ: usize = 20_000;
/// The longest that JSON writes for one unit of a text: `\u` and four digits.
const LONGEST_ESCAPE: usize = 6;

/// An event without most of its longest texts; anything else as it is.
fn shortened(message: &str) -> Cow<'_, str> {
    let is_event = ["{\"method\":", "{\"type\":\"event\""].iter().any(|begin| message.starts_with(begin));
    if !is_event || message.len() <= MOST_READ {
        return message.into();
    }
    let mut short = String::new();
    let mut rest = message;
    while let Some(begin) = rest.find('"') {
        let (before, text) = rest.split_at(begin + 1);
        let Some(length) = length_of_text(text) else { break };
        short.push_str(before);
        short.push_str(if length > MOST_READ { whole_part(&text[..length]) } else { &text[..length] });
        short.push('"');
        rest = &text[length + 1..];
    }
    short.push_str(rest);
    short.into()
}

/// Up to the quotation mark that ends it.
fn length_of_text(text: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let end = from + text[from..].find('"')?;
        let escapes = text[..end].bytes().rev().take_while(|byte| *byte == b'\\').count();
        if escapes % 2 == 0 {
            return Some(end);
        }
        from = end + 1;
    }
}

/// The beginning of a text in JSON, up to where no escape and no character is broken.
fn whole_part(text: &str) -> &str {
    let whole_characters = |most: usize| (0..=most).rev().find(|end| text.is_char_boundary(*end)).unwrap_or_default();
    let mut end = whole_characters(MOST_READ);
    let tail = whole_characters(end - LONGEST_ESCAPE);
    if let Some(at) = text[tail..end].find('\\') {
        end = tail + at;
        // The second backslash of two.
        end -= text[..end].bytes().rev().take_while(|byte| *byte == b'\\').count() % 2;
    }
    let part = &text[..end];
    // The first half of a character that is written as two.
    let half = part.len().checked_sub(LONGEST_ESCAPE).and_then(|at| part.get(at..)).map(str::to_ascii_lowercase);
    let is_half =
        half.is_some_and(|half| ["\\ud8", "\\ud9", "\\uda", "\\udb"].iter().any(|high| half.starts_with(high)));
    if is_half { &part[..part.len() - LONGEST_ESCAPE] } else { part }
}

/// What an answer comes to. BiDi says `error` and `message` side by side, the DevTools protocol one within the other.
fn answer(message: &Value) -> Result<Value, String> {
    if let Some(result) = message.get("result") {
        return Ok(result.clone());
    }
    let words = |value: &Value| value.as_str().unwrap_or("without a message").to_owned();
    Err(match &message["error"] {
        Value::String(error) => format!("{error}: {}", words(&message["message"])),
        error => words(&error["message"]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_read_without_most_of_its_longest_texts_and_an_answer_whole() {
        let texts = ["x", "\\", "\"", "文", "\u{1f600}", "\u{7}", "a\\\"", "\n\u{1}文"];
        for (long, shift) in texts.into_iter().flat_map(|long| (0..12).step_by(5).map(move |shift| (long, shift))) {
            let long = "y".repeat(shift) + &long.repeat(24_000 / long.len());
            for escaped in [serde_json::to_string(&long), Ok(ascii(&long))] {
                let escaped = escaped.expect("JSON");
                let event = format!(
                    "{{\"method\":\"say\",\"params\":{{\"text\":{escaped},\"next\":\"\\\"\"}},\"sessionId\":\"s\"}}"
                );
                let read: Value = serde_json::from_str(&shortened(&event)).expect("JSON still");
                let text = read["params"]["text"].as_str().expect("a text");
                assert!(long.starts_with(text) && text.len() <= MOST_READ && text.len() > 2_000, "{}", text.len());
                assert_eq!((&read["params"]["next"], &read["sessionId"]), (&json!("\""), &json!("s")));
                let answer = event.replace("{\"method\":\"say\"", "{\"id\":1");
                assert_eq!(shortened(&answer), answer);
            }
        }
    }

    /// As JSON that escapes whatever it can.
    fn ascii(text: &str) -> String {
        let units = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
        format!("\"{units}\"")
    }
}
