/** What goes wrong in the middle, on both real doors: the window says it and nothing is lost. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { type Env, runCli } from '../support/cli.ts';
import { writeCliHome } from '../support/cli-home.ts';
import { browserDoor, type Door, desktopDoor, type OpenWindow } from './window-doors.ts';
import { apply, test as base, expect, filesWith, go, openPlan } from './window-world.ts';

interface Fixtures {
  /** Which door; each test runs once for each. */
  readonly door: Door;
  /** Opens the window on the keyring's home. */
  readonly openWindow: () => Promise<Page>;
}

const test = base.extend<Fixtures>({
  door: [browserDoor, { option: true }],
  openWindow: async ({ door, keyring, browser }, use) => {
    const opened: OpenWindow[] = [];
    await use(async () => {
      const window = await door.open(keyring.env, browser);
      opened.push(window);
      return window.page;
    });
    for (const window of opened) await window.close();
  },
});

const token = (name: string) =>
  [name, crypto.randomUUID(), crypto.randomUUID()].join('').replaceAll('-', '');

/** Another tab of the same door, or, as the app has one window, a browser door beside it. */
async function openSecond(
  page: Page,
  door: Door,
  { env, browser }: { readonly env: Env; readonly browser: Browser },
): Promise<Pick<OpenWindow, 'page' | 'close'>> {
  if (door !== browserDoor) {
    const second = await browserDoor.open(env, browser);
    await go(second.page, 'Servers');
    return second;
  }
  const tab = await page.context().newPage();
  await tab.goto(new URL('/#/servers', page.url()).href);
  return { page: tab, close: () => tab.close() };
}

for (const door of [browserDoor, desktopDoor])
  test.describe(`${door.name} door`, () => {
    test.use({ door });

    test('a keychain that locks in the middle is named, and every secret stays where it was', async ({
      keyring,
      openWindow,
    }) => {
      const home = writeCliHome(keyring.home);
      const before = readFileSync(home.cursor, 'latin1');
      const page = await openWindow();
      await openPlan(page);
      await keyring.lock();
      await apply(page);
      await expect(
        page
          .getByText(/keychain/i)
          .and(page.getByText(/lock/i))
          .first(),
      ).toBeVisible();
      await expect(page.locator('main')).toContainText('keychain_locked');
      expect(readFileSync(home.cursor, 'latin1')).toBe(before);

      await keyring.unlock();
      await apply(page);
      await expect(page.getByRole('heading', { name: 'Protected' })).toBeVisible({
        timeout: 90_000,
      });
      expect(filesWith(keyring.home, [home.value])).toEqual([]);
    });

    test('a file that changed after the plan is planned anew and not overwritten', async ({
      keyring,
      openWindow,
    }) => {
      const home = writeCliHome(keyring.home);
      const page = await openWindow();
      await openPlan(page);
      const config = JSON.parse(readFileSync(home.cursor, 'utf8'));
      const added = token('added');
      config.mcpServers.second = { command: 'second', args: [], env: { SECOND_API_KEY: added } };
      // The window hears of the change by itself, so what is pressed may be the new plan or the old one.
      const apply = page.getByRole('button', { name: /^Protect \d+ secret/ });
      writeFileSync(home.cursor, JSON.stringify(config, null, 2));
      await apply.click();
      await expect(page.getByText('Something changed since you looked.')).toBeVisible();
      expect(readFileSync(home.cursor, 'utf8')).toBe(JSON.stringify(config, null, 2));
    });

    test('a server that does not start says so in its receipt', async ({ keyring, openWindow }) => {
      const home = writeCliHome(keyring.home);
      home.write(
        '.cursor/mcp.json',
        JSON.stringify({
          mcpServers: {
            broken: {
              command: process.execPath,
              args: ['-e', 'console.error("no such thing"); process.exit(3)'],
              env: { BROKEN_API_KEY: token('broken') },
            },
          },
        }),
      );
      const page = await openWindow();
      await openPlan(page);
      await apply(page);
      await expect(page.getByRole('heading', { name: 'Receipts' })).toBeVisible({
        timeout: 90_000,
      });
      const receipt = page.getByRole('list', { name: 'Receipts' }).getByRole('listitem');
      await expect(receipt.filter({ hasText: 'broken' }).first()).toContainText(/start/i);
    });

    test('two hundred findings: reviewed, planned, unticked and ticked without a wait', async ({
      keyring,
      openWindow,
    }) => {
      const home = writeCliHome(keyring.home);
      const names = Array.from({ length: 50 }, (_, index) => `server-${index}`);
      for (const path of [
        '.cursor/mcp.json',
        '.config/Claude/claude_desktop_config.json',
        '.codeium/windsurf/mcp_config.json',
        '.gemini/settings.json',
      ])
        home.write(
          path,
          JSON.stringify({
            mcpServers: Object.fromEntries(
              names.map((name) => [
                name,
                { command: name, args: [], env: { SOME_API_KEY: token(name) } },
              ]),
            ),
          }),
        );
      const page = await openWindow();
      await go(page, 'Exposure');
      await expect(page.getByText('200 of 200 secrets ticked')).toBeVisible();
      await page.getByLabel('Search findings').fill('server-49 cursor');
      await expect(page.getByRole('group', { name: /^server-/ })).toHaveCount(1);
      await page.getByLabel('Search findings').fill('');
      await page.getByRole('button', { name: 'Untick all' }).click();
      await expect(page.getByText('0 of 200 secrets ticked')).toBeVisible();
      await page.getByRole('checkbox', { name: 'Protect server-7', exact: true }).click();
      await expect(page.getByText('4 of 200 secrets ticked')).toBeVisible();
      await page.getByRole('button', { name: 'See the plan' }).click();
      await expect(page.getByText('Nothing is written before you apply.')).toBeVisible();
      // The file is one long line; what changes in it is in sight all the same.
      await expect(page.getByText(/"run", ?"server-7"/).first()).toBeVisible();
      // The four clients hold four values; one is kept, and nobody decides but the person.
      await expect(page.getByText('Which value is right?')).toBeVisible();
      await expect(page.getByRole('button', { name: 'Protect 4 secrets' })).toBeDisabled();
    });

    test('a second window and the command line: what one changes the other shows at once', async ({
      keyring,
      browser,
      door,
      openWindow,
    }) => {
      writeCliHome(keyring.home);
      const page = await openWindow();
      await expect(page.getByRole('heading', { level: 1, name: 'Welcome' })).toBeVisible();
      const second = await openSecond(page, door, { env: keyring.env, browser });
      const other = second.page;
      await expect(other.getByText('No servers yet')).toBeVisible();

      await openPlan(page);
      await apply(page);
      await expect(other.getByRole('link', { name: /^github/ })).toBeVisible({ timeout: 90_000 });
      await expect(page.getByRole('heading', { name: 'Protected' })).toBeVisible();

      const renamed = await runCli(
        ['servers', 'rename', 'github', 'renamed-by-shell', '--json'],
        keyring,
      );
      expect(renamed.exitCode, renamed.stdout + renamed.stderr).toBe(0);
      await expect(other.getByRole('link', { name: /^renamed-by-shell/ })).toBeVisible();
      await go(page, 'Servers');
      await expect(page.getByRole('link', { name: /^renamed-by-shell/ })).toBeVisible();
      await second.close();
    });
  });
