// A login that was made elsewhere: what this document's origin had stored for it is there before the first of its pages, once. What
// pages do with it then is theirs; and once a session has ended, nothing of it comes back.
() => {
  const [given, ended] = ['dcdb-e2e: login taken over', 'dcdb-e2e: session ended'];
  try {
    const items = ORIGINS[location.origin];
    if (!items || localStorage.getItem(given) || localStorage.getItem(ended)) return;
    for (const [key, value] of items) localStorage.setItem(key, value);
    localStorage.setItem(given, JSON.stringify(items.map(([key]) => key)));
  } catch { /* an opaque origin stores nothing */ }
}
