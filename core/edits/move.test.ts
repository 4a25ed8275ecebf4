/** Moves over many files and servers: one failure hides none of the others, and none is told as done. */
import { describe, expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import {
  openEditWorld,
  type Planted,
  referenceOf,
  renderClientFile,
} from '../../test/support/edit-world.ts';
import { createMemoryFiles } from '../../test/support/memory-files.ts';
import { createMemoryKeychain } from '../../test/support/memory-keychain.ts';
import { plantSecret } from '../../test/support/planted.ts';
import type { Keychain } from '../ports.ts';
import { createJournal } from './journal.ts';
import type { Move, MoveStep } from './model.ts';

const [one, two] = ['/home/me/one.json', '/home/me/two.json'];
const planted: readonly Planted[] = [
  { file: one, server: 'alpha', name: 'TOKEN', value: plantSecret() },
  { file: one, server: 'beta', name: 'TOKEN', value: plantSecret() },
  { file: two, server: 'gamma', name: 'TOKEN', value: plantSecret() },
];

async function open(wrap: (keychain: Keychain) => Keychain = (keychain) => keychain) {
  const files = createMemoryFiles();
  const keychain = createMemoryKeychain();
  await files.makeFolder('/home/me');
  for (const [file, theirs] of Map.groupBy(planted, (each) => each.file))
    await files.createExclusive(file, encode(renderClientFile(theirs)), 0o600);
  const world = openEditWorld({ files, keychain: wrap(keychain), root: '/home/me/own' });
  const text = async (file: string) => new TextDecoder().decode(await files.read(file));
  return { files, keychain, world, text };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function textAfter(file: string): string {
  return renderClientFile(
    planted
      .filter((each) => each.file === file)
      .map((each) => ({ ...each, value: referenceOf(each) })),
  );
}

const locked = new AppError('keychain_locked', 'Locked.', { hint: 'Unlock.' });

describe('one failure among many', () => {
  test('an item that cannot be stored keeps its file whole and the others go on', async () => {
    const { world, text, keychain } = await open((real) => ({
      ...real,
      set: (account, value) =>
        account === 'beta' ? Promise.reject(locked) : real.set(account, value),
    }));
    const before = await text(one);
    const result = await world.protect(planted);
    expect(result.items.map(({ server, outcome }) => `${server} ${outcome}`)).toEqual([
      'alpha stored',
      'beta failed',
      'gamma stored',
    ]);
    expect(result.files).toMatchObject([
      { file: one, outcome: 'failed', error: locked },
      { file: two, outcome: 'rewritten' },
    ]);
    expect(result.pending).toBe(true);
    expect([await text(one), await text(two)]).toEqual([before, textAfter(two)]);
    await world.edits.recover(world.recovery());
    expect(keychain.accounts()).toEqual([':sealing-key', 'gamma']);
    expect((await world.records.read()).servers.map(({ id }) => id)).toEqual(['gamma']);
  });

  test('a file that cannot be written keeps its items out of the keychain', async () => {
    const { world, files, text, keychain } = await open();
    files.deny(one, 'write');
    const result = await world.protect(planted);
    expect(result.files).toMatchObject([
      { outcome: 'failed', error: { code: 'file_unwritable' } },
      { outcome: 'rewritten' },
    ]);
    expect(result.items.map(({ outcome }) => outcome)).toEqual(['skipped', 'skipped', 'stored']);
    expect(keychain.accounts()).toEqual([':sealing-key', 'gamma']);
    expect(await text(two)).toBe(textAfter(two));
  });

  test('records that cannot be written leave every file alone', async () => {
    const { world, text } = await open();
    const before = [await text(one), await text(two)];
    const busy = new AppError('records_busy', 'Held.', { hint: 'Wait.' });
    const result = await world.edits.runMove({
      ...moveOf(world.edits.newMoveId()),
      commitRecords: () => Promise.reject(busy),
    });
    expect(result).toMatchObject({ error: busy, pending: true, files: [{ error: busy }] });
    expect([await text(one), await text(two)]).toEqual(before);
    await world.edits.recover(world.recovery());
    expect(await world.secrets.read('gamma')).toBeUndefined();
  });

  test('a locked keychain shows before anything is written', async () => {
    const { world, keychain, files } = await open();
    keychain.setState('locked');
    const result = await world.protect(planted);
    expect(result.files.map(({ error }) => error?.code)).toEqual([
      'keychain_locked',
      'keychain_locked',
    ]);
    expect(result.pending).toBe(false);
    const own = Object.keys(files.snapshot()).filter((path) => path.startsWith('/home/me/own'));
    expect(own).toEqual(['/home/me/own', '/home/me/own/data', '/home/me/own/data/locks']);
  });
});

function moveOf(id: string, store?: Move['store']): Move {
  const each = { file: two, server: 'gamma', name: 'TOKEN', value: planted[2]?.value ?? '' };
  return {
    id,
    kind: 'protect',
    store: store ?? [{ server: 'gamma', values: new Map([['TOKEN', new Secret(each.value)]]) }],
    files: [
      {
        file: two,
        places: [{ server: 'gamma', pointer: '/mcpServers/gamma/env/TOKEN' }],
        edit: (bytes) =>
          encode(
            new TextDecoder()
              .decode(bytes)
              .replace(JSON.stringify(each.value), JSON.stringify(referenceOf(each))),
          ),
      },
    ],
  };
}

describe('items that are there already', () => {
  const other = () => new Map([['TOKEN', new Secret('another')]]);

  test('are not replaced by another value without being told to', async () => {
    const { world, text } = await open();
    await world.secrets.put('gamma', other());
    const before = await text(two);
    const result = await world.edits.runMove(moveOf('move-0001'));
    expect(result).toMatchObject({
      items: [{ outcome: 'failed', error: { code: 'conflict' } }],
      files: [{ outcome: 'failed', error: { code: 'conflict' } }],
      pending: false,
    });
    expect(await text(two)).toBe(before);
    expect(await world.edits.listBackups(two)).toEqual([]);
    expect(await world.edits.listOpen()).toEqual([]);
    expect((await world.secrets.read('gamma'))?.get('TOKEN')?.reveal()).toBe('another');
  });

  test('are replaced when told to, and never taken back', async () => {
    const { world, text, files } = await open();
    await world.secrets.put('gamma', other());
    const values = new Map([['TOKEN', new Secret(planted[2]?.value ?? '')]]);
    const store = [{ server: 'gamma', values, replace: ['TOKEN'] }];
    const result = await world.edits.runMove(moveOf('move-0001', store));
    expect(result).toMatchObject({ items: [{ outcome: 'stored' }], pending: false });
    expect(await text(two)).toBe(textAfter(two));
    const { moves } = await createJournal({ files, roots: world.roots, clock }).read();
    expect(moves[0]?.prepared.items).toEqual([{ server: 'gamma', names: ['TOKEN'], added: [] }]);
  });
});

const clock = {
  now: () => '2026-11-23T12:00:00.000Z',
  monotonic: () => 0,
  sleep: async () => undefined,
};

test('a move that names a file twice or has no id is refused', async () => {
  const { world } = await open();
  const move = moveOf('move-0001');
  const refused = [
    { ...move, id: '../x' },
    { ...move, files: [...move.files, ...move.files] },
    { ...move, store: [...move.store, ...move.store] },
  ];
  for (const each of refused)
    await expect(world.edits.runMove(each)).rejects.toMatchObject({ code: 'bad_input' });
});

test('progress is told in the order of the protocol', async () => {
  const { world } = await open();
  const steps: MoveStep[] = [];
  await world.edits.runMove({
    ...moveOf('move-0001'),
    commitRecords: async () => undefined,
    onProgress: (step) => steps.push(step),
  });
  expect(steps.map(({ step }) => step)).toEqual(['backed-up', 'stored', 'recorded', 'rewritten']);
});

test('a content other than the plan saw is told as merged', async () => {
  const { world, files } = await open();
  const move = moveOf('move-0001');
  const stale = move.files.map((file) => ({ ...file, expect: '0'.repeat(64) }));
  const result = await world.edits.runMove({ ...move, files: stale });
  expect(result.files).toMatchObject([{ outcome: 'rewritten', merged: true }]);
  expect(await files.list('/home/me')).toEqual(['one.json', 'own', 'two.json']);
});

describe('the journal', () => {
  test('holds no value, and survives torn lines', async () => {
    const { world, files } = await open();
    await world.protect(planted);
    const journal = createJournal({ files, roots: world.roots, clock });
    const text = new TextDecoder().decode(await files.read(journal.file));
    for (const { value } of planted) expect(text).not.toContain(JSON.stringify(value).slice(1, -1));
    await files.append(journal.file, encode('{"v":1,"at":"2026'), { mode: 0o600, sync: true });
    await journal.append({ state: 'DONE', move: 'nobody', process: 'x' });
    const { moves, damaged } = await journal.read();
    expect({ moves: moves.length, damaged }).toEqual({ moves: 1, damaged: 1 });
    expect([...(moves[0]?.rewritten.keys() ?? [])]).toEqual([one, two]);
  });

  test('forgets closed moves in time, never open ones', async () => {
    const { files, world } = await open();
    let at = Date.parse('2026-11-23T12:00:00.000Z');
    const moving = { ...clock, now: () => new Date(at).toISOString() };
    const journal = createJournal({ files, roots: world.roots, clock: moving });
    for (let n = 0; n < 24; n += 1) {
      const move = `move-${n}`;
      const file = { file: one, path: one, places: [] };
      const facts = { kind: 'repair', who: 'test', process: 'x', records: false } as const;
      await journal.append({ state: 'PREPARED', move, ...facts, items: [], files: [file] });
      if (n !== 1) await journal.append({ state: 'DONE', move, process: 'x' });
    }
    await journal.compact(async (_file, mark) => mark);
    expect((await journal.read()).moves).toHaveLength(24);
    at += 31 * 24 * 60 * 60 * 1000;
    await journal.compact(async (_file, mark) => mark);
    const left = (await journal.read()).moves.map(({ prepared }) => prepared.move);
    expect(left).toEqual(['move-1', ...Array.from({ length: 20 }, (_, n) => `move-${n + 4}`)]);
  });
});

describe('backups at any time, history and restore', () => {
  test('put a file back byte for byte, sealing what was there', async () => {
    const { world, text, files } = await open();
    const original = await text(one);
    await world.protect(planted);
    const [change] = await world.edits.history(one);
    expect(change).toMatchObject({
      what: 'changed',
      reason: 'protect',
      who: 'test',
      pointers: ['/mcpServers/alpha/env/TOKEN', '/mcpServers/beta/env/TOKEN'],
    });
    const mine = await world.edits.backUp(one, 'by hand');
    await world.edits.restore(one, change?.backup ?? '');
    expect(await text(one)).toBe(original);
    const [last] = await world.edits.history(one);
    expect(last).toMatchObject({ reason: 'restore', before: change?.after, after: change?.before });
    await world.edits.restore(one, last?.backup ?? '');
    expect(await text(one)).toBe(textAfter(one));
    await files.remove(one);
    await world.edits.restore(one, mine.id);
    expect(await text(one)).toBe(textAfter(one));
    const whys = (await world.edits.history(one)).map(({ what, reason }) => `${what} ${reason}`);
    expect(whys.toSorted()).toEqual([
      'backed-up by hand',
      'changed protect',
      'changed restore',
      'changed restore',
      'changed restore',
    ]);
    expect((await world.edits.listOpen()).map(({ prepared }) => prepared.kind)).toEqual([
      'protect',
    ]);
  });

  test('never write through a link that was put there since', async () => {
    const { world, text, files } = await open();
    const other = '/home/.ssh/authorized_keys';
    await files.makeFolder('/home/.ssh');
    await files.createExclusive(other, encode('mine\n'), 0o600);
    const mine = await world.edits.backUp(one, 'by hand');
    const before = await text(one);
    await files.remove(one);
    files.link(other, one);
    await expect(world.edits.restore(one, mine.id)).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(other),
    });
    expect(await text(other)).toBe('mine\n');
    await files.remove(one);
    await world.edits.restore(one, mine.id);
    expect(await text(one)).toBe(before);
  });

  test('go through the same link as before, and to the file itself', async () => {
    const { world, text, files } = await open();
    const real = '/home/dotfiles/one.json';
    const before = await text(one);
    await files.makeFolder('/home/dotfiles');
    await files.rename(one, real);
    files.link(real, one);
    const mine = await world.edits.backUp(one, 'by hand');
    await files.overwrite(real, encode('{}'));
    await world.edits.restore(one, mine.id);
    expect(await text(real)).toBe(before);
    expect((await files.lstat(one))?.kind).toBe('link');
    await files.remove(one);
    await world.edits.restore(one, mine.id);
    expect((await files.lstat(one))?.kind).toBe('file');
  });

  test('a copy of before says nothing of links: then there is none to go through', async () => {
    const { world, text, files } = await open();
    const bytes = encode('{"old": 1}');
    const { id: old } = await world.edits.seal({ file: one, bytes, mode: 0o600, reason: 'x' });
    const other = '/home/other.json';
    await files.rename(one, other);
    files.link(other, one);
    const before = await text(other);
    await expect(world.edits.restore(one, old)).rejects.toMatchObject({ code: 'conflict' });
    expect(await text(other)).toBe(before);
    await files.remove(one);
    await world.edits.restore(one, old);
    expect(await text(one)).toBe('{"old": 1}');
  });

  test('such a copy does not go through a linked folder either', async () => {
    const { world, text, files } = await open();
    const file = '/home/project/mcp.json';
    const bytes = encode('{"old": 1}');
    const { id } = await world.edits.seal({ file, bytes, mode: 0o600, reason: 'x' });
    await files.makeFolder('/home/other');
    await files.createExclusive('/home/other/mcp.json', encode('theirs'), 0o600);
    files.link('/home/other', '/home/project');
    await expect(world.edits.restore(file, id)).rejects.toMatchObject({ code: 'conflict' });
    expect(await text('/home/other/mcp.json')).toBe('theirs');
  });

  test('a restore does not overwrite the file that a hard link was put there for', async () => {
    const { world, text, files } = await open();
    const { id } = await world.edits.backUp(one, 'by hand');
    const bytes = encode('{"old": 1}');
    const { id: old } = await world.edits.seal({ file: one, bytes, mode: 0o600, reason: 'x' });
    await files.createExclusive('/home/keys', encode('theirs'), 0o600);
    await files.remove(one);
    files.hardLink('/home/keys', one);
    for (const copy of [id, old])
      await expect(world.edits.restore(one, copy)).rejects.toMatchObject({ code: 'conflict' });
    expect(await text('/home/keys')).toBe('theirs');
    // A file that had two names when the copy was made may have them still.
    const twin = await world.edits.backUp(one, 'by hand');
    await files.overwrite(one, encode('x'));
    await world.edits.restore(one, twin.id);
    expect(await text('/home/keys')).toBe('theirs');
  });

  test('a backup of another file, or of none, is refused', async () => {
    const { world, text } = await open();
    const { id } = await world.edits.backUp(one, 'by hand');
    const before = await text(two);
    await expect(world.edits.restore(two, id)).rejects.toMatchObject({ code: 'bad_input' });
    await expect(world.edits.restore(two, 'x')).rejects.toMatchObject({ code: 'not_found' });
    await expect(world.edits.backUp('/none', 'x')).rejects.toMatchObject({ code: 'file_missing' });
    expect(await text(two)).toBe(before);
  });

  test('pruning keeps what open moves and named runs need', async () => {
    const { world } = await open();
    await world.protect(planted);
    expect(await world.edits.prune([])).toEqual([]);
    expect(await world.edits.listBackups(one)).toHaveLength(1);
  });
});
