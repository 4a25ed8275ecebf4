/**
 * What confinement costs: start-up through the launcher at each level against the same server unconfined, in
 * one run, and the memory that stays beside the server. Budget: 15 ms at *confined*. A container is
 * measured beside it where an engine runs. Medians of turns A B C A B C …
 *
 * The image needs a `node` and nothing else. Without a registry it is made of a folder with Node and its
 * libraries: `tar -C FOLDER -c . | podman import - bench:1`, then `PORTCULLIS_BENCH_IMAGE=bench:1`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import type { CredentialScope } from '../shared/models/scope.ts';
import { secretTemplate } from '../shared/template.ts';
import { openLauncherWorld, plantedValue, serverRecord } from '../test/support/launcher.ts';

const turns = Number(process.env.PORTCULLIS_BENCH_TURNS ?? 20);
const image = process.env.PORTCULLIS_BENCH_IMAGE ?? 'node:24-alpine';
/** Between the engine's name and `run`, and after `run`, where a machine needs more than the usual. */
const wordsOf = (text: string | undefined) => (text ?? '').split(' ').filter((word) => word !== '');
const engineOptions = wordsOf(process.env.PORTCULLIS_BENCH_ENGINE_OPTIONS);
const runOptions = wordsOf(process.env.PORTCULLIS_BENCH_RUN_OPTIONS);

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

interface Start {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

/** Answers one line when it is up, and waits. */
const program = 'process.stdout.write("up\\n"); process.stdin.resume();';

const scopes: Readonly<Record<string, CredentialScope | undefined>> = {
  unconfined: undefined,
  confined: scopeOf('confined', 'any'),
  'no-network': scopeOf('confined', 'none'),
  'listed-hosts': scopeOf('listed-hosts', ['api.example.com']),
  masked: scopeOf('masked', ['api.example.com']),
};

function scopeOf(level: CredentialScope['level'], hosts: CredentialScope['hosts']) {
  return { level, hosts, runtime: 'node', environment: [], folders: [] } as const;
}

export async function run(): Promise<Report> {
  const world = await openLauncherWorld();
  try {
    const names = Object.keys(scopes);
    for (const name of names) await world.storeSecrets(name, { KEY: plantedValue() });
    world.writeRecords(
      ...names.map((name) => {
        const scope = scopes[name];
        return serverRecord(
          name,
          {
            command: process.execPath,
            args: ['-e', program],
            env: { KEY: secretTemplate('KEY') },
          },
          scope === undefined ? {} : { scope },
        );
      }),
    );
    const starts: Start[] = names.map((name) => ({
      name,
      command: world.launcher.path,
      args: ['run', name],
    }));
    const engine = findEngine();
    if (engine !== undefined) starts.push({ ...engine.start, name: engine.name });
    const { times, memory } = await race(starts, {
      ...world.keyring.env,
      PATH: process.env.PATH ?? '',
    });
    const rows = [
      ...[...times].map(([name, all]) => summarise(`${name}: first answer`, all, 'ms')),
      ...[...memory].map(([name, all]) =>
        summarise(`${name}: memory beside the server`, all, 'MB'),
      ),
    ];
    const median = (name: string) =>
      rows.find((row) => row.name === `${name}: first answer`)?.value ?? Number.NaN;
    return {
      title: 'Confinement: what each level adds to the start of a server, and to its memory',
      rows,
      ratios: [
        {
          name: 'milliseconds that confined adds',
          value: median('confined') - median('unconfined'),
          budget: { most: 15 },
        },
      ],
      notes: [
        'memory: resident, of all processes of a start but the server itself, shared pages counted in each',
        engine === undefined
          ? 'container: no engine that starts the image here, so not measured'
          : `${engine.name}: ${image}, already there; its memory is the command's alone, without what the engine runs elsewhere`,
      ],
    };
  } finally {
    await world.stop();
  }
}

/** The first engine that really starts the image: one that is only installed is no peer. */
function findEngine(): { readonly name: string; readonly start: Omit<Start, 'name'> } | undefined {
  for (const command of ['docker', 'podman']) {
    const args = (script: string) => [
      ...[...engineOptions, 'run', '-i', '--rm', ...runOptions],
      ...[image, 'node', '-e', script],
    ];
    const { status } = spawnSync(command, args('process.exit(7)'), { timeout: 60_000 });
    if (status === 7) return { name: `${command} run`, start: { command, args: args(program) } };
  }
  return undefined;
}

async function race(starts: readonly Start[], env: Readonly<Record<string, string>>) {
  const times = new Map(starts.map(({ name }) => [name, [] as number[]]));
  const memory = new Map(starts.map(({ name }) => [name, [] as number[]]));
  for (let turn = -2; turn < turns; turn += 1) {
    for (const start of starts) {
      const { time, beside } = await measure(start, env);
      // The first two turns warm the disk cache.
      if (turn < 0) continue;
      times.get(start.name)?.push(time);
      memory.get(start.name)?.push(beside);
    }
  }
  return { times, memory };
}

function measure(
  { command, args }: Start,
  env: Readonly<Record<string, string>>,
): Promise<{ readonly time: number; readonly beside: number }> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
    let result = { time: Number.NaN, beside: Number.NaN };
    child.once('error', reject);
    child.stdout.once('data', () => {
      result = { time: performance.now() - began, beside: memoryBeside(child.pid ?? 0) };
      child.stdin.end();
    });
    child.once('close', (exitCode) => {
      if (exitCode === 0) resolve(result);
      else reject(new Error(`${command} ended with ${exitCode}.`));
    });
  });
}

/** Megabytes of a process and all below it, without the server: the one whose arguments are the program's. */
function memoryBeside(leader: number): number {
  const all = readdirSync('/proc').flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]);
      return [{ pid: Number(name), parent }];
    } catch {
      return [];
    }
  });
  const family = new Set([leader]);
  for (let known = 0; known < family.size; ) {
    known = family.size;
    for (const { pid, parent } of all) if (family.has(parent)) family.add(pid);
  }
  const kilobytes = [...family].map((pid) => {
    try {
      const [first] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
      const isServer = first === process.execPath || first === 'node';
      const resident = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      return isServer ? 0 : Number(resident ?? 0);
    } catch {
      return 0;
    }
  });
  return kilobytes.reduce((sum, one) => sum + one, 0) / 1000;
}

function summarise(name: string, values: readonly number[], unit: string): Row {
  const sorted = [...values].sort((left, right) => left - right);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN;
  return { name, value: at(0.5), unit, low: at(0.1), high: at(0.9) };
}
