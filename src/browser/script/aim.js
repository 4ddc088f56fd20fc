// Where a pointer meets an element.

// A point at which a pointer meets the element, once it is enabled, has stopped moving and nothing lies over it; gives the element,
// and what is met there.
async function meeting(locator, forPress, typing, then) {
  const { el, why } = one(locator);
  if (!el) return notYet(why);
  const target = aimedAt(el);
  if (!target) return notYet(`there, but not visible: ${describe(el)}`);
  if (forPress && disabled(el)) return notYet(`there, but disabled: ${describe(el)}`);
  if (forPress && letsThrough(el)) return notYet(`there, but it lets pointers through: ${describe(el)}`);
  if (typing) {
    const field = fieldOf(el);
    if (!field) return notYet(`it takes no text: ${describe(el)}`);
    if (field.readOnly || field.getAttribute('aria-readonly') === 'true') return notYet(`there, but read-only: ${describe(el)}`);
  }
  if (!(await still(target))) return notYet(`moving: ${describe(el)}`);
  const spot = reachable(target, el, forPress && !typing && holdsOthers(el));
  return spot.point ? then({ el, target, apart: spot.apart, point: spot.point, pressed: [el, topmost(spot.point.x, spot.point.y)] }) : notYet(spot.why);
}
// Such a point, and whether a press there would be one on something grave, or barred. `typing`: what is to be typed then; it must be a field
// that takes text.
const aim = (locator, forPress, { typing, grave, barred }) => meeting(locator, forPress, typing, ({ el, target, apart, point, pressed }) => {
  const which = metBy(pressed, barred);
  guard({ locator, el, target, apart }, forPress, barred, typing && { ...typing, locator });
  return met({ point: onPage(point), around: around(target, point), grave: metBy(pressed, grave) >= 0, barred: which < 0 ? null : [which, describe(el)], keys: typing && keysFor(fieldOf(el), typing.text) });
});
// The same for what dismisses an overlay, unless a press there would be one on something barred.
const dismissal = (locator, barred) => meeting(locator, true, null, ({ el, target, apart, point, pressed }) => {
  const which = metBy(pressed, barred);
  if (which >= 0) return met({ barred: { which, seen: describe(el) } });
  guard({ locator, el, target, apart }, true, barred, null);
  return met({ point: onPage(point) });
});
// A frame of the page, to be handed back; nothing where it `mayLack` and nobody sees one.
function frameOf(locator, mayLack) {
  if (mayLack && !absent(locator)) return met();
  const { el, why } = one(locator);
  if (!el) return notYet(`of its frame: ${why}`);
  if (!FRAMES.has(el.localName)) return notYet(`in place of its frame: ${describe(el)}`);
  return visible(el) ? met(el) : notYet(`its frame is there, but not visible: ${frameCalled(el)}`);
}
// Where on this page a point in the document of a frame is, once a pointer gets to the frame there.
function through(locator, point, forPress) {
  const { el, why } = one(locator);
  if (!el) return notYet(`of its frame: ${why}`);
  const here = () => {
    const box = el.getBoundingClientRect();
    const style = getComputedStyle(el);
    return { x: Math.round(box.x + el.clientLeft + parseFloat(style.paddingLeft) + point.x), y: Math.round(box.y + el.clientTop + parseFloat(style.paddingTop) + point.y) };
  };
  const outside = ({ x, y }) => x < 0 || y < 0 || x >= innerWidth || y >= innerHeight;
  if (topmost(here().x, here().y) !== el) el.scrollIntoView({ block: 'center', inline: 'center', behavior: 'instant' });
  if (outside(here())) window.scrollBy({ left: here().x - innerWidth / 2, top: here().y - innerHeight / 2, behavior: 'instant' });
  const at = here();
  const hit = topmost(at.x, at.y);
  if (hit !== el) return notYet(outside(at) ? `outside the window: ${frameCalled(el)}` : `covered by ${hit ? describe(hit) : 'nothing that can be clicked'}: ${frameCalled(el)}`);
  guard({ locator, el, target: el, apart: false }, forPress, [], null);
  return met(onPage(at));
}
// A point in the window, and which page it is on, and how far that is scrolled.
const onPage = (point) => ({ ...point, at: location.href, left: scrollX, top: scrollY, density: devicePixelRatio });
// The box of an element, from a point in it.
function around(el, point) {
  const box = el.getBoundingClientRect();
  return { left: box.left - point.x, top: box.top - point.y, width: box.width, height: box.height };
}
// Which of these locators finds an element that a press on one of these would reach, hidden from assistive technology or not. A press
// on a control inside another one reaches that too.
function metBy(pressed, locators) {
  const reaches = (hit, meant) => belongs(hit, meant) || isWithin(hit, meant);
  return locators.findIndex((locator) => alsoKept(() => findAll(locator)).some((meant) => pressed.some((hit) => hit && reaches(hit, meant))));
}
function isWithin(el, outer) {
  for (let at = el; at; at = parentOf(at)) if (at === outer) return true;
  return false;
}
// Whether it stays where it is. Without a running animation it need not be watched over two moments: the guard holds the
// pointer itself to its element. What pulses for ever in its place will never be more at rest.
async function still(target) {
  for (let moment = 0; moment < APPEARING && unseenYet(target); moment += 1) await drawn();
  const moving = document.getAnimations().filter((one) => one.playState === 'running' && one.effect && one.effect.target && one.effect.target.contains(target));
  if (!moving.length) return true;
  const forEver = moving.every((one) => one.effect.getComputedTiming().endTime === Infinity);
  // The look itself may fall between two frames of an animation.
  await drawn();
  const before = target.getBoundingClientRect();
  await drawn();
  const after = target.getBoundingClientRect();
  const rests = (...sides) => sides.every((side) => Math.abs(side(before) - side(after)) <= 0.5);
  const [middle, centre] = [(box) => box.x + box.width / 2, (box) => box.y + box.height / 2];
  return target.isConnected && rests(middle, centre) && (forEver || rests((box) => box.width, (box) => box.height));
}
// What is in its place already and is about to fade in from somewhere else is in a part that is transparent as yet. Where the part stays
// so, it is shown to whoever comes near.
const APPEARING = 8; // moments
function unseenYet(target) {
  for (let at = target.parentElement; at; at = at.parentElement) if (getComputedStyle(at).opacity === '0') return true;
  return false;
}
// A control that its own label hides or replaces is met through the label.
function aimedAt(el) {
  if (boxed(el) && Number(getComputedStyle(el).opacity) > 0 && !clipped(el)) return el;
  return [...(el.labels || [])].find(visible) || (boxed(el) ? el : null);
}
const clipped = (el) => { const box = el.getBoundingClientRect(); return box.width <= 1 || box.height <= 1; };

