import { findFaults } from './find-faults.ts';
import { expect, settle, test } from './window-test.ts';

test('a wiped entry is explained and repaired, by keyboard alone', async ({ page, open }) => {
  const { stand } = await open('crowded', '/clients');
  await settle(page);
  const grid = page.getByRole('grid', { name: 'Which client has which server' });
  const cells = grid.getByRole('gridcell');
  expect(await cells.count()).toBeLessThan(30 * 15);
  await grid.getByRole('checkbox').first().focus();
  for (let row = 0; row < 4; row += 1) await page.keyboard.press('ArrowDown');
  await expect(page.locator(':focus')).toHaveAccessibleName(/^linear in Claude Desktop: Wiped/);
  await page.keyboard.press('Enter');
  const panel = page.getByRole('dialog');
  await expect(panel.getByText('The client wrote its file without this entry')).toBeVisible();
  await expect(panel.getByText('A guess')).toBeVisible();
  await panel.getByRole('button', { name: 'Repair…' }).focus();
  await page.keyboard.press('Enter');
  await panel.getByRole('button', { name: 'Repair', exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(panel.getByText('Done as planned.')).toBeVisible();
  await panel.getByRole('button', { name: /^Undo in / }).click();
  await panel.getByRole('button', { name: 'Undo write' }).click();
  await expect(page.getByText('The write is taken back.')).toBeVisible();
  expect(stand.world.standings.length).toBeGreaterThan(0);
});

test('a tick adds a server to a client once its plan is confirmed', async ({ page, open }) => {
  const { stand } = await open('everyday', '/clients');
  await settle(page);
  const tick = page.getByRole('checkbox', { name: 'github in Claude Desktop' });
  await tick.click();
  await expect(tick).not.toBeChecked();
  const panel = page.getByRole('dialog');
  await expect(panel.getByText('"run", "github"')).toBeVisible();
  await panel.getByRole('button', { name: 'Add', exact: true }).click();
  await panel.getByRole('button', { name: 'Done' }).click();
  await expect(tick).toBeChecked();
  expect(stand.world.standings.some(({ id }) => id === 'claude-desktop/github')).toBe(true);
});

test('a long name of a client pushes no column out of sight', async ({ page, open }) => {
  await open('hostile', '/clients');
  await settle(page);
  const grid = page.getByRole('grid');
  expect(await grid.getByRole('columnheader').count()).toBeLessThan(6);
  expect(
    await grid.evaluate((one) => one.scrollWidth - (one.parentElement?.clientWidth ?? 0)),
  ).toBeLessThanOrEqual(0);
});

test('drift is a quiet line under what is exposed', async ({ page, open }) => {
  await open('everyday', '/');
  await settle(page);
  const main = page.getByRole('main');
  await expect(main.getByText(/entr(y|ies) drifted/)).toBeVisible();
  await expect(main.locator('[data-tone="broken"]')).toHaveCount(0);
  await expect(main.locator('a[data-size="md"]')).toHaveText(/^Review/);
});

test('where nothing is exposed, drift is the one thing to do', async ({ page, open }) => {
  await open('calm', '/');
  await settle(page);
  const main = page.getByRole('main');
  await expect(main.getByRole('heading', { name: /entr(y|ies) drifted/ })).toBeVisible();
  await expect(main.getByText(/entr(y|ies) drifted/)).toHaveCount(1);
  await main.getByRole('link', { name: 'See clients' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Clients' })).toBeVisible();
});

test('what is ignored says so, changes no file, and so leaves no write to take back', async ({
  page,
  open,
}) => {
  await open('everyday', '/clients');
  await page
    .getByRole('button', { name: /^stripe in .*Not ours/ })
    .first()
    .click();
  const panel = page.getByRole('dialog');
  await panel.getByRole('button', { name: 'Ignore for good…' }).click();
  await panel.getByRole('button', { name: 'Ignore', exact: true }).click();
  await expect(panel.getByText('Done as planned.')).toBeVisible();
  await expect(panel.getByRole('button', { name: /^Undo/ })).toHaveCount(0);
  await panel.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: /^stripe in .*ignored/ }).click();
  await panel.getByRole('button', { name: 'Notice it again' }).click();
  await expect(page.getByRole('button', { name: /^stripe in .*ignored/ })).toHaveCount(0);
});

test('a foreign server is adopted', async ({ page, open }) => {
  await open('everyday', '/clients');
  await page.getByText('Not ours', { exact: true }).first().click();
  await page
    .getByRole('button', { name: /^stripe in .*Not ours/ })
    .first()
    .click();
  const panel = page.getByRole('dialog');
  // What it starts is read before it is taken over; its secret is masked there as everywhere.
  await expect(panel.getByText('STRIPE_SECRET_KEY=sk_test_…Hd2P npx -y @stripe/mcp')).toBeVisible();
  await panel.getByRole('button', { name: 'Adopt…' }).click();
  await expect(panel.getByText('Its secrets move to the keychain.')).toBeVisible();
  await panel.getByRole('button', { name: 'Adopt', exact: true }).click();
  await expect(panel.getByText('Done as planned.')).toBeVisible();
});

test('a receipt takes its own write back, by the name of that write', async ({ page, open }) => {
  await open('everyday', '/clients');
  const calls: string[] = [];
  page.on('request', (request) => {
    if (/\/rpc\/files\/(planUndo|undo)$/.test(request.url())) calls.push(request.postData() ?? '');
  });
  await page.getByRole('checkbox', { name: 'github in Claude Desktop' }).click();
  const panel = page.getByRole('dialog');
  await panel.getByRole('button', { name: 'Add', exact: true }).click();
  await panel
    .getByRole('button', { name: 'Undo', exact: true })
    .or(panel.getByRole('button', { name: /^Undo in/ }))
    .click();
  await expect(panel.getByText('Take this write back?')).toBeVisible();
  await expect(panel.getByText('Byte for byte as it was.')).toHaveCount(1);
  await panel.getByRole('button', { name: 'Undo write' }).click();
  await expect(panel).toBeHidden();
  // The plan, and what was agreed to.
  expect(calls.length).toBeGreaterThan(1);
  for (const call of calls) expect(call).toContain('write of claude-desktop/github');
});

test('a host that was blocked is allowed by one click and a yes', async ({ page, open }) => {
  await open('everyday', '/servers/github/scope');
  await page.getByRole('button', { name: 'Allow uploads.github.com' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('button', { name: 'Remove uploads.github.com' })).toBeVisible();
});

test('a level that cannot be had names its remedy and waits for a decision', async ({
  page,
  open,
}) => {
  await open('everyday', '/servers/slack/scope');
  await expect(page.getByText('Install socat, then check again')).toBeVisible();
  await page.getByRole('button', { name: 'Start it with less…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply' }).click();
  // The plan names the remedy as well.
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByText('Install socat, then check again')).toBeHidden();
});

test('a secret that is exposed again is said on every screen, until it is seen', async ({
  page,
  open,
}) => {
  const { stand } = await open('everyday', '/settings');
  await settle(page);
  const news = page.locator('[aria-live=assertive]');
  const event = { type: 'exposed-again', file: '', client: 'cursor', entryName: 'notion' } as const;
  const expose = (...places: string[]) => {
    for (const place of places) stand.world.exposedAgain.add(place);
    stand.tell(event);
  };
  await expect(news).toBeEmpty();
  expose('claude-desktop/notion', 'claude-code/linear');
  await expect(news).toContainText('Secrets of 2 entries stand in plain text again.');
  await page.getByRole('link', { name: 'Secrets', exact: true }).click();
  await expect(news).toContainText('and 1 more');
  expect(await findFaults(page)).toEqual([]);
  await news.getByRole('link', { name: 'Show it' }).focus();
  await page.keyboard.press('Enter');
  const panel = page.getByRole('dialog');
  await expect(panel.getByText('Secret exposed again')).toBeVisible();
  await panel.getByRole('button', { name: 'Repair…' }).click();
  await panel.getByRole('button', { name: 'Repair', exact: true }).click();
  await panel.getByRole('button', { name: 'Done' }).click();
  await expect(page).toHaveURL(/#\/clients$/);
  await expect(news).toContainText('A secret stands in plain text again.');
  await news.getByRole('button', { name: 'Seen' }).click();
  await expect(news).toBeEmpty();
  // Solved, and then it happens once more.
  stand.world.exposedAgain.clear();
  stand.tell(event);
  await expect(page.getByText('exposed again')).toBeHidden();
  expose('claude-code/linear');
  await expect(news).toContainText('linear in Claude Code');
});

test('closing a panel or a dialog gives the focus back to what opened it', async ({
  page,
  open,
}) => {
  await open('everyday', '/clients');
  await settle(page);
  const opened = async (press: () => Promise<void>) => {
    await press();
    await expect(page.getByRole('dialog')).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
  };
  const cell = page.getByRole('button', { name: /^github in Cursor/ });
  await opened(() => cell.press('Enter'));
  await expect(cell).toBeFocused();
  await page.goto(page.url().replace(/#.*/, '#/clients/cursor'));
  const history = page.getByRole('button', { name: 'History' }).first();
  await opened(() => history.press('Enter'));
  await expect(history).toBeFocused();
  await page.goto(page.url().replace(/#.*/, '#/secrets'));
  const actions = page.getByRole('button', { name: /^Actions for/ }).first();
  await opened(async () => {
    await actions.press('Enter');
    await page.getByRole('menuitem', { name: 'Replace' }).press('Enter');
  });
  await expect(actions).toBeFocused();
});

test('the history of a file says who changed what, each thing once, and puts it back', async ({
  page,
  open,
}) => {
  await open('everyday', '/clients/cursor');
  await page.getByRole('button', { name: 'History' }).first().click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Removed github, slack, notion')).toBeVisible();
  await expect(dialog.getByText('probably Claude Desktop')).toBeVisible();
  await expect(dialog.getByText('Changed github, slack, notion')).toBeVisible();
  // What is in the file already cannot be put back.
  await expect(dialog.getByText('As it is now')).toBeVisible();
  await dialog.getByRole('button', { name: /^Put back to this/ }).click();
  await dialog.getByRole('button', { name: 'Restore file' }).click();
  await expect(page.getByText('The file is back as it was.')).toBeVisible();
});

test('what a policy repaired by itself is said in passing', async ({ page, open }) => {
  const { stand } = await open('everyday', '/settings');
  await settle(page);
  const receipt = { item: 'i', file: '/f', pointer: '/p', message: 'Repaired.' };
  stand.tell({
    type: 'drift-settled',
    action: 'repair',
    receipts: [
      { ...receipt, server: 'github', outcome: 'done' },
      { ...receipt, server: 'linear', outcome: 'failed' },
    ],
  });
  await expect(page.getByText('Repaired by itself: github.')).toBeVisible();
});
