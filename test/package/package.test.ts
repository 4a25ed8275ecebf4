/**
 * What a packed app holds, by packing it: the real builder with the real settings, around a few empty
 * files in place of Electron's binary, which build machines may not reach.
 */
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, Platform } from 'electron-builder';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse, stringify } from 'yaml';
import { buildAll } from '../../scripts/build.mjs';

const root = join(import.meta.dirname, '../..');
let folder: string;
let resources: string;

/** The files that the builder expects of Electron, all of them empty. */
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

beforeAll(async () => {
  const { failed } = await buildAll({ ifStale: true });
  expect(failed).toEqual([]);
  folder = await mkdtemp(join(tmpdir(), 'portcullis-package-'));
  const dist = join(folder, 'electron');
  for (const stub of stubs) {
    await mkdir(dirname(join(dist, stub)), { recursive: true });
    await writeFile(join(dist, stub), '');
    await chmod(join(dist, stub), 0o755);
  }
  const node = join(folder, 'node');
  await mkdir(node);
  await writeFile(join(node, 'node'), '');
  await build({
    projectDir: root,
    targets: Platform.LINUX.createTarget('dir'),
    publish: 'never',
    config: await writeSettings(dist, node),
  });
  resources = join(folder, 'dist', 'linux-unpacked', 'resources');
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The real settings, with the stubs in place of what cannot be had, in a file: an object would be merged. */
async function writeSettings(dist: string, node: string): Promise<string> {
  const text = await readFile(join(root, 'electron-builder.yml'), 'utf8');
  const settings = parse(text);
  // There is no binary whose fuses could be blown.
  delete settings.electronFuses;
  const changed = {
    ...settings,
    electronDist: dist,
    directories: { ...settings.directories, output: join(folder, 'dist') },
    extraResources: settings.extraResources.map((one: { from: string }) =>
      one.from === 'out/package/node' ? { ...one, from: node } : one,
    ),
  };
  const file = join(folder, 'electron-builder.yml');
  await writeFile(file, stringify(changed));
  return file;
}

test('the archive holds the two bundles and nothing else', async () => {
  const names = await listArchive(join(resources, 'app.asar'));
  const allowed = [
    /^package\.json$/,
    /^out\/electron\/(main|chunk-\w+|[\w-]+-\w{8})\.mjs$/,
    /^out\/electron\/preload\.cjs$/,
    /^out\/renderer\/index\.html$/,
    /^out\/renderer\/assets\/[\w-]+\.(js|css|svg|woff2?)$/,
  ];
  expect(names.filter((name) => !allowed.some((pattern) => pattern.test(name)))).toEqual([]);
  for (const needed of [
    'out/electron/main.mjs',
    'out/electron/preload.cjs',
    'out/renderer/index.html',
  ])
    expect(names).toContain(needed);
});

test('what must run lies outside the archive', async () => {
  expect((await readdir(join(resources, 'launcher'))).toSorted()).toEqual([
    'bridge.cjs',
    'keyring.node',
    'launcher.json',
    'portcullis.cjs',
  ]);
  expect(await readdir(join(resources, 'helper'))).toEqual(['keychain-helper.mjs']);
  expect((await stat(join(resources, 'node', 'node'))).isFile()).toBe(true);
});

test('nothing of this computer is in it', async () => {
  const archive = await readFile(join(resources, 'app.asar'));
  expect(archive.includes(Buffer.from(root))).toBe(false);
});

test('the fuses are set as they must be', async () => {
  const { electronFuses } = parse(await readFile(join(root, 'electron-builder.yml'), 'utf8'));
  expect(electronFuses).toEqual({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableCookieEncryption: true,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
    resetAdHocDarwinSignature: true,
  });
});

interface Entry {
  readonly files?: Readonly<Record<string, Entry>>;
}

/** The archive begins with a description of itself: folders within folders, as JSON. */
async function listArchive(file: string): Promise<readonly string[]> {
  const bytes = await readFile(file);
  const size = bytes.readUInt32LE(12);
  return listEntries(JSON.parse(bytes.toString('utf8', 16, 16 + size)), '');
}

function listEntries({ files = {} }: Entry, path: string): readonly string[] {
  return Object.entries(files).flatMap(([name, entry]) =>
    entry.files === undefined ? [`${path}${name}`] : listEntries(entry, `${path}${name}/`),
  );
}
