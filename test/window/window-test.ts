/** A page on a stand of its own, which also holds the page to the content policy. */
import { test as base, expect, type Page } from '@playwright/test';
import type { SceneName } from '../renderer-stand/scenes.ts';
import { openStand, type Stand } from '../renderer-stand/stand.ts';

export interface Opened {
  readonly stand: Stand;
  /** Policy violations and errors that the page met so far. */
  readonly complaints: readonly string[];
}

interface Fixtures {
  readonly open: (scene: SceneName, path?: string, stepTime?: number) => Promise<Opened>;
}

export const test = base.extend<Fixtures>({
  open: async ({ page }, use) => {
    const stands: Stand[] = [];
    const complaints = await listenForComplaints(page);
    await use(async (scene, path = '/', stepTime = 5) => {
      const stand = await openStand({ scene, stepTime });
      stands.push(stand);
      await page.goto(`${stand.url}#${path}`);
      await page.locator('main h1').waitFor();
      return { stand, complaints };
    });
    expect(complaints).toEqual([]);
    for (const stand of stands) await stand.close();
  },
});

/** Hears every policy violation in the page, before any script of the page runs. */
async function listenForComplaints(page: Page): Promise<string[]> {
  const complaints: string[] = [];
  await page.exposeFunction('complain', (text: string) => complaints.push(text));
  await page.addInitScript(`
    document.addEventListener('securitypolicyviolation', (event) => {
      window.complain('policy: ' + event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample);
    });
  `);
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  return complaints;
}

/** Waits until nothing on the screen is loading. */
export async function settle(page: Page): Promise<void> {
  await expect(page.getByRole('status', { name: 'Loading' })).toHaveCount(0);
}

export { expect };
