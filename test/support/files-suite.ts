/** What every implementation of the Files port must do. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Files } from '../../core/ports.ts';
import { AppError } from '../../shared/errors.ts';

export interface FilesWorld {
  readonly files: Files;
  /** An empty folder, absolute, without links in its path. */
  readonly root: string;
  link(target: string, path: string): Promise<void> | void;
  hardLink(existing: string, path: string): Promise<void> | void;
  close(): Promise<void> | void;
}

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** The code, the path and whether there is a hint: what a person and a script rely on. */
export async function failure(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (thrown) {
    if (!(thrown instanceof AppError)) return thrown;
    return { code: thrown.code, path: thrown.details.path, hint: thrown.hint !== undefined };
  }
  return 'no failure';
}

export const failed = (code: string, path: string) => ({ code, path, hint: true });

interface World {
  readonly files: Files;
  readonly at: (name: string) => string;
  readonly world: FilesWorld;
  write(name: string, text: string): Promise<string>;
  text(name: string): Promise<string>;
}

/** Runs the shared tests; `open` makes a fresh world for each. */
export function filesSuite(name: string, open: () => Promise<FilesWorld> | FilesWorld): void {
  describe(`files: ${name}`, () => {
    let world: FilesWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());
    const use = (): World => {
      const { files, root } = world;
      const at = (each: string) => join(root, each);
      return {
        files,
        at,
        world,
        async write(each, text) {
          await files.createExclusive(at(each), encode(text), 0o600);
          return at(each);
        },
        text: async (each) => decode(await files.read(at(each))),
      };
    };
    missingTests(use);
    refusalTests(use);
    contentTests(use);
    namingTests(use);
    factTests(use);
    lockTests(use);
  });
}

function missingTests(use: () => World): void {
  test('what is missing is said with its path, or is no error where the port says so', async () => {
    const { files, at } = use();
    const gone = at('gone');
    expect(await files.stat(gone)).toBe(undefined);
    expect(await files.lstat(gone)).toBe(undefined);
    expect(await files.lstat(join(gone, 'deeper'))).toBe(undefined);
    await files.remove(gone);
    await files.removeFolder(gone);
    const missing = failed('file_missing', gone);
    expect(await failure(files.read(gone))).toEqual(missing);
    expect(await failure(files.realpath(gone))).toEqual(missing);
    expect(await failure(files.list(gone))).toEqual(missing);
    expect(await failure(files.overwrite(gone, encode('x')))).toEqual(missing);
    expect(await failure(files.setMode(gone, 0o600))).toEqual(missing);
    expect(await failure(files.checkWritable(gone))).toEqual(missing);
    expect(await failure(files.syncFolder(gone))).toEqual(missing);
    expect(await failure(files.rename(gone, at('there')))).toEqual(
      failed('file_missing', at('there')),
    );
    const deep = at('no/folder/file');
    expect(await failure(files.createExclusive(deep, encode('x'), 0o600))).toEqual(
      failed('file_missing', deep),
    );
    expect(await failure(files.append(deep, encode('x'), { mode: 0o600, sync: false }))).toEqual(
      failed('file_missing', deep),
    );
  });
}

