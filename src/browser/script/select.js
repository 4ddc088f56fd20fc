// Native selects: what they offer, and choosing of it.

// A native select.
function selectAt(locator, then) {
  const { el, why } = one(locator);
  if (!el) return notYet(why);
  return el.localName === 'select' ? then(el) : notYet(`not a native select: ${describe(el)}`);
}
// The options that its list shows: one that is hidden, or in a hidden group, is in no list, be it chosen just now.
const offeredBy = (select) => [...select.options].filter((option) => displayOf(option) !== 'none' && displayOf(option.parentElement) !== 'none');
// An option of one, once it can be chosen.
const offered = (locator, wanted, then) => selectAt(locator, (el) => {
  const options = offeredBy(el).filter((option) => matches(wanted, squeeze(option.label)));
  const offer = () => `it offers ${offeredBy(el).map((option) => JSON.stringify(squeeze(option.label)) + (option.disabled ? ' [disabled]' : '')).join(', ') || 'nothing'}`;
  if (options.length !== 1) return notYet(options.length ? `${options.length} such options; ${offer()}` : offer());
  if (disabled(el)) return notYet(`the select is disabled: ${describe(el)}`);
  if (disabled(options[0])) return notYet(`that option is disabled; ${offer()}`);
  const target = aimedAt(el);
  if (!target) return notYet(`there, but not visible: ${describe(el)}`);
  const spot = reachable(target, el);
  return spot.point ? then(el, options[0]) : notYet(spot.why);
});
// No pointer reaches the list of a native select, which browsers draw outside the page: the page is told as of a person's choice.
function choose(select, option) {
  select.focus();
  if (!option.selected) {
    option.selected = true;
    select.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
    select.dispatchEvent(new Event('change', { bubbles: true }));
  }
  return met();
}
