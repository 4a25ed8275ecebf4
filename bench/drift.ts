/**
 * A look at 60 files with 300 entries, and what watching costs while nothing happens and while files
 * change all the time. `PORTCULLIS_BENCH_MINUTES=5` measures windows of five minutes.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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

export async function run() {
  const base = mkdtempSync(join(tmpdir(), 'portcullis-bench-drift-'));
  const stage = { root: join(base, 'world'), keychain: join(base, 'keychain') };
  try {
    return await measure(stage);
  } finally {
    rmSync(base, { recursive: true, force: true });
  }
}

async function measure(stage: { root: string; keychain: string }) {
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
  const seconds = Number(process.env.PORTCULLIS_BENCH_MINUTES ?? '0.1') * 60;
  const stop = await world.app.watch();
  await sleep(500);
  const quiet = await watchFor(seconds, async () => sleep(seconds * 1000));
  let writes = 0;
  const noisy = await watchFor(seconds, async (end) => {
    for (; performance.now() < end; writes += 1) {
      const { path, key } = paths[writes % paths.length] ?? { path: '', key: '' };
      writeFileSync(path, `${JSON.stringify({ n: writes, [key]: entries(writes) }, null, 2)}\n`);
      await sleep(100);
    }
  });
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
      { name: 'memory held after the quiet window', value: quiet.grown, unit: 'MB' },
      { name: 'memory held after the noisy window', value: noisy.grown, unit: 'MB' },
    ],
    ratios: [
      { name: 'a look / 100 ms', value: median(times) / 100, budget: { most: 1 } },
      { name: 'quiet processor / 1 % of a core', value: quiet.percent, budget: { most: 1 } },
    ],
    notes: [
      `${rounds} looks; windows of ${seconds} s each (PORTCULLIS_BENCH_MINUTES=5 for five minutes); ${writes} writes.`,
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

async function watchFor(seconds: number, work: (end: number) => Promise<unknown>) {
  const cpu = process.cpuUsage();
  const memory = heldMemory();
  const start = performance.now();
  await work(start + seconds * 1000);
  const { user, system } = process.cpuUsage(cpu);
  const elapsed = (performance.now() - start) * 1000;
  return {
    percent: ((user + system) / elapsed) * 100,
    grown: (heldMemory() - memory) / 1e6,
  };
}
