// The same journey under Playwright Test, for the figure with two workers.
import { test } from '@playwright/test';
import { account, journey } from './journey.mjs';

for (let number = 0; number < Number(process.env.PEER_JOURNEYS); number += 1) {
  test(`journey ${number}`, async ({ browser }) => journey(browser, process.env.PEER_SITE, await account(process.env.PEER_SITE)));
}
