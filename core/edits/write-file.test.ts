/** Shapes of files (F-07), through the front: what stays, what is refused, and that nothing is left behind. */
import {
  chmodSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createFiles } from '../../platform/files.ts';
import { AppError } from '../../shared/errors.ts';
import { openEditWorld, type Planted, renderClientFile } from '../../test/support/edit-world.ts';
import { createMemoryFiles } from '../../test/support/memory-files.ts';
import { createMemoryKeychain } from '../../test/support/memory-keychain.ts';
import { plantSecret } from '../../test/support/planted.ts';
import { findValues } from '../../test/support/survival.ts';
import { parseDocument } from '../documents/parse-document.ts';
import type { Files } from '../ports.ts';
import type { MoveFile, MoveResult } from './model.ts';

let root: string;
let home: string;
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'portcullis-write-')));
  home = join(root, 'home');
  mkdirSync(home);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function open(files: Files = createFiles('linux')) {
  return openEditWorld({ files, keychain: createMemoryKeychain(), root });
}

function plant(file: string, text?: (planted: Planted) => string, mode = 0o600): Planted {
  const planted = { file, server: 'alpha', name: 'TOKEN', value: plantSecret() };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text?.(planted) ?? renderClientFile([planted]), { mode });
  chmodSync(file, mode);
  return planted;
}

/** The text with the value replaced by its reference, all else the same. */
function referred(text: string, { value }: Planted): string {
  return text.replace(JSON.stringify(value), '"portcullis:alpha:TOKEN"');
}

function only({ files }: MoveResult) {
  const [file] = files;
  if (file === undefined || files.length !== 1) throw new Error('Not one file.');
  return file;
}

function move(world: ReturnType<typeof open>, file: MoveFile) {
  return world.edits.runMove({
    id: world.edits.newMoveId(),
    kind: 'repair',
    store: [],
    files: [file],
  });
}

