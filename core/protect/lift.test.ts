/** What leaves an entry for the keychain, and that nothing of it stays in a record. */
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  finish,
  home,
  type MemoryApp,
  openMemoryApp,
  protectAll,
  roots,
} from '../../test/support/memory-app.ts';
import { formsOf } from '../../test/support/search-bytes.ts';
import { fillValues } from '../edits/values.ts';

const cursor = '.cursor/mcp.json';
const vibe = '.vibe/config.toml';

function plant(count = 18): string {
  return randomBytes(count).toString('base64url').replace(/[-_]/g, 'x');
}

/** With the characters that files and URLs escape. */
function plantOdd(): string {
  return `p"${plant()}\\/é&`;
}

function cursorFile(servers: unknown): string {
  return `${JSON.stringify({ mcpServers: servers }, undefined, 2)}\n`;
}

/** Everything of ours on the disk, and every way in which a program could have written the value. */
function expectNowhere(world: MemoryApp, ...values: readonly string[]): void {
  const own = Object.entries(world.files.snapshot()).filter(
    ([path]) => path.startsWith(roots.config) || path.startsWith(roots.data),
  );
  const left = values.flatMap((value) =>
    formsOf(value).flatMap(({ form, bytes }) =>
      own
        .filter(([, content]) => Buffer.from(content ?? '').includes(bytes))
        .map(([path]) => `${path}: ${form}`),
    ),
  );
  expect(left).toEqual([]);
}

describe('what no server receives is refused before anything is written', () => {
  const value = () => `ghp_${plant(40).slice(0, 36)}`;
  test.each([
    ['a command', (it: string) => ({ command: `env GITHUB_TOKEN=${it} npx -y thing` })],
    ['the name of a variable', (it: string) => ({ command: 'a', env: { [it]: '1' } })],
    [
      'the name of a variable, beside the value itself',
      (it: string) => ({ command: 'a', env: { API_KEY: it, [`X${it}`]: '1' } }),
    ],
    ['a text that only people read', (it: string) => ({ command: 'a', notes: `was ${it}` })],
    [
      'such a text, beside the value itself',
      (it: string) => ({ command: 'a', env: { API_KEY: it }, notes: `was ${it}.` }),
    ],
  ])('%s', async (_name, entry) => {
    const secret = value();
    const text = cursorFile({ a: entry(secret) });
    const world = await openMemoryApp({ [cursor]: text });
    const { items, basis } = await world.api.protect.plan({});
    expect(items.map(({ kind, entry, possible }) => [kind, entry, possible])).toEqual([
      ['entry', 'a', false],
    ]);
    expect(items[0]?.note).toMatch(/secret/);
    expect(JSON.stringify(items)).not.toContain(secret);
    const result = await protectAll(world);
    expect(result.receipts).toEqual([]);
    expect(await world.read(cursor)).toBe(text);
    expect(world.keychain.accounts()).toEqual([]);
    expectNowhere(world, secret);
    expect(basis).toMatch(/./);
  });

  test('a reference that only the client resolves, with the value inside', async () => {
    const secret = value();
    const text = JSON.stringify({
      mcpServers: { a: { command: 'a', env: { API_KEY: `\${API_KEY:-${secret}}` } } },
    });
    const world = await openMemoryApp({ '.claude.json': text });
    const { items } = await world.api.protect.plan({});
    expect(items.map(({ possible }) => possible)).toEqual([false]);
    expect(items[0]?.note).toContain('reference that only the client can resolve');
    await protectAll(world);
    expect(await world.read('.claude.json')).toBe(text);
    expectNowhere(world, secret);
  });

  test('the name of an entry, as a finding of its own and as a copy of a value', async () => {
    const [known, copied] = [value(), value()];
    const text = cursorFile({
      [known]: { command: 'a' },
      [`x-${copied}`]: { command: 'b', env: { API_KEY: copied } },
    });
    const world = await openMemoryApp({ [cursor]: text });
    const plan = await world.api.protect.plan({});
    expect(plan.items.map(({ possible }) => possible)).toEqual([false, false]);
    expect(JSON.stringify(plan)).not.toContain(known);
    expect(JSON.stringify(plan)).not.toContain(copied);
    await protectAll(world);
    expectNowhere(world, known, copied);
  });
});

/** The launch as the server would get it. */
async function fill(world: MemoryApp, id: string): Promise<unknown> {
  // Not through the contract: how it travels is for the doors to prove.
  const { record } = await world.app.servers.get(id);
  const values = (await world.app.secrets.read(id)) ?? new Map();
  const text = JSON.stringify(record.launch, (_, value: unknown) =>
    typeof value === 'string' ? fillValues(value, id, (name) => values.get(name)) : value,
  );
  return JSON.parse(text);
}

