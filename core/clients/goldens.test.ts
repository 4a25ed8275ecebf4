/**
 * Every writable row against files on disk: each server entry becomes a launcher entry and a new one
 * is added (`after-put`), ours are removed (`after-remove`), or the former entries are written back
 * (`after-leave`). `UPDATE_GOLDENS=1` writes what comes out; read it before you commit it.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Edit, ParsedDocument } from '../documents/document.ts';
import { editDocument } from '../documents/edit-document.ts';
import { plainAt } from '../documents/nodes.ts';
import { parseDocument } from '../documents/parse-document.ts';
import type { Machine } from '../ports.ts';
import { chooseContainer } from './containers.ts';
import type { Entry } from './entry.ts';
import { type FileLocation, locateFiles } from './locate-files.ts';
import { managedServerId } from './managed-entry.ts';
import { planEntryPut, planEntryRemove } from './plan-entry.ts';
import { readEntries } from './read-entries.ts';
import { hasClientReference } from './references.ts';
import { renderLauncherEntry } from './render-entry.ts';
import type { ClientRow } from './row.ts';
import { clientTable } from './table.ts';

const folder = join(import.meta.dirname, '../../test/goldens');
const launcher = '/home/sam/.local/share/portcullis/bin/portcullis';
const update = process.env.UPDATE_GOLDENS === '1';
const machines: readonly Machine[] = [
  { platform: 'linux', home: '/home/sam', env: {} },
  { platform: 'windows', home: 'C:\\Users\\sam', env: {} },
];

const writable = clientTable.filter((row) => row.access === 'read-write');

describe.each(writable.map((row) => [row.id, row] as const))('%s', (id, row) => {
  const names = readdirSync(join(folder, id));
  const cases = names.filter((name) => name.includes('.original.'));
  const extension = extname(cases[0] ?? '');

  test('has a lived-in file', () => {
    expect(cases).toContain(`lived-in.original${extension}`);
  });

  test.each(cases)('%s', (name) => {
    const original = readFileSync(join(folder, id, name));
    checkCase(row, name.slice(0, name.indexOf('.')), extname(name), original);
  });

  test('a file that is not there', () => {
    checkCase(row, 'absent', extension, undefined);
  });
});

function checkCase(
  row: ClientRow,
  name: string,
  extension: string,
  original: Uint8Array | undefined,
): void {
  const location = usualLocation(row);
  const before = parse(row, location, original ?? new Uint8Array());
  const put = putAll(row, location, before);
  const removed = removeOurs(row, location, put);
  compare(row, `${name}.after-put${extension}`, put);
  compare(row, `${name}.after-remove${extension}`, removed);
  if (original === undefined) return;
  const left = leave(row, location, put, before);
  compare(row, `${name}.after-leave${extension}`, left);
  expect(plainAt(left, [])).toEqual(plainAt(before, []));
}

function usualLocation(row: ClientRow): FileLocation {
  const location = machines
    .flatMap((machine) => locateFiles(row, machine, []))
    .find((candidate) => candidate.live && candidate.writable);
  if (location === undefined) throw new Error(`${row.id} has no writable file`);
  return location;
}

function parse(row: ClientRow, location: FileLocation, bytes: Uint8Array): ParsedDocument {
  return parseDocument(bytes, location.format ?? row.format, `${row.id} golden`);
}

function edit(
  row: ClientRow,
  location: FileLocation,
  document: ParsedDocument,
  edits: readonly Edit[],
): ParsedDocument {
  return parse(row, location, editDocument(document, edits));
}

function servers(
  row: ClientRow,
  location: FileLocation,
  document: ParsedDocument,
): readonly Entry[] {
  return readEntries(row, location, document).filter(
    (entry) => entry.writable && entry.launch.transport !== 'other',
  );
}

function putAll(row: ClientRow, location: FileLocation, before: ParsedDocument): ParsedDocument {
  const changed = servers(row, location, before).reduce((document, entry) => {
    const server = entry.name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
    const value = renderLauncherEntry(row, entry, { launcher, server, env: referring(row, entry) });
    return edit(row, location, document, planEntryPut(row, document, { ...entry, value }));
  }, before);
  const container = chooseContainer(location, changed)?.row;
  const value = renderLauncherEntry(row, undefined, {
    launcher,
    server: 'time',
    env: {},
    ...(container === undefined ? {} : { container }),
  });
  return edit(row, location, changed, planEntryPut(row, changed, { name: 'time', value }));
}

/** Variables with references in them stay with the client. */
function referring(row: ClientRow, { launch }: Entry): Readonly<Record<string, string>> {
  if (launch.transport !== 'stdio') return {};
  const kept = Object.entries(launch.env).filter(([, value]) =>
    hasClientReference(row, value, { place: 'env' }),
  );
  return Object.fromEntries(kept);
}

function removeOurs(row: ClientRow, location: FileLocation, from: ParsedDocument): ParsedDocument {
  return servers(row, location, from)
    .filter((entry) => managedServerId(entry, [launcher]) !== undefined)
    .reduceRight(
      (document, { path }) => edit(row, location, document, planEntryRemove(row, document, path)),
      from,
    );
}

function leave(
  row: ClientRow,
  location: FileLocation,
  from: ParsedDocument,
  before: ParsedDocument,
): ParsedDocument {
  const restored = servers(row, location, before).reduce(
    (document, { path, name, raw }) =>
      edit(row, location, document, planEntryPut(row, document, { path, name, value: raw })),
    from,
  );
  const ours = servers(row, location, restored).filter(
    (entry) => managedServerId(entry, [launcher]) === 'time',
  );
  expect(ours).toHaveLength(1);
  return ours.reduce(
    (document, { path }) => edit(row, location, document, planEntryRemove(row, document, path)),
    restored,
  );
}

function compare(row: ClientRow, name: string, document: ParsedDocument): void {
  const path = join(folder, row.id, name);
  const bytes = Buffer.from((document.bom ? '\uFEFF' : '') + document.text);
  if (update) writeFileSync(path, bytes);
  expect(existsSync(path), `${path} is missing: run with UPDATE_GOLDENS=1`).toBe(true);
  expect(bytes.toString()).toBe(readFileSync(path).toString());
}
