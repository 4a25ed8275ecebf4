/**
 * The commands that change something, with a real keyring: JSON as the contract declares it, exit
 * codes, the questions on a terminal, and no value anywhere.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contract } from '../../shared/contract.ts';
import { runResultSchema } from '../../shared/models/protect.ts';
import { runCli } from '../support/cli.ts';
import { type CliHome, checkOutput, echoServer, writeCliHome } from '../support/cli-home.ts';
import { type Keyring, startKeyring } from '../support/keyring.ts';
import { startOnTerminal } from '../support/pty.ts';

const program = join(import.meta.dirname, '..', '..', 'bin', 'portcullis');

let keyring: Keyring;
let files: CliHome;
let original: string;

beforeAll(async () => {
  keyring = await startKeyring();
  files = writeCliHome(keyring.home);
  original = readFileSync(files.cursor, 'utf8');
});
afterAll(() => keyring.stop());

async function run(words: readonly string[], input?: string) {
  const result = await runCli(words, {
    env: keyring.env,
    ...(input === undefined ? {} : { input }),
  });
  expect(result.stdout + result.stderr).not.toContain(files.value);
  return result;
}

async function runJson(words: readonly string[], input?: string): Promise<unknown> {
  const result = await run(['--json', ...words], input);
  expect([result.exitCode, result.stderr], result.stdout).toEqual([0, '']);
  return result.json();
}

const onTerminal = (...words: string[]) =>
  startOnTerminal([process.execPath, program, ...words], keyring.env);

describe('servers and secrets', () => {
  test('a server from a command line, with its value from stdin', async () => {
    const planted = `planted-${crypto.randomUUID()}`;
    const added = await runJson(
      [
        'servers',
        'add',
        'Echo One',
        '--secret',
        'MY_KEY',
        '--',
        process.execPath,
        echoServer,
        '--x',
      ],
      `${planted}\n`,
    );
    checkOutput(contract.servers.add, added);
    expect(added).toMatchObject({
      record: {
        id: 'echo-one',
        launch: { args: [echoServer, '--x'], env: { MY_KEY: '${secret:MY_KEY}' } },
      },
      health: { state: 'ready' },
    });
    const called = await runJson(['call', 'echo-one', 'reveal', '--arg', 'name=MY_KEY']);
    checkOutput(contract.inspect.call, called);
    // The server repeats its secret; it is taken out on the way.
    expect(JSON.stringify(called)).not.toContain(planted);
    const names = await runJson(['secrets', 'list', 'echo-one']);
    checkOutput(contract.secrets.list, names);
    expect(names).toMatchObject([{ name: 'MY_KEY', state: 'stored' }]);
  });

  test('a remote one whose header refers to a secret', async () => {
    const header = 'Authorization: Bearer ${secret:TOKEN}';
    const words = ['servers', 'add', 'docs', '--url', 'https://mcp.example.com/mcp'];
    const added = await runJson([...words, '--header', header], 'a-token\n');
    expect(added).toMatchObject({
      record: {
        launch: {
          transport: 'streamable-http',
          headers: { Authorization: 'Bearer ${secret:TOKEN}' },
        },
        secrets: [{ name: 'TOKEN' }],
      },
    });
  });

  test('several values, one line each; too few lines add nothing', async () => {
    const words = ['servers', 'add', 'two', '--secret', 'A', '--secret', 'B', '--', 'true'];
    const refused = await run(['--json', ...words], 'only-one');
    expect([refused.exitCode, refused.json()]).toMatchObject([2, { error: { code: 'bad_input' } }]);
    expect(await runJson(words, 'one\ntwo\n')).toMatchObject({ missing: [] });
  });

  test('pasted client JSON: its secrets go to the keychain', async () => {
    const entry = { command: 'true', env: { GITHUB_TOKEN: files.value } };
    const pasted = JSON.stringify({ mcpServers: { pasted: entry } });
    const views = await runJson(['servers', 'add', '--from-json'], pasted);
    checkOutput(contract.servers.addFromJson, views);
    expect(views).toMatchObject([
      { record: { id: 'pasted', secrets: [{ name: 'GITHUB_TOKEN' }] } },
    ]);
    const broken = await run(['servers', 'add', '--from-json', '--json'], '{"mcpServers": ');
    expect([broken.exitCode, broken.json()]).toMatchObject([
      12,
      { error: { code: 'file_unparsable' } },
    ]);
  });

  test('list, show, rename, switch off and on, remove', async () => {
    checkOutput(contract.servers.list, await runJson(['servers']));
    checkOutput(contract.servers.get, await runJson(['servers', 'show', 'two']));
    const renamed = await runJson(['servers', 'rename', 'two', 'Number Two']);
    checkOutput(contract.servers.rename, renamed);
    expect(renamed).toMatchObject({ record: { id: 'two', name: 'Number Two' } });
    expect(await runJson(['servers', 'disable', 'two'])).toMatchObject({
      health: { state: 'disabled' },
    });
    expect(await runJson(['servers', 'enable', 'two'])).toMatchObject({
      health: { state: 'ready' },
    });
    const asked = await run(['servers', 'remove', 'two', '--forget-secrets', '--json']);
    expect([asked.exitCode, asked.json()]).toMatchObject([
      5,
      { error: { code: 'consent_needed' } },
    ]);
    expect(await runJson(['servers', 'remove', 'two', '--forget-secrets', '--yes'])).toEqual({});
  });

  test('a value from stdin without its last end of line; nothing on stdin is refused', async () => {
    expect(await runJson(['secrets', 'set', 'echo-one', 'MY_KEY'], 'fresh value\n')).toEqual({});
    const empty = await run(['secrets', 'set', 'echo-one', 'MY_KEY', '--json'], '');
    expect([empty.exitCode, empty.json()]).toMatchObject([2, { error: { code: 'bad_input' } }]);
    expect(await runJson(['secrets', 'remove', 'echo-one', 'MY_KEY', '--yes'])).toEqual({});
    expect(await runJson(['secrets', 'list', 'echo-one'])).toMatchObject([{ state: 'missing' }]);
  });

  test('a value is typed unseen on a terminal', async () => {
    const planted = `planted-${crypto.randomUUID()}`;
    const terminal = onTerminal('secrets', 'set', 'echo-one', 'MY_KEY');
    await terminal.saw('Value of MY_KEY for echo-one (not shown):');
    terminal.type(`${planted}\r`);
    expect([await terminal.ended, terminal.shown().includes(planted)]).toEqual([0, false]);
    expect(terminal.shown()).toContain('MY_KEY of echo-one is in the keychain.');
  });

  test('Ctrl-C at a question ends with 130 and stores nothing', async () => {
    const terminal = onTerminal('secrets', 'set', 'echo-one', 'OTHER');
    await terminal.saw('OTHER for echo-one');
    terminal.type('half\u0003');
    expect(await terminal.ended).toBe(130);
    expect(JSON.stringify(await runJson(['secrets', 'list', 'echo-one']))).not.toContain('OTHER');
  });
});

describe('what a server offers', () => {
  test('as the contract says, and a tool that fails ends with 1', async () => {
    const found = await runJson(['inspect', 'echo-one']);
    checkOutput(contract.inspect.server, found);
    const failed = await run(['call', 'echo-one', 'reveal', '--arg', 'name=3', '--json']);
    expect(failed.exitCode).not.toBe(0);
    const people = await run(['inspect', 'echo-one', '--tools']);
    expect(people.stdout).toMatch(/environment +\d+ +Names and hashes, never values\./);
  });
});

describe('protect, undo, leave', () => {
  test('without a terminal and without --yes nothing is changed', async () => {
    const refused = await run(['protect', '--json']);
    expect([refused.exitCode, refused.json()]).toMatchObject([
      5,
      { error: { code: 'consent_needed', hint: expect.stringContaining('--yes') } },
    ]);
    expect(readFileSync(files.cursor, 'utf8')).toBe(original);
  });

  test('the plan is the contract’s', async () => {
    const plan = await runJson(['protect', '--plan']);
    checkOutput(contract.protect.plan, plan);
    const one = await runJson(['protect', 'github', '--client', 'cursor', '--plan']);
    expect(one).toMatchObject({ items: [{ entry: 'github', ticked: true }] });
    const { items } = plan as { items: { id: string }[] };
    const none = await runJson(['protect', '--plan', '--no-item', items[0]?.id ?? '']);
    expect(none).toMatchObject({ files: [] });
  });

  test('no on the terminal changes nothing, yes protects', async () => {
    const refused = onTerminal('protect');
    await refused.saw('to the keychain and change 1 file? [y/N]');
    refused.type('n\r');
    expect(await refused.ended).toBe(0);
    expect(readFileSync(files.cursor, 'utf8')).toBe(original);
    const agreed = onTerminal();
    await agreed.saw('Review and protect now? [Y/n]');
    agreed.type('\r');
    await agreed.saw('to the keychain and change 1 file? [y/N]');
    agreed.type('yes\r');
    expect([await agreed.ended, agreed.shown().includes(files.value)]).toEqual([0, false]);
    expect(readFileSync(files.cursor, 'utf8')).not.toContain(files.value);
    expect((await run(['scan', files.cursor])).exitCode).toBe(0);
  });

  test('Ctrl-C while it is written lets it come to its end, then ends with 130', async () => {
    await runJson(['protect', '--undo', '--yes']);
    const terminal = onTerminal('protect', '--yes');
    await terminal.saw('Starting once');
    terminal.type('\u0003');
    expect(await terminal.ended).toBe(130);
    expect(terminal.shown()).toContain('so that nothing is left half done');
    expect(await runJson([])).toMatchObject({
      exposed: 0,
      unfinished: [],
      servers: expect.anything(),
    });
  });

  test('runs, history and a byte-exact restore', async () => {
    const runs = await runJson(['protect', '--runs']);
    checkOutput(contract.protect.runs, runs);
    const history = await runJson(['history', files.cursor]);
    checkOutput(contract.files.history, history);
    const restored = await runJson(['restore', files.cursor]);
    checkOutput(contract.files.restore, restored);
    expect(readFileSync(files.cursor, 'utf8')).toBe(original);
  });

  test('undo of the run, as one document', async () => {
    const again = runResultSchema.parse(await runJson(['protect', '--yes']));
    checkOutput(contract.protect.planUndo, await runJson(['protect', '--undo', '--plan']));
    const undone = runResultSchema.parse(
      await runJson(['protect', '--undo', again.run.id, '--yes']),
    );
    expect(undone.run.state).toBe('undone');
    expect(readFileSync(files.cursor, 'utf8')).toBe(original);
  });

  test('leave gives the entry back, and --remove takes it out', async () => {
    await runJson(['protect', '--yes']);
    checkOutput(contract.leave.plan, await runJson(['leave', 'github', '--plan']));
    runResultSchema.parse(await runJson(['leave', 'github', '--yes']));
    expect(JSON.parse(readFileSync(files.cursor, 'utf8'))).toEqual(JSON.parse(original));
    await runJson(['protect', '--yes']);
    await runJson(['leave', '--client', 'cursor', '--remove', '--yes']);
    expect(JSON.parse(readFileSync(files.cursor, 'utf8'))).toEqual({ mcpServers: {} });
  });
});

describe('the rest of the contract', () => {
  test('lists', async () => {
    checkOutput(contract.clients.list, await runJson(['clients']));
    checkOutput(contract.clients.entries, await runJson(['clients', 'entries']));
    checkOutput(
      contract.clients.snippet,
      await runJson(['clients', 'snippet', 'cursor', 'echo-one']),
    );
  });

  test('project folders', async () => {
    expect(await runJson(['projects', 'add', keyring.home])).toEqual({});
    expect(await runJson(['projects'])).toEqual([keyring.home]);
    expect(await runJson(['projects', 'remove', keyring.home])).toEqual({});
  });

  test('a deep scan finds more, each once', async () => {
    const log = files.write('.claude/projects/x/one.jsonl', `{"text":"key ${files.value}"}\n`);
    const deep = await run(['scan', '--deep', '--format', 'jsonl']);
    expect(deep.exitCode).toBe(1);
    const lines = deep.stdout.trimEnd().split('\n');
    expect(new Set(lines).size).toBe(lines.length);
    expect(lines.map((line) => JSON.parse(line).file)).toContain(log);
    checkOutput(contract.exposure.scan, (await run(['scan', '--deep', '--json'])).json());
  });

  test('findings set aside', async () => {
    const path = files.write('aside.env', `API_TOKEN=${files.value}\n`);
    const scan = await run(['scan', path, '--format', 'jsonl']);
    const { pointer, fingerprint } = JSON.parse(scan.stdout);
    const place = [path, pointer, fingerprint];
    const silent = await run(['suppressions', 'add', ...place, '--json']);
    expect(silent.exitCode).toBe(2);
    expect(await runJson(['suppressions', 'add', ...place, '--reason', 'a sample'])).toEqual({});
    expect((await run(['scan', path])).exitCode).toBe(0);
    checkOutput(contract.exposure.suppressions, await runJson(['suppressions']));
    expect(await runJson(['suppressions', 'remove', ...place])).toEqual({});
    expect((await run(['scan', path])).exitCode).toBe(1);
  });

  test('the doctor repairs the launcher', async () => {
    const checks = await runJson(['doctor', '--repair']);
    checkOutput(contract.doctor.run, checks);
    expect(checks).toContainEqual(expect.objectContaining({ id: 'launcher', state: 'ok' }));
  });

  test('news are one line each, until Ctrl-C', async () => {
    const terminal = onTerminal('events', '--json');
    await terminal.saw('{"type":"hello"');
    terminal.type('\u0003');
    expect(await terminal.ended).toBe(130);
  });

  test('completion knows commands, options and ids', async () => {
    const complete = async (...words: string[]) =>
      (await run(['complete', '--', ...words])).stdout.trimEnd().split('\n');
    expect(await complete('serv')).toContain('servers');
    expect(await complete('servers', 'sh')).toEqual(['show']);
    expect(await complete('servers', 'show', 'echo')).toEqual(['echo-one']);
    expect(await complete('scan', '--fo')).toEqual(['--format']);
    expect(await complete('scan', '--client', 'curs')).toEqual(['cursor']);
    for (const shell of ['bash', 'zsh', 'fish'])
      expect((await run(['completion', shell])).stdout).toContain('portcullis complete --');
  });
});
