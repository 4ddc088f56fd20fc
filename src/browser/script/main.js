// One call of the engine: what is asked for, answered when it holds or when the time is up.
let request = null;

async function answer() {
  if (request.do === 'witness') return witness(request.since);
  if (request.do === 'veil') return veil();
  if (request.do === 'unveil') return unveil();
  const done = disarm();
  if (done && done.missed) return { state: 'missed', seen: `the pointer met ${done.missed}` };
  if (done && done.slipped) return { state: 'slipped', seen: done.slipped };
  const steady = {};
  switch (request.do) {
    case 'look': return until(() => look(request.locator, request.condition, steady, request.cells), request.ms);
    case 'each': return until(() => ({ state: 'ok', answers: request.parts.map((one) => {
      try { return part(one); } catch (error) { return { state: 'broken', seen: String(error) }; }
    }) }), request.ms);
    case 'arrive': return until(() => arrived(request.place), request.ms);
    case 'aim': return until(() => aim(request.locator, request.press, request), request.ms);
    case 'typed': return typed(done);
    case 'landed': return { state: 'ok' };
    case 'frame': return until(() => frameOf(request.locator), request.ms);
    case 'through': return until(() => through(request.locator, request.point, request.press), request.ms);
    case 'option': return until(() => { const { select, option, ...answer } = optionOf(request.locator, request.option); return answer; }, request.ms);
    case 'choose': return choose(request.locator, request.option);
    case 'options': return until(() => {
      const { el, why } = one(request.locator);
      if (!el) return notYet(why);
      if (el.localName !== 'select') return notYet(`not a native select: ${describe(el)}`);
      return { state: 'ok', options: [...el.options].map((option) => [squeeze(option.label), !disabled(option)]) };
    }, request.ms);
    case 'rows': return until(() => ({ state: 'ok', rows: rowsOf(request.locator, request.cells) }), request.ms);
    case 'meta': return until(() => metaCarried(request.name, request.content), request.ms);
    case 'shown': return until(() => shown(request.locator), request.ms);
    // The document as it came, whatever its page has made of its address since.
    case 'born': return { state: 'ok', seen: performance.getEntriesByType('navigation')[0]?.name ?? location.href, born: performance.timeOrigin };
    case 'outline': return { state: 'ok', outline: outline() };
    case 'tree': return until(() => {
      const { el, why } = one(request.locator);
      return el ? { state: 'ok', tree: treeOf(el) } : notYet(why);
    }, request.ms);
    default: throw new Error(`the engine cannot do ${request.do}`);
  }
}

// What is asked of one of several things at the same moment.
function part(asked) {
  switch (asked.do) {
    case 'look': return look(asked.locator, asked.condition, {});
    case 'now': {
      const { el } = one(asked.locator);
      return { state: 'ok', reading: el && (visible(el) || isField(el)) ? reading(el) : null };
    }
    case 'chosen': {
      const names = findAll(asked.locator).filter((el) => checked(el) === true).map((el) => squeeze(nameOf(el)) || textOf(el));
      return { state: 'ok', names };
    }
    default: throw new Error(`the engine cannot do ${asked.do} of several things`);
  }
}

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

// An option of a native select, once it can be chosen.
function optionOf(locator, wanted) {
  const { el, why } = one(locator);
  if (!el) return notYet(why);
  if (el.localName !== 'select') return notYet(`not a native select: ${describe(el)}`);
  const options = [...el.options].filter((option) => matches(wanted, squeeze(option.label)));
  const offered = () => `it offers ${[...el.options].map((option) => JSON.stringify(squeeze(option.label)) + (option.disabled ? ' [disabled]' : '')).join(', ') || 'nothing'}`;
  if (options.length !== 1) return notYet(options.length ? `${options.length} such options; ${offered()}` : offered());
  if (disabled(el)) return notYet(`the select is disabled: ${describe(el)}`);
  if (disabled(options[0])) return notYet(`that option is disabled; ${offered()}`);
  const target = aimedAt(el);
  if (!target) return notYet(`there, but not visible: ${describe(el)}`);
  const spot = reachable(target, el);
  if (!spot.point) return notYet(spot.why);
  return { state: 'ok', reading: reading(el), select: el, option: options[0] };
}
// No pointer reaches the list of a native select, which browsers draw outside the page: the page is told as of a person's choice.
function choose(locator, wanted) {
  const { select, option, ...answer } = optionOf(locator, wanted);
  if (answer.state !== 'ok') return answer;
  select.focus();
  if (!option.selected) {
    option.selected = true;
    select.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
    select.dispatchEvent(new Event('change', { bubbles: true }));
  }
  return answer;
}

function rowsOf(locator, cells) {
  return findAll(locator).filter(visible).map((row) => Object.fromEntries(Object.entries(cells).map(([name, cell]) => {
    const found = findAll(cell, row);
    return [name, found.length === 1 ? textOf(found[0]) : null];
  })));
}

function nearOf(asked) {
  if (asked.do === 'arrive') return nearMisses(asked.place.ready);
  if (!asked.locator) return [];
  return asked.condition && asked.condition.is === 'absent' ? [] : nearMisses(asked.locator);
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

// What the engine calls: an answer, whatever happens.
async function answered(asked) {
  request = asked;
  try {
    const result = await answer();
    if (result.state === 'not yet' && request.last) {
      result.near = nearOf(request);
      const came = performance.getEntriesByType('navigation')[0];
      if (came) result.document = { address: came.name, status: came.responseStatus || 0 };
    }
    result.at = location.href;
    return wellFormed(result);
  } catch (error) {
    return wellFormed({ state: 'broken', seen: cut(String(error && error.stack || error)), at: location.href });
  }
}