describe('refused, with nothing changed and nothing left behind', () => {
  async function expectRefused(planted: Planted, code: string, files?: Files) {
    const before = readdirSync(dirname(planted.file));
    const text = readFileSync(planted.file, 'utf8');
    const result = await open(files).protect([planted]);
    const { outcome, error } = only(result);
    expect({ outcome, code: error?.code }).toEqual({ outcome: 'failed', code });
    expect(error?.hint).toMatch(/\S/);
    expect(result).toMatchObject({ items: [{ outcome: 'skipped' }], pending: false });
    expect(readFileSync(planted.file, 'utf8')).toBe(text);
    expect(readdirSync(dirname(planted.file))).toEqual(before);
  }

  test('read-only, even for who may write everything', async () => {
    await expectRefused(plant(join(home, 'a.json'), undefined, 0o444), 'file_unwritable');
  });

  test('of another owner', async () => {
    const real = createFiles('linux');
    const files: Files = {
      ...real,
      stat: async (path) => {
        const facts = await real.stat(path);
        return facts && path.endsWith('a.json') ? { ...facts, uid: facts.uid + 1 } : facts;
      },
    };
    await expectRefused(plant(join(home, 'a.json')), 'file_unwritable', files);
  });

  test('too little space', async () => {
    const planted = plant(join(home, 'a.json'));
    const size = statSync(planted.file).size;
    const files: Files = {
      ...createFiles('linux'),
      freeSpace: async () => 2 * (size - planted.value.length) + 65_536,
    };
    await expectRefused(planted, 'disk_full', files);
  });

  test('text that does not parse', async () => {
    const planted = plant(join(home, 'a.json'), (one) => `${renderClientFile([one])} trailing`);
    await expectRefused(planted, 'file_unparsable');
  });

  test('a value that is not there any more', async () => {
    const planted = plant(join(home, 'a.json'));
    await expectRefused({ ...planted, value: 'what the plan saw' }, 'conflict');
  });

  test('a folder, a missing file, a link to nowhere, links in a circle', async () => {
    mkdirSync(join(home, 'folder.json'));
    symlinkSync('nowhere.json', join(home, 'dangling.json'));
    symlinkSync('circle.json', join(home, 'circle.json'));
    const codes = { folder: 'file_unsupported', missing: 'file_missing', dangling: 'file_missing' };
    for (const [name, code] of [...Object.entries(codes), ['circle', 'file_unreadable']]) {
      const planted = { file: join(home, `${name}.json`), server: 'a', name: 'T', value: 'v' };
      expect(`${name} ${only(await open().protect([planted])).error?.code}`).toBe(
        `${name} ${code}`,
      );
    }
    expect(readdirSync(home)).toEqual(['circle.json', 'dangling.json', 'folder.json']);
  });

  test('a check of the written bytes that fails', async () => {
    const { file } = plant(join(home, 'a.json'));
    const text = readFileSync(file, 'utf8');
    const problem = new AppError('internal', 'Not what was meant.', { hint: 'x' });
    const result = await move(open(), {
      file,
      places: [],
      edit: () => new TextEncoder().encode('other'),
      check: () => {
        throw problem;
      },
    });
    expect(only(result)).toMatchObject({ outcome: 'failed', error: problem });
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

describe('kept', () => {
  const shapes: readonly (readonly [string, (text: string) => string])[] = [
    ['a byte order mark', (text) => `\uFEFF${text}`],
    ['CRLF', (text) => text.replaceAll('\n', '\r\n')],
    ['no final newline', (text) => text.trimEnd()],
    ['5 MB', (text) => text + ' '.repeat(5 * 1024 * 1024)],
  ];
  test.each(shapes)('%s', async (_name, shape) => {
    const planted = plant(join(home, 'a.json'), (one) => shape(renderClientFile([one])));
    const text = readFileSync(planted.file, 'utf8');
    expect(only(await open().protect([planted])).outcome).toBe('rewritten');
    expect(readFileSync(planted.file, 'utf8')).toBe(referred(text, planted));
    expect(findValues(root, [planted])).toEqual([]);
  });

  test.each([0o600, 0o640, 0o644, 0o666, 0o700, 0o604])('mode %i', async (mode) => {
    const planted = plant(join(home, 'a.json'), undefined, mode);
    await open().protect([planted]);
    expect(lstatSync(planted.file).mode & 0o7777).toBe(mode);
  });

  test('spaces, Unicode and quotes in the path', async () => {
    const planted = plant(join(home, 'a b\'ü"🔑\n', 'x y.json'));
    const world = open();
    expect(only(await world.protect([planted])).outcome).toBe('rewritten');
    expect(await world.edits.history(planted.file)).toMatchObject([{ what: 'changed' }]);
  });

  test('links of a chain, in whichever folders they are', async () => {
    const planted = plant(join(root, 'dotfiles', 'real.json'));
    symlinkSync('../dotfiles', join(home, 'folder'));
    symlinkSync('folder/real.json', join(home, 'middle.json'));
    symlinkSync(join(home, 'middle.json'), join(home, 'a.json'));
    const text = readFileSync(planted.file, 'utf8');
    await open().protect([{ ...planted, file: join(home, 'a.json') }]);
    expect(readlinkSync(join(home, 'a.json'))).toBe(join(home, 'middle.json'));
    expect(readlinkSync(join(home, 'middle.json'))).toBe('folder/real.json');
    expect(readFileSync(planted.file, 'utf8')).toBe(referred(text, planted));
    expect(lstatSync(planted.file).isFile()).toBe(true);
  });

  test('the twin of a hard-linked file', async () => {
    const planted = plant(join(home, 'a.json'));
    linkSync(planted.file, join(home, 'twin.json'));
    const text = readFileSync(planted.file, 'utf8');
    await open().protect([planted]);
    const [one, two] = [statSync(planted.file), statSync(join(home, 'twin.json'))];
    expect({ inode: two.ino, links: two.nlink }).toEqual({ inode: one.ino, links: 2 });
    expect(readFileSync(join(home, 'twin.json'), 'utf8')).toBe(referred(text, planted));
  });

  test('a file that needs no change', async () => {
    const { file } = plant(join(home, 'a.json'));
    const before = statSync(file, { bigint: true });
    const result = await move(open(), { file, places: [], edit: (bytes) => bytes.slice() });
    expect(only(result).outcome).toBe('unchanged');
    expect(statSync(file, { bigint: true })).toMatchObject({
      ino: before.ino,
      mtimeNs: before.mtimeNs,
    });
    expect(readdirSync(root)).not.toContain('backups');
  });
});

describe('created', () => {
  test('private, with private folders, and only when asked to', async () => {
    const file = join(home, 'new', 'folder', 'a.json');
    const edit = (bytes: Uint8Array) => {
      expect(bytes).toEqual(new Uint8Array());
      return new TextEncoder().encode('{}');
    };
    expect(only(await move(open(), { file, places: [], edit })).error?.code).toBe('file_missing');
    const result = only(await move(open(), { file, places: [], edit, create: true }));
    expect(result).toMatchObject({ outcome: 'rewritten' });
    expect(result.backup).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toBe('{}');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    for (const folder of [dirname(file), dirname(dirname(file))])
      expect(statSync(folder).mode & 0o777).toBe(0o700);
  });
});

describe('a file that does not hold still', () => {
  test('is left after three tries as the other program wrote it', async () => {
    const planted = plant(join(home, 'a.json'));
    const real = createFiles('linux');
    let writes = 0;
    const files: Files = {
      ...real,
      createExclusive: async (path, bytes, mode) => {
        await real.createExclusive(path, bytes, mode);
        if (!path.endsWith('.tmp') || dirname(path) !== home) return;
        writes += 1;
        const text = readFileSync(planted.file, 'utf8');
        writeFileSync(planted.file, text.replace(/"theme": "\w+"/, `"theme": "t${writes}"`));
      },
    };
    const world = open(files);
    const result = await world.protect([planted]);
    expect(only(result)).toMatchObject({ outcome: 'failed', error: { code: 'file_changed' } });
    expect(result.pending).toBe(true);
    expect({ writes, files: readdirSync(home) }).toEqual({ writes: 3, files: ['a.json'] });
    expect(readFileSync(planted.file, 'utf8')).toContain('"t3"');
    // One sealed copy of each content that was about to be replaced.
    expect(await world.edits.listBackups(planted.file)).toHaveLength(3);
    await world.edits.recover(world.recovery());
    expect(await world.secrets.read('alpha')).toBeUndefined();
    expect((await world.records.read()).servers).toEqual([]);
  });

  test('is not made anew when it is deleted mid-way', async () => {
    const planted = plant(join(home, 'a.json'));
    const real = createFiles('linux');
    const files: Files = {
      ...real,
      createExclusive: async (path, bytes, mode) => {
        await real.createExclusive(path, bytes, mode);
        if (dirname(path) === home) unlinkSync(planted.file);
      },
    };
    const world = open(files);
    expect(only(await world.protect([planted])).error?.code).toBe('file_missing');
    expect(readdirSync(home)).toEqual([]);
    const { moves } = await world.edits.recover(world.recovery());
    expect(moves).toMatchObject([{ files: [{ outcome: 'needs-restore' }], closed: false }]);
    expect((await world.secrets.read('alpha'))?.get('TOKEN')?.reveal()).toBe(planted.value);
  });

  test('follows a link that was pointed elsewhere meanwhile', async () => {
    const planted = plant(join(home, 'one.json'));
    writeFileSync(join(home, 'two.json'), readFileSync(planted.file));
    symlinkSync('one.json', join(home, 'a.json'));
    const text = readFileSync(planted.file, 'utf8');
    const real = createFiles('linux');
    let turned = false;
    const files: Files = {
      ...real,
      createExclusive: async (path, bytes, mode) => {
        await real.createExclusive(path, bytes, mode);
        if (turned || dirname(path) !== home) return;
        turned = true;
        unlinkSync(join(home, 'a.json'));
        symlinkSync('two.json', join(home, 'a.json'));
      },
    };
    await open(files).protect([{ ...planted, file: join(home, 'a.json') }]);
    expect(readFileSync(join(home, 'one.json'), 'utf8')).toBe(text);
    expect(readFileSync(join(home, 'two.json'), 'utf8')).toBe(referred(text, planted));
  });
});

describe('somebody else who may write in the folder', () => {
  /** A file of the person elsewhere, which no write may reach. */
  function victim(): { file: string; expectUntouched: () => void } {
    const file = join(root, 'private.txt');
    writeFileSync(file, 'mine', { mode: 0o600 });
    return {
      file,
      expectUntouched: () => {
        expect(readFileSync(file, 'utf8')).toBe('mine');
        expect(statSync(file).mode & 0o777).toBe(0o600);
      },
    };
  }

  test('puts a link in the place of our temporary: no mode of another file changes', async () => {
    const planted = plant(join(home, 'a.json'), undefined, 0o644);
    const { file, expectUntouched } = victim();
    const real = createFiles('linux');
    const files: Files = {
      ...real,
      read: async (path, options) => {
        const bytes = await real.read(path, options);
        if (dirname(path) === home && path.endsWith('.tmp')) {
          unlinkSync(path);
          symlinkSync(file, path);
        }
        return bytes;
      },
    };
    const result = await open(files).protect([planted]);
    expect(only(result)).toMatchObject({ outcome: 'failed', error: { code: 'file_changed' } });
    expectUntouched();
    expect(lstatSync(planted.file).isSymbolicLink()).toBe(false);
    expect(readdirSync(home)).toEqual(['a.json']);
  });

  test('puts a file of the same content there: it is not taken for ours', async () => {
    const planted = plant(join(home, 'a.json'));
    const real = createFiles('linux');
    const files: Files = {
      ...real,
      read: async (path, options) => {
        const bytes = await real.read(path, options);
        if (dirname(path) === home && path.endsWith('.tmp')) {
          // Kept under another name, so that its number is not given out again.
          renameSync(path, join(home, 'kept'));
          writeFileSync(path, bytes);
        }
        return bytes;
      },
    };
    const text = readFileSync(planted.file, 'utf8');
    const result = await open(files).protect([planted]);
    expect(only(result)).toMatchObject({ outcome: 'failed', error: { code: 'file_changed' } });
    expect(readFileSync(planted.file, 'utf8')).toBe(text);
  });

  test('puts a link in the place of a file that is written where it is', async () => {
    const planted = plant(join(home, 'a.json'));
    linkSync(planted.file, join(home, 'twin.json'));
    const { file, expectUntouched } = victim();
    const real = createFiles('linux');
    const files: Files = {
      ...real,
      overwrite: async (path, bytes, same) => {
        unlinkSync(path);
        symlinkSync(file, path);
        await real.overwrite(path, bytes, same);
      },
    };
    const result = await open(files).protect([planted]);
    expect(only(result).outcome).toBe('failed');
    expectUntouched();
  });

  test.each([
    [0o777, 'file_unwritable'],
    [0o1777, undefined],
    [0o755, undefined],
  ])('mode %o of the folder: %s', async (mode, code) => {
    const planted = plant(join(home, 'a.json'));
    chmodSync(home, mode);
    const result = only(await open().protect([planted]));
    expect(result.error?.code).toBe(code);
    if (code !== undefined) expect(result.error?.hint).toContain('chmod go-w');
  });

  test.each([
    [0o777, 'file_unwritable'],
    [0o1777, undefined],
  ])('mode %o of a folder above it: %s', async (mode, code) => {
    const folder = join(home, 'shared', 'project', '.vscode');
    mkdirSync(folder, { recursive: true });
    const planted = plant(join(folder, 'mcp.json'));
    chmodSync(join(home, 'shared'), mode);
    const result = only(await open().protect([planted]));
    expect(result.error?.code).toBe(code);
    if (code === undefined) return;
    expect(result.error?.message).toContain(`below ${join(home, 'shared')}, which others`);
    expect(result.error?.hint).toContain(`chmod go-w ${join(home, 'shared')}\``);
    expect(result.error?.hint).toContain('portcullis clients snippet');
  });

  const ada = 'root:x:0:0::/:/bin/sh\nada:x:1000:1000:Ada,,,:/home/ada:/bin/sh\n';
  test.each([
    ['her own group', ada, 'root:x:0:\nada:x:1000:\n', undefined],
    ['her own group, where she is named', ada, 'ada:x:1000:ada\n', undefined],
    ['a group that others are in', ada, 'ada:x:1000:ada,bob\n', 'file_unwritable'],
    ['a group of another name', ada, 'users:x:1000:\n', 'file_unwritable'],
    [
      'a group that is the first of another',
      `${ada}bob:x:1001:1000::/:/bin/sh\n`,
      'ada:x:1000:\n',
      'file_unwritable',
    ],
    ['a group that nobody knows', '', '', 'file_unwritable'],
  ])('a folder that %s may write', async (_name, users, groups, code) => {
    const files = createMemoryFiles();
    const put = async (file: string, text: string) => {
      await files.makeFolder(dirname(file));
      await files.createExclusive(file, new TextEncoder().encode(text), 0o600);
    };
    const planted = { file: '/home/a.json', server: 'alpha', name: 'TOKEN', value: plantSecret() };
    await put(planted.file, renderClientFile([planted]));
    await put('/etc/passwd', users);
    await put('/etc/group', groups);
    await files.setMode('/home', 0o775);
    const world = openEditWorld({ files, keychain: createMemoryKeychain(), root: '/own' });
    expect(only(await world.protect([planted])).error?.code).toBe(code);
  });
});

test('a folder of her own group with an access list on it is one that others may write', async () => {
  const files = { ...createMemoryFiles(), hasAccessList: async () => true };
  const put = async (file: string, text: string) => {
    await files.makeFolder(dirname(file));
    await files.createExclusive(file, new TextEncoder().encode(text), 0o600);
  };
  const planted = { file: '/home/a.json', server: 'alpha', name: 'TOKEN', value: plantSecret() };
  await put(planted.file, renderClientFile([planted]));
  await put('/etc/passwd', 'ada:x:1000:1000::/home/ada:/bin/sh\n');
  await put('/etc/group', 'ada:x:1000:\n');
  await files.setMode('/home', 0o775);
  const world = openEditWorld({ files, keychain: createMemoryKeychain(), root: '/own' });
  expect(only(await world.protect([planted])).error?.code).toBe('file_unwritable');
});

describe('the lock folder of a client', () => {
  const touch = (folder: string, age: number) => {
    const then = new Date(Date.now() - age);
    utimesSync(folder, then, then);
  };

  function lockable() {
    const planted = plant(join(home, 'a.json'));
    return { planted, lockDirectory: `${planted.file}.lock` };
  }

  test('is held, with an owner in it, while the file is written, and gone after', async () => {
    const { planted, lockDirectory } = lockable();
    const real = createFiles('linux');
    const owners: string[][] = [];
    const files: Files = {
      ...real,
      rename: async (from, to) => {
        if (to === planted.file) owners.push(readdirSync(lockDirectory));
        await real.rename(from, to);
      },
    };
    await open(files).protect([planted], { lockDirectory });
    expect(owners).toEqual([[expect.stringMatching(/^owner\.[0-9a-f]{16}$/)]]);
    expect(readdirSync(home)).toEqual(['a.json']);
  });

  test('is waited for, and taken over when it is stale', async () => {
    const { planted, lockDirectory } = lockable();
    mkdirSync(lockDirectory);
    writeFileSync(join(lockDirectory, 'owner.other'), '');
    touch(lockDirectory, 8_000);
    let waited = 0;
    const clock = {
      now: () => new Date(Date.now() + waited).toISOString(),
      monotonic: () => waited,
      sleep: async (milliseconds: number) => {
        waited += milliseconds;
      },
    };
    const keychain = createMemoryKeychain();
    const world = openEditWorld({ files: createFiles('linux'), keychain, root, clock });
    const result = await world.protect([planted], { lockDirectory });
    expect(only(result).outcome).toBe('rewritten');
    expect(waited).toBeGreaterThan(1_500);
    expect(waited).toBeLessThan(3_000);
    expect(readdirSync(home)).toEqual(['a.json']);
  });

  test('held on and on is file_busy, and the lock is left to its owner', async () => {
    const { planted, lockDirectory } = lockable();
    mkdirSync(lockDirectory);
    writeFileSync(join(lockDirectory, 'owner.other'), '');
    let waited = 0;
    const clock = {
      now: () => new Date().toISOString(),
      monotonic: () => waited,
      sleep: async (milliseconds: number) => {
        waited += milliseconds;
        touch(lockDirectory, 0);
      },
    };
    const keychain = createMemoryKeychain();
    const world = openEditWorld({ files: createFiles('linux'), keychain, root, clock });
    const result = await world.protect([planted], { lockDirectory });
    expect(only(result).error?.code).toBe('file_busy');
    expect(readdirSync(lockDirectory)).toEqual(['owner.other']);
  });
});

test('half a file, as a program leaves it that writes in place, is read again; a broken one is told', async () => {
  const file = join(home, 'settings.json');
  const halves = { left: 0 };
  const real = createFiles('linux');
  const world = open({
    ...real,
    read: async (path, options) => {
      const bytes = await real.read(path, options);
      if (path !== file || halves.left === 0) return bytes;
      halves.left -= 1;
      return bytes.slice(0, bytes.byteLength / 2);
    },
  });
  const edit: MoveFile['edit'] = (bytes) => {
    parseDocument(bytes, 'json', file);
    return Buffer.from(Buffer.from(bytes).toString().replace('old', 'new'));
  };
  writeFileSync(file, '{ "name": "old" }');
  let looked = 0;
  const half = await move(world, {
    file,
    places: [],
    edit: (bytes) => {
      looked += 1;
      const edited = edit(bytes);
      if (looked === 1) halves.left = 1;
      return edited;
    },
  });
  expect(only(half).outcome).toBe('rewritten');
  expect(readFileSync(file, 'utf8')).toBe('{ "name": "new" }');
  writeFileSync(file, '{ "name": ');
  expect(only(await move(world, { file, places: [], edit })).error?.code).toBe('file_unparsable');
});
