/** What a packed app holds, by packing it. */
import { appendFile, cp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import { launcherFiles } from '../../core/launch/starter.ts';
import { findMissingParts, findOpenWays, findWrongFuses } from '../../scripts/packed.mjs';
import { binaryWithFuses, type PackedApp, packApp } from '../support/packed-app.ts';

const root = join(import.meta.dirname, '../..');
let packed: PackedApp;

beforeAll(async () => {
  packed = await packApp();
}, 120_000);
afterAll(() => packed.remove());

test('the archive holds the two bundles and nothing else', async () => {
  const names = await listArchive(join(packed.resources, 'app.asar'));
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

test('what must run lies outside the archive, whole', async () => {
  expect((await readdir(join(packed.resources, 'launcher'))).toSorted()).toEqual(
    [...launcherFiles, 'launcher.json'].toSorted(),
  );
  expect(findMissingParts(packed.resources)).toEqual([]);
  expect(await readdir(join(packed.resources, 'helper'))).toEqual(['keychain-helper.mjs']);
  const [node = ''] = await readdir(join(packed.resources, 'node'));
  expect((await stat(join(packed.resources, 'node', node))).size).toBeGreaterThan(10_000_000);
});

test('a part that is missing, changed or in no list is named', async () => {
  const copy = join(packed.folder, '..', 'copy');
  await cp(packed.resources, copy, { recursive: true });
  await rm(join(copy, 'launcher', 'supervisor.cjs'));
  await appendFile(join(copy, 'launcher', 'bridge.cjs'), ' ');
  await writeFile(join(copy, 'launcher', 'other.cjs'), '');
  await rm(join(copy, 'node'), { recursive: true });
  expect(findMissingParts(copy, 'win32')).toEqual([
    `${join('node', 'node.exe')} is not there.`,
    'launcher/bridge.cjs is not the one that was built.',
    'launcher/supervisor.cjs is not there.',
    'launcher/other.cjs is in no list.',
  ]);
});

test('nothing of this computer is in it', async () => {
  const archive = await readFile(join(packed.resources, 'app.asar'));
  expect(archive.includes(Buffer.from(root))).toBe(false);
});

test('the settings name every fuse as it must be', async () => {
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

test('the packed binary carries the fuses of the settings', async () => {
  expect(await findWrongFuses(packed.binary)).toEqual([]);
});

test.each([
  ['RunAsNode', '11001110'],
  ['EnableCookieEncryption', '00001110'],
  ['EnableNodeOptionsEnvironmentVariable', '01101110'],
  ['EnableNodeCliInspectArguments', '01011110'],
  ['EnableEmbeddedAsarIntegrityValidation', '01000110'],
  ['OnlyLoadAppFromAsar', '01001010'],
  ['GrantFileProtocolExtraPrivileges', '01001111'],
  // A wire that ends before it, and a fuse that this Electron no longer has.
  ['GrantFileProtocolExtraPrivileges', '0100111'],
  ['OnlyLoadAppFromAsar', '01001r10'],
])('a binary whose fuse %s is wrong is refused (%s)', async (name, states) => {
  const file = join(packed.folder, '..', 'wrong-fuse');
  await writeFile(file, binaryWithFuses(states));
  expect(await findWrongFuses(file)).toEqual([expect.stringContaining(` ${name} must be `)]);
});

test('a binary without a fuse wire is refused', async () => {
  const file = join(packed.folder, '..', 'no-fuse');
  await writeFile(file, 'no wire in here');
  await expect(findWrongFuses(file)).rejects.toThrow('sentinel');
});

test('a program that runs as Node and takes a debugger is refused', () => {
  expect(findOpenWays(process.execPath, 2000)).toEqual([
    'It runs as Node.',
    'It does not refuse --inspect=0.',
    'It does not refuse --inspect-brk=0.',
    'It does not refuse --remote-debugging-port=0.',
  ]);
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
