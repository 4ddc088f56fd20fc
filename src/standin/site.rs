//! The site: its database, wording and templates, and how a page is made of them.

use crate::warn;
use std::{
    collections::HashMap,
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
    Generation, ServeArgs, Skin,
    defects::Seams,
    store::{Lifetimes, Store},
    visitor::{Names, Visitor},
    wording::Wording,
};

/// What all requests share.
pub struct Site {
    pub(super) store: Store,
    pub(super) seams: Arc<Seams>,
    pub(super) wording: Wording,
    pub(super) lifetimes: Lifetimes,
    /// How long a price takes.
    pub(super) price_delay: Duration,
    /// How long a confirmation takes.
    pub(super) confirm_delay: Duration,
    /// The markup of its pages.
    pub(super) skin: Skin,
    /// Their generation.
    pub(super) generation: Generation,
    /// What its hosts are called.
    pub(super) names: Names,
    templates: Environment<'static>,
    /// Its styles and scripts: content type and text, by name.
    assets: HashMap<&'static str, (&'static str, String)>,
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
        let seams = Arc::new(Seams::with(args.defect.as_deref())?);
        let store = Store::open(args.db.as_deref(), &seams).with_context(|| match &args.db {
            Some(file) => format!("opening the database {}", file.display()),
            None => "opening the database in memory".to_owned(),
        })?;
        let skin = if args.generation.is_today() { Skin::Tea } else { args.skin };
        let scaled = |ms: f64| ms * args.delays;
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        for (name, source) in skin.templates() {
            let source = seams.written(&skin.file(name), source)?.into_owned();
            templates.add_template_owned(*name, source).with_context(|| format!("the template {name}"))?;
        }
        let mut assets = HashMap::new();
        for (name, kind, text) in skin.texts() {
            assets.insert(name, (kind, seams.written(&skin.file(name), text)?.into_owned()));
        }
        let wording = Wording::of(&args.lang, args.generation, &seams)?;
        seams.concern(skin, &args.lang)?;
        Ok(Arc::new(Self {
            store,
            wording,
            lifetimes: Lifetimes { delivery: scaled(300.0) as i64, initialisation: scaled(300.0) as i64 },
            price_delay: Duration::from_secs_f64(scaled(0.020)),
            confirm_delay: Duration::from_secs_f64(scaled(0.040)),
            skin,
            generation: args.generation,
            names: Names::below(&args.names),
            templates,
            assets,
            seams,
            latency: Duration::from_millis(args.latency),
            jitter: Duration::from_millis(args.jitter),
            error_rate: args.error_rate,
            chance: Mutex::new(args.seed),
        }))
    }

    /// A style or script of its skin, by the part of its address behind [`super::skins::ASSETS`]: content type and text.
    pub(super) fn asset(&self, path: &str) -> Option<(&'static str, String)> {
        let name = path.strip_prefix(self.skin.name())?.strip_prefix('/')?;
        self.assets.get(name).map(|(kind, text)| (*kind, text.clone()))
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
            at => context! { purchase => self.generation.purchase(&visitor.sites), list => self.generation.list(&visitor.sites), today => self.generation.is_today() },
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
