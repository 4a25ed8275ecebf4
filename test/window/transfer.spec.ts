/** Servers to another computer and from one, and how long copies are kept: by a person, with mishaps. */
import { readFile, writeFile } from 'node:fs/promises';
import { standPassphrase } from '../renderer-stand/fixture-transfer.ts';
import { importFile } from '../renderer-stand/import-file.ts';
import { findFaults } from './find-faults.ts';
import { expect, settle, test } from './window-test.ts';

test('a wrong passphrase, a broken file and a huge one are one clear error each', async ({
  page,
  open,
}, info) => {
  const { stand } = await open('everyday', '/settings/import');
  const before = stand.world.records.size;
  const text = page.getByLabel('Or paste its text');
  const plan = page.getByRole('button', { name: 'See the plan' });
  await expect(plan).toBeDisabled();
  await text.fill('{');
  await plan.click();
  await expect(page.getByRole('alert')).toContainText('it is not JSON');
  await text.fill('-----BEGIN AGE ENCRYPTED FILE-----\nbm90aGluZw==\n');
  await expect(page.getByRole('alert')).toBeHidden();
  await page.getByLabel('Passphrase of the file').fill('not this one');
  await plan.click();
  await expect(page.getByRole('alert')).toHaveCount(1);
  await expect(page.getByRole('alert')).toContainText('does not open the file');
  const huge = info.outputPath('huge.json');
  await writeFile(huge, 'x'.repeat(5_000_000));
  await page.locator('input[type=file]').setInputFiles(huge);
  await expect(page.getByRole('alert')).toContainText('too large');
  await expect(plan).toBeDisabled();
  expect(stand.world.records.size).toBe(before);
});

test('a sealed file is made by keyboard, handed over, and opens on another computer', async ({
  page,
  open,
}, info) => {
  await open('everyday', '/settings');
  await settle(page);
  await page.getByRole('link', { name: 'Export servers' }).focus();
  await page.keyboard.press('Enter');
  const make = page.getByRole('button', { name: 'Make the file' });
  await page.getByRole('checkbox', { name: 'Export github' }).focus();
  await page.keyboard.press('Space');
  await page.getByRole('radio', { name: 'Leave them here' }).focus();
  await page.keyboard.press('ArrowRight');
  await page.getByLabel('Passphrase', { exact: true }).fill('too short');
  await expect(page.getByText('3 more characters needed.')).toBeVisible();
  await page.getByLabel('Passphrase again').fill('too short');
  await expect(make).toBeDisabled();
  await page.getByLabel('Passphrase', { exact: true }).fill(standPassphrase);
  await expect(page.getByText('The two are not the same.')).toBeVisible();
  await page.getByLabel('Passphrase again').fill(standPassphrase);
  expect(await findFaults(page)).toEqual([]);
  const download = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  const file = await download;
  expect(file.suggestedFilename()).toBe('portcullis-servers.age');
  const path = info.outputPath('portcullis-servers.age');
  await file.saveAs(path);
  await expect(page.getByText('It was handed to you as portcullis-servers.age.')).toBeVisible();
  await page.getByRole('button', { name: 'Show the text' }).click();
  await expect(page.getByLabel('Text of the file')).toHaveValue(await readFile(path, 'utf8'));
  expect(await findFaults(page)).toEqual([]);
  const { stand } = await open('first-run', '/settings/import');
  await page.locator('input[type=file]').setInputFiles(path);
  await expect(page.getByText('portcullis-servers.age,')).toBeVisible();
  await page.getByLabel('Passphrase of the file').fill(standPassphrase);
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: /^Take over \d+ servers/ }).click();
  await expect(page.getByText('“slack” is taken over.')).toBeVisible();
  expect(stand.world.records.has('slack')).toBe(true);
  expect(stand.world.records.has('github')).toBe(false);
});

test('what differs is left alone until it is ticked, and a yes is asked only when needed', async ({
  page,
  open,
}) => {
  const { stand } = await open('everyday', '/settings/import');
  const before = stand.world.records.get('github')?.shown;
  await page.getByLabel('Or paste its text').fill(importFile);
  await page.getByRole('button', { name: 'See the plan' }).click();
  await expect(page.getByText('1 new, 1 different here')).toBeVisible();
  await expect(page.getByText('Not on this computer: goose.').first()).toBeVisible();
  const fresh = page.getByRole('checkbox', { name: 'Take over billing' });
  const other = page.getByRole('checkbox', { name: 'Take over github' });
  await expect(fresh).toBeChecked();
  await expect(other).not.toBeChecked();
  await expect(page.getByText('--read-only')).toBeVisible();
  const consent = page.getByRole('checkbox', { name: /known from second hand/ });
  await expect(consent).not.toBeChecked();
  await page.getByLabel('BILLING_KEY of billing').fill('typed here');
  expect(await findFaults(page)).toEqual([]);
  await fresh.click();
  await expect(consent).toBeHidden();
  await expect(page.getByRole('button', { name: /^Take over 0/ })).toBeDisabled();
  await fresh.click();
  await page.getByRole('button', { name: 'Take over 1 server' }).click();
  await expect(page.getByText('“billing” is taken over.')).toBeVisible();
  expect(stand.world.records.get('github')?.shown).toBe(before);
});

test('limits of copies are kept, and nonsense is not', async ({ page, open }) => {
  await open('everyday', '/settings');
  const days = page.getByLabel('Days to keep a copy');
  const keep = page.getByRole('button', { name: 'Save limits' });
  await expect(keep).toBeDisabled();
  for (const nonsense of ['', '0', '-3', '1.5', '9e9', '99999']) {
    await days.fill(nonsense);
    await expect(page.getByText('From 1 to 3,650.')).toBeVisible();
    await expect(keep).toBeDisabled();
  }
  await days.fill('7');
  await expect(page.getByText('deleted for good within the hour')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByText('Saved.', { exact: true })).toBeVisible();
  await page.reload();
  await expect(days).toHaveValue('7');
});
