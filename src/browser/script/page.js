// The whole page as it is, as markup in pieces. What only the page knows is written into it: what fields hold and what is chosen,
// its style sheets, shadow trees and images. Whoever keeps it makes it inert; nothing here is relied on for that.
const MOST_OF_A_PAGE = 3_000_000;
const MOST_OF_AN_IMAGE = 300_000;
const MOST_MS_FOR_A_PAGE = 2_000;
const NOT_KEPT = new Set(['audio', 'base', 'link', 'meta', 'noembed', 'noframes', 'noscript', 'plaintext', 'script', 'source', 'style', 'template', 'track', 'xmp']);
const KEPT_AS_A_PLACE = new Set(['embed', 'frame', 'iframe', 'object', 'video']);
const WITHOUT_END = new Set(['area', 'br', 'col', 'hr', 'img', 'input', 'wbr']);
const FULL = Symbol('full');

function keepPage() {
  fresh();
  if (location.href === 'about:blank') return met();
  const until = performance.now() + MOST_MS_FOR_A_PAGE;
  const pieces = [''];
  let left = MOST_OF_A_PAGE;
  const put = (text) => {
    if (text.length > left || performance.now() > until) throw FULL;
    left -= text.length;
    if (pieces.at(-1).length + text.length > MOST_ANSWERED / 2) pieces.push('');
    pieces[pieces.length - 1] += text;
  };
  const escaped = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

  const sheetsOf = (root) => {
    const add = (sheet) => {
      let rules;
      // One of another site cannot be read.
      try { rules = sheet.disabled ? [] : [...sheet.cssRules]; } catch { return; }
      const media = sheet.media && sheet.media.mediaText;
      if (media) put(`@media ${media} {\n`);
      for (const rule of rules) rule.styleSheet ? add(rule.styleSheet) : put(`${rule.cssText.replaceAll('</', '<\\/')}\n`);
      if (media) put('}\n');
    };
    put('<style>');
    [...root.styleSheets, ...root.adoptedStyleSheets].forEach(add);
    put('</style>');
  };

  const imageOf = (el) => {
    try {
      if (el.localName === 'img' && el.currentSrc.startsWith('data:image/')) return el.currentSrc;
      const [width, height] = el.localName === 'img' ? [el.naturalWidth, el.naturalHeight] : [el.width, el.height];
      if (!width || !height || width * height > 4_000_000) return '';
      const canvas = Object.assign(document.createElement('canvas'), { width, height });
      canvas.getContext('2d').drawImage(el, 0, 0, width, height);
      return canvas.toDataURL('image/webp', 0.8);
    } catch {
      return ''; // of another site
    }
  };

  const BLACK = 'background:#000!important;color:#000!important';
  const attributesOf = (el, secret) => {
    const name = el.localName;
    const of = new Map([...el.attributes].map((one) => [one.name === 'xlink:href' ? 'href' : one.name, one.value]));
    // What is looked at and pressed without scripts is looked at as it was.
    if (el.matches(':popover-open')) of.delete('popover');
    if ((name === 'a' || name === 'area') && of.has('href')) of.set('href', '#');
    if (name === 'input' || name === 'option') {
      const set = (attribute, on) => on ? of.set(attribute, '') : of.delete(attribute);
      if (name === 'option') set('selected', el.selected);
      else if (el.type === 'checkbox' || el.type === 'radio') set('checked', el.checked);
      else if (el.type === 'file') of.delete('value');
      else of.set('value', el.value);
    }
    if (name === 'img' || name === 'canvas') {
      of.delete('src');
      of.delete('srcset');
      const image = secret ? '' : imageOf(el);
      if (image && image.length <= MOST_OF_AN_IMAGE) of.set('src', image);
      const box = el.getBoundingClientRect();
      if (box.width) of.set('width', Math.round(box.width)).set('height', Math.round(box.height));
    }
    if (secret) {
      for (const one of [...of.keys()]) if (!['class', 'id', 'type', 'width', 'height'].includes(one)) of.delete(one);
      of.set('style', BLACK);
    }
    return of;
  };
  const begin = (name, attributes) => {
    put(`<${name}`);
    for (const [attribute, value] of attributes) put(` ${attribute}="${escaped(value.toString())}"`);
    put('>');
  };
  // What is in a frame is a document of its own: here is where it was, and what it is called.
  const placeOf = (el) => {
    const box = el.getBoundingClientRect();
    const style = `display:inline-block;box-sizing:border-box;width:${box.width}px;height:${box.height}px;border:1px dashed;overflow:hidden`;
    begin('span', new Map([['class', el.getAttribute('class') || ''], ['style', style]]));
    const called = [el.title, el.getAttribute('aria-label'), el.getAttribute('name')].find(Boolean);
    put(`${el.localName}${called ? ` "${escaped(called)}"` : ''}, not kept</span>`);
  };
  const childrenOfKept = (node, depth, secret) => {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) put(secret ? '' : escaped(child.data));
      else if (child.nodeType === Node.ELEMENT_NODE) element(child, depth + 1, secret);
    }
  };
  const element = (el, depth, hidden) => {
    const name = el.localName;
    // What nobody sees there is often a token.
    if (NOT_KEPT.has(name) || depth > 400 || (name === 'input' && el.type === 'hidden')) return;
    if (KEPT_AS_A_PLACE.has(name)) { placeOf(el); return; }
    const secret = hidden || el.matches(SECRET);
    const called = name === 'canvas' ? 'img' : name;
    begin(called, attributesOf(el, secret));
    if (el === document.head) sheetsOf(document);
    if (el.shadowRoot) {
      put('<template shadowrootmode="open">');
      sheetsOf(el.shadowRoot);
      childrenOfKept(el.shadowRoot, depth, secret);
      put('</template>');
    }
    if (name === 'textarea') put(secret ? '' : `\n${escaped(el.value)}`);
    else if (!WITHOUT_END.has(called)) childrenOfKept(el, depth, secret);
    if (!WITHOUT_END.has(called)) put(`</${called}>`);
  };

  let whole = true;
  try {
    element(document.documentElement, 0, false);
  } catch (error) {
    if (error !== FULL) throw error;
    whole = false;
  }
  return met({ pieces, whole, quirks: document.compatMode === 'BackCompat' });
}
