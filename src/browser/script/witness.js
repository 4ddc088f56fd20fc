// What the page is just now, for the record of a run: it waits for nothing, and takes no note of a press that missed.
function witness(since) {
  fresh();
  // A tab in which nothing has been opened yet shows no page.
  if (location.href === 'about:blank') return met();
  const born = performance.timeOrigin;
  const requests = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')]
    .filter((entry) => entry.responseEnd > 0 && born + entry.responseEnd > since && !entry.name.startsWith('data:'))
    .map((entry) => ({ url: entry.name, kind: entry.initiatorType, status: entry.responseStatus || null,
      at: born + entry.startTime, ms: Math.round(entry.responseEnd - entry.startTime) }));
  const tree = (document.body && treeOf(document.body, true)) || `- document ${quote(squeeze(document.title))}`;
  return met({ tree, requests, now: born + performance.now() });
}

// What nobody may read in a picture: passwords, codes and cards. A style sheet of our own covers it, since that changes
// nothing in the document that the page could take note of.
const SECRET = 'input[type=password],[autocomplete~="current-password"],[autocomplete~="new-password"],[autocomplete~="one-time-code"],[autocomplete*="cc-"],[data-secret]';
const VEIL = Symbol.for('dcdb-e2e.veil');
function veil() {
  unveil(); // of one whose answer came to nobody
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`:is(${SECRET}),:is(${SECRET}) *{background:#000!important;color:#000!important;-webkit-text-fill-color:#000!important;caret-color:#000!important;opacity:1!important;transition:none!important}`);
  const roots = [document, ...[...elementsUnder(document.documentElement)].map((el) => el.shadowRoot).filter(Boolean)];
  for (const root of roots) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  Object.defineProperty(window, VEIL, { value: { sheet, roots }, configurable: true });
  return met();
}
function unveil() {
  const { sheet, roots } = window[VEIL] || { roots: [] };
  for (const root of roots) root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet);
  delete window[VEIL];
  return met();
}
