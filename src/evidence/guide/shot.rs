//! A picture of the guide: what is pressed on it, and which parts of it show that on a phone.

use std::path::Path;

use anyhow::Context as _;
use minijinja::{Value, context};
use serde::{Deserialize, Serialize};

use crate::evidence::{PressRecord, StepRecord, picture};

/// A part of a picture is at least so wide and high, px: what is round a control tells where it is.
const LEAST: (f64, f64) = (480.0, 300.0);
/// And at most, unless a single control is larger: a phone shows it large enough to be read.
const MOST: (f64, f64) = (640.0, 640.0);
/// So much is shown round what is pressed, px.
const MARGIN: f64 = 24.0;

/// A picture, as the output folder remembers it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Shot {
    /// As a `data:` address.
    picture: String,
    /// Its size, px.
    width: f64,
    height: f64,
    /// What is pressed on it, in that order.
    marks: Vec<Area>,
}

/// Part of a picture, px from its corner at the upper left.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Area {
    left: f64,
    top: f64,
    width: f64,
    height: f64,
}

impl Shot {
    /// The picture `file` of a page after the first of these steps: what was pressed on that page in it, and what the steps after it
    /// press first, as long as they are on the same page.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn of(steps: &[StepRecord], file: &Path) -> anyhow::Result<Self> {
        let size =
            imagesize::size(file).with_context(|| format!("reading the size of the picture {}", file.display()))?;
        let (width, height) = (size.width as f64, size.height as f64);
        let Some((step, after)) = steps.split_first() else { anyhow::bail!("the picture of no step") };
        let page = step.address.as_deref().map(page_of);
        let is_here = |press: &&PressRecord| page == Some(page_of(&press.address));
        let next = after.iter().find_map(|step| step.pressed.first()).filter(is_here);
        let pressed = step.pressed.iter().filter(is_here).chain(next);
        let mut marks: Vec<Area> = Vec::new();
        for area in pressed.filter_map(|press| Area::within(press, width, height)) {
            // What is typed into is pressed again for each thing that is typed, and a menu to be closed.
            if !marks.iter().any(|mark| mark.meets(&area)) {
                marks.push(area);
            }
        }
        Ok(Self { picture: picture::data_url(file)?, width, height, marks })
    }

    /// As the template takes it, with the parts that show all marks.
    pub(super) fn value(&self) -> Value {
        let Self { picture, width, height, marks } = self;
        let areas = |areas: &[Area]| areas.iter().map(Area::value).collect::<Vec<_>>();
        context! { picture, width, height, marks => areas(marks), parts => areas(&self.parts()) }
    }

    /// What of it matters, in the order of the marks: all of these, with what is round them; the whole of it where there are none.
    fn parts(&self) -> Vec<Area> {
        let mut parts: Vec<Area> = Vec::new();
        for mark in &self.marks {
            let with =
                parts.last().map(|last| last.and(*mark)).filter(|both| both.width <= MOST.0 && both.height <= MOST.1);
            if with.is_some() {
                parts.pop();
            }
            parts.push(with.unwrap_or(*mark));
        }
        let side = |from: f64, long: f64, least: f64, of: f64| {
            let shown = (long + 2.0 * MARGIN).max(least).min(of);
            ((from - (shown - long) / 2.0).clamp(0.0, of - shown), shown)
        };
        let shown = parts.iter().map(|part| {
            let (left, width) = side(part.left, part.width, LEAST.0, self.width);
            let (top, height) = side(part.top, part.height, LEAST.1, self.height);
            Area { left, top, width, height }
        });
        let shown: Vec<Area> = shown.collect();
        if shown.is_empty() {
            vec![Area { left: 0.0, top: 0.0, width: self.width, height: self.height }]
        } else {
            shown
        }
    }
}

impl Area {
    fn value(&self) -> Value {
        let Self { left, top, width, height } = self;
        context! { left, top, width, height }
    }

    /// Where that is on a picture of this size, if it is on it.
    fn within(press: &PressRecord, width: f64, height: f64) -> Option<Self> {
        let (left, top) = (press.left.max(0.0), press.top.max(0.0));
        let (right, bottom) = ((press.left + press.width).min(width), (press.top + press.height).min(height));
        (right > left && bottom > top).then_some(Self { left, top, width: right - left, height: bottom - top })
    }

    /// Whether the two are in the same place, or one is in the other.
    fn meets(&self, other: &Self) -> bool {
        let inside = |inner: &Self, outer: &Self| {
            let (x, y) = (inner.left + inner.width / 2.0, inner.top + inner.height / 2.0);
            (outer.left..outer.left + outer.width).contains(&x) && (outer.top..outer.top + outer.height).contains(&y)
        };
        inside(self, other) || inside(other, self)
    }

    /// The smallest that holds both.
    fn and(self, other: Self) -> Self {
        let (left, top) = (self.left.min(other.left), self.top.min(other.top));
        let right = (self.left + self.width).max(other.left + other.width);
        let bottom = (self.top + self.height).max(other.top + other.height);
        Self { left, top, width: right - left, height: bottom - top }
    }
}

/// An address without what may change while a page stays: its query and fragment.
fn page_of(address: &str) -> &str {
    address.split(['?', '#']).next().unwrap_or(address)
}
