// One call of the engine: what is asked for, answered when it holds or when the time is up.
let request = null;

// What can be asked. Rust's side of it is question.rs; a test holds both to the same names.
//
// Waited for: asked whenever the page changes, until it is met.
const AWAITED = {
  look: ({ locator, condition, cells }, steady) => look(locator, condition, steady, cells),
  each: ({ parts }) => met(parts.map((one) => {
    try { return part(one); } catch (error) { return { state: 'broken', seen: String(error) }; }
  })),
  arrive: ({ origin, path, with_hash, ready }) => arrived(origin, path, with_hash, ready),
  aim: ({ locator, press, typing, grave, barred }) => aim(locator, press, { typing, grave, barred }),
  reach: ({ locator, typing, option, began, pointed }) => reach(locator, typing, option, began, pointed),
  dismiss: ({ locator, barred }) => dismissal(locator, barred),
  frame: ({ locator, may_lack }) => frameOf(locator, may_lack),
  through: ({ locator, point, press }) => through(locator, point, press),
  offer: ({ locator, option }) => offered(locator, option, () => met()),
  options: ({ locator }) => selectAt(locator, (el) => met(offeredBy(el).map((option) => [squeeze(option.label), !disabled(option)]))),
  rows: ({ locator, cells }) => listed(locator, cells),
  meta: ({ name, content }) => metaCarried(name, content),
  shown: ({ locator }) => shown(locator),
  tree: ({ locator }) => {
    const { el, why } = one(locator);
    return el ? met(treeOf(el)) : notYet(why);
  },
  survey: ({ rest, most, part }, steady) => surveyed(rest, most, part, steady),
  ways: ({ of, changes, inside }) => met(waysTo(of, changes, inside)),
  entry: ({ of }) => met(entryOf(of)),
  whose: ({ locators }) => met(whose(locators)),
  holder: ({ things }) => met(partOf(things)),
};
// Asked once. `done`: what came of what was last aimed at.
const ASKED_ONCE = {
  typed: (_, done) => typed(done),
  landed: () => met(),
  choose: ({ locator, option }) => offered(locator, option, choose),
  // The document as it came, whatever its page has made of its address since.
  born: () => met({ address: performance.getEntriesByType('navigation')[0]?.name ?? location.href, born: performance.timeOrigin }),
  // For whoever asks a driver directly.
  outline: () => met(outline()),
};
// Asked once for the record of a run, which takes no note of what came of the last aim.
const ASKED_ASIDE = {
  witness: ({ since }) => witness(since),
  veil: () => veil(),
  unveil: () => unveil(),
  keep: () => keepPage(),
};

async function answer() {
  const { do: name, of = {} } = request;
  if (ASKED_ASIDE[name]) return ASKED_ASIDE[name](of);
  const done = disarm();
  if (done && done.missed) return { state: 'missed', seen: `the pointer met ${done.missed}` };
  if (done && done.slipped) return { state: 'slipped', seen: done.slipped };
  if (ASKED_ONCE[name]) return ASKED_ONCE[name](of, done);
  if (!AWAITED[name]) throw new Error(`the engine cannot do ${name}`);
  const steady = {};
  return until(() => AWAITED[name](of, steady), request.ms);
}

// What is asked of one of several things at the same moment.
const PARTS = {
  look: ({ locator, condition }) => look(locator, condition, {}),
  now: ({ locator }) => {
    const { el, from } = one(locator);
    return met({ reading: el && (visible(el) || isField(el)) ? reading(el, from) : null });
  },
  chosen: ({ locator }) => met({ names: findAll(locator).filter((el) => checked(el) === true).map((el) => squeeze(nameOf(el)) || textOf(el)) }),
};
const part = (asked) => PARTS[asked.do](asked);

// Role and name of everything perceivable that has a role, in document order.
function outline() {
  fresh();
  const nodes = [];
  for (const el of elementsUnder(document.documentElement)) {
    const role = roleOf(el);
    if (role && perceivable(el)) nodes.push([role, nameOf(el)]);
  }
  return nodes;
}

// What the page says to a person just now: alerts, and what is wrong with a field.
function saidNow() {
  const fields = [...document.querySelectorAll('[aria-invalid=true]')];
  const about = fields.flatMap((el) => ['aria-errormessage', 'aria-describedby'].flatMap((name) => (el.getAttribute(name) || '').split(/\s+/)));
  const told = [...document.querySelectorAll('[role=alert],[role=alertdialog],[aria-live=assertive]'), ...about.map((id) => id && document.getElementById(id))];
  const texts = told.filter((el) => el && visible(el)).map(textOf).filter(Boolean);
  return [...new Set(texts)].slice(0, 3);
}

function nearOf({ ready, locator = ready, condition }) {
  return locator && !(condition && condition.is === 'absent') ? nearMisses(locator) : [];
}

// How many there were of what exactly one was wanted of, on a page that is there.
function foundOf({ ready, locator = ready, condition }) {
  if (!locator || (condition && ['absent', 'unoffered', 'count'].includes(condition.is)) || beingLeft() || stillLoading()) return null;
  const all = findAll(locator);
  return all.filter(visible).length || all.length;
}

// No answer holds more than this of one text, a page's tree among them.
const MOST_ANSWERED = 1_000_000;
function wellFormed(value) {
  if (typeof value === 'string') {
    return whole(value.length > MOST_ANSWERED ? `${value.slice(0, MOST_ANSWERED)}… (cut: ${value.length} characters in all)` : value);
  }
  if (Array.isArray(value)) return value.map(wellFormed);
  if (!value || typeof value !== 'object' || value instanceof Node) return value;
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, wellFormed(held)]));
}

// What went wrong, and where; some browsers do not say the first with the second.
function told(error) {
  const stack = String((error && error.stack) || '');
  return stack.startsWith(String(error)) ? stack : `${error}\n${stack}`;
}

// What the engine calls: an answer, whatever happens.
async function answered(asked) {
  request = asked;
  try {
    const result = await answer();
    if (result.state === 'not yet' && request.last) {
      result.near = nearOf(request.of);
      result.found = foundOf(request.of);
      result.said = saidNow().filter((text) => !String(result.seen).includes(text));
      const came = performance.getEntriesByType('navigation')[0];
      if (came) result.document = { address: came.name, status: came.responseStatus || 0 };
    }
    result.at = location.href;
    return wellFormed(result);
  } catch (error) {
    return wellFormed({ state: 'broken', seen: cut(told(error)), at: location.href });
  }
}