async function expectBack(world: MemoryApp, servers: unknown): Promise<void> {
  const choices = { mode: 'original', purge: false } as const;
  const { basis } = await world.api.leave.plan(choices);
  await finish(await world.api.leave.apply({ basis, ...choices }));
  expect(JSON.parse(await world.read(cursor))).toEqual({ mcpServers: servers });
}

describe('a value that stands more than once leaves every place', () => {
  test('of one entry, whatever its form there', async () => {
    const odd = plantOdd();
    const launch = {
      command: 'npx',
      args: [
        '--note',
        odd,
        `--in=${encodeURIComponent(odd)}!`,
        Buffer.from(`ada:${odd}`).toString('base64'),
        JSON.stringify({ deep: odd }),
      ],
      env: { API_KEY: odd, FOO: odd, SITE: `http://x.test/?q=${encodeURIComponent(odd)}` },
    };
    const world = await openMemoryApp({ [cursor]: cursorFile({ a: launch }) });
    const result = await protectAll(world);
    expect(result.receipts.map(({ outcome }) => outcome)).toEqual(['done']);
    expect(await fill(world, 'a')).toEqual({ transport: 'stdio', ...launch });
    expectNowhere(world, odd);
    expect(await world.read(cursor)).not.toContain('API_KEY');
    await expectBack(world, { a: launch });
  });

  test('of a remote entry: another header, the address', async () => {
    const token = plant();
    const entry = {
      url: `https://x.test/mcp/${token}?trace=1`,
      headers: { Authorization: `Bearer ${token}`, 'X-Trace': `t-${token}` },
    };
    const world = await openMemoryApp({ [cursor]: cursorFile({ a: entry }) });
    await protectAll(world);
    expect(await fill(world, 'a')).toEqual({ transport: 'streamable-http', ...entry });
    expectNowhere(world, token);
    await expectBack(world, { a: entry });
  });

  test('of another entry, and of another client, that no finding names', async () => {
    const token = plant();
    const bland = { command: 'b', args: [`t-${token}`], env: { FOO: token } };
    const world = await openMemoryApp({
      [cursor]: cursorFile({ a: { command: 'a', env: { API_KEY: token } }, b: bland }),
      '.config/Code/User/mcp.json': JSON.stringify({ servers: { c: bland } }),
    });
    const result = await protectAll(world);
    expect(result.run.servers).toEqual(['a', 'b']);
    expect(await fill(world, 'b')).toEqual({ transport: 'stdio', ...bland });
    expect(await world.read(cursor)).not.toContain(token);
    expect(await world.read('.config/Code/User/mcp.json')).not.toContain(token);
    expectNowhere(world, token);
  });

  test('and a part of a larger value that moves whole', async () => {
    const password = plant();
    const entry = {
      command: 'a',
      args: ['--again', password],
      env: { DATABASE_URL: `postgres://ada:${password}@db.test/main` },
    };
    const world = await openMemoryApp({ [cursor]: cursorFile({ a: entry }) });
    await protectAll(world);
    expect(await fill(world, 'a')).toEqual({ transport: 'stdio', ...entry });
    expectNowhere(world, password);
  });

  test('a variable of an env file too', async () => {
    const token = plant();
    const world = await openMemoryApp({
      'own.env': `API_TOKEN=${token}\nNOTE=t-${token}\nMODE=x\n`,
      [cursor]: cursorFile({ a: { command: 'a', envFile: `${home}/own.env` } }),
    });
    await protectAll(world);
    expect(await world.read('own.env')).toBe('MODE=x\n');
    expectNowhere(world, token);
  });
});

test('a short value leaves the larger texts beside it where it is a word of its own', async () => {
  const short = 'hun7er2';
  const url = (value: string) => `postgres://ada:${value}@db.example.com/x`;
  const args = (value: string) => [`--pw=${value}`, 'xhun7er2x'];
  const entry = { command: 'a', args: args(short), env: { DATABASE_URL: url(short) } };
  const world = await openMemoryApp({ [cursor]: cursorFile({ a: entry }) });
  await protectAll(world);
  const { record } = await world.app.servers.get('a');
  const [first, second] = record.launch.transport === 'stdio' ? record.launch.args : [];
  expect([first, second]).toEqual([expect.stringMatching(/^--pw=\$\{secret:\w+\}$/), 'xhun7er2x']);
  expect(await fill(world, 'a')).toMatchObject({ args: args(short), env: entry.env });
});

