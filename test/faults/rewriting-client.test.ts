/**
 * Clients that write their file back from memory after protect (F-06, step 9 of the protocol). The
 * client is a program of its own that is named like the real one; it writes exactly when it is told
 * to: while the guard waits for one of its looks, right after a call of ours, or never. So what comes
 * first is decided by the test, not by time.
 */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Files } from '../../core/ports.ts';
import { createClock } from '../../platform/clock.ts';
import { createProcesses } from '../../platform/processes.ts';
import { AppError } from '../../shared/errors.ts';
import type { RunResult } from '../../shared/models/protect.ts';
import {
  applyDrift,
  type DriftStage,
  type DriftWorld,
  homeOf,
  layFiles,
  openDriftWorld,
} from '../support/drift-world.ts';
import { finish } from '../support/memory-app.ts';
import { plantSecret } from '../support/planted.ts';
import { findValues } from '../support/survival.ts';
import { quickFolder } from './scenes.ts';

const code = '.claude.json';
const desktop = '.config/Claude/claude_desktop_config.json';
const told = 'Protected, but its client keeps writing the old text back.';

interface Scene extends DriftStage {
  readonly base: string;
  readonly values: Readonly<Record<'code' | 'desktop', string>>;
}

let scene: Scene;
const clients: Client[] = [];
beforeEach(() => {
  scene = openScene();
});
afterEach(async () => {
  for (const client of clients.splice(0)) await client.end();
  rmSync(scene.base, { recursive: true, force: true });
});

function openScene(): Scene {
  const base = mkdtempSync(join(quickFolder, 'portcullis-rewriting-'));
  const values = { code: plantSecret('code'), desktop: plantSecret('desktop') };
  const stage = { root: join(base, 'world'), keychain: join(base, 'keychain') };
  const entry = (name: string, value: string) => ({
    command: 'npx',
    args: ['-y', name],
    env: { SERVICE_TOKEN: value },
  });
  layFiles(stage, {
    [code]: JSON.stringify({
      starts: 1,
      mcpServers: { one: entry('one', values.code), plain: { command: 'x' } },
    }),
    [desktop]: JSON.stringify(
      { starts: 1, mcpServers: { two: entry('two', values.desktop) } },
      undefined,
      2,
    ),
  });
  return { ...stage, base, values };
}

function fileOf(path: string): string {
  return join(homeOf(scene), path);
}

/** Has its file in memory from its start on; for each line it is sent it counts `starts` up and writes all of it. */
const clientCode = `
const fs = require('node:fs');
const [file] = process.argv.slice(1);
const memory = JSON.parse(fs.readFileSync(file, 'utf8'));
require('node:readline').createInterface({ input: process.stdin }).on('line', () => {
  memory.starts += 1;
  fs.writeFileSync(file, JSON.stringify(memory));
  console.log('written');
});
console.log('up');
`;

class Client {
  writes = 0;
  readonly file: string;
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;

  /** `name` is what the list of processes shows. */
  constructor(name: string, file: string) {
    this.file = file;
    this.#child = spawn(process.execPath, ['-e', clientCode, '--', file], {
      argv0: name,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    this.#lines = createInterface({ input: this.#child.stdout });
    clients.push(this);
  }

