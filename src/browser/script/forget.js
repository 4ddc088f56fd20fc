// A session has ended: what this document's origin has stored for it goes, once for each ending, and what a page keeps for whoever
// comes back stays, as it does where a site ends a session by itself. What is stored after another login stays too, and so each
// store keeps which ending it has been through: a number, which an earlier one's script may meet too.
() => {
  const [ended, given] = ['dcdb-e2e: session ended', 'dcdb-e2e: login taken over'];
  const calledLike = new RegExp('OF_A_LOGIN', 'i');
  // A JSON Web Token, or so many characters of all kinds that nobody chose them.
  const isProof = (value) => /^ey[\w-]+\.[\w-]+\.[\w-]*$/.test(value)
    || /^[\w.~+/=-]{24,}$/.test(value) && /\d/.test(value) && /[a-z]/i.test(value) && !/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value);
  // What is left of an entry; nothing where it was a login's.
  const without = (name, value) => {
    if (calledLike.test(name) || isProof(value)) return null;
    let held;
    try { held = JSON.parse(value); } catch { return value; }
    if (typeof held === 'string') return isProof(held) ? null : value;
    if (typeof held !== 'object') return value;
    let met = false;
    const kept = JSON.stringify(held, (key, part) => {
      if (key === '' || typeof part !== 'string' || part === '') return part;
      // Some stores keep their parts as JSON in the JSON.
      const left = without(key, part);
      met ||= left !== part;
      return left === null ? undefined : left;
    });
    return met ? kept : value;
  };
  const hasEnded = (storage) => (storage.getItem(ended) || '') >= 'ENDED';
  try {
    const storages = [localStorage, sessionStorage].filter((storage) => !hasEnded(storage));
    if (!storages.length) return;
    const taken = JSON.parse(localStorage.getItem(given) || '[]');
    let knew = KNEW_BY_COOKIES || (hasEnded(localStorage) && localStorage.getItem(ended).endsWith('known'));
    for (const storage of storages) {
      for (const name of Object.keys(storage)) {
        const value = storage.getItem(name);
        const left = taken.includes(name) ? null : without(name, value);
        if (name === ended || name === given || left === value) continue;
        knew = true;
        if (left === null) storage.removeItem(name); else storage.setItem(name, left);
      }
    }
    for (const storage of storages) {
      // Where it is not known by what the site knows a buyer, it may be by any of it.
      if (!knew) storage.clear();
      storage.setItem(ended, knew ? 'ENDED known' : 'ENDED');
    }
    window.indexedDB?.databases?.().then((all) => all.forEach(({ name }) => indexedDB.deleteDatabase(name)), () => {});
  } catch { /* an opaque origin stores nothing */ }
}
