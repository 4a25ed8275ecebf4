/**
 * P9: bad input gets one clear error that names the file, the place in it and the remedy, and changes
 * nothing. Everything goes through the built command line, with real files and a real keyring.
 */
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSystemKeychain } from '../../platform/keychain/system-keychain.ts';
import { type CliResult, runCli } from '../support/cli.ts';
import { echoServer } from '../support/cli-home.ts';
import { type Keyring, startKeyring, withoutBus } from '../support/keyring.ts';
import { plantSecret } from '../support/planted.ts';
import { startEntry } from '../support/start-entries.ts';

let keyring: Keyring;
let env: Readonly<Record<string, string>>;
beforeEach(async () => {
  keyring = await startKeyring();
  env = keyring.env;
}, 60_000);
afterEach(async () => {
  await keyring.stop();
});

function put(path: string, text: string | Uint8Array, home = keyring.home): string {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  writeFileSync(file, text, { mode: 0o600 });
  return file;
}

function cli(...args: readonly string[]): Promise<CliResult> {
  return runCli(args, { env });
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

function failureOf(result: CliResult): Failure {
  return (result.json() as { error: Failure }).error;
}

interface Receipt {
  readonly file: string;
  readonly outcome: string;
  readonly code?: string;
  readonly message: string;
  readonly hint?: string;
}

async function protectAll(...more: readonly string[]) {
  const result = await cli('protect', '--all', '--yes', '--json', ...more);
  const run = result.json() as { receipts: readonly Receipt[]; remaining: number };
  return { exitCode: result.exitCode, ...run };
}

/** An entry that cannot start; what it holds is what matters. */
function entry(value: string, name = 'SERVICE_TOKEN') {
  return { command: '/bin/false', args: [], env: { [name]: value } };
}

const cursor = '.cursor/mcp.json';
const codex = '.codex/config.toml';

describe('files that cannot be read', () => {
  test('each is named with its place and remedy, none is touched, and the good one is protected', async () => {
    const value = plantSecret();
    const json = JSON.stringify({ mcpServers: { a: entry(value) } });
    const texts = new Map([
      [put(cursor, `{\n  "mcpServers": {\n    "a": { "command": "x",\n`), '12 :4:1: Correct'],
      [put(codex, `[mcp_servers.a]\ncommand = "x"\n[mcp_servers.a.env\n`), '12 :4:1: Correct'],
      [
        put('.config/goose/config.yaml', 'extensions:\n  a:\n   - b: [\n  c: 1\n'),
        '12 :4: Correct',
      ],
      [
        put(
          '.cline/data/settings/cline_mcp_settings.json',
          Buffer.from(`\ufeff${json}`, 'utf16le'),
        ),
        '12 UTF-8',
      ],
      [
        put('.gemini/settings.json', `{"mcpServers":{"a":{"command":"\xff"`, keyring.home),
        '12 Correct',
      ],
    ]);
    const secret = put('.copilot/mcp-config.json', json);
    chmodSync(secret, 0);
    const folder = join(keyring.home, '.config/zed/settings.json');
    mkdirSync(folder, { recursive: true });
    mkdirSync(join(keyring.home, '.config/Code/User'), { recursive: true });
    const dangling = join(keyring.home, '.config/Code/User/mcp.json');
    symlinkSync('nowhere.json', dangling);
    const loop = join(keyring.home, '.claude.json');
    symlinkSync('.claude.json', loop);
    mkdirSync(join(keyring.home, '.claude'));
    const good = put('.config/Claude/claude_desktop_config.json', json);
    const before = new Map([...texts.keys()].map((file) => [file, readFileSync(file, 'latin1')]));

    const { exitCode, receipts, remaining } = await protectAll();

    const told = new Map(receipts.map((receipt) => [receipt.file, receipt]));
    for (const [file, words] of texts) {
      const { outcome, code, message = '' } = told.get(file) ?? {};
      expect({ file, outcome, code }).toEqual({
        file,
        outcome: 'skipped',
        code: expect.stringMatching(/^file_/),
      });
      expect(message).toContain(file);
      for (const word of words.split(' ').slice(1)) expect(message).toContain(word);
      expect(readFileSync(file, 'latin1')).toBe(before.get(file));
    }
    expect(told.get(secret)).toMatchObject({
      code: 'file_unreadable',
      message: expect.stringContaining('not allowed to read'),
    });
    expect(told.get(folder)).toMatchObject({ message: expect.stringContaining('is not a file. ') });
    expect(told.get(dangling)).toMatchObject({
      message: expect.stringContaining('remove the link'),
    });
    expect(told.get(loop)).toMatchObject({
      message: expect.stringContaining('in a circle. Remove'),
    });
    expect(told.get(good)).toMatchObject({ outcome: 'done' });
    expect(readFileSync(good, 'utf8')).not.toContain(JSON.stringify(value));
    // What could not be done decides the exit code.
    expect([10, 12]).toContain(exitCode);
    expect(remaining).toBe(1);
  }, 180_000);

  test('what may not be written keeps its bytes, and nothing is stored for it', async () => {
    const text = JSON.stringify({ mcpServers: { a: entry(plantSecret()) } });
    const readOnly = put(cursor, text);
    chmodSync(readOnly, 0o400);
    const inFolder = put(
      '.cline/data/settings/cline_mcp_settings.json',
      text.replace('"a"', '"b"'),
    );
    chmodSync(dirname(inFolder), 0o500);
    const { exitCode, receipts, remaining } = await protectAll();
    chmodSync(dirname(inFolder), 0o700);
    expect({ exitCode, remaining }).toEqual({ exitCode: 11, remaining: 2 });
    expect(receipts.map(({ outcome, code, hint }) => [outcome, code, typeof hint])).toEqual([
      ['failed', 'file_unwritable', 'string'],
      ['failed', 'file_unwritable', 'string'],
    ]);
    expect(readFileSync(readOnly, 'utf8')).toBe(text);
    expect(readFileSync(inFolder, 'utf8')).toBe(text.replace('"a"', '"b"'));
    expect(readdirSync(dirname(inFolder))).toEqual(['cline_mcp_settings.json']);
    expect((await cli('secrets', '--json')).json()).toEqual([]);
    expect((await cli('servers', '--json')).json()).toEqual([]);
  }, 180_000);

  test('an entry with a key that stands twice is left, with the line and what to do', async () => {
    const [first, second] = [plantSecret(), plantSecret()].map((value) => JSON.stringify(value));
    const text = `{"mcpServers":{\n"a":{"command":"/bin/false","env":{\n"A_TOKEN":${first},\n"A_TOKEN":${second}}}}}\n`;
    const file = put(cursor, text);
    const plan = (await cli('protect', '--all', '--plan', '--json')).json() as {
      items: readonly { possible: boolean; note: string }[];
    };
    expect(plan.items).toMatchObject([
      { possible: false, note: expect.stringContaining(`${file}:4`) },
    ]);
    expect(plan.items[0]?.note).toContain('Remove one of the two');
    const { exitCode, receipts } = await protectAll();
    expect({ exitCode, receipts }).toMatchObject({
      exitCode: 60,
      receipts: [{ outcome: 'skipped', code: 'unsupported', message: plan.items[0]?.note }],
    });
    expect(readFileSync(file, 'utf8')).toBe(text);
  }, 120_000);
});

test('a state file of 5 MB is changed at its entry and nowhere else', async () => {
  const value = plantSecret();
  const history = Array.from({ length: 50_000 }, (_, at) => ({ at, text: 'x'.repeat(80) }));
  const text = JSON.stringify(
    { history, mcpServers: { a: entry(value) }, last: true },
    undefined,
    1,
  );
  expect(text.length).toBeGreaterThan(5_000_000);
  const file = put('.claude.json', text);
  const { exitCode, remaining } = await protectAll();
  expect({ exitCode, remaining }).toEqual({ exitCode: 0, remaining: 0 });
  const after = JSON.parse(readFileSync(file, 'utf8'));
  expect(after.mcpServers.a.args).toEqual(['run', 'a']);
  const at = text.indexOf('"mcpServers"');
  expect(readFileSync(file, 'utf8').slice(0, at)).toBe(text.slice(0, at));
  const undo = await cli('protect', '--undo', '--yes', '--json');
  expect(undo.exitCode, undo.stdout).toBe(0);
  expect(readFileSync(file, 'utf8') === text).toBe(true);
}, 180_000);

test('two protect runs at once end as one would', async () => {
  const values = [plantSecret(), plantSecret()];
  const file = put(
    cursor,
    JSON.stringify({
      mcpServers: { a: entry(values[0] ?? ''), b: entry(values[1] ?? '', 'B_TOKEN') },
    }),
  );
  const both = await Promise.all([1, 2].map(() => cli('protect', '--all', '--yes', '--json')));
  // One of them may find that the other was faster, and says so.
  expect(both.map(({ exitCode }) => exitCode)).toContain(0);
  for (const result of both.filter(({ exitCode }) => exitCode !== 0))
    expect(['conflict', 'file_busy', 'records_busy', 'file_changed']).toContain(
      (result.json() as { error?: Failure; receipts?: readonly Receipt[] }).error?.code ??
        (result.json() as { receipts: readonly Receipt[] }).receipts.find(({ code }) => code)?.code,
    );
  const text = readFileSync(file, 'utf8');
  for (const value of values) expect(text).not.toContain(JSON.stringify(value));
  const secrets = (await cli('secrets', '--json')).json() as readonly {
    server: string;
    state: string;
  }[];
  expect(secrets.map(({ server, state }) => [server, state])).toEqual([
    ['a', 'stored'],
    ['b', 'stored'],
  ]);
}, 180_000);

test.each([
  [['servers', 'show', 'nothere'], 3],
  [['servers', 'rename', 'nothere', 'x'], 3],
  [['servers', 'remove', 'nothere', '--yes'], 3],
  [['inspect', 'nothere'], 3],
  [['call', 'nothere', 'tool'], 3],
  [['protect', 'nothere', '--yes'], 3],
  [['protect', '--undo', 'nothere', '--yes'], 3],
  [['leave', 'nothere', '--yes'], 3],
  [['clients', 'snippet', 'cursor', 'nothere'], 3],
  [['servers', 'show', '../../etc/passwd'], 2],
  [['restore', '/no/such/file', '--yes'], 3],
  [['scan', '/no/such/file'], 2],
] as const)(
  '%j is one error of the table',
  async (words, exit) => {
    const result = await cli(...words, '--json');
    expect({ exit: result.exitCode, stderr: result.stderr }).toEqual({ exit, stderr: '' });
    const { message, hint } = failureOf(result);
    expect(message.length * hint.length).toBeGreaterThan(0);
  },
  60_000,
);

const hostileNames = [
  '../../../etc/cron.d/x',
  '--yes',
  '\u001b]0;owned\u0007\u001b[2J',
  '<img src=x onerror=alert(1)>',
  '\u202eevil\u2066',
  '$(touch owned)',
  '`id`; rm -rf ~',
  'quote" \'and\\',
  '__proto__',
  'line\nbreak',
];

/** Whatever a terminal would act on or hide; the end of a line is ours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const unseen = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069]/;

test('hostile names of servers become harmless ids in every format, and come back byte for byte', async () => {
  const values = new Map(hostileNames.map((name) => [name, plantSecret()]));
  // A map, because of `__proto__`.
  const map = (render: (name: string, value: string, at: number) => string) =>
    [...values].map(([name, value], at) => render(JSON.stringify(name), JSON.stringify(value), at));
  const json = (extra = '') =>
    map(
      (name, value, at) =>
        `${name}: {"command": "/bin/false", "args": ["${at}"], "env": {"A_TOKEN": ${value}}${extra}}`,
    ).join(',\n');
  const files = [
    put(cursor, `{"mcpServers": {${json()}}}`),
    put('.config/Code/User/mcp.json', `{ // ours\n"servers": {${json(', "type": "stdio"')},}}`),
    put('.config/mcphub/servers.json', `{mcpServers: {${json()}}}`),
    put(
      '.codex/config.toml',
      map(
        (name, value, at) =>
          `[mcp_servers.${name}]\ncommand = "/bin/false"\nargs = ["${at}"]\nenv = { A_TOKEN = ${value} }\n`,
      ).join('\n'),
    ),
    put(
      '.config/goose/config.yaml',
      `extensions:\n${map((name, value, at) => `  ${name}:\n    type: stdio\n    name: ${name}\n    enabled: true\n    cmd: /bin/false\n    args: ["${at}"]\n    envs:\n      A_TOKEN: ${value}\n`).join('')}`,
    ),
    put(
      '.cline/data/settings/cline_mcp_settings.json',
      `{"mcpServers": {${map((name, value, at) => `${name}: {"transport": {"type": "stdio", "command": "/bin/false", "args": ["${at}"], "env": {"A_TOKEN": ${value}}}}`).join(',')}}}`,
    ),
  ];
  const before = files.map((file) => readFileSync(file, 'latin1'));

  const shown = await cli('protect', '--all', '--plan');
  expect(shown.stdout.match(unseen)).toBe(null);
  const { receipts, remaining } = await protectAll();
  expect(receipts.filter(({ outcome }) => outcome !== 'done')).toEqual([]);
  expect({ remaining, done: receipts.length }).toEqual({
    remaining: 0,
    done: files.length * hostileNames.length,
  });

  const servers = (await cli('servers', '--json')).json() as readonly {
    record: { id: string; name: string };
  }[];
  expect(servers.map(({ record }) => record.name).toSorted()).toEqual(hostileNames.toSorted());
  for (const { record } of servers) expect(record.id).toMatch(/^[a-z0-9][a-z0-9-]{0,62}$/);
  for (const words of [
    ['servers'],
    ['clients', 'entries'],
    ['secrets'],
    ['overview'],
    ['protect', '--runs'],
    ['protect', '--undo', '--plan'],
  ]) {
    const { stdout, stderr } = await cli(...words);
    expect((stdout + stderr).match(unseen), words.join(' ')).toBe(null);
  }
  const undo = await cli('protect', '--undo', '--yes', '--json');
  expect(undo.exitCode, undo.stdout).toBe(0);
  expect(files.map((file) => readFileSync(file, 'latin1'))).toEqual(before);
  expect(existsSync(join(keyring.home, 'owned'))).toBe(false);
}, 400_000);

describe('values', () => {
  const long = randomBytes(45 * 1024).toString('base64');
  const lines = `-----${'BEGIN'} PRIVATE KEY-----\n${randomBytes(300)
    .toString('base64')
    .replace(/(.{64})/g, '$1\n')}\n-----${'END'} PRIVATE KEY-----`;

  async function readItem(): Promise<string | undefined> {
    const keychain = createSystemKeychain({
      machine: { platform: 'linux', home: keyring.home, env },
    });
    try {
      return (await keychain.get('one'))?.reveal();
    } finally {
      await keychain.close();
    }
  }

  test.each([
    ['of 60 KB', long],
    ['with lines', lines],
    ['with NUL', `before${String.fromCharCode(0)}after-${randomBytes(8).toString('hex')}`],
    ['with quotes and emoji', `${plantSecret()}\u{1f511}`],
  ])(
    'a secret %s is stored as it is, or refused',
    async (_, value) => {
      await cli('servers', 'add', 'one', '--', process.execPath, echoServer);
      const result = await runCli(['secrets', 'set', 'one', 'A_TOKEN', '--json'], {
        env,
        input: value,
      });
      if (result.exitCode === 0)
        expect(JSON.parse((await readItem()) ?? '{}').A_TOKEN === value).toBe(true);
      else expect(failureOf(result).hint.length).toBeGreaterThan(0);
      expect(result.stdout + result.stderr).not.toContain(value.slice(0, 40));
      expect(
        ['of 60 KB', 'with lines', 'with quotes and emoji'].includes(_) && result.exitCode !== 0,
      ).toBe(false);
    },
    90_000,
  );

  test.each([
    ['empty', ''],
    ['only an end of line', '\n'],
    ['no UTF-8', Buffer.from([0x61, 0xff, 0xfe, 0x62])],
  ])(
    'a value that is %s is refused and nothing is stored',
    async (_, value) => {
      await cli('servers', 'add', 'one', '--', process.execPath, echoServer);
      const result = await runCli(['secrets', 'set', 'one', 'A_TOKEN', '--json'], {
        env,
        input: value,
      });
      expect(result.exitCode).toBe(2);
      expect(failureOf(result)).toMatchObject({ code: 'bad_input', hint: expect.any(String) });
      expect(await readItem()).toBe(undefined);
    },
    90_000,
  );

  test.each([
    // As long as a scan takes a value without a shape of its own for one.
    ['of 8 KB', long.slice(0, 8192)],
    ['with lines', lines],
    ['with NUL', `${randomBytes(12).toString('hex')}\u0000${randomBytes(12).toString('hex')}`],
    [
      'with half a character',
      `${randomBytes(12).toString('hex')}\ud800${randomBytes(12).toString('hex')}`,
    ],
  ])(
    'an entry with a secret %s loses nothing by protect and undo',
    async (_, value) => {
      const text = JSON.stringify({ mcpServers: { one: entry(value, 'A_TOKEN') } });
      const file = put(cursor, text);
      const { exitCode, receipts } = await protectAll();
      if (exitCode !== 0) {
        // Refused whole: with a reason, a remedy, and the file as it was.
        expect(receipts).toMatchObject([{ outcome: 'failed', hint: expect.any(String) }]);
        expect(readFileSync(file, 'utf8')).toBe(text);
        return;
      }
      // Compared here, so that a failure does not print it.
      expect(JSON.parse((await readItem()) ?? '{}').A_TOKEN === value).toBe(true);
      expect(readFileSync(file, 'utf8')).not.toContain(value.slice(0, 20));
      const undo = await cli('protect', '--undo', '--yes', '--json');
      expect(undo.exitCode, undo.stdout).toBe(0);
      expect(readFileSync(file, 'utf8')).toBe(text);
    },
    120_000,
  );
});

describe('without a keychain', () => {
  test('nothing is written, the person is told how to get one, and a chosen vault works', async () => {
    const bus = withoutBus();
    const world = { env: bus.env };
    const value = plantSecret();
    const text = JSON.stringify({
      mcpServers: {
        one: { command: process.execPath, args: [echoServer], env: { A_TOKEN: value } },
      },
    });
    const file = put(cursor, text, bus.home);
    const refused = await runCli(['protect', '--all', '--yes', '--json'], world);
    expect(refused.exitCode).toBe(20);
    expect(failureOf(refused)).toMatchObject({
      code: 'keychain_unavailable',
      hint: expect.stringMatching(/gnome-keyring.*vault create/s),
    });
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(existsSync(join(bus.home, '.config/portcullis/records.json'))).toBe(false);
    expect(existsSync(join(bus.home, '.local/share/portcullis/bin'))).toBe(false);

    const passphrase = randomBytes(12).toString('hex');
    const made = await runCli(['vault', 'create', '--json'], { ...world, input: passphrase });
    expect(made.exitCode, made.stdout).toBe(0);
    const choice = join(bus.home, '.config/portcullis/keychain.json');
    const chosen = JSON.parse(readFileSync(choice, 'utf8'));
    const passphraseFile = put('passphrase', passphrase, bus.home);
    writeFileSync(
      choice,
      JSON.stringify({ ...chosen, passphraseCommand: ['cat', passphraseFile] }),
    );
    const done = await runCli(['protect', '--all', '--yes', '--json'], world);
    expect(done.exitCode, done.stdout).toBe(0);
    expect(done.json()).toMatchObject({
      remaining: 0,
      receipts: [{ outcome: 'done', message: 'Moved to the keychain.' }],
    });
    const written = JSON.parse(readFileSync(file, 'utf8')).mcpServers.one;
    const launched = { client: 'cursor', name: 'one', ...written, env: {}, headers: {} };
    const started = await startEntry(launched, 'v2', bus.env);
    const answer = (await started.call('reveal', { name: 'A_TOKEN' })) as {
      content: readonly { text: string }[];
    };
    await started.stop();
    expect(JSON.parse(answer.content[0]?.text ?? '')).toBe(value);
    await bus.stop();
  }, 240_000);
});
