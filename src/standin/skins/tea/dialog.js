// A dialog: made from its template at the end of the body, and gone when it is closed.
function openDialog(template, opener) {
  const parent = template.content.firstElementChild.cloneNode(true);
  const dialog = parent.querySelector('.tea-dialog');
  const focusable = () => [...dialog.querySelectorAll('a[href], button, input:not([type=hidden]), [tabindex="0"]')].filter((one) => !one.disabled && one.offsetParent);
  parent.close = () => {
    select.close();
    parent.remove();
    if (opener.isConnected) opener.focus();
  };
  parent.addEventListener('click', (event) => { if (event.target.closest('[data-close]')) parent.close(); });
  parent.addEventListener('keydown', (event) => {
    // One that asks for a consent is not dismissed by the way.
    if (event.key === 'Escape' && !('confirm' in template.dataset)) parent.close();
    if (event.key !== 'Tab') return;
    const all = focusable();
    const end = event.shiftKey ? all[0] : all[all.length - 1];
    if (document.activeElement !== end && dialog.contains(document.activeElement)) return;
    event.preventDefault();
    (event.shiftKey ? all[all.length - 1] : all[0]).focus();
  });
  overlays().append(parent);
  for (const dropdown of parent.querySelectorAll('.tea-dropdown')) select.show(dropdown);
  dialog.tabIndex = -1;
  dialog.focus();
  return parent;
}