function refusalTests(use: () => World): void {
  test('a folder in place of a file is refused', async () => {
    const { files, at } = use();
    const folder = at('folder');
    await files.makeFolder(folder);
    const unsupported = failed('file_unsupported', folder);
    expect(await failure(files.read(folder))).toEqual(unsupported);
    expect(await failure(files.overwrite(folder, encode('x')))).toEqual(unsupported);
    expect(await failure(files.remove(folder))).toEqual(unsupported);
    expect(await files.list(folder)).toEqual([]);
  });

  test('a file in place of a folder is refused and kept', async () => {
    const { files, at, write, text, world } = use();
    await write('file', 'kept');
    await world.link(at('.'), at('link'));
    expect(await failure(files.removeFolder(at('file')))).toMatchObject({
      code: 'file_unsupported',
    });
    expect(await failure(files.removeFolder(at('link')))).toMatchObject({
      code: 'file_unsupported',
    });
    expect(await failure(files.list(at('file')))).toMatchObject({ code: 'file_missing' });
    expect(await failure(files.makeFolder(at('file')))).toMatchObject({ code: 'conflict' });
    expect(await text('file')).toBe('kept');
  });

  test('links in a circle, names with NUL and names too long fail as input', async () => {
    const { files, at, world } = use();
    await world.link(at('b'), at('a'));
    await world.link(at('a'), at('b'));
    expect(await failure(files.read(at('a')))).toEqual(failed('file_unreadable', at('a')));
    expect(await failure(files.realpath(at('a')))).toEqual(failed('file_unreadable', at('a')));
    const nul = at('nul\0');
    expect(await failure(files.read(nul))).toEqual(failed('bad_input', nul));
  });

  test('overwriting reaches no other file, neither through a link nor under the same name', async () => {
    const { files, at, write, text, world } = use();
    await write('one', 'first');
    await write('two', 'second');
    await world.link(at('two'), at('link'));
    const other = await files.stat(at('two'));
    expect(await failure(files.overwrite(at('link'), encode('x')))).toMatchObject({
      code: 'file_unwritable',
    });
    expect(await failure(files.overwrite(at('one'), encode('x'), other))).toMatchObject({
      code: 'file_changed',
    });
    await files.overwrite(at('two'), encode('third'), other);
    expect([await text('one'), await text('two')]).toEqual(['first', 'third']);
  });

  test('an existing file is never taken by createExclusive, not even through a link', async () => {
    const { files, at, write, text, world } = use();
    await write('file', 'first');
    await world.link(at('file'), at('link'));
    await world.link(at('nowhere'), at('dangling'));
    for (const name of ['file', 'link', 'dangling']) {
      const path = at(name);
      expect(await failure(files.createExclusive(path, encode('second'), 0o600))).toEqual(
        failed('conflict', path),
      );
    }
    expect(await text('file')).toBe('first');
    expect(await files.stat(at('nowhere'))).toBe(undefined);
  });

  test('of a long file only its end is read when no more is asked for', async () => {
    const { files, at, write } = use();
    await write('five', '12345');
    for (const [last, text] of [
      [2, '45'],
      [5, '12345'],
      [6, '12345'],
    ] as const)
      expect(decode(await files.read(at('five'), { last }))).toBe(text);
  });

  test('a file above the limit is not read, one at the limit is', async () => {
    const { files, at, write } = use();
    await write('five', '12345');
    expect(await failure(files.read(at('five'), { limit: 4 }))).toMatchObject({
      code: 'file_too_large',
    });
    expect(decode(await files.read(at('five'), { limit: 5 }))).toBe('12345');
  });
}

function contentTests(use: () => World): void {
  test('bytes come back as they were written', async () => {
    const { files, at } = use();
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => (index * 7) % 256);
    await files.createExclusive(at('bytes'), bytes, 0o600);
    expect(Buffer.compare(await files.read(at('bytes')), bytes)).toBe(0);
    await files.createExclusive(at('empty'), new Uint8Array(), 0o600);
    expect(await files.read(at('empty'))).toEqual(new Uint8Array());
  });

  test('overwriting keeps the file itself, its mode and its other names, and cuts the rest off', async () => {
    const { files, at, write, text, world } = use();
    await write('one', 'a long first text');
    await files.setMode(at('one'), 0o640);
    await world.hardLink(at('one'), at('two'));
    const before = await files.stat(at('one'));
    await files.overwrite(at('one'), encode('short'));
    const after = await files.stat(at('two'));
    expect(await text('two')).toBe('short');
    expect({ ...after, modified: 0 }).toEqual({ ...before, size: 5, modified: 0 });
  });

  test('appending creates the file with its mode, then adds to it', async () => {
    const { files, at, text } = use();
    await files.append(at('log'), encode('one\n'), { mode: 0o600, sync: true });
    await files.append(at('log'), encode('two\n'), { mode: 0o644, sync: false });
    expect(await text('log')).toBe('one\ntwo\n');
    expect((await files.stat(at('log')))?.mode).toBe(0o600);
  });

  test('modes are those asked for, whatever the mask of the process', async () => {
    const { files, at, write } = use();
    await files.createExclusive(at('open'), encode('x'), 0o666);
    await write('shut', 'x');
    await files.makeFolder(at('deep/er'));
    await files.setMode(at('shut'), 0o400);
    expect((await files.stat(at('open')))?.mode).toBe(0o666);
    expect((await files.stat(at('shut')))?.mode).toBe(0o400);
    expect((await files.stat(at('deep')))?.mode).toBe(0o700);
    expect((await files.stat(at('deep/er')))?.mode).toBe(0o700);
  });
}

