// The list of instances and its dialogs.

function consolePage(list) {
  let timer = 0;
  let asked = 0;
  const passing = () => list.querySelector('[data-passing=yes]') !== null;
  async function renew() {
    clearTimeout(timer);
    const mine = ++asked;
    try {
      const response = await fetch(`/dcdb/rows?region=${list.dataset.region}`);
      const answer = response.ok ? await response.json() : {};
      if (answer.login) { location.reload(); return; }
      if (mine !== asked) return; // a newer question is under way, and plans the next
      if (answer.rows) {
        const fresh = list.cloneNode(false);
        fresh.innerHTML = answer.rows;
        renewed(list, fresh);
      }
    } catch { /* the next time may do */ }
    if (mine === asked) plan();
  }
  const plan = () => { if (passing()) timer = setTimeout(renew, 500); };
  plan();

  list.addEventListener('click', (event) => {
    const button = event.target.closest('[data-open]');
    if (!button) return;
    const { instance, replicas } = button.closest('[data-instance]').dataset;
    const dialog = openDialog(document.getElementById(button.dataset.open), button);
    const form = dialog.querySelector('form');
    form.elements.instance.value = instance;
    const strong = form.querySelector('[name=sync_mode][value="1"]');
    if (strong) {
      strong.disabled = replicas !== '2';
      strong.closest('label').querySelector('small').hidden = !strong.disabled;
    }
    const refund = form.querySelector('[data-refund]');
    if (refund) {
      fetch(`/dcdb/return?instance=${instance}`).then((response) => response.json()).then((answer) => { refund.textContent = answer.message || ''; }, () => {});
    }
    form.addEventListener('submit', (submitted) => {
      submitted.preventDefault();
      send(dialog, form);
    });
  });
  async function send(dialog, form) {
    const alert = form.querySelector('.tea-alert');
    const button = form.querySelector('.tea-dialog__btnwrap .tea-btn');
    const refuse = (message) => {
      alert.textContent = message || list.dataset.failed;
      alert.hidden = false;
    };
    button.disabled = true;
    try {
      const response = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)) });
      const answer = await response.json().catch(() => ({}));
      if (answer.login) { location.reload(); return; }
      if (response.ok && answer.done) {
        await renew();
        dialog.close();
      } else {
        refuse(answer.message);
        renew();
      }
    } catch {
      refuse();
    } finally {
      button.disabled = false;
    }
  }
}

const list = document.getElementById('instances');
if (list) consolePage(list);
