// A session has ended: what this document's origin has stored for it goes, once for each ending. What is stored after another
// login stays, and so each store keeps which ending it has been through: a number, which an earlier one's script may meet too.
() => {
  const key = 'dcdb-e2e: session ended';
  for (const store of ['localStorage', 'sessionStorage']) {
    try {
      if ((window[store].getItem(key) || '') >= 'ENDED') continue;
      window[store].clear();
      window[store].setItem(key, 'ENDED');
    } catch { continue; /* an opaque origin stores nothing */ }
    if (store === 'localStorage' && window.indexedDB?.databases) {
      indexedDB.databases().then((all) => all.forEach(({ name }) => indexedDB.deleteDatabase(name)), () => {});
    }
  }
}
