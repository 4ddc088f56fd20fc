// The peer's side of the comparison: the same journey, as a Playwright user would write it. Role locators, web-first
// assertions (those of Playwright Test are not in playwright-core, so waiting locators stand for them), one fresh context
// a journey, one browser for all.
export async function journey(browser, site, account) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en' });
  try {
    const home = await context.newPage();
    await home.goto(`http://cloud.tencent.localhost:${site}/`);
    await home.getByRole('link', { name: 'Log in', exact: true }).click();
    await home.getByLabel('E-mail').fill(account.email);
    await home.getByLabel('Password').fill(account.password);
    await home.getByRole('button', { name: 'Log in', exact: true }).click();
    await home.getByText(account.name, { exact: true }).waitFor();
    await home.getByRole('button', { name: 'Products', exact: true }).hover();
    await home.getByRole('button', { name: 'Database', exact: true }).hover();
    await home.getByRole('link', { name: 'Distributed Database', exact: true }).click();
    await home.getByRole('heading', { name: 'Distributed Cloud Database' }).waitFor();
    const opened = context.waitForEvent('page');
    await home.getByRole('link', { name: 'Purchase Now', exact: true }).click();
    const page = await opened;
    await page.getByRole('heading', { name: 'Purchase DCDB' }).waitFor();
    await page.getByLabel('Disk per shard').fill('500');
    await page.getByLabel('Disk per shard').press('Tab');
    await page.getByText('¥1,015.20', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Purchase Now', exact: true }).click();
    await page.getByRole('heading', { name: 'Confirm order' }).waitFor();
    await page.getByText('¥1,015.20', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Confirm Purchase', exact: true }).click();
    await page.getByRole('heading', { name: 'Payment successful' }).waitFor();
    const order = await page.getByText(/^\d{14}$/).textContent();
    if (!/^\d{14}$/.test(order)) throw new Error(`no order number: ${order}`);
    await page.getByRole('link', { name: 'Go to Console', exact: true }).click();
    await page.getByRole('button', { name: 'Cloud Products', exact: true }).hover();
    await page.getByRole('button', { name: 'Basic Products', exact: true }).hover();
    await page.getByRole('button', { name: 'Database', exact: true }).hover();
    await page.getByRole('link', { name: 'Distributed Database', exact: true }).click();
    await page.getByRole('heading', { name: 'DCDB Console' }).waitFor();
    await page.getByRole('row').filter({ hasText: /tdsqlshard-/ }).getByRole('cell', { name: 'Uninitialized', exact: true }).waitFor();
  } finally {
    await context.close();
  }
}

export async function account(site) {
  const response = await fetch(`http://127.0.0.1:${site}/backdoor/accounts`, { method: 'POST' });
  return response.json();
}
