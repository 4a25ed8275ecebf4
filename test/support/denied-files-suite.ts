/** What every implementation of the Files port must do where the system refuses. */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FilesWorld, failed, failure } from './files-suite.ts';

export interface DenyingWorld extends FilesWorld {
  /** Takes the right to read or write the file, or to create in the folder. */
  deny(path: string, attempt: 'read' | 'write'): Promise<void> | void;
}

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** What happens where the system refuses: for real files only an ordinary user can see it. */
export function deniedFilesSuite(
  name: string,
  open: () => Promise<DenyingWorld> | DenyingWorld,
): void {
  describe(`denied files: ${name}`, () => {
    let world: DenyingWorld;
    beforeEach(async () => {
      world = await open();
      await world.files.makeFolder(join(world.root, 'folder'));
      await world.files.createExclusive(join(world.root, 'folder/file'), encode('kept'), 0o600);
    });
    afterEach(() => world.close());

    test('a file that may not be read', async () => {
      const path = join(world.root, 'folder/file');
      await world.deny(path, 'read');
      expect(await failure(world.files.read(path))).toEqual(failed('file_unreadable', path));
    });

    test('a file that may not be written', async () => {
      const path = join(world.root, 'folder/file');
      await world.deny(path, 'write');
      const unwritable = failed('file_unwritable', path);
      expect(await failure(world.files.checkWritable(path))).toEqual(unwritable);
      expect(await failure(world.files.overwrite(path, encode('x')))).toEqual(unwritable);
      const more = world.files.append(path, encode('x'), { mode: 0o600, sync: false });
      expect(await failure(more)).toEqual(unwritable);
      expect(decode(await world.files.read(path))).toBe('kept');
    });

    test('a folder in which nothing may be created, renamed or removed', async () => {
      const folder = join(world.root, 'folder');
      const file = join(folder, 'file');
      const other = join(folder, 'other');
      await world.deny(folder, 'write');
      expect(await failure(world.files.checkWritable(folder))).toEqual(
        failed('file_unwritable', folder),
      );
      const refused = failed('file_unwritable', other);
      expect(await failure(world.files.createExclusive(other, encode('x'), 0o600))).toEqual(
        refused,
      );
      expect(await failure(world.files.rename(file, other))).toEqual(refused);
      expect(await failure(world.files.makeFolder(other))).toEqual(refused);
      expect(await failure(world.files.remove(file))).toEqual(failed('file_unwritable', file));
      const lock = world.files.withLock(other, async () => 'locked');
      expect(await failure(lock)).toMatchObject({ code: 'file_unwritable' });
      expect(decode(await world.files.read(file))).toBe('kept');
    });

    test('a folder that may not be listed', async () => {
      const folder = join(world.root, 'folder');
      await world.deny(folder, 'read');
      expect(await failure(world.files.list(folder))).toEqual(failed('file_unreadable', folder));
    });
  });
}
