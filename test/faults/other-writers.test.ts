/**
 * Other programs write the same files at the same time (F-06): at each step exactly, at random from a
 * process of their own, from memory again and again, and a second Portcullis.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createClock } from '../../platform/clock.ts';
import { createFiles } from '../../platform/files.ts';
import { openEditWorld } from '../support/edit-world.ts';
import { createFileKeychain } from '../support/file-keychain.ts';
import { openWorkers } from '../support/run-worker.ts';
import { runs } from '../support/runs.ts';
import {
  expectNoStrays,
  expectNothingLost,
  expectSettled,
  placesNow,
} from '../support/survival.ts';
import { openStage, quickFolder, type Stage, scenes } from './scenes.ts';

const workers = openWorkers();
afterAll(() => workers.close());

function realPorts(stage: Stage) {
  return { files: createFiles('linux'), keychain: createFileKeychain(stage.keychain) };
}

/** Another program changes one of its own settings, replacing the file as good programs do. */
function writeAsClient(file: string, mark: string): void {
  const text = readFileSync(file, 'utf8');
  writeFileSync(`${file}.client`, text.replace(/"theme": "[^"]*"/, `"theme": "${mark}"`));
  renameSync(`${file}.client`, file);
}

test('a write before any call of a move is kept, and the move is done on top of it', async () => {
  let lost = 0;
  for (let number = 1; ; number += 1) {
    const stage = openStage(scenes.protect, quickFolder);
    const [file = ''] = stage.originals.keys();
    const { ports, hit } = callBefore(realPorts(stage), number, () => writeAsClient(file, 'light'));
    const result = await openEditWorld({ ...ports, root: stage.root }).protect(stage.planted);
    expect(result.files.map(({ outcome }) => outcome)).toEqual(['rewritten', 'rewritten']);
    expect(placesNow(stage.planted)).toEqual(['reference', 'reference', 'reference']);
    const method = hit();
    if (method === undefined) break;
    const kept = readFileSync(file, 'utf8').includes('"light"');
    // Between the last look and the rename nothing can be seen: that one write is lost, no secret is.
    if (!kept) lost += 1;
    if (method !== `rename ${file}`) expect(`${number} ${method} ${kept}`).toMatch(/true$/);
    stage.close();
  }
  expect(lost).toBeLessThanOrEqual(1);
}, 120_000);

/** Runs `act` before the call of that number; `hit` names that call once it has come. */
function callBefore(real: ReturnType<typeof realPorts>, number: number, act: () => void) {
  let calls = 0;
  let hit: string | undefined;
  const counted = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name) {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== 'function' || name === 'withLock') return method;
        return (...args: unknown[]) => {
          calls += 1;
          if (calls === number) {
            hit = `${String(name)} ${args.at(name === 'rename' ? 1 : 0)}`;
            act();
          }
          return method.apply(target, args);
        };
      },
    });
  return {
    ports: { files: counted(real.files), keychain: counted(real.keychain) },
    hit: () => hit,
  };
}

/** A program of its own that changes the file at random moments, or puts back what it has in memory. */
function startClient(file: string, way: 'random' | 'from-memory'): ChildProcess {
  const script = {
    random: `let n = 0; (function again() {
      const text = fs.readFileSync(file, 'utf8');
      fs.writeFileSync(file + '.client', text.replace(/"theme": "[^"]*"/, '"theme": "t' + ++n + '"'));
      fs.renameSync(file + '.client', file);
      setTimeout(again, Math.random() * 12);
    })();`,
    'from-memory': `const text = fs.readFileSync(file, 'utf8');
      setInterval(() => fs.writeFileSync(file, text), 50);`,
  }[way];
  const code = `const fs = require('fs'); const file = process.argv[1]; ${script} console.log('up');`;
  return spawn(process.execPath, ['-e', code, file], { stdio: ['ignore', 'pipe', 'ignore'] });
}

