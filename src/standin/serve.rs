//! Connections: how many at a time, and how long one may take over what it sends.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use anyhow::Context as _;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, Request},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, sync::Semaphore, time::timeout};
use tower::ServiceExt as _;

/// Browsers take six a host; whoever comes beyond this waits until others are done. Well below what a process may open.
const AT_ONCE: usize = 128;
/// No form is a hundredth of it.
const LARGEST: usize = 1 << 20;

/// Serves the site to everybody who connects. Whoever sends neither a whole head nor a whole body within `patience`, or nothing
/// for so long, is cut off.
///
/// # Errors
/// When no connection can be taken any more.
pub async fn serve_on(listener: TcpListener, site: Router, patience: Duration) -> anyhow::Result<()> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        let place = Arc::clone(&places).acquire_owned().await.context("serving")?;
        let (stream, peer) = match listener.accept().await {
            Ok(taken) => taken,
            // Somebody who has gone again already.
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionAborted => continue,
            Err(error) => return Err(error).context("serving"),
        };
        // Answers are small: they must not wait for one another. A socket that cannot do it is merely slower.
        let _unset = stream.set_nodelay(true);
        let site = site.clone();
        let service = tower::service_fn(move |request| answer(site.clone(), peer, request, patience));
        tokio::spawn(async move {
            // Nothing else: whoever may speak either is waited for without a limit.
            let mut connections = Builder::new(TokioExecutor::new()).http1_only();
            connections.http1().timer(TokioTimer::new()).header_read_timeout(patience);
            let service = TowerToHyperService::new(service);
            // Whoever was cut off, or went away, has nobody left to be told.
            let _ended = connections.serve_connection(TokioIo::new(stream), service).await;
            drop(place);
        });
    }
}

async fn answer<B>(
    site: Router,
    peer: SocketAddr,
    request: axum::http::Request<B>,
    patience: Duration,
) -> Result<Response, std::convert::Infallible>
where
    B: axum::body::HttpBody<Data = axum::body::Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
{
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(ConnectInfo(peer));
    let refused = match timeout(patience, to_bytes(Body::new(body), LARGEST)).await {
        Ok(Ok(body)) => return site.oneshot(Request::from_parts(parts, Body::from(body))).await,
        Ok(Err(_)) => StatusCode::PAYLOAD_TOO_LARGE,
        Err(_) => StatusCode::REQUEST_TIMEOUT,
    };
    let mut response = refused.into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    Ok(response)
}
