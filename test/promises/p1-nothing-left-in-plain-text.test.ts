/**
 * P1: after protect, no byte sequence of a protected secret is in any file that we own or in any
 * entry. Secrets are planted in every place that protect covers, the built command line moves them
 * into a real keyring, and everything below the world's folder is searched: home, configuration,
 * data, cache, temporary and runtime folders.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type CliResult, cliProgram, runCli } from '../support/cli.ts';
import { type Keyring, startKeyring } from '../support/keyring.ts';
import { type PlantedHome, putUnmovable, writePlantedHome } from '../support/planted-home.ts';
import { runs } from '../support/runs.ts';
import { type Hit, linesWith, searchTree } from '../support/search-bytes.ts';

interface World {
  readonly keyring: Keyring;
  /** Holds everything that a process of ours can write to. */
  readonly folder: string;
  readonly planted: PlantedHome;
  readonly env: Readonly<Record<string, string>>;
}

let world: World;
beforeEach(async () => {
  const keyring = await startKeyring();
  const temporary = join(keyring.home, 'tmp');
  mkdirSync(temporary);
  world = {
    keyring,
    folder: keyring.home,
    planted: writePlantedHome(keyring.home),
    env: { ...keyring.env, TMPDIR: temporary },
  };
}, 60_000);
afterEach(() => world.keyring.stop());

/** What lies around, the daemon's own sealed store excepted. */
function search(): readonly Hit[] {
  return searchTree(world.folder, world.planted.values).filter(
    ({ path }) => !path.startsWith(join(world.folder, '.local/share/keyrings/')),
  );
}

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly where: string;
}

async function scan(): Promise<readonly Finding[]> {
  const result = await runCli(['scan', '--json', '--all'], world);
  expect(result.stderr).toBe('');
  expectNoValue(result);
  return (result.json() as { findings: readonly Finding[] }).findings;
}

function expectNoValue({ stdout, stderr }: CliResult): void {
  for (const value of Object.values(world.planted.values)) {
    expect(stdout).not.toContain(value);
    expect(stderr).not.toContain(value);
  }
}

interface Receipt {
  readonly outcome: string;
  readonly file: string;
}

async function protect(...more: readonly string[]): Promise<readonly Receipt[]> {
  const result = await runCli(['protect', '--all', '--yes', '--json', ...more], world);
  expect(result.exitCode, result.stdout + result.stderr).toBe(0);
  expectNoValue(result);
  return (result.json() as { receipts: readonly Receipt[] }).receipts;
}

test('every planted value is found before', async () => {
  const found = await scan();
  const missed = Object.entries(world.planted.values).filter(
    ([, value]) =>
      ![...world.planted.texts.keys()].some((file) =>
        linesWith(file, value).some((line) =>
          found.some((one) => one.file === file && one.line === line),
        ),
      ),
  );
  expect(missed.map(([name]) => name)).toEqual([]);
}, 120_000);

test('after the defaults every place that is left is a listed finding', async () => {
  const receipts = await protect();
  expect(receipts.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  const hits = search();
  const found = await scan();
  const unlisted = hits.flatMap(({ path, name }) => {
    const value = Reflect.get(world.planted.values, name) as string;
    const lines = linesWith(path, value);
    return lines
      .filter((line) => !found.some((one) => one.file === path && one.line === line))
      .map((line) => `${path}:${line} ${name}`);
  });
  expect(unlisted).toEqual([]);
  // What is not ticked by default is what other programs read and write: shell histories.
  expect([...new Set(hits.map(({ path }) => path.slice(world.folder.length)))].sort()).toEqual([
    '/.bash_history',
    '/.zsh_history',
  ]);
}, 240_000);

test('after everything was ticked no byte of any value is anywhere', async () => {
  await protect('--item', 'all');
  expect(search()).toEqual([]);
  expect(await scan()).toEqual([]);
  // Nor after what a person does next: an undo plan, a look at the history, a launch that fails.
  const [file = ''] = world.planted.texts.keys();
  for (const words of [
    ['protect', '--undo', '--plan'],
    ['history', file],
    ['drift'],
    ['run', 'env'],
  ])
    expectNoValue(await runCli(words, world));
  expect(search()).toEqual([]);
}, 240_000);

test('what cannot move stays where it is, is named, and is in no file of ours', async () => {
  const { file, values } = putUnmovable(world.folder);
  const before = readFileSync(file);
  const plan = (await runCli(['protect', '--plan', '--json'], world)).json() as {
    items: { file: string; possible: boolean; note: string }[];
  };
  const own = plan.items.filter((item) => item.file === file);
  expect(own.map(({ possible }) => possible)).toEqual(Object.keys(values).map(() => false));
  for (const { note } of own) expect(note).toMatch(/holds a secret/);
  const { receipts } = (await runCli(['protect', '--all', '--yes', '--json'], world)).json() as {
    receipts: readonly Receipt[];
  };
  const left = receipts.filter((receipt) => receipt.file === file);
  expect(left.map(({ outcome }) => outcome)).toEqual(own.map(() => 'skipped'));
  for (const words of [
    ['servers', 'list', '--json'],
    ['export'],
    ['protect', '--plan'],
    ['run', 'command'],
  ]) {
    const { stdout, stderr } = await runCli(words, world);
    for (const value of Object.values(values)) expect(stdout + stderr).not.toContain(value);
  }
  expect(readFileSync(file)).toEqual(before);
  expect(new Set(searchTree(world.folder, values).map(({ path }) => path))).toEqual(
    new Set([file]),
  );
}, 240_000);

/**
 * Core dumps and Node's own reports are turned on, and go where we search. A signal that dumps comes
 * first where the kernel lets it; the report is what a crashing Node writes.
 */
function startToKill(): ChildProcess {
  const script = 'ulimit -c unlimited; exec "$@"';
  const args = [script, 'sh', process.execPath, cliProgram, 'protect', '--all', '--yes', '--json'];
  return spawn('sh', ['-c', ...args, '--item', 'all'], {
    cwd: world.folder,
    env: { ...world.env, NODE_OPTIONS: '--report-on-signal --report-signal=SIGUSR2' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

/** Kills when the journal has so many lines, which are written at every step of a move. */
async function killAt(steps: number): Promise<'killed' | 'ended'> {
  const child = startToKill();
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let isOpen = true;
  void closed.then(() => {
    isOpen = false;
  });
  while (isOpen && countSteps() < steps) await new Promise((resolve) => setImmediate(resolve));
  child.kill('SIGUSR2');
  child.kill('SIGKILL');
  await closed;
  return child.signalCode === 'SIGKILL' ? 'killed' : 'ended';
}

function countSteps(): number {
  try {
    const journal = join(world.folder, '.local/share/portcullis/journal/moves.jsonl');
    return readFileSync(journal, 'utf8').split('\n').length - 1;
  } catch {
    return 0;
  }
}

test('a kill in the middle leaves values where they were and nowhere else', async () => {
  const original = new Set(search().map(({ path, name }) => `${path} ${name}`));
  let killed = 0;
  for (let steps = 1; steps <= 9; steps += runs(2, 1)) {
    if ((await killAt(steps)) === 'killed') killed += 1;
    const copied = search().filter(({ path, name }) => !original.has(`${path} ${name}`));
    expect(copied).toEqual([]);
  }
  expect(killed).toBeGreaterThan(2);
  await protect('--item', 'all');
  expect(search()).toEqual([]);
}, 600_000);
