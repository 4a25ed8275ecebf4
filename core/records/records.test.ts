import { describe, expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { createMemoryFiles, type MemoryFiles } from '../../test/support/memory-files.ts';
import type { Roots } from '../ports.ts';
import {
  type Migration,
  migrateRecords,
  migrations,
  parseRecords,
  renderRecords,
} from './parse.ts';
import { createRecords } from './records.ts';
import { emptyRecords, type Records, recordsSchemaVersion } from './schema.ts';

const roots: Roots = { config: '/home/me/config', data: '/home/me/data', cache: '/home/me/cache' };
const file = '/home/me/config/records.json';

async function open(text?: string | Uint8Array) {
  const files = createMemoryFiles();
  await files.makeFolder(roots.config);
  if (text !== undefined) await files.createExclusive(file, encode(text), 0o600);
  return { files, records: createRecords({ files, roots }) };
}

function encode(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? new TextEncoder().encode(text) : text;
}

function addFolder(path: string) {
  return (records: Records) => ({
    records: { ...records, projectFolders: [...records.projectFolders, path] },
    result: path,
  });
}

async function catchError(work: () => unknown): Promise<AppError> {
  try {
    await work();
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown;
    throw thrown;
  }
  throw new Error('It did not fail.');
}

async function readText(files: MemoryFiles, path: string): Promise<string> {
  return new TextDecoder().decode(await files.read(path));
}

describe('broken records', () => {
  const hidden = 'do-not-quote-me';
  const broken: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
    ['cut off', '{"schema": 1, "servers": [', /ends too early|line/],
    ['not JSON', `{"schema": 1, ${hidden}}`, /line 1/],
    ['not text', new Uint8Array([0x7b, 0xff, 0x7d]), /UTF-8/],
    ['empty', '', /too early/],
    ['a list', '[]', /schema/],
    ['no version', '{"servers": []}', /schema/],
    ['version 0', '{"schema": 0}', /schema/],
    ['an unknown key', JSON.stringify({ ...emptyRecords, extra: hidden }), /\//],
    ['a wrong type', JSON.stringify({ ...emptyRecords, projectFolders: [7] }), /projectFolders\/0/],
  ];
  test.each(broken)('%s: named, not quoted, not written', async (_name, text, place) => {
    const { files, records } = await open(text);
    for (const work of [() => records.read(), () => records.change(addFolder('/x'))]) {
      const error = await catchError(work);
      expect(error.code).toBe('records_unreadable');
      expect(error.message).toMatch(place);
      expect(error.message).not.toContain(hidden);
      expect(error.hint).toContain(`${file}.previous`);
      expect(error.details).toMatchObject({ file });
    }
    expect(await files.read(file)).toEqual(encode(text));
  });

  test('two servers with one id', async () => {
    const server = {
      id: 'a',
      name: 'a',
      enabled: true,
      launch: { transport: 'stdio', command: 'x', args: [], env: {} },
      secrets: [],
      placements: [],
      createdAt: '2026-11-23T12:00:00.000Z',
      updatedAt: '2026-11-23T12:00:00.000Z',
    };
    const { records } = await open(JSON.stringify({ ...emptyRecords, servers: [server, server] }));
    const error = await catchError(() => records.read());
    expect(error).toMatchObject({
      code: 'records_unreadable',
      details: { file, pointer: '/servers/1/id' },
    });
  });

  test('written by a newer Portcullis: nothing is written', async () => {
    const text = JSON.stringify({ schema: 2, surprise: true });
    const { files, records } = await open(text);
    const error = await catchError(() => records.change(addFolder('/x')));
    expect(error).toMatchObject({ code: 'records_newer', details: { found: 2, known: 1 } });
    expect(await readText(files, file)).toBe(text);
  });

  test('gone, with a previous state beside: not taken for a fresh start', async () => {
    const { files, records } = await open();
    await records.change(addFolder('/one'));
    await records.change(addFolder('/two'));
    await files.remove(file);
    expect(await catchError(() => records.read())).toMatchObject({ code: 'records_unreadable' });
    expect(await catchError(() => records.change(addFolder('/x')))).toMatchObject({
      hint: `Rename ${file}.previous to ${file} to go on, or delete it to begin anew.`,
    });
  });
});

describe('changing', () => {
  test('counts revisions, keeps the previous state, and is private', async () => {
    const { files, records } = await open();
    expect(await records.read()).toEqual(emptyRecords);
    expect(await records.change(addFolder('/one'))).toBe('/one');
    await records.change(addFolder('/two'));
    const expected = { ...emptyRecords, revision: 2, projectFolders: ['/one', '/two'] };
    expect(await records.read()).toEqual(expected);
    expect(JSON.parse(await readText(files, `${file}.previous`))).toEqual({
      ...emptyRecords,
      revision: 1,
      projectFolders: ['/one'],
    });
    for (const path of [file, `${file}.previous`])
      expect((await files.stat(path))?.mode).toBe(0o600);
    expect(await files.list(roots.config)).toEqual(['records.json', 'records.json.previous']);
  });

  test('the revision is ours to count, whatever the work puts there', async () => {
    const { records } = await open();
    await records.change((before) => ({ records: { ...before, revision: 77 }, result: 0 }));
    expect((await records.read()).revision).toBe(1);
  });

  test('the same records back write nothing', async () => {
    const { files, records } = await open();
    expect(await records.change((before) => ({ records: before, result: 5 }))).toBe(5);
    expect(await files.lstat(file)).toBeUndefined();
  });

  test('a throw and an invalid result change nothing', async () => {
    const { files, records } = await open();
    await records.change(addFolder('/one'));
    const before = await readText(files, file);
    const own = new AppError('conflict', 'No.');
    const thrown = await catchError(() =>
      records.change(() => {
        throw own;
      }),
    );
    expect(thrown).toBe(own);
    const invalid = await catchError(() =>
      records.change((now) => ({
        records: { ...now, suppressions: [{ ...noSuppression, at: 'yesterday' }] },
        result: 0,
      })),
    );
    expect(invalid).toMatchObject({
      code: 'bad_input',
      details: { pointer: '/suppressions/0/at' },
    });
    expect(await readText(files, file)).toBe(before);
  });

  test('a guard sees what is new or changed and nothing else, and its throw writes nothing', async () => {
    const { files, records } = await open();
    const server = (id: string, name = id): Records['servers'][number] => ({
      id,
      name,
      enabled: true,
      launch: { transport: 'stdio', command: 'x', args: [], env: {} },
      secrets: [],
      placements: [],
      createdAt: '2026-11-23T12:00:00.000Z',
      updatedAt: '2026-11-23T12:00:00.000Z',
    });
    const put = (...servers: Records['servers']) => {
      return (before: Records) => ({ records: { ...before, servers }, result: 0 });
    };
    const seen: string[] = [];
    const look = (one: object) => void seen.push(Reflect.get(one, 'name'));
    await records.change(put(server('a'), server('b')), look);
    await records.change(put(server('a'), server('b', 'renamed'), server('c')), look);
    expect(seen).toEqual(['a', 'b', 'renamed', 'c']);
    const text = await readText(files, file);
    const refused = new AppError('unsupported', 'No.');
    const refuse = () => {
      throw refused;
    };
    expect(await catchError(() => records.change(put(server('d')), refuse))).toBe(refused);
    expect(await readText(files, file)).toBe(text);
  });

  test('a left-over of a killed process is removed', async () => {
    const { files, records } = await open();
    const stray = `${file}.0123456789abcdef.tmp`;
    await files.createExclusive(stray, new Uint8Array(3), 0o600);
    await files.createExclusive(`${file}.mine.tmp`, new Uint8Array(3), 0o600);
    await records.change(addFolder('/one'));
    expect(await files.list(roots.config)).toEqual(['records.json', 'records.json.mine.tmp']);
  });

  test('a lock that is held is records_busy, a busy file inside the work is not', async () => {
    const { files } = await open();
    const busy = new AppError('file_busy', 'Held.');
    const held = createRecords({
      files: { ...files, withLock: () => Promise.reject(busy) },
      roots,
    });
    expect(await catchError(() => held.change(addFolder('/x')))).toMatchObject({
      code: 'records_busy',
      cause: busy,
    });
    const inside = createRecords({
      files: { ...files, createExclusive: () => Promise.reject(busy) },
      roots,
    });
    expect(await catchError(() => inside.change(addFolder('/x')))).toBe(busy);
  });
});

const noSuppression = { file: '/f', pointer: '/p', fingerprint: 'f', reason: 'r', at: '' };

describe('migrations', () => {
  const steps: Record<number, Migration> = {
    1: (old) => ({ ...old, one: 'done' }),
    2: (old) => ({ kept: old, two: old.one }),
  };

  test('an older file goes through every step in order', () => {
    expect(migrateRecords({ schema: 1, a: 5 }, file, steps, 3)).toEqual({
      schema: 3,
      kept: { schema: 2, a: 5, one: 'done' },
      two: 'done',
    });
    expect(migrateRecords({ schema: 3, a: 5 }, file, steps, 3)).toEqual({ schema: 3, a: 5 });
  });

  test('a missing step and a newer file are refused', async () => {
    const missing = await catchError(() => migrateRecords({ schema: 3 }, file, steps, 4));
    expect(missing.code).toBe('records_unreadable');
    const newer = await catchError(() => migrateRecords({ schema: 4 }, file, steps, 3));
    expect(newer.code).toBe('records_newer');
  });

  test('there is a step from every version before this one', () => {
    const versions = Object.keys(migrations).map(Number);
    expect(versions).toEqual(Array.from({ length: recordsSchemaVersion - 1 }, (_, n) => n + 1));
  });

  test('what is rendered is read back the same', () => {
    const records: Records = { ...emptyRecords, revision: 9, projectFolders: ['/ü "x"'] };
    expect(parseRecords(renderRecords(records), file)).toEqual(records);
  });
});
