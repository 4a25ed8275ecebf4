/**
 * P5: kill -9, full disk, locked keychain, a client writing at the same moment — at every step the
 * person still has the secret in at least one place and a way back. The whole protect job with real
 * files and a real gnome-keyring, broken in a process of its own; then the built command line, as a
 * person would use it next, finds out and mends.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createSystemKeychain } from '../../platform/keychain/system-keychain.ts';
import { runCli } from '../support/cli.ts';
import { type Keyring, startKeyring } from '../support/keyring.ts';
import { plantSecret } from '../support/planted.ts';
import { runs } from '../support/runs.ts';
import { searchTree } from '../support/search-bytes.ts';

interface Planted {
  readonly server: string;
  readonly name: string;
  readonly value: string;
  readonly file: string;
}

interface World {
  readonly keyring: Keyring;
  readonly planted: readonly Planted[];
  readonly originals: ReadonlyMap<string, string>;
}

let world: World;
beforeEach(async () => {
  world = layOut(await startKeyring());
}, 60_000);
afterEach(() => world.keyring.stop());

function layOut(keyring: Keyring): World {
  const originals = new Map<string, string>();
  const put = (path: string, text: string): string => {
    const file = join(keyring.home, path);
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(file, text, { mode: 0o600 });
    originals.set(file, text);
    return file;
  };
  const [one, two, three] = [plantSecret('one'), plantSecret('two'), plantSecret('three')];
  const cursor = put(
    '.cursor/mcp.json',
    `{ "starts": 1,\r\n  "mcpServers": { "one": {"command": "/bin/false", "args": ["1"], "env": {"A_TOKEN": ${JSON.stringify(one)}}},\r\n "two": {"command": "/bin/false", "args": ["2"], "env": {"B_TOKEN" : ${JSON.stringify(two)}} } } }`,
  );
  const codex = put(
    '.codex/config.toml',
    `# mine\n[mcp_servers.three]\ncommand = "/bin/false"   # no\nargs = ["3"]\nenv = { C_TOKEN = ${JSON.stringify(three)} }\n`,
  );
  put('.cursor/mcp.json.bak', `{"mcpServers":{"one":{"env":{"A_TOKEN":${JSON.stringify(one)}}}}}`);
  const planted = [
    { server: 'one', name: 'A_TOKEN', value: one, file: cursor },
    { server: 'two', name: 'B_TOKEN', value: two, file: cursor },
    { server: 'three', name: 'C_TOKEN', value: three, file: codex },
  ];
  return { keyring, planted, originals };
}

function cli(...args: readonly string[]) {
  return runCli(args, world.keyring);
}

const root = join(import.meta.dirname, '..', '..');
const worker = join(root, 'test/support/protect-worker.ts');

function startWorker(env: Readonly<Record<string, string>>, task = 'protect'): ChildProcess {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return spawn(process.execPath, [worker, join(root, 'out/launcher'), version, task], {
    env: { ...world.keyring.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

interface End {
  readonly signal: NodeJS.Signals | null;
  /** Methods in order; empty when the process did not reach its end. */
  readonly calls: readonly string[];
  readonly error?: { readonly code: string; readonly hint?: string };
  readonly result?: { readonly receipts: readonly { outcome: string; code?: string }[] };
}

