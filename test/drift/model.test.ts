/**
 * Clients, tools and the person do random things to real files in all five formats while Portcullis
 * looks, repairs and adopts. After every step: each state is right against the model, nothing of
 * anyone's is lost, comments and strangers are as they were, and no protected value lies anywhere but
 * where the model's programs put it.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DriftCell, DriftState } from '../../shared/models/drift.ts';
import { quickFolder } from '../faults/scenes.ts';
import {
  applyDrift,
  type DriftWorld,
  homeOf,
  layFiles,
  openDriftWorld,
  protectWorld,
} from '../support/drift-world.ts';
import { runs } from '../support/runs.ts';
import { findValues } from '../support/survival.ts';
import { type FormatRow, formats, type Raw } from './files.ts';

const servers = ['alpha', 'beta'] as const;
type Server = (typeof servers)[number];

/** What stands at a name in a file. */
type Standing =
  | { readonly kind: 'ours'; readonly server: Server }
  | { readonly kind: 'exposed'; readonly server: Server }
  | { readonly kind: 'edited' }
  | { readonly kind: 'foreign'; readonly number: number };

interface FileModel {
  /** Servers that a record places here. */
  readonly placed: Set<Server>;
  readonly standing: Map<string, Standing>;
  readonly comments: string[];
  /** The text before it was broken. */
  mended: string | undefined;
  gone: boolean;
  /** The client's own setting; it goes with a deleted file. */
  theme: 'dark' | undefined;
  readonly ignored: Set<string>;
}

interface Model {
  readonly files: FileModel[];
  numbers: number;
}

interface Real {
  readonly root: string;
  readonly world: DriftWorld;
  readonly values: Readonly<Record<Server, string>>;
  readonly base: string;
}

function letters(count: number): string {
  const alphabet = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  return [...crypto.getRandomValues(new Uint8Array(count))]
    .map((byte) => alphabet[byte % alphabet.length])
    .join('');
}

function launchOf(server: Server, value: string) {
  return { command: 'npx', args: ['-y', `server-${server}`], env: { GITHUB_TOKEN: value } };
}

const foreign = (number: number) => ({ command: 'uvx', args: [`tool-${number}`], env: {} });
const edited = { command: 'docker', args: ['run', 'image'], env: {} };

async function open(): Promise<{ model: Model; real: Real }> {
  const base = mkdtempSync(join(quickFolder, 'portcullis-model-'));
  const stage = { root: join(base, 'world'), keychain: join(base, 'keychain') };
  const values = { alpha: `ghp_${letters(36)}`, beta: `ghp_${letters(36)}` };
  const texts = formats.map((row) => {
    const own = servers.map((server) => [server, row.entry(launchOf(server, values[server]))]);
    return [row.path, row.write({ theme: 'dark', [row.container]: Object.fromEntries(own) })];
  });
  layFiles(stage, Object.fromEntries(texts));
  const world = openDriftWorld(stage);
  await protectWorld(world);
  await world.api.drift.look({});
  const files = formats.map(
    (): FileModel => ({
      placed: new Set(servers),
      standing: new Map(servers.map((server) => [server, { kind: 'ours', server }])),
      comments: [],
      mended: undefined,
      gone: false,
      theme: 'dark',
      ignored: new Set(),
    }),
  );
  return { model: { files, numbers: 0 }, real: { root: stage.root, world, values, base } };
}

function rowAt(at: number): FormatRow {
  const row = formats[at];
  if (row === undefined) throw new RangeError(`There is no file ${at}.`);
  return row;
}

function fileAt(model: Model, at: number): FileModel {
  const file = model.files[at];
  if (file === undefined) throw new RangeError(`There is no file ${at}.`);
  return file;
}

function pathOf(real: Real, at: number): string {
  return join(homeOf(real), rowAt(at).path);
}

function isWhole(file: FileModel): boolean {
  return !file.gone && file.mended === undefined;
}

