/**
 * Two processes that switch servers on and off in one file, a watcher that looks meanwhile, and a
 * client that writes the same file: no change of the records and none of the file is lost.
 */
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { createWatch } from '../../platform/watch.ts';
import { quickFolder } from '../faults/scenes.ts';
import { homeOf, layFiles, openDriftWorld } from '../support/drift-world.ts';
import { openWorkers } from '../support/run-worker.ts';
import { runs } from '../support/runs.ts';
import { expectNoStrays } from '../support/survival.ts';

const workers = openWorkers('drift-worker.ts');
afterAll(() => workers.close());

const cursor = '.cursor/mcp.json';
/** Mutations of the file and of the records together, over both processes. */
const mutations = runs(120, 1_000);
const perProcess = mutations / 4;

test(
  `${mutations} mutations by two processes beside a watcher, none lost`,
  async () => {
    const base = mkdtempSync(join(quickFolder, 'portcullis-concurrent-'));
    const stage = { root: join(base, 'world'), keychain: join(base, 'keychain') };
    layFiles(stage, {
      [cursor]: '{\n  "theme": 0,\n  "mcpServers": { "mine": { "command": "x" } }\n}\n',
    });
    const file = join(homeOf(stage), cursor);
    const world = openDriftWorld(stage, { watch: createWatch() });
    for (const who of ['one', 'two'])
      for (let number = 0; number < 5; number += 1)
        await world.api.servers.add({
          id: `${who}-${number}`,
          name: `${who}-${number}`,
          launch: { transport: 'stdio', command: 'x', args: [String(number)], env: {} },
        });
    const { revision } = await world.app.records.read();
    const stop = await world.app.watch();
    const env = { PORTCULLIS_COUNT: String(perProcess) };
    const ends = await Promise.all(
      ['one', 'two'].map((who) =>
        workers.run({ ...stage, planted: [] }, 'mutate', { ...env, PORTCULLIS_WHO: who }),
      ),
    );
    for (const { code, errors } of ends) expect({ code, errors }).toEqual({ code: 0, errors: '' });
    await stop();
    await world.app.drift.noticed();

    const after = await world.app.records.read();
    expect(new Set(after.projectFolders).size).toBe(perProcess * 2);
    expect(after.revision).toBeGreaterThanOrEqual(revision + perProcess * 2);
    const { mcpServers } = JSON.parse(readFileSync(file, 'utf8'));
    const wanted = ['one', 'two'].flatMap((who) =>
      [0, 1, 2, 3, 4].filter((number) => endsOn(number)).map((number) => `${who}-${number}`),
    );
    expect(Object.keys(mcpServers).toSorted()).toEqual(['mine', ...wanted].toSorted());
    const { cells, counts } = await world.api.drift.look({});
    expect(counts).toEqual({ inStep: wanted.length, drifted: 0, exposedAgain: 0, foreign: 1 });
    expect(cells.find(({ entryName }) => entryName === 'mine')?.state).toBe('foreign');
    expectNoStrays(stage.root);
    rmSync(base, { recursive: true, force: true });
  },
  runs(600_000, 3_600_000),
);

/** Whether the last mutation of that server switched it on. */
function endsOn(number: number): boolean {
  const last = Math.floor((perProcess - 1 - number) / 5);
  return last % 2 === 0;
}

test('a client that writes its own settings at the same time keeps every one of them', async () => {
  const base = mkdtempSync(join(quickFolder, 'portcullis-concurrent-'));
  const stage = { root: join(base, 'world'), keychain: join(base, 'keychain') };
  layFiles(stage, { [cursor]: '{\n  "theme": 0,\n  "mcpServers": {}\n}\n' });
  const file = join(homeOf(stage), cursor);
  const world = openDriftWorld(stage);
  for (let number = 0; number < 5; number += 1)
    await world.api.servers.add({
      id: `one-${number}`,
      name: `one-${number}`,
      launch: { transport: 'stdio', command: 'x', args: [], env: {} },
    });
  const running = workers.run({ ...stage, planted: [] }, 'mutate', {
    PORTCULLIS_COUNT: '20',
    PORTCULLIS_WHO: 'one',
  });
  let ended = false;
  void running.then(() => {
    ended = true;
  });
  let theme = 0;
  while (!ended) {
    theme += 1;
    const text = readFileSync(file, 'utf8').replace(/"theme": \d+/, `"theme": ${theme}`);
    writeFileSync(`${file}.client`, text);
    renameSync(`${file}.client`, file);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  expect(await running).toMatchObject({ code: 0, errors: '' });
  const now = JSON.parse(readFileSync(file, 'utf8'));
  // What this client wrote last was read a moment before: only its own words are compared.
  expect(now.theme).toBeGreaterThanOrEqual(theme - 1);
  const { counts } = await world.api.drift.look({});
  expect(counts.exposedAgain).toBe(0);
  rmSync(base, { recursive: true, force: true });
}, 120_000);