async function endOf(child: ChildProcess): Promise<End> {
  let out = '';
  let errors = '';
  child.stdout?.on('data', (chunk) => (out += String(chunk)));
  child.stderr?.on('data', (chunk) => (errors += String(chunk)));
  const [, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  const line = out.trim().split('\n').at(-1) ?? '';
  if (signal === null && !line.startsWith('{')) throw new Error(`The worker failed: ${errors}`);
  return signal === null ? { signal, ...JSON.parse(line) } : { signal, calls: [] };
}

/** M-1: at this instant every value stands in its file or in the keychain, as it was. */
async function expectNothingLost(): Promise<void> {
  const { keyring, planted } = world;
  const machine = { platform: 'linux', home: keyring.home, env: keyring.env } as const;
  const keychain = createSystemKeychain({ machine });
  try {
    for (const { server, name, value, file } of planted) {
      const inFile = readFileSync(file, 'utf8').includes(JSON.stringify(value));
      const item = JSON.parse((await keychain.get(server))?.reveal() ?? '{}');
      expect({ server, kept: inFile || item[name] === value }).toEqual({ server, kept: true });
    }
  } finally {
    await keychain.close();
  }
}

/**
 * No copy in clear but in the person's own files, where it stood before. An undo that was killed may
 * have left what it was about to put in their place, beside them; the next command takes it away.
 */
function expectNoCopies(besides = /\/keyrings\//): void {
  const values = Object.fromEntries(world.planted.map(({ server, value }) => [server, value]));
  const elsewhere = searchTree(world.keyring.home, values).filter(
    ({ path }) => !world.originals.has(path) && !besides.test(path),
  );
  expect(elsewhere).toEqual([]);
}

/** What a person does next: any command that writes settles; then everything is taken back. */
async function settle(): Promise<'untouched' | 'moved'> {
  const plan = await cli('protect', '--all', '--plan', '--json');
  expect(plan.exitCode, plan.stdout).toBe(0);
  await expectNothingLost();
  expectNoCopies();
  let undone = 0;
  for (;;) {
    const undo = await cli('protect', '--undo', '--yes', '--json');
    if (undo.exitCode === 3) break;
    expect(undo.exitCode, undo.stdout).toBe(0);
    undone += 1;
  }
  for (const [file, text] of world.originals)
    expect(readFileSync(file, 'utf8') === text, file).toBe(true);
  expect((await cli('servers', '--json')).json()).toEqual([]);
  expect((await cli('secrets', '--json')).json()).toEqual([]);
  await expectNothingLost();
  return undone === 0 ? 'untouched' : 'moved';
}

/** The launcher is installed once, so that the loops are about the job. */
async function countCalls(task?: string): Promise<number> {
  const end = await endOf(startWorker({}, task));
  expect(end.error).toBe(undefined);
  return end.calls.length;
}

function points(calls: number, count: number): readonly number[] {
  const every = runs(calls / count, 1);
  return Array.from({ length: Math.floor(calls / every) }, (_, at) =>
    Math.round(calls - at * every),
  );
}

describe('the protect job', () => {
  test('killed at any call, in the middle of a write too, loses nothing and can be taken back', async () => {
    await cli('doctor', '--repair');
    const calls = await countCalls();
    expect(await settle()).toBe('moved');
    const states = new Set<string>();
    let killed = 0;
    for (const [turn, at] of points(calls, 12).entries()) {
      const act = turn % 3 === 2 ? 'kill-torn' : 'kill';
      const end = await endOf(startWorker({ PORTCULLIS_SEAM: `${act}@${at}` }));
      if (end.signal === 'SIGKILL') killed += 1;
      await expectNothingLost();
      expectNoCopies();
      states.add(await settle());
    }
    expect([...states].toSorted()).toEqual(['moved', 'untouched']);
    // A later run has a few calls less than the first, and torn is only what writes.
    expect(killed).toBeGreaterThan(6);
  }, 900_000);

  test('on a disk that is full from any call on, or with a keychain that locks, loses nothing', async () => {
    await cli('doctor', '--repair');
    const calls = await countCalls();
    await settle();
    for (const [turn, at] of points(calls, 8).entries()) {
      const act = turn % 2 === 0 ? 'ENOSPC' : 'keychain_locked';
      const end = await endOf(startWorker({ PORTCULLIS_SEAM: `${act}@${at}+` }));
      expect(end.signal).toBe(null);
      await expectNothingLost();
      expectNoCopies();
      await settle();
    }
  }, 900_000);

  test('undo killed at any call loses nothing and is finished by the next', async () => {
    await cli('doctor', '--repair');
    await countCalls();
    const calls = await countCalls('undo');
    for (const at of points(calls, 6)) {
      expect((await endOf(startWorker({}))).error).toBe(undefined);
      await endOf(startWorker({ PORTCULLIS_SEAM: `kill@${at}` }, 'undo'));
      await expectNothingLost();
      expectNoCopies(/\/keyrings\/|\/\.portcullis-[^/]+\.tmp$/);
      await settle();
    }
  }, 900_000);
});

describe('the real keyring', () => {
  /** Does `harm` when one item is stored and the second is about to be. */
  async function protectWith(harm: () => void | Promise<void>): Promise<End> {
    const child = startWorker({ PORTCULLIS_STOP_AT_SET: '2' });
    const ended = endOf(child);
    if (child.stdout === null || child.stdin === null) throw new TypeError('They are pipes.');
    await once(child.stdout, 'data');
    await harm();
    child.stdin.write('\n');
    return ended;
  }

  test('killed in the middle: the job fails with a reason, and nothing is lost', async () => {
    const end = await protectWith(() => world.keyring.kill());
    const codes = end.result?.receipts.map(({ code }) => code) ?? [end.error?.code];
    expect(codes.some((code) => code?.startsWith('keychain_'))).toBe(true);
    await world.keyring.unlock();
    await expectNothingLost();
    expectNoCopies();
    await settle();
  }, 240_000);

  test('locked in the middle: the job fails with a reason, and nothing is lost', async () => {
    const end = await protectWith(() => world.keyring.lock());
    const codes = end.result?.receipts.map(({ code }) => code) ?? [end.error?.code];
    expect(codes.some((code) => code?.startsWith('keychain_'))).toBe(true);
    // Whatever stands in a file while the keychain is locked stays there.
    for (const words of [['protect', '--all', '--plan'], ['scan']]) await cli(...words);
    await world.keyring.unlock();
    await expectNothingLost();
    expectNoCopies();
    await settle();
  }, 400_000);
});

test('a client that writes at the same moment loses nothing of its own, and its secrets are kept', async () => {
  const [file = ''] = world.originals.keys();
  const code = `const fs = require('fs'); const file = process.argv[1]; let starts = 1;
    setInterval(() => {
      const text = fs.readFileSync(file, 'utf8');
      starts = Number(/"starts": (\\d+)/.exec(text)[1]) + 1;
      fs.writeFileSync(file + '.new', text.replace(/"starts": \\d+/, '"starts": ' + starts));
      fs.renameSync(file + '.new', file);
    }, 50); console.log('up');
    process.on('SIGTERM', () => { console.log(starts); process.exit(0); });`;
  const client = spawn(process.execPath, ['-e', code, '--', file], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const said: string[] = [];
  client.stdout.setEncoding('utf8').on('data', (text: string) => said.push(text));
  await once(client.stdout, 'data');
  let protectedAtLast = false;
  for (let round = 0; round < runs(3, 20); round += 1) {
    const run = await cli('protect', '--all', '--yes', '--json');
    expect([0, 4, 13], run.stdout).toContain(run.exitCode);
    protectedAtLast = run.exitCode === 0;
    await expectNothingLost();
  }
  client.kill('SIGTERM');
  await once(client, 'close');
  expect(protectedAtLast).toBe(true);
  const text = readFileSync(file, 'utf8');
  const there = Number(/"starts": (\d+)/.exec(text)?.[1]);
  const last = Number(said.at(-1)?.trim().split('\n').at(-1));
  // Between our last look and the rename one write of a client can fall; no program can exclude that.
  expect([last, last - 1]).toContain(there);
  expect(there).toBeGreaterThan(3);
  for (const { value } of world.planted) expect(text).not.toContain(JSON.stringify(value));
  expect(text).toContain('\r\n');
}, 240_000);
