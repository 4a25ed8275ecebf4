import { expect, test } from 'vitest';
import { createMemoryFiles } from '../../test/support/memory-files.ts';
import { type LaunchLine, renderLaunchLine } from '../launch/launch-line.ts';
import { readAlive, readLaunches } from './launches.ts';

const roots = { config: '/config', data: '/data', cache: '/cache' };
const folder = '/data/activity';
const file = `${folder}/launches.jsonl`;
const long = 'a-server-that-is-started-very-often';

const lineOf = (server: string, pid: number, day = 1): LaunchLine => ({
  server,
  pid,
  startTime: 7,
  at: new Date(Date.UTC(2026, 0, day)).toISOString(),
});

const four = [lineOf('weeks', 5), lineOf('once', 4, 2), lineOf('twice', 6), lineOf('twice', 3, 3)];

async function open(alive: readonly number[]) {
  const files = createMemoryFiles();
  await files.makeFolder(folder);
  const asked = { count: 0 };
  const isAlive = (pid: number) => {
    asked.count += 1;
    return alive.includes(pid);
  };
  const clock = { now: () => '2026-02-01T00:00:00.000Z' };
  const ports = { files, roots, clock, processes: { isAlive } };
  const append = (lines: readonly LaunchLine[], times = 1) =>
    files.append(
      file,
      new TextEncoder().encode(lines.map(renderLaunchLine).join('').repeat(times)),
      {
        mode: 0o600,
        sync: false,
      },
    );
  /** So many bytes of launches that are over, so many times. */
  const fill = (bytes: number, day: number, times = 1) => {
    const one = lineOf(long, 1, day);
    const count = Math.ceil(bytes / renderLaunchLine(one).length);
    const lines = Array.from({ length: count }, (_, index) => ({ ...one, startTime: index }));
    return append(lines, times);
  };
  return { files, ports, asked, append, fill };
}

test('a log of any size is read, and no longer holds what is over', async () => {
  const { files, ports, asked, append, fill } = await open([5, 6]);
  await append(four);
  await fill(1024 * 1024, 9, 70);
  // The oldest lines of so long a log are given up.
  expect((await readLaunches(ports)).get(long)?.running).toBe(0);
  const before = asked.count;
  await readLaunches(ports);
  expect(asked.count - before).toBeLessThan(10_000);
  expect(await files.stat(file)).toBe(undefined);
});

test('what runs, and the last launch of what does not, outlive the file many times', async () => {
  const { files, ports, append, fill } = await open([5, 6]);
  await append(four);
  const day = (number: number) => new Date(Date.UTC(2026, 0, number)).toISOString();
  for (let round = 1; round <= 4; round += 1) {
    await fill(150_000, 10 + round);
    expect(Object.fromEntries(await readLaunches(ports))).toEqual({
      weeks: { last: day(1), running: 1 },
      once: { last: day(2), running: 0 },
      twice: { last: day(3), running: 1 },
      [long]: { last: day(10 + round), running: 0 },
    });
    expect((await readAlive(ports)).map(({ server, pid }) => [server, pid]).sort()).toEqual([
      ['twice', 6],
      ['weeks', 5],
    ]);
  }
  expect(await files.list(folder)).toEqual(['launches.jsonl.previous']);
  expect((await files.stat(`${file}.previous`))?.size).toBeLessThan(200_000);
});

test('a file that was renamed a moment ago stays', async () => {
  const { files, ports, append, fill } = await open([5]);
  await fill(150_000, 9);
  await readLaunches(ports);
  await fill(150_000, 9);
  const { modified = 0 } = (await files.stat(`${file}.previous`)) ?? {};
  const clock = { now: () => new Date(modified + 59_000).toISOString() };
  await readLaunches({ ...ports, clock });
  expect((await files.stat(file))?.size).toBeGreaterThan(140_000);
  await append([lineOf('weeks', 5)]);
  await readLaunches(ports);
  expect(await files.stat(file)).toBe(undefined);
  expect((await readLaunches(ports)).get('weeks')?.running).toBe(1);
});

test('a process that dies between keeping and renaming leaves nothing twice and nothing out', async () => {
  const { files, ports, append, fill } = await open([5]);
  await append([lineOf('weeks', 5)]);
  await fill(150_000, 9);
  const dying = { ...files, rename: () => Promise.reject(new Error('killed')) };
  for (const each of [{ ...ports, files: dying }, ports])
    expect((await readLaunches(each)).get('weeks')?.running).toBe(1);
});

test('a torn line costs itself only, and what cannot be renamed is still read', async () => {
  const { files, ports, append, fill } = await open([5, 6]);
  await fill(150_000, 9);
  await append([lineOf('weeks', 5)]);
  await files.append(file, new TextEncoder().encode('{"server":"torn'), {
    mode: 0o600,
    sync: false,
  });
  files.deny(folder, 'write');
  expect((await readLaunches(ports)).get('weeks')?.running).toBe(1);
  files.allow(folder);
  expect((await readLaunches(ports)).get('weeks')?.running).toBe(1);
  await append([lineOf('next', 6)]);
  expect((await readLaunches(ports)).get('next')?.running).toBe(1);
});
