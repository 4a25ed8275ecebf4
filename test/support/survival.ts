/**
 * What must hold after a crash and a recovery, said once for all fault tests: invariants M-1 to M-4 of
 * the protocol, no left-overs, and no copy of a value where none may be.
 */
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { MoveKind } from '../../core/edits/model.ts';
import type { RecoveredMove } from '../../core/edits/recovery.ts';
import { type EditWorld, type Planted, pointerOf, readPlace, referenceOf } from './edit-world.ts';

export type Place = 'value' | 'reference' | 'other';

/** What stands at the places now. Throws when a file does not parse: no crash may do that. */
export function placesNow(planted: readonly Planted[]): readonly Place[] {
  return planted.map((one) => {
    const found = readPlace(readFileSync(one.file, 'utf8'), one);
    if (found === one.value) return 'value';
    return found === referenceOf(one) ? 'reference' : 'other';
  });
}

/** M-1 and M-4, which hold at every instant: in the file or in the keychain, and no dead reference. */
export async function expectNothingLost(
  world: Pick<EditWorld, 'secrets'>,
  planted: readonly Planted[],
): Promise<void> {
  const places = placesNow(planted);
  for (const [index, one] of planted.entries()) {
    const stored = (await world.secrets.read(one.server))?.get(one.name)?.reveal();
    if (places[index] !== 'value')
      expect({ at: pointerOf(one), same: stored === one.value }).toEqual({
        at: pointerOf(one),
        same: true,
      });
  }
}

/**
 * M-2: every file is untouched or moved as a whole, its records and items with it; M-3 and F-08: the
 * values are in clear in files that still are untouched, and nowhere else under `root`.
 */
export async function expectSettled(
  world: EditWorld,
  root: string,
  planted: readonly Planted[],
  originals: ReadonlyMap<string, string>,
  undoing = false,
): Promise<'untouched' | 'moved' | 'partly'> {
  await expectNothingLost(world, planted);
  const servers = (await world.records.read()).servers;
  const states = new Set<Place>();
  for (const [file, theirs] of Map.groupBy(planted, (one) => one.file)) {
    const state = placesNow(theirs);
    expect(new Set(state).size, `${file} is half done: ${state.join()}`).toBe(1);
    const [first = 'other'] = state;
    states.add(first);
    if (first === 'value') expect(readFileSync(file, 'utf8')).toBe(originals.get(file));
    for (const { server } of theirs) {
      const placed = servers.find(({ id }) => id === server)?.placements ?? [];
      const recorded = placed.some((one) => one.file === file);
      expect(`${file} ${server} ${recorded}`).toBe(`${file} ${server} ${first === 'reference'}`);
    }
  }
  // An undo keeps all items until it has reached its last file.
  if (!(undoing && states.size > 1)) await expectNoOrphans(world, planted);
  expectNoStrays(root);
  expect(findValues(root, planted)).toEqual(allowedPlaces(planted));
  if (states.size > 1) return 'partly';
  return states.has('value') ? 'untouched' : 'moved';
}

/** An item exists exactly when some file refers to its server. */
async function expectNoOrphans(world: EditWorld, planted: readonly Planted[]): Promise<void> {
  const places = placesNow(planted);
  for (const [server, theirs] of Map.groupBy(planted, (one) => one.server)) {
    const referred = theirs.some((one) => places[planted.indexOf(one)] === 'reference');
    const item = await world.secrets.read(server);
    expect({ server, item: item !== undefined }).toEqual({ server, item: referred });
  }
}

export function expectNoStrays(root: string): void {
  const strays = listTree(root).filter((path) => /\.tmp$/.test(path));
  expect(strays).toEqual([]);
}

function allowedPlaces(planted: readonly Planted[]): readonly string[] {
  const places = placesNow(planted);
  const files = planted.filter((_one, index) => places[index] === 'value').map(({ file }) => file);
  const twins = listTwins(files);
  return [...new Set([...files.map((file) => realpathSync(file)), ...twins])].sort();
}

function listTwins(files: readonly string[]): readonly string[] {
  return files.map((file) => `${file}.twin`).filter((twin) => existsSync(twin));
}

/** Files under `root` that hold a value as it is, as JSON, in base64 or in hex. */
export function findValues(root: string, planted: readonly Pick<Planted, 'value'>[]): string[] {
  const forms = planted.flatMap(({ value }) => [
    Buffer.from(value),
    Buffer.from(JSON.stringify(value).slice(1, -1)),
    Buffer.from(Buffer.from(value).toString('base64').replace(/=+$/, '')),
    Buffer.from(Buffer.from(value).toString('hex')),
  ]);
  const holding = listTree(root).filter((path) => {
    const bytes = readFileSync(path);
    return forms.some((form) => bytes.includes(form));
  });
  return holding.sort();
}

/** Every file under `root` by its own name; links are not followed. */
export function listTree(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** The report tells the state that the files are in. */
export function expectTold(
  kind: MoveKind,
  moves: readonly RecoveredMove[],
  planted: readonly Planted[],
  told: Readonly<Record<'value' | 'reference', string>>,
): void {
  for (const { files } of moves.filter((move) => move.kind === kind)) {
    for (const { file, outcome } of files) {
      if (outcome === 'superseded') continue;
      const theirs = planted.filter((one) => one.file === file);
      const [state = 'other'] = placesNow(theirs);
      expect(`${file} ${outcome}`).toBe(`${file} ${state === 'other' ? outcome : told[state]}`);
    }
  }
}