/** Another program reads the file, changes its mind and writes all of it. */
function rewrite(model: Model, real: Real, at: number, change: (servers: Raw) => Raw | undefined) {
  const row = rowAt(at);
  const data = row.read(readFileSync(pathOf(real, at), 'utf8'));
  const next = change({ ...(data[row.container] as Raw | undefined) });
  const { [row.container]: _, ...rest } = data;
  writeFileSync(
    pathOf(real, at),
    row.write(next === undefined ? rest : { ...rest, [row.container]: next }),
  );
  // Parse and stringify: comments do not survive such programs.
  fileAt(model, at).comments.length = 0;
}

type Command = fc.AsyncCommand<Model, Real>;

function command(
  name: string,
  check: (model: Model) => boolean,
  work: (model: Model, real: Real) => Promise<void> | void,
  keepsOthers = false,
): Command {
  return {
    check,
    run: async (model, real) => {
      const before = keepsOthers ? strangersIn(model, real) : new Map<string, readonly string[]>();
      await work(model, real);
      await expectRight(model, real);
      const after = strangersIn(model, real);
      for (const [path, lines] of before) expect(after.get(path)).toEqual(lines);
    },
    toString: () => name,
  };
}

/** Lines that are not ours: comments, settings and tools, as they are written, but for a comma behind. */
function strangersIn(model: Model, real: Real): ReadonlyMap<string, readonly string[]> {
  const paths = formats
    .map((_, at) => at)
    .filter((at) => isWhole(fileAt(model, at)))
    .map((at) => pathOf(real, at));
  return new Map(
    paths.map((path) => {
      const lines = readFileSync(path, 'utf8').split('\n');
      const strange = lines.filter((line) => /tool-\d|note \d|theme/.test(line));
      return [path, strange.map((line) => line.replace(/,$/, ''))] as const;
    }),
  );
}

const someFile = fc.nat({ max: formats.length - 1 });
const someServer = fc.constantFrom(...servers);

