/**
 * Programs that hold secrets are made to crash where a system would write their memory to a file. What
 * is found there, if anything, holds no planted value. The first test shows that without our doing the
 * value would be in it, where this system writes such files at all.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeFrame } from '../../platform/keychain/frames.ts';
import { buildAll } from '../../scripts/build.mjs';
import { secretTemplate } from '../../shared/template.ts';
import { cliProgram } from '../support/cli.ts';
import {
  finish,
  type LauncherWorld,
  openLauncherWorld,
  plantedValue,
  serverRecord,
} from '../support/launcher.ts';

const root = join(import.meta.dirname, '../..');
let world: LauncherWorld;

beforeAll(async () => {
  expect((await buildAll({ ifStale: true })).failed).toEqual([]);
  world = await openLauncherWorld();
}, 120_000);
afterAll(() => world.stop());

/** A program in a folder of its own, started where dumps of any size are allowed. */
function startDumping(name: string, command: readonly string[], env: Record<string, string> = {}) {
  const folder = join(world.keyring.home, name);
  mkdirSync(folder);
  // The hard limit may be lower; then the soft one goes as high as it can.
  const script = 'ulimit -S -c "$(ulimit -H -c)"; cd "$1"; shift; exec "$@"';
  const child = spawn('/bin/sh', ['-c', script, 'sh', folder, ...command], {
    env: { ...world.keyring.env, ...env },
  });
  return { child, folder };
}

async function crash(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGABRT');
  expect((await ended)[1]).toBe('SIGABRT');
}

/** What the crash has left: whether a dump is there, and whether the value is in it. */
function searchDumps(folder: string, value: string) {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  return { dumps: files.length, found: files.some((bytes) => bytes.includes(value)) };
}

/** False where dumps go to a program of the system, or are switched off. */
function writesDumps(limit: string): boolean {
  const pattern = readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim();
  return pattern !== '' && !/[|/]/.test(pattern) && limit !== '0';
}

test('without our doing the value would be in the dump', async () => {
  const value = plantedValue();
  const script = 'ulimit -S -c; kill -ABRT $$';
  const { child, folder } = startDumping('bare', ['/bin/sh', '-c', script], { VALUE: value });
  const { stdout, signal } = await finish(child);
  expect(signal).toBe('SIGABRT');
  expect(searchDumps(folder, value).found).toBe(writesDumps(stdout.trim()));
});

test('the browser door leaves nothing', async () => {
  const value = plantedValue();
  const command = [process.execPath, cliProgram, 'serve'];
  const { child, folder } = startDumping('serve', command, { VALUE: value });
  await once(child.stdout ?? child, 'data');
  expect(readFileSync(`/proc/${child.pid}/coredump_filter`, 'utf8').trim()).toBe('00000000');
  await crash(child);
  expect(searchDumps(folder, value).found).toBe(false);
});

test('the process that holds the connection to the keychain leaves nothing', async () => {
  const value = plantedValue();
  const helper = join(root, 'out', 'cli', 'keychain-helper.mjs');
  const library = createRequire(import.meta.url).resolve('@napi-rs/keyring');
  const { child, folder } = startDumping('helper', [process.execPath, helper, library]);
  child.stdin?.write(encodeFrame({ task: 'set', account: 'dump', value }));
  // The answer: the value has been in its memory, and is in the keychain.
  await once(child.stdout ?? child, 'data');
  await crash(child);
  expect(searchDumps(folder, value).found).toBe(false);
});

test('a server that the launcher started leaves nothing', async () => {
  const value = plantedValue();
  const script = 'ulimit -S -c; cat /proc/self/coredump_filter; kill -ABRT $$';
  world.writeRecords(
    serverRecord('crash', {
      command: '/bin/sh',
      args: ['-c', script],
      env: { TOKEN: secretTemplate('TOKEN') },
    }),
  );
  await world.storeSecrets('crash', { TOKEN: value });
  const { child, folder } = startDumping('launched', [world.launcher.path, 'run', 'crash']);
  const { stdout, signal } = await finish(child);
  expect({ stdout, signal }).toEqual({ stdout: '0\n00000000\n', signal: 'SIGABRT' });
  expect(searchDumps(folder, value)).toEqual({ dumps: 0, found: false });
});
