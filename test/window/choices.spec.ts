/** What protect asks and says: different values, env files, copies, consents, refusals, failures. */
import { expect, settle, test } from './window-test.ts';

test('different values: nothing is applied before the person picks, and the pick is sent', async ({
  page,
  open,
}) => {
  await open('choices', '/exposure');
  const sent = page.waitForRequest(/protect\/apply/);
  await page.getByRole('button', { name: 'See the plan' }).click();
  const apply = page.getByRole('button', { name: /^Protect \d+ secrets$/ });
  await expect(page.getByText('Pick a value first.')).toBeVisible();
  await expect(apply).toBeDisabled();
  await page.getByRole('radio', { name: 'ghp_••••4f2a' }).click();
  await expect(page.getByText('Pick a value first.')).toBeHidden();
  await apply.click();
  expect((await sent).postDataJSON().json).toMatchObject({
    answers: { 'github.GITHUB_TOKEN': 'choice:new' },
    consents: [],
  });
});

test('a project’s file is edited only after an explicit yes', async ({ page, open }) => {
  await open('choices', '/exposure');
  const sent = page.waitForRequest(/protect\/apply/);
  await page.getByRole('checkbox', { name: 'Protect ledger-db' }).click();
  await page.getByRole('button', { name: 'See the plan' }).click();
  await page.getByRole('radio', { name: 'ghp_••••9QfT' }).click();
  await expect(page.getByText('Tick your yes first.')).toBeVisible();
  const apply = page.getByRole('button', { name: /^Protect \d+ secrets$/ });
  await expect(apply).toBeDisabled();
  await page.getByRole('checkbox', { name: /^Some files belong to a project/ }).click();
  await apply.click();
  expect((await sent).postDataJSON().json).toMatchObject({ consents: ['shared-project-file'] });
});

test('env files and copies are ticked, what others use is not, and the rest says why', async ({
  page,
  open,
}) => {
  await open('choices', '/exposure');
  const github = page.getByRole('group', { name: 'github' });
  await expect(github).toContainText('Env file');
  await expect(github).toContainText('Only “github” uses this file');
  const copies = page.getByRole('group', { name: 'Copies in other files' });
  await expect(copies.getByRole('checkbox').first()).toBeChecked();
  await expect(copies).toContainText('Takes the value out of a comment.');
  await expect(page.getByText('13 of 15 secrets ticked')).toBeVisible();

  const history = page.getByRole('checkbox', { name: /zsh_history/ });
  await expect(history).not.toBeChecked();
  await page.getByRole('button', { name: 'Tick all' }).click();
  await expect(page.getByText('14 of 15 secrets ticked')).toBeVisible();
  await expect(history).not.toBeChecked();
  await history.click();
  await expect(page.getByText('15 of 15 secrets ticked')).toBeVisible();

  const left = page.getByRole('region', { name: 'Left as it is' });
  await expect(left).toContainText('Portcullis only reads the files of this client.');
  await expect(left).toContainText('a brace is missing at line 31');
  await expect(left.getByRole('checkbox')).toHaveCount(0);
});

test('a partly failed run says what failed first, with cause and remedy', async ({
  page,
  open,
}) => {
  await open('failing', '/exposure');
  await page.getByRole('button', { name: 'See the plan' }).click();
  await page.getByRole('button', { name: /^Protect \d+ secrets$/ }).click();
  await expect(page.getByRole('heading', { name: 'Partly protected' })).toBeVisible();
  await expect(page.getByText('5 done, 2 failed. What failed is as it was.')).toBeVisible();
  const receipts = page.getByRole('list', { name: 'Receipts' }).getByRole('listitem');
  await expect(receipts.first()).toContainText('ended with exit code 1');
  await expect(receipts.first()).toContainText('Start its command in a terminal');
  await expect(receipts.first()).toContainText('server_start_failed');
  await expect(receipts.nth(2)).toContainText('Skipped');
  await expect(page.getByRole('link', { name: 'Undo this run' })).toBeVisible();
});

test('the deep scan streams what it finds, and stops when told', async ({ page, open }) => {
  await open('choices', '/exposure', 60);
  await page.getByRole('button', { name: 'Start looking' }).click();
  await expect(page.getByText('Looking… 1 secret so far')).toBeVisible();
  await expect(page.getByText('monday.jsonl')).toBeVisible();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText(/^Stopped\. \d secrets? until then\.$/)).toBeVisible();
  await expect(page.getByText('tuesday.jsonl')).toHaveCount(0);
  await page.getByRole('button', { name: 'Look again' }).last().click();
  await expect(page.getByText('3 secrets found.')).toBeVisible();
  await expect(page.getByText('tuesday.jsonl')).toBeVisible();
});

test('a server is added by its command, with a secret that stays nowhere in the page', async ({
  page,
  open,
}) => {
  await open('everyday', '/servers/view/add');
  const value = ['planted', 'value', String(process.pid)].join('-');
  const dialog = page.getByRole('dialog');
  const add = dialog.getByRole('button', { name: 'Add', exact: true });
  await expect(add).toBeDisabled();
  await dialog.getByLabel('Name').fill('weather');
  const command = dialog.getByRole('textbox', { name: 'Command' });
  await command.fill('npx -y "@acme/weather');
  await expect(dialog.getByText('A quote is not closed.')).toBeVisible();
  await expect(add).toBeDisabled();
  await command.fill('npx -y "@acme/weather" --place "Bad Homburg"');
  await dialog.getByRole('button', { name: 'Add a secret' }).click();
  await dialog.getByRole('textbox', { name: 'Variable 1' }).fill('WEATHER_KEY');
  await expect(add).toBeDisabled();
  await dialog.getByRole('textbox', { name: 'Value 1' }).fill(value);
  const sent = page.waitForRequest(/servers\/add$/);
  await add.click();
  expect((await sent).postDataJSON().json).toEqual({
    name: 'weather',
    launch: {
      transport: 'stdio',
      command: 'npx',
      args: ['-y', '@acme/weather', '--place', 'Bad Homburg'],
      env: { WEATHER_KEY: `\${secret:WEATHER_KEY}` },
    },
    secrets: { WEATHER_KEY: value },
  });
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('link', { name: /^weather/ })).toBeVisible();
  expect(await page.evaluate('document.documentElement.outerHTML')).not.toContain(value);
});

test('a server is added by its address, and a clash is said in the dialog', async ({
  page,
  open,
}) => {
  await open('everyday', '/servers/view/add');
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Address', { exact: true }).click();
  await dialog.getByLabel('Name').fill('github');
  await dialog.getByRole('textbox', { name: 'Address' }).fill('mcp.example.com');
  await expect(dialog.getByText('Write the whole address, with https://.')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Address' }).fill('https://mcp.example.com/mcp');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('There is a server github already.');
  await dialog.getByLabel('Name').fill('example');
  await dialog.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('link', { name: /^example/ })).toBeVisible();
});

test('for a client that is only read the lines are shown, whole and to be copied', async ({
  page,
  open,
}) => {
  const { stand } = await open('everyday', '/clients/windsurf');
  await settle(page);
  await expect(page.getByText('Add by hand')).toHaveCount(0);
  stand.world.clients = stand.world.clients.map((one) => ({ ...one, access: 'read-only' }));
  stand.tell({ type: 'records-changed', revision: 2 });
  await page.getByRole('button', { name: 'Show lines for github' }).click();
  const lines = page.getByRole('textbox', { name: 'Lines' });
  await expect(lines).toHaveValue(/"args": \[\s*"run",\s*"github"\s*\]/);
  await expect(lines).toBeFocused();
});
