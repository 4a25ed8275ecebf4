/** A person's computer for journeys through the window: keyring, lived-in home, a remote server. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test as base, expect, type Page } from '@playwright/test';
import { type LivedInHome, plantSecrets, writeLivedInHome } from '../support/client-homes.ts';
import { type Keyring, startKeyring } from '../support/keyring.ts';
import { type Remote, startDualEra } from '../support/remote-servers.ts';
import { type ServedDoor, startServe } from '../support/serve.ts';

export interface JourneyWorld {
  readonly keyring: Keyring;
  readonly env: Keyring['env'];
  readonly home: LivedInHome;
  /** Bytes of every client's file at the start. */
  readonly before: ReadonlyMap<string, string>;
}

interface Fixtures {
  /** Nine clients’ files with a dozen servers. */
  readonly world: JourneyWorld;
  /** A keyring and an empty home. */
  readonly keyring: Keyring;
  /** Starts the browser door and goes in; answers the door. */
  readonly enter: (env: Keyring['env'], port?: number) => Promise<ServedDoor>;
}

export const test = base.extend<Fixtures>({
  // Playwright reads the names of the first argument; there is none.
  // biome-ignore lint/correctness/noEmptyPattern: see above
  keyring: async ({}, use) => {
    const keyring = await startKeyring();
    await use(keyring);
    await keyring.stop();
  },
  world: async ({ keyring }, use) => {
    const secrets = plantSecrets();
    const remote: Remote = await startDualEra(`Bearer ${secrets.remote}`);
    const home = writeLivedInHome(keyring.home, remote.url, secrets);
    const before = new Map(
      Object.values(home.files).map((file) => [file, readFileSync(file, 'latin1')]),
    );
    await use({ keyring, env: keyring.env, home, before });
    await remote.stop();
  },
  enter: async ({ page }, use) => {
    const doors: ServedDoor[] = [];
    await use(async (env, port) => {
      const door = await startServe(env, port);
      doors.push(door);
      await page.goto(door.address);
      await page.getByRole('heading', { level: 1 }).waitFor();
      return door;
    });
    for (const door of doors) await door.stop();
  },
});

/** To a screen by its place in the navigation. */
export async function go(page: Page, name: string): Promise<void> {
  await page
    .getByRole('navigation')
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}

/** From anywhere to the plan. */
export async function openPlan(page: Page): Promise<void> {
  await go(page, 'Exposure');
  await page.getByRole('button', { name: 'See the plan' }).click();
  await expect(page.getByText('Nothing is written before you apply.')).toBeVisible();
}

export async function apply(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Protect \d+ secret/ }).click();
}

/** Files below a folder that hold one of the values as written or as JSON. */
export function filesWith(folder: string, values: readonly string[]): readonly string[] {
  const forms = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1)]);
  return (
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      // The keyring daemon's own store lies in this home too; it is sealed by the daemon.
      .filter((path) => statSync(path).isFile() && !path.includes('/keyrings/'))
      .filter((path) => {
        const text = readFileSync(path, 'latin1');
        return forms.some((form) => text.includes(form));
      })
  );
}

export { expect };
