/** Every row of the recovery table (security facts §6), and what recovery must not do. */
import { expect, test } from 'vitest';
import { AppError } from '../../shared/errors.ts';
import { Secret } from '../../shared/secret.ts';
import {
  type EditWorld,
  openEditWorld,
  type Planted,
  referenceOf,
  renderClientFile,
} from '../../test/support/edit-world.ts';
import { createMemoryFiles, type MemoryFiles } from '../../test/support/memory-files.ts';
import { createMemoryKeychain } from '../../test/support/memory-keychain.ts';
import { plantSecret } from '../../test/support/planted.ts';
import type { Files } from '../ports.ts';
import { createJournal } from './journal.ts';
import type { FileOutcome, MoveKind } from './model.ts';

const file = '/home/me/one.json';
const planted: Planted = { file, server: 'alpha', name: 'TOKEN', value: plantSecret() };
const reference = { ...planted, value: referenceOf(planted) };
type Live = 'value' | 'reference' | 'neither' | 'missing' | 'broken';
type Stage = 'PREPARED' | 'STORED' | 'REWRITTEN';

const texts: Record<Exclude<Live, 'missing'>, string> = {
  value: renderClientFile([planted]),
  reference: renderClientFile([reference]),
  neither: renderClientFile([{ ...planted, value: 'edited by the person' }]),
  broken: '{"mcpServers": {',
};

interface Scene {
  readonly files: MemoryFiles;
  readonly keychain: ReturnType<typeof createMemoryKeychain>;
  readonly world: EditWorld;
  /** A later process on the same disk and keychain. */
  next(files?: Files): EditWorld;
}

async function lay(text = texts.value): Promise<Scene> {
  const files = createMemoryFiles();
  const keychain = createMemoryKeychain();
  await files.makeFolder('/home/me');
  await files.createExclusive(file, new TextEncoder().encode(text), 0o600);
  const next = (other: Files = files) =>
    openEditWorld({ files: other, keychain, root: '/home/me/own' });
  return { files, keychain, world: next(), next };
}

async function write(files: Files, text: string): Promise<void> {
  await files.overwrite(file, new TextEncoder().encode(text));
}

/** A journal that got this far, with what the steps before left in keychain and records. */
async function interruptAt(
  scene: Scene,
  stage: Stage,
  live: Live,
  item = true,
  kind: MoveKind = 'protect',
): Promise<void> {
  const { files, world } = scene;
  const { roots } = world;
  const journal = createJournal({ files, roots, clock: steady });
  const base = { move: 'move-0001' };
  await journal.append({
    ...base,
    state: 'PREPARED',
    kind,
    who: 'test',
    process: 'the one that died',
    records: kind !== 'undo',
    items: kind === 'undo' ? [] : [{ server: 'alpha', names: ['TOKEN'], added: ['TOKEN'] }],
    files: [
      {
        file,
        path: file,
        places: [{ server: 'alpha', pointer: '/mcpServers/alpha/env/TOKEN' }],
        before: 'x',
      },
    ],
  });
  if (item) await world.secrets.put('alpha', new Map([['TOKEN', new Secret(planted.value)]]));
  if (stage !== 'PREPARED') {
    await journal.append({ ...base, state: 'STORED', server: 'alpha' });
    await journal.append({ ...base, state: 'RECORDED' });
  }
  if (stage === 'REWRITTEN') await journal.append({ ...base, state: 'REWRITTEN', file });
  if (live === 'missing') await files.remove(file);
  else await write(files, texts[live]);
  await files.createExclusive(
    '/home/me/.portcullis-move-0001-0a0b0c0d.tmp',
    new Uint8Array(),
    0o600,
  );
}

const steady = {
  now: () => '2026-11-23T12:00:00.000Z',
  monotonic: () => 0,
  sleep: async () => undefined,
};

