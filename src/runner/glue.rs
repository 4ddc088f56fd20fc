//! What binds features to the steps of a test target: the one place that knows the type of its world.

use std::{any::Any, collections::HashSet, fmt::Debug, sync::Arc};

use cucumber::{
    World,
    codegen::{StepConstructor, WorldInventory, inventory},
    gherkin::{self, StepType},
    step::AmbiguousMatchError,
};
use futures_util::future::LocalBoxFuture;

use super::{
    actor::Actor,
    phrase::{self, Phrase},
    plan::Case,
    run::Run,
};
use crate::{domain::Failure, evidence::Definition, pages::Browsing, spoken::counted, warn};

/// How a step of a feature is taken in a world; `None` where no single function is bound to it.
type Take = dyn for<'a> Fn(&'a mut dyn Actor, &gherkin::Step) -> Option<LocalBoxFuture<'a, ()>> + Send + Sync;
/// Whether a function is bound to a step.
type IsBound = dyn Fn(&gherkin::Step) -> Result<bool, AmbiguousMatchError> + Send + Sync;

/// A type of what is filled in in sentences, as a test target defines it.
#[derive(Debug, Clone, Copy)]
pub struct Parameter {
    /// Its name between braces.
    pub name: &'static str,
    /// What its words look like.
    pub pattern: &'static str,
    /// What it stands for, to those who write sentences.
    pub says: &'static str,
}

/// The steps that a test target defines, and the world they are taken in.
pub struct Glue {
    /// What is filled in in their sentences, beside texts, words and numbers.
    pub(super) parameters: Vec<Parameter>,
    /// The definitions of steps, by file and line.
    pub(super) definitions: Vec<Definition>,
    /// The sentences that are read together with a table below them.
    tables: Vec<&'static str>,
    is_bound: Box<IsBound>,
    begin: fn(&Case, &Run, Browsing) -> Box<dyn Actor>,
    take: Box<Take>,
}

impl Glue {
    /// Of the test target whose steps are defined on this world.
    #[must_use]
    pub fn of<W: Actor + World + WorldInventory + Debug>() -> Self {
        let known = Arc::new(W::collection());
        let steps = Arc::clone(&known);
        Self {
            parameters: Vec::new(),
            definitions: definitions::<W>(),
            tables: Vec::new(),
            is_bound: Box::new(move |step| known.find(step).map(|found| found.is_some())),
            begin: |case, run, browsing| Box::new(W::begin(case, run, browsing)),
            take: Box::new(move |actor, step| {
                let world = (actor as &mut dyn Any).downcast_mut::<W>()?;
                let (function, _, _, context) = steps.find(step).ok()??;
                Some(function(world, context))
            }),
        }
    }

    /// With these types of what is filled in in sentences.
    #[must_use]
    pub fn with_parameters(self, parameters: Vec<Parameter>) -> Self {
        Self { parameters, ..self }
    }