describe('nothing of a launch is lost', () => {
  test('numbers, and a dollar sign in front of a secret', async () => {
    const token = plant();
    const entry = {
      command: 'a',
      args: ['--port', 8080, `--token=$${token}`],
      env: { API_KEY: token, PORT: 8080, DEBUG: true },
    };
    const world = await openMemoryApp({ [cursor]: cursorFile({ a: entry }) });
    await protectAll(world);
    expect(await fill(world, 'a')).toEqual({
      transport: 'stdio',
      command: 'a',
      args: ['--port', '8080', `--token=$${token}`],
      env: { API_KEY: token, PORT: '8080', DEBUG: 'true' },
    });
    expectNowhere(world, token);
    await expectBack(world, { a: entry });
  });

  test('a secret that is written as a number leaves like any other', async () => {
    const token = plant();
    const [password, other] = [4815162342108, 4815162342109];
    const entry = {
      command: 'a',
      args: ['--password', other, '--port', 8080],
      env: { API_KEY: token, DB_PASSWORD: password },
    };
    const world = await openMemoryApp({ [cursor]: cursorFile({ a: entry }) });
    await protectAll(world);
    expect(await fill(world, 'a')).toEqual({
      transport: 'stdio',
      command: 'a',
      args: ['--password', String(other), '--port', '8080'],
      env: { API_KEY: token, DB_PASSWORD: String(password) },
    });
    expectNowhere(world, token, String(password), String(other));
    expect(JSON.stringify(await world.api.servers.list({}))).not.toMatch(/481516234210[89]/);
    await expectBack(world, {
      a: {
        ...entry,
        args: ['--password', String(other), '--port', 8080],
        env: { API_KEY: token, DB_PASSWORD: String(password) },
      },
    });
  });

  test('a variable or header of any name, by which servers are told apart', async () => {
    const token = plant();
    const env = (value: string) => `{"__proto__":"${value}","API_KEY":"${token}"}`;
    const stdio = (value: string) => `{"command":"a","env":${env(value)}}`;
    const remote = `{"url":"https://x.test/mcp","headers":${env(token)}}`;
    const text = `{"mcpServers":{"a":${stdio('1')},"b":${stdio('2')},"c":${remote}}}`;
    const world = await openMemoryApp({ [cursor]: text });
    const result = await protectAll(world);
    expect(result.run.servers).toEqual(['a', 'b', 'c']);
    expect(JSON.stringify(await fill(world, 'a'))).toContain(env('1'));
    expect(JSON.stringify(await fill(world, 'b'))).toContain(env('2'));
    expect(JSON.stringify(await fill(world, 'c'))).toContain(env(token));
    expectNowhere(world, token);
  });

  test('a command line that the client itself cuts into words', async () => {
    const token = plant();
    const text = `[[mcp_servers]]\nname = "v"\ntransport = "stdio"\ncommand = "env API_KEY=${token} npx -y 'a b'"\nargs = ["--x"]\n`;
    const world = await openMemoryApp({ [vibe]: text });
    await protectAll(world, { consents: ['secondary-evidence'] });
    expect(await fill(world, 'v')).toEqual({
      transport: 'stdio',
      command: 'env',
      args: [`API_KEY=${token}`, 'npx', '-y', 'a b', '--x'],
      env: {},
    });
    expectNowhere(world, token);
    expect(await world.read(vibe)).not.toContain(token);
  });
});