async function expectOutcome(
  scene: Scene,
  world: EditWorld,
  expected: { outcome: FileOutcome; closed: boolean; stored: boolean; code?: string },
  resume = false,
): Promise<void> {
  const report = await world.edits.recover(world.recovery(resume ? { resume: [planted] } : {}));
  const move = report.moves.find(({ id }) => id === 'move-0001');
  const [one] = move?.files ?? [];
  expect({
    outcome: one?.outcome,
    closed: move?.closed,
    stored: scene.keychain.accounts().includes('alpha'),
    ...(expected.code === undefined ? {} : { code: one?.error?.code }),
  }).toEqual(expected);
  expect(await scene.files.list('/home/me')).not.toContain('.portcullis-move-0001-0a0b0c0d.tmp');
}

const rows: readonly (readonly [Stage, Live, boolean, FileOutcome, boolean, boolean])[] = [
  // journal, live file, item there, outcome, closed, item kept
  ['PREPARED', 'value', true, 'untouched', true, false],
  ['PREPARED', 'value', false, 'untouched', true, false],
  ['PREPARED', 'reference', true, 'moved', true, true],
  ['PREPARED', 'reference', false, 'needs-reentry', false, false],
  ['PREPARED', 'neither', true, 'orphan', true, true],
  ['STORED', 'value', true, 'untouched', true, false],
  ['STORED', 'reference', true, 'moved', true, true],
  ['STORED', 'reference', false, 'needs-reentry', false, false],
  ['STORED', 'neither', true, 'orphan', true, true],
  ['REWRITTEN', 'reference', true, 'moved', true, true],
  ['REWRITTEN', 'reference', false, 'needs-reentry', false, false],
  ['REWRITTEN', 'value', true, 'resurrected', true, true],
  ['REWRITTEN', 'neither', true, 'orphan', true, true],
  ['PREPARED', 'missing', true, 'needs-restore', false, true],
  ['STORED', 'missing', true, 'needs-restore', false, true],
  ['REWRITTEN', 'broken', true, 'needs-restore', false, true],
  ['STORED', 'broken', true, 'needs-restore', false, true],
];

test.each(rows)(
  '%s, file with %s, item there: %s → %s',
  async (stage, live, item, outcome, closed, stored) => {
    const scene = await lay();
    await interruptAt(scene, stage, live, item);
    const before = live === 'missing' ? undefined : await scene.files.read(file);
    await expectOutcome(scene, scene.next(), { outcome, closed, stored });
    expect(live === 'missing' ? undefined : await scene.files.read(file)).toEqual(before);
    const again = scene.next();
    const { moves } = await again.edits.recover(again.recovery());
    expect(moves).toHaveLength(closed ? 0 : 1);
  },
);

const otherKinds: readonly (readonly [MoveKind, Stage, Live, FileOutcome, boolean])[] = [
  // A new entry whose secrets the person typed: nothing refers to them yet, so all is as before.
  ['place', 'PREPARED', 'neither', 'untouched', false],
  ['place', 'STORED', 'neither', 'untouched', false],
  ['place', 'STORED', 'reference', 'moved', true],
  ['place', 'REWRITTEN', 'neither', 'orphan', true],
  // Values on their way back: the items go with the last file, never before.
  ['undo', 'PREPARED', 'reference', 'untouched', true],
  ['undo', 'PREPARED', 'value', 'moved', false],
  ['undo', 'REWRITTEN', 'value', 'moved', false],
  ['undo', 'REWRITTEN', 'reference', 'orphan', true],
  ['undo', 'PREPARED', 'neither', 'orphan', true],
];

test.each(otherKinds)('%s, %s, file with %s → %s', async (kind, stage, live, outcome, stored) => {
  const scene = await lay();
  await interruptAt(scene, stage, live, true, kind);
  await expectOutcome(scene, scene.next(), { outcome, closed: true, stored });
});

test('STORED, file with value, the job goes on: the file is written', async () => {
  const scene = await lay();
  await interruptAt(scene, 'STORED', 'value');
  const expected = { outcome: 'moved', closed: true, stored: true } as const;
  await expectOutcome(scene, scene.next(), expected, true);
  expect(new TextDecoder().decode(await scene.files.read(file))).toBe(texts.reference);
});

