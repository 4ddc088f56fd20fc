// What all pages of Nimbus are made of: how they ask the server, and the things on them.

export const told = JSON.parse(document.getElementById('told').textContent);
export const flawed = (name) => told.flaws.includes(name);
export const at = (site, path) => `http://${site}.${told.domain}${path}`;
export const view = document.getElementById('view');

export const esc = (text) => String(text).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
export function $(html) {
  const template = document.createElement('template');
  template.innerHTML = html.trim();
  return template.content.firstElementChild;
}

// Whoever has to enter first comes back to where they are.
export function enter() {
  const here = flawed('drops-choices-at-the-door') ? location.origin + location.pathname : location.href;
  location.assign(at('www', `/enter?back=${encodeURIComponent(here)}`));
  return new Promise(() => {});
}

// Fails where no answer comes; what the server says to a request is in its answer.
export async function ask(path, body) {
  const what = body === undefined ? {} : { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  // Whoever comes back by the browser's button would else be told what was told before.
  const reply = await fetch(`/-/${path}`, { cache: 'no-store', ...what });
  if (reply.status === 401) return enter();
  if (!reply.ok) throw new Error(`${path}: ${reply.status}`);
  return reply.json();
}

// Menus open when the pointer has rested on them for a moment, as on sites that spare those who only pass by.
export function flyout(title, sheet) {
  const it = $(`<div class="flyout" role="menuitem" aria-label="${title}">${title} ▾<div class="sheet"></div></div>`);
  it.querySelector('.sheet').append(...sheet);
  let timer;
  it.onpointerenter = () => { timer = setTimeout(() => it.classList.add('open'), 40); };
  it.onpointerleave = () => { clearTimeout(timer); if (!flawed('menus-stay-open')) it.classList.remove('open'); };
  return it;
}

let float = null;
let opening;
function fold() {
  clearTimeout(opening);
  const whose = float && float.whose;
  if (float) float.list.remove();
  float = null;
  return whose;
}
addEventListener('keydown', (event) => { if (event.key === 'Escape') fold(); });

// Shows what is chosen; a press opens a list of [key, words, off] in an overlay, another closes it again.
export function picker(shown, options, chosen) {
  const it = $(`<div class="pick" tabindex="0">${esc(shown)}</div>`);
  it.onclick = () => {
    if (fold() === it) return;
    const box = it.getBoundingClientRect();
    const list = $('<div class="float"></div>');
    list.style.cssText = `left:${box.left + scrollX}px;top:${box.bottom + scrollY}px`;
    for (const [key, words, off] of options) {
      const row = $(`<div class="row"${off ? ' aria-disabled="true"' : ''}>${esc(words)}</div>`);
      if (!off) row.onclick = () => { fold(); it.textContent = words; chosen(key); };
      list.append(row);
    }
    float = { list, whose: it };
    opening = setTimeout(() => document.body.append(list), 30);
  };
  return it;
}

// One of several [key, words, off].
export function tiles(value, options, chosen) {
  const it = $('<div class="tiles"></div>');
  for (const [key, words, off] of options) {
    const tile = $(`<button type="button" class="tile" aria-pressed="${key === value}"${off ? ' disabled' : ''}>${esc(words)}</button>`);
    tile.onclick = () => {
      for (const other of it.children) other.setAttribute('aria-pressed', other === tile);
      chosen(key);
    };
    it.append(tile);
  }
  return it;
}

// What is typed counts once it is left, or on Enter.
export function typed(value, chosen, unit = '') {
  const it = $(`<div><input value="${esc(value)}" size="24"> ${unit}</div>`);
  const field = it.firstChild;
  let known = value;
  const take = () => { if (field.value !== known) { known = field.value; chosen(known, field); } };
  field.onblur = take;
  field.onkeydown = (event) => { if (event.key === 'Enter' && !flawed('enter-does-nothing')) take(); };
  return it;
}

export function flip(on, chosen) {
  const it = $(`<button type="button" class="flip" role="switch" aria-checked="${on}">•</button>`);
  it.onclick = () => { const now = it.getAttribute('aria-checked') !== 'true'; it.setAttribute('aria-checked', now); chosen(now); };
  return it;
}

export function line(caption, control, key) {
  const it = $(`<div class="line" data-key="${key}"><b>${caption}:</b></div>`);
  it.append(control, $('<small class="hint"></small>'));
  return it;
}

// Draws a page once what it shows has come.
export async function page(menu, drawn) {
  document.getElementById('nav').replaceChildren(menu);
  document.getElementById('me').replaceChildren(told.name ? $(`<span class="person">${esc(told.name)}</span>`) : $(`<a href="${at('www', '/enter')}">Enter</a>`));
  if (!document.cookie.includes('crumbs=fine')) {
    setTimeout(() => {
      const note = $('<div class="consent">Nimbus bakes cookies. <button type="button">Fine</button></div>');
      note.querySelector('button').onclick = () => { document.cookie = `crumbs=fine; path=/; domain=${told.domain.split(':')[0]}`; note.remove(); };
      document.body.append(note);
    }, 100);
  }
  view.replaceChildren(await drawn());
}
