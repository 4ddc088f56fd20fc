//! Whoever does not finish what they send is cut off, and keeps nobody else waiting.

use std::time::Duration;

use dcdb_purchase_e2e::standin::{ServeArgs, Site, router, serve_on};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// Ample on a loaded machine; met only by a failure.
const LIMIT: Duration = Duration::from_secs(20);

#[tokio::test]
async fn half_a_head_and_half_a_body_are_not_waited_for() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address");
    let site = router(Site::open(&ServeArgs::default()).expect("a site"));
    tokio::spawn(serve_on(listener, site, Duration::from_millis(300)));
    let head =
        "POST /login HTTP/1.1\r\nhost: cloud.tencent.localhost\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    let idle = (0..300).map(|_| TcpStream::connect(address));
    let idle = futures_util::future::try_join_all(idle).await.expect("connections that say nothing");
    for (sent, answered) in [
        ("GET / HT".to_owned(), ""),
        (head.to_owned(), ""),
        (format!("{head}content-length: 100\r\n\r\nemail="), "HTTP/1.1 408"),
        (format!("{head}transfer-encoding: chunked\r\n\r\n5\r\nemail\r\n"), "HTTP/1.1 408"),
        (
            "GET /login HTTP/1.1\r\nhost: cloud.tencent.localhost\r\nconnection: close\r\n\r\n".to_owned(),
            "HTTP/1.1 200",
        ),
    ] {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all(sent.as_bytes()).await.expect("sent");
        let mut said = Vec::new();
        let ended = timeout(LIMIT, stream.read_to_end(&mut said)).await;
        assert!(ended.is_ok(), "{sent:?} is waited for");
        let said = String::from_utf8_lossy(&said);
        assert!(said.starts_with(answered), "{sent:?}: {said}");
    }
    drop(idle);
}
