/**
 * The whole application on ports in memory, reached through the typed client of its contract: what a
 * door sees, without a disk, a keychain or a process. Servers are not started.
 */
import { createRouterClient } from '@orpc/server';
import { type App, type AppPorts, createApp } from '../../core/app.ts';
import { createRouter } from '../../core/handlers.ts';
import { launcherFiles } from '../../core/launch/starter.ts';
import type { Files, Keychain, Machine, RunningProcess } from '../../core/ports.ts';
import type { Api } from '../../shared/api.ts';
import { AppError } from '../../shared/errors.ts';
import type { RunResult, RunStream } from '../../shared/models/protect.ts';
import { createMemoryFiles, type MemoryFiles } from './memory-files.ts';
import { createMemoryKeychain, type MemoryKeychain } from './memory-keychain.ts';

export const home = '/home/ada';
export const roots = {
  config: `${home}/.config/portcullis`,
  data: `${home}/.local/share/portcullis`,
  cache: `${home}/.cache/portcullis`,
};
export const launcher = `${roots.data}/bin/portcullis`;

export interface MemoryApp {
  readonly api: Api;
  readonly app: App;
  readonly files: MemoryFiles;
  readonly keychain: MemoryKeychain;
  /** Programs that run, as far as the application can see. */
  readonly running: RunningProcess[];
  write(path: string, text: string): Promise<void>;
  read(path: string): Promise<string>;
}

/** `texts` are the files at the start, by path below the home. */
export async function openMemoryApp(
  texts: Readonly<Record<string, string>>,
  wrap: (ports: { files: Files; keychain: Keychain }) => { files: Files; keychain: Keychain } = (
    ports,
  ) => ports,
): Promise<MemoryApp> {
  const files = createMemoryFiles();
  const keychain = createMemoryKeychain();
  const write = async (path: string, text: string): Promise<void> => {
    const file = path.startsWith('/') ? path : `${home}/${path}`;
    await files.makeFolder(file.slice(0, file.lastIndexOf('/')));
    await files.remove(file);
    await files.createExclusive(file, new TextEncoder().encode(text), 0o600);
  };
  for (const [path, text] of Object.entries(texts)) await write(path, text);
  for (const name of launcherFiles) {
    await write(`/opt/portcullis/launcher/${name}`, name);
  }
  await write('/opt/portcullis/node', 'node');
  const running: RunningProcess[] = [];
  const app = createApp({ ...makePorts(files, running), ...wrap({ files, keychain }) });
  return {
    api: createRouterClient(createRouter(app)),
    app,
    files,
    keychain,
    running,
    write,
    read: async (path) =>
      new TextDecoder().decode(await files.read(path.startsWith('/') ? path : `${home}/${path}`)),
  };
}

const machine: Machine = { platform: 'linux', home, env: { HOME: home, PATH: '/usr/bin' } };

function notHere(): never {
  throw new AppError('server_start_failed', 'No program runs in this test.', {
    hint: 'Only a test.',
  });
}

function makePorts(
  files: MemoryFiles,
  running: readonly RunningProcess[],
): Omit<AppPorts, 'keychain'> & { files: MemoryFiles } {
  let ticks = 0;
  const tick = (): number => {
    ticks += 1;
    return ticks;
  };
  return {
    machine,
    roots,
    files,
    vault: { create: async () => notHere(), open: async () => notHere() },
    clock: {
      now: () => new Date(Date.UTC(2026, 10, 23) + tick()).toISOString(),
      monotonic: tick,
      sleep: async () => {},
    },
    random: { bytes: (count) => new Uint8Array(count).fill(7) },
    processes: {
      run: async () => notHere(),
      start: async () => notHere(),
      list: async () => running,
      isAlive: () => false,
      memoryOf: () => undefined,
    },
    programFiles: {
      probe: () => ({ kind: 'file', executable: true }),
      head: () => new TextEncoder().encode('\x7fELF'),
      realpath: (path) => path,
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
      folder: '/opt/portcullis/launcher',
      node: '/opt/portcullis/node',
      nodeVersion: '24.0.0',
      version: '0.0.0',
    },
    version: '0.0.0',
    who: 'test',
  };
}

/** Reads a run to its end. */
export async function finish(stream: AsyncIterable<RunStream>): Promise<RunResult> {
  let result: RunResult | undefined;
  for await (const item of stream) if (item.type === 'result') result = item;
  if (result === undefined) throw new Error('The run ended without a result.');
  return result;
}

/** Plans with the defaults and applies. */
export async function protectAll(
  { api }: Pick<MemoryApp, 'api'>,
  choices: {
    answers?: Record<string, string>;
    consents?: ('secondary-evidence' | 'shared-project-file')[];
  } = {},
): Promise<RunResult> {
  const plan = await api.protect.plan({});
  const { answers = {}, consents = [] } = choices;
  const items = plan.items
    .filter(
      (item) =>
        item.possible && (item.ticked || (item.consent !== undefined && consents.length > 0)),
    )
    .map(({ id }) => id);
  return finish(
    await api.protect.apply({ basis: plan.basis, selection: {}, items, answers, consents }),
  );
}
