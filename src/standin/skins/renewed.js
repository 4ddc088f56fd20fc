// Makes what stands there what it is to be. What has not changed stays, with whatever has the focus or is pressed in it.
function renewed(old, fresh) {
  const key = (node) => node.dataset?.instance;
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName || old.nodeType !== Node.ELEMENT_NODE || key(old) !== key(fresh)) {
    old.replaceWith(fresh);
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  const children = [...fresh.childNodes];
  children.forEach((child, index) => {
    const same = key(child) && [...old.children].find((one) => key(one) === key(child));
    if (same && same !== old.childNodes[index]) old.insertBefore(same, old.childNodes[index]);
    const here = old.childNodes[index];
    if (!here) old.append(child);
    else if (key(child) && !same) old.insertBefore(child, here);
    else renewed(here, child);
  });
  while (old.childNodes.length > children.length) old.lastChild.remove();
}