    /// With these sentences as those that are read together with a table below them, a name and a value in each row.
    #[must_use]
    pub fn with_tables(self, tables: &[&'static str]) -> Self {
        Self { tables: tables.to_vec(), ..self }
    }

    /// What the sentences of a definition look like.
    pub(super) fn phrase(&self, definition: &Definition) -> Phrase {
        Phrase::of(definition.pattern.as_str(), &self.parameters)
    }

    /// The lines that say which sentences come near to one that nobody defined.
    fn near(&self, step: &gherkin::Step) -> String {
        let (wanted, sentence) = (keyword(step.ty), step.value.as_str());
        // One that is defined but for another moment is the nearest of all.
        let elsewhere = self.definitions.iter().find(|one| one.pattern.is_match(sentence));
        let elsewhere = elsewhere.map(|one| format!("{} {}  (here it is a {wanted})", one.keyword, self.phrase(one)));
        let same = self.definitions.iter().filter(|definition| definition.keyword == wanted);
        let phrases: Vec<(&str, Phrase)> = same.map(|one| (one.keyword, self.phrase(one))).collect();
        let signs = phrase::but_for_signs(sentence, &phrases);
        let near = if signs.is_empty() { phrase::nearest(sentence, phrases) } else { signs };
        elsewhere.into_iter().chain(near).map(|near| format!("  near     {near}\n")).collect()
    }

    /// The world of a scenario that begins.
    pub(super) fn begin(&self, case: &Case, run: &Run, browsing: Browsing) -> Box<dyn Actor> {
        (self.begin)(case, run, browsing)
    }

    /// Takes a step; `None` where it is not bound, which `check` rules out.
    pub(super) fn take<'a>(&self, actor: &'a mut dyn Actor, step: &gherkin::Step) -> Option<LocalBoxFuture<'a, ()>> {
        (self.take)(actor, step)
    }

    /// Every step of every scenario that was selected is bound to exactly one function. Of `all` the others it is said where one
    /// is not: it stops only what it is in.
    ///
    /// # Errors
    /// Class test: names each step that is not, with a function to start from.
    pub(super) fn check(&self, selected: &[Case], all: &[Case]) -> anyhow::Result<()> {
        let faults = self.faults(selected);
        let elsewhere: Vec<(String, String)> =
            self.faults(all).into_iter().filter(|fault| !faults.contains(fault)).collect();
        if !elsewhere.is_empty() {
            let places: Vec<&str> = elsewhere.iter().map(|(place, _)| place.as_str()).collect();
            warn!("note: steps that were not selected cannot be run: {}", places.join(", "));
        }
        if faults.is_empty() {
            return Ok(());
        }
        let told: Vec<String> = faults.iter().map(|(place, what)| format!("{place}: {what}")).collect();
        Err(Failure::test(format!("{} cannot be run:\n{}", counted(faults.len(), "step"), told.join("\n"))).into())
    }

    /// The steps that are not bound to exactly one function: where each is, and what is amiss.
    fn faults(&self, cases: &[Case]) -> Vec<(String, String)> {
        let mut faults: Vec<(String, String)> = Vec::new();
        let mut looked_for = HashSet::new();
        for case in cases {
            for (index, step) in case.steps.iter().enumerate() {
                if !looked_for.insert((step.ty, &step.value, &step.table, &case.file, step.position.line)) {
                    continue;
                }
                let place = case.place(step.position.line);
                let fault = match (self.is_bound)(step) {
                    Ok(true) => {
                        faults.extend(self.fault_of_table(case, index, step));
                        continue;
                    }
                    Ok(false) => format!(
                        "no step is written as\n    {}{}\n{}  mend     correct the wording (-- --steps lists what there is), or define it in tests/purchase/steps/:\n{}",
                        step.keyword,
                        step.value,
                        self.near(step),
                        skeleton(step)
                    ),
                    Err(ambiguous) => format!(
                        "more than one step is written as\n    {}{}\n{}",
                        step.keyword,
                        step.value,
                        ambiguous
                            .possible_matches
                            .iter()
                            .map(|(pattern, place)| format!(
                                "  {pattern}{}\n",
                                place.map(|place| format!(" in {place}")).unwrap_or_default()
                            ))
                            .collect::<String>()
                    ),
                };
                if !faults.contains(&(place.clone(), fault.clone())) {
                    faults.push((place, fault));
                }
            }
        }
        faults
    }

    /// What is amiss with the table of a step, if anything is: where, and what.
    fn fault_of_table(&self, case: &Case, index: usize, step: &gherkin::Step) -> Option<(String, String)> {
        let sentence = step.value.as_str();
        let at = |row: usize, what: String| Some((case.place(case.line_of_row(index, row)), what));
        match (&step.table, self.tables.contains(&sentence)) {
            (None, false) => None,
            (None, true) => Some((
                case.place(step.position.line),
                format!(
                    "{sentence:?} needs a table below it\n  mend     write a name and a value in each row: | … | … |\n"
                ),
            )),
            (Some(_), false) => at(
                0,
                format!(
                    "{sentence:?} is read without a table below it\n  mend     remove the table; what is read with one is: {}\n",
                    self.tables.join(", ")
                ),
            ),
            (Some(table), true) => {
                let mut seen: Vec<&String> = Vec::new();
                for (row, cells) in table.rows.iter().enumerate() {
                    let [name, _] = cells.as_slice() else {
                        let what = format!(
                            "a row of the table of {sentence:?} is a name and a value; this one has {}\n  mend     write it as | … | … |\n",
                            counted(cells.len(), "cell")
                        );
                        return at(row, what);
                    };
                    if let Some(first) = seen.iter().position(|seen| *seen == name) {
                        let first = case.line_of_row(index, first);
                        return at(
                            row,
                            format!("{name} stands in line {first} already\n  mend     leave one of them\n"),
                        );
                    }
                    seen.push(name);
                }
                None
            }
        }
    }
}

fn skeleton(step: &gherkin::Step) -> String {
    let kind = format!("{:?}", step.ty).to_lowercase();
    let mut name = format!("{kind}_");
    for c in step.value.to_lowercase().chars() {
        match c {
            c if c.is_ascii_alphanumeric() => name.push(c),
            _ if !name.ends_with('_') => name.push('_'),
            _ => {}
        }
    }
    format!(
        "    #[{kind}(expr = {:?})]\n    async fn {}(world: &mut World) -> StepResult {{ … }}\n",
        step.value,
        name.trim_end_matches('_')
    )
}

/// As features in English write it.
pub const fn keyword(kind: StepType) -> &'static str {
    match kind {
        StepType::Given => "Given",
        StepType::When => "When",
        StepType::Then => "Then",
    }
}

/// All definitions of steps, by file and line. Cucumber's own collection of them cannot be listed.
fn definitions<W: WorldInventory + 'static>() -> Vec<Definition> {
    let mut all = of::<W, _>(StepType::Given, inventory::iter::<W::Given>);
    all.extend(of::<W, _>(StepType::When, inventory::iter::<W::When>));
    all.extend(of::<W, _>(StepType::Then, inventory::iter::<W::Then>));
    all.sort_by(|one, other| (&one.file, one.line).cmp(&(&other.file, other.line)));
    all
}

fn of<W: 'static, C: StepConstructor<W> + 'static>(
    kind: StepType,
    defined: impl IntoIterator<Item = &'static C>,
) -> Vec<Definition> {
    let defined = defined.into_iter().map(|one| {
        let (at, pattern, _) = one.inner();
        Definition { keyword: keyword(kind), pattern: pattern(), file: at.path.to_owned(), line: at.line }
    });
    defined.collect()
}
