/**
 * The installed launcher: `<data>/bin/portcullis`, which client entries name and which never moves. It
 * stands on its own (a copy of the bundle, of Node and of the keychain library), so that neither an
 * update of the app nor a deleted checkout breaks the entries that other programs hold.
 */
import { createHash } from 'node:crypto';
import { posix, win32 } from 'node:path';
import { AppError, toErrorReport } from '../../shared/errors.ts';
import type { Files, Platform, Processes, Roots } from '../ports.ts';
import { launcherFiles, renderRoots, renderStarter, shellOption } from './starter.ts';

/** Where an install takes its parts from. All paths are absolute. */
export interface LauncherSource {
  /** The folder that `scripts/build-launcher.mjs` has made. */
  readonly folder: string;
  /** The Node binary to copy, and its version. */
  readonly node: string;
  readonly nodeVersion: string;
  readonly version: string;
}

export interface LauncherState {
  readonly state: 'ready' | 'missing' | 'outdated' | 'damaged';
  readonly version?: string;
  readonly problem?: string;
  readonly hint?: string;
}

export interface LauncherInstaller {
  /** What client entries name. */
  readonly path: string;
  /**
   * Installs or renews the launcher; does nothing when it is already the one of the source.
   * Errors: `file_*`, `disk_full`, `launcher_missing` when the source is not built.
   */
  install(): Promise<void>;
  /** Takes everything of it away. Entries that name it no longer work. */
  uninstall(): Promise<void>;
  /** Looks at every part and starts it once. */
  check(): Promise<LauncherState>;
}

export interface LauncherInstallerPorts {
  readonly files: Files;
  readonly processes: Pick<Processes, 'run'>;
  readonly roots: Roots;
  readonly platform: Platform;
  readonly home: string;
  /** Copies a large file, shared with the original where the file system can. */
  readonly copyFile: (from: string, to: string, mode: number) => Promise<void>;
  readonly source: LauncherSource;
}

/** Milliseconds for the trial start. */
const startTimeout = 10_000;
const reinstall = 'Run `portcullis doctor --repair` to install it again.';

export function createLauncherInstaller(ports: LauncherInstallerPorts): LauncherInstaller {
  const { files, roots, platform, source } = ports;
  const { join } = platform === 'windows' ? win32 : posix;
  const path = join(roots.data, 'bin', platform === 'windows' ? 'portcullis.exe' : 'portcullis');
  const nodeName = platform === 'windows' ? 'node.exe' : 'node';
  const node = join(roots.data, 'launcher', `node-${source.nodeVersion}`, nodeName);

  const starterFor = async (folder: string) =>
    renderStarter({
      node,
      bundle: join(folder, 'portcullis.cjs'),
      compiled: join(folder, 'compiled'),
      option: await shellOption(ports.processes),
    });

  async function install(): Promise<void> {
    if (platform === 'windows')
      throw new AppError('unsupported', 'The launcher cannot be installed on Windows yet.', {
        hint: 'Windows needs a program file of its own; the installer of the app will bring it.',
      });
    // Two at once would give the half-written copy of the other its final name.
    const locks = join(roots.data, 'locks');
    await files.makeFolder(locks);
    await closeToOthers(files, [roots.data, join(roots.data, 'bin'), roots.config]);
    await files.withLock(join(locks, 'launcher'), installParts);
  }

  async function installParts(): Promise<void> {
    const parts = await readSource(files, source, join);
    const folder = join(roots.data, 'launcher', parts.name);
    await files.makeFolder(join(roots.data, 'bin'));
    await copyNode(ports, source.node, node, join);
    await writeVersion(
      files,
      folder,
      { ...parts.contents, 'roots.json': renderRoots(ports) },
      join,
    );
    const before = await readIfThere(files, path);
    const starter = await starterFor(folder);
    if (before === undefined || !sameBytes(before, starter))
      await replaceFile(files, path, starter, 0o755);
    await removeOld([starter, before ?? starter]);
  }

  /** Removes what neither starter names: a launch may be under way with the one just replaced. */
  async function removeOld(starters: readonly Uint8Array[]): Promise<void> {
    const folder = join(roots.data, 'launcher');
    const texts = starters.map((starter) => new TextDecoder().decode(starter));
    for (const name of await files.list(folder))
      if (!texts.some((text) => text.includes(`/${name}/`)))
        await files.removeFolder(join(folder, name));
  }

  async function uninstall(): Promise<void> {
    await files.remove(path);
    await files.removeFolder(join(roots.data, 'launcher'));
  }

  async function check(): Promise<LauncherState> {
    const parts = await readSource(files, source, join);
    const folder = join(roots.data, 'launcher', parts.name);
    const starter = await readIfThere(files, path);
    if (starter === undefined)
      return { state: 'missing', problem: 'The launcher is not installed.', hint: reinstall };
    if (!sameBytes(starter, await starterFor(folder)))
      return { state: 'outdated', problem: 'The launcher is of another version.', hint: reinstall };
    for (const [name, bytes] of Object.entries({
      ...parts.contents,
      'roots.json': renderRoots(ports),
    })) {
      const found = await readIfThere(files, join(folder, name));
      if (found === undefined || !sameBytes(found, bytes))
        return damaged(`The launcher's part ${name} is not what was installed.`);
    }
    const facts = await files.stat(path);
    if (facts === undefined || (facts.mode & 0o100) === 0)
      return damaged('The launcher is not executable.');
    return tryStart(ports, path, source.version);
  }

  return { path, install, uninstall, check };
}

