/**
 * The model of a machine with six clients' files, and the machine itself: real files in all five
 * formats, one of them behind a link, one a project's that several clients read.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { DriftCell, DriftState } from '../../shared/models/drift.ts';
import { quickFolder } from '../faults/scenes.ts';
import {
  type DriftStage,
  type DriftWorld,
  type DriftWorldOptions,
  homeOf,
  layFiles,
  openDriftWorld,
  protectWorld,
} from '../support/drift-world.ts';
import { expectNoStrays, findValues } from '../support/survival.ts';
import { type FormatRow, formats, type Raw } from './files.ts';

export const servers = ['alpha', 'beta'] as const;
export type Server = (typeof servers)[number];

/** What stands at a name in a file. */
export type Standing =
  | { readonly kind: 'ours'; readonly server: Server }
  | { readonly kind: 'exposed'; readonly server: Server }
  | { readonly kind: 'edited' }
  | { readonly kind: 'foreign'; readonly number: number };

/** What a text of a file means. */
export interface Content {
  readonly standing: ReadonlyMap<string, Standing>;
  readonly comments: readonly string[];
  /** The text before it was broken. */
  readonly mended: string | undefined;
  /** The client's own setting; it goes with a deleted file. */
  readonly theme: 'dark' | undefined;
}

export interface FileModel {
  /** Servers that a record places here. */
  readonly placed: Set<Server>;
  readonly standing: Map<string, Standing>;
  comments: string[];
  mended: string | undefined;
  gone: boolean;
  theme: 'dark' | undefined;
  readonly ignored: Set<string>;
  linked: boolean;
  /** Every text that stood here after a step. */
  readonly known: Map<string, Content>;
}

export interface Model {
  readonly files: FileModel[];
  numbers: number;
}

export interface Real {
  readonly stage: DriftStage;
  readonly values: Readonly<Record<Server, string>>;
  readonly base: string;
  /** Milliseconds of the clock that never goes back. */
  now: number;
  /** Another one after each end of the process. */
  world: DriftWorld;
}

export function launchOf(server: Server, value: string) {
  return { command: 'npx', args: ['-y', `server-${server}`], env: { GITHUB_TOKEN: value } };
}

export const foreign = (number: number) => ({ command: 'uvx', args: [`tool-${number}`], env: {} });
export const edited = { command: 'docker', args: ['run', 'image'], env: {} };

function letters(count: number): string {
  const alphabet = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  return [...crypto.getRandomValues(new Uint8Array(count))]
    .map((byte) => alphabet[byte % alphabet.length])
    .join('');
}

export async function open(): Promise<{ model: Model; real: Real }> {
  const base = mkdtempSync(join(quickFolder, 'portcullis-model-'));
  const stage = { root: join(base, 'world'), keychain: join(base, 'keychain') };
  const values = { alpha: `ghp_${letters(36)}`, beta: `ghp_${letters(36)}` };
  const texts = formats.map((row) => {
    const own = servers.map((server) => [server, row.entry(launchOf(server, values[server]))]);
    return [row.path, row.write({ theme: 'dark', [row.container]: Object.fromEntries(own) })];
  });
  layFiles(stage, Object.fromEntries(texts));
  const real: Real = { stage, values, base, now: 0, world: openDriftWorld(stage) };
  const files = formats.map(({ path, linked }): FileModel => {
    if (linked === true) linkAway(join(homeOf(stage), path));
    return {
      placed: new Set(),
      standing: new Map(servers.map((server) => [server, { kind: 'exposed', server }])),
      comments: [],
      mended: undefined,
      gone: false,
      theme: 'dark',
      ignored: new Set(),
      linked: linked === true,
      known: new Map(),
    };
  });
  const model = { files, numbers: 0 };
  remember(model, real);
  reopen(real);
  for (const { project } of formats)
    if (project !== undefined)
      await real.world.api.projects.add({ folder: join(homeOf(stage), project) });
  // Whose the project's file is, and who reads it too, is told by the clients that are here.
  for (const folder of ['.claude', '.cursor']) mkdirSync(join(homeOf(stage), folder));
  await protectWorld(real.world);
  await real.world.api.drift.look({});
  for (const file of files)
    for (const server of servers) {
      file.placed.add(server);
      file.standing.set(server, { kind: 'ours', server });
    }
  remember(model, real);
  return { model, real };
}

/** As the dotfiles of many people are kept. */
function linkAway(path: string): void {
  const away = `${path}.dotfile`;
  renameSync(path, away);
  symlinkSync(away, path);
}

/** A new process: nothing of the one before is left but what is on the disk. */
export function reopen(real: Real, options: DriftWorldOptions = {}): DriftWorld {
  const clock = { monotonic: () => real.now, sleep: async () => undefined };
  const world = openDriftWorld(real.stage, { clock, ...options });
  if (options.wrap === undefined) real.world = world;
  return world;
}

