import { expect, settle, test } from './window-test.ts';

test('by keyboard alone: first run, review, untick one, apply, undo', async ({ page, open }) => {
  const { stand } = await open('first-run');
  const exposed = stand.world.standings.flatMap(({ server }) => server.secrets).length;
  await expect(page.getByRole('heading', { level: 2 }).first()).toHaveText(
    `${exposed} passwords and tokens are readable on this computer`,
  );
  const tabTo = async (name: string | RegExp, role: 'link' | 'button' | 'checkbox') => {
    const wanted = page.getByRole(role, { name }).first();
    await wanted.waitFor();
    for (let presses = 0; presses < 120; presses += 1) {
      if ((await wanted.and(page.locator(':focus')).count()) === 1) return;
      await page.keyboard.press('Tab');
    }
    throw new Error(`Tab never reaches ${name}.`);
  };

  await tabTo('See them and choose', 'link');
  await page.keyboard.press('Enter');
  await expect(page.getByText(`${exposed} of ${exposed} secrets ticked`)).toBeVisible();

  await tabTo('Protect github', 'checkbox');
  await page.keyboard.press('Space');
  await expect(page.getByText(`${exposed - 1} of ${exposed} secrets ticked`)).toBeVisible();

  await tabTo('See the plan', 'button');
  await page.keyboard.press('Enter');
  await expect(page.getByText('Nothing is written before you apply.')).toBeVisible();
  await expect(page.getByText('"run", "postgres"').first()).toBeVisible();
  await expect(page.getByText('"run", "github"')).toHaveCount(0);

  await tabTo(`Protect ${exposed - 1} secrets`, 'button');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Protected' })).toBeVisible();
  await expect(page.getByText('1 secret still exposed.')).toBeVisible();
  expect(
    stand.world.standings.filter(({ isProtected }) => !isProtected).map(({ id }) => id),
  ).toEqual(
    stand.world.standings
      .filter(({ server }) => server.name === 'github' || server.secrets.length === 0)
      .map(({ id }) => id),
  );

  await tabTo('Undo this run', 'link');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Undo this run?' })).toBeVisible();
  await tabTo('Undo run', 'button');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Undone' })).toBeVisible();
  expect(stand.world.standings.filter(({ isProtected }) => isProtected)).toEqual([]);
});

test('a plan that is out of date is shown anew instead of applied', async ({ page, open }) => {
  const { stand } = await open('first-run', '/exposure');
  await page.getByRole('button', { name: 'See the plan' }).click();
  await expect(page.getByText('Nothing is written before you apply.')).toBeVisible();
  const first = stand.world.standings.find(({ server }) => server.name === 'github');
  if (first !== undefined) first.isProtected = true;
  await page.getByRole('button', { name: /^Protect \d+ secrets$/ }).click();
  await expect(page.getByText('Something changed since you looked.')).toBeVisible();
  await expect(page.getByText('"run", "github"')).toHaveCount(0);
});

test('a finding is set aside with a reason and brought back', async ({ page, open }) => {
  const { stand } = await open('first-run', '/exposure');
  await page.getByRole('button', { name: 'Actions for GITHUB_TOKEN' }).first().click();
  await page.getByRole('menuitem', { name: 'Not a secret…' }).click();
  await page.getByLabel('Why is it not a secret?').fill('An example.');
  await page.getByRole('button', { name: 'Set aside' }).click();
  await expect(page.getByText('1 finding you set aside')).toBeVisible();
  expect(stand.world.suppressed.map(({ reason }) => reason)).toEqual(['An example.']);
  await page.getByRole('button', { name: '1 finding you set aside' }).click();
  await page.getByRole('button', { name: 'Bring back' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Actions for GITHUB_TOKEN' })).toBeVisible();
});

test('a missing secret is set and its value stays nowhere in the page', async ({ page, open }) => {
  await open('trouble', '/servers/github');
  const value = ['planted', 'value', String(process.pid)].join('-');
  await page.getByRole('button', { name: 'Set GITHUB_TOKEN' }).click();
  await page.getByLabel('Value', { exact: true }).fill(value);
  await page.getByRole('button', { name: 'Store in keychain' }).click();
  await expect(page.getByText('GITHUB_TOKEN is in the keychain.')).toBeVisible();
  const kept = await page.evaluate(
    'document.documentElement.outerHTML + JSON.stringify({ ...localStorage, ...sessionStorage })',
  );
  expect(kept).not.toContain(value);
});

test('copying is an explicit act, and not offered without a clipboard', async ({ page, open }) => {
  await open('everyday', '/secrets');
  await page
    .getByRole('button', { name: /^Actions for/ })
    .first()
    .click();
  await page.getByRole('menuitem', { name: 'Copy' }).click();
  await expect(page.getByText('Copied. Cleared in 30 s.')).toBeVisible();

  await open('locked', '/secrets');
  await page.getByRole('button', { name: 'Actions for SLACK_BOT_TOKEN' }).click();
  await expect(page.getByRole('menuitem', { name: 'Replace' })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: 'Copy' })).toHaveCount(0);
});

test('the palette opens by Ctrl-K, goes to a server, and closes by Esc', async ({ page, open }) => {
  await open('everyday');
  const search = page.getByPlaceholder('Find a screen, server or action');
  await page.keyboard.press('Control+k');
  await expect(search).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(search).toBeHidden();
  await page.keyboard.press('Control+k');
  await search.fill('slac');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'slack' })).toBeVisible();
});

test('colours change in the palette and in the settings, and words beside the names find things', async ({
  page,
  open,
}) => {
  await open('everyday');
  const root = page.locator('html');
  const was = await root.getAttribute('data-mantine-color-scheme');
  const other = was === 'dark' ? 'light' : 'dark';
  await page.keyboard.press('Control+k');
  const search = page.getByPlaceholder('Find a screen, server or action');
  await search.fill('theme');
  await page.keyboard.press('Enter');
  await expect(root).toHaveAttribute('data-mantine-color-scheme', other);
  await expect(search).toBeHidden();
  await page.keyboard.press('Control+k');
  await search.fill('retention');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Settings' })).toBeVisible();
  await page.getByText('Dark', { exact: true }).click();
  await expect(root).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.getByText('Light', { exact: true }).click();
  await expect(root).toHaveAttribute('data-mantine-color-scheme', 'light');
});

test('arrows walk through five hundred servers', async ({ page, open }) => {
  await open('vast', '/servers');
  await expect(page.getByText('500 servers')).toBeVisible();
  const list = page.getByRole('list', { name: 'Servers' });
  await list.getByRole('link').first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('End');
  await expect(list.getByRole('link')).toHaveCount(500);
  await expect(list.getByRole('link').last()).toBeFocused();
  await expect(list.getByRole('link').last()).toBeInViewport();
  // One stop for the Tab key, wherever it is.
  await expect(list.locator('[tabindex="0"]')).toHaveCount(1);
  await page.keyboard.press('Home');
  await expect(list.getByRole('link').first()).toBeFocused();
});

test('a server that cannot be found says so', async ({ page, open }) => {
  await open('everyday', '/servers/nobody');
  await settle(page);
  await expect(page.getByText('There is nothing here')).toBeVisible();
});
