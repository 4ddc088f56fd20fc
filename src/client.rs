//! Requests that no browser makes: to the API, levers, channels, and the sites that the doctor asks.

use std::net::{Ipv4Addr, SocketAddr};

use reqwest::{Client, ClientBuilder};
use url::Url;

/// A client to ask these addresses. Every `*.localhost` name is this machine, as it is to a browser; the system's resolver may not
/// know it, or know better. Where none is behind TLS, the machine need know no certificates.
pub fn to<'a>(addresses: impl IntoIterator<Item = &'a Url>) -> ClientBuilder {
    let (mut builder, mut is_behind_tls) = (Client::builder(), false);
    for address in addresses {
        is_behind_tls |= address.scheme() != "http";
        if let Some((host, port)) = address.host_str().zip(address.port_or_known_default())
            && is_this_machine(host)
        {
            builder = builder.resolve(host, SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
        }
    }
    if is_behind_tls { builder } else { builder.tls_certs_only([]) }
}

/// Whether a name leads to this machine, whatever a resolver says (RFC 6761, 6.3).
pub fn is_this_machine(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}
