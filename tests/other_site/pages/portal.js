// Where everybody comes first: home, the way in, what there is to be had, and what is written about it.
import { $, ask, at, esc, flawed, flyout, page, told, view } from '/-/ui.js';

const menu = flyout('Catalog', [flyout('Databases', [$(`<a href="${at('www', '/catalog/sharded')}">Sharded SQL</a>`)])]);

function entering() {
  const body = $(`<section><h2>Welcome back</h2><p>Work e-mail</p><p><input name="mail"></p><p>Secret</p><p><input name="secret" type="password"></p>
    <p class="warn" role="status"></p><button type="button" class="cta">Sign in</button></section>`);
  const [mail, secret] = body.querySelectorAll('input');
  const back = new URL(new URLSearchParams(location.search).get('back') || at('www', '/'), location.href);
  const known = back.host.endsWith(`.${told.domain}`) && !(flawed('takes-the-desk-for-home') && back.pathname === '/');
  const to = known ? back.href : at('www', '/');
  body.querySelector('button').onclick = async () => {
    const { said } = await ask('enter', { mail: mail.value, secret: secret.value });
    if (said === undefined) { location.assign(to); return; }
    body.querySelector('.warn').textContent = said;
    secret.value = '';
    if (flawed('forgets-who-was-typed')) mail.value = '';
  };
  return body;
}

const help = () => $(`<section><h2>Reading ${esc(location.hash.slice(2))}</h2></section>`);
addEventListener('hashchange', () => view.replaceChildren(help()));

const PAGES = {
  'www/': () => $('<section><h2>Clouds for everyone</h2></section>'),
  'www/enter': entering,
  'www/catalog/sharded': () => $(`<section><h2>Sharded SQL</h2><p>One database, many pieces.</p><a class="cta" href="${at('shop', '/configure')}">Get it</a></section>`),
  'www/help': help,
};
page(menu, PAGES[told.page]);
