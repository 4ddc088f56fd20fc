'use strict';
// The report's own script. What comes from the run is set as text or attribute, never as markup.
const data = JSON.parse(document.getElementById('data').textContent);
const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

function h(tag, attributes, ...children) {
  const el = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === 'on') for (const [event, listener] of Object.entries(value)) el.addEventListener(event, listener);
    else el.setAttribute(name, value === true ? '' : value);
  }
  el.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ''));
  return el;
}
const time = (ms) => ms < 1000 ? `${Math.round(ms)} ms` : ms < 120000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60000)} min ${Math.floor(ms % 60000 / 1000)} s`;
const MARKS = { passed: '✓', failed: '✗', flaky: '~', skipped: '–' };
const icon = (status) => h('span', { class: `icon ${status}`, 'aria-hidden': 'true' }, MARKS[status] || '–');
const unseen = (text) => h('span', { class: 'unseen' }, text);

// --- filter by status, tag and text
const scenarios = all('.scenario');
const search = $('#search');
const tagSelect = $('#tag');
const buttons = all('[data-filter]');
const texts = new Map();
function textOf(el) {
  if (!texts.has(el)) {
    const { attempts, place } = data.scenarios[el.id];
    const steps = attempts.flatMap((attempt) => [attempt.reason && attempt.reason.sentence, ...attempt.steps.flatMap((step) => [step.keyword + ' ' + step.text, ...(step.table || []).flat()])]);
    const rule = $('h3', el.parentElement);
    texts.set(el, [$('.title', el).textContent, rule && rule.textContent, $('h2', el.closest('.feature')).textContent, place, ...steps].join('\n').toLowerCase());
  }
  return texts.get(el);
}
function filter() {
  const wanted = buttons.filter((button) => button.getAttribute('aria-pressed') === 'true').map((button) => button.dataset.filter);
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const el of scenarios) {
    const tags = el.dataset.tags.split(' ');
    const fits = (!wanted.length || wanted.includes(el.dataset.status))
      && (!tagSelect.value || tags.includes(tagSelect.value))
      && words.every((word) => word.startsWith('@') ? tags.some((tag) => tag.toLowerCase() === word.slice(1)) : textOf(el).includes(word));
    el.hidden = !fits;
    if (fits) shown += 1;
  }
  for (const group of all('.rule, .feature')) group.hidden = !$('.scenario:not([hidden])', group);
  $('.nothing').hidden = shown > 0;
  $('#shown').textContent = shown === scenarios.length ? `${shown} scenario${shown === 1 ? '' : 's'}` : `${shown} of ${scenarios.length} scenarios`;
}
function showAll() {
  search.value = '';
  tagSelect.value = '';
  for (const button of buttons) button.setAttribute('aria-pressed', 'false');
  filter();
}
for (const button of buttons) {
  button.addEventListener('click', () => {
    button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
    choose('scenarios');
    filter();
  });
}
search.addEventListener('input', filter);
tagSelect.addEventListener('change', filter);
$('.filters').addEventListener('reset', (event) => { event.preventDefault(); showAll(); });
$('.filters').addEventListener('submit', (event) => event.preventDefault());
$('[data-clear]').addEventListener('click', showAll);
for (const button of all('[data-tag]')) {
  button.addEventListener('click', () => { showAll(); tagSelect.value = button.dataset.tag; choose('scenarios'); filter(); $('#tab-scenarios').focus(); });
}

// --- tabs
const tabs = all('[role=tab]');
function choose(name) {
  for (const tab of tabs) {
    const on = tab.getAttribute('aria-controls') === name;
    tab.setAttribute('aria-selected', String(on));
    tab.tabIndex = on ? 0 : -1;
    document.getElementById(tab.getAttribute('aria-controls')).hidden = !on;
  }
}
tabs.forEach((tab, index) => {
  tab.addEventListener('click', () => choose(tab.getAttribute('aria-controls')));
  tab.addEventListener('keydown', (event) => {
    const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    const next = tabs[(to + tabs.length) % tabs.length];
    next.focus();
    next.click();
  });
});

// --- a scenario is filled in when it is opened
for (const el of scenarios) el.addEventListener('toggle', () => { if (el.open) fill(el); });
function fill(el) {
  if (el.dataset.filled) return;
  el.dataset.filled = 'yes';
  const scenario = data.scenarios[el.id];
  const last = scenario.attempts[scenario.attempts.length - 1];
  const tried = scenario.attempts.length > 1;
  const body = h('div', { class: 'body' });
  body.append(...scenario.attempts.slice(0, -1).map((attempt, index) => h('div', {}, h('h4', {}, `Attempt ${index + 1}, ${time(attempt.ms)}`), attemptOf(attempt, true))));
  body.append(h('div', {}, tried ? h('h4', {}, `Attempt ${scenario.attempts.length}, ${time(last.ms)}`) : null, attemptOf(last, false)));
  if (scenario.repeat) body.append(h('div', {}, h('h4', {}, 'Run just this scenario again'), command(scenario.repeat)));
  if (scenario.past.length > 1) body.append(pastOf(scenario, last));
  body.append(h('p', { class: 'quiet' }, `${scenario.place}${scenario.worker ? `, worker ${scenario.worker}` : ''}`));
  el.append(body);
}
function attemptOf(attempt, before) {
  const parts = h('div', { class: 'body', style: 'padding: 0' });
  if (attempt.reason) parts.append(attempt.class ? failure(attempt, before) : h('p', {}, attempt.reason.sentence));
  const pair = pairOf(attempt);
  if (pair) parts.append(pair);
  const kept = attempt.steps.find((step) => step.page !== undefined);
  if (kept) parts.append(h('p', {}, wholePage(kept), h('span', { class: 'quiet' }, ' to look around in; it does nothing and asks no server')));
  const film = filmOf(attempt);
  // The one picture that there is may be in the pair already.
  if (film && !(pair && attempt.steps.filter((step) => step.picture !== undefined).length === 1)) parts.append(film);
  if (attempt.steps.length) parts.append(stepsOf(attempt));
  if (attempt.console.length) parts.append(consoleOf(attempt));
  return parts;
}
function failure(attempt, before) {
  const { sentence, facts, more } = attempt.reason;
  return h('div', { class: before ? 'failure before' : 'failure' }, h('p', { class: 'words' }, attempt.words), h('p', { class: 'sentence' }, sentence),
    facts.length ? h('dl', { class: 'reason' }, facts.map(([label, text]) => h('div', {}, h('dt', {}, label), h('dd', {}, text)))) : null,
    more.length ? marked(more) : null);
}
// Lines of a page state that differs keep their colours; everything else is text.
function marked(lines) {
  if (!lines.some((line) => /^[-+] /.test(line))) return h('pre', {}, lines.join('\n'));
  const kinds = { '-': 'gone', '+': 'added' };
  return h('div', { class: 'diff', style: 'margin-top: 10px; background: var(--card)' }, lines.map((line) => h('div', { class: kinds[line[0]] }, line.slice(2))));
}

// --- steps
function stepsOf(attempt) {
  const whole = Math.max(1, ...attempt.steps.map((step) => step.at + step.ms));
  const rows = attempt.steps.map((step, index) => {
    const before = attempt.steps.slice(0, index).reverse().find((earlier) => earlier.state !== undefined);
    const wording = h('span', { class: 'wording' }, unseen(`${step.outcome}: `), h('span', { class: 'keyword' }, step.keyword), ' ', words(step.text));
    const changes = step.state === undefined ? null : changesOf(before, step);
    if (changes && (changes.added || changes.gone)) wording.append(h('span', { class: 'changes' }, `+${changes.added} −${changes.gone}`));
    if (step.table) wording.append(h('div', { class: 'wide' }, h('table', {}, step.table.map((row) => h('tr', {}, row.map((cell) => h('td', {}, cell)))))));
    if (step.doc) wording.append(h('pre', {}, step.doc));
    const skipped = step.outcome === 'skipped';
    const line = [icon(step.outcome), wording,
      h('span', { class: 'fall', 'aria-hidden': 'true' }, skipped ? null : h('span', { style: `left: ${100 * step.at / whole}%; width: ${100 * step.ms / whole}%` })),
      h('span', { class: 'took' }, skipped ? '' : time(step.ms))];
    if (step.state === undefined && !step.requests && !step.calls && !step.attached && step.picture === undefined) return h('div', { class: `step-row ${step.outcome}` }, h('div', { class: 'flat' }, line));
    const row = h('details', { class: `step-row ${step.outcome}` }, h('summary', {}, line));
    row.addEventListener('toggle', () => { if (row.open && row.children.length === 1) row.append(insideOf(step, before)); });
    // Where it failed is what one looks for.
    if (step.outcome === 'failed') row.open = true;
    return row;
  });
  return h('div', { class: 'steps' }, rows);
}
// What is quoted in a step is what varies.
const words = (text) => text.split(/("[^"]*")/).map((part) => part.startsWith('"') && part.length > 1 ? h('q', {}, part) : part);

function insideOf(step, before) {
  const inside = h('div', { class: 'inside' });
  if (step.address !== undefined) {
    const from = before && before.address !== step.address ? `${data.lines[before.address]} → ` : '';
    inside.append(h('p', { class: 'address' }, from + data.lines[step.address]));
  }
  if (step.state !== undefined) inside.append(h('div', {}, h('h4', {}, before ? 'The page before (−) and after (+) this step' : 'The page after this step'), diffOf(before, step)));
  for (const [name, text, picture] of step.attached || []) {
    const shown = { keyword: '', text: name, picture };
    inside.append(h('div', { class: 'attached' }, h('h4', {}, `Attached: ${name}`), text === null
      ? h('button', { type: 'button', 'aria-label': `Enlarge: ${name}`, on: { click: () => enlarge([shown], 0) } }, h('img', { src: source(picture), alt: name }))
      : h('pre', {}, text)));
  }
  if (step.requests) {
    inside.append(h('div', {}, h('h4', {}, 'Asked of servers'), h('ul', { class: 'log' }, step.requests.map(([url, kind, status, ms]) =>
      h('li', {}, h('span', { class: `badge${status >= 400 ? ' error' : ''}` }, status || '–'), h('span', {}, data.lines[url]), h('span', { class: 'quiet' }, `${kind}, ${time(ms)}`))))));
  }
  if (step.calls) {
    inside.append(h('details', { class: 'calls' }, h('summary', {}, `Asked of the browser: ${step.calls.length} call${step.calls.length === 1 ? '' : 's'}`), h('ul', { class: 'log' }, step.calls.map(([doing, about, came, ms]) =>
      h('li', {}, h('span', { class: 'badge' }, time(ms)), h('span', {}, data.lines[about] || data.lines[doing], came === null ? null : h('span', { class: 'came' }, ` but: ${data.lines[came]}`)), h('span', { class: 'quiet' }, data.lines[about] ? data.lines[doing] : ''))))));
  }
  return inside;
}

// --- page states: numbers of lines, so equal lines are equal numbers
const memo = new Map();
function compare(before, after) {
  const a = before && before.state !== undefined ? data.states[before.state] : [];
  const b = data.states[after.state];
  const key = `${before ? before.state : ''} ${after.state}`;
  if (memo.has(key)) return memo.get(key);
  const table = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
  }
  const lines = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) { lines.push(['same', a[i]]); i += 1; j += 1; }
    else if (i < a.length && (j === b.length || table[i + 1][j] >= table[i][j + 1])) { lines.push(['gone', a[i]]); i += 1; }
    else { lines.push(['added', b[j]]); j += 1; }
  }
  memo.set(key, lines);
  return lines;
}
function changesOf(before, after) {
  if (!before) return null;
  const lines = compare(before, after);
  return { added: lines.filter(([kind]) => kind === 'added').length, gone: lines.filter(([kind]) => kind === 'gone').length };
}
function diffOf(before, after) {
  const lines = before ? compare(before, after) : data.states[after.state].map((line) => ['same', line]);
  const line = ([kind, number]) => h('div', { class: kind }, data.lines[number]);
  const out = h('div', { class: 'diff' });
  const near = (index) => lines.slice(Math.max(0, index - 3), index + 4).some(([kind]) => kind !== 'same');
  let folded = [];
  const fold = () => {
    if (!folded.length) return;
    const kept = folded;
    folded = [];
    const button = h('button', { type: 'button' }, `${kept.length} line${kept.length === 1 ? '' : 's'} ${before ? 'that did not change' : 'of the page'}`);
    button.addEventListener('click', () => button.replaceWith(...kept.map(line)));
    out.append(button);
  };
  lines.forEach((one, index) => {
    if (near(index)) { fold(); out.append(line(one)); } else folded.push(one);
  });
  fold();
  if (before && lines.every(([kind]) => kind === 'same')) out.prepend(h('p', { class: 'unchanged' }, 'Nothing on the page changed.'));
  return out;
}

// --- pictures
const source = (number) => data.pictures[number];
function filmOf(attempt) {
  const steps = attempt.steps.filter((step) => step.picture !== undefined);
  if (!steps.length) return null;
  return h('div', {}, h('h4', {}, steps.length === 1 ? 'Picture' : 'Pictures, step by step'), h('div', { class: 'film', tabindex: steps.length > 3 ? '0' : null }, steps.map((step, index) =>
    h('figure', { class: step.outcome }, h('button', { type: 'button', 'aria-label': `Enlarge: ${step.keyword} ${step.text}`, on: { click: () => enlarge(steps, index) } },
      h('img', { src: source(step.picture), alt: `The page after: ${step.keyword} ${step.text}`, loading: 'lazy' })), h('figcaption', {}, `${step.keyword} ${step.text}`)))));
}
// A file beside the report: whoever was sent the report alone has not got it.
const wholePage = (step) => h('a', { href: step.page, target: '_blank', rel: 'noopener' }, 'The whole page as it was');
// A page that is not as reviewed, beside itself when it was.
function pairOf(attempt) {
  const step = attempt.steps.find((one) => one.reviewed !== undefined && one.picture !== undefined);
  if (!step) return null;
  const pair = [{ keyword: 'As', text: 'reviewed', picture: step.reviewed }, { keyword: 'As', text: 'seen in this run', picture: step.picture }];
  return h('div', { class: 'pair' }, pair.map((one, index) => h('figure', {},
    h('button', { type: 'button', 'aria-label': `Enlarge: ${one.keyword} ${one.text}`, on: { click: () => enlarge(pair, index) } }, h('img', { src: source(one.picture), alt: `The page ${one.keyword.toLowerCase()} ${one.text}` })),
    h('figcaption', {}, `${one.keyword} ${one.text}`))));
}
function enlarge(steps, index) {
  const dialog = $('#pictures');
  const show = (to) => {
    const at = (to + steps.length) % steps.length;
    const step = steps[at];
    const move = (by, label) => steps.length > 1 ? h('button', { type: 'button', class: 'plain', on: { click: () => show(at + by) } }, label) : null;
    dialog.replaceChildren(h('div', { class: 'bar' }, h('p', {}, `${step.keyword} ${step.text}`), move(-1, 'Previous'), move(1, 'Next'),
      h('button', { type: 'button', class: 'plain', autofocus: true, on: { click: () => dialog.close() } }, 'Close')), h('img', { src: source(step.picture), alt: `The page after: ${step.keyword} ${step.text}` }));
    dialog.onkeydown = (event) => { if (event.key === 'ArrowRight') show(at + 1); if (event.key === 'ArrowLeft') show(at - 1); };
  };
  show(index);
  dialog.showModal();
}
for (const place of all('[data-picture-of]')) {
  const { attempts } = data.scenarios[place.dataset.pictureOf];
  const steps = attempts[attempts.length - 1].steps.filter((step) => step.picture !== undefined);
  if (!steps.length) continue;
  const last = steps.length - 1;
  place.append(h('button', { type: 'button', 'aria-label': 'Enlarge the picture of the failure', on: { click: () => enlarge(steps, last) } }, h('img', { src: source(steps[last].picture), alt: `The page when it failed: ${steps[last].text}` })));
}

// --- console, command, history
function consoleOf(attempt) {
  return h('div', {}, h('h4', {}, 'What the pages said'), h('ul', { class: 'log' }, attempt.console.map(({ kind, text, url, at_ms }) =>
    h('li', {}, h('span', { class: `badge ${kind}` }, kind), h('span', {}, text, url ? h('span', { class: 'quiet' }, ` ${url}`) : null), h('span', { class: 'quiet' }, `after ${time(at_ms)}`)))));
}
function command(text) {
  const copy = h('button', { type: 'button', class: 'plain' }, 'Copy');
  copy.addEventListener('click', async () => {
    // A file from disk may not be allowed to; then it is marked, ready to be copied.
    try { await navigator.clipboard.writeText(text); copy.textContent = 'Copied'; } catch { getSelection().selectAllChildren(copy.previousElementSibling); copy.textContent = 'Marked'; }
  });
  return h('div', { class: 'command' }, h('code', {}, text), copy);
}
function pastOf(scenario, last) {
  const { past } = scenario;
  const flaky = past.filter(([, , flake]) => flake).length;
  const turns = past.filter(([, status], index) => index > 0 && (status === 'failed') !== (past[index - 1][1] === 'failed')).length;
  const cells = past.map(([run, status, flake, ms]) => {
    const [started, commit] = data.runs[run];
    const told = `${started.slice(0, 16).replace('T', ' ')}${commit ? `, commit ${commit}` : ''}: ${flake ? 'flaky' : status}, ${time(ms)}`;
    return h('span', { class: flake && status !== 'failed' ? 'flaky' : status, title: told }, unseen(`${told}; `));
  });
  const parts = h('div', {}, h('h4', {}, `The last ${past.length} runs`), h('div', { class: 'past' }, cells),
    h('p', { class: 'quiet' }, `Flake rate ${Math.round(100 * flaky / past.length)} %: flaky in ${flaky} of ${past.length}. The verdict changed ${turns} time${turns === 1 ? '' : 's'}.`));
  const alike = past.filter(([, , , , steps]) => steps.length === last.steps.length);
  if (alike.length > 1) {
    parts.append(h('ul', { class: 'trends' }, last.steps.map((step, index) => {
      const times = alike.map(([, , , , steps]) => steps[index]);
      const usual = [...times.slice(0, -1)].sort((a, b) => a - b)[Math.floor((times.length - 1) / 2)];
      const slower = step.outcome !== 'skipped' && step.ms > 2 * usual && step.ms - usual > 300;
      return h('li', {}, h('span', { class: 'text', title: step.text }, `${step.keyword} ${step.text}`), spark(times), h('span', { class: slower ? 'slower' : 'quiet' }, step.outcome === 'skipped' ? `usually ${time(usual)}` : `${time(step.ms)}, usually ${time(usual)}`));
    })));
  }
  return parts;
}
function spark(values) {
  const most = Math.max(1, ...values);
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const line = document.createElementNS('http://www.w3.org/2000/svg', 'polyline');
  svg.setAttribute('viewBox', '0 0 100 20');
  svg.setAttribute('preserveAspectRatio', 'none');
  svg.setAttribute('aria-hidden', 'true');
  line.setAttribute('points', values.map((value, index) => `${(100 * index / Math.max(1, values.length - 1)).toFixed(1)},${(18 - 16 * value / most).toFixed(1)}`).join(' '));
  svg.append(line);
  return svg;
}

// --- keys, and links to scenarios
const seen = () => scenarios.filter((el) => !el.hidden && el.closest('.feature').open);
function step(by, only) {
  const list = seen();
  const here = list.indexOf(document.activeElement && document.activeElement.closest('.scenario'));
  const order = by > 0 ? list.slice(here + 1).concat(list.slice(0, here + 1)) : list.slice(0, Math.max(here, 0)).reverse().concat(list.slice(Math.max(here, 0)).reverse());
  const next = order.find((el) => !only || el.dataset.status === only);
  if (next) { choose('scenarios'); $('summary', next).focus(); next.scrollIntoView({ block: 'nearest' }); }
}
document.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || $('dialog[open]')) return;
  const typing = event.target.matches('input, select, textarea');
  if (event.key === 'Escape') { showAll(); if (typing) event.target.blur(); return; }
  if (typing) return;
  const actions = { '/': () => { choose('scenarios'); search.focus(); search.select(); }, j: () => step(1), k: () => step(-1), f: () => step(1, 'failed'), '?': () => $('#keys').showModal() };
  if (actions[event.key]) { event.preventDefault(); actions[event.key](); }
});
$('#keys-button').addEventListener('click', () => $('#keys').showModal());
function follow() {
  const el = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!el || !el.matches('.scenario')) return;
  if (el.hidden) showAll();
  choose('scenarios');
  el.closest('.feature').open = true;
  fill(el);
  el.open = true;
  el.scrollIntoView();
  $('summary', el).focus({ preventScroll: true });
}
addEventListener('hashchange', follow);
// The same link once more leads there again.
document.addEventListener('click', (event) => { const link = event.target.closest('a[href^="#"]'); if (link && link.hash === location.hash) follow(); });
filter();
follow();
