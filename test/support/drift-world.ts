/**
 * The whole application on real files in a folder of its own, with clients that are there because
 * their files are. The keychain is a folder of plain files beside the home, outside of what a test
 * searches for values.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createRouterClient } from '@orpc/server';
import { type App, createApp } from '../../core/app.ts';
import { createRouter } from '../../core/handlers.ts';
import { launcherFiles } from '../../core/launch/starter.ts';
import type { Clock, Files, Keychain, RunningProcess, Watch } from '../../core/ports.ts';
import { createClock } from '../../platform/clock.ts';
import { createFiles } from '../../platform/files.ts';
import { createRandom } from '../../platform/random.ts';
import type { Api } from '../../shared/api.ts';
import { AppError } from '../../shared/errors.ts';
import type { DriftResult, DriftSelection } from '../../shared/models/drift.ts';
import { createFileKeychain } from './file-keychain.ts';
import { finish } from './memory-app.ts';

export interface DriftStage {
  /** Holds the home of the person, and in it everything of ours. */
  readonly root: string;
  /** The folder of the keychain. */
  readonly keychain: string;
}

export interface DriftWorld {
  readonly api: Api;
  readonly app: App;
  readonly home: string;
  readonly launcher: string;
}

export interface DriftWorldOptions {
  readonly wrap?: (ports: { files: Files; keychain: Keychain }) => {
    files: Files;
    keychain: Keychain;
  };
  readonly running?: readonly RunningProcess[];
  /** In place of `running`: what really runs. */
  readonly listProcesses?: () => Promise<readonly RunningProcess[]>;
  readonly clock?: Partial<Clock>;
  readonly watch?: Watch;
}

export function homeOf({ root }: Pick<DriftStage, 'root'>): string {
  return join(root, 'home');
}

/** Lays out files below the home, and what the launcher is installed from. */
export function layFiles(stage: DriftStage, texts: Readonly<Record<string, string>>): void {
  const program = join(stage.root, 'program');
  const all = Object.entries(texts).map(
    ([path, text]) => [join(homeOf(stage), path), text] as const,
  );
  const parts = [...launcherFiles, 'node'].map((name) => [join(program, name), name] as const);
  for (const [path, text] of [...all, ...parts]) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text, { mode: 0o600 });
  }
}

function notHere(): never {
  throw new AppError('server_start_failed', 'No program runs in this test.', {
    hint: 'Only a test.',
  });
}

export function openDriftWorld(stage: DriftStage, options: DriftWorldOptions = {}): DriftWorld {
  const home = homeOf(stage);
  const roots = {
    config: join(home, '.config/portcullis'),
    data: join(home, '.local/share/portcullis'),
    cache: join(home, '.cache/portcullis'),
  };
  const real = { files: createFiles('linux'), keychain: createFileKeychain(stage.keychain) };
  const ports = options.wrap?.(real) ?? real;
  const { files } = ports;
  const program = join(stage.root, 'program');
  const app = createApp({
    ...ports,
    machine: { platform: 'linux', home, env: { HOME: home, PATH: '/nowhere' } },
    roots,
    vault: { create: async () => notHere(), open: async () => notHere() },
    clock: { ...createClock(), ...options.clock },
    random: createRandom(),
    processes: {
      run: async () => notHere(),
      start: async () => notHere(),
      list: options.listProcesses ?? (async () => options.running ?? []),
      isAlive: () => false,
      memoryOf: () => undefined,
    },
    programFiles: {
      probe: () => ({ kind: 'file', executable: true }),
      head: () => new TextEncoder().encode('\x7fELF'),
      realpath: (path: string) => path,
      list: () => [],
    },
    sandbox: {
      alwaysSupervised: false,
      probe: () => ({ confined: true, filtered: true }),
      enclose: ({ file, args, env, cwd }) => ({ file, args, env, cwd }),
    },
    openHttp: () => ({ send: async () => notHere(), close: () => {} }),
    pause: async () => {},
    copyFile: async (from, to, mode) => files.createExclusive(to, await files.read(from), mode),
    launcherSource: {
      folder: program,
      node: join(program, 'node'),
      nodeVersion: '24.0.0',
      version: '0.0.0',
    },
    ...(options.watch === undefined ? {} : { watch: options.watch }),
    version: '0.0.0',
    who: 'test',
  });
  const launcher = join(roots.data, 'bin/portcullis');
  return { api: createRouterClient(createRouter(app)), app, home, launcher };
}

/** Protects everything, second-hand clients and project files too. */
export async function protectWorld({ api }: Pick<DriftWorld, 'api'>): Promise<void> {
  const plan = await api.protect.plan({});
  const items = plan.items.filter(({ possible }) => possible).map(({ id }) => id);
  await finish(
    await api.protect.apply({
      basis: plan.basis,
      selection: {},
      items,
      consents: ['secondary-evidence', 'shared-project-file'],
      answers: {},
    }),
  );
}

/** Plans and applies; every item that is possible, or only what is ticked. */
export async function applyDrift(
  { api }: Pick<DriftWorld, 'api'>,
  selection: DriftSelection,
  which: 'all' | 'ticked' = 'ticked',
): Promise<DriftResult> {
  const plan = await api.drift.plan(selection);
  const items = plan.items
    .filter(({ possible, ticked }) => possible && (ticked || which === 'all'))
    .map(({ id }) => id);
  let result: DriftResult | undefined;
  for await (const part of await api.drift.apply({
    basis: plan.basis,
    selection,
    items,
    consents: ['secondary-evidence', 'shared-project-file'],
  }))
    if (part.type === 'result') result = part;
  if (result === undefined) throw new Error('It ended without a result.');
  return result;
}

export function readBelow(stage: DriftStage, path: string): string {
  return readFileSync(join(homeOf(stage), path), 'utf8');
}
