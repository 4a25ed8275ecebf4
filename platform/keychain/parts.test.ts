import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../test/support/runs.ts';
import { deleteParts, type RawItems, readParts, writeParts } from './parts.ts';

const longest = 8;

/** Items that refuse more than `longest`, and stop the world after `calls` changes. */
function createItems(calls = Number.POSITIVE_INFINITY) {
  const stored = new Map<string, string>();
  let left = calls;
  const change = (work: () => void): void => {
    if (left <= 0) throw new Error('killed');
    left -= 1;
    work();
  };
  const items: RawItems = {
    get: async (name) => stored.get(name),
    async set(name, text) {
      if (name.includes('#') && text.length > longest) throw new Error('too long');
      change(() => stored.set(name, text));
    },
    async delete(name) {
      const there = stored.has(name);
      if (there) change(() => stored.delete(name));
      return there;
    },
  };
  return {
    items,
    stored,
    allow: (count: number) => {
      left = count;
    },
  };
}

const values = fc.string({ unit: 'grapheme', maxLength: 60 });

test('a crash at any moment of any write leaves the old value or the new one', async () => {
  const property = fc.asyncProperty(values, values, async (before, after) => {
    for (let calls = 0; calls < 60; calls += 1) {
      const { items, stored, allow } = createItems();
      await writeParts(items, 'id', before, longest);
      allow(calls);
      const finished = await writeParts(items, 'id', after, longest).then(
        () => true,
        () => false,
      );
      allow(Number.POSITIVE_INFINITY);
      const seen = await readParts(items, 'id');
      expect([before, after]).toContain(seen);
      // The next writes clean up whatever the crash left.
      await writeParts(items, 'id', before, longest);
      await writeParts(items, 'id', after, longest);
      expect(await readParts(items, 'id')).toBe(after);
      expect(await deleteParts(items, 'id')).toBe(true);
      expect([...stored.keys()]).toEqual([]);
      if (finished) return;
    }
    throw new Error('The write never ended.');
  });
  await fc.assert(property, { numRuns: runs(50, 2_000) });
});

test('a missing, a foreign and a torn part are unreadable, never a wrong value', async () => {
  for (const damage of [
    (stored: Map<string, string>) => stored.delete('id#a2'),
    (stored: Map<string, string>) => stored.set('id#a2', 'foreign'),
    (stored: Map<string, string>) => stored.set('id', 'portcullis-parts 1 {"generation":'),
  ]) {
    const { items, stored } = createItems();
    await writeParts(items, 'id', 'a value of several parts', longest);
    damage(stored);
    await expect(readParts(items, 'id')).rejects.toMatchObject({ kind: 'unreadable' });
    // It can always be replaced.
    await writeParts(items, 'id', 'new', longest);
    expect(await readParts(items, 'id')).toBe('new');
  }
});

test('what fits lies under its own name, so that the system shows one item', async () => {
  const { items, stored } = createItems();
  await writeParts(items, 'id', 'short', longest);
  expect([...stored]).toEqual([['id', 'short']]);
});
