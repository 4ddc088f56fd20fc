// What tells a test target: carried by the page itself, not contradicted on it, and where it is shown, shown to a person.

// Names of meta elements are the same in whatever case (HTML, "meta"). One counts in the head alone; one anywhere can contradict it.
function metaCarried(name, content) {
  const same = (el) => (el.getAttribute('name') || '').trim().toLowerCase() === name.trim().toLowerCase();
  const all = [...elementsUnder(document.documentElement)].filter((el) => el.localName === 'meta' && same(el));
  const own = all.filter((el) => el instanceof HTMLMetaElement && el.parentElement === document.head);
  const told = (el) => JSON.stringify(el.getAttribute('content')) + (own.includes(el) ? '' : ' outside of the head');
  const seen = () => notYet(all.length ? all.map(told).join(', ') : 'no such meta element');
  return own.length && all.every((el) => el.getAttribute('content') === content) ? met() : seen();
}

// Something that a person sees: in view once it is scrolled to, not clipped away, not covered, not transparent.
function shown(locator) {
  const { el, why } = one(locator);
  if (!el) return notYet(why);
  const hidden = visible(el) ? hiddenBy(el) : 'not visible';
  return hidden ? notYet(`there, but ${hidden}: ${describe(el)}`) : met();
}

const DRAWINGS = ['svg', 'canvas', 'video', 'audio', 'object', 'iframe', 'math'];
const LEAST_OPACITY = 0.1;
const LEAST_SIZE = 2; // px

function* upFrom(el) {
  for (let at = el; at; at = parentOf(at)) yield at;
}

function hiddenBy(el) {
  const ancestors = [...upFrom(el)];
  const drawing = ancestors.find((at) => DRAWINGS.includes(at.localName));
  if (drawing) return `in a drawing (${drawing.localName})`;
  if (ancestors.reduce((opacity, at) => opacity * Number(getComputedStyle(at).opacity), 1) < LEAST_OPACITY) return 'transparent';
  const boxes = boxesOf(el).filter((box) => box.width >= LEAST_SIZE && box.height >= LEAST_SIZE);
  if (!boxes.length) return 'of no size';
  const places = scrolledTo(el, ancestors);
  try {
    return whileAllTakeThePointer(() => {
      const boxes = boxesOf(el).filter((box) => box.width >= LEAST_SIZE && box.height >= LEAST_SIZE).slice(0, 50);
      const seen = boxes.map((box) => seenAt(el, box.x + box.width / 2, box.y + box.height / 2));
      return seen.some((why) => !why) ? null : seen[0];
    });
  } finally {
    for (const [scroller, left, top] of places) scroller.scrollTo({ left, top, behavior: 'instant' });
  }
}

// Where it draws something: its text, or all of it where it has none. What is drawn without colour is not drawn.
function boxesOf(el) {
  const walker = document.createTreeWalker(el, NodeFilter.SHOW_TEXT);
  const boxes = [];
  let hasText = false;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!node.data.trim() || !rendered(node.parentElement)) continue;
    hasText = true;
    const style = getComputedStyle(node.parentElement);
    if (/rgba\(.*, 0\)$/.test(style.webkitTextFillColor) && style.backgroundClip !== 'text') continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    boxes.push(...range.getClientRects());
  }
  return hasText ? boxes : [...el.getClientRects()];
}

// Scrolls to it as far as a person can; gives where everything was before.
function scrolledTo(el, ancestors) {
  const places = [];
  const scrollers = ancestors.slice(1).filter((at) => /auto|scroll/.test(getComputedStyle(at).overflow) && at !== document.documentElement);
  for (const scroller of [...scrollers, document.scrollingElement || document.documentElement]) {
    const [box] = boxesOf(el);
    const root = scroller === (document.scrollingElement || document.documentElement);
    const around = root ? new DOMRect(0, 0, innerWidth, innerHeight) : scroller.getBoundingClientRect();
    if (!box || (box.top >= around.top && box.bottom <= around.bottom && box.left >= around.left && box.right <= around.right)) continue;
    places.push([scroller, scroller.scrollLeft, scroller.scrollTop]);
    const middle = (low, size, from, length) => low + size / 2 - (from + length / 2);
    scroller.scrollBy({ left: middle(box.left, box.width, around.left, around.width), top: middle(box.top, box.height, around.top, around.height), behavior: 'instant' });
  }
  return places;
}

// Hit tests pass over what lets the pointer through, which is seen all the same. A style sheet of our own is no change of the page.
function whileAllTakeThePointer(look) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync('*{pointer-events:auto!important}');
  const roots = [document, ...[...elementsUnder(document.documentElement)].map((one) => one.shadowRoot).filter(Boolean)];
  for (const root of roots) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  try {
    return look();
  } finally {
    for (const root of roots) root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet);
  }
}

// Why a person sees nothing of it at this point; null where they do.
function seenAt(el, x, y) {
  if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) return 'outside of the page';
  const stack = (el.getRootNode().elementsFromPoint ? el.getRootNode() : document).elementsFromPoint(x, y);
  const at = stack.findIndex((hit) => hit === el || el.contains(hit));
  if (at < 0) return 'clipped away';
  // What is drawn over it comes before it, its own ancestors too; only the page's own background lies below everything.
  const over = stack.slice(0, at).find((hit) => hit !== document.body && hit !== document.documentElement && opaque(hit));
  return over ? `covered by ${describe(over)}` : null;
}
function opaque(el) {
  const style = getComputedStyle(el);
  if ([...upFrom(el)].some((at) => Number(getComputedStyle(at).opacity) < 1)) return false;
  const painted = /^rgb\(/.test(style.backgroundColor) || (style.backgroundImage !== 'none' && /url\(/.test(style.backgroundImage));
  return painted || ['img', 'video', 'canvas', 'iframe', 'embed', 'object'].includes(el.localName);
}
