//! What the WebDriver client's requests pass on their way to a driver or grid elsewhere, within this process: it gives them what
//! proves who one is, and tells a session that is gone from a page that misbehaves.
//!
//! The client knows no user and password for its own requests, and takes what a grid says of a session that it cannot reach for what
//! a driver says of a page.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    io,
    pin::Pin,
    task::{Context, Poll},
};

use axum::{
    body::{Body, HttpBody, to_bytes},
    http::{Request, Response, StatusCode, Uri, header::CONTENT_TYPE},
};
use hyper_util::{
    client::legacy::connect::{Connected, Connection},
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, duplex};
use tower::Service;

use super::remote::{JSON, Line, told};

/// How much may be on its way at once, bytes.
const PIPE: usize = 64 * 1024;

/// How a grid begins what it says of a session that it cannot reach, as after its node has died.
const UNREACHABLE: &str = "Unable to execute request for an existing session";

/// Makes connections that end here, whatever address they are for.
#[derive(Debug, Clone)]
pub struct Gateway(pub Line);

/// One end of a connection within this process.
pub struct Pipe(DuplexStream);

impl Service<Uri> for Gateway {
    type Response = TokioIo<Pipe>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Uri) -> Self::Future {
        let (client, server) = duplex(PIPE);
        let line = self.0.clone();
        let service = tower::service_fn(move |request| pass_on(line.clone(), request));
        tokio::spawn(async move {
            let mut connections = Builder::new(TokioExecutor::new()).http1_only();
            // Whoever gave it up has nobody left to be told.
            let _ended =
                connections.http1().serve_connection(TokioIo::new(server), TowerToHyperService::new(service)).await;
        });
        ready(Ok(TokioIo::new(Pipe(client))))
    }
}

async fn pass_on<B>(line: Line, request: Request<B>) -> Result<Response<Body>, Infallible>
where
    B: HttpBody<Data = axum::body::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    let (parts, body) = request.into_parts();
    let mut url = line.end().url().clone();
    url.set_path(parts.uri.path());
    url.set_query(parts.uri.query());
    let Ok(body) = to_bytes(Body::new(body), usize::MAX).await else { return Ok(gone("the request broke off")) };
    let asked = line.ask(parts.method, url).header(CONTENT_TYPE, JSON).body(body);
    let answer = match asked.send().await {
        Ok(answer) => answer,
        Err(error) => return Ok(gone(&format!("{:#}", told(&error)))),
    };
    let (status, kind) = (answer.status(), answer.headers().get(CONTENT_TYPE).cloned());
    let text = match answer.bytes().await {
        Ok(text) => text,
        Err(error) => return Ok(gone(&format!("{:#}", told(&error)))),
    };
    if status.is_client_error() || status.is_server_error() {
        match serde_json::from_slice::<Value>(&text) {
            Ok(said) => {
                let message = said["value"]["message"].as_str().unwrap_or_default();
                if message.starts_with(UNREACHABLE) {
                    return Ok(gone(message.lines().next().unwrap_or_default()));
                }
            }
            Err(_) => return Ok(gone(&format!("what answers there is no WebDriver ({status})"))),
        }
    }
    let mut answer = Response::new(Body::from(text));
    *answer.status_mut() = status;
    if let Some(kind) = kind {
        answer.headers_mut().insert(CONTENT_TYPE, kind);
    }
    Ok(answer)
}

/// The answer of a driver that has no such session.
fn gone(why: &str) -> Response<Body> {
    let said = json!({ "value": { "error": "invalid session id", "message": why, "stacktrace": "" } });
    let mut answer = Response::new(Body::from(said.to_string()));
    *answer.status_mut() = StatusCode::NOT_FOUND;
    answer.headers_mut().insert(CONTENT_TYPE, axum::http::HeaderValue::from_static(JSON));
    answer
}

impl Connection for Pipe {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl AsyncRead for Pipe {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(context, into)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, from: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(context, from)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
