/** Servers to a new computer through the window: two keyrings, two homes, one sealed file. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCli } from '../support/cli.ts';
import { startKeyring } from '../support/keyring.ts';
import { valuesIn } from '../support/record-traffic.ts';
import { browserDoor } from './window-doors.ts';
import { expect, filesWith, go, test } from './window-world.ts';

const passphrase = 'ledger kites under a violet bus';

test('servers and their secrets travel to another computer in a sealed file', async ({
  world,
  browser,
}, info) => {
  await runCli(['protect', '--all', '--yes'], { env: world.env });
  const sealed = info.outputPath('portcullis-servers.age');
  const here = await browserDoor.open(world.env, browser);
  await go(here.page, 'Settings');
  await here.page.getByRole('link', { name: /^Export servers/ }).click();
  await here.page.getByText('Take them along').click();
  await here.page.getByLabel('Passphrase', { exact: true }).fill(passphrase);
  await here.page.getByLabel('Passphrase again').fill(passphrase);
  const download = here.page.waitForEvent('download');
  await here.page.getByRole('button', { name: 'Make the file' }).click();
  await (await download).saveAs(sealed);
  expect(valuesIn(here.traffic, world.home.secrets)).toEqual([]);
  await here.close();

  const other = await startKeyring();
  const cursor = join(other.home, '.cursor/mcp.json');
  const before = '{\n\t"mcpServers": {}\n}\n';
  mkdirSync(join(other.home, '.cursor'));
  writeFileSync(cursor, before);
  const { page, traffic, close } = await browserDoor.open(other.env, browser);
  await go(page, 'Settings');
  await page.getByRole('link', { name: /^Import servers/ }).click();
  await page.locator('input[type=file]').setInputFiles(sealed);
  await page.getByLabel('Passphrase of the file').fill('not this one, surely');
  await page.getByRole('button', { name: 'See the plan' }).click();
  await expect(page.getByRole('alert')).toContainText('does not open the file');
  await page.getByLabel('Passphrase of the file').fill(passphrase);
  await page.getByRole('button', { name: 'See the plan' }).click();
  await expect(page.getByText('Will be added to Cursor.').first()).toBeVisible();
  await page.getByRole('button', { name: /^Take over \d+ servers/ }).click();
  await expect(page.getByText('“airtable” is taken over.')).toBeVisible();
  expect(JSON.parse(readFileSync(cursor, 'utf8')).mcpServers.airtable.args).toEqual([
    'run',
    'airtable',
  ]);
  const { stdout } = await runCli(['secrets', 'list', 'airtable', '--json'], { env: other.env });
  expect(stdout).toContain('"state": "stored"');
  expect(filesWith(other.home, Object.values(world.home.secrets))).toEqual([]);
  expect(valuesIn(traffic, world.home.secrets)).toEqual([]);
  await close();
  await other.stop();
});
