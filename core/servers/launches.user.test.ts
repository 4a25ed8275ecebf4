/** Launchers append while a reader renames what they append to: no line may be lost. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createClock } from '../../platform/clock.ts';
import { createFiles } from '../../platform/files.ts';
import { renderLaunchLine } from '../launch/launch-line.ts';
import { readAlive } from './launches.ts';

const home = mkdtempSync(join(tmpdir(), 'launches-'));
afterEach(() => rmSync(home, { recursive: true, force: true }));

const writers = 4;
const launches = 2000;
/** Every so many launches one that runs on. */
const aliveEvery = 40;

test('many launchers and readers at once, and one that holds its file open', async () => {
  const folder = join(home, 'activity');
  mkdirSync(folder);
  const file = join(folder, 'launches.jsonl');
  const held = openSync(file, 'a');
  // The shell opens, appends and closes for each line, as a launcher does.
  const script = `i=0; while [ $i -lt ${launches} ]; do i=$((i+1)); echo "{\\"server\\":\\"writer$0\\",\\"pid\\":$i,\\"startTime\\":$0,\\"at\\":\\"2026-01-01T00:00:00.000Z\\"}" >> "$1"; done`;
  const children = Array.from({ length: writers }, (_, index) =>
    once(spawn('/bin/sh', ['-c', script, String(index), file], { stdio: 'ignore' }), 'exit'),
  );
  const ports = {
    files: createFiles('linux'),
    clock: createClock(),
    roots: { config: home, data: home, cache: home },
    processes: { isAlive: (pid: number) => pid % aliveEvery === 0 },
  };
  let over = false;
  const read = async () => {
    let most = 0;
    while (!over) {
      const found = (await readAlive(ports)).length;
      expect(found).toBeGreaterThanOrEqual(most);
      most = found;
    }
  };
  const readers = [read(), read()];
  await Promise.all(children);
  over = true;
  await Promise.all(readers);
  expect(readdirSync(folder)).toContain('launches.jsonl.previous');
  writeSync(held, renderLaunchLine({ server: 'late', pid: 0, startTime: 1, at: 'now' }));
  closeSync(held);
  const found = (await readAlive(ports)).map(({ server, pid }) => `${server} ${pid}`);
  const expected = Array.from({ length: writers }, (_, writer) =>
    Array.from(
      { length: launches / aliveEvery },
      (_, at) => `writer${writer} ${(at + 1) * aliveEvery}`,
    ),
  );
  expect(found.toSorted()).toEqual(['late 0', ...expected.flat()].toSorted());
});
