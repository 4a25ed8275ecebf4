/**
 * The power goes after any change to the disk, and any number of the last changes that no sync had
 * reached are gone with it (F-04). The keychain's own durability is its provider's.
 */
import { expect, test } from 'vitest';
import type { Files, Keychain } from '../../core/ports.ts';
import { Secret } from '../../shared/secret.ts';
import {
  openEditWorld,
  type Planted,
  readPlace,
  referenceOf,
  renderClientFile,
} from '../support/edit-world.ts';
import type { MemoryFiles } from '../support/memory-files.ts';
import { createMemoryKeychain } from '../support/memory-keychain.ts';
import { plantSecret } from '../support/planted.ts';
import { createPowerLossFiles } from '../support/power-loss.ts';

const shared = plantSecret();
const planted: readonly Planted[] = [
  { file: '/home/me/one.json', server: 'alpha', name: 'TOKEN', value: plantSecret() },
  { file: '/home/me/one.json', server: 'beta', name: 'TOKEN', value: shared },
  { file: '/home/me/two.json', server: 'beta', name: 'TOKEN', value: shared },
];
const texts = new Map(
  [...Map.groupBy(planted, ({ file }) => file)].map(([file, theirs]) => [
    file,
    renderClientFile(theirs),
  ]),
);

async function lay(files: MemoryFiles): Promise<void> {
  await files.makeFolder('/home/me');
  for (const [file, text] of texts)
    await files.createExclusive(file, new TextEncoder().encode(text), 0o600);
}

/** A keychain whose states are kept beside the number of disk changes that they belong to. */
function recordKeychain(steps: () => number) {
  const items = new Map<string, string>();
  const states: { step: number; items: Record<string, string> }[] = [{ step: 0, items: {} }];
  const keep = () => states.push({ step: steps(), items: Object.fromEntries(items) });
  const keychain: Keychain = {
    get: async (account) => {
      const item = items.get(account);
      return item === undefined ? undefined : new Secret(item);
    },
    set: async (account, value) => {
      items.set(account, value.reveal());
      keep();
    },
    delete: async (account) => {
      const there = items.delete(account);
      keep();
      return there;
    },
    status: async () => ({ state: 'ready', backend: 'memory' }),
    reconnect: async () => undefined,
  };
  return { keychain, states };
}

async function placesIn(files: Files): Promise<readonly string[]> {
  const places: string[] = [];
  for (const one of planted) {
    const text = new TextDecoder().decode(await files.read(one.file));
    const found = readPlace(text, one);
    places.push(found === one.value ? 'value' : found === referenceOf(one) ? 'reference' : 'lost');
  }
  return places;
}

async function expectSurvival(
  files: MemoryFiles,
  items: Record<string, string>,
  undoing: boolean,
): Promise<string> {
  const keychain = createMemoryKeychain(items);
  const world = openEditWorld({ files, keychain, root: '/home/me/own' });
  await world.edits.recover(world.recovery());
  const places = await placesIn(files);
  for (const [index, one] of planted.entries()) {
    expect(places[index]).not.toBe('lost');
    const stored = (await world.secrets.read(one.server))?.get(one.name)?.reveal();
    if (places[index] === 'reference') expect(stored === one.value).toBe(true);
  }
  const referred = planted.filter((_one, index) => places[index] === 'reference');
  const servers = [...new Set(referred.map(({ server }) => server))].sort();
  // An undo keeps all items and records until it has reached its last file.
  if (!(undoing && new Set(places).size > 1)) {
    expect(keychain.accounts().filter((account) => !account.startsWith(':'))).toEqual(servers);
    expect((await world.records.read()).servers.map(({ id }) => id).sort()).toEqual(servers);
  }
  return places.join();
}

for (const direction of ['protect', 'undo'] as const) {
  test(`${direction}: power lost after any change, with any unsynced rest`, async () => {
    const disk = await createPowerLossFiles(lay);
    const { keychain, states } = recordKeychain(disk.steps);
    const world = openEditWorld({ files: disk.files, keychain, root: '/home/me/own' });
    await world.protect(planted);
    const first = direction === 'undo' ? disk.steps() : 0;
    if (direction === 'undo') await world.undo(planted);
    const ends = new Set<string>();
    let cuts = 0;
    for (let step = first; step <= disk.steps(); step += 1) {
      for (let kept = 0; kept <= disk.unsynced(step); kept += 1) {
        // The keychain is as it was at some moment between this change and the next.
        for (const { items } of statesAt(states, step)) {
          ends.add(await expectSurvival(await disk.cutAt(step, kept), items, direction === 'undo'));
          cuts += 1;
        }
      }
    }
    expect(cuts).toBeGreaterThan(20);
    expect(ends).toContain('value,value,value');
    expect(ends).toContain('reference,reference,reference');
  }, 120_000);
}

function statesAt<T extends { step: number }>(states: readonly T[], step: number): readonly T[] {
  const before = states.filter((state) => state.step < step).slice(-1);
  return [...before, ...states.filter((state) => state.step === step)];
}
