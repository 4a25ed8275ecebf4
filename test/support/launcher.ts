/**
 * The installed launcher in a world of its own: a real keyring, real folders, the real bundle with its
 * copy of Node, started as a client starts it.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  createLauncherInstaller,
  type LauncherInstaller,
  type LauncherSource,
} from '../../core/launch/install.ts';
import { type LaunchLine, parseLaunchLines } from '../../core/launch/launch-line.ts';
import type { Roots } from '../../core/ports.ts';
import { emptyRecords } from '../../core/records/schema.ts';
import { createSecrets } from '../../core/secrets/secrets.ts';
import { copyFile } from '../../platform/copy-file.ts';
import { createFiles } from '../../platform/files.ts';
import { createSystemKeychain } from '../../platform/keychain/system-keychain.ts';
import { createProcesses } from '../../platform/processes.ts';
import type { LaunchSpec, ServerRecord, StdioLaunch } from '../../shared/models/server.ts';
import { Secret } from '../../shared/secret.ts';
import { rootsIn } from './edit-world.ts';
import { type Keyring, startKeyring } from './keyring.ts';

export interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface LauncherWorld {
  readonly keyring: Keyring;
  readonly roots: Roots;
  readonly launcher: LauncherInstaller;
  writeRecords(...servers: readonly ServerRecord[]): void;
  storeSecrets(server: string, values: Readonly<Record<string, string>>): Promise<void>;
  start(id: string, options?: StartOptions): ChildProcess;
  run(
    id: string,
    options?: StartOptions & { readonly input?: string | Uint8Array },
  ): Promise<Ended>;
  launches(): readonly LaunchLine[];
  stop(): Promise<void>;
}

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly args?: readonly string[];
  /** Paths that the client has open as descriptors 40 and up, and does not close for its children. */
  readonly leftOpen?: readonly string[];
}

const firstLeftOpen = 40;

const time = '2026-11-23T10:00:00.000Z';
const root = join(import.meta.dirname, '..', '..');

/** A record without anything special. */
export function serverRecord(
  id: string,
  launch: Partial<StdioLaunch> | LaunchSpec,
  more: Partial<ServerRecord> = {},
): ServerRecord {
  const filled: LaunchSpec =
    'url' in launch
      ? launch
      : { transport: 'stdio', command: '/bin/true', args: [], env: {}, ...launch };
  return {
    id,
    name: id,
    enabled: true,
    launch: filled,
    secrets: [],
    placements: [],
    createdAt: time,
    updatedAt: time,
    ...more,
  };
}

/** A value that no scanner of our sources can take for a real one, as it is made here. */
export function plantedValue(): string {
  return `planted-${randomBytes(18).toString('base64url')}`;
}

export function hashOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Installs the launcher of our sources, or the parts that are given. */
export async function openLauncherWorld(
  parts?: Pick<LauncherSource, 'folder' | 'node'>,
  /** A folder for the person's home, which may be a link. */
  options: { readonly home?: string } = {},
): Promise<LauncherWorld> {
  const keyring = await startKeyring(options);
  const roots = rootsIn(join(keyring.home, 'portcullis'));
  const { folder, node } = parts ?? {
    folder: buildLauncher(join(keyring.home, 'built')),
    node: process.execPath,
  };
  const files = createFiles('linux');
  const machine = { platform: 'linux', home: keyring.home, env: keyring.env } as const;
  const keychain = createSystemKeychain({ machine });
  const secrets = createSecrets({ keychain, files, roots });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const launcher = createLauncherInstaller({
    files,
    processes: createProcesses('linux'),
    roots,
    platform: 'linux',
    home: keyring.home,
    copyFile,
    source: {
      folder,
      node,
      nodeVersion: process.versions.node,
      version,
    },
  });
  await launcher.install();

  function start(id: string, { env = {}, args = [], leftOpen = [] }: StartOptions = {}) {
    const open = leftOpen.map((path) => openSync(path, 'r'));
    const between = Array.from({ length: firstLeftOpen - 3 }, () => 'ignore' as const);
    const child = spawn(launcher.path, ['run', ...args, id], {
      env: { ...keyring.env, ...env },
      stdio: ['pipe', 'pipe', 'pipe', ...(open.length === 0 ? [] : [...between, ...open])],
    });
    for (const descriptor of open) closeSync(descriptor);
    return child;
  }
  return {
    keyring,
    roots,
    launcher,
    writeRecords(...servers) {
      mkdirSync(roots.config, { recursive: true });
      writeFileSync(
        join(roots.config, 'records.json'),
        JSON.stringify({ ...emptyRecords, servers }),
      );
    },
    storeSecrets: (server, values) =>
      secrets.put(
        server,
        new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)])),
      ),
    start,
    async run(id, { input = '', ...options } = {}) {
      const child = start(id, options);
      // Written before the launcher is even loaded. A program that reads nothing may close it.
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(input);
      return finish(child);
    },
    launches: () =>
      parseLaunchLines(readFileSync(join(roots.data, 'activity', 'launches.jsonl'), 'utf8')),
    async stop() {
      await keychain.close();
      await keyring.stop();
    },
  };
}

function buildLauncher(folder: string): string {
  execFileSync(process.execPath, [join(root, 'scripts', 'build-launcher.mjs'), folder]);
  return folder;
}

/** All output of a child and how it ended. */
export async function finish(child: ChildProcess): Promise<Ended> {
  const collected = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    collected.stdout += text;
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    collected.stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => resolve({ exitCode, signal, ...collected }));
  });
}