  async up(): Promise<this> {
    await once(this.#lines, 'line');
    return this;
  }

  /** Resolves once the old text is in the file. */
  async write(): Promise<void> {
    const written = once(this.#lines, 'line');
    this.#child.stdin.write('\n');
    await written;
    this.writes += 1;
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await gone;
  }
}

interface Watching {
  /** While the guard waits for its look of that number, from 1. */
  readonly duringLook?: (number: number) => Promise<void>;
  readonly wrap?: (files: Files) => Files;
}

/** Shorter waits are those of a write that is tried again. */
const shortestLook = 1_000;

function openWorld({ duringLook, wrap }: Watching = {}): DriftWorld & { looks(): number } {
  let looks = 0;
  const world = openDriftWorld(scene, {
    listProcesses: () => createProcesses('linux').list(),
    clock: {
      ...createClock(),
      sleep: async (milliseconds) => {
        if (milliseconds < shortestLook) return;
        looks += 1;
        await duringLook?.(looks);
      },
    },
    ...(wrap === undefined
      ? {}
      : { wrap: ({ files, keychain }) => ({ files: wrap(files), keychain }) }),
  });
  return { ...world, looks: () => looks };
}

async function protect({ api }: DriftWorld): Promise<RunResult> {
  const plan = await api.protect.plan({});
  const items = plan.items.filter(({ possible }) => possible).map(({ id }) => id);
  const result = await finish(
    await api.protect.apply({
      basis: plan.basis,
      selection: {},
      items,
      answers: {},
      consents: ['secondary-evidence'],
    }),
  );
  for (const value of Object.values(scene.values))
    expect(JSON.stringify(result)).not.toContain(JSON.stringify(value).slice(1, -1));
  return result;
}

function receiptOf({ receipts }: RunResult, path: string) {
  return receipts.find(({ file }) => file === fileOf(path));
}

function read(path: string): { readonly starts: number; readonly text: string } {
  const text = readFileSync(fileOf(path), 'utf8');
  return { starts: (JSON.parse(text) as { starts: number }).starts, text };
}

function isInClear(name: 'code' | 'desktop', path: string): boolean {
  return findValues(scene.root, [{ value: scene.values[name] }]).includes(fileOf(path));
}

describe('a client that writes back while the guard waits', () => {
  test.each([
    { at: [1], looks: 2 },
    { at: [2], looks: 3 },
    { at: [1, 2], looks: 3 },
  ])('before look $at is protected in the end', async ({ at, looks }) => {
    const client = await new Client('claude', fileOf(code)).up();
    const world = openWorld({
      duringLook: async (number) => {
        if (at.includes(number)) await client.write();
      },
    });
    const run = await protect(world);
    expect({ remaining: run.remaining, looks: world.looks() }).toEqual({ remaining: 0, looks });
    expect(receiptOf(run, code)).toMatchObject({ outcome: 'done' });
    expect(receiptOf(run, code)?.message).not.toBe(told);
    expect(isInClear('code', code)).toBe(false);
    const { starts, text } = read(code);
    // What the client itself had to say is not lost either.
    expect(starts).toBe(1 + at.length);
    expect(text).toContain('"plain":{"command":"x"}');
  });

  test('before the last look, after one that found nothing, is only written back where nobody looks again', async () => {
    const client = await new Client('claude', fileOf(code)).up();
    const world = openWorld({
      duringLook: async (number) => {
        if (number === 3) await client.write();
      },
    });
    const run = await protect(world);
    expect({ looks: world.looks(), writes: client.writes }).toEqual({ looks: 2, writes: 0 });
    expect(run.remaining).toBe(0);
    await client.write();
    const { cells } = await world.api.drift.look({});
    expect(cells.find(({ entryName }) => entryName === 'one')?.state).toBe('exposed-again');
  });

  test('two clients at once are both protected in the end', async () => {
    const first = await new Client('claude', fileOf(code)).up();
    const second = await new Client('claude-desktop', fileOf(desktop)).up();
    const world = openWorld({
      duringLook: async (number) => {
        if (number <= 2) await first.write();
        if (number === 1) await second.write();
      },
    });
    await protect(world);
    expect(read(desktop).starts).toBe(2);
    expect(read(code).starts).toBe(3);
    expect([isInClear('code', code), isInClear('desktop', desktop)]).toEqual([false, false]);
  });

  test('nobody waits for clients that do not run', async () => {
    const world = openWorld();
    expect((await protect(world)).remaining).toBe(0);
    expect(world.looks()).toBe(0);
  });
});

describe('a client that never stops', () => {
  test('is named, nothing is lost, the named remedy works, and undo gives it its file back', async () => {
    const client = await new Client('claude', fileOf(code)).up();
    const run = await protect(openWorld({ duringLook: () => client.write() }));
    expect(receiptOf(run, code)).toMatchObject({
      outcome: 'done',
      message: told,
      hint: 'Close the client, then protect this entry again.',
    });
    expect(receiptOf(run, desktop)?.message).not.toBe(told);
    expect(run.remaining).toBeGreaterThan(0);
    expect(isInClear('code', code)).toBe(true);
    await client.end();

    const before = read(code);
    expect(before.starts).toBe(4);
    const again = openWorld();
    expect((await protect(again)).remaining).toBe(0);
    await undoAll(again);
    expect(read(code)).toEqual(before);
    expect(await again.api.servers.list({})).toEqual([]);
  });

  test('undo of what it has written back takes records and items away', async () => {
    const client = await new Client('claude', fileOf(code)).up();
    const world = openWorld({ duringLook: () => client.write() });
    await protect(world);
    await client.end();
    const before = read(code);
    await undoAll(world);
    expect(read(code)).toEqual(before);
    expect(await world.api.servers.list({})).toEqual([]);
    expect(await world.app.secrets.names('one')).toEqual([]);
  });
});

/** Undoes run after run until there is none left. */
async function undoAll({ api }: DriftWorld): Promise<void> {
  const open = (await api.protect.runs({})).filter(({ state }) => state !== 'undone');
  for (const { id } of open) {
    const plan = await api.protect.planUndo({ run: id });
    await finish(await api.protect.undo({ basis: plan.basis, run: id }));
  }
}

/** Runs `act` after each call on the file of that name that changes it, as long as it says so. */
function afterOurWrites(path: string, act: () => Promise<void>): (files: Files) => Files {
  return (files) => ({
    ...files,
    rename: async (from, to) => {
      await files.rename(from, to);
      if (to === path) await act();
    },
  });
}

describe('a client that answers each write of ours at once', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])('%i times', async (times) => {
    const client = await new Client('claude', fileOf(code)).up();
    const answer = async () => {
      if (client.writes < times) await client.write();
    };
    const world = openWorld({ wrap: afterOurWrites(fileOf(code), answer) });
    const run = await protect(world);
    const receipt = receiptOf(run, code);
    const isProtected = !isInClear('code', code);
    // Whatever the receipt says is so.
    const says = receipt?.outcome === 'done' && receipt.message !== told;
    expect({ times, says, remaining: run.remaining === 0 }).toEqual({
      times,
      says: isProtected,
      remaining: isProtected,
    });
    expect(read(code).starts).toBe(1 + client.writes);
    // In the keychain, or still in its file.
    const stored = (await world.app.secrets.read('one'))?.get('SERVICE_TOKEN')?.reveal();
    if (isProtected) expect(stored).toBe(scene.values.code);
    else expect(read(code).text).toContain(JSON.stringify(scene.values.code));
    await client.end();
    const next = openWorld();
    expect((await protect(next)).remaining).toBe(0);
    expect(read(code).starts).toBe(1 + client.writes);
    await undoAll(next);
    expect(JSON.parse(read(code).text).mcpServers.one.env.SERVICE_TOKEN).toBe(scene.values.code);
  });
});

