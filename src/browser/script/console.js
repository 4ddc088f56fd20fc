// Keeps what a page says within what a driver can pass on: over WebDriver BiDi each word of it goes through the driver, and a
// page that says a hundred megabytes would take the session with it. Said at the beginning of each document, to that alone.
() => {
  const MOST_AT_ONCE = 10_000;
  const MOST = 1_000_000;
  let said = 0;
  const cut = (value) => typeof value === 'string' && value.length > MOST_AT_ONCE
    ? `${value.slice(0, MOST_AT_ONCE)}… (cut: ${value.length} characters in all)` : value;
  for (const how of ['assert', 'debug', 'error', 'info', 'log', 'trace', 'warn']) {
    const say = console[how];
    if (typeof say !== 'function') continue;
    console[how] = new Proxy(say, { apply(target, self, values) {
      if (said > MOST) return undefined;
      const short = values.map(cut);
      said += short.reduce((sum, value) => sum + (typeof value === 'string' ? value.length : 100), 0);
      return Reflect.apply(target, self, said > MOST ? ['what this page says to its console is not passed on any more'] : short);
    } });
  }
}
