/** The upgrade of old records in the window: trials, levels, what is applied and taken back. */
import { expect, test } from './window-test.ts';

test('from the overview: tried, one left out, the rest applied, a receipt for each', async ({
  page,
  open,
}) => {
  await open('everyday', '/');
  await page.getByRole('link', { name: 'Confine them…' }).click();
  const candidates = page.getByRole('list', { name: 'Without a scope' }).getByRole('listitem');
  await expect(candidates).toHaveCount(6);
  await page.getByRole('button', { name: 'Try 6 servers' }).click();
  await expect(page.getByRole('checkbox', { name: /^Confine / })).toHaveCount(6);

  // What was not seen to work cannot be ticked.
  const failing = page.getByRole('checkbox', { name: 'Confine figma' });
  await expect(failing).toBeDisabled();
  await expect(failing).not.toBeChecked();
  await expect(page.getByText('It ended with exit code 1')).toBeVisible();
  await expect(page.getByText('~/.ssh/config').first()).toBeVisible();

  await page.getByRole('checkbox', { name: 'Confine linear' }).click();
  await expect(page.getByText('4 of 6 ticked')).toBeVisible();
  const sent = page.waitForRequest(/scope\/applyAll$/);
  await page.getByRole('button', { name: 'Confine 4 servers' }).click();
  const { changes } = (await sent).postDataJSON().json;
  expect(changes.map(({ id }: { id: string }) => id)).toEqual([
    'notion',
    'sentry',
    'brave-search',
    'supabase',
  ]);
  expect(changes[0]).toMatchObject({
    basis: 'scope-notion-listed-hosts',
    scope: { level: 'listed-hosts', hosts: ['api.notion.com'] },
  });
  expect(changes[1]).toMatchObject({ basis: 'scope-sentry', scope: { level: 'confined' } });

  const receipts = page.getByRole('list', { name: 'Receipts' }).getByRole('listitem');
  await expect(receipts).toHaveCount(4);
  await expect(receipts.filter({ hasText: 'sentry' })).toContainText('Not changed');
  await expect(receipts.filter({ hasText: 'sentry' })).toContainText('changed since this was');
  await expect(receipts.filter({ hasText: 'notion' })).toContainText('Listed hosts');
  await page.getByRole('link', { name: 'See what they can reach' }).click();
  await expect(page.getByText('3 servers have no credential scope yet')).toBeVisible();
});

test('the highest level seen to work is shown, and taken only when it is chosen', async ({
  page,
  open,
}) => {
  await open('everyday', '/servers/view/upgrade');
  await page.getByRole('button', { name: 'Try 6 servers' }).click();
  const levels = page.getByRole('radiogroup', { name: 'Level of sentry' });
  const confined = levels.getByRole('radio', { name: /^Confined/ });
  const listed = levels.getByRole('radio', { name: /^Listed hosts/ });
  await expect(confined).toBeChecked();
  await expect(confined).toHaveAccessibleName(/proposed/);
  await expect(listed).toHaveAccessibleName(/highest seen to work/);
  await expect(listed).toHaveAccessibleDescription(/It was not seen to call api\.sentry\.com/);
  // What did not work cannot be chosen.
  await expect(levels.getByRole('radio', { name: /^Masked/ })).toBeDisabled();

  await page.getByRole('button', { name: 'Choose the highest seen to work for 4 more' }).click();
  await expect(listed).toBeChecked();
  await expect(page.getByRole('button', { name: /^Choose the highest/ })).toHaveCount(0);
  // By keyboard back to confined.
  await listed.focus();
  await page.keyboard.press('ArrowUp');
  await expect(confined).toBeChecked();
  const sent = page.waitForRequest(/scope\/applyAll$/);
  await page.getByRole('button', { name: 'Confine 5 servers' }).click();
  const { changes } = (await sent).postDataJSON().json;
  expect(
    changes.map(({ id, scope }: { id: string; scope: { level: string } }) => [id, scope.level]),
  ).toEqual([
    ['notion', 'listed-hosts'],
    ['linear', 'listed-hosts'],
    ['sentry', 'confined'],
    ['brave-search', 'listed-hosts'],
    ['supabase', 'listed-hosts'],
  ]);
});

