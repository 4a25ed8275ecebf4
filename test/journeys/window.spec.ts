/**
 * The main job through the window, on both doors: first run, review, plan, protect, every entry started
 * as its client would, undo, and every file byte for byte as it was. What crossed the door on the way is
 * searched for planted values.
 */
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { valuesIn } from '../support/record-traffic.ts';
import { readStartableEntries, startEntry } from '../support/start-entries.ts';
import { browserDoor, desktopDoor } from './window-doors.ts';
import { apply, expect, filesWith, go, type JourneyWorld, test } from './window-world.ts';

for (const door of [browserDoor, desktopDoor]) {
  test(`first run to undo by the ${door.name} door`, async ({ world, browser }) => {
    test.setTimeout(420_000);
    const { page, traffic, close } = await door.open(world.env, browser);
    try {
      await protectFromFirstRun(page, world);
      await startEveryEntry(world);
      await visitTheRest(page);
      await undo(page, world);
      expect(traffic.calls()).toBeGreaterThan(10);
      expect(Buffer.concat(traffic.outwards).includes('GITHUB_PERSONAL_ACCESS_TOKEN')).toBe(true);
      expect(valuesIn(traffic, { ...world.home.secrets, ...replacement })).toEqual([]);
    } finally {
      await close();
    }
  });
}

const replacement = { replacement: ['new', 'value', String(process.pid), 'of', 'figma'].join('-') };

async function protectFromFirstRun(page: Page, { home }: JourneyWorld): Promise<void> {
  await expect(
    page.getByRole('heading', { level: 1, name: 'Welcome to Portcullis' }),
  ).toBeVisible();
  await expect(
    page.getByRole('heading', { name: '17 passwords and tokens are readable on this computer' }),
  ).toBeVisible();
  await page.getByRole('link', { name: 'See them and choose' }).click();
  await expect(page.getByText('16 of 17 secrets ticked')).toBeVisible();
  // The shell history is named, and changed only when the person says so.
  const history = page.getByRole('checkbox', { name: /^Protect .*\.bash_history$/ });
  await expect(history).not.toBeChecked();
  await history.click();
  await page.getByRole('button', { name: 'See the plan' }).click();
  await expect(page.getByText('Nothing is written before you apply.')).toBeVisible();
  expect(await page.locator('main').innerText()).toContain('claude_desktop_config.json');
  await apply(page);
  await expect(page.getByRole('heading', { name: 'Protected' })).toBeVisible({ timeout: 180_000 });
  await expect(page.getByText('A fresh look finds nothing exposed.')).toBeVisible();
  expect(filesWith(home.home, Object.values(home.secrets))).toEqual([]);
}

async function startEveryEntry({ home, env }: JourneyWorld): Promise<void> {
  for (const entry of readStartableEntries(home)) {
    const started = await startEntry(entry, 'v1', env).catch((cause: unknown) => {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(`${entry.name} of ${entry.client} did not start. ${reason}`, { cause });
    });
    expect(started.tools.length, `${entry.client} ${entry.name}`).toBeGreaterThan(0);
    await started.stop();
  }
}

/** The other screens, so that their messages are recorded too. */
async function visitTheRest(page: Page): Promise<void> {
  await go(page, 'Servers');
  await page.getByRole('link', { name: /^memory/ }).click();
  await page.getByRole('button', { name: 'Start and look' }).click();
  await expect(page.getByRole('tab', { name: /^Tools \d+/ })).toBeVisible({ timeout: 60_000 });
  await go(page, 'Clients');
  await page.getByRole('link', { name: /^Cursor/ }).click();
  await page.getByRole('button', { name: 'History' }).first().click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await go(page, 'Secrets');
  await page.getByRole('button', { name: 'Actions for FIGMA_API_KEY' }).click();
  await page.getByRole('menuitem', { name: 'Replace' }).click();
  await page.getByLabel('Value', { exact: true }).fill(replacement.replacement);
  await page.getByRole('button', { name: 'Store in keychain' }).click();
  await expect(page.getByText('FIGMA_API_KEY is in the keychain.')).toBeVisible();
  await go(page, 'Settings');
  await expect(page.getByText('Launcher').first()).toBeVisible();
}

async function undo(page: Page, { before }: JourneyWorld): Promise<void> {
  await go(page, 'Exposure');
  await page.getByRole('link', { name: 'Undo…' }).click();
  await page.getByRole('button', { name: 'Undo run' }).click();
  await expect(page.getByRole('heading', { name: 'Undone' })).toBeVisible({ timeout: 60_000 });
  for (const [file, text] of before) expect(readFileSync(file, 'latin1'), file).toBe(text);
  await go(page, 'Servers');
  await expect(page.getByText('No servers yet')).toBeVisible();
}
