/** Credential scopes in the window: every part that can be changed, what was seen, what is offered. */
import { expect, settle, test } from './window-test.ts';

interface Part {
  readonly what: string;
  readonly server: string;
  readonly act: (page: import('@playwright/test').Page) => Promise<void>;
  readonly scope: object;
}

const parts: readonly Part[] = [
  {
    what: 'a variable',
    server: 'github',
    act: async (page) => {
      await page
        .getByRole('textbox', { name: 'Name of a variable, such as JAVA_HOME' })
        .fill('JAVA_HOME');
      await page.keyboard.press('Enter');
    },
    scope: { environment: ['JAVA_HOME'] },
  },
  {
    what: 'a package that its program needs',
    server: 'filesystem',
    act: async (page) => {
      await expect(page.getByText('A package that its program needs')).toBeVisible();
      await page.getByRole('button', { name: /^Remove .*parts\/core/ }).click();
    },
    scope: { level: 'confined', packages: [] },
  },
  {
    what: 'the runtime',
    server: 'github',
    act: async (page) => {
      await page.getByRole('combobox', { name: 'Runs on' }).selectOption('Python or uv');
    },
    scope: { runtime: 'python' },
  },
  {
    what: 'a host of one secret',
    server: 'slack',
    act: async (page) => {
      await page
        .getByRole('textbox', { name: 'Host that SLACK_BOT_TOKEN is for' })
        .fill('slack.com');
      await page.keyboard.press('Enter');
    },
    scope: { level: 'masked', secretHosts: { SLACK_BOT_TOKEN: ['slack.com'] } },
  },
  {
    what: 'a host that it may need',
    server: 'slack',
    act: async (page) => {
      await page.getByRole('button', { name: 'Allow slack.com' }).click();
    },
    scope: { hosts: ['api.github.com', 'slack.com'] },
  },
  {
    what: 'a folder that a variable leads to',
    server: 'github',
    act: async (page) => {
      const told = page.getByRole('list', { name: 'Named, but not given' });
      await expect(told.getByRole('listitem')).toHaveCount(2);
      // What holds credentials of others is told, and not to be had by a click.
      await expect(told.getByRole('button')).toHaveCount(1);
      await told.getByRole('button', { name: /^Allow .*notes$/ }).click();
    },
    scope: {
      folders: [
        { path: expect.stringMatching(/storefront$/), access: 'read' },
        { path: expect.stringMatching(/notes$/), access: 'write' },
      ],
    },
  },
  {
    what: 'a variable that the catalogue names',
    server: 'github',
    act: async (page) => {
      await page
        .getByRole('button', { name: 'Let through GITHUB_CACHE_DIR of the client' })
        .click();
    },
    scope: { environment: ['GITHUB_CACHE_DIR'] },
  },
  {
    what: 'a host that it was kept from',
    server: 'github',
    act: async (page) => {
      await page.getByRole('button', { name: 'Allow uploads.github.com' }).click();
    },
    scope: { hosts: ['api.github.com', 'uploads.github.com'] },
  },
];

for (const { what, server, act, scope } of parts) {
  test(`${what} is changed after the plan was seen`, async ({ page, open }) => {
    await open('everyday', `/servers/${server}/scope`);
    await settle(page);
    const sent = page.waitForRequest(/scope\/apply$/);
    await act(page);
    const dialog = page.getByRole('dialog', { name: 'Change the credential scope?' });
    await dialog.getByRole('button', { name: 'Apply' }).click();
    expect((await sent).postDataJSON().json).toMatchObject({ id: server, scope });
    await expect(dialog).toBeHidden();
  });
}

test('each change begins with the one before', async ({ page, open }) => {
  await open('everyday', '/servers/github/scope');
  await settle(page);
  const dialog = page.getByRole('dialog', { name: 'Change the credential scope?' });
  const apply = dialog.getByRole('button', { name: 'Apply' });
  await page.getByRole('button', { name: 'Allow uploads.github.com' }).click();
  await apply.click();
  await expect(dialog).toBeHidden();
  const sent = page.waitForRequest(/scope\/apply$/);
  await page.getByRole('button', { name: 'Let through GITHUB_CACHE_DIR of the client' }).click();
  await apply.click();
  expect((await sent).postDataJSON().json.scope).toMatchObject({
    hosts: ['api.github.com', 'uploads.github.com'],
    environment: ['GITHUB_CACHE_DIR'],
  });
});

test('what was added to a secret can be taken back', async ({ page, open }) => {
  await open('everyday', '/servers/slack/scope');
  const field = page.getByRole('textbox', { name: 'Host that SLACK_BOT_TOKEN is for' });
  const apply = page.getByRole('button', { name: 'Apply', exact: true });
  await field.fill('slack.com');
  await page.keyboard.press('Enter');
  await apply.click();
  const takenBack = page.waitForRequest(
    (request) =>
      /scope\/plan$/.test(request.url()) && !('secretHosts' in request.postDataJSON().json.scope),
  );
  await page.getByRole('button', { name: 'SLACK_BOT_TOKEN no longer for slack.com' }).click();
  await takenBack;
});

