/**
 * The desktop app as the builder packs it, with the real settings, around a few files in place of
 * Electron's binary, which build machines may not reach. The binary's place is taken by a file with a
 * fuse wire in it, so that the builder really sets the fuses.
 */
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, Platform } from 'electron-builder';
import { parse, stringify } from 'yaml';
import { buildAll } from '../../scripts/build.mjs';
import { copyNode } from '../../scripts/packed.mjs';

const root = join(import.meta.dirname, '../..');

/** The files that the builder expects of Electron. */
const stubs = [
  'electron',
  'version',
  'LICENSE',
  'LICENSES.chromium.html',
  'chrome-sandbox',
  'chrome_crashpad_handler',
  'locales/en-US.pak',
  'resources/.keep',
];

export interface PackedApp {
  readonly folder: string;
  readonly resources: string;
  readonly binary: string;
  remove(): Promise<void>;
}

export async function packApp(): Promise<PackedApp> {
  const { failed } = await buildAll({ ifStale: true });
  if (failed.length > 0) throw new Error(`Could not build ${failed.join(', ')}.`);
  const folder = await mkdtemp(join(tmpdir(), 'portcullis-package-'));
  const dist = join(folder, 'electron');
  for (const stub of stubs) {
    await mkdir(dirname(join(dist, stub)), { recursive: true });
    await writeFile(join(dist, stub), stub === 'electron' ? binaryWithFuses('11111111') : '');
    await chmod(join(dist, stub), 0o755);
  }
  copyNode(join(folder, 'node'));
  await build({
    projectDir: root,
    targets: Platform.LINUX.createTarget('dir'),
    publish: 'never',
    config: await writeSettings(folder),
  });
  const unpacked = join(folder, 'dist', 'linux-unpacked');
  return {
    folder: unpacked,
    resources: join(unpacked, 'resources'),
    binary: join(unpacked, 'portcullis-desktop'),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Bytes with a fuse wire of the form that Electron's binary has. `0` is off, `1` is on. */
export function binaryWithFuses(states: string): Buffer {
  const head = Buffer.from(`some code\0dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX`);
  return Buffer.concat([head, Buffer.from([1, states.length]), Buffer.from(`${states}\0code`)]);
}

/** The real settings with other folders, in a file: an object would be merged. */
async function writeSettings(folder: string): Promise<string> {
  const settings = parse(await readFile(join(root, 'electron-builder.yml'), 'utf8'));
  const changed = {
    ...settings,
    electronDist: join(folder, 'electron'),
    directories: { ...settings.directories, output: join(folder, 'dist') },
    extraResources: settings.extraResources.map((one: { from: string }) =>
      one.from === 'out/package/node' ? { ...one, from: join(folder, 'node') } : one,
    ),
  };
  const file = join(folder, 'electron-builder.yml');
  await writeFile(file, stringify(changed));
  return file;
}
