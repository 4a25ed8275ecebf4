/** Copying a secret: by the app's own process, never through the page. */

import { writeCliHome } from '../support/cli-home.ts';
import { valuesIn } from '../support/record-traffic.ts';
import { desktopDoor } from './window-doors.ts';
import { apply, expect, go, openPlan, test } from './window-world.ts';

test(`a copied secret crosses no door (${desktopDoor.name})`, async ({ keyring, browser }) => {
  const home = writeCliHome(keyring.home);
  const { page, traffic, app, close } = await desktopDoor.open(keyring.env, browser);
  const readClipboard = () => app?.evaluate(({ clipboard }) => clipboard.readText());
  try {
    await openPlan(page);
    await apply(page);
    await expect(page.getByRole('heading', { name: 'Protected' })).toBeVisible({ timeout: 90_000 });
    await go(page, 'Secrets');
    expect(await readClipboard()).not.toContain(home.value);
    await page
      .getByRole('button', { name: /^Actions for / })
      .first()
      .click();
    await page.getByRole('menuitem', { name: 'Copy' }).click();
    await expect.poll(() => readClipboard()).toBe(home.value);
    await expect(page.getByText('Copied. Cleared in 30 s.')).toBeVisible();
    expect(valuesIn(traffic, { value: home.value })).toEqual([]);
  } finally {
    await close();
  }
});
