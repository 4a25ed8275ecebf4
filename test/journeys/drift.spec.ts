/**
 * Drift through the window, on a person's own files and a real keyring: what clients, tools and hands do
 * to the files is noticed without a click, explained, put right, and taken back byte for byte.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Locator, Page } from '@playwright/test';
import { runCli } from '../support/cli.ts';
import { plantSecrets, programs } from '../support/client-homes.ts';
import { valuesIn } from '../support/record-traffic.ts';
import { browserDoor, type Door, desktopDoor, type OpenWindow } from './window-doors.ts';
import { expect, filesWith, go, type JourneyWorld, test } from './window-world.ts';

const read = (file: string) => readFileSync(file, 'latin1');

/** Everything protected, the window open, and at the end nothing secret seen to cross the door. */
async function inWindow(
  {
    door,
    world,
    browser,
  }: { door: Door; world: JourneyWorld; browser: Parameters<Door['open']>[1] },
  work: (window: OpenWindow) => Promise<void>,
): Promise<void> {
  const { exitCode, stderr } = await runCli(['protect', '--all', '--yes'], { env: world.env });
  expect(exitCode, stderr).toBe(0);
  const window = await door.open(world.env, browser);
  try {
    await window.page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
    await work(window);
    expect(valuesIn(window.traffic, world.home.secrets)).toEqual([]);
  } finally {
    await window.close();
  }
}

async function openCell(page: Page, name: RegExp): Promise<Locator> {
  await go(page, 'Clients');
  await page.getByRole('button', { name }).click();
  return page.getByRole('dialog');
}

/** By its receipts: the button beside them is there whatever became of it. */
async function expectDone(panel: Locator): Promise<void> {
  const receipts = panel.getByRole('list', { name: 'Receipts' });
  await expect(receipts).toBeVisible();
  const outcome = await receipts.innerText();
  expect(outcome).toMatch(/\bDone\b/);
  expect(outcome).not.toMatch(/\b(?:Failed|Skipped|Unchanged)\b/);
}

async function undoRun(page: Page, panel: Locator): Promise<void> {
  await panel.getByRole('link', { name: 'Undo this run' }).click();
  await page.getByRole('button', { name: 'Undo run' }).click();
  await expect(page.getByRole('heading', { name: 'Undone' })).toBeVisible();
}

for (const door of [browserDoor, desktopDoor]) {
  test(`a wiped file is noticed, explained and put back (${door.name})`, async ({
    world,
    browser,
  }) => {
    await inWindow({ door, world, browser }, async ({ page }) => {
      const file = world.home.files.claudeDesktop ?? '';
      const good = read(file);
      await expect(page.getByText(/entries drifted/)).toBeHidden();
      // As Claude Desktop does it: its own settings, and the block of servers gone.
      const wiped = '{\n  "globalShortcut": "Alt+Space"\n}';
      writeFileSync(file, wiped);
      await expect(page.getByText('2 entries drifted')).toBeVisible();
      await putBack(page, good, file);
      writeFileSync(file, wiped);
      const panel = await openCell(page, /^github in Claude Desktop: Wiped/);
      await panel.getByRole('button', { name: 'Repair…' }).click();
      await panel.getByRole('button', { name: 'Repair', exact: true }).click();
      await expectDone(panel);
      expect(JSON.parse(read(file)).mcpServers).toEqual({
        github: JSON.parse(good).mcpServers.github,
      });
      await panel.getByRole('button', { name: /^Undo/ }).click();
      await panel.getByRole('button', { name: 'Undo write' }).click();
      await expect(panel).toBeHidden();
      expect(read(file)).toBe(wiped);
    });
  });
}

/** The whole file as it was before the client wrote it, entries included that were never ours. */
async function putBack(page: Page, good: string, file: string): Promise<void> {
  const panel = await openCell(page, /^github in Claude Desktop: Wiped/);
  await expect(panel.getByText('Wiped by the client')).toBeVisible();
  await expect(panel.getByText('What speaks for it')).toBeVisible();
  await panel.getByRole('button', { name: 'Put the whole file back…' }).click();
  await panel.getByRole('button', { name: 'Restore file', exact: true }).click();
  await expect(panel.getByText('In step')).toBeVisible();
  expect(read(file)).toBe(good);
  await page.keyboard.press('Escape');
  await expect(panel).toBeHidden();
}

