/** The road of a call: click → preload → main → core → back, and what the window keeps. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { ElectronApplication } from '@playwright/test';
import { expect, realElectron, test } from './desktop-test.ts';
import { callPort, sendHuge } from './in-page.mjs';

const config = JSON.stringify({ mcpServers: { hub: { command: 'hub', args: [] } } });

test('shows the clients of this computer', async ({ desktop }) => {
  await desktop.write('.cursor/mcp.json', config);
  const { window } = await desktop.open();
  await expect(window.getByRole('heading', { level: 1 })).toBeVisible();
  await window.getByRole('link', { name: 'Clients' }).click();
  await expect(window.getByText('Cursor').first()).toBeVisible();
});

test('takes a click to the records and the news back to the screen', async ({ desktop }) => {
  const { window } = await desktop.open();
  const added = await window.evaluate(callPort, {
    path: '/projects/add',
    input: { folder: desktop.home },
  });
  expect(added).toEqual({ json: {} });
  expect(JSON.parse(await desktop.read('.config/portcullis/records.json'))).toMatchObject({
    projectFolders: [desktop.home],
  });
});

test('refuses what does not fit the contract, without a stack', async ({ desktop }) => {
  const { window } = await desktop.open();
  const answer = await window.evaluate(callPort, {
    path: '/servers/get',
    input: { id: 'x', extra: 1 },
  });
  expect(answer).toMatchObject({ json: { code: 'bad_input', status: 400 } });
  expect(JSON.stringify(answer)).not.toMatch(/stack|node_modules|\.ts:/);
});

test('works again after the page was loaded anew', async ({ desktop }) => {
  const { window } = await desktop.open();
  await expect(window.getByRole('heading', { level: 1 })).toBeVisible();
  await window.reload();
  await expect(window.getByRole('heading', { level: 1 })).toBeVisible();
  const answer = await window.evaluate(callPort, { path: '/projects/list', input: {} });
  expect(answer).toEqual({ json: [] });
});

test('a message that is too large closes the port, and the page gets another', async ({
  desktop,
}) => {
  const { window } = await desktop.open();
  const isClosed = await window.evaluate(sendHuge, 5 * 1024 * 1024);
  expect(isClosed).toBe(true);
  const answer = await window.evaluate(callPort, { path: '/projects/list', input: {} });
  expect(answer).toEqual({ json: [] });
});

test('keeps the place of the window, and forgets one that no screen has', async ({ desktop }) => {
  const place = { x: 60, y: 50, width: 900, height: 600 };
  const first = await desktop.open();
  await setPlace(first.app, place);
  await first.app.close();
  const second = await desktop.open();
  expect(await readPlace(second.app)).toEqual(place);
  await setPlace(second.app, { x: 40_000, y: 40_000, width: 900, height: 600 });
  await second.app.close();
  const third = await desktop.open();
  expect((await readPlace(third.app)).x).toBeLessThan(2000);
});

test('closing hides the window, and another start shows it', async ({ desktop }) => {
  const { app } = await desktop.open();
  const isVisible = () =>
    app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
  await expect.poll(isVisible).toBe(true);
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  expect(await isVisible()).toBe(false);
  const root = join(import.meta.dirname, '../..');
  const program = realElectron ?? join(root, 'test/electron-stand-in/electron.mjs');
  const main = join(root, 'out/electron/main.mjs');
  const second = spawn(program, [main, '--no-sandbox'], { env: desktop.env, stdio: 'ignore' });
  const [code] = await once(second, 'exit');
  expect(code).toBe(0);
  await expect.poll(isVisible).toBe(true);
  expect(app.windows()).toHaveLength(1);
});

test('the switches of the app are kept, and the window ends the app when that is wanted', async ({
  desktop,
}) => {
  const { app, window } = await desktop.open();
  await window.getByRole('link', { name: 'Settings', exact: true }).click();
  const section = window.getByRole('region', { name: 'The app on this computer' });
  const toggle = (name: string) => section.getByRole('switch', { name });
  await expect(toggle('Stay in the tray when the window is closed')).toBeChecked();
  await expect(toggle('Look for new versions')).not.toBeChecked();
  await expect(section.getByText('Nothing about you', { exact: false })).toBeVisible();
  // Playwright's own click would land on the hidden input, below what a person sees.
  await toggle('Stay in the tray when the window is closed').click({ force: true });
  await toggle('Look for new versions').click({ force: true });
  await expect(toggle('Stay in the tray when the window is closed')).not.toBeChecked();
  await expect(toggle('Look for new versions')).toBeChecked();
  expect(
    JSON.parse(await desktop.read('.local/share/portcullis/desktop/desktop.json')),
  ).toMatchObject({ closeToTray: false, checksForUpdates: true });
  const ended = app.waitForEvent('close');
  await app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.close());
  await ended;
});

type Place = { x: number; y: number; width: number; height: number };

const setPlace = (app: ElectronApplication, place: Place) =>
  app.evaluate(({ BrowserWindow }, next) => {
    BrowserWindow.getAllWindows()[0]?.setBounds(next);
  }, place);

const readPlace = (app: ElectronApplication) =>
  app.evaluate(({ BrowserWindow }): Place => {
    const [window] = BrowserWindow.getAllWindows();
    if (window === undefined) throw new Error('There is no window.');
    return window.getNormalBounds();
  });
