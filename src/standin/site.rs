//! The site: its database, wording and templates, and how a page is made of them.

use crate::warn;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use anyhow::Context as _;
use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use minijinja::{Environment, UndefinedBehavior, Value, context, value::Serde};

use super::{
    ServeArgs, Skin,
    store::{Lifetimes, Store},
    visitor::{Names, Visitor},
    wording::Wording,
};

/// What all requests share.
pub struct Site {
    pub(super) store: Store,
    pub(super) wording: Wording,
    pub(super) lifetimes: Lifetimes,
    /// How long a price takes.
    pub(super) price_delay: Duration,
    /// How long a confirmation takes.
    pub(super) confirm_delay: Duration,
    /// The markup of its pages.
    pub(super) skin: Skin,
    /// What its hosts are called.
    pub(super) names: Names,
    templates: Environment<'static>,
    pub(super) latency: Duration,
    pub(super) jitter: Duration,
    pub(super) error_rate: f64,
    chance: Mutex<u64>,
}

impl Site {
    /// Opens the site's database and reads its templates.
    ///
    /// # Errors
    /// When either cannot be had.
    pub fn open(args: &ServeArgs) -> anyhow::Result<Arc<Self>> {
        let store = Store::open(args.db.as_deref()).with_context(|| match &args.db {
            Some(file) => format!("opening the database {}", file.display()),
            None => "opening the database in memory".to_owned(),
        })?;
        let scaled = |ms: f64| ms * args.delays;
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in args.skin.templates() {
            templates.add_template(name, source).with_context(|| format!("the template {name}"))?;
        }
        Ok(Arc::new(Self {
            store,
            wording: Wording::of(&args.lang)?,
            lifetimes: Lifetimes { delivery: scaled(300.0) as i64, initialisation: scaled(300.0) as i64 },
            price_delay: Duration::from_secs_f64(scaled(0.020)),
            confirm_delay: Duration::from_secs_f64(scaled(0.040)),
            skin: args.skin,
            names: Names::below(&args.names),
            templates,
            latency: Duration::from_millis(args.latency),
            jitter: Duration::from_millis(args.jitter),
            error_rate: args.error_rate,
            chance: Mutex::new(args.seed),
        }))
    }

    /// The next of a seeded row of numbers from 0 to 1.
    pub(super) fn chance(&self) -> f64 {
        let mut state = self.chance.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A page from its template.
    pub(super) fn page(&self, status: StatusCode, template: &str, visitor: &Visitor, values: Value) -> Response {
        match self.html(template, visitor, values) {
            Ok(html) => {
                let mut response = (status, Html(html)).into_response();
                response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
                response
            }
            Err(error) => {
                warn!("the template {template}: {error:#}");
                (StatusCode::INTERNAL_SERVER_ERROR, self.wording.say("error_500")).into_response()
            }
        }
    }

    /// What a template makes of these values, and of those that every page has.
    pub(super) fn html(&self, template: &str, visitor: &Visitor, values: Value) -> Result<String, minijinja::Error> {
        let session = visitor.session.as_ref();
        let all = context! {
            t => Serde(self.wording.texts()),
            sites => Serde(&visitor.sites),
            assets => self.skin.assets(),
            account => session.map(|session| session.account.name.clone()),
            csrf => session.map(|session| session.csrf.clone()).unwrap_or_default(),
            ..values
        };
        self.templates.get_template(template)?.render(all)
    }

    /// A plain page that says what went wrong.
    pub(super) fn refuse(&self, visitor: &Visitor, status: StatusCode) -> Response {
        let known = [400, 403, 404, 405, 413, 500, 503];
        let key =
            if known.contains(&status.as_u16()) { format!("error_{}", status.as_u16()) } else { "error_400".into() };
        self.page(
            status,
            "error.html",
            visitor,
            context! { message => self.wording.say(&key), status => status.as_u16() },
        )
    }

    /// What the database refused, said to nobody but the operator.
    pub(super) fn broken(&self, visitor: &Visitor, error: &rusqlite::Error) -> Response {
        warn!("the database: {error}");
        self.refuse(visitor, StatusCode::INTERNAL_SERVER_ERROR)
    }
}