type Join = (...parts: string[]) => string;

interface SourceParts {
  /** `<version>-<hash>`: another content is another folder, so that nothing in use is overwritten. */
  readonly name: string;
  readonly contents: Readonly<Record<string, Uint8Array>>;
}

async function readSource(files: Files, source: LauncherSource, join: Join): Promise<SourceParts> {
  const hash = createHash('sha256').update(source.nodeVersion);
  const contents: Record<string, Uint8Array> = {};
  for (const name of launcherFiles) {
    const bytes = await readIfThere(files, join(source.folder, name));
    if (bytes === undefined)
      throw new AppError(
        'launcher_missing',
        `This copy of Portcullis lacks its launcher (${name}).`,
        {
          hint: 'Run `npm run build`, or install Portcullis again.',
          details: { file: join(source.folder, name) },
        },
      );
    contents[name] = bytes;
    hash.update(`${name}\0${bytes.length}\0`).update(bytes);
  }
  return { name: `${source.version}-${hash.digest('hex').slice(0, 12)}`, contents };
}

/** Whoever may write in these folders could put another program in the launcher's place. */
async function closeToOthers(files: Files, folders: readonly string[]): Promise<void> {
  for (const folder of folders) {
    const facts = await files.stat(folder);
    if (facts !== undefined && (facts.mode & 0o022) !== 0)
      await files.setMode(folder, facts.mode & 0o7700);
  }
}

/** Copies the Node binary once per version. It gets its name only when it is whole. */
async function copyNode(
  { files, copyFile }: LauncherInstallerPorts,
  from: string,
  to: string,
  join: Join,
): Promise<void> {
  const facts = await files.stat(from);
  if (facts === undefined)
    throw new AppError('launcher_missing', 'The Node binary for the launcher is not there.', {
      hint: 'Install Portcullis again.',
      details: { file: from },
    });
  if ((await files.stat(to))?.size === facts.size) return;
  await files.makeFolder(join(to, '..'));
  const part = `${to}.new`;
  await files.remove(part);
  await copyFile(from, part, 0o755);
  await files.rename(part, to);
}

/** Writes a version's folder file by file; the starter that names it comes after all of them. */
async function writeVersion(
  files: Files,
  folder: string,
  contents: Readonly<Record<string, Uint8Array>>,
  join: Join,
): Promise<void> {
  await files.makeFolder(folder);
  for (const [name, bytes] of Object.entries(contents)) {
    const found = await readIfThere(files, join(folder, name));
    if (found === undefined || !sameBytes(found, bytes))
      await replaceFile(files, join(folder, name), bytes, 0o600);
  }
}

async function replaceFile(
  files: Files,
  path: string,
  bytes: Uint8Array,
  mode: number,
): Promise<void> {
  const part = `${path}.new`;
  await files.remove(part);
  await files.createExclusive(part, bytes, mode);
  await files.rename(part, path);
}

async function readIfThere(files: Files, path: string): Promise<Uint8Array | undefined> {
  return (await files.stat(path)) === undefined ? undefined : files.read(path);
}

async function tryStart(
  { processes }: LauncherInstallerPorts,
  path: string,
  version: string,
): Promise<LauncherState> {
  try {
    const result = await processes.run(path, ['--version'], { env: {}, timeout: startTimeout });
    if (result.exitCode === 0 && result.stdout.trim() === version)
      return { state: 'ready', version };
    return damaged('The launcher does not start.');
  } catch (thrown) {
    return damaged(`The launcher does not start: ${toErrorReport(thrown).message}`);
  }
}

function damaged(problem: string): LauncherState {
  return { state: 'damaged', problem, hint: reinstall };
}

function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return Buffer.compare(left, right) === 0;
}
