/**
 * A look at 60 files with 300 entries, and what watching costs while nothing happens and while another
 * program changes files all the time. `npm run bench -- drift --minutes 5`: windows of five minutes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createWatch } from '../platform/watch.ts';
import { homeOf, layFiles, openDriftWorld } from '../test/support/drift-world.ts';

const userFiles: readonly { readonly path: string; readonly key: string }[] = [
  { path: '.config/Claude/claude_desktop_config.json', key: 'mcpServers' },
  { path: '.claude.json', key: 'mcpServers' },
  { path: '.cursor/mcp.json', key: 'mcpServers' },
  { path: '.config/Code/User/mcp.json', key: 'servers' },
];
const projects = 28;
const filesInAll = userFiles.length + projects * 2;
const entriesPerFile = 5;
const rounds = 30;

function entries(file: number): Record<string, unknown> {
  return Object.fromEntries(
    Array.from({ length: entriesPerFile }, (_, at) => [
      `server-${file}-${at}`,
      {
        type: 'stdio',
        command: 'npx',
        args: ['-y', `package-${file}-${at}@1.0.${at}`],
        env: { MODE: 'fast' },
      },
    ]),
  );
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Length of the two windows, where nothing else is asked for. */
const usualMinutes = 0.1;

export async function run({ minutes = usualMinutes }: { readonly minutes?: number } = {}) {
  // Not below /tmp: some clients look in every folder above a project, so those are watched too, and other
  // programs' files there would be counted as ours.
  const out = join(import.meta.dirname, '..', 'out');
  mkdirSync(out, { recursive: true });
  const base = mkdtempSync(join(out, 'bench-drift-'));
  const stage = { root: join(base, 'world'), keychain: join(base, 'keychain') };
  try {
    return await measure(stage, minutes * 60);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

async function measure(stage: { root: string; keychain: string }, seconds: number) {
  const home = homeOf(stage);
  layFiles(stage, {});
  const paths = [
    ...userFiles.map(({ path, key }) => ({ path: join(home, path), key })),
    ...Array.from({ length: projects }, (_, at) => join(home, `project-${at}`)).flatMap(
      (folder) => [
        { path: join(folder, '.cursor/mcp.json'), key: 'mcpServers' },
        { path: join(folder, '.vscode/mcp.json'), key: 'servers' },
      ],
    ),
  ];
  for (const [at, { path, key }] of paths.entries()) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${JSON.stringify({ [key]: entries(at) }, null, 2)}\n`);
  }
  const world = openDriftWorld(stage, { watch: createWatch() });
  for (let at = 0; at < projects; at += 1)
    await world.api.projects.add({ folder: join(home, `project-${at}`) });
  const first = performance.now();
  const { cells } = await world.api.drift.look({});
  const cold = performance.now() - first;
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const start = performance.now();
    await world.api.drift.look({});
    times.push(performance.now() - start);
  }
  const stop = await world.app.watch();
  await sleep(500);
  const quiet = await watchFor(() => sleep(seconds * 1000));
  const noise = startNoise(paths);
  const noisy = await watchFor(() => sleep(seconds * 1000));
  const writes = await noise.stop();
  await stop();
  const owned = cells.filter(({ state }) => state !== 'duplicate').length;
  return {
    title: `Drift: a look at ${filesInAll} files with ${owned} entries, and watching them`,
    rows: [
      { name: 'first look: everything is new and is sealed', value: cold, unit: 'ms' },
      {
        name: 'a look at what has not changed',
        value: median(times),
        unit: 'ms',
        low: Math.min(...times),
        high: Math.max(...times),
      },
      { name: 'processor while nothing happens', value: quiet.percent, unit: '% of a core' },
      {
        name: 'processor while a file changes every 100 ms',
        value: noisy.percent,
        unit: '% of a core',
      },
      ...memoryRows('quiet', quiet),
      ...memoryRows('noisy', noisy),
    ],
    ratios: [
      { name: 'a look / 100 ms', value: median(times) / 100, budget: { most: 1 } },
      { name: 'quiet processor / 1 % of a core', value: quiet.percent, budget: { most: 1 } },
    ],
    notes: [
      `${rounds} looks; windows of ${seconds} s each (--minutes 5 for five minutes); ${writes} writes by another program.`,
      'Keychain: plain files of the test, so sealing costs no keychain round trip.',
    ],
  };
}

/** Bytes that are still needed, by a full collection. */
function heldMemory(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect();
  return process.memoryUsage().heapUsed;
}

interface Memory {
  /** Bytes that are still needed. */
  readonly held: number;
  /** Bytes that the system sees the process use. */
  readonly resident: number;
}

interface Window {
  readonly percent: number;
  readonly before: Memory;
  readonly after: Memory;
}

async function watchFor(work: () => Promise<unknown>): Promise<Window> {
  const before = { held: heldMemory(), resident: process.memoryUsage().rss };
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const elapsed = (performance.now() - start) * 1000;
  const resident = process.memoryUsage().rss;
  return {
    percent: ((user + system) / elapsed) * 100,
    before,
    after: { held: heldMemory(), resident },
  };
}

function memoryRows(name: string, { before, after }: Window) {
  const row = (what: string, bytes: number) => ({
    name: `${name} window: memory ${what}`,
    value: bytes / 1e6,
    unit: 'MB',
  });
  return [
    row('held at its start', before.held),
    row('held at its end', after.held),
    row('resident at its start', before.resident),
    row('resident at its end', after.resident),
  ];
}

/** Changes one file after the other, every 100 ms, until its input ends; then says how often. */
const noiseCode = `
const fs = require('node:fs');
const files = JSON.parse(process.argv[1]);
let writes = 0;
const timer = setInterval(() => {
  const { path, key } = files[writes % files.length];
  const args = ['-y', 'package@1.0.' + writes];
  const entry = { type: 'stdio', command: 'npx', args, env: { MODE: 'fast' } };
  writes += 1;
  fs.writeFileSync(path, JSON.stringify({ n: writes, [key]: { noise: entry } }, null, 2) + '\\n');
}, 100);
process.stdin.on('end', () => { clearInterval(timer); console.log(writes); }).resume();
`;

function startNoise(files: readonly { readonly path: string; readonly key: string }[]) {
  const child = spawn(process.execPath, ['-e', noiseCode, JSON.stringify(files)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  return {
    stop: async (): Promise<number> => {
      const said = once(child.stdout, 'data');
      child.stdin.end();
      const [writes] = await said;
      return Number(String(writes));
    },
  };
}