test('a hand edit of VS Code’s file is adopted, and its comments stay', async ({
  world,
  browser,
}) => {
  await inWindow({ door: browserDoor, world, browser }, async ({ page }) => {
    const file = world.home.files.vscode ?? '';
    const edited = read(file)
      .replace(/"command": "[^"]*portcullis"/, `"command": ${JSON.stringify(process.execPath)}`)
      .replace(
        /"args": \["run", "figma"\],?/,
        `"args": [${JSON.stringify(programs.figma)}, "--stdio", "--skip-image-downloads"], // by hand`,
      );
    writeFileSync(file, edited);
    await expect(page.getByText('1 entry drifted')).toBeVisible();
    const panel = await openCell(page, /^figma in Visual Studio Code: Edited/);
    await expect(panel.getByText('Edited by you')).toBeVisible();
    await panel.getByRole('button', { name: 'Adopt…' }).click();
    await panel.getByRole('button', { name: 'Adopt', exact: true }).click();
    await expectDone(panel);
    const adopted = read(file);
    expect(adopted).toContain('// my servers');
    expect(adopted).toContain('"args": ["run", "figma"]');
    const { stdout } = await runCli(['servers', 'show', 'figma', '--json'], { env: world.env });
    expect(stdout).toContain('--skip-image-downloads');
    await undoRun(page, panel);
    expect(read(file)).toBe(edited);
  });
});

test('a stranger’s server with its key in plain text is adopted and protected', async ({
  world,
  browser,
}) => {
  const key = plantSecrets().github;
  await inWindow({ door: browserDoor, world, browser }, async ({ page, traffic }) => {
    const file = world.home.files.cursor ?? '';
    const entry = {
      command: process.execPath,
      args: [programs.github, '--foreign'],
      env: { GITHUB_PERSONAL_ACCESS_TOKEN: key },
    };
    const installed = read(file).replace(
      '"mcpServers": {',
      `"mcpServers": {\r\n\t\t"octo": ${JSON.stringify(entry)},`,
    );
    await go(page, 'Clients');
    writeFileSync(file, installed);
    const cell = page.getByRole('button', { name: /^octo in Cursor: Not ours/ });
    await cell.click();
    const panel = page.getByRole('dialog');
    await expect(panel.getByText('1 secret in plain text')).toBeVisible();
    await panel.getByRole('button', { name: 'Adopt…' }).click();
    await expect(panel.getByText('ghp_••••').first()).toBeVisible();
    await panel.getByRole('button', { name: 'Adopt', exact: true }).click();
    await expectDone(panel);
    expect(filesWith(world.home.home, [key])).toEqual([]);
    await undoRun(page, panel);
    expect(read(file)).toBe(installed);
    expect(valuesIn(traffic, { key })).toEqual([]);
  });
});

test('a secret that is exposed again is told at once, seen or not', async ({ world, browser }) => {
  const door = desktopDoor;
  await inWindow({ door, world, browser }, async ({ page, app }) => {
    if (app === undefined) throw new Error('The desktop door has an app.');
    const file = world.home.files.vscode ?? '';
    const exposed = world.before.get(file) ?? '';
    const good = read(file);
    await go(page, 'Settings');
    writeFileSync(file, exposed);
    const news = page.locator('[aria-live=assertive]');
    await expect(news).toContainText('A secret stands in plain text again.');
    await expect(news).toContainText('figma in Visual Studio Code');
    writeFileSync(file, good);
    await expect(news).toBeEmpty();
    const notified = () =>
      app.evaluate(({ Notification }) => {
        const all: unknown = Reflect.get(Notification, 'all');
        return all instanceof Set ? [...all].map(({ body }) => String(body)) : [];
      });
    expect(await notified()).toEqual([]);
    await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
    writeFileSync(file, exposed);
    await expect.poll(notified).toEqual(['figma. Open Portcullis to put it right.']);
    await app.evaluate(({ Notification }) => {
      const all: unknown = Reflect.get(Notification, 'all');
      if (all instanceof Set) for (const one of all) one.emit('click');
    });
    await expect
      .poll(() =>
        app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible()),
      )
      .toBe(true);
    await expect(news).toContainText('figma in Visual Studio Code');
  });
});
