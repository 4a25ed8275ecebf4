/** Going in by the browser door: a door that dies, and an address that was used. */
import { join } from 'node:path';
import { writeCliHome } from '../support/cli-home.ts';
import { startServe } from '../support/serve.ts';
import { expect, test } from './window-world.ts';

test('a killed door shows itself; the next one is entered anew and the old page goes on', async ({
  keyring,
  page,
  context,
  enter,
}) => {
  writeCliHome(keyring.home);
  const door = await enter(keyring.env);
  await door.kill();
  await expect(page.getByText('Portcullis is not answering.')).toBeVisible();

  const other = await context.newPage();
  const next = await startServe(keyring.env, door.port);
  await page.getByRole('button', { name: 'Try now' }).click();
  await expect(page.getByText('Portcullis was started again.')).toBeVisible();
  await expect(page.getByText('Open the window again')).toBeVisible();

  await other.goto(next.address);
  await expect(other.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByText('Portcullis was started again.')).toBeHidden();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'Welcome' })).toBeVisible();
  await next.stop();
});

test('an address works once, and says what to do when it was used', async ({
  keyring,
  page,
  browser,
  enter,
}) => {
  const door = await enter(keyring.env);
  expect(page.url()).not.toContain('code=');
  const stranger = await browser.newPage();
  await stranger.goto(door.address);
  await expect(stranger.getByText('This page has no key any more')).toBeVisible();
  await expect(stranger.getByText('portcullis open')).toBeVisible();
  expect(await stranger.locator('body').innerText()).not.toContain(join(keyring.home, '.cursor'));
  await stranger.close();
});
