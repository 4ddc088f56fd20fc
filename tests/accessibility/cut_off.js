// The texts that cannot be read as a whole where they stand: wider than the box that they are in, or cut off by a part round them. What
// scrolls sideways by itself may hold more than it shows, where it shows a bar and no column that stays lies over half of a text.
const told = new Set();
const tell = (el, what) => told.add(`${el.localName} ${JSON.stringify(el.innerText.trim().slice(0, 60))} ${what}`);
const px = (text) => parseFloat(text) || 0;
const inner = (el) => {
  const box = el.getBoundingClientRect(), style = getComputedStyle(el);
  return { left: box.left + px(style.borderLeftWidth) + px(style.paddingLeft), right: box.right - px(style.borderRightWidth) - px(style.paddingRight) };
};
const sticksOut = (text, box) => text.left < box.left - 1 || text.right > box.right + 1;
const stays = (el) => getComputedStyle(el).position === 'sticky' && getComputedStyle(el).right !== 'auto';

// IDs are drawn by lot; the widest of them must have room.
const nodes = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (nodes.nextNode()) {
  const widest = nodes.currentNode.data.replace(/tdsqlshard-[a-z0-9]{8}/g, 'tdsqlshard-mmmmmmmm');
  if (widest !== nodes.currentNode.data) nodes.currentNode.data = widest;
}

if (document.documentElement.scrollWidth > innerWidth) told.add(`the page is ${document.documentElement.scrollWidth} px wide and scrolls sideways`);
for (const el of document.querySelectorAll('body *')) {
  if (!el.checkVisibility() || ['SCRIPT', 'OPTION', 'SELECT', 'TEXTAREA'].includes(el.tagName)) continue;
  for (const node of el.childNodes) {
    if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const parts = [];
    for (let at = el; at && at !== document.body; at = at.parentElement) parts.push({ at, style: getComputedStyle(at) });
    const block = parts.find(({ style }) => !['inline', 'contents'].includes(style.display));
    for (const text of range.getClientRects()) {
      if (!text.width) continue;
      if (sticksOut(text, inner(block.at))) tell(el, 'is wider than its box');
      if (parts.some(({ at, style }) => ['hidden', 'clip'].includes(style.overflowX) && sticksOut(text, at.getBoundingClientRect()))) tell(el, 'is cut off');
      const scrolling = parts.find(({ style }) => ['auto', 'scroll'].includes(style.overflowX));
      if (!scrolling || scrolling.at.scrollWidth <= scrolling.at.clientWidth) {
        if (text.left < 0 || text.right > innerWidth) tell(el, 'is beside the page');
        continue;
      }
      const { at } = scrolling;
      const borders = px(scrolling.style.borderTopWidth) + px(scrolling.style.borderBottomWidth);
      if (at.offsetHeight - at.clientHeight - borders < 4) tell(at, 'scrolls sideways and shows no bar');
      const staying = [...at.querySelectorAll('th,td')].find((cell) => stays(cell) && cell.getBoundingClientRect().top < text.bottom && cell.getBoundingClientRect().bottom > text.top);
      const edge = staying ? staying.getBoundingClientRect().left : at.getBoundingClientRect().right;
      if (!parts.some(({ at }) => stays(at)) && text.left < edge && text.right > edge + 1) tell(el, 'is cut in its middle');
    }
  }
}
for (const el of document.querySelectorAll('select')) {
  const shown = el.offsetWidth;
  el.style.maxWidth = 'none';
  if (el.offsetWidth > shown + 1) tell(el, 'is narrower than what it offers');
  el.style.maxWidth = '';
}
return [...told];