// Where an element is drawn, and then where its parts are: not all of it is its own.
function* partsOf(target) {
  const drawn = [...target.getClientRects()].filter((box) => box.width > 0 && box.height > 0);
  yield* drawn.length || displayOf(target) === 'contents' ? drawn : [target.getBoundingClientRect()];
  for (const part of target.childNodes) {
    const range = document.createRange();
    range.selectNode(part);
    yield* [...range.getClientRects()].filter((box) => box.width > 0 && box.height > 0);
  }
}
const WITHIN = [[0.5, 0.5], [0.25, 0.5], [0.75, 0.5], [0.1, 0.5], [0.9, 0.5]];
function freeSpot(target, el, apart) {
  let over = null;
  for (const box of partsOf(target)) {
    for (const [fx, fy] of WITHIN) {
      const x = pixelIn(box.left, box.right, fx);
      const y = pixelIn(box.top, box.bottom, fy);
      if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) { over = over || `outside the window: ${describe(el)}`; continue; }
      const hit = topmost(x, y);
      if (hit && belongs(hit, el, target, apart)) return { point: { x, y }, apart };
      over = over || `covered by ${hit ? describe(hit) : 'nothing that can be clicked'}: ${describe(el)}`;
    }
  }
  return { why: over || `there, but not visible: ${describe(el)}` };
}
// A whole pixel of a box, if it has one there.
function pixelIn(from, to, share) {
  const at = from + (to - from) * share;
  return [Math.round(at), Math.floor(at)].find((pixel) => pixel >= from && pixel < to) ?? at;
}
// The same, scrolled to where nothing lies over it: what stays in its place covers some part of the window only. `apart`: beside the
// controls in it; a single one that leaves no room there is drawn over all of it, and stands for it.
function reachable(target, el, apart = false) {
  let spot = freeSpot(target, el, apart);
  for (const block of ['center', 'end', 'start']) {
    if (spot.point) return spot;
    target.scrollIntoView({ block, inline: 'center', behavior: 'instant' });
    spot = freeSpot(target, el, apart);
  }
  return spot.point || !apart || controlOf(el) === el ? spot : reachable(target, el);
}
// Whether controls are in an element that is none itself, such as a card or a row, and do other things than a press on it does. A single
// field, or a single one that shows all that it does, is what a wrapper wraps.
function holdsOthers(el) {
  if (el.matches(CONTROL)) return false;
  const inner = [...el.querySelectorAll(CONTROL)].filter(visible);
  return inner.length > 1 || (inner.length === 1 && !isField(inner[0]) && !takesText(inner[0]) && textOf(inner[0]) !== textOf(el));
}
function topmost(x, y) {
  let hit = document.elementFromPoint(x, y);
  while (hit && hit.shadowRoot) {
    const inner = hit.shadowRoot.elementFromPoint(x, y);
    if (!inner || inner === hit) break;
    hit = inner;
  }
  return hit;
}
// Whether a press that meets `hit` is one on the element. In a label, and in what is a control itself, other controls take their own
// presses, and in all else where it is to be pressed `beside` them; a label's box or radio is not one of these, however it is drawn.
function belongs(hit, el, target = el, beside = false) {
  const label = hit.closest && hit.closest('label');
  const whole = target !== el && target.contains(hit) ? target : label && label.control === el ? label : null;
  const apart = beside || whole || CHOSEN.has(roleOf(el)) || el.closest('label');
  for (let at = hit; at; at = parentOf(at)) {
    if (at === el || at === whole) return true;
    if (apart && at.matches(CONTROL) && !standsFor(at, el)) break;
  }
  return passes(el, hit);
}
const CHOSEN = new Set(['checkbox', 'radio', 'switch', 'option', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'tab', 'treeitem', 'button', 'link']);
const standsFor = (inner, el) => (el.closest('label') || {}).control === inner
  || (['checkbox', 'radio'].includes(inner.type) && el.querySelectorAll('input').length === 1);
// What lets pointers through is pressed with the control that it is drawn in.
function passes(el, hit) {
  if (!hit.contains(el) || getComputedStyle(el).pointerEvents !== 'none') return false;
  for (let at = el; at !== hit; at = at.parentElement) if (!at || getComputedStyle(at).pointerEvents !== 'none') return false;
  return (hit.matches(CONTROL) || textOf(hit) === textOf(el)) && !disabled(hit);
}
// A button or link that lets pointers through does nothing for who presses it, unless it is all that another control shows. Text and
// pictures in a control, and what their own label stands for, are another matter.
const PRESSED = new Set(['button', 'link', 'menuitem', 'menuitemcheckbox', 'menuitemradio', 'option', 'tab', 'treeitem']);
function letsThrough(el) {
  let control = null;
  let at = el;
  for (; at && getComputedStyle(at).pointerEvents === 'none'; at = parentOf(at)) if (PRESSED.has(roleOf(at))) control ||= at;
  return control !== null && !(at && at.matches(CONTROL) && textOf(at) === textOf(control));
}