export function rowAt(at: number): FormatRow {
  const row = formats[at];
  if (row === undefined) throw new RangeError(`There is no file ${at}.`);
  return row;
}

export function fileAt(model: Model, at: number): FileModel {
  const file = model.files[at];
  if (file === undefined) throw new RangeError(`There is no file ${at}.`);
  return file;
}

export function pathOf({ stage }: Pick<Real, 'stage'>, at: number): string {
  return join(homeOf(stage), rowAt(at).path);
}

export function isWhole(file: FileModel): boolean {
  return !file.gone && file.mended === undefined;
}

export function remember(model: Model, real: Real): void {
  for (const [at, file] of model.files.entries()) {
    if (file.gone) continue;
    const { comments, mended, theme } = file;
    file.known.set(readFileSync(pathOf(real, at), 'utf8'), {
      standing: new Map(file.standing),
      comments: [...comments],
      mended,
      theme,
    });
  }
}

/** The model of a file whose text was put back to one that stood there before. */
export function recall(file: FileModel, text: string): void {
  const content = file.known.get(text);
  if (content === undefined) throw new Error('The text that was put back never stood there.');
  file.standing.clear();
  for (const [name, standing] of content.standing) file.standing.set(name, standing);
  file.comments = [...content.comments];
  file.mended = content.mended;
  file.theme = content.theme;
  file.gone = false;
}

/** Another program reads the file, changes its mind and writes all of it. */
export function rewrite(
  model: Model,
  real: Real,
  at: number,
  change: (servers: Raw) => Raw | undefined,
): void {
  const row = rowAt(at);
  const data = row.read(readFileSync(pathOf(real, at), 'utf8'));
  const next = change({ ...(data[row.container] as Raw | undefined) });
  const { [row.container]: _, ...rest } = data;
  writeFileSync(
    pathOf(real, at),
    row.write(next === undefined ? rest : { ...rest, [row.container]: next }),
  );
  // Parse and stringify: comments do not survive such programs.
  fileAt(model, at).comments = [];
}

/** Lines that are not ours: comments, settings and tools, as they are written, but for a comma behind. */
export function strangersIn(model: Model, real: Real): ReadonlyMap<string, readonly string[]> {
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

export async function cellOf(real: Real, at: number, name: string): Promise<DriftCell> {
  const { cells } = await real.world.api.drift.look({});
  const cell = cells.find((one) => isOwn(real, at)(one) && one.entryName === name);
  if (cell === undefined) throw new Error(`There is no cell of ${name} in file ${at}.`);
  return cell;
}

function isOwn(real: Real, at: number): (cell: DriftCell) => boolean {
  const file = pathOf(real, at);
  return (cell) => cell.client === rowAt(at).client && cell.file === file;
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

/** States right against the model, nothing of anyone's lost, no protected value where none may be. */
export async function expectRight(model: Model, real: Real): Promise<void> {
  const { cells } = await real.world.api.drift.look({});
  for (const [at, file] of model.files.entries()) {
    const row = rowAt(at);
    const own = cells.filter(isOwn(real, at));
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
    expectDuplicates(cells, real, at, own);
    expectFile(file, row, real, at);
  }
  for (const server of servers) {
    const stored = (await real.world.app.secrets.read(server))?.get('GITHUB_TOKEN')?.reveal();
    expect(stored).toBe(real.values[server]);
    expectHidden(model, real, server);
  }
  expectNoStrays(real.stage.root);
  remember(model, real);
}

/** Other clients that read the file show what stands there as duplicates, and nothing else. */
function expectDuplicates(
  cells: readonly DriftCell[],
  real: Real,
  at: number,
  own: readonly DriftCell[],
): void {
  const { client, readers = [] } = rowAt(at);
  const others = cells
    .filter(({ file }) => file === pathOf(real, at))
    .filter((one) => !own.includes(one));
  const there = own.filter(({ enabled }) => enabled !== undefined);
  expect(
    others.map((one) => [one.client, one.entryName, one.state, one.duplicateOf]).toSorted(),
  ).toEqual(
    readers
      .flatMap((reader) => there.map(({ entryName }) => [reader, entryName, 'duplicate', client]))
      .toSorted(),
  );
}

/** Everything of everyone's is there, in the words of another parser. */
function expectFile(file: FileModel, row: FormatRow, real: Real, at: number): void {
  expect(existsSync(pathOf(real, at))).toBe(!file.gone);
  if (!file.gone) expect(lstatSync(pathOf(real, at)).isSymbolicLink()).toBe(file.linked);
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
    const isThere =
      !file.gone &&
      [...file.standing.values()].some((one) => one.kind === 'exposed' && one.server === server);
    return isThere ? [realpathSync(pathOf(real, at))] : [];
  });
  expect(findValues(real.stage.root, [{ value: real.values[server] }])).toEqual(holding.toSorted());
}
