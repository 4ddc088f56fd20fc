// Where clusters are put together, looked at once more, and paid for.
import { $, ask, at, esc, flawed, flip, flyout, line, page, picker, tiles, told, typed, view } from '/-/ui.js';

const menu = flyout('Catalog', [flyout('Databases', [$(`<a href="${at('www', '/catalog/sharded')}">Sharded SQL</a>`)])]);
const OPENED = { place: 'canton', center: '', net: 'shared', own: '', segment: '', edition: 'duo', memory: '2', pieces: '2', storage: '100', count: '1', term: '1', alias: '', renew: 'no' };
const AT_MOST = { pieces: [2, 8], count: [1, 10] };

async function configure() {
  const shelf = await ask('shelf');
  const asked = Object.fromEntries(Object.entries(OPENED).map(([key, value]) => [key, new URLSearchParams(location.search).get(key) ?? value]));
  const want = { ...asked };
  const query = () => new URLSearchParams(want).toString();
  const place = () => shelf.places.find((one) => one.key === want.place);
  const free = () => place().centers.filter((center) => !center.empty);
  want.center ||= (free()[0] ?? place().centers[0]).key;
  const body = $('<section><h2>Configure your cluster</h2><div class="lines"></div></section>');
  const sum = $('<span class="sum">Working it out</span>');
  const again = $('<button type="button">Ask again</button>');
  const go = $('<button type="button" class="cta" disabled>Review order</button>');
  let turn = 0;
  let fen = null;

  async function price() {
    const mine = ++turn;
    go.disabled = true;
    again.hidden = true;
    history.replaceState(null, '', `?${query()}`);
    // The old sum stays for a moment: what is read too early is stale.
    const stale = setTimeout(() => { if (mine === turn) show('Working it out'); }, 40);
    let told;
    try { told = await ask(`quote?${query()}`); } catch { told = null; }
    if (mine !== turn) return;
    clearTimeout(stale);
    for (const hint of body.querySelectorAll('.hint')) hint.textContent = '';
    if (!told) { show('No price to be had just now'); again.hidden = false; return; }
    for (const [key, said] of told.wrong || []) say(key, said);
    if (told.wrong) { show('–'); return; }
    if (!['2', '4', '8'].includes(want.pieces)) say('pieces', 'Better 2, 4 or 8 pieces');
    fen = told.fen;
    show(told.sum, told.whole);
    go.disabled = false;
  }
  function show(text, whole) {
    sum.textContent = text;
    sum.parentElement.querySelector('s')?.remove();
    if (whole) sum.before($(`<s>${esc(whole)}</s>`));
  }
  const say = (key, said) => { body.querySelector(`[data-key=${key}] .hint`).textContent = said; };
  const set = (key) => (value) => { want[key] = value; price(); };
  const number = (key) => (value, field) => {
    const [least, most] = AT_MOST[key] || [];
    if (flawed('clamps-numbers') && least && Number(value)) field.value = value = String(Math.max(least, Math.min(most, Number(value))));
    want[key] = value;
    if (!(flawed('keeps-old-price') && key === 'storage')) price();
  };
  function network(net) {
    const segment = shelf.segments.find((one) => !one.full);
    Object.assign(want, { net, own: '', segment: '' }, net === 'own' && place().net && { own: place().net, segment: segment.name });
  }
  function move(key) {
    want.place = key;
    want.center = (free().at(flawed('takes-last-center') ? -1 : 0) ?? place().centers[0]).key;
    if (flawed('resets-storage')) want.storage = OPENED.storage;
    network(want.net);
    draw();
    price();
  }
  function draw() {
    const center = place().centers.find((one) => one.key === want.center);
    const why = (words, off, said) => (off ? `${words} · ${said}` : words);
    const sizes = shelf.sizes.map(({ memory, queries }) => [String(memory), `${memory} gigabytes · ${queries} queries a second`, false]);
    const rows = [
      line('Location', tiles(want.place, shelf.places.map((one) => [one.key, why(one.name, one.guarded, 'by approval'), one.guarded]), move), 'place'),
      $('<p class="line"><i>Mind that locations have no private link between them.</i></p>'),
      line('Data center', picker(center ? center.name : want.center, place().centers.map((one) => [one.key, why(one.name, one.empty, 'sold out'), one.empty]), set('center')), 'center'),
      line('Connectivity', tiles(want.net, [['shared', 'Shared net', false], ['own', 'Own net', false]], (net) => { network(net); draw(); price(); }), 'net'),
      ...(want.net === 'own' && place().net ? [
        line('Own network', picker(want.own, [[place().net, place().net, false]], set('own')), 'own'),
        line('Segment', picker(want.segment, shelf.segments.map((one) => [one.name, why(one.name, one.full, 'no address left'), one.full]), set('segment')), 'segment'),
      ] : []),
      line('Edition', tiles(want.edition, [['duo', 'Duo', false], ['trio', 'Trio', false], ['vault', 'Vault · not yet', true]], set('edition')), 'edition'),
      line('Memory per piece', picker((sizes.find(([key]) => key === want.memory) || ['', want.memory])[1], sizes, set('memory')), 'memory'),
      line('Pieces', typed(want.pieces, number('pieces')), 'pieces'),
      line('Storage per piece', typed(want.storage, number('storage'), 'gigabytes'), 'storage'),
      line('How many', typed(want.count, number('count')), 'count'),
      line('Term', picker(`${want.term} mo`, shelf.terms.map((term) => [String(term), `${term} mo`, false]), set('term')), 'term'),
      ...(told.nameless ? [] : [line('Alias', typed(want.alias, set('alias')), 'alias')]),
      line('Renews itself', flip(want.renew === 'yes', (on) => set('renew')(on ? 'yes' : 'no')), 'renew'),
    ];
    body.querySelector('.lines').replaceChildren(...rows);
  }

  const documents = [['About editions', '237/6918'], ['About pieces', '557/9347'], ['About prices', flawed('swaps-documents') ? '557/9347' : '237/2034']];
  const read = documents.map(([title, number]) => `<a href="${at('www', `/help#/${number}`)}">${title}</a>`).join(', ');
  const foot = $(`<footer><div class="total"><b>To pay</b> </div><p>Read ${read}.</p></footer>`);
  foot.firstChild.append(sum, ' ', again);
  foot.append(go);
  again.onclick = price;
  go.onclick = async () => {
    go.disabled = true;
    const { to } = await ask(`basket?${query()}&fen=${fen}`, {});
    if (to) location.assign(to); else price();
  };
  body.append(foot);
  draw();
  price();
  return body;
}

const shown = (lines) => lines.map(([caption, value]) => `<li><span>${caption}</span>: <em>${esc(value)}</em></li>`).join('');
function put(what) {
  if (!what.to) return review(what);
  location.replace(what.to);
  return new Promise(() => {});
}
const looked = () => ask(`basket${location.search}`).then(put);

function review(what) {
  const choices = new URLSearchParams(location.search);
  choices.delete('basket');
  const body = $(`<section><h2>Is this right?</h2><p class="warn" role="alert">${esc(what.said)}</p>
    ${what.open ? `<ul>${shown(what.lines)}</ul><p>To pay <strong>${what.sum}</strong></p>` : ''}<p>You have <strong>${what.purse}</strong></p>
    <p class="acts"></p><a href="/configure?${esc(choices)}">Change</a></section>`);
  if (what.open) body.querySelector('.acts').append(paying('Place order', what.fen));
  return body;
}

// Pays, or leads to where it is paid. Whoever presses twice pays once.
function paying(words, fen) {
  const button = $(`<button type="button" class="cta">${words}</button>`);
  let sent = false;
  button.onclick = async () => {
    if (sent) return;
    sent = true;
    if (told.paysApart && !told.unasked && told.page === 'shop/review') { location.assign(`/pay/${new URLSearchParams(location.search).get('basket')}${location.search}`); return; }
    const waits = setTimeout(() => button.replaceWith($('<i>Placing your order</i>')), 150);
    try {
      const what = await ask(`place${location.search}&fen=${fen}`, {});
      if (what.to) location.assign(what.to); else view.replaceChildren(review(what));
    } catch {
      view.querySelector('.acts').replaceChildren($('<i>No answer came. Open this page again.</i>'));
    } finally {
      clearTimeout(waits);
    }
  };
  return button;
}

async function checkout() {
  const what = await ask(`basket${location.search}`);
  if (what.to) return put(what);
  const due = what.fen + (told.dearer ? 100 : 0);
  const written = (due / 100).toLocaleString('en', { minimumFractionDigits: 2 });
  const body = $(`<section><h2>How would you like to pay?</h2><p>Due now <strong>CNY ${written}</strong></p><p class="acts"></p></section>`);
  body.querySelector('.acts').append(paying('Confirm payment', what.fen));
  return body;
}

async function thanks() {
  const { number, sum } = await ask(`thanks/${location.pathname.split('/').pop()}`);
  return $(`<section><h2>All yours</h2><p>Bill <strong>${number}</strong></p><p>Paid <strong>${sum}</strong></p><a class="cta" href="${at('desk', '/')}">To your desk</a></section>`);
}

const PAGES = { 'shop/configure': configure, 'shop/review': looked, 'shop/pay/*': checkout, 'shop/thanks/*': thanks };
page(menu, PAGES[told.page]);
// Whoever comes back by the browser's button finds what has become of it, and not what was drawn before.
addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
