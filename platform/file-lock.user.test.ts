import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { failure } from '../test/support/files-suite.ts';
import { runs } from '../test/support/runs.ts';
import { createFiles } from './files.ts';

const worker = fileURLToPath(new URL('../test/support/lock-worker.ts', import.meta.url));
const files = createFiles('linux');
let root: string;
let children: ChildProcess[];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'portcullis-lock-'));
  children = [];
});
afterEach(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

function start(...args: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [worker, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return child;
}

async function startHolding(task: 'hold' | 'freeze', lock: string): Promise<ChildProcess> {
  const child = start(task, lock);
  if (child.stdout === null) throw new Error('no stdout');
  await once(child.stdout, 'data');
  return child;
}

test('the lock of a killed process is free at once, every time', async () => {
  const lock = join(root, 'lock');
  for (let round = 0; round < runs(3, 30); round += 1) {
    const holder = await startHolding('hold', lock);
    let killed = false;
    const waiting = files.withLock(lock, async () => killed, { wait: 1_000 });
    await files.list(root);
    killed = true;
    holder.kill('SIGKILL');
    // Taken within the second of `wait`, and not before the holder was killed.
    expect(await waiting).toBe(true);
  }
});

test('a live holder that is stuck keeps its lock', async () => {
  const lock = join(root, 'lock');
  const holder = await startHolding('freeze', lock);
  expect(await failure(files.withLock(lock, async () => 'stolen', { wait: 300 }))).toEqual({
    code: 'file_busy',
    path: lock,
    hint: true,
  });
  // Stopped is not dead either.
  holder.kill('SIGSTOP');
  expect(await failure(files.withLock(lock, async () => 'stolen', { wait: 300 }))).toMatchObject({
    code: 'file_busy',
  });
});

test('two processes count to the right number, none waiting longer than the default', async () => {
  const times = runs(500, 5_000);
  const file = join(root, 'count');
  writeFileSync(file, '0');
  const args = ['count', join(root, 'lock'), file, String(times)];
  const both = [start(...args), start(...args)].map((child) => once(child, 'exit'));
  expect(await Promise.all(both)).toEqual([
    [0, null],
    [0, null],
  ]);
  expect(readFileSync(file, 'utf8')).toBe(String(2 * times));
}, 60_000);

test('two ports in one process exclude each other too', async () => {
  const lock = join(root, 'lock');
  const other = createFiles('linux');
  const inner = await files.withLock(lock, () =>
    failure(other.withLock(lock, async () => 'stolen', { wait: 20 })),
  );
  expect(inner).toMatchObject({ code: 'file_busy' });
});

test('the lock files are empty, private and taken over from whoever left them', async () => {
  const lock = join(root, 'lock');
  await files.withLock(lock, async () => undefined);
  const facts = ['lock.lock', 'lock.lock-gate'].map((name) => statSync(join(root, name)));
  expect(facts.map(({ size, mode }) => ({ size, mode: mode & 0o777 }))).toEqual([
    { size: 0, mode: 0o600 },
    { size: 0, mode: 0o600 },
  ]);
});

test('a lock file that is none fails instead of letting two in', async () => {
  const lock = join(root, 'lock');
  writeFileSync(`${lock}.lock`, 'not a lock file, but long enough to be looked at'.repeat(100));
  chmodSync(`${lock}.lock`, 0o600);
  expect(await failure(files.withLock(lock, async () => 'locked'))).toMatchObject({
    code: 'file_unwritable',
    hint: true,
  });
});
