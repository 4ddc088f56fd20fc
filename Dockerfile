# The suite and its stand-in, without a browser: in docker-compose.yml that is a container of its own.
#
# Both stages use the same paths, because the test binary carries those of its build: of the `dcdb-e2e` binary that it
# starts, and of the snapshots that it compares with.

FROM rust:1.95.0-bookworm AS build
ENV CARGO_INCREMENTAL=0 CARGO_PROFILE_RELEASE_STRIP=symbols
WORKDIR /suite
COPY . .
# Cargo puts a hash into the name of the test binary; an entry point needs a fixed one.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    cargo test --locked --release --no-run --test purchase --message-format=json > /tmp/built.json \
    && cp "$(sed -n 's/.*"executable":"\([^"]*\/purchase-[^"]*\)".*/\1/p' /tmp/built.json)" target/release/purchase

FROM debian:bookworm-slim
# For remote ends and targets with TLS. The latest certificates are the right ones, and Debian keeps no older package.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/*
# What a run writes: reports, and the ledger of real orders. The rest belongs to root, so a run cannot change what it is
# compared with.
RUN useradd --create-home --uid 10001 suite \
    && install -d -o suite -g suite /suite/target/e2e /home/suite/.local/state
WORKDIR /suite
COPY --from=build /suite/target/release/dcdb-e2e /suite/target/release/purchase target/release/
COPY features features
COPY tests tests
# By number, as whoever runs it may have to know that it is not root.
USER 10001
ENTRYPOINT ["/suite/target/release/purchase"]