describe('what is entered by hand', () => {
  const launch = (text: string) =>
    ({ transport: 'stdio', command: 'a', args: [text], env: {} }) as const;

  test('does not stand in the record of its server as well', async () => {
    const token = plant();
    const world = await openMemoryApp({});
    const added = world.api.servers.add({
      name: 'a',
      launch: launch(`--token=${token}`),
      secrets: { TOKEN: token },
    });
    await expect(added).rejects.toMatchObject({ code: 'unsupported' });
    expect(world.keychain.accounts()).toEqual([]);
    expect(await world.api.servers.list({})).toEqual([]);
    await world.api.servers.add({ name: 'b', launch: launch(token) });
    const set = world.api.secrets.set({ server: 'b', name: 'TOKEN', value: token });
    await expect(set).rejects.toMatchObject({ code: 'unsupported' });
    expect(world.keychain.accounts()).toEqual([]);
  });

  test('is refused in a command, with what to write instead, and nothing is kept', async () => {
    const world = await openMemoryApp({});
    const token = `ghp_${plant(40).slice(0, 36)}`;
    const stdio = { transport: 'stdio', command: 'npx', args: ['-y', 'a'], env: {} } as const;
    const remote = {
      transport: 'streamable-http',
      url: 'https://a.example/mcp',
      headers: {},
    } as const;
    for (const bad of [
      { ...stdio, env: { GITHUB_TOKEN: token } },
      { ...stdio, args: ['--api-key', token] },
      { ...remote, headers: { Authorization: `Bearer ${token}` } },
      { ...remote, url: `https://a.example/mcp?api_key=${token}` },
    ]) {
      const refused = world.api.servers.add({ name: 'a', launch: bad });
      await expect(refused).rejects.toMatchObject({
        code: 'unsupported',
        data: { hint: expect.stringMatching(/Write `\$\{secret:\w+\}` in its place/) },
      });
    }
    expect(await world.api.servers.list({})).toEqual([]);
    expectNowhere(world, token);
    const good = { ...stdio, env: { GITHUB_TOKEN: '${secret:GITHUB_TOKEN}' } };
    await world.api.servers.add({ name: 'a', launch: good, secrets: { GITHUB_TOKEN: token } });
    expect(world.keychain.accounts()).toEqual(['a']);
  });

  test('in front of the command is refused, with where it belongs', async () => {
    const world = await openMemoryApp({});
    const command = 'API_KEY=abc123def456ghi789jkl012mno345';
    const launch = { transport: 'stdio', command, args: ['node', 'x.js'], env: {} } as const;
    const refusal = {
      code: 'bad_input',
      data: { hint: expect.stringContaining('Leave the variable out') },
    };
    await expect(world.api.servers.add({ name: 'a', launch })).rejects.toMatchObject(refusal);
    const json = JSON.stringify({ mcpServers: { a: { command, args: ['node', 'x.js'] } } });
    await expect(world.api.servers.addFromJson({ json })).rejects.toMatchObject(refusal);
    expect(await world.api.servers.list({})).toEqual([]);
  });

  test('that stands in an old record is named by the doctor, without the value', async () => {
    const world = await openMemoryApp({});
    const token = `ghp_${plant(40).slice(0, 36)}`;
    await world.api.servers.add({ name: 'old', launch: launch('--mode=fast') });
    const file = `${roots.config}/records.json`;
    await world.write(file, (await world.read(file)).replace('--mode=fast', `--token=${token}`));
    const checks = await world.api.doctor.run({});
    expect(checks).toContainEqual(
      expect.objectContaining({
        state: 'warning',
        message: 'old: a secret stands in plain text in its record.',
        hint: expect.stringContaining('servers show old'),
      }),
    );
    expect(JSON.stringify(checks)).not.toContain(token);
  });

  test('nor does a short one that is a word of its own there', async () => {
    const world = await openMemoryApp({});
    const secrets = { PW: 'hun7er2' };
    const added = world.api.servers.add({ name: 'a', launch: launch('--mode=hun7er2'), secrets });
    await expect(added).rejects.toMatchObject({ code: 'unsupported' });
    expect(world.keychain.accounts()).toEqual([]);
    await world.api.servers.add({ name: 'a', launch: launch('--mode=xhun7er2'), secrets });
  });

  test('a common word may stand anywhere', async () => {
    const world = await openMemoryApp({});
    await world.api.servers.add({
      name: 'postgres',
      launch: launch('postgresql://postgres:${secret:PASSWORD}@localhost/postgres'),
      secrets: { PASSWORD: 'postgres' },
    });
    expect(world.keychain.accounts()).toEqual(['postgres']);
  });

  test('pasted JSON is taken whole or not at all', async () => {
    const token = `ghp_${plant(40).slice(0, 36)}`;
    const world = await openMemoryApp({});
    const json = JSON.stringify({
      mcpServers: {
        good: { command: 'a', args: [`t-${token}`], env: { API_KEY: token } },
        bad: { command: `env TOKEN=${token} npx` },
      },
    });
    for (const twin of [
      `{"command":"a","env":{"API_KEY":"${token}","API_KEY":"${plant()}"}}`,
      `{"mcpServers":{"a":{"command":"a"},"a":{"command":"b"}}}`,
      `{"mcpServers":{"a":{"command":"a"}},"mcpServers":{"b":{"command":"b"}}}`,
    ]) {
      await expect(world.api.servers.addFromJson({ json: twin })).rejects.toMatchObject({
        code: 'file_duplicate_keys',
        message: expect.stringContaining('the pasted text:1'),
      });
    }
    await expect(world.api.servers.addFromJson({ json })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('The command of “bad”'),
    });
    expect(await world.api.servers.list({})).toEqual([]);
    expect(world.keychain.accounts()).toEqual([]);
    const { good } = JSON.parse(json).mcpServers;
    await world.api.servers.addFromJson({ json: JSON.stringify({ good }) });
    expectNowhere(world, token);
  });
});
