// Where clusters and bills are looked after.
import { $, ask, at, esc, flawed, flyout, line, page, picker, tiles, told, view } from '/-/ui.js';

const sharded = $(`<a href="${at('desk', '/sharded')}">Sharded SQL</a>`);
const menu = flyout('All services', [flyout('Core', [flyout('Databases', [sharded])])]);

// Looks at the list again, and for as long as something in it passes.
let renew;

// A sheet over the page, with what the server says to what is done in it.
function box(title, parts, words, done) {
  const it = $(`<div class="box"><h3>${title}</h3></div>`);
  const said = $('<p class="warn" role="alert"></p>');
  const go = $(`<button type="button" class="cta">${words}</button>`);
  const away = $('<button type="button">Never mind</button>');
  away.onclick = () => it.remove();
  go.onclick = async () => {
    const reply = await done();
    if (reply.said) { said.textContent = reply.said; return; }
    it.remove();
    renew();
  };
  it.append(...parts, said, go, away);
  view.querySelector('.box')?.remove();
  view.append(it);
}

function setUp(cluster) {
  const chosen = {};
  const take = (key) => (value) => { chosen[key] = value; };
  const letters = ['utf8mb4', 'utf8', 'gbk', 'latin1', 'gb18030'].map((one) => [one, one, false]);
  box(`Set up ${esc(cluster.id)}`, [
    line('Letters', picker('Pick', letters, take('letters')), 'letters'),
    line('Table names', tiles('', [['exact', 'Exact', false], ['loose', 'Loose', false]], take('names')), 'names'),
    line('Copies', tiles('', [['careful', 'Careful', false], ['quick', 'Quick', false], ['strict', 'Strict', !cluster.trio]], take('copies')), 'copies'),
  ], 'Start', () => ask(`clusters/${cluster.id}/set-up`, chosen));
}

function partWith(cluster) {
  const agree = $('<p class="agree" role="checkbox" aria-checked="false" tabindex="0">Yes, all of its data goes</p>');
  agree.onclick = () => agree.setAttribute('aria-checked', agree.getAttribute('aria-checked') !== 'true');
  box(`Part with ${esc(cluster.id)}?`, [agree], 'Discard', () => ask(`clusters/${cluster.id}/part-with`, { agreed: agree.getAttribute('aria-checked') === 'true' }));
}

function drawn(cluster) {
  const facts = [['State', cluster.state], ['Where', cluster.center], ['Shape', cluster.shape], ['Net', cluster.net], ['Until', cluster.until]];
  const it = $(`<div class="cluster"><h3>${esc(cluster.id)}</h3>${facts.map(([caption, value]) => `<div><i>${caption}</i> <b>${esc(value)}</b></div>`).join('')}<p class="alias">${esc(cluster.alias)}</p></div>`);
  const act = (words, does) => { const button = $(`<button type="button">${words}</button>`); button.onclick = () => does(cluster); it.append(button); };
  if (cluster.blank) act('Set up', setUp);
  if (cluster.partable) act('Part with', partWith);
  return it;
}

async function clusters() {
  const body = $(`<section><h2>Sharded SQL desk</h2><a class="cta" href="${at('shop', '/configure')}" target="_blank" rel="noopener">Create cluster</a> <a href="/bills">Bills</a>
    <div class="places"></div><div class="list"></div></section>`);
  let seen = await ask('clusters');
  let place = seen.latest ?? 'canton';
  let known = null;
  function draw() {
    const now = JSON.stringify([place, seen]);
    if (now === known) return;
    known = now;
    const tabs = tiles(place, seen.places.map((one) => [one.key, `${one.name} (${one.clusters.length})`, false]), (key) => { place = key; draw(); });
    body.querySelector('.places').replaceChildren(tabs);
    const here = seen.places.find((one) => one.key === place).clusters;
    body.querySelector('.list').replaceChildren(...(here.length ? here.map(drawn) : [$('<p>Nothing here yet</p>')]));
  }
  const passing = () => seen.places.some((one) => one.clusters.some((cluster) => cluster.passing));
  const again = () => { if (passing() && !flawed('lists-without-looking')) setTimeout(renew, 200); };
  renew = async () => {
    seen = await ask('clusters').catch(() => seen);
    draw();
    again();
  };
  draw();
  again();
  return body;
}

async function bills() {
  const body = $(`<section><h2>Bills</h2><p class="warn" role="alert"></p><table class="ledger"><thead><tr>${['No.', 'For', 'Clusters', 'Sum', 'Made', 'State', 'Acts'].map((head) => `<th>${head}</th>`).join('')}</tr></thead><tbody></tbody></table></section>`);
  const draw = async () => {
    const seen = (await ask('bills')).bills;
    body.querySelector('tbody').replaceChildren(...seen.map((bill) => {
      const ids = bill.clusters.map((id) => `<a href="/sharded">${esc(id)}</a>`).join(' ');
      const template = document.createElement('template');
      template.innerHTML = `<tr><td>${bill.number}</td><td>Sharded SQL</td><td>${ids}</td><td>${bill.sum}</td><td>${bill.made}</td><td>${bill.state}</td><td></td></tr>`;
      const row = template.content.firstElementChild;
      const act = (words, what) => {
        const button = $(`<button type="button">${words}</button>`);
        button.onclick = async () => {
          button.disabled = true;
          body.querySelector('.warn').textContent = (await ask(`bills/${bill.number}/${what}`, {})).said ?? '';
          draw();
        };
        row.lastChild.append(button);
      };
      if (bill.open) { act('Pay now', 'pay'); act('Call off', 'call-off'); }
      return row;
    }));
    if (seen.some((bill) => bill.state === 'Under way')) setTimeout(draw, 300);
  };
  await draw();
  return body;
}

const PAGES = { 'desk/': () => $('<section><h2>Your desk</h2></section>'), 'desk/sharded': clusters, 'desk/bills': told.noBills ? () => $('<section><h2>Nothing here</h2></section>') : bills };
page(menu, PAGES[told.page]);