test('a keychain that is locked leaves everything for later', async () => {
  for (const stage of ['PREPARED', 'STORED', 'REWRITTEN'] as const) {
    const scene = await lay();
    await interruptAt(scene, stage, stage === 'REWRITTEN' ? 'reference' : 'value');
    scene.keychain.setState('locked');
    const waiting = {
      outcome: 'waiting',
      closed: false,
      stored: true,
      code: 'keychain_locked',
    } as const;
    await expectOutcome(scene, scene.next(), waiting);
    scene.keychain.setState('ready');
    const last = scene.next();
    const { moves } = await last.edits.recover(last.recovery());
    expect(moves).toMatchObject([{ closed: true }]);
  }
});

test('another value at the place is not taken for the stored one', async () => {
  const scene = await lay();
  await interruptAt(scene, 'STORED', 'neither');
  await expectOutcome(scene, scene.next(), { outcome: 'orphan', closed: true, stored: true });
});

test('an item that another file refers to is never taken out', async () => {
  const scene = await lay();
  const other = { ...planted, file: '/home/me/two.json' };
  await scene.files.createExclusive(other.file, new TextEncoder().encode(texts.value), 0o600);
  await scene.world.protect([other]);
  await interruptAt(scene, 'STORED', 'value');
  await expectOutcome(scene, scene.next(), { outcome: 'untouched', closed: true, stored: true });
  const [record] = (await scene.next().records.read()).servers;
  expect(record?.placements.map((one) => one.file)).toEqual([other.file]);
});

test('a file that refers to the item when it is about to go keeps it', async () => {
  const scene = await lay();
  await interruptAt(scene, 'STORED', 'value');
  const world = scene.next();
  const recovery = world.recovery();
  let looks = 0;
  const { moves } = await world.edits.recover({
    ...recovery,
    placeState: async (...place) => {
      looks += 1;
      if (looks === 2) await write(scene.files, texts.reference);
      return recovery.placeState(...place);
    },
  });
  expect(moves).toMatchObject([{ closed: false, takenBack: [], error: { code: 'file_changed' } }]);
  expect(scene.keychain.accounts()).toContain('alpha');
});

test('a finished move stays open until a later process has read the items', async () => {
  const scene = await lay();
  await scene.world.protect([planted]);
  const same = await scene.world.edits.recover(scene.world.recovery());
  expect(same.moves).toMatchObject([{ files: [{ outcome: 'moved' }], closed: false }]);
  const next = scene.next();
  const later = await next.edits.recover(next.recovery());
  expect(later.moves).toMatchObject([{ files: [{ outcome: 'moved' }], closed: true }]);
});

test('what an undo put back is not told as a value that came back', async () => {
  const scene = await lay();
  await scene.world.protect([planted]);
  await scene.world.undo([planted]);
  const next = scene.next();
  const { moves } = await next.edits.recover(next.recovery());
  expect(moves).toMatchObject([
    { kind: 'protect', files: [{ outcome: 'superseded' }], takenBack: [], closed: true },
  ]);
  expect(scene.keychain.accounts()).toEqual([':sealing-key']);
});

test('one move that cannot be settled hides none of the others, and can be dismissed', async () => {
  const scene = await lay();
  await interruptAt(scene, 'STORED', 'missing');
  const other = { ...planted, file: '/home/me/two.json', server: 'beta' };
  await scene.files.createExclusive(
    other.file,
    new TextEncoder().encode(renderClientFile([other])),
    0o600,
  );
  await scene.world.protect([other]);
  const next = scene.next();
  const { moves } = await next.edits.recover(next.recovery());
  expect(moves.map(({ closed }) => closed)).toEqual([false, true]);
  await next.edits.dismiss('move-0001');
  expect(await next.edits.listOpen()).toEqual([]);
});

test('a job that fails is told, and asked again at the next start', async () => {
  const scene = await lay();
  await interruptAt(scene, 'PREPARED', 'value');
  const world = scene.next();
  const problem = new AppError('records_busy', 'Held.', { hint: 'Wait.' });
  const { moves } = await world.edits.recover({
    ...world.recovery(),
    dropRecords: () => Promise.reject(problem),
  });
  expect(moves).toMatchObject([{ closed: false, error: problem, takenBack: [] }]);
  expect(scene.keychain.accounts()).toContain('alpha');
  await expectOutcome(scene, scene.next(), { outcome: 'untouched', closed: true, stored: false });
});
