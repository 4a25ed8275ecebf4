/** What goes wrong in the middle, on the real browser door: the window says it and nothing is lost. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../support/cli.ts';
import { writeCliHome } from '../support/cli-home.ts';
import { startServe } from '../support/serve.ts';
import { apply, expect, filesWith, go, openPlan, test } from './window-world.ts';

const token = (name: string) =>
  [name, crypto.randomUUID(), crypto.randomUUID()].join('').replaceAll('-', '');

test('a keychain that locks in the middle is named, and every secret stays where it was', async ({
  keyring,
  page,
  enter,
}) => {
  const home = writeCliHome(keyring.home);
  const before = readFileSync(home.cursor, 'latin1');
  await enter(keyring.env);
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
  await expect(page.getByRole('heading', { name: 'Protected' })).toBeVisible({ timeout: 90_000 });
  expect(filesWith(keyring.home, [home.value])).toEqual([]);
});

test('a file that changed after the plan is planned anew and not overwritten', async ({
  keyring,
  page,
  enter,
}) => {
  const home = writeCliHome(keyring.home);
  await enter(keyring.env);
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

test('a server that does not start says so in its receipt', async ({ keyring, page, enter }) => {
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
  await enter(keyring.env);
  await openPlan(page);
  await apply(page);
  await expect(page.getByRole('heading', { name: 'Receipts' })).toBeVisible({ timeout: 90_000 });
  const receipt = page.getByRole('list', { name: 'Receipts' }).getByRole('listitem');
  await expect(receipt.filter({ hasText: 'broken' }).first()).toContainText(/start/i);
});

test('two hundred findings: reviewed, planned, unticked and ticked without a wait', async ({
  keyring,
  page,
  enter,
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
  await enter(keyring.env);
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
  page,
  context,
  enter,
}) => {
  writeCliHome(keyring.home);
  const door = await enter(keyring.env);
  await expect(page.getByRole('heading', { level: 1, name: 'Welcome' })).toBeVisible();
  const other = await context.newPage();
  await other.goto(new URL('/#/servers', door.address).href);
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
});

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