/** Things that clients, tools and the person do. */
const outside: fc.Arbitrary<Command>[] = [
  someFile.map((at) =>
    command(
      `wipe ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => {
        rewrite(model, real, at, () => undefined);
        fileAt(model, at).standing.clear();
      },
    ),
  ),
  fc.tuple(someFile, someServer).map(([at, name]) =>
    command(
      `drop ${name} from ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => {
        rewrite(model, real, at, ({ [name]: _, ...rest }) => rest);
        fileAt(model, at).standing.delete(name);
      },
    ),
  ),
  someFile.map((at) =>
    command(
      `install into ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => {
        model.numbers += 1;
        const number = model.numbers;
        const entry = rowAt(at).entry(foreign(number));
        rewrite(model, real, at, (all) => ({ ...all, [`tool-${number}`]: entry }));
        fileAt(model, at).standing.set(`tool-${number}`, { kind: 'foreign', number });
      },
    ),
  ),
  fc.tuple(someFile, someServer).map(([at, name]) =>
    command(
      `edit ${name} in ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => {
        rewrite(model, real, at, (all) => ({ ...all, [name]: rowAt(at).entry(edited) }));
        fileAt(model, at).standing.set(name, { kind: 'edited' });
      },
    ),
  ),
  fc.tuple(someFile, someServer).map(([at, server]) =>
    command(
      `write ${server} back into ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => {
        const entry = rowAt(at).entry(launchOf(server, real.values[server]));
        rewrite(model, real, at, (all) => ({ ...all, [server]: entry }));
        fileAt(model, at).standing.set(server, { kind: 'exposed', server });
      },
    ),
  ),
  someFile.map((at) =>
    command(
      `reformat ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => rewrite(model, real, at, (all) => all),
    ),
  ),
  someFile.map((at) =>
    command(
      `comment in ${at}`,
      (model) => isWhole(fileAt(model, at)) && rowAt(at).comment !== undefined,
      (model, real) => {
        model.numbers += 1;
        const line = `${rowAt(at).comment} note ${model.numbers}`;
        const text = readFileSync(pathOf(real, at), 'utf8');
        writeFileSync(pathOf(real, at), `${line}\n${text}`);
        fileAt(model, at).comments.push(line);
      },
    ),
  ),
  someFile.map((at) =>
    command(
      `break ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => {
        const text = readFileSync(pathOf(real, at), 'utf8');
        writeFileSync(pathOf(real, at), `${text}\n{ [ = "`);
        fileAt(model, at).mended = text;
      },
    ),
  ),
  someFile.map((at) =>
    command(
      `mend ${at}`,
      (model) => fileAt(model, at).mended !== undefined,
      (model, real) => {
        const file = fileAt(model, at);
        writeFileSync(pathOf(real, at), file.mended ?? '');
        file.mended = undefined;
      },
    ),
  ),
  someFile.map((at) =>
    command(
      `delete ${at}`,
      (model) => isWhole(fileAt(model, at)),
      (model, real) => {
        rmSync(pathOf(real, at));
        const file = fileAt(model, at);
        file.gone = true;
        file.theme = undefined;
        file.standing.clear();
        file.comments.length = 0;
      },
    ),
  ),
];

/** Things that Portcullis is told to do. */
const inside: fc.Arbitrary<Command>[] = [
  fc.constant(
    command(
      'repair all',
      () => true,
      async (model, real) => {
        await applyDrift(real.world, { all: { action: 'repair' } }, 'all');
        for (const file of model.files) {
          if (file.mended !== undefined) continue;
          if (file.placed.size > 0) file.gone = false;
          for (const server of file.placed) file.standing.set(server, { kind: 'ours', server });
        }
      },
      true,
    ),
  ),
  fc.tuple(someFile, someServer, fc.boolean()).map(([at, server, placed]) =>
    command(
      `${placed ? 'place' : 'displace'} ${server} in ${at}`,
      (model) => {
        const file = fileAt(model, at);
        const there = file.standing.get(server);
        if (file.mended !== undefined) return false;
        return placed
          ? !file.placed.has(server) && there === undefined
          : there === undefined || there.kind === 'ours';
      },
      async (model, real) => {
        const { client } = rowAt(at);
        const action = placed ? ('place' as const) : ('displace' as const);
        const { receipts } = await applyDrift(
          real.world,
          { changes: [{ action, server, client }] },
          'all',
        );
        expect(receipts.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
        const file = fileAt(model, at);
        if (placed) {
          file.gone = false;
          file.placed.add(server);
          file.standing.set(server, { kind: 'ours', server });
        } else {
          file.placed.delete(server);
          file.standing.delete(server);
        }
      },
      true,
    ),
  ),
  someFile.map((at) =>
    command(
      `act on a foreign entry of ${at}`,
      (model) => isWhole(fileAt(model, at)),
      async (model, real) => {
        const file = fileAt(model, at);
        const [name] = [...file.standing].find(([, { kind }]) => kind === 'foreign') ?? [];
        if (name === undefined) return;
        const cell = await cellOf(real, at, name);
        if (!cell.actions.includes('ignore')) {
          await applyDrift(real.world, { changes: [{ action: 'remove', cell: cell.id }] }, 'all');
          file.standing.delete(name);
          return;
        }
        await applyDrift(real.world, { changes: [{ action: 'ignore', cell: cell.id }] }, 'all');
        file.ignored.add(name);
      },
    ),
  ),
  fc.tuple(someFile, someServer).map(([at, server]) =>
    command(
      `adopt the exposed ${server} of ${at}`,
      (model) =>
        isWhole(fileAt(model, at)) && fileAt(model, at).standing.get(server)?.kind === 'exposed',
      async (model, real) => {
        const cell = await cellOf(real, at, server);
        const { receipts } = await applyDrift(
          real.world,
          { changes: [{ action: 'adopt', cell: cell.id }] },
          'all',
        );
        expect(receipts.map(({ outcome }) => outcome)).toEqual(['done']);
        const file = fileAt(model, at);
        file.placed.add(server);
        file.standing.set(server, { kind: 'ours', server });
      },
    ),
  ),
];

async function cellOf(real: Real, at: number, name: string): Promise<DriftCell> {
  const { cells } = await real.world.api.drift.look({});
  const { client } = rowAt(at);
  const cell = cells.find((one) => one.client === client && one.entryName === name);
  if (cell === undefined) throw new Error(`There is no cell of ${name} in ${client}.`);
  return cell;
}

const gone: readonly DriftState[] = ['wiped-by-client', 'edited-by-you', 'rewritten-by-tool'];

function allowedStates(file: FileModel, name: string): readonly DriftState[] {
  const there = file.standing.get(name);
  const isPlaced = servers.some((server) => server === name && file.placed.has(server));
  if (file.mended !== undefined) return ['unreadable'];
  if (!isPlaced) {
    if (there?.kind === 'ours') return ['edited-by-you', 'rewritten-by-tool'];
    return ['foreign'];
  }
  if (there === undefined) return gone;
  if (there.kind === 'ours') return ['in-step'];
  if (there.kind === 'exposed') return ['exposed-again'];
  return ['edited-by-you', 'rewritten-by-tool'];
}

async function expectRight(model: Model, real: Real): Promise<void> {
  const { cells } = await real.world.api.drift.look({});
  for (const [at, file] of model.files.entries()) {
    const row = rowAt(at);
    const own = cells.filter(({ client }) => client === row.client);
    const names = new Set([
      ...file.placed,
      ...(file.mended === undefined ? file.standing.keys() : []),
    ]);
    expect(own.map(({ entryName }) => entryName).toSorted()).toEqual([...names].toSorted());
    for (const { entryName, state, ignored } of own) {
      expect({ client: row.client, entryName, state }).toEqual({
        client: row.client,
        entryName,
        state: expect.toBeOneOf([...allowedStates(file, entryName)]),
      });
      if (state === 'foreign') expect(ignored).toBe(file.ignored.has(entryName));
    }
    expectFile(file, row, real, at);
  }
  for (const server of servers) {
    const stored = (await real.world.app.secrets.read(server))?.get('GITHUB_TOKEN')?.reveal();
    expect(stored).toBe(real.values[server]);
    expectHidden(model, real, server);
  }
}

/** Everything of everyone's is there, in the words of another parser. */
function expectFile(file: FileModel, row: FormatRow, real: Real, at: number): void {
  expect(existsSync(pathOf(real, at))).toBe(!file.gone);
  if (!isWhole(file)) return;
  const text = readFileSync(pathOf(real, at), 'utf8');
  for (const line of file.comments) expect(text).toContain(line);
  const data = row.read(text);
  expect(data.theme).toBe(file.theme);
  const entries = (data[row.container] ?? {}) as Record<string, Raw>;
  const actual = Object.entries(entries).map(([name, entry]) => [name, row.launch(entry)]);
  const wanted = [...file.standing].map(([name, standing]) => [name, launchFor(standing, real)]);
  expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(wanted));
}

function launchFor(standing: Standing, { world, values }: Real) {
  if (standing.kind === 'foreign') return foreign(standing.number);
  if (standing.kind === 'edited') return edited;
  if (standing.kind === 'exposed') return launchOf(standing.server, values[standing.server]);
  return { command: world.launcher, args: ['run', standing.server], env: {} };
}

/** A value lies in clear exactly where the model's programs wrote it. */
function expectHidden(model: Model, real: Real, server: Server): void {
  const holding = model.files.flatMap((file, at) => {
    const isThere = [...file.standing.values()].some(
      (one) => one.kind === 'exposed' && one.server === server,
    );
    return isThere ? [pathOf(real, at)] : [];
  });
  expect(findValues(real.root, [{ value: real.values[server] }])).toEqual(holding.toSorted());
}

test('whatever programs and people do, the states are right and nothing is lost', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.commands([...outside, ...inside, ...inside], { maxCommands: 14 }),
      async (commands) => {
        let opened: Real | undefined;
        try {
          await fc.asyncModelRun(async () => {
            const { model, real } = await open();
            opened = real;
            return { model, real };
          }, commands);
        } finally {
          if (opened !== undefined) rmSync(opened.base, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: runs(20, 400), endOnFailure: true },
  );
}, 3_600_000);
