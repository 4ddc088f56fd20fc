//! What lies between a run's browser and a site, and does something at one request: kills, holds it back, breaks a file.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
};

/// A request.
#[derive(Debug, Clone, Copy)]
pub struct Point {
    /// How the request begins.
    pub line: &'static str,
    /// The host that it is for begins so.
    pub host: &'static str,
    /// The how manieth of its kind: the account is looked at before the scenario begins, and its orders before
    /// the first purchase.
    pub nth: usize,
    /// Something is done only once the site answers: by then it has done what was asked. Else the request has not arrived.
    pub arrives: bool,
}

pub const fn point(line: &'static str, host: &'static str, nth: usize, arrives: bool) -> Point {
    Point { line, host, nth, arrives }
}

/// What becomes of the traffic after something was done at the point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Then {
    /// It goes on.
    Pass,
    /// Nothing passes any more, this request (or its answer) neither: browsers send again what a closed connection lost.
    Close,
}

type Act = Box<dyn FnOnce() -> Then + Send>;

#[derive(Default)]
struct State {
    closed: bool,
    armed: Option<(Point, usize, Act)>,
}

/// What passes all traffic on, and acts at one request.
pub struct Bridge {
    pub port: u16,
    state: Arc<Mutex<State>>,
}

impl Bridge {
    pub fn to(site: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("its address").port();
        let state: Arc<Mutex<State>> = Arc::default();
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let state = Arc::clone(&shared);
                thread::spawn(move || pass(client, site, &state));
            }
        });
        Self { port, state }
    }

    /// A profile of the site, by way of this bridge.
    pub fn over(&self, profile: &str, site: u16) -> String {
        profile.replace(&format!(":{site}"), &format!(":{}", self.port))
    }

    /// Acts once, at this point. What blocks holds that request (or its answer) back, and no other.
    pub fn at(&self, point: Point, act: impl FnOnce() -> Then + Send + 'static) {
        *self.state.lock().expect("the lock") = State { closed: false, armed: Some((point, 0, Box::new(act))) };
    }

    /// Whether the point was come to.
    pub fn acted(&self) -> bool {
        self.state.lock().expect("the lock").armed.is_none()
    }
}

/// One connection: each request head in what the browser sends is looked at.
fn pass(mut client: TcpStream, site: u16, state: &Arc<Mutex<State>>) {
    let due_with_answer: Arc<Mutex<Option<Act>>> = Arc::default();
    let Some(mut server) = connection(&client, site, &due_with_answer, state) else { return };
    let mut chunk = [0u8; 65_536];
    // What was let pass is let pass with its body.
    let mut passed = false;
    // What was held back is done all the same, though nobody waits for the answer any more: a site told that its client has gone
    // would let it be.
    let mut held = false;
    while let Ok(count @ 1..) = client.read(&mut chunk) {
        let text = String::from_utf8_lossy(&chunk[..count]).to_lowercase();
        let due = {
            let mut state = state.lock().expect("the lock");
            if state.closed && !passed {
                break;
            }
            let meant = |point: &Point| {
                text.starts_with(&point.line.to_lowercase()) && text.contains(&format!("\r\nhost: {}", point.host))
            };
            let due = state.armed.as_mut().is_some_and(|(point, seen, _)| {
                *seen += usize::from(meant(point));
                meant(point) && *seen == point.nth
            });
            if due { state.armed.take() } else { None }
        };
        match due {
            Some((point, _, act)) if point.arrives => {
                passed = true;
                *due_with_answer.lock().expect("the lock") = Some(act);
            }
            Some((.., act)) => {
                held = true;
                if done(act, state) == Then::Close {
                    break;
                }
                // The site waits on the first one only so long.
                let Some(new) = connection(&client, site, &due_with_answer, state) else { break };
                server = new;
            }
            None => {}
        }
        if server.write_all(&chunk[..count]).is_err() {
            break;
        }
    }
    if !held {
        let _closed = server.shutdown(std::net::Shutdown::Write);
    }
}

/// A connection to the site, whose answers go back to the client, but for those at which something is due.
fn connection(
    client: &TcpStream,
    site: u16,
    due: &Arc<Mutex<Option<Act>>>,
    state: &Arc<Mutex<State>>,
) -> Option<TcpStream> {
    let server = TcpStream::connect(("127.0.0.1", site)).ok()?;
    let (mut answers, mut back) = (server.try_clone().ok()?, client.try_clone().ok()?);
    let (due, shared) = (Arc::clone(due), Arc::clone(state));
    thread::spawn(move || {
        let mut chunk = [0u8; 65_536];
        while let Ok(count @ 1..) = answers.read(&mut chunk) {
            let act = due.lock().expect("the lock").take();
            if act.is_some_and(|act| done(act, &shared) == Then::Close) || back.write_all(&chunk[..count]).is_err() {
                break;
            }
        }
        let _closed = back.shutdown(std::net::Shutdown::Both);
    });
    Some(server)
}

fn done(act: Act, state: &Mutex<State>) -> Then {
    let then = act();
    if then == Then::Close {
        state.lock().expect("the lock").closed = true;
    }
    then
}