describe('a file that is half written at the moment of a look', () => {
  /** The first so many reads that come while `isDue` find half of the file; then the client is done with it. */
  function halfWritten(path: string, isDue: () => boolean, reads: number): (files: Files) => Files {
    let left = reads;
    return (files) => ({
      ...files,
      read: async (asked, options) => {
        const bytes = await files.read(asked, options);
        if (asked !== path || left === 0 || !isDue()) return bytes;
        left -= 1;
        // Its own rewrite of the same text: a new time on the file, as a write leaves it.
        writeFileSync(path, bytes);
        return bytes.slice(0, bytes.byteLength / 2);
      },
    });
  }

  test('while a plan is made and applied: it is read again', async () => {
    const world = openWorld({ wrap: halfWritten(fileOf(code), () => true, 3) });
    const run = await protect(world);
    expect({ remaining: run.remaining, outcome: receiptOf(run, code)?.outcome }).toEqual({
      remaining: 0,
      outcome: 'done',
    });
  });

  test('while the guard looks: what is written back is seen all the same', async () => {
    const client = await new Client('claude', fileOf(code)).up();
    let isLook = false;
    const world = openWorld({
      duringLook: async (number) => {
        isLook = true;
        if (number === 1) await client.write();
      },
      wrap: halfWritten(fileOf(code), () => isLook, 1),
    });
    expect((await protect(world)).remaining).toBe(0);
    expect(isInClear('code', code)).toBe(false);
  });
});

test('a redo that cannot be done does not take the receipts away', async () => {
  const client = await new Client('claude', fileOf(code)).up();
  let isBusy = false;
  const world = openWorld({
    duringLook: async () => {
      await client.write();
      isBusy = true;
    },
    wrap: (files) => ({
      ...files,
      withLock: (path, work, options) => {
        if (isBusy && path.endsWith('/edits'))
          return Promise.reject(
            new AppError('file_busy', 'Another has it.', { hint: 'Only a test.' }),
          );
        return files.withLock(path, work, options);
      },
    }),
  });
  const run = await protect(world);
  expect(receiptOf(run, code)).toMatchObject({ outcome: 'done', message: told });
});

test('drift adopted by a policy is not held up by the guard', async () => {
  const client = await new Client('claude', fileOf(code)).up();
  const world = openWorld();
  await protect(world);
  const before = world.looks();
  await world.api.drift.setPolicy({ client: 'claude-code', policy: 'adopt' });
  await client.write();
  await world.app.drift.noticed();
  expect(world.looks()).toBe(before);
  expect(isInClear('code', code)).toBe(false);
  // By the person it is: the command ends, and nobody looks after it.
  await world.api.drift.setPolicy({ client: 'claude-code', policy: null });
  await client.write();
  await applyDrift(world, { all: { action: 'adopt' } }, 'all');
  expect(world.looks()).toBe(before + 2);
});
