/**
 * What a launch costs: the time the installed launcher adds in front of a program, keychain read
 * included, against one bare Node start-up (budget: 1.5 times), and against a start by `npx`. Real
 * keyring, real install. Medians of turns A B C A B C …
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretTemplate } from '../shared/template.ts';
import { openLauncherWorld, plantedValue, serverRecord } from '../test/support/launcher.ts';

const turns = Number(process.env.PORTCULLIS_BENCH_TURNS ?? 30);

interface Contender {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly low: number;
  readonly high: number;
}

interface Report {
  readonly title: string;
  readonly rows: readonly Row[];
  readonly ratios: readonly {
    readonly name: string;
    readonly value: number;
    readonly budget: { readonly most: number };
  }[];
  readonly notes: readonly string[];
}

/** Measures in a world of its own. Times are milliseconds from start to exit. */
export async function run(): Promise<Report> {
  const world = await openLauncherWorld();
  const folder = mkdtempSync(join(tmpdir(), 'pb-'));
  try {
    const empty = makeFolder(folder);
    await world.storeSecrets('secret', { KEY: plantedValue() });
    const others = Array.from({ length: 20 }, (_, index) => serverRecord(`other-${index}`, {}));
    const secret = serverRecord('secret', { env: { KEY: secretTemplate('KEY') } });
    world.writeRecords(...others, secret, serverRecord('plain', {}));
    const rows = await race(
      [
        { name: 'program alone', command: '/bin/true', args: [] },
        { name: 'bare Node', command: process.execPath, args: [empty] },
        { name: 'launcher', command: world.launcher.path, args: ['run', 'secret'] },
        { name: 'launcher, no secret', command: world.launcher.path, args: ['run', 'plain'] },
        { name: 'npx', command: 'npx', args: ['-y', 'tiny-program'] },
      ],
      { env: world.keyring.env, cwd: folder },
    );
    return {
      title: 'Launch: what the launcher adds in front of a program',
      rows,
      ratios: [ratioOf(rows, 'launcher'), ratioOf(rows, 'launcher, no secret')],
      notes: [
        'ratio: (launcher − program alone) ÷ bare Node start-up; the keychain read is included',
        'npx starts a Node program that is already installed; nothing is downloaded',
      ],
    };
  } finally {
    await world.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A folder with a package in it, and an empty script; the script's path. */
function makeFolder(folder: string): string {
  const empty = join(folder, 'empty.cjs');
  writeFileSync(empty, '');
  mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true });
  const program = join(folder, 'node_modules', '.bin', 'tiny-program');
  writeFileSync(program, '#!/usr/bin/env node\n', { mode: 0o755 });
  return empty;
}

function ratioOf(rows: readonly Row[], name: string): Report['ratios'][number] {
  const medianOf = (wanted: string) => rows.find((row) => row.name === wanted)?.value ?? Number.NaN;
  const value = (medianOf(name) - medianOf('program alone')) / medianOf('bare Node');
  return { name: `${name} over bare Node`, value, budget: { most: 1.5 } };
}

interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
}

async function race(
  contenders: readonly Contender[],
  surroundings: Surroundings,
): Promise<readonly Row[]> {
  const times = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let turn = -2; turn < turns; turn += 1) {
    for (const contender of contenders) {
      const time = await measure(contender, surroundings);
      // The first two turns warm the disk cache.
      if (turn >= 0) times.get(contender.name)?.push(time);
    }
  }
  return [...times].map(([name, all]) => summarise(name, all));
}

function measure({ command, args }: Contender, surroundings: Surroundings): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(command, args, { ...surroundings, stdio: ['ignore', 'ignore', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (exitCode) => {
      if (exitCode === 0) resolve(performance.now() - began);
      else reject(new Error(`${command} ended with ${exitCode}.`));
    });
  });
}

function summarise(name: string, times: readonly number[]): Row {
  const sorted = [...times].sort((left, right) => left - right);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { name, value: at(0.5), unit: 'ms', low: at(0.1), high: at(0.9) };
}