test('a run shows the memory of our process beside it; levels stand in every list', async ({
  page,
  open,
}) => {
  const { stand } = await open('everyday', '/servers/github/scope');
  await expect(page.getByText('41.3 MB of memory for our process beside it')).toBeVisible();
  for (const [path, text] of [
    ['/servers', 'Listed hosts'],
    ['/servers/view/reach', '1 running, 41.3 MB beside'],
    ['/servers/github', 'Listed hosts'],
    ['/clients', 'Listed hosts'],
    ['/clients/cursor', 'Not confined'],
    ['/secrets', 'Listed hosts'],
  ] as const) {
    await page.goto(`${stand.url}#${path}`);
    await expect(page.getByRole('main').getByText(text).first(), path).toBeVisible();
  }
  await page.goto(`${stand.url}#/clients`);
  await page.getByRole('button', { name: 'github in Claude Code' }).click();
  await expect(page.getByRole('dialog').getByText('Listed hosts')).toBeVisible();
});

test('what was changed since a trial counts when more of what it wanted is allowed', async ({
  page,
  open,
}) => {
  await open('everyday', '/servers/github/scope');
  await page.getByRole('button', { name: 'Try it' }).click();
  await expect(page.getByText('It started and listed its tools.')).toBeVisible();
  const allow = page.getByRole('button', { name: /^Allow .*storefront/ });
  await expect(allow).toHaveCount(0);
  const apply = page.getByRole('dialog').getByRole('button', { name: 'Apply' });
  for (const name of ['Allow uploads.github.com', /^Remove .*storefront/]) {
    await page.getByRole('button', { name }).click();
    await apply.click();
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
  await allow.click();
  const sent = page.waitForRequest(/scope\/apply$/);
  await apply.click();
  const { scope } = (await sent).postDataJSON().json;
  expect(scope.hosts).toContain('uploads.github.com');
  expect(scope.folders).toContainEqual({
    path: expect.stringContaining('storefront'),
    access: 'read',
  });
});

test('a secret that the catalogue names goes to the keychain, and to the server from there', async ({
  page,
  open,
}) => {
  await open('everyday', '/servers/github/scope');
  const list = page.getByRole('list', { name: 'What it may want' });
  await expect(list).toContainText('needed, secret');
  // Nothing that turns the text around is left as it was.
  await expect(list).toContainText('\\u{202e}');
  await list.getByRole('button', { name: 'Set GITHUB_WEBHOOK_SECRET' }).click();
  const dialog = page.getByRole('dialog', { name: 'Set GITHUB_WEBHOOK_SECRET' });
  await expect(dialog).toContainText('as the variable GITHUB_WEBHOOK_SECRET');
  await dialog.getByLabel('Value').fill('typed here');
  const sent = page.waitForRequest(/secrets\/set$/);
  await dialog.getByRole('button', { name: 'Store in keychain' }).click();
  expect((await sent).postDataJSON().json).toEqual({
    server: 'github',
    name: 'GITHUB_WEBHOOK_SECRET',
    value: 'typed here',
    asVariable: true,
  });
  await expect(dialog).toBeHidden();
});

test('of very many variables the first are shown, and the rest on request', async ({
  page,
  open,
}) => {
  await open('everyday', '/servers/slack/scope');
  const rows = page.getByRole('list', { name: 'What it may want' }).getByRole('listitem');
  await expect(rows).toHaveCount(9);
  await page.getByRole('button', { name: 'Show all 32' }).click();
  await expect(rows).toHaveCount(33);
});

test('what a server asked to read is not given unless it is ticked, and then as planned', async ({
  page,
  open,
}) => {
  await open('everyday', '/servers/view/upgrade');
  await page.getByRole('button', { name: 'Try 6 servers' }).click();
  const extra = page.getByRole('checkbox', { name: /^Let notion read .*Documents$/ });
  await expect(extra).not.toBeChecked();
  // What did not work gets nothing, so nothing is offered.
  await expect(page.getByRole('checkbox', { name: /^Let figma read/ })).toHaveCount(0);
  const planned = page.waitForRequest(/scope\/plan$/);
  await extra.focus();
  await page.keyboard.press('Space');
  const wanted = (await planned).postDataJSON().json.scope;
  expect(wanted.folders).toContainEqual({
    path: expect.stringMatching(/Documents$/),
    access: 'read',
  });
  const sent = page.waitForRequest(/scope\/applyAll$/);
  await page.getByRole('button', { name: 'Confine 5 servers' }).click();
  const { changes } = (await sent).postDataJSON().json;
  expect(changes.find(({ id }: { id: string }) => id === 'notion').scope).toEqual(wanted);
  const others = changes.filter(({ id }: { id: string }) => id !== 'notion');
  expect(JSON.stringify(others)).not.toContain('Documents');
});

test('limiting hosts for the first time begins with those that are known', async ({
  page,
  open,
}) => {
  await open('everyday', '/servers/slack/scope');
  const level = page.getByRole('combobox', { name: 'Level' });
  await level.selectOption('confined');
  await page.getByRole('button', { name: 'Apply', exact: true }).click();
  await expect(level).toHaveValue('confined');
  const sent = page.waitForRequest(
    (request) =>
      /scope\/plan$/.test(request.url()) && request.postData()?.includes('slack.com') === true,
  );
  await level.selectOption('listed-hosts');
  expect((await sent).postDataJSON().json.scope).toMatchObject({
    level: 'listed-hosts',
    hosts: ['slack.com'],
  });
});
