// One journey for each line of standard input; answers with its milliseconds.
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { account, journey } from './journey.mjs';

const [site, executablePath, args] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath, args: JSON.parse(args), headless: true });
console.log('ready');
for await (const _line of createInterface({ input: process.stdin })) {
  const buyer = await account(site);
  const started = performance.now();
  await journey(browser, site, buyer);
  console.log((performance.now() - started).toFixed(1));
}
await browser.close();