test('levels that were chosen go back to what is proposed, all at once', async ({ page, open }) => {
  await open('everyday', '/servers/view/upgrade');
  await page.getByRole('button', { name: 'Try 6 servers' }).click();
  await page.getByRole('button', { name: 'Choose the highest seen to work for 4 more' }).click();
  await page.getByRole('button', { name: 'Choose what is proposed for all' }).click();
  const levels = page.getByRole('radiogroup', { name: 'Level of sentry' });
  await expect(levels.getByRole('radio', { name: /^Confined/ })).toBeChecked();
  await expect(page.getByRole('button', { name: 'Choose what is proposed for all' })).toHaveCount(
    0,
  );
});

test('what was applied is taken back at once, and nothing else', async ({ page, open }) => {
  await open('everyday', '/servers/view/upgrade');
  await page.getByRole('button', { name: 'Try 6 servers' }).click();
  await page.getByRole('button', { name: 'Confine 5 servers' }).click();
  const sent = page.waitForRequest(/scope\/applyAll$/);
  await page.getByRole('button', { name: 'Take all 4 back' }).click();
  const { changes } = (await sent).postDataJSON().json;
  expect(changes[0]).toEqual({ id: 'notion', basis: 'back-notion' });
  expect(changes.map(({ id }: { id: string }) => id)).not.toContain('sentry');
  await expect(page.getByText('They are as they were before.')).toBeVisible();
  const receipts = page.getByRole('list', { name: 'Receipts' }).getByRole('listitem');
  await expect(receipts.filter({ hasText: 'notion' })).toContainText('Scoped environment');
  await expect(page.getByRole('button', { name: /^Take/ })).toHaveCount(0);
});

test('while it tries, the level that it is at stands beside the server', async ({ page, open }) => {
  await open('everyday', '/servers/view/upgrade', 300);
  await page.getByRole('button', { name: 'Try 6 servers' }).click();
  await expect(page.getByRole('status').getByText(/^Listed hosts: starting it/)).toBeVisible();
});

test('stopped in the middle: what was tried stands, nothing was changed', async ({
  page,
  open,
}) => {
  await open('everyday', '/servers/view/upgrade', 300);
  let applied = 0;
  page.on('request', (request) => {
    if (/scope\/apply/.test(request.url())) applied += 1;
  });
  await page.getByRole('button', { name: 'Try 6 servers' }).click();
  await expect(page.getByText('2 of 6', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText(/^Stopped\./)).toBeVisible();
  // The button is gone, and the keyboard goes on from what took its place.
  await expect(page.getByRole('heading', { name: 'What was seen' })).toBeFocused();
  // Those that ended before the click, and never all.
  const tried = await page.getByRole('checkbox', { name: /^Confine / }).count();
  expect(tried).toBeGreaterThanOrEqual(2);
  expect(tried).toBeLessThan(6);
  expect(applied).toBe(0);
});

test('by keyboard alone: try, untick, apply', async ({ page, open }) => {
  await open('everyday', '/servers/view/upgrade');
  await page.getByRole('button', { name: 'Try 6 servers' }).focus();
  await page.keyboard.press('Enter');
  const first = page.getByRole('checkbox', { name: 'Confine notion' });
  await first.focus();
  await page.keyboard.press('Space');
  await expect(first).not.toBeChecked();
  await page.keyboard.press('Tab');
  // The levels of what is left out are no stop.
  await expect(page.getByRole('checkbox', { name: 'Confine linear' })).toBeFocused();
  await page.getByRole('button', { name: 'Confine 4 servers' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Receipts' })).toBeVisible();
});
