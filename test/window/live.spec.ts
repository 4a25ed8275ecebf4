import { expect, settle, test } from './window-test.ts';

test('news changes what is shown without a reload', async ({ page, open }) => {
  const { stand } = await open('calm');
  await expect(page.getByText(/^Nothing is exposed\./)).toBeVisible();
  for (const standing of stand.world.standings.slice(0, 1)) standing.isProtected = false;
  stand.tell({ type: 'files-changed', files: ['x'] });
  await expect(page.getByRole('heading', { name: /plain text/ })).toBeVisible();
});

test('a lost connection shows itself, heals, and reads everything afresh', async ({
  page,
  open,
}) => {
  const { stand } = await open('calm');
  await settle(page);
  stand.fall();
  await expect(page.getByText('Portcullis is not answering.')).toBeVisible();
  for (const standing of stand.world.standings.slice(0, 1)) standing.isProtected = false;
  stand.rise();
  await page.getByRole('button', { name: 'Try now' }).click();
  await expect(page.getByText('Portcullis is not answering.')).toBeHidden();
  await expect(page.getByRole('heading', { name: /plain text/ })).toBeVisible();
});

test('a failure names its cause, its place and its remedy', async ({ page, open }) => {
  await open('failed');
  const alert = page.getByRole('alert');
  await expect(alert).toContainText('The records cannot be read.');
  await expect(alert).toContainText('Restore them from the backup beside the file');
  await expect(alert).toContainText('records.json');
  await expect(alert).toContainText('line 214, column 7');
  await expect(alert.getByRole('button', { name: 'Try again' })).toBeVisible();
});

test('commands in the notice of a missing keychain are shown as such', async ({ page, open }) => {
  await open('no-keychain', '/');
  await expect(page.getByRole('code').first()).toHaveText('sudo apt install gnome-keyring');
  await expect(page.locator('main')).not.toContainText('`');
});