function namingTests(use: () => World): void {
  test('a rename replaces the target at once and takes a link as a link', async () => {
    const { files, at, write, text, world } = use();
    await write('new', 'new');
    await write('old', 'old');
    await world.link(at('old'), at('link'));
    await files.rename(at('new'), at('link'));
    expect(await files.list(at('.'))).toEqual(['link', 'old']);
    expect(await text('link')).toBe('new');
    expect(await text('old')).toBe('old');
    expect((await files.lstat(at('link')))?.kind).toBe('file');
    await files.syncFolder(at('.'));
  });

  test('a folder moves with what is in it', async () => {
    const { files, at, write, text } = use();
    await files.makeFolder(at('from/inner'));
    await write('from/inner/file', 'x');
    await files.rename(at('from'), at('to'));
    expect(await text('to/inner/file')).toBe('x');
    expect(await files.stat(at('from'))).toBe(undefined);
  });

  test('removing takes the link, not its target; a folder goes with its content', async () => {
    const { files, at, write, text, world } = use();
    await write('kept', 'kept');
    await files.makeFolder(at('folder/inner'));
    await write('folder/inner/file', 'x');
    await world.link(at('kept'), at('link'));
    await world.link(at('.'), at('folder/up'));
    await files.remove(at('link'));
    await files.removeFolder(at('folder'));
    expect(await files.list(at('.'))).toEqual(['kept']);
    expect(await text('kept')).toBe('kept');
  });

  test('folders are made once and again without complaint', async () => {
    const { files, at } = use();
    await files.makeFolder(at('a/b/c'));
    await files.makeFolder(at('a/b/c'));
    expect(await files.list(at('a/b'))).toEqual(['c']);
  });
}

function factTests(use: () => World): void {
  test('facts tell files, folders and links apart and follow links only when asked', async () => {
    const { files, at, write, world } = use();
    await write('file', '12345');
    await world.link(at('file'), at('link'));
    await world.hardLink(at('file'), at('twin'));
    const file = await files.stat(at('file'));
    expect(file).toMatchObject({ kind: 'file', size: 5, mode: 0o600, links: 2 });
    expect(await files.stat(at('link'))).toEqual(file);
    expect(await files.stat(at('twin'))).toEqual(file);
    expect((await files.lstat(at('link')))?.kind).toBe('link');
    expect((await files.stat(at('.')))?.kind).toBe('folder');
    expect(await files.realpath(at('link'))).toBe(at('file'));
    expect(await files.list(at('.'))).toEqual(['file', 'link', 'twin']);
  });

  test('a write changes the modification time, a rename the file behind a name', async () => {
    const { files, at, write } = use();
    await write('one', '1');
    await write('two', '2');
    const one = await files.stat(at('one'));
    const two = await files.stat(at('two'));
    await files.rename(at('two'), at('one'));
    expect(two?.inode).not.toBe(one?.inode);
    expect(await files.stat(at('one'))).toEqual(two);
  });

  test('free space is known for a path that is not there yet', async () => {
    const { files, at } = use();
    expect(await files.freeSpace(at('not/yet/there'))).toBeGreaterThan(0);
    await files.checkWritable(at('.'));
  });
}

function lockTests(use: () => World): void {
  test('a lock lets one in at a time and is free after a failure', async () => {
    const { files, at } = use();
    let inside = 0;
    let most = 0;
    const enter = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await files.list(at('.'));
      inside -= 1;
    };
    const all = Array.from({ length: 20 }, () => files.withLock(at('lock'), enter));
    await Promise.all(all);
    expect(most).toBe(1);
    await expect(
      files.withLock(at('lock'), () => Promise.reject(new Error('work failed'))),
    ).rejects.toThrow('work failed');
    expect(await files.withLock(at('lock'), async () => 'free again')).toBe('free again');
  });

  test('a lock that stays held fails with file_busy after the wait; other locks are free', async () => {
    const { files, at } = use();
    const late = files.withLock(at('held'), async () => {
      const other = await files.withLock(at('other'), async () => 'other');
      const waiting = failure(files.withLock(at('held'), async () => 'stolen', { wait: 30 }));
      return { other, waiting: await waiting };
    });
    expect(await late).toEqual({ other: 'other', waiting: failed('file_busy', at('held')) });
  });

  test('a lock in a folder that is missing fails with file_missing', async () => {
    const { files, at } = use();
    const lock = files.withLock(at('no/folder/lock'), async () => 'locked');
    expect(await failure(lock)).toMatchObject({ code: 'file_missing', hint: true });
  });
}