async function withClient<T>(
  file: string,
  way: 'random' | 'from-memory',
  work: () => Promise<T>,
): Promise<T> {
  const client = startClient(file, way);
  await new Promise((resolve) => client.stdout?.once('data', resolve));
  const gone = new Promise((resolve) => client.once('close', resolve));
  try {
    return await work();
  } finally {
    client.kill('SIGKILL');
    await gone;
  }
}

test('a client that writes at random moments', async () => {
  const stage = openStage(scenes.protect, quickFolder);
  const [file = ''] = stage.originals.keys();
  const world = openEditWorld({ ...realPorts(stage), root: stage.root, clock: createClock() });
  let done = 0;
  await withClient(file, 'random', async () => {
    for (let round = 0; round < runs(100, 1_000); round += 1) {
      const back = placesNow(stage.planted).includes('reference');
      const result = await (back ? world.undo(stage.planted) : world.protect(stage.planted));
      if (result.pending) await world.edits.recover(world.recovery());
      if (result.files.every(({ outcome }) => outcome === 'rewritten')) done += 1;
      await expectNothingLost(world, stage.planted);
    }
  });
  expect(done).toBeGreaterThan(runs(100, 1_000) / 2);
  expectNoStrays(stage.root);
  stage.close();
}, 600_000);

test('a client that puts back what it has in memory loses nothing and is reported', async () => {
  const stage = openStage(scenes.protect, quickFolder);
  const [file = ''] = stage.originals.keys();
  const world = openEditWorld({ ...realPorts(stage), root: stage.root, clock: createClock() });
  await withClient(file, 'from-memory', async () => {
    await world.protect(stage.planted);
    // The client writes every 50 ms; whoever waits for it sees the values come back.
    while (!placesNow(stage.planted.filter((one) => one.file === file)).includes('value'))
      await createClock().sleep(5);
  });
  await expectNothingLost(world, stage.planted);
  const next = openEditWorld({ ...realPorts(stage), root: stage.root });
  const { moves } = await next.edits.recover(next.recovery());
  const outcomes = moves.flatMap(({ files }) => files.map(({ outcome }) => outcome));
  expect(outcomes).toEqual(['resurrected', 'moved']);
  const again = await next.protect(stage.planted.filter((one) => one.file === file));
  expect(again.files).toMatchObject([{ outcome: 'rewritten' }]);
  expect(await expectSettled(next, stage.root, stage.planted, stage.originals)).toBe('moved');
  stage.close();
}, 120_000);

test('two Portcullis processes protect the same files', async () => {
  const stage = openStage(scenes.protect);
  const ends = await Promise.all([
    workers.run(stage, 'protectEach'),
    workers.run({ ...stage, planted: stage.planted.toReversed() }, 'protectEach'),
  ]);
  for (const { code, errors } of ends) expect({ code, errors }).toEqual({ code: 0, errors: '' });
  const world = openEditWorld({ ...realPorts(stage), root: stage.root });
  await world.edits.recover(world.recovery());
  expect(await expectSettled(world, stage.root, stage.planted, stage.originals)).toBe('moved');
  stage.close();
}, 120_000);

test('two processes change the records a thousand times, and no change is lost', async () => {
  const stage = openStage(scenes.protect, quickFolder);
  const env = { PORTCULLIS_COUNT: '500' };
  const ends = await Promise.all([
    workers.run(stage, 'count', env),
    workers.run(stage, 'count', env),
  ]);
  for (const { code, errors } of ends) expect({ code, errors }).toEqual({ code: 0, errors: '' });
  const world = openEditWorld({ ...realPorts(stage), root: stage.root });
  const { revision, projectFolders } = await world.records.read();
  expect({ revision, folders: new Set(projectFolders).size }).toEqual({
    revision: 1_000,
    folders: 1_000,
  });
  expectNoStrays(join(stage.root, 'config'));
  stage.close();
}, 120_000);
